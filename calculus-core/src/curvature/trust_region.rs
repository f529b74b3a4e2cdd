//! The greatest value of a quadratic in a ball.
//!
//! $$\max_{\|e\| \le \rho}\; g'e + \tfrac12 e'He$$
//!
//! is the trust-region subproblem for $-g$ and $-H$. A step $e$ is a global solution if and only if
//! for some $\sigma \ge 0$
//!
//! $$(\sigma I - H)\,e = g, \qquad \sigma I - H \succeq 0, \qquad \sigma\,(\rho - \|e\|) = 0.$$
//!
//! In the basis of eigenvectors $e_i = c_i/(\sigma - \lambda_i)$, and $\|e\| = \rho$ is solved for
//! $\sigma$ by Newton's method on $1/\|e\|$, which is almost linear in $\sigma$. The unknown is the
//! distance $\delta = \sigma - \lambda_{max}$, which keeps its digits where it is tiny. In the hard
//! case $g$ has no part along the leading eigenvector and even $\delta = 0$ leaves $\|e\| < \rho$:
//! the rest of the length goes along that eigenvector.
//!
//! Source: J. J. Moré, D. C. Sorensen (1983), *Computing a trust region step*, SIAM Journal on
//! Scientific and Statistical Computing 4(3), 553-572, lemmas 2.1 and 2.3.

use faer::MatRef;

use super::symmetric::{Symmetric, check_nonnegative, check_vector};
use super::vector::{add_scaled, dot, norm};
use crate::Error;

/// The greatest value of a quadratic in a ball, and where it is taken.
#[derive(Clone, Debug, PartialEq)]
pub struct QuadraticMaximum {
    /// $g'e + \tfrac12 e'He$, never negative.
    pub value: f64,
    /// $e$.
    pub perturbation: Vec<f64>,
    /// $\sigma$, the derivative of the value by $\rho^2/2$; 0 where $e$ lies inside the ball.
    pub multiplier: f64,
    /// Whether $g$ has no part along the leading eigenvector and that direction had to be added; the
    /// solution is then not unique.
    pub hard_case: bool,
}

/// The sharpness of a quadratic model: $\max_{\|e\|_2 \le \rho} g'e + \tfrac12 e'He$, exactly.
///
/// With $g = \nabla f(x)$ and $H = \nabla^2 f(x)$ it is
/// $\max_{\|e\| \le \rho} f(x + e) - f(x)$ up to $O(\rho^3)$, and exact if $f$ is quadratic. At a
/// minimum it is $\tfrac12 \rho^2 \lambda_{max}$.
///
/// `gradient` has length $n$, `hessian` is $n \times n$; both triangles are read. Costs an
/// eigendecomposition, $O(n^3)$.
///
/// # Errors
/// [`Error::NonFiniteEntry`], [`Error::NotSquare`], [`Error::OutsideDomain`] for an asymmetric
/// matrix or a radius that is negative or not finite, [`Error::NoConvergence`] if the eigenvalues
/// cannot be computed.
///
/// # Panics
/// If the gradient does not have as many components as the Hessian has rows.
///
/// # Examples
/// ```
/// use calculus_core::curvature::quadratic_sharpness;
/// use faer::mat;
/// let h = mat![[4.0, 0.0], [0.0, 1.0]];
/// let at_a_minimum = quadratic_sharpness(&[0.0, 0.0], h.as_ref(), 0.1)?;
/// assert!((at_a_minimum.value - 0.02).abs() < 1e-16);
///
/// let on_a_slope = quadratic_sharpness(&[0.0, 1.0], h.as_ref(), 0.1)?;
/// assert!((on_a_slope.value - 0.105).abs() < 1e-15); // straight uphill: 0.1 + 0.01/2
/// # Ok::<(), calculus_core::Error>(())
/// ```
#[track_caller]
pub fn quadratic_sharpness(
    gradient: &[f64],
    hessian: MatRef<'_, f64>,
    radius: f64,
) -> Result<QuadraticMaximum, Error> {
    let op = "quadratic_sharpness";
    let n = gradient.len();
    assert_eq!(n, hessian.nrows(), "a gradient of {n} components for another Hessian");
    check_vector(op, gradient)?;
    let radius = check_nonnegative(op, "radius", radius)?;
    let (eigenvalues, vectors) = Symmetric::new(op, hessian)?.eigenvectors(op)?;
    if n == 0 || radius == 0.0 {
        let perturbation = vec![0.0; n];
        return Ok(QuadraticMaximum {
            value: 0.0,
            perturbation,
            multiplier: 0.0,
            hard_case: false,
        });
    }
    let vector = |i: usize| vectors.col(i).iter().copied().collect::<Vec<f64>>();
    let c: Vec<f64> = (0..n).map(|i| dot(&vector(i), gradient)).collect();
    let Solution { step, multiplier, hard_case } = solve(op, &c, &eigenvalues, radius)?;
    let mut perturbation = vec![0.0; n];
    for (i, &step) in step.iter().enumerate() {
        add_scaled(&mut perturbation, step, &vector(i));
    }
    let gain = |i: usize| step[i] * (c[i] + 0.5 * eigenvalues[i] * step[i]);
    let value = (0..n).map(gain).sum::<f64>().max(0.0);
    Ok(QuadraticMaximum { value, perturbation, multiplier, hard_case })
}

