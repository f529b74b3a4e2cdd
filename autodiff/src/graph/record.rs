//! The recording that is under way on this thread.

use core::cell::RefCell;
use core::mem;
use core::ops::Range;
use core::sync::atomic::{AtomicU32, Ordering};
use std::collections::HashMap;
use std::sync::Arc;

use super::block::{Block, Memory};
use super::distinct::Distinct;
use super::guard::Guard;
use super::node::{Graph, Operand};
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
    /// The constants met last, so that a literal in a loop is stored once.
    recent: [(u64, u32); 16],
    /// Variables of enclosing recordings that this one has met, if it may.
    captures: Option<Box<Captures>>,
    /// What is there already, if equal operations are merged.
    distinct: Option<Box<Distinct>>,
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
    known: HashMap<(u32, u32), u32>,
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
        if !self.enclosing.contains(&x.generation()) {
            return Err(Foreign);
        }
        let next = self.variables.len() as u32;
        let k = *self.known.entry((x.generation(), x.index())).or_insert(next);
        if k == next {
            self.variables.push(x);
        }
        Ok(Self::operand(k as usize))
    }
}

thread_local! {
    static TAPE: RefCell<Tape> = const { RefCell::new(Tape::IDLE) };
    /// Memory of finished recordings, for the next one.
    static SPARE: RefCell<Vec<Graph>> = const { RefCell::new(Vec::new()) };
}

/// The number of a node and that of its recording, in one register: a variable that is returned
/// through memory in three parts and read as one makes the processor wait.
#[derive(Clone, Copy)]
pub(crate) struct Name(u64);

impl Name {
    #[inline(always)]
    fn new(index: u32, generation: u32) -> Self {
        Self(u64::from(generation) << 32 | u64::from(index))
    }

    /// The variable of this name with the value `value`.
    #[inline(always)]
    pub(crate) fn variable(self, value: f64) -> Var {
        Var::recorded(value, self.0 as u32, (self.0 >> 32) as u32)
    }
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
#[inline(always)]
#[track_caller]
pub(crate) fn with_tape<R>(f: impl FnOnce(&mut Tape) -> Result<R, Foreign>) -> R {
    match TAPE.with(|tape| f(&mut tape.borrow_mut())) {
        Ok(result) => result,
        Err(Foreign) => foreign(),
    }
}

/// Whether a recording is under way on this thread.
pub(crate) fn is_recording() -> bool {
    TAPE.with_borrow(|tape| tape.generation != 0)
}

/// Whether the recording under way on this thread is of the body of a combinator.
pub(crate) fn is_recording_body() -> bool {
    TAPE.with_borrow(|tape| tape.captures.is_some())
}

impl Tape {
    /// No recording.
    const IDLE: Self = Self {
        generation: 0,
        graph: Graph::EMPTY,
        values: Vec::new(),
        recent: [(0, 0); 16],
        captures: None,
        distinct: None,
    };

    /// The operand that a variable is in this recording.
    #[inline(always)]
    pub(crate) fn operand(&mut self, x: Var) -> Result<Operand, Foreign> {
        if x.is_constant() {
            Ok(self.constant(x.primal()))
        } else if x.generation() == self.generation {
            Ok(Operand::node(x.index()))
        } else {
            self.captured(x)
        }
    }

    #[cold]
    fn captured(&mut self, x: Var) -> Result<Operand, Foreign> {
        self.captures.as_mut().ok_or(Foreign)?.find(x)
    }

    // Not inlined, so that recording an operation of two variables is short enough to be.
    #[inline(never)]
    fn constant(&mut self, value: f64) -> Operand {
        let bits = value.to_bits();
        // The high half of a double distinguishes most literals.
        let place = ((bits >> 48) ^ (bits >> 52)) as usize % self.recent.len();
        let (known, index) = self.recent[place];
        // Place 0 of the constants is met when the cache is still blank: compare the constant too.
        if known == bits
            && self.graph.constants.get(index as usize).is_some_and(|c| c.to_bits() == bits)
        {
            return Operand::constant(index);
        }
        let index = match &mut self.distinct {
            Some(distinct) => distinct.constant(&mut self.graph, value),
            None => {
                self.graph.constants.push(value);
                self.graph.constants.len() as u32 - 1
            }
        };
        self.recent[place] = (bits, index);
        Operand::constant(index)
    }

    /// Appends a node and returns its name; `a` and `b` as the operation reads them.
    #[inline(always)]
    pub(crate) fn push(&mut self, op: Op, a: u32, b: u32) -> Name {
        let index = match &self.distinct {
            None => self.graph.push(op, a, b),
            Some(_) => self.push_distinct(op, a, b),
        };
        Name::new(index, self.generation)
    }

