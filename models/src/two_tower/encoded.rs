//! What do the towers see of an item?
//!
//! Words become rows of tables, numbers become buckets of equally many items, vectors are scaled; what is not known is a
//! row or a bucket of its own, whose meaning is learned.
//! The code is made from the training's items, and tells any later item in the same way.

use crate::features::{ItemFeatures, Numbers, Vectors, Words};

/// Words of one kind that are kept of an item: those that say most.
const WORDS: usize = 8;
/// Buckets of a number.
const BUCKETS: usize = 16;
/// The row of a word that the training did not have, and the bucket of a number that nobody knows.
pub(super) const UNKNOWN: u32 = 0;

/// How features become rows, buckets and numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Code {
    pub(super) vocabularies: Vec<Vocabulary>,
    pub(super) scales: Vec<Scale>,
    pub(super) spaces: Vec<Space>,
}

/// Words of one kind.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Vocabulary {
    pub(super) name: String,
    /// Outside names, ascending; word `k` has row `k + 1`.
    pub(super) keys: Vec<u64>,
}

/// A number.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scale {
    pub(super) name: String,
    /// Where the next bucket begins, ascending.
    pub(super) edges: Vec<f32>,
}

/// A vector.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Space {
    pub(super) name: String,
    /// Mean of the known.
    pub(super) mean: Vec<f32>,
    /// 1 by the root mean square distance from it, over all numbers of a vector.
    pub(super) inverse_scale: f32,
}

/// Items as the towers see them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Encoded {
    pub(super) n_items: usize,
    /// One a vocabulary.
    pub(super) words: Vec<Bags>,
    /// `[n_items × scales]`
    pub(super) buckets: Vec<u32>,
    /// All vectors of an item side by side `[n_items × width]`, zeros where they are not known.
    pub(super) vectors: Vec<f32>,
    pub(super) width: usize,
    /// `[n_items × spaces]` 1 where a vector is known, 0 where it is not.
    pub(super) known: Vec<u32>,
    /// `[n_items]` days from coming out to the newest listen of the log; NaN where nobody knows.
    pub(super) born_days: Vec<f32>,
}

/// A few weighted rows of a table for each item; the weights of one sum to 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Bags {
    /// Item `i` has `starts[i]..starts[i + 1]`.
    pub(super) starts: Vec<u32>,
    pub(super) rows: Vec<u32>,
    pub(super) weights: Vec<f32>,
}

impl Encoded {
    /// What the listener tower asks of the items of a history.
    pub(super) fn of_histories(self) -> Self {
        Self { buckets: Vec::new(), born_days: Vec::new(), ..self }
    }
}

impl Bags {
    #[inline(always)]
    pub(super) fn of(&self, item: usize) -> (&[u32], &[f32]) {
        let run = self.starts[item] as usize..self.starts[item + 1] as usize;
        (&self.rows[run.clone()], &self.weights[run])
    }
}

impl Code {
    /// From the items of a training.
    pub(super) fn new(features: &ItemFeatures) -> Self {
        Self {
            vocabularies: features.words.iter().map(Vocabulary::new).collect(),
            scales: features.numbers.iter().map(Scale::new).collect(),
            spaces: features.vectors.iter().map(Space::new).collect(),
        }
    }

    /// Numbers in all vectors of an item.
    pub(super) fn width(&self) -> usize {
        self.spaces.iter().map(|space| space.mean.len()).sum()
    }

    /// Items, those of the training or others.
    pub(super) fn encode(&self, features: &ItemFeatures) -> Encoded {
        let n = features.n_items;
        let words = self.vocabularies.iter().map(|vocabulary| {
            let said = features.words.iter().find(|words| words.name == vocabulary.name);
            vocabulary.encode(said, n)
        });
        let mut buckets = vec![UNKNOWN; n * self.scales.len()];
        for (k, scale) in self.scales.iter().enumerate() {
            let Some(numbers) = features.numbers.iter().find(|one| one.name == scale.name) else {
                continue;
            };
            for (item, number) in numbers.of.iter().enumerate() {
                buckets[item * self.scales.len() + k] = scale.bucket(*number);
            }
        }
        let (vectors, known) = self.vectors(features);
        let born = |item: usize| features.born_days.get(item).copied().flatten();
        Encoded {
            n_items: n,
            words: words.collect(),
            buckets,
            vectors,
            width: self.width(),
            known,
            born_days: (0..n).map(|item| born(item).unwrap_or(f32::NAN)).collect(),
        }
    }

