//! What does this listener like, in rows of this snapshot?

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use listens::{Past, weigh_rows};
use models::{Country, Heard, History as Weights, Moment};
use music::{ArtistId, ItemIx, RecordingId};

use crate::belief::believed;
use crate::facts::Facts;
use crate::moments::{Told, country, moments};
use crate::onboarding::{Picks, left, of_a_like};
use crate::pairs::{age_days, lengths_of};
use crate::places::Places;
use crate::{Config, Snapshot};

/// The most genres that say what a listener hears.
const GENRES: usize = 20;

/// What is known of a listener beside the log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Aside<'a> {
    /// What lifts a liked recording whose time has come round.
    pub(crate) season: &'a BTreeMap<RecordingId, f32>,
    /// Where the listener lives.
    pub(crate) tz: &'a TimeZone,
    /// The same in two letters, as the listener said; a listen that tells goes first.
    pub(crate) country: Option<&'a str>,
    /// What the listener named as loved.
    pub(crate) picks: &'a Picks,
}

/// A listener's weighed history; owns what [`models::History`] borrows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Taste {
    items: Vec<ItemIx>,
    heard: Vec<Heard>,
    /// When they came about, oldest first; empty where no model of the snapshot looks at it.
    moments: Vec<Moment>,
    country: Option<Country>,
    /// What was named that each row counts as liked for, where the listener's own listening does not tell; ascending.
    named: Vec<(ItemIx, String)>,
    /// How much of a like a pick counts.
    left: f32,
    /// How many of the others are liked.
    pub(crate) n_liked: usize,
}

impl Taste {
    /// Weighs a past; recordings that the snapshot does not know are left out.
    ///
    /// Lengths that the snapshot does not know are estimated from this history.
    /// What was named counts as liked where the history tells nothing of it.
    pub(crate) fn of(
        past: &Past<'_>,
        snapshot: &Snapshot,
        places: &Places<'_>,
        config: &Config,
        aside: &Aside<'_>,
    ) -> Self {
        let lengths = lengths_of(past.history, &snapshot.lengths);
        let newest = snapshot.manifest.knows_until;
        // By row, ascending, as models take it: a recording may stand in the row of a former id.
        let mut by_row = BTreeMap::new();
        let weighing = weigh_rows(past, &lengths, &config.evidence);
        for believed in believed(&weighing.weighed, Some(snapshot), &config.evidence) {
            if let Some(item) = places.ix(believed.recording) {
                let age_days = age_days(believed.last, newest);
                let season = aside.season.get(&believed.recording).copied().unwrap_or(1.0);
                let is_liked = believed.is_liked;
                let confidence = believed.confidence * if is_liked { season } else { 1.0 };
                by_row.insert(item, Heard { confidence, age_days, is_liked });
            }
        }
        let n_liked = by_row.values().filter(|heard| heard.is_liked).count();
        let left = left(n_liked);
        let confidence = left * of_a_like(&config.evidence);
        let mut picked = aside.picks.liked(snapshot, places);
        picked.retain(|picked| confidence > 0.0 && !by_row.contains_key(&picked.item));
        for picked in &picked {
            let age_days = age_days(Some(picked.at), newest);
            by_row.insert(picked.item, Heard { confidence, age_days, is_liked: true });
        }
        let (items, heard): (Vec<ItemIx>, Vec<Heard>) = by_row.into_iter().unzip();
        let named = picked.iter().map(|picked| (picked.item, picked.name.clone())).collect();
        let mut taste = Self { items, heard, named, left, n_liked, ..Self::default() };
        if let Some(newest) = newest.filter(|_| snapshot.wants_moments()) {
            let mut told = moments(&weighing.contributions, aside.tz);
            told.extend(picked.iter().map(|picked| Told::liked(picked.recording, picked.at, left)));
            told.sort_by_key(|told| told.at);
            let row = |recording| places.ix(recording).filter(|item| taste.place(*item).is_some());
            let moment = |told: &Told| Some(told.moment(row(told.recording)?, newest));
            taste.moments = told.iter().filter_map(moment).collect();
            taste.country = country(past.history, past.until, aside.country);
        }
        taste
    }

    /// How many liked recordings are known, those that were named as far as they count.
    pub(crate) fn known(&self) -> f32 {
        self.n_liked as f32 + self.left * self.named.len() as f32
    }

    /// How many recordings count as liked because they were named.
    pub(crate) fn n_named(&self) -> usize {
        self.named.len()
    }

    /// What a row counts as liked for, where that is because it was named.
    pub(crate) fn named(&self, item: ItemIx) -> Option<&str> {
        let place = self.named.binary_search_by_key(&item, |(named, _)| *named).ok()?;
        Some(&self.named[place].1)
    }

