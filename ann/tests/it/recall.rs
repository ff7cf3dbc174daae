//! Is enough found, with little effort, where norms vary strongly and where little is allowed?

use ann::{Ask, Index, Layout, Precision, Search, Similarity};
use linalg::Isa;

use crate::world::{Chance, Slow, factors, recall};

fn index(items: &linalg::Matrix) -> Index {
    let layout = Layout::for_rows(items.n_rows(), Similarity::Dot, Precision::Single);
    Index::new(items, layout, Isa::best())
}

#[test]
fn a_twentieth_of_the_rows_holds_most_of_the_best() {
    let isa = Isa::best();
    let (items, queries) = factors(20_000, 100, 32, 1);
    let index = index(&items);
    for k in [10, 100] {
        let ask = Ask::all(&queries, k, isa);
        let truth = index.search(&ask);
        let found = recall(&index.clone().with_effort(1000).search(&ask), &truth);
        assert!(found > 0.93, "recall@{k} {found}");
    }
}

#[test]
fn recall_does_not_collapse_where_some_rows_are_allowed() {
    let isa = Isa::best();
    let (items, queries) = factors(20_000, 100, 32, 1);
    let index = index(&items).with_effort(1000);
    let slow = Slow::of(&items);
    let mut chance = Chance::new(2);
    for every in [2, 4, 7, 10, 100] {
        let rows: Vec<u32> = (0..20_000).filter(|_| chance.below(every) == 0).collect();
        let is_allowed = |row: u32| rows.binary_search(&row).is_ok();
        let best = |q| slow.best(queries.row(q), 20, is_allowed, isa);
        let truth: Vec<_> = (0..queries.n_rows()).map(best).collect();
        let ask = Ask::all(&queries, 20, isa);
        let found = recall(&index.search(&ask.among(&index.allow(&rows))), &truth);
        assert!(found > 0.95, "one of {every}: {found}");
    }
}
