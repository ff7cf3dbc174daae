//! Does an import bring what it should, once, and can it be taken back?

use engine::{Error, Imported, Unobserved};
use fs_err::File;
use store::Audience;

use crate::fixture::{Town, import_request, params, today};

const ONE_BAD_LINE: &str = r#"[
{"ts":"2024-03-01T10:03:20Z","username":"theodora","ip_addr":"203.0.113.9","conn_country":"NZ","ms_played":200000,
 "master_metadata_track_name":"Quiet","master_metadata_album_artist_name":"The Harbor","spotify_track_uri":"spotify:track:0000000000000000000001",
 "reason_end":"trackdone","skipped":false,"incognito_mode":false},
{"ts":"2024-03-01T10:07:20Z","username":"theodora","ip_addr":"203.0.113.9","ms_played":200000,
 "master_metadata_track_name":"","master_metadata_album_artist_name":"The Harbor","reason_end":"trackdone","incognito_mode":false},
{"ts":"2024-03-01T10:11:20Z","username":"theodora","ip_addr":"203.0.113.9","ms_played":200000,
 "master_metadata_track_name":"Secret","master_metadata_album_artist_name":"The Harbor","reason_end":"trackdone","incognito_mode":true}
]"#;

fn empty_town() -> Town {
    Town::new(params(5, 50, 2, 1))
}

fn done(imported: Imported) -> store::ImportSummary {
    match imported {
        Imported::Done { summary, .. } => summary,
        Imported::Before(summary) => panic!("imported before: {summary:?}"),
    }
}

