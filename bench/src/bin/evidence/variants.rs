//! What differs from the defaults?

use std::path::{Path, PathBuf};

use engine::{Config, Detail, Folder, Pairs, Reading, Undated, Unobserved};
use models::Spec;
use serde::Deserialize;

/// A configuration to measure.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Variant {
    pub(crate) group: String,
    pub(crate) name: String,
    /// Lines of `undersong.toml`.
    #[serde(default)]
    pub(crate) config: String,
    /// The model that serves, where it is not the configured one.
    #[serde(default)]
    pub(crate) model: Option<String>,
}

/// Those of a file: a JSON array.
pub(crate) fn read(path: &Path) -> anyhow::Result<Vec<Variant>> {
    Ok(serde_json::from_str(&fs_err::read_to_string(path)?)?)
}

/// What is believed of everybody, by the folder's configuration.
pub(crate) fn believed(folder: &Folder) -> anyhow::Result<Pairs> {
    let survey = engine::survey(folder, None, &mut Unobserved)?;
    let reading = Reading {
        lengths: &survey.lengths,
        trust: &survey.trust,
        evidence: &folder.config.evidence,
        until: None,
        undated: Undated::Count,
        detail: Detail::Pairs,
    };
    Ok(engine::pairs(folder, &reading, &mut |_, _| {}, &mut Unobserved)?)
}

impl Variant {
    /// Makes a folder's configuration this one.
    pub(crate) fn configure(&self, folder: &mut Folder) -> anyhow::Result<()> {
        let path: PathBuf = folder.path().join("undersong.toml");
        fs_err::write(&path, &self.config)?;
        folder.config = Config::read(&path)?;
        Ok(())
    }

    /// The model that serves, once the folder is configured.
    pub(crate) fn spec(&self, folder: &Folder) -> anyhow::Result<Spec> {
        let configured = &folder.config.train.models[0];
        Ok(self.model.as_ref().unwrap_or(configured).parse()?)
    }
}
