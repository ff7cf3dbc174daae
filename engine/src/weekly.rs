//! A listener and a week: what is the playlist?

use jiff::Timestamp;
use jiff::tz::TimeZone;
use music::{ListKind, Playlist, Slot, SlotCandidate, Week};
use rank::Slate;
use store::Listener;

use crate::curate::{Curation, curate};
use crate::exposure::{self, Prices};
use crate::lifts::{self, Lift};
use crate::maker::Maker;
use crate::off_limits::OffLimits;
use crate::portrait::{Portrait, Until};
use crate::regions::TasteMap;
use crate::scores::Scores;
use crate::sources::{Ask, Found, gather};
use crate::taste::Taste;
use crate::wishes::Wishes;
use crate::{Error, Folder, Snapshot, describe, ledger};

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
    /// A moment of the week that the list is for, such as Sunday morning, where it is not for the whole week; keeps
    /// nothing.
    pub at: Option<Timestamp>,
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
        // Two processes that make lists at once would show one recording twice.
        let _turn = when.keeps.then(|| folder.turn()).transpose()?;
        let wishes = Wishes::of(folder, request.listener.id)?;
        let size = request.size.map_or(wishes.size, |size| size as usize);
        if when.may_answer_from_ledger
            && let Some(playlist) = ledger::find(folder, request, when.until.week, size)?
        {
            return Ok(playlist);
        }
        let portrait = Portrait::of(folder, self, &request.listener, when.until)?;
        let prices = Prices::of(folder, self, when.until.week, when.keeps)?;
        let choice = self.choose(&portrait, &prices, request, &when, size);
        if choice.slate.lines.is_empty() {
            return Err(self.nothing(request, when.until.week, &portrait, &choice));
        }
        let list = self.describe(folder, request, &portrait, &choice, size)?;
        if when.keeps {
            ledger::keep(folder, request, size, &list, &self.slots(&choice))?;
            let regions = describe::regions(folder, self, &portrait)?;
            folder.store.set_taste(request.listener.id, when.until.week, &regions)?;
            let deserved = exposure::deserved(self, &choice.found, &choice.slate);
            folder.store.add_deserved(when.until.week, &deserved)?;
        }
        Ok(list)
    }

    /// From what is known of the listener to the slate.
    pub(crate) fn choose(
        &self,
        portrait: &Portrait,
        prices: &Prices,
        request: &WeeklyRequest,
        when: &When,
        size: usize,
    ) -> Choice {
        let (model, why) = self.scorer(request, &portrait.taste);
        // Regions are of the serving model's space; another model is asked by the whole taste.
        let parts = match model {
            0 => portrait.map.parts(&portrait.taste, self),
            _ => vec![portrait.taste.clone()],
        };
        let scores = Scores::of(self.snapshot.models[model].recommender.as_ref(), &parts);
        let left_out = portrait.off_limits.rows(self);
        let monday = when.until.week.monday();
        let found = gather(&Ask {
            maker: self,
            taste: &portrait.taste,
            scores: &scores,
            left_out: &left_out,
            country: portrait.country.as_deref(),
            monday,
            model,
        });
        let lifts: Vec<Lift> =
            found.iter().map(|found| lifts::lift(portrait, self, found.item)).collect();
        let prices: Vec<f32> =
            found.iter().map(|found| prices.price(&self.facts, found.item)).collect();
        let rules = self.config.weekly.rules(size, portrait.wishes.adventure);
        let map = if model == 0 { &portrait.map } else { &TasteMap::default() };
        let curation = Curation {
            maker: self,
            model,
            taste: &portrait.taste,
            map,
            rules: &rules,
            lifts: &lifts,
            prices: &prices,
            monday,
            seed: self.seed(request, when.until.week),
        };
        let slate = curate(&curation, &found);
        Choice { model, why, parts, scores, left_out, found, lifts, slate, week: when.until.week }
    }

    fn describe(
        &self,
        folder: &Folder,
        request: &WeeklyRequest,
        portrait: &Portrait,
        choice: &Choice,
        size: usize,
    ) -> Result<Playlist, Error> {
        let tracks = describe::tracks(folder, self, portrait, choice)?;
        Ok(Playlist {
            listener: describe::name(&request.listener),
            week: choice.week,
            kind: ListKind::WeeklyExploration,
            items: self.snapshot.manifest.items,
            snapshot: self.snapshot.manifest.id.clone(),
            seed: self.config.seed,
            made_at: request.now,
            note: describe::note(choice.why.clone(), tracks.len(), size),
            tracks,
        })
    }

    /// What could have been drawn for each drawn line.
    fn slots(&self, choice: &Choice) -> Vec<Slot> {
        let id = |at: usize| self.snapshot.rows.id(choice.found[at].item);
        let candidate = |(at, probability): &(usize, f32)| {
            SlotCandidate { recording: id(*at), probability: *probability, error: 0.0 }
        };
        let lines = (1..).zip(&choice.slate.lines);
        let slots = lines.filter_map(|(position, line)| Some((position, line.slot.as_ref()?)));
        let slots = slots.map(|(position, slot)| Slot {
            position,
            policy: ledger::DRAWN.to_owned(),
            candidates: slot.choices.iter().map(candidate).collect(),
        });
        slots.collect()
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

    fn nothing(
        &self,
        request: &WeeklyRequest,
        week: Week,
        portrait: &Portrait,
        choice: &Choice,
    ) -> Error {
        let n_rows = self.snapshot.rows.len();
        let OffLimits { n_heard, n_shown, n_blocked, .. } = portrait.off_limits;
        let why = if choice.left_out.len() == n_rows {
            format!(
                "of {n_rows} in the snapshot every one was heard ({n_heard}), shown before ({n_shown}), is blocked ({n_blocked}) \
                 or not wanted; import more, then train"
            )
        } else {
            "nothing new here is near what was liked; import more, then train".to_owned()
        };
        Error::NothingToRecommend { listener: describe::name(&request.listener), week, why }
    }
}

/// What was chosen for a list, and from what.
#[derive(Debug)]
pub(crate) struct Choice {
    /// Which model of the snapshot scored.
    pub(crate) model: usize,
    /// Why it was not the serving one.
    pub(crate) why: Option<String>,
    /// The parts of the history that scored, one a region.
    pub(crate) parts: Vec<Taste>,
    /// What each part makes of every row.
    pub(crate) scores: Scores,
    /// Rows off limits, ascending.
    pub(crate) left_out: Vec<u32>,
    pub(crate) found: Vec<Found>,
    /// One a candidate.
    pub(crate) lifts: Vec<Lift>,
    pub(crate) slate: Slate,
    pub(crate) week: Week,
}

/// The moments that matter for a list.
pub(crate) struct When {
    pub(crate) until: Until,
    may_answer_from_ledger: bool,
    keeps: bool,
}

impl When {
    pub(crate) fn of(folder: &Folder, request: &WeeklyRequest) -> Self {
        let tz = timezone(folder, &request.listener);
        let present = request.as_of.unwrap_or(request.now);
        let week = request.week.unwrap_or_else(|| Week::of(present, &tz));
        let monday = week.start(&tz);
        let is_plain = request.as_of.is_none() && request.at.is_none() && request.scorer == Scorer::Serving;
        Self {
            until: Until {
                evidence: request.as_of.map_or(monday, |as_of| as_of.min(monday)),
                known: request.as_of,
                week,
                moment: request.at,
            },
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
