//! What may be set, and where does a setting lie?

use models::{Part, Range, Scale, Spec, Tunable};

use super::parzen::{Kind, part};
use super::study::Trial;
use crate::Error;

/// A model to tune: what its string says is held, and the rest of what can be searched is searched.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The model string, as it came.
    pub text: String,
    /// With the defaults of what the string leaves open.
    pub defaults: Spec,
    /// What is searched.
    pub space: Vec<Tunable>,
}

/// A parameter and where to look for it, in the caller's words: `reg=0.01..10:log`, `dim=32..256`, `similarity=cosine|bm25`.
#[derive(Clone, Debug, PartialEq)]
pub struct Wish {
    text: String,
    name: String,
    among: Among,
}

#[derive(Clone, Debug, PartialEq)]
enum Among {
    Numbers { low: f64, high: f64, scale: Option<Scale> },
    Values(Vec<String>),
}

/// Nearer to an end than that, on an interval of 1, is at the end.
const END: f64 = 0.02;

/// Values in the order of the space, as a model string writes them.
pub(super) type Setting = Vec<String>;

impl std::str::FromStr for Wish {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let refuse = || Error::BadSpace { got: text.to_owned() };
        let (name, range) = text.split_once('=').ok_or_else(refuse)?;
        let among = match range.split_once("..") {
            Some((low, rest)) => {
                let (high, scale) = match rest.split_once(':') {
                    Some((high, "log")) => (high, Some(Scale::Log)),
                    Some((high, "linear")) => (high, Some(Scale::Linear)),
                    Some(_) => return Err(refuse()),
                    None => (rest, None),
                };
                let number = |text: &str| text.trim().parse().ok().filter(|x: &f64| x.is_finite());
                let (low, high) = number(low)
                    .zip(number(high))
                    .filter(|(low, high)| low < high)
                    .ok_or_else(refuse)?;
                if scale == Some(Scale::Log) && low <= 0.0 {
                    return Err(refuse());
                }
                Among::Numbers { low, high, scale }
            }
            None => {
                let values: Vec<String> =
                    range.split('|').map(|value| value.trim().to_owned()).collect();
                if values.len() < 2 || values.iter().any(String::is_empty) {
                    return Err(refuse());
                }
                Among::Values(values)
            }
        };
        Ok(Self { text: text.to_owned(), name: name.trim().to_owned(), among })
    }
}

impl Subject {
    /// The models of these strings, searched where they say themselves or where the caller wishes.
    ///
    /// # Errors
    /// When a string is no model, a wish is for what no model has, for values that cannot be, or for what a string holds.
    pub fn all(texts: &[String], wishes: &[Wish]) -> Result<Vec<Self>, Error> {
        let subjects: Vec<Self> =
            texts.iter().map(|text| Self::of(text, wishes)).collect::<Result<_, _>>()?;
        for wish in wishes {
            if subjects.iter().all(|subject| subject.defaults.value(&wish.name).is_none()) {
                let known = subjects.iter().flat_map(|subject| subject.space.iter());
                let nearest =
                    models::nearest(&wish.name, known.map(|tunable| tunable.name.as_str()));
                return Err(Error::UnknownDimension {
                    got: wish.name.clone(),
                    nearest: nearest.unwrap_or("nothing").to_owned(),
                });
            }
        }
        Ok(subjects)
    }

    fn of(text: &str, wishes: &[Wish]) -> Result<Self, Error> {
        let (defaults, said) = Spec::read(text)?;
        let mut space = defaults.tunables();
        space.retain(|tunable| !said.contains(&tunable.name));
        for wish in wishes.iter().filter(|wish| defaults.value(&wish.name).is_some()) {
            if said.contains(&wish.name) {
                return Err(Error::HeldDimension {
                    model: text.to_owned(),
                    wish: wish.text.clone(),
                });
            }
            let wished = wish.tunable(&defaults)?;
            match space.iter_mut().find(|tunable| tunable.name == wish.name) {
                Some(tunable) => *tunable = wished,
                None => space.push(wished),
            }
        }
        Ok(Self { text: text.to_owned(), defaults, space })
    }

