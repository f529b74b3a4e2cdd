//! The solutions of linear matrix equations.

use calculus_core::Error;
use calculus_core::matrix::{Operations, Transpose, Triangle};

use super::{DualMatrix, RowDerivatives};

/// $\mathrm{op}(T) X = B$: $\mathrm{op}(T) \dot X = \dot B - \mathrm{op}(\dot T) X$, of which the
/// named triangle counts.
pub(super) fn solve_triangular<M: RowDerivatives>(
    t: &DualMatrix<M>,
    triangle: Triangle,
    transpose: Transpose,
    b: &DualMatrix<M>,
) -> DualMatrix<M> {
    let solve = |b: &M| t.value.solve_triangular(triangle, transpose, b);
    let x = solve(&b.value);
    let moved = t.tangent.map(|t| {
        let t = t.part(triangle.part());
        <M as Operations>::matmul(t.view(), transpose, x.view(), Transpose::No).negated()
    });
    DualMatrix { tangent: b.tangent.clone().plus(moved).map(solve), value: x }
}

/// A matrix with the Schur form of its value, which is not differentiated: what depends on the form
/// depends on the matrix.
#[derive(Clone, Debug)]
pub struct DualSchur<M: Operations> {
    pub(super) matrix: DualMatrix<M>,
    pub(super) form: M::Schur,
}

pub(super) fn schur<M: RowDerivatives>(
    op: &'static str,
    a: &DualMatrix<M>,
) -> Result<DualSchur<M>, Error> {
    Ok(DualSchur { matrix: a.clone(), form: M::schur(op, a.value.view())? })
}

/// $\mathrm{op}(A) X + X \mathrm{op}(B) = C$: $\mathrm{op}(A) \dot X + \dot X \mathrm{op}(B) =
/// \dot C - \mathrm{op}(\dot A) X - X \mathrm{op}(\dot B)$.
pub(super) fn sylvester<M: RowDerivatives>(
    op: &'static str,
    (a, transpose_a): (&DualSchur<M>, Transpose),
    (b, transpose_b): (&DualSchur<M>, Transpose),
    c: &DualMatrix<M>,
) -> Result<DualMatrix<M>, Error> {
    let forms = ((&a.form, transpose_a), (&b.form, transpose_b));
    let solve = |c: &M| M::sylvester(op, forms.0, forms.1, c.view());
    let x = solve(&c.value)?;
    let no = Transpose::No;
    let of_a = a
        .matrix
        .tangent
        .map(|t| <M as Operations>::matmul(t.view(), transpose_a, x.view(), no).negated());
    let of_b = b
        .matrix
        .tangent
        .map(|t| <M as Operations>::matmul(x.view(), no, t.view(), transpose_b).negated());
    let right = c.tangent.clone().plus(of_a).plus(of_b);
    Ok(DualMatrix { value: x, tangent: right.try_map(solve) })
}

/// $R = A^{1/2}$: $R \dot R + \dot R R = \dot A$.
pub(super) fn schur_sqrt<M: RowDerivatives>(
    op: &'static str,
    a: &DualSchur<M>,
) -> Result<DualSchur<M>, Error> {
    let form = M::schur_sqrt(op, &a.form)?;
    let root = (&form, Transpose::No);
    let tangent = a.matrix.tangent.try_map(|t| M::sylvester(op, root, root, t.view()));
    Ok(DualSchur { matrix: DualMatrix { value: M::schur_matrix(&form), tangent }, form })
}
