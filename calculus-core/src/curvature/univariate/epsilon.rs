//! Wynn's epsilon algorithm: the limit of a sequence whose errors decay geometrically.
//!
//! $$\varepsilon_{-1}^{(n)} = 0, \quad \varepsilon_0^{(n)} = s_n, \quad
//!   \varepsilon_{j+1}^{(n)} = \varepsilon_{j-1}^{(n+1)} +
//!   \frac{1}{\varepsilon_j^{(n+1)} - \varepsilon_j^{(n)}}$$
//!
//! The columns of even index are Shanks' transforms. Column $2k$ is exact for
//! $s_n = s + \sum_{i=1}^k a_i r_i^n$, whatever the ratios are, which need not be known.
//!
//! Source: P. Wynn (1956), *On a device for computing the $e_m(S_n)$ transformation*, Mathematical
//! Tables and Other Aids to Computation 10, 91-96.

use crate::{Error, Estimate};

/// The columns beyond which rounding outweighs what is gained.
const COLUMNS: usize = 21;

/// The table, of which the last two diagonals are enough.
#[derive(Default)]
pub(super) struct EpsilonTable {
    /// $\varepsilon_0^{(n)}, \varepsilon_1^{(n-1)}, \varepsilon_2^{(n-2)}, \dots$
    diagonal: Vec<f64>,
    /// The best entry of that diagonal.
    best: Option<f64>,
}

impl EpsilonTable {
    /// Adds a term; the entry of the new diagonal that differs least from its neighbours in the row
    /// and in the column, if there is one. Its error is the greatest of these differences and of that
    /// from the best entry of the diagonal before, because two neighbours may agree by accident.
    pub(super) fn push(&mut self, term: f64) -> Option<Estimate> {
        let previous = &self.diagonal;
        let mut row = vec![term];
        let mut best: Option<Estimate> = None;
        for j in 1..=previous.len().min(COLUMNS - 1) {
            let difference = row[j - 1] - previous[j - 1];
            let before = if j >= 2 { previous[j - 2] } else { 0.0 };
            let entry = before + 1.0 / difference;
            // Equal neighbours: the sequence of this column has converged, or is constant.
            if !entry.is_finite() {
                break;
            }
            row.push(entry);
            if j % 2 == 0 && previous.len() > j {
                let error = (entry - previous[j]).abs().max((entry - row[j - 2]).abs());
                if best.is_none_or(|best| error < best.error) {
                    best = Some(Estimate { value: entry, error });
                }
            }
        }
        self.diagonal = row;
        let before = std::mem::replace(&mut self.best, best.map(|best| best.value));
        let Estimate { value, error } = best?;
        Some(Estimate { value, error: error.max((value - before?).abs()) })
    }
}

/// The limit of a sequence by Wynn's epsilon algorithm.
///
/// `terms` are $s_0, s_1, \dots$, as partial sums of a series; at least 4. For sequences with errors
/// that decay geometrically, possibly with several ratios and with alternating signs. The error is
/// the difference of the chosen entry from its neighbours in the table, an estimate and no bound.
/// Sequences that converge more slowly, as $\sum 1/k^2$, gain little, and the error says so; a
/// geometric series that diverges is given its antilimit. Costs $O(m)$ for each of $m$ terms.
///
/// # Errors
/// [`Error::OutsideDomain`] for fewer than 4 terms or one that is not finite, and
/// [`Error::NoConvergence`] if no two entries of the table can be compared.
///
/// # Examples
/// ```
/// use calculus_core::curvature::univariate::wynn_epsilon;
/// // ln 2 = 1 - 1/2 + 1/3 - ...: 12 terms have an error of 0.04.
/// let mut sum = 0.0;
/// let sums: Vec<f64> = (1..=12)
///     .map(|k| {
///         sum += if k % 2 == 1 { 1.0 } else { -1.0 } / f64::from(k);
///         sum
///     })
///     .collect();
/// let limit = wynn_epsilon(&sums)?;
/// assert!((limit.value - std::f64::consts::LN_2).abs() < 1e-8);
/// assert!(limit.error < 1e-6);
/// # Ok::<(), calculus_core::Error>(())
/// ```
pub fn wynn_epsilon(terms: &[f64]) -> Result<Estimate, Error> {
    let op = "wynn_epsilon";
    if terms.len() < 4 {
        let (argument, domain) = ("the number of terms", "at least 4");
        return Err(Error::OutsideDomain { op, argument, domain, value: terms.len() as f64 });
    }
    if let Some(&value) = terms.iter().find(|x| !x.is_finite()) {
        return Err(Error::OutsideDomain { op, argument: "a term", domain: "finite", value });
    }
    let mut table = EpsilonTable::default();
    let mut best: Option<Estimate> = None;
    for &term in terms {
        if let Some(estimate) = table.push(term)
            && best.is_none_or(|best| estimate.error <= best.error)
        {
            best = Some(estimate);
        }
    }
    // A sequence that stands still has no table, and needs none.
    let [.., before, last] = terms else { unreachable!("at least 4 terms") };
    if before == last {
        best = Some(Estimate { value: *last, error: 0.0 });
    }
    let Some(Estimate { value, error }) = best else {
        return Err(Error::NoConvergence { op, iterations: terms.len() });
    };
    Ok(Estimate { value, error: error + 4.0 * f64::EPSILON * value.abs() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sequences_that_stand_still() {
        let estimate = wynn_epsilon(&[3.0; 5]).unwrap();
        assert_eq!(estimate.value, 3.0);
        assert_eq!(wynn_epsilon(&[0.0; 4]).unwrap(), Estimate { value: 0.0, error: 0.0 });
    }

    #[test]
    fn slow_convergence_has_a_large_error() {
        let mut sum = 0.0;
        let sums: Vec<f64> = (1..40)
            .map(|k| {
                sum += 1.0 / f64::from(k * k);
                sum
            })
            .collect();
        let estimate = wynn_epsilon(&sums).unwrap();
        let exact = std::f64::consts::PI.powi(2) / 6.0;
        assert!((estimate.value - exact).abs() > 1e-6);
        assert!(estimate.error > 1e-6);
    }

    #[test]
    fn bad_input() {
        assert!(wynn_epsilon(&[]).is_err());
        assert!(wynn_epsilon(&[1.0, 2.0, 3.0]).is_err());
        assert!(wynn_epsilon(&[1.0, 2.0, f64::NAN, 3.0]).is_err());
        // An arithmetic sequence: every second difference vanishes.
        assert!(wynn_epsilon(&[1.0, 2.0, 3.0, 4.0]).is_err());
    }

    proptest! {
        #[test]
        fn two_ratios_are_exact(
            limit in -10.0..10.0_f64,
            a in prop::array::uniform2(0.5..2.0_f64),
            r in 0.1..0.4_f64,
        ) {
            let term = |n: i32| limit + a[0] * r.powi(n) + a[1] * (-0.7_f64).powi(n);
            let terms: Vec<f64> = (0..7).map(term).collect();
            let estimate = wynn_epsilon(&terms).unwrap();
            prop_assert!((estimate.value - limit).abs() < 1e-10);
        }
    }
}
