//! Which rows lie together?
//!
//! Hierarchical k-means: rows are dealt to the nearest of a few centers, those of each center again, until no more than
//! a few are left together.
//! Centers are those of Lloyd (Least Squares Quantization in PCM, 1982) on a sample of the rows.
//! Nothing is drawn: samples and first centers are taken at even distances, so that the same rows make the same leaves.

use linalg::{Isa, Kernel, LANES, Matrix, Onto, RightSide, Simd, View, dot};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use rayon::slice::ParallelSlice;

/// Centers of one deal, at most and at least.
const CENTERS: [usize; 2] = [2, 1 << 15];
/// Rows of a sample for each center.
const SAMPLED: usize = 64;
/// Steps of Lloyd's; more move hardly any row.
const STEPS: usize = 8;
/// Rows that meet all centers at a time.
const CHUNK: usize = 64;

/// Rows, leaf after leaf, ascending in each; no leaf has more than `most` rows.
///
/// 2·rows·dim operations a center, of which there are 2·rows/most, and a little more for leaves that are dealt again.
/// Rows that are all alike are cut into leaves in their order.
pub(crate) fn leaves(matrix: &Matrix, rows: Vec<u32>, most: usize, isa: Isa) -> Vec<Vec<u32>> {
    if rows.len() <= most {
        return if rows.is_empty() { Vec::new() } else { vec![rows] };
    }
    // Children of half the size that is allowed: few of them are dealt again.
    let wanted = (2 * rows.len()).div_ceil(most).clamp(CENTERS[0], CENTERS[1]);
    let centers = centers(matrix, &rows, wanted, isa);
    let dealt = nearest(matrix, &rows, &centers, isa);
    let mut children = vec![Vec::new(); centers.n_rows()];
    rows.iter().zip(dealt).for_each(|(row, center)| children[center].push(*row));
    if children.iter().any(|child| child.len() == rows.len()) {
        return rows.chunks(most).map(<[u32]>::to_vec).collect();
    }
    children.into_par_iter().flat_map_iter(|child| leaves(matrix, child, most, isa)).collect()
}

/// Means of rows that lie together.
fn centers(matrix: &Matrix, rows: &[u32], k: usize, isa: Isa) -> Matrix {
    let n = rows.len().min(k * SAMPLED);
    let sample: Vec<u32> = (0..n).map(|at| rows[at * rows.len() / n]).collect();
    let first: Vec<f32> =
        (0..k).flat_map(|at| matrix.row(sample[at * n / k] as usize)).copied().collect();
    let mut centers = Matrix::from_vec(k, matrix.dim(), first);
    for _ in 0..STEPS {
        let dealt = nearest(matrix, &sample, &centers, isa);
        let mut counts = vec![0.0; k];
        let mut sums = Matrix::zeros(k, matrix.dim());
        for (row, center) in sample.iter().zip(dealt) {
            counts[center] += 1.0;
            linalg::add_scaled(sums.row_mut(center), 1.0, matrix.row(*row as usize));
        }
        for (center, count) in counts.into_iter().enumerate() {
            // A center without rows stays where it was.
            if count > 0.0 {
                let mean = sums.row(center).iter().map(|sum| sum / count);
                centers.row_mut(center).iter_mut().zip(mean).for_each(|(x, mean)| *x = mean);
            }
        }
    }
    centers
}

/// For each row the center at the least distance, the first of several.
fn nearest(matrix: &Matrix, rows: &[u32], centers: &Matrix, isa: Isa) -> Vec<usize> {
    let (k, dim) = (centers.n_rows(), matrix.dim());
    // ‖x − c‖² is least where x·c − ‖c‖²/2 is greatest.
    let less: Vec<f32> =
        (0..k).map(|center| -dot(centers.row(center), centers.row(center)) / 2.0).collect();
    let centers = RightSide::new(centers.view().turned(), isa);
    let of_chunk = |rows: &[u32]| {
        let x: Vec<f32> = rows.iter().flat_map(|row| matrix.row(*row as usize)).copied().collect();
        let mut dots = vec![0.0; rows.len() * k];
        centers.multiply(View::new(&x, rows.len(), dim), &mut dots, Onto::Nothing, isa);
        let best = |dots| isa.run(Greatest { dots, less: &less });
        dots.chunks_exact(k).map(best).collect::<Vec<_>>()
    };
    rows.par_chunks(CHUNK).flat_map_iter(of_chunk).collect()
}

/// Where the sum of two numbers is greatest, the first of several; 0 where there is no number.
struct Greatest<'a> {
    dots: &'a [f32],
    less: &'a [f32],
}

impl Kernel for Greatest<'_> {
    type Output = usize;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> usize {
        let (mut at, mut greatest) = (0, f32::NEG_INFINITY);
        let (dots, rest) = self.dots.as_chunks::<LANES>();
        let (less, less_rest) = self.less.as_chunks::<LANES>();
        let mut look = |first: usize, sums: &[f32]| {
            for (lane, &sum) in sums.iter().enumerate() {
                if sum > greatest {
                    (at, greatest) = (first + lane, sum);
                }
            }
            greatest
        };
        let mut bound = simd.splat(f32::NEG_INFINITY);
        for (block, (dots, less)) in dots.iter().zip(less).enumerate() {
            let sums = simd.add(simd.load(dots), simd.load(less));
            // Few blocks hold a greater one than all before.
            if simd.above(sums, bound) != 0 {
                let mut of_block = [0.0; LANES];
                simd.store(&mut of_block, sums);
                bound = simd.splat(look(block * LANES, &of_block));
            }
        }
        let rest: Vec<f32> = rest.iter().zip(less_rest).map(|(dot, less)| dot + less).collect();
        look(self.dots.len() - rest.len(), &rest);
        at
    }
}
