//! Whether a symmetric matrix is definite, with the answer *undecided* where rounding hides it.
//!
//! A Cholesky factorisation that runs to its end in floating-point arithmetic proves that
//! $\lambda_{min} > -\tau$ with
//!
//! $$\tau = (n+1)\, \varepsilon\, \max(\|H\|_\infty, \textstyle\sum |h_{ii}|),$$
//!
//! so the factorisation of $H - \tau I$ proves that $H$ is positive definite. Otherwise
//! Bunch-Kaufman's $LBL'$ factorisation has the inertia of the matrix (Sylvester's law: a
//! congruence keeps the signs of the eigenvalues). Of $H - \tau I$ it counts the eigenvalues above
//! $\tau$, of $H + \tau I$ those below $-\tau$; what is left cannot be told from 0.
//!
//! Sources: S. M. Rump (2006), *Verification of positive definiteness*, BIT 46, 433-452; J. R.
//! Bunch, L. Kaufman (1977), *Some stable methods for calculating inertia and solving symmetric
//! linear systems*, Mathematics of Computation 31, 163-179.

use faer::{Mat, MatRef, Side};

use super::gershgorin;
use super::symmetric::{Symmetric, check_nonnegative};
use crate::Error;

/// What the signs of the eigenvalues say, as far as rounding lets it be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Definiteness {
    /// All eigenvalues are positive.
    PositiveDefinite,
    /// All eigenvalues are negative.
    NegativeDefinite,
    /// There are positive and negative eigenvalues.
    Indefinite,
    /// The eigenvalues that can be told from 0 have one sign, and there are others: the matrix may
    /// be semidefinite, definite or indefinite. The inertia says which signs were seen.
    Undecided,
}

/// The numbers of positive, negative and undecided eigenvalues.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Inertia {
    /// The number of eigenvalues above the tolerance.
    pub positive: usize,
    /// The number of eigenvalues below minus the tolerance.
    pub negative: usize,
    /// The number of eigenvalues that cannot be told from 0.
    pub zero: usize,
}

/// How an answer on definiteness was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DefinitenessMethod {
    /// Gershgorin's bounds, $O(n^2)$.
    Gershgorin,
    /// The Cholesky factorisation of $H$ or of $-H$.
    Cholesky,
    /// The $LBL'$ factorisation and Sylvester's law.
    Inertia,
}

/// An answer on definiteness with its evidence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DefinitenessReport {
    /// The answer.
    pub definiteness: Definiteness,
    /// The signs of the eigenvalues.
    pub inertia: Inertia,
    /// $\tau$: eigenvalues of smaller size count as zero.
    pub tolerance: f64,
    /// What decided it.
    pub method: DefinitenessMethod,
}

impl DefinitenessReport {
    /// Whether no eigenvalue was seen to be negative: positive semidefinite up to the tolerance.
    pub const fn is_positive_semidefinite_within_tolerance(&self) -> bool {
        self.inertia.negative == 0
    }

    /// Whether no eigenvalue was seen to be positive: negative semidefinite up to the tolerance.
    pub const fn is_negative_semidefinite_within_tolerance(&self) -> bool {
        self.inertia.positive == 0
    }
}

/// Whether a symmetric matrix is positive definite, negative definite, indefinite, or undecided.
///
/// An eigenvalue counts as positive or negative if it exceeds
/// $\tau = (n+1)\,\varepsilon\,\max(\|H\|_\infty, \sum |h_{ii}|) + \|(H - H')/2\|_\infty$ in size.
/// `h` is $n \times n$; both triangles are read, and the answer is about $(H + H')/2$. A $0 \times 0$
/// matrix is positive definite. Entries may have any size: the matrix is scaled by a power of 2.
///
/// Costs $O(n^2)$ for a diagonally dominant matrix, $n^3/3$ for a definite one, and twice as much
/// again otherwise.
///
/// # Errors
/// [`Error::NotSquare`], [`Error::NonFiniteEntry`], and [`Error::OutsideDomain`] for a matrix that
/// is not symmetric to a thousandth of its largest entry.
///
/// # Examples
/// ```
/// use calculus_core::curvature::{Definiteness, definiteness};
/// use faer::mat;
/// let report = definiteness(mat![[2.0, 3.0], [3.0, 2.0]].as_ref())?;
/// assert_eq!(report.definiteness, Definiteness::Indefinite);
/// assert_eq!((report.inertia.positive, report.inertia.negative), (1, 1));
///
/// // Singular: no factorisation in floating-point arithmetic can tell 0 from 1e-17.
/// let report = definiteness(mat![[1.0, 1.0], [1.0, 1.0]].as_ref())?;
/// assert_eq!(report.definiteness, Definiteness::Undecided);
/// assert!(report.is_positive_semidefinite_within_tolerance());
/// # Ok::<(), calculus_core::Error>(())
/// ```
pub fn definiteness(h: MatRef<'_, f64>) -> Result<DefinitenessReport, Error> {
    definiteness_within(h, 0.0)
}

