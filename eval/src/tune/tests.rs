//! Does a search find what is better, and see nothing but what it may?

use linalg::Csr;
use models::{Heard, Spec};
use music::{ItemIx, RecordingId, Rows, UserIx};

use super::{Header, Kind, Request, Slice, Strategy, Study, Subject, Watch, gain, picture, search};
use crate::{Asked, Counts, Error, Split, Task, plot};

/// A clock that goes a second a look, and a stop after so many trials.
struct Clock {
    now: std::cell::Cell<f64>,
    stop_after: usize,
    begun: usize,
}

impl Clock {
    fn endless() -> Self {
        Self::until(usize::MAX)
    }

    fn until(stop_after: usize) -> Self {
        Self { now: 0.0.into(), stop_after, begun: 0 }
    }
}

impl Watch for Clock {
    fn seconds(&self) -> f64 {
        self.now.set(self.now.get() + 1.0);
        self.now.get()
    }

    fn is_interrupted(&self) -> bool {
        self.begun > self.stop_after
    }

    fn begin(&mut self, _trial: usize, _model: &str, _share: f64) {
        self.begun += 1;
    }

    fn end(&mut self, _study: &Study) {}
}

/// Four tribes of 30 items each: a user has twelve of the tribe's, and one of another's.
fn training(n_users: u32) -> (Csr<UserIx, ItemIx, Heard>, Rows) {
    let heard = Heard { confidence: 1.0, age_days: 0.0, is_liked: true };
    let pairs = (0..n_users).flat_map(|u| {
        let tribe = u % 4 * 30;
        let own = (0..12).map(move |k| (u, tribe + (u / 4 * 5 + k * 7) % 30, heard));
        own.chain([(u, (tribe + 30 + u % 30) % 120, heard)])
    });
    let rows = Rows::new((0..120).map(|id| RecordingId(id * 13 + 5)).collect());
    (Csr::from_triplets(n_users as usize, 120, pairs.collect()), rows)
}

fn request(models: &[&str], strategy: Strategy, trials: usize) -> Request {
    let texts: Vec<String> = models.iter().map(|&text| text.to_owned()).collect();
    let wish = |text: &str| text.parse().unwrap();
    let wishes = if models.iter().any(|model| model.starts_with("ials")) {
        vec![wish("dim=2..16"), wish("iterations=2..8")]
    } else {
        Vec::new()
    };
    Request {
        subjects: Subject::all(&texts, &wishes).unwrap(),
        goal: "ndcg@5".parse().unwrap(),
        strategy,
        seed: 3,
        trials: Some(trials),
        seconds: None,
    }
}

fn run(slice: &Slice, request: &Request) -> Study {
    let mut study = Study::unkept(Header::of(request, slice));
    assert!(!search(slice, request, &mut study, &mut Clock::endless()).unwrap());
    study
}

/// With a penalty in proportion to the pairs, of which the default is then too much.
const IALS: &str = "ials:reg_exponent=1";

#[test]
fn a_joint_search_beats_the_defaults_with_settings_that_all_users_judged() {
    let (heard, rows) = training(1200);
    let slice = Slice::cut(&heard, &rows, 0.2, 3).unwrap();
    assert_eq!(slice.rungs.len(), 3);
    let study = run(&slice, &request(&[IALS], Strategy::Joint, 30));
    assert_eq!(study.searched().count(), 30);
    let (best, defaults) = (study.best().unwrap(), study.defaults(0).unwrap());
    assert_eq!((best.rung, defaults.rung, defaults.trial), (2, 2, 1));
    assert!(best.score > defaults.score, "{best:?} {defaults:?}");
    // The five best and the defaults were judged by four more slices, and the highest mean wins.
    let again = study.trials.iter().filter(|trial| trial.kind == Kind::Confirmed);
    assert_eq!(again.count(), 4 * study.whole().count().min(6));
    let winner = study.winner().unwrap();
    let mean = study.confirmed(winner).unwrap();
    assert!(study.searched().filter_map(|trial| study.confirmed(trial)).all(|other| other <= mean));
    // Whoever goes on was among the best third of the rung at that moment.
    for trial in study.trials.iter().filter(|trial| trial.kind == Kind::Promoted) {
        let from = &study.trials[trial.from.unwrap() - 1];
        assert_eq!((&from.parameters, from.rung + 1), (&trial.parameters, trial.rung));
        let before = study.trials[..trial.trial - 1]
            .iter()
            .filter(|other| other.rung == from.rung && other.kind != Kind::Defaults);
        let better = before.clone().filter(|other| other.score > from.score).count();
        assert!(better < before.count() / 3, "{trial:?}");
    }
    let end = |dim: u32| {
        let parameters = [("dim".to_owned(), dim.into())].into();
        request(&[IALS], Strategy::Joint, 1).subjects[0]
            .at_ends(&super::Trial { parameters, ..best.clone() })
            .contains(&"dim")
    };
    assert_eq!([2, 3, 8, 16, 64].map(end), [true, false, false, true, true]);
    // Fewer users, fewer iterations: a third at a ninth of the users.
    let few = study.trials.iter().find(|trial| trial.rung == 0).unwrap();
    let whole = few.parameters["iterations"].as_u64().unwrap();
    assert_eq!(few.iterations.unwrap() as u64, whole.div_ceil(3));
    assert!(few.listeners < 140);
}

