//! Of the whole catalogue, which recordings come near this taste, and which of them make the slate?
//!
//! Exact: every row is scored, what is off limits is left out before the best are selected.

use linalg::{Matrix, top_k};
use music::{ArtistId, ItemIx};
use rank::{Candidate, Rules, rerank};
use store::Recording;

use crate::known::Known;
use crate::places::Places;
use crate::taste::Taste;
use crate::{Error, Folder, Snapshot};

/// The best-scored recordings of a snapshot, with what the store knows of them.
#[derive(Debug)]
pub(crate) struct Shortlist {
    scored: Vec<Scored>,
    /// Rows of the snapshot.
    pub(crate) n_rows: usize,
    /// Rows left out before scoring.
    pub(crate) n_left_out: usize,
}

/// One recording of the shortlist.
#[derive(Debug)]
pub(crate) struct Scored {
    pub(crate) item: ItemIx,
    pub(crate) score: f32,
    pub(crate) recording: Recording,
    artists: Vec<ArtistId>,
}

impl Shortlist {
    /// As the re-ranking takes it.
    fn candidates<'a>(&'a self, snapshot: &'a Snapshot, model: usize) -> Vec<Candidate<'a>> {
        let vectors = snapshot.models[model].recommender.item_vectors();
        let candidate = |scored: &'a Scored| Candidate {
            item: scored.item,
            score: scored.score,
            artists: &scored.artists,
            release: scored.recording.likely_release(),
            work: scored.recording.work,
            vector: vectors.map(|vectors| vectors.row(scored.item.0 as usize)),
        };
        self.scored.iter().map(candidate).collect()
    }

    /// The recording at a place of the shortlist.
    pub(crate) fn scored(&self, place: usize) -> &Scored {
        &self.scored[place]
    }
}

/// The candidates, best first, and the slate that the rules make of them, as places in the shortlist.
///
/// As many candidates as configured, or more where the rules would leave the slate short.
/// Only recordings with a score above 0 are candidates: at 0 nothing speaks for them.
pub(crate) fn retrieve(
    folder: &Folder,
    snapshot: &Snapshot,
    places: &Places<'_>,
    model: usize,
    taste: &Taste,
    known: &Known,
    rules: &Rules,
) -> Result<(Shortlist, Vec<usize>), Error> {
    let recommender = &snapshot.models[model].recommender;
    let query = recommender.represent(&taste.weights());
    let mut scores = Matrix::zeros(1, snapshot.rows.len());
    recommender.score_batch(&[query], &mut scores);
    let left_out = known.rows(places);
    let mut k = folder.config.weekly.candidates as usize;
    loop {
        let mut best = top_k(scores.row(0), k, &left_out);
        best.retain(|(_, score)| *score > 0.0);
        let is_whole = best.len() < k;
        let shortlist = Shortlist {
            scored: with_facts(folder, snapshot, &best)?,
            n_rows: snapshot.rows.len(),
            n_left_out: left_out.len(),
        };
        let slate = rerank(&shortlist.candidates(snapshot, model), rules);
        if is_whole || slate.len() >= rules.size {
            return Ok((shortlist, slate));
        }
        k *= 4;
    }
}

/// What the store knows of each; what cannot be played at all is left out.
fn with_facts(
    folder: &Folder,
    snapshot: &Snapshot,
    best: &[(u32, f32)],
) -> Result<Vec<Scored>, Error> {
    let ids: Vec<_> = best.iter().map(|(row, _)| snapshot.rows.id(ItemIx(*row))).collect();
    let recordings = folder.store.recordings(&ids)?;
    let scored = best.iter().zip(recordings).filter_map(|(&(row, score), recording)| {
        if recording.entry.is_available == Some(false) {
            return None;
        }
        let artists = recording.artists.iter().map(|(artist, _)| *artist).collect();
        Some(Scored { item: ItemIx(row), score, recording, artists })
    });
    Ok(scored.collect())
}
