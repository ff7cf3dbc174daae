//! A log: what was heard, by whom, when, how often, and what of it can be believed?
//!
//! [`read`] streams the files that services and players hand out into [`music::Entry`], in memory that does not grow with the file.
//! What cannot be read is data too: each bad line is a [`Reject`] with its place and reason, and the rest of the file is kept.
//! Addresses, user agents and private plays never leave this room.

mod doubt;
mod error;
mod evidence;
mod format;
mod impute;
mod lengths;
mod named;
mod options;
mod read;
mod reject;
mod rhythm;
mod source;
mod survey;
mod tally;
#[cfg(test)]
mod testing;
mod timeline;
mod triples;
mod trust;
mod weigh;
mod write;

pub use doubt::Rule;
pub use error::Error;
pub use evidence::{Cleaning, Evidence, Form, Kind, Kinds, OwnKinds, Positives, Skips, Unusable};
pub use format::Format;
pub use impute::{Impute, impute};
pub use lengths::{LengthEstimates, Lengths};
pub use named::{Header, Named, read_named};
pub use options::{Column, ContextPolicy, Options};
pub use read::read;
pub use reject::{Reject, RejectReason};
pub use rhythm::{Cycle, rhythm};
pub use source::files;
pub use survey::{Survey, survey};
pub use tally::Tally;
pub use triples::{
    Attribute, Attributes, Ids, ItemLabels, Layout, Times, TripleOptions, TripleTally, Triples,
    read_attributes, read_item_labels, read_triples, time_range,
};
pub use trust::{Account, Feature, MOST_UNUSUAL, Pushed, Trait, Trust, TrustRules, TrustSurvey};
pub use weigh::{
    Contribution, Crowd, First, Past, Standing, Weighed, Weighing, by_month, confidences, counted,
    weigh, weigh_rows,
};
pub use write::{write_catalogue, write_feedback, write_lastfm_1k, write_spotify};
