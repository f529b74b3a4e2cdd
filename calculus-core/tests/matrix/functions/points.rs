//! Points where a function of a matrix is delicate, and where there is none.

use super::*;

/// The file with derivatives at nearly repeated eigenvalues, and of general functions.
fn reference() -> serde_json::Value {
    serde_json::from_str(include_str!("../../golden/matrix_functions.json")).expect("valid JSON")
}

fn numbers(value: &serde_json::Value) -> Vec<f64> {
    value.as_array().expect("an array").iter().map(|x| x.as_f64().expect("a number")).collect()
}

/// A square matrix from its rows.
fn square_matrix(value: &serde_json::Value) -> Mat<f64> {
    let x = numbers(value);
    let n = (x.len() as f64).sqrt() as usize;
    Mat::from_fn(n, n, |i, j| x[i * n + j])
}

/// The largest difference relative to the largest entry.
fn relative_error(found: &Mat<f64>, expected: &Mat<f64>) -> f64 {
    (found - expected).norm_max() / expected.norm_max().max(1e-300)
}

#[track_caller]
fn assert_near(found: &Mat<f64>, expected: &Mat<f64>, tolerance: f64) {
    let error = relative_error(found, expected);
    assert!(error <= tolerance, "{error:e}: {found:?} instead of {expected:?}");
}

/// Eigenvalues 1, 1 + gap, 2, 3 with gaps from 1e-4 to 0: no digits are lost. The errors are those of
/// the decomposition, a few units of rounding.
#[test]
fn derivatives_at_nearly_repeated_eigenvalues() {
    fn compare<F: SpectralFunction>(name: &str, f: &F, second_tolerance: f64) {
        let file = reference();
        let e = square_matrix(&file["direction"]);
        for case in file["symmetric"].as_array().expect("cases") {
            let a = square_matrix(&case["matrix"]);
            let (_, spectrum) = spectral_function::value(f, &a).unwrap();
            let first = spectral_function::pullback(f, &spectrum, &e).unwrap();
            let error = relative_error(&first, &square_matrix(&case["first"][name]));
            assert!(error < 2e-14, "{name}, gap {}: {error:e}", case["gap"]);
            let second = spectral_function::second_pushforward(f, &spectrum, &e, &e).unwrap();
            let error = relative_error(&second, &square_matrix(&case["second"][name]));
            assert!(error < second_tolerance, "{name}, second, gap {}: {error:e}", case["gap"]);
        }
    }
    compare("exp", &Exp, 2e-14);
    compare("log", &Log, 2e-14);
    compare("sqrt", &Sqrt, 2e-14);
    compare("inverse_sqrt", &InverseSqrt, 2e-14);
    compare("power_0.3", &Power(0.3), 2e-14);
    compare("sin", &Sin, 2e-14);
    compare("cos", &Cos, 2e-14);
    // Without a divided difference in closed form.
    compare("tanh", &Unary::Tanh, 1e-13);
    // The second derivative is a difference of first ones.
    compare("tanh", &Analytic(HyperbolicTangent), 1e-9);
}

/// A function that is only known to the test.
#[derive(Clone)]
struct HyperbolicTangent;
impl Objective for HyperbolicTangent {
    fn value<T: Real>(&self, x: &[T]) -> T {
        x[0].tanh()
    }
}

