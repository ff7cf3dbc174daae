//! What does one listener play in one week?
//!
//! Sessions follow each other in time; in each, mostly loved things are replayed and now and then something is heard for the first time.
//! How long it plays, and whether it is liked or disliked aloud, depends on what the listener makes of it.

mod army;
mod choose;
mod hunt;
mod strangers;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use music::{End, Event, Interaction};

use crate::accounts::{AccountKind, Accounts};
use crate::attack::Campaign;
use crate::catalogue::Catalogue;
use crate::charts::Charts;
use crate::dice::{Dice, Purpose, row, whole};
use crate::habits::{self, Occupation, Session, WEEK_SECS};
use crate::loyalty::Loyalty;
use crate::memory::{Known, Memory};
use crate::params::Params;
use crate::talk::Talk;
use crate::truth::{Judgement, Truth};

/// Chance that something is said aloud: a like of what is loved, a dislike of what is not.
const LIKES: Manners = Manners { first: 0.06, from_list: 0.15, again: 0.005 };
const DISLIKES: Manners = Manners { first: 0.01, from_list: 0.06, again: 0.0 };

/// Chance that a December song is skipped in another month, however loved.
const OUT_OF_SEASON: f32 = 0.6;

/// The world as a listener finds it this week.
#[derive(Debug)]
pub(crate) struct Scene<'a> {
    pub(crate) params: &'a Params,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) truth: &'a Truth,
    pub(crate) charts: &'a Charts,
    pub(crate) accounts: &'a Accounts,
    /// What everybody talked about last week.
    pub(crate) talks: &'a [Talk],
    pub(crate) campaign: Option<&'a Campaign>,
    pub(crate) week: usize,
    pub(crate) start: Timestamp,
    pub(crate) is_december: bool,
}

/// A line of the log, before it is said under whose name and with whose credit.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) recording: u32,
    pub(crate) event: Event,
}

/// One listener in one week.
pub(crate) struct Player<'a> {
    scene: &'a Scene<'a>,
    listener: usize,
    memory: &'a mut Memory,
    loyalty: &'a mut Loyalty,
    /// How much each known recording asks to be replayed this week, as running sums.
    pulls: Vec<f32>,
    talk: Talk,
    dice: Dice,
    /// Seconds since the week began.
    now: u32,
    n_sessions: u64,
    /// A ring: what was just played is not played again at once.
    recently_played: [Option<u32>; 6],
    n_played: usize,
    /// What was played so far, by time.
    lines: &'a mut Vec<Line>,
}

/// Chances by how a recording came up.
struct Manners {
    first: f32,
    from_list: f32,
    again: f32,
}

/// How a recording came up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Occasion {
    First,
    FromList,
    Again,
}

impl<'a> Player<'a> {
    pub(crate) fn new(
        scene: &'a Scene<'a>,
        listener: usize,
        memory: &'a mut Memory,
        loyalty: &'a mut Loyalty,
        lines: &'a mut Vec<Line>,
    ) -> Self {
        let pulls = memory.pulls_in(week_as_stored(scene.week), scene.is_december);
        Self {
            scene,
            listener,
            memory,
            loyalty,
            pulls,
            talk: Talk::default(),
            dice: Dice::new(scene.params.seed, Purpose::Week, listener, scene.week),
            now: 0,
            n_sessions: 0,
            recently_played: [None; 6],
            n_played: 0,
            lines,
        }
    }

    /// Plays the week, the list handed over included, and says what friends will hear of it.
    pub(crate) fn play(mut self, list: &[usize]) -> Talk {
        for session in self.plan(list) {
            self.now = self.now.max(session.start);
            self.n_sessions += 1;
            match session.occupation {
                Occupation::Own(n_listens) => self.play_own(session.start, n_listens),
                Occupation::List => self.play_list(list),
                Occupation::Child(n_listens) => self.play_lullabies(n_listens),
                Occupation::Machine(n_listens) => self.play_as_machine(n_listens),
                Occupation::Army(n_listens) => self.play_as_army(n_listens),
            }
            self.now += 60 + self.dice.below(1800);
        }
        self.talk
    }

