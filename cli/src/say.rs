//! How is an answer printed?
//!
//! Answers go to standard output, everything else to standard error; a closed pipe is no error.

use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use serde::Serialize;

use crate::progress;

/// The terminal, or whoever reads JSON.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Say {
    /// Whether machines read.
    pub(crate) json: bool,
}

impl Say {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    /// Prints text as it is.
    pub(crate) fn text(self, text: &str) -> anyhow::Result<()> {
        progress::above(|| {
            let mut out = std::io::stdout().lock();
            out.write_all(text.as_bytes())?;
            out.flush()?;
            Ok(())
        })
    }

    /// Prints a line to people; machines do not see it.
    pub(crate) fn line(self, line: &str) -> anyhow::Result<()> {
        if self.json { Ok(()) } else { self.text(&format!("{line}\n")) }
    }

    /// Prints an answer to machines; people do not see it.
    pub(crate) fn machine(self, answer: &impl Serialize) -> anyhow::Result<()> {
        if !self.json {
            return Ok(());
        }
        self.text(&format!("{}\n", serde_json::to_string_pretty(answer)?))
    }

    /// Prints a remark that is no part of the answer.
    pub(crate) fn remark(self, text: &str) {
        complain(text);
    }

    /// Prints what went wrong, on one line, and says how to exit.
    pub(crate) fn error(self, error: &anyhow::Error) -> ExitCode {
        if is_closed_pipe(error) {
            return ExitCode::SUCCESS;
        }
        complain(&format!("undersong: {}", chain(error)));
        let is_no = error.downcast_ref::<engine::Error>().is_some_and(engine::Error::is_honest_no);
        ExitCode::from(if is_no { 1 } else { 2 })
    }
}

/// Prints help, the version, or what was wrong with the arguments.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    let is_error = error.use_stderr();
    // A closed terminal leaves nobody to complain to.
    let _ = error.print();
    if is_error { ExitCode::from(2) } else { ExitCode::SUCCESS }
}

/// The error and its causes, each once: many errors already repeat their cause.
fn chain(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<std::io::Error>().is_some_and(|io| io.kind() == ErrorKind::BrokenPipe)
    })
}

/// Prints to standard error.
pub(crate) fn complain(text: &str) {
    // A closed terminal leaves nobody to complain to.
    let _ = progress::above(|| writeln!(std::io::stderr(), "{text}"));
}
