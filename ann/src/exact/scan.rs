//! How do a few queries and the bytes of all rows meet?
//!
//! Eight queries and two panels of sixteen rows are a tile whose sums stay in registers; of a sum nothing is kept but
//! whether it is high enough.

use linalg::LANES;
use linalg::bytes::{ByteKernel, Bytes, Quad};

use super::found::Found;
use crate::codes::{Codes, QueryCode};

/// Which panels to scan, for which queries.
pub(super) struct Scan<'a, 'f> {
    pub(super) codes: Codes<'a>,
    pub(super) found: &'a mut [Found<'f>],
    /// Runs of panels, ascending.
    pub(super) runs: &'a [(usize, usize)],
}

impl ByteKernel for Scan<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<B: Bytes>(self, bytes: B) {
        match (self.found.len(), B::MANY_REGISTERS) {
            (0, _) => {}
            (1, true) => self.scan::<B, 1, 4>(bytes),
            (1, false) => self.scan::<B, 1, 2>(bytes),
            (_, true) => self.scan::<B, 8, 2>(bytes),
            (_, false) => self.scan::<B, 4, 1>(bytes),
        }
    }
}

impl Scan<'_, '_> {
    #[inline(always)]
    fn scan<B: Bytes, const R: usize, const C: usize>(self, bytes: B) {
        let Self { codes, found, runs } = self;
        let mut groups: Vec<Group<'_, '_, R>> = found.chunks_mut(R).map(Group::new).collect();
        for &(start, end) in runs {
            let mut panel = start;
            while panel + C <= end {
                let quads = codes.quads(panel, C);
                let soon = codes.quads(panel + C, C);
                let mut soon = soon.chunks(soon.len().div_ceil(groups.len()).max(1));
                let mut is_over = true;
                for group in &mut groups {
                    // While the groups meet these panels, the next ones come near, a part with each.
                    bytes.prefetch(soon.next().unwrap_or_default());
                    if panel < group.end {
                        is_over = false;
                        if group.is_reached::<C>(codes, panel) {
                            group.meet::<B, C>(bytes, codes, panel, quads);
                        }
                    }
                }
                panel = if is_over { end } else { panel + C };
            }
            for panel in panel..end {
                for group in &mut groups {
                    if panel < group.end && group.is_reached::<1>(codes, panel) {
                        group.meet::<B, 1>(bytes, codes, panel, codes.quads(panel, 1));
                    }
                }
            }
        }
        for found in found {
            found.finish(codes);
        }
    }
}

/// A few queries side by side, numbers of the same kind together.
struct Group<'a, 'f, const R: usize> {
    found: &'a mut [Found<'f>],
    /// Four numbers of each query.
    words: Vec<[i32; R]>,
    sums: [i32; R],
    bounds: [f32; R],
    lengths: [f32; R],
    errors: [f32; R],
    /// Panels from this one on hold no candidate of any.
    end: usize,
    /// Rows shorter than this are no candidates of any.
    least_reach: f32,
}

impl<'a, 'f, const R: usize> Group<'a, 'f, R> {
    fn new(found: &'a mut [Found<'f>]) -> Self {
        let n_words = found.first().map_or(0, |found| found.query.words.len());
        let mut words = vec![[0; R]; n_words];
        // No score reaches the bound of a query that is not there.
        let mut group = [f32::INFINITY; R];
        let (mut lengths, mut errors, mut sums) = ([0.0; R], [0.0; R], [0; R]);
        for (r, found) in found.iter().enumerate() {
            let QueryCode { words: codes, sum, length, error, .. } = &found.query;
            for (word, code) in words.iter_mut().zip(codes) {
                word[r] = *code;
            }
            (sums[r], lengths[r], errors[r]) = (*sum, *length, *error);
            group[r] = found.bound_in_steps();
        }
        let mut all =
            Self { found, words, sums, bounds: group, lengths, errors, end: 0, least_reach: 0.0 };
        all.look();
        all
    }

    /// How far to scan, and for what.
    fn look(&mut self) {
        self.end = self.found.iter().map(|found| found.end).max().unwrap_or(0);
        let reaches = self.found.iter().map(Found::least_reach);
        self.least_reach = reaches.fold(f32::INFINITY, f32::min);
    }

    /// Whether a row of these panels is long enough to be a candidate.
    #[inline(always)]
    fn is_reached<const C: usize>(&self, codes: Codes<'_>, panel: usize) -> bool {
        (0..C).any(|c| codes.panel(panel + c).reach >= self.least_reach)
    }

    /// What dots of codes must be at least for their rows of these panels to be candidates.
    #[inline(always)]
    fn least_dots<B: Bytes, const C: usize>(
        &self,
        bytes: B,
        codes: Codes<'_>,
        panel: usize,
    ) -> [[i32; R]; C] {
        let mut all = [0.0; LANES];
        for (c, least) in all.chunks_exact_mut(R).enumerate().take(C) {
            let panel = codes.panel(panel + c);
            for (r, least) in least.iter_mut().enumerate() {
                let slack = panel.slack(self.lengths[r], self.errors[r]);
                *least = self.bounds[r] * panel.steps - slack;
            }
        }
        let whole = bytes.whole(&all);
        let mut least = [[0; R]; C];
        for (least, whole) in least.iter_mut().zip(whole.chunks_exact(R)) {
            least.copy_from_slice(whole);
        }
        least
    }

    /// Dots of codes of these queries and `C` panels; the rows that may be among the best are taken in.
    #[inline(always)]
    fn meet<B: Bytes, const C: usize>(
        &mut self,
        bytes: B,
        codes: Codes<'_>,
        panel: usize,
        quads: &[Quad],
    ) {
        let n_quads = codes.n_quads();
        let mut sums = [[bytes.start(0); C]; R];
        let mut panels: [&[Quad]; C] = [&[]; C];
        for (sums, &sum) in sums.iter_mut().zip(&self.sums) {
            *sums = [bytes.start(sum); C];
        }
        for c in 0..C {
            panels[c] = &quads[c * n_quads..][..n_quads];
        }
        for (k, words) in self.words.iter().enumerate().take(n_quads) {
            for c in 0..C {
                let rows = bytes.load(&panels[c][k]);
                for r in 0..R {
                    sums[r][c] = bytes.add_dots(sums[r][c], rows, words[r]);
                }
            }
        }
        let least = self.least_dots::<B, C>(bytes, codes, panel);
        let mut lanes = [[0; R]; C];
        for r in 0..R {
            for c in 0..C {
                lanes[c][r] = bytes.at_least(sums[r][c], least[c][r]);
            }
        }
        let mut some = 0_u32;
        for (place, &lanes) in lanes.as_flattened().iter().enumerate() {
            some |= u32::from(lanes != 0) << place;
        }
        while some != 0 {
            let place = some.trailing_zeros() as usize;
            let (c, r) = (place / R, place % R);
            if self.found[r].take(bytes, panel + c, lanes[c][r], sums[r][c]) {
                self.settle(r, codes);
            }
            some &= some - 1;
        }
    }

    #[inline(never)]
    fn settle(&mut self, r: usize, codes: Codes<'_>) {
        self.found[r].settle(codes);
        self.bounds[r] = self.found[r].bound_in_steps();
        self.look();
    }
}
