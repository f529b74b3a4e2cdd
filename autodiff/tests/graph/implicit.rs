//! Roots and minimisers differentiated by the implicit-function theorem.

use autodiff::matrix::{VarMatrix, matmul, solve};
use autodiff::{Function, Var, gradient, hessian, implicit_minimum, implicit_root, jacobian};
use calculus_core::Real;

/// Rounding of the residual's derivatives and of small linear equations.
const TOLERANCE: f64 = 1e-11;

fn assert_close(ours: &[f64], reference: &[f64]) {
    let scale = reference.iter().fold(1e-2, |m: f64, r| m.max(r.abs()));
    assert_eq!(ours.len(), reference.len());
    for (a, b) in ours.iter().zip(reference) {
        assert!((a - b).abs() <= TOLERANCE * scale, "{ours:?}\n{reference:?}");
    }
}

fn entries(m: &faer::Mat<f64>) -> Vec<f64> {
    (0..m.nrows()).flat_map(|i| (0..m.ncols()).map(move |j| m[(i, j)])).collect()
}

/// The positive root of $z^2 + bz - c$, where the parameters are $b$ and $c$.
fn quadratic(x: &[Var]) -> Var {
    let solver = |t: &[f64]| {
        vec![(0..60).fold(2.0, |z, _| z - (z * z + t[0] * z - t[1]) / (2.0 * z + t[0]))]
    };
    implicit_root(solver, |z, t| vec![z[0] * z[0] + t[0] * z[0] - t[1]], x)[0]
}

fn closed_form(x: &[Var]) -> Var {
    ((x[0] * x[0] + x[1] * 4.0).sqrt() - x[0]) * 0.5
}

#[test]
fn a_root_has_the_derivatives_of_its_closed_form() {
    let x = [0.5, 3.0];
    assert_close(&gradient(quadratic, &x), &gradient(closed_form, &x));
    assert_close(&entries(&hessian(quadratic, &x)), &entries(&hessian(closed_form, &x)));
    assert_close(&entries(&jacobian(quadratic, &x)), &entries(&jacobian(closed_form, &x)));
    let third = |f: fn(&[Var]) -> Var| {
        let second = move |x: &[Var]| {
            let g = gradient(move |x| gradient(f, x)[0], x);
            g[0] * 2.0 + g[1]
        };
        gradient(second, &x)
    };
    assert_close(&third(quadratic), &third(closed_form));
}

#[test]
fn a_solver_may_differentiate_while_others_do() {
    // z^3 + z = a, by Newton's method with a recorded slope
    let solver = |a: &[f64]| {
        let residual = |z: f64| z * z * z + z - a[0];
        let slope = |z: f64| gradient(|z: &[Var]| z[0].powi(3) + z[0], &[z])[0];
        vec![(0..60).fold(1.5, |z, _| z - residual(z) / slope(z))]
    };
    let f = |a: &[Var]| implicit_root(solver, |z, a| vec![z[0].powi(3) + z[0] - a[0]], a)[0] * a[0];
    // z = 1, z' = 1/4 and z'' = -6/64 at 2.
    assert_close(&gradient(|a: &[Var]| gradient(f, a)[0], &[2.0]), &[2.0 / 4.0 - 2.0 * 6.0 / 64.0]);
}

#[test]
fn replays_solve_anew() {
    let (mut ours, mut plain) =
        (Function::new(quadratic, &[0.5, 3.0]), Function::new(closed_form, &[0.5, 3.0]));
    let (mut a, mut b) = ([0.0; 2], [0.0; 2]);
    for x in [[0.5, 3.0], [1.0, 2.0], [-0.5, 4.0]] {
        assert_close(&[ours.value_and_gradient(&x, &mut a)], &[plain.value(&x)]);
        plain.gradient(&x, &mut b);
        assert_close(&a, &b);
        ours.hvp(&x, &[1.0, -2.0], &mut a);
        plain.hvp(&x, &[1.0, -2.0], &mut b);
        assert_close(&a, &b);
    }
    assert_eq!(ours.recordings(), 1);
}

const DATA: [f64; 8] = [1.0, 0.5, -0.3, 1.2, 0.7, -0.8, 0.2, 0.9];
const TARGET: [f64; 4] = [1.0, -0.5, 0.3, 2.0];

/// $(A^\top A + \lambda I) w = A^\top y$, with variables.
fn normal_equations(t: &[Var]) -> Vec<Var> {
    let a = VarMatrix::from_row_major(4, 2, &DATA.map(Var::from));
    let gram = matmul(&a.transposed(), &a);
    let identity = VarMatrix::constant(faer::Mat::<f64>::identity(2, 2).as_ref());
    let y = VarMatrix::column(&t[1..]);
    solve(&gram.plus(&identity.scaled(t[0])), &matmul(&a.transposed(), &y)).into_vec()
}

