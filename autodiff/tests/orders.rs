//! Higher orders: jets, duals and graphs inside one another, against closed forms.

use autodiff::{
    Differentiable, Dual, Jet, Var, derivative, forward_gradient, forward_value_and_gradient,
    gradient, hessian, nth_derivative,
};
use calculus_core::{Objective, Real};
use proptest::prelude::*;

/// A function of one variable with its third and fourth derivatives.
struct Known {
    name: &'static str,
    jet: fn(Jet<f64, 4>) -> Jet<f64, 4>,
    duals: fn(Dual<Dual<Dual<Dual<f64>>>>) -> Dual<Dual<Dual<Dual<f64>>>>,
    graph: fn(Var) -> Var,
    exact: fn(f64) -> [f64; 2],
}

macro_rules! known {
    ($($name:literal |$x:ident| $f:expr => $third:expr, $fourth:expr;)*) => {
        [$(Known {
            name: $name,
            jet: |$x| $f,
            duals: |$x| $f,
            graph: |$x| $f,
            exact: |$x| [$third, $fourth],
        }),*]
    };
}

#[test]
fn third_and_fourth_derivatives_are_the_closed_forms() {
    let functions = known! {
        "sin" |x| x.sin() => -x.cos(), x.sin();
        "cos" |x| x.cos() => x.sin(), x.cos();
        "exp of 2x" |x| (2.0 * x).exp() => 8.0 * (2.0 * x).exp(), 16.0 * (2.0 * x).exp();
        "ln" |x| x.ln() => 2.0 / x.powi(3), -6.0 / x.powi(4);
        "1/x" |x| 1.0 / x => -6.0 / x.powi(4), 24.0 / x.powi(5);
        "sqrt" |x| x.sqrt() => 0.375 * x.powf(-2.5), -0.9375 * x.powf(-3.5);
        "x^5" |x| x.powi(5) => 60.0 * x * x, 120.0 * x;
        "x^2.5" |x| x.powf(2.5) => 1.875 * x.powf(-0.5), -0.9375 * x.powf(-1.5);
        "sinh" |x| x.sinh() => x.cosh(), x.sinh();
        "atan" |x| x.atan() => (6.0 * x * x - 2.0) / (1.0 + x * x).powi(3),
            24.0 * x * (1.0 - x * x) / (1.0 + x * x).powi(4);
        "tanh" |x| x.tanh() => {
            let s = 1.0 - x.tanh().powi(2);
            s * (6.0 * x.tanh().powi(2) - 2.0)
        }, {
            let (t, s) = (x.tanh(), 1.0 - x.tanh().powi(2));
            8.0 * t * s * (2.0 - 3.0 * t * t)
        };
        "x exp(x)" |x| x * x.exp() => (x + 3.0) * x.exp(), (x + 4.0) * x.exp();
        "exp(-x^2)" |x| (-x * x).exp() => (12.0 * x - 8.0 * x.powi(3)) * (-x * x).exp(),
            (12.0 - 48.0 * x * x + 16.0 * x.powi(4)) * (-x * x).exp();
    };
    for Known { name, jet, duals, graph, exact } in functions {
        for x in [0.3, 0.9, 2.2] {
            let [third, fourth] = exact(x);
            // Rounding of terms that cancel where a derivative is near one of its zeros.
            let close = |got: f64, expected: f64| {
                (got - expected).abs() <= 2e-13 * (third.abs() + fourth.abs()).max(expected.abs())
            };
            let series = jet(Jet::variable(x));
            let [by_jet, by_jet_4] = [series.derivative(3), series.derivative(4)];
            assert!(close(by_jet, third), "{name} at {x}: {by_jet} for {third}");
            assert!(close(by_jet_4, fourth), "{name} at {x}: {by_jet_4} for {fourth}");
            let x1 = Dual::<f64>::variable(x, 0);
            let x2 = Dual::<Dual<f64>>::variable(x1, 0);
            let x3 = Dual::<Dual<Dual<f64>>>::variable(x2, 0);
            let y = duals(Dual::variable(x3, 0));
            let by_duals = y.tangent()[0].tangent()[0].tangent()[0];
            assert!(close(by_duals.primal(), third), "{name} at {x}: {by_duals:?} for {third}");
            assert!(close(by_duals.tangent()[0], fourth), "{name} at {x}: {by_duals:?}");
            for (n, expected) in [(3, third), (4, fourth)] {
                let got = nth_derivative(graph, x, n);
                assert!(close(got, expected), "{name} at {x}, order {n}: {got} for {expected}");
            }
        }
    }
}

/// A smooth function of two variables that mixes the rows of the table.
fn smooth<T: Real>(x: T, y: T) -> T {
    (x * y).sin() * (x - 0.3 * y).exp() + (1.0 + x * x).ln() * y.atan() + x.powi(3) / (2.0 + y * y)
}

