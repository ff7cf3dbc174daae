//! Are machines told from people, and people left alone?

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use music::{End, Event, History, ImportId, Interaction, ListenerId, Logged, RecordingId};

use super::lockstep::{Sketch, scatter, unscatter};
use super::{Account, BIAS, Feature, MOST_UNUSUAL, SLOPES, Trust, TrustRules, TrustSurvey};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

fn at(secs: i64) -> Timestamp {
    "2026-01-01T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(secs)
}

fn play(recording: u64, secs: i64, played: u64, end: End) -> Logged {
    let event = Event {
        played: Some(Duration::from_secs(played)),
        end: Some(end),
        ..Event::new(Interaction::Play, at(secs))
    };
    Logged { recording: RecordingId(recording), import: ImportId(1), event }
}

fn history(mut listens: Vec<Logged>) -> History {
    listens.sort_by_key(|logged| (logged.recording, logged.event.at));
    History { listens, counts: Vec::new() }
}

/// Ten listens an evening on `days` days, of forty recordings of one's own among others' and of various lengths.
fn person(number: u64, days: i64) -> History {
    let chance = |i: i64, n: u64| scatter(number * 1_000_003 + i.unsigned_abs()) % n;
    let listens = (0..10 * days).map(|i| {
        let of_evening = i64::try_from(chance(i / 10, 5)).unwrap() + 16;
        let late = i64::try_from(chance(i / 10 + 7, 3000)).unwrap();
        let start = i / 10 * DAY + of_evening * HOUR + late + i % 10 * 230;
        let wobble = i64::try_from(chance(i + 99, 90)).unwrap();
        // Of forty a few again and again.
        let of_forty = chance(i + 5, 40).pow(3) / 1600;
        play((number * 17 + of_forty) % 120, start + wobble, 120 + chance(i, 100), End::Finished)
    });
    history(listens.collect())
}

/// A hundred plays a night of one recording, each of 31 seconds.
fn machine(target: u64) -> History {
    let night = |day: i64| {
        (0..100).map(move |i| play(target, day * DAY + 2 * HOUR + 31 * i, 31, End::Skipped))
    };
    history((0..30).flat_map(night).collect())
}

fn judged(histories: &[History], rules: &TrustRules) -> Trust {
    let mut survey = TrustSurvey::new();
    for (number, history) in histories.iter().enumerate() {
        survey.learn(ListenerId(number as u64), history);
    }
    survey.judge(rules)
}

fn account(trust: &Trust, number: usize) -> Account {
    trust.account(ListenerId(number as u64)).unwrap()
}

fn crowd(n: u64) -> Vec<History> {
    (0..n).map(|number| person(number, 20 + i64::try_from(number % 40).unwrap())).collect()
}

#[test]
fn a_machine_is_believed_less_than_the_people_around_it() {
    let mut histories = crowd(60);
    histories.push(machine(7));
    let trust = judged(&histories, &TrustRules::default());
    assert!(trust.weight(ListenerId(60)) < 0.2, "{:#?}", account(&trust, 60));
    for number in 0..60 {
        assert!((account(&trust, number).weight - 1.0).abs() < 1e-12, "{number}");
    }
    let suspicious = trust.suspicious();
    assert_eq!(suspicious.iter().map(|of| of.listener).collect::<Vec<_>>(), [ListenerId(60)]);
}

#[test]
fn what_is_unusual_is_said_in_sentences_that_add_up() {
    let mut histories = crowd(60);
    histories.push(machine(7));
    let machine = account(&judged(&histories, &TrustRules::default()), 60);
    let sentences: Vec<String> = machine.traits.iter().map(|of| of.sentence(&machine)).collect();
    let expected =
        "100 % of 3000 plays stop within 5 s of the 30 s that services count (usual: 0 %)";
    assert!(sentences.iter().any(|sentence| sentence == expected), "{sentences:#?}");
    let logit = BIAS + machine.traits.iter().map(|of| of.contribution).sum::<f64>();
    assert!((machine.suspicion - 1.0 / (1.0 + (-logit).exp())).abs() < 1e-12);
}

#[test]
fn a_household_has_no_crowd_and_distrusts_nobody() {
    let mut histories = crowd(18);
    histories.push(machine(7));
    let trust = judged(&histories, &TrustRules::default());
    assert!((trust.weight(ListenerId(18)) - 1.0).abs() < 1e-12);
    assert!(trust.suspicious().is_empty() && account(&trust, 18).traits.is_empty());
}

#[test]
fn who_did_too_little_to_tell_and_who_is_unknown_are_believed() {
    let mut histories = crowd(60);
    let short = machine(7).listens.into_iter().take(19).collect();
    histories.push(History { listens: short, counts: Vec::new() });
    let trust = judged(&histories, &TrustRules::default());
    assert!((trust.weight(ListenerId(60)) - 1.0).abs() < 1e-12);
    assert!((trust.weight(ListenerId(999)) - 1.0).abs() < 1e-12);
}

