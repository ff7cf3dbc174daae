//! A file that an operator or listener wrote: which artists and recordings of the catalogue does it speak of?
//!
//! A line that names nobody, or more than one, is told and left out; once the catalogue knows better, the file can be
//! imported again.

use std::path::Path;

use listens::{Header, Named, Reject, read_named};
use music::ListenerId;
use store::{BlockTarget, Effect, Policy};

use crate::{Error, Folder, find};

/// What came of such a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedTally {
    /// Lines taken.
    pub taken: usize,
    /// Of these, how many changed something; of a policy all of them.
    pub new: usize,
    /// Lines that were left out, in their order.
    pub unknown: Vec<UnknownLine>,
}

/// A line that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownLine {
    /// Where, such as "line 12".
    pub place: String,
    /// What it names, as far as that could be read.
    pub value: String,
    /// Why it was left out.
    pub why: String,
}

/// Adds the lines of a file to the operator's policy.
///
/// Each names an `artist` or a `recording` (`kind`, `value`): with a `label` it carries that label from now on, without
/// it is denied, and then a `reason` is needed.
///
/// # Errors
/// When the file cannot be read or the store cannot be written.
pub fn import_policy(folder: &mut Folder, path: &Path) -> Result<NamedTally, Error> {
    let source = path.display().to_string();
    let (policies, mut tally) = resolve(path, Header::Needed, &mut |named| {
        let effect = effect(named)?;
        let target = match named.kind.as_deref() {
            Some("artist") => BlockTarget::Artist(find::artist(folder, &named.value)?.0),
            Some("recording") => {
                BlockTarget::Recording(find::recording_surely(folder, &named.value)?)
            }
            Some(other) => {
                return Err(Problem::Line(format!(
                    "its kind is `{other}`, artist or recording expected"
                )));
            }
            None => {
                return Err(Problem::Line(
                    "its kind is missing, artist or recording expected".into(),
                ));
            }
        };
        let reason = named.reason.clone().unwrap_or_default();
        Ok(Policy { target, effect, reason, source: source.clone(), line: named.line })
    })?;
    folder.store.add_policies(&policies)?;
    tally.new = policies.len();
    Ok(tally)
}

/// Adds the recordings that a file names to the library of a listener, or with `None` of the installation.
///
/// # Errors
/// When the file cannot be read or the store cannot be written.
pub fn import_library(
    folder: &mut Folder,
    path: &Path,
    listener: Option<ListenerId>,
) -> Result<NamedTally, Error> {
    let (recordings, mut tally) = resolve(path, Header::Optional, &mut |named| {
        Ok(find::recording_surely(folder, &named.value)?)
    })?;
    tally.new = folder.store.add_to_library(listener, &recordings)?;
    Ok(tally)
}

/// Why a line comes to nothing.
enum Problem {
    /// The line's own fault.
    Line(String),
    /// Nobody is found, or too many, or the store fails.
    Found(Error),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::Found(error)
    }
}

impl Problem {
    /// Why the line is left out; an error where it is not the line's fault.
    fn told(self) -> Result<String, Error> {
        match self {
            Self::Line(why) => Ok(why),
            Self::Found(error @ (Error::NotFound { .. } | Error::Ambiguous { .. })) => {
                Ok(error.to_string())
            }
            Self::Found(error) => Err(error),
        }
    }
}

/// What the lines come to that come to something.
fn resolve<T>(
    path: &Path,
    header: Header,
    one: &mut dyn FnMut(&Named) -> Result<T, Problem>,
) -> Result<(Vec<T>, NamedTally), Error> {
    let (mut taken, mut tally, mut failed) = (Vec::new(), NamedTally::default(), None);
    let mut each = |line: Result<Named, Reject>| {
        let (place, value, why) = match line {
            Err(reject) => (reject.place, reject.excerpt, reject.reason.to_string()),
            Ok(named) => match one(&named).map_err(Problem::told) {
                Ok(found) => {
                    taken.push(found);
                    return;
                }
                Err(Ok(why)) => (format!("line {}", named.line), named.value, why),
                Err(Err(error)) => {
                    failed.get_or_insert(error);
                    return;
                }
            },
        };
        tally.unknown.push(UnknownLine { place, value, why });
    };
    read_named(path, header, &mut each)?;
    tally.taken = taken.len();
    failed.map_or(Ok((taken, tally)), Err)
}

fn effect(named: &Named) -> Result<Effect, Problem> {
    match (&named.label, &named.reason) {
        (Some(label), _) => Ok(Effect::Labelled(label.to_lowercase())),
        (None, Some(_)) => Ok(Effect::Denied),
        (None, None) => {
            Err(Problem::Line("it has neither a reason to deny it nor a label".to_owned()))
        }
    }
}
