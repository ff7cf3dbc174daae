//! Does belief follow from the log as documented?

use std::time::Duration;

use jiff::{Timestamp, ToSpan};
use music::{End, Event, History, ImportId, Interaction, Logged, RecordingId};

use super::{Outcome, Weighed, outcome, weigh, weigh_one};
use crate::{Evidence, Lengths};

const DAY: i64 = 24;

fn at(hours: i64) -> Timestamp {
    "2026-01-01T00:00:00Z".parse::<Timestamp>().unwrap() + hours.hours()
}

fn play(hours: i64, played_secs: u64, end: End) -> Event {
    Event {
        played: Some(Duration::from_secs(played_secs)),
        end: Some(end),
        ..Event::new(Interaction::Play, at(hours))
    }
}

fn logged(recording: u64, import: u64, event: Event) -> Logged {
    Logged { recording: RecordingId(recording), import: ImportId(import), event }
}

/// With the default `alpha` and `eps` of 1, confidence is `ln(1 + |e|)`.
fn weighed(listens: Vec<Logged>) -> Vec<Weighed> {
    weigh(&History { listens, counts: vec![] }, &Lengths::new(), &Evidence::default(), None)
}

fn check(listens: Vec<Logged>, e: f64) {
    let weighed = weighed(listens);
    let believed = weighed[0];
    let expected = e.abs().ln_1p();
    // f32 keeps seven digits.
    assert!(
        (f64::from(believed.confidence) - expected).abs() < 1e-6,
        "{believed:?}, expected ln(1 + |{e}|)"
    );
    assert_eq!(believed.is_liked, e > 0.0);
}

#[test]
fn a_play_counts_by_what_it_amounted_to() {
    check(vec![logged(1, 1, play(0, 200, End::Finished))], 1.0);
    check(vec![logged(1, 1, play(0, 100, End::Stopped))], 0.3);
    check(vec![logged(1, 1, play(0, 5, End::MovedOn))], -0.5);
    check(vec![logged(1, 1, play(0, 45, End::MovedOn))], 0.3);
    check(vec![logged(1, 1, play(0, 45, End::Skipped))], -0.5);
    check(vec![logged(1, 1, play(0, 240, End::Skipped))], 1.0);
    check(vec![logged(1, 1, Event::new(Interaction::Play, at(0)))], 1.0);
}

#[test]
fn half_of_a_known_length_is_completed() {
    let lengths = Some(Duration::from_secs(100));
    let evidence = Evidence::default();
    assert_eq!(outcome(&play(0, 50, End::MovedOn), lengths, &evidence), Outcome::Completed);
    assert_eq!(outcome(&play(0, 49, End::MovedOn), lengths, &evidence), Outcome::Partial);
}

#[test]
fn evidence_halves_with_its_age_counted_from_the_listeners_own_last_listen() {
    // The old play is 365 days before the last listen, of another recording: half is left.
    let listens = vec![
        logged(1, 1, play(0, 200, End::Finished)),
        logged(2, 1, play(365 * DAY, 200, End::Finished)),
    ];
    check(listens, 0.5);
}

#[test]
fn a_listen_that_two_sources_report_is_one_and_the_richer_is_kept() {
    let poor = Event::new(Interaction::Play, at(0));
    let rich = play(0, 10, End::MovedOn);
    check(vec![logged(1, 1, poor.clone()), logged(1, 2, rich.clone())], -0.5);
    check(vec![logged(1, 1, rich), logged(1, 2, poor.clone())], -0.5);
    // Two plays of one source are two, however close.
    check(vec![logged(1, 1, poor.clone()), logged(1, 1, poor)], 2.0);
}

