//! The program `gradbench`, run as GradBench runs it.
//!
//! The sample cases in `gradbench/` are synthetic inputs of the twelve problems with the outputs of
//! trusted implementations, one JSON object a line; see the README file there.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Map, Value, json};

/// The answers of one run to messages given as lines.
fn answers(arguments: &[&str], lines: &[String]) -> Vec<Value> {
    let mut program = Command::new(env!("CARGO_BIN_EXE_gradbench"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut input = program.stdin.take().expect("a pipe");
    let text = lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    // The program answers while it reads: neither side may wait for the other.
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = program.wait_with_output().expect("the program ends");
    writer.join().expect("no panic").expect("the program reads to the end");
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("a JSON object")).collect()
}

/// The samples of a module.
fn samples(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("a sample")).collect()
}

/// The largest number in an output, in magnitude.
fn largest(value: &Value) -> f64 {
    match value {
        Value::Array(list) => list.iter().map(largest).fold(0.0, f64::max),
        Value::Object(fields) => fields.values().map(largest).fold(0.0, f64::max),
        _ => value.as_f64().map_or(0.0, f64::abs),
    }
}

/// Two outputs have the same shape, the same integers, and numbers that differ by no more than the
/// tolerance.
fn compare(found: &Value, expected: &Value, tolerance: f64, place: &str) {
    match (found, expected) {
        (Value::Array(found), Value::Array(expected)) => {
            assert_eq!(found.len(), expected.len(), "{place}");
            for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
                compare(found, expected, tolerance, &format!("{place}[{i}]"));
            }
        }
        (Value::Object(found), Value::Object(expected)) => {
            // In whatever order: a feature of the parser decides whether it is kept.
            let keys = |fields: &Map<String, Value>| -> BTreeSet<String> {
                fields.keys().cloned().collect()
            };
            assert_eq!(keys(found), keys(expected), "{place}");
            for (key, found) in found {
                compare(found, &expected[key], tolerance, &format!("{place}.{key}"));
            }
        }
        (Value::Number(_), Value::Number(number)) if !number.is_f64() => {
            assert_eq!(found, expected, "{place}");
        }
        _ => {
            let (found, expected) = (found.as_f64(), expected.as_f64());
            let (found, expected) = (found.expect(place), expected.expect(place));
            assert!((found - expected).abs() <= tolerance, "{place}: {found} for {expected}");
        }
    }
}

/// All samples of a module are answered, to nine digits of the largest number of each output.
fn check(module: &str, text: &str) {
    let samples = samples(text);
    let mut lines = vec![
        json!({"id": 0, "kind": "start", "eval": module}),
        json!({"id": 1, "kind": "define", "module": module}),
    ];
    for (sample, id) in samples.iter().zip(2..) {
        let (function, input) = (&sample["function"], &sample["input"]);
        lines.push(json!({
            "id": id, "kind": "evaluate", "module": module, "function": function, "input": input,
        }));
    }
    let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
    let answers = answers(&[], &lines);
    assert_eq!(answers.len(), lines.len());
    assert_eq!(answers[0], json!({"id": 0, "tool": "cotangent"}));
    assert_eq!(answers[1], json!({"id": 1, "success": true}));
    for ((sample, answer), id) in samples.iter().zip(&answers[2..]).zip(2..) {
        let place = format!("{module} {} {id}", sample["function"]);
        assert_eq!(answer["id"], id);
        assert_eq!(answer["success"], true, "{place}: {}", answer["error"]);
        let expected = &sample["output"];
        compare(&answer["output"], expected, 1e-9 * largest(expected), &place);
        if module != "hello" {
            let timings = answer["timings"].as_array().expect("timings");
            let evaluations = timings.iter().filter(|t| t["name"] == "evaluate").count();
            assert_eq!(evaluations, 1, "{place}");
            assert!(timings.iter().all(|t| t["nanoseconds"].is_u64()), "{place}");
        }
    }
}

macro_rules! modules {
    ($($module:ident)*) => {$(
        #[test]
        fn $module() {
            check(
                stringify!($module),
                include_str!(concat!("gradbench/", stringify!($module), ".jsonl")),
            );
        }
    )*};
}
modules!(ba det gmm hello ht kmeans llsq lse lstm ode particle saddle);

