//! What can be saved of a zip that was cut off?
//!
//! Its directory stands at the end and is lost, but each file also has a header of its own before its bytes
//! (APPNOTE.TXT 4.3.7): signature `PK\3\4`, flags at 6, method at 8, sizes at 18 and 22, lengths of name and extra field at 26 and 28.
//! The headers are walked in the order of the bytes, and each file is inflated up to where it ends.

use std::io::{self, BufRead, BufReader, Read, Take};

use flate2::bufread::DeflateDecoder;

use super::{CHUNK, Input, Member, Stop, Visit};
use crate::RejectReason;

const SIGNATURE: [u8; 4] = *b"PK\x03\x04";
const IS_ENCRYPTED: u16 = 1;

/// Visits the files of a cut zip, then the zip itself as a reject.
pub(super) fn each(
    mut file: impl BufRead,
    name: &str,
    prefix: &str,
    visit: &mut Visit<'_>,
) -> Result<(), Stop> {
    while find_signature(&mut file)? {
        let Some(header) = read_header(&mut file)? else { break };
        if header.name.ends_with('/') {
            continue;
        }
        let mut unpacked = Unpacked::new(&mut file, &header);
        let input = match &mut unpacked {
            Some(unpacked) => Ok(Input::new(BufReader::with_capacity(CHUNK, unpacked))),
            None => Err(RejectReason::Damaged),
        };
        visit(Member::new(&format!("{prefix}{}", header.name), false, input))?;
        // What the visitor left is read over, so that the next header is found; where it is damaged, from there on.
        if let Some(mut unpacked) = unpacked {
            io::copy(&mut unpacked, &mut io::sink()).ok();
        }
    }
    visit(Member::new(name, false, Err(RejectReason::CutOff)))
}

struct Header {
    name: String,
    flags: u16,
    method: u16,
    compressed_bytes: u32,
}

/// Reads on until just after the next signature.
fn find_signature(file: &mut impl BufRead) -> io::Result<bool> {
    let mut last = [0; 4];
    for byte in file.bytes() {
        last.rotate_left(1);
        last[3] = byte?;
        if last == SIGNATURE {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The header after its signature, or `None` where the file ends within it.
fn read_header(file: &mut impl BufRead) -> io::Result<Option<Header>> {
    let mut fixed = [0; 26];
    if let Err(error) = file.read_exact(&mut fixed) {
        return if error.kind() == io::ErrorKind::UnexpectedEof { Ok(None) } else { Err(error) };
    }
    // Offsets count from the signature, whose four bytes are behind us.
    let short = |at: usize| u16::from_le_bytes([fixed[at - 4], fixed[at - 3]]);
    let compressed_bytes = u32::from_le_bytes([fixed[14], fixed[15], fixed[16], fixed[17]]);
    let mut name = Vec::new();
    file.take(u64::from(short(26))).read_to_end(&mut name)?;
    io::copy(&mut file.take(u64::from(short(28))), &mut io::sink())?;
    let name = String::from_utf8_lossy(&name).into_owned();
    Ok(Some(Header { name, flags: short(6), method: short(8), compressed_bytes }))
}

/// The bytes of one file; the end of the zip within them is an error, not an end.
enum Unpacked<R> {
    Stored(Take<R>),
    Deflated(DeflateDecoder<R>),
}

impl<R: BufRead> Unpacked<R> {
    fn new(file: R, header: &Header) -> Option<Self> {
        match header.method {
            _ if header.flags & IS_ENCRYPTED != 0 => None,
            0 => Some(Self::Stored(file.take(u64::from(header.compressed_bytes)))),
            8 => Some(Self::Deflated(DeflateDecoder::new(file))),
            _ => None,
        }
    }
}

impl<R: BufRead> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let (read, is_cut) = match self {
            Self::Stored(file) => (file.read(buffer)?, file.limit() > 0),
            Self::Deflated(file) => (file.read(buffer)?, file.get_mut().fill_buf()?.is_empty()),
        };
        if read == 0 && is_cut && !buffer.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(read)
    }
}
