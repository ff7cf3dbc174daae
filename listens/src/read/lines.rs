//! What is the next line?
//!
//! Lines end with LF or CRLF; a line has a longest length, so that a file without line ends cannot fill the memory.

use std::io::{BufRead, Read};

use super::NextRow;
use crate::RejectReason;
use crate::reject::Place;

/// No honest line is longer: the longest listen that `ListenBrainz` takes has 10,240 bytes.
const LONGEST_BYTES: u64 = 1 << 20;

/// A file, line by line.
pub(crate) struct Lines<R> {
    input: R,
    buffer: Vec<u8>,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    /// From the first line on.
    pub(crate) fn new(input: R) -> Self {
        Self { input, buffer: Vec::new(), number: 0 }
    }

    /// The next line that is not blank, or why it cannot be read; `None` at the end.
    pub(crate) fn next(&mut self) -> NextRow<&str> {
        loop {
            self.buffer.clear();
            self.number += 1;
            if self.input.by_ref().take(LONGEST_BYTES).read_until(b'\n', &mut self.buffer)? == 0 {
                return Ok(None);
            }
            if !self.buffer.trim_ascii().is_empty() {
                break;
            }
        }
        let place = Place::Line(self.number);
        if self.buffer.len() as u64 == LONGEST_BYTES && !self.buffer.ends_with(b"\n") {
            self.input.skip_until(b'\n')?;
            return Ok(Some((place, Err(RejectReason::TooLarge))));
        }
        let line = self.buffer.strip_suffix(b"\n").unwrap_or(&self.buffer);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        Ok(Some((place, str::from_utf8(line).map_err(|_not_utf8| RejectReason::WrongEncoding))))
    }
}
