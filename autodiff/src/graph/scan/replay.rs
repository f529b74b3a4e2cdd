//! The steps of a recurrence forward, and back.

use super::checkpoints;
use super::recurrence::Recurrence;
use super::step::Step;
use crate::graph::block::{At, Replay};
use crate::graph::grouped::are_finite;

/// What a forward pass keeps for the reverse sweep.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kept {
    /// The values of each step that its sweep reads: at most so many in all steps.
    Values(usize),
    /// The state before each step.
    States,
    /// Nothing: the sweep stores checkpoints on its way.
    Nothing,
}

/// What the last forward pass has left.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Pass {
    /// Nothing that a sweep could use.
    Forgotten,
    Kept,
    /// It met a step that decides as none that was recorded.
    Undecided,
}

/// What a workspace keeps for a recurrence.
pub(super) struct Prepared<T> {
    bodies: Vec<Step<T>>,
    kept: Kept,
    pass: Pass,
    /// The body of each step, if there are several and values are kept.
    taken: Vec<usize>,
    /// The values that the sweeps of the steps read, one step after another. Those of the last step
    /// stay in the workspace of its body and are kept when the first sweep has read them.
    values: Vec<T>,
    last_is_kept: bool,
    /// Stored states, one after another: those of the whole trajectory, or checkpoints.
    states: Vec<T>,
    /// The outputs of the last step, which begin with the state.
    outputs: Vec<T>,
    /// The cotangents of the outputs.
    cotangents: Vec<T>,
}

impl Recurrence {
    pub(super) fn prepare<T: Replay>(&self) -> Prepared<T> {
        let bodies: Vec<Step<T>> =
            self.bodies.iter().map(|body| Step::new(&body.graph, self.shared.len())).collect();
        let kept = match self.values_to_keep(&bodies) {
            Some(values) => Kept::Values(values),
            None if self.steps <= self.checkpoints => Kept::States,
            None => Kept::Nothing,
        };
        let zeros = || vec![T::from(0.0); self.width() + self.places.len()];
        Prepared {
            bodies,
            kept,
            pass: Pass::Forgotten,
            taken: Vec::new(),
            values: Vec::new(),
            last_is_kept: false,
            states: Vec::new(),
            outputs: zeros(),
            cotangents: zeros(),
        }
    }

    /// The most values that the sweeps of all steps read, if they are all that sweeps need and may
    /// be kept.
    fn values_to_keep<T: Replay>(&self, bodies: &[Step<T>]) -> Option<usize> {
        let most = bodies.iter().try_fold(0, |most, body| Some(body.values()?.max(most)))?;
        // Which body a step was evaluated by is kept too.
        let numbers = most * (1 + T::TANGENTS) + usize::from(bodies.len() > 1);
        let fits = numbers.checked_mul(self.steps)? <= self.kept_values;
        fits.then_some(most * self.steps)
    }

    /// The row that step `k` reads.
    pub(super) fn row(&self, k: usize) -> usize {
        if self.reversed { self.steps - 1 - k } else { k }
    }

    /// Evaluates step `k` from `state`, and tells the body that it was evaluated by.
    fn step<T: Replay>(
        &self,
        bodies: &mut [Step<T>],
        k: usize,
        x: &[T],
        state: &[T],
        sweep_follows: bool,
    ) -> Option<usize> {
        let r = self.row(k);
        bodies.iter_mut().position(|body| {
            let (before, row) = body.inputs_mut().split_at_mut(state.len());
            before.copy_from_slice(state);
            for (input, column) in row.iter_mut().zip(&self.columns) {
                *input = column.read(r, x);
            }
            body.replay(sweep_follows)
        })
    }

    /// Goes on from the state in `prepared` by step `k`, and tells the body that it was evaluated by.
    fn advance<T: Replay>(&self, prepared: &mut Prepared<T>, k: usize, x: &[T]) -> Option<usize> {
        let Prepared { bodies, outputs, .. } = prepared;
        let body = self.step(bodies, k, x, &outputs[..self.width()], false)?;
        bodies[body].read_outputs(outputs);
        Some(body)
    }

