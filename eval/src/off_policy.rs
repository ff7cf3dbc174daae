//! What would exploration slots have brought, had they been drawn another way?
//!
//! The ledger keeps for each exploration slot what could have been drawn and how probably, after all stages; only these
//! lines claim unbiased estimates, see [`measure::inverse_propensity`].
//! What a line brought is the caller's to say: a like, a play within the week, the hidden taste of a simulated listener.

use measure::Drawn;
use music::{ListenerId, RecordingId, Slot, Week};
use store::Store;

use crate::Error;

#[cfg(test)]
mod tests;

/// An exploration slot of a list that was handed over.
#[derive(Clone, Debug, PartialEq)]
pub struct DrawnSlot {
    /// For which week.
    pub week: Week,
    /// What was drawn; never an alias.
    pub drawn: RecordingId,
    /// What it was drawn from.
    pub slot: Slot,
}

impl DrawnSlot {
    /// The draw as another policy sees it, which would have drawn each candidate with such a chance; they sum to 1.
    ///
    /// `None` where the slot does not say that what was drawn could be.
    ///
    /// # Panics
    /// When there are not as many chances as candidates.
    #[must_use]
    pub fn seen_by(&self, chances: &[f64], reward: f64) -> Option<Drawn> {
        let candidates = &self.slot.candidates;
        assert_eq!(chances.len(), candidates.len(), "a chance for each candidate expected");
        // Two candidates that were found to be one recording since are drawn when either is.
        let (mut logged, mut other) = (0.0, 0.0);
        for (candidate, chance) in candidates.iter().zip(chances) {
            if candidate.recording == self.drawn {
                logged += f64::from(candidate.probability);
                other += chance;
            }
        }
        (logged > 0.0).then_some(Drawn { reward, logged, other })
    }
}

/// Every exploration slot of a listener's lists, by list, then position.
///
/// # Errors
/// When the store cannot be read.
pub fn drawn_slots(store: &Store, listener: ListenerId) -> Result<Vec<DrawnSlot>, Error> {
    let mut drawn = Vec::new();
    for (id, list) in store.lists(listener).map_err(engine::Error::from)? {
        for slot in store.slots(id).map_err(engine::Error::from)? {
            let line = (slot.position as usize).checked_sub(1).and_then(|at| list.lines.get(at));
            drawn.extend(line.map(|line| DrawnSlot {
                week: list.week,
                drawn: line.recording,
                slot,
            }));
        }
    }
    Ok(drawn)
}
