//! How does an array lie on disk?
//!
//! As NumPy's `.npy` version 1.0 (numpy.lib.format), so that `numpy.load` reads every array of a snapshot:
//! magic, a padded header with type and shape, then the numbers, little-endian, row-major.

use std::io::{self, Write};

use models::Array;

const MAGIC: &[u8; 8] = b"\x93NUMPY\x01\x00";

/// Numbers turned into bytes at a time, so that no second copy of a large array is made.
const CHUNK: usize = 1 << 14;

/// Writes an array.
pub(crate) fn write(array: &Array, out: &mut impl Write) -> io::Result<()> {
    let descr = match array {
        Array::F32 { .. } => "<f4",
        Array::U32 { .. } => "<u4",
        Array::U64 { .. } => "<u8",
    };
    let shape: String = array.shape().iter().map(|n| format!("{n},")).collect();
    let mut header =
        format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({shape}), }}");
    // Magic, length and header together fill whole lines of 64 bytes.
    let padding = 64 - (MAGIC.len() + 2 + header.len() + 1) % 64;
    header.extend(std::iter::repeat_n(' ', padding));
    header.push('\n');
    let length = u16::try_from(header.len()).expect("a header is two lines at most");
    out.write_all(&[MAGIC.as_slice(), &length.to_le_bytes(), header.as_bytes()].concat())?;
    match array {
        Array::F32 { values, .. } => write_numbers(values, |x| x.to_le_bytes(), out),
        Array::U32 { values, .. } => write_numbers(values, |x| x.to_le_bytes(), out),
        Array::U64 { values, .. } => write_numbers(values, |x| x.to_le_bytes(), out),
    }
}

fn write_numbers<T: Copy, const N: usize>(
    values: &[T],
    to_bytes: impl Fn(T) -> [u8; N],
    out: &mut impl Write,
) -> io::Result<()> {
    let mut bytes = vec![[0; N]; CHUNK.min(values.len())];
    for values in values.chunks(CHUNK) {
        for (bytes, &x) in bytes.iter_mut().zip(values) {
            *bytes = to_bytes(x);
        }
        out.write_all(bytes[..values.len()].as_flattened())?;
    }
    Ok(())
}

/// The array in these bytes, or what is wrong with them.
pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Array, String> {
    let rest = bytes.strip_prefix(MAGIC).ok_or("no NumPy array of version 1.0")?;
    let (length, rest) = rest.split_first_chunk::<2>().ok_or("cut short in its header")?;
    let (header, values) = rest
        .split_at_checked(usize::from(u16::from_le_bytes(*length)))
        .ok_or("cut short in its header")?;
    let header =
        std::str::from_utf8(header).map_err(|source| format!("an unreadable header: {source}"))?;
    let shape = shape_of(header).ok_or_else(|| format!("an unreadable shape in {header}"))?;
    let n = shape
        .iter()
        .try_fold(1_usize, |n, side| n.checked_mul(*side))
        .ok_or("an impossible shape")?;
    if header.contains("'<f4'") {
        return Ok(Array::F32 { shape, values: numbers(values, n, f32::from_le_bytes)? });
    }
    if header.contains("'<u4'") {
        return Ok(Array::U32 { shape, values: numbers(values, n, u32::from_le_bytes)? });
    }
    if header.contains("'<u8'") {
        return Ok(Array::U64 { shape, values: numbers(values, n, u64::from_le_bytes)? });
    }
    Err(format!("numbers of a kind nobody here writes: {header}"))
}

fn shape_of(header: &str) -> Option<Vec<usize>> {
    let (_, from_shape) = header.split_once("'shape': (")?;
    let (shape, _) = from_shape.split_once(')')?;
    shape
        .split(',')
        .map(str::trim)
        .filter(|side| !side.is_empty())
        .map(|side| side.parse().ok())
        .collect()
}

fn numbers<T, const N: usize>(
    bytes: &[u8],
    n: usize,
    from: impl Fn([u8; N]) -> T,
) -> Result<Vec<T>, String> {
    let (chunks, rest) = bytes.as_chunks::<N>();
    if chunks.len() != n || !rest.is_empty() {
        return Err(format!("{n} numbers expected, got {} bytes", bytes.len()));
    }
    Ok(chunks.iter().copied().map(from).collect())
}

#[cfg(test)]
mod tests {
    use models::Array;

    use super::{CHUNK, from_bytes, write};

    fn to_bytes(array: &Array) -> Vec<u8> {
        let mut bytes = Vec::new();
        write(array, &mut bytes).unwrap();
        bytes
    }

    #[test]
    fn what_is_written_is_read_again() {
        for array in [
            Array::F32 { shape: vec![2, 3], values: vec![0.5, -1.0, f32::MAX, 0.0, 2.0, 3.0] },
            Array::U32 { shape: vec![0], values: vec![] },
            Array::U32 { shape: vec![CHUNK + 2], values: (0..).take(CHUNK + 2).collect() },
            Array::U64 { shape: vec![1], values: vec![u64::MAX] },
        ] {
            assert_eq!(from_bytes(&to_bytes(&array)).unwrap(), array);
            assert_eq!(
                (to_bytes(&array).len() - 8 * usize::from(matches!(array, Array::U64 { .. }))) % 8,
                0
            );
        }
    }

    #[test]
    fn bytes_that_are_no_array_are_refused_with_what_is_wrong() {
        let whole = to_bytes(&Array::F32 { shape: vec![2], values: vec![1.0, 2.0] });
        for cut in [0, 4, 9, 40, whole.len() - 1] {
            assert!(from_bytes(&whole[..cut]).is_err(), "cut at {cut}");
        }
    }
}
