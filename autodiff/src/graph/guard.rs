//! What a recording decided, so that a replay can tell whether it would decide the same.

use core::cmp::Ordering;

use super::node::Operand;

/// A decision of the recorded function that depended on primal values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Guard {
    /// `a < b` came out as `holds`.
    Less { a: Operand, b: Operand, holds: bool },
    /// `a <= b` came out as `holds`.
    LessOrEqual { a: Operand, b: Operand, holds: bool },
    /// `a == b` came out as `holds`.
    Equal { a: Operand, b: Operand, holds: bool },
    /// `a.partial_cmp(&b)` came out as `ordering`.
    Ordering { a: Operand, b: Operand, ordering: Option<Ordering> },
    /// The value itself was read, as the bits of a double.
    Value { a: Operand, bits: u64 },
}

impl Guard {
    /// What the decision looks at.
    pub(crate) fn operands(&self) -> [Option<Operand>; 2] {
        match *self {
            Guard::Less { a, b, .. }
            | Guard::LessOrEqual { a, b, .. }
            | Guard::Equal { a, b, .. }
            | Guard::Ordering { a, b, .. } => [Some(a), Some(b)],
            Guard::Value { a, .. } => [Some(a), None],
        }
    }

    /// The same decision on operands of another name.
    pub(crate) fn renamed(&self, mut name: impl FnMut(Operand) -> Operand) -> Self {
        let mut guard = *self;
        match &mut guard {
            Guard::Less { a, b, .. }
            | Guard::LessOrEqual { a, b, .. }
            | Guard::Equal { a, b, .. }
            | Guard::Ordering { a, b, .. } => (*a, *b) = (name(*a), name(*b)),
            Guard::Value { a, .. } => *a = name(*a),
        }
        guard
    }

    /// Whether the decision is the same where the operands have the values that `value` tells.
    #[inline]
    pub(crate) fn holds(&self, value: impl Fn(Operand) -> f64) -> bool {
        match *self {
            Guard::Less { a, b, holds } => (value(a) < value(b)) == holds,
            Guard::LessOrEqual { a, b, holds } => (value(a) <= value(b)) == holds,
            Guard::Equal { a, b, holds } => (value(a) == value(b)) == holds,
            Guard::Ordering { a, b, ordering } => value(a).partial_cmp(&value(b)) == ordering,
            Guard::Value { a, bits } => value(a).to_bits() == bits,
        }
    }
}