#[test]
fn malformed_messages_are_answered_and_the_session_goes_on() {
    let evaluate = |module: &str, function: &str, input: Value| {
        let message = json!({"id": 5, "kind": "evaluate", "module": module, "function": function,
            "input": input});
        message.to_string()
    };
    let gmm = json!({"d": 2, "k": 1, "n": 1, "m": 0, "gamma": 1, "x": [[1, 2]], "alpha": [0],
        "mu": [[0, 0]], "q": [[0, 0]], "l": [[0]]});
    let with = |input: &Value, field: &str, value: Value| {
        let mut input = input.clone();
        input[field] = value;
        input
    };
    let cases = [
        (r#"{"id": 5, "kind": "evaluate", "module": "lse""#.to_string(), "malformed message"),
        (r#"{"id": 5, "kind": 7}"#.to_string(), "malformed message"),
        (r#"{"id": 5, "kind": "evaluate", "module": "lse"}"#.to_string(), "function"),
        (r#"{"id": 5, "kind": "define"}"#.to_string(), "module"),
        (r#"{"id": 5, "kind": "define", "module": "lasso"}"#.to_string(), "lasso"),
        (evaluate("lasso", "primal", json!({})), "lasso"),
        (evaluate("lse", "hessian", json!({"x": [1]})), "hessian"),
        (evaluate("lse", "primal", json!({})), "`x`"),
        (evaluate("lse", "primal", json!({"x": []})), "empty"),
        (evaluate("lse", "primal", json!({"x": [1, "2"]})), "malformed input"),
        (evaluate("lse", "primal", json!({"x": [1], "min_runs": -1})), "malformed input"),
        (evaluate("hello", "square", json!(1e200)), "finite"),
        (evaluate("gmm", "objective", with(&gmm, "n", json!(2))), "x has length 1 instead of 2"),
        (evaluate("gmm", "jacobian", with(&gmm, "l", json!([[]]))), "l has length 0 instead of 1"),
        (evaluate("gmm", "jacobian", with(&gmm, "gamma", json!(0))), "gamma"),
        (evaluate("gmm", "jacobian", with(&gmm, "q", json!([[0, 1000]]))), "finite"),
        (evaluate("llsq", "primal", json!({"x": [1], "n": 1})), "n must be at least 2"),
        (evaluate("det", "gradient", json!({"A": [1, 2, 3], "ell": 2})), "instead of 4"),
        (evaluate("ode", "primal", json!({"x": [1], "s": 0})), "s must be"),
        (evaluate("kmeans", "dir", json!({"points": [[1, 2]], "centroids": [[1]]})), "points"),
        // No point is nearest to the second centroid, so its diagonal entry is 0.
        (evaluate("kmeans", "dir", json!({"points": [[1]], "centroids": [[1], [9]]})), "finite"),
        (evaluate("saddle", "ff", json!({"start": [1]})), "malformed input"),
    ];
    let lines: Vec<String> = cases.iter().map(|(line, _)| line.clone()).collect();
    let answers = answers(&[], &lines);
    assert_eq!(answers.len(), cases.len());
    for ((line, word), answer) in cases.iter().zip(&answers) {
        assert_eq!(answer["success"], false, "{line}: {answer}");
        assert!(answer["output"].is_null(), "{line}: {answer}");
        let error = answer["error"].as_str().expect("a text");
        assert!(error.contains(word), "{line}: {error}");
        let id = if line.ends_with('}') { json!(5) } else { Value::Null };
        assert_eq!(answer["id"], id, "{line}");
    }
}

#[test]
fn lines_that_are_no_messages_have_no_id() {
    let lines = ["", "[]", "null", "\u{0}", r#"{"id": "5", "kind": "start"}"#].map(String::from);
    for answer in answers(&[], &lines) {
        assert_eq!((&answer["id"], &answer["success"]), (&Value::Null, &json!(false)), "{answer}");
    }
}

#[test]
fn evaluations_are_repeated_as_often_and_as_long_as_asked_for() {
    let message = |repetition: &str| {
        format!(
            r#"{{"id": 2, "kind": "evaluate", "module": "lse", "function": "gradient",
                "input": {{"x": [1, 2.5], {repetition}}}, "description": "two"}}"#
        )
        .replace('\n', " ")
    };
    let lines = [message(r#""min_runs": 3"#), message(r#""min_runs": 1, "min_seconds": 0.001"#)];
    let answers = answers(&["--threads", "2"], &lines);
    let times = |answer: &Value, name: &str| -> Vec<u64> {
        let timings = answer["timings"].as_array().expect("timings");
        let named = timings.iter().filter(|timing| timing["name"] == name);
        named.map(|timing| timing["nanoseconds"].as_u64().expect("a whole number")).collect()
    };
    assert_eq!(times(&answers[0], "evaluate").len(), 3);
    assert_eq!(times(&answers[0], "prepare").len(), 1);
    assert!(times(&answers[1], "evaluate").iter().sum::<u64>() >= 1_000_000);
}

#[test]
fn a_bad_number_of_threads_is_an_error() {
    for threads in ["0", "-1", "many"] {
        let output = Command::new(env!("CARGO_BIN_EXE_gradbench"))
            .args(["--threads", threads])
            .stdin(Stdio::null())
            .output()
            .expect("the program runs");
        assert!(!output.status.success() && output.stdout.is_empty(), "{threads}");
    }
}
