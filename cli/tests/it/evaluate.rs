//! Does `undersong evaluate` judge what it is given, and say what is wrong with the rest?

use serde_json::Value;

use crate::binary::{Place, text};

/// Forty users of two tribes, each with nine of the tribe's twelve items, as lists.
fn lists() -> (String, String) {
    let (mut train, mut test) = (String::new(), String::new());
    for u in 0..40_u32 {
        let tribe = u % 2 * 12;
        let items: Vec<u32> = (0..9).map(|k| tribe + (u / 2 + k) % 12).collect();
        let line = |items: &[u32]| {
            let items = items.iter().map(|item| format!(" i{item}"));
            format!("user{u}{}\n", items.collect::<String>())
        };
        train.push_str(&line(&items[..7]));
        test.push_str(&line(&items[7..]));
    }
    (train, test)
}

struct Files {
    place: Place,
    train: String,
    test: String,
}

fn files(train: &str, test: &str) -> Files {
    let place = Place::new();
    let write = |name: &str, content: &str| {
        let path = place.path(name);
        fs_err::write(&path, content).unwrap();
        text(&path).to_owned()
    };
    let (train, test) = (write("train.txt", train), write("test.txt", test));
    Files { place, train, test }
}

impl Files {
    fn arguments<'a>(&'a self, more: &[&'a str]) -> Vec<&'a str> {
        [&["evaluate", "--train", &self.train, "--test", &self.test], more].concat()
    }

    fn answers(&self, more: &[&str]) -> Value {
        self.place.answers(&self.arguments(more))
    }
}

fn tribes() -> Files {
    let (train, test) = lists();
    files(&train, &test)
}

const IALS: &str = "ials:dim=2,iterations=8,reg=0.1";

#[test]
fn a_blend_is_judged_like_any_model_and_tells_all_of_its_parameters() {
    let blend = "blend:ials(dim=2,iterations=8,reg=0.1)=1+ease(reg=5)=0.5";
    let answer = tribes().answers(&["--model", blend, "--k", "5"]);
    let model = &answer["models"][0];
    assert_eq!(model["name"], "blend");
    let parameters = &model["parameters"];
    for (key, value) in [("ials", 1.0), ("ease", 0.5), ("ials.dim", 2.0), ("ease.reg", 5.0)] {
        assert_eq!(parameters[key], value, "{key}");
    }
    let recall = model["metrics"]["recall@5"]["value"].as_f64().unwrap();
    assert!(recall > 0.95, "{recall}");
}

#[test]
fn exactly_the_named_models_are_judged_in_their_order() {
    let more = ["--model", "popularity", "--model", IALS, "--model", "ease:reg=5", "--k", "5,10"];
    let answer = tribes().answers(&more);
    let models = answer["models"].as_array().unwrap();
    let names: Vec<&str> = models.iter().map(|model| model["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["popularity", "ials", "ease"]);
    assert_eq!(models[1]["parameters"]["dim"], 2);
    assert_eq!(models[2]["parameters"]["reg"], 5.0);
    assert_eq!((&answer["n_asked"], &answer["test"]["wanted"]), (&40.into(), &80.into()));
    for model in models {
        assert!(model["fit_seconds"].as_f64().unwrap() >= 0.0, "{model}");
        let metric = |name: &str| &model["metrics"][name];
        for k in [5, 10] {
            let recall = metric(&format!("recall@{k}"));
            let [low, value, high] =
                ["low", "value", "high"].map(|key| recall[key].as_f64().unwrap());
            assert!(low <= value && value <= high, "{recall}");
        }
        assert!(
            metric("coverage@5")["value"].as_f64().unwrap() > 0.0
                && metric("coverage@5")["low"].is_null()
        );
    }
    // The tribe's five other items are the best five for whoever knows of tribes.
    let recall = |model: usize| models[model]["metrics"]["recall@5"]["value"].as_f64().unwrap();
    let recalls = [recall(0), recall(1), recall(2)];
    assert!(recalls[0] < 0.8 && recalls[1] > 0.95 && recalls[2] > 0.95, "{recalls:?}");
    let behind = &models[0]["metrics"]["recall@5"]["behind_best"];
    assert!(
        behind["p"].as_f64().unwrap() < 0.05 && behind["low"].as_f64().unwrap() > 0.0,
        "{behind}"
    );
}

#[test]
fn two_evaluations_differ_in_their_seconds_alone() {
    let files = tribes();
    let told = |threads: &str| {
        let mut answer =
            files.answers(&["--baselines", "--model", IALS, "--k", "3", "--threads", threads]);
        for model in answer["models"].as_array_mut().unwrap() {
            let model = model.as_object_mut().unwrap();
            model.remove("fit_seconds").unwrap();
            model.remove("evaluate_seconds").unwrap();
        }
        answer.to_string()
    };
    assert_eq!(told("1"), told("2"));
}

#[test]
fn without_a_model_the_baselines_are_judged() {
    let files = tribes();
    let answer = files.answers(&[]);
    let names: Vec<&str> = answer["models"]
        .as_array()
        .unwrap()
        .iter()
        .map(|model| model["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["random", "popularity", "item-knn", "ease"]);
    let table = files.place.says(&files.arguments(&[]));
    assert!(table.contains("40 users asked for 80 items"), "{table}");
    assert!(table.contains("given files") && table.contains("leaks"), "{table}");
    assert!(table.lines().any(|line| line.starts_with("item-knn")), "{table}");
}

#[test]
fn one_table_can_be_cut() {
    let (train, _) = lists();
    let place = Place::new();
    let path = place.path("all.txt");
    fs_err::write(&path, train).unwrap();
    let cut = |split: &str| {
        place.answers(&[
            "evaluate",
            "--triples",
            text(&path),
            "--split",
            split,
            "--model",
            IALS,
            "--k",
            "5",
        ])
    };
    let pairs = cut("pairs:0.3");
    assert_eq!((&pairs["n_users"], &pairs["test"]["wanted"]), (&40.into(), &80.into()));
    let users = cut("users:0.25");
    assert_eq!((&users["n_users"], &users["n_asked"]), (&30.into(), &10.into()));
    assert!(users["models"][0]["metrics"]["recall@5"]["value"].as_f64().unwrap() > 0.6);
}

#[test]
fn random_lists_are_as_good_as_chance_says() {
    let answer = tribes().answers(&["--model", "random", "--k", "5"]);
    let recall = &answer["models"][0]["metrics"]["recall@5"];
    let [low, high] = ["low", "high"].map(|key| recall[key].as_f64().unwrap());
    // Five of the seventeen items that each user has not.
    assert!(low < 5.0 / 17.0 && 5.0 / 17.0 < high, "{recall}");
}

#[test]
fn lines_that_are_no_pair_are_counted_and_told() {
    let train = "user,item,value\na,x,1\na,y,NaN\nb,x,2\nb,y\nb,x,1\nb,z,0\n";
    let files = files(train, "user,item,value\na,z,1\nb,w,1\n");
    let told = files.answers(&["--model", "popularity"])["files"][0].clone();
    assert_eq!(
        (&told["read"], &told["repeated"], &told["zeros"]),
        (&6.into(), &1.into(), &1.into())
    );
    assert_eq!(told["rejected"].as_object().unwrap().len(), 2, "{told}");
    assert_eq!(told["examples"][0]["place"], "line 3");
    let table = files.place.says(&files.arguments(&["--model", "popularity"]));
    assert!(table.contains("2 lines rejected, such as"), "{table}");
}

#[test]
fn lists_longer_than_the_catalogue_hold_all_of_it() {
    let answer = tribes().answers(&["--model", "popularity", "--k", "1000"]);
    let metrics = &answer["models"][0]["metrics"];
    assert_eq!(metrics["recall@1000"]["value"], 1.0);
    assert_eq!(metrics["coverage@1000"]["value"], 1.0);
    let precision = metrics["precision@1000"]["value"].as_f64().unwrap();
    assert!((precision - 0.002).abs() < 1e-12, "{precision}");
}

#[test]
fn what_cannot_be_judged_is_said_in_a_sentence() {
    let check = |train: &str, test: &str, more: &[&str], sentence: &str| {
        let files = files(train, test);
        let complaint = files.place.refuses(2, &files.arguments(more));
        assert!(complaint.contains(sentence), "{sentence}: {complaint}");
        assert!(!complaint.contains("panicked"), "{complaint}");
    };
    let (train, test) = lists();
    check(&train, "", &[], "it has no line");
    check("", &test, &[], "it has no line");
    check(&train, &train, &[], "nothing is left to ask for");
    check("u,i,v\na,x,NaN\n", &test, &[], "not a finite number");
    check(&train, &test, &["--k", "0"], "0");
    check(&train, &test, &["--k", "x"], "x");
    check(&train, &test, &["--model", "ials:dims=2"], "`dim`");
    check(&train, &test, &["--format", "xml"], "guess, table or lists expected");
    check(&train, &test, &["--values", "stars"], "binary or confidence expected");
    check(&train, &test, &["--split", "pairs:0.2"], "cannot be used with");
    check(&train, &test, &["--model", "ease:max_memory_mb=1", "--columns", "user=9"], "9");
    let place = Place::new();
    assert!(place.refuses(2, &["evaluate", "--train", "x"]).contains("--test"));
    let table = place.path("t");
    fs_err::write(&table, "0 1 2\n").unwrap();
    for split in ["pairs:2", "users:0", "weeks:1", "pairs", "folds:1"] {
        let complaint =
            place.refuses(2, &["evaluate", "--triples", text(&table), "--split", split]);
        assert!(complaint.contains("a share between 0 and 1"), "{complaint}");
    }
    for split in ["time", "last"] {
        let complaint =
            place.refuses(2, &["evaluate", "--triples", text(&table), "--split", split]);
        assert!(complaint.contains("time"), "{complaint}");
    }
    check(&train, &test, &["--negatives", "nowhere"], "nowhere");
    check(&train, &test, &["--window", "7x"], "a number of weeks");
    assert!(place.refuses(2, &["evaluate", "--split", "pairs:0.2"]).contains("--triples FILE"));
    assert!(place.refuses(2, &["evaluate"]).contains("no listen with a time"));
}

/// The tribes' table with a day for each pair, the newest of a user being the item that the test would have.
fn dated() -> String {
    let (train, test) = lists();
    let mut table = String::from("user,item,time\n");
    for (day, lines) in [(0, train), (30, test)] {
        for line in lines.lines() {
            let (user, items) = line.split_once(' ').unwrap();
            for (n, item) in items.split(' ').enumerate() {
                let time = 1_700_000_000 + (day + n) * 86_400;
                table.push_str(&format!("{user},{item},{time}\n"));
            }
        }
    }
    table
}

#[test]
fn a_table_with_times_is_cut_by_them() {
    let place = Place::new();
    let path = place.path("dated.csv");
    fs_err::write(&path, dated()).unwrap();
    let cut = |more: &[&str]| {
        let arguments = ["evaluate", "--triples", text(&path), "--model", IALS, "--k", "5"];
        place.answers(&[&arguments, more].concat())
    };
    let window = cut(&["--split", "time", "--window", "2d"]);
    assert_eq!((&window["n_pairs"], &window["test"]["wanted"]), (&280.into(), &80.into()));
    assert_eq!(window["split"]["kind"], "one moment for all");
    assert_eq!(window["split"]["until"], 1_700_000_000 + 31 * 86_400 + 1);
    let from = cut(&["--split", "time", "--from", "2023-12-14", "--window", "1w"]);
    assert_eq!(from["test"]["wanted"], 80);
    // Of each user's nine pairs eight are learned from.
    let last = cut(&["--split", "last"]);
    assert_eq!((&last["n_pairs"], &last["test"]["wanted"]), (&320.into(), &40.into()));
    let folds = cut(&["--split", "folds:3"]);
    assert_eq!((&folds["split"]["folds"], &folds["test"]["wanted"]), (&3.into(), &360.into()));
    assert_eq!(folds["models"][0]["metrics"]["recall@5"]["n_users"], 40);
    let baselines = place.answers(&[
        "evaluate",
        "--triples",
        text(&path),
        "--split",
        "time",
        "--window",
        "2d",
        "--columns",
        "time=3",
    ]);
    let parameters =
        |model: usize| baselines["models"][model]["parameters"]["half_life_days"].clone();
    assert_eq!((parameters(1), parameters(2)), (0.into(), 30.into()));
}

#[test]
fn genres_groups_and_negatives_come_from_side_tables() {
    let files = tribes();
    let write = |name: &str, lines: Vec<String>| {
        let path = files.place.path(name);
        fs_err::write(&path, lines.concat()).unwrap();
        text(&path).to_owned()
    };
    let genre = |item: u32| format!("i{item}\t{}\n", if item < 12 { "calm" } else { "loud" });
    let genres = write("genres.tsv", (0..24).map(genre).collect());
    let header = vec!["user,country\n".to_owned()];
    let country = (0..40).map(|u| format!("user{u},{}\n", if u < 10 { "at" } else { "de" }));
    let attributes = write("countries.csv", header.into_iter().chain(country).collect());
    let negatives =
        write("negatives.txt", (0..40).map(|u| format!("user{u} i0 i5 i12 i17\n")).collect());
    let side = ["--genres", &genres, "--attributes", &attributes, "--model", IALS, "--k", "5"];
    let metrics = files.answers(&side)["models"][0]["metrics"].clone();
    // Each tribe hears one genre, and gets it.
    assert!(metrics["miscalibration@5"]["value"].as_f64().unwrap().abs() < 1e-6, "{metrics}");
    assert_eq!(metrics["ndcg_country_at@5"]["n_users"], 10);
    assert_eq!(metrics["recall_history_short@5"]["n_users"], 14);
    assert!(metrics["ndcg_country_gap@5"]["high"].as_f64().unwrap() >= 0.0);
    let sampled = files.answers(&["--negatives", &negatives, "--model", "random", "--k", "1"]);
    assert_eq!(sampled["sampled"], true);
    // Two relevant among at most six.
    let hits = sampled["models"][0]["metrics"]["hit_rate@1"]["value"].as_f64().unwrap();
    assert!((0.2..0.8).contains(&hits), "{hits}");
    let other = write("other.tsv", vec!["nobody\tcalm\n".to_owned()]);
    let complaint = files.place.refuses(2, &files.arguments(&["--genres", &other]));
    assert!(complaint.contains("items of the training expected"), "{complaint}");
}

#[test]
fn a_report_is_one_page_that_needs_nothing_else() {
    let files = tribes();
    let path = files.place.path("report.html");
    files.place.says(&files.arguments(&[
        "--report",
        text(&path),
        "--model",
        "popularity",
        "--model",
        IALS,
    ]));
    let page = fs_err::read_to_string(&path).unwrap();
    assert_eq!(page.matches("<svg").count(), 4, "{page}");
    for part in ["NDCG@20 by taste", "mainstream", "popularity lift", "Every metric"] {
        assert!(page.contains(part), "{part}");
    }
    let refers = page.replace("http://www.w3.org/2000/svg", "");
    assert!(!refers.contains("http") && !refers.contains("<script"), "{refers}");
}

#[test]
fn a_data_folder_is_asked_for_what_was_heard_first_in_its_last_weeks() {
    let place = Place::new();
    let log = place.path("log.tsv");
    let demo =
        ["demo", "--log", text(&log), "--listeners", "60", "--recordings", "500", "--weeks", "12"];
    place.says(&demo);
    place.says(&["import", text(&log)]);
    let answer = place.answers(&["evaluate", "--window", "3w"]);
    let names: Vec<_> =
        answer["models"].as_array().unwrap().iter().map(|model| &model["name"]).collect();
    assert_eq!(names, ["random", "popularity", "popularity", "item-knn", "ease", "ials"]);
    assert!(answer["test"]["replays"].as_u64().unwrap() > 0, "{}", answer["test"]);
    let metrics = &answer["models"][3]["metrics"];
    assert!(metrics["ndcg_clicked@20"]["value"].as_f64().unwrap() > 0.0, "{metrics}");
    let table = place.says(&["evaluate", "--window", "3w", "--model", "popularity"]);
    assert!(
        table.contains("free of leaks") && table.contains("first heard in the window"),
        "{table}"
    );
}
