//! The recording that is under way on this thread.

use core::cell::RefCell;
use core::mem::{self, ManuallyDrop};
use core::ops::Range;
use core::sync::atomic::{AtomicU64, Ordering};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::block::Block;
use super::buffer::{BUFFER, Buffer, NOTHING_RECENT, Name, Recent, SIZE};
use super::distinct::Distinct;
use super::guard::Guard;
use super::node::{Graph, Operand, too_large};
use super::op::Op;
use super::program::evaluate;
use super::var::Var;

/// What a recorded function may return: a scalar, or a vector or array of them.
///
/// # Examples
/// ```
/// use autodiff::jacobian;
/// let j = jacobian(|x| [x[0] * x[1], x[0] + x[1]], &[2.0, 3.0]);
/// assert_eq!((j[(0, 0)], j[(0, 1)]), (3.0, 2.0));
/// ```
pub trait Outputs<S>: Sized {
    /// Appends the components in order.
    fn append_to(self, components: &mut Vec<S>);

    /// The components in order.
    fn into_vec(self) -> Vec<S> {
        let mut components = Vec::new();
        self.append_to(&mut components);
        components
    }

    /// What has these components; `missing` stands for those that there are not enough of.
    fn from_vec(components: Vec<S>, missing: S) -> Self;
}

impl<S> Outputs<S> for S {
    fn append_to(self, components: &mut Vec<S>) {
        components.push(self);
    }
    fn from_vec(components: Vec<S>, missing: S) -> Self {
        components.into_iter().next().unwrap_or(missing)
    }
}
impl<S> Outputs<S> for Vec<S> {
    fn append_to(self, components: &mut Vec<S>) {
        components.extend(self);
    }
    fn into_vec(self) -> Vec<S> {
        self
    }
    fn from_vec(components: Vec<S>, _: S) -> Self {
        components
    }
}
impl<S: Copy, const M: usize> Outputs<S> for [S; M] {
    fn append_to(self, components: &mut Vec<S>) {
        components.extend(self);
    }
    fn from_vec(components: Vec<S>, missing: S) -> Self {
        core::array::from_fn(|k| components.get(k).copied().unwrap_or(missing))
    }
}

/// A recording: the graph so far, and what tells its variables from those of other recordings.
pub(crate) struct Tape {
    /// The number of this recording, unlike that of any other; 0 where none is under way.
    generation: u32,
    pub(crate) graph: Graph,
    /// Values of the inputs and, as far as an inner differentiation has asked for them, of nodes.
    values: Vec<f64>,
    /// The values of results of calls that are not among the others yet: evaluated where they were
    /// recorded, since a block may run code that records.
    results: VecDeque<f64>,
    /// The constants met last, while another recording is under way.
    recent: Recent,
    /// Variables of enclosing recordings that this one has met, if it may.
    captures: Option<Box<Captures>>,
    /// What is there already, if equal operations are merged.
    distinct: Option<Box<Distinct>>,
    /// Whether values of nodes are kept as they come, for a sweep that follows.
    keeps_values: bool,
}

/// Variables of enclosing recordings that the body of a combinator reads.
///
/// While it is recorded they are numbered from the largest number downwards, since how many there
/// will be is not known.
#[derive(Debug, Default)]
pub(crate) struct Captures {
    /// The generations of the enclosing recordings.
    enclosing: Vec<u32>,
    pub(crate) variables: Vec<Var>,
    known: HashMap<Name, u32>,
}

impl Captures {
    /// The operand that stands for the captured variable of number `k`.
    pub(crate) const fn operand(k: usize) -> Operand {
        Operand::node((Operand::LIMIT - 1 - k) as u32)
    }

    /// The captured variable that an operand stands for.
    fn variable(&self, operand: Operand) -> Option<Var> {
        self.variables.get(Operand::LIMIT - 1 - operand.index()).copied()
    }

