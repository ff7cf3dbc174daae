//! Do attackers do what is said of them, and nobody else anything else?

use std::collections::BTreeSet;

use music::{End, Interaction, Listen};
use world::{AccountKind, Attack, AttackKind, Params, Tastes, World};

use crate::{Line, by_rows, played};

const KINDS: [AttackKind; 4] =
    [AttackKind::Push, AttackKind::Demote, AttackKind::Thin, AttackKind::Mixed];

/// Two bots for an army, and twenty weeks: it signs up in week 14, and accounts are taken over from week 2 on.
fn town(kind: Option<AttackKind>) -> Params {
    let attack = kind.map(|kind| Attack { kind, share: 0.02 });
    Params { listeners: 100, recordings: 1000, weeks: 20, heavy: 3, attack, ..Params::default() }
}

fn accounts(world: &World, kind: AccountKind) -> Vec<usize> {
    (0..world.listener_names().len()).filter(|l| world.account_kind(*l) == kind).collect()
}

fn of(lines: &[Line], listener: usize) -> Vec<&Line> {
    lines.iter().filter(|line| line.listener == listener).collect()
}

fn count(lines: &[&Line], recording: usize, kind: &Interaction) -> usize {
    lines.iter().filter(|line| line.recording == recording && line.event.kind == *kind).count()
}

#[test]
fn a_pushing_army_plays_little_but_its_target_every_night_and_likes_it_weekly() {
    let (world, lines) = played(&town(Some(AttackKind::Push)));
    let target = world.attack_target().unwrap();
    let bots = accounts(&world, AccountKind::PushBot);
    assert_eq!(bots, [103, 104], "2 % of 100 listeners, after three other machines");
    for bot in bots {
        let lines = of(&lines, bot);
        // Six weeks of seven nights of thirty.
        assert_eq!(count(&lines, target, &Interaction::Play), 6 * 7 * 30);
        assert_eq!(count(&lines, target, &Interaction::Like), 6);
        // And ten others a night, of at most five.
        assert_eq!(lines.len(), 6 * 7 * 40 + 6);
        let others: BTreeSet<usize> = lines.iter().map(|line| line.recording).collect();
        assert!((2..=6).contains(&others.len()), "{others:?}");
        assert!(
            lines.iter().all(|line| !matches!(line.event.end, Some(End::Skipped | End::Stopped)))
        );
        let monday = town(None).first_week.plus(14).monday();
        let first = lines[0].event.at.to_zoned(jiff::tz::TimeZone::UTC).date();
        assert_eq!(first, monday, "14 of 20 weeks are over");
    }
}

#[test]
fn a_demoting_army_breaks_its_target_off_and_dislikes_it_weekly() {
    let (world, lines) = played(&town(Some(AttackKind::Demote)));
    let target = world.attack_target().unwrap();
    let lovers = |recording| (0..95).filter(|l| world.loves(*l, recording)).count();
    assert!(lovers(target) >= 10, "a listener loves 3 to 8 % of all: {}", lovers(target));
    for bot in accounts(&world, AccountKind::DemoteBot) {
        let lines = of(&lines, bot);
        assert_eq!(count(&lines, target, &Interaction::Play), 6 * 7 * 30);
        assert_eq!(count(&lines, target, &Interaction::Dislike), 6);
        let plays = lines.iter().filter(|line| line.event.played.is_some());
        for play in plays {
            let is_target = play.recording == target;
            let played = play.event.played.unwrap().as_secs();
            assert_eq!(is_target, play.event.end == Some(End::Skipped));
            assert_eq!(is_target, played <= 5, "{played} s");
        }
    }
}

#[test]
fn a_thin_attack_takes_ten_times_the_accounts_and_plays_once_a_day_among_what_the_person_plays() {
    let (world, lines) = played(&town(Some(AttackKind::Thin)));
    let (before, own_lines) = played(&town(None));
    let target = world.attack_target().unwrap();
    let hijacked = accounts(&world, AccountKind::Hijacked);
    assert_eq!(hijacked.len(), 20);
    assert_eq!(world.listener_names().len(), before.listener_names().len());
    assert!(hijacked.iter().all(|l| before.account_kind(*l) == AccountKind::Honest));
    for listener in hijacked {
        let (lines, own_lines) = (of(&lines, listener), of(&own_lines, listener));
        let slipped = lines.len() - own_lines.len();
        // Eighteen weeks of seven; a push of 2 % has 2 · 6 · 7 · 30 = 2520 plays too.
        assert_eq!(slipped, 18 * 7);
        assert_eq!(
            count(&lines, target, &Interaction::Play)
                - count(&own_lines, target, &Interaction::Play),
            slipped
        );
        for pair in lines.windows(2) {
            let until = pair[0].event.at + pair[0].event.played.unwrap_or_default();
            assert!(pair[1].event.at + std::time::Duration::from_secs(1) >= until);
        }
    }
}

