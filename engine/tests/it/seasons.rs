//! Does what belongs to a season rise in its season?

use engine::{Maker, Mode, Snapshot};
use music::RecordingId;

use crate::fixture::{Town, params, weekly_request};

/// Weeks from the first one to the December of the next year.
const DECEMBER: usize = 81;

/// December songs that listeners would love and never heard.
fn asked(town: &Town, snapshot: &Snapshot) -> Vec<(String, RecordingId)> {
    let songs = snapshot.rows.ids().iter().map(|id| (*id, town.in_world(*id)));
    let songs: Vec<_> = songs.filter(|(_, song)| town.world.is_seasonal(*song)).collect();
    let known = (0..town.names.len())
        .filter(|listener| town.folder.listener(Some(&town.names[*listener])).is_ok());
    let mut asked = Vec::new();
    for listener in known {
        let heard: Vec<usize> = town.world.heard(listener).collect();
        let is_wanted =
            |song: &usize| !heard.contains(song) && town.world.loves_in(listener, *song, DECEMBER);
        let wanted = songs.iter().filter(|(_, song)| is_wanted(song));
        asked.extend(wanted.map(|(id, _)| (town.names[listener].clone(), *id)));
    }
    asked
}

/// The best score of each for the list of that December.
fn scores(
    town: &mut Town,
    snapshot: &Snapshot,
    asked: &[(String, RecordingId)],
    season: f32,
) -> Vec<f32> {
    town.folder.config.weekly.season = season;
    let week = town.params.first_week.plus(i64::try_from(DECEMBER).unwrap());
    let maker = Maker::of(&town.folder, snapshot).unwrap();
    let score = |(name, song): &(String, RecordingId)| {
        let request = weekly_request(&town.folder, name, week, Mode::DryRun);
        maker.derivation(&mut town.folder, &request, *song).unwrap().regions[0].score
    };
    asked.iter().map(score).collect()
}

#[test]
fn december_songs_rise_for_those_who_love_them_when_december_comes_round() {
    let mut town = Town::after_all_weeks(params(60, 2000, DECEMBER, 5));
    let snapshot = town.train();
    let asked = asked(&town, &snapshot);
    let [off, on] = [0.0, 1.0].map(|season| scores(&mut town, &snapshot, &asked, season));
    let n_raised = off.iter().zip(&on).filter(|(off, on)| on > off).count();
    let mean = |scores: &[f32]| scores.iter().sum::<f32>() / scores.len() as f32;
    let told = format!("{n_raised} of {}, {} to {}", asked.len(), mean(&off), mean(&on));
    assert!(asked.len() > 8 && mean(&on) > mean(&off), "{told}");
    assert!(n_raised * 4 >= asked.len() * 3, "{told}");
}