/// [`definiteness`] of a matrix that is known up to an error.
///
/// `error` bounds $\|E\|_2$ in $H + E$, as for a Hessian from differences; it is added to the
/// tolerance. The answer then holds for every matrix within the error.
///
/// # Errors
/// As [`definiteness`], and [`Error::OutsideDomain`] if `error` is negative or not finite.
///
/// # Examples
/// ```
/// use calculus_core::curvature::{Definiteness, definiteness_within};
/// use faer::mat;
/// let h = mat![[1.0, 0.0], [0.0, 1e-6]];
/// let report = definiteness_within(h.as_ref(), 1e-5)?;
/// assert_eq!(report.definiteness, Definiteness::Undecided);
/// # Ok::<(), calculus_core::Error>(())
/// ```
pub fn definiteness_within(h: MatRef<'_, f64>, error: f64) -> Result<DefinitenessReport, Error> {
    let error = check_nonnegative("definiteness", "error", error)?;
    let h = Symmetric::new("definiteness", h)?;
    let tolerance = rounding(&h) + h.asymmetry + h.scale(error);
    let n = h.dimension();
    let positive_definite = Inertia { positive: n, negative: 0, zero: 0 };
    let negative_definite = Inertia { positive: 0, negative: n, zero: 0 };
    let bounds = gershgorin::of_scaled(&h);
    let (inertia, method) = if bounds.low >= -tolerance && bounds.high <= tolerance {
        (Inertia { positive: 0, negative: 0, zero: n }, DefinitenessMethod::Gershgorin)
    } else if bounds.low > tolerance {
        (positive_definite, DefinitenessMethod::Gershgorin)
    } else if bounds.high < -tolerance {
        (negative_definite, DefinitenessMethod::Gershgorin)
    } else if has_cholesky(&h.shifted(1.0, tolerance)) {
        (positive_definite, DefinitenessMethod::Cholesky)
    } else if has_cholesky(&h.shifted(-1.0, tolerance)) {
        (negative_definite, DefinitenessMethod::Cholesky)
    } else {
        let positive = positive_pivots(&h.shifted(1.0, tolerance));
        let negative = positive_pivots(&h.shifted(-1.0, tolerance));
        let zero = n.saturating_sub(positive + negative);
        (Inertia { positive, negative, zero }, DefinitenessMethod::Inertia)
    };
    let definiteness = match inertia {
        Inertia { negative: 0, zero: 0, .. } => Definiteness::PositiveDefinite,
        Inertia { positive: 0, zero: 0, .. } => Definiteness::NegativeDefinite,
        Inertia { positive: 1.., negative: 1.., .. } => Definiteness::Indefinite,
        _ => Definiteness::Undecided,
    };
    Ok(DefinitenessReport { definiteness, inertia, tolerance: h.unscale(tolerance), method })
}

/// The inertia of a symmetric matrix: how many eigenvalues are positive, negative, and not to be
/// told from 0.
///
/// By Sylvester's law the inertia is that of the block diagonal factor of $P H P' = L B L'$; see
/// [`definiteness`] for the tolerance, the input and the cost.
///
/// # Errors
/// As [`definiteness`].
///
/// # Examples
/// ```
/// use calculus_core::curvature::{Inertia, inertia};
/// use faer::mat;
/// let h = mat![[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]];
/// assert_eq!(inertia(h.as_ref())?, Inertia { positive: 1, negative: 1, zero: 1 });
/// # Ok::<(), calculus_core::Error>(())
/// ```
pub fn inertia(h: MatRef<'_, f64>) -> Result<Inertia, Error> {
    Ok(definiteness(h)?.inertia)
}

