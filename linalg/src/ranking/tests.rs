//! Do places and best rows equal those of a full sort?

use proptest::prelude::{prop_assert_eq, proptest};

use super::{Panels, Question, Ranking, rank_scores};
use crate::{Isa, Matrix};

/// Sorts everything, then looks.
fn slow(scores: &[f32], excluded: &[u32], wanted: &[u32], k: usize) -> Ranking {
    let score = |row: u32| scores[row as usize];
    let all = 0..u32::try_from(scores.len()).unwrap();
    let mut rows: Vec<u32> = all.filter(|row| !excluded.contains(row)).collect();
    rows.sort_by(|&a, &b| score(b).total_cmp(&score(a)).then(a.cmp(&b)));
    let place = |&wanted: &u32| rows.iter().position(|&row| row == wanted).unwrap();
    let ties = |&wanted: &u32| rows.iter().filter(|&&row| score(row) == score(wanted)).count() - 1;
    Ranking {
        best: rows.iter().take(k).map(|&row| (row, score(row))).collect(),
        places: wanted.iter().map(|wanted| u32::try_from(place(wanted)).unwrap()).collect(),
        ties: wanted.iter().map(|wanted| u32::try_from(ties(wanted)).unwrap()).collect(),
    }
}

proptest! {
    #[test]
    fn a_ranking_is_that_of_a_full_sort(
        // Few distinct scores, so that ties are common; beyond 512 rows there is a second chunk.
        scores in proptest::collection::vec(-9_i8..9, 1..1200),
        excluded in proptest::collection::btree_set(0_u32..1200, 0..40),
        wanted in proptest::collection::btree_set(0_u32..1200, 0..10),
        k in 0_usize..60,
    ) {
        let scores: Vec<f32> = scores.into_iter().map(f32::from).collect();
        let is_there = |row: &u32| (*row as usize) < scores.len();
        let excluded: Vec<u32> = excluded.into_iter().filter(is_there).collect();
        let is_ranked = |row: &u32| is_there(row) && !excluded.contains(row);
        let wanted: Vec<u32> = wanted.into_iter().filter(is_ranked).collect();
        let expected = slow(&scores, &excluded, &wanted, k);
        // A vector of one number is its own score for the query 1.
        let panels = Panels::new(&Matrix::from_vec(scores.len(), 1, scores.clone()));
        let question = Question { query: &[1.0], excluded: &excluded, wanted: &wanted };
        for isa in Isa::available() {
            prop_assert_eq!(&panels.rank(&[question; 3], k, isa), &vec![expected.clone(); 3]);
            let got = rank_scores(&mut scores.clone(), &excluded, &wanted, k, isa);
            prop_assert_eq!(&got, &expected);
        }
    }
}

#[test]
fn a_score_is_the_dot_of_query_and_row() {
    let numbers = |n: usize, of: usize| (0..n).map(|k| ((k * of) % 17) as f32 - 8.0).collect();
    let (rows, queries) = (
        Matrix::from_vec(70, 19, numbers(70 * 19, 7)),
        Matrix::from_vec(11, 19, numbers(11 * 19, 5)),
    );
    let panels = Panels::new(&rows);
    let questions: Vec<_> =
        (0..11).map(|q| Question { query: queries.row(q), excluded: &[], wanted: &[] }).collect();
    for isa in Isa::available() {
        for (q, ranking) in panels.rank(&questions, 70, isa).into_iter().enumerate() {
            assert_eq!(ranking.best.len(), 70);
            for (row, score) in ranking.best {
                let pairs = rows.row(row as usize).iter().zip(queries.row(q));
                // Whole numbers: no sum rounds.
                assert_eq!(score, pairs.map(|(x, y)| x * y).sum::<f32>(), "{isa:?}");
            }
        }
    }
}

#[test]
fn nothing_to_rank_is_an_empty_ranking() {
    let panels = Panels::new(&Matrix::zeros(0, 3));
    let question = Question { query: &[0.0; 3], excluded: &[], wanted: &[] };
    assert_eq!(panels.rank(&[question], 5, Isa::PORTABLE), [Ranking::default()]);
    assert_eq!(panels.rank(&[], 5, Isa::PORTABLE), []);
}
