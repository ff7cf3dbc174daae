//! Do the formats of the world arrive as entries, and does what is broken arrive as rejects?

#![expect(clippy::unwrap_used, reason = "a fixture that cannot be made fails its test")]

mod bad_input;
mod catalogue;
mod containers;
mod feedback;
mod lastfm;
mod listenbrainz;
mod mpd;
mod no_panic;
mod reading;
mod real_data;
mod round_trip;
mod scrobbler_log;
mod spotify;
mod spotify_account;
mod tags;
mod triples;
