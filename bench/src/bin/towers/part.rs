//! What is learned from, and what are the three questions?
//!
//! A tenth of the listeners and a tenth of the recordings are taken out of the training, by chance.
//! Asked are the listeners that are left about the recordings that are left; the listeners that were taken out, of whom
//! the first recordings that they liked are shown; and the listeners that are left about the recordings that were taken
//! out, ranked among these alone.

use eval::{Asked, Task};
use linalg::Csr;
use models::{Heard, ItemFeatures, Moment, Moments, Numbers, Vectors, Words};
use music::{ItemIx, Rows, UserIx};
use serde_json::{Value, json};

/// One in so many is taken out.
const TAKEN: usize = 10;
/// Recordings that a new listener is known to like.
const SHOWN: usize = 5;

/// A training and what is asked of the models that know it.
pub(crate) struct Parts {
    /// Listeners and recordings that are left; whom models learn from.
    pub(crate) known: Task,
    /// Listeners that were taken out.
    pub(crate) listeners: Task,
    /// Recordings that were taken out, which stand behind the others.
    pub(crate) recordings: Task,
    /// What is known of these.
    pub(crate) features: ItemFeatures,
    about: Value,
}

/// The new places of rows, `None` for what is taken out.
struct Cut<'a> {
    whole: &'a Task,
    users: Vec<Option<u32>>,
    /// Every item: those that are left come first, both parts in the order they had.
    items: Vec<u32>,
    n_known: usize,
}

impl Parts {
    pub(crate) fn of(whole: &Task, seed: u64) -> Self {
        let cut = Cut::new(whole, seed);
        let (known, new) = cut.rows();
        let all_rows = known.extended(new.ids().iter().copied());
        let features = whole.features.as_ref();
        let none = ItemFeatures::none(whole.rows.len());
        let of_rows = |rows: &Rows| subset(features.unwrap_or(&none), &whole.rows, rows);
        let task = |rows: &Rows, asked: Vec<Asked>| {
            let heard = cut.heard(rows.len());
            let task = Task::new(whole.split, heard, rows.clone(), asked, whole.counts);
            let moments = whole.moments.as_ref().map(|moments| cut.moments(moments));
            Task { moments, ..task }
        };
        let warm = cut.warm();
        let strangers = cut.strangers(seed);
        let news = cut.news();
        let n_users = cut.users.iter().flatten().count();
        let about = json!({
            "listeners": n_users,
            "recordings": known.len(),
            "pairs": cut.heard(known.len()).nnz(),
            "new_listeners": cut.users.len() - n_users,
            "new_recordings": new.len(),
            "asked": {"known": warm.len(), "listeners": strangers.len(), "recordings": news.len()},
        });
        let learned = Task { features: Some(of_rows(&known)), ..task(&known, warm) };
        Self {
            listeners: task(&known, strangers),
            recordings: task(&all_rows, news),
            features: of_rows(&new),
            known: learned,
            about,
        }
    }

    pub(crate) fn about(&self) -> &Value {
        &self.about
    }
}

impl<'a> Cut<'a> {
    fn new(whole: &'a Task, seed: u64) -> Self {
        let is_taken = |kind: u64, key: u64| draw(seed ^ kind, key).is_multiple_of(TAKEN as u64);
        let mut next = 0..;
        let users = (0..whole.heard.n_rows() as u64)
            .map(|user| if is_taken(1, user) { None } else { next.next() })
            .collect();
        let ids = || whole.rows.ids().iter();
        let is_new: Vec<bool> = ids().map(|id| is_taken(2, id.0)).collect();
        let n_known = is_new.iter().filter(|is_new| !**is_new).count();
        let (mut known, mut new) = (0.., (0..).skip(n_known));
        let place = |is_new: &bool| if *is_new { new.next() } else { known.next() };
        let items = is_new.iter().map(place).map(|place| place.expect("rows are u32")).collect();
        Self { whole, users, items, n_known }
    }

    /// The recordings that are left, and those that are not.
    fn rows(&self) -> (Rows, Rows) {
        let of = |is_new: bool| {
            let all = self.whole.rows.ids().iter().zip(&self.items);
            let of_part = all.filter(|(_, item)| self.is_new(**item) == is_new);
            Rows::new(of_part.map(|(id, _)| *id).collect())
        };
        (of(false), of(true))
    }

