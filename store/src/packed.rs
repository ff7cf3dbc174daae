//! How do many recordings with a few numbers each lie in one value?
//!
//! The id in 8 bytes, then each number in 4, all little endian.

use music::RecordingId;
use rusqlite::Connection;

use crate::{Error, Result, identity};

/// Packs ids, each with `N` numbers.
pub(crate) fn pack<const N: usize>(rows: impl Iterator<Item = (RecordingId, [f32; N])>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (id, numbers) in rows {
        bytes.extend(id.0.to_le_bytes());
        bytes.extend(numbers.into_iter().flat_map(f32::to_le_bytes));
    }
    bytes
}

/// The opposite of [`pack`], aliases followed.
pub(crate) fn unpack<const N: usize>(
    db: &Connection,
    bytes: &[u8],
) -> Result<Vec<(RecordingId, [f32; N])>> {
    let cut = || Error::Strange { what: format!("a packed value of {} bytes", bytes.len()) };
    let rows = bytes.chunks(8 + 4 * N).map(|row| {
        let (id, mut rest) = row.split_first_chunk().ok_or_else(cut)?;
        let mut numbers = [0.0; N];
        for number in &mut numbers {
            let (first, others) = rest.split_first_chunk().ok_or_else(cut)?;
            (*number, rest) = (f32::from_le_bytes(*first), others);
        }
        let id = identity::resolve(db, u64::from_le_bytes(*id).cast_signed())?;
        Ok((RecordingId(id.cast_unsigned()), numbers))
    });
    rows.collect()
}
