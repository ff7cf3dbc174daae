//! Is what a listener named as loved kept, and gone with the listener?

use music::{ArtistId, ListenerId, RecordingId};
use store::{BlockTarget, Error};

use crate::home::{Home, at, credit, play};

fn home() -> (Home, ListenerId) {
    let mut home = Home::new();
    home.import("a", &[play("ada", credit("Low", "One"), 0)]);
    let ada = home.listener("ada");
    (home, ada)
}

fn targets() -> [BlockTarget; 2] {
    [BlockTarget::Artist(ArtistId(1)), BlockTarget::Tag("slowcore".to_owned())]
}

#[test]
fn what_was_named_first_keeps_its_moment_until_all_is_taken_back() {
    let (mut home, ada) = home();
    assert_eq!(home.store.pick(ada, &targets()[..1], at(1)).unwrap(), 1);
    assert_eq!(home.store.pick(ada, &targets(), at(5)).unwrap(), 1, "one of them is no news");
    home.store.set_country(ada, "AT").unwrap();
    home.reopen();
    let picks = home.store.picks(ada, None).unwrap();
    assert_eq!(picks.iter().map(|pick| pick.at).collect::<Vec<_>>(), [at(1), at(5)]);
    assert_eq!(picks.iter().map(|pick| &pick.target).collect::<Vec<_>>(), targets().each_ref());
    assert_eq!(home.store.picks(ada, Some(at(5))).unwrap(), picks[..1]);
    assert_eq!(home.store.listener("ada").unwrap().unwrap().country.as_deref(), Some("AT"));
    assert_eq!(home.store.clear_picks(ada).unwrap(), 2);
    assert_eq!(home.store.clear_picks(ada).unwrap(), 0);
    assert_eq!(home.store.listener("ada").unwrap().unwrap().country, None);
    let nobody = home.store.pick(ListenerId(99), &targets(), at(1)).unwrap_err();
    assert!(matches!(nobody, Error::UnknownListener { .. }), "{nobody}");
}

#[test]
fn picks_go_with_the_listener_and_to_whom_the_listener_becomes() {
    let (mut home, ada) = home();
    home.store.pick(ada, &[BlockTarget::Recording(RecordingId(1))], at(1)).unwrap();
    home.store.set_country(ada, "AT").unwrap();
    let bob = home.store.ensure_listener("bob").unwrap();
    home.store.pick(bob, &targets(), at(2)).unwrap();
    home.store.merge(ada, bob).unwrap();
    assert_eq!(home.store.picks(bob, None).unwrap().len(), 3);
    let named = home.store.listener_with(bob).unwrap().unwrap();
    assert_eq!(named.country.as_deref(), Some("AT"));
    home.store.delete(bob).unwrap();
    let again = home.store.ensure_listener("bob").unwrap();
    assert_eq!(home.store.picks(again, None).unwrap(), []);
}

#[test]
fn whoever_named_something_stays_when_an_import_is_taken_back() {
    let mut home = Home::new();
    let import = home.import("a", &["ada", "bob"].map(|who| play(who, credit("Low", "One"), 0)));
    let ada = home.listener("ada");
    home.store.pick(ada, &targets(), at(1)).unwrap();
    home.store.undo_import(import.unwrap().id, at(2)).unwrap();
    assert!(home.store.listener("ada").unwrap().is_some());
    assert!(home.store.listener("bob").unwrap().is_none());
}
