//! Functions of statistics and machine learning.

use calculus_core::Error;
use calculus_core::matrix::{
    Extent, attention, cholesky, convolution_1d, convolution_2d, cross_entropy,
    gaussian_negative_log_likelihood as gaussian, layer_norm, log_softmax, log_sum_exp,
    logistic_loss, mahalanobis, mahalanobis_squared, matrix_factorization, pairwise_distances,
    pairwise_squared_distances, rayleigh_quotient, sigmoid, softmax, softplus,
};
use faer::{Mat, mat};

use crate::harness::{number, symmetric};
use crate::rule;

rule!(softmax_of_columns, "softmax", 20.0;
    inputs |random| {
        let (m, n) = (random.size(1, 5), random.size(0, 3));
        vec![random.matrix(m, n)]
    };
    value |x| vec![softmax::value(&x[0])?];
    pushforward |x, dx| vec![softmax::pushforward(&softmax::value(&x[0])?, &dx[0])?];
    pullback |x, y_bar| vec![softmax::pullback(&softmax::value(&x[0])?, &y_bar[0])?];
);

rule!(log_softmax_of_columns, "log_softmax", 20.0;
    inputs |random| {
        let (m, n) = (random.size(1, 5), random.size(0, 3));
        vec![random.matrix(m, n)]
    };
    value |x| vec![log_softmax::value(&x[0])?];
    pushforward |x, dx| vec![log_softmax::pushforward(&log_softmax::value(&x[0])?, &dx[0])?];
    pullback |x, y_bar| vec![log_softmax::pullback(&log_softmax::value(&x[0])?, &y_bar[0])?];
);

rule!(log_sum_exp_of_columns, "log_sum_exp", 20.0;
    inputs |random| {
        let (m, n) = (random.size(1, 5), random.size(0, 3));
        vec![random.matrix(m, n)]
    };
    value |x| vec![log_sum_exp::value(&x[0])?];
    pushforward |x, dx| {
        vec![log_sum_exp::pushforward(&x[0], &log_sum_exp::value(&x[0])?, &dx[0])?]
    };
    pullback |x, y_bar| {
        vec![log_sum_exp::pullback(&x[0], &log_sum_exp::value(&x[0])?, &y_bar[0])?]
    };
);

rule!(cross_entropy_with_targets, "softmax_cross_entropy", 20.0;
    inputs |random| {
        let (m, n) = (random.size(1, 5), random.size(1, 3));
        vec![random.matrix(m, n), random.positive(m, n)]
    };
    value |x| vec![number(cross_entropy::value(&x[0], &x[1])?.0)];
    pushforward |x, dx| {
        let (_, log_p) = cross_entropy::value(&x[0], &x[1])?;
        vec![number(cross_entropy::pushforward(&x[1], &log_p, &dx[0], &dx[1])?)]
    };
    pullback |x, y_bar| {
        let (_, log_p) = cross_entropy::value(&x[0], &x[1])?;
        let (x_bar, t_bar) = cross_entropy::pullback(&x[1], &log_p, y_bar[0][(0, 0)])?;
        vec![x_bar, t_bar]
    };
);

rule!(sigmoid_of_entries, "sigmoid", 20.0;
    inputs |random| vec![random.matrix(3, 2) * 4.0];
    value |x| vec![sigmoid::value(&x[0])?];
    pushforward |x, dx| vec![sigmoid::pushforward(&x[0], &dx[0])?];
    pullback |x, y_bar| vec![sigmoid::pullback(&x[0], &y_bar[0])?];
);

rule!(softplus_of_entries, "softplus", 20.0;
    inputs |random| vec![random.matrix(3, 2) * 4.0];
    value |x| vec![softplus::value(&x[0])?];
    pushforward |x, dx| vec![softplus::pushforward(&x[0], &dx[0])?];
    pullback |x, y_bar| vec![softplus::pullback(&x[0], &y_bar[0])?];
);

rule!(layer_norm_of_columns, "layernorm", 500.0;
    inputs |random| {
        let (m, n) = (random.size(3, 6), random.size(1, 3));
        vec![random.matrix(m, n)]
    };
    value |x| vec![layer_norm::value(&x[0], 1e-5)?.0];
    pushforward |x, dx| {
        let (y, sigma) = layer_norm::value(&x[0], 1e-5)?;
        vec![layer_norm::pushforward(&y, &sigma, &dx[0])?]
    };
    pullback |x, y_bar| {
        let (y, sigma) = layer_norm::value(&x[0], 1e-5)?;
        vec![layer_norm::pullback(&y, &sigma, &y_bar[0])?]
    };
);

