//! A vector: which rows are nearest?
//!
//! The nearest are those with the highest dots: maximum inner product, and where all rows have one length, cosine.

mod codes;
mod exact;
mod inverted_file;
mod leaves;

pub use exact::Exact;
pub use inverted_file::InvertedFile;
