//! A listener and a week: what is the playlist?

use jiff::Timestamp;
use jiff::tz::TimeZone;
use listens::Past;
use music::{ListKind, Playlist, Week};
use store::Listener;

use crate::curate::{Curation, curate};
use crate::known::Known;
use crate::maker::Maker;
use crate::regions::TasteMap;
use crate::scores::Scores;
use crate::sources::{Ask, gather};
use crate::taste::Taste;
use crate::{Error, Folder, Snapshot, belief, describe, ledger};

/// Which list of whom.
#[derive(Clone, Debug)]
pub struct WeeklyRequest {
    /// The listener.
    pub listener: Listener,
    /// The week; that of the present where none is named.
    pub week: Option<Week>,
    /// Lines; as configured where not said.
    pub size: Option<u32>,
    /// What to do about lists made before, and whether to keep this one.
    pub mode: Mode,
    /// Which model of the snapshot scores.
    pub scorer: Scorer,
    /// Only what was known before this moment; keeps nothing.
    pub as_of: Option<Timestamp>,
    /// The present.
    pub now: Timestamp,
}

/// What to do about lists made before, and whether to keep this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The list made before for that week and size, else a new one, kept.
    Keep,
    /// A new one, kept; what was shown before stays shown.
    Refresh,
    /// What [`Mode::Keep`] would answer, without keeping it.
    DryRun,
}

/// Which model of the snapshot scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scorer {
    /// The serving one, or popularity where the history is too short for it.
    Serving,
    /// The one at that place in the snapshot, whatever the history; nothing is kept.
    Model(usize),
}

/// Makes the list, or finds the one made before: [`Maker::weekly`] for one list alone.
///
/// # Errors
/// [`Error::NothingToRecommend`] instead of an empty list.
pub fn weekly(
    folder: &mut Folder,
    snapshot: &Snapshot,
    request: &WeeklyRequest,
) -> Result<Playlist, Error> {
    Maker::of(folder, snapshot)?.weekly(folder, request)
}

