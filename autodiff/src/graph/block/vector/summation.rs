//! The order of operations in long sums, which is the same for one row and for several at once, and
//! in long searches for an extreme value.

use calculus_core::Real;
use calculus_core::elementary::Unary;
use calculus_core::elementary::lanes::{Task, dispatch};

/// Long sums are added up in as many interleaved partial sums, which do not wait for one another.
const PARTIAL: usize = 8;
/// Shorter sums are added up in order.
const LONG: usize = 32;

/// Looking for the instructions of the processor does not pay for fewer entries.
const DISPATCHED: usize = 128;

/// Runs a task on as many entries.
#[inline(always)]
fn run<K: Task>(task: K, entries: usize) -> K::Output {
    if entries < DISPATCHED { task.run::<false>() } else { dispatch(task) }
}

/// $\sum_i f(x_i)$.
#[inline(always)]
pub(super) fn summed<T: Real>(x: &[T], f: impl Fn(T) -> T) -> T {
    if x.len() < LONG {
        return x.iter().fold(T::from(0.0), |sum, &x| sum + f(x));
    }
    let mut sums = [T::from(0.0); PARTIAL];
    run(Accumulate { x, f, sums: &mut sums }, x.len());
    total(sums)
}

/// Adds $f(x_i)$ to partial sums, in the vector instructions of the processor.
struct Accumulate<'a, T, F> {
    x: &'a [T],
    f: F,
    sums: &'a mut [T; PARTIAL],
}

impl<T: Real, F: Fn(T) -> T> Task for Accumulate<'_, T, F> {
    type Output = ();

    #[inline(always)]
    fn run<const FUSED: bool>(self) {
        let Self { x, f, sums } = self;
        let (blocks, rest) = x.as_chunks::<PARTIAL>();
        let mut partial = *sums;
        for block in blocks {
            for (sum, &x) in partial.iter_mut().zip(block) {
                *sum += f(x);
            }
        }
        for (sum, &x) in partial.iter_mut().zip(rest) {
            *sum += f(x);
        }
        *sums = partial;
    }
}

/// $y_i = f(x_i)$.
#[inline(always)]
pub(super) fn mapped<T: Real>(x: &[T], y: &mut [T], f: impl Fn(T) -> T) {
    run(Mapped { x, y, f }, x.len());
}

struct Mapped<'a, T, F> {
    x: &'a [T],
    y: &'a mut [T],
    f: F,
}

impl<T: Real, F: Fn(T) -> T> Task for Mapped<'_, T, F> {
    type Output = ();

    #[inline(always)]
    fn run<const FUSED: bool>(self) {
        for (y, &x) in self.y.iter_mut().zip(self.x) {
            *y = (self.f)(x);
        }
    }
}

/// Exponentials are evaluated as many at a time.
pub(super) const BLOCK: usize = 128;

/// $e^{x_i}$ in the place of $x_i$.
pub(super) fn exponentials<T: Real>(x: &mut [T]) {
    let mut arguments = [T::from(0.0); BLOCK];
    for block in x.chunks_mut(BLOCK) {
        let arguments = &mut arguments[..block.len()];
        arguments.copy_from_slice(block);
        T::apply_each(Unary::Exp, arguments, block);
    }
}

/// $\sum_i t_i$ with $t_i = e^{x_i - s}$, added up in the order of [`summed`].
///
/// The terms are written to `terms`: all of them, or block by block to the same place if it has room
/// for one [`BLOCK`] only.
pub(super) fn sum_of_exponentials<T: Real>(x: &[T], s: f64, terms: &mut [T]) -> T {
    let keeps_all = terms.len() >= x.len();
    let mut arguments = [T::from(0.0); BLOCK];
    let mut sums = [T::from(0.0); PARTIAL];
    for (i, block) in x.chunks(BLOCK).enumerate() {
        let arguments = &mut arguments[..block.len()];
        mapped(block, arguments, |x| x - s);
        let terms = &mut terms[if keeps_all { i * BLOCK } else { 0 }..][..block.len()];
        T::apply_each(Unary::Exp, arguments, terms);
        if x.len() < LONG {
            return terms.iter().fold(T::from(0.0), |sum, &term| sum + term);
        }
        run(Accumulate { x: terms, f: |term| term, sums: &mut sums }, block.len());
    }
    total(sums)
}

/// $\sum_i a_i b_i$.
#[inline(always)]
pub(super) fn summed_products<T: Real>(a: &[T], b: &[T]) -> T {
    if a.len() < LONG {
        return a.iter().zip(b).fold(T::from(0.0), |sum, (&a, &b)| sum + a * b);
    }
    long_sum_of_products(a, b)
}

// Apart, so that the loop over few entries is compiled into the function that calls it.
#[inline(never)]
fn long_sum_of_products<T: Real>(a: &[T], b: &[T]) -> T {
    run(SummedProducts { a, b }, a.len())
}

struct SummedProducts<'a, T> {
    a: &'a [T],
    b: &'a [T],
}

