//! The principal logarithm of a square matrix: $e^C = A$, with imaginary parts of the eigenvalues of $C$
//! in $(-\pi, \pi)$.
//!
//! $$C = 2^k \ln(I + X), \quad X = A^{1/2^k} - I, \qquad
//! \ln(I + X) \approx \sum_j w_j\, X (I + x_j X)^{-1}$$
//! $$\dot C = 2^k \sum_j w_j (I + x_j X)^{-1} \dot X (I + x_j X)^{-1}, \qquad
//! \bar A = L(A, \bar C^\top)^\top$$
//!
//! where $w_j$ and $x_j$ are the weights and nodes of Gauss's rule with 8 points on $[0, 1]$, which makes
//! the Padé approximant of degree 8, and $\dot X$ comes from $\dot A$ by a Sylvester equation for each of
//! the $k$ square roots; $L$ is the pushforward. $A$ is $n \times n$ and need not be symmetric; where it
//! is, [`symmetric_log`](crate::matrix::symmetric_log) is more accurate. There is no logarithm of a
//! singular matrix and no principal one with an eigenvalue on the negative axis. Repeated eigenvalues are
//! regular points.
//!
//! Sources: N. J. Higham, *Functions of Matrices*, 2008, section 11.5 (inverse scaling and squaring) and
//! equation 11.18; A. H. Al-Mohy, N. J. Higham, S. D. Relton, "Computing the Fréchet derivative of the
//! matrix logarithm and estimating the condition number", 2013, section 2.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::logm;
//! use faer::mat;
//!
//! // A turn by 1 radian.
//! let (sin, cos) = 1.0_f64.sin_cos();
//! let factors = logm::value(&mat![[cos, -sin], [sin, cos]])?;
//! assert!((&factors.value - mat![[0.0, -1.0], [1.0, 0.0]]).norm_max() < 1e-14);
//! // tr ln A = ln det A has the gradient A^{-T}.
//! let gradient = logm::pullback(&factors, &mat![[1.0, 0.0], [0.0, 1.0]])?;
//! assert!((&gradient - mat![[cos, -sin], [sin, cos]]).norm_max() < 1e-14);
//!
//! let error = logm::value(&mat![[1.0, 1.0], [1.0, 1.0]]).unwrap_err();
//! assert!(error.to_string().starts_with("logm: the matrix is singular"));
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::norm::Values;
use super::principal::{Zero, check_eigenvalues};
use crate::Error;
use crate::matrix::check::{finite, has_shape, representable, square};
use crate::matrix::{Matrix, Operations, Transpose, identity, zeros};

const OP: &str = "logm";

/// The norm of $X$ up to which a Padé approximant of degree 7 is accurate to rounding (Higham 2008, table
/// 11.1); degree 8 is used, which leaves room for the derivative.
const BOUND: f64 = 0.264;
/// The square roots before giving up: those that take the largest and the least numbers to 1.
const ROOTS: usize = 64;
/// The nodes in $(0, 1/2)$ and the weights of Gauss's rule with 8 points on $[0, 1]$; the others are
/// their mirror images.
const GAUSS: [(f64, f64); 4] = [
    (0.019_855_071_751_231_884, 0.050_614_268_145_188_13),
    (0.101_666_761_293_186_63, 0.111_190_517_226_687_24),
    (0.237_233_795_041_835_5, 0.156_853_322_938_943_64),
    (0.408_282_678_752_175_1, 0.181_341_891_689_181),
];

/// The logarithm with what its derivative takes.
#[derive(Clone, Debug)]
pub struct Logm<M: Operations> {
    /// $\ln A$.
    pub value: M,
    /// The Schur forms of $A^{1/2}, A^{1/4}, \dots, A^{1/2^k}$.
    pub roots: Vec<M::Schur>,
    /// The weights $w_j$ and $(I + x_j X)^{-1}$.
    pub resolvents: Vec<(f64, M)>,
}

