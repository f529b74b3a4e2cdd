//! Functions of the eigenvalues of symmetric matrices, and their divided differences.
//!
//! For $A = V \mathrm{diag}(w) V^\top$ and $f(A) = V \mathrm{diag}(f(w)) V^\top$ all derivatives are
//! sums over divided differences (Daleckiĭ, Kreĭn 1965):
//!
//! $$Df(A)[E] = V\,(f[w_i, w_j] \circ P)\,V^\top, \qquad P = V^\top E V$$
//! $$D^2f(A)[E, F] = V\,\Big(\sum_k f[w_i, w_k, w_j] (P_{ik} R_{kj} + R_{ik} P_{kj})\Big)\,V^\top,
//! \qquad R = V^\top F V$$
//!
//! Where eigenvalues coincide a divided difference is a derivative, $f[a, a] = f'(a)$ and
//! $f[a, a, a] = f''(a)/2$, and nothing is singular: it is only the quotient
//! $(f(a) - f(b))/(a - b)$ that loses its digits as the gap closes. [`SpectralFunction`] asks for
//! divided differences that keep them, so that derivatives are as accurate at repeated and at
//! nearly repeated eigenvalues as elsewhere.
//!
//! A function of one's own implements [`SpectralFunction`]; the divided differences that it need not
//! give are integrals of derivatives (Genocchi, Hermite) where the points are close, and quotients
//! where they are not.
//!
//! Sources: N. J. Higham, *Functions of Matrices*, 2008, sections 3.2 and B.16; R. Bhatia, *Matrix
//! Analysis*, 1997, theorem V.3.3; C. de Boor, "Divided differences", 2005.

mod analytic;
mod quadrature;
mod standard;

use crate::Error;
use crate::elementary::Domain;
use crate::matrix::check::{finite, square};
use crate::matrix::{Matrix, Operations};

pub use analytic::Analytic;
pub use standard::{Cos, Entropy, Exp, Inverse, InverseSqrt, Log, Power, Sin, Sqrt};

/// A function of one variable that is applied to the eigenvalues of a symmetric matrix.
///
/// # Examples
/// A function of one's own; its divided differences are computed from the derivatives.
/// ```
/// use calculus_core::matrix::spectral_function::SpectralFunction;
///
/// #[derive(Clone, Copy)]
/// struct Lorentz;
/// impl SpectralFunction for Lorentz {
///     fn value(&self, x: f64) -> f64 { 1.0 / (1.0 + x * x) }
///     fn derivative(&self, x: f64) -> f64 { -2.0 * x * self.value(x).powi(2) }
///     fn second_derivative(&self, x: f64) -> f64 { (6.0 * x * x - 2.0) * self.value(x).powi(3) }
/// }
/// // f[a, b] = -(a + b)/((1 + a^2)(1 + b^2))
/// let (a, b) = (2.0, 2.0 + 1e-9);
/// let exact = -(a + b) / ((1.0 + a * a) * (1.0 + b * b));
/// assert!((Lorentz.divided_difference(a, b) / exact - 1.0).abs() < 1e-15);
/// ```
pub trait SpectralFunction: Clone + 'static {
    /// $f(x)$.
    fn value(&self, x: f64) -> f64;
    /// $f'(x)$.
    fn derivative(&self, x: f64) -> f64;
    /// $f''(x)$, for second derivatives of the matrix function.
    fn second_derivative(&self, x: f64) -> f64;

    /// $f[a, b] = (f(a) - f(b))/(a - b)$, and $f'(a)$ where $a = b$.
    ///
    /// As it is provided: the integral of $f'$ from $a$ to $b$ over $b - a$ by Gauss's rule with 12
    /// points, or the quotient where its rounding errors are smaller than the uncertainty of the
    /// integral. For a function that is smooth on the scale of its arguments that keeps 14 digits at
    /// any gap. It costs 20 derivatives where $a \ne b$.
    fn divided_difference(&self, a: f64, b: f64) -> f64 {
        quadrature::divided_difference(self, a, b)
    }

    /// $f[a, b, c] = (f[a, b] - f[b, c])/(a - c)$, and $f''(a)/2$ where all are equal.
    ///
    /// As it is provided: the integral of $f''$ with the Peano kernel, or the quotient.
    fn second_divided_difference(&self, a: f64, b: f64, c: f64) -> f64 {
        quadrature::second_divided_difference(self, a, b, c)
    }

    /// Where the eigenvalues have to lie.
    fn domain(&self) -> Domain {
        Domain::ALL
    }
}

