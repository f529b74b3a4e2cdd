//! The complex Schur form $A = Z T Z^H$ of a real matrix, and Sylvester equations by it.
//!
//! $T$ is upper triangular with the eigenvalues on its diagonal, $Z$ is unitary: unlike a matrix of
//! eigenvectors it always exists and is never ill conditioned. It is computed from the Hessenberg
//! form by QR iterations with Wilkinson's shift, in double precision for both kinds of entries.
//!
//! Sources: G. H. Golub, C. F. Van Loan, *Matrix Computations*, 4th ed., 2013, section 7.5;
//! R. H. Bartels, G. W. Stewart, "Solution of the matrix equation AX + XB = C", 1972.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::hessenberg;
use faer::linalg::{householder, matmul, qr};
use faer::traits::Conjugate;
use faer::{Accum, Mat, MatRef, c64};

use super::{Element, build, parallelism};
use crate::Error;
use crate::matrix::operations::Transpose;

/// QR iterations for one eigenvalue before giving up; three are usual.
const ITERATIONS: usize = 60;
/// The iterations between two shifts that are not Wilkinson's, to leave a cycle.
const EXCEPTIONAL: usize = 10;

/// The Schur form of a real matrix.
#[derive(Clone, Debug)]
pub struct Schur {
    pub(super) t: Mat<c64>,
    pub(super) z: Mat<c64>,
    /// The Frobenius norm of the matrix, which singularity is judged by.
    pub(super) norm: f64,
}

/// The Schur form of `a`.
pub(super) fn factor<T: Element>(op: &'static str, a: MatRef<'_, T>) -> Result<Schur, Error> {
    let n = a.nrows();
    let (h, q) = hessenberg_form(build(n, n, |i, j| a[(i, j)].to_f64()));
    let norm = h.norm_l2();
    let mut iteration = Iteration { t: complex_columns(&h), z: complex_columns(&q), norm };
    iteration.run(op)?;
    let matrix = |columns: Vec<Vec<c64>>| Mat::from_fn(n, n, |i, j| columns[j][i]);
    Ok(Schur { t: matrix(iteration.t), z: matrix(iteration.z), norm })
}

/// $A = Q H Q^\top$ with $H$ zero below the first subdiagonal.
fn hessenberg_form(mut a: Mat<f64>) -> (Mat<f64>, Mat<f64>) {
    let n = a.nrows();
    let mut q = Mat::identity(n, n);
    if n < 3 {
        return (a, q);
    }
    let par = parallelism(n * n * n);
    let block = qr::no_pivoting::factor::recommended_block_size::<f64>(n - 1, n - 1);
    let mut reflectors = Mat::zeros(block, n - 1);
    let scratch = hessenberg::hessenberg_in_place_scratch::<f64>(n, block, par, Default::default());
    let apply = householder::apply_block_householder_sequence_on_the_right_in_place_scratch::<f64>(
        n - 1,
        block,
        n - 1,
    );
    let mut buffer = MemBuffer::new(scratch.or(apply));
    let stack = MemStack::new(&mut buffer);
    let parameters = Default::default();
    hessenberg::hessenberg_in_place(a.as_mut(), reflectors.as_mut(), par, stack, parameters);
    householder::apply_block_householder_sequence_on_the_right_in_place_with_conj(
        a.submatrix(1, 0, n - 1, n - 1),
        reflectors.as_ref(),
        faer::Conj::No,
        q.as_mut().submatrix_mut(1, 1, n - 1, n - 1),
        par,
        stack,
    );
    // What is below the subdiagonal are the reflectors.
    for j in 0..n {
        for i in j + 2..n {
            a[(i, j)] = 0.0;
        }
    }
    (a, q)
}

fn complex_columns(a: &Mat<f64>) -> Vec<Vec<c64>> {
    a.col_iter().map(|column| column.iter().map(|&x| c64::new(x, 0.0)).collect()).collect()
}

/// A rotation $\begin{pmatrix} c & s \\ -\bar s & c \end{pmatrix}$.
#[derive(Clone, Copy)]
struct Rotation {
    c: f64,
    s: c64,
}

