//! Which row has this id?
//!
//! Rows are given in the order of first appearance.
//! All ids lie in one text and the table of places holds rows alone: about 20 bytes an id beside its letters, where a
//! `HashMap<String, u32>` takes four times as much. Nothing ever walks the table, so its order is nobody's business.
//!
//! Every look-up waits for memory three times: for the place, for where the id lies, for its letters.
//! A batch of ids waits for many at once, as each of the three is one short loop over the batch.

use std::ops::Range;

/// Ids and their rows.
#[derive(Clone, Debug)]
pub struct Ids {
    texts: Texts,
    /// A power of two of places, never more than half of them taken; each a row, or [`FREE`].
    places: Vec<u32>,
}

const FREE: u32 = u32::MAX;

impl Ids {
    /// No ids.
    pub(super) fn new() -> Self {
        Self { texts: Texts::new(), places: vec![FREE; 16] }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The id of a row.
    ///
    /// # Panics
    /// When there is no such row.
    #[must_use]
    pub fn id(&self, row: usize) -> &str {
        self.texts.get(row)
    }

    /// The ids, by row.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.len()).map(|row| self.id(row))
    }

    /// The row of an id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<usize> {
        let mut place = self.first_place(hash(id));
        while self.places[place] != FREE {
            let row = self.places[place] as usize;
            if self.id(row) == id {
                return Some(row);
            }
            place = (place + 1) & (self.places.len() - 1);
        }
        None
    }

    /// The row of an id, a new one where it has none yet.
    pub(super) fn add(&mut self, id: &str) -> u32 {
        self.row(id, hash(id))
    }

    /// The row of each id, a new one where it has none yet. O(letters).
    ///
    /// # Panics
    /// When there are more ids than rows in `u32`.
    pub(super) fn rows(&mut self, ids: &Texts) -> Vec<u32> {
        let hashes: Vec<u64> = (0..ids.len()).map(|k| hash(ids.get(k))).collect();
        let mut rows: Vec<u32> =
            hashes.iter().map(|hash| self.places[self.first_place(*hash)]).collect();
        let lie = |row: &u32| self.texts.range(*row as usize).unwrap_or_default();
        let ranges: Vec<_> = rows.iter().map(lie).collect();
        for (k, row) in rows.iter_mut().enumerate() {
            let id = ids.get(k);
            if *row == FREE || self.texts.text[ranges[k].clone()] != *id {
                *row = self.row(id, hashes[k]);
            }
        }
        rows
    }

    fn row(&mut self, id: &str, hash: u64) -> u32 {
        let mut place = self.first_place(hash);
        while self.places[place] != FREE {
            let row = self.places[place];
            if self.id(row as usize) == id {
                return row;
            }
            place = (place + 1) & (self.places.len() - 1);
        }
        let row = u32::try_from(self.len()).ok().filter(|row| *row != FREE);
        let row = row.expect("at most u32::MAX - 1 ids");
        self.texts.push(id);
        self.places[place] = row;
        if 2 * self.len() > self.places.len() {
            self.grow();
        }
        row
    }

    fn grow(&mut self) {
        self.places = vec![FREE; 2 * self.places.len()];
        for row in 0..self.len() {
            let mut place = self.first_place(hash(self.id(row)));
            while self.places[place] != FREE {
                place = (place + 1) & (self.places.len() - 1);
            }
            self.places[place] = u32::try_from(row).expect("rows were counted in u32 when given");
        }
    }

    /// The upper bits of the hash, which depend on every letter.
    #[expect(clippy::cast_possible_truncation, reason = "what is left fits the number of places")]
    fn first_place(&self, hash: u64) -> usize {
        (hash >> (u64::BITS - self.places.len().trailing_zeros())) as usize
    }
}

/// Many short texts in one.
#[derive(Clone, Debug)]
pub(super) struct Texts {
    text: String,
    /// Text `k` is `ends[k]..ends[k + 1]`.
    ends: Vec<usize>,
}

impl Texts {
    pub(super) fn new() -> Self {
        Self { text: String::new(), ends: vec![0] }
    }

    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }

    fn len(&self) -> usize {
        self.ends.len() - 1
    }

    fn get(&self, k: usize) -> &str {
        &self.text[self.ends[k]..self.ends[k + 1]]
    }

    fn range(&self, k: usize) -> Option<Range<usize>> {
        Some(*self.ends.get(k)?..*self.ends.get(k + 1)?)
    }
}

/// Eight letters a step: each multiplied into the upper half, which is folded back onto the lower.
fn hash(id: &str) -> u64 {
    let step = |state: u64, letters: [u8; 8]| {
        // 2⁶⁴ divided by the golden ratio, made odd (Knuth, The Art of Computer Programming 3, §6.4).
        let product = (state ^ u64::from_le_bytes(letters)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        product ^ (product >> 32)
    };
    let (words, rest) = id.as_bytes().as_chunks::<8>();
    let state = words.iter().fold(id.len() as u64, |state, word| step(state, *word));
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    step(step(state, last), [0; 8])
}

#[cfg(test)]
mod tests {
    use super::{Ids, Texts};

    fn rows(ids: &mut Ids, texts: &[&str]) -> Vec<u32> {
        let mut batch = Texts::new();
        texts.iter().for_each(|text| batch.push(text));
        ids.rows(&batch)
    }

    #[test]
    fn rows_follow_the_order_of_first_appearance() {
        let mut ids = Ids::new();
        assert_eq!(rows(&mut ids, &["b", "a", "", "b", "ä"]), [0, 1, 2, 0, 3]);
        assert_eq!(rows(&mut ids, &["c", "a"]), [4, 1]);
        assert_eq!(ids.iter().collect::<Vec<_>>(), ["b", "a", "", "ä", "c"]);
    }

    #[test]
    fn a_hundred_thousand_ids_keep_their_rows() {
        let mut ids = Ids::new();
        // Of every length from 1 to 13, many alike but for a letter at either end.
        let names: Vec<String> =
            (0..100_000).map(|n| format!("{n}{}", &"--------"[n % 9..])).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let expected: Vec<u32> = (0..100_000).collect();
        for size in [70_000, 1_000] {
            let found: Vec<u32> =
                names.chunks(size).flat_map(|names| rows(&mut ids, names)).collect();
            assert_eq!(found, expected);
        }
    }
}
