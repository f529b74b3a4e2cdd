//! What every rule is checked for.

use calculus_core::Error;
use calculus_core::matrix::Element;
use calculus_core::testing::{Failure, check_adjoint, check_pullback, check_pushforward};
use faer::{Mat, MatRef};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;

/// What a rule takes and returns: matrices, of which a vector has one column and a number one entry.
pub(crate) type Inputs<'a, T> = &'a [MatRef<'a, T>];
/// What it returns.
pub(crate) type Outputs<T> = Result<Vec<Mat<T>>, Error>;

/// A rule as the grid sees it.
pub(crate) trait Rule {
    /// The name of its golden cases; a name of its own if there are none.
    const NAME: &'static str;
    /// How much larger than rounding the errors may be: the condition of the inputs.
    const CONDITION: f64;
    /// Inputs inside the domain of the rule.
    fn inputs(random: &mut Random) -> Vec<Mat<f64>>;
    /// The value.
    fn value<T: Element>(x: Inputs<'_, T>) -> Outputs<T>;
    /// The pushforward.
    fn pushforward<T: Element>(x: Inputs<'_, T>, tangents: Inputs<'_, T>) -> Outputs<T>;
    /// The pullback.
    fn pullback<T: Element>(x: Inputs<'_, T>, cotangents: Inputs<'_, T>) -> Outputs<T>;
}

/// Defines a rule and the test that sends it through the grid.
///
/// `rule!(test_name, "golden name", condition; inputs |random| vec![..]; value |x| vec![..];
/// pushforward |x, dx| vec![..]; pullback |x, y_bar| vec![..])`; the expressions may use `?`.
#[macro_export]
macro_rules! rule {
    (
        $test:ident, $name:literal, $condition:expr;
        inputs |$random:ident| $inputs:expr;
        value |$x:ident| $value:expr;
        pushforward |$px:ident, $dx:ident| $pushforward:expr;
        pullback |$bx:ident, $y_bar:ident| $pullback:expr $(;)?
    ) => {
        mod $test {
            #[allow(unused_imports)]
            use super::*;
            struct Case;
            impl $crate::harness::Rule for Case {
                const NAME: &'static str = $name;
                const CONDITION: f64 = $condition;
                fn inputs($random: &mut $crate::harness::Random) -> Vec<faer::Mat<f64>> {
                    $inputs
                }
                fn value<T: calculus_core::matrix::Element>(
                    $x: $crate::harness::Inputs<'_, T>,
                ) -> $crate::harness::Outputs<T> {
                    Ok($value)
                }
                fn pushforward<T: calculus_core::matrix::Element>(
                    $px: $crate::harness::Inputs<'_, T>,
                    $dx: $crate::harness::Inputs<'_, T>,
                ) -> $crate::harness::Outputs<T> {
                    Ok($pushforward)
                }
                fn pullback<T: calculus_core::matrix::Element>(
                    $bx: $crate::harness::Inputs<'_, T>,
                    $y_bar: $crate::harness::Inputs<'_, T>,
                ) -> $crate::harness::Outputs<T> {
                    Ok($pullback)
                }
            }
            #[test]
            fn grid() {
                $crate::harness::check::<Case>();
            }
        }
    };
}

/// A reproducible source of numbers for the inputs of a rule.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03)
    }
    /// Uniform in (-1, 1).
    pub(crate) fn number(&mut self) -> f64 {
        // SplitMix64 (Steele, Lea, Flood 2014).
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }
    /// An integer from `low` to `high`, both included.
    pub(crate) fn size(&mut self, low: usize, high: usize) -> usize {
        low + ((self.number() + 1.0) / 2.0 * (high - low + 1) as f64) as usize
    }
    /// Entries in (-1, 1).
    pub(crate) fn matrix(&mut self, rows: usize, columns: usize) -> Mat<f64> {
        Mat::from_fn(rows, columns, |_, _| self.number())
    }
    /// A column.
    pub(crate) fn vector(&mut self, n: usize) -> Mat<f64> {
        self.matrix(n, 1)
    }
    /// One number.
    pub(crate) fn scalar(&mut self) -> Mat<f64> {
        self.matrix(1, 1)
    }
    /// Entries in (0.5, 1.5).
    pub(crate) fn positive(&mut self, rows: usize, columns: usize) -> Mat<f64> {
        Mat::from_fn(rows, columns, |_, _| 1.0 + 0.5 * self.number())
    }
    /// Square, with eigenvalues near 3.
    pub(crate) fn regular(&mut self, n: usize) -> Mat<f64> {
        let shift = 3.0 + n as f64 / 4.0;
        Mat::from_fn(n, n, |i, j| self.number() + if i == j { shift } else { 0.0 })
    }
    /// Symmetric.
    pub(crate) fn symmetric(&mut self, n: usize) -> Mat<f64> {
        let a = self.matrix(n, n);
        (&a + a.transpose()) * 0.5
    }
    /// Symmetric and well inside the positive definite cone.
    pub(crate) fn definite(&mut self, n: usize) -> Mat<f64> {
        let a = self.matrix(n, n);
        let mut s = &a * a.transpose();
        (0..n).for_each(|i| s[(i, i)] += 1.0);
        s
    }
}