/// Value and derivative of general functions at points that are delicate, each to its condition.
#[test]
fn general_functions_against_high_precision() {
    for case in reference()["general"].as_array().expect("cases") {
        let (name, function) = (case["name"].as_str().unwrap(), case["function"].as_str().unwrap());
        let (a, e) = (square_matrix(&case["matrix"]), square_matrix(&case["tangent"]));
        let (value, derivative) = match function {
            "expm" => {
                let factors = expm::value(&a).unwrap();
                (factors.value.clone(), expm::pushforward(&factors, &e).unwrap())
            }
            "logm" => {
                let factors = logm::value(&a).unwrap();
                (factors.value.clone(), logm::pushforward(&factors, &e).unwrap())
            }
            "sqrtm" => {
                let factors = sqrtm::value(&a).unwrap();
                (factors.value.clone(), sqrtm::pushforward(&factors, &e).unwrap())
            }
            "powm" => {
                let factors = powm::value(&a, 0.3).unwrap();
                let derivative = powm::pushforward(&factors, &e).unwrap();
                (factors.exponential.value, derivative)
            }
            "sinm" => {
                let (value, factors) = sinm::value(&a).unwrap();
                (value, sinm::pushforward(&factors, &e).unwrap())
            }
            "cosm" => {
                let (value, factors) = cosm::value(&a).unwrap();
                (value, cosm::pushforward(&factors, &e).unwrap())
            }
            other => panic!("{other}"),
        };
        // The condition numbers are those of the argument: its norm for a rotation, the distance to
        // the negative axis for a logarithm.
        let tolerance = match (function, name) {
            ("expm", "rotation by 1000") => 1e-12,
            ("expm", "large negative" | "far from normal") => 1e-12,
            ("logm", "wide") => 1e-10,
            _ => 2e-14,
        };
        let error = relative_error(&value, &square_matrix(&case["value"]));
        assert!(error < tolerance, "{function}, {name}: value {error:e}");
        let error = relative_error(&derivative, &square_matrix(&case["derivative"]));
        assert!(error < tolerance, "{function}, {name}: derivative {error:e}");
    }
}

/// Symmetric matrices through both kinds of functions.
#[test]
fn general_and_symmetric_functions_agree() {
    let mut random = Random::new(5);
    for n in [1, 2, 5, 12] {
        let (a, s) = (random.symmetric(n), random.definite(n));
        let bar = random.matrix(n, n);
        let sym = |x: Mat<f64>| symmetric(x.as_ref());

        let (c, spectrum) = symmetric_exp::value(&a).unwrap();
        let general = expm::value(&a).unwrap();
        assert_near(&general.value, &c, 1e-13);
        let gradient = symmetric_exp::pullback(&spectrum, &bar).unwrap();
        assert_near(&sym(expm::pullback(&general, &bar).unwrap()), &gradient, 1e-13);

        let (c, spectrum) = symmetric_log::value(&s).unwrap();
        let general = logm::value(&s).unwrap();
        assert_near(&general.value, &c, 1e-12);
        let gradient = symmetric_log::pullback(&spectrum, &bar).unwrap();
        assert_near(&sym(logm::pullback(&general, &bar).unwrap()), &gradient, 1e-12);

        let (c, spectrum) = symmetric_sqrt::value(&s).unwrap();
        let general = sqrtm::value(&s).unwrap();
        assert_near(&general.value, &c, 1e-13);
        let gradient = symmetric_sqrt::pullback(&spectrum, &bar).unwrap();
        assert_near(&sym(sqrtm::pullback(&general, &bar).unwrap()), &gradient, 1e-13);

        let (c, spectrum) = symmetric_power::value(&s, -1.5).unwrap();
        let general = powm::value(&s, -1.5).unwrap();
        assert_near(&general.exponential.value, &c, 1e-11);
        let gradient = symmetric_power::pullback(&spectrum, -1.5, &bar).unwrap();
        assert_near(&sym(powm::pullback(&general, &bar).unwrap()), &gradient, 1e-11);

        let (c, spectrum) = symmetric_sin::value(&a).unwrap();
        let (general, factors) = sinm::value(&a).unwrap();
        assert_near(&general, &c, 1e-13);
        let gradient = symmetric_sin::pullback(&spectrum, &bar).unwrap();
        assert_near(&sym(sinm::pullback(&factors, &bar).unwrap()), &gradient, 1e-13);

        let (c, spectrum) = symmetric_cos::value(&a).unwrap();
        let (general, factors) = cosm::value(&a).unwrap();
        assert_near(&general, &c, 1e-13);
        let gradient = symmetric_cos::pullback(&spectrum, &bar).unwrap();
        assert_near(&sym(cosm::pullback(&factors, &bar).unwrap()), &gradient, 1e-13);
    }
}

