//! What could have stood in an exploration slot, and how probably?

use crate::RecordingId;

/// A line whose recording was drawn, with all that it was drawn from.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// Its line, from 1.
    pub position: u32,
    /// The policy that drew.
    pub policy: String,
    /// All that could have been drawn, the one shown included, in the order of the draw.
    pub candidates: Vec<SlotCandidate>,
}

/// A recording that could have stood in a slot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SlotCandidate {
    /// The recording.
    pub recording: RecordingId,
    /// The probability that it stands there after all stages; from 0 to 1.
    pub probability: f32,
    /// The standard error of that probability; 0 where it was computed.
    pub error: f32,
}
