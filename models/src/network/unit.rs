//! What points the same way and has length 1?

use linalg::dot;
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};

use super::CHUNK_ROWS;

/// Keeps a quotient finite.
const LEAST: f32 = 1e-12;

/// Makes rows of `width` ones of length 1 and writes down 1 by the length of each.
pub(crate) fn to_units(rows: &mut [f32], width: usize, inverse_lengths: &mut Vec<f32>) {
    inverse_lengths.resize(rows.len() / width, 0.0);
    let chunks = rows.par_chunks_mut(CHUNK_ROWS * width);
    chunks.zip(inverse_lengths.par_chunks_mut(CHUNK_ROWS)).for_each(|(rows, inverse)| {
        for (row, inverse) in rows.chunks_exact_mut(width).zip(inverse) {
            *inverse = 1.0 / dot(row, row).max(LEAST).sqrt();
            row.iter_mut().for_each(|x| *x *= *inverse);
        }
    });
}

/// Turns the gradient by units y = x/|x| into that by x: (dy − y·(y·dy)) / |x|.
pub(crate) fn units_backward(units: &[f32], inverse_lengths: &[f32], dy: &mut [f32], width: usize) {
    let chunks = dy.par_chunks_mut(CHUNK_ROWS * width).zip(units.par_chunks(CHUNK_ROWS * width));
    let inverse: Vec<&[f32]> = inverse_lengths.chunks(CHUNK_ROWS).collect();
    chunks.zip(inverse.par_iter()).for_each(|((dy, units), inverse)| {
        let rows = dy.chunks_exact_mut(width).zip(units.chunks_exact(width));
        for ((dy, unit), inverse) in rows.zip(*inverse) {
            let along = dot(dy, unit);
            for (dy, y) in dy.iter_mut().zip(unit) {
                *dy = (*dy - y * along) * inverse;
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::{to_units, units_backward};
    use crate::network::testing::{check_gradient, numbers};

    #[test]
    fn the_gradient_is_central_differences() {
        let (x, wanted) = (numbers(3, 4 * 5), numbers(4, 4 * 5));
        let loss = |x: &[f32]| {
            let (mut units, mut inverse) = (x.to_vec(), Vec::new());
            to_units(&mut units, 5, &mut inverse);
            units.iter().zip(&wanted).map(|(y, w)| f64::from(y * w)).sum()
        };
        let (mut units, mut inverse, mut dx) = (x.clone(), Vec::new(), wanted.clone());
        to_units(&mut units, 5, &mut inverse);
        units_backward(&units, &inverse, &mut dx, 5);
        check_gradient(&x, &dx, loss);
    }
}