macro_rules! convolution {
    ($test:ident, $module:ident, $extent:expr, |$random:ident| $inputs:expr) => {
        rule!($test, "convolution", 20.0;
            inputs |$random| $inputs;
            value |x| vec![$module::value(&x[0], &x[1], $extent)?];
            pushforward |x, dx| {
                vec![$module::pushforward(&x[0], &x[1], $extent, &dx[0], &dx[1])?]
            };
            pullback |x, y_bar| {
                let (x_bar, k_bar) = $module::pullback(&x[0], &x[1], $extent, &y_bar[0])?;
                vec![x_bar, k_bar]
            };
        );
    };
}

convolution!(convolution_1d_full, convolution_1d, Extent::Full, |random| {
    let (m, p) = (random.size(1, 6), random.size(1, 6));
    vec![random.vector(m), random.vector(p)]
});
convolution!(convolution_1d_same, convolution_1d, Extent::Same, |random| {
    let (m, p) = (random.size(1, 6), random.size(1, 6));
    vec![random.vector(m), random.vector(p)]
});
convolution!(convolution_1d_valid, convolution_1d, Extent::Valid, |random| {
    let p = random.size(1, 4);
    let m = p + random.size(0, 4);
    vec![random.vector(m), random.vector(p)]
});
convolution!(convolution_2d_full, convolution_2d, Extent::Full, |random| {
    let (m, n) = (random.size(1, 4), random.size(1, 4));
    let (p, q) = (random.size(1, 3), random.size(1, 3));
    vec![random.matrix(m, n), random.matrix(p, q)]
});
convolution!(convolution_2d_same, convolution_2d, Extent::Same, |random| {
    let (m, n) = (random.size(1, 4), random.size(1, 4));
    let (p, q) = (random.size(1, 3), random.size(1, 3));
    vec![random.matrix(m, n), random.matrix(p, q)]
});
convolution!(convolution_2d_valid, convolution_2d, Extent::Valid, |random| {
    let (p, q) = (random.size(1, 3), random.size(1, 3));
    let (m, n) = (p + random.size(0, 2), q + random.size(0, 3));
    vec![random.matrix(m, n), random.matrix(p, q)]
});

rule!(attention_of_queries, "attention", 20.0;
    inputs |random| {
        let (m, n) = (random.size(0, 3), random.size(1, 4));
        let (d, e) = (random.size(1, 3), random.size(1, 3));
        vec![random.matrix(m, d), random.matrix(n, d), random.matrix(n, e)]
    };
    value |x| vec![attention::value(&x[0], &x[1], &x[2])?.0];
    pushforward |x, dx| {
        let (_, p) = attention::value(&x[0], &x[1], &x[2])?;
        let tangents = (&dx[0], &dx[1], &dx[2]);
        vec![attention::pushforward(&x[0], &x[1], &x[2], &p, tangents)?]
    };
    pullback |x, y_bar| {
        let (_, p) = attention::value(&x[0], &x[1], &x[2])?;
        let (q, k, w) = attention::pullback(&x[0], &x[1], &x[2], &p, &y_bar[0])?;
        vec![q, k, w]
    };
);

rule!(squared_distances, "pairwise_sqdist", 20.0;
    inputs |random| {
        let (m, n, d) = (random.size(0, 3), random.size(1, 4), random.size(0, 3));
        vec![random.matrix(m, d), random.matrix(n, d)]
    };
    value |x| vec![pairwise_squared_distances::value(&x[0], &x[1])?];
    pushforward |x, dx| {
        vec![pairwise_squared_distances::pushforward(&x[0], &x[1], &dx[0], &dx[1])?]
    };
    pullback |x, y_bar| {
        let (x_bar, y_bar) = pairwise_squared_distances::pullback(&x[0], &x[1], &y_bar[0])?;
        vec![x_bar, y_bar]
    };
);

