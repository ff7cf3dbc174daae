//! What are these ids called?

use std::collections::HashMap;
use std::io::BufReader;
use std::path::Path;

use fs_err::File;

use super::cleaning::known;
use super::delimited::Delimiter;
use super::intake::Intake;
use super::lines::Lines;
use crate::source::{Input, Stop};
use crate::{Options, RejectReason};

/// Names by id, of items and of tags, where files of them are given.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Names of items.
    pub(super) items: Option<HashMap<String, Name>>,
    /// Names of tags.
    pub(super) tags: Option<HashMap<String, Name>>,
}

/// What an id is called.
#[derive(Clone, Debug)]
pub(super) struct Name {
    /// Name of an artist or tag, title of a recording.
    pub(super) name: String,
    /// Artist of a recording.
    pub(super) artist: Option<String>,
}

impl Names {
    /// Reads the files that the caller named; their broken lines are rejects as well.
    pub(super) fn load(options: &Options, intake: &mut Intake<'_>) -> Result<Self, Stop> {
        let mut load =
            |path: &Option<_>| path.as_deref().map(|path| load_file(path, intake)).transpose();
        Ok(Self { items: load(&options.item_names)?, tags: load(&options.tag_names)? })
    }
}

/// Id, name and perhaps artist, one a line; the header, if there is one, becomes a name that no id asks for.
fn load_file(path: &Path, intake: &mut Intake<'_>) -> Result<HashMap<String, Name>, Stop> {
    intake.begin(&path.file_name().unwrap_or(path.as_os_str()).to_string_lossy());
    let mut lines = Lines::new(Input::new(BufReader::new(File::open(path)?)));
    let mut names = HashMap::new();
    let mut delimiter = None;
    while let Some((place, line)) = lines.next()? {
        let row = line.and_then(|line| {
            let cells = delimiter.get_or_insert(Delimiter::guess(line)).split(line)?;
            let [id, name, more @ ..] = cells.as_slice() else {
                return Err(RejectReason::WrongColumns { expected: 2, got: cells.len() });
            };
            let name = known(name).ok_or(RejectReason::MissingField("name"))?;
            let id = known(id).ok_or(RejectReason::MissingField("id"))?;
            Ok((id, Name { name, artist: more.first().and_then(|artist| known(artist)) }))
        });
        match row {
            Ok((id, name)) => {
                names.insert(id, name);
            }
            Err(reason) => intake.reject(place, reason)?,
        }
    }
    Ok(names)
}
