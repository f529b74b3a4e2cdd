//! Clipping of gradients.
//!
//! R. Pascanu, T. Mikolov and Y. Bengio, *On the difficulty of training recurrent neural networks*
//! (2013), algorithm 1.

use calculus_core::Float;

use super::GradientTransform;
use crate::Error;
use crate::error::positive;
use crate::kernel::{Kernel, Scale, launch, sum_of_squares};

/// Shortens a gradient that is longer than a bound, and keeps its direction.
///
/// $$ g \leftarrow g \min\left(1, \frac{c}{\lVert g \rVert_2}\right) $$
///
/// The norm is that of the whole flat vector, accumulated in double precision in a fixed order, so
/// that the result does not depend on the number of threads. The result is never longer than the
/// gradient that was given, nor longer than $c$ by more than rounding. A gradient that is not finite
/// stays as it is.
///
/// Source: R. Pascanu, T. Mikolov, Y. Bengio, *On the difficulty of training recurrent neural
/// networks* (2013), algorithm 1.
///
/// # Examples
/// ```
/// use optimizers::{ClipByGlobalNorm, GradientTransform};
///
/// let clip = ClipByGlobalNorm::new(1.0)?;
/// let mut gradient = [3.0, -4.0];
/// clip.apply(&[0.0, 0.0], &mut gradient);
/// assert!((gradient[0] - 0.6_f64).abs() < 1e-15 && (gradient[1] + 0.8).abs() < 1e-15);
/// # Ok::<(), optimizers::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ClipByGlobalNorm {
    maximum: f64,
}

impl ClipByGlobalNorm {
    /// Bounds the norm by `maximum` $c > 0$.
    ///
    /// # Errors
    /// [`Error::InvalidValue`] outside of the domain.
    pub fn new(maximum: f64) -> Result<Self, Error> {
        Ok(Self { maximum: positive("clip by global norm", "maximum", maximum)? })
    }

    /// The bound.
    pub fn maximum(&self) -> f64 {
        self.maximum
    }
}

impl<T: Float> GradientTransform<T> for ClipByGlobalNorm {
    fn name(&self) -> &'static str {
        "clip by global norm"
    }

    fn apply(&self, _parameters: &[T], gradient: &mut [T]) {
        let mut norm = sum_of_squares(gradient).sqrt();
        if norm.is_nan() || norm <= self.maximum {
            return;
        }
        if T::from_f64(self.maximum / norm) < T::MIN_POSITIVE {
            // The norm overflows or the factor underflows: two factors do not.
            let largest = gradient.iter().fold(T::ZERO, |m, g| m.max(g.abs()));
            if !largest.is_finite() {
                return;
            }
            launch(Scale { values: gradient, factor: T::ONE / largest });
            norm = sum_of_squares(gradient).sqrt();
        }
        launch(Scale { values: gradient, factor: T::from_f64(self.maximum / norm) });
    }
}

/// Moves every entry of a gradient into an interval around zero.
///
/// $$ g_i \leftarrow \min(\max(g_i, -c), c) $$
///
/// NaN stays NaN.
///
/// # Examples
/// ```
/// use optimizers::{ClipByValue, GradientTransform};
///
/// let clip = ClipByValue::new(1.0)?;
/// let mut gradient = [3.0, -0.5, -4.0];
/// clip.apply(&[0.0; 3], &mut gradient);
/// assert_eq!(gradient, [1.0, -0.5, -1.0]);
/// # Ok::<(), optimizers::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ClipByValue {
    maximum: f64,
}

impl ClipByValue {
    /// Bounds the absolute value of every entry by `maximum` $c > 0$.
    ///
    /// # Errors
    /// [`Error::InvalidValue`] outside of the domain.
    pub fn new(maximum: f64) -> Result<Self, Error> {
        Ok(Self { maximum: positive("clip by value", "maximum", maximum)? })
    }

    /// The bound.
    pub fn maximum(&self) -> f64 {
        self.maximum
    }
}

impl<T: Float> GradientTransform<T> for ClipByValue {
    fn name(&self) -> &'static str {
        "clip by value"
    }

    fn apply(&self, _parameters: &[T], gradient: &mut [T]) {
        launch(Clamp { gradient, maximum: T::from_f64(self.maximum) });
    }
}

struct Clamp<'a, T> {
    gradient: &'a mut [T],
    maximum: T,
}

impl<T: Float> Kernel for Clamp<'_, T> {
    fn len(&self) -> usize {
        self.gradient.len()
    }

    fn split_at(self, middle: usize) -> (Self, Self) {
        let (left, right) = self.gradient.split_at_mut(middle);
        (Self { gradient: left, ..self }, Self { gradient: right, ..self })
    }

    #[inline(always)]
    fn run(self) {
        let maximum = self.maximum;
        for g in self.gradient {
            // Comparisons that are false for NaN leave it in place.
            let low = if *g < -maximum { -maximum } else { *g };
            *g = if low > maximum { maximum } else { low };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_validated() {
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(ClipByGlobalNorm::new(bad).is_err());
            assert!(ClipByValue::new(bad).is_err());
        }
    }

    #[test]
    fn a_short_gradient_is_left_alone() {
        let clip = ClipByGlobalNorm::new(5.0).unwrap();
        let mut gradient = [3.0_f32, -4.0];
        clip.apply(&[0.0; 2], &mut gradient);
        assert_eq!(gradient, [3.0, -4.0]);
        GradientTransform::<f64>::apply(&clip, &[], &mut []);
    }

    #[test]
    fn large_single_precision_entries_do_not_overflow_the_norm() {
        let clip = ClipByGlobalNorm::new(1.0).unwrap();
        let mut gradient = [1e30_f32, 0.0];
        clip.apply(&[0.0; 2], &mut gradient);
        assert!((gradient[0] - 1.0).abs() < 1e-6);
    }

    #[test]
    fn the_direction_is_kept_at_any_length() {
        let mut gradient = [3e200, -4e200];
        ClipByGlobalNorm::new(1.0).unwrap().apply(&[0.0; 2], &mut gradient);
        assert!((gradient[0] - 0.6).abs() < 1e-15 && (gradient[1] + 0.8).abs() < 1e-15);
        let mut gradient = [f32::MAX, -f32::MAX];
        ClipByGlobalNorm::new(1e-10).unwrap().apply(&[0.0; 2], &mut gradient);
        assert!(
            (gradient[0] * 2.0_f32.sqrt() - 1e-10).abs() < 1e-15 && gradient[1] == -gradient[0]
        );
    }

    #[test]
    fn nan_stays() {
        let mut gradient = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
        ClipByValue::new(1.0).unwrap().apply(&[0.0; 3], &mut gradient);
        assert!(gradient[0].is_nan());
        assert_eq!(gradient[1..], [1.0, -1.0]);
        let mut gradient = [1.0, f64::INFINITY];
        ClipByGlobalNorm::new(1.0).unwrap().apply(&[0.0; 2], &mut gradient);
        assert_eq!(gradient, [1.0, f64::INFINITY]);
        gradient[1] = f64::NAN;
        ClipByGlobalNorm::new(1.0).unwrap().apply(&[0.0; 2], &mut gradient);
        assert!(gradient[0] == 1.0 && gradient[1].is_nan());
    }
}
