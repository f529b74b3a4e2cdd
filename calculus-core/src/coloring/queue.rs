//! Vertices in buckets by a degree that changes by one at a time.

/// The end of a list.
const NONE: usize = usize::MAX;

/// A priority queue of vertices with small integer keys: a doubly linked list for each key.
///
/// All operations take constant time, but for finding the next key that is in use, which is
/// constant on average over changes by one.
pub(super) struct DegreeQueue {
    /// The first vertex of each key.
    first: Vec<usize>,
    next: Vec<usize>,
    previous: Vec<usize>,
    /// The key of each vertex, `NONE` once it is taken.
    key: Vec<usize>,
    /// No key in use is smaller.
    smallest: usize,
    /// No key in use is larger.
    largest: usize,
}

impl DegreeQueue {
    /// All vertices with their degrees, which will decrease.
    pub(super) fn new(degrees: &[usize]) -> Self {
        Self::with_keys(degrees.to_vec(), degrees.iter().max().copied().unwrap_or(0))
    }

    /// All vertices with the key 0, which will grow up to their degrees.
    pub(super) fn growing(degrees: &[usize]) -> Self {
        Self::with_keys(vec![0; degrees.len()], degrees.iter().max().copied().unwrap_or(0))
    }

    fn with_keys(key: Vec<usize>, bound: usize) -> Self {
        let n = key.len();
        let mut queue = Self {
            first: vec![NONE; bound + 1],
            next: vec![NONE; n],
            previous: vec![NONE; n],
            key,
            smallest: bound,
            largest: 0,
        };
        // Each list is a stack: pushed in descending order, it starts with the smallest index.
        for vertex in (0..n).rev() {
            queue.link(vertex);
        }
        queue
    }

    /// Takes a vertex with the smallest key.
    pub(super) fn pop_smallest(&mut self) -> Option<usize> {
        while *self.first.get(self.smallest)? == NONE {
            self.smallest += 1;
        }
        Some(self.take(self.first[self.smallest]))
    }

    /// Takes a vertex with the largest key.
    pub(super) fn pop_largest(&mut self) -> Option<usize> {
        while self.first[self.largest] == NONE {
            self.largest = self.largest.checked_sub(1)?;
        }
        Some(self.take(self.first[self.largest]))
    }

    /// Decreases the key of a vertex by one if the queue still holds it.
    pub(super) fn decrease(&mut self, vertex: usize) {
        if self.key[vertex] != NONE {
            self.unlink(vertex);
            self.key[vertex] -= 1;
            self.link(vertex);
        }
    }

    /// Increases the key of a vertex by one if the queue still holds it.
    pub(super) fn increase(&mut self, vertex: usize) {
        if self.key[vertex] != NONE {
            self.unlink(vertex);
            self.key[vertex] += 1;
            self.link(vertex);
        }
    }

    fn take(&mut self, vertex: usize) -> usize {
        self.unlink(vertex);
        self.key[vertex] = NONE;
        vertex
    }

    fn link(&mut self, vertex: usize) {
        let key = self.key[vertex];
        let after = self.first[key];
        self.first[key] = vertex;
        self.previous[vertex] = NONE;
        self.next[vertex] = after;
        if after != NONE {
            self.previous[after] = vertex;
        }
        self.smallest = self.smallest.min(key);
        self.largest = self.largest.max(key);
    }

    fn unlink(&mut self, vertex: usize) {
        let (before, after) = (self.previous[vertex], self.next[vertex]);
        match before {
            NONE => self.first[self.key[vertex]] = after,
            _ => self.next[before] = after,
        }
        if after != NONE {
            self.previous[after] = before;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vertices_come_by_key() {
        let mut queue = DegreeQueue::new(&[3, 1, 2, 1]);
        assert_eq!(queue.pop_smallest(), Some(1));
        queue.decrease(0);
        queue.decrease(0);
        queue.decrease(0);
        queue.decrease(1); // is taken
        assert_eq!(queue.pop_smallest(), Some(0));
        assert_eq!(queue.pop_smallest(), Some(3));
        assert_eq!(queue.pop_smallest(), Some(2));
        assert_eq!(queue.pop_smallest(), None);

        let mut queue = DegreeQueue::growing(&[2, 2, 2]);
        queue.increase(2);
        assert_eq!(queue.pop_largest(), Some(2));
        assert_eq!(queue.pop_largest(), Some(0));
        assert_eq!(queue.pop_largest(), Some(1));
        assert_eq!(queue.pop_largest(), None);

        assert_eq!(DegreeQueue::new(&[]).pop_smallest(), None);
        assert_eq!(DegreeQueue::growing(&[]).pop_largest(), None);
    }
}
