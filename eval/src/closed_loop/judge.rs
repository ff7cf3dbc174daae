//! What came of a week, by the hidden taste?

use std::collections::{BTreeMap, BTreeSet};

use measure::Exposure;
use music::Listen;
use world::{AccountKind, World};

use super::WeekReport;

/// What was heard before a week, by account, ascending.
pub(super) fn heard(world: &World) -> Vec<Vec<usize>> {
    (0..world.listener_names().len()).map(|listener| world.heard(listener).collect()).collect()
}

/// Judges one week after the other.
pub(super) struct Judge {
    /// People who have their account to themselves, and which third of them by the popularity of what they love.
    judged: Vec<(usize, usize)>,
    rows: BTreeMap<String, usize>,
    /// By account.
    shown: Vec<BTreeSet<usize>>,
    /// Artists, by account.
    discovered: Vec<BTreeSet<usize>>,
    exposure: Exposure,
}

/// One list, and what came of it.
struct Received {
    third: usize,
    lines: usize,
    loved: usize,
    played: usize,
    is_opened: bool,
    unlikeness: Option<f64>,
    artists: Option<f64>,
    genres: Option<f64>,
    popularity_lift: Option<f64>,
    seasonal: Option<f64>,
}

impl Judge {
    pub(super) fn new(world: &World) -> Self {
        let names = world.listener_names();
        let n_accounts = names.len();
        let honest: Vec<usize> = (0..n_accounts)
            .filter(|listener| world.account_kind(*listener) == AccountKind::Honest)
            .collect();
        let popularity: Vec<f64> = honest
            .iter()
            .map(|listener| world.loved_popularity(*listener).unwrap_or_default())
            .collect();
        let thirds = measure::thirds(&popularity);
        Self {
            judged: honest.into_iter().zip(thirds).collect(),
            rows: names.into_iter().zip(0..).collect(),
            shown: vec![BTreeSet::new(); n_accounts],
            discovered: vec![BTreeSet::new(); n_accounts],
            exposure: Exposure::new(world.n_artists()),
        }
    }

    /// What was shown so far, by account.
    pub(super) fn shown(&self) -> &[BTreeSet<usize>] {
        &self.shown
    }

    /// Judges the lists of a week and its log; `heard` is from before it.
    pub(super) fn judge(
        &mut self,
        world: &World,
        week: usize,
        lists: &[Vec<usize>],
        heard: &[Vec<usize>],
        log: &[Listen],
    ) -> WeekReport {
        let (mut repeats, mut heard_before) = (0, 0);
        for (listener, list) in lists.iter().enumerate() {
            for &recording in list {
                repeats += usize::from(!self.shown[listener].insert(recording));
                heard_before += usize::from(heard[listener].binary_search(&recording).is_ok());
                let artist = u32::try_from(world.artist(recording)).expect("rows are u32");
                self.exposure.show(&[artist]);
            }
        }
        let played = self.played(world, log);
        let popularity = popularity(world, heard);
        let mut received = Vec::new();
        for &(listener, third) in &self.judged {
            let list = &lists[listener];
            if list.is_empty() {
                continue;
            }
            let one = Hearing { world, week, listener, list, heard: &heard[listener] };
            received.push(one.receive(third, &played[listener], &popularity));
            one.discover(&played[listener], &mut self.discovered[listener]);
        }
        let n_judged = self.judged.len().max(1) as f64;
        let discovered = self.judged.iter().map(|(listener, _)| self.discovered[*listener].len());
        let active = self.judged.iter().filter(|(listener, _)| !world.has_left(*listener));
        let share = |n: usize, of: usize| n as f64 / of as f64;
        let loved = |one: &Received| Some(share(one.loved, one.lines));
        let of_third = |third: usize| mean(received.iter().filter(|one| one.third == third), loved);
        WeekReport {
            week,
            is_december: world.is_december(week),
            lists: received.len(),
            loved: mean(&received, loved),
            played: mean(&received, |one| Some(share(one.played, one.lines))),
            loved_lines: received.iter().map(|one| one.loved).sum::<usize>() as f64 / n_judged,
            opened: mean(&received, |one| Some(f64::from(u8::from(one.is_opened)))),
            discovered: discovered.sum::<usize>() as f64 / n_judged,
            unlikeness: mean(&received, |one| one.unlikeness),
            artists: mean(&received, |one| one.artists),
            genres: mean(&received, |one| one.genres),
            popularity_lift: mean(&received, |one| one.popularity_lift),
            seasonal: mean(&received, |one| one.seasonal),
            gini: self.exposure.gini(),
            niche_gap: of_third(2).zip(of_third(0)).map(|(popular, niche)| popular - niche),
            active: active.count() as f64 / n_judged,
            repeats,
            heard_before,
        }
    }

