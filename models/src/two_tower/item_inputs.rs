//! What goes into the item tower, and what comes back of it?

use linalg::{Isa, Kernel, Simd};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};

use super::encoded::Encoded;
use super::layout::ITEM_AGES;
use super::net::Net;
use super::popularity::Popularity;
use crate::network::{CHUNK_ROWS, Part, add_row};

/// An item at a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ItemRow {
    /// Its place among the encoded items.
    pub(super) item: u32,
    /// Its row among the embeddings by id, 0 where that is left out or not known.
    pub(super) id: u32,
    /// Days since it came out, popularity, trend.
    pub(super) levels: [u8; 3],
}

impl ItemRow {
    /// An item of the training at a moment of a slice.
    pub(super) fn new(
        encoded: &Encoded,
        popularity: &Popularity,
        item: u32,
        slice: usize,
        age_days: f32,
    ) -> Self {
        let [popularity, trend] = popularity.of(slice, Some(item));
        let levels = [born(encoded, item, age_days), popularity, trend];
        Self { item, id: item + 1, levels }
    }

    /// An item that came after the training, when the log ends.
    pub(super) fn unknown(encoded: &Encoded, item: u32) -> Self {
        Self { item, id: 0, levels: [born(encoded, item, 0.0), 0, 0] }
    }
}

/// Level of the days from coming out to a moment.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "from 1 to a small number"
)]
fn born(encoded: &Encoded, item: u32, age_days: f32) -> u8 {
    let days = encoded.born_days[item as usize] - age_days;
    if days.is_nan() { 0 } else { (2.0 + days.max(0.0)).log2().min((ITEM_AGES - 1) as f32) as u8 }
}

impl Net {
    /// Rows of the levels table that belong to an item.
    #[inline(always)]
    fn item_levels(&self, encoded: &Encoded, row: &ItemRow, mut tell: impl FnMut(usize, u32)) {
        let layout = &self.layout;
        if !layout.has_features {
            return;
        }
        let item = row.item as usize;
        let scales = &encoded.buckets[item * layout.n_scales..][..layout.n_scales];
        let known = &encoded.known[item * layout.n_spaces..][..layout.n_spaces];
        let levels = row.levels.map(u32::from);
        let all = scales.iter().chain(&levels).chain(known);
        for (k, (level, first)) in all.zip(&layout.item_levels).enumerate() {
            tell(k, first + level);
        }
    }

    /// Writes what goes into the item tower `[rows × item_width]`.
    pub(super) fn gather_items(&self, encoded: &Encoded, rows: &[ItemRow], inputs: &mut Vec<f32>) {
        let width = self.layout.item_width();
        inputs.resize(rows.len() * width, 0.0);
        let isa = Isa::best();
        let chunks = inputs.par_chunks_mut(CHUNK_ROWS * width).zip(rows.par_chunks(CHUNK_ROWS));
        chunks.for_each(|(inputs, rows)| isa.run(Gather { net: self, encoded, rows, inputs }));
    }

    /// Which rows of the tables have which parts of the gradient that begins at `start` of the arena.
    pub(super) fn item_parts(
        &self,
        encoded: &Encoded,
        rows: &[ItemRow],
        start: usize,
        parts: &mut Parts,
    ) {
        let layout = &self.layout;
        for (at, row) in rows.iter().enumerate() {
            let start = start + at * layout.item_width();
            if layout.has_ids {
                parts.ids.push(part(row.id, 1.0, start));
            }
            for (kind, of_kind) in parts.words.iter_mut().enumerate() {
                let (words, weights) = encoded.words[kind].of(row.item as usize);
                let from = start + layout.item_words(kind);
                of_kind.extend(
                    words.iter().zip(weights).map(|(word, weight)| part(*word, *weight, from)),
                );
            }
            self.item_levels(encoded, row, |k, level| {
                parts.levels.push(part(level, 1.0, start + layout.item_level(k)));
            });
        }
    }
}

/// The parts of the gradient of each table.
#[derive(Clone, Debug, Default)]
pub(super) struct Parts {
    pub(super) ids: Vec<Part>,
    pub(super) words: Vec<Vec<Part>>,
    pub(super) levels: Vec<Part>,
}

impl Parts {
    /// None, for so many kinds of words.
    pub(super) fn clear(&mut self, n_words: usize) {
        self.ids.clear();
        self.levels.clear();
        self.words.resize(n_words, Vec::new());
        self.words.iter_mut().for_each(Vec::clear);
    }
}

/// A part of a gradient.
pub(super) fn part(row: u32, weight: f32, from: usize) -> Part {
    Part {
        row,
        weight,
        from: u32::try_from(from).expect("a batch has fewer numbers than u32 holds"),
    }
}

struct Gather<'a> {
    net: &'a Net,
    encoded: &'a Encoded,
    rows: &'a [ItemRow],
    inputs: &'a mut [f32],
}

impl Kernel for Gather<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _simd: S) {
        let Self { net, encoded, rows, inputs } = self;
        let layout = &net.layout;
        for (row, inputs) in rows.iter().zip(inputs.chunks_exact_mut(layout.item_width())) {
            inputs.fill(0.0);
            if layout.has_ids {
                inputs[..layout.dim].copy_from_slice(net.ids.row(row.id));
            }
            for (kind, table) in net.words.iter().enumerate() {
                let (words, weights) = encoded.words[kind].of(row.item as usize);
                let out = &mut inputs[layout.item_words(kind)..][..layout.dim];
                for (word, weight) in words.iter().zip(weights) {
                    add_row(out, *weight, table.row(*word));
                }
            }
            net.item_levels(encoded, row, |k, level| {
                add_row(&mut inputs[layout.item_level(k)..], 1.0, net.levels.row(level));
            });
            let vectors = &encoded.vectors[row.item as usize * layout.width..][..layout.width];
            inputs[layout.item_vectors()..].copy_from_slice(vectors);
        }
    }
}
