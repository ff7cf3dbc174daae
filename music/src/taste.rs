//! Which regions does a listener's taste have?

use crate::RecordingId;

/// Whether a region is of what is loved or of what is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RegionKind {
    /// Loved.
    Taste,
    /// Disliked.
    Distaste,
}

/// One region of a listener's taste, as of one week.
#[derive(Clone, Debug, PartialEq)]
pub struct TasteRegion {
    /// Taste or distaste.
    pub kind: RegionKind,
    /// The same from week to week; one number for each region of a kind.
    pub number: u32,
    /// What people call it.
    pub name: String,
    /// The recording in its middle.
    pub medoid: RecordingId,
    /// Its part of the weight of all regions of its kind.
    pub share: f32,
    /// Mean similarity of its members to the medoid.
    pub tightness: f32,
    /// What belongs to it and how much that weighs; ascending by recording.
    pub members: Vec<(RecordingId, f32)>,
}

impl RegionKind {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Taste, Self::Distaste];

    /// The name in the store and in answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Taste => "taste",
            Self::Distaste => "distaste",
        }
    }
}
