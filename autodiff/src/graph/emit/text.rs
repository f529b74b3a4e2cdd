//! The text of a function: what stands before its operations, and these.

use core::fmt::{Display, Write};
use std::collections::BTreeSet;
use std::sync::Arc;

use super::expression::{self, Names, expression, guard, literal};
use super::{matrices, vectors};
use crate::graph::block::{Call, Form};
use crate::graph::error::GraphError;
use crate::graph::node::{Graph, Operand};
use crate::graph::op::Op;
use crate::graph::rows::{Body, Column, Place, RowMap};
use crate::graph::scan::Recurrence;

/// The most operations that are worth a text.
pub(super) const OPERATIONS: usize = 1 << 16;

/// The most numbers in tables.
const NUMBERS: usize = 1 << 20;

/// What stands before the operations of a function.
#[derive(Default)]
pub(super) struct Items {
    helpers: BTreeSet<&'static str>,
    /// Bodies of rows and recurrences as functions.
    bodies: Vec<String>,
    data: Vec<Arc<[f64]>>,
    indices: Vec<Arc<[u32]>>,
    operations: usize,
    numbers: usize,
}

/// The statement by which a function tells that a decision comes out differently.
#[derive(Clone, Copy)]
pub(super) enum Otherwise {
    None,
    False,
}

impl Otherwise {
    fn text(self) -> &'static str {
        match self {
            Self::None => "return None;",
            Self::False => "return false;",
        }
    }
}

impl Items {
    /// All items in order.
    pub(super) fn text(&self) -> String {
        let mut text: String = self.helpers.iter().copied().collect();
        for (k, table) in self.data.iter().enumerate() {
            let entries = joined(table.iter().map(|&value| literal(value)));
            let _ = writeln!(text, "    static DATA_{k}: [f64; {}] = [{entries}];", table.len());
        }
        for (k, table) in self.indices.iter().enumerate() {
            let entries = joined(table.iter());
            let _ = writeln!(text, "    static INDEX_{k}: [u32; {}] = [{entries}];", table.len());
        }
        text.extend(self.bodies.iter().map(String::as_str));
        text
    }

    /// The number of a table among those that have been met.
    fn table<T>(
        tables: &mut Vec<Arc<[T]>>,
        numbers: &mut usize,
        table: &Arc<[T]>,
    ) -> Result<usize, GraphError> {
        if let Some(known) = tables.iter().position(|known| Arc::ptr_eq(known, table)) {
            return Ok(known);
        }
        *numbers += table.len();
        if *numbers > NUMBERS {
            return Err(GraphError::TooLarge { limit: NUMBERS });
        }
        tables.push(table.clone());
        Ok(tables.len() - 1)
    }

    /// Appends the operations, calls and checks of a graph.
    pub(super) fn operations(
        &mut self,
        graph: &Graph,
        otherwise: Otherwise,
        text: &mut String,
    ) -> Result<(), GraphError> {
        for node in graph.nodes() {
            if node.op == Op::Result {
                let call = graph.call_of(node.index).filter(|call| call.first == node.index);
                if let Some(call) = call {
                    self.call(graph, call, otherwise, text)?;
                }
                continue;
            }
            self.count(1)?;
            self.helpers.extend(expression::helper(node.op));
            let _ = writeln!(text, "    let v{} = {};", node.index, expression(graph, &node)?);
        }
        for check in &graph.guards {
            let (condition, leave) = (guard(graph, check), otherwise.text());
            let _ = writeln!(text, "    if {condition} {{\n        {leave}\n    }}");
        }
        Ok(())
    }

    fn count(&mut self, operations: usize) -> Result<(), GraphError> {
        self.operations += operations;
        let fits = self.operations <= OPERATIONS;
        if fits { Ok(()) } else { Err(GraphError::TooLarge { limit: OPERATIONS }) }
    }