#[test]
fn the_same_search_is_the_same_and_goes_on_where_it_was_stopped() {
    let (heard, rows) = training(200);
    let slice = Slice::cut(&heard, &rows, 0.2, 3).unwrap();
    for (models, strategy, n) in [
        (vec![IALS, "ease"], Strategy::Joint, 12),
        (vec![IALS], Strategy::Stages, 14),
        (vec!["bpr:dim=4,epochs=4"], Strategy::Population, 24),
    ] {
        let request = request(&models, strategy, n);
        let whole = run(&slice, &request);
        let mut study = Study::unkept(Header::of(&request, &slice));
        for stop in [5, 4] {
            assert!(search(&slice, &request, &mut study, &mut Clock::until(stop)).unwrap());
        }
        assert_eq!(study.trials.len(), 9);
        assert!(!search(&slice, &request, &mut study, &mut Clock::endless()).unwrap());
        let told = |study: &Study| {
            let trials = study.trials.iter().cloned();
            trials.map(|trial| super::Trial { seconds: 0.0, ..trial }).collect::<Vec<_>>()
        };
        assert_eq!(told(&study), told(&whole), "{strategy:?}");
    }
}

#[test]
fn models_share_the_budget_and_one_that_cannot_be_fitted_loses() {
    let (heard, rows) = training(200);
    let slice = Slice::cut(&heard, &rows, 0.2, 3).unwrap();
    let study =
        run(&slice, &request(&["ease:max_memory_mb=1", "ease", "random"], Strategy::Joint, 12));
    // The matrix of all weights fits in a megabyte, so that both learn the same; chance has no other setting.
    let of = |of: usize| study.of_model(of).len();
    assert_eq!([of(0), of(1), of(2)], [4, 4, 1]);
    let large = request(&["ease:max_memory_mb=1"], Strategy::Joint, 4);
    let (heard, rows) = {
        let heard = Heard { confidence: 1.0, age_days: 0.0, is_liked: true };
        let pairs = (0..600_u32).flat_map(|u| (0..5).map(move |k| (u, (u * 5 + k) % 600, heard)));
        let rows = Rows::new((0..600).map(RecordingId).collect());
        (Csr::from_triplets(600, 600, pairs.collect()), rows)
    };
    let slice = Slice::cut(&heard, &rows, 0.2, 3).unwrap();
    let study = run(&slice, &large);
    assert!(study.best().is_none());
    let failure = study.trials[0].failure.as_deref().unwrap();
    assert!(failure.contains("ease") && study.trials[0].score.is_none(), "{failure}");
}

#[test]
fn stages_go_from_strengths_to_size_to_rounds() {
    let (heard, rows) = training(200);
    let slice = Slice::cut(&heard, &rows, 0.2, 3).unwrap();
    let study = run(&slice, &request(&[IALS], Strategy::Stages, 27));
    let stages: Vec<usize> = study.trials.iter().filter_map(|trial| trial.stage).collect();
    assert!(
        stages.is_sorted() && stages.first() == Some(&0) && stages.last() == Some(&3),
        "{stages:?}"
    );
    let values = |stage: usize, name: &str| {
        let of_stage = study.trials.iter().filter(|trial| trial.stage == Some(stage));
        let mut values: Vec<String> =
            of_stage.map(|trial| trial.parameters[name].to_string()).collect();
        values.sort();
        values.dedup();
        values.len()
    };
    // First at one small size and one number of iterations, then only the size moves, then only the iterations.
    assert!((values(0, "dim"), values(0, "iterations")) == (1, 1) && values(0, "reg") > 3);
    assert!((values(1, "reg"), values(1, "iterations")) == (1, 1) && values(1, "dim") > 2);
    assert!((values(2, "reg"), values(2, "dim")) == (1, 1) && values(2, "iterations") > 1);
    assert!((values(3, "dim"), values(3, "iterations")) == (1, 1) && values(3, "reg") > 1);
}

