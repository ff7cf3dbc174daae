//! What holds of every search, whatever is asked of whatever rows?

use std::collections::BTreeSet;

use ann::{Allowed, Ask, Best, Exact, Index, Layout, Precision, Search, Similarity};
use linalg::{Isa, Matrix, from_half, to_half};

use crate::world::{Chance, Slow, factors, layout, recall};

fn every_index(items: &Matrix) -> Vec<Box<dyn Search>> {
    let isa = Isa::best();
    let exact = Exact::new(items, Similarity::Dot, Precision::Single);
    let index = Index::new(items, layout(16), isa);
    let part = index.clone().with_effort(200);
    vec![Box::new(exact), Box::new(index), Box::new(part)]
}

#[test]
fn what_is_excluded_or_not_allowed_is_never_found_and_as_many_as_there_are_come_back() {
    let (items, queries) = factors(1200, 12, 9, 3);
    let mut chance = Chance::new(1);
    for index in every_index(&items) {
        index.assert_valid();
        for n_allowed in [0, 1, 7, 200, 1100] {
            let mut allowed: Vec<u32> = (0..n_allowed).map(|_| chance.row(1300)).collect();
            allowed.sort_unstable();
            allowed.dedup();
            let mut excluded: Vec<u32> = (0..150).map(|_| chance.row(1300)).collect();
            excluded.sort_unstable();
            let part = index.allow(&allowed);
            let excluded_of = vec![excluded.as_slice(); 12];
            let ask = Ask::all(&queries, 40, Isa::best()).without(&excluded_of).among(&part);
            let left = |row: &&u32| **row < 1200 && excluded.binary_search(row).is_err();
            let n_left = allowed.iter().filter(left).count();
            for found in index.search(&ask) {
                assert_eq!(found.len(), n_left.min(40), "{n_allowed} allowed");
                for (row, _) in found {
                    assert!(allowed.contains(&row) && !excluded.contains(&row), "row {row}");
                }
            }
        }
    }
}

#[test]
fn exhaustive_equals_exact_where_rows_are_kept_and_for_both_similarities() {
    let (mut items, queries) = factors(900, 9, 20, 5);
    items.row_mut(7).fill(0.0);
    let isa = Isa::best();
    for similarity in [Similarity::Dot, Similarity::Cosine] {
        for precision in [Precision::Single, Precision::Half] {
            let exact = Exact::new(&items, similarity, precision);
            let index = Index::new(&items, Layout { similarity, precision, list_rows: 30 }, isa);
            assert!(exact.is_exact() && index.is_exact());
            let ask = Ask::all(&queries, 25, isa);
            let expected = exact.search(&ask);
            assert_eq!(index.search(&ask), expected, "{similarity:?}, {precision:?}");
            let all = index.with_effort(900);
            assert!(all.is_exact());
            assert_eq!(all.search(&ask), expected, "{similarity:?}, {precision:?}");
        }
    }
}

#[test]
fn many_who_may_have_some_rows_are_answered_as_each_alone() {
    let (mut items, queries) = factors(1500, 40, 11, 6);
    items.row_mut(70).fill(f32::INFINITY);
    let isa = Isa::best();
    let mut each = Vec::new();
    for similarity in [Similarity::Dot, Similarity::Cosine] {
        for precision in [Precision::Single, Precision::Half, Precision::Byte] {
            each.push(Layout { similarity, precision, list_rows: 30 });
        }
    }
    for layout in each {
        let mut index = Index::new(&items, layout, isa);
        index.remove(105);
        index.add(140, items.row(3));
        let some = [1, 60].map(|effort| index.clone().with_effort(effort));
        let exact = Exact::new(&items, layout.similarity, layout.precision);
        let indexes: [&dyn Search; 4] = [&index, &some[0], &some[1], &exact];
        // Few are laid out for themselves, more are not.
        let each_with = |index| [(35, 1), (35, 8), (5, 8)].map(|(step, k)| (index, step, k));
        for (index, step, k) in indexes.into_iter().flat_map(each_with) {
            let part = index.allow(&(0..1500).step_by(step).collect::<Vec<_>>());
            let excluded = vec![[0, 210, 245].as_slice(); queries.n_rows()];
            let ask = Ask::all(&queries, k, isa).without(&excluded).among(&part);
            for (q, found) in index.search(&ask).into_iter().enumerate() {
                let query = Matrix::from_vec(1, queries.dim(), queries.row(q).to_vec());
                let alone = Ask { queries: &query, excluded: &excluded[..1], ..ask };
                assert_eq!(found, index.search(&alone)[0], "{layout:?}, query {q}");
            }
        }
    }
}

