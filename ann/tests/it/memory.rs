//! What does a row cost in memory?

use ann::{Index, Layout, Precision, Search, Similarity};
use linalg::Isa;

use crate::world::factors;

#[test]
fn a_row_costs_its_numbers_and_little_more() {
    // A byte a number, what is kept beside it, 4 + 4 bytes for places, 24 of a panel of sixteen, and lists.
    let (items, _) = factors(20_000, 1, 64, 1);
    for (precision, kept) in [(Precision::Single, 4), (Precision::Half, 2), (Precision::Byte, 0)] {
        let layout = Layout::for_rows(20_000, Similarity::Dot, precision);
        let index = Index::new(&items, layout, Isa::best());
        let of_row = index.n_bytes() as f64 / 20_000.0;
        let needed = f64::from(64 * (1 + kept)) + 9.5;
        assert!((needed..needed + 12.0).contains(&of_row), "{precision:?}: {of_row}, not {needed}");
    }
}
