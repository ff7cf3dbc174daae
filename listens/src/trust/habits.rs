//! How does an account behave, by its own history alone?
//!
//! O(n log n) in the length of the history, for bringing its listens into the order of time.

use jiff::Timestamp;
use music::{End, Event, History, Interaction, Logged};

use super::feature::{Feature, N_FEATURES};
use super::lockstep::{Focus, Sketch};

/// Seconds that services want a play to last before they count it, and how much more a machine that knows it gives.
const COUNTED_SECS: f64 = 30.0;
const JUST_SECS: f64 = 5.0;
/// Listens of one recording that two sources report within this many seconds are one.
const SAME_LISTEN_SECS: i64 = 60;
/// A pause longer than this ends a session, in seconds from start to start.
const PAUSE_SECS: i64 = 1800;
const LONGEST_GAP: usize = 900;
const HOUR_SECS: i64 = 3600;
const DAY_SECS: i64 = 24 * HOUR_SECS;
/// Parts of a day in which sessions start: ten minutes each.
const N_STARTS: usize = 144;
/// An hour with less than this share of the listens is quiet.
const QUIET: f64 = 0.01;
/// Below these numbers a feature says nothing.
const FEWEST: usize = 10;
const FEWEST_SESSIONS: usize = 6;
const FEWEST_OPINIONS: usize = 5;
/// Listens of one recording within a day of UTC that say something of what is chosen; more are a loop left running.
const MOST_A_DAY: u32 = 3;
/// Listens of a recording below which an account does not concentrate on it.
const FEWEST_OF_ONE: u32 = 5;

/// What one account's history tells.
#[derive(Clone, Debug)]
pub(super) struct Habits {
    /// Listens, repeated submissions left out.
    pub(super) listens: u32,
    /// Of these, those that say something of what is chosen: of one recording at most a few a day.
    chosen: u32,
    /// Plays of which the length is known.
    pub(super) timed: u32,
    /// Sessions of listening.
    pub(super) sessions: u32,
    /// Likes and dislikes, said again or not.
    pub(super) opinions: u32,
    /// The first and the last moment.
    pub(super) first: Timestamp,
    pub(super) last: Timestamp,
    /// `[N_FEATURES]`; none where there is too little to tell, and of what only a crowd can tell.
    pub(super) values: [Option<f32>; N_FEATURES],
    /// What is listened to most, and what is disliked.
    pub(super) played: Focus,
    pub(super) disliked: Focus,
    /// Of all that is listened to.
    pub(super) heard: Sketch<32>,
}

/// Room to work in, used again for each account.
#[derive(Clone, Debug)]
pub(super) struct Workbench {
    /// When listens start.
    starts: Vec<Start>,
    /// Recordings and their listens, at most a few a day.
    heard: Vec<(u64, u32)>,
    /// `[LONGEST_GAP + 1]` gaps by their seconds.
    gaps: Vec<u32>,
}

impl Default for Workbench {
    fn default() -> Self {
        Self { starts: Vec::new(), heard: Vec::new(), gaps: vec![0; LONGEST_GAP + 1] }
    }
}

/// The start of a listen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Start {
    second: i64,
    /// Whether its recording was played so often on that day already that this is a loop.
    is_loop: bool,
}

/// What is counted on the way through the recordings of a history.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    listens: u32,
    timed: u32,
    just_counted: u32,
    likes: u32,
    dislikes: u32,
    /// Recordings that are spoken of, and those of them that were never listened to.
    spoken_of: u32,
    unheard: u32,
    /// Pairs of opinions on one recording.
    pairs: f64,
}

impl Workbench {
    /// Measures one history; `None` where it has nothing with a time.
    pub(super) fn measure(
        &mut self,
        history: &History,
        each: &mut dyn FnMut(&OfOne),
    ) -> Option<Habits> {
        let moments = history.listens.iter().map(|logged| logged.event.at);
        let (first, last) = (moments.clone().min()?, moments.max()?);
        self.starts.clear();
        self.heard.clear();
        let mut counts = Counts::default();
        let mut disliked = Focus::default();
        let mut heard = Sketch::default();
        for of_one in history.listens.chunk_by(|a, b| a.recording == b.recording) {
            let of_one = self.of_one(of_one, &mut counts);
            if of_one.is_disliked {
                disliked.add(of_one.recording);
            }
            if of_one.listens > 0 {
                heard.add(of_one.recording);
            }
            each(&of_one);
        }
        let played = self.concentration();
        self.starts.sort_unstable();
        // Many listens in one second are a player that was offline; of its rate they say nothing.
        self.starts.dedup_by_key(|start| start.second);
        let mut habits = Habits {
            listens: counts.listens,
            chosen: 0,
            timed: counts.timed,
            sessions: 0,
            opinions: counts.likes + counts.dislikes,
            first,
            last,
            values: [None; N_FEATURES],
            played,
            disliked,
            heard,
        };
        habits.choose(self, counts);
        habits.keep_time(self);
        Some(habits)
    }

