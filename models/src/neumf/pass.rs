//! How does a batch change the network?
//!
//! Forward and back by hand; buffers are kept from step to step.
//! Everything is parallel over rows that nobody else writes, and sums run in the order of the batch.

use linalg::{Csr, add_scaled, dot};
use music::{ItemIx, UserIx};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};

use super::batch::{Batch, Example, Group, Turn};
use super::net::Net;
use crate::network::{CHUNK_ROWS, Part, Rate, Touched};

/// What a step needs beside the network; with d = `dim` and w the width of the last layer.
#[derive(Debug, Default)]
pub(super) struct Pass {
    /// Σ weight·p of what the user of each turn likes `[turns × 2d]`.
    sums: Vec<f32>,
    /// p_u of each group `[groups × 2d]`.
    users: Vec<f32>,
    /// What goes into each layer, then what comes out of the last: `[examples × width]`.
    inputs: Vec<Vec<f32>>,
    /// \[p ⊙ q, last layer\] `[examples × (d + w)]`.
    joined: Vec<f32>,
    /// Loss by score `[examples]`.
    slopes: Vec<f32>,
    /// Of what is joined.
    d_joined: Vec<f32>,
    /// Of what went into a layer, and of what came out of it.
    d_input: Vec<f32>,
    d_output: Vec<f32>,
    /// Of q of each example `[examples × 2d]`.
    pub(super) d_items: Vec<f32>,
    /// Of p_u of each group, then of the sum of each turn `[(groups + turns) × 2d]`.
    pub(super) d_users: Vec<f32>,
    pub(super) item_parts: Vec<Part>,
    pub(super) liked_parts: Vec<Part>,
    touched_items: Touched,
    touched_liked: Touched,
}

/// Sums over the examples of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Losses {
    /// Of what is liked.
    pub(super) liked: f64,
    /// Of the rest.
    pub(super) others: f64,
    /// Weights of both.
    pub(super) weight: f64,
}

impl Losses {
    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            liked: self.liked + other.liked,
            others: self.others + other.others,
            weight: self.weight + other.weight,
        }
    }
}

impl Pass {
    /// Learns from a batch, and says what it cost before.
    pub(super) fn step(
        &mut self,
        net: &mut Net,
        liked: &Csr<UserIx, ItemIx>,
        batch: &Batch,
        rate: Rate,
    ) -> Losses {
        let losses = self.forward(net, liked, batch);
        self.backward(net, liked, batch);
        net.step(rate);
        net.items.step(&self.item_parts, &self.d_items, &mut self.touched_items, rate);
        net.liked.step(&self.liked_parts, &self.d_users, &mut self.touched_liked, rate);
        losses
    }

    /// Scores every example.
    pub(super) fn forward(
        &mut self,
        net: &Net,
        liked: &Csr<UserIx, ItemIx>,
        batch: &Batch,
    ) -> Losses {
        self.represent(net, liked, batch);
        let (dim, n) = (net.dim(), batch.examples.len());
        self.inputs.resize_with(net.layers.len() + 1, Vec::new);
        self.inputs[0].resize(n * 2 * dim, 0.0);
        let users = &self.users;
        let rows = self.inputs[0].par_chunks_exact_mut(2 * dim).zip(&batch.examples);
        rows.with_min_len(CHUNK_ROWS).for_each(|(row, example)| {
            row[..dim].copy_from_slice(&user(users, dim, example)[dim..]);
            row[dim..].copy_from_slice(&net.items.row(example.item)[dim..]);
        });
        for (k, layer) in net.layers.iter().enumerate() {
            let (before, after) = self.inputs.split_at_mut(k + 1);
            layer.forward(&before[k], &mut after[0]);
            after[0].iter_mut().for_each(|x| *x = x.max(0.0));
        }
        let last = &self.inputs[net.layers.len()];
        let width = net.output.values.len();
        self.joined.resize(n * width, 0.0);
        let rows = self.joined.par_chunks_exact_mut(width).zip(&batch.examples);
        let rows = rows.zip(last.par_chunks_exact(width - dim));
        rows.with_min_len(CHUNK_ROWS).for_each(|((row, example), last)| {
            let (p, q) = (user(users, dim, example), net.items.row(example.item));
            for k in 0..dim {
                row[k] = p[k] * q[k];
            }
            row[dim..].copy_from_slice(last);
        });
        self.judge(net, batch)
    }