/// Inverse functions: $e^{\ln A} = A$, $(A^{1/2})^2 = A$, and a logarithm at size.
#[test]
fn inverse_functions_at_size() {
    let n = 40;
    let a = Random::new(9).regular(n);
    let log = logm::value(&a).unwrap();
    assert_near(&expm::value(&log.value).unwrap().value, &a, 1e-12);
    let root = sqrtm::value(&a).unwrap().value;
    assert_near(&(&root * &root), &a, 1e-12);
    // The derivatives are inverse maps.
    let e = Random::new(10).matrix(n, n);
    let there = logm::pushforward(&log, &e).unwrap();
    let back = expm::pushforward(&expm::value(&log.value).unwrap(), &there).unwrap();
    assert_near(&back, &e, 1e-11);
}

/// Integer powers, polynomials exactly: eigenvalues of both signs, and 0.
#[test]
fn integer_powers_take_any_eigenvalues() {
    let a = mat![[0.0, 2.0], [2.0, 0.0]];
    let e = mat![[1.0, 3.0], [3.0, -2.0]];
    let (c, spectrum) = symmetric_power::value(&a, 3.0).unwrap();
    assert_near(&c, &(&a * &a * &a), 1e-15);
    let exact = &e * &a * &a + &a * &e * &a + &a * &a * &e;
    assert_near(&symmetric_power::pushforward(&spectrum, 3.0, &e).unwrap(), &exact, 1e-15);

    let (c, spectrum) = symmetric_power::value(&a, -2.0).unwrap();
    assert_near(&c, &mat![[0.25, 0.0], [0.0, 0.25]], 1e-15);
    let i = mat![[0.0, 0.5], [0.5, 0.0]];
    let exact = (&i * &i * &e * &i + &i * &e * &i * &i) * -1.0;
    assert_near(&symmetric_power::pushforward(&spectrum, -2.0, &e).unwrap(), &exact, 1e-15);

    let zero = Mat::<f64>::zeros(2, 2);
    let (c, spectrum) = symmetric_power::value(&zero, 0.0).unwrap();
    assert_eq!(c, Mat::<f64>::identity(2, 2));
    assert_eq!(symmetric_power::pushforward(&spectrum, 0.0, &e).unwrap(), zero);
    let (_, spectrum) = symmetric_power::value(&zero, 1.0).unwrap();
    assert_eq!(symmetric_power::pushforward(&spectrum, 1.0, &e).unwrap(), e);
    let (_, spectrum) = symmetric_power::value(&zero, 1.5).unwrap();
    assert_eq!(symmetric_power::pushforward(&spectrum, 1.5, &e).unwrap(), zero);
    let error = symmetric_power::value(&zero, -1.0).unwrap_err();
    assert_eq!(error, Error::Singular { op: "symmetric_power", index: 0, pivot: 0.0 });
}

