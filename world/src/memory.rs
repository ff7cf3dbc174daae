//! What does a listener remember having heard?

use crate::dice::{Dice, row, running_sums};
use crate::truth::Judgement;

/// How strongly the newly found is replayed, by weeks since it was found; from then on it is 1.
const NEWLY_FOUND: [f32; 6] = [2.5, 2.5, 2.0, 2.0, 1.5, 1.5];

/// One recording a listener has heard.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    pub(crate) recording: u32,
    /// How much it asks to be replayed, apart from how new it is.
    pub(crate) pull: f32,
    /// Week in which it was first heard.
    pub(crate) since: u16,
    pub(crate) side: u8,
    pub(crate) is_loved: bool,
    /// A December song, which no other month replays.
    pub(crate) is_december: bool,
}

/// Everything one listener has heard, in the order in which it was first heard.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory {
    known: Vec<Known>,
    /// Recording and row of `known`, by recording.
    by_recording: Vec<(u32, u32)>,
    n_loved: usize,
}

impl Memory {
    /// By recording, ascending.
    pub(crate) fn recordings(&self) -> impl Iterator<Item = u32> {
        self.by_recording.iter().map(|(recording, _)| *recording)
    }

    pub(crate) fn n_loved(&self) -> usize {
        self.n_loved
    }

    pub(crate) fn known(&self, row: usize) -> Known {
        self.known[row]
    }

    pub(crate) fn find(&self, recording: u32) -> Option<Known> {
        let at =
            self.by_recording.binary_search_by_key(&recording, |(recording, _)| *recording).ok()?;
        Some(self.known[self.by_recording[at].1 as usize])
    }

    /// Takes in what was heard for the first time, and says whether it was; heard again, it stays as it was.
    pub(crate) fn add(&mut self, known: Known) -> bool {
        let Err(at) =
            self.by_recording.binary_search_by_key(&known.recording, |(recording, _)| *recording)
        else {
            return false;
        };
        self.by_recording.insert(at, (known.recording, row(self.known.len())));
        self.known.push(known);
        self.n_loved += usize::from(known.is_loved);
        true
    }

    /// Running sums of how much each known recording asks to be replayed in a week, by row.
    pub(crate) fn pulls_in(&self, week: u16, is_december: bool) -> Vec<f32> {
        running_sums(self.known.iter().map(|known| known.pull_in(week, is_december)))
    }
}

impl Known {
    /// How much a recording asks to be replayed by a listener who makes that of it.
    ///
    /// Replays of one listener are log-normal over recordings; the unloved come back by chance, more so what is nearly loved.
    pub(crate) fn draw_pull(judgement: Judgement, dice: &mut Dice) -> f32 {
        let liking =
            if judgement.affinity > 0.0 { 1.0 } else { 0.1 * (2.0 * judgement.affinity).exp() };
        dice.log_normal(liking, 0.7)
    }

    pub(crate) fn pull_in(&self, week: u16, is_december: bool) -> f32 {
        if self.is_december && !is_december {
            return 0.0;
        }
        let age_weeks = usize::from(week.saturating_sub(self.since));
        self.pull * NEWLY_FOUND.get(age_weeks).copied().unwrap_or(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Known, Memory};

    fn known(recording: u32, pull: f32, since: u16, is_december: bool) -> Known {
        Known { recording, pull, since, side: 0, is_loved: true, is_december }
    }

    #[test]
    fn what_is_heard_twice_is_remembered_once_and_listed_by_recording() {
        let mut memory = Memory::default();
        assert!(memory.add(known(9, 1.0, 0, false)));
        assert!(memory.add(known(4, 1.0, 0, false)));
        assert!(!memory.add(known(9, 5.0, 3, false)));
        assert_eq!(memory.recordings().collect::<Vec<_>>(), [4, 9]);
        assert_eq!(memory.n_loved(), 2);
        assert_eq!(memory.find(9).unwrap().since, 0);
        assert!(memory.find(5).is_none());
    }

    #[test]
    fn the_newly_found_pulls_more_and_december_songs_only_in_december() {
        let mut memory = Memory::default();
        memory.add(known(1, 1.0, 0, false));
        memory.add(known(2, 2.0, 20, false));
        memory.add(known(3, 4.0, 0, true));
        // 1, then 2 · 2.5, then 4 or nothing.
        assert_eq!(memory.pulls_in(20, true), [1.0, 6.0, 10.0]);
        assert_eq!(memory.pulls_in(20, false), [1.0, 6.0, 6.0]);
    }

    #[test]
    fn a_pair_takes_two_dozen_bytes() {
        // 20,000 listeners with 300 pairs each are then 144 MB.
        assert!(size_of::<Known>() + size_of::<(u32, u32)>() <= 24);
    }
}
