//! Do the listener's controls reach the list, and can each line be accounted for?

use std::collections::BTreeSet;

use engine::{BlendRequest, Maker, Mode, Snapshot, WeeklyRequest};
use jiff::ToSpan;
use music::{Event, Interaction, LeftOut, ListKind, Playlist, Refresh, Setting, Source, Tier};
use store::{BlockTarget, Lean, LeftOutRule};

use crate::fixture::{Town, params, recordings, weekly_request};

fn town() -> Town {
    Town::after_all_weeks(params(60, 1000, 16, 9))
}

fn dry(town: &mut Town, snapshot: &Snapshot, n: usize) -> Playlist {
    let (name, week) = (town.names[n].clone(), town.week());
    town.weekly(snapshot, &name, week, Mode::DryRun)
}

fn request(town: &Town, n: usize, mode: Mode) -> WeeklyRequest {
    weekly_request(&town.folder, &town.names[n], town.week(), mode)
}

fn set(town: &mut Town, n: usize, setting: Setting, value: &str) {
    let listener = town.folder.listener(Some(&town.names[n])).unwrap();
    town.folder.store.set(listener.id, &[(setting, Some(value))]).unwrap();
}

#[test]
fn a_list_has_a_core_and_a_bolder_tail_in_which_the_drawn_lines_say_their_chance() {
    let mut town = town();
    let snapshot = town.train();
    let maker = Maker::of(&town.folder, &snapshot).unwrap();
    let request = request(&town, 4, Mode::Keep);
    let list = maker.weekly(&mut town.folder, &request).unwrap();
    let tiers: Vec<Tier> = list.tracks.iter().map(|track| track.tier).collect();
    assert_eq!(tiers, [vec![Tier::Core; 20], vec![Tier::Expand; 10]].concat());
    let drawn: Vec<_> = list.tracks.iter().filter(|track| track.propensity.is_some()).collect();
    assert_eq!(drawn.len(), 3);
    let (id, kept) = town.folder.store.lists(request.listener.id).unwrap().remove(0);
    let slots = town.folder.store.slots(id).unwrap();
    assert_eq!(slots.len(), drawn.len());
    for (slot, track) in slots.iter().zip(&drawn) {
        assert_eq!(slot.position, track.position);
        let own = slot.candidates.iter().find(|it| it.recording == track.recording).unwrap();
        assert_eq!(Some(own.probability), track.propensity);
        let whole: f32 = slot.candidates.iter().map(|it| it.probability).sum();
        assert!((whole - 1.0).abs() < 1e-4);
        assert_eq!(kept.lines[track.position as usize - 1].policy, "strata-1");
    }
    assert!(list.tracks.iter().all(|track| !track.sources.is_empty() && track.region.is_some()));
}

#[test]
fn more_of_an_artist_brings_more_and_less_brings_less() {
    let mut town = town();
    let snapshot = town.train();
    let listener = town.folder.listener(Some(&town.names[4])).unwrap();
    let at = town.now() - 1.hour();
    let before = dry(&mut town, &snapshot, 4);
    let tag = |town: &Town, list: &Playlist, tag: &str| {
        let tags = recordings(list)
            .into_iter()
            .map(|id| town.folder.store.recording(id).unwrap().unwrap());
        tags.filter(|recording| recording.tags().iter().any(|of| of.name == tag)).count()
    };
    let first = town.folder.store.recording(before.tracks[0].recording).unwrap().unwrap();
    let name = first.tags()[0].name.clone();
    let mut counts = vec![tag(&town, &before, &name)];
    for lean in [Lean::Less, Lean::More] {
        town.folder.store.lean(listener.id, &BlockTarget::Tag(name.clone()), lean, at).unwrap();
        let list = dry(&mut town, &snapshot, 4);
        counts.push(tag(&town, &list, &name));
    }
    assert!(counts[1] < counts[0] && counts[0] <= counts[2], "usual, less, more: {counts:?}");
}

#[test]
fn what_is_left_out_changes_the_list_and_still_counts_as_heard() {
    let mut town = town();
    let snapshot = town.train();
    let before = dry(&mut town, &snapshot, 4);
    let listener = town.folder.listener(Some(&town.names[4])).unwrap();
    let until = Some(town.week().plus(-8).start(&jiff::tz::TimeZone::UTC));
    let rule = LeftOut { until, ..LeftOut::default() };
    let at = town.now();
    town.folder.store.leave_out(listener.id, &LeftOutRule { rule, note: None, at }).unwrap();
    let after = dry(&mut town, &snapshot, 4);
    assert_ne!(recordings(&before), recordings(&after));
    let heard: BTreeSet<_> = town
        .folder
        .store
        .history(listener.id)
        .unwrap()
        .listens
        .iter()
        .map(|l| l.recording)
        .collect();
    assert!(recordings(&after).iter().all(|recording| !heard.contains(recording)));
}

