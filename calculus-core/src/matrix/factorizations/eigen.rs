//! Eigenvalues and eigenvectors of a general real matrix, $AV = V\,\mathrm{diag}(\lambda)$, with
//! complex numbers as pairs of real ones.
//!
//! With $P = V^{-1}\dot A V$, $X = V\,(P_{ij} / (\lambda_j - \lambda_i))$ and
//! $d = \mathrm{Re}\,\mathrm{diag}(V^* X)$,
//!
//! $$\dot\lambda = \mathrm{diag}\,P, \qquad
//! \dot V = X - V\,\mathrm{diag}(d + i\theta), \qquad \theta_j = \mathrm{Im}(x_{pj}) / v_{pj},$$
//!
//! which keeps the length of each column at 1 and its entry $p$ real. With
//! $g = \mathrm{diag}(V^* \bar V)$,
//! $\bar X = \bar V - V\,\mathrm{diag}(\mathrm{Re}\,g) - i\,e_p\,\mathrm{Im}(g_j) / v_{pj}$ and
//! $K = V^* \bar X$,
//!
//! $$\bar A = \mathrm{Re}\,V^{-*}\left(\mathrm{diag}(\bar\lambda) +
//! \frac{K_{ij}}{\overline{\lambda_j - \lambda_i}}\right) V^*.$$
//!
//! The eigenvalues are in ascending order of their real parts; a conjugate pair is in
//! neighbouring places, the one with the positive imaginary part first, and so are their vectors. A
//! column of $V$ has Euclidean length 1, and the first of its entries that is at least half as large
//! as the largest is real and positive: that is entry $p$. (LAPACK makes the largest real, and
//! leaves the sign.) A cotangent $a + ib$ stands for the derivatives with respect to the real and
//! imaginary parts, $\dot y = a\,\mathrm{Re}\,\dot\lambda + b\,\mathrm{Im}\,\dot\lambda$.
//!
//! # Degenerate points
//!
//! - Equal eigenvalues ($4 n\varepsilon\|A\|_F$ apart) with independent eigenvectors: a loss that
//!   does not see their vectors has a gradient, with the cotangents of tied values averaged;
//!   otherwise [`Error::Degenerate`].
//! - A defective matrix, whose eigenvectors are dependent to rounding, has no derivatives at all:
//!   [`Error::Degenerate`] with the closest pair. A pair counts as defective where its gap is
//!   below what rounding in $A$ makes of it, $4 n\varepsilon\|A\|_F$ times the condition of the
//!   eigenvalue, and that condition is above $\varepsilon^{-1/3}$.
//!
//! Source: M. Giles, "An extended collection of matrix derivative results for forward and reverse
//! mode algorithmic differentiation", 2008, section 3.1; the normalisation from the two conditions
//! $|v_j| = 1$ and $\mathrm{Im}\,v_{pj} = 0$.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::eigen;
//! use faer::{Mat, mat};
//!
//! // The eigenvalues are a +- sqrt(bc).
//! let a = mat![[1.0, -4.0], [1.0, 1.0]];
//! let eigen = eigen::value(&a)?;
//! assert!((&eigen.values - mat![[1.0, 2.0], [1.0, -2.0]]).norm_max() < 1e-14);
//! // The imaginary part of the first one.
//! let none = Mat::zeros(2, 2);
//! let gradient = eigen::pullback(&eigen, &mat![[0.0, 1.0], [0.0, 0.0]], &none, &none)?;
//! assert!((gradient - mat![[0.0, -0.25], [1.0, 0.0]]).norm_max() < 1e-14);
//!
//! // A Jordan block.
//! let jordan = eigen::value(&mat![[1.0, 1.0], [0.0, 1.0]])?;
//! assert!(eigen::pullback(&jordan, &mat![[1.0, 0.0], [0.0, 0.0]], &none, &none).is_err());
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::complex::Complex;
use super::scale::{largest_within_range, unscaled};
use super::ties::{largest, rounding, tolerance};
use crate::Error;
use crate::matrix::check::{finite, has_shape, representable, square};
use crate::matrix::{Lu, Matrix, Operations};

const OP: &str = "eigen";