#[test]
fn few_rows_that_are_allowed_are_all_looked_at_whatever_the_effort_and_however_often() {
    let (mut items, queries) = factors(2000, 40, 12, 8);
    items.row_mut(80)[3] = f32::INFINITY;
    items.row_mut(160)[0] = f32::NAN;
    let isa = Isa::best();
    let allowed: Vec<u32> = (0..2000).step_by(80).collect();
    let first = Matrix::from_vec(1, 12, queries.row(0).to_vec());
    for similarity in [Similarity::Dot, Similarity::Cosine] {
        for precision in [Precision::Single, Precision::Half, Precision::Byte] {
            let layout = Layout { similarity, precision, list_rows: 20 };
            let index = Index::new(&items, layout, isa);
            let hasty = index.clone().with_effort(1);
            let exact = Exact::new(&items, similarity, precision);
            let pairs: [(&dyn Search, &dyn Search); 2] = [(&hasty, &index), (&exact, &exact)];
            for (few, all) in pairs {
                // Of all rows in their order those that are allowed.
                let mut expected = all.search(&Ask::all(&queries, 2000, isa));
                for best in &mut expected {
                    best.retain(|(row, _)| allowed.binary_search(row).is_ok());
                    best.truncate(10);
                }
                let part = few.allow(&allowed);
                let found = |queries| few.search(&Ask::all(queries, 10, isa).among(&part));
                assert_eq!(found(&first), expected[..1], "{layout:?}, at first");
                assert_eq!(found(&queries), expected, "{layout:?}, many");
                assert_eq!(found(&first), expected[..1], "{layout:?}, afterwards");
            }
        }
    }
}

#[test]
fn rows_laid_out_for_themselves_are_found_as_where_only_they_are_allowed() {
    let (items, queries) = factors(700, 9, 12, 5);
    let rows: Vec<u32> = (3..700).step_by(4).collect();
    let excluded = vec![[4, 7, 103, 695].as_slice(); 9];
    for similarity in [Similarity::Dot, Similarity::Cosine] {
        let some = Exact::of_rows(&items, &rows, similarity, Precision::Single);
        some.assert_valid();
        let all = Exact::new(&items, similarity, Precision::Single);
        let ask = Ask::all(&queries, 40, Isa::best()).without(&excluded);
        assert_eq!(some.search(&ask), all.search(&ask.among(&all.allow(&rows))));
    }
}

#[test]
fn a_query_of_any_length_meets_the_same_rows() {
    let (items, queries) = factors(3000, 20, 12, 5);
    let isa = Isa::best();
    let index = Index::new(&items, layout(30), isa).with_effort(100);
    let rows = |scale: f32| {
        let scaled = queries.as_slice().iter().map(|x| x * scale).collect();
        let queries = Matrix::from_vec(20, 12, scaled);
        let found = index.search(&Ask::all(&queries, 20, isa)).into_iter().flatten();
        found.map(|(row, _)| row).collect::<Vec<u32>>()
    };
    for power in [-70, 50] {
        assert_eq!(rows(2.0_f32.powi(power)), rows(1.0), "queries of length 2^{power}");
    }
}

#[test]
fn rows_that_are_excluded_do_not_count_as_met() {
    let (items, queries) = factors(3000, 40, 12, 5);
    let isa = Isa::best();
    let index = Index::new(&items, layout(30), isa).with_effort(300);
    let exact = Exact::new(&items, Similarity::Dot, Precision::Single);
    // Of whom the best 300 were heard.
    let heard = exact.search(&Ask::all(&queries, 300, isa));
    let ascending = |best: &Best| best.iter().map(|(row, _)| *row).collect::<BTreeSet<u32>>();
    let heard: Vec<Vec<u32>> =
        heard.iter().map(|best| ascending(best).into_iter().collect()).collect();
    let heard: Vec<&[u32]> = heard.iter().map(Vec::as_slice).collect();
    let ask = Ask::all(&queries, 20, isa).without(&heard);
    let found = recall(&index.search(&ask), &exact.search(&ask));
    assert!(found > 0.7, "recall of what was not heard: {found}");
}

