//! `cargo xtask conformance`: our survey engine beside those that the world uses, on the same workbooks.

use std::process::Command;

use crate::{Outcome, files, setup, shell, test};

/// `cargo xtask conformance [--steps N] [--seeds N] [DIRECTORY…]`: the arguments are those of
/// `tests/conformance/conformance.mjs`.
pub fn conformance(arguments: &[String]) -> Outcome {
    setup::for_testing()?;
    let python = setup::pyxform()?;
    shell::log("form", shell::cargo().args(["build", "--release", "-p", "tests", "--bin", "form"]))?;
    let mut node = Command::new("node");
    node.arg("conformance/conformance.mjs").args(arguments).current_dir(files::root().join("tests"));
    node.env("CHROME", test::chromium()).env("GANDAN_PYXFORM", python).env("GANDAN_FORM", files::target().join("release/form"));
    shell::run(&mut node)
}
