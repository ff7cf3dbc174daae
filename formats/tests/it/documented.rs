//! Does `docs/playlist-json.md` tell the truth?

use std::collections::BTreeSet;

use formats::{Format, publish};
use music::Playlist;
use serde_json::Value;

use crate::fixture::nasty;

const DOCS: &str = include_str!("../../../docs/playlist-json.md");

#[test]
fn the_example_is_a_playlist() {
    let (_, example) = DOCS.split_once("```json\n").unwrap();
    let (example, _) = example.split_once("```").unwrap();
    let playlist: Playlist = serde_json::from_str(example).unwrap();
    assert_eq!(publish(&playlist, Format::Json), example, "the example is what publish writes");
}

#[test]
fn every_key_is_documented_and_no_other() {
    let mut written = BTreeSet::new();
    keys("", &serde_json::from_str(&publish(&nasty(), Format::Json)).unwrap(), &mut written);
    let rows = DOCS.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let documented: BTreeSet<String> = rows.map(|(key, _)| key.to_owned()).collect();
    assert_eq!(documented, written);
}

/// Every path of keys below a value, such as `tracks[].reason.text`.
fn keys(path: &str, value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let path = format!("{path}{}{key}", if path.is_empty() { "" } else { "." });
                keys(&path, value, into);
                into.insert(path);
            }
        }
        Value::Array(values) => {
            values.iter().for_each(|value| keys(&format!("{path}[]"), value, into))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
