//! Functions of one argument: a row each.

use core::f64::consts::{FRAC_2_SQRT_PI, LN_2, LN_10};

use super::domain::{Boundary, Domain};
use super::special;
use crate::Real;

/// Builds the enumeration and its look-ups from the rows.
///
/// A row reads: documentation, variant, name; the value as an expression in `x: f64`; the
/// derivative as an expression in the argument `x` and the value `y`, both any [`Real`]; the
/// domain; and the boundary points as `x => value, derivative`.
macro_rules! table {
    ($(
        $(#[$doc:meta])*
        $variant:ident $name:literal {
            value: |$v:ident| $value:expr,
            derivative: |$x:pat_param, $y:pat_param| $derivative:expr,
            domain: $domain:expr,
            boundary: [$($at:expr => $bv:expr, $bd:expr);* $(;)?],
        }
    )*) => {
        /// A function of one real argument.
        ///
        /// # Examples
        /// ```
        /// use calculus_core::{Real, elementary::Unary};
        /// let row = Unary::Tanh;
        /// assert_eq!(row.name(), "tanh");
        /// assert_eq!(row.value(0.0), 0.0);
        /// assert_eq!(row.derivative(0.0, 0.0), 1.0);
        /// assert_eq!(0.3.apply(row), 0.3_f64.tanh());
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Unary {
            $($(#[$doc])* $variant,)*
        }

        impl Unary {
            /// Every row, in the order of the table.
            pub const ALL: &'static [Unary] = &[$(Unary::$variant),*];

            /// The name of the function, as the method of [`Real`] is called.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Unary::$variant => $name,)*
                }
            }

            /// The value at `x`; NaN outside the domain.
            #[inline(always)]
            pub fn value(self, x: f64) -> f64 {
                match self {
                    $(Unary::$variant => {
                        let $v = x;
                        $value
                    })*
                }
            }

            /// The derivative at `x`, where `y` is the value at `x`.
            ///
            /// Generic over the scalar, so that it can be differentiated in turn.
            #[inline(always)]
            pub fn derivative<T: Real>(self, x: T, y: T) -> T {
                match self {
                    $(Unary::$variant => {
                        let ($x, $y) = (x, y);
                        $derivative
                    })*
                }
            }

            /// Where the function is defined.
            pub const fn domain(self) -> Domain {
                match self {
                    $(Unary::$variant => $domain,)*
                }
            }

            /// The boundary points of the domain or of smoothness, and what is promised there.
            pub const fn boundary(self) -> &'static [Boundary] {
                match self {
                    $(Unary::$variant => &[
                        $(Boundary { x: $at, value: $bv, derivative: $bd }),*
                    ],)*
                }
            }
        }
    };
}

const INF: f64 = f64::INFINITY;
const MINUS_INF: f64 = f64::NEG_INFINITY;
const LOG2_E: f64 = core::f64::consts::LOG2_E;
const FRAC_PI_2: f64 = core::f64::consts::FRAC_PI_2;
const PI: f64 = core::f64::consts::PI;