/// The decomposition $A = V \mathrm{diag}(w) V^\top$ that a spectral function and its derivatives
/// share.
#[derive(Clone, Debug)]
pub struct SymmetricSpectrum<M> {
    /// The symmetric matrix, of which the lower triangle counts.
    pub matrix: M,
    /// The eigenvalues in ascending order, a column. Those that are zero to rounding are 0 if 0 is the
    /// closed end of the domain.
    pub values: M,
    /// The eigenvectors, in the columns.
    pub vectors: M,
}

/// Decomposes a symmetric matrix and checks its eigenvalues against the domain of `f`.
pub(super) fn spectrum<F: SpectralFunction, A: Matrix>(
    op: &'static str,
    f: &F,
    a: &A,
) -> Result<SymmetricSpectrum<A::Owned>, Error> {
    square(op, a)?;
    finite(op, a)?;
    let (values, vectors) = match diagonal_order(a) {
        Some(order) => {
            let n = order.len();
            let values =
                <A::Owned as Operations>::from_fn(n, 1, |i, _| a.primal(order[i], order[i]));
            (values, <A::Owned as Operations>::from_fn(n, n, |i, j| f64::from(i == order[j])))
        }
        None => <A::Owned as Operations>::symmetric_eigen(op, a.view())?,
    };
    let values = admitted(op, f, a, &values)?;
    Ok(SymmetricSpectrum { matrix: a.copied(), values, vectors })
}

/// For a diagonal matrix, whose eigenvalues are known exactly, the rows in their ascending order.
fn diagonal_order(a: &impl Matrix) -> Option<Vec<usize>> {
    let n = a.rows();
    let diagonal = (0..n).all(|j| (j + 1..n).all(|i| a.primal(i, j) == 0.0));
    diagonal.then(|| {
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by(|&i, &j| a.primal(i, i).total_cmp(&a.primal(j, j)));
        order
    })
}

/// The eigenvalues alone, checked against the domain of `f`.
pub(super) fn eigenvalues<F: SpectralFunction, A: Matrix>(
    op: &'static str,
    f: &F,
    a: &A,
) -> Result<A::Owned, Error> {
    square(op, a)?;
    finite(op, a)?;
    if diagonal_order(a).is_some() {
        return Ok(spectrum(op, f, a)?.values);
    }
    let values = <A::Owned as Operations>::symmetric_eigenvalues(op, a.view())?;
    admitted(op, f, a, &values)
}

/// The eigenvalues, if they lie in the domain of `f`.
///
/// An eigenvalue is known to $n \varepsilon \lVert A\rVert$. One that is zero as far as that tells is
/// 0 where the domain ends with 0, and outside where it ends before 0. Those of a diagonal matrix are
/// known exactly.
fn admitted<F: SpectralFunction, A: Matrix>(
    op: &'static str,
    f: &F,
    a: &A,
    values: &A::Owned,
) -> Result<A::Owned, Error> {
    let n = values.rows();
    let largest = (0..n).fold(0.0_f64, |largest, i| largest.max(values.primal(i, 0).abs()));
    let exact = diagonal_order(a).is_some();
    let relative = if exact { 0.0 } else { n as f64 * <A::Owned as Operations>::EPSILON };
    let domain = f.domain();
    let mut known = Vec::with_capacity(n);
    for index in 0..n {
        let value = values.primal(index, 0);
        let negligible = value.abs() <= relative * largest;
        let w = if negligible && domain.low == 0.0 { 0.0 } else { value };
        if !domain.contains(w) {
            return Err(if domain.low == 0.0 {
                Error::NotPositiveDefinite { op, index, pivot: value }
            } else {
                let (argument, domain) = ("eigenvalue", "in the domain of the function");
                Error::OutsideDomain { op, argument, domain, value }
            });
        }
        if !f.value(w).is_finite() {
            return Err(if w == 0.0 {
                Error::Singular { op, index, pivot: value }
            } else {
                let (argument, domain) = ("eigenvalue", "where the function is finite");
                Error::OutsideDomain { op, argument, domain, value }
            });
        }
        known.push(w);
    }
    Ok(<A::Owned as Operations>::from_fn(n, 1, |i, _| known[i]))
}
