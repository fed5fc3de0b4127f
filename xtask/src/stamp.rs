//! What a build still needs once Trunk is done: the list of its files in the service worker, the hashes of its inline
//! scripts for the server's CSP header, and compressed copies. Trunk runs wasm-opt on files it has already named and
//! hashed, so everything here is computed from the final bytes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256, Sha384};

use crate::files::{self, read, read_text, write};
use crate::shorten::find;
use crate::{Outcome, pack};

/// Beside the pages for the server to put into `script-src`: the sources, separated by spaces.
const CSP: &str = "csp.txt";
const WORKER: &str = "sw.js";
const COMPRESSIBLE: [&str; 7] = ["css", "html", "js", pack::EXTENSION, "svg", "wasm", "webmanifest"];

/// Finishes the build in `dir`, which the server serves under `url`. With the template of a service worker, writes that too;
/// `program` is the integrity of what it unpacks.
pub fn stamp(dir: &Path, url: &str, worker: Option<(&Path, &str)>) -> Outcome {
    write(&dir.join(CSP), inline_script_hashes(&read_text(&dir.join("index.html"))?).join(" "))?;
    if let Some((template, program)) = worker {
        let unpack = read_text(&find(dir, "unpack", ".js")?)?;
        write(&dir.join(WORKER), service_worker(&read_text(template)?, &unpack, &assets(dir, url, program)?)?)?;
    }
    for file in files::walk(dir)? {
        compress(&file)?;
    }
    Ok(())
}

/// The browser asks for these when it puts the app on the home screen, which it does with a network.
const ICONS: &str = "icons";

/// The files that the service worker keeps: all that the app consists of, once it is installed.
pub fn precached(dir: &Path) -> Outcome<Vec<PathBuf>> {
    let mut files = files::walk(dir)?;
    files.retain(|file| {
        let copy = file.extension().is_some_and(|extension| extension == "br" || extension == "gz");
        !copy && !file.starts_with(dir.join(ICONS)) && *file != dir.join(CSP) && *file != dir.join(WORKER)
    });
    Ok(files)
}

/// The size of a file as it travels: its brotli copy where there is one.
pub fn travelling_size(file: &Path) -> Outcome<u64> {
    let copy = copy_of(file, "br");
    let path = if copy.exists() { &copy } else { file };
    let metadata = path.metadata().map_err(|error| format!("Cannot read {}: {error}", path.display()))?;
    Ok(metadata.len())
}

/// A file that the service worker keeps, under its path on the server.
type Assets = BTreeMap<String, Asset>;

struct Asset {
    integrity: String,
    size: usize,
    /// The integrity of what is kept, where that is not what was fetched.
    kept: Option<String>,
}

/// A hash as browsers check it.
pub fn integrity(bytes: &[u8]) -> String {
    format!("sha384-{}", STANDARD.encode(Sha384::digest(bytes)))
}

fn assets(dir: &Path, url: &str, program: &str) -> Outcome<Assets> {
    let mut assets = Assets::new();
    for file in precached(dir)? {
        let bytes = read(&file)?;
        let name = file.strip_prefix(dir).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./".contains(letter);
        if !name.chars().all(plain) {
            return Err(format!("{name:?} would need escaping in an address. Name it with letters, digits, - _ . only."));
        }
        let kept = name.ends_with(pack::EXTENSION).then(|| program.to_owned());
        assets.insert(format!("{url}{name}"), Asset { integrity: integrity(&bytes), size: bytes.len(), kept });
    }
    Ok(assets)
}

/// The template with the list of files, the name of the build that follows from it, and the script that unpacks.
fn service_worker(template: &str, unpack: &str, assets: &Assets) -> Outcome<String> {
    let mut list = String::new();
    for (url, Asset { integrity, size, kept }) in assets {
        let kept = kept.as_ref().map(|kept| format!(", \"{kept}\"")).unwrap_or_default();
        let _ = writeln!(list, "  [\"{url}\", \"{integrity}\", {size}{kept}],");
    }
    let build = &files::hex(&Sha256::digest(&list))[..16];
    let mut worker = template.to_string();
    for (placeholder, value) in [("{{BUILD}}", build), ("/*{{ASSETS}}*/", &format!("\n{list}")), ("/*{{UNPACK}}*/", unpack)] {
        if worker.matches(placeholder).count() != 1 {
            return Err(format!("The service worker's template must hold {placeholder} exactly once."));
        }
        worker = worker.replace(placeholder, value);
    }
    Ok(worker)
}

