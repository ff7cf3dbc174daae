//! Does what a listener names make a list that says why, and fade as listens come?

use engine::{Mode, OnboardRequest, Outcome, TrainRequest, Unobserved, Whose};
use music::{End, Event, Interaction, Listen, Playlist};

use crate::fixture::{Town, params, today, weekly, weekly_all, weekly_request};

/// The artists whom most listeners of the town like, and the folder's answer to a newcomer who names them.
fn named(town: &mut Town, n: usize) -> Vec<String> {
    let snapshot = town.train();
    let ids = snapshot.rows.ids().to_vec();
    let mut liked: Vec<_> = ids.iter().copied().zip(snapshot.liked_by.iter().copied()).collect();
    liked.sort_by_key(|(id, n)| (std::cmp::Reverse(*n), *id));
    let mut names: Vec<String> = Vec::new();
    for (id, _) in liked {
        let artist = town.folder.store.recording(id).unwrap().unwrap().entry.credit.artist;
        if !names.contains(&artist) {
            names.push(artist);
        }
    }
    names.truncate(n);
    names
}

fn onboard(town: &mut Town, artists: &[String]) {
    let listener = "newcomer".to_owned();
    let (artists, tags, country) = (artists.to_vec(), Vec::new(), None);
    let request = OnboardRequest { listener, artists, tags, country, now: today() };
    engine::onboard(&mut town.folder, &request).unwrap();
}

fn share_of_most(list: &Playlist) -> f32 {
    let contributions = list.tracks.iter().flat_map(|track| &track.reason.contributions);
    let of_most = contributions.filter(|it| it.title == "what most listeners here like");
    of_most.map(|it| it.share).sum::<f32>()
        / list.tracks.iter().map(|track| track.score).sum::<f32>()
}

fn sums_to_its_score(list: &Playlist) {
    for track in list.tracks.iter().filter(|track| !track.reason.contributions.is_empty()) {
        let sum: f32 = track.reason.contributions.iter().map(|it| it.share).sum();
        let gap = (sum - track.score).abs();
        assert!(gap < 1e-3 * track.score.abs().max(1e-3), "{sum} is not {}", track.score);
    }
}

#[test]
fn a_newcomer_gets_reasons_from_two_stages_as_well() {
    let mut town = Town::after_all_weeks(params(24, 240, 6, 7));
    let hybrid = "hybrid:first=ials(dim=16,iterations=6),keep=60,hidden=8,epochs=3";
    let models = vec![hybrid.parse().unwrap()];
    let request = TrainRequest { models, as_of: None, now: today() };
    let snapshot = engine::train(&town.folder, &request, &mut Unobserved).unwrap();
    let (artists, week) = (named(&mut town, 1), town.week());
    onboard(&mut town, &artists);
    let list = weekly(&mut town.folder, &snapshot, "newcomer", week, Mode::DryRun).unwrap();
    assert!(list.note.as_ref().unwrap().contains("of 100"), "{:?}", list.note);
    for track in &list.tracks {
        let text = &track.reason.text;
        let says = ["Because you named", "Liked by", "Drawn by chance"];
        assert!(says.iter().any(|says| text.starts_with(says)), "{text}");
        // Shares that count in other units are not added to what most like.
        assert!(track.reason.contributions.iter().all(|it| !it.title.starts_with("what most")));
    }
}

#[test]
fn a_list_works_from_the_first_minute_and_becomes_personal_as_listens_come() {
    let mut town = Town::after_all_weeks(params(24, 240, 6, 7));
    let (snapshot, week) = (town.train(), town.week());
    let artists = named(&mut town, 2);
    onboard(&mut town, &artists[..1]);
    let one = weekly(&mut town.folder, &snapshot, "newcomer", week, Mode::DryRun).unwrap();
    onboard(&mut town, &artists);
    let two = weekly(&mut town.folder, &snapshot, "newcomer", week, Mode::DryRun).unwrap();
    sums_to_its_score(&one);
    sums_to_its_score(&two);
    // Three recordings of one artist: 3/4·6/5 of each score is the model's; six of two are enough for all of it.
    let note = one.note.as_ref().unwrap();
    assert!(
        note.contains("3 by what was named") && note.contains("counts for 10 of 100"),
        "{note}"
    );
    assert_eq!(two.note, None);
    let because = |list: &Playlist, artist: &str| {
        list.tracks.iter().any(|track| {
            let text = &track.reason.text;
            text.starts_with("Because you named") && text.contains(artist)
        })
    };
    assert!(because(&one, &artists[0]) || because(&two, &artists[0]), "{one:?}");
    assert!(share_of_most(&two) < share_of_most(&one), "two names tell more than one");

    // Many lists at once are those made one by one.
    let request = weekly_request(&town.folder, "newcomer", week, Mode::DryRun);
    let all = weekly_all(&mut town.folder, &snapshot, &[request], Whose::Everyone);
    assert!(matches!(&all[0], Outcome::List(list) if list.tracks == two.tracks));

    // Thirty likes of the listener's own: nothing is left of what most like.
    let others = town.names[3].clone();
    let theirs = town.folder.store.listener(&others).unwrap().unwrap().id;
    let history = town.folder.store.history(theirs).unwrap();
    let mut heard: Vec<_> = history.listens.iter().map(|logged| logged.recording).collect();
    heard.dedup();
    let at = week.plus(-1).start(&jiff::tz::TimeZone::UTC);
    let listens: Vec<Listen> = heard
        .iter()
        .take(30)
        .map(|id| {
            let credit = town.folder.store.recording(*id).unwrap().unwrap().entry.credit;
            let played = Some(std::time::Duration::from_secs(300));
            let event =
                Event { played, end: Some(End::Finished), ..Event::new(Interaction::Play, at) };
            let at = event.at + jiff::SignedDuration::from_secs(400 * i64::try_from(id.0).unwrap());
            let event = Event { at, ..event };
            Listen { listener: Some("newcomer".to_owned()), recording: credit, event }
        })
        .collect();
    town.import_listens(&listens);
    let own = weekly(&mut town.folder, &snapshot, "newcomer", week, Mode::DryRun).unwrap();
    sums_to_its_score(&own);
    assert_eq!(share_of_most(&own), 0.0);
    assert!(own.note.is_none_or(|note| !note.contains("what most listeners here like")));
}

#[test]
fn an_unknown_name_keeps_nothing() {
    let mut town = Town::after_all_weeks(params(12, 120, 3, 2));
    let request = OnboardRequest {
        listener: "nobody".to_owned(),
        artists: vec!["No Such Artist At All".to_owned()],
        tags: Vec::new(),
        country: Some("AT".to_owned()),
        now: today(),
    };
    let error = engine::onboard(&mut town.folder, &request).unwrap_err().to_string();
    assert!(error.contains("the nearest name is"), "{error}");
    assert!(town.folder.store.listener("nobody").unwrap().is_none());
}
