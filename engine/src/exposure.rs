//! Who has had more attention than the relevance deserves, and what follows for this week's lists?
//!
//! Prices are computed once a week and snapshot, from the lists of the weeks before, and kept: a listener's list depends
//! on them and not on who was served before.

use std::collections::BTreeMap;

use music::{ExposurePrice, ExposureSubject, ItemIx, ListKind, Week};
use rank::{Exposure, Slate, attention, prices};
use store::ShownLine;

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

fn computed(folder: &Folder, maker: &Maker<'_>, week: Week) -> Result<Vec<ExposurePrice>, Error> {
    let mut exposures: BTreeMap<ExposureSubject, Exposure> = BTreeMap::new();
    for (subject, deserved) in folder.store.deserved(week)? {
        exposures.entry(subject).or_default().relevance = deserved;
    }
    folder.store.for_each_shown_line(Some(week), &mut |line| {
        let item = maker.places.ix(line.recording).filter(|_| is_priced(&line));
        for subject in item.into_iter().flat_map(|item| subjects(&maker.facts, item)) {
            exposures.entry(subject).or_default().attention += attention(line.position);
        }
    })?;
    Ok(priced(exposures))
}

/// Whether a line is one that prices can move: new, and in a list for one listener alone.
///
/// The known and shared lists are chosen without prices, and nobody notes what they would have deserved of them.
pub(crate) fn is_priced(line: &ShownLine) -> bool {
    line.is_new && line.kind != ListKind::Blend
}

/// Artists are compared with artists, a group with all that is not in it.
fn priced(exposures: BTreeMap<ExposureSubject, Exposure>) -> Vec<ExposurePrice> {
    let of_artists: Vec<Exposure> =
        exposures.iter().filter(|(of, _)| is_artist(of)).map(|(_, exposure)| *exposure).collect();
    let whole = of_artists.iter().fold(Exposure::default(), |sum, of| Exposure {
        attention: sum.attention + of.attention,
        relevance: sum.relevance + of.relevance,
    });
    let mut of_artists = prices(&of_artists).into_iter();
    let of_group = |group: Exposure| {
        let rest = Exposure {
            attention: (whole.attention - group.attention).max(0.0),
            relevance: (whole.relevance - group.relevance).max(0.0),
        };
        prices(&[group, rest])[0]
    };
    let price = |(subject, exposure): (ExposureSubject, Exposure)| ExposurePrice {
        price: match is_artist(&subject) {
            true => of_artists.next().unwrap_or_default(),
            false => of_group(exposure),
        }
        .into(),
        subject,
        relevance: exposure.relevance,
        attention_before: exposure.attention,
    };
    exposures.into_iter().map(price).collect()
}

pub(crate) fn is_artist(subject: &ExposureSubject) -> bool {
    matches!(subject, ExposureSubject::Artist(_))
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
pub(crate) fn subjects(facts: &Facts, item: ItemIx) -> impl Iterator<Item = ExposureSubject> {
    let artist = facts.artists(item).first().map(|artist| ExposureSubject::Artist(*artist));
    let groups = facts.groups(item).iter().cloned().map(ExposureSubject::Group);
    artist.into_iter().chain(groups)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::Timestamp;
    use music::{ArtistId, ExposureSubject, ListId, ListKind, ListenerId, RecordingId};
    use rank::Exposure;
    use store::ShownLine;

    use super::{is_priced, priced};

    #[test]
    fn known_and_shared_lines_count_for_nobody() {
        let counts = |kind, is_new| {
            is_priced(&ShownLine {
                list: ListId(1),
                listener: ListenerId(1),
                week: "2026-W47".parse().unwrap(),
                kind,
                made_at: Timestamp::UNIX_EPOCH,
                position: 1,
                recording: RecordingId(1),
                is_new,
            })
        };
        let both = ListKind::WeeklyBoth;
        assert_eq!([counts(both, true), counts(both, false)], [true, false]);
        assert!(!counts(ListKind::Blend, true));
    }

    #[test]
    fn a_group_that_stands_alone_is_compared_with_all_that_is_not_in_it() {
        let of = |attention, relevance| Exposure { attention, relevance };
        let artist = |id| ExposureSubject::Artist(ArtistId(id));
        let local = ExposureSubject::Group("local".to_owned());
        // Local artists had 25 of 100 and were due 50: (25 + 5) over (50 + 5).
        let exposures =
            [(artist(1), of(75.0, 1.0)), (artist(2), of(25.0, 1.0)), (local, of(25.0, 1.0))];
        let prices: Vec<f64> =
            priced(BTreeMap::from(exposures)).iter().map(|of| of.price).collect();
        let expected = [80.0_f64, 30.0, 30.0].map(|had| 0.1 * (had / 55.0).ln());
        for (price, expected) in prices.iter().zip(expected) {
            assert!((price - expected).abs() < 1e-6, "{prices:?} are not {expected:?}");
        }
    }
}
