//! How is a chosen recording handed to a person?

use std::cmp::Ordering;
use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use linalg::Matrix;
use models::Ground;
use models::regions::Region;
use music::{Contribution, Fact, ItemIx, ItemKind, Reason, RegionKind, TasteRegion, Track};
use rank::{Line, Slate, Slot};
use store::{Listener, Recording};

use crate::choose::Choice;
use crate::grounds::with_grounds;
use crate::maker::Maker;
use crate::portrait::Portrait;
use crate::sources::{Before, Found};
use crate::taste::Taste;
use crate::{Error, Folder, Snapshot, grounds, links};

/// How many parts of the history a reason names.
const NAMED: usize = 3;

/// What there is to say of a recording that came after the training.
const NEW: &str = "New here: what is known of it is near what you like.";

/// The lines of a list, in the order of the slate.
pub(crate) fn tracks(
    folder: &Folder,
    maker: &Maker<'_>,
    portrait: &Portrait,
    choice: &Choice<'_>,
    is_new: bool,
) -> Result<Vec<Track>, Error> {
    let Choice { parts, found, slate, .. } = choice;
    let snapshot = maker.snapshot;
    let chosen: Vec<&Found> = slate.lines.iter().map(|line| &found[line.candidate]).collect();
    let names = region_names(folder, maker, portrait.map.regions())?;
    let shares = shares(snapshot, choice, &chosen);
    let grounds = match is_new {
        true => grounds::of(maker, portrait, choice, &places(slate)),
        // What was loved before is there for that.
        false => vec![Vec::new(); chosen.len()],
    };
    let mut tracks = Vec::with_capacity(slate.lines.len());
    for (at, line) in slate.lines.iter().enumerate() {
        let found = chosen[at];
        let recording = maker.recording(folder, found.item)?;
        let taste = &parts[found.region];
        let shares = shares[at].as_ref();
        let reason = reason(folder, maker, taste, found.item, shares, &grounds[at])?;
        let reason = Reason { text: said(found, line, &names).unwrap_or(reason.text), ..reason };
        let region = names.get(found.region).filter(|_| choice.model == 0).cloned();
        let position = u32::try_from(at + 1).expect("lists are short");
        tracks.push(Track {
            region,
            is_new,
            ..track(position, found, line, recording, reason, snapshot)
        });
    }
    Ok(tracks)
}

/// Which candidates the lines are.
fn places(slate: &Slate) -> Vec<usize> {
    slate.lines.iter().map(|line| line.candidate).collect()
}

/// What there is to say of a line that is not there for its likeness alone.
fn said(found: &Found, line: &Line, names: &[String]) -> Option<String> {
    match found.before {
        Before::Heard(last) => {
            let day = last.to_zoned(TimeZone::UTC).date();
            Some(format!("You loved it, and have not heard it since {day}."))
        }
        Before::Unopened(week) => {
            Some(format!("A second chance: it was in your list of {week}, which you did not open."))
        }
        Before::New => {
            let slot = line.slot.as_ref()?;
            let near = names.get(found.region).map_or("your taste", String::as_str);
            let n = slot.choices.len();
            Some(format!("Drawn by chance from {n} that few know, near {near}."))
        }
    }
}

/// The regions of taste and distaste as the store keeps them.
pub(crate) fn regions(
    folder: &Folder,
    maker: &Maker<'_>,
    portrait: &Portrait,
) -> Result<Vec<TasteRegion>, Error> {
    let maps = [(RegionKind::Taste, &portrait.map), (RegionKind::Distaste, &portrait.distaste)];
    let mut kept = Vec::new();
    for (kind, map) in maps {
        let names = region_names(folder, maker, map.regions())?;
        kept.extend(map.kept(kind, maker, names));
    }
    Ok(kept)
}