#[test]
fn jams_are_known_and_a_list_of_both_tells_which_is_which() {
    let mut town = town();
    let snapshot = town.train();
    let maker = Maker::of(&town.folder, &snapshot).unwrap();
    for (n, kind) in [(4, ListKind::WeeklyJams), (5, ListKind::WeeklyBoth)] {
        let request = WeeklyRequest { kind: Some(kind), ..request(&town, n, Mode::Keep) };
        let list = maker.weekly(&mut town.folder, &request).unwrap();
        let history = town.folder.store.history(request.listener.id).unwrap();
        let heard: BTreeSet<_> = history.listens.iter().map(|logged| logged.recording).collect();
        assert_eq!(list.kind, kind);
        let has_new = list.tracks.iter().any(|track| track.is_new);
        assert_eq!(has_new, kind == ListKind::WeeklyBoth);
        assert!(list.tracks.iter().any(|track| !track.is_new));
        assert!(list.tracks.iter().all(|track| heard.contains(&track.recording) != track.is_new));
        assert_eq!(maker.weekly(&mut town.folder, &request).unwrap(), list, "kept as it was");
    }
}

#[test]
fn what_was_never_opened_gets_a_second_chance_where_that_is_wanted() {
    let mut town = town();
    let snapshot = town.train();
    let maker = Maker::of(&town.folder, &snapshot).unwrap();
    let first = request(&town, 4, Mode::Keep);
    let unopened = maker.weekly(&mut town.folder, &first).unwrap();
    let later = WeeklyRequest {
        week: Some(town.week().plus(6)),
        now: town.week().plus(6).start(&jiff::tz::TimeZone::UTC),
        kind: Some(ListKind::WeeklyBoth),
        ..request(&town, 4, Mode::DryRun)
    };
    let chances = |list: &Playlist| -> Vec<_> {
        let again = list.tracks.iter().filter(|track| track.sources == [Source::SecondChance]);
        again.map(|track| (track.recording, track.reason.text.clone())).collect()
    };
    assert!(chances(&maker.weekly(&mut town.folder, &later).unwrap()).is_empty(), "off by default");
    set(&mut town, 4, Setting::SecondChance, "yes");
    let again = chances(&maker.weekly(&mut town.folder, &later).unwrap());
    assert_eq!(again.len(), 2);
    for (recording, reason) in again {
        assert!(recordings(&unopened).contains(&recording));
        assert!(
            reason.contains("second chance") && reason.contains(&unopened.week.to_string()),
            "{reason}"
        );
    }
}

#[test]
fn a_shared_list_is_new_to_all_and_says_whom_each_line_serves() {
    let mut town = town();
    let snapshot = town.train();
    let maker = Maker::of(&town.folder, &snapshot).unwrap();
    let listeners: Vec<_> =
        [3, 4, 5].iter().map(|n| town.folder.listener(Some(&town.names[*n])).unwrap()).collect();
    let request = BlendRequest {
        listeners: listeners.clone(),
        week: Some(town.week()),
        size: None,
        mode: Mode::Keep,
        now: town.now(),
    };
    let list = maker.blend(&mut town.folder, &request).unwrap();
    for listener in &listeners {
        let name = listener.name.clone().unwrap();
        let n = list.tracks.iter().filter(|track| track.serves.contains(&name)).count();
        assert!(n >= list.tracks.len() / 4, "{name} has {n} of {}", list.tracks.len());
        let history = town.folder.store.history(listener.id).unwrap();
        let heard: BTreeSet<_> = history.listens.iter().map(|l| l.recording).collect();
        assert!(recordings(&list).iter().all(|recording| !heard.contains(recording)));
    }
    let next = maker.blend(&mut town.folder, &request).unwrap();
    assert!(recordings(&next).iter().all(|recording| !recordings(&list).contains(recording)));
}

#[test]
fn the_absent_get_fewer_lists_and_a_setting_goes_first() {
    let mut town = town();
    let snapshot = town.train();
    let maker = Maker::of(&town.folder, &snapshot).unwrap();
    let listener = town.folder.listener(Some(&town.names[4])).unwrap();
    let due = |town: &Town, weeks: i64| {
        engine::pace(&town.folder, &listener, town.week().plus(weeks)).unwrap()
    };
    assert!(due(&town, 0).is_due);
    for week in 0..2 {
        let request =
            WeeklyRequest { week: Some(town.week().plus(week)), ..request(&town, 4, Mode::Keep) };
        maker.weekly(&mut town.folder, &request).unwrap();
    }
    assert_eq!(
        (due(&town, 2).is_due, due(&town, 2).unopened, due(&town, 3).is_due),
        (false, 2, true)
    );
    set(&mut town, 4, Setting::Refresh, "1");
    assert_eq!(town.folder.store.settings(listener.id).unwrap().refresh, Some(Refresh::Weeks(1)));
    assert!(due(&town, 2).is_due);
}

