//! Complex matrices as pairs of real ones.

use crate::matrix::{Matrix, Operations};

/// $X + iY$; no $Y$ where it is zero by construction.
pub(crate) struct Complex<M> {
    pub(crate) re: M,
    pub(crate) im: Option<M>,
}

/// A sum where a missing matrix is zero.
fn add<M: Operations>(a: Option<M>, b: Option<M>) -> Option<M> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.plus(&b)),
        (a, b) => a.or(b),
    }
}

impl<M: Operations> Complex<M> {
    /// A bilinear operation, with the sign of its term in both imaginary parts: $-1$ for products,
    /// $+1$ where one factor is conjugated, in which case `cross` is the sign of
    /// $(\mathrm{Im}, \mathrm{Re})$ and $(\mathrm{Re}, \mathrm{Im})$.
    fn bilinear(&self, b: &Self, signs: [f64; 3], product: impl Fn(&M, &M) -> M) -> Self {
        let [both, im_re, re_im] = signs;
        let re = product(&self.re, &b.re);
        let of = |x: &Option<M>, y: &Option<M>| Some(product(x.as_ref()?, y.as_ref()?));
        let both = of(&self.im, &b.im).map(|x| x.scaled(both));
        let im_re = self.im.as_ref().map(|x| product(x, &b.re).scaled(im_re));
        let re_im = b.im.as_ref().map(|y| product(&self.re, y).scaled(re_im));
        let re = match both {
            Some(both) => re.plus(&both),
            None => re,
        };
        Self { re, im: add(im_re, re_im) }
    }

    /// $AB$.
    pub(crate) fn times(&self, b: &Self) -> Self {
        self.bilinear(b, [-1.0, 1.0, 1.0], |a, b| a.matmul(b))
    }
    /// $A^* B$.
    pub(crate) fn adjoint_times(&self, b: &Self) -> Self {
        self.bilinear(b, [1.0, -1.0, 1.0], |a, b| a.transpose_matmul(b))
    }
    /// $\mathrm{Re}(A B^*)$.
    pub(crate) fn times_adjoint_re(&self, b: &Self) -> M {
        let re = self.re.matmul_transpose(&b.re);
        match (&self.im, &b.im) {
            (Some(a), Some(b)) => re.plus(&a.matmul_transpose(b)),
            _ => re,
        }
    }
    /// $A \circ B$.
    pub(crate) fn hadamard(&self, b: &Self) -> Self {
        self.bilinear(b, [-1.0, 1.0, 1.0], |a, b| a.hadamard(b))
    }
    /// $\mathrm{Re}\,\mathrm{diag}(A^* B)$, a row.
    pub(crate) fn real_products(&self, b: &Self) -> M {
        let re = self.re.hadamard(&b.re);
        match (&self.im, &b.im) {
            (Some(x), Some(y)) => re.plus(&x.hadamard(y)).column_sums(),
            _ => re.column_sums(),
        }
    }
    /// $RA$ for a real $R$.
    pub(crate) fn after(&self, r: &M) -> Self {
        self.map_parts(|part| r.matmul(part))
    }
    /// $A\,\mathrm{diag}(v)$ for a real column $v$.
    pub(crate) fn scaled_columns(&self, v: &M) -> Self {
        self.map_parts(|part| part.scaled_columns(v))
    }
    /// $iA$.
    pub(crate) fn times_i(&self) -> Self {
        let (rows, columns) = self.re.shape();
        let re = self.im.as_ref().map(Matrix::negated);
        let re = re.unwrap_or_else(|| M::from_fn(rows, columns, |_, _| 0.0));
        Self { re, im: Some(self.re.clone()) }
    }
    /// $A + B$.
    pub(crate) fn plus(&self, b: &Self) -> Self {
        Self { re: self.re.plus(&b.re), im: add(self.im.clone(), b.im.clone()) }
    }
    /// $A - B$.
    pub(crate) fn minus(&self, b: &Self) -> Self {
        self.plus(&b.map_parts(Matrix::negated))
    }
    /// A linear operation on the parts.
    pub(crate) fn map_parts(&self, f: impl Fn(&M) -> M) -> Self {
        Self { re: f(&self.re), im: self.im.as_ref().map(f) }
    }
    /// The parts there are.
    pub(crate) fn parts(&self) -> Vec<&M> {
        core::iter::once(&self.re).chain(&self.im).collect()
    }
    /// Both parts.
    pub(crate) fn split(self) -> (M, M) {
        let (rows, columns) = self.re.shape();
        let im = self.im.unwrap_or_else(|| M::from_fn(rows, columns, |_, _| 0.0));
        (self.re, im)
    }
    /// $|a_{ij}|$.
    pub(crate) fn modulus(&self, i: usize, j: usize) -> f64 {
        let im = self.im.as_ref().map_or(0.0, |im| im.primal(i, j));
        f64::hypot(self.re.primal(i, j), im)
    }
    /// The Euclidean length of a row.
    pub(crate) fn row_norm(&self, i: usize) -> f64 {
        (0..self.re.columns()).fold(0.0, |norm: f64, j| norm.hypot(self.modulus(i, j)))
    }
}
