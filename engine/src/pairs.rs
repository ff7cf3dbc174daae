//! A log: what is believed of every listener and recording?
//!
//! The second pass over the log, with one listener in memory at a time; what has to be known of all is in [`crate::survey`].

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use linalg::Csr;
use listens::{
    Crowd, Evidence, LengthEstimates, Lengths, Past, Rule, Trust, Weighing, confidences, weigh_rows,
};
use models::{Heard, Moments};
use music::{History, ItemIx, ListenerId, RecordingId, Rows, UserIx};

use crate::belief::learned;
use crate::crowd::{Popular, Recent, Trending};
use crate::firewall::Firewall;
use crate::moments::{Detail, Told, letters, moments};
use crate::weekly::timezone;
use crate::{Error, Folder, Observer};

/// What becomes of counts, which say how often and not when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undated {
    /// They count, whatever the moment up to which the log is read.
    Count,
    /// They are left out: nobody knows whether they were before it.
    LeaveOut,
}

/// Everything that the log says up to a moment.
#[derive(Debug)]
pub struct Pairs {
    /// What is believed `[n_users × n_items]`.
    pub heard: Csr<UserIx, ItemIx, Heard>,
    /// Which recording each item row is.
    pub rows: Rows,
    /// Which listener each user row is, ascending.
    pub listeners: Vec<ListenerId>,
    /// `[n_users]` plays of each, repeated submissions left out.
    pub plays: Vec<f64>,
    /// `[n_items]` listeners who like each.
    pub liked_by: Vec<u32>,
    /// The newest interaction.
    pub newest: Option<Timestamp>,
    /// Mean over listeners of their whole evidence, signs left out.
    pub mean_evidence: f64,
    /// Rows of the log that count less, or not at all, by what doubts them.
    pub doubted: BTreeMap<Rule, u64>,
    /// When each of them came about, and where each user lives, where [`Reading::detail`] asks for it: of recordings
    /// with a row alone, nothing from [`Reading::until`] on.
    pub moments: Option<Moments>,
    /// What is heard more and more these weeks.
    pub(crate) trending: Trending,
    /// What is liked most in each country.
    pub(crate) popular: Popular,
}

/// Who wants to know of rows of the log that are doubted.
pub type OnDoubt<'a> = &'a mut dyn FnMut(ListenerId, &Weighing<'_>);

/// How a log is read.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'a> {
    /// How long recordings are.
    pub lengths: &'a Lengths,
    /// How far each account is to be believed.
    pub trust: &'a Trust,
    /// What is worth how much.
    pub evidence: &'a Evidence,
    /// The moment up to which it is read.
    pub until: Option<Timestamp>,
    /// What becomes of counts.
    pub undated: Undated,
    /// What it is read for.
    pub detail: Detail,
}

/// Lengths of what one history holds: as they are known, else as this history tells, else imputed.
///
/// Only those that it asks for, as a snapshot knows the lengths of a whole catalogue.
pub(crate) fn lengths_of(history: &History, known: &Lengths) -> Lengths {
    let of_history = history.listens.iter().map(|logged| logged.recording);
    let mut estimates = LengthEstimates::new(known.only(of_history));
    estimates.learn(history);
    estimates.lengths()
}

