//! The exponential of a square matrix, $C = e^A = \sum_k A^k/k!$.
//!
//! $$\dot C = L(A, \dot A), \qquad \bar A = L(A^\top, \bar C) = L(A, \bar C^\top)^\top, \qquad
//! L(A, E) = \int_0^1 e^{(1 - t)A} E e^{tA}\,dt$$
//!
//! by scaling and squaring, $e^A = r_m(2^{-s}A)^{2^s}$ with a Padé approximant $r_m$ of degree up to 13;
//! the derivative differentiates just that and reuses its powers, its factorisation and its squarings.
//! $A$ is $n \times n$ and need not be symmetric; where it is,
//! [`symmetric_exp`](crate::matrix::symmetric_exp) is more accurate. There are no degenerate points:
//! the exponential is entire. A result that overflows is an error.
//!
//! Sources: N. J. Higham, "The scaling and squaring method for the matrix exponential revisited", 2005;
//! A. H. Al-Mohy, N. J. Higham, "A new scaling and squaring algorithm for the matrix exponential", 2009
//! (a); A. H. Al-Mohy, N. J. Higham, "Computing the Fréchet derivative of the matrix exponential, with an
//! application to condition number estimation", 2009 (b), algorithm 6.4.
//!
//! # Examples
//! ```
//! use calculus_core::matrix::expm;
//! use faer::mat;
//!
//! // Nilpotent: I + A.
//! let factors = expm::value(&mat![[0.0, 2.0], [0.0, 0.0]])?;
//! assert_eq!(factors.value, mat![[1.0, 2.0], [0.0, 1.0]]);
//! let gradient = expm::pullback(&factors, &mat![[0.0, 1.0], [0.0, 0.0]])?;
//! let expected = mat![[1.0, 1.0], [2.0 / 3.0, 1.0]];
//! assert!((&gradient - &expected).norm_max() < 1e-15);
//!
//! let error = expm::value(&mat![[1000.0]]).unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "expm: the norm of the matrix must be small enough for a finite result, got 1000"
//! );
//! # Ok::<(), calculus_core::Error>(())
//! ```

use super::norm::Values;
use super::pade::choose;
use crate::Error;
use crate::elementary::Unary;
use crate::matrix::check::{finite, has_shape, representable, square};
use crate::matrix::{Lu, Matrix, Operations, Transpose, Triangle, identity};

const OP: &str = "expm";

/// A norm above which powers could overflow: the matrix is scaled before they are formed.
const LARGE: f64 = 1024.0;

/// The exponential with what its derivative takes.
#[derive(Clone, Debug)]
pub struct Expm<M> {
    /// $e^A$.
    pub value: M,
    /// $r_m, r_m^2, r_m^4, \dots$ before each of the $s$ squarings.
    pub squarings: Vec<M>,
    /// How the approximant was computed; nothing for a matrix of one entry or none.
    pub approximant: Option<Approximant<M>>,
}

/// The Padé approximant $r_m = (V - U)^{-1} (V + U)$ of $e^X$ with $X = 2^{-s}A$, where $U = XW$ has the
/// odd powers and $V$ the even ones.
#[derive(Clone, Debug)]
pub struct Approximant<M> {
    /// $s$.
    pub scaling: i32,
    /// The coefficients of the numerator, of $X^k$ at index $k$.
    pub coefficients: &'static [f64],
    /// $X, X^2, X^4, X^6, \dots$
    pub powers: Vec<M>,
    /// $W$.
    pub odd: M,
    /// The factors of $V - U$.
    pub denominator: Lu<M>,
    /// $r_m$.
    pub value: M,
}

/// $e^A$ with what its derivative takes.
///
/// Cost: 3 to 6 products, a factorisation with $n$ right-hand sides and $s$ squarings, where $s$ grows
/// with the logarithm of the norm.
///
/// # Errors
/// [`Error::NotSquare`], [`Error::NonFiniteEntry`]; [`Error::OutsideDomain`] where the result overflows.
pub fn value<A: Matrix>(a: &A) -> Result<Expm<A::Owned>, Error> {
    named_value(OP, a)
}

/// $\dot C = L(A, \dot A)$.
///
/// Cost: 2 to 3 times that of [`value`].
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pushforward<A: Matrix>(factors: &Expm<A::Owned>, tangent: &A) -> Result<A::Owned, Error> {
    has_shape(OP, tangent, factors.value.shape())?;
    representable(OP, derivative(factors, &tangent.copied()))
}

/// $\bar A = L(A, \bar C^\top)^\top$.
///
/// Cost: as [`pushforward`].
///
/// # Errors
/// [`Error::ShapeMismatch`].
pub fn pullback<A: Matrix>(factors: &Expm<A::Owned>, cotangent: &A) -> Result<A::Owned, Error> {
    has_shape(OP, cotangent, factors.value.shape())?;
    representable(OP, derivative(factors, &cotangent.transposed()).transposed())
}

/// [`value`] under the name of the function.
pub(super) fn named_value<A: Matrix>(op: &'static str, a: &A) -> Result<Expm<A::Owned>, Error> {
    let n = square(op, a)?;
    finite(op, a)?;
    let norm = Values::new(a).norm();
    let (argument, domain) = ("the norm of the matrix", "small enough for a finite result");
    let too_large = Error::OutsideDomain { op, argument, domain, value: norm };
    // The number of squarings would be infinite too.
    if norm.is_infinite() {
        return Err(too_large);
    }
    let factors = if n <= 1 {
        Expm { value: a.map(Unary::Exp), squarings: Vec::new(), approximant: None }
    } else {
        scale_and_square(a)
    };
    if !<A::Owned as Operations>::all_finite(factors.value.view()) {
        return Err(too_large);
    }
    Ok(factors)
}

