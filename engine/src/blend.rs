//! Several listeners and a week: what is their playlist?
//!
//! Nothing that any of them heard or was shown, nothing that any of them blocked; each line goes to whoever has got least so
//! far ([`rank::blend`]) and says whom it serves. A shared list is shown to each of them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use music::{ItemIx, ListKind, Playlist, Tier, Track, Week};
use rank::{Candidate, Line, Rules, Shared, Sound, Values, blend};
use store::Listener;

use crate::choose::Choice;
use crate::exposure::Prices;
use crate::maker::Maker;
use crate::portrait::Portrait;
use crate::weekly::{Mode, Scorer, WeeklyRequest, When};
use crate::{Error, Folder, describe, ledger};

/// Whose shared list.
#[derive(Clone, Debug)]
pub struct BlendRequest {
    /// The listeners, at least two.
    pub listeners: Vec<Listener>,
    /// The week; that of the present, where the first of them lives, where none is named.
    pub week: Option<Week>,
    /// Lines; as configured where not said.
    pub size: Option<u32>,
    /// Whether to keep it; a shared list is always made anew.
    pub mode: Mode,
    /// The present.
    pub now: Timestamp,
}

/// One of the listeners.
struct Member<'a> {
    portrait: Portrait,
    choice: Choice<'a>,
}

impl Maker<'_> {
    /// Makes a list for several listeners.
    ///
    /// # Errors
    /// [`Error::NothingToRecommend`] instead of an empty list.
    pub fn blend(&self, folder: &mut Folder, request: &BlendRequest) -> Result<Playlist, Error> {
        let keeps = request.mode != Mode::DryRun;
        let _turn = keeps.then(|| folder.turn()).transpose()?;
        let size = request.size.unwrap_or(self.config.weekly.size) as usize;
        let requests: Vec<WeeklyRequest> =
            request.listeners.iter().map(|listener| request.of(listener)).collect();
        let first = requests.first().ok_or(Error::Empty)?;
        let week = When::of(folder, first).until.week;
        let prices = Prices::of(folder, self, week, keeps)?;
        let mut members = Vec::with_capacity(requests.len());
        for of_one in &requests {
            let of_one = WeeklyRequest { week: Some(week), ..of_one.clone() };
            let when = When::of(folder, &of_one);
            let portrait = Portrait::of(folder, self, &of_one.listener, when.until)?;
            let choice = self.choose(&portrait, &prices, &of_one, &when, size);
            members.push(Member { portrait, choice });
        }
        let lines = self.shared(&members, size);
        let names: Vec<String> = request.listeners.iter().map(describe::name).collect();
        if lines.is_empty() {
            let why = "nothing is new to all of them and near what any of them likes".to_owned();
            return Err(Error::NothingToRecommend {
                listener: describe::listed(&names),
                week,
                why,
            });
        }
        let tracks = self.tell(folder, &mut members, &names, &lines)?;
        let list = Playlist {
            listener: describe::listed(&names),
            week,
            kind: ListKind::Blend,
            items: self.snapshot.manifest.items,
            snapshot: self.snapshot.manifest.id.clone(),
            seed: self.config.seed,
            made_at: request.now,
            note: describe::note(None, tracks.len(), size),
            tracks,
        };
        if keeps {
            for of_one in &requests {
                folder.store.record_list(&ledger::as_list(of_one, size, &list), &[])?;
            }
        }
        Ok(list)
    }

    /// The lines, as rows with whom each serves.
    fn shared(&self, members: &[Member<'_>], size: usize) -> Vec<(ItemIx, Vec<usize>)> {
        let left_out: BTreeSet<u32> =
            members.iter().flat_map(|member| member.choice.left_out.iter().copied()).collect();
        let mut relevance: BTreeMap<ItemIx, Vec<f32>> = BTreeMap::new();
        for (at, member) in members.iter().enumerate() {
            let found = member.choice.found.iter().zip(&member.choice.slate.relevance);
            for (found, of_it) in found.filter(|(found, _)| !left_out.contains(&found.item.0)) {
                let of_all =
                    relevance.entry(found.item).or_insert_with(|| vec![0.0; members.len()]);
                of_all[at] = of_it.max(0.0);
            }
        }
        let candidates: Vec<Candidate<'_>> =
            relevance.keys().map(|item| self.plain(*item)).collect();
        let by_listener: Vec<Vec<f32>> = (0..members.len())
            .map(|at| relevance.values().map(|of_all| of_all[at]).collect())
            .collect();
        let rules = Rules {
            per_artist: self.config.weekly.per_artist as usize,
            per_release: self.config.weekly.per_release as usize,
            ..Rules::plain(size)
        };
        let lines = blend(&candidates, &by_listener, &rules).into_iter();
        lines.map(|Shared { candidate, serves }| (candidates[candidate].item, serves)).collect()
    }

    /// What caps have to know of a row.
    fn plain(&self, item: ItemIx) -> Candidate<'_> {
        let row = self.facts.row(item);
        Candidate {
            item,
            score: 0.0,
            lift: 1.0,
            artists: self.facts.artists(item),
            release: row.release,
            work: row.work,
            vector: None,
            region: None,
            popularity: 0.0,
            distance: 0.0,
            genres: &[],
            is_fresh: false,
            is_explorable: false,
            price: 0.0,
            sound: Sound::default(),
        }
    }

    /// Each line with the reason of the first whom it serves.
    fn tell(
        &self,
        folder: &Folder,
        members: &mut [Member<'_>],
        names: &[String],
        lines: &[(ItemIx, Vec<usize>)],
    ) -> Result<Vec<Track>, Error> {
        let mut told: BTreeMap<ItemIx, Track> = BTreeMap::new();
        for (at, Member { portrait, choice }) in members.iter_mut().enumerate() {
            let own = lines.iter().filter(|(_, serves)| serves.first() == Some(&at));
            let place = |item: &ItemIx| choice.found.iter().position(|found| found.item == *item);
            let own: Vec<(ItemIx, usize)> =
                own.filter_map(|(item, _)| Some((*item, place(item)?))).collect();
            let line = |candidate: usize| Line {
                candidate,
                tier: Tier::Core,
                values: Values::default(),
                slot: None,
            };
            choice.slate.lines = own.iter().map(|(_, candidate)| line(*candidate)).collect();
            let tracks = describe::tracks(folder, self, portrait, choice, true)?;
            told.extend(own.iter().map(|(item, _)| *item).zip(tracks));
        }
        let mut tracks = Vec::with_capacity(lines.len());
        for (position, (item, serves)) in (1..).zip(lines) {
            let serves: Vec<String> = serves.iter().map(|at| names[*at].clone()).collect();
            if let Some(mut track) = told.remove(item) {
                track.reason.text =
                    format!("For {}. {}", describe::listed(&serves), track.reason.text);
                tracks.push(Track { position, serves, ..track });
            }
        }
        Ok(tracks)
    }
}

impl BlendRequest {
    fn of(&self, listener: &Listener) -> WeeklyRequest {
        WeeklyRequest {
            listener: listener.clone(),
            week: self.week,
            kind: Some(ListKind::Blend),
            size: self.size,
            mode: self.mode,
            scorer: Scorer::Serving,
            at: None,
            as_of: None,
            now: self.now,
        }
    }
}
