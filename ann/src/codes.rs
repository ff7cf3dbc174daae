//! How much of a dot do bytes know, and how far off can they be?
//!
//! A row x is near s·c with whole numbers c from −127 to 127 and one scale s for the sixteen rows of a panel; a query q
//! is near t·d in the same way.
//! Then q·x = t·s·(c·d) + q·(x − s·c) + (q − t·d)·(s·c), and by Cauchy and Schwarz the two last terms are at most
//! ‖q‖·‖x − s·c‖ + ‖q − t·d‖·‖s·c‖.
//! With what the sum of an `f32` dot may round, that is the slack of a panel for a query, counted in steps of t·s.

use linalg::LANES;
use linalg::bytes::{ByteIsa, ByteKernel, Bytes, Quad};
use rayon::iter::{IndexedParallelIterator, IntoParallelRefMutIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use crate::section::Section;

/// Norms up to this have bounds: no dot of two such vectors leaves the numbers of `f32`, nor does a part of it.
const LARGEST_NORM: f64 = (1_u64 << 60) as f64;
/// Steps are at least this, so that what lies below the normal numbers of `f32` is below one step of a dot.
const LEAST_STEP: f32 = 1.0 / (1_u64 << 50) as f32;
/// The largest code.
const LARGEST_CODE: f32 = 127.0;
/// Sums of codes fit into 32 bits up to this length: 255·127·32768 < 2³¹.
pub(crate) const LONGEST: usize = 1 << 15;
/// Panels whose sums grow at the same time, so that none waits for the one before.
const SIDE_BY_SIDE: usize = 4;

/// Rows in bytes, sixteen to a panel, four numbers of each at a time: `[n_panels × dim/4]` quads.
#[derive(Debug)]
pub(crate) struct Encoded {
    pub(crate) quads: Section<Quad>,
    /// As [`Panel::numbers`].
    pub(crate) panels: Section<[f32; 6]>,
}

/// [`Encoded`] rows, to read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Codes<'a> {
    n_quads: usize,
    quads: &'a [Quad],
    panels: &'a [[f32; 6]],
}

/// What a byte is short of the number it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remainder {
    /// It is kept elsewhere.
    Kept,
    /// The codes are all there is.
    Nothing,
}

/// What is known of the sixteen rows of a panel; bounds are rounded up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Panel {
    /// s, and its inverse.
    step: f32,
    pub(crate) steps: f32,
    /// max ‖x − s·c‖ / s, and what the sum of a dot may round, over ‖q‖·s.
    error: f32,
    /// max ‖s·c‖ / s.
    length: f32,
    /// max ‖x‖.
    pub(crate) reach: f32,
    /// max ‖x‖ of this panel and all later ones.
    reach_from_here: f32,
}

/// A query in bytes.
#[derive(Clone, Debug)]
pub(crate) struct QueryCode {
    /// d, four to a word.
    pub(crate) words: Vec<i32>,
    pub(crate) sum: i32,
    /// t.
    pub(crate) step: f32,
    /// ‖q‖ / t, rounded up.
    pub(crate) length: f32,
    /// ‖q − t·d‖ / t, rounded up.
    pub(crate) error: f32,
    /// ‖q‖, rounded up.
    norm: f32,
}

/// √Σx², or infinite where a number is none.
pub(crate) fn norm(x: &[f32]) -> f64 {
    let squares: f64 = x.iter().map(|&x| f64::from(x) * f64::from(x)).sum();
    if squares.is_nan() { f64::INFINITY } else { squares.sqrt() }
}

/// Whether bounds hold for a vector of this norm.
pub(crate) fn is_bounded(norm: f64) -> bool {
    norm <= LARGEST_NORM
}