/// The symmetric part, for rules that read one triangle of a symmetric matrix.
pub(crate) fn symmetric<T: Element>(a: MatRef<'_, T>) -> Mat<T> {
    let half = T::from_f64(0.5);
    Mat::from_fn(a.nrows(), a.ncols(), |i, j| (a[(i, j)] + a[(j, i)]) * half)
}

/// One number as a matrix.
pub(crate) fn number<T: Element>(x: T) -> Mat<T> {
    Mat::from_fn(1, 1, |_, _| x)
}

/// Sends a rule through the grid.
pub(crate) fn check<R: Rule>() {
    golden::<R>();
    let config = Config { cases: 12, failure_persistence: None, ..Config::default() };
    // The same points in every run: a rule at a random point may come as close to a degenerate one as
    // it likes, and then no tolerance fits.
    let algorithm = RngAlgorithm::ChaCha;
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(algorithm));
    runner
        .run(&any::<u64>(), |seed| {
            random_point::<R>(seed);
            Ok(())
        })
        .unwrap();
}

fn views<T>(x: &[Mat<T>]) -> Vec<MatRef<'_, T>> {
    x.iter().map(Mat::as_ref).collect()
}

fn flatten<T: Element>(x: &[Mat<T>]) -> Vec<f64> {
    x.iter().flat_map(|x| x.col_iter().flat_map(|c| c.iter().map(|x| x.to_f64()))).collect()
}

fn unflatten<T: Element>(shapes: &[(usize, usize)], x: &[f64]) -> Vec<Mat<T>> {
    let mut entries = x.iter();
    let one = |&(m, n): &(usize, usize)| {
        Mat::from_fn(m, n, |_, _| T::from_f64(*entries.next().expect("enough numbers")))
    };
    shapes.iter().map(one).collect()
}

fn shapes<T>(x: &[Mat<T>]) -> Vec<(usize, usize)> {
    x.iter().map(|x| (x.nrows(), x.ncols())).collect()
}

#[track_caller]
fn close(what: &str, found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len(), "{what}: number of entries");
    let scale = expected.iter().fold(1e-300, |scale: f64, x| scale.max(x.abs()));
    for (i, (f, e)) in found.iter().zip(expected).enumerate() {
        let error = (f - e).abs();
        assert!(
            error <= tolerance * scale,
            "{what}: entry {i} is {f:e}, expected {e:e} to {tolerance:e} of {scale:e}"
        );
    }
}

