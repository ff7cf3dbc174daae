//! Does a list keep the proportions of what its user hears?
//!
//! Steck, Calibrated Recommendations (RecSys 2018): p(g|u) is the mix of genres in the history, q(g|u) that of the list;
//! C_KL(p, q) = Σ_g p(g|u)·ln(p(g|u) / q̃(g|u)) with q̃ = (1 − α)·q + α·p, eq. 5 and 6.
//! 0 where the proportions are kept; the largest value, −ln α, is that of a list without a genre of the history.

/// α of q̃, as in the paper.
const SMOOTHING: f64 = 0.01;

/// A mix of genres: shares that sum to 1, ascending by genre.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mix {
    shares: Vec<(u32, f64)>,
}

impl Mix {
    /// The mix of some items, each with its weight and the shares of its genres; items without genres say nothing.
    ///
    /// `None` where no item has a genre.
    #[must_use]
    pub fn of<'a>(items: impl Iterator<Item = (f64, &'a [(u32, f32)])>) -> Option<Self> {
        let (mut parts, mut all) = (Vec::new(), 0.0);
        for (weight, genres) in items.filter(|(_, genres)| !genres.is_empty()) {
            all += weight;
            parts.extend(genres.iter().map(|&(genre, share)| (genre, weight * f64::from(share))));
        }
        // Stable, so that sums run in the order of the items.
        parts.sort_by_key(|(genre, _)| *genre);
        let share = |of_one: &[(u32, f64)]| {
            (of_one[0].0, of_one.iter().map(|(_, part)| part).sum::<f64>() / all)
        };
        let shares = parts.chunk_by(|a, b| a.0 == b.0).map(share).collect();
        (all > 0.0).then_some(Self { shares })
    }

    /// How far a list's mix is from this one, C_KL(p, q).
    #[must_use]
    pub fn miscalibration(&self, list: &Self) -> f64 {
        let divergence = |&(genre, p): &(u32, f64)| {
            let found = list.shares.binary_search_by_key(&genre, |(genre, _)| *genre);
            let q = found.map_or(0.0, |place| list.shares[place].1);
            p * (p / ((1.0 - SMOOTHING) * q + SMOOTHING * p)).ln()
        };
        self.shares.iter().filter(|(_, p)| *p > 0.0).map(divergence).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::Mix;

    fn mix(items: &[(f64, &[(u32, f32)])]) -> Mix {
        Mix::of(items.iter().copied()).unwrap()
    }

    #[test]
    fn a_list_in_the_proportions_of_the_history_is_calibrated() {
        let history = mix(&[(3.0, &[(0, 1.0)]), (1.0, &[(1, 1.0)]), (9.0, &[])]);
        assert!(history.miscalibration(&mix(&[(1.0, &[(0, 0.75), (1, 0.25)])])).abs() < 1e-7);
        // p = (3/4, 1/4), q = (1, 0): 3/4·ln(0.75/(0.99 + 0.0075)) + 1/4·ln(1/0.01)
        let expected = 0.75 * (0.75_f64 / 0.9975).ln() + 0.25 * 100.0_f64.ln();
        let got = history.miscalibration(&mix(&[(1.0, &[(0, 1.0)])]));
        assert!((got - expected).abs() < 1e-9, "{expected} expected, got {got}");
    }

    #[test]
    fn nothing_of_the_history_in_the_list_is_the_worst() {
        let got = mix(&[(1.0, &[(0, 1.0)])]).miscalibration(&mix(&[(1.0, &[(1, 1.0)])]));
        assert!((got - 100.0_f64.ln()).abs() < 1e-9, "{got}");
        assert_eq!(Mix::of([(1.0, &[][..])].into_iter()), None);
    }
}
