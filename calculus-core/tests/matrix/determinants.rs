//! Determinants, and what they do where they vanish.

use calculus_core::Error;
use calculus_core::matrix::{adjugate, det, log_abs_det, log_det};
use faer::{Mat, mat};

use crate::harness::{Random, number, symmetric};
use crate::rule;

rule!(determinant, "det", 50.0;
    inputs |random| {
        let n = random.size(0, 6);
        vec![random.regular(n)]
    };
    value |x| vec![number(det::value(&x[0])?.0)];
    pushforward |x, dx| {
        let (_, lu) = det::value(&x[0])?;
        vec![number(det::pushforward(&x[0], &lu, &dx[0])?)]
    };
    pullback |x, y_bar| {
        let (_, lu) = det::value(&x[0])?;
        vec![det::pullback(&x[0], &lu, &y_bar[0][(0, 0)])?]
    };
);

rule!(logarithm, "log_abs_det", 50.0;
    inputs |random| {
        let n = random.size(1, 6);
        vec![random.regular(n)]
    };
    value |x| vec![number(log_abs_det::value(&x[0])?.1)];
    pushforward |x, dx| {
        let (_, _, lu) = log_abs_det::value(&x[0])?;
        vec![number(log_abs_det::pushforward(&lu, &dx[0])?)]
    };
    pullback |x, y_bar| {
        let (_, _, lu) = log_abs_det::value(&x[0])?;
        vec![log_abs_det::pullback(&lu, &y_bar[0][(0, 0)])?]
    };
);

rule!(logarithm_of_definite, "logdet_spd", 200.0;
    inputs |random| {
        let n = random.size(1, 6);
        vec![random.definite(n)]
    };
    value |x| vec![number(log_det::value(&symmetric(x[0]))?.0)];
    pushforward |x, dx| {
        let (_, l) = log_det::value(&symmetric(x[0]))?;
        vec![number(log_det::pushforward(&l, &dx[0])?)]
    };
    pullback |x, y_bar| {
        let (_, l) = log_det::value(&symmetric(x[0]))?;
        vec![log_det::pullback(&l, &y_bar[0][(0, 0)])?]
    };
);

rule!(adjugate_of_regular, "adjugate", 200.0;
    inputs |random| {
        let n = random.size(0, 6);
        vec![random.regular(n)]
    };
    value |x| vec![adjugate::value(&x[0])?.0];
    pushforward |x, dx| vec![adjugate::pushforward(&adjugate::value(&x[0])?.1, &dx[0])?];
    pullback |x, y_bar| vec![adjugate::pullback(&adjugate::value(&x[0])?.1, &y_bar[0])?];
);

/// A matrix of integers.
type Integers = Vec<Vec<i64>>;

fn integers(random: &mut Random, rows: usize, columns: usize) -> Integers {
    (0..rows).map(|_| (0..columns).map(|_| random.size(0, 10) as i64 - 5).collect()).collect()
}

fn product(a: &Integers, b: &Integers) -> Integers {
    let columns = b.first().map_or(0, Vec::len);
    let entry = |row: &Vec<i64>, j: usize| row.iter().zip(b).map(|(x, b)| x * b[j]).sum();
    a.iter().map(|row| (0..columns).map(|j| entry(row, j)).collect()).collect()
}

/// Expansion along the first row, which is exact.
fn exact_determinant(a: &Integers) -> i64 {
    if a.is_empty() {
        return 1;
    }
    (0..a.len()).map(|j| a[0][j] * exact_cofactor(a, 0, j)).sum()
}

fn exact_cofactor(a: &Integers, i: usize, j: usize) -> i64 {
    let without = |row: &Vec<i64>| {
        row.iter().enumerate().filter(|&(k, _)| k != j).map(|(_, &x)| x).collect::<Vec<_>>()
    };
    let rows = a.iter().enumerate().filter(|&(k, _)| k != i);
    let minor = rows.map(|(_, row)| without(row)).collect();
    let sign = if (i + j).is_multiple_of(2) { 1 } else { -1 };
    sign * exact_determinant(&minor)
}

fn exact_cofactors(a: &Integers) -> Integers {
    let n = a.len();
    (0..n).map(|i| (0..n).map(|j| exact_cofactor(a, i, j)).collect()).collect()
}

fn to_mat(a: &Integers) -> Mat<f64> {
    Mat::from_fn(a.len(), a.first().map_or(0, Vec::len), |i, j| a[i][j] as f64)
}