    /// Where an item stands among the rows.
    fn place(&self, item: ItemIx) -> Option<usize> {
        self.items.binary_search(&item).ok()
    }

    /// The rows, ascending.
    pub(crate) fn items(&self) -> &[ItemIx] {
        &self.items
    }

    /// Whether each of them is liked.
    pub(crate) fn likes(&self) -> impl Iterator<Item = bool> {
        self.heard.iter().map(|heard| heard.is_liked)
    }

    /// The liked rows, last heard first, then by confidence.
    pub(crate) fn recent_loves(&self, n: usize) -> Vec<ItemIx> {
        let mut liked: Vec<_> = self.liked().collect();
        liked.sort_by(|(a, x), (b, y)| {
            let by_age = x.age_days.total_cmp(&y.age_days);
            by_age.then(y.confidence.total_cmp(&x.confidence)).then(a.cmp(b))
        });
        liked.truncate(n);
        liked.into_iter().map(|(item, _)| item).collect()
    }

    /// The artists of what is liked, by falling confidence of all of it.
    pub(crate) fn loved_artists(&self, facts: &Facts, n: usize) -> Vec<ArtistId> {
        let mut sums: BTreeMap<ArtistId, f32> = BTreeMap::new();
        for (item, heard) in self.liked() {
            for artist in facts.artists(item) {
                *sums.entry(*artist).or_default() += heard.confidence;
            }
        }
        let mut artists: Vec<_> = sums.into_iter().collect();
        artists.sort_by(|(a, x), (b, y)| y.total_cmp(x).then(a.cmp(b)));
        artists.truncate(n);
        artists.into_iter().map(|(artist, _)| artist).collect()
    }

    /// Every artist of whom anything was heard.
    pub(crate) fn artists(&self, facts: &Facts) -> BTreeSet<ArtistId> {
        self.items.iter().flat_map(|item| facts.artists(*item)).copied().collect()
    }

    /// What the liked recordings are called, the most usual few, ascending, with shares that sum to 1.
    pub(crate) fn genres(&self, facts: &Facts) -> Vec<(u32, f32)> {
        let mut sums: BTreeMap<u32, f32> = BTreeMap::new();
        for (item, heard) in self.liked() {
            for (genre, share) in facts.genres(item) {
                *sums.entry(*genre).or_default() += share * heard.confidence;
            }
        }
        let mut genres: Vec<_> = sums.into_iter().collect();
        genres.sort_by(|(a, x), (b, y)| y.total_cmp(x).then(a.cmp(b)));
        genres.truncate(GENRES);
        genres.sort_by_key(|(genre, _)| *genre);
        let sum: f32 = genres.iter().map(|(_, weight)| weight).sum();
        genres.into_iter().map(|(genre, weight)| (genre, weight / sum)).collect()
    }

    /// The liked rows with what is believed of them, ascending.
    pub(crate) fn liked(&self) -> impl Iterator<Item = (ItemIx, Heard)> {
        self.entries().filter(|(_, heard)| heard.is_liked)
    }

    /// All rows with what is believed of them, ascending.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (ItemIx, Heard)> {
        self.items.iter().copied().zip(self.heard.iter().copied())
    }

    /// The same history with some of its rows alone, given ascending by place.
    pub(crate) fn only(&self, places: &[usize]) -> Self {
        let is_own = |place: &&usize| self.named(self.items[**place]).is_none();
        let liked = places.iter().filter(|place| self.heard[**place].is_liked);
        let n_liked = liked.filter(is_own).count();
        let holds = |item| self.place(item).is_some_and(|at| places.binary_search(&at).is_ok());
        let named = self.named.iter().filter(|(item, _)| holds(*item));
        Self {
            moments: self.moments.iter().filter(|moment| holds(moment.item)).copied().collect(),
            named: named.cloned().collect(),
            left: self.left,
            country: self.country,
            items: places.iter().map(|place| self.items[*place]).collect(),
            heard: places.iter().map(|place| self.heard[*place]).collect(),
            n_liked,
        }
    }

    /// The same history, each entry counted for so much of itself; what counts for nothing is left out.
    pub(crate) fn weighed(&self, weight: impl Fn(usize) -> f32) -> Self {
        let kept: Vec<usize> = (0..self.items.len()).filter(|place| weight(*place) > 0.0).collect();
        let mut weighed = self.only(&kept);
        for (heard, place) in weighed.heard.iter_mut().zip(kept) {
            heard.confidence *= weight(place);
        }
        for moment in &mut weighed.moments {
            let place = self.items.binary_search(&moment.item);
            moment.weight *= weight(place.expect("only moments of these very rows are kept"));
        }
        weighed
    }

    /// As a model takes it.
    pub(crate) fn weights(&self) -> Weights<'_> {
        let Self { items, heard, moments, country, .. } = self;
        Weights { items, heard, moments, country: *country }
    }
}
