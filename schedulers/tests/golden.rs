//! Schedules against the rates of PyTorch, Optax and Transformers.
//!
//! The fixture `golden/schedules.json` was recorded step by step from PyTorch 2.15 (`lr` of the
//! parameter group before `optimizer.step()`), Optax 0.2.8 (the schedule called with the step) and
//! Transformers 5.23, all in double precision.

use schedulers::{
    CosineAnnealing, ExponentialDecay, Linear, Mode, MultiStepDecay, ReduceOnPlateau, Schedule,
    StepDecay, Threshold,
};
use serde_json::Value;

/// The recursive forms of PyTorch collect up to about one rounding a step over 210 steps, each
/// 1.1e-16, and somewhat more where the rate is near the bottom of a cosine.
const TOLERANCE: f64 = 1e-12;

/// The cases of one source and name; there is at least one.
fn cases(source: &str, name: &str) -> Vec<Value> {
    let fixture: Value = serde_json::from_str(include_str!("golden/schedules.json")).unwrap();
    let cases: Vec<Value> = fixture["cases"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|case| case["source"] == source && case["name"] == name)
        .cloned()
        .collect();
    assert!(!cases.is_empty(), "{source} {name}");
    cases
}

/// A number of a case; infinities and NaN are written as text.
fn number(value: &Value) -> f64 {
    match value {
        Value::String(text) => text.parse().unwrap(),
        value => value.as_f64().unwrap_or_else(|| panic!("{value} is no number")),
    }
}

