//! A colouring: the partition of rows or columns into groups that one product serves.

use faer::Mat;

/// A partition of the vertices $0, \dots, n-1$ (rows or columns of a matrix) into colours.
///
/// The derivative is computed along one direction per colour, the sum of the unit vectors of its
/// group: $B = J S$ with the seed matrix $S_{jc} = 1$ if $j$ has the colour $c$ and 0 otherwise.
///
/// # Examples
/// ```
/// use calculus_core::coloring::{Pattern, color_columns};
/// let coloring = color_columns(&Pattern::banded(5, 1, 1));
/// assert_eq!(coloring.count(), 3);
/// assert_eq!(coloring.groups(), [vec![0, 3], vec![1, 4], vec![2]]);
///
/// let mut seed = [0.0; 5];
/// coloring.seed(1, &mut seed);
/// assert_eq!(seed, [0.0, 1.0, 0.0, 0.0, 1.0]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coloring {
    colors: Vec<usize>,
    count: usize,
}

/// One more than the largest colour.
#[track_caller]
pub(super) fn count_of<'a>(colors: impl Iterator<Item = &'a usize>) -> usize {
    let largest = colors.max();
    largest.map_or(0, |c| c.checked_add(1).expect("colours are numbered below usize::MAX"))
}

impl Coloring {
    /// The partition in which vertex `i` has the colour `colors[i]`.
    ///
    /// The number of colours is one more than the largest; a colour may be without vertices.
    ///
    /// # Panics
    /// If a colour is `usize::MAX`.
    #[track_caller]
    pub fn new(colors: Vec<usize>) -> Self {
        let count = count_of(colors.iter());
        Self { colors, count }
    }

    /// The number of colours: of products that determine the matrix.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The number of vertices.
    pub fn vertices(&self) -> usize {
        self.colors.len()
    }

    /// The colour of a vertex.
    ///
    /// # Panics
    /// If there is no such vertex.
    #[track_caller]
    pub fn of(&self, vertex: usize) -> usize {
        self.colors[vertex]
    }

    /// The colours of all vertices.
    pub fn colors(&self) -> &[usize] {
        &self.colors
    }

    /// The vertices of each colour, ascending.
    pub fn groups(&self) -> Vec<Vec<usize>> {
        let mut groups = vec![Vec::new(); self.count];
        for (vertex, &color) in self.colors.iter().enumerate() {
            groups[color].push(vertex);
        }
        groups
    }

    /// Writes the direction of a colour: 1 for its vertices, 0 for the others.
    ///
    /// # Panics
    /// If the length of `seed` is not the number of vertices.
    #[track_caller]
    pub fn seed(&self, color: usize, seed: &mut [f64]) {
        let (vertices, length) = (self.vertices(), seed.len());
        assert!(length == vertices, "a seed of length {length} for {vertices} vertices");
        for (component, &own) in seed.iter_mut().zip(&self.colors) {
            *component = if own == color { 1.0 } else { 0.0 };
        }
    }

    /// The seed matrix $S$, vertices by colours.
    pub fn seed_matrix(&self) -> Mat<f64> {
        let mut seeds = Mat::zeros(self.vertices(), self.count);
        for (vertex, &color) in self.colors.iter().enumerate() {
            seeds[(vertex, color)] = 1.0;
        }
        seeds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_and_seeds_agree() {
        let coloring = Coloring::new(vec![2, 0, 2, 3]);
        assert_eq!((coloring.count(), coloring.vertices()), (4, 4));
        assert_eq!(coloring.groups(), [vec![1], vec![], vec![0, 2], vec![3]]);
        let seeds = coloring.seed_matrix();
        assert_eq!(seeds.shape(), (4, 4));
        let mut seed = [f64::NAN; 4];
        for color in 0..4 {
            coloring.seed(color, &mut seed);
            for vertex in 0..4 {
                assert_eq!(seed[vertex], seeds[(vertex, color)]);
                assert_eq!(seed[vertex] == 1.0, coloring.of(vertex) == color);
            }
        }
    }

    #[test]
    fn nothing_to_color() {
        let coloring = Coloring::new(vec![]);
        assert_eq!((coloring.count(), coloring.vertices()), (0, 0));
        assert_eq!(coloring.seed_matrix().shape(), (0, 0));
        assert!(coloring.groups().is_empty());
    }

    #[test]
    #[should_panic(expected = "a seed of length 2 for 3 vertices")]
    fn a_seed_of_another_length_panics() {
        Coloring::new(vec![0, 1, 2]).seed(0, &mut [0.0; 2]);
    }
}