rule!(distances, "pairwise_distances", 200.0;
    inputs |random| {
        let (m, n) = (random.size(0, 3), random.size(1, 4));
        // Apart from each other, so that differences stay away from the kink.
        vec![random.matrix(m, 2), random.positive(n, 2) * 4.0]
    };
    value |x| vec![pairwise_distances::value(&x[0], &x[1])?];
    pushforward |x, dx| {
        let d = pairwise_distances::value(&x[0], &x[1])?;
        vec![pairwise_distances::pushforward(&x[0], &x[1], &d, &dx[0], &dx[1])?]
    };
    pullback |x, y_bar| {
        let d = pairwise_distances::value(&x[0], &x[1])?;
        let (x_bar, y_bar) = pairwise_distances::pullback(&x[0], &x[1], &d, &y_bar[0])?;
        vec![x_bar, y_bar]
    };
);

rule!(mahalanobis_distance, "mahalanobis", 2000.0;
    inputs |random| {
        let n = random.size(1, 4);
        vec![random.vector(n), random.positive(n, 1) * 3.0, random.definite(n)]
    };
    value |x| {
        let l = cholesky::value(&symmetric(x[2]))?;
        vec![number(mahalanobis::value(&x[0], &x[1], &l)?.0)]
    };
    pushforward |x, dx| {
        let l = cholesky::value(&symmetric(x[2]))?;
        let (y, z) = mahalanobis::value(&x[0], &x[1], &l)?;
        vec![number(mahalanobis::pushforward(y, &z, &dx[0], &dx[1], &dx[2])?)]
    };
    pullback |x, y_bar| {
        let l = cholesky::value(&symmetric(x[2]))?;
        let (y, z) = mahalanobis::value(&x[0], &x[1], &l)?;
        let (x_bar, mean_bar, s_bar) = mahalanobis::pullback(y, &z, y_bar[0][(0, 0)])?;
        vec![x_bar, mean_bar, s_bar]
    };
);

rule!(mahalanobis_distance_squared, "mahalanobis_sq", 2000.0;
    inputs |random| {
        let n = random.size(0, 4);
        vec![random.vector(n), random.vector(n), random.definite(n)]
    };
    value |x| {
        let l = cholesky::value(&symmetric(x[2]))?;
        vec![number(mahalanobis_squared::value(&x[0], &x[1], &l)?.0)]
    };
    pushforward |x, dx| {
        let l = cholesky::value(&symmetric(x[2]))?;
        let (_, z) = mahalanobis_squared::value(&x[0], &x[1], &l)?;
        vec![number(mahalanobis_squared::pushforward(&z, &dx[0], &dx[1], &dx[2])?)]
    };
    pullback |x, y_bar| {
        let l = cholesky::value(&symmetric(x[2]))?;
        let (_, z) = mahalanobis_squared::value(&x[0], &x[1], &l)?;
        let (x_bar, mean_bar, s_bar) = mahalanobis_squared::pullback(&z, y_bar[0][(0, 0)])?;
        vec![x_bar, mean_bar, s_bar]
    };
);

rule!(gaussian_likelihood, "gaussian_nll", 2000.0;
    inputs |random| {
        let n = random.size(1, 4);
        vec![random.vector(n), random.vector(n), random.definite(n)]
    };
    value |x| {
        let l = cholesky::value(&symmetric(x[2]))?;
        vec![number(gaussian::value(&x[0], &x[1], &l)?.0)]
    };
    pushforward |x, dx| {
        let l = cholesky::value(&symmetric(x[2]))?;
        let (_, z) = gaussian::value(&x[0], &x[1], &l)?;
        vec![number(gaussian::pushforward(&l, &z, &dx[0], &dx[1], &dx[2])?)]
    };
    pullback |x, y_bar| {
        let l = cholesky::value(&symmetric(x[2]))?;
        let (_, z) = gaussian::value(&x[0], &x[1], &l)?;
        let (x_bar, mean_bar, s_bar) = gaussian::pullback(&l, &z, y_bar[0][(0, 0)])?;
        vec![x_bar, mean_bar, s_bar]
    };
);

