//! `undersong models`: which models are there?

use serde_json::json;

use crate::Answer;
use crate::say::Say;

/// Prints every model with its parameters and defaults.
pub(crate) fn run(say: &Say) -> anyhow::Result<Answer> {
    let models = models::catalogue();
    say.machine(
        &models
            .iter()
            .map(|model| {
                let parameters = model.parameters.iter().map(|parameter| {
                    json!({ "name": parameter.name, "default": parameter.default, "meaning": parameter.meaning })
                });
                json!({ "name": model.name, "is": model.sentence, "parameters": parameters.collect::<Vec<_>>() })
            })
            .collect::<Vec<_>>(),
    )?;
    for model in models {
        say.line(&format!("{}\n    {}", model.name, model.sentence))?;
        for parameter in model.parameters {
            say.line(&format!(
                "    {:<22} {}",
                format!("{}={}", parameter.name, parameter.default),
                parameter.meaning
            ))?;
        }
    }
    Ok(Answer::Done)
}
