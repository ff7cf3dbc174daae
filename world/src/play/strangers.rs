//! What is played on an account, but not by a person of that name?

use music::End;

use super::{Player, week_as_stored};
use crate::dice::{Dice, Purpose};
use crate::memory::Known;

/// What a machine plays of each: a second more than what services count as played.
const MACHINE_SECS: u32 = 31;

impl Player<'_> {
    /// The same lullabies every night, in the same order, each to its end.
    pub(super) fn play_lullabies(&mut self, n_listens: u32) {
        let lullabies = self.scene.charts.lullabies();
        for i in 0..n_listens as usize {
            let Some(recording) = lullabies.get((self.listener + i) % lullabies.len().max(1))
            else {
                return;
            };
            if !self.has_time_for(*recording) {
                return;
            }
            self.emit(*recording, self.length_secs(*recording) * 1000, End::Finished);
            self.remember_without_pull(*recording);
        }
    }

    /// One recording, or one artist's from first to last, at a machine's rate.
    pub(super) fn play_as_machine(&mut self, n_listens: u32) {
        let targets = self.machine_targets();
        for i in 0..n_listens as usize {
            let Some(recording) = targets.get(i % targets.len().max(1)) else { return };
            if !self.has_time_for(*recording) {
                return;
            }
            self.emit(*recording, MACHINE_SECS * 1000, End::Skipped);
            self.remember_without_pull(*recording);
        }
    }

    /// The same in every week; every other machine lifts one recording, the rest all that an artist had out in week 0.
    fn machine_targets(&self) -> Vec<u32> {
        let catalogue = self.scene.catalogue;
        let artists = catalogue.artists();
        if artists.is_empty() {
            return Vec::new();
        }
        let mut dice = Dice::new(self.scene.params.seed, Purpose::Account, self.listener, 2);
        let is_old = |r: &u32| catalogue.release_of(*r).first_week == 0;
        let drawn = (0..100).map(|_| artists[dice.row_below(artists.len())].recordings.clone());
        let mut targets: Vec<u32> = drawn
            .map(|all| all.filter(is_old).collect())
            .find(|old: &Vec<u32>| !old.is_empty())
            .unwrap_or_default();
        if self.listener.is_multiple_of(2) {
            targets.truncate(1);
        }
        targets
    }

    pub(super) fn remember_without_pull(&mut self, recording: u32) {
        let since = week_as_stored(self.scene.week);
        self.remember(Known {
            recording,
            pull: 0.0,
            since,
            side: 0,
            is_loved: false,
            is_december: false,
        });
    }
}
