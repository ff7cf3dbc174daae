//! Can strengths change while a model learns?
//!
//! Population-based training (Jaderberg et al., Population Based Training of Neural Networks, 2017): members learn side by
//! side; after some rounds the worst quarter goes on from where one of the best quarter is, with strengths near that one's.
//! Only what a checkpoint can go on with is changed: penalties, weights and lengths of steps, never a size.
//! A population ends in a course of settings and a configuration holds only one, so the last settings of its best members
//! are trained anew, and those trainings alone can win.

use models::{Part, Range, Scale};

use super::chance::{Chance, even_place};
use super::halving::Plan;
use super::space::{Setting, Subject, coordinate_of, value_at};
use super::stages::Standing;
use super::study::{Kind, Trial};

/// Members.
pub(super) const SIZE: usize = 8;
/// Those that are replaced, and those that they go on from.
const QUARTER: usize = SIZE / 4;
/// Times that a member is judged in a whole training.
const GENERATIONS: usize = 10;
/// Members whose last settings are trained anew.
const SETTLED: usize = 3;
/// By how much a strength changes, up or down: as a ratio, and as a part of a range.
const CHANGE: (f64, f64) = (1.25, 0.1);

/// A member's next rounds.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Turn {
    pub(super) setting: Setting,
    pub(super) member: usize,
    /// The trial that it goes on from; `None` at the start.
    pub(super) from: Option<usize>,
    /// After how many rounds it is judged.
    pub(super) until: usize,
}

/// What a population does next.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Next {
    Turn(Turn),
    Settle(Plan),
}

/// What comes after these trials; nothing when the population has learned and the best have settled.
pub(super) fn next(
    subject: &Subject,
    tried: &[&Trial],
    n_rounds: usize,
    standing: Standing,
) -> Option<Next> {
    let members: Vec<&Trial> =
        tried.iter().copied().filter(|trial| trial.kind == Kind::Member).collect();
    let (generation, member) = (members.len() / SIZE, members.len() % SIZE);
    let every = n_rounds.div_ceil(GENERATIONS).max(1);
    let before = generation.checked_sub(1).map(|last| &members[last * SIZE..][..SIZE]);
    let is_lost = before.is_some_and(|before| before.iter().all(|trial| trial.score.is_none()));
    let has_settled = tried.iter().any(|trial| trial.kind == Kind::Settled);
    let is_over = generation * every >= n_rounds || standing.left <= SETTLED || standing.is_over;
    if is_over || is_lost || has_settled {
        return settle(subject, tried, &members, standing).map(Next::Settle);
    }
    let (setting, from) = match before {
        None => (first(subject, member, standing), None),
        Some(before) => go_on(subject, before, member, (generation, standing)),
    };
    let until = ((generation + 1) * every).min(n_rounds);
    Some(Next::Turn(Turn { setting, member, from, until }))
}

/// The defaults, and settings evenly around them.
fn first(subject: &Subject, member: usize, standing: Standing) -> Setting {
    let mut setting = subject.default_setting();
    if member == 0 {
        return setting;
    }
    let searched = strengths(subject);
    let start = &mut Chance::of(standing.seed, &[standing.of as u64]);
    let place = even_place(member, searched.len(), start);
    for (&d, x) in searched.iter().zip(place) {
        setting[d] = value_at(&subject.space[d].range, x);
    }
    setting
}

/// Its own way, or from one of the best with a change.
fn go_on(
    subject: &Subject,
    before: &[&Trial],
    member: usize,
    (generation, standing): (usize, Standing),
) -> (Setting, Option<usize>) {
    let mut ranked: Vec<&Trial> = before.to_vec();
    let score = |trial: &Trial| trial.score.unwrap_or(f64::NEG_INFINITY);
    ranked.sort_by(|a, b| score(b).total_cmp(&score(a)).then(a.trial.cmp(&b.trial)));
    let own = before[member];
    let place = ranked.iter().position(|trial| trial.trial == own.trial);
    let is_kept = own.score.is_some() && place < Some(SIZE - QUARTER);
    if is_kept {
        return (own.setting(subject), Some(own.trial));
    }
    let words = [standing.of as u64, generation as u64, member as u64];
    let mut chance = Chance::of(standing.seed, &words);
    let best = ranked.iter().take(QUARTER).filter(|trial| trial.score.is_some()).count();
    let source = ranked[chance.below(best.max(1))];
    (changed(subject, &source.setting(subject), &mut chance), Some(source.trial))
}

/// Every strength a little higher or lower; a name another in one of four cases.
fn changed(subject: &Subject, setting: &Setting, chance: &mut Chance) -> Setting {
    let mut changed = setting.clone();
    for d in strengths(subject) {
        let range = &subject.space[d].range;
        let is_up = chance.unit() < 0.5;
        let x = coordinate_of(range, &setting[d]);
        let step = match range {
            Range::Values(_) => {
                let other = chance.unit();
                if chance.unit() < 0.25 {
                    changed[d] = value_at(range, other);
                }
                continue;
            }
            Range::Numbers { low, high, scale: Scale::Log, .. } => {
                CHANGE.0.ln() / (high / low).ln()
            }
            Range::Numbers { scale: Scale::Linear, .. } => CHANGE.1,
        };
        changed[d] = value_at(range, if is_up { x + step } else { x - step }.clamp(0.0, 1.0));
    }
    changed
}