/// Differences, the adjoint identity, single precision and views at one point.
fn random_point<R: Rule>(seed: u64) {
    let name = R::NAME;
    let x = R::inputs(&mut Random::new(seed));
    let x_shapes = shapes(&x);
    let y = R::value(&views(&x)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let y_shapes = shapes(&y);
    let value = |p: &[f64]| {
        R::value::<f64>(&views(&unflatten(&x_shapes, p)))
            .map_or(vec![f64::NAN; flatten(&y).len()], |y| flatten(&y))
    };
    let pushforward = |p: &[f64], v: &[f64]| {
        let (x, dx) = (unflatten::<f64>(&x_shapes, p), unflatten(&x_shapes, v));
        let dy = R::pushforward(&views(&x), &views(&dx)).expect("a tangent");
        assert_eq!(shapes(&dy), y_shapes, "{name}: shapes of the pushforward");
        flatten(&dy)
    };
    let pullback = |p: &[f64], w: &[f64]| {
        let (x, w) = (unflatten::<f64>(&x_shapes, p), unflatten(&y_shapes, w));
        let x_bar = R::pullback(&views(&x), &views(&w)).expect("a cotangent");
        assert_eq!(shapes(&x_bar), x_shapes, "{name}: shapes of the pullback");
        flatten(&x_bar)
    };
    let point = flatten(&x);
    for result in
        [check_pushforward(value, pushforward, &point), check_pullback(value, pullback, &point)]
    {
        match result {
            // An iteration leaves more noise in the values than the differences expect of a
            // function, and a derivative may drown in it.
            Err(Failure::Inconclusive { .. }) => differences(name, value, pushforward, &point),
            result => result.unwrap_or_else(|e| panic!("{name}, seed {seed}: {e}")),
        }
    }
    check_adjoint(pushforward, pullback, &point, flatten(&y).len())
        .unwrap_or_else(|e| panic!("{name}, seed {seed}: {e}"));

    // Directions, of which single precision and views see the same.
    let mut random = Random::new(seed ^ 0xABCD);
    let dx: Vec<_> = x_shapes.iter().map(|&(m, n)| random.matrix(m, n)).collect();
    let w: Vec<_> = y_shapes.iter().map(|&(m, n)| random.matrix(m, n)).collect();
    let dy = flatten(&R::pushforward(&views(&x), &views(&dx)).unwrap());
    let x_bar = flatten(&R::pullback(&views(&x), &views(&w)).unwrap());

    // Single precision: the inputs are rounded too, so the condition of the derivative counts.
    let single = |x: &[Mat<f64>]| unflatten::<f32>(&shapes(x), &flatten(x));
    let (x32, dx32, w32) = (single(&x), single(&dx), single(&w));
    let tolerance = 64.0 * f64::from(f32::EPSILON) * R::CONDITION;
    close(name, &flatten(&R::value(&views(&x32)).unwrap()), &flatten(&y), tolerance);
    let found = R::pushforward(&views(&x32), &views(&dx32)).unwrap();
    close(name, &flatten(&found), &dy, tolerance);
    close(name, &flatten(&R::pullback(&views(&x32), &views(&w32)).unwrap()), &x_bar, tolerance);

    // The same numbers as transposed and as strided views.
    let tolerance = 64.0 * f64::EPSILON * R::CONDITION;
    let transposed =
        |x: &[Mat<f64>]| x.iter().map(|x| x.transpose().to_owned()).collect::<Vec<_>>();
    // Backwards inside a matrix of NaN: negative strides, and columns that do not adjoin.
    let framed = |x: &[Mat<f64>]| {
        let one = |x: &Mat<f64>| {
            let (m, n) = (x.nrows(), x.ncols());
            let inside = |i: usize, j: usize| (1..=m).contains(&i) && (1..=n).contains(&j);
            let entry = |i, j| if inside(i, j) { x[(m - i, n - j)] } else { f64::NAN };
            Mat::from_fn(m + 2, n + 2, entry)
        };
        x.iter().map(one).collect::<Vec<_>>()
    };
    let (tx, tdx, tw) = (transposed(&x), transposed(&dx), transposed(&w));
    fn flip(x: &[Mat<f64>]) -> Vec<MatRef<'_, f64>> {
        x.iter().map(|x| x.transpose()).collect()
    }
    close(name, &flatten(&R::value(&flip(&tx)).unwrap()), &flatten(&y), tolerance);
    close(name, &flatten(&R::pushforward(&flip(&tx), &flip(&tdx)).unwrap()), &dy, tolerance);
    close(name, &flatten(&R::pullback(&flip(&tx), &flip(&tw)).unwrap()), &x_bar, tolerance);
    let (fx, fdx, fw) = (framed(&x), framed(&dx), framed(&w));
    fn unframe(x: &[Mat<f64>]) -> Vec<MatRef<'_, f64>> {
        let inner = |x: &Mat<f64>| (x.nrows() - 2, x.ncols() - 2);
        let one = |x| Mat::as_ref(x);
        x.iter()
            .map(|x| one(x).submatrix(1, 1, inner(x).0, inner(x).1).reverse_rows_and_cols())
            .collect()
    }
    close(name, &flatten(&R::value(&unframe(&fx)).unwrap()), &flatten(&y), tolerance);
    close(name, &flatten(&R::pushforward(&unframe(&fx), &unframe(&fdx)).unwrap()), &dy, tolerance);
    close(name, &flatten(&R::pullback(&unframe(&fx), &unframe(&fw)).unwrap()), &x_bar, tolerance);
}