    /// The vectors of all groups.
    fn represent(&mut self, net: &Net, liked: &Csr<UserIx, ItemIx>, batch: &Batch) {
        let length = 2 * net.dim();
        self.sums.resize(batch.turns.len() * length, 0.0);
        self.users.resize(batch.groups.len() * length, 0.0);
        let rows = self.sums.par_chunks_exact_mut(length).zip(&batch.turns);
        rows.for_each(|(sum, turn)| {
            sum.fill(0.0);
            let (items, weights) = liked.row(turn.user);
            for (&item, &weight) in items.iter().zip(weights) {
                add_scaled(sum, weight, net.liked.row(item));
            }
        });
        let sums = &self.sums;
        let rows = self.users.par_chunks_exact_mut(length).zip(&batch.groups);
        rows.with_min_len(CHUNK_ROWS).for_each(|(user, group)| {
            if group.scale == 0.0 {
                user.fill(0.0);
                return;
            }
            user.copy_from_slice(&sums[group.turn as usize * length..][..length]);
            if let Some((item, weight)) = group.left_out {
                add_scaled(user, -weight, net.liked.row(item));
            }
            user.iter_mut().for_each(|x| *x *= group.scale);
        });
    }

    /// The loss of each score, and its slope by the mean over the batch.
    fn judge(&mut self, net: &Net, batch: &Batch) -> Losses {
        let width = net.output.values.len();
        let mut losses = Losses::default();
        self.slopes.clear();
        for (row, example) in self.joined.chunks_exact(width).zip(&batch.examples) {
            let score = dot(row, &net.output.values) + net.bias.values[0];
            let (cost, slope) = logistic(score, example.label);
            let weight = f64::from(example.weight);
            let loss = if example.label > 0.0 { &mut losses.liked } else { &mut losses.others };
            *loss += weight * f64::from(cost);
            losses.weight += weight;
            self.slopes.push(example.weight * slope);
        }
        #[expect(clippy::cast_possible_truncation, reason = "seven digits are enough of a mean")]
        let scale = (1.0 / losses.weight) as f32;
        self.slopes.iter_mut().for_each(|slope| *slope *= scale);
        losses
    }

    /// Adds to the gradients of the network, and lists the parts of those of embeddings.
    pub(super) fn backward(&mut self, net: &mut Net, liked: &Csr<UserIx, ItemIx>, batch: &Batch) {
        let (dim, width) = (net.dim(), net.output.values.len());
        self.d_joined.resize(self.joined.len(), 0.0);
        let rows = self.d_joined.chunks_exact_mut(width).zip(self.joined.chunks_exact(width));
        for ((d_row, row), &slope) in rows.zip(&self.slopes) {
            add_scaled(&mut net.output.gradient, slope, row);
            net.bias.gradient[0] += slope;
            for (d, w) in d_row.iter_mut().zip(&net.output.values) {
                *d = slope * w;
            }
        }
        let last = self.d_joined.chunks_exact(width).flat_map(|row| &row[dim..]);
        self.d_output.clear();
        self.d_output.extend(last);
        for (k, layer) in net.layers.iter_mut().enumerate().rev() {
            for (d, &y) in self.d_output.iter_mut().zip(&self.inputs[k + 1]) {
                *d = if y > 0.0 { *d } else { 0.0 };
            }
            layer.backward(&self.inputs[k], &self.d_output, Some(&mut self.d_input));
            std::mem::swap(&mut self.d_input, &mut self.d_output);
        }
        // What is left is the gradient of what went into the first layer.
        self.items_backward(net, batch);
        self.users_backward(net, batch);
        self.list(net, liked, batch);
    }

