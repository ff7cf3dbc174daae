//! Where do recordings and artists lie, by the vectors of the serving model?

use std::collections::BTreeMap;
use std::sync::OnceLock;

use ann::{Ask, Exact, Precision, Search, Similarity};
use linalg::{Isa, Matrix, add_scaled, dot, dots_with_all, top_k};
use models::regions::{SHRINKAGE, Whitening};
use music::{ArtistId, ItemIx};

use crate::facts::Facts;
use crate::scores::promising;

/// Nearest recordings that are kept of one.
const NEIGHBORS: usize = 50;
/// Nearest artists that are kept of one.
const NEXT_ARTISTS: usize = 20;
/// Recordings from which on laying out all of them for a search pays.
const MANY: usize = 64;

/// Directions of recordings and artists.
///
/// Who is near whom is found out when somebody asks, once for all lists that a maker makes.
#[derive(Debug)]
pub(crate) struct Space {
    /// `[n_items × dim]`, each of length 1 or at the origin.
    items: Matrix,
    neighbors: Vec<OnceLock<Vec<ItemIx>>>,
    /// The directions, laid out to be searched.
    layout: OnceLock<Exact>,
    /// Ascending.
    artists: Vec<ArtistId>,
    /// `[n_artists × dim]`, each of length 1 or at the origin: the mean direction of the artist's recordings.
    artist_units: Matrix,
    next_artists: Vec<OnceLock<Vec<ArtistId>>>,
    /// Makes all directions of the catalogue equally usual.
    whitening: Whitening,
    whitened: Vec<OnceLock<Vec<f32>>>,
}

impl Space {
    pub(crate) fn of(vectors: &Matrix, facts: &Facts) -> Self {
        let (n, dim) = (vectors.n_rows(), vectors.dim());
        let mut items = Matrix::zeros(n, dim);
        for row in 0..n {
            items.row_mut(row).copy_from_slice(vectors.row(row));
            to_unit(items.row_mut(row));
        }
        let by_artist: BTreeMap<ArtistId, &[u32]> = facts.all_artists().collect();
        let mut artist_units = Matrix::zeros(by_artist.len(), dim);
        for (at, rows) in by_artist.values().enumerate() {
            let mean = artist_units.row_mut(at);
            for row in *rows {
                add_scaled(mean, 1.0, items.row(*row as usize));
            }
            to_unit(mean);
        }
        Self {
            items,
            neighbors: vec![OnceLock::new(); n],
            layout: OnceLock::new(),
            next_artists: vec![OnceLock::new(); by_artist.len()],
            artists: by_artist.into_keys().collect(),
            artist_units,
            whitening: Whitening::of(vectors, SHRINKAGE),
            whitened: vec![OnceLock::new(); n],
        }
    }

    /// The direction of a recording in the space where all directions are equally usual.
    pub(crate) fn whitened(&self, item: ItemIx) -> &[f32] {
        self.whitened[item.0 as usize].get_or_init(|| {
            let mut vector = self.unit(item).to_vec();
            self.whitening.apply(&mut vector);
            vector
        })
    }

    /// What makes all directions of the catalogue equally usual.
    pub(crate) fn whitening(&self) -> &Whitening {
        &self.whitening
    }

    /// The direction of a recording.
    pub(crate) fn unit(&self, item: ItemIx) -> &[f32] {
        self.items.row(item.0 as usize)
    }

    /// The recordings nearest to one, itself left out, nearest first.
    pub(crate) fn neighbors(&self, item: ItemIx) -> &[ItemIx] {
        let row = item.0 as usize;
        self.neighbors[row].get_or_init(|| nearest(&self.items, row, NEIGHBORS))
    }

    /// Finds the neighbors of many recordings at once, for whoever asks later.
    pub(crate) fn meet(&self, items: impl IntoIterator<Item = ItemIx>) {
        let mut rows: Vec<u32> = items.into_iter().map(|item| item.0).collect();
        rows.sort_unstable();
        rows.dedup();
        rows.retain(|row| self.neighbors[*row as usize].get().is_none());
        if rows.len() < MANY {
            return;
        }
        let layout =
            self.layout.get_or_init(|| Exact::new(&self.items, Similarity::Dot, Precision::Single));
        let units = rows.iter().flat_map(|row| self.items.row(*row as usize)).copied().collect();
        let units = Matrix::from_vec(rows.len(), self.items.dim(), units);
        let own: Vec<&[u32]> = rows.iter().map(std::slice::from_ref).collect();
        let found = layout.search(&Ask::all(&units, NEIGHBORS, Isa::best()).without(&own));
        for (row, found) in rows.iter().zip(found) {
            let neighbors = promising(found);
            self.neighbors[*row as usize].get_or_init(|| neighbors);
        }
    }

    /// The artists nearest to one, itself left out, nearest first.
    pub(crate) fn next_artists(&self, artist: ArtistId) -> &[ArtistId] {
        let Ok(row) = self.artists.binary_search(&artist) else { return &[] };
        self.next_artists[row].get_or_init(|| {
            let nearest = nearest(&self.artist_units, row, NEXT_ARTISTS);
            nearest.into_iter().map(|row| self.artists[row.0 as usize]).collect()
        })
    }
}

/// The rows that point most where a row points; those that do not point its way at all are left out.
fn nearest(units: &Matrix, row: usize, k: usize) -> Vec<ItemIx> {
    let mut cosines = vec![0.0; units.n_rows()];
    dots_with_all(units, units.row(row), &mut cosines, Isa::best());
    let own = u32::try_from(row).expect("rows are u32");
    promising(top_k(&cosines, k, &[own]))
}

/// Makes a vector one of length 1, unless it has no direction.
fn to_unit(vector: &mut [f32]) {
    let length = dot(vector, vector).sqrt();
    let scale = if length > 0.0 && length.is_finite() { 1.0 / length } else { 0.0 };
    vector.iter_mut().for_each(|x| *x *= scale);
}
