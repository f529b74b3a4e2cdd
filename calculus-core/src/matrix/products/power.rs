//! The power $A^k$ of a square matrix with an integer $k \ge 0$; $A^0 = I$.
//!
//! $$\dot C = \sum_{i=0}^{k-1} A^i \dot A A^{k-1-i}, \qquad
//! \bar A = \sum_{i=0}^{k-1} (A^\top)^i \bar C (A^\top)^{k-1-i}$$
//!
//! The value is computed by repeated squaring from the leading binary digit of $k$ on,
//! $P \leftarrow P^2$ and then $P \leftarrow PA$ where the digit is 1. Differentiating these steps
//! sums the $k$ terms in $O(\log k)$ products. No degenerate points: entries that are infinite or
//! NaN go through as IEEE arithmetic has it, and the derivative of $A^0$ is 0 everywhere.
//!
//! Source: N. J. Higham, "Functions of Matrices", 2008, section 4.1 (the algorithm), equation 3.14
//! (the derivative).
//!
//! # Examples
//! ```
//! use calculus_core::matrix::power;
//! use faer::mat;
//!
//! let a = mat![[1.0, 1.0], [0.0, 2.0]];
//! let powers = power::value(&a, 3)?;
//! assert_eq!(powers.value, mat![[1.0, 7.0], [0.0, 8.0]]);
//! // The derivative of the last entry, a_11^3.
//! let gradient = power::pullback(&powers, &mat![[0.0, 0.0], [0.0, 1.0]])?;
//! assert_eq!(gradient, mat![[0.0, 0.0], [5.0, 12.0]]);
//! # Ok::<(), calculus_core::Error>(())
//! ```

use crate::Error;
use crate::matrix::check::{has_shape, square};
use crate::matrix::{Matrix, identity, zeros};

const OP: &str = "power";

/// $A^k$ and the powers on the way to it.
#[derive(Clone, Debug)]
pub struct Power<M> {
    /// The exponent $k$.
    pub exponent: u32,
    /// $A^k$.
    pub value: M,
    /// $A$, each square and each product with $A$ before the last one; empty for $k \le 1$.
    pub earlier: Vec<M>,
}

impl<M> Power<M> {
    /// $A$; the identity for $k = 0$.
    fn base(&self) -> &M {
        self.earlier.first().unwrap_or(&self.value)
    }
}

/// How a power is made from the one before it.
#[derive(Clone, Copy)]
enum Step {
    /// $P^2$.
    Square,
    /// $PA$.
    Multiply,
}

/// The steps that lead from $A$ to $A^k$, by the binary digits of $k$ after the leading one.
fn steps(exponent: u32) -> impl DoubleEndedIterator<Item = Step> {
    let digits = exponent.checked_ilog2().unwrap_or(0);
    (0..digits).rev().flat_map(move |digit| {
        let odd = exponent >> digit & 1 == 1;
        [Some(Step::Square), odd.then_some(Step::Multiply)].into_iter().flatten()
    })
}

/// $A^k$ for $A$ of $n \times n$, with the powers that lead to it.
///
/// Cost: at most $2\log_2 k$ products, and as many matrices.
///
/// # Errors
/// [`Error::NotSquare`].
pub fn value<A: Matrix>(a: &A, exponent: u32) -> Result<Power<A::Owned>, Error> {
    let n = square(OP, a)?;
    if exponent == 0 {
        return Ok(Power { exponent, value: identity(n), earlier: Vec::new() });
    }
    let (mut p, mut earlier) = (a.copied(), Vec::new());
    for step in steps(exponent) {
        let next = match step {
            Step::Square => p.matmul(&p),
            Step::Multiply => p.matmul(a),
        };
        earlier.push(core::mem::replace(&mut p, next));
    }
    Ok(Power { exponent, value: p, earlier })
}

/// $\dot C = \sum_i A^i \dot A A^{k-1-i}$ for the powers of [`value`].
///
/// Cost: twice the value.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(powers: &Power<A::Owned>, tangent: &A) -> Result<A::Owned, Error> {
    has_shape(OP, tangent, powers.value.shape())?;
    if powers.exponent == 0 {
        return Ok(zeros(tangent.rows(), tangent.columns()));
    }
    let a = powers.base();
    let mut p_dot = tangent.copied();
    for (p, step) in powers.earlier.iter().zip(steps(powers.exponent)) {
        p_dot = match step {
            Step::Square => p_dot.matmul(p).plus(&p.matmul(&p_dot)),
            Step::Multiply => p_dot.matmul(a).plus(&p.matmul(tangent)),
        };
    }
    Ok(p_dot)
}

/// $\bar A = \sum_i (A^\top)^i \bar C (A^\top)^{k-1-i}$ for the powers of [`value`].
///
/// Cost: twice the value.
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(powers: &Power<A::Owned>, cotangent: &A) -> Result<A::Owned, Error> {
    has_shape(OP, cotangent, powers.value.shape())?;
    let mut a_bar = zeros::<A::Owned>(cotangent.rows(), cotangent.columns());
    if powers.exponent == 0 {
        return Ok(a_bar);
    }
    let a = powers.base();
    let mut p_bar = cotangent.copied();
    for (p, step) in powers.earlier.iter().rev().zip(steps(powers.exponent).rev()) {
        p_bar = match step {
            Step::Square => p_bar.matmul_transpose(p).plus(&p.transpose_matmul(&p_bar)),
            Step::Multiply => {
                a_bar = a_bar.plus(&p.transpose_matmul(&p_bar));
                p_bar.matmul_transpose(a)
            }
        };
    }
    Ok(a_bar.plus(&p_bar))
}
