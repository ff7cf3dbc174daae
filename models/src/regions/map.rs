//! Where does everything lie on a page, seen from one listener's regions?
//!
//! The whitened space is projected on the two leading principal directions of the medoids (Pearson 1901), so that the
//! regions lie as far apart as a page can show: three medoids keep their distances exactly.
//! What is loved counts a little too, so that there are two directions where there are one or two regions.

use linalg::{Gram, Isa, Matrix, add_scaled, dot, symmetric_eigen};

use super::Regions;

/// What all that is loved counts in sum, beside 1 for each medoid: enough to decide what medoids leave open.
const OF_LOVED: f32 = 0.01;

/// A page: which point of the whitened space lies in its middle, and which directions are right and up.
#[derive(Clone, Debug, PartialEq)]
pub struct Map {
    /// Mean of the medoids `[dim]`.
    middle: Vec<f32>,
    /// Of length 1 and at right angles `[2 × dim]`; 0 where there is no such direction.
    axes: Matrix,
}

impl Map {
    /// The page of these regions and of what is loved, whitened `[n × dim]`.
    ///
    /// On each axis the first region that does not lie in the middle lies on the positive side.
    /// O((n_regions + n)·dim² + dim³).
    ///
    /// # Panics
    /// When vectors have another length than medoids, or are not finite.
    #[must_use]
    pub fn of(regions: &Regions, loved: &Matrix) -> Self {
        let medoids = regions.medoids();
        let (k, dim) = (medoids.n_rows(), medoids.dim());
        assert_eq!(loved.dim(), dim, "vectors of length {dim} expected");
        let mut middle = vec![0.0; dim];
        (0..k).for_each(|m| add_scaled(&mut middle, 1.0 / k as f32, medoids.row(m)));
        let from_middle = |vector: &[f32]| -> Vec<f32> {
            vector.iter().zip(&middle).map(|(x, middle)| x - middle).collect()
        };
        let mut spread = Gram::new(dim, Isa::best());
        (0..k).for_each(|m| spread.add(1.0, &from_middle(medoids.row(m))));
        let weight = OF_LOVED / loved.n_rows().max(1) as f32;
        (0..loved.n_rows()).for_each(|i| spread.add(weight, &from_middle(loved.row(i))));
        let mut covariance = Matrix::zeros(dim, dim);
        spread.add_to(&mut covariance);
        let eigen = symmetric_eigen(&covariance).expect("finite vectors expected");
        let mut axes = Matrix::zeros(2, dim);
        for a in (0..dim.min(2)).filter(|&a| eigen.values[a] > 1e-9) {
            let axis = eigen.vectors.row(a);
            let places = (0..k).map(|m| dot(&from_middle(medoids.row(m)), axis));
            // Nearer to the middle than this is where rounding put it.
            let first = places.into_iter().find(|place| place.abs() > 1e-3);
            let sign = if first.is_some_and(|place| place < 0.0) { -1.0 } else { 1.0 };
            add_scaled(axes.row_mut(a), sign, axis);
        }
        Self { middle, axes }
    }

    /// Right and up, from the middle, in units of the whitened space; in [−2, 2].
    ///
    /// # Panics
    /// When the vector has another length.
    #[must_use]
    pub fn place(&self, whitened: &[f32]) -> [f32; 2] {
        let along =
            |a: usize| dot(whitened, self.axes.row(a)) - dot(&self.middle, self.axes.row(a));
        [along(0), along(1)]
    }
}

#[cfg(test)]
mod tests;
