//! Emitted source, compiled and compared with the function it was emitted from.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use autodiff::{Function, Graph, GraphError, Rows, Var, map_over, scan, sum_over};
use calculus_core::Real;

const POINT: [f64; 3] = [0.7, -1.25, 2.5];

/// The rows of the table of elementary functions that the standard library has, and the helpers.
fn elementary<T: Real>(x: &[T]) -> T {
    let (a, b, c) = (x[0], x[1], x[2]);
    let smooth = a.sqrt() + b.cbrt() + a.exp() + a.exp2() + b.exp_m1() + c.ln() + c.log2();
    let circular = c.log10() + a.ln_1p() + a.sin() * b.cos() + a.tan() + a.asin() + a.acos();
    let hyperbolic = b.atan() + b.sinh() + b.cosh() + b.tanh() + b.asinh() + c.acosh() + a.atanh();
    let pieces = b.sigmoid() + c.softplus() + b.abs() * c.signum() + c.floor() + b.ceil() * a;
    let binary = a.pow(b) + a.hypot(c) + b.atan2(a) + a.min(b) * c.max(a) + a / b - c.recip();
    let powers = b.powi(-3) + a.powf(2.5) + a.mul_add(b, c) + c.round() * b.trunc();
    smooth + circular * hyperbolic + pieces * binary + powers * f64::MIN_POSITIVE
}

fn branching<T: Real>(x: &[T]) -> T {
    if x[0] > 0.0 && x[1] != 2.0 && x[2].partial_cmp(&x[0]).is_some() {
        x[0] * x[1].sin() + x[2].max(-x[0]).abs()
    } else {
        x[2]
    }
}

fn rows(x: &[Var]) -> Var {
    let table = Rows::new(3).data(vec![0.5, 1.5, -2.0]).variables(x);
    let mapped = map_over(&table, |row| row[0] * row[1].sin() + x[0]);
    mapped[0] * sum_over(&Rows::new(3).variables(&mapped), |row| row[0] * row[0])
}

fn vector<T: Real>(x: &[T]) -> [T; 2] {
    [x[0] * x[1], T::from(3.0)]
}

/// The value and gradient of a function at the point.
fn expected(f: impl Fn(&[Var]) -> Var) -> Vec<f64> {
    let mut g = [0.0; 3];
    let value = Function::new(f, &POINT).value_and_gradient(&POINT, &mut g);
    [value, value, g[0], g[1], g[2]].to_vec()
}

#[test]
fn emitted_functions_compile_and_agree() {
    let mut source = String::new();
    for (name, graph) in [
        ("elementary", Graph::record(elementary, &POINT)),
        ("branching", Graph::record(branching, &POINT)),
        ("rows", Graph::record(rows, &POINT)),
    ] {
        source.push_str(&graph.to_rust(name).unwrap());
    }
    source.push_str(&Graph::record(vector::<Var>, &POINT).to_rust("vector").unwrap());
    let print = |name: &str, unwrap: &str| {
        format!(
            "    let value = {name}_gradient(&x, &mut g){unwrap};
    println!(\"{{}} {{}} {{}} {{}} {{}}\", {name}(&x){unwrap}, value, g[0], g[1], g[2]);
"
        )
    };
    let _ = write!(
        source,
        "#![deny(warnings)]
fn main() {{
    let (x, mut g) = ({POINT:?}, [0.0; 3]);
{}{}{}    let y = vector(&x);
    println!(\"{{}} {{}}\", y[0], y[1]);
    assert!(branching(&[-1.0, 1.0, 1.0]).is_none());
    assert!(branching_gradient(&[1.0, 2.0, 1.0], &mut g).is_none());
}}
",
        print("elementary", ""),
        print("branching", ".unwrap()"),
        print("rows", ""),
    );
    // An inner attribute stands first.
    let source = format!("#![deny(warnings)]\n{}", source.replace("#![deny(warnings)]\n", ""));

    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (text, program) = (folder.join("emitted.rs"), folder.join("emitted"));
    std::fs::write(&text, source).unwrap();
    let compiler = Path::new(env!("CARGO")).with_file_name("rustc");
    let compiler = if compiler.exists() { compiler } else { "rustc".into() };
    let compiled = Command::new(compiler)
        .args(["--edition", "2024", "-o"])
        .args([&program, &text])
        .status()
        .expect("a compiler beside cargo or on the path");
    assert!(compiled.success());
    let output = Command::new(&program).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let printed = String::from_utf8(output.stdout).unwrap();
    let lines = printed
        .lines()
        .map(|line| line.split(' ').map(|number| number.parse().unwrap()).collect::<Vec<f64>>());
    let expected =
        [expected(elementary), expected(branching), expected(rows), vector(&POINT).to_vec()];
    assert_eq!(lines.clone().count(), expected.len());
    for (found, expected) in lines.zip(expected) {
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(&expected) {
            // Some functions of the C library and of `libm` differ in the last places.
            assert!((found - expected).abs() <= 1e-13 * expected.abs(), "{found} and {expected}");
        }
    }
}

#[test]
fn what_cannot_be_emitted_is_an_error() {
    let message = |graph: Graph, name: &str| graph.to_rust(name).unwrap_err().to_string();
    let erf = || Graph::record(|x| x[0].erf(), &[1.0]);
    assert_eq!(message(erf(), "f"), "`erf` cannot be emitted as Rust source");
    for name in ["", "1f", "a b", "_", "é"] {
        let error = GraphError::NotAnIdentifier { name: name.to_owned() };
        assert_eq!(erf().to_rust(name), Err(error));
    }
    let recurrence = |x: &[Var]| scan(&Rows::new(2), &[x[0]], |s, _| vec![s[0] * s[0]])[0];
    let error = message(Graph::record(recurrence, &[1.0]), "f");
    assert_eq!(error, "`scan` cannot be emitted as Rust source");
    let many = |x: &[Var]| sum_over(&Rows::new(100_000), |_| x[0] * x[0]);
    let error = message(Graph::record(many, &[1.0]), "f");
    assert_eq!(error, "more than 65536 operations once all rows are unrolled");
    let differing = |x: &[Var]| {
        sum_over(&Rows::new(2).variables(x), |r| if r[0] > 0.0 { r[0] * r[0] } else { -r[0] })
    };
    let error = message(Graph::record(differing, &[1.0, -1.0]), "f");
    assert_eq!(error, "`rows with decisions that differ` cannot be emitted as Rust source");
}
