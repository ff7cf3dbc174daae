//! Does the list keep its rules, whatever the candidates?

use std::collections::BTreeMap;

use linalg::dot;
use music::{ArtistId, ItemIx};
use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, proptest};

use super::{Candidate, Rules, rerank};

const FREE: Rules = Rules { size: 9, per_artist: 9, per_release: 9, diversity: 0.0 };

#[test]
fn variety_is_bought_with_score() {
    // Relevance 1, 0.9, 0.5; the second points where the first does, the third across.
    // After the first pick at diversity 0.5: 0.5·0.9 − 0.5·1 = −0.05 against 0.5·0.5 − 0 = 0.25.
    let near = [[1.0, 0.0], [2.0, 0.0], [0.0, 1.0]];
    let scores = [2.0, 1.8, 1.0];
    let candidates: Vec<Candidate<'_>> = (0..3)
        .map(|at| Candidate { score: scores[at], vector: Some(&near[at]), ..plain(at) })
        .collect();
    assert_eq!(rerank(&candidates, &FREE), [0, 1, 2]);
    assert_eq!(rerank(&candidates, &Rules { diversity: 0.5, ..FREE }), [0, 2, 1]);
}

#[test]
fn caps_hold_for_featured_artists_releases_and_works() {
    let (one, two) = ([ArtistId(1)], [ArtistId(2), ArtistId(1)]);
    let candidates = [
        Candidate { artists: &one, ..plain(0) },
        Candidate { artists: &two, ..plain(1) },
        Candidate { release: Some(7), ..plain(2) },
        Candidate { release: Some(7), ..plain(3) },
        Candidate { work: 2, ..plain(4) },
        plain(5),
    ];
    let rules = Rules { per_artist: 1, per_release: 1, ..FREE };
    assert_eq!(
        rerank(&candidates, &rules),
        [0, 2, 5],
        "1 credits artist 1 again, 3 is on release 7, 4 is work 2"
    );
}

#[test]
fn an_artist_credited_twice_on_a_line_counts_once() {
    let artists = [ArtistId(1), ArtistId(1)];
    let candidates =
        [Candidate { artists: &artists, ..plain(0) }, Candidate { artists: &artists, ..plain(1) }];
    assert_eq!(rerank(&candidates, &Rules { per_artist: 2, ..FREE }), [0, 1]);
}

#[test]
fn scores_below_zero_rank_as_others_do() {
    let candidates = [-2.0, -1.0, -3.0].map(|score| Candidate { score, ..plain(0) });
    let candidates: Vec<Candidate<'_>> =
        (0..).zip(candidates).map(|(work, c)| Candidate { work, ..c }).collect();
    for diversity in [0.0, 0.5] {
        assert_eq!(rerank(&candidates, &Rules { diversity, ..FREE }), [1, 0, 2]);
    }
}

#[test]
fn nothing_makes_an_empty_list() {
    assert!(rerank(&[], &FREE).is_empty());
    assert!(rerank(&[plain(0)], &Rules { size: 0, ..FREE }).is_empty());
}

/// A candidate that no cap meets, scored lower the later it comes.
fn plain(at: usize) -> Candidate<'static> {
    let row = u32::try_from(at).unwrap();
    let score = 1.0 / (row as f32 + 1.0);
    Candidate {
        item: ItemIx(row),
        score,
        artists: &[],
        release: None,
        work: u64::from(row),
        vector: None,
    }
}

/// What owns the slices of a candidate.
#[derive(Clone, Debug)]
struct Owned {
    item: ItemIx,
    score: f32,
    artists: Vec<ArtistId>,
    release: Option<u64>,
    work: u64,
    vector: Option<Vec<f32>>,
}

impl Owned {
    fn candidate(&self) -> Candidate<'_> {
        Candidate {
            item: self.item,
            score: self.score,
            artists: &self.artists,
            release: self.release,
            work: self.work,
            vector: self.vector.as_deref(),
        }
    }
}

/// Few artists, releases, works, scores and directions, so that every rule and tie comes up.
fn pool() -> impl Strategy<Value = Vec<Owned>> {
    let owned = (
        (-3..6_i8).prop_map(|score| f32::from(score) / 2.0),
        proptest::collection::vec((0..6_u64).prop_map(ArtistId), 0..3),
        proptest::option::of(0..5_u64),
        0..25_u64,
        proptest::option::of(proptest::collection::vec((-2..3_i8).prop_map(f32::from), 3)),
    );
    proptest::collection::vec(owned, 0..30).prop_map(|pool| {
        let numbered = (0..).zip(pool);
        let owned = numbered.map(|(row, (score, artists, release, work, vector))| Owned {
            item: ItemIx(row),
            score,
            artists,
            release,
            work,
            vector,
        });
        owned.collect()
    })
}

fn rules() -> impl Strategy<Value = Rules> {
    let diversity = proptest::sample::select(vec![0.0, 0.1, 0.3, 0.5, 0.9, 1.0]);
    (0..35_usize, 0..4_usize, 0..4_usize, diversity).prop_map(
        |(size, per_artist, per_release, diversity)| Rules {
            size,
            per_artist,
            per_release,
            diversity,
        },
    )
}

