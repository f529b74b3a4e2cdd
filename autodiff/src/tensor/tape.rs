//! The tape: what was computed from the inputs of a differentiation, one node per operation.
//!
//! Each thread has one tape per element type. The outermost differentiation opens a *recording*
//! with a number that is never used again, and clears the tape when it ends, also by a panic. A
//! differentiation within it records on the same tape; what its reverse sweep computes is recorded
//! too. A tensor knows the recording that it belongs to, so that one that has outlived it is an
//! error and never a wrong number.

use core::any::Any;
use core::fmt;
use core::sync::atomic::{AtomicU64, Ordering};
use std::rc::Rc;

use super::array::Tensor;
use super::element::Element;
use super::error::Error;
use super::shape::{MAX_RANK, Shape};
use super::storage::Storage;
use super::sweep::{Adjoints, Slot};

/// A place on the tape: which recording, which node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Stamp {
    recording: u64,
    pub(crate) node: u32,
}

/// The node that an operand comes from, or [`CONSTANT`].
pub(crate) type Link = u32;

/// The link of an operand that does not depend on any input.
pub(crate) const CONSTANT: Link = u32::MAX;

/// How one operation is differentiated.
///
/// A rule is a constant without data; what it needs is in [`Saved`].
pub(crate) trait Rule<T: Element>: Sync {
    /// The name of the operation in messages.
    fn name(&self) -> &'static str;

    /// The pullback of `cotangent` to operand `which`, in tensor operations, so that it can itself
    /// be recorded and differentiated.
    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, which: usize) -> Tensor<T>;

    /// The pullback to all operands when nothing is recorded: the place for fused kernels that
    /// write straight into the adjoints. Operands that need no derivative have a [`CONSTANT`] link.
    fn accumulate(
        &self,
        saved: &mut Saved<T>,
        links: &[Link; 3],
        cotangent: Tensor<T>,
        adjoints: &mut Adjoints<'_, T>,
    ) {
        for (which, &link) in links.iter().enumerate() {
            if link != CONSTANT {
                adjoints.add(link, self.pullback(saved, &cotangent, which));
            }
        }
    }

    /// Whether the output is a contiguous piece of the operand's memory, starting at the
    /// [`Detail::Offset`]. The adjoint of a piece is that piece of the operand's adjoint.
    fn is_view(&self) -> bool {
        false
    }
}

/// What an operation keeps for its derivative.
#[derive(Clone, Debug, Default)]
pub(crate) struct Saved<T: Element> {
    /// Operands whose values the rule asks for.
    pub(crate) operands: [Option<Tensor<T>>; 3],
    /// The result, if the rule asks for it.
    pub(crate) output: Option<Tensor<T>>,
    /// Row numbers or labels.
    pub(crate) indices: Option<Storage<usize>>,
    /// The shapes of the first two operands.
    pub(crate) shapes: [Shape; 2],
    /// How the operation was configured.
    pub(crate) detail: Detail,
    /// What only the rule knows the type of.
    pub(crate) kept: Option<Rc<dyn Any>>,
}

impl<T: Element> Saved<T> {
    /// A saved operand; the rule knows that it saved it.
    pub(crate) fn operand(&self, which: usize) -> &Tensor<T> {
        self.operands[which].as_ref().expect("the rule saved this operand")
    }

    pub(crate) fn output(&self) -> &Tensor<T> {
        self.output.as_ref().expect("the rule saved its output")
    }

    pub(crate) fn kept<K: Any>(&self) -> &K {
        let kept = self.kept.as_deref().and_then(<dyn Any>::downcast_ref);
        kept.expect("the rule kept a value of this type")
    }
}

/// The configuration of a recorded operation.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(crate) enum Detail {
    /// Nothing to configure.
    #[default]
    None,
    /// Where a view starts.
    Offset(usize),
    /// Which operands of a matrix product are transposed.
    Transposed(bool, bool),
    /// The axis of a softmax.
    Axis(usize),
    /// Where a part starts along an axis.
    Part { axis: usize, start: usize },
    /// The order of the axes of a permutation.
    Permutation([u8; MAX_RANK]),
    /// An integer power.
    Exponent(i32),
    /// A constant power.
    Power(f64),
    /// The derivative of some order of a row of the table of elementary functions.
    Row(calculus_core::elementary::Unary, usize),
    /// Which triangle of a matrix is read, and whether it is transposed.
    Triangle(calculus_core::matrix::Triangle, calculus_core::matrix::Transpose),
}

/// One recorded operation.
pub(crate) struct Node<T: Element> {
    pub(crate) rule: &'static dyn Rule<T>,
    pub(crate) links: [Link; 3],
    pub(crate) shape: Shape,
    pub(crate) saved: Saved<T>,
}

