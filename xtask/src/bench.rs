//! The figures of docs/ARCHITECTURE.md, one a line: `name value unit`, or `name - reason`.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::{Outcome, budget, bundle, files, setup, shell, test};

/// What `tests/bench/bench.mjs` measures in a browser and against a server.
const MEASURED: [&str; 16] = [
    "roll_preview_8500",
    "first_sync_d10",
    "offline_start_d10",
    "search_key_d10_p95",
    "save_visit_d10_p95",
    "push_200_visits_bytes",
    "push_200_visits_trips",
    "idle_sync_20_areas_bytes",
    "idle_sync_20_areas_trips",
    "meeting_opinion_d10_p95",
    "roll_preview_60000",
    "roll_commit_60000",
    "coverage_page_commune",
    "server_ingest_sqlite",
    "unlock",
    "seal_overhead_save_p95",
];

/// `cargo xtask bench`: a figure that cannot be had does not keep the others away.
pub fn bench() -> Outcome {
    let built = setup::for_testing().and_then(|()| bundle::build_all());
    match built.clone().and_then(|()| budget::sizes()) {
        Ok(sizes) => sizes.iter().for_each(|size| println!("{} {:.1} KB", size.name, size.kilobytes)),
        Err(reason) => ["field_precache_brotli", "field_wasm_brotli"].iter().for_each(|name| cannot(name, &reason)),
    }
    let mut printed = Vec::new();
    let ended = built.and_then(|()| measure(&mut printed));
    let reason = ended.err().unwrap_or_else(|| "not measured".to_string());
    MEASURED.iter().filter(|name| !printed.iter().any(|line| line == *name)).for_each(|name| cannot(name, &reason));
    Ok(())
}

/// Prints each figure as soon as it is there, and adds its name to `printed`.
fn measure(printed: &mut Vec<String>) -> Outcome {
    let tests = files::root().join("tests");
    let mut node = Command::new("node")
        .arg("bench/bench.mjs")
        .current_dir(tests)
        .env("CHROME", test::chromium())
        .env("GANDAN_SERVER_BIN", test::build_server()?)
        .env("GANDAN_FILL", build_fill()?)
        .env("GANDAN_DIST", files::root().join("dist"))
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot start node: {error}"))?;
    for line in node.stdout.take().into_iter().flat_map(|said| BufReader::new(said).lines()).map_while(Result::ok) {
        println!("{line}");
        printed.extend(line.split(' ').next().map(str::to_string));
    }
    let status = node.wait().map_err(|error| error.to_string())?;
    if status.success() { Ok(()) } else { Err(format!("bench.mjs ended before it ({status})")) }
}

/// What makes the data sets; gives back its path.
fn build_fill() -> Outcome<PathBuf> {
    shell::log("fill", shell::cargo().args(["build", "--release", "-p", "tests", "--bin", "fill"]))?;
    Ok(files::target().join("release/fill"))
}

fn cannot(name: &str, reason: &str) {
    println!("{name} - {}", reason.lines().next_back().unwrap_or("unknown"));
}