impl Encoded {
    /// Encodes rows `[n × dim]`; `row` writes the one of a place. O(n·dim), parallel over panels.
    pub(crate) fn new(
        [n, dim]: [usize; 2],
        remainder: Remainder,
        row: impl Fn(usize, &mut [f32]) + Sync,
    ) -> Self {
        let n_quads = dim.div_ceil(4);
        let n_panels = n.div_ceil(LANES);
        let mut quads = vec![Quad([128; 4 * LANES]); n_panels * n_quads];
        let mut panels = vec![[0.0; 6]; n_panels];
        let of_panel = |(number, (quads, panel)): (usize, (&mut [Quad], &mut [f32; 6]))| {
            let places = number * LANES..n.min((number + 1) * LANES);
            let mut rows = vec![0.0; places.len() * dim];
            let each = places.zip(rows.chunks_exact_mut(dim.max(1)));
            each.for_each(|(place, to)| row(place, to));
            let rows: Vec<&[f32]> = rows.chunks_exact(dim.max(1)).collect();
            *panel = encode_panel(&rows, remainder, quads).numbers();
        };
        let all = quads.par_chunks_mut(n_quads.max(1)).zip(panels.par_iter_mut());
        all.enumerate().for_each(of_panel);
        let mut reach = 0.0_f32;
        for panel in panels.iter_mut().rev() {
            let known = Panel::of(*panel);
            reach = reach.max(known.reach);
            *panel = Panel { reach_from_here: reach, ..known }.numbers();
        }
        Self { quads: quads.into(), panels: panels.into() }
    }

    /// To read rows of this length.
    pub(crate) fn codes(&self, dim: usize) -> Codes<'_> {
        Codes { n_quads: dim.div_ceil(4), quads: &self.quads, panels: &self.panels }
    }

    /// Whether these are the bytes of the same rows; what is known of panels may be rounded elsewhere.
    pub(crate) fn is_as(&self, other: &Self) -> bool {
        let is_near = |(a, b): (&f32, &f32)| (a - b).abs() <= a.abs() * 1e-4;
        let all = self.panels.as_flattened().iter().zip(other.panels.as_flattened());
        let bytes = self.quads.iter().map(|quad| quad.0);
        self.panels.len() == other.panels.len()
            && bytes.eq(other.quads.iter().map(|quad| quad.0))
            && all.into_iter().all(is_near)
    }

    /// What is wrong, if anything, with what is known of panels.
    pub(crate) fn flaw(&self) -> Option<&'static str> {
        let is_possible = self.panels.iter().all(|panel| Panel::of(*panel).is_possible());
        (!is_possible).then_some("what it knows of its rows cannot be")
    }

    /// Bytes of memory.
    pub(crate) fn n_bytes(&self) -> usize {
        size_of_val(&*self.quads) + size_of_val(&*self.panels)
    }
}

impl<'a> Codes<'a> {
    /// Panels of sixteen rows, the last perhaps with fewer.
    pub(crate) fn n_panels(self) -> usize {
        self.panels.len()
    }

    /// What is known of a panel.
    #[inline(always)]
    pub(crate) fn panel(self, panel: usize) -> Panel {
        Panel::of(self.panels[panel])
    }

    /// The bytes of so many panels; fewer or none beyond the last.
    #[inline(always)]
    pub(crate) fn quads(self, first: usize, n: usize) -> &'a [Quad] {
        let quads = self.quads.get(first * self.n_quads..).unwrap_or_default();
        &quads[..quads.len().min(n * self.n_quads)]
    }

    /// Quads of a panel.
    pub(crate) fn n_quads(self) -> usize {
        self.n_quads
    }

    /// Writes the numbers that the bytes of a row stand for.
    pub(crate) fn read(self, place: usize, out: &mut [f32]) {
        let (panel, lane) = (place / LANES, place % LANES);
        let step = self.panel(panel).step;
        for (out, quad) in out.chunks_mut(4).zip(self.quads(panel, 1)) {
            for (x, byte) in out.iter_mut().zip(&quad.0[4 * lane..]) {
                *x = step * f32::from((byte ^ 0x80).cast_signed());
            }
        }
    }

    /// About the dots of a query with the rows of all panels, sixteen a panel: what bytes say of them.
    pub(crate) fn near_dots(self, query: &[f32], bytes: ByteIsa) -> Vec<f32> {
        let query = QueryCode::new(query);
        let mut dots = vec![0.0; self.n_panels() * LANES];
        bytes.run(NearDots { codes: self, query: &query, dots: &mut dots });
        dots
    }

    /// The panels that may hold a score of this or more; all later ones cannot.
    pub(crate) fn n_panels_above(self, query: &QueryCode, score: f32) -> usize {
        let least = query.least_reach(score);
        self.panels.partition_point(|panel| Panel::of(*panel).reach_from_here >= least)
    }
}

