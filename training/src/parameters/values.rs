//! The values of the parameters of a model.

use autodiff::tensor::{Element, Tensor};

use super::{Layout, ParameterId};
use crate::error::{Error, Result};

/// The parameters of a model: one flat vector with the [`Layout`] that names its pieces.
///
/// An optimizer, a clipping rule or a checkpoint sees the flat vector
/// ([`as_slice`](Self::as_slice), [`as_mut_slice`](Self::as_mut_slice)); a layer sees views of it
/// that have a shape and copy nothing ([`view`](Self::view)). Cloning is cheap: the vector is
/// shared until one of the two is changed.
///
/// ```
/// use training::{Fan, Initializer, LayoutBuilder, Parameters};
///
/// let mut builder = LayoutBuilder::new();
/// let fan = Fan { inputs: 2, outputs: 1 };
/// builder.add("weight", &[2, 1], "weights", Initializer::Constant(0.5), fan)?;
/// builder.add("bias", &[1], "biases", Initializer::Zeros, fan)?;
/// let mut parameters = Parameters::<f64>::initialize(builder.finish(), 0);
/// assert_eq!(parameters.as_slice(), [0.5, 0.5, 0.0]);
///
/// let before = parameters.clone();
/// parameters.as_mut_slice()[2] = 1.0;
/// assert_eq!(parameters.view("bias").unwrap().as_slice(), [1.0]);
/// assert_eq!(before.as_slice(), [0.5, 0.5, 0.0]);
/// # Ok::<(), training::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Parameters<T: Element> {
    layout: Layout,
    flat: Tensor<T>,
}

impl<T: Element> Parameters<T> {
    /// Parameters that are all zero.
    pub fn zeros(layout: Layout) -> Self {
        let flat = Tensor::zeros(&[layout.len()]);
        Self { layout, flat }
    }

    /// Parameters drawn from the initialisers of the layout.
    ///
    /// The values of a parameter depend on the seed and on its name alone.
    pub fn initialize(layout: Layout, seed: u64) -> Self {
        let mut parameters = Self::zeros(layout);
        let values = parameters.flat.make_mut();
        for entry in parameters.layout.entries() {
            let piece = &mut values[entry.range.clone()];
            entry.initializer.fill(piece, entry.fan, &entry.name, seed);
        }
        parameters
    }

    /// The number of parameters.
    pub fn len(&self) -> usize {
        self.layout.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.layout.is_empty()
    }

    /// The names, shapes, ranges and groups.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The flat vector as a tensor of rank 1.
    pub fn flat(&self) -> &Tensor<T> {
        &self.flat
    }

    /// The flat vector.
    pub fn as_slice(&self) -> &[T] {
        self.flat.as_slice()
    }

    /// The flat vector, to be changed in place; copied first where a clone shares it.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        self.flat.make_mut()
    }

    /// The parameter with this full name, as a view that copies nothing.
    pub fn view(&self, name: &str) -> Option<Tensor<T>> {
        let entry = self.layout.entry(name)?;
        Some(self.flat.view(entry.range.clone(), &entry.shape))
    }

    /// The parameter at this place, as a view that copies nothing.
    ///
    /// # Panics
    /// Where the place belongs to a larger layout.
    #[track_caller]
    pub fn get(&self, id: ParameterId) -> Tensor<T> {
        let entry = self.layout.get(id);
        self.flat.view(entry.range.clone(), &entry.shape)
    }

    /// Overwrites the parameter with this full name.
    ///
    /// # Errors
    /// [`Error::UnknownParameter`] if there is none of this name, [`Error::ShapeMismatch`] if the
    /// number of values is wrong.
    pub fn set(&mut self, name: &str, values: &[T]) -> Result<()> {
        let Some(entry) = self.layout.entry(name) else {
            return Err(Error::UnknownParameter { name: name.to_string() });
        };
        if values.len() != entry.range.len() {
            let what = format!("parameter {name}");
            return Err(Error::shape_mismatch(what, &entry.shape, &[values.len()]));
        }
        let range = entry.range.clone();
        self.flat.make_mut()[range].copy_from_slice(values);
        Ok(())
    }

    /// The group of the first entry that is not finite.
    pub fn non_finite_group(&self) -> Option<&str> {
        let index = self.as_slice().iter().position(|value| !value.is_finite())?;
        self.layout.entry_at(index).map(|entry| entry.group.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Fan, Initializer, LayoutBuilder};
    use super::*;

    fn layout(names: &[&str]) -> Layout {
        let mut builder = LayoutBuilder::new();
        let fan = Fan { inputs: 2, outputs: 3 };
        for name in names {
            builder.add(name, &[2, 3], "weights", Initializer::HE_NORMAL, fan).unwrap();
        }
        builder.finish()
    }

    #[test]
    fn a_parameter_is_the_same_whatever_else_the_model_holds() {
        let small = Parameters::<f32>::initialize(layout(&["b"]), 3);
        let large = Parameters::<f32>::initialize(layout(&["a", "b", "c"]), 3);
        assert_eq!(small.as_slice(), large.view("b").unwrap().as_slice());
        assert_eq!(large.view("b").unwrap().shape(), [2, 3]);
        assert!(large.view("d").is_none());
    }

    #[test]
    fn a_clone_keeps_its_values_when_the_original_changes() {
        let mut parameters = Parameters::<f64>::initialize(layout(&["a"]), 0);
        let clone = parameters.clone();
        let kept = clone.as_slice().to_vec();
        parameters.as_mut_slice().fill(7.0);
        assert_eq!(clone.as_slice(), kept);
        // Nobody shares the vector any more: it is changed where it lies.
        let address = parameters.as_slice().as_ptr();
        parameters.as_mut_slice().fill(8.0);
        assert_eq!(parameters.as_slice().as_ptr(), address);
    }

    #[test]
    fn setting_checks_name_and_length() {
        let mut parameters = Parameters::<f64>::zeros(layout(&["a", "b"]));
        parameters.set("b", &[1.0; 6]).unwrap();
        assert_eq!(parameters.as_slice()[5..7], [0.0, 1.0]);
        assert!(matches!(parameters.set("c", &[]), Err(Error::UnknownParameter { .. })));
        assert!(matches!(parameters.set("a", &[1.0]), Err(Error::ShapeMismatch { .. })));
        assert_eq!(parameters.non_finite_group(), None);
        parameters.as_mut_slice()[8] = f64::NAN;
        assert_eq!(parameters.non_finite_group(), Some("weights"));
    }
}
