//! What of worlds and lists that nobody would ask for?

use world::{Params, Tastes, World};

#[test]
fn the_smallest_worlds_can_be_played() {
    for tastes in [Tastes::Vectors, Tastes::Rules] {
        for recordings in [0, 1, 2, 15, 40] {
            for listeners in [0, 1, 3] {
                let params = Params {
                    tastes,
                    listeners,
                    recordings,
                    weeks: 3,
                    bots: 2,
                    children: 1,
                    ..Params::default()
                };
                let mut world = World::new(&params);
                assert_eq!(world.catalogue().len(), recordings);
                for week in 0..5 {
                    let listens = world.play_week(week, &[vec![0, 1, 2]]);
                    assert!(recordings > 0 || listens.is_empty());
                }
            }
        }
    }
}

#[test]
fn a_world_without_weeks_or_listens_is_quiet() {
    let params = Params {
        listeners: 5,
        recordings: 100,
        weeks: 0,
        bots: 0,
        children: 0,
        listens_per_week: 0.0,
        ..Params::default()
    };
    assert_eq!(World::new(&params).play_week(0, &[]), []);
}

#[test]
fn what_is_shown_but_cannot_be_played_is_passed_over() {
    let params = Params {
        listeners: 10,
        recordings: 500,
        weeks: 8,
        bots: 1,
        children: 0,
        ..Params::default()
    };
    let mut world = World::new(&params);
    let first_day = params.first_week.monday();
    let catalogue = world.catalogue();
    let unreleased: Vec<usize> =
        (0..500).filter(|r| catalogue[*r].released.unwrap() > first_day).collect();
    assert!(!unreleased.is_empty());
    let shown = vec![[unreleased.clone(), vec![500, usize::MAX]].concat(); 30];
    world.play_week(0, &shown);
    for listener in 0..10 {
        assert!(world.heard(listener).all(|recording| !unreleased.contains(&recording)));
    }
}

#[test]
fn the_same_recording_shown_twice_is_remembered_once() {
    let params =
        Params { listeners: 10, recordings: 500, bots: 0, children: 0, ..Params::default() };
    let mut world = World::new(&params);
    world.play_week(0, &vec![vec![7; 40]; 10]);
    for listener in 0..10 {
        assert!(world.heard(listener).filter(|recording| *recording == 7).count() <= 1);
    }
}