/// The solution in the basis of eigenvectors.
struct Solution {
    step: Vec<f64>,
    multiplier: f64,
    hard_case: bool,
}

/// Solves for increasing eigenvalues $\lambda_i$ and components $c_i$ of $g$.
fn solve(op: &'static str, c: &[f64], eigenvalues: &[f64], radius: f64) -> Result<Solution, Error> {
    let largest = eigenvalues[eigenvalues.len() - 1];
    let gaps: Vec<f64> = eigenvalues.iter().map(|x| largest - x).collect();
    let step_at = |delta: f64| -> Vec<f64> {
        let component = |(&c, &gap): (&f64, &f64)| if c == 0.0 { 0.0 } else { c / (delta + gap) };
        c.iter().zip(&gaps).map(component).collect()
    };
    // sigma >= 0 and sigma >= the largest eigenvalue.
    let least = f64::max(0.0, -largest);
    let step = step_at(least);
    let length = norm(&step);
    if length <= radius {
        if largest < 0.0 {
            return Ok(Solution { step, multiplier: 0.0, hard_case: false });
        }
        return Ok(hard_case(step, largest, radius));
    }
    // The step is longer than the radius where one component is, and shorter where the bound by
    // the smallest denominator is.
    let longer = c.iter().zip(&gaps).map(|(c, gap)| c.abs() / radius - gap);
    let mut low = longer.fold(least, f64::max);
    let mut high = f64::max(low, norm(c) / radius);
    let mut delta = low;
    for _ in 0..100 {
        let step = step_at(delta);
        let length = norm(&step);
        let excess = length / radius - 1.0;
        let found = excess.abs() <= 4.0 * f64::EPSILON;
        if found || high - low <= 2.0 * f64::EPSILON * high {
            // What is left of the excess is rounding: back to the sphere.
            let step = step.iter().map(|x| x * (radius / length)).collect();
            return Ok(Solution { step, multiplier: largest + delta, hard_case: false });
        }
        if excess > 0.0 {
            low = delta;
        } else {
            high = delta;
        }
        // Newton's method for 1/|e| = 1/radius, with |e|' = -sum e_i² / (delta + gap_i) / |e|.
        let slope: f64 = step
            .iter()
            .zip(&gaps)
            .filter(|(e, _)| **e != 0.0)
            .map(|(e, gap)| (e / length).powi(2) / (delta + gap))
            .sum();
        let newton = delta + excess / slope;
        delta = if newton > low && newton < high { newton } else { 0.5 * low + 0.5 * high };
    }
    Err(Error::NoConvergence { op, iterations: 100 })
}

