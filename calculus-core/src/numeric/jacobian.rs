//! The Jacobian of a vector function by differences.

use super::{Differences, Estimate};
use crate::Error;

impl Differences {
    /// The Jacobian $J_{ij} = \partial f_i/\partial x_j$ of `f: R^n -> R^m` at `x`, row-major,
    /// $m \times n$.
    ///
    /// The components of `f` share their evaluations: the cost is that of
    /// [`gradient`](Self::gradient), and of the slowest component with Ridders' scheme.
    ///
    /// # Errors
    /// As [`derivative`](Self::derivative); the error names the coordinate.
    ///
    /// # Panics
    /// If `f` changes the length of its result, or if a scale or bounds were set coordinate by
    /// coordinate, for another number of coordinates.
    ///
    /// # Examples
    /// ```
    /// use calculus_core::numeric::Differences;
    /// // Polar coordinates: the Jacobian is [[cos t, -r sin t], [sin t, r cos t]].
    /// let polar = |x: &[f64]| vec![x[0] * x[1].cos(), x[0] * x[1].sin()];
    /// let jacobian = Differences::default().jacobian(polar, &[2.0, 0.0])?;
    /// for (entry, exact) in jacobian.value.iter().zip([1.0, 0.0, 0.0, 2.0]) {
    ///     assert!((entry - exact).abs() < 1e-9);
    /// }
    /// # Ok::<(), calculus_core::Error>(())
    /// ```
    #[track_caller]
    pub fn jacobian(
        &self,
        mut f: impl FnMut(&[f64]) -> Vec<f64>,
        x: &[f64],
    ) -> Result<Estimate<Vec<f64>>, Error> {
        self.check_lengths(x.len());
        self.check_point(x)?;
        let n = x.len();
        let at_x = f(x);
        let m = at_x.len();
        let mut jacobian = Estimate::zeros(m * n);
        let mut point = x.to_vec();
        for j in 0..n {
            let mut column = Memory::new(m, |t| {
                point[j] = t;
                f(&point)
            });
            for (i, &at_x) in at_x.iter().enumerate() {
                let entry = self.along(j, x[j], at_x, &mut |t| column.at(t)[i])?;
                jacobian.set(i * n + j, entry);
            }
            point[j] = x[j];
        }
        Ok(jacobian)
    }
}

/// The values of a vector function of one variable, each computed once.
///
/// The components of the function are differentiated one after the other at nearly the same
/// points, a few dozen at most, which a linear search finds soon enough.
pub(super) struct Memory<F: FnMut(f64) -> Vec<f64>> {
    f: F,
    length: usize,
    values: Vec<(f64, Vec<f64>)>,
}

impl<F: FnMut(f64) -> Vec<f64>> Memory<F> {
    pub(super) fn new(length: usize, f: F) -> Self {
        Self { f, length, values: Vec::new() }
    }

    pub(super) fn at(&mut self, t: f64) -> &[f64] {
        let found = self.values.iter().position(|(known, _)| *known == t);
        let index = found.unwrap_or_else(|| {
            let value = (self.f)(t);
            assert_eq!(value.len(), self.length, "the function changed the length of its result");
            self.values.push((t, value));
            self.values.len() - 1
        });
        &self.values[index].1
    }
}
