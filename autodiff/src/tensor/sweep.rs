//! The reverse sweep: from the output back to the inputs, adding up adjoints.
//!
//! There are two sweeps over the same tape. The *untaped* one serves an outermost differentiation:
//! it consumes the tape from its end, so that buffers are reused while they are still in cache, and
//! lets the rules write into the adjoints with fused kernels. The *taped* one serves a
//! differentiation inside another: it computes with recorded tensor operations only.

use super::array::Tensor;
use super::element::Element;
use super::kernels::{self, Update};
use super::ops::view::Leaf;
use super::shape::Shape;
use super::tape::{CONSTANT, Detail, Link, Node, Rule};

/// The adjoint of one node during an untaped sweep.
#[derive(Debug)]
pub(crate) struct Slot<T: Element> {
    /// The node that holds the memory: the node itself, unless it is a view.
    root: Link,
    /// Where in the root's adjoint this one starts.
    offset: usize,
    shape: Shape,
    /// Whether the node depends on an input.
    active: bool,
    /// For a view of the flat parameters: whether its part of the gradient has been written.
    written: bool,
    /// For a view of the flat parameters: the first view of the same range.
    first: Link,
    adjoint: Option<Tensor<T>>,
}

/// The adjoints of an untaped sweep, to which rules add.
#[derive(Debug)]
pub(crate) struct Adjoints<'a, T: Element> {
    slots: Vec<Slot<T>>,
    /// The caller's gradient of node 0, if the adjoint of node 0 lives there.
    gradient: Option<&'a mut [T]>,
}

impl<T: Element> Adjoints<'_, T> {
    /// Adds a tensor to the adjoint of `link`; the first one is taken over without a copy.
    pub(crate) fn add(&mut self, link: Link, cotangent: Tensor<T>) {
        let slot = &mut self.slots[link as usize];
        debug_assert_eq!(slot.shape.len(), cotangent.len());
        let external = slot.root == 0 && self.gradient.is_some();
        if slot.root == link && !external && slot.adjoint.is_none() {
            slot.adjoint = Some(cotangent);
        } else {
            self.update(link, |target, update| match update {
                Update::Replace => target.copy_from_slice(cotangent.as_slice()),
                Update::Add => kernels::add_assign(target, cotangent.as_slice()),
            });
        }
    }

    /// Lets a kernel write to the adjoint of `link`, replacing or adding as it is told.
    pub(crate) fn update(&mut self, link: Link, kernel: impl FnOnce(&mut [T], Update)) {
        let slot = &self.slots[link as usize];
        let (root, first, shape) = (slot.root as usize, slot.first as usize, slot.shape);
        let range = slot.offset..slot.offset + shape.len();
        if let (0, Some(gradient)) = (root, &mut self.gradient) {
            let written = core::mem::replace(&mut self.slots[first].written, true);
            kernel(&mut gradient[range], if written { Update::Add } else { Update::Replace });
            return;
        }
        let slot = &mut self.slots[root];
        let covers_root = range.len() == slot.shape.len();
        let update =
            if slot.adjoint.is_none() && covers_root { Update::Replace } else { Update::Add };
        let root_shape = slot.shape;
        let adjoint = slot.adjoint.get_or_insert_with(|| match update {
            Update::Replace => Tensor::stale(root_shape),
            Update::Add => Tensor::filled(root_shape, T::ZERO),
        });
        kernel(&mut adjoint.slice_mut()[range], update);
    }
}

/// An untaped sweep that leaves the adjoints of the first nodes, one for each of the given slots;
/// what the output does not depend on is left as it is.
pub(crate) fn to_tensors<T: Element>(output: &Tensor<T>, inputs: &mut [Option<Tensor<T>>]) {
    sweep(output, inputs.len(), None, |adjoints| {
        for (input, slot) in inputs.iter_mut().zip(&mut adjoints.slots) {
            *input = slot.adjoint.take();
        }
    });
}

