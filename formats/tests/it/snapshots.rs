//! Does every format stay as it was agreed?

use formats::{Format, publish, publish_all};
use insta::assert_snapshot;

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
fn several_tables_stand_below_each_other() {
    assert_snapshot!("tables", publish_all(&[artists(), empty()], Format::Table));
}

#[test]
fn artists_are_identified_by_their_own_pages() {
    assert_snapshot!("artists_jspf", publish_all(&[artists()], Format::Jspf));
}
