//! What is one parameter called, what does it mean, and what can it be?

use std::fmt;
use std::ops::RangeInclusive;

use crate::item_knn::Similarity;

const SIMILARITIES: [(&str, Similarity); 3] =
    [("cosine", Similarity::Cosine), ("tfidf", Similarity::TfIdf), ("bm25", Similarity::Bm25)];

/// One parameter of a model: the parser, the canonical string and the catalogue all read this.
pub(crate) struct Field<'a> {
    pub(crate) name: &'static str,
    pub(crate) meaning: &'static str,
    pub(crate) slot: Slot<'a>,
}

/// Where the value lies, and its range.
pub(crate) enum Slot<'a> {
    Count(&'a mut usize, RangeInclusive<usize>),
    Number(&'a mut f32, RangeInclusive<f32>),
    Similarity(&'a mut Similarity),
}

impl Slot<'_> {
    /// Sets the value, or says what was expected.
    pub(crate) fn set(&mut self, text: &str) -> Result<(), String> {
        match self {
            Self::Count(slot, range) => {
                let value = text.parse().ok().filter(|value| range.contains(value));
                let expected =
                    || format!("a whole number from {} to {}", range.start(), range.end());
                **slot = value.ok_or_else(expected)?;
            }
            Self::Number(slot, range) => {
                let value = text.parse().ok().filter(|value| range.contains(value));
                let expected = || format!("a number from {} to {}", range.start(), range.end());
                **slot = value.ok_or_else(expected)?;
            }
            Self::Similarity(slot) => {
                let found = SIMILARITIES.iter().find(|(name, _)| *name == text);
                let expected = || SIMILARITIES.map(|(name, _)| name).join(", ");
                **slot = found.ok_or_else(|| format!("one of {}", expected()))?.1;
            }
        }
        Ok(())
    }
}

/// The value, as it would be written in a model string.
impl fmt::Display for Slot<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(value, _) => value.fmt(f),
            Self::Number(value, _) => value.fmt(f),
            Self::Similarity(value) => {
                let named = SIMILARITIES.iter().find(|(_, similarity)| similarity == *value);
                f.write_str(named.expect("every similarity has a name").0)
            }
        }
    }
}
