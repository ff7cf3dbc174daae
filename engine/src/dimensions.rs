//! What do the dimensions of the recording vectors stand for?
//!
//! A model is free to turn its vectors in any direction, so a dimension as it was learned says nothing.
//! Here they are turned by varimax (Kaiser 1958) to where each recording lies on few of them, and each end of a
//! dimension is named by the artists and tags found there.
//! Looked at are the recordings most listeners like: their vectors are the surest, and their names say most.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use linalg::{Matrix, dot, varimax};
use music::{ArtistId, ItemIx, ItemKind, Tag};
use serde::Serialize;
use store::Recording;

use crate::{Error, Folder, Snapshot};

/// Recordings that are looked at.
const LOOKED_AT: usize = 3000;

/// Recordings of an end that give it its names.
const FURTHEST: usize = 60;

/// Artists named at an end.
const ARTISTS: usize = 8;

/// Tags named at an end.
const TAGS: usize = 5;

/// Recordings of an end that a tag must be on: alone it says something of the recording, not of the end.
const MIN_TAGGED: usize = 2;

/// Added to the weight of all tags of a recording, so that what few people tagged counts for little.
const FEW_TAGS: f64 = 10.0;

/// The dimensions of a model after the turn.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Dimensions {
    /// The model string.
    pub model: String,
    /// What the rows are.
    pub items: ItemKind,
    /// Rows that were looked at.
    pub n_looked_at: usize,
    /// By falling share of the variance; those on which all rows lie in one place are left out.
    pub dimensions: Vec<Dimension>,
}

/// One direction in which recordings differ.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Dimension {
    /// Part of the variance of all rows; those of all dimensions add up to 1.
    pub share: f64,
    /// The end that reaches further from the middle.
    pub high: End,
    /// The other one.
    pub low: End,
}

/// One end of a dimension.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct End {
    /// Part of the variance of all rows that lies on this side; both ends' add up to the dimension's.
    pub share: f64,
    /// Artists by falling weight: how far out their recordings lie, summed over the furthest rows.
    pub artists: Vec<Named>,
    /// Tags by falling weight: p·ln(p/q) for the part p of the furthest rows' tags that it is, q of all rows'.
    pub tags: Vec<Named>,
}

/// A name and how much it says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Named {
    /// The artist or tag.
    pub name: String,
    /// Positive.
    pub weight: f64,
}

/// Names the dimensions of the serving model.
///
/// # Errors
/// [`Error::NoFactors`] when the serving model has no vectors; what the store may refuse.
pub fn dimensions(folder: &Folder, snapshot: &Snapshot) -> Result<Dimensions, Error> {
    let serving = &snapshot.models[0];
    let model = serving.spec.to_string();
    let Some(vectors) = serving.recommender.item_vectors() else {
        return Err(Error::NoFactors { model: serving.spec.brief() });
    };
    let mut rows: Vec<ItemIx> = (0..).map(ItemIx).take(snapshot.rows.len()).collect();
    rows.sort_by_key(|item| Reverse(snapshot.liked_by(*item)));
    rows.truncate(LOOKED_AT);
    let ids: Vec<_> = rows.iter().map(|item| snapshot.rows.id(*item)).collect();
    let recordings = folder.store.recordings(&ids)?;
    let values = rows.iter().flat_map(|item| vectors.row(item.0 as usize)).copied().collect();
    let vectors = Matrix::from_vec(rows.len(), vectors.dim(), values);
    Ok(Dimensions {
        model,
        items: snapshot.manifest.items,
        n_looked_at: rows.len(),
        dimensions: named(vectors, &recordings),
    })
}

/// Turns the vectors `[n_recordings × dim]` and names what comes out.
fn named(mut vectors: Matrix, recordings: &[Recording]) -> Vec<Dimension> {
    center(&mut vectors);
    let alike: Vec<_> = recordings.iter().map(|recording| (1.0, recording)).collect();
    let everywhere = Tags::of(&alike);
    let columns = turned(&vectors);
    let squares = |column: &Vec<f64>| column.iter().map(|x| x * x).sum::<f64>();
    let all: f64 = columns.iter().map(squares).sum();
    let mut dimensions = Vec::new();
    for column in columns.iter().filter(|column| squares(column) > 0.0) {
        let end = |sign: f64| end(column, sign, all, recordings, &everywhere);
        let share = squares(column) / all;
        let (high, low) = (end(1.0), end(-1.0));
        dimensions.push(Dimension { share, high, low });
    }
    dimensions.sort_by(|a, b| b.share.total_cmp(&a.share));
    dimensions
}

