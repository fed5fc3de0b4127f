//! Short names between the wasm and its glue. Those that wasm-bindgen gives what they call in each other are long, most
//! with a hash that no compression makes smaller: 6 KB (brotli) of what the phone downloads.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::Outcome;
use crate::files;

/// Shortens the names in the wasm and the glue of the app that Trunk has built in `dir`. Browsers keep for ever what Trunk
/// names after its content, so both are named anew after what they are now.
pub fn shorten(dir: &Path, app: &str) -> Outcome {
    let (wasm, glue) = (find(dir, app, "_bg.wasm")?, find(dir, app, ".js")?);
    let (bytes, text) = shortened(&files::read(&wasm)?, &files::read_text(&glue)?)
        .ok_or_else(|| format!("{} is no wasm as wasm-opt writes it.", wasm.display()))?;
    let page = dir.join("index.html");
    let mut html = files::read_text(&page)?;
    for (old, end, content) in [(wasm, "_bg.wasm", bytes), (glue, ".js", text.into_bytes())] {
        let new = format!("{app}-{}{end}", &files::hex(&Sha256::digest(&content))[..16]);
        html = html.replace(&name_of(&old), &new);
        fs::remove_file(&old).map_err(|error| format!("Cannot replace {}: {error}", old.display()))?;
        files::write(&dir.join(new), content)?;
    }
    files::write(&page, html)
}

pub fn find(dir: &Path, app: &str, end: &str) -> Outcome<PathBuf> {
    let found = files::walk(dir)?.into_iter().find(|file| {
        let name = name_of(file);
        name.starts_with(&format!("{app}-")) && name.ends_with(end)
    });
    found.ok_or_else(|| format!("Trunk has left no {app}-…{end} in {}.", dir.display()))
}

pub fn name_of(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

const MAGIC: &[u8] = b"\0asm\x01\0\0\0";
const IMPORTS: u8 = 2;
const EXPORTS: u8 = 7;

fn shortened(wasm: &[u8], glue: &str) -> Option<(Vec<u8>, String)> {
    let mut names = Names::of(glue);
    let mut rest = wasm.strip_prefix(MAGIC)?;
    let mut bytes = MAGIC.to_vec();
    while let Some((&kind, after)) = rest.split_first() {
        let (section, after) = sized(after)?;
        bytes.push(kind);
        match kind {
            IMPORTS => put(&mut bytes, &renamed(section, 2, &mut names)?),
            EXPORTS => put(&mut bytes, &renamed(section, 1, &mut names)?),
            _ => put(&mut bytes, section),
        }
        rest = after;
    }
    Some((bytes, words(glue).map(|word| names.short.get(word).map_or(word, String::as_str)).collect()))
}

/// A list of imports, which have two names each, their module's in front, or of exports, which have one.
fn renamed(section: &[u8], parts: usize, names: &mut Names) -> Option<Vec<u8>> {
    let (count, mut rest) = number(section)?;
    let mut bytes = section.get(..section.len() - rest.len())?.to_vec();
    for _ in 0..count {
        for part in 1..=parts {
            let (name, after) = sized(rest)?;
            let name = std::str::from_utf8(name).ok()?;
            put(&mut bytes, if part == parts { names.shorten(name) } else { name }.as_bytes());
            rest = after;
        }
        // What kind of thing it is, and which one; nothing but functions is imported, so that both are a byte and a number.
        let (&kind, after) = rest.split_first()?;
        if parts == 2 && kind != 0 {
            return None;
        }
        let (_, after) = number(after)?;
        bytes.extend(rest.get(..rest.len() - after.len())?);
        rest = after;
    }
    Some(bytes)
}

/// The short names, under the long ones.
struct Names<'a> {
    words: BTreeSet<&'a str>,
    short: BTreeMap<String, String>,
    next: usize,
}

impl<'a> Names<'a> {
    fn of(glue: &'a str) -> Self {
        Self { words: words(glue).collect(), short: BTreeMap::new(), next: 0 }
    }

    /// The short name of something. What does not begin as wasm-bindgen's and the compiler's own names do keeps its own.
    fn shorten<'b>(&'b mut self, name: &'b str) -> &'b str {
        if !name.starts_with('_') || !self.words.contains(name) {
            return name;
        }
        let (words, next) = (&self.words, &mut self.next);
        self.short.entry(name.to_string()).or_insert_with(|| {
            loop {
                let short = format!("_{next:x}");
                *next += 1;
                if !words.contains(short.as_str()) {
                    return short;
                }
            }
        })
    }
}

