//! Factorisations.

use calculus_core::Error;
use calculus_core::matrix::svd::Svd;
use calculus_core::matrix::{
    Element, cholesky, eigen, polar, qr, singular_values, svd, svd_full, symmetric_eigen,
    symmetric_eigenvalues,
};
use faer::{Mat, MatRef};

use crate::harness::{Random, symmetric};
use crate::rule;

mod degenerate;

rule!(cholesky_factor, "cholesky", 50.0;
    inputs |random| {
        let n = random.size(1, 5);
        vec![random.definite(n)]
    };
    value |x| vec![cholesky::value(&symmetric(x[0]))?];
    pushforward |x, dx| {
        let l = cholesky::value(&symmetric(x[0]))?;
        vec![cholesky::pushforward(&l, &dx[0])?]
    };
    pullback |x, y_bar| {
        let l = cholesky::value(&symmetric(x[0]))?;
        vec![cholesky::pullback(&l, &y_bar[0])?]
    };
);

/// A matrix whose singular vectors and eigenvectors are close to the columns of the identity, with
/// values about `gap` apart, so that their signs are known near it too.
fn spread(random: &mut Random, m: usize, n: usize, gap: f64) -> Mat<f64> {
    let noise = random.matrix(m, n);
    let k = m.min(n);
    let diagonal = |i, j| if i == j { gap * (k - i) as f64 } else { 0.0 };
    Mat::from_fn(m, n, |i, j| 0.2 * noise[(i, j)] + diagonal(i, j))
}

/// Flips columns so that the diagonal of `v` has these signs (repeated), in `others` too.
fn flip<T: Element>(signs: &[f64], v: &mut Mat<T>, other: Option<&mut Mat<T>>) {
    let count = v.ncols().min(other.as_ref().map_or(v.ncols(), |other| other.ncols()));
    let wrong = |j: usize, v: &Mat<T>| v[(j, j)].to_f64() * signs[j % signs.len()] < 0.0;
    let columns: Vec<usize> = (0..count).filter(|&j| wrong(j, v)).collect();
    let negate = |v: &mut Mat<T>| {
        for &j in &columns {
            v.col_mut(j).iter_mut().for_each(|x| *x = -*x);
        }
    };
    negate(v);
    if let Some(other) = other {
        negate(other);
    }
}

fn eigen_with_signs<T: Element>(
    signs: &[f64],
    a: MatRef<'_, T>,
) -> Result<(Mat<T>, Mat<T>), Error> {
    let (w, mut v) = symmetric_eigen::value(&symmetric(a))?;
    flip(signs, &mut v, None);
    Ok((w, v))
}

fn svd_with_signs<T: Element>(signs: &[f64], a: MatRef<'_, T>) -> Result<Svd<Mat<T>>, Error> {
    let mut svd = svd::value(&a)?;
    flip(signs, &mut svd.u, Some(&mut svd.v));
    Ok(svd)
}

// The signs of the golden file, which says "signs as in outputs".
const EIGH: [f64; 4] = [-1.0, 1.0, -1.0, -1.0];

rule!(symmetric_eigen_rule, "eigh", 100.0;
    inputs |random| {
        let n = random.size(0, 5);
        let a = spread(random, n, n, -1.5);
        vec![symmetric(a.as_ref())]
    };
    value |x| {
        let (w, v) = eigen_with_signs(&EIGH, x[0])?;
        vec![w, v]
    };
    pushforward |x, dx| {
        let (w, v) = eigen_with_signs(&EIGH, x[0])?;
        let (dw, dv) = symmetric_eigen::pushforward(&w, &v, &dx[0])?;
        vec![dw, dv]
    };
    pullback |x, y_bar| {
        let (w, v) = eigen_with_signs(&EIGH, x[0])?;
        vec![symmetric_eigen::pullback(&w, &v, &y_bar[0], &y_bar[1])?]
    };
);

rule!(symmetric_eigenvalues_rule, "eigvalsh", 20.0;
    inputs |random| {
        let n = random.size(0, 5);
        let a = spread(random, n, n, -1.5);
        vec![symmetric(a.as_ref())]
    };
    value |x| vec![symmetric_eigenvalues::value(&symmetric(x[0]))?.0];
    pushforward |x, dx| {
        let (w, v) = symmetric_eigenvalues::value(&symmetric(x[0]))?;
        vec![symmetric_eigenvalues::pushforward(&w, &v, &dx[0])?]
    };
    pullback |x, y_bar| {
        let (w, v) = symmetric_eigenvalues::value(&symmetric(x[0]))?;
        vec![symmetric_eigenvalues::pullback(&w, &v, &y_bar[0])?]
    };
);

