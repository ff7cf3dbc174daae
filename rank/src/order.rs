//! In which order are the lines played?
//!
//! The opening is easy to love: relevant and rather well known. From there each line follows the one it flows from best,
//! then lines change places as long as the whole flows better. No two lines by one artist stand in a row, unless
//! nothing else is left. Some lines stand where they stand.
//!
//! How far apart two lines are is told by tempo, key and energy as far as both are known, else by the angle between them.
//! O(n²) a pass, for lists of some tens of lines.

use linalg::dot;

use crate::Candidate;
use crate::pick::by_number;

/// Distance between two lines by one artist: more than all of a list can flow.
const SAME_ARTIST: f32 = 100.0;
/// Passes of changing places after which the order is good enough.
const PASSES: usize = 8;
/// Share of the opening's ease that being well known makes up.
const KNOWN: f32 = 0.3;

/// How something sounds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sound {
    /// Beats per minute, above 0.
    pub tempo: Option<f32>,
    /// Place on the circle of fifths, 0 to 11; a minor key stands at its relative major.
    pub key: Option<u8>,
    /// From 0, calm, to 1.
    pub energy: Option<f32>,
}

/// Orders lines, given as places among the candidates; of `fixed`, places in the list, none moves.
///
/// The line `after` which they are played, if there is one, is the opening.
pub(crate) fn order(
    candidates: &[Candidate<'_>],
    relevance: &[f32],
    after: Option<usize>,
    lines: &[usize],
    fixed: &[usize],
) -> Vec<usize> {
    if let Some(before) = after {
        let lines: Vec<usize> = std::iter::once(before).chain(lines.iter().copied()).collect();
        let fixed: Vec<usize> =
            std::iter::once(0).chain(fixed.iter().map(|place| place + 1)).collect();
        return order(candidates, relevance, None, &lines, &fixed).split_off(1);
    }
    let n = lines.len();
    if n < 2 {
        return lines.to_vec();
    }
    let flow = Flow::new(candidates, lines);
    let ease = |line: usize| {
        let at = lines[line];
        (1.0 - KNOWN) * relevance[at] + KNOWN * candidates[at].popularity
    };
    let mut order = chain(&flow, &ease, fixed, n);
    improve(&flow, &mut order, fixed);
    order.into_iter().map(|line| lines[line]).collect()
}

/// How far apart all lines are `[n × n]`.
struct Flow {
    n: usize,
    distances: Vec<f32>,
}

impl Flow {
    fn new(candidates: &[Candidate<'_>], lines: &[usize]) -> Self {
        let n = lines.len();
        let mut distances = vec![0.0; n * n];
        for i in 0..n {
            for j in 0..i {
                let distance = distance(&candidates[lines[i]], &candidates[lines[j]]);
                distances[i * n + j] = distance;
                distances[j * n + i] = distance;
            }
        }
        Self { n, distances }
    }

    fn between(&self, i: usize, j: usize) -> f32 {
        self.distances[i * self.n + j]
    }

    /// What the line at a place of the order is apart from those before and after it.
    fn around(&self, order: &[usize], place: usize) -> f32 {
        let before = place.checked_sub(1).map_or(0.0, |p| self.between(order[p], order[place]));
        let after = order.get(place + 1).map_or(0.0, |&next| self.between(order[place], next));
        before + after
    }
}

/// The easiest first, then always the nearest of what is left.
fn chain(flow: &Flow, ease: &dyn Fn(usize) -> f32, fixed: &[usize], n: usize) -> Vec<usize> {
    let mut left: Vec<usize> = (0..n).filter(|line| !fixed.contains(line)).collect();
    let mut order: Vec<usize> = Vec::with_capacity(n);
    for place in 0..n {
        if fixed.contains(&place) {
            order.push(place);
            continue;
        }
        // The least distance to the line before; the first one by ease. Ties go to the line picked earlier.
        let cost = |line: usize| match order.last() {
            Some(&before) => flow.between(before, line),
            None => -ease(line),
        };
        let best = (0..left.len()).min_by(|a, b| by_number(cost(left[*a]), cost(left[*b])));
        order.push(left.remove(best.expect("as many lines as places")));
    }
    order
}

/// Two lines change places wherever the whole flows better for it; the opening stays.
fn improve(flow: &Flow, order: &mut [usize], fixed: &[usize]) {
    let movable: Vec<usize> = (1..order.len()).filter(|place| !fixed.contains(place)).collect();
    for _ in 0..PASSES {
        let mut has_improved = false;
        for (nth, &i) in movable.iter().enumerate() {
            for &j in &movable[nth + 1..] {
                let before = flow.around(order, i) + flow.around(order, j);
                order.swap(i, j);
                let after = flow.around(order, i) + flow.around(order, j);
                // Neighbors count their common step twice, before and after alike.
                if after < before - 1e-5 {
                    has_improved = true;
                } else {
                    order.swap(i, j);
                }
            }
        }
        if !has_improved {
            return;
        }
    }
}

/// From 0, one flows into the other, to 1; far above for two lines by one artist.
fn distance(a: &Candidate<'_>, b: &Candidate<'_>) -> f32 {
    let shares_an_artist = a.artists.iter().any(|artist| b.artists.contains(artist));
    let apart = if shares_an_artist { SAME_ARTIST } else { 0.0 };
    let parts = [
        a.sound.tempo.zip(b.sound.tempo).map(|(a, b)| apart_in_tempo(a, b)),
        a.sound.key.zip(b.sound.key).map(|(a, b)| apart_in_key(a, b)),
        a.sound.energy.zip(b.sound.energy).map(|(a, b)| (a - b).abs().min(1.0)),
    ];
    let (sum, n) =
        parts.into_iter().flatten().fold((0.0, 0.0), |(sum, n), part| (sum + part, n + 1.0));
    apart + if n > 0.0 { sum / n } else { apart_in_direction(a, b) }
}

/// Half and double tempo are the same; the farthest is half an octave.
fn apart_in_tempo(a: f32, b: f32) -> f32 {
    let octaves = (a / b).log2().abs().fract();
    2.0 * octaves.min(1.0 - octaves)
}

/// Steps on the circle of fifths, of which six are the farthest.
fn apart_in_key(a: u8, b: u8) -> f32 {
    let steps = a.abs_diff(b) % 12;
    f32::from(steps.min(12 - steps)) / 6.0
}

fn apart_in_direction(a: &Candidate<'_>, b: &Candidate<'_>) -> f32 {
    match (a.vector, b.vector) {
        (Some(a), Some(b)) => {
            let lengths = (dot(a, a) * dot(b, b)).sqrt();
            if lengths > 0.0 { (1.0 - dot(a, b) / lengths) / 2.0 } else { 0.5 }
        }
        _ => 0.5,
    }
}
