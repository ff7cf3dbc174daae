//! Which rotations make a tridiagonal matrix diagonal?
//!
//! Implicit QL with Wilkinson's shift: each sweep chases a bulge from a break in the matrix up to the row at hand,
//! and after two sweeps or so that row's number is an eigenvalue.

use super::{LANES, Lanes};

/// No row of a finite matrix needs as many; it keeps a surprise from going on for ever.
const MAX_SWEEPS_PER_ROW: usize = 60;

/// Rotations, in the order in which they were found.
#[derive(Default)]
pub(super) struct Sweeps {
    /// Each begins with the rows below and at it, then climbs by one row a rotation.
    sweeps: Vec<Sweep>,
    /// Cosine and sine of every rotation.
    rotations: Vec<(f64, f64)>,
}

struct Sweep {
    /// The row that the climb begins with.
    bottom: usize,
    n_rotations: usize,
}

impl Sweeps {
    /// Applies every rotation to the rows of a few columns `[dim]`. O(number of rotations).
    pub(super) fn rotate(&self, columns: &mut [Lanes]) {
        let mut rotations = self.rotations.as_slice();
        for &Sweep { bottom, n_rotations } in &self.sweeps {
            let (climb, rest) = rotations.split_at(n_rotations);
            rotations = rest;
            let rows = &mut columns[bottom - n_rotations..=bottom];
            // The upper row of a rotation is the lower of the next, so it is carried along.
            let mut carried = rows[n_rotations];
            for (i, &(cos, sin)) in (0..n_rotations).rev().zip(climb) {
                let upper = rows[i];
                for lane in 0..LANES {
                    rows[i + 1][lane] = sin * upper[lane] + cos * carried[lane];
                    carried[lane] = cos * upper[lane] - sin * carried[lane];
                }
            }
            rows[0] = carried;
        }
    }

    /// One sweep from `bottom` to `top`.
    fn climb(&mut self, d: &mut [f64], e: &mut [f64], top: usize, bottom: usize) {
        let before = self.rotations.len();
        // The eigenvalue of the upper 2×2 that is nearer to its first number.
        let half = (d[top + 1] - d[top]) / (2.0 * e[top]);
        let shift = d[top] - e[top] / (half + half.hypot(1.0).copysign(half));
        let mut g = d[bottom] - shift;
        let (mut cos, mut sin, mut drop) = (1.0, 1.0, 0.0);
        let mut is_whole = true;
        for i in (top..bottom).rev() {
            let (f, b) = (sin * e[i], cos * e[i]);
            let r = f.hypot(g);
            e[i + 1] = r;
            if r == 0.0 {
                // The matrix breaks apart here, and the next sweep begins at the break.
                d[i + 1] -= drop;
                e[bottom] = 0.0;
                is_whole = false;
                break;
            }
            (sin, cos) = (f / r, g / r);
            g = d[i + 1] - drop;
            let s = (d[i] - g) * sin + 2.0 * cos * b;
            drop = sin * s;
            d[i + 1] = g + drop;
            g = cos * s - b;
            self.rotations.push((cos, sin));
        }
        if is_whole {
            d[top] -= drop;
            e[top] = g;
            e[bottom] = 0.0;
        }
        let n_rotations = self.rotations.len() - before;
        self.sweeps.push(Sweep { bottom, n_rotations });
    }
}

/// The eigenvalues, in no order, and the rotations that lead to them; `None` when they cannot be found.
///
/// `beside[i]` stands between `diagonal[i − 1]` and `diagonal[i]`. O(dim²).
pub(super) fn diagonalize(
    mut diagonal: Vec<f64>,
    mut beside: Vec<f64>,
) -> Option<(Vec<f64>, Sweeps)> {
    let dim = diagonal.len();
    let largest = diagonal.iter().chain(&beside).map(|x| x.abs()).fold(0.0, f64::max);
    let negligible = f64::EPSILON * largest;
    // From here on entry i stands between i and i + 1.
    beside.rotate_left(1.min(dim));
    let mut sweeps = Sweeps::default();
    for top in 0..dim {
        let mut n_sweeps = 0;
        loop {
            let is_break = |&i: &usize| beside[i].abs() <= negligible;
            let bottom = (top..dim - 1).find(is_break).unwrap_or(dim - 1);
            if bottom == top {
                break;
            }
            if n_sweeps == MAX_SWEEPS_PER_ROW {
                return None;
            }
            n_sweeps += 1;
            sweeps.climb(&mut diagonal, &mut beside, top, bottom);
        }
    }
    Some((diagonal, sweeps))
}
