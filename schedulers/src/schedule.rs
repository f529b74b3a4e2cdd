//! What a schedule is.

use std::rc::Rc;
use std::sync::Arc;

use crate::compose::{Chain, Scaled, Then};
use crate::error::{Error, Result};

/// A value that depends on the number of the step and on nothing else.
///
/// Step `t` is the update step that `t` other steps came before, so the first step is step 0 and
/// sees `at(0)`. Because the value is a pure function of the step, a run that is resumed at step
/// `t` asks for `at(t)`; there is no state to save and nothing to replay.
///
/// # What is a schedule
///
/// - a number: the same value at every step;
/// - a closure or function `Fn(u64) -> f64`;
/// - a struct of this crate, whose parameters were checked when it was built;
/// - what [`then`](Schedule::then), [`chain`](Schedule::chain) and [`scaled`](Schedule::scaled)
///   make of these;
/// - `&dyn Schedule`, `Box<dyn Schedule>`, `Rc<dyn Schedule>`, `Arc<dyn Schedule>`, also with
///   `+ Send` or `+ Send + Sync`.
///
/// A reference to a schedule of a known type becomes a schedule as `&schedule as &dyn Schedule`.
///
/// # Threads
///
/// The trait does not ask for `Send` or `Sync`, so that a closure may hold whatever it likes. The
/// structs of this crate are both; what is composed of schedules is what its parts are. Ask for
/// `Box<dyn Schedule + Send + Sync>` where a boxed schedule is to cross threads.
///
/// # Examples
///
/// ```
/// use schedulers::Schedule;
///
/// struct InverseTime {
///     initial: f64,
///     rate: f64,
/// }
///
/// impl Schedule for InverseTime {
///     fn at(&self, step: u64) -> f64 {
///         self.initial / (1.0 + self.rate * step as f64)
///     }
/// }
///
/// let by_struct = InverseTime { initial: 0.1, rate: 0.5 };
/// let by_closure = |step: u64| 0.1 / (1.0 + 0.5 * step as f64);
/// let by_number = 0.1;
///
/// let schedules: [&dyn Schedule; 3] = [&by_struct, &by_closure, &by_number];
/// assert_eq!(schedules.map(|schedule| schedule.at(2)), [0.05, 0.05, 0.1]);
/// ```
pub trait Schedule {
    /// The value at a step, counted from 0.
    ///
    /// The schedules of this crate give a finite value for every `u64`; what is
    /// [chained](Self::chain) or [scaled](Self::scaled) may overflow, as any product may.
    fn at(&self, step: u64) -> f64;

    /// The value at a step, checked to be a finite number of at least 0.
    ///
    /// A schedule that somebody else wrote, a closure above all, can return anything. Whoever uses
    /// its values for steps should ask for them here.
    ///
    /// # Errors
    ///
    /// [`Error::ScheduledValue`](crate::Error::ScheduledValue) with the step and the value.
    ///
    /// ```
    /// use schedulers::Schedule;
    ///
    /// let inverse = |step: u64| 1.0 / step as f64;
    /// assert_eq!(inverse.checked_at(2), Ok(0.5));
    /// assert_eq!(
    ///     inverse.checked_at(0).unwrap_err().to_string(),
    ///     "the schedule gives inf at step 0, it must give a finite number of at least 0"
    /// );
    /// ```
    fn checked_at(&self, step: u64) -> Result<f64> {
        match self.at(step) {
            value if value.is_finite() && value >= 0.0 => Ok(value),
            value => Err(Error::ScheduledValue { step, value }),
        }
    }

    /// This schedule before step `at_step` and `next` from then on; `next` counts its steps from
    /// `at_step`:
    ///
    /// `at(t) = self.at(t)` for `t < at_step`, `next.at(t - at_step)` for `t >= at_step`
    ///
    /// In a longer sequence every `at_step` counts from the start of the whole:
    /// `a.then(10, b).then(60, c)` is `a` in steps 0 to 9, `b` in 10 to 59 and `c` from 60, which
    /// is PyTorch's `SequentialLR([a, b, c], milestones=[10, 60])`. With `at_step` 0 this schedule
    /// is never used.
    ///
    /// ```
    /// use schedulers::{CosineAnnealing, Linear, Schedule};
    ///
    /// let schedule = Linear::warmup(0.4, 4)?.then(4, CosineAnnealing::new(0.4, 0.0, 10)?);
    /// let values: Vec<f64> = (0..6).map(|step| schedule.at(step)).collect();
    /// assert_eq!(values[..5], [0.0, 0.1, 0.2, 0.30000000000000004, 0.4]);
    /// assert!(values[5] < 0.4);
    /// assert_eq!(schedule.at(14), 0.0);
    /// # Ok::<(), schedulers::Error>(())
    /// ```
    fn then<S: Schedule>(self, at_step: u64, next: S) -> Then<Self, S>
    where
        Self: Sized,
    {
        Then::new(self, at_step, next)
    }

