//! Which letters does a spelling keep?

use std::iter::Peekable;
use std::str::Chars;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::credit;

/// Lower case, compatibility forms and accents folded; quotes, dashes and brackets in their ASCII form.
///
/// Only the accents of alphabets go (U+0300 to U+036F and their supplements): a dakuten makes another letter and stays.
pub(super) fn normal(text: &str) -> String {
    if text.is_ascii() {
        return text.chars().map(|c| plain(c.to_ascii_lowercase())).collect();
    }
    let mut folded = String::with_capacity(text.len());
    for decomposed in text.chars().map(plain).nfkd().filter(|&c| !is_silent(c)) {
        for c in decomposed.to_lowercase().map(plain).filter(|&c| !is_silent(c)) {
            match spelled_out(c) {
                Some(letters) => folded.push_str(letters),
                None => folded.push(c),
            }
        }
    }
    folded.nfc().collect()
}

/// The words of a normal text with one blank between them; empty where it has none.
pub(super) fn words(normal: &str) -> String {
    let mut pen = Pen::default();
    let mut rest = normal.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\'' | '*' => {}
            ',' if pen.is_after(char::is_numeric) && next_is(&mut rest, char::is_numeric) => {}
            '.' if pen.is_initial() && starts_initial(&rest) => pen.letters = 0,
            '&' | '+' => pen.join(),
            '@' => pen.word("at"),
            '$' if pen.is_after(char::is_alphabetic) || next_is(&mut rest, char::is_alphabetic) => {
                pen.letter('s')
            }
            '!' if pen.is_after(char::is_alphabetic) && next_is(&mut rest, char::is_alphabetic) => {
                pen.letter('i')
            }
            c if c.is_alphanumeric() || is_combining_mark(c) => pen.letter(c),
            _ => pen.lift(),
        }
    }
    respelled(&composed(pen.text))
}

/// What stands for a name of which no word was kept: its symbols, or else every word as written, or else itself.
pub(super) fn symbols(kept: &str, written: &str) -> String {
    let is_symbol = |c: &char| !c.is_whitespace() && !is_structure(*c);
    let symbols = composed(kept.chars().filter(is_symbol).collect());
    if !symbols.is_empty() {
        return symbols;
    }
    let normal = normal(written);
    let mut all = words(&normal);
    credit::cut(&mut all);
    if all.is_empty() {
        all = composed(normal.split_whitespace().collect());
    }
    if all.is_empty() {
        all = written.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
    }
    all
}

/// Characters that part a title and name nothing.
pub(super) fn is_structure(c: char) -> bool {
    c.is_control() || matches!(c, '(' | ')' | '[' | ']' | '{' | '}' | '-' | '~' | '|')
}

/// Puts marks and letters in order that stood apart before.
fn composed(text: String) -> String {
    if text.is_ascii() { text } else { text.nfc().collect() }
}

/// The written number that a numeral of a part stands for, from one to ten.
fn number(word: &str) -> Option<&'static str> {
    Some(match word {
        "1" | "i" | "one" => "1",
        "2" | "ii" | "two" => "2",
        "3" | "iii" | "three" => "3",
        "4" | "iv" | "four" => "4",
        "5" | "v" | "five" => "5",
        "6" | "vi" | "six" => "6",
        "7" | "vii" | "seven" => "7",
        "8" | "viii" | "eight" => "8",
        "9" | "ix" | "nine" => "9",
        "10" | "x" | "ten" => "10",
        _ => return None,
    })
}

/// Writes "and" for "n" between words, and "part 2" for "pt ii".
fn respelled(words: &str) -> String {
    let mut text = String::with_capacity(words.len() + 8);
    let mut rest = words.split(' ').peekable();
    let mut is_after_part = false;
    while let Some(word) = rest.next() {
        let next = rest.peek().copied();
        let spelled = match word {
            "n" if !text.is_empty() && next.is_some() => "and",
            "pt" if next.and_then(number).is_some() => "part",
            word if is_after_part => number(word).unwrap_or(word),
            word => word,
        };
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(spelled);
        is_after_part = spelled == "part";
    }
    text
}

fn plain(c: char) -> char {
    match c {
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' | '\u{2bc}' | '\u{b4}' | '`' => '\'',
        '\u{201c}'..='\u{201f}' | '\u{2033}' | '«' | '»' | '‹' | '›' => '"',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '【' | '〔' => '[',
        '】' | '〕' => ']',
        '\u{301c}' | '\u{223c}' => '~',
        '™' | '℠' => ' ',
        c if c.is_control() => ' ',
        c => c,
    }
}

/// Accents of alphabets, variation selectors and characters of no width.
fn is_silent(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}'
        | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Letters that no decomposition takes apart.
fn spelled_out(c: char) -> Option<&'static str> {
    Some(match c {
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ß' => "ss",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ħ' => "h",
        'ŧ' => "t",
        'ŋ' => "n",
        'ı' => "i",
        'ə' => "e",
        'ς' => "σ",
        _ => return None,
    })
}

/// Writes words, and remembers enough of the last one to read "R.E.M." as one.
#[derive(Default)]
struct Pen {
    text: String,
    is_inside: bool,
    /// Letters since the word began or since its last dot.
    letters: usize,
    /// Whether every dot of the word so far followed a single letter.
    is_initials: bool,
    /// Whether "and" is due before the next word.
    is_joined: bool,
}

impl Pen {
    fn letter(&mut self, c: char) {
        if !self.is_inside {
            if !self.text.is_empty() {
                self.text.push_str(if self.is_joined { " and " } else { " " });
            }
            (self.is_inside, self.is_joined, self.letters, self.is_initials) =
                (true, false, 0, true);
        }
        self.text.push(c);
        self.letters += 1;
        self.is_initials &= self.letters == 1;
    }

    fn lift(&mut self) {
        self.is_inside = false;
    }

    fn word(&mut self, word: &str) {
        self.lift();
        word.chars().for_each(|c| self.letter(c));
        self.lift();
    }

    fn join(&mut self) {
        self.lift();
        self.is_joined = true;
    }

    fn is_after(&self, is_kind: fn(char) -> bool) -> bool {
        self.is_inside && self.text.chars().next_back().is_some_and(is_kind)
    }

    fn is_initial(&self) -> bool {
        self.is_inside
            && self.is_initials
            && self.letters == 1
            && self.is_after(char::is_alphabetic)
    }
}

fn next_is(rest: &mut Peekable<Chars<'_>>, is_kind: fn(char) -> bool) -> bool {
    rest.peek().copied().is_some_and(is_kind)
}

/// Whether what follows a dot is a single letter.
fn starts_initial(rest: &Peekable<Chars<'_>>) -> bool {
    let mut ahead = rest.clone();
    ahead.next().is_some_and(char::is_alphabetic)
        && !ahead.next().is_some_and(char::is_alphanumeric)
}
