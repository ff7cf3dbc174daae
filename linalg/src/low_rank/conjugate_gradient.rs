//! What solves such a system nearly, at a few passes over its rows?
//!
//! Preconditioned conjugate gradient (Golub & Van Loan, Matrix Computations, alg. 11.5.1) from where x was, with D as the
//! preconditioner: what is left to find has at most the rank of the rows.
//! A step reads every row once, for its dot with the direction and for its share of the product; the last step needs
//! the dots alone.

use super::WeightedRows;
use crate::aligned::Aligned;
use crate::packed::{Block, Numbers, Packed, n_blocks};
use crate::simd::{Isa, Kernel, LANES, Simd};

/// Bytes of gathered rows that are kept between steps; longer systems gather their rows anew in each.
const KEPT_BYTES: usize = 1 << 20;
/// Rows that are asked for before their turn.
const AHEAD: usize = 16;

/// Solves one system after another, in the same space.
#[derive(Debug)]
pub struct ConjugateGradient {
    dim: usize,
    isa: Isa,
    gathered: Aligned<f32>,
    diagonal: Aligned<f32>,
    inverse: Aligned<f32>,
    x: Aligned<f32>,
    residual: Aligned<f32>,
    direction: Aligned<f32>,
    product: Aligned<f32>,
}

impl ConjugateGradient {
    /// For systems of this length.
    #[must_use]
    pub fn new(dim: usize, isa: Isa) -> Self {
        let zeros = || Aligned::<f32>::zeros(n_blocks(dim));
        // Past the end of a row the diagonal is 1 and everything else 0.
        let ones = || {
            let mut ones = zeros();
            ones.fill([1.0; LANES]);
            ones
        };
        Self {
            dim,
            isa,
            gathered: Aligned::<f32>::zeros(kept_rows(n_blocks(dim)) * n_blocks(dim)),
            diagonal: ones(),
            inverse: ones(),
            x: zeros(),
            residual: zeros(),
            direction: zeros(),
            product: zeros(),
        }
    }

    /// Improves x by a fixed number of steps.
    ///
    /// (4·steps + 2)·n·dim operations for n rows.
    ///
    /// # Panics
    /// When lengths differ.
    pub fn improve(
        &mut self,
        packed: &Packed,
        diagonal: &[f32],
        system: WeightedRows<'_>,
        steps: usize,
        x: &mut [f32],
    ) {
        let dim = self.dim;
        assert_eq!((x.len(), packed.dim()), (dim, dim), "vectors of length {dim} expected");
        assert_eq!(diagonal.len(), dim, "a diagonal of length {dim} expected");
        system.check();
        let inverse = self.inverse.as_flattened_mut().iter_mut();
        let places = self.diagonal.as_flattened_mut().iter_mut().zip(inverse).take(dim);
        for ((place, inverse), &d) in places.zip(diagonal) {
            (*place, *inverse) = (d, 1.0 / d);
        }
        self.x.as_flattened_mut()[..dim].copy_from_slice(x);
        let isa = self.isa;
        match &packed.numbers {
            Numbers::Half(rows) => isa.run(Solve { rows, system, steps, space: self }),
            Numbers::Single(rows) => isa.run(Solve { rows, system, steps, space: self }),
        }
        x.copy_from_slice(&self.x.as_flattened()[..dim]);
    }
}

/// A whole number of groups of rows.
fn kept_rows(n_blocks: usize) -> usize {
    (KEPT_BYTES / size_of::<Block>() / n_blocks.max(1) / 8).max(1) * 8
}

/// Sixteen numbers of a packed row, in whichever precision.
trait Stored: Copy + Sync {
    /// How many of them lie in a line of the cache.
    const PER_LINE: usize = 64 / size_of::<Self>();
    fn load<S: Simd>(simd: S, from: &Self) -> S::V;
}

impl Stored for [u16; LANES] {
    #[inline(always)]
    fn load<S: Simd>(simd: S, from: &Self) -> S::V {
        simd.load_half(from)
    }
}

impl Stored for Block {
    #[inline(always)]
    fn load<S: Simd>(simd: S, from: &Self) -> S::V {
        simd.load(from)
    }
}

struct Solve<'a, T> {
    rows: &'a [T],
    system: WeightedRows<'a>,
    steps: usize,
    space: &'a mut ConjugateGradient,
}

impl<T: Stored> Kernel for Solve<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        if S::MANY_REGISTERS {
            self.solve::<S, 8>(simd);
        } else {
            self.solve::<S, 4>(simd);
        }
    }
}