    fn find(&mut self, x: Var) -> Result<Operand, Foreign> {
        if !self.enclosing.contains(&x.name().generation()) {
            return Err(Foreign);
        }
        let next = self.variables.len() as u32;
        let k = *self.known.entry(x.name()).or_insert(next);
        if k == next {
            self.variables.push(x);
        }
        Ok(Self::operand(k as usize))
    }
}

thread_local! {
    /// Not dropped, so that access needs no check: at the end of a thread no recording is under way.
    static TAPE: ManuallyDrop<RefCell<Tape>> =
        const { ManuallyDrop::new(RefCell::new(Tape::IDLE)) };
    /// Memory of finished recordings, for the next one.
    static SPARE: RefCell<Vec<Graph>> = const { RefCell::new(Vec::new()) };
}

/// A variable met a recording that did not make it.
pub(crate) struct Foreign;

#[cold]
#[track_caller]
pub(crate) fn foreign() -> ! {
    panic!(
        "a recorded variable is used outside the recording that made it: return its value from a \
         finished recording instead of the variable; to capture a variable in an inner \
         differentiation, give the inner point as variables too, as in \
         `gradient(|y| c * y[0], &[Var::from(1.0)])`"
    )
}

/// Runs `f` on the tape of this thread.
///
/// # Panics
/// If a variable among the arguments belongs to another recording.
#[track_caller]
pub(crate) fn with_tape<R>(f: impl FnOnce(&mut Tape) -> Result<R, Foreign>) -> R {
    flush();
    with_lists(|tape| {
        let result = f(tape);
        tape.open_buffer();
        result
    })
}

/// Runs `f`, which neither looks at nodes nor appends any, on the tape of this thread.
///
/// # Panics
/// As [`with_tape`].
#[inline(always)]
#[track_caller]
pub(crate) fn with_lists<R>(f: impl FnOnce(&mut Tape) -> Result<R, Foreign>) -> R {
    let result = TAPE.with(|tape| {
        let tape = &mut *tape.borrow_mut();
        if tape.generation == 0 { Err(Foreign) } else { f(tape) }
    });
    match result {
        Ok(result) => result,
        Err(Foreign) => foreign(),
    }
}

/// The operands that variables are in the recording under way.
#[inline(always)]
#[track_caller]
pub(crate) fn operands<const K: usize>(variables: [Var; K]) -> [Operand; K] {
    with_lists(|tape| {
        let mut operands = [Operand::node(0); K];
        for (operand, x) in operands.iter_mut().zip(variables) {
            *operand = tape.operand(x)?;
        }
        Ok(operands)
    })
}

/// The place of a list of operands.
#[track_caller]
pub(crate) fn list(operands: [Operand; 3]) -> u32 {
    with_lists(|tape| {
        let place = tape.graph.operands.len() as u32;
        tape.graph.operands.extend(operands);
        Ok(place)
    })
}

/// Records an operation of the given value; `a` and `b` as it reads them.
#[inline(always)]
#[track_caller]
pub(crate) fn push(op: Op, a: u32, b: u32, value: f64) -> Var {
    let name = BUFFER.with(|buffer| buffer.is_open().then(|| buffer.push(op, a, b, value)));
    Var::recorded(value, name.unwrap_or_else(|| push_distinct(op, a, b)))
}

#[cold]
#[track_caller]
fn push_distinct(op: Op, a: u32, b: u32) -> Name {
    with_lists(|tape| Ok(tape.push(op, a, b)))
}

/// Moves the nodes in the buffer to the graph.
#[cold]
pub(crate) fn flush() {
    BUFFER.with(|buffer| {
        if buffer.is_open() {
            TAPE.with(|tape| tape.borrow_mut().take_from(buffer));
        }
    });
}

/// Whether a recording is under way on this thread.
pub(crate) fn is_recording() -> bool {
    TAPE.with(|tape| tape.borrow().generation != 0)
}

/// Whether the recording under way on this thread is of the body of a combinator.
pub(crate) fn is_recording_body() -> bool {
    TAPE.with(|tape| tape.borrow().captures.is_some())
}

