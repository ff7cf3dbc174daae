//! `undersong settings`: what does a listener want of the lists?

use music::Setting;
use serde::Serialize;

use crate::args::{Global, SettingsArguments};
use crate::say::Say;
use crate::{Answer, place};

#[derive(Serialize)]
struct Told<'a> {
    listener: Option<&'a str>,
    settings: &'a music::Settings,
}

/// Shows the settings, changed first where something is to change.
pub(crate) fn run(
    global: &Global,
    arguments: &SettingsArguments,
    say: &Say,
) -> anyhow::Result<Answer> {
    let mut folder = place::open(global)?;
    let listener = folder.listener(arguments.whose.listener.as_deref())?;
    let unset = arguments.unset.iter().map(|setting| (*setting, None));
    let set = arguments.set.iter().map(|(setting, value)| (*setting, Some(value.as_str())));
    let changes: Vec<_> = unset.chain(set).collect();
    let settings = if changes.is_empty() {
        folder.store.settings(listener.id)?
    } else {
        folder.store.set(listener.id, &changes)?
    };
    say.machine(&Told { listener: listener.name.as_deref(), settings: &settings })?;
    for setting in Setting::ALL {
        let value = settings.text(setting).unwrap_or_else(|| "as configured".to_owned());
        say.line(&format!("{:<16}{value}", setting.name()))?;
    }
    Ok(Answer::Done)
}
