//! What kind of critical point a point is.
//!
//! At a point with $\nabla f = 0$ the eigenvalues of the Hessian decide: all positive, a strict
//! local minimum; all negative, a strict local maximum; both signs, a saddle, whatever the other
//! eigenvalues are. If an eigenvalue is 0 and the others have one sign, second derivatives do not
//! decide ($x^4$, $-x^4$ and $x^3$ look alike at 0): the point is degenerate.
//!
//! Source: J. Nocedal, S. J. Wright (2006), *Numerical Optimization*, 2nd ed., theorems 2.3, 2.4.

use faer::MatRef;

use super::definiteness::{Definiteness, DefinitenessReport, definiteness_within};
use super::symmetric::{check_nonnegative, check_vector};
use super::vector::norm;
use crate::Error;

/// The kinds of points that gradient and Hessian tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CriticalPointKind {
    /// The gradient vanishes and the Hessian is positive definite.
    StrictMinimum,
    /// The gradient vanishes and the Hessian is negative definite.
    StrictMaximum,
    /// The gradient vanishes and the Hessian is indefinite.
    Saddle,
    /// The gradient vanishes and the Hessian is semidefinite within the tolerance: higher
    /// derivatives decide.
    Degenerate,
    /// The gradient does not vanish.
    NotCritical,
}

/// The kind of a point, with what it was concluded from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CriticalPoint {
    /// The kind.
    pub kind: CriticalPointKind,
    /// $\|\nabla f\|_2$.
    pub gradient_norm: f64,
    /// The signs of the eigenvalues of the Hessian, also where the gradient does not vanish.
    pub hessian: DefinitenessReport,
}

impl CriticalPoint {
    /// The Morse index, the number of independent directions of descent, of a point that is
    /// critical and not degenerate.
    ///
    /// None where an eigenvalue cannot be told from 0.
    pub fn morse_index(&self) -> Option<usize> {
        let regular = self.kind != CriticalPointKind::NotCritical && self.hessian.inertia.zero == 0;
        regular.then_some(self.hessian.inertia.negative)
    }
}

/// The tolerances within which a gradient vanishes and a Hessian is known.
///
/// By default the gradient vanishes if $\|\nabla f\|_2 \le \sqrt\varepsilon = 1.5 \cdot 10^{-8}$,
/// and the Hessian is known to its last digit.
///
/// # Examples
/// ```
/// use calculus_core::curvature::{CriticalPointKind, CriticalPointTest};
/// use faer::mat;
/// // A Hessian from differences, known to 1e-4: the flat direction is not decided.
/// let test = CriticalPointTest::new(1e-6)?.hessian_error(1e-4)?;
/// let h = mat![[2.0, 0.0], [0.0, -3e-5]];
/// assert_eq!(test.classify(&[0.0, 1e-7], h.as_ref())?.kind, CriticalPointKind::Degenerate);
/// # Ok::<(), calculus_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CriticalPointTest {
    gradient_tolerance: f64,
    hessian_error: f64,
}

impl Default for CriticalPointTest {
    fn default() -> Self {
        Self { gradient_tolerance: f64::EPSILON.sqrt(), hessian_error: 0.0 }
    }
}

impl CriticalPointTest {
    /// A gradient vanishes if $\|\nabla f\|_2 \le$ `gradient_tolerance`.
    ///
    /// # Errors
    /// [`Error::OutsideDomain`] if the tolerance is negative or not finite.
    pub fn new(gradient_tolerance: f64) -> Result<Self, Error> {
        let op = "CriticalPointTest::new";
        let gradient_tolerance = check_nonnegative(op, "gradient_tolerance", gradient_tolerance)?;
        Ok(Self { gradient_tolerance, ..Self::default() })
    }

    /// The Hessian is known up to a matrix of 2-norm `hessian_error`.
    ///
    /// # Errors
    /// [`Error::OutsideDomain`] if the error is negative or not finite.
    pub fn hessian_error(mut self, hessian_error: f64) -> Result<Self, Error> {
        let op = "CriticalPointTest::hessian_error";
        self.hessian_error = check_nonnegative(op, "hessian_error", hessian_error)?;
        Ok(self)
    }