    fn is_new(&self, item: u32) -> bool {
        item as usize >= self.n_known
    }

    /// What listeners that are left heard of what is left.
    fn heard(&self, n_items: usize) -> Csr<UserIx, ItemIx, Heard> {
        let mut pairs = Vec::new();
        for (user, items, heard) in self.whole.heard.rows() {
            let Some(user) = self.users[user] else { continue };
            let all =
                items.iter().zip(heard).map(|(item, heard)| (self.items[*item as usize], heard));
            let left = all.filter(|(item, _)| !self.is_new(*item));
            pairs.extend(left.map(|(item, heard)| (user, item, *heard)));
        }
        let n_users = self.users.iter().flatten().count();
        Csr::from_triplets(n_users, n_items, pairs)
    }

    fn moments(&self, moments: &Moments) -> Moments {
        let mut left = Moments::new();
        for (u, _) in self.users.iter().enumerate().filter(|(_, user)| user.is_some()) {
            left.push(moments.country(u), moments.of(u).iter().filter_map(|one| self.moment(one)));
        }
        left
    }

    /// A moment of what is left.
    fn moment(&self, moment: &Moment) -> Option<Moment> {
        let item = self.items[moment.item.0 as usize];
        (!self.is_new(item)).then_some(Moment { item: ItemIx(item), ..*moment })
    }

