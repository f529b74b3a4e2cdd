//! What can be wrong with the shape, range or content of a tensor.

/// An error of the tensor module.
///
/// Constructors return it. Operations whose documented contract is broken (shapes that do not fit,
/// a label out of range) panic with its message instead, at the caller's line.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Two operands whose shapes an operation cannot combine.
    #[error("{op}: shapes {lhs:?} and {rhs:?} do not fit together")]
    ShapeMismatch {
        /// The operation.
        op: &'static str,
        /// The shape of the left operand.
        lhs: Vec<usize>,
        /// The shape of the right operand.
        rhs: Vec<usize>,
    },
    /// The number of elements supplied is not the product of the extents.
    #[error("{found} elements do not fill the shape {shape:?}")]
    ElementCount {
        /// The shape asked for.
        shape: Vec<usize>,
        /// The number of elements supplied.
        found: usize,
    },
    /// A tensor has at most six axes.
    #[error("a tensor has at most 6 axes, not {rank}")]
    RankTooLarge {
        /// The number of axes asked for.
        rank: usize,
    },
    /// The number of elements of a shape does not fit a `usize`.
    #[error("the shape {shape:?} has more elements than memory can address")]
    TooLarge {
        /// The shape asked for.
        shape: Vec<usize>,
    },
    /// An axis that the tensor does not have.
    #[error("{op}: axis {axis} of a tensor with {rank} axes")]
    AxisOutOfRange {
        /// The operation.
        op: &'static str,
        /// The axis asked for.
        axis: usize,
        /// The number of axes there are.
        rank: usize,
    },
    /// A range or an index past the end.
    #[error("{op}: index {index} is past the end of {length} elements")]
    IndexOutOfRange {
        /// The operation.
        op: &'static str,
        /// The first offending index.
        index: usize,
        /// The number of elements there are.
        length: usize,
    },
    /// A class label that is not below the number of classes.
    #[error("label {label} in row {row} is not below the number of classes {classes}")]
    LabelOutOfRange {
        /// The offending label.
        label: usize,
        /// The row it belongs to.
        row: usize,
        /// The number of classes.
        classes: usize,
    },
    /// A dropout rate outside [0, 1).
    #[error("dropout rate {rate} is not in [0, 1)")]
    RateOutOfRange {
        /// The offending rate.
        rate: f64,
    },
    /// A tensor recorded by a differentiation that is over, or on another thread.
    #[error(
        "{op}: this tensor was recorded by a differentiation that has ended or belongs to another \
         thread; call detach() before it leaves the differentiated function"
    )]
    StaleTensor {
        /// The operation.
        op: &'static str,
    },
    /// A function to be differentiated must return one element.
    #[error("a gradient needs a function with one output element, not the shape {shape:?}")]
    OutputNotScalar {
        /// The shape that the function returned.
        shape: Vec<usize>,
    },
}

impl Error {
    /// Panics with the message, at the line of the public caller.
    #[cold]
    #[track_caller]
    pub(crate) fn raise(self) -> ! {
        panic!("{self}")
    }
}
