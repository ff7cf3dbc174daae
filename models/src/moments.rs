//! What happened to a listener, one moment after the other?
//!
//! Pairs say what is believed of a listener and an item by now; moments say when it came about, so that what was known
//! at any time can be told from what came later.

use music::ItemIx;

/// What came of one listen, or what was said of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Played, nobody knows how far.
    Heard,
    /// Played to its end or nearly.
    Finished,
    /// Skipped or left early.
    Skipped,
    /// Liked, saved, or put on a playlist.
    Liked,
    /// Disliked.
    Disliked,
}

impl Outcome {
    /// All of them, in their order.
    pub const ALL: [Self; 5] =
        [Self::Heard, Self::Finished, Self::Skipped, Self::Liked, Self::Disliked];

    /// Whether it speaks against the item.
    #[must_use]
    pub fn is_against(self) -> bool {
        matches!(self, Self::Skipped | Self::Disliked)
    }
}

/// One moment of a listener.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    /// Of which item.
    pub item: ItemIx,
    /// Days from then to the newest listen of the log; later than that it is negative.
    pub age_days: f32,
    /// What came of it.
    pub outcome: Outcome,
    /// Hour of the week where the listener lives, Monday's first hour 0; below 168.
    pub hour: Option<u8>,
    /// What it was heard on: 0 mobile, 1 desktop, 2 home.
    pub device: Option<u8>,
    /// How much it counts beside others, 1 where nothing is said; positive.
    pub weight: f32,
}

/// Where somebody lives: two letters of ISO 3166-1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country(pub [u8; 2]);

/// The moments of every user of a training.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moments {
    /// User `u` has `starts[u]..starts[u + 1]` of `all`.
    starts: Vec<usize>,
    all: Vec<Moment>,
    countries: Vec<Option<Country>>,
}

impl Moments {
    /// Of no user yet.
    #[must_use]
    pub fn new() -> Self {
        Self { starts: vec![0], all: Vec::new(), countries: Vec::new() }
    }

    /// Adds the next user, oldest moment first.
    ///
    /// # Panics
    /// When an older moment follows a newer one.
    pub fn push(&mut self, country: Option<Country>, moments: impl IntoIterator<Item = Moment>) {
        let start = self.all.len();
        self.all.extend(moments);
        let of_user = &self.all[start..];
        assert!(of_user.is_sorted_by(|a, b| a.age_days >= b.age_days), "the oldest first expected");
        self.starts.push(self.all.len());
        self.countries.push(country);
    }

    /// Number of users.
    #[must_use]
    pub fn n_users(&self) -> usize {
        self.countries.len()
    }

    /// A user's moments, oldest first.
    #[must_use]
    pub fn of(&self, u: usize) -> &[Moment] {
        &self.all[self.starts[u]..self.starts[u + 1]]
    }

    /// Where a user lives, as far as anybody said.
    #[must_use]
    pub fn country(&self, u: usize) -> Option<Country> {
        self.countries[u]
    }

    /// Number of moments.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether nothing happened to anybody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use music::ItemIx;

    use super::{Country, Moment, Moments, Outcome};

    #[test]
    fn each_user_keeps_what_happened_to_it() {
        let moment = |item, age_days| Moment {
            item: ItemIx(item),
            age_days,
            outcome: Outcome::Heard,
            hour: None,
            device: None,
            weight: 1.0,
        };
        let mut moments = Moments::new();
        moments.push(None, []);
        moments.push(Some(Country(*b"AT")), [moment(3, 2.0), moment(1, 0.5)]);
        assert_eq!((moments.n_users(), moments.len()), (2, 2));
        assert_eq!(moments.of(0), []);
        assert_eq!(moments.of(1)[1], moment(1, 0.5));
        assert_eq!(moments.country(1), Some(Country(*b"AT")));
    }
}
