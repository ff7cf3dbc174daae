//! What is the next element of this JSON array?
//!
//! The array is cut into elements by counting brackets outside of strings, without reading what they say.
//! So one broken element costs no other, a file cut in half keeps all elements before the cut, and memory holds one element.

use std::io::{self, BufRead};

use super::NextRow;
use crate::RejectReason;
use crate::reject::Place;

/// No honest element is longer: a playlist of 10,000 tracks has about 4 MB.
const LONGEST_BYTES: usize = 16 << 20;

/// How often a file is picked up again behind a broken element.
const MOST_RESTARTS: u32 = 100;

/// The elements of one array.
pub(super) struct Elements<R> {
    input: R,
    /// Bytes to go over a second time before the input goes on.
    again: Vec<u8>,
    again_from: usize,
    element: Vec<u8>,
    number: u64,
    restarts: u32,
    is_done: bool,
}

impl<R: BufRead> Elements<R> {
    /// The elements of the array that is the whole file, or `None` where the file is something else.
    pub(super) fn of_array(mut input: R) -> io::Result<Option<Self>> {
        while let Some(byte) = next_byte(&mut input)? {
            if byte == b'[' {
                return Ok(Some(Self::after_bracket(input)));
            }
            if !byte.is_ascii_whitespace() {
                break;
            }
        }
        Ok(None)
    }

    /// The elements of the array of that name in the object that is the whole file, or `None` where there is none.
    pub(super) fn under(mut input: R, name: &str) -> io::Result<Option<Self>> {
        let mut scan = Scan::default();
        let mut text = Vec::new();
        let mut is_named = false;
        while let Some(byte) = next_byte(&mut input)? {
            let was_in_string = scan.is_in_string;
            // The object itself is one bracket deep.
            if is_named && scan.depth == 1 && byte == b'[' && !was_in_string {
                return Ok(Some(Self::after_bracket(input)));
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
        Ok(None)
    }

    fn after_bracket(input: R) -> Self {
        let (again, element) = (Vec::new(), Vec::new());
        Self { input, again, again_from: 0, element, number: 0, restarts: 0, is_done: false }
    }

    /// The next element, or why there is none; `None` after the end of the array.
    pub(super) fn next(&mut self) -> NextRow<&[u8]> {
        while !self.is_done {
            self.element.clear();
            let (end, is_torn) = self.fill_element()?;
            self.is_done = !matches!(end, End::Comma);
            let is_blank = self.element.trim_ascii().is_empty();
            if is_blank && matches!(end, End::Comma | End::Array) {
                continue;
            }
            self.number += 1;
            let is_whole = matches!(end, End::Comma | End::Array) && !is_torn;
            let outcome = if is_whole { Ok(()) } else { Err(self.restart(end)) };
            let element = outcome.map(|()| self.element.as_slice());
            return Ok(Some((Place::Element(self.number), element)));
        }
        Ok(None)
    }

    /// Reads up to the comma or bracket behind the element; also tells whether a string was torn in it.
    fn fill_element(&mut self) -> io::Result<(End, bool)> {
        let mut scan = Scan::default();
        loop {
            let is_again = self.again_from < self.again.len();
            let chunk =
                if is_again { &self.again[self.again_from..] } else { self.input.fill_buf()? };
            if chunk.is_empty() {
                return Ok((End::File, scan.is_torn));
            }
            let found = scan.find_end(chunk);
            let used = found.map_or(chunk.len(), |(at, _)| at + 1);
            self.element.extend_from_slice(&chunk[..found.map_or(chunk.len(), |(at, _)| at)]);
            if is_again {
                self.again_from += used;
            } else {
                self.input.consume(used);
            }
            if let Some((_, end)) = found {
                return Ok((end, scan.is_torn));
            }
            if self.element.len() > LONGEST_BYTES {
                return Ok((End::Limit, scan.is_torn));
            }
        }
    }

    /// Says what is wrong with the element, and goes on at the next one that begins as it does, if one was swallowed.
    ///
    /// Behind a lost quote mark, the letters of strings and the brackets around them change places.
    fn restart(&mut self, end: End) -> RejectReason {
        let next = self.next_alike().filter(|_| self.restarts < MOST_RESTARTS);
        let Some(next) = next else {
            return match end {
                End::Comma | End::Array => RejectReason::BrokenJson,
                End::File => RejectReason::CutOff,
                End::Limit => RejectReason::TooLarge,
            };
        };
        let behind: &[u8] = match end {
            End::Comma => b",",
            End::Array => b"]",
            End::File | End::Limit => b"",
        };
        let rest = self.again.split_off(self.again_from);
        self.again = [&self.element[next..], behind, &rest].concat();
        self.again_from = 0;
        self.restarts += 1;
        self.is_done = false;
        RejectReason::BrokenJson
    }

    /// Where in the bytes at hand another element begins with the same name, after a comma.
    fn next_alike(&self) -> Option<usize> {
        const LONGEST_NAME: usize = 64;
        let start = self.element.len() - self.element.trim_ascii_start().len();
        let colon =
            self.element[start..].iter().take(LONGEST_NAME).position(|byte| *byte == b':')?;
        let beginning = &self.element[start..=start + colon];
        let mut windows = self.element.windows(beginning.len()).enumerate().skip(start + 1);
        let next = windows.find(|(at, window)| {
            *window == beginning && self.element[..*at].trim_ascii_end().ends_with(b",")
        });
        next.map(|(at, _)| at)
    }
}

fn next_byte(input: &mut impl BufRead) -> io::Result<Option<u8>> {
    let byte = input.fill_buf()?.first().copied();
    input.consume(usize::from(byte.is_some()));
    Ok(byte)
}

/// What stands behind an element.
#[derive(Clone, Copy)]
enum End {
    /// A comma.
    Comma,
    /// The bracket that closes the array.
    Array,
    /// Nothing: the file ends.
    File,
    /// More of the same, for too long.
    Limit,
}

/// Inside or outside of strings, and how deep in brackets.
#[derive(Default)]
struct Scan {
    depth: usize,
    is_in_string: bool,
    is_escaped: bool,
    /// A line ended inside a string, which JSON does not have: a quote mark is missing.
    is_torn: bool,
}

impl Scan {
    /// The first comma or closing bracket that belongs to the array itself.
    fn find_end(&mut self, chunk: &[u8]) -> Option<(usize, End)> {
        let mut at = 0;
        while at < chunk.len() {
            if self.is_in_string && !self.is_escaped {
                // Most bytes are plain letters of strings.
                let plain =
                    chunk[at..].iter().position(|byte| matches!(byte, b'"' | b'\\' | b'\n'));
                at += plain.unwrap_or(chunk.len() - at);
                if at == chunk.len() {
                    break;
                }
            }
            let byte = chunk[at];
            if self.depth == 0 && !self.is_in_string {
                match byte {
                    b',' => return Some((at, End::Comma)),
                    b']' | b'}' => return Some((at, End::Array)),
                    _ => {}
                }
            }
            self.step(byte);
            at += 1;
        }
        None
    }

    fn step(&mut self, byte: u8) {
        if self.is_escaped {
            self.is_escaped = false;
        } else if self.is_in_string {
            match byte {
                b'\\' => self.is_escaped = true,
                b'"' => self.is_in_string = false,
                b'\n' => (self.is_in_string, self.is_torn) = (false, true),
                _ => {}
            }
        } else {
            match byte {
                b'"' => self.is_in_string = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
    }
}
