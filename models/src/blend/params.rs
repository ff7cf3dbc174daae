//! Which models are blended, and how much does each count?

use std::ops::RangeInclusive;
use std::str::FromStr;

use crate::spec::field::{Field, Search, Slot};
use crate::spec::{Extent, split};
use crate::{Error, Spec, ials, pairwise};

/// What a weight can be; only how they compare to each other matters for the order of a list.
const WEIGHTS: RangeInclusive<f32> = 1e-6..=1e6;

/// What the caller chooses: different models, none of them a blend.
///
/// As a text it is `model=weight+…`, with brackets around what is not a model's default:
/// `ials(dim=128,reg=2)=0.6+ease=0.4`.
#[derive(Clone, Debug, PartialEq)]
pub struct Params {
    components: Vec<Component>,
}

/// One of the models of a blend.
#[derive(Clone, Debug, PartialEq)]
pub struct Component {
    /// What it is called in the blend: its model's name, the second of that name with `-2` behind it, and so on.
    pub key: String,
    /// The model.
    pub spec: Spec,
    /// How much its scores count; positive.
    pub weight: f32,
}

/// Two models that take any catalogue and learn from different losses, half each.
impl Default for Params {
    fn default() -> Self {
        let components = [
            (Spec::Ials(ials::Params::default()), 0.5),
            (Spec::Bpr(pairwise::Params::of(pairwise::Ranking::Bpr)), 0.5),
        ];
        Self::new(components).expect("two different models")
    }
}

impl Params {
    /// A blend of models with their weights.
    ///
    /// # Errors
    /// [`Error::BadComponent`] without a model, for a blend in a blend, and for the same model twice;
    /// [`Error::BadValue`] for a weight that is not from 1e-6 to 1e6.
    pub fn new(models: impl IntoIterator<Item = (Spec, f32)>) -> Result<Self, Error> {
        let mut components: Vec<Component> = Vec::new();
        for (spec, weight) in models {
            let refuse = |expected| {
                let got = spec.bracketed(Extent::Brief);
                Err(Error::BadComponent { expected, got })
            };
            if matches!(spec, Spec::Blend(_)) {
                return refuse("a model that is not itself a blend");
            }
            if components.iter().any(|other| other.spec == spec) {
                return refuse("each model once, or with other parameters,");
            }
            let weight = weigh(&spec, &weight.to_string())?;
            let n_alike =
                components.iter().filter(|other| other.spec.name() == spec.name()).count();
            let key = match n_alike {
                0 => spec.name().to_owned(),
                n => format!("{}-{}", spec.name(), n + 1),
            };
            components.push(Component { key, spec, weight });
        }
        if components.is_empty() {
            let got = String::new();
            return Err(Error::BadComponent { expected: "at least one model", got });
        }
        Ok(Self { components })
    }

    /// The models in the order in which they were named; at least one.
    #[must_use]
    pub fn components(&self) -> &[Component] {
        &self.components
    }

    pub(super) fn into_components(self) -> Vec<Component> {
        self.components
    }

    /// The weights, to read or to set.
    pub(crate) fn fields(&mut self) -> Vec<Field<'_>> {
        let meaning = "weight of this model's scores, which are divided by their deviation";
        let fields = self.components.iter_mut().map(|component| Field {
            name: &component.key,
            meaning,
            slot: Slot::Number(&mut component.weight, WEIGHTS),
            search: Search::Log(0.1, 10.0),
        });
        fields.collect()
    }

    /// What a model string says behind the colon.
    pub(crate) fn arguments(&self, extent: Extent) -> String {
        if extent == Extent::Brief && *self == Self::default() {
            return String::new();
        }
        let text = |component: &Component| {
            format!("{}={}", component.spec.bracketed(extent), component.weight)
        };
        self.components.iter().map(text).collect::<Vec<_>>().join("+")
    }
}

impl FromStr for Params {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let components: Result<Vec<_>, Error> =
            split(text, '+').into_iter().map(|part| component(part.trim())).collect();
        Self::new(components?)
    }
}

/// `model=weight` or `model(key=value,…)=weight`.
fn component(text: &str) -> Result<(Spec, f32), Error> {
    let bad = || {
        let expected = "`model=weight` or `model(key=value,…)=weight`";
        Error::BadComponent { expected, got: text.to_owned() }
    };
    let (name, arguments, weight) = match text.split_once('(') {
        None => {
            let (name, weight) = text.split_once('=').ok_or_else(bad)?;
            (name, None, weight)
        }
        Some((name, rest)) => {
            let (arguments, rest) = rest.rsplit_once(')').ok_or_else(bad)?;
            (name, Some(arguments), rest.trim_start().strip_prefix('=').ok_or_else(bad)?)
        }
    };
    let (spec, _) = Spec::of(name, arguments)?;
    let weight = weigh(&spec, weight.trim())?;
    Ok((spec, weight))
}

/// The weight of a model, if that is one.
fn weigh(spec: &Spec, text: &str) -> Result<f32, Error> {
    let mut weight = 0.0;
    Slot::Number(&mut weight, WEIGHTS).set(text).map_err(|expected| Error::BadValue {
        model: "blend",
        parameter: spec.name().to_owned(),
        expected,
        got: text.to_owned(),
    })?;
    Ok(weight)
}
