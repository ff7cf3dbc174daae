//! Do all keys of a recording lead to it, and does everything follow when two turn out to be one?

use std::time::Duration;

use music::{
    ArtistId, CatalogueEntry, Credit, Entry, Event, Interaction, ItemKind, RecordingId, Tag,
};
use store::{BlockTarget, NewImport};

use crate::home::{Home, at, catalogue, count, credit, play, source};
use crate::ledger::list;

const MBID: &str = "8f3471b5-7e6a-48da-86a9-c1c07a0f47ae";

fn known(artist: &str, title: &str) -> CatalogueEntry {
    CatalogueEntry { credit: credit(artist, title), ..CatalogueEntry::default() }
}

#[test]
fn every_key_leads_to_the_recording() {
    let mut home = Home::new();
    let full = Credit {
        mbid: Some(MBID.to_owned()),
        isrc: Some("USRC17607839".to_owned()),
        spotify: Some("spotify:track:4uLU6hMCjMI75M1A2tKUQC".to_owned()),
        item: Some("row 7".to_owned()),
        ..credit("Sigur Rós", "Untitled - 1")
    };
    home.import("a", &[play("ada", full, 0), play("ada", credit("Low", "Monkey"), 0)]);
    for text in [
        "1",
        " 1 ",
        &MBID.to_uppercase(),
        &format!("https://musicbrainz.org/recording/{MBID}"),
        "USRC17607839",
        "us-rc1-76-07839",
        "spotify:track:4uLU6hMCjMI75M1A2tKUQC",
        "https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC?si=abc",
        "https://open.spotify.com/intl-pt/track/4uLU6hMCjMI75M1A2tKUQC",
        "row 7",
        "Sigur Rós - Untitled - 1",
        "Untitled - 1",
    ] {
        assert_eq!(home.store.find(text).unwrap(), [RecordingId(1)], "{text}");
    }
    for text in ["", "3", "nothing", "Low - nothing", " - "] {
        assert_eq!(home.store.find(text).unwrap(), [], "{text}");
    }
}

#[test]
fn a_shared_title_means_several_recordings() {
    let mut home = Home::new();
    home.import(
        "a",
        &[play("ada", credit("Low", "Home"), 0), play("ada", credit("Nina Simone", "Home"), 0)],
    );
    assert_eq!(home.store.find("Home").unwrap(), [RecordingId(1), RecordingId(2)]);
}

#[test]
fn a_number_means_an_id_a_key_of_a_source_and_a_name_alike() {
    let mut home = Home::new();
    let keyed = |item: &str, artist: &str, title: &str| {
        let item = Some(item.to_owned());
        play("ada", Credit { item, ..credit(artist, title) }, 0)
    };
    let log = [
        keyed("2", "Low", "Home"),
        keyed("3", "3", "1"),
        keyed("8", "8", "4"),
        keyed("9", "Low", "7"),
    ];
    home.import("a", &log);
    let [one, two, three, four] = [1, 2, 3, 4].map(RecordingId);
    for (text, meant) in [
        // An id and the title of another; an id and the key of another, twice; an id and a title; one thing each.
        ("1", vec![one, two]),
        ("2", vec![one, two]),
        ("3", vec![two, three]),
        ("4", vec![three, four]),
        ("7", vec![four]),
        ("8", vec![three]),
        ("9", vec![four]),
        ("5", vec![]),
    ] {
        assert_eq!(home.store.find(text).unwrap(), meant, "{text}");
    }
    // Low is artist 1, the artist called 3 is 2 and the one called 8 is 3.
    let artists = |text| -> Vec<u64> {
        home.store.find_artist(text).unwrap().into_iter().map(|(id, _)| id.0).collect()
    };
    assert_eq!((artists("2"), artists("3"), artists("8")), (vec![2], vec![2, 3], vec![3]));
}

