//! Choice of the vector instructions at run time.

use pulp::{Simd, WithSimd};

/// A computation that is compiled once for each level of vector instructions.
///
/// `run` and all that it calls have to be `#[inline(always)]`: only what is inlined is compiled for
/// the level that [`dispatch`] has chosen.
pub trait Task {
    /// What the computation returns.
    type Output;

    /// The computation; `FUSED` says whether $ab + c$ rounded once is an instruction here. Where it
    /// is not, [`f64::mul_add`] is a call that no loop of vectors survives.
    fn run<const FUSED: bool>(self) -> Self::Output;
}

/// Runs `task`, compiled for AVX-512, AVX2 with fused multiply-add, NEON, or the baseline of the
/// target, whichever is the widest that the processor has.
///
/// Costs a load and a branch over the task itself.
///
/// # Examples
/// ```
/// use calculus_core::elementary::{Unary, lanes};
///
/// /// Sums $e^{x_i}$ over a block of values.
/// struct SumOfExponentials<'a>(&'a [f64]);
///
/// impl lanes::Task for SumOfExponentials<'_> {
///     type Output = f64;
///
///     #[inline(always)]
///     fn run<const FUSED: bool>(self) -> f64 {
///         let mut y = [0.0; 64];
///         let mut sum = 0.0;
///         for x in self.0.chunks(64) {
///             let y = &mut y[..x.len()];
///             lanes::unary::<FUSED>(Unary::Exp, x, y);
///             sum += y.iter().sum::<f64>();
///         }
///         sum
///     }
/// }
///
/// assert_eq!(lanes::dispatch(SumOfExponentials(&[0.0; 100])), 100.0);
/// ```
#[inline]
pub fn dispatch<T: Task>(task: T) -> T::Output {
    pulp::Arch::new().dispatch(Leveled(task))
}

struct Leveled<T>(T);

impl<T: Task> WithSimd for Leveled<T> {
    type Output = T::Output;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> T::Output {
        // Every level of `pulp` above the scalar one has the instruction, WebAssembly's apart.
        let fused = if S::IS_SCALAR { BASELINE_FUSED } else { !cfg!(target_family = "wasm") };
        if fused { self.0.run::<true>() } else { self.0.run::<false>() }
    }
}

/// Whether the program was compiled for processors that all have a fused multiply-add.
const BASELINE_FUSED: bool = cfg!(any(target_feature = "fma", target_arch = "aarch64"));
