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
mod memory;
mod names;
mod params;
mod play;
mod rules;
mod talk;
mod truth;
mod urn;
mod vectors;

use jiff::tz::TimeZone;
use music::{CatalogueEntry, Listen};

pub use crate::accounts::AccountKind;
pub use crate::attack::{Attack, AttackKind};
pub use crate::flaws::Flaws;
pub use crate::params::{Params, ParseTastesError, Tastes};

use crate::accounts::Accounts;
use crate::attack::Campaign;
use crate::catalogue::Catalogue;
use crate::charts::Charts;
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
        let talks = vec![Talk::default(); accounts.len()];
        let params = params.clone();
        Self { params, catalogue, truth, charts, accounts, campaign, memories, talks }
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
        let weeks_on = i64::try_from(week).expect("the week lies before the year 9999");
        let this_week = self.params.first_week.plus(weeks_on);
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
            talks.push(Player::new(&scene, listener, memory, &mut lines).play(list));
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
        self.truth.judge(&self.catalogue, listener, dice::row(recording)).affinity
    }

    /// Recordings that were played on an account so far, ascending; what an attacker slipped in, and what only the log says, is not heard by its holder.
    ///
    /// # Panics
    /// When there is no such account.
    pub fn heard(&self, listener: usize) -> impl Iterator<Item = usize> {
        self.memories[listener].recordings().map(|recording| recording as usize)
    }
}
