//! What are the settings that were found worth on the test?

use measure::compare;
use models::Spec;

use super::goal::{Goal, Score};
use crate::{Error, Task};

/// Two settings over the same users of a test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gain {
    /// Users of the test.
    pub n_asked: usize,
    /// The one to be better than.
    pub defaults: Score,
    /// The one that was found.
    pub found: Score,
    /// What was found less what was to be beaten: the difference of the means.
    pub difference: f64,
    /// Its middle 95 % over draws of the users, both settings judged by the same ones.
    pub interval: (f64, f64),
    /// How likely so large a difference is by chance.
    pub p: f64,
}

/// Fits both to the whole training and asks both the same; `None` where nobody has such a number.
///
/// To be called once, when the settings are chosen: a second look is no longer a test.
///
/// # Errors
/// When a model cannot be fitted, and when the observer wants to stop.
pub fn gain(
    task: &Task,
    [defaults, found]: [&Spec; 2],
    goal: &Goal,
    seed: u64,
    observer: &mut models::Observer<'_>,
) -> Result<Option<Gain>, Error> {
    let mut drawn = |spec: &Spec| -> Result<_, Error> {
        let model = task.fit(spec, seed, observer)?;
        Ok(goal.drawn(task, model.as_ref(), seed))
    };
    let (defaults, found) = (drawn(defaults)?, drawn(found)?);
    let Some(((of_defaults, defaults), (of_found, found))) = defaults.zip(found) else {
        return Ok(None);
    };
    let score =
        |value, drawn: &measure::Bootstrap| Some(Score { value, interval: drawn.interval(0)? });
    let told = || {
        let compared = compare(&found, &defaults, 0)?;
        Some(Gain {
            n_asked: task.asked.len(),
            defaults: score(of_defaults, &defaults)?,
            found: score(of_found, &found)?,
            difference: of_found - of_defaults,
            interval: compared.interval,
            p: compared.p,
        })
    };
    Ok(told())
}
