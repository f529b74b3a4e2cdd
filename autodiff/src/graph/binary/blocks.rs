//! Blocks as bytes: rows, recurrences, and the operations of this crate by their names.

use std::sync::Arc;

use super::decode::Reader;
use super::encode::Writer;
use super::rows::Table;
use super::{INTO, KEPT};
use crate::graph::block::{Block, Form, built_in};
use crate::graph::error::GraphError;
use crate::graph::rows::RowMap;
use crate::graph::scan::Recurrence;

const ROWS: u8 = 0;
const RECURRENCE: u8 = 1;
const BUILT_IN: u8 = 2;

impl Writer {
    pub(super) fn block(&mut self, block: &dyn Block) -> Result<(), GraphError> {
        match block.form() {
            Form::Rows(rows) => {
                self.bytes.push(ROWS);
                let RowMap { bodies, count, shared, columns, places, results, .. } = rows;
                self.sizes(&rows.cotangents);
                let (count, results) = (*count, *results);
                self.rows(&Table { bodies, count, shared, columns, places, results })
            }
            Form::Recurrence(recurrence) => {
                self.bytes.push(RECURRENCE);
                let Recurrence { bodies, steps, shared, columns, places, results, .. } = recurrence;
                self.bytes.push(u8::from(recurrence.reversed));
                self.size(recurrence.checkpoints);
                self.size(recurrence.kept_values);
                self.sizes(&recurrence.initial);
                let (count, results) = (*steps, *results);
                self.rows(&Table { bodies, count, shared, columns, places, results })
            }
            Form::BuiltIn(sizes) => {
                self.bytes.push(BUILT_IN);
                let name = block.name();
                self.size(name.len());
                self.bytes.extend_from_slice(name.as_bytes());
                self.sizes(&sizes);
                Ok(())
            }
            Form::UserCode => {
                let operation = block.name().to_owned();
                Err(GraphError::UserCode { operation, into: INTO })
            }
        }
    }
}

impl Reader<'_> {
    /// A block with as many operands in a graph at this depth.
    pub(super) fn block(
        &mut self,
        operands: usize,
        depth: usize,
    ) -> Result<Arc<dyn Block>, GraphError> {
        match self.byte()? {
            ROWS => {
                let mut cotangents = Vec::new();
                for _ in 0..self.count()? {
                    cotangents.push(self.size()?);
                }
                let rows = self.rows(operands, 0, depth)?;
                let inputs = rows.shared.len() + rows.columns.len();
                let within = cotangents.iter().all(|&input| input < inputs);
                self.require(within, "a cotangent that is no input")?;
                Ok(Arc::new(RowMap { cotangents, ..rows }))
            }
            RECURRENCE => {
                let reversed = self.byte()?;
                self.require(reversed < 2, "steps in no direction")?;
                let checkpoints = self.size()?;
                self.require(checkpoints > 0, "a recurrence that keeps no state")?;
                let kept_values = self.size()?;
                let initial = self.operands_of(operands)?;
                let rows = self.rows(operands, initial.len(), depth)?;
                self.require(initial.len() <= rows.results, "a state that is no result")?;
                Ok(Arc::new(Recurrence {
                    bodies: rows.bodies,
                    steps: rows.count,
                    reversed: reversed == 1,
                    shared: rows.shared,
                    // How much is kept is not for the bytes to decide.
                    checkpoints: checkpoints.min(KEPT / initial.len().max(1)).max(1),
                    kept_values: kept_values.min(KEPT),
                    initial,
                    columns: rows.columns,
                    places: rows.places,
                    results: rows.results,
                }))
            }
            BUILT_IN => {
                let name = self.name()?;
                let mut sizes = Vec::new();
                for _ in 0..self.count()? {
                    sizes.push(self.size()?);
                }
                match built_in(name, &sizes, operands) {
                    Some(block) => Ok(block),
                    None => self.invalid("an operation that does not exist for such operands"),
                }
            }
            _ => self.invalid("a call of no kind"),
        }
    }
}
