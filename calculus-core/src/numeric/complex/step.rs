//! Derivatives by one evaluation at a complex point.

use super::number::{Complex, INFINITESIMAL};
use crate::Error;

/// The step relative to $|x|$. Derivatives are seen down to $10^{-187}$ before the imaginary part
/// underflows, and imaginary parts up to $10^{30}$ steps are infinitesimal to [`Complex`].
const STEP: f64 = 3.872_591_914_849_318_3e-121; // 2^-400

/// The step at `x`: a power of 2, so that dividing by it is exact, and itself infinitesimal.
fn step(x: f64) -> f64 {
    let scale = if x == 0.0 { 1.0 } else { x.abs().clamp(STEP, INFINITESIMAL / STEP) };
    STEP * scale.log2().floor().exp2()
}

/// The derivative of `f` at `x` by a complex step, as accurate as the values of `f`.
///
/// $f'(x) = \operatorname{Im} f(x + ih)/h$ with $h = 2^{-400}|x|$, which for $x = 0$ is $2^{-400}$ and
/// at most $2^{-300}$. `f` is a closure over [`Complex`] or any function written over [`Real`](crate::Real). Costs one evaluation
/// at a complex point.
///
/// There is no truncation and no cancellation, and so no error estimate: the result has the rounding
/// errors of evaluating a formula of the derivative. What a function computes from the
/// [`value`](crate::Real::value) of its argument is a constant. At kinks and jumps the result is that
/// of the table of [elementary functions](crate::elementary): 0 for $|x|$ at 0.
///
/// The imaginary part underflows where $h|f'(x)|$, here or of an intermediate result, is below
/// $10^{-308}$, so for $x$ near 1 a slope below $10^{-187}$: the derivative is then 0, also if a later
/// factor would have made it count.
///
/// # Errors
/// [`Error::NonFinitePoint`] if `x` is infinite or NaN, [`Error::NonFiniteValue`] where the value of
/// `f` is, [`Error::NotConverged`] where the derivative is, as for $\sqrt x$ at 0.
///
/// # Examples
/// ```
/// use calculus_core::Real;
/// use calculus_core::numeric::complex_step;
///
/// // Squire and Trapp (1998)
/// fn f<T: Real>(x: T) -> T {
///     x.exp() / (x.sin().powi(3) + x.cos().powi(3)).sqrt()
/// }
/// let slope = complex_step(f, 1.5)?;
/// assert!((slope / 4.053427893898621 - 1.0).abs() < 1e-15);
/// # Ok::<(), calculus_core::Error>(())
/// ```
pub fn complex_step(mut f: impl FnMut(Complex) -> Complex, x: f64) -> Result<f64, Error> {
    complex_step_gradient(|z| f(z[0]), &[x]).map(|gradient| gradient[0])
}

/// The gradient of `f: R^n -> R` at `x` by complex steps, coordinate by coordinate.
///
/// Costs $n$ evaluations at complex points.
///
/// # Errors
/// As [`complex_step`]; the error names the coordinate.
///
/// # Examples
/// ```
/// use calculus_core::{Objective, Real};
/// use calculus_core::numeric::complex_step_gradient;
///
/// struct Quadratic { weights: [f64; 2] }
/// impl Objective for Quadratic {
///     fn value<T: Real>(&self, x: &[T]) -> T {
///         x.iter().zip(self.weights).map(|(&x, w)| w * x * x).sum()
///     }
/// }
/// let objective = Quadratic { weights: [1.0, 3.0] };
/// let gradient = complex_step_gradient(|x| objective.value(x), &[1.0, 2.0])?;
/// assert_eq!(gradient, [2.0, 12.0]);
/// # Ok::<(), calculus_core::Error>(())
/// ```
pub fn complex_step_gradient(
    mut f: impl FnMut(&[Complex]) -> Complex,
    x: &[f64],
) -> Result<Vec<f64>, Error> {
    complex_step_jacobian(|z| [f(z)], x)
}

