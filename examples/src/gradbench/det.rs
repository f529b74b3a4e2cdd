//! `det`: the determinant by expansion along the first row, recursively.

use autodiff::{Function, Var};
use calculus_core::Real;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Error;
use super::input::{check, check_length, decode};
use super::timing::{Answer, Timer};

#[derive(Deserialize)]
struct Input {
    #[serde(rename = "A")]
    a: Vec<f64>,
    ell: usize,
}

/// The columns that have not been removed, each linked to the next one; the list starts at the
/// entry after the last column, and ends with it too.
struct Columns {
    next: Vec<usize>,
}

impl Columns {
    fn all(n: usize) -> Self {
        Self { next: (1..=n).chain([0]).collect() }
    }
}

/// The determinant of a square matrix stored row by row, with $n!$ products.
fn determinant<T: Real>(a: &[T], n: usize) -> T {
    expand(a, n, 0, &mut Columns::all(n))
}

/// $\sum_k (-1)^k a_{r c_k} \det(\text{rows below } r, \text{ columns without } c_k)$
fn expand<T: Real>(a: &[T], n: usize, row: usize, columns: &mut Columns) -> T {
    // The last column leads to the first one, so the entry `n` holds the head of the list.
    let mut previous = n;
    let mut column = columns.next[n];
    if row + 1 == n {
        return a[row * n + column];
    }
    let mut sum = T::from(0.0);
    let mut positive = true;
    while column < n {
        let following = columns.next[column];
        columns.next[previous] = following;
        let term = a[row * n + column] * expand(a, n, row + 1, columns);
        columns.next[previous] = column;
        sum = if positive { sum + term } else { sum - term };
        positive = !positive;
        previous = column;
        column = following;
    }
    sum
}

/// The functions `primal` and `gradient`.
pub(super) fn evaluate(function: &str, input: &RawValue) -> Result<Answer, Error> {
    let Input { a, ell } = decode(input)?;
    check("ell", (1..=12).contains(&ell), "from 1 to 12: the expansion has ell! products")?;
    check_length("A", ell * ell, a.len())?;
    let mut timer = Timer::new(input)?;
    match function {
        "primal" => {
            let y = timer.evaluate(|| determinant(&a, ell));
            timer.answer(&y)
        }
        "gradient" => {
            // Minors of the same rows and columns are equal operations, recorded once.
            let mut f =
                timer.prepare(|| Function::distinct(move |a: &[Var]| determinant(a, ell), &a));
            let mut gradient = vec![0.0; a.len()];
            timer.evaluate(|| f.gradient(&a, &mut gradient));
            timer.answer(&gradient)
        }
        _ => Err(Error::Function(function.to_string())),
    }
}