/// What people call each region: its most usual tag and its two most loved artists.
pub(crate) fn region_names(
    folder: &Folder,
    maker: &Maker<'_>,
    regions: &[Region],
) -> Result<Vec<String>, Error> {
    let mut names = Vec::with_capacity(regions.len());
    for region in regions {
        let (mut tags, mut artists, mut by) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for member in &region.members {
            for (tag, share) in maker.facts.genres(member.item) {
                *tags.entry(*tag).or_insert(0.0) += share * member.weight;
            }
            // The main artist names; whoever is featured is too many to tell.
            if let Some(artist) = maker.facts.artists(member.item).first() {
                *artists.entry(*artist).or_insert(0.0) += member.weight;
                by.entry(*artist).or_insert(member.item);
            }
        }
        let mut of_artists = Vec::new();
        for artist in heaviest(artists).into_iter().take(2) {
            let artists = &maker.recording(folder, by[&artist])?.artists;
            of_artists.extend(artists.first().map(|(_, name)| name.clone()));
        }
        let tag = heaviest(tags).first().map(|tag| maker.facts.tag(*tag).to_owned());
        names.push(match (tag, of_artists.is_empty()) {
            (Some(tag), false) => format!("{tag}: {}", listed(&of_artists)),
            (Some(tag), true) => tag,
            (None, _) => listed(&of_artists),
        });
    }
    Ok(names)
}

/// Keys by falling weight.
fn heaviest<K: Copy + Ord>(weights: BTreeMap<K, f32>) -> Vec<K> {
    let mut weights: Vec<_> = weights.into_iter().collect();
    weights.sort_by(|(a, x), (b, y)| y.total_cmp(x).then(a.cmp(b)));
    weights.into_iter().map(|(key, _)| key).collect()
}

/// What a score is made of; where a second stage judges, that by which the first found the recording.
#[derive(Clone, Debug)]
pub(crate) struct Shares {
    /// What each entry of the history contributes.
    pub(crate) of_entries: Vec<f32>,
    /// What is there because most listeners like it; 0 where a second stage judges, which counts in other units.
    pub(crate) of_most: f32,
    /// Whether more is there for that than for the history.
    is_of_most: bool,
}

impl Shares {
    /// What one region's scores of some items are made of, where the model can tell.
    ///
    /// Costs a scan of all rows where a second stage judges and little is known of the listener.
    pub(crate) fn of(
        snapshot: &Snapshot,
        choice: &Choice<'_>,
        region: usize,
        items: &[ItemIx],
    ) -> Option<Vec<Self>> {
        let recommender = &snapshot.models[choice.model].recommender;
        let history = choice.parts[region].weights();
        let each = recommender.explain_found(&history, items)?;
        let rows: Vec<u32> = items.iter().map(|item| item.0).collect();
        let mixed = choice.scores.of_query(region, &rows);
        let Some(scale) = choice.scores.scale(region) else {
            let alone = |of_entries| Self { of_entries, of_most: 0.0, is_of_most: false };
            return Some(each.into_iter().map(alone).collect());
        };
        if recommender.is_staged() && !items.is_empty() {
            let mut own = Matrix::zeros(1, recommender.n_items());
            recommender.score_batch(&[recommender.represent(&history)], &mut own);
            let found = |((of_entries, item), mixed): ((Vec<f32>, &u32), f32)| {
                let own = scale * own.row(0)[*item as usize];
                Self { of_entries, of_most: 0.0, is_of_most: mixed - own > own.max(0.0) }
            };
            return Some(each.into_iter().zip(&rows).zip(mixed).map(found).collect());
        }
        let in_mix = |(own, mixed): (Vec<f32>, f32)| {
            let of_entries: Vec<f32> = own.iter().map(|share| scale * share).collect();
            let of_most = mixed - of_entries.iter().sum::<f32>();
            let for_it: f32 = of_entries.iter().filter(|share| **share > 0.0).sum();
            Self { of_entries, of_most, is_of_most: of_most > for_it }
        };
        Some(each.into_iter().zip(mixed).map(in_mix).collect())
    }
}

