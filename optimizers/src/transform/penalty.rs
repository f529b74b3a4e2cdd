//! Gradients of penalties on the parameters.

use calculus_core::Float;

use super::GradientTransform;
use crate::Error;
use crate::error::non_negative;
use crate::kernel::{Kernel, launch};

/// The gradient of the penalty $\lambda \lVert \theta \rVert_1$.
///
/// $$ g_i \leftarrow g_i + \lambda \operatorname{sign}(\theta_i), \qquad \operatorname{sign}(0) = 0 $$
///
/// The penalty applies to all parameters. The value of the function that is reported elsewhere does
/// not contain it.
///
/// # Examples
/// ```
/// use optimizers::{GradientTransform, L1};
///
/// let mut gradient = [1.0, 1.0, 1.0];
/// L1::new(0.5)?.apply(&[-2.0, 0.0, 3.0], &mut gradient);
/// assert_eq!(gradient, [0.5, 1.0, 1.5]);
/// # Ok::<(), optimizers::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct L1 {
    strength: f64,
}

impl L1 {
    /// The penalty of `strength` $\lambda \ge 0$.
    ///
    /// # Errors
    /// [`Error::InvalidValue`] outside of the domain.
    pub fn new(strength: f64) -> Result<Self, Error> {
        Ok(Self { strength: non_negative("L1 penalty", "strength", strength)? })
    }

    /// The strength.
    pub fn strength(&self) -> f64 {
        self.strength
    }
}

impl<T: Float> GradientTransform<T> for L1 {
    fn name(&self) -> &'static str {
        "L1 penalty"
    }

    fn apply(&self, parameters: &[T], gradient: &mut [T]) {
        let strength = T::from_f64(self.strength);
        launch(Penalty::<T, true> { parameters, gradient, strength });
    }
}

/// The gradient of the penalty $\frac{\lambda}{2} \lVert \theta \rVert_2^2$.
///
/// $$ g \leftarrow g + \lambda \theta $$
///
/// The penalty applies to all parameters. The value of the function that is reported elsewhere does
/// not contain it.
///
/// # Examples
/// ```
/// use optimizers::{GradientTransform, L2};
///
/// let mut gradient = [1.0, 1.0];
/// L2::new(0.5)?.apply(&[-2.0, 3.0], &mut gradient);
/// assert_eq!(gradient, [0.0, 2.5]);
/// # Ok::<(), optimizers::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct L2 {
    strength: f64,
}

impl L2 {
    /// The penalty of `strength` $\lambda \ge 0$.
    ///
    /// # Errors
    /// [`Error::InvalidValue`] outside of the domain.
    pub fn new(strength: f64) -> Result<Self, Error> {
        Ok(Self { strength: non_negative("L2 penalty", "strength", strength)? })
    }

    /// The strength.
    pub fn strength(&self) -> f64 {
        self.strength
    }
}

impl<T: Float> GradientTransform<T> for L2 {
    fn name(&self) -> &'static str {
        "L2 penalty"
    }

    fn apply(&self, parameters: &[T], gradient: &mut [T]) {
        let strength = T::from_f64(self.strength);
        launch(Penalty::<T, false> { parameters, gradient, strength });
    }
}

struct Penalty<'a, T, const SIGN: bool> {
    parameters: &'a [T],
    gradient: &'a mut [T],
    strength: T,
}

impl<T: Float, const SIGN: bool> Kernel for Penalty<'_, T, SIGN> {
    fn len(&self) -> usize {
        self.gradient.len()
    }

    fn split_at(self, middle: usize) -> (Self, Self) {
        let (p0, p1) = self.parameters.split_at(middle);
        let (g0, g1) = self.gradient.split_at_mut(middle);
        (
            Self { parameters: p0, gradient: g0, ..self },
            Self { parameters: p1, gradient: g1, ..self },
        )
    }

    #[inline(always)]
    fn run(self) {
        let strength = self.strength;
        for (g, &x) in self.gradient.iter_mut().zip(self.parameters) {
            if SIGN {
                let slope = if x == T::ZERO { T::ZERO } else { x.signum() };
                *g += strength * slope;
            } else {
                *g += strength * x;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strengths_are_validated() {
        assert!(L1::new(-1.0).is_err() && L1::new(f64::NAN).is_err());
        assert!(L2::new(-1.0).is_err() && L2::new(f64::INFINITY).is_err());
    }

    #[test]
    fn both_zeros_have_no_sign() {
        let mut gradient = [0.0_f32; 3];
        L1::new(1.0).unwrap().apply(&[0.0, -0.0, f32::NAN], &mut gradient);
        assert_eq!(gradient[..2], [0.0, 0.0]);
        assert!(gradient[2].is_nan());
    }
}
