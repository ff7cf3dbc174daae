//! What does a listener do who looks for something?
//!
//! Clicks through an artist's recordings, or away from what comes up, hears seconds of each, and may stay with the last.
//! Seconds teach nothing: what is new among it stays new.

use music::End;

use super::Player;
use super::choose::Setting;

/// Listens that are broken off, for each of an ordinary session.
const CLICKS: u32 = 2;
/// Share of what comes up that is broken off.
const BROKEN_OFF: f32 = 0.93;

impl Player<'_> {
    pub(super) fn is_hunting(&mut self) -> bool {
        // No throw where nobody hunts, so that such worlds stay as they were.
        let share = self.scene.params.hunting;
        share > 0.0 && self.dice.chance(share)
    }

    pub(super) fn hunt(&mut self, setting: Setting, n_listens: u32) {
        let album = if self.dice.chance(0.5) { self.album() } else { Vec::new() };
        for i in 0..n_listens * CLICKS {
            let comes_up = match album.get(i as usize) {
                Some(recording) => Some(*recording),
                None => self.favorite(setting).map(|known| known.recording),
            };
            let Some(recording) = comes_up.filter(|r| self.has_time_for(*r)) else { continue };
            let known = self.memory.find(recording);
            match known {
                Some(known) if !self.dice.chance(BROKEN_OFF) => self.replay(known, false),
                _ => self.click_away(recording),
            }
        }
        if self.dice.chance(0.5)
            && let Some(known) = self.favorite(setting)
        {
            self.replay(known, false);
        }
    }

    fn click_away(&mut self, recording: u32) {
        let end = if self.dice.chance(0.5) { End::Skipped } else { End::MovedOn };
        let played_ms = self.dice.throw(1500, 12_000);
        self.emit(recording, played_ms, end);
    }

    /// What the artist of something known has out, in order.
    fn album(&mut self) -> Vec<u32> {
        let Some(row) = self.dice.pick_by_sums(&self.pulls) else { return Vec::new() };
        let artist = self.scene.catalogue.artist_of(self.memory.known(row).recording);
        artist.recordings.clone().filter(|recording| self.scene.is_out(*recording)).collect()
    }
}
