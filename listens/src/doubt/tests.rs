//! Does each rule doubt what it should, where believing everything goes wrong, and leave people alone?

use std::time::Duration;

use music::{End, Event, Interaction, Logged};

use super::{Doubts, Rule};
use crate::testing::{
    DAY, HOUR, at, evidence_of, history, lengths, logged, play, scrobble, weighed,
};
use crate::timeline::Timeline;
use crate::{Cleaning, Evidence};

/// No decay and every skip alike, so that evidence can be counted on fingers.
fn plain() -> Evidence {
    let skips = crate::Skips::Plain;
    Evidence { half_life_days: 0.0, skips, ..Evidence::default() }
}

fn naive() -> Evidence {
    Evidence { cleaning: Cleaning::off(), ..plain() }
}

/// The evidence of recording 1, by somebody who believes everything and by us.
fn check(listens: &[Logged], naive_e: f64, ours_e: f64) {
    let e = |evidence| evidence_of(&weighed(listens.to_vec(), &evidence), 1);
    assert_eq!((e(naive()), e(plain())), (naive_e, ours_e));
}

fn rules(listens: Vec<Logged>) -> Vec<Option<Rule>> {
    let history = history(listens);
    let timeline = Timeline::of(&history, &lengths(&history), None);
    let doubts = Doubts::of(&timeline, &Cleaning::default());
    (0..timeline.rows.len()).map(|row| doubts.rule(row)).collect()
}

#[test]
fn a_play_longer_than_its_recording_is_judged_by_how_it_ended() {
    // Ten hours of a paused player, then the next button: called completed for its length, but it was skipped.
    check(&[logged(1, 1, play(0, 36_000, End::Skipped))], 1.0, -0.5);
    assert_eq!(rules(vec![logged(1, 1, play(0, 350, End::Finished))]), [None]);
}

#[test]
fn a_length_of_no_recording_is_not_believed() {
    // The source says the recording takes 1 s, so 3 s would be all of it.
    let event = Event { length: Some(Duration::from_secs(1)), ..play(0, 3, End::MovedOn) };
    check(&[logged(1, 1, event)], -1.0, -1.0);
}

#[test]
fn what_ended_after_a_quarter_did_not_end() {
    check(&[logged(1, 1, play(0, 12, End::Finished))], 1.0, 0.075);
    assert_eq!(rules(vec![logged(1, 1, play(0, 60, End::Finished))]), [None]);
    // Called skipped, but heard out: how long it played is believed by everybody.
    check(&[logged(1, 1, play(0, 199, End::Skipped))], 1.0, 1.0);
}

#[test]
fn a_listen_of_two_scrobblers_is_one() {
    // Of one account's export, 5 s apart; and of two exports, a minute apart.
    check(&[logged(1, 1, scrobble(0)), logged(1, 1, scrobble(5))], 2.0, 1.0);
    check(&[logged(1, 1, scrobble(0)), logged(1, 2, scrobble(55))], 2.0, 1.0);
    // A minute apart in one export it was started twice; skipped at once, it can be started again at once.
    assert_eq!(rules(vec![logged(1, 1, scrobble(0)), logged(1, 1, scrobble(60))]), [None, None]);
    let again =
        vec![logged(1, 1, play(0, 4, End::MovedOn)), logged(1, 1, play(5, 200, End::Finished))];
    assert_eq!(rules(again), [None, None]);
}

#[test]
fn of_two_things_at_a_time_one_is_not_heard_by_this_listener() {
    let together =
        vec![logged(1, 1, play(0, 200, End::Finished)), logged(2, 1, play(20, 200, End::Finished))];
    check(&together, 1.0, 0.0);
    assert_eq!(rules(together), [Some(Rule::Overlap); 2]);
    // Faded into each other, or a short look at another while the first goes on.
    let faded = vec![
        logged(1, 1, play(0, 200, End::Finished)),
        logged(2, 1, play(190, 200, End::Finished)),
    ];
    assert_eq!(rules(faded), [None; 2]);
}

