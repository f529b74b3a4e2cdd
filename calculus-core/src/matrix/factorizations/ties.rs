//! Values that coincide: where eigenvectors and singular vectors have no derivative of their own.
//!
//! A rotation of the vectors that belong to tied values changes nothing in $A$, so the parts of a
//! derivative that are divided by the gap $w_j - w_i$ exist only where their numerators vanish.
//! Values count as tied where they are at most $4 n \varepsilon \max|w|$ apart, which is as well as
//! they are known. Ties are transitive, so they form groups of neighbours.

use core::ops::Range;

use crate::Error;
use crate::matrix::{Matrix, Operations, Scalar};

/// A numerator counts as zero up to this many units of rounding of the terms it was made from.
const ROUNDING: f64 = 64.0;

/// The distance up to which `n` values, the largest of which is `largest`, are tied.
pub(crate) fn tolerance<M: Operations>(n: usize, largest: f64) -> f64 {
    4.0 * n as f64 * M::EPSILON * largest
}

/// The largest modulus of an entry.
pub(crate) fn largest<M: Matrix>(a: &M) -> f64 {
    <M::Owned as Operations>::largest_modulus(a.view())
}

/// What rounding may leave where the exact numerator, made from these terms, is zero.
pub(crate) fn rounding<M: Operations>(terms: &[&M]) -> f64 {
    let size = |a: &&M| {
        let (largest, count) = (largest(*a), (a.rows() * a.columns()) as f64);
        largest * count.sqrt()
    };
    ROUNDING * M::EPSILON * terms.iter().map(size).sum::<f64>()
}

/// The groups of equal values among values in ascending or descending order.
pub(crate) struct Ties {
    op: &'static str,
    groups: Vec<Range<usize>>,
    /// The group of each value.
    group: Vec<usize>,
}

impl Ties {
    /// The groups of the column `values`.
    pub(crate) fn of<M: Operations>(op: &'static str, values: &M, tolerance: f64) -> Self {
        let mut groups: Vec<Range<usize>> = Vec::new();
        let mut group = Vec::with_capacity(values.rows());
        for i in 0..values.rows() {
            let joined = i > 0 && gap(values, i - 1, i) <= tolerance;
            match groups.last_mut() {
                Some(last) if joined => last.end = i + 1,
                _ => groups.push(i..i + 1),
            }
            group.push(groups.len() - 1);
        }
        Self { op, groups, group }
    }

    /// Whether any values are equal.
    pub(crate) fn any(&self) -> bool {
        self.groups.len() < self.group.len()
    }

    /// Whether the two values are equal, or one and the same.
    fn tied(&self, i: usize, j: usize) -> bool {
        self.group[i] == self.group[j]
    }

    /// Every entry of a column replaced by the mean of its group: of the Clarke subdifferential of a
    /// function of the values, the element of least norm.
    pub(crate) fn average<M: Operations>(&self, column: &M) -> M {
        if !self.any() {
            return column.clone();
        }
        let n = self.group.len();
        let weight = |i: usize, j| {
            if self.tied(i, j) { 1.0 / self.groups[self.group[i]].len() as f64 } else { 0.0 }
        };
        M::from_fn(n, n, weight).matmul(column)
    }

    /// $x_{ij} / (w_j - w_i)$, and 0 between equal values and on the diagonal.
    ///
    /// # Errors
    /// [`Error::Degenerate`] where the numerator between two equal values is not zero to the rounding
    /// of the terms it was made from.
    pub(crate) fn over_gaps<M: Operations>(
        &self,
        numerator: &M,
        values: &M,
        terms: &[&M],
    ) -> Result<M, Error> {
        if self.any() {
            self.reject_seen(numerator, values, rounding(terms))?;
        }
        // A gap inside a group is rounding.
        let tied = |i, j| self.tied(i, j);
        Ok(M::divide_by_pairs(numerator.view(), values.view(), -1.0, tied))
    }

    fn reject_seen<M: Operations>(
        &self,
        numerator: &M,
        values: &M,
        rounding: f64,
    ) -> Result<(), Error> {
        for group in &self.groups {
            for (i, j) in pairs(group) {
                let size = numerator.primal(i, j).abs().max(numerator.primal(j, i).abs());
                if size > rounding {
                    return Err(self.degenerate(values, i, j));
                }
            }
        }
        Ok(())
    }