    /// Goes over all steps, keeping what a sweep needs if one follows, and shows the outputs of each
    /// step with the row it has read; whether all steps decide as recorded.
    pub(super) fn forward<T: Replay>(
        &self,
        prepared: &mut Prepared<T>,
        x: &[T],
        sweep_follows: bool,
        mut each: impl FnMut(usize, &[T]),
    ) -> bool {
        for body in &mut prepared.bodies {
            body.share(self.shared.iter().map(|&operand| x[operand]));
        }
        for (state, &operand) in prepared.outputs.iter_mut().zip(&self.initial) {
            *state = x[operand];
        }
        prepared.taken.clear();
        prepared.values.clear();
        prepared.states.clear();
        prepared.last_is_kept = false;
        prepared.pass = Pass::Forgotten;
        let kept = if sweep_follows { prepared.kept } else { Kept::Nothing };
        if let Kept::Values(most) = kept {
            prepared.values.reserve_exact(most);
        }
        for k in 0..self.steps {
            if kept == Kept::States {
                prepared.states.extend_from_slice(&prepared.outputs[..self.width()]);
            }
            let Some(body) = self.advance(prepared, k, x) else {
                prepared.pass = Pass::Undecided;
                return false;
            };
            if let Kept::Values(_) = kept {
                if prepared.bodies.len() > 1 {
                    prepared.taken.push(body);
                }
                if k + 1 < self.steps {
                    prepared.bodies[body].keep(&mut prepared.values);
                }
            }
            each(self.row(k), &prepared.outputs);
        }
        if sweep_follows {
            prepared.pass = Pass::Kept;
        }
        true
    }

    /// The state after the last step.
    pub(super) fn state<'p, T>(&self, prepared: &'p Prepared<T>) -> &'p [T] {
        &prepared.outputs[..self.width()]
    }

    /// Sweeps back over all steps and writes the adjoints of the operands to `gx`: NaN if a step
    /// decides as none that was recorded.
    pub(super) fn backward<T: Replay>(
        &self,
        prepared: &mut Prepared<T>,
        at: At<'_, T>,
        gx: &mut [T],
    ) {
        if prepared.pass == Pass::Forgotten {
            self.forward(prepared, at.x, true, |_, _| ());
        }
        let mut decided = prepared.pass == Pass::Kept && self.sweep_all(prepared, at, gx, false);
        // Where an adjoint of zero has met an infinite slope it has to stay zero.
        let in_groups = prepared.bodies.iter().any(Step::may_need_care);
        if decided && in_groups && !are_finite(gx) {
            decided = self.sweep_all(prepared, at, gx, true);
        }
        if !decided {
            gx.fill(T::from(f64::NAN));
        }
    }

    /// Sweeps back over all steps; whether all that are evaluated again decide as recorded.
    fn sweep_all<T: Replay>(
        &self,
        prepared: &mut Prepared<T>,
        at: At<'_, T>,
        gx: &mut [T],
        careful: bool,
    ) -> bool {
        let width = self.width();
        gx.fill(T::from(0.0));
        prepared.cotangents[..width].copy_from_slice(&at.g[..width]);
        prepared.bodies.iter_mut().for_each(Step::clear_shared);
        let mut sweep = Sweep { recurrence: self, prepared, at, gx, careful };
        let decided = match sweep.prepared.kept {
            Kept::Values(_) => {
                sweep.kept_values();
                true
            }
            Kept::States => (0..self.steps).rev().all(|k| sweep.again(k, k * width)),
            Kept::Nothing => {
                let initial = self.initial.iter().map(|&operand| at.x[operand]);
                sweep.prepared.states.clear();
                sweep.prepared.states.extend(initial);
                sweep.checkpointed(0, self.steps, self.checkpoints)
            }
        };
        for (&operand, &g) in self.initial.iter().zip(&prepared.cotangents) {
            gx[operand] += g;
        }
        for body in &prepared.bodies {
            for (&operand, &g) in self.shared.iter().zip(body.shared_adjoints()) {
                gx[operand] += g;
            }
        }
        decided
    }
}

