//! What speaks for or against a candidate beside the model?
//!
//! Each part multiplies the score: what the listener wants more or less of, and what the listener has come to dislike.

use music::{ItemIx, RecordingId};
use store::{BlockTarget, Lean};

use crate::maker::Maker;
use crate::portrait::Portrait;
use crate::regions::TasteMap;
use crate::wishes::Wishes;

/// What wanting more of something multiplies its score by, and what wanting less does.
const MORE: f32 = 1.5;
const LESS: f32 = 0.5;

/// What lying in a region of distaste multiplies a score by.
const DISTASTE: f32 = 0.5;

/// The parts of what multiplies a score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Lift {
    /// Wishes for more and less.
    pub(crate) wishes: f32,
    /// Regions of distaste.
    pub(crate) distaste: f32,
}

impl Lift {
    /// All of it together.
    pub(crate) fn whole(self) -> f32 {
        self.wishes * self.distaste
    }
}

/// What speaks for or against a candidate.
pub(crate) fn lift(portrait: &Portrait, maker: &Maker<'_>, item: ItemIx) -> Lift {
    Lift {
        wishes: of_wishes(&portrait.wishes, maker, item),
        distaste: of_distaste(&portrait.map, &portrait.distaste, maker, item),
    }
}

/// What lies nearer to a region of distaste than to any of taste is worth half.
fn of_distaste(map: &TasteMap, distaste: &TasteMap, maker: &Maker<'_>, item: ItemIx) -> f32 {
    let (Some(space), false) = (&maker.space, distaste.is_empty()) else { return 1.0 };
    let whitened = space.whitened(item);
    let Some(to_distaste) = distaste.nearness(whitened) else { return 1.0 };
    let is_nearer = map.nearness(whitened).is_none_or(|to_taste| to_distaste > to_taste);
    if is_nearer && to_distaste > 0.0 { DISTASTE } else { 1.0 }
}

/// What the wishes of a listener multiply the score of a candidate by.
///
/// An artist or a tag lifts all that carries it; a recording lifts what points where it points, by as much as it does.
fn of_wishes(wishes: &Wishes, maker: &Maker<'_>, item: ItemIx) -> f32 {
    let of = |(target, lean): &(BlockTarget, Lean)| {
        let whole = match lean {
            Lean::More => MORE,
            Lean::Less => LESS,
        };
        let part = match target {
            BlockTarget::Artist(artist) => f32::from(maker.facts.artists(item).contains(artist)),
            BlockTarget::Tag(tag) => tag_share(maker, item, tag),
            BlockTarget::Recording(recording) => nearness(maker, item, *recording),
        };
        whole.powf(part)
    };
    wishes.leanings.iter().map(of).product()
}

/// Whole for any share of the tag: what carries it carries it.
fn tag_share(maker: &Maker<'_>, item: ItemIx, tag: &str) -> f32 {
    let number = maker.facts.tag_number(tag);
    let carries = |number| maker.facts.genres(item).iter().any(|(genre, _)| *genre == number);
    f32::from(number.is_some_and(carries))
}

/// Cosine of the angle between two recordings, not below 0; 0 where one has no direction.
fn nearness(maker: &Maker<'_>, item: ItemIx, recording: RecordingId) -> f32 {
    let Some(space) = &maker.space else { return 0.0 };
    let other = maker.places.ix(recording);
    other.map_or(0.0, |other| linalg::dot(space.unit(item), space.unit(other)).max(0.0))
}
