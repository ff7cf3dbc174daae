//! What does a listener like of whom no listen tells anything yet?
//!
//! A listener who comes names artists and tags, and where life goes on; from then on what others like most of each
//! counts as liked, the less the more the listener's own listening tells: with n liked recordings of the listener's own
//! a pick counts `LASTS / (LASTS + n)` of a like, so that nothing jumps and nothing has to be taken back.
//! This is the one place where picks become taste. They are never heard: what was named may be recommended, for a
//! listener who wants otherwise blocks it. No training learns from them.

use jiff::Timestamp;
use listens::{Evidence, confidences};
use models::nearest;
use music::{ArtistId, ItemIx, ListenerId, RecordingId, artist_key, tag_key};
use serde::Serialize;
use store::{BlockTarget, Listener};

use crate::moments::letters;
use crate::places::Places;
use crate::{Error, Folder, Snapshot, find};

/// Recordings of a picked artist that count as liked, and of a picked tag.
const OF_ARTIST: usize = 3;
const OF_TAG: usize = 5;

/// Liked recordings of the listener's own after which a pick counts half.
const LASTS: f32 = 10.0;

/// What somebody says who comes.
#[derive(Clone, Debug)]
pub struct OnboardRequest {
    /// The listener, who is made where there is none.
    pub listener: String,
    /// Artists, each by id, MBID or name.
    pub artists: Vec<String>,
    /// Tags, as people call recordings here.
    pub tags: Vec<String>,
    /// Where the listener lives: two letters of ISO 3166-1.
    pub country: Option<String>,
    /// The present.
    pub now: Timestamp,
}

/// What is kept of what a listener said.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Onboarded {
    /// The listener.
    pub listener: String,
    /// Where the listener said to live.
    pub country: Option<String>,
    /// Artists, ascending by id.
    pub artists: Vec<PickedArtist>,
    /// Tags, ascending.
    pub tags: Vec<String>,
}

/// An artist whom a listener named.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PickedArtist {
    /// The id.
    pub id: ArtistId,
    /// The name as the catalogue writes it.
    pub name: String,
}

/// Keeps what a listener names, beside what was named before; returns how many picks are news.
///
/// # Errors
/// [`Error::NoSuchName`] for an artist or tag that nobody has here, [`Error::NoCountry`]; then nothing is kept.
pub fn onboard(folder: &mut Folder, request: &OnboardRequest) -> Result<usize, Error> {
    let mut targets = Vec::new();
    for text in &request.artists {
        targets.push(BlockTarget::Artist(artist(folder, text)?));
    }
    for text in &request.tags {
        targets.push(BlockTarget::Tag(tag(folder, text)?));
    }
    let country = request.country.as_deref().map(country).transpose()?;
    let listener = folder.store.ensure_listener(&request.listener)?;
    if let Some(country) = country {
        folder.store.set_country(listener, &country)?;
    }
    Ok(folder.store.pick(listener, &targets, request.now)?)
}

/// What is kept of what a listener said.
///
/// # Errors
/// When the store cannot be read.
pub fn onboarded(folder: &Folder, listener: &Listener) -> Result<Onboarded, Error> {
    let (mut artists, mut tags) = (Vec::new(), Vec::new());
    for pick in folder.store.picks(listener.id, None)? {
        match pick.target {
            BlockTarget::Artist(id) => {
                let name = folder.store.artist_name(id)?.unwrap_or_default();
                artists.push(PickedArtist { id, name });
            }
            BlockTarget::Tag(tag) => tags.push(tag),
            BlockTarget::Recording(_) => {}
        }
    }
    let (name, country) = (crate::describe::name(listener), listener.country.clone());
    Ok(Onboarded { listener: name, country, artists, tags })
}

/// The artist of a name, or the nearest name there is.
fn artist(folder: &Folder, text: &str) -> Result<ArtistId, Error> {
    match find::artist(folder, text) {
        Ok((artist, _)) => Ok(artist),
        Err(Error::NotFound { .. }) => {
            let known = folder.store.artists()?;
            let known: Vec<(String, String)> =
                known.into_iter().map(|(_, name)| (artist_key(&name), name)).collect();
            Err(no_such("artist", text, &artist_key(text), known))
        }
        Err(error) => Err(error),
    }
}

/// The tag as people here write it, whatever the spelling.
fn tag(folder: &Folder, text: &str) -> Result<String, Error> {
    let known = folder.store.tag_names()?;
    let key = tag_key(text);
    let known: Vec<(String, String)> =
        known.into_iter().map(|name| (tag_key(&name), name)).collect();
    match known.iter().find(|(other, _)| *other == key) {
        Some((_, name)) => Ok(name.clone()),
        None => Err(no_such("tag", text, &key, known)),
    }
}

