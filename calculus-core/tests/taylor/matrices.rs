//! Series of matrices against their defining equations, closed forms and scalar series.

use calculus_core::matrix::Matrix;
use calculus_core::taylor::{MatrixSeries, Series};
use faer::Mat;
use proptest::prelude::*;

const ORDER: usize = 10;

type Matrices = MatrixSeries<Mat<f64>>;

/// Matrices with entries that look random, in $[-1, 1]$.
fn curve(rows: usize, columns: usize, order: usize, seed: f64) -> Matrices {
    let entry = |k: usize, i: usize, j: usize| {
        (seed + 12.9898 * k as f64 + 78.233 * i as f64 + 37.719 * j as f64).sin()
    };
    let coefficients = (0..=order).map(|k| Mat::from_fn(rows, columns, |i, j| entry(k, i, j)));
    MatrixSeries::new(coefficients.collect::<Vec<_>>()).unwrap()
}

/// The same with a leading matrix that is well conditioned.
fn invertible(n: usize, order: usize, seed: f64) -> Matrices {
    let shift = MatrixSeries::constant(Mat::<f64>::identity(n, n), order).unwrap();
    curve(n, n, order, seed).plus(&shift.scaled(2.0 * n as f64).unwrap()).unwrap()
}

/// Symmetric matrices whose leading one is positive definite.
fn symmetric(n: usize, order: usize, seed: f64) -> Matrices {
    let a = invertible(n, order, seed);
    a.plus(&a.transposed()).unwrap()
}

fn largest(a: &Mat<f64>) -> f64 {
    (0..a.nrows()).flat_map(|i| (0..a.ncols()).map(move |j| a[(i, j)].abs())).fold(0.0, f64::max)
}

/// Agreement of every coefficient to a part of the largest entry of all.
#[track_caller]
fn assert_close(found: &Matrices, expected: &Matrices, tolerance: f64) {
    assert_eq!((found.order(), found.shape()), (expected.order(), expected.shape()));
    let scale = expected.coefficients().iter().map(largest).fold(0.0, f64::max);
    for (k, (a, b)) in found.coefficients().iter().zip(expected.coefficients()).enumerate() {
        let difference = largest(&a.minus(b));
        assert!(difference <= tolerance * scale, "order {k}: {difference:e} of {scale:e}");
    }
}

fn identity(n: usize) -> Matrices {
    MatrixSeries::constant(Mat::identity(n, n), ORDER).unwrap()
}

#[test]
fn the_inverse_satisfies_its_equation() {
    for n in [1, 2, 5, 17] {
        let a = invertible(n, ORDER, 0.3);
        let x = a.inverse().unwrap();
        assert_close(&a.matmul(&x).unwrap(), &identity(n), 1e-13);
        assert_close(&x.matmul(&a).unwrap(), &identity(n), 1e-13);
        assert_close(&a.solve(&identity(n)).unwrap(), &x, 1e-13);
        assert_close(&x.inverse().unwrap(), &a, 1e-12);
        assert_close(&a.transposed().inverse().unwrap(), &x.transposed(), 1e-13);
    }
}

#[test]
fn the_solution_satisfies_its_equation() {
    for (n, columns) in [(1, 1), (4, 1), (5, 3), (9, 12)] {
        let (a, b) = (invertible(n, ORDER, 1.7), curve(n, columns, ORDER, 2.9));
        let x = a.solve(&b).unwrap();
        assert_close(&a.matmul(&x).unwrap(), &b, 1e-13);
    }
    // The rows have to be exchanged.
    let a = curve(6, 6, ORDER, 0.1);
    let x = a.solve(&identity(6)).unwrap();
    let scale = x.coefficients().iter().map(largest).fold(0.0, f64::max);
    assert_close(&a.matmul(&x).unwrap(), &identity(6), 1e-14 * scale);
}

#[test]
fn the_cholesky_factor_satisfies_its_equation() {
    for n in [1, 2, 5, 17] {
        let a = symmetric(n, ORDER, 0.9);
        let l = a.cholesky().unwrap();
        assert_close(&l.matmul(&l.transposed()).unwrap(), &a, 1e-13);
        for coefficient in l.coefficients() {
            assert!((0..n).all(|j| (0..j).all(|i| coefficient[(i, j)] == 0.0)));
        }
    }
}

#[test]
fn a_polynomial_is_evaluated_close_by() {
    let (t, n) = (0.02, 5);
    let a = symmetric(n, ORDER, 0.4);
    let there = MatrixSeries::constant(a.evaluate(t), 0).unwrap();
    let close = |found: Mat<f64>, expected: &Matrices| {
        let expected = &expected.coefficients()[0];
        // The coefficients grow no faster than 3^k here: 3^11 t^11 = 4e-14 is cut.
        assert!(largest(&found.minus(expected)) <= 1e-13 * largest(expected));
    };
    close(a.inverse().unwrap().evaluate(t), &there.inverse().unwrap());
    close(a.cholesky().unwrap().evaluate(t), &there.cholesky().unwrap());
    let b = curve(n, 2, ORDER, 5.0);
    let right = MatrixSeries::constant(b.evaluate(t), 0).unwrap();
    close(a.solve(&b).unwrap().evaluate(t), &there.solve(&right).unwrap());
}

