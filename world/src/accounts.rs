//! Who holds the accounts?

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
    /// A machine that plays one recording, or one artist, to lift it.
    Bot,
}

/// An account and the habits of its holder.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) kind: AccountKind,
    /// Listens in an ordinary week.
    pub(crate) listens_per_week: f32,
    /// How many of these are of something never heard before.
    pub(crate) discoveries_per_week: f32,
    pub(crate) day: &'static Day,
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
            let kind = if l >= params.listeners {
                AccountKind::Bot
            } else if l + params.children >= params.listeners {
                AccountKind::SharedWithChild
            } else {
                AccountKind::Honest
            };
            Account::draw(kind, params, &mut Dice::new(params.seed, Purpose::Account, l, 0))
        };
        let accounts = (0..params.listeners + params.bots).map(draw).collect();
        let friends = (0..params.listeners).map(|l| draw_friends(l, params)).collect();
        Self { accounts, friends }
    }

    pub(crate) fn len(&self) -> usize {
        self.accounts.len()
    }

    pub(crate) fn account(&self, listener: usize) -> &Account {
        &self.accounts[listener]
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
        let curiosity = dice.log_normal(7.0, 0.3) * (0.5 * activity.ln()).exp();
        Self {
            kind,
            listens_per_week: activity * params.listens_per_week.clamp(0.0, 10_000.0),
            discoveries_per_week: curiosity,
            day: &DAYS[dice.row_below(DAYS.len())],
            opens: dice.between(0.5, 1.0),
        }
    }
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
