//! What did listeners make of the lists of a week, by how popular the music is that they like?

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use listens::{Contribution, Past, Standing, weigh_rows};
use music::{History, ListId, ListenerId, RecordingId, Week};
use serde::Serialize;
use store::ShownLine;

use crate::belief;
use crate::facts::Facts;
use crate::firewall::Firewall;
use crate::onboarding::Picks;
use crate::pairs::lengths_of;
use crate::places::Places;
use crate::taste::{Aside, Taste};
use crate::weekly::timezone_of;
use crate::{Error, Folder, Snapshot};

/// What the log calls a listen that was broken off for good.
const SKIPS: [&str; 3] = ["skip", "early-skip", "short-again"];
/// What the log calls a good word for a recording.
const GOOD_WORDS: [&str; 3] = ["like", "save", "playlist-add"];
/// What the thirds are called, by rising popularity of what is liked.
const THIRDS: [&str; 3] = ["niche", "middle", "mainstream"];

/// What the listeners of a week made of the new recordings in their lists.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reception {
    /// A third of the listeners each, by rising popularity of what they like.
    pub thirds: Vec<ThirdReport>,
    /// Listeners who like nothing that the serving snapshot knows, and are in no third.
    pub without_taste: ThirdReport,
    /// What the mainstream third played of its lines, less what the niche third did; `None` where either had none.
    pub gap: Option<f64>,
}

/// What some listeners made of their lists.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ThirdReport {
    /// Who they are.
    pub name: &'static str,
    /// How many.
    pub listeners: usize,
    /// Mean over them of how popular what they like is: the share of recordings that fewer listeners like. `None` of
    /// nobody.
    pub popularity: Option<f64>,
    /// Lists they got.
    pub lists: usize,
    /// Of these, those of which a line was listened to after the list was made.
    pub opened: usize,
    /// Lines in their lists.
    pub lines: usize,
    /// Lines that were played after the list was made, and not just skipped.
    pub played: usize,
    /// Lines that were skipped each time they came up.
    pub skipped: usize,
    /// Lines that were liked, saved or put on a playlist after the list was made.
    pub liked: usize,
    /// `played` of `lines`; `None` of none.
    pub played_share: Option<f64>,
}

/// One list.
#[derive(Debug)]
struct OneList {
    listener: ListenerId,
    made_at: Timestamp,
    lines: BTreeSet<RecordingId>,
}

/// The lists of a week.
#[derive(Debug, Default)]
pub(crate) struct Received {
    lists: BTreeMap<ListId, OneList>,
}

impl Received {
    /// Adds a line of a list.
    pub(crate) fn add(&mut self, line: &ShownLine) {
        let ShownLine { listener, made_at, .. } = *line;
        let list = self.lists.entry(line.list);
        let list = list.or_insert_with(|| OneList { listener, made_at, lines: BTreeSet::new() });
        list.lines.insert(line.recording);
    }

    pub(crate) fn n_lines(&self) -> usize {
        self.lists.values().map(|list| list.lines.len()).sum()
    }

    /// What came of them.
    pub(crate) fn reception(
        &self,
        folder: &Folder,
        week: Week,
        snapshot: &Snapshot,
        places: &Places<'_>,
        facts: &Facts,
    ) -> Result<Reception, Error> {
        let mut by_listener: BTreeMap<ListenerId, Vec<&OneList>> = BTreeMap::new();
        for list in self.lists.values() {
            by_listener.entry(list.listener).or_default().push(list);
        }
        let mut told = Vec::with_capacity(by_listener.len());
        for (listener, lists) in by_listener {
            let history = folder.store.history(listener)?;
            let popularity = Liking { folder, week, snapshot, places, facts };
            let popularity = popularity.of(listener, &history)?;
            told.push(of_one(folder, snapshot, &history, &lists, popularity));
        }
        Ok(Reception::of(told))
    }
}

/// How popular the music is that a listener likes.
struct Liking<'a> {
    folder: &'a Folder,
    week: Week,
    snapshot: &'a Snapshot,
    places: &'a Places<'a>,
    facts: &'a Facts,
}

impl Liking<'_> {
    /// By what the week's list could know; `None` where nothing that the snapshot knows is liked.
    fn of(&self, listener: ListenerId, history: &History) -> Result<Option<f64>, Error> {
        let Self { folder, week, snapshot, places, facts } = self;
        let firewall = Firewall::of(folder, listener)?;
        let own = firewall.own(history);
        let tz = timezone_of(folder, listener)?;
        let past = Past {
            history: &own,
            shown: belief::shown(folder, listener)?,
            until: Some(week.start(&tz)),
        };
        // What was named may never have been heard.
        let (season, picks) = (&BTreeMap::new(), &Picks::default());
        let aside = Aside { season, tz: &tz, country: None, picks };
        let taste = Taste::of(&past, snapshot, places, &folder.config, &aside);
        let popularity = taste.liked().map(|(item, _)| f64::from(facts.popularity(item)));
        Ok((taste.n_liked > 0).then(|| popularity.sum::<f64>() / taste.n_liked as f64))
    }
}

