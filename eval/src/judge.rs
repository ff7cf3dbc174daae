//! How good is a fitted model at a task?
//!
//! Everybody asked is ranked the whole catalogue without the user's training items; users go in blocks over all cores,
//! and no matrix of all scores exists.
//! A user of the training is represented by the vector that the training ended with, where the model has one; everybody
//! else by what the model makes of the history (fold-in).

mod folds;
mod groups;
mod sheet;
mod users;

use linalg::{Isa, Matrix, Panels, Question, Ranking, rank_scores};
use measure::{
    ACCURACY, AUC, Accuracy, Bucket, Catalogue, Exposure, Mix, PerUser, Verdict, buckets,
};
use models::{History, Query, Recommender};
use music::ItemIx;
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSlice;

use crate::{Asked, Grouping, Task};
use groups::{groupings, history};
use users::Users;

pub use sheet::{Reading, metric_names};

/// Users ranked together.
const BLOCK_USERS: usize = 128;

/// What one model's lists are worth.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// What the numbers are: those of [`metric_names`], then those that the task adds.
    pub readings: Vec<Reading>,
    /// What the gap between groups of users is called, and the places of the groups' numbers.
    pub gaps: Vec<(String, Vec<usize>)>,
    /// Who each of the users is.
    pub who: Vec<u64>,
    /// The numbers of each user asked, in the order of the readings.
    pub per_user: PerUser,
    /// For each k, the share of the catalogue that is in any list, and the Gini coefficient of exposure.
    pub exposure: Vec<(usize, f64, f64)>,
    /// Relevant items of the catalogue whose score another ranked item has as well, so that the row decided.
    pub ties: usize,
}

/// Asks a fitted model about everybody.
///
/// # Panics
/// When the model was fitted to other rows, or `ks` is empty.
#[must_use]
pub fn judge(task: &Task, recommender: &dyn Recommender, ks: &[usize]) -> Judgement {
    assert_eq!(recommender.n_items(), task.heard.n_cols(), "a model of the task's items expected");
    let judge = Judge::new(task, recommender, ks);
    let blocks = task.asked.par_chunks(BLOCK_USERS).enumerate();
    let judged: Vec<Vec<Judged>> =
        blocks.map(|(block, asked)| judge.block(block * BLOCK_USERS, asked)).collect();
    judge.sum_up(judged.into_iter().flatten())
}

/// One user's numbers and list; no list where there is nothing to ask for.
struct Judged {
    values: Vec<Option<f64>>,
    list: Vec<u32>,
    ties: usize,
}

struct Judge<'a> {
    task: &'a Task,
    recommender: &'a dyn Recommender,
    ks: &'a [usize],
    longest: usize,
    catalogue: Catalogue,
    buckets: Vec<Bucket>,
    groupings: Vec<Grouping>,
    readings: Vec<Reading>,
    users: Users,
    /// Users between one whose list's diversity is computed and the next.
    diversity_every: usize,
    panels: Option<Panels>,
    /// Whether everybody is represented by the history, as a second stage wants it.
    is_staged: bool,
    isa: Isa,
}

/// Users whose lists' diversity is computed, at most: it reads the users of every listed item.
const DIVERSITY_SAMPLE: usize = 2000;

impl<'a> Judge<'a> {
    fn new(task: &'a Task, recommender: &'a dyn Recommender, ks: &'a [usize]) -> Self {
        let users = Users::of(task);
        // A second stage's scores are no dots of vectors.
        let is_staged = recommender.is_staged();
        let catalogue = Catalogue::new(task.heard.n_rows(), users.counts());
        let groupings = groupings(task, &catalogue);
        let mut readings = metric_names(ks);
        readings.extend(sheet::more_names(task, &groupings, ks));
        Self {
            longest: *ks.iter().max().expect("a k expected"),
            buckets: buckets(catalogue.users()),
            catalogue,
            groupings,
            readings,
            users,
            diversity_every: task.asked.len().div_ceil(DIVERSITY_SAMPLE).max(1),
            panels: recommender.item_vectors().filter(|_| !is_staged).map(Panels::new),
            is_staged,
            isa: Isa::best(),
            task,
            recommender,
            ks,
        }
    }

    /// Judges a block of users, of whom the first has that number among those asked.
    fn block(&self, first: usize, asked: &[Asked]) -> Vec<Judged> {
        let known: Vec<Vec<u32>> = asked.iter().map(|asked| self.left_out(asked)).collect();
        let rankings = self.rank(asked, &known);
        let judged = (first..).zip(asked.iter().zip(&known)).zip(rankings);
        let judged = judged
            .map(|((number, (asked, known)), ranking)| self.user(number, asked, known, &ranking));
        judged.collect()
    }