#[test]
fn eigenvalues_at_and_beyond_the_edge_of_the_domain() {
    let e = mat![[1.0, 0.0], [0.0, 1.0]];
    let indefinite = mat![[1.0, 0.0], [0.0, -2.0]];
    let index = 0;
    let outside = |op, pivot| Error::NotPositiveDefinite { op, index, pivot };
    assert_eq!(symmetric_log::value(&indefinite).unwrap_err(), outside("symmetric_log", -2.0));
    assert_eq!(symmetric_sqrt::value(&indefinite).unwrap_err(), outside("symmetric_sqrt", -2.0));
    let op = "symmetric_inverse_sqrt";
    assert_eq!(symmetric_inverse_sqrt::value(&indefinite).unwrap_err(), outside(op, -2.0));
    let op = "symmetric_power";
    assert_eq!(symmetric_power::value(&indefinite, 0.5).unwrap_err(), outside(op, -2.0));
    assert_eq!(entropy::value(&indefinite).unwrap_err(), outside("entropy", -2.0));
    assert!(symmetric_inverse::value(&indefinite).is_ok());

    // An exact 0: a root, and no derivative of it.
    let singular = mat![[0.0, 0.0], [0.0, 4.0]];
    assert_eq!(symmetric_log::value(&singular).unwrap_err(), outside("symmetric_log", 0.0));
    let (c, spectrum) = symmetric_sqrt::value(&singular).unwrap();
    assert_eq!(c, mat![[0.0, 0.0], [0.0, 2.0]]);
    let error = symmetric_sqrt::pushforward(&spectrum, &e).unwrap_err();
    assert_eq!(error, Error::Degenerate { op: "symmetric_sqrt", first: 0, second: 0, gap: 0.0 });
    assert_eq!(entropy::value(&singular).unwrap(), 4.0 * 4.0_f64.ln());
    let error = entropy::value_and_gradient(&singular).unwrap_err();
    assert_eq!(error, Error::Degenerate { op: "entropy", first: 0, second: 0, gap: 0.0 });
    let error = spectral_function::value(&Inverse, &singular).unwrap_err();
    assert_eq!(error, Error::Singular { op: "spectral_function", index: 0, pivot: 0.0 });
    assert_eq!(trace_function::value(&Entropy, &singular).unwrap(), 4.0 * 4.0_f64.ln());

    // A zero that rounding hides.
    let ones = Mat::from_fn(3, 3, |_, _| 1.0);
    assert!(matches!(symmetric_log::value(&ones), Err(Error::NotPositiveDefinite { .. })));
    let (c, spectrum) = symmetric_sqrt::value(&ones).unwrap();
    assert_near(&c, &(&ones * (1.0 / 3.0_f64.sqrt())), 1e-15);
    assert!(matches!(symmetric_sqrt::pullback(&spectrum, &ones), Err(Error::Degenerate { .. })));
    // A small eigenvalue of a diagonal matrix is known exactly.
    let graded = mat![[1.0, 0.0], [0.0, 1e-20]];
    assert_near(&symmetric_sqrt::value(&graded).unwrap().0, &mat![[1.0, 0.0], [0.0, 1e-10]], 0.0);
    assert!(symmetric_log::value(&graded).is_ok());
}

#[test]
fn domains_of_general_functions() {
    let negative = mat![[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, -2.0]];
    for error in [
        logm::value(&negative).unwrap_err(),
        sqrtm::value(&negative).unwrap_err(),
        powm::value(&negative, 0.5).unwrap_err(),
    ] {
        assert!(matches!(error, Error::OutsideDomain { value: -2.0, .. }), "{error}");
    }
    let ones = Mat::from_fn(3, 3, |_, _| 1.0);
    assert!(matches!(logm::value(&ones), Err(Error::Singular { .. })));
    assert!(matches!(powm::value(&ones, 0.5), Err(Error::Singular { .. })));
    assert!(matches!(powm::value(&ones, f64::NAN), Err(Error::OutsideDomain { .. })));
    // A simple eigenvalue 0 has a root and no derivative; a defective one has no root.
    let simple = mat![[0.0, 3.0], [0.0, 4.0]];
    let root = sqrtm::value(&simple).unwrap();
    assert_near(&root.value, &mat![[0.0, 1.5], [0.0, 2.0]], 1e-15);
    assert!(matches!(sqrtm::pushforward(&root, &simple), Err(Error::Degenerate { .. })));
    let defective = mat![[0.0, 1.0], [0.0, 0.0]];
    assert!(matches!(sqrtm::value(&defective), Err(Error::Singular { .. })));
    assert!(matches!(
        expm::value(&mat![[800.0, 1.0], [0.0, 0.0]]),
        Err(Error::OutsideDomain { .. })
    ));
}

