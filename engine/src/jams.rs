//! What has this listener loved and not heard for long?
//!
//! Known recordings, by `ln(1 + love) · (0.5 + fit)`, where love is the evidence before time fades it and fit is what the
//! taste of today makes of it, as a share of the best. Nothing that was heard in the last weeks or stood in another such
//! list of the last weeks; what is blocked or not wanted stays out of here too.
//! Where the listener wants it, up to two lines are second chances: from lists that were never opened.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use listens::{Evidence, Past, weigh};
use music::{History, ItemIx, RecordingId, Source};
use rank::Slate;

use crate::belief::believed;
use crate::choose::Choice;
use crate::lifts::{self, Lift};
use crate::maker::Maker;
use crate::pace::is_opened;
use crate::pairs::lengths_of;
use crate::portrait::Portrait;
use crate::scores::Scores;
use crate::sources::{Before, Found, Proposers};
use crate::weekly::When;
use crate::{Error, Folder, WeeklyRequest};

/// Without having been heard for so long, something is not fresh in mind.
const QUIET: SignedDuration = SignedDuration::from_hours(24 * 30);
/// For so long a recording that stood in a list does not stand in another.
const REST: SignedDuration = SignedDuration::from_hours(24 * 28);

/// Lines of a list that may be second chances.
const SECOND_CHANCES: usize = 2;

/// A recording that was loved.
#[derive(Clone, Copy, Debug)]
struct Loved {
    item: ItemIx,
    love: f32,
    last: Timestamp,
}