/// $\ln A$ with what its derivative takes.
///
/// Cost: the Schur form, about $25n^3$ in complex numbers, $k$ triangular roots, and 8 inverses.
///
/// # Errors
/// [`Error::NotSquare`], [`Error::NonFiniteEntry`], [`Error::NoConvergence`]; [`Error::Singular`],
/// [`Error::OutsideDomain`] with an eigenvalue on the negative axis.
pub fn value<A: Matrix>(a: &A) -> Result<Logm<A::Owned>, Error> {
    named_value(OP, a)
}

/// $\dot C = 2^k \sum_j w_j (I + x_j X)^{-1} \dot X (I + x_j X)^{-1}$.
///
/// Cost: $k$ Sylvester equations and 16 products.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(factors: &Logm<A::Owned>, tangent: &A) -> Result<A::Owned, Error> {
    has_shape(OP, tangent, factors.value.shape())?;
    representable(OP, derivative(OP, factors, tangent.copied())?)
}

/// $\bar A = L(A, \bar C^\top)^\top$.
///
/// Cost: as [`pushforward`].
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(factors: &Logm<A::Owned>, cotangent: &A) -> Result<A::Owned, Error> {
    has_shape(OP, cotangent, factors.value.shape())?;
    representable(OP, derivative(OP, factors, cotangent.transposed())?.transposed())
}

/// [`value`] under the name of the function.
pub(super) fn named_value<A: Matrix>(op: &'static str, a: &A) -> Result<Logm<A::Owned>, Error> {
    let n = square(op, a)?;
    finite(op, a)?;
    let one: A::Owned = identity(n);
    let mut schur = <A::Owned as Operations>::schur(op, a.view())?;
    check_eigenvalues(op, a, &schur, Zero::Forbidden)?;
    let mut x: A::Owned = a.copied().minus(&one);
    let mut roots = Vec::new();
    while Values::new(&x).norm() > BOUND {
        if roots.len() == ROOTS {
            return Err(Error::NoConvergence { op, iterations: ROOTS });
        }
        schur = <A::Owned as Operations>::schur_sqrt(op, &schur)?;
        x = <A::Owned as Operations>::schur_matrix(&schur).minus(&one);
        roots.push(schur.clone());
    }
    let nodes = GAUSS.into_iter().flat_map(|(x, w)| [(x, w), (1.0 - x, w)]);
    let resolvent = |node: f64| {
        let lu = <A::Owned as Operations>::lu(one.plus(&x.scaled(node)).view());
        // Its condition is below 2, so the inverse is as accurate as solving.
        <A::Owned as Operations>::lu_inverse(&lu)
    };
    let resolvents: Vec<_> = nodes.map(|(node, weight)| (weight, resolvent(node))).collect();
    let sum: A::Owned = {
        let terms: Vec<_> = resolvents.iter().map(|(weight, r)| (*weight, r.view())).collect();
        <A::Owned as Operations>::combination(&terms)
    };
    Ok(Logm { value: x.matmul(&sum).scaled(doubled(roots.len())), roots, resolvents })
}

/// $L(A, E)$.
pub(super) fn derivative<M: Operations>(
    op: &'static str,
    factors: &Logm<M>,
    e: M,
) -> Result<M, Error> {
    let mut x_dot = e;
    for root in &factors.roots {
        let root = (root, Transpose::No);
        x_dot = M::sylvester(op, root, root, x_dot.view())?;
    }
    let (rows, columns) = x_dot.shape();
    let term = |sum: M, (weight, inverse): &(f64, M)| {
        sum.plus(&inverse.matmul(&x_dot).matmul(inverse).scaled(*weight))
    };
    Ok(factors
        .resolvents
        .iter()
        .fold(zeros(rows, columns), term)
        .scaled(doubled(factors.roots.len())))
}

/// $2^k$.
fn doubled(k: usize) -> f64 {
    (k as f64).exp2()
}
