//! Does the loop tell good lists from poor ones?

use engine::{Config, Train, Unobserved};
use world::{Params, Tastes};

use super::{Course, MadeBy, WeekReport, closed_loop};
use crate::Error;

fn course(tastes: Tastes, warm_up: usize, weeks: usize, size: u32) -> Course {
    let world = Params {
        tastes,
        listeners: 40,
        recordings: 4000,
        bots: 1,
        children: 1,
        fickleness: 1.0,
        ..Params::default()
    };
    Course { world, warm_up, weeks, size }
}

fn run(course: &Course, maker: MadeBy<'_>) -> Vec<WeekReport> {
    let place = tempfile::tempdir().unwrap();
    closed_loop(course, maker, place.path(), &mut Unobserved).unwrap()
}

#[test]
fn who_knows_everything_keeps_everybody_and_chance_loses_many() {
    for tastes in [Tastes::Vectors, Tastes::Rules] {
        let course = course(tastes, 4, 26, 5);
        let (loved, random) = (run(&course, MadeBy::Loved), run(&course, MadeBy::Random));
        assert_eq!(loved.len(), 26);
        // Each loves 140 recordings or more of 4000, and is shown 130.
        assert!(loved.iter().all(|report| report.loved == Some(1.0) && report.active == 1.0));
        assert!(random.iter().all(|report| report.loved.unwrap() < 0.15), "{tastes}");
        let (best, worst) = (loved.last().unwrap(), random.last().unwrap());
        assert!(worst.active < 0.8, "{tastes}: {}", worst.active);
        assert!(best.discovered > 4.0 * worst.discovered, "{tastes}: {best:?} {worst:?}");
        assert!(best.opened > worst.opened && best.played > worst.played, "{tastes}");
        // What one listener loves is more alike than what comes by chance.
        assert!(best.unlikeness < worst.unlikeness && worst.genres > Some(0.8), "{tastes}");
        for report in loved.iter().chain(&random) {
            assert_eq!((report.repeats, report.heard_before), (0, 0), "{tastes}");
        }
    }
}

#[test]
fn lists_that_learn_are_better_than_chance_and_keep_their_promises() {
    let models = vec!["ials:dim=16,iterations=6,reg=2".to_owned()];
    let config = Config { train: Train { models }, ..Config::default() };
    for tastes in [Tastes::Vectors, Tastes::Rules] {
        let course = course(tastes, 6, 4, 10);
        let (learned, random) =
            (run(&course, MadeBy::Weekly(&config)), run(&course, MadeBy::Random));
        let sum = |reports: &[WeekReport]| reports.iter().map(|r| r.loved_lines).sum::<f64>();
        assert!(sum(&learned) > 2.0 * sum(&random), "{tastes}: {learned:?} {random:?}");
        for report in &learned {
            assert!(report.lists > 30, "{tastes}: {report:?}");
            assert_eq!((report.repeats, report.heard_before), (0, 0), "{tastes}");
        }
    }
}

#[test]
fn the_same_course_gives_the_same_reports() {
    let course = course(Tastes::Rules, 3, 2, 10);
    let models = vec!["popularity".to_owned()];
    let config = Config { train: Train { models }, ..Config::default() };
    for maker in [MadeBy::Weekly(&config), MadeBy::Random] {
        assert_eq!(run(&course, maker), run(&course, maker));
    }
}

#[test]
fn a_folder_that_holds_something_is_left_alone() {
    let place = tempfile::tempdir().unwrap();
    fs_err::write(place.path().join("precious"), "").unwrap();
    let config = Config::default();
    let course = course(Tastes::Rules, 1, 1, 10);
    let answer = closed_loop(&course, MadeBy::Weekly(&config), place.path(), &mut Unobserved);
    assert!(matches!(answer, Err(Error::NotEmpty { .. })));
}
