//! Repeated and zero values, defective and rank-deficient matrices, bad input.

use calculus_core::Error;
use calculus_core::matrix::{
    eigen, polar, qr, singular_values, svd, svd_full, symmetric_eigen, symmetric_eigenvalues,
};
use faer::{Mat, mat};

use crate::harness::{Random, symmetric};

#[track_caller]
fn assert_close(found: &Mat<f64>, expected: &Mat<f64>, tolerance: f64) {
    assert_eq!(found.shape(), expected.shape());
    let error = (found - expected).norm_max();
    assert!(error <= tolerance, "{found:?} differs from {expected:?} by {error:e}");
}

fn ones(n: usize) -> Mat<f64> {
    Mat::from_fn(n, n, |_, _| 1.0)
}

fn diagonal(values: &[f64]) -> Mat<f64> {
    let entry = |i, j| if i == j { values[i] } else { 0.0 };
    Mat::from_fn(values.len(), values.len(), entry)
}

/// An orthogonal matrix without zeros.
fn rotation(n: usize) -> Mat<f64> {
    qr::value(&Random::new(7).matrix(n, n)).unwrap().0
}

/// The gradient of `<G, V f(w) V'>` through the eigenvectors.
fn through_eigen(
    a: &Mat<f64>,
    g: &Mat<f64>,
    f: fn(f64) -> f64,
    slope: fn(f64) -> f64,
) -> Result<Mat<f64>, Error> {
    let (w, v) = symmetric_eigen::value(a)?;
    let n = w.nrows();
    let values = Mat::from_fn(n, n, |i, j| if i == j { f(w[(i, 0)]) } else { 0.0 });
    let v_bar = (g + g.transpose()) * &v * values;
    let inner = v.transpose() * g * &v;
    let w_bar = Mat::from_fn(n, 1, |i, _| slope(w[(i, 0)]) * inner[(i, i)]);
    symmetric_eigen::pullback(&w, &v, &w_bar, &v_bar)
}

#[test]
fn spectral_losses_are_exact_at_repeated_eigenvalues() {
    let (e, e2) = (1.0_f64.exp(), 2.0_f64.exp());
    let gradient = through_eigen(&diagonal(&[1.0, 1.0, 2.0]), &ones(3), f64::exp, f64::exp);
    let across = e2 - e;
    let expected = mat![[e, e, across], [e, e, across], [across, across, e2]];
    assert_close(&gradient.unwrap(), &expected, 1e-13);

    // Repeated to rounding, not exactly; the square has the gradient AG + GA.
    let q = rotation(4);
    let a = symmetric((&q * diagonal(&[1.0, 1.0, 2.0, 3.0]) * q.transpose()).as_ref());
    let g = Mat::from_fn(4, 4, |i, j| f64::from(i.min(j) == 0 && i.max(j) == 1));
    let gradient = through_eigen(&a, &g, |w| w * w, |w| 2.0 * w).unwrap();
    assert_close(&gradient, &(&a * &g + &g * &a), 1e-12);
}

#[test]
fn near_repeated_eigenvalues_lose_only_what_their_gap_implies() {
    let q = rotation(4);
    for gap in [1e-4, 1e-6, 1e-8, 1e-10] {
        let a = &q * diagonal(&[1.0, 1.0 + gap, 2.0, 3.0]) * q.transpose();
        let a = symmetric(a.as_ref());
        let g = ones(4);
        let gradient = through_eigen(&a, &g, |w| w * w, |w| 2.0 * w).unwrap();
        assert_close(&gradient, &(&a * &g + &g * &a), 1e-13 + 256.0 * f64::EPSILON / gap);
    }
}

