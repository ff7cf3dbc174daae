//! How much is found for how much effort?
//!
//! An index is built once, and told of in a line of JSON; then each line that comes in is answered by another.

use std::collections::HashSet;
use std::io::{BufRead, stdin};
use std::path::PathBuf;

use ann::{Allowed, Ask, Best, Exact, Index, Layout, Precision, Search, Similarity};
use bench::clock::timed;
use bench::npy;
use clap::{Args, ValueEnum};
use linalg::{Isa, Matrix};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{Given, pool};

/// Rows wanted for a query.
const K: usize = 100;
/// Queries that are asked alone.
const ALONE: usize = 200;

#[derive(Debug, Args)]
pub(crate) struct Curve {
    #[command(flatten)]
    given: Given,
    /// Rows that a query meets at least
    #[arg(long, value_delimiter = ',', default_value = "500,1000,2000,4000,8000,16000,32000")]
    efforts: Vec<usize>,
    /// What is kept of rows beside the bytes in which they are searched
    #[arg(long, default_value = "single")]
    precision: Kept,
    /// Every row is looked at
    #[arg(long)]
    exact: bool,
    /// That build the index
    #[arg(long, default_value_t = 2)]
    threads: usize,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kept {
    Single,
    Half,
    Byte,
}

/// A line that asks for a curve.
#[derive(Debug, Deserialize)]
struct Turn {
    /// The exact answers, as `truth` writes them.
    truth: PathBuf,
    /// Rows that may be found, u32, ascending; all where it is nothing.
    allowed: Option<PathBuf>,
}

/// What is searched.
enum Built {
    Exact(Exact),
    Index(Index),
}

impl Built {
    fn as_search(&self) -> &dyn Search {
        match self {
            Self::Exact(exact) => exact,
            Self::Index(index) => index,
        }
    }

    fn n_lists(&self) -> usize {
        match self {
            Self::Exact(_) => 0,
            Self::Index(index) => index.n_lists(),
        }
    }
}

impl Curve {
    /// Answers until no more lines come.
    pub(crate) fn answer_all(&self) -> anyhow::Result<()> {
        let (rows, queries) = self.given.read()?;
        let precision = match self.precision {
            Kept::Single => Precision::Single,
            Kept::Half => Precision::Half,
            Kept::Byte => Precision::Byte,
        };
        let layout = Layout::for_rows(rows.n_rows(), Similarity::Dot, precision);
        let build = || match self.exact {
            true => Built::Exact(Exact::new(&rows, Similarity::Dot, precision)),
            false => Built::Index(Index::new(&rows, layout, Isa::best())),
        };
        let (built, seconds) = timed(|| pool(self.threads).map(|builders| builders.install(build)));
        let built = built?;
        drop(rows);
        println!("{}", about(&built, seconds));
        for line in stdin().lock().lines() {
            println!("{}", self.answer(&built, &queries, &serde_json::from_str(&line?)?)?);
        }
        Ok(())
    }

    fn answer(&self, built: &Built, queries: &Matrix, turn: &Turn) -> anyhow::Result<Value> {
        let (shape, truth) = npy::read::<u32>(&turn.truth)?;
        anyhow::ensure!(shape == [queries.n_rows(), K], "{K} answers to each query expected");
        let truth: Vec<&[u32]> = truth.chunks(K).collect();
        let rows = turn.allowed.as_deref().map(npy::read::<u32>).transpose()?;
        let one = pool(1)?;
        let allow = || one.install(|| rows.map(|(_, rows)| built.as_search().allow(&rows)));
        let (allowed, allow_seconds) = timed(allow);
        let cells = match built {
            Built::Exact(exact) => vec![cell(exact, queries, allowed.as_ref(), &truth, None)?],
            Built::Index(index) => {
                let cell = |&effort: &usize| {
                    let index = index.clone().with_effort(effort);
                    cell(&index, queries, allowed.as_ref(), &truth, Some(effort))
                };
                self.efforts.iter().map(cell).collect::<Result<_, _>>()?
            }
        };
        Ok(json!({ "allow_seconds": allow_seconds, "cells": cells }))
    }
}

/// All queries in a call, then some of them one a call, by one thread.
fn cell(
    index: &dyn Search,
    queries: &Matrix,
    allowed: Option<&Allowed>,
    truth: &[&[u32]],
    effort: Option<usize>,
) -> anyhow::Result<Value> {
    let one = pool(1)?;
    let (found, seconds) = one.install(|| timed(|| index.search(&ask(queries, allowed))));
    let mut alone: Vec<f64> = Vec::new();
    for q in 0..queries.n_rows().min(ALONE) {
        let query = Matrix::from_vec(1, queries.dim(), queries.row(q).to_vec());
        alone.push(1e6 * one.install(|| timed(|| index.search(&ask(&query, allowed)))).1);
    }
    alone.sort_unstable_by(f64::total_cmp);
    Ok(json!({
        "effort": effort,
        "recall_10": recall(&found, truth, 10),
        "recall_100": recall(&found, truth, K),
        "queries_per_second": queries.n_rows() as f64 / seconds,
        "alone_microseconds_median": alone[alone.len() / 2],
        "alone_microseconds_p99": alone[alone.len() * 99 / 100],
    }))
}

fn ask<'a>(queries: &'a Matrix, allowed: Option<&'a Allowed>) -> Ask<'a> {
    Ask { allowed, ..Ask::all(queries, K, Isa::best()) }
}

fn about(built: &Built, seconds: f64) -> Value {
    let index = built.as_search();
    json!({
        "build_seconds": seconds,
        "bytes_per_row": index.n_bytes() as f64 / index.n_rows() as f64,
        "n_lists": built.n_lists(),
    })
}

/// The share of the true first `k` among the first `k` that were found.
pub(crate) fn recall(found: &[Best], truth: &[&[u32]], k: usize) -> f64 {
    let (mut hits, mut all) = (0_usize, 0_usize);
    for (found, truth) in found.iter().zip(truth) {
        let found: HashSet<u32> = found.iter().take(k).map(|(row, _)| *row).collect();
        let there = truth.iter().take(k).filter(|row| **row != crate::NONE);
        for row in there {
            all += 1;
            hits += usize::from(found.contains(row));
        }
    }
    hits as f64 / all.max(1) as f64
}
