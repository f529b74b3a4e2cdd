//! Sums.

use calculus_core::Float;

use super::broadcast::Loops;
use super::pointwise::Function1;
use super::run;
use crate::tensor::shape::Shape;

/// How many partial sums run side by side; a multiple of every vector length.
const LANES: usize = 32;

/// After how many elements partial sums are put aside, in a sum with compensation (W. Kahan, 1965):
/// the rounding error grows with the length of a block and not with that of the slice.
const BLOCK: usize = 512;

#[derive(Clone, Copy)]
struct Itself;

impl<T> Function1<T> for Itself {
    #[inline(always)]
    fn at(self, x: T) -> T {
        x
    }
}

/// The sum of a slice, in an order that does not depend on the machine.
#[inline(always)]
pub(crate) fn lane_sum<T: Float>(x: &[T]) -> T {
    lane_sum_of(x, Itself)
}

/// The sum of `f(x[i])`.
#[inline(always)]
pub(crate) fn lane_sum_of<T: Float, F: Function1<T>>(x: &[T], f: F) -> T {
    if x.len() < LANES {
        let mut total = T::ZERO;
        for &x in x {
            total += f.at(x);
        }
        return total;
    }
    let (mut total, mut lost) = (T::ZERO, T::ZERO);
    for block in x.chunks(BLOCK) {
        let mut lanes = [T::ZERO; LANES];
        let mut chunks = block.chunks_exact(LANES);
        for chunk in &mut chunks {
            for (lane, &x) in lanes.iter_mut().zip(chunk) {
                *lane += f.at(x);
            }
        }
        let mut rest = T::ZERO;
        for &x in chunks.remainder() {
            rest += f.at(x);
        }
        let mut width = LANES / 2;
        while width > 0 {
            for i in 0..width {
                lanes[i] += lanes[i + width];
            }
            width /= 2;
        }
        let block = lanes[0] + rest;
        let next = total + (block - lost);
        // An infinite sum has nothing to compensate; the difference would be NaN.
        lost = if next.is_finite() { (next - total) - (block - lost) } else { T::ZERO };
        total = next;
    }
    total
}

struct Sum<'a, T>(&'a [T]);

impl<T: Float> pulp::NullaryFnOnce for Sum<'_, T> {
    type Output = T;
    #[inline(always)]
    fn call(self) -> T {
        lane_sum(self.0)
    }
}

/// The sum of a slice.
pub(crate) fn sum<T: Float>(x: &[T]) -> T {
    run(Sum(x))
}

struct SumTo<'a, T> {
    loops: Loops<2>,
    x: &'a [T],
    out: &'a mut [T],
}

impl<T: Float> pulp::NullaryFnOnce for SumTo<'_, T> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { loops, x, out } = self;
        let row = loops.row();
        if loops.moves(1) {
            for [i, j] in loops.starts() {
                for (out, &x) in out[j..j + row].iter_mut().zip(&x[i..i + row]) {
                    *out += x;
                }
            }
        } else {
            for [i, j] in loops.starts() {
                out[j] += lane_sum(&x[i..i + row]);
            }
        }
    }
}

/// Adds `x` to `out`, summing over the axes along which `out` would be stretched to `shape`, the
/// shape of `x`.
pub(crate) fn sum_to<T: Float>((x, shape): (&[T], &Shape), (out, out_shape): (&mut [T], &Shape)) {
    if out.len() == 1 {
        out[0] += sum(x);
    } else if !x.is_empty() {
        run(SumTo { loops: Loops::new(shape, [shape, out_shape]), x, out });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_every_length() {
        for len in [0_usize, 1, 2, 31, 32, 33, 100, 4095, 4096, 4097, 10_000] {
            let x: Vec<f64> = (0..len).map(|i| i as f64).collect();
            assert_eq!(sum(&x), (len * len.saturating_sub(1) / 2) as f64);
        }
        // One million times 0.1 in single precision: the naive sum is off by 1 %, this one by at most
        // the 22 roundings inside a block.
        let x = vec![0.1_f32; 1_000_000];
        assert!((sum(&x) - 1e5).abs() < 0.13);
    }
}
