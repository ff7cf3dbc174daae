//! Are the tables of Last.fm read as they are meant?

use listens::Format;
use music::{Credit, Event, Interaction, Listen};

use crate::reading::{bytes, options};

fn listen(listener: Option<&str>, recording: Credit, at: &str) -> Listen {
    Listen {
        listener: listener.map(str::to_owned),
        recording,
        event: Event::new(Interaction::Play, at.parse().unwrap()),
    }
}

#[test]
fn a_csv_is_read_by_its_header_with_quotes_and_keys() {
    let text = "\u{feff}uts,utc_time,artist,artist_mbid,album,album_mbid,track,track_mbid\r\n\
        \"1672628640\",\"02 Jan 2023, 03:04\",\"Earth, Wind & Fire\",\"c0ffee00-0000-4000-8000-000000000001\",\
        \"I Am\",\"\",\"Say \"\"Boogie\"\"\",\"c0ffee00-0000-4000-8000-000000000002\"\r\n";
    let reading = bytes("recenttracks.csv", text, &options());
    let credit = Credit {
        title: "Say \"Boogie\"".into(),
        artist: "Earth, Wind & Fire".into(),
        release: Some("I Am".into()),
        mbid: Some("c0ffee00-0000-4000-8000-000000000002".into()),
        artist_mbids: vec!["c0ffee00-0000-4000-8000-000000000001".into()],
        ..Credit::default()
    };
    assert_eq!(reading.listens(), [&listen(None, credit, "2023-01-02T03:04:00Z")]);
    assert!(reading.tally.formats.contains(&Format::LastfmCsv));
}

#[test]
fn ragged_and_open_lines_of_a_csv_cost_only_themselves() {
    let text = "uts,artist,track\n1672628640,Can,Spoon\n1672628640,Can\n\"1672628640,Can,Spoon\n0,Can,Spoon\n1672628640,Can,Mushroom\n";
    let reading = bytes("a.csv", text, &options());
    assert_eq!(reading.titles(), ["Spoon", "Mushroom"]);
    assert_eq!(
        reading.reasons(),
        [("line 3", "wrong-columns"), ("line 4", "open-quote"), ("line 5", "before-1980")]
    );
}

#[test]
fn the_table_of_a_thousand_users_names_its_listeners() {
    let text = "user_000001\t2009-05-04T23:08:57Z\tc0ffee00-0000-4000-8000-000000000001\tDeep Dish\t\t\"Heroes\" (Live)\n\
        user_000002\t2009-05-04T13:54:10Z\t\tKraftwerk\t\tRobots\n\
        user_000002\t2009-05-04T13:54:10Z\t\tKraftwerk\t\n";
    let reading = bytes("log.tsv", text, &options());
    let heroes = Credit {
        title: "\"Heroes\" (Live)".into(),
        artist: "Deep Dish".into(),
        artist_mbids: vec!["c0ffee00-0000-4000-8000-000000000001".into()],
        ..Credit::default()
    };
    assert_eq!(reading.listens()[0], &listen(Some("user_000001"), heroes, "2009-05-04T23:08:57Z"));
    assert_eq!(reading.titles(), ["\"Heroes\" (Live)", "Robots"]);
    assert_eq!(reading.rejects[0].reason.to_string(), "6 cells expected, got 5");
    assert_eq!(reading.tally.first, Some("2009-05-04T13:54:10Z".parse().unwrap()));
    assert!(reading.tally.formats.contains(&Format::Lastfm1k));
}