    /// The model with a setting.
    pub(super) fn spec(&self, setting: &Setting) -> Result<Spec, Error> {
        let mut spec = self.defaults.clone();
        for (tunable, value) in self.space.iter().zip(setting) {
            spec = spec.with(&tunable.name, value)?;
        }
        Ok(spec)
    }

    /// What is searched, at its defaults.
    pub(super) fn default_setting(&self) -> Setting {
        let value = |tunable: &Tunable| self.defaults.value(&tunable.name);
        self.space.iter().map(|tunable| value(tunable).expect("a parameter of the model")).collect()
    }

    /// Numbers so near to an end of where they are searched that better ones may lie beyond it.
    #[must_use]
    pub fn at_ends(&self, trial: &Trial) -> Vec<&str> {
        let setting = trial.setting(self);
        let is_at_end = |(tunable, value): &(&Tunable, &String)| {
            let x = coordinate_of(&tunable.range, value);
            matches!(tunable.range, Range::Numbers { .. }) && !(END..=1.0 - END).contains(&x)
        };
        let at_ends = self.space.iter().zip(&setting).filter(is_at_end);
        at_ends.map(|(tunable, _)| tunable.name.as_str()).collect()
    }

    /// The parameter that says how often the training goes over what was heard, if there is one.
    pub(super) fn rounds(&self) -> Option<String> {
        let tunables = self.defaults.tunables().into_iter();
        tunables
            .into_iter()
            .find(|tunable| tunable.part == Part::Rounds)
            .map(|tunable| tunable.name)
    }

    /// Whether its training can go on with other strengths of step and penalty.
    pub(super) fn learns_in_steps(&self) -> bool {
        self.rounds().is_some()
            && self.defaults.tunables().iter().any(|tunable| tunable.name == "learning_rate")
    }
}

impl Wish {
    fn tunable(&self, model: &Spec) -> Result<Tunable, Error> {
        let own = model.tunables().into_iter().find(|tunable| tunable.name == self.name);
        let (range, part) = match &self.among {
            Among::Values(values) => {
                for value in values {
                    model.with(&self.name, value)?;
                }
                (Range::Values(values.clone()), Part::Strength)
            }
            &Among::Numbers { low, high, scale } => {
                for end in [low, high] {
                    model.with(&self.name, &end.to_string())?;
                }
                let own_scale = match &own {
                    Some(Tunable { range: Range::Numbers { scale, .. }, .. }) if low > 0.0 => {
                        *scale
                    }
                    _ => Scale::Linear,
                };
                // Between two values that will do lies a number that is not whole.
                let between = low + 0.512_3 * (high - low);
                let is_whole = model.with(&self.name, &between.to_string()).is_err();
                (
                    Range::Numbers { low, high, scale: scale.unwrap_or(own_scale), is_whole },
                    Part::Strength,
                )
            }
        };
        Ok(Tunable { name: self.name.clone(), range, part: own.map_or(part, |own| own.part) })
    }
}

/// What a coordinate of a parameter stands for.
pub(super) fn kind(range: &Range) -> Kind {
    match range {
        Range::Numbers { .. } => Kind::Number,
        Range::Values(values) => Kind::Name(values.len()),
    }
}

/// The value at a coordinate between 0 and 1; of numbers three digits are enough.
pub(super) fn value_at(range: &Range, x: f64) -> String {
    match range {
        Range::Values(values) => values[part(x, values.len())].clone(),
        &Range::Numbers { low, high, scale, is_whole } => {
            let value = match scale {
                Scale::Linear => low + x * (high - low),
                Scale::Log => low * (high / low).powf(x),
            };
            let value = if is_whole { value.round() } else { three_digits(value) };
            value.clamp(low, high).to_string()
        }
    }
}

/// The coordinate of a value; of one beyond the range, that of its end.
pub(super) fn coordinate_of(range: &Range, value: &str) -> f64 {
    match range {
        Range::Values(values) => {
            let place = values.iter().position(|known| known == value).unwrap_or(0);
            (place as f64 + 0.5) / values.len() as f64
        }
        &Range::Numbers { low, high, scale, .. } => {
            let value: f64 = value.parse().unwrap_or(low);
            let x = match scale {
                Scale::Linear => (value - low) / (high - low),
                Scale::Log => (value / low).ln() / (high / low).ln(),
            };
            if x.is_finite() { x.clamp(0.0, 1.0) } else { 0.0 }
        }
    }
}

