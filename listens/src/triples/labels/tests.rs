//! Are labels of items read as they are meant?

use super::{ItemLabels, read_item_labels};
use crate::Error;
use crate::triples::tests::named;

fn read(text: &str, columns: &str) -> Result<ItemLabels, Error> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("genres.tsv");
    fs_err::write(&file, text).unwrap();
    read_item_labels(&file, &named(columns))
}

fn check(text: &str, columns: &str, expected: &[&str]) {
    let read = read(text, columns).unwrap_or_else(|error| panic!("{text:?}: {error}"));
    let mut told = Vec::new();
    for (i, item) in read.items.iter().enumerate() {
        for &(label, weight) in read.of_item(i) {
            told.push(format!("{item} {} {weight}", read.labels.id(label as usize)));
        }
    }
    assert_eq!(told, expected, "{text:?}");
}

#[test]
fn an_item_may_have_several_labels_and_weights_add_up() {
    check(
        "x\trock\nx\thard rock\ny\trock\nx\trock\n",
        "",
        &["x rock 2", "x hard rock 1", "y rock 1"],
    );
    check("x,rock,0.5\n\"a, b\",\"say \"\"ah\"\"\",2\n", "", &["x rock 0.5", "a, b say \"ah\" 2"]);
    check("x;pop;2\n", "weight=3", &["x pop 2"]);
}

#[test]
fn the_first_line_is_a_label_unless_it_looks_like_a_header() {
    check("artist\tgenre\nada\trock\n", "", &["ada rock 1"]);
    check("id,label,weight\nx,rock,3\n", "", &["x rock 3"]);
    check("weight\ttagID\tartistID\n3\t7\tx\n", "", &["x 7 3"]);
    check("what,how,much\nx,rock,3\n", "", &["x rock 3"]);
    check("what,how\nx,rock\n", "item=what,label=how", &["x rock 1"]);
    // Words that are usual names elsewhere may be labels.
    check("x,song\ny,score\n", "", &["x song 1", "y score 1"]);
    check("x,song,2\n", "", &["x song 2"]);
    check("4711,5\n", "", &["4711 5 1"]);
}

#[test]
fn a_table_of_who_gave_which_tag_counts_the_givers() {
    let text = "userID\tartistID\ttagID\tday\tmonth\tyear\n2\t52\t13\t1\t4\t2009\n3\t52\t13\t1\t5\t2009\n2\t52\t15\t1\t4\t2009\n";
    let expected = ["52 13 2", "52 15 1"];
    check(text, "item=artistID,label=tagID", &expected);
    check(text, "", &expected);
}

#[test]
fn lines_that_say_nothing_are_counted() {
    let text = "item,label,weight\nx,rock,1\nx,pop\nx,,1\n,pop,1\nx,pop,-1\nx,pop,much\nx,pop,0\n";
    let read = read(text, "").unwrap();
    let rejected: Vec<_> = read.tally.rejected.clone().into_iter().collect();
    assert_eq!(rejected, [("bad-weight", 2), ("missing-field", 2), ("wrong-columns", 1)]);
    assert_eq!((read.tally.read, read.tally.zeros), (7, 1));
    assert_eq!(read.tally.examples[1].reason.to_string(), "label is missing");
}

#[test]
fn a_table_without_labels_is_an_error_that_says_why() {
    let said = |text, columns| read(text, columns).map(|_| ()).unwrap_err().to_string();
    assert!(said("", "").ends_with("genres.tsv: it has no line below its header"));
    assert!(said("item,label\n", "").ends_with("it has no line below its header"));
    assert!(said("item,label,weight\nx,y,0\n", "").ends_with("every weight is 0 or cell empty"));
    assert!(said("item\nx\n", "").contains("--columns label=COLUMN"));
    assert_eq!(
        said("item,label\nx,y\n", "user=1"),
        "a table of labels has no column for `user`, only for item, label, weight"
    );
}
