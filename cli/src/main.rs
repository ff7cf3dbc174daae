//! The same, asked at a terminal.

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Arguments, Command};
use crate::say::Say;

mod args;
mod clock;
mod commands;
mod interrupt;
mod memory;
mod place;
mod progress;
mod say;

/// What a command came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    /// Done.
    Done,
    /// Nothing is wrong, and there is nothing to hand over.
    No,
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return say::usage(&error),
    };
    let say = Say::new(arguments.global.json);
    match run(arguments, &say) {
        Ok(Answer::Done) => ExitCode::SUCCESS,
        Ok(Answer::No) => ExitCode::from(1),
        Err(error) => say.error(&error),
    }
}

fn run(arguments: Arguments, say: &Say) -> anyhow::Result<Answer> {
    interrupt::listen()?;
    let global = arguments.global;
    if let Some(threads) = global.threads {
        rayon::ThreadPoolBuilder::new().num_threads(threads.into()).build_global()?;
    }
    match arguments.command {
        Command::Demo(arguments) => commands::demo::run(&global, &arguments, say),
        Command::Import(arguments) => commands::import::run(&global, *arguments, say),
        Command::Train(arguments) => commands::train::run(&global, &arguments, say),
        Command::Fit(arguments) => commands::fit::run(&arguments, say),
        Command::Evaluate(arguments) => commands::evaluate::run(&global, &arguments, say),
        Command::Tune(arguments) => commands::tune::run(&global, &arguments, say),
        Command::Weekly(arguments) => commands::weekly::run(&global, &arguments, say),
        Command::History(arguments) => commands::history::run(&global, &arguments, say),
        Command::Block(arguments) => commands::block::block(&global, &arguments, say),
        Command::Unblock(arguments) => commands::block::unblock(&global, &arguments, say),
        Command::Onboard(arguments) => commands::onboard::run(&global, arguments, say),
        Command::More(arguments) => {
            commands::leaning::run(&global, &arguments, store::Lean::More, say)
        }
        Command::Less(arguments) => {
            commands::leaning::run(&global, &arguments, store::Lean::Less, say)
        }
        Command::LeaveOut(arguments) => commands::leave_out::run(&global, &arguments, say),
        Command::Settings(arguments) => commands::settings::run(&global, &arguments, say),
        Command::Like(arguments) => {
            commands::opinion::run(&global, &arguments, music::Interaction::Like, say)
        }
        Command::Dislike(arguments) => {
            commands::opinion::run(&global, &arguments, music::Interaction::Dislike, say)
        }
        Command::Unlike(arguments) => {
            commands::opinion::run(&global, &arguments, music::Interaction::Unlike, say)
        }
        Command::Listeners(arguments) => commands::listeners::run(&global, &arguments, say),
        Command::Policy(arguments) => commands::policy::run(&global, &arguments, say),
        Command::Library(arguments) => commands::library::run(&global, &arguments, say),
        Command::Similar(arguments) => commands::similar::run(&global, &arguments, say),
        Command::Taste(arguments) => commands::taste::run(&global, &arguments, say),
        Command::Exposure(arguments) => commands::exposure::run(&global, &arguments, say),
        Command::Factors(arguments) => commands::factors::run(&global, &arguments, say),
        Command::Trust(arguments) => commands::trust::run(&global, &arguments, say),
        Command::Explain(arguments) => commands::explain::run(&global, &arguments, say),
        Command::Models => commands::models::run(say),
        Command::Status => commands::status::run(&global, say),
    }
}