    /// The week's sessions by time.
    fn plan(&mut self, list: &[usize]) -> Vec<Session> {
        if self.loyalty.has_left {
            return Vec::new();
        }
        let account = self.scene.accounts.account(self.listener);
        let is_signed_up = || {
            let is_signed_up = |c: &Campaign| c.is_signed_up(self.listener, self.scene.week);
            self.scene.campaign.is_some_and(is_signed_up)
        };
        match account.kind {
            AccountKind::Bot => return habits::machine_sessions(),
            AccountKind::PushBot | AccountKind::DemoteBot if is_signed_up() => {
                return habits::army_sessions();
            }
            AccountKind::PushBot | AccountKind::DemoteBot => return Vec::new(),
            AccountKind::MixedBot if !is_signed_up() => return Vec::new(),
            AccountKind::MixedBot
            | AccountKind::Honest
            | AccountKind::SharedWithChild
            | AccountKind::Heavy
            | AccountKind::Hijacked => {}
        }
        let mut sessions = Vec::new();
        if account.kind == AccountKind::SharedWithChild {
            habits::child_sessions(&mut self.dice, &mut sessions);
        }
        // Some weeks are busy, and one in twenty is a holiday.
        let busyness = if self.dice.chance(0.05) { 0.2 } else { self.dice.log_normal(0.95, 0.35) };
        let fickleness = self.scene.params.fickleness;
        habits::own_sessions(
            account,
            account.listens_per_week * busyness * self.loyalty.listening(fickleness),
            &mut self.dice,
            &mut sessions,
        );
        let opens = account.opens * self.loyalty.opening(fickleness);
        if !list.is_empty() && self.dice.chance(opens) {
            sessions.push(habits::list_session(account.day, &mut self.dice));
        }
        sessions.sort_by_key(|session| session.start);
        sessions
    }

    fn play_own(&mut self, start: u32, n_listens: u32) {
        let setting = self.setting(start);
        if self.is_hunting() {
            self.hunt(setting, n_listens);
            return;
        }
        for left in (0..n_listens).rev() {
            match self.choose(setting) {
                Some(choose::Choice::Known(known)) => self.replay(known, left == 0),
                Some(choose::Choice::New(recording, judgement)) => {
                    self.meet(recording, judgement, Occasion::First)
                }
                None => {}
            }
        }
    }

    /// From top to bottom, with gaps; the further down, the fewer.
    fn play_list(&mut self, list: &[usize]) {
        let (mut tried, mut loved) = (0, 0);
        for (position, recording) in list.iter().enumerate() {
            let is_playable =
                *recording < self.scene.catalogue.len() && self.scene.is_out(row(*recording));
            if !is_playable || !self.dice.chance(0.95 - 0.01 * position as f32) {
                continue;
            }
            let recording = row(*recording);
            match self.memory.find(recording) {
                Some(known) => self.replay(known, false),
                None => {
                    let judgement = self.judge(recording);
                    loved +=
                        usize::from(judgement.affinity > 0.0 && self.scene.is_in_season(recording));
                    self.meet(recording, judgement, Occasion::FromList);
                }
            }
            tried += 1;
        }
        self.loyalty.hear(loved, tried);
    }

    /// Hears something for the first time.
    fn meet(&mut self, recording: u32, judgement: Judgement, occasion: Occasion) {
        if !self.has_time_for(recording) {
            return;
        }
        let known = Known {
            recording,
            pull: Known::draw_pull(judgement, &mut self.dice),
            since: week_as_stored(self.scene.week),
            side: judgement.side,
            is_loved: judgement.affinity > 0.0,
            is_december: self.scene.catalogue.release_of(recording).is_december,
        };
        self.remember(known);
        let skips = match known.is_loved {
            true if self.scene.is_in_season(recording) => 0.05,
            true => OUT_OF_SEASON,
            false => 0.7 - 0.5 * (2.0 * judgement.affinity).exp(),
        };
        self.listen(known, skips, occasion);
        if !known.is_loved && judgement.affinity < -0.3 {
            self.say(Interaction::Dislike, recording, DISLIKES.chance(occasion));
        }
    }

    /// Hears something again; the last of a session may be cut off.
    fn replay(&mut self, known: Known, is_last: bool) {
        if !self.has_time_for(known.recording) {
            return;
        }
        if is_last && self.dice.chance(0.25) {
            let played =
                self.dice.between(0.1, 0.9) * (self.length_secs(known.recording) * 1000) as f32;
            self.emit(known.recording, whole(played), End::Stopped);
            return;
        }
        let skips = if known.is_loved { 0.06 } else { 0.35 };
        self.listen(known, skips, Occasion::Again);
        // What was found lately is what one talks about.
        if known.is_loved && usize::from(known.since) + 4 > self.scene.week {
            self.talk.say(known.recording, &mut self.dice);
        }
    }

