//! A scalar function that carries data and can be evaluated over any scalar.

use crate::Real;

/// A function $f: \mathbb R^n \to \mathbb R$, written once for every scalar.
///
/// Implement it for a struct that holds the data of the function. A plain generic function or a
/// closure needs no trait; an objective is for what needs several scalars at once, such as `f64`
/// for the value, dual numbers for a Hessian-vector product, and lanes for many points.
///
/// # Examples
/// ```
/// use calculus_core::{Objective, Real};
///
/// /// The mean squared residual of a line through points (t, y).
/// struct LineFit { t: Vec<f64>, y: Vec<f64> }
///
/// impl Objective for LineFit {
///     fn value<T: Real>(&self, w: &[T]) -> T {
///         let n = self.t.len() as f64;
///         self.t.iter().zip(&self.y).map(|(&t, &y)| (w[0] + w[1] * t - y).powi(2)).sum::<T>() / n
///     }
/// }
///
/// let fit = LineFit { t: vec![0.0, 1.0], y: vec![1.0, 3.0] };
/// assert_eq!(fit.value(&[1.0, 2.0]), 0.0);
/// assert_eq!(fit.value(&[1.0, 1.0]), 0.5);
/// ```
///
/// The method is generic, so there is no `dyn Objective`:
/// ```compile_fail,E0038
/// fn f(_: &dyn calculus_core::Objective) {}
/// ```
pub trait Objective {
    /// The value at `x`.
    fn value<T: Real>(&self, x: &[T]) -> T;
}

impl<O: Objective + ?Sized> Objective for &O {
    #[inline]
    fn value<T: Real>(&self, x: &[T]) -> T {
        (**self).value(x)
    }
}
