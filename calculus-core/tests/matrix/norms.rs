//! Norms and extreme values of the spectrum.

use calculus_core::Error;
use calculus_core::matrix::{
    condition_number, cosine_similarity, frobenius, frobenius_squared, induced_infinity,
    induced_one, ky_fan, lambda_max, lambda_min, normalise, nuclear, p_norm, schatten, spectral,
};
use faer::{Mat, mat};

use crate::harness::{Random, number, symmetric};
use crate::rule;

/// Entries away from 0 and from each other in modulus.
fn entries(random: &mut Random, m: usize, n: usize) -> Mat<f64> {
    let (signs, noise) = (random.matrix(m, n), random.matrix(m, n));
    let modulus = |i: usize, j: usize| 0.5 + (i + j * m) as f64 + 0.2 * noise[(i, j)];
    Mat::from_fn(m, n, |i, j| modulus(i, j).copysign(signs[(i, j)]))
}

/// Singular values (or eigenvalues) about 1 apart.
fn spread(random: &mut Random, m: usize, n: usize) -> Mat<f64> {
    let noise = random.matrix(m, n);
    let k = m.min(n);
    let diagonal = |i, j| if i == j { (k - i) as f64 } else { 0.0 };
    Mat::from_fn(m, n, |i, j| 0.2 * noise[(i, j)] + diagonal(i, j))
}

rule!(frobenius_rule, "norm_fro", 10.0;
    inputs |random| {
        let (m, n) = (random.size(1, 4), random.size(1, 4));
        vec![entries(random, m, n)]
    };
    value |x| vec![number(frobenius::value(&x[0])?)];
    pushforward |x, dx| vec![number(frobenius::pushforward(&x[0], frobenius::value(&x[0])?, &dx[0])?)];
    pullback |x, y_bar| vec![frobenius::pullback(&x[0], frobenius::value(&x[0])?, y_bar[0][(0, 0)])?];
);

rule!(frobenius_squared_rule, "norm_fro_sq", 10.0;
    inputs |random| {
        let (m, n) = (random.size(0, 4), random.size(0, 4));
        vec![random.matrix(m, n)]
    };
    value |x| vec![number(frobenius_squared::value(&x[0])?)];
    pushforward |x, dx| vec![number(frobenius_squared::pushforward(&x[0], &dx[0])?)];
    pullback |x, y_bar| vec![frobenius_squared::pullback(&x[0], y_bar[0][(0, 0)])?];
);

rule!(p_norm_1, "norm_l1_vec", 20.0;
    inputs |random| {
        let (m, n) = (random.size(1, 3), random.size(1, 3));
        vec![entries(random, m, n)]
    };
    value |x| vec![number(p_norm::value(&x[0], 1.0)?)];
    pushforward |x, dx| {
        let y = p_norm::value(&x[0], 1.0)?;
        vec![number(p_norm::pushforward(&x[0], 1.0, y, &dx[0])?)]
    };
    pullback |x, y_bar| {
        let y = p_norm::value(&x[0], 1.0)?;
        vec![p_norm::pullback(&x[0], 1.0, y, y_bar[0][(0, 0)])?]
    };
);

rule!(p_norm_2, "norm_l2_vec", 20.0;
    inputs |random| {
        let (m, n) = (random.size(1, 3), random.size(1, 3));
        vec![entries(random, m, n)]
    };
    value |x| vec![number(p_norm::value(&x[0], 2.0)?)];
    pushforward |x, dx| {
        let y = p_norm::value(&x[0], 2.0)?;
        vec![number(p_norm::pushforward(&x[0], 2.0, y, &dx[0])?)]
    };
    pullback |x, y_bar| {
        let y = p_norm::value(&x[0], 2.0)?;
        vec![p_norm::pullback(&x[0], 2.0, y, y_bar[0][(0, 0)])?]
    };
);

