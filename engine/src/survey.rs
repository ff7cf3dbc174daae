//! A log: how long are its recordings, and how far is each of its accounts to be believed?
//!
//! One pass with one listener in memory at a time, before a second one weighs what each history says.

use jiff::Timestamp;
use listens::{LengthEstimates, Lengths, Trust, TrustSurvey};

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

/// How far each account is to be believed by what lies before `until`; all are where the configuration says so.
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

/// The pass over the log; nothing is imputed yet.
pub(crate) fn look(
    folder: &Folder,
    until: Option<Timestamp>,
    observer: &mut dyn Observer,
) -> Result<Survey, Error> {
    let rules = &folder.config.trust;
    let mut estimates = LengthEstimates::new(folder.store.lengths()?.into_iter().collect());
    let mut accounts = TrustSurvey::new();
    let mut n = 0;
    folder.store.for_each_history(until, &mut |listener, history| {
        estimates.learn(history);
        if rules.enabled {
            accounts.learn(listener, history);
        }
        n += 1;
        observer.advance(n);
    })?;
    if observer.is_interrupted() {
        return Err(Error::Interrupted);
    }
    Ok(Survey { lengths: estimates.lengths(), trust: accounts.judge(rules) })
}