rule!(svd_tall, "svd_tall", 100.0;
    inputs |random| {
        let n = random.size(0, 3);
        let m = n + random.size(1, 3);
        vec![spread(random, m, n, 1.5)]
    };
    value |x| {
        let svd = svd_with_signs(&[1.0, -1.0, 1.0], x[0])?;
        vec![svd.u, svd.s, svd.v]
    };
    pushforward |x, dx| {
        let svd = svd_with_signs(&[1.0, -1.0, 1.0], x[0])?;
        let (u, s, v) = svd::pushforward(&svd, &dx[0])?;
        vec![u, s, v]
    };
    pullback |x, y_bar| {
        let svd = svd_with_signs(&[1.0, -1.0, 1.0], x[0])?;
        vec![svd::pullback(&svd, &y_bar[0], &y_bar[1], &y_bar[2])?]
    };
);

rule!(svd_wide, "svd_wide", 100.0;
    inputs |random| {
        let m = random.size(0, 3);
        let n = m + random.size(1, 3);
        vec![spread(random, m, n, 1.5)]
    };
    value |x| {
        let svd = svd_with_signs(&[-1.0, -1.0, 1.0], x[0])?;
        vec![svd.u, svd.s, svd.v]
    };
    pushforward |x, dx| {
        let svd = svd_with_signs(&[-1.0, -1.0, 1.0], x[0])?;
        let (u, s, v) = svd::pushforward(&svd, &dx[0])?;
        vec![u, s, v]
    };
    pullback |x, y_bar| {
        let svd = svd_with_signs(&[-1.0, -1.0, 1.0], x[0])?;
        vec![svd::pullback(&svd, &y_bar[0], &y_bar[1], &y_bar[2])?]
    };
);

rule!(svd_square, "svd_square", 100.0;
    inputs |random| {
        let n = random.size(1, 4);
        let m = n;
        vec![spread(random, m, n, 1.5)]
    };
    value |x| {
        let svd = svd_with_signs(&[-1.0, 1.0, 1.0, 1.0], x[0])?;
        vec![svd.u, svd.s, svd.v]
    };
    pushforward |x, dx| {
        let svd = svd_with_signs(&[-1.0, 1.0, 1.0, 1.0], x[0])?;
        let (u, s, v) = svd::pushforward(&svd, &dx[0])?;
        vec![u, s, v]
    };
    pullback |x, y_bar| {
        let svd = svd_with_signs(&[-1.0, 1.0, 1.0, 1.0], x[0])?;
        vec![svd::pullback(&svd, &y_bar[0], &y_bar[1], &y_bar[2])?]
    };
);

rule!(singular_values_rule, "svdvals", 20.0;
    inputs |random| {
        let (m, n) = (random.size(0, 5), random.size(0, 5));
        vec![spread(random, m, n, 1.5)]
    };
    value |x| vec![singular_values::value(&x[0])?.s];
    pushforward |x, dx| {
        let svd = singular_values::value(&x[0])?;
        vec![singular_values::pushforward(&svd, &dx[0])?]
    };
    pullback |x, y_bar| {
        let svd = singular_values::value(&x[0])?;
        vec![singular_values::pullback(&svd, &y_bar[0])?]
    };
);

// The projectors onto the null spaces are functions of the matrix, the bases are not.
rule!(svd_full_projectors, "svd_full", 100.0;
    inputs |random| {
        let (m, n) = (random.size(0, 4), random.size(0, 4));
        vec![spread(random, m, n, 1.5)]
    };
    value |x| {
        let svd = svd_full::value(&x[0])?;
        let k = svd.s.nrows();
        let null = |q: &Mat<_>| q.get(.., k..) * q.get(.., k..).transpose();
        vec![null(&svd.u), svd.s, null(&svd.v)]
    };
    pushforward |x, dx| {
        let svd = svd_full::value(&x[0])?;
        let (u, s, v) = svd_full::pushforward(&svd, &dx[0])?;
        let k = svd.s.nrows();
        let null = |q: &Mat<_>, dq: &Mat<_>| {
            let half = dq.get(.., k..) * q.get(.., k..).transpose();
            &half + half.transpose()
        };
        vec![null(&svd.u, &u), s, null(&svd.v, &v)]
    };
    pullback |x, y_bar| {
        let svd = svd_full::value(&x[0])?;
        let k = svd.s.nrows();
        let null = |q: &Mat<T>, bar: MatRef<'_, T>| {
            let of_null = (bar + bar.transpose()) * q.get(.., k..);
            let mut q_bar = Mat::zeros(q.nrows(), q.ncols());
            q_bar.get_mut(.., k..).copy_from(of_null);
            q_bar
        };
        let (u, v) = (null(&svd.u, y_bar[0]), null(&svd.v, y_bar[2]));
        vec![svd_full::pullback(&svd, &u, &y_bar[1].to_owned(), &v)?]
    };
);

