//! Does the log err as often, and in the ways, that are said?

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use music::{End, Interaction, Listen};
use world::{AccountKind, Flaws, Params, Tastes, World};

use crate::{played, share};

fn town(flaws: Flaws) -> Params {
    Params {
        listeners: 100,
        recordings: 1000,
        weeks: 10,
        bots: 0,
        heavy: 2,
        flaws,
        ..Params::default()
    }
}

fn log(params: &Params) -> Vec<Listen> {
    let mut world = World::new(params);
    (0..params.weeks).flat_map(|week| world.play_week(week, &[])).collect()
}

/// Rows of the one log that the other lacks, as often as it lacks them.
fn missing<'a>(from: &[Listen], of: &'a [Listen]) -> Vec<&'a Listen> {
    let mut left: BTreeMap<String, usize> = BTreeMap::new();
    for listen in from {
        *left.entry(format!("{listen:?}")).or_default() += 1;
    }
    let is_new = |listen: &&Listen| match left.get_mut(&format!("{listen:?}")) {
        Some(n) if *n > 0 => {
            *n -= 1;
            false
        }
        _ => true,
    };
    of.iter().filter(is_new).collect()
}

/// What a flaw adds to the log of ten weeks, after it was seen that it takes nothing away.
fn added(flaws: Flaws) -> Vec<Listen> {
    let (clean, flawed) = (log(&town(Flaws::default())), log(&town(flaws)));
    assert!(missing(&flawed, &clean).is_empty(), "{flaws:?} leaves everything in place");
    missing(&clean, &flawed).into_iter().cloned().collect()
}

/// Pairs of a row as it should be and as it is.
fn changed(flaws: Flaws) -> (usize, Vec<(Listen, Listen)>) {
    let (clean, flawed) = (log(&town(Flaws::default())), log(&town(flaws)));
    assert_eq!(clean.len(), flawed.len());
    let n_plays = clean.iter().filter(|listen| listen.event.kind == Interaction::Play).count();
    let pairs = clean.into_iter().zip(flawed).filter(|(right, wrong)| right != wrong);
    (n_plays, pairs.collect())
}

fn finished(listen: &Listen) -> bool {
    listen.event.end == Some(End::Finished) && listen.event.played == listen.event.length
}

fn by_listener(listens: &[Listen]) -> BTreeMap<&str, Vec<&Listen>> {
    let mut of: BTreeMap<&str, Vec<&Listen>> = BTreeMap::new();
    for listen in listens {
        let name = listen.listener.as_deref().expect("every line has a listener");
        of.entry(name).or_default().push(listen);
    }
    of
}

#[test]
fn half_of_the_plays_of_a_doubled_account_come_twice_within_seconds() {
    let flaws = Flaws { doubles: 0.2, ..Flaws::default() };
    let (clean, doubles) = (log(&town(Flaws::default())), added(flaws));
    let (of_all, of_double) = (by_listener(&clean), by_listener(&doubles));
    // 20 accounts expected, standard deviation √(100 · 0.2 · 0.8) = 4.
    assert!((8..32).contains(&of_double.len()), "{}", of_double.len());
    for (name, doubles) in of_double {
        let plays = of_all[name].iter().filter(|l| l.event.kind == Interaction::Play);
        let doubled = share(doubles.len(), plays.count());
        assert!((0.3..0.7).contains(&doubled), "{name}: {doubled}");
        for double in doubles {
            let is_original = |listen: &&&Listen| {
                let apart = double.event.at.duration_since(listen.event.at).as_secs();
                (1..=5).contains(&apart)
                    && listen.recording == double.recording
                    && listen.event.played == double.event.played
            };
            assert!(of_all[name].iter().any(|listen| is_original(&listen)));
        }
    }
}

#[test]
fn a_second_device_plays_one_genre_at_the_same_time() {
    let overlaps = added(Flaws { overlaps: 0.5, ..Flaws::default() });
    assert!(overlaps.iter().all(finished));
    let clean = log(&town(Flaws::default()));
    let of_all = by_listener(&clean);
    let mut at_once = 0;
    for listen in &overlaps {
        let ends = |l: &Listen| l.event.at + l.event.played.unwrap();
        at_once += usize::from(
            of_all[listen.listener.as_deref().unwrap()]
                .iter()
                .filter(|own| own.event.kind == Interaction::Play)
                .any(|own| own.event.at < ends(listen) && listen.event.at < ends(own)),
        );
    }
    assert_eq!(at_once, overlaps.len());
    // Half the sessions of all plays: about as many as half of these, but for their ends.
    assert!((0.2..0.6).contains(&share(overlaps.len(), clean.len())), "{}", overlaps.len());
}

