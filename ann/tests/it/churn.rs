//! Rows come and go: is what is found still right?

use std::sync::Arc;

use ann::{Ask, Bytes, Index, Layout, Precision, Search, Similarity};
use linalg::{Isa, Matrix};

use crate::world::{Chance, Slow, factors, layout, recall};

/// 100,000 random steps on at most 1,000 live rows.
#[test]
fn after_any_steps_the_index_is_valid_and_finds_what_a_slow_one_finds() {
    const STEPS: usize = 100_000;
    const DIM: usize = 3;
    let isa = Isa::best();
    let mut chance = Chance::new(17);
    let mut index = Index::new(&Matrix::zeros(0, DIM), layout(8), isa);
    let mut slow = Slow::default();
    for step in 0..STEPS {
        let row = chance.row(1000);
        match chance.below(100) {
            0..55 => {
                let vector = chance.vector(DIM);
                index.add(row, &vector);
                slow.rows.insert(row, vector);
            }
            55..98 => {
                let was_there = slow.rows.remove(&row).is_some();
                assert_eq!(index.remove(row), was_there, "step {step}");
            }
            _ => check(&index, &slow, &mut chance, step),
        }
        match chance.below(6000) {
            0..3 => index = index.merged(isa),
            3..6 => index = reopened(&index),
            _ => {}
        }
        assert_eq!(
            (index.has(row), index.n_rows()),
            (slow.rows.contains_key(&row), slow.rows.len())
        );
        index.assert_valid();
    }
}

/// From the bytes of the rows as they were laid out, and of what changed since.
fn reopened(index: &Index) -> Index {
    let (mut base, mut changes) = (Vec::new(), Vec::new());
    index.write(&mut base).unwrap();
    index.write_changes(&mut changes).unwrap();
    let (base, changes): (Bytes, Bytes) = (Arc::new(base), Arc::new(changes));
    Index::open(&base).unwrap().with_changes(&changes).unwrap()
}

fn check(index: &Index, slow: &Slow, chance: &mut Chance, step: usize) {
    let isa = Isa::best();
    let queries = Matrix::from_vec(2, 3, chance.vector(6));
    let k = chance.below(30);
    let excluded: Vec<u32> = (0..1000).filter(|_| chance.below(20) == 0).collect();
    let allowed: Vec<u32> = (0..1000).filter(|_| chance.below(3) > 0).collect();
    let part = index.allow(&allowed);
    let all = Ask::all(&queries, k, isa);
    let excluded_of = [excluded.as_slice(), &[]];
    let asks = [all, all.without(&excluded_of), all.without(&excluded_of).among(&part)];
    for (kind, ask) in asks.iter().enumerate() {
        for (q, found) in index.search(ask).into_iter().enumerate() {
            let may_have = |row: u32| {
                (kind == 0 || q == 1 || excluded.binary_search(&row).is_err())
                    && (kind < 2 || allowed.binary_search(&row).is_ok())
            };
            let expected = slow.best(queries.row(q), k, may_have, isa);
            assert_eq!(found, expected, "step {step}, kind {kind}, query {q}");
        }
    }
    let some = index.clone().with_effort(1 + chance.below(50)).search(&all.among(&part));
    for (row, _) in some.into_iter().flatten() {
        assert!(slow.rows.contains_key(&row) && allowed.binary_search(&row).is_ok(), "row {row}");
    }
}

#[test]
fn recall_survives_a_churn_of_thirty_percent() {
    let isa = Isa::best();
    let (items, queries) = factors(8000, 60, 24, 12);
    let (others, _) = factors(4000, 1, 24, 13);
    let ask = Ask::all(&queries, 50, isa);
    let mut index =
        Index::new(&items, Layout::for_rows(8000, Similarity::Dot, Precision::Single), isa)
            .tuned(&queries, 50, 0.95, isa);
    let mut slow = Slow::of(&items);
    // 1,200 rows go, 600 move and 600 come: 2,400 of 8,000.
    for at in 0..1200 {
        let gone = u32::try_from(at * 5).unwrap();
        assert!(index.remove(gone));
        slow.rows.remove(&gone);
        let row = u32::try_from(if at % 2 == 0 { 8000 + at } else { at * 5 + 1 }).unwrap();
        index.add(row, others.row(at));
        slow.rows.insert(row, others.row(at).to_vec());
    }
    index.assert_valid();
    let truth: Vec<_> = (0..60).map(|q| slow.best(queries.row(q), 50, |_| true, isa)).collect();
    assert!(recall(&index.search(&ask), &truth) > 0.93, "{}", recall(&index.search(&ask), &truth));
    let merged = index.merged(isa);
    merged.assert_valid();
    assert_eq!(merged.n_changes(), 0);
    assert!(
        recall(&merged.search(&ask), &truth) > 0.92,
        "{}",
        recall(&merged.search(&ask), &truth)
    );
    assert_eq!(merged.with_effort(usize::MAX).search(&ask), truth);
}

#[test]
fn rows_far_apart_cost_no_more_than_others() {
    let isa = Isa::best();
    let mut index = Index::new(&Matrix::zeros(0, 2), layout(8), isa);
    let rows = (0..300).map(|at| at * (u32::MAX / 300)).chain([u32::MAX]);
    for row in rows.clone() {
        index.add(row, &[1.0, 1.0 + row as f32]);
    }
    index.assert_valid();
    let queries = Matrix::from_vec(1, 2, vec![0.0, 1.0]);
    let ask = Ask::all(&queries, 1, isa).without(&[&[u32::MAX]]);
    let expected = [[(299 * (u32::MAX / 300), 1.0 + (299 * (u32::MAX / 300)) as f32)]];
    assert_eq!(index.search(&ask), expected);
    let merged = index.merged(isa);
    merged.assert_valid();
    assert_eq!(merged.search(&ask), expected);
    assert!(rows.into_iter().all(|row| merged.has(row)) && !merged.has(7));
    assert!(merged.n_bytes() < 64 * 1024, "{}", merged.n_bytes());
}
