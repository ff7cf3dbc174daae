//! Which number is to be as high as it can be?

use std::str::FromStr;

use measure::Bootstrap;
use models::{Recommender, nearest};

use crate::{Error, RESAMPLES, Task, judge, metric_names};

/// Length of the lists where a metric does not say it.
const K: usize = 20;

/// A metric of the judge, such as `ndcg@20`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goal {
    /// As the judge calls it.
    pub name: String,
    k: usize,
    metric: usize,
}

/// A mean over users.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// The mean.
    pub value: f64,
    /// Its middle 95 % over draws of the users.
    pub interval: (f64, f64),
}

impl FromStr for Goal {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let k = text
            .split_once('@')
            .and_then(|(_, k)| k.parse().ok())
            .filter(|k| (1..=10_000_000).contains(k));
        let k: usize = k.unwrap_or(K);
        let names = metric_names(&[k]);
        let Some(metric) = names.iter().position(|metric| metric.name == text) else {
            let nearest = nearest(text, names.iter().map(|metric| metric.name.as_str()));
            let nearest = nearest.expect("there are metrics").to_owned();
            return Err(Error::UnknownGoal { got: text.to_owned(), nearest });
        };
        Ok(Self { name: text.to_owned(), k, metric })
    }
}

impl Goal {
    /// How well a model does; `None` where no user has such a number.
    pub(super) fn score(&self, task: &Task, model: &dyn Recommender, seed: u64) -> Option<Score> {
        let (value, drawn) = self.drawn(task, model, seed)?;
        Some(Score { value, interval: drawn.interval(0)? })
    }

    /// The mean, and the mean in each draw of the users.
    pub(super) fn drawn(
        &self,
        task: &Task,
        model: &dyn Recommender,
        seed: u64,
    ) -> Option<(f64, Bootstrap)> {
        let judgement = judge(task, model, &[self.k]);
        let numbers = judgement.per_user.only(self.metric);
        let value = *numbers.means().first()?;
        Some((value?, Bootstrap::new(&numbers, RESAMPLES, seed)))
    }
}

#[cfg(test)]
mod tests {
    use super::Goal;

    #[test]
    fn any_metric_of_the_judge_is_a_goal_and_others_are_refused_with_the_nearest() {
        for name in ["ndcg@20", "recall@5", "auc", "recall_tail@50"] {
            assert_eq!(name.parse::<Goal>().map(|goal| goal.name).ok().as_deref(), Some(name));
        }
        let refusal = |text: &str| text.parse::<Goal>().unwrap_err().to_string();
        assert!(refusal("ncdg@10").contains("`ndcg@10`"), "{}", refusal("ncdg@10"));
        assert!(refusal("ndcg").contains("`ndcg@20`"), "{}", refusal("ndcg"));
        assert!(refusal("ndcg@0").contains("`ndcg@20`"), "{}", refusal("ndcg@0"));
    }
}
