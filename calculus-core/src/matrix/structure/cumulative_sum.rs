//! Running sums down or up each column, or along each row.
//!
//! $$c_{ij} = \sum_{k \le i} a_{kj}: \qquad \dot c_{ij} = \sum_{k \le i} \dot a_{kj}, \quad
//! \bar a_{ij} = \sum_{k \ge i} \bar c_{kj}$$
//!
//! and likewise for the other directions: the pullback sums the other way.
//!
//! Linear, so there are no degenerate points; entries that are infinite or NaN go through as IEEE
//! arithmetic has it.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::cumulative_sum;
//! use faer::mat;
//!
//! use calculus_core::matrix::Direction;
//!
//! let a = mat![[1.0, 2.0], [3.0, 4.0]];
//! assert_eq!(cumulative_sum::value(&a, Direction::Down)?, mat![[1.0, 2.0], [4.0, 6.0]]);
//! assert_eq!(cumulative_sum::value(&a, Direction::Right)?, mat![[1.0, 3.0], [3.0, 7.0]]);
//! let gradient = cumulative_sum::pullback(&a, Direction::Down, &mat![[1.0, 0.0], [1.0, 5.0]])?;
//! assert_eq!(gradient, mat![[2.0, 5.0], [1.0, 5.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::Matrix;
use crate::matrix::check::same_shape;

const OP: &str = "cumulative_sum";

/// Where a running sum goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// From the first row of each column to the last.
    Down,
    /// From the last row of each column to the first.
    Up,
    /// From the first column of each row to the last.
    Right,
    /// From the last column of each row to the first.
    Left,
}

impl Direction {
    /// The other way.
    pub fn reversed(self) -> Self {
        match self {
            Self::Down => Self::Up,
            Self::Up => Self::Down,
            Self::Right => Self::Left,
            Self::Left => Self::Right,
        }
    }
}

/// The running sums, $m \times n$ as $A$.
///
/// Cost: $mn$ additions.
///
/// # Errors
/// None; the result is one for the sake of uniformity.
pub fn value<A: Matrix>(a: &A, direction: Direction) -> Result<A::Owned, Error> {
    Ok(match direction {
        Direction::Down => a.cumulative(false),
        Direction::Up => a.cumulative(true),
        Direction::Right => a.transposed().cumulative(false).transposed(),
        Direction::Left => a.transposed().cumulative(true).transposed(),
    })
}

/// The running sums of the tangent.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(a: &A, direction: Direction, tangent: &A) -> Result<A::Owned, Error> {
    same_shape(OP, tangent, a)?;
    value(tangent, direction)
}

/// The running sums of the cotangent in the other direction.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(a: &A, direction: Direction, cotangent: &A) -> Result<A::Owned, Error> {
    pushforward(a, direction.reversed(), cotangent)
}
