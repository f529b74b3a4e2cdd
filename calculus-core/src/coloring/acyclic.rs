//! Acyclic colouring of Hessians: the entries are found one after another by substitution.
//!
//! An acyclic colouring gives neighbours different colours and has no cycle of two colours, so
//! that vertices of two colours form trees. The entry at a leaf is read from $B = H S$; subtracting
//! it makes its parent a leaf (Coleman and Cai 1986). Weaker than a star colouring, it needs fewer
//! colours: 2 instead of 3 for a tridiagonal matrix, $b + 1$ instead of $2b + 1$ for a band of
//! half-width $b$.
//!
//! The greedy algorithm forbids for the vertex $v$ the colours of its neighbours and, where two
//! neighbours of the same colour are in one tree, the other colour of the tree: with it, $v$ would
//! close a cycle. The trees are disjoint sets.
//!
//! The algorithm is that of Gebremedhin, Tarafdar, Manne and Pothen (2007), *New acyclic and star
//! coloring algorithms with application to computing Hessians*, SIAM Journal on Scientific
//! Computing 29(3), 1042-1072. All edges from a vertex to neighbours of one colour are in the same
//! tree, so we keep one element per vertex and colour instead of one per edge, which makes a dense
//! row cheap.

use super::disjoint_sets::DisjointSets;
use super::first_fit::FirstFit;
use super::neighbor_colors::{NeighborColors, Slot};
use super::order::Adjacency;
use super::{Coloring, Order, Pattern, SubstitutionRecovery};
use crate::Error;

/// A vertex without a colour.
const NONE: usize = usize::MAX;

/// Colours the columns of a symmetric matrix so that its entries are found by substitution.
///
/// The diagonal may or may not be in the pattern. Takes the natural order if that attains the
/// lower bound below, else the better of natural and smallest last.
///
/// Between two of $k$ colours the edges form a forest, so of $n$ vertices there are at most
/// $(k - 1) n - k (k - 1) / 2$ edges: the lower bound is the least such $k$. Bands attain it.
///
/// Costs, per entry, time proportional to the number of colours around a vertex.
///
/// # Errors
/// [`Error::NotSquare`] and [`Error::NotSymmetric`].
///
/// # Examples
/// ```
/// use calculus_core::coloring::{Pattern, acyclic_coloring, star_coloring};
/// let pattern = Pattern::banded(100, 2, 2);
/// assert_eq!(acyclic_coloring(&pattern)?.count(), 3);
/// assert_eq!(star_coloring(&pattern)?.count(), 5);
/// # Ok::<(), calculus_core::Error>(())
/// ```
pub fn acyclic_coloring(pattern: &Pattern) -> Result<Coloring, Error> {
    pattern.mirrored("acyclic colouring")?;
    let natural = greedy(pattern, Order::Natural);
    if natural.count() <= lower_bound(pattern) {
        return Ok(natural);
    }
    let smallest_last = greedy(pattern, Order::SmallestLast);
    Ok(if smallest_last.count() < natural.count() { smallest_last } else { natural })
}

/// The least number of colours with which so many edges can be without a cycle of two colours.
fn lower_bound(pattern: &Pattern) -> usize {
    let n = pattern.columns();
    let edges = pattern.entries().filter(|&(i, j)| i < j).count();
    (1..=n).find(|k| (k - 1) * n - k * (k - 1) / 2 >= edges).unwrap_or(0)
}

/// The greedy acyclic colouring in a given order.
///
/// # Errors
/// [`Error::NotSquare`] and [`Error::NotSymmetric`].
///
/// # Examples
/// ```
/// use calculus_core::coloring::{Order, Pattern, acyclic_coloring_in};
/// let grid = Pattern::five_point_grid(20, 20);
/// for order in Order::ALL {
///     let coloring = acyclic_coloring_in(&grid, order)?;
///     assert!(coloring.is_acyclic_coloring(&grid) && coloring.count() <= 4);
/// }
/// # Ok::<(), calculus_core::Error>(())
/// ```
pub fn acyclic_coloring_in(pattern: &Pattern, order: Order) -> Result<Coloring, Error> {
    pattern.mirrored("acyclic colouring")?;
    Ok(greedy(pattern, order))
}

