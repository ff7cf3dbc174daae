//! Does the report of exposure say what the lists did?

use engine::{Error, ExposureReport, Maker, Mode, Snapshot, exposure_report};
use fs_err::File;
use music::{CatalogueEntry, Week};

use crate::fixture::{Town, params, recordings, weekly_request};

/// A world of few; a group of every second recording.
fn town() -> Town {
    let mut town = Town::after_all_weeks(params(24, 300, 8, 5));
    let entries = town.world.catalogue().into_iter().step_by(2);
    let local = entries.map(|entry| CatalogueEntry { groups: vec!["local".to_owned()], ..entry });
    let path = town.next_path("groups.jsonl");
    listens::write_catalogue(local, &mut File::create(&path).unwrap()).unwrap();
    town.import(&path, None);
    town
}

/// A list for everybody, as places in the world.
fn lists(town: &mut Town, snapshot: &Snapshot, week: Week) -> Vec<Vec<usize>> {
    let mut lists = Vec::new();
    let names = town.names.clone();
    let maker = Maker::of(&town.folder, snapshot).unwrap();
    for name in names.iter().take(24) {
        let request = weekly_request(&town.folder, name, week, Mode::Keep);
        let list = maker.weekly(&mut town.folder, &request).unwrap();
        lists.push(recordings(&list).into_iter().map(|id| town.in_world(id)).collect());
    }
    lists
}

#[test]
fn attention_and_reception_of_each_week_are_told() {
    let mut town = town();
    let snapshot = town.train();
    let none = exposure_report(&town.folder, None).unwrap_err();
    assert!(matches!(none, Error::NoLists { week: None }) && none.is_honest_no(), "{none}");
    let week = town.week();
    let shown = lists(&mut town, &snapshot, week);
    let first = exposure_report(&town.folder, None).unwrap();
    let n_lines: usize = shown.iter().map(Vec::len).sum();
    assert_eq!((first.week, first.lists, first.lines), (week, 24, n_lines));
    assert_eq!((first.before, first.groups.len()), (None, 1));
    assert!(first.over.iter().chain(&first.under).all(|of| of.price.is_none()), "no week before");
    assert!(first.reception.thirds.iter().all(|of| (of.listeners, of.opened) == (8, 0)));

    let listens = town.world.play_week(8, &shown);
    town.import_listens(&listens);
    let played = exposure_report(&town.folder, Some(week)).unwrap();
    check_reception(&played);

    lists(&mut town, &snapshot, week.plus(1));
    let second = exposure_report(&town.folder, None).unwrap();
    assert_eq!((second.week, second.lists), (week.plus(1), 24));
    let before = second.before.unwrap();
    assert!((before.distance - first.after.distance).abs() < 1e-9, "the week before is before");
    let sum = |of: &ExposureReport| (of.after.gini, of.after.distance);
    assert_eq!(sum(&exposure_report(&town.folder, Some(week)).unwrap()), sum(&first));
    for of in second.over.iter().chain(&second.under).chain(&second.groups) {
        let Some((before, price)) = of.before.zip(of.price) else { continue };
        assert!((before.had - before.due) * price >= 0.0, "who had more costs more: {of:?}");
    }
    assert!(second.groups[0].price.unwrap().abs() > 1e-6, "{:?}", second.groups);
}

fn check_reception(report: &ExposureReport) {
    let thirds = &report.reception.thirds;
    assert!(thirds.windows(2).all(|two| two[0].popularity <= two[1].popularity), "{thirds:?}");
    assert!(thirds.iter().any(|of| of.opened > 0 && of.played > 0), "{thirds:?}");
    assert!(thirds.iter().all(|of| of.opened <= of.lists && of.played + of.skipped <= of.lines));
    let [niche, mainstream] = [0, 2].map(|third| thirds[third].played_share.unwrap());
    assert_eq!(report.reception.gap, Some(mainstream - niche));
}
