//! Does every solver come to what the system says, with every instruction set?

use super::{BlockDescent, ConjugateGradient, Exact, WeightedRows};
use crate::{Isa, Matrix, Packed, Precision};
use proptest::prelude::{Strategy, prop_assert, proptest};

/// A matrix of rows, a positive diagonal, and two weights for some of the rows.
#[derive(Clone, Debug)]
struct System {
    matrix: Matrix,
    diagonal: Vec<f32>,
    rows: Vec<u32>,
    a: Vec<f32>,
    b: Vec<f32>,
}

impl System {
    fn weighted(&self) -> WeightedRows<'_> {
        WeightedRows { rows: &self.rows, a: &self.a, b: &self.b, soon: &[0] }
    }

    /// The largest entry of (D + Σ a·z·zᵀ)·x − Σ b·z, in f64.
    fn miss(&self, x: &[f32]) -> f64 {
        let mut left: Vec<f64> =
            self.diagonal.iter().zip(x).map(|(&d, &x)| f64::from(d) * f64::from(x)).collect();
        for ((&row, &a), &b) in self.rows.iter().zip(&self.a).zip(&self.b) {
            let z = self.matrix.row(row as usize);
            let score: f64 = z.iter().zip(x).map(|(&z, &x)| f64::from(z) * f64::from(x)).sum();
            for (left, &z) in left.iter_mut().zip(z) {
                *left += (f64::from(a) * score - f64::from(b)) * f64::from(z);
            }
        }
        left.into_iter().fold(0.0, |largest, x| largest.max(x.abs()))
    }
}

fn systems() -> impl Strategy<Value = System> {
    (1_usize..40, 0_usize..60).prop_flat_map(|(dim, n)| {
        let numbers = proptest::collection::vec(-1.0_f32..1.0, 30 * dim);
        let diagonal = proptest::collection::vec(0.5_f32..4.0, dim);
        let rows = proptest::collection::vec(0_u32..30, n);
        let weights = proptest::collection::vec((0.0_f32..3.0, -1.0_f32..3.0), n);
        (numbers, diagonal, rows, weights).prop_map(move |(numbers, diagonal, rows, weights)| {
            let matrix = Matrix::from_vec(30, dim, numbers);
            let (a, b) = weights.into_iter().unzip();
            System { matrix, diagonal, rows, a, b }
        })
    })
}

/// Eigenvalues lie in [0.5, 4 + 3·60·40], so f32 leaves a few times 1e-7 of that times ‖x‖ ≤ ‖b‖/0.5 behind.
const NEAR: f64 = 2e-2;

proptest! {
    #[test]
    fn exactly_means_that_nothing_is_missed(system in systems()) {
        for isa in Isa::available() {
            let packed = Packed::new(&system.matrix, Precision::Single, isa);
            let mut x = vec![7.0; system.diagonal.len()];
            let mut exact = Exact::new(x.len(), isa);
            exact.solve(&packed, &system.diagonal, system.weighted(), &mut x).unwrap();
            prop_assert!(system.miss(&x) < NEAR, "{isa:?}: {} missed", system.miss(&x));
        }
    }

    #[test]
    fn steps_lead_to_the_solution(system in systems()) {
        let dim = system.diagonal.len();
        for isa in Isa::available() {
            let packed = Packed::new(&system.matrix, Precision::Single, isa);
            let mut x = vec![0.5; dim];
            // A second start from where the first came to makes up for what rounding cost it.
            for _ in 0..2 {
                ConjugateGradient::new(dim, isa).improve(&packed, &system.diagonal, system.weighted(), 50, &mut x);
            }
            prop_assert!(system.miss(&x) < NEAR, "{isa:?}: {} missed", system.miss(&x));
        }
    }

    #[test]
    fn one_block_of_all_dimensions_is_the_solution(system in systems()) {
        let dim = system.diagonal.len();
        let isa = Isa::best();
        let packed = Packed::new(&system.matrix, Precision::Single, isa);
        let mut x = vec![0.5; dim];
        BlockDescent::new(dim, dim, isa)
            .improve(&packed, &system.diagonal, system.weighted(), &mut x)
            .unwrap();
        prop_assert!(system.miss(&x) < NEAR, "{} missed", system.miss(&x));
    }

    #[test]
    fn instruction_sets_agree(system in systems()) {
        let dim = system.diagonal.len();
        let solved = Isa::available().into_iter().map(|isa| {
            let packed = Packed::new(&system.matrix, Precision::Half, isa);
            let mut x = vec![0.5; dim];
            ConjugateGradient::new(dim, isa).improve(&packed, &system.diagonal, system.weighted(), 2, &mut x);
            x
        });
        let solved: Vec<Vec<f32>> = solved.collect();
        for x in &solved {
            for (one, other) in solved[0].iter().zip(x) {
                // Two steps of sums that differ in how often they round.
                prop_assert!((one - other).abs() < 1e-5 * one.abs().max(1.0) * 10.0, "{solved:?}");
            }
        }
    }
}

#[test]
fn a_system_longer_than_what_is_kept_is_solved_like_a_short_one() {
    // 20 000 rows of 16 numbers are 1.28 MB; with every row the same unit vector e₀,
    // (1 + Σ a)·x₀ = Σ b, so x₀ = 20 000 / 20 001.
    let mut matrix = Matrix::zeros(1, 16);
    matrix.row_mut(0)[0] = 1.0;
    let n = 20_000;
    let (rows, ones) = (vec![0; n], vec![1.0; n]);
    let system = WeightedRows { rows: &rows, a: &ones, b: &ones, soon: &[] };
    for isa in Isa::available() {
        let packed = Packed::new(&matrix, Precision::Half, isa);
        let mut x = [0.0; 16];
        ConjugateGradient::new(16, isa).improve(&packed, &[1.0; 16], system, 2, &mut x);
        assert!((x[0] - 20_000.0 / 20_001.0).abs() < 1e-4, "{isa:?}: {}", x[0]);
    }
}
