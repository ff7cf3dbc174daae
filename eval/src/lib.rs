//! A recommender: how good is it, against which baselines, within which error bars?
//!
//! A [`Task`] is what a model may learn from and what it is asked; [`judge`] asks a fitted model, and [`standings`] says
//! which models differ by more than chance.
//! [`tune`] looks for the settings with which a model does best, without a look at the test; [`plot`] draws.
//! [`closed_loop`] hands over lists for weeks to simulated listeners who react to them; [`drawn_slots`] are what a ledger
//! knows of lines left to chance.
//! The numbers are [`measure`]'s, the models [`models`]'; the caller owns the clock.

mod closed_loop;
mod error;
mod judge;
mod off_policy;
pub mod plot;
mod report;
mod standings;
mod task;
pub mod tune;

pub use closed_loop::{Course, MadeBy, WeekReport, closed_loop};
pub use error::Error;
pub use judge::{Judgement, Reading, judge, metric_names};
pub use off_policy::{DrawnSlot, drawn_slots};
pub use report::{About, Entry, Figure, RESAMPLES, Report, page};
pub use standings::{Standing, standings};
pub use task::{
    Asked, Counts, Cut, Genres, Grouping, Moments, Objective, Relevance, Source, Split, Task,
    Values, Window, number_of,
};
