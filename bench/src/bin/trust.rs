//! Can a survey of accounts tell machines from people? Taught on simulated attacks, and measured on others.

use bench::chance::Chance;
use bench::clock::timed;
use bench::logistic::{self, Example, Logistic};
use bench::simulated::{Crowd, Detail, Simulated, simulate};
use clap::{Parser, Subcommand};
use jiff::{SignedDuration, Timestamp};
use listens::{Feature, MOST_UNUSUAL, Trust, TrustRules, TrustSurvey};
use music::{Event, History, ImportId, Interaction, ListenerId, Logged, RecordingId};
use serde_json::{Value, json};
use world::{AccountKind, Attack, AttackKind, Params, Tastes};

/// Teaches, measures and times the survey of accounts
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Prints what each deviation adds to suspicion, as the source file that holds it
    Learn {
        /// Worlds of each kind to learn from
        #[arg(long, default_value_t = 6)]
        seeds: u64,
    },
    /// Prints who is believed in worlds that nothing was learned from, as JSON
    Judge {
        /// Worlds of each kind
        #[arg(long, default_value_t = 6)]
        seeds: u64,
    },
    /// Prints the seconds that a survey takes, as JSON
    Time {
        /// Listens in all
        #[arg(long, default_value_t = 10_000_000)]
        listens: usize,
        /// Accounts among whom they are shared
        #[arg(long, default_value_t = 100_000)]
        accounts: usize,
    },
}

const ATTACKS: [(&str, AttackKind); 4] = [
    ("push", AttackKind::Push),
    ("demote", AttackKind::Demote),
    ("thin", AttackKind::Thin),
    ("mixed", AttackKind::Mixed),
];
const TASTES: [Tastes; 2] = [Tastes::Vectors, Tastes::Rules];
const DETAILS: [(&str, Detail); 2] = [("ends", Detail::Ends), ("starts", Detail::Starts)];
/// One honest listener in so many has a habit that a machine might have.
const ODD_EVERY: usize = 7;
/// The first seed that nothing is learned from.
const HELD_OUT: u64 = 101;

fn main() -> anyhow::Result<()> {
    match Arguments::parse().what {
        What::Learn { seeds } => print!("{}", source(&learn(seeds))),
        What::Judge { seeds } => println!("{:#}", judge(seeds)),
        What::Time { listens, accounts } => {
            anyhow::ensure!(accounts > 0, "at least one account expected");
            println!("{:#}", time(listens, accounts));
        }
    }
    Ok(())
}

/// Seeds take turns in how large their worlds are, how much there is to go by and how many attack.
fn params(tastes: Tastes, kind: AttackKind, seed: u64) -> Params {
    let (listeners, weeks, listens_per_week, share) = match seed % 3 {
        0 => (400, 26, 30.0, 0.01),
        1 => (200, 20, 15.0, 0.02),
        _ => (600, 30, 50.0, 0.02),
    };
    Params {
        tastes,
        seed,
        listeners,
        weeks,
        listens_per_week,
        // More of them where it is measured how many are taken for machines.
        heavy: if seed < HELD_OUT { listeners / 20 } else { listeners / 10 },
        children: listeners / 40,
        attack: Some(Attack { kind, share }),
        ..Params::default()
    }
}

fn survey(crowd: &Crowd) -> Trust {
    let mut survey = TrustSurvey::new();
    for one in &crowd.accounts {
        survey.learn(one.listener, &one.history);
    }
    survey.judge(&TrustRules::default())
}

/// Looks at every world of some seeds.
fn each_world(seeds: impl Iterator<Item = u64>, look: &mut dyn FnMut(Value, &Crowd, &Trust)) {
    for seed in seeds {
        for tastes in TASTES {
            for (attack, kind) in ATTACKS {
                let mut crowd = simulate(&params(tastes, kind, seed), ODD_EVERY);
                for (log, detail) in DETAILS {
                    crowd.tell(detail);
                    let about = json!({
                        "seed": seed, "tastes": tastes.to_string(), "attack": attack, "log": log,
                    });
                    look(about, &crowd, &survey(&crowd));
                }
            }
        }
    }
}

fn learn(seeds: u64) -> Logistic {
    let mut examples = Vec::new();
    each_world(1..=seeds, &mut |_, crowd, trust| {
        examples.extend(crowd.accounts.iter().filter_map(|one| example(one, trust)));
    });
    let params = logistic::Params {
        most: MOST_UNUSUAL,
        // A person taken for a machine is worse than a machine taken for a person.
        odds: 0.3,
        ridge: 1e-3,
        // Who is new has done nothing yet.
        shares: Feature::ALL.map(|of| if of == Feature::Age { 0.4 } else { 0.8 }).to_vec(),
        iterations: 2000,
    };
    logistic::fit(&examples, &params)
}

