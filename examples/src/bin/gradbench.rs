//! A tool of GradBench, the benchmark of automatic differentiation: it answers the messages that
//! come on the standard input, one a line, on the standard output.
//!
//! ```text
//! cargo build --release -p examples --bin gradbench
//! echo '{"id": 0, "kind": "evaluate", "module": "lse", "function": "gradient", "input": {"x": [1, 2]}}' \
//!     | target/release/gradbench
//! ```

use std::io::{BufWriter, Write};
use std::process::ExitCode;

use clap::Parser;
use examples::gradbench::serve;

/// Answers the messages of GradBench, one a line: values and derivatives of its twelve problems.
#[derive(Parser)]
#[command(name = "gradbench", version)]
struct Options {
    /// Threads to use
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = threads)]
    threads: usize,
}

fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(threads @ 1..=1024) => Ok(threads),
        _ => Err("it must be a whole number from 1 to 1024".into()),
    }
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), Box<dyn std::error::Error>> {
    rayon::ThreadPoolBuilder::new().num_threads(options.threads).build_global()?;
    serve(std::io::stdin().lock(), BufWriter::new(std::io::stdout().lock()))?;
    Ok(())
}
