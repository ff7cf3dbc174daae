//! Does an undone import take with it what it told, and nothing else?

use std::collections::BTreeMap;

use music::{CatalogueEntry, Credit, Entry, Event, ImportId, Interaction, Tag};
use proptest::prelude::{Just, ProptestConfig, Strategy, prop_oneof};
use proptest::{collection, prop_assert_eq, proptest};
use store::{Audience, Begun, BlockTarget, Error, NewImport, Undone};

use crate::home::{Home, act, at, catalogue, contains, count, credit, play, source};

#[test]
fn an_undone_import_takes_exactly_its_own_with_it() {
    let mut home = Home::new();
    let sinnerman = || credit("Nina Simone", "Sinnerman");
    home.import("a", &[play("ada", sinnerman(), 0), count("ada", sinnerman(), 2.0)]);
    let before = home.history("ada");
    let tags = vec![Tag { name: "soul".to_owned(), weight: 1.0 }];
    let same_and_more = [
        play("ada", sinnerman(), 0),
        play("ada", sinnerman(), 5000),
        count("ada", sinnerman(), 9.0),
        catalogue(CatalogueEntry { credit: sinnerman(), tags, ..CatalogueEntry::default() }),
    ];
    let import = home.import("b", &same_and_more).unwrap().id;
    assert_eq!(home.history("ada").listens.len(), 3);
    assert_eq!(
        home.store.undo_import(import, at(9)).unwrap(),
        Undone { listens: 2, counts: 1, tags: 1 }
    );
    assert_eq!(home.history("ada"), before);
    assert_eq!(home.store.by_tag("soul").unwrap(), []);
    assert_eq!(home.store.imports().unwrap()[1].undone_at, Some(at(9)));

    assert!(matches!(home.store.undo_import(import, at(9)), Err(Error::AlreadyUndone { .. })));
    assert!(matches!(
        home.store.undo_import(ImportId(77), at(9)),
        Err(Error::UnknownImport { .. })
    ));
    // Undone, it may come again, under another id.
    assert_ne!(home.import("b", &same_and_more).unwrap().id, import);
}

#[test]
fn what_was_told_at_the_terminal_is_of_no_import() {
    let mut home = Home::new();
    let import = home.import("a", &[play("ada", credit("Low", "Monkey"), 0)]).unwrap().id;
    let like = Event::new(Interaction::Like, at(3));
    home.store.record(home.listener("ada"), home.recording("Low - Monkey"), &like).unwrap();
    home.store.undo_import(import, at(9)).unwrap();
    let left = home.history("ada").listens;
    assert_eq!(
        left.iter().map(|logged| (logged.import, &logged.event)).collect::<Vec<_>>(),
        [(ImportId(0), &like)]
    );
}

#[test]
fn whoever_is_left_with_nothing_goes_with_the_import_and_may_come_again_in_the_background() {
    let mut home = Home::new();
    let monkey = || credit("Low", "Monkey");
    let names = ["stays-by-a-like", "stays-by-a-block", "stays-by-a-log", "goes-with-the-log"];
    let log = names.map(|name| play(name, monkey(), 0));
    let import = home.import("a", &log).unwrap().id;
    home.import("b", &[count(names[2], monkey(), 1.0)]);
    let like = Event::new(Interaction::Like, at(3));
    home.store.record(home.listener(names[0]), home.recording("Monkey"), &like).unwrap();
    let noise = BlockTarget::Tag("noise".to_owned());
    home.store.block(home.listener(names[1]), &noise, at(0)).unwrap();
    assert!(contains(&home.bytes(), names[3]));
    home.store.undo_import(import, at(9)).unwrap();
    let left = home.store.listeners().unwrap().into_iter().map(|listener| listener.name.unwrap());
    assert_eq!(left.collect::<Vec<_>>(), names[..3]);
    assert!(!contains(&home.bytes(), names[3]));

    let background = NewImport { audience: Audience::Background, ..source("a") };
    home.import_as(&background, &log).unwrap();
    let totals = home.store.totals().unwrap();
    assert_eq!((totals.listeners, totals.background_listeners), (3, 4));
    assert!(!contains(&home.bytes(), names[3]));
}

