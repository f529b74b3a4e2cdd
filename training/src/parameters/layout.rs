//! How a flat vector of parameters is divided into named pieces.

use std::ops::Range;

use super::{Fan, Initializer};
use crate::error::{Error, Result};

/// One named piece of a flat vector of parameters.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct LayoutEntry {
    /// The full name with its scopes, for example `"0.weight"` or `"encoder.head.bias"`.
    pub name: String,
    /// The shape, row-major.
    pub shape: Vec<usize>,
    /// Where it lies in the flat vector.
    pub range: Range<usize>,
    /// The group of parameters to which it belongs, for example `"weights"` or `"biases"`.
    pub group: String,
    /// What its values are before training.
    pub initializer: Initializer,
    /// The fans of the layer, on which some initialisers depend.
    pub fan: Fan,
}

/// The place of one parameter in a [`Layout`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ParameterId(usize);

impl ParameterId {
    /// The position among the entries of the layout.
    pub fn index(self) -> usize {
        self.0
    }
}

/// The names, shapes, ranges and groups of the parameters of a model.
///
/// The entries lie one after another in the flat vector without gaps.
///
/// ```
/// use training::{Fan, Initializer, LayoutBuilder};
///
/// let mut builder = LayoutBuilder::new();
/// builder.scope("head", |builder| {
///     let fan = Fan { inputs: 4, outputs: 3 };
///     builder.add("weight", &[4, 3], "weights", Initializer::HE_NORMAL, fan)?;
///     builder.add("bias", &[3], "biases", Initializer::Zeros, fan)
/// })?;
/// let layout = builder.finish();
/// assert_eq!(layout.len(), 15);
/// assert_eq!(layout.entry("head.bias").unwrap().range, 12..15);
/// assert_eq!(layout.group_ranges("weights"), [0..12]);
/// # Ok::<(), training::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Layout {
    entries: Vec<LayoutEntry>,
}

impl Layout {
    /// The number of parameters, that is the length of the flat vector.
    pub fn len(&self) -> usize {
        self.entries.last().map_or(0, |entry| entry.range.end)
    }

    /// Whether there are no parameters.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The pieces in the order in which they lie in the flat vector.
    pub fn entries(&self) -> &[LayoutEntry] {
        &self.entries
    }

    /// The piece with this full name.
    pub fn entry(&self, name: &str) -> Option<&LayoutEntry> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    /// The piece with this place.
    ///
    /// # Panics
    /// Where the place was given out by the builder of a larger layout.
    #[track_caller]
    #[inline]
    pub fn get(&self, id: ParameterId) -> &LayoutEntry {
        &self.entries[id.0]
    }

    /// The piece in which the entry `index` of the flat vector lies.
    pub fn entry_at(&self, index: usize) -> Option<&LayoutEntry> {
        let i = self.entries.partition_point(|entry| entry.range.end <= index);
        self.entries.get(i)
    }

    /// The names of the groups, each once, in the order of first use.
    pub fn groups(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for entry in &self.entries {
            if !names.contains(&entry.group.as_str()) {
                names.push(&entry.group);
            }
        }
        names
    }

    /// The ranges of the flat vector that belong to a group, with neighbours joined.
    pub fn group_ranges(&self, group: &str) -> Vec<Range<usize>> {
        let mut ranges: Vec<Range<usize>> = Vec::new();
        for entry in self.entries.iter().filter(|e| e.group == group && !e.range.is_empty()) {
            match ranges.last_mut() {
                Some(last) if last.end == entry.range.start => last.end = entry.range.end,
                _ => ranges.push(entry.range.clone()),
            }
        }
        ranges
    }
}

/// Collects the parameters that the layers of a model declare.
///
/// Nested layers declare inside of a [`scope`](Self::scope), whose name becomes a prefix.
#[derive(Debug, Default)]
pub struct LayoutBuilder {
    layout: Layout,
    scopes: Vec<String>,
}

impl LayoutBuilder {
    /// A builder without parameters.
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs `declare` with `name` appended to the prefix of the names.
    pub fn scope<R>(&mut self, name: &str, declare: impl FnOnce(&mut Self) -> R) -> R {
        self.scopes.push(name.to_string());
        let result = declare(self);
        self.scopes.pop();
        result
    }

    /// The names of the scopes joined by dots; empty outside of any scope.
    pub fn path(&self) -> String {
        self.scopes.join(".")
    }

