//! What is not known of a recording: what do its other versions and its artist tell?
//!
//! `listens` says how; here it is given the catalogue, and what comes of it goes where it is used: lengths into the
//! weighing of histories, tags to whoever tells genres, and all of it into the store, where lists find it.

use listens::{Impute, Lengths, impute};
use music::{Facts, Guess, Imputed, RecordingId, Tagged};

use crate::{Error, Folder};

/// Known lengths, and imputed ones of other recordings.
///
/// # Errors
/// When the store cannot be read.
pub(crate) fn lengths(folder: &Folder, known: Lengths) -> Result<Lengths, Error> {
    let wanted = Impute { length: folder.config.impute.length, ..Impute::NOTHING };
    if wanted == Impute::NOTHING {
        return Ok(known);
    }
    let imputed = impute(&facts(folder, &known)?, &Tagged::default(), wanted);
    Ok(with_imputed(known, &imputed))
}

/// What people call recordings, and what is imputed where nobody called one anything.
///
/// # Errors
/// When the store cannot be read.
pub fn tags(folder: &Folder) -> Result<Tagged, Error> {
    let mut tagged = folder.store.tags()?;
    if folder.config.impute.tags {
        let wanted = Impute { tags: true, ..Impute::NOTHING };
        let imputed = impute(&facts(folder, &Lengths::new())?, &tagged, wanted);
        tagged.rows.extend(imputed.iter().filter_map(|imputed| match imputed.guess {
            Guess::Tag(tag, weight) => Some((imputed.recording, tag, weight)),
            Guess::Length(_) | Guess::ReleaseOf(_) | Guess::Year(_) => None,
        }));
        // Stable, and a recording has tags of one kind: those of each go on ascending.
        tagged.rows.sort_by_key(|(recording, ..)| *recording);
    }
    Ok(tagged)
}

/// Imputes everything anew, in the store too, and returns the lengths with those imputed.
pub(crate) fn renew(folder: &Folder, known: Lengths) -> Result<Lengths, Error> {
    let wanted = folder.config.impute;
    let (facts, tagged) = match wanted {
        Impute::NOTHING => Default::default(),
        _ => (facts(folder, &known)?, folder.store.tags()?),
    };
    let imputed = impute(&facts, &tagged, wanted);
    folder.store.replace_imputed(&imputed, &tagged.names)?;
    Ok(with_imputed(known, &imputed))
}

/// What the catalogue knows, with the lengths that finished plays told.
pub(crate) fn facts(folder: &Folder, known: &Lengths) -> Result<Vec<Facts>, Error> {
    let mut facts = folder.store.facts()?;
    for recording in &mut facts {
        recording.length = recording.length.or_else(|| known.known(&recording.recording).copied());
    }
    Ok(facts)
}

fn with_imputed(known: Lengths, imputed: &[Imputed]) -> Lengths {
    let length = |imputed: &Imputed| -> Option<(RecordingId, _)> {
        match imputed.guess {
            Guess::Length(length) => Some((imputed.recording, length)),
            Guess::ReleaseOf(_) | Guess::Year(_) | Guess::Tag(..) => None,
        }
    };
    known.with_imputed(imputed.iter().filter_map(length))
}