/// A CSP source for each script that stands in the page itself. A nonce would not do: the page comes out of a cache.
fn inline_script_hashes(page: &str) -> Vec<String> {
    let mut hashes = Vec::new();
    for part in page.split("<script").skip(1) {
        let Some((attributes, rest)) = part.split_once('>') else { continue };
        let Some((script, _)) = rest.split_once("</script") else { continue };
        if !attributes.contains("src=") {
            hashes.push(format!("'sha256-{}'", STANDARD.encode(Sha256::digest(script))));
        }
    }
    hashes
}

fn compress(file: &Path) -> Outcome {
    let extension = file.extension().unwrap_or_default().to_string_lossy();
    if !COMPRESSIBLE.contains(&extension.as_ref()) {
        return Ok(());
    }
    let bytes = read(file)?;
    let failed = |error| format!("Cannot compress {}: {error}", file.display());

    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    let mut brotli = brotli::CompressorWriter::with_params(Vec::new(), 1 << 16, &parameters);
    let pieces = if extension == pack::EXTENSION { pack::pieces(&bytes) } else { vec![bytes.as_slice()] };
    for (at, piece) in pieces.into_iter().filter(|piece| !piece.is_empty()).enumerate() {
        // What was written so far is compressed by itself.
        let flushed = if at > 0 { brotli.flush() } else { Ok(()) };
        flushed.and_then(|()| brotli.write_all(piece)).map_err(failed)?;
    }
    write(&copy_of(file, "br"), brotli.into_inner())?;

    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let gzip = gzip.write_all(&bytes).and_then(|()| gzip.finish()).map_err(failed)?;
    write(&copy_of(file, "gz"), gzip)
}

fn copy_of(file: &Path, extension: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "const BUILD = \"{{BUILD}}\";\nconst ASSETS = [/*{{ASSETS}}*/];\n/*{{UNPACK}}*/";

    fn assets_of(files: &[(&str, &str)]) -> Assets {
        let asset = |integrity: &str| Asset { integrity: integrity.to_string(), size: 1, kept: None };
        files.iter().map(|(url, integrity)| (url.to_string(), asset(integrity))).collect()
    }

    #[test]
    fn hashes_inline_scripts_only() {
        let page = "<script src=\"/a.js\"></script><script type=\"module\">alert('Hello, world.');</script>";
        // The example of the CSP specification.
        assert_eq!(inline_script_hashes(page), ["'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"]);
    }

    #[test]
    fn the_build_is_named_after_its_files() {
        let one = service_worker(TEMPLATE, "unpack()", &assets_of(&[("/app/index.html", "sha384-a")])).unwrap();
        let same = service_worker(TEMPLATE, "unpack()", &assets_of(&[("/app/index.html", "sha384-a")])).unwrap();
        let other = service_worker(TEMPLATE, "unpack()", &assets_of(&[("/app/index.html", "sha384-b")])).unwrap();
        assert_eq!(one, same);
        assert_ne!(one.lines().next(), other.lines().next());
        assert!(one.contains("[\"/app/index.html\", \"sha384-a\", 1],") && one.ends_with("\nunpack()"));
    }

    #[test]
    fn a_template_without_a_place_for_the_list_is_refused() {
        assert!(service_worker("const BUILD = \"{{BUILD}}\";", "", &assets_of(&[])).is_err());
    }

    #[test]
    fn a_build_is_stamped_and_its_sizes_are_those_that_travel() {
        let dir = std::env::temp_dir().join(format!("gandan-stamp-{}", std::process::id()));
        write(&dir.join("index.html"), "<h1>Gần Dân</h1>".repeat(50)).unwrap();
        write(&dir.join("signs/sign.png"), [0; 10]).unwrap();
        write(&dir.join("unpack-1.js"), "unpack()").unwrap();
        write(&dir.join("field-1.pack"), [0; 200]).unwrap();
        write(&dir.join("template"), TEMPLATE).unwrap();
        let template = std::env::temp_dir().join(format!("gandan-template-{}", std::process::id()));
        std::fs::rename(dir.join("template"), &template).unwrap();

        stamp(&dir, "/app/", Some((&template, "sha384-wasm"))).unwrap();

        let worker = read_text(&dir.join("sw.js")).unwrap();
        assert!(worker.contains("\"/app/signs/sign.png\", \"sha384-"));
        assert!(!worker.contains("csp.txt") && !worker.contains("sw.js"));
        assert!(worker.contains(", 200, \"sha384-wasm\"],") && worker.contains(", 10],") && worker.ends_with("\nunpack()"));
        assert_eq!(precached(&dir).unwrap().len(), 4);
        assert!(travelling_size(&dir.join("index.html")).unwrap() < 100);
        assert_eq!(travelling_size(&dir.join("signs/sign.png")).unwrap(), 10);
        files::remove_dir(&dir).unwrap();
        std::fs::remove_file(template).unwrap();
    }
}
