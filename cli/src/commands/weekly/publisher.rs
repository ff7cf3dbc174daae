//! Where do lists go: to standard output, or into a file each?

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use formats::{Format, Several, publish};
use music::{ListKind, Playlist};

use crate::args::WeeklyArguments;
use crate::say::Say;

/// Hands lists over as they come.
pub(super) struct Publisher<'a> {
    say: &'a Say,
    format: Format,
    to: To<'a>,
}

enum To<'a> {
    Output(Several, bool),
    Files { folder: &'a Path, written: Vec<PathBuf>, taken: BTreeSet<String> },
}

impl<'a> Publisher<'a> {
    pub(super) fn new(arguments: &'a WeeklyArguments, say: &'a Say) -> anyhow::Result<Self> {
        let is_json = say.json && arguments.out.is_none();
        let format = if is_json { Format::Json } else { arguments.format };
        let to = match &arguments.out {
            Some(folder) => {
                fs_err::create_dir_all(folder)?;
                To::Files { folder, written: Vec::new(), taken: BTreeSet::new() }
            }
            None => To::Output(Several::new(format), false),
        };
        Ok(Self { say, format, to })
    }

    /// The one list that was asked for.
    pub(super) fn only(mut self, list: &Playlist) -> anyhow::Result<()> {
        if let To::Output(..) = self.to {
            return self.say.text(&publish(list, self.format));
        }
        self.next(list)?;
        self.end()
    }

    /// One of many lists.
    pub(super) fn next(&mut self, list: &Playlist) -> anyhow::Result<()> {
        match &mut self.to {
            To::Output(_, true) if matches!(self.format, Format::Xspf | Format::M3u8) => {
                let format = self.format;
                anyhow::bail!(
                    "{format} holds one list a file: say --out DIR to write a file for each"
                )
            }
            To::Output(several, is_one_there) => {
                *is_one_there = true;
                self.say.text(&several.next(list))
            }
            To::Files { folder, written, taken } => {
                let path = free_path(folder, list, self.format, taken);
                fs_err::write(&path, publish(list, self.format))?;
                self.say.line(&path.display().to_string())?;
                taken.insert(folded(&path));
                written.push(path);
                Ok(())
            }
        }
    }

    /// After the last list.
    pub(super) fn end(self) -> anyhow::Result<()> {
        match self.to {
            To::Output(several, _) => self.say.text(several.end()),
            To::Files { written, .. } => self.say.machine(&written),
        }
    }
}

/// A path named after the list that no other list of this run has: long names may be cut alike, others differ in case alone.
fn free_path(folder: &Path, list: &Playlist, format: Format, taken: &BTreeSet<String>) -> PathBuf {
    let mut stem = format!("{}-{}", file_name(&list.listener), list.week);
    if list.kind != ListKind::WeeklyExploration {
        stem = format!("{stem}-{}", list.kind.name());
    }
    let path = |n: u32| match n {
        1 => folder.join(format!("{stem}.{}", format.extension())),
        n => folder.join(format!("{stem}-{n}.{}", format.extension())),
    };
    let is_taken = |path: &PathBuf| taken.contains(&folded(path));
    (1..).map(path).find(|path| !is_taken(path)).expect("there are more numbers than lists")
}

/// A path as a file system sees it that does not tell cases apart.
fn folded(path: &Path) -> String {
    path.to_string_lossy().to_lowercase()
}

/// Characters of a name that a file is named after: `%` and two digits for each byte that a file system may refuse, so
/// that no two short names share a file, and no more in all than the 255 bytes that a file system takes.
const LONGEST_NAME: usize = 200;

fn file_name(name: &str) -> String {
    let mut encoded = String::new();
    for c in name.chars() {
        let mut bytes = [0; 4];
        let character = c.encode_utf8(&mut bytes);
        let part = if c.is_alphanumeric() || "-_. ".contains(c) {
            character.to_owned()
        } else {
            character.bytes().map(|byte| format!("%{byte:02X}")).collect()
        };
        if encoded.len() + part.len() > LONGEST_NAME {
            break;
        }
        encoded += &part;
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn a_name_becomes_a_file_name_of_its_own() {
        assert_eq!(file_name("ada"), "ada");
        assert_eq!(file_name("a/b_c"), "a%2Fb_c");
        assert_eq!(file_name("a%2Fb"), "a%252Fb");
        assert_eq!(file_name("Jürgen\n"), "Jürgen%0A");
        assert!(file_name(&"語".repeat(300)).len() <= 200);
    }
}
