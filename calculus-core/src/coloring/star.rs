//! Star colouring of Hessians: each entry is read from one product.
//!
//! A star colouring gives neighbours different colours and uses at least three on every path of
//! four vertices, so that vertices of two colours form stars. For the entry $H_{ij}$ with the leaf
//! $i$ and the hub $j$, $j$ is the only neighbour of $i$ with its colour, and $H_{ij} = B_{i c(j)}$
//! in $B = H S$ (Coleman and Moré 1984). By symmetry that also is $H_{ji}$, which is why fewer
//! colours suffice than for a Jacobian: 2 instead of $n$ for an arrow.
//!
//! The greedy algorithm forbids for the vertex $v$ the colours of its neighbours and
//! - where two neighbours have the same colour, all colours of their neighbours: $v$ would be an
//!   inner vertex of a path of two colours;
//! - where a neighbour is a leaf of a star of two or more, the colour of the hub: $v$ would be the
//!   end of such a path.
//!
//! The algorithm is that of Gebremedhin, Tarafdar, Manne and Pothen (2007), *New acyclic and star
//! coloring algorithms with application to computing Hessians*, SIAM Journal on Scientific
//! Computing 29(3), 1042-1072. Instead of stars, we keep for each vertex the different colours of
//! its neighbours, which makes a dense row cheap.

use super::direct::star_sources;
use super::first_fit::FirstFit;
use super::neighbor_colors::{NeighborColors, Slot};
use super::order::Adjacency;
use super::{Coloring, Order, Pattern, color_columns_in};
use crate::Error;

/// A vertex without a colour; a slot with more than one neighbour.
const NONE: usize = usize::MAX;

/// Colours the columns of a symmetric matrix so that each entry is read from one product.
///
/// The diagonal may or may not be in the pattern. Takes the natural order if that needs at most
/// three colours; else the best of natural, smallest last, and a colouring as for a Jacobian, which
/// can be better where the rows overlap a lot (nine-point grids).
///
/// Costs, per entry, time proportional to the number of colours around a vertex.
///
/// # Errors
/// [`Error::NotSquare`] and [`Error::NotSymmetric`].
///
/// # Examples
/// ```
/// use calculus_core::coloring::{Pattern, star_coloring};
/// assert_eq!(star_coloring(&Pattern::banded(100, 1, 1))?.count(), 3);
/// assert_eq!(star_coloring(&Pattern::arrow(100))?.count(), 2);
/// # Ok::<(), calculus_core::Error>(())
/// ```
pub fn star_coloring(pattern: &Pattern) -> Result<Coloring, Error> {
    pattern.mirrored("star colouring")?;
    let mut best = greedy(pattern, Order::Natural);
    // Two colours suffice for disjoint stars only, and for these the greedy colouring finds them.
    if best.count() <= 3 {
        return Ok(best);
    }
    for next in [color_columns_in(pattern, Order::Natural), greedy(pattern, Order::SmallestLast)] {
        // Without a diagonal, columns of neighbours need not have a row in common.
        if next.count() < best.count() && next.separates_neighbors(pattern) {
            best = next;
        }
    }
    Ok(best)
}

/// The greedy star colouring in a given order.
///
/// # Errors
/// [`Error::NotSquare`] and [`Error::NotSymmetric`].
///
/// # Examples
/// ```
/// use calculus_core::coloring::{Order, Pattern, star_coloring_in};
/// let grid = Pattern::five_point_grid(20, 20);
/// for order in Order::ALL {
///     let coloring = star_coloring_in(&grid, order)?;
///     assert!(coloring.is_star_coloring(&grid) && coloring.count() <= 6);
/// }
/// # Ok::<(), calculus_core::Error>(())
/// ```
pub fn star_coloring_in(pattern: &Pattern, order: Order) -> Result<Coloring, Error> {
    pattern.mirrored("star colouring")?;
    Ok(greedy(pattern, order))
}

fn greedy(pattern: &Pattern, order: Order) -> Coloring {
    let mut stars = Stars::new(pattern);
    let mut fit = FirstFit::new();
    // The first neighbour of each colour of the vertex at hand, with that vertex.
    let mut first_neighbor: Vec<(usize, usize)> = Vec::new();
    for v in order.vertices(&Adjacency(pattern)) {
        fit.turn_to(v);
        for w in stars.colored_neighbors(v) {
            let color = stars.colors[w];
            fit.forbid(color);
            match first_neighbor[color] {
                (vertex, first) if vertex == v => {
                    for twin in [first, w] {
                        stars.neighbors.of(twin).iter().for_each(|&color| fit.forbid(color));
                    }
                }
                _ => {
                    first_neighbor[color] = (v, w);
                    stars.hub_colors(w).iter().for_each(|&color| fit.forbid(color));
                }
            }
        }
        let color = fit.least(0);
        if color == first_neighbor.len() {
            first_neighbor.push((NONE, NONE));
        }
        stars.color(v, color);
    }
    Coloring::new(stars.colors)
}

/// What a partial star colouring has to know about the stars of two colours.
struct Stars<'a> {
    pattern: &'a Pattern,
    colors: Vec<usize>,
    neighbors: NeighborColors,
    /// For each slot (vertex, colour) the only neighbour of that colour, `NONE` if there are more:
    /// the vertex is a hub then.
    only_neighbor: Vec<usize>,
    /// For each vertex the colours of the hubs of which it is a leaf, stored in the places of its
    /// column.
    hubs: Vec<usize>,
    hub_counts: Vec<usize>,
}

