//! Which numbers go into a tower, and where do they stand?
//!
//! Item: `[id | one embedding a kind of word | levels | vectors]`.
//! Listener: `[recent, liked, turned away from, by id | one a kind of word | levels | vectors | rhythm | state]`.
//! Listen: `[id | one a kind of word | vectors | what came of it | how long after the one before]`.
//! A part that the parameters leave out has no place.

use super::encoded::Code;
use super::params::{Encoder, Params};
use super::popularity::{POPULARITIES, TRENDS};
use super::sequence::ONES;
use super::timeline::{LEVELS, RHYTHM};

/// Numbers of the embedding of a level.
pub(super) const LEVEL_DIM: usize = 8;
/// Levels of the days since an item came out, unknown included.
pub(super) const ITEM_AGES: u32 = 16;

/// Where everything stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) dim: usize,
    pub(super) has_ids: bool,
    pub(super) has_features: bool,
    /// Whether listens are read one after the other.
    pub(super) has_states: bool,
    /// Kinds of words, numbers, and vectors with their widths together.
    pub(super) n_words: usize,
    pub(super) n_scales: usize,
    pub(super) n_spaces: usize,
    pub(super) width: usize,
    /// First rows of the item's levels in their table, then of the listener's: country, spaces and rhythm behind the rest.
    pub(super) item_levels: Vec<u32>,
    pub(super) listener_levels: Vec<u32>,
    /// Rows of that table.
    pub(super) n_levels: usize,
}

impl Layout {
    pub(super) fn new(params: &Params, code: &Code, n_countries: usize) -> Self {
        let has_features = params.by.has_features();
        let spaces = || code.spaces.iter().map(|_| 2);
        let n_countries = u32::try_from(n_countries + 1).expect("countries are few");
        let scales = code
            .scales
            .iter()
            .map(|scale| u32::try_from(scale.n_buckets()).expect("buckets are few"));
        let of_item = scales.chain([ITEM_AGES, POPULARITIES, TRENDS]).chain(spaces());
        let of_listener = LEVELS.into_iter().chain([n_countries]).chain(spaces()).chain([2]);
        let mut next = 0;
        let mut places = |n: u32| {
            next += n;
            next - n
        };
        let (item_levels, listener_levels) = match has_features {
            true => (of_item.map(&mut places).collect(), of_listener.map(&mut places).collect()),
            false => (Vec::new(), Vec::new()),
        };
        let known = |n: usize| if has_features { n } else { 0 };
        Self {
            dim: params.dim,
            has_ids: params.by.has_ids(),
            has_features,
            has_states: params.encoder == Encoder::Sequence,
            n_words: known(code.vocabularies.len()),
            n_scales: known(code.scales.len()),
            n_spaces: known(code.spaces.len()),
            width: known(code.width()),
            item_levels,
            listener_levels,
            n_levels: next as usize,
        }
    }

    fn ids(&self, n: usize) -> usize {
        if self.has_ids { n * self.dim } else { 0 }
    }

    /// Where the embedding of a kind of word stands in an item's row.
    pub(super) fn item_words(&self, kind: usize) -> usize {
        self.ids(1) + kind * self.dim
    }

    /// Where an item's level stands.
    pub(super) fn item_level(&self, k: usize) -> usize {
        self.item_words(self.n_words) + k * LEVEL_DIM
    }

    /// Where an item's vectors stand.
    pub(super) fn item_vectors(&self) -> usize {
        self.item_level(self.item_levels.len())
    }

    /// Length of an item's row.
    pub(super) fn item_width(&self) -> usize {
        self.item_vectors() + self.width
    }

    /// Where the embedding of a kind of word stands in a listener's row.
    pub(super) fn listener_words(&self, kind: usize) -> usize {
        self.ids(3) + kind * self.dim
    }

    /// Where a listener's level stands.
    pub(super) fn listener_level(&self, k: usize) -> usize {
        self.listener_words(self.n_words) + k * LEVEL_DIM
    }

    /// Where a listener's vectors stand.
    pub(super) fn listener_vectors(&self) -> usize {
        self.listener_level(self.listener_levels.len())
    }

    /// Where a listener's rhythm stands.
    pub(super) fn listener_rhythm(&self) -> usize {
        self.listener_vectors() + self.width
    }

    /// Where the state behind a listener's last listen stands.
    pub(super) fn listener_state(&self) -> usize {
        self.listener_rhythm() + if self.has_features { RHYTHM } else { 0 }
    }

    /// Length of a listener's row.
    pub(super) fn listener_width(&self) -> usize {
        self.listener_state() + if self.has_states { self.dim } else { 0 }
    }

    /// Where the vectors of a listen stand; its words stand where those of an item do.
    pub(super) fn token_vectors(&self) -> usize {
        self.item_words(self.n_words)
    }

    /// Where what came of a listen stands.
    pub(super) fn token_ones(&self) -> usize {
        self.token_vectors() + self.width
    }

    /// Length of a listen's row.
    pub(super) fn token_width(&self) -> usize {
        self.token_ones() + ONES
    }
}
