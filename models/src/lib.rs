//! Who heard what: which parameters explain it?
//!
//! Everything learned lives here: a [`Spec`] says which model, [`fit`] learns it from a [`Training`],
//! and what comes out is a [`Recommender`], whatever the model.
//! No file, clock or environment: seeds are arguments, progress goes to an observer, parameters come back as [`Array`]s.
//!
//! `heard` is `[n_users × n_items]`; factors are `[rows × dim]`, row-major `f32`.
//! The same input gives the same bits with any number of threads.

pub mod blend;
pub mod ease;
pub mod explicit;
pub mod gf_cf;
pub mod hybrid;
pub mod ials;
pub mod item_knn;
pub mod neumf;
pub mod pairwise;
pub mod popularity;
pub mod pure_svd;
pub mod random;
pub mod ranker;
pub mod regions;
pub mod rp3beta;
pub mod slim;
pub mod testing;
pub mod two_tower;
pub mod words;

mod aging;
mod array;
mod catalogue;
mod dislikes;
mod draw;
mod error;
mod extended;
mod features;
mod fit;
mod grid;
mod hash;
mod moments;
mod neighbors;
mod network;
mod recommender;
mod registry;
mod sigmoid;
mod singular;
mod spec;
mod table;
mod validation;

pub use aging::Aging;
pub use array::Array;
pub use catalogue::{ModelDoc, ParameterDoc, catalogue};
pub use error::Error;
pub use features::{ItemFeatures, Numbers, Vectors, WordIx, Words};
pub use fit::{Checkpoint, Loss, Observer, Progress, Step};
pub use moments::{Country, Moment, Moments, Outcome};
pub use recommender::{Beside, Boxed, Ground, Heard, History, Query, Recommender, Training};
pub use registry::{Spec, fit, load};
pub use spec::{Part, Range, Scale, Tunable, nearest};
