//! What the phone downloads: how much, and nothing of the office.

use std::path::PathBuf;

use crate::bundle::{FIELD, OFFICE};
use crate::rust_source::Source;
use crate::walls::is_vietnamese;
use crate::{Outcome, files, pack, stamp};

/// A size of the field app in units of 1,000 bytes, what it should be, and what it must not pass.
pub struct Size {
    pub name: &'static str,
    pub kilobytes: f64,
    pub wanted: f64,
    pub limit: Option<f64>,
}

/// The sizes of the field app in `dist`, as it travels.
pub fn sizes() -> Outcome<[Size; 2]> {
    let mut precache = 0;
    let mut wasm = 0;
    for file in stamp::precached(&FIELD.dist())? {
        let size = stamp::travelling_size(&file)?;
        precache += size;
        if file.extension().is_some_and(|extension| extension == pack::EXTENSION) {
            wasm += size;
        }
    }
    if wasm == 0 {
        return Err(format!("{} holds no packed wasm. `cargo xtask build` makes it.", FIELD.dist().display()));
    }
    let size = |name, bytes: u64, wanted, limit| Size { name, kilobytes: bytes as f64 / 1000.0, wanted, limit };
    Ok([size("field_precache_brotli", precache, 320.0, Some(400.0)), size("field_wasm_brotli", wasm, 280.0, None)])
}

/// Fails if the field app is larger than a phone's budget allows; gives back a line for each size, a missed wish included.
pub fn check_sizes() -> Outcome<Vec<String>> {
    let mut lines = Vec::new();
    for Size { name, kilobytes, wanted, limit } in sizes()? {
        if let Some(limit) = limit.filter(|limit| kilobytes > *limit) {
            return Err(format!(
                "{name} {kilobytes:.1} KB, at most {limit:.0}. `twiggy top` on the wasm that cargo leaves in target/wasm32-unknown-unknown/web shows what grew."
            ));
        }
        let missed = if kilobytes > wanted { " (missed)" } else { "" };
        lines.push(format!("{name} {kilobytes:.1} KB, wanted {wanted:.0}{missed}"));
    }
    Ok(lines)
}

/// Fails if words of the office catalogue stand in the field wasm; gives back how many were looked for.
pub fn check_office_words() -> Outcome<Vec<String>> {
    let catalogues = files::root().join("app/src/words");
    let office = catalogues.join("office.rs");
    let mut shared = Vec::new();
    // The code lists of `domain` have words too, and both apps show them.
    for path in files::walk(&catalogues)?.into_iter().chain(files::walk(&files::root().join("domain/src"))?) {
        if path != office {
            shared.push(files::read_text(&path)?);
        }
    }
    let (field, office_text) = (catalogues.join("field.rs"), files::read_text(&office)?);
    let own_words = markers(&files::read_text(&field)?, std::slice::from_ref(&office_text));
    let markers = markers(&office_text, &shared);
    // Packing leaves all that stands outside of functions as it was, and nothing of what else is in `dist` has words.
    let (field_wasm, office_wasm) = (files_ending(FIELD.dist(), pack::EXTENSION)?, files_ending(OFFICE.dist(), "wasm")?);
    // That each app shows its own words proves that the search can find something.
    for (wasm, words, catalogue) in [(&office_wasm, &markers, &office), (&field_wasm, &own_words, &field)] {
        if !words.iter().any(|marker| contains(wasm, marker)) {
            return Err(format!("The app holds no word of {}: this check sees nothing.", catalogue.display()));
        }
    }
    let leaked: Vec<&String> = markers.iter().filter(|marker| contains(&field_wasm, marker)).collect();
    if leaked.is_empty() {
        return Ok(vec![format!("none of {} office words in the field wasm", markers.len())]);
    }
    Err(format!("Office words in the field wasm: {leaked:?}. Something the field app uses reaches into words::office."))
}

/// The Vietnamese pieces of text, long enough to be nobody else's, that only the office catalogue has.
fn markers(office: &str, shared: &[String]) -> Vec<String> {
    let shared: Vec<Source> = shared.iter().map(|text| Source::parse(text)).collect();
    let mut markers: Vec<String> = Source::parse(office)
        .literals
        .iter()
        // A format string does not stand in the wasm as a whole.
        .flat_map(|literal| literal.value.split(['{', '}']).map(str::to_string).collect::<Vec<_>>())
        .filter(|piece| piece.chars().count() >= 12 && piece.chars().any(is_vietnamese))
        .filter(|piece| !shared.iter().flat_map(|source| &source.literals).any(|literal| literal.value.contains(piece)))
        .collect();
    markers.sort();
    markers.dedup();
    markers
}

fn files_ending(dist: PathBuf, end: &str) -> Outcome<Vec<u8>> {
    let mut bytes = Vec::new();
    for file in files::walk(&dist)? {
        if file.extension().is_some_and(|extension| extension == end) {
            bytes.extend(files::read(&file)?);
        }
    }
    Ok(bytes)
}

fn contains(wasm: &[u8], marker: &str) -> bool {
    wasm.windows(marker.len()).any(|window| window == marker.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::{contains, markers};

    #[test]
    fn markers_are_long_vietnamese_and_the_office_s_own() {
        let office = r#"("Danh sách hộ của xã", "Hộ", "Export the list now", "Đã gặp {n} trên tổng số hộ", "Không có mạng rồi")"#;
        let field = r#"("Không có mạng rồi, đã lưu")"#;
        assert_eq!(markers(office, &[field.to_string()]), [" trên tổng số hộ", "Danh sách hộ của xã"]);
    }

    #[test]
    fn a_marker_is_found_by_its_bytes() {
        assert!(contains("\0Danh sách hộ\0".as_bytes(), "Danh sách hộ"));
        assert!(!contains(b"Danh sach ho", "Danh sách hộ"));
    }
}
