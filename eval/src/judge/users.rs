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

    /// For each k, 1 less the mean cosine between the users of two of the first k items of a list; `None` with fewer
    /// than two.
    ///
    /// With v the unit vectors of the items over the users, Σ_{i≠j} vᵢ·vⱼ = |Σ v|² − n for n items that have users, so
    /// that no pair has to be looked at, and |s + v|² = |s|² + Σ_u v_u·(2·s_u + v_u) as the list grows.
    /// O(users of all items) time, a number a user of the training.
    pub(super) fn diversities(&self, list: &[u32], ks: &[usize]) -> Vec<Option<f64>> {
        let mut sum = vec![0.0; self.by_item.n_cols()];
        let (mut square, mut n) = (0.0, 0.0);
        let mut of_first = vec![None];
        for (&item, place) in list.iter().zip(0_u32..) {
            let (users, _) = self.by_item.row(item as usize);
            if !users.is_empty() {
                n += 1.0;
                let x = 1.0 / (users.len() as f64).sqrt();
                for &user in users {
                    let sum = &mut sum[user as usize];
                    square += x * (2.0 * *sum + x);
                    *sum += x;
                }
            }
            let pairs = f64::from(place) * f64::from(place + 1);
            of_first.push((place > 0).then(|| 1.0 - (square - n) / pairs));
        }
        ks.iter().map(|&k| of_first[k.min(list.len())]).collect()
    }
}