/// The last settings of the best members, one trial each.
fn settle(
    subject: &Subject,
    tried: &[&Trial],
    members: &[&Trial],
    standing: Standing,
) -> Option<Plan> {
    let settled: Vec<&&Trial> = tried.iter().filter(|trial| trial.kind == Kind::Settled).collect();
    if settled.len() >= SETTLED || standing.is_over && !settled.is_empty() {
        return None;
    }
    // Members that were judged after the same number of rounds, the last at which all were.
    let last_whole = (members.len() / SIZE).checked_sub(1)?;
    let mut ranked: Vec<&&Trial> = members[last_whole * SIZE..][..SIZE].iter().collect();
    ranked.retain(|trial| trial.score.is_some());
    let score = |trial: &Trial| trial.score.unwrap_or(f64::NEG_INFINITY);
    ranked.sort_by(|a, b| score(b).total_cmp(&score(a)).then(a.trial.cmp(&b.trial)));
    let is_known = |trial: &Trial| {
        let whole = tried.iter().filter(|other| other.kind != Kind::Member);
        whole.into_iter().any(|other| other.parameters == trial.parameters)
    };
    let best = ranked.into_iter().find(|trial| !is_known(trial))?;
    Some(Plan {
        setting: best.setting(subject),
        kind: Kind::Settled,
        from: Some(best.trial),
        stage: None,
        rung: standing.top,
    })
}

fn strengths(subject: &Subject) -> Vec<usize> {
    (0..subject.space.len()).filter(|&d| subject.space[d].part == Part::Strength).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::stages::Standing;
    use super::super::study::{Kind, Trial, parameters};
    use super::{Next, SIZE, Subject, next};

    fn subject() -> Subject {
        Subject::all(&["bpr:epochs=20,dim=8".to_owned()], &[]).unwrap().remove(0)
    }

    fn standing(left: usize) -> Standing {
        Standing { spent: 0.0, left, is_over: false, seed: 1, top: 0, of: 0 }
    }

    /// Runs a population whose members are better the nearer their penalty is to 0.01.
    fn run(left: usize) -> Vec<Trial> {
        let subject = subject();
        let mut trials: Vec<Trial> = Vec::new();
        loop {
            let tried: Vec<&Trial> = trials.iter().collect();
            let left = left - trials.len();
            let (setting, kind, member, from, until) =
                match next(&subject, &tried, 20, standing(left)) {
                    None => break,
                    Some(Next::Turn(turn)) => {
                        (turn.setting, Kind::Member, Some(turn.member), turn.from, turn.until)
                    }
                    Some(Next::Settle(plan)) => (plan.setting, plan.kind, None, plan.from, 20),
                };
            let spec = subject.spec(&setting).unwrap();
            let reg: f64 = spec.value("reg").unwrap().parse().unwrap();
            trials.push(Trial {
                trial: trials.len() + 1,
                model: spec.brief(),
                parameters: parameters(&subject, &setting),
                of: 0,
                kind,
                from,
                stage: None,
                member,
                cut: None,
                rung: 0,
                listeners: 1,
                iterations: Some(until),
                score: Some(-(reg / 0.01).ln().abs()),
                low: None,
                high: None,
                failure: None,
                seconds: 0.0,
            });
            if left == 1 {
                break;
            }
        }
        trials
    }

    #[test]
    fn the_worst_go_on_from_the_best_and_the_best_settle() {
        let trials = run(1000);
        // Ten generations of 8, and three that settle.
        assert_eq!(trials.len(), 83);
        let generation = |g: usize| &trials[g * SIZE..][..SIZE];
        let mean = |g: usize| {
            generation(g).iter().filter_map(|trial| trial.score).sum::<f64>() / SIZE as f64
        };
        assert!(mean(9) > mean(0) / 2.0 && mean(9) < 0.0, "{} {}", mean(0), mean(9));
        assert!(
            generation(0).iter().all(|trial| trial.from.is_none() && trial.iterations == Some(2))
        );
        for trial in generation(4) {
            let from = trials[trial.from.unwrap() - 1].clone();
            assert_eq!((from.kind, from.iterations), (Kind::Member, Some(8)));
            assert_eq!(from.member == trial.member, from.parameters == trial.parameters);
        }
        let moved = generation(4)
            .iter()
            .filter(|trial| trials[trial.from.unwrap() - 1].member != trial.member);
        assert_eq!(moved.count(), 2);
        let settled: BTreeSet<&str> =
            trials[80..].iter().map(|trial| trial.model.as_str()).collect();
        assert_eq!(settled.len(), 3);
        assert!(trials[80..].iter().all(|trial| trial.kind == Kind::Settled));
    }

    #[test]
    fn a_small_budget_ends_with_those_that_settle() {
        let trials = run(20);
        assert_eq!(trials.iter().filter(|trial| trial.kind == Kind::Settled).count(), 3);
        assert_eq!(trials.len(), 20);
    }
}
