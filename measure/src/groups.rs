//! For whom, and for what kind of items, is it good?

/// A third of all listening, by how popular the items are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bucket {
    /// The few most popular items that have the first third of the pairs.
    Head,
    /// Those with the second.
    Middle,
    /// The many others.
    Tail,
}

impl Bucket {
    /// All, the most popular first.
    pub const ALL: [Self; 3] = [Self::Head, Self::Middle, Self::Tail];

    /// What it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Middle => "middle",
            Self::Tail => "tail",
        }
    }
}

/// The bucket of each item, from the number of its users; ties by row.
#[must_use]
pub fn buckets(users: &[u32]) -> Vec<Bucket> {
    let mut order: Vec<usize> = (0..users.len()).collect();
    order.sort_by(|&a, &b| users[b].cmp(&users[a]).then(a.cmp(&b)));
    let all: u64 = users.iter().map(|&users| u64::from(users)).sum();
    let mut buckets = vec![Bucket::Tail; users.len()];
    let mut before = 0;
    for item in order {
        // An item belongs where its own pairs begin.
        buckets[item] = match before * 3 {
            thirds if thirds < all => Bucket::Head,
            thirds if thirds < 2 * all => Bucket::Middle,
            _ => Bucket::Tail,
        };
        before += u64::from(users[item]);
    }
    buckets
}

/// Which third of the users each is in by a number, 0 the lowest; ties by row.
#[must_use]
pub fn thirds(numbers: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..numbers.len()).collect();
    order.sort_by(|&a, &b| numbers[a].total_cmp(&numbers[b]).then(a.cmp(&b)));
    let mut thirds = vec![0; numbers.len()];
    for (place, user) in order.into_iter().enumerate() {
        thirds[user] = place * 3 / numbers.len();
    }
    thirds
}

#[cfg(test)]
mod tests {
    use super::{Bucket, buckets, thirds};

    #[test]
    fn each_bucket_has_about_a_third_of_the_pairs() {
        // 12 pairs: 4 begin at 0, then 4 at 4, 2 at 8, 1 at 10, 1 at 11.
        let of = buckets(&[1, 4, 2, 4, 1]);
        assert_eq!(of, [Bucket::Tail, Bucket::Head, Bucket::Tail, Bucket::Middle, Bucket::Tail]);
        assert!(buckets(&[]).is_empty());
    }

    #[test]
    fn a_third_of_the_users_is_in_each_third() {
        assert_eq!(thirds(&[5.0, 1.0, 3.0, 9.0, 2.0, 9.0]), [1, 0, 1, 2, 0, 2]);
        assert!(thirds(&[]).is_empty());
    }
}
