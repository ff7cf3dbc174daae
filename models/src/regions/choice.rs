//! How many regions, and which medoids?
//!
//! For each number of regions a few ways to cluster, those that hold too little left out.
//! Of these the largest weighted silhouette (Rousseeuw 1987) wins, if it exceeds what points in random directions would
//! have; a silhouette does not change when all points lie around one direction, so one taste is judged like chance.
//! Last week's regions start ahead: they are left only for what is better by a margin.

use linalg::{Isa, dots_with_all};

use super::Region;
use super::medoids::{Clustering, Table};
use super::points::Points;

/// What the caller chooses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Params {
    /// Regions at most; 1 to 12.
    pub max_regions: usize,
    /// Share of the weight that a region needs, unless it is the only one; in [0, 1).
    pub least_share: f32,
    /// Recordings that a region needs, unless it is the only one; at least 1.
    pub least_loved: usize,
    /// Recordings that are clustered, the heaviest; the others join the nearest medoid. At least 1.
    pub at_most: usize,
    /// By how much the silhouette must exceed that of chance before there are several regions.
    pub least_contrast: f32,
    /// By how much a silhouette must exceed that of fewer regions, or of last week's.
    pub margin: f32,
    /// Share of a region's cost by which another medoid must be better than last week's.
    pub medoid_margin: f32,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            max_regions: 5,
            least_share: 0.1,
            least_loved: 4,
            at_most: 300,
            least_contrast: 0.05,
            margin: 0.02,
            medoid_margin: 0.02,
        }
    }
}

impl Params {
    pub(super) fn check(&self) {
        assert!((1..=12).contains(&self.max_regions), "1 to 12 regions at most expected");
        assert!((0.0..1.0).contains(&self.least_share), "a least share in [0, 1) expected");
        assert!(self.least_loved > 0 && self.at_most > 0, "at least one recording expected");
        let margins = [self.least_contrast, self.margin, self.medoid_margin];
        assert!(
            margins.iter().all(|margin| (0.0..1.0).contains(margin)),
            "margins in [0, 1) expected"
        );
    }
}

/// So many regions more than allowed are looked at before they are joined.
const TOO_MANY: usize = 2;

/// What last week's region needs to stay, as a part of what a new one needs.
const TO_STAY: f64 = 0.75;

/// The medoids of a listener, as places among the points; none where there are no points.
pub(super) fn choose(points: &Points, params: Params, before: &[Region]) -> Vec<usize> {
    if points.len() == 0 {
        return Vec::new();
    }
    let places = points.heaviest(params.at_most);
    let table = points.table(&places);
    let level = chance(&table, points.dim()) + f64::from(params.least_contrast);
    let judged = |clustering: Clustering| {
        let several = clustering.medoids.len() > 1;
        let score = if several { silhouette(&table, &clustering) - level } else { 0.0 };
        Scored { clustering, score }
    };
    let fresh: Vec<Scored> = fresh(&table, params).into_iter().map(judged).collect();
    let old: Vec<usize> = last_weeks(points, &table, &places, before);
    let (chosen, part) = match kept(&table, &old, params).map(judged) {
        Some(kept) => (better(kept, &fresh, &table, &old, params), TO_STAY),
        None => (simplest(&fresh, params).clustering.clone(), 1.0),
    };
    let medoids = chosen.medoids.iter().map(|&m| places[m]).collect();
    large_enough(points, medoids, Needs::of(params, part, points.total()))
}

/// A clustering, and by how much its silhouette exceeds what is asked of several regions.
#[derive(Debug)]
struct Scored {
    clustering: Clustering,
    /// 0 for one region.
    score: f64,
}

/// What a region must hold.
#[derive(Clone, Copy, Debug)]
struct Needs {
    weight: f64,
    members: usize,
    max_regions: usize,
}

