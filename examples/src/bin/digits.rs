//! Trains a network on handwritten digits.
//!
//! `cargo run --release -p examples --bin digits` reads the digits that are part of the program;
//! `-- --help` shows how to use MNIST instead, and what else can be changed. With `RUST_LOG=info`
//! (or `debug`, for every step) it also writes what it does to the standard error stream.

use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;

use examples::digits::{Error, Options, Outcome, load, parse, report, train};
use training::prepare_output_folder;

fn main() -> ExitCode {
    if std::env::var_os("RUST_LOG").is_some() {
        let filter = tracing_subscriber::EnvFilter::from_default_env();
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    }
    let options = match parse(std::env::args_os().map(|a| a.to_string_lossy().into_owned())) {
        Ok(options) => options,
        Err((help, true)) => {
            show(&help);
            return ExitCode::SUCCESS;
        }
        Err((message, false)) => return fail(&message, 2),
    };
    match run(&options) {
        Ok(text) => {
            show(&text);
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error.to_string(), 1),
    }
}

fn run(options: &Options) -> Result<String, Error> {
    let digits = load(options.data.as_deref(), !options.no_shifts)?;
    let output = options.output_folder();
    prepare_output_folder(&output)?;
    let start = Instant::now();
    let (model, result) = train(options, &digits, &output)?;
    let time = start.elapsed();
    report(&Outcome { digits: &digits, model: &model, result: &result, time }, &output)
}

/// Writes to the standard output. A reader that goes away, as in `digits | head`, is no error.
fn show(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

fn fail(message: &str, code: u8) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "error: {message}");
    ExitCode::from(code)
}
