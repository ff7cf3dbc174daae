//! Which parameters are searched when?
//!
//! All at once (joint); or penalties and weights of a small model first, then its size, then how long it learns, and last
//! the penalties and weights again, near where they are: each time from the best so far.
//! By stages fewer settings are possible at a time, and most are judged on a small model; what is best for a small model is
//! only near what is best for a large one, and joint search needs no such belief.

use models::{Part, Range};

use super::halving::{Field, Plan};
use super::space::{Setting, Subject, coordinate_of, value_at};
use super::study::{Kind, Trial};

/// Where on its interval the size of a small model lies.
const SMALL: f64 = 0.25;

/// Some parameters, searched for a share of the budget.
struct Stage {
    searched: Vec<usize>,
    /// Of the budget, relative to the other stages.
    weight: f64,
    /// Whether it is the second time.
    is_again: bool,
}

/// How far a search has come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing {
    /// The part of the budget that is used up, from 0 to 1.
    pub(super) spent: f64,
    /// Trials that may still be run.
    pub(super) left: usize,
    /// Whether the time is over.
    pub(super) is_over: bool,
    pub(super) seed: u64,
    pub(super) top: usize,
    /// Which of the models of the study it is.
    pub(super) of: usize,
}

/// The next trial of a joint search; nothing when every setting was tried.
pub(super) fn joint(subject: &Subject, tried: &[&Trial], standing: Standing) -> Option<Plan> {
    let searched = (0..subject.space.len()).collect();
    let field = field(subject, subject.default_setting(), searched, standing);
    last_or_next(&field, tried, tried, standing)
}

/// The next trial of a search by stages.
pub(super) fn by_stages(subject: &Subject, tried: &[&Trial], standing: Standing) -> Option<Plan> {
    let stages = stages(subject);
    // A stage that began is never gone back to, whatever the clock says.
    let begun = tried.iter().filter_map(|trial| trial.stage).max().unwrap_or(0);
    let first = begun.max(stage_at(&stages, standing.spent));
    (first..stages.len()).find_map(|s| {
        let stage = &stages[s];
        let of_stage: Vec<&Trial> =
            tried.iter().copied().filter(|trial| trial.stage == Some(s)).collect();
        let base = base(subject, stage, s, tried);
        let mut field = field(subject, base, stage.searched.clone(), standing);
        (field.stage, field.is_near) = (Some(s), stage.is_again);
        last_or_next(&field, &of_stage, tried, standing)
    })
}

fn field(subject: &Subject, base: Setting, searched: Vec<usize>, standing: Standing) -> Field<'_> {
    let (top, purpose) = (standing.top, standing.of as u64);
    Field { subject, base, searched, is_near: false, stage: None, top, purpose }
}

/// A search must not end with the defaults alone judged by all users.
fn last_or_next(
    field: &Field<'_>,
    of_field: &[&Trial],
    tried: &[&Trial],
    standing: Standing,
) -> Option<Plan> {
    let is_settled = tried.iter().any(|trial| {
        trial.rung == standing.top && trial.kind != Kind::Defaults && trial.score.is_some()
    });
    if standing.is_over || standing.left == 1 {
        let settled = if is_settled { None } else { field.settle(of_field) };
        if standing.is_over || settled.is_some() {
            return settled;
        }
    }
    field.next(of_field, standing.seed)
}

fn stages(subject: &Subject) -> Vec<Stage> {
    let of_part = |part: Part| -> Vec<usize> {
        (0..subject.space.len()).filter(|&d| subject.space[d].part == part).collect()
    };
    let (strengths, sizes, rounds) =
        (of_part(Part::Strength), of_part(Part::Size), of_part(Part::Rounds));
    let has_others = !sizes.is_empty() || !rounds.is_empty();
    let again = if has_others { strengths.clone() } else { Vec::new() };
    let stage = |searched: Vec<usize>, weight: f64, is_again| {
        let weight = weight * searched.len() as f64;
        Stage { searched, weight, is_again }
    };
    let stages = [
        stage(strengths, 2.0, false),
        stage(sizes, 2.0, false),
        stage(rounds, 1.0, false),
        stage(again, 1.0, true),
    ];
    stages.into_iter().filter(|stage| !stage.searched.is_empty()).collect()
}

/// The stage in which so much of the budget is spent.
fn stage_at(stages: &[Stage], spent: f64) -> usize {
    let total: f64 = stages.iter().map(|stage| stage.weight).sum();
    let mut until = 0.0;
    let is_before_end = |stage: &Stage| {
        until += stage.weight / total;
        spent < until
    };
    stages.iter().position(is_before_end).unwrap_or(stages.len().saturating_sub(1))
}

/// What a stage holds: of the first the defaults at a small size, of the others the best of those before.
fn base(subject: &Subject, stage: &Stage, s: usize, tried: &[&Trial]) -> Setting {
    let before = tried.iter().filter(|trial| match trial.stage {
        // The size of the model is searched next, so that small ones are only compared with small ones.
        Some(of) => of < s,
        None => stage.is_again || s == 0,
    });
    let scored = before.filter_map(|trial| Some((trial.rung, trial.score?, trial)));
    let best = scored.reduce(|best, other| {
        let is_better = other.0.cmp(&best.0).then(other.1.total_cmp(&best.1)).is_gt();
        if is_better { other } else { best }
    });
    match best {
        Some((_, _, trial)) if s > 0 => trial.setting(subject),
        _ => small(subject),
    }
}

/// The defaults, at a small size where size is searched.
fn small(subject: &Subject) -> Setting {
    let pairs = subject.space.iter().zip(subject.default_setting());
    let value = |(tunable, default): (&models::Tunable, String)| {
        let range = &tunable.range;
        let is_large = coordinate_of(range, &default) > SMALL;
        let is_number = matches!(range, Range::Numbers { .. });
        if tunable.part == Part::Size && is_large && is_number {
            value_at(range, SMALL)
        } else {
            default
        }
    };
    pairs.map(value).collect()
}
