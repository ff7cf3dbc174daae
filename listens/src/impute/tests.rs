//! Does what is imputed follow from what is known, and leave that alone?

use std::time::Duration;

use music::{ArtistId, Basis, Facts, Guess, Imputed, RecordingId, Tagged};

use super::{Impute, impute};

const VERSIONS: fn(u32) -> Basis = |n| Basis::OtherVersions { n };
const ARTIST: fn(u32) -> Basis = |n| Basis::SameArtist { n };

/// Recording `id` of a work by artist 1.
fn of(id: u64, work: u64) -> Facts {
    Facts {
        recording: RecordingId(id),
        work: Some(work),
        artist: Some(ArtistId(1)),
        title: format!("Song {work}"),
        length: None,
        release: None,
        year: None,
    }
}

fn lasts(secs: u64, of: Facts) -> Facts {
    Facts { length: Some(Duration::from_secs(secs)), ..of }
}

fn from_year(year: i16, of: Facts) -> Facts {
    Facts { year: Some(year), ..of }
}

fn released(title: &str, release: Option<u64>, of: &Facts) -> Facts {
    Facts { title: title.to_owned(), release, ..of.clone() }
}

/// What is imputed when only this is wanted.
fn imputed(facts: &[Facts], wanted: Impute) -> Vec<(u64, Guess, Basis)> {
    let row = |Imputed { recording, guess, basis }: Imputed| (recording.0, guess, basis);
    impute(facts, &Tagged::default(), wanted).into_iter().map(row).collect()
}

const LENGTH: Impute = Impute { length: true, ..Impute::NOTHING };
const YEAR: Impute = Impute { year: true, ..Impute::NOTHING };
const RELEASE: Impute = Impute { release: true, ..Impute::NOTHING };
const TAGS: Impute = Impute { tags: true, ..Impute::NOTHING };

fn secs(secs: u64) -> Guess {
    Guess::Length(Duration::from_secs(secs))
}

#[test]
fn a_length_is_the_median_of_the_other_versions() {
    let facts = [of(1, 1), lasts(300, of(2, 1)), lasts(100, of(3, 1)), lasts(200, of(4, 1))];
    assert_eq!(imputed(&facts, LENGTH), [(1, secs(200), VERSIONS(3))]);
    // Of two middles the lower.
    assert_eq!(imputed(&facts[..3], LENGTH), [(1, secs(100), VERSIONS(2))]);
}

#[test]
fn without_versions_a_length_is_the_median_of_five_or_more_of_the_artist() {
    let mut facts: Vec<_> = (1..=5).map(|n| lasts(100 * n, of(n, n))).collect();
    facts.extend([of(6, 6), of(7, 1)]);
    // Recording 7 is a version of recording 1, which alone tells it.
    assert_eq!(imputed(&facts, LENGTH), [(6, secs(300), ARTIST(5)), (7, secs(100), VERSIONS(1))]);
    assert_eq!(imputed(&facts[1..6], LENGTH), []);
}

#[test]
fn a_year_is_the_earliest_of_the_versions_else_the_median_of_the_artist() {
    let facts = [of(1, 1), from_year(1999, of(2, 1)), from_year(1975, of(3, 1))];
    assert_eq!(imputed(&facts, YEAR), [(1, Guess::Year(1975), VERSIONS(2))]);

    let mut facts: Vec<_> = (1..)
        .zip([1970, 1971, 1990, 1972, 1999])
        .map(|(n, year)| from_year(year, of(n, n)))
        .collect();
    facts.push(of(6, 6));
    assert_eq!(imputed(&facts, YEAR), [(6, Guess::Year(1972), ARTIST(5))]);
}

#[test]
fn a_release_is_that_of_most_versions_of_the_same_title() {
    let song = |id, release| released("Song", release, &of(id, 1));
    let live = released("Song (Live)", Some(9), &of(2, 1));
    let of_2 = |n| (1, Guess::ReleaseOf(RecordingId(n)), VERSIONS(3));
    let most = [song(1, None), live.clone(), song(3, Some(7)), song(4, Some(8)), song(5, Some(8))];
    assert_eq!(imputed(&most, RELEASE), [of_2(4)]);
    // Where as many tell either, the smaller id decides.
    let tied = [song(1, None), live.clone(), song(3, Some(8)), song(4, Some(7))];
    assert_eq!(imputed(&tied, RELEASE), [(1, Guess::ReleaseOf(RecordingId(3)), VERSIONS(2))]);
    // Neither a live version tells it nor another song of the artist.
    let other = released("Other", Some(3), &of(6, 2));
    assert_eq!(imputed(&[song(1, None), live, other], RELEASE), []);
}

/// Tags by recording, each of weight 1 unless said.
fn tagged(names: &[&str], rows: &[(u64, u32, f32)]) -> Tagged {
    let names = names.iter().map(|name| (*name).to_owned()).collect();
    Tagged { names, rows: rows.iter().map(|&(id, tag, w)| (RecordingId(id), tag, w)).collect() }
}

