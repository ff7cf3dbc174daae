//! Is what a model learned told in words?

use serde_json::Value;

use crate::binary::{Place, text};

fn trained(model: &str) -> Place {
    let place = Place::new();
    let log = place.log(40, 8);
    place.says(&["import", text(&log)]);
    place.says(&["train", "--model", model]);
    place
}

#[test]
fn dimensions_are_named_those_that_explain_most_first() {
    let place = trained("ials:dim=16,iterations=5");
    let found = place.answers(&["explain", "factors", "--dimensions", "5"]);
    assert_eq!(found["items"], "recordings");
    let dimensions = found["dimensions"].as_array().unwrap();
    assert_eq!(dimensions.len(), 5);
    let share = |of: &Value| of["share"].as_f64().unwrap();
    assert!(dimensions.windows(2).all(|two| share(&two[0]) >= share(&two[1])), "{found}");
    let first = &dimensions[0];
    assert!((share(&first["high"]) + share(&first["low"]) - share(first)).abs() < 1e-9, "{first}");
    let artist = first["high"]["artists"][0]["name"].as_str().unwrap();

    let told = place.says(&["explain", "factors", "--dimensions", "5"]);
    assert!(told.starts_with("16 dimensions of ials"), "{told}");
    assert!(told.lines().any(|line| line.contains(artist)), "{artist} expected in {told}");
    assert!(told.lines().all(|line| line.chars().count() <= 80), "{told}");
}

#[test]
fn what_two_stages_made_of_a_recording_is_told_stage_by_stage() {
    let place = trained("hybrid:first=ials(dim=16,iterations=5),hidden=8,epochs=3");
    let listeners = place.answers(&["listeners"]);
    let name = listeners["listeners"][0]["name"].as_str().unwrap();
    let list = place.answers(&["weekly", "--listener", name]);
    let first = &list["tracks"][0];
    let line = first["recording"].to_string();
    let question = ["explain", "recommendation", "--listener", name, "--recording", &line];
    let way = place.answers(&question);
    assert_eq!(way["judged"]["score"], first["score"], "{way}");
    let grounds = way["judged"]["grounds"].as_array().unwrap();
    let kinds: Vec<&str> = grounds.iter().map(|it| it["kind"].as_str().unwrap()).collect();
    assert!(["listeners", "popularity", "artist"].iter().all(|it| kinds.contains(it)), "{way}");
    let told = place.says(&question);
    for says in ["Found with", "Judged", "From"] {
        assert!(told.lines().any(|line| line.starts_with(says)), "{says} expected in {told}");
    }
}

#[test]
fn a_model_without_vectors_says_so() {
    let place = trained("item-knn");
    let complaint = place.refuses(2, &["explain", "factors"]);
    assert!(
        complaint.contains("item-knn") && complaint.contains("no recording vectors"),
        "{complaint}"
    );
}

#[test]
fn als_by_hand_is_the_page_in_the_docs() {
    let page = include_str!("../../../docs/als-by-hand.md");
    let printed = Place::new().says(&["explain", "als"]);
    assert!(printed == page, "cargo run -- explain als > docs/als-by-hand.md\n{printed}");
    let matrices = printed.lines().filter(|line| line.starts_with("    "));
    for line in matrices {
        assert!(line.chars().count() <= 80, "too wide for a terminal: {line}");
    }
}

#[test]
fn als_by_hand_is_there_for_machines() {
    let place = Place::new();
    let example = place.answers(&["explain", "als"]);
    let of = |name: &str| example[name].as_array().unwrap().len();
    assert_eq!((of("listeners"), of("recordings"), of("counts"), of("states")), (5, 6, 5, 3));
    let [solution, row] =
        [&example["system"]["solution"], &example["states"][1]["listener_factors"][0]];
    for (x, y) in solution.as_array().unwrap().iter().zip(row.as_array().unwrap()) {
        // Rounded to six decimals, after two solvers in f32.
        assert!((x.as_f64().unwrap() - y.as_f64().unwrap()).abs() < 1e-5, "{solution} and {row}");
    }
    assert!(!place.data().exists(), "an example needs no data folder");
}

#[test]
fn a_belief_is_shown_row_by_row() {
    let place = Place::new();
    let path = place.path("log.tsv");
    let line = |day: u32| format!("ada\t2026-01-{day:02}T10:00:00Z\t\tBand\t\tSong\n");
    fs_err::write(&path, format!("{}{}", line(1), line(2))).unwrap();
    place.says(&["import", text(&path)]);
    place.says(&["like", "Band - Song"]);
    let question = ["explain", "evidence", "--recording", "Band - Song"];
    let found = place.answers(&question);
    let kinds: Vec<_> = found["rows"].as_array().unwrap().iter().map(|row| &row["is"]).collect();
    assert_eq!(kinds, ["completed", "completed", "like"]);
    let sum: f64 =
        found["rows"].as_array().unwrap().iter().map(|row| row["adds"].as_f64().unwrap()).sum();
    assert!((found["evidence"].as_f64().unwrap() - sum).abs() < 1e-9, "{found}");
    // Before a training there is no crowd: every recording is equally known, every listener a mean one.
    let confidence = 0.2 * sum * 7.0 / (sum + 6.0);
    assert!((found["confidence"].as_f64().unwrap() - confidence).abs() < 1e-6, "{found}");
    let told = place.says(&question);
    assert!(told.contains("ada, Band - Song") && told.contains("so it is liked"), "{told}");
    fs_err::write(&path, "bob\t2026-01-01T10:00:00Z\t\tBand\t\tOther\n").unwrap();
    place.says(&["import", text(&path)]);
    let nothing = ["explain", "evidence", "--listener", "bob", "--recording", "Band - Song"];
    assert!(place.refuses(1, &nothing).is_empty());
}
