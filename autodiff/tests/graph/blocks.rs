//! Blocks of operations against the same functions written as loops, to the third order.

use std::sync::Arc;

use autodiff::matrix::{self, VarMatrix};
use autodiff::{Function, Primitive, Var, apply_primitive, gradient, hessian, jacobian, vector};
use calculus_core::Real;
use calculus_core::matrix::Triangle;

/// To ten digits: third derivatives of factorisations by elimination lose a few.
const TOLERANCE: f64 = 1e-10;

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

/// Value, gradient, Hessian and third derivatives at `x`, and replays at `x` moved a little.
fn assert_same(f: impl Fn(&[Var]) -> Var, reference: impl Fn(&[Var]) -> Var, x: &[f64]) {
    let (ours, plain) = (&f, &reference);
    assert_close(&gradient(ours, x), &gradient(plain, x));
    assert_close(&entries(&hessian(ours, x)), &entries(&hessian(plain, x)));
    let along = |f: &dyn Fn(&[Var]) -> Var, x: &[Var]| -> Var {
        gradient(f, x).iter().zip(1..).map(|(&g, k)| g * (1.0 / f64::from(k))).sum()
    };
    let third = |f: &dyn Fn(&[Var]) -> Var| gradient(|x| along(&|x| along(f, x), x), x);
    assert_close(&third(ours), &third(plain));
    let n = x.len();
    let moved: Vec<f64> = x.iter().zip(1..).map(|(x, k)| x + 0.01 * f64::from(k).sin()).collect();
    let (mut ours, mut plain) = (Function::new(ours, x), Function::new(plain, x));
    assert_close(&[ours.value(&moved)], &[plain.value(&moved)]);
    let (mut a, mut b) = (vec![0.0; n], vec![0.0; n]);
    ours.gradient(&moved, &mut a);
    plain.gradient(&moved, &mut b);
    assert_close(&a, &b);
    ours.hvp(&moved, x, &mut a);
    plain.hvp(&moved, x, &mut b);
    assert_close(&a, &b);
}

/// A number that depends on all of them, and not linearly.
fn mixed<T: Real>(y: &[T]) -> T {
    y.iter().zip(1..).map(|(&y, k)| y * (0.3 * f64::from(k)) + (y * f64::from(k)).sin()).sum()
}

const X: [f64; 6] = [0.3, -0.8, 1.1, 0.4, -0.2, 0.7];

#[test]
fn vector_operations_have_the_derivatives_of_the_loop() {
    assert_same(
        |x| mixed(&[vector::sum(x) * x[0]]),
        |x| mixed(&[x.iter().copied().sum::<Var>() * x[0]]),
        &X,
    );
    assert_same(
        |x| mixed(&[vector::dot(&x[..3], &x[3..])]),
        |x| mixed(&[x[..3].iter().zip(&x[3..]).map(|(&a, &b)| a * b).sum()]),
        &X,
    );
    let squares = |x: &[Var]| x.iter().map(|&x| x * x).sum::<Var>();
    assert_same(|x| mixed(&[vector::squared_norm(x)]), |x| mixed(&[squares(x)]), &X);
    assert_same(|x| mixed(&[vector::norm(x)]), |x| mixed(&[squares(x).sqrt()]), &X);
    let exponentials = |x: &[Var]| x.iter().map(|&x| x.exp()).sum::<Var>();
    assert_same(|x| mixed(&[vector::log_sum_exp(x)]), |x| mixed(&[exponentials(x).ln()]), &X);
    assert_same(
        |x| mixed(&vector::softmax(x)),
        |x| mixed(&x.iter().map(|&v| v.exp() / exponentials(x)).collect::<Vec<_>>()),
        &X,
    );
    assert_same(
        |x| mixed(&[vector::maximum(&products(x)), vector::minimum(&products(x))]),
        |x| mixed(&[products(x)[2], products(x)[1]]),
        &X,
    );
}

