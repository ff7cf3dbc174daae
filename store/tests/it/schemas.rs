//! Does a store that an older undersong wrote open, with all that it holds?

use music::{Interaction, RecordingId, Settings};
use rusqlite::Connection;
use store::Store;

/// Before lines had a table of their own for what was said of them.
const STORES: [&str; 2] =
    [include_str!("golden/schema-1.sql"), include_str!("golden/schema-2.sql")];
const SCHEMA_3: &str = include_str!("golden/schema-3.sql");

fn all() -> impl Iterator<Item = &'static str> {
    STORES.into_iter().chain([SCHEMA_3])
}

#[test]
fn a_store_of_any_older_schema_opens_with_all_that_it_holds() {
    for dump in all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("undersong.db");
        Connection::open(&path).unwrap().execute_batch(dump).unwrap();
        // Twice: once it is made anew, then it is as new.
        for _ in 0..2 {
            let store = Store::open(&path).unwrap();
            let ada = store.listener("ada").unwrap().unwrap().id;
            let listens = store.history(ada).unwrap().listens;
            let kinds: Vec<_> = listens.iter().map(|logged| &logged.event.kind).collect();
            assert_eq!(kinds, [&Interaction::Play, &Interaction::Like, &Interaction::Play]);
            let monkey = store.recording(RecordingId(1)).unwrap().unwrap();
            assert_eq!(monkey.entry.credit.release.as_deref(), Some("The Great Destroyer"));
            assert_eq!(monkey.tags()[0].name, "slowcore");
            store.replace_imputed(&[], &[]).unwrap();
            assert_eq!(store.settings(ada).unwrap(), Settings::default());
        }
    }
}

#[test]
fn lists_of_an_older_store_say_what_they_said() {
    for dump in STORES {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("undersong.db");
        let old = Connection::open(&path).unwrap();
        old.execute_batch(dump).unwrap();
        old.execute_batch(
            "INSERT INTO lists (id, listener, kind, week, size, made_at, snapshot, seed)
                SELECT 9, listener, 'weekly-exploration', '2026-W10', 30, 0, '0001', 7 FROM names WHERE name = 'ada';
            INSERT INTO ledger (list, position, recording, score, told, policy, propensity)
                VALUES (9, 1, 1, 0.5, 'because', 'top', 1.0);",
        )
        .unwrap();
        drop(old);
        let store = Store::open(&path).unwrap();
        let ada = store.listener("ada").unwrap().unwrap().id;
        let lists = store.lists(ada).unwrap();
        let newest = &lists.last().unwrap().1;
        let lines: Vec<&str> = newest.lines.iter().map(|line| line.told.as_str()).collect();
        assert_eq!(lines, ["because"]);
    }
}

#[test]
fn every_line_shown_before_there_were_other_kinds_of_lists_claimed_to_be_new() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("undersong.db");
    Connection::open(&path).unwrap().execute_batch(STORES[1]).unwrap();
    let store = Store::open(&path).unwrap();
    let ada = store.listener("ada").unwrap().unwrap().id;
    let (id, list) = store.lists(ada).unwrap().pop().unwrap();
    assert_eq!(list.lines.iter().map(|line| line.is_new).collect::<Vec<_>>(), [true]);
    assert_eq!(store.shown(ada, None).unwrap(), [RecordingId(3)]);
    assert_eq!(store.slots(id).unwrap(), []);
}

/// Whoever changes a step leaves stores behind that lack the change.
#[test]
fn a_new_store_has_the_tables_of_an_old_one_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let tables = |dump: Option<&str>, name: &str| {
        let path = folder.path().join(name);
        if let Some(dump) = dump {
            Connection::open(&path).unwrap().execute_batch(dump).unwrap();
        }
        Store::open(&path).unwrap();
        let db = Connection::open(&path).unwrap();
        let mut query = db
            .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
            .unwrap();
        let tables = query.query_map([], |row| row.get::<_, String>(0)).unwrap();
        tables.collect::<Result<Vec<_>, _>>().unwrap()
    };
    let new = tables(None, "new.db");
    for (n, dump) in all().enumerate() {
        assert_eq!(tables(Some(dump), &format!("{n}.db")), new);
    }
}
