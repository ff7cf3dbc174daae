//! How does what one installation learned reach another, with no history inside?
//!
//! A factor file is a zip that any language reads:
//!
//! ```text
//! manifest.json        form, kind of item, model string, seed, how many listeners taught it
//! recordings.jsonl     names and keys of each row, and how many listeners like it
//! item_factors.npy     [n_items × dim] f32
//! ```
//!
//! A recording that only a few listeners like would show what these few listened to, so it stays at home.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Seek, Write};
use std::path::Path;

use fs_err::File;
use jiff::Timestamp;
use models::{Array, Spec};
use music::{CatalogueEntry, Credit, ItemIx, ItemKind, RecordingId, Rows};
use serde::{Deserialize, Serialize};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::crowd::Crowd;
use crate::snapshot::{About, Fitted, npy};
use crate::survey::known_lengths;
use crate::{Error, Folder, Snapshot, Unobserved, impute};

/// The only form this program writes and reads.
const VERSION: u32 = 1;

/// The array of recording vectors, under this name in snapshots and in factor files.
const ITEM_FACTORS: &str = "item_factors";

#[derive(Serialize, Deserialize)]
struct Header {
    version: u32,
    items: ItemKind,
    model: String,
    seed: u64,
    n_listeners: usize,
    n_items: usize,
    knows_until: Option<Timestamp>,
}

/// Names and keys of one row.
#[derive(Serialize, Deserialize)]
struct Row {
    title: String,
    artist: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    release: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recording_mbid: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    artist_mbids: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    isrc: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    spotify: Option<String>,
    liked_by: u32,
}

/// What an export carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exported {
    /// Recordings in the file.
    pub n_items: usize,
    /// Recordings left at home, as too few listeners like them.
    pub n_withheld: usize,
}

/// Writes the serving model's recording vectors for another installation.
///
/// # Errors
/// [`Error::NoFactors`] when the serving model has none; when the file cannot be written.
pub fn export_factors(
    folder: &Folder,
    snapshot: &Snapshot,
    path: &Path,
    min_listeners: u32,
) -> Result<Exported, Error> {
    let serving = &snapshot.models[0];
    let no_factors = || Error::NoFactors { model: serving.spec.brief() };
    let factors = serving.recommender.item_vectors().ok_or_else(no_factors)?;
    let shared: Vec<ItemIx> = (0..)
        .map(ItemIx)
        .take(snapshot.rows.len())
        .filter(|item| snapshot.liked_by(*item) >= min_listeners)
        .collect();
    let header = Header {
        version: VERSION,
        items: snapshot.manifest.items,
        model: serving.spec.to_string(),
        seed: snapshot.manifest.seed,
        n_listeners: snapshot.manifest.n_listeners,
        n_items: shared.len(),
        knows_until: snapshot.manifest.knows_until,
    };
    let values = shared.iter().flat_map(|item| factors.row(item.0 as usize)).copied().collect();
    let array = Array::F32 { shape: vec![shared.len(), factors.dim()], values };
    if path.is_dir() {
        let problem = "it is a folder".to_owned();
        return Err(Error::FactorFile { path: path.to_owned(), problem });
    }
    let unfinished = path.with_extension("unfinished");
    let mut zip = ZipWriter::new(File::create(&unfinished)?);
    let io = |source: zip::result::ZipError| Error::from(std::io::Error::from(source));
    let options = SimpleFileOptions::default();
    zip.start_file("manifest.json", options).map_err(io)?;
    zip.write_all(json(&header).as_bytes())?;
    zip.start_file("recordings.jsonl", options).map_err(io)?;
    write_rows(folder, snapshot, &shared, &mut zip)?;
    zip.start_file(format!("{ITEM_FACTORS}.npy"), options).map_err(io)?;
    npy::write(&array, &mut zip)?;
    zip.finish().map_err(io)?.sync_all()?;
    fs_err::rename(unfinished, path)?;
    Ok(Exported { n_items: shared.len(), n_withheld: snapshot.rows.len() - shared.len() })
}

