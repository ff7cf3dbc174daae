//! How fast are the product's inner loops beside what this machine does at best? Printed as JSON.

use bench::chance::Chance;
use bench::listening::{Shape, World};
use bench::loops::{self, Histories};
use bench::peaks;
use clap::Parser;
use linalg::Isa;
use serde_json::{Value, json};

/// Measures peaks of arithmetic and memory, then the inner loops
#[derive(Debug, Parser)]
struct Arguments {
    /// Threads; one alone is measured as well
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Listeners whose histories say which rows are read
    #[arg(long, default_value_t = 360_000)]
    users: u64,
    /// Items: rows of the table
    #[arg(long, default_value_t = 290_000)]
    items: usize,
    /// Pairs, about, which give histories their length
    #[arg(long, default_value_t = 17_000_000)]
    pairs: u64,
    /// Rows read in a run
    #[arg(long, default_value_t = 2_000_000)]
    reads: usize,
    /// Bytes of the buffer that is read in order
    #[arg(long, default_value_t = 1 << 30)]
    buffer: usize,
    /// Lengths of rows
    #[arg(long, default_value = "64,128,256", value_delimiter = ',')]
    dims: Vec<usize>,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let is_sound = arguments.threads > 0 && arguments.users > 0 && arguments.items > 0;
    anyhow::ensure!(is_sound, "at least one thread, listener and item expected");
    let heard = histories(&arguments);
    let mut chance = Chance::new(1, 0);
    let row = |chance: &mut Chance| u32::try_from(chance.below(arguments.items));
    let uniform = heard.items.iter().map(|_| row(&mut chance)).collect::<Result<Vec<_>, _>>()?;

    let mut threads = vec![1, arguments.threads];
    threads.dedup();
    let [mut arithmetic, mut sequential, mut gathered, mut loops] = [const { Vec::new() }; 4];
    for n_threads in threads {
        for (isa, rate) in peaks::arithmetic(n_threads) {
            arithmetic.push(json!({"isa": isa, "threads": n_threads, "gflops": rate / 1e9}));
        }
        let rate = peaks::sequential(arguments.buffer, n_threads);
        sequential.push(json!({"threads": n_threads, "gbytes": rate / 1e9}));
        for (order, rows) in [("uniform", &uniform), ("histories", &heard.items)] {
            gathered.extend(gather(order, arguments.items, rows, n_threads));
        }
        for isa in Isa::available() {
            for &dim in &arguments.dims {
                loops.extend(inner_loops(arguments.items, dim, &heard, isa, n_threads));
            }
        }
    }
    let answer = json!({
        "arithmetic": arithmetic,
        "sequential": sequential,
        "gathered": gathered,
        "loops": loops,
    });
    println!("{answer:#}");
    Ok(())
}

/// Histories of listeners until there are enough rows to read.
fn histories(arguments: &Arguments) -> Histories {
    let mut world = World::new(Shape {
        n_users: arguments.users,
        n_items: arguments.items,
        n_pairs: arguments.pairs,
        withheld_every: 20,
        seed: 1,
    });
    let mut histories = Histories { items: Vec::new(), starts: vec![0] };
    for user in (0..arguments.users).cycle() {
        histories.items.extend(world.history(user).iter().map(|pair| pair.item));
        histories.starts.push(histories.items.len());
        if histories.items.len() >= arguments.reads {
            break;
        }
    }
    histories
}

fn gather(order: &str, n_rows: usize, rows: &[u32], threads: usize) -> [Value; 4] {
    let rates = [
        (128, peaks::gathered::<16>(n_rows, rows, threads)),
        (256, peaks::gathered::<32>(n_rows, rows, threads)),
        (512, peaks::gathered::<64>(n_rows, rows, threads)),
        (1024, peaks::gathered::<128>(n_rows, rows, threads)),
    ];
    rates.map(|(row_bytes, rate)| {
        json!({
            "order": order,
            "row_bytes": row_bytes,
            "table_bytes": n_rows * row_bytes,
            "threads": threads,
            "gbytes": rate / 1e9,
        })
    })
}

fn inner_loops(
    n_rows: usize,
    dim: usize,
    heard: &Histories,
    isa: Isa,
    threads: usize,
) -> Vec<Value> {
    let rates = loops::rates(n_rows, dim, heard, isa, threads);
    let told = rates.iter().map(|rate| {
        json!({
            "loop": rate.name,
            "precision": rate.precision,
            "isa": isa.name(),
            "dim": dim,
            "threads": threads,
            "gflops": rate.operations / 1e9,
            "gbytes": rate.bytes / 1e9,
        })
    });
    told.collect()
}
