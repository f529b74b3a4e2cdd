//! The folder that results are written to.

use std::path::Path;

use crate::error::{Error, Result};

/// Creates a folder for results if it is not there, and checks that files can be created in it.
///
/// A program calls it before a long computation, not after it.
///
/// # Errors
/// [`Error::UnwritableOutput`] with the folder.
///
/// # Examples
/// ```
/// let parent = tempfile::tempdir().unwrap();
/// training::prepare_output_folder(parent.path().join("runs/first"))?;
/// assert!(parent.path().join("runs/first").is_dir());
/// # Ok::<(), training::Error>(())
/// ```
pub fn prepare_output_folder(path: impl AsRef<Path>) -> Result<()> {
    let path = path.as_ref();
    std::fs::create_dir_all(path).map_err(|reason| Error::unwritable_output(path, reason))?;
    match tempfile::tempfile_in(path) {
        Ok(_) => Ok(()),
        Err(reason) => Err(Error::unwritable_output(path, reason)),
    }
}

/// Checks that a file can be created beside `path`, and that `path` is not a folder.
pub(crate) fn check_writable(path: &Path) -> Result<()> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    if path.is_dir() {
        let reason = std::io::Error::new(std::io::ErrorKind::IsADirectory, "it is a folder");
        return Err(Error::unwritable_output(path, reason));
    }
    match tempfile::tempfile_in(folder) {
        Ok(_) => Ok(()),
        Err(reason) => Err(Error::unwritable_output(path, reason)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_written_to_is_an_error() {
        let parent = tempfile::tempdir().unwrap();
        let file = parent.path().join("file");
        std::fs::write(&file, "").unwrap();
        for path in [file.clone(), file.join("below")] {
            let error = prepare_output_folder(&path).unwrap_err();
            assert!(matches!(error, Error::UnwritableOutput { .. }), "{error}");
        }
        assert!(check_writable(&file).is_ok());
        assert!(check_writable(parent.path()).is_err());
        assert!(check_writable(&parent.path().join("missing/file")).is_err());
        assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 1);
    }
}