/// Completes a step that is too short along the leading eigenvector.
fn hard_case(mut step: Vec<f64>, largest: f64, radius: f64) -> Solution {
    if largest > 0.0 {
        let length = norm(&step);
        let last = step.len() - 1;
        // (radius - length)(radius + length), which does not cancel.
        step[last] += ((radius - length).max(0.0) * (radius + length)).sqrt();
    }
    Solution { step, multiplier: largest, hard_case: largest > 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use faer::{Mat, mat};
    use proptest::prelude::*;

    #[test]
    fn the_maximum_inside_the_ball() {
        // -(e_1 - 0.1)² + 0.01 - e_2²
        let h = mat![[-2.0, 0.0], [0.0, -2.0]];
        let maximum = quadratic_sharpness(&[0.2, 0.0], h.as_ref(), 1.0).unwrap();
        assert!((maximum.value - 0.01).abs() < 1e-16);
        assert!((maximum.perturbation[0] - 0.1).abs() < 1e-15);
        assert_eq!(maximum.multiplier, 0.0);
    }

    #[test]
    fn the_hard_case() {
        let h = mat![[1.0, 0.0], [0.0, 3.0]];
        // (sigma - H) e = g with sigma = 3: e_1 = 1/2, e_2 = sqrt(1 - 1/4).
        let maximum = quadratic_sharpness(&[1.0, 0.0], h.as_ref(), 1.0).unwrap();
        assert!(maximum.hard_case);
        assert!((maximum.multiplier - 3.0).abs() < 1e-14);
        assert!((maximum.value - (0.5 + 0.125 + 1.5 * 0.75)).abs() < 1e-14);
        assert!((norm(&maximum.perturbation) - 1.0).abs() < 1e-14);
        // Close to it the solution is continuous.
        let near = quadratic_sharpness(&[1.0, 1e-17], h.as_ref(), 1.0).unwrap();
        assert!(!near.hard_case);
        assert!((near.value - maximum.value).abs() < 1e-14);
    }

    #[test]
    fn a_linear_function() {
        let maximum = quadratic_sharpness(&[3.0, -4.0], Mat::zeros(2, 2).as_ref(), 0.5).unwrap();
        assert!((maximum.value - 2.5).abs() < 1e-15);
        assert!((maximum.perturbation[0] - 0.3).abs() < 1e-15);
        assert!((maximum.multiplier - 10.0).abs() < 1e-13);
    }

    #[test]
    fn boundary_cases() {
        let value = |g: &[f64], h: &Mat<f64>, r: f64| quadratic_sharpness(g, h.as_ref(), r);
        assert_eq!(value(&[], &Mat::zeros(0, 0), 1.0).unwrap().value, 0.0);
        assert_eq!(value(&[1.0], &mat![[1.0]], 0.0).unwrap().value, 0.0);
        assert_eq!(value(&[0.0], &mat![[0.0]], 1.0).unwrap().value, 0.0);
        assert_eq!(value(&[0.0], &mat![[-1.0]], 1.0).unwrap().value, 0.0);
        assert!(
            (value(&[1e300], &mat![[1e300]], 1.0).unwrap().value / 1.5e300 - 1.0).abs() < 1e-14
        );
        assert!(value(&[f64::NAN], &mat![[0.0]], 1.0).is_err());
        assert!(value(&[0.0], &mat![[f64::NAN]], 1.0).is_err());
        assert!(value(&[0.0], &mat![[0.0]], -1.0).is_err());
        assert!(value(&[0.0], &mat![[0.0]], f64::INFINITY).is_err());
    }

    proptest! {
        /// The conditions of lemma 2.1, which are sufficient, and comparison with random points.
        #[test]
        fn the_solution_is_global(
            n in 1_usize..7,
            entries in prop::collection::vec(-1.0..1.0_f64, 42),
            radius in 0.01..10.0_f64,
            probe in prop::collection::vec(-1.0..1.0_f64, 6),
        ) {
            let a = Mat::from_fn(n, n, |i, j| entries[6 * i + j]);
            let h = &a + a.transpose();
            let g = &entries[36..36 + n];
            let model = |e: &[f64]| {
                let he = |i: usize| (0..n).map(|j| h[(i, j)] * e[j]).sum::<f64>();
                (0..n).map(|i| e[i] * (g[i] + 0.5 * he(i))).sum::<f64>()
            };
            let maximum = quadratic_sharpness(g, h.as_ref(), radius).unwrap();
            let e = &maximum.perturbation;
            let size = 1.0 + radius * radius * 10.0;
            prop_assert!((maximum.value - model(e)).abs() < 1e-12 * size);
            prop_assert!(norm(e) <= radius * (1.0 + 1e-13));
            for i in 0..n {
                let he: f64 = (0..n).map(|j| h[(i, j)] * e[j]).sum();
                prop_assert!((maximum.multiplier * e[i] - he - g[i]).abs() < 1e-11 * size);
            }
            let largest = *h.self_adjoint_eigenvalues(faer::Side::Lower).unwrap().last().unwrap();
            prop_assert!(maximum.multiplier >= largest.max(0.0) - 1e-13);
            let length = norm(&probe[..n]).max(1e-300);
            let other: Vec<f64> = probe[..n].iter().map(|x| x * radius / length).collect();
            prop_assert!(model(&other) <= maximum.value + 1e-12 * size);
        }
    }
}