#[test]
fn a_dozen_plays_in_one_second_were_not_heard() {
    let burst: Vec<Logged> = (1..=12).map(|r| logged(r, 1, play(0, 200, End::Finished))).collect();
    check(&burst, 1.0, 0.0);
    assert_eq!(rules(burst), [Some(Rule::Burst); 12]);
    // A player that came back online says when all of them ended: at once.
    let ended_together = |r: u64| logged(r, 1, play(-(r as i64), 100 + r, End::Finished));
    assert_eq!(rules((1..=12).map(ended_together).collect()), [Some(Rule::Burst); 12]);
}

#[test]
fn a_recording_on_repeat_counts_as_often_as_somebody_may_have_heard_it() {
    let night = |i: i64| logged(1, 1, play(i * 200, 200, End::Finished));
    // 50 plays, 200 s each; the sixth and all after are a loop.
    check(&(0..50).map(night).collect::<Vec<_>>(), 50.0, 5.0);
    // Who comes back to it every day is not looping.
    let daily = |i: i64| logged(1, 1, play(i * DAY, 200, End::Finished));
    check(&(0..50).map(daily).collect::<Vec<_>>(), 50.0, 50.0);
}

#[test]
fn what_a_player_does_at_night_by_itself_is_not_heard() {
    // 8 hours from 22:00, 144 recordings of 200 s to their ends; the 140th begins after 7.7 hours.
    let all_night = |recording: u64| {
        logged(recording, 1, play(22 * HOUR + recording as i64 * 200, 200, End::Finished))
    };
    let listens: Vec<Logged> = (0..144).map(all_night).collect();
    let doubted = rules(listens.clone());
    // Three hours are 54 recordings.
    assert_eq!(doubted.iter().filter(|rule| **rule == Some(Rule::Overnight)).count(), 144 - 55);
    assert_eq!(evidence_of(&weighed(listens.clone(), &plain()), 140), 0.0);
    assert_eq!(evidence_of(&weighed(listens.clone(), &naive()), 140), 1.0);
    // A day at the desk with a skip in every hour is listening.
    let mut at_work = listens;
    for logged in at_work.iter_mut().step_by(18) {
        logged.event.end = Some(End::Skipped);
    }
    assert_eq!(rules(at_work), [None; 144]);
}

#[test]
fn a_clock_that_is_wrong_does_not_make_everything_else_old() {
    // Two hundred plays in 2026, and one that a broken clock dates ten years ahead.
    let mut listens: Vec<Logged> =
        (0..200).map(|i| logged(1, 1, play(i * DAY / 4, 200, End::Finished))).collect();
    listens.push(logged(2, 1, play(3650 * DAY, 200, End::Finished)));
    let e = |cleaning| {
        let evidence = Evidence { half_life_days: 365.0, cleaning, ..plain() };
        evidence_of(&weighed(listens.clone(), &evidence), 1)
    };
    // Ten half-lives leave a thousandth; in truth the last play is 0 and the first 50 days old.
    assert!(e(Cleaning::off()) < 0.3, "{}", e(Cleaning::off()));
    assert!(e(Cleaning::default()) > 180.0, "{}", e(Cleaning::default()));
}

#[test]
fn no_more_is_believed_in_a_day_than_the_caps() {
    // A machine's hundred plays of 31 s, each broken off, with something else in between.
    let army = |i: i64| logged(1 + (i % 2).cast_unsigned(), 1, play(i * 100, 110, End::Finished));
    check(&(0..200).map(army).collect::<Vec<_>>(), 100.0, 10.0);
    let likes = |i: i64| logged(1 + i.cast_unsigned(), 1, Event::new(Interaction::Like, at(i)));
    let doubted = rules((0..1000).map(likes).collect());
    assert_eq!(doubted.iter().filter(|rule| **rule == Some(Rule::Cap)).count(), 800);
}

#[test]
fn a_rule_that_is_off_doubts_nothing() {
    let loops = |i: i64| logged(1, 1, play(i * 200, 200, End::Finished));
    let cleaning = Cleaning { looped: 1.0, cap: 1.0, ..Cleaning::default() };
    let evidence = Evidence { cleaning, ..plain() };
    let listens: Vec<Logged> = (0..20).map(loops).collect();
    assert_eq!(evidence_of(&weighed(listens, &evidence), 1), 20.0);
}
