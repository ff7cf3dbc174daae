//! A log: which of its accounts are to be believed?
//!
//! One pass with one listener in memory at a time, after which all accounts are compared.

use jiff::Timestamp;
use listens::{Trust, TrustSurvey};

use crate::{Error, Folder, Observer};

/// How far each account is to be believed by what lies before `until`; all are where the configuration says so.
///
/// # Errors
/// When the store cannot be read, and when the observer wants to stop.
pub fn trust(
    folder: &Folder,
    until: Option<Timestamp>,
    observer: &mut dyn Observer,
) -> Result<Trust, Error> {
    let rules = &folder.config.trust;
    let mut survey = TrustSurvey::new();
    if rules.enabled {
        let mut n = 0;
        folder.store.for_each_history(until, &mut |listener, history| {
            survey.learn(listener, history);
            n += 1;
            observer.advance(n);
        })?;
    }
    if observer.is_interrupted() { Err(Error::Interrupted) } else { Ok(survey.judge(rules)) }
}
