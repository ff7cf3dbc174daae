//! Is what is alike found, for recordings, artists, listeners and newcomers?

use serde_json::Value;

use crate::binary::{Place, text};

/// A trained folder, and the log it was trained on.
fn trained(model: &str) -> (Place, String) {
    let place = Place::new();
    let log = place.log(60, 8);
    place.says(&["import", text(&log)]);
    place.says(&["train", "--model", model]);
    let log = fs_err::read_to_string(log).unwrap();
    (place, log)
}

/// Listener, time, artist and title of each line of a log in the form of Last.fm-1K.
fn lines(log: &str) -> Vec<[&str; 4]> {
    let cells = log.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    cells.map(|cells| [cells[0], cells[1], cells[3], cells[5]]).collect()
}

fn names(answer: &Value) -> Vec<&str> {
    let alike = answer["similar"].as_array().unwrap();
    let similarity = |of: &Value| of["similarity"].as_f64().unwrap();
    assert!(alike.windows(2).all(|two| similarity(&two[0]) >= similarity(&two[1])), "{answer}");
    assert!(alike.iter().all(|of| (-1.0..=1.000_001).contains(&similarity(of))), "{answer}");
    alike.iter().map(|of| of["name"].as_str().unwrap()).collect()
}

const IALS: &str = "ials:dim=16,iterations=6";

#[test]
fn recordings_artists_and_listeners_have_others_that_are_alike() {
    let (place, log) = trained(IALS);
    let [listener, _, artist, title] = lines(&log)[0];
    let recording = format!("{artist} - {title}");

    let answer = place.answers(&["similar", "--recording", &recording, "--size", "5"]);
    let alike = names(&answer);
    assert_eq!((alike.len(), answer["alike"].as_str()), (5, Some("recording")));
    assert!(!alike.contains(&recording.as_str()), "{alike:?}");

    let answer = place.answers(&["similar", "--artist", artist, "--size", "4"]);
    let alike = names(&answer);
    assert_eq!(alike.len(), 4);
    assert!(!alike.contains(&artist), "{alike:?}");

    let answer = place.answers(&["similar", "--listener", listener]);
    let alike = names(&answer);
    assert!(!alike.is_empty() && !alike.contains(&listener), "{alike:?}");

    let told = place.says(&["similar", "--artist", artist, "--size", "3"]);
    assert_eq!(told.lines().count(), 3);
    assert!(told.lines().all(|line| line.chars().count() <= 90), "{told}");
}

#[test]
fn a_recording_that_came_after_the_training_is_placed_by_its_listeners() {
    let (place, log) = trained(IALS);
    let all = lines(&log);
    // The newcomer is heard whenever one old recording is.
    let [_, _, artist, title] = all[0];
    let twins = all.iter().filter(|line| line[2..] == [artist, title]);
    let newcomer: String = twins
        .map(|[listener, at, ..]| format!("{listener}\t{at}\t\tNewcomer\t\tFirst Song\n"))
        .collect();
    let more = place.path("more.tsv");
    fs_err::write(&more, newcomer).unwrap();
    place.says(&["import", text(&more)]);

    let answer =
        place.answers(&["similar", "--recording", "Newcomer - First Song", "--size", "600"]);
    let alike = names(&answer);
    let twin = format!("{artist} - {title}");
    let at = alike.iter().position(|name| *name == twin).expect("every recording is compared");
    assert!(at < alike.len() / 4, "{twin} is at place {at} of {}", alike.len());
}

#[test]
fn what_is_not_there_or_has_no_vector_is_said() {
    let (place, log) = trained("item-knn");
    let [_, _, artist, title] = lines(&log)[0];
    let recording = format!("{artist} - {title}");
    let complaint = place.refuses(2, &["similar", "--recording", &recording]);
    assert!(complaint.contains("item-knn"), "{complaint}");
    for arguments in [
        &["similar", "--recording", "No Such Song"][..],
        &["similar", "--artist", "Nobody At All"],
        &["similar", "--listener", "stranger"],
        &["similar", "--recording", &recording, "--artist", artist],
        &["similar", "--artist", artist, "--size", "0"],
        &["similar"],
    ] {
        let complaint = place.refuses(2, arguments);
        assert!(!complaint.is_empty() && !complaint.contains("panicked"), "{complaint}");
    }
}
