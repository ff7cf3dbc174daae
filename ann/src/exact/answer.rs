//! How is one query answered by all threads, and a block of queries by one?

use linalg::bytes::ByteIsa;
use linalg::{Isa, LANES, top_k_among};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::found::Found;
use super::scan::Scan;
use super::{Asked, Exact};
use crate::lists::Run;
use crate::mask::Mask;
use crate::places::number;
use crate::search::Best;

/// Panels of which one is sampled.
const SAMPLED_EVERY: usize = 16;
/// Panels of a run, where threads share the rows.
const RUN: usize = 256;

impl Exact {
    /// The answers to several queries, in one thread.
    pub(super) fn block(&self, asked: &[Asked<'_>], isa: Isa, bytes: ByteIsa) -> Vec<Best> {
        let bounded: Vec<&Asked<'_>> = asked.iter().filter(|asked| asked.is_bounded).collect();
        let codes = self.codes();
        let all = [(0, codes.n_panels())];
        let guesses = self.guesses(&bounded, bytes);
        let asked_with_guess = bounded.iter().zip(guesses);
        let mut found: Vec<_> =
            asked_with_guess.map(|(asked, guess)| asked.find(self, asked.k, guess)).collect();
        bytes.run(Scan { codes, found: &mut found, runs: &all });
        let mut found = bounded.iter().zip(found).map(|(asked, found)| {
            if asked.at_least.is_some() || found.is_proven() {
                return found;
            }
            let mut again = [asked.find(self, asked.k, f32::NEG_INFINITY)];
            bytes.run(Scan { codes, found: &mut again, runs: &all });
            let [found] = again;
            found
        });
        let answer = |asked: &Asked<'_>| match asked.is_bounded {
            true => self.best(asked, &found.next().expect("one a query with bounds"), isa),
            false => self.best_of_all(asked, isa),
        };
        asked.iter().map(answer).collect()
    }

    /// The answer to one query, on one thread, of the rows of some runs of panels (ascending) and those without bounds.
    pub(crate) fn among(
        &self,
        asked: &Asked<'_>,
        runs: &[Run],
        (isa, bytes): (Isa, ByteIsa),
    ) -> Best {
        if !asked.is_bounded {
            return self.best_of_all(asked, isa);
        }
        let mut found = [asked.find(self, asked.k, f32::NEG_INFINITY)];
        bytes.run(Scan { codes: self.codes(), found: &mut found, runs });
        let [found] = found;
        if !found.is_flat() {
            return self.best(asked, &found, isa);
        }
        let places = runs.iter().flat_map(|run| run.0 * LANES..run.1 * LANES).map(number);
        let bounded = places.take_while(|place| *place < self.n_bounded);
        let all = bounded.chain(self.n_bounded..number(self.n_places()));
        self.best_of(&all.filter(|&place| asked.may_have(place)).collect::<Vec<_>>(), asked, isa)
    }

