//! Every update rule through the grid of the test kit.

use calculus_core::testing::{check_optimizer, check_resume, problems};
use optimizers::{Adam, AdamW, DecoupledWeightDecay, Optimizer, Sgd, UpdateRule};

/// A rule, a learning rate, and the share of the initial excess that is left after 2,000 steps.
type Row = (Box<dyn UpdateRule<f64>>, f64, f64);

fn rows() -> Vec<Row> {
    let momentum = || Sgd::new().with_momentum(0.9).unwrap();
    vec![
        (Box::new(Sgd::new()), 1e-3, 0.1),
        (Box::new(momentum()), 1e-3, 1e-2),
        (Box::new(momentum().with_nesterov().unwrap()), 1e-3, 1e-2),
        (Box::new(momentum().with_dampening(0.5).unwrap()), 1e-3, 0.05),
        (Box::new(Adam::new()), 0.02, 1e-2),
        (Box::new(Adam::new().with_amsgrad()), 0.02, 1e-2),
        (Box::new(AdamW::new().with_weight_decay(0.0).unwrap()), 0.02, 1e-2),
        (Box::new(DecoupledWeightDecay::new(momentum(), 1e-4).unwrap()), 1e-3, 1e-2),
    ]
}

#[test]
fn rules_minimise() {
    for index in 0..rows().len() {
        let (rule, learning_rate, tolerance) = rows().swap_remove(index);
        let new = |dimension: usize| {
            let mut optimizer = Optimizer::new(rows().swap_remove(index).0, dimension);
            move |x: &mut [f64], g: &[f64]| {
                optimizer.step(learning_rate, x, &mut g.to_vec()).unwrap();
            }
        };
        if let Err(failure) = check_optimizer(new, &problems(), 2_000, tolerance) {
            panic!("{rule:?}: {failure}");
        }
    }
}

#[test]
fn rules_resume() {
    for index in 0..rows().len() {
        let rule = || rows().swap_remove(index).0;
        check_resume(
            || (Optimizer::new(rule(), 3), vec![1.0_f64, -2.0, 0.5]),
            |(optimizer, x)| {
                let mut gradient: Vec<f64> = x.iter().map(|x| x.sin() + 0.1).collect();
                optimizer.step(0.05, x, &mut gradient).unwrap();
            },
            |(optimizer, x)| {
                let mut fresh = Optimizer::new(rule(), 3);
                fresh.load_state(optimizer.state().clone()).unwrap();
                (fresh, x)
            },
            |(_, x)| x.clone(),
            12,
        )
        .unwrap();
    }
}
