//! When does a listener listen?

use jiff::civil::Date;

use crate::accounts::Account;
use crate::dice::{Dice, whole};

pub(crate) const HOUR_SECS: u32 = 3600;
pub(crate) const DAY_SECS: u32 = 24 * HOUR_SECS;
pub(crate) const WEEK_SECS: u32 = 7 * DAY_SECS;
/// Listens of a machine a night.
const MACHINE_LISTENS: u32 = 100;
/// Listens of a bot of an army a night.
const ARMY_LISTENS: u32 = 40;

/// How a kind of person's hours go: how likely a session starts in each of the 24, UTC.
#[derive(Debug)]
pub(crate) struct Day {
    workday: [u8; 24],
    weekend: [u8; 24],
    /// Sessions of a weekend day for one of a workday.
    weekend_factor: f32,
}

const LATE_RISER: [u8; 24] =
    [4, 2, 1, 0, 0, 0, 0, 1, 2, 5, 7, 7, 5, 4, 4, 5, 5, 5, 6, 6, 7, 8, 8, 6];

/// Kinds of people.
pub(crate) static DAYS: [Day; 4] = [
    // On the way to work and back.
    Day {
        workday: [0, 0, 0, 0, 0, 1, 5, 10, 6, 2, 1, 1, 2, 1, 1, 2, 5, 10, 7, 3, 3, 3, 2, 1],
        weekend: LATE_RISER,
        weekend_factor: 0.7,
    },
    // At the desk.
    Day {
        workday: [0, 0, 0, 0, 0, 0, 1, 3, 8, 9, 9, 8, 5, 8, 9, 8, 6, 3, 2, 2, 2, 2, 1, 0],
        weekend: LATE_RISER,
        weekend_factor: 0.4,
    },
    // In the evening.
    Day {
        workday: [1, 0, 0, 0, 0, 0, 1, 2, 2, 1, 1, 1, 1, 1, 1, 2, 3, 5, 7, 9, 10, 9, 7, 3],
        weekend: LATE_RISER,
        weekend_factor: 1.3,
    },
    // Through the night.
    Day {
        workday: [9, 8, 6, 4, 2, 1, 0, 0, 0, 0, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 5, 6, 8, 9],
        weekend: [10, 10, 9, 7, 4, 2, 1, 0, 0, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 5, 6, 8, 9, 10],
        weekend_factor: 1.8,
    },
];

/// What a session is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Occupation {
    /// What the listener likes to hear, for so many listens.
    Own(u32),
    /// The list that was handed over.
    List,
    /// The child sleeps, for so many listens.
    Child(u32),
    /// A machine runs, for so many listens.
    Machine(u32),
    /// A bot of an army, for so many listens.
    Army(u32),
}

/// A time of listening without a break.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Session {
    /// Seconds since the start of the week; later when the one before takes longer.
    pub(crate) start: u32,
    pub(crate) occupation: Occupation,
}

/// Sessions that make up about so many listens, in no order.
pub(crate) fn own_sessions(
    account: &Account,
    listens: f32,
    dice: &mut Dice,
    sessions: &mut Vec<Session>,
) {
    let mut left = listens;
    // What is left below one listen is one by chance.
    while dice.chance(left) {
        let n_listens = (1.0 + dice.waiting(account.session - 1.0)).min(left.max(1.0));
        left -= n_listens;
        sessions.push(Session {
            start: account.day.start(dice),
            occupation: Occupation::Own(whole(n_listens + dice.unit())),
        });
    }
}

/// One session early in the week, as the list comes on Monday.
pub(crate) fn list_session(day: &Day, dice: &mut Dice) -> Session {
    let start = day.start(dice);
    Session { start: start % (3 * DAY_SECS), occupation: Occupation::List }
}

/// Five nights in seven, from a quarter to eight.
pub(crate) fn child_sessions(dice: &mut Dice, sessions: &mut Vec<Session>) {
    for day in 0..7 {
        if dice.chance(5.0 / 7.0) {
            let start = day * DAY_SECS + 19 * HOUR_SECS + 1800 + dice.below(1800);
            sessions.push(Session { start, occupation: Occupation::Child(dice.throw(6, 20)) });
        }
    }
}

/// Every night from two o'clock on, to the second.
pub(crate) fn machine_sessions() -> Vec<Session> {
    nights(Occupation::Machine(MACHINE_LISTENS))
}

/// At the same hour.
pub(crate) fn army_sessions() -> Vec<Session> {
    nights(Occupation::Army(ARMY_LISTENS))
}

fn nights(occupation: Occupation) -> Vec<Session> {
    (0..7).map(|day| Session { start: day * DAY_SECS + 2 * HOUR_SECS, occupation }).collect()
}

/// Sunday from eight to noon.
pub(crate) fn is_sunday_morning(start: u32) -> bool {
    let sunday = 6 * DAY_SECS;
    (sunday + 8 * HOUR_SECS..sunday + 12 * HOUR_SECS).contains(&start)
}

/// Whether a week is one of those in which December songs are played.
pub(crate) fn is_december(monday: Date) -> bool {
    monday.month() == 12 && monday.day() <= 25
}

/// 0 to 23.
pub(crate) fn hour_of_day(start: u32) -> u32 {
    start % DAY_SECS / HOUR_SECS
}

impl Day {
    /// A moment of the week.
    pub(crate) fn start(&self, dice: &mut Dice) -> u32 {
        let weekend_share = 2.0 * self.weekend_factor / (5.0 + 2.0 * self.weekend_factor);
        let (day, hours) = match dice.chance(weekend_share) {
            true => (5 + dice.below(2), &self.weekend),
            false => (dice.below(5), &self.workday),
        };
        let total = hours.iter().map(|weight| u32::from(*weight)).sum();
        let mut left = dice.below(total);
        let mut hour = 0;
        for weight in hours {
            match left.checked_sub(u32::from(*weight)) {
                None => break,
                Some(rest) => left = rest,
            }
            hour += 1;
        }
        day * DAY_SECS + hour * HOUR_SECS + dice.below(HOUR_SECS)
    }
}
