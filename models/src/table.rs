//! How do rows of factors lie in memory?
//!
//! In whole cache lines of sixteen `f32`, so that no row shares a line with another and no loop has a rest.
//! Where `dim` is no multiple of sixteen a row ends in zeros, which every step leaves zeros.

use linalg::{LANES, Simd};

/// One cache line.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(align(64))]
pub(crate) struct Line(pub(super) [f32; LANES]);

/// Rows of factors `[n_rows × dim]`.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    dim: usize,
    stride: usize,
    lines: Vec<Line>,
}

impl Table {
    pub(crate) fn zeros(n_rows: usize, dim: usize) -> Self {
        let stride = dim.div_ceil(LANES);
        Self { dim, stride, lines: vec![Line([0.0; LANES]); n_rows * stride] }
    }

    /// Lines of a row.
    pub(crate) fn stride(&self) -> usize {
        self.stride
    }

    pub(crate) fn row(&self, r: usize) -> &[Line] {
        &self.lines[r * self.stride..(r + 1) * self.stride]
    }

    pub(crate) fn lines(&self) -> &[Line] {
        &self.lines
    }

    pub(crate) fn lines_mut(&mut self) -> &mut [Line] {
        &mut self.lines
    }

    /// Writes a row of `dim` numbers.
    pub(crate) fn set_row(&mut self, r: usize, values: impl IntoIterator<Item = f32>) {
        let lines = &mut self.lines[r * self.stride..(r + 1) * self.stride];
        let places = lines.iter_mut().flat_map(|line| &mut line.0).take(self.dim);
        for (place, value) in places.zip(values) {
            *place = value;
        }
    }

    /// The `dim` numbers of a row.
    pub(crate) fn values(&self, r: usize) -> impl Iterator<Item = f32> {
        self.row(r).iter().flat_map(|line| line.0).take(self.dim)
    }
}

/// x·y for four y.
#[inline(always)]
pub(crate) fn dots<S: Simd>(simd: S, x: &[Line], ys: [&[Line]; 4]) -> [f32; 4] {
    let mut sums = [simd.splat(0.0); 4];
    for (l, x) in x.iter().enumerate() {
        let x = simd.load(&x.0);
        for k in 0..4 {
            sums[k] = simd.mul_add(x, simd.load(&ys[k][l].0), sums[k]);
        }
    }
    simd.sums(sums)
}
