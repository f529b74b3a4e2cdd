//! The IDX files of MNIST and of data sets in its format, plain or compressed with gzip.
//!
//! An IDX file is a magic number, the dimensions as big-endian 32-bit numbers, and the data. The
//! third byte of the magic number is the type of the entries (8: unsigned bytes), the fourth the
//! number of dimensions. Source: LeCun, Cortes and Burges, "The MNIST database of handwritten
//! digits", section on file formats.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use calculus_core::Float;
use flate2::bufread::MultiGzDecoder;

use super::dataset::Dataset;
use crate::error::{Error, Result};

/// Unsigned bytes in three dimensions.
const IMAGES_MAGIC: u32 = 0x0803;
/// Unsigned bytes in one dimension.
const LABELS_MAGIC: u32 = 0x0801;
/// The largest accepted amount of data, 2 GiB; MNIST has 47 MB.
const LIMIT: u64 = 1 << 31;
/// The most that is reserved because a header says so; beyond it, memory grows with what is read.
const LARGEST_RESERVATION: u64 = 1 << 26;

/// The images of an IDX file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdxImages {
    /// The number of images.
    pub count: usize,
    /// The height of an image in pixels.
    pub rows: usize,
    /// The width of an image in pixels.
    pub columns: usize,
    /// The pixels from 0 to 255, image after image, each in row-major order.
    pub pixels: Vec<u8>,
}

/// Reads a file of images (magic number `0x00000803`).
///
/// Whether the file is compressed is told by its contents and not by its name.
///
/// # Errors
///
/// [`Error::UnreadableInput`], [`Error::IdxMagic`], [`Error::IdxDimension`],
/// [`Error::IdxTooLarge`] above 2 GiB, [`Error::IdxTruncated`] and [`Error::IdxTrailingBytes`].
pub fn read_idx_images(path: impl AsRef<Path>) -> Result<IdxImages> {
    let path = path.as_ref();
    parse_images(open(path)?, path)
}

/// Reads a file of labels (magic number `0x00000801`).
///
/// # Errors
///
/// As for [`read_idx_images`].
pub fn read_idx_labels(path: impl AsRef<Path>) -> Result<Vec<u8>> {
    let path = path.as_ref();
    parse_labels(open(path)?, path)
}

/// Reads a file of images and the file of their labels.
///
/// Each image becomes a row of features; the pixels are divided by 255.
///
/// # Errors
///
/// Those of [`read_idx_images`], [`Error::CountMismatch`], and [`Error::FileLabelOutOfRange`] for a
/// label that is not below `classes`.
pub fn read_idx_dataset<T: Float>(
    images: impl AsRef<Path>,
    labels: impl AsRef<Path>,
    classes: usize,
) -> Result<Dataset<T>> {
    let (images_path, labels_path) = (images.as_ref(), labels.as_ref());
    let images = read_idx_images(images_path)?;
    let labels: Vec<usize> = read_idx_labels(labels_path)?.into_iter().map(usize::from).collect();
    if images.count != labels.len() {
        return Err(Error::CountMismatch {
            images: images_path.to_path_buf(),
            image_count: images.count,
            labels: labels_path.to_path_buf(),
            label_count: labels.len(),
        });
    }
    if let Some(index) = labels.iter().position(|label| *label >= classes) {
        let (path, label) = (labels_path.to_path_buf(), labels[index]);
        return Err(Error::FileLabelOutOfRange { path, index, label, classes });
    }
    let brightness: [T; 256] = std::array::from_fn(|pixel| T::from_f64(pixel as f64 / 255.0));
    let features = images.pixels.iter().map(|&pixel| brightness[usize::from(pixel)]).collect();
    Dataset::classification(features, images.rows * images.columns, labels, classes)
}