    /// Takes in the rows of one recording, ascending by moment.
    fn of_one(&mut self, rows: &[Logged], counts: &mut Counts) -> OfOne {
        let mut of_one = OfOne { recording: rows[0].recording.0, ..OfOne::default() };
        let mut before: Option<&Logged> = None;
        let mut said: Option<&Event> = None;
        let (mut likes, mut dislikes) = (0, 0);
        let (mut day, mut on_day, mut chosen) = (i64::MIN, 0, 0);
        for row in rows {
            match row.event.kind {
                Interaction::Play | Interaction::Skip => {
                    let is_same = before.is_some_and(|before| is_reported_again(before, row));
                    before = Some(row);
                    if is_same {
                        continue;
                    }
                    let second = row.event.at.as_second();
                    of_one.listens += 1;
                    on_day = if second.div_euclid(DAY_SECS) == day { on_day + 1 } else { 1 };
                    day = second.div_euclid(DAY_SECS);
                    let is_loop = on_day > MOST_A_DAY;
                    chosen += u32::from(!is_loop);
                    self.starts.push(Start { second, is_loop });
                    if let Some(is_just) = is_just_counted(&row.event) {
                        of_one.timed += 1;
                        of_one.just_counted += u32::from(is_just);
                    }
                }
                Interaction::Like | Interaction::Dislike => {
                    // Two exports may hold one opinion.
                    let is_told_again = said.is_some_and(|said| {
                        (said.at, &said.kind) == (row.event.at, &row.event.kind)
                    });
                    let is_like = row.event.kind == Interaction::Like;
                    likes += u32::from(is_like && !is_told_again);
                    dislikes += u32::from(!is_like && !is_told_again);
                    of_one.is_disliked = !is_like;
                    said = Some(&row.event);
                }
                Interaction::Unlike => of_one.is_disliked = false,
                Interaction::Save
                | Interaction::PlaylistAdd
                | Interaction::Share
                | Interaction::Queue
                | Interaction::Named(_) => {}
            }
        }
        if of_one.listens > 0 {
            self.heard.push((of_one.recording, chosen));
        }
        counts.listens += of_one.listens;
        counts.timed += of_one.timed;
        counts.just_counted += of_one.just_counted;
        counts.likes += likes;
        counts.dislikes += dislikes;
        counts.spoken_of += u32::from(likes + dislikes > 0);
        counts.unheard += u32::from(likes + dislikes > 0 && of_one.listens == 0);
        counts.pairs += pairs(likes + dislikes);
        of_one
    }

    /// The recordings that are listened to at least half as often as the one listened to most.
    fn concentration(&self) -> Focus {
        let most = self.heard.iter().map(|(_, listens)| *listens).max().unwrap_or(0);
        let mut sketch = Focus::default();
        for (recording, listens) in &self.heard {
            if *listens >= FEWEST_OF_ONE && 2 * listens >= most {
                sketch.add(*recording);
            }
        }
        sketch
    }
}

/// What an account did with one recording.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct OfOne {
    pub(super) recording: u64,
    pub(super) listens: u32,
    /// Plays of which the length is known, and those of them that stop just after what services count.
    timed: u32,
    just_counted: u32,
    pub(super) is_disliked: bool,
}

impl Habits {
    /// How much there is to judge by.
    pub(super) fn amount(&self) -> u32 {
        self.listens + self.opinions
    }

    /// The logarithm of how much it does; with what kinds of accounts it is compared.
    pub(super) fn volume(&self) -> f64 {
        f64::from((self.chosen + self.opinions).max(1)).ln()
    }

    /// What is chosen, what is said of it and how it ends.
    fn choose(&mut self, bench: &Workbench, counts: Counts) {
        self.chosen = bench.heard.iter().map(|(_, listens)| listens).sum();
        if self.chosen as usize >= FEWEST {
            let n = f64::from(self.chosen);
            let most = bench.heard.iter().map(|(_, listens)| *listens).max().unwrap_or(0);
            self.set(Feature::Favorite, f64::from(most) / n);
            // H = −Σ n_r/n·ln(n_r/n) = ln n − Σ n_r·ln n_r / n
            let terms = bench.heard.iter().map(|(_, n_r)| f64::from(*n_r) * f64::from(*n_r).ln());
            self.set(Feature::Variety, (n.ln() - terms.sum::<f64>() / n).exp());
        }
        if counts.timed as usize >= FEWEST {
            let share = f64::from(counts.just_counted) / f64::from(counts.timed);
            self.set(Feature::JustCounted, share);
        }
        let did = f64::from(self.listens + self.opinions);
        if did > 0.0 {
            self.set(Feature::Likes, f64::from(counts.likes) / did);
            self.set(Feature::Dislikes, f64::from(counts.dislikes) / did);
        }
        if self.opinions as usize >= FEWEST_OPINIONS {
            self.set(Feature::Insistence, counts.pairs / pairs(self.opinions));
            let unheard = f64::from(counts.unheard) / f64::from(counts.spoken_of);
            self.set(Feature::Unheard, unheard);
        }
    }

