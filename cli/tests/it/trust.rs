//! Is it said who is believed less, and why?

use serde_json::Value;

use crate::binary::{Place, text};

/// A simulated log of 40 people, and with it what a machine does: 31 seconds of one recording, a hundred times a night.
fn place() -> Place {
    let place = Place::new();
    let log = place.log(40, 6);
    place.says(&["import", text(&log)]);
    let mut plays = Vec::new();
    for night in 1..=28 {
        for second in (0..3100).step_by(31) {
            let (minute, second) = (second / 60, second % 60);
            plays.push(serde_json::json!({
                "ts": format!("2026-06-{night:02}T02:{minute:02}:{second:02}Z"),
                "ms_played": 31_000, "username": "machine", "reason_end": "fwdbtn",
                "master_metadata_track_name": "Song", "master_metadata_album_artist_name": "Band",
                "spotify_track_uri": "spotify:track:0000000000000000000001",
            }));
        }
    }
    let path = place.path("endsong_0.json");
    fs_err::write(&path, Value::from(plays).to_string()).unwrap();
    place.says(&["import", text(&path)]);
    place
}

#[test]
fn a_machine_is_named_with_what_gives_it_away() {
    let place = place();
    let found = place.answers(&["trust", "--suspicious"]);
    let accounts = found["accounts"].as_array().unwrap();
    let machine = accounts.iter().find(|of| of["listener"] == "machine").expect("the machine");
    assert!(machine["weight"].as_f64().unwrap() < 0.2, "{machine}");
    let told = place.says(&["trust", "--suspicious"]);
    assert!(told.contains("machine: weight"), "{told}");

    let one = place.answers(&["trust", "--listener", "machine"]);
    assert_eq!(&one, machine);
    let told = place.says(&["trust", "--listener", "machine"]);
    let sentence = "100 % of 2800 plays stop within 5 s of the 30 s that services count";
    assert!(told.contains(sentence), "{told}");
}

#[test]
fn a_person_is_believed_and_trust_can_be_turned_off() {
    let place = place();
    let listeners = place.answers(&["listeners"]);
    let names = listeners["listeners"].as_array().unwrap().iter().map(|of| of["name"].as_str());
    let person = names.flatten().find(|name| *name != "machine").unwrap();
    assert_eq!(place.answers(&["trust", "--listener", person])["weight"], 1.0);
    fs_err::write(place.data().join("undersong.toml"), "[trust]\nenabled = false\n").unwrap();
    assert!(place.refuses(1, &["trust", "--suspicious"]).is_empty());
    let one = place.answers(&["trust", "--listener", "machine"]);
    assert_eq!((&one["weight"], &one["is_judged"]), (&Value::from(1.0), &Value::from(false)));
    assert!(place.says(&["trust", "--listener", "machine"]).contains("enabled = false"));
}

#[test]
fn a_household_distrusts_nobody_and_strangers_are_refused() {
    let place = Place::new();
    let log = place.log(10, 4);
    place.says(&["import", text(&log)]);
    assert!(place.refuses(1, &["trust", "--suspicious"]).is_empty());
    for arguments in [
        &["trust", "--listener", "stranger"][..],
        &["trust"],
        &["trust", "--listener", "a", "--suspicious"],
    ] {
        let complaint = place.refuses(2, arguments);
        assert!(!complaint.is_empty() && !complaint.contains("panicked"), "{complaint}");
    }
}

#[test]
fn who_is_in_the_background_goes_by_a_pseudonym() {
    let place = Place::new();
    let log = place.log(40, 6);
    place.says(&["import", "--background", text(&log)]);
    // The demo's world has three machines of its own.
    let found = place.answers(&["trust", "--suspicious"]);
    let pseudonym = found["accounts"][0]["listener"].as_str().unwrap();
    assert!(
        pseudonym.len() == 16 && pseudonym.chars().all(|c| c.is_ascii_hexdigit()),
        "{pseudonym}"
    );
    assert_eq!(place.answers(&["trust", "--listener", pseudonym]), found["accounts"][0]);
}