#[track_caller]
fn close(found: &Mat<f64>, expected: &Mat<f64>, tolerance: f64) {
    let error = (found - expected).norm_max();
    assert!(error <= tolerance, "{found:?} should be {expected:?}, off by {error:e}");
}

#[test]
fn the_gradient_of_a_determinant_that_is_zero_is_not() {
    // The gradient of det at 397 random integer 3 x 3 matrices of rank 2 is their matrix of
    // cofactors. det A^-T is 0 or NaN wherever the computed determinant is exactly 0.
    let mut random = Random::new(397);
    let (mut count, mut exactly_zero) = (0, 0);
    while count < 397 {
        let a = product(&integers(&mut random, 3, 2), &integers(&mut random, 2, 3));
        let cofactors = exact_cofactors(&a);
        if cofactors.iter().flatten().all(|&x| x == 0) {
            continue;
        }
        count += 1;
        let (expected, a) = (to_mat(&cofactors), to_mat(&a));
        let (y, lu) = det::value(&a).unwrap();
        exactly_zero += usize::from(y == 0.0);
        // The computed cofactors are those of a matrix some units of round-off away.
        let tolerance = 64.0 * f64::EPSILON * a.norm_max().powi(2);
        close(&det::pullback(&a, &lu, &1.0).unwrap(), &expected, tolerance);
        close(&adjugate::value(&a).unwrap().0, &expected.transpose().to_owned(), tolerance);
        let tangent = random.matrix(3, 3);
        let slope = det::pushforward(&a, &lu, &tangent).unwrap();
        let exact = (0..9).map(|k| expected[(k % 3, k / 3)] * tangent[(k % 3, k / 3)]).sum::<f64>();
        assert!((slope - exact).abs() <= 9.0 * tolerance);
    }
    // The others are rounding; both kinds have to be there for the test to mean something.
    assert!((50..350).contains(&exactly_zero), "{exactly_zero} determinants are exactly 0");
}

#[test]
fn adjugate_and_its_derivative_at_every_rank() {
    let mut random = Random::new(5);
    for n in 1..=5 {
        for rank in 0..=n {
            for _ in 0..8 {
                let a = product(&integers(&mut random, n, rank), &integers(&mut random, rank, n));
                let a = if rank == 0 { vec![vec![0; n]; n] } else { a };
                let v = integers(&mut random, n, n);
                // Entries are polynomials in t of degree below 5, for which this is exact.
                let moved = |t: i64| -> Integers {
                    let entry = |i: usize, j: usize| a[i][j] + t * v[i][j];
                    let row = |i| (0..n).map(|j| entry(i, j)).collect();
                    exact_cofactors(&(0..n).map(row).collect())
                };
                let (far, near) = ((moved(2), moved(-2)), (moved(1), moved(-1)));
                let slope = Mat::from_fn(n, n, |i, j| {
                    let near = near.0[j][i] - near.1[j][i];
                    let far = far.0[j][i] - far.1[j][i];
                    ((8 * near - far) / 12) as f64
                });
                let (x, direction) = (to_mat(&a), to_mat(&v));
                let (c, cofactors) = adjugate::value(&x).unwrap();
                let scale = |power: usize| {
                    let largest = x.norm_max().max(direction.norm_max()).max(1.0);
                    1024.0 * f64::EPSILON * largest.powi(power as i32)
                };
                close(&c.transpose().to_owned(), &to_mat(&exact_cofactors(&a)), scale(n - 1));
                close(&adjugate::pushforward(&cofactors, &direction).unwrap(), &slope, scale(n));
                // <C', adj'[V]> = <pullback(C'), V>
                let cotangent = random.matrix(n, n);
                let gradient = adjugate::pullback(&cofactors, &cotangent).unwrap();
                let inner = |a: &Mat<f64>, b: &Mat<f64>| {
                    (a.transpose() * b).diagonal().column_vector().sum()
                };
                let (left, right) = (inner(&cotangent, &slope), inner(&gradient, &direction));
                assert!((left - right).abs() <= 25.0 * scale(n), "{left} {right}");
            }
        }
    }
}

