//! Where the derivatives of a block may be other than zero.

/// Calls its second argument with the operands that a result depends on.
type OperandsOf<'b> = Box<dyn Fn(usize, &mut dyn FnMut(usize)) + 'b>;

/// Calls its argument with pairs of operands.
type Pairs<'b> = Box<dyn Fn(&mut dyn FnMut(usize, usize)) + 'b>;

/// On which operands each result of a block depends, and which operands interact.
///
/// Operands and results are named by their places in the call.
pub(crate) struct BlockPattern<'b> {
    /// `None` where each result depends on all operands.
    dependence: Option<OperandsOf<'b>>,
    /// Pairs by which a second derivative of some result may be other than zero, each at least once
    /// in either order; `None` where all operands interact.
    interactions: Option<Pairs<'b>>,
}

impl<'b> BlockPattern<'b> {
    /// Each result depends on all operands, and all operands interact.
    pub(crate) fn dense() -> Self {
        Self { dependence: None, interactions: None }
    }

    /// Each result depends on all operands, and no operands interact.
    pub(crate) fn linear() -> Self {
        Self::interacting(|_| {})
    }

    /// Each result depends on all operands, and the operands of the given pairs interact.
    pub(crate) fn interacting(pairs: impl Fn(&mut dyn FnMut(usize, usize)) + 'b) -> Self {
        Self { dependence: None, interactions: Some(Box::new(pairs)) }
    }

    /// The same where each result depends on no more than the given operands.
    pub(crate) fn depending(self, of: impl Fn(usize, &mut dyn FnMut(usize)) + 'b) -> Self {
        Self { dependence: Some(Box::new(of)), ..self }
    }

    /// Calls `f` with the operands that a result depends on, of as many.
    pub(crate) fn each_operand(&self, result: usize, operands: usize, f: &mut dyn FnMut(usize)) {
        match &self.dependence {
            None => (0..operands).for_each(f),
            Some(dependence) => dependence(result, f),
        }
    }

    /// Calls `f` with the pairs of operands that interact, unless all do, which it tells.
    pub(crate) fn each_interaction(&self, f: &mut dyn FnMut(usize, usize)) -> bool {
        match &self.interactions {
            None => true,
            Some(pairs) => {
                pairs(f);
                false
            }
        }
    }
}
