//! The simulator's command: worlds that nobody has played before, and no others than were asked for.

use std::process::{Command, Output};

fn simulate(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_simulate")).args(arguments).output().unwrap()
}

#[test]
fn each_run_begins_elsewhere_and_says_where() {
    let base = || {
        let output = simulate(&["--seeds", "1"]);
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{said}");
        let line = said.lines().next().unwrap();
        let base = line.strip_prefix("simulator: base ").and_then(|rest| rest.strip_suffix(", 1 seeds"));
        base.unwrap_or_else(|| panic!("{line}")).parse::<u64>().unwrap()
    };
    assert_ne!(base(), base());
}

#[test]
fn what_is_not_understood_is_refused() {
    for (arguments, why) in [
        (["--seeds", "abc"].as_slice(), "--seeds needs a number, and \"abc\" is none"),
        (&["--seeds"], "--seeds needs a number, and \"\" is none"),
        (&["--seeds", "-1"], "--seeds needs a number, and \"-1\" is none"),
        (&["--base", "1", "--seed", "x"], "--seed needs a number, and \"x\" is none"),
        (&["--sedes", "1"], "there is no \"--sedes\", only --seeds N, --base B and --seed S"),
    ] {
        let Output { status, stdout, stderr } = simulate(arguments);
        assert!(!status.success() && stdout.is_empty(), "{arguments:?}");
        assert_eq!(String::from_utf8(stderr).unwrap(), format!("simulate: {why}\n"), "{arguments:?}");
    }
}
