//! Files, with errors that name the path.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::Outcome;

/// The folder that holds the workspace.
pub fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_path_buf()
}

/// Where cargo builds.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// The bytes of a file.
pub fn read(path: &Path) -> Outcome<Vec<u8>> {
    fs::read(path).map_err(|error| format!("Cannot read {}: {error}", path.display()))
}

/// The text of a file.
pub fn read_text(path: &Path) -> Outcome<String> {
    fs::read_to_string(path).map_err(|error| format!("Cannot read {}: {error}", path.display()))
}

/// Writes a file and the folders above it.
pub fn write(path: &Path, bytes: impl AsRef<[u8]>) -> Outcome {
    let parent = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent).and_then(|()| fs::write(path, bytes)).map_err(|error| format!("Cannot write {}: {error}", path.display()))
}

/// Waits until no other run of this program holds the file; it is free again when the returned handle is dropped.
pub fn lock(path: &Path) -> Outcome<fs::File> {
    write(path, "")?;
    fs::File::open(path).and_then(|file| file.lock().map(|()| file)).map_err(|error| format!("Cannot lock {}: {error}", path.display()))
}

/// Removes a folder with all it holds; that it was not there is fine.
pub fn remove_dir(path: &Path) -> Outcome {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(format!("Cannot remove {}: {error}", path.display())),
        _ => Ok(()),
    }
}

/// Every file below `path` (or `path` itself, if it is one), sorted; names that start with a dot are left out.
pub fn walk(path: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut waiting = vec![path.to_path_buf()];
    while let Some(path) = waiting.pop() {
        if !path.is_dir() {
            found.push(path);
            continue;
        }
        let entries = fs::read_dir(&path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        for entry in entries.map_err(|error| format!("Cannot list {}: {error}", path.display()))? {
            if !entry.file_name().to_string_lossy().starts_with('.') {
                waiting.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// A name for the content of all these files and folders together: it changes when any of them does.
pub fn fingerprint(paths: &[PathBuf]) -> Outcome<String> {
    let mut hash = Sha256::new();
    for path in paths {
        for file in walk(path)? {
            let bytes = read(&file)?;
            hash.update(file.to_string_lossy().as_bytes());
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
        }
    }
    Ok(hex(&hash.finalize()))
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
