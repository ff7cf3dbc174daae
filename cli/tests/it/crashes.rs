//! After a kill, a Ctrl-C or a second process, is everything there, once?

use std::path::Path;
use std::process::Command;

use crate::binary::{Place, stderr, text};

/// Waits until a file has grown to a size, or the process has ended.
fn wait_for(path: &Path, bytes: u64, child: &mut std::process::Child) {
    while fs_err::metadata(path).map_or(0, |file| file.len()) < bytes
        && child.try_wait().unwrap().is_none()
    {
        std::thread::yield_now();
    }
}

/// What an import that nobody disturbed brings.
fn undisturbed(log: &Path) -> serde_json::Value {
    let place = Place::new();
    place.says(&["import", text(log)]);
    place.answers(&["status"])["listens"].clone()
}

#[test]
fn a_killed_import_is_finished_by_running_it_again() {
    let place = Place::new();
    let log = place.log(300, 20);
    let expected = undisturbed(&log);
    // Three kills, each later than the one before; the last run is left alone.
    for kilobytes in [100, 2_000, 8_000] {
        let mut child = place.spawn(&["import", text(&log)]);
        wait_for(&place.data().join("undersong.db-wal"), kilobytes * 1000, &mut child);
        child.kill().unwrap();
        child.wait().unwrap();
        place.says(&["status"]);
    }
    place.says(&["import", text(&log)]);
    assert_eq!(place.answers(&["status"])["listens"], expected);
    let status = place.says(&["status"]);
    assert!(!status.contains("interrupted"), "{status}");
}

#[test]
fn an_interrupted_import_says_so_and_is_finished_by_running_it_again() {
    let place = Place::new();
    let log = place.log(300, 20);
    let expected = undisturbed(&log);
    let mut child = place.spawn(&["import", text(&log)]);
    wait_for(&place.data().join("undersong.db-wal"), 1_000_000, &mut child);
    let signalled = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let output = child.wait_with_output().unwrap();
    if output.status.success() {
        eprintln!("skipped: the import was done before the signal came");
    } else {
        assert!(signalled.success());
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        assert!(stderr(&output).contains("run the same command again"), "{}", stderr(&output));
        assert!(place.says(&["status"]).contains("interrupted"));
    }
    place.says(&["import", text(&log)]);
    assert_eq!(place.answers(&["status"])["listens"], expected);
}

#[test]
fn a_killed_training_leaves_what_served_before() {
    let place = Place::new();
    let log = place.log(60, 8);
    place.says(&["import", text(&log)]);
    let model = ["train", "--model", "ials:dim=16,iterations=5"];
    place.says(&model);
    let serving = place.answers(&["status"])["snapshot"]["id"].clone();
    let mut child = place.spawn(&["train", "--model", "ials:dim=64,iterations=2000"]);
    let lock = place.data().join("undersong.lock");
    let pid = child.id().to_string();
    while fs_err::read_to_string(&lock).unwrap_or_default() != pid
        && child.try_wait().unwrap().is_none()
    {
        std::thread::yield_now();
    }
    let complaint = place.refuses(2, &model);
    assert!(complaint.contains(&format!("another undersong (process {pid})")), "{complaint}");
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(place.answers(&["status"])["snapshot"]["id"], serving);
    place.says(&model);
    assert_ne!(place.answers(&["status"])["snapshot"]["id"], serving);
}
