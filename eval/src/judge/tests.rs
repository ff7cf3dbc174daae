//! Is a model worth what paper and pencil say, whatever form its scores come in?

use std::collections::BTreeMap;

use linalg::{Csr, Matrix};
use models::{Array, Heard, History, Moment, Outcome, Query, Recommender};
use music::{ItemIx, RecordingId, Rows, UserIx};

use super::{judge, metric_names};
use crate::{Asked, Counts, Judgement, Split, Task};

/// A model that scores as it is told `[n_users × n_items]`.
#[derive(Debug)]
struct Told {
    scores: Matrix,
    /// Unit vectors, one a user.
    users: Matrix,
    /// A user's score in the user's dimension.
    items: Matrix,
    has_vectors: bool,
}

impl Told {
    fn new(scores: &[&[f32]], has_vectors: bool) -> Self {
        let (n_users, n_items) = (scores.len(), scores[0].len());
        let mut users = Matrix::zeros(n_users, n_users);
        let mut items = Matrix::zeros(n_items, n_users);
        for (u, of_user) in scores.iter().enumerate() {
            users.row_mut(u)[u] = 1.0;
            for (i, &score) in of_user.iter().enumerate() {
                items.row_mut(i)[u] = score;
            }
        }
        Self {
            scores: Matrix::from_vec(n_users, n_items, scores.concat()),
            users,
            items,
            has_vectors,
        }
    }
}

impl Recommender for Told {
    fn n_items(&self) -> usize {
        self.items.n_rows()
    }

    /// The last user; the first where there are moments.
    fn represent(&self, history: &History<'_>) -> Query {
        let user = if history.moments.is_empty() { self.users.n_rows() - 1 } else { 0 };
        Query::Dense(self.users.row(user).to_vec())
    }

    fn score_batch(&self, queries: &[Query], scores: &mut Matrix) {
        for (row, query) in queries.iter().enumerate() {
            let Query::Dense(vector) = query else { panic!("a vector expected") };
            let u = vector.iter().position(|&x| x == 1.0).unwrap();
            scores.row_mut(row).copy_from_slice(self.scores.row(u));
        }
    }

    fn explain(&self, _history: &History<'_>, _item: ItemIx) -> Option<Vec<f32>> {
        None
    }

    fn item_vectors(&self) -> Option<&Matrix> {
        self.has_vectors.then_some(&self.items)
    }

    fn user_vectors(&self) -> Option<&Matrix> {
        Some(&self.users)
    }

    fn arrays(&self) -> BTreeMap<String, Array> {
        BTreeMap::new()
    }
}

/// Three users of whom two learned: the first has items 0 and 1, the second 0; five items.
fn task() -> Task {
    let heard = Heard { confidence: 1.0, age_days: 0.0, is_liked: true };
    let pairs = vec![(0, 0, heard), (0, 1, heard), (1, 0, heard)];
    let asked = |user: Option<u32>, wanted: &[u32], unseen: &[f32]| Asked {
        user: user.map(UserIx),
        wanted: wanted.to_vec(),
        gains: vec![1.0; wanted.len()],
        unseen: unseen.to_vec(),
        ..Asked::default()
    };
    let asked =
        vec![asked(Some(0), &[2, 4], &[]), asked(Some(1), &[1], &[1.0]), asked(None, &[3], &[])];
    let rows = Rows::new((0..5).map(RecordingId).collect());
    Task::new(Split::Files, Csr::from_triplets(2, 5, pairs), rows, asked, Counts::default())
}

/// The first user's order is 0 1 3 2 4, less what is known 3 2 4; the second's 4 3 2 1; the stranger's 3 and then a tie.
const SCORES: [&[f32]; 3] =
    [&[9.0, 8.0, 6.0, 7.0, 5.0], &[9.0, 1.0, 2.0, 3.0, 4.0], &[0.5, 0.5, 0.5, 1.0, 0.5]];

fn mean(judgement: &Judgement, ks: &[usize], name: &str) -> Option<f64> {
    let place = metric_names(ks).iter().position(|metric| metric.name == name).unwrap();
    judgement.per_user.means()[place]
}

#[test]
fn what_came_of_a_strangers_listens_is_shown_too() {
    let mut task = task();
    let recall = |task: &Task| {
        let judgement = judge(task, &Told::new(&SCORES, true), &[2]);
        let place = metric_names(&[2]).iter().position(|metric| metric.name == "recall@2").unwrap();
        judgement.per_user.value(2, place)
    };
    assert_eq!(recall(&task), Some(1.0));
    task.asked[2].moments = vec![Moment {
        item: ItemIx(2),
        age_days: 0.0,
        outcome: Outcome::Liked,
        hour: None,
        device: None,
        weight: 1.0,
    }];
    // The first user's order is 0 1 3.
    assert_eq!(recall(&task), Some(0.0));
}

