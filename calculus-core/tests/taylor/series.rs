//! Series against numbers from 60-digit arithmetic, closed forms, and each other.

use calculus_core::elementary::Unary;
use calculus_core::taylor::Series;
use calculus_core::{Error, F32};
use proptest::prelude::*;

/// The largest $|a_k - b_k|$ relative to $|b_k|$, or to the hundredth part of the largest $|b_k|$
/// where $b_k$ is smaller than that: a coefficient that cancels has the accuracy of its terms.
fn distance(found: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let scale = expected.iter().fold(0.0, |m: f64, c| m.max(c.abs()));
    let errors = found.iter().zip(expected).map(|(a, b)| {
        let error = (a - b).abs() / b.abs().max(1e-2 * scale);
        if a == b { 0.0 } else { error }
    });
    // The maximum of f64 would drop a NaN.
    errors.fold(0.0, |m, e| if e <= m { m } else { e })
}

#[track_caller]
fn assert_close(found: &Series<f64>, expected: &Series<f64>, tolerance: f64) {
    let error = distance(found.coefficients(), expected.coefficients());
    assert!(error <= tolerance, "{error:e}: {found:?}, expected {expected:?}");
}

fn named(name: &str, x: &Series<f64>) -> Series<f64> {
    let sqrt_2 = 2.0_f64.sqrt();
    match name {
        "rsqrt" => x.sqrt().recip(),
        "reciprocal" => x.recip(),
        "pow_2.5" => x.powf(2.5),
        "pow_-1.5" => x.powf(-1.5),
        "pow_int_7" => x.powi(7),
        "normal_cdf" => 0.5 * (-x / sqrt_2).erfc(),
        "gamma" => x.ln_gamma().exp(),
        "logit" => (x / (1.0 - x)).ln(),
        "gelu_exact" => 0.5 * x * (1.0 + (x / sqrt_2).erf()),
        "silu" => x * x.sigmoid(),
        "sec" => x.cos().recip(),
        "exp_sin" => x.sin().exp(),
        "xx" => x.pow(x),
        "gauss" => (-(x * x)).exp(),
        "asin_sqrt" => x.sqrt().asin(),
        other => {
            let row = Unary::ALL.iter().find(|row| row.name() == other);
            x.apply(*row.unwrap_or_else(|| panic!("no function of the name {other}")))
        }
    }
}

/// The principal branch of $w e^w = x$, by Newton's method.
fn lambert_w(x: f64) -> f64 {
    (0..20).fold(x, |w, _| w - (w * w.exp() - x) / (w.exp() * (w + 1.0)))
}

#[test]
fn coefficients_to_order_ten_agree_with_sixty_digit_arithmetic() {
    let text = include_str!("../golden/taylor_order_ten.json");
    let fixture: serde_json::Value = serde_json::from_str(text).unwrap();
    let lines = fixture["series"].as_array().unwrap();
    assert_eq!(lines.len(), 104);
    for line in lines {
        let name = line["function"].as_str().unwrap();
        let x = line["x0"].as_f64().unwrap();
        let expected = line["coefficients"].as_array().unwrap();
        let expected: Vec<f64> = expected.iter().map(|c| c.as_f64().unwrap()).collect();
        let found = match name {
            // A removable singularity costs one order.
            "sinc_sinx_over_x" => {
                let t = Series::variable(x, 11);
                t.sin() / t
            }
            // The function that undoes w e^w.
            "lambertw0" => {
                let w = Series::variable(lambert_w(x), 10);
                (&w * w.exp()).reversion().unwrap() + w.value()
            }
            _ => named(name, &Series::variable(x, 10)),
        };
        let error = distance(found.coefficients(), &expected);
        assert!(error < 1e-12, "{name} at {x}: {error:e}, {found:?}");
    }
}

