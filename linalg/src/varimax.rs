//! Which rotation of the columns makes each row load on few of them?
//!
//! Kaiser, The Varimax Criterion for Analytic Rotation in Factor Analysis (1958): of all rotations R `[dim × dim]` of
//! loadings A `[n_rows × dim]`, the one whose columns' squared loadings b = (AR)² vary most, Σ_d Var_r(b_rd).
//! Two columns at a time have a best angle in closed form, so that no step makes it worse; sweeps over all pairs of
//! columns are repeated until one gains next to nothing.
//! The columns of one round of a tournament meet nobody else's, and run side by side.
//! `f64` inside.

use rayon::iter::{IndexedParallelIterator, IntoParallelRefMutIterator, ParallelIterator};

use crate::Matrix;

/// Rows summed side by side.
const LANES: usize = 8;

/// A sweep that gains less, as a share of what the criterion can be at most, is the last one.
const SMALLEST_GAIN: f64 = 1e-7;

/// Two columns that would gain less stay as they are: rounding would choose the angle.
const NO_GAIN: f64 = 1e-14;

/// Sweeps after which it is good enough.
const MAX_SWEEPS: usize = 200;

/// The rotation that makes `loadings` sparse `[dim × dim]`: row d is the direction of the new column d, whose loadings
/// are the rows' products with it; this is Rᵀ.
///
/// Rows weigh as their length does; a caller who wants all alike scales them before.
/// O(n_rows·dim²) time a sweep, of which a few dozen are usual; 8·dim·(n_rows + dim) bytes.
#[must_use]
pub fn varimax(loadings: &Matrix) -> Matrix {
    let dim = loadings.dim();
    let mut columns = columns(loadings);
    let most = ceiling(loadings);
    for _ in 0..MAX_SWEEPS {
        if sweep(&mut columns, most) <= SMALLEST_GAIN * most {
            break;
        }
    }
    let mut rotation = Matrix::zeros(dim, dim);
    for column in columns.iter().filter(|column| column.d < dim) {
        for (x, &wide) in rotation.row_mut(column.d).iter_mut().zip(&column.rotation) {
            *x = narrow(wide);
        }
    }
    rotation
}

/// Σ_r |a_r|⁴ / n_rows: the criterion if each row loaded on one column alone, and never more.
fn ceiling(loadings: &Matrix) -> f64 {
    let length = |r: usize| loadings.row(r).iter().map(|&x| f64::from(x).powi(2)).sum::<f64>();
    let n_rows = loadings.n_rows();
    (0..n_rows).map(|r| length(r).powi(2)).sum::<f64>() / n_rows.max(1) as f64
}

/// The columns before any turn, and where they are odd one without rows, so that each has a partner in each round.
fn columns(loadings: &Matrix) -> Vec<Column> {
    let dim = loadings.dim();
    let mut columns: Vec<Column> = (0..dim).map(|d| Column::of(loadings, d)).collect();
    if dim % 2 == 1 {
        columns.push(Column { d: dim, loadings: Vec::new(), rotation: Vec::new() });
    }
    columns
}

/// One column of the rotated loadings, and the column of R that makes it.
struct Column {
    /// Its place.
    d: usize,
    loadings: Vec<f64>,
    rotation: Vec<f64>,
}

impl Column {
    fn of(loadings: &Matrix, d: usize) -> Self {
        let own = (0..loadings.n_rows()).map(|r| f64::from(loadings.row(r)[d])).collect();
        let mut rotation = vec![0.0; loadings.dim()];
        rotation[d] = 1.0;
        Self { d, loadings: own, rotation }
    }
}

/// Turns every two columns against each other once, and gives back what the criterion gained.
fn sweep(columns: &mut [Column], most: f64) -> f64 {
    let n = columns.len();
    let mut gained = 0.0;
    // The first keeps its seat, the others move one on: after n − 1 rounds everybody has met everybody.
    for _ in 1..n {
        let (front, back) = columns.split_at_mut(n / 2);
        let turns = front.par_iter_mut().zip(back.par_iter_mut().rev());
        let gains: Vec<f64> = turns.map(|(a, b)| turn(a, b, most)).collect();
        gained += gains.iter().sum::<f64>();
        columns[1..].rotate_right(1);
    }
    gained
}

/// Turns two columns to where they vary most, and gives back what the criterion gained.
///
/// With u = x² − y² and v = 2xy over the rows, an angle φ makes it (d·cos 4φ + m·sin 4φ)/4n² but for what no angle changes,
/// d = n·Σ(u² − v²) − (Σu)² + (Σv)² and m = 2·(n·Σuv − Σu·Σv): best is 4φ = atan2(m, d).
fn turn(a: &mut Column, b: &mut Column, most: f64) -> f64 {
    // One of them is there only to make them even.
    if a.loadings.len() != b.loadings.len() {
        return 0.0;
    }
    let [of_u, of_v, of_uv, of_squares] = sums(&a.loadings, &b.loadings);
    let n = a.loadings.len() as f64;
    let m = 2.0 * (n * of_uv - of_u * of_v);
    let d = n * of_squares - of_u * of_u + of_v * of_v;
    let gain = (m.hypot(d) - d) / (4.0 * n * n);
    if gain.is_nan() || gain <= NO_GAIN * most {
        return 0.0;
    }
    let (sin, cos) = (m.atan2(d) / 4.0).sin_cos();
    rotate(&mut a.loadings, &mut b.loadings, sin, cos);
    rotate(&mut a.rotation, &mut b.rotation, sin, cos);
    gain
}

/// Σu, Σv, Σuv and Σ(u² − v²), in partial sums that are added in order at the end.
fn sums(a: &[f64], b: &[f64]) -> [f64; 4] {
    let ((a_blocks, a_rest), (b_blocks, b_rest)) = (a.as_chunks(), b.as_chunks());
    // Zeros add nothing.
    let [mut a_last, mut b_last] = [[0.0; LANES]; 2];
    a_last[..a_rest.len()].copy_from_slice(a_rest);
    b_last[..b_rest.len()].copy_from_slice(b_rest);
    let mut sums = [[0.0; LANES]; 4];
    for (x, y) in a_blocks.iter().zip(b_blocks).chain([(&a_last, &b_last)]) {
        for lane in 0..LANES {
            let (u, v) = (x[lane] * x[lane] - y[lane] * y[lane], 2.0 * x[lane] * y[lane]);
            sums[0][lane] += u;
            sums[1][lane] += v;
            sums[2][lane] += u * v;
            sums[3][lane] += u * u - v * v;
        }
    }
    sums.map(|lanes| lanes.iter().sum())
}

fn rotate(a: &mut [f64], b: &mut [f64], sin: f64, cos: f64) {
    for (x, y) in a.iter_mut().zip(b) {
        (*x, *y) = (cos * *x + sin * *y, cos * *y - sin * *x);
    }
}

#[expect(clippy::cast_possible_truncation, reason = "entries of a rotation, rounded to f32")]
fn narrow(x: f64) -> f32 {
    x as f32
}

#[cfg(test)]
mod tests;
