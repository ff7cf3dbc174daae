//! Is the slice cut from the training alone, and are the rungs made of all kinds of users?

use linalg::Csr;
use models::Heard;
use music::{ItemIx, RecordingId, Rows, UserIx};

use super::Slice;

type Training = Csr<UserIx, ItemIx, Heard>;

/// 999 users, the first with one item, the last with 40, of 60; every fifth pair is disliked.
fn training() -> (Training, Rows) {
    let pairs = (0..999_u32).flat_map(|u| {
        (0..=u * 40 / 999).map(move |k| {
            let heard = Heard { confidence: 1.0 + k as f32, age_days: 0.0, is_liked: k % 5 != 4 };
            (u, (u * 7 + k) % 60, heard)
        })
    });
    let rows = Rows::new((0..60).map(|id| RecordingId(id * 31)).collect());
    (Csr::from_triplets(999, 60, pairs.collect()), rows)
}

#[test]
fn every_pair_is_learned_from_or_asked_for_and_a_fifth_of_the_liked_are() {
    let (heard, rows) = training();
    let slice = Slice::cut(&heard, &rows, 0.2, 1).unwrap();
    let all = &slice.rungs[slice.top()].task;
    assert_eq!(all.heard.nnz() + all.counts.wanted, heard.nnz());
    for asked in &all.asked {
        let u = asked.user.unwrap().0 as usize;
        let (items, beliefs) = heard.row(u);
        let n_liked = beliefs.iter().filter(|heard| heard.is_liked).count();
        // A fifth, rounded to the nearest number.
        assert_eq!(asked.wanted.len(), (n_liked + 2) / 5, "{u}");
        for (item, gain) in asked.wanted.iter().zip(&asked.gains) {
            let at = items.binary_search(item).unwrap();
            assert!(beliefs[at].is_liked && beliefs[at].confidence == *gain);
            assert!(all.heard.row(u).0.binary_search(item).is_err());
        }
    }
}

#[test]
fn the_other_slices_are_a_quarter_as_large_and_ask_for_nothing_twice() {
    let (heard, rows) = training();
    let slice = Slice::cut(&heard, &rows, 0.2, 1).unwrap();
    let mut asked = Vec::new();
    for task in &slice.others {
        assert_eq!(task.heard.nnz() + task.counts.wanted, heard.nnz());
        let of = task.asked.iter().map(|one| (one.user.unwrap().0, one.wanted.clone()));
        asked.extend(of.flat_map(|(u, items)| items.into_iter().map(move |item| (u, item))));
        // A twentieth of each user's liked pairs, rounded up as all have fewer than twice twenty.
        let part = task.counts.wanted as f64 / slice.rungs[2].task.counts.wanted as f64;
        assert!((0.25..0.45).contains(&part), "{part}");
    }
    let n = asked.len();
    asked.sort_unstable();
    asked.dedup();
    assert_eq!((slice.others.len(), asked.len()), (4, n));
}

#[test]
fn rungs_hold_each_other_and_users_of_every_length() {
    let (heard, rows) = training();
    let slice = Slice::cut(&heard, &rows, 0.2, 1).unwrap();
    let users: Vec<usize> = slice.rungs.iter().map(|rung| rung.task.heard.n_rows()).collect();
    assert_eq!(users, [111, 333, 999]);
    let mean_length = |rung: usize| {
        let task = &slice.rungs[rung].task;
        (task.heard.nnz() + task.counts.wanted) as f64 / task.heard.n_rows() as f64
    };
    for rung in [0, 1] {
        assert!((mean_length(rung) - mean_length(2)).abs() < 0.2, "{rung}");
    }
    let rows_of = |rung: usize| {
        let heard = &slice.rungs[rung].task.heard;
        heard.rows().map(|(_, items, _)| items.to_vec()).collect::<Vec<_>>()
    };
    let (few, many) = (rows_of(0), rows_of(1));
    let mut places = many.iter();
    assert!(few.iter().all(|row| places.any(|other| other == row)));
}

#[test]
fn another_seed_cuts_elsewhere_and_the_same_one_does_not() {
    let (heard, rows) = training();
    let asked = |seed: u64| {
        let slice = Slice::cut(&heard, &rows, 0.2, seed).unwrap();
        slice.rungs.into_iter().map(|rung| rung.task.asked).collect::<Vec<_>>()
    };
    assert_eq!(asked(1), asked(1));
    assert_ne!(asked(1), asked(2));
    let fingerprint = |heard: &Training| Slice::cut(heard, &rows, 0.2, 1).unwrap().fingerprint;
    assert_eq!(fingerprint(&heard), fingerprint(&heard.map(|_, _, &one| one)));
    assert_ne!(
        fingerprint(&heard),
        fingerprint(&heard.map(|_, _, &one| Heard { confidence: 2.0, ..one }))
    );
}

#[test]
fn too_little_to_validate_with_is_said_and_few_users_are_one_rung() {
    let (heard, rows) = training();
    let few = |n: u32, share: f64| {
        let triplets = heard.rows().take(n as usize).flat_map(|(u, items, heard)| {
            let u = u32::try_from(u).unwrap();
            items.iter().zip(heard).map(move |(&item, &heard)| (u, item, heard)).collect::<Vec<_>>()
        });
        Slice::cut(&Csr::from_triplets(n as usize, 60, triplets.collect()), &rows, share, 1)
    };
    let error = few(20, 0.2).unwrap_err().to_string();
    assert!(error.contains("0.2 of each user's liked pairs is no pair"), "{error}");
    assert_eq!(few(200, 0.2).unwrap().rungs.len(), 1);
}