    fn rank(&self, asked: &[Asked], known: &[Vec<u32>]) -> Vec<Ranking> {
        let queries: Vec<Query> = asked.iter().map(|asked| self.represent(asked)).collect();
        let dense: Option<Vec<&[f32]>> = queries
            .iter()
            .map(|query| match query {
                Query::Dense(vector) => Some(vector.as_slice()),
                Query::Everyone
                | Query::Sparse { .. }
                | Query::Seeded(_)
                | Query::Several(_)
                | Query::Staged { .. } => None,
            })
            .collect();
        if let (Some(panels), Some(dense)) = (&self.panels, dense) {
            let questions: Vec<Question<'_>> = asked
                .iter()
                .zip(known)
                .zip(dense)
                .map(|((asked, known), query)| Question {
                    query,
                    excluded: known,
                    wanted: &asked.wanted,
                })
                .collect();
            return panels.rank(&questions, self.longest, self.isa);
        }
        let mut scores = Matrix::zeros(asked.len(), self.task.heard.n_cols());
        self.recommender.score_batch(&queries, &mut scores);
        let rank = |(row, (asked, known)): (usize, (&Asked, &Vec<u32>))| {
            rank_scores(scores.row_mut(row), known, &asked.wanted, self.longest, self.isa)
        };
        asked.iter().zip(known).enumerate().map(rank).collect()
    }

    /// Items that are not ranked for the user, ascending.
    fn left_out(&self, asked: &Asked) -> Vec<u32> {
        if self.task.ranks_known {
            return Vec::new();
        }
        if let Some(negatives) = &asked.negatives {
            let is_ranked = |item: &u32| {
                negatives.binary_search(item).is_ok() || asked.wanted.binary_search(item).is_ok()
            };
            return (0..).take(self.task.heard.n_cols()).filter(|item| !is_ranked(item)).collect();
        }
        let mut known = history(&self.task.heard, asked).into_owned();
        if !asked.also_known.is_empty() {
            known.extend(&asked.also_known);
            known.sort_unstable();
            known.dedup();
        }
        known
    }

    fn represent(&self, asked: &Asked) -> Query {
        let Some(user) = asked.user else {
            let history = History::new(&asked.shown, &asked.believed);
            return self.recommender.represent(&History { moments: &asked.moments, ..history });
        };
        if let Some(vectors) = self.recommender.user_vectors().filter(|_| !self.is_staged) {
            return Query::Dense(vectors.row(user.0 as usize).to_vec());
        }
        let (items, heard) = self.task.heard.row(user.0 as usize);
        let items: Vec<ItemIx> = items.iter().map(|&item| ItemIx(item)).collect();
        let history = History::new(&items, heard);
        let history = match &self.task.moments {
            Some(all) => {
                let u = user.0 as usize;
                History { moments: all.of(u), country: all.country(u), ..history }
            }
            None => history,
        };
        self.recommender.represent(&history)
    }

    fn user(&self, number: usize, asked: &Asked, left_out: &[u32], ranking: &Ranking) -> Judged {
        let n_ranked = self.task.heard.n_cols() - left_out.len();
        let verdict = |gains: &[f32], unseen: &[f32]| {
            let relevant = ranking.places.iter().zip(gains).filter(|(_, gain)| **gain > 0.0);
            let found: Vec<(u32, f32)> = relevant.map(|(&place, &gain)| (place, gain)).collect();
            (found.len() + unseen.len() > 0).then(|| Verdict::new(found, unseen, n_ranked))
        };
        let others: Vec<Option<Verdict>> =
            asked.others.iter().map(|other| verdict(&other.gains, &other.unseen)).collect();
        let main = verdict(&asked.gains, &asked.unseen);
        let mut list: Vec<u32> = ranking.best.iter().map(|(item, _)| *item).collect();
        let mut values = match &main {
            Some(verdict) => self.basics(number, asked, left_out, &list, verdict, &ranking.places),
            None => vec![None; metric_names(self.ks).len()],
        };
        let mix = main.as_ref().and_then(|_| self.mix_of_history(asked));
        for &k in self.ks {
            for other in &others {
                let of = |metric: &Accuracy| other.as_ref().map(|verdict| (metric.of)(verdict, k));
                let told = ACCURACY.iter().filter(|metric| sheet::by_objective(metric.name));
                values.extend(told.map(of));
            }
            for grouping in &self.groupings {
                values.extend(of_groups(grouping, number, main.as_ref(), k));
            }
            let list = &list[..k.min(list.len())];
            if self.task.genres.is_some() {
                values.push(mix.as_ref().and_then(|mix| self.miscalibration(mix, list)));
            }
        }
        let ties = ranking.ties.iter().zip(&asked.gains);
        let ties = ties.filter(|(ties, gain)| **ties > 0 && **gain > 0.0).count();
        if main.is_none() {
            list.clear();
        }
        Judged { values, list, ties }
    }