fn greedy(pattern: &Pattern, order: Order) -> Coloring {
    let mut colors = vec![NONE; pattern.columns()];
    let mut neighbors = NeighborColors::new(pattern);
    // The elements are the slots (vertex, colour of neighbours): the edges between them.
    let mut trees = DisjointSets::new(pattern.nonzeros());
    let mut visited_from = vec![NONE; pattern.nonzeros()];
    let mut fit = FirstFit::new();
    for v in order.vertices(&Adjacency(pattern)) {
        fit.turn_to(v);
        let colored = |&w: &usize, colors: &[usize]| w != v && colors[w] != NONE;
        for &w in pattern.column(v).iter().filter(|w| colored(w, &colors)) {
            fit.forbid(colors[w]);
        }
        for &w in pattern.column(v).iter().filter(|w| colored(w, &colors)) {
            for slot in neighbors.slots(w) {
                if fit.is_forbidden(neighbors.color(slot)) {
                    continue;
                }
                // Slots of one vertex are in different trees, so a tree that was visited from v
                // before was visited through another neighbour.
                let tree = trees.find(slot);
                if core::mem::replace(&mut visited_from[tree], v) == v {
                    fit.forbid(neighbors.color(slot));
                }
            }
        }
        let color = fit.least(0);
        for &w in pattern.column(v).iter().filter(|w| colored(w, &colors)) {
            let (Slot::New(from_w) | Slot::Known(from_w)) = neighbors.insert(w, color);
            let (Slot::New(from_v) | Slot::Known(from_v)) = neighbors.insert(v, colors[w]);
            trees.unite(from_w, from_v);
        }
        colors[v] = color;
    }
    Coloring::new(colors)
}

impl Coloring {
    /// Whether this is an acyclic colouring of a symmetric pattern: neighbours differ, and no cycle
    /// has only two colours.
    ///
    /// # Panics
    /// If the pattern has another number of columns than the colouring has vertices.
    #[track_caller]
    pub fn is_acyclic_coloring(&self, pattern: &Pattern) -> bool {
        self.separates_neighbors(pattern) && SubstitutionRecovery::new(pattern, self).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A cycle of `n` vertices.
    fn cycle(n: usize) -> Pattern {
        Pattern::from_fn(n, n, |i, j| (i + 1) % n == j || (j + 1) % n == i)
    }

    #[test]
    fn two_colors_on_a_cycle_are_not_acyclic() {
        let pattern = cycle(6);
        let two = Coloring::new(vec![0, 1, 0, 1, 0, 1]);
        assert!(!two.is_acyclic_coloring(&pattern));
        assert!(Coloring::new(vec![0, 1, 0, 1, 0, 2]).is_acyclic_coloring(&pattern));
        assert!(!Coloring::new(vec![0, 0, 1, 0, 1, 2]).is_acyclic_coloring(&pattern));
        for order in Order::ALL {
            assert_eq!(acyclic_coloring_in(&pattern, order).unwrap().count(), 3);
        }
    }

    #[test]
    fn trees_need_two_colors() {
        // A binary tree: the parent of vertex k is (k - 1) / 2.
        let parent = |i: usize, j: usize| j > 0 && i == (j - 1) / 2;
        let tree = Pattern::from_fn(31, 31, |i, j| parent(i, j) || parent(j, i));
        assert_eq!(acyclic_coloring(&tree).unwrap().count(), 2);
    }

    #[test]
    fn patterns_that_are_not_symmetric_are_errors() {
        let shape = Error::NotSquare { op: "acyclic colouring", rows: 2, columns: 3 };
        assert_eq!(acyclic_coloring(&Pattern::dense(2, 3)), Err(shape));
        let entry = Error::NotSymmetric { op: "acyclic colouring", row: 1, column: 0 };
        assert_eq!(acyclic_coloring(&Pattern::banded(3, 1, 0)), Err(entry));
    }
}
