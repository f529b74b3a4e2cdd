//! Integer powers.

use crate::tensor::array::Tensor;
use crate::tensor::element::Element;
use crate::tensor::kernels::{self, Function1};
use crate::tensor::tape::{Detail, Rule, Saved, record};

/// $y = x^n$: $\bar x = n x^{n-1} \bar y$.
#[derive(Clone, Copy, Debug)]
struct Powi;

#[derive(Clone, Copy)]
struct Power(i32);

impl<T: Element> Function1<T> for Power {
    #[inline(always)]
    fn at(self, x: T) -> T {
        x.powi(self.0)
    }
}

impl<T: Element> Rule<T> for Powi {
    fn name(&self) -> &'static str {
        "powi"
    }
    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, _: usize) -> Tensor<T> {
        let Detail::Exponent(n) = saved.detail else { unreachable!("a power has an exponent") };
        if n == 0 {
            return Tensor::filled(cotangent.extents(), T::ZERO);
        }
        let lower = n.checked_sub(1).expect("powi: the exponent i32::MIN has no derivative");
        cotangent * saved.operand(0).powi(lower) * T::from_f64(f64::from(n))
    }
}

impl<T: Element> Tensor<T> {
    /// $x^n$ for an integer $n$, element by element; $x^0 = 1$ also at 0.
    ///
    /// # Panics
    /// If $n$ is `i32::MIN` and the power is being differentiated.
    #[track_caller]
    pub fn powi(&self, n: i32) -> Self {
        let mut out = Tensor::stale(self.extents());
        kernels::map(self.as_slice(), out.slice_mut(), Power(n));
        record(&Powi, &[self], out, |saved, _| {
            saved.operands[0] = Some(self.clone());
            saved.detail = Detail::Exponent(n);
        })
    }
}
