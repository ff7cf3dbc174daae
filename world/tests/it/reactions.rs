//! What do listeners do with the lists they are handed?

use music::{End, Interaction};
use world::{Params, Tastes, World};

use crate::{Line, by_rows, share};

const LISTENERS: usize = 120;
const WEEKS: usize = 10;

/// What became of the shown recordings that a listener loves, or of those it does not.
#[derive(Debug, Default)]
struct Reception {
    shown: usize,
    played: usize,
    replays: usize,
    skips: usize,
    likes: usize,
    dislikes: usize,
}

#[test]
fn a_loved_line_is_replayed_and_liked_and_an_unloved_one_is_skipped_and_disliked() {
    for tastes in [Tastes::Vectors, Tastes::Rules] {
        let (loved, unloved) = receptions(tastes);
        // Listeners open three lists in four, and play four lines in five.
        for reception in [&loved, &unloved] {
            let played = share(reception.played, reception.shown);
            assert!((0.4..0.85).contains(&played), "{tastes}: {played}");
        }
        let replays = |r: &Reception| share(r.replays, r.played);
        assert!(
            replays(&loved) > 2.0 && replays(&loved) > 5.0 * replays(&unloved),
            "{tastes}: {loved:?} {unloved:?}"
        );
        let skips = |r: &Reception| share(r.skips, r.played);
        assert!(skips(&loved) < 0.1 && skips(&unloved) > 0.4, "{tastes}: {loved:?} {unloved:?}");
        assert!(loved.likes > 20 && loved.dislikes == 0, "{tastes}: {loved:?}");
        assert!(unloved.likes == 0 && unloved.dislikes > 20, "{tastes}: {unloved:?}");
    }
}

/// Hands over one list, half loved and half not, in week 2, and watches what comes of it.
fn receptions(tastes: Tastes) -> (Reception, Reception) {
    let params = Params {
        tastes,
        listeners: LISTENERS,
        bots: 0,
        children: 0,
        weeks: 1,
        ..Params::default()
    };
    let mut world = World::new(&params);
    for week in 0..2 {
        world.play_week(week, &[]);
    }
    let lists: Vec<Vec<usize>> =
        (0..LISTENERS).map(|listener| half_loved(&world, listener)).collect();
    let mut lines: Vec<Line> = Vec::new();
    for week in 2..WEEKS {
        let listens = world.play_week(week, if week == 2 { &lists } else { &[] });
        lines.extend(by_rows(&world, listens));
    }
    let (mut loved, mut unloved) = (Reception::default(), Reception::default());
    for (listener, list) in lists.iter().enumerate() {
        for recording in list {
            let of_pair = lines
                .iter()
                .filter(|line| line.listener == listener && line.recording == *recording);
            let reception =
                if world.loves(listener, *recording) { &mut loved } else { &mut unloved };
            reception.add(&of_pair.collect::<Vec<_>>());
        }
    }
    (loved, unloved)
}

/// Ten unheard recordings of each kind, in turn.
fn half_loved(world: &World, listener: usize) -> Vec<usize> {
    let heard: Vec<usize> = world.heard(listener).collect();
    let unheard = |r: &usize| heard.binary_search(r).is_err();
    // Every seventh, so that the list is not one artist's.
    let candidates = || (0..4000).map(|i| i * 7 % 4000).filter(unheard);
    let loved = candidates().filter(|r| world.loves(listener, *r)).take(10);
    let unloved = candidates().filter(|r| !world.loves(listener, *r)).take(10);
    loved.zip(unloved).flat_map(|(loved, unloved)| [loved, unloved]).collect()
}

impl Reception {
    fn add(&mut self, lines: &[&Line]) {
        let count = |kind: Interaction| lines.iter().filter(|line| line.event.kind == kind).count();
        self.shown += 1;
        self.likes += count(Interaction::Like);
        self.dislikes += count(Interaction::Dislike);
        self.replays += count(Interaction::Play).saturating_sub(1);
        if let Some(first) = lines.first() {
            self.played += 1;
            self.skips += usize::from(first.event.end == Some(End::Skipped));
        }
    }
}
