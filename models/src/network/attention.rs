//! What does each row make of the rows before it?
//!
//! Causal attention by heads (Vaswani et al., Attention Is All You Need, 2017): of row i of a window, a head makes
//! Σ_{j ≤ i} softmax_j(q_i·k_j/√width + b(level of i and j))·v_j.
//! In place of positions stands b, a number learned for each level of a pair of rows, such as how far apart they are
//! (Shaw, Uszkoreit & Vaswani 2018), so that a window may begin anywhere.

use linalg::{Isa, Kernel, LANES, Onto, Simd, View, multiply};
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};

use super::{Linear, Rate, Weights, add_rows, exp};
use crate::array::{Arrays, take_f32};
use crate::hash::hash;
use crate::{Array, Error};

/// Projections to queries, keys and values side by side, and from what the heads make.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Attention {
    n_heads: usize,
    /// `[dim × 3·inner]`, inner being the heads side by side.
    pub(crate) projections: Linear,
    /// `[n_heads × n_levels]`
    pub(crate) biases: Weights,
    /// `[inner × dim]`
    pub(crate) out: Linear,
}

/// Rows that look at each other.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Windows {
    /// Window `w` has rows `starts[w]..starts[w + 1]`; begins with 0.
    pub(crate) starts: Vec<usize>,
    /// Window after window, the level of each pair of its rows `[n × n]`; what is above the diagonal is not looked at.
    pub(crate) levels: Vec<u8>,
}

/// What a backward pass needs of the forward one; memory that every batch uses anew.
#[derive(Clone, Debug, Default)]
pub(crate) struct Attended {
    /// `[rows × 3·inner]`
    projected: Vec<f32>,
    /// Window after window, head after head, how much of row j is in row i `[n × n]`.
    shares: Vec<f32>,
    /// `[rows × inner]` what the heads make.
    mixed: Vec<f32>,
    d_mixed: Vec<f32>,
    d_projected: Vec<f32>,
}

impl Windows {
    pub(crate) fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    fn n_rows(&self, window: usize) -> usize {
        self.starts[window + 1] - self.starts[window]
    }

    /// What belongs to each window, `each(rows)` numbers of it.
    fn cut<'a, T>(&self, all: &'a mut [T], each: impl Fn(usize) -> usize) -> Vec<&'a mut [T]> {
        let mut rest = all;
        let mut parts = Vec::with_capacity(self.len());
        for window in 0..self.len() {
            let (part, more) = rest.split_at_mut(each(self.n_rows(window)));
            rest = more;
            parts.push(part);
        }
        parts
    }

    /// Where the squares of each window begin.
    fn squares(&self) -> Vec<usize> {
        let before = |sum: &mut usize, window: usize| {
            let start = *sum;
            *sum += self.n_rows(window) * self.n_rows(window);
            Some(start)
        };
        (0..self.len()).scan(0, before).collect()
    }
}

impl Attention {
    /// Heads that are together as wide as a row, rounded up.
    pub(crate) fn new(dim: usize, n_heads: usize, n_levels: usize, seed: u64) -> Self {
        let inner = inner(dim, n_heads);
        Self {
            n_heads,
            projections: Linear::new(dim, 3 * inner, hash([seed, 1])),
            biases: Weights::new(vec![0.0; n_heads * n_levels]),
            out: Linear::new(inner, dim, hash([seed, 2])),
        }
    }

    fn inner(&self) -> usize {
        self.out.n_in
    }

    /// Numbers of a head.
    fn width(&self) -> usize {
        self.inner() / self.n_heads
    }

    fn n_levels(&self) -> usize {
        self.biases.values.len() / self.n_heads
    }

    /// Rows `x` to `y`, both `[rows × dim]`.
    ///
    /// O(rows·dim² + Σ n²·dim) time, n the rows of a window; parallel over windows.
    pub(crate) fn forward(
        &self,
        windows: &Windows,
        x: &[f32],
        attended: &mut Attended,
        y: &mut Vec<f32>,
    ) {
        let (inner, heads) = (self.inner(), self.n_heads);
        let Attended { projected, shares, mixed, .. } = attended;
        self.projections.forward(x, projected);
        let squares = windows.squares();
        shares.resize(heads * windows.levels.len(), 0.0);
        mixed.resize(projected.len() / 3, 0.0);
        let shares = windows.cut(shares, |n| heads * n * n);
        let mixed_rows = windows.cut(mixed, |n| n * inner);
        let each = shares.into_par_iter().zip(mixed_rows).enumerate();
        each.for_each(|(window, (shares, mixed))| {
            let n = windows.n_rows(window);
            let rows = &projected[windows.starts[window] * 3 * inner..][..n * 3 * inner];
            let levels = &windows.levels[squares[window]..][..n * n];
            for (head, shares) in shares.chunks_exact_mut((n * n).max(1)).enumerate() {
                self.attend(head, rows, levels, shares, mixed);
            }
        });
        self.out.forward(mixed, y);
    }

