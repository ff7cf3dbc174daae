//! How do matrices stand in lines of text?
//!
//! Blocks of lines side by side, each as wide as its longest line; every character is one column wide.

use std::fmt;

/// Lines that stand together.
#[derive(Clone, Debug)]
pub(super) struct Block(Vec<String>);

impl Block {
    /// Lines as they are.
    pub(super) fn lines(lines: impl IntoIterator<Item = String>) -> Self {
        Self(lines.into_iter().collect())
    }

    /// One line.
    pub(super) fn line(line: &str) -> Self {
        Self(vec![line.to_owned()])
    }

    /// Numbers between brackets, aligned at the right; two rows or more.
    pub(super) fn matrix<const N: usize>(rows: &[[f32; N]], digits: usize) -> Self {
        let mut parts = Vec::new();
        for column in 0..N {
            parts.push(Self(rows.iter().map(|row| number(row[column], digits)).collect()).right());
        }
        let bracket = |first: char, middle: char, last: char| {
            let of_row = |r| match r {
                0 => first,
                r if r + 1 == rows.len() => last,
                _ => middle,
            };
            Self((0..rows.len()).map(|r| of_row(r).to_string()).collect())
        };
        let [left, right] = [bracket('⎡', '⎢', '⎣'), bracket('⎤', '⎥', '⎦')];
        let inside = Self::beside(&parts, "  ");
        Self::row(&[left, inside, right])
    }

    /// A column of numbers between brackets.
    pub(super) fn vector(numbers: &[f32], digits: usize) -> Self {
        let rows: Vec<[f32; 1]> = numbers.iter().map(|&x| [x]).collect();
        Self::matrix(&rows, digits)
    }

    /// Columns under their headings, all but the first aligned at the right.
    pub(super) fn table(columns: Vec<Vec<String>>) -> Self {
        let mut columns = columns.into_iter().map(Self);
        let first: Vec<Self> = columns.next().into_iter().collect();
        let all: Vec<Self> = first.into_iter().chain(columns.map(Self::right)).collect();
        Self::beside(&all, "  ")
    }

    /// Blocks next to each other, from the top.
    fn beside(parts: &[Self], between: &str) -> Self {
        let n_lines = parts.iter().map(|part| part.0.len()).max().unwrap_or(0);
        let line = |l: usize| {
            let cells = parts.iter().map(|part| {
                let text = part.0.get(l).map_or("", String::as_str);
                format!("{text:<width$}", width = part.width())
            });
            cells.collect::<Vec<_>>().join(between)
        };
        Self((0..n_lines).map(line).collect())
    }

    /// Blocks next to each other, a space apart.
    pub(super) fn row(parts: &[Self]) -> Self {
        Self::beside(parts, " ")
    }

    fn right(self) -> Self {
        let width = self.width();
        Self(self.0.into_iter().map(|line| format!("{line:>width$}")).collect())
    }

    fn width(&self) -> usize {
        self.0.iter().map(|line| line.chars().count()).max().unwrap_or(0)
    }
}

/// Four columns in: code for Markdown, and set apart for the eye.
impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|line| writeln!(f, "    {}", line.trim_end()))
    }
}

/// A number with that many digits after the point, and a real minus.
pub(super) fn number(x: f32, digits: usize) -> String {
    let text = format!("{x:.digits$}");
    match text.strip_prefix('-') {
        // What rounds to nothing has no sign.
        Some(zero) if zero.chars().all(|c| matches!(c, '0' | '.')) => zero.to_owned(),
        Some(magnitude) => format!("−{magnitude}"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::{Block, number};

    #[test]
    fn columns_of_a_matrix_line_up() {
        let block = Block::row(&[
            Block::line("A ="),
            Block::matrix(&[[1.0, -2.5], [10.25, 0.0], [0.5, 3.0]], 2),
        ]);
        let expected =
            "    A = ⎡  1.00  −2.50 ⎤\n        ⎢ 10.25   0.00 ⎥\n        ⎣  0.50   3.00 ⎦\n";
        assert_eq!(block.to_string(), expected);
    }

    #[test]
    fn nothing_has_no_sign() {
        assert_eq!(number(-0.0004, 3), "0.000");
        assert_eq!(number(-0.0006, 3), "−0.001");
    }
}
