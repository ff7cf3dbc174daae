//! Is a reason arithmetic?

use std::collections::{BTreeMap, BTreeSet};

use engine::{Mode, Snapshot, TrainRequest, Unobserved};

use crate::fixture::{Town, params};

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
