//! Is a recording that came after the training in lists, where a model knows what to make of its features?

use std::collections::{BTreeMap, BTreeSet};

use engine::{Mode, Snapshot, Subject, TrainRequest, Unobserved, similar};
use linalg::Matrix;
use models::{Array, History, ItemFeatures, Query, Recommender};
use music::{ItemIx, RecordingId};

use crate::fixture::{Town, import_request, params, recordings, today};

/// A model that gives a recording which it never saw the mean vector of its artist's.
#[derive(Debug)]
struct ByArtist {
    model: Box<dyn Recommender>,
    /// Sum and number of the vectors of each artist's recordings.
    artists: BTreeMap<u64, (Vec<f32>, f32)>,
}

impl ByArtist {
    fn of(model: Box<dyn Recommender>, features: &ItemFeatures) -> Self {
        let words = features.words("artist").unwrap();
        let vectors = model.item_vectors().unwrap();
        let mut artists: BTreeMap<u64, (Vec<f32>, f32)> = BTreeMap::new();
        for (row, columns, _) in words.of.rows() {
            for column in columns {
                let new = || (vec![0.0; vectors.dim()], 0.0);
                let sum = artists.entry(words.keys[*column as usize]).or_insert_with(new);
                linalg::add_scaled(&mut sum.0, 1.0, vectors.row(row));
                sum.1 += 1.0;
            }
        }
        Self { model, artists }
    }
}

impl Recommender for ByArtist {
    fn n_items(&self) -> usize {
        self.model.n_items()
    }

    fn represent(&self, history: &History<'_>) -> Query {
        self.model.represent(history)
    }

    fn score_batch(&self, queries: &[Query], scores: &mut Matrix) {
        self.model.score_batch(queries, scores);
    }

    fn explain(&self, history: &History<'_>, item: ItemIx) -> Option<Vec<f32>> {
        self.model.explain(history, item)
    }

    fn represent_features(&self, features: &ItemFeatures) -> Option<Matrix> {
        let dim = self.model.item_vectors().unwrap().dim();
        let mut vectors = Matrix::zeros(features.n_items, dim);
        for (row, columns, _) in features.words("artist").iter().flat_map(|words| words.of.rows()) {
            for column in columns {
                let key = features.words("artist").unwrap().keys[*column as usize];
                if let Some((sum, n)) = self.artists.get(&key) {
                    linalg::add_scaled(vectors.row_mut(row), 1.0 / n, sum);
                }
            }
        }
        Some(vectors)
    }

    fn item_vectors(&self) -> Option<&Matrix> {
        self.model.item_vectors()
    }

    fn arrays(&self) -> BTreeMap<String, Array> {
        self.model.arrays()
    }
}

/// The snapshot with a model that looks at features.
fn looking(town: &Town, mut snapshot: Snapshot) -> Snapshot {
    let newest = snapshot.manifest.knows_until;
    let features = engine::features(&town.folder, &snapshot.rows, &snapshot.lengths, newest);
    let fitted = snapshot.models.remove(0);
    let recommender = Box::new(ByArtist::of(fitted.recommender, &features.unwrap()));
    snapshot.models.insert(0, engine::Fitted { recommender, ..fitted });
    snapshot
}

/// Imports one more recording of every artist.
pub(crate) fn import_one_by_each_artist(town: &mut Town) -> BTreeSet<RecordingId> {
    let mut known = BTreeSet::new();
    let mut artists = BTreeSet::new();
    town.folder.store.for_each_basics(&mut |basics| known.extend([basics.id])).unwrap();
    let ids: Vec<_> = known.iter().copied().collect();
    for recording in town.folder.store.recordings(&ids).unwrap() {
        artists.insert(recording.entry.credit.artist);
    }
    let line = |artist: &String| {
        format!("{}\n", serde_json::json!({ "artist": artist, "title": "Out yesterday" }))
    };
    let path = town.next_path("catalogue.jsonl");
    fs_err::write(&path, artists.iter().map(line).collect::<String>()).unwrap();
    let request = import_request(&path, None, store::Audience::Foreground);
    engine::import(&mut town.folder, &request, &mut Unobserved).unwrap();
    let mut new = BTreeSet::new();
    town.folder.store.for_each_basics(&mut |basics| new.extend([basics.id])).unwrap();
    &new - &known
}

/// Two towers, small enough for a debug build.
pub(crate) fn train_two_towers(town: &Town) {
    let spec = "two-tower:dim=8,hidden=16,epochs=3,batch=128,uniform_negatives=32";
    let models = vec![spec.parse().unwrap()];
    let request = TrainRequest { models, as_of: None, now: today() };
    engine::train(&town.folder, &request, &mut Unobserved).unwrap();
}