/// Weighs every history; listeners of whom nothing is believed have no row.
///
/// Confidences are multiplied by trust; pairs of which less than a tenth would be left are left out.
///
/// `on_doubt` is told of each listener with a row that is doubted.
///
/// # Errors
/// [`Error::Empty`] when nothing is believed of anybody; when the store cannot be read, and when the observer wants to
/// stop.
pub fn pairs(
    folder: &Folder,
    reading: &Reading<'_>,
    on_doubt: OnDoubt<'_>,
    observer: &mut dyn Observer,
) -> Result<Pairs, Error> {
    let mut gathered = Gathered::default();
    let mut shown = folder.store.all_shown(None)?;
    let mut failure = None;
    folder.store.for_each_history(reading.until, &mut |listener, history| {
        let dated;
        let history = match reading.undated {
            Undated::Count => history,
            Undated::LeaveOut => {
                dated = history.dated();
                &dated
            }
        };
        let own;
        let Ways { firewall, tz, country } = match Ways::of(folder, listener) {
            Ok(ways) => ways,
            Err(error) => {
                failure = Some(error);
                return;
            }
        };
        let history = match firewall.is_open() {
            true => history,
            false => {
                own = firewall.own(history);
                &own
            }
        };
        let shown = shown.remove(&listener).unwrap_or_default();
        let past = Past { history, shown, until: reading.until };
        let weighing = weigh_rows(&past, reading.lengths, reading.evidence);
        if gathered.count_doubts(&weighing) {
            on_doubt(listener, &weighing);
        }
        let told = || moments(&weighing.contributions, &tz);
        let told = (reading.detail == Detail::Moments).then(told);
        let country = history.country().or(country);
        gathered.add((listener, country), &weighing, told, reading);
        observer.advance(gathered.listeners.len() as u64);
    })?;
    if let Some(error) = failure {
        return Err(error);
    }
    if observer.is_interrupted() {
        return Err(Error::Interrupted);
    }
    if gathered.pairs.is_empty() {
        return Err(Error::Empty);
    }
    Ok(gathered.matrix(reading.evidence, reading.detail))
}

/// What is known of a listener beside the log.
struct Ways {
    firewall: Firewall,
    tz: TimeZone,
    /// Where the listener said to live.
    country: Option<String>,
}

impl Ways {
    fn of(folder: &Folder, listener: ListenerId) -> Result<Self, Error> {
        let known = folder.store.listener_with(listener)?;
        let tz = known
            .as_ref()
            .map_or_else(|| folder.config.timezone(), |known| timezone(folder, known));
        let country = known.and_then(|known| known.country);
        Ok(Self { firewall: Firewall::of(folder, listener)?, tz, country })
    }
}

/// Below this trust a pair is left out: a model that counts pairs would count it whole.
const LEAST_TRUST: f64 = 0.1;

/// One listener and one recording, weighed.
#[derive(Debug)]
struct Pair {
    user: u32,
    recording: RecordingId,
    evidence: f32,
    trust: f32,
    last: Option<Timestamp>,
}

/// The pairs of the listeners so far.
#[derive(Debug, Default)]
struct Gathered {
    /// By listener, then recording.
    pairs: Vec<Pair>,
    listeners: Vec<ListenerId>,
    plays: Vec<f64>,
    countries: Vec<Option<String>>,
    /// One a listener where moments are told, oldest first.
    told: Vec<Box<[Told]>>,
    doubted: BTreeMap<Rule, u64>,
}

impl Gathered {
    /// Counts what is doubted of a listener, and says whether anything is.
    fn count_doubts(&mut self, weighing: &Weighing<'_>) -> bool {
        let mut is_any = false;
        for rule in weighing.contributions.iter().filter_map(|row| row.doubt()) {
            *self.doubted.entry(rule).or_default() += 1;
            is_any = true;
        }
        is_any
    }

    fn add(
        &mut self,
        (listener, country): (ListenerId, Option<String>),
        weighing: &Weighing<'_>,
        told: Option<Vec<Told>>,
        reading: &Reading<'_>,
    ) {
        let user = u32::try_from(self.listeners.len()).expect("user rows are u32");
        let before = self.pairs.len();
        let weighed = weighing.weighed.iter().filter(|weighed| weighed.evidence != 0.0);
        self.pairs.extend(weighed.filter_map(|weighed| {
            let recording = weighed.recording;
            let trust = reading.trust.weight_of(listener, recording);
            let evidence = digits(learned(weighed, reading.evidence));
            let pair = Pair { user, recording, evidence, trust: digits(trust), last: weighed.last };
            (trust >= LEAST_TRUST).then_some(pair)
        }));
        if self.pairs.len() > before {
            self.listeners.push(listener);
            self.countries.push(country);
            self.told.extend(told.map(|told| trusted(told, listener, reading.trust)));
            self.plays.push(weighing.weighed.iter().map(|weighed| weighed.plays).sum());
        }
    }

