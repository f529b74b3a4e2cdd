//! Checked and scaled symmetric input.
//!
//! Every function that takes a Hessian reads both triangles and works on the symmetric part
//! $(H + H')/2$. A Hessian of differences is symmetric up to its error only, which is passed on
//! as an uncertainty; more asymmetry than [`ASYMMETRY`] is a mistake and is refused.

use faer::{Mat, MatRef, Side};

use super::scaling::{binary_exponent, scaled};
use crate::Error;

/// The largest accepted $\max|h_{ij} - h_{ji}| / \max|h_{ij}|$.
const ASYMMETRY: f64 = 1e-3;

/// A symmetric matrix $2^{-e} H$ whose largest entry lies in $[1/2, 1)$, so that neither squares
/// nor products of pivots overflow or underflow.
pub(super) struct Symmetric {
    pub(super) matrix: Mat<f64>,
    /// $e$; 0 for a zero matrix.
    exponent: i32,
    /// A bound on $\|(H - H')/2\|_2$, scaled: the largest absolute row sum.
    pub(super) asymmetry: f64,
}

/// The first entry that is not finite, as an error.
pub(super) fn check_finite(op: &'static str, a: MatRef<'_, f64>) -> Result<(), Error> {
    for column in 0..a.ncols() {
        for row in 0..a.nrows() {
            let value = a[(row, column)];
            if !value.is_finite() {
                return Err(Error::NonFiniteEntry { op, row, column, value });
            }
        }
    }
    Ok(())
}

/// The first component that is not finite, as an error.
pub(super) fn check_vector(op: &'static str, x: &[f64]) -> Result<(), Error> {
    check_finite(op, MatRef::from_column_major_slice(x, x.len(), 1))
}

/// The first point that is not finite or not as long as the first one, as an error.
pub(super) fn check_points(op: &'static str, points: &[Vec<f64>]) -> Result<(), Error> {
    for x in points {
        check_vector(op, x)?;
        if x.len() != points[0].len() {
            return Err(Error::ShapeMismatch { op, lhs: (points[0].len(), 1), rhs: (x.len(), 1) });
        }
    }
    Ok(())
}

/// Not square, as an error.
pub(super) fn check_square(op: &'static str, a: MatRef<'_, f64>) -> Result<(), Error> {
    let (rows, columns) = a.shape();
    if rows == columns { Ok(()) } else { Err(Error::NotSquare { op, rows, columns }) }
}

/// A finite number that is not negative, or an error that names it.
pub(super) fn check_nonnegative(
    op: &'static str,
    argument: &'static str,
    value: f64,
) -> Result<f64, Error> {
    if value.is_finite() && value >= 0.0 {
        return Ok(value);
    }
    Err(Error::OutsideDomain { op, argument, domain: "finite and not negative", value })
}

impl Symmetric {
    /// Checks `h` and scales it.
    pub(super) fn new(op: &'static str, h: MatRef<'_, f64>) -> Result<Self, Error> {
        check_square(op, h)?;
        check_finite(op, h)?;
        let exponent = binary_exponent(h);
        let h = scaled(h, -exponent);
        let n = h.nrows();
        let mut asymmetry = 0.0_f64;
        for i in 0..n {
            let row: f64 = (0..n).map(|j| 0.5 * (h[(i, j)] - h[(j, i)]).abs()).sum();
            asymmetry = asymmetry.max(row);
            let value = (0..n).fold(0.0_f64, |m, j| m.max((h[(i, j)] - h[(j, i)]).abs()));
            if value > ASYMMETRY {
                return Err(Error::OutsideDomain {
                    op,
                    argument: "the asymmetry |H_ij - H_ji| relative to the largest entry",
                    domain: "at most 0.001",
                    value,
                });
            }
        }
        let matrix = Mat::from_fn(n, n, |i, j| 0.5 * (h[(i, j)] + h[(j, i)]));
        Ok(Self { matrix, exponent, asymmetry })
    }

    /// $n$.
    pub(super) fn dimension(&self) -> usize {
        self.matrix.nrows()
    }

    /// A number in the units of $2^{-e} H$ in those of $H$.
    pub(super) fn unscale(&self, x: f64) -> f64 {
        libm::scalbn(x, self.exponent)
    }