rule!(logistic_loss_of_weights, "logistic_loss", 20.0;
    inputs |random| {
        let (n, d) = (random.size(0, 4), random.size(1, 3));
        vec![random.vector(d), random.matrix(n, d), random.vector(n)]
    };
    value |x| vec![number(logistic_loss::value(&x[0], &x[1], &x[2])?.0)];
    pushforward |x, dx| {
        let (_, product) = logistic_loss::value(&x[0], &x[1], &x[2])?;
        let tangents = (&dx[0], &dx[1], &dx[2]);
        vec![number(logistic_loss::pushforward(&x[0], &x[1], &x[2], &product, tangents)?)]
    };
    pullback |x, y_bar| {
        let (_, product) = logistic_loss::value(&x[0], &x[1], &x[2])?;
        let f_bar = y_bar[0][(0, 0)];
        let (w, x, y) = logistic_loss::pullback(&x[0], &x[1], &x[2], &product, f_bar)?;
        vec![w, x, y]
    };
);

rule!(factorization_error, "matrix_factorization", 20.0;
    inputs |random| {
        let (m, n, k) = (random.size(1, 4), random.size(1, 4), random.size(0, 3));
        vec![random.matrix(m, n), random.matrix(m, k), random.matrix(n, k)]
    };
    value |x| vec![number(matrix_factorization::value(&x[0], &x[1], &x[2])?.0)];
    pushforward |x, dx| {
        let (_, residual) = matrix_factorization::value(&x[0], &x[1], &x[2])?;
        let tangents = (&dx[0], &dx[1], &dx[2]);
        vec![number(matrix_factorization::pushforward(&x[1], &x[2], &residual, tangents)?)]
    };
    pullback |x, y_bar| {
        let (_, residual) = matrix_factorization::value(&x[0], &x[1], &x[2])?;
        let f_bar = y_bar[0][(0, 0)];
        let (t, u, w) = matrix_factorization::pullback(&x[1], &x[2], &residual, f_bar)?;
        vec![t, u, w]
    };
);

rule!(rayleigh, "rayleigh_quotient", 100.0;
    inputs |random| {
        let n = random.size(1, 4);
        vec![random.positive(n, 1), random.matrix(n, n)]
    };
    value |x| vec![number(rayleigh_quotient::value(&x[0], &x[1])?)];
    pushforward |x, dx| {
        let rho = rayleigh_quotient::value(&x[0], &x[1])?;
        vec![number(rayleigh_quotient::pushforward(&x[0], &x[1], rho, &dx[0], &dx[1])?)]
    };
    pullback |x, y_bar| {
        let rho = rayleigh_quotient::value(&x[0], &x[1])?;
        let bar = y_bar[0][(0, 0)];
        let (x_bar, a_bar) = rayleigh_quotient::pullback(&x[0], &x[1], rho, bar)?;
        vec![x_bar, a_bar]
    };
);

const INFINITY: f64 = f64::INFINITY;

#[test]
fn a_probability_of_zero_has_a_derivative_and_no_probability_has_none() {
    let x = mat![[0.0, -INFINITY], [-INFINITY, -INFINITY]];
    let first = x.subcols(0, 1);
    let p = softmax::value(&first).unwrap();
    assert_eq!(p, mat![[1.0], [0.0]]);
    assert_eq!(softmax::pullback(&p, &mat![[1.0], [5.0]]).unwrap(), mat![[0.0], [0.0]]);
    let error = Error::Degenerate { op: "softmax", first: 1, second: 1, gap: -INFINITY };
    assert_eq!(softmax::value(&x), Err(error));
    assert!(matches!(log_softmax::value(&x), Err(Error::Degenerate { first: 1, .. })));

    let y = log_sum_exp::value(&x).unwrap();
    assert_eq!(y, mat![[0.0, -INFINITY]]);
    let gradient = log_sum_exp::pullback(&x, &y, &mat![[1.0, 1.0]]);
    assert!(matches!(gradient, Err(Error::Degenerate { first: 1, .. })));
    assert_eq!(log_sum_exp::value(&Mat::<f64>::zeros(0, 2)).unwrap(), mat![[-INFINITY, -INFINITY]]);
}