/// Reads the four files of a data set in the format of MNIST, and returns the training part and
/// the test part.
///
/// The files are `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and
/// `t10k-labels-idx1-ubyte`, each plain or with `.gz`; the plain one is taken if both are there.
///
/// ```no_run
/// use training::data::read_idx_folder;
///
/// let (train, test) = read_idx_folder::<f32>("data/mnist", 10)?;
/// assert_eq!((train.len(), test.len()), (60_000, 10_000));
/// assert_eq!(train.feature_columns(), 28 * 28);
/// # Ok::<(), training::Error>(())
/// ```
///
/// # Errors
///
/// Those of [`read_idx_dataset`], and [`Error::ShapeMismatch`] when the images of the two parts
/// differ in size.
pub fn read_idx_folder<T: Float>(
    folder: impl AsRef<Path>,
    classes: usize,
) -> Result<(Dataset<T>, Dataset<T>)> {
    let folder = folder.as_ref();
    let part = |prefix: &str| {
        let images = find(folder, &format!("{prefix}-images-idx3-ubyte"))?;
        let labels = find(folder, &format!("{prefix}-labels-idx1-ubyte"))?;
        read_idx_dataset::<T>(images, labels, classes)
    };
    let (train, test) = (part("train")?, part("t10k")?);
    let (expected, found) = (train.feature_columns(), test.feature_columns());
    if expected != found {
        let what = format!("an image of the test part in {}", folder.display());
        return Err(Error::shape_mismatch(what, &[expected], &[found]));
    }
    Ok((train, test))
}

/// The path of a file that may be compressed.
fn find(folder: &Path, name: &str) -> Result<PathBuf> {
    let plain = folder.join(name);
    let compressed = folder.join(format!("{name}.gz"));
    [&plain, &compressed].into_iter().find(|path| path.is_file()).cloned().ok_or_else(|| {
        let message = "there is no such file, nor one with .gz";
        Error::unreadable_input(&plain, io::Error::new(io::ErrorKind::NotFound, message))
    })
}

/// Opens a file and undoes its compression, if it begins like a gzip file.
fn open(path: &Path) -> Result<Box<dyn Read>> {
    let unreadable = |source| Error::unreadable_input(path, source);
    let mut file = BufReader::new(File::open(path).map_err(unreadable)?);
    let is_gzip = file.fill_buf().map_err(unreadable)?.starts_with(&[0x1f, 0x8b]);
    Ok(if is_gzip { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) })
}

fn parse_images(mut file: impl Read, path: &Path) -> Result<IdxImages> {
    let fields = ["number of images", "number of rows", "number of columns"];
    let [count, rows, columns] = read_header(&mut file, path, "images", IMAGES_MAGIC, fields)?;
    let announced = u128::from(count) * u128::from(rows) * u128::from(columns);
    let pixels = read_body(file, path, "pixels", announced)?;
    let [count, rows, columns] = [count, rows, columns].map(|n| n as usize);
    Ok(IdxImages { count, rows, columns, pixels })
}

fn parse_labels(mut file: impl Read, path: &Path) -> Result<Vec<u8>> {
    let fields = ["number of labels"];
    let [count] = read_header(&mut file, path, "labels", LABELS_MAGIC, fields)?;
    read_body(file, path, "labels", u128::from(count))
}

