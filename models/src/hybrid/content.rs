//! What is known of the items beside who heard them, as the network asks for it?

use linalg::{Csr, Matrix, dot};
use music::{ItemIx, UserIx};

use crate::array::{Array, Arrays, check, names, take_f32, take_f32s, take_u32};
use crate::{Error, Heard, ItemFeatures, WordIx};

const WORD_STARTS: &str = "word_starts.";
const WORD_ROWS: &str = "word_rows.";
const WORD_WEIGHTS: &str = "word_weights.";
const NUMBERS: &str = "numbers.";
const NUMBERS_KNOWN: &str = "numbers_known.";
const SPACE: &str = "space.";

/// Kinds in the order of their names.
#[derive(Clone, Debug, Default)]
pub(super) struct Content {
    pub(super) words: Vec<Words>,
    pub(super) numbers: Vec<Numbers>,
    pub(super) spaces: Vec<Space>,
}

/// Artists, releases, tags.
#[derive(Clone, Debug)]
pub(super) struct Words {
    pub(super) name: String,
    /// The share of each word in an item; a row sums to 1 or is empty.
    pub(super) of: Csr<ItemIx, WordIx>,
}

/// Year, length.
#[derive(Clone, Debug)]
pub(super) struct Numbers {
    pub(super) name: String,
    pub(super) of: Vec<Option<f32>>,
    /// 1 by the deviation of the known.
    pub(super) scale: f32,
}

/// How items sound.
#[derive(Clone, Debug)]
pub(super) struct Space {
    pub(super) name: String,
    /// Vectors of length 1; zeros where nothing is known.
    pub(super) of: Matrix,
}

impl Content {
    pub(super) fn new(features: Option<&ItemFeatures>) -> Self {
        let Some(features) = features else { return Self::default() };
        let words = features
            .words
            .iter()
            .map(|words| Words { name: words.name.to_owned(), of: shares(&words.of) });
        let numbers = features.numbers.iter();
        let numbers = numbers.map(|of| Numbers::new(of.name.to_owned(), of.of.clone()));
        let spaces = features.vectors.iter().map(|vectors| {
            let mut of = vectors.of.clone();
            for (row, is_known) in vectors.is_known.iter().enumerate() {
                to_unit(of.row_mut(row), *is_known);
            }
            Space { name: vectors.name.to_owned(), of }
        });
        let mut content =
            Self { words: words.collect(), numbers: numbers.collect(), spaces: spaces.collect() };
        content.words.sort_by(|a, b| a.name.cmp(&b.name));
        content.numbers.sort_by(|a, b| a.name.cmp(&b.name));
        content.spaces.sort_by(|a, b| a.name.cmp(&b.name));
        content
    }

    pub(super) fn save(&self, arrays: &mut Arrays) {
        let mut put = |prefix: &str, name: &str, array| {
            arrays.insert(format!("{prefix}{name}"), array);
        };
        for Words { name, of } in &self.words {
            let (mut starts, mut rows, mut weights) = (vec![0], Vec::new(), Vec::new());
            for (_, words, shares) in of.rows() {
                rows.extend_from_slice(words);
                weights.extend_from_slice(shares);
                starts.push(u32::try_from(rows.len()).expect("words of a catalogue are u32"));
            }
            put(WORD_STARTS, name, Array::U32 { shape: vec![starts.len()], values: starts });
            put(WORD_ROWS, name, Array::U32 { shape: vec![rows.len()], values: rows });
            put(WORD_WEIGHTS, name, Array::F32 { shape: vec![weights.len()], values: weights });
        }
        for Numbers { name, of, .. } in &self.numbers {
            let values: Vec<f32> = of.iter().map(|x| x.unwrap_or(0.0)).collect();
            let known: Vec<u32> = of.iter().map(|x| u32::from(x.is_some())).collect();
            put(NUMBERS, name, Array::F32 { shape: vec![values.len()], values });
            put(NUMBERS_KNOWN, name, Array::U32 { shape: vec![known.len()], values: known });
        }
        for Space { name, of } in &self.spaces {
            let shape = vec![of.n_rows(), of.dim()];
            put(SPACE, name, Array::F32 { shape, values: of.as_slice().to_vec() });
        }
    }

