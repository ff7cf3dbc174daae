//! What would a catalogue say of a recording?
//!
//! Tags are how people put it: the genre mostly right, the mood often missing or wrong.

use music::{CatalogueEntry, Tag};

use super::Catalogue;
use crate::attributes::{GENRES, LULLABY, Mood, SCENES, Voice};
use crate::dice::{Dice, Purpose};

pub(super) fn entry(catalogue: &Catalogue, recording: u32) -> CatalogueEntry {
    let facts = catalogue.recording(recording);
    let is_described = catalogue.is_described(recording);
    CatalogueEntry {
        credit: catalogue.credit(recording),
        length: catalogue.said_length(recording),
        released: is_described.then_some(catalogue.release_of(recording).released),
        tags: if is_described { tags(catalogue, recording) } else { Vec::new() },
        tempo: Some(facts.bpm.into()),
        ..CatalogueEntry::default()
    }
}

fn tags(catalogue: &Catalogue, recording: u32) -> Vec<Tag> {
    // Rows of artists' dice lie in week 0, those of tags in week 1.
    let mut dice = Dice::new(catalogue.seed, Purpose::Artist, recording as usize, 1);
    let facts = catalogue.recording(recording);
    let release = catalogue.release_of(recording);
    let mut tags: Vec<Tag> = Vec::new();
    let mut add = |name: &str, dice: &mut Dice| {
        if tags.iter().all(|tag| tag.name != name) {
            tags.push(Tag {
                name: name.to_owned(),
                weight: (dice.between(0.3, 1.0) * 100.0).round() / 100.0,
            });
        }
    };
    if dice.chance(0.85) {
        add(GENRES[facts.genre as usize].name, &mut dice);
    }
    if dice.chance(0.08) {
        let other = dice.below(LULLABY.into());
        add(GENRES[other as usize].name, &mut dice);
    }
    if dice.chance(0.5) {
        add(facts.mood.tag(), &mut dice);
    }
    if dice.chance(0.08) {
        add(dice.pick(&Mood::ALL).tag(), &mut dice);
    }
    if dice.chance(0.25) {
        add(SCENES[catalogue.artist_of(recording).scene as usize], &mut dice);
    }
    if dice.chance(0.3) {
        add(&format!("{}s", release.released.year() / 10 * 10), &mut dice);
    }
    if facts.voice == Voice::Nobody && dice.chance(0.4) {
        add("instrumental", &mut dice);
    }
    if release.is_december && dice.chance(0.9) {
        add("christmas", &mut dice);
    }
    tags
}

const _: () = assert!(GENRES.len() == LULLABY as usize + 1, "the lullaby is the last genre");
