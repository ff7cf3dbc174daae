//! Where does everything lie?
//!
//! One data folder: the store, the snapshots, what imports rejected, the configuration.
//! Long work takes the folder's lock, so that two processes never train or import into it at once.

use std::fs::TryLockError;
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use fs_err::{File, OpenOptions};
use store::{Listener, Store};

use crate::{Config, Error};

/// An open data folder.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// Everything mutable.
    pub store: Store,
    /// The configuration, defaults filled in.
    pub config: Config,
}

/// Held for as long as a process works alone in the folder.
#[derive(Debug)]
#[must_use]
pub struct Lock {
    _file: File,
}

impl Folder {
    /// Opens a data folder, or makes an empty one.
    ///
    /// # Errors
    /// When the folder cannot be made, the configuration cannot be used or the store cannot be opened.
    pub fn open(path: &Path) -> Result<Self, Error> {
        fs_err::create_dir_all(path)?;
        Self::open_with(path, Config::read(&path.join("undersong.toml"))?)
    }

    /// Opens a data folder once more, with a configuration that was read before.
    pub(crate) fn open_with(path: &Path, config: Config) -> Result<Self, Error> {
        let store = Store::open(&path.join("undersong.db"))?;
        Ok(Self { path: path.to_owned(), store, config })
    }

    /// The folder itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder of snapshots.
    #[must_use]
    pub fn snapshots(&self) -> PathBuf {
        self.path.join("snapshots")
    }

    /// The folder of rejected lines.
    #[must_use]
    pub fn rejects(&self) -> PathBuf {
        self.path.join("rejects")
    }

    /// Takes the lock for long work; it falls with the process, however that ends.
    ///
    /// # Errors
    /// [`Error::Busy`] when another process holds it.
    pub fn lock(&self) -> Result<Lock, Error> {
        let mut file = self.lock_file("undersong.lock")?;
        match file.file().try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut pid = String::new();
                file.read_to_string(&mut pid)?;
                let pid = if pid.trim().is_empty() {
                    String::new()
                } else {
                    format!(" (process {})", pid.trim())
                };
                return Err(Error::Busy { path: self.path.clone(), pid });
            }
            Err(TryLockError::Error(source)) => return Err(source.into()),
        }
        file.set_len(0)?;
        file.rewind()?;
        write!(file, "{}", std::process::id())?;
        Ok(Lock { _file: file })
    }

    /// Waits for its turn to make lists, which takes no process long.
    pub(crate) fn turn(&self) -> Result<Lock, Error> {
        let file = self.lock_file("lists.lock")?;
        file.file().lock()?;
        Ok(Lock { _file: file })
    }

    fn lock_file(&self, name: &str) -> Result<File, Error> {
        Ok(OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(self.path.join(name))?)
    }

    /// The listener of that name, or the only one there is.
    ///
    /// # Errors
    /// When no listener has that name, or none was given and there is not exactly one.
    pub fn listener(&self, name: Option<&str>) -> Result<Listener, Error> {
        let names =
            |known: Vec<Listener>| known.into_iter().filter_map(|listener| listener.name).collect();
        if let Some(name) = name {
            let found = self.store.listener(name)?.filter(|listener| !listener.is_background);
            return found.map_or_else(
                || {
                    Err(Error::UnknownListener {
                        name: name.to_owned(),
                        known: names(self.store.listeners()?),
                    })
                },
                Ok,
            );
        }
        let mut known = self.store.listeners()?;
        match known.len() {
            0 => Err(Error::Empty),
            1 => Ok(known.remove(0)),
            _ => Err(Error::WhichListener { known: names(known) }),
        }
    }

    /// The listeners who get lists, by name.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn foreground(&self) -> Result<Vec<Listener>, Error> {
        let mut listeners = self.store.listeners()?;
        listeners.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(listeners)
    }
}
