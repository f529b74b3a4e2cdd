//! The matrix of cofactors and its derivative, at any rank.
//!
//! Cofactors are polynomials in the entries, but $\mathrm{cof}(A) = \det(A) A^{-\top}$ divides by
//! pivots that may be 0. Here the last two pivots are never divided by. Complete pivoting puts the
//! rows and columns of $A$ in an order in which the leading block $G^{-1} = A_{11}$, of size $n - 2$,
//! is as regular as it can be, and leaves a $2 \times 2$ Schur complement
//! $T = A_{22} - A_{21} G A_{12}$. With $d = \det A_{11}$, $t = \det T$, $N = \mathrm{cof}(T)$ and
//!
//! $$W = \begin{pmatrix} -G^\top A_{21}^\top \\ I \end{pmatrix}, \quad
//! Z = \begin{pmatrix} -G A_{12} \\ I \end{pmatrix}, \quad
//! E = \begin{pmatrix} G^\top & 0 \\ 0 & 0 \end{pmatrix}$$
//!
//! the differential $\mathrm{d}\det A = \mathrm{d}(d t)$, with
//! $\mathrm{d}T = W^\top \mathrm{d}A\, Z$, is $\langle\mathrm{cof}(A), \mathrm{d}A\rangle$ for
//!
//! $$\mathrm{cof}(A) = d\,(W N Z^\top + t E)$$
//!
//! In a direction $V$ the parts change by $\dot W = -E V^\top W$, $\dot Z = -E^\top V Z$,
//! $\dot E = -E V^\top E$, $\dot T = W^\top V Z$ and $\dot d = d \langle E, V\rangle$, so
//!
//! $$\dot{\mathrm{cof}}(A) = \langle E, V\rangle\,\mathrm{cof}(A) + d\,(W \mathrm{cof}(\dot T) Z^\top
//! - E V^\top W N Z^\top - W N Z^\top V^\top E + \langle N, \dot T\rangle E - t E V^\top E)$$
//!
//! because the cofactors of a $2 \times 2$ matrix are linear. This is the Hessian of the determinant
//! in the direction $V$, a symmetric map. At rank $n - 3$ and below, where $A_{11}$ is singular,
//! cofactors and derivative are exactly 0. Size 1 has $T = A$ and the cofactor 1.

use core::cmp::Ordering;
use std::collections::VecDeque;

use crate::Error;
use crate::matrix::{Lu, Matrix, Operations, Scalar, Transpose};

/// The parts of which the cofactors are made, for $A$ with its rows and columns in the order of
/// complete pivoting.
#[derive(Clone, Debug)]
pub struct Cofactors<M: Operations> {
    order: Order,
    /// `None` at rank $n - 3$ and below.
    parts: Option<Parts<M>>,
}

/// The parts as they are named in the formulas.
#[derive(Clone, Debug)]
struct Parts<M: Operations> {
    /// The pivots of $A_{11}$, whose product is $d$, with the sign of the two orders.
    pivots: Vec<M::Scalar>,
    d: M::Scalar,
    t: M,
    n: M,
    w: M,
    z: M,
    e: M,
}

impl<M: Operations> Cofactors<M> {
    /// The parts for a square matrix.
    pub(super) fn new(a: &impl Matrix<Owned = M>) -> Self {
        let size = a.rows();
        let k = size.min(2);
        let order = Order::of_complete_pivoting(a, size - k);
        let a = M::gather(a.view(), size, size, |i, j| Some(order.place(i, j)));
        let parts = if order.steps == size - k { Parts::new(&a, k, order.odd) } else { None };
        Self { order, parts }
    }

    /// $\mathrm{cof}(A)$.
    pub(super) fn matrix(&self) -> M {
        self.in_place(self.parts.as_ref().map(Parts::matrix))
    }

    /// The derivative of $\mathrm{cof}(A)$ in the direction $V$.
    pub(super) fn derivative(&self, v: &impl Matrix<Owned = M>) -> M {
        let size = self.order.rows.len();
        let v = M::gather(v.view(), size, size, |i, j| Some(self.order.place(i, j)));
        self.in_place(self.parts.as_ref().map(|parts| parts.derivative(&v)))
    }

