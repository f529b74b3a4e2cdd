//! Functions of symmetric matrices.

use core::fmt;
use core::marker::PhantomData;
use std::rc::Rc;

use calculus_core::Error;
use calculus_core::matrix::spectral_function::{SpectralFunction, SymmetricSpectrum};
use calculus_core::matrix::{self, Matrix, Operations};
use faer::{Mat, MatRef};

use super::operations::{columns_of, from_columns};
use super::{Number, differentiable};
use crate::tensor::array::Tensor;
use crate::tensor::tape::{Rule, Saved, record};

/// The directions of the highest derivative of a spectral function that there is a kernel for.
const MAX_DIRECTIONS: usize = 2;

/// $D^k f(A)[E_1, \dots, E_k]$. With the cotangent it is symmetric in all directions: the pullback to
/// the matrix has a direction more, the one to a direction has the cotangent in its place.
struct Spectral<F>(PhantomData<fn() -> F>);

/// $\mathrm{tr} f(A)$: $\bar A = \bar y f'(A) = \bar y\,Df(A)[I]$, of which derivatives are known.
struct Trace<F>(PhantomData<fn() -> F>);

/// A spectral function with the decomposition of its argument, which is not differentiated: what
/// depends on it depends on the matrix.
struct Kept<F, T: Number> {
    op: &'static str,
    f: F,
    values: Tensor<T>,
    /// `None` where only the trace was asked for.
    vectors: Option<Tensor<T>>,
    directions: usize,
}

impl<F: SpectralFunction, T: Number> Rule<T> for Spectral<F> {
    fn name(&self) -> &'static str {
        "spectral_function"
    }
    #[track_caller]
    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, which: usize) -> Tensor<T> {
        let kept: &Kept<F, T> = saved.kept();
        let spectrum = SymmetricSpectrum {
            matrix: saved.operand(0).clone(),
            values: kept.values.clone(),
            vectors: kept.vectors.clone().expect("the rule kept the vectors"),
        };
        let cotangent = cotangent.symmetric();
        let mut directions: Vec<_> = (1..=kept.directions).map(|k| saved.operand(k)).collect();
        match which {
            0 => directions.push(&cotangent),
            direction => directions[direction - 1] = &cotangent,
        }
        differentiable(derivative(kept.op, &kept.f, &spectrum, &directions))
    }
}

/// A spectral function or a derivative of it.
#[track_caller]
pub(super) fn derivative<F: SpectralFunction, T: Number>(
    op: &'static str,
    f: &F,
    spectrum: &SymmetricSpectrum<Tensor<T>>,
    directions: &[&Tensor<T>],
) -> Result<Tensor<T>, Error> {
    let count = directions.len();
    assert!(count <= MAX_DIRECTIONS, "{op}: a spectral function has its first two derivatives");
    let directions_of_numbers: Vec<Mat<T>> =
        directions.iter().map(|e| columns_of(e).to_owned()).collect();
    let numbers = SymmetricSpectrum {
        matrix: Mat::new(),
        values: columns_of(&spectrum.values).to_owned(),
        vectors: columns_of(&spectrum.vectors).to_owned(),
    };
    let references: Vec<_> = directions_of_numbers.iter().collect();
    let c = <Mat<T> as Operations>::spectral_function(op, f, &numbers, &references)?;
    let mut operands = vec![&spectrum.matrix];
    operands.extend(directions);
    Ok(record(&Spectral::<F>(PhantomData), &operands, from_columns(&c), |saved, _| {
        for (kept, &operand) in saved.operands.iter_mut().zip(&operands) {
            *kept = Some(operand.clone());
        }
        let vectors = Some(spectrum.vectors.detach());
        let values = spectrum.values.detach();
        let f = f.clone();
        saved.kept = Some(Rc::new(Kept { op, f, values, vectors, directions: count }));
    }))
}

impl<F: SpectralFunction, T: Number> Rule<T> for Trace<F> {
    fn name(&self) -> &'static str {
        "trace_function"
    }
    #[track_caller]
    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, _: usize) -> Tensor<T> {
        let kept: &Kept<F, T> = saved.kept();
        let a = saved.operand(0);
        let (_, vectors) = differentiable(match kept.values.len() {
            0 => Ok((Mat::new(), Mat::new())),
            _ => <Mat<T> as Operations>::symmetric_eigen(kept.op, columns_of(a)),
        });
        let spectrum = SymmetricSpectrum {
            matrix: a.clone(),
            values: kept.values.clone(),
            vectors: from_columns(&vectors),
        };
        let identity = matrix::identity(kept.values.len());
        let slope = derivative(kept.op, &kept.f, &spectrum, &[&identity]);
        differentiable(slope) * cotangent
    }
}

/// $\mathrm{tr} f(A)$ from the eigenvalues.
pub(super) fn trace<F: SpectralFunction, T: Number>(
    op: &'static str,
    f: &F,
    a: &Tensor<T>,
    values: &Tensor<T>,
) -> Result<Tensor<T>, Error> {
    let numbers: Mat<T> = columns_of(values).to_owned();
    let empty = MatRef::from_row_major_slice(&[], 0, 0);
    let y = <Mat<T> as Operations>::spectral_trace(op, f, empty, &numbers)?;
    Ok(record(&Trace::<F>(PhantomData), &[a], Tensor::scalar(y), |saved, _| {
        saved.operands[0] = Some(a.clone());
        let (f, values) = (f.clone(), values.detach());
        saved.kept = Some(Rc::new(Kept { op, f, values, vectors: None, directions: 0 }));
    }))
}

impl<F> fmt::Debug for Spectral<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Spectral")
    }
}

impl<F> fmt::Debug for Trace<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Trace")
    }
}
