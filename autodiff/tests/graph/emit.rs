//! Emitted source, compiled and compared with the function it was emitted from.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use autodiff::matrix::{self, VarMatrix};
use autodiff::{
    Function, Graph, GraphError, Rows, Var, implicit_root, map_over, scan, sum_over, vector,
};
use calculus_core::Real;
use calculus_core::matrix::Triangle;

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

/// Rows that decide differently, and rows inside rows.
fn differing(x: &[Var]) -> Var {
    let pairs = Rows::new(4).gather(x, 1, &[0_u32, 1, 1, 2][..]).data(&[1.0, -2.0, 0.5, 3.0][..]);
    sum_over(&pairs, |row| {
        let inner =
            map_over(
                &Rows::new(2).variables(row),
                |r| if r[0] > 0.0 { r[0].sqrt() } else { -r[0] },
            );
        if row[0] * row[1] > 1.0 { inner[0] * inner[1] } else { inner[0].exp() + x[2] * inner[1] }
    })
}

/// A recurrence that decides, with one inside it, and rows of every kind.
fn recurrence(x: &[Var]) -> Var {
    let index = [2_u32, 0, 1, 1, 0, 2];
    let rows = Rows::new(6).data(&[0.5, -1.0, 0.25, 2.0, -0.75, 1.0][..]).gather(x, 1, &index[..]);
    let end = scan(&rows, &[x[0], x[1] * x[2]], |s, row| {
        let inner = scan(&Rows::new(3), &s[..1], |t, _| vec![(t[0] * x[1]).tanh() + row[0]])[0];
        if inner > 0.3 { vec![inner, s[1] * row[1]] } else { vec![s[1].sin(), inner - s[0]] }
    });
    end[0] * end[1]
}

/// So many steps that their unrolled operations would be no text.
fn long_recurrence(x: &[Var]) -> Var {
    let n = 20_000;
    let h = 1.0 / n as f64;
    scan(&Rows::new(n), &x[..2], |s, _| vec![s[0] + h * s[1], s[1] - h * x[2] * s[0]])[0]
}

fn vectors(x: &[Var]) -> Var {
    let y: Vec<Var> = x.iter().map(|&x| x * x + 0.5).collect();
    let reductions =
        vector::dot(x, &y) + vector::log_sum_exp(&y) + vector::norm(x) * vector::sum(&y);
    let extrema =
        vector::maximum(x) * vector::minimum(&y) + vector::squared_norm(&vector::softmax(x));
    // Each of these is differentiated twice where the gradient is taken of a gradient.
    let slope = autodiff::gradient(|x: &[Var]| vector::maximum(x) * vector::norm(x), x);
    reductions * extrema
        + slope[0] * slope[2]
        + vector::norm(&[x[0] * 1e200, x[1] * 1e200]) * 1e-200
}

