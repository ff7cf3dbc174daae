//! How did a recording come into a list, or why did it not?
//!
//! The list is made again from what was known when it was made, and every stage says what it did to the one recording.

use std::collections::BTreeMap;

use music::{ArtistId, Contribution, ItemIx, RecordingId, Source, Tier, Week};
use rank::{Fate, Full, Slate, Values};
use serde::Serialize;

use crate::choose::Choice;
use crate::company::InCommon;
use crate::exposure::Prices;
use crate::grounds::{self, Judged};
use crate::lifts::Lift;
use crate::maker::Maker;
use crate::portrait::Portrait;
use crate::taste::Taste;
use crate::weekly::When;
use crate::{Error, Folder, WeeklyRequest, describe, ledger, weekly};

/// Artists of whom it is asked what the list would be without them.
const WITHOUT: usize = 3;

/// The whole way of one recording to, or out of, a list.
#[derive(Clone, Debug, Serialize)]
pub struct Derivation {
    /// Name of the listener.
    pub listener: String,
    /// The week of the list.
    pub week: Week,
    /// The recording.
    pub recording: RecordingId,
    /// Its title.
    pub title: String,
    /// Its artist credit.
    pub artist: String,
    /// What became of it, in a sentence.
    pub outcome: String,
    /// Its line, where it has one.
    pub line: Option<ListLine>,
    /// Who proposed it.
    pub sources: Vec<Source>,
    /// Its score by each region of the listener's taste, the best first; where a second stage judges and the first goes by
    /// vectors, that by which it is found.
    pub regions: Vec<RegionScore>,
    /// What a second stage made of it, where the model has one and it was a candidate.
    pub judged: Option<Judged>,
    /// What multiplies its best score: the listener's wishes, and regions of distaste.
    pub lift: Option<LiftParts>,
    /// What the stages of the slate made of it.
    pub stages: Option<Stages>,
    /// What the listener's history contributes to its best score, in units of the score; where a second stage judges, to
    /// the score of the first, by which it is found.
    pub contributions: Vec<Contribution>,
    /// Listeners here who like it; `None` where they are fewer than are counted.
    pub liked_by: Option<u32>,
    /// Others here who have both it and what contributes in their log, for each recording that contributes.
    pub in_common: Vec<InCommon>,
    /// Fewer listeners are not counted, as a count would tell who; at least 1.
    pub least_counted: u32,
    /// What would have become of it without an artist in the history, for the artists that contribute most.
    pub without: Vec<Counterfactual>,
}

/// A line of a list.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ListLine {
    /// From 1.
    pub position: u32,
    /// Core or bolder tail.
    pub tier: Tier,
    /// The chance with which it was drawn, where chance chose it.
    pub propensity: Option<f32>,
}

/// What one region says.
#[derive(Clone, Debug, Serialize)]
pub struct RegionScore {
    /// What people call it.
    pub region: String,
    /// The score; the best of all counts.
    pub score: f32,
}

/// What multiplies a score.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct LiftParts {
    /// More and less of something.
    pub wishes: f32,
    /// Regions of distaste.
    pub distaste: f32,
}

/// What each stage of the slate made of a candidate, in units of relevance.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Stages {
    /// Score and lift, in units of the best score.
    pub relevance: f32,
    /// What adventure adds.
    pub adventure: f32,
    /// What exposure takes.
    pub price: f32,
    /// What it adds to the variety of the lines; at most 0.
    pub variety: f32,
    /// Divergence from the listener's mix of tags that it takes away.
    pub calibration: f32,
    /// All of it together.
    pub value: f32,
}

/// The list without an artist in the listener's history.
#[derive(Clone, Debug, Serialize)]
pub struct Counterfactual {
    /// Name of the artist.
    pub artist: String,
    /// Whether the recording would be in the list.
    pub is_in_list: bool,
    /// Its best score; `None` where it would be no candidate.
    pub score: Option<f32>,
}

