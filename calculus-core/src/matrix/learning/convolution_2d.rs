//! The two-dimensional convolution $Y = X * K$ of an image and a kernel,
//! $y_{ij} = \sum_{ab} k_{ab}\, x_{i-a,\,j-b}$.
//!
//! $$\dot Y = \dot X * K + X * \dot K, \qquad
//! \bar x_{ij} = \sum_{ab} k_{ab}\, \bar y_{i+a,\,j+b}, \quad
//! \bar k_{ab} = \sum_{ij} x_{ij}\, \bar y_{i+a,\,j+b}$$
//!
//! The pullbacks are correlations with the cotangent. [`Extent`] says which part of the result is
//! kept. The correlation of image processing and of neural networks is the convolution with the
//! kernel turned by 180 degrees. Entries that are infinite or NaN go through.
//!
//! Source: R. N. Bracewell, "The Fourier Transform and Its Applications", 3rd edition, 2000,
//! chapter 3, in two dimensions.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::{Extent, convolution_2d};
//! use faer::mat;
//!
//! let (x, k) = (mat![[1.0, 2.0], [3.0, 4.0]], mat![[1.0, -1.0]]);
//! let full = convolution_2d::value(&x, &k, Extent::Full)?;
//! assert_eq!(full, mat![[1.0, 1.0, -2.0], [3.0, 1.0, -4.0]]);
//! let valid = convolution_2d::value(&x, &k, Extent::Valid)?;
//! assert_eq!(valid, mat![[1.0], [1.0]]);
//!
//! let (x_bar, k_bar) = convolution_2d::pullback(&x, &k, Extent::Valid, &mat![[1.0], [0.0]])?;
//! assert_eq!(x_bar, mat![[-1.0, 1.0], [0.0, 0.0]]);
//! assert_eq!(k_bar, mat![[2.0, 1.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::check::{has_shape, same_shape};
use crate::matrix::{Matrix, Operations, zeros};

const OP: &str = "convolution_2d";

/// Which part of a convolution is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Extent {
    /// Wherever the image and the kernel meet: $m + p - 1$ rows for $m$ and $p$.
    Full,
    /// The size of the image, from the middle.
    Same,
    /// Where the kernel lies inside the image: $m - p + 1$ rows.
    Valid,
}

impl Extent {
    /// The first index that is kept and the number of them, along one axis; `None` where the kernel
    /// does not fit.
    fn range(self, image: usize, kernel: usize) -> Option<(usize, usize)> {
        match self {
            _ if image == 0 || kernel == 0 => None,
            Self::Full => Some((0, image + kernel - 1)),
            Self::Same => Some(((kernel - 1) / 2, image)),
            Self::Valid if kernel <= image => Some((kernel - 1, image - kernel + 1)),
            Self::Valid => None,
        }
    }
}

/// The part of the full convolution that is kept: first row and column, number of rows and columns.
struct Kept {
    row: usize,
    column: usize,
    shape: (usize, usize),
}

fn kept<A: Matrix>(op: &'static str, x: &A, k: &A, extent: Extent) -> Result<Kept, Error> {
    let rows = extent.range(x.rows(), k.rows());
    let columns = extent.range(x.columns(), k.columns());
    match (rows, columns) {
        (Some((row, m)), Some((column, n))) => Ok(Kept { row, column, shape: (m, n) }),
        _ => Err(Error::ShapeMismatch { op, lhs: x.shape(), rhs: k.shape() }),
    }
}

/// $X * K$ in full, as a sum over the entries of the smaller one.
fn full<A: Matrix, B: Matrix<Owned = A::Owned>>(x: &A, k: &B) -> A::Owned {
    if x.rows() * x.columns() < k.rows() * k.columns() {
        return full(k, x);
    }
    let (m, n) = (x.rows() + k.rows() - 1, x.columns() + k.columns() - 1);
    let mut sum: A::Owned = zeros(m, n);
    for b in 0..k.columns() {
        for a in 0..k.rows() {
            sum = sum.plus(&x.embedded(m, n, a, b).times_scalar(&k.entry(a, b)));
        }
    }
    sum
}

/// $c_{ij} = \sum_{ab} k_{ab}\, g_{i+a,\,j+b}$ for all places of $K$ inside $G$.
fn correlation<B: Matrix>(g: &B::Owned, k: &B) -> B::Owned {
    let (m, n) = (g.rows() - k.rows() + 1, g.columns() - k.columns() + 1);
    if m * n < k.rows() * k.columns() {
        let place = |at: usize| (at % m, at / m);
        let entry = |(i, j)| g.block(i..i + k.rows(), j..j + k.columns()).inner(k);
        let entries: Vec<_> = (0..m * n).map(|at| entry(place(at))).collect();
        return <B::Owned as Operations>::from_scalars(m, n, &entries);
    }
    let mut sum: B::Owned = zeros(m, n);
    for b in 0..k.columns() {
        for a in 0..k.rows() {
            sum = sum.plus(&g.block(a..a + m, b..b + n).times_scalar(&k.entry(a, b)));
        }
    }
    sum
}

/// $X * K$, the part of it that `extent` names.
///
/// Cost: the number of entries of $X$ times that of $K$.
///
/// # Errors
/// [`Error::ShapeMismatch`] if one of the two has no entries, or if a kernel is larger than the image
/// that it must lie in.
pub fn value<A: Matrix>(x: &A, k: &A, extent: Extent) -> Result<A::Owned, Error> {
    value_as(OP, x, k, extent)
}

/// [`value`] under the name of another operation.
pub(super) fn value_as<A: Matrix>(
    op: &'static str,
    x: &A,
    k: &A,
    extent: Extent,
) -> Result<A::Owned, Error> {
    let Kept { row, column, shape: (m, n) } = kept(op, x, k, extent)?;
    Ok(full(x, k).block(row..row + m, column..column + n))
}

/// $\dot Y = \dot X * K + X * \dot K$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(
    x: &A,
    k: &A,
    extent: Extent,
    x_tangent: &A,
    k_tangent: &A,
) -> Result<A::Owned, Error> {
    same_shape(OP, x_tangent, x)?;
    same_shape(OP, k_tangent, k)?;
    Ok(value(x_tangent, k, extent)?.plus(&value(x, k_tangent, extent)?))
}

/// The correlations of the cotangent with the kernel, $\bar X$, and with the image, $\bar K$.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(
    x: &A,
    k: &A,
    extent: Extent,
    cotangent: &A,
) -> Result<(A::Owned, A::Owned), Error> {
    let Kept { row, column, shape } = kept(OP, x, k, extent)?;
    has_shape(OP, cotangent, shape)?;
    let (m, n) = (x.rows() + k.rows() - 1, x.columns() + k.columns() - 1);
    let g = cotangent.embedded(m, n, row, column);
    Ok((correlation(&g, k), correlation(&g, x)))
}
