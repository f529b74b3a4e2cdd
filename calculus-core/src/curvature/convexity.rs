//! Looking for a violation of convexity.
//!
//! A function is convex if for all $x$, $y$ and $0 \le t \le 1$
//!
//! $$f(t x + (1-t) y) \le t f(x) + (1-t) f(y),$$
//!
//! or, where it has second derivatives, if no Hessian has a negative eigenvalue. Finitely many
//! points can refute this and cannot prove it, so the answers are a violation with its witness, or
//! that none was found.
//!
//! Source: S. Boyd, L. Vandenberghe (2004), *Convex Optimization*, sections 3.1.1 and 3.1.4.

use faer::Mat;

use super::definiteness::definiteness;
use super::symmetric::{Symmetric, check_points, check_vector};
use crate::Error;

/// The weights $t$ that are tried on each pair of points.
const WEIGHTS: [f64; 3] = [0.25, 0.5, 0.75];
/// What the inequality may be violated by, relative to the sizes of its terms: the rounding of
/// values that are accurate to some sixteen units in the last place.
const ROUNDING: f64 = 64.0 * f64::EPSILON;

/// What a search for violations of convexity gives.
#[derive(Clone, Debug, PartialEq)]
pub enum ConvexityEvidence<W> {
    /// Nothing contradicts convexity. This is no proof of it.
    NoViolationFound {
        /// The number of comparisons, or of Hessians, that were made.
        checks: usize,
    },
    /// The function is not convex, and this shows it.
    NotConvex(W),
}

impl<W> ConvexityEvidence<W> {
    /// The witness, if there is one.
    pub fn violation(&self) -> Option<&W> {
        match self {
            Self::NoViolationFound { .. } => None,
            Self::NotConvex(witness) => Some(witness),
        }
    }
}

/// A chord that lies below the function.
#[derive(Clone, Debug, PartialEq)]
pub struct ChordViolation {
    /// One end.
    pub x: Vec<f64>,
    /// The other end.
    pub y: Vec<f64>,
    /// The weight of `x`.
    pub t: f64,
    /// $f(t x + (1-t) y) - t f(x) - (1-t) f(y) > 0$.
    pub excess: f64,
}

/// A direction in which a function bends downwards.
#[derive(Clone, Debug, PartialEq)]
pub struct CurvatureViolation {
    /// The point.
    pub x: Vec<f64>,
    /// A unit vector $v$, the eigenvector of the smallest eigenvalue.
    pub direction: Vec<f64>,
    /// $v' \nabla^2 f(x)\, v < 0$.
    pub curvature: f64,
}

