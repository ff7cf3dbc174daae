//! Who had how much attention before a week's lists and with them, and for whom are the lists good?
//!
//! Attention and what is due of it are summed over weeks as exposure prices see them (`exposure.rs`), and told as shares of
//! all of it; the listeners' side ([`crate::Reception`]) is of the one week.

use std::collections::{BTreeMap, BTreeSet};

use music::{ArtistId, ExposureSubject, Week};
use rank::{Exposure, attention};
use serde::Serialize;

use crate::exposure::{is_artist, is_priced, subjects};
use crate::facts::Facts;
use crate::places::Places;
use crate::reception::{Received, Reception};
use crate::{Error, Folder, Snapshot};

/// Artists who are told on either side.
const TOLD: usize = 10;
/// The part of the artists who are the most shown.
const MOST_SHOWN: usize = 10;

/// How attention was shared out, and what came of the lists.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExposureReport {
    /// The week.
    pub week: Week,
    /// Snapshot of the last list of the week, whose prices are told.
    pub snapshot: String,
    /// Lists of the week with new recordings, shared ones not counted.
    pub lists: usize,
    /// New recordings in these.
    pub lines: usize,
    /// Artists who had or were due any attention up to the week.
    pub artists: usize,
    /// How attention was shared out among them before the week; `None` in the first one.
    pub before: Option<SharedOut>,
    /// The same with the week.
    pub after: SharedOut,
    /// Every group that an operator named, by name.
    pub groups: Vec<SubjectReport>,
    /// Artists who had more than was due, most first.
    pub over: Vec<SubjectReport>,
    /// Artists who had less, least first.
    pub under: Vec<SubjectReport>,
    /// What the week's listeners made of the lists.
    pub reception: Reception,
}

/// How attention was shared out among artists.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SharedOut {
    /// Gini coefficient of the attention: 0 where all have the same, near 1 where one has all.
    pub gini: f64,
    /// What it would be if everybody had what was due.
    pub gini_due: f64,
    /// Share of the attention that the tenth of the artists who have most of it have.
    pub most_shown_share: f64,
    /// What the tenth to whom most is due would have.
    pub most_shown_share_due: f64,
    /// Sum over artists of the distance between the share that was had and the one that was due; from 0 to 2.
    pub distance: f64,
    /// The same over groups; each may add from 0 to 1.
    pub group_distance: f64,
}

/// What an artist or a group had, and what was due by relevance.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SubjectReport {
    /// The artist; `null` for a group.
    pub artist: Option<ArtistId>,
    /// What people call it.
    pub name: String,
    /// Shares before the week; `None` in the first one.
    pub before: Option<Shares>,
    /// Shares with the week.
    pub after: Shares,
    /// What its lines cost in the week's lists, in units of the best relevance; less than 0 for who is owed attention.
    /// `None` where there was no price.
    pub price: Option<f64>,
}

/// Shares of all attention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Shares {
    /// By relevance.
    pub due: f64,
    /// What was had.
    pub had: f64,
}

/// Reports on the lists of a week, or of the newest one with lists.
///
/// Reads the ledger as a whole, the catalogue, and the logs of those who got a list that week.
///
/// # Errors
/// [`Error::NoLists`] where there is nothing to report on; when the store or the serving snapshot cannot be read.
pub fn exposure_report(folder: &Folder, week: Option<Week>) -> Result<ExposureReport, Error> {
    let Some((week, snapshot)) = folder.store.newest_exploration(week)? else {
        return Err(Error::NoLists { week });
    };
    let serving = Snapshot::current(&folder.snapshots())?;
    let places = Places::of(&serving.rows, &folder.store)?;
    let facts = Facts::of(&folder.store, &serving, &places)?;
    let mut attended = Attended::default();
    attended.due(folder, week)?;
    let mut received = Received::default();
    folder.store.for_each_shown_line(Some(week.plus(1)), &mut |line| {
        if is_priced(&line) {
            if line.week == week {
                received.add(&line);
            }
            let of_line = places.ix(line.recording).map(|item| subjects(&facts, item));
            attended.show(of_line.into_iter().flatten(), line.position, line.week < week);
        }
    })?;
    let reception = received.reception(folder, week, &serving, &places, &facts)?;
    let prices = folder.store.exposure_prices(week, &snapshot)?.unwrap_or_default();
    let prices = prices.into_iter().map(|of| (of.subject, of.price)).collect();
    let shared = attended.shared();
    let telling = Telling { folder, prices, shared: &shared };
    let has_groups = facts.all_groups();
    Ok(ExposureReport {
        week,
        snapshot,
        lists: reception.lists(),
        lines: received.n_lines(),
        artists: shared.artists.len(),
        before: shared.is_known_before.then(|| shared.out(|of| of.before)),
        after: shared.out(|of| of.after),
        groups: telling.groups(&has_groups)?,
        over: telling.artists(|excess| excess)?,
        under: telling.artists(|excess| -excess)?,
        reception,
    })
}