rule!(p_norm_3, "norm_l3_vec", 20.0;
    inputs |random| {
        let (m, n) = (random.size(1, 3), random.size(1, 3));
        vec![entries(random, m, n)]
    };
    value |x| vec![number(p_norm::value(&x[0], 3.0)?)];
    pushforward |x, dx| {
        let y = p_norm::value(&x[0], 3.0)?;
        vec![number(p_norm::pushforward(&x[0], 3.0, y, &dx[0])?)]
    };
    pullback |x, y_bar| {
        let y = p_norm::value(&x[0], 3.0)?;
        vec![p_norm::pullback(&x[0], 3.0, y, y_bar[0][(0, 0)])?]
    };
);

rule!(p_norm_1_5, "norm_l1.5_vec", 20.0;
    inputs |random| {
        let (m, n) = (random.size(1, 3), random.size(1, 3));
        vec![entries(random, m, n)]
    };
    value |x| vec![number(p_norm::value(&x[0], 1.5)?)];
    pushforward |x, dx| {
        let y = p_norm::value(&x[0], 1.5)?;
        vec![number(p_norm::pushforward(&x[0], 1.5, y, &dx[0])?)]
    };
    pullback |x, y_bar| {
        let y = p_norm::value(&x[0], 1.5)?;
        vec![p_norm::pullback(&x[0], 1.5, y, y_bar[0][(0, 0)])?]
    };
);

rule!(p_norm_infinity, "norm_linf_vec", 20.0;
    inputs |random| {
        let (m, n) = (random.size(1, 3), random.size(1, 3));
        vec![entries(random, m, n)]
    };
    value |x| vec![number(p_norm::value(&x[0], f64::INFINITY)?)];
    pushforward |x, dx| {
        let y = p_norm::value(&x[0], f64::INFINITY)?;
        vec![number(p_norm::pushforward(&x[0], f64::INFINITY, y, &dx[0])?)]
    };
    pullback |x, y_bar| {
        let y = p_norm::value(&x[0], f64::INFINITY)?;
        vec![p_norm::pullback(&x[0], f64::INFINITY, y, y_bar[0][(0, 0)])?]
    };
);

rule!(induced_one_rule, "norm_induced_1", 10.0;
    inputs |random| {
        let (m, n) = (random.size(1, 4), random.size(1, 4));
        vec![entries(random, m, n)]
    };
    value |x| vec![number(induced_one::value(&x[0])?)];
    pushforward |x, dx| vec![number(induced_one::pushforward(&x[0], induced_one::value(&x[0])?, &dx[0])?)];
    pullback |x, y_bar| vec![induced_one::pullback(&x[0], induced_one::value(&x[0])?, y_bar[0][(0, 0)])?];
);

rule!(induced_infinity_rule, "norm_induced_inf", 10.0;
    inputs |random| {
        let (m, n) = (random.size(1, 4), random.size(1, 4));
        vec![entries(random, m, n)]
    };
    value |x| vec![number(induced_infinity::value(&x[0])?)];
    pushforward |x, dx| vec![number(induced_infinity::pushforward(&x[0], induced_infinity::value(&x[0])?, &dx[0])?)];
    pullback |x, y_bar| vec![induced_infinity::pullback(&x[0], induced_infinity::value(&x[0])?, y_bar[0][(0, 0)])?];
);

rule!(nuclear_rule, "norm_nuclear", 50.0;
    inputs |random| {
        let (m, n) = (random.size(2, 4), random.size(2, 4));
        vec![spread(random, m, n)]
    };
    value |x| vec![number(nuclear::value(&x[0])?.0)];
    pushforward |x, dx| {
        let (_, svd) = nuclear::value(&x[0])?;
        vec![number(nuclear::pushforward(&svd, &dx[0])?)]
    };
    pullback |x, y_bar| {
        let (_, svd) = nuclear::value(&x[0])?;
        vec![nuclear::pullback(&svd, y_bar[0][(0, 0)])?]
    };
);