    /// A call: its operands are `a` with the number of its first result, its results `y`.
    fn call(
        &mut self,
        graph: &Graph,
        call: &Call,
        otherwise: Otherwise,
        text: &mut String,
    ) -> Result<(), GraphError> {
        let (n, results) = (call.first, call.results);
        let operands = self.operands(graph, &graph.operands[call.operands.clone()])?;
        let _ =
            writeln!(text, "    let a{n} = {operands};\n    let mut y{n} = vec![0.0; {results}];");
        match call.block.form() {
            Form::Rows(rows) => self.rows(rows, n, otherwise, text),
            Form::Recurrence(recurrence) => self.recurrence(recurrence, n, otherwise, text),
            Form::BuiltIn(sizes) => {
                let name = call.block.name();
                let Some(source) = vectors::source(name).or_else(|| matrices::source(name)) else {
                    return Err(unsupported(name));
                };
                self.helpers.extend(source);
                let sizes: String = sizes.iter().map(|size| format!("{size}, ")).collect();
                let _ = writeln!(text, "    {name}({sizes}&a{n}, &mut y{n});");
                Ok(())
            }
            Form::UserCode => {
                let operation = call.block.name().to_owned();
                Err(GraphError::UserCode { operation, into: super::INTO })
            }
        }
    }

    /// The operands of a call as a vector; those that follow one another are one slice.
    fn operands(&mut self, graph: &Graph, operands: &[Operand]) -> Result<String, GraphError> {
        let place = |operand: Operand| {
            let index = operand.index();
            if operand.is_constant() {
                None
            } else if index < graph.inputs {
                Some(("x".to_owned(), index))
            } else {
                graph.call_of(index).map(|call| (format!("y{}", call.first), index - call.first))
            }
        };
        let names = Names(graph);
        let mut slices: Vec<String> = Vec::new();
        let mut singles: Vec<String> = Vec::new();
        let mut k = 0;
        while k < operands.len() {
            let start = place(operands[k]);
            let follows = |(number, &operand): (usize, &Operand)| {
                start.as_ref().is_some_and(|(name, first)| {
                    place(operand).is_some_and(|(of, at)| of == *name && at == first + number)
                })
            };
            let length =
                operands[k..].iter().enumerate().take_while(|&item| follows(item)).count().max(1);
            self.count(1)?;
            match start {
                Some((name, first)) if length > 2 => {
                    flush(&mut singles, &mut slices);
                    slices.push(format!("&{name}[{first}..{}]", first + length));
                    k += length;
                }
                _ => {
                    singles.push(names.of(operands[k]));
                    k += 1;
                }
            }
        }
        if slices.is_empty() {
            if singles.is_empty() {
                return Ok("Vec::<f64>::new()".to_owned());
            }
            return Ok(format!("vec![{}]", singles.join(", ")));
        }
        flush(&mut singles, &mut slices);
        Ok(format!("[{}].concat()", slices.join(", ")))
    }

    /// A body as a function that tells whether its decisions came out as recorded; its number.
    fn body(&mut self, graph: &Graph) -> Result<usize, GraphError> {
        let mut text = String::new();
        self.operations(graph, Otherwise::False, &mut text)?;
        let names = Names(graph);
        for (k, &output) in graph.outputs.iter().enumerate() {
            let _ = writeln!(text, "    y[{k}] = {};", names.of(output));
        }
        let number = self.bodies.len();
        let head = format!("fn body_{number}(x: &[f64], y: &mut [f64]) -> bool {{");
        let text: String = text.lines().map(|line| format!("    {line}\n")).collect();
        self.bodies.push(format!("    {head}\n{text}        true\n    }}\n"));
        Ok(number)
    }

    /// The statement that evaluates the inputs `i` by the first body whose decisions are those
    /// recorded.
    fn evaluation(
        &mut self,
        bodies: &[Body],
        n: usize,
        otherwise: Otherwise,
    ) -> Result<String, GraphError> {
        let mut numbers = Vec::new();
        for body in bodies {
            numbers.push(self.body(&body.graph)?);
        }
        let call = |number: &usize| format!("body_{number}(&i{n}, &mut o{n})");
        if bodies.iter().any(|body| body.graph.decides()) {
            let fail: Vec<String> = numbers.iter().map(|body| format!("!{}", call(body))).collect();
            let (fail, leave) = (fail.join(" && "), otherwise.text());
            Ok(format!("        if {fail} {{\n            {leave}\n        }}\n"))
        } else {
            Ok(format!("        {};\n", call(&numbers[0])))
        }
    }

