//! What came of reading a source?

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use music::ItemKind;

use crate::Format;

/// Counts of one source, for the summary at the end.
///
/// `read` is the sum of `entries`, `not_music`, `private` and all of `rejected`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Rows, elements and playlist lines met; a file that cannot be read at all counts as one.
    pub read: u64,
    /// Entries handed over.
    pub entries: u64,
    /// Podcasts, audiobooks and videos.
    pub not_music: u64,
    /// Plays in a private session: left out, not even rejected.
    pub private: u64,
    /// Rejects by [`crate::RejectReason::name`].
    pub rejected: BTreeMap<&'static str, u64>,
    /// The earliest moment handed over.
    pub first: Option<Timestamp>,
    /// The latest moment handed over.
    pub last: Option<Timestamp>,
    /// What stands as an item.
    pub items: ItemKind,
    /// Formats met.
    pub formats: BTreeSet<Format>,
    /// Files of no known format, by name.
    pub skipped_files: Vec<String>,
}
