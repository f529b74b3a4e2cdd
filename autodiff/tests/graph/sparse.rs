//! Sparse Jacobians and Hessians against dense ones.

use autodiff::matrix::{VarMatrix, matmul, solve_triangular};
use autodiff::{Function, Rows, Var, map_over, scan, scan_checkpointed, sum_over, vector};
use calculus_core::Real;
use calculus_core::coloring::Pattern;
use calculus_core::matrix::Triangle;
use faer::sparse::SparseColMatRef;
use proptest::prelude::*;

/// Every entry of the dense matrix, to rounding: an entry of the sparse one, or zero. Substitution
/// adds up the errors of some entries.
fn assert_same(sparse: SparseColMatRef<'_, usize, f64>, dense: impl Fn(usize, usize) -> f64) {
    let entries = (0..sparse.nrows()).flat_map(|i| (0..sparse.ncols()).map(move |j| (i, j)));
    let scale = entries.clone().fold(1.0, |m: f64, (i, j)| m.max(dense(i, j).abs()));
    for (i, j) in entries {
        let found = sparse.get(i, j).copied().unwrap_or(0.0);
        assert!((found - dense(i, j)).abs() <= 1e-12 * scale, "({i}, {j}): {found}");
    }
}

fn assert_hessian(f: impl Fn(&[Var]) -> Var, points: &[Vec<f64>]) {
    let mut function = Function::new(f, &points[0]);
    let mut sparse = function.sparse_hessian();
    for x in points {
        let n = x.len();
        let mut dense = vec![0.0; n * n];
        function.hessian(x, &mut dense);
        assert_same(sparse.evaluate(x), |i, j| dense[i * n + j]);
    }
}

fn assert_jacobian(f: impl Fn(&[Var]) -> Vec<Var>, points: &[Vec<f64>]) {
    let mut function = Function::new(f, &points[0]);
    let mut sparse = function.sparse_jacobian();
    for x in points {
        let dense = function.jacobian(x);
        assert_same(sparse.evaluate(x), |i, j| dense[(i, j)]);
    }
}

/// Some points with as many coordinates.
fn points(n: usize) -> Vec<Vec<f64>> {
    (0..3).map(|k| (0..n).map(|i| ((3 * i + 7 * k) as f64).sin()).collect()).collect()
}

/// Terms of two or three variables each.
fn term<T: Real>(kind: usize, a: T, b: T, c: T) -> T {
    match kind % 5 {
        0 => a * b,
        1 => (a + 2.0 * b).sin() * c,
        2 => a / (1.0 + b * b),
        3 => (a - b).exp() + c,
        _ => a.hypot(b + 3.0).max(c),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..Default::default() })]

    #[test]
    fn random_sparse_graphs(
        n in 1..40_usize,
        terms in prop::collection::vec((0..5_usize, any::<[usize; 3]>()), 1..60),
    ) {
        let all = |x: &[Var]| -> Vec<Var> {
            let of = |&(kind, [a, b, c]): &(usize, [usize; 3])| {
                term(kind, x[a % n], x[b % n], x[c % n])
            };
            terms.iter().map(of).collect()
        };
        assert_jacobian(all, &points(n));
        assert_hessian(|x| all(x).into_iter().sum(), &points(n));
    }
}

#[test]
fn bands_arrows_and_blocks() {
    let n = 30;
    let sum =
        |x: &[Var], f: &dyn Fn(&[Var], usize) -> Var| -> Var { (0..n).map(|i| f(x, i)).sum() };
    let check = |f: &dyn Fn(&[Var], usize) -> Var, pattern: Pattern, colors: usize| {
        let mut hessian = Function::new(|x: &[Var]| sum(x, f), &vec![0.5; n]).sparse_hessian();
        assert_eq!((hessian.pattern(), hessian.colors()), (&pattern, colors));
        hessian.evaluate(&vec![0.25; n]);
        assert_hessian(|x| sum(x, f), &points(n));
    };
    let band = |x: &[Var], i: usize| {
        let near = &x[i.saturating_sub(2)..(i + 1).min(n)];
        near.iter().sum::<Var>().sin()
    };
    check(&band, Pattern::banded(n, 2, 2), 3);
    check(&|x, i| (x[0] * x[i]).exp(), Pattern::arrow(n), 2);
    let block = |x: &[Var], i: usize| x[5 * (i / 5)..][..5].iter().copied().product::<Var>() * x[i];
    check(&block, Pattern::from_fn(n, n, |i, j| i / 5 == j / 5), 5);
}

