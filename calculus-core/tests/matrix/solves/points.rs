//! Points where a solve is delicate, and what is not one.

use super::*;

fn diagonal(entries: &[f64]) -> Mat<f64> {
    let n = entries.len();
    Mat::from_fn(n, n, |i, j| if i == j { entries[i] } else { 0.0 })
}

#[track_caller]
fn close<T: Element>(found: MatRef<'_, T>, expected: MatRef<'_, T>, tolerance: f64) {
    let error = (found - expected).norm_max().to_f64();
    assert!(error <= tolerance, "{found:?} should be {expected:?}, off by {error:e}");
}

/// The smallest pivot, and all of `Error::Singular`.
#[track_caller]
fn singular<V: core::fmt::Debug>(result: Result<V, Error>, expected: (usize, f64)) {
    match result {
        Err(Error::Singular { index, pivot, .. }) => assert_eq!((index, pivot), expected),
        other => panic!("{other:?}"),
    }
}

#[test]
fn lu_with_row_exchanges_and_a_last_pivot_of_zero() {
    let mut random = Random::new(3);
    // Rank 3 of 4, and a first row that must move.
    let a = random.matrix(4, 3) * random.matrix(3, 4);
    let mut a = Mat::from_fn(4, 4, |i, j| if i == 0 { a[(i, j)] * 0.01 } else { a[(i, j)] });
    for j in 0..4 {
        a[(3, j)] = a[(1, j)] - a[(2, j)];
    }
    let factors = lu::value(&a).unwrap();
    let (l, u) = (factors.lower(), factors.upper());
    let permuted = Mat::from_fn(4, 4, |i, j| a[(factors.rows[i], j)]);
    close((&l * &u).as_ref(), permuted.as_ref(), 1e-14);

    // P A' = L' U + L U' holds at any rank, and the adjoint identity with it.
    let tangent = random.matrix(4, 4);
    let (l_tangent, u_tangent) = lu::pushforward(&factors, &tangent).unwrap();
    let moved = Mat::from_fn(4, 4, |i, j| tangent[(factors.rows[i], j)]);
    close((&l_tangent * &u + &l * &u_tangent).as_ref(), moved.as_ref(), 1e-10);
    let (l_bar, u_bar) = (random.matrix(4, 4), random.matrix(4, 4));
    let gradient = lu::pullback(&factors, &l_bar, &u_bar).unwrap();
    let inner = |a: &Mat<f64>, b: &Mat<f64>| (a.transpose() * b).diagonal().column_vector().sum();
    let left = inner(&l_bar, &l_tangent) + inner(&u_bar, &u_tangent);
    let right = inner(&gradient, &tangent);
    assert!((left - right).abs() <= 1e-9 * left.abs().max(1.0), "{left} {right}");

    // An exact zero at the end is no obstacle, one before it is.
    let factors = lu::value(&diagonal(&[1.0, 2.0, 0.0])).unwrap();
    let (l_tangent, u_tangent) = lu::pushforward(&factors, &Mat::full(3, 3, 1.0)).unwrap();
    assert_eq!(l_tangent, mat![[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [1.0, 0.5, 0.0]]);
    assert_eq!(u_tangent, mat![[1.0, 1.0, 1.0], [0.0, 1.0, 1.0], [0.0, 0.0, 1.0]]);
    let zero = lu::value(&Mat::<f64>::zeros(2, 2)).unwrap();
    singular(lu::pushforward(&zero, &Mat::zeros(2, 2)), (0, 0.0));
    singular(lu::pullback(&zero, &Mat::zeros(2, 2), &Mat::zeros(2, 2)), (0, 0.0));
    // A pivot of 0 leaves finite factors, whose product is the matrix.
    for a in [Mat::zeros(3, 3), mat![[0.0, 2.0, 1.0], [0.0, 4.0, 3.0], [0.0, 1.0, 5.0]]] {
        let factors = lu::value(&a).unwrap();
        let permuted = Mat::from_fn(3, 3, |i, j| a[(factors.rows[i], j)]);
        close((factors.lower() * factors.upper()).as_ref(), permuted.as_ref(), 1e-15);
    }
    let one = lu::value(&mat![[0.0]]).unwrap();
    assert_eq!(lu::pullback(&one, &mat![[5.0]], &mat![[3.0]]).unwrap(), mat![[3.0]]);
}

#[test]
fn large_systems_with_row_exchanges() {
    let mut random = Random::new(11);
    let n = 60;
    let (a, b) = (random.matrix(n, n), random.matrix(n, 3));
    let (x, factors) = solve::value(&a, Transpose::No, &b).unwrap();
    close((&a * &x).as_ref(), b.as_ref(), 1e-11);
    let x = solve::from_factors(&factors, Transpose::Yes, &b).unwrap();
    close((a.transpose() * &x).as_ref(), b.as_ref(), 1e-11);
    let bt = b.transpose().to_owned();
    let (x, factors) = solve_right::value(&bt, &a).unwrap();
    close((&x * &a).as_ref(), bt.as_ref(), 1e-11);
    let (b_bar, _) = solve_right::pullback(&factors, &x, &bt).unwrap();
    close((&b_bar * a.transpose()).as_ref(), bt.as_ref(), 1e-11);
    let c = inverse::value(&a).unwrap();
    close((&a * &c).as_ref(), Mat::identity(n, n).as_ref(), 1e-11);
}

#[test]
fn near_a_singular_matrix_answers_are_large_and_finite() {
    for gap in [1e-10, 1e-15, 1e-100, 1e-150] {
        let (a, b) = (diagonal(&[1.0, gap]), mat![[1.0], [1.0]]);
        let c = inverse::value(&a).unwrap();
        assert!((c[(1, 1)] * gap - 1.0).abs() < 1e-14);
        assert!(inverse::pullback(&c, &Mat::full(2, 2, 1.0)).unwrap().is_all_finite());
        let (x, factors) = solve::value(&a, Transpose::No, &b).unwrap();
        assert!((x[(1, 0)] * gap - 1.0).abs() < 1e-14);
        let (a_bar, b_bar) = solve::pullback(&factors, Transpose::No, &x, &b).unwrap();
        assert!(a_bar.is_all_finite() && b_bar.is_all_finite());
        let (x, _) = solve_definite::value(&a, &b).unwrap();
        assert!((x[(1, 0)] * gap - 1.0).abs() < 1e-14);
    }
}

#[test]
fn singular_matrices_are_errors_with_the_pivot() {
    let (no, b) = (Transpose::No, mat![[1.0], [1.0]]);
    for (a, expected) in [
        (Mat::<f64>::zeros(2, 2), (0, 0.0)),
        (diagonal(&[1.0, 0.0]), (1, 0.0)),
        (Mat::full(2, 2, 1.0), (1, 0.0)),
        // The quotient overflows.
        (diagonal(&[1.0, 5e-324]), (1, 5e-324)),
    ] {
        singular(inverse::value(&a), expected);
        singular(solve::value(&a, no, &b), expected);
        singular(solve::value(&a, Transpose::Yes, &b), expected);
        singular(solve_right::value(&b.transpose().to_owned(), &a), expected);
        singular(
            schur_complement::value(&a, &b, &b.transpose().to_owned(), &mat![[0.0]]),
            expected,
        );
    }
    for (t, expected) in
        [(diagonal(&[1.0, 0.0]), (1, 0.0)), (diagonal(&[5e-324, 1.0]), (0, 5e-324))]
    {
        singular(solve_triangular::value(&t, Triangle::Upper, no, &b), expected);
        singular(cholesky_solve::value(&t, &b), expected);
    }
    let zero = diagonal(&[1.0, 0.0]);
    singular(solve_triangular::pullback(&zero, Triangle::Lower, no, &b, &b), (1, 0.0));
    singular(cholesky_solve::pullback(&zero, &b, &b), (1, 0.0));
    // A unit diagonal is not read.
    let x = solve_triangular::value(&zero, Triangle::UnitLower, no, &b).unwrap();
    assert_eq!(x, b);
    let error = solve_definite::value(&Mat::full(2, 2, 1.0), &b).unwrap_err();
    let op = "solve_definite";
    assert_eq!(error, Error::NotPositiveDefinite { op, index: 1, pivot: 0.0 });
}

#[test]
fn sylvester_equations_with_complex_and_defective_eigenvalues() {
    let mut random = Random::new(17);
    for (m, n) in [(1, 7), (2, 2), (30, 40), (90, 3)] {
        let mut a = random.matrix(m, m);
        let mut b = random.matrix(n, n);
        // Eigenvalues in discs on the right, complex in pairs.
        let (shift_a, shift_b) = (2.0 + (m as f64).sqrt(), 2.0 + (n as f64).sqrt());
        (0..m).for_each(|i| a[(i, i)] += shift_a);
        (0..n).for_each(|i| b[(i, i)] += shift_b);
        let c = random.matrix(m, n);
        let (x, forms) = sylvester::value(&a, &b, &c).unwrap();
        close((&a * &x + &x * &b).as_ref(), c.as_ref(), 1e-12);
        let (_, _, z) = sylvester::pullback(&forms, &x, &c).unwrap();
        close((a.transpose() * &z + &z * b.transpose()).as_ref(), c.as_ref(), 1e-12);
        let q = random.matrix(m, m);
        let (x, form) = lyapunov::value(&a, &q).unwrap();
        close((&a * &x + &x * a.transpose()).as_ref(), q.as_ref(), 1e-12);
        let (_, z) = lyapunov::pullback(&form, &x, &q).unwrap();
        close((a.transpose() * &z + &z * &a).as_ref(), q.as_ref(), 1e-12);
    }
    // One Jordan block, a rotation, a permutation on which unshifted iterations stand still.
    let jordan = Mat::from_fn(6, 6, |i, j| f64::from(u8::from(i == j) + u8::from(i + 1 == j)));
    let turn = mat![[1.0, 5.0], [-5.0, 1.0]];
    let cycle = Mat::from_fn(5, 5, |i, j| f64::from(u8::from((i + 1) % 5 == j)));
    let shifted = &cycle + diagonal(&[2.0; 5]);
    for a in [&jordan, &turn, &shifted] {
        for b in [&jordan, &turn, &shifted] {
            let c = random.matrix(a.nrows(), b.nrows());
            let (x, _) = sylvester::value(a, b, &c).unwrap();
            close((a * &x + &x * b).as_ref(), c.as_ref(), 1e-11);
        }
    }
    // Its own eigenvalues are the fifth roots of 1, of which no two add up to 0.
    let (x, _) = lyapunov::value(&cycle, &jordan.submatrix(0, 0, 5, 5).to_owned()).unwrap();
    let sum = &cycle * &x + &x * cycle.transpose();
    close(sum.as_ref(), jordan.submatrix(0, 0, 5, 5), 1e-13);
}

#[test]
fn sylvester_equations_without_a_solution() {
    let c = Mat::<f64>::full(2, 2, 1.0);
    // lambda_1(A) + lambda_0(B) = 0: entry (1, 0).
    singular(sylvester::value(&diagonal(&[1.0, 2.0]), &diagonal(&[-2.0, 5.0]), &c), (1, 0.0));
    singular(sylvester::value(&diagonal(&[1.0, 2.0]), &diagonal(&[5.0, -1.0]), &c), (2, 0.0));
    singular(lyapunov::value(&Mat::zeros(2, 2), &c), (0, 0.0));
    // Eigenvalues that add up to 0 in exact arithmetic only.
    let turn = mat![[0.3, 2.7], [-1.1, -0.3]];
    assert!(
        matches!(lyapunov::value(&turn, &c), Err(Error::Singular { pivot, .. }) if pivot < 1e-15)
    );
    // Nearly so: large and finite.
    let (x, _) = sylvester::value(&mat![[1.0_f64]], &mat![[-1.0 + 1e-12]], &mat![[1.0]]).unwrap();
    assert!(x[(0, 0)] > 1e11 && x[(0, 0)].is_finite());
    let single = sylvester::value(&mat![[1.0_f32]], &mat![[-1.0_f32 + 1e-8]], &mat![[1.0_f32]]);
    assert!(matches!(single, Err(Error::Singular { .. })));
}

#[test]
fn pseudoinverses_of_any_rank() {
    // The four conditions of Penrose, at every rank.
    let mut random = Random::new(23);
    for rank in 0..=3 {
        let a = random.matrix(5, rank) * random.matrix(rank, 3);
        let (p, found) = pseudoinverse::value(&a, None).unwrap();
        assert_eq!(found, rank);
        let tolerance = 1e-11;
        close((&a * &p * &a).as_ref(), a.as_ref(), tolerance);
        close((&p * &a * &p).as_ref(), p.as_ref(), tolerance);
        close((&a * &p).as_ref(), (&a * &p).transpose(), tolerance);
        close((&p * &a).as_ref(), (&p * &a).transpose(), tolerance);
    }
    // The zero matrix: the only matrix of rank 0.
    let zero = Mat::<f64>::zeros(2, 3);
    let (p, rank) = pseudoinverse::value(&zero, None).unwrap();
    assert_eq!((p.clone(), rank), (Mat::zeros(3, 2), 0));
    assert_eq!(pseudoinverse::pullback(&zero, &p, &Mat::full(3, 2, 1.0)).unwrap(), zero);
    // The tolerance decides.
    let a = diagonal(&[1.0, 1e-8]);
    assert_eq!(pseudoinverse::value(&a, None).unwrap().1, 2);
    let (p, rank) = pseudoinverse::value(&a, Some(1e-6)).unwrap();
    assert_eq!(rank, 1);
    close(p.as_ref(), diagonal(&[1.0, 0.0]).as_ref(), 1e-15);
    assert_eq!(pseudoinverse::value(&a, Some(0.0)).unwrap().1, 2);
    for bad in [-1.0, 1.0, f64::NAN, f64::INFINITY] {
        let error = pseudoinverse::value(&a, Some(bad)).unwrap_err();
        assert!(matches!(error, Error::OutsideDomain { argument: "the tolerance", .. }));
    }
    for shape in [(0, 0), (0, 3), (3, 0)] {
        let (p, rank) = pseudoinverse::value(&Mat::<f64>::zeros(shape.0, shape.1), None).unwrap();
        assert_eq!((p.shape(), rank), ((shape.1, shape.0), 0));
    }
}

#[test]
fn least_squares_keeps_the_digits_that_the_normal_equations_lose() {
    // Läuchli's matrix: A'A is singular in double precision.
    let e = 1e-9;
    let a = mat![[1.0, 1.0], [e, 0.0], [0.0, e]];
    let b = mat![[2.0], [e], [e]];
    let fit = least_squares::value(&a, &b).unwrap();
    close(fit.x.as_ref(), mat![[1.0], [1.0]].as_ref(), 1e-6);
    let a = a.transpose().to_owned();
    let solution = least_norm::value(&a, &mat![[1.0], [1.0]]).unwrap();
    close((&a * &solution.x).as_ref(), mat![[1.0], [1.0]].as_ref(), 1e-14);
    assert!(least_squares::pullback(&fit, &mat![[1.0], [1.0]]).unwrap().0.is_all_finite());

    // Dependent columns and rows.
    let dependent = mat![[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]];
    let error = least_squares::value(&dependent, &b).unwrap_err();
    assert!(matches!(error, Error::Singular { index: 1, pivot, .. } if pivot.abs() < 1e-14));
    let error =
        least_norm::value(&dependent.transpose().to_owned(), &mat![[1.0], [1.0]]).unwrap_err();
    assert!(matches!(error, Error::Singular { index: 1, pivot, .. } if pivot.abs() < 1e-14));
    singular(least_squares::value(&Mat::<f64>::zeros(3, 2), &b), (0, 0.0));
    // The wrong function.
    let wide = Mat::<f64>::zeros(2, 3);
    let error = least_squares::value(&wide, &mat![[1.0], [1.0]]).unwrap_err();
    assert!(matches!(error, Error::ShapeMismatch { lhs: (2, 3), .. }));
    let error = least_norm::value(&dependent, &b).unwrap_err();
    assert!(matches!(error, Error::ShapeMismatch { lhs: (3, 2), .. }));
}

#[test]
fn a_cayley_transform_is_a_rotation() {
    let mut random = Random::new(29);
    for n in 0..6 {
        let (q, _) = cayley::value(&random.matrix(n, n)).unwrap();
        close((q.transpose() * &q).as_ref(), Mat::identity(n, n).as_ref(), 1e-14);
    }
    // A symmetric matrix has no skew part.
    assert_eq!(cayley::value(&diagonal(&[2.0, 7.0])).unwrap().0, Mat::<f64>::identity(2, 2));
    // A large one turns by almost half a circle.
    let (q, _) = cayley::value(&mat![[0.0, 1e12], [0.0, 0.0]]).unwrap();
    close(q.as_ref(), diagonal(&[-1.0, -1.0]).as_ref(), 1e-11);
}

/// A triangle is read, the other one may be anything.
#[test]
fn only_one_triangle_is_read() {
    let mut s = mat![[4.0, f64::MAX], [1.0, 3.0]];
    let b = mat![[1.0], [2.0]];
    let (x, _) = solve_definite::value(&s, &b).unwrap();
    let expected = solve_definite::value(&mat![[4.0, 1.0], [1.0, 3.0]], &b).unwrap().0;
    assert_eq!(x, expected);
    s[(0, 1)] = f64::NAN;
    assert!(matches!(solve_definite::value(&s, &b), Err(Error::NonFiniteEntry { .. })));
    let expected = cholesky_solve::value(&mat![[4.0, 0.0], [1.0, 3.0]], &b).unwrap();
    assert_eq!(cholesky_solve::value(&s, &b).unwrap(), expected);
    let (l_bar, _) = cholesky_solve::pullback(&s, &expected, &b).unwrap();
    assert!(l_bar.is_all_finite() && l_bar[(0, 1)] == 0.0);
    let dl = cholesky_solve::pushforward(&s, &expected, &s, &b).unwrap();
    assert!(dl.is_all_finite());
}

#[test]
fn entries_that_are_not_finite() {
    let (no, good, b) = (Transpose::No, diagonal(&[1.0, 2.0]), mat![[1.0], [2.0]]);
    let row = b.transpose().to_owned();
    for bad in [f64::NAN, f64::INFINITY] {
        let a = mat![[1.0, 0.0], [bad, 1.0]];
        let c = mat![[1.0], [bad]];
        let d = c.transpose().to_owned();
        let lower = Triangle::Lower;
        let errors = [
            lu::value(&a).unwrap_err(),
            inverse::value(&a).unwrap_err(),
            solve::value(&a, no, &b).unwrap_err(),
            solve::value(&good, no, &c).unwrap_err(),
            solve_right::value(&row, &a).unwrap_err(),
            solve_right::value(&d, &good).unwrap_err(),
            solve_triangular::value(&a, lower, no, &b).unwrap_err(),
            solve_triangular::value(&good, lower, no, &c).unwrap_err(),
            solve_definite::value(&a, &b).unwrap_err(),
            solve_definite::value(&good, &c).unwrap_err(),
            cholesky_solve::value(&a, &b).unwrap_err(),
            cholesky_solve::value(&good, &c).unwrap_err(),
            sylvester::value(&a, &good, &good).unwrap_err(),
            sylvester::value(&good, &a, &good).unwrap_err(),
            sylvester::value(&good, &good, &a).unwrap_err(),
            lyapunov::value(&a, &good).unwrap_err(),
            lyapunov::value(&good, &a).unwrap_err(),
            pseudoinverse::value(&a, None).unwrap_err(),
            least_squares::value(&a, &b).unwrap_err(),
            least_squares::value(&good, &c).unwrap_err(),
            least_norm::value(&a, &b).unwrap_err(),
            least_norm::value(&good, &c).unwrap_err(),
            schur_complement::value(&a, &good, &good, &good).unwrap_err(),
            schur_complement::value(&good, &a, &good, &good).unwrap_err(),
            schur_complement::value(&good, &good, &a, &good).unwrap_err(),
            schur_complement::value(&good, &good, &good, &a).unwrap_err(),
            cayley::value(&a).unwrap_err(),
        ];
        for error in errors {
            assert!(matches!(error, Error::NonFiniteEntry { .. }), "{error}");
        }
    }
}

#[test]
fn shapes_that_do_not_fit() {
    let no = Transpose::No;
    let (a, b, odd) = (diagonal(&[1.0, 2.0]), mat![[1.0], [2.0]], Mat::<f64>::zeros(3, 1));
    let wide = Mat::<f64>::zeros(2, 3);
    let factors = lu::value(&a).unwrap();
    let (lower, row) = (Triangle::Lower, b.transpose().to_owned());
    let (x, forms) = sylvester::value(&a, &a, &a).unwrap();
    let (_, form) = lyapunov::value(&a, &a).unwrap();
    let (fit, solution) =
        (least_squares::value(&a, &b).unwrap(), least_norm::value(&a, &b).unwrap());
    let complement = schur_complement::value(&a, &a, &a, &a).unwrap();
    let errors = [
        lu::value(&wide).map(drop),
        lu::pushforward(&factors, &wide).map(drop),
        lu::pullback(&factors, &wide, &a).map(drop),
        lu::pullback(&factors, &a, &wide).map(drop),
        inverse::value(&wide).map(drop),
        inverse::pushforward(&a, &wide).map(drop),
        inverse::pullback(&a, &wide).map(drop),
        solve::value(&wide, no, &b).map(drop),
        solve::value(&a, no, &odd).map(drop),
        solve::from_factors(&factors, no, &odd).map(drop),
        solve::pushforward(&factors, no, &b, &wide, &b).map(drop),
        solve::pushforward(&factors, no, &b, &a, &odd).map(drop),
        solve::pushforward(&factors, no, &odd, &a, &odd).map(drop),
        solve::pullback(&factors, no, &b, &odd).map(drop),
        solve::pullback(&factors, no, &odd, &odd).map(drop),
        solve_right::value(&b, &a).map(drop),
        solve_right::value(&row, &wide).map(drop),
        solve_right::pushforward(&factors, &row, &b, &a).map(drop),
        solve_right::pushforward(&factors, &row, &row, &wide).map(drop),
        solve_right::pullback(&factors, &row, &b).map(drop),
        solve_right::pullback(&factors, &b, &b).map(drop),
        solve_triangular::value(&wide, lower, no, &b).map(drop),
        solve_triangular::value(&a, lower, no, &odd).map(drop),
        solve_triangular::pushforward(&a, lower, no, &b, &wide, &b).map(drop),
        solve_triangular::pushforward(&a, lower, no, &b, &a, &odd).map(drop),
        solve_triangular::pullback(&a, lower, no, &b, &odd).map(drop),
        solve_triangular::pullback(&a, lower, no, &odd, &odd).map(drop),
        solve_definite::value(&wide, &b).map(drop),
        solve_definite::value(&a, &odd).map(drop),
        solve_definite::pushforward(&a, &b, &wide, &b).map(drop),
        solve_definite::pushforward(&a, &b, &a, &odd).map(drop),
        solve_definite::pullback(&a, &b, &odd).map(drop),
        cholesky_solve::value(&wide, &b).map(drop),
        cholesky_solve::value(&a, &odd).map(drop),
        cholesky_solve::pushforward(&a, &b, &wide, &b).map(drop),
        cholesky_solve::pushforward(&a, &b, &a, &odd).map(drop),
        cholesky_solve::pullback(&a, &b, &odd).map(drop),
        sylvester::value(&wide, &a, &a).map(drop),
        sylvester::value(&a, &wide, &a).map(drop),
        sylvester::value(&a, &a, &wide).map(drop),
        sylvester::pushforward(&forms, &x, &wide, &a, &a).map(drop),
        sylvester::pushforward(&forms, &x, &a, &wide, &a).map(drop),
        sylvester::pushforward(&forms, &x, &a, &a, &wide).map(drop),
        sylvester::pullback(&forms, &x, &wide).map(drop),
        lyapunov::value(&wide, &a).map(drop),
        lyapunov::value(&a, &wide).map(drop),
        lyapunov::pushforward(&form, &x, &wide, &a).map(drop),
        lyapunov::pushforward(&form, &x, &a, &wide).map(drop),
        lyapunov::pullback(&form, &x, &wide).map(drop),
        pseudoinverse::pushforward(&a, &a, &wide).map(drop),
        pseudoinverse::pushforward(&a, &wide, &a).map(drop),
        pseudoinverse::pullback(&a, &a, &wide).map(drop),
        pseudoinverse::pullback(&a, &wide, &a).map(drop),
        least_squares::value(&a, &odd).map(drop),
        least_squares::pushforward(&fit, &wide, &b).map(drop),
        least_squares::pushforward(&fit, &a, &odd).map(drop),
        least_squares::pullback(&fit, &odd).map(drop),
        least_norm::value(&a, &odd).map(drop),
        least_norm::pushforward(&solution, &wide, &b).map(drop),
        least_norm::pushforward(&solution, &a, &odd).map(drop),
        least_norm::pullback(&solution, &odd).map(drop),
        schur_complement::value(&wide, &a, &a, &a).map(drop),
        schur_complement::value(&a, &odd, &a, &a).map(drop),
        schur_complement::value(&a, &a, &wide, &a).map(drop),
        schur_complement::value(&a, &a, &a, &wide).map(drop),
        schur_complement::pushforward(&wide, &complement, &a, &a, &a, &a).map(drop),
        schur_complement::pushforward(&a, &complement, &wide, &a, &a, &a).map(drop),
        schur_complement::pushforward(&a, &complement, &a, &wide, &a, &a).map(drop),
        schur_complement::pushforward(&a, &complement, &a, &a, &wide, &a).map(drop),
        schur_complement::pushforward(&a, &complement, &a, &a, &a, &wide).map(drop),
        schur_complement::pullback(&wide, &complement, &a).map(drop),
        schur_complement::pullback(&a, &complement, &wide).map(drop),
        cayley::value(&wide).map(drop),
        cayley::pushforward(&factors, &a, &wide).map(drop),
        cayley::pullback(&factors, &a, &wide).map(drop),
    ];
    for (index, result) in errors.into_iter().enumerate() {
        let fits = matches!(result, Err(Error::ShapeMismatch { .. } | Error::NotSquare { .. }));
        assert!(fits, "number {index}: {result:?}");
    }
}

#[test]
fn pseudoinverses_of_small_matrices_have_the_derivatives_of_inverses() {
    let scale = 2f64.powi(-500);
    let a = mat![[2.0, 1.0], [0.0, 1.0]] * scale;
    let (p, _) = pseudoinverse::value(&a, None).unwrap();
    let e = mat![[1.0, -2.0], [0.5, 3.0]];
    let expected = inverse::pushforward(&p, &e).unwrap() * (scale * scale);
    let found = pseudoinverse::pushforward(&a, &p, &e).unwrap() * (scale * scale);
    close(found.as_ref(), expected.as_ref(), 1e-13);
    let expected = inverse::pullback(&p, &e).unwrap() * (scale * scale);
    let found = pseudoinverse::pullback(&a, &p, &e).unwrap() * (scale * scale);
    close(found.as_ref(), expected.as_ref(), 1e-13);
}

#[test]
fn a_derivative_that_overflows_is_an_error_and_not_nan() {
    use calculus_core::matrix::{Transpose, cholesky, log_det, lu, solve, solve_definite};
    let a = faer::mat![[1e-300, 0.0], [0.0, 1e-300]];
    let (b, cotangent) = (faer::mat![[1.0], [1.0]], faer::mat![[1.0, 2.0], [3.0, 4.0]]);
    let no = Transpose::No;
    let overflow = |error: Error| assert!(matches!(error, Error::OutsideDomain { .. }), "{error}");
    let (x, factors) = solve::value(&a, no, &b).unwrap();
    overflow(solve::pullback(&factors, no, &x, &b).unwrap_err());
    let (x, l) = solve_definite::value(&a, &b).unwrap();
    overflow(solve_definite::pullback(&l, &x, &b).unwrap_err());
    overflow(log_det::pullback(&l, &1e100).unwrap_err());
    overflow(cholesky::pullback(&l, &(&cotangent * faer::Scale(1e200))).unwrap_err());
    let huge = &cotangent * faer::Scale(1e100);
    overflow(lu::pullback(&factors, &huge, &huge).unwrap_err());
}
