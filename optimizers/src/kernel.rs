//! Running elementwise loops in vector instructions and, on long vectors, on several threads.

use calculus_core::Float;

/// Below this many entries (a tenth of a millisecond of work) one thread is faster than waking others.
const PARALLEL_THRESHOLD: usize = 1 << 19;
/// The entries that one task handles: large against the cost of a task, small against a cache.
const CHUNK: usize = 1 << 15;

/// An elementwise loop over slices that can be cut in two.
///
/// The body of [`run`](Self::run) must be `#[inline(always)]`, and so must whatever it calls: only
/// then is it compiled for the instruction set that is found at run time.
pub(crate) trait Kernel: Send + Sized {
    /// The number of entries.
    fn len(&self) -> usize;
    /// The kernel for the entries before `middle`, and the one for those from there on.
    fn split_at(self, middle: usize) -> (Self, Self);
    /// The loop.
    fn run(self);
}

struct Dispatched<K>(K);

impl<K: Kernel> pulp::NullaryFnOnce for Dispatched<K> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        self.0.run();
    }
}

/// Runs the loop. The result does not depend on the number of threads.
pub(crate) fn launch<K: Kernel>(kernel: K) {
    if kernel.len() < PARALLEL_THRESHOLD || rayon::current_num_threads() == 1 {
        pulp::Arch::new().dispatch(Dispatched(kernel));
    } else {
        halve(kernel);
    }
}

fn halve<K: Kernel>(kernel: K) {
    let n = kernel.len();
    if n <= CHUNK {
        pulp::Arch::new().dispatch(Dispatched(kernel));
    } else {
        let (left, right) = kernel.split_at(middle(n));
        rayon::join(|| halve(left), || halve(right));
    }
}

/// About half of `n`, at a boundary of chunks.
fn middle(n: usize) -> usize {
    n.div_ceil(2).next_multiple_of(CHUNK).min(n)
}

/// $x \leftarrow c\,x$.
pub(crate) struct Scale<'a, T> {
    pub(crate) values: &'a mut [T],
    pub(crate) factor: T,
}

impl<T: Float> Kernel for Scale<'_, T> {
    fn len(&self) -> usize {
        self.values.len()
    }

    fn split_at(self, middle: usize) -> (Self, Self) {
        let (left, right) = self.values.split_at_mut(middle);
        (Self { values: left, ..self }, Self { values: right, ..self })
    }

    #[inline(always)]
    fn run(self) {
        for x in self.values {
            *x *= self.factor;
        }
    }
}

/// $\sum_i x_i^2$, accumulated in double precision.
///
/// The order of the additions is fixed: it depends on the length alone, not on the machine or the
/// number of threads.
pub(crate) fn sum_of_squares<T: Float>(x: &[T]) -> f64 {
    if x.len() <= CHUNK {
        return pulp::Arch::new().dispatch(SumOfSquares(x));
    }
    let (left, right) = x.split_at(middle(x.len()));
    let (left, right) = if x.len() < PARALLEL_THRESHOLD {
        (sum_of_squares(left), sum_of_squares(right))
    } else {
        rayon::join(|| sum_of_squares(left), || sum_of_squares(right))
    };
    left + right
}

struct SumOfSquares<'a, T>(&'a [T]);

impl<T: Float> pulp::NullaryFnOnce for SumOfSquares<'_, T> {
    type Output = f64;

    #[inline(always)]
    fn call(self) -> f64 {
        const LANES: usize = 32;
        let mut sums = [0.0; LANES];
        let (blocks, rest) = self.0.as_chunks::<LANES>();
        for block in blocks {
            for (sum, x) in sums.iter_mut().zip(block) {
                let x = x.to_f64();
                *sum += x * x;
            }
        }
        let mut total = sums.iter().sum::<f64>();
        for x in rest {
            let x = x.to_f64();
            total += x * x;
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Double<'a>(&'a mut [f32]);

    impl Kernel for Double<'_> {
        fn len(&self) -> usize {
            self.0.len()
        }
        fn split_at(self, middle: usize) -> (Self, Self) {
            let (left, right) = self.0.split_at_mut(middle);
            (Self(left), Self(right))
        }
        #[inline(always)]
        fn run(self) {
            for x in self.0 {
                *x *= 2.0;
            }
        }
    }

    #[test]
    fn every_entry_is_visited_once() {
        for n in [0, 1, CHUNK, CHUNK + 1, PARALLEL_THRESHOLD - 1, 3 * PARALLEL_THRESHOLD + 7] {
            let mut x: Vec<f32> = (0..n).map(|i| (i % 97) as f32).collect();
            launch(Double(&mut x));
            assert!(x.iter().enumerate().all(|(i, &x)| x == 2.0 * (i % 97) as f32), "{n}");
        }
    }

    #[test]
    fn sums_do_not_depend_on_the_number_of_threads() {
        let x: Vec<f32> = (0..PARALLEL_THRESHOLD * 2 + 5).map(|i| (i as f32).sin()).collect();
        let sum = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| sum_of_squares(&x))
        };
        assert_eq!(sum(1).to_bits(), sum(3).to_bits());
        let reference: f64 = x.iter().map(|&x| f64::from(x) * f64::from(x)).sum();
        assert!((sum(2) / reference - 1.0).abs() < 1e-12);
        assert_eq!(sum_of_squares::<f64>(&[]), 0.0);
        assert_eq!(sum_of_squares(&[3.0_f32, -4.0]), 25.0);
    }
}