#[test]
fn infinities_and_nan_are_named() {
    for bad in [INFINITY, f64::NAN] {
        let x = mat![[0.0, 1.0], [0.0, bad]];
        for error in [
            softmax::value(&x).unwrap_err(),
            log_softmax::value(&x).unwrap_err(),
            log_sum_exp::value(&x).unwrap_err(),
            cross_entropy::value(&x, &x).unwrap_err(),
            layer_norm::value(&x, 1e-5).unwrap_err(),
            attention::value(&x, &x, &x).unwrap_err(),
        ] {
            assert!(matches!(error, Error::NonFiniteEntry { row: 1, column: 1, .. }), "{error}");
        }
    }
}

#[test]
fn the_tails_neither_overflow_nor_cancel() {
    let x = mat![[1e300], [-1e300], [1e300]];
    assert_eq!(softmax::value(&x).unwrap(), mat![[0.5], [0.0], [0.5]]);
    assert_eq!(log_softmax::value(&mat![[0.0], [-1e4]]).unwrap(), mat![[0.0], [-1e4]]);
    let (loss, product) =
        logistic_loss::value(&mat![[1.0]], &mat![[1e4], [-1e4]], &mat![[1.0], [1.0]]).unwrap();
    assert_eq!(loss, 1e4);
    let (w, _, _) = logistic_loss::pullback(
        &mat![[1.0]],
        &mat![[1e4], [-1e4]],
        &mat![[1.0], [1.0]],
        &product,
        1.0,
    )
    .unwrap();
    assert_eq!(w, mat![[1e4]]);
    for scale in [1e-300, 1e300] {
        let x: Mat<f64> = mat![[scale], [scale]];
        let a = mat![[1.0, 0.0], [0.0, 3.0]];
        let rho = rayleigh_quotient::value(&x, &a).unwrap();
        assert!((rho - 2.0).abs() < 1e-14, "{rho} at {scale}");
    }
}

#[test]
fn degenerate_points_of_distances_and_norms() {
    let x = mat![[1.0, 2.0]];
    let d = pairwise_distances::value(&x, &x).unwrap();
    assert_eq!(d, mat![[0.0]]);
    let (x_bar, y_bar) = pairwise_distances::pullback(&x, &x, &d, &mat![[1.0]]).unwrap();
    assert_eq!((x_bar, y_bar), (mat![[0.0, 0.0]], mat![[0.0, 0.0]]));

    let l = mat![[1.0, 0.0], [0.0, 1.0]];
    let point = mat![[1.0], [2.0]];
    let (y, z) = mahalanobis::value(&point, &point, &l).unwrap();
    let (x_bar, _, s_bar) = mahalanobis::pullback(y, &z, 1.0).unwrap();
    assert_eq!((y, x_bar, s_bar), (0.0, Mat::zeros(2, 1), Mat::zeros(2, 2)));

    let zero = Error::Degenerate { op: "rayleigh_quotient", first: 0, second: 0, gap: 0.0 };
    assert_eq!(rayleigh_quotient::value(&Mat::zeros(2, 1), &l), Err(zero));

    let equal = mat![[1.0, 2.0], [1.0, 4.0]];
    let error = Error::Degenerate { op: "layer_norm", first: 0, second: 0, gap: 0.0 };
    assert_eq!(layer_norm::value(&equal, 0.0).unwrap_err(), error);
    let (y, sigma) = layer_norm::value(&equal, 1e-5).unwrap();
    assert_eq!(y.col(0).to_owned(), faer::col![0.0, 0.0]);
    let x_bar = layer_norm::pullback(&y, &sigma, &equal).unwrap();
    assert!(x_bar.is_all_finite());
    let error = layer_norm::value(&equal, -1.0).unwrap_err();
    assert_eq!(error.to_string(), "layer_norm: epsilon must be finite and at least 0, got -1");
}