/// What one listener made of the lists.
fn of_one(
    folder: &Folder,
    snapshot: &Snapshot,
    history: &History,
    lists: &[&OneList],
    popularity: Option<f64>,
) -> ThirdReport {
    let lengths = lengths_of(history, &snapshot.lengths);
    let past = Past::of(history);
    let rows = weigh_rows(&past, &lengths, &folder.config.evidence).contributions;
    let mut told = ThirdReport { listeners: 1, popularity, ..ThirdReport::default() };
    for list in lists {
        let mut is_opened = false;
        for recording in &list.lines {
            let first = rows.partition_point(|row| row.recording < *recording);
            let of_line = rows[first..].iter().take_while(|row| row.recording == *recording);
            let Outcome { played, skipped, liked } =
                Outcome::of(of_line.filter(|row| row.at >= list.made_at));
            is_opened |= played || skipped;
            told.played += usize::from(played);
            told.skipped += usize::from(skipped && !played);
            told.liked += usize::from(liked);
        }
        told.lists += 1;
        told.opened += usize::from(is_opened);
        told.lines += list.lines.len();
    }
    told
}

/// What became of a line.
#[derive(Clone, Copy, Debug, Default)]
struct Outcome {
    played: bool,
    skipped: bool,
    liked: bool,
}

impl Outcome {
    /// By all that the log says of it after the list was made.
    fn of<'a>(rows: impl Iterator<Item = &'a Contribution<'a>>) -> Self {
        let mut outcome = Self::default();
        for row in rows {
            let is_listen = row.logged.is_some_and(|logged| logged.event.kind.is_listen());
            let is_skip = SKIPS.contains(&row.kind);
            outcome.played |= is_listen && !is_skip;
            outcome.skipped |= is_listen && is_skip;
            outcome.liked |= GOOD_WORDS.contains(&row.kind) && row.standing != Standing::SaidAgain;
        }
        outcome
    }
}

impl Reception {
    fn of(told: Vec<ThirdReport>) -> Self {
        let (mut with_taste, without): (Vec<_>, Vec<_>) =
            told.into_iter().partition(|one| one.popularity.is_some());
        // Stable: of the same popularity by id.
        with_taste.sort_by(|a, b| {
            a.popularity.unwrap_or_default().total_cmp(&b.popularity.unwrap_or_default())
        });
        let n = with_taste.len();
        let mut thirds = THIRDS.map(|_| Vec::new());
        for (place, one) in with_taste.into_iter().enumerate() {
            thirds[place * THIRDS.len() / n].push(one);
        }
        let thirds: Vec<ThirdReport> =
            THIRDS.into_iter().zip(&thirds).map(|(name, of)| ThirdReport::sum(name, of)).collect();
        let gap = thirds[2].played_share.zip(thirds[0].played_share);
        Self {
            gap: gap.map(|(mainstream, niche)| mainstream - niche),
            without_taste: ThirdReport::sum("without a taste", &without),
            thirds,
        }
    }

    /// Lists of all of them.
    pub(crate) fn lists(&self) -> usize {
        self.thirds.iter().chain([&self.without_taste]).map(|third| third.lists).sum()
    }
}

impl ThirdReport {
    fn sum(name: &'static str, of: &[Self]) -> Self {
        let mut sum = Self { name, listeners: of.len(), ..Self::default() };
        for one in of {
            sum.lists += one.lists;
            sum.opened += one.opened;
            sum.lines += one.lines;
            sum.played += one.played;
            sum.skipped += one.skipped;
            sum.liked += one.liked;
        }
        let popularity: Vec<f64> = of.iter().filter_map(|one| one.popularity).collect();
        let mean = popularity.iter().sum::<f64>() / popularity.len() as f64;
        sum.popularity = (!popularity.is_empty()).then_some(mean);
        sum.played_share = (sum.lines > 0).then(|| sum.played as f64 / sum.lines as f64);
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::{Reception, ThirdReport};

    #[test]
    fn listeners_are_told_by_thirds_and_the_gap_is_of_lines() {
        let one = |popularity, lines, played| ThirdReport {
            listeners: 1,
            popularity,
            lists: 1,
            lines,
            played,
            ..ThirdReport::default()
        };
        let told = vec![
            one(Some(0.9), 30, 12),
            one(Some(0.1), 10, 1),
            one(None, 30, 5),
            one(Some(0.5), 30, 9),
            one(Some(0.2), 30, 3),
        ];
        let reception = Reception::of(told);
        let thirds: Vec<_> =
            reception.thirds.iter().map(|of| (of.name, of.listeners, of.lines)).collect();
        assert_eq!(thirds, [("niche", 2, 40), ("middle", 1, 30), ("mainstream", 1, 30)]);
        // 12 of 30 less (1 + 3) of 40.
        assert!((reception.gap.unwrap() - 0.3).abs() < 1e-9, "{reception:?}");
        assert!((reception.thirds[0].popularity.unwrap() - 0.15).abs() < 1e-9);
        assert_eq!((reception.without_taste.played, reception.lists()), (5, 5));
        let nobody = Reception::of(Vec::new());
        assert_eq!((nobody.gap, nobody.thirds.len(), nobody.lists()), (None, 3, 0));
    }
}