    /// When it listens, with its starts ascending.
    fn keep_time(&mut self, bench: &mut Workbench) {
        let starts = &bench.starts;
        if starts.len() < FEWEST {
            return;
        }
        let all = starts.iter().map(|start| start.second);
        self.set(Feature::Burst, most_within(all, HOUR_SECS));
        let chosen = starts.iter().filter(|start| !start.is_loop).map(|start| start.second);
        self.set(Feature::Day, most_within(chosen, DAY_SECS));
        let mut hours = [0_u32; 24];
        for start in starts {
            hours[part_of_day(start.second, 24)] += 1;
        }
        let n = starts.len() as f64;
        let terms = hours.iter().filter(|n_h| **n_h > 0);
        let terms = terms.map(|n_h| f64::from(*n_h) * f64::from(*n_h).ln());
        self.set(Feature::Hours, (n.ln() - terms.sum::<f64>() / n).exp());
        self.set(Feature::Sleep, longest_quiet(hours, n) as f64);
        self.keep_pace(&mut bench.gaps, &bench.starts);
    }

    /// Gaps within sessions, and when sessions start.
    fn keep_pace(&mut self, gaps: &mut [u32], starts: &[Start]) {
        gaps.fill(0);
        let mut sessions = [0_u32; N_STARTS];
        sessions[part_of_day(starts[0].second, N_STARTS)] += 1;
        let (mut n_gaps, mut n_sessions) = (0_u32, 1_u32);
        for pair in starts.windows(2) {
            let gap = pair[1].second - pair[0].second;
            if gap > PAUSE_SECS {
                sessions[part_of_day(pair[1].second, N_STARTS)] += 1;
                n_sessions += 1;
            } else if !pair[0].is_loop
                && let Some(of_gap) = usize::try_from(gap).ok().and_then(|at| gaps.get_mut(at))
            {
                *of_gap += 1;
                n_gaps += 1;
            }
        }
        self.sessions = n_sessions;
        if n_gaps as usize >= FEWEST {
            let commonest = gaps.windows(3).map(|near| near.iter().sum::<u32>()).max();
            self.set(Feature::Pace, f64::from(commonest.unwrap_or(0)) / f64::from(n_gaps));
        }
        if n_sessions as usize >= FEWEST_SESSIONS {
            let together: f64 = sessions.iter().map(|n| pairs(*n)).sum();
            self.set(Feature::OnTheDot, together / pairs(n_sessions));
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "seven digits tell accounts apart")]
    pub(super) fn set(&mut self, feature: Feature, value: f64) {
        self.values[feature as usize] = Some(value as f32);
    }
}

/// Ordered pairs of different things out of `n`.
fn pairs(n: u32) -> f64 {
    f64::from(n) * f64::from(n.saturating_sub(1))
}

fn is_reported_again(before: &Logged, row: &Logged) -> bool {
    let apart = row.event.at.as_second() - before.event.at.as_second();
    before.import != row.import && apart <= SAME_LISTEN_SECS
}

/// Whether a play stops just after what services count, short of its end; `None` where nobody says how long it was.
fn is_just_counted(event: &Event) -> Option<bool> {
    let played = event.played?.as_secs_f64();
    let is_whole = event.end == Some(End::Finished)
        || event.length.is_some_and(|length| played >= 0.9 * length.as_secs_f64());
    Some(!is_whole && (COUNTED_SECS..COUNTED_SECS + JUST_SECS).contains(&played))
}

/// Which of `n` equal parts of the day, UTC.
#[expect(clippy::cast_sign_loss, clippy::cast_possible_truncation, reason = "0 to n")]
fn part_of_day(second: i64, n: usize) -> usize {
    (second.rem_euclid(DAY_SECS) * n as i64 / DAY_SECS) as usize
}

/// The most of these moments, ascending, within a stretch of time.
fn most_within(starts: impl Iterator<Item = i64> + Clone, secs: i64) -> f64 {
    let mut oldest = starts.clone();
    let mut from = oldest.next();
    let (mut within, mut most) = (0_u32, 0);
    for start in starts {
        within += 1;
        while from.is_some_and(|from| start - from >= secs) {
            from = oldest.next();
            within -= 1;
        }
        most = most.max(within);
    }
    f64::from(most)
}

/// The longest run of quiet hours, around midnight too.
fn longest_quiet(hours: [u32; 24], n: f64) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for n_h in hours.iter().chain(&hours) {
        run = if f64::from(*n_h) < QUIET * n { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest.min(24)
}

#[cfg(test)]
mod tests {
    use super::{longest_quiet, most_within, part_of_day};

    #[test]
    fn the_busiest_hour_may_begin_at_any_moment() {
        // 3500, 3600 and 7099 lie within an hour; 0 and 3600 do not.
        let starts = [0, 3500, 3600, 7099, 9000];
        assert!((most_within(starts.into_iter(), 3600) - 3.0).abs() < 1e-12);
    }

    #[test]
    fn a_night_is_quiet_around_midnight() {
        let mut hours = [50; 24];
        for hour in [22, 23, 0, 1, 2] {
            hours[hour] = 0;
        }
        assert_eq!(longest_quiet(hours, 950.0), 5);
        assert_eq!((part_of_day(-1, 24), part_of_day(3600, 144)), (23, 6));
    }
}