    /// A number in the units of $H$ in those of $2^{-e} H$.
    pub(super) fn scale(&self, x: f64) -> f64 {
        libm::scalbn(x, -self.exponent)
    }

    /// $\pm H - $ `shift` $I$, scaled.
    pub(super) fn shifted(&self, sign: f64, shift: f64) -> Mat<f64> {
        let n = self.dimension();
        let h = &self.matrix;
        Mat::from_fn(n, n, |i, j| sign * h[(i, j)] - if i == j { shift } else { 0.0 })
    }

    /// The eigenvalues of $H$ in increasing order.
    pub(super) fn eigenvalues(&self, op: &'static str) -> Result<Vec<f64>, Error> {
        // faer has no answer for an empty matrix.
        if self.dimension() == 0 {
            return Ok(vec![]);
        }
        let values = self
            .matrix
            .self_adjoint_eigenvalues(Side::Lower)
            .map_err(|_| Error::NoConvergence { op, iterations: 30 * self.dimension() })?;
        Ok(values.into_iter().map(|x| self.unscale(x)).collect())
    }

    /// The eigenvalues of $H$ in increasing order, and its orthonormal eigenvectors as columns.
    pub(super) fn eigenvectors(&self, op: &'static str) -> Result<(Vec<f64>, Mat<f64>), Error> {
        if self.dimension() == 0 {
            return Ok((vec![], Mat::zeros(0, 0)));
        }
        let eigen = self
            .matrix
            .self_adjoint_eigen(Side::Lower)
            .map_err(|_| Error::NoConvergence { op, iterations: 30 * self.dimension() })?;
        let values = eigen.S().column_vector().iter().map(|&x| self.unscale(x)).collect();
        Ok((values, eigen.U().to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use faer::mat;

    #[test]
    fn scaling_is_exact_from_the_smallest_to_the_largest_number() {
        for scale in [5e-324, 1e-300, 1.0, 1e300, f64::MAX] {
            let h = Symmetric::new("test", mat![[scale, 0.0], [0.0, scale]].as_ref()).unwrap();
            assert!((0.5..1.0).contains(&h.matrix[(0, 0)]), "{scale}");
            assert_eq!(h.unscale(h.matrix[(1, 1)]), scale);
        }
        assert_eq!(Symmetric::new("test", Mat::zeros(2, 2).as_ref()).unwrap().exponent, 0);
    }

    #[test]
    fn bad_input_is_refused_with_its_place() {
        let error = Symmetric::new("test", Mat::zeros(2, 3).as_ref()).err().unwrap();
        assert_eq!(error, Error::NotSquare { op: "test", rows: 2, columns: 3 });
        let h = mat![[1.0, 0.0], [f64::INFINITY, 1.0]];
        let error = Symmetric::new("test", h.as_ref()).err().unwrap();
        let value = f64::INFINITY;
        assert_eq!(error, Error::NonFiniteEntry { op: "test", row: 1, column: 0, value });
        let error = Symmetric::new("test", mat![[1.0, 0.5], [0.0, 1.0]].as_ref()).err().unwrap();
        assert!(matches!(error, Error::OutsideDomain { value: 0.25, .. }), "{error}");
    }

    #[test]
    fn points_have_one_length() {
        assert_eq!(check_points("test", &[]), Ok(()));
        assert_eq!(check_points("test", &[vec![1.0, 2.0], vec![0.0; 2]]), Ok(()));
        let error = check_points("test", &[vec![1.0, 2.0], vec![1.0]]);
        assert_eq!(error, Err(Error::ShapeMismatch { op: "test", lhs: (2, 1), rhs: (1, 1) }));
        assert!(check_points("test", &[vec![f64::NAN]]).is_err());
    }

    #[test]
    fn a_slight_asymmetry_is_measured() {
        let h = Symmetric::new("test", mat![[0.5, 2e-8], [0.0, 0.5]].as_ref()).unwrap();
        assert!((h.asymmetry - 1e-8).abs() < 1e-20);
        assert_eq!(h.matrix[(0, 1)], h.matrix[(1, 0)]);
    }
}
