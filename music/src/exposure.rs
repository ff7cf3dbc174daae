//! How much attention does one artist or group get for its relevance, and what follows for the next lists?

use crate::ArtistId;

/// Who is to get attention in proportion to relevance.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExposureSubject {
    /// An artist.
    Artist(ArtistId),
    /// A group that an operator names.
    Group(String),
}

/// What one subject's lines cost in the lists of one week and snapshot.
#[derive(Clone, Debug, PartialEq)]
pub struct ExposurePrice {
    /// Whose lines.
    pub subject: ExposureSubject,
    /// Summed relevance.
    pub relevance: f64,
    /// Summed attention in the weeks before.
    pub attention_before: f64,
    /// What is taken from the score of each of its lines; negative where it is owed attention.
    pub price: f64,
}
