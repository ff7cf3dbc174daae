//! What did a listener set for the lists, and what is as configured?
//!
//! A value is told, kept and shown as text; [`Settings`] holds what the text means.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::{ListKind, ParseListKindError};

/// The longest list that may be asked for.
const LONGEST_LIST: u32 = 10_000;
/// The longest fixed interval between two lists.
const LONGEST_INTERVAL_WEEKS: u32 = 52;

/// A key of [`Settings`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Setting {
    /// [`Settings::adventure`].
    Adventure,
    /// [`Settings::kinds`].
    Kinds,
    /// [`Settings::size`].
    Size,
    /// [`Settings::explicit`].
    Explicit,
    /// [`Settings::without_labels`].
    WithoutLabels,
    /// [`Settings::refresh`].
    Refresh,
    /// [`Settings::second_chance`].
    SecondChance,
    /// [`Settings::library`].
    Library,
}

/// What one listener wants of the lists; `None` is "as configured".
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Settings {
    /// From 0, close to home, to 1, far from it.
    pub adventure: Option<f32>,
    /// Which lists are made; at least one, in the order of [`ListKind::ALL`], never a blend.
    pub kinds: Option<Vec<ListKind>>,
    /// Lines of a list; from 1 to 10,000.
    pub size: Option<u32>,
    /// Whether recordings with the label `explicit` are wanted.
    pub explicit: Option<bool>,
    /// Labels whose recordings are not wanted; lower case, ascending, none empty.
    pub without_labels: Option<Vec<String>>,
    /// How often a new list is made.
    pub refresh: Option<Refresh>,
    /// Whether an unopened favorite may come back once, with that reason.
    pub second_chance: Option<bool>,
    /// Which recordings are wanted by whether they are owned.
    pub library: Option<Ownership>,
}

/// How often a new list is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refresh {
    /// As often as the last lists were played.
    Adaptive,
    /// Every so many weeks, from 1 to 52.
    Weeks(u32),
}

/// Which recordings are wanted by whether they are owned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ownership {
    /// All of them.
    Any,
    /// Only those that are owned.
    Owned,
    /// Only those that are not.
    NotOwned,
}

/// A setting that is not one, or a value that it cannot have.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum SettingError {
    /// No setting has this name.
    #[error("no setting is called `{got}`; one of {} expected", names(&Setting::ALL.map(Setting::name)))]
    Unknown {
        /// What came.
        got: String,
    },
    /// The value is none of the setting's.
    #[error("{key} = `{got}`: {expected} expected")]
    Value {
        /// The setting.
        key: &'static str,
        /// What would do.
        expected: &'static str,
        /// What came.
        got: String,
    },
    /// A list kind that nobody knows.
    #[error(transparent)]
    Kind(#[from] ParseListKindError),
}

impl Setting {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Adventure,
        Self::Kinds,
        Self::Size,
        Self::Explicit,
        Self::WithoutLabels,
        Self::Refresh,
        Self::SecondChance,
        Self::Library,
    ];

    /// The name at the terminal and in the store.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Adventure => "adventure",
            Self::Kinds => "kinds",
            Self::Size => "size",
            Self::Explicit => "explicit",
            Self::WithoutLabels => "without-labels",
            Self::Refresh => "refresh",
            Self::SecondChance => "second-chance",
            Self::Library => "library",
        }
    }

    /// What its value may be, for sentences.
    #[must_use]
    pub fn expected(self) -> &'static str {
        match self {
            Self::Adventure => "a number from 0 to 1",
            Self::Kinds => "weekly-exploration, weekly-jams, weekly-both, or several with commas",
            Self::Size => "a number of lines from 1 to 10000",
            Self::Explicit | Self::SecondChance => "yes or no",
            Self::WithoutLabels => "labels with commas",
            Self::Refresh => "adaptive or a number of weeks from 1 to 52",
            Self::Library => "any, owned or not-owned",
        }
    }
}

impl FromStr for Setting {
    type Err = SettingError;

