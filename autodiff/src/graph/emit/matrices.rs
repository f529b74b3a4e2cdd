//! Operations on matrices as source text: functions of sizes, operands and results, row by row.

/// The text of the function of this name, and of what it calls.
pub(super) fn source(name: &str) -> Option<&'static [&'static str]> {
    Some(match name {
        "matmul" => &[MATMUL],
        "solve_triangular" => &[SOLVE_TRIANGULAR],
        "solve" => &[ELIMINATE, SOLVE],
        "inverse" => &[ELIMINATE, SOLVE, INVERSE],
        "det" => &[ELIMINATE, DET],
        "log_abs_det" => &[ELIMINATE, LOG_ABS_DET],
        "cofactors" => &[ELIMINATE, DET, COFACTORS],
        "cholesky" => &[CHOLESKY],
        "log_det" => &[CHOLESKY, LOG_DET],
        _ => return None,
    })
}

const MATMUL: &str = "    fn matmul(m: usize, k: usize, n: usize, x: &[f64], y: &mut [f64]) {
        let (a, b) = x.split_at(m * k);
        for i in 0..m {
            for j in 0..n {
                y[i * n + j] = (0..k).fold(0.0, |sum, l| sum + a[i * k + l] * b[l * n + j]);
            }
        }
    }
";

const SOLVE_TRIANGULAR: &str =
    "    fn solve_triangular(n: usize, columns: usize, triangle: usize, x: &[f64], y: &mut [f64]) {
        let (t, b) = x.split_at(n * n);
        let (lower, unit) = (triangle < 2, triangle % 2 == 1);
        for step in 0..n {
            let i = if lower { step } else { n - 1 - step };
            let known = if lower { 0..i } else { i + 1..n };
            for j in 0..columns {
                let left = known.clone().fold(b[i * columns + j], |left, k| {
                    left - t[i * n + k] * y[k * columns + j]
                });
                y[i * columns + j] = if unit { left } else { left / t[i * n + i] };
            }
        }
        if y.iter().any(|y| !y.is_finite()) {
            y.fill(f64::NAN);
        }
    }
";

/// Gaussian elimination with pivoting by rows; $A$ becomes upper triangular, $B$ is changed along, and
/// the sign of the permutation is returned.
const ELIMINATE: &str =
    "    fn eliminate(n: usize, columns: usize, a: &mut [f64], b: &mut [f64]) -> f64 {
        let mut sign = 1.0;
        for k in 0..n {
            let pivot = (k + 1..n).fold(k, |p, i| {
                if a[i * n + k].abs() > a[p * n + k].abs() { i } else { p }
            });
            if pivot != k {
                sign = -sign;
                (0..n).for_each(|j| a.swap(k * n + j, pivot * n + j));
                (0..columns).for_each(|j| b.swap(k * columns + j, pivot * columns + j));
            }
            if a[k * n + k] == 0.0 {
                continue;
            }
            for i in k + 1..n {
                let factor = a[i * n + k] / a[k * n + k];
                (k..n).for_each(|j| a[i * n + j] -= factor * a[k * n + j]);
                (0..columns).for_each(|j| b[i * columns + j] -= factor * b[k * columns + j]);
            }
        }
        sign
    }
";

const SOLVE: &str = "    fn solve(n: usize, columns: usize, x: &[f64], y: &mut [f64]) {
        let mut a = x[..n * n].to_vec();
        y.copy_from_slice(&x[n * n..]);
        eliminate(n, columns, &mut a, y);
        for i in (0..n).rev() {
            for j in 0..columns {
                let left = (i + 1..n).fold(y[i * columns + j], |left, k| {
                    left - a[i * n + k] * y[k * columns + j]
                });
                y[i * columns + j] = left / a[i * n + i];
            }
        }
        if y.iter().any(|y| !y.is_finite()) {
            y.fill(f64::NAN);
        }
    }
";

const INVERSE: &str = "    fn inverse(n: usize, x: &[f64], y: &mut [f64]) {
        let mut equations = x.to_vec();
        equations.extend((0..n * n).map(|k| if k / n == k % n { 1.0 } else { 0.0 }));
        solve(n, n, &equations, y);
    }
";

const DET: &str = "    fn det(n: usize, x: &[f64], y: &mut [f64]) {
        let mut a = x.to_vec();
        let sign = eliminate(n, 0, &mut a, &mut []);
        let det = (0..n).fold(sign, |product, k| product * a[k * n + k]);
        y[0] = if det.is_finite() { det } else { f64::NAN };
    }
";

/// By the determinants of the minors, which is right where $A$ is singular.
const COFACTORS: &str = "    fn cofactors(n: usize, x: &[f64], y: &mut [f64]) {
        for (result, y) in y.iter_mut().enumerate() {
            let (i, j) = (result / n, result % n);
            let others = (0..n * n).filter(|k| k / n != i && k % n != j);
            let minor: Vec<f64> = others.map(|k| x[k]).collect();
            let mut value = [0.0];
            det(n - 1, &minor, &mut value);
            *y = if (i + j) % 2 == 0 { value[0] } else { -value[0] };
        }
    }
";

const LOG_ABS_DET: &str = "    fn log_abs_det(n: usize, x: &[f64], y: &mut [f64]) {
        let mut a = x.to_vec();
        eliminate(n, 0, &mut a, &mut []);
        let sum = (0..n).fold(0.0, |sum, k| sum + a[k * n + k].abs().ln());
        y[0] = if sum.is_finite() { sum } else { f64::NAN };
    }
";

const CHOLESKY: &str = "    fn cholesky(n: usize, x: &[f64], y: &mut [f64]) {
        for i in 0..n {
            for j in 0..=i {
                let entry = 0.5 * (x[i * n + j] + x[j * n + i]);
                let left = (0..j).fold(entry, |left, k| left - y[i * n + k] * y[j * n + k]);
                y[i * n + j] = if i == j { left.sqrt() } else { left / y[j * n + j] };
            }
        }
        if (0..n).any(|k| !(y[k * n + k] > 0.0)) || y.iter().any(|y| !y.is_finite()) {
            y.fill(f64::NAN);
        }
    }
";

const LOG_DET: &str = "    fn log_det(n: usize, x: &[f64], y: &mut [f64]) {
        let mut l = vec![0.0; n * n];
        cholesky(n, x, &mut l);
        y[0] = (0..n).fold(0.0, |sum, k| sum + 2.0 * l[k * n + k].ln());
    }
";
