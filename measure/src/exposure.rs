//! What kind of items do lists show, and how evenly?
//!
//! popularity(i) is the share of the training's users who have item i.

/// What the training says of its items.
#[derive(Clone, Debug, PartialEq)]
pub struct Catalogue {
    n_users: usize,
    /// Users of each item.
    users: Vec<u32>,
    /// Item rows, most popular first, ties by row.
    by_popularity: Vec<u32>,
}

impl Catalogue {
    /// From the number of users of each item, of so many in all.
    #[must_use]
    pub fn new(n_users: usize, users: Vec<u32>) -> Self {
        let mut by_popularity: Vec<u32> = (0..).take(users.len()).collect();
        by_popularity.sort_by(|&a, &b| users[b as usize].cmp(&users[a as usize]).then(a.cmp(&b)));
        Self { n_users, users, by_popularity }
    }

    /// Number of items.
    #[must_use]
    pub fn n_items(&self) -> usize {
        self.users.len()
    }

    /// Users of each item.
    #[must_use]
    pub fn users(&self) -> &[u32] {
        &self.users
    }

    /// Mean popularity of some items; `None` of none.
    #[must_use]
    pub fn popularity(&self, items: &[u32]) -> Option<f64> {
        let users: f64 = items.iter().map(|&i| f64::from(self.users[i as usize])).sum();
        let n = items.len() * self.n_users;
        (n > 0).then(|| users / n as f64)
    }

    /// Mean popularity of the list over that of the history, less 1: 0 where the list is as popular as what the user
    /// hears anyway.
    ///
    /// `None` without a list or a history.
    #[must_use]
    pub fn popularity_lift(&self, list: &[u32], history: &[u32]) -> Option<f64> {
        let own = self.popularity(history).filter(|&own| own > 0.0)?;
        Some(self.popularity(list)? / own - 1.0)
    }

    /// Mean self-information −log₂ popularity(i), in bits (Zhou et al. 2010); an item without users counts as with one.
    #[must_use]
    pub fn novelty(&self, list: &[u32]) -> Option<f64> {
        let bits =
            |&i: &u32| (self.n_users as f64 / f64::from(self.users[i as usize].max(1))).log2();
        (!list.is_empty()).then(|| list.iter().map(bits).sum::<f64>() / list.len() as f64)
    }

    /// The k most popular items that are not excluded (ascending rows): the list that anyone would make.
    #[must_use]
    pub fn most_popular(&self, k: usize, excluded: &[u32]) -> Vec<u32> {
        let new = self.by_popularity.iter().filter(|i| excluded.binary_search(i).is_err());
        new.take(k).copied().collect()
    }

    /// Of k places, the share with a relevant item that the list anyone would make has not (Ge et al. 2010).
    ///
    /// `relevant` and `excluded` are ascending rows.
    #[must_use]
    pub fn serendipity(&self, list: &[u32], k: usize, relevant: &[u32], excluded: &[u32]) -> f64 {
        let expected = self.most_popular(k, excluded);
        let is_surprise = |i: &&u32| relevant.binary_search(i).is_ok() && !expected.contains(i);
        list.iter().take(k).filter(is_surprise).count() as f64 / k as f64
    }
}

/// How often each item was shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Exposure {
    shown: Vec<u64>,
}

impl Exposure {
    /// Nothing shown yet, of so many items.
    #[must_use]
    pub fn new(n_items: usize) -> Self {
        Self { shown: vec![0; n_items] }
    }

    /// Shows a list once.
    pub fn show(&mut self, list: &[u32]) {
        for &i in list {
            self.shown[i as usize] += 1;
        }
    }

    /// The share of the items that are in any list; 0 of none.
    #[must_use]
    pub fn coverage(&self) -> f64 {
        let shown = self.shown.iter().filter(|&&shown| shown > 0).count();
        shown as f64 / self.shown.len().max(1) as f64
    }

    /// Gini coefficient of the places given to items: 0 where all have the same number, near 1 where one has all.
    ///
    /// Σ_j (2j − n − 1)·shown_j / (n·Σ shown), items j = 1 … n by rising number; 0 where nothing was shown.
    #[must_use]
    pub fn gini(&self) -> f64 {
        let mut shown = self.shown.clone();
        shown.sort_unstable();
        let n = shown.len() as f64;
        let all: f64 = shown.iter().map(|&shown| shown as f64).sum();
        if all == 0.0 {
            return 0.0;
        }
        let weighted =
            (1..).zip(&shown).map(|(j, &shown)| (2.0 * f64::from(j) - n - 1.0) * shown as f64);
        weighted.sum::<f64>() / (n * all)
    }
}

#[cfg(test)]
mod tests {
    use super::{Catalogue, Exposure};

    /// Eight users; items 0 to 4 have 1, 8, 4, 2 and 0 of them.
    fn catalogue() -> Catalogue {
        Catalogue::new(8, vec![1, 8, 4, 2, 0])
    }

    #[test]
    fn popularity_and_novelty_are_means_over_the_list() {
        let of = catalogue();
        assert_eq!(of.popularity(&[1, 2]), Some((1.0 + 0.5) / 2.0));
        assert_eq!(of.popularity(&[]), None);
        // 0.75 over the history's (1/8 + 2/8)/2 = 0.1875 is 4.
        assert_eq!(of.popularity_lift(&[1, 2], &[0, 3]), Some(3.0));
        assert_eq!(of.popularity_lift(&[1, 2], &[]), None);
        assert_eq!(of.popularity_lift(&[1, 2], &[4]), None);
        // −log₂ of 1/8, 8/8, and 1/8 for the item without users.
        assert_eq!(of.novelty(&[0, 1, 4]), Some(2.0));
        assert_eq!(of.novelty(&[]), None);
    }

    #[test]
    fn serendipity_counts_hits_that_popularity_would_not_make() {
        let of = catalogue();
        assert_eq!(of.most_popular(2, &[1]), [2, 3]);
        // Hits are 2 and 0; anyone would have shown 2.
        assert_eq!(of.serendipity(&[2, 0], 2, &[0, 2], &[1]), 0.5);
    }

    #[test]
    fn coverage_and_gini_tell_an_even_hand_from_a_single_favorite() {
        let mut even = Exposure::new(4);
        even.show(&[0, 1, 2, 3]);
        assert_eq!((even.coverage(), even.gini()), (1.0, 0.0));
        let mut one = Exposure::new(4);
        one.show(&[2]);
        // (2·4 − 4 − 1)·1 / (4·1)
        assert_eq!((one.coverage(), one.gini()), (0.25, 0.75));
        let nothing = Exposure::new(0);
        assert_eq!((nothing.coverage(), nothing.gini()), (0.0, 0.0));
    }
}
