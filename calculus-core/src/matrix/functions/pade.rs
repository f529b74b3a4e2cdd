//! Diagonal Padé approximants of the exponential, and of how high a degree and scaling it takes.

use super::norm::{Values, norm_of_product};
use crate::matrix::Operations;

/// The coefficients of the numerator of degree 3, of $x^k$ at index $k$.
const B3: &[f64] = &[120.0, 60.0, 12.0, 1.0];
/// Degree 5.
const B5: &[f64] = &[30240.0, 15120.0, 3360.0, 420.0, 30.0, 1.0];
/// Degree 7.
const B7: &[f64] = &[17_297_280.0, 8_648_640.0, 1_995_840.0, 277_200.0, 25200.0, 1512.0, 56.0, 1.0];
/// Degree 9.
const B9: &[f64] = &[
    17_643_225_600.0,
    8_821_612_800.0,
    2_075_673_600.0,
    302_702_400.0,
    30_270_240.0,
    2_162_160.0,
    110_880.0,
    3960.0,
    90.0,
    1.0,
];
/// Degree 13.
const B13: &[f64] = &[
    64_764_752_532_480_000.0,
    32_382_376_266_240_000.0,
    7_771_770_303_897_600.0,
    1_187_353_796_428_800.0,
    129_060_195_264_000.0,
    10_559_470_521_600.0,
    670_442_572_800.0,
    33_522_128_640.0,
    1_323_241_920.0,
    40_840_800.0,
    960_960.0,
    16380.0,
    182.0,
    1.0,
];

/// A degree and how large the norm of its argument may be.
///
/// For double precision the bounds are those under which the derivative of the approximant is that of
/// the exponential to rounding too (Al-Mohy and Higham 2009b, table 6.1), except for the last,
/// which is theirs for the value (2009a, table 3.1).
#[derive(Clone, Copy, Debug)]
pub(super) struct Degree {
    pub(super) coefficients: &'static [f64],
    pub(super) bound: f64,
}

const DOUBLE: &[Degree] = &[
    Degree { coefficients: B3, bound: 1.08e-2 },
    Degree { coefficients: B5, bound: 2.00e-1 },
    Degree { coefficients: B7, bound: 7.83e-1 },
    Degree { coefficients: B9, bound: 1.78 },
    Degree { coefficients: B13, bound: 4.25 },
];
/// For single precision three quarters of the bounds for the value (Higham 2005, section 2), so that
/// they do for the derivative.
const SINGLE: &[Degree] = &[
    Degree { coefficients: B3, bound: 0.32 },
    Degree { coefficients: B5, bound: 1.41 },
    Degree { coefficients: B7, bound: 2.94 },
];

impl Degree {
    pub(super) fn degree(self) -> usize {
        self.coefficients.len() - 1
    }
    fn all(epsilon: f64) -> &'static [Self] {
        if epsilon < 1e-12 { DOUBLE } else { SINGLE }
    }
}

/// The powers of a matrix that are at hand: $A^2, A^4, A^6, A^8$, as many as the degree takes.
#[derive(Clone, Debug)]
pub(super) struct Choice<M> {
    pub(super) degree: Degree,
    /// The matrix is to be scaled by $2^{-s}$.
    pub(super) scaling: i32,
    /// Not scaled.
    pub(super) even_powers: Vec<M>,
}

/// The degree and the scaling (Al-Mohy and Higham 2009a, algorithm 5.1): by norms of powers, which
/// may be much smaller than powers of the norm, so that a matrix is not scaled more than it needs.
pub(super) fn choose<M: Operations>(a: &M) -> Choice<M> {
    let values = Values::new(a);
    let u = 0.5 * M::EPSILON;
    let degrees = Degree::all(M::EPSILON);
    let last = degrees[degrees.len() - 1];
    let fits = |degree: Degree, size: f64| {
        size <= degree.bound && extra_scaling(&values, degree.degree(), 0, u) == 0
    };
    let root = |norm: f64, k: i32| norm.powf(1.0 / f64::from(k));

    let a2 = a.matmul(a);
    let v2 = Values::new(&a2);
    let estimate_6 = root(norm_of_product(&[&v2, &v2, &v2]), 6);
    if fits(degrees[0], root(norm_of_product(&[&v2, &v2]), 4).max(estimate_6)) {
        return Choice { degree: degrees[0], scaling: 0, even_powers: vec![a2] };
    }
    let a4 = a2.matmul(&a2);
    let v4 = Values::new(&a4);
    let d4 = root(v4.norm(), 4);
    if fits(degrees[1], d4.max(estimate_6)) {
        return Choice { degree: degrees[1], scaling: 0, even_powers: vec![a2, a4] };
    }
    let a6 = a2.matmul(&a4);
    let v6 = Values::new(&a6);
    let (d6, d8) = (root(v6.norm(), 6), root(norm_of_product(&[&v4, &v4]), 8));
    for &degree in &degrees[2..] {
        if degree.degree() < 13 && fits(degree, d6.max(d8)) {
            let mut even_powers = vec![a2, a4, a6];
            if degree.degree() == 9 {
                even_powers.push(even_powers[1].matmul(&even_powers[1]));
            }
            return Choice { degree, scaling: 0, even_powers };
        }
    }
    let d10 = root(norm_of_product(&[&v4, &v6]), 10);
    let size = d6.max(d8).min(d8.max(d10));
    let scaling = if size > last.bound { (size / last.bound).log2().ceil() as i32 } else { 0 };
    let scaling = scaling + extra_scaling(&values, last.degree(), scaling, u);
    Choice { degree: last, scaling, even_powers: vec![a2, a4, a6] }
}

/// The halvings that the rounding errors of evaluating the approximant ask for beyond those of its
/// truncation: from the first term of the backward error, $|c_{2m+1}|\,\lVert\,|A|^{2m+1}\rVert /
/// \lVert A\rVert$.
fn extra_scaling(a: &Values, degree: usize, scaling: i32, u: f64) -> i32 {
    let norm = a.norm();
    let power = a.norm_of_power_of_moduli(2 * degree + 1);
    if norm == 0.0 || power == 0.0 {
        return 0;
    }
    // 1/|c| = (2m choose m) (2m + 1)!
    let m = degree as f64;
    let choose: f64 = (1..=degree).map(|k| (m + k as f64) / k as f64).product();
    let factorial: f64 = (1..=2 * degree + 1).map(|k| k as f64).product();
    let halvings = f64::from(scaling) * 2.0 * m;
    let bits = power.log2() - norm.log2() - (choose * factorial).log2() - u.log2() - halvings;
    (bits / (2.0 * m)).ceil().max(0.0) as i32
}
