//! Where a function is defined, and what it promises at the points where that is delicate.

/// An interval of the real line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Domain {
    /// The lower end; may be $-\infty$.
    pub low: f64,
    /// The upper end; may be $+\infty$.
    pub high: f64,
    /// Whether the finite ends belong to the domain.
    pub closed: bool,
}

impl Domain {
    /// The whole real line.
    pub const ALL: Self = Self::open(f64::NEG_INFINITY, f64::INFINITY);

    /// The interval without its ends.
    pub const fn open(low: f64, high: f64) -> Self {
        Self { low, high, closed: false }
    }

    /// The interval with its ends, where they are finite.
    pub const fn closed(low: f64, high: f64) -> Self {
        Self { low, high, closed: true }
    }

    /// Whether the finite number `x` lies in the domain.
    ///
    /// # Examples
    /// ```
    /// use calculus_core::elementary::Unary;
    /// assert!(Unary::Sqrt.domain().contains(0.0));
    /// assert!(!Unary::Ln.domain().contains(0.0));
    /// assert!(!Unary::Asin.domain().contains(1.1));
    /// ```
    pub fn contains(self, x: f64) -> bool {
        x.is_finite()
            && ((self.low < x && x < self.high)
                || (self.closed && (x == self.low || x == self.high)))
    }

    /// Whether `x` lies strictly inside the domain.
    pub fn contains_inside(self, x: f64) -> bool {
        self.low < x && x < self.high
    }
}

/// What a function promises at one point of the boundary of its domain, or of its smoothness.
#[derive(Clone, Copy, Debug)]
pub struct Boundary {
    /// The point.
    pub x: f64,
    /// The value there.
    pub value: f64,
    /// The derivative there; `+inf` where the graph is vertical.
    pub derivative: f64,
}