/// Eigenvalues and eigenvectors of a real matrix.
#[derive(Clone, Debug)]
pub struct Eigen<M> {
    /// The eigenvalues, an $n \times 2$ matrix with the real parts in column 0 and the imaginary
    /// parts in column 1.
    pub values: M,
    /// The real parts of the eigenvectors.
    pub vectors_re: M,
    /// The imaginary parts of the eigenvectors.
    pub vectors_im: M,
    /// For each eigenvector the row of the entry that is real and positive by convention.
    pub pivots: Vec<usize>,
    /// The factors of the real basis: for a real eigenvalue its vector, for a pair the real and the
    /// imaginary part of the first one.
    pub basis: Lu<M>,
    /// The Frobenius norm of $A$, which tolerances are relative to.
    pub norm: f64,
}

/// What an eigenvalue is: real, or the first or second of a conjugate pair.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Real,
    First,
    Second,
}

fn kind<M: Operations>(values: &M, i: usize) -> Kind {
    match values.primal(i, 1) {
        0.0 => Kind::Real,
        im if im > 0.0 => Kind::First,
        _ => Kind::Second,
    }
}

/// Eigenvalues and eigenvectors.
///
/// Cost: about $25 n^3$ multiply-adds.
///
/// # Errors
/// [`Error::NotSquare`], [`Error::NonFiniteEntry`], [`Error::NoConvergence`].
pub fn value<A: Matrix>(a: &A) -> Result<Eigen<A::Owned>, Error> {
    let n = square(OP, a)?;
    finite(OP, a)?;
    let (a, exponent) = largest_within_range(a);
    let spectrum = A::Owned::eigen(OP, a.view())?;
    let (values, basis) = (spectrum.values, spectrum.basis);
    let kinds: Vec<Kind> = (0..n).map(|i| kind(&values, i)).collect();
    let re = |_, j: usize| if kinds[j] == Kind::Second { j - 1 } else { j };
    let vectors_re = A::Owned::gather(basis.view(), n, n, |i, j| Some((i, re(i, j))));
    let imaginary = |i, j: usize| match kinds[j] {
        Kind::Real => None,
        Kind::First => Some((i, j + 1)),
        Kind::Second => Some((i, j)),
    };
    let sign = A::Owned::from_fn(n, 1, |j, _| if kinds[j] == Kind::Second { -1.0 } else { 1.0 });
    let vectors_im = A::Owned::gather(basis.view(), n, n, imaginary).scaled_columns(&sign);
    let norm = (0..n)
        .flat_map(|j| (0..n).map(move |i| (i, j)))
        .fold(0.0, |norm: f64, (i, j)| norm.hypot(a.primal(i, j)));
    Ok(Eigen {
        values: unscaled(values, exponent),
        vectors_re,
        vectors_im,
        pivots: spectrum.pivots,
        basis: A::Owned::lu(basis.view()),
        norm: norm * 2.0_f64.powi(exponent),
    })
}

impl<M: Operations> Eigen<M> {
    fn is_real(&self) -> bool {
        (0..self.values.rows()).all(|i| kind(&self.values, i) == Kind::Real)
    }
    fn complex(&self, re: M, im: M) -> Complex<M> {
        Complex { re, im: (!self.is_real()).then_some(im) }
    }
    fn vectors(&self) -> Complex<M> {
        self.complex(self.vectors_re.clone(), self.vectors_im.clone())
    }
    fn size(&self) -> Result<usize, Error> {
        let n = square(OP, &self.vectors_re)?;
        has_shape(OP, &self.vectors_im, (n, n))?;
        has_shape(OP, &self.basis.packed, (n, n))?;
        has_shape(OP, &self.values, (n, 2))?;
        Ok(n)
    }

    /// $|\lambda_i - \lambda_j|$.
    fn gap(&self, i: usize, j: usize) -> f64 {
        let part = |c| self.values.primal(i, c) - self.values.primal(j, c);
        f64::hypot(part(0), part(1))
    }
    /// The distance up to which eigenvalues are tied.
    fn tolerance(&self) -> f64 {
        tolerance::<M>(self.values.rows(), self.norm)
    }
    fn tied(&self, i: usize, j: usize) -> bool {
        i == j || self.gap(i, j) <= self.tolerance()
    }
    fn degenerate(&self, first: usize, second: usize) -> Error {
        Error::Degenerate { op: OP, first, second, gap: self.gap(first, second) }
    }

