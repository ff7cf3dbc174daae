//! Does the whole list keep what it promises?

use std::collections::BTreeMap;

use music::{ArtistId, Tier};
use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

use super::{Fate, fate, slate};
use crate::testing::{Owned, is_valid, plain, pool, rules};
use crate::{Candidate, Mix, Rules, Sound};

/// Thirty lines as they are asked for by default.
const LIST: Rules = Rules { expand: 10, explore: 3, per_artist: 2, ..Rules::plain(30) };

/// Two of each of a hundred artists, the second a little bolder than the first.
fn many(artists: &[[ArtistId; 1]]) -> Vec<Candidate<'_>> {
    let of = |at: usize| Candidate {
        artists: &artists[at / 2],
        popularity: ((at * 7919) % 200) as f32 / 200.0,
        distance: ((at * 104_729) % 200) as f32 / 200.0,
        is_explorable: true,
        score: 1.0 - at as f32 / 400.0,
        ..plain(at)
    };
    (0..2 * artists.len()).map(of).collect()
}

fn artists() -> Vec<[ArtistId; 1]> {
    (0..100).map(|n| [ArtistId(n)]).collect()
}

#[test]
fn a_core_comes_first_then_a_bolder_tail_with_what_was_drawn() {
    let artists = artists();
    let candidates = many(&artists);
    let slate = slate(&candidates, &Mix::default(), &LIST, 1);
    let tiers: Vec<Tier> = slate.lines.iter().map(|line| line.tier).collect();
    assert_eq!(tiers, [vec![Tier::Core; 20], vec![Tier::Expand; 10]].concat());
    let boldness = |tier: Tier| {
        let of_tier = slate.lines.iter().filter(|line| line.tier == tier && line.slot.is_none());
        let bold: Vec<f32> = of_tier
            .map(|line| &candidates[line.candidate])
            .map(|c| 1.0 - c.popularity + c.distance)
            .collect();
        bold.iter().sum::<f32>() / bold.len() as f32
    };
    assert!(boldness(Tier::Expand) > boldness(Tier::Core) + 0.1);
    let drawn: Vec<usize> = (0..30).filter(|&at| slate.lines[at].slot.is_some()).collect();
    assert_eq!(drawn, [22, 25, 27], "a quarter, a half and three quarters of the way through ten");
}

#[test]
fn what_is_drawn_is_drawn_as_often_as_it_says() {
    let artists = artists();
    let candidates = many(&artists);
    let (mut drawn, mut chances) = (BTreeMap::new(), BTreeMap::new());
    let n = 5_000_u32;
    for seed in 0..u64::from(n) {
        for line in slate(&candidates[..80], &Mix::default(), &LIST, seed * 7919).lines {
            let Some(slot) = line.slot else { continue };
            *drawn.entry(line.candidate).or_insert(0_u32) += 1;
            for (at, chance) in &slot.choices {
                chances.insert(*at, *chance);
            }
            let sum: f32 = slot.choices.iter().map(|(_, chance)| chance).sum();
            assert!((sum - 1.0).abs() < 1e-5);
        }
    }
    for (at, chance) in chances {
        // Five standard errors of a share; forty candidates fail all together less than once in 40,000.
        let share = f64::from(drawn.get(&at).copied().unwrap_or(0)) / f64::from(n);
        let chance = f64::from(chance);
        let error = (chance * (1.0 - chance) / f64::from(n)).sqrt();
        assert!((share - chance).abs() < 5.0 * error, "{at}: {share} drawn, {chance} said");
    }
}

#[test]
fn two_lines_by_one_artist_never_stand_in_a_row() {
    let artists = artists();
    let candidates = many(&artists);
    for seed in 0..50 {
        let lines = slate(&candidates, &Mix::default(), &LIST, seed).lines;
        for pair in lines.windows(2) {
            let [a, b] = [&candidates[pair[0].candidate], &candidates[pair[1].candidate]];
            assert_ne!(a.artists, b.artists, "seed {seed}");
        }
    }
}

