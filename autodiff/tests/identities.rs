//! Identities that hold for every function and every point.

use autodiff::{
    Dual, Function, Var, directional_derivative, forward_gradient, gradient, hessian, hvp,
    jacobian, jvp, laplacian, vjp,
};
use calculus_core::{Objective, Real};
use proptest::prelude::*;

/// A smooth function that uses most of the table, with three inputs.
fn smooth<T: Real>(x: &[T]) -> T {
    let (a, b, c) = (x[0], x[1], x[2]);
    (a * b).sin() + c.exp() / (1.0 + a * a) + (b * b + 1.0).ln() * c.tanh() - a.hypot(b + 3.0)
        + c.mul_add(a, b).atan()
        + (a * a + 0.5).pow(b * 0.3)
        + (c - a).sigmoid()
        + (b - 0.3 * c).erf()
}

fn another<T: Real>(x: &[T]) -> T {
    (x[0] - x[1]).powi(3) + x[2].cos() * x[0] + (x[1] * x[2]).softplus()
}

fn vector<T: Real>(x: &[T]) -> Vec<T> {
    vec![smooth(x), another(x), x[0] * x[1] * x[2], T::from(2.0)]
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * (1.0 + a.abs() + b.abs())
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn point() -> impl Strategy<Value = [f64; 3]> {
    prop::array::uniform3(-2.0..2.0_f64)
}

proptest! {
    #[test]
    fn linearity(x in point(), alpha in -3.0..3.0_f64, beta in -3.0..3.0_f64) {
        let sum = gradient(|x| alpha * smooth(x) + beta * another(x), &x);
        let (f, g) = (gradient(smooth, &x), gradient(another, &x));
        for i in 0..3 {
            prop_assert!(close(sum[i], alpha * f[i] + beta * g[i]));
        }
    }

    #[test]
    fn product_and_quotient_rule(x in point()) {
        fn positive<T: Real>(x: &[T]) -> T {
            1.0 + another(x).powi(2)
        }
        let (f, g) = (smooth(&x), positive(&x));
        let (df, dg) = (gradient(smooth, &x), gradient(positive, &x));
        let product = gradient(|x| smooth(x) * positive(x), &x);
        let quotient = gradient(|x| smooth(x) / positive(x), &x);
        for i in 0..3 {
            prop_assert!(close(product[i], df[i] * g + f * dg[i]));
            prop_assert!(close(quotient[i], (df[i] * g - f * dg[i]) / (g * g)));
        }
    }

    #[test]
    fn chain_rule(x in point()) {
        let inner = jacobian(vector, &x);
        let outer = |y: &[f64]| gradient(|y| (y[0] * y[1]).sin() + y[2] * y[3], y);
        let y: Vec<f64> = vector(&x);
        let composed = gradient(|x| {
            let y = vector(x);
            (y[0] * y[1]).sin() + y[2] * y[3]
        }, &x);
        let by_rule = outer(&y);
        for j in 0..3 {
            let expected: f64 = (0..4).map(|i| by_rule[i] * inner[(i, j)]).sum();
            prop_assert!(close(composed[j], expected));
        }
    }

    #[test]
    fn forward_and_reverse_agree(x in point(), v in point()) {
        let reverse = gradient(smooth, &x);
        let forward = forward_gradient(smooth, &x);
        for i in 0..3 {
            prop_assert!(close(reverse[i], forward[i]));
        }
        prop_assert!(close(directional_derivative(smooth, &x, &v), dot(&reverse, &v)));
    }

    #[test]
    fn jvp_and_vjp_are_adjoint(x in point(), v in point(), w in prop::array::uniform4(-2.0..2.0_f64)) {
        let (y, tangent) = jvp(vector, &x, &v);
        let (z, cotangent) = vjp(vector, &x, &w);
        prop_assert_eq!(y, z);
        prop_assert!(close(dot(&w, &tangent), dot(&cotangent, &v)));
    }

    #[test]
    fn the_hessian_is_symmetric_and_consistent(x in point(), v in point()) {
        let h = hessian(smooth, &x);
        let product = hvp(smooth, &x, &v);
        let mut trace = 0.0;
        for i in 0..3 {
            trace += h[(i, i)];
            for j in 0..i {
                prop_assert!(close(h[(i, j)], h[(j, i)]));
            }
            prop_assert!(close(product[i], (0..3).map(|j| h[(i, j)] * v[j]).sum()));
        }
        prop_assert!(close(laplacian(smooth, &x), trace));
        // Gradient of a gradient, on one graph.
        let nested = gradient(|x| {
            let g = gradient(|x: &[Var]| smooth(x), x);
            g.iter().zip(&v).map(|(&g, &v)| g * v).sum()
        }, &x);
        for i in 0..3 {
            prop_assert!(close(nested[i], product[i]));
        }
        // The same over duals.
        let dual: Vec<Dual<f64>> = x.iter().zip(&v).map(|(&x, &v)| Dual::new(x, [v])).collect();
        for (g, &p) in gradient(smooth, &dual).iter().zip(&product) {
            prop_assert!(close(g.tangent()[0], p));
        }
    }

    #[test]
    fn replay_equals_recording(x in point(), y in point()) {
        let mut function = Function::new(vector, &x);
        let replayed = function.jacobian(&y);
        let recorded = jacobian(vector, &y);
        for i in 0..4 {
            for j in 0..3 {
                prop_assert_eq!(replayed[(i, j)].to_bits(), recorded[(i, j)].to_bits());
            }
        }
        let mut values = [0.0; 4];
        function.values(&y, &mut values);
        prop_assert_eq!(&values[..], &vector(&y)[..]);
    }
}

#[test]
fn a_wide_jacobian_goes_in_reverse_and_a_tall_one_forward() {
    let wide = |x: &[Var]| [x.iter().map(|&x| x * x).sum::<Var>()];
    let x: Vec<f64> = (0..30).map(f64::from).collect();
    let j = jacobian(wide, &x);
    assert_eq!((j.nrows(), j.ncols()), (1, 30));
    assert!((0..30).all(|k| j[(0, k)] == 2.0 * x[k]));

    let tall = |x: &[Var]| (0..30).map(|k| x[0] * f64::from(k) + x[1]).collect::<Vec<_>>();
    let j = jacobian(tall, &[1.0, 2.0]);
    assert!((0..30).all(|k| j[(k, 0)] == k as f64 && j[(k, 1)] == 1.0));
}

#[test]
fn no_variables_and_one_variable() {
    let empty: [f64; 0] = [];
    assert_eq!(gradient(|_| Var::from(3.0), &empty), empty);
    assert_eq!(hessian(|_| Var::from(3.0), &empty).nrows(), 0);
    assert_eq!(jacobian(|_| Vec::new(), &[1.0]).nrows(), 0);
    assert_eq!(laplacian(|_| Var::from(3.0), &empty), 0.0);
    assert_eq!(gradient(|x| x[0], &[3.0]), [1.0]);
    assert_eq!(gradient(|_| Var::from(1.0), &[3.0]), [0.0]);
}

#[test]
fn an_infinite_slope_off_the_path_does_no_harm() {
    // sqrt(0) has slope +inf, but the result does not depend on it where the factor is constant 0.
    assert_eq!(gradient(|x| x[0].sqrt() * 0.0 + x[1], &[4.0, 1.0]), [0.0, 1.0]);
    assert_eq!(gradient(|x| x[1].max(x[0].sqrt()), &[0.0, 1.0]), [0.0, 1.0]);
}

#[test]
fn objectives_have_the_drivers_as_methods() {
    use autodiff::Differentiable;
    struct Smooth;
    impl Objective for Smooth {
        fn value<T: Real>(&self, x: &[T]) -> T {
            smooth(x)
        }
    }
    let x = [0.3, -0.4, 0.9];
    assert_eq!(Smooth.gradient(&x), gradient(smooth, &x));
    assert_eq!(Smooth.hvp(&x, &x), hvp(smooth, &x, &x));
    assert_eq!(Smooth.record(&x).value(&x), smooth(&x));
}
