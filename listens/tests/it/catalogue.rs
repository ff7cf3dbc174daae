//! Is what is known of recordings read as it is meant, from JSON and from tables?

use std::time::Duration;

use listens::Format;
use music::{CatalogueEntry, Credit, Tag};

use crate::reading::{bytes, options, with_columns};

fn tag(name: &str, weight: f32) -> Tag {
    Tag { name: name.into(), weight }
}

fn spoon() -> CatalogueEntry {
    CatalogueEntry {
        credit: Credit {
            title: "Spoon".into(),
            artist: "Can".into(),
            release: Some("Ege Bamyasi".into()),
            mbid: Some("c0ffee00-0000-4000-8000-000000000001".into()),
            item: Some("17".into()),
            ..Credit::default()
        },
        length: Some(Duration::from_millis(183_500)),
        released: Some("1972-01-01".parse().unwrap()),
        tags: vec![tag("krautrock", 1.0), tag("rock", 1.0)],
        tempo: Some(117.5),
        key: Some("Am".into()),
        labels: vec!["remaster".into()],
        groups: vec!["local".into()],
        location: Some("a/b.mp3".into()),
        is_available: Some(true),
    }
}

#[test]
fn json_lines_and_tables_say_the_same() {
    let json = r#"{"title": "Spoon", "artist": "Can", "release": "Ege Bamyasi", "date": "1972", "length_ms": 183500,
        "tags": ["Krautrock", {"name": "genre---rock", "weight": 1}], "tempo": 117.5, "key": "Am", "labels": ["remaster"],
        "groups": "local", "mbid": "c0ffee00-0000-4000-8000-000000000001", "id": 17, "file": "a/b.mp3", "available": true}"#;
    let table = "id,title,artist,album,released,duration,tags,tempo,key,labels,groups,recording_mbid,url,available\n\
        17,Spoon,Can,Ege Bamyasi,1972-01,183.5,Krautrock; genre---rock,117.5,Am,remaster,local,\
        c0ffee00-0000-4000-8000-000000000001,a/b.mp3,yes\n";
    assert_eq!(bytes("c.jsonl", json.replace('\n', " "), &options()).catalogue(), [&spoon()]);
    assert_eq!(bytes("c.csv", table, &options()).catalogue(), [&spoon()]);
}

#[test]
fn weights_of_tags_are_kept_and_odd_ones_left_out() {
    let json = r#"[{"title": "Spoon", "artist": "Can", "tags": [{"name": "a", "weight": 3}, {"tag": "b", "count": 2}, {"name": "c", "weight": -1}, 7]}]"#;
    assert_eq!(
        bytes("c.json", json, &options()).catalogue()[0].tags,
        [tag("a", 3.0), tag("b", 2.0)]
    );
}

#[test]
fn tags_may_go_on_to_the_end_of_the_line() {
    let columns = "item=TRACK_ID,title=TRACK_ID,artist=ARTIST_ID,release=ALBUM_ID,location=PATH,length_secs=DURATION,tags=TAGS";
    let text = "TRACK_ID\tARTIST_ID\tALBUM_ID\tPATH\tDURATION\tTAGS\r\n\
        track_1\tartist_5\talbum_33\t41/241.mp3\t340.1\tgenre---rock\tgenre---pop\r\n\
        track_2\tartist_5\talbum_33\t41/242.mp3\t340.1\r\n";
    let reading = bytes("genre.tsv", text, &with_columns(Format::Catalogue, columns));
    let [known] = reading.catalogue()[..] else { panic!("one entry expected") };
    assert_eq!(known.tags, [tag("rock", 1.0), tag("pop", 1.0)]);
    assert_eq!(
        (known.credit.title.as_str(), known.credit.artist.as_str()),
        ("track_1", "artist_5")
    );
    assert_eq!(known.length, Some(Duration::from_millis(340_100)));
    assert_eq!(reading.reasons(), [("line 3", "wrong-columns")]);
}

#[test]
fn a_field_of_the_wrong_type_is_named() {
    let lines = "{\"title\":\"a\",\"artist\":\"b\",\"tempo\":\"fast\"}\n{\"title\":\"a\",\"artist\":\"b\",\"date\":\"soon\"}\n\
        {\"title\":\"a\",\"artist\":\" \"}\n{\"title\":\"a\",\"artist\":\"b\",\"available\":[]}\n[]\n";
    let reading = bytes("c.jsonl", lines, &options());
    let said: Vec<_> = reading.rejects.iter().map(|reject| reject.reason.to_string()).collect();
    assert_eq!(
        said[..3],
        ["tempo is of the wrong type", "released is of the wrong type", "its artist is empty"]
    );
    assert_eq!(reading.tally.entries, 1);
    assert_eq!(reading.reasons()[3], ("line 5", "wrong-type"));
}