    /// Places of some items, ascending.
    fn places(&self, items: impl Iterator<Item = u32>, is_new: bool) -> Vec<u32> {
        let places = items.map(|item| self.items[item as usize]);
        let mut places: Vec<u32> = places.filter(|item| self.is_new(*item) == is_new).collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    /// What somebody likes of what is asked for.
    fn wanted(&self, asked: &Asked, is_new: bool) -> Vec<u32> {
        let liked = asked.wanted.iter().zip(&asked.gains).filter(|(_, gain)| **gain > 0.0);
        self.places(liked.map(|(item, _)| *item), is_new)
    }

    fn warm(&self) -> Vec<Asked> {
        let ask = |asked: &Asked| {
            let user = self.users[asked.user?.0 as usize]?;
            let also_known = self.places(asked.also_known.iter().copied(), false);
            let wanted = self.wanted(asked, false);
            let activity = asked.activity;
            let one = Asked { user: Some(UserIx(user)), also_known, activity, ..Asked::default() };
            with_wanted(asked.who, wanted, one)
        };
        self.whole.asked.iter().filter_map(ask).collect()
    }

    fn strangers(&self, seed: u64) -> Vec<Asked> {
        let belief = Heard { confidence: self.usual(), age_days: 0.0, is_liked: true };
        let ask = |asked: &Asked| {
            let user = asked.user?.0 as usize;
            if self.users[user].is_some() {
                return None;
            }
            let (shown, moments) = self.first_liked(user, seed);
            let known = self.whole.heard.row(user).0.iter().chain(&asked.also_known);
            let one = Asked {
                believed: vec![belief; shown.len()],
                also_known: self.places(known.copied(), false),
                activity: shown.len() as f64,
                shown,
                moments,
                ..Asked::default()
            };
            with_wanted(asked.who, self.wanted(asked, false), one)
                .filter(|one| !one.shown.is_empty())
        };
        self.whole.asked.iter().filter_map(ask).collect()
    }

    /// What a pair that is liked counts, in the middle of all.
    fn usual(&self) -> f32 {
        let pairs = self.whole.heard.rows().flat_map(|(_, _, heard)| heard);
        let mut counts: Vec<f32> =
            pairs.filter(|heard| heard.is_liked).map(|heard| heard.confidence).collect();
        counts.sort_by(f32::total_cmp);
        counts.get(counts.len() / 2).copied().unwrap_or(1.0)
    }

    /// The recordings that a listener liked first, by chance where nothing has a time, and what came of them until the
    /// last of these was met.
    fn first_liked(&self, user: usize, seed: u64) -> (Vec<ItemIx>, Vec<Moment>) {
        let (items, heard) = self.whole.heard.row(user);
        let told = self.whole.moments.as_ref().map_or(&[][..], |moments| moments.of(user));
        let first = |item: u32| {
            let place = told.iter().position(|moment| moment.item.0 == item);
            (place.unwrap_or(told.len()), draw(seed ^ 3 ^ ((user as u64) << 32), u64::from(item)))
        };
        let pairs = items.iter().zip(heard).filter(|(_, heard)| heard.is_liked);
        let left = pairs.filter(|(item, _)| !self.is_new(self.items[**item as usize]));
        let mut liked: Vec<_> = left.map(|(item, _)| (first(*item), *item)).collect();
        liked.sort_unstable();
        liked.truncate(SHOWN);
        let until = liked.last().map_or(0, |((place, _), _)| (place + 1).min(told.len()));
        let is_shown = |moment: &&Moment| liked.iter().any(|(_, item)| *item == moment.item.0);
        let moments = told[..until].iter().filter(is_shown).filter_map(|one| self.moment(one));
        let shown = self.places(liked.iter().map(|(_, item)| *item), false);
        (shown.into_iter().map(ItemIx).collect(), moments.collect())
    }

    fn news(&self) -> Vec<Asked> {
        let n_items = u32::try_from(self.items.len()).expect("rows are u32");
        let n_known = u32::try_from(self.n_known).expect("rows are u32");
        let mut later = vec![&[][..]; self.users.len()];
        let windows: Vec<(usize, Vec<u32>)> = self
            .whole
            .asked
            .iter()
            .filter_map(|asked| Some((asked.user?.0 as usize, self.wanted(asked, true))))
            .collect();
        windows.iter().for_each(|(user, wanted)| later[*user] = wanted);
        let ask = |(u, items, heard): (usize, &[u32], &[Heard])| {
            let user = self.users[u]?;
            let liked = items.iter().zip(heard).filter(|(_, heard)| heard.is_liked);
            let mut wanted = self.places(liked.map(|(item, _)| *item), true);
            wanted.extend(later[u]);
            wanted.sort_unstable();
            wanted.dedup();
            let negatives = Some((n_known..n_items).collect());
            let one = Asked { user: Some(UserIx(user)), negatives, ..Asked::default() };
            with_wanted(u as u64, wanted, one)
        };
        self.whole.heard.rows().filter_map(ask).collect()
    }
}

/// `None` where there is nothing to ask for.
fn with_wanted(who: u64, wanted: Vec<u32>, one: Asked) -> Option<Asked> {
    let gains = vec![1.0; wanted.len()];
    Some(Asked { who, wanted, gains, ..one }).filter(Asked::is_asked)
}

/// What is known of some of the rows.
fn subset(features: &ItemFeatures, all: &Rows, rows: &Rows) -> ItemFeatures {
    let from: Vec<usize> = rows
        .ids()
        .iter()
        .map(|id| all.ix(*id).expect("rows of the same recordings").0 as usize)
        .collect();
    let words = features.words.iter().map(|words| {
        let mut said = Vec::new();
        for (item, row) in (0..).zip(&from) {
            let (columns, weights) = words.of.row(*row);
            said.extend(columns.iter().zip(weights).map(|(word, weight)| (item, *word, *weight)));
        }
        let of = Csr::from_triplets(from.len(), words.keys.len(), said);
        Words { name: words.name, keys: words.keys.clone(), of }
    });
    let numbers = features.numbers.iter().map(|numbers| Numbers {
        name: numbers.name,
        of: from.iter().map(|row| numbers.of[*row]).collect(),
    });
    let vectors = features.vectors.iter().map(|vectors| {
        let values = from.iter().flat_map(|row| vectors.of.row(*row)).copied().collect();
        let of = linalg::Matrix::from_vec(from.len(), vectors.of.dim(), values);
        let is_known = from.iter().map(|row| vectors.is_known[*row]).collect();
        Vectors { name: vectors.name, of, is_known }
    });
    let born = |row: &usize| features.born_days.get(*row).copied().flatten();
    ItemFeatures {
        n_items: from.len(),
        words: words.collect(),
        numbers: numbers.collect(),
        vectors: vectors.collect(),
        born_days: match features.born_days.is_empty() {
            true => Vec::new(),
            false => from.iter().map(born).collect(),
        },
    }
}

/// A number that two numbers decide (the finalizer of SplitMix64).
fn draw(seed: u64, key: u64) -> u64 {
    let mut mixed = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(key);
    for factor in [0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb] {
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(factor);
    }
    mixed ^ (mixed >> 31)
}