    fn from_str(text: &str) -> Result<Self, SettingError> {
        let known = Self::ALL.into_iter().find(|setting| setting.name() == text);
        known.ok_or_else(|| SettingError::Unknown { got: text.to_owned() })
    }
}

impl Settings {
    /// Gives a setting the value that a text means.
    ///
    /// # Errors
    /// When it cannot have that value; then nothing has changed.
    pub fn set(&mut self, setting: Setting, text: &str) -> Result<(), SettingError> {
        let text = text.trim();
        let value = |known: bool| if known { Ok(()) } else { Err(refused(setting, text)) };
        match setting {
            Setting::Adventure => {
                let number = text.parse().ok().filter(|number| (0.0..=1.0).contains(number));
                value(number.is_some())?;
                self.adventure = number;
            }
            Setting::Kinds => self.kinds = Some(kinds(text)?),
            Setting::Size => {
                let size = text.parse().ok().filter(|size| (1..=LONGEST_LIST).contains(size));
                value(size.is_some())?;
                self.size = size;
            }
            Setting::Explicit | Setting::SecondChance => {
                let flag = flag(text);
                value(flag.is_some())?;
                match setting {
                    Setting::Explicit => self.explicit = flag,
                    _ => self.second_chance = flag,
                }
            }
            Setting::WithoutLabels => {
                let labels = words(&text.to_lowercase());
                value(!labels.is_empty())?;
                self.without_labels = Some(labels);
            }
            Setting::Refresh => {
                let refresh = refresh(text);
                value(refresh.is_some())?;
                self.refresh = refresh;
            }
            Setting::Library => {
                let wish = Ownership::ALL.into_iter().find(|wish| wish.name() == text);
                value(wish.is_some())?;
                self.library = wish;
            }
        }
        Ok(())
    }

    /// Makes a setting as configured again.
    pub fn unset(&mut self, setting: Setting) {
        match setting {
            Setting::Adventure => self.adventure = None,
            Setting::Kinds => self.kinds = None,
            Setting::Size => self.size = None,
            Setting::Explicit => self.explicit = None,
            Setting::WithoutLabels => self.without_labels = None,
            Setting::Refresh => self.refresh = None,
            Setting::SecondChance => self.second_chance = None,
            Setting::Library => self.library = None,
        }
    }

    /// The text that [`Self::set`] understands; `None` where it is as configured.
    #[must_use]
    pub fn text(&self, setting: Setting) -> Option<String> {
        let yes_or_no =
            |flag: Option<bool>| flag.map(|flag| if flag { "yes" } else { "no" }.into());
        match setting {
            Setting::Adventure => self.adventure.map(|number| number.to_string()),
            Setting::Kinds => {
                let kinds = self.kinds.as_ref()?;
                Some(kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(","))
            }
            Setting::Size => self.size.map(|size| size.to_string()),
            Setting::Explicit => yes_or_no(self.explicit),
            Setting::WithoutLabels => self.without_labels.as_ref().map(|labels| labels.join(",")),
            Setting::Refresh => self.refresh.map(|refresh| refresh.to_string()),
            Setting::SecondChance => yes_or_no(self.second_chance),
            Setting::Library => self.library.map(|wish| wish.name().to_owned()),
        }
    }
}

impl Ownership {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Any, Self::Owned, Self::NotOwned];

    /// The name at the terminal and in the store.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Owned => "owned",
            Self::NotOwned => "not-owned",
        }
    }
}

impl fmt::Display for Refresh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Adaptive => f.write_str("adaptive"),
            Self::Weeks(weeks) => weeks.fmt(f),
        }
    }
}

impl Serialize for Refresh {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Adaptive => to.serialize_str("adaptive"),
            Self::Weeks(weeks) => to.serialize_u32(*weeks),
        }
    }
}

fn refused(setting: Setting, text: &str) -> SettingError {
    SettingError::Value { key: setting.name(), expected: setting.expected(), got: text.to_owned() }
}