#[test]
fn an_eigenvector_is_differentiable_beside_a_repeated_eigenvalue() {
    let (w, v) = symmetric_eigen::value(&diagonal(&[1.0, 1.0, 2.0])).unwrap();
    let v_bar = Mat::from_fn(3, 3, |i, j| f64::from(i == 0 && j == 2) * v[(2, 2)]);
    let gradient = symmetric_eigen::pullback(&w, &v, &Mat::zeros(3, 1), &v_bar).unwrap();
    assert_close(&gradient, &mat![[0.0, 0.0, 0.5], [0.0, 0.0, 0.0], [0.5, 0.0, 0.0]], 1e-15);

    // The projector onto the repeated space has the opposite gradient of that onto the rest.
    let g = symmetric(Random::new(1).matrix(3, 3).as_ref());
    let of = |columns: core::ops::Range<usize>| {
        let v_bar = &g * &v * 2.0;
        let v_bar =
            Mat::from_fn(3, 3, |i, j| if columns.contains(&j) { v_bar[(i, j)] } else { 0.0 });
        symmetric_eigen::pullback(&w, &v, &Mat::zeros(3, 1), &v_bar).unwrap()
    };
    assert_close(&of(0..2), &-of(2..3), 1e-14);
}

#[test]
fn what_tells_repeated_eigenvalues_apart_is_an_error() {
    let (w, v) = symmetric_eigen::value(&diagonal(&[1.0, 1.0, 2.0])).unwrap();
    let degenerate = |error| {
        matches!(error, Error::Degenerate { op: "symmetric_eigen", first: 0, second: 1, .. })
    };
    let v_bar = Random::new(2).matrix(3, 3);
    let error = symmetric_eigen::pullback(&w, &v, &Mat::zeros(3, 1), &v_bar).unwrap_err();
    assert!(degenerate(error));
    assert!(degenerate(symmetric_eigen::pushforward(&w, &v, &ones(3)).unwrap_err()));
    // A tangent that does not split them is fine.
    let (dw, dv) = symmetric_eigen::pushforward(&w, &v, &Mat::<f64>::identity(3, 3)).unwrap();
    assert_close(&dw, &mat![[1.0], [1.0], [1.0]], 1e-15);
    assert_close(&dv, &Mat::zeros(3, 3), 1e-15);
    // Cotangents of no loss in V f(w) V'.
    let v_bar = &v * mat![[1.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 0.0]];
    let w_bar = mat![[1.0], [1.0], [0.0]];
    assert!(degenerate(symmetric_eigen::pullback(&w, &v, &w_bar, &v_bar).unwrap_err()));
}

#[test]
fn values_at_ties_share_their_cotangents() {
    let (w, v) = symmetric_eigenvalues::value(&diagonal(&[1.0, 1.0, 2.0])).unwrap();
    let gradient = symmetric_eigenvalues::pullback(&w, &v, &mat![[1.0], [0.0], [3.0]]).unwrap();
    assert_close(&gradient, &diagonal(&[0.5, 0.5, 3.0]), 1e-15);
    let none = Mat::zeros(3, 3);
    let w_bar = mat![[1.0], [0.0], [3.0]];
    assert_close(&symmetric_eigen::pullback(&w, &v, &w_bar, &none).unwrap(), &gradient, 1e-15);

    let svd = singular_values::value(&diagonal(&[2.0, 2.0, 0.0])).unwrap();
    let gradient = singular_values::pullback(&svd, &mat![[1.0], [0.0], [5.0]]).unwrap();
    assert_close(&gradient, &diagonal(&[0.5, 0.5, 0.0]), 1e-15);
}

/// The gradient of `<G, U f(S) V'>` through the singular vectors.
fn through_svd(
    a: &Mat<f64>,
    g: &Mat<f64>,
    f: fn(f64) -> f64,
    slope: fn(f64) -> f64,
) -> Result<Mat<f64>, Error> {
    let svd = svd::value(a)?;
    let k = svd.s.nrows();
    let values = Mat::from_fn(k, k, |i, j| if i == j { f(svd.s[(i, 0)]) } else { 0.0 });
    let inner = svd.u.transpose() * g * &svd.v;
    let s_bar = Mat::from_fn(k, 1, |i, _| slope(svd.s[(i, 0)]) * inner[(i, i)]);
    let (u_bar, v_bar) = (g * &svd.v * &values, g.transpose() * &svd.u * &values);
    svd::pullback(&svd, &u_bar, &s_bar, &v_bar)
}

