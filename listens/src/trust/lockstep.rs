//! Which accounts do nearly the same?
//!
//! Each account is sketched by the eight smallest hashes of what it concentrates on (bottom-k min-hash, Cohen & Kaplan 2007).
//! Accounts that share a hash are compared with the sketch that is commonest among them; those that have at least half in
//! common with it are a group.
//! A hit has many who love it most, so a group is told from chance by how many listen to what it shares.

use std::collections::HashMap;

/// A smaller group is a coincidence.
const SMALLEST_GROUP: usize = 4;
/// How far above the average rate a recording may draw devotion without being suspect.
const ALLOWANCE: f64 = 3.0;

/// The smallest hashes of a set of recordings, ascending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sketch<const KEPT: usize> {
    hashes: [u64; KEPT],
    len: u8,
}

/// Of what an account concentrates on.
pub(super) type Focus = Sketch<8>;

impl<const KEPT: usize> Default for Sketch<KEPT> {
    fn default() -> Self {
        Self { hashes: [0; KEPT], len: 0 }
    }
}

impl<const KEPT: usize> Sketch<KEPT> {
    /// Takes a recording in.
    pub(super) fn add(&mut self, recording: u64) {
        let hash = scatter(recording);
        let len = usize::from(self.len);
        let at = self.hashes[..len].partition_point(|kept| *kept < hash);
        if self.hashes[..len].get(at) == Some(&hash) || at == KEPT {
            return;
        }
        let end = (len + 1).min(KEPT);
        self.hashes[at..end].rotate_right(1);
        self.hashes[at] = hash;
        self.len += u8::from(len < KEPT);
    }

    pub(super) fn hashes(&self) -> &[u64] {
        &self.hashes[..usize::from(self.len)]
    }

    /// The share of the union's smallest hashes that both have, one of them left out of account: an estimate of
    /// |A ∩ B| / |A ∪ B|.
    pub(super) fn likeness(&self, other: &Self, except: Option<u64>) -> f64 {
        let (a, b) = (self.hashes(), other.hashes());
        let (mut i, mut j, mut union, mut both) = (0, 0, 0, 0);
        while union < KEPT && (i < a.len() || j < b.len()) {
            let x = a.get(i).copied().unwrap_or(u64::MAX);
            let y = b.get(j).copied().unwrap_or(u64::MAX);
            i += usize::from(x <= y);
            j += usize::from(y <= x);
            if except != Some(x.min(y)) {
                both += usize::from(x == y);
                union += 1;
            }
        }
        if union == 0 { 0.0 } else { both as f64 / union as f64 }
    }
}

/// The group that an account is in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Group {
    /// Accounts in it.
    pub(super) size: usize,
    /// How many chance would bring together.
    pub(super) chance: f64,
}

impl Group {
    /// How many times as large as chance would make it.
    pub(super) fn excess(&self) -> f64 {
        self.size as f64 / self.chance.max(1.0)
    }
}

/// How many accounts know a recording, by the hash of its id.
pub(super) type Audiences = HashMap<u64, u32>;

/// The most telling group of each account, in the order of the sketches; none for one that is alone.
///
/// O(n log n) in the number of accounts.
pub(super) fn groups(sketches: &[&Focus], audience: &dyn Fn(u64) -> u32) -> Vec<Option<Group>> {
    let postings = postings(sketches.iter().copied());
    let rate = rate(&postings, audience);
    let mut found = vec![None; sketches.len()];
    for sharing in postings.chunk_by(|a, b| a.0 == b.0) {
        if sharing.len() < SMALLEST_GROUP {
            continue;
        }
        let chance = ALLOWANCE * rate * f64::from(audience(sharing[0].0));
        let pivot = commonest(sharing, sketches);
        let alike = sharing.iter().map(|(_, row)| *row);
        let alike: Vec<usize> =
            alike.filter(|row| sketches[*row].likeness(pivot, None) >= 0.5).collect();
        let group = Group { size: alike.len(), chance };
        if group.size < SMALLEST_GROUP || group.excess() <= 1.0 {
            continue;
        }
        for row in alike {
            let best: &mut Option<Group> = &mut found[row];
            if best.is_none_or(|best| best.excess() < group.excess()) {
                *best = Some(group);
            }
        }
    }
    found
}

/// Every hash with the row of the account that has it, ascending.
pub(super) fn postings<'a>(sketches: impl Iterator<Item = &'a Focus>) -> Vec<(u64, usize)> {
    let of_one =
        |(row, sketch): (usize, &'a Focus)| sketch.hashes().iter().map(move |hash| (*hash, row));
    let mut postings: Vec<(u64, usize)> = sketches.enumerate().flat_map(of_one).collect();
    postings.sort_unstable();
    postings
}

/// How often, over all recordings that anybody concentrates on, somebody who knows one concentrates on it.
pub(super) fn rate(postings: &[(u64, usize)], audience: &dyn Fn(u64) -> u32) -> f64 {
    let known: f64 =
        postings.chunk_by(|a, b| a.0 == b.0).map(|of_one| f64::from(audience(of_one[0].0))).sum();
    postings.len() as f64 / known.max(1.0)
}

/// The sketch that most of them have; of several the smallest.
fn commonest<'a>(sharing: &[(u64, usize)], sketches: &[&'a Focus]) -> &'a Focus {
    let mut all: Vec<&Focus> = sharing.iter().map(|(_, row)| sketches[*row]).collect();
    all.sort_unstable();
    let of_one = all.chunk_by(|a, b| a == b);
    let most = of_one.clone().map(<[_]>::len).max().unwrap_or(0);
    let first = of_one.into_iter().find(|equal| equal.len() == most);
    first.map_or(sketches[sharing[0].1], |equal| equal[0])
}

/// A bijection that scatters neighbors (the finalizer of `SplitMix64`).
pub(super) fn scatter(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// What [`scatter`] scattered.
pub(super) fn unscatter(x: u64) -> u64 {
    let x = (x ^ (x >> 31) ^ (x >> 62)).wrapping_mul(0x3196_42b2_d24d_8ec3);
    let x = (x ^ (x >> 27) ^ (x >> 54)).wrapping_mul(0x96de_1b17_3f11_9089);
    (x ^ (x >> 30) ^ (x >> 60)).wrapping_sub(0x9e37_79b9_7f4a_7c15)
}
