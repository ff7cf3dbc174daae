//! Are popularity and history lengths skewed as in a real log?
//!
//! Held against `lastfm-hetrec` (1,601 listeners, 15,968 artists, 78,533 pairs of listener and artist), most of whose listeners are cut to their top 50 artists.
//! What can be compared is, by artist and with the same cut.
//! What cannot is how many plays a pair has: the real log counts years, the simulated one half a year.
//!
//! | measured | real | vectors | rules |
//! | --- | --- | --- | --- |
//! | Gini of listeners over artists | 0.72 | 0.61 | 0.67 |
//! | share of pairs on the top 1 % of artists | 0.30 | 0.20 | 0.26 |
//! | Gini of plays over artists | 0.89 | 0.77 | 0.81 |
//! | share of plays on the top 1 % of artists | 0.51 | 0.29 | 0.33 |
//! | share of artists with one listener | 0.61 | 0.40 | 0.41 |
//! | share of a median listener's plays on its top tenth of artists | 0.36 | 0.44 | 0.52 |
//!
//! The simulated tail is shorter, because half a year reaches fewer of the rare artists than a listener's whole past does.

use std::collections::BTreeMap;
use std::path::Path;

use world::{Params, Tastes, World};

/// A table of plays by listener and artist, summed up.
#[derive(Debug)]
struct Marginals {
    /// Of listeners over artists.
    gini_listeners: f64,
    /// Share of all pairs that the top 1 % of artists have.
    top_listeners: f64,
    /// Of plays over artists.
    gini_plays: f64,
    /// Share of all plays that the top 1 % of artists have.
    top_plays: f64,
    /// Share of artists with one listener.
    single: f64,
    /// Share of a listener's plays that its top tenth of artists has; 10 %, 50 % and 90 % of listeners.
    top_tenth: [f64; 3],
}

#[test]
fn popularity_and_histories_are_skewed_as_in_a_real_log() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/data/lastfm-hetrec/user_artists.tsv");
    let Ok(table) = fs_err::read_to_string(path) else {
        skip();
        return;
    };
    let real = Marginals::of(real_pairs(&table));
    for tastes in [Tastes::Vectors, Tastes::Rules] {
        let simulated = Marginals::of(simulated_pairs(tastes));
        let is_near = |of: fn(&Marginals) -> f64, by: f64| (of(&simulated) - of(&real)).abs() < by;
        let is_within_factor_2 =
            |of: fn(&Marginals) -> f64| (0.5..2.0).contains(&(of(&simulated) / of(&real)));
        assert!(
            is_near(|m| m.gini_listeners, 0.15) && is_near(|m| m.gini_plays, 0.15),
            "{tastes}: {simulated:?}"
        );
        assert!(
            is_within_factor_2(|m| m.top_listeners) && is_within_factor_2(|m| m.top_plays),
            "{tastes}: {simulated:?}"
        );
        assert!(is_within_factor_2(|m| m.single), "{tastes}: {simulated:?}");
        // The median simulated listener is one that the real log knows.
        let [low, _, high] = real.top_tenth;
        assert!((low..high).contains(&simulated.top_tenth[1]), "{tastes}: {simulated:?}");
    }
}

#[expect(
    clippy::print_stderr,
    reason = "who reads the test's output should know what was not tested"
)]
fn skip() {
    eprintln!("skipped: shared/data/lastfm-hetrec is not here");
}

/// Plays by listener and artist.
type Pairs = BTreeMap<String, BTreeMap<String, f64>>;

fn real_pairs(table: &str) -> Pairs {
    let mut pairs = Pairs::new();
    for line in table.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [listener, artist, plays] = cells[..] else {
            panic!("three cells expected, got `{line}`")
        };
        let plays = plays.parse().expect("plays are counted");
        pairs.entry(listener.to_owned()).or_default().insert(artist.to_owned(), plays);
    }
    pairs
}

/// As many listeners, over half a year, in a catalogue large enough that they hear about as many artists.
fn simulated_pairs(tastes: Tastes) -> Pairs {
    let params = Params {
        tastes,
        listeners: 1600,
        recordings: 400_000,
        bots: 0,
        children: 0,
        listens_per_week: 20.0,
        ..Params::default()
    };
    let mut world = World::new(&params);
    let mut pairs = Pairs::new();
    for week in 0..params.weeks {
        world.play_week_into(week, &[], &mut |listen| {
            let of_listener =
                pairs.entry(listen.listener.expect("every line has a listener")).or_default();
            *of_listener.entry(listen.recording.artist).or_default() += 1.0;
        });
    }
    pairs
}

impl Marginals {
    fn of(pairs: Pairs) -> Self {
        let mut listeners: BTreeMap<String, f64> = BTreeMap::new();
        let mut plays: BTreeMap<String, f64> = BTreeMap::new();
        let mut top_tenths = Vec::new();
        for of_listener in pairs.into_values() {
            let mut by_plays: Vec<(String, f64)> = of_listener.into_iter().collect();
            by_plays.sort_by(|a, b| b.1.total_cmp(&a.1));
            by_plays.truncate(50);
            if by_plays.len() >= 20 {
                top_tenths.push(top_share(by_plays.iter().map(|(_, n)| *n), 0.1));
            }
            for (artist, n) in by_plays {
                *listeners.entry(artist.clone()).or_default() += 1.0;
                *plays.entry(artist).or_default() += n;
            }
        }
        top_tenths.sort_by(f64::total_cmp);
        let n = top_tenths.len();
        let single = listeners.values().filter(|n| **n == 1.0).count();
        Self {
            gini_listeners: gini(listeners.values().copied()),
            top_listeners: top_share(listeners.values().copied(), 0.01),
            gini_plays: gini(plays.values().copied()),
            top_plays: top_share(plays.values().copied(), 0.01),
            single: single as f64 / listeners.len() as f64,
            top_tenth: [top_tenths[n / 10], top_tenths[n / 2], top_tenths[n * 9 / 10]],
        }
    }
}

/// 0: all alike; 1: one has everything.
fn gini(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let n = values.len() as f64;
    let ranked: f64 =
        (1..).zip(&values).map(|(rank, x)| (2.0 * f64::from(rank) - n - 1.0) * x).sum();
    ranked / (n * values.iter().sum::<f64>())
}

/// Share of the sum that the largest ones have.
fn top_share(values: impl Iterator<Item = f64>, of: f64) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(|a, b| b.total_cmp(a));
    let n_top = values
        .iter()
        .enumerate()
        .take_while(|(i, _)| *i as f64 + 1.0 <= values.len() as f64 * of)
        .count();
    values[..n_top.max(1)].iter().sum::<f64>() / values.iter().sum::<f64>()
}