impl Rotation {
    /// The rotation that turns $(a, b)$ into $(r, 0)$.
    fn annihilating(a: c64, b: c64) -> Self {
        let (size, r) = (a.norm(), a.norm().hypot(b.norm()));
        if size == 0.0 {
            return Self { c: 0.0, s: c64::new(1.0, 0.0) };
        }
        Self { c: size / r, s: (a / size) * (b.conj() / r) }
    }
    /// The rotation of two numbers in one column.
    fn rotate(self, a: c64, b: c64) -> (c64, c64) {
        (a * self.c + self.s * b, b * self.c - self.s.conj() * a)
    }
    /// The conjugate transpose from the right on two columns.
    fn rotate_columns(self, columns: &mut [Vec<c64>], k: usize, rows: usize) {
        let (left, right) = columns.split_at_mut(k + 1);
        for (a, b) in left[k][..rows].iter_mut().zip(&mut right[0][..rows]) {
            (*a, *b) = (*a * self.c + self.s.conj() * *b, *b * self.c - self.s * *a);
        }
    }
}

/// The QR iteration on the columns of $T$ and $Z$.
struct Iteration {
    t: Vec<Vec<c64>>,
    z: Vec<Vec<c64>>,
    norm: f64,
}

impl Iteration {
    fn run(&mut self, op: &'static str) -> Result<(), Error> {
        let mut end = self.t.len();
        let mut iterations = 0;
        while end > 1 {
            let start = self.unreduced_block(end);
            if start == end - 1 {
                (end, iterations) = (end - 1, 0);
                continue;
            }
            iterations += 1;
            if iterations > ITERATIONS {
                return Err(Error::NoConvergence { op, iterations: ITERATIONS });
            }
            let shift = if iterations % EXCEPTIONAL == 0 {
                self.t[end - 1][end - 1] + self.t[end - 2][end - 1].norm()
            } else {
                self.wilkinson_shift(end)
            };
            self.sweep(start, end, shift);
        }
        Ok(())
    }

    /// The first row of the last block that has no negligible subdiagonal entry.
    fn unreduced_block(&mut self, end: usize) -> usize {
        for k in (1..end).rev() {
            let neighbours = self.t[k - 1][k - 1].norm() + self.t[k][k].norm();
            let scale = if neighbours == 0.0 { self.norm } else { neighbours };
            if self.t[k - 1][k].norm() <= f64::EPSILON * scale {
                self.t[k - 1][k] = c64::new(0.0, 0.0);
                return k;
            }
        }
        0
    }

    /// The eigenvalue of the last $2 \times 2$ block that is closer to its last entry.
    fn wilkinson_shift(&self, end: usize) -> c64 {
        let (left, right) = (&self.t[end - 2], &self.t[end - 1]);
        let (a, b, c, d) = (left[end - 2], right[end - 2], left[end - 1], right[end - 1]);
        let half = (a - d) * 0.5;
        let root = (half * half + b * c).sqrt();
        let far =
            if (half + root).norm() >= (half - root).norm() { half + root } else { half - root };
        if far.norm() == 0.0 { d } else { d - b * (c / far) }
    }

    /// One step $T - \sigma I = QR$, $T \leftarrow RQ + \sigma I$ on the rows from `start` to `end`.
    fn sweep(&mut self, start: usize, end: usize, shift: c64) {
        let n = self.t.len();
        let mut rotations: Vec<Rotation> = Vec::with_capacity(end - start);
        for k in start..end {
            self.t[k][k] -= shift;
        }
        for (k, column) in self.t.iter_mut().enumerate().skip(start) {
            for (i, rotation) in (start..).zip(&rotations) {
                (column[i], column[i + 1]) = rotation.rotate(column[i], column[i + 1]);
            }
            if k + 1 < end {
                let rotation = Rotation::annihilating(column[k], column[k + 1]);
                column[k] = rotation.rotate(column[k], column[k + 1]).0;
                column[k + 1] = c64::new(0.0, 0.0);
                rotations.push(rotation);
            }
        }
        for (k, rotation) in (start..).zip(&rotations) {
            rotation.rotate_columns(&mut self.t, k, k + 2);
            rotation.rotate_columns(&mut self.z, k, n);
        }
        for k in start..end {
            self.t[k][k] += shift;
        }
    }
}

