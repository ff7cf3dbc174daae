//! Is the fast product the sum that it stands for, whichever way its sides lie?

use proptest::prelude::{Just, Strategy, any, prop_assert, proptest};

use super::{Onto, RightSide, View, multiply};
use crate::Isa;

fn slow(left: View<'_>, right: View<'_>, r: usize, c: usize) -> f64 {
    (0..left.n_columns).map(|k| f64::from(left.at(r, k)) * f64::from(right.at(k, c))).sum()
}

/// Rows, columns, terms, and numbers for both sides and what is there before.
fn products() -> impl Strategy<Value = ([usize; 3], Vec<f32>)> {
    [1_usize..80, 1_usize..80, 1_usize..300].prop_flat_map(|shape @ [m, n, k]| {
        let numbers = proptest::collection::vec(-1.0_f32..1.0, m * k + k * n + m * n);
        (Just(shape), numbers)
    })
}

proptest! {
    #[test]
    fn a_product_is_the_sum_of_its_terms(
        ([m, n, k], numbers) in products(),
        is_left_turned in any::<bool>(),
        is_right_turned in any::<bool>(),
        onto_sum in any::<bool>(),
    ) {
        let (left, rest) = numbers.split_at(m * k);
        let (right, before) = rest.split_at(k * n);
        let left = if is_left_turned { View::new(left, k, m).turned() } else { View::new(left, m, k) };
        let right = if is_right_turned { View::new(right, n, k).turned() } else { View::new(right, k, n) };
        for isa in Isa::available() {
            let mut out = before.to_vec();
            let onto = if onto_sum { Onto::Sum } else { Onto::Nothing };
            multiply(left, right, &mut out, onto, isa);
            let mut on_one_thread = before.to_vec();
            RightSide::new(right, isa).multiply(left, &mut on_one_thread, onto, isa);
            prop_assert!(on_one_thread == out, "{isa:?}");
            for r in 0..m {
                for c in 0..n {
                    let start = if onto_sum { f64::from(before[r * n + c]) } else { 0.0 };
                    let expected = start + slow(left, right, r, c);
                    // Sums of at most 300 products below 1.
                    prop_assert!((f64::from(out[r * n + c]) - expected).abs() < 1e-4, "{isa:?}");
                }
            }
        }
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let numbers: Vec<f32> = (0_u16..60_000).map(|x| (f32::from(x) * 0.37).sin()).collect();
    let product = |n_threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
        let (left, right) =
            (View::new(&numbers, 200, 300), View::new(&numbers[..30_000], 300, 100));
        let mut out = vec![0.0; 20_000];
        pool.install(|| multiply(left, right, &mut out, Onto::Nothing, Isa::best()));
        out
    };
    assert_eq!(product(1), product(3));
}
