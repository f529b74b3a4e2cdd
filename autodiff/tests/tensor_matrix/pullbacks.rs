//! Each operation that the tape knows, and functions made of them: the gradient by the tape is the
//! plain pullback of the rule, and the gradient of the pullback recorded as text is the product with
//! the Hessian that the nested tape gives, and the difference quotient of the plain pullback.

use autodiff::tensor::{Tensor, gradient};
use calculus_core::Error;
use calculus_core::elementary::Unary;
use calculus_core::matrix::spectral_function::{self, Exp, Log};
use calculus_core::matrix::*;
use faer::Mat;

use super::{close, definite, entries, matrix, regular, symmetric, tensor};

type Outputs<M> = Result<Vec<M>, Error>;

/// A rule on any kind of matrix.
trait Rule {
    fn value<M: Operations>(x: &[M]) -> Outputs<M>;
    fn pullback<M: Operations>(x: &[M], cotangents: &[M]) -> Outputs<M>;
}

/// $\sum_k \langle C_k, Y_k\rangle$.
fn weighted(c: &[Mat<f64>], y: &[Tensor<f64>]) -> Tensor<f64> {
    assert_eq!(c.len(), y.len());
    c.iter().zip(y).map(|(c, y)| (tensor(c) * y).sum()).reduce(|a, b| a + b).unwrap()
}

fn check<R: Rule>(name: &str, inputs: &[Mat<f64>]) {
    let x: Vec<Tensor<f64>> = inputs.iter().map(tensor).collect();
    let values = R::value(inputs).unwrap();
    let shapes = values.iter().map(Mat::shape).enumerate();
    let c: Vec<_> = shapes.map(|(k, (m, n))| entries(m, n, 20 + k)).collect();
    let direction = |(k, x): (usize, &Mat<f64>)| match x.shape() {
        (n, _) if is_symmetric(x) => symmetric(n, 30 + k),
        (m, n) => entries(m, n, 30 + k),
    };
    let directions: Vec<_> = inputs.iter().enumerate().map(direction).collect();

    for (recorded, value) in R::value(&x).unwrap().iter().zip(&values) {
        close(name, &matrix(recorded), value, 1e-13);
    }
    let first = |x: &[Tensor<f64>]| gradient(|x| weighted(&c, &R::value(x).unwrap()), x);
    let plain = R::pullback(inputs, &c).unwrap();
    for (found, expected) in first(&x).iter().zip(&plain) {
        close(name, &matrix(found), expected, 1e-12);
    }

    let nested = gradient(|x| weighted(&directions, &first(x)), &x);
    let constants: Vec<_> = c.iter().map(tensor).collect();
    let text = gradient(|x| weighted(&directions, &R::pullback(x, &constants).unwrap()), &x);
    let moved = |h: f64| -> Vec<Mat<f64>> {
        let x: Vec<_> = inputs.iter().zip(&directions).map(|(x, e)| x + e * h).collect();
        R::pullback(&x, &c).unwrap()
    };
    // The error of the quotient is h^2 times a third derivative, and rounding over h.
    let h = 1e-5;
    let (ahead, behind) = (moved(h), moved(-h));
    for (k, found) in nested.iter().enumerate() {
        close(name, &matrix(found), &matrix(&text[k]), 1e-10);
        let quotient = (&ahead[k] - &behind[k]) * (0.5 / h);
        close(name, &matrix(found), &quotient, 1e-7);
    }
}

fn is_symmetric(a: &Mat<f64>) -> bool {
    a.nrows() == a.ncols() && (a - a.transpose()).norm_max() == 0.0
}

fn positive(rows: usize, columns: usize, seed: usize) -> Mat<f64> {
    Matrix::map(&entries(rows, columns, seed), Unary::Exp)
}

/// The eigenvalues are near 0, 1, 2 and so on.
fn spread(n: usize, seed: usize) -> Mat<f64> {
    entries(n, n, seed) * 0.3 + Mat::from_fn(n, n, |i, j| if i == j { i as f64 } else { 0.0 })
}

fn number<M: Operations>(x: M::Scalar) -> M {
    M::from_scalars(1, 1, &[x])
}

