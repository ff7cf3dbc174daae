//! Is what a listener or an operator asks for noted, shown and taken back?

use serde_json::json;

use crate::binary::{Place, text};

/// Ada heard "One" and "Two" by Low on a phone and at home, in Berlin; Two is labelled.
fn place() -> Place {
    let place = Place::new();
    let play = |moment: &str, title: &str, platform: &str| {
        json!({
            "ts": moment, "ms_played": 200_000, "username": "ada", "platform": platform,
            "conn_country": "DE", "reason_end": "trackdone",
            "master_metadata_track_name": title, "master_metadata_album_artist_name": "Low",
            "spotify_track_uri": format!("spotify:track:000000000000000000000{}", title.len()),
        })
    };
    // 2025-12-06 is a Saturday; the stamp is the end of a play.
    let plays = [
        play("2025-12-06T18:30:00Z", "One", "ios"),
        play("2025-12-06T12:00:00Z", "One", "ios"),
        play("2025-12-08T18:30:00Z", "Three", "windows"),
        play("2025-12-24T18:30:00Z", "Three", "windows"),
    ];
    let log = place.path("endsong_0.json");
    fs_err::write(&log, json!(plays).to_string()).unwrap();
    place.says(&["import", text(&log), "--keep-context"]);
    let catalogue = place.path("catalogue.jsonl");
    fs_err::write(&catalogue, r#"{"artist": "Low", "title": "Three", "labels": ["Children"]}"#)
        .unwrap();
    place.says(&["import", text(&catalogue)]);
    place.says(&["listeners", "timezone", "ada", "Europe/Berlin"]);
    place
}

#[test]
fn settings_are_shown_changed_and_made_as_configured_again() {
    let place = place();
    let told = place.says(&["settings", "--listener", "ada"]);
    assert_eq!(told.matches("as configured").count(), 8, "{told}");
    let changed = place.answers(&["settings", "adventure=0.7", "refresh=2", "explicit=no"]);
    let settings = &changed["settings"];
    assert_eq!((&changed["listener"], settings["size"].is_null()), (&json!("ada"), true));
    assert_eq!(settings["adventure"].to_string(), "0.7");
    assert_eq!((&settings["refresh"], &settings["explicit"]), (&json!(2), &json!(false)));
    let left = place.answers(&["settings", "size=12", "--unset", "adventure", "explicit"]);
    assert!(left["settings"]["adventure"].is_null() && left["settings"]["explicit"].is_null());
    assert_eq!(place.answers(&["settings"]), left);
    for (change, sentence) in [
        ("adventure=2", "a number from 0 to 1"),
        ("volume=11", "second-chance"),
        ("adventure", "KEY=VALUE"),
        ("kinds=blend", "weekly-jams"),
    ] {
        let complaint = place.refuses(2, &["settings", change]);
        assert!(complaint.contains(sentence), "{change}: {complaint}");
    }
    assert_eq!(place.answers(&["settings"]), left);
}

#[test]
fn more_and_less_are_noted_until_they_are_taken_back() {
    let place = place();
    let noted = place.answers(&["more", "artist", "Low"]);
    assert_eq!(noted, json!({ "listener": "ada", "more": "Low", "is_news": true }));
    assert_eq!(place.answers(&["more", "artist", "low"])["is_news"], false);
    place.refuses(1, &["less", "artist", "Low", "--undo"]);
    place.says(&["less", "artist", "Low"]);
    place.says(&["less", "artist", "Low", "--undo"]);
    place.refuses(1, &["less", "artist", "Low", "--undo"]);
    place.refuses(2, &["more", "recording", "nothing of the kind"]);
}

#[test]
fn a_rule_says_how_much_it_leaves_out_and_can_be_taken_back() {
    let place = place();
    for (parts, expected) in [
        (&["--from", "2025-12-24", "--until", "2025-12-24"][..], 1),
        (&["--from", "2025-12-24T20:00"], 0),
        // 18:30 UTC is 19:30 in Berlin.
        (&["--hours", "19:00-20:00", "--weekdays", "sat,sun"], 1),
        (&["--hours", "19:00-20:00"], 3),
        (&["--device", "mobile"], 2),
        (&["--device", "home"], 0),
        (&["--label", "children"], 2),
        (&["--country", "de", "--until", "2025-12-06"], 2),
    ] {
        let told = place.answers(&[&["leave-out", "--note", "twins"][..], parts].concat());
        assert_eq!((&told["covered"], &told["of"]), (&json!(expected), &json!(4)), "{parts:?}");
    }
    assert_eq!(place.answers(&["status"])["listens"], 4, "the log keeps everything");
    let rules = place.answers(&["leave-out", "--show"]);
    let third = &rules["rules"][2];
    assert_eq!((&third["hours"], &third["note"]), (&json!("19:00-20:00"), &json!("twins")));
    let told = place.says(&["leave-out", "--show"]);
    let expected = "Rule 1 (“twins”): from 2025-12-24 00:00, before 2025-12-25 00:00 — leaves out 1 of 4 listens";
    assert!(told.contains(expected), "{told}");
    for id in 1..=8 {
        place.says(&["leave-out", "--undo", &id.to_string()]);
    }
    place.refuses(1, &["leave-out", "--undo", "1"]);
    place.refuses(1, &["leave-out", "--show"]);
}

#[test]
fn a_rule_that_cannot_be_meant_is_refused() {
    let place = place();
    for (parts, sentence) in [
        (&[][..], "say when"),
        (&["--note", "all"], "say when"),
        (&["--from", "2025-12-24", "--until", "2025-12-23"], "without a moment"),
        (&["--from", "yesterday"], "2025-12-24"),
        (&["--hours", "7-9"], "19:00-21:00"),
        (&["--weekdays", "soon"], "sat,sun"),
        (&["--device", "toaster"], "desktop"),
        (&["--country", "Germany"], "two letters"),
        (&["--show", "--device", "home"], "--show"),
        (&["--undo", "1", "--show"], "--undo"),
    ] {
        let complaint = place.refuses(2, &[&["leave-out"][..], parts].concat());
        assert!(complaint.contains(sentence), "{parts:?}: {complaint}");
        assert!(!complaint.contains("panicked"), "{complaint}");
    }
    place.refuses(1, &["leave-out", "--show"]);
}

#[test]
fn a_policy_is_read_from_a_file_and_lines_that_name_nobody_are_told() {
    let place = place();
    let file = place.path("policy.csv");
    let lines = "kind,value,reason,label\n\
        recording,Low - One,takedown of 2026,\n\
        artist,Low,,Local\n\
        artist,Nobody at all,spam,\n\
        recording,Low - One\n\
        tag,noise,loud,\n\
        recording,spotify:track:0000000000000000000005,,\n\
        recording,One,a title alone,\n";
    fs_err::write(&file, lines).unwrap();
    let taken = place.answers(&["policy", "import", text(&file)]);
    assert_eq!((&taken["taken"], &taken["total"]), (&json!(2), &json!(2)));
    let unknown = taken["unknown"].as_array().unwrap();
    let told: Vec<_> = unknown
        .iter()
        .map(|line| (line["place"].as_str().unwrap(), line["why"].as_str().unwrap()))
        .collect();
    let expected = [
        ("line 4", "no artist matches"),
        ("line 5", "4 cells expected, got 2"),
        ("line 6", "artist or recording expected"),
        ("line 7", "neither a reason"),
        ("line 8", "no recording matches"),
    ];
    assert_eq!(told.len(), expected.len(), "{told:?}");
    for ((place, why), (expected_place, sentence)) in told.iter().zip(expected) {
        assert!(*place == expected_place && why.contains(sentence), "{place}: {why}");
    }
    let shown = place.says(&["policy", "show"]);
    let one = format!("recording Low - One is denied: takedown of 2026 ({}, line 2)", text(&file));
    assert!(shown.contains("artist Low is labelled “local”") && shown.contains(&one), "{shown}");
    // The label of an artist is that of the recordings.
    assert_eq!(place.answers(&["leave-out", "--label", "local"])["covered"], 4);
    assert_eq!(place.answers(&["policy", "clear"])["cleared"], 2);
    place.refuses(1, &["policy", "show"]);
    place.refuses(1, &["policy", "clear"]);
    fs_err::write(&file, "Low - One\n").unwrap();
    assert!(place.refuses(2, &["policy", "import", text(&file)]).contains("kind,value,reason"));
    place.refuses(2, &["policy", "import", "/no/such/file"]);
}

#[test]
fn a_library_is_a_list_of_recordings_of_the_place_or_of_a_listener() {
    let place = place();
    let file = place.path("owned.txt");
    fs_err::write(&file, "Low - One\nspotify:track:0000000000000000000005\nLow - Four\n").unwrap();
    let taken = place.answers(&["library", "import", text(&file)]);
    let told = (&taken["taken"], &taken["new"], &taken["total"]);
    assert_eq!(told, (&json!(2), &json!(2), &json!(2)));
    assert_eq!(taken["unknown"][0]["place"], "line 3");
    assert_eq!(place.answers(&["library", "import", text(&file)])["new"], 0);
    let mine = place.says(&["library", "import", text(&file), "--listener", "ada"]);
    assert!(mine.contains("the library of ada has 2 now") && mine.contains("line 3"), "{mine}");
    place.refuses(2, &["library", "import", text(&file), "--listener", "nobody"]);
    assert_eq!(place.answers(&["library", "clear"])["cleared"], 2);
    place.refuses(1, &["library", "clear"]);
    assert_eq!(place.answers(&["library", "clear", "--listener", "ada"])["cleared"], 2);
    fs_err::write(&file, "Low - Four\n").unwrap();
    place.refuses(1, &["library", "import", text(&file)]);
}
