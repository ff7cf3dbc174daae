//! What had happened to a listener by a moment?
//!
//! One function, [`Timeline::at`], says it for an example of the training and for a list: it reads the moments before
//! one place and nothing after it.

use std::ops::Range;

use music::ItemIx;

use crate::{Heard, Moment, Outcome};

/// Parts of the day, of three hours each, and the share of the weekend behind them.
pub(super) const RHYTHM: usize = 9;
/// How many levels each number of [`Standing`] has, unknown included.
pub(super) const LEVELS: [u32; 7] = [8, 9, 9, 13, 17, 13, 4];
/// Levels of the age of something that was heard.
pub(super) const AGES: usize = 12;
/// Where shares begin to count as the next level.
const SHARES: [f32; 7] = [0.01, 0.03, 0.08, 0.16, 0.3, 0.5, 0.7];

/// The moments of one listener, oldest first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timeline<'a> {
    pub(super) moments: &'a [Moment],
    /// By moment: the place of the next one of the same item, its own number of moments where there is none.
    pub(super) next: &'a [u32],
}

/// One recording of the past, as it was heard last.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) item: u32,
    pub(super) outcome: Outcome,
    /// Level of the days since then, below [`AGES`].
    pub(super) age: u8,
    pub(super) weight: f32,
}

/// What a listener was like by a moment, in levels and shares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Standing {
    /// How much is skipped, heard out and heard again, how many recordings and moments there are, how long ago the first
    /// was, and on what it is mostly heard; 0 where that is not known.
    pub(super) levels: [u8; LEVELS.len()],
    /// Shares of the hours, of 255.
    pub(super) rhythm: [u8; RHYTHM],
}

/// Sums over the moments so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Running {
    n: f32,
    n_against: f32,
    n_finished: f32,
    n_distinct: f32,
    first_age: Option<f32>,
    devices: [f32; 3],
    n_dated: f32,
    hours: [f32; RHYTHM],
}

/// Moments of pairs of which nobody knows how they came about, last heard last, and the surest last of equals.
///
/// What `moments` tells of already is left out, and what is left out stands before all that it tells.
pub(super) fn moments_of_pairs(
    items: &[ItemIx],
    heard: &[Heard],
    moments: &[Moment],
    key: impl Fn(ItemIx) -> u64,
) -> Vec<Moment> {
    let mut told: Vec<ItemIx> = moments.iter().map(|moment| moment.item).collect();
    told.sort_unstable();
    let oldest = moments.first().map(|moment| moment.age_days);
    let untold = items.iter().zip(heard).filter(|(item, _)| told.binary_search(item).is_err());
    let mut pairs: Vec<(ItemIx, &Heard)> = untold.map(|(item, heard)| (*item, heard)).collect();
    pairs.sort_by(|(a, x), (b, y)| {
        let by_age = y.age_days.total_cmp(&x.age_days);
        by_age.then(x.confidence.total_cmp(&y.confidence)).then(key(*a).cmp(&key(*b)))
    });
    let moment = |(item, heard): (ItemIx, &Heard)| Moment {
        item,
        age_days: oldest.unwrap_or(heard.age_days),
        outcome: if heard.is_liked { Outcome::Finished } else { Outcome::Skipped },
        hour: None,
        device: None,
        weight: heard.confidence.sqrt(),
    };
    pairs.into_iter().map(moment).chain(moments.iter().copied()).collect()
}

/// By moment: the place of the next one of the same item, `moments.len()` where there is none.
pub(super) fn next_of_same(moments: &[Moment]) -> Vec<u32> {
    let n = u32::try_from(moments.len()).expect("the moments of a listener are u32");
    let mut order: Vec<u32> = (0..n).collect();
    order.sort_by_key(|place| (moments[*place as usize].item, *place));
    let mut next = vec![n; moments.len()];
    for pair in order.windows(2) {
        if moments[pair[0] as usize].item == moments[pair[1] as usize].item {
            next[pair[0] as usize] = pair[1];
        }
    }
    next
}

impl Timeline<'_> {
    /// Whether all is of one time, so that nothing is before anything else.
    pub(super) fn is_timeless(&self) -> bool {
        let ages = self.moments.first().zip(self.moments.last());
        ages.is_none_or(|(first, last)| first.age_days == last.age_days)
    }

    /// At most `n` recordings heard from a place to before another, each as it was heard last, the last first, of those
    /// that `is_told`.
    pub(super) fn at(
        &self,
        Range { start, end: place }: Range<usize>,
        age_days: f32,
        n: usize,
        is_told: impl Fn(u32) -> bool,
        tokens: &mut Vec<Token>,
    ) {
        let end = tokens.len() + n;
        for (k, moment) in (start..place).zip(&self.moments[start..place]).rev() {
            if tokens.len() == end {
                break;
            }
            // Heard again before that place: it was told then.
            if (self.next[k] as usize) < place || !is_told(moment.item.0) {
                continue;
            }
            tokens.push(Token {
                item: moment.item.0,
                outcome: moment.outcome,
                age: level_of_days(moment.age_days - age_days, AGES - 1),
                weight: moment.weight,
            });
        }
    }
}

/// ⌊log₂(1 + days)⌋ up to a last level.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "from 0 to a small number"
)]
pub(super) fn level_of_days(days: f32, last: usize) -> u8 {
    (1.0 + days.max(0.0)).log2().min(last as f32) as u8
}

/// 0 for none, then ⌊log₂⌋ and 1 up to a last level.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "from 0 to a small number"
)]
fn level_of_count(count: f32, last: u32) -> u8 {
    if count < 1.0 { 0 } else { (1.0 + count.log2()).min(last as f32) as u8 }
}