/// The signs that make the first row of a matrix of vectors positive: the ones that a kernel chooses
/// may change from one point to the next.
fn signs<M: Operations>(vectors: &M) -> M {
    M::from_fn(vectors.columns(), 1, |j, _| vectors.primal(0, j).signum())
}

fn eigenvectors<M: Operations>(a: &M) -> Result<(M, M), Error> {
    let (w, v) = symmetric_eigen::value(a)?;
    let signs = signs(&v);
    Ok((w, v.scaled_columns(&signs)))
}

fn singular_vectors<M: Operations>(a: &M) -> Result<svd::Svd<M>, Error> {
    let svd::Svd { u, s, v } = svd::value(a)?;
    let signs = signs(&u);
    Ok(svd::Svd { u: u.scaled_columns(&signs), s, v: v.scaled_columns(&signs) })
}

macro_rules! rules {
    ($($test:ident $inputs:expr; |$x:ident| $value:expr; |$c:ident| $pullback:expr;)*) => {$(
        #[test]
        fn $test() {
            struct Case;
            impl Rule for Case {
                fn value<M: Operations>($x: &[M]) -> Outputs<M> {
                    Ok($value.into())
                }
                fn pullback<M: Operations>($x: &[M], $c: &[M]) -> Outputs<M> {
                    Ok($pullback.into())
                }
            }
            check::<Case>(stringify!($test), &$inputs);
        }
    )*};
}

const NO: Transpose = Transpose::No;
const YES: Transpose = Transpose::Yes;

