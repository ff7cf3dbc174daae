//! What did training leave behind?
//!
//! A snapshot is an immutable folder of NumPy arrays and a manifest with their checksums, written beside the others and
//! renamed into place, so that a reader sees a whole one or none. It holds no listener: a listener's own vector is
//! solved from the listener's own log when it is wanted.
//!
//! ```text
//! snapshots/0003-9f2c41aa/manifest.json      what it is, its seed, parameters, checksums
//!                         items.npy          [n_items] recording id of each row, ascending
//!                         liked_by.npy       [n_items] how many listeners like it
//!                         lengths.npy        [n_items] length in milliseconds, 0 where unknown
//!                         imputed_lengths.npy [n_items] the same of those imputed because none is known
//!                         trending.npy       [n, 2] country and row of what is heard more and more
//!                         popular.npy        [n, 3] country, row and listeners of what is liked most there
//!                         circles.npy        [n_circles, dim] directions of listeners who are alike
//!                         circle_items.npy   [n, 2] circle and row of what is liked in it
//!                         model-0.*.npy      the arrays of each model, the serving one first
//!                         vectors.near       an index of the serving model's vectors, where there are many
//! snapshots/current                          the id of the one that serves
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ann::{Index, Search};
use jiff::Timestamp;
use listens::{Lengths, Rule};
use models::{Array, Recommender, Spec};
use music::{ItemIx, ItemKind, RecordingId, Rows};
use serde::{Deserialize, Serialize};

use crate::config::IndexRules;
use crate::crowd::Crowd;
use crate::{Error, Folder};

pub(crate) mod files;
mod near;
pub(crate) mod npy;
mod with_new;

/// The only form this program writes and reads.
const VERSION: u32 = 1;

/// How many snapshots stay.
const KEPT: usize = 3;

/// What stands in `manifest.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Form of the folder.
    pub version: u32,
    /// Name of the folder.
    pub id: String,
    /// What its rows are.
    pub items: ItemKind,
    /// Where it comes from: `train`, or the name of an imported factor file.
    pub origin: String,
    /// Seed of the training.
    pub seed: u64,
    /// Model strings, the serving one first.
    pub models: Vec<String>,
    /// Rows.
    pub n_items: usize,
    /// Listeners who taught it.
    pub n_listeners: usize,
    /// Pairs of listener and recording it was taught with.
    pub n_pairs: usize,
    /// Newest listen it knows.
    pub knows_until: Option<Timestamp>,
    /// Mean over listeners of their whole evidence; older snapshots and factor files do not say.
    #[serde(default)]
    pub mean_evidence: Option<f64>,
    /// Rows of the log that counted less, or not at all, by what doubted them.
    #[serde(default)]
    pub doubted: BTreeMap<Rule, u64>,
    /// Accounts that were believed less than others.
    #[serde(default)]
    pub distrusted: usize,
    /// The newest import it has seen.
    pub last_import: u64,
    /// BLAKE3 of the settings it was trained by; older snapshots and factor files do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<String>,
    /// When it was made; differs between two equal trainings.
    pub made_at: Timestamp,
    /// Seconds of each step of the training; differ between two equal trainings.
    pub seconds: BTreeMap<String, f64>,
    /// BLAKE3 of each file.
    pub checksums: BTreeMap<String, String>,
    /// What tells the index of vectors from any other, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<String>,
}

/// A fitted model and the string that describes it.
#[derive(Debug)]
pub struct Fitted {
    /// The model string.
    pub spec: Spec,
    /// The model.
    pub recommender: Box<dyn Recommender>,
}

/// A whole snapshot in memory.
#[derive(Debug)]
pub struct Snapshot {
    /// What it is.
    pub manifest: Manifest,
    /// Which recording each row is.
    pub rows: Rows,
    /// `[n_items]` listeners who like each.
    pub liked_by: Vec<u32>,
    /// Lengths of recordings, known or imputed.
    pub lengths: Lengths,
    /// What it keeps of its listeners, of many at once.
    pub(crate) crowd: Crowd,
    /// The models, the serving one first; the last one is always popularity.
    pub models: Vec<Fitted>,
    /// Where to look for the best rows of the serving model, where there are many.
    pub(crate) index: Option<Index>,
}

