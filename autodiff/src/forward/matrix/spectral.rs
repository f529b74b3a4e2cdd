//! Functions of symmetric matrices, and the eigenvalues of general ones.

use calculus_core::Error;
use calculus_core::matrix::eigen::Eigen;
use calculus_core::matrix::spectral_function::{SpectralFunction, SymmetricSpectrum};
use calculus_core::matrix::{self, Spectrum, trace_function};

use super::{DualMatrix, DualNumber, RowDerivatives};

/// $D^k f(A)[E_1, \dots, E_k]$: the tangent is the derivative with $\dot A$ for one direction more, and
/// for each direction that with $\dot E_i$ in its place.
pub(super) fn function<F: SpectralFunction, M: RowDerivatives>(
    op: &'static str,
    f: &F,
    spectrum: &SymmetricSpectrum<DualMatrix<M>>,
    directions: &[&DualMatrix<M>],
) -> Result<DualMatrix<M>, Error> {
    let numbers = SymmetricSpectrum {
        matrix: spectrum.matrix.value.clone(),
        values: spectrum.values.value.clone(),
        vectors: spectrum.vectors.value.clone(),
    };
    let derivative = |directions: &[&M]| M::spectral_function(op, f, &numbers, directions);
    let values: Vec<&M> = directions.iter().map(|e| &e.value).collect();
    let mut tangent = spectrum.matrix.tangent.try_map(|t| {
        let t = t.symmetric();
        let mut directions = values.clone();
        directions.push(&t);
        derivative(&directions)
    });
    for (k, direction) in directions.iter().enumerate() {
        tangent = tangent.plus(direction.tangent.try_map(|t| {
            let mut directions = values.clone();
            directions[k] = t;
            derivative(&directions)
        }));
    }
    Ok(DualMatrix { value: derivative(&values)?, tangent })
}

/// $\mathrm{tr} f(A)$: $\langle f'(A), \mathrm{sym}(\dot A)\rangle$.
pub(super) fn trace<F: SpectralFunction, M: RowDerivatives>(
    op: &'static str,
    f: &F,
    a: &DualMatrix<M>,
    values: &DualMatrix<M>,
) -> Result<DualNumber<M>, Error> {
    let value = M::spectral_trace(op, f, a.value.view(), &values.value)?;
    let tangent = a.tangent.try_map(|t| {
        let (_, gradient) = trace_function::value_and_gradient(f, &a.value)?;
        Ok(gradient.inner(&t.symmetric()))
    });
    Ok(DualNumber { value, tangent })
}

/// $AV = V \mathrm{diag}(\lambda)$ by the real basis: the vector of a real eigenvalue, the real and the
/// imaginary part of the first vector of a pair.
pub(super) fn eigen<M: RowDerivatives>(
    op: &'static str,
    a: &DualMatrix<M>,
) -> Result<Spectrum<DualMatrix<M>>, Error> {
    let spectrum = M::eigen(op, a.value.view())?;
    let tangents = a.tangent.try_map(|t| {
        let (of_values, of_re, of_im) = matrix::eigen::pushforward(&complex_form(a, &spectrum), t)?;
        let n = of_re.rows();
        // The second column of a pair holds the imaginary part of the first vector.
        let second = |j: usize| spectrum.values.primal(j, 1) < 0.0;
        let re = M::gather(of_re.view(), n, n, |i, j| (!second(j)).then_some((i, j)));
        let im = M::gather(of_im.view(), n, n, |i, j| second(j).then(|| (i, j - 1)));
        Ok((of_values, re.plus(&im)))
    });
    let (of_values, of_basis) = tangents.split();
    Ok(Spectrum {
        values: DualMatrix { value: spectrum.values, tangent: of_values },
        basis: DualMatrix { value: spectrum.basis, tangent: of_basis },
        pivots: spectrum.pivots,
    })
}

/// The eigenvectors as complex ones.
fn complex_form<M: RowDerivatives>(a: &DualMatrix<M>, spectrum: &Spectrum<M>) -> Eigen<M> {
    let Spectrum { values, basis, pivots } = spectrum;
    let n = values.rows();
    let imaginary: Vec<f64> = (0..n).map(|j| values.primal(j, 1)).collect();
    // The first column of a pair is the real part of both vectors, the second the imaginary part of
    // the first one.
    let real = |j: usize| if imaginary[j] < 0.0 { j - 1 } else { j };
    let part = |i, j: usize| (imaginary[j] != 0.0).then(|| (i, real(j) + 1));
    let sign = M::from_fn(n, 1, |j, _| imaginary[j].signum());
    let entries = (0..n).flat_map(|i| (0..n).map(move |j| a.value.primal(i, j)));
    Eigen {
        values: values.clone(),
        vectors_re: M::gather(basis.view(), n, n, |i, j| Some((i, real(j)))),
        vectors_im: M::gather(basis.view(), n, n, part).scaled_columns(&sign),
        pivots: pivots.clone(),
        basis: M::lu(basis.view()),
        norm: entries.fold(0.0, f64::hypot),
    }
}
