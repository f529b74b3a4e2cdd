//! Special functions that neither the standard library nor `libm` has.

use core::f64::consts::PI;

/// The logistic function $\sigma(x) = 1/(1 + e^{-x})$, to full relative precision in both tails.
#[inline]
pub fn sigmoid(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + (-x).exp())
    } else {
        let e = x.exp();
        e / (1.0 + e)
    }
}

/// $\ln(1 + e^x) = \max(x, 0) + \ln(1 + e^{-|x|})$, which neither overflows nor cancels.
#[inline]
pub fn softplus(x: f64) -> f64 {
    if x.is_nan() { x } else { x.max(0.0) + (-x.abs()).exp().ln_1p() }
}

/// Bernoulli numbers $B_2, B_4, \dots, B_{24}$.
const BERNOULLI: [f64; 12] = [
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
];

/// The polygamma function $\psi^{(n)}(x) = \frac{d^{n+1}}{dx^{n+1}}\ln\Gamma(x)$.
///
/// The recurrence $\psi^{(n)}(x) = \psi^{(n)}(x+1) - (-1)^n n!\,x^{-n-1}$ moves the argument to
/// where the asymptotic series converges; the digamma function below 8 comes from its Taylor series at
/// its root; a negative argument is first reflected. NaN at the poles
/// $0, -1, -2, \dots$, and for orders above 168, whose factorials exceed the range.
///
/// Source: Abramowitz and Stegun (1964), equations 6.3.18, 6.4.6, 6.4.7 and 6.4.11.
///
/// # Examples
/// ```
/// use calculus_core::elementary::special::polygamma;
/// let trigamma = polygamma(1, 1.0);
/// assert!((trigamma - std::f64::consts::PI.powi(2) / 6.0).abs() < 1e-15);
/// ```
pub fn polygamma(n: u32, x: f64) -> f64 {
    if n > 168 || x.is_nan() || x == f64::NEG_INFINITY || (x <= 0.0 && x == x.floor()) {
        return f64::NAN;
    }
    if x == f64::INFINITY {
        return if n == 0 { f64::INFINITY } else { 0.0 };
    }
    if x < 0.0 {
        return reflected(n, x);
    }
    if n == 0 && x < 8.0 {
        return digamma_near_root(x);
    }
    let sign = if n.is_multiple_of(2) { -1.0 } else { 1.0 }; // (-1)^(n+1)
    let factorial = (1..=n).map(f64::from).product::<f64>();
    let power = n as i32 + 1;

    // Twelve terms of the series reach full precision from here on.
    let far = 12.0 + 1.5 * f64::from(n);
    let mut shifted = x;
    let mut near = 0.0;
    while shifted < far {
        near += over_power(factorial, shifted, power);
        shifted += 1.0;
    }
    sign * near + asymptotic(n, shifted, sign, factorial)
}

/// $c\,x^{-n}$ in two steps: for a high order the factorial $c$ is as large as $x^{-n}$ is small.
fn over_power(c: f64, x: f64, n: i32) -> f64 {
    let half = n / 2;
    c * x.powi(-half) * x.powi(half - n)
}

/// The asymptotic series 6.3.18 and 6.4.11 at a large argument.
fn asymptotic(n: u32, x: f64, sign: f64, factorial: f64) -> f64 {
    let inverse_square = 1.0 / (x * x);
    if n == 0 {
        let mut sum = 0.0;
        let mut power = inverse_square;
        for (k, b) in BERNOULLI.iter().enumerate() {
            sum += b / (2.0 * (k as f64 + 1.0)) * power;
            power *= inverse_square;
        }
        return x.ln() - 0.5 / x - sum;
    }
    // (-1)^(n+1) [ (n-1)!/x^n + n!/(2 x^(n+1)) + sum_k B_2k (2k+n-1)!/((2k)! x^(2k+n)) ]
    let order = f64::from(n);
    let mut sum = factorial / order + factorial / (2.0 * x);
    let mut ratio = factorial / order; // (2k+n-1)!/(2k)! x^(-2k), from k = 0
    for (k, b) in BERNOULLI.iter().enumerate() {
        let two_k = 2.0 * (k as f64 + 1.0);
        ratio *= (two_k + order - 1.0) * (two_k + order - 2.0) / (two_k * (two_k - 1.0));
        ratio *= inverse_square;
        sum += b * ratio;
    }
    sign * over_power(sum, x, n as i32)
}

/// The positive root of the digamma function, as a double and the rest.
const DIGAMMA_ROOT: f64 = 1.461_632_144_968_362_3;
const DIGAMMA_ROOT_REST: f64 = 9.549_995_429_965_697e-17;

