//! Inverse and solve of a series of matrices, with one factorisation for all orders.

use super::MatrixSeries;
use crate::Error;
use crate::matrix::check::square;
use crate::matrix::{Lu, Operations, Transpose, Triangle};

impl<M: Operations> MatrixSeries<M> {
    /// The solution $X(t)$ of $A(t) X(t) = B(t)$.
    ///
    /// $$X_k = A_0^{-1}\Bigl(B_k - \sum_{j=1}^{k} A_j X_{k-j}\Bigr)$$
    ///
    /// from the coefficients of $t^k$, with one LU factorisation of $A_0$ for all of them. `self` is
    /// $A$, $m \times m$; `b` is $m \times r$. Costs one factorisation, $n + 1$ solves and $n(n+1)/2$
    /// products.
    ///
    /// # Errors
    /// [`Error::NotSquare`], [`Error::ShapeMismatch`]; [`Error::Singular`] where $A_0$ has a pivot
    /// that is zero; [`Error::NonFiniteEntry`] where the solution overflows, as it does for an
    /// $A_0$ that is nearly singular.
    ///
    /// # Examples
    /// ```
    /// use calculus_core::taylor::MatrixSeries;
    /// use faer::mat;
    /// // (1 + t) x = 1 in one dimension.
    /// let a = MatrixSeries::new([mat![[1.0]], mat![[1.0]], mat![[0.0]], mat![[0.0]]])?;
    /// let b = MatrixSeries::constant(mat![[1.0]], 3)?;
    /// assert_eq!(a.solve(&b)?.entry(0, 0).coefficients(), [1.0, -1.0, 1.0, -1.0]);
    /// # Ok::<(), calculus_core::Error>(())
    /// ```
    pub fn solve(&self, b: &Self) -> Result<Self, Error> {
        const OP: &str = "solve with matrix series";
        let lu = self.leading_factors(OP)?;
        if self.shape().0 != b.shape().0 {
            return Err(Error::ShapeMismatch { op: OP, lhs: self.shape(), rhs: b.shape() });
        }
        let order = self.order().min(b.order());
        let a = self.coefficients();
        let mut x: Vec<M> = Vec::with_capacity(order + 1);
        for b_k in &b.coefficients()[..=order] {
            let k = x.len();
            let rest = (1..=k).fold(b_k.clone(), |rest, j| rest.minus(&a[j].matmul(&x[k - j])));
            let y = lu.packed.solve_triangular(
                Triangle::UnitLower,
                Transpose::No,
                &rest.permuted_rows(&lu.rows),
            );
            x.push(lu.packed.solve_triangular(Triangle::Upper, Transpose::No, &y));
        }
        Self::finished(OP, x)
    }

    /// The inverse $X(t) = A(t)^{-1}$.
    ///
    /// $$X_0 = A_0^{-1}, \qquad X_k = -X_0 \sum_{j=1}^{k} A_j X_{k-j}$$
    ///
    /// from the coefficients of $t^k$ in $A(t) X(t) = I$. Costs one inverse and
    /// $n(n+3)/2$ products.
    ///
    /// # Errors
    /// [`Error::NotSquare`]; [`Error::Singular`] where $A_0$ has a pivot that is zero;
    /// [`Error::NonFiniteEntry`] where the inverse overflows.
    pub fn inverse(&self) -> Result<Self, Error> {
        const OP: &str = "inverse of a matrix series";
        let lu = self.leading_factors(OP)?;
        let a = self.coefficients();
        let mut x = vec![M::lu_inverse(&lu)];
        for k in 1..=self.order() {
            let first = a[1].matmul(&x[k - 1]);
            let sum = (2..=k).fold(first, |sum, j| sum.plus(&a[j].matmul(&x[k - j])));
            x.push(x[0].matmul(&sum).negated());
        }
        Self::finished(OP, x)
    }

    /// $P A_0 = LU$ without a zero pivot.
    fn leading_factors(&self, op: &'static str) -> Result<Lu<M>, Error> {
        let leading = &self.coefficients()[0];
        let m = square(op, leading)?;
        let lu = M::lu(leading.view());
        match (0..m).find(|&i| lu.packed.primal(i, i) == 0.0) {
            Some(index) => Err(Error::Singular { op, index, pivot: 0.0 }),
            None => Ok(lu),
        }
    }
}

#[cfg(test)]
mod tests {
    use faer::{Mat, mat};

    use super::*;

    #[test]
    fn a_matrix_that_is_singular_at_the_point_is_an_error() {
        // Invertible for t != 0, but without an expansion.
        let a = MatrixSeries::new([mat![[1.0, 2.0], [2.0, 4.0]], mat![[1.0, 0.0], [0.0, 1.0]]]);
        let a = a.unwrap();
        assert!(matches!(a.inverse(), Err(Error::Singular { index: 1, pivot: 0.0, .. })));
        assert!(matches!(a.solve(&a), Err(Error::Singular { index: 1, .. })));
    }

    #[test]
    fn shapes_that_do_not_fit_are_errors() {
        let wide = MatrixSeries::constant(Mat::<f64>::zeros(2, 3), 1).unwrap();
        let identity = MatrixSeries::constant(Mat::<f64>::identity(2, 2), 1).unwrap();
        let tall = MatrixSeries::constant(Mat::<f64>::zeros(3, 1), 1).unwrap();
        assert!(matches!(wide.inverse(), Err(Error::NotSquare { rows: 2, columns: 3, .. })));
        assert!(matches!(wide.solve(&identity), Err(Error::NotSquare { .. })));
        assert!(matches!(identity.solve(&tall), Err(Error::ShapeMismatch { .. })));
        assert_eq!(identity.solve(&wide).unwrap(), wide);
    }

    #[test]
    fn an_overflow_is_an_error() {
        let tiny = MatrixSeries::new([mat![[1e-200]], mat![[1.0]]]).unwrap();
        assert!(matches!(tiny.inverse(), Err(Error::NonFiniteEntry { .. })));
        assert!(tiny.solve(&tiny.scaled(1e300).unwrap()).is_ok());
    }

    #[test]
    fn empty_matrices_have_an_empty_inverse() {
        let a = MatrixSeries::constant(Mat::<f64>::zeros(0, 0), 2).unwrap();
        assert_eq!(a.inverse().unwrap(), a);
        assert_eq!(a.solve(&a).unwrap(), a);
        let column = MatrixSeries::constant(Mat::<f64>::zeros(2, 0), 1).unwrap();
        let identity = MatrixSeries::constant(Mat::<f64>::identity(2, 2), 0).unwrap();
        assert_eq!(identity.solve(&column).unwrap().shape(), (2, 0));
        assert_eq!(identity.inverse().unwrap(), identity);
    }
}
