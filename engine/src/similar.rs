//! What is like this recording, this artist, this listener?
//!
//! By the angle between vectors of the serving model: a recording's own, an artist's mean of those of the artist's
//! recordings, a listener's as a list would use it today.
//! A recording that came after the training gets the vector that its listeners give it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use linalg::{Isa, Matrix, dot, dots_with_all, top_k};
use listens::{Past, weigh};
use models::{Heard, Query};
use music::{ArtistId, ItemIx, ItemKind, ListenerId, RecordingId};
use serde::Serialize;
use store::{Listener, Recording};

use crate::belief::believed;
use crate::onboarding::Picks;
use crate::pairs::age_days;
use crate::places::Places;
use crate::taste::{Aside, Taste};
use crate::weekly::timezone_of;
use crate::{Error, Folder, Snapshot, describe};

/// Whom to compare with all others.
#[derive(Clone, Debug)]
pub enum Subject {
    /// A recording, with the others of its work left out of the answer.
    Recording(RecordingId),
    /// An artist.
    Artist(ArtistId),
    /// A listener.
    Listener(Listener),
}

/// One of those that are alike, or the subject itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Alike {
    /// What the catalogue or the listener is called by.
    pub id: String,
    /// A title with its artist, an artist's or a listener's name.
    pub name: String,
    /// Cosine of the angle between the vectors, at most 1.
    pub similarity: f32,
    /// How many listeners like the recording or the artist's most liked one; 0 for listeners.
    pub listeners: u32,
}

/// The most alike, best first.
///
/// # Errors
/// [`Error::NoFactors`] when the serving model has no vectors; [`Error::NoVector`] when the subject has none in it.
pub fn similar(
    folder: &Folder,
    snapshot: &Snapshot,
    subject: &Subject,
    size: usize,
    now: Timestamp,
) -> Result<Vec<Alike>, Error> {
    let serving = &snapshot.models[0];
    let Some(vectors) = serving.recommender.item_vectors() else {
        return Err(Error::NoFactors { model: serving.spec.brief() });
    };
    let space = Space { folder, snapshot, vectors, now };
    match subject {
        Subject::Recording(recording) => space.recordings(*recording, size),
        Subject::Artist(artist) => space.artists(*artist, size),
        Subject::Listener(listener) => space.listeners(listener, size),
    }
}

struct Space<'a> {
    folder: &'a Folder,
    snapshot: &'a Snapshot,
    vectors: &'a Matrix,
    now: Timestamp,
}