/// See [`Codes::near_dots`].
struct NearDots<'a> {
    codes: Codes<'a>,
    query: &'a QueryCode,
    dots: &'a mut [f32],
}

impl ByteKernel for NearDots<'_> {
    type Output = ();

    #[inline(always)]
    fn run<B: Bytes>(self, bytes: B) {
        let Self { codes, query, dots } = self;
        for (group, dots) in dots.chunks_mut(SIDE_BY_SIDE * LANES).enumerate() {
            let first = group * SIDE_BY_SIDE;
            let n_panels = dots.len() / LANES;
            let quads = codes.quads(first, n_panels);
            // Panels that are not there are the last one again, as more sums at once cost nothing.
            let of_panel = |at: usize| &quads[at.min(n_panels - 1) * codes.n_quads..];
            let panels: [&[Quad]; SIDE_BY_SIDE] = std::array::from_fn(of_panel);
            let mut sums = [bytes.start(query.sum); SIDE_BY_SIDE];
            for (k, &word) in query.words.iter().enumerate().take(codes.n_quads) {
                for (sums, panel) in sums.iter_mut().zip(panels) {
                    *sums = bytes.add_dots(*sums, bytes.load(&panel[k]), word);
                }
            }
            for ((panel, dots), sums) in (first..).zip(dots.chunks_exact_mut(LANES)).zip(sums) {
                let mut whole = [0; LANES];
                bytes.store(&mut whole, sums);
                let step = codes.panel(panel).step * query.step;
                dots.iter_mut().zip(whole).for_each(|(dot, sum)| *dot = step * sum as f32);
            }
        }
    }
}

impl Panel {
    #[inline(always)]
    fn of([step, steps, error, length, reach, reach_from_here]: [f32; 6]) -> Self {
        Self { step, steps, error, length, reach, reach_from_here }
    }

    /// As a file keeps them, in the order of the fields.
    fn numbers(self) -> [f32; 6] {
        let Self { step, steps, error, length, reach, reach_from_here } = self;
        [step, steps, error, length, reach, reach_from_here]
    }

    /// Whether it can be what is known of some rows.
    fn is_possible(self) -> bool {
        let Self { step, steps, error, length, reach, reach_from_here } = self;
        // No vector of codes is longer, and what they are short of is less.
        let longest = above(f64::from(LARGEST_CODE) * (LONGEST as f64).sqrt());
        (LEAST_STEP..f32::INFINITY).contains(&step)
            && steps == 1.0 / step
            && [error, length].iter().all(|x| (0.0..=longest).contains(x))
            && (0.0..=reach_from_here).contains(&reach)
            && reach_from_here.is_finite()
    }

    /// How far a dot of codes may be off, in steps.
    #[inline(always)]
    pub(crate) fn slack(&self, length: f32, error: f32) -> f32 {
        // The one step is for what lies below the normal numbers, and for rounding a bound.
        length * self.error + (error * self.length + 1.0)
    }

    /// What the score of a row is at least and at most.
    pub(crate) fn bounds(&self, query: &QueryCode, dot: i32) -> (f32, f32) {
        let step = f64::from(query.step) * f64::from(self.step);
        let slack = f64::from(self.slack(query.length, query.error));
        let low = step * (f64::from(dot) - slack);
        let high = step * (f64::from(dot) + slack);
        (below(low), above(high))
    }
}

impl QueryCode {
    /// Rows shorter than this score less.
    pub(crate) fn least_reach(&self, score: f32) -> f32 {
        // A dot is at most ‖q‖·‖x‖; rounding a sum adds less than a thousandth of it and the least normal numbers.
        below((f64::from(score) - 1e-30) / (f64::from(self.norm) * 1.001))
    }

