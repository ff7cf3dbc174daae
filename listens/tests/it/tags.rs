//! Are tags read as they are meant, also where only an id is known?

use listens::{Format, Options};
use music::{CatalogueEntry, Credit, ItemKind, Tag};

use crate::reading::{bytes, options, with_columns};

#[test]
fn a_row_is_an_entry_of_one_tag_named_by_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let names = folder.path().join("tags.tsv");
    fs_err::write(&names, "tagID\ttagValue\n14\tMetal\n").unwrap();
    let options =
        Options { tag_names: Some(names), ..with_columns(Format::Tags, "item=artistID,tag=tagID") };
    let text = "userID\tartistID\ttagID\tday\n3\t101\t14\t1\n3\t101\t99\t1\n";
    let reading = bytes("user_taggedartists.tsv", text, &options);
    let expected = CatalogueEntry {
        credit: Credit { item: Some("101".into()), ..Credit::default() },
        tags: vec![Tag { name: "metal".into(), weight: 1.0 }],
        ..CatalogueEntry::default()
    };
    assert_eq!(reading.catalogue(), [&expected]);
    assert_eq!(reading.reasons(), [("line 3", "unknown-tag")]);
    assert_eq!(reading.tally.items, ItemKind::Artists);
}

#[test]
fn json_tags_have_weights_and_need_some_name() {
    let text = "{\"artist\":\"Can\",\"title\":\"Spoon\",\"tag\":\"Krautrock\",\"weight\":4}\n{\"artist\":\"Can\",\"tag\":\"x\"}\n";
    let reading = bytes("t.jsonl", text, &options());
    assert_eq!(reading.catalogue()[0].tags, [Tag { name: "krautrock".into(), weight: 4.0 }]);
    assert_eq!(reading.reasons(), [("line 2", "no-names")]);
}

#[test]
fn an_artist_that_stands_as_an_item_may_be_known_by_name() {
    let options = Options { items: Some(ItemKind::Artists), ..options() };
    let reading = bytes("t.csv", "artist,tag\nCan,krautrock\n", &options);
    // An artist without an id is known by its name, which stands as title too.
    let credit = &reading.catalogue()[0].credit;
    assert_eq!((credit.title.as_str(), credit.artist.as_str()), ("Can", "Can"));
}
