//! Bodies with what they read and write in each row, or step, as bytes.

use std::sync::Arc;

use super::decode::Reader;
use super::encode::Writer;
use super::{FREE_ROWS, INTO};
use crate::graph::error::GraphError;
use crate::graph::rows::{Body, Column, Place, RowMap};

/// Tables that columns share.
pub(super) type Tables<T> = Vec<Arc<[T]>>;

const DATA: u8 = 0;
const STRIDE: u8 = 1;
const INDEX: u8 = 2;
const SUM: u8 = 3;

/// What rows and recurrences have in common.
pub(super) struct Table<'a> {
    pub(super) bodies: &'a [Body],
    pub(super) count: usize,
    pub(super) shared: &'a [usize],
    pub(super) columns: &'a [Column],
    pub(super) places: &'a [Place],
    pub(super) results: usize,
}

impl Writer {
    pub(super) fn sizes(&mut self, sizes: &[usize]) {
        self.size(sizes.len());
        sizes.iter().for_each(|&size| self.size(size));
    }

    pub(super) fn rows(&mut self, rows: &Table<'_>) -> Result<(), GraphError> {
        let (mut data, mut indices): (Tables<f64>, Tables<u32>) = Default::default();
        // Columns and places are written behind the tables that they name.
        let mut tail = Writer::new();
        tail.size(rows.columns.len());
        for column in rows.columns {
            let numbers = match column {
                Column::Data { values, start, stride } => {
                    tail.bytes.push(DATA);
                    [Writer::table(&mut data, values), *start, *stride]
                }
                Column::Stride { start, stride } => {
                    tail.bytes.push(STRIDE);
                    [0, *start, *stride]
                }
                Column::Index { start, index, stride } => {
                    tail.bytes.push(INDEX);
                    [Writer::table(&mut indices, index), *start, *stride]
                }
            };
            numbers.into_iter().for_each(|number| tail.size(number));
        }
        tail.size(rows.places.len());
        for place in rows.places {
            let numbers = match place {
                Place::Sum(result) => {
                    tail.bytes.push(SUM);
                    [0, *result, 0]
                }
                Place::Stride { start, stride } => {
                    tail.bytes.push(STRIDE);
                    [0, *start, *stride]
                }
                Place::Index { start, index, stride } => {
                    tail.bytes.push(INDEX);
                    [Writer::table(&mut indices, index), *start, *stride]
                }
            };
            numbers.into_iter().for_each(|number| tail.size(number));
        }
        self.size(rows.count);
        self.size(rows.results);
        self.size(data.len());
        data.iter().for_each(|table| self.doubles(table));
        self.size(indices.len());
        for table in &indices {
            self.size(table.len());
            table.iter().for_each(|&index| self.integer(u64::from(index)));
        }
        self.sizes(rows.shared);
        self.bytes.extend(tail.bytes);
        self.size(rows.bodies.len());
        for body in rows.bodies {
            self.graph(&body.graph)?;
            self.doubles(&body.point);
        }
        // A reader believes in no more rows than this.
        if rows.count <= self.bytes.len().max(FREE_ROWS) {
            return Ok(());
        }
        let operation = format!("{} rows or steps that read nothing of their own", rows.count);
        Err(GraphError::Unsupported { operation, into: INTO })
    }
}

/// The numbers of a column or place.
struct Source {
    tag: u8,
    table: usize,
    start: usize,
    stride: usize,
}

impl Source {
    /// One past the last place that is named, where the factors of the stride are up to `last`.
    fn end(&self, last: usize) -> Option<usize> {
        last.checked_mul(self.stride)?.checked_add(self.start)?.checked_add(1)
    }
}

