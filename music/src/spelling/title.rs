//! Which part of a title names the work, and which the version?

use super::version::{Verdict, Version};
use super::{credit, fold};

/// A title taken apart.
pub(super) struct Folded {
    pub(super) base: String,
    /// Empty for the plain recording.
    pub(super) version: String,
    pub(super) featured: Vec<String>,
}

/// Folds a title: its first part is always kept, and of the rest what is neither a credit nor a known suffix.
pub(super) fn fold(written: &str) -> Folded {
    let normal = fold::normal(written);
    let parts = parts(&normal);
    let n_unmarked = parts.iter().rposition(|part| !part.is_marked).map_or(0, |last| last + 1);
    let first_suffix = n_unmarked.max(1);

    let mut kept = String::with_capacity(normal.len());
    let mut featured = Vec::new();
    let mut version = Version::default();
    let (mut years, mut is_suffixed) = (Vec::new(), false);
    for (at, part) in parts.iter().enumerate() {
        if at > 0
            && part.is_marked
            && let Some(names) = credit::whole(part.text)
        {
            featured.extend(names);
            continue;
        }
        let (text, names) = credit::split(part.text);
        featured.extend(names);
        match if at < first_suffix { Verdict::Words } else { version.read(text, &kept) } {
            Verdict::Words => keep(&mut kept, text),
            Verdict::Year => years.push(text),
            Verdict::Suffix => is_suffixed = true,
        }
    }
    for year in years {
        if is_suffixed { version.date(year) } else { keep(&mut kept, year) }
    }

    let mut base = fold::words(&kept);
    credit::cut(&mut base);
    if base.is_empty() {
        base = fold::symbols(&kept, written);
    }
    Folded { base, version: version.to_string(), featured }
}

/// A stretch of a title; marked where it stands in brackets or behind a dash.
struct Part<'a> {
    is_marked: bool,
    text: &'a str,
}

/// Cuts a normal title at brackets, and at dashes with a blank on either side; no part is blank.
fn parts(normal: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let (mut start, mut depth, mut is_dashed, mut before) = (0, 0_u32, false, ' ');
    for (at, c) in normal.char_indices() {
        let after = || normal[at + c.len_utf8()..].chars().next().unwrap_or(' ');
        let cuts = match c {
            '(' | '[' | '{' => depth == 0,
            ')' | ']' | '}' => depth == 1,
            '-' => depth == 0 && (before.is_whitespace() || after().is_whitespace()),
            '|' => depth == 0 && before.is_whitespace() && after().is_whitespace(),
            '~' => depth == 0,
            _ => false,
        };
        if cuts {
            parts.push(Part { is_marked: is_dashed || depth == 1, text: normal[start..at].trim() });
            start = at + c.len_utf8();
        }
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => is_dashed |= cuts,
        }
        before = c;
    }
    parts.push(Part { is_marked: is_dashed || depth > 0, text: normal[start..].trim() });
    parts.retain(|part| !part.text.is_empty());
    parts
}

fn keep(kept: &mut String, text: &str) {
    if !kept.is_empty() {
        kept.push(' ');
    }
    kept.push_str(text.trim());
}
