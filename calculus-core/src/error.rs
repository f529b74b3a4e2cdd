//! What can go wrong: bad input, and derivatives that do not exist.

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
    /// Matrices whose shapes an operation cannot combine, or one whose shape it does not take.
    #[error("{op}: the shapes {lhs:?} and {rhs:?} do not fit together")]
    ShapeMismatch {
        /// The operation.
        op: &'static str,
        /// Rows and columns of what was given.
        lhs: (usize, usize),
        /// Rows and columns of what it was combined with, or of what was expected.
        rhs: (usize, usize),
    },
    /// A matrix that has to be square.
    #[error("{op}: the matrix must be square, got {rows} rows and {columns} columns")]
    NotSquare {
        /// The operation.
        op: &'static str,
        /// The number of rows.
        rows: usize,
        /// The number of columns.
        columns: usize,
    },
    /// A sparsity pattern that has to be symmetric.
    #[error("{op}: the pattern has the entry ({row}, {column}) and not its mirror image")]
    NotSymmetric {
        /// The operation.
        op: &'static str,
        /// The row of the entry, counted from 0.
        row: usize,
        /// The column of the entry, counted from 0.
        column: usize,
    },
    /// A colouring by which an entry of the matrix cannot be recovered from the products.
    #[error("{op}: the colouring does not determine the entry ({row}, {column})")]
    NotDetermined {
        /// The operation.
        op: &'static str,
        /// The row of the entry, counted from 0.
        row: usize,
        /// The column of the entry, counted from 0.
        column: usize,
    },
    /// An entry of a matrix is infinite or NaN.
    #[error("{op}: entry ({row}, {column}) is {value}")]
    NonFiniteEntry {
        /// The operation.
        op: &'static str,
        /// The row, counted from 0.
        row: usize,
        /// The column, counted from 0.
        column: usize,
        /// The entry.
        value: f64,
    },
    /// A symmetric matrix that is not positive definite.
    #[error("{op}: the matrix is not positive definite, pivot {index} is {pivot}")]
    NotPositiveDefinite {
        /// The operation.
        op: &'static str,
        /// The first row, counted from 0, whose pivot (or eigenvalue) is not positive.
        index: usize,
        /// The pivot or the eigenvalue.
        pivot: f64,
    },
    /// A matrix that has no inverse.
    #[error("{op}: the matrix is singular, pivot {index} is {pivot}")]
    Singular {
        /// The operation.
        op: &'static str,
        /// The index, counted from 0, of the pivot (or singular value, or pair of eigenvalues).
        index: usize,
        /// Its value.
        pivot: f64,
    },
    /// A derivative that does not exist, because two values that it tells apart coincide (or
    /// because one of them is at the edge of its domain).
    #[error("{op}: no derivative exists where the values {first} and {second} are {gap:e} apart")]
    Degenerate {
        /// The operation.
        op: &'static str,
        /// The index, counted from 0, of one of the values: eigenvalues, singular values, rows.
        first: usize,
        /// The index of the other one; the same where one value alone is degenerate.
        second: usize,
        /// How far they are apart, or the value itself where there is one.
        gap: f64,
    },
    /// An argument outside its domain.
    #[error("{op}: {argument} must be {domain}, got {value}")]
    OutsideDomain {
        /// The operation.
        op: &'static str,
        /// The name of the argument.
        argument: &'static str,
        /// What it has to be.
        domain: &'static str,
        /// What it is.
        value: f64,
    },
    /// A limit that does not exist because the values grow without bound.
    #[error("{op}: the values grow without bound, up to {value} at {x}")]
    Divergent {
        /// The operation.
        op: &'static str,
        /// Where the function was evaluated last.
        x: f64,
        /// Its value there.
        value: f64,
    },
    /// A limit that does not exist because the values do not settle.
    #[error("{op}: the values do not settle, they range from {low} to {high}")]
    Oscillating {
        /// The operation.
        op: &'static str,
        /// The least of the values closest to the limit.
        low: f64,
        /// The greatest of them.
        high: f64,
    },
    /// An iteration that did not converge.
    #[error("{op}: no convergence after {iterations} iterations")]
    NoConvergence {
        /// The operation.
        op: &'static str,
        /// The number of iterations that were made.
        iterations: usize,
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
