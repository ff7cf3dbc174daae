//! What do we talk about?
//!
//! Listens, recordings, artists, listeners, weeks and playlists, their ids, and the dictionary between ids and matrix rows.
//! Every other room speaks in these words; nothing here reads a file, a clock or the environment.

mod catalogue;
mod exposure;
mod history;
mod ids;
mod imputed;
mod left_out;
mod listen;
mod playlist;
mod rows;
mod settings;
mod slot;
mod source;
mod spelling;
mod taste;
mod week;

pub use catalogue::{CatalogueEntry, Credit, ItemKind, Tag};
pub use exposure::{ExposurePrice, ExposureSubject};
pub use history::{History, Logged, Shown};
pub use ids::{ArtistId, ImportId, LeftOutId, ListId, ListenerId, ParseIdError, RecordingId};
pub use imputed::{Basis, Fact, Facts, Guess, Imputed, Tagged};
pub use left_out::{Hours, LeftOut, ParseWindowError, Weekdays};
pub use listen::{Context, Count, Device, End, Entry, Event, Interaction, Listen};
pub use playlist::{
    Contribution, Link, ListKind, ParseListKindError, Playlist, Reason, Tier, Track,
};
pub use rows::{ItemIx, Rows, UserIx};
pub use settings::{Ownership, Refresh, Setting, SettingError, Settings};
pub use slot::{Slot, SlotCandidate};
pub use source::Source;
pub use spelling::{Spelling, artist_key, main_artist, recording_key, spell, tag_key, work_key};
pub use taste::{RegionKind, TasteRegion};
pub use week::{ParseWeekError, Week};
