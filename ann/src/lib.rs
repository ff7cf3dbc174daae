//! A vector: which rows are nearest?
//!
//! [`Exact`] looks at every row; [`Index`] where it is promising, and takes in what changes. Both are a [`Search`].
//! Nothing in here opens a file: an index is read from [`Bytes`], which may be those of a mapped one.

mod chosen;
mod codes;
mod delta;
mod error;
mod exact;
mod file;
mod index;
mod leaves;
mod lists;
mod mask;
mod places;
mod saved;
mod search;
mod section;
mod source;
mod stored;

pub use error::Error;
pub use exact::Exact;
pub use index::{Index, Layout};
pub use search::{Allowed, Ask, Best, Search, Similarity};
pub use section::Bytes;
pub use stored::Precision;
