//! A thousand scored candidates: which thirty, in which order?
//!
//! Rules first, then a balance of score, variety, proportion and fairness; nothing here is learned, and no rule is ever
//! relaxed to fill a list.

mod blend;
mod calibration;
mod candidate;
mod caps;
mod explore;
mod order;
mod pick;
mod prices;
mod quotas;
mod relevance;
mod rules;
mod slate;
#[cfg(test)]
mod testing;
mod variety;

pub use blend::{Shared, blend};
pub use candidate::{Candidate, Mix};
pub use caps::Full;
pub use explore::Slot;
pub use order::Sound;
pub use pick::Values;
pub use prices::{Exposure, attention, prices};
pub use rules::{Rules, Variety};
pub use slate::{Fate, Line, Slate, fate, slate};
