//! Which places may be found?

use std::iter::successors;

use linalg::LANES;

use crate::places::number;

const WORD_BITS: usize = 64;

/// A bit a place; whole panels, so that no place beyond the last is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mask {
    words: Vec<u64>,
    n_places: usize,
    n_set: usize,
}

impl Mask {
    /// No place.
    pub(crate) fn none(n_places: usize) -> Self {
        Self { words: vec![0; n_places.div_ceil(WORD_BITS)], n_places, n_set: 0 }
    }

    /// Every place.
    pub(crate) fn all(n_places: usize) -> Self {
        let mut words = vec![u64::MAX; n_places.div_ceil(WORD_BITS)];
        if let Some(last) = words.last_mut().filter(|_| !n_places.is_multiple_of(WORD_BITS)) {
            *last = (1 << (n_places % WORD_BITS)) - 1;
        }
        Self { words, n_places, n_set: n_places }
    }

    /// How many places there are.
    pub(crate) fn n_places(&self) -> usize {
        self.n_places
    }

    /// How many of them may be found.
    pub(crate) fn n_set(&self) -> usize {
        self.n_set
    }

    /// Whether a place may be found.
    #[inline]
    pub(crate) fn has(&self, place: u32) -> bool {
        let place = place as usize;
        place < self.n_places && self.words[place / WORD_BITS] >> (place % WORD_BITS) & 1 == 1
    }

    /// Lets a place be found, or not; whether that is a change.
    pub(crate) fn set(&mut self, place: u32, is_set: bool) -> bool {
        let place = place as usize;
        assert!(place < self.n_places, "one of {} places expected", self.n_places);
        let (word, bit) = (&mut self.words[place / WORD_BITS], 1 << (place % WORD_BITS));
        let was_set = *word & bit != 0;
        if was_set == is_set {
            return false;
        }
        *word ^= bit;
        if is_set {
            self.n_set += 1;
        } else {
            self.n_set -= 1;
        }
        true
    }

    /// One bit a row of a panel, the first lowest.
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "the lowest sixteen of the bits")]
    pub(crate) fn lanes(&self, panel: usize) -> u16 {
        let place = panel * LANES;
        (self.words[place / WORD_BITS] >> (place % WORD_BITS)) as u16
    }

    /// The places that may be found, ascending.
    pub(crate) fn places(&self) -> impl Iterator<Item = u32> + '_ {
        self.words.iter().enumerate().flat_map(|(at, &word)| {
            let rest = |word: &u64| Some(word & (word - 1)).filter(|rest| *rest != 0);
            let left = successors(Some(word).filter(|word| *word != 0), rest);
            left.map(move |word| number(at * WORD_BITS + word.trailing_zeros() as usize))
        })
    }
}
