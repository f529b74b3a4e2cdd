//! Groups of parameters with rates of their own.

use core::ops::Range;

use crate::Error;
use crate::error::non_negative;

/// The name that parameters outside of every group are reported under.
const UNGROUPED: &str = "ungrouped";

/// A named set of ranges of the flat parameter vector, with its own rates.
///
/// # Examples
/// ```
/// use optimizers::Group;
///
/// let biases = Group::new("biases", [10..12, 40..41]).with_weight_decay(0.0)?;
/// let backbone = Group::contiguous("backbone", 0..10).with_learning_rate_scale(0.1)?;
/// let embedding = Group::contiguous("embedding", 12..40).frozen();
/// # Ok::<(), optimizers::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    name: String,
    ranges: Vec<Range<usize>>,
    learning_rate_scale: f64,
    weight_decay: Option<f64>,
    frozen: bool,
}

impl Group {
    /// The entries of `ranges`, with the rates of the rule until others are set.
    pub fn new(name: impl Into<String>, ranges: impl IntoIterator<Item = Range<usize>>) -> Self {
        Self {
            name: name.into(),
            ranges: ranges.into_iter().collect(),
            learning_rate_scale: 1.0,
            weight_decay: None,
            frozen: false,
        }
    }

    /// The entries of one range, with the rates of the rule until others are set.
    pub fn contiguous(name: impl Into<String>, range: Range<usize>) -> Self {
        Self::new(name, core::iter::once(range))
    }

    /// Multiplies the learning rate by `scale` $\ge 0$.
    ///
    /// # Errors
    /// [`Error::InvalidValue`] outside of the domain.
    pub fn with_learning_rate_scale(mut self, scale: f64) -> Result<Self, Error> {
        self.learning_rate_scale = non_negative("group", "learning-rate scale", scale)?;
        Ok(self)
    }

    /// Uses `weight_decay` $\ge 0$ in place of the rule's own.
    ///
    /// # Errors
    /// [`Error::InvalidValue`] outside of the domain.
    pub fn with_weight_decay(mut self, weight_decay: f64) -> Result<Self, Error> {
        self.weight_decay = Some(non_negative("group", "weight decay", weight_decay)?);
        Ok(self)
    }

    /// Excludes the parameters from every step: they and their state do not change, and their
    /// gradient counts as zero.
    #[must_use]
    pub fn frozen(mut self) -> Self {
        self.frozen = true;
        self
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The ranges of the flat vector.
    pub fn ranges(&self) -> &[Range<usize>] {
        &self.ranges
    }

    /// What the learning rate is multiplied by.
    pub fn learning_rate_scale(&self) -> f64 {
        self.learning_rate_scale
    }

    /// The weight decay, where it is not the rule's own.
    pub fn weight_decay(&self) -> Option<f64> {
        self.weight_decay
    }

    /// Whether the parameters are excluded from every step.
    pub fn is_frozen(&self) -> bool {
        self.frozen
    }
}

/// A partition of the flat parameter vector into [`Group`]s.
///
/// Parameters in none of the groups have the rates of the rule.
///
/// # Examples
/// ```
/// use optimizers::{Error, Group, Groups};
///
/// let groups = Groups::new(10, [Group::contiguous("biases", 8..10).with_weight_decay(0.0)?])?;
/// assert_eq!((groups.name_at(9), groups.name_at(0)), ("biases", "ungrouped"));
///
/// let clash = Groups::new(10, [Group::contiguous("a", 0..6), Group::contiguous("b", 5..10)]);
/// assert_eq!(clash.unwrap_err().to_string(), "groups a and b overlap in 5..6");
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Groups {
    dimension: usize,
    groups: Vec<Group>,
    /// A partition of `0..dimension` in ascending order: range and index of its group.
    pieces: Vec<(Range<usize>, Option<usize>)>,
}

impl Groups {
    /// The groups of a vector of `dimension` parameters.
    ///
    /// # Errors
    /// [`Error::RangeOutOfBounds`], [`Error::Overlap`] or [`Error::DuplicateGroup`].
    pub fn new(dimension: usize, groups: impl IntoIterator<Item = Group>) -> Result<Self, Error> {
        let groups: Vec<Group> = groups.into_iter().collect();
        let mut occupied = Vec::new();
        for (index, group) in groups.iter().enumerate() {
            if groups[..index].iter().any(|other| other.name == group.name) {
                return Err(Error::DuplicateGroup { name: group.name.clone() });
            }
            for range in &group.ranges {
                if range.start > range.end || range.end > dimension {
                    let (group, range) = (group.name.clone(), range.clone());
                    return Err(Error::RangeOutOfBounds { group, range, dimension });
                }
                if !range.is_empty() {
                    occupied.push((range.clone(), index));
                }
            }
        }
        occupied.sort_by_key(|(range, _)| range.start);
        let mut pieces: Vec<(Range<usize>, Option<usize>)> = Vec::new();
        let mut push = |range: Range<usize>, owner| match pieces.last_mut() {
            _ if range.is_empty() => {}
            Some((last, previous)) if *previous == owner => last.end = range.end,
            _ => pieces.push((range, owner)),
        };
        let mut end = 0;
        let mut previous = 0;
        for (range, index) in occupied {
            if range.start < end {
                return Err(Error::Overlap {
                    first: groups[previous].name.clone(),
                    second: groups[index].name.clone(),
                    range: range.start..end.min(range.end),
                });
            }
            push(end..range.start, None);
            (end, previous) = (range.end, index);
            push(range, Some(index));
        }
        push(end..dimension, None);
        Ok(Self { dimension, groups, pieces })
    }

