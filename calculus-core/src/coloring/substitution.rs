//! Recovery of a symmetric matrix by substitution, from an acyclic colouring.
//!
//! In the tree of vertices of two colours, directed to a root, the vertex $v$ with the parent $p$
//! and the children $u$ has in the product of the colour of $p$ the sum of its entries:
//!
//! $$H_{vp} = B_{v c(p)} - \sum_{u \text{ child of } v} H_{vu}$$
//!
//! From the leaves to the root the entries on the right are known. Entries of the diagonal and of
//! leaves are read off. Each subtraction adds the error of what is subtracted, so products with
//! noise (finite differences of gradients) lose accuracy with the depth of the trees; the order
//! from the leaves inwards keeps them as shallow as they can be.
//!
//! Source: Gebremedhin, Pothen, Tarafdar and Walther (2009), *Efficient computation of sparse
//! Hessians using coloring and automatic differentiation*, INFORMS Journal on Computing 21(2),
//! 209-223.

use faer::MatRef;
use faer::sparse::SparseColMat;

use super::direct::{require_shapes, require_vertices};
use super::{Coloring, Pattern};
use crate::Error;

/// No entry.
const NONE: usize = usize::MAX;

/// The order in which the entries of a symmetric matrix are found from its products.
///
/// # Examples
/// A tridiagonal Hessian from two products.
/// ```
/// use calculus_core::coloring::{Pattern, SubstitutionRecovery, acyclic_coloring};
/// use faer::mat;
///
/// let hessian = mat![
///     [4.0, 1.0, 0.0, 0.0],
///     [1.0, 5.0, 2.0, 0.0],
///     [0.0, 2.0, 6.0, 3.0],
///     [0.0, 0.0, 3.0, 7.0],
/// ];
/// let pattern = Pattern::banded(4, 1, 1);
/// let coloring = acyclic_coloring(&pattern)?;
/// let products = &hessian * coloring.seed_matrix();
/// assert_eq!(products.ncols(), 2);
///
/// let recovery = SubstitutionRecovery::new(&pattern, &coloring)?;
/// assert_eq!(recovery.recover(products.as_ref()).to_dense(), hessian);
/// # Ok::<(), calculus_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SubstitutionRecovery {
    pattern: Pattern,
    steps: Vec<Step>,
    /// The entries that the steps subtract, one step after another.
    subtracted: Vec<usize>,
    /// Rows and columns of the products.
    products: (usize, usize),
}

/// One entry and its mirror image.
#[derive(Clone, Debug)]
struct Step {
    /// Row and column of the products.
    source: (usize, usize),
    entry: usize,
    mirror: usize,
    /// How many entries are subtracted.
    children: usize,
}

impl SubstitutionRecovery {
    /// Prepares the recovery from $B = H S$, rows by colours, with an
    /// [acyclic colouring](super::acyclic_coloring).
    ///
    /// Costs time proportional to the number of entries.
    ///
    /// # Errors
    /// [`Error::NotSquare`] and [`Error::NotSymmetric`]; [`Error::ShapeMismatch`] if the colouring
    /// has another number of vertices than the pattern has columns; [`Error::NotDetermined`] if it
    /// is not an acyclic colouring.
    pub fn new(pattern: &Pattern, coloring: &Coloring) -> Result<Self, Error> {
        let op = "recovery by substitution";
        let mirror = pattern.mirrored(op)?;
        require_vertices(op, pattern, pattern.columns(), coloring)?;
        if let Some((row, column)) =
            pattern.entries().find(|&(i, j)| i != j && coloring.of(i) == coloring.of(j))
        {
            return Err(Error::NotDetermined { op, row, column });
        }
        let edges = pattern.nonzeros() / 2;
        let mut recovery = Self {
            pattern: pattern.clone(),
            steps: Vec::with_capacity(edges + pattern.columns()),
            subtracted: Vec::with_capacity(edges),
            products: (pattern.rows(), coloring.count()),
        };
        recovery.add_diagonal(coloring);
        recovery.add_trees(coloring, &mirror);
        match recovery.undetermined() {
            Some((row, column)) => Err(Error::NotDetermined { op, row, column }),
            None => Ok(recovery),
        }
    }

    /// An entry that no step finds.
    fn undetermined(&self) -> Option<(usize, usize)> {
        let mut found = vec![false; self.pattern.nonzeros()];
        for step in &self.steps {
            found[step.entry] = true;
            found[step.mirror] = true;
        }
        self.pattern.entries().zip(found).find(|&(_, found)| !found).map(|(entry, _)| entry)
    }

    /// No neighbour has the colour of the vertex itself.
    fn add_diagonal(&mut self, coloring: &Coloring) {
        for (entry, (i, j)) in self.pattern.entries().enumerate() {
            if i == j {
                let source = (i, coloring.of(i));
                self.steps.push(Step { source, entry, mirror: entry, children: 0 });
            }
        }
    }

    /// Takes the leaves of all trees until nothing is left of them, or only cycles.
    fn add_trees(&mut self, coloring: &Coloring, mirror: &[usize]) {
        let rows = self.pattern.symbolic().row_idx();
        let mut edges = Edges::new(&self.pattern, coloring);
        let mut leaves: Vec<usize> = edges.leaves().collect();
        let mut next = 0;
        while let Some(&leaf) = leaves.get(next) {
            next += 1;
            // The edge may have been taken from its other end.
            let Some(entry) = edges.only_one(leaf) else { continue };
            let image = mirror[entry];
            let (vertex, parent) = (rows[image], rows[entry]);
            let earlier = self.subtracted.len();
            self.subtracted.extend(edges.taken(leaf));
            self.steps.push(Step {
                source: (vertex, coloring.of(parent)),
                entry,
                mirror: image,
                children: self.subtracted.len() - earlier,
            });
            edges.take(entry);
            let above = edges.take(image);
            if edges.only_one(above).is_some() {
                leaves.push(above);
            }
        }
    }

