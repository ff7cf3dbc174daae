//! How does a log err about what was listened to?
//!
//! Flawed rows are written after a week was lived: they change neither what anybody knows nor what is played later.
//! Each flaw throws dice of its own, so that one can be left out and the others stay as they are.
//! Accounts of bots have none.

mod added;
mod changed;

use music::Interaction;

use crate::dice::{Dice, Purpose};
use crate::play::{Line, Scene};

/// How often a log errs, and in which way; by default never.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Flaws {
    /// Share of accounts into which two scrobblers report: half of their plays come twice, 1 to 5 s apart.
    pub doubles: f32,
    /// Share of sessions during which a second device plays something else, all from one genre that goes with the account.
    pub overlaps: f32,
    /// Weeks in which an account gets an album's or a playlist's 12 to 40 plays at one and the same second, as a share of all its weeks.
    pub bursts: f32,
    /// Weeks in which one recording is left on repeat for 3 to 8 hours, as a share of an account's weeks.
    pub loops: f32,
    /// Weeks in which a playlist of what is popular goes on for 5 to 8 hours after the last listen of an evening, as a share of an account's weeks.
    pub overnights: f32,
    /// Share of plays whose date is wrong: half of them 2 to 12 years early, the others late, at most by what is left of the world's weeks.
    pub clock_jumps: f32,
    /// Share of plays that contradict themselves: called skipped though played to the end, or finished after 1 to 5 s.
    pub contradictions: f32,
    /// Share of plays of impossible duration: two in three played for ten times the length, the others of a recording of 0 or 1 s.
    pub impossible: f32,
    /// Share of recordings of which nobody tells length, date, release and tags.
    pub without_length: f32,
}

/// What has dice of its own.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Doubles,
    Overlaps,
    Bursts,
    Loops,
    Overnights,
    ClockJumps,
    Contradictions,
    Impossible,
}

/// A multiple of [`Kind`], so that a week's dice and those of an account never meet.
const KINDS: usize = 8;

impl Flaws {
    /// A guess at logs of several services: about one row in six is one that its listener did not play, and one in forty says something wrong.
    #[must_use]
    pub fn typical() -> Self {
        Self {
            doubles: 0.1,
            overlaps: 0.03,
            bursts: 0.02,
            loops: 0.015,
            overnights: 0.04,
            clock_jumps: 0.002,
            contradictions: 0.02,
            impossible: 0.005,
            without_length: 0.2,
        }
    }

    /// Writes a listener's week as a log would have it, by time.
    pub(crate) fn spoil(&self, scene: &Scene<'_>, listener: usize, lines: &mut Vec<Line>) {
        let is_person = scene.accounts.account(listener).kind.is_person();
        if !is_person || *self == (Self { without_length: self.without_length, ..Self::default() })
        {
            return;
        }
        let week = Week { flaws: self, scene, listener };
        let is_play = |line: &&Line| line.event.kind == Interaction::Play;
        let lived: Vec<Line> = lines.iter().filter(is_play).cloned().collect();
        week.add(&lived, lines);
        week.change(lines);
        lines.sort_by_key(|line| line.event.at);
    }
}

/// One week of one account, and what is wrong with it.
struct Week<'a> {
    flaws: &'a Flaws,
    scene: &'a Scene<'a>,
    listener: usize,
}

impl Week<'_> {
    /// Of this week.
    fn dice(&self, kind: Kind) -> Dice {
        let row = (self.scene.week + 1) * KINDS + kind as usize;
        Dice::new(self.scene.params.seed, Purpose::Flaw, self.listener, row)
    }

    /// The same in every week.
    fn account_dice(&self, kind: Kind) -> Dice {
        Dice::new(self.scene.params.seed, Purpose::Flaw, self.listener, kind as usize)
    }
}
