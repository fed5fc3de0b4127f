//! The two Trunk builds: the field app into `dist/app`, the office app into `dist/office`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::files::{self, fingerprint};
use crate::{Outcome, pack, setup, shell, shorten, stamp};

/// One of the two apps: its page in `app/`, its folder in `dist/`, which is also its path on the server.
#[derive(Clone, Copy)]
pub struct App {
    name: &'static str,
    page: &'static str,
    folder: &'static str,
    /// The template of its service worker, if it works offline.
    worker: Option<&'static str>,
}

/// For phones, offline.
pub const FIELD: App = App { name: "field", page: "app/field.html", folder: "app", worker: Some("public/sw.js") };
/// For desktops, online.
pub const OFFICE: App = App { name: "office", page: "app/office.html", folder: "office", worker: None };

/// What goes into a build. Another state of these means building again.
const INPUTS: [&str; 13] = [
    "app",
    "domain",
    "public",
    "seal",
    "style",
    "Cargo.lock",
    "Cargo.toml",
    "Trunk.toml",
    "tests/package-lock.json",
    "xtask/src/bundle.rs",
    "xtask/src/pack.rs",
    "xtask/src/shorten.rs",
    "xtask/src/stamp.rs",
];

impl App {
    /// Where the finished build stands.
    pub fn dist(self) -> PathBuf {
        files::root().join("dist").join(self.folder)
    }

    /// The path under which the server serves it.
    pub fn url(self) -> String {
        format!("/{}/", self.folder)
    }
}

/// Builds the program of the field app that seals nothing, for the one test that has to see words where they are not sealed:
/// quickly, and into a folder from which nothing is ever served. Gives back the folder: `field.js` and `field_bg.wasm`.
pub fn build_unsealed() -> Outcome<PathBuf> {
    let out = files::target().join("unsealed");
    let mut cargo = shell::cargo();
    cargo.args(["build", "--locked", "-p", "app", "--bin", "field", "--features", "null-sealer", "--target", "wasm32-unknown-unknown"]);
    shell::log("unsealed", &mut cargo)?;
    let mut bindgen = Command::new("wasm-bindgen");
    bindgen
        .args(["--target", "web", "--no-typescript", "--out-dir"])
        .arg(&out)
        .arg(files::target().join("wasm32-unknown-unknown/debug/field.wasm"))
        .env("PATH", setup::path()?);
    shell::log("unsealed-bindgen", &mut bindgen)?;
    Ok(out)
}

/// Builds both apps where their sources have changed.
pub fn build_all() -> Outcome {
    build(FIELD)?;
    build(OFFICE)
}

/// Builds one app, if its sources have changed. The build that stood in `dist` stays until the new one is complete.
pub fn build(app: App) -> Outcome {
    let root = files::root();
    let workshop = files::target().join("bundle");
    let staging = workshop.join(app.name);
    let built_from = workshop.join(format!("{}.built-from", app.name));

    // Two at once would work in the same folder; the second finds the work of the first done.
    let _lock = files::lock(&workshop.join("lock"))?;
    let sources = fingerprint(&INPUTS.map(|input| root.join(input)))?;
    if app.dist().is_dir() && files::read_text(&built_from).is_ok_and(|built| built == sources) {
        return Ok(());
    }

    // Trunk's `--offline`, which keeps it from downloading tools, is cargo's as well: the crates have to be here before.
    shell::log("fetch", shell::cargo().args(["fetch", "--locked"]))?;
    files::remove_dir(&staging)?;
    let mut trunk = Command::new("trunk");
    trunk
        .current_dir(&root)
        .args(["build", "--release", "--offline", "--locked", "--public-url", &app.url(), "--dist"])
        .arg(&staging)
        .arg(app.page)
        .env("PATH", setup::path()?)
        .env("TRUNK_SKIP_VERSION_CHECK", "true")
        // Trunk would put its own stack under every compiler error.
        .env("RUST_LIB_BACKTRACE", "0");
    shell::log(&format!("trunk-{}", app.name), &mut trunk)?;
    // Trunk's own lock is no part of the app.
    fs::remove_file(staging.join(".trunk-lock")).map_err(|error| format!("Trunk left no complete build: {error}"))?;
    shorten::shorten(&staging, app.name)?;
    match app.worker {
        Some(template) => {
            let program = pack::pack_app(&staging, app.name)?;
            stamp::stamp(&staging, &app.url(), Some((&root.join(template), &program)))?;
        }
        None => stamp::stamp(&staging, &app.url(), None)?,
    }

    files::remove_dir(&app.dist())?;
    fs::create_dir_all(root.join("dist"))
        .and_then(|()| fs::rename(&staging, app.dist()))
        .map_err(|error| format!("Cannot move the build to {}: {error}", app.dist().display()))?;
    files::write(&built_from, sources)
}
