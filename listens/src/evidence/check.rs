//! Can every number of the configuration be used?

use super::{Evidence, Kind};

/// A value that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unusable {
    /// The key, in full.
    pub key: String,
    /// What would do.
    pub expected: &'static str,
    /// What came.
    pub got: String,
}

const POSITIVE: &str = "a positive number";
const AT_LEAST_0: &str = "a number of at least 0";
const SHARE: &str = "a number from 0 to 1";

impl Evidence {
    /// The first value that cannot be used.
    #[must_use]
    pub fn unusable(&self) -> Option<Unusable> {
        let positive = [
            ("alpha", self.alpha),
            ("eps", self.eps),
            ("bm25_k1", self.bm25_k1),
            ("cleaning.overnight_hours", self.cleaning.overnight_hours),
            ("cleaning.burst_listens", self.cleaning.burst_listens.into()),
            ("cleaning.loop_listens", self.cleaning.loop_listens.into()),
        ];
        let at_least_0 = [
            ("half_life_days", self.half_life_days),
            ("short_half_life_days", self.short_half_life_days),
            ("completed_secs", self.completed_secs),
            ("completed_share", self.completed_share),
            ("skip_secs", self.skip_secs),
            ("early_secs", self.early_secs),
        ];
        let cleaning = &self.cleaning;
        let shares = [
            ("short_share", self.short_share),
            ("decay_floor", self.decay_floor),
            ("bm25_b", self.bm25_b),
            ("short_play", self.short_play),
            ("cleaning.double", cleaning.double),
            ("cleaning.impossible", cleaning.impossible),
            ("cleaning.contradiction", cleaning.contradiction),
            ("cleaning.overlap", cleaning.overlap),
            ("cleaning.burst", cleaning.burst),
            ("cleaning.loop", cleaning.looped),
            ("cleaning.overnight", cleaning.overnight),
            ("cleaning.clock", cleaning.clock),
            ("cleaning.cap", cleaning.cap),
        ];
        first(&positive, POSITIVE, |value| value.is_finite() && value > 0.0)
            .or_else(|| first(&at_least_0, AT_LEAST_0, |value| value.is_finite() && value >= 0.0))
            .or_else(|| first(&shares, SHARE, |value| (0.0..=1.0).contains(&value)))
            .or_else(|| self.kinds.iter().find_map(|(name, kind)| kind.unusable("kinds", name)))
            .or_else(|| self.own.iter().find_map(|(name, kind)| kind.unusable("own", name)))
    }
}

impl Kind {
    fn unusable(self, table: &str, name: &str) -> Option<Unusable> {
        let refuse = |field: &str, expected, got: f64| {
            let key = format!("evidence.{table}.{name}.{field}");
            Some(Unusable { key, expected, got: got.to_string() })
        };
        let half_life = self.half_life_days.unwrap_or(0.0);
        if !(-1.0..=1.0).contains(&self.value) {
            refuse("value", "a number from -1 to 1", self.value)
        } else if !(self.confidence.is_finite() && self.confidence >= 0.0) {
            refuse("confidence", AT_LEAST_0, self.confidence)
        } else if !(half_life.is_finite() && half_life >= 0.0) {
            refuse("half_life_days", AT_LEAST_0, half_life)
        } else {
            None
        }
    }
}

fn first(
    values: &[(&str, f64)],
    expected: &'static str,
    is_usable: impl Fn(f64) -> bool,
) -> Option<Unusable> {
    let (key, got) = values.iter().find(|(_, value)| !is_usable(*value))?;
    Some(Unusable { key: format!("evidence.{key}"), expected, got: got.to_string() })
}