#[test]
fn neighbors_flow_by_tempo() {
    let tempos = [60.0, 140.0, 62.0, 150.0, 64.0, 145.0];
    let of = |at: usize| Candidate {
        sound: Sound { tempo: Some(tempos[at]), ..Sound::default() },
        ..plain(at)
    };
    let candidates: Vec<Candidate<'_>> = (0..6).map(of).collect();
    let lines = slate(&candidates, &Mix::default(), &Rules::plain(6), 0).lines;
    let order: Vec<f32> = lines.iter().map(|line| tempos[line.candidate]).collect();
    // 60 opens, as it scores best; half of 140 is nearer to 64 than 145 or 150 are.
    assert_eq!(order, [60.0, 62.0, 64.0, 140.0, 145.0, 150.0]);
}

#[test]
fn prices_cost_no_more_relevance_than_allowed() {
    let artists = artists();
    let of = |(at, c): (usize, Candidate<'static>)| Candidate {
        price: if at < 40 { 0.3 } else { -0.3 },
        ..c
    };
    let artists: &'static [[ArtistId; 1]] = Box::leak(artists.into_boxed_slice());
    let candidates: Vec<Candidate<'_>> = many(artists).into_iter().enumerate().map(of).collect();
    let relevance = |price_loss: f32| {
        let rules = Rules { price_loss, explore: 0, ..LIST };
        let lines = slate(&candidates, &Mix::default(), &rules, 0).lines;
        lines.iter().map(|line| line.values.relevance).sum::<f32>()
    };
    let free = relevance(0.0);
    assert!(relevance(0.05) < free, "prices change the list");
    assert!(relevance(0.05) >= 0.95 * free);
    assert!(relevance(0.01) >= 0.99 * free);
}

#[test]
fn every_candidate_learns_its_fate() {
    let artists = artists();
    let candidates = many(&artists);
    let slate = slate(&candidates, &Mix::default(), &LIST, 3);
    for at in (0..200).step_by(9) {
        let is_in_list = slate.lines.iter().any(|line| line.candidate == at);
        let fate = fate(&candidates, &Mix::default(), &LIST, 3, at);
        assert_eq!(fate == Fate::Picked, is_in_list, "{at}: {fate:?}");
    }
}

proptest! {
    #[test]
    fn hard_rules_hold_whatever_else_is_wished(
        pool in pool(), rules in rules(), adventure in 0.0_f32..=1.0, expand in 0..9_usize, explore in 0..4_usize,
        region_share in 0.0_f32..=1.0, seed in any::<u64>(),
    ) {
        let candidates: Vec<Candidate<'_>> = pool.iter().map(Owned::candidate).collect();
        let expand = expand.min(rules.size);
        let rules = Rules { adventure, expand, explore: explore.min(expand), region_share, ..rules };
        let mix = Mix { genres: &[(0, 1.0)], regions: &[0.6, 0.4] };
        let made = slate(&candidates, &mix, &rules, seed);
        let lines: Vec<usize> = made.lines.iter().map(|line| line.candidate).collect();
        prop_assert!(is_valid(&candidates, &lines, &rules));
        prop_assert_eq!(made, slate(&candidates, &mix, &rules, seed));
    }

    #[test]
    fn a_bolder_listener_gets_a_bolder_list(pool in pool(), tame in 0.0_f32..=1.0, bold in 0.0_f32..=1.0) {
        let candidates: Vec<Candidate<'_>> = pool.iter().map(Owned::candidate)
            .map(|c| Candidate { artists: &[], release: None, work: u64::from(c.item.0), ..c }).collect();
        let boldness = |adventure: f32| -> f32 {
            let rules = Rules { adventure, ..Rules::plain(9) };
            let lines = slate(&candidates, &Mix::default(), &rules, 0).lines;
            lines.iter().map(|line| candidates[line.candidate]).map(|c| 1.0 - c.popularity + c.distance).sum()
        };
        prop_assert!(boldness(tame.min(bold)) <= boldness(tame.max(bold)) + 1e-4);
    }
}