impl<T: Element> Clone for Node<T> {
    fn clone(&self) -> Self {
        Self { rule: self.rule, links: self.links, shape: self.shape, saved: self.saved.clone() }
    }
}

impl<T: Element> fmt::Debug for Node<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?} from {:?}", self.rule.name(), self.shape, self.links)
    }
}

/// The tape of one thread, with the workspace of its reverse sweep.
#[derive(Debug)]
pub(crate) struct Tape<T: Element> {
    pub(crate) nodes: Vec<Node<T>>,
    pub(crate) slots: Vec<Slot<T>>,
    pub(crate) pieces: Vec<(usize, usize, Link)>,
    /// The number of the recording under way; 0 if there is none.
    pub(crate) recording: u64,
    /// How many differentiations are open.
    pub(crate) depth: u32,
    /// A reverse sweep that is not to be recorded is running.
    pub(crate) paused: bool,
}

impl<T: Element> Tape<T> {
    pub(crate) const fn new() -> Self {
        Self {
            nodes: Vec::new(),
            slots: Vec::new(),
            pieces: Vec::new(),
            recording: 0,
            depth: 0,
            paused: false,
        }
    }

    pub(crate) fn push(&mut self, node: Node<T>) -> Stamp {
        let index = self.nodes.len() as u32;
        assert!(index < CONSTANT, "the tape holds at most {CONSTANT} operations");
        self.nodes.push(node);
        Stamp { recording: self.recording, node: index }
    }
}

/// A differentiation that is open; dropping it, also while panicking, closes it.
#[derive(Debug)]
pub(crate) struct Scope<T: Element> {
    pub(crate) outermost: bool,
    element: core::marker::PhantomData<T>,
}

impl<T: Element> Scope<T> {
    pub(crate) fn open() -> Self {
        // 0 means that nothing is recorded.
        static RECORDINGS: AtomicU64 = AtomicU64::new(1);
        T::tape().with_borrow_mut(|tape| {
            tape.depth += 1;
            if tape.depth == 1 {
                tape.recording = RECORDINGS.fetch_add(1, Ordering::Relaxed);
            }
            Self { outermost: tape.depth == 1, element: core::marker::PhantomData }
        })
    }
}

impl<T: Element> Drop for Scope<T> {
    fn drop(&mut self) {
        // While a thread shuts down its tape may be gone; then there is nothing to close.
        let _ = T::tape().try_with(|tape| {
            let mut tape = tape.borrow_mut();
            tape.depth -= 1;
            if tape.depth == 0 {
                tape.nodes.clear();
                tape.slots.clear();
                tape.recording = 0;
                tape.paused = false;
            }
        });
    }
}

/// Records an operation if one of its operands is recorded, and returns its result with the place
/// on the tape. `saved` is called only if it is.
#[track_caller]
pub(crate) fn record<T: Element>(
    rule: &'static dyn Rule<T>,
    operands: &[&Tensor<T>],
    output: Tensor<T>,
    saved: impl FnOnce(&mut Saved<T>, &Tensor<T>),
) -> Tensor<T> {
    if operands.iter().all(|operand| operand.stamp().is_none()) {
        return output;
    }
    if T::tape().with_borrow(|tape| tape.paused) {
        return output;
    }
    let mut links = [CONSTANT; 3];
    for (place, operand) in links.iter_mut().zip(operands) {
        *place = link(rule.name(), operand);
    }
    let mut kept = Saved::default();
    for (shape, operand) in kept.shapes.iter_mut().zip(operands) {
        *shape = operand.extents();
    }
    T::tape().with_borrow_mut(|tape| {
        let stamp = Stamp { recording: tape.recording, node: tape.nodes.len() as u32 };
        let output = output.stamped(Some(stamp));
        saved(&mut kept, &output);
        if let (true, Detail::Offset(offset)) = (rule.is_view(), kept.detail) {
            // A view of a view is a view of what the first one looks at.
            let viewed = &tape.nodes[links[0] as usize];
            if let (true, Detail::Offset(base)) = (viewed.rule.is_view(), viewed.saved.detail) {
                links[0] = viewed.links[0];
                kept.shapes[0] = viewed.saved.shapes[0];
                kept.detail = Detail::Offset(base + offset);
            }
        }
        tape.push(Node { rule, links, shape: output.extents(), saved: kept });
        output
    })
}

/// The node of a tensor; [`CONSTANT`] if it has none.
#[track_caller]
pub(crate) fn link<T: Element>(op: &'static str, tensor: &Tensor<T>) -> Link {
    match tensor.stamp() {
        None => CONSTANT,
        Some(stamp) if stamp.recording == T::tape().with_borrow(|tape| tape.recording) => {
            stamp.node
        }
        Some(_) => Error::StaleTensor { op }.raise(),
    }
}
