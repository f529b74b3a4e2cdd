//! What is minimised.

mod autodiff;
mod closure;
mod counted;
mod differences;

pub use autodiff::AutodiffProblem;
pub use closure::ClosureProblem;
pub use counted::{Counted, Evaluations};
pub use differences::FiniteDifferences;

use crate::{Error, Quantity};

/// A function $f: \mathbb R^n \to \mathbb R$ to be minimised, with what derivatives it has.
///
/// The trait is object safe and takes `&self`; a problem that keeps a workspace does so behind a
/// cell. The value is required, everything else reports [`Error::NotProvided`] until it is written.
/// A point outside of the domain has the value infinity or NaN, and a minimiser backs off from it.
///
/// `x`, `gradient`, `v` and `product` have length [`dimension`](Self::dimension) $n$, `hessian` has
/// length $n^2$, row by row.
///
/// # Examples
/// ```
/// use optimizers::{Error, Lbfgs, Problem, minimize};
///
/// /// The squared distance from a point.
/// struct Distance(Vec<f64>);
///
/// impl Problem for Distance {
///     fn dimension(&self) -> usize {
///         self.0.len()
///     }
///     fn value(&self, x: &[f64]) -> f64 {
///         x.iter().zip(&self.0).map(|(x, c)| (x - c).powi(2)).sum()
///     }
///     fn gradient(&self, x: &[f64], gradient: &mut [f64]) -> Result<(), Error> {
///         for ((g, x), c) in gradient.iter_mut().zip(x).zip(&self.0) {
///             *g = 2.0 * (x - c);
///         }
///         Ok(())
///     }
/// }
///
/// let solution = minimize(&Distance(vec![1.0, -2.0]), &[0.0, 0.0], &Lbfgs::new())?;
/// assert!(solution.status.is_converged());
/// assert!((solution.x[1] + 2.0).abs() < 1e-8);
/// # Ok::<(), Error>(())
/// ```
pub trait Problem {
    /// The number $n$ of variables.
    fn dimension(&self) -> usize;

    /// $f(x)$.
    fn value(&self, x: &[f64]) -> f64;

    /// Writes $\nabla f(x)$.
    ///
    /// # Errors
    /// [`Error::NotProvided`], the default.
    fn gradient(&self, x: &[f64], gradient: &mut [f64]) -> Result<(), Error> {
        let _ = (x, gradient);
        Err(Error::NotProvided { what: Quantity::Gradient })
    }

    /// Writes $\nabla f(x)$ and returns $f(x)$; by default one after the other.
    ///
    /// # Errors
    /// [`Error::NotProvided`] if there is no gradient.
    fn value_and_gradient(&self, x: &[f64], gradient: &mut [f64]) -> Result<f64, Error> {
        self.gradient(x, gradient)?;
        Ok(self.value(x))
    }

    /// Writes $\nabla^2 f(x)$, row by row.
    ///
    /// # Errors
    /// [`Error::NotProvided`], the default.
    fn hessian(&self, x: &[f64], hessian: &mut [f64]) -> Result<(), Error> {
        let _ = (x, hessian);
        Err(Error::NotProvided { what: Quantity::Hessian })
    }

    /// Writes $\nabla^2 f(x)\,v$; by default from the whole Hessian, which allocates $n^2$ numbers.
    ///
    /// # Errors
    /// [`Error::NotProvided`] if there is no Hessian either.
    fn hessian_vector_product(
        &self,
        x: &[f64],
        v: &[f64],
        product: &mut [f64],
    ) -> Result<(), Error> {
        product_from_hessian(self, x, v, product)
    }
}

/// Writes $\nabla^2 f(x)\,v$, from the whole Hessian.
fn product_from_hessian<P: Problem + ?Sized>(
    problem: &P,
    x: &[f64],
    v: &[f64],
    product: &mut [f64],
) -> Result<(), Error> {
    let n = problem.dimension();
    let mut hessian = vec![0.0; n * n];
    problem.hessian(x, &mut hessian).map_err(|error| match error {
        Error::NotProvided { .. } => Error::NotProvided { what: Quantity::HessianVectorProduct },
        other => other,
    })?;
    for (p, row) in product.iter_mut().zip(hessian.chunks(n.max(1))) {
        *p = row.iter().zip(v).map(|(h, v)| h * v).sum();
    }
    Ok(())
}

macro_rules! forward {
    ($($pointer:ty),*) => {$(
        impl<P: Problem + ?Sized> Problem for $pointer {
            fn dimension(&self) -> usize {
                (**self).dimension()
            }
            fn value(&self, x: &[f64]) -> f64 {
                (**self).value(x)
            }
            fn gradient(&self, x: &[f64], gradient: &mut [f64]) -> Result<(), Error> {
                (**self).gradient(x, gradient)
            }
            fn value_and_gradient(&self, x: &[f64], gradient: &mut [f64]) -> Result<f64, Error> {
                (**self).value_and_gradient(x, gradient)
            }
            fn hessian(&self, x: &[f64], hessian: &mut [f64]) -> Result<(), Error> {
                (**self).hessian(x, hessian)
            }
            fn hessian_vector_product(
                &self,
                x: &[f64],
                v: &[f64],
                product: &mut [f64],
            ) -> Result<(), Error> {
                (**self).hessian_vector_product(x, v, product)
            }
        }
    )*};
}
forward!(&P, Box<P>);
