//! What is learned: tables, attention, and the two towers.

use linalg::Matrix;
use music::RecordingId;

use super::encoded::Code;
use super::layout::{LEVEL_DIM, Layout};
use super::params::Params;
use super::sequence::Sequence;
use super::timeline::AGES;
use super::tower::Tower;
use crate::array::{Arrays, take_f32};
use crate::hash::{hash, normal};
use crate::network::{Table, Weights};
use crate::{Array, Error, Outcome};

/// Deviation of the numbers that a table begins with.
const FIRST: f32 = 0.1;

/// Everything that is learned.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Net {
    pub(super) layout: Layout,
    /// `[(1 + n_items) × dim]`: an item that is not known, then the items.
    pub(super) ids: Table,
    /// One a kind of word `[(1 + words) × dim]`.
    pub(super) words: Vec<Table>,
    /// `[n_levels × LEVEL_DIM]`
    pub(super) levels: Table,
    /// What draws attention: a direction `[dim]`, what came of a listen and how long ago it was.
    pub(super) attention: Weights,
    /// What reads listens one after the other, if that is chosen.
    pub(super) sequence: Option<Sequence>,
    pub(super) items: Tower,
    pub(super) listeners: Tower,
}

/// Numbers of attention beside its direction.
pub(super) const PULLS: usize = Outcome::ALL.len() + AGES;

impl Net {
    /// From numbers that hash the seed and outside names.
    pub(super) fn new(
        params: &Params,
        layout: Layout,
        code: &Code,
        ids: &[RecordingId],
        seed: u64,
    ) -> Self {
        let dim = params.dim;
        let rows = |purpose: u64, dim: usize, keys: &mut dyn Iterator<Item = u64>| {
            let row = |key: u64| {
                let key = hash([seed, purpose, key]);
                (0..dim as u64).map(move |d| FIRST * normal(hash([key, d])))
            };
            Table::new(dim, keys.flat_map(row).collect())
        };
        let unknown = || std::iter::once(u64::MAX);
        let id_keys = ids.iter().map(|id| id.0).filter(|_| layout.has_ids);
        let vocabularies = code.vocabularies.iter().take(layout.n_words).zip(10..);
        let words = vocabularies.map(|(vocabulary, purpose)| {
            rows(purpose, dim, &mut unknown().chain(vocabulary.keys.iter().copied()))
        });
        Self {
            ids: rows(1, dim, &mut unknown().chain(id_keys)),
            words: words.collect(),
            levels: rows(2, LEVEL_DIM, &mut (0..layout.n_levels as u64)),
            attention: Weights::new(vec![0.0; dim + PULLS]),
            sequence: layout.has_states.then(|| Sequence::new(params, &layout, hash([seed, 5]))),
            items: Tower::new(layout.item_width(), params.hidden, dim, hash([seed, 3])),
            listeners: Tower::new(layout.listener_width(), params.hidden, dim, hash([seed, 4])),
            layout,
        }
    }

    /// Embeddings by id that begin with factors, at the scale of the others.
    pub(super) fn begin_with(&mut self, factors: &Matrix) {
        let dim = self.layout.dim;
        let squares: f32 = factors.as_slice().iter().map(|x| x * x).sum();
        let scale = FIRST / (squares / factors.as_slice().len().max(1) as f32).sqrt().max(1e-12);
        for (row, factors) in
            self.ids.values.chunks_exact_mut(dim).skip(1).zip(factors.as_slice().chunks_exact(dim))
        {
            row.iter_mut().zip(factors).for_each(|(x, factor)| *x = scale * factor);
        }
    }

    pub(super) fn is_finite(&self) -> bool {
        let tables = [&self.ids, &self.levels].into_iter().chain(&self.words);
        tables.into_iter().all(Table::is_finite)
            && self.attention.is_finite()
            && self.sequence.as_ref().is_none_or(Sequence::is_finite)
            && self.items.is_finite()
            && self.listeners.is_finite()
    }

    pub(super) fn save(&self, arrays: &mut Arrays) {
        self.ids.save("ids", arrays);
        for (k, words) in self.words.iter().enumerate() {
            words.save(&format!("words_{k}"), arrays);
        }
        self.levels.save("levels", arrays);
        let values = self.attention.values.clone();
        arrays.insert("attention".to_owned(), Array::F32 { shape: vec![values.len()], values });
        self.sequence.iter().for_each(|sequence| sequence.save(arrays));
        self.items.save("items", arrays);
        self.listeners.save("listeners", arrays);
    }

    pub(super) fn load(
        params: &Params,
        layout: Layout,
        code: &Code,
        n_items: usize,
        arrays: &mut Arrays,
    ) -> Result<Self, Error> {
        let dim = params.dim;
        let n_ids = 1 + if layout.has_ids { n_items } else { 0 };
        let mut words = Vec::new();
        for (k, vocabulary) in code.vocabularies.iter().take(layout.n_words).enumerate() {
            let n = vocabulary.keys.len() + 1;
            words.push(Table::load(&format!("words_{k}"), n, dim, arrays)?);
        }
        let tower = |name: &str, width: usize, arrays: &mut Arrays| {
            Tower::load(name, (width, params.hidden, dim), arrays)
        };
        Ok(Self {
            ids: Table::load("ids", n_ids, dim, arrays)?,
            words,
            levels: Table::load("levels", layout.n_levels, LEVEL_DIM, arrays)?,
            attention: Weights::new(take_f32(arrays, "attention", &[dim + PULLS])?),
            sequence: match layout.has_states {
                true => Some(Sequence::load(params, &layout, arrays)?),
                false => None,
            },
            items: tower("items", layout.item_width(), arrays)?,
            listeners: tower("listeners", layout.listener_width(), arrays)?,
            layout,
        })
    }
}

impl Net {
    /// Every array that a training changes, with what the optimizer remembers.
    pub(super) fn learned(&mut self) -> Vec<(String, &mut Vec<f32>)> {
        let mut all = Vec::new();
        let tables = [("ids".to_owned(), &mut self.ids), ("levels".to_owned(), &mut self.levels)];
        let words = (0..).zip(&mut self.words).map(|(k, table)| (format!("words_{k}"), table));
        for (name, table) in tables.into_iter().chain(words) {
            all.push((format!("{name}_means"), &mut table.means));
            all.push((name, &mut table.values));
        }
        let mut layers = vec![("attention".to_owned(), &mut self.attention)];
        layers.extend(self.sequence.iter_mut().flat_map(Sequence::weights));
        for (name, tower) in [("items", &mut self.items), ("listeners", &mut self.listeners)] {
            layers.extend([
                (format!("{name}_first_weights"), &mut tower.first.weights),
                (format!("{name}_first_bias"), &mut tower.first.bias),
                (format!("{name}_gain"), &mut tower.norm.gain),
                (format!("{name}_shift"), &mut tower.norm.bias),
                (format!("{name}_second_weights"), &mut tower.second.weights),
                (format!("{name}_second_bias"), &mut tower.second.bias),
            ]);
        }
        for (name, weights) in layers {
            all.push((format!("{name}_m"), &mut weights.m));
            all.push((format!("{name}_v"), &mut weights.v));
            all.push((name, &mut weights.values));
        }
        all
    }
}