/// What rounding in a factorisation can hide, in the units of the scaled matrix.
fn rounding(h: &Symmetric) -> f64 {
    let n = h.dimension();
    let row_sum = |i: usize| (0..n).map(|j| h.matrix[(i, j)].abs()).sum::<f64>();
    let norm = (0..n).map(row_sum).fold(0.0, f64::max);
    let diagonal: f64 = (0..n).map(|i| h.matrix[(i, i)].abs()).sum();
    (n as f64 + 1.0) * f64::EPSILON * norm.max(diagonal)
}

fn has_cholesky(h: &Mat<f64>) -> bool {
    // A diagonal entry that is not positive saves the factorisation.
    let diagonal = h.diagonal().column_vector();
    diagonal.iter().all(|&x| x > 0.0) && h.llt(Side::Lower).is_ok()
}

/// The number of positive eigenvalues of the block diagonal factor.
fn positive_pivots(h: &Mat<f64>) -> usize {
    let n = h.nrows();
    let factors = h.lblt(Side::Lower);
    let diagonal = factors.B_diag().column_vector();
    let subdiagonal = factors.B_subdiag().column_vector();
    let mut positive = 0;
    let mut i = 0;
    while i < n {
        if i + 1 < n && subdiagonal[i] != 0.0 {
            let (a, b, c) = (diagonal[i], subdiagonal[i], diagonal[i + 1]);
            // Divided by |b|, the determinant of a block does not overflow.
            let determinant = (a / b) * (c / b) - 1.0;
            positive += if determinant < 0.0 {
                1
            } else if a + c > 0.0 {
                2
            } else {
                0
            };
            i += 2;
        } else {
            positive += usize::from(diagonal[i] > 0.0);
            i += 1;
        }
    }
    positive
}

#[cfg(test)]
mod tests {
    use super::*;
    use faer::mat;
    use proptest::prelude::*;

    fn answer(h: &Mat<f64>) -> Definiteness {
        definiteness(h.as_ref()).unwrap().definiteness
    }

    #[test]
    fn each_answer_and_how_it_was_found() {
        let report = definiteness(mat![[4.0, 1.0], [1.0, 3.0]].as_ref()).unwrap();
        assert_eq!(report.definiteness, Definiteness::PositiveDefinite);
        assert_eq!(report.method, DefinitenessMethod::Gershgorin);
        // Not diagonally dominant.
        let h = mat![[1.0, 2.0], [2.0, 5.0]];
        let report = definiteness(h.as_ref()).unwrap();
        assert_eq!(report.definiteness, Definiteness::PositiveDefinite);
        assert_eq!(report.method, DefinitenessMethod::Cholesky);
        let report = definiteness((-&h).as_ref()).unwrap();
        assert_eq!(report.definiteness, Definiteness::NegativeDefinite);
        assert_eq!(report.method, DefinitenessMethod::Cholesky);
        let report = definiteness(mat![[1.0, 2.0], [2.0, 1.0]].as_ref()).unwrap();
        assert_eq!(report.definiteness, Definiteness::Indefinite);
        assert_eq!(report.method, DefinitenessMethod::Inertia);
    }

    #[test]
    fn empty_one_by_one_and_zero() {
        assert_eq!(answer(&Mat::zeros(0, 0)), Definiteness::PositiveDefinite);
        assert_eq!(answer(&mat![[5e-324]]), Definiteness::PositiveDefinite);
        assert_eq!(answer(&mat![[-1e308]]), Definiteness::NegativeDefinite);
        assert_eq!(answer(&mat![[0.0]]), Definiteness::Undecided);
        assert_eq!(answer(&mat![[-0.0]]), Definiteness::Undecided);
        let zero = definiteness(Mat::zeros(4, 4).as_ref()).unwrap();
        assert_eq!(zero.inertia, Inertia { positive: 0, negative: 0, zero: 4 });
        assert_eq!(zero.tolerance, 0.0);
    }

    #[test]
    fn the_answer_does_not_depend_on_the_units() {
        for scale in [1e-300, 1e-160, 1.0, 1e160, 1e300] {
            let h = mat![[scale, 2.0 * scale], [2.0 * scale, 5.0 * scale]];
            assert_eq!(answer(&h), Definiteness::PositiveDefinite, "{scale}");
            let h = mat![[scale, 2.0 * scale], [2.0 * scale, scale]];
            assert_eq!(answer(&h), Definiteness::Indefinite, "{scale}");
            let h = mat![[scale, scale], [scale, scale]];
            assert_eq!(answer(&h), Definiteness::Undecided, "{scale}");
        }
    }

