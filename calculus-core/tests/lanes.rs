//! The elementary functions over slices against the scalar ones.

use calculus_core::Real;
use calculus_core::elementary::{Binary, Unary, lanes};

/// The limit of the distance to the scalar function, in units in the last place.
const LIMIT: u64 = 2;

/// How many numbers apart two numbers are, and 0 for two NaN; zeros of different sign are far apart.
fn distance(a: f64, b: f64) -> u64 {
    if a.is_nan() || b.is_nan() {
        return if a.is_nan() && b.is_nan() { 0 } else { u64::MAX };
    }
    if a == 0.0 && b == 0.0 {
        return if a.is_sign_negative() == b.is_sign_negative() { 0 } else { u64::MAX };
    }
    let ordered = |x: f64| {
        let magnitude = x.abs().to_bits() as i64;
        if x.is_sign_negative() { -magnitude } else { magnitude }
    };
    ordered(a).abs_diff(ordered(b))
}

/// Uniform on [0, 1): xorshift64 (Marsaglia 2003).
fn uniform(state: &mut u64) -> f64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    (*state >> 11) as f64 / (1_u64 << 53) as f64
}

/// Zeros, infinities, NaN, subnormal numbers, the ends of domains and of the kernels' intervals, and
/// where exponentials overflow or underflow.
fn special() -> Vec<f64> {
    let positive = [
        0.0,
        5e-324,
        1e-310,
        f64::MIN_POSITIVE,
        1e-300,
        1e-200,
        1e-20,
        1e-9,
        0.1,
        0.25,
        0.4375,
        0.5,
        0.6875,
        core::f64::consts::FRAC_1_SQRT_2 - f64::EPSILON / 2.0,
        core::f64::consts::FRAC_1_SQRT_2,
        0.84375,
        0.999999999999,
        1.0 - f64::EPSILON / 2.0,
        1.0,
        1.0 + f64::EPSILON,
        1.1875,
        1.25,
        core::f64::consts::SQRT_2,
        1.5,
        2.0,
        2.4375,
        1.0 / 0.35,
        3.0,
        5.0,
        6.0,
        22.0,
        28.0,
        40.0,
        700.0,
        708.4,
        709.782712893384,
        709.8,
        710.4758600739439,
        710.5,
        745.13,
        745.2,
        1022.5,
        1023.9999,
        1024.0,
        1074.0,
        1074.5,
        1075.0,
        67108864.0,
        1e9,
        1.6e6,
        1.7e6,
        1e15,
        4503599627370497.0,
        9007199254740993.0,
        1e16,
        1e22,
        1e200,
        1e300,
        f64::MAX,
        f64::INFINITY,
        f64::NAN,
        core::f64::consts::FRAC_PI_4,
        core::f64::consts::FRAC_PI_2,
        core::f64::consts::PI,
        6381956970095103.0 * 2.0_f64.powi(797),
    ];
    positive.iter().flat_map(|&x| [x, -x]).collect()
}

/// Random numbers over the whole range and where functions have their zeros, poles and thresholds.
fn arguments(count: usize) -> Vec<f64> {
    let state = &mut 0x9e37_79b9_7f4a_7c15;
    let mut x = special();
    for i in 0..count {
        let sign = if uniform(state) < 0.5 { -1.0 } else { 1.0 };
        let u = uniform(state);
        x.push(match i % 8 {
            0 => sign * 10_f64.powf(-20.0 + 26.0 * u),
            1 => sign * 10_f64.powf(-323.0 + 631.0 * u),
            2 => sign * 8.0 * u,
            3 => sign * 750.0 * u,
            4 => sign * u,
            5 => sign * (1.0 - 10_f64.powf(-16.0 * u)),
            6 => sign * (1.0 + 10_f64.powf(-16.0 * u)),
            // Multiples of pi/2, where sines and cosines cancel.
            _ => (sign * 1e6 * u).round() * core::f64::consts::FRAC_PI_2,
        });
    }
    x
}

/// The largest distance of `y` to the scalar values, with the arguments.
fn worst(y: &[f64], expected: impl Fn(usize) -> f64) -> (u64, usize) {
    (0..y.len()).map(|i| (distance(y[i], expected(i)), i)).max().unwrap_or((0, 0))
}

fn check_unary(rows: &[Unary], x: &[f64]) {
    let mut y = vec![0.0; x.len()];
    for &row in rows {
        let expected: Vec<f64> = x.iter().map(|&x| row.value(x)).collect();
        let compare = |y: &[f64], level: &str| {
            let (distance, i) = worst(y, |i| expected[i]);
            let (x, y, value) = (x[i], y[i], expected[i]);
            assert!(distance <= LIMIT, "{} {level}: f({x:e}) = {y:e}, not {value:e}", row.name());
        };
        lanes::unary::<true>(row, x, &mut y);
        compare(&y, "fused");
        lanes::unary::<false>(row, x, &mut y);
        compare(&y, "not fused");
        row.values(x, &mut y);
        compare(&y, "dispatched");
    }
}

