//! Where is the data folder?

use std::path::PathBuf;

use anyhow::Context;
use engine::Folder;

use crate::args::Global;

/// Opens the folder of `--data`, else of `$UNDERSONG_DATA`, else of the platform.
pub(crate) fn open(global: &Global) -> anyhow::Result<Folder> {
    Ok(Folder::open(&path(global)?)?)
}

fn path(global: &Global) -> anyhow::Result<PathBuf> {
    if let Some(path) = &global.data {
        return Ok(path.clone());
    }
    let of_platform =
        dirs::data_dir().context("no data directory on this platform: say --data DIR")?;
    Ok(of_platform.join("undersong"))
}
