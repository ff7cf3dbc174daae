//! What is chosen for a list of new recordings?

use music::{Playlist, Slot, SlotCandidate, Week};
use rank::{Fate, Rules, Slate};

use crate::curate::{Curation, curate, outcome};
use crate::describe;
use crate::exposure::Prices;
use crate::ledger;
use crate::lifts::{self, Lift};
use crate::maker::Maker;
use crate::portrait::Portrait;
use crate::regions::TasteMap;
use crate::retrieve::{Asked, Cold, Retrieved, personal};
use crate::scores::Scores;
use crate::sources::{Ask, Found, gather};
use crate::taste::Taste;
use crate::weekly::{Scorer, WeeklyRequest, When};

/// What was chosen for a list, and from what.
#[derive(Debug)]
pub(crate) struct Choice<'a> {
    /// Which model of the snapshot scored.
    pub(crate) model: usize,
    /// Why it was not the serving one.
    pub(crate) why: Option<String>,
    /// The history as each region sees it.
    pub(crate) parts: Vec<Taste>,
    /// What each part makes of rows.
    pub(crate) scores: Scores<'a>,
    /// Rows off limits, ascending.
    pub(crate) left_out: Vec<u32>,
    pub(crate) found: Vec<Found>,
    /// One a candidate, as of `prices`.
    pub(crate) lifts: Vec<Lift>,
    pub(crate) prices: Vec<f32>,
    pub(crate) rules: Rules,
    pub(crate) seed: u64,
    pub(crate) slate: Slate,
    pub(crate) week: Week,
}

impl<'a> Maker<'a> {
    /// From what is known of the listener to the slate.
    pub(crate) fn choose(
        &self,
        portrait: &Portrait,
        prices: &Prices,
        request: &WeeklyRequest,
        when: &When,
        size: usize,
    ) -> Choice<'a> {
        let asked = self.ask(portrait, request);
        let retrieved = self.retrieve(&[&asked]).remove(0);
        self.choose_among(portrait, prices, request, when, size, (asked, retrieved))
    }

    /// From what was retrieved to the slate.
    pub(crate) fn choose_among(
        &self,
        portrait: &Portrait,
        prices: &Prices,
        request: &WeeklyRequest,
        when: &When,
        size: usize,
        (asked, retrieved): (Asked, Retrieved<'a>),
    ) -> Choice<'a> {
        let monday = when.until.week.monday();
        let found = gather(&Ask {
            maker: self,
            taste: &portrait.taste,
            asked: &asked,
            retrieved: &retrieved,
            country: portrait.country.as_deref(),
            monday,
        });
        let lifts: Vec<Lift> =
            found.iter().map(|found| lifts::lift(portrait, self, found.item)).collect();
        let prices: Vec<f32> =
            found.iter().map(|found| prices.price(&self.facts, found.item)).collect();
        let Asked { model, why, parts, left_out, .. } = asked;
        let mut choice = Choice {
            model,
            why,
            parts,
            scores: retrieved.scores,
            left_out,
            found,
            lifts,
            prices,
            rules: self.config.weekly.rules(size, portrait.wishes.adventure),
            seed: self.seed(request, when.until.week),
            slate: Slate::default(),
            week: when.until.week,
        };
        choice.slate = self.slate(portrait, &choice);
        choice
    }

    /// The slate of a choice that has none yet.
    pub(crate) fn slate(&self, portrait: &Portrait, choice: &Choice<'_>) -> Slate {
        self.with_curation(portrait, choice, |curation| curate(curation, &choice.found))
    }

    /// What became of one of the candidates of a choice.
    pub(crate) fn fate(&self, portrait: &Portrait, choice: &Choice<'_>, at: usize) -> Fate {
        self.with_curation(portrait, choice, |curation| outcome(curation, &choice.found, at))
    }

    fn with_curation<T>(
        &self,
        portrait: &Portrait,
        choice: &Choice<'_>,
        make: impl FnOnce(&Curation<'_>) -> T,
    ) -> T {
        let Choice { model, lifts, prices, rules, seed, week, .. } = choice;
        let no_map = TasteMap::default();
        make(&Curation {
            maker: self,
            model: *model,
            taste: &portrait.taste,
            map: if *model == 0 { &portrait.map } else { &no_map },
            rules,
            lifts,
            prices,
            monday: week.monday(),
            seed: *seed,
        })
    }

    /// What could have been drawn for each drawn line of a list.
    pub(crate) fn slots(&self, choices: &[(Choice<'_>, bool)], list: &Playlist) -> Vec<Slot> {
        let mut slots = Vec::new();
        for (choice, _) in choices {
            let id = |at: usize| self.snapshot.rows.id(choice.found[at].item);
            let candidate = |(at, probability): &(usize, f32)| SlotCandidate {
                recording: id(*at),
                probability: *probability,
                error: 0.0,
            };
            for slot in choice.slate.lines.iter().filter_map(|line| line.slot.as_ref()) {
                let track = list.tracks.iter().find(|track| track.recording == id(slot.drawn));
                slots.extend(track.map(|track| Slot {
                    position: track.position,
                    policy: ledger::DRAWN.to_owned(),
                    candidates: slot.choices.iter().map(candidate).collect(),
                }));
            }
        }
        slots.sort_by_key(|slot| slot.position);
        slots
    }

    /// Where chance starts for this listener and week.
    pub(crate) fn seed(&self, request: &WeeklyRequest, week: Week) -> u64 {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.config.seed.to_le_bytes());
        hasher.update(describe::name(&request.listener).as_bytes());
        hasher.update(week.to_string().as_bytes());
        let hash = hasher.finalize();
        u64::from_le_bytes(hash.as_bytes()[..8].try_into().expect("a hash has more than 8 bytes"))
    }

    /// The place of the model that scores, what is known where that is little, and what there is to say of it.
    pub(crate) fn scorer(
        &self,
        request: &WeeklyRequest,
        portrait: &Portrait,
    ) -> (usize, Option<Cold>, Option<String>) {
        let (taste, needed) = (&portrait.taste, self.config.weekly.min_liked);
        let share = personal(taste.known(), needed);
        match request.scorer {
            Scorer::Model(place) => return (place, None, None),
            Scorer::Serving if share >= 1.0 => return (0, None, None),
            Scorer::Serving => {}
        }
        let items = self.snapshot.manifest.items.name();
        let name = describe::name(&request.listener);
        let cold = Some(Cold { personal: share, country: portrait.country.clone() });
        let n_liked = taste.n_liked;
        if share == 0.0 {
            let why = format!(
                "Nothing is known that {name} likes and others know too: these are what most listeners here like.",
            );
            return (self.snapshot.models.len() - 1, cold, Some(why));
        }
        let known = match taste.n_named() {
            0 => format!("{n_liked} liked {items} that others know too"),
            n => format!("{n_liked} liked {items} that others know too, {n} by what was named"),
        };
        let why = format!(
            "Little is known of {name} yet ({known}): what most listeners here like counts for {:.0} of 100 in this list.",
            100.0 * (1.0 - share)
        );
        (0, cold, Some(why))
    }
}
