//! The same value at every step.

use crate::error::{Result, non_negative};
use crate::schedule::Schedule;

/// The same value at every step.
///
/// `at(t) = value`
///
/// A bare `f64` does the same; this type checks the value. PyTorch's `ConstantLR`, which lowers
/// the rate for the first steps only, is a sequence: `(factor * base).then(steps, base)`.
///
/// ```
/// use schedulers::{Constant, Schedule};
///
/// assert_eq!(Constant::new(0.1)?.at(1_000_000), 0.1);
/// assert!(Constant::new(f64::INFINITY).is_err());
/// # Ok::<(), schedulers::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Constant {
    value: f64,
}

impl Constant {
    /// The schedule with this value, a finite number of at least 0.
    ///
    /// # Errors
    ///
    /// [`Error::NotFinite`](crate::Error::NotFinite) and
    /// [`Error::Negative`](crate::Error::Negative).
    pub fn new(value: f64) -> Result<Self> {
        Ok(Self { value: non_negative("value", value)? })
    }
}

impl Schedule for Constant {
    fn at(&self, _step: u64) -> f64 {
        self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_is_the_same() {
        let schedule = Constant::new(0.0).unwrap();
        assert_eq!([0, 1, u64::MAX].map(|step| schedule.at(step)), [0.0; 3]);
        assert!(Constant::new(-0.1).is_err());
        assert!(Constant::new(f64::NAN).is_err());
    }
}