#[test]
fn a_shared_key_makes_two_recordings_one_and_heard_ledger_and_blocks_follow() {
    let mut home = Home::new();
    let by_name = || credit("Low", "Monkey");
    let by_mbid = || Credit { mbid: Some(MBID.to_owned()), ..credit("Low", "Monkey (promo)") };
    home.import(
        "a",
        &[
            play("ada", by_name(), 0),
            play("ada", credit("Low", "Other"), 5),
            play("ada", by_mbid(), 9000),
            count("ada", by_name(), 1.0),
            count("ada", by_mbid(), 2.0),
        ],
    );
    let (survivor, alias) = (home.recording("Low - Monkey"), home.recording(MBID));
    assert!(survivor < alias, "names of two titles are two recordings");
    let ada = home.listener("ada");
    home.store.record_list(&list(ada, "2026-W47", &[alias]), &[]).unwrap();
    home.store.block(ada, &BlockTarget::Recording(alias), at(0)).unwrap();

    // Somebody who has both keys.
    home.import("b", &[play("bob", Credit { mbid: Some(MBID.to_owned()), ..by_name() }, 0)]);

    assert_eq!(home.store.resolve(alias).unwrap(), survivor);
    assert_eq!(home.recording(MBID), survivor);
    assert_eq!(home.recording(&alias.to_string()), survivor);
    assert_eq!(home.store.recording(alias).unwrap().unwrap().id, survivor);
    let history = home.history("ada");
    let heard: Vec<_> =
        history.listens.iter().map(|logged| (logged.recording, logged.event.at)).collect();
    let other = home.recording("Low - Other");
    assert_eq!(heard, [(survivor, at(0)), (survivor, at(9000)), (other, at(5))]);
    assert_eq!(history.counts, [(survivor, 3.0)]);
    assert_eq!(home.store.shown(ada, None).unwrap(), [survivor]);
    assert_eq!(home.store.lists(ada).unwrap()[0].1.lines[0].recording, survivor);
    assert_eq!(home.store.blocks(ada, None).unwrap(), [BlockTarget::Recording(survivor)]);
    assert!(!home.store.block(ada, &BlockTarget::Recording(survivor), at(1)).unwrap());
    assert!(home.store.unblock(ada, &BlockTarget::Recording(survivor)).unwrap());
    assert_eq!(home.store.blocks(ada, None).unwrap(), []);
    home.store.record(ada, alias, &Event::new(Interaction::Like, at(3))).unwrap();
    assert_eq!(
        home.history("ada").listens.iter().filter(|logged| logged.recording == survivor).count(),
        3
    );
}

#[test]
fn an_alias_of_an_alias_leads_to_the_last_and_no_id_comes_back() {
    let mut home = Home::new();
    let with =
        |item: &str, title: &str| Credit { item: Some(item.to_owned()), ..credit("Low", title) };
    let plays = [with("a", "One"), with("b", "Two"), with("c", "Three")]
        .map(|credit| play("ada", credit, 0));
    home.import("a", &plays);
    // Three and Two are one, then Two and One.
    home.import("b", &[play("bob", with("c", "Two"), 0), play("bob", with("b", "One"), 0)]);
    for id in 1..=3 {
        assert_eq!(home.store.resolve(RecordingId(id)).unwrap(), RecordingId(1));
    }
    let one = RecordingId(1);
    assert_eq!(home.store.aliases().unwrap(), [(RecordingId(2), one), (RecordingId(3), one)]);
    home.import("c", &[play("bob", with("d", "Four"), 0)]);
    assert_eq!(home.recording("d"), RecordingId(4));
    assert_eq!(home.store.totals().unwrap().recordings, 2);
}