impl Maker<'_> {
    /// Makes the list, or finds the one made before.
    ///
    /// The same listener, week, snapshot, seed and log give the same list.
    /// The week's evidence is cut at its Monday; what was heard or blocked since still counts as heard or blocked.
    /// No rule is ever relaxed: where there are not enough lines, the list is shorter and says so.
    ///
    /// # Errors
    /// [`Error::NothingToRecommend`] instead of an empty list.
    pub fn weekly(&self, folder: &mut Folder, request: &WeeklyRequest) -> Result<Playlist, Error> {
        let when = When::of(folder, request);
        let size = request.size.unwrap_or(self.config.weekly.size) as usize;
        // Two processes that make lists at once would show one recording twice.
        let _turn = when.keeps.then(|| folder.turn()).transpose()?;
        if when.may_answer_from_ledger
            && let Some(playlist) = ledger::find(folder, request, when.week, size)?
        {
            return Ok(playlist);
        }
        let playlist = self.make(folder, request, &when, size)?;
        if when.keeps {
            ledger::keep(folder, request, size, &playlist)?;
        }
        Ok(playlist)
    }

    /// From what is known of the listener to the lines of the list.
    fn make(
        &self,
        folder: &Folder,
        request: &WeeklyRequest,
        when: &When,
        size: usize,
    ) -> Result<Playlist, Error> {
        let history = folder.store.history(request.listener.id)?;
        let shown = belief::shown(folder, request.listener.id)?;
        let past = Past { history: &history, shown, until: Some(when.evidence_until) };
        let taste = Taste::of(&past, self.snapshot, &self.places, &self.config);
        let known = Known::of(folder, request.listener.id, &history, request.as_of)?;
        let (model, why) = self.scorer(request, &taste);

        let map = self.regions(model, &taste);
        let parts = map.parts(&taste, self);
        let recommender = self.snapshot.models[model].recommender.as_ref();
        let scores = Scores::of(recommender, &parts);
        let left_out = known.rows(self);
        let found = gather(&Ask {
            maker: self,
            taste: &taste,
            scores: &scores,
            left_out: &left_out,
            monday: when.week.monday(),
            model,
        });
        let slate = curate(&Curation {
            maker: self,
            model,
            taste: &taste,
            regions: &map,
            rules: &self.config.weekly.rules(size, self.config.weekly.adventure),
            lifts: &vec![1.0; found.len()],
            prices: &vec![0.0; found.len()],
            monday: when.week.monday(),
            seed: self.seed(request, when.week),
        }, &found);
        if slate.lines.is_empty() {
            return Err(self.nothing(request, when.week, &left_out, &known));
        }
        let tracks = describe::tracks(folder, self, model, &parts, &found, &slate)?;
        Ok(Playlist {
            listener: describe::name(&request.listener),
            week: when.week,
            kind: ListKind::WeeklyExploration,
            items: self.snapshot.manifest.items,
            snapshot: self.snapshot.manifest.id.clone(),
            seed: self.config.seed,
            made_at: request.now,
            note: describe::note(why, tracks.len(), size),
            tracks,
        })
    }

    /// Where chance starts for this listener and week.
    fn seed(&self, request: &WeeklyRequest, week: Week) -> u64 {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.config.seed.to_le_bytes());
        hasher.update(request.listener.pseudonym.as_bytes());
        hasher.update(week.to_string().as_bytes());
        let hash = hasher.finalize();
        u64::from_le_bytes(hash.as_bytes()[..8].try_into().expect("a hash has more than 8 bytes"))
    }

    /// The place of the model that scores, and why it is not the serving one.
    fn scorer(&self, request: &WeeklyRequest, taste: &Taste) -> (usize, Option<String>) {
        let needed = self.config.weekly.min_liked as usize;
        match request.scorer {
            Scorer::Model(place) => (place, None),
            Scorer::Serving if taste.n_liked >= needed => (0, None),
            Scorer::Serving => {
                let items = self.snapshot.manifest.items.name();
                let name = describe::name(&request.listener);
                let why = format!(
                    "Too little is known of {name} for a personal list ({} liked {items} that others know too, {needed} needed): \
                     these are what most listeners here like.",
                    taste.n_liked
                );
                (self.snapshot.models.len() - 1, Some(why))
            }
        }
    }

    /// Regions are of the serving model's space; another model is asked by the whole taste.
    fn regions(&self, model: usize, taste: &Taste) -> TasteMap {
        if model == 0 { TasteMap::of(taste, self, &[]) } else { TasteMap::default() }
    }

    fn nothing(
        &self,
        request: &WeeklyRequest,
        week: Week,
        left_out: &[u32],
        known: &Known,
    ) -> Error {
        let n_rows = self.snapshot.rows.len();
        let why = if left_out.len() == n_rows {
            format!(
                "of {n_rows} in the snapshot every one was heard ({}), shown before ({}) or is blocked ({}); import more, then train",
                known.n_heard, known.n_shown, known.n_blocked
            )
        } else {
            "nothing new here is near what was liked; import more, then train".to_owned()
        };
        Error::NothingToRecommend { listener: describe::name(&request.listener), week, why }
    }
}

/// The moments that matter for a list.
struct When {
    week: Week,
    evidence_until: Timestamp,
    may_answer_from_ledger: bool,
    keeps: bool,
}

impl When {
    fn of(folder: &Folder, request: &WeeklyRequest) -> Self {
        let tz = timezone(folder, &request.listener);
        let present = request.as_of.unwrap_or(request.now);
        let week = request.week.unwrap_or_else(|| Week::of(present, &tz));
        let monday = week.start(&tz);
        let is_plain = request.as_of.is_none() && request.scorer == Scorer::Serving;
        Self {
            week,
            evidence_until: request.as_of.map_or(monday, |as_of| as_of.min(monday)),
            may_answer_from_ledger: is_plain && request.mode != Mode::Refresh,
            keeps: is_plain && request.mode != Mode::DryRun,
        }
    }
}

/// Where the listener lives, as far as anybody said.
#[must_use]
pub fn timezone(folder: &Folder, listener: &Listener) -> TimeZone {
    let own = listener.timezone.as_deref().and_then(|name| TimeZone::get(name).ok());
    own.unwrap_or_else(|| folder.config.timezone())
}
