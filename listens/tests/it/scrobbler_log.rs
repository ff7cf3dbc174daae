//! Is the log of a portable player read as it is meant?

use std::time::Duration;

use jiff::tz::TimeZone;
use listens::Options;
use music::{End, Interaction};

use crate::reading::{bytes, options};

// 1672628640 is 2023-01-02 03:04:00 on the player's clock.
const ROWS: &str = "Can\tEge Bamyasi\tSpoon\t7\t183\tL\t1672628640\tc0ffee00-0000-4000-8000-000000000001\n\
    Can\t\tSoup\t6\t630\tS\t1672628840\t\n\
    Can\t\tPinch\t1\t570\tX\t1672628840\t\n";

#[test]
fn plays_and_skips_carry_lengths_and_ids() {
    let text = format!(
        "#AUDIOSCROBBLER/1.1\n#TZ/UTC\n#CLIENT/Rockbox\n{ROWS}#1 Dads\t\tX\t1\t60\tL\t1672628840\n"
    );
    let reading = bytes(".scrobbler.log", text, &options());
    let [play, skip, hash] = reading.listens()[..] else { panic!("three listens expected") };
    assert_eq!(play.event.kind, Interaction::Play);
    assert_eq!(play.event.at.to_string(), "2023-01-02T03:04:00Z");
    assert_eq!(play.event.length, Some(Duration::from_secs(183)));
    assert_eq!(play.recording.release.as_deref(), Some("Ege Bamyasi"));
    assert_eq!(play.recording.mbid.as_deref(), Some("c0ffee00-0000-4000-8000-000000000001"));
    assert_eq!((&skip.event.kind, skip.event.end), (&Interaction::Skip, Some(End::Skipped)));
    assert_eq!(hash.recording.artist, "#1 Dads");
    assert_eq!(reading.reasons(), [("line 6", "wrong-type")]);
}

#[test]
fn a_player_that_knows_no_time_zone_is_read_in_the_one_that_was_named() {
    let text = format!("#AUDIOSCROBBLER/1.1\n#TZ/UNKNOWN\n{ROWS}");
    let berlin = Options { timezone: TimeZone::get("Europe/Berlin").unwrap(), ..options() };
    // Berlin was one hour ahead in January.
    assert_eq!(
        bytes("x.log", text, &berlin).listens()[0].event.at.to_string(),
        "2023-01-02T02:04:00Z"
    );
}