#[test]
fn a_population_learns_further_from_checkpoints_and_is_trained_anew_in_the_end() {
    let (heard, rows) = training(200);
    let slice = Slice::cut(&heard, &rows, 0.2, 3).unwrap();
    let study = run(&slice, &request(&["bpr:dim=4,epochs=6"], Strategy::Population, 60));
    // The defaults, six generations of eight, and three that settle.
    assert_eq!(study.searched().count(), 52);
    let of = |kind: Kind| study.trials.iter().filter(move |trial| trial.kind == kind);
    assert_eq!((of(Kind::Member).count(), of(Kind::Settled).count()), (48, 3));
    // The first member learns like the defaults as long as it goes its own way: its checkpoints change nothing.
    let members: Vec<_> = of(Kind::Member).filter(|trial| trial.member == Some(0)).collect();
    let own = members.windows(2).all(|two| two[1].from == Some(two[0].trial));
    assert!(!own || members[5].score == study.defaults(0).unwrap().score);
    assert_ne!(study.best().unwrap().kind, Kind::Member);
    let refused = search(
        &slice,
        &request(&[IALS], Strategy::Population, 60),
        &mut Study::unkept(study.header.clone()),
        &mut Clock::endless(),
    );
    assert!(matches!(refused, Err(Error::NoPopulation { .. })));
}

/// A task whose test asks everybody for these items.
fn task(heard: &Csr<UserIx, ItemIx, Heard>, rows: &Rows, wanted: u32) -> Task {
    let asked = (0..u32::try_from(heard.n_rows()).unwrap()).filter_map(|u| {
        let item = (wanted + u) % 120;
        let is_new = heard.row(u as usize).0.binary_search(&item).is_err();
        is_new.then(|| Asked {
            user: Some(UserIx(u)),
            wanted: vec![item],
            gains: vec![1.0],
            ..Asked::default()
        })
    });
    let heard = heard.map(|_, _, &heard| heard);
    Task::new(Split::Files, heard, rows.clone(), asked.collect(), Counts::default())
}

#[test]
fn whatever_the_test_holds_the_search_is_the_same() {
    let (heard, rows) = training(200);
    let studies = [1, 77].map(|wanted| {
        let task = task(&heard, &rows, wanted);
        // All that a search is given: what the test asks for is left behind here.
        let slice = Slice::cut(&task.heard, &task.rows, 0.2, 3).unwrap();
        let asked = slice.rungs.iter().flat_map(|rung| &rung.task.asked);
        for one in asked {
            let known = heard.row(one.user.unwrap().0 as usize).0;
            assert!(one.wanted.iter().all(|item| known.binary_search(item).is_ok()));
        }
        let study = run(&slice, &request(&[IALS], Strategy::Joint, 5));
        (study.header, study.trials)
    });
    assert_eq!(studies[0], studies[1]);
}

#[test]
fn a_gain_on_the_test_is_paired() {
    let (heard, rows) = training(200);
    let task = task(&heard, &rows, 1);
    let spec = |text: &str| text.parse::<Spec>().unwrap();
    let goal = "ndcg@5".parse().unwrap();
    let go_on = &mut |_| std::ops::ControlFlow::Continue(());
    let same = [&spec("ease"), &spec("ease")];
    let same = gain(&task, same, &goal, 1, go_on).unwrap().unwrap();
    assert_eq!((same.difference, same.interval, same.p), (0.0, (0.0, 0.0), 1.0));
    let pair = [&spec("random"), &spec("ease")];
    let found = gain(&task, pair, &goal, 1, go_on).unwrap().unwrap();
    assert_eq!(found.difference, found.found.value - found.defaults.value);
    assert!(found.interval.0 <= found.difference && found.difference <= found.interval.1);
}

#[test]
fn a_picture_has_a_point_for_each_trial_and_a_panel_for_each_parameter() {
    let (heard, rows) = training(1200);
    let slice = Slice::cut(&heard, &rows, 0.2, 3).unwrap();
    let request = request(&[IALS], Strategy::Joint, 12);
    let study = run(&slice, &request);
    let figure = picture(&study, 0, &request.subjects[0]);
    assert_eq!(figure.small_panels.len(), 4);
    let points = |panel: &plot::Panel| {
        let of_points = panel.series.iter().filter(|series| series.mark == plot::Mark::Points);
        of_points.map(|series| series.points.len()).sum::<usize>()
    };
    // Each trial, and the best once more on top.
    assert_eq!(points(&figure.panels[0]), 13);
    assert!(plot::svg(&figure).contains("1200 listeners"));
}
