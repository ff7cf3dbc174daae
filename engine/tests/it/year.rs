//! Over a year of weekly lists and weekly training, is any promise ever broken?

use std::collections::BTreeSet;

use engine::{Mode, Outcome, Snapshot, Whose};
use music::{Playlist, RecordingId, Week};
use store::BlockTarget;
use world::{Params, Tastes};

use crate::fixture::{Town, params, recordings, weekly_all, weekly_request};

/// One simulated year: lists on Monday, a week of listening that reacts to them, import, training.
fn no_promise_is_broken_in_a_year(tastes: Tastes, seed: u64) {
    let mut town = Town::new(Params { tastes, ..params(40, 2000, 52, seed) });
    // Fewer candidates than a person would get, so that a debug build has time for a year.
    town.folder.config.weekly.sources.taste_region = 150;
    let n_accounts = town.names.len();
    let mut shown: Vec<BTreeSet<RecordingId>> = vec![BTreeSet::new(); n_accounts];
    let mut n_lists = 0;
    for w in 0..52 {
        let week = town.params.first_week.plus(w);
        let mut lists = vec![Vec::new(); n_accounts];
        if w > 0 {
            let snapshot = town.train();
            for (listener, list) in lists_of(&mut town, &snapshot, week) {
                check_list(&town, listener, &recordings(&list), &mut shown[listener]);
                lists[listener] = recordings(&list)
                    .into_iter()
                    .map(|recording| town.in_world(recording))
                    .collect();
                n_lists += 1;
                let name = town.names[listener].clone();
                block_somebody(&mut town, &name, w, &list);
            }
        }
        let listens = town.world.play_week(usize::try_from(w).unwrap(), &lists);
        town.import_listens(&listens);
    }
    assert!(
        n_lists > 27 * 51,
        "seed {seed}: most listeners get a list in most weeks, got {n_lists}"
    );
}

/// Everybody's list who has one, by account.
fn lists_of(town: &mut Town, snapshot: &Snapshot, week: Week) -> Vec<(usize, Playlist)> {
    // Nothing of the others is in the log yet.
    let is_known = |listener: &usize| town.folder.listener(Some(&town.names[*listener])).is_ok();
    let listeners: Vec<usize> = (0..40).filter(is_known).collect();
    let request = |of: &usize| weekly_request(&town.folder, &town.names[*of], week, Mode::Keep);
    let requests: Vec<_> = listeners.iter().map(request).collect();
    let outcomes = weekly_all(&mut town.folder, snapshot, &requests, Whose::Everyone);
    let list = |(listener, outcome)| match outcome {
        Outcome::List(list) => Some((listener, *list)),
        Outcome::Nothing(_) | Outcome::NotDue { .. } => None,
    };
    listeners.into_iter().zip(outcomes).filter_map(list).collect()
}

fn check_list(
    town: &Town,
    listener: usize,
    list: &[RecordingId],
    shown: &mut BTreeSet<RecordingId>,
) {
    let name = &town.names[listener];
    let id = town.folder.listener(Some(name)).unwrap().id;
    let heard: BTreeSet<_> = town.world.heard(listener).collect();
    let blocked = town.folder.store.blocks(id, None).unwrap();
    for &recording in list {
        assert!(shown.insert(recording), "{name} gets {recording} a second time");
        assert!(
            !heard.contains(&town.in_world(recording)),
            "{name} gets {recording}, heard before"
        );
        let facts = town.folder.store.recording(recording).unwrap().unwrap();
        for block in &blocked {
            let is_blocked = match block {
                BlockTarget::Artist(artist) => facts.artists.iter().any(|(of, _)| of == artist),
                BlockTarget::Recording(of) => *of == recording,
                BlockTarget::Tag(tag) => facts.entry.tags.iter().any(|of| of.name == *tag),
            };
            assert!(!is_blocked, "{name} gets {recording}, blocked by {block:?}");
        }
    }
}

/// Some listeners block, some weeks, something of their list: its artist, a recording, a tag.
fn block_somebody(town: &mut Town, name: &str, w: i64, list: &Playlist) {
    let listener = town.folder.listener(Some(name)).unwrap().id;
    let draw = listener.0 * 7 + u64::try_from(w).unwrap() * 13;
    if !draw.is_multiple_of(29) {
        return;
    }
    let facts = town.folder.store.recording(list.tracks[0].recording).unwrap().unwrap();
    let target = match (draw % 3, facts.entry.tags.first()) {
        (0, _) | (_, None) => BlockTarget::Artist(facts.artists[0].0),
        (1, _) => BlockTarget::Recording(facts.id),
        (_, Some(tag)) => BlockTarget::Tag(tag.name.clone()),
    };
    town.folder.store.block(listener, &target, list.made_at).unwrap();
}

#[test]
fn in_a_year_nobody_gets_a_recording_twice_or_heard_or_blocked_seed_1() {
    no_promise_is_broken_in_a_year(Tastes::Vectors, 1);
}

#[test]
fn in_a_year_nobody_gets_a_recording_twice_or_heard_or_blocked_seed_2() {
    no_promise_is_broken_in_a_year(Tastes::Rules, 2);
}
