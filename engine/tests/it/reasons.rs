//! Is a reason arithmetic?

use std::collections::{BTreeMap, BTreeSet};

use engine::{Derivation, Maker, Mode, Snapshot, TrainRequest, Unobserved};
use music::{ListenerId, RecordingId};

use crate::fixture::{Town, params, weekly_request};

#[test]
fn the_shares_of_a_reason_sum_to_the_score_and_are_of_recordings_the_listener_knows() {
    let mut town = Town::after_all_weeks(params(60, 1000, 16, 11));
    let snapshot = town.train();
    check_reasons(&mut town, &snapshot);
}

#[test]
fn so_do_those_of_a_blend_that_was_read_back() {
    let mut town = Town::after_all_weeks(params(60, 1000, 16, 11));
    let blend = "blend:ials(dim=16,reg=2)=0.6+item-knn=0.4".parse().unwrap();
    let request = TrainRequest { models: vec![blend], as_of: None, now: town.now() };
    let trained = engine::train(&town.folder, &request, &mut Unobserved).unwrap();
    for file in ["model-0.ials.item_factors.npy", "model-0.item-knn.neighbors_to.npy"] {
        assert!(trained.manifest.checksums.contains_key(file), "{:?}", trained.manifest);
    }
    let snapshot = Snapshot::current(&town.folder.snapshots()).unwrap();
    check_reasons(&mut town, &snapshot);
}

#[test]
fn a_line_that_a_second_stage_put_there_says_what_found_it_and_what_speaks_for_it() {
    let mut town = Town::after_all_weeks(params(60, 600, 12, 11));
    let hybrid = "hybrid:first=ials(dim=16,iterations=6),keep=100,hidden=8,epochs=10";
    let models = vec![hybrid.parse().unwrap()];
    let request = TrainRequest { models, as_of: None, now: town.now() };
    engine::train(&town.folder, &request, &mut Unobserved).unwrap();
    let snapshot = Snapshot::current(&town.folder.snapshots()).unwrap();
    let (week, mut told, mut of_artists) = (town.week(), 0, 0);
    for listener in 0..10 {
        let name = town.names[listener].clone();
        let request = weekly_request(&town.folder, &name, week, Mode::DryRun);
        let Ok(list) = engine::weekly(&mut town.folder, &snapshot, &request) else { continue };
        let credit = |town: &Town, recording| {
            town.folder.store.recording(recording).unwrap().unwrap().entry.credit.artist
        };
        let history = town.folder.store.history(request.listener.id).unwrap();
        let artists: BTreeSet<String> =
            history.listens.iter().map(|logged| credit(&town, logged.recording)).collect();
        for track in &list.tracks {
            let text = &track.reason.text;
            assert!(track.propensity.is_some() || text.starts_with("Because you like “"), "{text}");
            assert!(!track.reason.contributions.is_empty());
            told += usize::from(text.contains(". It "));
            if text.contains("by an artist you like") {
                assert!(artists.contains(&credit(&town, track.recording)), "{text}");
                of_artists += 1;
            }
        }
        let Some(track) = list.tracks.first() else { continue };
        let maker = Maker::of(&town.folder, &snapshot).unwrap();
        let way = maker.derivation(&mut town.folder, &request, track.recording).unwrap();
        // What the history contributes is that by which the first stage found it, and is ranked by the second.
        let found: f32 = way.contributions.iter().map(|part| part.share).sum();
        assert!((found - way.regions[0].score).abs() < 1e-4, "{found}: {:?}", way.regions);
        let judged = way.judged.unwrap();
        assert_eq!(judged.score, track.score);
        assert!((0.0..1.0).contains(&judged.score) && judged.grounds.len() > 3, "{judged:?}");
        assert!(!way.in_common.is_empty() && !way.without.is_empty());
    }
    assert!(told > 20 && of_artists > 0, "{told} told, {of_artists} of them by artists");
}