/// What the score of each line is made of, where the model can tell: of a recording that came after its training it cannot.
fn shares(snapshot: &Snapshot, choice: &Choice<'_>, chosen: &[&Found]) -> Vec<Option<Shares>> {
    let mut shares = vec![None; chosen.len()];
    for region in 0..choice.parts.len() {
        let is_of_it =
            |line: &usize| chosen[*line].region == region && !snapshot.is_new(chosen[*line].item);
        let lines: Vec<usize> = (0..chosen.len()).filter(is_of_it).collect();
        let items: Vec<ItemIx> = lines.iter().map(|line| chosen[*line].item).collect();
        let of_region = Shares::of(snapshot, choice, region, &items);
        for (line, own) in lines.into_iter().zip(of_region.into_iter().flatten()) {
            shares[line] = Some(own);
        }
    }
    shares
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

fn track(
    position: u32,
    found: &Found,
    line: &Line,
    recording: &Recording,
    reason: Reason,
    snapshot: &Snapshot,
) -> Track {
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
        score: found.score,
        recording_mbid: credit.mbid.clone(),
        artist_mbids: credit.artist_mbids.clone(),
        release_mbid: credit.release_mbid.clone(),
        isrc: credit.isrc.clone(),
        location: recording.entry.location.clone(),
        links: links::of(recording, snapshot.manifest.items),
        tier: line.tier,
        sources: found.sources.all(),
        region: None,
        propensity: line.slot.as_ref().map(Slot::propensity),
        serves: Vec::new(),
        is_new: true,
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

/// Why a recording is there, from what each entry of a history contributes and what a second stage sees in it.
pub(crate) fn reason(
    folder: &Folder,
    maker: &Maker<'_>,
    taste: &Taste,
    item: ItemIx,
    shares: Option<&Shares>,
    grounds: &[Ground<'_>],
) -> Result<Reason, Error> {
    let snapshot = maker.snapshot;
    let liked_by = || match snapshot.liked_by(item) {
        _ if snapshot.is_new(item) => NEW.to_owned(),
        1 => "Liked by 1 listener here.".to_owned(),
        listeners => format!("Liked by {listeners} listeners here."),
    };
    let Some(Shares { of_entries, of_most, is_of_most }) = shares else {
        let text = with_grounds(liked_by(), grounds, true);
        return Ok(Reason { text, contributions: Vec::new() });
    };
    let (named, rest) = largest(taste, of_entries);
    let recordings = named.iter().map(|(item, _)| maker.recording(folder, *item));
    let recordings = recordings.collect::<Result<Vec<_>, Error>>()?;
    let text = match picks(taste, &named) {
        _ if *is_of_most => liked_by(),
        Some(picks) => format!("Because you named {}.", listed(&picks)),
        None => {
            let own = named.iter().zip(&recordings);
            let own = own.filter(|((item, _), _)| taste.named(*item).is_none());
            sentence(
                &own.map(|(_, recording)| *recording).collect::<Vec<_>>(),
                snapshot.manifest.items,
            )
        }
    };
    let text = with_grounds(text, grounds, *is_of_most);
    let mut contributions: Vec<_> = named
        .iter()
        .zip(&recordings)
        .map(|((item, share), recording)| Contribution {
            recording: Some(snapshot.rows.id(*item)),
            title: recording.entry.credit.title.clone(),
            artist: recording.entry.credit.artist.clone(),
            share: *share,
        })
        .collect();
    let mut together = |title: String, share: f32| {
        let artist = String::new();
        contributions.push(Contribution { recording: None, title, artist, share });
    };
    if rest.n > 0 {
        together(format!("{} others", rest.n), rest.share);
    }
    if *of_most != 0.0 {
        together("what most listeners here like".to_owned(), *of_most);
    }
    Ok(Reason { text, contributions })
}

/// What the listener named, where the recordings that speak most for an item all count as liked for that.
fn picks(taste: &Taste, largest: &[(ItemIx, f32)]) -> Option<Vec<String>> {
    let mut picks: Vec<String> = Vec::new();
    for (item, _) in largest {
        let name = taste.named(*item)?;
        if !picks.iter().any(|other| other == name) {
            picks.push(name.to_owned());
        }
    }
    (!picks.is_empty()).then_some(picks)
}

/// What is left of a history after the largest contributions.
struct Rest {
    n: usize,
    share: f32,
}

/// The few liked parts of the history that speak most for an item, and the sum of the others.
fn largest(taste: &Taste, shares: &[f32]) -> (Vec<(ItemIx, f32)>, Rest) {
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
    #[expect(clippy::cast_possible_truncation, reason = "the shares it sums are no finer")]
    let share = share as f32;
    (parts, Rest { n: others, share })
}

fn sentence(recordings: &[&Recording], items: ItemKind) -> String {
    if recordings.is_empty() {
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
pub(crate) fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [front @ .., last] => format!("{} and {last}", front.join(", ")),
    }
}
