//! Gershgorin's bounds on the eigenvalues.
//!
//! Every eigenvalue of a symmetric $H$ lies in one of the intervals
//! $[h_{ii} - r_i, h_{ii} + r_i]$ with $r_i = \sum_{j \ne i} |h_{ij}|$, so
//!
//! $$\min_i (h_{ii} - r_i) \le \lambda_{min} \le \lambda_{max} \le \max_i (h_{ii} + r_i).$$
//!
//! Source: S. A. Gershgorin (1931); R. A. Horn, C. R. Johnson (2013), *Matrix Analysis*, 2nd ed.,
//! theorem 6.1.1.

use faer::MatRef;

use super::symmetric::Symmetric;
use crate::Error;

/// An interval that contains all eigenvalues.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EigenvalueBounds {
    /// A lower bound on the smallest eigenvalue.
    pub low: f64,
    /// An upper bound on the largest eigenvalue.
    pub high: f64,
}

/// Bounds on the eigenvalues of a symmetric matrix, from its rows alone.
///
/// $$[\min_i (h_{ii} - r_i),\ \max_i (h_{ii} + r_i)], \quad r_i = \sum_{j \ne i} |h_{ij}|$$
///
/// `h` is $n \times n$; both triangles are read, and the bounds are those of $(H + H')/2$. They are
/// widened by the rounding of the sums, so they hold in floating-point arithmetic. For $0 \times 0$
/// the interval is empty: $[\infty, -\infty]$. Costs $O(n^2)$.
///
/// # Errors
/// [`Error::NotSquare`], [`Error::NonFiniteEntry`], and [`Error::OutsideDomain`] for a matrix that
/// is not symmetric to a thousandth of its largest entry.
///
/// # Examples
/// ```
/// use calculus_core::curvature::gershgorin_bounds;
/// use faer::mat;
/// let h = mat![[4.0, 1.0], [1.0, 3.0]]; // eigenvalues (7 ± √5)/2
/// let bounds = gershgorin_bounds(h.as_ref())?;
/// assert!((bounds.low - 2.0).abs() < 1e-14 && bounds.low <= 2.0);
/// assert!((bounds.high - 5.0).abs() < 1e-14 && bounds.high >= 5.0);
/// # Ok::<(), calculus_core::Error>(())
/// ```
pub fn gershgorin_bounds(h: MatRef<'_, f64>) -> Result<EigenvalueBounds, Error> {
    let h = Symmetric::new("gershgorin_bounds", h)?;
    let EigenvalueBounds { low, high } = of_scaled(&h);
    Ok(EigenvalueBounds { low: h.unscale(low), high: h.unscale(high) })
}

/// The bounds in the units of the scaled matrix.
pub(super) fn of_scaled(h: &Symmetric) -> EigenvalueBounds {
    let n = h.dimension();
    let mut bounds = EigenvalueBounds { low: f64::INFINITY, high: f64::NEG_INFINITY };
    for i in 0..n {
        let center = h.matrix[(i, i)];
        let off_diagonal = (0..n).filter(|&j| j != i).map(|j| h.matrix[(i, j)].abs());
        let radius: f64 = off_diagonal.sum();
        // A sum of n terms is off by at most n units of 2^-53 of the sum of their sizes; a diagonal
        // row is not rounded at all.
        let rounding =
            if radius == 0.0 { 0.0 } else { n as f64 * f64::EPSILON * (center.abs() + radius) };
        bounds.low = bounds.low.min(center - radius - rounding);
        bounds.high = bounds.high.max(center + radius + rounding);
    }
    bounds
}

#[cfg(test)]
mod tests {
    use super::*;
    use faer::{Mat, mat};

    #[test]
    fn diagonal_matrices_are_exact() {
        let bounds = gershgorin_bounds(mat![[3.0, 0.0], [0.0, -1.0]].as_ref()).unwrap();
        assert_eq!(bounds, EigenvalueBounds { low: -1.0, high: 3.0 });
        let zero = gershgorin_bounds(Mat::zeros(3, 3).as_ref()).unwrap();
        assert_eq!(zero, EigenvalueBounds { low: 0.0, high: 0.0 });
        let empty = gershgorin_bounds(Mat::zeros(0, 0).as_ref()).unwrap();
        assert!(empty.low > empty.high);
    }

    #[test]
    fn entries_near_overflow() {
        let h = mat![[1e300, 1e300], [1e300, 1e300]];
        let bounds = gershgorin_bounds(h.as_ref()).unwrap();
        assert!((bounds.high / 2e300 - 1.0).abs() < 1e-14);
        assert!(bounds.low.abs() < 1e286);
    }
}
