//! Where principal roots, logarithms and powers are defined.

use crate::Error;
use crate::matrix::{Matrix, Operations};

/// Whether an eigenvalue may be 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Zero {
    Allowed,
    Forbidden,
}

/// No eigenvalue lies on the negative axis, to rounding; nor at 0, if that is forbidden.
///
/// An eigenvalue is known to $n \varepsilon \lVert A\rVert$ at best; those of an upper triangular matrix
/// are known exactly.
pub(super) fn check_eigenvalues<A: Matrix>(
    op: &'static str,
    a: &A,
    schur: &<A::Owned as Operations>::Schur,
    zero: Zero,
) -> Result<(), Error> {
    let n = a.rows();
    let squares = (0..n * n).map(|k| a.primal(k % n, k / n).powi(2)).sum::<f64>();
    let triangular = (0..n).all(|j| (j + 1..n).all(|i| a.primal(i, j) == 0.0));
    let rounding = if triangular { 0.0 } else { n as f64 * f64::EPSILON * squares.sqrt() };
    let eigenvalues = <A::Owned as Operations>::schur_eigenvalues(schur);
    for (index, (re, im)) in eigenvalues.into_iter().enumerate() {
        if re.hypot(im) <= rounding {
            if zero == Zero::Forbidden {
                return Err(Error::Singular { op, index, pivot: re });
            }
        } else if im.abs() <= rounding && re < 0.0 {
            let (argument, domain) = ("eigenvalue", "off the negative real axis");
            return Err(Error::OutsideDomain { op, argument, domain, value: re });
        }
    }
    Ok(())
}
