//! Are listeners counted who have two recordings?

use music::{Credit, RecordingId};
use store::{Audience, NewImport};

use crate::home::{Home, count, credit, play, source};

#[test]
fn whoever_has_both_is_counted_once_whatever_the_log_calls_them() {
    let mut home = Home::new();
    let [one, two, three] = ["One", "Two", "Three"].map(|title| credit("Low", title));
    let plays = |who: &str, credits: &[&Credit]| {
        let of_who = credits.iter().enumerate();
        of_who.map(|(n, of)| play(who, (*of).clone(), 900 * n as i64)).collect::<Vec<_>>()
    };
    let log = [
        plays("ada", &[&one, &two, &three]),
        plays("bob", &[&one, &one, &two]),
        plays("cleo", &[&one, &three]),
        plays("dan", &[&two]),
    ];
    home.import("a", &log.concat());
    let behind = NewImport { audience: Audience::Background, ..source("b") };
    home.import_as(&behind, &[count("eve", one.clone(), 2.0), play("eve", two.clone(), 0)]);
    let ids = [1, 2, 3].map(RecordingId);
    let in_common = |home: &Home, without: &str| {
        let without = home.listener(without);
        home.store.listeners_in_common(ids[0], &ids[1..], without).unwrap()
    };
    // One and Two: ada, bob, eve; One and Three: ada, cleo.
    assert_eq!(in_common(&home, "dan"), [3, 2]);
    assert_eq!(in_common(&home, "ada"), [2, 1]);
    // Three turns out to be Two: ada, bob, cleo, eve have it.
    let isrc = |of: &Credit| Credit { isrc: Some("US1".to_owned()), ..of.clone() };
    home.import("c", &[play("ada", isrc(&two), 9_000), play("ada", isrc(&three), 9_900)]);
    assert_eq!(in_common(&home, "dan"), [4, 4]);
}