table! {
    /// $-x$.
    Neg "neg" {
        value: |x| -x,
        derivative: |_, _| T::from(-1.0),
        domain: Domain::ALL,
        boundary: [0.0 => -0.0, -1.0],
    }
    /// $1/x$ for $x \ne 0$, derivative $-1/x^2$; at $\pm 0$ the value is $\pm\infty$ and the
    /// derivative $-\infty$.
    Recip "recip" {
        value: |x| 1.0 / x,
        derivative: |_, y| -(y * y),
        domain: Domain::ALL,
        boundary: [0.0 => INF, MINUS_INF; -0.0 => MINUS_INF, MINUS_INF; INF => 0.0, 0.0],
    }
    /// $\sqrt x$ for $x \ge 0$, derivative $1/(2\sqrt x)$, $+\infty$ at 0.
    Sqrt "sqrt" {
        value: |x| x.sqrt(),
        // |y|, because the square root of -0 is -0 and the derivative there is +inf all the same.
        derivative: |_, y| 0.5 / y.abs(),
        domain: Domain::closed(0.0, INF),
        boundary: [0.0 => 0.0, INF; -0.0 => -0.0, INF; INF => INF, 0.0],
    }
    /// $x^{1/3}$ for all $x$, derivative $1/(3 y^2)$, $+\infty$ at 0.
    Cbrt "cbrt" {
        value: |x| x.cbrt(),
        derivative: |_, y| 1.0 / (3.0 * (y * y)),
        domain: Domain::ALL,
        boundary: [0.0 => 0.0, INF; -0.0 => -0.0, INF],
    }
    /// $e^x$, its own derivative.
    Exp "exp" {
        value: |x| x.exp(),
        derivative: |_, y| y,
        domain: Domain::ALL,
        boundary: [MINUS_INF => 0.0, 0.0; INF => INF, INF],
    }
    /// $2^x$, derivative $2^x \ln 2$.
    Exp2 "exp2" {
        value: |x| x.exp2(),
        derivative: |_, y| y * LN_2,
        domain: Domain::ALL,
        boundary: [MINUS_INF => 0.0, 0.0; INF => INF, INF],
    }
    /// $e^x - 1$, exact near 0; derivative $e^x$, computed as such because $y + 1$ loses all
    /// digits at large negative $x$.
    ExpM1 "exp_m1" {
        value: |x| x.exp_m1(),
        derivative: |x, _| x.exp(),
        domain: Domain::ALL,
        boundary: [MINUS_INF => -1.0, 0.0; -0.0 => -0.0, 1.0],
    }
    /// $\ln x$ for $x > 0$, derivative $1/x$; at 0 the pair is $(-\infty, +\infty)$.
    Ln "ln" {
        value: |x| x.ln(),
        derivative: |x, _| x.recip(),
        domain: Domain::open(0.0, INF),
        boundary: [0.0 => MINUS_INF, INF; INF => INF, 0.0],
    }
    /// $\log_2 x$ for $x > 0$, derivative $1/(x \ln 2)$.
    Log2 "log2" {
        value: |x| x.log2(),
        derivative: |x, _| LOG2_E / x,
        domain: Domain::open(0.0, INF),
        boundary: [0.0 => MINUS_INF, INF; INF => INF, 0.0],
    }
    /// $\log_{10} x$ for $x > 0$, derivative $1/(x \ln 10)$.
    Log10 "log10" {
        value: |x| x.log10(),
        derivative: |x, _| 1.0 / (x * LN_10),
        domain: Domain::open(0.0, INF),
        boundary: [0.0 => MINUS_INF, INF; INF => INF, 0.0],
    }
    /// $\ln(1 + x)$ for $x > -1$, exact near 0; derivative $1/(1 + x)$.
    Ln1p "ln_1p" {
        value: |x| x.ln_1p(),
        derivative: |x, _| 1.0 / (1.0 + x),
        domain: Domain::open(-1.0, INF),
        boundary: [-1.0 => MINUS_INF, INF; -0.0 => -0.0, 1.0; INF => INF, 0.0],
    }
    /// $\sin x$ ($x$ in radians), derivative $\cos x$.
    Sin "sin" {
        value: |x| x.sin(),
        derivative: |x, _| x.cos(),
        domain: Domain::ALL,
        boundary: [-0.0 => -0.0, 1.0],
    }
    /// $\cos x$ ($x$ in radians), derivative $-\sin x$.
    Cos "cos" {
        value: |x| x.cos(),
        derivative: |x, _| -x.sin(),
        domain: Domain::ALL,
        boundary: [0.0 => 1.0, 0.0],
    }
    /// $\tan x$ ($x$ in radians, not an odd multiple of $\pi/2$), derivative $1 + \tan^2 x$.
    Tan "tan" {
        value: |x| x.tan(),
        derivative: |_, y| 1.0 + y * y,
        domain: Domain::ALL,
        boundary: [-0.0 => -0.0, 1.0],
    }
    /// $\arcsin x$ for $|x| \le 1$, derivative $1/\sqrt{1 - x^2}$, $+\infty$ at $\pm 1$.
    Asin "asin" {
        value: |x| x.asin(),
        derivative: |x, _| one_minus_square(x).sqrt().recip(),
        domain: Domain::closed(-1.0, 1.0),
        boundary: [1.0 => FRAC_PI_2, INF; -1.0 => -FRAC_PI_2, INF],
    }
    /// $\arccos x$ for $|x| \le 1$, derivative $-1/\sqrt{1 - x^2}$, $-\infty$ at $\pm 1$.
    Acos "acos" {
        value: |x| x.acos(),
        derivative: |x, _| -one_minus_square(x).sqrt().recip(),
        domain: Domain::closed(-1.0, 1.0),
        boundary: [1.0 => 0.0, MINUS_INF; -1.0 => PI, MINUS_INF],
    }
    /// $\arctan x$, derivative $1/(1 + x^2)$.
    Atan "atan" {
        value: |x| x.atan(),
        derivative: |x, _| 1.0 / (1.0 + x * x),
        domain: Domain::ALL,
        boundary: [INF => FRAC_PI_2, 0.0; MINUS_INF => -FRAC_PI_2, 0.0],
    }
    /// $\sinh x$, derivative $\cosh x$.
    Sinh "sinh" {
        value: |x| x.sinh(),
        derivative: |x, _| x.cosh(),
        domain: Domain::ALL,
        boundary: [-0.0 => -0.0, 1.0],
    }
    /// $\cosh x$, derivative $\sinh x$.
    Cosh "cosh" {
        value: |x| x.cosh(),
        derivative: |x, _| x.sinh(),
        domain: Domain::ALL,
        boundary: [0.0 => 1.0, 0.0],
    }
    /// $\tanh x$, derivative $\operatorname{sech}^2 x = 4\,\sigma(2x)\,\sigma(-2x)$, which unlike
    /// $1 - \tanh^2 x$ keeps all its digits where $\tanh x$ rounds to $\pm 1$.
    Tanh "tanh" {
        value: |x| x.tanh(),
        derivative: |x, _| 4.0 * ((2.0 * x).sigmoid() * (-2.0 * x).sigmoid()),
        domain: Domain::ALL,
        boundary: [INF => 1.0, 0.0; MINUS_INF => -1.0, 0.0; -0.0 => -0.0, 1.0],
    }
    /// $\operatorname{arsinh} x$, derivative $1/\sqrt{1 + x^2}$.
    Asinh "asinh" {
        value: |x| libm::asinh(x),
        derivative: |x, _| x.hypot(1.0).recip(),
        domain: Domain::ALL,
        boundary: [-0.0 => -0.0, 1.0],
    }
    /// $\operatorname{arcosh} x$ for $x \ge 1$, derivative $1/(\sqrt{x - 1}\sqrt{x + 1})$,
    /// $+\infty$ at 1.
    Acosh "acosh" {
        // `libm` gives a number for large negative arguments.
        value: |x| if x < 1.0 { f64::NAN } else { libm::acosh(x) },
        derivative: |x, _| ((x - 1.0).sqrt() * (x + 1.0).sqrt()).recip(),
        domain: Domain::closed(1.0, INF),
        boundary: [1.0 => 0.0, INF; INF => INF, 0.0],
    }
    /// $\operatorname{artanh} x$ for $|x| < 1$, derivative $1/(1 - x^2)$; infinite at
    /// $\pm 1$.
    Atanh "atanh" {
        value: |x| libm::atanh(x),
        derivative: |x, _| one_minus_square(x).recip(),
        domain: Domain::open(-1.0, 1.0),
        boundary: [1.0 => INF, INF; -1.0 => MINUS_INF, INF; -0.0 => -0.0, 1.0],
    }
    /// The error function $\frac{2}{\sqrt\pi}\int_0^x e^{-t^2}dt$, derivative
    /// $\frac{2}{\sqrt\pi}e^{-x^2}$.
    Erf "erf" {
        value: |x| libm::erf(x),
        derivative: |x, _| FRAC_2_SQRT_PI * gaussian(x),
        domain: Domain::ALL,
        boundary: [INF => 1.0, 0.0; MINUS_INF => -1.0, 0.0; 0.0 => 0.0, FRAC_2_SQRT_PI],
    }
    /// $1 - \operatorname{erf} x$, exact in the right tail; derivative
    /// $-\frac{2}{\sqrt\pi}e^{-x^2}$.
    Erfc "erfc" {
        value: |x| libm::erfc(x),
        derivative: |x, _| -FRAC_2_SQRT_PI * gaussian(x),
        domain: Domain::ALL,
        boundary: [INF => 0.0, 0.0; MINUS_INF => 2.0, 0.0; 0.0 => 1.0, -FRAC_2_SQRT_PI],
    }
    /// $\ln\Gamma(x)$ for $x > 0$ (for negative non-integers $\ln|\Gamma(x)|$), derivative
    /// $\psi(x)$; the value is $+\infty$ at 0 and at the negative integers.
    LnGamma "ln_gamma" {
        value: |x| libm::lgamma(x),
        derivative: |x, _| x.digamma(),
        domain: Domain::open(0.0, INF),
        boundary: [1.0 => 0.0, -EULER_GAMMA; 2.0 => 0.0, 1.0 - EULER_GAMMA],
    }
    /// The digamma function $\psi(x) = \Gamma'(x)/\Gamma(x)$ for $x > 0$ (and for negative
    /// non-integers), derivative the trigamma function; NaN at the poles $0, -1, -2, \dots$.
    Digamma "digamma" {
        value: |x| special::polygamma(0, x),
        derivative: |x, _| x.polygamma(1),
        domain: Domain::open(0.0, INF),
        boundary: [1.0 => -EULER_GAMMA, PI * PI / 6.0; INF => INF, 0.0],
    }
    /// The logistic function $\sigma(x) = 1/(1 + e^{-x})$, derivative $\sigma(x)\,\sigma(-x)$,
    /// which keeps its digits where $\sigma(x)$ rounds to 1.
    Sigmoid "sigmoid" {
        value: |x| special::sigmoid(x),
        derivative: |x, y| y * (-x).sigmoid(),
        domain: Domain::ALL,
        boundary: [0.0 => 0.5, 0.25; INF => 1.0, 0.0; MINUS_INF => 0.0, 0.0],
    }
    /// $\ln(1 + e^x)$ without overflow, derivative $\sigma(x)$.
    Softplus "softplus" {
        value: |x| special::softplus(x),
        derivative: |x, _| x.sigmoid(),
        domain: Domain::ALL,
        boundary: [0.0 => LN_2, 0.5; INF => INF, 1.0; MINUS_INF => 0.0, 0.0],
    }
    /// $|x|$, derivative $\operatorname{sgn} x$, 0 at 0 (the subgradient of least norm).
    Abs "abs" {
        value: |x| x.abs(),
        derivative: |x, _| x.apply(Unary::Sign),
        domain: Domain::ALL,
        boundary: [0.0 => 0.0, 0.0; -0.0 => 0.0, 0.0; INF => INF, 1.0; MINUS_INF => INF, -1.0],
    }
    /// The sign bit as $\pm 1$, also at $\pm 0$, as `f64::signum`; derivative 0 everywhere.
    Signum "signum" {
        value: |x| x.signum(),
        derivative: |_, _| T::from(0.0),
        domain: Domain::ALL,
        boundary: [0.0 => 1.0, 0.0; -0.0 => -1.0, 0.0],
    }
    /// $\operatorname{sgn} x$: $-1$, $0$ or $1$; derivative 0 everywhere. The derivative of
    /// [`Abs`](Unary::Abs).
    Sign "sign" {
        value: |x| if x == 0.0 { 0.0 } else { x.signum() },
        derivative: |_, _| T::from(0.0),
        domain: Domain::ALL,
        boundary: [0.0 => 0.0, 0.0; -0.0 => 0.0, 0.0],
    }
    /// $\lfloor x \rfloor$; derivative 0, also at the jumps.
    Floor "floor" {
        value: |x| x.floor(),
        derivative: |_, _| T::from(0.0),
        domain: Domain::ALL,
        boundary: [0.0 => 0.0, 0.0; 2.0 => 2.0, 0.0],
    }
    /// $\lceil x \rceil$; derivative 0, also at the jumps.
    Ceil "ceil" {
        value: |x| x.ceil(),
        derivative: |_, _| T::from(0.0),
        domain: Domain::ALL,
        boundary: [0.0 => 0.0, 0.0; 2.0 => 2.0, 0.0],
    }
    /// The nearest integer, halves away from zero; derivative 0, also at the jumps.
    Round "round" {
        value: |x| x.round(),
        derivative: |_, _| T::from(0.0),
        domain: Domain::ALL,
        boundary: [0.5 => 1.0, 0.0; -0.5 => -1.0, 0.0],
    }
    /// The integer part; derivative 0, also at the jumps.
    Trunc "trunc" {
        value: |x| x.trunc(),
        derivative: |_, _| T::from(0.0),
        domain: Domain::ALL,
        boundary: [0.0 => 0.0, 0.0; -2.0 => -2.0, 0.0],
    }
}