impl<'a> Maker<'a> {
    /// Tells how a recording came into the list of a request, or why it did not.
    ///
    /// A list that was made is explained from what was known when it was made.
    /// Costs as much as four lists.
    ///
    /// # Errors
    /// When the store cannot be read or knows no such recording.
    pub fn derivation(
        &self,
        folder: &mut Folder,
        request: &WeeklyRequest,
        recording: RecordingId,
    ) -> Result<Derivation, Error> {
        let mut request = request.clone();
        let kept =
            ledger::latest(folder, &request.listener, When::of(folder, &request).until.week)?;
        if let Some(list) = &kept {
            request.as_of = request.as_of.or(Some(list.made_at));
            request.size = Some(list.size);
        }
        let when = When::of(folder, &request);
        let portrait = Portrait::of(folder, self, &request.listener, when.until)?;
        let size = weekly::size(folder, &request, &portrait.wishes, &when)?;
        let prices = Prices::of(folder, self, when.until.week, false)?;
        let choice = self.choose(&portrait, &prices, &request, &when, size);
        let recording = folder.store.resolve(recording)?;
        let of_it = folder.store.recordings(&[recording])?.remove(0);
        let mut derivation = Derivation {
            listener: describe::name(&request.listener),
            week: when.until.week,
            recording,
            title: of_it.entry.credit.title,
            artist: of_it.entry.credit.artist,
            outcome: String::new(),
            line: None,
            sources: Vec::new(),
            regions: Vec::new(),
            judged: None,
            lift: None,
            stages: None,
            contributions: Vec::new(),
            liked_by: None,
            in_common: Vec::new(),
            least_counted: self.least_counted(),
            without: Vec::new(),
        };
        let Some(item) = self.places.ix(recording) else {
            derivation.outcome =
                "not in the list: the training did not know it, as nobody had heard it".to_owned();
            return Ok(derivation);
        };
        derivation.liked_by = self.counted(self.snapshot.liked_by(item));
        self.tell_scores(folder, &portrait, &choice, item, &mut derivation)?;
        let contributions = &derivation.contributions;
        derivation.in_common =
            self.in_common(folder, request.listener.id, recording, contributions)?;
        if let Some(rule) = portrait.off_limits.rule(self, item) {
            derivation.outcome = format!("not in the list: {rule}");
            return Ok(derivation);
        }
        let Some(at) = choice.found.iter().position(|found| found.item == item) else {
            derivation.outcome =
                "not in the list: no source proposed it, others scored better".to_owned();
            return Ok(derivation);
        };
        self.tell_stages(folder, &portrait, &choice, at, &mut derivation)?;
        let again = |portrait: &Portrait| self.choose(portrait, &prices, &request, &when, size);
        derivation.without = self.without(folder, &portrait, item, &derivation, &again)?;
        Ok(derivation)
    }

    /// What each region makes of it, and what of the history does.
    fn tell_scores(
        &self,
        folder: &Folder,
        portrait: &Portrait,
        choice: &Choice<'_>,
        item: ItemIx,
        derivation: &mut Derivation,
    ) -> Result<(), Error> {
        let names = describe::region_names(folder, self, portrait.map.regions())?;
        let name = |region: usize| match choice.parts.len() {
            1 => "the whole taste".to_owned(),
            _ => names[region].clone(),
        };
        let scores = (0..choice.parts.len())
            .map(|region| (region, choice.scores.of_query(region, &[item.0])[0]));
        let mut scores: Vec<(usize, f32)> = scores.collect();
        scores.sort_by(|(a, x), (b, y)| y.total_cmp(x).then(a.cmp(b)));
        derivation.regions = scores
            .iter()
            .map(|(region, score)| RegionScore { region: name(*region), score: *score })
            .collect();
        let part = &choice.parts[scores[0].0];
        let shares = describe::Shares::of(self.snapshot, choice, scores[0].0, &[item]);
        let shares = shares.and_then(|mut shares| shares.pop());
        let reason = describe::reason(folder, self, part, item, shares.as_ref(), &[])?;
        derivation.contributions = reason.contributions;
        Ok(())
    }