impl<'a> Stars<'a> {
    fn new(pattern: &'a Pattern) -> Self {
        let (vertices, entries) = (pattern.columns(), pattern.nonzeros());
        Self {
            pattern,
            colors: vec![NONE; vertices],
            neighbors: NeighborColors::new(pattern),
            only_neighbor: vec![NONE; entries],
            hubs: vec![0; entries],
            hub_counts: vec![0; vertices],
        }
    }

    fn colored_neighbors(&self, v: usize) -> impl Iterator<Item = usize> + use<'a, '_> {
        self.pattern.column(v).iter().copied().filter(move |&w| w != v && self.colors[w] != NONE)
    }

    fn hub_colors(&self, leaf: usize) -> &[usize] {
        let start = self.pattern.column_range(leaf).start;
        &self.hubs[start..start + self.hub_counts[leaf]]
    }

    /// Gives a vertex its colour and brings the stars around it up to date.
    fn color(&mut self, v: usize, color: usize) {
        for &w in self.pattern.column(v) {
            if w != v && self.colors[w] != NONE {
                let of_neighbor = self.colors[w];
                self.meet((v, color), (w, of_neighbor));
                self.meet((w, of_neighbor), (v, color));
            }
        }
        self.colors[v] = color;
    }

    /// Records a neighbour: with the second one of its colour the vertex becomes their hub.
    fn meet(&mut self, (vertex, own): (usize, usize), (neighbor, color): (usize, usize)) {
        match self.neighbors.insert(vertex, color) {
            Slot::New(slot) => self.only_neighbor[slot] = neighbor,
            Slot::Known(slot) => {
                let first = core::mem::replace(&mut self.only_neighbor[slot], NONE);
                if first != NONE {
                    self.add_hub(first, own);
                }
                self.add_hub(neighbor, own);
            }
        }
    }

    fn add_hub(&mut self, leaf: usize, color: usize) {
        let start = self.pattern.column_range(leaf).start;
        self.hubs[start + self.hub_counts[leaf]] = color;
        self.hub_counts[leaf] += 1;
    }
}

impl Coloring {
    /// Whether this is a star colouring of a symmetric pattern: neighbours differ, and no path of
    /// four vertices has only two colours.
    ///
    /// # Panics
    /// If the pattern has another number of columns than the colouring has vertices.
    #[track_caller]
    pub fn is_star_coloring(&self, pattern: &Pattern) -> bool {
        self.separates_neighbors(pattern) && star_sources("star colouring", pattern, self).is_ok()
    }

    /// Whether neighbours in the graph of a symmetric pattern have different colours.
    #[track_caller]
    pub(super) fn separates_neighbors(&self, pattern: &Pattern) -> bool {
        let (columns, vertices) = (pattern.columns(), self.vertices());
        assert!(columns == vertices, "{columns} columns, a colouring of {vertices} vertices");
        pattern.is_symmetric() && pattern.entries().all(|(i, j)| i == j || self.of(i) != self.of(j))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_colors_on_a_path_of_four_are_not_a_star_coloring() {
        let path = Pattern::banded(4, 1, 1);
        assert!(!Coloring::new(vec![0, 1, 0, 1]).is_star_coloring(&path));
        assert!(Coloring::new(vec![0, 1, 0, 2]).is_star_coloring(&path));
        assert!(!Coloring::new(vec![0, 0, 1, 2]).is_star_coloring(&path));
        assert!(!Coloring::new(vec![0; 3]).is_star_coloring(&Pattern::dense(2, 3)));
    }

    #[test]
    fn disjoint_stars_need_two_colors_in_any_order() {
        // Hubs 3 and 7 among the leaves.
        let hub = |leaf: usize| if leaf < 5 { 3 } else { 7 };
        let stars = Pattern::from_fn(9, 9, |i, j| i == j || i == hub(j) || j == hub(i));
        let stars =
            Pattern::from_entries(9, 9, stars.entries().filter(|&ij| ij != (3, 7) && ij != (7, 3)));
        for order in Order::ALL {
            assert_eq!(star_coloring_in(&stars, order).unwrap().count(), 2);
        }
    }

    #[test]
    fn a_diagonal_that_is_zero_changes_nothing() {
        for pattern in [Pattern::nine_point_grid(8, 8), Pattern::banded(20, 2, 2)] {
            let n = pattern.columns();
            let hollow = pattern.entries().filter(|(i, j)| i != j);
            let hollow = Pattern::from_entries(n, n, hollow);
            let coloring = star_coloring(&hollow).unwrap();
            assert!(coloring.is_star_coloring(&pattern));
        }
    }

    #[test]
    fn patterns_that_are_not_symmetric_are_errors() {
        let shape = Error::NotSquare { op: "star colouring", rows: 2, columns: 3 };
        assert_eq!(star_coloring(&Pattern::dense(2, 3)), Err(shape));
        let entry = Error::NotSymmetric { op: "star colouring", row: 0, column: 1 };
        assert_eq!(star_coloring(&Pattern::banded(3, 0, 1)), Err(entry));
    }
}
