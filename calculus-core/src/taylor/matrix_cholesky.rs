//! Cholesky factor of a series of symmetric matrices.

use super::MatrixSeries;
use crate::Error;
use crate::matrix::check::square;
use crate::matrix::{Operations, Part, Transpose, Triangle};

impl<M: Operations> MatrixSeries<M> {
    /// The lower triangular $L(t)$ with $L(t) L(t)^\top = A(t)$ and a positive diagonal.
    ///
    /// The coefficient of $t^k$ is $L_0 L_k^\top + L_k L_0^\top = R_k$ with
    /// $R_k = A_k - \sum_{j=1}^{k-1} L_j L_{k-j}^\top$, which the triangular
    ///
    /// $$L_k = L_0\,\Phi\bigl(L_0^{-1} R_k L_0^{-\top}\bigr)$$
    ///
    /// solves; $\Phi$ takes the lower triangle with half of the diagonal. For $k = 1$ that is the
    /// derivative of the Cholesky factor. Only the lower triangles of the $A_k$ are read. Costs one
    /// factorisation, and per order $k$ two triangular solves and $k$ products.
    ///
    /// # Errors
    /// [`Error::NotSquare`]; [`Error::NotPositiveDefinite`] where $A_0$ is not;
    /// [`Error::NonFiniteEntry`] where the factor overflows.
    ///
    /// Source of the case $k = 1$: I. Murray (2016), *Differentiation of the Cholesky
    /// decomposition*, arXiv:1602.07527, equation 8.
    ///
    /// # Examples
    /// ```
    /// use calculus_core::taylor::{MatrixSeries, Series};
    /// use faer::mat;
    /// // The factor of the 1 x 1 matrix 1 + t is its square root.
    /// let a = MatrixSeries::new([mat![[1.0]], mat![[1.0]], mat![[0.0]], mat![[0.0]]])?;
    /// let root = Series::variable(1.0, 3).sqrt();
    /// assert_eq!(a.cholesky()?.entry(0, 0), root); // 1 + t/2 - t²/8 + t³/16
    /// # Ok::<(), calculus_core::Error>(())
    /// ```
    pub fn cholesky(&self) -> Result<Self, Error> {
        const OP: &str = "Cholesky factor of a matrix series";
        let a = self.coefficients();
        square(OP, &a[0])?;
        let mut l = vec![M::cholesky(OP, a[0].view())?];
        for (k, a_k) in a.iter().enumerate().skip(1) {
            let symmetric = a_k.part(Part::Lower).plus(&a_k.part(Part::StrictlyLower).transposed());
            let rest =
                (1..k).fold(symmetric, |rest, j| rest.minus(&l[j].matmul_transpose(&l[k - j])));
            let left = l[0].solve_triangular(Triangle::Lower, Transpose::No, &rest);
            let both = left.solve_triangular_right(&l[0], Triangle::Lower, Transpose::Yes);
            l.push(l[0].matmul(&both.halved_lower()));
        }
        Self::finished(OP, l)
    }
}

#[cfg(test)]
mod tests {
    use faer::{Mat, mat};

    use super::*;

    #[test]
    fn a_matrix_that_is_not_positive_definite_is_an_error() {
        let a = MatrixSeries::constant(mat![[1.0, 2.0], [2.0, 1.0]], 1).unwrap();
        let error = a.cholesky().unwrap_err();
        assert!(
            matches!(error, Error::NotPositiveDefinite { index: 1, pivot: -3.0, .. }),
            "{error}"
        );
        let wide = MatrixSeries::constant(Mat::<f64>::zeros(1, 2), 1).unwrap();
        assert!(matches!(wide.cholesky(), Err(Error::NotSquare { .. })));
    }

    #[test]
    fn only_the_lower_triangles_are_read() {
        let full = MatrixSeries::new([
            mat![[4.0, 1.0], [1.0, 3.0]],
            mat![[0.5, -1.0], [-1.0, 2.0]],
            mat![[0.0, 0.25], [0.25, 1.0]],
        ]);
        let lower = MatrixSeries::new([
            mat![[4.0, 9.0], [1.0, 3.0]],
            mat![[0.5, 9.0], [-1.0, 2.0]],
            mat![[0.0, 9.0], [0.25, 1.0]],
        ]);
        let (full, lower) = (full.unwrap().cholesky().unwrap(), lower.unwrap().cholesky().unwrap());
        assert_eq!(full, lower);
        assert!(full.coefficients().iter().all(|l| l[(0, 1)] == 0.0));
    }

    #[test]
    fn the_empty_matrix_is_its_own_factor() {
        let a = MatrixSeries::constant(Mat::<f64>::zeros(0, 0), 3).unwrap();
        assert_eq!(a.cholesky().unwrap(), a);
    }
}
