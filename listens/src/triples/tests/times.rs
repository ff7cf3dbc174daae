//! Does each pair have the time of its newest line, and does a window keep what lies in it?

use std::ops::Range;

use super::named;
use crate::triples::{Layout, Times, TripleOptions, Triples, read_triples, time_range};
use crate::{Column, Error};

/// A file, and how its columns are named.
struct Table {
    _folder: tempfile::TempDir,
    path: std::path::PathBuf,
    columns: Vec<(String, Column)>,
}

impl Table {
    fn new(text: &str, columns: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.txt");
        fs_err::write(&path, text).unwrap();
        Self { _folder: folder, path, columns: named(columns) }
    }

    fn read(&self, times: Times, window: Option<Range<i64>>) -> Result<Triples, Error> {
        let layout = Layout::Guess;
        let options = TripleOptions { layout, columns: &self.columns, times, window };
        read_triples(&self.path, &options, &mut |_| {})
    }

    fn range(&self) -> Result<(i64, i64), Error> {
        time_range(&self.path, Layout::Guess, &self.columns, &mut |_| {})
    }
}

/// Every pair as `user item value time`, by user and item row.
fn told(triples: &Triples) -> Vec<String> {
    let mut told = Vec::new();
    for (u, user) in triples.users.iter().enumerate() {
        let times = triples.times_of_user(u).unwrap();
        assert_eq!(times.len(), triples.of_user(u).len());
        for (&(i, x), at) in triples.of_user(u).iter().zip(times) {
            told.push(format!("{user} {} {x} {at}", triples.items.id(i as usize)));
        }
    }
    told
}

fn check(text: &str, columns: &str, expected: &[&str]) {
    let triples = Table::new(text, columns).read(Times::Kept, None);
    let triples = triples.unwrap_or_else(|error| panic!("{text:?}: {error}"));
    assert_eq!(told(&triples), expected, "{text:?}");
}

fn complaint(text: &str, columns: &str) -> String {
    Table::new(text, columns).read(Times::Kept, None).unwrap_err().to_string()
}

#[test]
fn a_column_of_times_goes_by_its_usual_names_in_any_order() {
    check("userId,movieId,rating,timestamp\n1,2,4.5,964982703\n", "", &["1 2 4.5 964982703"]);
    check("listened_at,user,item\n1970-01-02,a,x\n", "", &["a x 1 86400"]);
    check("who;what;when\na;x;5\n", "time=when", &["a x 1 5"]);
    check("user,item,date\na,x,1970-01-01 00:00:07\n", "", &["a x 1 7"]);
    check("user,item,when,time\na,x,3,7\n", "value=when", &["a x 3 7"]);
    check("user,item,date,time\na,x,3,7\n", "time=date", &["a x 1 3"]);
}

#[test]
fn without_a_header_times_are_where_the_caller_says() {
    check("a\tx\t3\t7\n", "time=4", &["a x 3 7"]);
    check("a\tx\t7\n", "time=3", &["a x 1 7"]);
    check("a\tx\t1970-01-02\n", "time=3", &["a x 1 86400"]);
    check("1970-01-02 a x\n", "time=1,user=2,item=3", &["a x 1 86400"]);
    let said = "no column for `time` in t.txt; name it with --columns time=COLUMN; its first line is: a x 3 7";
    assert_eq!(complaint("a\tx\t3\t7\n", ""), said);
}

#[test]
fn a_table_whose_times_nobody_asks_for_is_read_as_if_it_had_none() {
    let table = Table::new("user,item,timestamp\na,x,yesterday\na,x,\n", "");
    let triples = table.read(Times::Unread, None).unwrap();
    assert_eq!(triples.of_user(0), [(0, 2.0)]);
    assert_eq!(triples.times_of_user(0), None);
    assert!(triples.part(&[true]).times_of_user(0).is_none());
    let error = Table::new("user,item,value\na,x,1\n", "time=4").read(Times::Unread, None);
    assert!(matches!(error, Err(Error::NoSuchColumn { .. })));
}

#[test]
fn a_pair_has_the_time_of_its_newest_line() {
    // b's z is worth 1 − 1 = 0, and the line of value 0 is none, so its time does not count.
    let text = "user,item,value,ts\n\
        b,z,1,1\na,y,1,50\na,x,1,30\na,y,2,40\na,x,1,20\nb,z,-1,2\nb,x,5,-9\na,x,0,99\nb,y,1,8\n";
    check(text, "", &["b y 1 8", "b x 5 -9", "a y 3 50", "a x 2 30"]);
    let triples = Table::new(text, "").read(Times::Kept, None).unwrap();
    let tally = &triples.tally;
    // Read 9 = 4 pairs + 3 repeated + 2 zeros.
    assert_eq!((tally.read, tally.repeated, tally.zeros, tally.outside), (9, 3, 2, 0));
    assert_eq!(
        told(&triples.part(&[false, true, true, true])),
        ["b x 5 -9", "a x 2 30", "a y 3 50"]
    );
}

