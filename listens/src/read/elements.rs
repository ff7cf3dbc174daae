//! What is the next element of this JSON array?
//!
//! The array is cut into elements by counting brackets outside of strings, without reading what they say.
//! So one broken element costs no other, a file cut in half keeps all elements before the cut, and memory holds one element.
//! Behind a broken element, nothing is believed until one begins as those before it do.

mod scan;

use std::io::{self, BufRead};

use super::NextRow;
use crate::RejectReason;
use crate::reject::Place;
use scan::Scan;

/// No honest element is longer: a playlist of 10,000 tracks has about 4 MB.
const LONGEST_BYTES: usize = 16 << 20;

/// How often a file is picked up again behind a broken element.
const MOST_RESTARTS: u32 = 100;

/// A colon stands no further behind the beginning of an element.
const LONGEST_NAME: usize = 64;

/// How many ways there are for an element to begin; more are not remembered.
const MOST_BEGINNINGS: usize = 16;

/// The elements of one array, and of those that follow it.
pub(super) struct Elements<R> {
    input: R,
    /// The name under which the array stands in the object that is the file.
    name: Option<&'static str>,
    /// Bytes to go over a second time before the input goes on.
    again: Vec<u8>,
    again_from: usize,
    element: Vec<u8>,
    scan: Scan,
    /// Whether the next piece is more of one that is too long.
    is_continued: bool,
    /// How elements began so far, up to their first colon.
    beginnings: Vec<Vec<u8>>,
    number: u64,
    restarts: u32,
    state: State,
}

/// What is to be made of the next piece.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// It is an element.
    Sound,
    /// It is an element if it begins like one, else what is left of a broken one.
    Astray,
    /// It stands behind the end of the array.
    Trailing,
    /// There is none.
    Done,
}

/// What stands behind a piece.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// A comma, or the end of an array and the beginning of another.
    Comma,
    /// The end of the array and of the file.
    Array,
    /// The end of the array, and something that is none.
    Trailing,
    /// Nothing: the file ends.
    File,
    /// More of the same, for too long.
    Limit,
}

/// What a closing bracket at the depth of the array is.
enum Bracket {
    Ends(End),
    Stray,
}

impl<R: BufRead> Elements<R> {
    /// The elements of the array that is the whole file, or `None` where the file is something else.
    pub(super) fn of_array(input: R) -> io::Result<Option<Self>> {
        let mut elements = Self::new(input, None);
        let is_array = elements.peek()? == Some(b'[');
        if is_array {
            elements.bump()?;
        }
        Ok(is_array.then_some(elements))
    }

    /// The elements of the array of that name in the object that is the whole file, or `None` where there is none.
    pub(super) fn under(input: R, name: &'static str) -> io::Result<Option<Self>> {
        let mut elements = Self::new(input, Some(name));
        Ok(elements.seek(name, Scan::default())?.then_some(elements))
    }

    fn new(input: R, name: Option<&'static str>) -> Self {
        Self {
            input,
            name,
            again: Vec::new(),
            again_from: 0,
            element: Vec::new(),
            scan: Scan::default(),
            is_continued: false,
            beginnings: Vec::new(),
            number: 0,
            restarts: 0,
            state: State::Sound,
        }
    }

    /// The next element, or why there is none; `None` after the end of the array.
    pub(super) fn next(&mut self) -> NextRow<&[u8]> {
        while self.state != State::Done {
            let end = self.fill_element()?;
            let is_blank = self.element.trim_ascii().is_empty();
            let state = match (self.state, end) {
                (State::Astray, _) if !self.begins_alike() => {
                    self.go_on(end, State::Astray);
                    continue;
                }
                (State::Trailing, _) => State::Trailing,
                _ if is_blank && !matches!(end, End::File | End::Limit) && !self.scan.is_torn => {
                    self.go_on(end, State::Sound);
                    continue;
                }
                _ => State::Sound,
            };
            self.number += 1;
            let outcome = self.judge(end, state);
            let element = outcome.map(|()| self.element.as_slice());
            return Ok(Some((Place::Element(self.number), element)));
        }
        Ok(None)
    }