/// $1 - x^2$, rounded once: exact near $\pm 1$, and with the derivative $-2x$ exact near 0.
#[inline(always)]
fn one_minus_square<T: Real>(x: T) -> T {
    (-x).mul_add(x, 1.0)
}

/// $e^{-x^2}$, with the rounding of $x^2$ made up for: the exponential would magnify it $x^2$-fold.
#[inline(always)]
fn gaussian<T: Real>(x: T) -> T {
    let square = x * x;
    // The square is `square + rest` exactly, and the rest so small that $e^{-r} = 1 - r$. Where the
    // square overflows, the rest is -inf or NaN, which the maximum keeps from the zero beside it.
    let rest = x.mul_add(x, -square).max(-1.0);
    (-square).exp() * (1.0 - rest)
}

/// The Euler-Mascheroni constant $\gamma = -\psi(1)$.
const EULER_GAMMA: f64 = 0.577_215_664_901_532_9;

#[cfg(test)]
mod tests {
    use super::*;

    fn same(a: f64, b: f64) -> bool {
        a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= 4.0 * f64::EPSILON * b.abs()
    }

    #[test]
    fn every_row_keeps_its_promise_at_the_boundary() {
        for &row in Unary::ALL {
            assert!(!row.boundary().is_empty(), "{} promises nothing", row.name());
            for point in row.boundary() {
                let y = row.value(point.x);
                let d = row.derivative(point.x, y);
                assert!(same(y, point.value), "{}({}) = {y}", row.name(), point.x);
                if point.x == 0.0 && point.value == 0.0 {
                    assert_eq!(
                        y.is_sign_negative(),
                        point.value.is_sign_negative(),
                        "sign of {}({:?})",
                        row.name(),
                        point.x
                    );
                }
                assert!(same(d, point.derivative), "{}'({}) = {d}", row.name(), point.x);
            }
        }
    }

