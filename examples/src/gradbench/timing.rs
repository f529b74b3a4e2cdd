//! Repetition of an evaluation and the time that each takes.

use std::hint::black_box;
use std::io;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use serde_json::ser::{Formatter, Serializer};
use serde_json::value::RawValue;

use super::Error;
use super::input::decode;

/// How often an evaluation is to be repeated.
#[derive(Deserialize)]
struct Repetition {
    #[serde(default = "once")]
    min_runs: u64,
    #[serde(default)]
    min_seconds: f64,
}

fn once() -> u64 {
    1
}

/// The time that a part of an evaluation took.
#[derive(Serialize)]
pub(super) struct Timing {
    name: &'static str,
    nanoseconds: u64,
}

/// The result of an evaluation, encoded, with the times that it took.
pub(super) struct Answer {
    pub(super) output: Box<RawValue>,
    pub(super) timings: Vec<Timing>,
}

/// Repeats an evaluation as an input asks for, and measures each repetition.
pub(super) struct Timer {
    repetition: Repetition,
    timings: Vec<Timing>,
}

impl Timer {
    /// A timer for the repetition that the input asks for.
    pub(super) fn new(input: &RawValue) -> Result<Self, Error> {
        Ok(Self { repetition: decode(input)?, timings: Vec::new() })
    }

    /// Does once what is not part of the measured evaluation, such as recording a graph.
    pub(super) fn prepare<T>(&mut self, prepare: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = prepare();
        self.push("prepare", start);
        result
    }

    /// Evaluates as often and as long as asked for; the result is that of the last time.
    pub(super) fn evaluate<T>(&mut self, mut evaluate: impl FnMut() -> T) -> T {
        let (mut runs, mut elapsed) = (0, 0.0);
        loop {
            let start = Instant::now();
            let result = black_box(black_box(&mut evaluate)());
            let nanoseconds = self.push("evaluate", start);
            runs += 1;
            elapsed += nanoseconds as f64 * 1e-9;
            if runs >= self.repetition.min_runs && elapsed >= self.repetition.min_seconds {
                return result;
            }
        }
    }

    fn push(&mut self, name: &'static str, start: Instant) -> u64 {
        let nanoseconds = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.timings.push(Timing { name, nanoseconds });
        nanoseconds
    }

    /// The answer that holds the output.
    pub(super) fn answer(self, output: &impl Serialize) -> Result<Answer, Error> {
        Ok(Answer { output: encode(output)?, timings: self.timings })
    }
}

/// Encodes an output; a number that JSON cannot express is an error.
pub(super) fn encode(output: &impl Serialize) -> Result<Box<RawValue>, Error> {
    let mut bytes = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut bytes, Finite);
    output.serialize(&mut serializer).map_err(Error::Output)?;
    let text = String::from_utf8(bytes).expect("JSON is text");
    RawValue::from_string(text).map_err(Error::Output)
}

/// Numbers that are not finite would be written as `null`, which no output holds.
struct Finite;

impl Formatter for Finite {
    fn write_null<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        Err(io::Error::other("it is not a finite number"))
    }
}

/// A matrix stored row by row, encoded as a list of rows.
pub(super) struct Nested<'a> {
    pub(super) values: &'a [f64],
    pub(super) width: usize,
    pub(super) count: usize,
}

impl Serialize for Nested<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rows = (0..self.count).map(|row| &self.values[row * self.width..][..self.width]);
        serializer.collect_seq(rows)
    }
}
