//! Which rows and queries to search, and what is the right answer?

use std::collections::{BTreeMap, BTreeSet};

use ann::{Best, Layout, Precision, Similarity};
use linalg::{Isa, Matrix, dots_with_all, top_k_of};

/// Numbers that follow from a seed.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn bits(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    /// Less than `n`.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.bits() % n as u64).unwrap()
    }

    /// A row.
    pub(crate) fn row(&mut self, n: usize) -> u32 {
        u32::try_from(self.below(n)).unwrap()
    }

    /// Between −1 and 1.
    pub(crate) fn number(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / f32::exp2(23.0) - 1.0
    }

    /// About normal: the sum of a few.
    fn normal(&mut self) -> f32 {
        (0..6).map(|_| self.number()).sum::<f32>() / std::f32::consts::SQRT_2
    }

    pub(crate) fn vector(&mut self, dim: usize) -> Vec<f32> {
        (0..dim).map(|_| self.number()).collect()
    }
}

/// Rows like learned factors and queries like listeners: clusters of unlike sizes, norms that fall as a power of the rank.
pub(crate) fn factors(n: usize, n_queries: usize, dim: usize, seed: u64) -> (Matrix, Matrix) {
    let mut chance = Chance::new(seed);
    let n_clusters = (n / 100).max(4);
    let scale = 1.0 / (dim as f32).sqrt();
    let centers: Vec<f32> = (0..n_clusters * dim).map(|_| chance.normal() * scale).collect();
    let mut near = |norm: &dyn Fn(&mut Chance) -> f32| {
        // The cluster of rank r in proportion to 1/r, or nearly.
        let share = (chance.number() + 1.0) / 2.0;
        let cluster = ((n_clusters as f32).powf(share) - 1.0).clamp(0.0, n_clusters as f32 - 1.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cluster")]
        let center = cluster as usize * dim;
        let norm = norm(&mut chance);
        let numbers = centers[center..center + dim].iter();
        numbers.map(|x| norm * (x + 0.7 * chance.normal() * scale)).collect::<Vec<_>>()
    };
    let long = |chance: &mut Chance| ((chance.below(n) + 1) as f32 / n as f32).powf(-0.4);
    let items: Vec<f32> = (0..n).flat_map(|_| near(&long)).collect();
    let queries: Vec<f32> = (0..n_queries).flat_map(|_| near(&|_| 1.0)).collect();
    (Matrix::from_vec(n, dim, items), Matrix::from_vec(n_queries, dim, queries))
}

/// Short lists, so that few rows make many.
pub(crate) fn layout(list_rows: usize) -> Layout {
    Layout { similarity: Similarity::Dot, precision: Precision::Single, list_rows }
}

/// Rows by number, each looked at.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slow {
    pub(crate) rows: BTreeMap<u32, Vec<f32>>,
}

impl Slow {
    pub(crate) fn of(items: &Matrix) -> Self {
        let row = |row: usize| (u32::try_from(row).unwrap(), items.row(row).to_vec());
        Self { rows: (0..items.n_rows()).map(row).collect() }
    }

    pub(crate) fn best(
        &self,
        query: &[f32],
        k: usize,
        may_have: impl Fn(u32) -> bool,
        isa: Isa,
    ) -> Best {
        let allowed: Vec<(&u32, &Vec<f32>)> =
            self.rows.iter().filter(|(row, _)| may_have(**row)).collect();
        let vectors = allowed.iter().flat_map(|(_, vector)| *vector).copied().collect();
        let matrix = Matrix::from_vec(allowed.len(), query.len(), vectors);
        let mut dots = vec![0.0; allowed.len()];
        dots_with_all(&matrix, query, &mut dots, isa);
        top_k_of(allowed.iter().map(|(row, _)| **row).zip(dots), k)
    }
}

/// The share of the true rows that was found.
pub(crate) fn recall(found: &[Best], truth: &[Best]) -> f64 {
    let n: usize = truth.iter().map(Vec::len).sum();
    let hits = found.iter().zip(truth).map(|(found, truth)| {
        let truth: BTreeSet<u32> = truth.iter().map(|(row, _)| *row).collect();
        found.iter().filter(|(row, _)| truth.contains(row)).count()
    });
    hits.sum::<usize>() as f64 / n as f64
}
