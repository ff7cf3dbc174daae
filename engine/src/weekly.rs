//! A listener and a week: what is the playlist?

use jiff::Timestamp;
use jiff::tz::TimeZone;
use music::{ListKind, ListenerId, Playlist, Track, Week};
use store::{Listener, Made};

use crate::choose::Choice;
use crate::exposure::{self, Prices};
use crate::maker::Maker;
use crate::off_limits::OffLimits;
use crate::portrait::{Portrait, Until};
use crate::retrieve::{Asked, Retrieved};
use crate::wishes::Wishes;
use crate::{Error, Folder, Snapshot, describe, ledger, pace};

/// In a list of new and known, one line in so many is known.
const KNOWN_EVERY: usize = 3;

/// Why there is nothing known to recommend.
const NO_JAMS: &str = "nothing that was loved was left alone for a month, as far as the log has times; import more, then train";

/// Which list of whom.
#[derive(Clone, Debug)]
pub struct WeeklyRequest {
    /// The listener.
    pub listener: Listener,
    /// The week; that of the present where none is named.
    pub week: Option<Week>,
    /// What the list is for; the first kind that the listener's settings name where not said.
    pub kind: Option<ListKind>,
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

/// A list in the making: who asked, and with which questions to the model.
pub(crate) struct Draft<'r> {
    request: &'r WeeklyRequest,
    pub(crate) when: When,
    kind: ListKind,
    size: usize,
    /// How many of the lines are known to the listener.
    n_known: usize,
    pub(crate) portrait: Portrait,
    pub(crate) asked: Asked,
}

/// What a request comes to before any row is looked at.
pub(crate) enum Begun<'r> {
    /// The list was made before.
    Told(Playlist),
    /// It is to be made.
    Draft(Box<Draft<'r>>),
}