fn check_reasons(town: &mut Town, snapshot: &Snapshot) {
    let week = town.week();
    for listener in 0..20 {
        let name = town.names[listener].clone();
        let list = town.weekly(snapshot, &name, week, Mode::DryRun);
        let heard: BTreeSet<_> = town.world.heard(listener).collect();
        for track in &list.tracks {
            let sum: f32 = track.reason.contributions.iter().map(|part| part.share).sum();
            assert!(
                (sum - track.score).abs() < 1e-4,
                "{name}, {}: {sum} is not {}",
                track.title,
                track.score
            );
            for recording in track.reason.contributions.iter().filter_map(|part| part.recording) {
                assert!(heard.contains(&town.in_world(recording)));
            }
            let says = match track.propensity {
                Some(_) => "Drawn by chance from ",
                None => "Because you like “",
            };
            assert!(track.reason.text.starts_with(says), "{}", track.reason.text);
        }
    }
}

#[test]
fn a_list_holds_at_most_two_lines_by_an_artist_and_two_from_a_release() {
    let mut town = Town::after_all_weeks(params(60, 1000, 16, 12));
    let snapshot = town.train();
    let week = town.week();
    for listener in 0..60 {
        let name = town.names[listener].clone();
        let Ok(list) =
            crate::fixture::weekly(&mut town.folder, &snapshot, &name, week, Mode::DryRun)
        else {
            continue;
        };
        let mut of_artist = BTreeMap::new();
        let mut of_release = BTreeMap::new();
        for track in &list.tracks {
            let facts = town.folder.store.recording(track.recording).unwrap().unwrap();
            facts
                .artists
                .iter()
                .for_each(|(artist, _)| *of_artist.entry(*artist).or_insert(0) += 1);
            facts.release.iter().for_each(|release| *of_release.entry(*release).or_insert(0) += 1);
        }
        assert!(of_artist.values().chain(of_release.values()).all(|n| *n <= 2), "{name}");
    }
}

#[test]
fn listeners_in_common_are_counted_from_the_privacy_threshold_on() {
    let mut town = Town::after_all_weeks(params(24, 300, 8, 5));
    let snapshot = town.train();
    let request = weekly_request(&town.folder, &town.names[4], town.week(), Mode::DryRun);
    let list = engine::weekly(&mut town.folder, &snapshot, &request).unwrap();
    let recording = list.tracks[0].recording;
    let mut having: BTreeMap<RecordingId, BTreeSet<ListenerId>> = BTreeMap::new();
    let mut note = |listener, history: &music::History| {
        for logged in history.listens.iter().filter(|_| listener != request.listener.id) {
            having.entry(logged.recording).or_default().insert(listener);
        }
    };
    town.folder.store.for_each_history(None, &mut note).unwrap();
    let both = |other: RecordingId| {
        let [a, b] = [recording, other].map(|id| having.get(&id).into_iter().flatten());
        let b: BTreeSet<_> = b.collect();
        u32::try_from(a.filter(|listener| b.contains(listener)).count()).unwrap()
    };
    let told = |town: &mut Town, least: u32| -> Derivation {
        town.folder.config.weekly.privacy_threshold = least;
        let maker = Maker::of(&town.folder, &snapshot).unwrap();
        maker.derivation(&mut town.folder, &request, recording).unwrap()
    };
    let liked_by = snapshot.liked_by(snapshot.rows.ix(recording).unwrap());
    for least in [0, 1, 2, 3, 5, 100] {
        let told = told(&mut town, least);
        let counted = |n: u32| Some(n).filter(|n| *n >= least.max(1));
        assert_eq!((told.least_counted, told.liked_by), (least.max(1), counted(liked_by)));
        assert!(!told.in_common.is_empty());
        for of in &told.in_common {
            assert_eq!(of.listeners, counted(both(of.recording)), "{least}: {of:?}");
        }
    }
}
