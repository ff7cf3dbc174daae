//! Are folders and zips read whole, in order, and saved where they are cut?

use std::ops::ControlFlow;
use std::path::Path;

use listens::{Error, Format, Options, Survey};
use music::ItemKind;

use crate::reading::{bytes, options, try_bytes, try_path, zip};
use crate::spotify::stream;

fn history(titles: &[&str]) -> String {
    let streams: Vec<_> = titles
        .iter()
        .map(|title| stream("2023-01-02T03:04:05Z", 1000, "").replace("Blue in Green", title))
        .collect();
    format!("[{}]", streams.join(",\n"))
}

const LOG: &str = "ada\t2009-05-04T23:08:57Z\t\tCan\t\tSpoon\n";

#[test]
fn files_are_read_by_path_and_what_is_no_log_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, bytes).unwrap();
    };
    put("b/2.tsv", LOG.as_bytes());
    put(
        "c.zip",
        &zip(&[
            ("y.json", &history(&["y"])),
            ("x/x.json", &history(&["x"])),
            ("ReadMe.pdf", "%PDF\0"),
        ]),
    );
    put("a.json", history(&["a"]).as_bytes());
    put("README.txt", b"hello\nworld\n");
    let reading = try_path(folder.path(), &options()).unwrap();
    assert_eq!(reading.titles(), ["a", "Spoon", "x", "y"]);
    assert_eq!(reading.tally.skipped_files, ["README.txt", "c.zip/ReadMe.pdf"]);
    assert_eq!(reading.tally.formats, [Format::Spotify, Format::Lastfm1k].into());
}

#[test]
fn a_source_of_nothing_known_is_an_error_that_names_the_formats() {
    let error = try_bytes("notes.txt", "dear diary", &options()).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("notes.txt; name it with --format, one of spotify, spotify-account, ")
    );
    assert!(matches!(
        try_path(tempfile::tempdir().unwrap().path(), &options()),
        Err(Error::UnknownFormat { .. })
    ));
    assert!(matches!(try_path(Path::new("/no/such/file"), &options()), Err(Error::Read { .. })));
    assert!(
        "vinyl"
            .parse::<Format>()
            .unwrap_err()
            .to_string()
            .starts_with("a format expected, one of spotify, ")
    );
}

#[test]
fn a_zip_cut_anywhere_gives_every_whole_row_before_the_cut() {
    let titles: Vec<String> = (0..200).map(|ix| format!("title {ix}")).collect();
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    let whole = zip(&[("1.json", &history(&titles[..100])), ("2.json", &history(&titles[100..]))]);
    let mut most = 0;
    for cut in (40..whole.len()).step_by(97) {
        let Ok(reading) = try_bytes("export.zip", &whole[..cut], &options()) else { continue };
        assert_eq!(reading.titles(), titles[..reading.entries.len()], "cut at {cut}");
        assert_eq!(reading.rejects.last().unwrap().file, "export.zip");
        assert!(reading.entries.len() >= most, "cut at {cut}");
        most = reading.entries.len();
    }
    assert_eq!(most, titles.len());
}

#[test]
fn a_damaged_file_of_a_zip_costs_only_itself() {
    let mut whole = zip(&[("1.tsv", &LOG.repeat(3)), ("2.tsv", LOG)]);
    // The bytes of the first file begin behind its header of 30 bytes, its name and whatever extra field it has.
    let at = 30 + 5 + 4;
    whole[at] ^= 0xff;
    let reading = bytes("export.zip", &whole, &options());
    assert!(reading.titles().ends_with(&["Spoon"]));
    assert!(!reading.rejects.is_empty(), "{:?}", reading.tally.skipped_files);
}

#[test]
fn a_survey_tells_formats_items_and_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.tsv");
    fs_err::write(&path, "userID\tartistID\tweight\n3\t101\t7\n").unwrap();
    let expected = Survey { formats: vec![Format::Triples], items: ItemKind::Artists, bytes: 31 };
    assert_eq!(listens::survey(&path, &options()).unwrap(), expected);
    let said = Options { items: Some(ItemKind::Recordings), ..options() };
    assert_eq!(listens::survey(&path, &said).unwrap().items, ItemKind::Recordings);
}