/// Reads the magic number and the dimensions, of which none may be 0.
fn read_header<const N: usize>(
    file: &mut impl Read,
    path: &Path,
    kind: &'static str,
    magic: u32,
    fields: [&'static str; N],
) -> Result<[u32; N]> {
    let expected = 4 + 4 * N;
    let (header, _) = read_up_to(file, path, expected as u64)?;
    let mut words = header.chunks_exact(4).map(|word| {
        u32::from_be_bytes(word.try_into().expect("chunks_exact gives chunks of this length"))
    });
    // The magic number first: a short file of another kind is of another kind before it is short.
    match words.next() {
        Some(found) if found != magic => {
            return Err(Error::IdxMagic { path: path.to_path_buf(), kind, expected: magic, found });
        }
        _ if header.len() < expected => {
            return Err(truncated(path, "header", expected as u64, header.len()));
        }
        _ => {}
    }
    let dimensions = [(); N].map(|()| words.next().unwrap_or(0));
    for (&value, field) in dimensions.iter().zip(fields) {
        if value == 0 {
            let (path, requirement) = (path.to_path_buf(), "at least 1");
            return Err(Error::IdxDimension { path, field, value, requirement });
        }
    }
    Ok(dimensions)
}

/// Reads the data that the header announces, and sees to it that nothing follows.
fn read_body(
    file: impl Read,
    path: &Path,
    field: &'static str,
    announced: u128,
) -> Result<Vec<u8>> {
    let Some(expected) = u64::try_from(announced).ok().filter(|&length| length <= LIMIT) else {
        let path = path.to_path_buf();
        return Err(Error::IdxTooLarge { path, field, announced, limit: LIMIT });
    };
    let (data, broken_off) = read_up_to(file, path, expected + 1)?;
    match data.len() as u64 {
        found if found < expected => Err(truncated(path, field, expected, data.len())),
        found if found > expected => {
            Err(Error::IdxTrailingBytes { path: path.to_path_buf(), field, expected })
        }
        _ => broken_off.map_or(Ok(data), |error| Err(Error::unreadable_input(path, error))),
    }
}

/// Reads at most so many bytes. A compressed stream that breaks off gives what came before, and
/// the error.
fn read_up_to(file: impl Read, path: &Path, length: u64) -> Result<(Vec<u8>, Option<io::Error>)> {
    let mut data = Vec::with_capacity(length.min(LARGEST_RESERVATION) as usize);
    match file.take(length).read_to_end(&mut data) {
        Ok(_) => Ok((data, None)),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok((data, Some(error))),
        Err(error) => Err(Error::unreadable_input(path, error)),
    }
}

fn truncated(path: &Path, field: &'static str, expected: u64, found: usize) -> Error {
    Error::IdxTruncated { path: path.to_path_buf(), field, expected, found: found as u64 }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn file(magic: u32, dimensions: &[u32], data: &[u8]) -> Vec<u8> {
        let mut bytes = magic.to_be_bytes().to_vec();
        dimensions.iter().for_each(|n| bytes.extend(n.to_be_bytes()));
        bytes.extend(data);
        bytes
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// What reading these bytes as images says.
    fn images(bytes: &[u8]) -> Result<IdxImages> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("images");
        fs::write(&path, bytes).unwrap();
        read_idx_images(path)
    }

    /// Two images of 1 x 3 pixels.
    fn two_images() -> Vec<u8> {
        file(IMAGES_MAGIC, &[2, 1, 3], &[0, 51, 255, 1, 2, 3])
    }

    /// A folder with a training part of two images and a test part of one.
    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
        write("train-images-idx3-ubyte", &two_images());
        write("train-labels-idx1-ubyte.gz", &gzip(&file(LABELS_MAGIC, &[2], &[1, 0])));
        write("t10k-images-idx3-ubyte.gz", &gzip(&file(IMAGES_MAGIC, &[1, 1, 3], &[9, 9, 9])));
        write("t10k-labels-idx1-ubyte", &file(LABELS_MAGIC, &[1], &[1]));
        folder
    }

    #[test]
    fn plain_and_compressed_files_are_the_same() {
        let plain = images(&two_images()).unwrap();
        assert_eq!((plain.count, plain.rows, plain.columns), (2, 1, 3));
        assert_eq!(plain.pixels, [0, 51, 255, 1, 2, 3]);
        assert_eq!(images(&gzip(&two_images())).unwrap(), plain);
    }

    #[test]
    fn a_folder_in_the_format_of_mnist() {
        let folder = folder();
        let (train, test) = read_idx_folder::<f64>(folder.path(), 2).unwrap();
        assert_eq!(train.row(0), [0.0, 0.2, 1.0]);
        assert_eq!(train.labels(), Some(&[1, 0][..]));
        assert_eq!((test.len(), test.classes()), (1, Some(2)));
    }

    #[test]
    fn wrong_magic_numbers() {
        let labels = file(LABELS_MAGIC, &[2], &[1, 0]);
        let message = images(&labels).unwrap_err().to_string();
        assert!(
            message.ends_with("magic number is 0x00000801, 0x00000803 was expected (images)"),
            "{message}"
        );
        // Signed bytes, two dimensions, and no IDX file at all.
        for magic in [0x0903, 0x0802, u32::from_be_bytes(*b"<htm")] {
            let error = images(&file(magic, &[2, 1, 3], &[0; 6])).unwrap_err();
            assert!(matches!(error, Error::IdxMagic { found, .. } if found == magic), "{error}");
        }
    }

    #[test]
    fn truncated_files() {
        let whole = two_images();
        for length in 0..whole.len() {
            for bytes in [whole[..length].to_vec(), gzip(&whole[..length])] {
                let error = images(&bytes).unwrap_err();
                assert!(matches!(error, Error::IdxTruncated { .. }), "{length}: {error}");
            }
        }
        let compressed = gzip(&whole);
        for length in 2..compressed.len() {
            let error = images(&compressed[..length]).unwrap_err();
            assert!(
                matches!(error, Error::IdxTruncated { .. } | Error::UnreadableInput { .. }),
                "{length}: {error}"
            );
        }
        let message = images(&whole[..20]).unwrap_err().to_string();
        assert!(message.ends_with("truncated, pixels end after 4 of 6 bytes"), "{message}");
    }

    #[test]
    fn trailing_and_damaged_data() {
        let mut bytes = two_images();
        bytes.push(0);
        assert!(matches!(images(&bytes), Err(Error::IdxTrailingBytes { expected: 6, .. })));
        let mut compressed = gzip(&two_images());
        let checksum = compressed.len() - 8;
        compressed[checksum] ^= 1;
        assert!(matches!(images(&compressed), Err(Error::UnreadableInput { .. })));
    }

    #[test]
    fn lying_headers_cost_no_memory() {
        let huge = file(IMAGES_MAGIC, &[u32::MAX; 3], &[0; 6]);
        assert!(matches!(images(&huge), Err(Error::IdxTooLarge { .. })));
        let large = file(IMAGES_MAGIC, &[1 << 21, 1 << 5, 1 << 5], &[0; 6]);
        assert!(matches!(
            images(&large),
            Err(Error::IdxTruncated { expected: LIMIT, found: 6, .. })
        ));
        let none = file(IMAGES_MAGIC, &[2, 0, 3], &[]);
        let message = images(&none).unwrap_err().to_string();
        assert!(message.ends_with("number of rows is 0, it must be at least 1"), "{message}");
    }

    #[test]
    fn files_that_do_not_belong_together() {
        let folder = folder();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("train-labels-idx1-ubyte"), file(LABELS_MAGIC, &[3], &[1, 0, 1])).unwrap();
        let error = read_idx_folder::<f32>(folder.path(), 2).unwrap_err();
        assert!(
            matches!(error, Error::CountMismatch { image_count: 2, label_count: 3, .. }),
            "{error}"
        );
        fs::remove_file(path("train-labels-idx1-ubyte")).unwrap();
        let error = read_idx_folder::<f32>(folder.path(), 1).unwrap_err();
        assert!(
            matches!(error, Error::FileLabelOutOfRange { index: 0, label: 1, classes: 1, .. }),
            "{error}"
        );
        fs::write(path("t10k-images-idx3-ubyte"), file(IMAGES_MAGIC, &[1, 2, 2], &[9; 4])).unwrap();
        assert!(matches!(
            read_idx_folder::<f32>(folder.path(), 2),
            Err(Error::ShapeMismatch { .. })
        ));
        fs::remove_file(path("train-images-idx3-ubyte")).unwrap();
        let message = read_idx_folder::<f32>(folder.path(), 2).unwrap_err().to_string();
        assert!(message.contains("train-images-idx3-ubyte"), "{message}");
        assert!(read_idx_folder::<f32>(path("missing"), 2).is_err());
        assert!(matches!(read_idx_images(folder.path()), Err(Error::UnreadableInput { .. })));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(
            mut bytes in vec(any::<u8>(), 0..200), magic: bool, compressed: bool,
        ) {
            if magic && bytes.len() >= 4 {
                bytes[..4].copy_from_slice(&IMAGES_MAGIC.to_be_bytes());
            }
            let bytes = if compressed { gzip(&bytes) } else { bytes };
            if let Err(error) = images(&bytes) {
                prop_assert!(!error.to_string().contains('\n'));
            }
        }
    }
}
