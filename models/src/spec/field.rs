//! What is one parameter called, what does it mean, and what can it be?

use std::fmt;
use std::ops::RangeInclusive;

/// One parameter of a model: the parser, the canonical string and the catalogue all read this.
pub(crate) struct Field<'a> {
    pub(crate) name: &'a str,
    pub(crate) meaning: &'static str,
    pub(crate) slot: Slot<'a>,
}

/// Where the value lies, and its range.
pub(crate) enum Slot<'a> {
    Count(&'a mut usize, RangeInclusive<usize>),
    Number(&'a mut f32, RangeInclusive<f32>),
    Flag(&'a mut bool),
    Choice(&'a mut dyn Named),
}

/// A parameter that is one of a few names.
pub(crate) trait Choice: Copy + PartialEq + 'static {
    /// Every value with its name.
    const ALL: &'static [(&'static str, Self)];
}

/// A [`Choice`], whichever it is.
pub(crate) trait Named {
    fn name(&self) -> &'static str;
    fn set(&mut self, text: &str) -> Result<(), String>;
}

impl<T: Choice> Named for T {
    fn name(&self) -> &'static str {
        T::ALL.iter().find(|(_, value)| value == self).expect("every choice has a name").0
    }

    fn set(&mut self, text: &str) -> Result<(), String> {
        let names = || T::ALL.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        let found = T::ALL.iter().find(|(name, _)| *name == text);
        *self = found.ok_or_else(|| format!("one of {}", names()))?.1;
        Ok(())
    }
}

impl Slot<'_> {
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
        }
    }
}
