//! Is the log well formed, and the same every time?

use std::time::Duration;

use jiff::tz::TimeZone;
use music::Interaction;
use world::{Params, Tastes, World};

use crate::played;

fn small(tastes: Tastes) -> Params {
    Params { tastes, listeners: 60, recordings: 1000, weeks: 8, ..Params::default() }
}

#[test]
fn the_same_parameters_make_the_same_world() {
    for tastes in [Tastes::Vectors, Tastes::Rules] {
        let params = small(tastes);
        let (mut first, mut second) = (World::new(&params), World::new(&params));
        assert_eq!(first.catalogue(), second.catalogue());
        let shown = vec![(0..30).collect(); 20];
        for week in 0..3 {
            assert_eq!(
                first.play_week(week, &shown),
                second.play_week(week, &shown),
                "{tastes}, week {week}"
            );
        }
        let other = World::new(&Params { seed: 2, ..params }).play_week(0, &[]);
        assert_ne!(other, World::new(&small(tastes)).play_week(0, &[]));
    }
}

#[test]
fn the_catalogue_depends_on_neither_tastes_nor_accounts() {
    let vectors = World::new(&small(Tastes::Vectors));
    let rules = World::new(&Params { listeners: 3, bots: 0, ..small(Tastes::Rules) });
    assert_eq!(vectors.catalogue(), rules.catalogue());
}

#[test]
fn a_listener_is_the_same_however_many_others_there_are() {
    let few = World::new(&Params { listeners: 5, ..small(Tastes::Rules) });
    let many = World::new(&small(Tastes::Rules));
    for listener in 0..5 {
        assert!(
            (0..1000).all(|r| few.loves(listener, r) == many.loves(listener, r)),
            "listener {listener}"
        );
    }
}

#[test]
fn listens_come_by_listener_and_time_within_their_week_and_never_overlap() {
    let params = small(Tastes::Vectors);
    let mut world = World::new(&params);
    for week in 0..params.weeks {
        let start = params.first_week.plus(i64::try_from(week).unwrap()).start(&TimeZone::UTC);
        let end = params.first_week.plus(i64::try_from(week).unwrap() + 1).start(&TimeZone::UTC);
        let lines = crate::by_rows(&world.clone(), world.play_week(week, &[]));
        assert!(lines.iter().all(|line| (start..end).contains(&line.event.at)));
        for pair in lines.windows(2) {
            assert!(pair[0].listener <= pair[1].listener);
            if pair[0].listener == pair[1].listener {
                let played = pair[0].event.played.unwrap_or_default();
                assert!(pair[0].event.at + played <= pair[1].event.at + Duration::from_secs(1));
            }
        }
    }
}

#[test]
fn nothing_plays_longer_than_it_is_and_only_plays_have_a_length() {
    let (world, lines) = played(&small(Tastes::Rules));
    let catalogue = world.catalogue();
    for line in &lines {
        if line.event.kind == Interaction::Play {
            assert_eq!(line.event.length, catalogue[line.recording].length);
            assert!(
                line.event.played <= line.event.length && line.event.played > Some(Duration::ZERO)
            );
        } else {
            assert!(matches!(line.event.kind, Interaction::Like | Interaction::Dislike));
            assert_eq!(line.event.played, None);
        }
    }
}

#[test]
fn what_was_played_was_heard_and_what_was_heard_was_played() {
    let (world, lines) = played(&small(Tastes::Vectors));
    for listener in 0..world.listener_names().len() {
        let mut from_log: Vec<usize> =
            lines.iter().filter(|l| l.listener == listener).map(|l| l.recording).collect();
        from_log.sort_unstable();
        from_log.dedup();
        assert!(world.heard(listener).eq(from_log), "listener {listener}");
    }
}

#[test]
fn every_credit_is_the_catalogues_and_leads_back() {
    let mut world = World::new(&small(Tastes::Vectors));
    let catalogue = world.catalogue();
    for listen in world.play_week(0, &[]) {
        let recording = world.recording_of(listen.recording.spotify.as_ref().unwrap()).unwrap();
        assert_eq!(listen.recording, catalogue[recording].credit);
    }
    assert_eq!(world.recording_of("spotify:track:6rqhFgbbKwnb9MLmUQDhG6"), None);
}

#[test]
fn no_two_recordings_are_versions_of_one_work() {
    let world = World::new(&Params { recordings: 20_000, ..small(Tastes::Vectors) });
    let credits = world.catalogue().into_iter().map(|entry| entry.credit);
    let mut works: Vec<String> =
        credits.map(|credit| music::work_key(&credit.artist, &credit.title)).collect();
    works.sort();
    works.dedup();
    assert_eq!(works.len(), 20_000);
}

#[test]
fn nothing_is_played_before_it_is_released() {
    let (world, lines) = played(&small(Tastes::Vectors));
    let catalogue = world.catalogue();
    let first_day = small(Tastes::Vectors).first_week.monday();
    let n_new = catalogue.iter().filter(|entry| entry.released.unwrap() > first_day).count();
    // A third of the artists bring out something new, on average a few of their ten recordings.
    assert!((30..300).contains(&n_new), "{n_new} of 1000");
    let mut new_plays = 0;
    for line in &lines {
        let released = catalogue[line.recording].released.unwrap();
        assert!(released <= line.event.at.to_zoned(TimeZone::UTC).date());
        new_plays += usize::from(released > first_day);
    }
    assert!(new_plays > 100, "{new_plays}");
}
