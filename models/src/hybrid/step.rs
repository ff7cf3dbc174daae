//! What do the lists of a step cost, and which way should each weight move?
//!
//! Lists go in parts, each from its inputs to its share of the gradient on one thread, so that what lies between stays
//! near the processor.
//! Which lists are a part depends on their lengths alone, and sums of parts run in their order, so that any number of
//! threads gives the same bits.

use std::ops::Range;

use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use super::net::{HEADS, Net, Reading};
use super::train::{Course, Examples};
use super::{Loss, Params};
use crate::network::Rate;
use crate::ranker::{Judged, lambda_rank, pairwise, pointwise};

/// Candidates of a part, at least.
const PART: usize = 192;
/// Parts of a step, at most: each has a gradient of its own.
const MAX_PARTS: usize = 64;

impl Course<'_> {
    /// Learns from some lists by the update of that number; the sum of what they cost before.
    pub(super) fn step(&self, net: &mut Net, examples: &Examples, update: u64) -> f64 {
        let cost = self.gradient(net, examples);
        net.step(Rate::of(self.params.learning_rate, self.params.reg, update));
        cost
    }

    /// Adds the mean gradient of some lists, and gives back the sum of what they cost.
    pub(super) fn gradient(&self, net: &mut Net, examples: &Examples) -> f64 {
        let parts = parts(&examples.ends);
        let reading = net.reading();
        let n_weights = reading.n_weights();
        let mut gradients = vec![0.0; parts.len() * n_weights];
        let of_part = |(lists, gradient): (&Range<usize>, &mut [f32])| {
            self.part(&reading, examples, lists.clone(), gradient)
        };
        let shares = parts.par_iter().zip(gradients.par_chunks_exact_mut(n_weights));
        let costs: Vec<f64> = shares.map(of_part).collect();
        net.add(&gradients);
        costs.iter().sum()
    }

    /// Writes the share of the gradient that some lists have; the sum of what they cost.
    fn part(
        &self,
        reading: &Reading<'_>,
        examples: &Examples,
        lists: Range<usize>,
        gradient: &mut [f32],
    ) -> f64 {
        let Examples { x, ends, .. } = examples;
        let start = |list: usize| if list == 0 { 0 } else { ends[list - 1] };
        let rows = start(lists.start)..ends[lists.end - 1];
        let n_inputs = reading.n_inputs();
        let x = &x[rows.start * n_inputs..rows.end * n_inputs];
        let (mut hidden, mut z) = (Vec::new(), Vec::new());
        reading.forward(x, &mut hidden, &mut z);
        let mut dz = vec![0.0; z.len()];
        let mut cost = 0.0;
        for list in lists {
            let of_list = start(list)..ends[list];
            let own = (of_list.start - rows.start) * HEADS..(of_list.end - rows.start) * HEADS;
            for head in 0..HEADS {
                cost +=
                    self.cost_of(head, &z[own.clone()], examples, &of_list, &mut dz[own.clone()]);
            }
        }
        reading.backward(x, &dz, &mut hidden, gradient);
        cost
    }

    /// What a head's scores of one list cost; writes their share of the gradient of the mean over lists.
    fn cost_of(
        &self,
        head: usize,
        z: &[f32],
        examples: &Examples,
        rows: &Range<usize>,
        dz: &mut [f32],
    ) -> f64 {
        let Params { loss, loss_bound, list_length, completed_weight, skipped_weight, .. } =
            *self.params;
        let scores: Vec<f32> = z.iter().skip(head).step_by(HEADS).copied().collect();
        let judged = Judged {
            scores: &scores,
            labels: &examples.labels[head][rows.clone()],
            weights: &examples.weights[head][rows.clone()],
        };
        let mut slopes = vec![0.0; scores.len()];
        let cost = match loss {
            Loss::Pairwise if head == 0 => pairwise(judged, loss_bound, &mut slopes),
            Loss::LambdaRank if head == 0 => lambda_rank(judged, list_length, &mut slopes),
            _ => pointwise(judged, loss_bound, &mut slopes),
        };
        let of_head = [1.0, completed_weight, skipped_weight][head];
        let share = of_head / examples.ends.len() as f32;
        for (dz, slope) in dz.chunks_exact_mut(HEADS).zip(slopes) {
            dz[head] = share * slope;
        }
        f64::from(of_head) * cost
    }
}

/// Neighboring lists, given where each ends.
fn parts(ends: &[usize]) -> Vec<Range<usize>> {
    let n_rows = ends.last().copied().unwrap_or(0);
    let least = PART.max(n_rows.div_ceil(MAX_PARTS));
    let (mut parts, mut first, mut start) = (Vec::new(), 0, 0);
    for (list, &end) in ends.iter().enumerate() {
        if end - start >= least {
            parts.push(first..list + 1);
            (first, start) = (list + 1, end);
        }
    }
    if first < ends.len() {
        parts.push(first..ends.len());
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::{PART, parts};

    #[test]
    fn parts_are_whole_lists_and_large() {
        // 100, 100, 100, 250 and 3 candidates.
        assert_eq!(parts(&[100, 200, 300, 550, 553]), [0..2, 2..4, 4..5]);
        assert_eq!(parts(&[]), []);
        let ends: Vec<usize> = (1..=1000).map(|list| list * PART).collect();
        let parts = parts(&ends);
        assert_eq!(parts.first(), Some(&(0..16)));
        assert_eq!(parts.last(), Some(&(992..1000)));
    }
}
