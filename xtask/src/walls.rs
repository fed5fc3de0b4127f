//! The walls of docs/ARCHITECTURE.md, as far as they can be read off the source text.

use crate::Outcome;
use crate::files;
use crate::rust_source::Source;

/// Something that stands on the wrong side of a wall.
#[derive(Debug, PartialEq)]
struct Breach {
    path: String,
    line: usize,
    reason: String,
}

/// Reads the whole work tree; gives back how many files were looked at, or every breach with its file and line.
pub fn check() -> Outcome<usize> {
    let root = files::root();
    let mut tree = Vec::new();
    for part in ["domain", "seal", "app", "server", "tests", "xtask"] {
        for folder in ["Cargo.toml", "src"] {
            for path in files::walk(&root.join(part).join(folder))? {
                let name = path.strip_prefix(&root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                if name.ends_with(".rs") || name.ends_with(".toml") {
                    tree.push((name, files::read_text(&path)?));
                }
            }
        }
    }
    let breaches = breaches(&tree);
    if breaches.is_empty() {
        return Ok(tree.len());
    }
    let lines: Vec<String> = breaches.iter().map(|breach| format!("{}:{}: {}", breach.path, breach.line, breach.reason)).collect();
    Err(format!("{}\nThe walls are described in docs/ARCHITECTURE.md.", lines.join("\n")))
}

fn breaches(tree: &[(String, String)]) -> Vec<Breach> {
    let mut found = Vec::new();
    for (path, text) in tree {
        if path.ends_with("Cargo.toml") {
            manifest(path, text, &mut found);
        } else {
            source(path, text, &mut found);
        }
    }
    found
}

/// Which of our crates each of them may build on.
const DIRECTIONS: [(&str, &[&str]); 6] = [
    ("domain", &[]),
    ("seal", &[]),
    ("app", &["domain", "seal"]),
    ("server", &["domain", "seal"]),
    ("tests", &["domain", "seal", "server"]),
    ("xtask", &[]),
];

fn manifest(path: &str, text: &str, found: &mut Vec<Breach>) {
    let Some((owner, allowed)) = DIRECTIONS.iter().find(|(name, _)| path == format!("{name}/Cargo.toml")) else { return };
    let mut section = "";
    for (number, line) in text.lines().enumerate() {
        let mut breach = |reason: String| found.push(Breach { path: path.to_string(), line: number + 1, reason });
        let line = line.trim();
        if line.starts_with('[') {
            section = line.trim_matches(['[', ']']);
            if *owner == "domain" && section == "features" {
                breach("domain compiles everywhere without feature flags".to_string());
            }
        }
        // Either `name = …` in a section of dependencies, or a section of its own: `[dependencies.name]`.
        let dependency = match section.rsplit_once("dependencies") {
            Some((_, "")) if !line.starts_with('[') => line.split(['=', '.', ' ']).next(),
            Some((_, name)) if line.starts_with('[') => name.strip_prefix('.'),
            _ => None,
        };
        if let Some((name, _)) = DIRECTIONS.iter().find(|(name, _)| Some(*name) == dependency)
            && !allowed.contains(name)
        {
            breach(format!("{owner} must not depend on {name}: app → domain ← server"));
        }
    }
}

fn source(path: &str, text: &str, found: &mut Vec<Breach>) {
    const BROWSER: [&str; 4] = ["web_sys", "js_sys", "rexie", "wasm_bindgen"];
    const OUTSIDE: [&str; 11] = [
        "web_sys",
        "js_sys",
        "wasm_bindgen",
        "rusqlite",
        "tokio",
        "getrandom",
        "SystemTime::now",
        "Instant::now",
        "std::fs",
        "std::net",
        "std::thread",
    ];
    const PANICS: [&str; 4] = [".unwrap(", ".expect(", "panic!(", "unreachable!("];

    let source = Source::parse(text);
    // Files that only a test build contains, by name: a suite in a file of its own, and the contract of the stores.
    let is_test =
        |at: usize| path.ends_with("/tests.rs") || path.contains("/tests/") || path.contains("/store/contract") || source.is_test(at);
    let mut breach = |at: usize, reason: String| {
        found.push(Breach { path: path.to_string(), line: source.line(at), reason });
    };

    if path.starts_with("domain/src/") {
        for name in OUTSIDE {
            for at in source.find(name) {
                breach(at, format!("domain does no I/O and reads no clock, so it knows no {name}"));
            }
        }
    }
    if let Some(part) = path.strip_prefix("app/src/") {
        if !is_module(part, "platform") && !is_module(part, "store") {
            for name in BROWSER {
                for at in source.find(name) {
                    breach(at, format!("only app/src/platform and app/src/store touch {name}"));
                }
            }
        }
        if is_module(part, "office") || is_module(part, "field") || is_module(part, "ui") {
            for at in typed_without_a_word_on_completion(text) {
                breach(at, "a field says what the browser may complete: autocomplete=\"off\" for content".to_string());
            }
        }
        if !is_module(part, "words") {
            for literal in source.literals.iter().filter(|literal| !is_test(literal.at)) {
                if literal.value.chars().any(is_vietnamese) {
                    breach(literal.at, format!("words live in app/src/words: {:?}", literal.value));
                }
            }
        }
    }
    if let Some(part) = path.strip_prefix("server/src/")
        && !is_module(part, "store")
    {
        for at in source.find("rusqlite") {
            breach(at, "only server/src/store knows SQL".to_string());
        }
    }
    if path.starts_with("app/src/") || path.starts_with("server/src/") {
        for panic in PANICS {
            for at in source.find(panic).into_iter().filter(|at| !is_test(*at)) {
                breach(at, format!("no `{panic}…)`: say what to do instead of stopping"));
            }
        }
    }
}

/// Where a field begins in which something is typed, and that leaves it to the browser to keep it and to offer it to the next person.
fn typed_without_a_word_on_completion(text: &str) -> Vec<usize> {
    // Those in which nothing is typed; `kind` is the choice between the first two.
    const CHOSEN: [&str; 4] = ["type=\"checkbox\"", "type=\"radio\"", "type=\"file\"", "type=kind"];
    let fields = [("<input", "/>"), ("<textarea", "</textarea>")].into_iter().flat_map(|(begin, end)| {
        text.match_indices(begin).map(move |(at, _)| (at, text[at..].split_once(end).map_or(&text[at..], |(field, _)| field)))
    });
    fields
        .filter(|(_, field)| !field.contains("autocomplete=") && !CHOSEN.iter().any(|chosen| field.contains(chosen)))
        .map(|(at, _)| at)
        .collect()
}

/// Whether a path below `src/` is this module: its file or anything in its folder.
fn is_module(path: &str, module: &str) -> bool {
    path.strip_prefix(module).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

/// A letter that English does not have: what shown words in Vietnamese cannot do without.
pub fn is_vietnamese(letter: char) -> bool {
    letter.is_alphabetic() && matches!(letter, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
}

#[cfg(test)]
mod tests {
    use super::breaches;

    /// The lines with a breach in a tree of one file.
    fn lines(path: &str, text: &str) -> Vec<usize> {
        breaches(&[(path.to_string(), text.to_string())]).iter().map(|breach| breach.line).collect()
    }

    #[test]
    fn domain_reaches_for_nothing_outside() {
        let text = "use std::fmt;\nuse std::fs::File;\n// tokio\nlet t = std::time::SystemTime::now();\nlet my_tokio_like = 1;";
        assert_eq!(lines("domain/src/visit.rs", text), [4, 2]);
        assert!(lines("server/src/main.rs", text).is_empty());
        assert_eq!(lines("domain/Cargo.toml", "[package]\n[features]\nx = []"), [2]);
    }

    #[test]
    fn only_platform_and_store_touch_the_browser() {
        let text = "use web_sys::window;\nuse wasm_bindgen_futures::spawn_local;\nuse leptos::wasm_bindgen::JsCast;";
        assert_eq!(lines("app/src/pages/today.rs", text), [1, 3]);
        assert_eq!(lines("app/src/bin/field.rs", text), [1, 3]);
        assert_eq!(lines("app/src/storefront.rs", text), [1, 3]);
        assert!(lines("app/src/platform/clock.rs", text).is_empty());
        assert!(lines("app/src/store.rs", text).is_empty());
    }

    #[test]
    fn only_the_store_knows_sql() {
        assert_eq!(lines("server/src/router.rs", "use rusqlite::Connection;"), [1]);
        assert!(lines("server/src/store/sqlite.rs", "use rusqlite::Connection;").is_empty());
    }

    #[test]
    fn dependencies_point_to_domain() {
        let text = "[dependencies]\ndomain.workspace = true\nserver = { path = \"../server\" }\n[dev-dependencies.xtask]\n";
        assert_eq!(lines("app/Cargo.toml", text), [3, 4]);
        assert_eq!(lines("tests/Cargo.toml", text), [4]);
    }

    #[test]
    fn nothing_stops_the_app_but_tests_may() {
        let text = "fn a() { b().unwrap(); c().unwrap_or(1); }\n#[cfg(test)]\nmod tests { fn d() { e().unwrap() } }";
        assert_eq!(lines("app/src/session.rs", text), [1]);
        assert_eq!(lines("server/src/session.rs", text), [1]);
        assert!(lines("app/src/session/tests.rs", text).is_empty());
        assert!(lines("domain/src/session.rs", text).is_empty());
    }

    #[test]
    fn what_is_typed_is_not_kept_by_the_browser() {
        let text = "view! {\n<input type=\"text\" autocomplete=\"off\"/>\n<input id=id on:input=move |_| a > b/>\n<input type=\"file\"/>\n<textarea id=x></textarea> }";
        assert_eq!(lines("app/src/office/form.rs", text), [3, 5]);
        assert_eq!(lines("app/src/ui/field.rs", text), [3, 5]);
        assert!(lines("server/src/form.rs", text).is_empty());
    }

    #[test]
    fn words_live_in_catalogues() {
        let text = "// chữ\nlet a = \"Hộ\";\nlet b = \"ho\";\n#[cfg(test)]\nmod tests { const C: &str = \"hộ\"; }";
        assert_eq!(lines("app/src/pages/today.rs", text), [2]);
        assert!(lines("app/src/words/field.rs", text).is_empty());
        assert!(lines("domain/src/codes.rs", text).is_empty());
    }
}