    #[cold]
    #[inline(never)]
    fn push_distinct(&mut self, op: Op, a: u32, b: u32) -> u32 {
        let Self { distinct, graph, .. } = self;
        distinct.as_mut().expect("the caller has looked").push(graph, op, a, b)
    }

    /// Appends a call and returns the number of its first result.
    pub(crate) fn push_call(
        &mut self,
        block: Arc<dyn Block>,
        operands: Range<usize>,
        results: usize,
    ) -> usize {
        self.graph.push_call(block, operands, results)
    }

    /// The variable that stands for the node of the given number, with the value that it has.
    pub(crate) fn variable_at(&self, node: usize, value: f64) -> Var {
        Var::recorded(value, node as u32, self.generation)
    }

    #[inline]
    pub(crate) fn guard(&mut self, guard: Guard) {
        self.graph.guards.push(guard);
    }

    pub(crate) fn list(&mut self, operands: [Operand; 3]) -> u32 {
        let place = self.graph.operands.len() as u32;
        self.graph.operands.extend(operands);
        place
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
            if node.op() == Op::Result {
                // The results of a call are pushed together.
                if node.b() == 0 {
                    let call = &graph.calls[node.a() as usize];
                    let operands = graph.operands[call.operands.clone()].iter();
                    let x: Vec<f64> = operands.map(|operand| read(operand.raw())).collect();
                    let first = self.values.len();
                    self.values.resize(first + call.results, 0.0);
                    let y = &mut self.values[first..];
                    call.block.evaluate_f64(&x, y, &mut Memory::default());
                }
                continue;
            }
            let value = evaluate(node.op(), node.a(), node.b(), read, list, read);
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
    fn begin(x: &[f64], captures: Option<Box<Captures>>) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        assert!(x.len() < Operand::LIMIT, "a recording has at most 2^31 inputs");
        let mut graph = SPARE.with_borrow_mut(|spare| spare.pop()).unwrap_or_default();
        graph.inputs = x.len();
        let tape = Tape {
            generation: NEXT.fetch_add(1, Ordering::Relaxed).max(1),
            graph,
            values: x.to_vec(),
            recent: [(0, 0); 16],
            captures,
            distinct: None,
        };
        Self { outer: TAPE.replace(tape) }
    }

    fn finish(self) -> Graph {
        TAPE.with_borrow_mut(|tape| mem::take(&mut tape.graph))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let inner = TAPE.replace(mem::replace(&mut self.outer, Tape::IDLE));
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

/// Runs `f` on the inputs of the recording under way.
#[track_caller]
fn trace<O: Outputs<Var>>(f: impl FnOnce(&[Var]) -> O, x: &[f64]) {
    let inputs: Vec<Var> = TAPE.with_borrow(|tape| {
        x.iter().enumerate().map(|(i, &value)| tape.variable_at(i, value)).collect()
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

/// Records `f` at `x`.
#[track_caller]
pub(crate) fn record<O: Outputs<Var>>(f: impl FnOnce(&[Var]) -> O, x: &[f64]) -> Graph {
    let session = Session::begin(x, None);
    trace(f, x);
    session.finish()
}

/// Records `f` at `x`, each distinct operation once.
#[track_caller]
pub(crate) fn record_distinct<O: Outputs<Var>>(f: impl FnOnce(&[Var]) -> O, x: &[f64]) -> Graph {
    let session = Session::begin(x, None);
    TAPE.with_borrow_mut(|tape| tape.distinct = Some(Box::new(Distinct::new())));
    trace(f, x);
    session.finish()
}

/// Records `f` at `x` as the body of a combinator: it may read variables of the recordings that are
/// under way, which are collected in `captures`.
#[track_caller]
pub(crate) fn record_body<O: Outputs<Var>>(
    f: impl FnOnce(&[Var]) -> O,
    x: &[f64],
    captures: &mut Captures,
) -> Graph {
    captures.enclosing = TAPE.with_borrow(|tape| {
        let outer = tape.captures.iter().flat_map(|captures| &captures.enclosing).copied();
        outer.chain((tape.generation != 0).then_some(tape.generation)).collect()
    });
    let session = Session::begin(x, Some(Box::new(mem::take(captures))));
    trace(f, x);
    *captures = TAPE.with_borrow_mut(|tape| *tape.captures.take().unwrap_or_default());
    session.finish()
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
