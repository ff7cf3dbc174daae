//! Whose are the listens of this `ListenBrainz` export?
//!
//! Its feedback names nobody; where its listens name an account, both belong together.
//! The `user.json` of an export alone names no one: listens without a name go to whom the caller says, and feedback goes with them.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;

use super::cleaning::known;
use super::elements::Elements;
use super::lines::Lines;
use crate::source::{self, Input, Stop};
use crate::survey::format_of;
use crate::{Format, Options};

/// The account of all `ListenBrainz` listens of a source, or `None` where they name none or several; costs the first 64 KiB of each file.
pub(super) fn of(source: &Path, options: &Options) -> Result<Option<String>, Stop> {
    let (mut of_listens, mut of_users) = (BTreeSet::new(), BTreeSet::new());
    source::each(source, &Cell::new(0), &mut |member| {
        let Ok(input) = member.input else { return Ok(()) };
        let is_user = member.name.rsplit('/').next() == Some("user.json");
        if is_user {
            of_users.extend(names_in(&input));
        } else if format_of(&input, options, member.is_alone) == Some(Format::ListenBrainz) {
            of_listens.extend(names_in(&input));
        }
        Ok(())
    })?;
    let name = of_listens.pop_first();
    let is_only = of_listens.is_empty() && of_users.iter().all(|user| Some(user) == name.as_ref());
    Ok(name.filter(|_| is_only))
}

#[derive(Deserialize)]
struct Named {
    #[serde(alias = "username", alias = "musicbrainz_id")]
    user_name: Option<String>,
}

/// The names in the whole rows of a file's head.
fn names_in(input: &Input<'_>) -> Vec<String> {
    let name_of = |row: &[u8]| known(&serde_json::from_slice::<Named>(row).ok()?.user_name?);
    let mut names = Vec::new();
    // Reading from memory does not fail, and a row that the end of the head cuts is no row.
    if let Ok(Some(mut elements)) = Elements::of_array(input.head()) {
        while let Ok(Some((_, element))) = elements.next() {
            names.extend(element.ok().and_then(name_of));
        }
    } else {
        let mut lines = Lines::new(input.head());
        while let Ok(Some((_, line))) = lines.next() {
            names.extend(line.ok().and_then(|line| name_of(line.as_bytes())));
        }
    }
    names
}
