//! What a function of dual matrices may return.

use calculus_core::Error;
use calculus_core::matrix::Operations;

use super::tangent::Tangent;
use super::{DualMatrix, DualNumber};
use crate::forward::Scope;

/// What a function of [`DualMatrix`] may return to [`matrix_jvp`](crate::matrix_jvp): a matrix, a
/// number, a pair or a triple of such, or a `Vec`.
pub trait MatrixOutput {
    /// The same without tangents: matrices and numbers.
    type Value;

    /// The value and the tangent.
    ///
    /// # Errors
    /// Of the operation that has no derivative in this direction.
    fn into_parts(self) -> Result<(Self::Value, Self::Value), Error>;

    /// Checks that the tangents are those of this differentiation and no other.
    #[doc(hidden)]
    #[allow(private_interfaces)]
    fn leave(&self, scope: Scope);
}

#[track_caller]
fn check<X>(tangent: &Tangent<X>, scope: Scope) {
    if let Tangent::Along(_, own) = tangent {
        own.join(scope);
    }
}

impl<M: Operations> MatrixOutput for DualMatrix<M> {
    type Value = M;
    fn into_parts(self) -> Result<(M, M), Error> {
        let tangent = self.tangent()?;
        Ok((self.value, tangent))
    }
    #[allow(private_interfaces)]
    fn leave(&self, scope: Scope) {
        check(&self.tangent, scope);
    }
}

impl<M: Operations> MatrixOutput for DualNumber<M> {
    type Value = M::Scalar;
    fn into_parts(self) -> Result<(M::Scalar, M::Scalar), Error> {
        let tangent = self.tangent()?;
        Ok((self.value, tangent))
    }
    #[allow(private_interfaces)]
    fn leave(&self, scope: Scope) {
        check(&self.tangent, scope);
    }
}

impl<A: MatrixOutput> MatrixOutput for Vec<A> {
    type Value = Vec<A::Value>;
    fn into_parts(self) -> Result<(Self::Value, Self::Value), Error> {
        let parts: Result<Vec<_>, Error> = self.into_iter().map(A::into_parts).collect();
        Ok(parts?.into_iter().unzip())
    }
    #[allow(private_interfaces)]
    fn leave(&self, scope: Scope) {
        self.iter().for_each(|output| output.leave(scope));
    }
}

impl<A: MatrixOutput, B: MatrixOutput> MatrixOutput for (A, B) {
    type Value = (A::Value, B::Value);
    fn into_parts(self) -> Result<(Self::Value, Self::Value), Error> {
        let ((a, of_a), (b, of_b)) = (self.0.into_parts()?, self.1.into_parts()?);
        Ok(((a, b), (of_a, of_b)))
    }
    #[allow(private_interfaces)]
    fn leave(&self, scope: Scope) {
        self.0.leave(scope);
        self.1.leave(scope);
    }
}

impl<A: MatrixOutput, B: MatrixOutput, C: MatrixOutput> MatrixOutput for (A, B, C) {
    type Value = (A::Value, B::Value, C::Value);
    fn into_parts(self) -> Result<(Self::Value, Self::Value), Error> {
        let (((a, b), of), (c, of_c)) = ((self.0, self.1).into_parts()?, self.2.into_parts()?);
        Ok(((a, b, c), (of.0, of.1, of_c)))
    }
    #[allow(private_interfaces)]
    fn leave(&self, scope: Scope) {
        self.0.leave(scope);
        self.1.leave(scope);
        self.2.leave(scope);
    }
}
