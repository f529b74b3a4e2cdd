//! Loops over lanes; inlined into the program that runs them, for the instructions of its level.

use calculus_core::Real;

use super::program::{Kind, Segment};
use crate::graph::block::Replay;

/// $ab + c$, rounded once where that is one instruction.
#[inline(always)]
pub(super) fn multiply_add<T: Real, const FUSED: bool>(a: T, b: T, c: T) -> T {
    if FUSED { a.mul_add(b, c) } else { c + a * b }
}

#[inline(always)]
pub(super) fn map1<T: Real, const L: usize>(a: &[T; L], f: impl Fn(T) -> T) -> [T; L] {
    let mut out = *a;
    for lane in &mut out {
        *lane = f(*lane);
    }
    out
}

#[inline(always)]
pub(super) fn map2<T: Real, const L: usize>(
    a: &[T; L],
    b: &[T; L],
    f: impl Fn(T, T) -> T,
) -> [T; L] {
    let mut out = *a;
    for (lane, &b) in out.iter_mut().zip(b) {
        *lane = f(*lane, b);
    }
    out
}

/// From this number of terms on, every other one is added up apart.
const LONG: usize = 8;

/// The sum of the terms of some segments, from the first to the last but for long ones.
#[inline(always)]
pub(super) fn sum<T: Real, const L: usize, const FUSED: bool>(
    segments: &[Segment],
    terms: &[[u32; 2]],
    uniforms: &[T],
    slots: &[[T; L]],
) -> [T; L] {
    // What adds to -0 is unchanged, be it 0 or -0.
    let mut sum = [T::from(-0.0); L];
    for segment in segments {
        let terms = &terms[segment.first as usize..][..segment.count as usize];
        match segment.kind {
            Kind::UniformLane if terms.len() >= LONG => {
                // Two sums at a time: one alone waits for each of its additions.
                let mut other = [T::from(-0.0); L];
                let (pairs, rest) = terms.as_chunks::<2>();
                for &[[u, a], [v, b]] in pairs {
                    let (u, a) = (uniforms[u as usize], &slots[a as usize]);
                    let (v, b) = (uniforms[v as usize], &slots[b as usize]);
                    for l in 0..L {
                        sum[l] = multiply_add::<T, FUSED>(u, a[l], sum[l]);
                    }
                    for l in 0..L {
                        other[l] = multiply_add::<T, FUSED>(v, b[l], other[l]);
                    }
                }
                for &[u, a] in rest {
                    let (u, a) = (uniforms[u as usize], &slots[a as usize]);
                    for l in 0..L {
                        sum[l] = multiply_add::<T, FUSED>(u, a[l], sum[l]);
                    }
                }
                for l in 0..L {
                    sum[l] += other[l];
                }
            }
            Kind::UniformLane => {
                for &[u, a] in terms {
                    let (u, a) = (uniforms[u as usize], &slots[a as usize]);
                    for l in 0..L {
                        sum[l] = multiply_add::<T, FUSED>(u, a[l], sum[l]);
                    }
                }
            }
            Kind::LaneLane => {
                for &[a, b] in terms {
                    let (a, b) = (&slots[a as usize], &slots[b as usize]);
                    for l in 0..L {
                        sum[l] = multiply_add::<T, FUSED>(a[l], b[l], sum[l]);
                    }
                }
            }
            Kind::MinusLaneLane => {
                for &[a, b] in terms {
                    let (a, b) = (&slots[a as usize], &slots[b as usize]);
                    // Rounded twice, so that equal products leave exactly nothing.
                    for l in 0..L {
                        sum[l] -= a[l] * b[l];
                    }
                }
            }
            Kind::Lane => {
                for &[a, _] in terms {
                    let a = &slots[a as usize];
                    for l in 0..L {
                        sum[l] += a[l];
                    }
                }
            }
            Kind::MinusLane => {
                for &[a, _] in terms {
                    let a = &slots[a as usize];
                    for l in 0..L {
                        sum[l] -= a[l];
                    }
                }
            }
            Kind::Uniform => {
                for &[u, _] in terms {
                    let u = uniforms[u as usize];
                    for lane in &mut sum {
                        *lane += u;
                    }
                }
            }
        }
    }
    sum
}

/// The sum of the first `active` lanes.
#[inline(always)]
pub(super) fn sum_lanes<T: Real, const L: usize>(mut lanes: [T; L], active: usize) -> T {
    if active < L {
        return lanes[1..active].iter().fold(lanes[0], |sum, &lane| sum + lane);
    }
    let mut width = L;
    while width > 1 {
        width /= 2;
        for l in 0..width {
            let upper = lanes[l + width];
            lanes[l] += upper;
        }
    }
    lanes[0]
}

/// Adds the scalar product over the lanes of each pair of slots to a sum.
#[inline(always)]
pub(super) fn products<T: Real, const L: usize, const FUSED: bool>(
    pairs: &[[u32; 2]],
    slots: &[[T; L]],
    active: usize,
    sums: &mut [T],
) {
    if active < L || L < 8 {
        for (&[a, b], sum) in pairs.iter().zip(sums) {
            let (a, b) = (&slots[a as usize], &slots[b as usize]);
            for l in 0..active {
                *sum = multiply_add::<T, FUSED>(a[l], b[l], *sum);
            }
        }
        return;
    }
    // Some pairs at a time through memory: that keeps the products in vectors of full width.
    let mut partial = [[T::from(0.0); 8]; 16];
    for (pairs, sums) in pairs.chunks(16).zip(sums.chunks_mut(16)) {
        for (partial, &[a, b]) in partial.iter_mut().zip(pairs) {
            let (a, b) = (&slots[a as usize], &slots[b as usize]);
            let ((a, _), (b, _)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
            let mut lanes = [T::from(0.0); 8];
            for (a, b) in a.iter().zip(b) {
                for l in 0..8 {
                    lanes[l] = multiply_add::<T, FUSED>(a[l], b[l], lanes[l]);
                }
            }
            *partial = lanes;
        }
        for ((sum, partial), _) in sums.iter_mut().zip(&partial).zip(pairs) {
            *sum += sum_lanes(*partial, 8);
        }
    }
}

/// $a^n$; by repeated squaring where that gives the same bits as [`Real::powi`].
#[inline(always)]
pub(super) fn powi<T: Replay, const L: usize>(a: &[T; L], n: i32) -> [T; L] {
    if T::TANGENTS > 0 {
        return map1(a, |a| a.powi(n));
    }
    let mut power = [T::from(1.0); L];
    let mut square = *a;
    let mut rest = n.unsigned_abs();
    loop {
        if rest % 2 == 1 {
            power = map2(&power, &square, |power, square| power * square);
        }
        rest /= 2;
        if rest == 0 {
            break;
        }
        square = map1(&square, |square| square * square);
    }
    if n < 0 { map1(&power, |power| 1.0 / power) } else { power }
}
