//! Replay in groups of equal operations equals the plain function, its duals and its differences.

use autodiff::{Function, Graph, Var, forward_gradient, gradient, hvp, jacobian, vjp};
use calculus_core::Real;
use calculus_core::elementary::{Binary, Unary};
use proptest::prelude::*;

/// One step of a random loop body: the operation, and which of the values so far it reads.
type Step = (u8, usize, usize);

/// Wide enough for groups to pay.
const WIDTH: usize = 40;

/// The steps for each neighbouring pair of inputs, branches and operations with parameters among
/// them; the outputs are a sum, an input, a constant, one output twice, and the last value.
fn program<T: Real>(steps: &[Step], x: &[T]) -> Vec<T> {
    let mut last = x[0];
    let mut total = T::from(0.0);
    for pair in x.windows(2) {
        let mut values = vec![pair[0], pair[1]];
        for &(op, a, b) in steps {
            let (a, b) = (values[a % values.len()], values[b % values.len()]);
            let positive = 1.0 + a.tanh() * 0.5;
            values.push(match op % 16 {
                0 => a + b,
                1 => a - b,
                2 => a.tanh() * b.sin(),
                3 => a / (b.sin() + 2.0),
                4 => positive.powf(1.5),
                5 => positive.powi(-3),
                6 => positive.polygamma(1),
                7 => a.sin().mul_add(b, positive),
                8 => a.atan2(positive),
                9 => a.max(b),
                10 => a.min(0.25),
                11 => a.abs() * 0.5,
                12 => positive.pow(b.sin()),
                13 if a > b => a * 0.5,
                13 => b.cos(),
                14 => a.tanh() * a.tanh(),
                _ => 1.5 - a,
            });
        }
        last = values[values.len() - 1];
        total += last;
    }
    vec![total, x[1], T::from(2.5), total, last]
}

fn close(a: f64, b: f64) -> bool {
    // Infinite or not a number in the same way, or equal to rounding.
    a == b || a.is_nan() && b.is_nan() || (a - b).abs() <= 1e-11 * (1.0 + a.abs().min(b.abs()))
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec((any::<u8>(), any::<usize>(), any::<usize>()), 1..8)
}

fn point() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(-1.5..1.5_f64, WIDTH)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn random_loops_across_branches(
        steps in steps(),
        points in prop::collection::vec(point(), 3),
        v in point(),
        w in prop::array::uniform5(-2.0..2.0_f64),
    ) {
        let mut function = Function::new(|x: &[Var]| program(&steps, x), &points[0]);
        let weighted = |x: &[Var]| -> Var {
            program(&steps, x).into_iter().zip(w).map(|(y, w)| y * w).sum()
        };
        let mut scalar = Function::new(weighted, &points[0]);
        let (mut y, mut g, mut product) = ([0.0; 5], [0.0; WIDTH], [0.0; WIDTH]);
        let mut hessian = vec![0.0; WIDTH * WIDTH];
        // The repetitions let a graph that was recorded again be grouped.
        for x in points.iter().flat_map(|x| std::iter::repeat_n(x, 20)) {
            function.values(x, &mut y);
            // Functions of the table in large groups are within 2 units in the last place.
            let plain = program(&steps, x);
            prop_assert!(y.iter().zip(&plain).all(|(&y, &p)| close(y, p)), "{:?} {:?}", y, plain);
            function.vjp(x, &w, &mut product);
            scalar.gradient(x, &mut g);
            prop_assert!(g.iter().zip(&product).all(|(&a, &b)| close(a, b)));
        }
        for x in &points {
            function.vjp(x, &w, &mut g);
            let (_, recorded) = vjp(|x: &[Var]| program(&steps, x), x, &w);
            let forward = forward_gradient(|x| {
                program(&steps, x).into_iter().zip(w).map(|(y, w)| y * w).sum()
            }, x);
            for ((&g, &r), &f) in g.iter().zip(&recorded).zip(&forward) {
                prop_assert!(close(g, r) && close(g, f), "{} {} {}", g, r, f);
            }
            let j = function.jacobian(x);
            let once = jacobian(|x: &[Var]| program(&steps, x), x);
            for (i, k) in (0..5).flat_map(|i| (0..WIDTH).map(move |k| (i, k))) {
                prop_assert!(close(j[(i, k)], once[(i, k)]));
            }
            scalar.hvp(x, &v, &mut product);
            let expected = hvp(weighted, x, &v);
            scalar.hessian(x, &mut hessian);
            for (i, row) in hessian.chunks(WIDTH).enumerate() {
                prop_assert!(close(product[i], expected[i]), "{} {}", product[i], expected[i]);
                let by_rows: f64 = row.iter().zip(&v).map(|(h, v)| h * v).sum();
                prop_assert!((by_rows - product[i]).abs() <= 1e-9 * (1.0 + by_rows.abs()));
            }
        }
    }
}

