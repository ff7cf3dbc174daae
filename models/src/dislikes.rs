//! What does a disliked recording take from those like it?
//!
//! Nothing by default; a model that scores by a sum over a history takes it into the sum with the other sign.

use crate::Heard;
use crate::spec::field::{Field, Search, Slot};

/// The parameter `dislike_weight` of every such model.
pub(crate) fn field(slot: &mut f32) -> Field<'_> {
    Field {
        name: "dislike_weight",
        meaning: "share of what a liked recording gives to those like it that a disliked one takes away",
        slot: Slot::Number(slot, 0.0..=100.0),
        search: Search::Never,
    }
}

impl Heard {
    /// What the pair adds to a sum in which a liked one counts so much, and a disliked one takes away `dislike_weight`
    /// times as much.
    pub(crate) fn signed(self, count: f32, dislike_weight: f32) -> f32 {
        // Of 0 nothing is taken away, so that it stays 0 and not −0.
        if self.is_liked { count } else { 0.0 - dislike_weight * count }
    }
}
