//! How is a setting that was found made to serve?

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use eval::tune::{Study, Trial};

use super::super::import::grouped;
use super::account::scored;
use crate::say::Say;

/// A fragment of `undersong.toml`, with what speaks for it; nothing in it says when it was made.
pub(super) fn text(study: &Study, best: &Trial) -> String {
    let header = &study.header;
    let n = |n: usize| grouped(n as u64);
    let mut lines = vec![
        format!(
            "# Found by `undersong tune`: {} {} on a validation slice of {} listeners,",
            header.objective,
            scored(best),
            n(best.listeners)
        ),
        format!(
            "# chosen from {} trials ({}, seed {}).",
            n(study.searched().count()),
            header.strategy,
            header.seed
        ),
    ];
    if let Some(defaults) = study.defaults(best.of).filter(|defaults| defaults.score.is_some()) {
        lines.push(format!("# {} has {} there.", header.models[best.of].model, scored(defaults)));
    }
    let defaults = study.defaults(best.of).and_then(|defaults| study.confirmed(defaults));
    if let Some((defaults, found)) = defaults.zip(study.confirmed(best)) {
        lines.push(format!(
            "# On other slices it has {found:.4} in the mean, and the defaults {defaults:.4}."
        ));
    }
    lines.push(format!("[train]\nmodels = [{:?}]\n", best.model));
    lines.join("\n")
}

/// Writes it where nothing is; else hands it over, so that no other key is touched.
pub(super) fn write(path: &Path, text: &str, say: &Say) -> anyhow::Result<Option<PathBuf>> {
    match fs_err::OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => {
            file.write_all(text.as_bytes())?;
            Ok(Some(path.to_owned()))
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let path = path.display();
            say.remark(&format!(
                "{path} is there already and was left alone; to go into it:\n\n{text}"
            ));
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}
