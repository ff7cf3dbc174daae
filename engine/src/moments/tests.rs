//! Is a moment what the row of the log amounts to, where and when it came about?

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use listens::{Evidence, Lengths, Past, weigh_rows};
use models::{Country, Outcome};
use music::{
    Context, Device, End, Event, History, ImportId, Interaction, ItemIx, Logged, RecordingId,
};

use super::{country, hour_of_week, letters, moments};

fn at(moment: &str) -> Timestamp {
    moment.parse().unwrap()
}

fn logged(recording: u64, moment: &str, kind: Interaction) -> Logged {
    let event = Event::new(kind, at(moment));
    Logged { recording: RecordingId(recording), import: ImportId(1), event }
}

fn played(recording: u64, moment: &str, secs: u64, end: End) -> Logged {
    let mut logged = logged(recording, moment, Interaction::Play);
    logged.event.played = Some(Duration::from_secs(secs));
    logged.event.end = Some(end);
    logged
}

fn history(mut listens: Vec<Logged>) -> History {
    listens.sort_by_key(|logged| (logged.recording, logged.event.at));
    History { listens, counts: Vec::new() }
}

/// Recording and outcome of each moment.
fn told(history: &History) -> Vec<(u64, Outcome)> {
    let evidence = Evidence::default();
    let weighing = weigh_rows(&Past::of(history), &Lengths::new(), &evidence);
    let told = moments(&weighing.contributions, &TimeZone::UTC);
    told.iter().map(|told| (told.recording.0, told.outcome)).collect()
}

#[test]
fn a_moment_is_what_the_row_amounts_to_oldest_first() {
    let history = history(vec![
        played(1, "2025-06-04T10:00:00Z", 240, End::Finished),
        played(2, "2025-06-03T10:00:00Z", 5, End::Skipped),
        played(3, "2025-06-02T10:00:00Z", 100, End::Stopped),
        logged(4, "2025-06-02T09:00:00Z", Interaction::Play),
        logged(1, "2025-06-05T10:00:00Z", Interaction::Like),
        logged(5, "2025-06-06T10:00:00Z", Interaction::Dislike),
        logged(6, "2025-06-07T10:00:00Z", Interaction::Queue),
    ]);
    let expected = [
        (4, Outcome::Heard),
        (3, Outcome::Heard),
        (2, Outcome::Skipped),
        (1, Outcome::Finished),
        (1, Outcome::Liked),
        (5, Outcome::Disliked),
    ];
    assert_eq!(told(&history), expected);
}

#[test]
fn what_was_said_again_or_taken_back_is_no_moment() {
    let history = history(vec![
        logged(1, "2025-06-01T10:00:00Z", Interaction::Like),
        logged(1, "2025-06-02T10:00:00Z", Interaction::Like),
        logged(2, "2025-06-03T10:00:00Z", Interaction::Like),
        logged(2, "2025-06-04T10:00:00Z", Interaction::Dislike),
        logged(3, "2025-06-05T10:00:00Z", Interaction::Like),
        logged(3, "2025-06-06T10:00:00Z", Interaction::Unlike),
    ]);
    assert_eq!(told(&history), [(1, Outcome::Liked), (2, Outcome::Disliked)]);
}

#[test]
fn the_hour_is_that_of_where_the_listener_lives() {
    // A Sunday at 23:30 in UTC is Monday 01:30 in Vienna in summer: the second hour of the week.
    let sunday = at("2025-06-08T23:30:00Z");
    assert_eq!(hour_of_week(sunday, &TimeZone::UTC), 6 * 24 + 23);
    assert_eq!(hour_of_week(sunday, &TimeZone::get("Europe/Vienna").unwrap()), 1);
}

#[test]
fn ages_count_to_the_newest_listen_of_the_log() {
    let history = history(vec![played(1, "2025-06-04T00:00:00Z", 240, End::Finished)]);
    let evidence = Evidence::default();
    let weighing = weigh_rows(&Past::of(&history), &Lengths::new(), &evidence);
    let told = moments(&weighing.contributions, &TimeZone::UTC);
    let age = |newest| told[0].moment(ItemIx(0), at(newest)).age_days;
    assert_eq!((age("2025-06-05T12:00:00Z"), age("2025-06-03T00:00:00Z")), (1.5, -1.0));
}

#[test]
fn a_country_is_that_of_the_newest_listen_that_says_it() {
    let of = |moment: &str, country: Option<&str>| {
        let mut logged = logged(1, moment, Interaction::Play);
        let device = Some(Device::Home);
        logged.event.context = Context { country: country.map(str::to_owned), device };
        logged
    };
    let history = history(vec![
        of("2025-06-01T00:00:00Z", Some("at")),
        of("2025-06-02T00:00:00Z", Some("DE")),
        of("2025-06-03T00:00:00Z", None),
    ]);
    assert_eq!(country(&history, None, Some("FR")), Some(Country(*b"DE")));
    assert_eq!(country(&history, Some(at("2025-06-02T00:00:00Z")), None), Some(Country(*b"AT")));
    assert_eq!(country(&History::default(), None, Some("FR")), Some(Country(*b"FR")));
    assert_eq!((letters("Austria"), letters("a1")), (None, None));
}