impl Reader<'_> {
    fn source(&mut self) -> Result<Source, GraphError> {
        let tag = self.byte()?;
        Ok(Source { tag, table: self.size()?, start: self.size()?, stride: self.size()? })
    }

    /// Fails unless all places that a source names are below `limit`.
    fn within(&self, source: &Source, last: usize, limit: usize) -> Result<(), GraphError> {
        let inside = source.end(last).is_some_and(|end| end <= limit);
        self.require(inside, "a row that reads or writes beyond the end")
    }

    /// The index of a source, of which there is one for each row.
    fn index(
        &self,
        source: &Source,
        indices: &Tables<u32>,
        count: usize,
        limit: usize,
    ) -> Result<Arc<[u32]>, GraphError> {
        let Some(index) = indices.get(source.table) else {
            return self.invalid("an index that is not there");
        };
        self.require(index.len() == count, "an index that is not one for each row")?;
        if let Some(&largest) = index.iter().max() {
            self.within(source, largest as usize, limit)?;
        }
        Ok(index.clone())
    }

    /// Some of as many operands.
    pub(super) fn operands_of(&mut self, operands: usize) -> Result<Vec<usize>, GraphError> {
        let mut some = Vec::new();
        for _ in 0..self.count()? {
            let operand = self.size()?;
            self.require(operand < operands, "a row that reads or writes beyond the end")?;
            some.push(operand);
        }
        Ok(some)
    }

    /// Rows with as many operands, as the body of a graph at this depth; the body has a state of as
    /// many numbers, between shared operands and columns and before the places.
    pub(super) fn rows(
        &mut self,
        operands: usize,
        state: usize,
        depth: usize,
    ) -> Result<RowMap, GraphError> {
        let (count, results) = (self.size()?, self.size()?);
        self.require((1..=self.len().max(FREE_ROWS)).contains(&count), "a number of rows")?;
        let mut data: Tables<f64> = Vec::new();
        for _ in 0..self.count()? {
            data.push(self.doubles()?.into());
        }
        let mut indices: Tables<u32> = Vec::new();
        for _ in 0..self.count()? {
            let mut index = Vec::new();
            for _ in 0..self.count()? {
                let Ok(entry) = u32::try_from(self.integer()?) else {
                    return self.invalid("an index of more than 32 bits");
                };
                index.push(entry);
            }
            indices.push(index.into());
        }
        let shared = self.operands_of(operands)?;
        let mut columns = Vec::new();
        for _ in 0..self.count()? {
            let source = self.source()?;
            let Source { start, stride, .. } = source;
            columns.push(match source.tag {
                DATA => {
                    let Some(values) = data.get(source.table) else {
                        return self.invalid("a table that is not there");
                    };
                    self.within(&source, count - 1, values.len())?;
                    Column::Data { values: values.clone(), start, stride }
                }
                STRIDE => {
                    self.within(&source, count - 1, operands)?;
                    Column::Stride { start, stride }
                }
                INDEX => {
                    let index = self.index(&source, &indices, count, operands)?;
                    Column::Index { start, index, stride }
                }
                _ => return self.invalid("a column of no kind"),
            });
        }
        let mut places = Vec::new();
        for _ in 0..self.count()? {
            let source = self.source()?;
            let Source { start, stride, .. } = source;
            places.push(match source.tag {
                SUM => {
                    self.within(&source, 0, results)?;
                    Place::Sum(start)
                }
                STRIDE => {
                    self.within(&source, count - 1, results)?;
                    self.require(stride > 0 || count == 1, "rows that write to the same place")?;
                    Place::Stride { start, stride }
                }
                INDEX => {
                    let index = self.index(&source, &indices, count, results)?;
                    Place::Index { start, index, stride }
                }
                _ => return self.invalid("a place of no kind"),
            });
        }
        let (inputs, outputs) = (shared.len() + state + columns.len(), state + places.len());
        let mut bodies = Vec::new();
        for _ in 0..self.count()? {
            let (graph, point) = (self.graph(depth + 1)?, self.doubles()?);
            let fits = (graph.inputs, graph.outputs.len(), point.len());
            self.require(fits == (inputs, outputs, inputs), "a body that does not fit")?;
            bodies.push(Body { graph, point });
        }
        self.require(!bodies.is_empty(), "rows without a body")?;
        let cotangents = Vec::new();
        Ok(RowMap { bodies, count, shared, columns, places, results, cotangents })
    }
}
