//! Are the lines those that a slow reading of the formula picks?

use music::{ArtistId, ItemIx};
use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, proptest};

use super::Picking;
use crate::relevance::{appeal, relevance};
use crate::testing::{Owned, cosine, is_valid, plain, pool, rules};
use crate::{Candidate, Mix, Rules, Variety};

/// A mix of three of the four genres that candidates have.
const MIX: Mix<'_> = Mix { genres: &[(0, 0.5), (1, 0.3), (3, 0.2)], regions: &[] };

fn pick(candidates: &[Candidate<'_>], mix: &Mix<'_>, rules: &Rules) -> Vec<usize> {
    let relevance = relevance(candidates);
    let appeal = appeal(candidates, &relevance, rules.adventure);
    let mut picking = Picking::new(candidates, mix, rules, &relevance, 1.0);
    picking.up_to(rules.size, 0, &appeal);
    picking.picked.iter().map(|(at, _)| *at).collect()
}

#[test]
fn variety_is_bought_with_score() {
    // Relevance 1, 0.9, 0.5; the second points where the first does, the third across.
    // After the first pick at diversity 0.5: 0.5·0.9 − 0.5·1 = −0.05 against 0.5·0.5 − 0 = 0.25.
    // By DPP: 0.45 + 0.5·ln(1e-6) against 0.25 + 0.5·ln(1 − 0.5²) = 0.11.
    let near = [[1.0, 0.0], [2.0, 0.0], [0.0, 1.0]];
    let scores = [2.0, 1.8, 1.0];
    let candidates: Vec<Candidate<'_>> = (0..3)
        .map(|at| Candidate { score: scores[at], vector: Some(&near[at]), ..plain(at) })
        .collect();
    assert_eq!(pick(&candidates, &Mix::default(), &Rules::plain(3)), [0, 1, 2]);
    for variety in [Variety::Mmr, Variety::Dpp] {
        let rules = Rules { diversity: 0.5, variety, ..Rules::plain(3) };
        assert_eq!(pick(&candidates, &Mix::default(), &rules), [0, 2, 1], "{variety:?}");
    }
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
    let rules = Rules { per_artist: 1, per_release: 1, ..Rules::plain(9) };
    let expected = [0, 2, 5];
    let got = pick(&candidates, &Mix::default(), &rules);
    assert_eq!(got, expected, "1 credits artist 1 again, 3 is on release 7, 4 is work 2");
}

#[test]
fn an_artist_credited_twice_on_a_line_counts_once() {
    let artists = [ArtistId(1), ArtistId(1)];
    let candidates =
        [Candidate { artists: &artists, ..plain(0) }, Candidate { artists: &artists, ..plain(1) }];
    let rules = Rules { per_artist: 2, ..Rules::plain(9) };
    assert_eq!(pick(&candidates, &Mix::default(), &rules), [0, 1]);
}

#[test]
fn scores_below_zero_rank_as_others_do() {
    let candidates: Vec<Candidate<'_>> =
        (0..3).map(|at| Candidate { score: [-2.0, -1.0, -3.0][at], ..plain(at) }).collect();
    for diversity in [0.0, 0.5] {
        let rules = Rules { diversity, ..Rules::plain(9) };
        assert_eq!(pick(&candidates, &Mix::default(), &rules), [1, 0, 2]);
    }
}

#[test]
fn a_price_and_a_lift_change_who_is_first() {
    // Relevance 1 and 0.5; the first costs 0.6, or the second is lifted threefold.
    let free = [plain(0), plain(1)];
    assert_eq!(pick(&free, &Mix::default(), &Rules::plain(1)), [0]);
    let dear = [Candidate { price: 0.6, ..plain(0) }, plain(1)];
    assert_eq!(pick(&dear, &Mix::default(), &Rules::plain(1)), [1]);
    let in_season = [plain(0), Candidate { lift: 3.0, ..plain(1) }];
    assert_eq!(pick(&in_season, &Mix::default(), &Rules::plain(1)), [1]);
}

#[test]
fn regions_and_fresh_releases_get_what_they_are_owed() {
    // The first six are of region 0, then three of region 1, of which the last is fresh. Six lines are asked for;
    // region 1 has half of the taste and is owed half of three, rounded down: one. Fresh is owed a sixth: one.
    let of = |at: usize| Candidate {
        region: Some(usize::from(at >= 6)),
        is_fresh: at == 8,
        ..plain(at)
    };
    let candidates: Vec<Candidate<'_>> = (0..9).map(of).collect();
    let mix = Mix { regions: &[0.5, 0.5], ..Mix::default() };
    let rules = Rules { region_share: 0.5, fresh_share: 1.0 / 6.0, ..Rules::plain(6) };
    assert_eq!(pick(&candidates, &mix, &rules), [0, 1, 2, 3, 6, 8]);
}

#[test]
fn nothing_makes_an_empty_list() {
    assert!(pick(&[], &MIX, &Rules::plain(9)).is_empty());
    assert!(pick(&[plain(0)], &MIX, &Rules::plain(0)).is_empty());
}

/// A list, extended by the best of all candidates that keep it valid, everything counted anew at each step.
fn slow(candidates: &[Candidate<'_>], mix: &Mix<'_>, rules: &Rules) -> Vec<(usize, f64)> {
    let best = candidates.iter().map(|c| c.score).fold(f32::MIN, f32::max);
    let scale = if best == 0.0 { 1.0 } else { best.abs() };
    let mut list: Vec<(usize, f64)> = Vec::new();
    loop {
        let picked: Vec<usize> = list.iter().map(|(at, _)| *at).collect();
        let value = |at: usize| {
            let relevance = f64::from(candidates[at].score / scale);
            let longer = [picked.clone(), vec![at]].concat();
            let variety = match rules.variety {
                Variety::Mmr => -most_alike(candidates, &picked, at),
                Variety::Dpp => log_det(candidates, &longer) - log_det(candidates, &picked),
            };
            // Beside a line without a genre, from which the fast way counts.
            let taken = divergence(candidates, &picked, picked.len() + 1, mix)
                - divergence(candidates, &longer, longer.len(), mix);
            let diversity = f64::from(rules.diversity);
            (1.0 - diversity) * relevance
                + diversity * variety
                + f64::from(rules.calibration) * taken
        };
        let open = (0..candidates.len())
            .filter(|&at| is_valid(candidates, &[picked.clone(), vec![at]].concat(), rules));
        let best =
            open.map(|at| (at, value(at))).max_by(|(a, x), (b, y)| x.total_cmp(y).then(b.cmp(a)));
        match best {
            Some(best) => list.push(best),
            None => return list,
        }
    }
}

fn most_alike(candidates: &[Candidate<'_>], picked: &[usize], at: usize) -> f64 {
    let cosine = |&p: &usize| cosine(candidates[at].vector, candidates[p].vector).unwrap_or(0.0);
    f64::from(picked.iter().map(cosine).fold(0.0, f32::max))
}

/// Of the similarities of some lines, by elimination; a line that is there twice makes the least d².
fn log_det(candidates: &[Candidate<'_>], lines: &[usize]) -> f64 {
    let similarity = |i: usize, j: usize| match cosine(candidates[i].vector, candidates[j].vector) {
        _ if i == j => 1.0,
        Some(cosine) => f64::midpoint(1.0, f64::from(cosine)),
        None => 0.0,
    };
    let mut rows: Vec<Vec<f64>> =
        lines.iter().map(|&i| lines.iter().map(|&j| similarity(i, j)).collect()).collect();
    let mut sum = 0.0;
    for k in 0..rows.len() {
        let pivot = rows[k][k].max(1e-4);
        sum += pivot.ln();
        let (done, rest) = rows.split_at_mut(k + 1);
        for row in rest {
            let factor = row[k] / pivot;
            for (x, of_pivot) in row.iter_mut().zip(&done[k]).skip(k) {
                *x -= factor * of_pivot;
            }
        }
    }
    sum
}

/// Steck's C(p, q) of some lines, as if there were `n`.
fn divergence(candidates: &[Candidate<'_>], lines: &[usize], n: usize, mix: &Mix<'_>) -> f64 {
    let of = |&(genre, p): &(u32, f32)| {
        let shares = lines.iter().flat_map(|&at| candidates[at].genres);
        let sum: f32 = shares.filter(|(other, _)| *other == genre).map(|(_, share)| share).sum();
        let mixed = 0.99 * f64::from(sum) / n.max(1) as f64 + 0.01 * f64::from(p);
        f64::from(p) * (f64::from(p) / mixed).ln()
    };
    mix.genres.iter().map(of).sum()
}

proptest! {
    #[test]
    fn each_pick_is_worth_as_much_as_the_one_counted_anew(pool in pool(), rules in rules()) {
        let candidates: Vec<Candidate<'_>> = pool.iter().map(Owned::candidate).collect();
        let relevance = relevance(&candidates);
        let mut picking = Picking::new(&candidates, &MIX, &rules, &relevance, 1.0);
        picking.up_to(rules.size, 0, &relevance);
        let expected = slow(&candidates, &MIX, &rules);
        prop_assert_eq!(picking.picked.len() <= rules.size, true);
        // Until a tie within rounding lets the two part.
        for ((at, values), (expected, value)) in picking.picked.iter().zip(expected) {
            let tolerance = 1e-3 * value.abs().max(1.0);
            prop_assert!((f64::from(values.value) - value).abs() < tolerance, "{values:?} {value}");
            if *at != expected {
                break;
            }
        }
    }

    #[test]
    fn rules_hold_and_no_line_is_left_out_that_they_allow(pool in pool(), rules in rules()) {
        let candidates: Vec<Candidate<'_>> = pool.iter().map(Owned::candidate).collect();
        let list = pick(&candidates, &MIX, &rules);
        prop_assert!(is_valid(&candidates, &list, &rules));
        for at in (0..candidates.len()).filter(|at| !list.contains(at)) {
            prop_assert!(!is_valid(&candidates, &[list.clone(), vec![at]].concat(), &rules), "{} would fit", at);
        }
    }

    #[test]
    fn without_other_wishes_the_best_scores_that_fit_come_in_order(pool in pool(), rules in rules()) {
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
        let plain = Rules { diversity: 0.0, calibration: 0.0, ..rules };
        prop_assert_eq!(pick(&candidates, &MIX, &plain), expected);
    }

    #[test]
    fn the_order_of_candidates_tells_nothing(
        (pool, shuffled) in pool().prop_flat_map(|pool| (Just(pool.clone()), Just(pool).prop_shuffle())),
        rules in rules(),
    ) {
        let items = |pool: &[Owned]| -> Vec<ItemIx> {
            let candidates: Vec<Candidate<'_>> = pool.iter().map(Owned::candidate).collect();
            pick(&candidates, &MIX, &rules).into_iter().map(|at| candidates[at].item).collect()
        };
        prop_assert_eq!(items(&pool), items(&shuffled));
    }

    #[test]
    fn any_finite_score_and_vector_is_ranked(numbers in proptest::collection::vec((any::<f32>(), any::<[f32; 2]>()), 0..9), diversity in 0.0_f32..=1.0) {
        let finite: Vec<_> = numbers.iter().filter(|(score, _)| score.is_finite()).collect();
        let candidates: Vec<Candidate<'_>> = finite.iter().enumerate()
            .map(|(at, (score, vector))| Candidate { score: *score, vector: Some(vector), ..plain(at) })
            .collect();
        let rules = Rules { diversity, ..Rules::plain(9) };
        prop_assert_eq!(pick(&candidates, &MIX, &rules).len(), candidates.len());
    }
}
