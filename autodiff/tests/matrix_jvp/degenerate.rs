//! Points where a derivative does not exist, or does although a naive formula has none.

use core::slice::from_ref;

use autodiff::{DualMatrix, DualNumber, matrix_jvp};
use calculus_core::Error;
use calculus_core::elementary::Unary;
use calculus_core::matrix::{
    Matrix, det, lambda_max, lu, map, symmetric_eigen, symmetric_eigenvalues, symmetric_exp, trace,
};
use faer::{Mat, mat};

/// Functions of a matrix with a repeated eigenvalue have a tangent, its eigenvectors have none, and
/// that matters only where they are asked for.
#[test]
fn a_missing_tangent_is_an_error_where_it_is_needed() {
    let a: Mat<f64> = mat![[1.0, 0.0], [0.0, 1.0]];
    let e = mat![[0.0, 1.0], [1.0, 0.0]];
    let vectors = |x: &[DualMatrix]| Ok(symmetric_eigen::value(&x[0])?.1);
    let error = matrix_jvp(vectors, from_ref(&a), from_ref(&e)).unwrap_err();
    assert!(matches!(error, Error::Degenerate { .. }), "{error}");
    let sum = |x: &[DualMatrix]| trace::value(&symmetric_exp::value(&x[0])?.0);
    let direction = mat![[1.0, 0.0], [0.0, 2.0]];
    let (_, slope) = matrix_jvp(sum, from_ref(&a), &[direction]).unwrap();
    assert!((slope - 3.0 * 1.0_f64.exp()).abs() < 1e-14);
    let exponential = |x: &[DualMatrix]| Ok(symmetric_exp::value(&x[0])?.0);
    let (_, tangent) = matrix_jvp(exponential, &[a], from_ref(&e)).unwrap();
    assert!((tangent - e * 1.0_f64.exp()).norm_max() < 1e-15);
}

/// A factorisation that is refused is an error of the function, in the words of the rule.
#[test]
fn singular_factors_have_no_tangent() {
    let a: Mat<f64> = mat![[0.0, 0.0], [0.0, 1.0]];
    let upper = |x: &[DualMatrix]| Ok(lu::value(&x[0])?.upper());
    let error = matrix_jvp(upper, from_ref(&a), from_ref(&a)).unwrap_err();
    assert!(matches!(error, Error::Singular { .. }), "{error}");
    // A last pivot of 0 does no harm.
    let b = mat![[1.0, 0.0], [0.0, 0.0]];
    let determinant = |x: &[DualMatrix]| Ok(det::value(&x[0])?.0);
    assert_eq!(matrix_jvp(determinant, &[b], &[a]).unwrap(), (0.0, 1.0));
}

#[test]
fn a_tangent_of_zero_stays_zero_through_an_infinite_slope() {
    let roots = |x: &[DualMatrix]| map::value(&x[0], Unary::Sqrt);
    let (_, tangent) = matrix_jvp(roots, &[mat![[0.0, 4.0]]], &[mat![[0.0, 1.0]]]).unwrap();
    assert_eq!(tangent, mat![[0.0, 0.25]]);
    let (_, tangent) = matrix_jvp(roots, &[mat![[0.0, 4.0]]], &[mat![[2.0, 1.0]]]).unwrap();
    assert_eq!(tangent, mat![[f64::INFINITY, 0.25]]);
}

#[test]
fn equal_eigenvalues_share_the_slope() {
    let a = mat![[2.0, 0.0], [0.0, 2.0]];
    let e = mat![[1.0, 0.0], [0.0, 3.0]];
    let values = |x: &[DualMatrix]| Ok(symmetric_eigenvalues::value(&x[0])?.0);
    assert_eq!(matrix_jvp(values, from_ref(&a), from_ref(&e)).unwrap().1, mat![[2.0], [2.0]]);
    let largest = |x: &[DualMatrix]| Ok(lambda_max::value(&x[0])?.0);
    assert_eq!(matrix_jvp(largest, &[a], &[e]).unwrap().1, 2.0);
}

#[test]
fn empty_matrices_and_constants() {
    let empty: Mat<f64> = Mat::new();
    let f = |x: &[DualMatrix]| Ok((det::value(&x[0])?.0, x[0].transposed()));
    let ((y, c), (slope, tangent)) = matrix_jvp(f, from_ref(&empty), from_ref(&empty)).unwrap();
    assert_eq!((y, slope, c.shape(), tangent.shape()), (1.0, 0.0, (0, 0), (0, 0)));
    let constant = |_: &[DualMatrix]| Ok(DualMatrix::constant(mat![[3.0]]));
    assert_eq!(matrix_jvp(constant, from_ref(&empty), from_ref(&empty)).unwrap().1, mat![[0.0]]);
}

#[test]
fn single_precision() {
    let a: Mat<f32> = mat![[2.0, 0.0], [0.0, 4.0]];
    let e = mat![[1.0, 0.0], [0.0, 0.0]];
    let f = |x: &[DualMatrix<Mat<f32>>]| -> Result<DualNumber<Mat<f32>>, Error> {
        Ok(det::value(&x[0])?.0)
    };
    assert_eq!(matrix_jvp(f, &[a], &[e]).unwrap(), (8.0, 4.0));
}

#[test]
#[should_panic(expected = "a tangent has the shape of its matrix")]
fn shapes_are_checked() {
    let _ = DualMatrix::new(Mat::<f64>::zeros(2, 2), Mat::zeros(2, 1));
}

#[test]
#[cfg(debug_assertions)]
#[should_panic(expected = "perturbation confusion")]
fn confusion_is_caught_in_debug_builds() {
    let (a, e) = (mat![[2.0]], mat![[1.0]]);
    let outer = |x: &[DualMatrix]| {
        let inner = |y: &[DualMatrix]| Ok(x[0].plus(&y[0]));
        let slope = matrix_jvp(inner, &[mat![[1.0]]], &[mat![[1.0]]])?.1;
        Ok(x[0].scaled(slope[(0, 0)]))
    };
    let _ = matrix_jvp(outer, &[a], &[e]);
}
