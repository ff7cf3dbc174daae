//! Does the future stay where it belongs?

use std::path::Path;

use engine::{Detail, Folder, ImportRequest, Reading, Undated, Unobserved};
use jiff::Timestamp;
use listens::{Evidence, Options};
use music::ListKind;
use store::{Audience, Line, List};

use super::{Objective, Task, Window};
use crate::Split;

const DAY: i64 = 86_400;
/// 2026-01-01T00:00:00Z.
const START: i64 = 1_767_225_600;

/// A listen: who, on which day and in which hour of it, which recording.
type Played<'a> = (&'a str, i64, i64, &'a str);

/// Two people, who know a, b and c after ten days, and what came then.
const BEFORE: [Played<'static>; 6] = [
    ("ada", 0, 1, "a"),
    ("ada", 1, 1, "b"),
    ("ada", 9, 23, "b"),
    ("bob", 2, 1, "b"),
    ("bob", 3, 1, "c"),
    ("bob", 4, 1, "a"),
];
const AFTER: [Played<'static>; 6] = [
    ("ada", 10, 2, "c"),
    ("ada", 11, 1, "a"),
    ("ada", 12, 1, "d"),
    ("bob", 11, 1, "d"),
    ("bob", 11, 2, "d"),
    ("cyd", 12, 1, "b"),
];

