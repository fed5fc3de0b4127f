//! The pictures of the README and the user guide.

use std::process::Command;

use crate::{Outcome, bundle, files, setup, shell, test};

/// `cargo xtask screens`: takes them anew from the demonstration, with the browser of the tests.
pub fn screens() -> Outcome {
    setup::for_testing()?;
    bundle::build_all()?;
    let mut node = Command::new("node");
    node.arg("screens/screens.mjs")
        .current_dir(files::root().join("tests"))
        .env("CHROME", test::chromium())
        .env("GANDAN_SERVER_BIN", test::build_server()?)
        .env("GANDAN_DIST", files::root().join("dist"))
        .env("GANDAN_SCREENS", files::root().join("docs/screens"));
    shell::run(&mut node)
}
