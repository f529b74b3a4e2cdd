//! Numbers that begin where a line of the cache does.

use core::ops::{Deref, DerefMut};

/// The bytes of a line of the cache, and of the widest vector.
const LINE: usize = 64;

/// A list of numbers in memory aligned to lines of the cache, if their size divides a line: a vector
/// across two lines costs twice as much. A clone need not be aligned.
#[derive(Clone, Debug, Default)]
pub(crate) struct Aligned<T> {
    memory: Vec<T>,
    start: usize,
    len: usize,
}

impl<T> Aligned<T> {
    pub(super) const fn empty() -> Self {
        Self { memory: Vec::new(), start: 0, len: 0 }
    }
}

impl<T: Copy> Aligned<T> {
    /// Makes room for as many numbers, which are any afterwards.
    pub(super) fn resize(&mut self, len: usize, any: T) {
        if len == self.len {
            return;
        }
        let slack = LINE / size_of::<T>().max(1);
        self.memory.resize(len + slack, any);
        let start = self.memory.as_ptr().align_offset(LINE);
        self.start = if start <= slack { start } else { 0 };
        self.len = len;
    }
}

impl<T> Deref for Aligned<T> {
    type Target = [T];

    #[inline(always)]
    fn deref(&self) -> &[T] {
        &self.memory[self.start..][..self.len]
    }
}

impl<T> DerefMut for Aligned<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.memory[self.start..][..self.len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_begin_at_a_line() {
        let mut numbers = Aligned::empty();
        assert!(numbers.is_empty());
        for len in [1, 7, 1000, 3, 100_000] {
            numbers.resize(len, 1.5);
            assert_eq!(numbers.len(), len);
            assert_eq!(numbers.as_ptr().align_offset(LINE), 0);
            numbers.fill(2.5);
            assert_eq!(numbers.clone()[..], vec![2.5; len]);
        }
    }

    #[test]
    fn sizes_that_do_not_divide_a_line_are_served_too() {
        let mut numbers = Aligned::empty();
        numbers.resize(5, [0.0; 9]);
        assert_eq!(numbers.len(), 5);
    }
}