    /// What the k-th best score of each query probably is at least: as is known of all, or from a sample of the rows.
    fn guesses(&self, asked: &[&Asked<'_>], bytes: ByteIsa) -> Vec<f32> {
        let known: Option<Vec<f32>> = asked.iter().map(|asked| asked.at_least).collect();
        known.unwrap_or_else(|| self.sampled(asked, bytes))
    }

    fn sampled(&self, asked: &[&Asked<'_>], bytes: ByteIsa) -> Vec<f32> {
        let codes = self.codes();
        let n_panels = codes.n_panels();
        // Of k rows a sample holds k/16 ± √(k/16); three deviations more are hardly ever too few.
        let sampled = |k: usize| {
            let expected = k as f64 / SAMPLED_EVERY as f64;
            whole(expected + 3.0 * expected.sqrt()) + 3
        };
        let mut found: Vec<_> = asked
            .iter()
            .map(|asked| asked.find(self, sampled(asked.k), f32::NEG_INFINITY))
            .collect();
        // Four panels of sixty-four, as a scan takes up to four at a time.
        let runs = (SAMPLED_EVERY..n_panels).step_by(4 * SAMPLED_EVERY);
        let runs: Vec<_> = runs.map(|start| (start, n_panels.min(start + 4))).collect();
        bytes.run(Scan { codes, found: &mut found, runs: &runs });
        found.iter().map(Found::bound).collect()
    }

    /// The answer to one query, by all threads.
    pub(super) fn one(&self, asked: &Asked<'_>, isa: Isa, bytes: ByteIsa) -> Best {
        if !asked.is_bounded {
            return self.best_of_all(asked, isa);
        }
        let guess = self.guesses(&[asked], bytes)[0];
        let mut found = self.find_alone(asked, guess, bytes);
        if asked.at_least.is_none() && !found.is_proven() {
            found = self.find_alone(asked, f32::NEG_INFINITY, bytes);
        }
        self.best(asked, &found, isa)
    }

    /// What may be among the best of one query, by all threads.
    fn find_alone<'a>(&'a self, asked: &'a Asked<'_>, guess: f32, bytes: ByteIsa) -> Found<'a> {
        let codes = self.codes();
        let n_panels = codes.n_panels();
        let threads = rayon::current_num_threads();
        let part = |thread: usize| {
            let mut found = [asked.find(self, asked.k, guess)];
            let starts = (0..n_panels).step_by(RUN).skip(thread).step_by(threads);
            let runs: Vec<_> = starts.map(|start| (start, n_panels.min(start + RUN))).collect();
            bytes.run(Scan { codes, found: &mut found, runs: &runs });
            let [found] = found;
            found
        };
        let parts: Vec<Found<'_>> = (0..threads).into_par_iter().map(part).collect();
        let join = |mut all: Found<'a>, part| {
            all.join(part, codes);
            all
        };
        parts.into_iter().reduce(join).expect("there is a thread")
    }

    /// The best of those that may be.
    fn best(&self, asked: &Asked<'_>, found: &Found<'_>, isa: Isa) -> Best {
        if found.is_flat() {
            return self.best_of_all(asked, isa);
        }
        let unbounded =
            (self.n_bounded..number(self.n_places())).filter(|&place| asked.may_have(place));
        let mut places: Vec<u32> = found.likely().collect();
        let n_likely = places.len();
        places.extend(unbounded);
        let mut scored = self.scored(&places, asked, isa);
        // The dots of those that are likely among the best leave fewer of the others.
        let kth = lowest_of_best(&scored[..n_likely], asked.k);
        places.clear();
        places.extend(found.others(kth));
        scored.extend(self.scored(&places, asked, isa));
        top_k_among(scored, asked.k)
    }

    /// The best of all places that may be found, each dot computed.
    fn best_of_all(&self, asked: &Asked<'_>, isa: Isa) -> Best {
        let all = 0..number(self.n_places());
        self.best_of(&all.filter(|&place| asked.may_have(place)).collect::<Vec<_>>(), asked, isa)
    }

    /// The best of a few places, each dot computed.
    pub(super) fn best_of_mask(&self, mask: &Mask, asked: &Asked<'_>, isa: Isa) -> Best {
        let places = mask.places().filter(|&place| asked.may_have(place));
        self.best_of(&places.collect::<Vec<_>>(), asked, isa)
    }

    /// The best of some places, each dot computed.
    fn best_of(&self, places: &[u32], asked: &Asked<'_>, isa: Isa) -> Best {
        top_k_among(self.scored(places, asked, isa), asked.k)
    }

    /// Rows and their dots.
    fn scored(&self, places: &[u32], asked: &Asked<'_>, isa: Isa) -> Vec<(u32, f32)> {
        let mut dots = vec![0.0; places.len()];
        self.stored.dots(self.codes(), places, &asked.query, &mut dots, isa);
        let row_at = &*self.places.row_at;
        places.iter().map(|&place| row_at[place as usize]).zip(dots).collect()
    }
}

/// The k-th best score of at most k; nothing is known where there are fewer.
fn lowest_of_best(scored: &[(u32, f32)], k: usize) -> f32 {
    if scored.len() < k {
        return f32::NEG_INFINITY;
    }
    scored.iter().map(|(_, score)| *score).fold(f32::INFINITY, f32::min)
}

/// A small number without its fraction.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "not negative, below 2³²"
)]
fn whole(x: f64) -> usize {
    x as usize
}
