//! Does what is imputed stay apart from what is known, and go when it should?

use std::time::Duration;

use music::{
    Basis, CatalogueEntry, Credit, Entry, Facts, Guess, Imputed, RecordingId, Tag, Tagged,
};
use store::{ImputedTotals, Stands};

use crate::home::{Home, at, catalogue, credit, play};

fn tag(name: &str, weight: f32) -> Tag {
    Tag { name: name.to_owned(), weight }
}

/// Everything a catalogue says of "Monkey".
fn told() -> Entry {
    catalogue(CatalogueEntry {
        credit: Credit {
            release: Some("The Great Destroyer".to_owned()),
            ..credit("Low", "Monkey")
        },
        length: Some(Duration::from_secs(259)),
        released: Some("2005-01-25".parse().unwrap()),
        tags: vec![tag("slowcore", 2.0), tag("indie", 1.0)],
        ..CatalogueEntry::default()
    })
}

/// "Monkey" is recording 1, of which all is known, "Monkey (Live)" is 2, of which nothing is.
fn home() -> Home {
    let mut home = Home::new();
    home.import("a", &[told(), play("ada", credit("Low", "Monkey (Live)"), 0)]);
    home
}

/// One value of each fact, two of the tags.
fn imputed(id: u64) -> Vec<Imputed> {
    let guesses = [
        Guess::Length(Duration::from_millis(259_001)),
        Guess::ReleaseOf(RecordingId(1)),
        Guess::Year(2005),
        Guess::Tag(0, 0.5),
        Guess::Tag(1, 1.0),
    ];
    let basis = Basis::OtherVersions { n: 1 };
    guesses.map(|guess| Imputed { recording: RecordingId(id), guess, basis }).into()
}

fn names() -> Vec<String> {
    vec!["indie".to_owned(), "slowcore".to_owned()]
}

fn stands(home: &Home, id: u64) -> Stands {
    home.store.recording(RecordingId(id)).unwrap().unwrap().imputed
}

fn totals(home: &Home) -> [u64; 4] {
    home.store.imputed_totals().unwrap().map(|it| it.other_versions + it.same_artist)
}

#[test]
fn imputation_goes_by_what_sources_said() {
    let home = home();
    let monkey = Facts {
        recording: RecordingId(1),
        work: Some(1),
        artist: Some(home.store.find_artist("Low").unwrap()[0].0),
        title: "Monkey".to_owned(),
        length: Some(Duration::from_secs(259)),
        release: Some(1),
        year: Some(2005),
    };
    let live = Facts {
        recording: RecordingId(2),
        title: "Monkey (Live)".to_owned(),
        length: None,
        release: None,
        year: None,
        ..monkey.clone()
    };
    assert_eq!(home.store.facts().unwrap(), [monkey, live]);
    let rows = vec![(RecordingId(1), 0, 1.0), (RecordingId(1), 1, 2.0)];
    assert_eq!(home.store.tags().unwrap(), Tagged { names: names(), rows });
}

#[test]
fn various_artists_have_neither_works_nor_an_artist_in_common() {
    let mut home = Home::new();
    let intro =
        |mbid: &str| Credit { mbid: Some(mbid.to_owned()), ..credit("Various Artists", "Intro") };
    home.import("a", &[play("ada", intro("a"), 0), play("ada", intro("b"), 500)]);
    let kin = home.store.facts().unwrap().into_iter().map(|facts| (facts.work, facts.artist));
    assert_eq!(kin.collect::<Vec<_>>(), [(None, None), (None, None)]);
}

#[test]
fn what_is_not_known_has_something_that_stands_in_for_it_and_is_told_apart() {
    let home = home();
    home.store.replace_imputed(&imputed(2), &names()).unwrap();
    let live = home.store.recording(RecordingId(2)).unwrap().unwrap();
    assert_eq!((live.entry.length, live.entry.released, live.release), (None, None, None));
    assert_eq!((live.entry.credit.release.as_deref(), live.entry.tags.len()), (None, 0));
    let expected = Stands {
        length: Some(Duration::from_millis(259_001)),
        release: Some(("The Great Destroyer".to_owned(), Some(1))),
        year: Some(2005),
        tags: vec![tag("slowcore", 1.0), tag("indie", 0.5)],
    };
    assert_eq!(live.imputed, expected);
    assert_eq!((live.tags(), live.likely_release()), (expected.tags.as_slice(), Some(1)));
    let one = ImputedTotals { other_versions: 1, same_artist: 0 };
    assert_eq!(home.store.imputed_totals().unwrap(), [one; 4]);
    // Written as a whole: what is not imputed any more is gone.
    home.store.replace_imputed(&imputed(2)[2..3], &names()).unwrap();
    assert_eq!(stands(&home, 2), Stands { year: Some(2005), ..Stands::default() });
    assert_eq!(totals(&home), [0, 0, 1, 0]);
}

#[test]
fn a_known_value_is_never_overruled_whenever_it_became_known() {
    let mut home = home();
    home.store.replace_imputed(&[imputed(1), imputed(2)].concat(), &names()).unwrap();
    assert_eq!((stands(&home, 1), totals(&home)), (Stands::default(), [1; 4]));
    let entry = CatalogueEntry {
        length: Some(Duration::from_secs(300)),
        tags: vec![tag("live", 1.0)],
        ..CatalogueEntry { credit: credit("Low", "Monkey (Live)"), ..CatalogueEntry::default() }
    };
    home.import("b", &[catalogue(entry)]);
    let live = home.store.recording(RecordingId(2)).unwrap().unwrap();
    assert_eq!((live.imputed.length, live.imputed.year), (None, Some(2005)));
    assert_eq!((live.tags(), totals(&home)), ([tag("live", 1.0)].as_slice(), [0, 1, 1, 0]));
}

#[test]
fn what_may_rest_on_what_is_taken_back_goes_at_once() {
    let mut home = home();
    let import = home.import("b", &[play("bob", credit("Low", "Monkey"), 900)]).unwrap().id;
    home.store.replace_imputed(&imputed(2), &names()).unwrap();
    home.store.delete(home.listener("bob")).unwrap();
    assert_eq!(totals(&home), [0, 1, 1, 1]);
    home.store.undo_import(import, at(9)).unwrap();
    assert_eq!(totals(&home), [0, 1, 1, 0]);
}

#[test]
fn of_a_recording_that_became_another_the_release_is_found_and_the_rest_is_gone() {
    let mut home = home();
    let isrc = |credit: Credit| Credit { isrc: Some("USSUB0400001".to_owned()), ..credit };
    let demo = Credit { release: Some("Demos".to_owned()), ..isrc(credit("Low", "Monkey (Demo)")) };
    home.import("b", &[play("ada", demo, 0), play("ada", credit("Low", "Murderer"), 900)]);
    let release = Imputed { guess: Guess::ReleaseOf(RecordingId(3)), ..imputed(4)[1] };
    home.store.replace_imputed(&[imputed(3), vec![release]].concat(), &names()).unwrap();
    // The live version has the code of the demo, so they are one, under the lower id.
    home.import("c", &[play("ada", isrc(credit("Low", "Monkey (Live)")), 1_800)]);
    assert_eq!(stands(&home, 2), Stands::default());
    assert_eq!(stands(&home, 4).release.unwrap().0, "Demos");
    assert_eq!(totals(&home), [0, 1, 0, 0]);
}