#[test]
fn high_orders_agree_with_closed_forms() {
    for order in [20, 30] {
        let t = Series::variable(0.0, order);
        // Rounding grows like the number of terms of a coefficient.
        let close = |found: Series<f64>, closed: &dyn Fn(usize) -> f64| {
            let expected: Vec<f64> = (0..=order).map(closed).collect();
            for (k, (a, b)) in found.coefficients().iter().zip(&expected).enumerate() {
                let tolerance = 4.0 * f64::EPSILON * (k as f64 + 1.0) * b.abs();
                assert!((a - b).abs() <= tolerance, "order {k}: {a:e}, expected {b:e}");
            }
        };
        let factorial = |k: usize| (1..=k).map(|i| i as f64).product::<f64>();
        let even = |k: usize| k.is_multiple_of(2);
        let sign = |k: usize| if even(k) { 1.0 } else { -1.0 };
        close(t.exp(), &|k| 1.0 / factorial(k));
        close(t.sin(), &|k| if even(k) { 0.0 } else { sign(k / 2) / factorial(k) });
        close(t.cosh(), &|k| if even(k) { 1.0 / factorial(k) } else { 0.0 });
        close((1.0 - &t).recip(), &|_| 1.0);
        close(t.ln_1p(), &|k| if k == 0 { 0.0 } else { -sign(k) / k as f64 });
        close((1.0 + &t).ln(), &|k| if k == 0 { 0.0 } else { -sign(k) / k as f64 });
        close(t.atanh(), &|k| if even(k) { 0.0 } else { 1.0 / k as f64 });
        close(t.atan(), &|k| if even(k) { 0.0 } else { sign(k / 2) / k as f64 });
        let binomial = |p: f64, k: usize| (0..k).map(|i| (p - i as f64) / (i + 1) as f64).product();
        close((1.0 + &t).sqrt(), &|k| binomial(0.5, k));
        close((1.0 + &t).powf(-1.5), &|k| binomial(-1.5, k));
        close((1.0 + &t).powi(25), &|k| binomial(25.0, k));
        // Bernoulli numbers B_2, B_4, ..., B_30.
        let bernoulli: [f64; 15] = [
            1.0 / 6.0,
            -1.0 / 30.0,
            1.0 / 42.0,
            -1.0 / 30.0,
            5.0 / 66.0,
            -691.0 / 2730.0,
            7.0 / 6.0,
            -3617.0 / 510.0,
            43867.0 / 798.0,
            -174611.0 / 330.0,
            854513.0 / 138.0,
            -236364091.0 / 2730.0,
            8553103.0 / 6.0,
            -23749461029.0 / 870.0,
            8615841276005.0 / 14322.0,
        ];
        // tan t = sum_n |B_2n| 4^n (4^n - 1) t^(2n-1)/(2n)!
        let tangent = |k: usize| {
            if even(k) {
                return 0.0;
            }
            let n = k.div_ceil(2);
            let power = 4.0_f64.powi(n as i32);
            bernoulli[n - 1].abs() * power * (power - 1.0) / factorial(2 * n)
        };
        close(t.tan(), &tangent);
        close(t.tanh(), &|k| sign(k / 2) * tangent(k));
    }
}

/// A point inside the domain of each row, away from its jumps.
fn inside(row: Unary) -> f64 {
    if row == Unary::Acosh { 2.3 } else { 0.6 }
}

#[test]
fn every_row_agrees_with_the_composition_of_its_series() {
    for &row in Unary::ALL {
        let x = inside(row);
        let inner = Series::new([x, 0.7, -0.4, 0.25, 0.5, -0.3, 0.1, 0.2, -0.1]);
        let outer = Series::variable(x, 8).apply(row);
        let composed = outer.compose(&(&inner - x)).unwrap();
        assert_close(&inner.apply(row), &composed, 1e-13);
        // And with the function itself close by.
        let (t, order) = (1e-3, 8.0);
        let value = row.value(Series::variable(x, 1).evaluate(t));
        // At most 2^9 1e-27 is cut.
        let tolerance = 4.0 * f64::EPSILON * order * value.abs().max(1.0);
        assert!((outer.evaluate(t) - value).abs() < tolerance, "{}", row.name());
    }
}

#[test]
fn the_gamma_family_satisfies_its_recurrence() {
    for x in [0.3, 1.0, 2.6, 7.5] {
        let t = Series::variable(x, 20);
        let next = 1.0 + &t;
        // In the direction in which the pole at 0 does not cancel.
        assert_close(&t.ln_gamma(), &(next.ln_gamma() - t.ln()), 1e-12);
        assert_close(&t.digamma(), &(next.digamma() - t.recip()), 1e-12);
        assert_close(&t.polygamma(2), &(next.polygamma(2) - 2.0 * t.powi(-3)), 1e-12);
        let shorter = Series::variable(x, 19);
        assert_close(&t.polygamma(1).derivative(), &shorter.polygamma(2), 1e-12);
    }
    // The last order that the table has.
    let high = Series::variable(20.0, 170).digamma();
    assert!(high.coefficient(168).is_finite() && high.coefficient(169).is_nan());
}

