//! Are tables of counts read as they are meant, whatever they look like?

use listens::{Error, Format, Options};
use music::{Count, Credit, ItemKind};

use crate::reading::{Reading, bytes, options, try_bytes, with_columns};

fn count(listener: &str, id: &str, title: &str, artist: &str, plays: f64) -> Count {
    let (title, artist, item) = (title.into(), artist.into(), Some(id.into()));
    Count {
        listener: Some(listener.into()),
        item: Credit { title, artist, item, ..Credit::default() },
        plays,
    }
}

fn check(text: &str, columns: &str, expected: &Count) {
    let reading: Reading = bytes("t.txt", text, &with_columns(Format::Triples, columns));
    assert_eq!(reading.counts(), [expected], "{text:?}");
}

#[test]
fn columns_go_by_name_by_number_or_by_their_place() {
    let named = count("3", "101", "101", "101", 13176.0);
    check(
        "userID\tartistID\tweight\n3\t101\t13176\n",
        "listener=userID,item=artistID,count=weight",
        &named,
    );
    let plain = count("3", "101", "101", "artist of 101", 2.5);
    check("2.5;101;3\n", "count=1,item=2,listener=3", &plain);
    check("plays;item;who\n2.5;101;3\n", "count=1,item=2,listener=3", &plain);
    check("3,101,2.5\n", "", &plain);
    check("3 101   2.5\n", "", &plain);
    check("user_id,song_id,plays\n3,101,2.5\n", "", &plain);
}

#[test]
fn names_come_from_a_file_and_artists_as_items_have_their_name_twice() {
    let folder = tempfile::tempdir().unwrap();
    let names = folder.path().join("artists.tsv");
    fs_err::write(&names, "id\tname\n101\tMALICE MIZER\n").unwrap();
    let options = Options { item_names: Some(names), ..with_columns(Format::Triples, "") };
    let reading = bytes("t.tsv", "userID\tartistID\tweight\n3\t101\t7\n3\t102\t7\n", &options);
    let (known, unknown) = (
        count("3", "101", "MALICE MIZER", "MALICE MIZER", 7.0),
        count("3", "102", "102", "102", 7.0),
    );
    assert_eq!(reading.counts(), [&known, &unknown]);
    assert_eq!(reading.tally.items, ItemKind::Artists);
}

#[test]
fn the_kind_of_item_can_be_said() {
    let options = Options { items: Some(ItemKind::Artists), ..options() };
    let reading = bytes("t.csv", "ada,Can,12\n", &options);
    assert_eq!(reading.counts(), [&count("ada", "Can", "Can", "Can", 12.0)]);
    assert_eq!(reading.tally.items, ItemKind::Artists);
}

#[test]
fn counts_are_positive_and_finite() {
    let reading = bytes(
        "t.csv",
        "a,1,1\na,2,0\na,3,-1\na,4,NaN\na,5,inf\na,6,x\na,7\n,8,1\na,,1\n",
        &options(),
    );
    assert_eq!(reading.counts().len(), 1);
    assert_eq!(reading.tally.rejected["bad-count"], 5);
    assert_eq!(reading.tally.rejected["wrong-columns"], 1);
    assert_eq!(reading.tally.rejected["missing-field"], 2);
}

#[test]
fn a_column_that_is_not_there_is_an_error_that_shows_the_first_line() {
    let error = |columns| {
        try_bytes("t.tsv", "user\titem\tn\nx\ty\t1\n", &with_columns(Format::Triples, columns))
            .unwrap_err()
    };
    assert_eq!(
        error("listener=who").to_string(),
        "no column `who` in t.tsv; its first line is: user item n"
    );
    assert!(matches!(error("listener=0"), Error::NoSuchColumn { .. }));
    assert!(matches!(error("listener=user,item=item"), Error::MissingColumn { role: "count", .. }));
    let message = error("who=user").to_string();
    assert_eq!(
        message,
        "triples has no column for `who`, only for listener, item, count, title, artist"
    );
}

#[test]
fn recordings_and_artists_do_not_mix_in_one_source() {
    let folder = tempfile::tempdir().unwrap();
    fs_err::write(folder.path().join("a.csv"), "userID,artistID,weight\na,1,2\n").unwrap();
    fs_err::write(folder.path().join("b.csv"), "userID,songID,weight\na,1,2\n").unwrap();
    let error = crate::reading::try_path(folder.path(), &options()).unwrap_err();
    assert!(matches!(error, Error::MixedItems { expected: ItemKind::Artists, .. }), "{error}");
}