    /// $V^{-1}$, or the error that the matrix is defective.
    fn inverse(&self) -> Result<Complex<M>, Error> {
        let n = self.values.rows();
        let pairs = || (0..n).flat_map(|j| (0..j).map(move |i| (i, j)));
        let closest = || {
            let nearer = |p: &(usize, usize), q: &(usize, usize)| {
                self.gap(p.0, p.1).total_cmp(&self.gap(q.0, q.1))
            };
            let (first, second) = pairs().min_by(nearer).unwrap_or((0, 0));
            self.degenerate(first, second)
        };
        // The columns have length 1, so this is a dependence to rounding.
        let dependent = tolerance::<M>(n, 1.0);
        if (0..n).any(|i| self.basis.packed.primal(i, i).abs() <= dependent) {
            return Err(closest());
        }
        let real = M::lu_inverse(&self.basis);
        let kinds: Vec<Kind> = (0..n).map(|i| kind(&self.values, i)).collect();
        // [v, conj v] = [a, b] [[1, 1], [i, -i]], the inverse of which is [[1, -i], [1, i]] / 2.
        let re = |i: usize, j| match kinds[i] {
            Kind::Second => Some((i - 1, j)),
            _ => Some((i, j)),
        };
        let im = |i: usize, j| match kinds[i] {
            Kind::Real => None,
            Kind::First => Some((i + 1, j)),
            Kind::Second => Some((i, j)),
        };
        let half = M::from_fn(n, 1, |i, _| if kinds[i] == Kind::Real { 1.0 } else { 0.5 });
        let signed = M::from_fn(n, 1, |i, _| if kinds[i] == Kind::Second { 0.5 } else { -0.5 });
        let inverse = self.complex(
            M::gather(real.view(), n, n, re).scaled_rows(&half),
            M::gather(real.view(), n, n, im).scaled_rows(&signed),
        );
        let condition: Vec<f64> = (0..n).map(|i| inverse.row_norm(i)).collect();
        let steep = M::EPSILON.powf(-1.0 / 3.0);
        let defective = |&(i, j): &(usize, usize)| {
            let condition = condition[i].max(condition[j]);
            condition > steep && self.gap(i, j) <= self.tolerance() * condition
        };
        match pairs().find(defective) {
            Some((i, j)) => Err(self.degenerate(i, j)),
            None => Ok(inverse),
        }
    }

    /// $x_{ij} / (\lambda_j - \lambda_i)$, or over the conjugate of the difference; 0 between equal
    /// eigenvalues, where the numerator has to vanish.
    fn over_gaps(&self, numerator: &Complex<M>, conjugate: bool) -> Result<Complex<M>, Error> {
        let n = self.values.rows();
        let allowed = rounding(&numerator.parts());
        for (i, j) in (0..n).flat_map(|j| (0..n).map(move |i| (i, j))) {
            if i != j && self.tied(i, j) && numerator.modulus(i, j) > allowed {
                return Err(self.degenerate(i.min(j), i.max(j)));
            }
        }
        let apart = M::from_fn(n, n, |i, j| f64::from(!self.tied(i, j)));
        let tied = M::from_fn(n, n, |i, j| f64::from(self.tied(i, j)));
        // Relative to the largest, so that squares stay within range.
        let unit = largest(&self.values).max(f64::MIN_POSITIVE);
        let unit = M::from_fn(1, 1, |_, _| unit);
        let gaps = |column| {
            let part = self.values.block(0..n, column..column + 1);
            let part = part.divided(&unit.broadcast(n, 1));
            part.transposed().broadcast(n, n).minus(&part.broadcast(n, n)).hadamard(&apart)
        };
        let (re, im) = (gaps(0), gaps(1));
        let square = re.hadamard(&re).plus(&im.hadamard(&im)).plus(&tied);
        let sign = if conjugate { 1.0 } else { -1.0 };
        let reciprocal = |part: M| part.divided(&square).divided(&unit.broadcast(n, n));
        let reciprocal = self.complex(reciprocal(re), reciprocal(im.scaled(sign)));
        Ok(numerator.hadamard(&reciprocal))
    }