rule!(spectral_rule, "norm_spectral", 50.0;
    inputs |random| {
        let (m, n) = (random.size(2, 4), random.size(2, 4));
        vec![spread(random, m, n)]
    };
    value |x| vec![number(spectral::value(&x[0])?.0)];
    pushforward |x, dx| {
        let (_, svd) = spectral::value(&x[0])?;
        vec![number(spectral::pushforward(&svd, &dx[0])?)]
    };
    pullback |x, y_bar| {
        let (_, svd) = spectral::value(&x[0])?;
        vec![spectral::pullback(&svd, y_bar[0][(0, 0)])?]
    };
);

rule!(ky_fan_rule, "norm_ky_fan_2", 50.0;
    inputs |random| {
        let (m, n) = (random.size(2, 4), random.size(2, 4));
        vec![spread(random, m, n)]
    };
    value |x| vec![number(ky_fan::value(&x[0], 2)?.0)];
    pushforward |x, dx| {
        let (_, svd) = ky_fan::value(&x[0], 2)?;
        vec![number(ky_fan::pushforward(&svd, 2, &dx[0])?)]
    };
    pullback |x, y_bar| {
        let (_, svd) = ky_fan::value(&x[0], 2)?;
        vec![ky_fan::pullback(&svd, 2, y_bar[0][(0, 0)])?]
    };
);

rule!(schatten_rule, "norm_schatten_3", 50.0;
    inputs |random| {
        let (m, n) = (random.size(2, 4), random.size(2, 4));
        vec![spread(random, m, n)]
    };
    value |x| vec![number(schatten::value(&x[0], 3.0)?.0)];
    pushforward |x, dx| {
        let (_, svd) = schatten::value(&x[0], 3.0)?;
        vec![number(schatten::pushforward(&svd, 3.0, &dx[0])?)]
    };
    pullback |x, y_bar| {
        let (_, svd) = schatten::value(&x[0], 3.0)?;
        vec![schatten::pullback(&svd, 3.0, y_bar[0][(0, 0)])?]
    };
);

rule!(condition_rule, "cond_2", 50.0;
    inputs |random| {
        let (m, n) = (random.size(2, 4), random.size(2, 4));
        vec![spread(random, m, n)]
    };
    value |x| vec![number(condition_number::value(&x[0])?.0)];
    pushforward |x, dx| {
        let (_, svd) = condition_number::value(&x[0])?;
        vec![number(condition_number::pushforward(&svd, &dx[0])?)]
    };
    pullback |x, y_bar| {
        let (_, svd) = condition_number::value(&x[0])?;
        vec![condition_number::pullback(&svd, y_bar[0][(0, 0)])?]
    };
);

rule!(lambda_max_rule, "lambda_max", 20.0;
    inputs |random| {
        let n = random.size(1, 4);
        let a = spread(random, n, n);
        vec![symmetric(a.as_ref())]
    };
    value |x| vec![number(lambda_max::value(&symmetric(x[0]))?.0)];
    pushforward |x, dx| {
        let (_, w, v) = lambda_max::value(&symmetric(x[0]))?;
        vec![number(lambda_max::pushforward(&w, &v, &dx[0])?)]
    };
    pullback |x, y_bar| {
        let (_, w, v) = lambda_max::value(&symmetric(x[0]))?;
        vec![lambda_max::pullback(&w, &v, y_bar[0][(0, 0)])?]
    };
);

rule!(lambda_min_rule, "lambda_min", 20.0;
    inputs |random| {
        let n = random.size(1, 4);
        let a = spread(random, n, n);
        vec![symmetric(a.as_ref())]
    };
    value |x| vec![number(lambda_min::value(&symmetric(x[0]))?.0)];
    pushforward |x, dx| {
        let (_, w, v) = lambda_min::value(&symmetric(x[0]))?;
        vec![number(lambda_min::pushforward(&w, &v, &dx[0])?)]
    };
    pullback |x, y_bar| {
        let (_, w, v) = lambda_min::value(&symmetric(x[0]))?;
        vec![lambda_min::pullback(&w, &v, y_bar[0][(0, 0)])?]
    };
);