impl<T: Real> Task for SummedProducts<'_, T> {
    type Output = T;

    #[inline(always)]
    fn run<const FUSED: bool>(self) -> T {
        let mut sums = [T::from(0.0); PARTIAL];
        let ((blocks, rest), (others, other_rest)) =
            (self.a.as_chunks::<PARTIAL>(), self.b.as_chunks::<PARTIAL>());
        for (a, b) in blocks.iter().zip(others) {
            for k in 0..PARTIAL {
                sums[k] += a[k] * b[k];
            }
        }
        for ((sum, &a), &b) in sums.iter_mut().zip(rest).zip(other_rest) {
            *sum += a * b;
        }
        total(sums)
    }
}

/// Values folded by a function that may take them in any order, from a start that changes nothing.
#[inline(always)]
pub(super) fn folded<T: Real>(x: &[T], start: f64, f: impl Fn(f64, f64) -> f64) -> f64 {
    if x.len() < PARTIAL {
        return x.iter().fold(start, |so_far, x| f(so_far, x.value()));
    }
    run(Folded { x, start, f }, x.len())
}

struct Folded<'a, T, F> {
    x: &'a [T],
    start: f64,
    f: F,
}

impl<T: Real, F: Fn(f64, f64) -> f64> Task for Folded<'_, T, F> {
    type Output = f64;

    #[inline(always)]
    fn run<const FUSED: bool>(self) -> f64 {
        const WIDE: usize = 4 * PARTIAL;
        let Self { x, start, f } = self;
        let mut partial = [start; WIDE];
        let (blocks, rest) = x.as_chunks::<WIDE>();
        for block in blocks {
            for (partial, x) in partial.iter_mut().zip(block) {
                *partial = f(*partial, x.value());
            }
        }
        let rest = rest.iter().map(|x| x.value());
        partial.into_iter().chain(rest).fold(start, f)
    }
}

/// The place of the first value of which `found` holds.
#[inline(always)]
pub(super) fn place<T: Real>(x: &[T], found: impl Fn(f64) -> bool) -> Option<usize> {
    run(Place { x, found }, x.len())
}

struct Place<'a, T, F> {
    x: &'a [T],
    found: F,
}

impl<T: Real, F: Fn(f64) -> bool> Task for Place<'_, T, F> {
    type Output = Option<usize>;

    #[inline(always)]
    fn run<const FUSED: bool>(self) -> Option<usize> {
        let Self { x, found } = self;
        // Whether there is one in a block is a loop without a branch.
        let among = |block: &[T]| block.iter().fold(false, |any, x| any | found(x.value()));
        let block = x.chunks(BLOCK).position(among)? * BLOCK;
        let within = x[block..].iter().position(|x| found(x.value()))?;
        Some(block + within)
    }
}

fn total<T: Real>(mut sums: [T; PARTIAL]) -> T {
    let mut width = PARTIAL / 2;
    while width > 0 {
        for k in 0..width {
            sums[k] += sums[k + width];
        }
        width /= 2;
    }
    sums[0]
}

/// The partial sums of several rows.
#[derive(Debug)]
pub(super) struct LaneSums<T> {
    sums: Vec<T>,
    lanes: usize,
}

impl<T> Default for LaneSums<T> {
    fn default() -> Self {
        Self { sums: Vec::new(), lanes: 0 }
    }
}

impl<T: Real> LaneSums<T> {
    /// Begins sums of as many terms.
    pub(super) fn begin(&mut self, terms: usize, lanes: usize) {
        let partial = if terms < LONG { 1 } else { PARTIAL };
        self.lanes = lanes;
        self.sums.clear();
        self.sums.resize(partial * lanes, T::from(0.0));
    }

    /// The sums, one per row, to which term `i` is added.
    #[inline(always)]
    pub(super) fn of_term(&mut self, i: usize) -> &mut [T] {
        let partial = if self.sums.len() == self.lanes { 0 } else { i % PARTIAL };
        &mut self.sums[partial * self.lanes..][..self.lanes]
    }

    /// The sums of all terms.
    pub(super) fn total(&mut self) -> &[T] {
        let mut width = self.sums.len() / 2;
        while width >= self.lanes && width > 0 {
            let (low, high) = self.sums.split_at_mut(width);
            for (low, &high) in low.iter_mut().zip(high.iter()) {
                *low += high;
            }
            self.sums.truncate(width);
            width /= 2;
        }
        &self.sums
    }
}

/// The largest value, NaN left out; $-\infty$ where there is none.
pub(super) fn largest<T: Real>(x: &[T]) -> f64 {
    folded(x, f64::NEG_INFINITY, |m, x| if x > m { x } else { m })
}

/// The largest value of each of several rows.
pub(super) fn largest_of_lanes<T: Real>(x: &[T], lanes: usize, largest: &mut Vec<f64>) {
    largest.clear();
    largest.resize(lanes, f64::NEG_INFINITY);
    for x in x.chunks_exact(lanes) {
        for (m, x) in largest.iter_mut().zip(x) {
            let x = x.value();
            *m = if x > *m { x } else { *m };
        }
    }
}

/// What sums of exponentials of several rows keep: the shifts of their exponents, and the sums.
#[derive(Debug)]
pub(super) struct Lanes<T> {
    pub(super) shifts: Vec<f64>,
    pub(super) sums: LaneSums<T>,
    /// The terms of one operand.
    pub(super) terms: Vec<T>,
}

impl<T> Default for Lanes<T> {
    fn default() -> Self {
        Self { shifts: Vec::new(), sums: LaneSums::default(), terms: Vec::new() }
    }
}