/// Looks for a chord between two of the points that lies below the function.
///
/// All pairs are tried with $t = 1/4, 1/2, 3/4$; the violation with the largest excess is returned.
/// An excess counts if it is larger than $64\,\varepsilon$ times the sizes of the terms. A value of
/// $+\infty$ means outside the domain, as usual for convex functions: it is a violation between two
/// finite values, and nothing at an end. The points have length $n$; they come from
/// [`sample_box`](super::sample_box), [`sample_ball`](super::sample_ball) or from elsewhere.
///
/// Costs $m + 3m(m-1)/2$ evaluations for $m$ points.
///
/// # Errors
/// [`Error::NonFiniteEntry`] for a point, [`Error::ShapeMismatch`] for points of different lengths,
/// [`Error::OutsideDomain`] for a value that is NaN or $-\infty$.
///
/// # Examples
/// ```
/// use calculus_core::curvature::{convexity_on_sample, sample_box};
/// let points = sample_box(&[-2.0], &[2.0], 20, 0)?;
/// let evidence = convexity_on_sample(|x| x[0].powi(4), &points)?;
/// assert!(evidence.violation().is_none()); // not found, which is no proof
///
/// let evidence = convexity_on_sample(|x| x[0].cos(), &points)?;
/// let chord = evidence.violation().expect("the cosine bends downwards at 0");
/// assert!(chord.excess > 0.5);
/// # Ok::<(), calculus_core::Error>(())
/// ```
pub fn convexity_on_sample(
    mut f: impl FnMut(&[f64]) -> f64,
    points: &[Vec<f64>],
) -> Result<ConvexityEvidence<ChordViolation>, Error> {
    let mut value = |x: &[f64]| {
        let value = f(x);
        if value > f64::NEG_INFINITY {
            return Ok(value);
        }
        let (op, argument, domain) = ("convexity_on_sample", "the function", "a number or +inf");
        Err(Error::OutsideDomain { op, argument, domain, value })
    };
    check_points("convexity_on_sample", points)?;
    let values = points.iter().map(|x| value(x)).collect::<Result<Vec<f64>, Error>>()?;
    let mut worst: Option<ChordViolation> = None;
    let mut checks = 0;
    for (i, x) in points.iter().enumerate() {
        for (j, y) in points.iter().enumerate().take(i) {
            for t in WEIGHTS {
                checks += 1;
                let (t_fx, t_fy) = (t * values[i], (1.0 - t) * values[j]);
                if t_fx + t_fy == f64::INFINITY {
                    continue;
                }
                let between: Vec<f64> =
                    x.iter().zip(y).map(|(x, y)| t * x + (1.0 - t) * y).collect();
                let middle = value(&between)?;
                let excess = middle - (t_fx + t_fy);
                let rounding = ROUNDING * (middle.abs() + t_fx.abs() + t_fy.abs());
                let found = excess > rounding || middle == f64::INFINITY;
                if found && worst.as_ref().is_none_or(|worst| excess > worst.excess) {
                    worst = Some(ChordViolation { x: x.clone(), y: y.clone(), t, excess });
                }
            }
        }
    }
    Ok(match worst {
        Some(chord) => ConvexityEvidence::NotConvex(chord),
        None => ConvexityEvidence::NoViolationFound { checks },
    })
}

/// Looks for a point whose Hessian has a negative eigenvalue.
///
/// The violation with the most negative curvature is returned. An eigenvalue counts if it is
/// negative beyond the tolerance of [`definiteness`]. `hessian` returns the
/// $n \times n$ Hessian at a point of length $n$. Costs one Hessian and $O(n^3)$ a point.
///
/// # Errors
/// [`Error::NonFiniteEntry`] for a point; for the Hessians those of
/// [`definiteness`].
///
/// # Examples
/// ```
/// use calculus_core::curvature::hessian_convexity_on_sample;
/// use faer::mat;
/// // f = x² - y³
/// let hessian = |x: &[f64]| mat![[2.0, 0.0], [0.0, -6.0 * x[1]]];
/// let evidence = hessian_convexity_on_sample(hessian, &[vec![0.0, -1.0], vec![0.0, 0.5]])?;
/// let violation = evidence.violation().expect("bends downwards for y > 0");
/// assert_eq!(violation.x, [0.0, 0.5]);
/// assert!((violation.curvature + 3.0).abs() < 1e-14);
/// # Ok::<(), calculus_core::Error>(())
/// ```
pub fn hessian_convexity_on_sample(
    mut hessian: impl FnMut(&[f64]) -> Mat<f64>,
    points: &[Vec<f64>],
) -> Result<ConvexityEvidence<CurvatureViolation>, Error> {
    let op = "hessian_convexity_on_sample";
    let mut worst: Option<CurvatureViolation> = None;
    for x in points {
        check_vector(op, x)?;
        let h = hessian(x);
        if definiteness(h.as_ref())?.inertia.negative == 0 {
            continue;
        }
        let (values, vectors) = Symmetric::new(op, h.as_ref())?.eigenvectors(op)?;
        let curvature = values[0];
        if worst.as_ref().is_none_or(|worst| curvature < worst.curvature) {
            let direction = vectors.col(0).iter().copied().collect();
            worst = Some(CurvatureViolation { x: x.clone(), direction, curvature });
        }
    }
    Ok(match worst {
        Some(direction) => ConvexityEvidence::NotConvex(direction),
        None => ConvexityEvidence::NoViolationFound { checks: points.len() },
    })
}