#[test]
fn tails_keep_their_digits() {
    // tanh' = 4 e^(-2x) and sigma' = e^(-x) where the values round to 1.
    let close = |found: f64, expected: f64| (found / expected - 1.0).abs() < 1e-13;
    let y = Series::variable(30.0, 4).tanh();
    for k in 1..=4 {
        let coefficient = [4.0, -4.0, 8.0 / 3.0, -4.0 / 3.0][k - 1] * (-60.0_f64).exp();
        assert!(close(y.coefficient(k), coefficient));
    }
    let y = Series::variable(60.0, 3).sigmoid();
    for k in 1..=3 {
        let coefficient = [1.0, -0.5, 1.0 / 6.0][k - 1] * (-60.0_f64).exp();
        assert!(close(y.coefficient(k), coefficient));
    }
    let y = Series::variable(1e200, 2);
    assert!(close(y.asinh().coefficient(1), 1e-200));
    assert!(close(y.acosh().coefficient(1), 1e-200));
    assert_eq!(y.atan().coefficients()[1..], [0.0, 0.0]);
    assert!(close(y.atan2(&Series::constant(1e200, 2)).coefficient(1), 0.5e-200));
}

#[test]
fn points_without_an_expansion_do_not_look_like_one() {
    let at = |x: f64| Series::variable(x, 3);
    for y in [
        at(-1.0).sqrt(),
        at(-1.0).ln(),
        at(0.0).ln(),
        at(-1.0).ln_1p(),
        at(0.0).sqrt(),
        at(0.0).powf(1.5),
        at(1.0).asin(),
        at(1.5).acos(),
        at(1.0).acosh(),
        at(-1.0).atanh(),
        at(0.0).recip(),
        at(-2.0).digamma(),
        at(0.0).ln_gamma(),
        at(0.0).atan2(&Series::constant(0.0, 3)),
        at(f64::NAN).exp(),
        at(f64::INFINITY).exp(),
        at(f64::NAN).erf(),
    ] {
        assert!(!y.is_finite(), "{y:?}");
    }
    // Subnormal numbers are numbers.
    let tiny = Series::variable(5e-324, 3);
    assert_eq!(tiny.sin().coefficients()[..3], [5e-324, 1.0, -0.0]);
    assert_eq!(Series::variable(-0.0, 1).sin().value().to_bits(), (-0.0_f64).to_bits());
}

#[test]
fn composition_and_reversion_refuse_what_they_cannot_do() {
    let t = Series::variable(0.0, 4);
    let error = t.exp().compose(&(1.0 + &t)).unwrap_err();
    assert!(matches!(error, Error::OutsideDomain { value: 1.0, domain: "0", .. }), "{error}");
    assert!(t.compose(&Series::new([f64::NAN, 1.0])).is_err());
    assert!(matches!((&t * &t).reversion(), Err(Error::Singular { index: 1, pivot: 0.0, .. })));
    assert!(matches!(Series::variable(1.0, 0).reversion(), Err(Error::Singular { .. })));
    assert!(matches!(t.ln().reversion(), Err(Error::OutsideDomain { .. })));
    assert_eq!(t.exp().truncated(0).compose(&t).unwrap().coefficients(), [1.0]);
}

#[test]
fn reversions_agree_with_inverse_functions_to_order_thirty() {
    let t = Series::variable(0.0, 30);
    // The reversion has a condition: powers of h with coefficients that grow up to 2^30 for exp.
    assert_close(&t.exp().reversion().unwrap(), &t.ln_1p(), 1e-11);
    assert_close(&t.tan().reversion().unwrap(), &t.atan(), 1e-11);
    assert_close(&t.sinh().reversion().unwrap(), &t.asinh(), 1e-11);
    assert_close(&(2.0 * &t).reversion().unwrap(), &(0.5 * &t), 0.0);
}

#[test]
fn series_may_have_single_precision() {
    let t = Series::variable(F32(0.5), 6);
    let y = (2.0 * t.sin() + 1.0).ln();
    let wide = Series::variable(0.5, 6);
    let wide = (2.0 * wide.sin() + 1.0).ln();
    for (a, b) in y.coefficients().iter().zip(wide.coefficients()) {
        assert!((f64::from(a.0) - b).abs() < 1e-6);
    }
}

/// A series of order 8 with a value between 0.5 and 2 and bounded coefficients.
fn series() -> impl Strategy<Value = Series<f64>> {
    (0.5..2.0, prop::collection::vec(-1.0..1.0, 8)).prop_map(|(value, higher)| {
        let coefficients: Vec<f64> = core::iter::once(value).chain(higher).collect();
        Series::new(coefficients)
    })
}

/// The largest coefficient, as a scale for rounding errors.
fn size(x: &Series<f64>) -> f64 {
    x.coefficients().iter().fold(0.0, |m, c| m.max(c.abs()))
}

/// `a` and `b` agree up to rounding, where `scale` counts the terms of the sums and bounds their
/// size; a term is rounded a few times.
#[track_caller]
fn agree(a: &Series<f64>, b: &Series<f64>, scale: f64) {
    let difference = size(&(a - b));
    assert!(difference <= 8.0 * f64::EPSILON * scale, "{difference:e}: {a:?}, {b:?}");
}