    /// The pattern of the recovered matrix.
    pub fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    /// The matrix whose compression is `products`.
    ///
    /// # Panics
    /// If the shape of `products` is not the one of the colouring.
    #[track_caller]
    pub fn recover(&self, products: MatRef<'_, f64>) -> SparseColMat<usize, f64> {
        let mut values = vec![0.0; self.pattern.nonzeros()];
        self.recover_into(products, &mut values);
        self.pattern.with_values(values)
    }

    /// Writes the values of the matrix whose compression is `products`, in the order of the
    /// entries of the pattern. Allocates nothing.
    ///
    /// # Panics
    /// If the shape of `products` is not the one of the colouring, or the length of `values` not
    /// the number of entries.
    #[track_caller]
    pub fn recover_into(&self, products: MatRef<'_, f64>, values: &mut [f64]) {
        require_shapes(products, self.products, values.len(), self.pattern.nonzeros());
        let mut subtracted = self.subtracted.as_slice();
        for step in &self.steps {
            let (children, rest) = subtracted.split_at(step.children);
            subtracted = rest;
            let known: f64 = children.iter().map(|&entry| values[entry]).sum();
            let value = products[step.source] - known;
            values[step.entry] = value;
            values[step.mirror] = value;
        }
    }
}

/// The edges of the trees of two colours by the vertex at one end: those from a vertex to all
/// neighbours of one colour are one branching.
struct Edges {
    branchings: Vec<Branching>,
    /// For each entry off the diagonal its branching, and the entry taken from it before.
    entries: Vec<(usize, usize)>,
}

/// Entries of one column in rows of one colour.
struct Branching {
    /// How many entries are left.
    left: usize,
    /// The exclusive or of those that are left: the entry itself, if it is one.
    left_entries: usize,
    /// The entry that was taken last.
    last_taken: usize,
}

impl Edges {
    fn new(pattern: &Pattern, coloring: &Coloring) -> Self {
        let mut branchings: Vec<Branching> = Vec::with_capacity(pattern.columns());
        let mut entries = vec![(NONE, NONE); pattern.nonzeros()];
        // For each colour the last column with a row of that colour, and their branching.
        let mut latest = vec![(NONE, NONE); coloring.count()];
        for (entry, (i, j)) in pattern.entries().enumerate().filter(|&(_, (i, j))| i != j) {
            let (column, branching) = &mut latest[coloring.of(i)];
            if *column != j {
                (*column, *branching) = (j, branchings.len());
                branchings.push(Branching { left: 0, left_entries: 0, last_taken: NONE });
            }
            branchings[*branching].left += 1;
            branchings[*branching].left_entries ^= entry;
            entries[entry].0 = *branching;
        }
        Self { branchings, entries }
    }

    /// The branchings with one entry.
    fn leaves(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.branchings.len()).filter(|&branching| self.only_one(branching).is_some())
    }

    /// The entry of a branching that is left, if it is the only one.
    fn only_one(&self, branching: usize) -> Option<usize> {
        let Branching { left, left_entries, .. } = self.branchings[branching];
        (left == 1).then_some(left_entries)
    }

    /// The entries that were taken from a branching.
    fn taken(&self, branching: usize) -> impl Iterator<Item = usize> + '_ {
        let existing = |entry: usize| (entry != NONE).then_some(entry);
        let last = existing(self.branchings[branching].last_taken);
        core::iter::successors(last, move |&entry| existing(self.entries[entry].1))
    }

    /// Takes an entry; its branching.
    fn take(&mut self, entry: usize) -> usize {
        let (of_entry, before) = &mut self.entries[entry];
        let branching = &mut self.branchings[*of_entry];
        branching.left -= 1;
        branching.left_entries ^= entry;
        *before = core::mem::replace(&mut branching.last_taken, entry);
        *of_entry
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colorings_that_do_not_determine_the_matrix_are_errors() {
        let pattern = Pattern::banded(4, 1, 1);
        let recovery =
            |colors: &[usize]| SubstitutionRecovery::new(&pattern, &Coloring::new(colors.to_vec()));
        assert!(recovery(&[0, 1, 0, 1]).is_ok());
        let op = "recovery by substitution";
        let expected = Error::NotDetermined { op, row: 2, column: 1 };
        assert_eq!(recovery(&[0, 1, 1, 0]).unwrap_err(), expected);
        let expected = Error::ShapeMismatch { op, lhs: (4, 4), rhs: (3, 2) };
        assert_eq!(recovery(&[0, 1, 0]).unwrap_err(), expected);

        let square = Pattern::five_point_grid(2, 2); // a cycle
        let two = Coloring::new(vec![0, 1, 1, 0]);
        assert!(matches!(
            SubstitutionRecovery::new(&square, &two),
            Err(Error::NotDetermined { row: 1, column: 0, .. })
        ));
    }

    #[test]
    #[should_panic(expected = "products of shape (2, 2), the colouring gives (2, 1)")]
    fn products_of_another_shape_panic() {
        let recovery =
            SubstitutionRecovery::new(&Pattern::diagonal(2), &Coloring::new(vec![0, 0])).unwrap();
        recovery.recover(faer::Mat::zeros(2, 2).as_ref());
    }
}
