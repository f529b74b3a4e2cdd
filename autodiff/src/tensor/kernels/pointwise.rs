//! Functions applied element by element.

use super::{Update, run};

/// A function of one number, inlined into the loop that applies it.
pub(crate) trait Function1<T>: Copy {
    fn at(self, x: T) -> T;
}

/// A function of two numbers.
pub(crate) trait Function2<T>: Copy {
    fn at(self, x: T, y: T) -> T;
}

/// A function of three numbers.
pub(crate) trait Function3<T>: Copy {
    fn at(self, x: T, y: T, z: T) -> T;
}

struct Map<'a, T, F>(&'a [T], &'a mut [T], F);

impl<T: Copy, F: Function1<T>> pulp::NullaryFnOnce for Map<'_, T, F> {
    type Output = ();
    #[inline(always)]
    fn call(self) {
        let Self(x, out, f) = self;
        for (out, &x) in out.iter_mut().zip(x) {
            *out = f.at(x);
        }
    }
}

/// `out[i] = f(x[i])`
pub(crate) fn map<T: Copy, F: Function1<T>>(x: &[T], out: &mut [T], f: F) {
    debug_assert_eq!(x.len(), out.len());
    run(Map(x, out, f));
}

struct Zip<'a, T, F>(&'a [T], &'a [T], &'a mut [T], F);

impl<T: Copy, F: Function2<T>> pulp::NullaryFnOnce for Zip<'_, T, F> {
    type Output = ();
    #[inline(always)]
    fn call(self) {
        let Self(x, y, out, f) = self;
        for ((out, &x), &y) in out.iter_mut().zip(x).zip(y) {
            *out = f.at(x, y);
        }
    }
}

/// `out[i] = f(x[i], y[i])`
pub(crate) fn zip<T: Copy, F: Function2<T>>(x: &[T], y: &[T], out: &mut [T], f: F) {
    debug_assert!(x.len() == out.len() && y.len() == out.len());
    run(Zip(x, y, out, f));
}

struct ZipAssign<'a, T, F>(&'a [T], &'a [T], &'a mut [T], F);

impl<T: Copy, F: Function3<T>> pulp::NullaryFnOnce for ZipAssign<'_, T, F> {
    type Output = ();
    #[inline(always)]
    fn call(self) {
        let Self(x, y, out, f) = self;
        for ((out, &x), &y) in out.iter_mut().zip(x).zip(y) {
            *out = f.at(x, y, *out);
        }
    }
}

/// `out[i] = f(x[i], y[i], out[i])`
pub(crate) fn zip_assign<T: Copy, F: Function3<T>>(x: &[T], y: &[T], out: &mut [T], f: F) {
    debug_assert!(x.len() == out.len() && y.len() == out.len());
    run(ZipAssign(x, y, out, f));
}

#[derive(Clone, Copy)]
struct Added<F>(F);

impl<T: Copy + core::ops::Add<Output = T>, F: Function2<T>> Function3<T> for Added<F> {
    #[inline(always)]
    fn at(self, x: T, y: T, sum: T) -> T {
        sum + self.0.at(x, y)
    }
}

/// `out[i] = f(x[i], y[i])` or `out[i] += f(x[i], y[i])`
pub(crate) fn zip_update<T, F>(x: &[T], y: &[T], out: &mut [T], update: Update, f: F)
where
    T: Copy + core::ops::Add<Output = T>,
    F: Function2<T>,
{
    match update {
        Update::Replace => zip(x, y, out, f),
        Update::Add => zip_assign(x, y, out, Added(f)),
    }
}

#[derive(Clone, Copy)]
struct First;

impl<T> Function2<T> for First {
    #[inline(always)]
    fn at(self, x: T, _: T) -> T {
        x
    }
}

/// `out[i] += x[i]`
pub(crate) fn add_assign<T: Copy + core::ops::Add<Output = T>>(out: &mut [T], x: &[T]) {
    zip_assign(x, x, out, Added(First));
}
