//! Which model, with which parameters?
//!
//! A model string is `name` or `name:key=value,…`, as in `ials:dim=64,iterations=16`.
//! Behind the colon of a blend stand other models: see [`crate::blend::Params`]; those of a hybrid are values of its keys.
//! What is not said has its default; what is not known is refused with the nearest known name.

pub(crate) mod field;
mod search;

use std::fmt;
use std::str::FromStr;

use crate::hybrid::Second;
use crate::{Error, Spec};
use field::Field;

pub use search::{Part, Range, Scale, Tunable};

impl Spec {
    /// The name with those parameters that are not their defaults.
    #[must_use]
    pub fn brief(&self) -> String {
        self.text(Extent::Brief)
    }

    /// Every parameter with its value; of a blend the weights, then the parameters of each model behind its key and a dot.
    #[must_use]
    pub fn parameters(&self) -> Vec<(String, String)> {
        let mut spec = self.clone();
        let fields = spec.fields();
        let of_field = |field: &Field<'_>| (field.name.to_owned(), field.slot.to_string());
        let mut parameters: Vec<_> = fields.iter().map(of_field).collect();
        if let Self::Blend(blend) = self {
            for component in blend.components() {
                let inner = component.spec.parameters().into_iter();
                let key = |key| format!("{}.{key}", component.key);
                parameters.extend(inner.map(|(name, value)| (key(name), value)));
            }
        }
        parameters
    }

    /// Whether a fit of it learns from what is known of items.
    #[must_use]
    pub fn wants_features(&self) -> bool {
        self.is_any_part(|spec| match spec {
            Self::TwoTower(params) => params.by.has_features(),
            Self::Hybrid(params) => params.second == Second::Network,
            _ => false,
        })
    }

    /// Whether a fit of it learns from when each moment of a history came about.
    #[must_use]
    pub fn wants_moments(&self) -> bool {
        self.is_any_part(|spec| match spec {
            Self::TwoTower(_) => true,
            Self::Hybrid(params) => params.second == Second::Network,
            _ => false,
        })
    }

    /// Whether it holds of this model or, of a blend or a hybrid, of any in it.
    pub(crate) fn is_any_part(&self, holds: impl Fn(&Self) -> bool + Copy) -> bool {
        match self {
            Self::Blend(blend) => {
                blend.components().iter().any(|component| component.spec.is_any_part(holds))
            }
            Self::Hybrid(hybrid) => {
                let second = hybrid.second.model();
                holds(self)
                    || hybrid.first.is_any_part(holds)
                    || second.is_some_and(|second| second.is_any_part(holds))
            }
            spec => holds(spec),
        }
    }

    fn text(&self, extent: Extent) -> String {
        let (name, arguments) = (self.name(), self.arguments(extent));
        if arguments.is_empty() { name.to_owned() } else { format!("{name}:{arguments}") }
    }

    /// What is said behind the name.
    pub(crate) fn arguments(&self, extent: Extent) -> String {
        if let Self::Blend(blend) = self {
            return blend.arguments(extent);
        }
        let plain = Self::named(self.name()).expect("a model has its own name");
        let pairs = self.parameters().into_iter().zip(plain.parameters());
        let is_said = pairs.map(|(pair, default)| extent == Extent::Whole || pair != default);
        let mut spec = self.clone();
        let fields = spec.fields();
        let said = fields.iter().zip(is_said).filter(|(_, is_said)| *is_said);
        let said = said.map(|(field, _)| format!("{}={}", field.name, field.slot.text(extent)));
        said.collect::<Vec<_>>().join(",")
    }

    /// As a part of another model: the name, with brackets around what is said of its parameters.
    pub(crate) fn bracketed(&self, extent: Extent) -> String {
        let (name, arguments) = (self.name(), self.arguments(extent));
        if arguments.is_empty() { name.to_owned() } else { format!("{name}({arguments})") }
    }

    /// The model that such a text says.
    pub(crate) fn of_bracketed(text: &str) -> Result<Self, Error> {
        let (name, arguments) = match text.strip_suffix(')').and_then(|text| text.split_once('(')) {
            Some((name, arguments)) => (name, Some(arguments)),
            None => (text, None),
        };
        Ok(Self::of(name, arguments)?.0)
    }

    /// The model that a string says, and the parameters that it names; the weights of a blend are none of them.
    ///
    /// # Errors
    /// When the string is not a model.
    pub fn read(text: &str) -> Result<(Self, Vec<String>), Error> {
        match text.split_once(':') {
            Some((name, arguments)) => Self::of(name, Some(arguments)),
            None => Self::of(text, None),
        }
    }

    /// A model by its name and what is said behind it, and the parameters named there.
    pub(crate) fn of(name: &str, arguments: Option<&str>) -> Result<(Self, Vec<String>), Error> {
        let mut spec = Self::named(name.trim())?;
        let mut seen = Vec::new();
        let Some(arguments) = arguments else { return Ok((spec, seen)) };
        if let Self::Blend(_) = spec {
            return Ok((Self::Blend(arguments.parse()?), seen));
        }
        for pair in split(arguments, ',') {
            let parameter = spec.set(pair.trim())?;
            if seen.contains(&parameter) {
                return Err(Error::RepeatedParameter { model: spec.name(), parameter });
            }
            seen.push(parameter);
        }
        match &mut spec {
            Self::Ials(params) => params.settle(&seen)?,
            Self::Explicit(params) => params.settle()?,
            _ => {}
        }
        Ok((spec, seen))
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
    fn set(&mut self, pair: &str) -> Result<String, Error> {
        let model = self.name();
        let Some((key, value)) = pair.split_once('=') else {
            return Err(Error::NotKeyValue { model, got: pair.to_owned() });
        };
        let (key, value) = (key.trim(), value.trim());
        let mut fields = self.fields();
        let Some(field) = fields.iter_mut().find(|field| field.name == key) else {
            let nearest = nearest(key, fields.iter().map(|field| field.name));
            let nearest = nearest.map(str::to_owned);
            return Err(Error::UnknownParameter { model, got: key.to_owned(), nearest });
        };
        let parameter = key.to_owned();
        field.slot.set(value).map_err(|expected| Error::BadValue {
            model,
            parameter: parameter.clone(),
            expected,
            got: value.to_owned(),
        })?;
        Ok(parameter)
    }
}

impl FromStr for Spec {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Ok(Self::read(text)?.0)
    }
}

/// The canonical string, with every parameter.
impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Extent::Whole))
    }
}

/// The parts between those separators that are in no brackets.
pub(crate) fn split(text: &str, separator: char) -> Vec<&str> {
    let mut depth = 0_usize;
    let is_between = |c: char| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == separator && depth == 0
    };
    text.split(is_between).collect()
}

/// How much of a model a string says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Every parameter.
    Whole,
    /// What is not the default.
    Brief,
}

/// The known name with the fewest letters different, the first of several.
#[must_use]
pub fn nearest<'a>(got: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
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
