//! Which model, with which parameters?
//!
//! A model string is `name` or `name:key=value,…`, as in `ials:dim=64,iterations=16`.
//! What is not said has its default; what is not known is refused with the nearest known name.

pub(crate) mod field;

use std::fmt;
use std::str::FromStr;

use crate::{Error, Spec};

impl Spec {
    /// The name with those parameters that are not their defaults.
    #[must_use]
    pub fn brief(&self) -> String {
        let plain = Self::named(self.name()).expect("a model has its own name");
        let (mut spec, mut plain) = (*self, plain);
        let mut text = self.name().to_owned();
        for (field, plain) in spec.fields().iter().zip(plain.fields()) {
            let (value, default) = (field.slot.to_string(), plain.slot.to_string());
            if value != default {
                let separator = if text.contains(':') { ',' } else { ':' };
                text.push_str(&format!("{separator}{}={value}", field.name));
            }
        }
        text
    }

    fn named(name: &str) -> Result<Self, Error> {
        let found = Self::all().into_iter().find(|spec| spec.name() == name);
        found.ok_or_else(|| {
            let nearest = nearest(name, Self::all().iter().map(Self::name));
            let nearest = nearest.expect("there is at least one model");
            Error::UnknownModel { got: name.to_owned(), nearest }
        })
    }

    /// Sets one `key=value` and gives back the key.
    fn set(&mut self, pair: &str) -> Result<&'static str, Error> {
        let model = self.name();
        let Some((key, value)) = pair.split_once('=') else {
            return Err(Error::NotKeyValue { model, got: pair.to_owned() });
        };
        let (key, value) = (key.trim(), value.trim());
        let mut fields = self.fields();
        let Some(field) = fields.iter_mut().find(|field| field.name == key) else {
            let nearest = nearest(key, fields.iter().map(|field| field.name));
            return Err(Error::UnknownParameter { model, got: key.to_owned(), nearest });
        };
        let parameter = field.name;
        field.slot.set(value).map_err(|expected| Error::BadValue {
            model,
            parameter,
            expected,
            got: value.to_owned(),
        })?;
        Ok(parameter)
    }
}

impl FromStr for Spec {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let (name, pairs) = match text.split_once(':') {
            Some((name, pairs)) => (name, Some(pairs)),
            None => (text, None),
        };
        let mut spec = Self::named(name.trim())?;
        let mut seen = Vec::new();
        for pair in pairs.into_iter().flat_map(|pairs| pairs.split(',')) {
            let parameter = spec.set(pair.trim())?;
            if seen.contains(&parameter) {
                return Err(Error::RepeatedParameter { model: spec.name(), parameter });
            }
            seen.push(parameter);
        }
        if let Self::Ials(params) = &mut spec {
            params.settle(&seen)?;
        }
        Ok(spec)
    }
}

/// The canonical string, with every parameter.
impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        let mut spec = *self;
        for (place, field) in spec.fields().iter().enumerate() {
            let separator = if place == 0 { ':' } else { ',' };
            write!(f, "{separator}{}={}", field.name, field.slot)?;
        }
        Ok(())
    }
}

/// The known name with the fewest letters different, the first of several.
fn nearest(got: &str, known: impl IntoIterator<Item = &'static str>) -> Option<&'static str> {
    known.into_iter().min_by_key(|known| distance(got, known))
}

/// Letters inserted, deleted or replaced to make `b` from `a` (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.chars().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[row.len() - 1]
}

#[cfg(test)]
mod tests;
