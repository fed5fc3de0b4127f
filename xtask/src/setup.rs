//! The tools that building and testing need, each built from source or installed by its own package manager.
//! Everything is looked at first; where all is there, this takes a moment.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::files::{self, fingerprint};
use crate::shell::{self, find};
use crate::{Outcome, test};

const TRUNK: &str = "0.22.1";
const PYXFORM: &str = "4.5.0";

/// What building both apps and the server needs.
pub fn for_building() -> Outcome {
    debian_packages(&[NODE, NPM])?;
    recent_node()?;
    tools()?;
    node_packages()
}

/// What the whole of `cargo xtask test` needs: two browsers, a driver, and the letters that screenshots show.
pub fn for_testing() -> Outcome {
    debian_packages(&[NODE, NPM, CHROMIUM, CHROMEDRIVER, FIREFOX, ROBOTO, NOTO])?;
    recent_node()?;
    tools()?;
    node_packages()
}

/// `PATH` for a build: our own tools before what the machine happens to have.
pub fn path() -> Outcome<std::ffi::OsString> {
    shell::path_with(&[
        tool_dir("trunk", TRUNK)?.join("bin"),
        wasm_bindgen_dir()?.join("bin"),
        files::root().join("tests/node_modules/.bin"),
    ])
}

/// The wasm test runner that belongs to our version of wasm-bindgen.
pub fn wasm_test_runner() -> Outcome<PathBuf> {
    Ok(wasm_bindgen_dir()?.join("bin/wasm-bindgen-test-runner"))
}

/// A Python that has pyxform, which says what a workbook of the world means.
pub fn pyxform() -> Outcome<PathBuf> {
    let dir = tool_dir("pyxform", PYXFORM)?;
    let python = dir.join("bin/python");
    if !dir.join("bin/xls2xform").exists() {
        debian_packages(&[VENV])?;
        shell::log("venv", Command::new("python3").args(["-m", "venv"]).arg(&dir))?;
        let package = format!("pyxform=={PYXFORM}");
        shell::log("pyxform", Command::new(&python).args(["-m", "pip", "install", "--quiet", &package]))?;
    }
    Ok(python)
}

fn tools() -> Outcome {
    install("trunk", TRUNK, &tool_dir("trunk", TRUNK)?)?;
    let version = locked_version("wasm-bindgen")?;
    install("wasm-bindgen-cli", &version, &wasm_bindgen_dir()?)
}

fn wasm_bindgen_dir() -> Outcome<PathBuf> {
    tool_dir("wasm-bindgen-cli", &locked_version("wasm-bindgen")?)
}

fn tool_dir(name: &str, version: &str) -> Outcome<PathBuf> {
    Ok(tool_cache()?.join(format!("{name}-{version}")))
}

/// Outside the work tree, so that a fresh clone does not build the tools again.
fn tool_cache() -> Outcome<PathBuf> {
    if let Some(folder) = env::var_os("GANDAN_TOOLS") {
        return Ok(folder.into());
    }
    let home = env::home_dir().ok_or("No home folder to keep tools in. Set GANDAN_TOOLS to a folder.")?;
    Ok(home.join(".cache/gandan/tools"))
}

fn install(name: &str, version: &str, dir: &Path) -> Outcome {
    let installed = dir.join("bin").read_dir().is_ok_and(|mut programs| programs.next().is_some());
    if installed {
        return Ok(());
    }
    eprintln!("Building {name} {version} (once, some minutes)");
    let cargo_install = |locked: bool| {
        let mut cargo = shell::cargo();
        cargo.arg("install").arg("--root").arg(dir).arg(format!("{name}@{version}"));
        cargo.args(locked.then_some("--locked"));
        // These run for seconds a day: building them quickly is worth more than their speed.
        cargo.env("CARGO_PROFILE_RELEASE_LTO", "off");
        cargo.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
        cargo.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
        cargo.env("CARGO_PROFILE_RELEASE_DEBUG", "0");
        cargo.env("CARGO_TARGET_DIR", tool_cache()?.join("build"));
        shell::log(&format!("install-{name}"), &mut cargo)
    };
    // A version that the tool's own lock file names can have left the registry; the newest that fits serves as well.
    cargo_install(true).or_else(|_| cargo_install(false)).map(|_| ())
}

/// The version of a package in our Cargo.lock: a tool must fit it exactly.
fn locked_version(package: &str) -> Outcome<String> {
    let lock = files::read_text(&files::root().join("Cargo.lock"))?;
    version_in(&lock, package)
        .ok_or_else(|| format!("Cargo.lock has no {package}: add it to app/Cargo.toml, then run `cargo metadata` once."))
}

