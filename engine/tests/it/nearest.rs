//! Are lists by an index those that looking at every row would make?

use std::collections::BTreeSet;

use engine::{Mode, Outcome, Snapshot, TrainRequest, Unobserved, Whose};
use music::{Playlist, RecordingId};

use crate::fixture::{Town, params, recordings, today, weekly_all, weekly_request};
use crate::newcomers::import_one_by_each_artist;

/// A town whose snapshots have an index that looks everywhere, or only where it is promising.
fn town(approximate_from: u32) -> Town {
    let mut town = Town::after_all_weeks(params(40, 900, 8, 4));
    town.folder.config.index.from = 1;
    town.folder.config.index.approximate_from = approximate_from;
    town
}

fn each_alone(town: &mut Town, snapshot: &Snapshot) -> Vec<Option<Playlist>> {
    let (week, names) = (town.week(), town.names.clone());
    let known = names.iter().filter(|name| town.folder.listener(Some(name)).is_ok());
    let requests: Vec<_> =
        known.map(|name| weekly_request(&town.folder, name, week, Mode::DryRun)).collect();
    requests
        .iter()
        .map(|request| engine::weekly(&mut town.folder, snapshot, request).ok())
        .collect()
}

fn together(town: &mut Town, snapshot: &Snapshot) -> Vec<Option<Playlist>> {
    let (week, names) = (town.week(), town.names.clone());
    let known = names.iter().filter(|name| town.folder.listener(Some(name)).is_ok());
    let requests: Vec<_> =
        known.map(|name| weekly_request(&town.folder, name, week, Mode::DryRun)).collect();
    let outcomes = weekly_all(&mut town.folder, snapshot, &requests, Whose::Everyone).into_iter();
    outcomes
        .map(|outcome| if let Outcome::List(list) = outcome { Some(*list) } else { None })
        .collect()
}

#[test]
fn an_index_that_looks_everywhere_changes_no_list() {
    let mut plain = Town::after_all_weeks(params(40, 900, 8, 4));
    let snapshot = plain.train();
    assert_eq!(snapshot.manifest.index, None, "few rows");
    let expected = each_alone(&mut plain, &snapshot);
    let mut town = town(u32::MAX);
    town.train();
    let snapshot = Snapshot::serving(&town.folder).unwrap();
    assert!(snapshot.manifest.index.is_some());
    let got = each_alone(&mut town, &snapshot);
    assert!(got.iter().flatten().count() > 30);
    assert_eq!(got, expected);
    assert_eq!(together(&mut town, &snapshot), expected);
}

#[test]
fn an_index_that_looks_where_it_is_promising_makes_nearly_the_same_lists_for_one_and_for_all() {
    let (mut exact, mut town) = (town(u32::MAX), town(1));
    let everywhere = exact.train();
    town.train();
    let snapshot = Snapshot::serving(&town.folder).unwrap();
    let lists = each_alone(&mut town, &snapshot);
    assert_eq!(together(&mut town, &snapshot), lists);
    let lines = |list: &Option<Playlist>| -> BTreeSet<RecordingId> {
        list.iter().flat_map(recordings).collect()
    };
    let (mut same, mut all) = (0, 0);
    for (list, expected) in lists.iter().zip(&each_alone(&mut exact, &everywhere)) {
        same += lines(list).intersection(&lines(expected)).count();
        all += lines(expected).len();
    }
    assert!(same * 10 > all * 8, "{same} of {all}");
}

#[test]
fn a_recording_that_came_after_the_training_is_found_by_an_index_too() {
    for approximate_from in [1, u32::MAX] {
        let mut town = town(approximate_from);
        let spec = "two-tower:dim=8,hidden=16,epochs=3,batch=128,uniform_negatives=32";
        let models = vec![spec.parse().unwrap()];
        let request = TrainRequest { models, as_of: None, now: today() };
        engine::train(&town.folder, &request, &mut Unobserved).unwrap();
        let new = import_one_by_each_artist(&mut town);
        let snapshot = Snapshot::serving(&town.folder).unwrap();
        let lists = each_alone(&mut town, &snapshot);
        let shown: BTreeSet<RecordingId> = lists.iter().flatten().flat_map(recordings).collect();
        assert!(shown.iter().any(|id| new.contains(id)), "none of {} in any list", new.len());
    }
}

#[test]
fn a_damaged_index_is_refused_with_a_sentence() {
    let town = town(1);
    let snapshot = town.train();
    let path = town.folder.snapshots().join(&snapshot.manifest.id).join("vectors.near");
    let good = fs_err::read(&path).unwrap();
    let mut damaged = good.clone();
    damaged[good.len() / 2] ^= 1;
    let mut newer = good.clone();
    newer[8] = 2;
    for (bytes, expected) in
        [(damaged, "damaged"), (newer, "version 1 or older"), (good[..70].to_vec(), "damaged")]
    {
        fs_err::write(&path, bytes).unwrap();
        let error = Snapshot::serving(&town.folder).unwrap_err().to_string();
        assert!(error.contains(expected) && error.contains("vectors.near"), "{error}");
    }
    fs_err::remove_file(&path).unwrap();
    let error = Snapshot::serving(&town.folder).unwrap_err().to_string();
    assert!(error.contains("vectors.near"), "{error}");
    fs_err::write(&path, good).unwrap();
    Snapshot::serving(&town.folder).unwrap();
}
