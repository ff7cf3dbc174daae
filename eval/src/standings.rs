//! Which models differ by more than chance?

use measure::{Bootstrap, compare, holm};

/// How a model stands in a metric beside the best.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standing {
    /// The best's mean less this model's, and the middle 95 % of it over draws of users.
    pub behind: f64,
    /// Its interval.
    pub interval: (f64, f64),
    /// How likely so large a difference is by chance, raised for the number of models compared (Holm); 1 for the best.
    pub p: f64,
}

impl Standing {
    /// Whether chance is ruled out at 5 %.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.p < 0.05
    }
}

/// Compares each model with the one of the highest mean in a metric, over the same users.
///
/// `None` where a model has no such number.
#[must_use]
pub fn standings(
    means: &[Option<f64>],
    bootstraps: &[Bootstrap],
    metric: usize,
) -> Vec<Option<Standing>> {
    let known = means.iter().enumerate().filter_map(|(model, mean)| Some((model, (*mean)?)));
    let Some((best, highest)) = known.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))) else {
        return vec![None; means.len()];
    };
    let of_model = |(model, bootstrap): (usize, &Bootstrap)| {
        let found = compare(&bootstraps[best], bootstrap, metric)?;
        Some(Standing { behind: highest - means[model]?, interval: found.interval, p: found.p })
    };
    let mut standings: Vec<Option<Standing>> =
        bootstraps.iter().enumerate().map(of_model).collect();
    let others = || (0..means.len()).filter(|&model| model != best);
    let compared: Vec<usize> = others().filter(|&model| standings[model].is_some()).collect();
    let p: Vec<f64> = compared.iter().filter_map(|&model| Some(standings[model]?.p)).collect();
    for (&model, p) in compared.iter().zip(holm(&p)) {
        if let Some(standing) = &mut standings[model] {
            standing.p = p;
        }
    }
    standings
}

#[cfg(test)]
mod tests {
    use measure::{Bootstrap, PerUser};

    use super::standings;

    #[test]
    fn a_clear_loser_is_behind_and_a_twin_is_not() {
        let per_user = |value: fn(u32) -> f64| {
            let mut users = PerUser::new(1);
            (0..200).for_each(|u| users.push(&[Some(value(u))]));
            users
        };
        let spread = |u: u32| f64::from(u * 37 % 100) / 100.0;
        let models = [
            per_user(|u| f64::from(u * 37 % 100) / 100.0 - 0.1),
            per_user(spread),
            per_user(spread),
        ];
        let bootstraps: Vec<Bootstrap> =
            models.iter().map(|users| Bootstrap::new(users, 500, 3)).collect();
        let means: Vec<_> = models.iter().map(|users| users.means()[0]).collect();
        let found = standings(&means, &bootstraps, 0);
        let [loser, best, twin] = [found[0], found[1], found[2]].map(Option::unwrap);
        assert!(loser.is_behind() && (loser.behind - 0.1).abs() < 1e-9, "{loser:?}");
        assert!(!best.is_behind() && !twin.is_behind() && twin.behind == 0.0, "{twin:?}");
        // Always a tenth behind, by the last bit.
        assert!(loser.p < 1e-9, "{loser:?}");
        assert_eq!(standings(&[None], &bootstraps[..1], 0), [None]);
    }
}
