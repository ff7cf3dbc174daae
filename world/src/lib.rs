//! A taste: what would its owner play next?
//!
//! A simulated world of listeners and music, for the demo and for tests that need to know the truth.
//! It is made from [`Params`] alone: no file, clock or entropy, and the same bytes for the same seed.
//! Only `exp` and `ln` are the platform's own; where theirs differ in the last bit, a rare throw may fall the other way.
//! Two kinds of world share catalogue, habits and accounts, and differ in what love is: see [`Tastes`].
//!
//! Popularity is a power law that hardly knows anybody's taste, so that popular things are mostly what people ran into.
//! What a listener has heard is a trace of exposure, selected by taste; what is loved is replayed, log-normally over recordings.

mod accounts;
mod attack;
mod attributes;
mod catalogue;
mod charts;
mod dice;
mod flaws;
mod habits;
mod keys;
mod loyalty;
mod memory;
mod names;
mod params;
mod play;
mod rules;
mod sound;
mod talk;
mod truth;
mod urn;
mod vectors;

use jiff::tz::TimeZone;
use music::{CatalogueEntry, Listen, Week};

pub use crate::accounts::AccountKind;
pub use crate::attack::{Attack, AttackKind};
pub use crate::flaws::Flaws;
pub use crate::params::{Params, ParseTastesError, Tastes};

use crate::accounts::Accounts;
use crate::attack::Campaign;
use crate::catalogue::Catalogue;
use crate::charts::Charts;
use crate::dice::{Dice, Purpose, row};
use crate::loyalty::Loyalty;
use crate::memory::Memory;
use crate::play::{Line, Player, Scene};
use crate::talk::Talk;
use crate::truth::Truth;

/// Listeners and music, and what happened so far.
///
/// Listeners and recordings go by row: 0 to the number of accounts, and 0 to the number of recordings.
#[derive(Clone, Debug)]
pub struct World {
    params: Params,
    catalogue: Catalogue,
    truth: Truth,
    charts: Charts,
    accounts: Accounts,
    campaign: Option<Campaign>,
    /// `[n_accounts]`
    memories: Vec<Memory>,
    /// `[n_accounts]`
    loyalties: Vec<Loyalty>,
    /// What everybody talked about in the week played last; `[n_accounts]`.
    talks: Vec<Talk>,
}

impl World {
    /// A world in which nobody has heard anything yet.
    ///
    /// O(n_recordings + n_listeners · 1000).
    ///
    /// # Panics
    /// When there are more than `u32::MAX` recordings, listeners or weeks.
    #[must_use]
    pub fn new(params: &Params) -> Self {
        let catalogue = Catalogue::new(params);
        let charts = Charts::new(&catalogue, params);
        let accounts = Accounts::new(params);
        let truth = Truth::new(&catalogue, &accounts, params);
        let campaign = Campaign::new(&catalogue, &truth, &accounts, params);
        let memories = vec![Memory::default(); accounts.len()];
        let loyalties = vec![Loyalty::default(); accounts.len()];
        let talks = vec![Talk::default(); accounts.len()];
        let params = params.clone();
        Self { params, catalogue, truth, charts, accounts, campaign, memories, loyalties, talks }
    }

    /// What a catalogue would say of each recording, by row; those to be released later included.
    #[must_use]
    pub fn catalogue(&self) -> Vec<CatalogueEntry> {
        self.catalogue.entries()
    }

    /// The recording of a Spotify URI, or of any address that ends in the same key.
    ///
    /// Every credit this world hands out carries such a URI.
    #[must_use]
    pub fn recording_of(&self, uri: &str) -> Option<usize> {
        self.catalogue.by_uri(uri)
    }

    /// Name of every account, by row: the listeners, then the bots, then those of an attack.
    #[must_use]
    pub fn listener_names(&self) -> Vec<String> {
        (0..self.accounts.len()).map(names::account_name).collect()
    }

    /// Who listens on an account.
    ///
    /// # Panics
    /// When there is no such account.
    #[must_use]
    pub fn account_kind(&self, listener: usize) -> AccountKind {
        self.accounts.account(listener).kind
    }