impl Space<'_> {
    fn recordings(&self, recording: RecordingId, size: usize) -> Result<Vec<Alike>, Error> {
        let places = Places::of(&self.snapshot.rows, &self.folder.store)?;
        let vector = match places.ix(recording) {
            Some(item) => Some(self.vectors.row(item.0 as usize).to_vec()),
            None => self.of_newcomer(recording, &places)?,
        };
        let vector =
            direction(vector).ok_or_else(|| no_vector("recording", recording.to_string()))?;
        let mut left_out: Vec<u32> = places.redundant().map(|item| item.0).collect();
        for version in self.folder.store.same_works(&[recording])? {
            left_out.extend(places.all(version).map(|item| item.0));
        }
        left_out.sort_unstable();
        left_out.dedup();
        let best = top_k(&self.cosines(&vector), size, &left_out);
        let ids: Vec<_> = best.iter().map(|(row, _)| self.snapshot.rows.id(ItemIx(*row))).collect();
        let named = self.folder.store.recordings(&ids)?;
        let alike = best.into_iter().zip(named).map(|((row, similarity), recording)| Alike {
            id: recording.id.to_string(),
            name: self.name(&recording),
            similarity,
            listeners: self.snapshot.liked_by(ItemIx(row)),
        });
        Ok(alike.collect())
    }

    fn name(&self, recording: &Recording) -> String {
        let credit = &recording.entry.credit;
        match self.snapshot.manifest.items {
            ItemKind::Artists => credit.artist.clone(),
            ItemKind::Recordings => format!("{} - {}", credit.artist, credit.title),
        }
    }

    /// The vector that its listeners give a recording which the training did not know.
    fn of_newcomer(
        &self,
        recording: RecordingId,
        places: &Places<'_>,
    ) -> Result<Option<Vec<f32>>, Error> {
        let recommender = &self.snapshot.models[0].recommender;
        let mut listeners: Vec<(Query, Heard)> = Vec::new();
        let mut failure = None;
        self.folder.store.for_each_history(None, &mut |listener, history| {
            let evidence = &self.folder.config.evidence;
            let weighed = weigh(&self.past(history), &self.snapshot.lengths, evidence);
            let all = believed(&weighed, Some(self.snapshot), evidence);
            if let Some(of_it) = all.iter().find(|believed| believed.recording == recording) {
                let (confidence, is_liked) = (of_it.confidence, of_it.is_liked);
                let newest = all.iter().filter_map(|believed| believed.last).max();
                let age_days = age_days(of_it.last, newest);
                let heard = Heard { confidence, age_days, is_liked };
                match self.taste(listener, history, places) {
                    Ok(taste) => listeners.push((recommender.represent(&taste.weights()), heard)),
                    Err(error) => failure = Some(error),
                }
            }
        })?;
        failure.map_or_else(|| Ok(recommender.represent_item(&listeners)), Err)
    }

    fn artists(&self, artist: ArtistId, size: usize) -> Result<Vec<Alike>, Error> {
        let rows = (0..self.snapshot.rows.len()).map(|row| self.snapshot.rows.ids()[row]);
        let recordings = self.folder.store.recordings(&rows.collect::<Vec<_>>())?;
        let mut artists: BTreeMap<ArtistId, (String, Vec<f32>, u32)> = BTreeMap::new();
        for (row, recording) in (0_u32..).zip(recordings) {
            let Some(unit) = direction(Some(self.vectors.row(row as usize).to_vec())) else {
                continue;
            };
            let liked_by = self.snapshot.liked_by(ItemIx(row));
            for (artist, name) in recording.artists {
                let place =
                    artists.entry(artist).or_insert_with(|| (name, vec![0.0; unit.len()], 0));
                linalg::add_scaled(&mut place.1, 1.0, &unit);
                place.2 = place.2.max(liked_by);
            }
        }
        let own = artists.get(&artist).and_then(|(_, sum, _)| direction(Some(sum.clone())));
        let own = own.ok_or_else(|| no_vector("artist", artist.to_string()))?;
        let others = artists.into_iter().filter(|(other, _)| *other != artist);
        let alike = others.filter_map(|(id, (name, sum, listeners))| {
            let similarity = dot(&own, &direction(Some(sum))?);
            Some(Alike { id: id.to_string(), name, similarity, listeners })
        });
        Ok(best(alike.collect(), size))
    }

    fn listeners(&self, listener: &Listener, size: usize) -> Result<Vec<Alike>, Error> {
        let places = Places::of(&self.snapshot.rows, &self.folder.store)?;
        let own = direction(self.of_listener(listener, &places)?);
        let own = own.ok_or_else(|| no_vector("listener", describe::name(listener)))?;
        let mut alike = Vec::new();
        for other in self.folder.store.listeners()? {
            if other.id == listener.id {
                continue;
            }
            if let Some(unit) = direction(self.of_listener(&other, &places)?) {
                let (id, name) = (other.pseudonym.clone(), describe::name(&other));
                alike.push(Alike { id, name, similarity: dot(&own, &unit), listeners: 0 });
            }
        }
        Ok(best(alike, size))
    }

    fn of_listener(
        &self,
        listener: &Listener,
        places: &Places<'_>,
    ) -> Result<Option<Vec<f32>>, Error> {
        let history = self.folder.store.history(listener.id)?;
        let taste = self.taste(listener.id, &history, places)?;
        let query = self.snapshot.models[0].recommender.represent(&taste.weights());
        Ok(query.vector().map(<[f32]>::to_vec))
    }

    fn taste(
        &self,
        listener: ListenerId,
        history: &music::History,
        places: &Places<'_>,
    ) -> Result<Taste, Error> {
        let (anytime, tz) = (BTreeMap::new(), timezone_of(self.folder, listener)?);
        let picks = Picks::of(self.folder, listener, None)?;
        let known = self.folder.store.listener_with(listener)?;
        let country = known.as_ref().and_then(|known| known.country.as_deref());
        let aside = Aside { season: &anytime, tz: &tz, country, picks: &picks };
        let config = &self.folder.config;
        Ok(Taste::of(&self.past(history), self.snapshot, places, config, &aside))
    }

    fn past<'h>(&self, history: &'h music::History) -> Past<'h> {
        Past { until: Some(self.now), ..Past::of(history) }
    }

    /// Of a direction with every row; rows without a direction are at 0.
    fn cosines(&self, unit: &[f32]) -> Vec<f32> {
        let mut cosines = vec![0.0; self.vectors.n_rows()];
        dots_with_all(self.vectors, unit, &mut cosines, Isa::best());
        for (row, cosine) in cosines.iter_mut().enumerate() {
            let row = self.vectors.row(row);
            let length = dot(row, row).sqrt();
            *cosine = if length > 0.0 { *cosine / length } else { 0.0 };
        }
        cosines
    }
}

/// A vector of length 1, unless it has no direction.
fn direction(vector: Option<Vec<f32>>) -> Option<Vec<f32>> {
    let mut vector = vector?;
    let length = dot(&vector, &vector).sqrt();
    if length == 0.0 || !length.is_finite() {
        return None;
    }
    vector.iter_mut().for_each(|x| *x /= length);
    Some(vector)
}

/// The most similar first, then by name.
fn best(mut alike: Vec<Alike>, size: usize) -> Vec<Alike> {
    alike.sort_by(|a, b| b.similarity.total_cmp(&a.similarity).then_with(|| a.name.cmp(&b.name)));
    alike.truncate(size);
    alike
}

fn no_vector(what: &'static str, name: String) -> Error {
    Error::NoVector { what, name }
}
