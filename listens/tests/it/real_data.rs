//! Are real tables read whole?

use std::path::{Path, PathBuf};

use listens::{Column, Format, Options, read_item_labels};
use music::ItemKind;

use crate::reading::{try_path, with_columns};

/// A folder of data to develop with, or `None`, with a message, where it is absent.
fn folder(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data").join(name);
    let is_there = folder.is_dir();
    if !is_there {
        #[expect(clippy::print_stderr, reason = "a skipped test says so")]
        {
            eprintln!("skipped: {} is absent", folder.display());
        }
    }
    is_there.then_some(folder)
}

#[test]
fn counts_of_real_listeners() {
    let Some(folder) = folder("lastfm-hetrec") else { return };
    let options = Options {
        item_names: Some(folder.join("artists.tsv")),
        ..with_columns(Format::Triples, "listener=userID,item=artistID,count=weight")
    };
    let reading = try_path(&folder.join("user_artists.tsv"), &options).unwrap();
    assert_eq!((reading.entries.len(), reading.rejects.len()), (78_533, 0));
    assert_eq!(reading.tally.items, ItemKind::Artists);
    assert!(reading.counts().iter().all(|count| count.item.title == count.item.artist
        && Some(&count.item.title) != count.item.item.as_ref()));
}

#[test]
fn tags_of_real_listeners() {
    let Some(folder) = folder("lastfm-hetrec") else { return };
    let options = Options {
        tag_names: Some(folder.join("tags.tsv")),
        ..with_columns(Format::Tags, "item=artistID,tag=tagID")
    };
    let reading = try_path(&folder.join("user_taggedartists.tsv"), &options).unwrap();
    assert_eq!((reading.entries.len(), reading.rejects.len()), (161_914, 0));
    assert_eq!(reading.catalogue()[0].tags[0].name, "ambient");
}

#[test]
fn a_real_catalogue() {
    let Some(folder) = folder("jamendo") else { return };
    let columns = "item=TRACK_ID,title=TRACK_ID,artist=ARTIST_ID,release=ALBUM_ID,location=PATH,length_secs=DURATION,tags=TAGS";
    let reading =
        try_path(&folder.join("genre-train.tsv"), &with_columns(Format::Catalogue, columns))
            .unwrap();
    assert_eq!((reading.entries.len(), reading.rejects.len()), (32_572, 0));
    assert!(
        reading.catalogue().iter().all(|known| !known.tags.is_empty() && known.length.is_some())
    );
}

#[test]
fn labels_of_real_listeners() {
    let Some(folder) = folder("lastfm-hetrec") else { return };
    let columns = [("item", "artistID"), ("label", "tagID")];
    let columns = columns.map(|(role, name)| (role.to_owned(), Column::Name(name.to_owned())));
    let labels = read_item_labels(&folder.join("user_taggedartists.tsv"), &columns).unwrap();
    assert_eq!((labels.items.len(), labels.labels.len()), (11_924, 8_701));
    // Artist 289 got tag 24 from 91 listeners: no tag of any artist has more givers.
    let artist = labels.items.find("289").unwrap();
    let tag = u32::try_from(labels.labels.find("24").unwrap()).unwrap();
    assert!(labels.of_item(artist).contains(&(tag, 91.0)));
    assert_eq!((labels.tally.read, labels.tally.repeated), (161_914, 161_914 - 97_612));
}
