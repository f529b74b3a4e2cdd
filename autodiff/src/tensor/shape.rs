//! Shapes held without heap memory, and how two of them broadcast.

use core::fmt;
use core::ops::Deref;

use super::error::Error;

/// The largest number of axes of a tensor.
pub const MAX_RANK: usize = 6;

/// The extents of a tensor, in row-major order, stored inline.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    extents: [usize; MAX_RANK],
    rank: u8,
}

impl Shape {
    /// The shape of a single number.
    pub(crate) const SCALAR: Self = Self { extents: [0; MAX_RANK], rank: 0 };

    pub(crate) fn new(extents: &[usize]) -> Result<Self, Error> {
        if extents.len() > MAX_RANK {
            return Err(Error::RankTooLarge { rank: extents.len() });
        }
        let mut product = Some(1_usize);
        // The empty product must not hide an overflow among the other extents.
        for &extent in extents {
            product = product.and_then(|p| p.checked_mul(extent.max(1)));
        }
        if product.is_none_or(|p| p > isize::MAX as usize / 8) {
            return Err(Error::TooLarge { shape: extents.to_vec() });
        }
        let mut shape = Self { extents: [0; MAX_RANK], rank: extents.len() as u8 };
        shape.extents[..extents.len()].copy_from_slice(extents);
        Ok(shape)
    }

    #[track_caller]
    pub(crate) fn of(extents: &[usize]) -> Self {
        match Self::new(extents) {
            Ok(shape) => shape,
            Err(error) => error.raise(),
        }
    }

    pub(crate) fn rank(&self) -> usize {
        self.rank as usize
    }

    /// The number of elements.
    pub(crate) fn len(&self) -> usize {
        self.iter().product()
    }

    /// The same shape with one extent replaced.
    pub(crate) fn with(mut self, axis: usize, extent: usize) -> Self {
        self.extents[..self.rank as usize][axis] = extent;
        self
    }

    /// The same shape without one axis.
    pub(crate) fn without(&self, axis: usize) -> Self {
        let mut result = Self { extents: [0; MAX_RANK], rank: 0 };
        for (i, &extent) in self.iter().enumerate() {
            if i != axis {
                result.push(extent);
            }
        }
        result
    }

    /// Appends an axis; the caller knows that there is room.
    pub(crate) fn push(&mut self, extent: usize) {
        self.extents[self.rank as usize] = extent;
        self.rank += 1;
    }

    /// The extents before `axis`, at it, and after it, multiplied together.
    pub(crate) fn split_at_axis(&self, axis: usize) -> (usize, usize, usize) {
        (self[..axis].iter().product(), self[axis], self[axis + 1..].iter().product())
    }

    /// The shape to which `self` and `other` broadcast: axes are aligned at the end, and an extent
    /// of 1 stretches (the rule of `numpy`).
    pub(crate) fn broadcast(&self, other: &Self) -> Option<Self> {
        let rank = self.rank().max(other.rank());
        let mut result = Self { extents: [0; MAX_RANK], rank: rank as u8 };
        for back in 1..=rank {
            let extent = match (self.extent_from_end(back), other.extent_from_end(back)) {
                (a, b) if a == b => a,
                (1, b) => b,
                (a, 1) => a,
                _ => return None,
            };
            result.extents[rank - back] = extent;
        }
        Some(result)
    }

    /// Whether `self` can be stretched to `target`.
    pub(crate) fn broadcasts_to(&self, target: &Self) -> bool {
        self.broadcast(target) == Some(*target)
    }

    /// The extent of the axis counted from the end, 1 where there is no such axis.
    fn extent_from_end(&self, back: usize) -> usize {
        if back <= self.rank() { self.extents[self.rank() - back] } else { 1 }
    }
}

impl Default for Shape {
    fn default() -> Self {
        Self::SCALAR
    }
}

impl Deref for Shape {
    type Target = [usize];
    fn deref(&self) -> &[usize] {
        &self.extents[..self.rank as usize]
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

/// A set of axes, one bit each.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Axes(u8);

impl Axes {
    #[track_caller]
    pub(crate) fn of(op: &'static str, axes: &[usize], rank: usize) -> Self {
        let mut set = Self(0);
        for &axis in axes {
            if axis >= rank {
                Error::AxisOutOfRange { op, axis, rank }.raise();
            }
            set.0 |= 1 << axis;
        }
        set
    }

    pub(crate) fn contains(self, axis: usize) -> bool {
        self.0 >> axis & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_broadcast_as_in_numpy() {
        let check = |a: &[usize], b: &[usize], expected: Option<&[usize]>| {
            let (a, b) = (Shape::of(a), Shape::of(b));
            assert_eq!(a.broadcast(&b), expected.map(Shape::of));
            assert_eq!(b.broadcast(&a), expected.map(Shape::of));
        };
        check(&[], &[], Some(&[]));
        check(&[3], &[], Some(&[3]));
        check(&[2, 3], &[3], Some(&[2, 3]));
        check(&[2, 1], &[1, 3], Some(&[2, 3]));
        check(&[0, 3], &[1], Some(&[0, 3]));
        check(&[0], &[1], Some(&[0]));
        check(&[2, 3], &[2], None);
        check(&[0], &[2], None);
    }

    #[test]
    fn impossible_shapes_are_errors() {
        assert_eq!(Shape::new(&[1; 7]), Err(Error::RankTooLarge { rank: 7 }));
        assert!(matches!(Shape::new(&[usize::MAX, 2, 0]), Err(Error::TooLarge { .. })));
        assert_eq!(Shape::of(&[]).len(), 1);
        assert_eq!(Shape::of(&[3, 0]).len(), 0);
    }
}