proptest! {
    /// $\partial_x^j \partial_y f$: a jet of duals, a dual of jets, and nested duals.
    #[test]
    fn jets_and_duals_nest_in_either_order(x in -1.5..1.5_f64, y in -1.5..1.5_f64) {
        let outer_jet = smooth(
            Jet::<Dual<f64>, 3>::variable(Dual::constant(x)),
            Jet::constant(Dual::variable(y, 0)),
        );
        let outer_dual = smooth(
            Dual::<Jet<f64, 3>>::constant(Jet::variable(x)),
            Dual::variable(Jet::constant(y), 0),
        );
        for k in 0..=3 {
            let a = outer_jet.derivative(k).tangent()[0];
            let b = outer_dual.tangent()[0].derivative(k);
            prop_assert!((a - b).abs() <= 1e-12 * (10.0 + a.abs()), "order {k}: {a} and {b}");
        }
        let mixed = derivative(|x| derivative(|y| smooth(Dual::constant(x), y), Dual::constant(y)), x);
        let by_jet = outer_jet.derivative(1).tangent()[0];
        prop_assert!((mixed - by_jet).abs() <= 1e-13 * (10.0 + mixed.abs()));
    }

    #[test]
    fn mixed_partial_derivatives_are_symmetric(x in -1.5..1.5_f64, y in -1.5..1.5_f64) {
        let f = |v: &[Var]| smooth(v[0], v[1]);
        let h = hessian(f, &[x, y]);
        let scale = 10.0 + h.norm_max();
        prop_assert!((h[(0, 1)] - h[(1, 0)]).abs() <= 1e-14 * scale);
        let nested = smooth(
            Dual::<Dual<f64, 2>, 2>::new(Dual::variable(x, 0), [1.0.into(), 0.0.into()]),
            Dual::new(Dual::variable(y, 1), [0.0.into(), 1.0.into()]),
        );
        for i in 0..2 {
            for j in 0..2 {
                let second = nested.tangent()[i].tangent()[j];
                prop_assert!((second - h[(i, j)]).abs() <= 1e-13 * scale);
                let transposed = nested.tangent()[j].tangent()[i];
                prop_assert!((second - transposed).abs() <= 1e-14 * scale);
            }
        }
        // Third partial derivatives, in all orders of differentiation.
        let third = |i: usize, j: usize, k: usize| {
            gradient(|u| gradient(|v| gradient(f, v)[i], u)[j], &[x, y])[k]
        };
        for [a, b, c] in [[0, 0, 1], [0, 1, 1]] {
            let values = [third(a, b, c), third(b, c, a), third(c, a, b)];
            let scale = 100.0 + values[0].abs();
            prop_assert!(values.iter().all(|v| (v - values[0]).abs() <= 1e-13 * scale));
        }
    }
}

struct Chain;

impl Objective for Chain {
    fn value<T: Real>(&self, x: &[T]) -> T {
        x.windows(2).map(|w| (w[0] * w[1]).sin() + w[1] * w[1] * w[0]).sum::<T>() + x[0]
    }
}

/// Up to eight variables the Hessian of an objective comes from duals of duals, beyond from the graph.
#[test]
fn hessians_of_objectives_are_those_of_graphs() {
    for n in 1..=10 {
        let x: Vec<f64> = (0..n).map(|i| 0.2 + 0.1 * f64::from(i)).collect();
        let (found, expected) = (Chain.hessian(&x), hessian(|x| Chain.value(x), &x));
        assert!((&found - &expected).norm_max() <= 1e-14 * expected.norm_max(), "{n} variables");
        let trace = (0..x.len()).map(|i| expected[(i, i)]).sum::<f64>();
        assert!((Chain.laplacian(&x) - trace).abs() <= 1e-13 * expected.norm_max());
    }
    struct Infinite;
    impl Objective for Infinite {
        fn value<T: Real>(&self, x: &[T]) -> T {
            // The quotient of a number and an infinite one, of which only the graph finds the slope.
            x[0] * x[0] + 1.0 / (x[1] / 1e-320 * 1e300)
        }
    }
    let (h, expected) =
        (Infinite.hessian(&[1.0, 1.0]), hessian(|x| Infinite.value(x), &[1.0, 1.0]));
    for (i, j) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        assert_eq!(h[(i, j)].to_bits(), expected[(i, j)].to_bits());
    }
}

/// Whatever the number of directions at a time, the gradient has the same bits.
#[test]
fn every_chunk_size_gives_the_same_gradient() {
    for n in 1..=40 {
        let x: Vec<f64> = (0..n).map(|i| 0.2 + 0.1 * f64::from(i)).collect();
        let picked = Chain.forward_gradient(&x);
        assert_eq!(picked, forward_gradient(|x| Chain.value(x), &x), "{n} variables");
        for (a, b) in picked.iter().zip(Chain.gradient(&x)) {
            assert!((a - b).abs() <= 1e-13 * (1.0 + b.abs()), "{n} variables: {a} and {b}");
        }
    }
    let x: [f64; 7] = core::array::from_fn(|i| 0.2 + 0.1 * i as f64);
    let (value, gradient) = forward_value_and_gradient(|x| Chain.value(x), &x);
    assert_eq!((value, &gradient[..]), (Chain.value(&x), &Chain.forward_gradient(&x)[..]));
    assert_eq!(forward_value_and_gradient(|_| 3.0.into(), &[]), (3.0, []));
    assert_eq!(forward_gradient(|_| 3.0.into(), &[]), []);
}
