//! What do others listen to, where no single one of them may be seen?
//!
//! Three things that a snapshot keeps of its listeners, all of many at once: what is heard more and more these weeks,
//! what is liked most in each country, and what is liked in circles of listeners who are alike. Nothing that fewer than [`LEAST`] listeners stand for is kept.

mod circles;
mod popular;
mod trending;

use std::collections::BTreeMap;

use models::Array;

pub(crate) use circles::Circles;
pub(crate) use popular::Popular;
pub(crate) use trending::{Recent, Trending};

/// Listeners who must stand for a thing before it is kept.
const LEAST: usize = 3;

/// What a snapshot keeps of its listeners; older snapshots and factor files have nothing of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Crowd {
    pub(crate) trending: Trending,
    pub(crate) popular: Popular,
    pub(crate) circles: Circles,
}

impl Crowd {
    /// As arrays, by name.
    pub(crate) fn arrays(&self) -> Vec<(String, Array)> {
        let mut arrays = vec![
            ("trending".to_owned(), self.trending.array()),
            ("popular".to_owned(), self.popular.array()),
        ];
        arrays.extend(self.circles.arrays());
        arrays
    }

    /// From the arrays of a snapshot of so many rows; what is not there, or not of these rows, is nothing.
    pub(crate) fn from_arrays(arrays: &mut BTreeMap<String, Array>, n_items: usize) -> Self {
        Self {
            trending: Trending::from_array(arrays.remove("trending"), n_items),
            popular: Popular::from_array(arrays.remove("popular"), n_items),
            circles: Circles::from_arrays(arrays, n_items),
        }
    }
}

/// Two letters as a number above 0; anything else is no country.
fn code(country: &str) -> Option<u32> {
    match country.as_bytes() {
        [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
            let letter = |letter: &u8| u32::from(letter.to_ascii_uppercase());
            Some(letter(a) << 8 | letter(b))
        }
        _ => None,
    }
}
