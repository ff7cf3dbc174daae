//! How much do the product's inner loops do in a second?
//!
//! Those of a half-step of implicit ALS, with its own instruction sets: conjugate gradient over the histories of
//! listeners, rows gathered from a table of items; rows turned by a square matrix; the Gram matrix of all rows.
//! Operations are those that the loops must do, a multiply and add being two; bytes are those of the rows that
//! they read, each counted once for every system that names it.

use std::hint::black_box;

use linalg::{ConjugateGradient, Gram, Isa, Matrix, Packed, Precision, RightFactor, WeightedRows};

use crate::chance::Chance;
use crate::clock::fastest;
use crate::on_threads;

const RUNS: usize = 3;
const STEPS: usize = 2;
/// Rows that the dense loops take from the table, each thread its own.
const DENSE_ROWS: usize = 1 << 15;
/// Rows of the next system that are fetched while this one is solved, as in `models`.
const SOON: usize = 24;

/// A loop and its rate.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// What the loop does.
    pub name: &'static str,
    /// How rows are stored.
    pub precision: &'static str,
    /// Operations a second.
    pub operations: f64,
    /// Bytes a second.
    pub bytes: f64,
}

/// Who heard which rows, one listener after another.
#[derive(Debug)]
pub struct Histories {
    /// Rows of the table.
    pub items: Vec<u32>,
    /// Where each listener's begin, and the end.
    pub starts: Vec<usize>,
}

/// The rates of every loop on a table of this many rows.
///
/// # Panics
/// When a history names a row beyond the table.
#[must_use]
pub fn rates(
    n_rows: usize,
    dim: usize,
    histories: &Histories,
    isa: Isa,
    n_threads: usize,
) -> Vec<Rate> {
    let mut chance = Chance::new(2, 0);
    let numbers = (0..n_rows * dim).map(|_| chance.small()).collect();
    let table = Matrix::from_vec(n_rows, dim, numbers);
    let precisions = [("half", Precision::Half, 2), ("single", Precision::Single, 4)];
    let mut rates: Vec<Rate> = precisions
        .map(|(precision, stored, size)| {
            let packed = Packed::new(&table, stored, isa);
            let seconds = conjugate_gradient(&packed, histories, isa, n_threads);
            let numbers = (histories.items.len() * dim) as f64;
            let operations = (4 * STEPS + 2) as f64 * numbers / seconds;
            let bytes = f64::from(size) * numbers / seconds;
            Rate { name: "conjugate gradient", precision, operations, bytes }
        })
        .into();
    rates.extend(dense(&table, isa, n_threads));
    rates
}

/// Seconds to solve every listener's system once, each thread its share of the listeners.
fn conjugate_gradient(packed: &Packed, histories: &Histories, isa: Isa, n_threads: usize) -> f64 {
    let Histories { items, starts } = histories;
    let n_systems = starts.len() - 1;
    let weights = vec![1.0; items.len()];
    let diagonal = vec![1.0; packed.dim()];
    fastest(RUNS, || {
        on_threads(n_threads, |t| {
            let mut solver = ConjugateGradient::new(packed.dim(), isa);
            let mut x = vec![0.0; packed.dim()];
            for u in t * n_systems / n_threads..(t + 1) * n_systems / n_threads {
                let (start, end) = (starts[u], starts[u + 1]);
                let system = WeightedRows {
                    rows: &items[start..end],
                    a: &weights[start..end],
                    b: &weights[start..end],
                    soon: &items[end..items.len().min(end + SOON)],
                };
                x.fill(0.0);
                solver.improve(packed, &diagonal, system, STEPS, &mut x);
                black_box(&x);
            }
        });
    })
}

/// The loops that read rows in order.
fn dense(table: &Matrix, isa: Isa, n_threads: usize) -> [Rate; 2] {
    let dim = table.dim();
    let n_rows = table.n_rows().min(DENSE_ROWS);
    let rows = &table.as_slice()[..n_rows * dim];
    let identity = (0..dim * dim).map(|k| if k % (dim + 1) == 0 { 1.0 } else { 0.0 }).collect();
    let rotation = RightFactor::transposed(&Matrix::from_vec(dim, dim, identity));
    let turning = fastest(RUNS, || {
        on_threads(n_threads, |_| {
            let mut rows = rows.to_vec();
            rotation.multiply(&mut rows, isa);
            black_box(rows);
        });
    });
    let summing = fastest(RUNS, || {
        on_threads(n_threads, |_| {
            let mut gram = Gram::new(dim, isa);
            for row in rows.chunks_exact(dim) {
                gram.add(1.0, row);
            }
            let mut sum = Matrix::zeros(dim, dim);
            gram.add_to(&mut sum);
            black_box(sum);
        });
    });
    let numbers = (n_threads * n_rows * dim) as f64;
    let rate = |name, operations: usize, seconds: f64| Rate {
        name,
        precision: "single",
        operations: operations as f64 * numbers / seconds,
        bytes: 4.0 * numbers / seconds,
    };
    // Of the symmetric sum only the upper triangle: half the operations.
    [rate("rotation", 2 * dim, turning), rate("gram", dim + 1, summing)]
}
