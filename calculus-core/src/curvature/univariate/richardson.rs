//! Richardson's extrapolation to step 0.
//!
//! If $A(h) = A + a_1 h^{p_1} + a_2 h^{p_2} + \dots$ with known exponents, values at
//! $h, h/c, h/c^2, \dots$ are combined so that one term after the other cancels:
//!
//! $$A_{i,j} = A_{i,j-1} + \frac{A_{i,j-1} - A_{i-1,j-1}}{c^{p_j} - 1}.$$
//!
//! Source: L. F. Richardson, J. A. Gaunt (1927), *The deferred approach to the limit*,
//! Philosophical Transactions of the Royal Society A 226, 299-361.

use crate::{Error, Estimate};

/// Richardson's extrapolation of values at steps that shrink by a constant ratio.
///
/// `values` are $A(h), A(h/c), A(h/c^2), \dots$, at least 2; `ratio` is $c > 1$; the error is a
/// series in $h^{p}, h^{p + q}, h^{p + 2q}, \dots$ with $p$ = `order` and $q$ = `increment`, as 2 and
/// 2 for central differences and the trapezoidal rule. The entry of the tableau that differs least
/// from its two parents is the estimate, and the greater of these differences its error. Costs
/// $O(m^2)$.
///
/// # Errors
/// [`Error::OutsideDomain`] for fewer than 2 values, a value that is not finite, a ratio of at most 1,
/// or an order or an increment that is not positive.
///
/// # Examples
/// ```
/// use calculus_core::curvature::univariate::richardson;
/// // Perimeters of inscribed polygons with 6, 12, 24, 48, 96 corners: errors in 1/n².
/// let perimeter = |n: f64| n * (std::f64::consts::PI / n).sin();
/// let values = [6.0, 12.0, 24.0, 48.0, 96.0].map(perimeter);
/// let pi = richardson(&values, 2.0, 2.0, 2.0)?;
/// assert!((values[4] - std::f64::consts::PI).abs() > 5e-4);
/// assert!((pi.value - std::f64::consts::PI).abs() < 1e-13);
/// # Ok::<(), calculus_core::Error>(())
/// ```
pub fn richardson(
    values: &[f64],
    ratio: f64,
    order: f64,
    increment: f64,
) -> Result<Estimate, Error> {
    let op = "richardson";
    let require = |holds: bool, argument, domain, value| {
        if holds { Ok(()) } else { Err(Error::OutsideDomain { op, argument, domain, value }) }
    };
    require(values.len() >= 2, "the number of values", "at least 2", values.len() as f64)?;
    for &value in values {
        require(value.is_finite(), "a value", "finite", value)?;
    }
    require(ratio > 1.0 && ratio.is_finite(), "ratio", "above 1 and finite", ratio)?;
    require(order > 0.0 && order.is_finite(), "order", "positive and finite", order)?;
    let finite = increment > 0.0 && increment.is_finite();
    require(finite, "increment", "positive and finite", increment)?;

    let mut best = Estimate { value: values[0], error: f64::INFINITY };
    let mut above = vec![values[0]];
    for &value in &values[1..] {
        let mut row = vec![value];
        for j in 1..=above.len() {
            let factor = ratio.powf(order + (j as f64 - 1.0) * increment);
            row.push(row[j - 1] + (row[j - 1] - above[j - 1]) / (factor - 1.0));
            let error = (row[j] - row[j - 1]).abs().max((row[j] - above[j - 1]).abs());
            if error < best.error {
                best = Estimate { value: row[j], error };
            }
        }
        above = row;
    }
    best.error += 4.0 * f64::EPSILON * best.value.abs();
    Ok(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_with_the_stated_exponents_cancel() {
        // A(h) = 3 + h^(1/2) - 5 h^(3/2).
        let value = |h: f64| 3.0 + h.sqrt() - 5.0 * h.powf(1.5);
        let values = [1.0, 0.25, 0.0625, 0.015625].map(value);
        let estimate = richardson(&values, 4.0, 0.5, 1.0).unwrap();
        assert!((estimate.value - 3.0).abs() < 1e-14);
    }

    #[test]
    fn constants_and_bad_input() {
        let constant = richardson(&[2.0, 2.0], 2.0, 1.0, 1.0).unwrap();
        assert_eq!(constant.value, 2.0);
        assert!(richardson(&[], 2.0, 1.0, 1.0).is_err());
        assert!(richardson(&[1.0], 2.0, 1.0, 1.0).is_err());
        assert!(richardson(&[1.0, f64::NAN], 2.0, 1.0, 1.0).is_err());
        assert!(richardson(&[1.0, 2.0], 1.0, 1.0, 1.0).is_err());
        assert!(richardson(&[1.0, 2.0], 2.0, 0.0, 1.0).is_err());
        assert!(richardson(&[1.0, 2.0], 2.0, 1.0, f64::NAN).is_err());
    }
}
