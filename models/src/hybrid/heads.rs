//! What do a few heads make of a wide layer, and what comes back?
//!
//! h = max(0, x + a), z = h·W + b, with x and h `[n × hidden]`, W `[hidden × 3]`, in one pass over the rows each way: a
//! product of matrices would fill most of a register with columns that are not there.
//! On one thread: who has many rows shares them out.

use linalg::{Isa, Kernel, LANES, Simd};

use super::net::HEADS;
use crate::network::Linear;

type Block = [f32; LANES];

/// Heads behind a layer, whose numbers lie in whole blocks, zeros after the last.
#[derive(Debug)]
pub(super) struct Heads {
    width: usize,
    /// a, the bias of the layer before.
    before: Vec<Block>,
    /// W, by head.
    weights: [Vec<Block>; HEADS],
    bias: [f32; HEADS],
}

/// Where the gradient of the parameters is added up.
#[derive(Debug)]
pub(super) struct Gradient<'a> {
    /// By a `[hidden]`.
    pub(super) before: &'a mut [f32],
    /// By W, head after head `[3 × hidden]`.
    pub(super) weights: &'a mut [f32],
    /// By b `[3]`.
    pub(super) bias: &'a mut [f32],
}

impl Heads {
    /// Those of a layer that takes what another with this bias gives.
    pub(super) fn new(before: &[f32], heads: &Linear) -> Self {
        let of_head = |head: usize| {
            let weights: Vec<f32> =
                heads.weights.values.iter().skip(head).step_by(HEADS).copied().collect();
            blocks(&weights)
        };
        Self {
            width: before.len(),
            before: blocks(before),
            weights: std::array::from_fn(of_head),
            bias: std::array::from_fn(|head| heads.bias.values[head]),
        }
    }

    /// Makes rows x those of h, and writes what the heads make of them `[n × 3]`.
    pub(super) fn forward(&self, hidden: &mut [f32], z: &mut [f32]) {
        Isa::best().run(Forward { heads: self, hidden, z });
    }

    /// Makes rows h the gradient by x, given that by z, and adds to that of the parameters.
    pub(super) fn backward(&self, hidden: &mut [f32], dz: &[f32], gradient: Gradient<'_>) {
        Isa::best().run(Backward { heads: self, hidden, dz, gradient });
    }
}

fn blocks(numbers: &[f32]) -> Vec<Block> {
    numbers.chunks(LANES).map(|some| read(some, 0)).collect()
}

/// Sixteen numbers from `start` on; zeros beyond the last.
#[inline(always)]
fn read(row: &[f32], start: usize) -> Block {
    let rest = &row[start..];
    // A length that the compiler knows takes one instruction.
    if let Some(block) = rest.first_chunk() {
        return *block;
    }
    let mut block = [0.0; LANES];
    block[..rest.len()].copy_from_slice(rest);
    block
}

#[inline(always)]
fn write(row: &mut [f32], start: usize, block: &Block) {
    let rest = &mut row[start..];
    if let Some(place) = rest.first_chunk_mut() {
        *place = *block;
    } else {
        rest.copy_from_slice(&block[..rest.len()]);
    }
}

/// Adds a weight times one block to another.
#[inline(always)]
fn add_block(sums: &mut Block, weight: f32, block: &Block) {
    sums.iter_mut().zip(block).for_each(|(sum, x)| *sum += weight * x);
}

struct Forward<'a> {
    heads: &'a Heads,
    hidden: &'a mut [f32],
    z: &'a mut [f32],
}

impl Kernel for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Heads { width, before, weights: [first, second, third], bias } = self.heads;
        let rows = self.hidden.chunks_exact_mut(*width).zip(self.z.chunks_exact_mut(HEADS));
        for (row, z) in rows {
            let mut sums = [[0.0_f32; LANES]; HEADS];
            let weights = first.iter().zip(second).zip(third);
            for ((k, before), ((first, second), third)) in before.iter().enumerate().zip(weights) {
                let mut h = read(row, k * LANES);
                h.iter_mut().zip(before).for_each(|(h, a)| *h = (*h + a).max(0.0));
                write(row, k * LANES, &h);
                for (sums, weights) in sums.iter_mut().zip([first, second, third]) {
                    sums.iter_mut().zip(weights).zip(&h).for_each(|((s, w), h)| *s += w * h);
                }
            }
            let [a, b, c] = &sums;
            let sums = simd.sums([simd.load(a), simd.load(b), simd.load(c), simd.splat(0.0)]);
            z.iter_mut().zip(sums).zip(bias).for_each(|((z, sum), bias)| *z = sum + bias);
        }
    }
}

