//! How a minimisation ends, and what it hands back.

use core::cell::Cell;
use core::ops::ControlFlow;
use core::time::Duration;

use optimizers::{
    AutodiffProblem, Backtracking, ClosureProblem, Error, FiniteDifferences, GradientDescent,
    Lbfgs, Method, Problem, Quantity, Solution, Status, Stopping, StrongWolfe, minimize,
    minimize_observed, minimize_with,
};

const START: [f64; 2] = [-1.2, 1.0];

fn rosenbrock_value(x: &[f64]) -> f64 {
    100.0 * (x[1] - x[0] * x[0]).powi(2) + (1.0 - x[0]).powi(2)
}

fn rosenbrock_gradient(x: &[f64], g: &mut [f64]) {
    let t = x[1] - x[0] * x[0];
    g[0] = -400.0 * x[0] * t - 2.0 * (1.0 - x[0]);
    g[1] = 200.0 * t;
}

fn rosenbrock() -> ClosureProblem<'static> {
    ClosureProblem::new(2, rosenbrock_value).with_gradient(rosenbrock_gradient)
}

/// $\frac12 x^\top \operatorname{diag}(1, 10)\, x$.
fn bowl() -> ClosureProblem<'static> {
    ClosureProblem::new(2, |x| 0.5 * (x[0] * x[0] + 10.0 * x[1] * x[1]))
        .with_gradient(|x, g| g.copy_from_slice(&[x[0], 10.0 * x[1]]))
        .with_hessian(|_, h| h.copy_from_slice(&[1.0, 0.0, 0.0, 10.0]))
}

fn assert_consistent(problem: &dyn Problem, solution: &Solution) {
    let mut gradient = vec![0.0; problem.dimension()];
    let value = problem.value_and_gradient(&solution.x, &mut gradient).unwrap();
    assert_eq!((value, gradient), (solution.value, solution.gradient.clone()));
}

#[test]
fn every_method_minimises_a_bowl() {
    let methods: [Box<dyn Method>; 5] = [
        Box::new(GradientDescent::fixed(0.1).unwrap()),
        Box::new(GradientDescent::exact()),
        Box::new(GradientDescent::backtracking()),
        Box::new(GradientDescent::with_line_search(StrongWolfe::new())),
        Box::new(Lbfgs::new().with_line_search(Backtracking::new())),
    ];
    for method in methods {
        let solution = minimize(&bowl(), &[10.0, 1.0], &*method).unwrap();
        assert!(solution.status.is_converged(), "{method:?}: {}", solution.status);
        assert!(solution.gradient_norm() <= 1e-8);
        assert_consistent(&bowl(), &solution);
    }
}

#[test]
fn exact_steps_contract_a_quadratic_by_the_known_factor() {
    // From (kappa, 1) the worst case is attained: Nocedal and Wright (2006), equation 3.28.
    let solution = minimize(&bowl(), &[10.0, 1.0], &GradientDescent::exact()).unwrap();
    let factor = (9.0_f64 / 11.0).powi(2);
    for pair in solution.history.windows(2).take(20) {
        assert!((pair[1].value / pair[0].value - factor).abs() < 1e-10);
    }
    assert_eq!(solution.evaluations.hessians, 0);
    assert_eq!(solution.evaluations.hessian_vector_products, solution.iterations);
}

#[test]
fn exact_steps_need_a_positive_curvature_and_a_product() {
    let saddle = AutodiffProblem::new(|x| x[0] * x[1], &[1.0, -1.0]);
    let solution = minimize(&saddle, &[1.0, 1.0], &GradientDescent::exact()).unwrap();
    assert_eq!(solution.iterations, 1); // the first curvature is positive
    let solution = minimize(&saddle, &[1.0, -1.0], &GradientDescent::exact()).unwrap();
    assert_eq!(solution.status, Status::NotConvex);
    assert_eq!(
        minimize(&rosenbrock(), &START, &GradientDescent::exact()).unwrap_err(),
        Error::NotProvided { what: Quantity::HessianVectorProduct }
    );
}

