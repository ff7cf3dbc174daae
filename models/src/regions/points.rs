//! Where does what a listener judged lie?

use linalg::{Matrix, dot};
use music::ItemIx;

use super::medoids::Table;
use super::{Cluster, Judged, Member, Region, Whitening, nearest_row};

/// What was judged and has a weight and a direction, by ascending item.
#[derive(Debug)]
pub(super) struct Points {
    items: Vec<ItemIx>,
    weights: Vec<f32>,
    /// Whitened, of length 1 `[n × dim]`.
    vectors: Matrix,
}

impl Points {
    /// O(n·dim²).
    pub(super) fn new(judged: &[Judged<'_>], whitening: &Whitening) -> Self {
        let dim = whitening.dim();
        let mut order: Vec<&Judged<'_>> = judged.iter().collect();
        order.sort_by_key(|judged| judged.item);
        let is_once = order.windows(2).all(|pair| pair[0].item < pair[1].item);
        assert!(is_once, "each item once expected");
        let mut vectors = Vec::with_capacity(judged.len() * dim);
        for judged in &order {
            let is_weight = judged.weight.is_finite() && judged.weight >= 0.0;
            assert!(is_weight, "a finite weight of at least 0 expected, got {}", judged.weight);
            assert_eq!(judged.vector.len(), dim, "a vector of length {dim} expected");
            vectors.extend_from_slice(judged.vector);
        }
        whitening.apply(&mut vectors);
        let (mut items, mut weights, mut kept) = (Vec::new(), Vec::new(), Vec::new());
        for (judged, vector) in order.iter().zip(vectors.chunks_exact(dim)) {
            if judged.weight > 0.0 && vector.iter().any(|&x| x != 0.0) {
                items.push(judged.item);
                weights.push(judged.weight);
                kept.extend_from_slice(vector);
            }
        }
        Self { vectors: Matrix::from_vec(items.len(), dim, kept), items, weights }
    }

    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    /// Length of the vectors.
    pub(super) fn dim(&self) -> usize {
        self.vectors.dim()
    }

    /// The place of an item.
    pub(super) fn find(&self, item: ItemIx) -> Option<usize> {
        self.items.binary_search(&item).ok()
    }

    pub(super) fn weight(&self, place: usize) -> f32 {
        self.weights[place]
    }

    /// Σ of all weights.
    pub(super) fn total(&self) -> f64 {
        self.weights.iter().copied().map(f64::from).sum()
    }

    /// The cosine of two points.
    pub(super) fn similarity(&self, a: usize, b: usize) -> f32 {
        dot(self.vectors.row(a), self.vectors.row(b))
    }

    /// The vectors of a few points `[places × dim]`.
    pub(super) fn vectors_of(&self, places: &[usize]) -> Matrix {
        let rows = places.iter().flat_map(|&place| self.vectors.row(place)).copied().collect();
        Matrix::from_vec(places.len(), self.vectors.dim(), rows)
    }

    /// The places of the heaviest points, at most so many, ascending; the first rows of those that weigh alike.
    pub(super) fn heaviest(&self, at_most: usize) -> Vec<usize> {
        let mut places: Vec<usize> = (0..self.len()).collect();
        places.sort_by(|&a, &b| self.weights[b].total_cmp(&self.weights[a]).then(a.cmp(&b)));
        places.truncate(at_most);
        places.sort_unstable();
        places
    }

    /// All pairs of a few points.
    pub(super) fn table(&self, places: &[usize]) -> Table {
        let weights = places.iter().map(|&place| self.weights[place]).collect();
        Table::new(&self.vectors_of(places), weights)
    }

    /// Each point with the medoid that is nearest to it, medoids given and returned as places, ascending.
    pub(super) fn by_nearest(&self, medoids: &[usize]) -> Vec<Cluster> {
        let rows = self.vectors_of(medoids);
        let mut clusters: Vec<Cluster> =
            medoids.iter().map(|&medoid| Cluster { medoid, members: Vec::new() }).collect();
        for place in 0..self.len() {
            // A medoid is its own even where rounding or a twin says otherwise.
            let own = medoids.iter().position(|&medoid| medoid == place);
            let nearest = || nearest_row(&rows, self.vectors.row(place)).map(|(m, _)| m);
            if let Some(m) = own.or_else(nearest) {
                clusters[m].members.push(place);
            }
        }
        clusters
    }

    /// A region that has no number yet.
    pub(super) fn region(&self, cluster: &Cluster) -> Region {
        let (mut weight, mut others, mut near) = (0.0, 0.0, 0.0);
        for &place in &cluster.members {
            let w = f64::from(self.weights[place]);
            weight += w;
            if place != cluster.medoid {
                others += w;
                near += w * f64::from(self.similarity(place, cluster.medoid));
            }
        }
        let member =
            |&place: &usize| Member { item: self.items[place], weight: self.weights[place] };
        Region {
            number: 0,
            medoid: self.items[cluster.medoid],
            members: cluster.members.iter().map(member).collect(),
            share: narrow(weight / self.total()),
            tightness: if others > 0.0 { narrow(near / others) } else { 1.0 },
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a share needs no more digits than f32")]
fn narrow(x: f64) -> f32 {
    x as f32
}
