//! Which few tastes does this listener have, in rows of this snapshot?

use linalg::Matrix;
use models::regions::{
    DistasteParams, Judged, Map, Member, Params, Region, Regions, distaste, regions,
};
use music::{ItemIx, RegionKind, TasteRegion};

use crate::maker::Maker;
use crate::places::Places;
use crate::taste::Taste;

/// The regions of one listener's taste.
#[derive(Clone, Debug, Default)]
pub(crate) struct TasteMap {
    /// None where the model has no vectors or nothing is liked.
    found: Option<Regions>,
}

impl TasteMap {
    /// The regions of what is liked, or of what is not, numbered as those `before` were.
    pub(crate) fn of(
        taste: &Taste,
        maker: &Maker<'_>,
        kind: RegionKind,
        before: &[TasteRegion],
    ) -> Self {
        let vectors = maker.snapshot.models[0].recommender.item_vectors();
        let (Some(vectors), Some(space)) = (vectors, &maker.space) else { return Self::default() };
        let is_liked = kind == RegionKind::Taste;
        let judged = taste.entries().filter(|(_, heard)| heard.is_liked == is_liked);
        let judged: Vec<Judged<'_>> = judged
            .map(|(item, heard)| Judged {
                item,
                vector: vectors.row(item.0 as usize),
                weight: heard.confidence,
            })
            .collect();
        let before = in_rows(before, kind, &maker.places);
        let max_regions = maker.config.weekly.max_regions as usize;
        let found = match kind {
            RegionKind::Taste => {
                let params = Params { max_regions, ..Params::default() };
                regions(&judged, space.whitening(), params, Some(&before))
            }
            RegionKind::Distaste => {
                let params = DistasteParams { max_regions, ..DistasteParams::default() };
                distaste(&judged, space.whitening(), params, Some(&before))
            }
        };
        Self { found: (!found.regions().is_empty()).then_some(found) }
    }

    /// By ascending number.
    pub(crate) fn regions(&self) -> &[Region] {
        self.found.as_ref().map_or(&[], Regions::regions)
    }

    /// Whether no region is known.
    pub(crate) fn is_empty(&self) -> bool {
        self.regions().is_empty()
    }

    /// The share of each.
    pub(crate) fn shares(&self) -> Vec<f32> {
        self.regions().iter().map(|region| region.share).collect()
    }

    /// What stands for each.
    pub(crate) fn medoids(&self) -> impl Iterator<Item = ItemIx> {
        self.regions().iter().map(|region| region.medoid)
    }

    /// The cosine of a direction and the nearest medoid, in the space where all directions are equally usual.
    pub(crate) fn nearness(&self, whitened: &[f32]) -> Option<f32> {
        self.found.as_ref()?.nearest(whitened).map(|(_, cosine)| cosine)
    }

    /// A page on which the regions lie as far apart as they can; none without a region.
    pub(crate) fn page(&self, taste: &Taste, maker: &Maker<'_>) -> Option<Map> {
        let (found, space) = (self.found.as_ref()?, maker.space.as_ref()?);
        let loved: Vec<&[f32]> = taste.liked().map(|(item, _)| space.whitened(item)).collect();
        let (n, dim) = (loved.len(), space.whitening().dim());
        Some(Map::of(found, &Matrix::from_vec(n, dim, loved.concat())))
    }

    /// As the store keeps them; `names` are what people call them.
    pub(crate) fn kept(
        &self,
        kind: RegionKind,
        maker: &Maker<'_>,
        names: Vec<String>,
    ) -> Vec<TasteRegion> {
        let id = |item: ItemIx| maker.snapshot.rows.id(item);
        let kept = self.regions().iter().zip(names).map(|(region, name)| TasteRegion {
            kind,
            number: region.number,
            name,
            medoid: id(region.medoid),
            share: region.share,
            tightness: region.tightness,
            members: region.members.iter().map(|member| (id(member.item), member.weight)).collect(),
        });
        kept.collect()
    }

    /// The history as each region sees it: what belongs to it in full, the rest for less; of fewer than two, the whole.
    ///
    /// At a focus of 1 the rest counts for nothing, at 0 in full.
    pub(crate) fn parts(&self, taste: &Taste, maker: &Maker<'_>) -> Vec<Taste> {
        let (Some(found), Some(space)) = (&self.found, &maker.space) else {
            return vec![taste.clone()];
        };
        if self.regions().len() < 2 {
            return vec![taste.clone()];
        }
        let rest = 1.0 - maker.config.weekly.region_focus;
        let region = |item: &ItemIx| found.assign(space.whitened(*item));
        let region_of: Vec<Option<usize>> = taste.items().iter().map(region).collect();
        let part = |region| {
            taste.weighed(|place| if region_of[place] == Some(region) { 1.0 } else { rest })
        };
        (0..self.regions().len()).map(part).collect()
    }
}

/// Regions that were kept, in rows, without what the snapshot does not have.
fn in_rows(kept: &[TasteRegion], kind: RegionKind, places: &Places<'_>) -> Vec<Region> {
    let of_kind = kept.iter().filter(|region| region.kind == kind);
    let in_rows = of_kind.filter_map(|region| {
        let mut members: Vec<Member> = region
            .members
            .iter()
            .filter_map(|(id, weight)| Some(Member { item: places.ix(*id)?, weight: *weight }))
            .collect();
        members.sort_by_key(|member| member.item);
        members.dedup_by_key(|member| member.item);
        let medoid = places.ix(region.medoid)?;
        let (number, share, tightness) = (region.number, region.share, region.tightness);
        (!members.is_empty()).then_some(Region { number, medoid, members, share, tightness })
    });
    in_rows.collect()
}