#[test]
fn a_burst_is_a_dozen_plays_or_more_in_one_second() {
    let bursts = added(Flaws { bursts: 0.1, ..Flaws::default() });
    let mut moments: BTreeMap<(&str, Timestamp), usize> = BTreeMap::new();
    for listen in &bursts {
        *moments.entry((listen.listener.as_deref().unwrap(), listen.event.at)).or_default() += 1;
    }
    assert!(moments.values().all(|n| (12..=40).contains(n)), "{moments:?}");
    // A tenth of 100 accounts in 10 weeks, standard deviation √90.
    assert!((62..138).contains(&moments.len()), "{}", moments.len());
}

#[test]
fn a_loop_plays_one_recording_for_hours() {
    let loops = added(Flaws { loops: 0.1, ..Flaws::default() });
    let hours = by_week(&loops, |plays| {
        assert!(plays.iter().all(|play| play.recording == plays[0].recording));
    });
    assert!(hours.iter().all(|hours| (2.5..8.0).contains(hours)), "{hours:?}");
    assert!((50..138).contains(&hours.len()), "{}", hours.len());
}

#[test]
fn a_playlist_goes_on_overnight_after_the_last_listen_of_an_evening() {
    let nights = added(Flaws { overnights: 0.1, ..Flaws::default() });
    let hours = by_week(&nights, |plays| {
        let hour = plays[0].event.at.to_zoned(TimeZone::UTC).hour();
        assert!(!(4..20).contains(&hour), "{hour}");
    });
    assert!(hours.iter().all(|hours| (4.5..8.0).contains(hours)), "{hours:?}");
    // Not every week has an evening with a long enough pause after it.
    assert!((30..138).contains(&hours.len()), "{}", hours.len());
}

/// From the first to the last play of each account and week, in hours; all of them finished, and none before the one before it.
fn by_week(listens: &[Listen], check: impl Fn(&[&Listen])) -> Vec<f32> {
    assert!(listens.iter().all(finished));
    let week = |l: &Listen| music::Week::of(l.event.at, &TimeZone::UTC);
    let mut hours = Vec::new();
    for plays in by_listener(listens).values() {
        for run in plays.chunk_by(|a, b| week(a) == week(b)) {
            check(run);
            for pair in run.windows(2) {
                let played = pair[0].event.played.unwrap_or_default();
                assert!(pair[0].event.at + played <= pair[1].event.at);
            }
            let last = run[run.len() - 1].event.at;
            hours.push(last.duration_since(run[0].event.at).as_secs_f32() / 3600.0);
        }
    }
    hours
}

#[test]
fn a_wrong_date_is_years_early_or_some_weeks_late() {
    let flaws = Flaws { clock_jumps: 0.02, ..Flaws::default() };
    let (clean, flawed) = (log(&town(Flaws::default())), log(&town(flaws)));
    let jumped = missing(&clean, &flawed);
    let plays = clean.iter().filter(|l| l.event.kind == Interaction::Play).count();
    assert!((0.015..0.025).contains(&share(jumped.len(), plays)), "{} of {plays}", jumped.len());
    let first = town(flaws).first_week.start(&TimeZone::UTC);
    let end = town(flaws).first_week.plus(10).start(&TimeZone::UTC);
    let early: Vec<f64> = jumped
        .iter()
        .filter(|listen| listen.event.at < first)
        .map(|listen| first.duration_since(listen.event.at).as_secs_f64() / 86_400.0 / 365.0)
        .collect();
    // Ten weeks are a fifth of a year.
    assert!(early.iter().all(|years| (1.8..12.1).contains(years)), "{early:?}");
    assert!((0.4..0.65).contains(&share(early.len(), jumped.len())), "{}", early.len());
    assert!(flawed.iter().all(|listen| listen.event.at < end));
}

#[test]
fn a_contradiction_is_a_skip_to_the_end_or_a_finish_after_seconds() {
    let flaws = Flaws { contradictions: 0.1, ..Flaws::default() };
    let (n_plays, changed) = changed(flaws);
    for (right, wrong) in &changed {
        let played = wrong.event.played.unwrap();
        match wrong.event.end {
            Some(End::Skipped) => assert!(played == wrong.event.length.unwrap()),
            _ => assert!(played <= Duration::from_secs(5), "{wrong:?}"),
        }
        assert_ne!(right.event.end, wrong.event.end);
    }
    // Standard error below √(0.1 · 0.9 / 50000) = 0.0014.
    assert!((0.094..0.106).contains(&share(changed.len(), n_plays)));
}

