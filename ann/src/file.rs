//! How do the numbers of an index lie in a file, so that many processes can map it?
//!
//! Little-endian throughout.
//!
//! | bytes | what |
//! | --- | --- |
//! | 0–7 | `USNGNEAR` |
//! | 8–11 | version, `u32` |
//! | 12–15 | 1 an index, 2 changes of one, `u32` |
//! | 16–19 | number of sections, `u32` |
//! | 20–31 | zeros |
//! | 32–63 | checksum of the table |
//! | 64 on | the table: 64 bytes a section |
//!
//! | bytes of an entry | what |
//! | --- | --- |
//! | 0–7 | kind, `u64` ([`Kind`]) |
//! | 8–15 | where its numbers begin, `u64`, a multiple of 64 |
//! | 16–23 | how many bytes, `u64` |
//! | 24–31 | zeros |
//! | 32–63 | checksum of its bytes |
//!
//! A checksum is the BLAKE3 of the BLAKE3s of every 2²⁰ bytes, so that all threads can compute one.

use std::io::{self, Write};
use std::ops::Range;

use bytemuck::Pod;
use rayon::iter::ParallelIterator;
use rayon::slice::ParallelSlice;

use crate::error::Error;
use crate::places::number;
use crate::section::{Bytes, Section};

/// Of files written now.
pub(crate) const VERSION: u32 = 1;
const MAGIC: &[u8; 8] = b"USNGNEAR";
/// Of the head, of an entry, and what sections begin at a multiple of.
const LINE: usize = 64;
const CHECKED: usize = 1 << 20;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Content {
    Index = 1,
    Changes = 2,
}

/// What a section holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub(crate) enum Kind {
    /// `u64`: lengths and choices.
    Shape = 1,
    /// Rows by place in single precision.
    Single = 2,
    /// Rows by place in half precision.
    Half = 3,
    /// Rows by place in bytes, in panels of sixteen.
    Quads = 4,
    /// What is known of panels: six `f32` each.
    Panels = 5,
    /// The row at each place, `u32`.
    RowAt = 6,
    /// The place of each row, `u32`.
    PlaceOf = 7,
    /// Where lists start, `u32`.
    Starts = 8,
    /// Mean and spread of each list, `f32`.
    Promises = 9,
    /// What tells the index that changed from any other.
    Base = 10,
    /// Rows that are gone, `u32`, ascending.
    Gone = 11,
    /// Rows that came, `u32`, ascending.
    Added = 12,
    /// Their vectors, `f32`.
    Vectors = 13,
}

pub(crate) type Checksum = [u8; 32];

/// Sections of one file, more than any version has.
const MOST: usize = 32;

/// Writes head, table and sections, each with the checksum of its bytes.
pub(crate) fn write(
    content: Content,
    sections: &[(Kind, &[u8], Checksum)],
    out: &mut impl Write,
) -> io::Result<()> {
    let mut at = LINE * (1 + sections.len());
    let mut table = Vec::new();
    for (kind, bytes, checksum) in sections {
        let mut entry = [0; LINE];
        entry[..8].copy_from_slice(&(*kind as u64).to_le_bytes());
        entry[8..16].copy_from_slice(&(at as u64).to_le_bytes());
        entry[16..24].copy_from_slice(&(bytes.len() as u64).to_le_bytes());
        entry[32..].copy_from_slice(checksum);
        table.extend_from_slice(&entry);
        at += bytes.len().next_multiple_of(LINE);
    }
    let mut head = [0; LINE];
    head[..8].copy_from_slice(MAGIC);
    head[8..12].copy_from_slice(&VERSION.to_le_bytes());
    head[12..16].copy_from_slice(&(content as u32).to_le_bytes());
    head[16..20].copy_from_slice(&number(sections.len()).to_le_bytes());
    head[32..].copy_from_slice(&checksum(&table));
    out.write_all(&head)?;
    out.write_all(&table)?;
    for (_, bytes, _) in sections {
        out.write_all(bytes)?;
        out.write_all(&[0; LINE][..bytes.len().next_multiple_of(LINE) - bytes.len()])?;
    }
    Ok(())
}

/// A file whose sections are what was written.
pub(crate) struct Sections<'a> {
    bytes: &'a Bytes,
    found: Vec<Entry>,
}

/// A kind, where its bytes are, and their checksum.
type Entry = (u64, Range<usize>, Checksum);

impl<'a> Sections<'a> {
    /// Reads the table and checks every byte. O(bytes), parallel.
    pub(crate) fn read(bytes: &'a Bytes, content: Content) -> Result<Self, Error> {
        if cfg!(target_endian = "big") {
            return Err(Error::BigEndian);
        }
        let all = (**bytes).as_ref();
        let head = all.first_chunk::<LINE>().filter(|head| head[..8] == *MAGIC);
        let head = head.ok_or(Error::NotAnIndex)?;
        let version = number_in(head, 8);
        if version > VERSION {
            return Err(Error::Newer { version });
        }
        if version == 0 || number_in(head, 12) != content as u32 {
            return Err(Error::NotAnIndex);
        }
        let n_sections = number_in(head, 16) as usize;
        if n_sections > MOST {
            return Err(Error::Damaged { what: "it has too many sections" });
        }
        let table = all.get(LINE..LINE * (1 + n_sections));
        let table = table.ok_or(Error::Damaged { what: "its table is cut off" })?;
        if checksum(table) != head[32..] {
            return Err(Error::Damaged { what: "its table is not what was written" });
        }
        let found = table.as_chunks::<LINE>().0.iter().map(|entry| section(entry, all));
        Ok(Self { bytes, found: found.collect::<Result<_, _>>()? })
    }

    /// The checksum of a section's bytes.
    pub(crate) fn checksum(&self, kind: Kind) -> Option<Checksum> {
        self.entry(kind).map(|(.., checksum)| *checksum)
    }

    /// The numbers of a section.
    pub(crate) fn section<T: Pod>(&self, kind: Kind) -> Result<Section<T>, Error> {
        let found = self.entry(kind);
        let numbers = found.and_then(|(_, at, _)| Section::within(self.bytes, at.clone()));
        numbers.ok_or(Error::Damaged { what: "a section is missing" })
    }

    fn entry(&self, kind: Kind) -> Option<&Entry> {
        self.found.iter().find(|(number, ..)| *number == kind as u64)
    }
}

/// A section whose bytes are what was written.
fn section(entry: &[u8; LINE], all: &[u8]) -> Result<Entry, Error> {
    let numbers = entry.as_chunks::<8>().0;
    let [kind, start, length] = [0, 1, 2].map(|at| u64::from_le_bytes(numbers[at]));
    let place = usize::try_from(start).ok().zip(usize::try_from(length).ok());
    let place = place.and_then(|(start, length)| Some(start..start.checked_add(length)?));
    let place = place.filter(|place| place.end <= all.len());
    let place = place.ok_or(Error::Damaged { what: "it is cut off" })?;
    let checksum = checksum(&all[place.clone()]);
    if checksum != entry[32..] {
        return Err(Error::Damaged { what: "its numbers are not what was written" });
    }
    Ok((kind, place, checksum))
}

fn number_in(head: &[u8; LINE], at: usize) -> u32 {
    u32::from_le_bytes(*head[at..].first_chunk().expect("four bytes of the head"))
}

/// The BLAKE3 of the BLAKE3s of parts.
pub(crate) fn checksum(bytes: &[u8]) -> Checksum {
    let parts: Vec<Checksum> =
        bytes.par_chunks(CHECKED).map(|part| *blake3::hash(part).as_bytes()).collect();
    *blake3::hash(parts.as_flattened()).as_bytes()
}