impl<T: Stored> Solve<'_, T> {
    #[inline(always)]
    fn solve<S: Simd, const R: usize>(self, simd: S) {
        let ConjugateGradient {
            gathered, diagonal, inverse, x, residual, direction, product, ..
        } = self.space;
        let WeightedRows { rows, a, b, soon } = self.system;
        let mut gathered = Gathered::new(self.rows, rows, soon, gathered, x.len());
        // r = Σ (bᵢ − aᵢ·(zᵢ·x))·zᵢ − D·x
        gathered.missed::<S, R>(simd, a, b, x, residual);
        subtract_products(simd, residual, diagonal, x);
        // p = D⁻¹·r
        multiply(simd, direction, inverse, residual);
        let mut rho = dot(simd, residual, direction);
        for step in 1..=self.steps {
            let is_last = step == self.steps;
            // p·A·p = p·D·p + Σ aᵢ·(zᵢ·p)², and what A makes of p for the next residual
            let curvature = weighted_square(simd, direction, diagonal)
                + gathered.applied::<S, R>(simd, a, direction, product, is_last);
            // Where nothing is left that f32 can tell from 0, x solves the system; not a number passes on to x.
            if rho < f32::MIN_POSITIVE || curvature < f32::MIN_POSITIVE {
                break;
            }
            let alpha = rho / curvature;
            add_scaled(simd, x, alpha, direction);
            if is_last {
                break;
            }
            // r ← r − α·A·p, then p ← D⁻¹·r + β·p
            add_products(simd, product, diagonal, direction);
            add_scaled(simd, residual, -alpha, product);
            multiply(simd, product, inverse, residual);
            let next = dot(simd, residual, product);
            let beta = simd.splat(next / rho);
            for (p, z) in direction.iter_mut().zip(product.iter()) {
                simd.store(p, simd.mul_add(beta, simd.load(p), simd.load(z)));
            }
            rho = next;
        }
    }
}

/// The rows of a system, in order, gathered into one place: group after group of `R` rows, each block by block.
struct Gathered<'a, T> {
    rows: &'a [T],
    wanted: &'a [u32],
    /// What is wanted after that.
    soon: &'a [u32],
    n_blocks: usize,
    kept: &'a mut [Block],
    /// Whether `kept` has room for every row.
    has_room: bool,
    /// Whether every group has been gathered.
    is_whole: bool,
}

impl<'a, T: Stored> Gathered<'a, T> {
    fn new(
        rows: &'a [T],
        wanted: &'a [u32],
        soon: &'a [u32],
        kept: &'a mut [Block],
        n_blocks: usize,
    ) -> Self {
        let has_room = wanted.len() <= kept_rows(n_blocks);
        Self { rows, wanted, soon, n_blocks, kept, has_room, is_whole: false }
    }

    /// Σ (bᵢ − aᵢ·(zᵢ·x))·zᵢ
    #[inline(always)]
    fn missed<S: Simd, const R: usize>(
        &mut self,
        simd: S,
        a: &[f32],
        b: &[f32],
        x: &[Block],
        out: &mut [Block],
    ) {
        out.fill([0.0; LANES]);
        for first in (0..self.wanted.len()).step_by(R) {
            let (a, mut weights) = (weights::<R>(a, first), weights::<R>(b, first));
            let dots = self.dots::<S, R>(simd, first, x);
            for r in 0..R {
                weights[r] -= a[r] * dots[r];
            }
            self.add_to::<S, R>(simd, first, weights, out);
        }
        self.is_whole = true;
    }

    /// Σ aᵢ·(zᵢ·p)·zᵢ into `out`, unless only Σ aᵢ·(zᵢ·p)² is wanted, which is given back.
    #[inline(always)]
    fn applied<S: Simd, const R: usize>(
        &mut self,
        simd: S,
        a: &[f32],
        p: &[Block],
        out: &mut [Block],
        is_last: bool,
    ) -> f32 {
        let mut curvature = 0.0;
        out.fill([0.0; LANES]);
        for first in (0..self.wanted.len()).step_by(R) {
            let mut weights = weights::<R>(a, first);
            let dots = self.dots::<S, R>(simd, first, p);
            for r in 0..R {
                weights[r] *= dots[r];
                curvature += weights[r] * dots[r];
            }
            if !is_last {
                self.add_to::<S, R>(simd, first, weights, out);
            }
        }
        curvature
    }