fn version_in(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let after = lock.lines().skip_while(|line| *line != name).nth(1)?;
    Some(after.strip_prefix("version = \"")?.strip_suffix('"')?.to_string())
}

/// Installs the node packages again when the lock file is another than the one they came from.
fn node_packages() -> Outcome {
    let tests = files::root().join("tests");
    let lock = fingerprint(&[tests.join("package-lock.json")])?;
    let marker = tests.join("node_modules/.installed-from");
    if files::read_text(&marker).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    eprintln!("Installing the node packages");
    let mut npm = Command::new("npm");
    // No scripts: no package may fetch a program of its own.
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"]).arg(&tests);
    shell::log("npm", &mut npm)?;
    files::write(&marker, lock)
}

/// Something from the system: how to see that it is there, and the Debian package that brings it.
/// A C compiler is not among them: without one this program itself would not have been built.
struct Need {
    package: &'static str,
    there: fn(&Need) -> bool,
}

const NODE: Need = Need { package: "nodejs", there: |_| find("node").is_some() };
const NPM: Need = Need { package: "npm", there: |_| find("npm").is_some() };
const CHROMIUM: Need = Need { package: "chromium", there: |_| test::chromium().is_file() };
const CHROMEDRIVER: Need = Need { package: "chromium-driver", there: |_| test::chromedriver().is_file() };
/// Speaks WebDriver by itself: it needs no driver.
const FIREFOX: Need = Need { package: "firefox-esr", there: |_| test::firefox().is_file() };
const ROBOTO: Need = Need { package: "fonts-roboto", there: Need::in_dpkg };
const NOTO: Need = Need { package: "fonts-noto-core", there: Need::in_dpkg };
/// `python3` alone cannot make an environment on Debian.
const VENV: Need = Need {
    package: "python3-venv",
    there: |_| Command::new("python3").args(["-c", "import ensurepip, venv"]).output().is_ok_and(|said| said.status.success()),
};

impl Need {
    /// Fonts have no program to look for. Where there is no dpkg, the machine's own fonts have to do.
    fn in_dpkg(&self) -> bool {
        let status = Command::new("dpkg-query").args(["-W", "-f=${Status}", self.package]).output();
        status.map_or(true, |output| output.stdout.ends_with(b"ok installed"))
    }
}

/// The first Node.js that runs the scripts and Playwright. Debian 12's own package is older.
const NODE_MAJOR: u32 = 20;

fn recent_node() -> Outcome {
    let output = Command::new("node").arg("--version").output().map_err(|error| format!("cannot start node: {error}"))?;
    let version = String::from_utf8_lossy(&output.stdout).trim().to_string();
    match node_major(&version) {
        Some(major) if major >= NODE_MAJOR => Ok(()),
        _ => Err(format!(
            "Node.js {NODE_MAJOR} or newer is needed, here is {version:?}. Install a newer one from https://nodejs.org, then run this again."
        )),
    }
}

fn node_major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

fn debian_packages(needs: &[Need]) -> Outcome {
    let missing: Vec<&str> = needs.iter().filter(|need| !(need.there)(need)).map(|need| need.package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let line = format!("apt-get install -y --no-install-recommends {}", missing.join(" "));
    if !(Path::new("/etc/debian_version").exists() && is_root()) {
        return Err(format!(
            "Not installed: {}.\nOn Debian or Ubuntu run:\n\n    sudo {line}\n\nElsewhere install the same by the system's own means; \
             CHROME, CHROMEDRIVER and FIREFOX may name the programs.",
            missing.join(", ")
        ));
    }
    eprintln!("Installing {}", missing.join(", "));
    let mut apt = Command::new("sh");
    apt.env("DEBIAN_FRONTEND", "noninteractive").arg("-c").arg(format!("apt-get update && {line}"));
    shell::log("apt", &mut apt).map(|_| ())
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}

#[cfg(test)]
mod tests {
    use super::{node_major, version_in};

    #[test]
    fn finds_the_version_of_exactly_this_package() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.60\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(version_in(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(version_in(lock, "trunk"), None);
    }

    #[test]
    fn reads_what_node_says_of_itself() {
        assert_eq!(node_major("v20.20.2"), Some(20));
        assert_eq!(node_major("v18.19.0"), Some(18));
        assert_eq!(node_major("node: not found"), None);
    }
}
