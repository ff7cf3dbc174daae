//! How does the network score what a fitted first stage has found?

use linalg::{Isa, Matrix, Onto, View, multiply};
use music::ItemIx;

use super::content::{Content, popularity};
use super::held_out::HeldOut;
use super::inputs::{Items, Listed, Listener, Width, kinds};
use super::net::Net;
use super::train::{Course, List, lists};
use super::{Params, align};
use crate::array::{Array, Arrays, take_f32, take_u64s};
use crate::ranker::Platt;
use crate::{Beside, Error, Ground, Observer, Query, Recommender, Training};

const POPULARITY: &str = "popularity";
const TURN: &str = "turn";
const PLATT: &str = "platt_bits";

/// The network with what its inputs are computed from.
#[derive(Debug)]
pub(super) struct Ranker {
    /// Candidates of a list of the training.
    keep: usize,
    content: Content,
    /// `[n_items]`
    popularity: Vec<f32>,
    learned: Option<Learned>,
}

#[derive(Debug)]
struct Learned {
    net: Net,
    platt: Platt,
    aligned: Option<Aligned>,
}

/// The first stage's vectors where the network knows them.
#[derive(Debug)]
struct Aligned {
    /// `[dim × dim]`
    turn: Matrix,
    /// `[n_items × dim]`
    items: Matrix,
}

/// Learns the network from what a first stage finds that has not seen the answers, and the first stage from everything.
pub(super) fn fit(
    params: &Params,
    training: &Training<'_>,
    observer: &mut Observer<'_>,
) -> Result<(Box<dyn Recommender>, Ranker), Error> {
    let content = Content::new(training.beside.features);
    let (learned, before) = learn(params, training, &content, observer)?;
    let first = fit_first(params, training, observer)?;
    let learned = learned.map(|(net, platt)| {
        let turn = before.as_ref().zip(first.item_vectors());
        let turn = turn.map(|(before, after)| align::turn(after, before));
        Learned::new(net, platt, turn, &*first)
    });
    let popularity = popularity(training.heard);
    Ok((first, Ranker { keep: params.keep, content, popularity, learned }))
}

fn fit_first(
    params: &Params,
    training: &Training<'_>,
    observer: &mut Observer<'_>,
) -> Result<Box<dyn Recommender>, Error> {
    match crate::fit(&params.first, training, observer) {
        Err(Error::Stopped(_)) => Err(super::stopped()),
        fitted => fitted,
    }
}

/// What was learned, if anything was, and the item vectors that it was learned by.
type Lesson = (Option<(Net, Platt)>, Option<Matrix>);

fn learn(
    params: &Params,
    training: &Training<'_>,
    content: &Content,
    observer: &mut Observer<'_>,
) -> Result<Lesson, Error> {
    let lesson = with_lists(params, training, content, observer, |course, lists, observer| {
        Ok((course.learn(lists, observer)?, course.items.vectors.cloned()))
    })?;
    Ok(lesson.unwrap_or_default())
}

/// What is made of the lists of a first stage that has not seen the answers; `None` where nothing is held out.
pub(super) fn with_lists<T>(
    params: &Params,
    training: &Training<'_>,
    content: &Content,
    observer: &mut Observer<'_>,
    make: impl FnOnce(&Course<'_>, &[List], &mut Observer<'_>) -> Result<T, Error>,
) -> Result<Option<T>, Error> {
    let held_out = HeldOut::new(params, training);
    if held_out.asked.is_empty() {
        return Ok(None);
    }
    let beside = Beside { moments: held_out.moments.as_ref(), ..training.beside };
    let known = Training { heard: &held_out.heard, beside, ..*training };
    let first = fit_first(params, &known, observer)?;
    let popularity = popularity(&held_out.heard);
    let vectors = first.item_vectors();
    let items = Items { content, popularity: &popularity, vectors };
    let width = Width::of(vectors.map_or(0, Matrix::dim), content);
    let lists = lists(params, &held_out, &*first);
    let course = Course { params, seed: training.seed, held_out: &held_out, items, width };
    make(&course, &lists, observer).map(Some)
}

impl Learned {
    fn new(net: Net, platt: Platt, turn: Option<Matrix>, first: &dyn Recommender) -> Self {
        let aligned = turn.zip(first.item_vectors());
        let aligned =
            aligned.map(|(turn, items)| Aligned { items: align::turned(items, &turn), turn });
        Self { net, platt, aligned }
    }

    /// Where the network knows a listener.
    fn vector(&self, query: &Query) -> Vec<f32> {
        let Some((Aligned { turn, .. }, vector)) = self.aligned.as_ref().zip(query.vector()) else {
            return Vec::new();
        };
        let mut turned = vec![0.0; turn.dim()];
        let vector = View::new(vector, 1, vector.len());
        multiply(vector, turn.view(), &mut turned, Onto::Nothing, Isa::best());
        turned
    }
}

