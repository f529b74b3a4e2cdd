//! Identities that hold for all inputs.

use optimizers::{
    Adam, AdamW, ClipByGlobalNorm, ClipByValue, ClosureProblem, DecoupledWeightDecay,
    GradientTransform, Group, Groups, Lbfgs, Optimizer, Sgd, State, UpdateRule, minimize,
};
use proptest::prelude::*;

fn rules() -> Vec<Box<dyn UpdateRule<f64>>> {
    let momentum = || Sgd::new().with_momentum(0.9).unwrap();
    vec![
        Box::new(Sgd::new().with_weight_decay(0.01).unwrap()),
        Box::new(momentum().with_dampening(0.3).unwrap()),
        Box::new(momentum().with_nesterov().unwrap()),
        Box::new(Adam::new().with_weight_decay(0.1).unwrap()),
        Box::new(Adam::new().with_amsgrad()),
        Box::new(AdamW::new().with_betas(0.8, 0.9).unwrap()),
        Box::new(AdamW::new().with_amsgrad().maximizing()),
        Box::new(DecoupledWeightDecay::new(momentum(), 0.1).unwrap()),
    ]
}

fn vector(n: impl Into<prop::collection::SizeRange>) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(-10.0..10.0_f64, n)
}

/// The gradient of a smooth function of its own at every parameter and step.
fn gradient(x: &[f64], step: usize) -> Vec<f64> {
    x.iter().zip(1..).map(|(x, i)| x.sin() + 0.1 * f64::from(i) + (step as f64).cos()).collect()
}

fn train(optimizer: &mut Optimizer<f64>, x: &mut [f64], steps: core::ops::Range<usize>) {
    for step in steps {
        optimizer.step(0.05, x, &mut gradient(x, step)).unwrap();
    }
}

fn norm(v: &[f64]) -> f64 {
    v.iter().map(|v| v * v).sum::<f64>().sqrt()
}