    pub(super) fn load(n_items: usize, arrays: &mut Arrays) -> Result<Self, Error> {
        let mut content = Self::default();
        for name in names(arrays, WORD_STARTS) {
            content.words.push(load_words(name, n_items, arrays)?);
        }
        for name in names(arrays, NUMBERS) {
            let values = take_f32(arrays, &format!("{NUMBERS}{name}"), &[n_items])?;
            let key = format!("{NUMBERS_KNOWN}{name}");
            let known = take_u32(arrays, &key)?;
            check(&key, known.len() == n_items)?;
            let of = values.into_iter().zip(known).map(|(x, known)| (known != 0).then_some(x));
            content.numbers.push(Numbers::new(name, of.collect()));
        }
        for name in names(arrays, SPACE) {
            let key = format!("{SPACE}{name}");
            let dim = arrays.get(&key).and_then(|array| array.shape().get(1)).copied();
            let dim = dim.unwrap_or(0);
            let values = take_f32(arrays, &key, &[n_items, dim])?;
            content.spaces.push(Space { name, of: Matrix::from_vec(n_items, dim, values) });
        }
        Ok(content)
    }
}

impl Numbers {
    #[expect(clippy::cast_possible_truncation, reason = "seven digits are enough of a scale")]
    fn new(name: String, of: Vec<Option<f32>>) -> Self {
        let known = || of.iter().flatten().map(|x| f64::from(*x));
        let n = known().count().max(1) as f64;
        let mean = known().sum::<f64>() / n;
        let deviation = (known().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt();
        let scale = if deviation > 0.0 { (1.0 / deviation) as f32 } else { 0.0 };
        Self { name, of, scale }
    }
}

/// How much more an item is liked than most: log₂ of its listeners by the mean number of them, 1 added to both.
#[expect(clippy::cast_possible_truncation, reason = "seven digits are enough of a level")]
pub(super) fn popularity(heard: &Csr<UserIx, ItemIx, Heard>) -> Vec<f32> {
    let mut counts = vec![0_u32; heard.n_cols()];
    for (_, items, heard) in heard.rows() {
        let liked = items.iter().zip(heard).filter(|(_, heard)| heard.is_liked);
        liked.for_each(|(item, _)| counts[*item as usize] += 1);
    }
    let mean = counts.iter().map(|n| f64::from(*n)).sum::<f64>() / counts.len().max(1) as f64;
    let level = |n: &u32| ((1.0 + f64::from(*n)) / (1.0 + mean)).log2() as f32;
    counts.iter().map(level).collect()
}

/// Rows that sum to 1, of the words alone that are said of any item.
fn shares(said: &Csr<ItemIx, WordIx>) -> Csr<ItemIx, WordIx> {
    let mut places = vec![0_u32; said.n_cols()];
    said.rows().flat_map(|(_, words, _)| words).for_each(|word| places[*word as usize] = 1);
    let mut n_said = 0;
    for place in &mut places {
        let is_said = *place;
        *place = n_said;
        n_said += is_said;
    }
    let mut triplets = Vec::with_capacity(said.nnz());
    for (item, (_, words, weights)) in (0..).zip(said.rows()) {
        let sum: f32 = weights.iter().sum();
        let pairs = words.iter().zip(weights);
        triplets.extend(pairs.map(|(word, weight)| (item, places[*word as usize], weight / sum)));
    }
    Csr::from_triplets(said.n_rows(), n_said as usize, triplets)
}

/// Scales a row to length 1, or to nothing.
fn to_unit(row: &mut [f32], is_known: bool) {
    let length = dot(row, row).sqrt();
    let scale = if is_known && length > 0.0 && length.is_finite() { 1.0 / length } else { 0.0 };
    row.iter_mut().for_each(|x| *x *= scale);
}

fn load_words(name: String, n_items: usize, arrays: &mut Arrays) -> Result<Words, Error> {
    let key = format!("{WORD_ROWS}{name}");
    let starts = take_u32(arrays, &format!("{WORD_STARTS}{name}"))?;
    let rows = take_u32(arrays, &key)?;
    let weights = take_f32s(arrays, &format!("{WORD_WEIGHTS}{name}"))?;
    let is_whole = starts.len() == n_items + 1
        && starts.is_sorted()
        && starts.first() == Some(&0)
        && starts.last().is_some_and(|last| *last as usize == rows.len());
    check(&key, is_whole && rows.len() == weights.len())?;
    // A table of words is asked for by each listener, so that no number may make it larger than the file.
    let n_words = rows.iter().max().map_or(0, |last| *last as usize + 1);
    check(&key, n_words <= rows.len())?;
    let mut triplets = Vec::with_capacity(rows.len());
    for (item, ends) in (0..).zip(starts.windows(2)) {
        let run = ends[0] as usize..ends[1] as usize;
        check(&key, rows[run.clone()].is_sorted_by(|a, b| a < b))?;
        let words = rows[run.clone()].iter().zip(&weights[run]);
        triplets.extend(words.map(|(word, weight)| (item, *word, *weight)));
    }
    Ok(Words { name, of: Csr::from_triplets(n_items, n_words, triplets) })
}