    /// What became of a candidate.
    fn tell_stages(
        &self,
        folder: &Folder,
        portrait: &Portrait,
        choice: &Choice<'_>,
        at: usize,
        derivation: &mut Derivation,
    ) -> Result<(), Error> {
        let Choice { found, slate, lifts, .. } = choice;
        derivation.sources = found[at].sources.all();
        derivation.judged = grounds::judged(self, portrait, choice, at);
        let Lift { wishes, distaste } = lifts[at];
        derivation.lift = Some(LiftParts { wishes, distaste });
        let (values, outcome) = match self.fate(portrait, choice, at) {
            Fate::Picked => picked(slate, at, derivation),
            Fate::Full(full) => (None, format!("not in the list: {}", why_full(folder, full)?)),
            Fate::Outranked(values) => {
                (Some(values), "not in the list: other candidates were worth more".to_owned())
            }
        };
        derivation.outcome = outcome;
        derivation.stages = values.map(|values| Stages {
            relevance: values.relevance,
            adventure: values.adventure,
            price: values.price,
            variety: values.variety,
            calibration: values.calibration,
            value: values.value,
        });
        Ok(())
    }

    /// The list without each of the artists that contribute most.
    fn without(
        &self,
        folder: &Folder,
        portrait: &Portrait,
        item: ItemIx,
        derivation: &Derivation,
        again: &dyn Fn(&Portrait) -> Choice<'a>,
    ) -> Result<Vec<Counterfactual>, Error> {
        let mut shares: BTreeMap<ArtistId, f32> = BTreeMap::new();
        for contribution in &derivation.contributions {
            let of_it = contribution.recording.and_then(|recording| self.places.ix(recording));
            if let Some(artist) = of_it.and_then(|item| self.facts.artists(item).first()) {
                *shares.entry(*artist).or_default() += contribution.share;
            }
        }
        let mut artists: Vec<_> = shares.into_iter().collect();
        artists.sort_by(|(a, x), (b, y)| y.total_cmp(x).then(a.cmp(b)));
        let mut without = Vec::new();
        for (artist, _) in artists.into_iter().take(WITHOUT) {
            let is_others = |taste: &Taste, place: &usize| {
                !self.facts.artists(taste.items()[*place]).contains(&artist)
            };
            let choice = again(&portrait.with_taste(self, |taste, place| is_others(taste, place)));
            let at = choice.found.iter().position(|found| found.item == item);
            without.push(Counterfactual {
                artist: folder.store.artist_name(artist)?.unwrap_or_default(),
                is_in_list: choice.slate.lines.iter().any(|line| Some(line.candidate) == at),
                score: at.map(|at| choice.found[at].score),
            });
        }
        Ok(without)
    }
}

fn picked(slate: &Slate, at: usize, derivation: &mut Derivation) -> (Option<Values>, String) {
    let lines = (1_u32..).zip(&slate.lines);
    let Some((position, line)) = lines.into_iter().find(|(_, line)| line.candidate == at) else {
        return (None, "in the list".to_owned());
    };
    let propensity = line.slot.as_ref().map(rank::Slot::propensity);
    derivation.line = Some(ListLine { position, tier: line.tier, propensity });
    let part = match line.tier {
        Tier::Core => "the core",
        Tier::Expand => "the bolder tail",
    };
    let drawn =
        propensity.map_or(String::new(), |chance| format!(", drawn with a chance of {chance:.3}"));
    let outcome = format!("line {position} of {}, in {part}{drawn}", slate.lines.len());
    (Some(line.values), outcome)
}

fn why_full(folder: &Folder, full: Full) -> Result<String, Error> {
    Ok(match full {
        Full::Work => "another version of it is".to_owned(),
        Full::Release => "its release has as many lines as one may have".to_owned(),
        Full::Artist(artist) => {
            let name = folder.store.artist_name(artist)?.unwrap_or_default();
            format!("{name} has as many lines as one artist may have")
        }
    })
}
