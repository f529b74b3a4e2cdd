//! The order in which a greedy colouring visits the vertices.
//!
//! A greedy colouring gives each vertex the least colour that the vertices before it allow, so the
//! order decides the number of colours. With $d_G(v)$ the degree of $v$ in the graph $G$:
//!
//! | order | the next vertex |
//! |---|---|
//! | natural | by index |
//! | largest first (Welsh and Powell 1967) | $\max d_G(v)$ |
//! | smallest last (Matula and Beck 1983), from the last | $\min d_H(v)$, $H$ the subgraph not yet ordered |
//! | incidence degree (Coleman and Moré 1983) | most neighbours that are ordered already |
//!
//! For the columns of a Jacobian $G$ is the graph in which columns that share a row are neighbours,
//! and two columns that share several rows count that often: the degrees are then sums over rows,
//! and $G$ is not built. For Hessians $G$ is the graph of the matrix.
//!
//! Source: Gebremedhin, Manne and Pothen (2005), *What color is your Jacobian? Graph coloring for
//! computing derivatives*, SIAM Review 47(4), 629-705.

use super::Pattern;
use super::queue::DegreeQueue;

/// The order in which a greedy colouring visits the vertices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Order {
    /// By index.
    Natural,
    /// Descending degree.
    LargestFirst,
    /// The vertex of least degree among those not yet placed is placed last.
    SmallestLast,
    /// The vertex with most neighbours among those already placed is placed next.
    IncidenceDegree,
}

impl Order {
    /// All orders.
    pub const ALL: [Self; 4] =
        [Self::Natural, Self::LargestFirst, Self::SmallestLast, Self::IncidenceDegree];

    /// The vertices of a graph in this order. Ties go to the vertex whose degree changed last, else
    /// to the smaller index.
    pub(super) fn vertices(self, graph: &impl Graph) -> Vec<usize> {
        match self {
            Self::Natural => (0..graph.vertices()).collect(),
            Self::LargestFirst => largest_first(graph),
            Self::SmallestLast => smallest_last(graph),
            Self::IncidenceDegree => incidence_degree(graph),
        }
    }
}

/// A graph of which the degrees order the vertices.
pub(super) trait Graph {
    /// The number of vertices.
    fn vertices(&self) -> usize;
    /// The degree of each vertex, neighbours counted as often as they are visited.
    fn degrees(&self) -> Vec<usize>;
    /// Visits the neighbours of a vertex, some of them perhaps repeatedly.
    fn visit_neighbors(&self, vertex: usize, visit: impl FnMut(usize));
}

/// The columns of a pattern, neighbours where they share a row.
pub(super) struct ColumnIntersections<'a> {
    pub(super) pattern: &'a Pattern,
    /// The pattern by rows.
    pub(super) transpose: &'a Pattern,
}

impl Graph for ColumnIntersections<'_> {
    fn vertices(&self) -> usize {
        self.pattern.columns()
    }

    fn degrees(&self) -> Vec<usize> {
        let others = |&row: &usize| self.transpose.column(row).len() - 1;
        (0..self.vertices()).map(|j| self.pattern.column(j).iter().map(others).sum()).collect()
    }

    fn visit_neighbors(&self, vertex: usize, mut visit: impl FnMut(usize)) {
        for &row in self.pattern.column(vertex) {
            self.transpose.column(row).iter().filter(|&&j| j != vertex).for_each(|&j| visit(j));
        }
    }
}

/// The graph of a symmetric pattern: neighbours where there is an entry off the diagonal.
pub(super) struct Adjacency<'a>(pub(super) &'a Pattern);

impl Graph for Adjacency<'_> {
    fn vertices(&self) -> usize {
        self.0.columns()
    }

    fn degrees(&self) -> Vec<usize> {
        let diagonal = |j| usize::from(self.0.contains(j, j));
        (0..self.vertices()).map(|j| self.0.column(j).len() - diagonal(j)).collect()
    }

    fn visit_neighbors(&self, vertex: usize, mut visit: impl FnMut(usize)) {
        self.0.column(vertex).iter().filter(|&&j| j != vertex).for_each(|&j| visit(j));
    }
}

fn largest_first(graph: &impl Graph) -> Vec<usize> {
    let degrees = graph.degrees();
    let mut order: Vec<usize> = (0..graph.vertices()).collect();
    order.sort_by_key(|&vertex| core::cmp::Reverse(degrees[vertex]));
    order
}

fn smallest_last(graph: &impl Graph) -> Vec<usize> {
    let mut queue = DegreeQueue::new(&graph.degrees());
    let mut order: Vec<usize> = Vec::with_capacity(graph.vertices());
    while let Some(vertex) = queue.pop_smallest() {
        order.push(vertex);
        graph.visit_neighbors(vertex, |neighbor| queue.decrease(neighbor));
    }
    order.reverse();
    order
}

fn incidence_degree(graph: &impl Graph) -> Vec<usize> {
    // The number of placed neighbours is the degree less that of neighbours not placed: the queue
    // holds the latter's complement.
    let mut queue = DegreeQueue::growing(&graph.degrees());
    let mut order: Vec<usize> = Vec::with_capacity(graph.vertices());
    while let Some(vertex) = queue.pop_largest() {
        order.push(vertex);
        graph.visit_neighbors(vertex, |neighbor| queue.increase(neighbor));
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A triangle 0, 1, 2 with the tail 2, 3, 4, and the lone vertex 5.
    fn triangle_with_tail() -> Pattern {
        let edges = [(0, 1), (0, 2), (1, 2), (2, 3), (3, 4)];
        let entries = edges.iter().flat_map(|&(i, j)| [(i, j), (j, i)]).chain([(0, 0), (5, 5)]);
        Pattern::from_entries(6, 6, entries)
    }

    #[test]
    fn orders_of_a_triangle_with_a_tail() {
        let pattern = triangle_with_tail();
        let order = |order: Order| order.vertices(&Adjacency(&pattern));
        assert_eq!(order(Order::Natural), [0, 1, 2, 3, 4, 5]);
        assert_eq!(order(Order::LargestFirst), [2, 0, 1, 3, 4, 5]);
        assert_eq!(order(Order::SmallestLast), [0, 1, 2, 3, 4, 5]);
        assert_eq!(order(Order::IncidenceDegree), [0, 2, 1, 3, 4, 5]);
    }

    #[test]
    fn columns_that_share_rows_are_neighbors() {
        let pattern = Pattern::from_entries(3, 4, [(0, 0), (0, 1), (1, 0), (1, 1), (2, 3)]);
        let transpose = pattern.transpose();
        let graph = ColumnIntersections { pattern: &pattern, transpose: &transpose };
        assert_eq!(graph.degrees(), [2, 2, 0, 0]);
        let mut neighbors = vec![];
        graph.visit_neighbors(0, |j| neighbors.push(j));
        assert_eq!(neighbors, [1, 1]);
    }

    #[test]
    fn every_order_is_a_permutation() {
        for pattern in [Pattern::five_point_grid(5, 4), Pattern::arrow(6), Pattern::dense(0, 0)] {
            let transpose = pattern.transpose();
            let columns = ColumnIntersections { pattern: &pattern, transpose: &transpose };
            for order in Order::ALL {
                for mut vertices in [order.vertices(&columns), order.vertices(&Adjacency(&pattern))]
                {
                    vertices.sort_unstable();
                    assert!(vertices.iter().copied().eq(0..pattern.columns()));
                }
            }
        }
    }
}