/// The rows that have a kernel.
const KERNELS: [Unary; 25] = [
    Unary::Cbrt,
    Unary::Exp,
    Unary::Exp2,
    Unary::ExpM1,
    Unary::Ln,
    Unary::Log2,
    Unary::Log10,
    Unary::Ln1p,
    Unary::Sin,
    Unary::Cos,
    Unary::Tan,
    Unary::Asin,
    Unary::Acos,
    Unary::Atan,
    Unary::Sinh,
    Unary::Cosh,
    Unary::Tanh,
    Unary::Asinh,
    Unary::Acosh,
    Unary::Atanh,
    Unary::Erf,
    Unary::Erfc,
    Unary::Sigmoid,
    Unary::Softplus,
    Unary::Recip,
];

#[test]
fn exponentials_and_logarithms_are_within_two_ulp() {
    check_unary(&KERNELS[..8], &arguments(200_000));
}

#[test]
fn trigonometric_functions_are_within_two_ulp() {
    check_unary(&KERNELS[8..14], &arguments(200_000));
}

#[test]
fn hyperbolic_and_error_functions_are_within_two_ulp() {
    check_unary(&KERNELS[14..], &arguments(200_000));
}

#[test]
fn the_other_rows_are_the_scalar_ones() {
    let rows: Vec<Unary> =
        Unary::ALL.iter().copied().filter(|row| !KERNELS.contains(row)).collect();
    check_unary(&rows, &arguments(2_000));
}

/// Pairs of special values, and random ones whose power is mostly within the range.
fn pairs(count: usize) -> (Vec<f64>, Vec<f64>) {
    let special = special();
    let mut pairs: Vec<(f64, f64)> =
        special.iter().flat_map(|&a| special.iter().map(move |&b| (a, b))).collect();
    let state = &mut 0x2545_f491_4f6c_dd1d;
    for (i, a) in arguments(count).into_iter().enumerate() {
        let (u, v) = (uniform(state) - 0.5, uniform(state));
        pairs.push(match i % 4 {
            0 => (a, 8.0 * u),
            1 => (a, (100.0 * u).round()),
            2 => (a.abs(), 1490.0 * u / a.abs().ln()),
            _ => (a, a * 10_f64.powf(40.0 * u) * if v < 0.5 { -1.0 } else { 1.0 }),
        });
    }
    pairs.into_iter().unzip()
}

#[test]
fn binary_rows_are_within_two_ulp() {
    let (a, b) = pairs(60_000);
    let mut y = vec![0.0; a.len()];
    for &row in Binary::ALL {
        let expected: Vec<f64> = a.iter().zip(&b).map(|(&a, &b)| row.value(a, b)).collect();
        let compare = |y: &[f64], level: &str| {
            let (distance, i) = worst(y, |i| expected[i]);
            let (a, b, y, value) = (a[i], b[i], y[i], expected[i]);
            assert!(
                distance <= LIMIT,
                "{} {level}: f({a:e}, {b:e}) = {y:e}, not {value:e}",
                row.name()
            );
        };
        lanes::binary::<true>(row, &a, &b, &mut y);
        compare(&y, "fused");
        lanes::binary::<false>(row, &a, &b, &mut y);
        compare(&y, "not fused");
        row.values(&a, &b, &mut y);
        compare(&y, "dispatched");
    }
}

#[test]
fn powers_with_a_constant_exponent_are_within_two_ulp() {
    let x = arguments(10_000);
    let mut y = vec![0.0; x.len()];
    for p in [
        0.0,
        -0.0,
        1.0,
        2.0,
        -1.0,
        3.0,
        0.5,
        -2.5,
        1.0 / 3.0,
        1e-300,
        1e300,
        f64::INFINITY,
        f64::NAN,
    ] {
        let expected: Vec<f64> = x.iter().map(|&x| Real::powf(x, p)).collect();
        for fused in [true, false] {
            if fused {
                lanes::powf::<true>(&x, p, &mut y);
            } else {
                lanes::powf::<false>(&x, p, &mut y);
            }
            let (distance, i) = worst(&y, |i| expected[i]);
            assert!(distance <= LIMIT, "{:e}^{p} = {:e}, not {:e}", x[i], y[i], expected[i]);
        }
    }
    for n in [0, 1, 2, 3, 4, 7, 31, -1, -2, -5, i32::MAX, i32::MIN] {
        lanes::powi::<true>(&x, n, &mut y);
        let (distance, i) = worst(&y, |i| Real::powi(x[i], n));
        assert!(distance == 0, "{:e}^{n} = {:e}", x[i], y[i]);
    }
}

#[test]
fn values_depend_neither_on_the_length_nor_on_the_place() {
    let x = &special()[..];
    let mut whole = vec![0.0; x.len()];
    for &row in Unary::ALL {
        row.values(x, &mut whole);
        for length in [0, 1, 7, 31] {
            for (x, whole) in x.chunks(length.max(1)).zip(whole.chunks(length.max(1))) {
                let mut y = vec![0.0; length.min(x.len())];
                row.values(&x[..y.len()], &mut y);
                let same = y.iter().zip(whole).all(|(y, whole)| distance(*y, *whole) == 0);
                assert!(same, "{} in pieces of {length}", row.name());
            }
        }
    }
}

#[test]
#[should_panic(expected = "3 arguments for 2 values: pass slices of one length")]
fn slices_of_different_lengths_are_refused() {
    Unary::Exp.values(&[0.0; 3], &mut [0.0; 2]);
}
