//! How much memory a file of separators takes. Alone in its binary, because it is measured for the whole process.

#![cfg(target_os = "linux")]

use domain::roll::{Mapping, RollError};
use server::roll::look;

/// The most memory that this process ever held, in KB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn a_line_of_separators_is_not_held() {
    let file = b",".repeat(4_000_000);
    let before = peak();
    assert_eq!(look(&file, "x.csv", &Mapping::default(), &[""; 0]).err(), Some(RollError::Empty));
    assert!(peak() - before < 30_000, "{} KB", peak() - before);
}
