//! Do lists keep their promises for a whole year?

use std::collections::{BTreeMap, BTreeSet};

use music::Tier;
use proptest::prelude::{ProptestConfig, Strategy, any, proptest};
use rank::{Candidate, Rules, Slate, Variety, slate};

use crate::town::{Exposures, Served, Town, WEEKS, misplaced};

/// Ten lines with everything that a list can be asked for.
const LIST: Rules = Rules {
    expand: 4,
    explore: 2,
    per_artist: 1,
    per_release: 1,
    diversity: 0.1,
    region_share: 0.5,
    fresh_share: 0.1,
    ..Rules::plain(10)
};

fn rules() -> impl Strategy<Value = Rules> {
    let variety = proptest::sample::select(vec![Variety::Mmr, Variety::Dpp]);
    let shares = (0.0_f32..=1.0, 0.0_f32..=0.5, 0.0_f32..=0.6, 0.0_f32..=0.2, 0.0_f32..=0.1);
    (1..3_usize, 1..3_usize, 0..4_usize, variety, shares).prop_map(
        |(per_artist, per_release, explore, variety, shares)| {
            let (adventure, diversity, region_share, fresh_share, price_loss) = shares;
            Rules {
                explore,
                per_artist,
                per_release,
                variety,
                diversity,
                calibration: 0.05,
                adventure,
                region_share,
                fresh_share,
                price_loss,
                ..LIST
            }
        },
    )
}

/// What every list of the year must keep to.
fn check(served: &Served<'_>) {
    check_caps(served);
    check_quotas(served);
    check_slots(served);
    check_loss(served);
}

fn check_caps(served: &Served<'_>) {
    assert!(is_within_caps(served.lines(), served.rules), "{:?}", served.slate.lines);
}

/// Whether lines keep to the caps, everything counted anew.
fn is_within_caps<'a>(lines: impl Iterator<Item = &'a Candidate<'a>>, rules: &Rules) -> bool {
    let (mut artists, mut releases, mut works) =
        (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
    let mut is_once = true;
    for c in lines {
        let credited: BTreeSet<_> = c.artists.iter().copied().collect();
        credited.into_iter().for_each(|artist| *artists.entry(artist).or_insert(0) += 1);
        *releases.entry(c.release).or_insert(0) += 1;
        is_once &= works.insert(c.work);
    }
    is_once
        && artists.values().all(|&n| n <= rules.per_artist)
        && releases.values().all(|&n| n <= rules.per_release)
}

/// Whether a candidate that is no line fits beside those that were picked.
fn fits(served: &Served<'_>, c: &Candidate<'_>) -> bool {
    let is_line = served.lines().any(|line| line.item == c.item);
    !is_line && is_within_caps(served.picked().chain(std::iter::once(c)), served.rules)
}

/// Each region has what it is owed, and so have fresh releases, or nothing of the kind fits beside the lines.
fn check_quotas(served: &Served<'_>) {
    let n = served.rules.size - served.rules.explore;
    let check = |share: f32, is_of: &dyn Fn(&Candidate<'_>) -> bool| {
        let n_picked = served.picked().filter(|c| is_of(c)).count();
        // Within the last bit of a share, as a third of three is one.
        let is_paid = n_picked as f32 + 1.0 > share * n as f32 - 1e-3;
        let could_pay = || served.candidates.iter().any(|c| is_of(c) && fits(served, c));
        assert!(is_paid || !could_pay(), "{n_picked} of {n} for a share of {share}");
    };
    for (region, share) in served.mix.regions.iter().enumerate() {
        check(share * served.rules.region_share, &|c| c.region == Some(region));
    }
    check(served.rules.fresh_share, &|c| c.is_fresh);
}

/// As many slots as asked for, or all that could be drawn stands in one alone; chances sum to 1.
fn check_slots(served: &Served<'_>) {
    let lines = &served.slate.lines;
    let slots: Vec<_> = lines.iter().filter_map(|line| line.slot.as_ref()).collect();
    assert!(slots.len() <= served.rules.explore);
    for slot in &slots {
        let sum: f32 = slot.choices.iter().map(|(_, chance)| chance).sum();
        assert!((sum - 1.0).abs() < 1e-5 && slot.propensity() > 0.0, "{slot:?}");
        assert!(slot.choices.iter().all(|(at, _)| served.candidates[*at].is_explorable));
    }
    let drawn = lines.iter().filter(|line| line.slot.is_some());
    assert!(drawn.into_iter().all(|line| line.tier == Tier::Expand));
    let choices: Vec<usize> =
        slots.iter().flat_map(|slot| &slot.choices).map(|(at, _)| *at).collect();
    let distinct: BTreeSet<usize> = choices.iter().copied().collect();
    assert_eq!(distinct.len(), choices.len(), "no candidate stands in two slots");
    if slots.len() < served.rules.explore {
        assert_eq!(choices.len(), slots.len());
        for c in served.candidates.iter().filter(|c| c.is_explorable && fits(served, c)) {
            let has_rival = choices.iter().any(|at| is_rival(c, &served.candidates[*at]));
            assert!(has_rival, "row {} fits a slot", c.item.0);
        }
    }
}

