//! Messages and responses, one a line.

use std::io::{self, BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::timing::Timing;
use super::{Error, PROBLEMS, evaluate};

/// A message; fields that are not listed are ignored.
#[derive(Deserialize)]
struct Message<'a> {
    id: i64,
    kind: String,
    #[serde(default)]
    module: Option<String>,
    #[serde(default)]
    function: Option<String>,
    #[serde(default, borrow)]
    input: Option<&'a RawValue>,
}

/// What can be read of a message that is otherwise malformed.
#[derive(Deserialize)]
struct Identity {
    id: i64,
}

/// The answer to a message.
#[derive(Default, Serialize)]
struct Response {
    /// `null` where a line has none.
    id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    success: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timings: Option<Vec<Timing>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Answers each line of the input with a line of the output, until the input ends.
///
/// # Errors
/// If the input cannot be read or the output not be written. A message that cannot be understood is
/// answered with an error, and the next one is read.
pub fn serve(mut input: impl BufRead, mut output: impl Write) -> io::Result<()> {
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        serde_json::to_writer(&mut output, &respond(&line))?;
        output.write_all(b"\n")?;
        output.flush()?;
        line.clear();
    }
    Ok(())
}

fn respond(line: &[u8]) -> Response {
    match serde_json::from_slice::<Message>(line) {
        Ok(message) => {
            let id = Some(message.id);
            let response = answer(&message).unwrap_or_else(|error| failure(&error));
            Response { id, ..response }
        }
        Err(error) => {
            let id = serde_json::from_slice::<Identity>(line).ok().map(|identity| identity.id);
            Response { id, ..failure(&Error::Message(error)) }
        }
    }
}

fn failure(error: &Error) -> Response {
    // Messages that are taken over from elsewhere may have more than one line.
    let error = error.to_string().replace('\n', " ");
    Response { success: Some(false), error: Some(error), ..Response::default() }
}

fn answer(message: &Message) -> Result<Response, Error> {
    match message.kind.as_str() {
        "start" => Ok(Response { tool: Some("cotangent"), ..Response::default() }),
        "define" => {
            let module = required("define", "module", message.module.as_deref())?;
            if PROBLEMS.iter().all(|(name, _)| *name != module) {
                return Err(Error::Module(module.to_string()));
            }
            Ok(Response { success: Some(true), ..Response::default() })
        }
        "evaluate" => {
            let module = required("evaluate", "module", message.module.as_deref())?;
            let function = required("evaluate", "function", message.function.as_deref())?;
            let input = required("evaluate", "input", message.input)?;
            let answer = catch_unwind(AssertUnwindSafe(|| evaluate(module, function, input)))
                .unwrap_or_else(|panic| Err(Error::Panic(panic_message(&*panic))))?;
            Ok(Response {
                success: Some(true),
                output: Some(answer.output),
                timings: Some(answer.timings),
                ..Response::default()
            })
        }
        _ => Ok(Response::default()),
    }
}

fn required<T>(kind: &'static str, field: &'static str, value: Option<T>) -> Result<T, Error> {
    value.ok_or(Error::Missing { kind, field })
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_string());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(line: &str) -> String {
        let mut output = Vec::new();
        serve(line.as_bytes(), &mut output).unwrap();
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn kinds_without_a_result_are_acknowledged() {
        assert_eq!(
            reply(r#"{"id":0,"kind":"start","eval":"gmm"}"#),
            "{\"id\":0,\"tool\":\"cotangent\"}\n"
        );
        assert_eq!(reply(r#"{"id":3,"kind":"analysis","of":2,"valid":true}"#), "{\"id\":3}\n");
        assert_eq!(reply(r#"{"kind":"unheard of","x":[{}],"id":4}"#), "{\"id\":4}\n");
    }

    #[test]
    fn modules_are_defined_if_they_exist() {
        assert_eq!(
            reply(r#"{"id":1,"kind":"define","module":"gmm"}"#),
            "{\"id\":1,\"success\":true}\n"
        );
        assert_eq!(
            reply(r#"{"id":1,"kind":"define","module":"gm"}"#),
            "{\"id\":1,\"success\":false,\"error\":\"no module gm\"}\n"
        );
    }

    #[test]
    fn numbers_that_are_not_finite_are_errors() {
        for x in ["1e200", "-1e300"] {
            let message = format!(
                r#"{{"id":7,"kind":"evaluate","module":"hello","function":"square","input":{x}}}"#
            );
            let reply = reply(&message);
            assert!(reply.contains("\"success\":false") && reply.contains("finite"), "{reply}");
        }
    }
}
