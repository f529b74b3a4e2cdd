//! Arithmetic on two tensors, stretched to a common shape where they differ.

use core::ops::{Add, Div, Mul, Neg, Sub};

use super::broadcast::sum_to;
use crate::tensor::array::Tensor;
use crate::tensor::element::Element;
use crate::tensor::error::Error;
use crate::tensor::kernels::{self, Function2, Update};
use crate::tensor::sweep::Adjoints;
use crate::tensor::tape::{CONSTANT, Link, Rule, Saved, record};

/// $x + y$: $\bar x = \bar y = \bar z$.
#[derive(Clone, Copy, Debug)]
struct Plus;

impl<T: Element> Function2<T> for Plus {
    #[inline(always)]
    fn at(self, x: T, y: T) -> T {
        x + y
    }
}

impl<T: Element> Rule<T> for Plus {
    fn name(&self) -> &'static str {
        "add"
    }
    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, which: usize) -> Tensor<T> {
        sum_to(cotangent, saved.shapes[which])
    }
    fn accumulate(
        &self,
        saved: &mut Saved<T>,
        links: &[Link; 3],
        cotangent: Tensor<T>,
        adjoints: &mut Adjoints<'_, T>,
    ) {
        let full = cotangent.extents();
        // The smaller operand first, so that the cotangent itself can be handed on.
        let order = if saved.shapes[0] == full { [1, 0] } else { [0, 1] };
        for which in order {
            if links[which] == CONSTANT {
                continue;
            }
            if saved.shapes[which] == full {
                adjoints.add(links[which], cotangent.clone());
            } else {
                add_summed(&cotangent, saved, which, links, adjoints);
            }
        }
    }
}

/// $x - y$: $\bar x = \bar z$, $\bar y = -\bar z$.
#[derive(Clone, Copy, Debug)]
struct Minus;

impl<T: Element> Function2<T> for Minus {
    #[inline(always)]
    fn at(self, x: T, y: T) -> T {
        x - y
    }
}

impl<T: Element> Rule<T> for Minus {
    fn name(&self) -> &'static str {
        "sub"
    }
    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, which: usize) -> Tensor<T> {
        let part = sum_to(cotangent, saved.shapes[which]);
        if which == 0 { part } else { -part }
    }
}

/// $x \odot y$: $\bar x = \bar z \odot y$, $\bar y = \bar z \odot x$.
#[derive(Clone, Copy, Debug)]
struct Times;

impl<T: Element> Function2<T> for Times {
    #[inline(always)]
    fn at(self, x: T, y: T) -> T {
        x * y
    }
}

impl<T: Element> Rule<T> for Times {
    fn name(&self) -> &'static str {
        "mul"
    }
    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, which: usize) -> Tensor<T> {
        sum_to(&(cotangent * saved.operand(1 - which)), saved.shapes[which])
    }
    fn accumulate(
        &self,
        saved: &mut Saved<T>,
        links: &[Link; 3],
        cotangent: Tensor<T>,
        adjoints: &mut Adjoints<'_, T>,
    ) {
        for (which, &link) in links.iter().enumerate() {
            if link == CONSTANT {
                continue;
            }
            if saved.shapes[0] == saved.shapes[1] {
                let (g, other) = (cotangent.as_slice(), saved.operand(1 - which).as_slice());
                adjoints.update(link, |target, update| {
                    kernels::zip_update(g, other, target, update, Times);
                });
            } else {
                adjoints.add(link, self.pullback(saved, &cotangent, which));
            }
        }
    }
}

/// $x / y$: $\bar x = \bar z / y$, $\bar y = -\bar z \odot z / y$.
#[derive(Clone, Copy, Debug)]
struct Over;

impl<T: Element> Function2<T> for Over {
    #[inline(always)]
    fn at(self, x: T, y: T) -> T {
        x / y
    }
}