#[test]
fn shapes_that_do_not_fit_are_errors() {
    let (a, b) = (Mat::<f64>::ones(2, 3), Mat::<f64>::ones(3, 2));
    let v = Mat::<f64>::ones(3, 1);
    let mismatch = |error: Error| {
        assert!(matches!(error, Error::ShapeMismatch { .. } | Error::NotSquare { .. }), "{error}");
    };
    mismatch(softmax::pushforward(&a, &b).unwrap_err());
    mismatch(log_softmax::pullback(&a, &b).unwrap_err());
    mismatch(log_sum_exp::pullback(&a, &mat![[0.0, 0.0]], &mat![[1.0, 1.0, 1.0]]).unwrap_err());
    mismatch(log_sum_exp::pullback(&a, &mat![[0.0, 0.0, 0.0]], &mat![[1.0]]).unwrap_err());
    mismatch(cross_entropy::value(&a, &b).unwrap_err());
    mismatch(sigmoid::pullback(&a, &b).unwrap_err());
    mismatch(softplus::pushforward(&a, &b).unwrap_err());
    mismatch(layer_norm::pullback(&a, &mat![[1.0]], &a).unwrap_err());
    mismatch(convolution_1d::value(&v, &a, Extent::Full).unwrap_err());
    mismatch(convolution_1d::value(&mat![[1.0]], &v, Extent::Valid).unwrap_err());
    mismatch(convolution_2d::value(&a, &Mat::zeros(0, 1), Extent::Full).unwrap_err());
    mismatch(convolution_2d::pullback(&a, &a, Extent::Valid, &a).unwrap_err());
    mismatch(attention::value(&a, &b, &a).unwrap_err());
    mismatch(attention::value(&a, &Mat::zeros(0, 3), &Mat::zeros(0, 1)).unwrap_err());
    mismatch(pairwise_squared_distances::value(&a, &b).unwrap_err());
    mismatch(pairwise_distances::pullback(&a, &a, &a, &a).unwrap_err());
    mismatch(mahalanobis::value(&v, &v, &a).unwrap_err());
    mismatch(mahalanobis::value(&v, &a, &Mat::identity(3, 3)).unwrap_err());
    mismatch(gaussian::value(&v, &v, &Mat::identity(2, 2)).unwrap_err());
    mismatch(gaussian::pullback(&a, &v, 1.0).unwrap_err());
    mismatch(logistic_loss::value(&v, &b, &v).unwrap_err());
    mismatch(matrix_factorization::value(&a, &a, &a).unwrap_err());
    mismatch(rayleigh_quotient::value(&v, &Mat::identity(2, 2)).unwrap_err());
}

#[test]
fn distances_far_from_the_origin_have_the_gradients_of_those_at_it() {
    let (x, y) = (mat![[0.25, 1.0], [2.0, -0.5]], mat![[1.0, 0.0], [-3.0, 0.75], [0.5, 0.5]]);
    let cotangent = mat![[1.0, -0.3, 0.7], [0.2, 0.9, -1.1]];
    // Exact sums: the coordinates are multiples of 1/4.
    let moved = |a: &Mat<f64>| Mat::from_fn(a.nrows(), 2, |i, j| a[(i, j)] + 2f64.powi(48));
    let near = pairwise_squared_distances::pullback(&x, &y, &cotangent).unwrap();
    let far = pairwise_squared_distances::pullback(&moved(&x), &moved(&y), &cotangent).unwrap();
    assert!((near.0 - far.0).norm_max() < 1e-14);
    assert!((near.1 - far.1).norm_max() < 1e-14);

    let (x, none) = (Mat::<f64>::zeros(2, 3), Mat::<f64>::zeros(0, 3));
    let gradients = pairwise_squared_distances::pullback(&x, &none, &Mat::zeros(2, 0));
    assert_eq!(gradients, Ok((x, none)));
}

#[test]
fn layer_norm_of_entries_whose_squares_overflow() {
    let x = mat![[1.0, 0.5], [2.0, 0.5], [-3.0, 0.5]];
    // The second column has no deviation from its mean.
    let (y, sigma) = layer_norm::value(&x, 0.0625).unwrap();
    let huge = 2f64.powi(700);
    let large = Mat::from_fn(3, 2, |i, j| if j == 0 { x[(i, j)] * huge } else { x[(i, j)] });
    let (y_large, sigma_large) = layer_norm::value(&large, 0.0625).unwrap();
    assert_eq!((sigma_large[(0, 1)], y_large.col(1)), (sigma[(0, 1)], y.col(1)));
    // There, epsilon is nothing.
    assert!((sigma_large[(0, 0)] / huge - (14.0_f64 / 3.0).sqrt()).abs() < 1e-15);
    assert!((y_large[(2, 0)] + 3.0 / (14.0_f64 / 3.0).sqrt()).abs() < 1e-15);
    let found = layer_norm::pullback(&y_large, &sigma_large, &y).unwrap();
    assert!(found.col(0).iter().all(|x| x.is_finite()));
}
