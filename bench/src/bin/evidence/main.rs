//! What is each rule about evidence worth? Printed as JSON, a line for each variant of the configuration.
//!
//! A world is simulated and imported once; a variant is then configured, trained, and asked two things:
//! which share of its weekly lists their listeners love, by the hidden taste, and how well it foresees what will be
//! heard first in the last weeks and liked, by a judge whose own evidence is the default for all.
//! Attacks are measured by what they do for their target, in a world with and without them.

mod attacks;
mod counts;
mod judge;
mod town;
mod variants;

use clap::Parser;

/// Measures variants of the configuration against one another
#[derive(Debug, Parser)]
enum Arguments {
    /// In a simulated world: what is loved, and what is foreseen
    World(judge::Arguments),
    /// In a simulated world under attack: what becomes of the target, and who is distrusted
    Attacks(attacks::Arguments),
    /// In a table of counts without times: what is missing in a profile
    Counts(counts::Arguments),
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse() {
        Arguments::World(arguments) => judge::run(&arguments),
        Arguments::Attacks(arguments) => attacks::run(&arguments),
        Arguments::Counts(arguments) => counts::run(&arguments),
    }
}
