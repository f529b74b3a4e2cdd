//! Functions of two arguments: a row each.

use crate::Real;

/// Builds the enumeration and its look-ups from the rows.
///
/// A row reads: documentation, variant, name; the value as an expression in `a, b: f64`; the two
/// partial derivatives as expressions in the arguments and the value `y`, all any [`Real`].
macro_rules! table {
    ($(
        $(#[$doc:meta])*
        $variant:ident $name:literal {
            value: |$va:ident, $vb:ident| $value:expr,
            partials: |$a:pat_param, $b:pat_param, $y:pat_param| ($da:expr, $db:expr),
        }
    )*) => {
        /// A function of two real arguments.
        ///
        /// # Examples
        /// ```
        /// use calculus_core::{Real, elementary::Binary};
        /// let row = Binary::Hypot;
        /// assert_eq!(row.value(3.0, 4.0), 5.0);
        /// assert_eq!(row.partials(3.0, 4.0, 5.0), (0.6, 0.8));
        /// assert_eq!(3.0.combine(row, 4.0), 5.0);
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Binary {
            $($(#[$doc])* $variant,)*
        }

        impl Binary {
            /// Every row, in the order of the table.
            pub const ALL: &'static [Binary] = &[$(Binary::$variant),*];

            /// The name of the function, as the method of [`Real`] or the operator is called.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Binary::$variant => $name,)*
                }
            }

            /// The value at `(a, b)`.
            #[inline(always)]
            pub fn value(self, a: f64, b: f64) -> f64 {
                match self {
                    $(Binary::$variant => {
                        let ($va, $vb) = (a, b);
                        $value
                    })*
                }
            }

            /// The partial derivatives with respect to `a` and `b`, where `y` is the value.
            #[inline(always)]
            pub fn partials<T: Real>(self, a: T, b: T, y: T) -> (T, T) {
                (self.partial_a(a, b, y), self.partial_b(a, b, y))
            }

            /// The partial derivative with respect to `a`, where `y` is the value.
            #[inline(always)]
            pub fn partial_a<T: Real>(self, a: T, b: T, y: T) -> T {
                match self {
                    $(Binary::$variant => {
                        #[allow(unused_variables)]
                        let ($a, $b, $y) = (a, b, y);
                        $da
                    })*
                }
            }

            /// The partial derivative with respect to `b`, where `y` is the value.
            #[inline(always)]
            pub fn partial_b<T: Real>(self, a: T, b: T, y: T) -> T {
                match self {
                    $(Binary::$variant => {
                        #[allow(unused_variables)]
                        let ($a, $b, $y) = (a, b, y);
                        $db
                    })*
                }
            }
        }
    };
}

table! {
    /// $a + b$.
    Add "add" {
        value: |a, b| a + b,
        partials: |_, _, _| (T::from(1.0), T::from(1.0)),
    }
    /// $a - b$.
    Sub "sub" {
        value: |a, b| a - b,
        partials: |_, _, _| (T::from(1.0), T::from(-1.0)),
    }
    /// $ab$.
    Mul "mul" {
        value: |a, b| a * b,
        partials: |a, b, _| (b, a),
    }
    /// $a/b$; partials $1/b$ and $-y/b$.
    Div "div" {
        value: |a, b| a / b,
        partials: |_, b, y| (b.recip(), -(y / b)),
    }
    /// $a^b$; partials $b\,a^{b-1}$ and $a^b \ln a$, with $0 \cdot \infty = 0$ in both, so that
    /// $\partial_b\,0^b = 0$ and $\partial_a\,a^0 = 0$.
    Pow "pow" {
        value: |a, b| a.powf(b),
        partials: |a, b, y| (
            b.combine(Binary::ProductOrZero, a.pow(b - 1.0)),
            y.combine(Binary::ProductOrZero, a.ln())
        ),
    }
    /// $\sqrt{a^2 + b^2}$ without overflow; partials $a/y$ and $b/y$, both 0 at the origin.
    Hypot "hypot" {
        value: |a, b| a.hypot(b),
        partials: |a, b, y| (
            a.combine(Binary::RatioOrZero, y),
            b.combine(Binary::RatioOrZero, y)
        ),
    }
    /// The angle of the point with ordinate $a$ and abscissa $b$; partials $b/(a^2 + b^2)$ and
    /// $-a/(a^2 + b^2)$, NaN at the origin.
    Atan2 "atan2" {
        value: |a, b| a.atan2(b),
        partials: |a, b, _| (
            b / a.hypot(b) / a.hypot(b),
            -(a / a.hypot(b) / a.hypot(b))
        ),
    }
    /// The smaller of the two, the other one where one is NaN; partials 0, 1, or ½ at a tie.
    Min "min" {
        value: |a, b| a.min(b),
        // min(a, b) = -max(-a, -b), which also has the weights of a NaN right.
        partials: |a, b, _| (
            (-a).combine(Binary::Above, -b),
            1.0 - (-a).combine(Binary::Above, -b)
        ),
    }
    /// The larger of the two, the other one where one is NaN; partials 0, 1, or ½ at a tie.
    Max "max" {
        value: |a, b| a.max(b),
        partials: |a, b, _| (
            a.combine(Binary::Above, b),
            1.0 - a.combine(Binary::Above, b)
        ),
    }
    /// 1 where $a > b$ or $b$ is NaN, 0 where $a < b$ or $a$ is NaN, ½ at a tie; derivative 0. The
    /// weight of $a$ in the derivative of $\max(a, b)$.
    Above "above" {
        value: |a, b| {
            if a > b || b.is_nan() {
                1.0
            } else if a < b || a.is_nan() {
                0.0
            } else {
                0.5
            }
        },
        partials: |_, _, _| (T::from(0.0), T::from(0.0)),
    }
    /// $a/b$, and 0 where $b = 0$: the factor in the derivative of a norm.
    RatioOrZero "ratio_or_zero" {
        value: |a, b| if b == 0.0 { 0.0 } else { a / b },
        partials: |_, b, y| (
            T::from(1.0).combine(Binary::RatioOrZero, b),
            -y.combine(Binary::RatioOrZero, b)
        ),
    }
    /// $ab$, and 0 where either factor is 0: the limit of $x^p \ln x$ at 0.
    ProductOrZero "product_or_zero" {
        value: |a, b| if a == 0.0 || b == 0.0 { 0.0 } else { a * b },
        partials: |a, b, _| (b, a),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boundary_points_of_the_binary_rows() {
        let partials = |row: Binary, a: f64, b: f64| row.partials(a, b, row.value(a, b));
        assert_eq!(partials(Binary::Pow, 0.0, 2.5), (0.0, 0.0));
        assert_eq!(partials(Binary::Pow, 0.0, 1.0), (1.0, 0.0));
        assert_eq!(partials(Binary::Pow, 0.0, 0.5), (f64::INFINITY, 0.0));
        assert_eq!(partials(Binary::Pow, 0.0, 0.0).0, 0.0);
        assert_eq!(partials(Binary::Hypot, 0.0, 0.0), (0.0, 0.0));
        assert_eq!(partials(Binary::Hypot, 3e200, 4e200).1, 0.8);
        assert_eq!(partials(Binary::Max, 1.0, 1.0), (0.5, 0.5));
        assert_eq!(partials(Binary::Max, 2.0, 1.0), (1.0, 0.0));
        assert_eq!(partials(Binary::Min, 2.0, 1.0), (0.0, 1.0));
        for row in [Binary::Max, Binary::Min] {
            assert_eq!(row.value(f64::NAN, 1.0), 1.0);
            assert_eq!(partials(row, f64::NAN, 1.0), (0.0, 1.0));
            assert_eq!(partials(row, 1.0, f64::NAN), (1.0, 0.0));
        }
        let (da, db) = partials(Binary::Atan2, 0.0, 0.0);
        assert!(da.is_nan() && db.is_nan());
        assert_eq!(partials(Binary::Atan2, 1e200, 0.0).1, -1e-200);
    }
}