#[test]
fn only_the_newest_opinion_stands() {
    let like = Event::new(Interaction::Like, at(1));
    let dislike = Event::new(Interaction::Dislike, at(1));
    let unlike = Event::new(Interaction::Unlike, at(1));
    let heard = logged(1, 1, play(0, 200, End::Finished));
    // The play is an hour old at the last listen, which is itself; words said later do not age it.
    check(vec![heard.clone(), logged(1, 1, like.clone())], 4.0);
    check(vec![heard.clone(), logged(1, 1, dislike.clone())], -9.0);
    check(vec![heard.clone(), logged(1, 1, like.clone()), logged(1, 1, dislike)], -9.0);
    check(vec![heard, logged(1, 1, like), logged(1, 1, unlike)], 1.0);
}

#[test]
fn counts_without_times_add_up_with_listens_and_do_not_decay() {
    let history = History {
        listens: vec![logged(2, 1, play(0, 200, End::Finished))],
        counts: vec![(RecordingId(1), 7.0), (RecordingId(2), 2.0)],
    };
    let weighed = weigh(&history, &Lengths::new(), &Evidence::default(), None);
    assert_eq!(weighed.iter().map(|w| w.plays).collect::<Vec<_>>(), [7.0, 3.0]);
    assert!((weighed[0].confidence - 8f32.ln()).abs() < 1e-6, "ln(1 + 7)");
    assert!((weighed[1].confidence - 4f32.ln()).abs() < 1e-6, "ln(1 + 2 + 1)");
}

#[test]
fn what_came_after_the_cut_is_not_seen() {
    let history = History {
        listens: vec![
            logged(1, 1, play(0, 200, End::Finished)),
            logged(1, 1, play(10, 3, End::MovedOn)),
        ],
        counts: vec![],
    };
    let weighed = weigh(&history, &Lengths::new(), &Evidence::default(), Some(at(5)));
    assert_eq!(weighed[0].plays, 1.0);
    assert!(weighed[0].is_liked);
}

#[test]
fn a_listen_takes_in_one_row_of_each_import_at_most() {
    // Two plays 200 s apart of a recording of 240 s, both reported by two sources: two listens, not one.
    let long = |secs: i64| Event {
        length: Some(Duration::from_secs(240)),
        ..Event::new(Interaction::Play, at(0) + secs.seconds())
    };
    let reported = [(1, 0), (2, 5), (1, 200), (2, 205)];
    let listens = reported.map(|(import, secs)| logged(1, import, long(secs))).to_vec();
    assert_eq!(weighed(listens)[0].plays, 2.0);
}

#[test]
fn a_belief_is_the_sum_of_what_counts() {
    let listens = vec![
        logged(1, 1, play(0, 200, End::Finished)),
        logged(1, 2, Event::new(Interaction::Play, at(0))),
        logged(1, 1, Event::new(Interaction::Like, at(DAY))),
        logged(1, 1, Event::new(Interaction::Like, at(2 * DAY))),
        logged(2, 1, play(365 * DAY, 200, End::Finished)),
    ];
    let history = History { listens, counts: vec![(RecordingId(1), 2.0)] };
    let (lengths, evidence) = (Lengths::new(), Evidence::default());
    let shown = weigh_one(&history, RecordingId(1), &lengths, &evidence, None).unwrap();
    let counts: Vec<bool> = shown.contributions.iter().map(|each| each.counts).collect();
    // The second source told of the same play, and the like was said again.
    assert_eq!(counts, [true, false, false, true]);
    let kinds: Vec<&str> = shown.contributions.iter().map(|each| each.kind).collect();
    assert_eq!(kinds, ["completed", "completed", "like", "like"]);
    // A year before the newest listen a play is worth half, a like two days later a little more than half of 3.
    let expected = 0.5 + 3.0 * (-363.0_f64 / 365.0).exp2() + 2.0;
    assert!((shown.evidence - expected).abs() < 1e-12, "{shown:?}");
    assert_eq!(shown.weighed, weigh(&history, &lengths, &evidence, None)[0]);
    assert_eq!(weigh_one(&history, RecordingId(3), &lengths, &evidence, None), None);
}