fn products(x: &[Var]) -> Vec<Var> {
    (0..6).map(|k| x[k] * x[k] * x[k] * (x[(k + 1) % 6] * 0.1 + 2.0)).collect()
}

#[test]
fn long_vectors() {
    let x: Vec<f64> = (0..1000).map(|k| f64::from(k).sin()).collect();
    let dot = x[..500].iter().zip(&x[500..]).map(|(a, b)| a * b).sum::<f64>();
    // In another order: up to 1000 roundings of partial sums that stay below 250.
    let tolerance = 1000.0 * 250.0 * f64::EPSILON;
    assert!((vector::dot(&x[..500], &x[500..]) - dot).abs() < tolerance);
    assert!((vector::sum(&x) - x.iter().sum::<f64>()).abs() < tolerance);
    let g = gradient(|x: &[Var]| vector::log_sum_exp(x) + vector::maximum(x), &x);
    assert!((g.iter().sum::<f64>() - 2.0).abs() < 1e-13);
    let largest = (0..1000).max_by(|&i, &j| x[i].total_cmp(&x[j]));
    assert_eq!((0..1000).find(|&i| g[i] > 1.0), largest);
}

#[test]
fn special_values_of_vector_operations() {
    let infinity = f64::INFINITY;
    assert_eq!(vector::log_sum_exp::<f64>(&[]), -infinity);
    assert_eq!(vector::log_sum_exp(&[-infinity, -infinity]), -infinity);
    assert_eq!(vector::log_sum_exp(&[infinity, 1.0, -infinity]), infinity);
    assert!(vector::log_sum_exp(&[f64::NAN, infinity]).is_nan());
    assert_eq!(vector::log_sum_exp(&[5.0]), 5.0);
    assert_eq!(gradient(vector::log_sum_exp, &[-infinity, 3.0]), [0.0, 1.0]);
    assert!(gradient(vector::log_sum_exp, &[-infinity, -infinity]).iter().all(|g| g.is_nan()));
    let forward = jacobian(|x: &[Var]| vector::log_sum_exp(x), &[-infinity, -infinity]);
    assert!(entries(&forward).iter().all(|j| j.is_nan()));
    assert!(vector::softmax(&[infinity, 0.0])[0].is_nan());
    assert_eq!(vector::softmax(&[-infinity, 0.0]), [0.0, 1.0]);
    assert!(vector::softmax::<f64>(&[]).is_empty());
    assert_eq!((vector::sum::<f64>(&[]), vector::dot::<f64>(&[], &[])), (0.0, 0.0));
    assert_eq!((vector::maximum::<f64>(&[]), vector::minimum::<f64>(&[])), (-infinity, infinity));
    assert!(vector::maximum(&[1.0, f64::NAN, 2.0]).is_nan());
    assert!(vector::minimum(&[f64::NAN, 2.0]).is_nan());
    assert_eq!(gradient(vector::maximum, &[0.0, -0.0, 0.0]), [1.0, 0.0, 0.0]);
    assert_eq!(gradient(vector::maximum, &[-infinity, -infinity]), [1.0, 0.0]);
    assert_eq!(gradient(vector::maximum, &[1.0, f64::NAN]), [0.0, 1.0]);
    assert_eq!(vector::norm(&[infinity, 1.0]), infinity);
    assert_eq!(vector::norm(&[-infinity, 0.0]), infinity);
    assert!(vector::norm(&[f64::NAN, infinity]).is_nan());
    assert_eq!(vector::norm(&[3e-320, 4e-320]), 5e-320);
    assert_eq!(gradient(vector::norm, &[3e-200, 4e-200]), [0.6, 0.8]);
    assert_eq!(gradient(vector::norm, &[0.0, -0.0]), [0.0, 0.0]);
    assert!(gradient(vector::norm, &[f64::NAN, 0.0])[0].is_nan());
}

