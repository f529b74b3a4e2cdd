//! The tangent of a matrix or of a number that goes with matrices.

use calculus_core::Error;
use calculus_core::matrix::{Operations, Scalar};

use crate::forward::Scope;

/// The derivative of a value in one direction.
#[derive(Clone, Debug)]
pub(super) enum Tangent<X> {
    /// Of a constant. Nothing is computed with it.
    Zero,
    /// Along the direction of one differentiation.
    Along(X, Scope),
    /// There is none, for this reason. It matters only if the result depends on it.
    Undefined(Error),
}

impl<X> Tangent<X> {
    /// A linear function of the tangent.
    pub(super) fn map<Y>(&self, f: impl FnOnce(&X) -> Y) -> Tangent<Y> {
        self.try_map(|x| Ok(f(x)))
    }

    /// A linear function of the tangent that need not exist.
    pub(super) fn try_map<Y>(&self, f: impl FnOnce(&X) -> Result<Y, Error>) -> Tangent<Y> {
        match self {
            Self::Zero => Tangent::Zero,
            Self::Along(x, scope) => match f(x) {
                Ok(y) => Tangent::Along(y, *scope),
                Err(error) => Tangent::Undefined(error),
            },
            Self::Undefined(error) => Tangent::Undefined(*error),
        }
    }

    /// The sum of two tangents by the sum of what they hold.
    fn sum(self, other: Self, add: impl FnOnce(X, X) -> X) -> Self {
        match (self, other) {
            (Self::Undefined(error), _) | (_, Self::Undefined(error)) => Self::Undefined(error),
            (Self::Zero, tangent) | (tangent, Self::Zero) => tangent,
            (Self::Along(x, scope), Self::Along(y, other)) => {
                Self::Along(add(x, y), scope.join(other))
            }
        }
    }
}

impl<X, Y> Tangent<(X, Y)> {
    /// The tangents of two results.
    pub(super) fn split(self) -> (Tangent<X>, Tangent<Y>) {
        match self {
            Self::Zero => (Tangent::Zero, Tangent::Zero),
            Self::Along((x, y), scope) => (Tangent::Along(x, scope), Tangent::Along(y, scope)),
            Self::Undefined(error) => (Tangent::Undefined(error), Tangent::Undefined(error)),
        }
    }
}

impl<M: Operations> Tangent<M> {
    pub(super) fn plus(self, other: Self) -> Self {
        self.sum(other, |x, y| x.plus(&y))
    }
}

impl<S: Scalar> Tangent<S> {
    pub(super) fn plus_number(self, other: Self) -> Self {
        self.sum(other, |x, y| x + y)
    }
}
