//! The parameters of a model in a safetensors file.

use std::path::Path;

use autodiff::tensor::Element;

use super::archive::{Archive, NamedArray, write};
use crate::error::{Error, Result};
use crate::layers::Model;
use crate::parameters::{Layout, Parameters};

impl<T: Element> Model<T> {
    /// Writes the parameters by name to a safetensors file, which other programs can read too
    /// (`safetensors.numpy.load_file` in Python). It appears whole or not at all.
    ///
    /// # Errors
    /// [`Error::UnwritableOutput`] if the folder is missing or not writable.
    ///
    /// # Examples
    /// ```
    /// use training::{Dense, Model};
    ///
    /// let folder = tempfile::tempdir().unwrap();
    /// let path = folder.path().join("model.safetensors");
    /// let model = Model::<f32>::new(Dense::new(2), &[3], 1)?;
    /// model.save(&path)?;
    /// let mut other = Model::<f32>::new(Dense::new(2), &[3], 2)?;
    /// other.load(&path)?;
    /// assert_eq!(other.parameters().as_slice(), model.parameters().as_slice());
    /// # Ok::<(), training::Error>(())
    /// ```
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        write(path.as_ref(), &arrays(self.parameters(), ""), "{\"kind\":\"model\"}")
    }

    /// Reads the parameters from a safetensors file that [`save`](Self::save) or another program
    /// has written.
    ///
    /// # Errors
    /// [`Error::UnreadableInput`], [`Error::CorruptCheckpoint`], and [`Error::ForeignCheckpoint`]
    /// if the file does not hold exactly the parameters of this model, in its number format. The
    /// model is then unchanged.
    pub fn load(&mut self, path: impl AsRef<Path>) -> Result<()> {
        let archive = Archive::read(path.as_ref())?;
        let values = read_parameters(&archive, self.parameters().layout(), "")?;
        self.parameters_mut().as_mut_slice().copy_from_slice(&values);
        Ok(())
    }
}

/// The pieces of a vector of parameters, with a prefix to their names.
pub(super) fn arrays<'a, T: Element>(
    parameters: &'a Parameters<T>,
    prefix: &str,
) -> Vec<NamedArray<'a, T>> {
    let entries = parameters.layout().entries().iter();
    entries
        .map(|entry| NamedArray {
            name: format!("{prefix}{}", entry.name),
            shape: entry.shape.clone(),
            values: &parameters.as_slice()[entry.range.clone()],
        })
        .collect()
}

/// Reads the flat vector of a layout from the arrays whose names have the prefix.
pub(super) fn read_parameters<T: Element>(
    archive: &Archive,
    layout: &Layout,
    prefix: &str,
) -> Result<Vec<T>> {
    for name in archive.names() {
        if let Some(name) = name.strip_prefix(prefix)
            && layout.entry(name).is_none()
        {
            let expected = "a model without it";
            let found = format!("parameter {name}");
            return Err(Error::foreign_checkpoint(archive.path(), expected, found));
        }
    }
    let mut flat = Vec::with_capacity(layout.len());
    for entry in layout.entries() {
        let name = format!("{prefix}{}", entry.name);
        let Some(found) = archive.shape(&name) else {
            let expected = format!("parameter {}", entry.name);
            return Err(Error::foreign_checkpoint(archive.path(), expected, "none of that name"));
        };
        if found != entry.shape {
            let expected = format!("parameter {} of shape {:?}", entry.name, entry.shape);
            let found = format!("shape {found:?}");
            return Err(Error::foreign_checkpoint(archive.path(), expected, found));
        }
        flat.extend(archive.values::<T>(&name)?);
    }
    Ok(flat)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::{Dense, Sequential};

    fn model(units: usize, seed: u64) -> Model<f32> {
        let network = Sequential::new().add(Dense::new(units)).add(Dense::new(2));
        Model::new(network, &[3], seed).unwrap()
    }

    #[test]
    fn a_file_of_another_model_is_foreign_and_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.safetensors");
        model(4, 1).save(&path).unwrap();
        let mut wider = model(5, 2);
        let before = wider.parameters().as_slice().to_vec();
        let error = wider.load(&path).unwrap_err().to_string();
        assert!(error.contains("parameter 0.weight of shape [3, 5]"), "{error}");
        assert!(error.contains("shape [3, 4] was found"), "{error}");
        assert_eq!(wider.parameters().as_slice(), before);

        let mut shorter = Model::<f32>::new(Dense::new(2), &[3], 0).unwrap();
        let error = shorter.load(&path).unwrap_err();
        assert!(matches!(error, Error::ForeignCheckpoint { .. }), "{error}");

        let network = Sequential::new().add(Dense::new(4)).add(Dense::new(2));
        let mut double = Model::<f64>::new(network, &[3], 0).unwrap();
        let error = double.load(&path).unwrap_err().to_string();
        assert!(error.contains("f64") && error.contains("f32"), "{error}");
    }

    #[test]
    fn a_file_of_another_program_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("foreign.safetensors");
        let bytes: Vec<u8> = [1.0_f32, 2.0].iter().flat_map(|v| v.to_le_bytes()).collect();
        let view = |range: std::ops::Range<usize>, shape: Vec<usize>| {
            let dtype = safetensors::tensor::Dtype::F32;
            safetensors::tensor::TensorView::new(dtype, shape, &bytes[range]).unwrap()
        };
        let arrays = [("weight", view(0..4, vec![1, 1])), ("bias", view(4..8, vec![1]))];
        std::fs::write(&path, safetensors::serialize(arrays, None).unwrap()).unwrap();
        let mut model = Model::<f32>::new(Dense::new(1), &[1], 0).unwrap();
        model.load(&path).unwrap();
        assert_eq!(model.parameters().as_slice(), [1.0, 2.0]);
    }
}