/// A blend is of several listeners, so no single one can wish for it.
fn kinds(text: &str) -> Result<Vec<ListKind>, SettingError> {
    let named = words(text);
    let mut kinds = named.iter().map(|name| name.parse()).collect::<Result<Vec<ListKind>, _>>()?;
    kinds.sort_unstable();
    if kinds.is_empty() || kinds.contains(&ListKind::Blend) {
        return Err(refused(Setting::Kinds, text));
    }
    Ok(kinds)
}

fn flag(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "yes" | "true" | "on" => Some(true),
        "no" | "false" | "off" => Some(false),
        _ => None,
    }
}

fn refresh(text: &str) -> Option<Refresh> {
    if text == "adaptive" {
        return Some(Refresh::Adaptive);
    }
    let weeks = text.parse().ok().filter(|weeks| (1..=LONGEST_INTERVAL_WEEKS).contains(weeks));
    weeks.map(Refresh::Weeks)
}

/// What stands between commas, each once, ascending.
fn words(text: &str) -> Vec<String> {
    let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
    let mut words: Vec<_> = words.map(str::to_owned).collect();
    words.sort_unstable();
    words.dedup();
    words
}

fn names(names: &[&str]) -> String {
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::{Ownership, Refresh, Setting, Settings};
    use crate::ListKind;

    fn set(changes: &[(&str, &str)]) -> Settings {
        let mut settings = Settings::default();
        for (key, value) in changes {
            settings.set(key.parse().unwrap(), value).unwrap();
        }
        settings
    }

    #[test]
    fn every_setting_reads_back_what_it_writes_and_can_be_taken_back() {
        let all = set(&[
            ("adventure", "0.7"),
            ("kinds", "weekly-jams, weekly-exploration,weekly-jams"),
            ("size", "20"),
            ("explicit", "no"),
            ("without-labels", "children, AI-generated"),
            ("refresh", "2"),
            ("second-chance", "on"),
            ("library", "not-owned"),
        ]);
        let expected = Settings {
            adventure: Some(0.7),
            kinds: Some(vec![ListKind::WeeklyExploration, ListKind::WeeklyJams]),
            size: Some(20),
            explicit: Some(false),
            without_labels: Some(vec!["ai-generated".to_owned(), "children".to_owned()]),
            refresh: Some(Refresh::Weeks(2)),
            second_chance: Some(true),
            library: Some(Ownership::NotOwned),
        };
        assert_eq!(all, expected);
        let mut again = Settings::default();
        let mut rest = all.clone();
        for setting in Setting::ALL {
            again.set(setting, &all.text(setting).unwrap()).unwrap();
            rest.unset(setting);
            assert_eq!(rest.text(setting), None);
        }
        assert_eq!((again, rest), (all, Settings::default()));
    }

    #[test]
    fn what_a_setting_cannot_be_is_refused_with_what_it_can() {
        for (key, value) in [
            ("adventure", "1.1"),
            ("adventure", "NaN"),
            ("adventure", "far"),
            ("kinds", ""),
            ("kinds", "blend"),
            ("size", "0"),
            ("size", "10001"),
            ("explicit", "perhaps"),
            ("without-labels", " , "),
            ("refresh", "53"),
            ("second-chance", ""),
            ("library", "mine"),
        ] {
            let setting: Setting = key.parse().unwrap();
            let mut settings = Settings::default();
            let refused = settings.set(setting, value).unwrap_err().to_string();
            assert!(refused.contains(setting.expected()), "{refused}");
            assert_eq!(settings, Settings::default());
        }
        let refused = Settings::default().set(Setting::Kinds, "monthly").unwrap_err().to_string();
        assert!(refused.contains("weekly-jams") && refused.contains("monthly"), "{refused}");
        let refused = "volume".parse::<Setting>().unwrap_err().to_string();
        assert!(refused.contains("`volume`") && refused.contains("second-chance"), "{refused}");
    }
}
