//! Is what nobody said of a recording imputed where it helps, told apart where it is shown, and gone when it is off?

use std::time::Duration;

use engine::{Folder, Mode, Snapshot, TrainRequest, Unobserved};
use listens::Impute;
use music::{Fact, ImportId, RecordingId, Track};
use serde_json::json;
use tempfile::TempDir;

use crate::fixture::{import_request, today, weekly};

/// Of each work a live version of which everything is known, but for "Known".
const CATALOGUE: &str = r#"
{"artist": "Low", "title": "Interlude (Live)", "length": 100, "released": "1999", "tags": ["slowcore"]}
{"artist": "Low", "title": "Sunflower (Live)", "length": 200, "released": "2001", "tags": ["slowcore"]}
{"artist": "Low", "title": "Known", "length": 150, "released": "1994", "album": "I Could Live in Hope"}
"#;

struct Home {
    place: TempDir,
    folder: Folder,
}

impl Home {
    /// Ada broke an interlude off after 90 of, who knows, 100 seconds; bob, cyd and dan heard the others out.
    fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::open(&place.path().join("data")).unwrap();
        let mut home = Self { place, folder };
        home.import("catalogue.jsonl", None, CATALOGUE.trim_start());
        home.import_plays("ada", &[("Interlude", 90_000, "logout")]);
        for name in ["bob", "cyd", "dan"] {
            let heard = ["Interlude", "Sunflower", "Known"].map(|title| (title, 240_000, "logout"));
            home.import_plays(name, &heard);
        }
        home
    }

    fn import(&mut self, file: &str, listener: Option<&str>, text: &str) {
        let path = self.place.path().join(file);
        fs_err::write(&path, text).unwrap();
        let request = import_request(&path, listener, store::Audience::Foreground);
        engine::import(&mut self.folder, &request, &mut Unobserved).unwrap();
    }

    fn import_plays(&mut self, listener: &str, plays: &[(&str, u32, &str)]) {
        let line = |(hour, (title, millis, reason)): (usize, &(&str, u32, &str))| {
            json!({
                "ts": format!("2026-01-01T{hour:02}:00:00Z"), "ms_played": millis, "reason_end": reason,
                "master_metadata_track_name": title, "master_metadata_album_artist_name": "Low",
                "username": listener, "spotify_track_uri": format!("spotify:track:{title}"),
                "reason_start": "clickrow",
            })
        };
        let lines: Vec<_> = (10..).zip(plays).map(line).collect();
        let file = format!("Streaming_History_Audio_{listener}.json");
        self.import(&file, Some(listener), &json!(lines).to_string());
    }

    fn train(&self) -> Snapshot {
        let model = "ials:dim=2,iterations=2".parse().unwrap();
        let request = TrainRequest { models: vec![model], as_of: None, now: today() };
        engine::train(&self.folder, &request, &mut Unobserved).unwrap()
    }

    fn recording(&self, title: &str) -> RecordingId {
        self.folder.store.find(&format!("Low - {title}")).unwrap()[0]
    }

    /// What ada's play of the interlude amounts to.
    fn interlude(&self) -> String {
        let ada = self.folder.listener(Some("ada")).unwrap();
        let history = self.folder.store.history(ada.id).unwrap();
        let recording = self.recording("Interlude");
        let told = engine::evidence(&self.folder, &history, ada.id, recording, today()).unwrap();
        told.unwrap().rows[0].kind.to_owned()
    }

    fn shown(&mut self, snapshot: &Snapshot, title: &str) -> Track {
        let week = "2026-W10".parse().unwrap();
        let list = weekly(&mut self.folder, snapshot, "ada", week, Mode::DryRun).unwrap();
        list.tracks.into_iter().find(|track| track.title == title).unwrap()
    }

    fn totals(&self) -> [u64; 4] {
        let totals = self.folder.store.imputed_totals().unwrap();
        totals.map(|of| of.other_versions + of.same_artist)
    }
}

/// A rule that judges by known lengths alone takes 90 of 100 seconds for a play broken off.
#[test]
fn an_interlude_that_was_heard_out_counts_though_only_its_live_version_has_a_length() {
    let mut home = Home::new();
    home.folder.config.impute = Impute::NOTHING;
    home.train();
    assert_eq!(home.interlude(), "partial");
    home.folder.config.impute = Impute::default();
    home.train();
    assert_eq!(home.interlude(), "completed");
}

