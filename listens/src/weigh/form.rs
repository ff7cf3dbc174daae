//! How does evidence become confidence?

use music::RecordingId;

use crate::{Evidence, Form};

/// What is known of all listeners together; only [`Form::Bm25`] asks.
#[derive(Clone, Copy)]
pub struct Crowd<'a> {
    /// Mean over listeners of their whole evidence, signs left out.
    pub mean_evidence: f64,
    /// Listeners.
    pub n_listeners: usize,
    /// Listeners who like a recording.
    pub likers: &'a dyn Fn(RecordingId) -> u32,
}

impl std::fmt::Debug for Crowd<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Crowd")
            .field("mean_evidence", &self.mean_evidence)
            .field("n_listeners", &self.n_listeners)
            .finish_non_exhaustive()
    }
}

/// The confidence of each pair of one listener, from its evidence; 0 only where evidence for and against cancel out.
///
/// Without a crowd, `bm25` takes the listener for a mean one and every recording for equally known.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "a confidence needs no more than seven digits")]
pub fn confidences(
    pairs: &[(RecordingId, f64)],
    evidence: &Evidence,
    crowd: Option<&Crowd<'_>>,
) -> Vec<f32> {
    let whole: f64 = pairs.iter().map(|(_, e)| e.abs()).sum();
    let mean = whole / pairs.len().max(1) as f64;
    let length = crowd.map_or(1.0, |crowd| whole / crowd.mean_evidence);
    let idf = |recording| {
        crowd.map_or(1.0, |crowd| {
            let (n, df) = (crowd.n_listeners as f64, f64::from((crowd.likers)(recording)));
            ((n - df + 0.5) / (df + 0.5)).ln_1p()
        })
    };
    let Evidence { alpha, eps, bm25_k1: k1, bm25_b: b, .. } = *evidence;
    let confidence = |&(recording, e): &(RecordingId, f64)| {
        let e = e.abs();
        if e == 0.0 {
            return 0.0;
        }
        let bent = match evidence.form {
            Form::Linear => e / eps,
            Form::Log => (e / eps).ln_1p(),
            Form::Normalized => (e / (eps * mean)).ln_1p(),
            Form::Bm25 => idf(recording) * e * (k1 + 1.0) / (e + k1 * (1.0 - b + b * length)),
        };
        (alpha * bent) as f32
    };
    pairs.iter().map(confidence).collect()
}
