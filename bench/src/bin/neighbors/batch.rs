//! How long does it take to answer everybody, each with what was heard left out?

use std::path::PathBuf;

use ann::{Ask, Best, Exact, Index, Layout, Precision, Search, Similarity};
use bench::clock::timed;
use bench::npy;
use clap::Args;
use linalg::{Isa, Matrix};
use serde_json::{Value, json};

use crate::{Given, curve, pool, write};

/// Queries on which an effort is tuned.
const TUNED_ON: usize = 500;

#[derive(Debug, Args)]
pub(crate) struct Batch {
    #[command(flatten)]
    given: Given,
    /// Where the excluded rows of each query start, i64 `[n_queries + 1]`
    #[arg(long)]
    excluded_starts: PathBuf,
    /// Excluded rows, u32, ascending within a query
    #[arg(long)]
    excluded_rows: PathBuf,
    #[arg(short, long, default_value_t = 500)]
    k: usize,
    /// Share of the best that the approximate search is to find
    #[arg(long, default_value_t = 0.95)]
    recall: f64,
    #[arg(long, default_value_t = 2)]
    threads: usize,
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Where to write the exact answers, u32, best first
    #[arg(long)]
    to: PathBuf,
}

impl Batch {
    pub(crate) fn answer(&self) -> anyhow::Result<Value> {
        let (rows, queries) = self.given.read()?;
        let (_, starts) = npy::read::<i64>(&self.excluded_starts)?;
        let (_, excluded) = npy::read::<u32>(&self.excluded_rows)?;
        anyhow::ensure!(
            starts.len() == queries.n_rows() + 1,
            "a start a query and one more expected"
        );
        let starts: Vec<usize> =
            starts.into_iter().map(usize::try_from).collect::<Result<_, _>>()?;
        let excluded: Vec<&[u32]> =
            starts.windows(2).map(|pair| &excluded[pair[0]..pair[1]]).collect();
        let ask = Ask::all(&queries, self.k, Isa::best()).without(&excluded);
        pool(self.threads)?.install(|| {
            let (exact, layout_seconds) =
                timed(|| Exact::new(&rows, Similarity::Dot, Precision::Single));
            let (truth, exact_seconds) = self.rounds(&exact, &ask);
            write(&self.to, &truth, self.k)?;
            let layout = Layout::for_rows(rows.n_rows(), Similarity::Dot, Precision::Single);
            let (index, build_seconds) = timed(|| Index::new(&rows, layout, Isa::best()));
            let n = TUNED_ON.min(queries.n_rows());
            let every = queries.n_rows() / n;
            let sample: Vec<f32> = (0..n).flat_map(|q| queries.row(q * every)).copied().collect();
            let sample = Matrix::from_vec(n, queries.dim(), sample);
            let index = index.tuned(&sample, self.k, self.recall, Isa::best());
            let (found, seconds) = self.rounds(&index, &ask);
            let rows: Vec<Vec<u32>> =
                truth.iter().map(|best| best.iter().map(|(row, _)| *row).collect()).collect();
            let rows: Vec<&[u32]> = rows.iter().map(Vec::as_slice).collect();
            Ok(json!({
                "exact": { "layout_seconds": layout_seconds, "seconds": exact_seconds },
                "approximate": {
                    "build_seconds": build_seconds,
                    "effort": index.effort(),
                    "recall": curve::recall(&found, &rows, self.k),
                    "seconds": seconds,
                },
            }))
        })
    }

    fn rounds(&self, index: &dyn Search, ask: &Ask<'_>) -> (Vec<Best>, Vec<f64>) {
        let mut found = Vec::new();
        let seconds = (0..self.rounds).map(|_| {
            let (all, seconds) = timed(|| index.search(ask));
            found = all;
            seconds
        });
        let seconds = seconds.collect();
        (found, seconds)
    }
}
