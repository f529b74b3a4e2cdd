//! The tables of elementary functions, applied to series.

use super::Series;
use crate::Real;
use crate::elementary::{Binary, Unary};

impl<T: Real> Series<T> {
    /// Applies a row of the table of functions of one argument.
    ///
    /// # Examples
    /// ```
    /// use calculus_core::{elementary::Unary, taylor::Series};
    /// let t = Series::variable(0.3, 8);
    /// assert_eq!(t.apply(Unary::Tanh), t.tanh());
    /// ```
    pub fn apply(&self, function: Unary) -> Self {
        match function {
            Unary::Neg => -self,
            Unary::Recip => self.recip(),
            Unary::Sqrt => self.sqrt(),
            Unary::Cbrt => self.cbrt(),
            Unary::Exp => self.exp(),
            Unary::Exp2 => self.exp2(),
            Unary::ExpM1 => self.exp_m1(),
            Unary::Ln => self.ln(),
            Unary::Log2 => self.log2(),
            Unary::Log10 => self.log10(),
            Unary::Ln1p => self.ln_1p(),
            Unary::Sin => self.sin(),
            Unary::Cos => self.cos(),
            Unary::Tan => self.tan(),
            Unary::Asin => self.asin(),
            Unary::Acos => self.acos(),
            Unary::Atan => self.atan(),
            Unary::Sinh => self.sinh(),
            Unary::Cosh => self.cosh(),
            Unary::Tanh => self.tanh(),
            Unary::Asinh => self.asinh(),
            Unary::Acosh => self.acosh(),
            Unary::Atanh => self.atanh(),
            Unary::Erf => self.erf(),
            Unary::Erfc => self.erfc(),
            Unary::LnGamma => self.ln_gamma(),
            Unary::Digamma => self.digamma(),
            Unary::Sigmoid => self.sigmoid(),
            Unary::Softplus => self.softplus(),
            Unary::Abs => self.abs(),
            Unary::Signum => self.signum(),
            Unary::Sign => self.sign(),
            Unary::Floor => self.floor(),
            Unary::Ceil => self.ceil(),
            Unary::Round => self.round(),
            Unary::Trunc => self.trunc(),
        }
    }

    /// Applies a row of the table of functions of two arguments.
    ///
    /// # Examples
    /// ```
    /// use calculus_core::{elementary::Binary, taylor::Series};
    /// let t = Series::variable(0.3, 8);
    /// assert_eq!(t.combine(Binary::Mul, &t), &t * &t);
    /// ```
    pub fn combine(&self, function: Binary, other: &Self) -> Self {
        let value = || self.value().combine(function, other.value());
        let constant = || Self::constant(value(), self.order().min(other.order()));
        match function {
            Binary::Add => self + other,
            Binary::Sub => self - other,
            Binary::Mul => self * other,
            Binary::Div => self / other,
            Binary::Pow => self.pow(other),
            Binary::Hypot => self.hypot(other),
            Binary::Atan2 => self.atan2(other),
            Binary::Min => self.min(other),
            Binary::Max => self.max(other),
            Binary::Above => constant(),
            Binary::RatioOrZero if other.value() == 0.0 => constant(),
            Binary::RatioOrZero => self / other,
            // Termwise, the product of the constant zero with an infinite coefficient is 0 too.
            Binary::ProductOrZero if self.is_finite() && other.is_finite() => self * other,
            Binary::ProductOrZero => {
                let (a, b) = (self.coefficients(), other.coefficients());
                Self::recur(value(), self.order().min(other.order()), |_, k| {
                    (0..=k).map(|j| a[j].combine(Binary::ProductOrZero, b[k - j])).sum()
                })
            }
        }
    }

    /// $xa + b$, with the value rounded once.
    pub fn mul_add(&self, a: &Self, b: &Self) -> Self {
        (self * a + b).with_value(self.value().mul_add(a.value(), b.value()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::elementary::{powf_derivative, powi_derivative};

    const POINTS: [f64; 10] = [-2.6, -1.3, -0.7, -0.2, 0.0, 0.2, 0.7, 1.0, 1.3, 2.6];

    fn same(a: f64, b: f64) -> bool {
        a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-14 * b.abs()
    }

    #[test]
    fn value_and_first_coefficient_are_those_of_the_table() {
        for &row in Unary::ALL {
            let boundary = row.boundary().iter().map(|point| point.x);
            for x in POINTS.into_iter().chain(boundary.filter(|x| x.is_finite())) {
                let y = Series::variable(x, 1).apply(row);
                let (value, slope) = (row.value(x), row.derivative(x, row.value(x)));
                assert!(same(y.value(), value), "{}({x}) = {}", row.name(), y.value());
                let found = y.coefficient(1);
                assert!(same(found, slope), "{}'({x}) = {found}, not {slope}", row.name());
            }
        }
    }

    #[test]
    fn binary_rows_have_their_partial_derivatives() {
        for &row in Binary::ALL {
            for a in POINTS {
                for b in POINTS {
                    // A pole has no expansion, and at the origin a series knows its direction.
                    if b == 0.0 && (a == 0.0 || row == Binary::Div) {
                        continue;
                    }
                    let value = row.value(a, b);
                    let (da, db) = row.partials(a, b, value);
                    let along_a = Series::variable(a, 1).combine(row, &Series::constant(b, 1));
                    let along_b = Series::constant(a, 1).combine(row, &Series::variable(b, 1));
                    let name = row.name();
                    assert!(same(along_a.value(), value), "{name}({a}, {b})");
                    assert!(
                        same(along_a.coefficient(1), da),
                        "{name}({a}, {b}): {along_a:?}, {da}"
                    );
                    // 0^b has no expansion in b, where the table has the one-sided limit.
                    if row != Binary::Pow || a > 0.0 {
                        let found = along_b.coefficient(1);
                        assert!(same(found, db), "{name}({a}, {b}): {found}, not {db}");
                    }
                }
            }
        }
    }

    #[test]
    fn functions_with_a_parameter_have_their_derivatives() {
        for x in POINTS {
            let t = Series::variable(x, 1);
            for n in [-3, -1, 0, 1, 2, 5] {
                let (found, slope) = (t.powi(n).coefficient(1), powi_derivative(x, n));
                // At a pole the table has the limit of the slope from the right.
                assert!(x == 0.0 || same(found, slope), "{x}^{n}: {found}, not {slope}");
            }
            for p in [-1.5, 0.0, 0.5, 1.0, 2.5, 3.0] {
                let (found, slope) = (t.powf(p).coefficient(1), powf_derivative(x, p));
                assert!(same(found, slope), "{x}^{p}: {found}, not {slope}");
            }
            for n in 0..4 {
                assert!(same(t.polygamma(n).coefficient(1), x.polygamma(n + 1)));
            }
        }
        let (x, a, b) =
            (Series::variable(2.0, 1), Series::variable(3.0, 1), Series::variable(4.0, 1));
        assert_eq!(x.mul_add(&a, &b).coefficients(), [10.0, 6.0]);
    }

    #[test]
    fn products_with_the_constant_zero_are_zero() {
        let zero = Series::constant(0.0, 2);
        let infinite = Series::variable(0.0, 2).ln();
        assert_eq!(zero.combine(Binary::ProductOrZero, &infinite), zero);
        assert_eq!(infinite.combine(Binary::RatioOrZero, &zero), zero);
    }
}
