//! The program `digits`, run as a user runs it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// Runs the program in a folder, with its results in `out` there.
fn digits(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_digits"))
        .args(arguments)
        .args(["--output", "out"])
        .current_dir(folder)
        .env_remove("RUST_LOG")
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The names in a folder, sorted; none if there is no folder.
fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[track_caller]
fn succeed(folder: &Path, arguments: &[&str]) -> String {
    let output = digits(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

/// The run fails with one line that holds these words, and leaves no results behind.
#[track_caller]
fn fail(folder: &Path, arguments: &[&str], words: &[&str]) {
    let before = names(&folder.join("out"));
    let output = digits(folder, arguments);
    let message = text(&output.stderr);
    assert!(!output.status.success(), "{arguments:?} succeeded");
    assert_eq!(message.lines().count(), 1, "{message}");
    assert!(message.starts_with("error: ") && !message.contains("panicked"), "{message}");
    for word in words {
        assert!(message.contains(word), "{arguments:?}: {word:?} is not in {message}");
    }
    assert!(output.stdout.is_empty());
    assert_eq!(names(&folder.join("out")), before, "{arguments:?} left something behind");
}

/// The share of test images that were read right, as the program says.
fn accuracy(text: &str) -> f64 {
    let line = text.lines().find(|line| line.starts_with("test accuracy")).unwrap();
    line.split(['%', ' ']).find_map(|word| word.parse().ok()).unwrap()
}

/// A small and short training.
const SHORT: [&str; 5] = ["--no-shifts", "--hidden", "16", "--epochs", "6"];

#[test]
fn a_network_learns_to_read_and_leaves_its_results() {
    let folder = tempfile::tempdir().unwrap();
    let shown = succeed(folder.path(), &["--epochs", "8"]);
    assert!(accuracy(&shown) >= 97.0, "{shown}");
    assert!(shown.contains("64-256-128-10") && shown.contains("results in out"), "{shown}");
    assert_eq!(shown.lines().filter(|line| line.contains('*')).count(), 1, "{shown}");
    let results = [
        "accuracy.svg",
        "checkpoint.safetensors",
        "confusion.svg",
        "history.csv",
        "learning_rate.svg",
        "loss.svg",
        "model.safetensors",
    ];
    assert_eq!(names(&folder.path().join("out")), results);
    let read = |name: &str| fs::read_to_string(folder.path().join("out").join(name)).unwrap();
    assert_eq!(read("history.csv").lines().count(), 1 + 8);
    for name in results.iter().filter(|name| name.ends_with(".svg")) {
        let svg = read(name);
        assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"), "{name}");
    }
}

#[test]
fn the_same_options_give_the_same_numbers() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let model = |folder: &TempDir, seed: &str| {
        succeed(folder.path(), &[&SHORT[..], &["--seed", seed]].concat());
        fs::read(folder.path().join("out/model.safetensors")).unwrap()
    };
    let first = model(&folders[0], "5");
    assert_eq!(first, model(&folders[1], "5"));
    assert_ne!(first, model(&folders[1], "6"));
}

#[test]
fn every_optimizer_and_schedule_learns() {
    let folder = tempfile::tempdir().unwrap();
    for optimizer in ["sgd", "adam", "adamw"] {
        let shown = succeed(folder.path(), &["--epochs", "3", "--optimizer", optimizer]);
        assert!(accuracy(&shown) > 90.0, "{optimizer}: {shown}");
    }
    for schedule in ["constant", "cosine", "step", "exponential", "plateau"] {
        let shown = succeed(folder.path(), &["--epochs", "3", "--schedule", schedule]);
        assert!(accuracy(&shown) > 90.0, "{schedule}: {shown}");
    }
}

#[test]
fn a_resumed_run_gives_the_model_of_the_uninterrupted_one() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let options = ["--no-shifts", "--hidden", "16", "--schedule", "plateau"];
    let run = |folder: &TempDir, more: &[&str]| {
        succeed(folder.path(), &[&options[..], more].concat());
    };
    run(&folders[0], &["--epochs", "6"]);
    run(&folders[1], &["--epochs", "3"]);
    run(&folders[1], &["--epochs", "6", "--resume", "out/checkpoint.safetensors"]);
    let model = |folder: &TempDir| fs::read(folder.path().join("out/model.safetensors")).unwrap();
    assert_eq!(model(&folders[0]), model(&folders[1]));
    let history = fs::read_to_string(folders[1].path().join("out/history.csv")).unwrap();
    assert_eq!(history.lines().count(), 1 + 6);
}

#[test]
fn bad_checkpoints_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    succeed(path, &SHORT);
    let resume = |file: &str, more: &[&str], words: &[&str]| {
        fail(path, &[&SHORT[..], &["--resume", file], more].concat(), words);
    };
    let checkpoint = fs::read(path.join("out/checkpoint.safetensors")).unwrap();
    fs::write(path.join("cut"), &checkpoint[..checkpoint.len() / 2]).unwrap();
    resume("cut", &[], &["checkpoint cut is corrupt"]);
    let mut flipped = checkpoint.clone();
    *flipped.last_mut().unwrap() ^= 1;
    fs::write(path.join("flipped"), flipped).unwrap();
    resume("flipped", &[], &["checkpoint flipped is corrupt", "checksum"]);
    fs::write(path.join("empty"), "").unwrap();
    resume("empty", &[], &["checkpoint empty is corrupt"]);
    resume("missing", &[], &["cannot read missing"]);
    resume("out", &[], &["cannot read out"]);
    resume("out/model.safetensors", &[], &["model.safetensors", "file of a model"]);
    let good = "out/checkpoint.safetensors";
    resume(good, &["--seed", "1"], &["seed 1", "seed 0"]);
    resume(good, &["--optimizer", "sgd"], &["optimizer"]);
    resume(good, &["--batch-size", "8"], &["sampling", "size: 8"]);
    resume(good, &["--dropout", "0.5"], &["layers"]);
    fail(path, &["--no-shifts", "--hidden", "17", "--resume", good], &["parameter 0.weight"]);
    // A checkpoint that is at the end of its run has nothing left to be done.
    let shown = succeed(path, &[&SHORT[..], &["--resume", good]].concat());
    assert!(shown.contains("all epochs completed"), "{shown}");
}