proptest! {
    #[test]
    fn series_are_a_ring(a in series(), b in series(), c in series()) {
        agree(&(&a * &b), &(&b * &a), 9.0 * 4.0);
        agree(&(&a * (&b + &c)), &(&a * &b + &a * &c), 9.0 * 8.0);
        agree(&((&a * &b) * &c), &(&a * (&b * &c)), 81.0 * 8.0);
        prop_assert_eq!(&a - &a, Series::constant(0.0, 8));
    }

    #[test]
    fn quotients_and_roots_undo_products(a in series(), b in series()) {
        let quotient = &a / &b;
        agree(&(&quotient * &b), &a, 9.0 * size(&quotient) * size(&b));
        let root = a.sqrt();
        agree(&(&root * &root), &a, 9.0 * size(&root) * size(&root));
        let root = a.cbrt();
        agree(&(&root * &root * &root), &a, 81.0 * size(&root).powi(3));
        let inverse = a.recip();
        agree(&(&inverse * &a), &Series::constant(1.0, 8), 9.0 * size(&inverse) * size(&a));
    }

    #[test]
    fn functions_keep_their_identities(x in series()) {
        let one = Series::constant(1.0, 8);
        let (s, c) = x.sin_cos();
        agree(&(&s * &s + &c * &c), &one, 9.0 * (size(&s) + size(&c)).powi(2));
        let (s, c) = x.sinh_cosh();
        agree(&(&c * &c - &s * &s), &one, 9.0 * (size(&s) + size(&c)).powi(2));
        let y = x.ln();
        agree(&y.exp(), &x, 81.0 * (1.0 + size(&y)).powi(8));
        agree(&(x.erf() + x.erfc()), &one, 9.0 * size(&x.erf()));
        let (p, q) = (x.sigmoid(), (-&x).sigmoid());
        agree(&(&p + &q), &one, 9.0 * size(&p));
        agree(&(x.softplus() - (-&x).softplus()), &x, 9.0 * size(&x.softplus()));
        agree(&x.exp2().log2(), &x, 81.0 * (1.0 + size(&x)).powi(8));
    }

    #[test]
    fn angles_and_lengths_are_polar_coordinates(a in series(), b in series()) {
        let (angle, length) = (a.atan2(&b), a.hypot(&b));
        let (s, c) = angle.sin_cos();
        let scale = 81.0 * (1.0 + size(&angle) + size(&length)).powi(8);
        agree(&(&length * s), &a, scale);
        agree(&(&length * c), &b, scale);
    }

    #[test]
    fn powers_agree(x in series(), p in -3.0..3.0) {
        let power = x.powf(p);
        let scale = 81.0 * (1.0 + size(&x.ln())).powi(8) * (1.0 + size(&power));
        agree(&power, &(p * x.ln()).exp(), scale);
        agree(&x.pow(&Series::constant(p, 8)), &power, scale);
        agree(&x.powi(3), &(&x * &x * &x), 81.0 * size(&x).powi(3) / 0.5);
        agree(&x.pow(&x), &(&x * x.ln()).exp(), scale * (1.0 + size(&x.pow(&x))));
    }

    #[test]
    fn the_product_and_chain_rules_hold(a in series(), b in series()) {
        let product = (&a * &b).derivative();
        let (da, db) = (a.derivative(), b.derivative());
        agree(&product, &(&da * &b + &a * &db), 81.0 * 8.0);
        let inner = &b - b.value();
        let composed = a.compose(&inner).unwrap();
        let scale = 81.0 * 4.0 * (1.0 + size(&inner)).powi(8) * 8.0;
        agree(&composed.derivative(), &(da.compose(&inner).unwrap() * &db), scale);
    }

    #[test]
    fn a_reversion_undoes_the_series(x in series(), slope in 0.5..2.0) {
        let mut coefficients = x.coefficients().to_vec();
        (coefficients[0], coefficients[1]) = (0.0, slope);
        let x = Series::new(coefficients);
        let back = x.reversion().unwrap();
        let identity = Series::variable(0.0, 8);
        let scale = 81.0 * (1.0 + size(&x) * size(&back)).powi(2);
        agree(&x.compose(&back).unwrap(), &identity, scale * (1.0 + size(&back)).powi(6));
        agree(&back.compose(&x).unwrap(), &identity, scale * (1.0 + size(&x)).powi(8));
    }

    #[test]
    fn a_bound_from_the_derivative_holds(x in -2.0..2.0, t in -1.5..1.5_f64, order in 0_usize..12) {
        // No derivative of the cosine exceeds 1.
        let y = Series::variable(x, order).cos();
        let error = (y.evaluate(t) - (x + t).cos()).abs();
        prop_assert!(error <= y.remainder_bound(t, 1.0).unwrap() + 1e-14);
    }
}