/// The weights of ridge regression, as a minimiser; the parameters are $\lambda$ and $y$.
fn ridge(t: &[Var]) -> Vec<Var> {
    let solver = |t: &[f64]| {
        let t: Vec<Var> = t.iter().copied().map(Var::from).collect();
        normal_equations(&t).iter().map(|w| w.value()).collect()
    };
    let objective = |w: &[Var], t: &[Var]| {
        let rows = DATA.chunks(2).zip(&t[1..]);
        let misfit: Var = rows.map(|(a, &y)| (w[0] * a[0] + w[1] * a[1] - y).powi(2)).sum();
        misfit + t[0] * (w[0] * w[0] + w[1] * w[1])
    };
    implicit_minimum(solver, objective, t)
}

#[test]
fn ridge_regression_has_the_derivatives_of_its_closed_form() {
    let point = [&[0.8][..], &TARGET].concat();
    let loss = |w: Vec<Var>| w[0].exp() + w[1] * w[0];
    let (ours, plain) = (|t: &[Var]| loss(ridge(t)), |t: &[Var]| loss(normal_equations(t)));
    assert_close(&gradient(ours, &point), &gradient(plain, &point));
    let h = entries(&hessian(ours, &point));
    assert_close(&h, &entries(&hessian(plain, &point)));
    let transposed: Vec<f64> = (0..25).map(|k| h[(k % 5) * 5 + k / 5]).collect();
    assert_close(&h, &transposed);
    assert_close(&entries(&jacobian(ridge, &point)), &entries(&jacobian(normal_equations, &point)));
}

#[test]
fn a_residual_that_decides_is_recorded_again() {
    // z = t for t > 0, z = 2 t otherwise.
    let f = |t: &[Var]| {
        let solver = |t: &[f64]| vec![if t[0] > 0.0 { t[0] } else { 2.0 * t[0] }];
        let residual =
            |z: &[Var], t: &[Var]| vec![if t[0] > 0.0 { z[0] - t[0] } else { z[0] - 2.0 * t[0] }];
        implicit_root(solver, residual, t)[0]
    };
    let mut function = Function::new(f, &[1.0]);
    let mut g = [0.0];
    for (x, value, slope) in [(3.0, 3.0, 1.0), (-1.5, -3.0, 2.0), (0.5, 0.5, 1.0)] {
        assert_eq!(function.value_and_gradient(&[x], &mut g), value);
        assert_eq!(g, [slope]);
    }
    assert_eq!(function.recordings(), 3);
}

#[test]
fn a_singular_root_has_no_derivative() {
    let root = |t: &[Var]| implicit_root(|_| vec![0.0], |z, t| vec![z[0].powi(3) - t[0]], t)[0];
    let mut function = Function::new(root, &[0.0]);
    assert_eq!(function.value(&[0.0]), 0.0);
    let mut g = [0.0];
    function.gradient(&[0.0], &mut g);
    assert!(g[0].is_nan());
    assert!(jacobian(root, &[0.0])[(0, 0)].is_nan());
    assert!(function.value(&[f64::NAN]).is_nan());
}

#[test]
fn without_unknowns() {
    assert!(implicit_root(|_| vec![], |_, _| vec![], &[Var::from(1.0)]).is_empty());
}

#[test]
#[should_panic(expected = "stopped too early: a Newton step would change")]
fn what_is_not_a_root_is_refused() {
    gradient(|t| implicit_root(|t| vec![t[0] + 1e-3], |z, t| vec![z[0] - t[0]], t)[0], &[1.0]);
}

#[test]
#[should_panic(expected = "stopped too early")]
fn what_is_not_a_root_is_refused_where_there_is_no_newton_step() {
    let root = |t: &[Var]| implicit_root(|_| vec![0.0], |z, t| vec![z[0].powi(3) - t[0]], t)[0];
    gradient(root, &[1.0]);
}

#[test]
#[should_panic(expected = "returned [NaN]: where there is no root, restrict the parameters")]
fn a_solver_that_fails_is_refused() {
    gradient(|t| implicit_root(|_| vec![f64::NAN], |z, t| vec![z[0] - t[0]], t)[0], &[1.0]);
}

#[test]
#[should_panic(expected = "the solver returned 2 entries for a residual of 1")]
fn a_residual_of_another_length_is_refused() {
    gradient(|t| implicit_root(|_| vec![1.0, 2.0], |z, t| vec![z[0] - t[0]], t)[0], &[1.0]);
}

#[test]
#[should_panic(expected = "the number of unknowns must not depend on the parameters")]
fn a_root_of_changing_length_is_refused() {
    let solver = |t: &[f64]| vec![1.0; t[0] as usize];
    let f = |t: &[Var]| implicit_root(solver, |z, _| z.iter().map(|&z| z - 1.0).collect(), t)[0];
    Function::new(f, &[1.0]).value(&[2.0]);
}