/// Names that were sought by their keys.
fn no_such(what: &'static str, text: &str, key: &str, known: Vec<(String, String)>) -> Error {
    let nearest = nearest(key, known.iter().map(|(key, _)| key.as_str())).map(str::to_owned);
    let named = known.into_iter().find(|(key, _)| Some(key) == nearest.as_ref());
    Error::NoSuchName { what, text: text.to_owned(), nearest: named.map(|(_, name)| name) }
}

fn country(text: &str) -> Result<String, Error> {
    match letters(text) {
        Some(models::Country(letters)) => Ok(letters.map(char::from).into_iter().collect()),
        None => Err(Error::NoCountry { got: text.to_owned() }),
    }
}

/// What one listener named, with the recordings that it may mean.
#[derive(Clone, Debug, Default)]
pub(crate) struct Picks {
    picks: Vec<Pick>,
}

#[derive(Clone, Debug)]
struct Pick {
    at: Timestamp,
    name: String,
    /// How many of the recordings count as liked.
    n: usize,
    recordings: Vec<RecordingId>,
}

/// A recording that counts as liked because of a pick.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Picked {
    pub(crate) item: ItemIx,
    pub(crate) recording: RecordingId,
    pub(crate) at: Timestamp,
    /// What was named.
    pub(crate) name: String,
}

impl Picks {
    /// What a listener named, as far as it was known `before` a moment.
    pub(crate) fn of(
        folder: &Folder,
        listener: ListenerId,
        before: Option<Timestamp>,
    ) -> Result<Self, Error> {
        let store = &folder.store;
        let mut picks = Vec::new();
        for store::Pick { target, at } in store.picks(listener, before)? {
            let (name, n, recordings) = match target {
                BlockTarget::Artist(artist) => {
                    let name = store.artist_name(artist)?.unwrap_or_default();
                    (name, OF_ARTIST, store.by_artist(artist)?)
                }
                BlockTarget::Tag(tag) => {
                    let recordings = store.by_tag(&tag)?;
                    (tag, OF_TAG, recordings)
                }
                BlockTarget::Recording(id) => {
                    let named = store.recording(id)?;
                    let title = named.map(|named| named.entry.credit.title).unwrap_or_default();
                    (title, 1, vec![id])
                }
            };
            picks.push(Pick { at, name, n, recordings });
        }
        Ok(Self { picks })
    }

    /// The most liked recordings of each pick, ascending by row, each once, by the pick that comes first.
    pub(crate) fn liked(&self, snapshot: &Snapshot, places: &Places<'_>) -> Vec<Picked> {
        let mut liked: Vec<Picked> = Vec::new();
        for Pick { at, name, n, recordings } in &self.picks {
            let place = |recording: &RecordingId| Some((places.ix(*recording)?, *recording));
            let mut rows: Vec<(ItemIx, RecordingId)> =
                recordings.iter().filter_map(place).collect();
            rows.sort_by_key(|(item, _)| (std::cmp::Reverse(snapshot.liked_by(*item)), *item));
            rows.dedup_by_key(|(item, _)| *item);
            liked.extend(rows.into_iter().take(*n).map(|(item, recording)| Picked {
                item,
                recording,
                at: *at,
                name: name.clone(),
            }));
        }
        liked.sort_by_key(|picked| picked.item);
        liked.dedup_by_key(|picked| picked.item);
        liked
    }
}

/// How much of a like a pick counts beside so many liked recordings of the listener's own.
pub(crate) fn left(n_own: usize) -> f32 {
    LASTS / (LASTS + n_own as f32)
}

/// How sure a like is of which nothing more is known.
pub(crate) fn of_a_like(evidence: &Evidence) -> f32 {
    let like = evidence.worth("like");
    if like > 0.0 { confidences(&[(RecordingId(0), like)], evidence, None)[0] } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::{country, left, no_such, of_a_like};
    use listens::{Evidence, Form};

    #[test]
    fn a_pick_fades_without_a_jump() {
        // 10 / (10 + n)
        assert_eq!([0, 10, 30].map(left), [1.0, 0.5, 0.25]);
    }

    #[test]
    fn a_pick_counts_as_one_like() {
        let evidence = Evidence { form: Form::Linear, alpha: 2.0, eps: 1.0, ..Evidence::default() };
        let like = evidence.worth("like");
        assert!((f64::from(of_a_like(&evidence)) - 2.0 * like).abs() < 1e-6, "{like}");
    }

    #[test]
    fn a_name_that_nobody_has_is_answered_with_the_nearest() {
        let known = ["Low", "Radiohead"].map(|name| (name.to_lowercase(), name.to_owned()));
        let error = no_such("artist", "Radiohed", "radiohed", known.to_vec()).to_string();
        assert_eq!(error, "no artist is called `Radiohed` here; the nearest name is `Radiohead`");
        let error = no_such("tag", "doom", "doom", Vec::new()).to_string();
        assert_eq!(error, "no tag is called `doom` here; import a catalogue that has some first");
    }

    #[test]
    fn a_country_is_two_letters() {
        assert_eq!(country("at").unwrap(), "AT");
        assert!(country("Austria").is_err());
    }
}
