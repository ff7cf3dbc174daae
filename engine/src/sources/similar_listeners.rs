//! Liked by listeners who are alike.

use models::Query;
use music::ItemIx;

use super::Ask;

/// The most liked of the listener's circle that may be proposed.
pub(super) fn propose(ask: &Ask<'_>, quota: usize) -> Vec<ItemIx> {
    let recommender = &ask.maker.snapshot.models[0].recommender;
    let Query::Dense(vector) = recommender.represent(&ask.taste.weights()) else {
        return Vec::new();
    };
    let liked = ask.maker.snapshot.crowd.circles.around(&vector);
    liked.iter().copied().filter(|item| ask.is_open(*item)).take(quota).collect()
}