impl<'a> Maker<'a> {
    /// From what was loved to the slate of a list of known recordings.
    pub(crate) fn choose_known(
        &self,
        folder: &Folder,
        portrait: &Portrait,
        request: &WeeklyRequest,
        when: &When,
        size: usize,
    ) -> Result<Choice<'a>, Error> {
        let loved = self.loved(folder, portrait, request, when)?;
        let parts = portrait.map.parts(&portrait.taste, self);
        let recommender = self.snapshot.models[0].recommender.as_ref();
        let queries: Vec<_> =
            parts.iter().map(|part| recommender.represent(&part.weights())).collect();
        let scores = Scores::of(recommender, &queries);
        let rows: Vec<u32> = loved.iter().map(|loved| loved.item.0).collect();
        let fits = scores.best(&rows);
        let best = fits.iter().map(|(fit, _)| *fit).fold(f32::MIN_POSITIVE, f32::max);
        let mut found: Vec<Found> = loved
            .iter()
            .zip(fits)
            .map(|(loved, (fit, region))| Found {
                item: loved.item,
                score: loved.love.ln_1p() * (0.5 + (fit / best).max(0.0)),
                region,
                sources: Proposers::only(Source::Forgotten),
                before: Before::Heard(loved.last),
            })
            .collect();
        if portrait.wishes.second_chance {
            let highest = found.iter().map(|found| found.score).fold(1.0, f32::max);
            found.extend(self.second_chances(folder, portrait, request, when, &scores, highest)?);
        }
        found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.item.cmp(&b.item)));
        found.truncate(self.config.weekly.sources.forgotten.max(1) as usize * 10);
        let lifts: Vec<Lift> =
            found.iter().map(|found| lifts::lift(portrait, self, found.item)).collect();
        let mut rules = self.config.weekly.rules(size, portrait.wishes.adventure);
        (rules.expand, rules.explore, rules.fresh_share, rules.price_loss) = (0, 0, 0.0, 0.0);
        let mut choice = Choice {
            model: 0,
            why: None,
            parts,
            scores,
            left_out: portrait.off_limits.rows_unwanted(self),
            prices: vec![0.0; found.len()],
            found,
            lifts,
            rules,
            seed: self.seed(request, when.until.week),
            slate: Slate::default(),
            week: when.until.week,
        };
        choice.slate = self.slate(portrait, &choice);
        Ok(choice)
    }

    /// What was liked before time fades it, and may be played again.
    fn loved(
        &self,
        folder: &Folder,
        portrait: &Portrait,
        request: &WeeklyRequest,
        when: &When,
    ) -> Result<Vec<Loved>, Error> {
        let history = folder.store.history(request.listener.id)?;
        let evidence =
            Evidence { half_life_days: 0.0, short_share: 0.0, ..self.config.evidence.clone() };
        let lengths = lengths_of(&history, &self.snapshot.lengths);
        let past = Past { until: Some(when.until.evidence), ..Past::of(&history) };
        let weighed = weigh(&past, &lengths, &evidence);
        let resting = self.resting(folder, request, when.until.evidence)?;
        let recent = recent(&history, when.until.evidence);
        let unwanted: BTreeSet<u32> = portrait.off_limits.rows_unwanted(self).into_iter().collect();
        let of_all = believed(&weighed, Some(self.snapshot), &evidence).into_iter();
        let loved = of_all.filter(|believed| believed.is_liked);
        let loved = loved.filter(|believed| !recent.contains(&believed.recording));
        Ok(loved
            .filter_map(|believed| {
                let item = self.places.ix(believed.recording)?;
                let is_open = !unwanted.contains(&item.0) && !resting.contains(&item);
                let last = believed.last?;
                is_open.then_some(Loved { item, love: believed.confidence, last })
            })
            .collect())
    }

    /// The best of what stood in lists that were never opened, and was not heard since.
    fn second_chances(
        &self,
        folder: &Folder,
        portrait: &Portrait,
        request: &WeeklyRequest,
        when: &When,
        scores: &Scores<'_>,
        score: f32,
    ) -> Result<Vec<Found>, Error> {
        let history = folder.store.history(request.listener.id)?;
        let heard: BTreeSet<RecordingId> =
            history.listens.iter().map(|logged| logged.recording).collect();
        let unwanted: BTreeSet<u32> = portrait.off_limits.rows_unwanted(self).into_iter().collect();
        let mut chances: Vec<(f32, Found)> = Vec::new();
        for (_, list) in folder.store.lists(request.listener.id)? {
            let is_rested = list.made_at < when.until.evidence - REST;
            let recordings: Vec<RecordingId> =
                list.lines.iter().map(|line| line.recording).collect();
            if !is_rested || is_opened(&recordings, list.made_at, &history) {
                continue;
            }
            for line in
                list.lines.iter().filter(|line| line.is_new && !heard.contains(&line.recording))
            {
                let Some(item) = self.places.ix(line.recording) else { continue };
                let is_there = chances.iter().any(|(_, found)| found.item == item);
                if is_there || unwanted.contains(&item.0) {
                    continue;
                }
                let (fit, region) = scores.best(&[item.0])[0];
                let sources = Proposers::only(Source::SecondChance);
                let before = Before::Unopened(list.week);
                chances.push((fit, Found { item, score, region, sources, before }));
            }
        }
        chances.sort_by(|(x, a), (y, b)| y.total_cmp(x).then(a.item.cmp(&b.item)));
        chances.truncate(SECOND_CHANCES);
        Ok(chances.into_iter().map(|(_, found)| found).collect())
    }

    /// What stood in any list of the last weeks.
    fn resting(
        &self,
        folder: &Folder,
        request: &WeeklyRequest,
        until: Timestamp,
    ) -> Result<BTreeSet<ItemIx>, Error> {
        let shown = crate::belief::shown(folder, request.listener.id)?;
        let is_recent = |at: Timestamp| at >= until - REST;
        let recent = shown.into_iter().filter(|shown| is_recent(shown.at));
        Ok(recent.filter_map(|shown| self.places.ix(shown.recording)).collect())
    }
}

/// What was heard in the last weeks.
fn recent(history: &History, until: Timestamp) -> BTreeSet<RecordingId> {
    let recent = history.listens.iter().filter(|logged| logged.event.at >= until - QUIET);
    recent.map(|logged| logged.recording).collect()
}