#[test]
fn times_are_those_of_a_slow_search_whatever_the_order_of_the_lines() {
    // 5,000 lines, more than a batch, of 40 users and 30 items.
    let lines: Vec<(u64, u64, i64)> = (0..5_000u64)
        .map(|n| (n * 7_919 % 40, n * 104_729 % 31 % 30, (n * 31 % 997) as i64))
        .collect();
    let mut text = String::from("user,item,time\n");
    for (user, item, at) in &lines {
        text.push_str(&format!("u{user},i{item},{at}\n"));
    }
    let triples = Table::new(&text, "").read(Times::Kept, None).unwrap();
    for (u, user) in triples.users.iter().enumerate() {
        let times = triples.times_of_user(u).unwrap();
        for (&(i, value), &at) in triples.of_user(u).iter().zip(times) {
            let item = triples.items.id(i as usize);
            let of_pair: Vec<i64> = lines
                .iter()
                .filter(|line| format!("u{}", line.0) == user && format!("i{}", line.1) == item)
                .map(|line| line.2)
                .collect();
            assert_eq!((value, Some(&at)), (of_pair.len() as f32, of_pair.iter().max()));
        }
    }
}

#[test]
fn a_line_without_a_time_is_a_reject_when_times_are_asked_for() {
    let table = Table::new("user,item,ts\na,x,3\na,y,\na,z,soon\nb,x,NaN\n", "");
    for window in [None, Some(0..10)] {
        let triples = table.read(Times::Kept, window).unwrap();
        assert_eq!(told(&triples), ["a x 1 3"]);
        assert_eq!(
            triples.tally.rejected.clone().into_iter().collect::<Vec<_>>(),
            [("unreadable-time", 3)]
        );
        assert_eq!(triples.tally.examples[0].place, "line 3");
    }
}

#[test]
fn a_window_keeps_its_start_and_leaves_out_its_end() {
    let table = Table::new("user,item,ts\na,x,9\na,x,10\na,y,19\nb,x,20\na,z,15000000000000\n", "");
    let triples = table.read(Times::Kept, Some(10..20)).unwrap();
    assert_eq!(told(&triples), ["a x 1 10", "a y 1 19"]);
    assert_eq!((triples.users.len(), triples.items.len()), (1, 2));
    // Read 5 = 2 pairs + 3 outside.
    assert_eq!((triples.tally.read, triples.tally.outside), (5, 3));
    // Who wants the window alone has the same pairs, and no times to pay for.
    let untimed = table.read(Times::Unread, Some(10..20)).unwrap();
    assert_eq!(untimed.of_user(0), triples.of_user(0));
    assert_eq!(untimed.times_of_user(0), None);
    let error = table.read(Times::Kept, Some(100..200)).unwrap_err().to_string();
    assert!(error.ends_with("5 lines, 5 of them outside of the window of time"), "{error}");
}

#[test]
fn windows_that_meet_share_out_every_line() {
    let table = Table::new("user,item,ts\na,x,1\na,y,5\nb,x,5\nb,z,9\n", "");
    let [before, after] = [i64::MIN..5, 5..i64::MAX]
        .map(|window| told(&table.read(Times::Kept, Some(window)).unwrap()));
    assert_eq!(before, ["a x 1 1"]);
    assert_eq!(after, ["a y 1 5", "b x 1 5", "b z 1 9"]);
}

#[test]
fn times_of_what_has_none_are_an_error_that_says_so() {
    assert_eq!(
        complaint("user,item,value\na,x,1\n", ""),
        "no column for `time` in t.txt; name it with --columns time=COLUMN; its first line is: user,item,value"
    );
    assert!(complaint("0 7 8 9\n", "").contains("lists of users and their items"));
    let error = Table::new("user,item\na,x\n", "").read(Times::Unread, Some(0..1)).unwrap_err();
    assert!(matches!(error, Error::MissingColumn { role: "time", .. }));
    // A column of times is none of items, even where no other is left.
    assert!(complaint("user,date,what\na,5,x\n", "").contains("no column for `item`"));
}

#[test]
fn the_range_is_that_of_the_lines_that_are_believed() {
    let text = "user,item,value,ts\na,x,1,30\na,y,1,1700000000000\nb,x,1,-5\nb,x,0,-90\n,x,1,-80\n";
    assert_eq!(Table::new(text, "").range().unwrap(), (-5, 1_700_000_000));
    assert_eq!(Table::new("a,x,1,30\n", "time=4").range().unwrap(), (30, 30));
    let error = Table::new("user,item,ts\na,x,\n", "").range().unwrap_err().to_string();
    assert!(error.ends_with("line 2: its moment cannot be read"), "{error}");
    assert!(matches!(Table::new("1 2 3\n", "").range(), Err(Error::NoTimes { .. })));
}
