//! What is known of this listener when a list is made?

use jiff::Timestamp;
use listens::Past;
use music::{RegionKind, TasteRegion, Week};
use store::Listener;

use crate::firewall::Firewall;
use crate::maker::Maker;
use crate::off_limits::OffLimits;
use crate::regions::TasteMap;
use crate::taste::Taste;
use crate::wishes::Wishes;
use crate::{Error, Folder, belief};

/// One listener, as a maker of lists sees one.
#[derive(Debug)]
pub(crate) struct Portrait {
    pub(crate) wishes: Wishes,
    /// The listener's own taste, without what the listener leaves out.
    pub(crate) taste: Taste,
    pub(crate) off_limits: OffLimits,
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
        let off_limits =
            OffLimits::of(folder, maker, listener.id, &history, until.known, &wishes)?;
        let firewall = Firewall::of(folder, listener.id)?;
        let own = if firewall.is_open() { history } else { firewall.own(&history) };
        let shown = belief::shown(folder, listener.id)?;
        let past = Past { history: &own, shown, until: Some(until.evidence) };
        let taste = Taste::of(&past, maker.snapshot, &maker.places, &maker.config);
        let before = folder.store.taste(listener.id, until.week.plus(-1))?;
        let before: Vec<TasteRegion> = before.map(|(_, regions)| regions).unwrap_or_default();
        let map = TasteMap::of(&taste, maker, RegionKind::Taste, &before);
        let distaste = TasteMap::of(&taste, maker, RegionKind::Distaste, &before);
        Ok(Self { wishes, taste, off_limits, map, distaste })
    }
}