    /// What the log says was played, by account.
    fn played(&self, world: &World, log: &[Listen]) -> Vec<BTreeSet<usize>> {
        let mut played = vec![BTreeSet::new(); self.shown.len()];
        for listen in log.iter().filter(|listen| listen.event.kind.is_listen()) {
            let listener = listen.listener.as_ref().and_then(|name| self.rows.get(name));
            let recording = listen.recording.spotify.as_ref();
            let recording = recording.and_then(|uri| world.recording_of(uri));
            if let Some((listener, recording)) = listener.zip(recording) {
                played[*listener].insert(recording);
            }
        }
        played
    }
}

/// A list, and who gets it when.
struct Hearing<'a> {
    world: &'a World,
    week: usize,
    listener: usize,
    list: &'a [usize],
    /// Before the week, ascending.
    heard: &'a [usize],
}

impl Hearing<'_> {
    fn is_new_and_loved(&self, recording: usize) -> bool {
        self.heard.binary_search(&recording).is_err()
            && self.world.loves_in(self.listener, recording, self.week)
    }

    fn receive(&self, third: usize, played: &BTreeSet<usize>, popularity: &[f64]) -> Received {
        let Self { world, list, heard, .. } = *self;
        let loved: Vec<usize> =
            list.iter().copied().filter(|recording| self.is_new_and_loved(*recording)).collect();
        let one = |is_so: bool| f64::from(u8::from(is_so));
        let of = |rows: &[usize]| mean(rows, |recording| Some(popularity[*recording]));
        let lift = of(list).zip(of(heard).filter(|own| *own > 0.0));
        Received {
            third,
            lines: list.len(),
            played: loved.iter().filter(|recording| played.contains(recording)).count(),
            loved: loved.len(),
            is_opened: list.iter().any(|recording| played.contains(recording)),
            unlikeness: over_pairs(list, |a, b| 1.0 - f64::from(world.likeness(a, b))),
            artists: over_pairs(list, |a, b| one(world.artist(a) != world.artist(b))),
            genres: over_pairs(list, |a, b| one(world.genre(a) != world.genre(b))),
            popularity_lift: lift.map(|(of_list, own)| of_list / own),
            seasonal: mean(list, |recording| Some(one(world.is_seasonal(*recording)))),
        }
    }

    /// Adds artists of whom nothing was heard before, and a line was played and loved.
    fn discover(&self, played: &BTreeSet<usize>, discovered: &mut BTreeSet<usize>) {
        let known: BTreeSet<usize> =
            self.heard.iter().map(|recording| self.world.artist(*recording)).collect();
        let found = self.list.iter().copied().filter(|recording| {
            played.contains(recording)
                && self.is_new_and_loved(*recording)
                && !known.contains(&self.world.artist(*recording))
        });
        discovered.extend(found.map(|recording| self.world.artist(recording)));
    }
}

/// Share of the catalogue that fewer accounts have heard, with half of what as many have, by recording.
fn popularity(world: &World, heard: &[Vec<usize>]) -> Vec<f64> {
    let mut accounts = vec![0_usize; world.n_recordings()];
    for recording in heard.iter().flatten() {
        accounts[*recording] += 1;
    }
    let mut sorted = accounts.clone();
    sorted.sort_unstable();
    let percentile = |n: &usize| {
        let (below, at_most) =
            (sorted.partition_point(|other| other < n), sorted.partition_point(|other| other <= n));
        (below + at_most) as f64 / 2.0 / sorted.len() as f64
    };
    accounts.iter().map(percentile).collect()
}

/// Mean over all pairs of lines; none of fewer than two.
fn over_pairs(list: &[usize], number: impl Fn(usize, usize) -> f64) -> Option<f64> {
    let pairs = list.iter().enumerate().flat_map(|(n, a)| list[..n].iter().map(|b| (*a, *b)));
    let (n, sum) = pairs.fold((0, 0.0), |(n, sum), (a, b)| (n + 1, sum + number(a, b)));
    (n > 0).then(|| sum / f64::from(n))
}

/// Mean of what has such a number; none of none.
fn mean<'a, T: 'a>(
    of: impl IntoIterator<Item = &'a T>,
    number: impl Fn(&T) -> Option<f64>,
) -> Option<f64> {
    let numbers = of.into_iter().filter_map(number);
    let (n, sum) = numbers.fold((0, 0.0), |(n, sum), x| (n + 1, sum + x));
    (n > 0).then(|| sum / f64::from(n))
}