/// A sum as a user writes it: the value is that of the plain loop to rounding, the derivatives with respect to
/// each variable are those of a recording of its term alone, which is not grouped.
fn assert_loop(
    name: &str,
    x: &[f64],
    value: impl Fn(f64) -> f64,
    term: impl Fn(Var) -> Var + Copy,
) {
    let mut function = Function::new(|x: &[Var]| x.iter().map(|&x| term(x)).sum::<Var>(), x);
    let mut g = vec![0.0; x.len()];
    let sum = function.value_and_gradient(x, &mut g);
    let expected: f64 = x.iter().map(|&x| value(x)).sum();
    assert!(close(sum, expected), "{name}: {sum}");
    let mut product = vec![0.0; x.len()];
    function.hvp(x, &vec![1.0; x.len()], &mut product);
    for (i, &x) in x.iter().enumerate().step_by(37) {
        let first = gradient(|x| term(x[0]), &[x])[0];
        assert!(close(g[i], first), "{name} at {x}: {} and {first}", g[i]);
        let second = hvp(|x: &[Var]| term(x[0]), &[x], &[1.0])[0];
        assert!(close(product[i], second), "{name} at {x}: {} and {second}", product[i]);
    }
}

#[test]
fn long_loops_of_every_elementary_function() {
    let n = 2000;
    let x: Vec<f64> = (0..n).map(|i| 0.1 + 0.8 * i as f64 / n as f64).collect();
    for &row in Unary::ALL {
        // Some are defined below 1 only, some above it; of the others the one interval gives NaN.
        assert_loop(row.name(), &x, |x| x.apply(row), |x| x.apply(row));
        let above: Vec<f64> = x.iter().map(|x| x + 1.0).collect();
        assert_loop(row.name(), &above, |x| x.apply(row), |x| x.apply(row));
    }
    for &row in Binary::ALL {
        assert_loop(row.name(), &x, |x| x.combine(row, x * 0.5), |x| x.combine(row, x * 0.5));
        let c = 0.7;
        assert_loop(row.name(), &x, |x| x.combine(row, c), |x| x.combine(row, Var::from(c)));
        assert_loop(row.name(), &x, |x| c.combine(row, x), |x| Var::from(c).combine(row, x));
    }
    for k in [-3, -1, 0, 1, 2, 3, i32::MIN, i32::MAX] {
        assert_loop("powi", &x, |x| x.powi(k), |x| x.powi(k));
    }
    for p in [-1.5, 0.0, 0.5, 1.0, 2.0, f64::INFINITY, f64::NAN] {
        assert_loop("powf", &x, |x| x.powf(p), |x| x.powf(p));
    }
}

#[test]
fn groups_that_differ_in_their_parameter_alone_stay_apart() {
    fn f<T: Real>(x: &[T]) -> T {
        let mut sum = T::from(0.0);
        for (i, &x) in x.iter().enumerate() {
            sum += match i % 6 {
                0 => x.powi(3),
                1 => x.powi(5),
                2 => x.powf(1.5),
                3 => x.powf(2.5),
                4 => x.polygamma(0),
                _ => x.polygamma(2),
            };
        }
        sum
    }
    let x: Vec<f64> = (0..120).map(|i| 1.0 + 0.01 * f64::from(i)).collect();
    let mut function = Function::new(f, &x);
    let mut g = vec![0.0; x.len()];
    assert_eq!(function.value_and_gradient(&x, &mut g), f(&x));
    let forward = forward_gradient(f, &x);
    assert!(g.iter().zip(&forward).all(|(&a, &b)| close(a, b)));
}