    /// The statements that read the columns of row `r`, into the inputs from `first` on.
    fn columns(
        &mut self,
        columns: &[Column],
        n: usize,
        first: usize,
    ) -> Result<String, GraphError> {
        let mut text = String::new();
        for (input, column) in (first..).zip(columns) {
            let read = match column {
                Column::Data { values, start, stride } => {
                    let table = Self::table(&mut self.data, &mut self.numbers, values)?;
                    format!("DATA_{table}[{start} + r * {stride}]")
                }
                Column::Stride { start, stride } => format!("a{n}[{start} + r * {stride}]"),
                Column::Index { start, index, stride } => {
                    let table = Self::table(&mut self.indices, &mut self.numbers, index)?;
                    format!("a{n}[{start} + INDEX_{table}[r] as usize * {stride}]")
                }
            };
            let _ = writeln!(text, "        i{n}[{input}] = {read};");
        }
        self.count(columns.len())?;
        Ok(text)
    }

    /// The statements that add the outputs from `first` on to the results of row `r`.
    fn places(&mut self, places: &[Place], n: usize, first: usize) -> Result<String, GraphError> {
        let mut text = String::new();
        for (output, place) in (first..).zip(places) {
            let result = match place {
                Place::Sum(result) => result.to_string(),
                Place::Stride { start, stride } => format!("{start} + r * {stride}"),
                Place::Index { start, index, stride } => {
                    let table = Self::table(&mut self.indices, &mut self.numbers, index)?;
                    format!("{start} + INDEX_{table}[r] as usize * {stride}")
                }
            };
            let _ = writeln!(text, "        y{n}[{result}] += o{n}[{output}];");
        }
        self.count(places.len())?;
        Ok(text)
    }

    fn rows(
        &mut self,
        rows: &RowMap,
        n: usize,
        otherwise: Otherwise,
        text: &mut String,
    ) -> Result<(), GraphError> {
        let shared = rows.shared.len();
        buffers(n, shared + rows.columns.len(), rows.places.len(), text);
        text.push_str(&copied(&rows.shared, n, 0));
        let _ = writeln!(text, "    for r in 0..{} {{", rows.count);
        text.push_str(&self.columns(&rows.columns, n, shared)?);
        text.push_str(&self.evaluation(&rows.bodies, n, otherwise)?);
        text.push_str(&self.places(&rows.places, n, 0)?);
        text.push_str("    }\n");
        Ok(())
    }

    fn recurrence(
        &mut self,
        recurrence: &Recurrence,
        n: usize,
        otherwise: Otherwise,
        text: &mut String,
    ) -> Result<(), GraphError> {
        let Recurrence { shared, initial, columns, places, steps, .. } = recurrence;
        let (first, width) = (shared.len(), initial.len());
        let state = format!("{first}..{}", first + width);
        buffers(n, first + width + columns.len(), width + places.len(), text);
        text.push_str(&copied(shared, n, 0));
        text.push_str(&copied(initial, n, first));
        let order = if recurrence.reversed { ".rev()" } else { "" };
        let _ = writeln!(text, "    for r in (0..{steps}){order} {{");
        text.push_str(&self.columns(columns, n, first + width)?);
        text.push_str(&self.evaluation(&recurrence.bodies, n, otherwise)?);
        text.push_str(&self.places(places, n, width)?);
        let _ = writeln!(
            text,
            "        i{n}[{state}].copy_from_slice(&o{n}[..{width}]);
    }}
    y{n}[..{width}].copy_from_slice(&i{n}[{state}]);"
        );
        Ok(())
    }
}

fn unsupported(name: &str) -> GraphError {
    GraphError::Unsupported { operation: name.to_owned(), into: super::INTO }
}

fn joined(items: impl Iterator<Item = impl Display>) -> String {
    items.map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}

/// Makes a slice of the single operands so far.
fn flush(singles: &mut Vec<String>, slices: &mut Vec<String>) {
    if !singles.is_empty() {
        slices.push(format!("&[{}][..]", singles.join(", ")));
        singles.clear();
    }
}

/// Inputs and outputs of a body.
fn buffers(n: usize, inputs: usize, outputs: usize, text: &mut String) {
    let _ = writeln!(
        text,
        "    let (mut i{n}, mut o{n}) = (vec![0.0; {inputs}], vec![0.0; {outputs}]);"
    );
}

/// The statements that copy operands to the inputs from `first` on.
fn copied(operands: &[usize], n: usize, mut first: usize) -> String {
    let mut text = String::new();
    for run in operands.chunk_by(|a, b| a + 1 == *b) {
        let (from, count) = (run[0], run.len());
        let (to, end) = (first + count, from + count);
        let _ = writeln!(text, "    i{n}[{first}..{to}].copy_from_slice(&a{n}[{from}..{end}]);");
        first = to;
    }
    text
}
