//! The figures of docs/ARCHITECTURE.md, one a line: `name value unit`, or `name - reason`.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::{Outcome, budget, bundle, files, setup, shell, test};

/// What `tests/bench/bench.mjs` measures in a browser and against a server.
const MEASURED: [&str; 19] = [
    "offline_start_d10",
    "offline_start_d100",
    "save_visit_d10_p95",
    "save_visit_d100_p95",
    "search_key_d10_p95",
    "search_key_d100_p95",
    "heap_d100",
    "phone_bytes_per_record_d100",
    "first_sync_d10",
    "first_sync_100k",
    "first_sync_100k_wire",
    "push_200_visits_bytes",
    "push_200_visits_trips",
    "idle_sync_20_areas_bytes",
    "idle_sync_20_areas_trips",
    "roll_preview_8500",
    "server_ingest_sqlite",
    "server_ingest_postgres_one_area",
    "server_ingest_postgres_27_areas",
];

/// `cargo xtask bench`: a figure that cannot be had does not keep the others away.
pub fn bench() -> Outcome {
    let built = setup::for_testing().and_then(|()| bundle::build_all());
    match built.clone().and_then(|()| budget::sizes()) {
        Ok(sizes) => sizes.iter().for_each(|size| println!("{} {:.1} KB", size.name, size.kilobytes)),
        Err(reason) => ["field_precache_brotli", "field_wasm_brotli"].iter().for_each(|name| cannot(name, &reason)),
    }
    match built.and_then(|()| measure()) {
        Ok(lines) => {
            lines.iter().for_each(|line| println!("{line}"));
            let printed: Vec<&str> = lines.iter().filter_map(|line| line.split(' ').next()).collect();
            MEASURED.iter().filter(|name| !printed.contains(name)).for_each(|name| cannot(name, "not measured yet"));
        }
        Err(reason) => MEASURED.iter().for_each(|name| cannot(name, &reason)),
    }
    Ok(())
}

fn measure() -> Outcome<Vec<String>> {
    let tests = files::root().join("tests");
    let script = tests.join("bench/bench.mjs");
    if !script.exists() {
        return Err("tests/bench/bench.mjs does not exist yet".to_string());
    }
    let output = Command::new("node")
        .arg(script)
        .current_dir(tests)
        .env("CHROME", test::chromium())
        .env("GANDAN_SERVER_BIN", test::build_server()?)
        .env("GANDAN_FILL", build_fill()?)
        .env("GANDAN_DIST", files::root().join("dist"))
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cannot start node: {error}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_string).collect())
}

/// What makes the data sets; gives back its path.
fn build_fill() -> Outcome<PathBuf> {
    shell::log("fill", shell::cargo().args(["build", "--release", "-p", "tests", "--bin", "fill"]))?;
    Ok(files::target().join("release/fill"))
}

fn cannot(name: &str, reason: &str) {
    println!("{name} - {}", reason.lines().next_back().unwrap_or("unknown"));
}
