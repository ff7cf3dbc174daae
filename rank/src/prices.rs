//! Who has had more attention than the relevance deserves?
//!
//! Amortized fairness (Biega, Gummadi & Weikum, SIGIR 2018): attention, summed over weeks, is to be in proportion to
//! relevance, summed over the same weeks. Where it is not, exposure gets a price, in units of relevance:
//!
//! ```text
//! deserved(s) = Σ attention · relevance(s) / Σ relevance
//! price(s)    = clamp(STRENGTH · ln((attention(s) + PRIOR) / (deserved(s) + PRIOR)), −MOST, MOST)
//! ```
//!
//! Prices are of the weeks before, so that one listener's list does not depend on who was served first this week.

/// Relevance that e times too much attention costs.
const STRENGTH: f64 = 0.1;
/// The largest price either way.
const MOST: f64 = 0.3;
/// Attention below which no proportion says much: about five first places.
const PRIOR: f64 = 5.0;

/// What a subject, an artist or a group, has had and has deserved.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Exposure {
    /// Sum of [`attention`] over all lines that it stood in.
    pub attention: f64,
    /// Sum of its share of each list's relevance.
    pub relevance: f64,
}

/// How much a line is looked at by its position, from 1: the discount of DCG, 1 / log2(1 + position).
///
/// # Panics
/// At position 0.
#[must_use]
pub fn attention(position: u32) -> f64 {
    assert!(position > 0, "a position of at least 1 expected");
    1.0 / (1.0 + f64::from(position)).log2()
}

/// The price of each subject; 0 for all as long as nobody has had or deserved anything.
#[must_use]
pub fn prices(exposures: &[Exposure]) -> Vec<f32> {
    let attention: f64 = exposures.iter().map(|of| of.attention).sum();
    let relevance: f64 = exposures.iter().map(|of| of.relevance).sum();
    if attention == 0.0 || relevance == 0.0 {
        return vec![0.0; exposures.len()];
    }
    let price = |of: &Exposure| {
        let deserved = attention * of.relevance / relevance;
        let price = STRENGTH * ((of.attention + PRIOR) / (deserved + PRIOR)).ln();
        #[expect(clippy::cast_possible_truncation, reason = "a price is no finer than a relevance")]
        let price = price.clamp(-MOST, MOST) as f32;
        price
    };
    exposures.iter().map(price).collect()
}

#[cfg(test)]
mod tests {
    use super::{Exposure, attention, prices};

    #[test]
    fn attention_falls_as_dcg_discounts() {
        assert_eq!(attention(1), 1.0);
        assert_eq!(attention(3), 0.5);
    }

    #[test]
    fn who_had_more_than_deserved_pays_and_who_had_less_is_paid() {
        // Of 100 attention 75 and 25 are had, 50 and 50 deserved: ln(80/55) and ln(30/55), a tenth of each.
        let of = |attention, relevance| Exposure { attention, relevance };
        let prices = prices(&[of(75.0, 1.0), of(25.0, 1.0)]);
        assert!((prices[0] - 0.037_47).abs() < 1e-4, "{prices:?}");
        assert!((prices[1] + 0.060_61).abs() < 1e-4, "{prices:?}");
    }

    #[test]
    fn a_fair_world_and_an_empty_one_have_no_prices() {
        let fair = Exposure { attention: 10.0, relevance: 2.0 };
        assert_eq!(prices(&[fair, fair]), [0.0, 0.0]);
        assert_eq!(prices(&[Exposure::default(); 2]), [0.0, 0.0]);
    }
}
