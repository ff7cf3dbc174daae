//! Does every format stay as it was agreed?

use formats::{Format, publish, publish_all};
use insta::assert_snapshot;
use music::Fact;

use crate::fixture::{artists, empty, nasty};

#[test]
fn a_table_keeps_its_columns() {
    assert_snapshot!("table", publish(&nasty(), Format::Table));
}

#[test]
fn json_says_everything() {
    assert_snapshot!("json", publish(&nasty(), Format::Json));
}

#[test]
fn jspf_carries_the_fields_of_listenbrainz() {
    assert_snapshot!("jspf", publish(&nasty(), Format::Jspf));
}

#[test]
fn xspf_escapes_what_xml_must() {
    assert_snapshot!("xspf", publish(&nasty(), Format::Xspf));
}

#[test]
fn m3u8_has_a_line_for_every_place() {
    assert_snapshot!("m3u8", publish(&nasty(), Format::M3u8));
}

#[test]
fn what_is_imputed_stands_only_where_it_is_told_apart() {
    let mut list = nasty();
    list.tracks[0].imputed = vec![Fact::Length, Fact::Release];
    let says = |format, what: &str| publish(&list, format).contains(what);
    assert!(says(Format::Json, "OK Computer") && says(Format::Json, "383500"));
    assert!(says(Format::Json, "\"imputed\": [\n        \"length\",\n        \"release\"\n"));
    for format in [Format::Table, Format::Jspf, Format::Xspf, Format::M3u8] {
        let length =
            ["383500", "6:24", "EXTINF:384"].into_iter().find(|length| says(format, length));
        assert_eq!((says(format, "OK Computer"), length), (false, None), "{format}");
    }
}

#[test]
fn several_tables_stand_below_each_other() {
    assert_snapshot!("tables", publish_all(&[artists(), empty()], Format::Table));
}

#[test]
fn artists_are_identified_by_their_own_pages() {
    assert_snapshot!("artists_jspf", publish_all(&[artists()], Format::Jspf));
}