/// The Jacobian $J_{ij} = \partial f_i/\partial x_j$ of `f: R^n -> R^m` at `x` by complex steps,
/// row-major, $m \times n$.
///
/// Costs $n$ evaluations at complex points. `f` returns a vector or an array.
///
/// # Errors
/// As [`complex_step`]; the error names the coordinate.
///
/// # Panics
/// If `f` changes the length of its result.
///
/// # Examples
/// ```
/// use calculus_core::Real;
/// use calculus_core::numeric::complex_step_jacobian;
/// fn polar<T: Real>(x: &[T]) -> [T; 2] { [x[0] * x[1].cos(), x[0] * x[1].sin()] }
/// assert_eq!(complex_step_jacobian(polar, &[2.0, 0.0])?, [1.0, 0.0, 0.0, 2.0]);
/// # Ok::<(), calculus_core::Error>(())
/// ```
#[track_caller]
pub fn complex_step_jacobian<V: AsRef<[Complex]>>(
    mut f: impl FnMut(&[Complex]) -> V,
    x: &[f64],
) -> Result<Vec<f64>, Error> {
    for (coordinate, &x) in x.iter().enumerate() {
        if !x.is_finite() {
            return Err(Error::NonFinitePoint { coordinate, x });
        }
    }
    let n = x.len();
    let mut point: Vec<Complex> = x.iter().copied().map(Complex::from).collect();
    let mut jacobian: Vec<f64> = Vec::new();
    for coordinate in 0..n {
        let step = step(x[coordinate]);
        point[coordinate].im = step;
        let values = f(&point);
        let values = values.as_ref();
        if coordinate == 0 {
            jacobian.resize(values.len() * n, 0.0);
        }
        assert_eq!(
            values.len() * n,
            jacobian.len(),
            "the function changed the length of its result"
        );
        for (i, z) in values.iter().enumerate() {
            let slope = z.im / step;
            if !z.re.is_finite() {
                return Err(Error::NonFiniteValue { coordinate, x: x[coordinate], value: z.re });
            }
            if !slope.is_finite() {
                return Err(Error::NotConverged { coordinate, value: slope, error: f64::INFINITY });
            }
            jacobian[i * n + coordinate] = slope;
        }
        point[coordinate].im = 0.0;
    }
    Ok(jacobian)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Real;
    use crate::elementary::{Binary, Unary};

    /// The slopes of the complex step are those of the table, which has them from other formulas.
    #[test]
    fn every_row_has_the_slope_of_the_table() {
        let points = [
            -40.0, -3.7, -1.0, -0.6, -1e-9, 0.0, 1e-300, 1e-9, 0.3, 0.9999, 1.0, 1.8, 25.0, 1e8,
            1e200,
        ];
        for &row in Unary::ALL {
            for x in points {
                let value = row.value(x);
                let exact = row.derivative(x, value);
                let found = complex_step(|z| z.apply(row), x);
                if !value.is_finite() || !exact.is_finite() {
                    assert!(found.is_err(), "{}({x}): {found:?}", row.name());
                    continue;
                }
                let found = found.unwrap();
                // The slopes of some formulas lose a few units where the table is careful; a slope
                // below 1e-187 underflows.
                let close = (found - exact).abs()
                    <= 64.0 * f64::EPSILON * exact.abs() + 1e-186 / x.abs().max(1.0);
                assert!(close, "{}'({x}): {found:e}, {exact:e}", row.name());
                assert_eq!(
                    Complex::new(x, step(x)).apply(row).re.to_bits(),
                    value.to_bits(),
                    "{}({x})",
                    row.name()
                );
            }
        }
    }

    #[test]
    fn every_binary_row_has_the_partials_of_the_table() {
        let points = [
            (0.3, 1.7),
            (2.0, -0.4),
            (-1.5, 2.0),
            (-1.5, -3.0),
            (1.0, 1.0),
            (0.0, 2.5),
            (3.0, 0.0),
            (3e200, 4e200),
            (0.0, 0.0),
        ];
        for &row in Binary::ALL {
            for (a, b) in points {
                let value = row.value(a, b);
                let (exact_a, exact_b) = row.partials(a, b, value);
                for (exact, found) in [
                    (exact_a, complex_step(|z| z.combine(row, Complex::from(b)), a)),
                    (exact_b, complex_step(|z| Complex::from(a).combine(row, z), b)),
                ] {
                    if !value.is_finite() || !exact.is_finite() {
                        assert!(found.is_err(), "{}({a}, {b}): {found:?}", row.name());
                        continue;
                    }
                    let found = found.unwrap();
                    let close = (found - exact).abs() <= 16.0 * f64::EPSILON * exact.abs();
                    assert!(close, "{}({a}, {b}): {found:e}, {exact:e}", row.name());
                }
            }
        }
    }

    #[test]
    fn powers_have_the_slopes_of_real_powers() {
        for x in [-2.5_f64, -1e-3, 0.0, 0.7, 1e200] {
            for n in [-3, -1, 0, 1, 2, 3, 10] {
                let exact = crate::elementary::powi_derivative(x, n);
                let found = complex_step(|z| z.powi(n), x);
                if exact.is_finite() && x.powi(n).is_finite() {
                    let found = found.unwrap();
                    assert!(
                        (found - exact).abs() <= 16.0 * f64::EPSILON * exact.abs(),
                        "{x}^{n}: {found:e}"
                    );
                } else {
                    assert!(found.is_err(), "{x}^{n}: {found:?}");
                }
            }
        }
        assert_eq!(complex_step(|z| z.powf(2.5), 4.0), Ok(20.0));
        assert!(complex_step(|z| z.powf(0.5), -1.0).is_err());
        assert!(
            (complex_step(|z| z.pow(z), 1.3).unwrap() / (1.3_f64.powf(1.3) * (1.0 + 1.3_f64.ln()))
                - 1.0)
                .abs()
                < 1e-15
        );
        assert_eq!(complex_step(|z| z.polygamma(1), 1.0), Ok(Real::polygamma(1.0, 2)));
        assert_eq!(complex_step(|z| z.mul_add(z, 3.0 * z), 2.0), Ok(7.0));
        assert_eq!(
            complex_step(|z| [z, 2.0 * z, z].into_iter().product::<Complex>(), 1.0),
            Ok(6.0)
        );
    }

    #[test]
    fn points_without_a_derivative_are_those_of_the_table() {
        assert_eq!(complex_step(Real::abs, 0.0), Ok(0.0));
        assert_eq!(complex_step(|z| z.max(0.0), 0.0), Ok(0.5));
        assert_eq!(complex_step(|z| (z * z).sqrt(), 0.0), Ok(0.0));
        assert_eq!(
            complex_step(|z| (z * z + (z - 1.0) * (z - 1.0)).sqrt() - z.hypot(z - 1.0), 0.0),
            Ok(0.0)
        );
        assert_eq!(complex_step(|z| z * z * z, 0.0), Ok(0.0));
        assert!(matches!(complex_step(Real::sqrt, 0.0), Err(Error::NotConverged { .. })));
        assert!(matches!(complex_step(Real::ln, 0.0), Err(Error::NonFiniteValue { .. })));
        assert!(matches!(complex_step(Real::ln, -1.0), Err(Error::NonFiniteValue { .. })));
        assert!(matches!(complex_step(|z| 1.0 / z, 0.0), Err(Error::NonFiniteValue { .. })));
        let infinite = complex_step_gradient(|z| z[0], &[1.0, f64::NAN]);
        assert!(matches!(infinite, Err(Error::NonFinitePoint { coordinate: 1, .. })));
        assert_eq!(complex_step_gradient(|_| Complex::from(1.0), &[]), Ok(vec![]));
        assert_eq!(complex_step_jacobian(|_| vec![], &[1.0]), Ok(vec![]));
    }

    #[test]
    fn extreme_points_keep_their_digits() {
        for x in [1e150, 1e-200, 1e-300, 5.0] {
            assert!(
                (complex_step(Real::ln, x).unwrap() * x - 1.0).abs() < 4.0 * f64::EPSILON,
                "{x}"
            );
        }
        let gaussian = complex_step(|z| (-z * z).exp(), 20.0).unwrap();
        assert!((gaussian / (-40.0 * (-400.0_f64).exp()) - 1.0).abs() < 1e-15, "{gaussian:e}");
    }

    #[test]
    #[should_panic(expected = "the function changed the length of its result")]
    fn a_result_of_varying_length_is_a_broken_contract() {
        let mut length = 0;
        let _ = complex_step_jacobian(
            |_| {
                length += 1;
                vec![Complex::from(1.0); length]
            },
            &[1.0, 2.0],
        );
    }
}