#[test]
fn a_recording_that_came_after_the_training_is_in_lists_and_is_like_others() {
    let mut town = Town::after_all_weeks(params(24, 240, 6, 5));
    let snapshot = town.train();
    let new = import_one_by_each_artist(&mut town);
    assert!(!new.is_empty());
    let snapshot = snapshot.with_new(&town.folder).unwrap();
    assert_eq!(snapshot.rows.n_more(), 0, "the model makes nothing of features");

    let (week, listener) = (town.week(), town.names[3].clone());
    let is_new = |recordings: Vec<RecordingId>| recordings.iter().any(|id| new.contains(id));
    let before = town.weekly(&snapshot, &listener, week, Mode::DryRun);
    assert!(!is_new(recordings(&before)));
    let (n_own, snapshot) = (snapshot.rows.len(), looking(&town, snapshot));
    let snapshot = snapshot.with_new(&town.folder).unwrap();
    assert!(new.iter().all(|id| snapshot.rows.ix(*id).is_some_and(|ix| ix.0 as usize >= n_own)));
    let list = town.weekly(&snapshot, &listener, week, Mode::DryRun);
    assert!(is_new(recordings(&list)));
    let track = list.tracks.iter().find(|track| new.contains(&track.recording)).unwrap();
    assert!(track.reason.text.contains("New here") || track.propensity.is_some(), "{track:?}");
    let again = town.weekly(&snapshot, &listener, week, Mode::DryRun);
    assert_eq!(again, list);

    let subject = Subject::Recording(track.recording);
    let alike = similar(&town.folder, &snapshot, &subject, 3, today()).unwrap();
    assert!(alike[0].similarity > 0.5, "{alike:?}");
    assert_eq!(
        snapshot.with_new(&town.folder).unwrap().rows.n_more(),
        new.len() + unheard(&town, n_own, &new)
    );
}

#[test]
fn two_towers_put_what_came_after_their_training_into_lists() {
    let mut town = Town::after_all_weeks(params(24, 240, 6, 5));
    train_two_towers(&town);
    let new = import_one_by_each_artist(&mut town);
    // As a command does it: from the disk.
    let snapshot = Snapshot::serving(&town.folder).unwrap();
    assert!(new.iter().all(|id| snapshot.rows.ix(*id).is_some()));
    let (week, names) = (town.week(), town.names.clone());
    let lists = names.iter().take(6).map(|name| town.weekly(&snapshot, name, week, Mode::Keep));
    let shown: BTreeSet<RecordingId> = lists.flat_map(|list| recordings(&list)).collect();
    assert!(shown.iter().any(|id| new.contains(id)), "none of {} in any list", new.len());
}

#[test]
fn so_do_a_blend_and_two_stages_of_which_one_model_looks_at_features() {
    let towers = "two-tower(dim=8,hidden=16,epochs=3,batch=128,uniform_negatives=32)";
    for spec in [
        format!("blend:{towers}=2+ials(dim=8,iterations=4)=1"),
        format!("hybrid:first=blend({towers}=2+item-knn=1),hidden=4,epochs=2"),
    ] {
        let mut town = Town::after_all_weeks(params(24, 240, 6, 5));
        let models = vec![spec.parse().unwrap()];
        let request = TrainRequest { models, as_of: None, now: today() };
        engine::train(&town.folder, &request, &mut Unobserved).unwrap();
        let new = import_one_by_each_artist(&mut town);
        let snapshot = Snapshot::serving(&town.folder).unwrap();
        assert!(new.iter().all(|id| snapshot.rows.ix(*id).is_some()), "{spec}");
        let (week, names) = (town.week(), town.names.clone());
        let mut shown = BTreeSet::new();
        for name in names.iter().take(8) {
            let list = town.weekly(&snapshot, name, week, Mode::Keep);
            assert!(list.tracks.iter().all(|track| !track.reason.text.is_empty()), "{spec}");
            shown.extend(recordings(&list));
        }
        assert!(shown.iter().any(|id| new.contains(id)), "{spec}: none of {}", new.len());
    }
}

/// Recordings of the world that nobody has heard, which have no row of the training either.
fn unheard(town: &Town, n_own: usize, new: &BTreeSet<RecordingId>) -> usize {
    let mut n = 0;
    town.folder.store.for_each_basics(&mut |_| n += 1).unwrap();
    n - n_own - new.len()
}
