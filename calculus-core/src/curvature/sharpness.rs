//! Sharpness: how much a function may rise nearby.
//!
//! $$\max_{\|e\|_2 \le \rho} f(x + e) - f(x)$$
//!
//! Sharpness-aware minimisation takes the maximum of the linear model, $e = \rho\, g/\|g\|$. From
//! there, and from random points of the sphere, gradient ascent projected to the ball climbs to a
//! local maximum, whose value is a lower bound on the global one.
//!
//! Source: P. Foret, A. Kleiner, H. Mobahi, B. Neyshabur (2021), *Sharpness-aware minimization for
//! efficiently improving generalization*, ICLR, equation 2 with $p = 2$.

use super::random::Random;
use super::symmetric::{check_nonnegative, check_vector};
use super::vector::{add_scaled, dot, norm, normalize};
use crate::Error;

/// The perturbation of sharpness-aware minimisation, $e = \rho\,\nabla f/\|\nabla f\|_2$.
///
/// It maximises the linear model of the function over $\|e\|_2 \le \rho$. For a gradient of 0 every
/// perturbation does, and 0 is returned.
///
/// # Errors
/// [`Error::NonFiniteEntry`] for the gradient, [`Error::OutsideDomain`] for a radius that is
/// negative or not finite.
///
/// # Examples
/// ```
/// use calculus_core::curvature::sharpness_aware_perturbation;
/// let e = sharpness_aware_perturbation(&[3.0, -4.0], 0.05)?;
/// assert!((e[0] - 0.03).abs() < 1e-16 && (e[1] + 0.04).abs() < 1e-16);
/// # Ok::<(), calculus_core::Error>(())
/// ```
pub fn sharpness_aware_perturbation(gradient: &[f64], radius: f64) -> Result<Vec<f64>, Error> {
    let op = "sharpness_aware_perturbation";
    check_vector(op, gradient)?;
    let radius = check_nonnegative(op, "radius", radius)?;
    let mut e = gradient.to_vec();
    normalize(&mut e);
    e.iter_mut().for_each(|x| *x *= radius);
    Ok(e)
}

/// A lower bound on the sharpness, and the perturbation that attains it.
#[derive(Clone, Debug, PartialEq)]
pub struct SharpnessLowerBound {
    /// $f(x + e) - f(x) \ge 0$; the sharpness is at least this.
    pub value: f64,
    /// $e$.
    pub perturbation: Vec<f64>,
    /// The number of values of the function that were computed.
    pub evaluations: usize,
}

/// Projected gradient ascent in a ball: configuration.
///
/// By default 4 starts of at most 100 steps each, and the seed 0.
///
/// # Examples
/// ```
/// use calculus_core::curvature::SharpnessAscent;
/// let f = |x: &[f64]| x[0].powi(4) + 2.0 * x[1].powi(2);
/// let gradient = |x: &[f64], g: &mut [f64]| {
///     g[0] = 4.0 * x[0].powi(3);
///     g[1] = 4.0 * x[1];
/// };
/// let sharpness = SharpnessAscent::new().lower_bound(f, gradient, &[0.0, 0.0], 0.1)?;
/// assert!((sharpness.value - 0.02).abs() < 1e-12); // along the second coordinate
/// # Ok::<(), calculus_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SharpnessAscent {
    starts: usize,
    steps: usize,
    seed: u64,
}

impl Default for SharpnessAscent {
    fn default() -> Self {
        Self { starts: 4, steps: 100, seed: 0 }
    }
}

impl SharpnessAscent {
    /// The default configuration.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the number of starts: the first along the gradient, the others random.
    ///
    /// # Errors
    /// [`Error::OutsideDomain`] for 0.
    pub fn starts(mut self, starts: usize) -> Result<Self, Error> {
        self.starts = at_least_one("SharpnessAscent::starts", "starts", starts)?;
        Ok(self)
    }

    /// Sets the largest number of steps from each start.
    ///
    /// # Errors
    /// [`Error::OutsideDomain`] for 0.
    pub fn steps(mut self, steps: usize) -> Result<Self, Error> {
        self.steps = at_least_one("SharpnessAscent::steps", "steps", steps)?;
        Ok(self)
    }