    /// One head in one window.
    fn attend(
        &self,
        head: usize,
        rows: &[f32],
        levels: &[u8],
        shares: &mut [f32],
        mixed: &mut [f32],
    ) {
        let (inner, width, isa) = (self.inner(), self.width(), Isa::best());
        let n = rows.len() / (3 * inner);
        let part = |kind: usize| columns(rows, 3 * inner, kind * inner + head * width, width);
        let [queries, keys, values] = [0, 1, 2].map(part);
        let keys = View::new(&keys, n, width).turned();
        multiply(View::new(&queries, n, width), keys, shares, Onto::Nothing, isa);
        let biases = &self.biases.values[head * self.n_levels()..][..self.n_levels()];
        isa.run(Softmax { scale: scale(width), biases, levels, shares });
        let mut made = vec![0.0; n * width];
        multiply(
            View::new(shares, n, n),
            View::new(&values, n, width),
            &mut made,
            Onto::Nothing,
            isa,
        );
        put_columns(mixed, inner, head * width, &made, width);
    }

    /// From the gradient of `y` to that of `x`, adding to those of the parameters.
    pub(crate) fn backward(
        &mut self,
        windows: &Windows,
        x: &[f32],
        attended: &mut Attended,
        dy: &[f32],
        dx: &mut Vec<f32>,
    ) {
        let (inner, heads, n_biases) = (self.inner(), self.n_heads, self.biases.values.len());
        let Attended { projected, shares, mixed, d_mixed, d_projected } = attended;
        self.out.backward(mixed, dy, Some(d_mixed));
        let squares = windows.squares();
        d_projected.resize(projected.len(), 0.0);
        let mut sums = vec![0.0; windows.len() * n_biases];
        let shares = windows.cut(shares, |n| heads * n * n);
        let d_rows = windows.cut(d_projected, |n| n * 3 * inner);
        let sums_of = sums.chunks_exact_mut(n_biases).collect::<Vec<_>>();
        let attention = &*self;
        let each = shares.into_par_iter().zip(d_rows).zip(sums_of).enumerate();
        each.for_each(|(window, ((shares, d_rows), sums))| {
            let (start, n) = (windows.starts[window], windows.n_rows(window));
            let of_window = OfWindow {
                rows: &projected[start * 3 * inner..][..n * 3 * inner],
                levels: &windows.levels[squares[window]..][..n * n],
                d_mixed: &d_mixed[start * inner..][..n * inner],
            };
            let of_heads = shares.chunks_exact_mut((n * n).max(1));
            for (head, (shares, sums)) in
                of_heads.zip(sums.chunks_exact_mut(attention.n_levels())).enumerate()
            {
                attention.attend_backward(head, &of_window, shares, d_rows, sums);
            }
        });
        add_rows(&mut self.biases.gradient, &sums);
        self.projections.backward(x, d_projected, Some(dx));
    }

    /// One head in one window; `shares` become the gradient by what the softmax was taken of.
    fn attend_backward(
        &self,
        head: usize,
        of_window: &OfWindow<'_>,
        shares: &mut [f32],
        d_rows: &mut [f32],
        sums: &mut [f32],
    ) {
        let (inner, width, isa) = (self.inner(), self.width(), Isa::best());
        let OfWindow { rows, levels, d_mixed } = of_window;
        let n = rows.len() / (3 * inner);
        let part = |kind: usize| columns(rows, 3 * inner, kind * inner + head * width, width);
        let [queries, keys, values] = [0, 1, 2].map(part);
        let d_made = columns(d_mixed, inner, head * width, width);
        let d_made = View::new(&d_made, n, width);
        let mut of_part = vec![0.0; n * width];
        multiply(View::new(shares, n, n).turned(), d_made, &mut of_part, Onto::Nothing, isa);
        put_columns(d_rows, 3 * inner, 2 * inner + head * width, &of_part, width);
        let mut d_shares = vec![0.0; n * n];
        multiply(d_made, View::new(&values, n, width).turned(), &mut d_shares, Onto::Nothing, isa);
        isa.run(SoftmaxBackward { scale: scale(width), levels, shares, d_shares: &d_shares, sums });
        let d_scores = View::new(shares, n, n);
        multiply(d_scores, View::new(&keys, n, width), &mut of_part, Onto::Nothing, isa);
        put_columns(d_rows, 3 * inner, head * width, &of_part, width);
        let queries = View::new(&queries, n, width);
        multiply(d_scores.turned(), queries, &mut of_part, Onto::Nothing, isa);
        put_columns(d_rows, 3 * inner, inner + head * width, &of_part, width);
    }