#[test]
fn closed_forms_of_general_functions() {
    // Size 0, 1, the identity, nilpotent, rotations.
    let empty = Mat::<f64>::zeros(0, 0);
    assert_eq!(expm::value(&empty).unwrap().value.shape(), (0, 0));
    assert_eq!(logm::value(&empty).unwrap().value.shape(), (0, 0));
    assert_eq!(sqrtm::value(&empty).unwrap().value.shape(), (0, 0));
    assert_eq!(trace_function::value(&Exp, &empty).unwrap(), 0.0);
    let x = 2.5_f64;
    assert_eq!(expm::value(&mat![[x]]).unwrap().value, mat![[x.exp()]]);
    assert_near(&logm::value(&mat![[x]]).unwrap().value, &mat![[x.ln()]], 1e-15);
    assert_near(&sqrtm::value(&mat![[x]]).unwrap().value, &mat![[x.sqrt()]], 1e-15);
    assert_near(&sinm::value(&mat![[x]]).unwrap().0, &mat![[x.sin()]], 4e-15);
    assert_near(&cosm::value(&mat![[x]]).unwrap().0, &mat![[x.cos()]], 4e-15);
    let one = Mat::<f64>::identity(4, 4);
    assert_eq!(expm::value(&Mat::<f64>::zeros(4, 4)).unwrap().value, one);
    assert_eq!(logm::value(&one).unwrap().value, Mat::<f64>::zeros(4, 4));
    assert_eq!(sqrtm::value(&one).unwrap().value, one);
    // e^N = I + N + N^2/2 + N^3/6.
    let nilpotent = Mat::from_fn(4, 4, |i, j| if j > i { (i + 2 * j) as f64 } else { 0.0 });
    let square = &nilpotent * &nilpotent;
    let exact = &one + &nilpotent + &square * 0.5 + &square * &nilpotent * (1.0 / 6.0);
    assert_near(&expm::value(&nilpotent).unwrap().value, &exact, 4e-15);
    assert_near(&logm::value(&exact).unwrap().value, &nilpotent, 1e-13);
    // Rotations up to nearly a half turn.
    for angle in [0.5, 2.0, 3.1] {
        let (sin, cos) = f64::sin_cos(angle);
        let turn = mat![[cos, -sin], [sin, cos]];
        let generator = mat![[0.0, -angle], [angle, 0.0]];
        assert_near(&expm::value(&generator).unwrap().value, &turn, 2e-15);
        assert_near(&logm::value(&turn).unwrap().value, &generator, 4e-14);
    }
    // A norm of 1000 with a finite result.
    let decay = mat![[-1000.0, 0.0], [0.0, 700.0]];
    assert_near(
        &expm::value(&decay).unwrap().value,
        &mat![[0.0, 0.0], [0.0, 700.0_f64.exp()]],
        1e-12,
    );
}

#[test]
fn second_derivatives_are_symmetric_in_all_directions() {
    let mut random = Random::new(3);
    let a = random.definite(4);
    let (e, f, g) = (random.symmetric(4), random.symmetric(4), random.symmetric(4));
    let (_, spectrum) = spectral_function::value(&Sqrt, &a).unwrap();
    let inner = |x: &Mat<f64>, y: &Mat<f64>| {
        (0..4).map(|j| (0..4).map(|i| x[(i, j)] * y[(i, j)]).sum::<f64>()).sum::<f64>()
    };
    let form =
        |x, y, z| inner(&spectral_function::second_pushforward(&Sqrt, &spectrum, x, y).unwrap(), z);
    let all = [form(&f, &e, &g), form(&g, &f, &e), form(&e, &g, &f)];
    check_close(&all, &[form(&e, &f, &g); 3], 1e-13).unwrap();
}

