//! Can one tell machines and children from the log?

use std::collections::BTreeSet;

use jiff::SignedDuration;
use music::End;
use world::{AccountKind, Params, World};

use crate::played;

fn household() -> Params {
    Params { listeners: 20, recordings: 1000, weeks: 4, bots: 2, children: 1, ..Params::default() }
}

#[test]
fn the_listeners_come_first_then_the_bots_and_every_name_is_its_own() {
    let world = World::new(&household());
    let kinds: Vec<AccountKind> = (0..22).map(|account| world.account_kind(account)).collect();
    assert!(kinds[..19].iter().all(|kind| *kind == AccountKind::Honest));
    assert_eq!(kinds[19..], [AccountKind::SharedWithChild, AccountKind::Bot, AccountKind::Bot]);
    let names: BTreeSet<String> = world.listener_names().into_iter().collect();
    assert_eq!(names.len(), 22);
    assert!((0..1000).all(|recording| !world.loves(20, recording)));
}

#[test]
fn a_bot_plays_one_recording_or_one_artist_at_a_constant_rate() {
    let (world, lines) = played(&household());
    let catalogue = world.catalogue();
    for bot in [20, 21] {
        let played: Vec<_> = lines.iter().filter(|line| line.listener == bot).collect();
        assert_eq!(played.len(), 4 * 7 * 100);
        let artists: BTreeSet<&str> =
            played.iter().map(|line| catalogue[line.recording].credit.artist.as_str()).collect();
        assert_eq!(artists.len(), 1);
        let gaps = played.windows(2).map(|pair| pair[1].event.at.duration_since(pair[0].event.at));
        let regular = gaps.filter(|gap| *gap == SignedDuration::from_secs(31)).count();
        // All but the 27 gaps between 28 nights.
        assert_eq!(regular, 4 * 7 * 100 - 28);
    }
    assert_eq!(world.heard(20).count(), 1);
}

#[test]
fn a_child_sleeps_to_the_same_lullabies_on_most_nights() {
    let (world, lines) = played(&household());
    let catalogue = world.catalogue();
    let is_lullaby = |recording: usize| {
        ["Lullaby", "Sleep Little"].iter().any(|w| catalogue[recording].credit.title.contains(w))
    };
    let nights: Vec<_> =
        lines.iter().filter(|line| line.listener == 19 && is_lullaby(line.recording)).collect();
    let days: BTreeSet<_> =
        nights.iter().map(|line| line.event.at.to_zoned(jiff::tz::TimeZone::UTC).date()).collect();
    // Five nights in seven over four weeks are twenty; a long night may run past midnight.
    assert!((10..40).contains(&days.len()), "{}", days.len());
    assert!(nights.len() > 100, "{}", nights.len());
    assert!(nights.iter().all(|line| line.event.end == Some(End::Finished)));
    assert!(
        world.heard(19).any(|recording| world.loves(19, recording)),
        "the grown-up listens too"
    );
    assert!(
        lines
            .iter()
            .all(|line| line.listener == 19 || line.listener >= 20 || !is_lullaby(line.recording))
    );
}
