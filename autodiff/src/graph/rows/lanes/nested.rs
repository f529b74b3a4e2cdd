//! Rows inside the body of rows: they run one after another, in the lanes of the rows outside.

use super::analysis::{Analysis, Term};
use super::compile::{Compilation, Destination, Input, column_varies};
use super::program::{Instruction, NONE, RowsCall};
use super::uniform::{Level, Source};
use crate::graph::block::Call;
use crate::graph::node::Operand;
use crate::graph::rows::map::{Body, RowMap};

/// Whether a result of an inner call may be added up over the lanes in its own rows: these have one
/// body, whose decisions are confirmed before anything is added up.
pub(super) fn can_be_direct(call: &Call) -> bool {
    let rows = call.block.as_any().downcast_ref::<RowMap>();
    rows.is_some_and(|rows| rows.bodies.len() == 1)
}

/// What becomes of the results of a place of an inner call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Fate {
    Unused,
    Direct,
    Slots,
}

impl Compilation<'_> {
    /// Compiles a call to rows.
    pub(super) fn rows_call(&mut self, call: &Call, rows: &RowMap) {
        let graph = self.graph;
        let operands = &graph.operands[call.operands.clone()];
        let fates = self.fates(call, rows);
        let needed: Vec<bool> = fates.iter().map(|fate| *fate != Fate::Unused).collect();
        let reduced: Vec<bool> = fates.iter().map(|fate| *fate == Fate::Direct).collect();
        let varies = |operand: usize| self.analysis.varies(operands[operand]);
        let varying: Vec<bool> = rows
            .shared
            .iter()
            .map(|&operand| varies(operand))
            .chain(rows.columns.iter().map(|c| column_varies(c, rows.count, varies)))
            .collect();
        let analyse = |body: &Body| {
            Analysis::new(&body.graph, |i| varying[i], &needed, &reduced, self.compiler.fused)
        };
        let analyses: Vec<Analysis> = rows.bodies.iter().map(analyse).collect();

        // Operands in lanes are there before the rows begin.
        for (i, _) in varying.iter().enumerate().filter(|(_, varies)| **varies) {
            if !analyses.iter().any(|analysis| analysis.live[i]) {
                continue;
            }
            for r in 0..rows.count {
                let operand = operands[rows.operand(i, r).expect("what varies is no data")];
                if self.analysis.varies(operand) {
                    self.slot(operand);
                }
                if i < rows.shared.len() {
                    break;
                }
            }
        }
        let mut slots = vec![NONE; call.results];
        for (place, _) in rows.places.iter().zip(&fates).filter(|(_, fate)| **fate == Fate::Slots) {
            for result in (0..rows.count).map(|r| place.result(r)) {
                let index = call.first + result;
                if slots[result] == NONE && self.analysis.live[index] {
                    slots[result] = self.define(index);
                }
            }
        }
        // Results that no row adds to.
        for (result, slot) in slots.iter_mut().enumerate() {
            let index = call.first + result;
            if *slot == NONE && self.analysis.live[index] && !self.direct.contains_key(&index) {
                *slot = self.define(index);
            }
        }
        let zeroed = slots.iter().copied().filter(|&slot| slot != NONE);
        let results = self.compiler.list(zeroed);
        let number = self.compiler.program.calls.len();
        let count = rows.count as u32;
        self.compiler.program.calls.push(RowsCall { count, results, ..RowsCall::default() });
        self.compiler.push(Instruction::Rows { call: number as u32 });
        for (body, analysis) in rows.bodies.iter().zip(analyses) {
            let start = self.compiler.program.instructions.len() as u32;
            let level = self.rows_body(call, rows, body, analysis, &varying, (&fates, &slots));
            self.compiler.program.calls[number].bodies.push((start, level));
        }
        let end = self.compiler.program.instructions.len() as u32;
        self.compiler.program.calls[number].end = end;
        operands.iter().for_each(|&operand| self.consume(operand));
    }

    /// What becomes of the results of each place; results that cannot be direct are taken off that
    /// list.
    pub(super) fn fates(&mut self, call: &Call, rows: &RowMap) -> Vec<Fate> {
        let results = |place: usize| (0..rows.count).map(move |r| rows.places[place].result(r));
        let live = |result: usize| self.analysis.live[call.first + result];
        let mut fates: Vec<Fate> = (0..rows.places.len())
            .map(|place| if results(place).any(live) { Fate::Direct } else { Fate::Unused })
            .collect();
        // A result that is not only added up takes along those that share a place with it.
        loop {
            let is_direct = |result: &usize| self.direct.contains_key(&(call.first + result));
            let slots = (0..fates.len()).find(|&place| {
                fates[place] == Fate::Direct
                    && !results(place).filter(|&r| live(r)).all(|r| is_direct(&r))
            });
            let Some(place) = slots else { return fates };
            fates[place] = Fate::Slots;
            for result in results(place) {
                self.direct.remove(&(call.first + result));
            }
        }
    }

    /// Compiles one body of an inner call; its level.
    fn rows_body(
        &mut self,
        call: &Call,
        rows: &RowMap,
        body: &Body,
        analysis: Analysis,
        varying: &[bool],
        (fates, slots): (&[Fate], &[u32]),
    ) -> u32 {
        let graph = self.graph;
        let operands = &graph.operands[call.operands.clone()];
        let mut level = Level {
            parent: Some(self.level),
            rows: rows.count,
            operands: vec![NONE; operands.len()],
            ..Level::default()
        };
        let mut inputs = Vec::with_capacity(varying.len());
        for (i, &varies) in varying.iter().enumerate() {
            inputs.push(if !analysis.live[i] {
                Input::Unused
            } else if varies {
                self.varying_input(rows, operands, i)
            } else {
                self.uniform_input(rows, operands, i, &mut level)
            });
        }
        // Sums of products first: consecutive ones make one instruction.
        let mut direct: Vec<(usize, Vec<(bool, Term)>)> = (0..fates.len())
            .filter(|&k| fates[k] == Fate::Direct)
            .map(|k| (k, analysis.reduced(&body.graph, body.graph.outputs[k])))
            .collect();
        let is_product = |terms: &[(bool, Term)]| matches!(terms, [(false, Term::Product(..))]);
        direct.sort_by_key(|(_, terms)| !is_product(terms));
        level.sum = self.compiler.program.sums.len();
        level.sums = direct.len();
        for r in 0..rows.count {
            let sums = direct.iter().map(|(k, _)| {
                let index = call.first + rows.places[*k].result(r);
                self.direct.get(&index).copied().unwrap_or(NONE)
            });
            self.compiler.program.sums.extend(sums);
        }
        let mut lists = vec![NONE; fates.len()];
        for (k, place) in rows.places.iter().enumerate() {
            if fates[k] == Fate::Slots {
                let entries = (0..rows.count).map(|r| slots[place.result(r)]);
                lists[k] = self.compiler.list(entries).first;
            }
        }

        self.compiler.program.decides |= body.graph.decides();
        let mut inner = Compilation::new(self.compiler, &body.graph, analysis, inputs, level);
        inner.skip_zeros(&rows.cotangents);
        inner.nodes();
        inner.guards();
        for (number, (_, terms)) in direct.iter().enumerate() {
            if !inner.is_zero(terms) {
                inner.output(terms, &Destination::Sum(number as u32), 0);
            }
        }
        for (k, &list) in lists.iter().enumerate().filter(|(_, list)| **list != NONE) {
            let terms = [(false, Term::Plain(body.graph.outputs[k]))];
            if !inner.is_zero(&terms) {
                inner.output(&terms, &Destination::Accumulate(list), 0);
            }
        }
        inner.compiler.push(Instruction::NextRow);
        let level = inner.level;
        inner.finish();
        level
    }

    fn varying_input(&mut self, rows: &RowMap, operands: &[Operand], i: usize) -> Input {
        if i < rows.shared.len() {
            return Input::Slot(self.slot(operands[rows.shared[i]]));
        }
        let places: Vec<u32> = (0..rows.count)
            .map(|r| operands[rows.operand(i, r).expect("what varies is no data")])
            .map(|operand| self.place(operand).encoded())
            .collect();
        Input::Entry(self.compiler.list(places).first)
    }

    fn uniform_input(
        &mut self,
        rows: &RowMap,
        operands: &[Operand],
        i: usize,
        level: &mut Level,
    ) -> Input {
        let mut known = |operand: usize| {
            level.operands[operand] = self.uniforms.place(operands[operand]);
        };
        Input::Uniform(match i.checked_sub(rows.shared.len()) {
            None => {
                known(rows.shared[i]);
                Source::Shared(rows.shared[i])
            }
            Some(c) => {
                (0..rows.count).filter_map(|r| rows.columns[c].operand(r)).for_each(known);
                Source::Column(rows.columns[c].clone())
            }
        })
    }

    /// Passes over rows whose cotangents are all 0: so are their adjoints.
    fn skip_zeros(&mut self, cotangents: &[usize]) {
        if cotangents.is_empty() {
            return;
        }
        let mut places = Vec::new();
        for &input in cotangents {
            if self.analysis.live[input] {
                places.push(self.place(Operand::node(input as u32)).encoded());
            }
        }
        if places.is_empty() {
            return;
        }
        let list = self.compiler.list(places);
        self.compiler.push(Instruction::SkipZeros { list });
    }
}