    /// Whether a piece can be an element; decides where to go on.
    fn judge(&mut self, end: End, state: State) -> Result<(), RejectReason> {
        let is_whole = !matches!(end, End::File | End::Limit) && !self.scan.is_torn;
        self.remember_beginning();
        if is_whole && state == State::Sound {
            self.go_on(end, State::Sound);
            return Ok(());
        }
        let is_restarted = self.go_on(end, State::Astray);
        Err(match end {
            _ if state == State::Trailing => RejectReason::Trailing,
            End::Limit if !is_restarted => RejectReason::TooLarge,
            End::File if !is_restarted => RejectReason::CutOff,
            _ => RejectReason::BrokenJson,
        })
    }

    /// Goes on behind a piece, or inside of it where it is broken and swallowed an element; tells whether it did.
    fn go_on(&mut self, end: End, state: State) -> bool {
        let is_restarted = state == State::Astray && self.restart(end);
        self.state = match end {
            _ if is_restarted => state,
            End::Array | End::File => State::Done,
            End::Trailing => State::Trailing,
            End::Comma | End::Limit => state,
        };
        self.is_continued = end == End::Limit && !is_restarted;
        if !self.is_continued {
            self.scan = Scan::default();
        }
        is_restarted
    }

    /// Goes back to the next element that was swallowed by the piece at hand.
    ///
    /// Behind a lost quote mark, the letters of strings and the brackets around them change places.
    fn restart(&mut self, end: End) -> bool {
        let next = self.next_alike().filter(|_| self.restarts < MOST_RESTARTS);
        let Some(next) = next else { return false };
        let behind: &[u8] = match (end, self.name) {
            (End::Comma, _) => b",",
            (End::Array, _) | (End::Trailing, None) => b"]",
            (End::Trailing, Some(_)) => b"]}",
            (End::File | End::Limit, _) => b"",
        };
        let rest = self.again.split_off(self.again_from);
        self.again = [&self.element[next..], behind, &rest].concat();
        self.again_from = 0;
        self.restarts += 1;
        true
    }

    /// Where in the piece at hand another element begins, after a comma.
    fn next_alike(&self) -> Option<usize> {
        let start = self.element.len() - self.element.trim_ascii_start().len();
        let first_of = |beginning: &Vec<u8>| {
            let mut windows = self.element.windows(beginning.len()).enumerate().skip(start + 1);
            let next = windows.find(|(at, window)| {
                window == beginning && self.element[..*at].trim_ascii_end().ends_with(b",")
            });
            next.map(|(at, _)| at)
        };
        self.beginnings.iter().filter_map(first_of).min()
    }

    fn begins_alike(&self) -> bool {
        let piece = self.element.trim_ascii_start();
        self.beginnings.iter().any(|beginning| piece.starts_with(beginning))
    }

    fn remember_beginning(&mut self) {
        if self.begins_alike() || self.beginnings.len() == MOST_BEGINNINGS {
            return;
        }
        let piece = self.element.trim_ascii_start();
        let colon = piece.iter().take(LONGEST_NAME).position(|byte| *byte == b':');
        if let Some(colon) = colon.filter(|_| piece.starts_with(b"{")) {
            let beginning = piece[..=colon].to_vec();
            self.beginnings.push(beginning);
        }
    }

    /// Reads up to the comma or bracket behind the next piece.
    fn fill_element(&mut self) -> io::Result<End> {
        // A beginning that lies across the cut of a piece that is too long is still seen whole.
        let kept = if self.is_continued { 2 * LONGEST_NAME } else { 0 };
        self.element.drain(..self.element.len().saturating_sub(kept));
        loop {
            let is_again = self.again_from < self.again.len();
            let chunk =
                if is_again { &self.again[self.again_from..] } else { self.input.fill_buf()? };
            if chunk.is_empty() {
                return Ok(End::File);
            }
            let found = self.scan.find_end(chunk);
            let used = found.map_or(chunk.len(), |(at, _)| at + 1);
            self.element.extend_from_slice(&chunk[..found.map_or(chunk.len(), |(at, _)| at)]);
            self.consume(used);
            match found {
                Some((_, b',')) => return Ok(End::Comma),
                Some((_, byte)) => match self.judge_bracket(byte)? {
                    Bracket::Ends(end) => return Ok(end),
                    Bracket::Stray => {
                        self.element.push(byte);
                        self.scan.is_torn = true;
                    }
                },
                None => {}
            }
            if self.element.len() > LONGEST_BYTES {
                return Ok(End::Limit);
            }
        }
    }