#[test]
fn a_tall_jacobian_is_swept_forward_and_one_with_dense_rows_in_reverse() {
    let differences = |x: &[Var]| x.windows(2).map(|w| (w[1] - w[0]).sin()).collect::<Vec<_>>();
    let jacobian = Function::new(differences, &[0.0; 50]).sparse_jacobian();
    assert_eq!((jacobian.colors(), jacobian.pattern().rows()), (2, 49));
    assert_jacobian(differences, &points(50));
    let sums = |x: &[Var]| vec![x.iter().sum::<Var>().exp(), x[3] * x[4]];
    assert_eq!(Function::new(sums, &[0.0; 50]).sparse_jacobian().colors(), 2);
    assert_jacobian(sums, &points(50));
}

#[test]
fn rows_have_sparse_derivatives() {
    let index: Vec<u32> = (0..10).map(|r| (r * 7) % 4).collect();
    let residual = |row: &[Var]| [(row[1] * row[2] - row[0]).tanh(), row[1] * row[3]];
    let rows = |x: &[Var]| {
        let data: Vec<f64> = (0..10).map(|r| 0.1 * f64::from(r)).collect();
        Rows::new(10).data(data).variables(&x[..10]).gather(&x[10..], 2, &index[..])
    };
    let mapped = |x: &[Var]| map_over(&rows(x), residual);
    let mut jacobian = Function::new(mapped, &points(18)[0]).sparse_jacobian();
    assert_eq!(jacobian.pattern().nonzeros(), 10 * 4);
    assert_eq!(jacobian.evaluate(&points(18)[1]).compute_nnz(), 40);
    assert_jacobian(mapped, &points(18));
    assert_hessian(|x| sum_over(&rows(x), |row| residual(row)[0].powi(2)), &points(18));
}

#[test]
fn another_branch_has_another_pattern() {
    let f = |x: &[Var]| if x[0] > 0.0 { x[0] * x[1] } else { x[1] * x[2].exp() };
    let mut hessian = Function::new(f, &[1.0, 1.0, 1.0]).sparse_hessian();
    assert_eq!(hessian.evaluate(&[2.0, 1.0, 0.0]).compute_nnz(), 2);
    let other = hessian.evaluate(&[-2.0, 3.0, 0.0]);
    assert_eq!((other.compute_nnz(), other[(2, 2)], other[(1, 2)]), (3, 3.0, 1.0));
    let mut jacobian = Function::new(f, &[1.0, 1.0, 1.0]).sparse_jacobian();
    assert_eq!(jacobian.evaluate(&[-2.0, 3.0, 0.0])[(0, 2)], 3.0);
}

#[test]
fn functions_without_inputs_outputs_or_entries() {
    let nothing = |_: &[Var]| Vec::<Var>::new();
    assert_eq!(Function::new(nothing, &[1.0]).sparse_jacobian().evaluate(&[1.0]).nrows(), 0);
    let constant = |_: &[Var]| Var::from(2.0);
    assert_eq!(Function::new(constant, &[]).sparse_hessian().evaluate(&[]).nrows(), 0);
    let linear = |x: &[Var]| x[0] + x[1];
    assert_eq!(
        Function::new(linear, &[0.0; 2]).sparse_hessian().evaluate(&[1.0; 2]).compute_nnz(),
        0
    );
}

#[test]
#[should_panic(expected = "the function has 2 inputs")]
fn a_point_of_another_length_panics() {
    Function::new(|x: &[Var]| x[0] * x[1], &[0.0; 2]).sparse_hessian().evaluate(&[1.0]);
}

#[test]
fn rows_give_their_jacobian_directly() {
    // Residuals of pairs with gathered, consecutive and constant entries, and a second map.
    let index = [2_u32, 0, 1, 2, 2];
    let f = |x: &[Var]| {
        let rows = Rows::new(5)
            .gather(&x[..6], 2, &index[..])
            .variables(&x[6..11])
            .data(&[0.5, 1.0, -1.0, 2.0, 0.25][..]);
        let residuals = map_over(&rows, |row| {
            let scale = if row[2] > 0.0 { row[2] } else { row[2] * row[2] };
            [row[0] * scale + row[3], (row[1] * row[0]).sin() * row[3]]
        });
        let weights = map_over(&Rows::new(5).variables(&x[6..11]), |row| 1.0 - row[0] * row[0]);
        [residuals, weights].concat()
    };
    let first: Vec<f64> = (0..11).map(|i| 0.3 + 0.1 * f64::from(i)).collect();
    let mut sparse = Function::new(f, &first).sparse_jacobian_by_rows();
    let mut dense = Function::new(f, &first);
    for k in 0..6 {
        let x: Vec<f64> = first.iter().map(|x| (x * f64::from(k + 1)).cos()).collect();
        let matrix = sparse.evaluate(&x);
        assert_eq!(matrix.compute_nnz(), 5 * (2 + 2) + 5);
        let reference = dense.jacobian(&x);
        for i in 0..15 {
            for j in 0..11 {
                let entry = matrix.get(i, j).copied().unwrap_or(0.0);
                assert!((entry - reference[(i, j)]).abs() <= 1e-14, "{i} {j} at {k}");
            }
        }
    }
}

