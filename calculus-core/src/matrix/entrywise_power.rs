//! Powers of entries for kinds of matrices that have no such operation of their own.

use super::Operations;
use crate::elementary::Unary;

/// $a^b = \pm e^{b \ln |a|}$ entry by entry, and at $a = 0$ the power with a constant exponent, whose
/// derivatives in $a$ are right there.
///
/// Loses about $|b \ln a|$ units in the last place, so a kind of matrices that has powers should
/// use them.
pub(super) fn by_logarithm<M: Operations>(a: M::View<'_>, b: M::View<'_>) -> M {
    let (a, b) = (<M as Operations>::to_owned(a), <M as Operations>::to_owned(b));
    let (rows, columns) = a.shape();
    let at = |i, j| (a.primal(i, j), b.primal(i, j));
    // 1 in place of 0, which has no logarithm; (-1)^b is NaN where b is no integer.
    let filled = M::from_fn(rows, columns, |i, j| f64::from(at(i, j).0 == 0.0));
    let sign = M::from_fn(rows, columns, |i, j| match at(i, j) {
        (a, b) if a < 0.0 => (-1.0_f64).powf(b),
        (0.0, _) => 0.0,
        _ => 1.0,
    });
    let logarithm = a.map(Unary::Abs).plus(&filled).map(Unary::Ln);
    let mut power = sign.hadamard(&b.hadamard(&logarithm).map(Unary::Exp));
    let mut exponents = Vec::new();
    for (i, j) in (0..columns).flat_map(|j| (0..rows).map(move |i| (i, j))) {
        if let (0.0, p) = at(i, j)
            && !exponents.contains(&p)
        {
            exponents.push(p);
        }
    }
    for p in exponents {
        let place = |i, j| (at(i, j) == (0.0, p)).then_some((i, j));
        let powers = a.powered(p);
        power = power.plus(&<M as Operations>::gather(powers.view(), rows, columns, place));
    }
    power
}

#[cfg(test)]
mod tests {
    use super::*;
    use faer::mat;

    #[test]
    fn agrees_with_the_power_of_numbers() {
        let a = mat![[2.0, 0.0, 0.0, 0.0, -2.0, -0.0, 0.5]];
        let b = mat![[3.0, 2.0, 0.0, 0.5, 3.0, 2.0, -1.5]];
        let found: faer::Mat<f64> = by_logarithm(a.as_ref(), b.as_ref());
        let expected = faer::Mat::pow(a.as_ref(), b.as_ref());
        for j in 0..a.ncols() {
            assert!((found[(0, j)] - expected[(0, j)]).abs() <= 1e-14 * expected[(0, j)].abs());
        }
        let found: faer::Mat<f64> = by_logarithm(mat![[-2.0]].as_ref(), mat![[0.5]].as_ref());
        assert!(found[(0, 0)].is_nan());
    }
}