#[test]
fn scores_are_those_of_what_is_kept_of_rows() {
    let (items, queries) = factors(500, 6, 37, 8);
    let isa = Isa::best();
    let halved = items.as_slice().iter().map(|x| from_half(to_half(*x))).collect();
    let halved = Slow::of(&Matrix::from_vec(500, 37, halved));
    let half = Exact::new(&items, Similarity::Dot, Precision::Half);
    let byte = Exact::new(&items, Similarity::Dot, Precision::Byte);
    byte.assert_valid();
    let ask = Ask::all(&queries, 50, isa);
    let longest = (0..500).map(|row| norm(items.row(row))).fold(0.0, f32::max);
    for (q, found) in half.search(&ask).into_iter().enumerate() {
        assert_eq!(found, halved.best(queries.row(q), 50, |_| true, isa));
    }
    for (q, found) in byte.search(&ask).into_iter().enumerate() {
        for (row, score) in found {
            // Half a step of 1/127 of the largest number, 37 times, at most; norms of a panel are alike.
            let dot = linalg::dot(queries.row(q), items.row(row as usize));
            assert!((score - dot).abs() < 0.02 * longest * norm(queries.row(q)), "row {row}");
        }
    }
}

fn norm(x: &[f32]) -> f32 {
    linalg::dot(x, x).sqrt()
}

#[test]
fn cosines_are_those_of_unit_vectors_and_zero_for_rows_of_no_length() {
    // Cosines of (1, 1) with (3, 0), (2, 2) and (0, 0): 1/√2, 1 and 0.
    let items = Matrix::from_vec(3, 2, vec![3.0, 0.0, 2.0, 2.0, 0.0, 0.0]);
    let queries = Matrix::from_vec(1, 2, vec![1.0, 1.0]);
    let index = Exact::new(&items, Similarity::Cosine, Precision::Single);
    let [found] = index.search(&Ask::all(&queries, 3, Isa::PORTABLE)).try_into().unwrap();
    let rows: Vec<u32> = found.iter().map(|(row, _)| *row).collect();
    assert_eq!(rows, [1, 0, 2]);
    for ((_, got), expected) in found.into_iter().zip([1.0, 0.5_f32.sqrt(), 0.0]) {
        assert!((got - expected).abs() < 1e-6, "{got}");
    }
}

#[test]
fn recall_never_falls_as_the_effort_grows() {
    let (items, queries) = factors(3000, 20, 16, 2);
    let isa = Isa::best();
    let index = Index::new(&items, layout(40), isa);
    let ask = Ask::all(&queries, 30, isa);
    let truth = index.search(&ask);
    let mut before = vec![0; 20];
    for effort in [1, 50, 100, 200, 400, 800, 1600, 3000] {
        let found = index.clone().with_effort(effort).search(&ask);
        let hits: Vec<usize> =
            found.iter().zip(&truth).map(|(found, truth)| hits(found, truth)).collect();
        assert!(hits.iter().zip(&before).all(|(now, before)| now >= before), "effort {effort}");
        before = hits;
    }
    assert_eq!(before, [30; 20]);
}

fn hits(found: &Best, truth: &Best) -> usize {
    found.iter().filter(|row| truth.contains(row)).count()
}

#[test]
fn any_number_of_threads_builds_the_same_bytes_and_finds_the_same_rows() {
    let (items, queries) = factors(2500, 15, 24, 6);
    let isa = Isa::best();
    let of_threads = |n: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
        pool.install(|| {
            let index = Index::new(&items, layout(60), isa).with_effort(500);
            let mut bytes = Vec::new();
            index.write(&mut bytes).unwrap();
            (bytes, index.search(&Ask::all(&queries, 20, isa)))
        })
    };
    let expected = of_threads(1);
    for n in [2, 5] {
        assert!(of_threads(n) == expected, "{n} threads");
    }
}