    /// The recording that [`Params::attack`] is about; none without an attack, or where there is nothing to attack.
    ///
    /// An obscure one of week 0 where it is lifted, one that many love where it is buried; the same whatever share attacks it.
    #[must_use]
    pub fn attack_target(&self) -> Option<usize> {
        self.campaign.as_ref().map(|campaign| campaign.target as usize)
    }

    /// Plays one week: everything that was listened to, liked and disliked, by listener and time.
    ///
    /// `shown` holds, by account, the list handed over for this week; accounts beyond its end got none.
    /// With [`Params::flaws`], a row may be dated elsewhere.
    /// Each week is played once, and one after the other; what is heard in one is known in the next.
    /// What is shown but not in the catalogue or not released yet is not played.
    pub fn play_week(&mut self, week: usize, shown: &[Vec<usize>]) -> Vec<Listen> {
        let mut listens = Vec::new();
        self.play_week_into(week, shown, &mut |listen| listens.push(listen));
        listens
    }

    /// The week of the calendar.
    ///
    /// # Panics
    /// When it lies beyond the year 9999.
    #[must_use]
    pub fn week(&self, week: usize) -> Week {
        let weeks_on = i64::try_from(week).expect("the week lies before the year 9999");
        self.params.first_week.plus(weeks_on)
    }

    /// [`World::play_week`], one listen at a time: for logs that are larger than memory.
    ///
    /// # Panics
    /// When the week lies beyond the year 9999.
    pub fn play_week_into(
        &mut self,
        week: usize,
        shown: &[Vec<usize>],
        sink: &mut dyn FnMut(Listen),
    ) {
        self.charts.turn_to(week, &self.catalogue);
        let this_week = self.week(week);
        let Params { seed, fickleness, .. } = self.params;
        let scene = Scene {
            params: &self.params,
            catalogue: &self.catalogue,
            truth: &self.truth,
            charts: &self.charts,
            accounts: &self.accounts,
            talks: &self.talks,
            campaign: self.campaign.as_ref(),
            week,
            start: this_week.start(&TimeZone::UTC),
            is_december: habits::is_december(this_week.monday()),
        };
        let mut talks = Vec::with_capacity(self.memories.len());
        for (listener, memory) in self.memories.iter_mut().enumerate() {
            let list = shown.get(listener).map_or(&[][..], Vec::as_slice);
            let mut lines = Vec::new();
            let loyalty = &mut self.loyalties[listener];
            talks.push(Player::new(&scene, listener, memory, loyalty, &mut lines).play(list));
            if !list.is_empty() {
                let dice = &mut Dice::new(seed, Purpose::Loyalty, listener, week);
                loyalty.may_leave(fickleness, dice);
            }
            if let Some(campaign) = &self.campaign {
                campaign.slip_into(&scene, listener, &mut lines);
            }
            self.params.flaws.spoil(&scene, listener, &mut lines);
            let name = names::account_name(listener);
            for Line { recording, event } in lines {
                let recording = self.catalogue.credit(recording);
                sink(Listen { listener: Some(name.clone()), recording, event });
            }
        }
        self.talks = talks;
    }

    /// The hidden truth: whether this listener would love this recording on hearing it.
    ///
    /// # Panics
    /// When there is no such recording.
    #[must_use]
    pub fn loves(&self, listener: usize, recording: usize) -> bool {
        self.affinity(listener, recording) > 0.0
    }

    /// How much this listener likes this recording: above 0 is love, more is more.
    ///
    /// Comparable among recordings of one listener only; the lowest there is for a bot, which likes nothing, unless it pretends to.
    ///
    /// # Panics
    /// When there is no such recording.
    #[must_use]
    pub fn affinity(&self, listener: usize, recording: usize) -> f32 {
        self.truth.judge(&self.catalogue, listener, row(recording)).affinity
    }

    /// Whether this listener would love this recording if it came up in that week: what is not out yet cannot, and a December song is loved in December alone.
    ///
    /// # Panics
    /// When there is no such recording.
    #[must_use]
    pub fn loves_in(&self, listener: usize, recording: usize, week: usize) -> bool {
        let release = self.catalogue.release_of(row(recording));
        usize::from(release.first_week) <= week
            && (!release.is_december || self.is_december(week))
            && self.loves(listener, recording)
    }

