//! Logs the steps of a real service as a file that Phasmoscope opens like a trace, without a machine.
//!
//! Copy this file into the service: it depends on nothing. States, inputs, results and actions are given as JSON
//! text, such as `&serde_json::to_string(&state)?`:
//!
//! ```ignore
//! let mut log = StepLog::create("orders.jsonl", "orders", &json(&state))?;
//! log.input(&json(&input), Effects { state: Some(&json(&state)), ..Effects::default() })?;
//! log.completed("1", &json(&result), Effects::default())?;
//! ```
//!
//! Each step is in the file when the call returns, so that a service that is killed leaves all steps until then.
//! Integers beyond 2^53 are read without loss. Maps need keys that are text or numbers in JSON.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

/// A file of steps.
pub struct StepLog {
    file: File,
}

/// An action that a step has sent, as JSON. One whose result comes back has an id: a number, or text in quotes.
pub struct Emitted<'a> {
    pub id: Option<&'a str>,
    pub action: &'a str,
}

/// What came of a step, as JSON.
#[derive(Default)]
pub struct Effects<'a> {
    /// The whole state after the step; `None` when it is as before.
    pub state: Option<&'a str>,
    pub emitted: &'a [Emitted<'a>],
    /// The error with which the input was refused.
    pub rejected: Option<&'a str>,
}

impl StepLog {
    /// Begins a file, which is overwritten, with the state at the start.
    pub fn create(path: impl AsRef<Path>, service: &str, state: &str) -> io::Result<StepLog> {
        let mut log = StepLog { file: File::create(path)? };
        let service = quote(service);
        log.write(format!("{{\"phasmoscope-log\":1,\"service\":{service},\"state\":{state}}}"))?;
        Ok(log)
    }

    /// The service was given an input.
    pub fn input(&mut self, input: &str, effects: Effects) -> io::Result<()> {
        self.write(format!("{{\"input\":{input}{}}}", effects.members()))
    }

    /// The result of an action came in, by the id under which the action was emitted.
    pub fn completed(&mut self, id: &str, result: &str, effects: Effects) -> io::Result<()> {
        self.write(format!("{{\"completed\":{id},\"result\":{result}{}}}", effects.members()))
    }

    /// JSON has line breaks only between its parts, where they mean nothing; a step is one line.
    fn write(&mut self, line: String) -> io::Result<()> {
        let line = line.replace(['\r', '\n'], " ");
        self.file.write_all(format!("{line}\n").as_bytes())
    }
}

impl Effects<'_> {
    fn members(&self) -> String {
        let mut text = String::new();
        if let Some(rejected) = self.rejected {
            text += &format!(",\"rejected\":{rejected}");
        }
        if !self.emitted.is_empty() {
            let actions: Vec<String> = self.emitted.iter().map(Emitted::json).collect();
            text += &format!(",\"emitted\":[{}]", actions.join(","));
        }
        if let Some(state) = self.state {
            text += &format!(",\"state\":{state}");
        }
        text
    }
}

impl Emitted<'_> {
    fn json(&self) -> String {
        match self.id {
            Some(id) => format!("{{\"id\":{id},\"action\":{}}}", self.action),
            None => format!("{{\"action\":{}}}", self.action),
        }
    }
}

/// A text as JSON.
fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            control if control < ' ' => quoted.push_str(&format!("\\u{:04x}", control as u32)),
            other => quoted.push(other),
        }
    }
    quoted + "\""
}