rules! {
    products [entries(3, 4, 1), entries(2, 4, 2)];
        |x| [matmul::value(&x[0], NO, &x[1], YES)?];
        |c| <[M; 2]>::from(matmul::pullback(&x[0], NO, &x[1], YES, &c[0])?);
    kronecker_products [entries(2, 3, 1), entries(3, 2, 2)];
        |x| [kron::value(&x[0], &x[1])?];
        |c| <[M; 2]>::from(kron::pullback(&x[0], &x[1], &c[0])?);
    rows_of_the_table [entries(3, 4, 1)];
        |x| [map::value(&x[0], Unary::Tanh)?];
        |c| [map::pullback(&x[0], Unary::Tanh, &c[0])?];
    powers [positive(3, 4, 1)];
        |x| [elementwise_powf::value(&x[0], 2.5)?];
        |c| [elementwise_powf::pullback(&x[0], 2.5, &c[0])?];
    powers_of_entries [positive(2, 3, 1), entries(2, 3, 2)];
        |x| [elementwise_pow::value(&x[0], &x[1])?];
        |c| {
            let y = elementwise_pow::value(&x[0], &x[1])?;
            <[M; 2]>::from(elementwise_pow::pullback(&x[0], &x[1], &y, &c[0])?)
        };
    permutations [entries(4, 3, 1)];
        |x| [permute_rows::value(&x[0], &[2, 0, 3, 1])?];
        |c| [permute_rows::pullback(&x[0], &[2, 0, 3, 1], &c[0])?];
    cumulative_sums [entries(4, 3, 1)];
        |x| [cumulative_sum::value(&x[0], Direction::Up)?];
        |c| [cumulative_sum::pullback(&x[0], Direction::Up, &c[0])?];
    softmax_of_columns [entries(4, 3, 1)];
        |x| [softmax::value(&x[0])?];
        |c| [softmax::pullback(&softmax::value(&x[0])?, &c[0])?];
    frobenius_norm [entries(4, 3, 1)];
        |x| [number(frobenius::value(&x[0])?)];
        |c| [frobenius::pullback(&x[0], frobenius::value(&x[0])?, c[0].entry(0, 0))?];

    lower_solves [regular(4, 1), entries(4, 2, 2)];
        |x| [solve_triangular::value(&x[0], Triangle::Lower, NO, &x[1])?];
        |c| {
            let y = solve_triangular::value(&x[0], Triangle::Lower, NO, &x[1])?;
            let t = Triangle::Lower;
            <[M; 2]>::from(solve_triangular::pullback(&x[0], t, NO, &y, &c[0])?)
        };
    transposed_unit_upper_solves [regular(4, 1), entries(4, 2, 2)];
        |x| [solve_triangular::value(&x[0], Triangle::UnitUpper, YES, &x[1])?];
        |c| {
            let t = Triangle::UnitUpper;
            let y = solve_triangular::value(&x[0], t, YES, &x[1])?;
            <[M; 2]>::from(solve_triangular::pullback(&x[0], t, YES, &y, &c[0])?)
        };
    right_solves [entries(2, 4, 2), regular(4, 1)];
        |x| [x[0].solve_triangular_right(&x[1], Triangle::Upper, YES)];
        |c| {
            let b_bar = c[0].solve_triangular_right(&x[1], Triangle::Upper, NO);
            let y = x[0].solve_triangular_right(&x[1], Triangle::Upper, YES);
            let t_bar = b_bar.transpose_matmul(&y).part(Part::Upper).negated();
            [b_bar, t_bar]
        };
    inverses [regular(4, 1)];
        |x| [inverse::value(&x[0])?];
        |c| [inverse::pullback(&inverse::value(&x[0])?, &c[0])?];
    solves [regular(4, 1), entries(4, 2, 2)];
        |x| [solve::value(&x[0], YES, &x[1])?.0];
        |c| {
            let (y, lu) = solve::value(&x[0], YES, &x[1])?;
            <[M; 2]>::from(solve::pullback(&lu, YES, &y, &c[0])?)
        };
    definite_solves [definite(4, 1), entries(4, 2, 2)];
        |x| [solve_definite::value(&x[0], &x[1])?.0];
        |c| {
            let (y, l) = solve_definite::value(&x[0], &x[1])?;
            <[M; 2]>::from(solve_definite::pullback(&l, &y, &c[0])?)
        };
    sylvester_equations [regular(3, 1), regular(4, 2), entries(3, 4, 3)];
        |x| [sylvester::value(&x[0], &x[1], &x[2])?.0];
        |c| {
            let (y, forms) = sylvester::value(&x[0], &x[1], &x[2])?;
            <[M; 3]>::from(sylvester::pullback(&forms, &y, &c[0])?)
        };
    lyapunov_equations [regular(3, 1), entries(3, 3, 3)];
        |x| [lyapunov::value(&x[0], &x[1])?.0];
        |c| {
            let (y, form) = lyapunov::value(&x[0], &x[1])?;
            <[M; 2]>::from(lyapunov::pullback(&form, &y, &c[0])?)
        };
    pseudoinverses [entries(5, 3, 1)];
        |x| [pseudoinverse::value(&x[0], None)?.0];
        |c| [pseudoinverse::pullback(&x[0], &pseudoinverse::value(&x[0], None)?.0, &c[0])?];

    cholesky_factors [definite(4, 1)];
        |x| [cholesky::value(&x[0])?];
        |c| [cholesky::pullback(&cholesky::value(&x[0])?, &c[0])?];
    lu_factors [entries(4, 4, 1)];
        |x| { let lu = lu::value(&x[0])?; [lu.lower(), lu.upper()] };
        |c| [lu::pullback(&lu::value(&x[0])?, &c[0], &c[1])?];
    tall_qr_factors [entries(5, 3, 1)];
        |x| <[M; 2]>::from(qr::value(&x[0])?);
        |c| { let (q, r) = qr::value(&x[0])?; [qr::pullback(&q, &r, &c[0], &c[1])?] };
    wide_qr_factors [entries(3, 5, 1)];
        |x| <[M; 2]>::from(qr::value(&x[0])?);
        |c| { let (q, r) = qr::value(&x[0])?; [qr::pullback(&q, &r, &c[0], &c[1])?] };
    symmetric_eigenvectors [symmetric(4, 1)];
        |x| <[M; 2]>::from(eigenvectors(&x[0])?);
        |c| {
            let (w, v) = eigenvectors(&x[0])?;
            [symmetric_eigen::pullback(&w, &v, &c[0], &c[1])?]
        };
    eigenvalues_alone [symmetric(4, 1)];
        |x| [symmetric_eigenvalues::value(&x[0])?.0];
        |c| {
            let (w, v) = symmetric_eigenvalues::value(&x[0])?;
            [symmetric_eigenvalues::pullback(&w, &v, &c[0])?]
        };
    tall_singular_vectors [entries(5, 3, 1)];
        |x| { let svd = singular_vectors(&x[0])?; [svd.u, svd.s, svd.v] };
        |c| [svd::pullback(&singular_vectors(&x[0])?, &c[0], &c[1], &c[2])?];
    wide_singular_vectors [entries(3, 5, 2)];
        |x| { let svd = singular_vectors(&x[0])?; [svd.u, svd.s, svd.v] };
        |c| [svd::pullback(&singular_vectors(&x[0])?, &c[0], &c[1], &c[2])?];
    real_eigenvectors [spread(4, 1)];
        |x| { let e = eigen::value(&x[0])?; [e.values, e.vectors_re, e.vectors_im] };
        |c| [eigen::pullback(&eigen::value(&x[0])?, &c[0], &c[1], &c[2])?];
    complex_eigenvectors [entries(5, 5, 1)];
        |x| { let e = eigen::value(&x[0])?; [e.values, e.vectors_re, e.vectors_im] };
        |c| [eigen::pullback(&eigen::value(&x[0])?, &c[0], &c[1], &c[2])?];
    polar_factors [entries(4, 3, 1)];
        |x| { let polar = polar::value(&x[0])?; [polar.q, polar.h] };
        |c| [polar::pullback(&polar::value(&x[0])?, &c[0], &c[1])?];

    determinants [regular(4, 1)];
        |x| [number(det::value(&x[0])?.0)];
        |c| [det::pullback(&x[0], &det::value(&x[0])?.1, &c[0].entry(0, 0))?];
    logarithms_of_determinants [definite(4, 1)];
        |x| [number(log_det::value(&x[0])?.0)];
        |c| [log_det::pullback(&log_det::value(&x[0])?.1, &c[0].entry(0, 0))?];
    exponentials [entries(4, 4, 1)];
        |x| [expm::value(&x[0])?.value];
        |c| [expm::pullback(&expm::value(&x[0])?, &c[0])?];
    square_roots [regular(4, 1)];
        |x| [sqrtm::value(&x[0])?.value];
        |c| [sqrtm::pullback(&sqrtm::value(&x[0])?, &c[0])?];
    logarithms [regular(4, 1)];
        |x| [logm::value(&x[0])?.value];
        |c| [logm::pullback(&logm::value(&x[0])?, &c[0])?];
    real_powers [regular(3, 1)];
        |x| [powm::value(&x[0], 0.3)?.exponential.value];
        |c| [powm::pullback(&powm::value(&x[0], 0.3)?, &c[0])?];
    symmetric_exponentials [symmetric(4, 1)];
        |x| [symmetric_exp::value(&x[0])?.0];
        |c| [symmetric_exp::pullback(&symmetric_exp::value(&x[0])?.1, &c[0])?];
    functions_of_the_table [symmetric(4, 1)];
        |x| [spectral_function::value(&Unary::Tanh, &x[0])?.0];
        |c| {
            let (_, spectrum) = spectral_function::value(&Unary::Tanh, &x[0])?;
            [spectral_function::pullback(&Unary::Tanh, &spectrum, &c[0])?]
        };
    traces_of_functions [definite(4, 1)];
        |x| [number(trace_function::value(&Log, &x[0])?)];
        |c| {
            let (_, gradient) = trace_function::value_and_gradient(&Log, &x[0])?;
            [trace_function::pullback::<M>(&gradient, &c[0].entry(0, 0))?]
        };
}

/// The pushforward of a spectral function is an operation of its own, with the direction as operand.
#[test]
fn pushforwards_of_spectral_functions() {
    let (a, e, c) = (symmetric(3, 1), symmetric(3, 2), symmetric(3, 3));
    let g = gradient(
        |x| {
            let (_, spectrum) = spectral_function::value(&Exp, &x[0]).unwrap();
            let tangent = spectral_function::pushforward(&Exp, &spectrum, &x[1]).unwrap();
            tangent.inner(&tensor(&c))
        },
        &[tensor(&a), tensor(&e)],
    );
    let (_, spectrum) = spectral_function::value(&Exp, &a).unwrap();
    let of_a = spectral_function::second_pushforward(&Exp, &spectrum, &e, &c).unwrap();
    let of_e = spectral_function::pullback(&Exp, &spectrum, &c).unwrap();
    close("matrix", &matrix(&g[0]), &of_a, 1e-14);
    close("direction", &matrix(&g[1]), &of_e, 1e-14);
}
