//! Are bare matrices read as they are meant, whatever they look like?

use std::path::Path;

use super::{Layout, TripleOptions, Triples, read_triples};
use crate::{Column, Error};

mod times;

fn read(text: impl AsRef<[u8]>, columns: &str) -> Result<Triples, Error> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.txt");
    fs_err::write(&file, text).unwrap();
    read_triples(&file, &TripleOptions::plain(Layout::Table, &named(columns)), &mut |_| {})
}

/// Roles and columns as at the terminal.
pub(super) fn named(columns: &str) -> Vec<(String, Column)> {
    let columns = columns.split(',').filter(|column| !column.is_empty());
    columns
        .map(|column| column.split_once('=').unwrap())
        .map(|(role, column)| (role.to_owned(), column.parse().unwrap()))
        .collect()
}

/// Every pair as `user item value`, by user and item row.
fn pairs(triples: &Triples) -> Vec<String> {
    let of_user = |(u, user): (usize, &str)| {
        let pairs = triples.of_user(u).iter();
        pairs.map(|(i, x)| format!("{user} {} {x}", triples.items.id(*i as usize))).collect()
    };
    triples.users.iter().enumerate().flat_map(|user| -> Vec<String> { of_user(user) }).collect()
}

fn check(text: &str, columns: &str, expected: &[&str]) {
    let triples = read(text, columns).unwrap_or_else(|error| panic!("{text:?}: {error}"));
    assert_eq!(pairs(&triples), expected, "{text:?}");
}

#[test]
fn columns_go_by_their_usual_names_in_any_order() {
    check("weight\tartistID\tuserID\n2.5\tx\tada\n", "", &["ada x 2.5"]);
    check("userId,movieId,rating,timestamp\n1,2,4.5,964982703\n", "", &["1 2 4.5"]);
    check(
        "\"\",\"user\",\"item\",\"count\"\n\"1\",\"a, b\",\"say \"\"ah\"\"\",3\n",
        "",
        &["a, b say \"ah\" 3"],
    );
    check("user item plays\nada  x   3\n", "", &["ada x 3"]);
    check("uid,sid\nada,x\n", "", &["ada x 1"]);
}

#[test]
fn columns_without_a_usual_name_go_by_their_place() {
    check("who;what;much\nada;x;3\n", "", &["ada x 3"]);
    check("who;what\nada;x\n", "", &["ada x 1"]);
    check("who;item;much\nada;x;3\n", "", &["ada x 3"]);
    check("user;item;timestamp\nada;x;1700000000\n", "", &["ada x 1"]);
    check("when;what;who\n3;x;ada\n", "user=who,item=2,value=1", &["ada x 3"]);
}

#[test]
fn a_first_line_with_a_number_for_a_value_is_a_pair() {
    check("ada\tx\t1e1\nada\ty\t.5\n", "", &["ada x 10", "ada y 0.5"]);
    check("1 2\n1 3\n", "", &["1 2 1", "1 3 1"]);
    check("ada,x,name,7\n", "user=1,item=2,value=4", &["ada x 7"]);
}

#[test]
fn a_byte_order_mark_line_ends_and_blanks_do_not_count() {
    check("\u{feff}user,item,value\r\n\r\n ada , x , 2 \r\nbob,x,1", "", &["ada x 2", "bob x 1"]);
}

#[test]
fn what_comes_twice_is_summed_and_zero_is_no_pair() {
    let text = "user,item,value\na,x,1\nb,y,0\na,y,-2\na,x,2\nb,x,1\nb,x,-1\na,z,1e-60\n";
    let triples = read(text, "").unwrap();
    assert_eq!(pairs(&triples), ["a x 3", "a y -2"]);
    let tally = &triples.tally;
    // Read 7 = 2 pairs + 2 repeated + 3 zeros (b's y, b's x, and what is 0 in f32).
    assert_eq!((tally.read, tally.repeated, tally.zeros), (7, 2, 3));
    assert!(tally.rejected.is_empty());
}

#[test]
fn a_sum_beyond_f32_stays_at_its_end() {
    let triples = read("user,item,value\na,x,3e38\na,x,3e38\n", "").unwrap();
    assert_eq!(triples.of_user(0), [(0, f32::MAX)]);
}

