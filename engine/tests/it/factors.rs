//! Does what was learned in one place help a person in another?

use engine::{Error, Folder, Mode, Unobserved};
use fs_err::File;
use store::Audience;

use crate::fixture::{Town, import_request, params, recordings, today, weekly};

/// A town in two halves: one person, and everybody else.
fn one_and_the_others(seed: u64) -> (Town, Vec<music::Listen>, Vec<music::Listen>) {
    let mut town = Town::new(params(150, 1500, 20, seed));

    let listens: Vec<_> = (0..20).flat_map(|week| town.world.play_week(week, &[])).collect();
    let name = town.names[0].clone();
    let (one, others) = listens
        .into_iter()
        .filter(|listen| listen.event.kind.is_listen())
        .partition(|listen| listen.listener.as_ref() == Some(&name));
    (town, one, others)
}

/// The share of a list that the town's first listener would love.
fn loved(town: &Town, folder: &Folder, list: &music::Playlist) -> f64 {
    let is_loved = |recording| {
        let uri = folder.store.recording(recording).unwrap().unwrap().entry.credit.spotify;
        uri.and_then(|uri| town.world.recording_of(&uri))
            .is_some_and(|recording| town.world.loves(0, recording))
    };
    let n_loved = recordings(list).into_iter().filter(|recording| is_loved(*recording)).count();
    n_loved as f64 / list.tracks.len() as f64
}

#[test]
fn one_export_and_one_background_log_make_a_list_clearly_better_than_popularity() {
    let (mut ours, mut popular) = (0.0, 0.0);
    for seed in 1..=5 {
        let (mut town, one, others) = one_and_the_others(seed);
        let (mine, shared) = (town.next_path("endsong_0.json"), town.next_path("shared.tsv"));
        listens::write_spotify(&one, &mut File::create(&mine).unwrap()).unwrap();
        listens::write_lastfm_1k(&others, &mut File::create(&shared).unwrap()).unwrap();
        town.import(&mine, Some("me"));
        engine::import(
            &mut town.folder,
            &import_request(&shared, None, Audience::Background),
            &mut Unobserved,
        )
        .unwrap();
        let snapshot = town.train();
        let week = town.week();
        let list = town.weekly(&snapshot, "me", week, Mode::DryRun);
        assert_eq!(list.tracks.len(), 30);
        ours += loved(&town, &town.folder, &list);
        let mut request = crate::fixture::weekly_request(&town.folder, "me", week, Mode::DryRun);
        request.scorer = engine::Scorer::Model(1);
        let list = engine::weekly(&mut town.folder, &snapshot, &request).unwrap();
        popular += loved(&town, &town.folder, &list);
    }
    // Twice as good is the promise of the demo; a model small enough for a debug build keeps most of it.
    assert!(
        ours > 1.5 * popular,
        "of 5 lists of 30, loved: ours {ours:.2}, popular {popular:.2} (sums of shares)"
    );
}

#[test]
fn vectors_learned_elsewhere_serve_a_person_who_is_alone_here() {
    let (mut town, one, others) = one_and_the_others(7);
    town.import_listens(&others);
    let snapshot = town.train();
    let file = town.path().join("shared.factors.zip");
    let exported = engine::export_factors(&town.folder, &snapshot, &file, 3).unwrap();
    assert!(exported.n_items > 300 && exported.n_withheld > 0, "{exported:?}");

    let home = tempfile::tempdir().unwrap();
    let mut folder = Folder::open(home.path()).unwrap();
    let mine = town.next_path("endsong_0.json");
    listens::write_spotify(&one, &mut File::create(&mine).unwrap()).unwrap();
    let request = import_request(&mine, Some("me"), Audience::Foreground);
    engine::import(&mut folder, &request, &mut Unobserved).unwrap();
    let imported = engine::import_factors(&mut folder, &file, today()).unwrap();
    let list = weekly(&mut folder, &imported, "me", town.week(), Mode::Keep).unwrap();
    assert_eq!(list.tracks.len(), 30);
    assert!(loved(&town, &folder, &list) > 0.2, "{:?}", loved(&town, &folder, &list));
    let sum: f32 = list.tracks[0].reason.contributions.iter().map(|part| part.share).sum();
    assert!((sum - list.tracks[0].score).abs() < 1e-4);
}

#[test]
fn a_factor_file_holds_no_listener() {
    let (mut town, _, others) = one_and_the_others(8);
    town.import_listens(&others);
    let snapshot = town.train();
    let file = town.path().join("shared.factors.zip");
    engine::export_factors(&town.folder, &snapshot, &file, 3).unwrap();
    let mut zip = zip::ZipArchive::new(File::open(&file).unwrap()).unwrap();
    for m in 0..zip.len() {
        let mut text = Vec::new();
        std::io::Read::read_to_end(&mut zip.by_index(m).unwrap(), &mut text).unwrap();
        let text = String::from_utf8_lossy(&text);
        for name in &town.names {
            assert!(
                !text.contains(&format!("\"{name}\""))
                    && !text.contains(&town.folder.store.pseudonym(name, Audience::Foreground))
            );
        }
    }
}

#[test]
fn what_is_no_factor_file_is_refused_and_what_served_still_serves() {
    let (mut town, _, others) = one_and_the_others(9);
    town.import_listens(&others);
    let serving = town.train().manifest.id;
    let file = town.path().join("some.zip");
    fs_err::write(&file, "no zip at all").unwrap();
    let error = engine::import_factors(&mut town.folder, &file, today()).unwrap_err();
    assert!(matches!(error, Error::FactorFile { .. }), "{error}");
    assert_eq!(engine::current_id(&town.folder.snapshots()).unwrap(), Some(serving));
}
