//! A log: how long are its recordings, and how far is each of its accounts to be believed?
//!
//! One pass with one listener in memory at a time, before a second one weighs what each history says.

use jiff::Timestamp;
use listens::{LengthEstimates, Lengths, Trust, TrustSurvey};
use music::{History, ListenerId};

use crate::{Error, Folder, Observer, impute};

/// What has to be known of all listeners before one of them is weighed.
#[derive(Clone, Debug)]
pub struct Survey {
    /// Length of each recording: what a log or the catalogue says, else the median of its finished plays, else imputed.
    pub lengths: Lengths,
    /// How far each account is to be believed.
    pub trust: Trust,
}

/// Looks at what lies before `until`.
///
/// Lengths in a catalogue have no date, so `until` cuts only what histories tell.
///
/// # Errors
/// When the store cannot be read, and when the observer wants to stop.
pub fn survey(
    folder: &Folder,
    until: Option<Timestamp>,
    observer: &mut dyn Observer,
) -> Result<Survey, Error> {
    let Survey { lengths, trust } = look(folder, until, observer)?;
    Ok(Survey { lengths: impute::lengths(folder, lengths)?, trust })
}

/// The lengths of [`survey`] alone.
///
/// # Errors
/// When the store cannot be read, and when the observer wants to stop.
pub fn lengths(
    folder: &Folder,
    until: Option<Timestamp>,
    observer: &mut dyn Observer,
) -> Result<Lengths, Error> {
    impute::lengths(folder, known_lengths(folder, until, observer)?)
}

/// The trust of [`survey`] alone; all are trusted where the configuration says so.
///
/// # Errors
/// When the store cannot be read, and when the observer wants to stop.
pub fn trust(
    folder: &Folder,
    until: Option<Timestamp>,
    observer: &mut dyn Observer,
) -> Result<Trust, Error> {
    Ok(look(folder, until, observer)?.trust)
}

/// Both, where nothing is imputed yet.
pub(crate) fn look(
    folder: &Folder,
    until: Option<Timestamp>,
    observer: &mut dyn Observer,
) -> Result<Survey, Error> {
    let rules = &folder.config.trust;
    let mut estimates = estimates(folder)?;
    let mut accounts = TrustSurvey::new();
    pass(folder, until, observer, &mut |listener, history| {
        estimates.learn(history);
        if rules.enabled {
            accounts.learn(listener, history);
        }
    })?;
    Ok(Survey { lengths: estimates.lengths(), trust: accounts.judge(rules) })
}

/// Lengths, where nothing is imputed yet.
pub(crate) fn known_lengths(
    folder: &Folder,
    until: Option<Timestamp>,
    observer: &mut dyn Observer,
) -> Result<Lengths, Error> {
    let mut estimates = estimates(folder)?;
    pass(folder, until, observer, &mut |_, history| estimates.learn(history))?;
    Ok(estimates.lengths())
}

/// What the catalogue says, before any history was read.
fn estimates(folder: &Folder) -> Result<LengthEstimates, Error> {
    Ok(LengthEstimates::new(folder.store.lengths()?.into_iter().collect()))
}

/// Reads every history up to a moment.
fn pass(
    folder: &Folder,
    until: Option<Timestamp>,
    observer: &mut dyn Observer,
    each: &mut dyn FnMut(ListenerId, &History),
) -> Result<(), Error> {
    let mut n = 0;
    folder.store.for_each_history(until, &mut |listener, history| {
        each(listener, history);
        n += 1;
        observer.advance(n);
    })?;
    if observer.is_interrupted() { Err(Error::Interrupted) } else { Ok(()) }
}
