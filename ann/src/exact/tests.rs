//! Is the answer that of all dots and a full selection, to the bit?

use linalg::bytes::ByteIsa;
use linalg::{Isa, Matrix, dots_with_all, top_k};
use proptest::prelude::{Just, Strategy, prop_oneof, proptest};

use super::Exact;
use crate::{Ask, Index, Layout, Precision, Search, Similarity};

fn exact(items: &Matrix) -> Exact {
    Exact::new(items, Similarity::Dot, Precision::Single)
}

/// All dots, then a selection.
fn slow(items: &Matrix, query: &[f32], k: usize, excluded: &[u32], isa: Isa) -> Vec<(u32, f32)> {
    let mut scores = vec![0.0; items.n_rows()];
    dots_with_all(items, query, &mut scores, isa);
    top_k(&scores, k, excluded)
}

/// Rows and the bits of their scores, as −0 is equal to 0.
fn bits(answer: &[(u32, f32)]) -> Vec<(u32, u32)> {
    answer.iter().map(|&(row, score)| (row, score.to_bits())).collect()
}

/// Compares the answers to all queries by every set of this machine, in a batch and each alone.
fn check(items: &Matrix, queries: &Matrix, k: usize, excluded: &[u32]) {
    let index = exact(items);
    index.assert_valid();
    let layout = Layout { similarity: Similarity::Dot, precision: Precision::Single, list_rows: 5 };
    let in_lists = Index::new(items, layout, Isa::best());
    in_lists.assert_valid();
    let alone = Matrix::from_vec(1, queries.dim(), queries.row(0).to_vec());
    for isa in Isa::available() {
        let expected: Vec<_> = (0..queries.n_rows())
            .map(|q| bits(&slow(items, queries.row(q), k, excluded, isa)))
            .collect();
        for bytes in ByteIsa::within(isa) {
            let search = |queries: &Matrix| {
                let excluded = vec![excluded; queries.n_rows()];
                let ask = Ask::all(queries, k, isa).without(&excluded);
                index.search_with(&ask, None, &[], bytes)
            };
            let got: Vec<_> = search(queries).iter().map(|answer| bits(answer)).collect();
            assert_eq!(got, expected, "{isa:?}, {bytes:?}");
            let excluded = vec![excluded; queries.n_rows()];
            let found = in_lists.search(&Ask::all(queries, k, isa).without(&excluded));
            let found: Vec<_> = found.iter().map(|answer| bits(answer)).collect();
            assert_eq!(found, expected, "{isa:?}, {bytes:?}, in lists");
            assert_eq!(bits(&search(&alone)[0]), expected[0], "{isa:?}, {bytes:?}, alone");
        }
    }
}

/// Numbers between −1 and 1 that follow from a seed.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f32 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((x ^ (x >> 31)) >> 40) as f32 / f32::exp2(23.0) - 1.0
    }

    fn matrix(&mut self, n_rows: usize, dim: usize) -> Matrix {
        Matrix::from_vec(n_rows, dim, (0..n_rows * dim).map(|_| self.next()).collect())
    }
}

/// How rows are made of random ones.
#[derive(Clone, Copy, Debug)]
enum Shape {
    Plain,
    /// Near one of a few centers.
    Clustered,
    /// The norm falls with the row as a power does.
    PowerLaw,
    /// Every row several times.
    Repeated,
    /// Every third row is zero.
    WithZeros,
    /// Whole numbers from −2 to 2: many scores are equal.
    Coarse,
    /// Numbers from 10⁻³⁰ to 10³⁰, and some that are none.
    Wild,
}

fn shaped(mut items: Matrix, shape: Shape) -> Matrix {
    let centers = Numbers(7).matrix(5, items.dim());
    let first: Vec<f32> = items.as_slice().to_vec();
    let dim = items.dim();
    for i in 0..items.n_rows() {
        for (c, x) in items.row_mut(i).iter_mut().enumerate() {
            *x = match shape {
                Shape::Plain => *x,
                Shape::Clustered => centers.row(i % 5)[c] + 0.1 * *x,
                Shape::PowerLaw => *x / (i as f32 + 1.0),
                Shape::Repeated => first[i / 7 * dim + c],
                Shape::WithZeros => f32::from(u8::from(i % 3 != 0)) * *x,
                Shape::Coarse => (*x * 2.5).round(),
                Shape::Wild => match i % 11 {
                    3 => f32::NAN,
                    5 if c == 0 => f32::INFINITY,
                    7 => *x * 1e30,
                    6 => *x * f32::exp2(59.0),
                    8 => *x * 1e-30,
                    9 => *x * 1e-42,
                    _ => *x,
                },
            };
        }
    }
    items
}

fn shapes() -> impl Strategy<Value = Shape> {
    prop_oneof![
        Just(Shape::Plain),
        Just(Shape::Clustered),
        Just(Shape::PowerLaw),
        Just(Shape::Repeated),
        Just(Shape::WithZeros),
        Just(Shape::Coarse),
        Just(Shape::Wild),
    ]
}