rule!(normalise_rule, "normalize", 20.0;
    inputs |random| {
        let (m, n) = (random.size(1, 5), random.size(1, 2));
        vec![entries(random, m, n)]
    };
    value |x| vec![normalise::value(&x[0])?.0];
    pushforward |x, dx| {
        let (u, length) = normalise::value(&x[0])?;
        vec![normalise::pushforward(&u, length, &dx[0])?]
    };
    pullback |x, y_bar| {
        let (u, length) = normalise::value(&x[0])?;
        vec![normalise::pullback(&u, length, &y_bar[0])?]
    };
);

rule!(cosine_similarity_rule, "cosine_similarity", 20.0;
    inputs |random| {
        let n = random.size(1, 5);
        vec![entries(random, n, 1), entries(random, n, 1)]
    };
    value |x| vec![number(cosine_similarity::value(&x[0], &x[1])?.0)];
    pushforward |x, dx| {
        let (_, pair) = cosine_similarity::value(&x[0], &x[1])?;
        vec![number(cosine_similarity::pushforward(&pair, &dx[0], &dx[1])?)]
    };
    pullback |x, y_bar| {
        let (_, pair) = cosine_similarity::value(&x[0], &x[1])?;
        let (x_bar, y_bar) = cosine_similarity::pullback(&pair, y_bar[0][(0, 0)])?;
        vec![x_bar, y_bar]
    };
);

#[track_caller]
fn assert_close(found: &Mat<f64>, expected: &Mat<f64>, tolerance: f64) {
    assert_eq!(found.shape(), expected.shape());
    let error = (found - expected).norm_max();
    assert!(error <= tolerance, "{found:?} differs from {expected:?} by {error:e}");
}

fn identity(n: usize) -> Mat<f64> {
    Mat::identity(n, n)
}

fn ones(n: usize) -> Mat<f64> {
    Mat::from_fn(n, n, |_, _| 1.0)
}

#[test]
fn kinks_have_the_subgradient_of_least_norm() {
    let zero = Mat::<f64>::zeros(3, 3);
    assert_eq!(frobenius::pullback(&zero, 0.0, 1.0).unwrap(), zero);
    for p in [1.0, 1.5, 2.0, 3.0, f64::INFINITY] {
        assert_eq!(
            p_norm::pullback(&zero, p, p_norm::value(&zero, p).unwrap(), 1.0).unwrap(),
            zero
        );
        let (y, svd) = schatten::value(&zero, p).unwrap();
        assert_eq!(y, 0.0);
        assert_eq!(schatten::pullback(&svd, p, 1.0).unwrap(), zero);
    }
    let of_zero =
        |svd: &_| (nuclear::pullback(svd, 1.0).unwrap(), spectral::pullback(svd, 1.0).unwrap());
    let (_, svd) = nuclear::value(&zero).unwrap();
    assert_eq!(of_zero(&svd), (zero.clone(), zero.clone()));
    assert_eq!(induced_one::pullback(&zero, 0.0, 1.0).unwrap(), zero);
    assert_eq!(induced_infinity::pullback(&zero, 0.0, 1.0).unwrap(), zero);

    let (y, svd) = nuclear::value(&ones(3)).unwrap();
    assert!((y - 3.0).abs() < 1e-14);
    assert_close(&nuclear::pullback(&svd, 1.0).unwrap(), &(ones(3) * (1.0 / 3.0)), 1e-15);
    assert_close(&schatten::pullback(&svd, 1.0, 1.0).unwrap(), &(ones(3) * (1.0 / 3.0)), 1e-15);

    let x = mat![[1.0], [0.0], [-2.0]];
    assert_eq!(p_norm::pullback(&x, 1.0, 3.0, 1.0).unwrap(), mat![[1.0], [0.0], [-1.0]]);
    let x = mat![[2.0], [-2.0], [1.0]];
    let gradient = p_norm::pullback(&x, f64::INFINITY, 2.0, 1.0).unwrap();
    assert_eq!(gradient, mat![[0.5], [-0.5], [0.0]]);
}