fn example(one: &Simulated, trust: &Trust) -> Option<Example> {
    let traits = trust.account(one.listener)?.traits;
    let of = |feature| {
        let found = traits.iter().find(|of_one| of_one.feature == feature);
        found.map_or(0.0, |of_one| of_one.deviations)
    };
    let deviations = Feature::ALL.map(of).to_vec();
    (!traits.is_empty()).then(|| Example { deviations, is_machine: !one.kind.is_person() })
}

/// The file in `listens` that holds what was learned.
fn source(learned: &Logistic) -> String {
    let rows = Feature::ALL.iter().zip(&learned.slopes);
    let rows: String =
        rows.map(|(of, slope)| format!("    {slope:.3}, // {}\n", of.name())).collect();
    format!(
        "//! How suspicious is each deviation?\n//!\n\
         //! Written by `bench/run trust --learn`: a logistic regression on simulated attacks.\n\n\
         use super::feature::N_FEATURES;\n\n\
         /// The logit of the suspicion of an account that is in no way unusual.\n\
         pub(super) const BIAS: f64 = {:.3};\n\n\
         /// What a deviation of each feature adds to it, in the order of `Feature::ALL`.\n\
         pub(super) const SLOPES: [f64; N_FEATURES] = [\n{rows}];\n",
        learned.bias
    )
}

/// Of each world, how many of each kind of account are believed less, and what is left of the attack.
fn judge(seeds: u64) -> Value {
    let mut worlds = Vec::new();
    each_world(HELD_OUT..HELD_OUT + seeds, &mut |mut about, crowd, trust| {
        let mut accounts = serde_json::Map::new();
        for one in &crowd.accounts {
            let Some(account) = trust.account(one.listener) else { continue };
            let who = one.oddity.map_or(format!("{:?}", one.kind), |odd| odd.name().to_owned());
            let told = accounts.entry(who).or_insert(json!([0, 0, 0]));
            let is_judged = u32::from(!account.traits.is_empty());
            for (at, n) in [1, is_judged, u32::from(account.weight < 1.0)].iter().enumerate() {
                told[at] = json!(told[at].as_u64().unwrap_or(0) + u64::from(*n));
            }
        }
        let pushed = trust.pushed();
        let is_target = |recording: RecordingId| Some(recording) == crowd.target;
        about["accounts"] = accounts.into();
        about["target_is_found"] = pushed.iter().any(|of| is_target(of.recording)).into();
        about["others_found"] = pushed.iter().filter(|of| !is_target(of.recording)).count().into();
        about["believed"] = json!({
            "attackers": believed(crowd, trust, |kind| {
                !kind.is_person() && kind != AccountKind::Bot || kind == AccountKind::Hijacked
            }),
            "people": believed(crowd, trust, |kind| {
                kind.is_person() && kind != AccountKind::Hijacked
            }),
        });
        worlds.push(about);
    });
    worlds.into()
}

/// The mean weight of what some accounts say of the target; `None` where none of them knows it.
fn believed(crowd: &Crowd, trust: &Trust, who: impl Fn(AccountKind) -> bool) -> Option<f64> {
    let target = crowd.target?;
    let knows = |one: &&Simulated| {
        who(one.kind) && one.history.listens.iter().any(|logged| logged.recording == target)
    };
    let weights = crowd.accounts.iter().filter(knows);
    let weights: Vec<f64> = weights.map(|one| trust.weight_of(one.listener, target)).collect();
    (!weights.is_empty()).then(|| weights.iter().sum::<f64>() / weights.len() as f64)
}

/// Surveys made-up histories; making them is not counted.
fn time(listens: usize, accounts: usize) -> Value {
    let mut survey = TrustSurvey::new();
    let mut learning = 0.0;
    for account in 0..accounts {
        let history = made_up(account as u64, listens / accounts);
        let id = ListenerId(account as u64);
        learning += timed(|| survey.learn(id, &history)).1;
    }
    let (trust, judging) = timed(|| survey.judge(&TrustRules::default()));
    json!({
        "listens": listens / accounts * accounts,
        "accounts": accounts,
        "learn_seconds": learning,
        "judge_seconds": judging,
        "suspicious": trust.suspicious().len(),
    })
}

/// Sessions of nine over half a year, of 200,000 recordings of which some are popular.
fn made_up(account: u64, listens: usize) -> History {
    let mut chance = Chance::new(1, account);
    let mut at = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 365 * 50);
    let mut logged = Vec::with_capacity(listens);
    for i in 0..listens {
        let wait = if i % 9 == 0 { 3600 * chance.below(24 * 18) } else { 120 + chance.below(200) };
        at += SignedDuration::from_secs(wait as i64);
        let rank = chance.below(200_000);
        let recording = RecordingId(chance.below(1 + rank) as u64);
        logged.push(Logged {
            recording,
            import: ImportId(1),
            event: Event::new(Interaction::Play, at),
        });
    }
    logged.sort_by_key(|logged| (logged.recording, logged.event.at));
    History { listens: logged, counts: Vec::new() }
}