#[test]
fn the_slope_of_the_norm_is_recorded_once() {
    let slope = |x: &[Var]| gradient(vector::norm, x)[0];
    let mut function = Function::new(slope, &[0.0, 0.0]);
    assert_eq!(function.value(&[0.0, 0.0]), 0.0);
    assert_eq!(function.value(&[3.0, 4.0]), 0.6);
    assert_eq!(function.recordings(), 1);
}

#[test]
#[should_panic(expected = "a scalar product is of vectors of the same length")]
fn a_scalar_product_of_different_lengths_is_refused() {
    vector::dot(&[1.0], &[1.0, 2.0]);
}

// Matrix functions, as one would write them for numbers.

type Rows<T> = Vec<Vec<T>>;

fn rows_of<T: Real>(x: &[T], n: usize) -> Rows<T> {
    x.chunks(n).map(<[T]>::to_vec).collect()
}

fn product<T: Real>(a: &Rows<T>, b: &Rows<T>) -> Rows<T> {
    let entry = |row: &Vec<T>, j: usize| row.iter().zip(b).map(|(&a, b)| a * b[j]).sum();
    a.iter().map(|row| (0..b[0].len()).map(|j| entry(row, j)).collect()).collect()
}

fn symmetric<T: Real>(a: &Rows<T>) -> Rows<T> {
    let n = a.len();
    (0..n).map(|i| (0..n).map(|j| (a[i][j] + a[j][i]) * 0.5).collect()).collect()
}

/// Elimination without pivoting: the solution and the determinant.
fn eliminate<T: Real>(mut a: Rows<T>, mut b: Rows<T>) -> (Rows<T>, T) {
    let n = a.len();
    let mut determinant = T::from(1.0);
    for k in 0..n {
        determinant *= a[k][k];
        for i in k + 1..n {
            let factor = a[i][k] / a[k][k];
            let (pivot, right) = (a[k].clone(), b[k].clone());
            a[i].iter_mut().zip(pivot).for_each(|(x, pivot)| *x -= factor * pivot);
            b[i].iter_mut().zip(right).for_each(|(x, right)| *x -= factor * right);
        }
    }
    for k in (0..n).rev() {
        for j in 0..b[0].len() {
            let known = (k + 1..n).map(|i| a[k][i] * b[i][j]).sum::<T>();
            b[k][j] = (b[k][j] - known) / a[k][k];
        }
    }
    (b, determinant)
}

fn factor<T: Real>(a: &Rows<T>) -> Rows<T> {
    let n = a.len();
    let mut l = vec![vec![T::from(0.0); n]; n];
    for j in 0..n {
        for i in j..n {
            let rest = a[i][j] - (0..j).map(|k| l[i][k] * l[j][k]).sum::<T>();
            l[i][j] = if i == j { rest.sqrt() } else { rest / l[j][j] };
        }
    }
    l
}

const A: [f64; 9] = [3.0, 0.4, -0.6, 0.5, 2.5, 0.3, -0.2, 0.7, 4.0];

fn square(x: &[Var]) -> VarMatrix {
    VarMatrix::from_row_major(3, 3, &x[..9])
}

fn flat<T: Real>(a: Rows<T>) -> Vec<T> {
    a.concat()
}

#[test]
fn products_have_the_derivatives_of_the_loop() {
    assert_same(
        |x| {
            let (a, b) = (&x[..6], &x[..4]);
            let a = VarMatrix::from_row_major(3, 2, a);
            mixed(matrix::matmul(&a, &VarMatrix::from_row_major(2, 2, b)).as_slice())
        },
        |x| mixed(&flat(product(&rows_of(&x[..6], 2), &rows_of(&x[..4], 2)))),
        &X,
    );
}

