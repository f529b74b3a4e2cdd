//! Disjoint sets that are united (Tarjan 1975).

/// A partition of `0..n`, by size and with path halving.
pub(super) struct DisjointSets {
    /// Another element of the same set, towards its representative.
    parent: Vec<usize>,
    /// The number of elements, for a representative.
    size: Vec<usize>,
}

impl DisjointSets {
    /// The partition into single elements.
    pub(super) fn new(n: usize) -> Self {
        Self { parent: (0..n).collect(), size: vec![1; n] }
    }

    /// The representative of the set of an element.
    pub(super) fn find(&mut self, mut element: usize) -> usize {
        while self.parent[element] != element {
            self.parent[element] = self.parent[self.parent[element]];
            element = self.parent[element];
        }
        element
    }

    /// Unites the sets of two elements.
    pub(super) fn unite(&mut self, a: usize, b: usize) {
        let (a, b) = (self.find(a), self.find(b));
        if a != b {
            let (small, large) = if self.size[a] < self.size[b] { (a, b) } else { (b, a) };
            self.parent[small] = large;
            self.size[large] += self.size[small];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn united_elements_have_one_representative() {
        let mut sets = DisjointSets::new(6);
        for (a, b) in [(0, 1), (2, 3), (1, 3), (0, 2), (5, 5)] {
            sets.unite(a, b);
        }
        let found: Vec<usize> = (0..6).map(|i| sets.find(i)).collect();
        assert!(found[..4].iter().all(|&set| set == found[0]));
        assert_eq!((found[4], found[5]), (4, 5));
    }
}