impl Needs {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a part of a number of recordings"
    )]
    fn of(params: Params, part: f64, total: f64) -> Self {
        let members = (part * params.least_loved as f64).ceil() as usize;
        Self {
            weight: part * f64::from(params.least_share) * total,
            members: members.max(1),
            max_regions: params.max_regions,
        }
    }

    /// The lightest cluster of several, if it or their number is not as it must be.
    fn too_small(self, held: &[(f64, usize)]) -> Option<usize> {
        let mut lightest: Option<usize> = None;
        for (m, &(weight, members)) in held.iter().enumerate() {
            let is_fine = weight >= self.weight && members >= self.members;
            let is_lighter = lightest.is_none_or(|least| weight < held[least].0);
            if (!is_fine || held.len() > self.max_regions) && is_lighter {
                lightest = Some(m);
            }
        }
        lightest.filter(|_| held.len() > 1)
    }
}

/// Clusterings of each number of regions, from scratch, the single region first.
///
/// Up to a few too many, each from the one before, by cost; from there down again, by contrast.
/// Cost alone would rather part a large taste than see a small one.
fn fresh(table: &Table, params: Params) -> Vec<Clustering> {
    let needs = Needs::of(params, 1.0, table.total());
    let mut clustering = Clustering::single(table);
    let mut found = vec![clustering.clone()];
    // Every region needs so many members.
    let most = params.max_regions.min(table.len() / params.least_loved);
    for k in 2..=(most + TOO_MANY).min(table.len()) {
        clustering = clustering.with_one_more(table);
        if k <= most {
            clustering = clustering.swapped(table);
            found.push(pruned(table, clustering.clone(), needs));
        }
    }
    while most > 1 && clustering.medoids.len() > 2 {
        clustering = clustering.with_one_less(table).centered(table, 0.0);
        if clustering.medoids.len() <= most {
            found.push(pruned(table, clustering.clone(), needs));
        }
    }
    found
}

/// Last week's medoids by number, as rows of the table; for one that is no longer loved, the member that is nearest to
/// the region's others.
fn last_weeks(points: &Points, table: &Table, places: &[usize], before: &[Region]) -> Vec<usize> {
    let row = |item| places.binary_search(&points.find(item)?).ok();
    let mut before: Vec<&Region> = before.iter().collect();
    before.sort_by_key(|region| region.number);
    let mut medoids = Vec::new();
    for region in before {
        let members: Vec<usize> = region.members.iter().filter_map(|m| row(m.item)).collect();
        let medoid = row(region.medoid).or_else(|| table.center_of(&members));
        medoids.extend(medoid.filter(|medoid| !medoids.contains(medoid)));
    }
    medoids
}

/// Last week's regions today, each with another medoid only where that is clearly better.
fn kept(table: &Table, old: &[usize], params: Params) -> Option<Clustering> {
    if old.is_empty() {
        return None;
    }
    let needs = Needs::of(params, TO_STAY, table.total());
    let clustering = Clustering::by(table, old.to_vec());
    // Those too small go first, so that a medoid is judged by all that is its own in the end.
    let clustering = pruned(table, clustering, needs);
    Some(pruned(table, clustering.centered(table, params.medoid_margin), needs))
}

/// Last week's regions, or those that are better by the margins.
fn better(
    kept: Scored,
    fresh: &[Scored],
    table: &Table,
    old: &[usize],
    params: Params,
) -> Clustering {
    let most = fresh.iter().map(|scored| scored.score).fold(f64::NEG_INFINITY, f64::max);
    if most <= kept.score + f64::from(params.margin) {
        return kept.clustering;
    }
    turned_back(table, &simplest(fresh, params).clustering, old, params.medoid_margin)
}

/// Puts last week's medoids in the place of those they lie nearest to, where the cost stays within the margin.
fn turned_back(table: &Table, fresh: &Clustering, old: &[usize], margin: f32) -> Clustering {
    let limit = (1.0 + margin) * fresh.cost;
    let mut turned = fresh.clone();
    let mut is_old = vec![false; fresh.medoids.len()];
    for &medoid in old {
        let m = turned.nearest[medoid];
        if is_old[m] {
            continue;
        }
        let mut medoids = turned.medoids.clone();
        medoids[m] = medoid;
        let candidate = Clustering::by(table, medoids);
        if candidate.cost <= limit {
            (turned, is_old[m]) = (candidate, true);
        }
    }
    turned
}