    fn vectors(&self, features: &ItemFeatures) -> (Vec<f32>, Vec<u32>) {
        let (n, width) = (features.n_items, self.width());
        let (mut vectors, mut known) = (vec![0.0; n * width], vec![0; n * self.spaces.len()]);
        let mut start = 0;
        for (k, space) in self.spaces.iter().enumerate() {
            let dim = space.mean.len();
            let told = features.vectors.iter().find(|one| one.name == space.name);
            let told = told.filter(|told| told.of.dim() == dim);
            for item in 0..n {
                let Some(told) = told.filter(|told| told.is_known[item]) else { continue };
                known[item * self.spaces.len() + k] = 1;
                let out = &mut vectors[item * width + start..][..dim];
                for ((out, x), mean) in out.iter_mut().zip(told.of.row(item)).zip(&space.mean) {
                    *out = (x - mean) * space.inverse_scale;
                }
            }
            start += dim;
        }
        (vectors, known)
    }
}

impl Vocabulary {
    fn new(words: &Words) -> Self {
        let mut keys: Vec<u64> = words
            .of
            .rows()
            .flat_map(|(_, columns, _)| columns)
            .map(|c| words.keys[*c as usize])
            .collect();
        keys.sort_unstable();
        keys.dedup();
        Self { name: words.name.to_owned(), keys }
    }

    fn row(&self, key: u64) -> u32 {
        let place = self.keys.binary_search(&key);
        place.map_or(UNKNOWN, |place| u32::try_from(place + 1).expect("words are u32"))
    }

    fn encode(&self, words: Option<&Words>, n_items: usize) -> Bags {
        let mut bags = Bags { starts: vec![0], ..Bags::default() };
        let rows: Vec<u32> = words
            .map_or_else(Vec::new, |words| words.keys.iter().map(|key| self.row(*key)).collect());
        for item in 0..n_items {
            let mut said: Vec<(u32, f32)> = words.map_or_else(Vec::new, |words| {
                let (columns, weights) = words.of.row(item);
                columns
                    .iter()
                    .zip(weights)
                    .map(|(c, weight)| (rows[*c as usize], *weight))
                    .collect()
            });
            said.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            said.truncate(WORDS);
            if said.is_empty() {
                said.push((UNKNOWN, 1.0));
            }
            let sum: f32 = said.iter().map(|(_, weight)| weight).sum();
            bags.rows.extend(said.iter().map(|(row, _)| row));
            bags.weights.extend(said.iter().map(|(_, weight)| weight / sum));
            bags.starts.push(u32::try_from(bags.rows.len()).expect("words of items are u32"));
        }
        bags
    }
}

impl Scale {
    fn new(numbers: &Numbers) -> Self {
        let mut known: Vec<f32> = numbers.of.iter().copied().flatten().collect();
        known.sort_by(f32::total_cmp);
        let edge = |k: usize| known.get(k * known.len() / BUCKETS).copied();
        let mut edges: Vec<f32> = (1..BUCKETS).filter_map(edge).collect();
        edges.dedup();
        Self { name: numbers.name.to_owned(), edges }
    }

    /// Buckets, that of the unknown included.
    pub(super) fn n_buckets(&self) -> usize {
        self.edges.len() + 2
    }

    fn bucket(&self, number: Option<f32>) -> u32 {
        number.map_or(UNKNOWN, |number| {
            let below = self.edges.partition_point(|edge| *edge <= number);
            u32::try_from(below + 1).expect("buckets are few")
        })
    }
}

impl Space {
    #[expect(clippy::cast_possible_truncation, reason = "seven digits are enough of a scale")]
    fn new(vectors: &Vectors) -> Self {
        let dim = vectors.of.dim();
        let known = || (0..vectors.of.n_rows()).filter(|row| vectors.is_known[*row]);
        let n = known().count().max(1) as f64;
        let mut mean = vec![0.0_f64; dim];
        for row in known() {
            mean.iter_mut().zip(vectors.of.row(row)).for_each(|(sum, x)| *sum += f64::from(*x) / n);
        }
        let squares: f64 = known()
            .flat_map(|row| vectors.of.row(row).iter().zip(&mean))
            .map(|(x, mean)| (f64::from(*x) - mean).powi(2))
            .sum();
        let scale = (squares / (n * dim.max(1) as f64)).sqrt();
        let inverse_scale = if scale > 0.0 { (1.0 / scale) as f32 } else { 0.0 };
        let mean = mean.into_iter().map(|x| x as f32).collect();
        Self { name: vectors.name.to_owned(), mean, inverse_scale }
    }
}
