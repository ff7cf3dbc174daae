//! Are people who they are, under whatever name, and gone when they go?

use music::{Entry, Event, Interaction, ListenerId};
use store::{Audience, BlockTarget, Error, Listener, NewImport, Totals};

use crate::home::{Home, at, contains, count, credit, play, source};
use crate::ledger::list;

fn background(hash: &str) -> NewImport<'_> {
    NewImport {
        audience: Audience::Background,
        listener: "somebody-in-the-background",
        ..source(hash)
    }
}

#[test]
fn names_of_background_people_are_not_in_the_file() {
    let mut home = Home::new();
    home.import_as(
        &background("a"),
        &[play("xenia-of-the-public-log", credit("Low", "Monkey"), 0)],
    );
    let pseudonym = home.store.pseudonym("xenia-of-the-public-log", Audience::Background);
    assert_eq!(pseudonym.len(), 16);
    let xenia = home.background("xenia-of-the-public-log").unwrap();
    assert_eq!(home.store.pseudonyms(xenia).unwrap(), [pseudonym]);
    assert_eq!(home.store.listeners().unwrap(), []);
    home.reopen();
    assert_eq!(home.store.history(xenia).unwrap().listens.len(), 1);
    let bytes = home.bytes();
    assert!(!contains(&bytes, "xenia-of-the-public-log"));
    assert!(!contains(&bytes, "somebody-in-the-background"));
    assert!(contains(&bytes, "Monkey"), "the test looks at the right bytes");
}

#[test]
fn another_store_has_other_pseudonyms() {
    let (one, other) = (Home::new(), Home::new());
    for audience in [Audience::Foreground, Audience::Background] {
        let [here, there] = [&one, &other].map(|home| home.store.pseudonym("ada", audience));
        assert_ne!(here, there);
        assert_eq!(here, one.store.pseudonym("ada", audience));
    }
}

#[test]
fn an_account_in_the_background_is_nobody_who_has_its_name() {
    let mut home = Home::new();
    let log = [play("ada", credit("Low", "Monkey"), 0)];
    home.import_as(&background("a"), &log);
    assert_eq!(home.store.listener("ada").unwrap(), None);
    let id = home.store.ensure_listener("ada").unwrap();
    let ada = Listener {
        id,
        name: Some("ada".to_owned()),
        pseudonym: home.store.pseudonym("ada", Audience::Foreground),
        is_background: false,
        timezone: None,
        country: None,
    };
    assert_eq!(home.store.listeners().unwrap(), std::slice::from_ref(&ada));
    assert_eq!(home.history("ada").listens, []);

    home.import("b", &[play("ada", credit("Low", "Murderer"), 0)]);
    home.import_as(&background("c"), &[play("ada", credit("Low", "Monkey"), 500)]);
    assert_eq!(home.history("ada").listens.len(), 1);
    let namesake = home.background("ada").unwrap();
    assert_ne!(namesake, id);
    assert_eq!(home.store.history(namesake).unwrap().listens.len(), 2);
    assert_eq!(home.store.listener("ada").unwrap(), Some(ada));
    let totals = home.store.totals().unwrap();
    assert_eq!((totals.listeners, totals.background_listeners), (1, 1));
}

#[test]
fn lines_without_an_account_belong_to_the_one_of_the_audience() {
    let mut home = Home::new();
    let mut nobody = play("ada", credit("Low", "Monkey"), 0);
    if let Entry::Listen(listen) = &mut nobody {
        listen.listener = None;
    }
    home.import_as(
        &NewImport { listener: "ada", ..background("a") },
        std::slice::from_ref(&nobody),
    );
    assert_eq!(home.store.listener("ada").unwrap(), None);
    home.import("a", &[nobody]);
    assert_ne!(home.background("ada"), Some(home.listener("ada")));
    assert_eq!(home.history("ada").listens.len(), 1);
}

#[test]
fn a_renamed_listener_answers_to_both_names_and_imports_under_the_old_one_arrive() {
    let mut home = Home::new();
    home.import(
        "a",
        &[play("ada", credit("Low", "Monkey"), 0), play("bob", credit("Low", "Monkey"), 0)],
    );
    let ada = home.listener("ada");
    home.store.rename(ada, "augusta").unwrap();
    home.import("b", &[play("ada", credit("Low", "Murderer"), 0)]);
    assert_eq!((home.listener("augusta"), home.listener("ada")), (ada, ada));
    assert_eq!(home.history("augusta").listens.len(), 2);
    let taken = home.store.rename(ada, "bob").unwrap_err();
    assert!(matches!(&taken, Error::NameTaken { name } if name == "bob"), "{taken}");
    assert!(home.store.rename(home.listener("bob"), "ada").is_err(), "the old name still is ada's");
    home.store.rename(ada, "ada").unwrap();
    assert_eq!(home.store.listeners().unwrap()[0].name.as_deref(), Some("ada"));
    assert!(matches!(home.store.rename(ListenerId(99), "eve"), Err(Error::UnknownListener { .. })));
}