/// A reverse sweep under way.
struct Sweep<'a, T> {
    recurrence: &'a Recurrence,
    prepared: &'a mut Prepared<T>,
    at: At<'a, T>,
    /// The adjoints of the operands that columns read.
    gx: &'a mut [T],
    careful: bool,
}

impl<T: Replay> Sweep<'_, T> {
    /// Sweeps back over all steps with the values that were kept.
    fn kept_values(&mut self) {
        let last = self.recurrence.steps - 1;
        let mut end = self.prepared.values.len();
        for k in (0..=last).rev() {
            let Prepared { bodies, taken, values, last_is_kept, .. } = &mut *self.prepared;
            let body = taken.get(k).copied().unwrap_or(0);
            if k < last || *last_is_kept {
                end = bodies[body].restore(&values[..end]);
            } else if last > 0 {
                bodies[body].keep(values);
                *last_is_kept = true;
            }
            self.step(k, body);
        }
    }

    /// Evaluates step `k` again, from the stored state that begins at `state`, and sweeps back over
    /// it; whether it decides as recorded.
    fn again(&mut self, k: usize, state: usize) -> bool {
        let Prepared { bodies, states, .. } = &mut *self.prepared;
        let state = &states[state..][..self.recurrence.width()];
        let body = self.recurrence.step(bodies, k, self.at.x, state, true);
        body.map(|body| self.step(k, body)).is_some()
    }

    /// Sweeps back over the steps `from..to` with as many `free` places for states; the state before
    /// the first of them is the last that is stored. Whether all steps decide as recorded.
    fn checkpointed(&mut self, from: usize, mut to: usize, free: usize) -> bool {
        let width = self.recurrence.width();
        let stored = self.prepared.states.len() - width;
        while to - from > 1 {
            let first =
                if free > 0 { checkpoints::advance(to - from, free) } else { to - from - 1 };
            let middle = from + first;
            let Prepared { states, outputs, .. } = &mut *self.prepared;
            outputs[..width].copy_from_slice(&states[stored..]);
            let (recurrence, x) = (self.recurrence, self.at.x);
            if !(from..middle).all(|k| recurrence.advance(self.prepared, k, x).is_some()) {
                return false;
            }
            let Prepared { states, outputs, .. } = &mut *self.prepared;
            states.extend_from_slice(&outputs[..width]);
            if !self.checkpointed(middle, to, free.saturating_sub(1)) {
                return false;
            }
            self.prepared.states.truncate(stored + width);
            to = middle;
        }
        self.again(from, stored)
    }

    /// Sweeps back over step `k`, whose values are in the workspace of the body, from the cotangent
    /// of the state after it to that of the state before it.
    fn step(&mut self, k: usize, body: usize) {
        let Recurrence { columns, places, .. } = self.recurrence;
        let Prepared { bodies, cotangents, .. } = &mut *self.prepared;
        let r = self.recurrence.row(k);
        let of_places = &mut cotangents[self.recurrence.width()..];
        for (cotangent, place) in of_places.iter_mut().zip(places) {
            *cotangent = self.at.g[place.result(r)];
        }
        let body = &mut bodies[body];
        body.sweep(cotangents, self.careful);
        let (state, of_columns) = body.input_adjoints().split_at(self.recurrence.width());
        cotangents[..state.len()].copy_from_slice(state);
        for (column, &g) in columns.iter().zip(of_columns) {
            if let Some(operand) = column.operand(r) {
                self.gx[operand] += g;
            }
        }
    }
}
