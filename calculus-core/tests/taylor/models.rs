//! Taylor models of functions whose constants are known.

use calculus_core::Real;
use calculus_core::taylor::{LinearModel, QuadraticModel};
use faer::Mat;
use proptest::prelude::*;

const N: usize = 3;

fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

fn norm(x: &[f64]) -> f64 {
    dot(x, x).sqrt()
}

/// $f(x) = \phi(w^\top x)$ by $\phi$, $\phi'$, $\phi''$: its gradient has the Lipschitz constant
/// $\max|\phi''|\,\|w\|^2$, its Hessian $\max|\phi'''|\,\|w\|^3$.
struct Ridge {
    function: fn(f64) -> [f64; 3],
    second: f64,
    third: f64,
}

fn ridges() -> [Ridge; 3] {
    let logistic = |x: f64| {
        let s = Real::sigmoid(x);
        [Real::softplus(x), s, s * (1.0 - s)]
    };
    [
        Ridge { function: |x| [x.sin(), x.cos(), -x.sin()], second: 1.0, third: 1.0 },
        Ridge { function: logistic, second: 0.25, third: 1.0 / (6.0 * 3.0_f64.sqrt()) },
        // A quadratic is its own model.
        Ridge { function: |x| [x * x, 2.0 * x, 2.0], second: 2.0, third: 0.0 },
    ]
}

fn vector(bound: f64) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(-bound..bound, N)
}

proptest! {
    #[test]
    fn the_bounds_hold(w in vector(2.0), a in vector(2.0), d in vector(3.0)) {
        for ridge in ridges() {
            let [value, first, second] = (ridge.function)(dot(&w, &a));
            let gradient: Vec<f64> = w.iter().map(|w| first * w).collect();
            let hessian = Mat::from_fn(N, N, |i, j| second * w[i] * w[j]);
            let moved: Vec<f64> = a.iter().zip(&d).map(|(a, d)| a + d).collect();
            let [exact, slope, _] = (ridge.function)(dot(&w, &moved));
            let (l, m) = (ridge.second * norm(&w).powi(2), ridge.third * norm(&w).powi(3));
            // Rounding of numbers below 400.
            let rounding = 1e-12;

            let linear = LinearModel::new(value, gradient.clone()).unwrap();
            let error = (exact - linear.value(&d)).abs();
            prop_assert!(error <= linear.error_bound(&d, l).unwrap() + rounding);
            let (low, high) = linear.bounds(&d, l).unwrap();
            prop_assert!(low - rounding <= exact && exact <= high + rounding);

            let quadratic = QuadraticModel::new(value, gradient, hessian).unwrap();
            let error = (exact - quadratic.value(&d)).abs();
            prop_assert!(error <= quadratic.error_bound(&d, m).unwrap() + rounding);
            let (low, high) = quadratic.bounds(&d, m).unwrap();
            prop_assert!(low - rounding <= exact && exact <= high + rounding);
            let difference: Vec<f64> =
                quadratic.gradient(&d).iter().zip(&w).map(|(g, w)| g - slope * w).collect();
            let bound = quadratic.gradient_error_bound(&d, m).unwrap();
            prop_assert!(norm(&difference) <= bound + rounding);
            prop_assert_eq!(quadratic.linear(), &linear);
        }
    }

    #[test]
    fn the_descent_step_decreases_as_promised(w in vector(2.0), a in vector(2.0)) {
        for ridge in ridges() {
            let [value, first, _] = (ridge.function)(dot(&w, &a));
            let l = ridge.second * norm(&w).powi(2);
            prop_assume!(l > 1e-3);
            let gradient: Vec<f64> = w.iter().map(|w| first * w).collect();
            let model = LinearModel::new(value, gradient).unwrap();
            let (d, decrease) = model.descent_step(l).unwrap();
            let moved: Vec<f64> = a.iter().zip(&d).map(|(a, d)| a + d).collect();
            let [after, ..] = (ridge.function)(dot(&w, &moved));
            prop_assert!(after <= value - decrease + 1e-12);
        }
    }

    #[test]
    fn the_minimum_of_a_definite_model_is_below_all_other_values(
        entries in prop::collection::vec(-1.0..1.0, N * N), g in vector(2.0), d in vector(3.0),
    ) {
        let b = Mat::from_fn(N, N, |i, j| entries[N * i + j]);
        let hessian = &b * b.transpose() + 0.1 * Mat::<f64>::identity(N, N);
        let model = QuadraticModel::new(1.0, g, hessian).unwrap();
        let minimizer = model.minimizer().unwrap();
        prop_assert!(norm(&model.gradient(&minimizer)) < 1e-12);
        prop_assert!(model.value(&minimizer) <= model.value(&d) + 1e-12);
    }
}

#[test]
fn the_bounds_are_attained() {
    // f(x) = L x²/2 at 0, and M x³/6 at 0.
    let linear = LinearModel::new(0.0, vec![0.0]).unwrap();
    assert_eq!(linear.error_bound(&[3.0], 2.0), Ok(9.0));
    let quadratic = QuadraticModel::new(0.0, vec![0.0], Mat::zeros(1, 1)).unwrap();
    assert_eq!(quadratic.error_bound(&[-3.0], 2.0), Ok(9.0));
    assert_eq!(quadratic.gradient_error_bound(&[-3.0], 2.0), Ok(9.0));
}