#[test]
fn ties_are_averaged() {
    let third = identity(3) * (1.0 / 3.0);
    let (_, svd) = spectral::value(&identity(3)).unwrap();
    assert_close(&spectral::pullback(&svd, 1.0).unwrap(), &third, 1e-15);
    assert!((spectral::pushforward(&svd, &identity(3)).unwrap() - 1.0).abs() < 1e-15);
    assert_close(&schatten::pullback(&svd, f64::INFINITY, 1.0).unwrap(), &third, 1e-15);
    assert_close(&ky_fan::pullback(&svd, 2, 1.0).unwrap(), &(third.clone() * 2.0), 1e-15);
    assert_close(&condition_number::pullback(&svd, 1.0).unwrap(), &Mat::zeros(3, 3), 1e-15);
    let (_, w, v) = lambda_max::value(&identity(3)).unwrap();
    assert_close(&lambda_max::pullback(&w, &v, 1.0).unwrap(), &third, 1e-15);
    assert_close(&lambda_min::pullback(&w, &v, 1.0).unwrap(), &third, 1e-15);
    let a = mat![[1.0, -2.0, 0.0], [2.0, 1.0, 1.0]];
    let half = mat![[0.5, -0.5, 0.0], [0.5, 0.5, 0.0]];
    assert_eq!(induced_one::pullback(&a, 3.0, 1.0).unwrap(), half);
}

#[test]
fn norms_neither_overflow_nor_underflow() {
    for scale in [1e200, 1e-200, f64::MIN_POSITIVE / 16.0] {
        let a = mat![[3.0 * scale, 0.0], [0.0, -4.0 * scale]];
        let relative =
            |y: f64, expected: f64| assert!((y / scale - expected).abs() < 1e-12, "{y:e}");
        relative(frobenius::value(&a).unwrap(), 5.0);
        relative(p_norm::value(&a, 3.0).unwrap(), 91.0_f64.cbrt());
        relative(schatten::value(&a, 3.0).unwrap().0, 91.0_f64.cbrt());
        relative(nuclear::value(&a).unwrap().0, 7.0);
        let gradient = frobenius::pullback(&a, frobenius::value(&a).unwrap(), 1.0).unwrap();
        assert_close(&gradient, &mat![[0.6, 0.0], [0.0, -0.8]], 1e-12);
        let (u, length) = normalise::value(&a).unwrap();
        relative(length, 5.0);
        assert_close(&u, &mat![[0.6, 0.0], [0.0, -0.8]], 1e-12);
        let (z, _) = cosine_similarity::value(&a, &mat![[1.0, 0.0], [0.0, 0.0]]).unwrap();
        assert!((z - 0.6).abs() < 1e-12);
    }
    // Single precision has squares of its own.
    let a = mat![[3e30_f32, 4e30], [0.0, 0.0]];
    assert!((frobenius::value(&a).unwrap() / 5e30 - 1.0).abs() < 1e-6);
    assert!((spectral::value(&a).unwrap().0 / 5e30 - 1.0).abs() < 1e-6);
}

#[test]
fn no_direction_no_condition_no_extremes() {
    let (zero, x) = (Mat::<f64>::zeros(2, 1), mat![[1.0], [0.0]]);
    let degenerate = |op, place| Error::Degenerate { op, first: place, second: place, gap: 0.0 };
    assert_eq!(normalise::value(&zero).unwrap_err(), degenerate("normalise", 0));
    let (first, second) =
        (cosine_similarity::value(&zero, &x), cosine_similarity::value(&x, &zero));
    assert_eq!(first.unwrap_err(), degenerate("cosine_similarity", 0));
    assert_eq!(second.unwrap_err(), degenerate("cosine_similarity", 1));
    let error = condition_number::value(&ones(3)).unwrap_err();
    assert!(matches!(error, Error::Singular { op: "condition_number", index: 2, .. }));
    let none = Mat::<f64>::zeros(0, 0);
    assert!(condition_number::value(&none).is_err());
    assert!(lambda_max::value(&none).is_err());
    assert!(lambda_min::value(&none).is_err());
    for y in [
        frobenius::value(&none),
        p_norm::value(&none, 3.0),
        p_norm::value(&none, f64::INFINITY),
        induced_one::value(&none),
        induced_infinity::value(&none),
        nuclear::value(&none).map(|(y, _)| y),
        spectral::value(&none).map(|(y, _)| y),
        schatten::value(&none, 3.0).map(|(y, _)| y),
        ky_fan::value(&none, 0).map(|(y, _)| y),
    ] {
        assert_eq!(y, Ok(0.0));
    }
}

