//! The Taylor polynomial of first order of a function of several variables.

use crate::Error;

/// The linear model $f(a) + g^\top d$ of a function at a displacement $d$ from a point $a$, where
/// $g = \nabla f(a)$.
///
/// If the gradient of $f$ is Lipschitz continuous with the constant $L$ between $a$ and $a + d$, the
/// descent lemma bounds the error:
///
/// $$|f(a + d) - f(a) - g^\top d| \le \frac{L}{2}\|d\|^2.$$
///
/// # Source
/// Y. Nesterov (2004), *Introductory Lectures on Convex Optimization*, lemma 1.2.3.
///
/// # Examples
/// ```
/// use calculus_core::taylor::LinearModel;
/// // f(x, y) = sin x + 2y at the origin; the sine has |sin''| <= 1, so L = 1.
/// let model = LinearModel::new(0.0, vec![1.0, 2.0])?;
/// let d = [0.1, -0.2];
/// let exact = 0.1_f64.sin() + 2.0 * -0.2;
/// assert!((exact - model.value(&d)).abs() <= model.error_bound(&d, 1.0)?);
/// # Ok::<(), calculus_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct LinearModel {
    value: f64,
    gradient: Vec<f64>,
}

impl LinearModel {
    /// The model from $f(a)$ and the gradient at $a$, of length $n$.
    ///
    /// # Errors
    /// [`Error::OutsideDomain`] unless all numbers are finite.
    pub fn new(value: f64, gradient: Vec<f64>) -> Result<Self, Error> {
        let numbers = [("the value", value)].into_iter();
        let entries = gradient.iter().map(|&g| ("an entry of the gradient", g));
        match numbers.chain(entries).find(|(_, x)| !x.is_finite()) {
            Some((argument, value)) => {
                Err(Error::OutsideDomain { op: "Taylor model", argument, domain: "finite", value })
            }
            None => Ok(Self { value, gradient }),
        }
    }

    /// The number of variables $n$.
    pub fn dimension(&self) -> usize {
        self.gradient.len()
    }

    /// The gradient $g$ of the model, the same everywhere.
    pub fn gradient(&self) -> &[f64] {
        &self.gradient
    }

    /// $f(a) + g^\top d$.
    ///
    /// # Panics
    /// If the length of `d` is not $n$.
    #[track_caller]
    pub fn value(&self, d: &[f64]) -> f64 {
        check_length(d, self.dimension());
        self.value + dot(&self.gradient, d)
    }

    /// The descent lemma's bound $\frac{L}{2}\|d\|^2$ of $|f(a + d) - m(d)|$.
    ///
    /// `lipschitz` is $L$ with $\|\nabla f(x) - \nabla f(y)\| \le L\|x - y\|$ between $a$ and $a + d$;
    /// $\max \|\nabla^2 f\|_2$ for a twice differentiable function.
    ///
    /// # Errors
    /// [`Error::OutsideDomain`] if $L$ is negative or NaN.
    ///
    /// # Panics
    /// If the length of `d` is not $n$.
    #[track_caller]
    pub fn error_bound(&self, d: &[f64], lipschitz: f64) -> Result<f64, Error> {
        check_length(d, self.dimension());
        check_constant("the Lipschitz constant of the gradient", lipschitz)?;
        Ok(power_bound(lipschitz / 2.0, norm(d), 2))
    }

    /// The interval $m(d) \mp \frac{L}{2}\|d\|^2$ in which $f(a + d)$ lies.
    ///
    /// # Errors
    /// [`Error::OutsideDomain`] if $L$ is negative or NaN.
    ///
    /// # Panics
    /// If the length of `d` is not $n$.
    #[track_caller]
    pub fn bounds(&self, d: &[f64], lipschitz: f64) -> Result<(f64, f64), Error> {
        let (value, error) = (self.value(d), self.error_bound(d, lipschitz)?);
        Ok((value - error, value + error))
    }

