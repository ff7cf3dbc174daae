//! `undersong explain`: what does a model know, in words?

mod als;
mod evidence;
mod factors;
mod recommendation;

use crate::Answer;
use crate::args::{Explain, ExplainArguments, Global};
use crate::say::Say;

/// Explains what was asked for.
pub(crate) fn run(
    global: &Global,
    arguments: &ExplainArguments,
    say: &Say,
) -> anyhow::Result<Answer> {
    match &arguments.what {
        Explain::Als => als::run(say),
        Explain::Factors { dimensions } => factors::run(global, *dimensions, say),
        Explain::Recommendation { whose, recording, week } => {
            recommendation::run(global, whose, recording, *week, say)
        }
        Explain::Evidence { whose, recording } => evidence::run(global, whose, recording, say),
    }
}