proptest! {
    #[test]
    fn gradient_descent_contracts_a_quadratic(
        curvatures in prop::collection::vec(0.1..10.0_f64, 1..8),
        rate in 0.001..0.2_f64,
    ) {
        // Entry by entry, x <- (1 - rate * curvature) x.
        let rule = Sgd::new();
        let mut state = rule.init(curvatures.len());
        let mut x = vec![1.0; curvatures.len()];
        for step in 1..20 {
            let g: Vec<f64> = x.iter().zip(&curvatures).map(|(x, c)| c * x).collect();
            rule.update(&mut state, rate, &mut x, &g);
            for (x, c) in x.iter().zip(&curvatures) {
                let expected = (1.0 - rate * c).powi(step);
                prop_assert!((x - expected).abs() <= 1e-13);
            }
        }
    }

    #[test]
    fn lbfgs_converges_on_convex_quadratics(
        entries in vector(36),
        shift in vector(6),
        start in vector(6),
    ) {
        // H = A A' + I is positive definite.
        let n = 6;
        let row = |i: usize| &entries[i * n..(i + 1) * n];
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let product = |x: &[f64], h: &mut [f64]| {
            for i in 0..n {
                h[i] = x[i] + (0..n).map(|j| dot(row(i), row(j)) * x[j]).sum::<f64>();
            }
        };
        let value = |x: &[f64]| {
            let mut h = vec![0.0; n];
            product(x, &mut h);
            0.5 * dot(x, &h) - dot(&shift, x)
        };
        let problem = ClosureProblem::new(n, value).with_gradient(|x, g| {
            product(x, g);
            g.iter_mut().zip(&shift).for_each(|(g, b)| *g -= b);
        });
        let solution = minimize(&problem, &start, &Lbfgs::new()).unwrap();
        prop_assert!(solution.status.is_converged(), "{}", solution.status);
        for pair in solution.history.windows(2) {
            prop_assert!(pair[1].value <= pair[0].value + 1e-12 * pair[0].value.abs());
        }
    }

    #[test]
    fn clipping_shortens_and_keeps_the_direction(mut g in vector(0..20), bound in 0.01..20.0_f64) {
        let before = g.clone();
        ClipByGlobalNorm::new(bound).unwrap().apply(&vec![0.0; g.len()], &mut g);
        prop_assert!(norm(&g) <= norm(&before) && norm(&g) <= bound * (1.0 + 1e-14));
        let ratio = if norm(&before) > 0.0 { norm(&g) / norm(&before) } else { 1.0 };
        for (g, before) in g.iter().zip(&before) {
            prop_assert!((g - ratio * before).abs() <= 1e-14 * before.abs());
        }
        let mut values = before.clone();
        ClipByValue::new(bound).unwrap().apply(&vec![0.0; values.len()], &mut values);
        for (v, before) in values.iter().zip(&before) {
            prop_assert!(v.abs() <= bound && v.abs() <= before.abs());
            prop_assert!(v * before >= 0.0);
        }
    }

    #[test]
    fn groups_with_equal_rates_change_nothing(
        start in vector(12),
        mut cuts in prop::collection::vec(0..=12_usize, 4),
    ) {
        cuts.sort_unstable();
        for index in 0..rules().len() {
            let rule = || rules().swap_remove(index);
            let decay = rule().hyperparameter(optimizers::Hyperparameter::WeightDecay);
            let same = |name: &str, range| {
                Group::contiguous(name, range).with_weight_decay(decay.unwrap()).unwrap()
            };
            let groups =
                Groups::new(12, [same("a", cuts[0]..cuts[1]), same("b", cuts[2]..cuts[3])]).unwrap();
            let mut plain = Optimizer::new(rule(), 12);
            let mut grouped = Optimizer::new(rule(), 12).with_groups(groups).unwrap();
            let (mut x, mut y) = (start.clone(), start.clone());
            train(&mut plain, &mut x, 0..5);
            train(&mut grouped, &mut y, 0..5);
            prop_assert_eq!(&x, &y);
            prop_assert_eq!(plain.state(), grouped.state());
        }
    }

    #[test]
    fn a_run_resumes_bit_for_bit(start in vector(1..9), before in 0..6_usize, after in 1..6_usize) {
        for index in 0..rules().len() {
            let new = || Optimizer::new(rules().swap_remove(index), start.len());
            let (mut straight, mut x) = (new(), start.clone());
            train(&mut straight, &mut x, 0..before + after);

            let (mut first, mut y) = (new(), start.clone());
            train(&mut first, &mut y, 0..before);
            let mut second = new();
            second.load_state(round_trip(first.state())).unwrap();
            train(&mut second, &mut y, before..before + after);
            let bits = |v: &[f64]| v.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
            prop_assert_eq!(bits(&x), bits(&y));
            prop_assert_eq!(straight.state(), second.state());
        }
    }
}

#[cfg(feature = "serde")]
fn round_trip(state: &State<f64>) -> State<f64> {
    serde_json::from_str(&serde_json::to_string(state).unwrap()).unwrap()
}

#[cfg(not(feature = "serde"))]
fn round_trip(state: &State<f64>) -> State<f64> {
    state.clone()
}

#[cfg(feature = "serde")]
#[test]
fn single_precision_states_and_solutions_survive_a_file() {
    let rule = AdamW::new();
    let mut state = rule.init(3);
    rule.update(&mut state, 0.1, &mut [1.0_f32, 2.0, 3.0], &[0.1, 1e-20, -3e7]);
    let text = serde_json::to_string(&state).unwrap();
    assert_eq!(serde_json::from_str::<State<f32>>(&text).unwrap(), state);

    let problem = ClosureProblem::new(1, |x| x[0].cosh()).with_gradient(|x, g| g[0] = x[0].sinh());
    let solution = minimize(&problem, &[1.0], &Lbfgs::new()).unwrap();
    let text = serde_json::to_string(&solution).unwrap();
    assert_eq!(serde_json::from_str::<optimizers::Solution>(&text).unwrap(), solution);
}

#[cfg(feature = "serde")]
#[test]
fn a_tampered_state_is_refused() {
    let mut optimizer = Optimizer::<f64>::new(Adam::new(), 2);
    let text = serde_json::to_string(optimizer.state()).unwrap();
    let load = |text: &str| serde_json::from_str::<State<f64>>(text).unwrap();
    let shorter = text.replacen("[0.0,0.0]", "[0.0]", 1);
    assert!(optimizer.load_state(load(&shorter)).is_err());
    assert!(optimizer.load_state(load(&text.replace("Adam", "SGD"))).is_err());
    assert!(optimizer.load_state(load(&text)).is_ok());
}