/// An untaped sweep that overwrites `gradient` with the adjoint of node 0.
pub(crate) fn to_slice<T: Element>(output: &Tensor<T>, gradient: &mut [T]) {
    sweep(output, 1, Some(gradient), |_| {});
}

fn sweep<T: Element>(
    output: &Tensor<T>,
    inputs: usize,
    gradient: Option<&mut [T]>,
    finish: impl FnOnce(&mut Adjoints<'_, T>),
) {
    let (slots, mut pieces, nodes) = T::tape().with_borrow_mut(|tape| {
        tape.paused = true;
        let mut slots = core::mem::take(&mut tape.slots);
        slots.extend(tape.nodes.iter().enumerate().map(|(i, node)| slot(i as Link, node)));
        for i in 0..slots.len() {
            let links = tape.nodes[i].links;
            slots[i].active =
                i < inputs || links.iter().any(|&l| l != CONSTANT && slots[l as usize].active);
        }
        let mut pieces = core::mem::take(&mut tape.pieces);
        pieces.clear();
        if gradient.is_some() {
            collect_pieces(&tape.nodes, output, &mut pieces);
        }
        (slots, pieces, tape.nodes.len())
    });
    let mut adjoints = Adjoints { slots, gradient };
    divide_gradient(&mut adjoints, &mut pieces);

    let seed = output.stamp().expect("the output is recorded").node;
    adjoints.update(seed, |target, update| match update {
        Update::Replace => target.fill(T::ONE),
        Update::Add => target.iter_mut().for_each(|t| *t += T::ONE),
    });
    for i in (inputs..nodes).rev() {
        let Some(mut node) = T::tape().with_borrow_mut(|tape| tape.nodes.pop()) else { break };
        let slot = &mut adjoints.slots[i];
        if let (true, Some(cotangent)) = (slot.active, slot.adjoint.take()) {
            let links = node.links.map(|link| {
                if link != CONSTANT && adjoints.slots[link as usize].active {
                    link
                } else {
                    CONSTANT
                }
            });
            node.rule.accumulate(&mut node.saved, &links, cotangent, &mut adjoints);
        }
    }
    clear_unwritten(&mut adjoints, &pieces);
    finish(&mut adjoints);

    let mut slots = adjoints.slots;
    slots.clear();
    T::tape().with_borrow_mut(|tape| {
        tape.slots = slots;
        tape.pieces = pieces;
        tape.paused = false;
    });
}

fn slot<T: Element>(link: Link, node: &Node<T>) -> Slot<T> {
    // Views of views were resolved while recording, so that the operand is not a view itself.
    let (root, offset) = match (node.rule.is_view(), node.saved.detail) {
        (true, Detail::Offset(offset)) => (node.links[0], offset),
        _ => (link, 0),
    };
    Slot {
        root,
        offset,
        shape: node.shape,
        active: false,
        written: false,
        first: link,
        adjoint: None,
    }
}

/// The ranges of the flat gradient that receive adjoints: `(start, end, node)`.
fn collect_pieces<T: Element>(
    nodes: &[Node<T>],
    output: &Tensor<T>,
    pieces: &mut Vec<(usize, usize, Link)>,
) {
    let mut used_directly = output.stamp().is_some_and(|stamp| stamp.node == 0);
    for (i, node) in nodes.iter().enumerate().skip(1) {
        match (node.rule.is_view(), node.saved.detail) {
            (true, Detail::Offset(start)) if node.links[0] == 0 => {
                pieces.push((start, start + node.shape.len(), i as Link));
            }
            _ => used_directly |= node.links.contains(&0),
        }
    }
    if used_directly {
        pieces.push((0, nodes[0].shape.len(), 0));
    }
}

/// Prepares the flat gradient for being written piece by piece.
///
/// Pieces that do not overlap are each written by the first adjoint that reaches them, and the gaps
/// between them are zero: no pass over the gradient just to clear it. If pieces overlap partly, the
/// whole gradient starts at zero and everything is added.
fn divide_gradient<T: Element>(
    adjoints: &mut Adjoints<'_, T>,
    pieces: &mut [(usize, usize, Link)],
) {
    let Some(gradient) = &mut adjoints.gradient else { return };
    pieces.sort_unstable();
    let overlapping = pieces.windows(2).any(|pair| {
        let ((start, end, _), (next_start, next_end, _)) = (pair[0], pair[1]);
        next_start < end && (start, end) != (next_start, next_end)
    });
    if overlapping {
        gradient.fill(T::ZERO);
        for &(_, _, node) in &*pieces {
            adjoints.slots[node as usize].written = true;
        }
        return;
    }
    let mut covered = 0;
    for i in 0..pieces.len() {
        let (start, end, node) = pieces[i];
        if i > 0 && (pieces[i - 1].0, pieces[i - 1].1) == (start, end) {
            let previous = pieces[i - 1].2 as usize;
            adjoints.slots[node as usize].first = adjoints.slots[previous].first;
        }
        if covered < start {
            gradient[covered..start].fill(T::ZERO);
        }
        covered = covered.max(end);
    }
    gradient[covered..].fill(T::ZERO);
}

/// Zeros the pieces of the flat gradient that no adjoint has reached.
fn clear_unwritten<T: Element>(adjoints: &mut Adjoints<'_, T>, pieces: &[(usize, usize, Link)]) {
    let Some(gradient) = &mut adjoints.gradient else { return };
    for &(start, end, node) in pieces {
        let first = adjoints.slots[node as usize].first as usize;
        if !adjoints.slots[first].written {
            gradient[start..end].fill(T::ZERO);
        }
    }
}

/// A taped sweep over the nodes from `start` on, of which the first `inputs` are the inputs. The
/// adjoints are recorded tensors; `None` for what the output does not depend on.
pub(crate) fn recorded<T: Element>(
    output: &Tensor<T>,
    start: usize,
    inputs: usize,
) -> Vec<Option<Tensor<T>>> {
    let end = output.stamp().map_or(start, |stamp| stamp.node as usize + 1);
    if end <= start {
        return vec![None; inputs];
    }
    // Only nodes of this differentiation that depend on its inputs take part: what comes from an
    // outer one is a constant here.
    let mut active = vec![false; end - start];
    T::tape().with_borrow(|tape| {
        for i in 0..end - start {
            let links = tape.nodes[start + i].links;
            active[i] = i < inputs
                || links.iter().any(|&link| {
                    link != CONSTANT && link as usize >= start && active[link as usize - start]
                });
        }
    });
    let mut adjoints: Vec<Option<Tensor<T>>> = vec![None; (end - start).max(inputs)];
    if active[end - 1 - start] {
        adjoints[end - 1 - start] = Some(Tensor::filled(output.extents(), T::ONE));
    }
    for i in (inputs..end - start).rev() {
        if !active[i] {
            continue;
        }
        let Some(cotangent) = adjoints[i].take() else { continue };
        let node = T::tape().with_borrow(|tape| tape.nodes[start + i].clone());
        for (which, &link) in node.links.iter().enumerate() {
            if link == CONSTANT || (link as usize) < start || !active[link as usize - start] {
                continue;
            }
            let part = node.rule.pullback(&node.saved, &cotangent, which);
            let sum = &mut adjoints[link as usize - start];
            *sum = Some(match sum.take() {
                None => part,
                Some(sum) => &sum + &part,
            });
        }
    }
    adjoints.truncate(inputs);
    adjoints
}

/// Puts an input of a differentiation on the tape.
///
/// Inside another differentiation the new node is a copy of the outer one: the inner sweep ends
/// there, and the outer one passes through it.
#[track_caller]
pub(crate) fn input<T: Element>(tensor: &Tensor<T>) -> Tensor<T> {
    let outer = super::tape::link(<Leaf as Rule<T>>::name(&Leaf), tensor);
    T::tape().with_borrow_mut(|tape| {
        let stamp = tape.push(Node {
            rule: &Leaf,
            links: [outer, CONSTANT, CONSTANT],
            shape: tensor.extents(),
            saved: Default::default(),
        });
        tensor.detach().stamped(Some(stamp))
    })
}
