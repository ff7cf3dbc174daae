//! Does belief follow from the log as documented, and is it right where a naive rule is not?

use std::time::Duration;

use music::{End, Event, History, Interaction, Logged, RecordingId, Shown};

use super::meaning::{Meaning, outcome};
use super::{Crowd, First, Past, Standing, confidences, weigh, weigh_rows};
use crate::testing::{
    DAY, HOUR, at, evidence_of, history, lengths, logged, play, scrobble, weighed,
};
use crate::{Evidence, Form, Kind, Lengths, Skips};

/// A year's half-life, logarithms, and every skip as half a play.
fn plain() -> Evidence {
    let (half_life_days, form, alpha) = (365.0, Form::Log, 1.0);
    let mut plain =
        Evidence { half_life_days, form, alpha, skips: Skips::Plain, ..Evidence::default() };
    for kind in ["skip", "early-skip", "short-again"] {
        plain.kinds.set(kind, Kind { value: -1.0, confidence: 0.5, half_life_days: None });
    }
    plain
}

fn check(listens: Vec<Logged>, e: f64) {
    let history = history(listens);
    let weighed = weigh(&Past::of(&history), &Lengths::new(), &plain());
    assert!((weighed[0].evidence - e).abs() < 1e-12, "{weighed:?}, expected {e}");
}

#[test]
fn a_play_counts_by_what_it_amounted_to() {
    check(vec![logged(1, 1, play(0, 200, End::Finished))], 1.0);
    check(vec![logged(1, 1, play(0, 100, End::Stopped))], 0.3);
    check(vec![logged(1, 1, play(0, 5, End::MovedOn))], -0.5);
    check(vec![logged(1, 1, play(0, 45, End::MovedOn))], 0.3);
    check(vec![logged(1, 1, play(0, 45, End::Skipped))], -0.5);
    check(vec![logged(1, 1, play(0, 240, End::Skipped))], 1.0);
    check(vec![logged(1, 1, scrobble(0))], 1.0);
}

#[test]
fn half_of_a_known_length_is_completed() {
    let length = Some(Duration::from_secs(100));
    let meaning = |played| outcome(&play(0, played, End::MovedOn), length, None, &plain());
    assert_eq!((meaning(50), meaning(49)), (Meaning::Completed, Meaning::Partial));
    assert_eq!((meaning(29), meaning(9)), (Meaning::Skip, Meaning::EarlySkip));
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
    let (poor, rich) = (scrobble(0), play(0, 10, End::MovedOn));
    check(vec![logged(1, 1, poor.clone()), logged(1, 2, rich.clone())], -0.5);
    check(vec![logged(1, 1, rich), logged(1, 2, poor)], -0.5);
}

#[test]
fn a_listen_takes_in_one_row_of_each_import_at_most() {
    // Two plays 200 s apart of a recording of 240 s, both reported by two sources: two listens, not one.
    let long = |secs| Event { length: Some(Duration::from_secs(240)), ..scrobble(secs) };
    let reported = [(1, 0), (2, 5), (1, 200), (2, 205)];
    let history = history(reported.map(|(import, secs)| logged(1, import, long(secs))).to_vec());
    assert_eq!(weigh(&Past::of(&history), &Lengths::new(), &plain())[0].plays, 2.0);
}

#[test]
fn only_the_newest_opinion_stands() {
    let say = |kind, secs| logged(1, 1, Event::new(kind, at(secs)));
    let heard = logged(1, 1, play(0, 200, End::Finished));
    // Words said after the last listen do not age it.
    check(vec![heard.clone(), say(Interaction::Like, HOUR)], 4.0);
    // A dislike takes back what was heard before it, however often.
    check(vec![heard.clone(), say(Interaction::Dislike, HOUR)], -10.0);
    let twice = vec![say(Interaction::Like, HOUR), say(Interaction::Dislike, 2 * HOUR)];
    check([vec![heard.clone()], twice].concat(), -10.0);
    let taken_back = vec![say(Interaction::Like, HOUR), say(Interaction::Unlike, 2 * HOUR)];
    check([vec![heard], taken_back].concat(), 1.0);
}