impl<T: Element> Rule<T> for Over {
    fn name(&self) -> &'static str {
        "div"
    }
    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, which: usize) -> Tensor<T> {
        let scaled = cotangent / saved.operand(1);
        let part = if which == 0 { scaled } else { -(scaled * saved.output()) };
        sum_to(&part, saved.shapes[which])
    }
}

/// The larger of two numbers, NaN if one of them is.
#[derive(Clone, Copy, Debug)]
struct Maximum;

impl<T: Element> Function2<T> for Maximum {
    #[inline(always)]
    fn at(self, x: T, y: T) -> T {
        if x > y || x.is_nan() { x } else { y }
    }
}

/// The smaller of two numbers, NaN if one of them is.
#[derive(Clone, Copy, Debug)]
struct Minimum;

impl<T: Element> Function2<T> for Minimum {
    #[inline(always)]
    fn at(self, x: T, y: T) -> T {
        if x < y || x.is_nan() { x } else { y }
    }
}

/// 1 where $x > y$, 1/2 where $x = y$, 0 where $x < y$.
#[derive(Clone, Copy, Debug)]
struct Exceeds;

impl<T: Element> Function2<T> for Exceeds {
    #[inline(always)]
    fn at(self, x: T, y: T) -> T {
        let half = T::from_f64(0.5);
        let above = if x > y { T::ONE } else { T::ZERO };
        let equal = if x == y { half } else { T::ZERO };
        above + equal
    }
}

macro_rules! extremum {
    ($rule:ident, $name:literal, $first:tt) => {
        impl<T: Element> Rule<T> for $rule {
            fn name(&self) -> &'static str {
                $name
            }
            fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, which: usize) -> Tensor<T> {
                let (x, y) = (saved.operand(0).detach(), saved.operand(1).detach());
                let share = if (which == 0) == $first {
                    combine(Exceeds, &x, &y, "maximum")
                } else {
                    combine(Exceeds, &y, &x, "minimum")
                };
                sum_to(&(cotangent * &share), saved.shapes[which])
            }
        }
    };
}
extremum!(Maximum, "maximum", true);
extremum!(Minimum, "minimum", false);

/// Adds the cotangent, summed over the stretched axes of operand `which`, to its adjoint.
fn add_summed<T: Element>(
    cotangent: &Tensor<T>,
    saved: &Saved<T>,
    which: usize,
    links: &[Link; 3],
    adjoints: &mut Adjoints<'_, T>,
) {
    let shape = saved.shapes[which];
    adjoints.update(links[which], |target, update| {
        if update == Update::Replace {
            target.fill(T::ZERO);
        }
        kernels::sum_to((cotangent.as_slice(), &cotangent.extents()), (target, &shape));
    });
}

/// `f(x, y)` stretched to the common shape, not recorded.
#[track_caller]
fn combine<T: Element, F: Function2<T>>(
    f: F,
    x: &Tensor<T>,
    y: &Tensor<T>,
    op: &'static str,
) -> Tensor<T> {
    let Some(shape) = x.extents().broadcast(&y.extents()) else {
        let (lhs, rhs) = (x.shape().to_vec(), y.shape().to_vec());
        Error::ShapeMismatch { op, lhs, rhs }.raise()
    };
    let mut out = Tensor::stale(shape);
    let (a, b) = ((x.as_slice(), &x.extents()), (y.as_slice(), &y.extents()));
    kernels::zip_broadcast(&shape, a, b, out.slice_mut(), f);
    out
}

#[track_caller]
fn add<T: Element>(x: &Tensor<T>, y: &Tensor<T>) -> Tensor<T> {
    record(&Plus, &[x, y], combine(Plus, x, y, "add"), |_, _| {})
}

#[track_caller]
fn sub<T: Element>(x: &Tensor<T>, y: &Tensor<T>) -> Tensor<T> {
    record(&Minus, &[x, y], combine(Minus, x, y, "sub"), |_, _| {})
}