#[test]
fn other_jacobians_by_rows_are_compressed() {
    let f = |x: &[Var]| x.windows(2).map(|w| w[0] * w[1]).chain([x[0]]).collect::<Vec<_>>();
    let x: Vec<f64> = (1..8).map(f64::from).collect();
    let mut jacobian = Function::new(f, &x).sparse_jacobian_by_rows();
    let matrix = jacobian.evaluate(&x);
    assert_eq!(matrix.symbolic().row_ptr()[..3], [0, 2, 4]);
    assert_eq!(matrix.val()[..4], [2.0, 1.0, 3.0, 2.0]);
    assert_eq!(matrix.val().last(), Some(&1.0));
}

#[test]
fn a_decision_outside_of_the_rows_is_heard() {
    let f = |x: &[Var]| {
        let rows = Rows::new(2).variables(x);
        if x[0] > 0.0 {
            map_over(&rows, |row| row[0] * row[0])
        } else {
            map_over(&rows, |row| row[0].powi(3))
        }
    };
    let mut jacobian = Function::new(f, &[1.0, 1.0]).sparse_jacobian_by_rows();
    assert_eq!(jacobian.evaluate(&[-2.0, 1.0]).val(), [12.0, 3.0]);
    assert_eq!(jacobian.evaluate(&[2.0, 1.0]).val(), [4.0, 2.0]);
}

#[test]
fn recurrences_have_sparse_derivatives() {
    // Each of ten trajectories has an initial state and a parameter of its own, and one for all.
    let trajectories = |x: &[Var]| -> Vec<Var> {
        let of = |k: usize| {
            let rows = Rows::new(20).data(vec![0.1; 20]);
            scan(&rows, &x[k..k + 1], |s, row| vec![s[0] + row[0] * (x[10 + k] - s[0] * x[20])])[0]
        };
        (0..10).map(of).collect()
    };
    let jacobian = Function::new(trajectories, &points(21)[0]).sparse_jacobian();
    assert_eq!((jacobian.pattern().nonzeros(), jacobian.colors()), (30, 3));
    assert_jacobian(trajectories, &points(21));
    let squares = |x: &[Var]| trajectories(x).into_iter().map(|y| y * y).sum::<Var>();
    let hessian = Function::new(squares, &points(21)[0]).sparse_hessian();
    // A block of two by two for each trajectory, and an arrow.
    assert_eq!(hessian.pattern().nonzeros(), 4 * 10 + 2 * 20 + 1);
    assert!(hessian.colors() <= 3, "{}", hessian.colors());
    assert_hessian(squares, &points(21));
    // A state that remembers its last three variables, swept with few states kept.
    let window = |x: &[Var]| {
        let step = |s: &[Var], row: &[Var]| vec![s[1], s[2], row[0], s[3] + s[0] * s[2] * row[0]];
        scan_checkpointed(&Rows::new(30).variables(&x[4..34]), &x[..4], 5, step)[3]
    };
    let hessian = Function::new(window, &points(34)[0]).sparse_hessian();
    assert!(hessian.pattern().nonzeros() < 34 * 7 && hessian.colors() < 8);
    assert_hessian(window, &points(34));
}

#[test]
fn vectors_and_matrices_have_sparse_derivatives() {
    let products = |x: &[Var]| {
        let t = VarMatrix::from_row_major(3, 3, &x[..9]).part(Triangle::Lower.part());
        let eye = VarMatrix::from_fn(3, 3, |i, j| t[(i, j)] + if i == j { 4.0 } else { 0.0 });
        let b = VarMatrix::from_row_major(3, 2, &x[9..15]);
        let solved = solve_triangular(&eye, Triangle::Lower, &b);
        let product = matmul(&b.transposed(), &eye);
        let sums = [vector::sum(&x[3..7]) * x[0], vector::dot(&x[..7], &x[7..14])];
        [solved.into_vec(), product.into_vec(), sums.to_vec()].concat()
    };
    assert_jacobian(products, &points(15));
    assert_hessian(|x| products(x).into_iter().sum(), &points(15));
    let pairs = |x: &[Var]| vector::dot(&x[..20], &x[20..]) + vector::squared_norm(x);
    let mut hessian = Function::new(pairs, &[1.0; 40]).sparse_hessian();
    assert_eq!((hessian.pattern().nonzeros(), hessian.colors()), (80, 2));
    assert_eq!(hessian.evaluate(&[0.5; 40])[(3, 23)], 1.0);
    assert_hessian(pairs, &points(40));
}
