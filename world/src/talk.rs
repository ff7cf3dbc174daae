//! What do friends talk about?

use crate::dice::{Dice, row};

/// What somebody newly found and kept replaying in a week: a few recordings that friends may hear of in the next.
#[derive(Clone, Debug, Default)]
pub(crate) struct Talk([Option<u32>; 4]);

impl Talk {
    /// Brings a recording up; what was said before may be forgotten over it.
    pub(crate) fn say(&mut self, recording: u32, dice: &mut Dice) {
        if !self.0.contains(&Some(recording)) {
            let slot = dice.below(row(self.0.len())) as usize;
            self.0[slot] = Some(recording);
        }
    }

    /// One thing that was said, if anything comes up.
    pub(crate) fn hear(&self, dice: &mut Dice) -> Option<u32> {
        dice.pick(&self.0)
    }
}