struct Backward<'a> {
    heads: &'a Heads,
    hidden: &'a mut [f32],
    dz: &'a [f32],
    gradient: Gradient<'a>,
}

impl Kernel for Backward<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _simd: S) {
        let Gradient { before, weights, bias } = self.gradient;
        let width = self.heads.width;
        // Sixteen columns at a time, whose sums stay in registers while the rows pass by.
        for start in (0..width).step_by(LANES) {
            let own = self.heads.weights.each_ref().map(|weights| weights[start / LANES]);
            let mut of_weights = [[0.0_f32; LANES]; HEADS];
            let mut of_before = [0.0_f32; LANES];
            let rows = self.hidden.chunks_exact_mut(width).zip(self.dz.chunks_exact(HEADS));
            for (row, dz) in rows {
                let h = read(row, start);
                let mut d = [0.0; LANES];
                for head in 0..HEADS {
                    add_block(&mut of_weights[head], dz[head], &h);
                    add_block(&mut d, dz[head], &own[head]);
                }
                for lane in 0..LANES {
                    d[lane] = if h[lane] > 0.0 { d[lane] } else { 0.0 };
                    of_before[lane] += d[lane];
                }
                write(row, start, &d);
            }
            add(before, start, &of_before);
            for (weights, sums) in weights.chunks_exact_mut(width).zip(&of_weights) {
                add(weights, start, sums);
            }
        }
        for dz in self.dz.chunks_exact(HEADS) {
            bias.iter_mut().zip(dz).for_each(|(sum, dz)| *sum += dz);
        }
    }
}

/// Adds a block to numbers from `start` on.
#[inline(always)]
fn add(numbers: &mut [f32], start: usize, block: &Block) {
    numbers[start..].iter_mut().zip(block).for_each(|(sum, x)| *sum += x);
}

#[cfg(test)]
mod tests {
    use super::{Gradient, HEADS, Heads};
    use crate::network::Linear;
    use crate::network::testing::numbers;

    #[test]
    fn one_pass_over_the_rows_is_a_bias_a_cut_and_a_layer() {
        // A whole block of columns and a rest.
        let (n, width) = (131, 21);
        let mut plain = Linear::new(width, HEADS, 7);
        plain.bias.values = vec![0.1, -0.2, 0.3];
        let (x, before) = (numbers(1, n * width), numbers(5, width));
        let mut cut = x.clone();
        for row in cut.chunks_exact_mut(width) {
            row.iter_mut().zip(&before).for_each(|(h, a)| *h = (*h + a).max(0.0));
        }
        let (mut hidden, mut z, mut expected) = (x, vec![0.0; n * HEADS], Vec::new());
        let heads = Heads::new(&before, &plain);
        heads.forward(&mut hidden, &mut z);
        plain.forward(&cut, &mut expected);
        assert_eq!(hidden, cut);
        let (dz, mut d_cut) = (numbers(2, n * HEADS), Vec::new());
        let (mut by_before, mut by_weights, mut by_bias) =
            (vec![0.0; width], vec![0.0; HEADS * width], vec![0.0; HEADS]);
        let gradient =
            Gradient { before: &mut by_before, weights: &mut by_weights, bias: &mut by_bias };
        heads.backward(&mut hidden, &dz, gradient);
        plain.backward(&cut, &dz, Some(&mut d_cut));
        d_cut.iter_mut().zip(&cut).filter(|(_, h)| **h <= 0.0).for_each(|(d, _)| *d = 0.0);
        let columns = |rows: &[f32], n: usize| -> Vec<f32> {
            (0..n).map(|c| rows.iter().skip(c).step_by(n).sum()).collect()
        };
        let alike = |fast: &[f32], slow: &[f32]| {
            assert_eq!(fast.len(), slow.len());
            // Sums of 131 numbers of about 1, in another order.
            fast.iter().zip(slow).for_each(|(a, b)| assert!((a - b).abs() < 1e-4, "{a} {b}"));
        };
        alike(&z, &expected);
        alike(&hidden, &d_cut);
        alike(&by_before, &columns(&d_cut, width));
        alike(&by_bias, &plain.bias.gradient);
        for head in 0..HEADS {
            let slow: Vec<f32> =
                plain.weights.gradient.iter().skip(head).step_by(HEADS).copied().collect();
            alike(&by_weights[head * width..][..width], &slow);
        }
    }
}