#[track_caller]
fn mul<T: Element>(x: &Tensor<T>, y: &Tensor<T>) -> Tensor<T> {
    record(&Times, &[x, y], combine(Times, x, y, "mul"), |saved, _| {
        // Each operand is needed only for the derivative in the other one.
        saved.operands[0] = y.stamp().map(|_| x.clone());
        saved.operands[1] = x.stamp().map(|_| y.clone());
    })
}

#[track_caller]
fn div<T: Element>(x: &Tensor<T>, y: &Tensor<T>) -> Tensor<T> {
    record(&Over, &[x, y], combine(Over, x, y, "div"), |saved, output| {
        saved.operands[1] = Some(y.clone());
        saved.output = y.stamp().map(|_| output.clone());
    })
}

impl<T: Element> Tensor<T> {
    /// The larger of the two, element by element; NaN where either is NaN.
    ///
    /// Where both are equal each gets half of the derivative.
    ///
    /// # Panics
    /// If the shapes cannot be stretched to a common one.
    #[track_caller]
    pub fn maximum(&self, other: &Self) -> Self {
        let out = combine(Maximum, self, other, "maximum");
        record(&Maximum, &[self, other], out, |saved, _| {
            saved.operands = [Some(self.clone()), Some(other.clone()), None];
        })
    }

    /// The smaller of the two, element by element; NaN where either is NaN.
    ///
    /// Where both are equal each gets half of the derivative.
    ///
    /// # Panics
    /// If the shapes cannot be stretched to a common one.
    #[track_caller]
    pub fn minimum(&self, other: &Self) -> Self {
        let out = combine(Minimum, self, other, "minimum");
        record(&Minimum, &[self, other], out, |saved, _| {
            saved.operands = [Some(self.clone()), Some(other.clone()), None];
        })
    }
}

/// The operator between tensors, references to them and numbers.
macro_rules! operator {
    ($($trait:ident $method:ident $function:ident),*) => {$(
        operator!(@tensors $trait $method $function, &Tensor<T>, &Tensor<T>);
        operator!(@tensors $trait $method $function, &Tensor<T>, Tensor<T>);
        operator!(@tensors $trait $method $function, Tensor<T>, &Tensor<T>);
        operator!(@tensors $trait $method $function, Tensor<T>, Tensor<T>);
        impl<T: Element> $trait<T> for &Tensor<T> {
            type Output = Tensor<T>;
            #[track_caller]
            fn $method(self, rhs: T) -> Tensor<T> {
                $function(self, &Tensor::scalar(rhs))
            }
        }
        impl<T: Element> $trait<T> for Tensor<T> {
            type Output = Tensor<T>;
            #[track_caller]
            fn $method(self, rhs: T) -> Tensor<T> {
                $function(&self, &Tensor::scalar(rhs))
            }
        }
        operator!(@number $trait $method $function f32 f64);
    )*};
    (@tensors $trait:ident $method:ident $function:ident, $lhs:ty, $rhs:ty) => {
        impl<T: Element> $trait<$rhs> for $lhs {
            type Output = Tensor<T>;
            #[track_caller]
            fn $method(self, rhs: $rhs) -> Tensor<T> {
                $function(&self, &rhs)
            }
        }
    };
    (@number $trait:ident $method:ident $function:ident $($number:ty)*) => {$(
        impl $trait<&Tensor<$number>> for $number {
            type Output = Tensor<$number>;
            #[track_caller]
            fn $method(self, rhs: &Tensor<$number>) -> Tensor<$number> {
                $function(&Tensor::scalar(self), rhs)
            }
        }
        impl $trait<Tensor<$number>> for $number {
            type Output = Tensor<$number>;
            #[track_caller]
            fn $method(self, rhs: Tensor<$number>) -> Tensor<$number> {
                $function(&Tensor::scalar(self), &rhs)
            }
        }
    )*};
}
operator!(Add add add, Sub sub sub, Mul mul mul, Div div div);

impl<T: Element> Neg for Tensor<T> {
    type Output = Tensor<T>;
    #[track_caller]
    fn neg(self) -> Tensor<T> {
        -&self
    }
}
