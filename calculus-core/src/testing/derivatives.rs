//! Derivatives against differences.

use super::close::largest;
use super::directions::{directions, dot};
use super::failure::{Failure, compare};
use crate::{Differences, Estimate, Scheme};

/// The number of directions along which products with a Jacobian are checked.
const DIRECTIONS: usize = 4;
/// A tolerance is this many times the estimated error of the reference.
const SAFETY: f64 = 10.0;
/// What the code under test may lose itself, relative to the largest entry.
const RELATIVE: f64 = 1e-12;

/// Checks a gradient of `f` at `x` against Ridders differences of its values.
///
/// Cost: one gradient and 10 to 25 values per coordinate.
///
/// # Errors
/// [`Failure::Mismatch`] with the worst entry, [`Failure::Length`], and
/// [`Failure::Inconclusive`] where the values have no consistent differences, as at a kink.
///
/// # Examples
/// ```
/// use calculus_core::testing::check_gradient;
/// check_gradient(|x| x[0].exp() * x[1], |x| vec![x[0].exp() * x[1], x[0].exp()], &[0.5, 3.0])?;
/// # Ok::<(), calculus_core::testing::Failure>(())
/// ```
pub fn check_gradient(
    f: impl FnMut(&[f64]) -> f64,
    mut gradient: impl FnMut(&[f64]) -> Vec<f64>,
    x: &[f64],
) -> Result<(), Failure> {
    let what = "gradient";
    let reference = Differences::new(Scheme::Ridders).gradient(f, x);
    against(what, &gradient(x), reference.map_err(|error| Failure::Inconclusive { what, error })?)
}

/// Checks a Hessian (row-major, $n \times n$) at `x` against Ridders differences of the gradient,
/// and that it is symmetric.
///
/// Cost: one Hessian and 10 to 25 gradients per coordinate.
///
/// # Errors
/// As [`check_gradient`]; the index is that of the row-major entry.
///
/// # Examples
/// ```
/// use calculus_core::testing::check_hessian;
/// // f(x) = x0^2 x1
/// check_hessian(
///     |x| vec![2.0 * x[0] * x[1], x[0] * x[0]],
///     |x| vec![2.0 * x[1], 2.0 * x[0], 2.0 * x[0], 0.0],
///     &[3.0, 2.0],
/// )?;
/// # Ok::<(), calculus_core::testing::Failure>(())
/// ```
pub fn check_hessian(
    gradient: impl FnMut(&[f64]) -> Vec<f64>,
    mut hessian: impl FnMut(&[f64]) -> Vec<f64>,
    x: &[f64],
) -> Result<(), Failure> {
    let what = "Hessian";
    let n = x.len();
    let reference = Differences::new(Scheme::Ridders).jacobian(gradient, x);
    let found = hessian(x);
    against(what, &found, reference.map_err(|error| Failure::Inconclusive { what, error })?)?;
    let transposed: Vec<f64> = (0..n * n).map(|k| found[(k % n) * n + k / n]).collect();
    let tolerance = RELATIVE * largest(&found);
    compare("symmetry of the Hessian", &found, &transposed, |_| tolerance)
}

/// Checks a pushforward $v \mapsto J(x) v$ of `f: R^n -> R^m`, called as `pushforward(x, v)`,
/// against Ridders differences of $t \mapsto f(x + tv)$ in four directions.
///
/// # Errors
/// As [`check_gradient`]; the index is that of the entry of $Jv$.
///
/// # Examples
/// ```
/// use calculus_core::testing::check_pushforward;
/// let f = |x: &[f64]| vec![x[0] * x[1], x[0].sin()];
/// let pushforward =
///     |x: &[f64], v: &[f64]| vec![v[0] * x[1] + x[0] * v[1], x[0].cos() * v[0]];
/// check_pushforward(f, pushforward, &[0.3, 2.0])?;
/// # Ok::<(), calculus_core::testing::Failure>(())
/// ```
pub fn check_pushforward(
    mut f: impl FnMut(&[f64]) -> Vec<f64>,
    mut pushforward: impl FnMut(&[f64], &[f64]) -> Vec<f64>,
    x: &[f64],
) -> Result<(), Failure> {
    let what = "pushforward";
    for v in directions(x.len(), DIRECTIONS, 1) {
        let along = |t: &[f64]| f(&x.iter().zip(&v).map(|(x, v)| x + t[0] * v).collect::<Vec<_>>());
        let reference = Differences::new(Scheme::Ridders).jacobian(along, &[0.0]);
        let reference = reference.map_err(|error| Failure::Inconclusive { what, error })?;
        against(what, &pushforward(x, &v), reference)?;
    }
    Ok(())
}

