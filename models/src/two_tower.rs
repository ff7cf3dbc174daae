//! Which network brings a listener and what the listener will love to the same place?
//!
//! Two towers: one makes a unit vector of a recording, the other one of a listener, and their cosine is the score
//! (Yi et al., Sampling-Bias-Corrected Neural Modeling for Large Corpus Item Recommendations, 2019).
//! Each sees which recordings they are, what is known of them, or both: embeddings of ids and words, levels of numbers,
//! vectors; a part of the ids is left out in training, so that the features learn to carry what is new.
//! An example is told what was known when it happened and nothing later; training and serving ask the same functions.
//! Towers learn by the softmax over the negatives of a step, corrected for how likely these were there (`loss`).
//! A step costs what its batch touches, not the tables.
//!
//! The network and its backward passes are our own, on the dense products of `linalg`: general libraries make the
//! gradients of embeddings as large as the tables.

mod batch;
mod encoded;
mod examples;
mod item_inputs;
mod layout;
mod listener_inputs;
mod loss;
mod net;
mod params;
mod popularity;
mod saved;
mod sequence;
mod timeline;
mod tower;
mod train;
mod windows;

use linalg::{Isa, Matrix, dots_with_all};
use music::{ItemIx, RecordingId, Rows};

use crate::array::Arrays;
use crate::recommender::score_rows;
use crate::words::{self, WordVectors};
use crate::{Error, History, ItemFeatures, Observer, Query, Recommender, Training, Vectors, ials};
use batch::{Countries, Course};
use encoded::{Code, Encoded};
use examples::{Example, Past, examples, hold_out, standing};
use item_inputs::ItemRow;
use layout::Layout;
use listener_inputs::ListenerRows;
use net::Net;
pub use params::{Als, By, Encoder, Loss, Params};
use popularity::Popularity;
use timeline::{Timeline, moments_of_pairs, next_of_same};
use tower::Pass;
pub use train::{Laid, Rehearsal};

/// Both towers, and where the recordings of the training lie.
#[derive(Debug)]
pub struct TwoTower {
    params: Params,
    net: Net,
    code: Code,
    /// What lies near each tag, where there are any.
    tags: Option<WordVectors>,
    /// Of the training's items, what the listener tower asks of a history.
    encoded: Encoded,
    countries: Countries,
    ids: Vec<RecordingId>,
    /// `[n_items × dim]`
    items: Matrix,
    /// `[n_users × dim]`, right after a fit.
    users: Option<Matrix>,
}

/// Learns both towers.
///
/// O(examples·(history·dim + width·hidden + negatives·dim)) time an epoch, parallel over the examples of a step.
///
/// # Errors
/// [`Error::Diverged`] when a number is no longer finite; [`Error::Stopped`] when the observer wants it;
/// [`Error::BadArray`] when a checkpoint is not of this training.
pub fn fit(
    params: Params,
    training: &Training<'_>,
    observer: &mut Observer<'_>,
) -> Result<TwoTower, Error> {
    let (course, net, held_out) = prepare(params, training)?;
    let net = train::train(&course, net, &held_out, training.resume, observer)?;
    let items = net.item_vectors(&course);
    let Course { heard, ids, past, tags, code, encoded, countries, .. } = course;
    let encoded = encoded.of_histories();
    let ids = ids.to_vec();
    let mut model =
        TwoTower { params, net, code, tags, encoded, countries, ids, items, users: None };
    model.users = Some(model.all_users(&past, heard.n_rows()));
    Ok(model)
}

/// What a training sees, the networks it begins with, and the examples that are held out from it.
fn prepare<'a>(
    params: Params,
    training: &Training<'a>,
) -> Result<(Course<'a>, Net, Vec<Example>), Error> {
    let n_items = training.heard.n_cols();
    let factors = match params.als {
        Als::None => None,
        Als::Start | Als::Input => Some(factors(&params, training)?),
    };
    let tags = tags(&params, training)?;
    let features = features(&params, training, tags.as_ref(), factors.as_ref());
    let code = Code::new(&features);
    let encoded = code.encode(&features);
    let past = Past::new(training);
    let mut examples = examples(&past, training);
    let ids = training.rows.ids();
    let held_out = hold_out(&mut examples, &past, ids, training.seed, params.validation);
    let mut of_user = vec![None; training.heard.n_rows()];
    for example in held_out.iter().filter(|example| example.is_timeless) {
        of_user[example.user as usize] = Some(example.item);
    }
    let of_examples = examples.iter().map(|example| (example.item, example.age_days));
    let popularity = Popularity::new(n_items, of_examples);
    let countries = Countries::new(past.countries().iter().flatten().copied());
    let layout = Layout::new(&params, &code, countries.len());
    let mut net = Net::new(&params, layout, &code, ids, training.seed);
    if let (Als::Start, Some(factors)) = (params.als, &factors) {
        net.begin_with(factors);
    }
    let mut by_id: Vec<u32> = (0..).take(n_items).collect();
    by_id.sort_unstable_by_key(|item| ids[*item as usize]);
    let mut shares = vec![0.0; n_items];
    let of_one = 1.0 / examples.len().max(1) as f32;
    examples.iter().for_each(|example| shares[example.item as usize] += of_one);
    let heard = training.heard;
    let seed = training.seed;
    let course = Course {
        params,
        heard,
        ids,
        seed,
        past,
        examples,
        held_out: of_user,
        tags,
        code,
        encoded,
        popularity,
        countries,
        by_id,
        shares,
    };
    Ok((course, net, held_out))
}

