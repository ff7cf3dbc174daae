//! Which rows does nobody stand behind?

use jiff::{SignedDuration, Timestamp};

use super::{Kind, Week};
use crate::attributes::LULLABY;
use crate::dice::Dice;
use crate::habits::{HOUR_SECS, WEEK_SECS};
use crate::play::Line;

/// Plays of a burst.
const BURST: (u32, u32) = (12, 40);
/// Recordings of a playlist that goes on by itself, and begins anew when it is over.
const PLAYLIST: usize = 60;

/// A time in which nothing plays.
#[derive(Clone, Copy)]
struct Pause {
    from: Timestamp,
    until: Timestamp,
}

impl Week<'_> {
    /// Adds rows that nobody listened to, or somebody else did; `lived` are the plays of the week by time.
    pub(super) fn add(&self, lived: &[Line], lines: &mut Vec<Line>) {
        let mut dice = self.dice(Kind::Overlaps);
        for session in lived.chunk_by(|a, b| a.event.session == b.event.session) {
            if dice.chance(self.flaws.overlaps) {
                self.overlap(session, &mut dice, lines);
            }
        }
        self.burst(lines);
        self.repeat(lived, lines);
        self.go_on_overnight(lived, lines);
    }

    /// A second device plays until the session ends, and ends what it plays.
    fn overlap(&self, session: &[Line], dice: &mut Dice, lines: &mut Vec<Line>) {
        let (first, last) = (&session[0], &session[session.len() - 1]);
        let genre = u8::try_from(self.account_dice(Kind::Overlaps).below(LULLABY.into()));
        let genre = genre.expect("there are few genres");
        let mut at = first.event.at + SignedDuration::from_secs(dice.throw(5, 90).into());
        while at < last.until() {
            let Some(recording) = self.scene.charts.draw_of_genre(genre, dice) else { return };
            let line = Line::finished(self.scene, recording, at, None);
            at = line.until();
            if at < self.end() {
                lines.push(line);
            }
        }
    }

    /// An album, or a playlist where the drawn artist has too little, stamped with the second in which it was handed over.
    fn burst(&self, lines: &mut Vec<Line>) {
        let mut dice = self.dice(Kind::Bursts);
        if !dice.chance(self.flaws.bursts) {
            return;
        }
        let n_plays = dice.throw(BURST.0, BURST.1) as usize;
        let Some(recording) = self.scene.charts.draw(&mut dice) else { return };
        let album = self.scene.catalogue.artist_of(recording).recordings.clone();
        let mut plays: Vec<u32> = album.filter(|r| self.scene.is_out(*r)).take(n_plays).collect();
        if plays.len() < BURST.0 as usize {
            plays = self.playlist(n_plays, &mut dice);
        }
        // Early enough in the week that the longest of them ends in it.
        let start = dice.below(WEEK_SECS - HOUR_SECS);
        let at = self.scene.start + SignedDuration::from_secs(start.into());
        lines.extend(plays.into_iter().map(|r| Line::finished(self.scene, r, at, None)));
    }

    /// One recording of the week, on and on.
    fn repeat(&self, lived: &[Line], lines: &mut Vec<Line>) {
        let mut dice = self.dice(Kind::Loops);
        if !dice.chance(self.flaws.loops) {
            return;
        }
        let hours = dice.throw(3, 8);
        let long = self.pauses(lived, hours);
        if lived.is_empty() || long.is_empty() {
            return;
        }
        let line = &lived[dice.row_below(lived.len())];
        self.play_on(&[line.recording], dice.pick(&long).from, hours, lines);
    }

    /// The pause begins in the evening; who still listens at four is not asleep.
    fn go_on_overnight(&self, lived: &[Line], lines: &mut Vec<Line>) {
        let mut dice = self.dice(Kind::Overnights);
        if !dice.chance(self.flaws.overnights) {
            return;
        }
        let hours = dice.throw(5, 8);
        let mut nights = self.pauses(lived, hours);
        nights.retain(|pause| {
            let since_monday = pause.from.duration_since(self.scene.start).as_secs();
            let hour = since_monday / i64::from(HOUR_SECS) % 24;
            since_monday > 0 && !(4..20).contains(&hour)
        });
        if nights.is_empty() {
            return;
        }
        let playlist = self.playlist(PLAYLIST, &mut dice);
        self.play_on(&playlist, dice.pick(&nights).from, hours, lines);
    }

    fn play_on(&self, playlist: &[u32], from: Timestamp, hours: u32, lines: &mut Vec<Line>) {
        let until = from + SignedDuration::from_secs((hours * HOUR_SECS).into());
        let mut at = from + SignedDuration::from_secs(2);
        for recording in playlist.iter().cycle() {
            let line = Line::finished(self.scene, *recording, at, None);
            at = line.until();
            if at >= until {
                return;
            }
            lines.push(line);
        }
    }

    fn playlist(&self, n: usize, dice: &mut Dice) -> Vec<u32> {
        (0..n).filter_map(|_| self.scene.charts.draw(dice)).collect()
    }

    /// Of at least so many hours, that before the first listen included.
    fn pauses(&self, lived: &[Line], hours: u32) -> Vec<Pause> {
        let least = SignedDuration::from_secs((hours * HOUR_SECS).into());
        let mut pauses = Vec::new();
        let mut from = self.scene.start;
        for line in lived {
            pauses.push(Pause { from, until: line.event.at });
            from = from.max(line.until());
        }
        pauses.push(Pause { from, until: self.end() });
        pauses.retain(|pause| pause.until.duration_since(pause.from) > least);
        pauses
    }

    fn end(&self) -> Timestamp {
        self.scene.start + SignedDuration::from_secs(WEEK_SECS.into())
    }
}
