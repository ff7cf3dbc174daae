//! How do plain arrays get to a script? As NumPy's `.npy` version 1.0, little-endian.

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
}

macro_rules! numbers {
    ($($number:ty, $name:literal;)*) => {
        $(impl Number for $number {
            const NAME: &'static str = $name;

            fn write(self, out: &mut impl Write) -> io::Result<()> {
                out.write_all(&self.to_le_bytes())
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
