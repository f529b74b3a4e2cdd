//! Functions that have no golden case.

use calculus_core::elementary::Unary;
use calculus_core::matrix::spectral_function::{self, Exp};
use calculus_core::matrix::*;
use faer::Mat;

use super::{Function, Outputs, check, entries, number};

macro_rules! functions {
    ($($test:ident $inputs:expr; |$x:ident| $value:expr;)*) => {$(
        #[test]
        fn $test() {
            struct Row;
            impl Function for Row {
                fn value<M: Operations>($x: &[M]) -> Outputs<M> {
                    Ok($value.into())
                }
            }
            let x: Vec<Mat<f64>> = $inputs.into();
            let direction = |(k, x): (usize, &Mat<f64>)| entries(x.nrows(), x.ncols(), 30 + k);
            let v: Vec<_> = x.iter().enumerate().map(direction).collect();
            check::<Row>(stringify!($test), &x, &v);
        }
    )*};
}

fn regular(n: usize, seed: usize) -> Mat<f64> {
    entries(n, n, seed) + Mat::<f64>::identity(n, n) * 3.0
}

fn definite(n: usize, seed: usize) -> Mat<f64> {
    let a = entries(n, n, seed);
    &a * a.transpose() + Mat::<f64>::identity(n, n)
}

/// The eigenvalues are near 0, 1, 2 and so on.
fn spread(n: usize, seed: usize) -> Mat<f64> {
    entries(n, n, seed) * 0.3 + Mat::from_fn(n, n, |i, j| if i == j { i as f64 } else { 0.0 })
}

fn positive(rows: usize, columns: usize, seed: usize) -> Mat<f64> {
    Matrix::map(&entries(rows, columns, seed), Unary::Exp)
}

functions! {
    products [entries(3, 4, 1), entries(2, 4, 2)];
        |x| [matmul::value(&x[0], Transpose::No, &x[1], Transpose::Yes)?];
    integer_powers [entries(3, 3, 1)];
        |x| [power::value(&x[0], 3)?.value];
    outer_products [entries(3, 1, 1), entries(2, 1, 2)];
        |x| [outer::value(&x[0], &x[1])?];
    quadratic_forms [entries(3, 1, 1), entries(3, 3, 2)];
        |x| [number(quadratic_form::value(&x[0], &x[1])?)];
    traces_of_products [entries(3, 2, 1), entries(2, 3, 2)];
        |x| [number(trace_product::value(&x[0], &x[1])?)];
    adjugates [regular(4, 1)];
        |x| [adjugate::value(&x[0])?.0];
    lu_factors [entries(4, 4, 1)];
        |x| { let lu = lu::value(&x[0])?; [lu.lower(), lu.upper()] };
    inverses_from_factors [regular(4, 1)];
        |x| [M::lu_inverse(&lu::value(&x[0])?)];
    inverses_from_cholesky_factors [definite(4, 1)];
        |x| [M::cholesky_inverse(cholesky::value(&x[0].symmetric())?.view())];
    pullbacks_of_cholesky_factors [definite(4, 1), entries(4, 4, 2)];
        |x| [cholesky::pullback(&cholesky::value(&x[0].symmetric())?, &x[1])?];
    wide_qr_factors [entries(3, 5, 1)];
        |x| <[M; 2]>::from(qr::value(&x[0])?);
    eigenvalues_alone [entries(4, 4, 1)];
        |x| [symmetric_eigenvalues::value(&x[0].symmetric())?.0];
    singular_values_alone [entries(4, 3, 1)];
        |x| [singular_values::value(&x[0])?.s];
    real_eigenvectors [spread(4, 1)];
        |x| { let e = eigen::value(&x[0])?; [e.values, e.vectors_re, e.vectors_im] };
    complex_eigenvectors [entries(5, 5, 1)];
        |x| { let e = eigen::value(&x[0])?; [e.values, e.vectors_re, e.vectors_im] };
    transposed_solves [regular(4, 1), entries(4, 2, 2)];
        |x| [solve::value(&x[0], Transpose::Yes, &x[1])?.0];
    lyapunov_equations [regular(3, 1), entries(3, 3, 3)];
        |x| [lyapunov::value(&x[0], &x[1])?.0];
    least_squares_solutions [entries(5, 3, 1), entries(5, 2, 2)];
        |x| [least_squares::value(&x[0], &x[1])?.x];
    symmetric_logarithms [definite(4, 1)];
        |x| [symmetric_log::value(&x[0].symmetric())?.0];
    functions_of_the_table [entries(4, 4, 1)];
        |x| [spectral_function::value(&Unary::Tanh, &x[0].symmetric())?.0];
    traces_of_functions [entries(4, 4, 1)];
        |x| [number(trace_function::value(&Exp, &x[0].symmetric())?)];
    entropies [definite(3, 1)];
        |x| [number(entropy::value(&x[0].symmetric())?)];
    real_powers [regular(3, 1)];
        |x| [powm::value(&x[0], 0.3)?.exponential.value];
    sines [entries(3, 3, 1)];
        |x| [sinm::value(&x[0])?.0];
    nuclear_norms [entries(4, 3, 1)];
        |x| [number(nuclear::value(&x[0])?.0)];
    schatten_norms [entries(4, 3, 1)];
        |x| [number(schatten::value(&x[0], 3.0)?.0)];
    condition_numbers [regular(3, 1)];
        |x| [number(condition_number::value(&x[0])?.0)];
    unit_vectors [entries(4, 1, 1)];
        |x| [normalise::value(&x[0])?.0];
    quotients [entries(3, 2, 1), positive(3, 2, 2)];
        |x| [divide::value(&x[0], &x[1])?];
    constant_powers [positive(3, 2, 2)];
        |x| [elementwise_powf::value(&x[0], -1.3)?];
    rows_of_the_table [positive(3, 2, 2)];
        |x| [map::value(&x[0], Unary::LnGamma)?, map::value(&x[0], Unary::Sqrt)?];
    distances [entries(3, 2, 1), entries(4, 2, 2)];
        |x| [pairwise_distances::value(&x[0], &x[1])?];
}
