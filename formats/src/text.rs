//! How wide is a text, and where does it end?

use unicode_width::UnicodeWidthStr;

/// A text on one line: line ends, control characters and marks that turn the direction around are gone, and blanks stand alone.
pub fn one_line(text: &str) -> String {
    let visible = text.replace(|c: char| c.is_control() || is_invisible(c), " ");
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The columns that a text takes in a terminal.
pub fn width(text: &str) -> usize {
    text.width()
}

/// The text if it fits, and else as much of it as fits before an ellipsis.
pub fn fit(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    if columns == 0 {
        return String::new();
    }
    let (head, _) = split(text, columns - 1);
    format!("{}…", head.trim_end())
}

/// Lines of at most so many columns, broken at blanks, and within a word that is wider than a line.
pub(crate) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && width(&line) + 1 + width(word) > columns {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        let mut rest = word;
        while width(rest) > columns {
            let (head, tail) = split(rest, columns);
            if head.is_empty() || tail.is_empty() {
                break;
            }
            lines.push(head.to_owned());
            rest = tail;
        }
        line.push_str(rest);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// Splits a text after as many characters as fit.
fn split(text: &str, columns: usize) -> (&str, &str) {
    let ends = text.char_indices().map(|(at, c)| at + c.len_utf8());
    let fitting = ends.take_while(|&end| width(&text[..end]) <= columns);
    let mut end = fitting.last().unwrap_or(0);
    // A joiner without what it joins would draw a box.
    while text[..end].ends_with('\u{200d}') {
        end -= '\u{200d}'.len_utf8();
    }
    text.split_at(end)
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests;
