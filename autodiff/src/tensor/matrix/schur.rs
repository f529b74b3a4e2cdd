//! Schur forms and the equations that are solved by them.

use std::rc::Rc;

use calculus_core::Error;
use calculus_core::matrix::{self, Operations, Transpose};
use faer::Mat;

use super::operations::{columns_of, from_columns};
use super::{Number, differentiable};
use crate::tensor::array::Tensor;
use crate::tensor::element::Element;
use crate::tensor::sweep::Adjoints;
use crate::tensor::tape::{CONSTANT, Link, Rule, Saved, record};

/// A matrix with its Schur form, which is not differentiated: what depends on the form depends on
/// the matrix.
#[derive(Clone, Debug)]
pub struct Schur<T: Element> {
    matrix: Tensor<T>,
    form: Rc<matrix::Schur>,
}

/// The matrix that a form belongs to.
pub(super) fn matrix<T: Number>(schur: &Schur<T>) -> Tensor<T> {
    schur.matrix.clone()
}

/// The real and imaginary parts of its eigenvalues.
pub(super) fn eigenvalues<T: Number>(schur: &Schur<T>) -> Vec<(f64, f64)> {
    <Mat<T> as Operations>::schur_eigenvalues(&schur.form)
}

/// The Schur form of a square matrix.
pub(super) fn form<T: Number>(op: &'static str, a: &Tensor<T>) -> Result<Schur<T>, Error> {
    let form = <Mat<T> as Operations>::schur(op, columns_of(a))?;
    Ok(Schur { matrix: a.clone(), form: Rc::new(form) })
}

/// $\mathrm{op}(A) X + X \mathrm{op}(B) = C$: with
/// $\mathrm{op}(A)^\top Z + Z \mathrm{op}(B)^\top = \bar X$ the cotangent of $\mathrm{op}(A)$ is
/// $-Z X^\top$, that of $\mathrm{op}(B)$ is $-X^\top Z$, and $\bar C = Z$.
#[derive(Debug)]
struct Sylvester;

/// The coefficients of a Sylvester equation.
struct Coefficients {
    op: &'static str,
    a: (Rc<matrix::Schur>, Transpose),
    b: (Rc<matrix::Schur>, Transpose),
}

impl<T: Number> Rule<T> for Sylvester {
    fn name(&self) -> &'static str {
        "sylvester"
    }
    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, which: usize) -> Tensor<T> {
        operand_cotangent(saved, &adjoint_solution(saved, cotangent), which)
    }
    fn accumulate(
        &self,
        saved: &mut Saved<T>,
        links: &[Link; 3],
        cotangent: Tensor<T>,
        adjoints: &mut Adjoints<'_, T>,
    ) {
        let z = adjoint_solution(saved, &cotangent);
        for (which, &link) in links.iter().enumerate().filter(|(_, link)| **link != CONSTANT) {
            adjoints.add(link, operand_cotangent(saved, &z, which));
        }
    }
}

/// $Z$.
fn adjoint_solution<T: Number>(saved: &Saved<T>, cotangent: &Tensor<T>) -> Tensor<T> {
    let Coefficients { op, a, b } = saved.kept();
    let coefficient = |which: usize, form: &Rc<matrix::Schur>| Schur {
        matrix: saved.operand(which).clone(),
        form: form.clone(),
    };
    let (left, right) = (coefficient(0, &a.0), coefficient(1, &b.0));
    differentiable(sylvester(op, (&left, a.1.flipped()), (&right, b.1.flipped()), cotangent))
}

/// $\bar A$, $\bar B$ or $\bar C$ from $Z$.
fn operand_cotangent<T: Number>(saved: &Saved<T>, z: &Tensor<T>, which: usize) -> Tensor<T> {
    let Coefficients { a, b, .. } = saved.kept();
    let x = saved.output();
    match (which, a.1, b.1) {
        (0, Transpose::No, _) => -z.matmul_nt(x),
        (0, Transpose::Yes, _) => -x.matmul_nt(z),
        (1, _, Transpose::No) => -x.matmul_tn(z),
        (1, _, Transpose::Yes) => -z.matmul_tn(x),
        _ => z.clone(),
    }
}

/// $X$ with $\mathrm{op}(A) X + X \mathrm{op}(B) = C$.
pub(super) fn sylvester<T: Number>(
    op: &'static str,
    (a, transpose_a): (&Schur<T>, Transpose),
    (b, transpose_b): (&Schur<T>, Transpose),
    c: &Tensor<T>,
) -> Result<Tensor<T>, Error> {
    let forms = ((&*a.form, transpose_a), (&*b.form, transpose_b));
    let x = <Mat<T> as Operations>::sylvester(op, forms.0, forms.1, columns_of(c))?;
    let operands = [&a.matrix, &b.matrix, c];
    Ok(record(&Sylvester, &operands, from_columns(&x), |saved, output| {
        saved.operands = [Some(a.matrix.clone()), Some(b.matrix.clone()), None];
        saved.output = Some(output.clone());
        let (a, b) = ((a.form.clone(), transpose_a), (b.form.clone(), transpose_b));
        saved.kept = Some(Rc::new(Coefficients { op, a, b }));
    }))
}

/// $R = A^{1/2}$: $R^\top \bar A + \bar A R^\top = \bar R$.
#[derive(Debug)]
struct SquareRoot;

/// The Schur form of a root, with the name of the function that asked for it.
type Root = (&'static str, Rc<matrix::Schur>);

impl<T: Number> Rule<T> for SquareRoot {
    fn name(&self) -> &'static str {
        "sqrtm"
    }
    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, _: usize) -> Tensor<T> {
        let (op, form) = saved.kept::<Root>();
        let root = Schur { matrix: saved.output().clone(), form: form.clone() };
        let transposed = (&root, Transpose::Yes);
        differentiable(sylvester(op, transposed, transposed, cotangent))
    }
}

/// The Schur form of the principal square root.
pub(super) fn sqrt<T: Number>(op: &'static str, a: &Schur<T>) -> Result<Schur<T>, Error> {
    let form = Rc::new(<Mat<T> as Operations>::schur_sqrt(op, &a.form)?);
    let root = from_columns(&<Mat<T> as Operations>::schur_matrix(&form));
    let matrix = record(&SquareRoot, &[&a.matrix], root, |saved, output| {
        saved.output = Some(output.clone());
        saved.kept = Some(Rc::new((op, form.clone()) as Root));
    });
    Ok(Schur { matrix, form })
}
