//! Writing files so that no reader ever sees half of one.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::error::{Error, Result};

/// Writes a file by way of a temporary one beside it that is renamed at the end.
///
/// `write` fills the temporary file. When it succeeds, the file is flushed to the disk and renamed
/// to `path`, replacing what was there; on POSIX systems the rename is atomic, so that a reader
/// sees the old contents or the new ones. When anything fails, the temporary file is removed and
/// `path` is left as it was.
///
/// # Errors
///
/// [`Error::UnwritableOutput`] with `path` when the folder is missing or not writable, `write`
/// fails, or `path` cannot be replaced (it is a folder, for instance).
pub(crate) fn write_atomically(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<()> {
    replace(path, write).map_err(|source| Error::unwritable_output(path, source))
}

/// Writes `contents` to `path` by way of [`write_atomically`].
///
/// # Errors
///
/// [`Error::UnwritableOutput`] as for [`write_atomically`].
pub(crate) fn write_bytes_atomically(path: &Path, contents: &[u8]) -> Result<()> {
    write_atomically(path, |file| file.write_all(contents))
}

fn replace(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    // `parent` of a bare file name is the empty path, which is no folder to create files in.
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    if path.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(".unfinished-");
    // Temporary files are private to their owner by default. What is written here is a result that
    // other people may read, so it gets the permissions that `File::create` would have given it.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let temporary = builder.tempfile_in(folder)?;
    let mut buffer = BufWriter::new(temporary);
    write(&mut buffer)?;
    let temporary = buffer.into_inner().map_err(io::IntoInnerError::into_error)?;
    temporary.as_file().sync_all()?;
    temporary.persist(path).map_err(|failure| failure.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// The names in a folder, sorted.
    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn replaces_a_file_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("result.txt");
        write_bytes_atomically(&path, b"first").unwrap();
        write_bytes_atomically(&path, b"second").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"second");
        assert_eq!(names(folder.path()), ["result.txt"]);
    }

    #[test]
    fn a_failing_writer_leaves_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("result.txt");
        write_bytes_atomically(&path, b"old").unwrap();
        let error = write_atomically(&path, |file| {
            file.write_all(b"half")?;
            Err(io::Error::other("the disk is full"))
        })
        .unwrap_err();
        assert!(matches!(&error, Error::UnwritableOutput { path: at, .. } if *at == path));
        assert!(error.to_string().ends_with("the disk is full"), "{error}");
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(names(folder.path()), ["result.txt"]);
    }

    #[test]
    fn a_missing_folder_and_a_folder_in_the_way_are_errors() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing").join("result.txt");
        assert!(matches!(
            write_bytes_atomically(&missing, b""),
            Err(Error::UnwritableOutput { .. })
        ));
        let in_the_way = folder.path().join("folder");
        fs::create_dir(&in_the_way).unwrap();
        assert!(matches!(
            write_bytes_atomically(&in_the_way, b""),
            Err(Error::UnwritableOutput { .. })
        ));
        assert_eq!(names(folder.path()), ["folder"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_written_file_has_the_permissions_of_a_created_one() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let created = folder.path().join("created");
        fs::File::create(&created).unwrap();
        let written = folder.path().join("written");
        write_bytes_atomically(&written, b"").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&written), mode(&created));
    }
}