    /// The numbers of [`metric_names`].
    fn basics(
        &self,
        number: usize,
        asked: &Asked,
        left_out: &[u32],
        list: &[u32],
        verdict: &Verdict,
        places: &[u32],
    ) -> Vec<Option<f64>> {
        let history = history(&self.task.heard, asked);
        let liked = asked.wanted.iter().zip(&asked.gains).filter(|(_, gain)| **gain > 0.0);
        let liked: Vec<u32> = liked.map(|(&item, _)| item).collect();
        let diversities = if number.is_multiple_of(self.diversity_every) {
            self.users.diversities(list, self.ks)
        } else {
            vec![None; self.ks.len()]
        };
        let mut values = Vec::with_capacity(self.readings.len());
        for (&k, diversity) in self.ks.iter().zip(diversities) {
            let list = &list[..k.min(list.len())];
            values.extend(ACCURACY.iter().map(|metric| Some((metric.of)(verdict, k))));
            values.push(Some(self.catalogue.serendipity(list, k, &liked, left_out)));
            values.push(self.catalogue.popularity(list));
            values.push(self.catalogue.popularity_lift(list, &history));
            values.push(self.catalogue.novelty(list));
            values.push(diversity);
            values.extend(Bucket::ALL.map(|bucket| self.bucket_recall(bucket, asked, places, k)));
        }
        values.push(Some((AUC.of)(verdict, self.longest)));
        values
    }

    /// The genres of what the user likes, where genres are known.
    fn mix_of_history(&self, asked: &Asked) -> Option<Mix> {
        let genres = &self.task.genres.as_ref()?.of;
        let heard = match asked.user {
            Some(user) => self.task.heard.row(user.0 as usize).1,
            None => &asked.believed,
        };
        let items = history(&self.task.heard, asked);
        let liked = items.iter().zip(heard).filter(|(_, heard)| heard.is_liked);
        let of = |item: u32| genres[item as usize].as_slice();
        Mix::of(liked.map(|(&item, heard)| (f64::from(heard.confidence), of(item))))
    }

    /// How far the genres of the list are from those.
    fn miscalibration(&self, history: &Mix, list: &[u32]) -> Option<f64> {
        let genres = &self.task.genres.as_ref()?.of;
        let list = Mix::of(list.iter().map(|&item| (1.0, genres[item as usize].as_slice())))?;
        Some(history.miscalibration(&list))
    }

    /// Recall of the relevant items of a bucket; `None` where the user has none there.
    fn bucket_recall(
        &self,
        bucket: Bucket,
        asked: &Asked,
        places: &[u32],
        k: usize,
    ) -> Option<f64> {
        let liked = asked.gains.iter().map(|gain| *gain > 0.0);
        let pairs = asked.wanted.iter().zip(places).zip(liked).filter(|(_, is_liked)| *is_liked);
        let pairs = pairs.map(|(pair, _)| pair);
        let of_bucket = pairs.filter(|(item, _)| self.buckets[**item as usize] == bucket);
        let (n, hits) = of_bucket.fold((0_u32, 0_u32), |(n, hits), (_, &place)| {
            (n + 1, hits + u32::from((place as usize) < k))
        });
        (n > 0).then(|| f64::from(hits) / f64::from(n))
    }

    fn sum_up(self, judged: impl Iterator<Item = Judged>) -> Judgement {
        let mut per_user = PerUser::new(self.readings.len());
        let mut exposures: Vec<Exposure> =
            self.ks.iter().map(|_| Exposure::new(self.catalogue.n_items())).collect();
        let mut ties = 0;
        for user in judged {
            per_user.push(&user.values);
            for (&k, exposure) in self.ks.iter().zip(&mut exposures) {
                exposure.show(&user.list[..k.min(user.list.len())]);
            }
            ties += user.ties;
        }
        let exposure = self.ks.iter().zip(&exposures);
        let exposure = exposure.map(|(&k, shown)| (k, shown.coverage(), shown.gini())).collect();
        Judgement {
            gaps: sheet::gaps(&self.readings, &self.groupings, self.ks),
            readings: self.readings,
            who: self.task.asked.iter().map(|asked| asked.who).collect(),
            per_user,
            exposure,
            ties,
        }
    }
}

/// The numbers told by group, `None` but in the user's own.
fn of_groups<'a>(
    grouping: &'a Grouping,
    user: usize,
    verdict: Option<&'a Verdict>,
    k: usize,
) -> impl Iterator<Item = Option<f64>> {
    let told = || ACCURACY.iter().filter(|metric| sheet::by_group(metric.name));
    let of_group = move |group| {
        let verdict = verdict.filter(|_| grouping.of[user] == Some(group));
        told().map(move |metric| verdict.map(|verdict| (metric.of)(verdict, k)))
    };
    (0..grouping.groups.len()).flat_map(of_group)
}

#[cfg(test)]
mod tests;