    fn items_backward(&mut self, net: &Net, batch: &Batch) {
        let (dim, width) = (net.dim(), net.output.values.len());
        self.d_items.resize(batch.examples.len() * 2 * dim, 0.0);
        let users = &self.users;
        let rows = self.d_items.par_chunks_exact_mut(2 * dim).zip(&batch.examples);
        let rows = rows.zip(self.d_joined.par_chunks_exact(width));
        let rows = rows.zip(self.d_output.par_chunks_exact(2 * dim));
        rows.with_min_len(CHUNK_ROWS).for_each(|(((d_item, example), d_joined), d_input)| {
            let p = user(users, dim, example);
            for k in 0..dim {
                d_item[k] = d_joined[k] * p[k];
            }
            d_item[dim..].copy_from_slice(&d_input[dim..]);
        });
    }

    fn users_backward(&mut self, net: &Net, batch: &Batch) {
        let (dim, width) = (net.dim(), net.output.values.len());
        let length = 2 * dim;
        self.d_users.resize((batch.groups.len() + batch.turns.len()) * length, 0.0);
        let (groups, turns) = self.d_users.split_at_mut(batch.groups.len() * length);
        let (d_joined, d_input) = (&self.d_joined, &self.d_output);
        let rows = groups.par_chunks_exact_mut(length).zip(&batch.groups);
        rows.with_min_len(CHUNK_ROWS).for_each(|(d_user, group): (&mut [f32], &Group)| {
            d_user.fill(0.0);
            for e in group.examples.clone() {
                let q = net.items.row(batch.examples[e].item);
                let (joined, input) = (&d_joined[e * width..], &d_input[e * length..]);
                for k in 0..dim {
                    d_user[k] += joined[k] * q[k];
                    d_user[dim + k] += input[k];
                }
            }
            d_user.iter_mut().for_each(|d| *d *= group.scale);
        });
        let groups = &*groups;
        let rows = turns.par_chunks_exact_mut(length).zip(&batch.turns);
        rows.for_each(|(d_sum, turn): (&mut [f32], &Turn)| {
            d_sum.fill(0.0);
            for g in turn.groups.clone() {
                add_scaled(d_sum, 1.0, &groups[g * length..][..length]);
            }
        });
    }

    /// Which rows of the tables move by what.
    fn list(&mut self, net: &Net, liked: &Csr<UserIx, ItemIx>, batch: &Batch) {
        let length = 2 * net.dim();
        let place =
            |row: usize| u32::try_from(row * length).expect("a batch has some thousand rows");
        let examples = batch.examples.iter().enumerate();
        let item_part = |(e, example): (usize, &Example)| Part {
            row: example.item,
            weight: 1.0,
            from: place(e),
        };
        self.item_parts.clear();
        self.item_parts.extend(examples.map(item_part));
        self.liked_parts.clear();
        for (t, turn) in batch.turns.iter().enumerate() {
            let from = place(batch.groups.len() + t);
            let (items, weights) = liked.row(turn.user);
            let parts = items.iter().zip(weights);
            self.liked_parts.extend(parts.map(|(&row, &weight)| Part { row, weight, from }));
            for g in turn.groups.clone() {
                if let Some((row, weight)) = batch.groups[g].left_out {
                    self.liked_parts.push(Part { row, weight: -weight, from: place(g) });
                }
            }
        }
    }
}

/// p_u of an example.
fn user<'a>(users: &'a [f32], dim: usize, example: &Example) -> &'a [f32] {
    &users[example.group as usize * 2 * dim..][..2 * dim]
}

/// ln(1 + e^−s) of what is liked, ln(1 + e^s) of what is not; and its derivative.
fn logistic(score: f32, label: f32) -> (f32, f32) {
    let signed = if label > 0.0 { score } else { -score };
    let tail = (-signed.abs()).exp();
    let cost = (-signed).max(0.0) + tail.ln_1p();
    let odds = if signed >= 0.0 { tail / (1.0 + tail) } else { 1.0 / (1.0 + tail) };
    (cost, if label > 0.0 { -odds } else { odds })
}