/// Makes a snapshot of a factor file and lets it serve.
///
/// Recordings the store does not know join its catalogue.
///
/// # Errors
/// [`Error::FactorFile`] when it is no such file; [`Error::ItemKinds`] when it is of the other kind of item.
pub fn import_factors(folder: &mut Folder, path: &Path, now: Timestamp) -> Result<Snapshot, Error> {
    let _lock = folder.lock()?;
    let Parts { header, rows, factors } = read(path)?;
    if let Some(kind) = folder.store.item_kind()?.filter(|kind| *kind != header.items) {
        return Err(Error::kinds("factors", kind, header.items));
    }
    let refuse = |problem: String| Error::FactorFile { path: path.to_owned(), problem };
    let vectors = Vectors::of(factors, &rows, header.n_items).map_err(refuse)?;
    let serving = vectors.try_on(&header.model).map_err(refuse)?;
    let entries: Vec<CatalogueEntry> = rows.iter().map(entry).collect();
    let ids = folder.store.identify_all(header.items, &entries)?;
    let table = Table::of(&ids, &rows, &vectors);
    let popularity: Spec = "popularity".parse()?;
    let n = table.rows.len();
    let by_model = [
        (serving, BTreeMap::from([(ITEM_FACTORS.to_owned(), table.factors)])),
        (popularity, BTreeMap::from([("listeners".to_owned(), liked(&table.liked_by, n))])),
    ];
    let mut models = Vec::new();
    for (spec, arrays) in by_model {
        let recommender = models::load(&spec, &table.rows, arrays)?;
        models.push(Fitted { spec, recommender });
    }
    let about = About {
        items: header.items,
        origin: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        seed: header.seed,
        n_listeners: header.n_listeners,
        n_pairs: 0,
        knows_until: header.knows_until,
        mean_evidence: None,
        doubted: BTreeMap::new(),
        distrusted: 0,
        last_import: crate::train::last_import(folder)?,
        settings: None,
        made_at: now,
        seconds: BTreeMap::new(),
    };
    let lengths = known_lengths(folder, None, &mut Unobserved)?;
    let lengths = impute::renew(folder, lengths)?;
    let snapshot =
        Snapshot::new(about, table.rows, table.liked_by, lengths, Crowd::default(), models);
    let mut snapshot = snapshot.with_index(&folder.config.index);
    snapshot.write(&folder.snapshots())?;
    Ok(snapshot)
}

fn write_rows(
    folder: &Folder,
    snapshot: &Snapshot,
    shared: &[ItemIx],
    to: &mut impl Write,
) -> Result<(), Error> {
    for block in shared.chunks(1000) {
        let ids: Vec<_> = block.iter().map(|item| snapshot.rows.id(*item)).collect();
        for (item, recording) in block.iter().zip(folder.store.recordings(&ids)?) {
            writeln!(to, "{}", json(&row(recording.entry.credit, snapshot.liked_by(*item))))?;
        }
    }
    Ok(())
}

fn row(credit: Credit, liked_by: u32) -> Row {
    Row {
        title: credit.title,
        artist: credit.artist,
        release: credit.release,
        recording_mbid: credit.mbid,
        artist_mbids: credit.artist_mbids,
        isrc: credit.isrc,
        spotify: credit.spotify,
        liked_by,
    }
}

fn entry(row: &Row) -> CatalogueEntry {
    let credit = Credit {
        title: row.title.clone(),
        artist: row.artist.clone(),
        release: row.release.clone(),
        mbid: row.recording_mbid.clone(),
        artist_mbids: row.artist_mbids.clone(),
        isrc: row.isrc.clone(),
        spotify: row.spotify.clone(),
        ..Credit::default()
    };
    CatalogueEntry { credit, ..CatalogueEntry::default() }
}

struct Parts {
    header: Header,
    rows: Vec<Row>,
    factors: Array,
}