#[test]
fn the_svd_reconstructs_at_equal_singular_values() {
    let identity = Mat::<f64>::identity(3, 3);
    let gradient = through_svd(&identity, &ones(3), |s| s, |_| 1.0).unwrap();
    assert_close(&gradient, &ones(3), 1e-14);
    // Equal to rounding, tall and wide.
    let q = qr::value(&Random::new(3).matrix(5, 3)).unwrap().0;
    let g = Random::new(4).matrix(5, 3);
    for s in [[2.0, 2.0, 2.0], [2.0, 2.0, 1.0], [3.0, 1.0, 1.0]] {
        let a = &q * diagonal(&s) * rotation(3);
        assert_close(&through_svd(&a, &g, |s| s, |_| 1.0).unwrap(), &g, 1e-12);
        let (a, g) = (a.transpose().to_owned(), g.transpose().to_owned());
        assert_close(&through_svd(&a, &g, |s| s, |_| 1.0).unwrap(), &g, 1e-12);
    }
    // The orthogonal polar factor at I: the skew part.
    let g = Random::new(5).matrix(3, 3);
    let skew = (&g - g.transpose()) * 0.5;
    let gradient = through_svd(&identity, &g, |_| 1.0, |_| 0.0).unwrap();
    assert_close(&gradient, &skew, 1e-14);
    let polar = polar::value(&identity).unwrap();
    assert_close(&polar::pullback(&polar, &g, &Mat::zeros(3, 3)).unwrap(), &skew, 1e-14);
}

#[test]
fn singular_vectors_of_equal_or_zero_values_are_errors() {
    let random = |seed, m, n| Random::new(seed).matrix(m, n);
    let repeated = svd::value(&Mat::<f64>::identity(3, 3)).unwrap();
    let (u, s, v) = (random(1, 3, 3), random(2, 3, 1), random(3, 3, 3));
    let error = svd::pullback(&repeated, &u, &s, &v).unwrap_err();
    assert!(matches!(error, Error::Degenerate { op: "svd", first: 0, second: 1, .. }));
    assert!(svd::pushforward(&repeated, &random(4, 3, 3)).is_err());

    // Rank 2 of 3.
    let a = random(5, 5, 2) * random(6, 2, 3);
    let svd = svd::value(&a).unwrap();
    let zeros = (Mat::zeros(5, 3), Mat::zeros(3, 1), Mat::zeros(3, 3));
    let error = svd::pullback(&svd, &random(7, 5, 3), &zeros.1, &zeros.2).unwrap_err();
    assert!(matches!(error, Error::Degenerate { op: "svd", first: 2, second: 2, .. }));
    // The loss does not see the zero.
    let u = random(7, 5, 3);
    let u = Mat::from_fn(5, 3, |i, j| if j < 2 { u[(i, j)] } else { 0.0 });
    assert!(svd::pullback(&svd, &u, &zeros.1, &zeros.2).unwrap().is_all_finite());
    // A loss in s alone: the subgradient, 0 for the zero.
    let gradient = svd::pullback(&svd, &zeros.0, &mat![[1.0], [1.0], [1.0]], &zeros.2).unwrap();
    let expected = svd.u.get(.., ..2) * svd.v.get(.., ..2).transpose();
    assert_close(&gradient, &expected, 1e-14);
}