fn integer(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no integer"))
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

fn assert_close(found: f64, expected: f64, context: &str) {
    let scale = expected.abs().max(f64::MIN_POSITIVE);
    assert!((found - expected).abs() <= TOLERANCE * scale, "{context}: {found} != {expected}");
}

/// Compares every recorded step.
fn check(case: &Value, schedule: &dyn Schedule) {
    for (step, expected) in numbers(&case["lr"]).into_iter().enumerate() {
        let context = format!("{} {}, step {step}", case["name"], case["params"]);
        assert_close(schedule.at(step as u64), expected, &context);
    }
}

#[test]
fn torch_step() {
    for case in cases("torch", "StepLR") {
        let (base, p) = (number(&case["base_lr"]), &case["params"]);
        let (period, gamma) = (integer(&p["step_size"]), number(&p["gamma"]));
        check(&case, &StepDecay::new(base, period, gamma).unwrap());
    }
}

#[test]
fn torch_multi_step() {
    for case in cases("torch", "MultiStepLR") {
        let (base, p) = (number(&case["base_lr"]), &case["params"]);
        let milestones: Vec<u64> =
            p["milestones"].as_array().unwrap().iter().map(integer).collect();
        check(&case, &MultiStepDecay::new(base, milestones, number(&p["gamma"])).unwrap());
    }
}

#[test]
fn torch_exponential() {
    for case in cases("torch", "ExponentialLR") {
        let base = number(&case["base_lr"]);
        check(&case, &ExponentialDecay::new(base, number(&case["params"]["gamma"])).unwrap());
    }
}

#[test]
fn torch_cosine_annealing() {
    for case in cases("torch", "CosineAnnealingLR") {
        let (base, p) = (number(&case["base_lr"]), &case["params"]);
        let (minimum, steps) = (number(&p["eta_min"]), integer(&p["T_max"]));
        check(&case, &CosineAnnealing::new(base, minimum, steps).unwrap().oscillating());
    }
}

#[test]
fn torch_linear() {
    for case in cases("torch", "LinearLR") {
        let (base, p) = (number(&case["base_lr"]), &case["params"]);
        let (start, end) = (number(&p["start_factor"]), number(&p["end_factor"]));
        let factor = Linear::new(start, end, integer(&p["total_iters"])).unwrap();
        check(&case, &factor.scaled(base).unwrap());
    }
}

#[test]
fn torch_constant() {
    for case in cases("torch", "ConstantLR") {
        let (base, p) = (number(&case["base_lr"]), &case["params"]);
        let (factor, steps) = (number(&p["factor"]), integer(&p["total_iters"]));
        let schedule = (factor * base).then(steps, base);
        if steps == 0 {
            // PyTorch's recursive form keeps the factor forever, its closed form never applies it.
            // A lowered rate for zero steps is no lowered rate: the closed form is right.
            assert_eq!(schedule.at(0), base);
        } else {
            check(&case, &schedule);
        }
    }
}

#[test]
fn torch_sequential() {
    let case = &cases("torch", "SequentialLR")[0];
    assert_eq!(case["params"]["desc"], "ConstantLR(.1,20) -> ExponentialLR(.9) at 20");
    check(case, &0.01.then(20, ExponentialDecay::new(0.1, 0.9).unwrap()));
}

#[test]
fn torch_chained() {
    let case = &cases("torch", "ChainedScheduler")[0];
    assert_eq!(case["params"]["desc"], "LinearLR(.01,1,15) * MultiStepLR([40,80],.1)");
    let warmup = Linear::new(0.01, 1.0, 15).unwrap();
    check(case, &MultiStepDecay::new(0.1, [40, 80], 0.1).unwrap().chain(warmup));
}

#[test]
fn torch_reduce_on_plateau() {
    for case in cases("torch", "ReduceLROnPlateau") {
        let p = &case["params"];
        let size = number(&p["threshold"]);
        let threshold = match p["threshold_mode"].as_str() {
            Some("rel") => Threshold::Relative(size),
            _ => Threshold::Absolute(size),
        };
        let mode = if p["mode"] == "min" { Mode::Minimize } else { Mode::Maximize };
        let rule = ReduceOnPlateau::default()
            .with_mode(mode)
            .with_factor(number(&p["factor"]))
            .and_then(|rule| rule.with_threshold(threshold))
            .and_then(|rule| rule.with_minimum(number(&p["min_lr"])))
            .and_then(|rule| rule.with_epsilon(number(&p["eps"])))
            .unwrap()
            .with_patience(integer(&p["patience"]))
            .with_cooldown(integer(&p["cooldown"]));

        let (rates, best) = (numbers(&case["lr"]), numbers(&case["best"]));
        let mut state = rule.init(number(&case["base_lr"])).unwrap();
        for (epoch, metric) in numbers(&case["metric"]).into_iter().enumerate() {
            let before = state.value;
            let reduced = rule.update(&mut state, metric);
            let context = format!("{} {p}, epoch {epoch}", case["series"]);
            assert_close(state.value, rates[epoch], &context);
            assert_eq!(reduced, state.value < before, "{context}");
            assert_eq!(state.best, Some(best[epoch]), "{context}");
            assert_eq!(state.bad_epochs, integer(&case["num_bad_epochs"][epoch]), "{context}");
            assert_eq!(state.cooldown, integer(&case["cooldown_counter"][epoch]), "{context}");
        }
    }
}

/// The steps over which Optax counts, as far as a case has them.
fn optax_exponential(p: &Value) -> impl Schedule + use<> {
    let initial = p.get("init_value").filter(|_| p.get("peak_value").is_none());
    let initial = number(initial.unwrap_or(&p["peak_value"]));
    let (steps, rate) = (integer(&p["transition_steps"]), number(&p["decay_rate"]));
    let decay: Box<dyn Schedule> = if p["staircase"] == true {
        Box::new(StepDecay::new(initial, steps, rate).unwrap())
    } else {
        Box::new(ExponentialDecay::new(initial, rate.powf(1.0 / steps as f64)).unwrap())
    };
    let delayed = initial.then(p["transition_begin"].as_u64().unwrap_or(0), decay);
    let limit = p["end_value"].as_f64();
    move |step| match limit {
        Some(limit) if rate < 1.0 => delayed.at(step).max(limit),
        Some(limit) => delayed.at(step).min(limit),
        None => delayed.at(step),
    }
}

#[test]
fn optax_exponential_decay() {
    for case in cases("optax", "exponential_decay") {
        check(&case, &optax_exponential(&case["params"]));
    }
}

#[test]
fn optax_warmup_exponential_decay() {
    for case in cases("optax", "warmup_exponential_decay_schedule") {
        let p = &case["params"];
        let (steps, peak) = (integer(&p["warmup_steps"]), number(&p["peak_value"]));
        let warmup = Linear::new(number(&p["init_value"]), peak, steps).unwrap();
        check(&case, &warmup.then(steps, optax_exponential(p)));
    }
}

/// Optax counts the warm-up into the steps of the decay.
fn optax_warmup_cosine(p: &Value) -> impl Schedule + use<> {
    let (warmup_steps, peak) = (integer(&p["warmup_steps"]), number(&p["peak_value"]));
    let steps = integer(&p["decay_steps"]) - warmup_steps;
    let annealing = CosineAnnealing::new(peak, number(&p["end_value"]), steps).unwrap();
    Linear::new(number(&p["init_value"]), peak, warmup_steps).unwrap().then(warmup_steps, annealing)
}

#[test]
fn optax_warmup_cosine_decay() {
    for case in cases("optax", "warmup_cosine_decay_schedule") {
        check(&case, &optax_warmup_cosine(&case["params"]));
    }
}

#[test]
fn optax_warm_restarts() {
    let case = &cases("optax", "sgdr_schedule")[0];
    let parts = case["params"]["cosine_kwargs"].as_array().unwrap();
    let mut start = integer(&parts[0]["decay_steps"]);
    let mut schedule: Box<dyn Schedule> = Box::new(optax_warmup_cosine(&parts[0]));
    for part in &parts[1..] {
        schedule = Box::new(schedule.then(start, optax_warmup_cosine(part)));
        start += integer(&part["decay_steps"]);
    }
    check(case, &schedule);
}

#[test]
fn optax_cosine_decay() {
    for case in cases("optax", "cosine_decay_schedule") {
        let p = &case["params"];
        let (initial, steps) = (number(&p["init_value"]), integer(&p["decay_steps"]));
        check(&case, &CosineAnnealing::new(initial, 0.0, steps).unwrap());
    }
}

#[test]
fn optax_linear() {
    let linear = cases("optax", "linear_schedule");
    for case in linear.into_iter().chain(cases("optax", "polynomial_schedule")) {
        let p = &case["params"];
        let (initial, end) = (number(&p["init_value"]), number(&p["end_value"]));
        let begin = p["transition_begin"].as_u64().unwrap_or(0);
        let line = Linear::new(initial, end, integer(&p["transition_steps"])).unwrap();
        check(&case, &initial.then(begin, line));
    }
}

#[test]
fn optax_piecewise_constant() {
    let case = &cases("optax", "piecewise_constant_schedule")[0];
    // The scales 0.5, 0.2 and 2 multiply from the boundaries 20, 60 and 100.
    check(case, &0.1.then(20, 0.05).then(60, 0.01).then(100, 0.02));
}

#[test]
fn optax_joined() {
    let case = &cases("optax", "join_schedules")[0];
    assert_eq!(
        case["params"]["desc"],
        "linear(0,.1,20) | constant(.1) | cosine_decay(.1,60,alpha=.01)"
    );
    let annealing = CosineAnnealing::new(0.1, 0.001, 60).unwrap();
    check(case, &Linear::warmup(0.1, 20).unwrap().then(20, 0.1).then(50, annealing));
}

#[test]
fn transformers_warmups() {
    let warmup = Linear::warmup(0.1, 20).unwrap();
    check(&cases("transformers", "constant_with_warmup")[0], &warmup);

    let annealing = CosineAnnealing::new(0.1, 0.01, 100).unwrap().oscillating();
    check(&cases("transformers", "cosine_with_min_lr")[0], &warmup.then(20, annealing));

    let decay = CosineAnnealing::new(0.1, 0.005, 40).unwrap();
    // This one warms up from the minimum and not from zero.
    let warmup = Linear::new(0.005, 0.1, 20).unwrap();
    let stable = warmup.then(20, 0.1).then(80, decay);
    check(&cases("transformers", "warmup_stable_decay")[0], &stable);
}