    /// zᵢ·x for the `R` rows from the row numbered `first` on, which are gathered if they have to be.
    #[inline(always)]
    fn dots<S: Simd, const R: usize>(&mut self, simd: S, first: usize, x: &[Block]) -> [f32; R] {
        let sums = if self.is_kept() {
            dots(simd, self.group::<R>(first), x)
        } else {
            let (rows, soon) = (self.stored::<R>(first), self.stored_ahead::<R>(first));
            gather_dots(simd, rows, soon, self.group::<R>(first), x)
        };
        let mut dots = [0.0; R];
        for (dots, sums) in dots.as_chunks_mut::<4>().0.iter_mut().zip(sums.as_chunks::<4>().0) {
            *dots = simd.sums(*sums);
        }
        dots
    }

    /// Adds Σ wᵢ·zᵢ over the gathered `R` rows from the row numbered `first` on.
    #[inline(always)]
    fn add_to<S: Simd, const R: usize>(
        &mut self,
        simd: S,
        first: usize,
        weights: [f32; R],
        out: &mut [Block],
    ) {
        if self.is_kept() {
            add_rows(simd, out, weights, self.group::<R>(first));
        } else {
            let soon = self.stored_ahead::<R>(first);
            add_rows_ahead(simd, out, weights, self.group::<R>(first), soon);
        }
    }

    /// Whether all rows lie gathered.
    #[inline(always)]
    fn is_kept(&self) -> bool {
        self.has_room && self.is_whole
    }

    /// Where the group that begins with the row numbered `first` is gathered.
    #[inline(always)]
    fn group<const R: usize>(&mut self, first: usize) -> &mut [[Block; R]] {
        let start = if self.has_room { first * self.n_blocks } else { 0 };
        self.kept[start..][..R * self.n_blocks].as_chunks_mut().0
    }

    /// The `R` rows from the one numbered `first` on, each where it is stored; where there are no more, the first again.
    #[inline(always)]
    fn stored<const R: usize>(&self, first: usize) -> [&'a [T]; R] {
        let mut rows = [self.wanted[first]; R];
        for (row, &wanted) in rows.iter_mut().zip(&self.wanted[first..]) {
            *row = wanted;
        }
        self.places(rows)
    }

    /// The `R` rows that will be read in a while, after this system's in the next; any where that is not known.
    #[inline(always)]
    fn stored_ahead<const R: usize>(&self, first: usize) -> [&'a [T]; R] {
        let mut rows = [0; R];
        for (row, place) in rows.iter_mut().zip(first + AHEAD..) {
            *row = match self.wanted.get(place) {
                Some(&wanted) => wanted,
                None => self.soon.get(place - self.wanted.len()).copied().unwrap_or(0),
            };
        }
        self.places(rows)
    }

    #[inline(always)]
    fn places<const R: usize>(&self, rows: [u32; R]) -> [&'a [T]; R] {
        let mut places = [&self.rows[..self.n_blocks]; R];
        for (place, row) in places.iter_mut().zip(rows) {
            *place = &self.rows[row as usize * self.n_blocks..][..self.n_blocks];
        }
        places
    }
}

/// The weights of a group of rows, 0 after the last.
#[inline(always)]
fn weights<const R: usize>(weights: &[f32], first: usize) -> [f32; R] {
    let rest = &weights[first..];
    if let Some(weights) = rest.first_chunk() {
        return *weights;
    }
    let mut group = [0.0; R];
    group[..rest.len()].copy_from_slice(rest);
    group
}

/// zᵣ·x for a group of rows, lane by lane.
#[inline(always)]
fn dots<S: Simd, const R: usize>(simd: S, group: &[[Block; R]], x: &[Block]) -> [S::V; R] {
    let mut sums = [simd.splat(0.0); R];
    for (x, blocks) in x.iter().zip(group) {
        let x = simd.load(x);
        for r in 0..R {
            sums[r] = simd.mul_add(simd.load(&blocks[r]), x, sums[r]);
        }
    }
    sums
}

