//! Nearest neighbors on given rows and queries: how much is found, how fast, and in how much memory? Printed as JSON.
//!
//! Rows, queries and answers are `.npy` files, so that rivals are asked the same. Reading is not counted.
//! Searches of `curve` run on one thread; builds and `batch` take `--threads`.

mod batch;
mod curve;
mod limit;

use std::path::{Path, PathBuf};

use ann::{Ask, Best, Exact, Precision, Search, Similarity};
use bench::clock::timed;
use bench::npy;
use clap::{Args, Parser, Subcommand};
use linalg::{Isa, Matrix};
use serde_json::{Value, json};

/// In an array of answers: there is no such row.
const NONE: u32 = u32::MAX;

/// Searches of nearest neighbors
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Writes the exact answers
    Truth(Truth),
    /// Builds an index, then answers each line of the standard input by recall and queries a second for each effort
    Curve(curve::Curve),
    /// Seconds for all listeners, each with excluded rows
    Batch(batch::Batch),
    /// The exact kernel beside what the machine does at best
    Limit(limit::Limit),
}

#[derive(Debug, Args)]
struct Given {
    /// `[n_rows × dim]`, f32
    #[arg(long)]
    rows: PathBuf,
    /// `[n_queries × dim]`, f32
    #[arg(long)]
    queries: PathBuf,
}

#[derive(Debug, Args)]
struct Truth {
    #[command(flatten)]
    given: Given,
    #[arg(short, long, default_value_t = 100)]
    k: usize,
    /// Rows that may be found, u32, ascending; all where it is not given
    #[arg(long)]
    allowed: Option<PathBuf>,
    /// Where to write them, u32, best first
    #[arg(long)]
    to: PathBuf,
    #[arg(long, default_value_t = 2)]
    threads: usize,
}

fn main() -> anyhow::Result<()> {
    let answer = match Arguments::parse().command {
        Command::Truth(truth) => truth.answer()?,
        Command::Curve(curve) => return curve.answer_all(),
        Command::Batch(batch) => batch.answer()?,
        Command::Limit(limit) => limit.answer()?,
    };
    println!("{answer:#}");
    Ok(())
}

impl Given {
    fn read(&self) -> anyhow::Result<(Matrix, Matrix)> {
        Ok((matrix(&self.rows)?, matrix(&self.queries)?))
    }
}

impl Truth {
    fn answer(&self) -> anyhow::Result<Value> {
        let (rows, queries) = self.given.read()?;
        let allowed = self.allowed.as_deref().map(npy::read::<u32>).transpose()?;
        let found = pool(self.threads)?.install(|| {
            let exact = Exact::new(&rows, Similarity::Dot, Precision::Single);
            let allowed = allowed.map(|(_, rows)| exact.allow(&rows));
            let ask = Ask::all(&queries, self.k, Isa::best());
            timed(|| exact.search(&Ask { allowed: allowed.as_ref(), ..ask }))
        });
        write(&self.to, &found.0, self.k)?;
        Ok(json!({ "seconds": found.1 }))
    }
}

fn matrix(path: &Path) -> anyhow::Result<Matrix> {
    let (shape, values) = npy::read::<f32>(path)?;
    let &[n_rows, dim] = shape.as_slice() else {
        anyhow::bail!("{}: rows and columns expected, got the shape {shape:?}", path.display());
    };
    Ok(Matrix::from_vec(n_rows, dim, values))
}

fn pool(threads: usize) -> anyhow::Result<rayon::ThreadPool> {
    Ok(rayon::ThreadPoolBuilder::new().num_threads(threads).build()?)
}

/// Writes the rows of answers `[n_queries × k]`.
fn write(path: &Path, found: &[Best], k: usize) -> anyhow::Result<()> {
    let rows = found.iter().flat_map(|best| {
        let rows = best.iter().map(|(row, _)| *row);
        rows.chain(std::iter::repeat_n(NONE, k - best.len()))
    });
    Ok(npy::write(path, &[found.len(), k], &rows.collect::<Vec<_>>())?)
}
