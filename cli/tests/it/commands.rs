//! Do the commands do what their help says?

use std::process::Stdio;

use serde_json::Value;

use crate::binary::{Place, stderr, text};

/// A model small enough for a debug build.
const MODEL: &str = "ials:dim=16,iterations=5";

fn tracks(list: &Value) -> Vec<u64> {
    list["tracks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|track| track["recording"].as_u64().unwrap())
        .collect()
}

/// A folder whose people come from a simulated log, trained; and the name of one of them.
fn trained() -> (Place, String) {
    let place = Place::new();
    let log = place.log(40, 8);
    place.says(&["import", text(&log)]);
    place.says(&["train", "--model", MODEL]);
    let listeners = place.answers(&["listeners"]);
    let name = listeners["listeners"][0]["name"].as_str().unwrap().to_owned();
    (place, name)
}

#[test]
fn the_demo_says_how_good_it_is() {
    let place = Place::new();
    let demo = place.answers(&["demo", "--listeners", "60", "--recordings", "600", "--weeks", "8"]);
    assert_eq!(demo["list"]["tracks"].as_array().unwrap().len(), 30);
    let share = |name: &str| demo["mean_loved_share"][name].as_f64().unwrap();
    assert!(share("ours") > share("random"), "{demo}");
    assert!(!place.data().exists(), "the demo keeps nothing");
}

#[test]
fn three_commands_make_a_list() {
    let place = Place::new();
    let log = place.log(40, 8);
    let lines = fs_err::read_to_string(&log).unwrap();
    let name = lines.split('\t').next().unwrap().to_owned();
    let mine: String = lines
        .lines()
        .filter(|line| line.starts_with(&name))
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .map(|cells| format!("{},\"{}\",\"{}\"\n", timestamp(cells[1]), cells[3], cells[5]))
        .collect();
    let others: String = lines
        .lines()
        .filter(|line| !line.starts_with(&name))
        .map(|line| format!("{line}\n"))
        .collect();
    let (my_file, shared) = (place.path("mine.csv"), place.path("shared.tsv"));
    fs_err::write(&my_file, format!("uts,artist,track\n{mine}")).unwrap();
    fs_err::write(&shared, others).unwrap();

    place.says(&["import", text(&my_file), "--format", "lastfm"]);
    let complaint = place.refuses(1, &["weekly"]);
    assert!(complaint.contains("import --background"), "{complaint}");
    place.says(&["import", "--background", text(&shared)]);
    let list = place.answers(&["weekly"]);
    assert_eq!(list["listener"], "me");
    assert_eq!(tracks(&list).len(), 30);
}

fn timestamp(moment: &str) -> i64 {
    moment.parse::<jiff::Timestamp>().unwrap().as_second()
}

#[test]
fn a_week_is_the_same_when_asked_again_and_past_weeks_are_remembered() {
    let (place, name) = trained();
    let weekly = ["weekly", "--listener", &name, "--week", "2027-W05"];
    let first = place.answers(&weekly);
    assert!(first == place.answers(&weekly), "the list changed");
    let refreshed = place.answers(&[&weekly[..], &["--refresh"]].concat());
    assert!(tracks(&refreshed).iter().all(|recording| !tracks(&first).contains(recording)));
    let history = place.answers(&["history", "--listener", &name]);
    assert_eq!(history.as_array().unwrap().len(), 2);
    assert_eq!(history[0], refreshed);
}

#[test]
fn a_list_is_published_in_every_format_to_a_file_for_each() {
    let (place, name) = trained();
    for (format, sign) in [
        ("table", "Because"),
        ("json", "\"tracks\""),
        ("jspf", "jspf#playlist"),
        ("xspf", "<trackList>"),
        ("m3u8", "#EXTM3U"),
    ] {
        let list =
            place.says(&["weekly", "--listener", &name, "--week", "2027-W05", "--format", format]);
        assert!(list.contains(sign), "{format}: {list}");
    }
    let out = place.path("out");
    place.says(&["weekly", "--all", "--week", "2027-W05", "--format", "xspf", "--out", text(&out)]);
    let n_files = fs_err::read_dir(&out).unwrap().count();
    assert_eq!(n_files, place.answers(&["listeners"])["listeners"].as_array().unwrap().len());
    let all = place.answers(&["weekly", "--all", "--week", "2027-W05"]);
    assert_eq!(all.as_array().unwrap().len(), n_files);
}

#[test]
fn what_a_listener_says_is_noted_and_what_is_blocked_never_comes() {
    let (place, name) = trained();
    let weekly = ["weekly", "--listener", &name, "--week", "2027-W05", "--dry-run"];
    let list = place.answers(&weekly);
    let first = &list["tracks"][0];
    let named =
        format!("{} - {}", first["artist"].as_str().unwrap(), first["title"].as_str().unwrap());
    place.says(&["dislike", "--listener", &name, &named]);
    let artist = list["tracks"][1]["artist"].as_str().unwrap();
    place.says(&["block", "--listener", &name, "artist", artist]);
    let next = place.answers(&weekly);
    assert!(!tracks(&next).contains(&first["recording"].as_u64().unwrap()));
    assert!(next["tracks"].as_array().unwrap().iter().all(|track| track["artist"] != artist));
    place.says(&["unblock", "--listener", &name, "artist", artist]);
    place.refuses(1, &["unblock", "--listener", &name, "artist", artist]);
    place.says(&["unlike", "--listener", &name, &named]);
}

#[test]
fn listeners_are_renamed_merged_and_deleted() {
    let (place, name) = trained();
    place.says(&["listeners", "rename", &name, "theodora"]);
    place.says(&["listeners", "timezone", "theodora", "Pacific/Auckland"]);
    let before = place.answers(&["listeners"]);
    let other = before["listeners"][1]["name"].as_str().unwrap().to_owned();
    place.says(&["listeners", "merge", &other, "theodora"]);
    place.says(&["listeners", "delete", "theodora"]);
    let after = place.answers(&["listeners"]);
    let count = |listeners: &Value| listeners["listeners"].as_array().unwrap().len();
    assert_eq!(count(&after), count(&before) - 2);
    place.refuses(2, &["weekly", "--listener", "theodora"]);
}

#[test]
fn an_import_is_told_taken_back_and_told_again() {
    let place = Place::new();
    let log = place.log(10, 3);
    let told = place.answers(&["import", text(&log)]);
    assert!(told[0]["accepted"].as_u64().unwrap() > 100);
    let again = place.says(&["import", text(&log)]);
    assert!(again.contains("nothing changed"), "{again}");
    place.says(&["import", "--undo", "1"]);
    assert_eq!(place.answers(&["status"])["listens"], 0);
    place.says(&["import", text(&log)]);
    assert_eq!(place.answers(&["status"])["listens"], told[0]["accepted"]);
    place.refuses(2, &["import", "--undo", "77"]);
}

#[test]
fn status_counts_what_is_imputed() {
    let place = Place::new();
    let catalogue = place.path("catalogue.jsonl");
    let live = r#"{"artist": "Low", "title": "Monkey (Live)", "length": 300, "released": "2005"}"#;
    fs_err::write(&catalogue, live).unwrap();
    place.says(&["import", text(&catalogue)]);
    let log = place.path("log.jsonl");
    let line = r#"{"listened_at": 1767225600, "track_metadata": {"artist_name": "Low", "track_name": "Monkey"}}"#;
    fs_err::write(&log, line).unwrap();
    for name in ["ada", "bob"] {
        place.says(&["import", text(&log), "--listener", name]);
    }
    assert!(!place.says(&["status"]).contains("imputed"));
    place.says(&["train", "--model", "popularity"]);
    let told = place.says(&["status"]);
    let expected = "  imputed: 1 lengths, 1 years (from other versions or the artist)\n";
    assert!(told.contains(expected), "{told}");
    let imputed = &place.answers(&["status"])["imputed"];
    assert_eq!(imputed["length"], serde_json::json!({"other_versions": 1, "same_artist": 0}));
    assert_eq!(imputed["tags"]["other_versions"], 0);
}

#[test]
fn factors_reach_another_folder() {
    let (place, name) = trained();
    let file = place.path("shared.factors.zip");
    place.says(&["factors", "export", text(&file), "--min-listeners", "2"]);
    let home = Place::new();
    let log = fs_err::read_to_string(place.path("log.tsv")).unwrap();
    let mine: String = log
        .lines()
        .filter(|line| line.starts_with(&name))
        .map(|line| format!("{line}\n"))
        .collect();
    let my_log = home.path("mine.tsv");
    fs_err::write(&my_log, mine).unwrap();
    home.says(&["import", text(&my_log)]);
    home.refuses(1, &["train"]);
    home.says(&["factors", "import", text(&file)]);
    assert!(!tracks(&home.answers(&["weekly"])).is_empty());
}

#[test]
fn what_cannot_be_done_is_said_in_a_sentence() {
    let (place, _) = trained();
    for (arguments, code, sentence) in [
        (&["weekly", "--listener", "nobody"][..], 2, "no listener is called `nobody`"),
        (&["weekly"], 2, "--listener NAME"),
        (&["weekly", "--all", "--week", "2027-W60"], 2, "2026-W47"),
        (&["train", "--model", "ialz"], 2, "ials"),
        (&["train", "--model", "ials:dims=3"], 2, "dim"),
        (&["import", "/no/such/file"], 2, "/no/such/file"),
        (&["import"], 2, "PATH"),
        (&["like", "--listener", "nobody", "x"], 2, "no listener"),
        (&["factors", "import", "/no/such/file"], 2, "/no/such/file"),
        (&["history", "--listener", "nobody"], 2, "nobody"),
        (&["weekly", "--all", "--format", "m3u8"], 2, "--out"),
        (&["import", "x", "--timezone", "Mars/Olympus"], 2, "Mars/Olympus"),
    ] {
        let complaint = place.refuses(code, arguments);
        assert!(complaint.contains(sentence), "{arguments:?}: {complaint}");
        assert!(!complaint.contains("panicked"), "{complaint}");
    }
    let empty = Place::new();
    empty.refuses(1, &["weekly"]);
    empty.refuses(1, &["train"]);
    empty.says(&["status"]);
}

#[test]
fn a_closed_pipe_is_no_error() {
    let place = Place::new();
    let mut child =
        place.command(&["models"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
}

#[test]
fn every_command_has_help() {
    let place = Place::new();
    let commands = "demo import train fit weekly history block unblock more less leave-out settings like dislike unlike \
                    listeners policy library factors models status";
    for command in commands.split(' ') {
        let help = place.says(&[command, "--help"]);
        assert!(
            help.contains("Example") && help.contains(&format!("undersong {command}")),
            "{help}"
        );
    }
}
