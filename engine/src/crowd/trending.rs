//! What is heard more and more these weeks?
//!
//! A listener adds to a recording, by when it was last heard, `trust · 2^(−age / HALF_LIFE)`: so one listener is one voice,
//! however often it is played. A recording trends by what it got, less what it would have got if its listeners of all times
//! had heard it as all others were heard.

use std::collections::{BTreeMap, BTreeSet};

use models::Array;
use music::ItemIx;

use super::{LEAST, code};

/// Days after which a listen says half as much.
const HALF_LIFE_DAYS: f32 = 14.0;
/// Recordings that are kept of each country, and of all.
const KEPT: usize = 300;
/// Stands for all countries.
const EVERYWHERE: u32 = 0;

/// That one listener last heard one recording.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Recent {
    pub(crate) user: u32,
    pub(crate) item: ItemIx,
    pub(crate) age_days: f32,
    pub(crate) trust: f32,
}

/// What trends, by country, the most trending first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trending {
    by_country: BTreeMap<u32, Vec<ItemIx>>,
}

impl Trending {
    /// From what is liked, and the country of each listener as far as known.
    pub(crate) fn of(heard: &[Recent], countries: &[Option<String>]) -> Self {
        let mut by_country = BTreeMap::new();
        by_country.insert(EVERYWHERE, trending(heard.iter()));
        let codes: Vec<Option<u32>> =
            countries.iter().map(|country| code(country.as_deref()?)).collect();
        let known: BTreeSet<u32> = codes.iter().copied().flatten().collect();
        for country in known {
            let is_there = |heard: &&Recent| codes[heard.user as usize] == Some(country);
            let of_country = trending(heard.iter().filter(is_there));
            if !of_country.is_empty() {
                by_country.insert(country, of_country);
            }
        }
        Self { by_country }
    }

    /// What trends where a listener lives, or everywhere where that is not known; the most trending first.
    pub(crate) fn around(&self, country: Option<&str>) -> &[ItemIx] {
        let of_country = country.and_then(code).and_then(|code| self.by_country.get(&code));
        of_country.or_else(|| self.by_country.get(&EVERYWHERE)).map_or(&[], Vec::as_slice)
    }

    /// `[n × 2]` country and row.
    pub(super) fn array(&self) -> Array {
        let of_country = |(country, items): (&u32, &Vec<ItemIx>)| {
            let country = *country;
            items.iter().flat_map(move |item| [country, item.0]).collect::<Vec<_>>()
        };
        let values: Vec<u32> = self.by_country.iter().flat_map(of_country).collect();
        Array::U32 { shape: vec![values.len() / 2, 2], values }
    }

    pub(super) fn from_array(array: Option<Array>, n_items: usize) -> Self {
        let mut by_country: BTreeMap<u32, Vec<ItemIx>> = BTreeMap::new();
        if let Some(Array::U32 { values, .. }) = array {
            for pair in values.chunks_exact(2).filter(|pair| (pair[1] as usize) < n_items) {
                by_country.entry(pair[0]).or_default().push(ItemIx(pair[1]));
            }
        }
        Self { by_country }
    }
}

/// The recordings that got most beyond what was to be expected.
fn trending<'a>(heard: impl Iterator<Item = &'a Recent>) -> Vec<ItemIx> {
    let mut sums: BTreeMap<ItemIx, (f32, f32)> = BTreeMap::new();
    let (mut recent, mut all) = (0.0, 0.0);
    for heard in heard {
        let voice = heard.trust * (-heard.age_days / HALF_LIFE_DAYS).exp2();
        let sum = sums.entry(heard.item).or_default();
        *sum = (sum.0 + voice, sum.1 + heard.trust);
        (recent, all) = (recent + voice, all + heard.trust);
    }
    let beyond = |(voice, whole): (f32, f32)| voice - whole * recent / all;
    let mut trending: Vec<(ItemIx, f32)> = sums
        .into_iter()
        .filter(|(_, (_, whole))| *whole >= LEAST as f32)
        .map(|(item, sums)| (item, beyond(sums)))
        .filter(|(_, beyond)| *beyond > 0.0)
        .collect();
    trending.sort_by(|(a, x), (b, y)| y.total_cmp(x).then(a.cmp(b)));
    trending.truncate(KEPT);
    trending.into_iter().map(|(item, _)| item).collect()
}

#[cfg(test)]
mod tests {
    use music::ItemIx;

    use super::{Recent, Trending};

    /// Four listeners heard recording 0 long ago, three recording 1 today, two recording 2 today.
    fn heard() -> Vec<Recent> {
        let of = |user, item, age_days| Recent { user, item: ItemIx(item), age_days, trust: 1.0 };
        let long_ago = (0..4).map(|user| of(user, 0, 200.0));
        let today = (0..3).map(|user| of(user, 1, 0.0));
        long_ago.chain(today).chain((0..2).map(|user| of(user, 2, 0.0))).collect()
    }

    #[test]
    fn what_many_hear_now_trends_and_what_few_hear_is_not_told() {
        let countries = [Some("DE".to_owned()), Some("de".to_owned()), Some("DE".to_owned()), None];
        let trending = Trending::of(&heard(), &countries);
        assert_eq!(trending.around(None), [ItemIx(1)]);
        assert_eq!(trending.around(Some("de")), [ItemIx(1)]);
        assert_eq!(trending.around(Some("FR")), [ItemIx(1)], "nothing is known of France");
    }

    #[test]
    fn it_reads_back_what_it_writes() {
        let trending = Trending::of(&heard(), &[const { None }; 4]);
        let again = Trending::from_array(Some(trending.array()), 3);
        assert_eq!(again.around(None), trending.around(None));
        assert!(Trending::from_array(Some(trending.array()), 1).around(None).is_empty());
        assert!(Trending::from_array(None, 3).around(None).is_empty());
    }
}