/// $\mathrm{op}(A) X + X \mathrm{op}(B) = C$ by the Schur forms of $A$ and $B$.
pub(super) fn sylvester<T: Element>(
    op: &'static str,
    (a, transpose_a): (&Schur, Transpose),
    (b, transpose_b): (&Schur, Transpose),
    c: MatRef<'_, T>,
) -> Result<Mat<T>, Error> {
    let (m, n) = c.shape();
    // A real matrix has the conjugate transpose Z T^H Z^H for its transpose.
    regular::<T>(op, (a, transpose_a), (b, transpose_b))?;
    let c = Mat::from_fn(m, n, |i, j| c64::new(c[(i, j)].to_f64(), 0.0));
    let mut y = product(product(a.z.adjoint(), c.as_ref()).as_ref(), b.z.as_ref());
    let order: Vec<usize> = match transpose_b {
        Transpose::No => (0..n).collect(),
        Transpose::Yes => (0..n).rev().collect(),
    };
    for (count, &j) in order.iter().enumerate() {
        let mut column = y.col(j).iter().copied().collect::<Vec<_>>();
        for &k in &order[..count] {
            let factor = entry(b, transpose_b, k, j);
            for (entry, &solved) in column.iter_mut().zip(y.col(k).iter()) {
                *entry -= factor * solved;
            }
        }
        solve_shifted(a, transpose_a, entry(b, transpose_b, j, j), &mut column);
        y.col_mut(j).iter_mut().zip(column).for_each(|(entry, solved)| *entry = solved);
    }
    let x = product(product(a.z.as_ref(), y.as_ref()).as_ref(), b.z.adjoint());
    Ok(build(m, n, |i, j| T::from_f64(x[(i, j)].re)))
}

/// An entry of $T$ or $T^H$.
fn entry(form: &Schur, transpose: Transpose, i: usize, j: usize) -> c64 {
    match transpose {
        Transpose::No => form.t[(i, j)],
        Transpose::Yes => form.t[(j, i)].conj(),
    }
}

/// Solves $(\mathrm{op}(T) + \sigma I) x = b$ in the memory of $b$.
fn solve_shifted(form: &Schur, transpose: Transpose, shift: c64, x: &mut [c64]) {
    let m = x.len();
    match transpose {
        Transpose::No => {
            for k in (0..m).rev() {
                let column = form.t.col_as_slice(k);
                let solved = x[k] / (column[k] + shift);
                x[k] = solved;
                x[..k].iter_mut().zip(column).for_each(|(x, t)| *x -= solved * t);
            }
        }
        Transpose::Yes => {
            for k in 0..m {
                let column = form.t.col_as_slice(k);
                let known = x[..k].iter().zip(column).map(|(x, t)| x * t.conj()).sum::<c64>();
                x[k] = (x[k] - known) / (column[k].conj() + shift);
            }
        }
    }
}

/// No eigenvalue of $A$ is the negative of one of $B$, to rounding.
fn regular<T: Element>(
    op: &'static str,
    (a, transpose_a): (&Schur, Transpose),
    (b, transpose_b): (&Schur, Transpose),
) -> Result<(), Error> {
    let (m, n) = (a.t.nrows(), b.t.nrows());
    let rounding = T::UNIT * (a.norm + b.norm);
    for j in 0..n {
        for i in 0..m {
            let sum = (entry(a, transpose_a, i, i) + entry(b, transpose_b, j, j)).norm();
            if sum <= rounding {
                return Err(Error::Singular { op, index: i + m * j, pivot: sum });
            }
        }
    }
    Ok(())
}

pub(super) fn product<L, R>(a: MatRef<'_, L>, b: MatRef<'_, R>) -> Mat<c64>
where
    L: Conjugate<Canonical = c64>,
    R: Conjugate<Canonical = c64>,
{
    let mut c = Mat::zeros(a.nrows(), b.ncols());
    let par = parallelism(4 * a.nrows() * a.ncols() * b.ncols());
    matmul::matmul(c.as_mut(), Accum::Replace, a, b, c64::new(1.0, 0.0), par);
    c
}