/// The same while the rows are gathered, and the first half of those that come soon is asked for.
#[inline(always)]
fn gather_dots<S: Simd, T: Stored, const R: usize>(
    simd: S,
    rows: [&[T]; R],
    soon: [&[T]; R],
    group: &mut [[Block; R]],
    x: &[Block],
) -> [S::V; R] {
    let n_blocks = x.len();
    let mut sums = [simd.splat(0.0); R];
    for row in rows.iter().chain(&soon) {
        assert_eq!(row.len(), n_blocks, "rows of one length expected");
    }
    for (c, (x, blocks)) in x.iter().zip(group).enumerate() {
        let x = simd.load(x);
        for r in 0..R {
            let z = T::load(simd, &rows[r][c]);
            simd.store(&mut blocks[r], z);
            sums[r] = simd.mul_add(z, x, sums[r]);
        }
        if c % T::PER_LINE == 0 {
            for soon in &soon[..R / 2] {
                simd.prefetch(&soon[c..=c]);
            }
        }
    }
    sums
}

/// Adds Σ wᵣ·zᵣ over a group of rows.
#[inline(always)]
fn add_rows<S: Simd, const R: usize>(
    simd: S,
    out: &mut [Block],
    weights: [f32; R],
    group: &[[Block; R]],
) {
    for (out, blocks) in out.iter_mut().zip(group) {
        add_blocks(simd, out, weights, blocks);
    }
}

/// The same while the second half of the rows that come soon is asked for.
#[inline(always)]
fn add_rows_ahead<S: Simd, T: Stored, const R: usize>(
    simd: S,
    out: &mut [Block],
    weights: [f32; R],
    group: &[[Block; R]],
    soon: [&[T]; R],
) {
    let n_blocks = out.len();
    for row in &soon {
        assert_eq!(row.len(), n_blocks, "rows of one length expected");
    }
    for (c, (out, blocks)) in out.iter_mut().zip(group).enumerate() {
        add_blocks(simd, out, weights, blocks);
        if c % T::PER_LINE == 0 {
            for soon in &soon[R / 2..] {
                simd.prefetch(&soon[c..=c]);
            }
        }
    }
}

#[inline(always)]
fn add_blocks<S: Simd, const R: usize>(
    simd: S,
    out: &mut Block,
    weights: [f32; R],
    blocks: &[Block; R],
) {
    let mut sums = [simd.load(out), simd.splat(0.0)];
    for r in 0..R {
        sums[r % 2] = simd.mul_add(simd.splat(weights[r]), simd.load(&blocks[r]), sums[r % 2]);
    }
    simd.store(out, simd.add(sums[0], sums[1]));
}

/// out ← out − d·x, each number by its own.
#[inline(always)]
fn subtract_products<S: Simd>(simd: S, out: &mut [Block], d: &[Block], x: &[Block]) {
    let minus = simd.splat(-1.0);
    for ((out, d), x) in out.iter_mut().zip(d).zip(x) {
        let d = simd.mul(minus, simd.load(d));
        simd.store(out, simd.mul_add(d, simd.load(x), simd.load(out)));
    }
}

/// out ← out + d·x, each number by its own.
#[inline(always)]
fn add_products<S: Simd>(simd: S, out: &mut [Block], d: &[Block], x: &[Block]) {
    for ((out, d), x) in out.iter_mut().zip(d).zip(x) {
        simd.store(out, simd.mul_add(simd.load(d), simd.load(x), simd.load(out)));
    }
}

/// out ← d·x, each number by its own.
#[inline(always)]
fn multiply<S: Simd>(simd: S, out: &mut [Block], d: &[Block], x: &[Block]) {
    for ((out, d), x) in out.iter_mut().zip(d).zip(x) {
        simd.store(out, simd.mul(simd.load(d), simd.load(x)));
    }
}

#[inline(always)]
fn add_scaled<S: Simd>(simd: S, out: &mut [Block], weight: f32, x: &[Block]) {
    let weight = simd.splat(weight);
    for (out, x) in out.iter_mut().zip(x) {
        simd.store(out, simd.mul_add(weight, simd.load(x), simd.load(out)));
    }
}

#[inline(always)]
fn dot<S: Simd>(simd: S, x: &[Block], y: &[Block]) -> f32 {
    let zero = simd.splat(0.0);
    let mut sum = zero;
    for (x, y) in x.iter().zip(y) {
        sum = simd.mul_add(simd.load(x), simd.load(y), sum);
    }
    simd.sums([sum, zero, zero, zero])[0]
}

/// Σ d·x².
#[inline(always)]
fn weighted_square<S: Simd>(simd: S, x: &[Block], d: &[Block]) -> f32 {
    let zero = simd.splat(0.0);
    let mut sum = zero;
    for (x, d) in x.iter().zip(d) {
        let x = simd.load(x);
        sum = simd.mul_add(simd.mul(x, x), simd.load(d), sum);
    }
    simd.sums([sum, zero, zero, zero])[0]
}
