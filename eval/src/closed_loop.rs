//! Weeks of lists to which listeners react: what becomes of them?
//!
//! Judging a list by a log asks what would have been heard anyway; here the lists change what is heard, what is learned
//! from, and who stays.
//! A simulated [`World`] plays some weeks without lists, then each Monday the log is imported, models are trained, every
//! person who is left gets a list, the world plays the week with these lists, and a [`WeekReport`] says what came of it,
//! by the hidden taste.
//! The engine knows of the world what its log and its catalogue tell, through the same door as real ones.

mod judge;
mod makers;
#[cfg(test)]
mod tests;
mod town;

use std::path::Path;

use engine::{Config, Observer};
use serde::Serialize;
use world::{Params, World};

use crate::Error;
use judge::Judge;
use town::Town;

/// Which world, and for how long.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    /// The world; its weeks are set to all that are played.
    pub world: Params,
    /// Weeks before the first list.
    pub warm_up: usize,
    /// Weeks with lists.
    pub weeks: usize,
    /// Lines of a list.
    pub size: u32,
}

/// Who makes the lists.
#[derive(Clone, Copy, Debug)]
pub enum MadeBy<'a> {
    /// [`engine::weekly`] with this configuration.
    Weekly(&'a Config),
    /// Somebody who knows the hidden taste: what is loved and was neither heard nor shown, the best no list can do.
    Loved,
    /// Nobody: what was neither heard nor shown, by chance.
    Random,
}

/// What one week was like; shares and means are over people who have their account to themselves.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WeekReport {
    /// The week, counted from the world's first.
    pub week: usize,
    /// Whether December songs are in season.
    pub is_december: bool,
    /// Lists that were handed over, each with a line or more.
    pub lists: usize,
    /// Mean over lists of the share of lines that are new to their listener and loved in that week.
    pub loved: Option<f64>,
    /// The same of lines that were played in that week as well.
    pub played: Option<f64>,
    /// Lines that are new and loved, for each person; who left, or has no list, has none.
    pub loved_lines: f64,
    /// Share of lists of which something was played.
    pub opened: Option<f64>,
    /// Artists, for each person and over all weeks so far, of whom a line was the first that was heard, and loved.
    pub discovered: f64,
    /// Mean over lists of 1 − the mean likeness of two lines, see [`World::likeness`].
    pub unlikeness: Option<f64>,
    /// Mean over lists of the share of pairs of lines that are by two artists.
    pub artists: Option<f64>,
    /// Mean over lists of the share of pairs of lines that are of two genres.
    pub genres: Option<f64>,
    /// Mean over lists of the mean popularity of lines over that of what their listener heard; 1 where they are equal.
    ///
    /// Popularity is the share of the catalogue that fewer accounts have heard, with half of what as many have.
    pub popularity_lift: Option<f64>,
    /// Mean over lists of the share of lines that are December songs.
    pub seasonal: Option<f64>,
    /// Gini coefficient of all lines so far over the artists of the catalogue.
    pub gini: f64,
    /// `loved` of the third of people who love what is popular, less that of the third who love what is not.
    pub niche_gap: Option<f64>,
    /// Share of people who have not left by the end of the week.
    pub active: f64,
    /// Lines that their listener was shown before, in this list or an earlier one; a promise says 0.
    pub repeats: usize,
    /// Lines that their listener had heard before; a promise says 0.
    pub heard_before: usize,
}

/// Plays the course, with all that the engine needs in the folder `place`, which is empty.
///
/// The same course and maker give the same reports.
///
/// # Errors
/// When the folder is not empty or cannot be written, when the engine fails, and when the observer wants to stop.
pub fn closed_loop(
    course: &Course,
    maker: MadeBy<'_>,
    place: &Path,
    observer: &mut dyn Observer,
) -> Result<Vec<WeekReport>, Error> {
    let all = course.warm_up + course.weeks;
    let mut world = World::new(&Params { weeks: all, ..course.world.clone() });
    let mut town = match maker {
        MadeBy::Weekly(config) => Some(Town::new(&world, config, place, all, observer)?),
        MadeBy::Loved | MadeBy::Random => None,
    };
    let mut log = Vec::new();
    for week in 0..course.warm_up {
        world.play_week_into(week, &[], &mut |listen| {
            if town.is_some() {
                log.push(listen);
            }
        });
    }
    let mut judge = Judge::new(&world);
    let mut reports = Vec::with_capacity(course.weeks);
    for week in course.warm_up..all {
        let lists = match (&mut town, maker) {
            (Some(town), _) => {
                town.import(&log, observer)?;
                town.lists(&world, week, course.size, observer)?
            }
            (None, maker) => {
                let is_loved = matches!(maker, MadeBy::Loved);
                makers::lists(&world, week, course, judge.shown(), is_loved)
            }
        };
        if observer.is_interrupted() {
            return Err(Error::Interrupted);
        }
        let heard = judge::heard(&world);
        observer.begin("play", None);
        log = world.play_week(week, &lists);
        observer.end();
        reports.push(judge.judge(&world, week, &lists, &heard, &log));
    }
    Ok(reports)
}

/// Accounts that people hold and have not left: those who get lists.
fn people(world: &World) -> Vec<usize> {
    let n_accounts = world.listener_names().len();
    (0..n_accounts).filter(|l| world.account_kind(*l).is_person() && !world.has_left(*l)).collect()
}