#[test]
fn judging_can_be_turned_off_and_the_floor_holds() {
    let mut histories = crowd(60);
    histories.push(machine(7));
    let off = TrustRules { enabled: false, ..TrustRules::default() };
    assert!((judged(&histories, &off).weight(ListenerId(60)) - 1.0).abs() < 1e-12);
    let floor = TrustRules { floor: 0.5, ..TrustRules::default() };
    assert!(judged(&histories, &floor).weight(ListenerId(60)) >= 0.5);
}

#[test]
fn no_feature_condemns_an_account_alone_and_none_speaks_for_it() {
    for (feature, slope) in Feature::ALL.iter().zip(SLOPES) {
        assert!(slope >= 0.0 && slope.mul_add(MOST_UNUSUAL, BIAS) < 0.0, "{}", feature.name());
    }
}

#[test]
fn a_night_on_repeat_is_a_loop_and_not_a_taste() {
    let mut histories = crowd(60);
    // One night, one recording, a hundred times: counted three times where what is chosen is asked.
    histories[5].listens.extend((0..100).map(|i| play(3, 21 * DAY + 240 * i, 240, End::Finished)));
    histories[5] = history(std::mem::take(&mut histories[5].listens));
    let trust = judged(&histories, &TrustRules::default());
    assert!((trust.weight(ListenerId(5)) - 1.0).abs() < 1e-12, "{:#?}", account(&trust, 5));
}

#[test]
fn a_listen_that_two_sources_reported_is_one() {
    let mut twice = person(1, 30);
    let again: Vec<Logged> = twice
        .listens
        .iter()
        .cloned()
        .map(|logged| {
            let event =
                Event { at: logged.event.at + SignedDuration::from_secs(2), ..logged.event };
            Logged { import: ImportId(2), event, ..logged }
        })
        .collect();
    twice.listens.extend(again);
    let twice = history(twice.listens);
    let trust = judged(&[person(1, 30), twice], &TrustRules::default());
    assert_eq!((account(&trust, 0).listens, account(&trust, 1).listens), (300, 300));
}

#[test]
fn a_recording_pushed_from_many_accounts_is_found_and_the_accounts_are_not_blamed() {
    let mut histories = crowd(80);
    let target = 9999;
    for (number, history_of) in histories.iter_mut().enumerate().step_by(8) {
        // Twice a day, each account at hours of its own.
        let days = 20 + i64::try_from(number).unwrap() % 40;
        let hour = |i: i64| scatter(number as u64 + i.unsigned_abs()) % 43_200;
        let slipped = (0..2 * days).map(|i| {
            play(target, i / 2 * DAY + i64::try_from(hour(i)).unwrap(), 200, End::Finished)
        });
        history_of.listens.extend(slipped);
        *history_of = history(std::mem::take(&mut history_of.listens));
    }
    let trust = judged(&histories, &TrustRules::default());
    let pushed = trust.pushed();
    assert_eq!(pushed.len(), 1, "{pushed:?}");
    assert_eq!((pushed[0].recording, pushed[0].devoted), (RecordingId(target), 10));
    let weight = |recording| trust.weight_of(ListenerId(8), RecordingId(recording));
    assert!((weight(target) - 0.05).abs() < 1e-12 && (weight(17) - 1.0).abs() < 1e-12);
    assert!((trust.weight(ListenerId(8)) - 1.0).abs() < 1e-12);
}

#[test]
fn the_order_in_which_accounts_come_changes_nothing() {
    let mut histories = crowd(40);
    histories.push(machine(7));
    let forth = judged(&histories, &TrustRules::default());
    let mut survey = TrustSurvey::new();
    for (number, history) in histories.iter().enumerate().rev() {
        survey.learn(ListenerId(number as u64), history);
    }
    let back = survey.judge(&TrustRules::default());
    for number in 0..41 {
        assert_eq!(account(&forth, number), account(&back, number));
    }
}

#[test]
fn a_sketch_keeps_the_smallest_hashes_and_tells_how_alike_sets_are() {
    let of = |recordings: std::ops::Range<u64>| {
        let mut sketch = Sketch::<32>::default();
        recordings.rev().for_each(|recording| sketch.add(recording));
        sketch
    };
    let mut hashes: Vec<u64> = (0..100).map(scatter).collect();
    hashes.sort_unstable();
    assert_eq!(of(0..100).hashes(), &hashes[..32]);
    // 50 of 150 are in both; the standard error of 32 draws is √(⅓·⅔/32) = 0.08.
    let likeness = of(0..100).likeness(&of(50..150), None);
    assert!((likeness - 1.0 / 3.0).abs() < 0.2, "{likeness}");
    assert!((of(0..9).likeness(&of(0..9), None) - 1.0).abs() < 1e-12);
    assert!((0..1000).all(|x| unscatter(scatter(x)) == x));
}
