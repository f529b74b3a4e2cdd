//! Divided differences by integrals of derivatives.
//!
//! $$f[a, b] = \int_0^1 f'(a + t(b - a))\,dt, \qquad
//! f[a, b, c] = \frac{b - a}{c - a} \int_0^1 t f''(a + t(b - a))\,dt
//! + \frac{c - b}{c - a} \int_0^1 t f''(c - t(c - b))\,dt$$
//!
//! for $a \le b \le c$. Nothing is subtracted, so the error does not depend on the gap; but a rule of
//! given order needs points that are close on the scale on which $f$ varies. The difference of two
//! rules tells: where it is larger than what rounding costs the quotient, the quotient is taken.
//!
//! Source: C. de Boor, "Divided differences", *Surveys in Approximation Theory* 1, 2005, sections 9
//! and 12 (Genocchi-Hermite and the Peano kernel).

use super::SpectralFunction;

/// The positive nodes and the weights of Gauss's rule with 8 points on $[-1, 1]$.
const GAUSS_8: [(f64, f64); 4] = [
    (0.183_434_642_495_649_8, 0.362_683_783_378_362),
    (0.525_532_409_916_329, 0.313_706_645_877_887_27),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_48),
    (0.960_289_856_497_536_3, 0.101_228_536_290_376_26),
];
/// The same with 12 points.
const GAUSS_12: [(f64, f64); 6] = [
    (0.125_233_408_511_468_9, 0.249_147_045_813_402_77),
    (0.367_831_498_998_180_2, 0.233_492_536_538_354_8),
    (0.587_317_954_286_617_5, 0.203_167_426_723_065_92),
    (0.769_902_674_194_304_7, 0.160_078_328_543_346_23),
    (0.904_117_256_370_474_8, 0.106_939_325_995_318_43),
    (0.981_560_634_246_719_2, 0.047_175_336_386_511_83),
];

/// $\int_0^1 g(t)\,dt$.
fn integral(rule: &[(f64, f64)], g: impl Fn(f64) -> f64) -> f64 {
    let pair =
        |&(node, weight): &(f64, f64)| 0.5 * weight * (g(0.5 - 0.5 * node) + g(0.5 + 0.5 * node));
    rule.iter().map(pair).sum()
}

/// The better of the integral and the quotient, the latter with its rounding error.
fn better(integral: impl Fn(&[(f64, f64)]) -> f64, (quotient, rounding): (f64, f64)) -> f64 {
    let fine = integral(&GAUSS_12);
    let uncertainty = (fine - integral(&GAUSS_8)).abs();
    // Not a number compares as worse.
    if uncertainty <= rounding || !quotient.is_finite() { fine } else { quotient }
}

pub(super) fn divided_difference<F: SpectralFunction>(f: &F, a: f64, b: f64) -> f64 {
    if a == b {
        return f.derivative(a);
    }
    let (fa, fb) = (f.value(a), f.value(b));
    let quotient = (fb - fa) / (b - a);
    let rounding = f64::EPSILON * (fa.abs() + fb.abs()) / (b - a).abs();
    better(|rule| integral(rule, |t| f.derivative(a + t * (b - a))), (quotient, rounding))
}

pub(super) fn second_divided_difference<F: SpectralFunction>(f: &F, a: f64, b: f64, c: f64) -> f64 {
    let mut points = [a, b, c];
    points.sort_by(f64::total_cmp);
    let [a, b, c] = points;
    if a == c {
        return 0.5 * f.second_derivative(a);
    }
    let (left, right) = (f.divided_difference(a, b), f.divided_difference(b, c));
    let quotient = (right - left) / (c - a);
    let rounding = f64::EPSILON * (left.abs() + right.abs()) / (c - a);
    let kernel = |rule: &[(f64, f64)]| {
        let rising = integral(rule, |t| t * f.second_derivative(a + t * (b - a)));
        let falling = integral(rule, |t| t * f.second_derivative(c - t * (c - b)));
        (b - a) / (c - a) * rising + (c - b) / (c - a) * falling
    };
    better(kernel, (quotient, rounding))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::spectral_function::{Exp, Inverse, InverseSqrt, Sqrt};

    #[test]
    fn rules_integrate_polynomials_of_their_degree() {
        for degree in 0..24 {
            let found = integral(&GAUSS_12, |t| t.powi(degree)) * f64::from(degree + 1);
            assert!((found - 1.0).abs() < 1e-14, "{degree}: {found}");
            if degree < 16 {
                let found = integral(&GAUSS_8, |t| t.powi(degree)) * f64::from(degree + 1);
                assert!((found - 1.0).abs() < 1e-14, "{degree}: {found}");
            }
        }
    }

    /// The integrals and quotients against the closed forms, at gaps of all sizes.
    #[test]
    fn the_fallback_keeps_the_digits_at_any_gap() {
        fn compare<F: SpectralFunction>(f: &F) {
            for a in [0.01, 0.7, 3.0] {
                for gap in [0.0, 1e-16, 1e-12, 1e-8, 1e-4, 0.01, 0.1, 0.5, 1.0, 3.0, 10.0] {
                    let b = a + gap;
                    let (found, exact) = (divided_difference(f, a, b), f.divided_difference(a, b));
                    assert!((found / exact - 1.0).abs() < 2e-14, "{a} {b}: {found} {exact}");
                    for c in [a, b, a + 0.3 * gap, a + 2.0 * gap] {
                        let found = second_divided_difference(f, a, b, c);
                        let exact = f.second_divided_difference(b, c, a);
                        let error = (found / exact - 1.0).abs();
                        assert!(error < 1e-13, "{a} {b} {c}: {found} {exact}");
                    }
                }
            }
        }
        compare(&Exp);
        compare(&Sqrt);
        compare(&Inverse);
        compare(&InverseSqrt);
    }
}