/// Moves the middle of all rows to 0.
fn center(vectors: &mut Matrix) {
    let mut middle = vec![0.0; vectors.dim()];
    let n = vectors.n_rows().max(1) as f64;
    for r in 0..vectors.n_rows() {
        for (sum, x) in middle.iter_mut().zip(vectors.row(r)) {
            *sum += f64::from(*x) / n;
        }
    }
    for r in 0..vectors.n_rows() {
        for (x, middle) in vectors.row_mut(r).iter_mut().zip(&middle) {
            #[expect(clippy::cast_possible_truncation, reason = "a mean of f32, rounded to f32")]
            let middle = *middle as f32;
            *x -= middle;
        }
    }
}

/// The loadings on each dimension after the turn, the largest of them positive.
fn turned(vectors: &Matrix) -> Vec<Vec<f64>> {
    let rotation = varimax(vectors);
    let column = |d: usize| {
        let loading = |r: usize| f64::from(dot(vectors.row(r), rotation.row(d)));
        let column: Vec<f64> = (0..vectors.n_rows()).map(loading).collect();
        let largest = column.iter().fold(0.0, |a: f64, &b| if b.abs() > a.abs() { b } else { a });
        column.iter().map(|x| x * largest.signum()).collect()
    };
    (0..vectors.dim()).map(column).collect()
}

/// Names the end where the loadings have this sign.
fn end(
    column: &[f64],
    sign: f64,
    all: f64,
    recordings: &[Recording],
    everywhere: &Tags<'_>,
) -> End {
    let loadings = column.iter().map(|x| x * sign).zip(recordings);
    let mut side: Vec<(f64, &Recording)> = loadings.filter(|(x, _)| *x > 0.0).collect();
    let share = side.iter().map(|(x, _)| x * x).sum::<f64>() / all;
    side.sort_by(|(x, _), (y, _)| y.total_cmp(x));
    side.truncate(FURTHEST);
    let tags = Tags::of(&side);
    End {
        share,
        artists: best(artists(&side), ARTISTS),
        tags: best(tags.told_by(everywhere), TAGS),
    }
}

/// How far out the recordings of each artist lie, by the name of the main artist.
fn artists(rows: &[(f64, &Recording)]) -> Vec<Named> {
    let mut weights: BTreeMap<ArtistId, Named> = BTreeMap::new();
    for (loading, recording) in rows {
        if let Some((id, name)) = recording.artists.first() {
            let nobody = || Named { name: name.clone(), weight: 0.0 };
            weights.entry(*id).or_insert_with(nobody).weight += loading;
        }
    }
    weights.into_values().collect()
}

/// The largest, those of one weight in their order.
fn best(mut named: Vec<Named>, n: usize) -> Vec<Named> {
    named.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    named.truncate(n);
    named
}

/// What is said of some recordings.
struct Tags<'a> {
    /// By tag: its weight, and recordings it is on.
    weights: BTreeMap<&'a str, (f64, usize)>,
    /// Of all tags.
    total: f64,
}

impl<'a> Tags<'a> {
    /// Each recording has its own weight to give, split among its tags as theirs are.
    fn of(rows: &[(f64, &'a Recording)]) -> Self {
        let mut tags = Self { weights: BTreeMap::new(), total: 0.0 };
        for (of_row, recording) in rows {
            let own = recording.tags();
            let all: f64 = own.iter().map(|tag| f64::from(tag.weight)).sum();
            for Tag { name, weight } in own {
                let weight = of_row * f64::from(*weight) / (all + FEW_TAGS);
                let (sum, n_rows) = tags.weights.entry(name).or_default();
                *sum += weight;
                *n_rows += 1;
                tags.total += weight;
            }
        }
        tags
    }

    /// The tags that are more frequent here than everywhere: p·ln(p/q).
    fn told_by(&self, everywhere: &Self) -> Vec<Named> {
        let mut told = Vec::new();
        for (name, (weight, n_rows)) in &self.weights {
            let Some((usual, _)) = everywhere.weights.get(name) else { continue };
            let (p, q) = (weight / self.total, usual / everywhere.total);
            if p > q && *n_rows >= MIN_TAGGED {
                told.push(Named { name: (*name).to_owned(), weight: p * (p / q).ln() });
            }
        }
        told
    }
}

#[cfg(test)]
mod tests;