#[test]
fn what_is_known_of_either_is_known_of_both() {
    let mut home = Home::new();
    let first = CatalogueEntry {
        tempo: Some(90.0),
        tags: vec![Tag { name: "slow".to_owned(), weight: 2.0 }],
        labels: vec!["explicit".to_owned()],
        ..known("Low", "Monkey")
    };
    let second = CatalogueEntry {
        credit: Credit {
            isrc: Some("X".to_owned()),
            release: Some("Drums".to_owned()),
            ..credit("Low", "Monkey Song")
        },
        length: Some(Duration::from_secs(258)),
        tempo: Some(91.0),
        tags: vec![
            Tag { name: "slow".to_owned(), weight: 1.0 },
            Tag { name: "low".to_owned(), weight: 1.0 },
        ],
        groups: vec!["local".to_owned()],
        ..CatalogueEntry::default()
    };
    let both = Credit { isrc: Some("X".to_owned()), ..credit("Low", "Monkey") };
    home.import("a", &[catalogue(first), catalogue(second), play("ada", both, 0)]);
    let one = home.store.recording(home.recording("X")).unwrap().unwrap();
    assert_eq!((one.id, one.entry.credit.release.as_deref()), (RecordingId(1), Some("Drums")));
    assert_eq!((one.entry.length, one.entry.tempo), (Some(Duration::from_secs(258)), Some(90.0)));
    let tags: Vec<_> = one.entry.tags.iter().map(|tag| (tag.name.as_str(), tag.weight)).collect();
    assert_eq!(tags, [("slow", 3.0), ("low", 1.0)]);
    assert_eq!(
        (one.entry.labels, one.entry.groups),
        (vec!["explicit".to_owned()], vec!["local".to_owned()])
    );
}

#[test]
fn a_catalogue_replaces_what_it_says_and_a_log_only_fills_in() {
    let mut home = Home::new();
    let keyed = |credit: Credit| Credit { mbid: Some(MBID.to_owned()), ..credit };
    let entry = CatalogueEntry {
        credit: keyed(credit("Low", "Monkey")),
        length: Some(Duration::from_secs(258)),
        released: Some("2005-01-25".parse().unwrap()),
        is_available: Some(true),
        labels: vec!["explicit".to_owned()],
        ..CatalogueEntry::default()
    };
    home.import("a", &[catalogue(entry)]);
    let log = Credit {
        release: Some("The Great Destroyer".to_owned()),
        ..keyed(credit("LOW", "monkey"))
    };
    home.import("b", &[play("ada", log, 0)]);
    let correction = CatalogueEntry {
        credit: keyed(credit("Low", "Monkey (album version)")),
        is_available: Some(false),
        labels: vec!["clean".to_owned()],
        ..CatalogueEntry::default()
    };
    home.import("c", &[catalogue(correction)]);
    let one = home.store.recording(home.recording(MBID)).unwrap().unwrap();
    assert_eq!(one.entry.credit.title, "Monkey (album version)");
    assert_eq!(one.entry.credit.release.as_deref(), Some("The Great Destroyer"));
    assert_eq!(one.entry.released, Some("2005-01-25".parse().unwrap()));
    assert_eq!((one.entry.is_available, one.entry.labels), (Some(false), vec!["clean".to_owned()]));
    assert_eq!(home.recording("Low - Monkey"), one.id, "the former name still leads to it");
}

#[test]
fn words_about_a_recording_that_nobody_knows_are_counted_and_left_out() {
    let mut home = Home::new();
    let tagged = |item: &str| {
        catalogue(CatalogueEntry {
            credit: Credit { item: Some(item.to_owned()), ..Credit::default() },
            tags: vec![Tag { name: "slow".to_owned(), weight: 1.0 }],
            ..CatalogueEntry::default()
        })
    };
    home.import(
        "a",
        &[play("ada", Credit { item: Some("7".to_owned()), ..credit("Low", "Monkey") }, 0)],
    );
    let summary = home.import("b", &[tagged("7"), tagged("8"), tagged("7")]).unwrap();
    assert_eq!((summary.accepted, summary.unmatched), (2, 1));
    assert_eq!(home.store.by_tag("slow").unwrap(), [RecordingId(1)]);
    // Two lines of one import add up, the same lines in another import do not.
    home.import("c", &[tagged("7"), tagged("7")]);
    assert_eq!(home.store.recording(RecordingId(1)).unwrap().unwrap().entry.tags[0].weight, 2.0);
}

