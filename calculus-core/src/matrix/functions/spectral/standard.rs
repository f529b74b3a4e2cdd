//! The standard functions, with divided differences in closed form.

use super::SpectralFunction;
use crate::elementary::Domain;

const POSITIVE: Domain = Domain::open(0.0, f64::INFINITY);
const NOT_NEGATIVE: Domain = Domain::closed(0.0, f64::INFINITY);

/// $e^x$.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exp;

impl SpectralFunction for Exp {
    fn value(&self, x: f64) -> f64 {
        x.exp()
    }
    fn derivative(&self, x: f64) -> f64 {
        x.exp()
    }
    fn second_derivative(&self, x: f64) -> f64 {
        x.exp()
    }
    /// $e^b (1 - e^{-(b - a)})/(b - a)$ for the larger $b$, which neither cancels nor overflows
    /// before the result does.
    fn divided_difference(&self, a: f64, b: f64) -> f64 {
        let gap = (b - a).abs();
        if gap == 0.0 { a.exp() } else { a.max(b).exp() * (-(-gap).exp_m1() / gap) }
    }
}

/// $\ln x$ for $x > 0$.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Log;

impl SpectralFunction for Log {
    fn value(&self, x: f64) -> f64 {
        x.ln()
    }
    fn derivative(&self, x: f64) -> f64 {
        x.recip()
    }
    fn second_derivative(&self, x: f64) -> f64 {
        -(x * x).recip()
    }
    /// $\ln(1 + (b - a)/a)/(b - a)$.
    fn divided_difference(&self, a: f64, b: f64) -> f64 {
        if a == b { a.recip() } else { log_ratio(a, b) / (b - a) }
    }
    fn domain(&self) -> Domain {
        POSITIVE
    }
}

/// $\ln(b/a)$ with a small relative error also where $a$ and $b$ are close.
fn log_ratio(a: f64, b: f64) -> f64 {
    let close = 0.5 * a <= b && b <= 2.0 * a;
    if close { ((b - a) / a).ln_1p() } else { b.ln() - a.ln() }
}

/// $\sqrt x$ for $x \ge 0$; the derivative exists unless two eigenvalues are 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sqrt;

impl SpectralFunction for Sqrt {
    fn value(&self, x: f64) -> f64 {
        x.sqrt()
    }
    fn derivative(&self, x: f64) -> f64 {
        0.5 / x.sqrt().abs()
    }
    fn second_derivative(&self, x: f64) -> f64 {
        -0.25 / (x * x.sqrt()).abs()
    }
    /// $1/(\sqrt a + \sqrt b)$.
    fn divided_difference(&self, a: f64, b: f64) -> f64 {
        (a.sqrt() + b.sqrt()).abs().recip()
    }
    /// $-1/((\sqrt a + \sqrt b)(\sqrt b + \sqrt c)(\sqrt c + \sqrt a))$.
    fn second_divided_difference(&self, a: f64, b: f64, c: f64) -> f64 {
        let (a, b, c) = (a.sqrt(), b.sqrt(), c.sqrt());
        -(a + b).abs().recip() * (b + c).abs().recip() * (c + a).abs().recip()
    }
    fn domain(&self) -> Domain {
        NOT_NEGATIVE
    }
}

/// $1/\sqrt x$ for $x > 0$.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InverseSqrt;

impl SpectralFunction for InverseSqrt {
    fn value(&self, x: f64) -> f64 {
        x.sqrt().recip()
    }
    fn derivative(&self, x: f64) -> f64 {
        -0.5 / x / x.sqrt()
    }
    fn second_derivative(&self, x: f64) -> f64 {
        0.75 / x / x / x.sqrt()
    }
    /// $-1/(\sqrt a \sqrt b (\sqrt a + \sqrt b))$.
    fn divided_difference(&self, a: f64, b: f64) -> f64 {
        let (a, b) = (a.sqrt(), b.sqrt());
        -(a.recip() / b) / (a + b)
    }
    /// $(\sqrt a + \sqrt b + \sqrt c)/(\sqrt a \sqrt b \sqrt c (\sqrt a + \sqrt b)(\sqrt b + \sqrt
    /// c)(\sqrt c + \sqrt a))$.
    fn second_divided_difference(&self, a: f64, b: f64, c: f64) -> f64 {
        let (a, b, c) = (a.sqrt(), b.sqrt(), c.sqrt());
        (a + b + c) / a / b / c / (a + b) / (b + c) / (c + a)
    }
    fn domain(&self) -> Domain {
        POSITIVE
    }
}

/// $1/x$ for $x \ne 0$.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Inverse;

impl SpectralFunction for Inverse {
    fn value(&self, x: f64) -> f64 {
        x.recip()
    }
    fn derivative(&self, x: f64) -> f64 {
        -x.recip() / x
    }
    fn second_derivative(&self, x: f64) -> f64 {
        2.0 / x / x / x
    }
    /// $-1/(ab)$.
    fn divided_difference(&self, a: f64, b: f64) -> f64 {
        -a.recip() / b
    }
    /// $1/(abc)$.
    fn second_divided_difference(&self, a: f64, b: f64, c: f64) -> f64 {
        a.recip() / b / c
    }
}

