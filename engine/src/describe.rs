//! How is a chosen recording handed to a person?

use std::cmp::Ordering;

use jiff::civil::Date;
use music::{Contribution, Fact, ItemIx, ItemKind, Reason, RecordingId, Track};
use store::{Listener, Recording};

use crate::retrieve::{Scored, Shortlist};
use crate::taste::Taste;
use crate::{Error, Folder, Snapshot, links};

/// How many parts of the history a reason names.
const NAMED: usize = 3;

/// The lines of a list, in the order of the slate.
pub(crate) fn tracks(
    folder: &Folder,
    snapshot: &Snapshot,
    model: usize,
    taste: &Taste,
    shortlist: &Shortlist,
    slate: &[usize],
) -> Result<Vec<Track>, Error> {
    let chosen: Vec<&Scored> = slate.iter().map(|&place| shortlist.scored(place)).collect();
    let items: Vec<ItemIx> = chosen.iter().map(|scored| scored.item).collect();
    let recommender = &snapshot.models[model].recommender;
    let shares = recommender.explain_each(&taste.weights(), &items);
    let mut tracks = Vec::with_capacity(slate.len());
    for (position, (line, scored)) in (1..).zip(chosen.into_iter().enumerate()) {
        let shares = shares.as_ref().map(|shares| shares[line].as_slice());
        let reason = reason(folder, snapshot, taste, scored, shares)?;
        tracks.push(track(position, scored, reason, snapshot));
    }
    Ok(tracks)
}

/// What to call a listener.
pub(crate) fn name(listener: &Listener) -> String {
    listener.name.clone().unwrap_or_else(|| listener.pseudonym.clone())
}

/// What there is to say about a list as a whole.
pub(crate) fn note(why: Option<String>, n_tracks: usize, size: usize) -> Option<String> {
    let shortage = (n_tracks < size).then(|| {
        format!(
            "{n_tracks} of {size}: nothing else here is new to you, allowed and near what you like."
        )
    });
    match (why, shortage) {
        (Some(why), Some(shortage)) => Some(format!("{why} {shortage}")),
        (why, shortage) => why.or(shortage),
    }
}

fn track(position: u32, scored: &Scored, reason: Reason, snapshot: &Snapshot) -> Track {
    let recording = &scored.recording;
    let credit = &recording.entry.credit;
    let mut imputed = Vec::new();
    let known = recording.entry.length.or_else(|| snapshot.lengths.known(&recording.id).copied());
    let length = or_imputed(known, Fact::Length, recording.imputed.length, &mut imputed);
    let other = recording.imputed.release.as_ref().map(|(title, _)| title.clone());
    let release = or_imputed(credit.release.clone(), Fact::Release, other, &mut imputed);
    let known = recording.entry.released.map(Date::year);
    let year = or_imputed(known, Fact::Year, recording.imputed.year, &mut imputed);
    Track {
        position,
        recording: recording.id,
        title: credit.title.clone(),
        artist: credit.artist.clone(),
        release,
        year,
        length,
        imputed,
        score: scored.score,
        recording_mbid: credit.mbid.clone(),
        artist_mbids: credit.artist_mbids.clone(),
        release_mbid: credit.release_mbid.clone(),
        isrc: credit.isrc.clone(),
        location: recording.entry.location.clone(),
        links: links::of(recording, snapshot.manifest.items),
        reason,
        is_blocked: false,
    }
}

/// What is known, else what stands in for it, which then is marked.
fn or_imputed<T>(
    known: Option<T>,
    fact: Fact,
    other: Option<T>,
    imputed: &mut Vec<Fact>,
) -> Option<T> {
    if known.is_none() && other.is_some() {
        imputed.push(fact);
    }
    known.or(other)
}

fn reason(
    folder: &Folder,
    snapshot: &Snapshot,
    taste: &Taste,
    scored: &Scored,
    shares: Option<&[f32]>,
) -> Result<Reason, Error> {
    let Some(shares) = shares else {
        let listeners = snapshot.liked_by(scored.item);
        let plural = if listeners == 1 { "listener" } else { "listeners" };
        return Ok(Reason {
            text: format!("Liked by {listeners} {plural} here."),
            contributions: Vec::new(),
        });
    };
    let (named, rest) = largest(taste, snapshot, shares);
    let ids: Vec<_> = named.iter().map(|(id, _)| *id).collect();
    let recordings = folder.store.recordings(&ids)?;
    let text = sentence(&recordings, &named, snapshot.manifest.items);
    let mut contributions: Vec<_> = named
        .iter()
        .zip(&recordings)
        .map(|((id, share), recording)| Contribution {
            recording: Some(*id),
            title: recording.entry.credit.title.clone(),
            artist: recording.entry.credit.artist.clone(),
            share: *share,
        })
        .collect();
    if rest.n > 0 {
        let title = format!("{} others", rest.n);
        contributions.push(Contribution {
            recording: None,
            title,
            artist: String::new(),
            share: rest.share,
        });
    }
    Ok(Reason { text, contributions })
}

/// What is left of a history after the largest contributions.
struct Rest {
    n: usize,
    share: f32,
}

/// The few liked parts of the history that speak most for an item, and the sum of the others.
fn largest(taste: &Taste, snapshot: &Snapshot, shares: &[f32]) -> (Vec<(RecordingId, f32)>, Rest) {
    let all = taste.items().iter().copied().zip(shares.iter().copied());
    let (mut parts, mut rest) = (Vec::new(), Vec::new());
    for (part, is_liked) in all.zip(taste.likes()) {
        let speaks_for_it = is_liked && part.1 > 0.0;
        if speaks_for_it { parts.push(part) } else { rest.push(part) }
    }
    parts.sort_by(|(a, x), (b, y)| y.partial_cmp(x).unwrap_or(Ordering::Equal).then(a.cmp(b)));
    rest.extend(parts.split_off(parts.len().min(NAMED)));
    let others = rest.iter().filter(|(_, share)| *share != 0.0).count();
    let share: f64 = rest.iter().map(|(_, share)| f64::from(*share)).sum();
    let named = parts.into_iter().map(|(item, share)| (snapshot.rows.id(item), share)).collect();
    #[expect(clippy::cast_possible_truncation, reason = "the shares it sums are no finer")]
    let share = share as f32;
    (named, Rest { n: others, share })
}

fn sentence(recordings: &[Recording], named: &[(RecordingId, f32)], items: ItemKind) -> String {
    if named.is_empty() {
        return "Near what you like as a whole.".to_owned();
    }
    let credits: Vec<_> = recordings.iter().map(|recording| &recording.entry.credit).collect();
    match items {
        ItemKind::Artists => {
            let names: Vec<_> = credits.iter().map(|credit| credit.artist.clone()).collect();
            format!("Because you listen to {}.", listed(&names))
        }
        ItemKind::Recordings if credits.iter().all(|credit| credit.artist == credits[0].artist) => {
            let titles: Vec<_> =
                credits.iter().map(|credit| format!("“{}”", credit.title)).collect();
            format!("Because you like {} by {}.", listed(&titles), credits[0].artist)
        }
        ItemKind::Recordings => {
            let titles: Vec<_> = credits
                .iter()
                .map(|credit| format!("“{}” by {}", credit.title, credit.artist))
                .collect();
            format!("Because you like {}.", listed(&titles))
        }
    }
}

/// `a`, `a and b`, `a, b and c`.
fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [front @ .., last] => format!("{} and {last}", front.join(", ")),
    }
}