#[test]
fn solutions_have_the_derivatives_of_the_elimination() {
    let point = [&A[..], &X].concat();
    assert_same(
        |x| {
            let b = VarMatrix::from_row_major(3, 2, &x[9..]);
            mixed(matrix::solve(&square(x), &b).as_slice())
        },
        |x| mixed(&flat(eliminate(rows_of(&x[..9], 3), rows_of(&x[9..], 2)).0)),
        &point,
    );
    let identity = |n: usize| -> Rows<Var> {
        (0..n).map(|i| (0..n).map(|j| Var::from(f64::from(i == j))).collect()).collect()
    };
    assert_same(
        |x| mixed(matrix::inverse(&square(x)).as_slice()),
        |x| mixed(&flat(eliminate(rows_of(x, 3), identity(3)).0)),
        &A,
    );
    for (triangle, part) in [
        (Triangle::Lower, calculus_core::matrix::Part::Lower),
        (Triangle::Upper, calculus_core::matrix::Part::Upper),
    ] {
        assert_same(
            |x| {
                let b = VarMatrix::from_row_major(3, 2, &x[9..]);
                mixed(matrix::solve_triangular(&square(x), triangle, &b).as_slice())
            },
            |x| {
                let t = square(x).part(part);
                mixed(&flat(eliminate(rows_of(t.as_slice(), 3), rows_of(&x[9..], 2)).0))
            },
            &point,
        );
    }
}

#[test]
fn cholesky_factors_have_the_derivatives_of_the_loop() {
    assert_same(
        |x| mixed(matrix::cholesky(&square(x)).as_slice()),
        |x| mixed(&flat(factor(&symmetric(&rows_of(x, 3))))),
        &A,
    );
}

#[test]
fn determinants_have_the_derivatives_of_the_elimination() {
    let determinant = |a: Rows<Var>| eliminate(a.clone(), a).1;
    assert_same(|x| matrix::det(&square(x)), |x| determinant(rows_of(x, 3)), &A);
    assert_same(|x| matrix::log_abs_det(&square(x)), |x| determinant(rows_of(x, 3)).ln(), &A);
    assert_same(
        |x| matrix::log_det(&square(x)),
        |x| determinant(symmetric(&rows_of(x, 3))).ln(),
        &A,
    );
}

#[test]
fn eigenvalues_have_the_derivatives_of_the_closed_form() {
    // Half the difference of the eigenvalues.
    let radius = |x: &[Var]| {
        let (half, off) = ((x[0] - x[3]) * 0.5, (x[1] + x[2]) * 0.5);
        (half * half + off * off).sqrt()
    };
    let two = |x: &[Var]| VarMatrix::from_row_major(2, 2, x);
    let point = [1.0, 0.4, 0.6, 2.5];
    assert_same(
        |x| mixed(&matrix::symmetric_eigenvalues(&two(x))),
        |x| {
            let mean = (x[0] + x[3]) * 0.5;
            mixed(&[mean - radius(x), mean + radius(x)])
        },
        &point,
    );
    assert_same(
        |x| {
            let (_, v) = matrix::symmetric_eigen(&two(x));
            mixed(&[v[(0, 1)] * v[(0, 1)], v[(0, 1)] * v[(1, 1)]])
        },
        |x| {
            let (half, off) = ((x[0] - x[3]) * 0.5, (x[1] + x[2]) * 0.5);
            mixed(&[(half / radius(x) + 1.0) * 0.5, off / radius(x) * 0.5])
        },
        &point,
    );
}