impl Snapshot {
    /// Reads the snapshot that serves.
    ///
    /// # Errors
    /// [`Error::NoSnapshot`] when there is none; [`Error::Snapshot`] when it is not as it was written.
    pub fn current(snapshots: &Path) -> Result<Self, Error> {
        let id = current_id(snapshots)?.ok_or(Error::NoSnapshot)?;
        Self::read(&snapshots.join(id))
    }

    /// Reads the snapshot in a folder and checks every byte of it.
    ///
    /// # Errors
    /// [`Error::Snapshot`] when it is of a newer form, or not as it was written.
    pub fn read(folder: &Path) -> Result<Self, Error> {
        let manifest = read_manifest(folder)?;
        let mut arrays = BTreeMap::new();
        for (file, checksum) in &manifest.checksums {
            let path = folder.join(file);
            let bytes = fs_err::read(&path).map_err(|source| refused(&path, source.to_string()))?;
            if blake3::hash(&bytes).to_hex().as_str() != checksum {
                return Err(refused(&path, "its checksum is not the one in the manifest"));
            }
            let array = npy::from_bytes(&bytes).map_err(|problem| refused(&path, problem))?;
            arrays.insert(file.trim_end_matches(".npy").to_owned(), array);
        }
        let index = manifest.index.as_ref().map(|expected| near::open(folder, expected));
        let index = index.transpose()?;
        let snapshot = Self::from_arrays(manifest, arrays);
        let snapshot = snapshot.map_err(|problem| problem.into_error(folder))?;
        let vectors = snapshot.models[0].recommender.item_vectors();
        let shape = vectors.map(|vectors| (vectors.n_rows(), vectors.dim()));
        if index.as_ref().is_some_and(|index| Some((index.n_rows(), index.dim())) != shape) {
            return Err(refused(folder, "its index is of other vectors"));
        }
        Ok(Self { index, ..snapshot })
    }

    /// Reads the snapshot that serves, with every recording of today's catalogue ([`Snapshot::with_new`]).
    ///
    /// # Errors
    /// As [`Snapshot::current`], and when the store cannot be read.
    pub fn serving(folder: &Folder) -> Result<Self, Error> {
        Self::current(&folder.snapshots())?.with_new(folder)
    }

