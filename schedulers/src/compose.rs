//! Schedules made of schedules: one after the other, multiplied, scaled.

use crate::error::{Result, non_negative};
use crate::schedule::Schedule;

/// One schedule after another; made by [`Schedule::then`], which says what it does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Then<A, B> {
    first: A,
    at_step: u64,
    next: B,
}

impl<A, B> Then<A, B> {
    pub(crate) fn new(first: A, at_step: u64, next: B) -> Self {
        Self { first, at_step, next }
    }
}

impl<A: Schedule, B: Schedule> Schedule for Then<A, B> {
    fn at(&self, step: u64) -> f64 {
        match step.checked_sub(self.at_step) {
            None => self.first.at(step),
            Some(step_of_next) => self.next.at(step_of_next),
        }
    }
}

/// The product of two schedules; made by [`Schedule::chain`], which says what it does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chain<A, B> {
    first: A,
    second: B,
}

impl<A, B> Chain<A, B> {
    pub(crate) fn new(first: A, second: B) -> Self {
        Self { first, second }
    }
}

impl<A: Schedule, B: Schedule> Schedule for Chain<A, B> {
    fn at(&self, step: u64) -> f64 {
        self.first.at(step) * self.second.at(step)
    }
}

/// A schedule times a constant; made by [`Schedule::scaled`], which says what it does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scaled<S> {
    schedule: S,
    by: f64,
}

impl<S> Scaled<S> {
    pub(crate) fn new(schedule: S, by: f64) -> Result<Self> {
        Ok(Self { schedule, by: non_negative("by", by)? })
    }
}

impl<S: Schedule> Schedule for Scaled<S> {
    fn at(&self, step: u64) -> f64 {
        self.by * self.schedule.at(step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shows which step it was asked for.
    fn step_number(step: u64) -> f64 {
        step as f64
    }

    #[test]
    fn the_next_schedule_counts_from_its_own_start() {
        let schedule = 0.5.then(3, step_number).then(5, |step| 100.0 + step as f64);
        let values: Vec<f64> = (0..7).map(|step| schedule.at(step)).collect();
        assert_eq!(values, [0.5, 0.5, 0.5, 0.0, 1.0, 100.0, 101.0]);
    }

    #[test]
    fn sequences_nest_on_either_side() {
        let left = 1.0.then(2, 2.0).then(6, step_number);
        let right = 1.0.then(2, 2.0.then(4, step_number));
        for step in 0..10 {
            assert_eq!(left.at(step), right.at(step));
        }
    }

    #[test]
    fn switching_at_the_ends() {
        assert_eq!(1.0.then(0, step_number).at(0), 0.0);
        assert_eq!(1.0.then(u64::MAX, step_number).at(u64::MAX - 1), 1.0);
        assert_eq!(1.0.then(u64::MAX, step_number).at(u64::MAX), 0.0);
    }

    #[test]
    fn products_see_the_same_step() {
        assert_eq!(step_number.chain(step_number).at(7), 49.0);
        assert_eq!(step_number.scaled(0.5).unwrap().at(7), 3.5);
        assert!(1.0.scaled(-1.0).is_err());
        assert!(1.0.scaled(f64::INFINITY).is_err());
    }
}
