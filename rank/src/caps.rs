//! Does a line still fit beside the others?

use std::collections::{HashMap, HashSet};

use music::ArtistId;

use crate::{Candidate, Rules};

/// Why a candidate cannot stand beside the lines that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// A line is a version of the same work.
    Work,
    /// Its release has as many lines as one may have.
    Release,
    /// An artist it credits has as many lines as one may have.
    Artist(ArtistId),
}

/// What the picked lines have used up; looked up, never walked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Taken {
    by_artist: HashMap<ArtistId, usize>,
    by_release: HashMap<u64, usize>,
    works: HashSet<u64>,
}

impl Taken {
    /// What keeps a candidate out, if anything does.
    pub(crate) fn full(&self, c: &Candidate<'_>, rules: &Rules) -> Option<Full> {
        let is_full = |n: Option<&usize>, cap: usize| n.copied().unwrap_or(0) >= cap;
        if self.works.contains(&c.work) {
            return Some(Full::Work);
        }
        if c.release
            .is_some_and(|release| is_full(self.by_release.get(&release), rules.per_release))
        {
            return Some(Full::Release);
        }
        let is_out = |artist: &&ArtistId| is_full(self.by_artist.get(artist), rules.per_artist);
        c.artists.iter().find(is_out).map(|artist| Full::Artist(*artist))
    }

    pub(crate) fn add(&mut self, c: &Candidate<'_>) {
        self.works.insert(c.work);
        if let Some(release) = c.release {
            *self.by_release.entry(release).or_default() += 1;
        }
        for (at, &artist) in c.artists.iter().enumerate() {
            if !c.artists[..at].contains(&artist) {
                *self.by_artist.entry(artist).or_default() += 1;
            }
        }
    }
}