#[test]
fn one_by_one_matrices_are_numbers() {
    let series = Series::variable(0.8, ORDER).exp();
    let other = Series::variable(0.3, ORDER).cos();
    let matrices = |x: &Series<f64>| {
        let coefficients = x.coefficients().iter().map(|&c| Mat::full(1, 1, c));
        MatrixSeries::new(coefficients.collect::<Vec<_>>()).unwrap()
    };
    let (a, b) = (matrices(&series), matrices(&other));
    assert_close(&a.matmul(&b).unwrap(), &matrices(&(&series * &other)), 1e-15);
    assert_close(&a.inverse().unwrap(), &matrices(&series.recip()), 1e-15);
    assert_close(&a.solve(&b).unwrap(), &matrices(&(&other / &series)), 1e-15);
    assert_close(&a.cholesky().unwrap(), &matrices(&series.sqrt()), 1e-15);
    assert_eq!(a.entry(0, 0), series);
    assert_eq!(a.derivative().entry(0, 0), series.derivative());
}

/// Compares the entries of a 2 by 2 series.
#[track_caller]
fn assert_entries(a: &Matrices, expected: [[&Series<f64>; 2]; 2], tolerance: f64) {
    for (i, row) in expected.iter().enumerate() {
        for (j, entry) in row.iter().enumerate() {
            for (found, c) in a.entry(i, j).coefficients().iter().zip(entry.coefficients()) {
                assert!((found - c).abs() <= tolerance, "entry ({i}, {j}): {found}, expected {c}");
            }
        }
    }
}

#[test]
fn two_by_two_matrices_have_closed_forms() {
    let a = symmetric(2, ORDER, 0.6);
    let (p, q, r) = (a.entry(0, 0), a.entry(1, 0), a.entry(1, 1));
    let determinant = &p * &r - &q * &q;
    let off = -&q / &determinant;
    let inverse = [[&r / &determinant, off.clone()], [off, &p / &determinant]];
    let expected = [[&inverse[0][0], &inverse[0][1]], [&inverse[1][0], &inverse[1][1]]];
    assert_entries(&a.inverse().unwrap(), expected, 1e-13);
    let first = p.sqrt();
    let below = &q / &first;
    let second = (&r - &below * &below).sqrt();
    let zero = Series::constant(0.0, ORDER);
    assert_entries(&a.cholesky().unwrap(), [[&first, &zero], [&below, &second]], 1e-12);
}

#[test]
fn the_inverse_of_an_exponential_is_that_of_the_negative() {
    // exp(tS) has the coefficients S^k/k!.
    let exponential = |s: Mat<f64>| {
        let mut coefficients = vec![Mat::identity(3, 3)];
        for k in 1..=ORDER {
            let next = s.matmul(&coefficients[k - 1]).scaled(1.0 / k as f64);
            coefficients.push(next);
        }
        MatrixSeries::new(coefficients).unwrap()
    };
    let s = Mat::from_fn(3, 3, |i, j| (1.0 + i as f64 * 2.3 + j as f64).sin());
    let inverse = exponential(s.clone()).inverse().unwrap();
    assert_close(&inverse, &exponential(s.negated()), 1e-14);
}

#[test]
fn a_nilpotent_matrix_has_a_polynomial_inverse() {
    // I - tN for the shift N: the inverse is I + tN + t²N² + ..., exactly, up to N⁴ = 0.
    let shift = Mat::from_fn(4, 4, |i, j| f64::from(i == j + 1));
    let mut coefficients = vec![Mat::zeros(4, 4); ORDER + 1];
    (coefficients[0], coefficients[1]) = (Mat::identity(4, 4), shift.negated());
    let inverse = MatrixSeries::new(coefficients).unwrap().inverse().unwrap();
    for (k, x) in inverse.coefficients().iter().enumerate() {
        assert_eq!(*x, Mat::from_fn(4, 4, |i, j| f64::from(i == j + k)));
    }
}

#[test]
fn orders_and_precisions_may_differ() {
    let (a, b) = (invertible(3, 4, 0.2), curve(3, 2, 7, 0.5));
    assert_eq!(a.solve(&b).unwrap().order(), 4);
    assert_eq!(a.matmul(&b).unwrap().order(), 4);
    let narrow = |a: &Mat<f64>| Mat::from_fn(3, 3, |i, j| a[(i, j)] as f32);
    let single = MatrixSeries::new(a.coefficients().iter().map(narrow).collect::<Vec<_>>());
    let (single, double) = (single.unwrap().inverse().unwrap(), a.inverse().unwrap());
    for (x, y) in single.coefficients().iter().zip(double.coefficients()) {
        let difference = Mat::from_fn(3, 3, |i, j| f64::from(x[(i, j)]) - y[(i, j)]);
        assert!(largest(&difference) < 1e-6);
    }
}

proptest! {
    #[test]
    fn the_inverse_of_a_product_is_the_product_of_the_inverses(
        n in 1_usize..6, s in 0.0..6.0, t in 0.0..6.0,
    ) {
        let (a, b) = (invertible(n, 6, s), invertible(n, 6, t));
        let together = a.matmul(&b).unwrap().inverse().unwrap();
        let apart = b.inverse().unwrap().matmul(&a.inverse().unwrap()).unwrap();
        assert_close(&together, &apart, 1e-12);
    }

    #[test]
    fn the_derivative_of_the_inverse_is_that_of_the_rule(n in 1_usize..6, s in 0.0..6.0) {
        // (A⁻¹)' = -A⁻¹ A' A⁻¹, as series.
        let a = invertible(n, 6, s);
        let x = a.inverse().unwrap();
        let rule = x.matmul(&a.derivative()).unwrap().matmul(&x).unwrap().scaled(-1.0).unwrap();
        assert_close(&x.derivative(), &rule, 1e-12);
    }
}
