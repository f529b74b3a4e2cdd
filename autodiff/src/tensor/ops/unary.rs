//! Functions applied to each element: one row each, with value and derivative.

use core::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI};
use core::ops::Neg;

use crate::tensor::array::Tensor;
use crate::tensor::element::Element;
use crate::tensor::kernels::{self, Function1, Function3};
use crate::tensor::sweep::Adjoints;
use crate::tensor::tape::{CONSTANT, Link, Rule, Saved, record};

/// One row of the table.
trait Unary: Copy + Sync + 'static {
    /// Whether the derivative needs the argument, or else the value.
    const FROM_ARGUMENT: bool;

    fn value<T: Element>(x: T) -> T;

    /// The derivative at `x`, from the argument or from the value `y`.
    fn slope<T: Element>(x: T, y: T) -> T;

    /// The same in tensor operations.
    fn slope_tensor<T: Element>(saved: &Saved<T>) -> Tensor<T>;
}

#[derive(Clone, Copy)]
struct Value<U>(U);

impl<T: Element, U: Unary> Function1<T> for Value<U> {
    #[inline(always)]
    fn at(self, x: T) -> T {
        U::value(x)
    }
}

#[derive(Clone, Copy)]
struct Slope<U>(U);

impl<T: Element, U: Unary> Function3<T> for Slope<U> {
    #[inline(always)]
    fn at(self, x: T, y: T, cotangent: T) -> T {
        cotangent * U::slope(x, y)
    }
}

impl<T: Element, U: Unary + Named> Rule<T> for U {
    fn name(&self) -> &'static str {
        U::NAME
    }
    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, _: usize) -> Tensor<T> {
        cotangent * U::slope_tensor(saved)
    }
    fn accumulate(
        &self,
        saved: &mut Saved<T>,
        links: &[Link; 3],
        mut cotangent: Tensor<T>,
        adjoints: &mut Adjoints<'_, T>,
    ) {
        if links[0] == CONSTANT {
            return;
        }
        let known = if U::FROM_ARGUMENT { saved.operand(0) } else { saved.output() }.as_slice();
        kernels::zip_assign(known, known, cotangent.slice_mut(), Slope(*self));
        adjoints.add(links[0], cotangent);
    }
}

trait Named {
    const NAME: &'static str;
}

#[track_caller]
fn apply<T: Element, U: Unary + Named>(x: &Tensor<T>, rule: &'static U) -> Tensor<T> {
    let mut out = Tensor::stale(x.extents());
    kernels::map(x.as_slice(), out.slice_mut(), Value(*rule));
    record(rule, &[x], out, |saved, output| {
        if U::FROM_ARGUMENT {
            saved.operands[0] = Some(x.clone());
        } else {
            saved.output = Some(output.clone());
        }
    })
}

