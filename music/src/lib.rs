//! What do we talk about?
//!
//! Listens, recordings, artists, listeners, weeks and playlists, their ids, and the dictionary between ids and matrix rows.
//! Every other room speaks in these words; nothing here reads a file, a clock or the environment.

mod catalogue;
mod history;
mod ids;
mod imputed;
mod listen;
mod playlist;
mod rows;
mod spelling;
mod week;

pub use catalogue::{CatalogueEntry, Credit, ItemKind, Tag};
pub use history::{History, Logged, Shown};
pub use ids::{ArtistId, ImportId, ListId, ListenerId, ParseIdError, RecordingId};
pub use imputed::{Basis, Fact, Facts, Guess, Imputed, Tagged};
pub use listen::{Context, Count, Device, End, Entry, Event, Interaction, Listen};
pub use playlist::{Contribution, Link, ListKind, Playlist, Reason, Tier, Track};
pub use rows::{ItemIx, Rows, UserIx};
pub use spelling::{Spelling, artist_key, main_artist, recording_key, spell, work_key};
pub use week::{ParseWeekError, Week};
