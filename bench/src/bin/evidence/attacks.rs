//! What does an attack do for its target, and who is distrusted for it?
//!
//! The first variant is the one without trust; an account is distrusted by another one that believes less than half
//! of what the first believes of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::Context;
use bench::clock::timed;
use engine::{Mode, Pairs, Snapshot};
use jiff::tz::TimeZone;
use linalg::Matrix;
use models::History;
use music::{ItemIx, ListenerId};
use serde_json::{Value, json};
use world::{AccountKind, Attack, AttackKind, Params, World};

use crate::town::{Size, Town};
use crate::variants::{Variant, believed, read};

/// Below this share of what is believed without trust, an account is distrusted.
const DISTRUSTED: f64 = 0.5;

const KINDS: [(&str, AttackKind); 4] = [
    ("push", AttackKind::Push),
    ("demote", AttackKind::Demote),
    ("thin", AttackKind::Thin),
    ("mixed", AttackKind::Mixed),
];

/// A world and who attacks in it.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    size: Size,
    /// Accounts of the army for each listener
    #[arg(long, default_value_t = 0.01)]
    share: f32,
    /// A JSON array of variants, the one without trust first
    #[arg(long)]
    variants: PathBuf,
}

/// What is believed of each account, signs left out.
type Belief = BTreeMap<ListenerId, f64>;

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let params = arguments.size.params()?;
    let attack = |kind| Some(Attack { kind, share: arguments.share });
    let targets: Vec<Option<usize>> = KINDS
        .iter()
        .map(|(_, kind)| {
            World::new(&Params { attack: attack(*kind), ..params.clone() }).attack_target()
        })
        .collect();
    let variants = read(&arguments.variants)?;
    let calm: Vec<_> =
        KINDS.iter().zip(&targets).map(|((name, _), target)| (*name, *target)).collect();
    measure(arguments, "calm", &params, &calm, &variants)?;
    for ((name, kind), target) in KINDS.into_iter().zip(targets) {
        let params = Params { attack: attack(kind), ..params.clone() };
        measure(arguments, name, &params, &[(name, target)], &variants)?;
    }
    Ok(())
}

/// Prints, for each variant, what became of the targets in one world.
fn measure(
    arguments: &Arguments,
    under: &str,
    params: &Params,
    targets: &[(&str, Option<usize>)],
    variants: &[Variant],
) -> anyhow::Result<()> {
    let mut town = Town::new(params, params.weeks..params.weeks)?;
    let mut without_trust = None;
    for variant in variants {
        variant.configure(&mut town.folder)?;
        let spec = variant.spec(&town.folder)?;
        let snapshot = town.train(&spec, town.week()?.start(&TimeZone::UTC))?;
        let pairs = believed(&town.folder)?;
        let belief = belief(&pairs);
        let without_trust = without_trust.get_or_insert_with(|| belief.clone());
        let distrusted = distrusted(&town, without_trust, &belief)?;
        let (lists, seconds) = timed(|| lists(&mut town, &snapshot));
        let lists = lists?;
        for (target, recording) in targets {
            let recording = recording.context("a world with something to attack expected")?;
            let listed = lists.values().filter(|list| list.contains(&recording)).count();
            let told = json!({
                "world": arguments.size.told(),
                "group": variant.group,
                "name": variant.name,
                "under": under,
                "target": target,
                "listed": listed,
                "honest": lists.len(),
                "percentile": percentile(&mut town, &snapshot, &pairs, recording)?,
                "distrusted": distrusted,
                "seconds": {"lists": seconds},
            });
            println!("{told}");
        }
    }
    Ok(())
}

/// The lists of everybody whose account is theirs alone.
fn lists(town: &mut Town, snapshot: &Snapshot) -> anyhow::Result<BTreeMap<usize, BTreeSet<usize>>> {
    let (week, maker) = (town.week()?, town.maker(snapshot)?);
    let mut lists = BTreeMap::new();
    for listener in town.accounts(&[AccountKind::Honest]) {
        let list = town.list(&maker, listener, week, Mode::DryRun)?;
        lists.insert(listener, list.into_iter().collect());
    }
    Ok(lists)
}

/// The mean over honest listeners of the share of unheard recordings that score below the target; 0 where no model has it.
fn percentile(
    town: &mut Town,
    snapshot: &Snapshot,
    pairs: &Pairs,
    target: usize,
) -> anyhow::Result<f64> {
    let mut at = None;
    for item in 0..pairs.rows.len() {
        let item = ItemIx(u32::try_from(item)?);
        if town.in_world(pairs.rows.id(item))? == target {
            at = Some(item.0);
        }
    }
    let Some(target) = at else { return Ok(0.0) };
    let model = &snapshot.models[0].recommender;
    let mut percentiles = Vec::new();
    for listener in town.accounts(&[AccountKind::Honest]) {
        let Some(user) = user(town, pairs, listener)? else { continue };
        let (items, heard) = pairs.heard.row(user);
        if items.binary_search(&target).is_ok() {
            continue;
        }
        let known: Vec<ItemIx> = items.iter().map(|item| ItemIx(*item)).collect();
        let query = model.represent(&History::new(&known, heard));
        let mut scores = Matrix::zeros(1, pairs.rows.len());
        model.score_batch(&[query], &mut scores);
        let scores = scores.row(0);
        let unheard = (0..).zip(scores).filter(|(item, _)| items.binary_search(item).is_err());
        let (mut below, mut others) = (0, 0);
        for (_, score) in unheard.filter(|(item, _)| *item != target) {
            others += 1;
            below += usize::from(*score < scores[target as usize]);
        }
        percentiles.push(below as f64 / f64::from(others.max(1)));
    }
    Ok(percentiles.iter().sum::<f64>() / percentiles.len().max(1) as f64)
}

fn user(town: &Town, pairs: &Pairs, listener: usize) -> anyhow::Result<Option<usize>> {
    let known = town.folder.store.listener(town.name(listener))?;
    Ok(known.and_then(|known| pairs.listeners.binary_search(&known.id).ok()))
}

fn belief(pairs: &Pairs) -> Belief {
    let of_row = |user: usize| {
        let (_, heard) = pairs.heard.row(user);
        heard.iter().map(|heard| f64::from(heard.confidence)).sum()
    };
    pairs.listeners.iter().enumerate().map(|(user, id)| (*id, of_row(user))).collect()
}

/// Accounts of each kind of holder: how many are distrusted, of how many.
fn distrusted(town: &Town, before: &Belief, after: &Belief) -> anyhow::Result<Value> {
    let kinds: [(&str, &[AccountKind]); 4] = [
        ("honest", &[AccountKind::Honest, AccountKind::SharedWithChild]),
        ("heavy", &[AccountKind::Heavy]),
        ("hijacked", &[AccountKind::Hijacked]),
        (
            "bots",
            &[
                AccountKind::Bot,
                AccountKind::PushBot,
                AccountKind::DemoteBot,
                AccountKind::MixedBot,
            ],
        ),
    ];
    let mut told = serde_json::Map::new();
    for (name, kinds) in kinds {
        let (mut n, mut of) = (0, 0);
        for account in town.accounts(kinds) {
            let Some(known) = town.folder.store.listener(town.name(account))? else { continue };
            let Some(before) = before.get(&known.id) else { continue };
            let after = after.get(&known.id).copied().unwrap_or(0.0);
            of += 1;
            n += u32::from(after < DISTRUSTED * before);
        }
        told.insert(name.to_owned(), json!([n, of]));
    }
    Ok(Value::Object(told))
}