/// One row: documentation, method, type of the rule, what the derivative is computed from
/// (`argument x` or `value y`), the value, the derivative of a number, the derivative in tensors.
macro_rules! unary {
    ($(
        $(#[$documentation:meta])*
        $method:ident $rule:ident from $source:ident $known:ident:
            |$x:ident| $value:expr,
            $slope:expr,
            |$tensor:ident| $slope_tensor:expr;
    )*) => {
        $(
            #[derive(Clone, Copy, Debug)]
            struct $rule;

            impl Named for $rule {
                const NAME: &'static str = stringify!($method);
            }

            impl Unary for $rule {
                const FROM_ARGUMENT: bool = unary!(@is_argument $source);

                #[inline(always)]
                fn value<T: Element>($x: T) -> T {
                    $value
                }

                #[inline(always)]
                fn slope<T: Element>(argument: T, value: T) -> T {
                    let $known = unary!(@choose $source argument value);
                    $slope
                }

                fn slope_tensor<T: Element>(saved: &Saved<T>) -> Tensor<T> {
                    let $tensor = unary!(@saved $source saved);
                    $slope_tensor
                }
            }
        )*

        impl<T: Element> Tensor<T> {
            $(
                $(#[$documentation])*
                #[track_caller]
                pub fn $method(&self) -> Self {
                    apply(self, &$rule)
                }
            )*
        }
    };
    (@is_argument argument) => { true };
    (@is_argument value) => { false };
    (@choose argument $argument:ident $value:ident) => {{ let _ = $value; $argument }};
    (@choose value $argument:ident $value:ident) => {{ let _ = $argument; $value }};
    (@saved argument $saved:ident) => { $saved.operand(0) };
    (@saved value $saved:ident) => { $saved.output() };
}

#[inline(always)]
fn number<T: Element>(x: f64) -> T {
    T::from_f64(x)
}

unary! {
    /// $\max(x, 0)$, with derivative 0 at 0. NaN stays NaN.
    relu Relu from value y:
        |x| if x <= T::ZERO { T::ZERO } else { x },
        if y > T::ZERO { T::ONE } else { y }, // 0 or NaN
        |y| y.detach().heaviside();
    /// 1 where $x > 0$, 0 where $x \le 0$; its derivative is 0. NaN stays NaN.
    heaviside Heaviside from value y:
        |x| if x > T::ZERO { T::ONE } else if x <= T::ZERO { T::ZERO } else { x },
        { let _ = y; T::ZERO },
        |y| Tensor::filled(y.extents(), T::ZERO);
    /// $|x|$, with derivative 0 at 0.
    abs Abs from argument x:
        |x| x.abs(),
        if x == T::ZERO { T::ZERO } else { x.signum() },
        |x| x.detach().sign();
    /// The sign: -1, 0 or 1; its derivative is 0. NaN stays NaN.
    sign Sign from value y:
        |x| if x == T::ZERO { x } else { x.signum() },
        { let _ = y; T::ZERO },
        |y| Tensor::filled(y.extents(), T::ZERO);
    /// $x^2$
    square Square from argument x:
        |x| x * x,
        x + x,
        |x| x + x;
    /// $1/x$
    recip Recip from value y:
        |x| T::ONE / x,
        -(y * y),
        |y| -y.square();
    /// $\sqrt x$; its derivative at 0 is $+\infty$, and below 0 both are NaN.
    sqrt Sqrt from value y:
        |x| x.sqrt(),
        number::<T>(0.5) / y.abs(), // also at -0
        |y| y.abs().recip() * number::<T>(0.5);
    /// $e^x$
    exp Exp from value y:
        |x| x.vector_exp(),
        y,
        |y| y.clone();
    /// $\ln x$; $-\infty$ at 0, NaN below.
    ln Ln from argument x:
        |x| x.ln(),
        T::ONE / x,
        |x| x.recip();
    /// $\sin x$
    sin Sin from argument x:
        |x| x.sin(),
        x.cos(),
        |x| x.cos();
    /// $\cos x$
    cos Cos from argument x:
        |x| x.cos(),
        -x.sin(),
        |x| -x.sin();
    /// $\tanh x$
    tanh Tanh from value y:
        |x| x.vector_tanh(),
        T::ONE - y * y,
        |y| -(y.square() - T::ONE);
    /// The logistic function $\sigma(x) = 1 / (1 + e^{-x})$.
    sigmoid Sigmoid from value y:
        |x| T::ONE / (T::ONE + (-x).vector_exp()),
        y * (T::ONE - y),
        |y| y - y.square();
    /// $\ln(1 + e^x)$, without overflow.
    softplus Softplus from argument x:
        |x| (if x <= T::ZERO { T::ZERO } else { x }) + (-x.abs()).vector_exp().ln_1p(),
        T::ONE / (T::ONE + (-x).vector_exp()),
        |x| x.sigmoid();
    /// The error function $\frac{2}{\sqrt\pi} \int_0^x e^{-t^2}\,dt$.
    erf Erf from argument x:
        |x| x.vector_erf(),
        number::<T>(FRAC_2_SQRT_PI) * (-x * x).vector_exp(),
        |x| (-x.square()).exp() * number::<T>(FRAC_2_SQRT_PI);
    /// The Gaussian error linear unit $x\,\Phi(x)$ with the normal distribution function $\Phi$
    /// (D. Hendrycks and K. Gimpel, 2016, with the exact $\Phi$). At $-\infty$ it is NaN.
    gelu Gelu from argument x:
        |x| x * normal_cdf(x),
        normal_cdf(x) + x * normal_pdf(x),
        |x| {
            let half = number::<T>(0.5);
            let cdf = ((x * number::<T>(FRAC_1_SQRT_2)).erf() + T::ONE) * half;
            let pdf = (x.square() * number::<T>(-0.5)).exp() * number::<T>(FRAC_1_SQRT_2PI);
            cdf + x * pdf
        };
    /// The approximation $\tfrac12 x (1 + \tanh(\sqrt{2/\pi}\,(x + 0.044715 x^3)))$ of
    /// [`gelu`](Tensor::gelu) (D. Hendrycks and K. Gimpel, 2016), within 0.0005 of it. At $-\infty$
    /// it is NaN.
    gelu_tanh GeluTanh from argument x:
        |x| number::<T>(0.5) * x * (T::ONE + inner(x).vector_tanh()),
        {
            let t = inner(x).vector_tanh();
            let slope = number::<T>(SQRT_2_OVER_PI) * (T::ONE + number::<T>(3.0 * CUBIC) * x * x);
            number::<T>(0.5) * (T::ONE + t + x * (T::ONE - t * t) * slope)
        },
        |x| {
            let square = x.square();
            let inner = x * (&square * number::<T>(CUBIC) + T::ONE) * number::<T>(SQRT_2_OVER_PI);
            let t = inner.tanh();
            let slope = (square * number::<T>(3.0 * CUBIC) + T::ONE) * number::<T>(SQRT_2_OVER_PI);
            (x * (-t.square() + T::ONE) * slope + t + T::ONE) * number::<T>(0.5)
        };
}

const FRAC_1_SQRT_2PI: f64 = 0.398_942_280_401_432_7;
const SQRT_2_OVER_PI: f64 = 0.797_884_560_802_865_4;
const CUBIC: f64 = 0.044_715;

/// The argument of the hyperbolic tangent in `gelu_tanh`.
#[inline(always)]
fn inner<T: Element>(x: T) -> T {
    number::<T>(SQRT_2_OVER_PI) * (x + number::<T>(CUBIC) * x * x * x)
}

#[inline(always)]
fn normal_cdf<T: Element>(x: T) -> T {
    number::<T>(0.5) * (T::ONE + (x * number::<T>(FRAC_1_SQRT_2)).vector_erf())
}

#[inline(always)]
fn normal_pdf<T: Element>(x: T) -> T {
    number::<T>(FRAC_1_SQRT_2PI) * (number::<T>(-0.5) * x * x).vector_exp()
}

#[derive(Clone, Copy, Debug)]
struct Negative;

impl Named for Negative {
    const NAME: &'static str = "neg";
}

impl Unary for Negative {
    const FROM_ARGUMENT: bool = false;
    #[inline(always)]
    fn value<T: Element>(x: T) -> T {
        -x
    }
    #[inline(always)]
    fn slope<T: Element>(_: T, _: T) -> T {
        -T::ONE
    }
    fn slope_tensor<T: Element>(_: &Saved<T>) -> Tensor<T> {
        Tensor::scalar(-T::ONE)
    }
}

impl<T: Element> Neg for &Tensor<T> {
    type Output = Tensor<T>;
    #[track_caller]
    fn neg(self) -> Tensor<T> {
        apply(self, &Negative)
    }
}
