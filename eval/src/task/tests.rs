//! Is everybody asked for what is new to them, and nobody for anything else?

use std::path::Path;

use engine::Unobserved;
use listens::Layout;

use super::{Cut, Source, Task, Values};
use crate::Error;

fn task(train: &str, test: &str, layout: Layout, values: Values) -> Result<Task, Error> {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs_err::write(&path, text).unwrap();
        path
    };
    let (train, test) = (write("train", train), write("test", test));
    let source = Source { path: &train, layout, columns: &[], values, replays: false };
    Task::from_files(source, &test, &mut Unobserved)
}

#[test]
fn replays_dislikes_strangers_and_unseen_items_go_where_they_belong() {
    let train = "user,item,value\nada,x,3\nada,y,1\nbob,y,2\nbob,z,0.5\n";
    // ada: z is new, x a replay, w unseen; bob: x disliked, so nothing is left; cyd: a stranger who wants y.
    let test = "user,item,value\nada,x,1\nada,z,2\nada,w,4\nbob,x,-1\ncyd,y,1e0\n";
    let task = task(train, test, Layout::Guess, Values::Confidence).unwrap();
    let counts = task.counts;
    assert_eq!((counts.test_pairs, counts.wanted, counts.unseen), (5, 3, 1));
    assert_eq!((counts.replays, counts.disliked, counts.strangers), (1, 1, 1));
    let [ada, cyd] = task.asked.as_slice() else { panic!("two users expected: {:?}", task.asked) };
    assert_eq!((ada.gains.as_slice(), ada.unseen.as_slice()), (&[2.0][..], &[4.0][..]));
    assert_eq!(ada.user.unwrap().0, 0);
    assert_eq!((cyd.user, cyd.wanted.len()), (None, 1));
    let (known, heard) = task.heard.row(0);
    assert!(!known.contains(&ada.wanted[0]));
    assert_eq!(heard.iter().map(|heard| heard.confidence).sum::<f32>(), 4.0);
}

#[test]
fn binary_values_say_only_whether_there_is_a_pair() {
    let task =
        task("u,i,v\na,x,9\na,y,-3\n", "u,i,v\na,z,5\nb,x,2\n", Layout::Guess, Values::Binary)
            .unwrap();
    assert!(task.heard.row(0).1.iter().all(|heard| heard.confidence == 1.0));
    assert_eq!(task.heard.row(0).1.iter().filter(|heard| heard.is_liked).count(), 1);
    assert_eq!(
        (task.asked[0].unseen.as_slice(), task.asked[1].gains.as_slice()),
        (&[1.0][..], &[1.0][..])
    );
}

#[test]
fn lists_and_tables_of_the_same_pairs_are_the_same_task() {
    let lists = task("0 5 6\n1 6 7\n", "0 7\n1 5 9\n2\n", Layout::Guess, Values::Binary).unwrap();
    let table = "0,5\n0,6\n1,6\n1,7\n";
    let table = task(table, "0\t7\n1\t5\n1\t9\n", Layout::Guess, Values::Binary).unwrap();
    assert_eq!(lists.asked, table.asked);
    assert_eq!(lists.counts, table.counts);
}

#[test]
fn what_cannot_be_asked_is_said() {
    let sentence = |train: &str, test: &str| {
        let error = task(train, test, Layout::Guess, Values::Binary).unwrap_err().to_string();
        error.replace(std::env::temp_dir().to_str().unwrap(), "")
    };
    let all_known = sentence("0 5 6\n", "0 5\n");
    assert!(all_known.contains("got 1 pairs, 1 of them in the training"), "{all_known}");
    assert!(sentence("0 5 6\n", "").contains("it has no line"), "{}", sentence("0 5 6\n", ""));
    let nan = sentence("0 5 6\n", "u,i,v\n0,5,NaN\n");
    assert!(nan.contains("not a finite number"), "{nan}");
    let path = Path::new("/no/such");
    let source = Source {
        path,
        layout: Layout::Guess,
        columns: &[],
        values: Values::Binary,
        replays: false,
    };
    let missing = Task::from_files(source, path, &mut Unobserved).unwrap_err().to_string();
    assert!(missing.contains("/no/such"), "{missing}");
}

/// Thirty users with ten items each.
fn cut(cut: Cut, seed: u64) -> Result<Task, Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pairs");
    let lines = (0..30).map(|u| {
        let items = (0..10).map(|k| format!(" {}", (u * 7 + k * 3) % 40));
        format!("{u}{}\n", items.collect::<String>())
    });
    fs_err::write(&path, lines.collect::<String>()).unwrap();
    let source = Source {
        path: &path,
        layout: Layout::Guess,
        columns: &[],
        values: Values::Binary,
        replays: false,
    };
    Task::from_table(source, cut, seed, &mut Unobserved)
}

#[test]
fn a_share_of_the_pairs_is_asked_for_and_the_rest_is_learned() {
    let task = cut(Cut::Pairs(0.2), 1).unwrap();
    assert_eq!((task.heard.n_rows(), task.heard.nnz(), task.counts.wanted), (30, 240, 60));
    for asked in &task.asked {
        let (known, _) = task.heard.row(asked.user.unwrap().0 as usize);
        assert!(asked.wanted.iter().all(|item| !known.contains(item)));
    }
    assert_ne!(cut(Cut::Pairs(0.2), 2).unwrap().asked, task.asked);
    let nothing = cut(Cut::Pairs(1.0), 1).unwrap_err().to_string();
    assert!(nothing.contains("nothing to learn from"), "{nothing}");
    assert!(
        cut(Cut::Pairs(0.0), 1).unwrap_err().to_string().contains("nothing is left to ask for")
    );
}

#[test]
fn held_out_users_are_shown_a_part_of_their_own_and_asked_for_the_rest() {
    let task = cut(Cut::Users(0.2), 1).unwrap();
    assert_eq!((task.heard.n_rows(), task.asked.len(), task.counts.strangers), (24, 6, 0));
    for asked in &task.asked {
        assert_eq!((asked.user, asked.shown.len(), asked.believed.len()), (None, 8, 8));
        assert_eq!(asked.wanted.len() + asked.unseen.len(), 2);
        assert!(asked.shown.is_sorted());
    }
}