fn read(path: &Path) -> Result<Parts, Error> {
    let refuse = |problem: String| Error::FactorFile { path: path.to_owned(), problem };
    let mut zip =
        ZipArchive::new(File::open(path)?).map_err(|source| refuse(source.to_string()))?;
    let header: Header =
        serde_json::from_slice(&member(&mut zip, "manifest.json").map_err(refuse)?)
            .map_err(|source| refuse(format!("manifest.json: {source}")))?;
    if header.version != VERSION {
        return Err(refuse(format!(
            "form {} came, this undersong reads form {VERSION}",
            header.version
        )));
    }
    let lines = BufReader::new(
        zip.by_name("recordings.jsonl").map_err(|source| refuse(source.to_string()))?,
    )
    .lines();
    let mut rows = Vec::new();
    for line in lines {
        let line = line.map_err(|source| refuse(format!("recordings.jsonl: {source}")))?;
        rows.push(
            serde_json::from_str(&line)
                .map_err(|source| refuse(format!("recordings.jsonl: {source}")))?,
        );
    }
    let factors =
        member(&mut zip, &format!("{ITEM_FACTORS}.npy")).and_then(|bytes| npy::from_bytes(&bytes));
    Ok(Parts { header, rows, factors: factors.map_err(refuse)? })
}

fn member<R: Read + Seek>(zip: &mut ZipArchive<R>, name: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut member = zip.by_name(name).map_err(|source| format!("{name}: {source}"))?;
    member.read_to_end(&mut bytes).map_err(|source| format!("{name}: {source}"))?;
    Ok(bytes)
}

/// The vectors of a factor file, checked.
struct Vectors {
    dim: usize,
    values: Vec<f32>,
}

impl Vectors {
    fn of(factors: Array, rows: &[Row], n_items: usize) -> Result<Self, String> {
        let Array::F32 { shape, values } = factors else {
            return Err("vectors of f32 expected".to_owned());
        };
        let &[n, dim] = shape.as_slice() else {
            return Err(format!("a matrix expected, got shape {shape:?}"));
        };
        if n != n_items || rows.len() != n_items {
            return Err(format!(
                "{n_items} recordings expected, got {} names and {n} vectors",
                rows.len()
            ));
        }
        if n_items == 0 {
            return Err("it holds no recording".to_owned());
        }
        if !values.iter().all(|x| x.is_finite()) {
            return Err("a vector holds a number that is not finite".to_owned());
        }
        Ok(Self { dim, values })
    }

    /// The model these vectors are of, once it took one of them.
    fn try_on(&self, model: &str) -> Result<Spec, String> {
        let spec: Spec = model.parse().map_err(|source: models::Error| source.to_string())?;
        let one = Array::F32 { shape: vec![1, self.dim], values: self.row(0).to_vec() };
        let arrays = BTreeMap::from([(ITEM_FACTORS.to_owned(), one)]);
        let fits = models::load(&spec, &Rows::new(vec![RecordingId(0)]), arrays);
        fits.map_err(|source| {
            format!("its vectors of length {} are none of {model}: {source}", self.dim)
        })?;
        Ok(spec)
    }

    fn row(&self, r: usize) -> &[f32] {
        &self.values[r * self.dim..(r + 1) * self.dim]
    }
}

/// Rows of a factor file, in the order of this folder's ids.
struct Table {
    rows: Rows,
    liked_by: Vec<u32>,
    factors: Array,
}

impl Table {
    /// Where two rows are one recording here, the one that more listeners like is kept.
    fn of(ids: &[Option<RecordingId>], rows: &[Row], vectors: &Vectors) -> Self {
        let mut best: BTreeMap<RecordingId, usize> = BTreeMap::new();
        for (r, id) in ids.iter().enumerate().filter_map(|(r, id)| Some((r, (*id)?))) {
            let kept = best.entry(id).or_insert(r);
            if rows[r].liked_by > rows[*kept].liked_by {
                *kept = r;
            }
        }
        let values = best.values().flat_map(|r| vectors.row(*r)).copied().collect();
        Self {
            rows: Rows::new(best.keys().copied().collect()),
            liked_by: best.values().map(|r| rows[*r].liked_by).collect(),
            factors: Array::F32 { shape: vec![best.len(), vectors.dim], values },
        }
    }
}

fn liked(liked_by: &[u32], n: usize) -> Array {
    Array::F32 { shape: vec![n], values: liked_by.iter().map(|n| *n as f32).collect() }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("names and numbers have a JSON form")
}