/// The Taylor coefficients $\psi^{(k)}(x_0)/k!$, $k = 1, \dots, 40$, of the digamma function at its
/// root (mpmath 1.3, 60 digits, rounded to double).
#[rustfmt::skip]
const DIGAMMA_AT_ROOT: [f64; 40] = [
    0.9676722454476212,
    -0.4427631689835921,
    0.258499760955651,
    -0.16394270544240652,
    0.10782405069126237,
    -0.07219956125645471,
    0.04880428816414311,
    -0.03316112647484736,
    0.022597648232218104,
    -0.01542476590494896,
    0.010538791616612175,
    -0.007204534386356869,
    0.004926781395729853,
    -0.003369801655439328,
    0.002305126326734928,
    -0.0015769367714301972,
    0.0010788252019162967,
    -0.0007380709389960052,
    0.000504953265834602,
    -0.0003454680251063077,
    0.00023635601564027053,
    -0.00016170622091974803,
    0.0001106337276874741,
    -7.569179582195066e-05,
    5.178575795222081e-05,
    -3.5430070947659604e-05,
    2.424006611860132e-05,
    -1.6584242271854135e-05,
    1.134638458466385e-05,
    -7.762817668462094e-06,
    5.3110609208898636e-06,
    -3.6336507898010456e-06,
    2.486022733129538e-06,
    -1.7008538854332607e-06,
    1.1636675363548843e-06,
    -7.96142543124197e-07,
    5.446941930669446e-07,
    -3.7266161283438227e-07,
    2.549626552021554e-07,
    -1.7443695117727745e-07,
];

/// The digamma function for $0 < x < 8$ by Taylor's series about its root, where the recurrence to
/// large arguments would cancel: $\psi(x) = \psi(x + 1) - 1/x$ brings the argument to $[1, 2]$.
fn digamma_near_root(x: f64) -> f64 {
    if x < 1.0 {
        return digamma_near_root(x + 1.0) - 1.0 / x;
    }
    if x > 2.0 {
        return digamma_near_root(x - 1.0) + 1.0 / (x - 1.0);
    }
    let h = (x - DIGAMMA_ROOT) - DIGAMMA_ROOT_REST;
    h * DIGAMMA_AT_ROOT.iter().rev().fold(0.0, |sum, &a| sum * h + a)
}

/// The reflection formula 6.4.7:
/// $\psi^{(n)}(x) = (-1)^n\psi^{(n)}(1 - x) - \pi\frac{d^n}{dx^n}\cot(\pi x)$.
fn reflected(n: u32, x: f64) -> f64 {
    // Derivatives of the cotangent are polynomials in c = cot(pi x): (c^k)' = -pi k (c^(k-1) + c^(k+1)).
    let mut coefficients = vec![0.0; n as usize + 2];
    coefficients[1] = 1.0;
    for _ in 0..n {
        let mut next = vec![0.0; coefficients.len()];
        for (k, &a) in coefficients.iter().enumerate().skip(1) {
            next[k - 1] -= PI * k as f64 * a;
            if k + 1 < next.len() {
                next[k + 1] -= PI * k as f64 * a;
            }
        }
        coefficients = next;
    }
    // cot(pi x) has period 1; the remainder is exact where pi x is not.
    let cotangent = 1.0 / (PI * (x - x.round())).tan();
    // From the leading coefficient on: beside a pole the cotangent overflows, and 0 times it is NaN.
    let horner = |sum: f64, a: f64| sum * cotangent + a;
    let derivative = coefficients.into_iter().rev().reduce(horner).unwrap_or(0.0);
    let sign = if n.is_multiple_of(2) { 1.0 } else { -1.0 };
    sign * polygamma(n, 1.0 - x) - PI * derivative
}

#[cfg(test)]
mod tests {
    use super::*;

    /// mpmath 1.3, `psi(n, x)` at 40 digits, rounded to double.
    const REFERENCE: &[(u32, f64, f64)] = &include!("../../tests/golden/polygamma.in");

    #[test]
    fn polygamma_agrees_with_forty_digit_arithmetic() {
        for &(n, x, expected) in REFERENCE {
            // Reflection subtracts terms of the size of the nearest pole's, n!/d^(n+1).
            let factorial = (1..=n).map(f64::from).product::<f64>();
            let pole =
                if x < 0.0 { factorial / (x - x.round()).abs().powi(n as i32 + 1) } else { 0.0 };
            let error = (polygamma(n, x) - expected).abs() / expected.abs().max(pole);
            let tolerance = 4e-15 * f64::from(n + 1);
            assert!(error < tolerance, "psi^({n})({x}): relative error {error:e}");
        }
    }

    #[test]
    fn polygamma_at_poles_and_infinities() {
        for n in 0..4 {
            assert!(polygamma(169 + n, 2.0).is_nan());
            for x in [0.0, -1.0, -7.0, f64::NEG_INFINITY, f64::NAN] {
                assert!(polygamma(n, x).is_nan());
            }
        }
        assert_eq!(polygamma(0, f64::INFINITY), f64::INFINITY);
        // Beside a pole the function is as large as the range allows.
        assert_eq!(polygamma(0, 5e-324), f64::NEG_INFINITY);
        assert_eq!(polygamma(0, -5e-324), f64::INFINITY);
        assert_eq!(polygamma(1, -5e-324), f64::INFINITY);
        assert_eq!(polygamma(2, f64::INFINITY), 0.0);
    }

    #[test]
    fn logistic_functions_keep_their_tails() {
        assert_eq!(sigmoid(-800.0), 0.0);
        assert!((sigmoid(-700.0) / (-700.0_f64).exp() - 1.0).abs() < 1e-15);
        assert_eq!(softplus(800.0), 800.0);
        assert!((softplus(-700.0) / (-700.0_f64).exp() - 1.0).abs() < 1e-15);
        assert!(softplus(f64::NAN).is_nan() && sigmoid(f64::NAN).is_nan());
    }
}
