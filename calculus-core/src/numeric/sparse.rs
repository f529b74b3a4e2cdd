//! Sparse Jacobians and Hessians by differences: one difference a colour instead of one a column.
//!
//! Columns of a Jacobian that have no row in common can be stepped at once: in each row only one of
//! them acts. For a Hessian a star colouring needs fewer colours still, because of an entry and its
//! mirror image one suffices. Every coordinate keeps its own length scale and bounds, and every entry
//! its own error.
//!
//! Sources: A. R. Curtis, M. J. D. Powell, J. K. Reid (1974), *On the estimation of sparse Jacobian
//! matrices*, IMA Journal of Applied Mathematics 13(1), 117-119; T. F. Coleman, J. J. Moré (1984),
//! *Estimation of sparse Hessian matrices and graph coloring problems*, Mathematical Programming 28,
//! 243-270.

use faer::sparse::SparseColMat;

use super::axis::{Axis, Choices};
use super::jacobian::Memory;
use super::quotient::better;
use super::{Differences, Estimate};
use crate::Error;
use crate::coloring::{Coloring, Pattern, color_columns, star_coloring};

/// An entry to be estimated, and where its value and its mirror image are stored.
struct Entry {
    row: usize,
    column: usize,
    places: [usize; 2],
}

impl Differences {
    /// The Jacobian $J_{ij} = \partial f_i/\partial x_j$ of `f: R^n -> R^m` at `x`, with the given
    /// sparsity pattern.
    ///
    /// `pattern` ($m \times n$) has every entry that may differ from 0; where it lacks one, other
    /// entries of the same row are wrong. The result has exactly the pattern. Costs one evaluation
    /// at `x` and those of [`derivative`](Self::derivative) for each colour of
    /// [`color_columns`], whatever $n$ is: with central differences and without errors two for each; with
    /// [`Scheme::Ridders`](super::Scheme::Ridders) those of the entry that takes most.
    ///
    /// # Errors
    /// As [`derivative`](Self::derivative), naming the coordinate; [`Error::ShapeMismatch`] where the
    /// pattern is not $m \times n$.
    ///
    /// # Panics
    /// If `f` changes the length of its result, or if a scale or bounds were set coordinate by
    /// coordinate, for another number of coordinates.
    ///
    /// # Examples
    /// ```
    /// use calculus_core::coloring::Pattern;
    /// use calculus_core::numeric::Differences;
    ///
    /// // A chain of 1000 reactions, each with its neighbours: 3 colours.
    /// let n = 1000;
    /// let mut evaluations = 0;
    /// let rates = |x: &[f64]| {
    ///     evaluations += 1;
    ///     (0..n).map(|i| x[i] * x[(i + 1).min(n - 1)] - x[i.saturating_sub(1)]).collect()
    /// };
    /// let x: Vec<f64> = (0..n).map(|i| 1.0 + 0.001 * i as f64).collect();
    /// let pattern = Pattern::banded(n, 1, 1);
    /// let jacobian = Differences::default().without_errors().sparse_jacobian(rates, &x, &pattern)?;
    /// assert!((jacobian.value[(5, 6)] - x[5]).abs() < 1e-9);
    /// assert_eq!(evaluations, 1 + 3 * 2);
    /// # Ok::<(), calculus_core::Error>(())
    /// ```
    #[track_caller]
    pub fn sparse_jacobian(
        &self,
        f: impl FnMut(&[f64]) -> Vec<f64>,
        x: &[f64],
        pattern: &Pattern,
    ) -> Result<Estimate<SparseColMat<usize, f64>>, Error> {
        let entries = pattern.entries().enumerate().map(|(place, (row, column))| Entry {
            row,
            column,
            places: [place; 2],
        });
        let coloring = color_columns(pattern);
        self.compressed("sparse Jacobian", f, x, pattern, &coloring, entries.collect())
    }

