//! What is liked by listeners who are alike?
//!
//! Listeners are gathered into circles around directions of the model's space (spherical k-means: Dhillon & Modha, "Concept
//! decompositions for large sparse text data using clustering", Machine Learning 2001), and each circle keeps what is liked
//! in it beyond what is liked everywhere. A circle is never smaller than [`SMALLEST`].

use std::collections::BTreeMap;

use linalg::{Csr, Isa, Matrix, dot, dots_with_all, top_k_of};
use models::{Array, Heard};
use music::{ItemIx, UserIx};
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};

use super::LEAST;

/// Listeners in a circle on average.
const USUAL: usize = 40;
/// Circles at most.
const MOST: usize = 128;
/// Listeners below which a circle is given up.
const SMALLEST: usize = 10;
/// Recordings that are kept of a circle.
const KEPT: usize = 200;
/// Times that everybody may move to a nearer circle.
const ROUNDS: usize = 8;

/// Circles of listeners who are alike.
#[derive(Clone, Debug, Default)]
pub(crate) struct Circles {
    /// `[n_circles × dim]`, of length 1; none where there are too few listeners.
    centers: Option<Matrix>,
    /// What is liked in each, the most liked first.
    liked: Vec<Vec<ItemIx>>,
}

impl Circles {
    /// From a direction for each listener `[n_users × dim]` and what they like.
    pub(crate) fn of(units: &Matrix, heard: &Csr<UserIx, ItemIx, Heard>) -> Self {
        let n = units.n_rows();
        if n < 2 * SMALLEST {
            return Self::default();
        }
        let mut centers = first_centers(units, (n / USUAL).clamp(1, MOST));
        let mut circles = nearest(units, &centers);
        for _ in 0..ROUNDS {
            centers = means(units, &circles, centers.n_rows());
            let moved = nearest(units, &centers);
            if moved == circles {
                break;
            }
            circles = moved;
        }
        let sizes = sizes(&circles, centers.n_rows());
        let kept: Vec<usize> =
            (0..sizes.len()).filter(|circle| sizes[*circle] >= SMALLEST).collect();
        let rows: Vec<f32> = kept.iter().flat_map(|circle| centers.row(*circle)).copied().collect();
        let mut liked_by = vec![0_u32; heard.n_cols()];
        for (_, items, of_user) in heard.rows() {
            for (item, _) in items.iter().zip(of_user).filter(|(_, heard)| heard.is_liked) {
                liked_by[*item as usize] += 1;
            }
        }
        let liked =
            kept.iter().map(|circle| liked_in(*circle, &circles, heard, &liked_by)).collect();
        Self { centers: Some(Matrix::from_vec(kept.len(), units.dim(), rows)), liked }
    }

    /// What is liked in the circle nearest to a direction, the most liked first.
    pub(crate) fn around(&self, unit: &[f32]) -> &[ItemIx] {
        let Some(centers) = self.centers.as_ref().filter(|centers| centers.dim() == unit.len())
        else {
            return &[];
        };
        let mut cosines = vec![0.0; centers.n_rows()];
        dots_with_all(centers, unit, &mut cosines, Isa::best());
        let best = top_k_of((0..).zip(cosines), 1);
        best.first().map_or(&[], |(circle, _)| self.liked[*circle as usize].as_slice())
    }

    /// `circles` `[n_circles × dim]` and `circle_items` `[n × 2]` circle and row.
    pub(super) fn arrays(&self) -> Vec<(String, Array)> {
        let Some(centers) = &self.centers else { return Vec::new() };
        let of_circle = |(circle, items): (u32, &Vec<ItemIx>)| {
            items.iter().flat_map(move |item| [circle, item.0]).collect::<Vec<_>>()
        };
        let items: Vec<u32> = (0..).zip(&self.liked).flat_map(of_circle).collect();
        let shape = vec![centers.n_rows(), centers.dim()];
        vec![
            ("circles".to_owned(), Array::F32 { shape, values: centers.as_slice().to_vec() }),
            (
                "circle_items".to_owned(),
                Array::U32 { shape: vec![items.len() / 2, 2], values: items },
            ),
        ]
    }