/// A list, extended by the best of all candidates that keep it valid, everything counted anew at each step.
fn slow(candidates: &[Candidate<'_>], rules: &Rules) -> Vec<usize> {
    let best = candidates.iter().map(|c| c.score).fold(f32::MIN, f32::max);
    let scale = if best == 0.0 { 1.0 } else { best.abs() };
    let mut list: Vec<usize> = Vec::new();
    loop {
        let mut choice: Option<(f32, usize)> = None;
        for (at, c) in candidates.iter().enumerate() {
            let longer = [list.clone(), vec![at]].concat();
            if !is_valid(candidates, &longer, rules) {
                continue;
            }
            let nearest =
                list.iter().map(|&p| cosine(c.vector, candidates[p].vector)).fold(0.0, f32::max);
            let value = (1.0 - rules.diversity) * (c.score / scale) - rules.diversity * nearest;
            let is_better = choice.is_none_or(|(best, other)| {
                let o = &candidates[other];
                value > best
                    || (value == best
                        && (c.score > o.score || (c.score == o.score && c.item < o.item)))
            });
            if is_better {
                choice = Some((value, at));
            }
        }
        match choice {
            Some((_, at)) => list.push(at),
            None => return list,
        }
    }
}

fn cosine(a: Option<&[f32]>, b: Option<&[f32]>) -> f32 {
    let (Some(a), Some(b)) = (a, b) else { return 0.0 };
    let cosine = dot(a, b) / dot(a, a).sqrt() / dot(b, b).sqrt();
    if cosine.is_nan() { 0.0 } else { cosine }
}

fn is_valid(candidates: &[Candidate<'_>], list: &[usize], rules: &Rules) -> bool {
    let (mut artists, mut releases, mut works) =
        (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for c in list.iter().map(|&at| &candidates[at]) {
        *works.entry(c.work).or_insert(0) += 1;
        c.release.into_iter().for_each(|release| *releases.entry(release).or_insert(0) += 1);
        let credited: std::collections::BTreeSet<ArtistId> = c.artists.iter().copied().collect();
        credited.into_iter().for_each(|artist| *artists.entry(artist).or_insert(0) += 1);
    }
    list.len() <= rules.size
        && works.values().all(|&n| n <= 1)
        && releases.values().all(|&n| n <= rules.per_release)
        && artists.values().all(|&n| n <= rules.per_artist)
}

proptest! {
    #[test]
    fn the_incremental_list_is_the_one_counted_anew(pool in pool(), rules in rules()) {
        let candidates: Vec<Candidate<'_>> = pool.iter().map(Owned::candidate).collect();
        prop_assert_eq!(rerank(&candidates, &rules), slow(&candidates, &rules));
    }

    #[test]
    fn rules_hold_and_no_line_is_left_out_that_they_allow(pool in pool(), rules in rules()) {
        let candidates: Vec<Candidate<'_>> = pool.iter().map(Owned::candidate).collect();
        let list = rerank(&candidates, &rules);
        prop_assert!(is_valid(&candidates, &list, &rules));
        for at in (0..candidates.len()).filter(|at| !list.contains(at)) {
            prop_assert!(!is_valid(&candidates, &[list.clone(), vec![at]].concat(), &rules), "{} would fit", at);
        }
    }

    #[test]
    fn without_diversity_the_best_scores_that_fit_come_in_order(pool in pool(), rules in rules()) {
        let candidates: Vec<Candidate<'_>> = pool.iter().map(Owned::candidate).collect();
        let mut order: Vec<usize> = (0..candidates.len()).collect();
        order.sort_by(|&a, &b| candidates[b].score.total_cmp(&candidates[a].score));
        let mut expected = Vec::new();
        for at in order {
            expected.push(at);
            if !is_valid(&candidates, &expected, &rules) {
                expected.pop();
            }
        }
        prop_assert_eq!(rerank(&candidates, &Rules { diversity: 0.0, ..rules }), expected);
    }

    #[test]
    fn the_order_of_candidates_tells_nothing(
        (pool, shuffled) in pool().prop_flat_map(|pool| (Just(pool.clone()), Just(pool).prop_shuffle())),
        rules in rules(),
    ) {
        let items = |pool: &[Owned]| -> Vec<ItemIx> {
            let candidates: Vec<Candidate<'_>> = pool.iter().map(Owned::candidate).collect();
            rerank(&candidates, &rules).into_iter().map(|at| candidates[at].item).collect()
        };
        prop_assert_eq!(items(&pool), items(&shuffled));
    }

    #[test]
    fn any_finite_score_and_vector_is_ranked(numbers in proptest::collection::vec((any::<f32>(), any::<[f32; 2]>()), 0..9), diversity in 0.0_f32..=1.0) {
        let finite: Vec<_> = numbers.iter().filter(|(score, _)| score.is_finite()).collect();
        let candidates: Vec<Candidate<'_>> = finite.iter().enumerate()
            .map(|(at, (score, vector))| Candidate { score: *score, vector: Some(vector), ..plain(at) })
            .collect();
        prop_assert_eq!(rerank(&candidates, &Rules { diversity, ..FREE }).len(), candidates.len());
    }
}