impl Tape {
    /// No recording.
    const IDLE: Self = Self {
        generation: 0,
        graph: Graph::EMPTY,
        values: Vec::new(),
        results: VecDeque::new(),
        recent: NOTHING_RECENT,
        captures: None,
        distinct: None,
        keeps_values: false,
    };

    /// A recording at the given values of the inputs.
    fn at(values: Vec<f64>) -> Self {
        Self { values, ..Self::IDLE }
    }

    /// Lets operations be written to the buffer, where they are recorded as they come.
    fn open_buffer(&self) {
        BUFFER.with(|buffer| {
            if self.generation == 0 || self.distinct.is_some() {
                buffer.close();
            } else {
                buffer.open(self.len() as u32, self.generation);
            }
        });
    }

    /// Appends the nodes that stand in the buffer.
    fn take_from(&mut self, buffer: &Buffer) {
        let start = self.len();
        let (nodes, values) = buffer.since(start as u32);
        if start + nodes.len() >= Operand::LIMIT - SIZE {
            too_large();
        }
        // Results of calls are not in the buffer: if there are any, values are computed on demand.
        if self.keeps_values && self.values.len() == start {
            self.values.extend(values);
        }
        self.graph.nodes.extend(nodes);
    }

    /// The operand that a variable is in this recording.
    #[inline(always)]
    pub(crate) fn operand(&mut self, x: Var) -> Result<Operand, Foreign> {
        if x.is_constant() {
            Ok(self.constant(x.primal()))
        } else if x.name().generation() == self.generation {
            Ok(Operand::node(x.name().index()))
        } else {
            self.captured(x)
        }
    }

    #[cold]
    fn captured(&mut self, x: Var) -> Result<Operand, Foreign> {
        self.captures.as_mut().ok_or(Foreign)?.find(x)
    }

    fn constant(&mut self, value: f64) -> Operand {
        BUFFER.with(|buffer| {
            if let Some(known) = buffer.constant(value) {
                return Operand::from_raw(known);
            }
            let index = match &mut self.distinct {
                Some(distinct) => distinct.constant(&mut self.graph, value),
                None => {
                    self.graph.constants.push(value);
                    self.graph.constants.len() as u32 - 1
                }
            };
            let operand = Operand::constant(index);
            buffer.keep_constant(value, operand.raw());
            operand
        })
    }

    /// Appends a node and returns its name; `a` and `b` as the operation reads them.
    pub(crate) fn push(&mut self, op: Op, a: u32, b: u32) -> Name {
        let index = match &mut self.distinct {
            None => self.graph.push(op, a, b),
            Some(distinct) => distinct.push(&mut self.graph, op, a, b),
        };
        Name::new(index, self.generation)
    }

    /// Appends a call with the values of its results and returns the number of the first one.
    pub(crate) fn push_call(
        &mut self,
        block: Arc<dyn Block>,
        operands: Range<usize>,
        results: &[f64],
    ) -> usize {
        self.results.extend(results);
        self.graph.push_call(block, operands, results.len())
    }

    /// The variable that stands for the node of the given number, with the value that it has.
    pub(crate) fn variable_at(&self, node: usize, value: f64) -> Var {
        Var::recorded(value, Name::new(node as u32, self.generation))
    }

    #[inline]
    pub(crate) fn guard(&mut self, guard: Guard) {
        self.graph.guards.push(guard);
    }

    /// The number of inputs and nodes so far.
    pub(crate) fn len(&self) -> usize {
        self.graph.inputs + self.graph.len()
    }

    /// The primal values of all inputs and nodes so far.
    ///
    /// A recording keeps none; they are computed here, each once, when an inner differentiation
    /// sweeps back.
    pub(crate) fn values(&mut self) -> &[f64] {
        for i in self.values.len() - self.graph.inputs..self.graph.len() {
            let graph = &self.graph;
            let values = &self.values;
            let captures = self.captures.as_ref();
            let read = |raw: u32| {
                let operand = Operand::from_raw(raw);
                if operand.is_constant() {
                    graph.constants[operand.index()]
                } else if let Some(variable) = captures.and_then(|c| c.variable(operand)) {
                    variable.primal()
                } else {
                    values[operand.index()]
                }
            };
            let list = |place: u32, k: usize| read(graph.operands[place as usize + k].raw());
            let node = graph.nodes[i];
            let value = if node.op() == Op::Result {
                let next = self.results.pop_front();
                next.expect("a call has left as many values as it has results")
            } else {
                evaluate(node.op(), node.a(), node.b(), read, list, read)
            };
            self.values.push(value);
        }
        &self.values
    }