    /// The product of this schedule and another at the same step:
    ///
    /// `at(t) = self.at(t) * other.at(t)`
    ///
    /// One of the two carries the size, the other is a factor that is 1 where it is to change
    /// nothing. This is PyTorch's `ChainedScheduler` of two schedules that start from the same
    /// base rate, with that base rate counted once.
    ///
    /// ```
    /// use schedulers::{Linear, MultiStepDecay, Schedule};
    ///
    /// let warmup = Linear::new(0.25, 1.0, 2)?;
    /// let schedule = MultiStepDecay::new(0.8, [3, 5], 0.5)?.chain(warmup);
    /// assert_eq!([0, 1, 2, 3, 5].map(|step| schedule.at(step)), [0.2, 0.5, 0.8, 0.4, 0.2]);
    /// # Ok::<(), schedulers::Error>(())
    /// ```
    fn chain<S: Schedule>(self, other: S) -> Chain<Self, S>
    where
        Self: Sized,
    {
        Chain::new(self, other)
    }

    /// This schedule times a constant: `at(t) = by * self.at(t)`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFinite`](crate::Error::NotFinite) and
    /// [`Error::Negative`](crate::Error::Negative) when `by` is not a finite number of at least 0.
    ///
    /// ```
    /// use schedulers::{Schedule, StepDecay};
    ///
    /// let shape = StepDecay::new(1.0, 10, 0.5)?;
    /// assert_eq!(shape.scaled(0.3)?.at(10), 0.15);
    /// assert!(shape.scaled(f64::NAN).is_err());
    /// # Ok::<(), schedulers::Error>(())
    /// ```
    fn scaled(self, by: f64) -> Result<Scaled<Self>>
    where
        Self: Sized,
    {
        Scaled::new(self, by)
    }
}

/// A number is the schedule that has this value at every step. It is taken as it is; use
/// [`Constant`](crate::Constant) to have it checked.
impl Schedule for f64 {
    fn at(&self, _step: u64) -> f64 {
        *self
    }
}

/// A function of the step is a schedule. What it returns is taken as it is.
impl<F: Fn(u64) -> f64> Schedule for F {
    fn at(&self, step: u64) -> f64 {
        self(step)
    }
}

// A blanket implementation for `&S` would overlap with the one for closures, as a reference to a
// closure is a closure. A trait object is no closure, so pointers to these can be covered.
macro_rules! impl_for_pointers_to {
    ($($object:ty),+) => {$(
        impl Schedule for &$object {
            fn at(&self, step: u64) -> f64 {
                (**self).at(step)
            }
        }
        impl Schedule for Box<$object> {
            fn at(&self, step: u64) -> f64 {
                (**self).at(step)
            }
        }
        impl Schedule for Rc<$object> {
            fn at(&self, step: u64) -> f64 {
                (**self).at(step)
            }
        }
        impl Schedule for Arc<$object> {
            fn at(&self, step: u64) -> f64 {
                (**self).at(step)
            }
        }
    )+};
}

impl_for_pointers_to!(dyn Schedule + '_, dyn Schedule + Send + '_, dyn Schedule + Send + Sync + '_);

#[cfg(test)]
mod tests {
    use super::*;

    fn last(schedule: impl Schedule) -> f64 {
        schedule.at(u64::MAX)
    }

    fn doubled(step: u64) -> f64 {
        2.0 * step as f64
    }

    #[test]
    fn numbers_functions_closures_and_pointers_are_schedules() {
        let offset = 0.5;
        assert_eq!(last(0.25), 0.25);
        assert_eq!(doubled.at(3), 6.0);
        assert_eq!((|step: u64| step as f64 + offset).at(3), 3.5);
        let boxed: Box<dyn Schedule> = Box::new(0.125);
        assert_eq!(last(boxed), 0.125);
        let shared: Arc<dyn Schedule + Send + Sync> = Arc::new(0.125);
        assert_eq!(last(shared.clone()), 0.125);
        let counted: Rc<dyn Schedule> = Rc::new(0.125);
        assert_eq!(last(counted), 0.125);
        assert_eq!(last(&0.5 as &dyn Schedule), 0.5);
        let borrowing = |step: u64| shared.at(step);
        let boxed: Box<dyn Schedule + '_> = Box::new(borrowing);
        assert_eq!(last(boxed), 0.125);
    }

    #[test]
    fn boxed_schedules_compose() {
        let first: Box<dyn Schedule> = Box::new(1.0);
        let next: Box<dyn Schedule> = Box::new(doubled);
        let composed: Box<dyn Schedule> = Box::new(first.then(2, next).chain(0.5));
        assert_eq!([1, 2, 3].map(|step| composed.at(step)), [0.5, 0.0, 1.0]);
    }
}
