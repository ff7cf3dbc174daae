//! Who has had more attention than the relevance deserves, and what follows for this week's lists?
//!
//! Prices are computed once a week and snapshot, from the lists of the weeks before, and kept: a listener's list depends
//! on them and not on who was served before.

use std::collections::BTreeMap;

use music::{ExposurePrice, ExposureSubject, ItemIx, Week};
use rank::{Exposure, Slate, attention, prices};

use crate::facts::Facts;
use crate::maker::Maker;
use crate::sources::Found;
use crate::{Error, Folder};

/// Candidates, by relevance, among whom a list's attention would be shared out.
const DESERVING: usize = 100;

/// What subjects cost in the lists of one week.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prices {
    by_subject: BTreeMap<ExposureSubject, f32>,
}

impl Prices {
    /// The prices of a week, kept where they are computed for the first time and `keeps` says so.
    pub(crate) fn of(
        folder: &mut Folder,
        maker: &Maker<'_>,
        week: Week,
        keeps: bool,
    ) -> Result<Self, Error> {
        let snapshot = &maker.snapshot.manifest.id;
        if maker.config.weekly.price_loss == 0.0 {
            return Ok(Self::default());
        }
        let priced = match folder.store.exposure_prices(week, snapshot)? {
            Some(priced) => priced,
            None => {
                let priced = computed(folder, maker, week)?;
                if keeps {
                    folder.store.set_exposure_prices(week, snapshot, &priced)?;
                }
                priced
            }
        };
        #[expect(clippy::cast_possible_truncation, reason = "prices are computed in f32")]
        let by_subject = priced.into_iter().map(|of| (of.subject, of.price as f32)).collect();
        Ok(Self { by_subject })
    }

    /// What a line costs: its main artist's price and those of its groups.
    pub(crate) fn price(&self, facts: &Facts, item: ItemIx) -> f32 {
        if self.by_subject.is_empty() {
            return 0.0;
        }
        let price = |subject| self.by_subject.get(&subject).copied().unwrap_or(0.0);
        subjects(facts, item).map(price).sum()
    }
}

/// Artists are compared with artists, groups with groups.
fn computed(folder: &Folder, maker: &Maker<'_>, week: Week) -> Result<Vec<ExposurePrice>, Error> {
    let mut exposures: BTreeMap<ExposureSubject, Exposure> = BTreeMap::new();
    for (subject, deserved) in folder.store.deserved(week)? {
        exposures.entry(subject).or_default().relevance = deserved;
    }
    folder.store.for_each_shown_line(Some(week), &mut |line| {
        if let Some(item) = maker.places.ix(line.recording) {
            for subject in subjects(&maker.facts, item) {
                exposures.entry(subject).or_default().attention += attention(line.position);
            }
        }
    })?;
    let (artists, groups): (Vec<_>, Vec<_>) = exposures
        .into_iter()
        .partition(|(subject, _)| matches!(subject, ExposureSubject::Artist(_)));
    let mut priced = Vec::with_capacity(artists.len() + groups.len());
    for compared in [artists, groups] {
        let exposures: Vec<Exposure> = compared.iter().map(|(_, exposure)| *exposure).collect();
        let of_each = compared.into_iter().zip(prices(&exposures));
        priced.extend(of_each.map(|((subject, exposure), price)| ExposurePrice {
            subject,
            relevance: exposure.relevance,
            attention_before: exposure.attention,
            price: price.into(),
        }));
    }
    Ok(priced)
}

/// What each subject would deserve of a list's attention if it were shared out by relevance.
pub(crate) fn deserved(
    maker: &Maker<'_>,
    found: &[Found],
    slate: &Slate,
) -> Vec<(ExposureSubject, f64)> {
    let mut best: Vec<(usize, f64)> =
        slate.relevance.iter().map(|relevance| f64::from(relevance.max(0.0))).enumerate().collect();
    best.sort_by(|(a, x), (b, y)| y.total_cmp(x).then(a.cmp(b)));
    best.truncate(DESERVING);
    let relevance: f64 = best.iter().map(|(_, relevance)| relevance).sum();
    let n_lines = u32::try_from(slate.lines.len()).expect("lists are short");
    let whole: f64 = (1..=n_lines).map(attention).sum();
    let mut deserved: BTreeMap<ExposureSubject, f64> = BTreeMap::new();
    if relevance > 0.0 {
        for (at, of) in best {
            for subject in subjects(&maker.facts, found[at].item) {
                *deserved.entry(subject).or_default() += whole * of / relevance;
            }
        }
    }
    deserved.into_iter().collect()
}

/// Whose exposure a line is: the main artist's, and that of every group it is in.
fn subjects(facts: &Facts, item: ItemIx) -> impl Iterator<Item = ExposureSubject> {
    let artist = facts.artists(item).first().map(|artist| ExposureSubject::Artist(*artist));
    let groups = facts.groups(item).iter().cloned().map(ExposureSubject::Group);
    artist.into_iter().chain(groups)
}