    #[test]
    fn eigenvalues_around_the_tolerance() {
        let diagonal = |x: f64| mat![[1.0, 0.0], [0.0, x]];
        assert_eq!(answer(&diagonal(1e-14)), Definiteness::PositiveDefinite);
        assert_eq!(answer(&diagonal(1e-16)), Definiteness::Undecided);
        assert_eq!(answer(&diagonal(-1e-16)), Definiteness::Undecided);
        assert_eq!(answer(&diagonal(-1e-14)), Definiteness::Indefinite);
    }

    #[test]
    fn hilbert_matrices_are_definite_until_rounding_hides_it() {
        let hilbert = |n: usize| Mat::from_fn(n, n, |i, j| 1.0 / (i + j + 1) as f64);
        assert_eq!(answer(&hilbert(8)), Definiteness::PositiveDefinite); // smallest eigenvalue 1e-10
        let report = definiteness(hilbert(14).as_ref()).unwrap(); // smallest eigenvalue 1e-18
        assert_eq!(report.definiteness, Definiteness::Undecided);
        assert!(report.is_positive_semidefinite_within_tolerance());
        assert!(!report.is_negative_semidefinite_within_tolerance());
    }

    #[test]
    fn asymmetry_counts_as_uncertainty() {
        let h = mat![[1.0, 1e-6], [0.0, 1e-8]];
        let report = definiteness(h.as_ref()).unwrap();
        assert_eq!(report.definiteness, Definiteness::Undecided);
        assert!((report.tolerance - 5e-7).abs() < 1e-12);
    }

    #[test]
    fn bad_input() {
        let nan = definiteness(mat![[1.0, 0.0], [0.0, f64::NAN]].as_ref());
        assert!(matches!(nan, Err(Error::NonFiniteEntry { row: 1, column: 1, .. })));
        assert!(matches!(
            definiteness(Mat::zeros(1, 2).as_ref()),
            Err(Error::NotSquare { rows: 1, columns: 2, .. })
        ));
        let everything = definiteness_within(mat![[1e-300]].as_ref(), 1e300).unwrap();
        assert_eq!(everything.inertia.zero, 1);
        assert!(definiteness_within(Mat::identity(1, 1).as_ref(), f64::NAN).is_err());
        assert!(definiteness_within(Mat::identity(1, 1).as_ref(), -1.0).is_err());
    }

    proptest! {
        /// Sylvester's law: $C D C'$ has the inertia of $D$.
        #[test]
        fn a_congruence_keeps_the_inertia(
            signs in prop::collection::vec(-1_i32..=1, 1..9),
            entries in prop::collection::vec(-1.0..1.0_f64, 64),
        ) {
            let n = signs.len();
            // Diagonally dominant, hence invertible with a condition number below 30.
            let c = Mat::from_fn(n, n, |i, j| {
                entries[i * 8 + j] + if i == j { 2.0 * n as f64 } else { 0.0 }
            });
            let d = Mat::from_fn(n, n, |i, j| if i == j { f64::from(signs[i]) } else { 0.0 });
            let h = &c * &d * c.transpose();
            let count = |sign: i32| signs.iter().filter(|&&s| s == sign).count();
            let expected = Inertia { positive: count(1), negative: count(-1), zero: count(0) };
            // The product is rounded: its error is a few n eps of |C| |D| |C'|.
            let error = 4.0 * n as f64 * f64::EPSILON * (c.norm_l2().powi(2));
            let report = definiteness_within(h.as_ref(), error).unwrap();
            prop_assert_eq!(report.inertia, expected);
        }

        #[test]
        fn the_inertia_is_that_of_the_eigenvalues(
            n in 1_usize..8,
            entries in prop::collection::vec(-1.0..1.0_f64, 64),
        ) {
            let a = Mat::from_fn(n, n, |i, j| entries[i * 8 + j]);
            let h = &a + a.transpose();
            let report = definiteness(h.as_ref()).unwrap();
            let values = h.self_adjoint_eigenvalues(Side::Lower).unwrap();
            prop_assume!(values.iter().all(|x| x.abs() > 1e-12));
            prop_assert_eq!(report.inertia.positive, values.iter().filter(|&&x| x > 0.0).count());
            prop_assert_eq!(report.inertia.zero, 0);
        }
    }
}