fn is_rival(c: &Candidate<'_>, other: &Candidate<'_>) -> bool {
    c.release == other.release
        || c.work == other.work
        || c.artists.iter().any(|artist| other.artists.contains(artist))
}

/// Prices cost no more of what the list would be worth without them than allowed.
fn check_loss(served: &Served<'_>) {
    let free: Vec<Candidate<'_>> =
        served.candidates.iter().map(|c| Candidate { price: 0.0, ..*c }).collect();
    let free = slate(&free, served.mix, served.rules, 0);
    let worth = |slate: &Slate| {
        let picked = slate.lines.iter().filter(|line| line.slot.is_none());
        picked.map(|line| line.values.relevance).sum::<f32>()
    };
    let least = (1.0 - served.rules.price_loss) * worth(&free);
    // Sums of ten numbers near 1, in another order.
    assert!(worth(served.slate) >= least - 1e-4, "{} of {least}", worth(served.slate));
}

/// The year of a town; every list is checked, and handed to `each`.
fn year(town: &Town, rules: &Rules, each: &mut dyn FnMut(&Served<'_>)) -> Exposures {
    town.play(rules, WEEKS, &mut |served| {
        check(served);
        each(served);
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn no_week_of_the_year_bends_a_rule(seed in any::<u64>(), rules in rules()) {
        let mut had: BTreeMap<usize, (BTreeSet<_>, BTreeSet<_>)> = BTreeMap::new();
        let mut n_lines = 0;
        year(&Town::new(seed, 2), &rules, &mut |served| {
            let (recordings, works) = had.entry(served.listener).or_default();
            for c in served.lines() {
                assert!(recordings.insert(c.item) && works.insert(c.work), "row {} came twice", c.item.0);
                n_lines += 1;
            }
        });
        assert!(n_lines > 2 * WEEKS * 7, "{n_lines} lines are too few to say so");
    }

    #[test]
    fn the_same_year_comes_twice(seed in any::<u64>(), rules in rules()) {
        let town = Town::new(seed, 1);
        let lists = || {
            let mut lists = Vec::new();
            town.play(&rules, WEEKS / 4, &mut |served| lists.push(served.slate.clone()));
            lists
        };
        assert_eq!(lists(), lists());
    }
}

#[test]
fn a_year_of_prices_brings_attention_nearer_to_relevance() {
    for seed in 0..4 {
        let town = Town::new(seed, 4);
        let year = |price_loss: f32| {
            let sums = year(&town, &Rules { price_loss, ..LIST }, &mut |_| ());
            [misplaced(&sums.artists), misplaced(&sums.groups)]
        };
        let ([free, free_of_groups], [fair, fair_of_groups]) = (year(0.0), year(0.05));
        // Of artists 0.15 to 0.09 in the worst of these towns, of groups 0.07 to 0.015.
        assert!(fair < 0.75 * free, "{seed}: {free} to {fair} of artists");
        assert!(
            fair_of_groups < 0.5 * free_of_groups,
            "{seed}: {free_of_groups} to {fair_of_groups}"
        );
    }
}

#[test]
fn a_year_is_bolder_the_more_adventurous_its_listeners_are() {
    for seed in 0..2 {
        let town = Town::new(seed, 6);
        let year = |adventure: f32| {
            let (mut popularity, mut distance, mut n) = (0.0, 0.0, 0.0);
            town.play(&Rules { adventure, ..LIST }, WEEKS / 2, &mut |served| {
                for c in served.lines() {
                    popularity += c.popularity;
                    distance += c.distance;
                    n += 1.0;
                }
            });
            (popularity / n, distance / n)
        };
        let years = [0.0, 0.25, 0.5, 0.75, 1.0].map(year);
        for pair in years.windows(2) {
            let [(popularity, distance), bolder] = [pair[0], pair[1]];
            assert!(bolder.0 < popularity && bolder.1 > distance, "{seed}: {years:?}");
        }
    }
}
