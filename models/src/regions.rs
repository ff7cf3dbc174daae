//! Which few tastes does one listener have, and which distastes?
//!
//! What is loved is clustered around medoids, in the whitened space of the catalogue (`whitening.rs`, `medoids.rs`).
//! The number of regions is the one that tells them apart best, if that is more than chance would give (`choice.rs`).
//! From week to week regions keep their number and, unless another is clearly better, their medoid (`matching.rs`).
//! A distaste is found otherwise: most dislikes agree with no other (`distaste.rs`).
//!
//! The same points give the same regions in any order of input; item rows decide ties alone.

mod choice;
mod distaste;
mod map;
mod matching;
mod medoids;
mod points;
mod whitening;

use linalg::{Isa, Matrix, dots_with_all};
use music::ItemIx;

pub use choice::Params;
pub use distaste::{DistasteParams, distaste};
pub use map::Map;
pub use whitening::{SHRINKAGE, Whitening};

use choice::choose;
use matching::numbers;
use points::Points;

/// A recording that a listener loves, or dislikes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged<'a> {
    /// Its row; each once.
    pub item: ItemIx,
    /// Its vector as the model has it, not whitened `[dim]`.
    pub vector: &'a [f32],
    /// How much it counts, faded already; finite and not negative, and left out at 0.
    pub weight: f32,
}

/// What one listener loves, or dislikes, that lies together.
#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    /// Its name from week to week, from 1.
    pub number: u32,
    /// The member that stands for it.
    pub medoid: ItemIx,
    /// What belongs to it, by ascending item; never empty.
    pub members: Vec<Member>,
    /// Its part of the weight of all that was judged and has a direction, in (0, 1].
    pub share: f32,
    /// Weighted mean of the cosine of medoid and each other member; 1 for a region of one.
    pub tightness: f32,
}

/// A recording of a region.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Member {
    /// Its row.
    pub item: ItemIx,
    /// How much it counts.
    pub weight: f32,
}

/// The regions of one listener, and where their medoids lie.
#[derive(Clone, Debug, PartialEq)]
pub struct Regions {
    /// By ascending number.
    regions: Vec<Region>,
    /// Whitened, one a region `[n_regions × dim]`.
    medoids: Matrix,
}

/// The regions of what a listener loves; none only where nothing has both a weight and a direction.
///
/// `before` are last week's regions in the rows of this snapshot, without the members that it does not have.
/// A region that is gone can be passed on, so that its number stays its own and it gets it back should it return.
/// O(n²·(dim + max_regions·swaps)) for the n heaviest, at most `at_most`, and O(dim²) for each recording.
///
/// # Panics
/// When a parameter is out of its range, an item comes twice, or a number is not finite.
#[must_use]
pub fn regions(
    loved: &[Judged<'_>],
    whitening: &Whitening,
    params: Params,
    before: Option<&[Region]>,
) -> Regions {
    params.check();
    let before = before.unwrap_or_default();
    let points = Points::new(loved, whitening);
    let medoids = choose(&points, params, before);
    let clusters = points.by_nearest(&medoids);
    Regions::new(&points, clusters, before)
}

/// A medoid and the points that belong to it, ascending, as places among the points.
#[derive(Debug)]
struct Cluster {
    medoid: usize,
    members: Vec<usize>,
}

impl Regions {
    /// Regions that were kept, in the rows and the space of a snapshot that may be another.
    ///
    /// # Panics
    /// When the snapshot does not have a medoid, or the vectors have another length.
    #[must_use]
    pub fn restored(mut regions: Vec<Region>, items: &Matrix, whitening: &Whitening) -> Self {
        regions.sort_by_key(|region| region.number);
        let rows = regions.iter().flat_map(|region| items.row(region.medoid.0 as usize));
        let mut medoids = Matrix::from_vec(regions.len(), items.dim(), rows.copied().collect());
        whitening.apply(medoids.as_mut_slice());
        Self { regions, medoids }
    }

    fn new(points: &Points, clusters: Vec<Cluster>, before: &[Region]) -> Self {
        let mut regions: Vec<(usize, Region)> =
            clusters.into_iter().map(|cluster| (cluster.medoid, points.region(&cluster))).collect();
        // The heaviest first, so that numbers given for the first time follow the shares.
        regions.sort_by(|(_, a), (_, b)| b.share.total_cmp(&a.share).then(a.medoid.cmp(&b.medoid)));
        let found: Vec<&Region> = regions.iter().map(|(_, region)| region).collect();
        let numbers = numbers(points, &found, before);
        for ((_, region), number) in regions.iter_mut().zip(numbers) {
            region.number = number;
        }
        regions.sort_by_key(|(_, region)| region.number);
        let rows: Vec<usize> = regions.iter().map(|&(medoid, _)| medoid).collect();
        let medoids = points.vectors_of(&rows);
        Self { regions: regions.into_iter().map(|(_, region)| region).collect(), medoids }
    }

    /// By ascending number.
    #[must_use]
    pub fn regions(&self) -> &[Region] {
        &self.regions
    }

    /// By ascending number, without where they lie.
    #[must_use]
    pub fn into_regions(self) -> Vec<Region> {
        self.regions
    }

    /// The whitened vectors of the medoids, one a region `[n_regions × dim]`.
    #[must_use]
    pub fn medoids(&self) -> &Matrix {
        &self.medoids
    }

    /// The place of the region whose medoid is nearest to a whitened vector, the first of several.
    ///
    /// Each member of a taste belongs where this says.
    /// `None` where there is no region, or the vector is 0.
    ///
    /// # Panics
    /// When the vector has another length.
    #[must_use]
    pub fn assign(&self, whitened: &[f32]) -> Option<usize> {
        self.nearest(whitened).map(|(region, _)| region)
    }

    /// As [`Regions::assign`], with the cosine of the vector and that medoid.
    ///
    /// # Panics
    /// When the vector has another length.
    #[must_use]
    pub fn nearest(&self, whitened: &[f32]) -> Option<(usize, f32)> {
        if self.regions.is_empty() {
            return None;
        }
        nearest_row(&self.medoids, whitened)
    }
}

/// The row with the largest dot, the first of several; `None` where there is no row or the vector is 0.
fn nearest_row(rows: &Matrix, vector: &[f32]) -> Option<(usize, f32)> {
    let mut dots = vec![0.0; rows.n_rows()];
    dots_with_all(rows, vector, &mut dots, Isa::best());
    if vector.iter().all(|&x| x == 0.0) {
        return None;
    }
    let mut best: Option<(usize, f32)> = None;
    for (row, &dot) in dots.iter().enumerate() {
        if best.is_none_or(|(_, most)| dot > most) {
            best = Some((row, dot));
        }
    }
    best
}

#[cfg(test)]
mod tests;
