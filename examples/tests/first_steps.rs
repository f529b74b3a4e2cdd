//! The program `first_steps`, run as a user would.

use std::path::Path;
use std::process::{Command, Output};

fn run(output: &Path) -> Output {
    let program = env!("CARGO_BIN_EXE_first_steps");
    Command::new(program).arg("--output").arg(output).output().expect("the program runs")
}

#[test]
fn it_prints_the_derivatives_and_draws_two_pictures() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let output = run(&folder.path().join("new"));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(output.status.success(), "{text}");
    // By hand, forward and reverse agree to the last digit that is printed.
    assert_eq!(text.matches("2.144612778321484").count(), 3, "{text}");
    assert_eq!(text.matches("converged: the gradient is small").count(), 3, "{text}");
    for name in ["graph.svg", "paths.svg"] {
        let picture = std::fs::read_to_string(folder.path().join("new").join(name)).expect(name);
        assert!(picture.starts_with("<svg") && picture.trim_end().ends_with("</svg>"), "{name}");
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_an_error_in_one_line() {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    let output = run(file.path());
    let message = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(1));
    assert!(message.starts_with("error: ") && message.lines().count() == 1, "{message}");
    assert!(message.contains(&file.path().display().to_string()), "{message}");
}
