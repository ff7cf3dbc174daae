//! What would a survey of accounts see of a simulated world?
//!
//! Histories as the store hands them over, without a store between.

use std::collections::BTreeMap;

use music::{Event, History, ImportId, ListenerId, Logged, RecordingId};
use world::{AccountKind, Params, World};

use crate::chance::Chance;
use crate::oddities::Oddity;

/// How much a log says of each play.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// How long it played and how it ended, and opinions.
    Ends,
    /// When it began, and no opinions: the least that a scrobbler keeps.
    Starts,
}

/// One account of a world, and who holds it.
#[derive(Clone, Debug)]
pub struct Simulated {
    /// Its row, as an id.
    pub listener: ListenerId,
    /// Who holds it.
    pub kind: AccountKind,
    /// What is odd about its holder, if anything.
    pub oddity: Option<Oddity>,
    /// What its log says.
    pub history: History,
}

/// The accounts of a world, and the recording that is attacked.
#[derive(Clone, Debug)]
pub struct Crowd {
    /// By row.
    pub accounts: Vec<Simulated>,
    /// What is attacked, where anything is.
    pub target: Option<RecordingId>,
}

/// Plays all weeks of a world; one listener in three joins later, and one honest listener in `odd_every` has an oddity.
///
/// # Panics
/// When the world plays what is not in its own catalogue.
#[must_use]
pub fn simulate(params: &Params, odd_every: usize) -> Crowd {
    let mut world = World::new(params);
    let names = world.listener_names();
    let rows: BTreeMap<&str, usize> =
        names.iter().enumerate().map(|(row, name)| (name.as_str(), row)).collect();
    let mut listens: Vec<Vec<Logged>> = vec![Vec::new(); names.len()];
    for week in 0..params.weeks {
        for listen in world.play_week(week, &[]) {
            let uri = listen.recording.spotify.as_deref().unwrap_or_default();
            let recording = world.recording_of(uri).expect("a world knows its recordings");
            let name = listen.listener.as_deref().unwrap_or_default();
            let recording = RecordingId(recording as u64);
            // Few exports say how long a recording is.
            let event = Event { length: None, ..listen.event };
            listens[rows[name]].push(Logged { recording, import: ImportId(1), event });
        }
    }
    let mut accounts = Vec::with_capacity(names.len());
    for (row, mut listens) in listens.into_iter().enumerate() {
        listens.sort_by_key(|logged| (logged.recording, logged.event.at));
        let mut history = History { listens, counts: Vec::new() };
        let kind = world.account_kind(row);
        let is_odd = kind == AccountKind::Honest && row % odd_every == odd_every - 1;
        let oddity = Oddity::ALL[row / odd_every % Oddity::ALL.len()];
        let oddity = Some(oddity).filter(|_| is_odd);
        let seed = params.seed ^ row as u64;
        if row % 3 == 1 && row < params.listeners {
            join_later(&mut history, seed);
        }
        if let Some(oddity) = oddity {
            oddity.befall(&mut history, seed);
        }
        accounts.push(Simulated { listener: ListenerId(row as u64), kind, oddity, history });
    }
    Crowd { accounts, target: world.attack_target().map(|row| RecordingId(row as u64)) }
}

impl Crowd {
    /// The same by a log that says less.
    pub fn tell(&mut self, detail: Detail) {
        if detail == Detail::Ends {
            return;
        }
        for account in &mut self.accounts {
            account.history.listens.retain(|logged| logged.event.kind.is_listen());
            for logged in &mut account.history.listens {
                logged.event = Event::new(logged.event.kind.clone(), logged.event.at);
            }
        }
    }
}

/// Drops what was before a moment that lies anywhere in the history.
fn join_later(history: &mut History, seed: u64) {
    let moments = history.listens.iter().map(|logged| logged.event.at);
    let (Some(first), Some(last)) = (moments.clone().min(), moments.max()) else { return };
    let share = Chance::new(seed, u64::MAX).unit();
    let joined = first + last.duration_since(first).mul_f64(share);
    history.listens.retain(|logged| logged.event.at >= joined);
}