    /// Sets the seed of the random starts.
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// A lower bound on $\max_{\|e\|_2 \le \rho} f(x + e) - f(x)$.
    ///
    /// `gradient(x, g)` writes $\nabla f(x)$ to `g`. Ascent finds local maxima, so this is a lower
    /// bound; [`quadratic_sharpness`](super::quadratic_sharpness) is exact for the quadratic model.
    ///
    /// Costs at most `starts` times `steps` gradients, and two values a step where no step has to be
    /// shortened.
    ///
    /// # Errors
    /// [`Error::NonFiniteEntry`] for the point or a gradient, [`Error::OutsideDomain`] for a value
    /// that is not finite in the ball, or a radius that is negative or not finite.
    pub fn lower_bound(
        &self,
        mut f: impl FnMut(&[f64]) -> f64,
        mut gradient: impl FnMut(&[f64], &mut [f64]),
        x: &[f64],
        radius: f64,
    ) -> Result<SharpnessLowerBound, Error> {
        let op = "SharpnessAscent::lower_bound";
        check_vector(op, x)?;
        let radius = check_nonnegative(op, "radius", radius)?;
        let n = x.len();
        let mut evaluations = 0;
        let mut value_at = |e: &[f64]| {
            let mut point = x.to_vec();
            add_scaled(&mut point, 1.0, e);
            evaluations += 1;
            let value = f(&point);
            if value.is_finite() {
                return Ok(value);
            }
            let (argument, domain) = ("the function in the ball", "finite");
            Err(Error::OutsideDomain { op, argument, domain, value })
        };
        let mut gradient_at = |e: &[f64]| {
            let mut point = x.to_vec();
            add_scaled(&mut point, 1.0, e);
            let mut g = vec![0.0; n];
            gradient(&point, &mut g);
            check_vector(op, &g)?;
            Ok::<Vec<f64>, Error>(g)
        };
        let mut random = Random::new(self.seed);
        let mut best = vec![0.0; n];
        let center = value_at(&best)?;
        let mut best_value = center;
        for start in 0..self.starts {
            let mut e = if start == 0 {
                sharpness_aware_perturbation(&gradient_at(&vec![0.0; n])?, radius)?
            } else {
                random.direction(n).iter().map(|x| radius * x).collect()
            };
            let mut value = value_at(&e)?;
            // The step length relative to the radius, along the normalised gradient.
            let mut relative = 1.0;
            for _ in 0..self.steps {
                let g = gradient_at(&e)?;
                let Some((next, next_value)) =
                    ascend(&e, value, &g, radius, &mut relative, &mut value_at)?
                else {
                    break;
                };
                (e, value) = (next, next_value);
            }
            if value > best_value {
                (best, best_value) = (e, value);
            }
        }
        Ok(SharpnessLowerBound { value: best_value - center, perturbation: best, evaluations })
    }
}

/// One step uphill with backtracking, or none if there is no way up.
fn ascend(
    e: &[f64],
    value: f64,
    g: &[f64],
    radius: f64,
    relative: &mut f64,
    value_at: &mut impl FnMut(&[f64]) -> Result<f64, Error>,
) -> Result<Option<(Vec<f64>, f64)>, Error> {
    // Normalised first: the radius over the length of a tiny gradient overflows.
    let mut uphill = g.to_vec();
    if normalize(&mut uphill) == 0.0 {
        return Ok(None);
    }
    while *relative > 1e-10 {
        let mut next = e.to_vec();
        add_scaled(&mut next, *relative * radius, &uphill);
        let outside = norm(&next) / radius;
        if outside > 1.0 {
            next.iter_mut().for_each(|x| *x /= outside);
        }
        let step: Vec<f64> = next.iter().zip(e).map(|(a, b)| a - b).collect();
        if norm(&step) <= 1e-12 * radius {
            return Ok(None);
        }
        let next_value = value_at(&next)?;
        // Armijo's condition along the projected path (Bertsekas, 1976).
        if next_value > value && next_value >= value + 1e-4 * dot(g, &step) {
            *relative = f64::min(2.0 * *relative, 1e3);
            return Ok(Some((next, next_value)));
        }
        *relative *= 0.25;
    }
    Ok(None)
}

