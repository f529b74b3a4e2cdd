//! Named arrays and a text in one safetensors file, with a checksum over both.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use calculus_core::Float;
use safetensors::tensor::{Dtype, SafeTensors, View};

use crate::error::{Error, Result};
use crate::files::write_bytes_atomically;

/// The key of the only entry of the metadata. There is one, because the entries of a safetensors
/// file have no order, and equal contents are to give equal files.
const METADATA_KEY: &str = "cotangent";

/// A named array on its way to a file.
pub(crate) struct NamedArray<'a, T> {
    pub(crate) name: String,
    pub(crate) shape: Vec<usize>,
    pub(crate) values: &'a [T],
}

impl<T: Float> View for &NamedArray<'_, T> {
    fn dtype(&self) -> Dtype {
        dtype::<T>()
    }
    fn shape(&self) -> &[usize] {
        &self.shape
    }
    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Owned(to_bytes(self.values))
    }
    fn data_len(&self) -> usize {
        size_of_val(self.values)
    }
}

/// Writes arrays and a text.
///
/// # Errors
/// [`Error::UnwritableOutput`] with the path.
pub(crate) fn write<T: Float>(path: &Path, arrays: &[NamedArray<'_, T>], text: &str) -> Result<()> {
    let mut sorted: Vec<_> = arrays.iter().collect();
    sorted.sort_by(|a, b| a.name.cmp(&b.name));
    let mut checksum = Checksum::new(text);
    for array in &sorted {
        checksum.add(&array.name, &array.shape, &to_bytes(array.values));
    }
    let metadata = format!("{:08x} {text}", checksum.value());
    let metadata = HashMap::from([(METADATA_KEY.to_string(), metadata)]);
    let named = sorted.iter().map(|array| (array.name.as_str(), *array));
    let bytes = safetensors::serialize(named, Some(metadata))
        .map_err(|error| Error::unwritable_output(path, std::io::Error::other(error)))?;
    write_bytes_atomically(path, &bytes)
}

/// A file that was read: arrays, and the text if the file was written here.
#[derive(Debug)]
pub(crate) struct Archive {
    path: PathBuf,
    bytes: Vec<u8>,
    text: Option<String>,
}

impl Archive {
    /// Reads a file and checks that it is whole.
    ///
    /// # Errors
    /// [`Error::UnreadableInput`], [`Error::CorruptCheckpoint`].
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let bytes = fs::read(path).map_err(|source| Error::unreadable_input(path, source))?;
        let corrupt = |reason: &str| Error::corrupt_checkpoint(path, reason);
        let (_, header) = SafeTensors::read_metadata(&bytes)
            .map_err(|error| corrupt(&one_line(&format!("not a safetensors file ({error})"))))?;
        let metadata = header.metadata().as_ref().and_then(|metadata| metadata.get(METADATA_KEY));
        let mut archive = Self { path: path.to_path_buf(), bytes, text: None };
        if let Some(metadata) = metadata {
            let (checksum, text) = metadata
                .split_once(' ')
                .ok_or_else(|| corrupt("the metadata holds no checksum"))?;
            let expected = u32::from_str_radix(checksum, 16)
                .map_err(|_| corrupt("the checksum is not a hexadecimal number"))?;
            let found = archive.checksum(text);
            if found != expected {
                return Err(corrupt(&format!(
                    "the checksum of its contents is {found:08x}, not {expected:08x}"
                )));
            }
            archive.text = Some(text.to_string());
        }
        Ok(archive)
    }

    fn checksum(&self, text: &str) -> u32 {
        let tensors = self.tensors();
        let mut names = tensors.names();
        names.sort_unstable();
        let mut checksum = Checksum::new(text);
        for name in names {
            let view = tensors.tensor(name).expect("the name was just listed");
            checksum.add(name, view.shape(), view.data());
        }
        checksum.value()
    }

    fn tensors(&self) -> SafeTensors<'_> {
        SafeTensors::deserialize(&self.bytes).expect("the header was checked when reading")
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The text that was written with the arrays.
    pub(crate) fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// The names of the arrays, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> =
            self.tensors().names().into_iter().map(str::to_string).collect();
        names.sort_unstable();
        names
    }

    /// The shape of an array, if there is one of this name.
    pub(crate) fn shape(&self, name: &str) -> Option<Vec<usize>> {
        Some(self.tensors().tensor(name).ok()?.shape().to_vec())
    }

    /// The numbers of an array.
    ///
    /// # Errors
    /// [`Error::ForeignCheckpoint`] if there is none of this name or it holds other numbers than
    /// `T`, [`Error::CorruptCheckpoint`] if one of the numbers is not finite.
    pub(crate) fn values<T: Float>(&self, name: &str) -> Result<Vec<T>> {
        let tensors = self.tensors();
        let Ok(view) = tensors.tensor(name) else {
            return Err(Error::foreign_checkpoint(
                &self.path,
                format!("an array {name}"),
                "none of that name",
            ));
        };
        if view.dtype() != dtype::<T>() {
            let expected = format!("{} numbers in {name}", T::NAME);
            let found = format!("{:?}", view.dtype()).to_lowercase();
            return Err(Error::foreign_checkpoint(&self.path, expected, found));
        }
        let values: Vec<T> = from_bytes(view.data());
        match values.iter().position(|value| !value.is_finite()) {
            None => Ok(values),
            Some(index) => Err(Error::corrupt_checkpoint(
                &self.path,
                format!("{name} is {} at index {index}", values[index]),
            )),
        }
    }
}

