//! Does `undersong fit` learn any table, and say what is wrong with the others?

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::binary::{Place, stderr, text};

/// Ten users, each of whom likes every third of twelve items.
fn table() -> String {
    let users = (0..10).flat_map(|u| (0..12).map(move |i| (u, i)));
    let pairs = users.filter(|(u, i)| (u + i) % 3 == 0);
    let lines = pairs.map(|(u, i)| format!("user {u},item {i},{}\n", 1 + (u * i) % 5));
    format!("user,item,plays\n{}", lines.collect::<String>())
}

fn write(place: &Place, content: impl AsRef<[u8]>) -> PathBuf {
    let path = place.path("t.csv");
    fs_err::write(&path, content).unwrap();
    path
}

fn fit(place: &Place, content: impl AsRef<[u8]>, more: &[&str]) -> Value {
    let file = write(place, content);
    place.answers(&[&["fit", "--triples", text(&file)], more].concat())
}

const IALS: &str = "ials:dim=4,iterations=3";

#[test]
fn a_fit_tells_each_iteration_and_what_it_took() {
    let place = Place::new();
    let fit = fit(&place, table(), &["--model", IALS]);
    assert!(fit["model"].as_str().unwrap().starts_with("ials:dim=4,iterations=3,"));
    assert_eq!(
        (&fit["n_users"], &fit["n_items"], &fit["n_pairs"]),
        (&10.into(), &12.into(), &40.into())
    );
    let iterations = fit["iterations"].as_array().unwrap();
    assert_eq!(iterations.len(), 3);
    let number = |value: &Value| value.as_f64().unwrap();
    for iteration in iterations {
        let parts = ["observed", "unobserved", "regularizer"].map(|part| number(&iteration[part]));
        let loss = number(&iteration["loss"]);
        assert!((parts.iter().sum::<f64>() - loss).abs() < 1e-9 * loss, "{iteration}");
        assert!(number(&iteration["seconds"]) > 0.0 && number(&iteration["loss_seconds"]) > 0.0);
    }
    let seconds = iterations.iter().map(|iteration| number(&iteration["seconds"])).sum::<f64>();
    assert!(number(&fit["fit_seconds"]) > seconds, "{fit}");
    if cfg!(target_os = "linux") {
        assert!(number(&fit["peak_memory_bytes"]) > 1e6, "{fit}");
    }
    assert!(!place.data().exists(), "a fit needs no data folder");
}

#[test]
fn several_models_are_an_array_and_each_is_saved_in_a_folder_of_its_own() {
    let place = Place::new();
    let save = place.path("save");
    let more = ["--model", IALS, "--model", "popularity", "--save", text(&save)];
    let fits = fit(&place, table(), &more);
    assert_eq!(fits.as_array().unwrap().len(), 2);
    assert_eq!(fits[1]["iterations"], Value::Array(Vec::new()));
    assert!(save.join("1-ials/item_factors.npy").exists());
    assert!(save.join("2-popularity/model.json").exists());
}

/// Shape and numbers of an array of `f32`.
fn npy(path: &Path) -> (String, Vec<f32>) {
    let bytes = fs_err::read(path).unwrap();
    let header = 10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    let shape = String::from_utf8_lossy(&bytes[10..header]).into_owned();
    let (numbers, rest) = bytes[header..].as_chunks();
    assert!(shape.contains("'<f4'") && rest.is_empty());
    (shape, numbers.iter().copied().map(f32::from_le_bytes).collect())
}

#[test]
fn saved_factors_lie_beside_the_ids_of_their_rows_and_tell_who_heard_what() {
    let place = Place::new();
    let save = place.path("deep/save");
    fit(&place, table(), &["--model", "ials:dim=6,iterations=8,reg=0.001", "--save", text(&save)]);
    let ids = |file: &str| fs_err::read_to_string(save.join(file)).unwrap();
    let (users, items) = (ids("users.txt"), ids("items.txt"));
    assert_eq!((users.lines().count(), items.lines().count()), (10, 12));
    let (user_shape, user_factors) = npy(&save.join("user_factors.npy"));
    let (item_shape, item_factors) = npy(&save.join("item_factors.npy"));
    assert!(user_shape.contains("(10,6,)") && item_shape.contains("(12,6,)"), "{user_shape}");
    let table = table();
    for (x, user) in user_factors.chunks(6).zip(users.lines()) {
        for (y, item) in item_factors.chunks(6).zip(items.lines()) {
            let score: f32 = x.iter().zip(y).map(|(x, y)| x * y).sum();
            let is_heard = table.contains(&format!("{user},{item},"));
            // Three tribes that share nothing are three dimensions: what was heard scores near 1, the rest near 0.
            assert!((score > 0.5) == is_heard, "{user} {item} {score}");
        }
    }
}

#[test]
fn the_order_of_the_lines_changes_nothing_but_the_order_of_the_users() {
    let place = Place::new();
    let (here, there) = (place.path("here"), place.path("there"));
    fit(&place, table(), &["--model", IALS, "--save", text(&here)]);
    let forwards = table();
    let mut lines: Vec<&str> = forwards.lines().collect();
    lines[1..].reverse();
    fit(&place, lines.join("\n"), &["--model", IALS, "--save", text(&there)]);
    let read = |folder: &Path, file: &str| fs_err::read_to_string(folder.join(file)).unwrap();
    assert_eq!(read(&here, "items.txt"), read(&there, "items.txt"));
    assert_ne!(read(&here, "users.txt"), read(&there, "users.txt"));
    let [(_, here), (_, there)] = [here, there].map(|folder| npy(&folder.join("item_factors.npy")));
    for (x, y) in here.iter().zip(&there) {
        // Sums over users run in another order.
        assert!((x - y).abs() < 1e-3, "{x} {y}");
    }
}

