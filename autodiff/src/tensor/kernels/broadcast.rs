//! Loops over operands that are stretched to a common shape.

use super::pointwise::{Function1, Function2, map, zip};
use super::run;
use crate::tensor::shape::{MAX_RANK, Shape};

/// The loops that visit `N` operands stretched to one shape: axes that all operands walk through
/// contiguously are merged, so that the innermost loop is as long as possible. Along it an operand
/// moves by one element or not at all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Loops<const N: usize> {
    extents: [usize; MAX_RANK],
    strides: [[usize; MAX_RANK]; N],
    depth: usize,
}

impl<const N: usize> Loops<N> {
    pub(crate) fn new(shape: &Shape, operands: [&Shape; N]) -> Self {
        let mut loops = Self { extents: [1; MAX_RANK], strides: [[0; MAX_RANK]; N], depth: 0 };
        let mut running = [1; N];
        for back in 0..shape.rank() {
            let extent = shape[shape.rank() - 1 - back];
            let mut strides = [0; N];
            for (i, operand) in operands.iter().enumerate() {
                if back < operand.rank() && operand[operand.rank() - 1 - back] != 1 {
                    strides[i] = running[i];
                    running[i] *= extent;
                }
            }
            if extent != 1 {
                loops.push(extent, strides);
            }
        }
        loops.depth = loops.depth.max(1);
        loops
    }

    fn push(&mut self, extent: usize, strides: [usize; N]) {
        let depth = self.depth;
        let continues = depth > 0
            && (0..N).all(|i| strides[i] == self.strides[i][depth - 1] * self.extents[depth - 1]);
        if continues {
            self.extents[depth - 1] *= extent;
        } else {
            self.extents[depth] = extent;
            for (all, stride) in self.strides.iter_mut().zip(strides) {
                all[depth] = stride;
            }
            self.depth += 1;
        }
    }

    /// The length of the innermost loop.
    #[inline(always)]
    pub(crate) fn row(&self) -> usize {
        self.extents[0]
    }

    /// Whether operand `i` moves along the innermost loop.
    #[inline(always)]
    pub(crate) fn moves(&self, i: usize) -> bool {
        self.strides[i][0] != 0
    }

    /// Calls `f` with the operands' offsets at the start of each innermost loop.
    #[inline(always)]
    pub(crate) fn starts(&self) -> Starts<N> {
        let empty = self.extents[..self.depth].contains(&0);
        Starts { loops: *self, index: [0; MAX_RANK], offsets: [0; N], done: empty }
    }
}

/// The starts of the innermost loops, in row-major order of the common shape.
#[derive(Debug)]
pub(crate) struct Starts<const N: usize> {
    loops: Loops<N>,
    index: [usize; MAX_RANK],
    offsets: [usize; N],
    done: bool,
}

impl<const N: usize> Iterator for Starts<N> {
    type Item = [usize; N];

    #[inline(always)]
    fn next(&mut self) -> Option<[usize; N]> {
        if self.done {
            return None;
        }
        let current = self.offsets;
        let mut level = 1;
        loop {
            if level >= self.loops.depth {
                self.done = true;
                break;
            }
            self.index[level] += 1;
            for i in 0..N {
                self.offsets[i] += self.loops.strides[i][level];
            }
            if self.index[level] < self.loops.extents[level] {
                break;
            }
            self.index[level] = 0;
            for i in 0..N {
                self.offsets[i] -= self.loops.strides[i][level] * self.loops.extents[level];
            }
            level += 1;
        }
        Some(current)
    }
}

#[derive(Clone, Copy)]
struct LeftFixed<T, F>(T, F);

impl<T: Copy, F: Function2<T>> Function1<T> for LeftFixed<T, F> {
    #[inline(always)]
    fn at(self, y: T) -> T {
        self.1.at(self.0, y)
    }
}

#[derive(Clone, Copy)]
struct RightFixed<T, F>(T, F);

impl<T: Copy, F: Function2<T>> Function1<T> for RightFixed<T, F> {
    #[inline(always)]
    fn at(self, x: T) -> T {
        self.1.at(x, self.0)
    }
}

struct Broadcast<'a, T, F> {
    loops: Loops<2>,
    x: &'a [T],
    y: &'a [T],
    out: &'a mut [T],
    f: F,
}

impl<T: Copy, F: Function2<T>> pulp::NullaryFnOnce for Broadcast<'_, T, F> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { loops, x, y, out, f } = self;
        let row = loops.row();
        let (x_moves, y_moves) = (loops.moves(0), loops.moves(1));
        for ([i, j], out) in loops.starts().zip(out.chunks_exact_mut(row.max(1))) {
            match (x_moves, y_moves) {
                (true, true) => {
                    for ((out, &x), &y) in out.iter_mut().zip(&x[i..i + row]).zip(&y[j..j + row]) {
                        *out = f.at(x, y);
                    }
                }
                (true, false) => {
                    let y = y[j];
                    for (out, &x) in out.iter_mut().zip(&x[i..i + row]) {
                        *out = f.at(x, y);
                    }
                }
                (false, true) => {
                    let x = x[i];
                    for (out, &y) in out.iter_mut().zip(&y[j..j + row]) {
                        *out = f.at(x, y);
                    }
                }
                (false, false) => out.fill(f.at(x[i], y[j])),
            }
        }
    }
}

/// `out = f(x, y)` with `x` and `y` stretched to `shape`, the shape of `out`.
pub(crate) fn zip_broadcast<T: Copy, F: Function2<T>>(
    shape: &Shape,
    (x, x_shape): (&[T], &Shape),
    (y, y_shape): (&[T], &Shape),
    out: &mut [T],
    f: F,
) {
    if out.is_empty() {
        return;
    }
    match (x, y) {
        _ if x.len() == out.len() && y.len() == out.len() => zip(x, y, out, f),
        (_, &[y]) => map(x, out, RightFixed(y, f)),
        (&[x], _) => map(y, out, LeftFixed(x, f)),
        _ => run(Broadcast { loops: Loops::new(shape, [x_shape, y_shape]), x, y, out, f }),
    }
}
