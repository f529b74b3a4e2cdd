//! Loops over entries: along columns whose entries adjoin in memory, so that they compile to SIMD
//! code.

use faer::{ColRef, Mat, MatRef};

use super::Element;
use crate::matrix::operations::Part;

/// The side of the square tiles in which a transpose is copied: the lines of memory that a tile
/// touches on either side fit into the fastest cache.
const TILE: usize = 8;
/// Partial sums that are kept apart, so that an addition need not wait for the one before it.
const LANES: usize = 16;

/// The entries as a slice, if they adjoin.
fn adjoining<T>(column: ColRef<'_, T>) -> Option<&[T]> {
    column.try_as_col_major().map(|column| column.as_slice())
}

/// Whether the entries of each column adjoin.
fn by_columns<T>(a: MatRef<'_, T>) -> bool {
    a.row_stride() == 1
}

/// A view, or an owned copy where the view would be slow.
enum Cow<'a, T> {
    Borrowed(MatRef<'a, T>),
    Owned(Mat<T>),
}

impl<T> Cow<'_, T> {
    fn view(&self) -> MatRef<'_, T> {
        match self {
            Self::Borrowed(a) => *a,
            Self::Owned(a) => a.as_ref(),
        }
    }
}

/// The columns of an owned matrix.
fn columns_mut<T>(a: &mut Mat<T>) -> impl Iterator<Item = &mut [T]> {
    let adjoin = "the columns of an owned matrix adjoin";
    a.col_iter_mut().map(move |column| column.try_as_col_major_mut().expect(adjoin).as_slice_mut())
}