#[test]
fn wrong_shapes_and_entries() {
    let (a, wide) = (mat![[2.0, 0.0], [0.0, 3.0]], Mat::<f64>::zeros(2, 3));
    let not_square = |op| Error::NotSquare { op, rows: 2, columns: 3 };
    let mismatch = |op| Error::ShapeMismatch { op, lhs: (2, 3), rhs: (2, 2) };
    macro_rules! check_function {
        ($name:ident, $factors:expr $(, $p:expr)?) => {
            let op = stringify!($name);
            assert_eq!($name::value(&wide $(, $p)?).unwrap_err(), not_square(op));
            let bad = mat![[1.0, 0.0], [f64::NAN, 1.0]];
            let error = $name::value(&bad $(, $p)?).unwrap_err();
            assert!(matches!(error, Error::NonFiniteEntry { row: 1, column: 0, .. }), "{error}");
            let bad = mat![[f64::INFINITY, 0.0], [0.0, 1.0]];
            let error = $name::value(&bad $(, $p)?).unwrap_err();
            assert!(matches!(error, Error::NonFiniteEntry { row: 0, column: 0, .. }), "{error}");
            let factors = $factors;
            assert_eq!($name::pushforward(&factors, &wide).unwrap_err(), mismatch(op));
            assert_eq!($name::pullback(&factors, &wide).unwrap_err(), mismatch(op));
        };
    }
    check_function!(symmetric_exp, symmetric_exp::value(&a).unwrap().1);
    check_function!(symmetric_log, symmetric_log::value(&a).unwrap().1);
    check_function!(symmetric_sqrt, symmetric_sqrt::value(&a).unwrap().1);
    check_function!(symmetric_inverse_sqrt, symmetric_inverse_sqrt::value(&a).unwrap().1);
    check_function!(symmetric_inverse, symmetric_inverse::value(&a).unwrap().1);
    check_function!(symmetric_sin, symmetric_sin::value(&a).unwrap().1);
    check_function!(symmetric_cos, symmetric_cos::value(&a).unwrap().1);
    check_function!(expm, expm::value(&a).unwrap());
    check_function!(logm, logm::value(&a).unwrap());
    check_function!(sqrtm, sqrtm::value(&a).unwrap());
    check_function!(powm, powm::value(&a, 0.5).unwrap(), 0.5);
    check_function!(sinm, sinm::value(&a).unwrap().1);
    check_function!(cosm, cosm::value(&a).unwrap().1);

    let spectrum = symmetric_power::value(&a, 0.5).unwrap().1;
    let op = "symmetric_power";
    assert_eq!(symmetric_power::value(&wide, 0.5).unwrap_err(), not_square(op));
    assert_eq!(symmetric_power::pushforward(&spectrum, 0.5, &wide).unwrap_err(), mismatch(op));
    assert_eq!(symmetric_power::pullback(&spectrum, 0.5, &wide).unwrap_err(), mismatch(op));
    let op = "spectral_function";
    assert_eq!(spectral_function::value(&Exp, &wide).unwrap_err(), not_square(op));
    let found = spectral_function::second_pushforward(&Exp, &spectrum, &a, &wide);
    assert_eq!(found.unwrap_err(), mismatch(op));
    let found = spectral_function::second_pushforward(&Exp, &spectrum, &wide, &a);
    assert_eq!(found.unwrap_err(), mismatch(op));
    assert_eq!(trace_function::value(&Exp, &wide).unwrap_err(), not_square("trace_function"));
    let (_, gradient) = trace_function::value_and_gradient(&Exp, &a).unwrap();
    let found = trace_function::pushforward(&gradient, &wide);
    assert_eq!(found.unwrap_err(), mismatch("trace_function"));
    assert_eq!(entropy::value_and_gradient(&wide).unwrap_err(), not_square("entropy"));
    let (_, gradient) = entropy::value_and_gradient(&a).unwrap();
    assert_eq!(entropy::pushforward(&gradient, &wide).unwrap_err(), mismatch("entropy"));
}

#[test]
fn the_exponential_of_a_matrix_whose_norm_overflows() {
    let a = mat![[1e308, 1e308], [1e308, 1e308]];
    assert!(matches!(expm::value(&a), Err(Error::OutsideDomain { op: "expm", .. })));
}
