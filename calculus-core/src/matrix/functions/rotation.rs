//! Sine and cosine as blocks of an exponential.
//!
//! $$\exp \begin{pmatrix} 0 & A \\ -A & 0 \end{pmatrix} =
//! \begin{pmatrix} \cos A & \sin A \\ -\sin A & \cos A \end{pmatrix}$$

use super::expm::{self, Expm};
use crate::Error;
use crate::matrix::check::{finite, has_shape, square};
use crate::matrix::{Matrix, Operations};

/// Which block of the first row.
#[derive(Clone, Copy, Debug)]
pub(super) enum Block {
    Cosine,
    Sine,
}

impl Block {
    fn of<M: Operations>(self, whole: &M) -> M {
        let n = whole.rows() / 2;
        match self {
            Self::Cosine => whole.block(0..n, 0..n),
            Self::Sine => whole.block(0..n, n..2 * n),
        }
    }
}

/// $\begin{pmatrix} 0 & A \\ -A & 0 \end{pmatrix}$.
fn generator<A: Matrix>(a: &A) -> A::Owned {
    let n = a.rows();
    a.embedded(2 * n, 2 * n, 0, n).minus(&a.embedded(2 * n, 2 * n, n, 0))
}

pub(super) fn value<A: Matrix>(
    op: &'static str,
    block: Block,
    a: &A,
) -> Result<(A::Owned, Expm<A::Owned>), Error> {
    square(op, a)?;
    finite(op, a)?;
    let factors = expm::named_value(op, &generator(a))?;
    Ok((block.of(&factors.value), factors))
}

pub(super) fn pushforward<A: Matrix>(
    op: &'static str,
    block: Block,
    factors: &Expm<A::Owned>,
    tangent: &A,
) -> Result<A::Owned, Error> {
    let n = factors.value.rows() / 2;
    has_shape(op, tangent, (n, n))?;
    Ok(block.of(&expm::derivative(factors, &generator(tangent))))
}

/// $L(A, \bar C^\top)^\top$, because $f(A^\top) = f(A)^\top$.
pub(super) fn pullback<A: Matrix>(
    op: &'static str,
    block: Block,
    factors: &Expm<A::Owned>,
    cotangent: &A,
) -> Result<A::Owned, Error> {
    let n = factors.value.rows() / 2;
    has_shape(op, cotangent, (n, n))?;
    Ok(pushforward(op, block, factors, &cotangent.transposed())?.transposed())
}