#[cfg(test)]
mod tests {
    use super::super::sample_box;
    use super::*;
    use faer::mat;
    use proptest::prelude::*;

    #[test]
    fn the_witness_witnesses() {
        let f = |x: &[f64]| x[0] * x[1];
        let points = sample_box(&[-1.0; 2], &[1.0; 2], 15, 3).unwrap();
        let evidence = convexity_on_sample(f, &points).unwrap();
        let ChordViolation { x, y, t, excess } = evidence.violation().unwrap();
        let middle: Vec<f64> = x.iter().zip(y).map(|(x, y)| t * x + (1.0 - t) * y).collect();
        let direct = f(&middle) - (t * f(x) + (1.0 - t) * f(y));
        assert!(direct > 0.0 && (direct - excess).abs() < 1e-15);
    }

    #[test]
    fn infinity_is_outside_the_domain() {
        // The domain x > 0 is convex, its complement in the line minus 0 is not.
        let points = [vec![-1.0], vec![1.0], vec![2.0]];
        let log = |x: &[f64]| if x[0] > 0.0 { -x[0].ln() } else { f64::INFINITY };
        assert!(convexity_on_sample(log, &points).unwrap().violation().is_none());
        let hole = |x: &[f64]| if x[0].abs() < 0.5 { f64::INFINITY } else { 0.0 };
        let evidence = convexity_on_sample(hole, &points).unwrap();
        assert_eq!(evidence.violation().unwrap().excess, f64::INFINITY);
    }

    #[test]
    fn rounding_is_no_violation() {
        // Affine: every chord is met exactly but for rounding.
        let f = |x: &[f64]| 1e6 + 0.1 * x[0] - 0.3 * x[1];
        let points = sample_box(&[-1.0; 2], &[1.0; 2], 30, 1).unwrap();
        let evidence = convexity_on_sample(f, &points).unwrap();
        assert_eq!(evidence, ConvexityEvidence::NoViolationFound { checks: 3 * 435 });
    }

    #[test]
    fn few_points_and_bad_values() {
        let nothing = ConvexityEvidence::NoViolationFound { checks: 0 };
        assert_eq!(convexity_on_sample(|_| 0.0, &[]).unwrap(), nothing);
        assert_eq!(convexity_on_sample(|_| 0.0, &[vec![1.0]]).unwrap(), nothing);
        assert!(convexity_on_sample(|_| f64::NAN, &[vec![1.0]]).is_err());
        assert!(convexity_on_sample(|_| f64::NEG_INFINITY, &[vec![1.0]]).is_err());
        assert!(convexity_on_sample(|_| 0.0, &[vec![f64::NAN]]).is_err());
        assert!(hessian_convexity_on_sample(|_| mat![[f64::NAN]], &[vec![0.0]]).is_err());
    }

    #[test]
    fn a_semidefinite_hessian_is_no_violation() {
        let h = |_: &[f64]| mat![[1.0, 1.0], [1.0, 1.0]];
        let evidence = hessian_convexity_on_sample(h, &[vec![0.0, 0.0]]).unwrap();
        assert_eq!(evidence, ConvexityEvidence::NoViolationFound { checks: 1 });
    }

    proptest! {
        #[test]
        fn no_violation_where_the_function_is_convex(
            a in prop::collection::vec(-2.0..2.0_f64, 9),
            seed in any::<u64>(),
        ) {
            // log-sum-exp of three affine functions.
            let f = |x: &[f64]| {
                let z = [0, 3, 6].map(|i| a[i] * x[0] + a[i + 1] * x[1] + a[i + 2]);
                z.iter().map(|z| z.exp()).sum::<f64>().ln()
            };
            let points = sample_box(&[-3.0; 2], &[3.0; 2], 8, seed).unwrap();
            prop_assert!(convexity_on_sample(f, &points).unwrap().violation().is_none());
        }
    }
}
