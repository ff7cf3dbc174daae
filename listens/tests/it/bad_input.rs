//! Does each broken thing cost only itself, and say why?

use crate::reading::{Reading, bytes, options, with_columns};
use crate::spotify::stream;
use listens::Format;

fn good(title: &str) -> String {
    stream("2023-01-02T03:04:05Z", 1000, "").replace("Blue in Green", title)
}

/// Reads three streams, of which the second is the one given.
fn beside(bad: &str) -> Reading {
    let reading =
        bytes("a.json", format!("[{},{bad},{}]", good("before"), good("after")), &options());
    assert_eq!(reading.titles(), ["before", "after"], "{bad}");
    reading
}

#[test]
fn a_stream_that_cannot_be_believed_says_why() {
    for (bad, reason) in [
        (stream("2023-01-02T03:04:05Z", 30 * 3_600_000, ""), "too-long"),
        (stream("2023-01-02T03:04:05Z", u64::MAX, ""), "too-long"),
        (stream("2026-11-22T00:00:00Z", 0, ""), "future"),
        (stream("1970-01-01T00:00:05Z", 0, ""), "before-1980"),
        (stream("yesterday", 0, ""), "unreadable-time"),
        (stream("2023-01-02T03:04:05Z", 0, "").replace("\"ts\"", "\"tz\""), "missing-field"),
        (stream("2023-01-02T03:04:05Z", 0, "").replace("Blue in Green", " \u{7} "), "broken-json"),
        (stream("2023-01-02T03:04:05Z", 0, "").replace("Blue in Green", " \\u0000 "), "no-title"),
        (stream("2023-01-02T03:04:05Z", 0, "").replace("Miles Davis", ""), "no-artist"),
        (stream("2023-01-02T03:04:05Z", 0, "").replace(":0,", ":\"x\","), "wrong-type"),
        ("{\"ts\": nothing}".to_owned(), "broken-json"),
        ("7".to_owned(), "wrong-type"),
    ] {
        assert_eq!(beside(&bad).reasons(), [("element 2", reason)], "{bad}");
    }
}

#[test]
fn a_lost_quote_mark_costs_one_element() {
    let bad = stream("2023-01-02T03:04:05Z", 0, "").replace("\"Miles", "Miles").replace('\n', "");
    let reading =
        bytes("a.json", format!("[{},{bad},{}]", good("before"), good("after")), &options());
    assert_eq!(reading.titles(), ["before", "after"]);
    assert!(
        reading.reasons().iter().all(|(_, reason)| *reason == "broken-json"),
        "{:?}",
        reading.reasons()
    );
}

#[test]
fn a_file_cut_in_half_keeps_what_stands_before_the_cut() {
    let whole = format!("[{},\n{},\n{}]", good("one"), good("two"), good("three"));
    for cut in 1..whole.len() {
        let whole_elements =
            [good("one"), good("two"), good("three")].iter().fold((0, 1), |(n, end), element| {
                // An element is whole when it and the comma or bracket behind it are there.
                let end = end + element.len() + 1;
                (n + usize::from(cut >= end), end + 1)
            });
        let forced = with_columns(Format::Spotify, "");
        let reading = bytes("a.json", &whole[..cut], &forced);
        assert_eq!(reading.entries.len(), whole_elements.0, "cut at {cut}");
        assert_eq!(reading.rejects.len(), 1, "cut at {cut}");
        assert_eq!(reading.rejects[0].reason.name(), "cut-off", "cut at {cut}");
    }
}

#[test]
fn a_line_of_another_encoding_costs_only_itself() {
    let text = b"a\t2009-05-04T23:08:57Z\t\tCan\t\tSpoon\na\t2009-05-04T23:08:57Z\t\tBj\xf6rk\t\tJ\xf3ga\na\t2009-05-04T23:08:57Z\t\tCan\t\tSoup\n";
    let reading = bytes("a.tsv", text, &options());
    assert_eq!(reading.titles(), ["Spoon", "Soup"]);
    assert_eq!(reading.reasons(), [("line 2", "wrong-encoding")]);
    let element = [
        b"[",
        good("one").as_bytes(),
        b",",
        &good("tw\u{f6}").replace('\u{f6}', "?").into_bytes(),
        b"]",
    ]
    .concat();
    let latin1: Vec<u8> =
        element.iter().map(|byte| if *byte == b'?' { 0xf6 } else { *byte }).collect();
    assert_eq!(bytes("a.json", latin1, &options()).reasons(), [("element 2", "wrong-encoding")]);
}

#[test]
fn a_file_of_utf16_is_one_reject() {
    let text = format!("[{}]", good("one"));
    let little: Vec<u8> =
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for utf16 in [little, big] {
        let reading = bytes("a.json", utf16, &options());
        assert_eq!(reading.reasons(), [("the whole file", "wrong-encoding")]);
        assert_eq!(reading.tally.formats, [Format::Spotify].into());
    }
}

#[test]
fn a_mark_crlf_blank_lines_and_a_missing_last_line_end_are_nothing_wrong() {
    let text = "\u{feff}a\t2009-05-04T23:08:57Z\t\tCan\t\t Spoon \r\n\r\n\na\t2009-05-04T23:08:57Z\t\tCan\t\tSo\u{0}up";
    let reading = bytes("a.tsv", text, &options());
    assert_eq!(reading.titles(), ["Spoon", "Soup"]);
}

#[test]
fn a_line_without_end_is_one_reject_and_is_not_kept_in_memory() {
    let long = "x".repeat(3 << 20);
    let text = format!(
        "a\t2009-05-04T23:08:57Z\t\tCan\t\tSpoon\n{long}\na\t2009-05-04T23:08:57Z\t\tCan\t\tSoup\n"
    );
    let reading = bytes("a.tsv", text, &options());
    assert_eq!(reading.titles(), ["Spoon", "Soup"]);
    assert_eq!(reading.reasons(), [("line 2", "too-large")]);
}

#[test]
fn json_of_another_shape_than_asked_for_is_one_reject() {
    let forced = |format| with_columns(format, "");
    assert_eq!(
        bytes("a.json", "{\"a\": [1]}", &forced(Format::Spotify)).reasons(),
        [("the whole file", "broken-json")]
    );
    assert_eq!(
        bytes("a.json", "{\"a\": [1]}", &forced(Format::Mpd)).reasons(),
        [("the whole file", "missing-field")]
    );
    assert_eq!(
        bytes("a.json", "", &forced(Format::Spotify)).reasons(),
        [("the whole file", "broken-json")]
    );
}
