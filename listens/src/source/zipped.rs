//! What does a zip hold?

use std::io::{BufReader, Seek};

use zip::ZipArchive;

use super::{CHUNK, Counted, Input, Member, Stop, Visit, order, salvage};
use crate::RejectReason;

/// Visits every file of a zip by name; a zip whose directory is lost is salvaged in the order of its bytes.
///
/// `name` is the zip's own, `prefix` stands before the names of its files.
pub(super) fn each(
    mut file: Counted<'_>,
    name: &str,
    prefix: &str,
    visit: &mut Visit<'_>,
) -> Result<(), Stop> {
    let before = file.bytes.get();
    let archive = ZipArchive::new(&mut file);
    let Ok(mut archive) = archive else {
        file.rewind()?;
        file.bytes.set(before);
        return salvage::each(BufReader::with_capacity(CHUNK, file), name, prefix, visit);
    };
    let mut members: Vec<(String, usize)> = (0..archive.len())
        .filter_map(|ix| Some((archive.name_for_index(ix)?.ok()?.into_owned(), ix)))
        .filter(|(name, _)| !name.ends_with('/'))
        .collect();
    members.sort_by_cached_key(|(name, _)| order(name));
    for (name, ix) in members {
        let input = match archive.by_index(ix) {
            Ok(member) => Ok(Input::new(BufReader::with_capacity(CHUNK, member))),
            Err(_unreadable) => Err(RejectReason::Damaged),
        };
        visit(Member::new(&format!("{prefix}{name}"), false, input))?;
    }
    Ok(())
}
