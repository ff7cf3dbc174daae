//! Does a list work from the first minute for somebody who names a few artists?

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::binary::{Place, text};

const MODEL: &str = "ials:dim=16,iterations=6";

/// A folder that learned from a simulated log, and its artists, the most heard first.
fn place() -> (Place, Vec<String>) {
    let place = Place::new();
    let log = place.log(40, 8);
    place.says(&["import", text(&log), "--background"]);
    place.says(&["train", "--model", MODEL]);
    let mut heard: BTreeMap<String, usize> = BTreeMap::new();
    for line in fs_err::read_to_string(&log).unwrap().lines() {
        *heard.entry(line.split('\t').nth(3).unwrap().to_owned()).or_default() += 1;
    }
    let mut artists: Vec<(String, usize)> = heard.into_iter().collect();
    artists.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    (place, artists.into_iter().map(|(name, _)| name).collect())
}

fn texts(list: &Value) -> Vec<&str> {
    let tracks = list["playlist"]["tracks"].as_array().or(list["tracks"].as_array()).unwrap();
    tracks.iter().map(|track| track["reason"]["text"].as_str().unwrap()).collect()
}

#[test]
fn who_names_artists_gets_a_list_from_them_until_all_is_taken_back() {
    let (place, artists) = place();
    let unknown = format!("{}x", artists[0]);
    let complaint =
        place.refuses(2, &["onboard", "--listener", "eve", "--artists", &unknown, "--json"]);
    assert!(complaint.contains(&format!("the nearest name is `{}`", artists[0])), "{complaint}");
    let complaint = place.refuses(2, &["onboard", "--listener", "eve", "--country", "Austria"]);
    assert!(complaint.contains("two letters"), "{complaint}");
    place.refuses(2, &["onboard", "--listener", "eve"]);
    place.refuses(2, &["weekly", "--listener", "eve"]);

    let named = format!("{}, {}", artists[0], artists[1].to_uppercase());
    let onboard = ["onboard", "--listener", "eve", "--artists", &named, "--country", "at"];
    let kept = place.answers(&onboard);
    let names: Vec<&Value> =
        kept["artists"].as_array().unwrap().iter().map(|it| &it["name"]).collect();
    assert!(names.contains(&&json!(artists[0])) && names.contains(&&json!(artists[1])), "{kept}");
    assert_eq!((&kept["country"], &kept["news"]), (&json!("AT"), &json!(2)));
    let again = place.answers(&onboard);
    assert_eq!((&again["artists"], &again["news"]), (&kept["artists"], &json!(0)));
    assert!(place.says(&["onboard", "--listener", "eve"]).contains("eve lives in AT."));

    let list = place.answers(&["weekly", "--listener", "eve", "--dry-run"]);
    let because = texts(&list).into_iter().filter(|text| text.starts_with("Because you named"));
    assert!(because.count() > 0, "{:?}", texts(&list));
    assert_eq!(
        place.answers(&["weekly", "--listener", "eve", "--dry-run"])["tracks"],
        list["tracks"]
    );

    let back = place.answers(&["onboard", "--listener", "eve", "--clear"]);
    assert_eq!(back, json!({ "listener": "eve", "taken_back": 2 }));
    place.refuses(1, &["onboard", "--listener", "eve", "--clear"]);
    place.refuses(1, &["onboard", "--listener", "eve"]);
    let list = place.answers(&["weekly", "--listener", "eve", "--dry-run"]);
    assert!(texts(&list).iter().all(|text| !text.starts_with("Because")), "{:?}", texts(&list));
}
