//! Which rows say something else than what happened?

use std::time::Duration;

use jiff::SignedDuration;
use music::{End, Interaction};

use super::{Kind, Week};
use crate::dice::Dice;
use crate::habits::{DAY_SECS, WEEK_SECS};
use crate::play::Line;

impl Week<'_> {
    /// Changes rows, and doubles some as the last thing but their dates.
    pub(super) fn change(&self, lines: &mut Vec<Line>) {
        self.each_play(lines, Kind::Contradictions, self.flaws.contradictions, Self::contradict);
        self.each_play(lines, Kind::Impossible, self.flaws.impossible, Self::inflate);
        self.double(lines);
        self.each_play(lines, Kind::ClockJumps, self.flaws.clock_jumps, Self::misdate);
    }

    fn each_play(
        &self,
        lines: &mut [Line],
        kind: Kind,
        share: f32,
        change: fn(&Self, &mut Line, &mut Dice),
    ) {
        let mut dice = self.dice(kind);
        for line in lines.iter_mut().filter(|line| line.event.kind == Interaction::Play) {
            if dice.chance(share) {
                change(self, line, &mut dice);
            }
        }
    }

    /// What was finished is called skipped, and what was not is called finished, after seconds.
    fn contradict(&self, line: &mut Line, dice: &mut Dice) {
        if line.event.end == Some(End::Finished) {
            line.event.end = Some(End::Skipped);
        } else {
            line.event.end = Some(End::Finished);
            line.event.played = Some(Duration::from_secs(dice.throw(1, 5).into()));
        }
    }

    /// The player was paused and counted on, or told no length.
    fn inflate(&self, line: &mut Line, dice: &mut Dice) {
        if dice.chance(2.0 / 3.0) {
            line.event.played = Some(10 * line.length(self.scene));
        } else {
            line.event.length = Some(Duration::from_secs(dice.below(2).into()));
        }
    }

    fn double(&self, lines: &mut Vec<Line>) {
        if !self.account_dice(Kind::Doubles).chance(self.flaws.doubles) {
            return;
        }
        let mut dice = self.dice(Kind::Doubles);
        for i in 0..lines.len() {
            if lines[i].event.kind == Interaction::Play && dice.chance(0.5) {
                let mut second = lines[i].clone();
                second.event.at += SignedDuration::from_secs(dice.throw(1, 5).into());
                lines.push(second);
            }
        }
    }

    /// In the last week there is no later one, so that all are early.
    fn misdate(&self, line: &mut Line, dice: &mut Dice) {
        let weeks_left = self.scene.params.weeks.saturating_sub(self.scene.week + 1);
        let shift = if weeks_left > 0 && dice.chance(0.5) {
            let most = crate::dice::row(weeks_left).saturating_mul(WEEK_SECS);
            i64::from(dice.below(most))
        } else {
            -i64::from(DAY_SECS) * i64::from(dice.throw(2 * 365, 12 * 365))
        };
        line.event.at += SignedDuration::from_secs(shift);
    }
}
