//! How good is a fitted model at a task?
//!
//! Everybody asked is ranked the whole catalogue without the user's training items; users go in blocks over all cores,
//! and no matrix of all scores exists.
//! A user of the training is represented by the vector that the training ended with, where the model has one; everybody
//! else by what the model makes of the history (fold-in).

mod users;

use linalg::{Isa, Matrix, Panels, Question, Ranking, rank_scores};
use measure::{ACCURACY, AUC, Bucket, Catalogue, Exposure, PerUser, Verdict, buckets};
use models::{History, Query, Recommender};
use music::ItemIx;
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSlice;

use crate::{Asked, Task};
use users::Users;

/// Users ranked together.
const BLOCK_USERS: usize = 64;

/// What one model's lists are worth.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// The numbers of each user asked, in the order of [`metric_names`].
    pub per_user: PerUser,
    /// For each k, the share of the catalogue that is in any list, and the Gini coefficient of exposure.
    pub exposure: Vec<(usize, f64, f64)>,
    /// Relevant items of the catalogue whose score another ranked item has as well, so that the row decided.
    pub ties: usize,
}

/// How a metric is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// `name@k`, or the name alone where there is no k.
    pub name: String,
    /// How it is computed for a user.
    pub formula: String,
}

/// The numbers of each user, in order.
#[must_use]
pub fn metric_names(ks: &[usize]) -> Vec<Reading> {
    let mut names = Vec::new();
    let mut add = |name: String, formula: &str| {
        names.push(Reading { name, formula: formula.to_owned() });
    };
    for k in ks {
        for metric in ACCURACY {
            add(format!("{}@{k}", metric.name), metric.formula);
        }
        add(format!("serendipity@{k}"), "relevant items that the most popular k have not / k");
        add(
            format!("popularity@{k}"),
            "mean share of the training's users who have the listed items",
        );
        add(
            format!("popularity_lift@{k}"),
            "popularity of the list / popularity of the history − 1",
        );
        add(format!("novelty@{k}"), "mean −log₂ popularity of the listed items, in bits");
        add(
            format!("diversity@{k}"),
            "1 − mean cosine between the users of two listed items; of every nth user, some 2,000 in all",
        );
        for bucket in Bucket::ALL {
            let name = bucket.name();
            add(
                format!("recall_{name}@{k}"),
                &format!(
                    "recall of the relevant items in the {name} third of the training's pairs by popularity"
                ),
            );
        }
    }
    add(AUC.name.to_owned(), AUC.formula);
    names
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

/// One user's numbers and list.
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
    users: Users,
    /// Users between one whose list's diversity is computed and the next.
    diversity_every: usize,
    panels: Option<Panels>,
    isa: Isa,
}

/// Users whose lists' diversity is computed, at most: it reads the users of every listed item.
const DIVERSITY_SAMPLE: usize = 2000;

impl<'a> Judge<'a> {
    fn new(task: &'a Task, recommender: &'a dyn Recommender, ks: &'a [usize]) -> Self {
        let users = Users::of(task);
        let catalogue = Catalogue::new(task.heard.n_rows(), users.counts());
        Self {
            longest: *ks.iter().max().expect("a k expected"),
            buckets: buckets(catalogue.users()),
            catalogue,
            users,
            diversity_every: task.asked.len().div_ceil(DIVERSITY_SAMPLE).max(1),
            panels: recommender.item_vectors().map(Panels::new),
            isa: Isa::best(),
            task,
            recommender,
            ks,
        }
    }

    /// Judges a block of users, of whom the first has that number among those asked.
    fn block(&self, first: usize, asked: &[Asked]) -> Vec<Judged> {
        let known: Vec<Vec<u32>> = asked.iter().map(|asked| self.known(asked)).collect();
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
                Query::Everyone | Query::Sparse { .. } | Query::Seeded(_) => None,
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

    /// Items that the user is known to have heard, ascending.
    fn known<'b>(&'b self, asked: &'b Asked) -> Vec<u32> {
        match asked.user {
            Some(user) => self.task.heard.row(user.0 as usize).0.to_vec(),
            None => asked.shown.iter().map(|item| item.0).collect(),
        }
    }

    fn represent(&self, asked: &Asked) -> Query {
        let Some(user) = asked.user else {
            let history = History { items: &asked.shown, heard: &asked.believed };
            return self.recommender.represent(&history);
        };
        if let Some(vectors) = self.recommender.user_vectors() {
            return Query::Dense(vectors.row(user.0 as usize).to_vec());
        }
        let (items, heard) = self.task.heard.row(user.0 as usize);
        let items: Vec<ItemIx> = items.iter().map(|&item| ItemIx(item)).collect();
        self.recommender.represent(&History { items: &items, heard })
    }

    fn user(&self, number: usize, asked: &Asked, known: &[u32], ranking: &Ranking) -> Judged {
        let list: Vec<u32> = ranking.best.iter().map(|(item, _)| *item).collect();
        let found: Vec<(u32, f32)> =
            ranking.places.iter().copied().zip(asked.gains.iter().copied()).collect();
        let verdict = Verdict::new(found, &asked.unseen, self.task.heard.n_cols() - known.len());
        let with_diversity = number.is_multiple_of(self.diversity_every);
        let mut values = Vec::new();
        for &k in self.ks {
            let list = &list[..k.min(list.len())];
            values.extend(ACCURACY.iter().map(|metric| Some((metric.of)(&verdict, k))));
            values.push(Some(self.catalogue.serendipity(list, k, &asked.wanted, known)));
            values.push(self.catalogue.popularity(list));
            values.push(self.catalogue.popularity_lift(list, known));
            values.push(self.catalogue.novelty(list));
            values.push(if with_diversity { self.users.diversity(list) } else { None });
            let recall = |bucket| self.bucket_recall(bucket, asked, &ranking.places, k);
            values.extend(Bucket::ALL.map(recall));
        }
        values.push(Some((AUC.of)(&verdict, self.longest)));
        let ties = ranking.ties.iter().filter(|&&ties| ties > 0).count();
        Judged { values, list, ties }
    }

    /// Recall of the relevant items of a bucket; `None` where the user has none there.
    fn bucket_recall(
        &self,
        bucket: Bucket,
        asked: &Asked,
        places: &[u32],
        k: usize,
    ) -> Option<f64> {
        let pairs = asked.wanted.iter().zip(places);
        let of_bucket = pairs.filter(|(item, _)| self.buckets[**item as usize] == bucket);
        let (n, hits) = of_bucket.fold((0_u32, 0_u32), |(n, hits), (_, &place)| {
            (n + 1, hits + u32::from((place as usize) < k))
        });
        (n > 0).then(|| f64::from(hits) / f64::from(n))
    }

    fn sum_up(&self, judged: impl Iterator<Item = Judged>) -> Judgement {
        let mut per_user = PerUser::new(metric_names(self.ks).len());
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
        Judgement { per_user, exposure, ties }
    }
}

#[cfg(test)]
mod tests;
