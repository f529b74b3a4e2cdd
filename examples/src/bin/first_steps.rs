//! First steps: the chain rule by hand, numerically, forward and in reverse; gradients, Jacobians
//! and Hessians of classic functions; Newton's method against gradient descent.
//!
//! ```text
//! cargo run --release -p examples --bin first_steps
//! ```

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::error::Error;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use autodiff::{
    Dual, Graph, Var, derivative, gradient, hessian, jacobian, nth_derivative, value_and_gradient,
};
use calculus_core::numeric::{central_difference, forward_difference, ridders};
use calculus_core::prelude::*;
use clap::Parser;
use examples::pictures;
use faer::linalg::solvers::Solve;
use faer::{Col, Mat};
use optimizers::{
    AutodiffProblem, GradientDescent, Lbfgs, Method, Run, Solution, Status, Stop, Stopping,
    minimize_observed,
};
use plotters::style::RGBColor;
use training::prepare_output_folder;

/// The chain rule four ways, classic functions, Newton against gradient descent.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// The folder that the pictures are written to.
    #[arg(long, default_value = "examples/out/first_steps")]
    output: PathBuf,
}

fn main() -> ExitCode {
    match run(&Options::parse().output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(output: &Path) -> Result<(), Box<dyn Error>> {
    prepare_output_folder(output)?;
    chain_rule(output)?;
    classic_functions();
    newton_against_gradient_descent(output)?;
    println!("\npictures: {}", output.display());
    Ok(())
}

/// $f(x) = \sqrt{x^2 + e^{x^2}} + \cos(x^2 + e^{x^2})$
/// (Deisenroth, Faisal and Ong, Mathematics for Machine Learning, 2020, example 5.14).
fn f<T: Real>(x: T) -> T {
    let a = x * x;
    let b = a.exp();
    let c = a + b;
    c.sqrt() + c.cos()
}

/// The same derivative by hand, node by node: returns $f$ and $f'$.
fn by_hand(x: f64) -> (f64, f64) {
    let a = x * x;
    let b = a.exp();
    let c = a + b;
    let d = c.sqrt();
    let e = c.cos();

    let d_bar = 1.0; // f = d + e
    let e_bar = 1.0;
    let c_bar = d_bar / (2.0 * d) - e_bar * c.sin(); // d = sqrt(c), e = cos(c)
    let b_bar = c_bar; // c = a + b
    let a_bar = c_bar + b_bar * b; // b = exp(a)
    let x_bar = a_bar * 2.0 * x; // a = x * x
    (d + e, x_bar)
}

fn chain_rule(output: &Path) -> Result<(), Box<dyn Error>> {
    let x = 1.25;
    println!("The chain rule: f(x) = sqrt(x^2 + exp(x^2)) + cos(x^2 + exp(x^2)) at x = {x}\n");
    let (value, exact) = by_hand(x);
    println!("  f(x) = {value:.15}\n");
    println!("  {:<34}{:>22}{:>12}", "f'(x)", "", "error");
    let row = |name: &str, slope: f64| {
        println!("  {name:<34}{slope:>22.15}{:>12.1e}", (slope - exact).abs());
    };
    row("by hand, in reverse", exact);
    for (name, estimate) in [
        ("forward difference", forward_difference(f::<f64>, x)?),
        ("central difference", central_difference(f::<f64>, x)?),
        ("Ridders' extrapolation", ridders(f::<f64>, x)?),
    ] {
        row(&format!("{name} (+- {:.0e})", estimate.error), estimate.value);
    }
    row("forward mode (dual number)", derivative(f, x));
    row("reverse mode (recorded graph)", gradient(|x| f(x[0]), &[x])[0]);
    println!("\n  and without further work");
    println!("  {:<34}{:>22.15}", "f''(x), dual in dual", derivative(|x| derivative(f, x), x));
    for n in [2, 3, 4] {
        println!("  {:<34}{:>22.15}", format!("order {n}, Taylor jet"), nth_derivative(f, x, n));
    }

    let graph = Graph::record(|x| f(x[0]), &[x]);
    println!("\nThe graph that reverse mode records, as it is stored (no values):\n");
    for line in graph.to_string().lines() {
        println!("  {line}");
    }
    let (values, adjoints) = node_values_and_adjoints(x);
    let labels = values.iter().zip(&adjoints).map(|(v, a)| format!("{v:.5}, slope {a:.5}"));
    let title = "Each node: its value, and the slope of f in it";
    pictures::graph(&output.join("graph.svg"), title, &graph, &labels.collect())
}

/// The value of each node, and the derivative of $f$ with respect to it.
fn node_values_and_adjoints(x: f64) -> (Vec<f64>, Vec<f64>) {
    let a = x * x;
    let c = a + a.exp();
    let values = vec![x, a, a.exp(), c, c.sqrt(), c.cos(), c.sqrt() + c.cos()];
    // f as a function of each node alone.
    let tail = |c: Dual<f64>| c.sqrt() + c.cos();
    let adjoints = vec![
        derivative(f, x),
        derivative(|a| tail(a + a.exp()), a),
        derivative(|b| tail(a + b), a.exp()),
        derivative(tail, c),
        1.0,
        1.0,
        1.0,
    ];
    (values, adjoints)
}

fn rosenbrock<T: Real>(x: &[T]) -> T {
    100.0 * (x[1] - x[0] * x[0]).powi(2) + (1.0 - x[0]).powi(2)
}

fn himmelblau<T: Real>(x: &[T]) -> T {
    (x[0] * x[0] + x[1] - 11.0).powi(2) + (x[0] + x[1] * x[1] - 7.0).powi(2)
}

fn beale<T: Real>(x: &[T]) -> T {
    [1.5, 2.25, 2.625]
        .into_iter()
        .zip(1..)
        .map(|(y, power)| (y - x[0] * (1.0 - x[1].powi(power))).powi(2))
        .sum()
}

/// Spherical to Cartesian coordinates: radius, inclination, azimuth.
fn spherical<T: Real>(s: &[T]) -> [T; 3] {
    let [r, inclination, azimuth] = [s[0], s[1], s[2]];
    [
        r * inclination.sin() * azimuth.cos(),
        r * inclination.sin() * azimuth.sin(),
        r * inclination.cos(),
    ]
}

type Classic = (&'static str, fn(&[Var]) -> Var, [f64; 2]);

fn classic_functions() {
    println!("\nClassic functions");
    let classics: [Classic; 3] = [
        ("Rosenbrock", rosenbrock, [-1.2, 1.0]),
        ("Himmelblau", himmelblau, [0.0, 0.0]),
        ("Beale", beale, [1.0, 1.0]),
    ];
    for (name, f, x) in classics {
        let (value, g) = value_and_gradient(f, &x);
        let h = hessian(f, &x);
        println!("\n  {name} at ({}, {}): f = {value}", x[0], x[1]);
        println!("    gradient  ({}, {})", g[0], g[1]);
        print_matrix("Hessian ", &h);
    }
    let s = [2.0, 1.0, 0.5];
    let j = jacobian(spherical, &s);
    println!("\n  Spherical to Cartesian coordinates at {s:?}");
    print_matrix("Jacobian", &j);
    let expected = s[0].powi(2) * s[1].sin();
    println!("    |det J| = {:.12}, r² sin θ = {expected:.12}", j.determinant().abs());
}

fn print_matrix(name: &str, m: &Mat<f64>) {
    for i in 0..m.nrows() {
        let label = if i == 0 { name } else { "" };
        let row: Vec<String> = (0..m.ncols()).map(|j| format!("{:12.6}", m[(i, j)])).collect();
        println!("    {label:<8}  [{}]", row.join(" "));
    }
}

/// Newton's method, $x \leftarrow x - \nabla^2 f(x)^{-1}\nabla f(x)$, without safeguards: a method of
/// one's own is a type that implements [`Method`].
#[derive(Debug)]
struct Newton;

impl Method for Newton {
    fn name(&self) -> &'static str {
        "Newton"
    }

    fn run(&self, run: &mut Run<'_>) -> Result<Status, Stop> {
        let n = run.dimension();
        let mut h = vec![0.0; n * n];
        let mut trial = run.point().clone();
        loop {
            run.hessian(&mut h)?;
            let hessian = Mat::from_fn(n, n, |i, j| h[i * n + j]);
            let gradient = Col::from_fn(n, |i| run.point().gradient[i]);
            let step = hessian.partial_piv_lu().solve(&gradient);
            for (x, step) in trial.x.iter_mut().zip(step.iter()) {
                *x -= step;
            }
            run.evaluate(&mut trial)?;
            run.accept(&mut trial, 1.0)?;
            trial.clone_from(run.point());
        }
    }
}

fn newton_against_gradient_descent(output: &Path) -> Result<(), Box<dyn Error>> {
    println!("\nMinimising Rosenbrock's function from (-1.2, 1)\n");
    println!(
        "  {:<18}{:>11}{:>8}{:>11}{:>14}{:>13}   status",
        "method", "iterations", "values", "gradients", "f", "|gradient|"
    );
    let start = [-1.2, 1.0];
    let problem = AutodiffProblem::new(rosenbrock, &start);
    let stopping = Stopping::default().with_max_iterations(50_000).with_max_evaluations(500_000);
    let mut paths = Vec::new();
    let methods: [(&str, Box<dyn Method>); 3] = [
        ("gradient descent", Box::new(GradientDescent::backtracking())),
        ("L-BFGS", Box::new(Lbfgs::new())),
        ("Newton", Box::new(Newton)),
    ];
    for (name, method) in &methods {
        let mut path = Vec::new();
        let solution: Solution =
            minimize_observed(&problem, &start, method.as_ref(), &stopping, &mut |iterate| {
                path.push((iterate.point.x[0], iterate.point.x[1]));
                ControlFlow::Continue(())
            })?;
        println!(
            "  {name:<18}{:>11}{:>8}{:>11}{:>14.3e}{:>13.1e}   {}",
            solution.iterations,
            solution.evaluations.values,
            solution.evaluations.gradients,
            solution.value,
            solution.gradient_norm(),
            solution.status
        );
        paths.push(path);
    }
    let colours = [RGBColor(200, 70, 60), RGBColor(50, 130, 80), RGBColor(40, 90, 190)];
    let drawn: Vec<pictures::Path<'_>> = methods
        .iter()
        .zip(&paths)
        .zip(colours)
        .map(|(((label, _), points), colour)| pictures::Path { label, points, colour })
        .collect();
    pictures::contour(
        &output.join("paths.svg"),
        "Rosenbrock's function: three ways into the valley",
        |x, y| rosenbrock(&[x, y]),
        (-1.6..1.4, -3.4..2.0),
        &[0.05, 0.5, 2.0, 6.0, 16.0, 40.0, 100.0, 250.0, 600.0],
        &drawn,
    )
}
