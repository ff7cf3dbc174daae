//! How many lists a second does an exact search of dense factors make? Printed as JSON.
//!
//! Rows are made like learned factors: clusters of directions, and norms that fall as a power of the rank.
//! Three ways find the same rows, which is checked: `Exact`; blocked products in `f32` with the selection fused
//! (`Panels`); and what a model's scores cost, a row of all scores and then a selection.
//! Rounds alternate, so that whatever else the machine does meets all; making the rows and laying them out is not counted.

use std::sync::Mutex;

use bench::chance::Chance;
use bench::clock::timed;
use bench::on_threads;
use clap::Parser;
use ann::Exact;
use linalg::{Isa, Matrix, Panels, Question, dots_with_all, top_k};
use serde_json::{Value, json};

/// Queries that share a blocked product.
const BLOCK: usize = 128;

type Best = Vec<(u32, f32)>;

/// Measures the search of the best rows beside two others that find the same
#[derive(Debug, Parser)]
struct Arguments {
    /// Rows to search
    #[arg(long, default_value_t = 200_000)]
    items: usize,
    /// Queries in a batch
    #[arg(long, default_value_t = 2048)]
    queries: usize,
    /// Queries that the slower ways answer, and that are asked alone
    #[arg(long, default_value_t = 128)]
    compared: usize,
    /// Rows wanted for a query
    #[arg(short, default_value_t = 500)]
    k: usize,
    /// Rows excluded for a query, half of them of its own cluster
    #[arg(long, default_value_t = 300)]
    excluded: usize,
    /// Directions that rows and queries lie around
    #[arg(long, default_value_t = 200)]
    clusters: usize,
    /// Length of what is added to a direction, whose length is 1
    #[arg(long, default_value_t = 1.0)]
    noise: f64,
    /// The norm of a row is its rank to the power of −this
    #[arg(long, default_value_t = 0.25)]
    power: f64,
    /// Lengths of rows
    #[arg(long, default_value = "64,128", value_delimiter = ',')]
    dims: Vec<usize>,
    /// Threads; the search takes as many as rayon has
    #[arg(long, default_value_t = 2)]
    threads: usize,
    #[arg(long, default_value_t = 5)]
    rounds: usize,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let is_sound = arguments.items > 0 && arguments.clusters > 0 && arguments.rounds > 0;
    let is_compared = (1..=arguments.queries).contains(&arguments.compared);
    anyhow::ensure!(is_sound && is_compared && arguments.threads > 0, "numbers above 0 expected");
    let cells: Vec<Value> = arguments
        .dims
        .iter()
        .map(|&dim| measure(&arguments, dim))
        .collect::<anyhow::Result<_>>()?;
    println!("{:#}", json!({"isa": Isa::best().name(), "cells": cells}));
    Ok(())
}

/// Rows, queries and what each query may not have.
struct World {
    items: Matrix,
    queries: Matrix,
    excluded: Vec<Vec<u32>>,
}

impl World {
    fn new(arguments: &Arguments, dim: usize) -> anyhow::Result<Self> {
        let mut chance = Chance::new(1, dim as u64);
        let mut directions = Matrix::zeros(arguments.clusters, dim);
        let spread = 1.0 / (dim as f64).sqrt();
        directions.as_mut_slice().fill_with(|| small(spread * chance.normal()));
        // Rows of a cluster are those whose number leaves its own when divided by the number of clusters.
        let mut near = |matrix: &mut Matrix, row: usize, norm: f64| {
            let direction = directions.row(row % arguments.clusters);
            for (x, &center) in matrix.row_mut(row).iter_mut().zip(direction) {
                let noise = arguments.noise * spread * chance.normal();
                *x = small(norm * (f64::from(center) + noise));
            }
        };
        let mut items = Matrix::zeros(arguments.items, dim);
        for row in 0..arguments.items {
            near(&mut items, row, (row as f64 + 1.0).powf(-arguments.power));
        }
        let mut queries = Matrix::zeros(arguments.queries, dim);
        for row in 0..arguments.queries {
            near(&mut queries, row, 1.0);
        }
        let mut excluded = Vec::new();
        for query in 0..arguments.queries {
            let row = |n: usize| {
                let any = chance.below(arguments.items);
                let is_near = n.is_multiple_of(2) && any >= arguments.clusters;
                let base = any - any % arguments.clusters;
                let own = if is_near { base + query % arguments.clusters } else { any };
                u32::try_from(own.min(arguments.items - 1))
            };
            let mut rows: Vec<u32> = (0..arguments.excluded).map(row).collect::<Result<_, _>>()?;
            rows.sort_unstable();
            rows.dedup();
            excluded.push(rows);
        }
        Ok(Self { items, queries, excluded })
    }