    pub(crate) fn step(&mut self, rate: Rate) {
        self.projections.step(rate);
        self.biases.step(rate);
        self.out.step(rate);
    }

    pub(crate) fn is_finite(&self) -> bool {
        self.projections.is_finite() && self.biases.is_finite() && self.out.is_finite()
    }

    pub(crate) fn save(&self, name: &str, arrays: &mut Arrays) {
        self.projections.save(&format!("{name}_projections"), arrays);
        let (shape, values) = (vec![self.n_heads, self.n_levels()], self.biases.values.clone());
        arrays.insert(format!("{name}_biases"), Array::F32 { shape, values });
        self.out.save(&format!("{name}_out"), arrays);
    }

    pub(crate) fn load(
        name: &str,
        (dim, n_heads, n_levels): (usize, usize, usize),
        arrays: &mut Arrays,
    ) -> Result<Self, Error> {
        let biases = take_f32(arrays, &format!("{name}_biases"), &[n_heads, n_levels])?;
        let inner = inner(dim, n_heads);
        Ok(Self {
            n_heads,
            projections: Linear::load(&format!("{name}_projections"), dim, 3 * inner, arrays)?,
            biases: Weights::new(biases),
            out: Linear::load(&format!("{name}_out"), inner, dim, arrays)?,
        })
    }
}

/// What a backward pass reads of one window.
struct OfWindow<'a> {
    rows: &'a [f32],
    levels: &'a [u8],
    d_mixed: &'a [f32],
}

/// Numbers of all heads together.
fn inner(dim: usize, n_heads: usize) -> usize {
    dim.div_ceil(n_heads) * n_heads
}

fn scale(width: usize) -> f32 {
    1.0 / (width as f32).sqrt()
}

/// Some columns of rows of `stride` numbers.
fn columns(rows: &[f32], stride: usize, first: usize, n: usize) -> Vec<f32> {
    rows.chunks_exact(stride).flat_map(|row| &row[first..first + n]).copied().collect()
}

fn put_columns(rows: &mut [f32], stride: usize, first: usize, columns: &[f32], n: usize) {
    for (row, columns) in rows.chunks_exact_mut(stride).zip(columns.chunks_exact(n)) {
        row[first..first + n].copy_from_slice(columns);
    }
}

/// Turns products of queries and keys into shares.
struct Softmax<'a> {
    scale: f32,
    biases: &'a [f32],
    levels: &'a [u8],
    shares: &'a mut [f32],
}

impl Kernel for Softmax<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _simd: S) {
        let Self { scale, biases, levels, shares } = self;
        let n = levels.len().isqrt();
        let rows = shares.chunks_exact_mut(n.max(1)).zip(levels.chunks_exact(n.max(1)));
        for (i, (row, levels)) in rows.enumerate() {
            let (row, later) = row.split_at_mut(i + 1);
            later.fill(0.0);
            for (score, level) in row.iter_mut().zip(levels) {
                *score = scale * *score + biases[usize::from(*level)];
            }
            let most = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            for block in row.chunks_mut(LANES) {
                let mut lanes = [f32::NEG_INFINITY; LANES];
                lanes.iter_mut().zip(&*block).for_each(|(lane, score)| *lane = score - most);
                exp(&mut lanes);
                block.copy_from_slice(&lanes[..block.len()]);
            }
            let by = 1.0 / row.iter().sum::<f32>();
            row.iter_mut().for_each(|share| *share *= by);
        }
    }
}

/// Turns shares and the gradient by them into that by the products, and adds to that of the biases.
struct SoftmaxBackward<'a> {
    scale: f32,
    levels: &'a [u8],
    shares: &'a mut [f32],
    d_shares: &'a [f32],
    sums: &'a mut [f32],
}