    pub(super) fn from_arrays(arrays: &mut BTreeMap<String, Array>, n_items: usize) -> Self {
        let (centers, items) = (arrays.remove("circles"), arrays.remove("circle_items"));
        let (Some(Array::F32 { shape, values }), Some(Array::U32 { values: items, .. })) =
            (centers, items)
        else {
            return Self::default();
        };
        let [n, dim] = shape[..] else { return Self::default() };
        let mut liked = vec![Vec::new(); n];
        for pair in items.chunks_exact(2).filter(|pair| (pair[1] as usize) < n_items) {
            if let Some(of_circle) = liked.get_mut(pair[0] as usize) {
                of_circle.push(ItemIx(pair[1]));
            }
        }
        Self { centers: Some(Matrix::from_vec(n, dim, values)), liked }
    }
}

/// Listeners far apart: each the one that is least like those before, the first the first one with a direction.
fn first_centers(units: &Matrix, n: usize) -> Matrix {
    let is_somewhere = |user: &usize| dot(units.row(*user), units.row(*user)) > 0.0;
    let mut centers: Vec<usize> = (0..units.n_rows()).find(is_somewhere).into_iter().collect();
    let mut likeness = vec![f32::NEG_INFINITY; units.n_rows()];
    while centers.len() < n {
        let Some(last) = centers.last() else { break };
        let mut cosines = vec![0.0; units.n_rows()];
        dots_with_all(units, units.row(*last), &mut cosines, Isa::best());
        for (likeness, cosine) in likeness.iter_mut().zip(cosines) {
            *likeness = likeness.max(cosine);
        }
        let users = (0..units.n_rows()).filter(is_somewhere);
        let least = users.min_by(|a, b| likeness[*a].total_cmp(&likeness[*b]));
        match least.filter(|user| !centers.contains(user)) {
            Some(user) => centers.push(user),
            None => break,
        }
    }
    let rows: Vec<f32> = centers.iter().flat_map(|user| units.row(*user)).copied().collect();
    Matrix::from_vec(centers.len(), units.dim(), rows)
}

/// The nearest center of each listener, of equal ones the first.
fn nearest(units: &Matrix, centers: &Matrix) -> Vec<u32> {
    let isa = Isa::best();
    let of_user = |user: usize| {
        let mut cosines = vec![0.0; centers.n_rows()];
        dots_with_all(centers, units.row(user), &mut cosines, isa);
        top_k_of((0..).zip(cosines), 1).first().map_or(0, |(circle, _)| *circle)
    };
    (0..units.n_rows()).into_par_iter().with_min_len(256).map(of_user).collect()
}

/// Mean directions; a circle without anybody lies at the origin.
fn means(units: &Matrix, circles: &[u32], n: usize) -> Matrix {
    let mut centers = Matrix::zeros(n, units.dim());
    for (user, circle) in circles.iter().enumerate() {
        linalg::add_scaled(centers.row_mut(*circle as usize), 1.0, units.row(user));
    }
    for circle in 0..n {
        let length = dot(centers.row(circle), centers.row(circle)).sqrt();
        if length > 0.0 {
            centers.row_mut(circle).iter_mut().for_each(|x| *x /= length);
        }
    }
    centers
}

fn sizes(circles: &[u32], n: usize) -> Vec<usize> {
    let mut sizes = vec![0; n];
    circles.iter().for_each(|circle| sizes[*circle as usize] += 1);
    sizes
}

/// What a circle likes beyond what all like: `n_c · ln((n_c / N_c) / (n / N))`, the most first.
fn liked_in(
    circle: usize,
    circles: &[u32],
    heard: &Csr<UserIx, ItemIx, Heard>,
    liked_by: &[u32],
) -> Vec<ItemIx> {
    let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
    let mut size = 0.0;
    for (user, items, of_user) in heard.rows() {
        if circles[user] as usize == circle {
            size += 1.0;
            for (item, _) in items.iter().zip(of_user).filter(|(_, heard)| heard.is_liked) {
                *counts.entry(*item).or_default() += 1;
            }
        }
    }
    let beyond = |(item, n): (u32, u32)| {
        let everywhere = liked_by[item as usize] as f32 / heard.n_rows() as f32;
        (item, n as f32 * (n as f32 / size / everywhere).ln())
    };
    let told = counts.into_iter().filter(|(_, n)| *n as usize >= LEAST).map(beyond);
    let best = top_k_of(told.filter(|(_, beyond)| *beyond > 0.0), KEPT);
    best.into_iter().map(|(item, _)| ItemIx(item)).collect()
}