#[test]
fn zero_adjoints_stop_at_infinite_slopes() {
    // Where the factor is 0 the square root and the logarithm must not be asked for a slope.
    let mask: Vec<f64> = (0..60).map(|i| f64::from(i % 2)).collect();
    fn f<T: Real>(mask: &[f64], x: &[T]) -> T {
        x.iter().zip(mask).map(|(&x, &m)| m * (x.sqrt() + (x / x).sqrt() + x.ln())).sum()
    }
    let x: Vec<f64> = mask.clone();
    let mut function = Function::new(|x: &[Var]| f(&mask, x), &vec![1.0; 60]);
    let mut g = vec![0.0; 60];
    function.value_and_gradient(&x, &mut g);
    for (g, m) in g.iter().zip(&mask) {
        assert!((g - 1.5 * m).abs() < 1e-14, "{g} where the factor is {m}");
    }
}

#[test]
fn adjoints_do_not_overflow_on_the_way() {
    // d(a / b)/db = -a / b^2 with an adjoint of 1e-300: -1e-300 * 1e200 / 1e-200.
    let f = |x: &[Var]| -> Var { x.iter().map(|&x| 1e-300 * (1.0 / x)).sum() };
    let x = vec![1e-200; 60];
    let mut g = vec![0.0; 60];
    Function::new(f, &x).gradient(&x, &mut g);
    assert!(g.iter().all(|g| (g / -1e100 - 1.0).abs() < 1e-14), "{}", g[0]);
    let plain = gradient(f, &x);
    assert!(g.iter().zip(&plain).all(|(&a, &b)| close(a / b, 1.0)));
    // And of a square.
    let f = |x: &[Var]| -> Var { x.iter().map(|&x| 0.1 * (x * x)).sum() };
    let x = vec![1.5e308; 60];
    Function::new(f, &x).gradient(&x, &mut g);
    assert!(g.iter().all(|g| (g / 3e307 - 1.0).abs() < 1e-14), "{}", g[0]);
}

#[test]
fn functions_without_operations() {
    let mut identity = Function::new(|x: &[Var]| [x[1], x[0], x[1], Var::from(3.0)], &[1.0, 2.0]);
    let (mut y, mut g) = ([0.0; 4], [0.0; 2]);
    identity.values(&[5.0, 7.0], &mut y);
    assert_eq!(y, [7.0, 5.0, 7.0, 3.0]);
    identity.vjp(&[5.0, 7.0], &[1.0, 10.0, 100.0, 1000.0], &mut g);
    assert_eq!(g, [10.0, 101.0]);
    let mut constant = Function::new(|_: &[Var]| Var::from(4.0), &[1.0, 2.0]);
    assert_eq!(constant.value_and_gradient(&[0.0, 0.0], &mut g), 4.0);
    assert_eq!(g, [0.0, 0.0]);
    let mut nothing = Function::new(|_: &[Var]| Vec::new(), &[1.0, 2.0]);
    nothing.vjp(&[1.0, 2.0], &[], &mut g);
    assert_eq!((g, nothing.jacobian(&[1.0, 2.0]).nrows()), ([0.0, 0.0], 0));
    let mut none = Function::new(|_: &[Var]| Var::from(4.0), &[]);
    assert_eq!(none.value_and_gradient(&[], &mut []), 4.0);
    none.hessian(&[], &mut []);
}

#[test]
#[should_panic(expected = "a function with an output")]
fn there_is_no_value_without_outputs() {
    Function::new(|_: &[Var]| Vec::new(), &[1.0]).value(&[1.0]);
}

#[test]
fn wide_jacobians_sweep_back_once_for_each_output() {
    fn f<T: Real>(x: &[T]) -> Vec<T> {
        let sum: T = x.iter().map(|&x| x * x).sum();
        vec![sum, x[3], sum, T::from(1.0), x.iter().map(|&x| x.sin()).sum()]
    }
    let x: Vec<f64> = (0..200).map(|i| 0.01 * f64::from(i)).collect();
    let j = Function::new(f, &x).jacobian(&x);
    for (k, &x) in x.iter().enumerate() {
        let row: Vec<f64> = (0..4).map(|i| j[(i, k)]).collect();
        let unit = if k == 3 { 1.0 } else { 0.0 };
        assert_eq!(row, [2.0 * x, unit, 2.0 * x, 0.0]);
        // In vectors, within 2 units in the last place.
        assert!((j[(4, k)] - x.cos()).abs() <= 2.0 * f64::EPSILON * x.cos().abs());
    }
}

#[test]
fn simplified_graphs_are_fixed_points() {
    let x = [0.3, -0.4];
    let graph = Graph::record(|x| program(&[(2, 0, 1), (7, 0, 2), (13, 1, 2)], x), &x);
    let once = graph.simplified();
    assert_eq!(once.to_string(), once.simplified().to_string());
}
