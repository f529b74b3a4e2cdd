//! The configuration of numerical differentiation.

use super::axis::{Axis, Choices, Point};
use super::quotient::better;
use super::{Estimate, central, confirmation, five_point, forward, ridders};
use crate::Error;

/// How a derivative is estimated from values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Scheme {
    /// $(f(x+h) - f(x))/h$: 5 evaluations, half of the digits.
    Forward,
    /// $(f(x+h) - f(x-h))/2h$: 7 evaluations, two thirds of the digits.
    #[default]
    Central,
    /// $(f(x-2h) - 8f(x-h) + 8f(x+h) - f(x+2h))/12h$: 9 evaluations, four fifths of the digits.
    FivePoint,
    /// Central differences extrapolated to step 0 with steps found by trial: 13 to 28 evaluations
    /// and more where the scale was misjudged, nearly all digits.
    Ridders,
}

/// Numerical differentiation: a scheme, the length over which the function varies, bounds which no
/// step may leave, and the accuracy of the function's values.
///
/// By default the length scale is $\max(1, |x_i|)$ in each coordinate, there are no bounds, and
/// the values are taken to be accurate to $\varepsilon = 2^{-52}$.
///
/// # Bounds
/// No point outside $[low, high]$ is evaluated, and the bounds themselves only where the given
/// point lies on one. Near a bound the steps either shorten to the distance from it or go one way,
/// whichever has the smaller error estimate.
///
/// # Examples
/// ```
/// use calculus_core::numeric::{Differences, Scheme};
///
/// // ln is singular at 0: a step of ordinary length would leave its domain.
/// let slope = Differences::new(Scheme::Ridders)
///     .bounds(0.0, f64::INFINITY)?
///     .derivative(f64::ln, 1e-3)?;
/// assert!((slope.value - 1000.0).abs() < 1e-9);
///
/// let gradient = Differences::default().gradient(|x| x[0] * x[1].exp(), &[2.0, 0.0])?;
/// assert!((gradient.value[0] - 1.0).abs() <= gradient.error[0]);
/// assert!((gradient.value[1] - 2.0).abs() <= gradient.error[1]);
/// # Ok::<(), calculus_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Differences {
    scheme: Scheme,
    scale: Setting<f64>,
    bounds: Setting<(f64, f64)>,
    noise: f64,
    errors: bool,
}

/// A setting for the coordinates of a point.
#[derive(Clone, Debug, PartialEq)]
enum Setting<T> {
    Unset,
    Same(T),
    Each(Vec<T>),
}

impl<T: Copy> Setting<T> {
    fn get(&self, coordinate: usize) -> Option<T> {
        match self {
            Setting::Unset => None,
            Setting::Same(value) => Some(*value),
            Setting::Each(values) => Some(values[coordinate]),
        }
    }

    #[track_caller]
    fn check_length(&self, dimension: usize) {
        if let Setting::Each(values) = self {
            assert_eq!(
                values.len(),
                dimension,
                "one setting a coordinate: {} settings for a point of {dimension} coordinates",
                values.len()
            );
        }
    }
}

impl Default for Differences {
    /// Central differences, without bounds.
    fn default() -> Self {
        Self::new(Scheme::default())
    }
}

impl Differences {
    /// Differences by `scheme`, without bounds.
    pub const fn new(scheme: Scheme) -> Self {
        let (scale, bounds) = (Setting::Unset, Setting::Unset);
        Self { scheme, scale, bounds, noise: f64::EPSILON, errors: true }
    }

    /// The scheme.
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Sets the length over which the function varies, in every coordinate.
    ///
    /// # Errors
    /// [`Error::InvalidScale`] unless `scale` is positive and finite.
    pub fn scale(mut self, scale: f64) -> Result<Self, Error> {
        self.scale = Setting::Same(valid_scale(scale)?);
        Ok(self)
    }

    /// Sets the length over which the function varies, coordinate by coordinate.
    ///
    /// # Errors
    /// [`Error::InvalidScale`] unless each is positive and finite.
    pub fn scale_each(mut self, scale: &[f64]) -> Result<Self, Error> {
        self.scale =
            Setting::Each(scale.iter().map(|&s| valid_scale(s)).collect::<Result<_, _>>()?);
        Ok(self)
    }

    /// Sets the bounds `[low, high]` which no step leaves, in every coordinate.
    ///
    /// # Errors
    /// [`Error::InvalidBounds`] unless `low <= high`.
    pub fn bounds(mut self, low: f64, high: f64) -> Result<Self, Error> {
        self.bounds = Setting::Same(valid_bounds((low, high))?);
        Ok(self)
    }

    /// Sets the bounds `(low, high)` which no step leaves, coordinate by coordinate.
    ///
    /// # Errors
    /// [`Error::InvalidBounds`] unless `low <= high` in each.
    pub fn bounds_each(mut self, bounds: &[(f64, f64)]) -> Result<Self, Error> {
        self.bounds =
            Setting::Each(bounds.iter().map(|&b| valid_bounds(b)).collect::<Result<_, _>>()?);
        Ok(self)
    }

    /// Sets the relative accuracy of the function's values: $2^{-52}$ for a formula in double
    /// precision, $10^{-7}$ for one in single precision, the tolerance of a solver.
    ///
    /// # Errors
    /// [`Error::InvalidNoise`] unless $2^{-52} \le$ `noise` $\le 0.01$.
    pub fn noise(mut self, noise: f64) -> Result<Self, Error> {
        if !(f64::EPSILON..=0.01).contains(&noise) {
            return Err(Error::InvalidNoise { noise });
        }
        self.noise = noise;
        Ok(self)
    }

