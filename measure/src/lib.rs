//! A ranked list and the truth: how good, how sure?
//!
//! A [`Verdict`] says where a ranking put what a user wanted; [`ACCURACY`] are the numbers that follow from it.
//! [`Catalogue`] and [`Exposure`] say what kind of items lists show, [`Bootstrap`] how sure a mean over users is,
//! [`compare`] whether one model beats another, [`inverse_propensity`] what another policy would have brought,
//! [`Mix`] whether a list keeps the proportions of its user, [`split`] what a model may see and what it is asked.
//! Nothing in here reads a file, a clock or the environment; chance comes from a seed.

mod accuracy;
mod bootstrap;
mod calibration;
mod chance;
mod compare;
mod exposure;
mod groups;
mod off_policy;
pub mod split;

pub use accuracy::{ACCURACY, AUC, Accuracy, Verdict};
pub use bootstrap::{Bootstrap, PerUser, gap};
pub use calibration::Mix;
pub use chance::below;
pub use compare::{Comparison, compare, holm};
pub use exposure::{Catalogue, Exposure};
pub use groups::{Bucket, buckets, thirds};
pub use off_policy::{Drawn, Estimate, inverse_propensity, self_normalized};