#[test]
fn without_a_result_matrix_functions_are_nan() {
    let singular = [1.0, 2.0, 2.0, 4.0];
    let two = |x: &[Var]| VarMatrix::from_row_major(2, 2, x);
    let nan = |x: &[Var]| x.iter().all(|x| x.value().is_nan());
    let constant = singular.map(Var::from);
    assert!(nan(matrix::inverse(&two(&constant)).as_slice()));
    assert!(nan(matrix::solve(&two(&constant), &VarMatrix::column(&constant[..2])).as_slice()));
    assert!(nan(&[matrix::log_abs_det(&two(&constant)), matrix::log_det(&two(&constant))]));
    assert!(matrix::cholesky(&two(&constant.map(|x| -x)))[(0, 0)].value().is_nan());
    // A replay that comes to a singular matrix and leaves it again.
    let mut function =
        Function::new(|x: &[Var]| matrix::trace(&matrix::inverse(&two(x))), &[1.0, 0.0, 0.0, 1.0]);
    let mut g = [0.0; 4];
    assert!(function.value_and_gradient(&singular, &mut g).is_nan());
    assert!(g.iter().all(|g| g.is_nan()));
    assert_eq!(function.value_and_gradient(&[2.0, 0.0, 0.0, 1.0], &mut g), 1.5);
    assert_eq!(g, [-0.25, 0.0, 0.0, -1.0]);
    // Equal eigenvalues have a gradient where only their values count.
    let sum = |x: &[Var]| matrix::symmetric_eigenvalues(&two(x)).into_iter().sum::<Var>();
    let g = gradient(sum, &[1.0, 0.0, 0.0, 1.0]);
    assert_close(&g, &[1.0, 0.0, 0.0, 1.0]);
    assert!(gradient(|x| matrix::det(&two(x)), &[0.0; 4]).iter().all(|&g| g == 0.0));
}

#[test]
fn adjoints_that_are_stored_in_place_add_up_with_others() {
    let plain = |x: &[Var]| x.iter().copied().sum::<Var>();
    let product = |a: &[Var], b: &[Var]| a.iter().zip(b).map(|(&a, &b)| a * b).sum::<Var>();
    // Read before the call and after it, by overlapping calls, and with entries in another order.
    assert_same(
        |x| vector::squared_norm(&[x[0] * x[1], x[2]]) + vector::sum(&x[..3]) * x[1].exp(),
        |x| (x[0] * x[1]).powi(2) + x[2].powi(2) + plain(&x[..3]) * x[1].exp(),
        &X,
    );
    assert_same(
        |x| vector::dot(&x[..3], &x[3..]) * vector::sum(&x[2..5]),
        |x| product(&x[..3], &x[3..]) * plain(&x[2..5]),
        &X,
    );
    assert_same(
        |x| vector::dot(&[x[3], x[0]], &[x[1], x[2]]) * vector::squared_norm(&x[..2]),
        |x| product(&[x[3], x[0]], &[x[1], x[2]]) * product(&x[..2], &x[..2]),
        &X,
    );
    // Two stretches and a constant; the results of a call.
    assert_same(
        |x| vector::squared_norm(&[&x[..3], &[Var::from(2.0)], &x[4..], &x[..3]].concat()),
        |x| product(&x[..3], &x[..3]) * 2.0 + product(&x[4..], &x[4..]) + 4.0,
        &X,
    );
    assert_same(
        |x| vector::squared_norm(&vector::softmax(x)[1..4]),
        |x| {
            let sum: Var = x.iter().map(|x| x.exp()).sum();
            x[1..4].iter().map(|x| (x.exp() / sum).powi(2)).sum()
        },
        &X,
    );
}

#[test]
fn a_call_without_a_cotangent_leaves_no_adjoints_of_the_last_sweep() {
    let mut function = Function::new(|x| vec![x[1], vector::squared_norm(x)], &[1.0, 2.0]);
    let mut product = [0.0; 2];
    let mut vjp = |w: &[f64]| {
        function.vjp(&[1.0, 2.0], w, &mut product);
        product
    };
    assert_eq!(vjp(&[1.0, 1.0]), [2.0, 5.0]);
    assert_eq!(vjp(&[3.0, 0.0]), [0.0, 3.0]);
    let mut function = Function::new(|x| vector::squared_norm(x), &[1.0, 2.0]);
    function.gradient(&[1.0, 2.0], &mut product);
    assert_eq!(product, [2.0, 4.0]);
    function.vjp(&[1.0, 2.0], &[0.0], &mut product);
    assert_eq!(product, [0.0, 0.0]);
}

