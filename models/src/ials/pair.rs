//! What does ALS need to know of a pair?

use crate::Heard;

/// A pair of a sparse matrix, as it is kept.
pub(super) trait Pair: Copy + Sync {
    /// What is believed of it.
    fn heard(self) -> Heard;
}

impl Pair for Heard {
    fn heard(self) -> Heard {
        self
    }
}

/// The confidence, negative where the item is not liked: all that ALS reads of a pair, in four bytes rather than twelve.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signed(f32);

impl Signed {
    pub(super) fn of(heard: &Heard) -> Self {
        Self(if heard.is_liked { heard.confidence } else { -heard.confidence })
    }
}

impl Pair for Signed {
    fn heard(self) -> Heard {
        Heard { confidence: self.0.abs(), age_days: 0.0, is_liked: self.0 > 0.0 }
    }
}
