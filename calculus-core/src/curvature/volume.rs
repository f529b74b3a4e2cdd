//! How a map changes volumes.
//!
//! A map with the Jacobian $J$ multiplies small volumes by $|\det J|$, and turns them around if
//! $\det J < 0$. A map from $\mathbb R^n$ to a larger space, with $J$ of size $m \times n$,
//! multiplies $n$-dimensional volumes by
//!
//! $$\sqrt{\det J'J} = \prod |r_{ii}|, \quad J = QR.$$
//!
//! Products of pivots overflow long before their logarithm does: the determinant of $10\,I$ is
//! infinite from $n = 309$. Here the product is kept as a mantissa and a power of 2.
//!
//! Source: G. H. Golub, C. F. Van Loan (2013), *Matrix Computations*, 4th ed., sections 3.4, 5.2.

use faer::MatRef;

use super::scaling::{equilibrate_columns, equilibrate_rows};
use super::symmetric::check_finite;
use crate::Error;

/// The factor by which a linear map multiplies volumes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VolumeChange {
    /// The factor is $m \cdot 2^e$ with $1/2 \le |m| < 1$, or $m = 0$; $m$ carries the sign.
    mantissa: f64,
    /// $e$.
    exponent: i64,
}

impl VolumeChange {
    /// 1 if the map keeps the orientation, -1 if it reverses it, 0 if it is singular; 1 for a map
    /// into a larger space, where orientation has no meaning, unless it is singular.
    pub fn sign(&self) -> f64 {
        if self.mantissa == 0.0 { 0.0 } else { self.mantissa.signum() }
    }

    /// $\ln|\det J|$, or $\tfrac12 \ln\det J'J$; $-\infty$ for a singular map.
    pub fn log(&self) -> f64 {
        self.mantissa.abs().ln() + self.exponent as f64 * std::f64::consts::LN_2
    }

    /// $|\det J|$, or $\sqrt{\det J'J}$; may overflow to $\infty$ or underflow to 0 where
    /// [`log`](Self::log) does not.
    pub fn factor(&self) -> f64 {
        // Beyond these exponents the result is 0 or infinite in any case.
        let exponent = self.exponent.clamp(-5000, 5000) as i32;
        libm::scalbn(self.mantissa.abs(), exponent)
    }

    /// The determinant with its sign.
    pub fn determinant(&self) -> f64 {
        self.sign() * self.factor()
    }
}

/// The change of volume by a map with the Jacobian `jacobian`.
///
/// `jacobian` is $m \times n$ with $m \ge n$: $|\det J|$ by the LU factorisation with partial
/// pivoting if it is square, $\sqrt{\det J'J}$ by the QR factorisation if it is tall. A singular
/// Jacobian is no error: the change is 0, if a pivot is computed as 0. The determinant of a
/// $0 \times 0$ matrix is 1. Costs $2n^3/3$, or $2n^2(m - n/3)$.
///
/// # Errors
/// [`Error::NonFiniteEntry`]; [`Error::ShapeMismatch`] for a wide matrix, whose map has no inverse on
/// its image.
///
/// # Examples
/// ```
/// use calculus_core::curvature::volume_change;
/// use faer::{Mat, mat};
/// let change = volume_change(mat![[0.0, 2.0], [3.0, 0.0]].as_ref())?;
/// assert_eq!((change.sign(), change.factor()), (-1.0, 6.0));
///
/// let scaling = Mat::from_fn(400, 400, |i, j| if i == j { 10.0 } else { 0.0 });
/// let change = volume_change(scaling.as_ref())?;
/// assert!((change.log() - 400.0 * 10.0_f64.ln()).abs() < 1e-12); // the factor is infinite
///
/// // A surface: the area of the parallelogram of the columns.
/// let change = volume_change(mat![[3.0, 0.0], [4.0, 0.0], [0.0, 2.0]].as_ref())?;
/// assert!((change.factor() - 10.0).abs() < 1e-14);
/// # Ok::<(), calculus_core::Error>(())
/// ```
pub fn volume_change(jacobian: MatRef<'_, f64>) -> Result<VolumeChange, Error> {
    let op = "volume_change";
    let (m, n) = jacobian.shape();
    if m < n {
        return Err(Error::ShapeMismatch { op, lhs: (m, n), rhs: (n, n) });
    }
    check_finite(op, jacobian)?;
    let mut change = VolumeChange { mantissa: 0.5, exponent: 1 };
    if m == n {
        let (j, rows) = equilibrate_rows(jacobian);
        let (j, columns) = equilibrate_columns(j.as_ref());
        let factors = j.partial_piv_lu();
        let u = factors.U();
        change.multiply_all((0..n).map(|i| u[(i, i)]));
        change.unscale(&rows);
        change.unscale(&columns);
        if is_odd(factors.P().arrays().0) {
            change.mantissa = -change.mantissa;
        }
    } else {
        let (j, columns) = equilibrate_columns(jacobian);
        let factors = j.qr();
        let r = factors.thin_R();
        change.multiply_all((0..n).map(|i| r[(i, i)].abs()));
        change.unscale(&columns);
    }
    Ok(change)
}

impl VolumeChange {
    /// Multiplies by the pivots up to the first that is 0, behind which faer leaves NaN.
    fn multiply_all(&mut self, pivots: impl Iterator<Item = f64>) {
        for pivot in pivots {
            let (mantissa, exponent) = libm::frexp(self.mantissa * pivot);
            self.mantissa = mantissa;
            self.exponent += i64::from(exponent);
            if mantissa == 0.0 {
                break;
            }
        }
    }

