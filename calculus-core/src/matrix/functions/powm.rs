//! A real power of a square matrix, $C = A^p = e^{p \ln A}$, by the principal logarithm.
//!
//! $$\dot C = L_{\exp}(p \ln A,\ p\,L_{\ln}(A, \dot A)), \qquad
//! \bar A = L(A, \bar C^\top)^\top$$
//!
//! with the derivatives $L$ of [`expm`](crate::matrix::expm) and [`logm`](crate::matrix::logm), and $L$ for
//! that of the power. $A$ is $n \times n$ and need not be symmetric; where it is,
//! [`symmetric_power`](crate::matrix::symmetric_power) is more accurate. $A$ is regular and has no eigenvalue
//! on the negative axis; for integers that is asked for needlessly, and products are better. Relative errors
//! grow with $\lVert p \ln A\rVert$.
//!
//! Source: N. J. Higham, *Functions of Matrices*, 2008, sections 1.2 and 3.1 (the chain rule, theorem 3.4).
//!
//! # Examples
//! ```
//! use calculus_core::matrix::powm;
//! use faer::mat;
//!
//! // A third of a quarter turn.
//! let factors = powm::value(&mat![[0.0, -1.0], [1.0, 0.0]], 1.0 / 3.0)?;
//! let (sin, cos) = (std::f64::consts::PI / 6.0).sin_cos();
//! assert!((&factors.exponential.value - mat![[cos, -sin], [sin, cos]]).norm_max() < 1e-14);
//! // tr A^p has the gradient p (A^{p - 1})^T.
//! let gradient = powm::pullback(&factors, &mat![[1.0, 0.0], [0.0, 1.0]])?;
//! let expected = mat![[sin, -cos], [cos, sin]].transpose().to_owned() * (1.0 / 3.0);
//! assert!((&gradient - expected.transpose()).norm_max() < 1e-14);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::expm::{self, Expm};
use super::logm::{self, Logm};
use crate::Error;
use crate::matrix::check::{has_shape, representable};
use crate::matrix::{Matrix, Operations};

const OP: &str = "powm";

/// The power with what its derivative takes.
#[derive(Clone, Debug)]
pub struct Powm<M: Operations> {
    /// $p$.
    pub exponent: f64,
    /// Of $\ln A$.
    pub logarithm: Logm<M>,
    /// Of $e^{p \ln A}$, whose `value` is $A^p$.
    pub exponential: Expm<M>,
}

/// $A^p$, the `exponential.value`, with what its derivative takes.
///
/// Cost: that of [`logm`](crate::matrix::logm) and [`expm`](crate::matrix::expm).
///
/// # Errors
/// [`Error::NotSquare`], [`Error::NonFiniteEntry`], [`Error::NoConvergence`]; [`Error::Singular`],
/// [`Error::OutsideDomain`] with an eigenvalue on the negative axis, with an exponent that is not finite,
/// and where the result overflows.
pub fn value<A: Matrix>(a: &A, p: f64) -> Result<Powm<A::Owned>, Error> {
    if !p.is_finite() {
        let (argument, domain) = ("exponent", "finite");
        return Err(Error::OutsideDomain { op: OP, argument, domain, value: p });
    }
    let logarithm = logm::named_value(OP, a)?;
    let exponential = expm::named_value(OP, &logarithm.value.scaled(p))?;
    Ok(Powm { exponent: p, logarithm, exponential })
}

/// $\dot C = L_{\exp}(p \ln A,\ p\,L_{\ln}(A, \dot A))$.
///
/// Cost: those of the two pushforwards.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(factors: &Powm<A::Owned>, tangent: &A) -> Result<A::Owned, Error> {
    has_shape(OP, tangent, factors.exponential.value.shape())?;
    representable(OP, derivative(factors, tangent.copied())?)
}

/// $\bar A = L(A, \bar C^\top)^\top$.
///
/// Cost: as [`pushforward`].
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(factors: &Powm<A::Owned>, cotangent: &A) -> Result<A::Owned, Error> {
    has_shape(OP, cotangent, factors.exponential.value.shape())?;
    representable(OP, derivative(factors, cotangent.transposed())?.transposed())
}

/// $L(A, E)$.
fn derivative<M: Operations>(factors: &Powm<M>, e: M) -> Result<M, Error> {
    let logarithm = logm::derivative(OP, &factors.logarithm, e)?;
    Ok(expm::derivative(&factors.exponential, &logarithm.scaled(factors.exponent)))
}
