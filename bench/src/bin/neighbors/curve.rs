//! How much is found for how much effort?

use std::collections::HashSet;
use std::path::PathBuf;

use ann::{Allowed, Ask, Best, Exact, Index, Layout, Precision, Search, Similarity};
use bench::clock::timed;
use bench::npy;
use clap::{Args, ValueEnum};
use linalg::{Isa, Matrix};
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
    /// The exact answers, as `truth` writes them
    #[arg(long)]
    truth: PathBuf,
    /// Rows that a query meets at least
    #[arg(long, value_delimiter = ',', default_value = "500,1000,2000,4000,8000,16000,32000")]
    efforts: Vec<usize>,
    /// Rows that may be found, u32, ascending; all where it is not given
    #[arg(long)]
    allowed: Option<PathBuf>,
    /// What is kept of rows beside the bytes in which they are searched
    #[arg(long, default_value = "single")]
    precision: Kept,
    /// Every row is looked at
    #[arg(long)]
    exact: bool,
    /// That build the index
    #[arg(long, default_value_t = 2)]
    threads: usize,
    #[arg(long, default_value_t = 3)]
    rounds: usize,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kept {
    Single,
    Half,
    Byte,
}

impl Curve {
    pub(crate) fn answer(&self) -> anyhow::Result<Value> {
        let (rows, queries) = self.given.read()?;
        let (shape, truth) = npy::read::<u32>(&self.truth)?;
        anyhow::ensure!(shape == [queries.n_rows(), K], "{K} answers to each query expected");
        let truth: Vec<&[u32]> = truth.chunks(K).collect();
        let allowed = self.allowed.as_deref().map(npy::read::<u32>).transpose()?;
        let precision = match self.precision {
            Kept::Single => Precision::Single,
            Kept::Half => Precision::Half,
            Kept::Byte => Precision::Byte,
        };
        let builders = pool(self.threads)?;
        let allow = |index: &dyn Search| allowed.as_ref().map(|(_, rows)| index.allow(rows));
        if self.exact {
            let build = || Exact::new(&rows, Similarity::Dot, precision);
            let (exact, seconds) = timed(|| builders.install(build));
            let allowed = allow(&exact);
            let cell = self.cell(&exact, &queries, allowed.as_ref(), &truth, None)?;
            return Ok(about(&exact, seconds, 0, &[cell]));
        }
        let layout = Layout::for_rows(rows.n_rows(), Similarity::Dot, precision);
        let build = || Index::new(&rows, layout, Isa::best());
        let (mut index, seconds) = timed(|| builders.install(build));
        let allowed = allow(&index);
        let mut cells = Vec::new();
        for &effort in &self.efforts {
            index = index.with_effort(effort);
            cells.push(self.cell(&index, &queries, allowed.as_ref(), &truth, Some(effort))?);
        }
        Ok(about(&index, seconds, index.n_lists(), &cells))
    }

    fn cell(
        &self,
        index: &dyn Search,
        queries: &Matrix,
        allowed: Option<&Allowed>,
        truth: &[&[u32]],
        effort: Option<usize>,
    ) -> anyhow::Result<Value> {
        let one = pool(1)?;
        let (mut found, mut fastest) = (Vec::new(), f64::INFINITY);
        for _ in 0..self.rounds {
            let (all, seconds) = one.install(|| timed(|| index.search(&ask(queries, allowed))));
            (found, fastest) = (all, fastest.min(seconds));
        }
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
            "queries_per_second": queries.n_rows() as f64 / fastest,
            "alone_microseconds_median": alone[alone.len() / 2],
            "alone_microseconds_p99": alone[alone.len() * 99 / 100],
        }))
    }
}

fn ask<'a>(queries: &'a Matrix, allowed: Option<&'a Allowed>) -> Ask<'a> {
    Ask { allowed, ..Ask::all(queries, K, Isa::best()) }
}

fn about(index: &dyn Search, seconds: f64, n_lists: usize, cells: &[Value]) -> Value {
    json!({
        "build_seconds": seconds,
        "bytes_per_row": index.n_bytes() as f64 / index.n_rows() as f64,
        "n_lists": n_lists,
        "cells": cells,
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
