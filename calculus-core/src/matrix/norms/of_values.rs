//! Functions of the singular values or eigenvalues alone.

use crate::Error;
use crate::matrix::factorizations::singular_values::{cotangent_of_values, tangent_of_values};
use crate::matrix::factorizations::svd::{Svd, factors};
use crate::matrix::{Matrix, Operations};

/// The number that goes with a kind of matrix.
pub(crate) type ScalarOf<M> = <M as Operations>::Scalar;

/// A number and the factors that its derivatives take.
pub(crate) type WithFactors<M> = (ScalarOf<M>, Svd<M>);

/// $f(s)$ and the factors.
pub(crate) fn value<A: Matrix>(
    op: &'static str,
    a: &A,
    f: impl FnOnce(&Svd<A::Owned>) -> Result<ScalarOf<A::Owned>, Error>,
) -> Result<WithFactors<A::Owned>, Error> {
    let svd = factors(op, a)?;
    Ok((f(&svd)?, svd))
}

/// $\dot y = \langle \nabla f(s), \dot s\rangle$.
pub(crate) fn pushforward<A: Matrix>(
    op: &'static str,
    svd: &Svd<A::Owned>,
    gradient: &A::Owned,
    tangent: &A,
) -> Result<ScalarOf<A::Owned>, Error> {
    Ok(gradient.inner(&tangent_of_values(op, svd, tangent)?))
}

/// $\bar A = \bar y\,U\,\mathrm{diag}(\nabla f(s))\,V^\top$.
pub(crate) fn pullback<M: Operations>(
    op: &'static str,
    svd: &Svd<M>,
    gradient: &M,
    cotangent: &M::Scalar,
) -> Result<M, Error> {
    cotangent_of_values(op, svd, &gradient.times_scalar(cotangent))
}
