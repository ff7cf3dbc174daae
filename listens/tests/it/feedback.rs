//! Is what listeners said read as it is meant?

use jiff::tz::TimeZone;
use listens::Options;
use music::Interaction;

use crate::reading::{Reading, bytes, options};

fn kinds(reading: &Reading) -> Vec<&str> {
    reading.listens().iter().map(|listen| listen.event.kind.name()).collect()
}

#[test]
fn kinds_and_scores_are_understood_and_unknown_ones_refused() {
    let row = |said: &str| {
        format!(
            "{{\"listener\":\"ada\",{said},\"at\":1672628640,\"artist\":\"Can\",\"title\":\"Spoon\"}}\n"
        )
    };
    let text = [
        r#""kind":"like""#,
        r#""kind":"PLAYLIST_ADD""#,
        r#""score":-1"#,
        r#""score":0"#,
        r#""score":5"#,
        r#""kind":"hum""#,
    ];
    let text: String = text.into_iter().map(row).collect();
    let reading = bytes("f.jsonl", &text, &options());
    assert_eq!(kinds(&reading), ["like", "playlist-add", "dislike", "unlike"]);
    assert_eq!(reading.reasons(), [("line 5", "unknown-kind"), ("line 6", "unknown-kind")]);
    assert_eq!(reading.rejects[0].listener.as_deref(), Some("ada"));
    let known = Options { known_kinds: vec!["hum".into()], ..options() };
    assert_eq!(
        bytes("f.jsonl", &text, &known).listens()[4].event.kind,
        Interaction::Named("hum".into())
    );
}

#[test]
fn a_table_may_name_a_recording_by_a_key_and_a_moment_by_the_clock_on_the_wall() {
    let berlin = Options { timezone: TimeZone::get("Europe/Berlin").unwrap(), ..options() };
    let text = "listener,kind,at,spotify\nada,save,2023-07-01 12:00,spotify:track:a1\nada,save,2023-07-01,\nada,save,,spotify:track:a1\n";
    let reading = bytes("f.csv", text, &berlin);
    let listen = reading.listens()[0];
    assert_eq!(listen.event.at.to_string(), "2023-07-01T10:00:00Z");
    assert_eq!(
        (listen.recording.title.as_str(), listen.recording.spotify.as_deref()),
        ("", Some("spotify:track:a1"))
    );
    assert_eq!(reading.reasons(), [("line 3", "no-names"), ("line 4", "missing-field")]);
}
