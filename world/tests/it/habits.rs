//! Do weekday, hour and season show?

use jiff::Zoned;
use jiff::civil::{Weekday, date};
use jiff::tz::TimeZone;
use music::{CatalogueEntry, Week};
use world::{Params, Tastes};

use crate::{Line, played, share};

fn has_tag(entry: &CatalogueEntry, names: &[&str]) -> bool {
    entry.tags.iter().any(|tag| names.contains(&tag.name.as_str()))
}

fn moment(line: &Line) -> Zoned {
    line.event.at.to_zoned(TimeZone::UTC)
}

#[test]
fn december_songs_are_played_in_december() {
    for tastes in [Tastes::Vectors, Tastes::Rules] {
        let first_week = Week::of_date(date(2026, 11, 9));
        let params = Params { tastes, listeners: 100, weeks: 10, first_week, ..Params::default() };
        let (world, lines) = played(&params);
        let catalogue = world.catalogue();
        let festive_share = |is_december: bool| {
            let of_season: Vec<_> = lines
                .iter()
                .filter(|line| world.account_kind(line.listener) != world::AccountKind::Bot)
                .filter(|line| (moment(line).month() == 12) == is_december)
                .collect();
            let festive = of_season
                .iter()
                .filter(|line| has_tag(&catalogue[line.recording], &["christmas"]))
                .count();
            share(festive, of_season.len())
        };
        // A quarter of the sessions; the weeks of December end in the first days of January.
        assert!((0.05..0.3).contains(&festive_share(true)), "{tastes}: {}", festive_share(true));
        assert!(festive_share(false) < 0.01, "{tastes}: {}", festive_share(false));
    }
}

#[test]
fn sunday_mornings_are_calm() {
    for tastes in [Tastes::Vectors, Tastes::Rules] {
        let params =
            Params { tastes, listeners: 150, weeks: 12, bots: 0, children: 0, ..Params::default() };
        let (world, lines) = played(&params);
        let catalogue = world.catalogue();
        let calm_share = |day: Weekday| {
            let morning = |line: &&Line| {
                moment(line).weekday() == day && (9..12).contains(&moment(line).hour())
            };
            let lines: Vec<_> = lines.iter().filter(morning).collect();
            let calm = |line: &&&Line| {
                has_tag(&catalogue[line.recording], &["melancholic", "dreamy", "tender"])
            };
            share(lines.iter().filter(calm).count(), lines.len())
        };
        let (sunday, saturday) = (calm_share(Weekday::Sunday), calm_share(Weekday::Saturday));
        // Only half of the recordings carry the tag of their mood.
        assert!(sunday > 1.2 * saturday, "{tastes}: {sunday} on Sunday, {saturday} on Saturday");
    }
}

#[test]
fn workdays_have_other_hours_than_weekends_and_nights_are_quiet() {
    let params = Params { listeners: 150, weeks: 6, bots: 0, children: 0, ..Params::default() };
    let (_, lines) = played(&params);
    let hour_share = |is_weekend: bool, hours: std::ops::Range<i8>| {
        let days: Vec<i8> = lines
            .iter()
            .map(moment)
            .filter(|at| matches!(at.weekday(), Weekday::Saturday | Weekday::Sunday) == is_weekend)
            .map(|at| at.hour())
            .collect();
        share(days.iter().filter(|hour| hours.contains(hour)).count(), days.len())
    };
    assert!(hour_share(false, 6..9) > 2.0 * hour_share(true, 6..9), "people rise late on weekends");
    assert!(hour_share(false, 2..6) < 0.1, "{}", hour_share(false, 2..6));
    assert!(hour_share(false, 17..21) > 2.0 * hour_share(false, 2..6));
}