    fn listen(&mut self, known: Known, skips: f32, occasion: Occasion) {
        let length_ms = self.length_secs(known.recording) * 1000;
        if self.dice.chance(skips) {
            // Most who skip know within half a minute.
            let played = if self.dice.chance(0.75) {
                self.dice.throw(2000, 29_000)
            } else {
                self.dice.throw(30_000, length_ms * 3 / 5)
            };
            self.emit(known.recording, played, End::Skipped);
        } else {
            self.emit(known.recording, length_ms, End::Finished);
        }
        if known.is_loved {
            self.say(Interaction::Like, known.recording, LIKES.chance(occasion));
        }
    }

    fn say(&mut self, kind: Interaction, recording: u32, chance: f32) {
        if self.dice.chance(chance) {
            self.write(recording, Event::new(kind, self.moment()));
        }
    }

    /// What would reach into the next week is not played.
    fn has_time_for(&self, recording: u32) -> bool {
        self.now + self.length_secs(recording) < WEEK_SECS
    }

    /// Plays, and lets the time pass.
    fn emit(&mut self, recording: u32, played_ms: u32, end: End) {
        let event = Event {
            played: Some(Duration::from_millis(played_ms.into())),
            length: self.scene.catalogue.said_length(recording),
            end: Some(end),
            session: Some((self.scene.week as u64) * 1000 + self.n_sessions),
            ..Event::new(Interaction::Play, self.moment())
        };
        self.write(recording, event);
        self.recently_played[self.n_played % self.recently_played.len()] = Some(recording);
        self.n_played += 1;
        self.now += played_ms.div_ceil(1000);
    }

    fn write(&mut self, recording: u32, event: Event) {
        self.lines.push(Line { recording, event });
    }

    fn moment(&self) -> Timestamp {
        self.scene.start + SignedDuration::from_secs(self.now.into())
    }

    /// Takes it into memory, from where it may be replayed in the same session.
    fn remember(&mut self, known: Known) {
        if self.memory.add(known) {
            let pull = known.pull_in(known.since, self.scene.is_december);
            self.pulls.push(self.pulls.last().copied().unwrap_or(0.0) + pull);
        }
    }

    fn judge(&self, recording: u32) -> Judgement {
        self.scene.truth.judge(self.scene.catalogue, self.listener, recording)
    }

    fn length_secs(&self, recording: u32) -> u32 {
        self.scene.catalogue.recording(recording).length_secs.into()
    }
}

impl Scene<'_> {
    pub(crate) fn is_in_season(&self, recording: u32) -> bool {
        self.is_december || !self.catalogue.release_of(recording).is_december
    }

    pub(crate) fn is_out(&self, recording: u32) -> bool {
        usize::from(self.catalogue.release_of(recording).first_week) <= self.week
    }
}

impl Line {
    /// A play to the end.
    pub(crate) fn finished(
        scene: &Scene<'_>,
        recording: u32,
        at: Timestamp,
        session: Option<u64>,
    ) -> Self {
        let event = Event {
            length: scene.catalogue.said_length(recording),
            end: Some(End::Finished),
            session,
            ..Event::new(Interaction::Play, at)
        };
        let mut line = Self { recording, event };
        line.event.played = Some(line.length(scene));
        line
    }

    /// How long the recording is, whether or not anybody says so.
    pub(crate) fn length(&self, scene: &Scene<'_>) -> Duration {
        Duration::from_secs(scene.catalogue.recording(self.recording).length_secs.into())
    }

    /// When it was over, to the second above.
    pub(crate) fn until(&self) -> Timestamp {
        let played = self.event.played.unwrap_or_default();
        let secs = played.as_secs() + u64::from(played.subsec_nanos() > 0);
        self.event.at + Duration::from_secs(secs)
    }
}

impl Manners {
    fn chance(&self, occasion: Occasion) -> f32 {
        match occasion {
            Occasion::First => self.first,
            Occasion::FromList => self.from_list,
            Occasion::Again => self.again,
        }
    }
}

/// Weeks are counted in 16 bits; a world of 1,250 years is older than music.
fn week_as_stored(week: usize) -> u16 {
    u16::try_from(week).unwrap_or(u16::MAX)
}