    /// The same with a row for each recording of the catalogue that has none, as it came after the training or nobody
    /// had heard it: where the serving model makes vectors of features, such a recording can be in lists at once.
    ///
    /// Costs nothing where it does not, else a reading of the catalogue.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn with_new(self, folder: &Folder) -> Result<Self, Error> {
        with_new::with_new(self, folder)
    }

    /// Whether a row came after the training.
    pub(crate) fn is_new(&self, item: ItemIx) -> bool {
        item.0 as usize >= self.rows.len() - self.rows.n_more()
    }

    /// Writes it beside the others, makes it the one that serves and lets go of all but the last three.
    ///
    /// # Errors
    /// When a file cannot be written; what served before then still serves.
    pub fn write(&mut self, snapshots: &Path) -> Result<(), Error> {
        fs_err::create_dir_all(snapshots)?;
        let mut manifest = self.manifest.clone();
        files::write(snapshots, &mut manifest, self.arrays(), self.index.as_ref())?;
        self.manifest = manifest;
        files::prune(snapshots, KEPT)
    }

    /// Listeners who like the recording of a row.
    #[must_use]
    pub fn liked_by(&self, item: ItemIx) -> u32 {
        self.liked_by[item.0 as usize]
    }

    /// Whether any of the models looks at when each moment of a history came about.
    pub(crate) fn wants_moments(&self) -> bool {
        self.models.iter().any(|model| model.recommender.wants_moments())
    }

    /// All arrays, those of a model made when its turn comes.
    fn arrays(&self) -> impl Iterator<Item = (String, Array)> {
        let n = vec![self.rows.len()];
        let ids = self.rows.ids().iter().map(|id| id.0).collect();
        let millis = |length: &Duration| u32::try_from(length.as_millis()).unwrap_or(u32::MAX);
        let ids_of = || self.rows.ids().iter();
        let known = ids_of().map(|id| self.lengths.known(id).map_or(0, millis)).collect();
        let imputed = ids_of().map(|id| self.lengths.imputed(id).map_or(0, millis)).collect();
        let of_rows = [
            ("items".to_owned(), Array::U64 { shape: n.clone(), values: ids }),
            ("liked_by".to_owned(), Array::U32 { shape: n.clone(), values: self.liked_by.clone() }),
            ("lengths".to_owned(), Array::U32 { shape: n.clone(), values: known }),
            ("imputed_lengths".to_owned(), Array::U32 { shape: n, values: imputed }),
        ];
        let of_crowd = self.crowd.arrays();
        let of_models = self.models.iter().enumerate().flat_map(|(m, model)| {
            let of_model = model.recommender.arrays().into_iter();
            of_model.map(move |(name, array)| (format!("model-{m}.{name}"), array))
        });
        of_rows.into_iter().chain(of_crowd).chain(of_models)
    }

    fn from_arrays(
        manifest: Manifest,
        mut arrays: BTreeMap<String, Array>,
    ) -> Result<Self, Problem> {
        let Some(Array::U64 { values: ids, .. }) = arrays.remove("items") else {
            return Err(Problem::missing("items"));
        };
        let Some(Array::U32 { values: liked_by, .. }) = arrays.remove("liked_by") else {
            return Err(Problem::missing("liked_by"));
        };
        let Some(Array::U32 { values: lengths, .. }) = arrays.remove("lengths") else {
            return Err(Problem::missing("lengths"));
        };
        // Snapshots made before lengths were imputed have none.
        let imputed = match arrays.remove("imputed_lengths") {
            Some(Array::U32 { values, .. }) => values,
            Some(_) => return Err(Problem::missing("imputed_lengths")),
            None => vec![0; lengths.len()],
        };
        let rows = Rows::new(ids.into_iter().map(RecordingId).collect());
        if rows.len() != manifest.n_items
            || liked_by.len() != rows.len()
            || lengths.len() != rows.len()
            || imputed.len() != rows.len()
        {
            return Err(Problem::Sentence(format!(
                "{} rows expected, its arrays hold others",
                manifest.n_items
            )));
        }
        let lengths = by_row(&rows, &lengths).collect::<Lengths>();
        let lengths = lengths.with_imputed(by_row(&rows, &imputed));
        let crowd = Crowd::from_arrays(&mut arrays, rows.len());
        let mut models = Vec::new();
        for (m, spec) in manifest.models.iter().enumerate() {
            let spec: Spec = spec.parse()?;
            let prefix = format!("model-{m}.");
            let of_model = arrays.extract_if(.., |name, _| name.starts_with(&prefix));
            let of_model = of_model.map(|(name, array)| (name[prefix.len()..].to_owned(), array));
            let recommender = models::load(&spec, &rows, of_model.collect())?;
            models.push(Fitted { spec, recommender });
        }
        if models.last().is_none_or(|last| !matches!(last.spec, Spec::Popularity(_))) {
            return Err(Problem::Sentence("its last model is not popularity".to_owned()));
        }
        Ok(Self { manifest, rows, liked_by, lengths, crowd, models, index: None })
    }
}

/// The lengths of recordings from those of rows, 0 where there is none.
fn by_row(rows: &Rows, millis: &[u32]) -> impl Iterator<Item = (RecordingId, Duration)> {
    let of_rows = rows.ids().iter().zip(millis).filter(|(_, millis)| **millis > 0);
    of_rows.map(|(id, millis)| (*id, Duration::from_millis((*millis).into())))
}