    /// Whether a closing bracket, just read, ends the array: what follows says so.
    fn judge_bracket(&mut self, byte: u8) -> io::Result<Bracket> {
        let next = self.peek()?;
        Ok(match (self.name, next) {
            _ if byte != b']' => Bracket::Stray,
            (_, None) => Bracket::Ends(End::Array),
            (None, Some(b'[')) => {
                self.bump()?;
                Bracket::Ends(End::Comma)
            }
            (None, Some(b',' | b']' | b'}')) => Bracket::Stray,
            (None, Some(_)) => Bracket::Ends(End::Trailing),
            (Some(name), Some(b'}')) => {
                self.bump()?;
                match self.peek()? {
                    None => Bracket::Ends(End::Array),
                    Some(b'{') => self.end_before(name, Scan::default())?,
                    Some(b',' | b']' | b'}') => Bracket::Stray,
                    Some(_) => Bracket::Ends(End::Trailing),
                }
            }
            (Some(name), Some(b',')) => {
                self.bump()?;
                // The object goes on with its next name; elements have none.
                if self.peek()? == Some(b'"') {
                    self.end_before(name, Scan::inside_object())?
                } else {
                    self.unread(b',');
                    Bracket::Stray
                }
            }
            (Some(_), Some(_)) => Bracket::Stray,
        })
    }

    /// The end of an array before another of that name, or before nothing more of use.
    fn end_before(&mut self, name: &str, scan: Scan) -> io::Result<Bracket> {
        let is_found = self.seek(name, scan)?;
        Ok(Bracket::Ends(if is_found { End::Comma } else { End::Array }))
    }

    /// Reads on until just inside the next array of that name that an object at the top holds.
    fn seek(&mut self, name: &str, mut scan: Scan) -> io::Result<bool> {
        let mut text = Vec::new();
        let mut is_named = false;
        while let Some(byte) = self.next_byte()? {
            let was_in_string = scan.is_in_string;
            // The object itself is one bracket deep.
            if is_named && scan.depth() == 1 && byte == b'[' && !was_in_string {
                return Ok(true);
            }
            scan.step(byte);
            match (was_in_string, scan.is_in_string) {
                (false, true) => text.clear(),
                (true, true) if text.len() <= name.len() => text.push(byte),
                (false, false) if byte == b':' => is_named = text == name.as_bytes(),
                (false, false) if byte == b',' => is_named = false,
                _ => {}
            }
        }
        Ok(false)
    }

    /// The next byte that is not blank, still to be read.
    fn peek(&mut self) -> io::Result<Option<u8>> {
        loop {
            let byte = self.first_byte()?;
            if !byte.is_some_and(|byte| byte.is_ascii_whitespace()) {
                return Ok(byte);
            }
            self.consume(1);
        }
    }

    /// Reads over a byte that was peeked.
    fn bump(&mut self) -> io::Result<()> {
        self.next_byte().map(drop)
    }

    fn next_byte(&mut self) -> io::Result<Option<u8>> {
        let byte = self.first_byte()?;
        self.consume(usize::from(byte.is_some()));
        Ok(byte)
    }

    fn first_byte(&mut self) -> io::Result<Option<u8>> {
        match self.again.get(self.again_from) {
            Some(byte) => Ok(Some(*byte)),
            None => Ok(self.input.fill_buf()?.first().copied()),
        }
    }

    /// Takes bytes of what is to be read again, or of the input where that is used up.
    fn consume(&mut self, used: usize) {
        if self.again_from < self.again.len() {
            self.again_from += used;
        } else {
            self.input.consume(used);
        }
    }

    /// Takes one byte back.
    fn unread(&mut self, byte: u8) {
        let rest = self.again.split_off(self.again_from);
        self.again = [&[byte], rest.as_slice()].concat();
        self.again_from = 0;
    }
}

#[cfg(test)]
mod tests;