    /// The number of rows, and of columns.
    pub(super) fn size(&self) -> usize {
        self.order.rows.len()
    }

    /// A matrix in the order of complete pivoting, put in the order of $A$.
    fn in_place(&self, ordered: Option<M>) -> M {
        let size = self.size();
        match ordered {
            Some(m) => M::scatter(m.view(), size, size, |i, j| Some(self.order.place(i, j))),
            None => M::from_fn(size, size, |_, _| 0.0),
        }
    }
}

impl<M: Operations> Parts<M> {
    fn new(a: &M, k: usize, odd: bool) -> Option<Self> {
        let size = a.rows();
        let r = size - k;
        let lu = M::lu(a.block(0..r, 0..r).view());
        lu.regular("").ok()?;
        let mut pivots = pivots(&lu);
        pivots.extend(odd.then(|| M::Scalar::constant(-1.0)));
        let (a12, a21) = (a.block(0..r, r..size), a.block(r..size, 0..r));
        let right = lu.solve(Transpose::No, &a12);
        let left = lu.solve_right(&a21);
        let t = a.block(r..size, r..size).minus(&a21.matmul(&right));
        let unit = M::from_fn(size, k, |i, j| f64::from(i == r + j));
        Some(Self {
            d: balanced_product(pivots.clone()),
            pivots,
            n: small_cofactors(&t),
            t,
            w: unit.minus(&left.transposed().embedded(size, k, 0, 0)),
            z: unit.minus(&right.embedded(size, k, 0, 0)),
            e: M::lu_inverse(&lu).transposed().embedded(size, size, 0, 0),
        })
    }

    fn matrix(&self) -> M {
        let n = self.w.matmul(&self.times_d(&self.n)).matmul_transpose(&self.z);
        n.plus(&self.e.times_scalar(&self.det_with_d()))
    }

    fn derivative(&self, v: &M) -> M {
        let Self { d, t, n, w, z, e, .. } = self;
        let t_tangent = w.transpose_matmul(v).matmul(z);
        let n_tangent = if t.rows() == 2 { small_cofactors(&t_tangent) } else { n.scaled(0.0) };
        let wnz = w.matmul(n).matmul_transpose(z);
        let ev = e.matmul_transpose(v);
        let ve = v.transpose_matmul(e);
        let sum = w
            .matmul(&n_tangent)
            .matmul_transpose(z)
            .minus(&ev.matmul(&wnz))
            .minus(&wnz.matmul(&ve))
            .plus(&e.times_scalar(&n.inner(&t_tangent)))
            .minus(&ev.matmul(e).times_scalar(&small_determinant(t)));
        self.matrix().times_scalar(&e.inner(v)).plus(&sum.times_scalar(d))
    }

    /// $d t$, the determinant of $A$.
    fn det_with_d(&self) -> M::Scalar {
        let mut factors = self.pivots.clone();
        factors.push(small_determinant(&self.t));
        balanced_product(factors)
    }

    /// $d M$ for a small matrix, without overflow where $d$ alone would.
    fn times_d(&self, m: &M) -> M {
        let (rows, columns) = m.shape();
        let product = |index: usize| {
            let mut factors = self.pivots.clone();
            factors.push(m.entry(index % rows, index / rows));
            balanced_product(factors)
        };
        let entries: Vec<_> = (0..rows * columns).map(product).collect();
        M::from_scalars(rows, columns, &entries)
    }
}

/// The determinant of a matrix of size 0, 1 or 2.
fn small_determinant<M: Operations>(t: &M) -> M::Scalar {
    match t.rows() {
        0 => M::Scalar::constant(1.0),
        1 => t.entry(0, 0),
        _ => t.entry(0, 0) * t.entry(1, 1) - t.entry(0, 1) * t.entry(1, 0),
    }
}

/// Its cofactors.
fn small_cofactors<M: Operations>(t: &M) -> M {
    let k = t.rows();
    if k < 2 {
        return M::from_fn(k, k, |_, _| 1.0);
    }
    let opposite = M::gather(t.view(), 2, 2, |i, j| Some((1 - i, 1 - j)));
    opposite.hadamard(&M::from_fn(2, 2, |i, j| if i == j { 1.0 } else { -1.0 }))
}