/// What was had and due before a week, and with it.
#[derive(Clone, Copy, Debug, Default)]
struct Ends<T> {
    before: T,
    after: T,
}

/// Sums of attention and of what was due.
#[derive(Debug, Default)]
struct Attended {
    by_subject: BTreeMap<ExposureSubject, Ends<Exposure>>,
}

impl Attended {
    /// Notes what was due.
    fn due(&mut self, folder: &Folder, week: Week) -> Result<(), Error> {
        for (subject, relevance) in folder.store.deserved(week)? {
            self.by_subject.entry(subject).or_default().before.relevance = relevance;
        }
        for (subject, relevance) in folder.store.deserved(week.plus(1))? {
            self.by_subject.entry(subject).or_default().after.relevance = relevance;
        }
        Ok(())
    }

    /// Adds a line.
    fn show(
        &mut self,
        subjects: impl Iterator<Item = ExposureSubject>,
        position: u32,
        is_before: bool,
    ) {
        for subject in subjects {
            let of = self.by_subject.entry(subject).or_default();
            of.after.attention += attention(position);
            if is_before {
                of.before.attention += attention(position);
            }
        }
    }

    /// Shares of what all artists together had and were due: a group's too, as artists may be in several groups or none.
    fn shared(self) -> Shared {
        let mut whole = Ends::<Exposure>::default();
        for (_, of) in self.by_subject.iter().filter(|(subject, _)| is_artist(subject)) {
            for (sum, of) in [(&mut whole.before, of.before), (&mut whole.after, of.after)] {
                sum.attention += of.attention;
                sum.relevance += of.relevance;
            }
        }
        let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
        let shares = |of: Exposure, whole: Exposure| Shares {
            due: share(of.relevance, whole.relevance),
            had: share(of.attention, whole.attention),
        };
        let of_each = self.by_subject.into_iter().map(|(subject, of)| {
            let before = shares(of.before, whole.before);
            (subject, Ends { before, after: shares(of.after, whole.after) })
        });
        let (artists, groups) = of_each.partition(|(subject, _)| is_artist(subject));
        Shared { is_known_before: whole.before.attention > 0.0, artists, groups }
    }
}

/// Shares of each artist and each group.
#[derive(Debug)]
struct Shared {
    is_known_before: bool,
    artists: BTreeMap<ExposureSubject, Ends<Shares>>,
    groups: BTreeMap<ExposureSubject, Ends<Shares>>,
}

impl Shared {
    /// How attention was shared out at one end.
    fn out(&self, end: impl Fn(&Ends<Shares>) -> Shares) -> SharedOut {
        let artists: Vec<Shares> = self.artists.values().map(&end).collect();
        let groups: Vec<Shares> = self.groups.values().map(&end).collect();
        let rising = |share: fn(&Shares) -> f64| {
            let mut shares: Vec<f64> = artists.iter().map(share).collect();
            shares.sort_by(f64::total_cmp);
            shares
        };
        let (had, due) = (rising(|of| of.had), rising(|of| of.due));
        let distance = |of: &[Shares]| of.iter().map(|Shares { due, had }| (had - due).abs()).sum();
        SharedOut {
            gini: gini(&had),
            gini_due: gini(&due),
            most_shown_share: most(&had),
            most_shown_share_due: most(&due),
            distance: distance(&artists),
            group_distance: distance(&groups),
        }
    }
}

/// Gini coefficient of rising numbers, `Σ_j (2j − n − 1)·x_j / (n·Σ x)`; 0 of nothing.
fn gini(rising: &[f64]) -> f64 {
    let (n, all) = (rising.len() as f64, rising.iter().sum::<f64>());
    if all == 0.0 {
        return 0.0;
    }
    let weighted = (1..).zip(rising).map(|(j, x)| (2.0 * f64::from(j) - n - 1.0) * x);
    weighted.sum::<f64>() / (n * all)
}

