//! Are lists by an index those that looking at every row would make?

use std::collections::BTreeSet;

use engine::{Mode, Snapshot, Whose};
use music::{Playlist, RecordingId};

use crate::everyone::{all, requests};
use crate::fixture::{Town, params, recordings};
use crate::newcomers::{import_one_by_each_artist, train_two_towers};

/// A town in which nobody gets what too few like.
fn plain() -> Town {
    let mut town = Town::after_all_weeks(params(40, 900, 8, 4));
    town.folder.config.weekly.privacy_threshold = 4;
    town
}

/// The same, whose snapshots have an index that looks everywhere, or only where it is promising.
fn town(approximate_from: u32) -> Town {
    let mut town = plain();
    town.folder.config.index.from = 1;
    town.folder.config.index.approximate_from = approximate_from;
    town
}

fn each_alone(town: &mut Town, snapshot: &Snapshot) -> Vec<Option<Playlist>> {
    let requests = requests(town, Mode::DryRun);
    let alone = |request| engine::weekly(&mut town.folder, snapshot, request).ok();
    requests.iter().map(alone).collect()
}

fn together(town: &mut Town, snapshot: &Snapshot) -> Vec<Option<Playlist>> {
    all(town, snapshot, Mode::DryRun, Whose::Everyone)
}

#[test]
fn an_index_that_looks_everywhere_changes_no_list() {
    let mut plain = plain();
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
    let (mut same, mut n) = (0, 0);
    for (list, expected) in lists.iter().zip(&each_alone(&mut exact, &everywhere)) {
        same += lines(list).intersection(&lines(expected)).count();
        n += lines(expected).len();
    }
    assert!(same * 10 > n * 8, "{same} of {n}");
}

#[test]
fn a_recording_that_came_after_the_training_is_found_by_an_index_too() {
    for approximate_from in [1, u32::MAX] {
        let mut town = town(approximate_from);
        train_two_towers(&town);
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
