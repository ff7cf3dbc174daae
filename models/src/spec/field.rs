//! What is one parameter called, what does it mean, what can it be, and where is a good value?

use std::fmt;
use std::ops::RangeInclusive;

use super::Extent;

/// One parameter of a model: the parser, the canonical string and the catalogue all read this.
pub(crate) struct Field<'a> {
    pub(crate) name: &'a str,
    pub(crate) meaning: &'static str,
    pub(crate) slot: Slot<'a>,
    pub(crate) search: Search,
}

/// Where a search for a good value looks; ends are included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Search {
    /// Nowhere: it is a matter of memory, time or meaning, and no ranking decides it.
    Never,
    /// Between two numbers, where differences count.
    Linear(f64, f64),
    /// Between two positive numbers, where ratios count.
    Log(f64, f64),
    /// Likewise, and the model grows with it.
    Size(f64, f64),
    /// Likewise, and it is how often the training goes over what was heard.
    Rounds(f64, f64),
    /// Every value there is.
    Every,
}

/// Where the value lies, and its range.
pub(crate) enum Slot<'a> {
    Count(&'a mut usize, RangeInclusive<usize>),
    Number(&'a mut f32, RangeInclusive<f32>),
    Flag(&'a mut bool),
    Choice(&'a mut dyn Named),
    Model(&'a mut dyn Nested),
}

/// A parameter that is itself a model, or stands where one could.
pub(crate) trait Nested {
    /// As it stands in a model string: the name, with brackets around its parameters.
    fn text(&self, extent: Extent) -> String;
    fn set(&mut self, text: &str) -> Result<(), String>;
}

/// A parameter that is one of a few names.
pub(crate) trait Choice: Copy + PartialEq + 'static {
    /// Every value with its name.
    const ALL: &'static [(&'static str, Self)];
}

/// A [`Choice`], whichever it is.
pub(crate) trait Named {
    fn name(&self) -> &'static str;
    fn names(&self) -> Vec<&'static str>;
    fn set(&mut self, text: &str) -> Result<(), String>;
}

impl<T: Choice> Named for T {
    fn name(&self) -> &'static str {
        T::ALL.iter().find(|(_, value)| value == self).expect("every choice has a name").0
    }

    fn names(&self) -> Vec<&'static str> {
        T::ALL.iter().map(|(name, _)| *name).collect()
    }

    fn set(&mut self, text: &str) -> Result<(), String> {
        let found = T::ALL.iter().find(|(name, _)| *name == text);
        *self = found.ok_or_else(|| format!("one of {}", self.names().join(", ")))?.1;
        Ok(())
    }
}

impl Slot<'_> {
    /// The value, of a model with so much of its parameters.
    pub(crate) fn text(&self, extent: Extent) -> String {
        match self {
            Self::Model(value) => value.text(extent),
            value => value.to_string(),
        }
    }

    /// Every value that can be told off; none of a number.
    pub(crate) fn values(&self) -> Vec<String> {
        let names = match self {
            Self::Count(..) | Self::Number(..) | Self::Model(_) => Vec::new(),
            Self::Flag(_) => vec!["false", "true"],
            Self::Choice(slot) => slot.names(),
        };
        names.into_iter().map(str::to_owned).collect()
    }

    /// Sets the value, or says what was expected.
    pub(crate) fn set(&mut self, text: &str) -> Result<(), String> {
        match self {
            Self::Count(slot, range) => {
                let value = text.parse().ok().filter(|value| range.contains(value));
                let expected =
                    || format!("a whole number from {} to {}", range.start(), range.end());
                **slot = value.ok_or_else(expected)?;
            }
            Self::Number(slot, range) => {
                let value = text.parse().ok().filter(|value| range.contains(value));
                let expected = || format!("a number from {} to {}", range.start(), range.end());
                **slot = value.ok_or_else(expected)?;
            }
            Self::Flag(slot) => {
                **slot = text.parse().map_err(|_ignored| "true or false".to_owned())?;
            }
            Self::Choice(slot) => slot.set(text)?,
            Self::Model(slot) => slot.set(text)?,
        }
        Ok(())
    }
}

/// The value, as it would be written in a model string.
impl fmt::Display for Slot<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(value, _) => value.fmt(f),
            Self::Number(value, _) => value.fmt(f),
            Self::Flag(value) => value.fmt(f),
            Self::Choice(value) => f.write_str(value.name()),
            Self::Model(value) => f.write_str(&value.text(Extent::Whole)),
        }
    }
}
