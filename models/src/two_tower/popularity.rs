//! How popular was an item by a moment, and did it rise?
//!
//! The log is cut into slices of equally many examples; a moment is told what was so when its slice began, and a list
//! what is so at the end.

/// Slices of the log.
const SLICES: usize = 32;
/// Days after which a listen counts half for what is popular lately.
const HALF_LIFE_DAYS: f32 = 14.0;
/// Below so many listeners nobody can say whether something rises.
const ENOUGH: f32 = 5.0;

/// Levels of popularity: 0 nobody yet, 8 as many as there are examples an item.
pub(super) const POPULARITIES: u32 = 16;
/// Levels of rise: 0 not known, 4 as popular lately as ever.
pub(super) const TRENDS: u32 = 8;

/// What was popular when.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Popularity {
    n_items: usize,
    /// Ages at which slices begin, falling; the first slice begins before all.
    starts: Vec<f32>,
    /// Popularity and trend by slice and item, the end of the log last `[(slices + 1) × n_items]`.
    levels: Vec<[u8; 2]>,
}

impl Popularity {
    /// From items and ages of all examples, in any order; where all are of one age nothing is known of any time.
    pub(super) fn new(n_items: usize, examples: impl Iterator<Item = (u32, f32)>) -> Self {
        let mut examples: Vec<(u32, f32)> = examples.collect();
        examples.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let is_timeless = examples.first().zip(examples.last()).is_none_or(|(a, b)| a.1 == b.1);
        if is_timeless {
            return Self { n_items, starts: Vec::new(), levels: vec![[0; 2]; n_items] };
        }
        let start = |slice: usize| examples[slice * examples.len() / SLICES].1;
        let mut starts: Vec<f32> = (0..SLICES).map(start).collect();
        starts.dedup();
        let mut counts =
            Counts { ever: vec![0.0; n_items], lately: vec![0.0; n_items], at: starts[0] };
        let mut levels = Vec::with_capacity((starts.len() + 1) * n_items);
        let mut rest = examples.as_slice();
        for age in starts.iter().copied().chain([f32::NEG_INFINITY]) {
            // Those of the moment at which the slice begins are not before it.
            let before = rest.partition_point(|(_, of_example)| *of_example > age);
            let (passed, later) = rest.split_at(before);
            rest = later;
            counts.pass(passed, age.max(passed.last().map_or(counts.at, |last| last.1)));
            levels.extend(counts.levels());
        }
        Self { n_items, starts, levels }
    }

    /// The slice of a moment.
    pub(super) fn slice(&self, age_days: f32) -> usize {
        self.starts.partition_point(|start| *start >= age_days).saturating_sub(1)
    }

    /// The end of the log.
    pub(super) fn end(&self) -> usize {
        self.starts.len()
    }

    /// Levels of popularity and trend of an item when a slice began; of an item that the training did not have, nobody's.
    pub(super) fn of(&self, slice: usize, item: Option<u32>) -> [u8; 2] {
        item.map_or([0; 2], |item| self.levels[slice * self.n_items + item as usize])
    }
}

struct Counts {
    ever: Vec<f32>,
    lately: Vec<f32>,
    /// The age at which `lately` is right.
    at: f32,
}

impl Counts {
    /// Counts examples, oldest first, up to an age.
    fn pass(&mut self, examples: &[(u32, f32)], age: f32) {
        let fade = |days: f32| (-days.max(0.0) / HALF_LIFE_DAYS).exp2();
        let faded = fade(self.at - age);
        // What is left of long ago would become too small a number to compute with.
        self.lately.iter_mut().for_each(|x| *x = if *x < 1e-20 { 0.0 } else { *x * faded });
        for (item, of_example) in examples {
            self.ever[*item as usize] += 1.0;
            self.lately[*item as usize] += fade(of_example - age);
        }
        self.at = age;
    }

    fn levels(&self) -> impl Iterator<Item = [u8; 2]> {
        let (ever, lately): (f32, f32) = (self.ever.iter().sum(), self.lately.iter().sum());
        let n = self.ever.len() as f32;
        self.ever.iter().zip(&self.lately).map(move |(count, recent)| {
            let popularity =
                if *count > 0.0 { level(count * n / ever, 8.0, POPULARITIES) } else { 0 };
            let is_known = *count >= ENOUGH && lately > 0.0;
            let rise = (recent / lately) / (count / ever);
            [popularity, if is_known { level(rise, 4.0, TRENDS) } else { 0 }]
        })
    }
}

/// A ratio, its logarithm in steps of two thirds of a doubling around `middle`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "from 1 to a small number"
)]
fn level(ratio: f32, middle: f32, n_levels: u32) -> u8 {
    (1.5 * ratio.log2() + middle).round().clamp(1.0, (n_levels - 1) as f32) as u8
}

#[cfg(test)]
mod tests {
    use super::Popularity;

    #[test]
    fn a_moment_is_told_only_of_what_was_before_its_slice() {
        // Item 0 is heard on days 100 to 51 before the end, item 1 on days 50 to 1.
        let examples = (1_u8..=100).map(|age| (u32::from(age <= 50), f32::from(age)));
        let popularity = Popularity::new(3, examples);
        let first = popularity.slice(100.0);
        assert_eq!([0, 1, 2].map(|item| popularity.of(first, Some(item))), [[0; 2]; 3]);
        let half = popularity.slice(50.0);
        assert_eq!(popularity.of(half, Some(1)), [0, 0]);
        assert!(popularity.of(half, Some(0))[0] > 8);
        // At the end both were heard as often, one of them long ago.
        let [long_ago, lately] = [0, 1].map(|item| popularity.of(popularity.end(), Some(item)));
        assert_eq!(long_ago[0], lately[0]);
        assert!(long_ago[1] < 4 && lately[1] > 4, "{long_ago:?} {lately:?}");
        assert_eq!(popularity.of(popularity.end(), None), [0, 0]);
    }

    #[test]
    fn without_times_nothing_is_said_of_any() {
        let popularity = Popularity::new(2, [(0, 0.0), (0, 0.0), (1, 0.0)].into_iter());
        assert_eq!(popularity.of(popularity.slice(0.0), Some(0)), [0, 0]);
        assert_eq!(popularity.slice(0.0), popularity.end());
    }
}
