//! Does what a model may learn of moments end where it is said to?

use engine::{Detail, Pairs, Reading, Undated, Unobserved};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::fixture::{Town, params};

fn read(town: &Town, until: Option<Timestamp>, detail: Detail) -> Pairs {
    let survey = engine::survey(&town.folder, until, &mut Unobserved).unwrap();
    let reading = Reading {
        lengths: &survey.lengths,
        trust: &survey.trust,
        evidence: &town.folder.config.evidence,
        until,
        undated: Undated::Count,
        detail,
    };
    engine::pairs(&town.folder, &reading, &mut |_, _| {}, &mut Unobserved).unwrap()
}

#[test]
fn moments_are_those_of_the_pairs_and_nothing_from_the_moment_on_up_to_which_they_are_read() {
    let town = Town::after_all_weeks(params(12, 120, 6, 3));
    assert!(read(&town, None, Detail::Pairs).moments.is_none());
    let (all, until) = (read(&town, None, Detail::Moments), town.params.first_week.plus(3));
    let until = until.start(&TimeZone::UTC);
    let cut = read(&town, Some(until), Detail::Moments);
    let moments = cut.moments.unwrap();
    assert_eq!(moments.n_users(), cut.listeners.len());
    assert!(moments.len() < all.moments.unwrap().len());
    let newest = cut.newest.unwrap();
    let until_age = (newest.as_millisecond() - until.as_millisecond()) as f32 / 86_400_000.0;
    for u in 0..moments.n_users() {
        let of_user = moments.of(u);
        assert!(!of_user.is_empty() && of_user.is_sorted_by(|a, b| a.age_days >= b.age_days));
        assert!(of_user.iter().all(|moment| moment.age_days > until_age));
        assert!(of_user.iter().all(|moment| moment.hour.is_none_or(|hour| hour < 168)));
        // Every pair of the listener came about at some moment, and moments are of those pairs.
        let (items, _) = cut.heard.row(u);
        let mut met: Vec<u32> = of_user.iter().map(|moment| moment.item.0).collect();
        met.sort_unstable();
        met.dedup();
        assert!(items.iter().all(|item| met.binary_search(item).is_ok()));
    }
}