impl Kernel for SoftmaxBackward<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _simd: S) {
        let Self { scale, levels, shares, d_shares, sums } = self;
        let n = levels.len().isqrt().max(1);
        let rows = shares.chunks_exact_mut(n).zip(d_shares.chunks_exact(n));
        for (i, ((row, d_row), levels)) in rows.zip(levels.chunks_exact(n)).enumerate() {
            let (row, d_row) = (&mut row[..=i], &d_row[..=i]);
            let mean: f32 = row.iter().zip(d_row).map(|(share, d)| share * d).sum();
            for ((share, d), level) in row.iter_mut().zip(d_row).zip(levels) {
                let slope = *share * (d - mean);
                sums[usize::from(*level)] += slope;
                *share = scale * slope;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Attended, Attention, Windows};
    use crate::network::testing::{check_gradient, numbers};

    /// Two heads of two numbers each.
    const DIM: usize = 3;
    const INNER: usize = 4;

    /// One window of four rows, one of none, and one of one; levels are the distances.
    fn windows() -> Windows {
        let of_four = (0..16_u8).map(|pair| (pair / 4).saturating_sub(pair % 4));
        Windows { starts: vec![0, 4, 4, 5], levels: of_four.chain([0]).collect() }
    }

    fn attention() -> Attention {
        let mut attention = Attention::new(DIM, 2, 4, 3);
        attention.biases.values = numbers(1, 8);
        attention
    }

    fn forward(attention: &Attention, x: &[f32]) -> Vec<f32> {
        let mut y = Vec::new();
        attention.forward(&windows(), x, &mut Attended::default(), &mut y);
        y
    }

    /// Word by word, from the formula.
    fn plain(attention: &Attention, x: &[f32]) -> Vec<f32> {
        let windows = windows();
        let mut projected = Vec::new();
        attention.projections.forward(x, &mut projected);
        let of = |kind: usize, row: usize, d: usize| projected[row * 3 * INNER + kind * INNER + d];
        let mut mixed = vec![0.0; 5 * INNER];
        for (window, run) in windows.starts.windows(2).enumerate() {
            for (i, head) in (run[0]..run[1]).flat_map(|i| [(i, 0), (i, 1)]) {
                let weight = |j: usize| {
                    let product: f32 =
                        (0..2).map(|d| of(0, i, 2 * head + d) * of(1, j, 2 * head + d)).sum();
                    let (row, column, n) = (i - run[0], j - run[0], run[1] - run[0]);
                    let level = windows.levels[windows.squares()[window] + row * n + column];
                    (product / 2_f32.sqrt()
                        + attention.biases.values[4 * head + usize::from(level)])
                    .exp()
                };
                let sum: f32 = (run[0]..=i).map(weight).sum();
                for d in 2 * head..2 * head + 2 {
                    mixed[i * INNER + d] =
                        (run[0]..=i).map(|j| weight(j) / sum * of(2, j, d)).sum();
                }
            }
        }
        let mut y = Vec::new();
        attention.out.forward(&mixed, &mut y);
        y
    }

    #[test]
    fn it_is_its_formula() {
        let (attention, x) = (attention(), numbers(2, 5 * DIM));
        let (got, expected) = (forward(&attention, &x), plain(&attention, &x));
        let error = got.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(error < 1e-5, "{got:?} {expected:?}");
    }

    #[test]
    fn a_row_sees_nothing_of_what_comes_after_it() {
        let (attention, x) = (attention(), numbers(2, 5 * DIM));
        let mut moved = x.clone();
        moved[3 * DIM..].iter_mut().for_each(|x| *x += 1.0);
        let (before, after) = (forward(&attention, &x), forward(&attention, &moved));
        assert_eq!(before[..3 * DIM], after[..3 * DIM]);
        assert_ne!(before[3 * DIM..], after[3 * DIM..]);
    }

    #[test]
    fn its_gradients_are_central_differences() {
        let (x, wanted) = (numbers(5, 5 * DIM), numbers(6, 5 * DIM));
        let attention = attention();
        let loss = |attention: &Attention, x: &[f32]| -> f64 {
            forward(attention, x).iter().zip(&wanted).map(|(y, w)| f64::from(y * w)).sum()
        };
        let mut learned = attention.clone();
        let (mut attended, mut y, mut dx) = (Attended::default(), Vec::new(), Vec::new());
        learned.forward(&windows(), &x, &mut attended, &mut y);
        learned.backward(&windows(), &x, &mut attended, &wanted, &mut dx);
        check_gradient(&x, &dx, |x| loss(&attention, x));
        check_gradient(&attention.biases.values, &learned.biases.gradient, |values| {
            let mut moved = attention.clone();
            moved.biases.values = values.to_vec();
            loss(&moved, &x)
        });
        let gradient = &learned.projections.weights.gradient;
        check_gradient(&attention.projections.weights.values, gradient, |values| {
            let mut moved = attention.clone();
            moved.projections.weights.values = values.to_vec();
            loss(&moved, &x)
        });
    }
}