    /// The kind of the point that has this gradient, of length $n$, and this Hessian,
    /// $n \times n$.
    ///
    /// Costs what [`definiteness`](super::definiteness) does.
    ///
    /// # Errors
    /// [`Error::NonFiniteEntry`]; for the Hessian those of
    /// [`definiteness`](super::definiteness).
    ///
    /// # Panics
    /// If the gradient does not have as many components as the Hessian has rows.
    #[track_caller]
    pub fn classify(
        &self,
        gradient: &[f64],
        hessian: MatRef<'_, f64>,
    ) -> Result<CriticalPoint, Error> {
        assert_eq!(
            gradient.len(),
            hessian.nrows(),
            "a gradient of {} components and a Hessian of {} rows",
            gradient.len(),
            hessian.nrows()
        );
        check_vector("classify_critical_point", gradient)?;
        let gradient_norm = norm(gradient);
        let hessian = definiteness_within(hessian, self.hessian_error)?;
        let kind = if gradient_norm > self.gradient_tolerance {
            CriticalPointKind::NotCritical
        } else {
            match hessian.definiteness {
                Definiteness::PositiveDefinite => CriticalPointKind::StrictMinimum,
                Definiteness::NegativeDefinite => CriticalPointKind::StrictMaximum,
                Definiteness::Indefinite => CriticalPointKind::Saddle,
                Definiteness::Undecided => CriticalPointKind::Degenerate,
            }
        };
        Ok(CriticalPoint { kind, gradient_norm, hessian })
    }
}

/// The kind of the point that has this gradient and this Hessian, with default tolerances.
///
/// `gradient` has length $n$, `hessian` is $n \times n$; both triangles are read. See
/// [`CriticalPointTest`] for the tolerances, and for setting them.
///
/// # Errors
/// As [`CriticalPointTest::classify`].
///
/// # Panics
/// If the gradient does not have as many components as the Hessian has rows.
///
/// # Examples
/// ```
/// use calculus_core::curvature::{CriticalPointKind, classify_critical_point};
/// use faer::mat;
/// let saddle = classify_critical_point(&[0.0, 0.0], mat![[2.0, 0.0], [0.0, -2.0]].as_ref())?;
/// assert_eq!(saddle.kind, CriticalPointKind::Saddle);
/// assert_eq!(saddle.morse_index(), Some(1));
/// # Ok::<(), calculus_core::Error>(())
/// ```
#[track_caller]
pub fn classify_critical_point(
    gradient: &[f64],
    hessian: MatRef<'_, f64>,
) -> Result<CriticalPoint, Error> {
    CriticalPointTest::default().classify(gradient, hessian)
}

#[cfg(test)]
mod tests {
    use super::*;
    use faer::{Mat, mat};

    fn kind(gradient: &[f64], hessian: &Mat<f64>) -> CriticalPointKind {
        classify_critical_point(gradient, hessian.as_ref()).unwrap().kind
    }

    #[test]
    fn each_kind() {
        use CriticalPointKind::*;
        let bowl = mat![[2.0, 0.0], [0.0, 3.0]];
        assert_eq!(kind(&[0.0, 0.0], &bowl), StrictMinimum);
        assert_eq!(kind(&[0.0, 1e-3], &bowl), NotCritical);
        assert_eq!(kind(&[0.0, -0.0], &-&bowl), StrictMaximum);
        assert_eq!(kind(&[0.0, 0.0], &mat![[0.0, 1.0], [1.0, 0.0]]), Saddle);
        assert_eq!(kind(&[0.0, 0.0], &mat![[2.0, 0.0], [0.0, 0.0]]), Degenerate);
        assert_eq!(kind(&[0.0], &mat![[0.0]]), Degenerate);
    }

    #[test]
    fn both_signs_are_a_saddle_whatever_else_there_is() {
        let h = mat![[1.0, 0.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, 0.0]];
        let point = classify_critical_point(&[0.0; 3], h.as_ref()).unwrap();
        assert_eq!(point.kind, CriticalPointKind::Saddle);
        assert_eq!(point.morse_index(), None);
    }

    #[test]
    fn no_coordinates() {
        let point = classify_critical_point(&[], Mat::zeros(0, 0).as_ref()).unwrap();
        assert_eq!(point.kind, CriticalPointKind::StrictMinimum);
    }

    #[test]
    fn bad_input() {
        let h = Mat::<f64>::identity(1, 1);
        let error = classify_critical_point(&[f64::NAN], h.as_ref()).unwrap_err();
        assert!(matches!(error, Error::NonFiniteEntry { row: 0, .. }));
        assert!(CriticalPointTest::new(f64::INFINITY).is_err());
        assert!(CriticalPointTest::default().hessian_error(-1.0).is_err());
    }

    #[test]
    #[should_panic(expected = "a gradient of 2 components and a Hessian of 1 rows")]
    fn lengths_that_differ() {
        let _ = classify_critical_point(&[0.0, 0.0], Mat::identity(1, 1).as_ref());
    }
}