/// The matrix itself where its columns adjoin, else such a copy of it.
fn with_columns<T: Element>(a: MatRef<'_, T>) -> Cow<'_, T> {
    if by_columns(a) { Cow::Borrowed(a) } else { Cow::Owned(copy(a)) }
}

/// A function of every entry.
#[inline(always)]
pub(super) fn each<T: Element>(a: MatRef<'_, T>, f: impl Fn(T) -> T) -> Mat<T> {
    let a = with_columns(a);
    faer::zip!(a.view()).map(|faer::unzip!(a)| f(*a))
}

/// $sA$ in the memory of $A$.
pub(super) fn scale_in_place<T: Element>(a: &mut Mat<T>, s: T) {
    columns_mut(a).for_each(|column| column.iter_mut().for_each(|a| *a *= s));
}

/// $\sum_k s_k A_k$.
pub(super) fn combination<T: Element>(terms: &[(f64, MatRef<'_, T>)]) -> Mat<T> {
    let (&(s, first), rest) = terms.split_first().expect("a matrix");
    let s = T::from_f64(s);
    let first = each(first, |a| s * a);
    rest.iter().fold(first, |mut sum, &(s, a)| {
        assert_eq!(a.shape(), sum.shape(), "the shapes must agree");
        let s = T::from_f64(s);
        for (sum, a) in columns_mut(&mut sum).zip(a.col_iter()) {
            match adjoining(a) {
                Some(a) => sum.iter_mut().zip(a).for_each(|(sum, &a)| *sum += s * a),
                None => sum.iter_mut().zip(a.iter()).for_each(|(sum, &a)| *sum += s * a),
            }
        }
        sum
    })
}

/// A function of the entries of two matrices of one shape.
#[inline(always)]
pub(super) fn zip<T: Element>(a: MatRef<'_, T>, b: MatRef<'_, T>, f: impl Fn(T, T) -> T) -> Mat<T> {
    assert_eq!(a.shape(), b.shape(), "the shapes must agree");
    let (a, b) = (with_columns(a), with_columns(b));
    faer::zip!(a.view(), b.view()).map(|faer::unzip!(a, b)| f(*a, *b))
}

/// $a_{ij} / (w_j + s w_i)$, and 0 where it is excluded.
pub(super) fn divide_by_pairs<T: Element>(
    a: MatRef<'_, T>,
    w: MatRef<'_, T>,
    s: T,
    excluded: impl Fn(usize, usize) -> bool,
) -> Mat<T> {
    let scaled: Vec<T> = w.col(0).iter().map(|&w| s * w).collect();
    let mut out = copy(a);
    for (j, column) in columns_mut(&mut out).enumerate() {
        let w = w[(j, 0)];
        column.iter_mut().zip(&scaled).for_each(|(a, &scaled)| *a /= w + scaled);
        for (i, a) in column.iter_mut().enumerate() {
            if excluded(i, j) {
                *a = T::ZERO;
            }
        }
    }
    out
}

/// A copy of a matrix.
pub(super) fn copy<T: Element>(a: MatRef<'_, T>) -> Mat<T> {
    if by_columns(a) {
        faer::zip!(a).map(|faer::unzip!(a)| *a)
    } else if by_columns(a.transpose()) {
        copy_rows(a)
    } else {
        a.to_owned()
    }
}

/// A copy of a matrix whose rows adjoin, tile by tile.
fn copy_rows<T: Element>(a: MatRef<'_, T>) -> Mat<T> {
    let mut out = Mat::zeros(a.nrows(), a.ncols());
    combine_rows(&mut out, a, |_, entry| entry);
    out
}

/// Replaces each entry by a function of itself and the entry of a matrix of the same shape whose
/// rows adjoin, tile by tile.
#[inline(always)]
fn combine_rows<T: Element>(out: &mut Mat<T>, a: MatRef<'_, T>, f: impl Fn(T, T) -> T) {
    let rows: Vec<&[T]> = a.transpose().col_iter().filter_map(adjoining).collect();
    let mut columns: Vec<&mut [T]> = columns_mut(out).collect();
    for (k, columns) in columns.chunks_mut(TILE).enumerate() {
        let (start, end) = (k * TILE, k * TILE + columns.len());
        for (l, rows) in rows.chunks(TILE).enumerate() {
            let mut tile = [[T::ZERO; TILE]; TILE];
            for (tile, row) in tile.iter_mut().zip(rows) {
                tile[..end - start].copy_from_slice(&row[start..end]);
            }
            for (j, column) in columns.iter_mut().enumerate() {
                for (to, tile) in column[l * TILE..].iter_mut().zip(&tile) {
                    *to = f(*to, tile[j]);
                }
            }
        }
    }
}

/// A function of $a_{ij}$ and $a_{ji}$ for a square matrix.
#[inline(always)]
pub(super) fn with_transpose<T: Element>(a: MatRef<'_, T>, f: impl Fn(T, T) -> T) -> Mat<T> {
    assert_eq!(a.nrows(), a.ncols(), "the matrix must be square");
    let a = with_columns(a);
    let mut out = copy(a.view());
    combine_rows(&mut out, a.view().transpose(), f);
    out
}

/// Copies the lower triangle to the upper one, tile by tile.
pub(super) fn mirror_lower<T: Element>(a: &mut Mat<T>) {
    let mut columns: Vec<&mut [T]> = columns_mut(a).collect();
    for start in (0..columns.len()).step_by(TILE) {
        // The upper triangle of the columns after `start` is made of the columns before it, and of
        // the square on the diagonal.
        let (before, after) = columns.split_at_mut(start);
        let width = after.len().min(TILE);
        for (l, before) in before.chunks(TILE).enumerate() {
            let mut tile = [[T::ZERO; TILE]; TILE];
            for (tile, column) in tile.iter_mut().zip(before) {
                tile[..width].copy_from_slice(&column[start..start + width]);
            }
            for (j, column) in after[..width].iter_mut().enumerate() {
                for (to, tile) in column[l * TILE..(l + 1) * TILE].iter_mut().zip(&tile) {
                    *to = tile[j];
                }
            }
        }
        for j in 1..width {
            for i in 0..j {
                after[j][start + i] = after[i][start + j];
            }
        }
    }
}

/// A part of a matrix, zero elsewhere.
pub(super) fn part<T: Element>(a: MatRef<'_, T>, part: Part) -> Mat<T> {
    let mut out = copy(a);
    for (j, column) in columns_mut(&mut out).enumerate() {
        let m = column.len();
        let (on, below) = (j.min(m), (j + 1).min(m));
        let kept = match part {
            Part::Lower => on..m,
            Part::StrictlyLower => below..m,
            Part::Upper => 0..below,
            Part::StrictlyUpper => 0..on,
            Part::Diagonal => on..below,
        };
        column[..kept.start].fill(T::ZERO);
        column[kept.end..].fill(T::ZERO);
    }
    out
}

/// Copies of a number, a row or a column.
pub(super) fn broadcast<T: Element>(a: MatRef<'_, T>, rows: usize, columns: usize) -> Mat<T> {
    let mut out = Mat::zeros(rows, columns);
    for (j, to) in columns_mut(&mut out).enumerate() {
        let from = a.col(if a.ncols() == 1 { 0 } else { j });
        match adjoining(from) {
            _ if a.nrows() == 1 => to.fill(from[0]),
            Some(from) => to.copy_from_slice(from),
            None => to.iter_mut().zip(from.iter()).for_each(|(to, &from)| *to = from),
        }
    }
    out
}

/// Whether no entry is infinite or NaN.
pub(super) fn all_finite<T: Element>(a: MatRef<'_, T>) -> bool {
    let a = if by_columns(a.transpose()) { a.transpose() } else { a };
    a.col_iter().all(|column| match adjoining(column) {
        // 0 times an infinity or NaN is NaN, so the sum of 0 x tells, and it is summed in SIMD.
        Some(column) => zeros_sum(column) == T::ZERO,
        None => column.iter().all(|x| x.is_finite()),
    })
}

/// $\sum_i 0 x_i$ in independent partial sums.
fn zeros_sum<T: Element>(x: &[T]) -> T {
    let mut sums = [T::ZERO; LANES];
    let (chunks, rest) = x.as_chunks::<LANES>();
    for chunk in chunks {
        for (sum, &x) in sums.iter_mut().zip(chunk) {
            *sum += T::ZERO * x;
        }
    }
    let rest: T = rest.iter().map(|&x| T::ZERO * x).sum();
    sums.into_iter().sum::<T>() + rest
}

/// $\max_{ij} |a_{ij}|$, of the entries that are numbers.
pub(super) fn largest_modulus<T: Element>(a: MatRef<'_, T>) -> T {
    let a = if by_columns(a) { a } else { a.transpose() };
    let larger = |largest: T, x: &T| if x.abs() > largest { x.abs() } else { largest };
    a.col_iter().fold(T::ZERO, |largest, column| match adjoining(column) {
        Some(column) => {
            let mut lanes = [largest; LANES];
            let (chunks, rest) = column.as_chunks::<LANES>();
            for chunk in chunks {
                lanes.iter_mut().zip(chunk).for_each(|(lane, x)| *lane = larger(*lane, x));
            }
            lanes.iter().chain(rest).fold(largest, larger)
        }
        None => column.iter().fold(largest, larger),
    })
}

/// $\sum_i x_i$ in independent partial sums.
fn sum_of<T: Element>(x: &[T]) -> T {
    let mut sums = [T::ZERO; LANES];
    let (chunks, rest) = x.as_chunks::<LANES>();
    for chunk in chunks {
        for (sum, &x) in sums.iter_mut().zip(chunk) {
            *sum += x;
        }
    }
    let rest: T = rest.iter().copied().sum();
    sums.into_iter().sum::<T>() + rest
}

/// $\sum_i x_i y_i$ in independent partial sums.
fn dot<T: Element>(x: &[T], y: &[T]) -> T {
    let mut sums = [T::ZERO; LANES];
    let ((x_chunks, x_rest), (y_chunks, y_rest)) = (x.as_chunks::<LANES>(), y.as_chunks::<LANES>());
    for (x, y) in x_chunks.iter().zip(y_chunks) {
        for (sum, (&x, &y)) in sums.iter_mut().zip(x.iter().zip(y)) {
            *sum += x * y;
        }
    }
    let rest: T = x_rest.iter().zip(y_rest).map(|(&x, &y)| x * y).sum();
    sums.into_iter().sum::<T>() + rest
}

/// The sum of a column.
pub(super) fn column_sum<T: Element>(column: ColRef<'_, T>) -> T {
    match adjoining(column) {
        Some(column) => sum_of(column),
        None => column.iter().copied().sum(),
    }
}

/// $\sum_{ij} a_{ij}$.
pub(super) fn sum<T: Element>(a: MatRef<'_, T>) -> T {
    let a = if by_columns(a) { a } else { a.transpose() };
    a.col_iter().map(column_sum).sum()
}

/// $\sum_{ij} a_{ij} b_{ij}$.
pub(super) fn inner<T: Element>(a: MatRef<'_, T>, b: MatRef<'_, T>) -> T {
    assert_eq!(a.shape(), b.shape(), "the shapes must agree");
    let (a, b) = if by_columns(a) { (a, b) } else { (a.transpose(), b.transpose()) };
    let column = |(a, b)| match (adjoining(a), adjoining(b)) {
        (Some(a), Some(b)) => dot(a, b),
        _ => a.iter().zip(b.iter()).map(|(&a, &b)| a * b).sum(),
    };
    a.col_iter().zip(b.col_iter()).map(column).sum()
}

/// The sum of each row.
pub(super) fn row_sums<T: Element>(a: MatRef<'_, T>) -> Mat<T> {
    if by_columns(a.transpose()) {
        return Mat::from_fn(a.nrows(), 1, |i, _| column_sum(a.transpose().col(i)));
    }
    let mut sums = Mat::zeros(a.nrows(), 1);
    for to in columns_mut(&mut sums) {
        for column in a.col_iter() {
            match adjoining(column) {
                Some(column) => to.iter_mut().zip(column).for_each(|(to, &x)| *to += x),
                None => to.iter_mut().zip(column.iter()).for_each(|(to, &x)| *to += x),
            }
        }
    }
    sums
}

/// Running sums down each column, or up it.
pub(super) fn cumulative_sum<T: Element>(a: MatRef<'_, T>, upwards: bool) -> Mat<T> {
    let mut sums = copy(a);
    for column in columns_mut(&mut sums) {
        let mut running = T::ZERO;
        let add = |entry: &mut T| {
            running += *entry;
            *entry = running;
        };
        if upwards {
            column.iter_mut().rev().for_each(add)
        } else {
            column.iter_mut().for_each(add)
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A matrix larger than a tile and no multiple of one, and views of every layout of it.
    fn views(check: impl Fn(MatRef<'_, f64>, &dyn Fn(usize, usize) -> f64)) {
        for (m, n) in [(0, 0), (0, 3), (1, 1), (3, 0), (5, 40), (33, 19)] {
            let entry = |i: usize, j: usize| ((7 * i + 3 * j) % 11) as f64 - 5.0;
            let a = Mat::from_fn(m, n, entry);
            check(a.as_ref(), &entry);
            let b = Mat::from_fn(n, m, |i, j| entry(j, i));
            check(b.transpose(), &entry);
            let c = Mat::from_fn(m, n, |i, j| entry(m - 1 - i, n - 1 - j));
            check(c.as_ref().reverse_rows_and_cols(), &entry);
        }
    }

    #[test]
    fn every_layout_has_the_same_entries() {
        views(|a, entry| {
            let (m, n) = a.shape();
            assert_eq!(copy(a), Mat::from_fn(m, n, entry));
            assert_eq!(each(a, |x| x * x), Mat::from_fn(m, n, |i, j| entry(i, j).powi(2)));
            let b = Mat::from_fn(m, n, |i, j| (i + j) as f64);
            let sum = Mat::from_fn(m, n, |i, j| entry(i, j) + (i + j) as f64);
            assert_eq!(zip(a, b.as_ref(), |a, b| a + b), sum);
            assert_eq!(zip(b.as_ref(), a, |a, b| a + b), sum);
            for p in
                [Part::Lower, Part::StrictlyLower, Part::Upper, Part::StrictlyUpper, Part::Diagonal]
            {
                let kept = |i, j| if p.contains(i, j) { entry(i, j) } else { 0.0 };
                assert_eq!(part(a, p), Mat::from_fn(m, n, kept));
            }
        });
    }

    #[test]
    fn square_matrices_with_their_transposes() {
        for n in [0, 1, 7, 8, 21] {
            let entry = |i: usize, j: usize| (i + 100 * j) as f64;
            let a = Mat::from_fn(n, n, entry);
            let b = Mat::from_fn(n, n, |i, j| entry(j, i));
            for view in [a.as_ref(), b.transpose()] {
                assert_eq!(with_transpose(view, |x, y| x - y), &a - &b);
            }
            let mut mirrored = a.clone();
            mirror_lower(&mut mirrored);
            assert_eq!(mirrored, Mat::from_fn(n, n, |i, j| entry(i.max(j), i.min(j))));
        }
    }

    // The entries are small integers, so that sums are exact in any order.
    #[test]
    fn every_layout_has_the_same_sums() {
        views(|a, entry| {
            let (m, n) = a.shape();
            let all = |f: &dyn Fn(usize, usize) -> f64| -> f64 {
                (0..n).flat_map(|j| (0..m).map(move |i| (i, j))).map(|(i, j)| f(i, j)).sum()
            };
            assert_eq!(sum(a), all(entry));
            let b = Mat::from_fn(m, n, |i, j| (i + j) as f64);
            assert_eq!(inner(a, b.as_ref()), all(&|i, j| entry(i, j) * (i + j) as f64));
            assert_eq!(inner(b.as_ref(), a), inner(a, b.as_ref()));
            let row = |i, _| (0..n).map(|j| entry(i, j)).sum();
            assert_eq!(row_sums(a), Mat::from_fn(m, 1, row));
            let above = |i, j| (0..=i).map(|i| entry(i, j)).sum();
            assert_eq!(cumulative_sum(a, false), Mat::from_fn(m, n, above));
            let below = |i, j| (i..m).map(|i| entry(i, j)).sum();
            assert_eq!(cumulative_sum(a, true), Mat::from_fn(m, n, below));
            assert!(all_finite(a));
        });
    }

    #[test]
    fn one_infinite_entry_is_found_in_every_layout() {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let a = Mat::from_fn(9, 5, |i, j| if (i, j) == (8, 3) { bad } else { 1.0 });
            assert!(!all_finite(a.as_ref()) && !all_finite(a.transpose()));
            assert!(!all_finite(a.as_ref().reverse_rows_and_cols()));
        }
    }
}