    /// The variable that stands for an operand of this recording, whose value is known.
    pub(crate) fn variable(&self, operand: Operand) -> Var {
        if operand.is_constant() {
            Var::from(self.graph.constants[operand.index()])
        } else if let Some(variable) = self.captures.as_ref().and_then(|c| c.variable(operand)) {
            variable
        } else {
            self.variable_at(operand.index(), self.values[operand.index()])
        }
    }
}

/// A recording under way; when it is dropped, also by a panic in the recorded function, the outer
/// recording goes on where it stood.
struct Session {
    outer: Tape,
}

impl Session {
    /// Begins to record with the values of the inputs.
    fn begin(tape: Tape) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        assert!(tape.values.len() < Operand::LIMIT, "a recording has at most 2^31 inputs");
        let mut graph = SPARE.with_borrow_mut(|spare| spare.pop()).unwrap_or_default();
        graph.inputs = tape.values.len();
        let number = NEXT.fetch_add(1, Ordering::Relaxed) % u64::from(Name::LAST_GENERATION);
        let generation = number as u32 + 1;
        flush();
        Self { outer: replace(Tape { generation, graph, ..tape }) }
    }

    /// Runs `f` on the inputs.
    #[track_caller]
    fn trace<O: Outputs<Var>>(&self, f: impl FnOnce(&[Var]) -> O) {
        let inputs: Vec<Var> = TAPE.with(|tape| {
            let tape = tape.borrow();
            tape.values.iter().enumerate().map(|(i, &value)| tape.variable_at(i, value)).collect()
        });
        let outputs = f(&inputs).into_vec();
        with_tape(|tape| {
            for y in outputs {
                let operand = tape.operand(y)?;
                tape.graph.outputs.push(operand);
            }
            Ok(())
        });
    }

    /// What has been recorded, after which the outer recording goes on.
    fn finish(self) -> Tape {
        replace(Tape::IDLE)
    }
}

/// Puts another recording under way and returns the one that was.
fn replace(tape: Tape) -> Tape {
    tape.open_buffer();
    let recent = BUFFER.with(|buffer| buffer.replace_constants(tape.recent));
    Tape { recent, ..TAPE.with(|current| current.replace(tape)) }
}

impl Drop for Session {
    fn drop(&mut self) {
        let inner = replace(mem::replace(&mut self.outer, Tape::IDLE));
        recycle(inner.graph);
    }
}

/// Keeps the memory of a graph for the next recording on this thread.
pub(crate) fn recycle(mut graph: Graph) {
    graph.clear();
    SPARE.with_borrow_mut(|spare| {
        if spare.len() < 4 && graph.nodes.capacity() > 0 {
            spare.push(graph);
        }
    });
}

/// Records `f` at `x`.
#[track_caller]
pub(crate) fn record<O: Outputs<Var>>(f: impl FnOnce(&[Var]) -> O, x: &[f64]) -> Graph {
    let session = Session::begin(Tape::at(x.to_vec()));
    session.trace(f);
    session.finish().graph
}

/// Records `f` at `x`, each distinct operation once.
#[track_caller]
pub(crate) fn record_distinct<O: Outputs<Var>>(f: impl FnOnce(&[Var]) -> O, x: &[f64]) -> Graph {
    let distinct = Some(Box::new(Distinct::new()));
    let session = Session::begin(Tape { distinct, ..Tape::at(x.to_vec()) });
    session.trace(f);
    session.finish().graph
}