#[test]
fn an_impossible_play_lasts_ten_times_the_length_or_is_of_something_without_any() {
    let (n_plays, changed) = changed(Flaws { impossible: 0.1, ..Flaws::default() });
    let too_long = changed.iter().filter(|(_, wrong)| {
        let is_short = wrong.event.length <= Some(Duration::from_secs(1));
        let length = wrong.event.length.unwrap();
        assert!(is_short || wrong.event.played == Some(10 * length));
        !is_short
    });
    assert!((0.55..0.78).contains(&share(too_long.count(), changed.len())));
    assert!((0.094..0.106).contains(&share(changed.len(), n_plays)));
}

#[test]
fn of_some_recordings_nobody_tells_length_date_release_and_tags() {
    let params = town(Flaws { without_length: 0.3, ..Flaws::default() });
    let (full, told) = (World::new(&town(Flaws::default())), World::new(&params));
    let mut n_untold = 0;
    for (full, told) in full.catalogue().into_iter().zip(told.catalogue()) {
        let untold = told.length.is_none();
        n_untold += usize::from(untold);
        assert!(untold == told.released.is_none() && untold == told.credit.release.is_none());
        assert!(if untold { told.tags.is_empty() } else { told == full });
    }
    // 300 expected, standard deviation √(1000 · 0.3 · 0.7) = 14.
    assert!((242..358).contains(&n_untold), "{n_untold}");
    let catalogue = told.catalogue();
    let (_, lines) = played(&params);
    for line in lines.iter().filter(|line| line.event.kind == Interaction::Play) {
        assert_eq!(line.event.length, catalogue[line.recording].length);
    }
}

#[test]
fn flaws_change_nothing_that_anybody_knows_or_plays_later() {
    for tastes in [Tastes::Vectors, Tastes::Rules] {
        let params = Params { tastes, ..town(Flaws::typical()) };
        let (flawed, _) = played(&params);
        let (clean, _) = played(&Params { flaws: Flaws::default(), ..params });
        for listener in 0..100 {
            assert!(flawed.heard(listener).eq(clean.heard(listener)), "{tastes}: {listener}");
        }
    }
}

#[test]
fn typical_flaws_are_a_sixth_of_what_people_are_said_to_have_played() {
    let (clean, flawed) = (log(&town(Flaws::default())), log(&town(Flaws::typical())));
    let extra = share(flawed.len() - clean.len(), flawed.len());
    assert!((0.12..0.21).contains(&extra), "{extra}");
}

#[test]
fn a_hunt_skips_nearly_everything_within_seconds_loved_or_not() {
    for tastes in [Tastes::Vectors, Tastes::Rules] {
        let early_skips = |hunting: f32| {
            let params = Params { tastes, hunting, ..town(Flaws::default()) };
            let (world, lines) = played(&params);
            let of_people = lines
                .iter()
                .filter(|line| world.account_kind(line.listener) == AccountKind::Honest)
                .filter(|line| line.event.kind == Interaction::Play)
                .filter(|line| world.loves(line.listener, line.recording));
            let plays: Vec<_> = of_people.collect();
            let early = plays.iter().filter(|line| {
                line.event.end != Some(End::Finished)
                    && line.event.played < Some(Duration::from_secs(13))
            });
            share(early.count(), plays.len())
        };
        assert!(early_skips(0.0) < 0.05, "{tastes}: {}", early_skips(0.0));
        // 0.15 of the sessions, of twice as many listens, of which most are loved.
        let typical = early_skips(0.15);
        assert!((0.1..0.4).contains(&typical), "{tastes}: {typical}");
    }
}

#[test]
fn a_machine_makes_no_mistakes() {
    let with_bots = |flaws| Params { listeners: 5, bots: 2, weeks: 3, ..town(flaws) };
    let log_of = |flaws| {
        let names = World::new(&with_bots(flaws)).listener_names();
        let mut log = log(&with_bots(flaws));
        log.retain(|listen| names[5..].contains(listen.listener.as_ref().unwrap()));
        log
    };
    let typical = Flaws { without_length: 0.0, ..Flaws::typical() };
    assert_eq!(log_of(typical), log_of(Flaws::default()));
    assert!(!log_of(typical).is_empty());
}