fn at_least_one(op: &'static str, argument: &'static str, value: usize) -> Result<usize, Error> {
    if value > 0 {
        return Ok(value);
    }
    Err(Error::OutsideDomain { op, argument, domain: "at least 1", value: 0.0 })
}

#[cfg(test)]
mod tests {
    use super::super::quadratic_sharpness;
    use super::*;
    use faer::Mat;
    use proptest::prelude::*;

    #[test]
    fn a_zero_gradient_has_no_direction() {
        assert_eq!(sharpness_aware_perturbation(&[0.0, -0.0], 1.0).unwrap(), [0.0, 0.0]);
        assert!(sharpness_aware_perturbation(&[], 1.0).unwrap().is_empty());
        let e = sharpness_aware_perturbation(&[3e300, 4e300], 1.0).unwrap();
        assert!((e[0] - 0.6).abs() < 1e-15);
        assert!(sharpness_aware_perturbation(&[f64::NAN], 1.0).is_err());
        assert!(sharpness_aware_perturbation(&[1.0], -1.0).is_err());
    }

    #[test]
    fn boundary_cases() {
        let ascent = SharpnessAscent::new();
        let none = ascent.lower_bound(|_| 1.0, |_, _| {}, &[], 1.0).unwrap();
        assert_eq!((none.value, none.perturbation.len()), (0.0, 0));
        let still = ascent.lower_bound(|x| x[0], |_, g| g[0] = 1.0, &[1.0], 0.0).unwrap();
        assert_eq!(still.value, 0.0);
        for slope in [1e-310, 1e307] {
            let linear = ascent.lower_bound(|x| slope * x[0], |_, g| g[0] = slope, &[0.0], 2.0);
            let linear = linear.unwrap();
            assert!((linear.value / slope - 2.0).abs() < 1e-12, "{linear:?}");
        }
        let constant = ascent.lower_bound(|_| 7.0, |_, g| g[0] = 0.0, &[1.0], 1.0).unwrap();
        assert_eq!(constant.value, 0.0);
        // At a maximum nothing rises.
        let top = ascent.lower_bound(|x| -x[0] * x[0], |x, g| g[0] = -2.0 * x[0], &[0.0], 1.0);
        assert_eq!(top.unwrap().value, 0.0);
        assert!(ascent.lower_bound(|_| f64::NAN, |_, _| {}, &[0.0], 1.0).is_err());
        assert!(ascent.lower_bound(|_| 0.0, |_, g| g[0] = f64::NAN, &[0.0], 1.0).is_err());
        assert!(ascent.lower_bound(|_| 0.0, |_, _| {}, &[0.0], f64::NAN).is_err());
        assert!(ascent.starts(0).is_err() && ascent.steps(0).is_err());
    }

    proptest! {
        /// On a quadratic the ascent stays below the exact value, and comes close to it.
        #[test]
        fn ascent_is_a_lower_bound(
            entries in prop::collection::vec(-1.0..1.0_f64, 12),
            radius in 0.1..2.0_f64,
        ) {
            let a = Mat::from_fn(3, 3, |i, j| entries[3 * i + j]);
            let h = &a + a.transpose();
            let g = &entries[9..12];
            let he = |e: &[f64], i: usize| (0..3).map(|j| h[(i, j)] * e[j]).sum::<f64>();
            let f = |e: &[f64]| (0..3).map(|i| e[i] * (g[i] + 0.5 * he(e, i))).sum::<f64>();
            let gradient = |e: &[f64], out: &mut [f64]| {
                for i in 0..3 {
                    out[i] = g[i] + he(e, i);
                }
            };
            let exact = quadratic_sharpness(g, h.as_ref(), radius).unwrap().value;
            let ascent = SharpnessAscent::new().starts(10).unwrap();
            let bound = ascent.lower_bound(f, gradient, &[0.0; 3], radius).unwrap();
            prop_assert!(bound.value <= exact + 1e-13);
            prop_assert!(bound.value >= 0.98 * exact, "{} {}", bound.value, exact);
            prop_assert!(norm(&bound.perturbation) <= radius * (1.0 + 1e-14));
        }
    }
}
