//! A listener's history: what is believed of its pairs, by the rules and the crowd of a snapshot?

use jiff::Timestamp;
use listens::{Crowd, Evidence, First, Positives, Weighed, confidences};
use music::{ListenerId, RecordingId, Shown};

use crate::{Error, Folder, Snapshot};

/// One pair.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Believed {
    pub(crate) recording: RecordingId,
    /// Positive.
    pub(crate) confidence: f32,
    pub(crate) is_liked: bool,
    pub(crate) last: Option<Timestamp>,
}

/// What was shown to a listener, ascending by moment.
pub(crate) fn shown(folder: &Folder, listener: ListenerId) -> Result<Vec<Shown>, Error> {
    Ok(folder.store.all_shown(Some(listener))?.remove(&listener).unwrap_or_default())
}

/// The pairs of a weighed history of which anything is believed, ascending by recording; before a first training without a
/// crowd.
pub(crate) fn believed(
    weighed: &[Weighed],
    snapshot: Option<&Snapshot>,
    evidence: &Evidence,
) -> Vec<Believed> {
    let pairs: Vec<_> = weighed.iter().map(|one| (one.recording, one.evidence)).collect();
    let likers = |recording| {
        let item = snapshot.and_then(|snapshot| Some((snapshot, snapshot.rows.ix(recording)?)));
        item.map_or(0, |(snapshot, item)| snapshot.liked_by(item))
    };
    let crowd = snapshot.and_then(|snapshot| {
        let mean_evidence = snapshot.manifest.mean_evidence?;
        let n_listeners = snapshot.manifest.n_listeners;
        Some(Crowd { mean_evidence, n_listeners, likers: &likers })
    });
    let confidences = confidences(&pairs, evidence, crowd.as_ref());
    let believed = weighed.iter().zip(confidences).filter(|(_, confidence)| *confidence > 0.0);
    believed
        .map(|(one, confidence)| Believed {
            recording: one.recording,
            confidence,
            is_liked: one.is_liked(),
            last: one.last,
        })
        .collect()
}

/// The evidence from which a training learns, which for discovery is not that of all plays.
///
/// There a first listen that later became loved is as good as a like, and one that was dropped no better than a play in
/// part; how often it was replayed is context, from which a listener's own vector is solved.
pub(crate) fn learned(weighed: &Weighed, evidence: &Evidence) -> f64 {
    let e = weighed.evidence;
    match (evidence.positives, weighed.first) {
        (Positives::Discoveries, First::Loved) if e > 0.0 => evidence.worth("like"),
        (Positives::Discoveries, First::Dropped) if e > 0.0 => e.min(evidence.worth("partial")),
        _ => e,
    }
}