    /// What was told, in rows; each listener's is let go of when it is done.
    fn moments(
        &mut self,
        rows: &Rows,
        newest: Option<Timestamp>,
        detail: Detail,
    ) -> Option<Moments> {
        let countries = self.countries.iter().map(|country| letters(country.as_deref()?));
        let mut all = Moments::new();
        for (told, country) in std::mem::take(&mut self.told).into_iter().zip(countries) {
            let moment = |told: &Told| Some(told.moment(rows.ix(told.recording)?, newest?));
            all.push(country, told.iter().filter_map(moment));
        }
        (detail == Detail::Moments).then_some(all)
    }

    fn matrix(mut self, evidence: &Evidence, detail: Detail) -> Pairs {
        let newest = self.pairs.iter().filter_map(|pair| pair.last).max();
        let rows = Rows::new(self.pairs.iter().map(|pair| pair.recording).collect());
        let item = |recording| rows.ix(recording).expect("rows were made of these very recordings");
        let mut liked_by = vec![0; rows.len()];
        for pair in self.pairs.iter().filter(|pair| pair.evidence > 0.0) {
            liked_by[item(pair.recording).0 as usize] += 1;
        }
        let whole: f64 = self.pairs.iter().map(|pair| f64::from(pair.evidence.abs())).sum();
        // Short enough for every reader of JSON to read the same number.
        let mean_evidence = (whole / self.listeners.len() as f64 * 1e6).round() / 1e6;
        let likers = |recording| liked_by[item(recording).0 as usize];
        let n_listeners = self.listeners.len();
        let crowd = Crowd { mean_evidence, n_listeners, likers: &likers };
        let mut triplets = Vec::with_capacity(self.pairs.len());
        for of_user in self.pairs.chunk_by(|a, b| a.user == b.user) {
            let told: Vec<_> =
                of_user.iter().map(|pair| (pair.recording, f64::from(pair.evidence))).collect();
            let confidences = confidences(&told, evidence, Some(&crowd));
            triplets.extend(of_user.iter().zip(confidences).map(|(pair, confidence)| {
                let is_liked = pair.evidence > 0.0;
                let age_days = age_days(pair.last, newest);
                let confidence = confidence * pair.trust;
                (pair.user, item(pair.recording).0, Heard { confidence, age_days, is_liked })
            }));
        }
        let liked = self.pairs.iter().filter(|pair| pair.evidence > 0.0 && pair.last.is_some());
        let recent: Vec<Recent> = liked
            .map(|pair| Recent {
                user: pair.user,
                item: item(pair.recording),
                age_days: age_days(pair.last, newest),
                trust: pair.trust,
            })
            .collect();
        let trending = Trending::of(&recent, &self.countries);
        let liked = self.pairs.iter().filter(|pair| pair.evidence > 0.0);
        let liked = liked.map(|pair| (pair.user, item(pair.recording)));
        let popular = Popular::of(liked, &self.countries);
        let moments = self.moments(&rows, newest, detail);
        let Self { listeners, plays, doubted, .. } = self;
        let heard = Csr::from_triplets(listeners.len(), rows.len(), triplets);
        Pairs {
            heard,
            rows,
            listeners,
            plays,
            liked_by,
            newest,
            mean_evidence,
            doubted,
            moments,
            trending,
            popular,
        }
    }
}

/// Moments of believed pairs, each counted as far as the account is trusted in it.
fn trusted(told: Vec<Told>, listener: ListenerId, trust: &Trust) -> Box<[Told]> {
    let trusted = told.into_iter().filter_map(|told| {
        let trust = trust.weight_of(listener, told.recording);
        (trust >= LEAST_TRUST).then(|| Told { weight: told.weight * digits(trust), ..told })
    });
    trusted.collect()
}

#[expect(clippy::cast_possible_truncation, reason = "seven digits are enough of evidence")]
fn digits(x: f64) -> f32 {
    x as f32
}

/// Days from a pair's last interaction to the log's newest; 0 where there are no times, or it came later.
#[expect(clippy::cast_possible_truncation, reason = "days need no more than seven digits")]
pub(crate) fn age_days(last: Option<Timestamp>, newest: Option<Timestamp>) -> f32 {
    last.zip(newest).map_or(0.0, |(last, newest)| {
        (newest.duration_since(last).as_secs_f64() / 86_400.0).max(0.0) as f32
    })
}
