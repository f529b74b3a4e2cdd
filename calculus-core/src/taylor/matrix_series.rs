//! Truncated Taylor series of a matrix that depends on one variable.

use super::Series;
use crate::Error;
use crate::matrix::Operations;
use crate::matrix::check::{finite, same_shape};

/// A truncated series $A(t) = \sum_{k=0}^{n} A_k t^k + O(t^{n+1})$ whose coefficients are matrices of
/// one shape.
///
/// Arithmetic on such series differentiates matrix functions along a curve to any order at the cost
/// of one factorisation and $O(n^2)$ products. `M` is `faer::Mat<f64>` or `faer::Mat<f32>`, or any
/// other kind of matrix that has the [`Operations`].
///
/// The operations return what is known: the smaller of the orders of the operands.
///
/// # Source
/// U. Naumann (2012), *The Art of Differentiating Computer Programs*, SIAM, section 3.3, for the
/// idea; the recurrences follow from comparing the coefficients of $t^k$ and are stated with each
/// function.
///
/// # Examples
/// ```
/// use calculus_core::taylor::MatrixSeries;
/// use faer::mat;
/// // A(t) = [2, t; 0, 1] has the inverse [1/2, -t/2; 0, 1].
/// let a = MatrixSeries::new([
///     mat![[2.0, 0.0], [0.0, 1.0]],
///     mat![[0.0, 1.0], [0.0, 0.0]],
///     mat![[0.0, 0.0], [0.0, 0.0]],
/// ])?;
/// let inverse = a.inverse()?;
/// assert_eq!(inverse.coefficients()[0], mat![[0.5, 0.0], [0.0, 1.0]]);
/// assert_eq!(inverse.coefficients()[1], mat![[0.0, -0.5], [0.0, 0.0]]);
/// assert_eq!(inverse.entry(0, 1).coefficients(), [0.0, -0.5, 0.0]);
/// # Ok::<(), calculus_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct MatrixSeries<M> {
    /// Never empty.
    coefficients: Vec<M>,
}

impl<M: Operations> MatrixSeries<M> {
    /// The series with the given coefficients of $1, t, t^2, \dots$
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] unless all have the same shape, [`Error::NonFiniteEntry`].
    ///
    /// # Panics
    /// If there are none: a series of order $n$ has $n + 1$ coefficients.
    #[track_caller]
    pub fn new(coefficients: impl Into<Vec<M>>) -> Result<Self, Error> {
        let coefficients = coefficients.into();
        assert!(!coefficients.is_empty(), "a series of order n has n + 1 coefficients, got none");
        for a in &coefficients {
            same_shape("matrix series", a, &coefficients[0])?;
        }
        Self::finished("matrix series", coefficients)
    }

    /// The constant series.
    ///
    /// # Errors
    /// [`Error::NonFiniteEntry`].
    pub fn constant(value: M, order: usize) -> Result<Self, Error> {
        let mut coefficients = vec![value.scaled(0.0); order + 1];
        coefficients[0] = value;
        Self::finished("matrix series", coefficients)
    }

    /// What an operation has computed, if it did not overflow.
    pub(super) fn finished(op: &'static str, coefficients: Vec<M>) -> Result<Self, Error> {
        coefficients.iter().try_for_each(|a| finite(op, a))?;
        Ok(Self { coefficients })
    }

    /// The order $n$ to which the series is known.
    pub fn order(&self) -> usize {
        self.coefficients.len() - 1
    }

    /// Rows and columns of the matrices.
    pub fn shape(&self) -> (usize, usize) {
        self.coefficients[0].shape()
    }

    /// The matrices $A_0, A_1, \dots, A_n$.
    pub fn coefficients(&self) -> &[M] {
        &self.coefficients
    }

    /// The series of one entry.
    ///
    /// # Panics
    /// If there is no such entry.
    #[track_caller]
    pub fn entry(&self, row: usize, column: usize) -> Series<f64> {
        let (rows, columns) = self.shape();
        assert!(
            row < rows && column < columns,
            "entry ({row}, {column}) of matrices with {rows} rows and {columns} columns"
        );
        let entries = self.coefficients.iter().map(|a| a.primal(row, column));
        Series::new(entries.collect::<Vec<_>>())
    }

    /// The matrix $\sum_k A_k t^k$ at a displacement, by Horner's rule.
    pub fn evaluate(&self, t: f64) -> M {
        let n = self.order();
        let others = self.coefficients[..n].iter().rev();
        others.fold(self.coefficients[n].clone(), |sum, a| sum.scaled(t).plus(a))
    }

    /// The derivative $A'(t) = \sum_k (k + 1) A_{k+1} t^k$, known to one order less.
    ///
    /// # Panics
    /// If the order is 0: nothing is known about the derivative.
    #[track_caller]
    pub fn derivative(&self) -> Self {
        assert!(self.order() > 0, "a series of order 0 does not determine its derivative");
        let terms = self.coefficients.iter().enumerate().skip(1);
        Self { coefficients: terms.map(|(k, a)| a.scaled(k as f64)).collect() }
    }

    /// The transposes $A_k^\top$.
    pub fn transposed(&self) -> Self {
        Self { coefficients: self.coefficients.iter().map(|a| a.transposed()).collect() }
    }

    /// The matrices $sA_k$.
    ///
    /// # Errors
    /// [`Error::NonFiniteEntry`] where they overflow or $s$ is not finite.
    pub fn scaled(&self, s: f64) -> Result<Self, Error> {
        let terms = self.coefficients.iter().map(|a| a.scaled(s));
        Self::finished("scaled matrix series", terms.collect())
    }

    /// The sum $A_k + B_k$.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`], [`Error::NonFiniteEntry`] where it overflows.
    pub fn plus(&self, other: &Self) -> Result<Self, Error> {
        self.termwise("sum of matrix series", other, |a, b| a.plus(b))
    }

    /// The difference $A_k - B_k$.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`], [`Error::NonFiniteEntry`] where it overflows.
    pub fn minus(&self, other: &Self) -> Result<Self, Error> {
        self.termwise("difference of matrix series", other, |a, b| a.minus(b))
    }

    fn termwise(
        &self,
        op: &'static str,
        other: &Self,
        f: impl Fn(&M, &M) -> M,
    ) -> Result<Self, Error> {
        same_shape(op, &self.coefficients[0], &other.coefficients[0])?;
        let pairs = self.coefficients.iter().zip(&other.coefficients);
        Self::finished(op, pairs.map(|(a, b)| f(a, b)).collect())
    }

    /// The product $C(t) = A(t) B(t)$: $C_k = \sum_{j=0}^{k} A_j B_{k-j}$.
    ///
    /// $(n + 1)(n + 2)/2$ matrix products.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`], [`Error::NonFiniteEntry`] where it overflows.
    pub fn matmul(&self, other: &Self) -> Result<Self, Error> {
        const OP: &str = "product of matrix series";
        let (a, b) = (&self.coefficients, &other.coefficients);
        if self.shape().1 != other.shape().0 {
            return Err(Error::ShapeMismatch { op: OP, lhs: self.shape(), rhs: other.shape() });
        }
        let order = self.order().min(other.order());
        let convolution =
            |k: usize| (1..=k).fold(a[0].matmul(&b[k]), |c, j| c.plus(&a[j].matmul(&b[k - j])));
        Self::finished(OP, (0..=order).map(convolution).collect())
    }
}

