//! What does the maker of lists think that this listener likes?

use jiff::Timestamp;
use models::regions::Region;
use music::{ItemIx, RecordingId, RegionKind, Week};
use serde::Serialize;
use store::Listener;

use crate::maker::Maker;
use crate::portrait::{Portrait, Until};
use crate::weekly::timezone;
use crate::{Error, Folder, describe};

/// Recordings that stand for the catalogue on a map.
const SAMPLE: usize = 1500;
/// Members of a region that are told, the heaviest first.
const TOLD: usize = 5;

/// The regions of one listener's taste, and where they lie.
#[derive(Clone, Debug, Serialize)]
pub struct TasteReport {
    /// Name of the listener.
    pub listener: String,
    /// Id of the snapshot.
    pub snapshot: String,
    /// Regions of taste, then of distaste, by number.
    pub regions: Vec<RegionReport>,
    /// Where a sample of the catalogue lies on the map.
    pub catalogue: Vec<[f32; 2]>,
}

/// One region.
#[derive(Clone, Debug, Serialize)]
pub struct RegionReport {
    /// `taste` or `distaste`.
    pub kind: &'static str,
    /// The same from week to week.
    pub number: u32,
    /// What people call it.
    pub name: String,
    /// Its share of all that is liked, or disliked.
    pub share: f32,
    /// How near its members are to its middle: mean cosine.
    pub tightness: f32,
    /// Recordings that belong to it.
    pub n_members: usize,
    /// The recording in the middle, then the members that weigh most.
    pub members: Vec<MemberReport>,
    /// Where the members lie on the map; the middle first.
    pub points: Vec<[f32; 2]>,
}

/// One recording of a region.
#[derive(Clone, Debug, Serialize)]
pub struct MemberReport {
    /// The recording.
    pub recording: RecordingId,
    /// Its title.
    pub title: String,
    /// Its artist credit.
    pub artist: String,
}

impl Maker<'_> {
    /// The regions of a listener's taste as a list made now would see them.
    ///
    /// # Errors
    /// [`Error::NoFactors`] when the serving model has no vectors, and so no regions.
    pub fn taste(
        &self,
        folder: &Folder,
        listener: &Listener,
        now: Timestamp,
    ) -> Result<TasteReport, Error> {
        let Some(space) = &self.space else {
            return Err(Error::NoFactors { model: self.snapshot.models[0].spec.brief() });
        };
        let week = Week::of(now, &timezone(folder, listener));
        let until = Until { evidence: now, known: None, week, moment: None };
        let portrait = Portrait::of(folder, self, listener, until)?;
        let map = portrait.map.page(&portrait.taste, self);
        let place =
            |item: ItemIx| map.as_ref().map_or([0.0; 2], |map| map.place(space.whitened(item)));
        let kinds =
            [(RegionKind::Taste, &portrait.map), (RegionKind::Distaste, &portrait.distaste)];
        let mut regions = Vec::new();
        for (kind, of_kind) in kinds {
            let names = describe::region_names(folder, self, of_kind.regions())?;
            for (region, name) in of_kind.regions().iter().zip(names) {
                regions.push(self.region(folder, kind, region, name, &place)?);
            }
        }
        let n = self.snapshot.rows.len();
        let step = n.div_ceil(SAMPLE).max(1);
        let sample = (0..u32::try_from(n).expect("rows are u32")).step_by(step);
        Ok(TasteReport {
            listener: describe::name(listener),
            snapshot: self.snapshot.manifest.id.clone(),
            regions,
            catalogue: sample.map(|row| place(ItemIx(row))).collect(),
        })
    }

    fn region(
        &self,
        folder: &Folder,
        kind: RegionKind,
        region: &Region,
        name: String,
        place: &dyn Fn(ItemIx) -> [f32; 2],
    ) -> Result<RegionReport, Error> {
        let mut others: Vec<_> =
            region.members.iter().filter(|member| member.item != region.medoid).collect();
        others.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.item.cmp(&b.item)));
        let items = std::iter::once(region.medoid).chain(others.iter().map(|member| member.item));
        let items: Vec<ItemIx> = items.collect();
        let told = items.iter().take(TOLD).map(|item| self.snapshot.rows.id(*item));
        let members = folder.store.recordings(&told.collect::<Vec<_>>())?;
        let member = |recording: store::Recording| MemberReport {
            recording: recording.id,
            title: recording.entry.credit.title,
            artist: recording.entry.credit.artist,
        };
        Ok(RegionReport {
            kind: kind.name(),
            number: region.number,
            name,
            share: region.share,
            tightness: region.tightness,
            n_members: region.members.len(),
            members: members.into_iter().map(member).collect(),
            points: items.iter().map(|item| place(*item)).collect(),
        })
    }
}