#[test]
fn bases_of_null_spaces_have_no_gradient() {
    let svd = svd_full::value(&Random::new(1).matrix(4, 2)).unwrap();
    let identity = svd.u.transpose() * &svd.u;
    assert_close(&identity, &Mat::identity(4, 4), 1e-14);
    let (s, v) = (Mat::zeros(2, 1), Mat::zeros(2, 2));
    let error = svd_full::pullback(&svd, &Random::new(2).matrix(4, 4), &s, &v).unwrap_err();
    assert!(matches!(error, Error::Degenerate { op: "svd_full", first: 2, second: 3, .. }));
}

#[test]
fn rank_deficient_factors_name_the_entry() {
    let a = mat![[1.0, 2.0, 0.0], [1.0, 2.0, 1.0], [1.0, 2.0, 5.0], [1.0, 2.0, 0.0]];
    let (q, r) = qr::value(&a).unwrap();
    let error = qr::pullback(&q, &r, &q, &r).unwrap_err();
    assert!(matches!(error, Error::Singular { op: "qr", index: 1, .. }), "{error}");
    let polar = polar::value(&a).unwrap();
    let error = polar::pushforward(&polar, &a).unwrap_err();
    assert!(matches!(error, Error::Singular { op: "polar", index: 2, .. }), "{error}");
    let wide = polar::value(&a.transpose()).unwrap_err();
    assert_eq!(wide, Error::ShapeMismatch { op: "polar", lhs: (3, 4), rhs: (4, 4) });
}

#[test]
fn defective_matrices_have_no_derivatives() {
    let q = rotation(3);
    let jordan = mat![[1.0, 1.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 3.0]];
    let nilpotent = mat![[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]];
    for a in [&jordan, &nilpotent, &(&q * &jordan * q.transpose())] {
        let eigen = eigen::value(a).unwrap();
        let error = eigen::pushforward(&eigen, &ones(3)).unwrap_err();
        assert!(matches!(error, Error::Degenerate { op: "eigen", .. }), "{error}");
    }
    // Equal eigenvalues with independent vectors: the trace is fine, a vector is not.
    let eigen = eigen::value(&diagonal(&[1.0, 1.0, 2.0])).unwrap();
    let none = Mat::zeros(3, 3);
    let trace = Mat::from_fn(3, 2, |_, j| if j == 0 { 1.0 } else { 0.0 });
    let gradient = eigen::pullback(&eigen, &trace, &none, &none).unwrap();
    assert_close(&gradient, &Mat::identity(3, 3), 1e-15);
    let seen = Random::new(1).matrix(3, 3);
    assert!(eigen::pullback(&eigen, &trace, &seen, &none).is_err());
}

#[test]
fn scale_does_not_matter() {
    let a = Random::new(8).matrix(4, 3);
    let s = symmetric(Random::new(9).matrix(3, 3).as_ref());
    for scale in [1e200, 1e-200, 1e300, 1e-300] {
        let at = |x: &Mat<f64>| x * scale;
        let svd = svd::value(&at(&a)).unwrap();
        let expected = svd::value(&a).unwrap();
        assert_close(&(&svd.s * (1.0 / scale)), &expected.s, 1e-14);
        let (u, v) = (Random::new(1).matrix(4, 3), Random::new(2).matrix(3, 3));
        let none = Mat::zeros(3, 1);
        let gradient = svd::pullback(&svd, &u, &none, &v).unwrap();
        assert!((gradient * (scale * 1e-3)).is_all_finite());
        let (w, v) = symmetric_eigen::value(&at(&s)).unwrap();
        assert!(symmetric_eigen::pullback(&w, &v, &none, &v).unwrap().is_all_finite());
        let square = at(&Random::new(3).matrix(3, 3));
        let eigen = eigen::value(&square).unwrap();
        let product = &square * &eigen.vectors_re;
        assert!(product.is_all_finite() && eigen.values.is_all_finite());
        let (q, r) = qr::value(&at(&a)).unwrap();
        assert_close(&((&q * &r) * (1.0 / scale)), &a, 1e-14);
    }
}