#[test]
fn a_folder_that_holds_something_else_is_left_alone_and_an_earlier_fit_is_replaced() {
    let place = Place::new();
    let file = write(&place, table());
    let save = place.path("save");
    let fit = ["fit", "--triples", text(&file), "--model", "popularity", "--save", text(&save)];
    place.says(&fit);
    place.says(&fit);
    fs_err::write(save.join("notes.txt"), "mine").unwrap();
    let complaint = place.refuses(2, &fit);
    assert!(complaint.contains("`notes.txt`"), "{complaint}");
    assert_eq!(fs_err::read_to_string(save.join("notes.txt")).unwrap(), "mine");
}

#[test]
fn odd_tables_are_read_as_they_are_meant() {
    let place = Place::new();
    let check = |content: &[u8], users: u64, items: u64, pairs: u64| {
        let fit = fit(&place, content, &["--model", "popularity"]);
        let shape = ["n_users", "n_items", "n_pairs"].map(|key| fit[key].as_u64().unwrap());
        assert_eq!(shape, [users, items, pairs], "{fit}");
        fit
    };
    check("\u{feff}user;item;value\r\na;x;1\r\nb;y;1e3\r\n".as_bytes(), 2, 2, 2);
    check(b"user,item,value\n\"a, b\",\"say \"\"ah\"\"\",2\nc,x,1\n", 2, 2, 2);
    check(b"user\titem\na\tx\nb\ty\n", 2, 2, 2);
    check(b"user,item,value\na,x,1\na,y,-1\n", 1, 2, 2);
    let fit = check(
        b"user,item,value\na,x,1\na,x,2\na,y,0\na,z,NaN\na,\xff,1\na,w\nb,y,1e99\nb,y,1\n",
        2,
        2,
        2,
    );
    assert_eq!((&fit["read"], &fit["repeated"], &fit["zeros"]), (&8.into(), &1.into(), &1.into()));
    assert_eq!(fit["rejected"]["bad-value"], 2);
    assert_eq!(fit["examples"][0]["place"], "line 5");
}

#[test]
fn what_cannot_be_fitted_is_said_in_a_sentence() {
    let place = Place::new();
    for (content, sentence) in [
        (&b""[..], "it has no line below its header"),
        (b"user,item,value\n", "it has no line below its header"),
        (b"user,item,value\na,x,NaN\n", "line 2: its value is not a finite number"),
        (b"user,item,value\na,x,0\n", "every value is 0"),
        (b"user\na\n", "no column for `item`"),
        (b"us\xffer,item\na,x\n", "UTF-8 expected"),
    ] {
        let file = write(&place, content);
        let complaint =
            place.refuses(2, &["fit", "--triples", text(&file), "--model", "popularity"]);
        assert!(complaint.contains(sentence), "{complaint}");
        assert!(!complaint.contains("panicked"), "{complaint}");
    }
    let file = write(&place, table());
    let (file, nothing, two) = (text(&file), place.path("nothing"), place.path("two"));
    fs_err::create_dir(&two).unwrap();
    for name in ["a.csv", "b.csv"] {
        fs_err::write(two.join(name), table()).unwrap();
    }
    for (arguments, sentence) in [
        (&["--triples", "/no/such/file", "--model", "ials"][..], "/no/such/file"),
        (&["--triples", text(&two), "--model", "ials"], "got a.csv and b.csv"),
        (&["--triples", file], "--model"),
        (&["--triples", file, "--model", "ialz"], "`ials`"),
        (&["--triples", file, "--model", "ials:dims=3"], "`dim`"),
        (&["--triples", file, "--model", "ials", "--columns", "user"], "ROLE=COLUMN"),
        (&["--triples", file, "--model", "ials", "--columns", "user=who"], "no column `who`"),
        (
            &["--triples", file, "--model", "ials", "--columns", "who=user"],
            "only for user, item, value",
        ),
        (&["--triples", file, "--model", "ials", "--resume"], "--save"),
        (
            &["--triples", file, "--model", "ials", "--resume", "--save", text(&nothing)],
            "model.json",
        ),
        (&["--triples", file, "--model", "ials", "--save", file], "t.csv"),
    ] {
        let complaint = place.refuses(2, &[&["fit"], arguments].concat());
        assert!(complaint.contains(sentence), "{arguments:?}: {complaint}");
        assert!(!complaint.contains("panicked"), "{complaint}");
    }
}

#[test]
fn an_interrupted_fit_goes_on_to_the_same_bytes() {
    let place = Place::new();
    let file = write(&place, table());
    let (whole, stopped) = (place.path("whole"), place.path("stopped"));
    let fit = ["fit", "--triples", text(&file), "--model", "ials:dim=8,iterations=2000", "--save"];
    place.says(&[&fit[..], &[text(&whole)]].concat());

    let fit = [&fit[..], &[text(&stopped)]].concat();
    let mut child = place.spawn(&fit);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("  10 of 2000  ")));
    // Nobody reads on until the signal is sent, and the pipe holds fewer lines than there are to come: it cannot end before.
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    lines.for_each(drop);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(stderr(&output).contains("with --resume goes on"), "{}", stderr(&output));

    let other_seed = [&fit[..], &["--resume", "--seed", "7"]].concat();
    assert!(place.refuses(2, &other_seed).contains("seed 42 expected, got 7"));
    let resume = [&fit[..], &["--resume"]].concat();
    place.says(&resume);
    for file in ["item_factors.npy", "user_factors.npy", "model.json"] {
        let read = |folder: &Path| fs_err::read(folder.join(file)).unwrap();
        assert!(read(&whole) == read(&stopped), "{file} differs");
    }
    assert!(place.refuses(1, &resume).contains("finished"));
}
