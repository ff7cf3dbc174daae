//! Is love as rare, and as hidden, as it should be?

use jiff::civil::date;
use music::Week;
use world::{Params, Tastes, World};

use crate::{played, share};

#[test]
fn a_listener_loves_about_3_to_8_percent_of_the_catalogue() {
    for tastes in [Tastes::Vectors, Tastes::Rules] {
        let params = Params { tastes, listeners: 200, ..Params::default() };
        let world = World::new(&params);
        let mut shares: Vec<f32> = (0..200)
            .map(|l| {
                share(
                    (0..params.recordings).filter(|r| world.loves(l, *r)).count(),
                    params.recordings,
                )
            })
            .collect();
        shares.sort_by(f32::total_cmp);
        // Shares are settled on a sample of 1000, so that the extremes of 200 err by up to three times 0.7 %.
        assert!(
            (0.03..0.08).contains(&shares[10]) && (0.03..0.08).contains(&shares[190]),
            "{tastes}: {shares:?}"
        );
        assert!(shares[0] > 0.015 && shares[199] < 0.105, "{tastes}: {shares:?}");
    }
}

#[test]
fn what_is_loved_is_what_lies_above_zero() {
    for tastes in [Tastes::Vectors, Tastes::Rules] {
        let world =
            World::new(&Params { tastes, listeners: 10, recordings: 500, ..Params::default() });
        for listener in 0..10 {
            assert!(
                (0..500).all(|r| world.loves(listener, r) == (world.affinity(listener, r) > 0.0))
            );
        }
    }
}

#[test]
fn a_half_year_holds_enough_to_learn_from_and_what_is_replayed_is_mostly_loved() {
    for tastes in [Tastes::Vectors, Tastes::Rules] {
        let params = Params { tastes, listeners: 150, bots: 0, children: 0, ..Params::default() };
        let (world, lines) = played(&params);
        let mut sizes: Vec<usize> = (0..150).map(|l| world.heard(l).count()).collect();
        sizes.sort_unstable();
        assert!(
            (60..300).contains(&sizes[45]) && (60..300).contains(&sizes[135]),
            "{tastes}: {sizes:?}"
        );
        let heard: usize = sizes.iter().sum();
        let loved: usize =
            (0..150).map(|l| world.heard(l).filter(|r| world.loves(l, *r)).count()).sum();
        let loved_lines =
            lines.iter().filter(|line| world.loves(line.listener, line.recording)).count();
        // Measured over ten seeds: the median listener loves 0.40 to 0.59 of what it heard, and 0.82 to 0.90 of all plays are of loved recordings.
        assert!((0.3..0.7).contains(&share(loved, heard)), "{tastes}: {loved} of {heard}");
        assert!(
            share(loved_lines, lines.len()) > 0.75,
            "{tastes}: {loved_lines} of {}",
            lines.len()
        );
    }
}

#[test]
fn a_december_song_is_loved_in_december_alone_and_nothing_before_it_is_out() {
    for tastes in [Tastes::Vectors, Tastes::Rules] {
        let first_week = Week::of_date(date(2026, 11, 9));
        let params = Params { tastes, listeners: 30, weeks: 10, first_week, ..Params::default() };
        let world = World::new(&params);
        let catalogue = world.catalogue();
        let mut n_seasonal = 0;
        for (listener, recording) in (0..30).flat_map(|l| (0..4000).map(move |r| (l, r))) {
            if !world.loves(listener, recording) {
                assert!((0..10).all(|week| !world.loves_in(listener, recording, week)));
                continue;
            }
            let is_out =
                |week: usize| catalogue[recording].released < Some(world.week(week).monday());
            // The weeks that begin on 7, 14 and 21 December; that of 30 November belongs to November.
            let is_time = |week: usize| !world.is_seasonal(recording) || (4..7).contains(&week);
            n_seasonal += usize::from(world.is_seasonal(recording));
            for week in 0..10 {
                let expected = is_out(week) && is_time(week);
                assert_eq!(world.loves_in(listener, recording, week), expected, "{tastes}, {week}");
            }
        }
        assert!(n_seasonal > 20, "{tastes}: {n_seasonal}");
    }
}

#[test]
fn some_love_what_is_popular_and_some_what_is_not() {
    for tastes in [Tastes::Vectors, Tastes::Rules] {
        let world = World::new(&Params { tastes, listeners: 60, ..Params::default() });
        let mut of: Vec<f64> = (0..60).filter_map(|l| world.loved_popularity(l)).collect();
        of.sort_by(f64::total_cmp);
        assert_eq!(of.len(), 60);
        assert!(of[50] - of[10] > 0.05 && of[0] > 0.2 && of[59] < 0.9, "{tastes}: {of:?}");
    }
}

#[test]
fn what_an_artist_makes_is_more_alike_than_what_two_make() {
    for tastes in [Tastes::Vectors, Tastes::Rules] {
        let world = World::new(&Params { tastes, listeners: 2, ..Params::default() });
        let mean = |step: usize, is_one_artist: bool| {
            let pairs = (0..3900).map(|r| (r, r + step));
            let of: Vec<f32> = pairs
                .filter(|(a, b)| (world.artist(*a) == world.artist(*b)) == is_one_artist)
                .map(|(a, b)| world.likeness(a, b))
                .collect();
            of.iter().sum::<f32>() / of.len() as f32
        };
        assert!((world.likeness(5, 5) - 1.0).abs() < 1e-6);
        let (one, two) = (mean(1, true), mean(97, false));
        assert!(one > two + 0.2, "{tastes}: {one}, {two}");
    }
}