#[test]
fn a_list_tells_what_is_imputed_from_what_is_known() {
    let mut home = Home::new();
    let snapshot = home.train();
    let track = home.shown(&snapshot, "Sunflower");
    assert_eq!((track.length, track.year), (Some(Duration::from_secs(200)), Some(2001)));
    assert_eq!(track.imputed, [Fact::Length, Fact::Year]);
    assert_eq!((track.known_length(), track.release), (None, None));
    let track = home.shown(&snapshot, "Known");
    assert_eq!((track.length, track.year), (Some(Duration::from_secs(150)), Some(1994)));
    assert_eq!((track.imputed.len(), track.release.as_deref()), (0, Some("I Could Live in Hope")));
    // A line that was kept by an undersong that knew neither is read as one with neither.
    let told = serde_json::to_value(&track).unwrap();
    let without = told.as_object().unwrap().clone().into_iter();
    let without = without.filter(|(key, _)| !["year", "imputed"].contains(&key.as_str()));
    let read: Track = serde_json::from_value(without.collect()).unwrap();
    assert_eq!((read.year, read.imputed.len()), (None, 0));
}

#[test]
fn each_fact_can_be_switched_off() {
    let mut home = Home::new();
    home.train();
    assert_eq!(home.totals(), [2, 0, 2, 2]);
    home.folder.config.impute = Impute { year: true, ..Impute::NOTHING };
    let snapshot = home.train();
    assert_eq!(home.totals(), [0, 0, 2, 0]);
    assert_eq!(home.shown(&snapshot, "Sunflower").imputed, [Fact::Year]);
    assert!(engine::tags(&home.folder).unwrap().iter().all(|(_, _, weight)| weight == 1.0));
    home.folder.config.impute = Impute::NOTHING;
    let snapshot = home.train();
    assert_eq!(home.totals(), [0; 4]);
    let track = home.shown(&snapshot, "Sunflower");
    assert_eq!((track.length, track.year, track.imputed.len()), (None, None, 0));
}

#[test]
fn tags_are_imputed_at_half_their_weight_for_genres_and_dimensions() {
    let home = Home::new();
    home.train();
    let tags = engine::tags(&home.folder).unwrap();
    let of = |title| {
        let id = home.recording(title);
        tags.iter().filter(|(of, ..)| *of == id).map(|(_, tag, w)| (tag, w)).collect::<Vec<_>>()
    };
    assert_eq!(of("Sunflower (Live)"), [("slowcore", 1.0)]);
    assert_eq!(of("Sunflower"), [("slowcore", 0.5)]);
    assert_eq!(of("Known"), []);
    let recording = home.folder.store.recording(home.recording("Sunflower")).unwrap().unwrap();
    assert_eq!((recording.tags()[0].weight, recording.entry.tags.len()), (0.5, 0));
}

#[test]
fn finished_plays_measure_a_length_before_it_is_imputed() {
    let mut home = Home::new();
    let snapshot = home.train();
    let sunflower = home.recording("Sunflower");
    assert!(snapshot.lengths.imputed(&sunflower).is_some());
    let read = Snapshot::current(&home.folder.snapshots()).unwrap();
    assert_eq!(read.lengths.imputed(&sunflower), Some(&Duration::from_secs(200)));
    home.import_plays("eve", &[("Sunflower", 230_000, "trackdone")]);
    let lengths = home.train().lengths;
    assert_eq!(lengths.known(&sunflower), Some(&Duration::from_secs(230)));
    assert_eq!(lengths.imputed(&sunflower), None);
}

#[test]
fn what_rests_on_an_import_goes_when_it_is_taken_back() {
    let mut home = Home::new();
    home.train();
    engine::undo(&mut home.folder, ImportId(1), today()).unwrap();
    assert_eq!(home.totals(), [0, 0, 2, 0]);
    home.train();
    // Names, lengths and years of a catalogue stay, its tags do not.
    assert_eq!(home.totals(), [2, 0, 2, 0]);
}
