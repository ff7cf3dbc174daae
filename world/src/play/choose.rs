//! What comes next in a session?

use super::Player;
use crate::dice::{fixed_throw, row};
use crate::habits;
use crate::memory::Known;
use crate::params::Tastes;
use crate::truth::Judgement;

/// Share of artists that a listener may run into without being led to them.
const IN_SIGHT: f32 = 0.4;

/// What suits a session.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    /// The side of the listener that is awake.
    side: u8,
    is_sunday_morning: bool,
    /// A session of December songs.
    is_festive: bool,
}

/// What comes next.
#[derive(Clone, Copy, Debug)]
pub(super) enum Choice {
    Known(Known),
    New(u32, Judgement),
}

/// Where something new comes from.
#[derive(Clone, Copy, Debug)]
enum Source {
    Cupboard,
    Friend,
    SameArtist,
    HomeGenre,
    Charts,
}

impl Player<'_> {
    pub(super) fn setting(&mut self, start: u32) -> Setting {
        Setting {
            side: self.scene.truth.side_at(
                self.listener,
                habits::hour_of_day(start),
                &mut self.dice,
            ),
            is_sunday_morning: habits::is_sunday_morning(start),
            is_festive: self.scene.is_december && self.dice.chance(0.25),
        }
    }

    /// Something new now and then, something known otherwise; the other where one of them finds nothing.
    pub(super) fn choose(&mut self, setting: Setting) -> Option<Choice> {
        let p_new = self.p_new();
        if self.dice.chance(p_new) {
            self.discover(setting).or_else(|| self.favorite(setting).map(Choice::Known))
        } else {
            self.favorite(setting).map(Choice::Known).or_else(|| self.discover(setting))
        }
    }

    /// Who knows little yet hears more that is new.
    fn p_new(&self) -> f32 {
        let account = self.scene.accounts.account(self.listener);
        let usual = (account.discoveries_per_week / account.listens_per_week).clamp(0.02, 0.6);
        let ignorance = 12.0 / (12 + self.memory.n_loved()) as f32;
        usual + (1.0 - usual) * ignorance * ignorance
    }

    /// Something known, in proportion to its pull; of six that come to mind the first that suits the session, otherwise the last.
    pub(super) fn favorite(&mut self, setting: Setting) -> Option<Known> {
        let mut fallback = None;
        for _ in 0..6 {
            let known = self.memory.known(self.dice.pick_by_sums(&self.pulls)?);
            if self.recently_played.contains(&Some(known.recording)) {
                continue;
            }
            fallback = Some(known);
            if self.suits(known, setting) {
                break;
            }
        }
        fallback
    }

    fn suits(&self, known: Known, setting: Setting) -> bool {
        if setting.is_festive {
            known.is_december
        } else if setting.is_sunday_morning {
            self.scene.catalogue.is_calm(known.recording)
        } else {
            known.side == setting.side
        }
    }

    /// Something new: of twelve that one source brings up the first that appeals.
    fn discover(&mut self, setting: Setting) -> Option<Choice> {
        let source = self.source(setting);
        for _ in 0..12 {
            let Some(recording) = self.from(source) else { continue };
            let is_open = match source {
                // Charts hold what is out, and the cupboard opens in December.
                Source::Cupboard => true,
                Source::HomeGenre | Source::Charts => self.is_in_sight(recording),
                Source::Friend | Source::SameArtist => {
                    self.scene.is_out(recording) && self.scene.is_in_season(recording)
                }
            };
            if !is_open || self.memory.find(recording).is_some() {
                continue;
            }
            if setting.is_sunday_morning
                && !self.scene.catalogue.is_calm(recording)
                && self.dice.chance(0.7)
            {
                continue;
            }
            let judgement = self.judge(recording);
            if self.dice.chance(appeal(judgement)) {
                return Some(Choice::New(recording, judgement));
            }
        }
        None
    }

    fn source(&mut self, setting: Setting) -> Source {
        let by_word_of_mouth = match self.scene.params.tastes {
            Tastes::Vectors => 0.08,
            Tastes::Rules => 0.25,
        };
        match self.dice.unit() {
            _ if setting.is_festive => Source::Cupboard,
            u if u < by_word_of_mouth => Source::Friend,
            u if u < by_word_of_mouth + 0.2 => Source::SameArtist,
            u if u < by_word_of_mouth + 0.5 => Source::HomeGenre,
            _ => Source::Charts,
        }
    }

    fn from(&mut self, source: Source) -> Option<u32> {
        let scene = self.scene;
        match source {
            Source::Cupboard => scene.charts.draw_for_december(&mut self.dice),
            Source::Charts => scene.charts.draw(&mut self.dice),
            Source::HomeGenre => match scene.truth.home_genre(self.listener, &mut self.dice) {
                Some(genre) => scene.charts.draw_of_genre(genre, &mut self.dice),
                None => scene.charts.draw(&mut self.dice),
            },
            Source::Friend => {
                let friends = scene.accounts.friends(self.listener);
                if friends.is_empty() {
                    return None;
                }
                let friend = self.dice.pick(friends);
                scene.talks[friend as usize].hear(&mut self.dice)
            }
            Source::SameArtist => {
                let known = self.memory.known(self.dice.pick_by_sums(&self.pulls)?);
                let recordings = &scene.catalogue.artist_of(known.recording).recordings;
                Some(self.dice.throw(recordings.start, recordings.end - 1))
            }
        }
    }

    /// Most artists never cross a listener's path, however popular: they play on other stations, in other countries, to other ages.
    fn is_in_sight(&self, recording: u32) -> bool {
        let artist = self.scene.catalogue.recording(recording).artist;
        fixed_throw(self.scene.params.seed, row(self.listener), artist) < IN_SIGHT
    }
}

/// How likely something is given a chance: a cover, a snippet, a friend's word say something about what it is.
fn appeal(judgement: Judgement) -> f32 {
    if judgement.affinity > 0.0 { 0.9 } else { 0.4 * (2.0 * judgement.affinity).exp() }
}