#[test]
fn a_model_is_worth_what_its_lists_are() {
    for has_vectors in [true, false] {
        let judgement = judge(&task(), &Told::new(&SCORES, has_vectors), &[2, 3]);
        let check = |name: &str, expected: f64| {
            let got = mean(&judgement, &[2, 3], name).unwrap();
            assert!((got - expected).abs() < 1e-5, "{name}: {expected} expected, got {got}");
        };
        // Places: 2 and 4 at 1 and 2 of three; 1 at 3 of four, and one unseen; 3 at 0 of five.
        check("recall@2", (0.5 + 0.0 + 1.0) / 3.0);
        check("recall@3", (1.0 + 0.0 + 1.0) / 3.0);
        check("precision@3", (2.0 / 3.0 + 0.0 + 1.0 / 3.0) / 3.0);
        check("ndcg@2", (0.63093 / 1.63093 + 0.0 + 1.0) / 3.0);
        check("mrr@3", (0.5 + 0.0 + 1.0) / 3.0);
        // Below the relevant ones: 0 and 0 of one other; 0 of three others and none for the unseen; 4 of four.
        check("auc", (0.0 + 0.0 + 1.0) / 3.0);
        // Lists of two: 3 2, 4 3, 3 0. Of the three first only the last has an item that a user has: 0, with 2 of 2.
        check("popularity@2", (0.0 + 0.0 + (0.0 + 1.0) / 2.0) / 3.0);
        // Histories: (1 + 0.5)/2 and 1; the stranger has none and does not count.
        check("popularity_lift@2", -1.0);
        // Four items in lists of two: 3, 2, 4, 0.
        assert_eq!(judgement.exposure[0].1, 4.0 / 5.0);
        // The stranger's 3 stands alone at the top.
        assert_eq!(judgement.ties, 0);
    }
}

#[test]
fn both_ways_to_rank_give_the_same_numbers() {
    let of = |has_vectors| judge(&task(), &Told::new(&SCORES, has_vectors), &[1, 2, 5, 50]);
    assert_eq!(of(true), of(false));
}

#[test]
fn a_perfect_model_scores_1_and_a_reversed_one_0() {
    let mut task = task();
    task.asked[1].unseen.clear();
    let perfect =
        [&[0.0, 0.0, 1.0, 0.0, 1.0][..], &[0.0, 1.0, 0.0, 0.0, 0.0], &[0.0, 0.0, 0.0, 1.0, 0.0]];
    let reversed: Vec<Vec<f32>> =
        perfect.iter().map(|of| of.iter().map(|x| -x).collect()).collect();
    let reversed: Vec<&[f32]> = reversed.iter().map(Vec::as_slice).collect();
    for (scores, worth) in [(&perfect[..], 1.0), (&reversed, 0.0)] {
        let judgement = judge(&task, &Told::new(scores, true), &[1]);
        for name in ["truncated_recall@1", "ndcg@1", "truncated_map@1", "mrr@1", "auc"] {
            assert_eq!(mean(&judgement, &[1], name), Some(worth), "{name}");
        }
    }
}

#[test]
fn items_without_common_users_are_as_diverse_as_can_be() {
    let heard = Heard { confidence: 1.0, age_days: 0.0, is_liked: true };
    // Items 0 and 1 have the same two users, 2 one of them, 3 another, 4 nobody.
    let pairs = [(0, 0), (1, 0), (0, 1), (1, 1), (0, 2), (2, 3)].map(|(u, i)| (u, i, heard));
    let task = Task { heard: Csr::from_triplets(3, 5, pairs.to_vec()), ..task() };
    let users = super::Users::of(&task);
    let check = |list: &[u32], expected: f64| {
        let got = users.diversities(list, &[list.len()])[0].unwrap();
        assert!((got - expected).abs() < 1e-12, "{list:?}: {expected} expected, got {got}");
    };
    check(&[0, 1], 0.0);
    check(&[0, 3], 1.0);
    check(&[0, 4], 1.0);
    // cos(0, 2) = 1/√2, and it stands twice in six ordered pairs.
    check(&[0, 2, 3], 1.0 - 2.0 * 0.5_f64.sqrt() / 6.0);
    let two = users.diversities(&[0, 2], &[2])[0];
    assert_eq!(users.diversities(&[0, 2, 3], &[2, 1, 9])[..2], [two, None]);
    assert_eq!(users.diversities(&[0], &[1, 2]), [None, None]);
}

#[test]
fn every_metric_is_in_the_docs() {
    let page = include_str!("../../../docs/metrics.md").replace("\\|", "|");
    for metric in metric_names(&[20]) {
        let name = metric.name.replace("@20", "@k");
        assert!(page.contains(&format!("`{name}`")), "{name} expected in docs/metrics.md");
    }
    for metric in measure::ACCURACY {
        assert!(page.contains(metric.formula), "{}: {} expected", metric.name, metric.formula);
    }
}