#[test]
fn a_bad_start_is_an_error_that_names_it() {
    let start = |x: &[f64]| minimize(&rosenbrock(), x, &Lbfgs::new()).unwrap_err();
    assert_eq!(start(&[1.0]), Error::StartDimension { expected: 2, found: 1 });
    assert!(matches!(
        start(&[1.0, f64::NAN]),
        Error::NonFiniteStart { what: Quantity::Point, index: 1, .. }
    ));
    assert!(matches!(start(&[1e200, 0.0]), Error::NonFiniteStart { what: Quantity::Value, .. }));
    let root =
        ClosureProblem::new(1, |x| x[0].sqrt()).with_gradient(|x, g| g[0] = 0.5 / x[0].sqrt());
    let infinite = minimize(&root, &[0.0], &Lbfgs::new()).unwrap_err();
    assert!(matches!(infinite, Error::NonFiniteStart { what: Quantity::Gradient, .. }));
    let bare = ClosureProblem::new(2, rosenbrock_value);
    let missing = minimize(&bare, &START, &Lbfgs::new()).unwrap_err();
    assert_eq!(missing, Error::NotProvided { what: Quantity::Gradient });
    assert_eq!(missing.to_string(), "the problem does not provide the gradient");
}

#[test]
fn a_start_at_the_minimum_takes_no_step() {
    let solution = minimize(&rosenbrock(), &[1.0, 1.0], &Lbfgs::new()).unwrap();
    assert_eq!((solution.status, solution.iterations), (Status::GradientTolerance, 0));
    assert_eq!((solution.evaluations.values, solution.history.len()), (1, 1));
}

#[test]
fn no_variables_are_no_problem() {
    let constant = ClosureProblem::new(0, |_| 3.0).with_gradient(|_, _| {});
    let solution = minimize(&constant, &[], &Lbfgs::new()).unwrap();
    assert_eq!((solution.status, solution.value), (Status::GradientTolerance, 3.0));
}

#[test]
fn each_test_is_named_when_it_fires() {
    let run = |stopping: Stopping| {
        let solution = minimize_with(&rosenbrock(), &START, &Lbfgs::new(), &stopping).unwrap();
        assert_consistent(&rosenbrock(), &solution);
        assert!(!solution.status.is_converged());
        solution
    };
    let stopping = Stopping::default;
    let solution = run(stopping().with_max_iterations(7));
    assert_eq!((solution.status, solution.iterations), (Status::MaxIterations, 7));
    let solution = run(stopping().with_max_iterations(0));
    assert_eq!((solution.status, solution.x), (Status::MaxIterations, START.to_vec()));
    let solution = run(stopping().with_value_tolerance(0.5, 0.0).unwrap());
    assert_eq!(solution.status, Status::ValueTolerance);
    let solution = run(stopping().with_step_tolerance(0.0, 0.1).unwrap());
    assert_eq!(solution.status, Status::StepTolerance);
    let solution = run(stopping().with_target_value(1.0));
    assert_eq!(solution.status, Status::TargetValue);
    assert!(solution.value <= 1.0);
    let solution = run(stopping().with_time_limit(Duration::ZERO));
    assert_eq!((solution.status, solution.evaluations.values), (Status::TimeLimit, 1));
    for budget in 1..40 {
        let solution = run(stopping().with_max_evaluations(budget));
        assert_eq!(solution.status, Status::MaxEvaluations);
        assert_eq!(solution.evaluations.values, budget);
    }
}

#[test]
fn the_relative_gradient_test_refers_to_the_start() {
    let stopping = Stopping::default().with_gradient_tolerance(0.0, 1e-3).unwrap();
    let solution = minimize_with(&rosenbrock(), &START, &Lbfgs::new(), &stopping).unwrap();
    assert!(solution.status.is_converged());
    let norms = |i: usize| solution.history[i].gradient_norm;
    let bound = 1e-3 * norms(0);
    assert!(norms(solution.iterations) <= bound && norms(solution.iterations - 1) > bound);
}