/// Sum of the largest tenth of rising numbers, at least of one.
fn most(rising: &[f64]) -> f64 {
    rising.iter().rev().take(rising.len().div_ceil(MOST_SHOWN)).sum()
}

/// Puts names and prices to subjects.
struct Telling<'a> {
    folder: &'a Folder,
    prices: BTreeMap<ExposureSubject, f64>,
    shared: &'a Shared,
}

impl Telling<'_> {
    fn groups(&self, all: &BTreeSet<&String>) -> Result<Vec<SubjectReport>, Error> {
        let of_catalogue = all.iter().map(|name| ExposureSubject::Group((*name).clone()));
        let subjects: BTreeSet<_> =
            self.shared.groups.keys().cloned().chain(of_catalogue).collect();
        let ends = |subject| self.shared.groups.get(subject).copied().unwrap_or_default();
        subjects.iter().map(|subject| self.tell(subject, ends(subject))).collect()
    }

    /// The artists for whom what was had less what was due, turned so, is the most.
    fn artists(&self, turned: impl Fn(f64) -> f64) -> Result<Vec<SubjectReport>, Error> {
        let excess = |ends: &Ends<Shares>| turned(ends.after.had - ends.after.due);
        let mut artists: Vec<_> = self
            .shared
            .artists
            .iter()
            .map(|(subject, ends)| (excess(ends), subject, *ends))
            .filter(|(excess, ..)| *excess > 0.0)
            .collect();
        artists.sort_by(|(x, a, _), (y, b, _)| y.total_cmp(x).then(a.cmp(b)));
        artists.truncate(TOLD);
        artists.into_iter().map(|(_, subject, ends)| self.tell(subject, ends)).collect()
    }

    fn tell(&self, subject: &ExposureSubject, ends: Ends<Shares>) -> Result<SubjectReport, Error> {
        let (artist, name) = match subject {
            ExposureSubject::Artist(id) => {
                (Some(*id), self.folder.store.artist_name(*id)?.unwrap_or_else(|| id.to_string()))
            }
            ExposureSubject::Group(name) => (None, name.clone()),
        };
        Ok(SubjectReport {
            artist,
            name,
            before: self.shared.is_known_before.then_some(ends.before),
            after: ends.after,
            price: self.prices.get(subject).copied(),
        })
    }
}

#[cfg(test)]
mod tests {
    use music::{ArtistId, ExposureSubject};

    use super::{Attended, Shares, gini, most};

    #[test]
    fn attention_before_a_week_and_with_it_is_compared_with_what_was_due() {
        let artist = |id| ExposureSubject::Artist(ArtistId(id));
        let local = ExposureSubject::Group("local".to_owned());
        let mut attended = Attended::default();
        for subject in [artist(1), artist(2), local.clone()] {
            let due = attended.by_subject.entry(subject).or_default();
            (due.before.relevance, due.after.relevance) = (2.0, 4.0);
        }
        // Before the week the first has all, with it half; attention at position 1 is 1. The second is local.
        attended.show([artist(1)].into_iter(), 1, true);
        attended.show([artist(2), local.clone()].into_iter(), 1, false);
        let shared = attended.shared();
        assert!(shared.is_known_before);
        let of_local = shared.groups[&local];
        assert_eq!(of_local.before, Shares { due: 0.5, had: 0.0 });
        assert_eq!(of_local.after, Shares { due: 0.5, had: 0.5 });
        let (before, after) = (shared.out(|of| of.before), shared.out(|of| of.after));
        assert_eq!((before.distance, before.group_distance), (1.0, 0.5));
        assert_eq!((after.distance, after.group_distance), (0.0, 0.0));
        assert_eq!((before.gini, before.gini_due, after.gini), (0.5, 0.0, 0.0));
        assert_eq!((before.most_shown_share, after.most_shown_share), (1.0, 0.5));
    }

    #[test]
    fn gini_and_the_largest_tenth_are_of_all_numbers() {
        // (−3·0 − 1·1 + 1·2 + 3·5) / (4·8)
        assert_eq!(gini(&[0.0, 1.0, 2.0, 5.0]), 0.5);
        assert_eq!(gini(&[]), 0.0);
        let eleven: Vec<f64> = (0..11).map(f64::from).collect();
        assert_eq!(most(&eleven), 19.0, "a tenth of eleven is two");
    }
}