#[test]
fn a_bad_line_is_kept_with_its_reason_and_nothing_personal() {
    let mut town = empty_town();
    let path = town.next_path("endsong_0.json");
    fs_err::write(&path, ONE_BAD_LINE).unwrap();
    let summary = done(town.import(&path, None));
    assert_eq!((summary.read, summary.accepted, summary.private), (3, 1, 1));
    let rejects = town.folder.rejects().join(format!("{}.jsonl", summary.id));
    let text = fs_err::read_to_string(rejects).unwrap();
    let line: engine::RejectLine = serde_json::from_str(text.trim()).unwrap();
    assert_eq!(line.reason, "no-title");
    assert_eq!(line.listener, town.folder.store.pseudonym("theodora", Audience::Foreground));
    for secret in ["203.0.113.9", "theodora", "Secret", "NZ"] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[test]
fn the_same_content_twice_changes_nothing() {
    let mut town = empty_town();
    let path = town.next_path("endsong_0.json");
    fs_err::write(&path, ONE_BAD_LINE).unwrap();
    let first = done(town.import(&path, None));
    let totals = town.folder.store.totals().unwrap();
    let renamed = town.next_path("other_name.json");
    fs_err::rename(&path, &renamed).unwrap();
    assert!(
        matches!(town.import(&renamed, None), Imported::Before(summary) if summary.id == first.id)
    );
    assert_eq!(town.folder.store.totals().unwrap(), totals);
}

#[test]
fn an_import_taken_back_leaves_nothing_and_can_be_made_again() {
    let mut town = empty_town();
    let before = town.folder.store.totals().unwrap().listens;
    let path = town.next_path("endsong_0.json");
    fs_err::write(&path, ONE_BAD_LINE).unwrap();
    let summary = done(town.import(&path, None));
    engine::undo(&mut town.folder, summary.id, today()).unwrap();
    assert_eq!(town.folder.store.totals().unwrap().listens, before);
    assert!(!town.folder.rejects().join(format!("{}.jsonl", summary.id)).exists());
    assert_eq!(done(town.import(&path, None)).accepted, 1);
}

#[test]
fn one_name_for_a_log_of_many_is_refused() {
    let mut town = empty_town();
    let path = town.next_path("log.tsv");

    let listens = town.world.play_week(0, &[]);
    listens::write_lastfm_1k(&listens, &mut File::create(&path).unwrap()).unwrap();
    let request = import_request(&path, Some("ada"), Audience::Foreground);
    let error = engine::import(&mut town.folder, &request, &mut Unobserved).unwrap_err();
    assert!(matches!(error, Error::ManyListeners { .. }), "{error}");
}

#[test]
fn people_in_the_background_teach_and_have_no_name() {
    let mut town = empty_town();
    let path = town.next_path("log.tsv");

    let listens = town.world.play_week(0, &[]);
    listens::write_lastfm_1k(&listens, &mut File::create(&path).unwrap()).unwrap();
    let request = import_request(&path, None, Audience::Background);
    engine::import(&mut town.folder, &request, &mut Unobserved).unwrap();
    assert!(town.folder.store.listeners().unwrap().is_empty());
    assert!(town.folder.store.totals().unwrap().background_listeners > 1);
    assert!(matches!(town.folder.listener(None), Err(Error::Empty)));
    assert!(town.train().manifest.n_listeners > 1);
}

#[test]
fn a_forgotten_listener_is_gone_from_the_store_the_rejects_and_the_next_snapshot() {
    let mut town = Town::after_all_weeks(params(10, 200, 4, 2));
    let path = town.next_path("endsong_0.json");
    fs_err::write(&path, ONE_BAD_LINE).unwrap();
    let summary = done(town.import(&path, None));
    let with = town.train().manifest;
    let theodora = town.folder.listener(Some("theodora")).unwrap();
    engine::forget(&mut town.folder, &theodora).unwrap();
    assert!(town.folder.listener(Some("theodora")).is_err());
    assert!(!town.folder.rejects().join(format!("{}.jsonl", summary.id)).exists());
    let without = town.train().manifest;
    assert_eq!(with.n_listeners - 1, without.n_listeners);
    assert_eq!(with.n_items - 1, without.n_items, "what nobody else ever heard is gone too");
}

#[test]
fn two_sources_in_one_folder_that_report_the_same_plays_count_them_once() {
    let mut town = empty_town();
    let folder = town.next_path("exports");
    fs_err::create_dir(&folder).unwrap();
    let listens = town.world.play_week(0, &[]);
    let one: Vec<_> =
        listens.iter().filter(|listen| listen.listener == listens[0].listener).cloned().collect();
    let plays: Vec<_> = one.into_iter().filter(|listen| listen.event.kind.is_listen()).collect();
    listens::write_spotify(&plays, &mut File::create(folder.join("endsong_0.json")).unwrap())
        .unwrap();
    let lines: String = plays
        .iter()
        .map(|play| {
            let (uts, credit) = (play.event.at.as_second() + 2, &play.recording);
            format!("{uts},\"{}\",\"{}\"\n", credit.artist, credit.title)
        })
        .collect();
    fs_err::write(folder.join("lastfm.csv"), format!("uts,artist,track\n{lines}")).unwrap();
    let request = import_request(&folder, Some("ada"), Audience::Foreground);
    let imported = engine::import(&mut town.folder, &request, &mut Unobserved).unwrap();
    assert_eq!(imported.len(), 2, "{imported:?}");
    let duplicates: u64 = imported.into_iter().map(|imported| done(imported).duplicates).sum();
    assert_eq!(duplicates, plays.len() as u64);
    let ada = town.folder.listener(Some("ada")).unwrap();
    let history = town.folder.store.history(ada.id).unwrap();
    let config = engine::Config::default();
    let weighed =
        listens::weigh(&listens::Past::of(&history), &listens::Lengths::new(), &config.evidence);
    assert_eq!(weighed.iter().map(|w| w.plays).sum::<f64>(), plays.len() as f64);
}

#[test]
fn a_forgotten_background_is_repaired_by_taking_the_import_back() {
    let mut town = empty_town();
    let path = town.next_path("log.tsv");
    let listens = town.world.play_week(0, &[]);
    listens::write_lastfm_1k(&listens, &mut File::create(&path).unwrap()).unwrap();
    let summary = done(town.import(&path, None));
    engine::undo(&mut town.folder, summary.id, today()).unwrap();
    let request = import_request(&path, None, Audience::Background);
    engine::import(&mut town.folder, &request, &mut Unobserved).unwrap();
    assert!(town.folder.store.listeners().unwrap().is_empty());
}

#[test]
fn two_shared_files_of_one_name_are_two_people() {
    let mut town = empty_town();
    for (place, title) in [("one", "Quiet"), ("two", "Loud")] {
        let folder = town.next_path(place);
        fs_err::create_dir(&folder).unwrap();
        let path = folder.join("history.csv");
        fs_err::write(&path, format!("uts,artist,track\n1700000000,Harbor,{title}\n")).unwrap();
        let request = import_request(&path, None, Audience::Background);
        engine::import(&mut town.folder, &request, &mut Unobserved).unwrap();
    }
    assert_eq!(town.folder.store.totals().unwrap().background_listeners, 2);
}
