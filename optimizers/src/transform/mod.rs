//! Transforms of a gradient before the update rule sees it: clipping and penalties.

mod clip;
mod penalty;

use core::fmt::Debug;

use calculus_core::Float;

pub use clip::{ClipByGlobalNorm, ClipByValue};
pub use penalty::{L1, L2};

/// A change of the gradient before the update rule sees it.
///
/// Object safe; [`Optimizer`](crate::Optimizer) applies a list of them in order.
///
/// # Examples
/// A transform of one's own, which centres the gradient:
/// ```
/// use optimizers::GradientTransform;
///
/// #[derive(Debug)]
/// struct Centre;
///
/// impl GradientTransform<f64> for Centre {
///     fn name(&self) -> &'static str {
///         "centre"
///     }
///     fn apply(&self, _parameters: &[f64], gradient: &mut [f64]) {
///         let mean = gradient.iter().sum::<f64>() / gradient.len() as f64;
///         gradient.iter_mut().for_each(|g| *g -= mean);
///     }
/// }
///
/// let mut gradient = [1.0, 3.0];
/// Centre.apply(&[0.0, 0.0], &mut gradient);
/// assert_eq!(gradient, [-1.0, 1.0]);
/// ```
pub trait GradientTransform<T: Float>: Debug + Send + Sync {
    /// The name of the transform, for messages.
    fn name(&self) -> &'static str;

    /// Changes `gradient`, taken at `parameters`; both are whole flat vectors of equal length.
    fn apply(&self, parameters: &[T], gradient: &mut [T]);
}
