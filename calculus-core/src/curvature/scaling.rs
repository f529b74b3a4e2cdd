//! Scaling of matrices by powers of 2, which rounds nothing.

use faer::{Mat, MatRef};

/// The exponent $e$ for which the largest of the numbers lies in $[2^{e-1}, 2^e)$; 0 for zeros.
fn exponent_of(numbers: impl Iterator<Item = f64>) -> i32 {
    libm::frexp(numbers.fold(0.0, |max: f64, x| max.max(x.abs()))).1
}

/// The exponent of the largest entry.
pub(super) fn binary_exponent(a: MatRef<'_, f64>) -> i32 {
    exponent_of(a.col_iter().flat_map(|column| column.iter().copied()))
}

/// $2^e A$.
pub(super) fn scaled(a: MatRef<'_, f64>, exponent: i32) -> Mat<f64> {
    Mat::from_fn(a.nrows(), a.ncols(), |i, j| libm::scalbn(a[(i, j)], exponent))
}

/// $\operatorname{diag}(2^{e_i}) A$.
pub(super) fn scale_rows(a: MatRef<'_, f64>, exponents: &[i32]) -> Mat<f64> {
    Mat::from_fn(a.nrows(), a.ncols(), |i, j| libm::scalbn(a[(i, j)], exponents[i]))
}

/// The columns, scaled so that the largest entry of each lies in $[1/2, 1)$, and the exponents.
pub(super) fn equilibrate_columns(a: MatRef<'_, f64>) -> (Mat<f64>, Vec<i32>) {
    let exponents: Vec<i32> =
        a.col_iter().map(|column| -exponent_of(column.iter().copied())).collect();
    let a = Mat::from_fn(a.nrows(), a.ncols(), |i, j| libm::scalbn(a[(i, j)], exponents[j]));
    (a, exponents)
}

/// The rows, scaled so that the largest entry of each lies in $[1/2, 1)$, and the exponents.
pub(super) fn equilibrate_rows(a: MatRef<'_, f64>) -> (Mat<f64>, Vec<i32>) {
    let exponents: Vec<i32> = a.row_iter().map(|row| -exponent_of(row.iter().copied())).collect();
    (scale_rows(a, &exponents), exponents)
}

#[cfg(test)]
mod tests {
    use super::*;
    use faer::mat;

    #[test]
    fn from_the_smallest_to_the_largest_number() {
        let a = mat![[5e-324, 0.0], [0.0, f64::MAX]];
        let (rows, exponents) = equilibrate_rows(a.as_ref());
        assert_eq!(exponents, [1073, -1024]);
        assert_eq!(rows[(0, 0)], 0.5);
        assert!((0.5..1.0).contains(&rows[(1, 1)]));
        let (columns, exponents) = equilibrate_columns(a.as_ref());
        assert_eq!(exponents, [1073, -1024]);
        assert_eq!(columns[(0, 0)], 0.5);
        assert_eq!(binary_exponent(a.as_ref()), 1024);
        assert_eq!(binary_exponent(Mat::zeros(2, 2).as_ref()), 0);
        assert_eq!(binary_exponent(Mat::zeros(0, 0).as_ref()), 0);
        assert_eq!(scaled(a.as_ref(), -1)[(1, 1)], f64::MAX / 2.0);
    }
}