    /// The Hessian of a function at `x` from its gradient `gradient: R^n -> R^n`, with the given
    /// symmetric sparsity pattern.
    ///
    /// Each entry and its mirror image are one estimate. Costs one gradient at `x` and the
    /// evaluations of [`derivative`](Self::derivative) for each colour of [`star_coloring`]: for an
    /// arrow two colours instead of $n$. There is no version from values alone: as many numbers as
    /// there are entries would need as many values, and [`hessian`](Self::hessian) takes no more.
    ///
    /// # Errors
    /// As [`derivative`](Self::derivative), naming the coordinate; [`Error::NotSquare`] and
    /// [`Error::NotSymmetric`] for the pattern, [`Error::ShapeMismatch`] where it is not $n \times n$.
    ///
    /// # Panics
    /// As [`sparse_jacobian`](Self::sparse_jacobian).
    ///
    /// # Examples
    /// ```
    /// use calculus_core::coloring::Pattern;
    /// use calculus_core::numeric::Differences;
    ///
    /// // f(x) = x_0 (x_1^2 + ... + x_n^2) has an arrow for a Hessian.
    /// let gradient = |x: &[f64]| {
    ///     let squares: f64 = x[1..].iter().map(|x| x * x).sum();
    ///     std::iter::once(squares).chain(x[1..].iter().map(|t| 2.0 * x[0] * t)).collect()
    /// };
    /// let x = [2.0, 1.0, -1.0, 3.0];
    /// let hessian = Differences::default().sparse_hessian(gradient, &x, &Pattern::arrow(4))?;
    /// assert!((hessian.value[(3, 3)] - 4.0).abs() < 1e-9);
    /// assert!((hessian.value[(0, 2)] + 2.0).abs() < 1e-9);
    /// assert_eq!(hessian.value[(0, 2)], hessian.value[(2, 0)]);
    /// # Ok::<(), calculus_core::Error>(())
    /// ```
    #[track_caller]
    pub fn sparse_hessian(
        &self,
        gradient: impl FnMut(&[f64]) -> Vec<f64>,
        x: &[f64],
        pattern: &Pattern,
    ) -> Result<Estimate<SparseColMat<usize, f64>>, Error> {
        let coloring = star_coloring(pattern)?;
        let entries = mirrored_entries(pattern, &coloring);
        self.compressed("sparse Hessian", gradient, x, pattern, &coloring, entries)
    }

    /// The entries, each by stepping all columns of the colour of its column.
    #[track_caller]
    fn compressed(
        &self,
        op: &'static str,
        mut f: impl FnMut(&[f64]) -> Vec<f64>,
        x: &[f64],
        pattern: &Pattern,
        coloring: &Coloring,
        mut entries: Vec<Entry>,
    ) -> Result<Estimate<SparseColMat<usize, f64>>, Error> {
        self.check_lengths(x.len());
        let axes: Vec<Choices> =
            (0..x.len()).map(|j| self.axes(j, x[j])).collect::<Result<_, _>>()?;
        let at_x = f(x);
        let (expected, given) = ((at_x.len(), x.len()), (pattern.rows(), pattern.columns()));
        if expected != given {
            return Err(Error::ShapeMismatch { op, lhs: given, rhs: expected });
        }
        let mut estimates = Estimate::zeros(pattern.nonzeros());
        let mut point = x.to_vec();
        entries.sort_by_key(|entry| coloring.of(entry.column));
        let groups = coloring.groups();
        for entries in entries.chunk_by(|a, b| coloring.of(a.column) == coloring.of(b.column)) {
            let group = &groups[coloring.of(entries[0].column)];
            let mut first =
                Memory::new(at_x.len(), |s| stepped(&mut f, &mut point, group, s, |j| axes[j].0));
            let mut found = Vec::with_capacity(entries.len());
            for entry in entries {
                let (axis, second) = axes[entry.column];
                let errors = self.has_errors() || second.is_some();
                let mut at = |s: f64| (axis.point(s), first.at(s)[entry.row]);
                found.push(self.along_axis(axis, at_x[entry.row], errors, &mut at));
            }
            // Near a bound there is another way to step, which those far from bounds do not have.
            let mut second = Memory::new(at_x.len(), |s| {
                stepped(&mut f, &mut point, group, s, |j| axes[j].1.unwrap_or(axes[j].0))
            });
            for (entry, found) in entries.iter().zip(found) {
                let other = axes[entry.column].1.map(|axis| {
                    let mut at = |s: f64| (axis.point(s), second.at(s)[entry.row]);
                    self.along_axis(axis, at_x[entry.row], true, &mut at)
                });
                let estimate = better(found, other)?;
                for place in entry.places {
                    estimates.set(place, estimate);
                }
            }
            for &j in group {
                point[j] = x[j];
            }
        }
        let Estimate { value, error } = estimates;
        Ok(Estimate { value: pattern.with_values(value), error: pattern.with_values(error) })
    }
}