/// The fewest regions of those that no other beats by the margin.
fn simplest(fresh: &[Scored], params: Params) -> &Scored {
    let most = fresh.iter().map(|scored| scored.score).fold(f64::NEG_INFINITY, f64::max);
    // One region, the first, has a score of 0: several have to be above it, and no margin more.
    let near = |scored: &&Scored| {
        scored.score >= most - f64::from(params.margin)
            && (most <= 0.0 || scored.clustering.medoids.len() > 1)
    };
    let by_size = |scored: &&Scored| scored.clustering.medoids.len();
    fresh.iter().filter(near).min_by_key(by_size).expect("the best is near itself")
}

/// Without the regions that hold too little, the lightest first; their points go to the next medoid.
fn pruned(table: &Table, mut clustering: Clustering, needs: Needs) -> Clustering {
    loop {
        let mut held = vec![(0.0, 0); clustering.medoids.len()];
        for (&m, &w) in clustering.nearest.iter().zip(table.weights()) {
            held[m].0 += f64::from(w);
            held[m].1 += 1;
        }
        let Some(m) = needs.too_small(&held) else { return clustering };
        let mut medoids = clustering.medoids;
        medoids.remove(m);
        clustering = Clustering::by(table, medoids);
    }
}

/// The same of all points, those included that were not clustered.
fn large_enough(points: &Points, mut medoids: Vec<usize>, needs: Needs) -> Vec<usize> {
    loop {
        let clusters = points.by_nearest(&medoids);
        let weight = |places: &[usize]| places.iter().map(|&p| f64::from(points.weight(p))).sum();
        let held: Vec<(f64, usize)> =
            clusters.iter().map(|c| (weight(&c.members), c.members.len())).collect();
        let Some(m) = needs.too_small(&held) else { return medoids };
        medoids.remove(m);
    }
}

/// The silhouette that random directions have, clustered as well as they can be.
///
/// About 1.4/dim for many points and 10/(n·√dim) more for few: within 0.01 of the 95th percentile of simulations with
/// 15 to 300 points, 16 to 256 dimensions and 2 to 5 clusters, or a tenth of it.
/// Points of unequal weight are as few as (Σw)²/Σw².
fn chance(table: &Table, dim: usize) -> f64 {
    let squares: f64 = table.weights().iter().map(|&w| f64::from(w) * f64::from(w)).sum();
    let n = table.total() * table.total() / squares;
    1.4 / dim as f64 + 10.0 / (n * (dim as f64).sqrt())
}

/// The weighted mean of (b − a) / max(a, b) over the points, where a is how far a point is from the others of its
/// cluster, and b how far from those of the nearest other cluster, both weighted means.
///
/// Alone in its cluster a point has 0, and so has one cluster. O(n²).
fn silhouette(table: &Table, clustering: &Clustering) -> f64 {
    let k = clustering.medoids.len();
    let clusters = clustering.clusters(table);
    let mass: Vec<f32> = (0..k).map(|m| clusters.row(m).iter().sum()).collect();
    let (mut sum, mut far) = (0.0, vec![0.0; k]);
    for (i, (&own, &w)) in clustering.nearest.iter().zip(table.weights()).enumerate() {
        dots_with_all(&clusters, table.distances_of(i), &mut far, Isa::best());
        let others = mass[own] - w;
        let of_others = (0..k).filter(|&m| m != own && mass[m] > 0.0).map(|m| far[m] / mass[m]);
        let b = of_others.fold(f32::INFINITY, f32::min);
        // A sum less a part of it leaves rounding where there is no other point.
        if others > 1e-5 * w && b.is_finite() {
            let a = far[own] / others;
            // Of 0 and 0 nothing is told apart.
            sum += f64::from(w * (b - a) / a.max(b).max(f32::MIN_POSITIVE));
        }
    }
    sum / table.total()
}
