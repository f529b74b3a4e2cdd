//! What can go wrong with a graph outside of its evaluation.

/// Why a graph cannot be written, read or emitted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GraphError {
    /// An operation that has no such form.
    #[error("`{operation}` cannot be {into}")]
    Unsupported {
        /// The name of the operation.
        operation: String,
        /// What it was to become.
        into: &'static str,
    },
    /// An operation whose code is the user's, not the graph's: a primitive or an implicit function.
    #[error("`{operation}` runs code of the user's, so it cannot be {into}")]
    UserCode {
        /// The name of the operation.
        operation: String,
        /// What it was to become.
        into: &'static str,
    },
    /// The name that source text was to have is not an identifier.
    #[error("`{name}` is not the name of a function")]
    NotAnIdentifier {
        /// The name.
        name: String,
    },
    /// A text would have too many operations, or tables of too many numbers.
    #[error("a text of more than {limit} operations or numbers")]
    TooLarge {
        /// The most that are emitted.
        limit: usize,
    },
    /// The bytes do not begin as those of a graph do, or are of a version that is not known.
    #[error("the bytes are not those of a graph of version {version}")]
    NotAGraph {
        /// The version that is known.
        version: u8,
    },
    /// The bytes end where more were expected.
    #[error("the bytes end at {offset}, in the middle of a graph")]
    Truncated {
        /// The number of bytes that were read.
        offset: usize,
    },
    /// The bytes say something that no graph has.
    #[error("invalid graph at byte {offset}: {problem}")]
    Invalid {
        /// Where.
        offset: usize,
        /// What is wrong.
        problem: &'static str,
    },
}