    /// Spares the evaluations that serve the error estimate alone, and states an infinite error.
    ///
    /// Besides the one at the point itself a forward difference then costs 1 evaluation, a central
    /// one 2, and a five-point one 4. Where the error decides, it is estimated all the same: with
    /// [`Scheme::Ridders`], and near a bound.
    ///
    /// # Examples
    /// ```
    /// use calculus_core::numeric::Differences;
    /// let mut evaluations = 0;
    /// let f = |x: &[f64]| { evaluations += 1; x[0].exp() * x[1] };
    /// let gradient = Differences::default().without_errors().gradient(f, &[0.0, 2.0])?;
    /// assert!((gradient.value[0] - 2.0).abs() < 1e-9 && (gradient.value[1] - 1.0).abs() < 1e-9);
    /// assert_eq!((gradient.error[0], evaluations), (f64::INFINITY, 5));
    /// # Ok::<(), calculus_core::Error>(())
    /// ```
    #[must_use]
    pub fn without_errors(mut self) -> Self {
        self.errors = false;
        self
    }

    /// The derivative of `f: R -> R` at `x`.
    ///
    /// # Errors
    /// [`Error::NonFiniteValue`] and [`Error::NonFinitePoint`] where `f` or `x` is not finite,
    /// [`Error::OutsideBounds`] and [`Error::NoRoom`] where the bounds exclude `x` or a step,
    /// [`Error::NotConverged`] where a quotient at a much shorter step contradicts the estimate (a
    /// kink, a jump, a wave shorter than the step, values less accurate than stated) and with
    /// [`Scheme::Ridders`] where no step gives consistent quotients. Where errors are
    /// [spared](Self::without_errors), contradictions are not looked for.
    ///
    /// # Panics
    /// If a scale or bounds were set coordinate by coordinate, for more or less than one.
    #[track_caller]
    pub fn derivative(&self, mut f: impl FnMut(f64) -> f64, x: f64) -> Result<Estimate, Error> {
        self.check_lengths(1);
        self.check_point(&[x])?;
        let at_x = f(x);
        self.along(0, x, at_x, &mut f)
    }

    /// The derivative of a function of the coordinate `coordinate` alone, which is `at_x` at `x`.
    pub(super) fn along(
        &self,
        coordinate: usize,
        x: f64,
        at_x: f64,
        f: &mut dyn FnMut(f64) -> f64,
    ) -> Result<Estimate, Error> {
        let (first, second) = self.axes(coordinate, x)?;
        let errors = self.errors || second.is_some();
        let mut estimate = |axis: Axis| {
            let mut at = |s: f64| {
                let point = axis.point(s);
                (point, f(point))
            };
            self.along_axis(axis, at_x, errors, &mut at)
        };
        let first = estimate(first);
        better(first, second.map(estimate))
    }

    /// The derivative along an axis of a function that gives the point and the value at a signed
    /// relative step.
    pub(super) fn along_axis(
        &self,
        axis: Axis,
        at_x: f64,
        errors: bool,
        f: &mut dyn FnMut(f64) -> Point,
    ) -> Result<Estimate, Error> {
        let coordinate = axis.coordinate;
        let finite = |(x, value): Point| match value {
            value if value.is_finite() => Ok((x, value)),
            value => Err(Error::NonFiniteValue { coordinate, x, value }),
        };
        // Where the function itself is not finite, no step helps.
        finite((axis.x, at_x))?;
        let mut f = |s: f64| finite(f(s));
        let noise = self.noise;
        let limit = match self.scheme {
            Scheme::Forward => forward::limit(&mut f, axis, at_x, noise, errors),
            Scheme::Central => central::limit(&mut f, axis, at_x, noise, errors),
            Scheme::FivePoint => five_point::limit(&mut f, axis, at_x, noise, errors),
            Scheme::Ridders => ridders::limit(&mut f, axis, at_x, noise),
        }?;
        if limit.error.is_finite() {
            let one_sided = self.scheme == Scheme::Forward;
            confirmation::confirmed_at_sides(&mut f, axis, at_x, noise, limit, one_sided)
        } else {
            Ok(limit.estimate())
        }
    }

    /// The ways to step a coordinate. No step leaves the finite numbers either.
    pub(super) fn axes(&self, coordinate: usize, x: f64) -> Result<Choices, Error> {
        let scale = self.scale.get(coordinate).unwrap_or(x.abs().max(1.0));
        let (low, high) = self.bounds.get(coordinate).unwrap_or((f64::MIN, f64::MAX));
        Axis::choices(coordinate, x, scale, (low.max(f64::MIN), high.min(f64::MAX)))
    }

    pub(super) fn relative_noise(&self) -> f64 {
        self.noise
    }

    pub(super) fn has_errors(&self) -> bool {
        self.errors
    }

    /// Refuses a point that is not finite or outside the bounds, before the function sees it.
    pub(super) fn check_point(&self, x: &[f64]) -> Result<(), Error> {
        x.iter().enumerate().try_for_each(|(i, &x)| self.axes(i, x).map(drop))
    }

    #[track_caller]
    pub(super) fn check_lengths(&self, dimension: usize) {
        self.scale.check_length(dimension);
        self.bounds.check_length(dimension);
    }
}

fn valid_scale(scale: f64) -> Result<f64, Error> {
    if scale > 0.0 && scale.is_finite() { Ok(scale) } else { Err(Error::InvalidScale { scale }) }
}

fn valid_bounds((low, high): (f64, f64)) -> Result<(f64, f64), Error> {
    if low <= high { Ok((low, high)) } else { Err(Error::InvalidBounds { low, high }) }
}
