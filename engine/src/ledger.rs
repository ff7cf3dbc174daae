//! What was this listener ever shown?
//!
//! A list counts as shown when it is made, whether anybody opens it or not.

use music::{ListKind, Playlist, Track, Week};
use store::{Line, List, Listener};

use crate::blocks::Blocks;
use crate::weekly::WeeklyRequest;
use crate::{Error, Folder, describe};

/// The policy of lines that are where they are for certain.
const CHOSEN: &str = "slate-2";
/// The policy of lines that were drawn.
pub(crate) const DRAWN: &str = "strata-1";

/// The list made before for that listener, week and size, as it was; lines blocked since are marked.
pub(crate) fn find(
    folder: &Folder,
    request: &WeeklyRequest,
    kind: ListKind,
    week: Week,
    size: usize,
) -> Result<Option<Playlist>, Error> {
    let size = u32::try_from(size).expect("sizes are asked for in u32");
    match folder.store.latest_list(request.listener.id, kind, week, size)? {
        Some((_, list)) => Ok(Some(as_playlist(folder, &describe::name(&request.listener), list)?)),
        None => Ok(None),
    }
}

/// The list made last for a week, of whatever size.
pub(crate) fn latest(
    folder: &Folder,
    listener: &Listener,
    week: Week,
) -> Result<Option<List>, Error> {
    let lists = folder.store.lists(listener.id)?.into_iter();
    let of_week =
        lists.filter(|(_, list)| list.week == week && list.kind == ListKind::WeeklyExploration);
    Ok(of_week.max_by_key(|(id, _)| *id).map(|(_, list)| list))
}

/// Every list ever made for a listener, newest week first.
///
/// # Errors
/// When the store cannot be read.
pub fn history(folder: &Folder, listener: &Listener) -> Result<Vec<Playlist>, Error> {
    let name = describe::name(listener);
    let mut lists = folder.store.lists(listener.id)?;
    lists.sort_by_key(|(id, list)| std::cmp::Reverse((list.week, *id)));
    lists.into_iter().map(|(_, list)| as_playlist(folder, &name, list)).collect()
}

/// A list as the ledger keeps it.
pub(crate) fn as_list(request: &WeeklyRequest, size: usize, playlist: &Playlist) -> List {
    let lines = playlist.tracks.iter().map(|track| Line {
        recording: track.recording,
        score: track.score,
        told: serde_json::to_string(track).expect("a line holds only strings and finite numbers"),
        policy: if track.propensity.is_some() { DRAWN } else { CHOSEN }.to_owned(),
        propensity: Some(track.propensity.unwrap_or(1.0)),
        is_new: track.is_new,
    });
    List {
        listener: request.listener.id,
        kind: playlist.kind,
        week: playlist.week,
        size: u32::try_from(size).expect("sizes are asked for in u32"),
        made_at: playlist.made_at,
        snapshot: playlist.snapshot.clone(),
        seed: playlist.seed,
        note: playlist.note.clone(),
        lines: lines.collect(),
    }
}

fn as_playlist(folder: &Folder, listener: &str, list: List) -> Result<Playlist, Error> {
    let items = folder.store.item_kind()?.ok_or(Error::Empty)?;
    let blocks = Blocks::of(&folder.store, list.listener, None)?;
    let ids: Vec<_> = list.lines.iter().map(|line| line.recording).collect();
    let recordings = folder.store.recordings(&ids)?;
    let mut tracks = Vec::with_capacity(list.lines.len());
    for (line, recording) in list.lines.iter().zip(recordings) {
        let mut track: Track =
            serde_json::from_str(&line.told).map_err(|source| Error::LedgerLine { source })?;
        track.is_blocked = blocks.cover(&recording);
        tracks.push(track);
    }
    Ok(Playlist {
        listener: listener.to_owned(),
        week: list.week,
        kind: list.kind,
        items,
        snapshot: list.snapshot,
        seed: list.seed,
        made_at: list.made_at,
        note: list.note,
        tracks,
    })
}