/// The words of a script and what stands between them; all of it together is the script again.
fn words(script: &str) -> impl Iterator<Item = &str> {
    let in_word = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '$';
    let mut rest = script;
    std::iter::from_fn(move || {
        let first = in_word(rest.chars().next()?);
        let end = rest.find(|letter| in_word(letter) != first).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        rest = after;
        Some(word)
    })
}

/// A number in LEB128, and what follows.
fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut number = 0;
    for (at, byte) in bytes.iter().enumerate().take(5) {
        number |= usize::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((number, bytes.get(at + 1..)?));
        }
    }
    None
}

/// As many bytes as the number in front says, and what follows.
fn sized(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (size, rest) = number(bytes)?;
    rest.split_at_checked(size)
}

fn put(bytes: &mut Vec<u8>, content: &[u8]) {
    let mut size = content.len();
    while size >= 0x80 {
        bytes.push(size as u8 | 0x80);
        size >>= 7;
    }
    bytes.push(size as u8);
    bytes.extend(content);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One section of another kind, two imports, two exports.
    fn wasm(get: &str, set: &str, malloc: &str) -> Vec<u8> {
        let named = |section: &mut Vec<u8>, names: &[&str], index: u8| {
            names.iter().for_each(|name| put(section, name.as_bytes()));
            section.extend([0, index]);
        };
        let (mut imports, mut exports) = (vec![2], vec![2]);
        named(&mut imports, &["./field_bg.js", get], 3);
        named(&mut imports, &["./field_bg.js", set], 4);
        named(&mut exports, &[malloc], 5);
        named(&mut exports, &["memory"], 6);
        let mut bytes = MAGIC.to_vec();
        for (kind, section) in [(1, vec![9; 200]), (IMPORTS, imports), (EXPORTS, exports)] {
            bytes.push(kind);
            put(&mut bytes, &section);
        }
        bytes
    }

    #[test]
    fn both_sides_get_the_same_short_names() {
        let long = wasm("__wbg_get_2080c49015e35254", "__wbg_set_2793479888329cb6", "__wbindgen_malloc");
        let glue = "const _1={__wbg_get_2080c49015e35254:function(){return wasm.memory},\
                    __wbg_set_2793479888329cb6(a){wasm.__wbindgen_malloc(a)}}";
        let (bytes, text) = shortened(&long, glue).unwrap();
        assert_eq!(bytes, wasm("_0", "_2", "_3"));
        assert_eq!(text, "const _1={_0:function(){return wasm.memory},_2(a){wasm._3(a)}}");
    }

    #[test]
    fn what_the_glue_does_not_name_keeps_its_name() {
        let long = wasm("__wbg_get_2080c49015e35254", "unnamed", "__wbindgen_malloc");
        let (bytes, text) = shortened(&long, "wasm.__wbindgen_malloc_more()").unwrap();
        assert_eq!((bytes, text.as_str()), (long, "wasm.__wbindgen_malloc_more()"));
    }

    #[test]
    fn the_page_names_both_after_what_they_are_now() {
        let dir = std::env::temp_dir().join(format!("gandan-shorten-{}", std::process::id()));
        let long = wasm("__wbg_get_2080c49015e35254", "__wbg_set_2793479888329cb6", "__wbindgen_malloc");
        files::write(&dir.join("field-1111_bg.wasm"), long).unwrap();
        files::write(&dir.join("field-2222.js"), "wasm.__wbindgen_malloc()").unwrap();
        files::write(&dir.join("index.html"), "<link href=/app/field-1111_bg.wasm><script src=/app/field-2222.js>").unwrap();

        shorten(&dir, "field").unwrap();

        let names: Vec<String> = files::walk(&dir).unwrap().iter().map(|file| name_of(file)).collect();
        let [glue, wasm, page] = &names[..] else { panic!("{names:?}") };
        let (glue, wasm) = if glue.ends_with(".js") { (glue, wasm) } else { (wasm, glue) };
        assert!(!glue.contains("2222") && !wasm.contains("1111"));
        assert_eq!(files::read_text(&dir.join(page)).unwrap(), format!("<link href=/app/{wasm}><script src=/app/{glue}>"));
        assert_eq!(files::read_text(&dir.join(glue)).unwrap(), "wasm._0()");
        files::remove_dir(&dir).unwrap();
    }

    #[test]
    fn damaged_wasm_is_refused() {
        let whole = wasm("__wbg_get", "__wbg_set", "__wbindgen_malloc");
        assert!(shortened(&whole[..whole.len() - 1], "").is_none());
        assert!(shortened(b"no wasm at all", "").is_none());
    }
}
