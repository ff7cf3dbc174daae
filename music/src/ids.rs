//! By which outside names do things live for ever?
//!
//! An id is given once and never reused; two recordings found to be one keep both ids, one as an alias of the other.
//! A matrix row is another thing: see [`crate::Rows`].

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The text was not an id.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a number expected as {kind} id, got `{got}`")]
pub struct ParseIdError {
    /// Which kind of id was expected.
    pub kind: &'static str,
    /// What came.
    pub got: String,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                let number = text.parse().map_err(|_source: std::num::ParseIntError| ParseIdError {
                    kind: $kind,
                    got: text.to_owned(),
                })?;
                Ok(Self(number))
            }
        }
    };
}

id!(
    /// A recording, or an artist where artists stand as items.
    RecordingId, "recording"
);
id!(
    /// An artist.
    ArtistId, "artist"
);
id!(
    /// A listener; says nothing about the account name.
    ListenerId, "listener"
);
id!(
    /// One import of one source.
    ImportId, "import"
);
id!(
    /// One list ever shown to one listener.
    ListId, "list"
);
id!(
    /// One rule of what a listener leaves out.
    LeftOutId, "rule"
);