/// The pushforward along one direction against central differences, to what noise of a hundred
/// units in the last place leaves of them.
fn differences(
    name: &str,
    value: impl Fn(&[f64]) -> Vec<f64>,
    pushforward: impl Fn(&[f64], &[f64]) -> Vec<f64>,
    point: &[f64],
) {
    let mut random = Random::new(1);
    let v: Vec<f64> = point.iter().map(|_| random.number()).collect();
    let step = 1e-5;
    let at = |t: f64| value(&point.iter().zip(&v).map(|(x, v)| x + t * v).collect::<Vec<_>>());
    let quotients: Vec<f64> =
        at(step).iter().zip(at(-step)).map(|(a, b)| (a - b) / (2.0 * step)).collect();
    let size = at(0.0).iter().fold(1.0, |size: f64, y| size.max(y.abs()));
    for (found, expected) in pushforward(point, &v).iter().zip(&quotients) {
        let error = (found - expected).abs();
        let tolerance = 1e-7 * size + 1e-6 * expected.abs();
        assert!(error <= tolerance, "{name}: {found:e}, difference quotient {expected:e}");
    }
}

/// The cases of the golden file.
fn golden_cases() -> Vec<Value> {
    let text = include_str!("../golden/matcalc.json");
    let file: Value = serde_json::from_str(text).expect("valid JSON");
    file["functions"].as_array().expect("functions").clone()
}

/// A rule whose name is in no golden case is not checked against any, so the names are checked too.
#[test]
fn every_golden_case_belongs_to_a_rule() {
    let rules = [
        include_str!("determinants.rs"),
        include_str!("factorizations.rs"),
        include_str!("functions.rs"),
        include_str!("learning.rs"),
        include_str!("norms.rs"),
        include_str!("products.rs"),
        include_str!("solves.rs"),
        include_str!("structure.rs"),
    ]
    .concat();
    for case in golden_cases() {
        assert!(rules.contains(&case["name"].to_string()), "no rule for {}", case["name"]);
    }
}

/// Checks the cases of that name in the golden file.
fn golden<R: Rule>() {
    for case in golden_cases().iter().filter(|case| case["name"] == R::NAME) {
        let x = matrices(&case["inputs"]);
        let name = format!("{}, golden", R::NAME);
        let expected = |key: &str| flatten(&matrices(&case[key]));
        let y = R::value(&views(&x)).unwrap_or_else(|error| panic!("{name}: {error}"));
        close(&name, &flatten(&y), &expected("outputs"), 1e-12);
        let dy = R::pushforward(&views(&x), &views(&matrices(&case["tangents"]))).unwrap();
        close(&name, &flatten(&dy), &expected("jvp"), 1e-12);
        let x_bar = R::pullback(&views(&x), &views(&matrices(&case["cotangents"]))).unwrap();
        close(&name, &flatten(&x_bar), &expected("vjp"), 1e-12);
    }
}

/// The matrices of a golden case in the order of the file; a vector is a column.
fn matrices(case: &Value) -> Vec<Mat<f64>> {
    let one = |entry: &Value| {
        let numbers = |value: &Value| -> Vec<f64> {
            match value {
                Value::Array(list) => list.iter().map(|x| x.as_f64().expect("a number")).collect(),
                other => vec![other.as_f64().expect("a number")],
            }
        };
        let shape = numbers(&entry["shape"]);
        let data = numbers(&entry["data"]);
        let rows = shape.first().map_or(1, |&m| m as usize);
        let columns = shape.get(1).map_or(1, |&n| n as usize);
        Mat::from_fn(rows, columns, |i, j| data[i * columns + j])
    };
    case.as_object().expect("an object").values().map(one).collect()
}
