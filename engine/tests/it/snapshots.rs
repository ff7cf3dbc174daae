//! Is a snapshot whole, repeatable, and refused when it is not?

use std::path::PathBuf;

use engine::{Error, Folder, Manifest, Snapshot, Unobserved};
use jiff::SignedDuration;

use crate::fixture::{Town, params, train};

fn town() -> Town {
    Town::after_all_weeks(params(30, 400, 8, 3))
}

fn place(town: &Town, snapshot: &Snapshot) -> PathBuf {
    town.folder.snapshots().join(&snapshot.manifest.id)
}

fn without_times(mut manifest: Manifest) -> Manifest {
    manifest.seconds.clear();
    manifest
}

#[test]
fn the_same_log_makes_the_same_bytes_whatever_the_number_of_threads() {
    let with_threads = |n| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
        pool.install(|| {
            let town = town();
            without_times(town.train().manifest)
        })
    };
    // The manifest holds a checksum of every other file.
    assert_eq!(with_threads(1), with_threads(2));
}

#[test]
fn what_is_read_is_what_was_written() {
    let town = town();
    let written = town.train();
    let read = Snapshot::current(&town.folder.snapshots()).unwrap();
    assert_eq!(read.manifest, written.manifest);
    assert_eq!(read.rows, written.rows);
    assert_eq!(read.liked_by, written.liked_by);
    for (a, b) in read.models.iter().zip(&written.models) {
        assert_eq!(a.recommender.arrays(), b.recommender.arrays());
    }
}

#[test]
fn the_last_three_snapshots_stay_and_the_newest_serves() {
    let town = town();
    let ids: Vec<_> = (0..5).map(|_| town.train().manifest.id).collect();
    let is_there = |id: &String| town.folder.snapshots().join(id).is_dir();
    assert_eq!(ids.iter().map(is_there).collect::<Vec<_>>(), [false, false, true, true, true]);
    assert_eq!(engine::current_id(&town.folder.snapshots()).unwrap().as_ref(), ids.last());
}

#[test]
fn a_snapshot_of_a_past_day_is_kept_until_a_setting_of_it_changes() {
    let mut town = town();
    town.folder.config.train.models = vec!["ials:dim=4,iterations=2".to_owned()];
    let then = town.now();
    let mut made_at = |now, change: fn(&mut engine::Config)| {
        change(&mut town.folder.config);
        let snapshot = engine::snapshot_as_of(&town.folder, then, now, &mut Unobserved);
        snapshot.unwrap().manifest.made_at
    };
    let times = [1, 2, 3, 4, 5].map(|hours| then + SignedDuration::from_hours(hours));
    assert_eq!(made_at(times[0], |_| ()), times[0]);
    assert_eq!(made_at(times[1], |config| config.weekly.size += 1), times[0]);
    assert_eq!(made_at(times[2], |config| config.evidence.half_life_days += 1.0), times[2]);
    assert_eq!(made_at(times[3], |config| config.index.from += 1), times[3]);
    assert_eq!(made_at(times[4], |config| config.timezone = "Asia/Tokyo".to_owned()), times[4]);
}

#[test]
fn a_changed_byte_and_a_newer_form_are_refused_with_a_sentence() {
    let town = town();
    let snapshot = town.train();
    let manifest = place(&town, &snapshot).join("manifest.json");
    let text = fs_err::read_to_string(&manifest).unwrap();
    fs_err::write(&manifest, text.replace("\"version\": 1", "\"version\": 7")).unwrap();
    let error = Snapshot::current(&town.folder.snapshots()).unwrap_err().to_string();
    assert!(error.contains("form 7"), "{error}");

    fs_err::write(&manifest, text).unwrap();
    let factors = place(&town, &snapshot).join("model-0.item_factors.npy");
    let mut bytes = fs_err::read(&factors).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs_err::write(&factors, bytes).unwrap();
    let error = Snapshot::current(&town.folder.snapshots()).unwrap_err().to_string();
    assert!(error.contains("checksum"), "{error}");
}

#[test]
fn what_a_killed_training_left_is_in_nobodys_way() {
    let town = town();
    let first = town.train();
    let leftover = town.folder.snapshots().join(".unfinished");
    fs_err::create_dir(&leftover).unwrap();
    fs_err::write(leftover.join("items.npy"), "half").unwrap();
    assert_eq!(Snapshot::current(&town.folder.snapshots()).unwrap().manifest.id, first.manifest.id);
    let second = town.train();
    assert_ne!(first.manifest.id, second.manifest.id);
    assert!(!leftover.exists());
}

#[test]
fn one_listener_alone_is_told_what_to_import() {
    let mut town = Town::new(params(30, 400, 8, 3));

    let mut listens: Vec<_> = (0..8).flat_map(|week| town.world.play_week(week, &[])).collect();
    listens.retain(|listen| listen.listener.as_deref() == Some(town.names[0].as_str()));
    town.import_listens(&listens);
    let request = engine::TrainRequest { models: vec![], as_of: None, now: town.now() };
    let error = engine::train(&town.folder, &request, &mut Unobserved).unwrap_err();
    assert!(matches!(error, Error::Alone) && error.is_honest_no());
    assert!(error.to_string().contains("import --background"), "{error}");
}

#[test]
fn a_second_process_at_work_in_the_folder_is_named() {
    let town = town();
    let lock = town.folder.lock().unwrap();
    let error = town.folder.lock().unwrap_err();
    assert!(error.to_string().contains(&format!("process {}", std::process::id())), "{error}");
    drop(lock);
    let _again = town.folder.lock().unwrap();
}

#[test]
fn an_empty_folder_has_nothing_to_train_on() {
    let place = tempfile::tempdir().unwrap();
    let folder = Folder::open(place.path()).unwrap();
    let request =
        engine::TrainRequest { models: vec![], as_of: None, now: crate::fixture::today() };
    assert!(matches!(engine::train(&folder, &request, &mut Unobserved), Err(Error::Empty)));
    assert!(matches!(Snapshot::current(&folder.snapshots()), Err(Error::NoSnapshot)));
    // Training once there is something finds the way on its own.
    assert!(town().folder.store.totals().unwrap().listens > 0);
    let town = town();
    assert_eq!(train(&town.folder).manifest.n_listeners, town.train().manifest.n_listeners);
}
