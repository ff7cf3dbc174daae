//! A listener and a week: what is the playlist?

use jiff::Timestamp;
use jiff::tz::TimeZone;
use listens::Past;
use music::{ListKind, Playlist, Week};
use rank::Rules;
use store::Listener;

use crate::known::Known;
use crate::places::Places;
use crate::retrieve::{Shortlist, retrieve};
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

/// Makes the list, or finds the one made before.
///
/// The same listener, week, snapshot, seed and log give the same list.
/// The week's evidence is cut at its Monday; what was heard or blocked since still counts as heard or blocked.
/// No rule is ever relaxed: where there are not enough lines, the list is shorter and says so.
///
/// # Errors
/// [`Error::NothingToRecommend`] instead of an empty list.
pub fn weekly(
    folder: &mut Folder,
    snapshot: &Snapshot,
    request: &WeeklyRequest,
) -> Result<Playlist, Error> {
    let when = When::of(folder, request);
    let rules = rules(folder, request);
    // Two processes that make lists at once would show one recording twice.
    let _turn = when.keeps.then(|| folder.turn()).transpose()?;
    if when.may_answer_from_ledger
        && let Some(playlist) = ledger::find(folder, request, when.week, rules.size)?
    {
        return Ok(playlist);
    }

    let history = folder.store.history(request.listener.id)?;
    let places = Places::of(&snapshot.rows, &folder.store)?;
    let shown = belief::shown(folder, request.listener.id)?;
    let past = Past { history: &history, shown, until: Some(when.evidence_until) };
    let taste = Taste::of(&past, snapshot, &places, &folder.config);
    let known = Known::of(folder, request.listener.id, &history, request.as_of)?;
    let (model, why) = scorer(folder, snapshot, request, &taste);
    let (shortlist, slate) = retrieve(folder, snapshot, &places, model, &taste, &known, &rules)?;
    if slate.is_empty() {
        return Err(nothing(request, when.week, &shortlist, &known));
    }
    let tracks = describe::tracks(folder, snapshot, model, &taste, &shortlist, &slate)?;
    let playlist = Playlist {
        listener: describe::name(&request.listener),
        week: when.week,
        kind: ListKind::WeeklyExploration,
        items: snapshot.manifest.items,
        snapshot: snapshot.manifest.id.clone(),
        seed: folder.config.seed,
        made_at: request.now,
        note: describe::note(why, tracks.len(), rules.size),
        tracks,
    };
    if when.keeps {
        ledger::keep(folder, request, rules.size, &playlist)?;
    }
    Ok(playlist)
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

fn rules(folder: &Folder, request: &WeeklyRequest) -> Rules {
    let weekly = &folder.config.weekly;
    Rules {
        size: request.size.unwrap_or(weekly.size) as usize,
        per_artist: weekly.per_artist as usize,
        per_release: weekly.per_release as usize,
        diversity: weekly.diversity,
    }
}

/// The place of the model that scores, and why it is not the serving one.
fn scorer(
    folder: &Folder,
    snapshot: &Snapshot,
    request: &WeeklyRequest,
    taste: &Taste,
) -> (usize, Option<String>) {
    let needed = folder.config.weekly.min_liked as usize;
    match request.scorer {
        Scorer::Model(place) => (place, None),
        Scorer::Serving if taste.n_liked >= needed => (0, None),
        Scorer::Serving => {
            let (name, items) = (describe::name(&request.listener), snapshot.manifest.items.name());
            let why = format!(
                "Too little is known of {name} for a personal list ({} liked {items} that others know too, {needed} needed): \
                 these are what most listeners here like.",
                taste.n_liked
            );
            (snapshot.models.len() - 1, Some(why))
        }
    }
}

fn nothing(request: &WeeklyRequest, week: Week, shortlist: &Shortlist, known: &Known) -> Error {
    let why = if shortlist.n_left_out == shortlist.n_rows {
        format!(
            "of {} in the snapshot every one was heard ({}), shown before ({}) or is blocked ({}); import more, then train",
            shortlist.n_rows, known.n_heard, known.n_shown, known.n_blocked
        )
    } else {
        "nothing new here is near what was liked; import more, then train".to_owned()
    };
    Error::NothingToRecommend { listener: describe::name(&request.listener), week, why }
}