/// A CRC-32 over the text and the names, shapes and contents of the arrays.
struct Checksum(flate2::Crc);

impl Checksum {
    fn new(text: &str) -> Self {
        let mut crc = flate2::Crc::new();
        crc.update(text.as_bytes());
        Self(crc)
    }
    fn add(&mut self, name: &str, shape: &[usize], data: &[u8]) {
        self.0.update(format!("{name} {shape:?} ").as_bytes());
        self.0.update(data);
    }
    fn value(&self) -> u32 {
        self.0.sum()
    }
}

fn dtype<T: Float>() -> Dtype {
    if size_of::<T>() == 4 { Dtype::F32 } else { Dtype::F64 }
}

fn to_bytes<T: Float>(values: &[T]) -> Vec<u8> {
    match dtype::<T>() {
        Dtype::F32 => values.iter().flat_map(|v| v.to_f32().to_le_bytes()).collect(),
        _ => values.iter().flat_map(|v| v.to_f64().to_le_bytes()).collect(),
    }
}

fn from_bytes<T: Float>(bytes: &[u8]) -> Vec<T> {
    match dtype::<T>() {
        Dtype::F32 => {
            bytes.as_chunks::<4>().0.iter().map(|b| T::from_f32(f32::from_le_bytes(*b))).collect()
        }
        _ => bytes.as_chunks::<8>().0.iter().map(|b| T::from_f64(f64::from_le_bytes(*b))).collect(),
    }
}

/// The text with line breaks replaced, for messages of one line.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(folder: &Path) -> PathBuf {
        let path = folder.join("sample.safetensors");
        let values = [1.5_f32, -0.0, f32::MIN_POSITIVE / 2.0, f32::MAX];
        let arrays = [
            NamedArray { name: "b".into(), shape: vec![2, 2], values: &values },
            NamedArray { name: "a".into(), shape: vec![0], values: &[] },
        ];
        write(&path, &arrays, "{\"text\": true}").unwrap();
        path
    }

    #[test]
    fn what_is_written_is_read_bit_for_bit() {
        let folder = tempfile::tempdir().unwrap();
        let path = sample(folder.path());
        let archive = Archive::read(&path).unwrap();
        assert_eq!(archive.text(), Some("{\"text\": true}"));
        assert_eq!(archive.names(), ["a", "b"]);
        assert_eq!(archive.shape("b").unwrap(), [2, 2]);
        let values: Vec<f32> = archive.values("b").unwrap();
        assert_eq!(values[1].to_bits(), (-0.0_f32).to_bits());
        assert_eq!(values[2], f32::MIN_POSITIVE / 2.0);
        assert!(archive.values::<f32>("a").unwrap().is_empty());
        let bytes = fs::read(&path).unwrap();
        sample(folder.path());
        assert_eq!(fs::read(&path).unwrap(), bytes, "equal contents give equal files");
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = sample(folder.path());
        let good = fs::read(&path).unwrap();
        let damaged = folder.path().join("damaged.safetensors");
        for position in 0..good.len() {
            let mut bytes = good.clone();
            bytes[position] ^= 1;
            fs::write(&damaged, &bytes).unwrap();
            match Archive::read(&damaged) {
                Err(Error::CorruptCheckpoint { reason, .. }) => assert!(!reason.contains('\n')),
                Err(error) => panic!("{error}"),
                // The key of the metadata is damaged: a file that says nothing about itself.
                Ok(archive) => assert!(archive.text().is_none()),
            }
            fs::write(&damaged, &good[..position]).unwrap();
            assert!(matches!(Archive::read(&damaged), Err(Error::CorruptCheckpoint { .. })));
        }
    }

    #[test]
    fn wrong_names_and_types_are_foreign_and_missing_files_unreadable() {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::read(&sample(folder.path())).unwrap();
        assert!(matches!(archive.values::<f32>("c"), Err(Error::ForeignCheckpoint { .. })));
        let error = archive.values::<f64>("b").unwrap_err().to_string();
        assert!(error.ends_with("f64 numbers in b was expected, f32 was found"), "{error}");
        let missing = Archive::read(&folder.path().join("missing"));
        assert!(matches!(missing, Err(Error::UnreadableInput { .. })));
    }

    #[test]
    fn numbers_that_are_not_finite_are_corrupt() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nan.safetensors");
        let arrays = [NamedArray { name: "a".into(), shape: vec![1], values: &[f64::NAN] }];
        write(&path, &arrays, "").unwrap();
        let error = Archive::read(&path).unwrap().values::<f64>("a").unwrap_err();
        assert!(error.to_string().contains("a is NaN at index 0"), "{error}");
    }
}
