//! How good over several folds?

use std::collections::BTreeMap;

use measure::PerUser;

use super::Judgement;

impl Judgement {
    /// One judgement of several of the same model and metrics: each user's numbers are the means over the folds that
    /// have them, so that a user counts once; coverage and Gini are means, ties a sum.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn average(mut folds: Vec<Self>) -> Self {
        if folds.len() == 1 {
            return folds.swap_remove(0);
        }
        let first = folds.first().expect("a judgement expected");
        let (readings, gaps) = (first.readings.clone(), first.gaps.clone());
        let mut users: BTreeMap<u64, Vec<(f64, f64)>> = BTreeMap::new();
        for fold in &folds {
            let places: Vec<Option<usize>> = readings
                .iter()
                .map(|reading| fold.readings.iter().position(|other| other.name == reading.name))
                .collect();
            for (user, who) in fold.who.iter().enumerate() {
                let sums = users.entry(*who).or_insert_with(|| vec![(0.0, 0.0); readings.len()]);
                for (place, (sum, n)) in places.iter().zip(sums) {
                    let value = place.and_then(|metric| fold.per_user.value(user, metric));
                    *sum += value.unwrap_or(0.0);
                    *n += f64::from(u8::from(value.is_some()));
                }
            }
        }
        let mut per_user = PerUser::new(readings.len());
        for sums in users.values() {
            let means: Vec<Option<f64>> =
                sums.iter().map(|&(sum, n)| (n > 0.0).then(|| sum / n)).collect();
            per_user.push(&means);
        }
        let who = users.into_keys().collect();
        let ties = folds.iter().map(|fold| fold.ties).sum();
        Self { exposure: exposure(&folds), readings, gaps, who, per_user, ties }
    }
}

fn exposure(folds: &[Judgement]) -> Vec<(usize, f64, f64)> {
    let n = folds.len() as f64;
    let ks = folds[0].exposure.iter().enumerate();
    let mean = |(place, &(k, ..)): (usize, &(usize, f64, f64))| {
        let of = |number: fn(&(usize, f64, f64)) -> f64| {
            folds.iter().map(|fold| number(&fold.exposure[place])).sum::<f64>() / n
        };
        (k, of(|(_, coverage, _)| *coverage), of(|(_, _, gini)| *gini))
    };
    ks.map(mean).collect()
}

#[cfg(test)]
mod tests {
    use measure::PerUser;

    use super::super::{Judgement, Reading};

    fn fold(who: &[u64], values: &[Option<f64>], coverage: f64) -> Judgement {
        let mut per_user = PerUser::new(1);
        values.iter().for_each(|value| per_user.push(&[*value]));
        let readings = vec![Reading { name: "recall@1".to_owned(), formula: String::new() }];
        let exposure = vec![(1, coverage, 0.5)];
        Judgement { readings, gaps: vec![], who: who.to_vec(), per_user, exposure, ties: 2 }
    }

    #[test]
    fn a_user_of_several_folds_counts_once_with_the_mean() {
        let folds = vec![
            fold(&[7, 8], &[Some(1.0), None], 0.2),
            fold(&[8, 7, 9], &[Some(0.5), Some(0.0), Some(0.25)], 0.4),
        ];
        let all = Judgement::average(folds);
        assert_eq!(all.who, [7, 8, 9]);
        let values: Vec<_> = (0..3).map(|user| all.per_user.value(user, 0)).collect();
        assert_eq!(values, [Some(0.5), Some(0.5), Some(0.25)]);
        assert!((all.exposure[0].1 - 0.3).abs() < 1e-12 && all.ties == 4);
    }
}