    /// The rows of `column` averaged over equal eigenvalues.
    fn average(&self, column: &M) -> M {
        let n = self.values.rows();
        let count = |i| (0..n).filter(|&j| self.tied(i, j)).count() as f64;
        if (0..n).all(|i| count(i) == 1.0) {
            return column.clone();
        }
        let weight = |i, j| if self.tied(i, j) { 1.0 / count(i) } else { 0.0 };
        M::from_fn(n, n, weight).matmul(column)
    }

    /// The entries $v_{pj}$ that are real and positive, a row.
    fn pivot_entries(&self, of: &M) -> M {
        M::gather(of.view(), 1, self.pivots.len(), |_, j| Some((self.pivots[j], j)))
    }
}

/// $\dot\lambda$ ($n \times 2$) and the real and imaginary parts of $\dot V$.
///
/// Cost: an inverse and three products, complex unless all eigenvalues are real.
///
/// # Errors
/// [`Error::ShapeMismatch`], and [`Error::Degenerate`] for a defective matrix and a tangent that
/// splits equal eigenvalues.
#[allow(clippy::type_complexity)]
pub fn pushforward<A: Matrix>(
    eigen: &Eigen<A::Owned>,
    tangent: &A,
) -> Result<(A::Owned, A::Owned, A::Owned), Error> {
    let n = eigen.size()?;
    has_shape(OP, tangent, (n, n))?;
    let v = eigen.vectors();
    let p = eigen.inverse()?.times(&v.after(&tangent.copied()));
    let x = v.times(&eigen.over_gaps(&p, false)?);
    // Re diag(V* X) and the phase that keeps the pivot entries real.
    let length = v.real_products(&x);
    let column = |row: A::Owned| row.transposed();
    let mut v_tangent = x.minus(&v.scaled_columns(&column(length)));
    if let Some(x_im) = &x.im {
        let pivots = eigen.pivot_entries(&eigen.vectors_re);
        let phase = column(eigen.pivot_entries(x_im).divided(&pivots));
        v_tangent = v_tangent.minus(&v.times_i().scaled_columns(&phase));
    }
    let (values_re, values_im) = p.map_parts(|part| part.diagonal()).split();
    let values = values_re.embedded(n, 2, 0, 0).plus(&values_im.embedded(n, 2, 0, 1));
    let (re, im) = v_tangent.split();
    representable(OP, (values, re, im))
}

/// $\bar A$ from $\bar\lambda$ ($n \times 2$) and the real and imaginary parts of $\bar V$.
///
/// Cost: an inverse and four products, complex unless all eigenvalues are real. Where they are,
/// the cotangents of the imaginary parts count for nothing, because these parts are constant.
///
/// # Errors
/// [`Error::ShapeMismatch`], and [`Error::Degenerate`] for a defective matrix and a loss that
/// tells the eigenvectors of equal eigenvalues apart.
pub fn pullback<A: Matrix>(
    eigen: &Eigen<A::Owned>,
    values_cotangent: &A,
    re_cotangent: &A,
    im_cotangent: &A,
) -> Result<A::Owned, Error> {
    let n = eigen.size()?;
    has_shape(OP, values_cotangent, (n, 2))?;
    has_shape(OP, re_cotangent, (n, n))?;
    has_shape(OP, im_cotangent, (n, n))?;
    let v = eigen.vectors();
    let v_bar = eigen.complex(re_cotangent.copied(), im_cotangent.copied());
    let column = |row: A::Owned| row.transposed();
    let mut x_bar = v_bar.minus(&v.scaled_columns(&column(v.real_products(&v_bar))));
    if let (Some(im), Some(_)) = (&mut x_bar.im, &v.im) {
        let pivots = eigen.pivot_entries(&eigen.vectors_re);
        // Im diag(V* B) = Re diag((iV)* B).
        let phase = v.times_i().real_products(&v_bar).divided(&pivots);
        let places = |_, j: usize| Some((eigen.pivots[j], j));
        *im = im.minus(&A::Owned::scatter(phase.view(), n, n, places));
    }
    let rotation = eigen.over_gaps(&v.adjoint_times(&x_bar), true)?;
    let values = eigen.average(&values_cotangent.copied());
    let part = |c: usize| values.block(0..n, c..c + 1).to_diagonal();
    let inner = rotation.plus(&eigen.complex(part(0), part(1)));
    representable(OP, eigen.inverse()?.adjoint_times(&inner).times_adjoint_re(&v))
}
