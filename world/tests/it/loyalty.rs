//! Do lists keep listeners, or drive them away?

use world::{Params, Tastes, World};

use crate::{by_rows, share};

const LISTENERS: usize = 60;
/// Enough for half a year of loved lines.
const RECORDINGS: usize = 8000;
const WARM_UP: usize = 4;
const WEEKS: usize = 30;

fn params(tastes: Tastes, fickleness: f32) -> Params {
    Params {
        tastes,
        listeners: LISTENERS,
        recordings: RECORDINGS,
        weeks: WEEKS,
        bots: 0,
        children: 0,
        fickleness,
        ..Params::default()
    }
}

/// Ten that were never heard: loved ones as far as there are, or whatever comes.
fn list(world: &World, listener: usize, week: usize, are_loved: bool) -> Vec<usize> {
    let heard: Vec<usize> = world.heard(listener).collect();
    let fits = |r: &usize| {
        heard.binary_search(r).is_err() && (!are_loved || world.loves_in(listener, *r, week))
    };
    (0..RECORDINGS).map(|i| (i * 7 + week * 411) % RECORDINGS).filter(fits).take(10).collect()
}

/// Weekly lists after a while without; shares of those who stayed and of lists opened in the last weeks, and listens.
fn play(params: &Params, are_loved: Option<bool>) -> (f32, f32, usize) {
    let mut world = World::new(params);
    let (mut opened, mut n_listens) = (0, 0);
    for week in 0..WEEKS {
        let lists: Vec<Vec<usize>> = match are_loved.filter(|_| week >= WARM_UP) {
            Some(are_loved) => (0..LISTENERS).map(|l| list(&world, l, week, are_loved)).collect(),
            None => Vec::new(),
        };
        let listens = world.play_week(week, &lists);
        let lines = by_rows(&world, listens);
        n_listens += lines.len();
        if week + 5 >= WEEKS {
            let is_opened = |(l, list): (usize, &Vec<usize>)| {
                lines.iter().filter(|x| x.listener == l && list.contains(&x.recording)).count() > 2
            };
            opened += lists.iter().enumerate().filter(|x| is_opened(*x)).count();
        }
    }
    let stayed = (0..LISTENERS).filter(|l| !world.has_left(*l)).count();
    (share(stayed, LISTENERS), share(opened, 5 * LISTENERS), n_listens)
}

#[test]
fn loved_lists_keep_everybody_and_poor_ones_lose_many() {
    for tastes in [Tastes::Vectors, Tastes::Rules] {
        let (stayed, opened, listens) = play(&params(tastes, 1.0), Some(true));
        let (stayed_poor, opened_poor, listens_poor) = play(&params(tastes, 1.0), Some(false));
        assert_eq!(stayed, 1.0, "{tastes}");
        // One line in twenty is loved: contentment 0.1, and a chance of 0.06 a week once it is reached.
        assert!((0.2..0.8).contains(&stayed_poor), "{tastes}: {stayed_poor}");
        assert!(opened > 0.8 && opened_poor < 0.5, "{tastes}: {opened}, {opened_poor}");
        assert!(listens > listens_poor * 5 / 4, "{tastes}: {listens}, {listens_poor}");
    }
}

#[test]
fn nobody_is_moved_where_nobody_is_fickle() {
    let (stayed, opened, _) = play(&params(Tastes::Vectors, 0.0), Some(false));
    // Listeners open three lists in four; holidays and what is left of a week cost a few.
    assert!(stayed == 1.0 && opened > 0.6, "{stayed}, {opened}");
}

#[test]
fn without_lists_the_fickle_listen_as_the_others_do() {
    for tastes in [Tastes::Vectors, Tastes::Rules] {
        let (mut fickle, mut faithful) =
            (World::new(&params(tastes, 1.0)), World::new(&params(tastes, 0.0)));
        for week in 0..6 {
            assert_eq!(fickle.play_week(week, &[]), faithful.play_week(week, &[]), "{tastes}");
        }
    }
}

#[test]
fn who_has_left_is_silent() {
    let params = params(Tastes::Rules, 1.0);
    let mut world = World::new(&params);
    let lists = vec![vec![0; 20]; LISTENERS];
    for week in 0..60 {
        let gone: Vec<bool> = (0..LISTENERS).map(|l| world.has_left(l)).collect();
        let listens = world.play_week(week, &lists);
        assert!(by_rows(&world, listens).iter().all(|line| !gone[line.listener]));
    }
    assert!((0..LISTENERS).any(|l| world.has_left(l)));
}
