//! Where does one cell of a line end and the next begin?
//!
//! A line is a row: a quoted cell may hold the delimiter and doubled quote marks (RFC 4180), but no line end, so that a lost quote mark costs one row.
//! Cells between tabs or blanks are never quoted, as titles begin with quote marks ("Heroes").

use std::borrow::Cow;

use crate::RejectReason;

/// What stands between two cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delimiter {
    /// A tab.
    Tab,
    /// A comma.
    Comma,
    /// A semicolon.
    Semicolon,
    /// One or more blanks.
    Blank,
}

impl Delimiter {
    /// The delimiter of a file, by its first line.
    pub(crate) fn guess(line: &str) -> Self {
        let known = [('\t', Self::Tab), (',', Self::Comma), (';', Self::Semicolon)];
        known
            .into_iter()
            .find(|(letter, _)| line.contains(*letter))
            .map_or(Self::Blank, |(_, delimiter)| delimiter)
    }

    /// The cells of a line.
    pub(crate) fn split(self, line: &str) -> Result<Vec<Cow<'_, str>>, RejectReason> {
        let mut cells = Vec::new();
        self.each(line, |_, cell| cells.push(cell))?;
        Ok(cells)
    }

    /// Calls `on_cell` with the place and text of every cell of a line, and says how many there are.
    pub(crate) fn each<'l>(
        self,
        line: &'l str,
        mut on_cell: impl FnMut(usize, Cow<'l, str>),
    ) -> Result<usize, RejectReason> {
        let mut n_cells = 0;
        let mut take = |cell| {
            on_cell(n_cells, cell);
            n_cells += 1;
        };
        match self {
            Self::Tab => line.split('\t').map(Cow::Borrowed).for_each(take),
            Self::Blank => line.split_whitespace().map(Cow::Borrowed).for_each(take),
            Self::Comma => each_quoted(line, ',', &mut take)?,
            Self::Semicolon => each_quoted(line, ';', &mut take)?,
        }
        Ok(n_cells)
    }
}

fn each_quoted<'l>(
    line: &'l str,
    delimiter: char,
    take: &mut impl FnMut(Cow<'l, str>),
) -> Result<(), RejectReason> {
    let mut rest = Some(line);
    while let Some(line) = rest {
        let Some(quoted) = line.strip_prefix('"') else {
            let (cell, after) = line
                .split_once(delimiter)
                .map_or((line, None), |(cell, after)| (cell, Some(after)));
            take(Cow::Borrowed(cell));
            rest = after;
            continue;
        };
        let end = closing_quote(quoted).ok_or(RejectReason::OpenQuote)?;
        let (cell, after) = (&quoted[..end], &quoted[end + 1..]);
        take(if cell.contains('"') {
            Cow::Owned(cell.replace("\"\"", "\""))
        } else {
            Cow::Borrowed(cell)
        });
        rest = match after.strip_prefix(delimiter) {
            None if after.trim().is_empty() => None,
            None => return Err(RejectReason::OpenQuote),
            after => after,
        };
    }
    Ok(())
}

/// The first quote mark that is not doubled.
fn closing_quote(quoted: &str) -> Option<usize> {
    let bytes = quoted.as_bytes();
    let mut at = 0;
    loop {
        at += bytes[at..].iter().position(|byte| *byte == b'"')?;
        if bytes.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

#[cfg(test)]
mod tests {
    use super::Delimiter;
    use crate::RejectReason;

    fn check(delimiter: Delimiter, line: &str, expected: &[&str]) {
        assert_eq!(delimiter.split(line).unwrap(), expected, "{line}");
    }

    #[test]
    fn a_quoted_cell_may_hold_the_delimiter_and_quote_marks() {
        check(Delimiter::Comma, r#""a, b",c,"say ""ah""","#, &["a, b", "c", r#"say "ah""#, ""]);
        check(Delimiter::Semicolon, r#"a;"";c"#, &["a", "", "c"]);
    }

    #[test]
    fn quote_marks_between_tabs_are_letters() {
        check(
            Delimiter::Tab,
            "\"Heroes\"\t\"Weird Al\" Yankovic\t",
            &["\"Heroes\"", "\"Weird Al\" Yankovic", ""],
        );
    }

    #[test]
    fn a_quoted_cell_ends_on_its_line() {
        assert_eq!(Delimiter::Comma.split("\"a,b"), Err(RejectReason::OpenQuote));
        assert_eq!(Delimiter::Comma.split("\"a\"b,c"), Err(RejectReason::OpenQuote));
    }

    #[test]
    fn the_delimiter_is_the_rarest_letter_found() {
        assert_eq!(Delimiter::guess("a, b\tc"), Delimiter::Tab);
        assert_eq!(Delimiter::guess("a b"), Delimiter::Blank);
    }
}