#[test]
fn impossible_options_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, word) in [
        (&["--epochs", "0"][..], "--epochs"),
        (&["--batch-size", "-3"], "-3"),
        (&["--learning-rate", "inf"], "--learning-rate"),
        (&["--optimizer", "newton"], "adamw"),
        (&["--schedule", "never"], "cosine"),
        (&["--hidden", "0"], "--hidden"),
        (&["--hidden", "65536,65536"], "--hidden"),
        (&["--dropout", "1.0"], "--dropout"),
        (&["--clip", "0"], "--clip"),
        (&["--unknown"], "--unknown"),
    ] {
        fail(folder.path(), arguments, &[word]);
    }
    // A rate at which the weights overflow is possible, but the fit is not.
    fail(
        folder.path(),
        &[
            "--no-shifts",
            "--hidden",
            "8",
            "--optimizer",
            "sgd",
            "--learning-rate",
            "1e38",
            "--warmup",
            "0",
        ],
        &["epoch 1"],
    );
}

#[test]
fn a_folder_that_cannot_be_written_to_is_found_before_training() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("out"), "a file").unwrap();
    let output = digits(folder.path(), &SHORT);
    let message = text(&output.stderr);
    assert!(!output.status.success());
    assert!(message.starts_with("error: cannot write out"), "{message}");
    assert_eq!(message.lines().count(), 1, "nothing was trained: {message}");
    assert_eq!(fs::read_to_string(folder.path().join("out")).unwrap(), "a file");
}

fn csv(rows: &[&str]) -> String {
    format!("a,b,c,d,digit\n{}\n", rows.join("\n"))
}

#[test]
fn bad_tables_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    let check = |contents: &str, words: &[&str]| {
        fs::write(folder.path().join("table.csv"), contents).unwrap();
        fail(folder.path(), &["--data", "table.csv"], &[&["table.csv"], words].concat());
    };
    check(&csv(&["1,2,3,4,0", "1,,3,4,1"]), &["line 3", "\"b\""]);
    check(&csv(&["1,2,3,4,0", "1,2,x,4,1"]), &["line 3", "\"c\"", "x"]);
    check(&csv(&["1,2,3,4,0", "1,2,inf,4,1"]), &["line 3", "\"c\""]);
    check(&csv(&["1,2,3,4,10"]), &["line 2", "\"digit\"", "10"]);
    check(&csv(&["1,2,3,4,-1"]), &["line 2", "\"digit\""]);
    check(&csv(&["1,2,3,4"]), &["line 2", "4 cells"]);
    check("", &[]);
    check(&csv(&["1,2,3,4,0"]), &["share", "1 rows"]);
    fail(folder.path(), &["--data", "missing"], &["missing"]);
}