fn tags(facts: &[Facts], tags: &Tagged) -> Vec<(u64, u32, f32, Basis)> {
    let row = |Imputed { recording, guess, basis }: Imputed| match guess {
        Guess::Tag(tag, weight) => (recording.0, tag, weight, basis),
        other => panic!("a tag expected, got {other:?}"),
    };
    impute(facts, tags, TAGS).into_iter().map(row).collect()
}

#[test]
fn tags_are_those_of_the_versions_at_half_their_mean_weight() {
    let facts = [of(1, 1), of(2, 1), of(3, 1), of(4, 4)];
    let told = tagged(&["folk", "pop"], &[(2, 0, 1.0), (2, 1, 4.0), (3, 1, 2.0)]);
    // folk: ½·(1 + 0)/2; pop: ½·(4 + 2)/2. Recording 4 has no version, and two of an artist are too few.
    let expected = [(1, 0, 0.25, VERSIONS(2)), (1, 1, 1.5, VERSIONS(2))];
    assert_eq!(tags(&facts, &told), expected);
}

#[test]
fn tags_of_the_artist_are_those_that_half_and_three_at_least_carry() {
    let facts: Vec<_> = (1..=8).map(|n| of(n, n)).collect();
    let on = |tag: u32, ids: std::ops::Range<u64>| ids.map(move |id| (id, tag, 1.0));
    // Of seven tagged recordings four are folk, three pop: 3 is less than half of 7.
    let mut rows: Vec<_> = on(0, 1..5).chain(on(1, 5..8)).collect();
    let told = tagged(&["folk", "pop"], &rows);
    #[expect(clippy::cast_possible_truncation, reason = "the weights of tags are f32")]
    let weight = (0.5 * 4.0 / 7.0_f64) as f32;
    assert_eq!(tags(&facts, &told), [(8, 0, weight, ARTIST(7))]);
    // Two of two are all, and still too few.
    rows.truncate(2);
    assert_eq!(tags(&facts, &tagged(&["folk"], &rows)), []);
}

#[test]
fn a_known_value_is_never_overruled() {
    let known = |id| {
        let all = lasts(100 * id, from_year(1970 + i16::try_from(id).unwrap(), of(id, 1)));
        released("Song", Some(id), &all)
    };
    let facts: Vec<_> = (1..=6).map(known).collect();
    let told = tagged(&["folk", "pop"], &[1, 2, 3, 4, 5, 6].map(|id| (id, u32::from(id > 3), 1.0)));
    assert_eq!(impute(&facts, &told, Impute::default()), []);
}

#[test]
fn nobody_in_particular_tells_nothing() {
    let nobody = |facts: Facts| Facts { work: None, artist: None, ..facts };
    let mut facts: Vec<_> =
        (1..=9).map(|n| nobody(from_year(1990, lasts(100, of(n, 1))))).collect();
    facts.push(nobody(of(10, 1)));
    let told = tagged(&["folk"], &[1, 2, 3, 4].map(|id| (id, 0, 1.0)));
    assert_eq!(impute(&facts, &told, Impute::default()), []);
}

#[test]
fn what_is_not_wanted_is_not_imputed() {
    let facts = [of(1, 1), released("Song 1", Some(2), &from_year(1990, lasts(100, of(2, 1))))];
    let told = tagged(&["folk"], &[(2, 0, 1.0)]);
    assert_eq!(impute(&facts, &told, Impute::NOTHING), []);
    let kinds =
        |wanted| impute(&facts, &told, wanted).iter().map(|it| it.guess.fact()).collect::<Vec<_>>();
    assert_eq!(kinds(Impute::default()), music::Fact::ALL);
    assert_eq!(kinds(Impute { year: false, ..Impute::default() }).len(), 3);
}

/// Ninety seconds say little of a recording of unknown length; of an interlude of a hundred they are nearly all.
#[test]
fn a_short_recording_that_was_heard_out_counts_though_only_its_version_has_a_length() {
    use crate::{Evidence, Lengths, Past, weigh};
    use jiff::Timestamp;
    use music::{End, Event, History, ImportId, Interaction, Logged};

    let facts = [of(1, 1), lasts(100, of(2, 1))];
    let play = Event::new(Interaction::Play, Timestamp::UNIX_EPOCH);
    let event = Event { played: Some(Duration::from_secs(90)), end: Some(End::Stopped), ..play };
    let logged = Logged { recording: RecordingId(1), import: ImportId(1), event };
    let history = History { listens: vec![logged], counts: vec![] };
    let worth =
        |lengths: &Lengths| weigh(&Past::of(&history), lengths, &Evidence::default())[0].evidence;
    let said: Lengths = facts.iter().filter_map(|it| Some((it.recording, it.length?))).collect();
    let told = impute(&facts, &Tagged::default(), LENGTH).into_iter().map(|it| match it.guess {
        Guess::Length(length) => (it.recording, length),
        other => panic!("a length expected, got {other:?}"),
    });
    // A partial play is worth 0.3, a completed one 1.
    assert_eq!(worth(&said), 0.3);
    assert_eq!(worth(&said.clone().with_imputed(told)), 1.0);
}
