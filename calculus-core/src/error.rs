//! What can go wrong when a derivative is estimated from values.

/// The errors of this crate.
///
/// `coordinate` counts the components of the point from 0; a function of one variable has the
/// coordinate 0.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The point at which to differentiate is infinite or NaN.
    #[error("coordinate {coordinate} of the point is {x}")]
    NonFinitePoint {
        /// The component of the point.
        coordinate: usize,
        /// Its value.
        x: f64,
    },
    /// The function returned an infinity or NaN.
    #[error(
        "the function is {value} where coordinate {coordinate} is {x}: give the differences bounds or a shorter scale"
    )]
    NonFiniteValue {
        /// The component of the point that was stepped.
        coordinate: usize,
        /// Its value where the function was evaluated.
        x: f64,
        /// What the function returned.
        value: f64,
    },
    /// The point lies outside the bounds.
    #[error("coordinate {coordinate} of the point is {x}, outside the bounds [{low}, {high}]")]
    OutsideBounds {
        /// The component of the point.
        coordinate: usize,
        /// Its value.
        x: f64,
        /// The lower bound.
        low: f64,
        /// The upper bound.
        high: f64,
    },
    /// The bounds leave no room for a step.
    #[error(
        "the bounds [{low}, {high}] leave no room for a step from {x} in coordinate {coordinate}"
    )]
    NoRoom {
        /// The component of the point.
        coordinate: usize,
        /// Its value.
        x: f64,
        /// The lower bound.
        low: f64,
        /// The upper bound.
        high: f64,
    },
    /// No step length gave a consistent estimate: the function is not differentiable there, or it
    /// varies on a scale far below the one it was given.
    #[error(
        "the difference quotients in coordinate {coordinate} do not converge: best value {value} with error {error}"
    )]
    NotConverged {
        /// The component of the point.
        coordinate: usize,
        /// The best estimate.
        value: f64,
        /// Its estimated absolute error.
        error: f64,
    },
    /// Bounds that are NaN or out of order.
    #[error("bounds must satisfy low <= high, got [{low}, {high}]")]
    InvalidBounds {
        /// The lower bound.
        low: f64,
        /// The upper bound.
        high: f64,
    },
    /// A length scale that is not a positive finite number.
    #[error("a length scale must be positive and finite, got {scale}")]
    InvalidScale {
        /// The length scale.
        scale: f64,
    },
    /// A relative noise level outside its range.
    #[error("the relative noise of a function must lie in [2^-52, 0.01], got {noise}")]
    InvalidNoise {
        /// The noise level.
        noise: f64,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_hold_the_offending_numbers() {
        let error = Error::OutsideBounds { coordinate: 2, x: -1.5, low: 0.0, high: 1.0 };
        assert_eq!(
            error.to_string(),
            "coordinate 2 of the point is -1.5, outside the bounds [0, 1]"
        );
        let error = Error::InvalidScale { scale: -2.0 };
        assert_eq!(error.to_string(), "a length scale must be positive and finite, got -2");
    }
}