#[cfg(test)]
mod tests {
    use faer::{Mat, mat};

    use super::*;
    use crate::matrix::Matrix;

    fn linear() -> MatrixSeries<Mat<f64>> {
        MatrixSeries::new([mat![[1.0, 2.0], [3.0, 4.0]], mat![[0.0, 1.0], [-1.0, 0.5]]]).unwrap()
    }

    #[test]
    fn coefficients_must_fit_and_be_finite() {
        let mismatch = MatrixSeries::new([Mat::<f64>::zeros(2, 2), Mat::zeros(2, 3)]);
        assert!(matches!(mismatch, Err(Error::ShapeMismatch { lhs: (2, 3), rhs: (2, 2), .. })));
        let nan = MatrixSeries::new([mat![[0.0, 1.0]], mat![[0.0, f64::NAN]]]);
        assert!(matches!(nan, Err(Error::NonFiniteEntry { row: 0, column: 1, .. })));
        let a = linear();
        let wide = MatrixSeries::new([mat![[1.0, 2.0, 3.0]]]).unwrap();
        for result in [a.plus(&wide), a.minus(&wide), a.matmul(&wide), wide.matmul(&a)] {
            assert!(matches!(result, Err(Error::ShapeMismatch { .. })));
        }
        let large = MatrixSeries::new([mat![[1e300]]]).unwrap();
        assert!(matches!(large.matmul(&large), Err(Error::NonFiniteEntry { .. })));
        assert!(matches!(large.scaled(f64::NAN), Err(Error::NonFiniteEntry { .. })));
    }

    #[test]
    #[should_panic(expected = "n + 1 coefficients")]
    fn a_series_without_coefficients_is_refused() {
        let _ = MatrixSeries::<Mat<f64>>::new([]);
    }

    #[test]
    fn operations_are_those_of_polynomials() {
        let a = linear();
        let b = a.transposed().scaled(0.5).unwrap();
        let (a, b) = (padded(&a), padded(&b));
        let (x, t) = (a.matmul(&b).unwrap(), 0.75);
        assert_eq!(x.evaluate(t), a.evaluate(t).matmul(&b.evaluate(t)));
        assert_eq!(a.plus(&b).unwrap().evaluate(t), a.evaluate(t).plus(&b.evaluate(t)));
        assert_eq!(a.minus(&a).unwrap().evaluate(t), Mat::<f64>::zeros(2, 2));
        assert_eq!(x.derivative().coefficients()[1], x.coefficients()[2].scaled(2.0));
        assert_eq!(a.entry(1, 0).coefficients(), [3.0, -1.0, 0.0]);
    }

    /// The product of linear polynomials is quadratic: to order 2 it is exact.
    fn padded(a: &MatrixSeries<Mat<f64>>) -> MatrixSeries<Mat<f64>> {
        let mut coefficients = a.coefficients().to_vec();
        coefficients.push(Mat::zeros(2, 2));
        MatrixSeries::new(coefficients).unwrap()
    }

    #[test]
    fn matrices_may_be_empty() {
        let a = MatrixSeries::constant(Mat::<f64>::zeros(0, 3), 2).unwrap();
        let b = MatrixSeries::constant(Mat::<f64>::zeros(3, 2), 2).unwrap();
        assert_eq!(a.matmul(&b).unwrap().shape(), (0, 2));
        let c = b.matmul(&MatrixSeries::constant(Mat::zeros(2, 0), 1).unwrap()).unwrap();
        assert_eq!((c.shape(), c.order()), ((3, 0), 1));
    }
}