#[derive(Clone, Debug)]
enum Step {
    Import(usize),
    /// So many lines, and then the process ends.
    Cut(usize, usize),
    Undo(usize),
}

/// What a log says of each listener, by names, as ids depend on who came first.
type Said = BTreeMap<String, (Vec<(String, Event)>, Vec<(String, f64)>)>;

fn said(home: &Home) -> Said {
    let title = |id| home.store.recording(id).unwrap().unwrap().entry.credit.title;
    let mut said = Said::new();
    for listener in home.store.listeners().unwrap() {
        let history = home.store.history(listener.id).unwrap();
        let mut listens: Vec<_> = history
            .listens
            .into_iter()
            .map(|logged| (title(logged.recording), logged.event))
            .collect();
        listens.sort_by_key(|(title, event)| (title.clone(), event.at, event.kind.clone()));
        let mut counts: Vec<_> =
            history.counts.into_iter().map(|(recording, n)| (title(recording), n)).collect();
        counts.sort_by(|a, b| a.0.cmp(&b.0));
        if !listens.is_empty() || !counts.is_empty() {
            said.insert(listener.name.unwrap(), (listens, counts));
        }
    }
    said
}

fn entries() -> impl Strategy<Value = Vec<Entry>> {
    let titled =
        |n: u8| Credit { item: Some(format!("i{n}")), ..credit("Low", &format!("Song {n}")) };
    let names = prop_oneof![Just("ada"), Just("bob")];
    let entry =
        (names, 0..4_u8, 0..200_i64, 0..3_u8).prop_map(move |(name, n, secs, kind)| match kind {
            0 => play(name, titled(n), secs),
            1 => act(Interaction::Like, name, titled(n), secs),
            _ => count(name, titled(n), 1.0 + f64::from(n)),
        });
    collection::vec(entry, 0..12)
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (0..3_u8, 0..3_usize, 0..12_usize).prop_map(|(step, log, n)| match step {
        0 => Step::Import(log),
        1 => Step::Cut(log, n),
        _ => Step::Undo(log),
    });
    collection::vec(step, 0..12)
}

proptest! {
    // Each case writes half a dozen files.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn imports_and_undos_in_any_order_leave_what_was_not_undone(
        logs in collection::vec(entries(), 3),
        steps in steps(),
    ) {
        let mut home = Home::new();
        // The logs that hold, in the order in which they were begun: the newest decides counts.
        let mut holding: Vec<(usize, ImportId)> = Vec::new();
        for step in steps {
            match step {
                Step::Import(log) => {
                    let done = home.import(&log.to_string(), &logs[log]).map(|summary| (log, summary.id));
                    holding.extend(done.filter(|begun| !holding.contains(begun)));
                }
                Step::Cut(log, n) => {
                    let begun = home.store.begin_import(&source(&log.to_string())).unwrap();
                    if let Begun::New(import) | Begun::Resumed(import) = begun {
                        home.store.append(import, &logs[log][..n.min(logs[log].len())]).unwrap();
                        home.store.pause_import().unwrap();
                        holding.extend(Some((log, import)).filter(|begun| !holding.contains(begun)));
                    }
                    home.reopen();
                }
                Step::Undo(log) => {
                    if let Some(place) = holding.iter().position(|(held, _)| *held == log) {
                        home.store.undo_import(holding.remove(place).1, at(0)).unwrap();
                    }
                }
            }
        }
        let mut plain = Home::new();
        for (log, _) in holding {
            // What was cut off is finished.
            home.import(&log.to_string(), &logs[log]);
            plain.import(&log.to_string(), &logs[log]);
        }
        prop_assert_eq!(said(&home), said(&plain));
    }
}