    /// Takes back a scaling of rows or columns.
    fn unscale(&mut self, exponents: &[i32]) {
        self.exponent -= exponents.iter().map(|&e| i64::from(e)).sum::<i64>();
    }
}

/// Whether a permutation is odd: a cycle of length $k$ is $k - 1$ transpositions.
fn is_odd(permutation: &[usize]) -> bool {
    let mut seen = vec![false; permutation.len()];
    let mut odd = false;
    for start in 0..permutation.len() {
        let mut i = start;
        while !seen[i] {
            seen[i] = true;
            i = permutation[i];
            odd ^= i != start;
        }
    }
    odd
}

#[cfg(test)]
mod tests {
    use super::*;
    use faer::{Mat, mat};
    use proptest::prelude::*;

    fn change(j: &Mat<f64>) -> VolumeChange {
        volume_change(j.as_ref()).unwrap()
    }

    #[test]
    fn parity() {
        assert!(!is_odd(&[]));
        assert!(!is_odd(&[0, 1, 2]));
        assert!(is_odd(&[1, 0, 2]));
        assert!(!is_odd(&[1, 2, 0]));
        assert!(is_odd(&[1, 2, 3, 0]));
        assert!(!is_odd(&[1, 0, 3, 2]));
    }

    #[test]
    fn boundary_cases() {
        assert_eq!(change(&Mat::zeros(0, 0)).determinant(), 1.0);
        assert_eq!(change(&Mat::zeros(3, 0)).log(), 0.0);
        assert_eq!(change(&mat![[-2.5]]).determinant(), -2.5);
        let zero = change(&Mat::zeros(3, 3));
        assert_eq!((zero.sign(), zero.log(), zero.factor()), (0.0, f64::NEG_INFINITY, 0.0));
        // Two pivots are 0, the first one not the last.
        let line = change(&Mat::from_fn(3, 3, |i, j| if i == 0 && j == 0 { 1.0 } else { 0.0 }));
        assert_eq!((line.sign(), line.log()), (0.0, f64::NEG_INFINITY));
        let flat = change(&mat![[1.0, 2.0], [2.0, 4.0]]);
        assert_eq!(flat.determinant(), 0.0);
        let flat = change(&mat![[1.0, 0.0], [0.0, 0.0], [0.0, 0.0]]);
        assert_eq!((flat.sign(), flat.factor()), (0.0, 0.0));
    }

    #[test]
    fn neither_overflow_nor_underflow() {
        for (x, n) in [(0.1_f64, 400), (10.0, 400), (1e300, 7), (1e-300, 7)] {
            let j = Mat::from_fn(n, n, |i, j| if i == j { -x } else { 0.0 });
            let log = n as f64 * x.ln();
            assert!((change(&j).log() / log - 1.0).abs() < 1e-14);
            assert_eq!(change(&j).sign(), if n % 2 == 0 { 1.0 } else { -1.0 });
            assert_eq!(change(&j).factor(), if x > 1.0 { f64::INFINITY } else { 0.0 });
            let tall = Mat::from_fn(n + 1, n, |i, j| if i == j { -x } else { 0.0 });
            assert!((change(&tall).log() / log - 1.0).abs() < 1e-14);
        }
        // The product passes through 1e-600 and comes back.
        let j =
            Mat::from_fn(4, 4, |i, j| if i == j { [1e-300, 1e-300, 1e300, 3e300][i] } else { 0.0 });
        assert!((change(&j).determinant() - 3.0).abs() < 1e-14);
        assert_eq!(change(&mat![[5e-324]]).determinant(), 5e-324);
    }

    #[test]
    fn bad_input() {
        let wide = volume_change(Mat::zeros(2, 3).as_ref());
        assert!(matches!(wide, Err(Error::ShapeMismatch { lhs: (2, 3), .. })));
        let nan = volume_change(mat![[1.0, f64::NAN], [0.0, 1.0]].as_ref());
        assert!(matches!(nan, Err(Error::NonFiniteEntry { row: 0, column: 1, .. })));
    }

    proptest! {
        #[test]
        fn determinants_multiply_and_the_gram_matrix_agrees(
            n in 1_usize..6,
            entries in prop::collection::vec(-1.0..1.0_f64, 72),
        ) {
            let a = Mat::from_fn(n, n, |i, j| entries[6 * i + j]);
            let b = Mat::from_fn(n, n, |i, j| entries[36 + 6 * i + j]);
            let product = change(&a).determinant() * change(&b).determinant();
            let direct = change(&(&a * &b)).determinant();
            // A perturbation of a matrix with entries up to n changes its determinant by at most
            // eps times the product of the row norms.
            let rounding = 1e-15 * (n as f64).powi(2 * n as i32);
            prop_assert!((product - direct).abs() <= rounding);
            let gram = change(&(a.transpose() * &a)).factor();
            prop_assert!((change(&a).factor().powi(2) - gram).abs() <= rounding);
            // As the upper part of a tall matrix.
            let tall = Mat::from_fn(n + 2, n, |i, j| if i < n { a[(i, j)] } else { 0.0 });
            prop_assert!((change(&tall).factor() - change(&a).factor()).abs() <= rounding);
        }
    }
}