/// The four files of a small collection: images of 4 x 4 pixels, whose brightest one tells the
/// digit.
struct Collection {
    files: Vec<(&'static str, Vec<u8>)>,
}

const IMAGES: &str = "train-images-idx3-ubyte";
const LABELS: &str = "train-labels-idx1-ubyte";

impl Collection {
    fn new() -> Self {
        let images = |count: u32| {
            let mut bytes = [0x0000_0803, count, 4, 4].map(u32::to_be_bytes).concat();
            for item in 0..count {
                bytes.extend((0..16).map(|pixel| if pixel == item % 10 { 255 } else { 7 }));
            }
            bytes
        };
        let labels = |count: u32| {
            let mut bytes = [0x0000_0801, count].map(u32::to_be_bytes).concat();
            bytes.extend((0..count).map(|item| (item % 10) as u8));
            bytes
        };
        let files = vec![
            (IMAGES, images(600)),
            (LABELS, labels(600)),
            ("t10k-images-idx3-ubyte", images(100)),
            ("t10k-labels-idx1-ubyte", labels(100)),
        ];
        Self { files }
    }

    fn change(mut self, name: &str, change: impl FnOnce(&mut Vec<u8>)) -> Self {
        change(&mut self.files.iter_mut().find(|(other, _)| *other == name).unwrap().1);
        self
    }

    fn write(&self, folder: &Path, compress: bool) -> PathBuf {
        let data = folder.join("data");
        let _ = fs::remove_dir_all(&data);
        fs::create_dir(&data).unwrap();
        for (name, bytes) in &self.files {
            if compress {
                let file = fs::File::create(data.join(format!("{name}.gz"))).unwrap();
                let mut encoder = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
                encoder.write_all(bytes).unwrap();
                encoder.finish().unwrap();
            } else {
                fs::write(data.join(name), bytes).unwrap();
            }
        }
        data
    }
}

const TINY: [&str; 8] =
    ["--data", "data", "--hidden", "16", "--epochs", "20", "--learning-rate", "0.01"];

#[test]
fn idx_files_are_read_plain_and_compressed() {
    let folder = tempfile::tempdir().unwrap();
    for compress in [false, true] {
        Collection::new().write(folder.path(), compress);
        let shown = succeed(folder.path(), &TINY);
        assert!(accuracy(&shown) > 99.0 && shown.contains("16-16-10"), "{shown}");
    }
}

#[test]
fn bad_idx_files_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    let check = |collection: Collection, words: &[&str]| {
        for compress in [false, true] {
            collection.write(folder.path(), compress);
            fail(folder.path(), &TINY, words);
        }
    };
    let new = Collection::new;
    check(new().change(IMAGES, |b| b.truncate(5000)), &[IMAGES, "truncated"]);
    check(new().change(IMAGES, |b| b.truncate(9)), &[IMAGES, "truncated"]);
    check(new().change(LABELS, |b| b.truncate(100)), &[LABELS, "truncated"]);
    check(new().change(IMAGES, |b| b.clear()), &[IMAGES]);
    check(new().change(IMAGES, |b| b[3] = 1), &[IMAGES, "magic number"]);
    check(new().change(LABELS, |b| b[3] = 3), &[LABELS, "magic number"]);
    check(new().change(IMAGES, |b| b[4..16].fill(0xff)), &[IMAGES]);
    check(new().change(IMAGES, |b| b.push(0)), &[IMAGES, "after the last"]);
    check(new().change(LABELS, |b| b[50] = 10), &[LABELS, "label 10"]);
    check(
        new().change(LABELS, |b| {
            b.truncate(8 + 500);
            b[4..8].copy_from_slice(&500_u32.to_be_bytes());
        }),
        &["600 images", "500 labels"],
    );
    new().write(folder.path(), false);
    fs::remove_file(folder.path().join("data").join(LABELS)).unwrap();
    fail(folder.path(), &TINY, &[LABELS]);
    // A compressed file that is cut off.
    new().write(folder.path(), true);
    let path = folder.path().join("data").join(format!("{IMAGES}.gz"));
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    fail(folder.path(), &TINY, &[IMAGES]);
}
