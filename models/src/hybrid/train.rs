//! When has the network seen enough lists?
//!
//! A list is what the first stage, which has not seen the answers, finds for a listener as of the cut: only what it finds
//! is learned from, as nothing else is ever ordered. What came of an item is its label; of the other candidates, which
//! nobody is known to have liked, each epoch draws some anew, and each of these weighs as much as it stands for.

use linalg::{Matrix, top_k};
use music::ItemIx;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::Params;
use super::held_out::{Answer, Asked, HeldOut};
use super::inputs::{Items, Listed, Listener, Width, weight};
use super::net::{HEADS, Net};
use crate::draw::Draws;
use crate::hash::{hash, unit};
use crate::ranker::Platt;
use crate::{Error, History, Observer, Progress, Query, Recommender, Step, fit};

/// What tells these chances from others of the same seed.
const CALIBRATION: u64 = 0x6879_6272_6964_5f32;
const DRAW: u64 = 0x6879_6272_6964_5f33;
const NET: u64 = 0x6879_6272_6964_5f34;
/// Listeners whose candidates are found together.
const BLOCK: usize = 64;
/// Steps of an epoch, at least, where there are lists for so many.
const STEPS: usize = 32;
/// Lists that tell how inputs are spread.
const SPREAD: usize = 256;
/// How much a score says at least of what is likely.
const LEAST_SLOPE: f64 = 1e-2;
/// The epoch of the lists that tell it, and of those that calibrate: none of the training.
const ASIDE: u64 = u64::MAX;

/// What a listener was offered as of the cut, and what came.
pub(super) struct List {
    user: u32,
    key: u64,
    /// The first stage's vector of the listener; empty where it has none.
    vector: Vec<f32>,
    listed: Listed,
    /// Places of candidates with what came of them, ascending.
    answers: Vec<(usize, Answer)>,
}

/// Examples of a step.
#[derive(Clone, Debug, Default)]
pub(super) struct Examples {
    pub(super) x: Vec<f32>,
    pub(super) labels: [Vec<f32>; HEADS],
    pub(super) weights: [Vec<f32>; HEADS],
    /// Where each list ends.
    pub(super) ends: Vec<usize>,
}

impl Examples {
    fn with_room(n: usize, n_inputs: usize) -> Self {
        let numbers = || std::array::from_fn(|_| Vec::with_capacity(n));
        let x = Vec::with_capacity(n * n_inputs);
        Self { x, labels: numbers(), weights: numbers(), ends: Vec::new() }
    }
}

/// What all epochs share.
pub(super) struct Course<'a> {
    pub(super) params: &'a Params,
    pub(super) seed: u64,
    pub(super) held_out: &'a HeldOut,
    pub(super) items: Items<'a>,
    pub(super) width: Width,
}

/// What the first stage finds for everybody whose answers are held out, of those whose answers are among it.
pub(super) fn lists(params: &Params, held_out: &HeldOut, first: &dyn Recommender) -> Vec<List> {
    let mut lists = Vec::new();
    for asked in held_out.asked.chunks(BLOCK) {
        let queries: Vec<Query> =
            asked.par_iter().map(|asked| represent(held_out, first, asked)).collect();
        let mut scores = Matrix::zeros(asked.len(), first.n_items());
        first.score_batch(&queries, &mut scores);
        let rows: Vec<(usize, &Asked, &Query)> =
            asked.iter().zip(&queries).enumerate().map(|(row, (a, q))| (row, a, q)).collect();
        let of_row = |(row, asked, query): &(usize, &Asked, &Query)| {
            let (known, _) = held_out.heard.row(asked.user as usize);
            let best = top_k(scores.row(*row), params.keep, known);
            let vector = query.vector().filter(|_| first.item_vectors().is_some());
            List::new(asked, best, vector)
        };
        lists.extend(rows.par_iter().map(of_row).collect::<Vec<_>>().into_iter().flatten());
    }
    lists
}

fn represent(held_out: &HeldOut, first: &dyn Recommender, asked: &Asked) -> Query {
    let user = asked.user as usize;
    let (items, heard) = held_out.heard.row(user);
    let items: Vec<ItemIx> = items.iter().map(|item| ItemIx(*item)).collect();
    let history = History::new(&items, heard);
    first.represent(&match &held_out.moments {
        Some(all) => History { moments: all.of(user), country: all.country(user), ..history },
        None => history,
    })
}