#[test]
fn a_folder_of_several_formats_is_read_one_format_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| fs_err::write(folder.path().join(name), bytes).unwrap();
    put("1.csv", b"listener,kind,at,artist,title\nada,like,2023-07-01,Can,Liked\n");
    put("2.tsv", LOG.as_bytes());
    put("3.zip", &zip(&[("x.json", &history(&["x"])), ("y.json", &history(&["y"]))]));
    put("notes.txt", b"dear diary");
    let survey = listens::survey(folder.path(), &options()).unwrap();
    assert_eq!(survey.formats, [Format::Spotify, Format::Lastfm1k, Format::Feedback]);
    for (only, titles) in [
        (Format::Spotify, vec!["x", "y"]),
        (Format::Lastfm1k, vec!["Spoon"]),
        (Format::Feedback, vec!["Liked"]),
    ] {
        let options = Options { only: Some(only), ..options() };
        let reading = try_path(folder.path(), &options).unwrap();
        assert_eq!(reading.titles(), titles);
        assert_eq!(reading.tally.formats, [only].into());
        assert_eq!(reading.tally.skipped_files, ["notes.txt"]);
        assert_eq!(listens::survey(folder.path(), &options).unwrap().formats, [only]);
    }
    let single = Options { only: Some(Format::Lastfm1k), ..options() };
    assert_eq!(try_path(&folder.path().join("2.tsv"), &single).unwrap().titles(), ["Spoon"]);
}

#[test]
fn the_rest_of_a_file_of_a_zip_that_flipped_bytes_cut_is_one_reject() {
    let titles: Vec<String> = (0..2000).map(|ix| format!("title {ix}")).collect();
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    let whole = zip(&[("1.json", &history(&titles)), ("2.tsv", LOG)]);
    let mut damaged = whole.clone();
    // A block type that deflate does not have, in the middle of the first file.
    let middle = whole.len() / 2;
    damaged[middle..middle + 300].fill(0xff);
    let reading = bytes("export.zip", &damaged, &options());
    let rest = reading.rejects.iter().filter(|reject| reject.reason.name() == "rest-missing");
    assert_eq!(rest.count(), 1);
    assert_eq!(reading.rejects.last().unwrap().file, "1.json");
    assert_eq!(reading.titles()[..100], titles[..100]);
    assert_eq!(reading.titles().last(), Some(&"Spoon"));
}

#[cfg(unix)]
#[test]
fn links_and_pipes_in_a_folder_are_not_followed() {
    let outside = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let within = |name: &str| folder.path().join(name);
    fs_err::write(outside.path().join("x.tsv"), LOG).unwrap();
    fs_err::create_dir(within("b")).unwrap();
    for name in ["feedback.tsv", "b/1.tsv", "c.tsv"] {
        fs_err::write(within(name), LOG).unwrap();
    }
    fs_err::os::unix::fs::symlink(outside.path(), within("linked")).unwrap();
    fs_err::os::unix::fs::symlink(outside.path().join("x.tsv"), within("linked.tsv")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(within("socket")).unwrap();
    let expected = ["b/1.tsv", "c.tsv", "feedback.tsv"].map(within);
    assert_eq!(listens::files(folder.path()).unwrap(), expected);
    assert_eq!(listens::files(&expected[0]).unwrap(), expected[..1]);
    assert_eq!(try_path(folder.path(), &options()).unwrap().titles().len(), 3);
    assert!(matches!(listens::files(Path::new("/dev/null")), Err(Error::Read { .. })));
    assert!(matches!(listens::files(&within("absent")), Err(Error::Read { .. })));
}

#[test]
fn a_forced_format_skips_what_cannot_be_it() {
    let folder = tempfile::tempdir().unwrap();
    fs_err::write(folder.path().join("a.png"), b"\x89PNG\0\0").unwrap();
    fs_err::write(folder.path().join("b.json"), b"{}").unwrap();
    fs_err::write(folder.path().join("c.tsv"), LOG).unwrap();
    let forced = Options { format: Some(Format::Lastfm1k), ..options() };
    let reading = try_path(folder.path(), &forced).unwrap();
    assert_eq!(reading.titles(), ["Spoon"]);
    assert_eq!(reading.tally.skipped_files, ["a.png", "b.json"]);
}

#[test]
fn reading_stops_when_the_caller_has_enough() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.tsv");
    fs_err::write(&path, LOG.repeat(100_000)).unwrap();
    let (mut taken, mut told) = (0, 0);
    let mut sink = |_| {
        taken += 1;
        if taken == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let tally = listens::read(&path, &options(), &mut sink, &mut |bytes| told = bytes, &mut |_| {})
        .unwrap();
    // At most the head and one chunk more were read of four megabytes.
    assert!(told <= 2 * 64 * 1024, "{told}");
    assert_eq!((taken, tally.entries), (3, 3));
}

#[test]
fn progress_rises_to_the_bytes_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    fs_err::write(folder.path().join("a.tsv"), LOG.repeat(20_000)).unwrap();
    fs_err::write(folder.path().join("b.tsv"), LOG).unwrap();
    let mut told = Vec::new();
    let all = &mut |_| ControlFlow::Continue(());
    listens::read(folder.path(), &options(), all, &mut |bytes| told.push(bytes), &mut |_| {})
        .unwrap();
    assert!(told.is_sorted() && told.len() > 4);
    assert_eq!(told.last(), Some(&listens::survey(folder.path(), &options()).unwrap().bytes));
}
