//! Every elementary function, in every way of differentiating, driven by the table itself.

use autodiff::{
    Dual, Function, Graph, Jet, Var, derivative, gradient, hvp, nth_derivative, value_and_gradient,
};
use calculus_core::Real;
use calculus_core::elementary::{Binary, Unary};

/// A function of one variable: a row of the table, or a function with a parameter.
#[derive(Clone, Copy, Debug)]
enum Case {
    Row(Unary),
    Powi(i32),
    Powf(f64),
    Polygamma(u32),
    /// A row of two arguments with the other one held at a number, on the left or on the right.
    Left(Binary, f64),
    Right(Binary, f64),
    /// Both arguments depend on the variable: `b(x, 1 + x^2)`.
    Both(Binary),
}

impl Case {
    fn at<T: Real>(self, x: T) -> T {
        match self {
            Case::Row(row) => x.apply(row),
            Case::Powi(n) => x.powi(n),
            Case::Powf(p) => x.powf(p),
            Case::Polygamma(n) => x.polygamma(n),
            Case::Left(row, c) => T::from(c).combine(row, x),
            Case::Right(row, c) => x.combine(row, T::from(c)),
            Case::Both(row) => x.combine(row, 1.0 + x * x),
        }
    }

    fn contains(self, x: f64) -> bool {
        match self {
            Case::Row(row) => row.domain().contains_inside(x) && !at_a_kink(row, x),
            Case::Powf(_) | Case::Polygamma(_) => x > 0.0,
            Case::Powi(n) => n >= 0 || x != 0.0,
            Case::Left(Binary::Pow, _) => true,
            Case::Right(Binary::Pow, _) => x > 0.0,
            // Beyond, it overflows; below, its third derivative cancels all digits.
            Case::Both(Binary::Pow) => (0.1..5.0).contains(&x),
            Case::Left(Binary::Div, _) => x != 0.0,
            Case::Left(row, c) | Case::Right(row, c) => !tied(row, x, c),
            Case::Both(row) => !tied(row, x, 1.0 + x * x),
        }
    }
}

fn tied(row: Binary, a: f64, b: f64) -> bool {
    matches!(row, Binary::Min | Binary::Max | Binary::Above) && a == b
}

fn at_a_kink(row: Unary, x: f64) -> bool {
    let jumps = matches!(row, Unary::Floor | Unary::Ceil | Unary::Round | Unary::Trunc);
    (jumps && (2.0 * x).fract() == 0.0)
        || (matches!(row, Unary::Abs | Unary::Sign | Unary::Signum | Unary::Recip | Unary::Cbrt)
            && x == 0.0)
}

fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = Unary::ALL.iter().map(|&row| Case::Row(row)).collect();
    cases.extend([-3, -1, 0, 1, 2, 3, 7].map(Case::Powi));
    cases.extend([-1.5, 0.0, 0.5, 1.0, 2.0, 2.5].map(Case::Powf));
    cases.extend([0, 1, 2].map(Case::Polygamma));
    for &row in Binary::ALL {
        cases.extend([Case::Left(row, 1.7), Case::Right(row, 1.7), Case::Both(row)]);
    }
    cases
}

const GRID: [f64; 22] = [
    -12.3, -4.1, -2.2, -1.3, -0.95, -0.8, -0.4, -0.1, -1e-3, 0.0, 1e-6, 1e-3, 0.1, 0.3, 0.7, 0.95,
    1.3, 1.46, 2.2, 4.6, 11.7, 30.2,
];

fn points() -> impl Iterator<Item = (Case, f64)> {
    cases().into_iter().flat_map(|case| {
        GRID.into_iter().filter(move |&x| case.contains(x)).map(move |x| (case, x))
    })
}

#[track_caller]
fn agree(what: &str, case: Case, x: f64, got: f64, expected: f64, tolerance: f64) {
    let close = got == expected
        || (got.is_nan() && expected.is_nan())
        || (got - expected).abs() <= tolerance * expected.abs().max(1e-6);
    assert!(close, "{what} of {case:?} at {x}: {got:e}, expected {expected:e}");
}

/// Value and first derivative by the rule at `f64`, which the tests of `calculus-core` compare
/// with difference quotients.
fn by_rule(case: Case, x: f64) -> (f64, f64) {
    match case {
        Case::Row(row) => {
            let y = row.value(x);
            (y, row.derivative(x, y))
        }
        _ => {
            let y = case.at(Dual::<f64>::variable(x, 0));
            (y.primal(), y.tangent()[0])
        }
    }
}

#[test]
fn values_are_the_same_bits_over_every_scalar() {
    for (case, x) in points() {
        let plain = case.at(x);
        let graph = Function::new(|v: &[Var]| case.at(v[0]), &[0.6]).value(&[x]);
        for (what, got) in [
            ("dual", case.at(Dual::<f64>::variable(x, 0)).primal()),
            ("jet", case.at(Jet::<f64, 3>::variable(x)).coefficient(0)),
            ("replayed graph", graph),
        ] {
            assert_eq!(got.to_bits(), plain.to_bits(), "{what} value of {case:?} at {x}");
        }
    }
}