#[test]
fn an_effort_is_found_for_a_recall() {
    let (items, queries) = factors(4000, 40, 16, 9);
    let isa = Isa::best();
    let index = Index::new(&items, layout(40), isa).tuned(&queries, 20, 0.95, isa);
    let ask = Ask::all(&queries, 20, isa);
    let truth = index.clone().with_effort(usize::MAX).search(&ask);
    let recall = |index: &Index| recall(&index.search(&ask), &truth);
    assert!(recall(&index) >= 0.95 && !index.is_exact());
    let less = index.effort() * 3 / 4;
    assert!(recall(&index.with_effort(less)) < 0.95, "a smaller effort would do");
}

#[test]
fn odd_rows_and_queries_are_as_documented() {
    let (mut items, _) = factors(300, 1, 8, 4);
    items.row_mut(10).fill(f32::NAN);
    items.row_mut(20)[3] = f32::INFINITY;
    items.row_mut(30).fill(1e30);
    let slow = Slow::of(&items);
    let isa = Isa::best();
    let queries = [vec![1.0; 8], vec![0.0; 8], vec![f32::NAN; 8], vec![1e25; 8], vec![-1.0; 8]];
    let queries = Matrix::from_vec(5, 8, queries.concat());
    let index = Index::new(&items, layout(16), isa).with_effort(40);
    index.assert_valid();
    for (q, found) in index.search(&Ask::all(&queries, 400, isa)).iter().enumerate() {
        let expected = slow.best(queries.row(q), 400, |_| true, isa);
        // All are wanted, so that every row is met: a NaN is never found, whatever is infinite has its place.
        assert_eq!(found, &expected, "query {q}");
    }
    let byte = Layout { precision: Precision::Byte, ..layout(16) };
    let byte = Index::new(&items, byte, isa);
    assert_eq!(byte.n_rows(), 297, "bytes hold no NaN, nothing infinite and nothing beyond 2⁶⁰");
    assert!(!byte.has(10) && !byte.has(20) && !byte.has(30) && byte.has(0));
}

#[test]
fn an_empty_index_finds_nothing_until_a_row_comes() {
    let isa = Isa::best();
    let mut index = Index::new(&Matrix::zeros(0, 3), layout(16), isa);
    index.assert_valid();
    let queries = Matrix::from_vec(1, 3, vec![1.0, 0.0, 0.0]);
    let ask = Ask::all(&queries, 5, isa);
    assert_eq!(index.search(&ask), [[]; 1]);
    index.add(9, &[2.0, 1.0, 0.0]);
    assert_eq!(index.search(&ask), [[(9, 2.0)]]);
    assert_eq!(index.merged(isa).search(&ask), [[(9, 2.0)]]);
    assert!(index.search(&Ask { k: 0, ..ask })[0].is_empty());
}

#[test]
fn what_another_index_or_an_earlier_one_allowed_is_refused() {
    let (items, queries) = factors(100, 1, 4, 4);
    let isa = Isa::best();
    let mut index = Index::new(&items, layout(16), isa);
    let allowed = index.allow(&[1, 2]);
    let refuses = |index: &Index, allowed: &Allowed| {
        let search = || index.search(&Ask::all(&queries, 1, isa).among(allowed));
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(search)).is_err()
    };
    assert!(!refuses(&index, &allowed) && !refuses(&index.clone(), &allowed));
    assert!(refuses(&Index::new(&items, layout(16), isa), &allowed));
    assert!(refuses(&index.merged(isa), &allowed));
    let mut other = index.clone();
    other.remove(1);
    assert!(refuses(&other, &allowed));
    index.remove(2);
    assert!(refuses(&index, &allowed) && refuses(&index, &other.allow(&[5])));
}

#[test]
fn rows_whose_scores_are_alike_are_searched_where_they_are_promised() {
    // A large number that all share hides the rest from the bytes.
    let (mut items, queries) = factors(2000, 4, 3, 4);
    for row in 0..2000 {
        items.row_mut(row)[0] = 1000.0;
    }
    let isa = Isa::best();
    let index = Index::new(&items, layout(40), isa);
    let ask = Ask::all(&queries, 5, isa);
    let truth = index.search(&ask);
    let mut before = 0;
    for effort in [1, 100, 400, 1600, 2000] {
        let found = index.clone().with_effort(effort).search(&ask);
        let now: usize = found.iter().zip(&truth).map(|(found, truth)| hits(found, truth)).sum();
        assert!(now >= before, "effort {effort}");
        before = now;
    }
    assert_eq!(before, 20);
}
