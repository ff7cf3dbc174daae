//! How far from what the machine does at best is a search of every row?
//!
//! Rows are compared by cosine, so that all have one length and no scan ends early: a query meets every byte.

use ann::{Ask, Exact, Precision, Search, Similarity};
use bench::clock::fastest;
use bench::peaks;
use clap::Args;
use linalg::{Isa, Matrix};
use serde_json::{Value, json};

use crate::{Given, pool};

/// Rows wanted for a query.
const K: usize = 100;
/// Bytes of a buffer that no cache holds.
const BUFFER: usize = 1 << 30;
const RUNS: usize = 3;

#[derive(Debug, Args)]
pub(crate) struct Limit {
    #[command(flatten)]
    given: Given,
    #[arg(long, value_delimiter = ',', default_value = "1,2")]
    threads: Vec<usize>,
}

impl Limit {
    pub(crate) fn answer(&self) -> anyhow::Result<Value> {
        let (rows, queries) = self.given.read()?;
        let exact = Exact::new(&rows, Similarity::Cosine, Precision::Single);
        let isa = Isa::best();
        let first = Matrix::from_vec(1, queries.dim(), queries.row(0).to_vec());
        let numbers = (rows.n_rows() * rows.dim()) as f64;
        let cell = |&threads: &usize| -> anyhow::Result<Value> {
            let pool = pool(threads)?;
            let seconds_of = |queries: &Matrix| {
                pool.install(|| {
                    fastest(RUNS, || {
                        exact.search(&Ask::all(queries, K, isa));
                    })
                })
            };
            let batch = 2.0 * numbers * queries.n_rows() as f64 / seconds_of(&queries);
            Ok(json!({
                "threads": threads,
                "batch_gops": batch / 1e9,
                "peak_gops": peaks::bytes(threads) / 1e9,
                "alone_gbytes": numbers / seconds_of(&first) / 1e9,
                "peak_gbytes": peaks::sequential(BUFFER, threads) / 1e9,
            }))
        };
        let cells: Vec<Value> = self.threads.iter().map(cell).collect::<anyhow::Result<_>>()?;
        Ok(json!({ "isa": isa.name(), "cells": cells }))
    }
}