#[test]
fn the_observer_sees_every_iterate_and_may_stop() {
    let mut seen = Vec::new();
    let mut observer = |iterate: &optimizers::Iterate<'_>| {
        seen.push((iterate.record.iteration, iterate.point.value));
        if seen.len() == 5 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let stopping = Stopping::default();
    let solution =
        minimize_observed(&rosenbrock(), &START, &Lbfgs::new(), &stopping, &mut observer).unwrap();
    assert_eq!((solution.status, solution.iterations), (Status::Observer, 4));
    let recorded: Vec<_> = solution.history.iter().map(|r| (r.iteration, r.value)).collect();
    assert_eq!(seen, recorded);
}

#[test]
fn line_searches_back_off_from_values_that_are_not_finite() {
    // Infinite, NaN, and a finite value with a NaN gradient, each left of 1.
    let walls: [fn(f64) -> (f64, f64); 3] =
        [|_| (f64::INFINITY, f64::NAN), |_| (f64::NAN, f64::NAN), |_| (-1e9, f64::NAN)];
    let methods: [&dyn Method; 2] = [&Lbfgs::new(), &GradientDescent::backtracking()];
    for wall in walls {
        for method in methods {
            let f = |x: f64| if x < 1.0 { wall(x) } else { (x - x.ln() * 2.0, 1.0 - 2.0 / x) };
            let problem = ClosureProblem::new(1, |x| f(x[0]).0).with_value_and_gradient(|x, g| {
                g[0] = f(x[0]).1;
                f(x[0]).0
            });
            let solution = minimize(&problem, &[40.0], method).unwrap();
            assert!(solution.status.is_converged(), "{}: {}", method.name(), solution.status);
            assert!((solution.x[0] - 2.0).abs() < 1e-7);
        }
    }
}

#[test]
fn the_best_point_survives_a_line_search_that_fails() {
    // A gradient a million times too large promises a decrease that no step shows.
    for method in [&Lbfgs::new() as &dyn Method, &GradientDescent::backtracking()] {
        let lowest = Cell::new(f64::INFINITY);
        let wrong = ClosureProblem::new(1, |x| {
            lowest.set(lowest.get().min(x[0] * x[0]));
            x[0] * x[0]
        })
        .with_gradient(|x, g| g[0] = 2e6 * x[0]);
        let solution = minimize(&wrong, &[3.0], method).unwrap();
        assert_eq!(solution.status, Status::LineSearchFailed, "{}", method.name());
        assert!(solution.value < 9.0, "{}", method.name());
        assert_eq!(solution.value, lowest.get());
        assert_consistent(&wrong, &solution);
    }
}

#[test]
fn rounding_is_told_from_failure() {
    // The value is resolved to 2e-9 only, so that no step shows a decrease near the minimum.
    let problem = ClosureProblem::new(1, |x| 1e7 + (x[0] - 0.1).powi(2))
        .with_gradient(|x, g| g[0] = 2.0 * (x[0] - 0.1) + 1e-7);
    let solution = minimize(&problem, &[3.0], &Lbfgs::new()).unwrap();
    assert!((solution.x[0] - 0.1).abs() < 1e-3);
    assert!(
        matches!(solution.status, Status::PrecisionLimit | Status::GradientTolerance),
        "{}",
        solution.status
    );
}

#[test]
fn a_function_without_a_minimum_ends_with_a_budget() {
    let slope = ClosureProblem::new(1, |x| -x[0]).with_gradient(|_, g| g[0] = -1.0);
    let stopping = Stopping::default().with_max_evaluations(500);
    let solution = minimize_with(&slope, &[0.0], &Lbfgs::new(), &stopping).unwrap();
    assert!(!solution.status.is_converged() && solution.value < -1e3, "{}", solution.status);
}

#[test]
fn a_diverging_fixed_step_is_told() {
    let method = GradientDescent::fixed(1.0).unwrap();
    let solution = minimize(&bowl(), &[1.0, 1.0], &method).unwrap();
    assert_eq!(solution.status, Status::NonFinite);
    assert!(solution.value.is_finite());
    assert_consistent(&bowl(), &solution);
}