proptest! {
    #[test]
    fn the_best_rows_are_those_of_all_dots(
        shape in shapes(),
        (n_rows, dim, n_queries) in (0_usize..400, 1_usize..200, 1_usize..20),
        k in prop_oneof![0_usize..30, 0_usize..500, Just(usize::MAX)],
        seed in 0_u64..1000,
        excluded in proptest::collection::btree_set(0_u32..400, 0..60),
    ) {
        let mut numbers = Numbers(seed);
        let items = shaped(numbers.matrix(n_rows, dim), shape);
        let queries = shaped(numbers.matrix(n_queries, dim), shape);
        let excluded: Vec<u32> = excluded.into_iter().collect();
        check(&items, &queries, k, &excluded);
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let mut numbers = Numbers(5);
    let items = shaped(numbers.matrix(9000, 12), Shape::Clustered);
    let queries = numbers.matrix(30, 12);
    let isa = Isa::best();
    let expected: Vec<_> =
        (0..30).map(|q| bits(&slow(&items, queries.row(q), 40, &[3, 8000], isa))).collect();
    for threads in [1, 2, 5] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let index = pool.install(|| exact(&items));
        for n in [1, 3, 7, 30] {
            let first = Matrix::from_vec(n, 12, queries.as_slice()[..n * 12].to_vec());
            let excluded = vec![&[3, 8000][..]; n];
            let ask = Ask::all(&first, 40, isa).without(&excluded);
            let got = pool.install(|| index.search(&ask));
            let got: Vec<_> = got.iter().map(|answer| bits(answer)).collect();
            assert_eq!(got, expected[..n], "{threads} threads, {n} queries");
        }
    }
}

#[test]
fn rows_enough_for_several_looks_at_the_bounds_are_searched_exactly() {
    // 20,000 rows and k = 150: candidates are looked at after every 300, and the sample has 1,250 rows.
    for shape in [Shape::Plain, Shape::Clustered, Shape::PowerLaw, Shape::Repeated, Shape::Coarse] {
        let mut numbers = Numbers(11);
        let items = shaped(numbers.matrix(20_000, 19), shape);
        let queries = shaped(numbers.matrix(9, 19), shape);
        check(&items, &queries, 150, &[0, 1, 2, 500, 19_999]);
    }
}

#[test]
fn a_guess_too_high_is_found_out() {
    // Of 16,384 rows those of every sixteenth panel but one are 1, others 0 or less: the sample sees too many high ones.
    let n = 16 * 1024;
    let is_sampled = |row: usize| (row / 16).saturating_sub(16) % 64 < 4 && row >= 256;
    let rows = (0..n).map(|row| if is_sampled(row) { 1.0 } else { -1.0 });
    let items = Matrix::from_vec(n, 1, rows.collect());
    let queries = Matrix::from_vec(6, 1, vec![1.0; 6]);
    // All have one norm, so that they lie in their order; more are wanted than are high.
    check(&items, &queries, 1500, &[]);
}

#[test]
fn scores_closer_together_than_the_bounds_are_searched_exactly() {
    // Sums of a large number and a small one: bytes see the large one alone, which is the same in all 5,000 rows.
    let mut numbers = Numbers(2);
    let mut items = numbers.matrix(5000, 2);
    for i in 0..5000 {
        items.row_mut(i)[0] = 1000.0;
    }
    check(&items, &Matrix::from_vec(6, 2, vec![1.0; 12]), 30, &[17]);
}

#[test]
fn everything_excluded_or_nothing_there_is_an_empty_answer() {
    let items = Numbers(3).matrix(40, 3);
    let all: Vec<u32> = (0..40).collect();
    check(&items, &Numbers(4).matrix(7, 3), 5, &all);
    check(&Matrix::zeros(0, 3), &Numbers(4).matrix(7, 3), 5, &[1]);
    let nobody = Matrix::zeros(0, 3);
    assert_eq!(exact(&items).search(&Ask::all(&nobody, 5, Isa::PORTABLE)), [[]; 0]);
}

#[test]
fn rows_of_no_length_tie_by_their_number() {
    check(&Matrix::zeros(9, 0), &Matrix::zeros(6, 0), 4, &[0]);
    let query = Matrix::zeros(1, 0);
    let ask = Ask::all(&query, 2, Isa::PORTABLE).without(&[&[0]]);
    let best = exact(&Matrix::zeros(9, 0)).search(&ask);
    assert_eq!(best, [[(1, 0.0), (2, 0.0)]]);
}

#[test]
fn each_query_has_its_own_excluded_rows() {
    // Scores 3, 2, 1: without the best, and without the second.
    let items = Matrix::from_vec(3, 1, vec![3.0, 2.0, 1.0]);
    let queries = Matrix::from_vec(2, 1, vec![1.0, 1.0]);
    let best = exact(&items).search(&Ask::all(&queries, 1, Isa::PORTABLE).without(&[&[0], &[1]]));
    assert_eq!(best, [[(1, 2.0)], [(0, 3.0)]]);
}

#[test]
fn numbers_below_the_normal_ones_are_bounded_too() {
    // The norm of the query is √2 steps of 2⁻¹⁴⁹, which has no number of its own.
    let long = f32::exp2(58.0);
    let mut rows = vec![-1.0; 12];
    (rows[4], rows[5]) = (long, long);
    let least = f32::from_bits(1);
    check(&Matrix::from_vec(6, 2, rows), &Matrix::from_vec(6, 2, vec![least; 12]), 1, &[]);
}

#[test]
fn lists_of_the_longest_rows_are_searched() {
    // Sums of a tenth of 2⁶⁰ ten times round to more than that.
    let row = |at: usize| if at < 170 { f32::exp2(60.0) } else { -f32::exp2(59.0) };
    let items = Matrix::from_vec(640, 1, (0..640).map(row).collect());
    check(&items, &Matrix::from_vec(5, 1, vec![1.0; 5]), 200, &[]);
}