impl List {
    /// `None` where nothing can be learned of the order.
    fn new(asked: &Asked, best: Vec<(u32, f32)>, vector: Option<&[f32]>) -> Option<Self> {
        let (items, scores): (Vec<u32>, Vec<f32>) = best.into_iter().unzip();
        let answer = |item: &u32| asked.answers.binary_search_by_key(item, |answer| answer.item);
        let found = items.iter().enumerate();
        let answers = found.filter_map(|(place, item)| Some((place, answer(item).ok()?)));
        let answers: Vec<(usize, Answer)> =
            answers.map(|(place, at)| (place, asked.answers[at])).collect();
        let n_liked = answers.iter().filter(|(_, answer)| answer.is_liked).count();
        let vector = vector.map(<[f32]>::to_vec).unwrap_or_default();
        let is_of_use = n_liked > 0 && n_liked < items.len();
        is_of_use.then(|| Self {
            user: asked.user,
            key: asked.key,
            vector,
            listed: Listed::new(items, &scores, &[], usize::MAX),
            answers,
        })
    }
}

impl Course<'_> {
    /// Learns the network and what its scores promise; `None` where there are no lists.
    pub(super) fn learn(
        &self,
        lists: &[List],
        observer: &mut Observer<'_>,
    ) -> Result<Option<(Net, Platt)>, Error> {
        let (aside, own) = self.parts(lists);
        if own.is_empty() {
            return Ok(None);
        }
        let mut net = self.begin(&own);
        self.epochs(&own, &mut net, observer)?;
        let platt = self.calibrate(if aside.is_empty() { &own } else { &aside }, &net);
        Ok(Some((net, platt)))
    }

    /// Lists that tell how likely a score is, and those that are learned from.
    pub(super) fn parts<'l>(&self, lists: &'l [List]) -> (Vec<&'l List>, Vec<&'l List>) {
        let is_aside =
            |list: &&List| unit(hash([self.seed, CALIBRATION, list.key])) < self.params.calibration;
        let (aside, own): (Vec<&List>, Vec<&List>) = lists.iter().partition(is_aside);
        if own.is_empty() { (Vec::new(), aside) } else { (aside, own) }
    }

    /// A network that has learned nothing, for inputs as these lists have them.
    pub(super) fn begin(&self, lists: &[&List]) -> Net {
        let spread = self.examples(&lists[..lists.len().min(SPREAD)], ASIDE);
        Net::new(self.width, self.params.hidden, &spread.x, hash([self.seed, NET]))
    }

    /// The order of so many lists in an epoch.
    pub(super) fn order(&self, n_lists: usize, epoch: usize) -> Vec<u32> {
        let mut order: Vec<u32> = (0..).take(n_lists).collect();
        Draws::new([self.seed, DRAW, epoch as u64]).shuffle(&mut order);
        order
    }

    /// How many lists a step has where there are so many.
    pub(super) fn batch(&self, n_lists: usize) -> usize {
        self.params.batch.min((n_lists / STEPS).max(1))
    }

    /// Some lists as an epoch sees them, on the scale that the network knows.
    pub(super) fn lay(&self, lists: &[&List], places: &[u32], epoch: usize, net: &Net) -> Examples {
        let chosen: Vec<&List> = places.iter().map(|at| lists[*at as usize]).collect();
        let mut examples = self.examples(&chosen, epoch as u64);
        net.standardize(&mut examples.x);
        examples
    }

    fn epochs(
        &self,
        lists: &[&List],
        net: &mut Net,
        observer: &mut Observer<'_>,
    ) -> Result<(), Error> {
        let epochs = self.params.epochs;
        let mut tell =
            |iteration, step| match observer(Progress { iteration, n_iterations: epochs, step })
                .is_break()
            {
                true => Err(super::stopped()),
                false => Ok(()),
            };
        let (mut update, mut before) = (0, f64::NAN);
        tell(0, Step::Ready)?;
        for epoch in 1..=epochs {
            let mut cost = 0.0;
            for places in self.order(lists.len(), epoch).chunks(self.batch(lists.len())) {
                let examples = self.lay(lists, places, epoch, net);
                update += 1;
                cost += self.step(net, &examples, update);
            }
            let observed = cost / lists.len() as f64;
            if !observed.is_finite() || !net.is_finite() {
                return Err(Error::Diverged { iteration: epoch, loss: before });
            }
            before = observed;
            tell(epoch, Step::Iterated)?;
            let loss = fit::Loss { observed, ..fit::Loss::default() };
            tell(epoch, Step::Measured { loss, ndcg: None })?;
        }
        Ok(())
    }

    /// Some lists as an epoch sees them.
    pub(super) fn examples(&self, lists: &[&List], epoch: u64) -> Examples {
        let each: Vec<Examples> = lists.par_iter().map(|list| self.example(list, epoch)).collect();
        let n = each.iter().map(|one| one.labels[0].len()).sum();
        let mut all = Examples::with_room(n, self.width.whole());
        for one in each {
            all.x.extend(one.x);
            for head in 0..HEADS {
                all.labels[head].extend(&one.labels[head]);
                all.weights[head].extend(&one.weights[head]);
            }
            all.ends.push(all.labels[0].len());
        }
        all
    }

    fn example(&self, list: &List, epoch: u64) -> Examples {
        let user = list.user as usize;
        let (known, heard) = self.held_out.heard.row(user);
        let known: Vec<ItemIx> = known.iter().map(|item| ItemIx(*item)).collect();
        let weights: Vec<f32> = heard.iter().map(|heard| weight(*heard)).collect();
        let listener = Listener::new(self.items, &list.vector, &known, &weights);
        let (places, stands_for) = self.draw(list, epoch);
        let mut examples = Examples::with_room(places.len(), self.width.whole());
        listener.write(&list.listed, places.iter().copied(), &mut examples.x);
        let newest = list.answers.iter().map(|(_, answer)| answer.age_days);
        let newest = newest.fold(f32::INFINITY, f32::min);
        for place in places {
            let found = list.answers.binary_search_by_key(&place, |(place, _)| *place).ok();
            let answer = found.map(|at| list.answers[at].1);
            let fade = self.fade(answer.map_or(newest, |answer| answer.age_days));
            let is_liked = answer.is_some_and(|answer| answer.is_liked);
            let told = [
                Some(is_liked),
                answer.and_then(|answer| answer.is_completed),
                answer.map(|answer| answer.is_skipped),
            ];
            for (head, told) in told.into_iter().enumerate() {
                let of_one = if answer.is_some() { 1.0 } else { stands_for };
                examples.labels[head].push(f32::from(u8::from(told == Some(true))));
                examples.weights[head].push(if told.is_some() { of_one * fade } else { 0.0 });
            }
        }
        examples
    }

    /// Places that an epoch sees, ascending, and how many each drawn one stands for.
    fn draw(&self, list: &List, epoch: u64) -> (Vec<usize>, f32) {
        let is_told =
            |place: &u32| list.answers.binary_search_by_key(place, |(at, _)| place_of(*at)).is_ok();
        let n = place_of(list.listed.items.len());
        let (mut told, mut others): (Vec<u32>, Vec<u32>) = (0..n).partition(is_told);
        let n_others = others.len();
        let n_drawn = n_others.min(self.params.negatives);
        let mut draws = Draws::new([self.seed, DRAW, epoch, list.key]);
        for drawn in 0..n_drawn {
            others.swap(drawn, drawn + draws.below(n_others - drawn));
        }
        told.extend(&others[..n_drawn]);
        told.sort_unstable();
        let places = told.into_iter().map(|place| place as usize).collect();
        (places, n_others as f32 / n_drawn.max(1) as f32)
    }

    fn fade(&self, age_days: f32) -> f32 {
        let half_life = self.params.example_half_life_days;
        if half_life > 0.0 { (-age_days / half_life).exp2() } else { 1.0 }
    }

    /// What the main head's scores promise, by lists that are not learned from where there are some.
    fn calibrate(&self, lists: &[&List], net: &Net) -> Platt {
        let (mut scores, mut is_liked, mut weights) = (Vec::new(), Vec::new(), Vec::new());
        for some in lists.chunks(BLOCK) {
            let mut examples = self.examples(some, ASIDE);
            net.standardize(&mut examples.x);
            scores.extend(net.liked(&examples.x));
            is_liked.extend(examples.labels[0].iter().map(|label| *label > 0.0));
            weights.extend(&examples.weights[0]);
        }
        let platt = Platt::fit(&scores, &is_liked, &weights);
        if platt.slope > 0.0 {
            return platt;
        }
        // Too few lists to tell: what is promised is nearly the same for all, and the order is the network's.
        let alike = Platt::fit(&vec![0.0; scores.len()], &is_liked, &weights);
        Platt { slope: LEAST_SLOPE, shift: alike.shift }
    }
}

fn place_of(place: usize) -> u32 {
    u32::try_from(place).expect("lists are no longer than the catalogue, whose rows are u32")
}