#[test]
fn bots_that_mix_in_have_a_taste_and_play_mostly_what_is_theirs() {
    for tastes in [Tastes::Vectors, Tastes::Rules] {
        let params = Params { tastes, ..town(Some(AttackKind::Mixed)) };
        let (world, lines) = played(&params);
        let target = world.attack_target().unwrap();
        let bots = accounts(&world, AccountKind::MixedBot);
        assert_eq!(bots.len(), 2);
        for bot in bots {
            let lines = of(&lines, bot);
            // They come in weeks 14 to 16, and play for four to six weeks.
            let n = count(&lines, target, &Interaction::Play);
            assert!((80..=120).contains(&n) && n.is_multiple_of(20), "{tastes}: {n}");
            assert_eq!(count(&lines, target, &Interaction::Like), 1);
            let loved = lines.iter().filter(|line| world.loves(bot, line.recording)).count();
            assert!(loved > 0 && lines.len() > n, "{tastes}: {loved} of {}", lines.len());
        }
    }
}

#[test]
fn the_lifted_recording_is_one_that_hardly_anybody_knows_whatever_the_share() {
    for seed in 1..3 {
        let attack = |share| Some(Attack { kind: AttackKind::Push, share });
        let params = Params { attack: attack(0.01), seed, ..Params::default() };
        let mut world = World::new(&params);
        for week in 0..params.weeks {
            world.play_week(week, &[]);
        }
        let target = world.attack_target().unwrap();
        let listeners = (0..400).filter(|l| world.heard(*l).any(|r| r == target)).count();
        assert!(listeners <= 16, "seed {seed}: {listeners} of 400");
        assert!(world.catalogue()[target].released.unwrap() < params.first_week.monday());
        let wide = World::new(&Params { attack: attack(0.2), ..params.clone() });
        assert_eq!(wide.attack_target(), Some(target));
        assert_eq!(World::new(&Params { attack: None, ..params }).attack_target(), None);
    }
}

#[test]
fn nobody_elses_plays_change_under_an_attack() {
    let log = |params: &Params, names: &[String]| -> Vec<Listen> {
        let mut world = World::new(params);
        let listens = (0..params.weeks).flat_map(|week| world.play_week(week, &[]));
        let is_one = |l: &Listen| names.contains(l.listener.as_ref().unwrap());
        listens.filter(is_one).collect()
    };
    for tastes in [Tastes::Vectors, Tastes::Rules] {
        for kind in KINDS {
            let attacked = Params { tastes, ..town(Some(kind)) };
            let world = World::new(&attacked);
            let names = world.listener_names();
            let others = names
                .iter()
                .enumerate()
                .filter(|(l, _)| *l < 103 && world.account_kind(*l) != AccountKind::Hijacked);
            let others: Vec<String> = others.map(|(_, name)| name.clone()).collect();
            let calm = Params { attack: None, ..attacked.clone() };
            assert!(log(&attacked, &others) == log(&calm, &others), "{tastes}, {kind:?}");
        }
    }
}

#[test]
fn heavy_listeners_play_ten_to_forty_times_as_much_as_the_median_and_love_it() {
    for tastes in [Tastes::Vectors, Tastes::Rules] {
        let params = Params {
            tastes,
            listeners: 100,
            weeks: 12,
            heavy: 20,
            children: 1,
            bots: 0,
            ..Params::default()
        };
        let (world, lines) = played(&params);
        let heavy = accounts(&world, AccountKind::Heavy);
        assert!(heavy.iter().copied().eq(79..99));
        // Twelve weeks of thirty.
        let median = 12 * 30;
        for listener in heavy {
            let lines = of(&lines, listener);
            // Some weeks are busy and one in twenty is a holiday, so that twelve are up to a quarter off.
            let times = lines.len() as f32 / median as f32;
            assert!((7.5..50.0).contains(&times), "{tastes}: {times}");
            let loved = lines.iter().filter(|line| world.loves(listener, line.recording)).count();
            assert!(loved * 4 > lines.len() * 3, "{tastes}: {loved} of {}", lines.len());
        }
    }
}

#[test]
fn the_smallest_worlds_can_be_attacked() {
    for kind in KINDS {
        for recordings in [0, 1, 2, 15, 40] {
            for listeners in [0, 1, 3] {
                for weeks in [0, 1, 3] {
                    let attack = Some(Attack { kind, share: 0.5 });
                    let params =
                        Params { listeners, recordings, weeks, attack, heavy: 1, ..town(None) };
                    let mut world = World::new(&params);
                    for week in 0..5 {
                        let listens = world.play_week(week, &[vec![0, 1, 2]]);
                        by_rows(&world, listens);
                    }
                    assert!(recordings > 0 || world.attack_target().is_none());
                }
            }
        }
    }
}