#[test]
fn the_gradient_is_right_at_small_pivots_too() {
    for gap in [1e-4, 1e-8, 1e-12, 1e-15, 1e-17, 1e-300, 0.0] {
        let a = mat![[gap, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 2.0]];
        let (_, lu) = det::value(&a).unwrap();
        let expected = mat![[2.0, 0.0, 0.0], [0.0, 2.0 * gap, 0.0], [0.0, 0.0, gap]];
        close(&det::pullback(&a, &lu, &1.0).unwrap(), &expected, 1e-15);
        let (_, cofactors) = adjugate::value(&a).unwrap();
        let slope = adjugate::pushforward(
            &cofactors,
            &mat![[1.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]],
        );
        close(&slope.unwrap(), &mat![[0.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 1.0]], 1e-15);
    }
}

fn diagonal(entries: &[f64]) -> Mat<f64> {
    let n = entries.len();
    Mat::from_fn(n, n, |i, j| if i == j { entries[i] } else { 0.0 })
}

#[test]
fn products_of_pivots_stay_in_range() {
    let (y, _) = det::value(&diagonal(&[1e200, 1e200, 1e-300])).unwrap();
    assert!((y / 1e100 - 1.0).abs() < 1e-14);
    let (y, _) = det::value(&diagonal(&[1e-200, 1e-200, 1e300])).unwrap();
    assert!((y / 1e-100 - 1.0).abs() < 1e-14);

    // The determinant underflows, the cofactors do not.
    let a = diagonal(&[1e-200, -1e-200]);
    let (y, lu) = det::value(&a).unwrap();
    assert_eq!(y, 0.0);
    assert_eq!(det::pullback(&a, &lu, &1.0).unwrap(), diagonal(&[-1e-200, 1e-200]));
    let a = diagonal(&[1e200, 1e200, 1e-150, 1e-150]);
    let (_, lu) = det::value(&a).unwrap();
    let gradient = det::pullback(&a, &lu, &1.0).unwrap();
    assert!((gradient[(0, 0)] / 1e-100 - 1.0).abs() < 1e-14);
    assert!((gradient[(3, 3)] / 1e250 - 1.0).abs() < 1e-14);

    // Out of range.
    let large = diagonal(&[10.0; 400]);
    let error = det::value(&large).unwrap_err();
    assert_eq!(
        error.to_string(),
        "det: the determinant must be in the range of floating-point numbers, got inf"
    );
    let small = diagonal(&[0.1; 400]);
    let (y, lu) = det::value(&small).unwrap();
    assert_eq!(y, 0.0);
    assert_eq!(det::pullback(&small, &lu, &1.0).unwrap(), Mat::<f64>::zeros(400, 400));
    let a = diagonal(&[1e200, 1e200, 1e-300]);
    let (_, lu) = det::value(&a).unwrap();
    assert!(matches!(det::pullback(&a, &lu, &1.0), Err(Error::OutsideDomain { .. })));
    assert!(matches!(adjugate::value(&a), Err(Error::OutsideDomain { .. })));
}

#[test]
fn logarithms_of_large_and_small_determinants() {
    for (entry, logarithm) in [(10.0, 10.0_f64.ln()), (0.1, 0.1_f64.ln())] {
        let a = diagonal(&[entry; 400]);
        let (sign, y, lu) = log_abs_det::value(&a).unwrap();
        assert_eq!(sign, 1.0);
        assert!((y / (400.0 * logarithm) - 1.0).abs() < 1e-14);
        close(&log_abs_det::pullback(&lu, &1.0).unwrap(), &diagonal(&[1.0 / entry; 400]), 1e-13);
        let (y, l) = log_det::value(&a).unwrap();
        assert!((y / (400.0 * logarithm) - 1.0).abs() < 1e-14);
        close(&log_det::pullback(&l, &1.0).unwrap(), &diagonal(&[1.0 / entry; 400]), 1e-13);
    }
}

#[test]
fn signs() {
    for (a, expected) in [
        (diagonal(&[-2.0]), -1.0),
        (diagonal(&[-2.0, -3.0]), 1.0),
        (mat![[0.0, 1.0], [1.0, 0.0]], -1.0),
        (mat![[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]], 1.0),
        (Mat::zeros(0, 0), 1.0),
    ] {
        assert_eq!(log_abs_det::value(&a).unwrap().0, expected);
        assert_eq!(det::value(&a).unwrap().0.signum(), expected);
    }
}