    fn first(&self, n: usize) -> Matrix {
        let dim = self.queries.dim();
        Matrix::from_vec(n, dim, self.queries.as_slice()[..n * dim].to_vec())
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a number near 1")]
fn small(x: f64) -> f32 {
    x as f32
}

fn measure(arguments: &Arguments, dim: usize) -> anyhow::Result<Value> {
    let Arguments { queries, compared, k, .. } = *arguments;
    let world = World::new(arguments, dim)?;
    let isa = Isa::best();
    let (nearest, seconds) = timed(|| Exact::new(&world.items));
    let panels = Panels::new(&world.items);
    let excluded = |query: usize| world.excluded[query].as_slice();
    let [mut batch, mut fused, mut scored, mut alone] = [const { Vec::new() }; 4];
    for _ in 0..arguments.rounds {
        let (found, seconds) = timed(|| nearest.search(&world.queries, k, excluded, isa));
        batch.push(queries as f64 / seconds);
        let (_, seconds) = timed(|| by_panels(&world, &panels, arguments));
        fused.push(compared as f64 / seconds);
        let (expected, seconds) = timed(|| by_scores(&world, arguments));
        scored.push(compared as f64 / seconds);
        anyhow::ensure!(
            found[..compared] == expected,
            "other rows or scores than those of all dots"
        );
        for (query, expected) in expected.iter().enumerate() {
            let one = Matrix::from_vec(1, dim, world.queries.row(query).to_vec());
            let (found, seconds) = timed(|| nearest.search(&one, k, |_| excluded(query), isa));
            alone.push(seconds * 1e3);
            anyhow::ensure!(&found[0] == expected, "another answer for a query alone");
        }
    }
    let [batch, fused, scored, alone] = [batch, fused, scored, alone].map(median);
    Ok(json!({
        "dim": dim,
        "bytes_per_row": nearest.n_bytes() / arguments.items,
        "layout_seconds": seconds,
        "nearest_queries_per_second": batch,
        "panels_queries_per_second": fused,
        "scores_queries_per_second": scored,
        "over_panels": batch / fused,
        "over_scores": batch / scored,
        "alone_milliseconds": alone,
        "recall": 1.0,
    }))
}

/// Blocked products in `f32`, the selection fused.
fn by_panels(world: &World, panels: &Panels, arguments: &Arguments) -> Vec<Best> {
    let queries = world.first(arguments.compared);
    in_parts(arguments, |part| {
        let question = |query: usize| Question {
            query: queries.row(query),
            excluded: &world.excluded[query],
            wanted: &[],
        };
        let questions: Vec<Question<'_>> = part.map(question).collect();
        let blocks = questions.chunks(BLOCK);
        let ranked = blocks.flat_map(|block| panels.rank(block, arguments.k, Isa::best()));
        ranked.map(|ranking| ranking.best).collect()
    })
}

/// All scores of a query, then the best of them.
fn by_scores(world: &World, arguments: &Arguments) -> Vec<Best> {
    in_parts(arguments, |part| {
        let mut scores = vec![0.0; arguments.items];
        let best = |query: usize| {
            dots_with_all(&world.items, world.queries.row(query), &mut scores, Isa::best());
            top_k(&scores, arguments.k, &world.excluded[query])
        };
        part.map(best).collect()
    })
}

/// The answers to the compared queries, each thread a part of them.
fn in_parts(
    arguments: &Arguments,
    answer: impl Fn(std::ops::Range<usize>) -> Vec<Best> + Sync,
) -> Vec<Best> {
    let (n, threads) = (arguments.compared, arguments.threads);
    let parts: Vec<Mutex<Vec<Best>>> = (0..threads).map(|_| Mutex::default()).collect();
    on_threads(threads, |t| {
        let answers = answer(t * n / threads..(t + 1) * n / threads);
        *parts[t].lock().expect("one thread a part") = answers;
    });
    parts.into_iter().flat_map(|part| part.into_inner().expect("no thread failed")).collect()
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_unstable_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}