/// Integer exponents up to this one are powers by multiplication, for eigenvalues of any sign.
const LARGEST_INTEGER: f64 = 64.0;

/// $x^p$: for all $x$ where $p$ is an integer from $-64$ to 64 ($x \ne 0$ if it is negative), for
/// $x \ge 0$ where $p > 0$ and for $x > 0$ where $p < 0$ otherwise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Power(
    /// The exponent $p$.
    pub f64,
);

impl Power {
    /// The exponent, if it is a small integer.
    fn integer(self) -> Option<i32> {
        let small = self.0.fract() == 0.0 && self.0.abs() <= LARGEST_INTEGER;
        small.then_some(self.0 as i32)
    }
}

impl SpectralFunction for Power {
    fn value(&self, x: f64) -> f64 {
        self.integer().map_or_else(|| x.powf(self.0), |p| x.powi(p))
    }
    fn derivative(&self, x: f64) -> f64 {
        let p = self.0;
        if p == 0.0 { 0.0 } else { p * Power(p - 1.0).value(x) }
    }
    fn second_derivative(&self, x: f64) -> f64 {
        let p = self.0;
        if p == 0.0 || p == 1.0 { 0.0 } else { p * (p - 1.0) * Power(p - 2.0).value(x) }
    }
    /// $a^p (e^{p \ln(b/a)} - 1)/(b - a)$, the quotient where that does not cancel, and
    /// $\sum_{i < p} a^i b^{p - 1 - i}$ for an integer.
    fn divided_difference(&self, a: f64, b: f64) -> f64 {
        if a == b {
            return self.derivative(a);
        }
        match self.integer() {
            Some(p) if p >= 0 => sum_of_products(p, a, b),
            Some(p) => -sum_of_products(-p, a.recip(), b.recip()) / a / b,
            None => {
                // The smaller one first, which may be 0.
                let (a, b) = (a.min(b), a.max(b));
                let exponent = self.0 * log_ratio(a, b);
                if exponent.abs() < 1.0 {
                    a.powf(self.0) * exponent.exp_m1() / (b - a)
                } else {
                    (b.powf(self.0) - a.powf(self.0)) / (b - a)
                }
            }
        }
    }
    fn domain(&self) -> Domain {
        match self.integer() {
            Some(_) => Domain::ALL,
            None if self.0 > 0.0 => NOT_NEGATIVE,
            None => POSITIVE,
        }
    }
}

/// $\sum_{i < p} a^i b^{p - 1 - i}$.
fn sum_of_products(p: i32, a: f64, b: f64) -> f64 {
    (0..p).map(|i| a.powi(i) * b.powi(p - 1 - i)).sum()
}

/// $\sin x$.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sin;

impl SpectralFunction for Sin {
    fn value(&self, x: f64) -> f64 {
        x.sin()
    }
    fn derivative(&self, x: f64) -> f64 {
        x.cos()
    }
    fn second_derivative(&self, x: f64) -> f64 {
        -x.sin()
    }
    /// $\cos m\,\frac{\sin h}{h}$ with the mean $m$ and half of the gap $h$.
    fn divided_difference(&self, a: f64, b: f64) -> f64 {
        (0.5 * (a + b)).cos() * sine_quotient(0.5 * (b - a))
    }
}

/// $\cos x$.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cos;

impl SpectralFunction for Cos {
    fn value(&self, x: f64) -> f64 {
        x.cos()
    }
    fn derivative(&self, x: f64) -> f64 {
        -x.sin()
    }
    fn second_derivative(&self, x: f64) -> f64 {
        -x.cos()
    }
    /// $-\sin m\,\frac{\sin h}{h}$ with the mean $m$ and half of the gap $h$.
    fn divided_difference(&self, a: f64, b: f64) -> f64 {
        -(0.5 * (a + b)).sin() * sine_quotient(0.5 * (b - a))
    }
}

/// $\sin(h)/h$.
fn sine_quotient(h: f64) -> f64 {
    if h == 0.0 { 1.0 } else { h.sin() / h }
}

/// $x \ln x$ for $x \ge 0$, which is 0 at 0; the derivative exists for $x > 0$.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Entropy;

impl SpectralFunction for Entropy {
    fn value(&self, x: f64) -> f64 {
        if x == 0.0 { 0.0 } else { x * x.ln() }
    }
    fn derivative(&self, x: f64) -> f64 {
        x.ln() + 1.0
    }
    fn second_derivative(&self, x: f64) -> f64 {
        x.recip()
    }
    /// $\ln b + a \ln[a, b]$ for the larger $b$.
    fn divided_difference(&self, a: f64, b: f64) -> f64 {
        let (a, b) = (a.min(b), a.max(b));
        if a == 0.0 { b.ln() } else { b.ln() + a * Log.divided_difference(a, b) }
    }
    fn domain(&self) -> Domain {
        NOT_NEGATIVE
    }
}