#[test]
fn bad_input_is_an_error() {
    let nan = mat![[1.0, f64::NAN], [0.0, 1.0]];
    let infinite = mat![[1.0, 0.0], [f64::INFINITY, 1.0]];
    for a in [&nan, &infinite] {
        let errors = [
            symmetric_eigen::value(a).unwrap_err(),
            symmetric_eigenvalues::value(a).unwrap_err(),
            eigen::value(a).unwrap_err(),
            svd::value(a).unwrap_err(),
            svd_full::value(a).unwrap_err(),
            singular_values::value(a).unwrap_err(),
            polar::value(a).unwrap_err(),
            qr::value(a).unwrap_err(),
        ];
        assert!(errors.iter().all(|error| matches!(error, Error::NonFiniteEntry { .. })));
    }
    let wide = Mat::<f64>::zeros(2, 3);
    assert!(matches!(symmetric_eigen::value(&wide), Err(Error::NotSquare { .. })));
    assert!(matches!(symmetric_eigenvalues::value(&wide), Err(Error::NotSquare { .. })));
    assert!(matches!(eigen::value(&wide), Err(Error::NotSquare { .. })));
}

#[test]
fn wrong_shapes_are_errors() {
    let a = diagonal(&[1.0, 2.0]);
    let (wrong, right, column) = (Mat::zeros(3, 2), Mat::zeros(2, 2), Mat::zeros(2, 1));
    let mismatch = |result: Result<(), Error>| {
        assert!(matches!(result, Err(Error::ShapeMismatch { .. })), "{result:?}");
    };
    let (w, v) = symmetric_eigen::value(&a).unwrap();
    mismatch(symmetric_eigen::pushforward(&w, &v, &wrong).map(drop));
    mismatch(symmetric_eigen::pullback(&w, &v, &wrong, &right).map(drop));
    mismatch(symmetric_eigen::pullback(&w, &v, &column, &wrong).map(drop));
    mismatch(symmetric_eigenvalues::pushforward(&w, &v, &wrong).map(drop));
    mismatch(symmetric_eigenvalues::pullback(&w, &v, &wrong).map(drop));
    let svd = svd::value(&a).unwrap();
    mismatch(svd::pushforward(&svd, &wrong).map(drop));
    mismatch(svd::pullback(&svd, &wrong, &column, &right).map(drop));
    mismatch(svd::pullback(&svd, &right, &wrong, &right).map(drop));
    mismatch(svd::pullback(&svd, &right, &column, &wrong).map(drop));
    mismatch(singular_values::pushforward(&svd, &wrong).map(drop));
    mismatch(singular_values::pullback(&svd, &wrong).map(drop));
    mismatch(svd_full::pushforward(&svd, &wrong).map(drop));
    mismatch(svd_full::pullback(&svd, &wrong, &column, &right).map(drop));
    mismatch(svd_full::pullback(&svd, &right, &wrong, &right).map(drop));
    mismatch(svd_full::pullback(&svd, &right, &column, &wrong).map(drop));
    let polar = polar::value(&a).unwrap();
    mismatch(polar::pushforward(&polar, &wrong).map(drop));
    mismatch(polar::pullback(&polar, &wrong, &right).map(drop));
    mismatch(polar::pullback(&polar, &right, &wrong).map(drop));
    let (q, r) = qr::value(&a).unwrap();
    mismatch(qr::pushforward(&q, &r, &wrong).map(drop));
    mismatch(qr::pullback(&q, &r, &wrong, &right).map(drop));
    mismatch(qr::pullback(&q, &r, &right, &wrong).map(drop));
    let eigen = eigen::value(&a).unwrap();
    mismatch(eigen::pushforward(&eigen, &wrong).map(drop));
    mismatch(eigen::pullback(&eigen, &wrong, &right, &right).map(drop));
    mismatch(eigen::pullback(&eigen, &right, &wrong, &right).map(drop));
    mismatch(eigen::pullback(&eigen, &right, &right, &wrong).map(drop));
}
