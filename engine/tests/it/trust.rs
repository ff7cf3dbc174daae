//! Is it known of a folder who is to be believed?

use engine::{Error, Observer, Unobserved};
use jiff::tz::TimeZone;
use music::ListenerId;

use crate::fixture::{Town, params};

/// Stops at once.
struct Hurried;

impl Observer for Hurried {
    fn begin(&mut self, _step: &str, _total: Option<u64>) {}
    fn advance(&mut self, _done: u64) {}
    fn end(&mut self) -> f64 {
        0.0
    }
    fn is_interrupted(&self) -> bool {
        true
    }
}

/// None of somebody who did nothing yet.
fn id(town: &Town, account: usize) -> Option<ListenerId> {
    Some(town.folder.store.listener(&town.names[account]).unwrap()?.id)
}

#[test]
fn the_machine_of_a_town_is_believed_less_and_its_people_are_not() {
    let mut town = Town::after_all_weeks(params(40, 600, 6, 3));
    let trust = engine::trust(&town.folder, None, &mut Unobserved).unwrap();
    let machine = id(&town, 40).unwrap();
    assert!(trust.weight(machine) < 0.5, "{:?}", trust.account(machine));
    let people = (0..40).filter_map(|row| id(&town, row));
    assert_eq!(people.filter(|person| trust.weight(*person) < 1.0).count(), 0);

    // Before the first week nobody has done anything.
    let start = town.params.first_week.start(&TimeZone::UTC);
    let before = engine::trust(&town.folder, Some(start), &mut Unobserved).unwrap();
    assert_eq!(before.n_judged(), 0);

    town.folder.config.trust.enabled = false;
    let off = engine::trust(&town.folder, None, &mut Unobserved).unwrap();
    assert!((off.weight(machine) - 1.0).abs() < 1e-12);
    let stopped = engine::trust(&town.folder, None, &mut Hurried);
    assert!(matches!(stopped, Err(Error::Interrupted)), "{stopped:?}");
}
