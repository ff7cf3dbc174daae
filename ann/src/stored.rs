//! What of its rows does an index keep, and what is a row's dot with a query?

use bytemuck::Pod;
use linalg::{Isa, LANES, View, dots_with, dots_with_half, from_half, to_half};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use crate::codes::{Codes, Remainder};
use crate::section::Section;

/// In what form rows are kept beside the bytes in which they are searched; scores are those of what is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// As they came: 4 bytes a number more.
    Single,
    /// In half precision: 2 bytes a number more, eleven bits of precision. From ±65,520 on a number is infinite.
    Half,
    /// The bytes are all there is: sixteen rows share a step, seven bits a number.
    /// A merge rounds again what it lays out anew.
    /// A row without numbers, with one that is not finite, or longer than 2⁶⁰, is not kept; a row has at most 32,768.
    Byte,
}

/// Rows by place.
#[derive(Debug)]
pub(crate) enum Stored {
    Single(Section<f32>),
    Half(Section<u16>),
    /// In the codes.
    Byte,
}

impl Stored {
    /// Keeps rows, one for each place; `row` writes the one of a place.
    pub(crate) fn new(
        precision: Precision,
        [n, dim]: [usize; 2],
        row: impl Fn(usize, &mut [f32]) + Sync,
    ) -> Self {
        match precision {
            Precision::Single => Self::Single(filled([n, dim], row).into()),
            Precision::Half => {
                let narrow = |place: usize, to: &mut [u16]| {
                    let mut x = vec![0.0; dim];
                    row(place, &mut x);
                    to.iter_mut().zip(x).for_each(|(to, x)| *to = to_half(x));
                };
                Self::Half(filled([n, dim], narrow).into())
            }
            Precision::Byte => Self::Byte,
        }
    }

    /// What the bytes in which rows are searched are short of what is kept.
    pub(crate) fn remainder(&self) -> Remainder {
        match self {
            Self::Single(_) | Self::Half(_) => Remainder::Kept,
            Self::Byte => Remainder::Nothing,
        }
    }

    /// Bytes beside those of the codes.
    pub(crate) fn n_bytes(&self) -> usize {
        match self {
            Self::Single(x) => size_of_val(&**x),
            Self::Half(x) => size_of_val(&**x),
            Self::Byte => 0,
        }
    }

    /// Copies a row out.
    pub(crate) fn read(&self, codes: Codes<'_>, place: usize, out: &mut [f32]) {
        let at = place * out.len()..(place + 1) * out.len();
        match self {
            Self::Single(x) => out.copy_from_slice(&x[at]),
            Self::Half(x) => read_half(&x[at], out),
            Self::Byte => codes.read(place, out),
        }
    }

    /// Writes the dots of a query with the rows at some places, ascending for speed.
    pub(crate) fn dots(
        &self,
        codes: Codes<'_>,
        places: &[u32],
        query: &[f32],
        dots: &mut [f32],
        isa: Isa,
    ) {
        let dim = query.len();
        match self {
            Self::Single(x) => {
                let n_rows = x.len().checked_div(dim).unwrap_or(0);
                dots_with(View::new(x, n_rows, dim), places, query, dots, isa);
            }
            Self::Half(x) => dots_with_half(x, places, query, dots, isa),
            Self::Byte => {
                let mut rows = vec![0.0; LANES * dim];
                let all: Vec<u32> = (0_u32..).take(LANES).collect();
                for (places, dots) in places.chunks(LANES).zip(dots.chunks_mut(LANES)) {
                    for (place, row) in places.iter().zip(rows.chunks_exact_mut(dim.max(1))) {
                        codes.read(*place as usize, row);
                    }
                    let few = View::new(&rows[..places.len() * dim], places.len(), dim);
                    dots_with(few, &all[..places.len()], query, dots, isa);
                }
            }
        }
    }
}

/// Writes the numbers that halves are.
pub(crate) fn read_half(halves: &[u16], out: &mut [f32]) {
    out.iter_mut().zip(halves).for_each(|(x, half)| *x = from_half(*half));
}

/// Numbers row after row. Parallel over rows.
pub(crate) fn filled<T: Pod + Send>(
    [n, dim]: [usize; 2],
    row: impl Fn(usize, &mut [T]) + Sync,
) -> Vec<T> {
    let mut all = vec![T::zeroed(); n * dim];
    let rows = all.par_chunks_exact_mut(dim.max(1)).enumerate();
    rows.for_each(|(place, to)| row(place, to));
    all
}