fn folder(place: &Path, logs: &[&[Played<'_>]]) -> Folder {
    let now: Timestamp = "2030-01-01T00:00:00Z".parse().unwrap();
    let mut folder = Folder::open(&place.join("data")).unwrap();
    for (n, log) in logs.iter().enumerate() {
        let line = |&(who, day, hour, title): &Played<'_>| {
            let at = Timestamp::from_second(START + day * DAY + hour * 3_600).unwrap();
            format!("{who}\t{at}\t\tArtist {title}\t\tTitle {title}\n")
        };
        let path = place.join(format!("log{n}.tsv"));
        fs_err::write(&path, log.iter().map(line).collect::<String>()).unwrap();
        let (listener, audience) = (None, Audience::Foreground);
        let request = ImportRequest { path, options: Options::plain(now), listener, audience, now };
        engine::import(&mut folder, &request, &mut Unobserved).unwrap();
    }
    folder
}

fn task(folder: &Folder, objective: Objective, replays: bool) -> Task {
    let window = Window { from: Some(START + 10 * DAY), length: 7 * DAY, gap: 1_800, replays };
    Task::from_folder(folder, window, objective, &Evidence::default(), &[], &mut Unobserved)
        .unwrap()
}

#[test]
fn what_is_learned_is_what_the_log_said_before_the_window() {
    let (with, without) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let task = task(&folder(with.path(), &[&BEFORE, &AFTER]), Objective::Liked, false);
    let alone = folder(without.path(), &[&BEFORE]);
    let survey = engine::survey(&alone, None, &mut Unobserved).unwrap();
    let reading = Reading {
        lengths: &survey.lengths,
        trust: &survey.trust,
        evidence: &alone.config.evidence,
        until: None,
        undated: Undated::LeaveOut,
        detail: Detail::Pairs,
    };
    let pairs = engine::pairs(&alone, &reading, &mut |_, _| {}, &mut Unobserved).unwrap();
    assert_eq!(task.rows, pairs.rows);
    let rows = |heard: &linalg::Csr<_, _, _>| format!("{:?}", heard.rows().collect::<Vec<_>>());
    assert_eq!(rows(&task.heard), rows(&pairs.heard));
    let fit = |task: &Task| {
        let spec = "ials:dim=2,iterations=2".parse().unwrap();
        let fitted = task.fit(&spec, 1, &mut |_| std::ops::ControlFlow::Continue(())).unwrap();
        format!("{:?}", fitted.arrays())
    };
    let other: Vec<Played<'_>> =
        vec![("bob", 12, 1, "a"), ("ada", 13, 4, "e"), ("ada", 12, 4, "c")];
    let place = tempfile::tempdir().unwrap();
    let other = self::task(&folder(place.path(), &[&BEFORE, &other]), Objective::Liked, false);
    assert_ne!(other.asked, task.asked);
    assert_eq!(fit(&other), fit(&task));
}

#[test]
fn a_hit_is_new_to_its_listener_and_a_replay_is_counted_apart() {
    let place = tempfile::tempdir().unwrap();
    let task = task(&folder(place.path(), &[&BEFORE, &AFTER]), Objective::Liked, false);
    assert!(matches!(task.split, Split::Time(_)));
    // ada: c is new, a a replay, d new and unseen; bob: d; cyd, a stranger: b.
    assert_eq!((task.counts.test_pairs, task.counts.replays, task.counts.strangers), (5, 1, 1));
    assert_eq!((task.counts.wanted, task.counts.unseen), (4, 2));
    let [ada, bob, cyd] = task.asked.as_slice() else { panic!("{:?}", task.asked) };
    assert_eq!((ada.wanted.len(), ada.unseen.len(), ada.also_known.len()), (1, 1, 2));
    assert_eq!((bob.wanted.len(), bob.unseen.len(), bob.also_known.len()), (0, 1, 3));
    assert_eq!((cyd.user, cyd.wanted.len()), (None, 1));
    // Two plays say more than one.
    assert!(bob.unseen[0] > ada.unseen[0]);
    assert_eq!(bob.others[0].unseen, [1.0]);
}

#[test]
fn what_a_list_showed_before_is_not_new() {
    let place = tempfile::tempdir().unwrap();
    let mut folder = folder(place.path(), &[&BEFORE, &AFTER]);
    let ada = folder.listener(Some("ada")).unwrap().id;
    let c = folder.store.find("Title c").unwrap()[0];
    let line = Line {
        recording: c,
        score: 1.0,
        told: "{}".to_owned(),
        policy: "slate-1".to_owned(),
        propensity: None,
        is_new: true,
    };
    let made_at = Timestamp::from_second(START + 5 * DAY).unwrap();
    let list = List {
        listener: ada,
        kind: ListKind::WeeklyExploration,
        week: "2026-W01".parse().unwrap(),
        size: 1,
        made_at,
        snapshot: "0001-00000000".to_owned(),
        seed: 1,
        note: None,
        lines: vec![line],
    };
    folder.store.record_list(&list, &[]).unwrap();
    let task = task(&folder, Objective::Liked, false);
    // ada heard c first in the window, but no list could have shown it again.
    assert_eq!((task.counts.replays, task.asked[0].wanted.len()), (2, 0));
}

#[test]
fn the_judge_is_the_same_whatever_is_believed_of_the_training() {
    let place = tempfile::tempdir().unwrap();
    let mut folder = folder(place.path(), &[&BEFORE, &AFTER]);
    let plain = task(&folder, Objective::Liked, false);
    folder.config.evidence.alpha *= 2.0;
    let sure = task(&folder, Objective::Liked, false);
    assert_eq!(sure.asked, plain.asked);
    let first = |task: &Task| task.heard.row(0).1[0].confidence;
    assert_eq!(first(&sure), 2.0 * first(&plain));
}

#[test]
fn with_replays_what_is_known_is_asked_for_too() {
    let place = tempfile::tempdir().unwrap();
    let task = task(&folder(place.path(), &[&BEFORE, &AFTER]), Objective::Clicked, true);
    assert_eq!((task.counts.wanted, task.counts.replays), (5, 1));
    assert_eq!((task.asked[0].wanted.len(), task.asked[0].also_known.len()), (2, 0));
    assert_eq!(task.objectives, [Objective::Clicked, Objective::Liked, Objective::Time]);
}

#[test]
fn what_is_told_of_moments_and_recordings_is_what_was_known_before_the_window() {
    let (with, without) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (whole, alone) =
        (folder(with.path(), &[&BEFORE, &AFTER]), folder(without.path(), &[&BEFORE]));
    let window =
        Window { from: Some(START + 10 * DAY), length: 7 * DAY, gap: 1_800, replays: false };
    let specs = ["two-tower:dim=4,hidden=4,epochs=1".parse().unwrap()];
    let (hit, judge) = (Objective::Liked, Evidence::default());
    let task = Task::from_folder(&whole, window, hit, &judge, &specs, &mut Unobserved).unwrap();
    let survey = engine::survey(&alone, None, &mut Unobserved).unwrap();
    let reading = Reading {
        lengths: &survey.lengths,
        trust: &survey.trust,
        evidence: &alone.config.evidence,
        until: None,
        undated: Undated::LeaveOut,
        detail: engine::detail(&specs),
    };
    let pairs = engine::pairs(&alone, &reading, &mut |_, _| {}, &mut Unobserved).unwrap();
    assert_eq!(task.moments, pairs.moments);
    assert!(task.moments.as_ref().unwrap().len() >= 5);
    let features = task.features.as_ref().unwrap();
    assert_eq!((features.n_items, features.words("artist").unwrap().keys.len()), (3, 3));
    let model = task.fit(&specs[0], 1, &mut |_| std::ops::ControlFlow::Continue(())).unwrap();
    assert!(!crate::judge(&task, model.as_ref(), &[1]).readings.is_empty());
}

#[test]
fn a_window_beside_the_log_is_said_to_be() {
    let place = tempfile::tempdir().unwrap();
    let folder = folder(place.path(), &[&BEFORE]);
    let sentence = |from: i64| {
        let window = Window { from: Some(START + from * DAY), length: DAY, gap: 0, replays: false };
        let judge = Evidence::default();
        Task::from_folder(&folder, window, Objective::Liked, &judge, &[], &mut Unobserved)
            .unwrap_err()
            .to_string()
    };
    assert!(sentence(-3).contains("nothing to learn from before 2025-12-29"), "{}", sentence(-3));
    assert!(sentence(20).contains("the log goes from 2026-01-01T01:00:00Z"), "{}", sentence(20));
}
