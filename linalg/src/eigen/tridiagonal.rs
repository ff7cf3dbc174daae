//! Which reflections leave a symmetric matrix with three diagonals?
//!
//! For i from the last row up, H = I − τvvᵀ turns row i, left of the diagonal, into one number beside it;
//! then A ← HAH, which with p = τAv and w = p − (τ/2)(pᵀv)v is A − vwᵀ − wvᵀ.
//! Only what lies below the diagonal is kept, and v takes the place of the row that it has cleared.

use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use super::{LANES, Lanes};

/// T = QᵀAQ with Q the product of the reflections, the last row's first.
pub(super) struct Tridiagonal {
    /// `[dim]`.
    pub(super) diagonal: Vec<f64>,
    /// Entry i stands between i − 1 and i; entry 0 is 0 `[dim]`.
    pub(super) beside: Vec<f64>,
    /// The first i numbers of row i are v `[dim × dim]`.
    reflectors: Vec<f64>,
    /// τ by row; 0 where nothing was to be reflected `[dim]`.
    scales: Vec<f64>,
}

impl Tridiagonal {
    /// Reduces a matrix `[dim × dim]`, of which rows up to the diagonal are read; `None` when they are not finite.
    ///
    /// O(4/3·dim³).
    pub(super) fn reduce(mut lower: Vec<f64>, dim: usize) -> Option<Self> {
        if !lower.iter().all(|x| x.is_finite()) {
            return None;
        }
        // What is within the rounding of the largest number may as well be zero.
        let largest = lower.iter().map(|x| x.abs()).fold(0.0, f64::max);
        let negligible = (f64::EPSILON * largest).powi(2);
        let (mut diagonal, mut beside) = (vec![0.0; dim], vec![0.0; dim]);
        let (mut scales, mut w) = (vec![0.0; dim], vec![0.0; dim]);
        for i in (0..dim).rev() {
            let (above, row) = lower.split_at_mut(i * dim);
            diagonal[i] = row[i];
            let v = &mut row[..i];
            (beside[i], scales[i]) = reflect(v, negligible);
            if scales[i] != 0.0 {
                let w = &mut w[..i];
                multiply(above, dim, v, scales[i], w);
                complete(w, v, scales[i]);
                subtract_both(above, dim, v, w);
            }
        }
        Some(Self { diagonal, beside, reflectors: lower, scales })
    }

    /// Qᵀ = H₁H₂…, eight rows at a time: lane l of `[b][c]` is row 8b + l, column c `[⌈dim/8⌉ × dim]`. O(4/3·dim³).
    pub(super) fn basis(&self) -> Vec<Lanes> {
        let dim = self.diagonal.len();
        let mut basis = vec![[0.0; LANES]; dim.div_ceil(LANES) * dim];
        basis.par_chunks_mut(dim.max(1)).enumerate().for_each(|(block, rows)| {
            let first = block * LANES;
            for (lane, column) in rows.iter_mut().skip(first).take(LANES).enumerate() {
                column[lane] = 1.0;
            }
            // An earlier reflection does not reach these rows of the identity.
            for i in first + 1..dim {
                let v = &self.reflectors[i * dim..i * dim + i];
                reflect_rows(&mut rows[..i], v, self.scales[i]);
            }
        });
        basis
    }
}

/// Turns a row into its v; gives the number that is left of the row, and τ.
///
/// τ is 0 where the squares of the other numbers sum to no more than `negligible`.
fn reflect(row: &mut [f64], negligible: f64) -> (f64, f64) {
    let Some((last, others)) = row.split_last_mut() else { return (0.0, 0.0) };
    let squares = dot(others, others);
    if squares <= negligible {
        return (*last, 0.0);
    }
    // The sign that adds to the last number, so that nothing cancels.
    let length = (squares + *last * *last).sqrt().copysign(*last);
    *last += length;
    (-length, 2.0 / (squares + *last * *last))
}

/// Sets p = τAv, from the rows of A up to the diagonal.
fn multiply(lower: &[f64], dim: usize, v: &[f64], scale: f64, p: &mut [f64]) {
    for j in 0..v.len() {
        let row = &lower[j * dim..j * dim + j];
        // Row j is also column j: p_j gets its dot with v, and the entries before their share of v_j.
        let sum = dot_while_adding(row, &v[..j], &mut p[..j], v[j]);
        p[j] = sum + lower[j * dim + j] * v[j];
    }
    for p in p {
        *p *= scale;
    }
}

/// w = p − (τ/2)(pᵀv)v, over p.
fn complete(p: &mut [f64], v: &[f64], scale: f64) {
    let along = scale / 2.0 * dot(p, v);
    for (p, v) in p.iter_mut().zip(v) {
        *p -= along * v;
    }
}

/// A ← A − vwᵀ − wvᵀ, up to the diagonal.
fn subtract_both(lower: &mut [f64], dim: usize, v: &[f64], w: &[f64]) {
    for (j, row) in lower.chunks_exact_mut(dim).enumerate() {
        let (v_j, w_j) = (v[j], w[j]);
        for ((x, v), w) in row[..=j].iter_mut().zip(v).zip(w) {
            *x -= v_j * w + w_j * v;
        }
    }
}

/// Eight rows ← the rows times I − τvvᵀ.
fn reflect_rows(rows: &mut [Lanes], v: &[f64], scale: f64) {
    let mut sums = [0.0; LANES];
    for (row, v) in rows.iter().zip(v) {
        for lane in 0..LANES {
            sums[lane] += row[lane] * v;
        }
    }
    let sums = sums.map(|sum| sum * scale);
    for (row, v) in rows.iter_mut().zip(v) {
        for lane in 0..LANES {
            row[lane] -= sums[lane] * v;
        }
    }
}

/// Σ aᵢ·bᵢ in as many partial sums as there are lanes.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let (a_blocks, a_rest) = a.as_chunks::<LANES>();
    let (b_blocks, b_rest) = b.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for (a, b) in a_blocks.iter().zip(b_blocks) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f64>() + rest
}

/// Σ rowᵢ·vᵢ, while `weight · row` is added to `out`.
fn dot_while_adding(row: &[f64], v: &[f64], out: &mut [f64], weight: f64) -> f64 {
    let (row_blocks, row_rest) = row.as_chunks::<LANES>();
    let (v_blocks, v_rest) = v.as_chunks::<LANES>();
    let (out_blocks, out_rest) = out.as_chunks_mut::<LANES>();
    let mut sums = [0.0; LANES];
    for ((row, v), out) in row_blocks.iter().zip(v_blocks).zip(out_blocks) {
        for lane in 0..LANES {
            sums[lane] += row[lane] * v[lane];
            out[lane] += weight * row[lane];
        }
    }
    let mut sum: f64 = sums.iter().sum();
    for ((row, v), out) in row_rest.iter().zip(v_rest).zip(out_rest) {
        sum += row * v;
        *out += weight * row;
    }
    sum
}
