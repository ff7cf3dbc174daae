//! Does any file at all make a reader panic?

use listens::{Format, Layout, Times, TripleOptions};
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};

use crate::reading::{options, try_path, with_columns};

const FORMATS: [&str; 11] = [
    "spotify",
    "spotify-account",
    "listenbrainz",
    "lastfm",
    "lastfm-1k",
    "scrobbler-log",
    "mpd",
    "triples",
    "catalogue",
    "tags",
    "feedback",
];

/// Pieces that the formats are made of, so that arbitrary files get past the first letter.
const PIECES: [&str; 26] = [
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "\"",
    "\\",
    "\n",
    "\t",
    ";",
    "\"ts\":",
    "\"tracks\":[",
    "\"playlists\":[",
    "\"tag\":",
    "\"artist\":\"a\"",
    "\"title\":\"b\"",
    "\"score\":1",
    "uts,artist,track\n",
    "listener,item,count\n",
    "user,item,value,timestamp\n",
    "item,label,weight\n",
    "title,artist,tags\n",
    "1672628640",
    "2009-05-04T23:08:57Z",
    "PK\u{3}\u{4}",
];

fn any_file() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        3 => (0..PIECES.len()).prop_map(|ix| PIECES[ix].as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..20),
        1 => Just(b"null".to_vec()),
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_file_makes_a_reader_panic(file in any_file()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs_err::write(&path, file).unwrap();
        for format in FORMATS {
            let format: Format = format.parse().unwrap();
            // An error is an answer, too.
            let _ = try_path(&path, &with_columns(format, ""));
        }
        let _ = try_path(&path, &options());
    }

    #[test]
    fn no_file_makes_a_reader_of_tables_panic(file in any_file()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs_err::write(&path, file).unwrap();
        for layout in [Layout::Guess, Layout::Table, Layout::Lists] {
            let plain = TripleOptions::plain(layout, &[]);
            let _ = listens::read_triples(&path, &plain, &mut |_| {});
            let timed = TripleOptions { times: Times::Kept, window: Some(0..1 << 40), ..plain };
            let _ = listens::read_triples(&path, &timed, &mut |_| {});
            let _ = listens::time_range(&path, layout, &[], &mut |_| {});
        }
        let _ = listens::read_item_labels(&path, &[]);
        let _ = listens::read_attributes(&path, &[]);
    }
}