pub(crate) fn load(params: Params, rows: &Rows, arrays: &mut Arrays) -> Result<TwoTower, Error> {
    saved::load(params, rows, arrays)
}

/// What the towers are told of items.
fn features(
    params: &Params,
    training: &Training<'_>,
    tags: Option<&WordVectors>,
    factors: Option<&Matrix>,
) -> ItemFeatures {
    let n_items = training.heard.n_cols();
    let mut features = match training.beside.features {
        Some(features) if params.by.has_features() => features.clone(),
        Some(_) | None => ItemFeatures::none(n_items),
    };
    if let Some(tags) = tags {
        features.vectors.push(words::tag_vectors(&features, tags));
    }
    if let (Als::Input, true, Some(factors)) = (params.als, params.by.has_features(), factors) {
        let is_known = |row: usize| factors.row(row).iter().any(|x| *x != 0.0);
        features.vectors.push(Vectors {
            name: "als",
            is_known: (0..n_items).map(is_known).collect(),
            of: factors.clone(),
        });
    }
    features.words.sort_by_key(|words| words.name);
    features.numbers.sort_by_key(|numbers| numbers.name);
    features.vectors.sort_by_key(|vectors| vectors.name);
    features
}

/// What lies near each tag, from what is said of items and from what listeners hear in one go.
fn tags(params: &Params, training: &Training<'_>) -> Result<Option<WordVectors>, Error> {
    let features = training.beside.features.filter(|_| params.by.has_features());
    let Some(tags) = features.and_then(|features| features.words("tag")) else { return Ok(None) };
    let learned =
        words::fit(words::Params::default(), tags, training.beside.moments, training.seed)?;
    Ok(Some(learned.words))
}

/// Item factors of implicit least squares, as long as an embedding.
fn factors(params: &Params, training: &Training<'_>) -> Result<Matrix, Error> {
    let of_als = ials::Params { dim: params.dim, ..ials::Params::default() };
    let training = Training { resume: None, ..*training };
    let fitted = ials::fit(of_als, &training, &mut |_| std::ops::ControlFlow::Continue(()))?;
    Ok(fitted.item_vectors().cloned().unwrap_or_else(|| Matrix::zeros(0, params.dim)))
}

impl TwoTower {
    /// Everybody of the training as they were when the log ended.
    fn all_users(&self, past: &Past, n_users: usize) -> Matrix {
        let mut vectors = Vec::with_capacity(n_users * self.params.dim);
        let (mut rows, mut pass) = (ListenerRows::default(), Pass::default());
        let users: Vec<usize> = (0..n_users).collect();
        for users in users.chunks(self.params.encoder.block()) {
            rows.clear();
            for user in users {
                self.add_row(past.of(*user), self.countries.row(past.country(*user)), &mut rows);
            }
            self.net.gather_listeners(&self.encoded, &mut rows, &mut pass.inputs);
            self.net.listeners.forward(&mut pass);
            vectors.extend_from_slice(&pass.units);
        }
        Matrix::from_vec(n_users, self.params.dim, vectors)
    }

    /// Adds a listener as the last moment left it.
    fn add_row(&self, timeline: Timeline<'_>, country: u32, rows: &mut ListenerRows) {
        let age_days = timeline.moments.last().map_or(0.0, |moment| moment.age_days);
        let n = timeline.moments.len();
        timeline.at(0..n, age_days, self.params.history, |_| true, &mut rows.tokens);
        if self.params.encoder == Encoder::Sequence {
            rows.listens.end_with(&timeline.moments[n.saturating_sub(self.params.length)..]);
        }
        rows.end_row(standing(timeline, 0..n, age_days), country);
    }