    /// The symmetric part of a gradient inside the groups: the cotangents of the values on the
    /// diagonal, and what the loss sees of a group through both its vectors and its values.
    ///
    /// `seen` makes $\mathrm{sym}(V^\top \bar V)$. Where it is zero in a group, the loss does not see
    /// the vectors of the group and the cotangents of its values are averaged. Otherwise the
    /// cotangents are those of a loss in $V f(W) V^\top$, for which the block is proportional to
    /// `seen`, with the factor that the diagonal shows.
    ///
    /// # Errors
    /// [`Error::Degenerate`] where they are not proportional.
    pub(crate) fn within<M: Operations>(
        &self,
        seen: impl FnOnce() -> M,
        values: &M,
        cotangent: &M,
        terms: &[&M],
    ) -> Result<M, Error> {
        if !self.any() {
            return Ok(cotangent.to_diagonal());
        }
        let seen = seen();
        let n = self.group.len();
        let unseen = rounding(terms);
        let mut blocks = self.average(cotangent).to_diagonal();
        for group in self.groups.iter().filter(|group| group.len() > 1) {
            let block = seen.block(group.clone(), group.clone());
            if largest(&block) <= unseen {
                continue;
            }
            let factor = self.factor(&block.diagonal(), values, cotangent, group, unseen)?;
            let outside =
                M::from_fn(n, n, |i, j| f64::from(!(group.contains(&i) && group.contains(&j))));
            let block = block.times_scalar(&factor).embedded(n, n, group.start, group.start);
            blocks = blocks.hadamard(&outside).plus(&block);
        }
        Ok(blocks)
    }

    /// $\rho$ with $\bar w = \rho\,\mathrm{diag}(K)$ in a group.
    fn factor<M: Operations>(
        &self,
        diagonal: &M,
        values: &M,
        cotangent: &M,
        group: &Range<usize>,
        unseen: f64,
    ) -> Result<M::Scalar, Error> {
        let cotangent = cotangent.block(group.clone(), 0..1);
        let size = largest(&cotangent);
        if size * largest(values) <= unseen {
            return Ok(M::Scalar::constant(0.0));
        }
        let degenerate = || self.degenerate(values, group.start, group.start + 1);
        let square = diagonal.inner(diagonal);
        if square.primal() == 0.0 {
            return Err(degenerate());
        }
        let factor = cotangent.inner(diagonal) / square;
        let residual = cotangent.minus(&diagonal.times_scalar(&factor));
        let allowed = ROUNDING * M::EPSILON * size + factor.primal().abs() * unseen;
        if largest(&residual) <= allowed { Ok(factor) } else { Err(degenerate()) }
    }

    fn degenerate<M: Operations>(&self, values: &M, first: usize, second: usize) -> Error {
        Error::Degenerate { op: self.op, first, second, gap: gap(values, first, second) }
    }
}

/// The distance of two values.
fn gap<M: Operations>(values: &M, i: usize, j: usize) -> f64 {
    (values.primal(i, 0) - values.primal(j, 0)).abs()
}

/// The pairs of different members of a group, each once.
fn pairs(group: &Range<usize>) -> impl Iterator<Item = (usize, usize)> {
    let end = group.end;
    group.clone().flat_map(move |i| (i + 1..end).map(move |j| (i, j)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use faer::{Mat, mat};

    #[test]
    fn neighbours_join_a_group_and_strangers_do_not() {
        let values = mat![[1.0], [1.0 + 1e-15], [1.0 + 2e-15], [2.0]];
        let ties = Ties::of("test", &values, 1.5e-15);
        assert_eq!(ties.groups, vec![0..3, 3..4]);
        let average = ties.average(&mat![[1.0], [2.0], [6.0], [5.0]]);
        let expected: Mat<f64> = mat![[3.0], [3.0], [3.0], [5.0]];
        assert!((average - expected).norm_max() < 1e-15);
        let empty = Ties::of("test", &Mat::<f64>::zeros(0, 1), 0.0);
        assert!(!empty.any());
    }

    #[test]
    fn a_numerator_between_equal_values_must_vanish() {
        let values = mat![[1.0], [1.0], [3.0]];
        let ties = Ties::of("test", &values, 1e-15);
        let fine = mat![[0.0, 0.0, 4.0], [0.0, 0.0, 6.0], [2.0, 2.0, 0.0]];
        let quotient = ties.over_gaps(&fine, &values, &[&fine]).unwrap();
        assert_eq!(quotient, mat![[0.0, 0.0, 2.0], [0.0, 0.0, 3.0], [-1.0, -1.0, 0.0]]);
        let seen = mat![[0.0, 0.0, 0.0], [1e-3, 0.0, 0.0], [0.0, 0.0, 1.0]];
        let error = ties.over_gaps(&seen, &values, &[&seen]).unwrap_err();
        assert_eq!(error, Error::Degenerate { op: "test", first: 0, second: 1, gap: 0.0 });
    }
}
