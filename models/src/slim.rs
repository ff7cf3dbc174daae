//! Which few recordings explain who likes each recording?
//!
//! Ning & Karypis, SLIM: Sparse Linear Methods for Top-N Recommender Systems (2011), eq. 4, an elastic net an item:
//! min over w of ½‖x_i − Xw‖² + ½·l2_reg·‖w‖² + l1_reg·‖w‖₁ with w ≥ 0 and w_i = 0,
//! with X `[n_users × n_items]` 1 where liked, else 0, and w the column W_·i of the weights; score(i) = Σ_j W_ji over the liked j,
//! less `dislike_weight`·Σ_j W_ji over the disliked ones.
//! Only the `neighbors` items most alike by cosine may have a weight, as in its fsSLIM, so that large catalogues are no harder.
//! The coordinates descend on XᵀX (Friedman, Hastie & Tibshirani 2010, covariance updates), where users are but counted.

use linalg::{Matrix, add_scaled};
use music::{ItemIx, Rows};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use crate::array::Arrays;
use crate::neighbors::{Neighbors, SparseSum, largest};
use crate::spec::field::{Field, Search, Slot};
use crate::{Aging, Error, Heard, History, Observer, Query, Recommender, Training, dislikes};

use overlaps::Overlaps;

mod overlaps;

/// Items whose common users are counted beforehand, in 64 MB.
const N_TABLED: usize = 4096;

/// What the caller chooses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Params {
    /// Penalty on the size of a weight; the larger, the fewer weights.
    pub l1_reg: f32,
    /// Ridge penalty on every weight.
    pub l2_reg: f32,
    /// Items considered for the weights to an item, the most alike; no more weights are kept.
    pub neighbors: usize,
    /// Whether a weight may not be negative, as in the paper.
    pub nonnegative: bool,
    /// Passes over an item's weights, at most.
    pub iterations: usize,
    /// An item is done when no weight changed by more than this part of its largest.
    pub tolerance: f32,
    /// What a disliked item takes from the scores of those like it, as a share of what a liked one gives.
    pub dislike_weight: f32,
    /// How what was heard fades.
    pub aging: Aging,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            l1_reg: 0.5,
            l2_reg: 30.0,
            neighbors: 300,
            nonnegative: true,
            iterations: 100,
            tolerance: 1e-4,
            dislike_weight: 0.0,
            aging: Aging::default(),
        }
    }
}

impl Params {
    pub(crate) fn fields(&mut self) -> Vec<Field<'_>> {
        let mut fields = vec![
            Field {
                name: "l1_reg",
                meaning: "penalty on the size of a weight; the larger, the fewer weights",
                slot: Slot::Number(&mut self.l1_reg, 0.0..=1e9),
                search: Search::Log(0.01, 10.0),
            },
            Field {
                name: "l2_reg",
                meaning: "ridge penalty on every weight",
                slot: Slot::Number(&mut self.l2_reg, 0.0..=1e9),
                search: Search::Log(0.1, 1000.0),
            },
            Field {
                name: "neighbors",
                meaning: "recordings considered for the weights to a recording, the most alike",
                slot: Slot::Count(&mut self.neighbors, 1..=10_000),
                search: Search::Size(20.0, 1000.0),
            },
            Field {
                name: "nonnegative",
                meaning: "whether a weight may not be negative",
                slot: Slot::Flag(&mut self.nonnegative),
                search: Search::Every,
            },
            Field {
                name: "iterations",
                meaning: "passes over the weights to a recording, at most",
                slot: Slot::Count(&mut self.iterations, 1..=100_000),
                search: Search::Never,
            },
            Field {
                name: "tolerance",
                meaning: "a recording is done when no weight changed by more than this part of its largest",
                slot: Slot::Number(&mut self.tolerance, 0.0..=1.0),
                search: Search::Never,
            },
            dislikes::field(&mut self.dislike_weight),
        ];
        fields.extend(self.aging.fields());
        fields
    }

    /// What a pair counts when a history is scored.
    fn weight(&self, heard: Heard) -> f32 {
        heard.signed(self.aging.factor(heard), self.dislike_weight)
    }
}

/// A few weights to every item.
#[derive(Debug)]
pub struct Slim {
    params: Params,
    weights: Neighbors,
}

