//! What does a line of a log say?
//!
//! A [`Listen`] is what a log tells, before anybody decided which recording it is or what it means.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{CatalogueEntry, Credit};

/// What a listener did with a recording.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Interaction {
    /// Listened, for as long as [`Event::played`] says.
    Play,
    /// Skipped, as a source says that has no plays to tell it from.
    Skip,
    /// Said "I like this".
    Like,
    /// Said "I do not".
    Dislike,
    /// Took a like or dislike back.
    Unlike,
    /// Saved to the library.
    Save,
    /// Added to a playlist.
    PlaylistAdd,
    /// Shared with somebody.
    Share,
    /// Queued by hand.
    Queue,
    /// What an operator added by configuration.
    Named(Box<str>),
}

impl Interaction {
    /// The kinds every installation knows, in the order of their codes.
    pub const KNOWN: [Self; 9] = [
        Self::Play,
        Self::Skip,
        Self::Like,
        Self::Dislike,
        Self::Unlike,
        Self::Save,
        Self::PlaylistAdd,
        Self::Share,
        Self::Queue,
    ];

    /// The name in logs, in the configuration and in the store.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Play => "play",
            Self::Skip => "skip",
            Self::Like => "like",
            Self::Dislike => "dislike",
            Self::Unlike => "unlike",
            Self::Save => "save",
            Self::PlaylistAdd => "playlist-add",
            Self::Share => "share",
            Self::Queue => "queue",
            Self::Named(name) => name,
        }
    }

    /// The kind of that name; a name nobody knows becomes [`Interaction::Named`].
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        let known = Self::KNOWN.iter().find(|kind| kind.name() == name);
        known.cloned().unwrap_or_else(|| Self::Named(name.into()))
    }

    /// Whether somebody heard something: a play or a skip.
    #[must_use]
    pub fn is_listen(&self) -> bool {
        matches!(self, Self::Play | Self::Skip)
    }
}

/// How a play ended, as far as the source says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    /// The recording came to its end.
    Finished,
    /// The source itself calls it skipped.
    Skipped,
    /// The listener went on to something else: a button forward or back, another row clicked.
    MovedOn,
    /// Stopped for another reason: logged out, power off, an error.
    Stopped,
}

/// A coarse class of device, kept only with `--keep-context`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Device {
    /// Phone or tablet.
    Mobile,
    /// Desktop, laptop or browser.
    Desktop,
    /// Speaker, television, console or car.
    Home,
}

impl Device {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Mobile, Self::Desktop, Self::Home];

    /// The name at the terminal and in answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Mobile => "mobile",
            Self::Desktop => "desktop",
            Self::Home => "home",
        }
    }
}

/// Where and on what, both optional and both left out unless asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// ISO 3166-1 alpha-2 code.
    pub country: Option<String>,
    /// Class of device.
    pub device: Option<Device>,
}

/// What happened, apart from who and which recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The start of a play; the moment of anything else (`listened_at`).
    pub at: Timestamp,
    /// What was done.
    pub kind: Interaction,
    /// How long it played, where the source says.
    pub played: Option<Duration>,
    /// Length of the recording, where the source says.
    pub length: Option<Duration>,
    /// How it ended, where the source says.
    pub end: Option<End>,
    /// A session number of the source.
    pub session: Option<u64>,
    /// Country and device class.
    pub context: Context,
}

impl Event {
    /// An event of which nothing but its kind and moment is known.
    #[must_use]
    pub fn new(kind: Interaction, at: Timestamp) -> Self {
        Self {
            at,
            kind,
            played: None,
            length: None,
            end: None,
            session: None,
            context: Context::default(),
        }
    }

    /// How many optional facts are known; of two records of one play the richer is kept.
    #[must_use]
    pub fn richness(&self) -> usize {
        let known = [
            self.played.is_some(),
            self.length.is_some(),
            self.end.is_some(),
            self.session.is_some(),
        ];
        known.into_iter().filter(|known| *known).count()
    }
}

/// One line of a log: who did what with which recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    /// The account name in the log, where it has one.
    pub listener: Option<String>,
    /// How the log names the recording.
    pub recording: Credit,
    /// What happened.
    pub event: Event,
}

/// A number of plays without times, as a table of listener, item and count has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Count {
    /// The account name in the table.
    pub listener: Option<String>,
    /// The item: a recording, or an artist where artists stand as items.
    pub item: Credit,
    /// Plays; positive and finite.
    pub plays: f64,
}

/// Anything a log, table or catalogue may hand over, one line at a time.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// Somebody did something.
    Listen(Listen),
    /// Somebody's plays, counted.
    Count(Count),
    /// What is known of a recording.
    Catalogue(CatalogueEntry),
}