fn three_digits(x: f64) -> f64 {
    format!("{x:.2e}").parse().expect("a number that was just written")
}

#[cfg(test)]
mod tests {
    use models::{Part, Range, Scale};

    use super::{Subject, Wish, coordinate_of, value_at};

    fn subject(text: &str, wishes: &[&str]) -> Result<Subject, String> {
        let wishes: Result<Vec<Wish>, _> = wishes.iter().map(|wish| wish.parse()).collect();
        let subjects =
            Subject::all(&[text.to_owned()], &wishes.map_err(|error| error.to_string())?);
        Ok(subjects.map_err(|error| error.to_string())?.remove(0))
    }

    #[test]
    fn what_the_string_says_is_held_and_wishes_move_the_rest() {
        let tuned = subject(
            "ials:dim=8,iterations=4",
            &["reg=0.5..2", "tolerance=0..0.1", "reg_exponent=0..1"],
        )
        .unwrap();
        let names: Vec<&str> = tuned.space.iter().map(|tunable| tunable.name.as_str()).collect();
        assert_eq!(names, ["reg", "reg_exponent", "unobserved_weight", "tolerance"]);
        let numbers = |low, high, scale| Range::Numbers { low, high, scale, is_whole: false };
        assert_eq!(tuned.space[0].range, numbers(0.5, 2.0, Scale::Log));
        assert_eq!(tuned.space[3].range, numbers(0.0, 0.1, Scale::Linear));
        let setting = vec!["2".into(), "0".into(), "0.25".into(), "0".into()];
        let brief = "ials:dim=8,iterations=4,reg=2,reg_exponent=0,unobserved_weight=0.25";
        assert_eq!(tuned.spec(&setting).unwrap().brief(), brief);
        assert_eq!(tuned.default_setting(), ["1", "0.25", "0.1", "0"]);
        let target = &subject("ials", &["negative_target=-1..0"]).unwrap().space[5];
        assert_eq!(target.range, numbers(-1.0, 0.0, Scale::Linear));
        let dim = &subject("ials", &["dim=32..64"]).unwrap().space[0];
        assert_eq!(dim.part, Part::Size);
        assert_eq!(
            dim.range,
            Range::Numbers { low: 32.0, high: 64.0, scale: Scale::Log, is_whole: true }
        );
    }

    #[test]
    fn what_cannot_be_searched_is_said() {
        let check = |text: &str, wish: &str, expected: &str| {
            let error = subject(text, &[wish]).unwrap_err();
            assert!(error.contains(expected), "{wish}: {error}");
        };
        check("ials", "reg", "NAME=LOW..HIGH");
        check("ials", "reg=2..1", "NAME=LOW..HIGH");
        check("ials", "reg=0..1:log", "NAME=LOW..HIGH");
        check("ials", "reg=1..2:cubic", "NAME=LOW..HIGH");
        check("ials", "rag=1..2", "`reg`");
        check("ials", "dim=0..64", "a whole number from 1");
        check("ials", "weighting=confidence|nonsense", "one of confidence");
        check("ials:dim=8", "dim=16..64", "ials:dim=8");
    }

    #[test]
    fn values_and_coordinates_are_each_others_inverse() {
        let log = Range::Numbers { low: 0.01, high: 100.0, scale: Scale::Log, is_whole: false };
        // The middle of two decades below and two above 1.
        assert_eq!(value_at(&log, 0.5), "1");
        assert_eq!(value_at(&log, 0.123_4), "0.0312");
        assert!((coordinate_of(&log, "10") - 0.75).abs() < 1e-12);
        let whole = Range::Numbers { low: 1.0, high: 5.0, scale: Scale::Linear, is_whole: true };
        assert_eq!((value_at(&whole, 0.4), coordinate_of(&whole, "9")), ("3".to_owned(), 1.0));
        let names = Range::Values(vec!["a".into(), "b".into()]);
        assert_eq!((value_at(&names, 0.7), coordinate_of(&names, "b")), ("b".to_owned(), 0.75));
    }
}
