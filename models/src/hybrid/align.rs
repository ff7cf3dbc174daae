//! How are the vectors of two trainings compared, number by number?
//!
//! A dot does not change when both sides are turned, so that a second training may lie turned against the first; an
//! element-wise product does change.
//! With A and B the item vectors of both `[n_items × dim]`, the turn R that brings A nearest to B is the orthogonal part
//! of M = AᵀB: R = M·(MᵀM)^(−½) (Schönemann, A Generalized Solution of the Orthogonal Procrustes Problem, 1966).

use linalg::{Isa, Matrix, Onto, multiply, symmetric_eigen};

/// Directions along which both trainings say less than this share of the most are left out.
const LEAST: f64 = 1e-5;

/// R `[dim × dim]`; no turn at all where there is nothing to compare.
pub(super) fn turn(from: &Matrix, to: &Matrix) -> Matrix {
    let (dim, isa) = (from.dim(), Isa::best());
    assert_eq!(to.dim(), dim, "vectors of one length expected");
    let mut product = vec![0.0; dim * dim];
    multiply(from.view().turned(), to.view(), &mut product, Onto::Nothing, isa);
    // The turn is the same for all multiples, and squares of these are neither tiny nor huge.
    let largest = product.iter().fold(0.0_f32, |largest, x| largest.max(x.abs()));
    let scale = if largest > 0.0 && largest.is_finite() { 1.0 / largest } else { 0.0 };
    product.iter_mut().for_each(|x| *x *= scale);
    let product = Matrix::from_vec(dim, dim, product);
    let mut square = vec![0.0; dim * dim];
    multiply(product.view().turned(), product.view(), &mut square, Onto::Nothing, isa);
    let eigen = symmetric_eigen(&Matrix::from_vec(dim, dim, square));
    let Some(eigen) = eigen.filter(|eigen| eigen.values.first().is_some_and(|most| *most > 0.0))
    else {
        return identity(dim);
    };
    // (MᵀM)^(−½) = Q·Λ^(−½)·Qᵀ; λ is the square of what both say along a direction.
    let mut scaled = eigen.vectors.clone();
    for (k, value) in eigen.values.iter().enumerate() {
        let is_known = *value > LEAST * LEAST * eigen.values[0];
        #[expect(clippy::cast_possible_truncation, reason = "seven digits are enough of a turn")]
        let inverse = if is_known { (1.0 / value.sqrt()) as f32 } else { 0.0 };
        scaled.row_mut(k).iter_mut().for_each(|x| *x *= inverse);
    }
    let mut root = vec![0.0; dim * dim];
    multiply(eigen.vectors.view().turned(), scaled.view(), &mut root, Onto::Nothing, isa);
    turned(&product, &Matrix::from_vec(dim, dim, root))
}

/// Rows, each turned: A·R.
pub(super) fn turned(rows: &Matrix, turn: &Matrix) -> Matrix {
    let mut values = vec![0.0; rows.n_rows() * turn.dim()];
    multiply(rows.view(), turn.view(), &mut values, Onto::Nothing, Isa::best());
    Matrix::from_vec(rows.n_rows(), turn.dim(), values)
}

fn identity(dim: usize) -> Matrix {
    let mut identity = Matrix::zeros(dim, dim);
    (0..dim).for_each(|k| identity.row_mut(k)[k] = 1.0);
    identity
}

#[cfg(test)]
mod tests {
    use linalg::Matrix;

    use super::{turn, turned};
    use crate::network::testing::numbers;

    #[test]
    fn vectors_that_lie_turned_are_turned_back() {
        let to = Matrix::from_vec(20, 2, numbers(5, 40));
        // By 0.6 and 0.8, an eighth of a circle and a little.
        let away = Matrix::from_vec(2, 2, vec![0.6, 0.8, -0.8, 0.6]);
        let from = turned(&to, &away);
        let back = turned(&from, &turn(&from, &to));
        for (x, y) in back.as_slice().iter().zip(to.as_slice()) {
            assert!((x - y).abs() < 1e-4, "{x} for {y}");
        }
    }

    #[test]
    fn with_nothing_to_compare_nothing_is_turned() {
        let nothing = Matrix::zeros(3, 2);
        assert_eq!(turn(&nothing, &nothing).as_slice(), [1.0, 0.0, 0.0, 1.0]);
    }
}
