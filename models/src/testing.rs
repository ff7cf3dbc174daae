//! For a test: which worlds have a known answer, and what does every model owe?
//!
//! A [`World`] is two tribes that share no recording; each listener has heard all of the own tribe's but one.
//! What comes next for this listener is then not a matter of taste.
//! [`conformance`] is the one suite that every model runs.

mod conformance;
mod fading;

use std::ops::ControlFlow;

use linalg::Csr;
use music::{ItemIx, RecordingId, Rows, UserIx};

pub use conformance::{conformance, finds_what_was_withheld};
pub use fading::fades_by_the_listeners_own_clock;

use crate::hash::{hash, unit};
use crate::{Heard, History, Progress, Training};

/// Listeners, recordings, and what was withheld from each listener.
#[derive(Clone, Debug)]
pub struct World {
    /// Who heard what `[n_users × n_items]`.
    pub heard: Csr<UserIx, ItemIx, Heard>,
    /// Names of the item rows.
    pub rows: Rows,
    /// By user: the one recording of the tribe that this listener has not heard.
    pub withheld: Vec<ItemIx>,
    /// Where chance in training comes from.
    pub seed: u64,
}

/// Watches nothing and never stops a training.
pub fn unobserved(_progress: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

const N_USERS: u32 = 24;
const N_ITEMS: u32 = 20;
/// Every third recording id is of a recording, so that ids are not rows.
const ID_STEP: u64 = 3;

/// Even listeners hear even recordings, odd ones odd recordings, all with the same confidence.
#[must_use]
pub fn checkerboard() -> World {
    let heard = |_, _| Heard { confidence: 1.0, age_days: 0.0, is_liked: true };
    World::of_tribes(7, |u| u % 2, |i| i % 2, heard)
}

/// Tribes, confidences and ages by chance; the last two recordings nobody has heard.
#[must_use]
pub fn two_tribes(seed: u64) -> World {
    let chance = |kind: u64, a: u32, b: u32| unit(hash([seed, kind, u64::from(a), u64::from(b)]));
    let of_user = |u| u32::from(chance(0, u, 0) < 0.5);
    let of_item = |i| if i < N_ITEMS - 2 { u32::from(chance(1, i, 0) < 0.5) } else { 2 };
    let heard = |u, i| Heard {
        confidence: 0.5 + 2.0 * chance(2, u, i),
        age_days: 100.0 * chance(3, u, i),
        is_liked: true,
    };
    World::of_tribes(seed, of_user, of_item, heard)
}

impl World {
    fn of_tribes(
        seed: u64,
        of_user: impl Fn(u32) -> u32,
        of_item: impl Fn(u32) -> u32,
        heard: impl Fn(u32, u32) -> Heard,
    ) -> Self {
        let mut triplets = Vec::new();
        let mut withheld = Vec::new();
        for u in 0..N_USERS {
            let tribe: Vec<u32> = (0..N_ITEMS).filter(|&i| of_item(i) == of_user(u)).collect();
            assert!(tribe.len() > 2, "seed {seed} makes a tribe too small: {tribe:?}");
            let left_out = tribe[u as usize % tribe.len()];
            withheld.push(ItemIx(left_out));
            let kept = tribe.into_iter().filter(|&i| i != left_out);
            triplets.extend(kept.map(|i| (u, i, heard(u, i))));
        }
        let heard = Csr::from_triplets(N_USERS as usize, N_ITEMS as usize, triplets);
        let ids = (0..u64::from(N_ITEMS)).map(|i| RecordingId(i * ID_STEP + 1)).collect();
        Self { heard, rows: Rows::new(ids), withheld, seed }
    }

    /// The world as a model sees it.
    #[must_use]
    pub fn training(&self) -> Training<'_> {
        Training::new(&self.heard, &self.rows, self.seed)
    }

    /// What one listener heard.
    #[must_use]
    pub fn listener(&self, u: UserIx) -> Listener<'_> {
        let (items, heard) = self.heard.row(u.0 as usize);
        Listener { items: items.iter().map(|&i| ItemIx(i)).collect(), heard }
    }

    /// Every listener.
    pub fn users(&self) -> impl Iterator<Item = UserIx> {
        (0_u32..).map(UserIx).take(self.heard.n_rows())
    }

    /// The same world with its users and, if asked, its items in the opposite order.
    fn reversed(&self, which: Reversed) -> Self {
        let last = |n: usize| u32::try_from(n).expect("rows are u32") - 1;
        let last_user = last(self.heard.n_rows());
        let turned = |i: u32| match which {
            Reversed::Users => i,
            Reversed::UsersAndItems => last(self.heard.n_cols()) - i,
        };
        let mut triplets = Vec::new();
        for (user, items, heard) in (0..).zip(self.heard.rows()).map(|(u, (_, i, h))| (u, i, h)) {
            let pairs = items.iter().zip(heard);
            triplets.extend(pairs.map(|(&i, &heard)| (last_user - user, turned(i), heard)));
        }
        let heard = Csr::from_triplets(self.heard.n_rows(), self.heard.n_cols(), triplets);
        let withheld = self.withheld.iter().rev().map(|item| ItemIx(turned(item.0))).collect();
        Self { heard, rows: self.rows.clone(), withheld, seed: self.seed }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reversed {
    Users,
    UsersAndItems,
}

/// One listener's history, held so that it can be lent.
#[derive(Clone, Debug)]
pub struct Listener<'a> {
    items: Vec<ItemIx>,
    heard: &'a [Heard],
}

impl Listener<'_> {
    /// The history.
    #[must_use]
    pub fn history(&self) -> History<'_> {
        History::new(&self.items, self.heard)
    }

    /// The rows heard, ascending, to be left out of a selection.
    #[must_use]
    pub fn known(&self) -> Vec<u32> {
        self.items.iter().map(|item| item.0).collect()
    }
}
