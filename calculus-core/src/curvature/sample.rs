//! Random points at which a function is examined.

use super::random::Random;
use super::symmetric::{check_nonnegative, check_vector};
use super::vector::{add_scaled, max_norm};
use crate::Error;

/// Points uniform in a box.
///
/// `count` points with $low_i \le x_i \le high_i$, the same ones for the same `seed`.
///
/// # Errors
/// [`Error::InvalidBounds`] unless $low_i \le high_i$, both finite.
///
/// # Panics
/// If `low` and `high` differ in length.
///
/// # Examples
/// ```
/// use calculus_core::curvature::sample_box;
/// let points = sample_box(&[0.0, -1.0], &[1.0, 1.0], 100, 7)?;
/// assert_eq!(points.len(), 100);
/// assert!(points.iter().all(|x| (0.0..=1.0).contains(&x[0]) && x[1].abs() <= 1.0));
/// # Ok::<(), calculus_core::Error>(())
/// ```
#[track_caller]
pub fn sample_box(
    low: &[f64],
    high: &[f64],
    count: usize,
    seed: u64,
) -> Result<Vec<Vec<f64>>, Error> {
    assert_eq!(low.len(), high.len(), "{} lower and {} upper bounds", low.len(), high.len());
    for (&low, &high) in low.iter().zip(high) {
        if !(low <= high && low.is_finite() && high.is_finite()) {
            return Err(Error::InvalidBounds { low, high });
        }
    }
    let mut random = Random::new(seed);
    let mut point = || {
        let between = |(&low, &high)| {
            let t = random.uniform();
            // Written so that neither high - low overflows nor a bound is overstepped.
            f64::clamp((1.0 - t) * low + t * high, low, high)
        };
        low.iter().zip(high).map(between).collect()
    };
    Ok((0..count).map(|_| point()).collect())
}

/// Points uniform in a ball.
///
/// `count` points with $\|x - c\|_2 \le r$, the same ones for the same `seed`: a direction uniform
/// on the sphere times $r\,u^{1/n}$.
///
/// # Errors
/// [`Error::NonFiniteEntry`] for the centre, [`Error::OutsideDomain`] for a radius that is negative
/// or not finite, or a ball that reaches beyond the finite numbers.
///
/// # Examples
/// ```
/// use calculus_core::curvature::sample_ball;
/// let points = sample_ball(&[1.0, 1.0], 0.5, 100, 7)?;
/// assert!(points.iter().all(|x| (x[0] - 1.0).hypot(x[1] - 1.0) <= 0.5 + 1e-15));
/// # Ok::<(), calculus_core::Error>(())
/// ```
pub fn sample_ball(
    center: &[f64],
    radius: f64,
    count: usize,
    seed: u64,
) -> Result<Vec<Vec<f64>>, Error> {
    check_vector("sample_ball", center)?;
    let radius = check_nonnegative("sample_ball", "radius", radius)?;
    let reach = radius + max_norm(center);
    if reach == f64::INFINITY {
        let (op, argument) = ("sample_ball", "the radius and the largest coordinate together");
        return Err(Error::OutsideDomain { op, argument, domain: "finite", value: reach });
    }
    let n = center.len();
    let mut random = Random::new(seed);
    let mut point = || {
        let mut point = center.to_vec();
        let length = radius * random.uniform().powf(1.0 / n as f64);
        add_scaled(&mut point, length, &random.direction(n));
        point
    };
    Ok((0..count).map(|_| point()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boundary_cases() {
        assert_eq!(sample_box(&[], &[], 3, 0).unwrap(), vec![Vec::<f64>::new(); 3]);
        assert_eq!(sample_box(&[2.0], &[2.0], 1, 0).unwrap(), vec![vec![2.0]]);
        assert!(sample_box(&[0.0], &[1.0], 0, 0).unwrap().is_empty());
        let wide = sample_box(&[-f64::MAX], &[f64::MAX], 50, 0).unwrap();
        assert!(wide.iter().all(|x| x[0].is_finite()));
        assert!(sample_box(&[1.0], &[0.0], 1, 0).is_err());
        assert!(sample_box(&[f64::NAN], &[0.0], 1, 0).is_err());
        assert_eq!(sample_ball(&[], 1.0, 1, 0).unwrap(), vec![Vec::<f64>::new()]);
        assert_eq!(sample_ball(&[3.0], 0.0, 1, 0).unwrap(), vec![vec![3.0]]);
        assert!(sample_ball(&[3.0], -1.0, 1, 0).is_err());
        assert!(sample_ball(&[1e308], 1e308, 1, 0).is_err());
        assert!(sample_ball(&[f64::INFINITY], 1.0, 1, 0).is_err());
    }

    #[test]
    fn a_seed_gives_the_same_points() {
        let points = |seed| sample_box(&[0.0; 3], &[1.0; 3], 4, seed).unwrap();
        assert_eq!(points(5), points(5));
        assert_ne!(points(5), points(6));
    }
}
