//! Does a text stay within its columns?

use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

use super::{fit, one_line, width, wrap};

#[test]
fn a_wide_character_takes_two_columns() {
    assert_eq!(fit("丸ノ内サディスティック", 11), "丸ノ内サデ…");
    assert_eq!(fit("丸ノ内サディスティック", 10), "丸ノ内サ…");
    assert_eq!(fit("a b c", 3), "a…");
    assert_eq!(fit("abc", 0), "");
}

#[test]
fn lines_break_at_blanks_and_within_what_is_too_wide() {
    assert_eq!(wrap("one two three", 7), ["one two", "three"]);
    assert_eq!(wrap("one 丸ノ内サディスティック", 8), ["one", "丸ノ内サ", "ディステ", "ィック"]);
    assert!(wrap(" ", 8).is_empty());
}

#[test]
fn a_line_holds_no_escapes() {
    assert_eq!(one_line("a\r\n\u{1b}[31mb\t\u{202e}c "), "a [31mb c");
}

proptest! {
    #[test]
    fn no_text_is_wider_than_it_may_be(text in any::<String>(), columns in 2..30_usize) {
        let text = one_line(&text);
        prop_assert!(width(&fit(&text, columns)) <= columns);
        let lines = wrap(&text, columns);
        for line in &lines {
            prop_assert!(width(line) <= columns, "{:?}", line);
        }
        prop_assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""), "nothing is lost");
    }
}
