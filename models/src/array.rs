//! How does a model travel into a file and back?
//!
//! As a few named arrays; what they mean only the model knows.

use std::collections::BTreeMap;

use crate::Error;

/// Numbers of one kind with their shape, the last axis running fastest.
#[derive(Clone, Debug, PartialEq)]
pub enum Array {
    /// `f32`.
    F32 {
        /// Length of each axis.
        shape: Vec<usize>,
        /// As many as the shape multiplies to.
        values: Vec<f32>,
    },
    /// `u32`.
    U32 {
        /// Length of each axis.
        shape: Vec<usize>,
        /// As many as the shape multiplies to.
        values: Vec<u32>,
    },
    /// `u64`.
    U64 {
        /// Length of each axis.
        shape: Vec<usize>,
        /// As many as the shape multiplies to.
        values: Vec<u64>,
    },
}

impl Array {
    /// Length of each axis.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        match self {
            Self::F32 { shape, .. } | Self::U32 { shape, .. } | Self::U64 { shape, .. } => shape,
        }
    }

    fn describe(&self) -> String {
        let (kind, shape, len) = match self {
            Self::F32 { shape, values } => ("f32", shape, values.len()),
            Self::U32 { shape, values } => ("u32", shape, values.len()),
            Self::U64 { shape, values } => ("u64", shape, values.len()),
        };
        format!("{len} {kind} of shape {shape:?}")
    }
}

/// Saved arrays by name, from which a model takes its own.
pub(crate) type Arrays = BTreeMap<String, Array>;

/// Takes finite `f32` of exactly this shape.
pub(crate) fn take_f32(
    arrays: &mut Arrays,
    name: &str,
    expected: &[usize],
) -> Result<Vec<f32>, Error> {
    let kind = "finite f32";
    match arrays.remove(name) {
        Some(Array::F32 { shape, values }) if fits(&shape, values.len(), expected) => {
            match values.iter().find(|x| !x.is_finite()) {
                Some(x) => Err(bad(name, kind, expected, x.to_string())),
                None => Ok(values),
            }
        }
        other => Err(bad(name, kind, expected, describe(other.as_ref()))),
    }
}

/// Takes a row of `u32` of any length.
pub(crate) fn take_u32(arrays: &mut Arrays, name: &str) -> Result<Vec<u32>, Error> {
    match arrays.remove(name) {
        Some(Array::U32 { shape, values }) if fits(&shape, values.len(), &[values.len()]) => {
            Ok(values)
        }
        other => Err(Error::BadArray {
            name: name.to_owned(),
            expected: "a row of u32".to_owned(),
            got: describe(other.as_ref()),
        }),
    }
}

/// Takes a row of finite `f32` of any length.
pub(crate) fn take_f32s(arrays: &mut Arrays, name: &str) -> Result<Vec<f32>, Error> {
    let n = match arrays.get(name) {
        Some(Array::F32 { values, .. }) => values.len(),
        _ => 0,
    };
    take_f32(arrays, name, &[n])
}

/// Takes a row of `u64` of any length.
pub(crate) fn take_u64s(arrays: &mut Arrays, name: &str) -> Result<Vec<u64>, Error> {
    match arrays.remove(name) {
        Some(Array::U64 { shape, values }) if fits(&shape, values.len(), &[values.len()]) => {
            Ok(values)
        }
        other => Err(Error::BadArray {
            name: name.to_owned(),
            expected: "a row of u64".to_owned(),
            got: describe(other.as_ref()),
        }),
    }
}

/// Takes one `u64`.
pub(crate) fn take_u64(arrays: &mut Arrays, name: &str) -> Result<u64, Error> {
    match arrays.remove(name) {
        Some(Array::U64 { shape, values }) if fits(&shape, values.len(), &[1]) => Ok(values[0]),
        other => Err(bad(name, "u64", &[1], describe(other.as_ref()))),
    }
}

/// Refuses saved rows that are not sound.
pub(crate) fn check(name: &str, is_sound: bool) -> Result<(), Error> {
    let refusal = || Error::BadArray {
        name: name.to_owned(),
        expected: "what was saved of these items".to_owned(),
        got: "rows of others".to_owned(),
    };
    is_sound.then_some(()).ok_or_else(refusal)
}

/// The names of the kinds behind a prefix, ascending.
pub(crate) fn names(arrays: &Arrays, prefix: &str) -> Vec<String> {
    arrays.keys().filter_map(|key| key.strip_prefix(prefix)).map(str::to_owned).collect()
}

/// Arrays under names that tell whose they are.
pub(crate) fn named(key: &str, arrays: Arrays) -> impl Iterator<Item = (String, Array)> {
    arrays.into_iter().map(move |(name, array)| (format!("{key}.{name}"), array))
}

/// Takes the arrays of one owner, under the names that it gave them.
pub(crate) fn take_named(key: &str, arrays: &mut Arrays) -> Arrays {
    let prefix = format!("{key}.");
    let own = arrays.extract_if(.., |name, _| name.starts_with(&prefix));
    own.map(|(name, array)| (name[prefix.len()..].to_owned(), array)).collect()
}

fn fits(shape: &[usize], len: usize, expected: &[usize]) -> bool {
    shape == expected && len == expected.iter().product::<usize>()
}

fn describe(array: Option<&Array>) -> String {
    array.map_or_else(|| "nothing".to_owned(), Array::describe)
}

fn bad(name: &str, kind: &str, shape: &[usize], got: String) -> Error {
    Error::BadArray { name: name.to_owned(), expected: format!("{kind} of shape {shape:?}"), got }
}
