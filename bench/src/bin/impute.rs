//! How far off is what is imputed from the artist?
//!
//! Measured: lengths and genres of a fifth of the recordings, withheld at random and imputed from the rest.
//! Corpus: the tables of MTG-Jamendo, 44,046 recordings with lengths, 43,615 of them with genres.
//! Excluded: what other versions tell, releases and years, as those tables have neither titles nor dates.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use bench::chance::Chance;
use clap::Parser;
use listens::{Impute, impute};
use music::{ArtistId, Facts, Guess, RecordingId, Tagged};

/// A play of so many seconds is completed whatever the length, as in the product's defaults.
const COMPLETED_SECS: f64 = 240.0;

const FILES: [&str; 4] =
    ["genre-train.tsv", "genre-validation.tsv", "instrument.tsv", "moodtheme.tsv"];

/// Withholds lengths and genres of real recordings and imputes them
#[derive(Debug, Parser)]
struct Arguments {
    /// Folder of the tables
    #[arg(long, default_value = "../../shared/data/jamendo")]
    data: PathBuf,
    /// One recording in so many is withheld
    #[arg(long, default_value_t = 5)]
    withheld_every: usize,
    /// Where all chance starts
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

struct Track {
    facts: Facts,
    genres: BTreeSet<String>,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if !arguments.data.join(FILES[0]).exists() {
        println!("no {} in {}: nothing to measure", FILES[0], arguments.data.display());
        return Ok(());
    }
    let tracks = read(&arguments)?;
    let mut chance = Chance::new(arguments.seed, 0);
    let withheld: Vec<bool> =
        tracks.iter().map(|_| chance.below(arguments.withheld_every) == 0).collect();
    lengths(&tracks, &withheld);
    genres(&tracks, &withheld);
    Ok(())
}

fn read(arguments: &Arguments) -> anyhow::Result<Vec<Track>> {
    let number = |text: &str| text.trim_start_matches(|c: char| !c.is_ascii_digit()).parse();
    let mut tracks = BTreeMap::new();
    for file in FILES {
        let text = fs_err::read_to_string(arguments.data.join(file))?;
        for line in text.lines().skip(1) {
            let mut cells = line.split('\t');
            let mut cell = || cells.next().ok_or_else(|| anyhow::anyhow!("{file}: `{line}`"));
            let (id, artist) = (number(cell()?)?, number(cell()?)?);
            let (_release, _path) = (cell()?, cell()?);
            let facts = Facts {
                recording: RecordingId(id),
                work: None,
                artist: Some(ArtistId(artist)),
                title: String::new(),
                length: Some(Duration::from_secs_f64(cell()?.parse()?)),
                release: None,
                year: None,
            };
            let track = tracks.entry(id).or_insert(Track { facts, genres: BTreeSet::new() });
            let genres = cells.filter_map(|tag| tag.strip_prefix("genre---"));
            track.genres.extend(genres.map(str::to_owned));
        }
    }
    Ok(tracks.into_values().collect())
}

fn lengths(tracks: &[Track], withheld: &[bool]) {
    let facts: Vec<Facts> = tracks.iter().map(|track| track.facts.clone()).collect();
    let mut shown = facts.clone();
    let mut all = Vec::new();
    for (facts, withheld) in shown.iter_mut().zip(withheld) {
        if *withheld { facts.length = None } else { all.extend(facts.length) }
    }
    all.sort_unstable();
    let middle = all[all.len() / 2].as_secs_f64();
    let wanted = Impute { length: true, ..Impute::NOTHING };
    let mut imputed = BTreeMap::new();
    for row in impute(&shown, &Tagged::default(), wanted) {
        if let Guess::Length(length) = row.guess {
            imputed.insert(row.recording, length.as_secs_f64());
        }
    }
    let (mut ours, mut of_all, mut misjudged) = (Vec::new(), Vec::new(), [0.0; 3]);
    for facts in facts.iter().filter(|facts| imputed.contains_key(&facts.recording)) {
        let truth = facts.length.unwrap_or_default().as_secs_f64();
        let guess = imputed[&facts.recording];
        ours.push((guess - truth).abs());
        of_all.push((middle - truth).abs());
        for (sum, guess) in misjudged.iter_mut().zip([guess, middle, f64::INFINITY]) {
            *sum += (completed_from(guess, truth) - completed_from(truth, truth)).abs() / truth;
        }
    }
    let n = ours.len() as f64;
    println!(
        "lengths: {} of {} withheld are imputed",
        ours.len(),
        withheld.iter().filter(|withheld| **withheld).count()
    );
    println!("| from | median error, s | three quarters within, s | plays misjudged |");
    println!("| --- | --- | --- | --- |");
    for (name, errors, misjudged) in
        [("the artist", &mut ours, misjudged[0]), ("all artists", &mut of_all, misjudged[1])]
    {
        errors.sort_unstable_by(f64::total_cmp);
        let at = |share: usize| errors[errors.len() * share / 4];
        println!("| {name} | {:.1} | {:.1} | {:.3} |", at(2), at(3), misjudged / n);
    }
    println!("| nobody | | | {:.3} |", misjudged[2] / n);
}

/// The seconds of a recording from which on a play counts as completed, given what is taken for its length.
fn completed_from(length: f64, truth: f64) -> f64 {
    (length / 2.0).min(COMPLETED_SECS).min(truth)
}

fn genres(tracks: &[Track], withheld: &[bool]) {
    let names: BTreeSet<String> = tracks.iter().flat_map(|track| track.genres.clone()).collect();
    let names: Vec<String> = names.into_iter().collect();
    let place = |name: &String| {
        let place = names.binary_search(name).expect("names were made of these");
        u32::try_from(place).expect("genres are few")
    };
    let facts: Vec<Facts> = tracks.iter().map(|track| track.facts.clone()).collect();
    let known = tracks.iter().zip(withheld).filter(|(_, withheld)| !**withheld);
    let rows = known.flat_map(|(track, _)| {
        track.genres.iter().map(|name| (track.facts.recording, place(name), 1.0))
    });
    let tagged = Tagged { rows: rows.collect(), names: names.clone() };
    let mut imputed: BTreeMap<RecordingId, BTreeSet<u32>> = BTreeMap::new();
    for row in impute(&facts, &tagged, Impute { tags: true, ..Impute::NOTHING }) {
        if let Guess::Tag(tag, _) = row.guess {
            imputed.entry(row.recording).or_default().insert(tag);
        }
    }
    let mut n_carriers = vec![0_usize; names.len()];
    tagged.rows.iter().for_each(|(_, tag, _)| n_carriers[*tag as usize] += 1);
    let most = (0_u32..).zip(&n_carriers).max_by_key(|(_, n)| **n).map(|(tag, _)| tag);
    let most: BTreeSet<u32> = most.into_iter().collect();

    let asked: Vec<&Track> = tracks
        .iter()
        .zip(withheld)
        .filter_map(|(track, withheld)| (*withheld && !track.genres.is_empty()).then_some(track))
        .collect();
    let told = |track: &Track| imputed.get(&track.facts.recording).cloned().unwrap_or_default();
    let n_told = asked.iter().filter(|track| !told(track).is_empty()).count();
    println!("\ngenres: {n_told} of {} withheld are imputed", asked.len());
    println!("| from | precision | recall |");
    println!("| --- | --- | --- |");
    let everybody: &dyn Fn(&Track) -> BTreeSet<u32> = &|_| most.clone();
    for (name, told) in [("the artist", &told as _), ("the most frequent", everybody)] {
        let (mut n_hits, mut n_told, mut n_true) = (0, 0, 0);
        for track in &asked {
            let truth: BTreeSet<u32> = track.genres.iter().map(place).collect();
            let told = told(track);
            n_hits += told.intersection(&truth).count();
            n_told += told.len();
            n_true += truth.len();
        }
        let share = |of: usize| n_hits as f64 / of as f64;
        println!("| {name} | {:.3} | {:.3} |", share(n_told), share(n_true));
    }
}
