//! Which models are there?

use crate::Spec;

/// A model, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelDoc {
    /// What a model string calls it.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub sentence: &'static str,
    /// In the order of the canonical string.
    pub parameters: Vec<ParameterDoc>,
}

/// A parameter, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterDoc {
    /// The key.
    pub name: String,
    /// The value when nothing is said.
    pub default: String,
    /// What it does, in a sentence.
    pub meaning: &'static str,
}

/// Every model with its parameters.
#[must_use]
pub fn catalogue() -> Vec<ModelDoc> {
    Spec::all().into_iter().map(describe).collect()
}

fn describe(mut spec: Spec) -> ModelDoc {
    let (name, sentence) = (spec.name(), spec.sentence());
    let parameters = spec.fields().into_iter().map(|field| ParameterDoc {
        name: field.name.to_owned(),
        default: field.slot.to_string(),
        meaning: field.meaning,
    });
    ModelDoc { name, sentence, parameters: parameters.collect() }
}

#[cfg(test)]
mod tests {
    use super::catalogue;
    use crate::Spec;

    #[test]
    fn the_documented_defaults_are_the_defaults() {
        for model in catalogue() {
            let parameters = model.parameters.iter().map(|p| format!("{}={}", p.name, p.default));
            let parameters: Vec<String> = parameters.collect();
            let colon = if parameters.is_empty() { "" } else { ":" };
            let comma = if model.name == "blend" { "+" } else { "," };
            let text = format!("{}{colon}{}", model.name, parameters.join(comma));
            assert_eq!(text.parse::<Spec>(), model.name.parse());
        }
    }
}
