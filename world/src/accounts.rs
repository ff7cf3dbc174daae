//! Who holds the accounts?

use crate::attack::Attack;
use crate::dice::{Dice, Purpose, row};
use crate::habits::{DAYS, Day};
use crate::params::Params;

/// Who listens on an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountKind {
    /// One person.
    Honest,
    /// One person, and at night a child that sleeps to lullabies.
    SharedWithChild,
    /// One person who listens all day, at work for instance.
    Heavy,
    /// One person, and at times an attacker who has the password, see [`crate::AttackKind::Thin`].
    Hijacked,
    /// A machine that plays one recording, or one artist, to lift it.
    Bot,
    /// A bot of [`crate::AttackKind::Push`].
    PushBot,
    /// A bot of [`crate::AttackKind::Demote`].
    DemoteBot,
    /// A bot of [`crate::AttackKind::Mixed`], with a taste that it pretends.
    MixedBot,
}

impl AccountKind {
    /// Whether a person holds the account, whoever else is on it at times; a machine otherwise.
    #[must_use]
    pub fn is_person(self) -> bool {
        match self {
            Self::Honest | Self::SharedWithChild | Self::Heavy | Self::Hijacked => true,
            Self::Bot | Self::PushBot | Self::DemoteBot | Self::MixedBot => false,
        }
    }
}

/// Listens of an ordinary session, on average.
const SESSION: f32 = 9.0;
/// Three hours of it.
const HEAVY_SESSION: f32 = 50.0;
/// Median listeners that the least of the heavy ones is worth, and the logarithm of how often the most is worth that: from 10 to 40.
const HEAVY: (f32, f32) = (10.0, 1.386);

/// An account and the habits of its holder.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) kind: AccountKind,
    /// Listens in an ordinary week.
    pub(crate) listens_per_week: f32,
    /// How many of these are of something never heard before.
    pub(crate) discoveries_per_week: f32,
    pub(crate) day: &'static Day,
    /// Listens of an ordinary session, on average.
    pub(crate) session: f32,
    /// Share of lists handed over that this listener opens.
    pub(crate) opens: f32,
}

/// Everybody, and who knows whom.
#[derive(Clone, Debug)]
pub(crate) struct Accounts {
    accounts: Vec<Account>,
    /// `[n_listeners]`; friendship is not always mutual.
    friends: Vec<Vec<u32>>,
}

impl Accounts {
    pub(crate) fn new(params: &Params) -> Self {
        let draw = |l| {
            let dice = &mut Dice::new(params.seed, Purpose::Account, l, 0);
            Account::draw(holder(l, params), params, dice)
        };
        let n_attackers = params.attack.map_or(0, |attack| attack.n_bots(params));
        let accounts = (0..params.listeners + params.bots + n_attackers).map(draw).collect();
        let friends = (0..params.listeners).map(|l| draw_friends(l, params)).collect();
        Self { accounts, friends }
    }

    pub(crate) fn len(&self) -> usize {
        self.accounts.len()
    }

    pub(crate) fn account(&self, listener: usize) -> &Account {
        &self.accounts[listener]
    }

    /// Whether a person holds it, or a bot that pretends to be one.
    pub(crate) fn has_taste(&self, listener: usize) -> bool {
        !matches!(
            self.accounts[listener].kind,
            AccountKind::Bot | AccountKind::PushBot | AccountKind::DemoteBot
        )
    }

    /// Bots have none.
    pub(crate) fn friends(&self, listener: usize) -> &[u32] {
        self.friends.get(listener).map_or(&[], Vec::as_slice)
    }
}

impl Account {
    fn draw(kind: AccountKind, params: &Params, dice: &mut Dice) -> Self {
        // Log-normal, mean about 1.4 medians; nobody listens for more than a working week.
        let activity = dice.log_normal(1.0, 0.85).clamp(0.05, 20.0);
        // Who listens five times as much finds twice as much that is new; half a year of the median listener finds 150.
        let curiosity = dice.log_normal(7.0, 0.3);
        let day = &DAYS[dice.row_below(DAYS.len())];
        let opens = dice.between(0.5, 1.0);
        let is_heavy = kind == AccountKind::Heavy;
        let activity = if is_heavy { HEAVY.0 * (HEAVY.1 * dice.unit()).exp() } else { activity };
        Self {
            kind,
            listens_per_week: activity * params.listens_per_week.clamp(0.0, 10_000.0),
            discoveries_per_week: curiosity * (0.5 * activity.ln()).exp(),
            day,
            session: if is_heavy { HEAVY_SESSION } else { SESSION },
            opens,
        }
    }
}

/// People first, then machines, then an army; listeners whose account is taken over are spread evenly over the honest ones.
fn holder(account: usize, params: &Params) -> AccountKind {
    let (listeners, honest) = (params.listeners, params.honest());
    if account >= listeners + params.bots {
        return params.attack.map_or(AccountKind::Bot, Attack::bot);
    }
    if account >= listeners {
        return AccountKind::Bot;
    }
    if account + params.children >= listeners {
        return AccountKind::SharedWithChild;
    }
    if account >= honest {
        return AccountKind::Heavy;
    }
    let n_hijacked = params.attack.map_or(0, |attack| attack.n_hijacked(params));
    // The i-th of them has row ⌊i·honest/n⌋.
    let i = (account * n_hijacked).div_ceil(honest);
    let is_hijacked = i < n_hijacked && i * honest / n_hijacked == account;
    if is_hijacked { AccountKind::Hijacked } else { AccountKind::Honest }
}

/// Two to nine, of whom half live next door in the order of accounts: circles of friends overlap.
fn draw_friends(listener: usize, params: &Params) -> Vec<u32> {
    let mut dice = Dice::new(params.seed, Purpose::Account, listener, 1);
    let n_listeners = row(params.listeners);
    let draw = |i: u32| {
        let reach = if i.is_multiple_of(2) { 12.min(n_listeners) } else { n_listeners };
        (row(listener) + dice.below(reach)) % n_listeners
    };
    let n_friends = 2 + row(listener) % 8;
    (0..n_friends).map(draw).filter(|friend| *friend as usize != listener).collect()
}
