//! The options of the program.

use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use clap::{Parser, ValueEnum};

/// Trains a multilayer perceptron on images of handwritten digits, and shows how well it reads
/// digits that it has not seen.
///
/// Without --data it uses the 1,797 images of 8 x 8 pixels of the UCI collection, which are part
/// of the program. The same options give the same numbers on the same machine.
#[derive(Debug, Clone, PartialEq, Parser)]
#[command(allow_negative_numbers = true, name = "digits", version)]
pub struct Options {
    /// The update rule
    #[arg(long, value_enum, default_value_t = OptimizerKind::AdamW)]
    pub optimizer: OptimizerKind,

    /// How the learning rate changes after the warm-up
    #[arg(long, value_enum, default_value_t = ScheduleKind::Cosine)]
    pub schedule: ScheduleKind,

    /// How often every training image is used [default: 30, with IDX files 5]
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub epochs: Option<u64>,

    /// Images in a batch [default: 32, with IDX files 64]
    #[arg(long, value_name = "IMAGES", value_parser = positive)]
    pub batch_size: Option<usize>,

    /// The highest learning rate [default: 0.001, for sgd 0.05]
    #[arg(long, value_name = "RATE", value_parser = positive_number)]
    pub learning_rate: Option<f64>,

    /// Units of the hidden layers [default: 256,128]
    #[arg(long, value_name = "UNITS", value_delimiter = ',', value_parser = units)]
    pub hidden: Vec<usize>,

    /// The share of features left out in each hidden layer while training
    /// [default: 0.3, with IDX files 0.1]
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub dropout: Option<f64>,

    /// Train on the images as they are, without shifted copies of them (IDX files have none)
    #[arg(long)]
    pub no_shifts: bool,

    /// Weight decay, on weights and not on biases
    #[arg(long, value_name = "RATE", default_value_t = 0.01, value_parser = non_negative_number)]
    pub weight_decay: f64,

    /// The largest norm of a gradient; longer ones are shortened to it
    #[arg(long, value_name = "NORM", default_value_t = 1.0, value_parser = positive_number)]
    pub clip: f64,

    /// Epochs in which the learning rate rises to its highest value
    #[arg(long, value_name = "EPOCHS", default_value_t = 1)]
    pub warmup: u64,

    /// Epochs without a better validation loss after which training stops
    #[arg(long, value_name = "EPOCHS", default_value_t = 10)]
    pub patience: u64,

    /// Decides the first weights, the order of the images and what is left out
    #[arg(long, default_value_t = 0)]
    pub seed: u64,

    /// The folder for the results [default: examples/out/digits, or out/digits elsewhere]
    #[arg(long, value_name = "FOLDER")]
    pub output: Option<PathBuf>,

    /// A folder with the four IDX files of MNIST or Fashion-MNIST, plain or .gz, or a CSV file
    /// with a header and the digit in the last column
    #[arg(long, value_name = "PATH")]
    pub data: Option<PathBuf>,

    /// Continues the run of this checkpoint, made with the same options; --epochs may be larger
    /// where the schedule does not depend on it
    #[arg(long, value_name = "FILE")]
    pub resume: Option<PathBuf>,
}

/// The update rules to choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OptimizerKind {
    /// Stochastic gradient descent with Nesterov momentum 0.9.
    Sgd,
    /// Adam.
    Adam,
    /// Adam with decoupled weight decay.
    #[value(name = "adamw")]
    AdamW,
}

/// The schedules to choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ScheduleKind {
    /// The highest rate all the time.
    Constant,
    /// Half a cosine wave down to 0.
    Cosine,
    /// A tenth of it after each third of the epochs.
    Step,
    /// By the same factor in each step, down to a hundredth.
    Exponential,
    /// Half of it whenever the validation loss has not improved for three epochs.
    Plateau,
}

impl Options {
    /// Where the results go.
    pub fn output_folder(&self) -> PathBuf {
        match &self.output {
            Some(folder) => folder.clone(),
            None if Path::new("examples").is_dir() => "examples/out/digits".into(),
            None => "out/digits".into(),
        }
    }

    /// The units of the hidden layers.
    pub fn hidden(&self) -> &[usize] {
        if self.hidden.is_empty() { &[256, 128] } else { &self.hidden }
    }
}

/// Reads the options of the command line.
///
/// # Errors
/// The text to show, and whether it was asked for (`--help`) and is no error. A message about a bad
/// option is one line.
pub fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Options, (String, bool)> {
    Options::try_parse_from(arguments).map_err(|error| {
        let text = error.to_string();
        if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
            return (text, true);
        }
        // The first paragraphs say what is wrong and what is possible, the rest how to get help.
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let useful = lines
            .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"))
            .collect::<Vec<_>>()
            .join(" ");
        let message = useful.strip_prefix("error: ").unwrap_or(&useful).to_string();
        (message, false)
    })
}

fn number(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(value) if f64::is_finite(value) => Ok(value),
        _ => Err("it must be a finite number".into()),
    }
}

fn positive_number(text: &str) -> Result<f64, String> {
    number(text)?;
    match number(text)? {
        value if value > 0.0 => Ok(value),
        _ => Err("it must be above 0".into()),
    }
}

fn non_negative_number(text: &str) -> Result<f64, String> {
    match number(text)? {
        value if value >= 0.0 => Ok(value),
        _ => Err("it must not be below 0".into()),
    }
}

fn share(text: &str) -> Result<f64, String> {
    match number(text)? {
        value if (0.0..1.0).contains(&value) => Ok(value),
        _ => Err("it must be at least 0 and below 1".into()),
    }
}

fn positive(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(value) if value > 0 => Ok(value),
        _ => Err("it must be a whole number above 0".into()),
    }
}

fn units(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(value @ 1..=65_536) => Ok(value),
        _ => Err("it must be a whole number from 1 to 65536".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(text: &str) -> Result<Options, (String, bool)> {
        parse(format!("digits {text}").split_whitespace().map(str::to_string))
    }

    #[test]
    fn options_are_read() {
        let options = from("--optimizer sgd --schedule step --hidden 32,16 --seed 7").unwrap();
        assert_eq!((options.optimizer, options.schedule), (OptimizerKind::Sgd, ScheduleKind::Step));
        assert_eq!((options.hidden(), options.seed), (&[32, 16][..], 7));
        assert_eq!(from("").unwrap().hidden(), [256, 128]);
        assert!(from("--help").unwrap_err().1);
    }

    #[test]
    fn impossible_options_are_one_line_that_names_them() {
        for (text, name) in [
            ("--optimizer rprop", "--optimizer"),
            ("--schedule none", "--schedule"),
            ("--epochs 0", "--epochs"),
            ("--epochs -1", "-1"),
            ("--batch-size 0", "--batch-size"),
            ("--learning-rate nan", "--learning-rate"),
            ("--learning-rate 0", "--learning-rate"),
            ("--hidden 16,0", "--hidden"),
            ("--hidden 99999999", "--hidden"),
            ("--dropout 1", "--dropout"),
            ("--weight-decay=-1", "--weight-decay"),
            ("--clip inf", "--clip"),
            ("--seed x", "--seed"),
            ("--colour", "--colour"),
            ("surplus", "surplus"),
        ] {
            let (message, asked_for) = from(text).unwrap_err();
            assert!(message.contains(name) && !asked_for, "{text}: {message}");
            assert!(!message.contains('\n') && !message.starts_with("error"), "{message}");
        }
    }
}
