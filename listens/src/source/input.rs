//! How does a file begin?
//!
//! The head is kept so that a format can be recognized without seeking; reading then starts with it.

use std::borrow::Cow;
use std::io::{self, BufRead, Cursor, Read};

use super::CHUNK;

/// One file, its first bytes at hand.
pub(crate) struct Input<'a> {
    head: Cursor<Vec<u8>>,
    /// What went wrong while the head was read; told when the head is used up.
    failed: Option<io::Error>,
    rest: Box<dyn BufRead + 'a>,
}

impl<'a> Input<'a> {
    /// Reads the head; a byte order mark of UTF-8 is left out.
    pub(crate) fn new(mut rest: impl BufRead + 'a) -> Self {
        let mut head = Vec::new();
        let failed = rest.by_ref().take(CHUNK as u64).read_to_end(&mut head).err();
        if head.starts_with(b"\xef\xbb\xbf") {
            head.drain(..3);
        }
        Self { head: Cursor::new(head), failed, rest: Box::new(rest) }
    }

    /// The first bytes, up to [`CHUNK`] of them.
    pub(crate) fn head(&self) -> &[u8] {
        self.head.get_ref()
    }

    /// The first byte that is not blank.
    pub(crate) fn first_byte(&self) -> Option<u8> {
        self.head().iter().copied().find(|byte| !byte.is_ascii_whitespace())
    }

    /// Whether the head itself could not be read to its end.
    pub(crate) fn is_damaged(&self) -> bool {
        self.failed.is_some()
    }

    /// The first bytes as text, decoded as far as can be told from them.
    pub(crate) fn head_text(&self) -> Cow<'_, str> {
        if !self.is_utf16() {
            return String::from_utf8_lossy(self.head());
        }
        let is_big_endian = matches!(self.head(), [0, ..] | [0xfe, ..]);
        let order = if is_big_endian { u16::from_be_bytes } else { u16::from_le_bytes };
        let units: Vec<u16> =
            self.head().chunks_exact(2).map(|pair| order([pair[0], pair[1]])).collect();
        Cow::Owned(String::from_utf16_lossy(&units).replace('\u{feff}', ""))
    }

    /// The first line of the head that is not blank.
    pub(crate) fn first_line(&self) -> String {
        let head = self.head_text();
        head.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().to_owned()
    }

    /// Whether the file starts as JSON does.
    pub(crate) fn is_json(&self) -> bool {
        self.head_text().trim_start().starts_with(['{', '['])
    }

    /// Whether the file is text in UTF-16, by its mark or by the zeros of its first letters.
    pub(crate) fn is_utf16(&self) -> bool {
        let head = self.head();
        let is_marked = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
        is_marked
            || matches!(
                head,
                [0, b' '..=b'~', 0, b' '..=b'~', ..] | [b' '..=b'~', 0, b' '..=b'~', 0, ..]
            )
    }
}

impl Read for Input<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut chunk = self.fill_buf()?;
        let read = chunk.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for Input<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.head.position() < self.head.get_ref().len() as u64 {
            return self.head.fill_buf();
        }
        match self.failed.take() {
            Some(error) => Err(error),
            None => self.rest.fill_buf(),
        }
    }

    fn consume(&mut self, read: usize) {
        if self.head.position() < self.head.get_ref().len() as u64 {
            self.head.consume(read);
        } else {
            self.rest.consume(read);
        }
    }
}