#[test]
fn what_cannot_be_believed_is_rejected_with_its_line_and_leaves_no_row() {
    let text: &[u8] = b"user,item,value\na,x,1\nb,y,NaN\nb,y,1e39\nb,y,\nb,y\n,y,1\nb,,1\nb,\xff,1\nb,y,x\nb,y,y\n";
    let triples = read(text, "").unwrap();
    assert_eq!(pairs(&triples), ["a x 1"]);
    assert_eq!((triples.users.len(), triples.items.len()), (1, 1));
    let tally = &triples.tally;
    assert_eq!(tally.read, 10);
    let rejected: Vec<_> = tally.rejected.clone().into_iter().collect();
    assert_eq!(
        rejected,
        [("bad-value", 5), ("missing-field", 2), ("wrong-columns", 1), ("wrong-encoding", 1)]
    );
    // The first three of each reason.
    let places: Vec<_> = tally.examples.iter().map(|reject| reject.place.as_str()).collect();
    assert_eq!(places, ["line 3", "line 4", "line 5", "line 6", "line 7", "line 8", "line 9"]);
}

#[test]
fn a_table_without_pairs_is_an_error_that_says_why() {
    let said = |text: &[u8], columns| {
        let error = read(text, columns).unwrap_err().to_string();
        error.split_once("t.txt: ").map_or_else(|| error.clone(), |(_, why)| why.to_owned())
    };
    assert_eq!(said(b"", ""), "it has no line below its header");
    assert_eq!(said(b"user,item,value\n", ""), "it has no line below its header");
    assert_eq!(
        said(b"user,item\na,b,c\n", ""),
        "1 lines, the first that was rejected is line 2: 2 cells expected, got 3"
    );
    assert_eq!(said(b"user,item,value\na,b,0\n", ""), "1 lines, and every value is 0");
    assert!(said(b"\xff\xfeu\0s\0e\0r\0", "").contains("UTF-8 expected"));
    assert!(said(b"user,\xff\na,b\n", "").contains("UTF-8 expected"));
    assert_eq!(
        said(b"user\na\n", ""),
        "no column for `item` in t.txt; name it with --columns item=COLUMN; its first line is: user"
    );
    assert!(said(b"user,item\na,b\n", "what=1").contains("only for user, item, value"));
}

#[test]
fn one_table_a_source() {
    let folder = tempfile::tempdir().unwrap();
    let options = TripleOptions::plain(Layout::Table, &[]);
    let error = |path: &Path| read_triples(path, &options, &mut |_| {}).unwrap_err().to_string();
    assert!(error(folder.path()).contains("no line"));
    assert!(error(&folder.path().join("none.csv")).contains("none.csv"));
    for name in ["a.csv", "b.csv"] {
        fs_err::write(folder.path().join(name), "user,item\nada,x\n").unwrap();
    }
    assert!(error(folder.path()).contains("got a.csv and b.csv"));
}

#[test]
fn lists_have_a_user_and_that_users_items_in_each_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("train.txt");
    let read = |text: &str, layout| {
        fs_err::write(&file, text).unwrap();
        read_triples(&file, &TripleOptions::plain(layout, &[]), &mut |_| {})
            .map(|triples| (pairs(&triples), triples.tally))
    };
    let (found, tally) = read("0 7 8  9\r\n1\n\n2 7 7 \n", Layout::Guess).unwrap();
    assert_eq!(found, ["0 7 1", "0 8 1", "0 9 1", "2 7 2"]);
    assert_eq!((tally.read, tally.repeated), (5, 1));
    // A table may have blanks between its columns as well, which only its reader knows.
    let (found, _) = read("ada x 3\nbob y 4\n", Layout::Table).unwrap();
    assert_eq!(found, ["ada x 3", "bob y 4"]);
    assert_eq!(read("u,i\na,x\n", Layout::Guess).unwrap().0, ["a x 1"]);
    assert_eq!(read("a,x y\n", Layout::Lists).unwrap().0, ["a,x y 1"]);
    assert!(read("0\n1\n", Layout::Guess).is_err());
}

#[test]
fn a_part_has_its_own_rows() {
    let whole = read("a,x,1\na,y,2\nb,x,3\nc,z,4\n", "").unwrap();
    let part = whole.part(&[false, true, false, true]);
    assert_eq!(pairs(&part), ["a y 2", "c z 4"]);
    assert_eq!((part.users.len(), part.items.len(), part.n_pairs()), (2, 2, 2));
    assert_eq!(whole.part(&[true; 4]).n_pairs(), 4);
    assert_eq!(whole.part(&[false; 4]).users.len(), 0);
}
