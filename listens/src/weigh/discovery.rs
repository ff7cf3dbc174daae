//! What became of a recording after its first listen?
//!
//! The question a weekly list asks: of what was heard for the first time, what was loved later?

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::Contribution;

/// Days on which a loved recording came back.
const RETURNS: usize = 2;
/// How long it has time to.
const HORIZON: SignedDuration = SignedDuration::from_hours(60 * 24);
const DAY_SECS: i64 = 86_400;

/// What became of a recording after its first listen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    /// It came back on two other days within sixty, or was liked, saved or added to a playlist.
    Loved,
    /// It did not, though its listener went on listening.
    Dropped,
    /// Nobody knows yet, or nobody knows when.
    Untold,
}

pub(super) fn first(rows: &[Contribution<'_>], heard_until: Option<Timestamp>) -> First {
    let is_praise = |row: &Contribution<'_>| !row.is_listen() && row.amount() > 0.0;
    if rows.iter().any(is_praise) {
        return First::Loved;
    }
    let heard = || rows.iter().filter(|row| row.is_listen() && row.belief > 0.0);
    let Some((start, until)) = heard().map(|row| row.at).min().zip(heard_until) else {
        return First::Untold;
    };
    let day = |at: Timestamp| at.as_second().div_euclid(DAY_SECS);
    let returns: BTreeSet<i64> = heard()
        .filter(|row| row.amount() > 0.0 && row.at.duration_since(start) <= HORIZON)
        .map(|row| day(row.at))
        .filter(|of_row| *of_row != day(start))
        .collect();
    if returns.len() >= RETURNS {
        First::Loved
    } else if until.duration_since(start) >= HORIZON {
        First::Dropped
    } else {
        First::Untold
    }
}