#[test]
fn differences_minimise_to_their_precision() {
    let problem = FiniteDifferences::new(ClosureProblem::new(2, rosenbrock_value));
    let stopping = Stopping::default().with_gradient_tolerance(1e-6, 0.0).unwrap();
    let solution = minimize_with(&problem, &START, &Lbfgs::new(), &stopping).unwrap();
    assert!(solution.status.is_converged());
    assert!((solution.x[0] - 1.0).abs() < 1e-5);
}

#[test]
fn a_larger_memory_is_no_worse_on_a_quadratic() {
    let n = 20;
    let curvature = |i: usize| 10.0_f64.powf(4.0 * i as f64 / (n - 1) as f64);
    let problem = ClosureProblem::new(n, |x| {
        x.iter().enumerate().map(|(i, x)| 0.5 * curvature(i) * x * x).sum()
    })
    .with_gradient(|x, g| {
        for (i, (g, x)) in g.iter_mut().zip(x).enumerate() {
            *g = curvature(i) * x;
        }
    });
    let iterations = |memory: usize| {
        let method = Lbfgs::new().with_memory(memory).unwrap();
        let solution = minimize(&problem, &vec![1.0; n], &method).unwrap();
        assert!(solution.status.is_converged(), "{memory}: {}", solution.status);
        solution.iterations
    };
    assert!(iterations(20) < iterations(2));
}

#[test]
fn the_size_of_the_start_does_not_matter() {
    let problem = ClosureProblem::new(1, |x| (x[0] - 1.0).powi(2))
        .with_gradient(|x, g| g[0] = 2.0 * (x[0] - 1.0));
    for start in [0.0, 5e-324, -1e-300, 1e-30, 1e-9, 1.5, 1e20, -1e150] {
        let methods: [&dyn Method; 2] = [&Lbfgs::new(), &GradientDescent::backtracking()];
        for method in methods {
            let solution = minimize(&problem, &[start], method).unwrap();
            assert!(solution.status.is_converged(), "{} from {start:e}", method.name());
        }
    }
}

#[test]
fn a_step_that_overflows_is_no_convergence() {
    // At infinity the gradient is 0.
    let problem =
        ClosureProblem::new(1, |x| (-x[0]).exp()).with_gradient(|x, g| g[0] = -(-x[0]).exp());
    let method = GradientDescent::fixed(1e308).unwrap();
    let solution = minimize(&problem, &[-5.0], &method).unwrap();
    assert_eq!((solution.status, solution.x), (Status::NonFinite, vec![-5.0]));
}

#[test]
fn values_that_are_not_finite_are_no_limit_of_precision() {
    let isolated = |x: &[f64]| if x[0] == 1.0 { 3.0 } else { f64::NAN };
    let isolated = ClosureProblem::new(1, isolated).with_gradient(|_, g| g[0] = 1.0);
    let square = ClosureProblem::new(1, |x| x[0] * x[0])
        .with_gradient(|x, g| g[0] = if x[0] == 1.0 { 2.0 } else { f64::NAN });
    for problem in [isolated, square] {
        let methods: [&dyn Method; 2] = [&Lbfgs::new(), &GradientDescent::backtracking()];
        for method in methods {
            let solution = minimize(&problem, &[1.0], method).unwrap();
            assert_eq!(solution.status, Status::LineSearchFailed, "{}", method.name());
        }
    }
}

#[test]
fn the_start_is_evaluated_within_any_budget() {
    let problem = ClosureProblem::new(1, |x| x[0] * x[0]).with_gradient(|x, g| g[0] = 2.0 * x[0]);
    let none = Stopping::default;
    for (stopping, status) in [
        (none().with_max_iterations(0), Status::MaxIterations),
        (none().with_max_evaluations(0), Status::MaxEvaluations),
        (none().with_max_evaluations(1), Status::MaxEvaluations),
        (none().with_time_limit(core::time::Duration::ZERO), Status::TimeLimit),
    ] {
        let solution = minimize_with(&problem, &[3.0], &Lbfgs::new(), &stopping).unwrap();
        assert_eq!((solution.status, solution.value), (status, 9.0));
        assert_eq!((solution.iterations, solution.evaluations.values), (0, 1));
    }
}
