//! Which pairs would a crowd of this size have left? Written as a table `user⇥item⇥value`, history after history.
//!
//! One listener at a time is in memory, whatever the size.
//! The same arguments give the same bytes.

use std::io::{BufWriter, Write as _};
use std::path::PathBuf;

use bench::listening::{Shape, World};
use clap::Parser;
use fs_err::File;

/// Generates listening with power-law popularity, log-normal histories and planted tastes
#[derive(Debug, Parser)]
struct Arguments {
    /// Listeners
    #[arg(long)]
    users: u64,
    /// Items
    #[arg(long)]
    items: usize,
    /// Pairs, about
    #[arg(long)]
    pairs: u64,
    /// One listener in so many has something withheld
    #[arg(long, default_value_t = 20)]
    withheld_every: u64,
    /// Where all chance starts
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where the pairs to learn from go
    #[arg(long)]
    train: PathBuf,
    /// Where the withheld pairs go
    #[arg(long)]
    held_out: PathBuf,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let shape = Shape {
        n_users: arguments.users,
        n_items: arguments.items,
        n_pairs: arguments.pairs,
        withheld_every: arguments.withheld_every,
        seed: arguments.seed,
    };
    anyhow::ensure!(
        shape.n_users > 0 && shape.n_items > 0,
        "at least one user and one item expected"
    );
    let mut world = World::new(shape);
    let mut files =
        [&arguments.train, &arguments.held_out].map(|path| File::create(path).map(BufWriter::new));
    let [Ok(train), Ok(held_out)] = &mut files else {
        return Err(files.into_iter().find_map(Result::err).expect("one failed").into());
    };
    for file in [&mut *train, &mut *held_out] {
        writeln!(file, "user\titem\tvalue")?;
    }
    for user in 0..shape.n_users {
        for pair in world.history(user) {
            let file = if pair.is_withheld { &mut *held_out } else { &mut *train };
            writeln!(file, "{user}\t{}\t{}", pair.item, pair.plays)?;
        }
    }
    for file in [train, held_out] {
        file.flush()?;
    }
    Ok(())
}
