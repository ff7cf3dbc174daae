//! Are attributes of users read as they are meant?

use super::{Attributes, read_attributes};
use crate::Error;
use crate::triples::tests::named;

fn read(text: impl AsRef<[u8]>, columns: &str) -> Result<Attributes, Error> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("users.csv");
    fs_err::write(&file, text).unwrap();
    read_attributes(&file, &named(columns))
}

/// Each user as `user name=value …`.
fn told(read: &Attributes) -> Vec<String> {
    let of_user = |(u, user): (usize, &str)| {
        let values = read.attributes.iter().filter_map(|attribute| {
            let value = attribute.values.id(attribute.of_user(u)? as usize);
            Some(format!(" {}={value}", attribute.name))
        });
        format!("{user}{}", values.collect::<String>())
    };
    read.users.iter().enumerate().map(of_user).collect()
}

#[test]
fn every_column_but_that_of_users_is_an_attribute() {
    let read = read("user,country,Age_Group\na,DE,20-29\nb,,30-39\nc,FR,20-29\n", "").unwrap();
    let expected =
        ["a country=DE Age_Group=20-29", "b Age_Group=30-39", "c country=FR Age_Group=20-29"];
    assert_eq!(told(&read), expected);
    let age = read.find("age_group").unwrap();
    assert_eq!(age.values.iter().collect::<Vec<_>>(), ["20-29", "30-39"]);
    assert_eq!((age.of_user(2), read.find("country").unwrap().of_user(1)), (Some(0), None));
    assert!(read.find("gender").is_none());
}

#[test]
fn users_may_stand_anywhere_and_columns_without_a_name_are_left_out() {
    let text = "\"\";\"gender\";\"who\"\n\"1\";\"f\";\"a; b\"\n";
    assert_eq!(told(&read(text, "user=who").unwrap()), ["a; b gender=f"]);
    assert_eq!(told(&read(text, "user=3").unwrap()), ["a; b gender=f"]);
    assert_eq!(told(&read("\u{feff}UserID\tage\r\n\r\n 7 \t 30 \r\n", "").unwrap()), ["7 age=30"]);
}

#[test]
fn lines_that_cannot_be_believed_are_counted() {
    let text = b"user,country\na,DE\nb,DE,x\n,FR\na,FR\n\xff,FR\nc\n\"d,FR\n";
    let read = read(text, "").unwrap();
    assert_eq!(told(&read), ["a country=DE"]);
    assert_eq!(read.find("country").unwrap().values.len(), 1);
    let rejected: Vec<_> = read.tally.rejected.clone().into_iter().collect();
    let expected = [
        ("missing-field", 1),
        ("open-quote", 1),
        ("repeated-user", 1),
        ("wrong-columns", 2),
        ("wrong-encoding", 1),
    ];
    assert_eq!((rejected.as_slice(), read.tally.read), (&expected[..], 7));
}

#[test]
fn a_table_without_attributes_is_an_error_that_says_why() {
    let said = |text: &[u8], columns| read(text, columns).map(|_| ()).unwrap_err().to_string();
    assert!(said(b"", "").ends_with("users.csv: it has no line below its header"));
    assert!(said(b"user,country\n", "").ends_with("it has no line below its header"));
    assert!(
        said(b"user,country\na,\n", "").ends_with("1 lines, and every weight is 0 or cell empty")
    );
    assert!(said(b"user,country\n,DE\n", "").ends_with("line 2: user is missing"));
    assert!(said(b"user\na\n", "").contains("at least one attribute expected in users.csv"));
    assert!(said(b"user\na\n", "country=1").contains("only for user"));
    assert!(said(b"\xff\xfeu\0", "").contains("UTF-8 expected"));
    // Without a header nobody knows what its columns are.
    assert_eq!(
        said(b"a,DE\nb,FR\n", ""),
        "no column for `user` in users.csv; name it with --columns user=COLUMN; its first line is: a,DE"
    );
}
