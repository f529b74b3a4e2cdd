//! Factorisations: of the value by the kernels, of the tangent by the pushforwards.

use calculus_core::Error;
use calculus_core::matrix::svd::Svd;
use calculus_core::matrix::{
    self, Lu, Part, Transpose, Triangle, singular_values, symmetric_eigenvalues,
};

use super::{DualMatrix, RowDerivatives};

/// The values of factors.
fn values_of<M: RowDerivatives>(lu: &Lu<DualMatrix<M>>) -> Lu<M> {
    Lu { packed: lu.packed.value.clone(), rows: lu.rows.clone(), odd: lu.odd }
}

/// $A = LL^\top$.
pub(super) fn cholesky<M: RowDerivatives>(
    op: &'static str,
    a: &DualMatrix<M>,
) -> Result<DualMatrix<M>, Error> {
    let l = M::cholesky(op, a.value.view())?;
    let tangent = a.tangent.try_map(|t| matrix::cholesky::pushforward(&l, t));
    Ok(DualMatrix { value: l, tangent })
}

/// $X = (LL^\top)^{-1}$: $\dot X = -2\,\mathrm{sym}(L^{-\top} L^{-1} \dot L L^{-1})$.
pub(super) fn cholesky_inverse<M: RowDerivatives>(l: &DualMatrix<M>) -> DualMatrix<M> {
    let tangent = l.tangent.map(|t| {
        let (lower, factor) = (Triangle::Lower, &l.value);
        let t = t.part(Part::Lower).solve_triangular_right(factor, lower, Transpose::No);
        let t = factor.solve_triangular(lower, Transpose::No, &t);
        factor.solve_triangular(lower, Transpose::Yes, &t).symmetric().scaled(-2.0)
    });
    DualMatrix { value: M::cholesky_inverse(l.value.view()), tangent }
}

/// $PA = LU$, both factors in one matrix.
pub(super) fn lu<M: RowDerivatives>(a: &DualMatrix<M>) -> Lu<DualMatrix<M>> {
    let lu = M::lu(a.value.view());
    let tangent = a.tangent.try_map(|t| {
        let (lower, upper) = matrix::lu::pushforward(&lu, t)?;
        Ok(lower.plus(&upper))
    });
    Lu { packed: DualMatrix { value: lu.packed, tangent }, rows: lu.rows, odd: lu.odd }
}

/// $X = A^{-1}$: $\dot X = -X \dot A X$ with $P\dot A = \dot L U + L \dot U$.
pub(super) fn lu_inverse<M: RowDerivatives>(lu: &Lu<DualMatrix<M>>) -> DualMatrix<M> {
    let factors = values_of(lu);
    let inverse = M::lu_inverse(&factors);
    let tangent = lu.packed.tangent.map(|t| {
        let of_lower = t.part(Part::StrictlyLower).matmul(&factors.upper());
        let permuted = of_lower.plus(&factors.lower().matmul(&t.part(Part::Upper)));
        inverse.matmul(&permuted.unpermuted_rows(&factors.rows)).matmul(&inverse).negated()
    });
    DualMatrix { value: inverse, tangent }
}

/// $A = QR$.
pub(super) fn qr<M: RowDerivatives>(a: &DualMatrix<M>) -> (DualMatrix<M>, DualMatrix<M>) {
    let (q, r) = M::qr(a.value.view());
    let (of_q, of_r) = a.tangent.try_map(|t| matrix::qr::pushforward(&q, &r, t)).split();
    (DualMatrix { value: q, tangent: of_q }, DualMatrix { value: r, tangent: of_r })
}

/// $A = V \mathrm{diag}(w) V^\top$. Repeated eigenvalues have a derivative where their vectors have
/// none.
pub(super) fn symmetric_eigen<M: RowDerivatives>(
    op: &'static str,
    a: &DualMatrix<M>,
) -> Result<(DualMatrix<M>, DualMatrix<M>), Error> {
    let (w, v) = M::symmetric_eigen(op, a.value.view())?;
    let of_w = a.tangent.try_map(|t| symmetric_eigenvalues::pushforward(&w, &v, &t.symmetric()));
    let of_v = a.tangent.try_map(|t| Ok(matrix::symmetric_eigen::pushforward(&w, &v, t)?.1));
    Ok((DualMatrix { value: w, tangent: of_w }, DualMatrix { value: v, tangent: of_v }))
}

/// $A = U S V^\top$. Repeated singular values have a derivative where their vectors have none.
pub(super) fn svd<M: RowDerivatives>(
    op: &'static str,
    a: &DualMatrix<M>,
) -> Result<(DualMatrix<M>, DualMatrix<M>, DualMatrix<M>), Error> {
    let (u, s, v) = M::svd(op, a.value.view())?;
    let svd = Svd { u, s, v };
    let of_s = a.tangent.try_map(|t| singular_values::pushforward(&svd, t));
    let vectors = a.tangent.try_map(|t| {
        let (of_u, _, of_v) = matrix::svd::pushforward(&svd, t)?;
        Ok((of_u, of_v))
    });
    let (of_u, of_v) = vectors.split();
    let Svd { u, s, v } = svd;
    let dual = |value, tangent| DualMatrix { value, tangent };
    Ok((dual(u, of_u), dual(s, of_s), dual(v, of_v)))
}