#[test]
fn counts_without_times_add_up_with_listens_and_do_not_decay() {
    let history = History {
        listens: vec![logged(2, 1, play(0, 200, End::Finished))],
        counts: vec![(RecordingId(1), 7.0), (RecordingId(2), 2.0), (RecordingId(3), 1.0)],
    };
    let weighed = weigh(&Past::of(&history), &Lengths::new(), &plain());
    assert_eq!(weighed.iter().map(|w| w.plays).collect::<Vec<_>>(), [7.0, 3.0, 1.0]);
    assert_eq!(weighed.iter().map(|w| w.evidence).collect::<Vec<_>>(), [7.0, 3.0, 1.0]);
}

#[test]
fn what_came_after_the_cut_is_not_seen() {
    let history = history(vec![
        logged(1, 1, play(0, 200, End::Finished)),
        logged(1, 1, play(10 * HOUR, 3, End::MovedOn)),
    ]);
    let past = Past { until: Some(at(5 * HOUR)), ..Past::of(&history) };
    let weighed = weigh(&past, &Lengths::new(), &plain());
    assert_eq!((weighed[0].plays, weighed[0].is_liked()), (1.0, true));
}

#[test]
fn a_belief_is_the_sum_of_what_counts() {
    let listens = vec![
        logged(1, 1, play(0, 200, End::Finished)),
        logged(1, 2, scrobble(0)),
        logged(1, 1, Event::new(Interaction::Like, at(DAY))),
        logged(1, 1, Event::new(Interaction::Like, at(2 * DAY))),
        logged(2, 1, play(365 * DAY, 200, End::Finished)),
    ];
    let history = History { listens, counts: vec![(RecordingId(1), 2.0)] };
    let evidence = plain();
    let shown = weigh_rows(&Past::of(&history), &Lengths::new(), &evidence);
    let of_one = &shown.contributions[..4];
    // The second source told of the same play, and the like was said again.
    let beliefs: Vec<f64> = of_one.iter().map(|each| each.belief).collect();
    assert_eq!(beliefs, [1.0, 0.0, 0.0, 1.0]);
    assert_eq!(of_one[2].standing, Standing::SaidAgain);
    let kinds: Vec<&str> = of_one.iter().map(|each| each.kind).collect();
    assert_eq!(kinds, ["completed", "completed", "like", "like"]);
    // A year before the newest listen a play is worth half, a like two days later a little more than half of 3.
    let expected = 0.5 + 3.0 * (-363.0_f64 / 365.0).exp2() + 2.0;
    assert!((shown.weighed[0].evidence - expected).abs() < 1e-12, "{shown:?}");
}

#[test]
fn a_skip_says_less_in_a_session_of_skips() {
    // Ten skips in a row, hunting for something; a skip in the middle of ten recordings heard out.
    let row =
        |i: i64, r, end| logged(r, 1, play(i, if end == End::Finished { 200 } else { 5 }, end));
    let hunting = (0..10).map(|i| row(i * 6, 1 + i.cast_unsigned(), End::MovedOn));
    let settled = (0..10).map(|i| {
        let end = if i == 5 { End::MovedOn } else { End::Finished };
        row(DAY + i * 210, 21 + i.cast_unsigned(), end)
    });
    let weighed = weighed(hunting.chain(settled).collect(), &Evidence::default());
    let (hunted, meant) = (evidence_of(&weighed, 5), evidence_of(&weighed, 26));
    assert!(hunted > -0.5 && hunted < 0.0, "{hunted}");
    // Its session has no other skip, but its listener has: q = 4·13/30/13 = 0.133, so all of it is left.
    assert!((meant + 1.0).abs() < 1e-3, "{meant}");
}

