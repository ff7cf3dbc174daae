//! Who else is on it?

use super::fold;

/// What stands before the featured artists; all of it where there are none.
pub(super) fn main_artist(credit: &str) -> &str {
    let main = find(credit).map_or("", |found| trim_end(&credit[..found.cut]).trim_start());
    if main.is_empty() { credit.trim() } else { main }
}

/// The featured artists of a credit or title in normal form, folded, as they come.
pub(super) fn featured(normal: &str) -> Vec<String> {
    find(normal).map_or_else(Vec::new, |found| names(&normal[found.names..]))
}

/// The text before the featured artists, and they; for text in normal form.
pub(super) fn split(normal: &str) -> (&str, Vec<String>) {
    match find(normal) {
        Some(found) => (trim_end(&normal[..found.cut]), names(&normal[found.names..])),
        None => (normal, Vec::new()),
    }
}

/// The artists of a bracket or dashed part that is a credit as a whole, such as "feat. Dido" or "with Lady Gaga".
pub(super) fn whole(normal: &str) -> Option<Vec<String>> {
    let text = normal.trim_start();
    let text = text.strip_prefix("duet ").unwrap_or(text);
    let first = text.split_whitespace().next()?;
    let names_at = match marker(first) {
        Some(glued) => glued,
        None if is_with(first) => first.len(),
        None => return None,
    };
    begins_name(&text[names_at..], is_with(first)).then(|| names(&text[names_at..]))
}

/// Cuts folded words at a "feat" that punctuation had hidden.
pub(super) fn cut(words: &mut String) {
    while let Some(found) = find(words) {
        words.truncate(found.cut);
        words.truncate(words.trim_end().len());
    }
}

/// Where a text ends and where the featured artists begin, in bytes.
struct Found {
    cut: usize,
    names: usize,
}

/// The first "feat." that follows something and is followed by a name, or "(with".
fn find(text: &str) -> Option<Found> {
    let mut is_first = true;
    for word in text.split_whitespace() {
        let at = offset(text, word);
        let bare = word.trim_start_matches(['(', '[', '{']);
        let is_bracketed = bare.len() < word.len();
        let glued = marker(bare).or_else(|| (is_bracketed && is_with(bare)).then_some(bare.len()));
        let names = glued.map(|glued| at + (word.len() - bare.len()) + glued);
        if let (false, Some(names)) = (is_first, names)
            && begins_name(&text[names..], is_with(bare))
        {
            return Some(Found { cut: at, names });
        }
        is_first &= word.chars().all(fold::is_structure);
    }
    None
}

/// The bytes of the marker that a word starts with: all of "feat.", the first five of "feat.Dido".
fn marker(word: &str) -> Option<usize> {
    let is_marker = |text: &str| {
        ["feat", "ft", "featuring"].iter().any(|known| text.eq_ignore_ascii_case(known))
    };
    if is_marker(word.trim_end_matches(['.', ':'])) {
        return Some(word.len());
    }
    let (first, glued) = word.split_once('.')?;
    (is_marker(first) && glued.starts_with(char::is_alphanumeric)).then_some(first.len() + 1)
}

fn is_with(word: &str) -> bool {
    ["with", "w/"].iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// Whether a name follows a marker, as it does not in "Little Feat and Friends", "6 ft. Under" or "Stuck in the Middle (With You)".
fn begins_name(after: &str, is_with: bool) -> bool {
    const PRONOUNS: [&str; 14] = [
        "me", "you", "myself", "yourself", "him", "her", "us", "them", "it", "my", "your", "a",
        "an", "no",
    ];
    const NO_NAMES: [&str; 14] = [
        "and", "&", "+", "n", "of", "with", "under", "deep", "tall", "high", "down", "below",
        "away", "worth",
    ];
    let Some(next) = after.split_whitespace().next() else { return false };
    let next = next.trim_matches(|c: char| "()[]{}".contains(c));
    let is_among = |words: &[&str]| words.iter().any(|word| next.eq_ignore_ascii_case(word));
    let is_word = is_among(&NO_NAMES) || (is_with && is_among(&PRONOUNS));
    next.contains(char::is_alphanumeric) && !is_word && marker(next).is_none()
}

/// Splits "Rihanna, Kanye West & Jay-Z"; a comma, "&", "and", "+" or "x" between names always parts two artists here.
fn names(normal: &str) -> Vec<String> {
    let mut names = Vec::new();
    for chunk in normal.split(|c: char| "()[]{}".contains(c)) {
        let mut name = String::new();
        let mut rest = chunk.split_whitespace().peekable();
        while let Some(word) = rest.next() {
            let is_join = joins(word)
                || (word == "x"
                    && !name.is_empty()
                    && rest.peek().is_some_and(|next| *next != "x" && !joins(next)));
            if !is_join {
                name.push_str(word.trim_end_matches([',', ';']));
                name.push(' ');
            }
            if is_join || word.ends_with([',', ';']) {
                finish(&mut name, &mut names);
            }
        }
        finish(&mut name, &mut names);
    }
    names
}

fn joins(word: &str) -> bool {
    matches!(word, "&" | "+" | "/" | "and") || marker(word) == Some(word.len())
}

fn finish(name: &mut String, names: &mut Vec<String>) {
    if !name.trim().is_empty() {
        names.push(super::fold_artist(name, &fold::normal(name)));
    }
    name.clear();
}

fn trim_end(text: &str) -> &str {
    text.trim_end_matches(|c: char| c.is_whitespace() || "([{,;-\u{2013}\u{2014}".contains(c))
}

/// Where a part of a text lies in it, in bytes.
fn offset(text: &str, part: &str) -> usize {
    part.as_ptr() as usize - text.as_ptr() as usize
}
