//! Does it hold on real listening?

use std::path::{Path, PathBuf};

use crate::binary::{Place, text};

/// The folder of real data, where this machine has it.
fn data() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/lastfm-hetrec");
    if path.is_dir() {
        return Some(path);
    }
    eprintln!("skipped: no {}", path.display());
    None
}

#[test]
fn a_table_of_counts_of_artists_becomes_a_list_of_artists() {
    let Some(data) = data() else { return };
    let place = Place::new();
    let (counts, names) = (data.join("user_artists.tsv"), data.join("artists.tsv"));
    let import = place.answers(&[
        "import",
        text(&counts),
        "--format",
        "triples",
        "--columns",
        "listener=userID,item=artistID,count=weight",
        "--item-names",
        text(&names),
    ]);
    assert_eq!(import[0]["accepted"], 78_533);
    place.says(&["train", "--model", "ials:dim=16,iterations=4"]);
    let list = place.answers(&["weekly", "--listener", "3"]);
    assert_eq!(list["items"], "artists");
    assert_eq!(list["tracks"].as_array().unwrap().len(), 30);
    let reason = list["tracks"][0]["reason"]["text"].as_str().unwrap();
    assert!(reason.starts_with("Because you listen to "), "{reason}");

    let complaint = place.refuses(2, &["import", text(&place.log(10, 2))]);
    assert!(complaint.contains("artists") && complaint.contains("recordings"), "{complaint}");
}