    /// Encodes a query for which bounds hold.
    pub(crate) fn new(query: &[f32]) -> Self {
        let step = step(largest(query));
        let codes: Vec<i8> = query.iter().map(|&x| code(x, step)).collect();
        let words = codes.chunks(4).map(|codes| {
            let mut word = [0; 4];
            for (byte, code) in word.iter_mut().zip(codes) {
                *byte = code.cast_unsigned();
            }
            i32::from_le_bytes(word)
        });
        let norm = norm(query);
        let per_step = 1.0 / f64::from(step);
        Self {
            words: words.collect(),
            sum: codes.iter().copied().map(i32::from).sum(),
            step,
            length: above(norm * per_step),
            error: above(distance(query, &codes, step) * per_step),
            norm: above(norm),
        }
    }
}

fn encode_panel(rows: &[&[f32]], remainder: Remainder, quads: &mut [Quad]) -> Panel {
    let step = step(rows.iter().map(|row| largest(row)).fold(0.0, f32::max));
    let mut codes = vec![0; rows.first().map_or(0, |row| row.len())];
    let (mut largest_error, mut largest_length, mut largest_norm) = (0.0_f64, 0.0_f64, 0.0_f64);
    for (place, row) in rows.iter().enumerate() {
        for (code_of_x, &x) in codes.iter_mut().zip(*row) {
            *code_of_x = code(x, step);
        }
        for (quad, codes) in quads.iter_mut().zip(codes.chunks(4)) {
            for (byte, code) in quad.0[4 * place..].iter_mut().zip(codes) {
                *byte = code.cast_unsigned() ^ 0x80;
            }
        }
        let length: f64 = codes.iter().map(|&c| f64::from(c) * f64::from(c)).sum();
        largest_length = largest_length.max(length.sqrt());
        match remainder {
            Remainder::Kept => {
                largest_error = largest_error.max(distance(row, &codes, step));
                largest_norm = largest_norm.max(norm(row));
            }
            Remainder::Nothing => {
                largest_norm = largest_norm.max(length.sqrt() * f64::from(step));
            }
        }
    }
    // A sum of `dim` products takes at most dim/16 steps in each lane and 24 more, each rounding by 2⁻²⁴, products too.
    let rounding = (codes.len() / LANES + 24) as f64 * f64::exp2(-23.0);
    let steps = 1.0 / f64::from(step);
    Panel {
        step,
        steps: 1.0 / step,
        error: above((largest_error + rounding * largest_norm) * steps),
        length: above(largest_length),
        reach: above(largest_norm),
        reach_from_here: above(largest_norm),
    }
}

fn largest(x: &[f32]) -> f32 {
    x.iter().fold(0.0, |largest, x| largest.max(x.abs()))
}

/// The step with which numbers up to the largest fit into a byte.
fn step(largest: f32) -> f32 {
    (largest / LARGEST_CODE).max(LEAST_STEP)
}

/// The nearest code.
#[expect(
    clippy::cast_possible_truncation,
    reason = "at most 127, as no number is more than 127 steps"
)]
fn code(x: f32, step: f32) -> i8 {
    // Beside 3·2²² there is no room for a fraction; the sum rounds to a whole number.
    const ROOM: f32 = 12_582_912.0;
    (x / step + ROOM - ROOM) as i8
}

/// ‖x − step·codes‖.
fn distance(x: &[f32], codes: &[i8], step: f32) -> f64 {
    let error = |(&x, &code): (&f32, &i8)| f64::from(x) - f64::from(step) * f64::from(code);
    let squares: f64 = x.iter().zip(codes).map(error).map(|error| error * error).sum();
    squares.sqrt()
}

/// A little more: room for what the few operations on a number round, and for what lies below the normal ones.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "rounded after more than that was added")]
fn above(x: f64) -> f32 {
    (x + x.abs() * f64::exp2(-18.0) + 1e-40) as f32
}

/// A little less.
fn below(x: f64) -> f32 {
    -above(-x)
}