#[test]
fn first_derivatives_agree_in_every_mode() {
    for (case, x) in points() {
        let (_, d) = by_rule(case, x);
        agree("dual derivative", case, x, derivative(|x| case.at(x), x), d, 1e-14);
        agree("graph gradient", case, x, gradient(|v| case.at(v[0]), &[x])[0], d, 1e-14);
        agree("jet derivative", case, x, nth_derivative(|x| case.at(x), x, 1), d, 1e-13);
        let mut g = [0.0];
        Function::new(|v: &[Var]| case.at(v[0]), &[0.6]).gradient(&[x], &mut g);
        agree("replayed gradient", case, x, g[0], d, 1e-14);
        let chunked = autodiff::forward_gradient(|v| case.at(v[0]), &[x])[0];
        agree("chunked forward gradient", case, x, chunked, d, 1e-14);
    }
}

#[test]
fn second_derivatives_agree_in_every_mode() {
    for (case, x) in points() {
        let nested_duals = derivative(|x| derivative(|y| case.at(y), x), x);
        let scale = 1e-12;
        let nested_graph = gradient(|v| gradient(|w: &[Var]| case.at(w[0]), v)[0], &[x])[0];
        agree("nested graph", case, x, nested_graph, nested_duals, scale);
        let dual_over_graph = hvp(|v| case.at(v[0]), &[x], &[1.0])[0];
        agree("dual over graph", case, x, dual_over_graph, nested_duals, scale);
        let over_dual = gradient(|v| case.at(v[0]), &[Dual::<f64>::variable(x, 0)])[0].tangent()[0];
        agree("gradient at a dual", case, x, over_dual, nested_duals, scale);
        agree("jet", case, x, nth_derivative(|x| case.at(x), x, 2), nested_duals, 1e-10);
    }
}

#[test]
fn second_derivatives_agree_with_differences_of_first() {
    for (case, x) in points() {
        let h = 1e-5 * x.abs().clamp(1e-3, 1.0);
        if !(case.contains(x + h) && case.contains(x - h)) {
            continue;
        }
        let slope = |x| derivative(|x| case.at(x), x);
        let difference = (slope(x + h) - slope(x - h)) / (2.0 * h);
        let exact = derivative(|x| derivative(|y| case.at(y), x), x);
        let curvature = (slope(x + 2.0 * h) - slope(x - 2.0 * h)) / (4.0 * h);
        let uncertainty =
            4.0 * (difference - curvature).abs() + 1e-9 * (1.0 + slope(x).abs() / h * 1e-6);
        assert!(
            (exact - difference).abs() <= uncertainty + 1e-7 * exact.abs(),
            "{case:?} at {x}: {exact:e} against {difference:e} +- {uncertainty:e}"
        );
    }
}

#[test]
fn third_derivatives_agree_between_jets_duals_and_graphs() {
    for (case, x) in points() {
        let duals = derivative(|x| derivative(|y| derivative(|z| case.at(z), y), x), x);
        agree("third by jet", case, x, nth_derivative(|x| case.at(x), x, 3), duals, 1e-9);
        let graphs =
            gradient(|u| gradient(|v| gradient(|w: &[Var]| case.at(w[0]), v)[0], u)[0], &[x])[0];
        // Where it is small against the value, most digits cancel, in another order in each mode.
        agree("third by graphs", case, x, graphs, duals, 1e-8);
    }
}

#[test]
fn boundary_points_hold_in_every_mode() {
    for &row in Unary::ALL {
        for point in row.boundary() {
            let (case, x) = (Case::Row(row), point.x);
            let dual = Dual::<f64>::variable(x, 0).apply(row);
            agree("boundary value", case, x, dual.primal(), point.value, 1e-15);
            agree("boundary dual", case, x, dual.tangent()[0], point.derivative, 1e-15);
            let (value, slope) = value_and_gradient(|v| v[0].apply(row), &[x]);
            agree("boundary value by graph", case, x, value, point.value, 1e-15);
            agree("boundary gradient", case, x, slope[0], point.derivative, 1e-15);
            let nested = gradient(
                |v| gradient(|w: &[Var]| w[0].apply(row), v)[0] * 1.0,
                &[if x.is_finite() { x } else { 0.5 }],
            );
            assert_eq!(nested.len(), 1);
            // A constant passes the same point without turning into NaN.
            assert_eq!(Dual::<f64>::constant(x).apply(row).tangent(), [0.0], "{row:?} at {x}");
        }
    }
}

#[test]
fn no_work_is_recorded_for_constants() {
    let graph = Graph::record(
        |x| {
            let constant = Var::from(2.0).exp() * Var::from(3.0).powf(0.5) + 1.0;
            x[0] * constant
        },
        &[1.0],
    );
    assert_eq!(graph.len(), 1);
}