#[test]
fn whoever_plays_little_gets_shorter_lists_that_say_so_and_a_setting_goes_first() {
    let mut town = town();
    let snapshot = town.train();
    let maker = Maker::of(&town.folder, &snapshot).unwrap();
    let listener = town.folder.listener(Some(&town.names[4])).unwrap();
    let week = |weeks: i64| town.params.first_week.plus(16 + weeks);
    let weeks: Vec<_> = (0..3).map(week).collect();
    for week in &weeks[..2] {
        let request = weekly_request(&town.folder, &town.names[4], *week, Mode::Keep);
        let list = maker.weekly(&mut town.folder, &request).unwrap();
        assert_eq!((list.tracks.len(), &list.note), (30, &None));
        let play = Event::new(Interaction::Play, list.made_at + 1.hour());
        town.folder.store.record(listener.id, list.tracks[0].recording, &play).unwrap();
    }
    let third = weekly_request(&town.folder, &town.names[4], weeks[2], Mode::DryRun);
    // One of thirty is less than a fifth: two thirds of thirty.
    let list = maker.weekly(&mut town.folder, &third).unwrap();
    assert_eq!(list.tracks.len(), 20);
    assert!(list.note.unwrap().starts_with("20 lines instead of 30, as little of the last lists"));
    let asked = WeeklyRequest { size: Some(25), ..third.clone() };
    assert_eq!(maker.weekly(&mut town.folder, &asked).unwrap().tracks.len(), 25);
    set(&mut town, 4, Setting::Size, "30");
    assert_eq!(maker.weekly(&mut town.folder, &third).unwrap().tracks.len(), 30);
}

#[test]
fn every_recording_can_be_asked_why_it_is_or_is_not_in_the_list() {
    let mut town = town();
    let snapshot = town.train();
    let maker = Maker::of(&town.folder, &snapshot).unwrap();
    let request = request(&town, 4, Mode::Keep);
    let list = maker.weekly(&mut town.folder, &request).unwrap();
    let history = town.folder.store.history(request.listener.id).unwrap();
    let heard = history.listens[0].recording;
    let why = |town: &mut Town, recording| {
        maker.derivation(&mut town.folder, &request, recording).unwrap()
    };
    let of_line = why(&mut town, list.tracks[2].recording);
    assert_eq!(of_line.line.unwrap().position, 3, "{of_line:?}");
    assert!(of_line.stages.unwrap().relevance > 0.0);
    assert!(!of_line.without.is_empty());
    let sum: f32 = of_line.contributions.iter().map(|part| part.share).sum();
    assert!((sum - of_line.regions[0].score).abs() < 1e-3, "{sum} of {:?}", of_line.regions);
    assert!(why(&mut town, heard).outcome.contains("heard before"));
    let mut outcomes = BTreeSet::new();
    for recording in snapshot.rows.ids().iter().step_by(40) {
        let derivation = why(&mut town, *recording);
        assert_eq!(derivation.line.is_some(), recordings(&list).contains(recording));
        outcomes.insert(derivation.outcome);
    }
    assert!(outcomes.len() > 2, "{outcomes:?}");
}

#[test]
fn a_bolder_listener_gets_a_less_popular_list_on_average() {
    let mut town = town();
    let snapshot = town.train();
    let popularity = |town: &mut Town, adventure: &str| -> f64 {
        let mut sum = 0.0;
        for n in 2..22 {
            set(town, n, Setting::Adventure, adventure);
            let list = dry(town, &snapshot, n);
            let likes = recordings(&list).into_iter().filter_map(|id| snapshot.rows.ix(id));
            sum += likes.map(|item| f64::from(snapshot.liked_by(item))).sum::<f64>()
                / list.tracks.len() as f64;
        }
        sum
    };
    let popularities: Vec<f64> = ["0", "0.25", "0.5", "0.75", "1"]
        .iter()
        .map(|adventure| popularity(&mut town, adventure))
        .collect();
    assert!(popularities.is_sorted_by(|a, b| a > b), "{popularities:?}");
}

#[test]
fn prices_are_those_of_the_weeks_before_and_the_same_for_all_of_a_week() {
    let mut town = town();
    let snapshot = town.train();
    let maker = Maker::of(&town.folder, &snapshot).unwrap();
    let (week, id) = (town.week(), snapshot.manifest.id.clone());
    for n in 2..12 {
        let of_one = request(&town, n, Mode::Keep);
        maker.weekly(&mut town.folder, &of_one).unwrap();
    }
    assert_eq!(town.folder.store.exposure_prices(week, &id).unwrap(), Some(Vec::new()));
    let next = WeeklyRequest { week: Some(week.plus(1)), ..request(&town, 2, Mode::Keep) };
    maker.weekly(&mut town.folder, &next).unwrap();
    let prices = town.folder.store.exposure_prices(week.plus(1), &id).unwrap().unwrap();
    assert!(prices.iter().any(|of| of.price > 0.0) && prices.iter().any(|of| of.price < 0.0));
    let other = WeeklyRequest { week: Some(week.plus(1)), ..request(&town, 3, Mode::Keep) };
    maker.weekly(&mut town.folder, &other).unwrap();
    assert_eq!(town.folder.store.exposure_prices(week.plus(1), &id).unwrap().unwrap(), prices);
}