#[test]
fn a_person_with_two_accounts_becomes_one_listener() {
    let mut home = Home::new();
    let monkey = || credit("Low", "Monkey");
    home.import(
        "a",
        &[
            play("ada", monkey(), 0),
            play("ada2", monkey(), 0),
            play("ada2", monkey(), 500),
            count("ada", monkey(), 1.0),
            count("ada2", monkey(), 2.0),
        ],
    );
    let (ada, other, song) =
        (home.listener("ada"), home.listener("ada2"), home.recording("Monkey"));
    home.store.record_list(&list(other, "2026-W47", &[song]), &[]).unwrap();
    for who in [ada, other] {
        home.store.block(who, &BlockTarget::Tag("noise".to_owned()), at(0)).unwrap();
    }
    home.store.set_timezone(other, Some("Europe/Lisbon")).unwrap();
    home.store.merge(other, ada).unwrap();

    assert_eq!(home.listener("ada2"), ada);
    let history = home.history("ada");
    assert_eq!(
        history.listens.iter().map(|logged| logged.event.at).collect::<Vec<_>>(),
        [at(0), at(500)]
    );
    assert_eq!(history.counts, [(song, 3.0)]);
    assert_eq!(home.store.shown(ada, None).unwrap(), [song]);
    assert_eq!(home.store.blocks(ada, None).unwrap(), [BlockTarget::Tag("noise".to_owned())]);
    let listeners = home.store.listeners().unwrap();
    assert_eq!(listeners.len(), 1);
    assert_eq!(
        (listeners[0].name.as_deref(), listeners[0].timezone.as_deref()),
        (Some("ada"), Some("Europe/Lisbon"))
    );
    assert_eq!(home.store.history(other).unwrap().listens, []);
    // The other account goes on telling.
    home.import("b", &[play("ada2", monkey(), 9000)]);
    assert_eq!(home.history("ada").listens.len(), 3);
    home.store.merge(ada, ada).unwrap();
    assert_eq!(
        home.history("ada").listens.len(),
        3,
        "one listener merged into itself loses nothing"
    );
}

#[test]
fn a_background_person_merged_with_one_who_gets_lists_gets_lists() {
    let mut home = Home::new();
    home.import_as(&background("a"), &[play("ada2", credit("Low", "Monkey"), 0)]);
    home.import("b", &[play("ada", credit("Low", "Monkey"), 500)]);
    let into = home.background("ada2").unwrap();
    home.store.merge(home.listener("ada"), into).unwrap();
    let listeners = home.store.listeners().unwrap();
    assert_eq!((listeners[0].id, listeners[0].name.as_deref()), (into, Some("ada")));
    assert_eq!(home.history("ada").listens.len(), 2);
}

#[test]
fn whoever_is_deleted_is_gone_from_the_file() {
    let mut home = Home::new();
    let name = |n: usize| format!("{}-listener-number-{n:03}", "abcdefghij".repeat(n % 9));
    // Enough names, arriving in no order, that the table's pages were split and filled many times.
    let log: Vec<_> =
        (0..500).map(|n| play(&name(n * 7 % 500), credit("Low", "Monkey"), 0)).collect();
    home.import_as(
        &NewImport { listener: &name(250), source: "/home/abc/number-250.zip", ..source("a") },
        &log,
    );
    let gone = home.listener(&name(250));
    let song = home.recording("Monkey");
    home.store.record_list(&list(gone, "2026-W47", &[song]), &[]).unwrap();
    home.store.block(gone, &BlockTarget::Tag("secret-block".to_owned()), at(0)).unwrap();
    home.store.record(gone, song, &Event::new(Interaction::Like, at(0))).unwrap();
    let pseudonym = home.store.pseudonym(&name(250), Audience::Foreground);
    let before = home.store.totals().unwrap();
    assert!(contains(&home.bytes(), "number-250"));

    home.store.delete(gone).unwrap();

    let after =
        Totals { listens: before.listens - 2, listeners: before.listeners - 1, lists: 0, ..before };
    assert_eq!(home.store.totals().unwrap(), after);
    assert_eq!(home.store.listener(&name(250)).unwrap(), None);
    let bytes = home.bytes();
    for trace in ["number-250", "secret-block", &pseudonym] {
        assert!(!contains(&bytes, trace), "{trace}");
    }
    assert!(contains(&bytes, "number-251"));
    assert!(matches!(home.store.delete(gone), Err(Error::UnknownListener { .. })));
    // Whoever comes back is somebody new, and may import the same file.
    let again = NewImport { listener: &name(250), ..source("a") };
    assert!(home.import_as(&again, &log[..1]).is_some());
    assert_ne!(home.store.ensure_listener(&name(250)).unwrap(), gone);
}

#[test]
fn everybody_who_has_a_history_is_visited_once_in_order_and_nothing_after_the_moment_is_told() {
    let mut home = Home::new();
    let monkey = || credit("Low", "Monkey");
    home.import_as(&background("a"), &[play("bob", monkey(), 0), play("bob", monkey(), 100)]);
    home.import("b", &[play("ada", monkey(), 100), count("eve", monkey(), 4.0)]);
    home.store.ensure_listener("silent").unwrap();
    let visit = |before| {
        let mut visits = Vec::new();
        let mut each = |listener, history: &music::History| {
            visits.push((listener, history.listens.len(), history.counts.len()));
            // Whoever visits may ask the store other things meanwhile.
            assert!(home.store.history(listener).unwrap().listens.len() >= history.listens.len());
        };
        home.store.for_each_history(before, &mut each).unwrap();
        visits
    };
    let (bob, ada, eve) =
        (home.background("bob").unwrap(), home.listener("ada"), home.listener("eve"));
    assert_eq!(visit(None), [(bob, 2, 0), (ada, 1, 0), (eve, 0, 1)]);
    assert_eq!(visit(Some(at(100))), [(bob, 1, 0), (eve, 0, 1)]);
}
