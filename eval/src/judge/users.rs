//! Who has an item, and how unlike are the items of a list by that?

use linalg::Csr;
use models::Heard;
use music::{ItemIx, UserIx};

use crate::Task;

/// The users of each item in the training.
pub(super) struct Users {
    by_item: Csr<ItemIx, UserIx, Heard>,
}

impl Users {
    pub(super) fn of(task: &Task) -> Self {
        Self { by_item: task.heard.transpose() }
    }

    /// How many each item has.
    pub(super) fn counts(&self) -> Vec<u32> {
        let users = self.by_item.rows().map(|(_, users, _)| users.len());
        users.map(|n| u32::try_from(n).expect("user rows are u32")).collect()
    }

    /// 1 less the mean cosine between the users of two items of the list; `None` with fewer than two.
    ///
    /// With v the unit vectors of the items over the users, Σ_{i≠j} vᵢ·vⱼ = |Σ v|² − n for n items that have users, so
    /// that no pair has to be looked at.
    pub(super) fn diversity(&self, list: &[u32]) -> Option<f64> {
        if list.len() < 2 {
            return None;
        }
        let mut entries: Vec<(u32, f64)> = Vec::new();
        let mut n = 0.0;
        for &item in list {
            let (users, _) = self.by_item.row(item as usize);
            if !users.is_empty() {
                n += 1.0;
                let weight = 1.0 / (users.len() as f64).sqrt();
                entries.extend(users.iter().map(|&user| (user, weight)));
            }
        }
        entries.sort_unstable_by_key(|(user, _)| *user);
        let square = |of_user: &[(u32, f64)]| of_user.iter().map(|(_, x)| x).sum::<f64>().powi(2);
        let square: f64 = entries.chunk_by(|a, b| a.0 == b.0).map(square).sum();
        let pairs = list.len() * (list.len() - 1);
        Some(1.0 - (square - n) / pairs as f64)
    }
}