    /// Appends a parameter.
    ///
    /// # Errors
    /// [`Error::InvalidLayer`] if the name is empty or taken, if the shape has more elements than a
    /// `usize` can count, or if the initialiser's numbers are outside of their domain.
    pub fn add(
        &mut self,
        name: &str,
        shape: &[usize],
        group: &str,
        initializer: Initializer,
        fan: Fan,
    ) -> Result<ParameterId> {
        let mut full = self.path();
        if !full.is_empty() {
            full.push('.');
        }
        full.push_str(name);
        let invalid = |reason: String| Error::InvalidLayer { layer: full.clone(), reason };
        if name.is_empty() {
            return Err(invalid("a parameter needs a name".into()));
        }
        if self.layout.entry(&full).is_some() {
            return Err(invalid("there already is a parameter of this name".into()));
        }
        initializer.validate().map_err(|reason| invalid(reason.to_string()))?;
        let start = self.layout.len();
        let end = shape
            .iter()
            .try_fold(1_usize, |product, &extent| product.checked_mul(extent))
            .and_then(|len| start.checked_add(len))
            .ok_or_else(|| invalid(format!("the shape {shape:?} has too many elements")))?;
        self.layout.entries.push(LayoutEntry {
            name: full,
            shape: shape.to_vec(),
            range: start..end,
            group: group.to_string(),
            initializer,
            fan,
        });
        Ok(ParameterId(self.layout.entries.len() - 1))
    }

    /// The layout of what was declared.
    pub fn finish(self) -> Layout {
        self.layout
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAN: Fan = Fan { inputs: 1, outputs: 1 };

    fn two_layers() -> Layout {
        let mut builder = LayoutBuilder::new();
        for scope in ["0", "1"] {
            builder.scope(scope, |builder| {
                builder.add("weight", &[2, 3], "weights", Initializer::Zeros, FAN).unwrap();
                builder.add("bias", &[3], "biases", Initializer::Zeros, FAN).unwrap();
            });
        }
        builder.finish()
    }

    #[test]
    fn pieces_follow_each_other_and_are_found_by_name_and_index() {
        let layout = two_layers();
        assert_eq!(layout.len(), 18);
        let ranges: Vec<_> = layout.entries().iter().map(|e| e.range.clone()).collect();
        assert_eq!(ranges, [0..6, 6..9, 9..15, 15..18]);
        assert_eq!(layout.entry("1.weight").unwrap().shape, [2, 3]);
        assert!(layout.entry("weight").is_none());
        assert_eq!(layout.entry_at(8).unwrap().name, "0.bias");
        assert_eq!(layout.entry_at(9).unwrap().name, "1.weight");
        assert!(layout.entry_at(18).is_none());
    }

    #[test]
    fn groups_are_unions_of_ranges() {
        let layout = two_layers();
        assert_eq!(layout.groups(), ["weights", "biases"]);
        assert_eq!(layout.group_ranges("biases"), [6..9, 15..18]);
        assert!(layout.group_ranges("none").is_empty());
        let mut builder = LayoutBuilder::new();
        builder.add("a", &[2], "g", Initializer::Zeros, FAN).unwrap();
        builder.add("b", &[0], "h", Initializer::Zeros, FAN).unwrap();
        builder.add("c", &[], "g", Initializer::Zeros, FAN).unwrap();
        let layout = builder.finish();
        assert_eq!(layout.group_ranges("g"), *std::slice::from_ref(&(0..3)));
        assert!(layout.group_ranges("h").is_empty());
        assert!(Layout::default().is_empty());
    }

    #[test]
    fn bad_declarations_are_errors_that_name_the_parameter() {
        let mut builder = LayoutBuilder::new();
        builder.scope("a", |builder| {
            builder.add("w", &[1], "g", Initializer::Zeros, FAN).unwrap();
            let twice = builder.add("w", &[1], "g", Initializer::Zeros, FAN).unwrap_err();
            assert_eq!(twice.to_string(), "layer a.w: there already is a parameter of this name");
            assert!(builder.add("", &[1], "g", Initializer::Zeros, FAN).is_err());
            assert!(builder.add("x", &[usize::MAX, 2], "g", Initializer::Zeros, FAN).is_err());
            let nan = Initializer::Constant(f64::NAN);
            assert!(builder.add("y", &[1], "g", nan, FAN).is_err());
        });
        assert_eq!(builder.finish().len(), 1);
    }
}