    /// No groups: one set of rates for all parameters.
    pub fn none(dimension: usize) -> Self {
        let pieces = if dimension == 0 { vec![] } else { vec![(0..dimension, None)] };
        Self { dimension, groups: Vec::new(), pieces }
    }

    /// The number of parameters.
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// The groups, in the order they were given.
    pub fn iter(&self) -> impl Iterator<Item = &Group> {
        self.groups.iter()
    }

    /// The name of the group of a parameter; `"ungrouped"` if it has none.
    ///
    /// # Panics
    /// Where `index` is not below the dimension.
    #[track_caller]
    pub fn name_at(&self, index: usize) -> &str {
        assert!(index < self.dimension, "parameter {index} of {}", self.dimension);
        let piece = self.pieces.partition_point(|(range, _)| range.end <= index);
        self.group(self.pieces[piece].1).map_or(UNGROUPED, Group::name)
    }

    /// The partition of the flat vector, in ascending order, each range with its group.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = (&Range<usize>, Option<&Group>)> {
        self.pieces.iter().map(|(range, owner)| (range, self.group(*owner)))
    }

    fn group(&self, index: Option<usize>) -> Option<&Group> {
        index.map(|index| &self.groups[index])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_partition_the_vector() {
        let groups =
            Groups::new(10, [Group::new("a", [6..8, 2..4, 4..5]), Group::new("b", [8..10, 3..3])])
                .unwrap();
        let pieces: Vec<_> =
            groups.pieces().map(|(r, group)| (r.clone(), group.map(Group::name))).collect();
        let expected =
            [(0..2, None), (2..5, Some("a")), (5..6, None), (6..8, Some("a")), (8..10, Some("b"))];
        assert_eq!(pieces, expected);
        assert_eq!(groups.name_at(5), "ungrouped");
        assert_eq!(groups.name_at(9), "b");
    }

    #[test]
    fn broken_ranges_are_refused() {
        let refused = |groups: Vec<Group>| Groups::new(10, groups).unwrap_err();
        let out = refused(vec![Group::contiguous("a", 5..11)]);
        assert!(matches!(out, Error::RangeOutOfBounds { dimension: 10, .. }));
        #[allow(clippy::reversed_empty_ranges)]
        let reversed = refused(vec![Group::contiguous("a", 5..3)]);
        assert!(matches!(reversed, Error::RangeOutOfBounds { .. }));
        let own = refused(vec![Group::new("a", [0..3, 2..4])]);
        assert_eq!(own, Error::Overlap { first: "a".into(), second: "a".into(), range: 2..3 });
        let inside = refused(vec![Group::contiguous("a", 0..9), Group::contiguous("b", 2..4)]);
        assert_eq!(inside, Error::Overlap { first: "a".into(), second: "b".into(), range: 2..4 });
        let twice = refused(vec![Group::new("a", []), Group::new("a", [])]);
        assert_eq!(twice, Error::DuplicateGroup { name: "a".into() });
    }

    #[test]
    fn rates_are_validated() {
        assert!(Group::new("a", []).with_learning_rate_scale(-1.0).is_err());
        assert!(Group::new("a", []).with_weight_decay(f64::NAN).is_err());
    }

    #[test]
    fn nothing_can_be_partitioned() {
        assert_eq!(Groups::none(0), Groups::new(0, []).unwrap());
        assert_eq!(Groups::none(3), Groups::new(3, []).unwrap());
    }
}
