//! Many listeners and a week: what are their playlists?
//!
//! Lists are made in blocks: what is known of each listener by all threads, the best rows of all at once
//! ([`Maker::retrieve`]), the lists by all threads again, and then written together. A list does not depend on who else is
//! in the block, so that it is the one that [`Maker::weekly`] makes; memory does not grow with the listeners.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use music::{Playlist, Week};
use rayon::iter::{
    IndexedParallelIterator, IntoParallelIterator, IntoParallelRefIterator, ParallelIterator,
};

use crate::exposure::Prices;
use crate::maker::Maker;
use crate::pace::{Pace, pace};
use crate::retrieve::{Asked, Retrieved};
use crate::sources::neighbors;
use crate::weekly::{Begun, Draft, WeeklyRequest, When};
use crate::{Config, Error, Folder, Observer};

/// Listeners of a block.
const BLOCK: usize = 512;

/// What came of one request among many.
#[derive(Debug)]
pub enum Outcome {
    /// The list.
    List(Box<Playlist>),
    /// None, as its time has not come.
    NotDue {
        /// How often there is one.
        pace: Pace,
        /// The week that it would be for.
        week: Week,
    },
    /// None: [`Error::NothingToRecommend`].
    Nothing(Error),
}

/// Who gets a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// All who are asked for.
    Everyone,
    /// Those of them whose next list is due ([`crate::pace`]).
    Due,
}

/// Where one of many lists stands.
enum Step<'r> {
    Draft(Box<Draft<'r>>),
    Done(Outcome),
}

impl Maker<'_> {
    /// Makes the lists of many, each as [`Maker::weekly`] does, and hands them over in the order of the requests.
    ///
    /// What was handed over is kept whatever happens later.
    ///
    /// # Errors
    /// What `each` answers, [`Error::Interrupted`], and what the store refuses.
    pub fn weekly_all<E: From<Error>>(
        &self,
        folder: &mut Folder,
        requests: &[WeeklyRequest],
        whose: Whose,
        each: &mut dyn FnMut(&WeeklyRequest, Outcome) -> Result<(), E>,
        observer: &mut dyn Observer,
    ) -> Result<(), E> {
        observer.begin("lists", Some(requests.len() as u64));
        let readers = Readers::of(folder);
        let mut done = 0;
        for block in requests.chunks(BLOCK) {
            for (request, outcome) in block.iter().zip(self.block(folder, &readers, block, whose)?)
            {
                each(request, outcome)?;
            }
            done += block.len() as u64;
            observer.advance(done);
            if observer.is_interrupted() {
                return Err(Error::Interrupted.into());
            }
        }
        observer.end();
        Ok(())
    }

    /// Makes the lists of one block and writes them.
    fn block(
        &self,
        folder: &mut Folder,
        readers: &Readers,
        requests: &[WeeklyRequest],
        whose: Whose,
    ) -> Result<Vec<Outcome>, Error> {
        let keeps = requests.iter().any(|request| When::of(folder, request).keeps);
        let _turn = keeps.then(|| folder.turn()).transpose()?;
        let begin = |request| readers.lend(|folder| self.step(folder, request, whose));
        let steps: Vec<Step<'_>> = requests.par_iter().map(begin).collect::<Result<_, _>>()?;
        let (mut outcomes, mut drafts) = (Vec::new(), Vec::new());
        for step in steps {
            let (outcome, draft) = match step {
                Step::Done(outcome) => (Some(outcome), None),
                Step::Draft(draft) => (None, Some(draft)),
            };
            outcomes.push(outcome);
            drafts.extend(draft);
        }
        let prices = self.prices(folder, &drafts)?;
        let asked: Vec<&Asked> = drafts.iter().map(|draft| &draft.asked).collect();
        self.meet_neighbors(&drafts);
        let retrieved = self.retrieve(&asked);
        let finish = |(draft, retrieved): (Box<Draft<'_>>, Retrieved<'_>)| {
            let prices = &prices[&draft.when.until.week];
            readers.lend(|folder| self.finish(folder, prices, *draft, retrieved))
        };
        let finished: Vec<Result<_, Error>> =
            drafts.into_par_iter().zip(retrieved).map(finish).collect();
        let mut kept = Vec::new();
        let mut finished = finished.into_iter();
        let mut made_now = || match finished.next() {
            Some(Ok((list, made))) => {
                kept.extend(made);
                Ok(Outcome::List(Box::new(list)))
            }
            Some(Err(error)) if error.is_honest_no() => Ok(Outcome::Nothing(error)),
            Some(Err(error)) => Err(error),
            None => unreachable!("each request that was not done yet was finished"),
        };
        let outcomes = outcomes.into_iter().map(|outcome| outcome.map_or_else(&mut made_now, Ok));
        let outcomes = outcomes.collect::<Result<Vec<_>, Error>>()?;
        folder.store.record_made(&kept)?;
        Ok(outcomes)
    }

    fn step<'r>(
        &self,
        folder: &Folder,
        request: &'r WeeklyRequest,
        whose: Whose,
    ) -> Result<Step<'r>, Error> {
        let when = When::of(folder, request);
        if whose == Whose::Due {
            let pace = pace(folder, &request.listener, when.until.week)?;
            if !pace.is_due {
                return Ok(Step::Done(Outcome::NotDue { pace, week: when.until.week }));
            }
        }
        Ok(match self.begin(folder, request, when)? {
            Begun::Told(list) => Step::Done(Outcome::List(Box::new(list))),
            Begun::Draft(draft) => Step::Draft(draft),
        })
    }

    /// The prices of every week that some list is for: where listeners live, a new one may have begun or not.
    fn prices(
        &self,
        folder: &mut Folder,
        drafts: &[Box<Draft<'_>>],
    ) -> Result<BTreeMap<Week, Prices>, Error> {
        let mut prices = BTreeMap::new();
        for When { until, keeps, .. } in drafts.iter().map(|draft| &draft.when) {
            if let Entry::Vacant(vacant) = prices.entry(until.week) {
                vacant.insert(Prices::of(folder, self, until.week, *keeps)?);
            }
        }
        Ok(prices)
    }

    /// Finds the neighbors that the lists will ask for, all at once.
    fn meet_neighbors(&self, drafts: &[Box<Draft<'_>>]) {
        if let Some(space) = &self.space {
            let tastes = drafts.iter().map(|draft| &draft.portrait.taste);
            space.meet(tastes.flat_map(neighbors::around));
        }
    }
}

/// Connections for threads to read with: each thread takes one, or opens one, and puts it back.
#[derive(Debug)]
struct Readers {
    path: PathBuf,
    config: Config,
    free: Mutex<Vec<Folder>>,
}

impl Readers {
    fn of(folder: &Folder) -> Self {
        let (path, config) = (folder.path().to_owned(), folder.config.clone());
        Self { path, config, free: Mutex::default() }
    }

    fn lend<T>(&self, read: impl FnOnce(&Folder) -> Result<T, Error>) -> Result<T, Error> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let open = || Folder::open_with(&self.path, self.config.clone());
        let folder = free.map_or_else(open, Ok)?;
        let answer = read(&folder);
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(folder);
        answer
    }
}
