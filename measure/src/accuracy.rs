//! How good is a ranking for one user?
//!
//! The letters of the formulas: k places are looked at; R are the relevant items, also those that the catalogue lacks;
//! a hit is a relevant item at a place p < k, places counting from 0; the discount of a place is 1/log₂(p + 2).
//! Every number is between 0 and 1 and rises with goodness.

/// Where a ranking of the whole catalogue, without what the user is known to have heard, put the relevant items.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Places of the relevant items of the catalogue, best first, and the gain of each.
    found: Vec<(u32, f32)>,
    /// The gains of all relevant items, highest first.
    gains: Vec<f32>,
    n_candidates: usize,
}

impl Verdict {
    /// From the place and gain of each relevant item of the catalogue, the gains of those that the catalogue lacks,
    /// and how many items were ranked.
    ///
    /// A gain is how much the user liked the item, positive; 1 where that is not known.
    ///
    /// # Panics
    /// When there is no relevant item, or a place lies beyond the ranked ones.
    #[must_use]
    pub fn new(mut found: Vec<(u32, f32)>, unseen: &[f32], n_candidates: usize) -> Self {
        found.sort_by_key(|(place, _)| *place);
        let mut gains: Vec<f32> = found.iter().map(|(_, gain)| *gain).collect();
        gains.extend(unseen);
        gains.sort_by(|a, b| b.total_cmp(a));
        assert!(!gains.is_empty(), "a relevant item expected");
        assert!(
            found.last().is_none_or(|(place, _)| (*place as usize) < n_candidates),
            "places below {n_candidates} expected, got {found:?}"
        );
        Self { found, gains, n_candidates }
    }

    /// |R|, also of those that the catalogue lacks.
    #[must_use]
    pub fn n_relevant(&self) -> usize {
        self.gains.len()
    }

    /// Places of the hits among the first k, best first.
    fn hits(&self, k: usize) -> impl Iterator<Item = (usize, f32)> {
        self.found
            .iter()
            .map(|&(place, gain)| (place as usize, gain))
            .take_while(move |(place, _)| *place < k)
    }

    fn n_hits(&self, k: usize) -> f64 {
        self.hits(k).count() as f64
    }

    fn n_reachable(&self, k: usize) -> f64 {
        self.n_relevant().min(k) as f64
    }
}

/// A number that follows from a verdict.
#[derive(Clone, Copy, Debug)]
pub struct Accuracy {
    /// What it is called, `@k` left out.
    pub name: &'static str,
    /// How it is computed for one user.
    pub formula: &'static str,
    /// Its value.
    pub of: fn(&Verdict, usize) -> f64,
}

/// All that look at the first k places.
pub const ACCURACY: [Accuracy; 9] = [
    Accuracy { name: "recall", formula: "hits / |R|", of: recall },
    Accuracy { name: "truncated_recall", formula: "hits / min(k, |R|)", of: truncated_recall },
    Accuracy { name: "precision", formula: "hits / k", of: precision },
    Accuracy { name: "hit_rate", formula: "1 with a hit, else 0", of: hit_rate },
    Accuracy {
        name: "ndcg", formula: "Σ_hits discount / Σ_{p < min(k, |R|)} discount", of: ndcg
    },
    Accuracy {
        name: "graded_ndcg",
        formula: "Σ_hits gain·discount / the same of the min(k, |R|) highest gains, highest first",
        of: graded_ndcg,
    },
    Accuracy {
        name: "map",
        formula: "Σ_hits (hits up to and with it)/(p + 1) / |R|",
        of: average_precision,
    },
    Accuracy {
        name: "truncated_map",
        formula: "Σ_hits (hits up to and with it)/(p + 1) / min(k, |R|)",
        of: truncated_average_precision,
    },
    Accuracy { name: "mrr", formula: "1/(p + 1) of the first hit, else 0", of: reciprocal_rank },
];

/// The one that looks at all places: of the pairs of a relevant and another ranked item, the share in the right order.
///
/// Relevant items that the catalogue lacks are in the wrong order with everything.
pub const AUC: Accuracy = Accuracy {
    name: "auc",
    formula: "Σ_R (others ranked below it) / (|R|·others); others are ranked and not relevant",
    of: area_under_curve,
};

fn recall(verdict: &Verdict, k: usize) -> f64 {
    verdict.n_hits(k) / verdict.n_relevant() as f64
}

fn truncated_recall(verdict: &Verdict, k: usize) -> f64 {
    verdict.n_hits(k) / verdict.n_reachable(k)
}

fn precision(verdict: &Verdict, k: usize) -> f64 {
    verdict.n_hits(k) / k as f64
}

fn hit_rate(verdict: &Verdict, k: usize) -> f64 {
    verdict.n_hits(k).min(1.0)
}

fn ndcg(verdict: &Verdict, k: usize) -> f64 {
    let gain: f64 = verdict.hits(k).map(|(place, _)| discount(place)).sum();
    let ideal: f64 = (0..verdict.n_relevant().min(k)).map(discount).sum();
    gain / ideal
}

fn graded_ndcg(verdict: &Verdict, k: usize) -> f64 {
    let gained = |(place, gain): (usize, f32)| f64::from(gain) * discount(place);
    let gain: f64 = verdict.hits(k).map(gained).sum();
    let ideal: f64 = verdict.gains.iter().copied().take(k).enumerate().map(gained).sum();
    gain / ideal
}

fn average_precision(verdict: &Verdict, k: usize) -> f64 {
    sum_of_precisions(verdict, k) / verdict.n_relevant() as f64
}

fn truncated_average_precision(verdict: &Verdict, k: usize) -> f64 {
    sum_of_precisions(verdict, k) / verdict.n_reachable(k)
}

fn reciprocal_rank(verdict: &Verdict, k: usize) -> f64 {
    verdict.hits(k).next().map_or(0.0, |(place, _)| 1.0 / (place as f64 + 1.0))
}

fn area_under_curve(verdict: &Verdict, _: usize) -> f64 {
    let n_others = verdict.n_candidates - verdict.found.len();
    if n_others == 0 {
        // There is nothing to be above of; only what the catalogue lacks is lost.
        return verdict.found.len() as f64 / verdict.n_relevant() as f64;
    }
    let below = |(above, &(place, _)): (usize, &(u32, f32))| n_others - (place as usize - above);
    let right: usize = verdict.found.iter().enumerate().map(below).sum();
    right as f64 / (verdict.n_relevant() * n_others) as f64
}

fn sum_of_precisions(verdict: &Verdict, k: usize) -> f64 {
    let precision =
        |(before, (place, _)): (usize, (usize, f32))| (before as f64 + 1.0) / (place as f64 + 1.0);
    verdict.hits(k).enumerate().map(precision).sum()
}

fn discount(place: usize) -> f64 {
    1.0 / (place as f64 + 2.0).log2()
}

#[cfg(test)]
mod tests;