/// The function where the coordinates of a group are stepped along their axes.
fn stepped(
    f: &mut impl FnMut(&[f64]) -> Vec<f64>,
    point: &mut [f64],
    group: &[usize],
    s: f64,
    axis: impl Fn(usize) -> Axis,
) -> Vec<f64> {
    for &j in group {
        point[j] = axis(j).point(s);
    }
    f(point)
}

/// Each pair of mirrored entries once, at the place where no other column of the colour has an
/// entry in the row.
fn mirrored_entries(pattern: &Pattern, coloring: &Coloring) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::with_capacity(pattern.nonzeros());
    let mut taken = vec![false; pattern.nonzeros()];
    // How many entries of the current row each colour has, and in each column the place of the next
    // row. Rows are columns, by symmetry.
    let mut counts = vec![0_usize; coloring.count()];
    let mut next: Vec<usize> =
        (0..pattern.columns()).map(|j| pattern.column_range(j).start).collect();
    for row in 0..pattern.rows() {
        let columns = pattern.column(row);
        columns.iter().for_each(|&column| counts[coloring.of(column)] += 1);
        for (mirrored, &column) in pattern.column_range(row).zip(columns) {
            let places = [next[column], mirrored];
            next[column] += 1;
            if counts[coloring.of(column)] == 1 && !taken[places[0]] {
                places.iter().for_each(|&place| taken[place] = true);
                entries.push(Entry { row, column, places });
            }
        }
        columns.iter().for_each(|&column| counts[coloring.of(column)] = 0);
    }
    debug_assert!(taken.iter().all(|&taken| taken), "a star colouring determines every entry");
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Scheme;

    #[test]
    fn mirrored_entries_cover_the_pattern_once() {
        for pattern in [
            Pattern::arrow(7),
            Pattern::banded(9, 2, 2),
            Pattern::from_entries(4, 4, [(0, 1), (1, 0), (1, 2), (2, 1), (2, 3), (3, 2)]),
            Pattern::from_entries(3, 3, []),
            Pattern::from_entries(0, 0, []),
        ] {
            let coloring = star_coloring(&pattern).unwrap();
            let mut places: Vec<usize> = mirrored_entries(&pattern, &coloring)
                .iter()
                .flat_map(|entry| match entry.places {
                    [a, b] if a == b => vec![a],
                    [a, b] => vec![a, b],
                })
                .collect();
            places.sort_unstable();
            assert_eq!(places, (0..pattern.nonzeros()).collect::<Vec<_>>());
        }
    }

    /// A stencil with a logarithm, so that a bound matters.
    fn stencil(x: &[f64]) -> Vec<f64> {
        (0..x.len())
            .map(|i| {
                let (left, right) = (x[i.saturating_sub(1)], x[(i + 1).min(x.len() - 1)]);
                x[i].ln() * right - left * left
            })
            .collect()
    }

    #[test]
    fn sparse_jacobians_are_the_dense_ones() {
        let n = 12;
        // The second coordinate is near the edge of the domain.
        let x: Vec<f64> = (0..n).map(|i| if i == 1 { 1e-3 } else { 0.5 + i as f64 }).collect();
        let pattern = Pattern::banded(n, 1, 1);
        for scheme in [Scheme::Forward, Scheme::Central, Scheme::FivePoint, Scheme::Ridders] {
            let differences = Differences::new(scheme).bounds(0.0, f64::INFINITY).unwrap();
            let dense = differences.jacobian(stencil, &x).unwrap();
            let sparse = differences.sparse_jacobian(stencil, &x, &pattern).unwrap();
            for i in 0..n {
                for j in 0..n {
                    let (expected, error) = (dense.value[i * n + j], dense.error[i * n + j]);
                    match sparse.value.get(i, j) {
                        Some(&value) => {
                            assert_eq!(
                                (value, sparse.error[(i, j)]),
                                (expected, error),
                                "{scheme:?}"
                            );
                        }
                        None => assert_eq!(expected, 0.0),
                    }
                }
            }
        }
    }

    /// The chained Rosenbrock function.
    fn rosenbrock_gradient(x: &[f64]) -> Vec<f64> {
        let mut gradient = vec![0.0; x.len()];
        for i in 1..x.len() {
            let rest = x[i] - x[i - 1] * x[i - 1];
            gradient[i - 1] -= 400.0 * rest * x[i - 1] + 2.0 * (1.0 - x[i - 1]);
            gradient[i] += 200.0 * rest;
        }
        gradient
    }

    #[test]
    fn a_sparse_hessian_takes_one_difference_a_colour() {
        let n = 40;
        let x: Vec<f64> = (0..n).map(|i| (i as f64).sin()).collect();
        let mut evaluations = 0;
        let gradient = |x: &[f64]| {
            evaluations += 1;
            rosenbrock_gradient(x)
        };
        let pattern = Pattern::banded(n, 1, 1);
        let differences = Differences::new(Scheme::FivePoint);
        let hessian = differences.sparse_hessian(gradient, &x, &pattern).unwrap();
        // At x and, for each of the 3 colours, on both sides at 4 steps.
        assert_eq!(evaluations, 1 + 3 * 8);
        for i in 0..n {
            let next = x.get(i + 1).map_or(0.0, |next| 1200.0 * x[i] * x[i] - 400.0 * next + 2.0);
            let exact = next + if i > 0 { 200.0 } else { 0.0 };
            assert!(
                (hessian.value[(i, i)] - exact).abs()
                    <= hessian.error[(i, i)] + 1e-12 * exact.abs()
            );
            if i > 0 {
                let exact = -400.0 * x[i - 1];
                let (above, below) = (hessian.value[(i - 1, i)], hessian.value[(i, i - 1)]);
                assert_eq!(above, below);
                assert!((above - exact).abs() <= hessian.error[(i, i - 1)] + 1e-12 * exact.abs());
            }
        }
    }

    #[test]
    fn steps_of_a_group_stay_within_the_bounds_of_each() {
        let bounds = [(0.0, 1.0), (-1.0, 0.0), (0.0, 1.0), (0.25, 0.75)];
        let x = [0.0, 0.0, 1.0, 0.5];
        let f = |x: &[f64]| {
            for (x, (low, high)) in x.iter().zip(bounds) {
                assert!(low <= *x && *x <= high, "{x} is outside [{low}, {high}]");
            }
            x.iter().map(|x| x.exp()).collect::<Vec<f64>>()
        };
        let pattern = Pattern::banded(4, 0, 0);
        for scheme in [Scheme::Forward, Scheme::Central, Scheme::FivePoint, Scheme::Ridders] {
            let differences = Differences::new(scheme).bounds_each(&bounds).unwrap();
            let jacobian = differences.sparse_jacobian(f, &x, &pattern).unwrap();
            for (j, x) in x.iter().enumerate() {
                let (value, error) = (jacobian.value[(j, j)], jacobian.error[(j, j)]);
                assert!(
                    (value - x.exp()).abs() <= error && error < 1e-6,
                    "{scheme:?} {value} {error}"
                );
            }
        }
    }

    #[test]
    fn patterns_of_another_shape_are_refused() {
        let differences = Differences::default();
        let result = differences.sparse_jacobian(|x| x.to_vec(), &[1.0], &Pattern::banded(2, 0, 0));
        assert!(matches!(result, Err(Error::ShapeMismatch { lhs: (2, 2), rhs: (1, 1), .. })));
        let triangle = Pattern::from_entries(2, 2, [(0, 1)]);
        let result = differences.sparse_hessian(|x| x.to_vec(), &[1.0, 2.0], &triangle);
        assert!(matches!(result, Err(Error::NotSymmetric { .. })));
        let outside = differences.sparse_jacobian(|_| unreachable!(), &[f64::NAN], &triangle);
        assert!(matches!(outside, Err(Error::NonFinitePoint { .. })));
        let empty = differences.sparse_jacobian(|_| vec![], &[], &Pattern::from_entries(0, 0, []));
        assert_eq!(empty.unwrap().value.compute_nnz(), 0);
        let kink =
            differences.sparse_jacobian(|x| vec![x[0].abs()], &[0.0], &Pattern::banded(1, 0, 0));
        assert!(matches!(kink, Err(Error::NotConverged { coordinate: 0, .. })));
    }
}