fn scale_and_square<A: Matrix>(a: &A) -> Expm<A::Owned> {
    let norm = Values::new(a).norm();
    let before = if norm > LARGE { (norm / LARGE).log2().ceil() as i32 } else { 0 };
    let approximant = approximant(&a.scaled(0.5_f64.powi(before)), before);
    let mut value = approximant.value.clone();
    let mut squarings = Vec::new();
    for _ in 0..approximant.scaling {
        let square = value.matmul(&value);
        squarings.push(core::mem::replace(&mut value, square));
    }
    Expm { value, squarings, approximant: Some(approximant) }
}

/// The approximant for a matrix that has been scaled by $2^{-\text{before}}$.
fn approximant<M: Operations>(a: &M, before: i32) -> Approximant<M> {
    let choice = choose(a);
    let scale = |power: i32, a: &M| a.scaled(0.5_f64.powi(choice.scaling * power));
    let mut powers = vec![scale(1, a)];
    powers.extend((2..).step_by(2).zip(&choice.even_powers).map(|(power, a)| scale(power, a)));
    let b = choice.degree.coefficients;
    let (odd, even) = (polynomial(&powers, b, 1), polynomial(&powers, b, 0));
    let u = powers[0].matmul(&odd);
    let denominator = M::lu(even.minus(&u).view());
    let value = solve(&denominator, &even.plus(&u));
    let scaling = before + choice.scaling;
    Approximant { scaling, coefficients: b, powers, odd, denominator, value }
}

/// $W = b_1 I + b_3 X^2 + b_5 X^4 + \dots$ for `first` = 1 and $V = b_0 I + b_2 X^2 + \dots$ for
/// `first` = 0, of degree 13 as $X^6 W_1 + W_2$.
fn polynomial<M: Operations>(powers: &[M], b: &[f64], first: usize) -> M {
    let one = identity(powers[0].rows());
    let low = combination(&powers[1..], &b[first + 2..], Some((b[first], &one)));
    match high(powers, b, first) {
        None => low,
        Some(high) => powers[3].matmul(&high).plus(&low),
    }
}

/// $W_1$ or $V_1$, the factor of $X^6$, where the degree is 13.
fn high<M: Operations>(powers: &[M], b: &[f64], first: usize) -> Option<M> {
    (b.len() > 10).then(|| combination(&powers[1..], &b[first + 8..], None))
}

/// $b_0 X^2 + b_2 X^4 + \dots$, and a constant term.
fn combination<M: Operations>(even_powers: &[M], b: &[f64], constant: Option<(f64, &M)>) -> M {
    let terms = b.iter().step_by(2).copied().zip(even_powers);
    let terms: Vec<_> = constant.into_iter().chain(terms).map(|(b, x)| (b, x.view())).collect();
    M::combination(&terms)
}

/// $X$ with $(V - U)X = B$.
fn solve<M: Operations>(lu: &Lu<M>, b: &M) -> M {
    let permuted = b.permuted_rows(&lu.rows);
    let y = lu.packed.solve_triangular(Triangle::UnitLower, Transpose::No, &permuted);
    lu.packed.solve_triangular(Triangle::Upper, Transpose::No, &y)
}

/// $L(A, E)$.
pub(super) fn derivative<M: Operations>(factors: &Expm<M>, e: &M) -> M {
    let Some(approximant) = &factors.approximant else {
        return factors.value.hadamard(e);
    };
    // (X^2)' = X X' + X' X at every squaring.
    let squared = |l: M, x: &M| x.matmul(&l).plus(&l.matmul(x));
    let e = e.scaled(0.5_f64.powi(approximant.scaling));
    factors.squarings.iter().fold(approximant_derivative(approximant, &e), squared)
}

/// The derivative of $r_m$ in the direction $E$: $(V - U)^{-1} (\dot U + \dot V + (\dot U - \dot V) r_m)$.
fn approximant_derivative<M: Operations>(approximant: &Approximant<M>, e: &M) -> M {
    let Approximant { coefficients: b, powers, odd, denominator, value, .. } = approximant;
    let x = &powers[0];
    // The derivatives of the even powers, by the product rule.
    let product = |a: &M, da: &M, b: &M, db: &M| a.matmul(db).plus(&da.matmul(b));
    let mut dots: Vec<M> = vec![product(x, e, x, e)];
    for k in 2..powers.len() {
        // X^4 = X^2 X^2, X^6 = X^4 X^2, X^8 = X^4 X^4.
        let (left, right) = [(1, 1), (2, 1), (2, 2)][k - 2];
        dots.push(product(&powers[left], &dots[left - 1], &powers[right], &dots[right - 1]));
    }
    let dotted = |first: usize| {
        let low = combination(&dots, &b[first + 2..], None);
        let high_dot = || combination(&dots, &b[first + 8..], None);
        match high(powers, b, first) {
            None => low,
            Some(high) => product(&powers[3], &dots[2], &high, &high_dot()).plus(&low),
        }
    };
    let u_dot = product(x, e, odd, &dotted(1));
    let v_dot = dotted(0);
    let right = u_dot.plus(&v_dot).plus(&u_dot.minus(&v_dot).matmul(value));
    solve(denominator, &right)
}
