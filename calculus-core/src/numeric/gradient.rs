//! The gradient of a scalar function by differences.

use super::{Differences, Estimate};
use crate::Error;

impl Differences {
    /// The gradient of `f: R^n -> R` at `x`, coordinate by coordinate.
    ///
    /// Costs $n$ times the evaluations of [`derivative`](Self::derivative), of which the one at
    /// $x$ is shared. The point of an empty slice has an empty gradient.
    ///
    /// # Errors
    /// As [`derivative`](Self::derivative); the error names the coordinate.
    ///
    /// # Panics
    /// If a scale or bounds were set coordinate by coordinate, for another number of coordinates.
    ///
    /// # Examples
    /// ```
    /// use calculus_core::numeric::{Differences, Scheme};
    /// let differences = Differences::new(Scheme::Ridders);
    /// let gradient = differences.gradient(|x| x[0].powi(2) * x[1], &[3.0, 2.0])?;
    /// assert!((gradient.value[0] - 12.0).abs() < 1e-11);
    /// assert!((gradient.value[1] - 9.0).abs() < 1e-11);
    /// # Ok::<(), calculus_core::Error>(())
    /// ```
    #[track_caller]
    pub fn gradient(
        &self,
        mut f: impl FnMut(&[f64]) -> f64,
        x: &[f64],
    ) -> Result<Estimate<Vec<f64>>, Error> {
        self.check_lengths(x.len());
        self.check_point(x)?;
        let mut gradient = Estimate::zeros(x.len());
        let mut point = x.to_vec();
        let at_x = f(x);
        for i in 0..x.len() {
            let entry = self.along(i, x[i], at_x, &mut |t| {
                point[i] = t;
                f(&point)
            })?;
            point[i] = x[i];
            gradient.set(i, entry);
        }
        Ok(gradient)
    }
}