    /// The displacement $d = -g/L$ that minimises the upper bound, and the decrease
    /// $\frac{\|g\|^2}{2L}$ of $f$ that the bound guarantees there.
    ///
    /// Source: Nesterov (2004), equation 1.2.13.
    ///
    /// # Errors
    /// [`Error::OutsideDomain`] unless $L$ is positive and finite.
    ///
    /// # Examples
    /// ```
    /// use calculus_core::taylor::LinearModel;
    /// // f(x) = x² at 3: L = 2, and the bound is f itself.
    /// let (d, decrease) = LinearModel::new(9.0, vec![6.0])?.descent_step(2.0)?;
    /// assert_eq!((d, decrease), (vec![-3.0], 9.0));
    /// # Ok::<(), calculus_core::Error>(())
    /// ```
    pub fn descent_step(&self, lipschitz: f64) -> Result<(Vec<f64>, f64), Error> {
        if !(lipschitz > 0.0 && lipschitz.is_finite()) {
            return Err(Error::OutsideDomain {
                op: "descent step",
                argument: "the Lipschitz constant of the gradient",
                domain: "positive and finite",
                value: lipschitz,
            });
        }
        let d = self.gradient.iter().map(|g| -g / lipschitz).collect();
        let length = norm(&self.gradient);
        Ok((d, length / (2.0 * lipschitz) * length))
    }
}

/// $c\,r^p$, and 0 for $r = 0$ also where $c$ is infinite.
pub(super) fn power_bound(c: f64, r: f64, p: i32) -> f64 {
    if r == 0.0 { 0.0 } else { (0..p).fold(c, |bound, _| bound * r) }
}

#[track_caller]
pub(super) fn check_length(d: &[f64], n: usize) {
    assert_eq!(d.len(), n, "a displacement of a function of {n} variables");
}

pub(super) fn check_constant(argument: &'static str, value: f64) -> Result<(), Error> {
    // Also refuses NaN.
    if value >= 0.0 {
        Ok(())
    } else {
        let (op, domain) = ("Taylor model", "non-negative");
        Err(Error::OutsideDomain { op, argument, domain, value })
    }
}

/// $x^\top y$.
pub(super) fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

/// $\|x\|_2$, without overflow or underflow of the squares.
pub(super) fn norm(x: &[f64]) -> f64 {
    x.iter().fold(0.0, |length: f64, x| length.hypot(*x))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_arguments_are_refused() {
        assert!(matches!(
            LinearModel::new(f64::NAN, vec![]),
            Err(Error::OutsideDomain { argument: "the value", .. })
        ));
        assert!(LinearModel::new(0.0, vec![1.0, f64::INFINITY]).is_err());
        let model = LinearModel::new(1.0, vec![2.0]).unwrap();
        for constant in [-1.0, f64::NAN] {
            assert!(model.error_bound(&[1.0], constant).is_err());
            assert!(model.bounds(&[1.0], constant).is_err());
        }
        for constant in [-1.0, f64::NAN, 0.0, f64::INFINITY] {
            assert!(model.descent_step(constant).is_err());
        }
    }

    #[test]
    #[should_panic(expected = "a displacement of a function of 2 variables")]
    fn a_displacement_has_the_dimension_of_the_model() {
        let _ = LinearModel::new(1.0, vec![2.0, 3.0]).unwrap().value(&[1.0]);
    }

    #[test]
    fn boundary_values() {
        let model = LinearModel::new(3.0, vec![]).unwrap();
        assert_eq!((model.dimension(), model.value(&[])), (0, 3.0));
        assert_eq!(model.error_bound(&[], f64::INFINITY), Ok(0.0));
        assert_eq!(model.descent_step(1.0), Ok((vec![], 0.0)));
        let model = LinearModel::new(3.0, vec![1e-200]).unwrap();
        assert_eq!(model.bounds(&[1e200], 0.0), Ok((4.0, 4.0)));
        // The square of the length underflows, the bound does not.
        assert!(model.error_bound(&[1e-200], 2e300).unwrap() > 0.0);
        assert!(model.error_bound(&[f64::NAN], 1.0).unwrap().is_nan());
    }
}