fn matrices(x: &[Var]) -> Var {
    let a = VarMatrix::from_row_major(2, 2, &[x[0], x[1], x[1] * x[2], x[2]]);
    let b = VarMatrix::from_row_major(2, 2, &[x[2], x[0], Var::from(1.0), x[1]]);
    let spd = matrix::matmul(&a, &a.transposed());
    let lower = matrix::cholesky(&spd);
    let parts = [
        matrix::solve(&a, &b),
        matrix::inverse(&a),
        matrix::solve_triangular(&lower, Triangle::Lower, &b),
        matrix::solve_triangular(&a, Triangle::UnitUpper, &b),
    ];
    let sum: Var = parts.iter().map(matrix::frobenius).sum();
    sum * matrix::det(&a) + matrix::log_abs_det(&a) * matrix::log_det(&spd)
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

/// A function by its name.
type Named = (&'static str, fn(&[Var]) -> Var);

const FUNCTIONS: [Named; 8] = [
    ("elementary", elementary),
    ("branching", branching),
    ("rows", rows),
    ("differing", differing),
    ("recurrence", recurrence),
    ("long_recurrence", long_recurrence),
    ("vectors", vectors),
    ("matrices", matrices),
];

#[test]
fn emitted_functions_compile_and_agree() {
    let mut source = String::new();
    let mut prints = String::new();
    for (name, f) in FUNCTIONS {
        let text = Graph::record(f, &POINT).to_rust(name).unwrap();
        let unwrap = if text.contains("-> Option<f64>") { ".unwrap()" } else { "" };
        source.push_str(&text);
        let _ = writeln!(
            prints,
            "    let value = {name}_gradient(&x, &mut g){unwrap};
    println!(\"{{}} {{}} {{}} {{}} {{}}\", {name}(&x){unwrap}, value, g[0], g[1], g[2]);"
        );
    }
    source.push_str(&Graph::record(vector::<Var>, &POINT).to_rust("vector").unwrap());
    // Recorded where all rows decide alike.
    source.push_str(&Graph::record(differing, &[1.0, 1.0, 1.0]).to_rust("alike").unwrap());
    let _ = write!(
        source,
        "#![deny(warnings)]
fn main() {{
    let (x, mut g) = ({POINT:?}, [0.0; 3]);
{prints}    let y = vector(&x);
    println!(\"{{}} {{}}\", y[0], y[1]);
    assert!(branching(&[-1.0, 1.0, 1.0]).is_none());
    assert!(branching_gradient(&[1.0, 2.0, 1.0], &mut g).is_none());
    assert!(alike(&[1.0, 1.0, 1.0]).is_some());
    assert!(alike(&x).is_none() && alike_gradient(&x, &mut g).is_none());
}}
"
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
    let mut expected: Vec<Vec<f64>> = FUNCTIONS.iter().map(|(_, f)| expected(f)).collect();
    expected.push(vector(&POINT).to_vec());
    assert_eq!(lines.clone().count(), expected.len());
    for (line, (found, expected)) in lines.zip(expected).enumerate() {
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(&expected) {
            // Some functions of the C library and of `libm` differ in the last places, and 20,000 steps
            // add up differences in the order of sums.
            let tolerance = 1e-12 * expected.abs();
            assert!((found - expected).abs() <= tolerance, "{found} and {expected} in line {line}");
        }
    }
}

#[test]
fn what_cannot_be_emitted_is_an_error() {
    let message = |graph: Graph, name: &str| graph.to_rust(name).unwrap_err().to_string();
    let erf = || Graph::record(|x| x[0].erf(), &[1.0]);
    assert_eq!(message(erf(), "f"), "`erf` cannot be emitted as Rust source");
    for name in ["", "1f", "a b", "_", "é", "fn", "self", "Some"] {
        let error = GraphError::NotAnIdentifier { name: name.to_owned() };
        assert_eq!(erf().to_rust(name), Err(error));
    }
    let largest = |x: &[Var]| {
        *matrix::symmetric_eigenvalues(&VarMatrix::from_row_major(2, 2, x)).last().unwrap()
    };
    let error = message(Graph::record(largest, &[1.0, 0.0, 0.0, 2.0]), "f");
    assert_eq!(error, "`symmetric_eigen` cannot be emitted as Rust source");
    let root = |a: &[Var]| implicit_root(|a| vec![a[0].sqrt()], |z, a| vec![z[0] * z[0] - a[0]], a);
    let error = message(Graph::record(|x| root(x)[0], &[4.0]), "f");
    let expected =
        "`implicit_root` runs code of the user's, so it cannot be emitted as Rust source";
    assert_eq!(error, expected);
    let table = vec![1.0; (1 << 20) + 1];
    let many = |x: &[Var]| sum_over(&Rows::new(table.len()).data(&table[..]), |r| r[0] * x[0]);
    let error = message(Graph::record(many, &[1.0]), "f");
    assert_eq!(error, "a text of more than 1048576 operations or numbers");
    let long = |x: &[Var]| (0..70_000).fold(x[0], |y, k| y * x[0] + f64::from(k));
    let error = message(Graph::record(long, &[1.0]), "f");
    assert_eq!(error, "a text of more than 65536 operations or numbers");
}