#[test]
fn a_partial_play_is_held_against_what_its_listener_mostly_hears() {
    // Somebody who hears recordings out, and somebody who hears two fifths of everything.
    let play_of =
        |i: i64, secs| logged(1 + i.cast_unsigned(), 1, play(i * HOUR, secs, End::Stopped));
    let mut thorough: Vec<Logged> = (0..9).map(|i| play_of(i, 200)).collect();
    thorough.push(play_of(9, 60));
    assert!(evidence_of(&weighed(thorough, &plain()), 10) < 0.0);
    let hasty = (0..10).map(|i| play_of(i, 80)).collect();
    assert!(evidence_of(&weighed(hasty, &plain()), 10) > 0.0);
}

#[test]
fn what_is_broken_off_again_and_again_is_not_liked() {
    // Three plays of a quarter, each worth little by itself, in a log that is heard out otherwise.
    let mut listens: Vec<Logged> =
        (2..12).map(|i| logged(i, 1, play(i as i64 * HOUR, 200, End::Finished))).collect();
    listens.extend((0..3).map(|i| logged(1, 1, play(DAY + i * HOUR, 50, End::Stopped))));
    // −0.1, then −0.5 each, all within two days of the end.
    assert!((evidence_of(&weighed(listens, &plain()), 1) + 1.1).abs() < 0.01);
}

#[test]
fn who_is_absent_ignores_nothing() {
    let shown = [1, 2].map(|r| Shown { recording: RecordingId(r), at: at(0) });
    let e = |listens: Vec<Logged>, recording| {
        let history = history(listens);
        let past = Past { shown: shown.to_vec(), ..Past::of(&history) };
        let weighed = weigh(&past, &lengths(&history), &plain());
        let found = weighed.iter().find(|one| one.recording == RecordingId(recording));
        found.map(|one| one.evidence)
    };
    let opened = logged(1, 1, play(DAY, 200, End::Finished));
    let elsewhere = logged(9, 1, play(40 * DAY, 200, End::Finished));
    let again = logged(1, 1, play(39 * DAY, 200, End::Finished));
    // The list was opened and its listener was there for weeks: 2 was passed over, 1 heard once and dropped.
    assert!(e(vec![opened.clone(), elsewhere.clone()], 2).unwrap() < 0.0);
    assert!(e(vec![opened.clone(), elsewhere.clone()], 1).unwrap() < 1.0);
    // Played again, not opened, or away since: nothing is held against anything.
    assert!(e(vec![opened.clone(), again, elsewhere.clone()], 1).unwrap() > 1.0);
    assert_eq!(e(vec![elsewhere], 2), None);
    assert_eq!(e(vec![opened], 2), None);
}

#[test]
fn an_absent_listener_and_an_old_love_do_not_fade_to_nothing() {
    // Away for ten years: the newest listen still counts in full.
    check(vec![logged(1, 1, play(-3650 * DAY, 200, End::Finished))], 1.0);
    // Loved ten years ago, heard other things since: 2⁻¹⁰ without a floor, a fifth with one.
    let listens = || {
        vec![
            logged(1, 1, play(0, 200, End::Finished)),
            logged(2, 1, play(3650 * DAY, 200, End::Finished)),
        ]
    };
    assert!(evidence_of(&weighed(listens(), &plain()), 1) < 0.001);
    let floored = Evidence { decay_floor: 0.2, ..plain() };
    assert_eq!(evidence_of(&weighed(listens(), &floored), 1), 0.2);
}

#[test]
fn a_long_and_a_short_memory_go_together() {
    // 28 days are two short half-lives and none of the long: 0.5·1 + 0.5·¼.
    let evidence =
        Evidence { half_life_days: 0.0, short_half_life_days: 14.0, short_share: 0.5, ..plain() };
    let listens = vec![
        logged(1, 1, play(0, 200, End::Finished)),
        logged(2, 1, play(28 * DAY, 200, End::Finished)),
    ];
    assert_eq!(evidence_of(&weighed(listens, &evidence), 1), 0.625);
}

