//! Gradients in forward mode, some directions at a time.

use core::array;

use calculus_core::Objective;

use crate::Dual;
use crate::forward::Scope;

/// The gradient $\nabla f(x)$ in forward mode, eight directions at a time.
///
/// Costs about $n/8$ evaluations on SIMD duals and records nothing: the better choice for up to a
/// few dozen variables. [`forward_gradient_chunked`] takes another number of directions,
/// [`Differentiable::forward_gradient`](crate::Differentiable::forward_gradient) picks it, and
/// [`forward_value_and_gradient`] is faster still where the number of variables is known to the
/// compiler.
///
/// # Examples
/// ```
/// use autodiff::forward_gradient;
/// let g = forward_gradient(|x| x[0] * x[1] + x[2], &[2.0, 3.0, 4.0]);
/// assert_eq!(g, [3.0, 2.0, 1.0]);
/// ```
#[track_caller]
pub fn forward_gradient(f: impl Fn(&[Dual<f64, 8>]) -> Dual<f64, 8>, x: &[f64]) -> Vec<f64> {
    forward_gradient_chunked(f, x)
}

/// The gradient $\nabla f(x)$ in forward mode, `N` directions at a time.
///
/// Costs $\lceil n/N\rceil$ evaluations on duals with `N` tangents. Up to 16 variables nothing but
/// the result is allocated.
///
/// # Examples
/// ```
/// use autodiff::{Dual, forward_gradient_chunked};
/// let g = forward_gradient_chunked(|x: &[Dual<f64, 2>]| x[0] * x[1] + x[2], &[2.0, 3.0, 4.0]);
/// assert_eq!(g, [3.0, 2.0, 1.0]);
/// ```
#[track_caller]
pub fn forward_gradient_chunked<const N: usize>(
    f: impl Fn(&[Dual<f64, N>]) -> Dual<f64, N>,
    x: &[f64],
) -> Vec<f64> {
    const { assert!(N > 0, "a chunk has at least one direction") };
    let mut gradient = vec![0.0; x.len()];
    let scope = Scope::fresh();
    // The point of the first chunk.
    let seed = |i: usize| match x.get(i) {
        Some(&x) if i < N => Dual::variable(x, i).with_scope(scope),
        Some(&x) => Dual::constant(x),
        None => Dual::constant(0.0),
    };
    // One of few variables stays on the stack.
    match x.len() {
        n @ 0..=4 => chunks(&f, x, &mut array::from_fn::<_, 4, _>(seed)[..n], &mut gradient, scope),
        n @ 5..=8 => chunks(&f, x, &mut array::from_fn::<_, 8, _>(seed)[..n], &mut gradient, scope),
        n @ 9..=16 => {
            chunks(&f, x, &mut array::from_fn::<_, 16, _>(seed)[..n], &mut gradient, scope);
        }
        n => chunks(&f, x, &mut (0..n).map(seed).collect::<Vec<_>>(), &mut gradient, scope),
    }
    gradient
}

/// The gradient, from the point of the first chunk.
#[inline(never)]
#[track_caller]
fn chunks<const N: usize>(
    f: &impl Fn(&[Dual<f64, N>]) -> Dual<f64, N>,
    x: &[f64],
    point: &mut [Dual<f64, N>],
    gradient: &mut [f64],
    scope: Scope,
) {
    for (chunk, gradient) in gradient.chunks_mut(N).enumerate() {
        let start = chunk * N;
        if start > 0 {
            let passed = start - N..start;
            for (dual, &x) in point[passed.clone()].iter_mut().zip(&x[passed]) {
                *dual = Dual::constant(x);
            }
            let variables = point[start..].iter_mut().zip(&x[start..]).take(N);
            for (k, (dual, &x)) in variables.enumerate() {
                *dual = Dual::variable(x, k).with_scope(scope);
            }
        }
        let y = f(point).leave(scope);
        gradient.copy_from_slice(&y.tangent()[..gradient.len()]);
    }
}

/// The value $f(x)$ and the gradient $\nabla f(x)$ at a point whose number of variables is known to
/// the compiler, by one evaluation with as many tangents.
///
/// The fastest way for up to about 16 variables: it allocates nothing, and no tangent is computed
/// that is not asked for.
///
/// # Examples
/// ```
/// use autodiff::forward_value_and_gradient;
/// use calculus_core::Real;
///
/// fn rosenbrock<T: Real>(x: &[T]) -> T {
///     100.0 * (x[1] - x[0] * x[0]).powi(2) + (1.0 - x[0]).powi(2)
/// }
/// let (value, gradient) = forward_value_and_gradient(rosenbrock, &[0.0, 1.0]);
/// assert_eq!((value, gradient), (101.0, [-2.0, 200.0]));
/// ```
#[inline]
#[track_caller]
pub fn forward_value_and_gradient<const N: usize>(
    f: impl FnOnce(&[Dual<f64, N>]) -> Dual<f64, N>,
    x: &[f64; N],
) -> (f64, [f64; N]) {
    let scope = Scope::fresh();
    let point: [_; N] = array::from_fn(|i| Dual::variable(x[i], i).with_scope(scope));
    let y = f(&point).leave(scope);
    (y.primal(), y.tangent())
}

/// The gradient of an objective, with the number of directions at a time for which the fewest
/// tangents are computed that are not asked for.
#[track_caller]
pub(super) fn objective_gradient<O: Objective + ?Sized>(objective: &O, x: &[f64]) -> Vec<f64> {
    match directions_at_a_time(x.len()) {
        1 => forward_gradient_chunked::<1>(|x| objective.value(x), x),
        2 => forward_gradient_chunked::<2>(|x| objective.value(x), x),
        3 => forward_gradient_chunked::<3>(|x| objective.value(x), x),
        4 => forward_gradient_chunked::<4>(|x| objective.value(x), x),
        6 => forward_gradient_chunked::<6>(|x| objective.value(x), x),
        8 => forward_gradient_chunked::<8>(|x| objective.value(x), x),
        12 => forward_gradient_chunked::<12>(|x| objective.value(x), x),
        _ => forward_gradient_chunked::<16>(|x| objective.value(x), x),
    }
}

/// The numbers of directions that objectives are compiled for.
const SIZES: [usize; 8] = [1, 2, 3, 4, 6, 8, 12, 16];

/// What the value costs in an evaluation, in tangents: transcendental functions cost as many.
const VALUE: usize = 8;

/// The number of directions with the least work: each evaluation computes the value again, and $n$ need
/// not be a multiple.
fn directions_at_a_time(n: usize) -> usize {
    let work = |&size: &usize| n.div_ceil(size) * (size + VALUE);
    SIZES.into_iter().min_by_key(work).expect("there are sizes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_tangents_are_computed_in_vain() {
        let sizes = [1, 2, 3, 4, 5, 6, 7, 9, 12, 13, 16, 17, 20, 24, 32, 33, 1000];
        let expected = [1, 2, 3, 4, 6, 6, 8, 12, 12, 16, 16, 12, 12, 12, 16, 12, 16];
        assert_eq!(sizes.map(directions_at_a_time), expected);
    }

    #[test]
    fn each_chunk_varies_its_own_variables() {
        for n in [0, 1, 3, 4, 5, 8, 11, 16, 17] {
            let x: Vec<f64> = (0..n).map(f64::from).collect();
            let squares = |x: &[Dual<f64, 3>]| x.iter().map(|&x| x * x).sum();
            let expected: Vec<f64> = x.iter().map(|x| 2.0 * x).collect();
            assert_eq!(forward_gradient_chunked(squares, &x), expected, "{n} variables");
        }
    }
}