/// The determinant by expansion along the first row, a polynomial.
fn expanded(a: &[Vec<Var>]) -> Var {
    let Some((first, rest)) = a.split_first() else { return Var::from(1.0) };
    let term = |(j, &entry): (usize, &Var)| {
        let without = |row: &Vec<Var>| [&row[..j], &row[j + 1..]].concat();
        let minor = expanded(&rest.iter().map(without).collect::<Vec<_>>());
        entry * minor * if j % 2 == 0 { 1.0 } else { -1.0 }
    };
    first.iter().enumerate().map(term).sum()
}

#[test]
fn a_determinant_has_two_derivatives_at_singular_matrices() {
    // Of rank 2, 1 and 0; a regular one; and 1 by 1.
    let points: [&[f64]; 5] = [
        &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0],
        &[1.0, 2.0, -1.0, 2.0, 4.0, -2.0, 3.0, 6.0, -3.0],
        &[0.0; 9],
        &A,
        &[0.0],
    ];
    for x in points {
        let n = x.len().isqrt();
        let ours = |x: &[Var]| matrix::det(&VarMatrix::from_row_major(n, n, x));
        let plain = |x: &[Var]| expanded(&x.chunks(n).map(<[Var]>::to_vec).collect::<Vec<_>>());
        assert_close(&gradient(ours, x), &gradient(plain, x));
        assert_close(&entries(&hessian(ours, x)), &entries(&hessian(plain, x)));
        // A gradient that is recorded, and the gradient of one.
        assert_close(
            &entries(&jacobian(|x| gradient(ours, x), x)),
            &entries(&jacobian(|x| gradient(plain, x), x)),
        );
        let along = |x: &[Var], g: Vec<Var>| -> Var {
            g.iter().zip(x).zip(1..).map(|((&g, &x), k)| g * x * f64::from(k)).sum()
        };
        assert_close(
            &gradient(|x| along(x, gradient(ours, x)), x),
            &gradient(|x| along(x, gradient(plain, x)), x),
        );
    }
}

#[test]
fn empty_matrices() {
    let none = VarMatrix::from_row_major(0, 0, &[]);
    assert_eq!(matrix::det(&none), 1.0);
    assert_eq!(matrix::log_det(&none), 0.0);
    assert!(matrix::inverse(&none).as_slice().is_empty());
    assert!(matrix::symmetric_eigenvalues(&none).is_empty());
    assert!(
        matrix::matmul(
            &VarMatrix::from_row_major(2, 0, &[]),
            &VarMatrix::from_row_major(0, 1, &[])
        )
        .as_slice()
        .iter()
        .all(|&x| x == 0.0)
    );
}

#[test]
#[should_panic(expected = "a product of matrices of shapes (2, 1) and (2, 1)")]
fn a_product_of_wrong_shapes_is_refused() {
    let a = VarMatrix::column(&[Var::from(1.0); 2]);
    matrix::matmul(&a, &a);
}

#[test]
#[should_panic(expected = "an inverse is of a square matrix, not of 2 by 1")]
fn an_inverse_of_a_rectangle_is_refused() {
    matrix::inverse(&VarMatrix::column(&[Var::from(1.0); 2]));
}

/// $(x_0 x_1, x_0^3)$.
struct Cubic;

impl Primitive for Cubic {
    fn name(&self) -> &str {
        "cubic"
    }
    fn outputs(&self, _: usize) -> usize {
        2
    }
    fn value(&self, x: &[f64], y: &mut [f64]) {
        y.copy_from_slice(&[x[0] * x[1], x[0].powi(3)]);
    }
    fn pushforward(&self, x: &[f64], dx: &[f64], _: &[f64], dy: &mut [f64]) {
        dy.copy_from_slice(&[dx[0] * x[1] + x[0] * dx[1], 3.0 * x[0] * x[0] * dx[0]]);
    }
    fn pullback(&self, x: &[f64], _: &[f64], g: &[f64], gx: &mut [f64]) {
        gx.copy_from_slice(&[g[0] * x[1] + 3.0 * g[1] * x[0] * x[0], g[0] * x[0]]);
    }
    fn pullback_pushforward(
        &self,
        x: &[f64],
        dx: &[f64],
        _: &[f64],
        g: &[f64],
        dg: &[f64],
        dgx: &mut [f64],
    ) {
        dgx[0] =
            dg[0] * x[1] + g[0] * dx[1] + 3.0 * dg[1] * x[0] * x[0] + 6.0 * g[1] * x[0] * dx[0];
        dgx[1] = dg[0] * x[0] + g[0] * dx[0];
    }
}