#[test]
fn a_binge_in_december_does_not_outweigh_what_is_heard_all_year() {
    // 120 plays of one song in three days of December; another once a week from April to March.
    let binge = (0..120).map(|i| logged(1, 1, play(-10 * DAY + i * 2160, 200, End::Finished)));
    let steady = (0..52).map(|i| logged(2, 1, play((i - 39) * 7 * DAY, 200, End::Finished)));
    let listens: Vec<Logged> = binge.chain(steady).collect();
    let naive = Evidence { cleaning: crate::Cleaning::off(), half_life_days: 0.0, ..plain() };
    let e = |evidence| {
        let weighed = weighed(listens.clone(), evidence);
        (evidence_of(&weighed, 1), evidence_of(&weighed, 2))
    };
    assert_eq!(e(&naive), (120.0, 52.0));
    let (binge, steady) = e(&plain());
    assert!(binge < steady, "{binge} {steady}");
}

#[test]
fn each_kind_has_a_value_a_confidence_and_a_half_life_of_its_own() {
    let mut evidence = Evidence { half_life_days: 0.0, ..plain() };
    evidence.kinds.set("like", Kind { value: 0.5, confidence: 4.0, half_life_days: Some(10.0) });
    let like = logged(1, 1, Event::new(Interaction::Like, at(0)));
    let later = logged(2, 1, play(10 * DAY, 200, End::Finished));
    assert_eq!(evidence_of(&weighed(vec![like, later], &evidence), 1), 1.0);
}

#[test]
fn what_came_back_on_other_days_was_loved() {
    let first = |listens: Vec<Logged>| weighed(listens, &plain())[0].first;
    let heard = |secs| logged(1, 1, play(secs, 200, End::Finished));
    let elsewhere = || logged(2, 1, play(90 * DAY, 200, End::Finished));
    assert_eq!(first(vec![heard(0), heard(3 * DAY), heard(20 * DAY), elsewhere()]), First::Loved);
    // Thrice in an evening, or once: no love, but nobody knows before sixty days are over.
    assert_eq!(first(vec![heard(0), heard(300), heard(600), elsewhere()]), First::Dropped);
    assert_eq!(first(vec![heard(0), heard(300)]), First::Untold);
    let like = logged(1, 1, Event::new(Interaction::Like, at(9)));
    assert_eq!(first(vec![heard(0), like, elsewhere()]), First::Loved);
}

#[test]
fn confidence_has_the_form_that_is_asked_for() {
    // Evidence 1 and 3 of somebody with 4 in all, where others have 2: mean of the pairs 2.
    let heard = |r: u64, n: i64| {
        (0..n).map(move |i| logged(r, 1, play(i * DAY + r as i64 * HOUR, 200, End::Finished)))
    };
    let listens = heard(1, 1).chain(heard(2, 3)).collect();
    let weighed = weighed(listens, &Evidence { half_life_days: 0.0, ..plain() });
    let crowd = Crowd { mean_evidence: 2.0, n_listeners: 10, likers: &|_| 4 };
    let pairs: Vec<_> = weighed.iter().map(|one| (one.recording, one.evidence)).collect();
    let c = |form, crowd| {
        confidences(&pairs, &Evidence { form, alpha: 2.0, bm25_k1: 3.0, ..plain() }, crowd)[1]
    };
    assert_eq!(c(Form::Linear, None), 6.0);
    assert!((c(Form::Log, None) - 2.0 * 4f32.ln()).abs() < 1e-6);
    assert!((c(Form::Normalized, None) - 2.0 * 2.5f32.ln()).abs() < 1e-6);
    // k1 = 3, b = ½, twice the mean length: 3·4/(3 + 3·1.5) = 1.6; idf = ln(1 + 6.5/4.5).
    assert!((c(Form::Bm25, None) - 2.0 * 2.0).abs() < 1e-6, "3·4/(3 + 3)");
    let idf = (6.5 / 4.5_f32).ln_1p();
    assert!((c(Form::Bm25, Some(&crowd)) - 2.0 * 1.6 * idf).abs() < 1e-5);
}
