//! Where does a search for good parameters look?
//!
//! A field says it beside its range; here it is put in words that a search understands.

use super::field::{Field, Search, Slot};
use crate::{Error, Spec};

/// A parameter that a search may set.
#[derive(Clone, Debug, PartialEq)]
pub struct Tunable {
    /// The key.
    pub name: String,
    /// Where to look.
    pub range: Range,
    /// What it decides.
    pub part: Part,
}

/// Where a good value may be.
#[derive(Clone, Debug, PartialEq)]
pub enum Range {
    /// From `low` to `high`, both included.
    Numbers {
        /// The lowest.
        low: f64,
        /// The highest.
        high: f64,
        /// What a step is.
        scale: Scale,
        /// Whether only whole numbers will do.
        is_whole: bool,
    },
    /// One of a few, as a model string writes them.
    Values(Vec<String>),
}

/// What a step of a search is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// A difference.
    Linear,
    /// A ratio; the numbers are positive.
    Log,
}

/// What a parameter decides, in the order in which a search by stages sets them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// How strongly what counts: penalties, weights, lengths of steps.
    Strength,
    /// How large the model is.
    Size,
    /// How often the training goes over what was heard.
    Rounds,
}

impl Spec {
    /// What a search may set, in the order of the canonical string; it depends on what is set already.
    #[must_use]
    pub fn tunables(&self) -> Vec<Tunable> {
        let mut spec = self.clone();
        spec.fields().iter().filter_map(tunable).collect()
    }

    /// A parameter's value, as a model string writes it.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<String> {
        let mut spec = self.clone();
        let fields = spec.fields();
        fields.iter().find(|field| field.name == name).map(|field| field.slot.to_string())
    }

    /// The model with another value of a parameter.
    ///
    /// # Errors
    /// When the model has no such parameter, or the parameter no such value.
    pub fn with(&self, name: &str, value: &str) -> Result<Self, Error> {
        let mut spec = self.clone();
        spec.set(&format!("{name}={value}"))?;
        Ok(spec)
    }
}

fn tunable(field: &Field<'_>) -> Option<Tunable> {
    let numbers = |low, high, scale| {
        let is_whole = matches!(field.slot, Slot::Count(..));
        Range::Numbers { low, high, scale, is_whole }
    };
    let (range, part) = match field.search {
        Search::Never => return None,
        Search::Linear(low, high) => (numbers(low, high, Scale::Linear), Part::Strength),
        Search::Log(low, high) => (numbers(low, high, Scale::Log), Part::Strength),
        Search::Size(low, high) => (numbers(low, high, Scale::Log), Part::Size),
        Search::Rounds(low, high) => (numbers(low, high, Scale::Log), Part::Rounds),
        Search::Every => (Range::Values(field.slot.values()), Part::Strength),
    };
    Some(Tunable { name: field.name.to_owned(), range, part })
}

#[cfg(test)]
mod tests {
    use super::{Part, Range, Scale};
    use crate::Spec;

    /// Nothing about them could be found by a search: chance, and a half-life that only times can tell.
    const WITHOUT: [&str; 2] = ["random", "popularity"];

    #[test]
    fn every_model_says_where_to_look_or_that_there_is_nothing_to_find() {
        for spec in Spec::all() {
            let is_without = WITHOUT.contains(&spec.name());
            assert_eq!(spec.tunables().is_empty(), is_without, "{}", spec.name());
        }
    }

    #[test]
    fn every_range_lies_within_what_the_parameter_can_be() {
        for spec in Spec::all() {
            for tunable in spec.tunables() {
                let ends = match &tunable.range {
                    Range::Numbers { low, high, scale, .. } => {
                        assert!(low < high, "{tunable:?}");
                        assert!(*scale == Scale::Linear || *low > 0.0, "{tunable:?}");
                        vec![low.to_string(), high.to_string()]
                    }
                    Range::Values(values) => {
                        assert!(values.len() > 1, "{tunable:?}");
                        values.clone()
                    }
                };
                for end in ends {
                    let set = spec.with(&tunable.name, &end).unwrap();
                    assert_eq!(set.value(&tunable.name), Some(end));
                }
            }
        }
    }

    #[test]
    fn what_other_parameters_make_pointless_is_not_searched() {
        let names = |text: &str| {
            let tunables = text.parse::<Spec>().unwrap().tunables();
            tunables.into_iter().map(|tunable| tunable.name).collect::<Vec<_>>()
        };
        assert_eq!(
            names("ials"),
            ["dim", "iterations", "reg", "reg_exponent", "unobserved_weight"]
        );
        assert_eq!(names("ials:implicit_loss=true"), ["dim", "iterations", "reg", "alpha"]);
        assert_eq!(names("item-knn:similarity=bm25"), ["neighbors", "similarity", "k1", "b"]);
        assert!(!names("explicit").contains(&"learning_rate".to_owned()));
        assert!(names("explicit:solver=sgd").contains(&"learning_rate".to_owned()));
    }

    #[test]
    fn a_string_says_which_parameters_it_names() {
        let (spec, said) = Spec::read("ials: reg = 2, dim=8").unwrap();
        assert_eq!(
            (spec.brief().as_str(), said),
            ("ials:dim=8,reg=2", vec!["reg".into(), "dim".into()])
        );
        let dim = &spec.tunables()[0];
        assert_eq!((dim.name.as_str(), dim.part), ("dim", Part::Size));
        assert_eq!(spec.with("dim", "16").unwrap().brief(), "ials:dim=16,reg=2");
        assert!(spec.with("dims", "16").is_err());
    }
}