/// The diagonal of $U$, and $-1$ if the permutation is odd: numbers whose product is the
/// determinant.
pub(super) fn pivots<M: Operations>(lu: &Lu<M>) -> Vec<M::Scalar> {
    let mut pivots: Vec<_> = (0..lu.size()).map(|i| lu.packed.entry(i, i)).collect();
    pivots.extend(lu.odd.then(|| M::Scalar::constant(-1.0)));
    pivots
}

/// A product of which no partial product leaves the range of numbers unless the product itself does:
/// a factor above 1 is taken whenever the product is below 1, and one below 1 otherwise.
pub(super) fn balanced_product<S: Scalar>(mut factors: Vec<S>) -> S {
    let size = |x: &S| x.primal().abs();
    factors.sort_by(|x, y| size(x).total_cmp(&size(y)));
    let mut factors = VecDeque::from(factors);
    let mut product = S::constant(1.0);
    loop {
        let next = if size(&product) < 1.0 { factors.pop_back() } else { factors.pop_front() };
        match next {
            Some(factor) => product = product * factor,
            None => return product,
        }
    }
}

/// Derivatives that are computed from finite numbers and overflow are no derivatives.
pub(super) fn representable<M: Operations>(op: &'static str, m: M) -> Result<M, Error> {
    if M::all_finite(m.view()) {
        return Ok(m);
    }
    let (argument, domain) = ("every cofactor", "in the range of floating-point numbers");
    let (rows, columns) = m.shape();
    let entries = (0..rows * columns).map(|index| m.primal(index % rows, index / rows));
    let value = entries.filter(|x| !x.is_finite()).fold(f64::NAN, |_, x| x);
    Err(Error::OutsideDomain { op, argument, domain, value })
}

/// The order of rows and columns that complete pivoting chooses.
#[derive(Clone, Debug)]
struct Order {
    rows: Vec<usize>,
    columns: Vec<usize>,
    /// Whether the two permutations together are odd.
    odd: bool,
    /// The number of pivots that are not 0.
    steps: usize,
}

impl Order {
    fn place(&self, i: usize, j: usize) -> (usize, usize) {
        (self.rows[i], self.columns[j])
    }

    /// Gaussian elimination on the values, of which nothing but the order is kept.
    fn of_complete_pivoting<A: Matrix>(a: &A, steps: usize) -> Self {
        let n = a.rows();
        let column = |j: usize| (0..n).map(|i| a.primal(i, j)).collect::<Vec<_>>();
        let mut u: Vec<Vec<f64>> = (0..n).map(column).collect();
        let identity: Vec<usize> = (0..n).collect();
        let mut order = Self { rows: identity.clone(), columns: identity, odd: false, steps: 0 };
        for k in 0..steps {
            let (i, j) = largest(&u, k);
            if u[j][i] == 0.0 {
                break;
            }
            order.rows.swap(k, i);
            order.columns.swap(k, j);
            order.odd ^= (i != k) ^ (j != k);
            order.steps += 1;
            u.swap(k, j);
            u.iter_mut().for_each(|column| column.swap(k, i));
            let (left, right) = u.split_at_mut(k + 1);
            let pivot = &left[k];
            for column in right {
                let factor = column[k] / pivot[k];
                column[k + 1..].iter_mut().zip(&pivot[k + 1..]).for_each(|(x, p)| *x -= factor * p);
            }
        }
        order
    }
}

/// The row and the column of the largest entry of the block that begins at $(k, k)$.
fn largest(u: &[Vec<f64>], k: usize) -> (usize, usize) {
    let size = |&(i, j): &(usize, usize)| u[j][i].abs();
    let places = (k..u.len()).flat_map(|j| (k..u.len()).map(move |i| (i, j)));
    places.fold((k, k), |best, place| match size(&place).total_cmp(&size(&best)) {
        Ordering::Greater => place,
        _ => best,
    })
}
