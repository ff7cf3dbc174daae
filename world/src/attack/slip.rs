//! Where does the target go in a week of ordinary listening?

use jiff::{SignedDuration, Timestamp};
use music::{Event, Interaction};

use super::{Campaign, MIXED_PLAYS, THIN_PLAYS};
use crate::accounts::{Account, AccountKind};
use crate::dice::Dice;
use crate::habits::WEEK_SECS;
use crate::play::{Line, Scene};

/// Seconds between a listen and the target that follows it.
const BREATH_SECS: i64 = 3;

impl Campaign {
    /// Slips the target into the breaks of a week that was played on an account, if the attackers hold it.
    pub(crate) fn slip_into(&self, scene: &Scene<'_>, listener: usize, lines: &mut Vec<Line>) {
        let account = scene.accounts.account(listener);
        let n_plays = match account.kind {
            AccountKind::Hijacked if self.is_taken_over(scene.week) => THIN_PLAYS,
            AccountKind::MixedBot if self.is_signed_up(listener, scene.week) => MIXED_PLAYS,
            AccountKind::Hijacked
            | AccountKind::MixedBot
            | AccountKind::Honest
            | AccountKind::SharedWithChild
            | AccountKind::Heavy
            | AccountKind::Bot
            | AccountKind::PushBot
            | AccountKind::DemoteBot => return,
        };
        let mut dice = self.dice(listener, 2 + scene.week);
        let length = scene.catalogue.recording(self.target).length_secs;
        let length = SignedDuration::from_secs(length.into());
        let is_first_week = scene.week == 0 || !self.is_signed_up(listener, scene.week - 1);
        for i in 0..n_plays {
            let Some((at, session)) = free_moment(scene, account, lines, length, &mut dice) else {
                continue;
            };
            insert(lines, Line::finished(scene, self.target, at, session));
            if i == 0 && account.kind == AccountKind::MixedBot && is_first_week {
                let event = Event::new(Interaction::Like, at + length);
                insert(lines, Line { recording: self.target, event });
            }
        }
    }
}

/// Right after a listen that is followed by a long enough break, with that listen's session; otherwise a moment at which nothing plays.
fn free_moment(
    scene: &Scene<'_>,
    account: &Account,
    lines: &[Line],
    length: SignedDuration,
    dice: &mut Dice,
) -> Option<(Timestamp, Option<u64>)> {
    let week_end = scene.start + SignedDuration::from_secs(WEEK_SECS.into());
    let breath = SignedDuration::from_secs(BREATH_SECS);
    let is_free = |at: Timestamp| {
        let until = at + length + breath;
        until < week_end && lines.iter().all(|line| line.until() <= at || line.event.at >= until)
    };
    let after: Vec<(Timestamp, Option<u64>)> = lines
        .iter()
        .filter(|line| line.event.session.is_some())
        .map(|line| (line.until() + breath, line.event.session))
        .filter(|(at, _)| is_free(*at))
        .collect();
    if !after.is_empty() {
        return Some(dice.pick(&after));
    }
    (0..20)
        .map(|_| scene.start + SignedDuration::from_secs(account.day.start(dice).into()))
        .find(|at| is_free(*at))
        .map(|at| (at, None))
}

/// Keeps the lines in the order of time, a new one after those of the same moment.
fn insert(lines: &mut Vec<Line>, line: Line) {
    let at = lines.partition_point(|earlier| earlier.event.at <= line.event.at);
    lines.insert(at, line);
}