    /// Whether a recording is loved in some weeks of the year only: a December song.
    ///
    /// # Panics
    /// When there is no such recording.
    #[must_use]
    pub fn is_seasonal(&self, recording: usize) -> bool {
        self.catalogue.release_of(row(recording)).is_december
    }

    /// Whether a week is one in which December songs are played.
    ///
    /// # Panics
    /// When the week lies beyond the year 9999.
    #[must_use]
    pub fn is_december(&self, week: usize) -> bool {
        habits::is_december(self.week(week).monday())
    }

    /// How popular is what this listener loves: the mean share of the catalogue that is met less often, 0 for obscure things and 1 for hits; none where nothing is loved.
    ///
    /// The popularity is the hidden one, not what the log says. O(n_recordings · log n_recordings).
    #[must_use]
    pub fn loved_popularity(&self, listener: usize) -> Option<f64> {
        let mut by_exposure: Vec<usize> = (0..self.catalogue.len()).collect();
        let exposure = |r: usize| self.catalogue.recording(row(r)).exposure;
        by_exposure.sort_by(|a, b| exposure(*a).total_cmp(&exposure(*b)).then(a.cmp(b)));
        let loved = by_exposure.iter().enumerate().filter(|(_, r)| self.loves(listener, **r));
        let (n, ranks) = loved.fold((0, 0), |(n, ranks), (rank, _)| (n + 1, ranks + rank));
        (n > 0).then(|| ranks as f64 / f64::from(n) / self.catalogue.len() as f64)
    }

    /// How alike two recordings are in what decides love: 1 for alike in everything.
    ///
    /// The cosine of their styles, or where tastes are rules the share that agrees of genre, mood, tempo, voice, scene and decade.
    ///
    /// # Panics
    /// When there is no such recording.
    #[must_use]
    pub fn likeness(&self, recording: usize, other: usize) -> f32 {
        self.truth.likeness(&self.catalogue, row(recording), row(other))
    }

    /// What a machine makes of how a recording sounds: a view of what decides love, with noise whose root mean square length is `noise`.
    ///
    /// A style is some 1.2 long, and what is to be heard of attributes 1; the same whoever listens and whatever was played.
    ///
    /// # Panics
    /// When there is no such recording.
    #[must_use]
    pub fn sound(&self, recording: usize, noise: f32) -> Vec<f32> {
        let mut sound = self.truth.sound(&self.catalogue, row(recording), self.params.seed);
        sound::disturb(&mut sound, noise, recording, self.params.seed);
        sound
    }

    /// How many recordings there are or will be.
    #[must_use]
    pub fn n_recordings(&self) -> usize {
        self.catalogue.len()
    }

    /// Row of the artist, from 0 to [`World::n_artists`].
    ///
    /// # Panics
    /// When there is no such recording.
    #[must_use]
    pub fn artist(&self, recording: usize) -> usize {
        self.catalogue.recording(row(recording)).artist as usize
    }

    /// How many artists there are.
    #[must_use]
    pub fn n_artists(&self) -> usize {
        self.catalogue.artists().len()
    }

    /// Row of the genre, the one that the recording has and not what a tag says.
    ///
    /// # Panics
    /// When there is no such recording.
    #[must_use]
    pub fn genre(&self, recording: usize) -> usize {
        self.catalogue.recording(row(recording)).genre.into()
    }

    /// Whether a listener listens no more, see [`Params::fickleness`].
    ///
    /// # Panics
    /// When there is no such account.
    #[must_use]
    pub fn has_left(&self, listener: usize) -> bool {
        self.loyalties[listener].has_left
    }

    /// Recordings that were played on an account so far, ascending; what an attacker slipped in, and what only the log says, is not heard by its holder.
    ///
    /// # Panics
    /// When there is no such account.
    pub fn heard(&self, listener: usize) -> impl Iterator<Item = usize> {
        self.memories[listener].recordings().map(|recording| recording as usize)
    }
}
