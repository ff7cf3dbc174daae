//! How do plain arrays get to a script and back? As NumPy's `.npy` version 1.0, little-endian.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use fs_err::File;

/// A number that NumPy knows.
pub trait Number: Copy {
    /// What NumPy calls it.
    const NAME: &'static str;
    /// Writes its bytes, little-endian.
    ///
    /// # Errors
    /// What `out` says.
    fn write(self, out: &mut impl Write) -> io::Result<()>;
    /// The number that so many bytes are.
    fn read(bytes: &[u8]) -> Self;
}

macro_rules! numbers {
    ($($number:ty, $name:literal;)*) => {
        $(impl Number for $number {
            const NAME: &'static str = $name;

            fn write(self, out: &mut impl Write) -> io::Result<()> {
                out.write_all(&self.to_le_bytes())
            }

            fn read(bytes: &[u8]) -> Self {
                Self::from_le_bytes(bytes.try_into().expect("as many bytes as a number has"))
            }
        })*
    };
}

numbers! {
    f32, "<f4";
    f64, "<f8";
    u8, "|u1";
    u32, "<u4";
    i64, "<i8";
}

/// Writes an array of that shape.
///
/// # Errors
/// What the file system says.
///
/// # Panics
/// When the shape holds another number of values.
pub fn write<T: Number>(path: &Path, shape: &[usize], values: &[T]) -> io::Result<()> {
    assert_eq!(shape.iter().product::<usize>(), values.len(), "as many values as the shape holds");
    let axes: String = shape.iter().map(|n| format!("{n},")).collect();
    let mut header =
        format!("{{'descr': '{}', 'fortran_order': False, 'shape': ({axes}), }}", T::NAME);
    // Magic, length and header together fill whole lines of 64 bytes.
    header.extend(std::iter::repeat_n(' ', 64 - (10 + header.len() + 1) % 64));
    header.push('\n');
    let length = u16::try_from(header.len()).expect("a header is two lines at most");
    let mut out = BufWriter::new(File::create(path)?);
    out.write_all(b"\x93NUMPY\x01\x00")?;
    out.write_all(&length.to_le_bytes())?;
    out.write_all(header.as_bytes())?;
    values.iter().try_for_each(|value| value.write(&mut out))?;
    out.flush()
}

/// Reads shape and values of an array that lies row after row.
///
/// # Errors
/// When the file cannot be read or holds something else.
pub fn read<T: Number>(path: &Path) -> anyhow::Result<(Vec<usize>, Vec<T>)> {
    let bytes = fs_err::read(path)?;
    let header = |bytes: &[u8]| -> Option<(String, usize)> {
        let length = u16::from_le_bytes(*bytes.strip_prefix(b"\x93NUMPY\x01\x00")?.first_chunk()?);
        let end = 10 + usize::from(length);
        Some((String::from_utf8_lossy(bytes.get(10..end)?).into_owned(), end))
    };
    let odd = || anyhow::anyhow!("{}: a .npy file of version 1 expected", path.display());
    let (header, start) = header(&bytes).ok_or_else(odd)?;
    let is_ours = header.contains(T::NAME) && header.contains("'fortran_order': False");
    anyhow::ensure!(
        is_ours,
        "{}: {} row after row expected, got {header}",
        path.display(),
        T::NAME
    );
    let (_, shape) = header.split_once("'shape': (").ok_or_else(odd)?;
    let (shape, _) = shape.split_once(')').ok_or_else(odd)?;
    let axes = shape.split(',').map(str::trim).filter(|axis| !axis.is_empty());
    let shape: Vec<usize> = axes.map(str::parse).collect::<Result<_, _>>()?;
    let values: Vec<T> = bytes[start..].chunks_exact(size_of::<T>()).map(T::read).collect();
    anyhow::ensure!(values.len() == shape.iter().product::<usize>(), "{}: cut off", path.display());
    Ok((shape, values))
}