#[test]
fn sizes_zero_and_one() {
    let empty = Mat::<f64>::zeros(0, 0);
    let (y, lu) = det::value(&empty).unwrap();
    assert_eq!(y, 1.0);
    assert_eq!(det::pullback(&empty, &lu, &1.0).unwrap().shape(), (0, 0));
    let (_, y, lu) = log_abs_det::value(&empty).unwrap();
    assert_eq!(y, 0.0);
    assert_eq!(log_abs_det::pullback(&lu, &1.0).unwrap().shape(), (0, 0));
    let (y, l) = log_det::value(&empty).unwrap();
    assert_eq!(y, 0.0);
    assert_eq!(log_det::pullback(&l, &1.0).unwrap().shape(), (0, 0));
    assert_eq!(adjugate::value(&empty).unwrap().0.shape(), (0, 0));

    // det'(a) = 1 and adj(a) = 1, at 0 too.
    for a in [0.0, -3.0] {
        let a = mat![[a]];
        let (_, lu) = det::value(&a).unwrap();
        assert_eq!(det::pullback(&a, &lu, &2.0).unwrap(), mat![[2.0]]);
        let (c, cofactors) = adjugate::value(&a).unwrap();
        assert_eq!(c, mat![[1.0]]);
        assert_eq!(adjugate::pullback(&cofactors, &mat![[1.0]]).unwrap(), mat![[0.0]]);
    }
}

#[test]
fn bad_input() {
    let wide = Mat::<f64>::zeros(2, 3);
    let not_square = |op| Error::NotSquare { op, rows: 2, columns: 3 };
    assert_eq!(det::value(&wide).unwrap_err(), not_square("det"));
    assert_eq!(log_abs_det::value(&wide).unwrap_err(), not_square("log_abs_det"));
    assert_eq!(log_det::value(&wide).unwrap_err(), not_square("log_det"));
    assert_eq!(adjugate::value(&wide).unwrap_err(), not_square("adjugate"));

    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let a = mat![[1.0, 0.0], [bad, 1.0]];
        let place = |error: Error| match error {
            Error::NonFiniteEntry { row, column, .. } => Some((row, column)),
            _ => None,
        };
        assert_eq!(place(det::value(&a).unwrap_err()), Some((1, 0)));
        assert_eq!(place(log_abs_det::value(&a).unwrap_err()), Some((1, 0)));
        assert_eq!(place(log_det::value(&a).unwrap_err()), Some((1, 0)));
        assert_eq!(place(adjugate::value(&a).unwrap_err()), Some((1, 0)));
    }

    let a = diagonal(&[1.0, 2.0]);
    let mismatch = |op| Error::ShapeMismatch { op, lhs: (2, 3), rhs: (2, 2) };
    let (_, lu) = det::value(&a).unwrap();
    assert_eq!(det::pushforward(&a, &lu, &wide).unwrap_err(), mismatch("det"));
    assert_eq!(log_abs_det::pushforward(&lu, &wide).unwrap_err(), mismatch("log_abs_det"));
    let (_, l) = log_det::value(&a).unwrap();
    assert_eq!(log_det::pushforward(&l, &wide).unwrap_err(), mismatch("log_det"));
    let (_, cofactors) = adjugate::value(&a).unwrap();
    assert_eq!(adjugate::pushforward(&cofactors, &wide).unwrap_err(), mismatch("adjugate"));
    assert_eq!(adjugate::pullback(&cofactors, &wide).unwrap_err(), mismatch("adjugate"));
}

#[test]
fn logarithms_of_what_is_singular_or_not_definite() {
    let error = log_abs_det::value(&diagonal(&[1.0, 0.0])).unwrap_err();
    assert_eq!(error, Error::Singular { op: "log_abs_det", index: 1, pivot: 0.0 });
    let error = log_abs_det::value(&Mat::<f64>::zeros(3, 3)).unwrap_err();
    assert_eq!(error, Error::Singular { op: "log_abs_det", index: 0, pivot: 0.0 });
    let error = log_det::value(&mat![[1.0, 1.0], [1.0, 1.0]]).unwrap_err();
    assert_eq!(error, Error::NotPositiveDefinite { op: "log_det", index: 1, pivot: 0.0 });
    // 1e308 and 1e-308 are fine, one after the other.
    let (_, y, lu) = log_abs_det::value(&diagonal(&[1e300, 1e-300])).unwrap();
    assert!(y.abs() < 1e-12);
    let gradient = log_abs_det::pullback(&lu, &1.0).unwrap();
    assert!((gradient[(1, 1)] / 1e300 - 1.0).abs() < 1e-14);
}