/// Solves for the weights to each item, items in parallel.
///
/// O(Σ_u n_u²) time to find who is alike; then an item, with k its `neighbors`, takes O(k²) for what they share,
/// O(n_u) a user of those with few users, and O(k) a weight that changed in a pass.
/// 4·k² bytes a thread.
///
/// # Errors
/// Never.
pub fn fit(
    params: Params,
    training: &Training<'_>,
    _observer: &mut Observer<'_>,
) -> Result<Slim, Error> {
    let liked = training.liked(|heard| params.aging.factor(heard));
    let overlaps = Overlaps::count(&liked, N_TABLED);
    let n_items = liked.n_cols();
    let scratch = || (SparseSum::zeros(n_items), vec![None; n_items]);
    let weights_to = |(sum, places): &mut (SparseSum, Vec<Option<u32>>), i: u32| {
        let (items, gradient) = candidates(params, &overlaps, sum, i);
        let weights = descend(params, gradient, &overlaps.among(&items, places));
        let kept = items.into_iter().zip(weights).filter(|&(_, w)| w != 0.0);
        kept.map(|(j, w)| (j, i, w)).collect::<Vec<_>>()
    };
    let n = u32::try_from(n_items).expect("item rows are u32");
    let triplets: Vec<Vec<_>> = (0..n).into_par_iter().map_init(scratch, weights_to).collect();
    Ok(Slim { params, weights: Neighbors::from_triplets(n_items, triplets.concat()) })
}

/// The items most alike to `i`, ascending, and how many users each shares with it.
fn candidates(
    params: Params,
    overlaps: &Overlaps<'_>,
    sum: &mut SparseSum,
    i: u32,
) -> (Vec<u32>, Vec<f32>) {
    for (x_ui, history) in overlaps.histories(i) {
        sum.add_scaled(x_ui, history);
    }
    // With no negative weight around, a gradient only falls from where it starts:
    // what starts below the penalty never gets a weight, and leaving it out changes nothing.
    let can_matter =
        |&(j, shared): &(u32, f32)| j != i && (!params.nonnegative || shared > params.l1_reg);
    // The cosine with one item orders like the square of what is shared over the users of the other.
    let alike = |(j, shared): (u32, f32)| (j, shared * shared / overlaps.n_users(j));
    let mut best = largest(sum.drain().filter(can_matter).map(alike).collect(), params.neighbors);
    best.sort_unstable_by_key(|&(j, _)| j);
    let is_whole = params.aging.half_life_days == 0.0;
    let shared = |j: u32, alike: f32| {
        let shared = (alike * overlaps.n_users(j)).sqrt();
        // A count comes back without the rounding of the division.
        if is_whole { shared.round() } else { shared }
    };
    best.into_iter().map(|(j, alike)| (j, shared(j, alike))).unzip()
}

/// Minimizes ½wᵀGw − gᵀw + ½·l2_reg·‖w‖² + l1_reg·‖w‖₁, one weight after the other, from w = 0 and g its `gradient`.
fn descend(params: Params, mut gradient: Vec<f32>, gram: &Matrix) -> Vec<f32> {
    let mut weights = vec![0.0; gradient.len()];
    for _ in 0..params.iterations {
        let (mut largest, mut largest_step) = (0.0_f32, 0.0_f32);
        for c in 0..weights.len() {
            let diagonal = gram.row(c)[c];
            let w = minimum(params, gradient[c] + diagonal * weights[c], diagonal);
            let step = w - weights[c];
            if step != 0.0 {
                add_scaled(&mut gradient, -step, gram.row(c));
                weights[c] = w;
            }
            largest = largest.max(w.abs());
            largest_step = largest_step.max(step.abs());
        }
        if largest_step <= params.tolerance * largest {
            break;
        }
    }
    weights
}

/// argmin ½·(diagonal + l2_reg)·w² − pull·w + l1_reg·|w|: the soft threshold.
fn minimum(params: Params, pull: f32, diagonal: f32) -> f32 {
    let beyond = (pull.abs() - params.l1_reg).max(0.0);
    if pull < 0.0 && params.nonnegative {
        return 0.0;
    }
    beyond.copysign(pull) / (diagonal + params.l2_reg)
}

pub(crate) fn load(params: Params, rows: &Rows, arrays: &mut Arrays) -> Result<Slim, Error> {
    Ok(Slim { params, weights: Neighbors::load(rows, arrays)? })
}

impl Recommender for Slim {
    fn n_items(&self) -> usize {
        self.weights.n_items()
    }

    fn represent(&self, history: &History<'_>) -> Query {
        history.weighed(|heard| self.params.weight(heard))
    }

    fn score_batch(&self, queries: &[Query], scores: &mut Matrix) {
        self.weights.score_batch(queries, scores);
    }

    fn explain(&self, history: &History<'_>, item: ItemIx) -> Option<Vec<f32>> {
        Some(self.weights.explain(history, item, |heard| self.params.weight(heard)))
    }

    fn item_vectors(&self) -> Option<&Matrix> {
        None
    }

    fn arrays(&self) -> Arrays {
        self.weights.arrays()
    }
}

#[cfg(test)]
mod tests;