/// The id of the snapshot that serves, if there is one.
///
/// # Errors
/// When the file that names it cannot be read.
pub fn current_id(snapshots: &Path) -> Result<Option<String>, Error> {
    match fs_err::read_to_string(snapshots.join("current")) {
        Ok(id) => Ok(Some(id.trim().to_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(refused(&snapshots.join("current"), source.to_string())),
    }
}

/// Reads what a snapshot says of itself, without its arrays.
///
/// # Errors
/// [`Error::Snapshot`] when it is of a newer form or no manifest at all.
pub fn read_manifest(folder: &Path) -> Result<Manifest, Error> {
    #[derive(Deserialize)]
    struct Form {
        version: u32,
    }
    let path = folder.join("manifest.json");
    let bytes = fs_err::read(&path).map_err(|source| refused(&path, source.to_string()))?;
    let unreadable = |source: serde_json::Error| refused(&path, format!("no manifest: {source}"));
    let Form { version } = serde_json::from_slice(&bytes).map_err(unreadable)?;
    if version != VERSION {
        return Err(refused(&path, format!("form {version}, this undersong reads form {VERSION}")));
    }
    serde_json::from_slice(&bytes).map_err(unreadable)
}

/// A manifest for what is about to be written; id and checksums come with the writing.
#[derive(Debug)]
pub(crate) struct About {
    pub(crate) items: ItemKind,
    pub(crate) origin: String,
    pub(crate) seed: u64,
    pub(crate) n_listeners: usize,
    pub(crate) n_pairs: usize,
    pub(crate) knows_until: Option<Timestamp>,
    pub(crate) mean_evidence: Option<f64>,
    pub(crate) doubted: BTreeMap<Rule, u64>,
    pub(crate) distrusted: usize,
    pub(crate) last_import: u64,
    pub(crate) settings: Option<String>,
    pub(crate) made_at: Timestamp,
    pub(crate) seconds: BTreeMap<String, f64>,
}

impl Snapshot {
    /// A snapshot that nobody wrote yet.
    pub(crate) fn new(
        about: About,
        rows: Rows,
        liked_by: Vec<u32>,
        lengths: Lengths,
        crowd: Crowd,
        models: Vec<Fitted>,
    ) -> Self {
        let manifest = Manifest {
            version: VERSION,
            id: String::new(),
            items: about.items,
            origin: about.origin,
            seed: about.seed,
            models: models.iter().map(|model| model.spec.to_string()).collect(),
            n_items: rows.len(),
            n_listeners: about.n_listeners,
            n_pairs: about.n_pairs,
            knows_until: about.knows_until,
            mean_evidence: about.mean_evidence,
            doubted: about.doubted,
            distrusted: about.distrusted,
            last_import: about.last_import,
            settings: about.settings,
            made_at: about.made_at,
            seconds: about.seconds,
            checksums: BTreeMap::new(),
            index: None,
        };
        Self { manifest, rows, liked_by, lengths, crowd, models, index: None }
    }

    /// The same with an index of the serving model's vectors, where there are as many as the rules ask for.
    pub(crate) fn with_index(self, rules: &IndexRules) -> Self {
        let index = near::of(self.models[0].recommender.as_ref(), rules);
        Self { index, ..self }
    }
}

enum Problem {
    Sentence(String),
    Models(models::Error),
}

impl Problem {
    fn missing(array: &str) -> Self {
        Self::Sentence(format!("no array `{array}` of the right kind"))
    }

    fn into_error(self, folder: &Path) -> Error {
        match self {
            Self::Sentence(problem) => refused(folder, problem),
            Self::Models(source) => refused(folder, source.to_string()),
        }
    }
}

impl From<models::Error> for Problem {
    fn from(source: models::Error) -> Self {
        Self::Models(source)
    }
}

fn refused(path: &Path, problem: impl Into<String>) -> Error {
    Error::Snapshot { path: PathBuf::from(path), problem: problem.into() }
}
