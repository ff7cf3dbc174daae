//! How do towers travel into a snapshot and back?
//!
//! The nets as they are; the code of features by the names of their kinds; and of the training's items what the listener
//! tower asks of a history, as their own vectors are computed once and for all.

use linalg::Matrix;
use music::Rows;

use super::batch::Countries;
use super::encoded::{Bags, Code, Encoded, Scale, Space, Vocabulary};
use super::layout::Layout;
use super::net::Net;
use super::{Params, TwoTower};
use crate::array::{Arrays, check, names, take_f32, take_f32s, take_u32, take_u64s};
use crate::words::{self, WordVectors};
use crate::{Array, Country, Error};

const ITEM_VECTORS: &str = "item_vectors";
const COUNTRIES: &str = "countries";
const VECTORS: &str = "vectors";
const KNOWN: &str = "known";
/// What stands before the name of a kind.
const WORD_KEYS: &str = "word_keys.";
const WORD_STARTS: &str = "word_starts.";
const WORD_ROWS: &str = "word_rows.";
const WORD_WEIGHTS: &str = "word_weights.";
const NUMBER_EDGES: &str = "number_edges.";
const SPACE_MEAN: &str = "space_mean.";
const SPACE_SCALE: &str = "space_scale.";

fn f32s(values: &[f32]) -> Array {
    Array::F32 { shape: vec![values.len()], values: values.to_vec() }
}

fn u32s(values: Vec<u32>) -> Array {
    Array::U32 { shape: vec![values.len()], values }
}

pub(super) fn arrays(model: &TwoTower) -> Arrays {
    let mut arrays = Arrays::new();
    model.net.save(&mut arrays);
    for (vocabulary, bags) in model.code.vocabularies.iter().zip(&model.encoded.words) {
        let name = &vocabulary.name;
        let values = vocabulary.keys.clone();
        let keys = Array::U64 { shape: vec![values.len()], values };
        arrays.insert(format!("{WORD_KEYS}{name}"), keys);
        arrays.insert(format!("{WORD_STARTS}{name}"), u32s(bags.starts.clone()));
        arrays.insert(format!("{WORD_ROWS}{name}"), u32s(bags.rows.clone()));
        arrays.insert(format!("{WORD_WEIGHTS}{name}"), f32s(&bags.weights));
    }
    arrays.extend(model.tags.iter().flat_map(WordVectors::arrays));
    for scale in &model.code.scales {
        arrays.insert(format!("{NUMBER_EDGES}{}", scale.name), f32s(&scale.edges));
    }
    for space in &model.code.spaces {
        arrays.insert(format!("{SPACE_MEAN}{}", space.name), f32s(&space.mean));
        arrays.insert(format!("{SPACE_SCALE}{}", space.name), f32s(&[space.inverse_scale]));
    }
    arrays.insert(VECTORS.to_owned(), f32s(&model.encoded.vectors));
    arrays.insert(KNOWN.to_owned(), u32s(model.encoded.known.clone()));
    let countries = model.countries.all().map(|Country([a, b])| u32::from(a) << 8 | u32::from(b));
    arrays.insert(COUNTRIES.to_owned(), u32s(countries.collect()));
    let shape = vec![model.items.n_rows(), model.items.dim()];
    let vectors = Array::F32 { shape, values: model.items.as_slice().to_vec() };
    arrays.insert(ITEM_VECTORS.to_owned(), vectors);
    arrays
}

pub(super) fn load(params: Params, rows: &Rows, arrays: &mut Arrays) -> Result<TwoTower, Error> {
    let n_items = rows.len();
    let (mut code, mut encoded) = (Code::default(), Encoded { n_items, ..Encoded::default() });
    for name in names(arrays, WORD_KEYS) {
        let (vocabulary, bags) = load_words(name, n_items, arrays)?;
        code.vocabularies.push(vocabulary);
        encoded.words.push(bags);
    }
    for name in names(arrays, NUMBER_EDGES) {
        let edges = take_f32s(arrays, &format!("{NUMBER_EDGES}{name}"))?;
        code.scales.push(Scale { name, edges });
    }
    for name in names(arrays, SPACE_MEAN) {
        let mean = take_f32s(arrays, &format!("{SPACE_MEAN}{name}"))?;
        let inverse_scale = take_f32(arrays, &format!("{SPACE_SCALE}{name}"), &[1])?[0];
        code.spaces.push(Space { name, mean, inverse_scale });
    }
    encoded.width = code.width();
    encoded.vectors = take_f32(arrays, VECTORS, &[n_items * encoded.width])?;
    encoded.known = take_u32(arrays, KNOWN)?;
    check(KNOWN, encoded.known.len() == n_items * code.spaces.len())?;
    let country = |code: u32| {
        let [.., a, b] = code.to_be_bytes();
        Country([a, b])
    };
    let countries = Countries::new(take_u32(arrays, COUNTRIES)?.into_iter().map(country));
    let layout = Layout::new(&params, &code, countries.len());
    let net = Net::load(&params, layout, &code, n_items, arrays)?;
    let vectors = take_f32(arrays, ITEM_VECTORS, &[n_items, params.dim])?;
    let items = Matrix::from_vec(n_items, params.dim, vectors);
    let dim = words::Params::default().dim;
    let has_tags = code.spaces.iter().any(|space| space.name == "tags");
    let tags = has_tags.then(|| WordVectors::load(dim, arrays)).transpose()?;
    let ids = rows.ids().to_vec();
    Ok(TwoTower { params, net, code, tags, encoded, countries, ids, items, users: None })
}

fn load_words(
    name: String,
    n_items: usize,
    arrays: &mut Arrays,
) -> Result<(Vocabulary, Bags), Error> {
    let keys = take_u64s(arrays, &format!("{WORD_KEYS}{name}"))?;
    let starts = take_u32(arrays, &format!("{WORD_STARTS}{name}"))?;
    let rows = take_u32(arrays, &format!("{WORD_ROWS}{name}"))?;
    let weights = take_f32s(arrays, &format!("{WORD_WEIGHTS}{name}"))?;
    let ends_well = starts.last().is_some_and(|last| *last as usize == rows.len());
    // Every item has at least one row, that of the unknown word.
    let is_whole = starts.len() == n_items + 1 && starts.is_sorted_by(|a, b| a < b);
    let are_words =
        rows.len() == weights.len() && rows.iter().all(|row| *row as usize <= keys.len());
    check(WORD_ROWS, ends_well && is_whole && are_words && keys.is_sorted_by(|a, b| a < b))?;
    Ok((Vocabulary { name, keys }, Bags { starts, rows, weights }))
}