/// Checks a pullback $w \mapsto J(x)^\top w$ of `f: R^n -> R^m`, called as `pullback(x, w)`,
/// against Ridders differences of $\langle w, f\rangle$ in every coordinate, for four cotangents.
///
/// # Errors
/// As [`check_gradient`]; the index is that of the entry of $J^\top w$.
///
/// # Examples
/// ```
/// use calculus_core::testing::check_pullback;
/// let f = |x: &[f64]| vec![x[0] * x[1], x[0].sin()];
/// let pullback = |x: &[f64], w: &[f64]| vec![x[1] * w[0] + x[0].cos() * w[1], x[0] * w[0]];
/// check_pullback(f, pullback, &[0.3, 2.0])?;
/// # Ok::<(), calculus_core::testing::Failure>(())
/// ```
pub fn check_pullback(
    mut f: impl FnMut(&[f64]) -> Vec<f64>,
    mut pullback: impl FnMut(&[f64], &[f64]) -> Vec<f64>,
    x: &[f64],
) -> Result<(), Failure> {
    let what = "pullback";
    for w in directions(f(x).len(), DIRECTIONS, 2) {
        let reference = Differences::new(Scheme::Ridders).gradient(|x| dot(&w, &f(x)), x);
        let reference = reference.map_err(|error| Failure::Inconclusive { what, error })?;
        against(what, &pullback(x, &w), reference)?;
    }
    Ok(())
}

/// Checks that a pushforward and a pullback are adjoint,
/// $\langle w, Jv\rangle = \langle J^\top w, v\rangle$, to $10^{-12}$ of the size of the terms, for
/// four pairs of directions; `outputs` is the dimension of $w$.
///
/// Needs no differences, so it holds near singularities as well; it does not show that either of
/// the two is right.
///
/// # Errors
/// [`Failure::Mismatch`] with the two products, and [`Failure::Length`].
///
/// # Examples
/// ```
/// use calculus_core::testing::check_adjoint;
/// let pushforward = |x: &[f64], v: &[f64]| vec![v[0] * x[1] + x[0] * v[1]];
/// let pullback = |x: &[f64], w: &[f64]| vec![x[1] * w[0], x[0] * w[0]];
/// check_adjoint(pushforward, pullback, &[0.3, 2.0], 1)?;
/// # Ok::<(), calculus_core::testing::Failure>(())
/// ```
pub fn check_adjoint(
    mut pushforward: impl FnMut(&[f64], &[f64]) -> Vec<f64>,
    mut pullback: impl FnMut(&[f64], &[f64]) -> Vec<f64>,
    x: &[f64],
    outputs: usize,
) -> Result<(), Failure> {
    let pairs =
        directions(x.len(), DIRECTIONS, 1).into_iter().zip(directions(outputs, DIRECTIONS, 2));
    for (v, w) in pairs {
        let length = |what, found: &[f64], expected| match found.len() {
            found if found != expected => Err(Failure::Length { what, found, expected }),
            _ => Ok(()),
        };
        let tangent = pushforward(x, &v);
        length("pushforward", &tangent, outputs)?;
        let cotangent = pullback(x, &w);
        length("pullback", &cotangent, x.len())?;
        let size = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a * b).abs()).sum::<f64>();
        let tolerance = RELATIVE * size(&w, &tangent).max(size(&cotangent, &v));
        compare("adjoint identity", &[dot(&cotangent, &v)], &[dot(&w, &tangent)], |_| tolerance)?;
    }
    Ok(())
}

/// Compares with a reference to ten times its error, plus $10^{-12}$ of its largest entry.
fn against(
    what: &'static str,
    found: &[f64],
    reference: Estimate<Vec<f64>>,
) -> Result<(), Failure> {
    let floor = RELATIVE * largest(&reference.value);
    compare(what, found, &reference.value, |i| SAFETY * reference.error[i] + floor)
}