impl Ranker {
    /// How likely each candidate is liked if it is found; by the first stage's scores alone where nothing was learned.
    #[expect(clippy::cast_possible_truncation, reason = "seven digits are enough of a chance")]
    pub(super) fn scores(
        &self,
        first: &Query,
        known: &Query,
        items: Vec<u32>,
        own: &[f32],
    ) -> Vec<f32> {
        let Some(learned) = &self.learned else { return own.to_vec() };
        let listed = Listed::new(items, own, history(known).0, self.keep);
        let mut x = self.inputs(learned, first, known, &listed, 0..listed.items.len());
        learned.net.standardize(&mut x);
        let scores = learned.net.liked(&x).into_iter();
        scores.map(|score| learned.platt.probability(score) as f32).collect()
    }

    /// Inputs of some places of a list.
    fn inputs(
        &self,
        learned: &Learned,
        first: &Query,
        known: &Query,
        listed: &Listed,
        places: impl ExactSizeIterator<Item = usize>,
    ) -> Vec<f32> {
        let vectors = learned.aligned.as_ref().map(|aligned| &aligned.items);
        let of = Items { content: &self.content, popularity: &self.popularity, vectors };
        let vector = learned.vector(first);
        let (items, weights) = history(known);
        let listener = Listener::new(of, &vector, items, weights);
        let mut x = Vec::with_capacity(places.len() * learned.net.mean.len());
        listener.write(listed, places, &mut x);
        x
    }

    /// What each kind of input adds to the scores of the candidates at some places, to first order, the most first.
    pub(super) fn reasons(
        &self,
        first: &Query,
        known: &Query,
        items: Vec<u32>,
        own: &[f32],
        places: &[usize],
    ) -> Option<Vec<Vec<Ground<'_>>>> {
        let learned = self.learned.as_ref()?;
        let listed = Listed::new(items, own, history(known).0, self.keep);
        let raw = self.inputs(learned, first, known, &listed, places.iter().copied());
        let dim = learned.aligned.as_ref().map_or(0, |aligned| aligned.items.dim());
        let rows = raw.chunks_exact(learned.net.mean.len());
        Some(rows.map(|raw| self.grounds(learned, dim, raw)).collect())
    }

    fn grounds(&self, learned: &Learned, dim: usize, raw: &[f32]) -> Vec<Ground<'_>> {
        let mut x = raw.to_vec();
        learned.net.standardize(&mut x);
        let shares = learned.net.contributions(&x);
        let mut start = 0;
        let mut grounds = Vec::new();
        for kind in kinds(dim, &self.content) {
            let own = start..start + kind.n;
            start = own.end;
            let share = shares[own.clone()].iter().sum();
            let is_near = kind.is_near(&raw[own.clone()], &x[own]);
            grounds.push(Ground { kind: kind.name, share, is_near });
        }
        grounds.sort_by(|a, b| b.share.total_cmp(&a.share).then(a.kind.cmp(b.kind)));
        grounds
    }

    pub(super) fn arrays(&self) -> Arrays {
        let mut arrays = Arrays::new();
        self.content.save(&mut arrays);
        let (shape, values) = (vec![self.popularity.len()], self.popularity.clone());
        arrays.insert(POPULARITY.to_owned(), Array::F32 { shape, values });
        if let Some(Learned { net, platt, aligned }) = &self.learned {
            net.save(&mut arrays);
            let values = vec![platt.slope.to_bits(), platt.shift.to_bits()];
            arrays.insert(PLATT.to_owned(), Array::U64 { shape: vec![2], values });
            if let Some(Aligned { turn, .. }) = aligned {
                let shape = vec![turn.n_rows(), turn.dim()];
                let array = Array::F32 { shape, values: turn.as_slice().to_vec() };
                arrays.insert(TURN.to_owned(), array);
            }
        }
        arrays
    }

    pub(super) fn load(
        params: &Params,
        first: &dyn Recommender,
        arrays: &mut Arrays,
    ) -> Result<Self, Error> {
        let keep = params.keep;
        let content = Content::load(first.n_items(), arrays)?;
        let popularity = take_f32(arrays, POPULARITY, &[first.n_items()])?;
        let dim = first.item_vectors().map_or(0, Matrix::dim);
        let net = Net::load(Width::of(dim, &content), params.hidden, arrays)?;
        let Some(net) = net else {
            return Ok(Self { keep, content, popularity, learned: None });
        };
        let platt = load_platt(arrays)?;
        let turn = match dim {
            0 => None,
            _ => Some(Matrix::from_vec(dim, dim, take_f32(arrays, TURN, &[dim, dim])?)),
        };
        let learned = Some(Learned::new(net, platt, turn, first));
        Ok(Self { keep, content, popularity, learned })
    }
}

/// Known items with weights.
fn history(known: &Query) -> (&[ItemIx], &[f32]) {
    match known {
        Query::Sparse { items, weights } => (items, weights),
        other => panic!("known items with weights expected, got {other:?}"),
    }
}

fn load_platt(arrays: &mut Arrays) -> Result<Platt, Error> {
    let bits = take_u64s(arrays, PLATT)?;
    let numbers: Vec<f64> = bits.iter().map(|bits| f64::from_bits(*bits)).collect();
    match numbers[..] {
        [slope, shift] if slope.is_finite() && shift.is_finite() => Ok(Platt { slope, shift }),
        _ => Err(Error::BadArray {
            name: PLATT.to_owned(),
            expected: "the bits of two finite numbers".to_owned(),
            got: format!("{numbers:?}"),
        }),
    }
}