#[test]
fn artists_may_stand_as_items() {
    let mut home = Home::new();
    let new = NewImport { items: ItemKind::Artists, ..source("a") };
    let item = |id: &str, name: &str| Credit { item: Some(id.to_owned()), ..credit(name, name) };
    home.import_as(
        &new,
        &[
            count("2", item("51", "Duran Duran"), 13_883.0),
            count("2", item("52", "Morcheeba"), 1.0),
        ],
    );
    let duran = home.recording("duran duran");
    assert_eq!(home.recording("51"), duran);
    let one = home.store.recording(duran).unwrap().unwrap();
    assert_eq!((one.entry.credit.title.as_str(), one.artists.len()), ("Duran Duran", 1));
    assert_eq!(home.store.same_works(&[duran]).unwrap(), [duran]);
    assert_eq!(home.store.find_artist("Duran Duran").unwrap(), one.artists);
    assert_eq!(home.history("2").counts[0], (duran, 13_883.0));
}

#[test]
fn recordings_belong_together_by_work_artist_and_release() {
    let mut home = Home::new();
    let on = |title: &str, release: &str| Credit {
        release: Some(release.to_owned()),
        ..credit("Low", title)
    };
    let plays = [
        on("Monkey", "The Great Destroyer"),
        on("Monkey (Live)", "Live"),
        on("Murderer", "The Great Destroyer"),
        credit("Robert Plant", "Monkey"),
    ];
    home.import("a", &plays.map(|credit| play("ada", credit, 0)));
    let ids: Vec<_> = (1..=4).map(RecordingId).collect();
    assert_eq!(
        home.store.same_works(&ids[1..2]).unwrap(),
        ids[..2],
        "a version is the same work, a cover is not"
    );
    let all = home.store.recordings(&ids).unwrap();
    assert_eq!(all[0].work, all[1].work);
    assert_eq!(all[0].release, all[2].release);
    assert_ne!(all[0].release, all[1].release);
    let (low, name) = home.store.find_artist("LOW").unwrap()[0].clone();
    assert_eq!((name.as_str(), home.store.by_artist(low).unwrap()), ("Low", ids[..3].to_vec()));
    assert_eq!(home.store.find_artist(&low.to_string()).unwrap(), [(low, name)]);
    assert_eq!(home.store.by_artist(ArtistId(99)).unwrap(), []);
    assert!(home.store.recordings(&[RecordingId(99)]).is_err());
}

#[test]
fn factors_of_others_are_identified_without_changing_what_is_known() {
    let mut home = Home::new();
    home.import(
        "a",
        &[play("ada", Credit { mbid: Some(MBID.to_owned()), ..credit("Low", "Monkey") }, 0)],
    );
    let entries = [
        known("Robert Plant", "Monkey"),
        CatalogueEntry {
            credit: Credit { mbid: Some(MBID.to_owned()), ..credit("low", "monkey!") },
            ..CatalogueEntry::default()
        },
        CatalogueEntry::default(),
    ];
    let ids = home.store.identify_all(ItemKind::Recordings, &entries).unwrap();
    assert_eq!(ids, [Some(RecordingId(2)), Some(RecordingId(1)), None]);
    assert_eq!(home.store.recording(RecordingId(1)).unwrap().unwrap().entry.credit.artist, "Low");
    assert!(home.store.identify_all(ItemKind::Artists, &entries).is_err());
}

#[test]
fn samplers_do_not_make_everything_one() {
    let mut home = Home::new();
    let on = |id: &str| Credit {
        spotify: Some(format!("spotify:track:{id}")),
        ..credit("Various Artists", "Intro")
    };
    home.import("a", &[play("ada", on("x"), 0), play("ada", on("y"), 0)]);
    assert_ne!(home.recording("spotify:track:x"), home.recording("spotify:track:y"));
}

#[test]
fn lines_without_names_are_never_mistaken_for_each_other() {
    let mut home = Home::new();
    let nameless = |credit: Credit| -> Entry { play("ada", credit, 0) };
    let summary =
        home.import("a", &[nameless(credit("", "Monkey")), nameless(credit("Low", ""))]).unwrap();
    assert_eq!((summary.accepted, summary.unmatched, summary.recordings), (0, 2, 0));
}
