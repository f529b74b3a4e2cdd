//! The gradient descent that `particle` and `saddle` minimise by.

use std::array;

use calculus_core::Real;

/// A gradient or a step that is no longer than this ends the descent.
const TOLERANCE: f64 = 1e-5;
/// The first step size.
const FIRST_RATE: f64 = 1e-5;
/// After as many successful steps in succession the step size is doubled.
const SUCCESSES: u32 = 10;

/// $\lVert v \rVert$
fn norm<T: Real, const N: usize>(v: [T; N]) -> T {
    v.map(|v| v * v).into_iter().sum::<T>().sqrt()
}

/// Where gradient descent from `start` ends; NaN where a gradient is not finite.
///
/// The step size is doubled after ten steps that made the value smaller, and halved at one that
/// did not.
pub(super) fn argmin<T: Real, const N: usize>(
    mut value: impl FnMut([T; N]) -> T,
    mut gradient: impl FnMut([T; N]) -> [T; N],
    start: [T; N],
) -> [T; N] {
    let mut x = start;
    let (mut fx, mut g) = (value(x), gradient(x));
    let mut rate = FIRST_RATE;
    let mut successes = 0;
    loop {
        let length = norm(g);
        if length <= TOLERANCE {
            return x;
        }
        if length.partial_cmp(&f64::INFINITY).is_none_or(|order| order.is_ge()) {
            return [T::from(f64::NAN); N];
        }
        if successes == SUCCESSES {
            rate *= 2.0;
            successes = 0;
            continue;
        }
        let next: [T; N] = array::from_fn(|i| x[i] - rate * g[i]);
        if norm::<T, N>(array::from_fn(|i| x[i] - next[i])) <= TOLERANCE {
            return x;
        }
        let f_next = value(next);
        if f_next < fx {
            (x, fx, g) = (next, f_next, gradient(next));
            successes += 1;
        } else {
            rate /= 2.0;
            successes = 0;
        }
    }
}
