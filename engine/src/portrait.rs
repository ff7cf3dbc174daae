//! What is known of this listener when a list is made?

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use listens::{Cycle, Past, rhythm};
use music::{History, RecordingId, RegionKind, TasteRegion, Week};
use store::Listener;

use crate::firewall::Firewall;
use crate::maker::Maker;
use crate::off_limits::OffLimits;
use crate::onboarding::Picks;
use crate::regions::TasteMap;
use crate::taste::{Aside, Taste};
use crate::weekly::timezone;
use crate::wishes::Wishes;
use crate::{Error, Folder, belief};

const HALF_A_WEEK: SignedDuration = SignedDuration::from_hours(84);

/// One listener, as a maker of lists sees one.
#[derive(Debug)]
pub(crate) struct Portrait {
    pub(crate) wishes: Wishes,
    /// The listener's own taste, without what the listener leaves out.
    pub(crate) taste: Taste,
    pub(crate) off_limits: OffLimits,
    /// Where the listener was heard last as far as the log says, else where the listener said to live.
    pub(crate) country: Option<String>,
    /// Regions of what is liked, by the space of the serving model.
    pub(crate) map: TasteMap,
    /// Regions of what is disliked.
    pub(crate) distaste: TasteMap,
}

/// Up to when something is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Until {
    /// What was heard from then on says nothing of the taste.
    pub(crate) evidence: Timestamp,
    /// What was heard, shown or blocked from then on is not known at all.
    pub(crate) known: Option<Timestamp>,
    /// The week of the list.
    pub(crate) week: Week,
    /// The moment it is for, where it is not for the whole week.
    pub(crate) moment: Option<Timestamp>,
}

impl Portrait {
    /// Gathers it from the store.
    pub(crate) fn of(
        folder: &Folder,
        maker: &Maker<'_>,
        listener: &Listener,
        until: Until,
    ) -> Result<Self, Error> {
        let wishes = Wishes::of(folder, listener.id)?;
        let history = folder.store.history(listener.id)?;
        let off_limits = OffLimits::of(folder, maker, listener.id, &history, until.known, &wishes)?;
        let firewall = Firewall::of(folder, listener.id)?;
        let own = if firewall.is_open() { history } else { firewall.own(&history) };
        let shown = belief::shown(folder, listener.id)?;
        let past = Past { history: &own, shown, until: Some(until.evidence) };
        let tz = timezone(folder, listener);
        let season = seasons(maker, &tz, &own, until);
        let picks = Picks::of(folder, listener.id, until.known)?;
        let (season, tz, country) = (&season, &tz, listener.country.as_deref());
        let aside = Aside { season, tz, country, picks: &picks };
        let taste = Taste::of(&past, maker.snapshot, &maker.places, &maker.config, &aside);
        let before = folder.store.taste(listener.id, until.week.plus(-1))?;
        let before: Vec<TasteRegion> = before.map(|(_, regions)| regions).unwrap_or_default();
        let map = TasteMap::of(&taste, maker, RegionKind::Taste, &before);
        let distaste = TasteMap::of(&taste, maker, RegionKind::Distaste, &before);
        Ok(Self {
            wishes,
            taste,
            off_limits,
            country: own.country().or_else(|| listener.country.clone()),
            map,
            distaste,
        })
    }
}

impl Portrait {
    /// The same listener with only that part of the history which `keeps` says of.
    pub(crate) fn with_taste(
        &self,
        maker: &Maker<'_>,
        keeps: impl Fn(&Taste, &usize) -> bool,
    ) -> Self {
        let kept: Vec<usize> =
            (0..self.taste.items().len()).filter(|place| keeps(&self.taste, place)).collect();
        let taste = self.taste.only(&kept);
        Self {
            map: TasteMap::of(&taste, maker, RegionKind::Taste, &[]),
            distaste: TasteMap::of(&taste, maker, RegionKind::Distaste, &[]),
            taste,
            wishes: self.wishes.clone(),
            off_limits: self.off_limits.clone(),
            country: self.country.clone(),
        }
    }
}

/// What the time of the year, and of the week where a moment is named, lifts.
fn seasons(
    maker: &Maker<'_>,
    tz: &TimeZone,
    own: &History,
    until: Until,
) -> BTreeMap<RecordingId, f32> {
    let strength = maker.config.weekly.season;
    if strength == 0.0 {
        return BTreeMap::new();
    }
    let midweek = until.week.start(tz) + HALF_A_WEEK;
    let fades = (strength, maker.config.evidence.half_life_days);
    let mut lifts = rhythm(own, midweek, tz, Cycle::Year, fades);
    if let Some(moment) = until.moment {
        for (recording, lift) in rhythm(own, moment, tz, Cycle::Week, fades) {
            *lifts.entry(recording).or_insert(1.0) *= lift;
        }
    }
    lifts
}
