//! Is what is left out what the rule says, and nothing else?

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Hours, LeftOut, Weekdays};
use crate::{Context, Device, Event, Interaction};

fn at(moment: &str) -> Event {
    Event::new(Interaction::Play, moment.parse().unwrap())
}

fn moment(text: &str) -> Option<Timestamp> {
    Some(text.parse().unwrap())
}

fn check(rule: &LeftOut, tz: &str, covered: &[&str], kept: &[&str]) {
    let tz = TimeZone::get(tz).unwrap();
    for (moments, expected) in [(covered, true), (kept, false)] {
        for moment in moments {
            assert_eq!(rule.covers(&at(moment), &[], &tz), expected, "{moment}");
        }
    }
}

#[test]
fn a_window_has_its_first_moment_and_not_its_last() {
    let rule = LeftOut {
        from: moment("2025-12-24T00:00:00Z"),
        until: moment("2025-12-27T00:00:00Z"),
        ..LeftOut::default()
    };
    let covered = ["2025-12-24T00:00:00Z", "2025-12-26T23:59:59Z"];
    check(&rule, "UTC", &covered, &["2025-12-23T23:59:59Z", "2025-12-27T00:00:00Z"]);
}

#[test]
fn hours_are_those_of_the_clock_where_the_listener_lives_in_summer_and_in_winter() {
    let rule = LeftOut { hours: Some("19:00-21:00".parse().unwrap()), ..LeftOut::default() };
    let covered = ["2025-01-06T18:00:00Z", "2025-07-07T17:00:00Z", "2025-07-07T18:59:59Z"];
    check(&rule, "Europe/Berlin", &covered, &["2025-01-06T17:59:59Z", "2025-07-07T19:00:00Z"]);
}

#[test]
fn hours_beyond_midnight_are_of_the_day_on_which_they_begin() {
    // 2025-11-22 is a Saturday.
    let rule = LeftOut {
        hours: Some("22:00-02:00".parse().unwrap()),
        weekdays: Some("sat".parse().unwrap()),
        ..LeftOut::default()
    };
    let covered = ["2025-11-22T22:00:00Z", "2025-11-23T01:59:00Z"];
    let kept = ["2025-11-22T01:00:00Z", "2025-11-23T22:00:00Z", "2025-11-23T02:00:00Z"];
    check(&rule, "UTC", &covered, &kept);
    let whole_days = LeftOut { hours: None, ..rule };
    check(&whole_days, "UTC", &["2025-11-22T01:00:00Z"], &["2025-11-23T01:59:00Z"]);
    let evening = LeftOut { hours: Some("22:00-24:00".parse().unwrap()), ..LeftOut::default() };
    check(&evening, "UTC", &["2025-11-22T23:59:59Z"], &["2025-11-23T00:00:00Z"]);
}

#[test]
fn device_session_country_and_label_are_those_the_log_and_the_catalogue_name() {
    let utc = TimeZone::UTC;
    let mut event = at("2025-11-22T20:00:00Z");
    event.session = Some(7);
    event.context = Context { country: Some("DE".to_owned()), device: Some(Device::Home) };
    let labels = ["Children".to_owned()];
    let label = |label: &str| LeftOut { label: Some(label.to_owned()), ..LeftOut::default() };
    let country = |of: &str| LeftOut { country: Some(of.to_owned()), ..LeftOut::default() };
    let device = |of| LeftOut { device: Some(of), ..LeftOut::default() };
    let session = |of| LeftOut { session: Some(of), ..LeftOut::default() };
    let holds = [label("children"), country("de"), device(Device::Home), session(7)];
    let not = [label("explicit"), country("FR"), device(Device::Mobile), session(8)];
    for (rules, expected) in [(holds, true), (not, false)] {
        for rule in rules {
            assert_eq!(rule.covers(&event, &labels, &utc), expected, "{rule:?}");
            // Of what nothing is known, only a moment can be told.
            assert!(!rule.covers(&at("2025-11-22T20:00:00Z"), &[], &utc), "{rule:?}");
        }
    }
    let both = LeftOut { session: Some(8), ..label("children") };
    assert!(!both.covers(&event, &labels, &utc), "all parts must hold");
}

#[test]
fn a_rule_without_parts_is_seen_to_be_one() {
    assert!(LeftOut::default().is_everything());
    assert!(!LeftOut { session: Some(0), ..LeftOut::default() }.is_everything());
}

#[test]
fn hours_and_days_read_back_what_they_write_and_nonsense_is_refused() {
    for text in ["19:00-21:00", "22:30-02:05"] {
        assert_eq!(text.parse::<Hours>().unwrap().to_string(), text);
    }
    assert_eq!("Sun, mon,sun".parse::<Weekdays>().unwrap().to_string(), "mon,sun");
    for text in
        ["", "19:00", "19:00-19:00", "24:01-02:00", "7:60-8:00", "-1:00-2:00", "a-b", "00:00-24:00"]
    {
        let refused = text.parse::<Hours>().unwrap_err().to_string();
        assert!(refused.contains("19:00-21:00"), "{refused}");
    }
    for text in ["", "someday", "sat,", "sat sun"] {
        let refused = text.parse::<Weekdays>().unwrap_err().to_string();
        assert!(refused.contains("sat,sun"), "{refused}");
    }
    assert_eq!((Weekdays::of_bits(0), Weekdays::of_bits(128)), (None, None));
    assert_eq!(Hours::of_minutes(0, 1440), None);
}