    #[test]
    fn names_are_distinct_and_nan_stays_nan() {
        let mut names: Vec<_> = Unary::ALL.iter().map(|row| row.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Unary::ALL.len());
        for &row in Unary::ALL {
            assert!(row.value(f64::NAN).is_nan(), "{}(NaN)", row.name());
        }
    }

    #[test]
    fn the_slope_of_erf_keeps_its_digits_in_the_tail() {
        // mpmath 1.3, 2 exp(-x^2) / sqrt(pi) at 40 digits, rounded to double.
        for (x, expected) in [
            (0.3, 1.031260909618963),
            (1.7, 0.06271104049686839),
            (4.9, 4.2173976219858005e-11),
            (9.3, 3.0926111653878693e-38),
            (13.7, 3.465163657565109e-82),
            (20.1, 3.9186946644591955e-176),
            (25.9, 5.289001056810088e-292),
        ] {
            for (row, sign) in [(Unary::Erf, 1.0), (Unary::Erfc, -1.0)] {
                let slope = sign * row.derivative(x, row.value(x));
                assert!((slope / expected - 1.0).abs() <= 3.0 * f64::EPSILON, "{x}: {slope:e}");
                let single = crate::F32(x as f32);
                let slope = sign * row.derivative(single, single.apply(row)).value();
                let wide = sign * row.derivative(single.value(), row.value(single.value()));
                assert!((slope - wide).abs() <= 3e-7 * wide + 1e-45, "{x}: {slope:e}");
            }
        }
        for x in [1e160, f64::MAX, f64::INFINITY] {
            assert_eq!(Unary::Erf.derivative(-x, -1.0), 0.0);
            assert_eq!(Unary::Erfc.derivative(x, 0.0), 0.0);
        }
    }

    #[test]
    fn outside_the_domain_the_value_is_nan() {
        for (row, x) in [
            (Unary::Sqrt, -1.0),
            (Unary::Ln, -1.0),
            (Unary::Ln1p, -1.5),
            (Unary::Asin, 1.5),
            (Unary::Acos, -1.5),
            (Unary::Acosh, 0.5),
            (Unary::Acosh, -8.8e5),
            (Unary::Acosh, -1e300),
            (Unary::Atanh, 1.5),
        ] {
            assert!(!row.domain().contains(x));
            assert!(row.value(x).is_nan(), "{}({x})", row.name());
        }
    }
}