    /// Where a listener of each of these histories lies.
    fn vectors(&self, histories: &[History<'_>]) -> Matrix {
        let (mut rows, mut pass) = (ListenerRows::default(), Pass::default());
        let mut vectors = Vec::with_capacity(histories.len() * self.params.dim);
        for histories in histories.chunks(self.params.encoder.block()) {
            rows.clear();
            for history in histories {
                let key = |item: ItemIx| self.ids[item.0 as usize].0;
                let moments = moments_of_pairs(history.items, history.heard, history.moments, key);
                let next = next_of_same(&moments);
                let timeline = Timeline { moments: &moments, next: &next };
                self.add_row(timeline, self.countries.row(history.country), &mut rows);
            }
            self.net.gather_listeners(&self.encoded, &mut rows, &mut pass.inputs);
            self.net.listeners.forward(&mut pass);
            vectors.extend_from_slice(&pass.units);
        }
        Matrix::from_vec(histories.len(), self.params.dim, vectors)
    }
}

impl Recommender for TwoTower {
    fn n_items(&self) -> usize {
        self.items.n_rows()
    }

    fn represent(&self, history: &History<'_>) -> Query {
        Query::Dense(self.vectors(std::slice::from_ref(history)).into_vec())
    }

    fn score_batch(&self, queries: &[Query], scores: &mut Matrix) {
        score_rows(queries, scores, self.n_items(), |query, row| {
            let Query::Dense(x) = query else { panic!("a dense query expected, got {query:?}") };
            dots_with_all(&self.items, x, row, Isa::best());
        });
    }

    fn explain(&self, history: &History<'_>, item: ItemIx) -> Option<Vec<f32>> {
        self.explain_each(history, &[item])?.pop()
    }

    /// What the score loses without an entry, of all that lose it anything, in proportion.
    fn explain_each(&self, history: &History<'_>, items: &[ItemIx]) -> Option<Vec<Vec<f32>>> {
        let n = history.items.len();
        if n == 0 {
            return None;
        }
        let without: Vec<Without> = (0..n).map(|entry| Without::new(history, entry)).collect();
        let mut histories: Vec<History<'_>> = without.iter().map(Without::history).collect();
        histories.push(*history);
        let vectors = self.vectors(&histories);
        let of_item = |item: &ItemIx| {
            let item = self.items.row(item.0 as usize);
            let score = linalg::dot(vectors.row(n), item);
            let losses = (0..n)
                .map(|entry| (score - linalg::dot(vectors.row(entry), item)) * score.signum());
            let losses: Vec<f32> = losses.map(|loss| loss.max(0.0)).collect();
            let sum: f32 = losses.iter().sum();
            let share = |loss: &f32| if sum > 0.0 { loss / sum } else { 1.0 / n as f32 };
            losses.iter().map(|loss| score * share(loss)).collect()
        };
        Some(items.iter().map(of_item).collect())
    }

    fn represent_features(&self, features: &ItemFeatures) -> Option<Matrix> {
        if !self.params.by.has_features() {
            return None;
        }
        let mut features = features.clone();
        if let Some(tags) = &self.tags {
            features.vectors.push(words::tag_vectors(&features, tags));
        }
        let encoded = self.code.encode(&features);
        let n = u32::try_from(features.n_items).expect("item rows are u32");
        let rows: Vec<ItemRow> = (0..n).map(|item| ItemRow::unknown(&encoded, item)).collect();
        Some(self.net.vectors_of(&encoded, &rows))
    }

    fn wants_moments(&self) -> bool {
        true
    }

    fn item_vectors(&self) -> Option<&Matrix> {
        Some(&self.items)
    }

    fn user_vectors(&self) -> Option<&Matrix> {
        self.users.as_ref()
    }

    fn arrays(&self) -> Arrays {
        saved::arrays(self)
    }
}

/// A history without one of its entries.
struct Without<'a> {
    history: &'a History<'a>,
    items: Vec<ItemIx>,
    heard: Vec<crate::Heard>,
    moments: Vec<crate::Moment>,
}

impl<'a> Without<'a> {
    fn new(history: &'a History<'a>, entry: usize) -> Self {
        let left_out = history.items[entry];
        let kept = || (0..history.items.len()).filter(move |other| *other != entry);
        let moments = history.moments.iter().filter(|moment| moment.item != left_out);
        Self {
            history,
            items: kept().map(|other| history.items[other]).collect(),
            heard: kept().map(|other| history.heard[other]).collect(),
            moments: moments.copied().collect(),
        }
    }

    fn history(&self) -> History<'_> {
        History { items: &self.items, heard: &self.heard, moments: &self.moments, ..*self.history }
    }
}