/// Records `f` at `x`, with the values of the inputs and of all nodes if nothing is called: blocks
/// have more to prepare for a reverse sweep. They are written to `memory`, which may be used.
#[track_caller]
pub(crate) fn record_with_values<O: Outputs<Var>>(
    f: impl FnOnce(&[Var]) -> O,
    x: &[f64],
    mut memory: Vec<f64>,
) -> (Graph, Vec<f64>) {
    memory.clear();
    memory.extend(x);
    let session = Session::begin(Tape { keeps_values: true, ..Tape::at(memory) });
    session.trace(f);
    let mut tape = session.finish();
    if tape.graph.calls.is_empty() {
        tape.values();
    }
    (tape.graph, tape.values)
}

/// Records `f` at `x` as the body of a combinator: it may read variables of the recordings that are
/// under way, which are collected in `captures`.
#[track_caller]
pub(crate) fn record_body<O: Outputs<Var>>(
    f: impl FnOnce(&[Var]) -> O,
    x: &[f64],
    captures: &mut Captures,
) -> Graph {
    captures.enclosing = TAPE.with(|tape| {
        let tape = tape.borrow();
        let outer = tape.captures.iter().flat_map(|captures| &captures.enclosing).copied();
        outer.chain((tape.generation != 0).then_some(tape.generation)).collect()
    });
    let inner = Some(Box::new(mem::take(captures)));
    let session = Session::begin(Tape { captures: inner, ..Tape::at(x.to_vec()) });
    session.trace(f);
    let tape = session.finish();
    *captures = tape.captures.map(|captures| *captures).unwrap_or_default();
    tape.graph
}

impl Graph {
    /// Records the function `f` at the point `x`.
    ///
    /// The point decides branches, which the graph remembers, and nothing else: no value is kept.
    ///
    /// # Panics
    /// If `f` returns a variable of another recording, or performs more than $2^{31}$ operations.
    ///
    /// # Examples
    /// ```
    /// use autodiff::Graph;
    /// let graph = Graph::record(|x| x[0] * x[0] + 1.0, &[3.0]);
    /// assert_eq!(graph.len(), 2);
    /// ```
    #[track_caller]
    pub fn record<O: Outputs<Var>>(f: impl FnOnce(&[Var]) -> O, x: &[f64]) -> Graph {
        record(f, x)
    }
    /// Records the function `f` at the point `x`, each distinct operation once.
    ///
    /// An operation that has been recorded with the same operands is not recorded again (hash
    /// consing), so memory is used for what is distinct and not for what is performed: a recursion
    /// that meets the same sub-problems over and over becomes the graph of its dynamic programme.
    /// Recording takes some ten nanoseconds an operation instead of a few.
    ///
    /// # Panics
    /// As [`record`](Graph::record).
    ///
    /// # Examples
    /// The determinant by expansion along the rows: $n!$ products, of which $n 2^{n-1}$ are distinct.
    /// ```
    /// use autodiff::{Graph, Var};
    /// use calculus_core::Real;
    ///
    /// fn minor<T: Real>(a: &[T], n: usize, row: usize, columns: u32) -> T {
    ///     if row == n {
    ///         return T::from(1.0);
    ///     }
    ///     let free = (0..n).filter(|c| columns >> c & 1 == 1);
    ///     let term = |c: usize| a[row * n + c] * minor(a, n, row + 1, columns & !(1 << c));
    ///     free.zip([1.0, -1.0].into_iter().cycle()).map(|(c, sign)| sign * term(c)).sum()
    /// }
    /// let (n, x) = (7, [1.0; 49]);
    /// let determinant = |a: &[Var]| minor(a, n, 0, (1 << n) - 1);
    /// assert!(Graph::record(determinant, &x).len() > 7 * 6 * 5 * 4 * 3 * 2);
    /// assert!(Graph::record_distinct(determinant, &x).len() < 3 * 7 * (1 << 6));
    /// ```
    #[track_caller]
    pub fn record_distinct<O: Outputs<Var>>(f: impl FnOnce(&[Var]) -> O, x: &[f64]) -> Graph {
        record_distinct(f, x)
    }
}