fn by_primitive(x: &[Var]) -> Var {
    let inner = [x[0] * x[1], x[1].sin()];
    mixed(&apply_primitive(Arc::new(Cubic), &inner))
}

fn by_operations(x: &[Var]) -> Var {
    let inner = [x[0] * x[1], x[1].sin()];
    mixed(&[inner[0] * inner[1], inner[0] * inner[0] * inner[0]])
}

#[test]
fn a_primitive_has_the_derivatives_that_it_gives() {
    let x = [0.7, 1.2];
    let (ours, plain) = (by_primitive, by_operations);
    assert_close(&gradient(ours, &x), &gradient(plain, &x));
    assert_close(&entries(&hessian(ours, &x)), &entries(&hessian(plain, &x)));
    // Gradients of gradients, whose reverse sweep goes through the pullback.
    let second = |f: fn(&[Var]) -> Var| {
        gradient(
            |x| {
                let g = gradient(f, x);
                g[0] * 2.0 + g[1] * g[0]
            },
            &x,
        )
    };
    assert_close(&second(ours), &second(plain));
    // The same recorded: the pullback of the pullback is a node.
    let recorded = |f: fn(&[Var]) -> Var| {
        let inner = move |x: &[Var]| {
            let g = gradient(f, x);
            g[0] * 2.0 + g[1] * g[0]
        };
        let mut function = Function::new(move |x: &[Var]| gradient(inner, x), &[0.1, 0.2]);
        let mut y = [0.0; 2];
        function.values(&x, &mut y);
        y
    };
    assert_close(&recorded(ours), &recorded(plain));
    let slopes = |f: fn(&[Var]) -> Var| jacobian(move |x: &[Var]| gradient(f, x), &x);
    assert_close(&entries(&slopes(ours)), &entries(&slopes(plain)));
}

#[test]
#[should_panic(expected = "a third derivative of the primitive `cubic` is asked for")]
fn a_third_derivative_of_a_primitive_is_refused() {
    hessian(|x: &[Var]| gradient(by_primitive, x)[0], &[0.7, 1.2]);
}

/// With a first derivative alone, and an output that is never written.
struct Partial;

impl Primitive for Partial {
    fn name(&self) -> &str {
        "partial"
    }
    fn outputs(&self, _: usize) -> usize {
        2
    }
    fn value(&self, x: &[f64], y: &mut [f64]) {
        y[0] = x[0].exp();
    }
    fn pushforward(&self, _: &[f64], dx: &[f64], y: &[f64], dy: &mut [f64]) {
        dy[0] = y[0] * dx[0];
    }
    fn pullback(&self, _: &[f64], y: &[f64], g: &[f64], gx: &mut [f64]) {
        gx[0] = y[0] * g[0];
    }
}

#[test]
#[should_panic(expected = "implement `Primitive::pullback_pushforward`")]
fn a_second_derivative_that_is_not_given_is_refused() {
    hessian(|x: &[Var]| apply_primitive(Arc::new(Partial), x)[0], &[1.0]);
}

#[test]
fn what_a_primitive_does_not_write_is_nan() {
    let y = apply_primitive(Arc::new(Partial), &[Var::from(0.0)]);
    assert!(y[0] == 1.0 && y[1].value().is_nan());
}
