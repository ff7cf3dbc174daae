//! Does `undersong tune` find settings, keep what it tried, and say what is wrong with the rest?

use std::process::Command;

use serde_json::Value;

use crate::binary::{Place, text};

/// Sixty users of two tribes, each with ten of the tribe's fifteen items and one of the other's, as a table.
fn table() -> String {
    let mut table = String::from("user,item,plays\n");
    for u in 0..60_u32 {
        let tribe = u % 2 * 15;
        let own = (0..10).map(|k| tribe + (u / 2 * 4 + k * 2) % 15);
        for item in own.chain([(tribe + 15 + u % 15) % 30]) {
            table.push_str(&format!("u{u},i{item},{}\n", 1 + item % 7));
        }
    }
    table
}

/// A table, and the study of its search.
struct Search {
    place: Place,
    table: String,
    study: String,
}

const SMALL: &str = "dim=2..8,iterations=1..6";

impl Search {
    fn new() -> Self {
        let place = Place::new();
        let path = |name: &str| text(&place.path(name)).to_owned();
        let (table_path, study) = (path("plays.csv"), path("study.jsonl"));
        fs_err::write(&table_path, table()).unwrap();
        Self { place, table: table_path, study }
    }

    fn arguments<'a>(&'a self, more: &[&'a str]) -> Vec<&'a str> {
        let fixed =
            ["tune", "--triples", &self.table, "--study", &self.study, "--objective", "ndcg@5"];
        [&fixed[..], more].concat()
    }

    fn answers(&self, more: &[&str]) -> Value {
        self.place.answers(&self.arguments(more))
    }

    fn lines(&self) -> Vec<Value> {
        let study = fs_err::read_to_string(&self.study).unwrap();
        study.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

#[test]
fn a_search_tells_its_winner_and_what_the_test_says_of_it() {
    let search = Search::new();
    let answer = search.answers(&["--model", "ials", "--space", SMALL, "--trials", "8"]);
    assert_eq!((&answer["trials"], &answer["failed"]), (&8.into(), &0.into()));
    assert_eq!((&answer["strategy"], &answer["objective"]), (&"joint".into(), &"ndcg@5".into()));
    let model = &answer["models"][0];
    let names: Vec<&str> =
        model["space"].as_array().unwrap().iter().map(|of| of["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["dim", "iterations", "reg", "reg_exponent", "unobserved_weight"]);
    assert_eq!(model["space"][0]["high"], 8.0);
    assert_eq!(
        (&model["defaults"]["kind"], &model["defaults"]["trial"]),
        (&"defaults".into(), &1.into())
    );
    let winner = &answer["winner"];
    let score = |trial: &Value| trial["score"].as_f64().unwrap();
    assert!(score(winner) >= score(&model["defaults"]), "{winner}");
    assert!(winner["model"].as_str().unwrap().starts_with("ials:"), "{winner}");
    let [low, high] = ["low", "high"].map(|key| winner[key].as_f64().unwrap());
    assert!(low <= score(winner) && score(winner) <= high);
    let gain = &answer["test"]["gain"];
    let value = |of: &str| gain[of]["value"].as_f64().unwrap();
    assert!((value("winner") - value("defaults") - value("difference")).abs() < 1e-12, "{gain}");
    assert!(gain["difference"]["low"].as_f64().unwrap() <= value("difference"));
    assert!(answer["test"]["split"]["leak"].is_string());
    // A line that says what it is, and one for each trial.
    let lines = search.lines();
    let n_searched =
        lines.iter().filter(|line| !line["kind"].is_null() && line["kind"] != "confirmed");
    assert_eq!((n_searched.count(), &lines[0]["study"]), (8, &"undersong tune".into()));
    // The winner and the defaults were judged by four more slices.
    let confirmed = &answer["confirmed"];
    assert_eq!(confirmed["slices"], 4);
    assert!(confirmed["winner"].as_f64() >= confirmed["defaults"].as_f64(), "{confirmed}");
    for line in &lines[1..] {
        for key in [
            "trial",
            "model",
            "parameters",
            "rung",
            "listeners",
            "iterations",
            "score",
            "low",
            "high",
            "seconds",
        ] {
            assert!(!line[key].is_null(), "{key}: {line}");
        }
    }
}

#[test]
fn the_same_command_goes_on_and_another_one_is_refused() {
    let search = Search::new();
    let common = ["--model", "ease", "--model", "ials:dim=2,iterations=2"];
    let with = |more: &'static [&'static str]| [&common[..], more].concat();
    let told = |mut answer: Value| {
        answer["seconds"] = Value::Null;
        answer.to_string()
    };
    let first = told(search.answers(&with(&["--trials", "6", "--threads", "1"])));
    let before = fs_err::read_to_string(&search.study).unwrap();
    assert_eq!(told(search.answers(&with(&["--trials", "6"]))), first);
    assert_eq!(fs_err::read_to_string(&search.study).unwrap(), before);
    // Cut off in the middle of a line, as a crash would, it goes on after the last whole one and comes to the same.
    let whole = search.lines();
    fs_err::write(&search.study, &before[..before.len() * 2 / 3]).unwrap();
    search.answers(&with(&["--trials", "6", "--threads", "2"]));
    let plain = |lines: &[Value]| {
        let mut lines = lines.to_vec();
        lines[1..].iter_mut().for_each(|line| line["seconds"] = Value::Null);
        lines
    };
    assert_eq!(plain(&search.lines()), plain(&whole));
    let refuses = |more: &[&str], sentence: &str| {
        let complaint = search.place.refuses(2, &search.arguments(more));
        assert!(complaint.contains(sentence) && complaint.contains("--study"), "{complaint}");
    };
    refuses(&with(&["--trials", "6", "--seed", "7"]), "seed 7 expected, got 42");
    refuses(&with(&["--trials", "6", "--space", "reg=1..2"]), "space");
    refuses(&with(&["--trials", "6", "--values", "confidence"]), "data");
    refuses(
        &with(&["--trials", "6", "--strategy", "stages"]),
        "strategy stages expected, got joint",
    );
}

#[test]
fn without_a_test_the_best_is_told_with_a_warning() {
    let search = Search::new();
    let study = ["--study", &search.study, "--model", "ease", "--trials", "3"];
    let arguments = [&["tune", "--train", &search.table], &study[..]].concat();
    let said = search.place.says(&arguments);
    assert!(said.contains("There is no test") && said.contains("Best: ease"), "{said}");
    assert!(search.place.answers(&arguments)["test"].is_null());
}

#[test]
fn a_configuration_serves_and_is_never_overwritten_and_a_picture_is_drawn() {
    let search = Search::new();
    let data = search.place.data();
    fs_err::create_dir_all(&data).unwrap();
    let (out, plot) = (data.join("undersong.toml"), search.place.path("search.svg"));
    let more = ["--model", "ease", "--model", "bpr:dim=2,epochs=2", "--trials", "8"];
    let files = ["--out", text(&out), "--plot", text(&plot)];
    let answer = search.answers(&[&more[..], &files].concat());
    assert_eq!(answer["configuration"], text(&out));
    let configuration = fs_err::read_to_string(&out).unwrap();
    let line = format!("models = [{}]", answer["winner"]["model"]);
    assert!(configuration.contains(&line) && configuration.contains("[train]"), "{configuration}");
    assert!(
        configuration.contains("8 trials") && configuration.contains("seed 42"),
        "{configuration}"
    );
    // A configuration that cannot be read would be refused.
    search.place.says(&["status"]);
    for n in [1, 2] {
        let picture =
            fs_err::read_to_string(search.place.path(&format!("search-{n}.svg"))).unwrap();
        assert!(picture.starts_with("<svg") && picture.contains("best so far"), "{picture}");
    }
    fs_err::write(&out, "# mine\nseed = 7\n").unwrap();
    let output = search.place.run(&search.arguments(&[&more[..], &files].concat()));
    assert!(output.status.success());
    let remark = String::from_utf8_lossy(&output.stderr);
    assert!(remark.contains("left alone") && remark.contains(&line), "{remark}");
    assert_eq!(fs_err::read_to_string(&out).unwrap(), "# mine\nseed = 7\n");
}

#[test]
fn ctrl_c_ends_with_what_was_found_and_leaves_the_test_alone() {
    let search = Search::new();
    let out = search.place.path("found.toml");
    let more =
        ["--model", "ials", "--space", SMALL, "--trials", "1000000", "--out", text(&out), "--json"];
    let child = search.place.spawn(&search.arguments(&more));
    while fs_err::read_to_string(&search.study).map_or(0, |study| study.lines().count()) < 4 {
        std::thread::yield_now();
    }
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", crate::binary::stderr(&output));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&answer["is_interrupted"], &answer["test"]), (&true.into(), &Value::Null));
    assert!(answer["trials"].as_u64().unwrap() >= 3 && !out.exists(), "{answer}");
    assert_eq!(search.lines().len() as u64, answer["trials"].as_u64().unwrap() + 1);
}

#[test]
fn every_strategy_ends() {
    for (model, strategy) in [("ials:dim=2", "stages"), ("warp:dim=2,epochs=3", "population")] {
        let search = Search::new();
        let answer = search.answers(&["--model", model, "--strategy", strategy, "--trials", "13"]);
        assert_eq!(answer["trials"], 13, "{strategy}");
        assert!(answer["winner"]["score"].as_f64().unwrap() > 0.0);
    }
    let search = Search::new();
    let answer = search.answers(&["--model", "rp3beta", "--minutes", "0.002"]);
    assert!(answer["trials"].as_u64().unwrap() >= 1);
}

#[test]
fn what_cannot_be_searched_is_said_in_a_sentence() {
    let search = Search::new();
    let check = |more: &[&str], sentence: &str| {
        let complaint = search.place.refuses(2, &search.arguments(more));
        assert!(complaint.contains(sentence), "{sentence}: {complaint}");
        assert!(!complaint.contains("panicked"), "{complaint}");
    };
    check(&["--trials", "4"], "--model");
    check(&["--model", "ials"], "--minutes");
    check(&["--model", "ilas", "--trials", "4"], "`ials`");
    check(&["--model", "ials", "--trials", "0"], "0");
    check(&["--model", "ials", "--minutes", "-1"], "-1");
    check(
        &["--model", "ials", "--minutes", "1", "--strategy", "magic"],
        "joint, stages or population",
    );
    check(
        &["--model", "ials", "--trials", "4", "--strategy", "population"],
        "for a population, got ials",
    );
    check(&["--model", "ials", "--trials", "4", "--space", "rag=1..2"], "`reg`");
    check(&["--model", "ials", "--trials", "4", "--space", "reg=2..1"], "NAME=LOW..HIGH");
    check(&["--model", "ials:reg=1", "--trials", "4", "--space", "reg=1..2"], "leaves open");
    check(&["--model", "ials", "--model", "ease", "--trials", "1"], "at least 2 trials");
    check(&["--model", "ials", "--trials", "4", "--validation", "1"], "a share between 0 and 1");
    check(&["--model", "ials", "--trials", "4", "--validation", "0.001"], "is no pair");
    let place = Place::new();
    let goal = [
        "tune",
        "--triples",
        &search.table,
        "--model",
        "ials",
        "--trials",
        "2",
        "--objective",
        "ncdg@7",
    ];
    assert!(place.refuses(2, &goal).contains("`ndcg@7`"));
    assert!(!std::path::Path::new(&search.study).exists());
}
