//! Are lists for many the lists that each would get alone?

use engine::{Mode, Outcome, Snapshot, WeeklyRequest, Whose};
use music::{Playlist, Setting};

use crate::fixture::{Town, params, weekly_all, weekly_request};

pub(crate) fn requests(town: &Town, mode: Mode) -> Vec<WeeklyRequest> {
    let week = town.week();
    let known = town.names.iter().filter(|name| town.folder.listener(Some(name)).is_ok());
    known.map(|name| weekly_request(&town.folder, name, week, mode)).collect()
}

pub(crate) fn all(
    town: &mut Town,
    snapshot: &Snapshot,
    mode: Mode,
    whose: Whose,
) -> Vec<Option<Playlist>> {
    let requests = requests(town, mode);
    let outcomes = weekly_all(&mut town.folder, snapshot, &requests, whose).into_iter();
    let list = |outcome| if let Outcome::List(list) = outcome { Some(*list) } else { None };
    outcomes.map(list).collect()
}

#[test]
fn each_gets_the_list_that_the_listener_would_get_alone() {
    // More than the queries from which on rows are laid out for a search.
    let mut town = Town::after_all_weeks(params(90, 1500, 12, 4));
    let other = town.folder.listener(Some(&town.names[3])).unwrap().id;
    town.folder.store.set(other, &[(Setting::Kinds, Some("weekly-both"))]).unwrap();
    let snapshot = town.train();
    let together = all(&mut town, &snapshot, Mode::DryRun, Whose::Everyone);
    for (request, list) in requests(&town, Mode::DryRun).iter().zip(&together) {
        let alone = engine::weekly(&mut town.folder, &snapshot, request).ok();
        assert_eq!(&alone, list, "{:?}", request.listener.name);
    }
    assert!(together.iter().flatten().count() > 80);
    assert_eq!(all(&mut town, &snapshot, Mode::Keep, Whose::Everyone), together);
    assert_eq!(all(&mut town, &snapshot, Mode::Keep, Whose::Everyone), together, "kept");
    let lists: usize = requests(&town, Mode::Keep)
        .iter()
        .map(|request| town.folder.store.lists(request.listener.id).unwrap().len())
        .sum();
    assert_eq!(lists, together.iter().flatten().count(), "each list is kept once");
}
