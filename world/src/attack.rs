//! Who lifts a recording, or buries it, and how?
//!
//! An army is new accounts that sign up after [`SIGN_UP`] of the weeks; a thin attack takes over accounts of real listeners instead.
//! With [`Attack::share`] at 1 % of 400 listeners and the 26 weeks of the demo, over the whole log:
//!
//! | kind | accounts | plays of the target a week, each | in all |
//! | --- | --- | --- | --- |
//! | push | 4 | 210 | 6,700 |
//! | demote | 4 | 210, broken off | 6,700 |
//! | thin | 40 | 7 | 6,700 |
//! | mixed | 4 | 20 | 560 |

use crate::accounts::{AccountKind, Accounts};
use crate::attributes::LULLABY;
use crate::catalogue::Catalogue;
use crate::dice::{Dice, Purpose, row, whole};
use crate::params::Params;
use crate::truth::Truth;

mod slip;

/// The share of the world's weeks that is over when an army signs up.
const SIGN_UP: (usize, usize) = (7, 10);
/// The share of the world's weeks that is over when the accounts of listeners are taken over.
const TAKEOVER: (usize, usize) = (1, 10);
/// Accounts that a thin attack takes over, for each that an army would have.
const THINNESS: usize = 10;
/// Plays of the target a week on an account that was taken over.
const THIN_PLAYS: u32 = 7;
/// Plays of the target a week by a bot that mixes in.
const MIXED_PLAYS: u32 = 20;
/// How many recordings, the ones met most, an army plays for cover, and how many each of its bots.
const COVERS: usize = 60;
const OWN_COVERS: usize = 5;
/// Of so many recordings, the ones met most, the one with the most lovers is demoted.
const STARS: usize = 50;
/// Listeners who are asked for that.
const ASKED: usize = 500;

/// An attack on a recording, see [`crate::World::attack_target`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Attack {
    /// What the attackers do.
    pub kind: AttackKind,
    /// Accounts of an army for each listener, 0.01 for one in a hundred; at least one account.
    ///
    /// [`AttackKind::Thin`] takes over ten times as many, as far as there are honest ones, and plays on each a thirtieth.
    pub share: f32,
}

/// What attackers do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AttackKind {
    /// Bots play an obscure recording thirty times a night, to its end and without a pause, and ten plays of a few popular ones; each likes the target once a week.
    Push,
    /// Bots break off a well-liked recording within seconds, thirty times a night, and play a few popular ones; each dislikes the target once a week.
    Demote,
    /// Accounts of real listeners play an obscure recording once a day on average, in the breaks of the person's own listening.
    Thin,
    /// Bots with a taste and habits like a person's play an obscure recording twenty times a week among what is theirs, and like it once.
    Mixed,
}

/// An attack as it is carried out in one world.
#[derive(Clone, Debug)]
pub(crate) struct Campaign {
    pub(crate) kind: AttackKind,
    pub(crate) target: u32,
    /// What an army plays to look like listeners.
    covers: Vec<u32>,
    seed: u64,
    n_weeks: usize,
}

impl Attack {
    /// Accounts that the attack adds.
    pub(crate) fn n_bots(self, params: &Params) -> usize {
        if self.kind == AttackKind::Thin { 0 } else { self.size(params) }
    }

    /// Accounts of honest listeners that the attack takes over.
    pub(crate) fn n_hijacked(self, params: &Params) -> usize {
        let wanted = if self.kind == AttackKind::Thin { THINNESS * self.size(params) } else { 0 };
        wanted.min(params.honest())
    }

    /// Who holds the accounts that the attack adds.
    pub(crate) fn bot(self) -> AccountKind {
        match self.kind {
            AttackKind::Push | AttackKind::Thin => AccountKind::PushBot,
            AttackKind::Demote => AccountKind::DemoteBot,
            AttackKind::Mixed => AccountKind::MixedBot,
        }
    }

    fn size(self, params: &Params) -> usize {
        (whole(self.share * params.listeners as f32 + 0.5) as usize).max(1)
    }
}

impl Campaign {
    /// None where there is nothing to attack.
    pub(crate) fn new(
        catalogue: &Catalogue,
        truth: &Truth,
        accounts: &Accounts,
        params: &Params,
    ) -> Option<Self> {
        let attack = params.attack?;
        let by_exposure = by_exposure(catalogue);
        let stars = &by_exposure[by_exposure.len().saturating_sub(STARS)..];
        let target = match attack.kind {
            AttackKind::Demote => {
                let honest = (0..accounts.len())
                    .filter(|l| accounts.account(*l).kind == AccountKind::Honest)
                    .take(ASKED);
                let lovers = |r: u32| {
                    honest.clone().filter(|l| truth.judge(catalogue, *l, r).affinity > 0.0).count()
                };
                stars.iter().copied().max_by_key(|r| lovers(*r))?
            }
            AttackKind::Push | AttackKind::Thin | AttackKind::Mixed => {
                let mut dice = Dice::new(params.seed, Purpose::Attack, 0, 0);
                let obscure = &by_exposure[..by_exposure.len().div_ceil(10)];
                *obscure.get(dice.row_below(obscure.len()))?
            }
        };
        let covers = by_exposure.iter().rev().copied().filter(|r| *r != target).take(COVERS);
        Some(Self {
            kind: attack.kind,
            target,
            covers: covers.collect(),
            seed: params.seed,
            n_weeks: params.weeks,
        })
    }

    /// Whether an army's account exists in that week.
    ///
    /// An army comes all at once; bots that mix in come over a tenth of the world's weeks.
    pub(crate) fn is_signed_up(&self, bot: usize, week: usize) -> bool {
        let delay = match self.kind {
            AttackKind::Mixed => self.dice(bot, 0).row_below(self.n_weeks / 10 + 1),
            AttackKind::Push | AttackKind::Demote | AttackKind::Thin => 0,
        };
        week >= self.n_weeks * SIGN_UP.0 / SIGN_UP.1 + delay
    }

    /// Whether the accounts of listeners are taken over in that week.
    fn is_taken_over(&self, week: usize) -> bool {
        week >= (self.n_weeks * TAKEOVER.0).div_ceil(TAKEOVER.1)
    }

    /// The popular recordings that one bot plays, in every week the same.
    pub(crate) fn covers_of(&self, bot: usize) -> Vec<u32> {
        let mut dice = self.dice(bot, 1);
        (0..OWN_COVERS.min(self.covers.len())).map(|_| dice.pick(&self.covers)).collect()
    }

    /// Of one account; what is drawn here for a listener's account changes nothing of the listener's own.
    fn dice(&self, account: usize, purpose: usize) -> Dice {
        Dice::new(self.seed, Purpose::Attack, account + 1, purpose)
    }
}

/// What was out before week 0 and is played all year round, by how often it is met, ascending.
fn by_exposure(catalogue: &Catalogue) -> Vec<u32> {
    let is_open = |r: &u32| {
        let release = catalogue.release_of(*r);
        let is_lullaby = catalogue.recording(*r).genre == LULLABY;
        release.first_week == 0 && !release.is_december && !is_lullaby
    };
    let mut open: Vec<u32> = (0..row(catalogue.len())).filter(is_open).collect();
    let exposure = |r: u32| catalogue.recording(r).exposure;
    open.sort_by(|a, b| exposure(*a).total_cmp(&exposure(*b)).then(a.cmp(b)));
    open
}
