//! Norms of matrices and of products of them, for decisions.

use crate::matrix::Matrix;

/// The steps of the estimate; the second or third is usually the last.
const STEPS: usize = 5;

/// The values of a square matrix, column by column.
#[derive(Clone, Debug)]
pub(super) struct Values {
    n: usize,
    entries: Vec<f64>,
}

impl Values {
    pub(super) fn new(a: &impl Matrix) -> Self {
        let n = a.rows();
        let entries = (0..n * n).map(|k| a.primal(k % n, k / n)).collect();
        Self { n, entries }
    }

    fn columns(&self) -> impl Iterator<Item = &[f64]> {
        self.entries.chunks(self.n.max(1))
    }

    /// $\lVert A \rVert_1$, the largest sum of moduli of a column.
    pub(super) fn norm(&self) -> f64 {
        self.columns().map(|column| column.iter().map(|x| x.abs()).sum()).fold(0.0, f64::max)
    }

    /// $Ax$.
    fn times(&self, x: &[f64]) -> Vec<f64> {
        let mut y = vec![0.0; self.n];
        for (column, &x) in self.columns().zip(x) {
            y.iter_mut().zip(column).for_each(|(y, a)| *y += a * x);
        }
        y
    }

    /// $A^\top x$.
    fn transpose_times(&self, x: &[f64]) -> Vec<f64> {
        self.columns().map(|column| column.iter().zip(x).map(|(a, x)| a * x).sum()).collect()
    }

    /// $\lVert\,|A|^k \rVert_1$, exactly, as the largest entry of $(|A|^\top)^k$ times a vector of ones.
    pub(super) fn norm_of_power_of_moduli(&self, k: usize) -> f64 {
        let moduli = Self { n: self.n, entries: self.entries.iter().map(|x| x.abs()).collect() };
        let power = (0..k).fold(vec![1.0; self.n], |x, _| moduli.transpose_times(&x));
        power.into_iter().fold(0.0, f64::max)
    }
}

/// A lower bound of $\lVert A_1 A_2 \cdots \rVert_1$, nearly always within a factor 3.
///
/// Source: N. J. Higham, "FORTRAN codes for estimating the one-norm of a real or complex matrix", 1988.
pub(super) fn norm_of_product(factors: &[&Values]) -> f64 {
    let n = factors.first().map_or(0, |a| a.n);
    if n == 0 {
        return 0.0;
    }
    let times = |x: Vec<f64>| factors.iter().rev().fold(x, |x, a| a.times(&x));
    let transpose_times = |x: Vec<f64>| factors.iter().fold(x, |x, a| a.transpose_times(&x));
    let mut x = vec![1.0 / n as f64; n];
    let mut estimate = 0.0;
    for _ in 0..STEPS {
        let y = times(x);
        let norm: f64 = y.iter().map(|y| y.abs()).sum();
        if norm <= estimate {
            break;
        }
        estimate = norm;
        let z = transpose_times(y.iter().map(|y| 1.0_f64.copysign(*y)).collect());
        let steepest = (0..n).max_by(|&i, &j| z[i].abs().total_cmp(&z[j].abs())).unwrap_or(0);
        x = vec![0.0; n];
        x[steepest] = 1.0;
    }
    // A vector that no cancellation in the product can hide from.
    let sign = |i: usize| if i.is_multiple_of(2) { 1.0 } else { -1.0 };
    let slope = 1.0 / (n.max(2) - 1) as f64;
    let y = times((0..n).map(|i| sign(i) * (1.0 + i as f64 * slope)).collect());
    estimate.max(2.0 * y.iter().map(|y| y.abs()).sum::<f64>() / (3 * n) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use faer::mat;

    #[test]
    fn norms_of_small_matrices() {
        let a = Values::new(&mat![[1.0, -2.0], [3.0, 0.5]]);
        assert_eq!(a.norm(), 4.0);
        // |A|^2 = [[7, 3], [4.5, 6.25]]
        assert_eq!(a.norm_of_power_of_moduli(2), 11.5);
        // A^2 = [[-5, -3], [4.5, -5.75]], of norm 9.5
        let estimate = norm_of_product(&[&a, &a]);
        assert!((9.5 / 3.0..=9.5).contains(&estimate), "{estimate}");
        assert_eq!(Values::new(&faer::Mat::<f64>::zeros(0, 0)).norm(), 0.0);
    }
}