rule!(polar_square, "polar", 50.0;
    inputs |random| {
        let n = random.size(0, 4);
        let m = n + random.size(0, 2);
        vec![spread(random, m, n, 1.5)]
    };
    value |x| {
        let polar = polar::value(&x[0])?;
        vec![polar.q, polar.h]
    };
    pushforward |x, dx| {
        let (q, h) = polar::pushforward(&polar::value(&x[0])?, &dx[0])?;
        vec![q, h]
    };
    pullback |x, y_bar| vec![polar::pullback(&polar::value(&x[0])?, &y_bar[0], &y_bar[1])?];
);

rule!(qr_thin, "qr_thin", 50.0;
    inputs |random| {
        let n = random.size(0, 4);
        let m = n + random.size(0, 2);
        vec![spread(random, m, n, 1.0)]
    };
    value |x| {
        let (q, r) = qr::value(&x[0])?;
        vec![q, r]
    };
    pushforward |x, dx| {
        let (q, r) = qr::value(&x[0])?;
        let (dq, dr) = qr::pushforward(&q, &r, &dx[0])?;
        vec![dq, dr]
    };
    pullback |x, y_bar| {
        let (q, r) = qr::value(&x[0])?;
        vec![qr::pullback(&q, &r, &y_bar[0], &y_bar[1])?]
    };
);

rule!(qr_square, "qr_square", 50.0;
    inputs |random| {
        let n = random.size(1, 4);
        let m = n;
        vec![spread(random, m, n, 1.0)]
    };
    value |x| {
        let (q, r) = qr::value(&x[0])?;
        vec![q, r]
    };
    pushforward |x, dx| {
        let (q, r) = qr::value(&x[0])?;
        let (dq, dr) = qr::pushforward(&q, &r, &dx[0])?;
        vec![dq, dr]
    };
    pullback |x, y_bar| {
        let (q, r) = qr::value(&x[0])?;
        vec![qr::pullback(&q, &r, &y_bar[0], &y_bar[1])?]
    };
);

rule!(qr_wide, "qr_wide", 50.0;
    inputs |random| {
        let m = random.size(0, 3);
        let n = m + random.size(1, 3);
        vec![spread(random, m, n, 1.0)]
    };
    value |x| {
        let (q, r) = qr::value(&x[0])?;
        vec![q, r]
    };
    pushforward |x, dx| {
        let (q, r) = qr::value(&x[0])?;
        let (dq, dr) = qr::pushforward(&q, &r, &dx[0])?;
        vec![dq, dr]
    };
    pullback |x, y_bar| {
        let (q, r) = qr::value(&x[0])?;
        vec![qr::pullback(&q, &r, &y_bar[0], &y_bar[1])?]
    };
);

/// Real eigenvalues and conjugate pairs, well apart.
fn rotations(random: &mut Random) -> Mat<f64> {
    let (pairs, n) = (random.size(0, 2), random.size(0, 2));
    let mut a = random.matrix(2 * pairs + n, 2 * pairs + n) * 0.1;
    for k in 0..pairs {
        let i = 2 * k;
        a[(i, i)] += 1.5 * k as f64;
        a[(i + 1, i + 1)] += 1.5 * k as f64;
        a[(i, i + 1)] += 1.0;
        a[(i + 1, i)] -= 1.0;
    }
    for k in 0..n {
        a[(2 * pairs + k, 2 * pairs + k)] -= 1.5 * (k + 1) as f64;
    }
    a
}

rule!(eigen_rule, "eig", 200.0;
    inputs |random| vec![rotations(random)];
    value |x| {
        let eigen = eigen::value(&x[0])?;
        vec![eigen.values, eigen.vectors_re, eigen.vectors_im]
    };
    pushforward |x, dx| {
        let (values, re, im) = eigen::pushforward(&eigen::value(&x[0])?, &dx[0])?;
        vec![values, re, im]
    };
    pullback |x, y_bar| {
        let eigen = eigen::value(&x[0])?;
        vec![eigen::pullback(&eigen, &y_bar[0], &y_bar[1], &y_bar[2])?]
    };
);