#[test]
fn bad_input_is_an_error() {
    let nan = mat![[1.0, f64::NAN], [0.0, 1.0]];
    for error in [
        frobenius::value(&nan).unwrap_err(),
        p_norm::value(&nan, 1.0).unwrap_err(),
        induced_one::value(&nan).unwrap_err(),
        induced_infinity::value(&nan).unwrap_err(),
        nuclear::value(&nan).unwrap_err(),
        spectral::value(&nan).unwrap_err(),
        schatten::value(&nan, 2.0).unwrap_err(),
        ky_fan::value(&nan, 1).unwrap_err(),
        condition_number::value(&nan).unwrap_err(),
        lambda_max::value(&nan).unwrap_err(),
        lambda_min::value(&nan).unwrap_err(),
        normalise::value(&nan).unwrap_err(),
        cosine_similarity::value(&nan, &identity(2)).unwrap_err(),
        cosine_similarity::value(&identity(2), &nan).unwrap_err(),
    ] {
        assert!(matches!(error, Error::NonFiniteEntry { row: 0, column: 1, .. }), "{error}");
    }
    for p in [0.99, f64::NAN, -1.0] {
        assert!(matches!(p_norm::value(&identity(2), p), Err(Error::OutsideDomain { .. })));
        assert!(matches!(schatten::value(&identity(2), p), Err(Error::OutsideDomain { .. })));
    }
    assert!(matches!(ky_fan::value(&identity(2), 3), Err(Error::OutsideDomain { .. })));
}

#[test]
fn wrong_shapes_are_errors() {
    let (a, wrong) = (identity(2), Mat::<f64>::zeros(3, 2));
    let mismatch = |result: Result<(), Error>| {
        assert!(matches!(result, Err(Error::ShapeMismatch { .. })), "{result:?}");
    };
    mismatch(frobenius::pushforward(&a, 1.0, &wrong).map(drop));
    mismatch(frobenius_squared::pushforward(&a, &wrong).map(drop));
    mismatch(p_norm::pushforward(&a, 3.0, 1.0, &wrong).map(drop));
    mismatch(induced_one::pushforward(&a, 1.0, &wrong).map(drop));
    mismatch(induced_infinity::pushforward(&a, 1.0, &wrong).map(drop));
    let (_, svd) = nuclear::value(&a).unwrap();
    mismatch(nuclear::pushforward(&svd, &wrong).map(drop));
    mismatch(spectral::pushforward(&svd, &wrong).map(drop));
    mismatch(schatten::pushforward(&svd, 3.0, &wrong).map(drop));
    mismatch(ky_fan::pushforward(&svd, 1, &wrong).map(drop));
    mismatch(condition_number::pushforward(&svd, &wrong).map(drop));
    let (_, w, v) = lambda_max::value(&a).unwrap();
    mismatch(lambda_max::pushforward(&w, &v, &wrong).map(drop));
    mismatch(lambda_min::pushforward(&w, &v, &wrong).map(drop));
    let (u, length) = normalise::value(&a).unwrap();
    mismatch(normalise::pushforward(&u, length, &wrong).map(drop));
    mismatch(normalise::pullback(&u, length, &wrong).map(drop));
    mismatch(cosine_similarity::value(&a, &wrong).map(drop));
    let (_, pair) = cosine_similarity::value(&a, &a).unwrap();
    mismatch(cosine_similarity::pushforward(&pair, &wrong, &a).map(drop));
    mismatch(cosine_similarity::pushforward(&pair, &a, &wrong).map(drop));
}