#[expect(clippy::cast_possible_truncation, reason = "there are eight levels")]
fn level_of_share(share: f32) -> u8 {
    SHARES.partition_point(|from| *from <= share) as u8
}

impl Running {
    /// Counts one more moment; `is_first` says whether its item is new.
    pub(super) fn add(&mut self, moment: &Moment, is_first: bool) {
        self.n += 1.0;
        self.n_against += f32::from(u8::from(moment.outcome.is_against()));
        self.n_finished += f32::from(u8::from(moment.outcome == Outcome::Finished));
        self.n_distinct += f32::from(u8::from(is_first));
        self.first_age.get_or_insert(moment.age_days);
        if let Some(device) =
            moment.device.and_then(|device| self.devices.get_mut(usize::from(device)))
        {
            *device += 1.0;
        }
        if let Some(hour) = moment.hour {
            self.n_dated += 1.0;
            self.hours[usize::from(hour % 24 / 3)] += 1.0;
            self.hours[RHYTHM - 1] += f32::from(u8::from(hour >= 5 * 24));
        }
    }

    /// What it comes to by a moment.
    pub(super) fn standing(&self, age_days: f32) -> Standing {
        if self.n == 0.0 {
            return Standing::default();
        }
        let ended = self.n_finished + self.n_against;
        let known = |share: f32| 1 + level_of_share(share);
        let most = (0..3).rev().max_by(|a, b| self.devices[*a].total_cmp(&self.devices[*b]));
        let most = most.filter(|device| self.devices[*device] > 0.0);
        let days = self.first_age.map_or(0.0, |first| first - age_days);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of 255"
        )]
        let share = |count: f32| (255.0 * count / self.n_dated.max(1.0)) as u8;
        Standing {
            levels: [
                level_of_share(self.n_against / self.n),
                if ended > 0.0 { known(self.n_finished / ended) } else { 0 },
                known(1.0 - self.n_distinct / self.n),
                level_of_count(self.n_distinct, LEVELS[3] - 1),
                level_of_count(self.n, LEVELS[4] - 1),
                level_of_days(days, LEVELS[5] as usize - 1),
                most.map_or(0, |device| u8::try_from(device + 1).expect("three devices")),
            ],
            rhythm: self.hours.map(share),
        }
    }
}

#[cfg(test)]
mod tests {
    use music::ItemIx;

    use super::{LEVELS, Running, Timeline, moments_of_pairs, next_of_same};
    use crate::{Heard, Moment, Outcome};

    fn moment(item: u32, age_days: f32, outcome: Outcome) -> Moment {
        Moment {
            item: ItemIx(item),
            age_days,
            outcome,
            hour: Some(130),
            device: Some(1),
            weight: 1.0,
        }
    }

    #[test]
    fn only_what_was_before_a_place_is_told_each_recording_as_it_was_heard_last() {
        use Outcome::{Finished, Heard, Skipped};
        let moments = [
            moment(1, 9.0, Finished),
            moment(2, 8.0, Heard),
            moment(1, 7.0, Skipped),
            moment(3, 2.0, Heard),
        ];
        let next = next_of_same(&moments);
        assert_eq!(next, [2, 4, 4, 4]);
        let timeline = Timeline { moments: &moments, next: &next };
        let told = |place, except: Option<u32>| {
            let mut tokens = Vec::new();
            timeline.at(0..place, 2.0, 10, |item| Some(item) != except, &mut tokens);
            tokens.iter().map(|token| (token.item, token.outcome, token.age)).collect::<Vec<_>>()
        };
        // log₂(1 + 5) = 2.6, log₂(1 + 6) = 2.8, log₂(1 + 7) = 3.
        assert_eq!(told(3, None), [(1, Skipped, 2), (2, Heard, 2)]);
        assert_eq!(told(2, None), [(2, Heard, 2), (1, Finished, 3)]);
        assert_eq!(told(2, Some(1)), [(2, Heard, 2)]);
        assert_eq!(told(0, None), []);
    }

    #[test]
    fn what_a_listener_was_like_is_levels_within_their_tables() {
        let mut running = Running::default();
        assert_eq!(running.standing(0.0).levels, [0; 7]);
        running.add(&moment(1, 9.0, Outcome::Finished), true);
        running.add(&moment(1, 8.0, Outcome::Skipped), false);
        // A share of 1/2 is the seventh of eight levels; the first listen was 9 days ago, log₂ 10 = 3.3.
        let standing = running.standing(0.0);
        assert_eq!(standing.levels, [6, 7, 7, 1, 2, 3, 2]);
        assert!(standing.levels.iter().zip(LEVELS).all(|(level, n)| u32::from(*level) < n));
        // Hour 130 of the week is Saturday, ten in the morning.
        assert_eq!(standing.rhythm, [0, 0, 0, 255, 0, 0, 0, 0, 255]);
    }

    #[test]
    fn pairs_without_moments_stand_before_those_that_have_them() {
        let heard = |confidence, age_days| Heard { confidence, age_days, is_liked: true };
        let items = [ItemIx(1), ItemIx(2), ItemIx(3)];
        let pairs = [heard(4.0, 0.0), heard(9.0, 0.0), heard(1.0, 0.0)];
        let known = [moment(3, 5.0, Outcome::Heard)];
        let all = moments_of_pairs(&items, &pairs, &known, |item| u64::from(item.0));
        let told: Vec<_> = all.iter().map(|one| (one.item.0, one.age_days, one.weight)).collect();
        assert_eq!(told, [(1, 5.0, 2.0), (2, 5.0, 3.0), (3, 5.0, 1.0)]);
    }
}