impl<'a> Maker<'a> {
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
        let draft = match self.begin(folder, request, when)? {
            Begun::Told(playlist) => return Ok(playlist),
            Begun::Draft(draft) => draft,
        };
        let prices = Prices::of(folder, self, draft.when.until.week, draft.when.keeps)?;
        let retrieved = self.retrieve(&[&draft.asked]).remove(0);
        let (list, made) = self.finish(folder, &prices, *draft, retrieved)?;
        folder.store.record_made(made.as_slice())?;
        Ok(list)
    }

    /// Gathers what is known of the listener, unless the list was made before.
    pub(crate) fn begin<'r>(
        &self,
        folder: &Folder,
        request: &'r WeeklyRequest,
        when: When,
    ) -> Result<Begun<'r>, Error> {
        let wishes = Wishes::of(folder, request.listener.id)?;
        let size = size(folder, request, &wishes, &when)?;
        let kind = request.kind.unwrap_or(wishes.kinds[0]);
        if when.may_answer_from_ledger
            && let Some(playlist) = ledger::find(folder, request, kind, when.until.week, size)?
        {
            return Ok(Begun::Told(playlist));
        }
        let n_known = match kind {
            ListKind::WeeklyExploration | ListKind::Blend => 0,
            ListKind::WeeklyBoth => size / KNOWN_EVERY,
            ListKind::WeeklyJams => size,
        };
        let portrait = Portrait::of(folder, self, &request.listener, when.until)?;
        let asked = self.ask(&portrait, request);
        Ok(Begun::Draft(Box::new(Draft { request, when, kind, size, n_known, portrait, asked })))
    }

    /// From what was retrieved to the list, and to what is kept with it where it is kept.
    pub(crate) fn finish(
        &self,
        folder: &Folder,
        prices: &Prices,
        draft: Draft<'_>,
        retrieved: Retrieved<'a>,
    ) -> Result<(Playlist, Option<Made>), Error> {
        let Draft { request, when, kind, size, n_known, portrait, asked } = draft;
        let mut choices = Vec::new();
        if size > n_known {
            let found = (asked, retrieved);
            let new = self.choose_among(&portrait, prices, request, &when, size - n_known, found);
            choices.push((new, true));
        }
        if n_known > 0 {
            let known = self.choose_known(folder, &portrait, request, &when, n_known)?;
            choices.push((known, false));
        }
        if choices.iter().all(|(choice, _)| choice.slate.lines.is_empty()) {
            let (choice, is_new) = &choices[0];
            let why = if *is_new { self.no_news(&portrait, choice) } else { NO_JAMS.to_owned() };
            let (listener, week) = (describe::name(&request.listener), when.until.week);
            return Err(Error::NothingToRecommend { listener, week, why });
        }
        let list = self.describe(folder, request, &portrait, &choices, (kind, size))?;
        if !when.keeps {
            return Ok((list, None));
        }
        let new = choices.iter().filter(|(_, is_new)| *is_new);
        let made = Made {
            list: ledger::as_list(request, size, &list),
            slots: self.slots(&choices, &list),
            taste: describe::regions(folder, self, &portrait)?,
            deserved: new
                .flat_map(|(choice, _)| exposure::deserved(self, &choice.found, &choice.slate))
                .collect(),
        };
        Ok((list, Some(made)))
    }

    fn describe(
        &self,
        folder: &Folder,
        request: &WeeklyRequest,
        portrait: &Portrait,
        choices: &[(Choice<'_>, bool)],
        (kind, size): (ListKind, usize),
    ) -> Result<Playlist, Error> {
        let mut parts = Vec::with_capacity(choices.len());
        for (choice, is_new) in choices {
            parts.push(describe::tracks(folder, self, portrait, choice, *is_new)?);
        }
        let tracks = interleaved(parts);
        let usual = portrait.wishes.size;
        let is_shorter = request.size.is_none() && size < usual;
        let shorter = is_shorter.then(|| {
            format!(
                "{size} lines instead of {usual}, as little of the last lists was played; `undersong settings size={usual}` keeps them long."
            )
        });
        let why = choices.iter().find_map(|(choice, _)| choice.why.clone());
        let why: Vec<String> = shorter.into_iter().chain(why).collect();
        let why = (!why.is_empty()).then(|| why.join(" "));
        Ok(Playlist {
            listener: describe::name(&request.listener),
            week: choices[0].0.week,
            kind,
            items: self.snapshot.manifest.items,
            snapshot: self.snapshot.manifest.id.clone(),
            seed: self.config.seed,
            made_at: request.now,
            note: describe::note(why, tracks.len(), size),
            tracks,
        })
    }

    /// Why there is nothing new to recommend.
    fn no_news(&self, portrait: &Portrait, choice: &Choice<'_>) -> String {
        let n_rows = self.snapshot.rows.len();
        let OffLimits { n_heard, n_shown, n_blocked, .. } = portrait.off_limits;
        if choice.left_out.len() == n_rows {
            format!(
                "of {n_rows} in the snapshot every one was heard ({n_heard}), shown before ({n_shown}), is blocked ({n_blocked}) \
                 or not wanted; import more, then train"
            )
        } else {
            "nothing new here is near what was liked; import more, then train".to_owned()
        }
    }
}

/// Lines of the list: as asked for, else as the listener set, else as many as the listener has time for.
pub(crate) fn size(
    folder: &Folder,
    request: &WeeklyRequest,
    wishes: &Wishes,
    when: &When,
) -> Result<usize, Error> {
    match request.size {
        Some(size) => Ok(size as usize),
        None if wishes.is_size_own => Ok(wishes.size),
        None => {
            let until = (when.until.week, when.until.evidence);
            pace::length(folder, &request.listener, until, wishes.size)
        }
    }
}

/// The parts of a list as one: lines of the shorter part stand evenly among those of the longer.
fn interleaved(mut parts: Vec<Vec<Track>>) -> Vec<Track> {
    let mut tracks = parts.remove(0);
    for part in parts {
        let (n, whole) = (part.len(), tracks.len() + part.len());
        for (nth, track) in part.into_iter().enumerate() {
            tracks.insert(((nth + 1) * whole / (n + 1)).min(tracks.len()), track);
        }
    }
    for (position, track) in (1..).zip(&mut tracks) {
        track.position = position;
    }
    tracks
}

/// The moments that matter for a list.
pub(crate) struct When {
    pub(crate) until: Until,
    may_answer_from_ledger: bool,
    pub(crate) keeps: bool,
}

impl When {
    pub(crate) fn of(folder: &Folder, request: &WeeklyRequest) -> Self {
        let tz = timezone(folder, &request.listener);
        let present = request.as_of.unwrap_or(request.now);
        let week = request.week.unwrap_or_else(|| Week::of(present, &tz));
        let monday = week.start(&tz);
        let is_plain =
            request.as_of.is_none() && request.at.is_none() && request.scorer == Scorer::Serving;
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

/// The same of a listener by id.
pub(crate) fn timezone_of(folder: &Folder, listener: ListenerId) -> Result<TimeZone, Error> {
    let known = folder.store.listener_with(listener)?;
    Ok(known.map_or_else(|| folder.config.timezone(), |known| timezone(folder, &known)))
}
