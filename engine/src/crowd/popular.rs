//! What is liked most where somebody lives?
//!
//! Of a country few listeners may be known, so that what they like is taken together with what everybody does: a
//! recording that n of a country's listeners like, and a share p of all, gets `n + PRIOR·p`.

use std::collections::BTreeMap;

use models::Array;
use music::ItemIx;

use super::{LEAST, code};

/// Recordings that are kept of each country.
const KEPT: usize = 300;
/// Listeners of a country that what everybody likes counts as.
const PRIOR: f32 = 20.0;

/// How many listeners of each country like what is most liked there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Popular {
    by_country: BTreeMap<u32, Vec<(ItemIx, u32)>>,
}

impl Popular {
    /// From who likes what, and the country of each listener as far as known.
    pub(crate) fn of(
        liked: impl Iterator<Item = (u32, ItemIx)>,
        countries: &[Option<String>],
    ) -> Self {
        let codes: Vec<Option<u32>> =
            countries.iter().map(|country| code(country.as_deref()?)).collect();
        let mut counts: BTreeMap<u32, BTreeMap<ItemIx, u32>> = BTreeMap::new();
        for (user, item) in liked {
            if let Some(code) = codes[user as usize] {
                *counts.entry(code).or_default().entry(item).or_default() += 1;
            }
        }
        let most = |(code, items): (u32, BTreeMap<ItemIx, u32>)| {
            let mut items: Vec<(ItemIx, u32)> =
                items.into_iter().filter(|(_, n)| *n as usize >= LEAST).collect();
            items.sort_by_key(|(item, n)| (std::cmp::Reverse(*n), *item));
            items.truncate(KEPT);
            (!items.is_empty()).then_some((code, items))
        };
        Self { by_country: counts.into_iter().filter_map(most).collect() }
    }

    /// How much each row is liked where a listener lives, from how many of all listeners like it.
    pub(crate) fn around(
        &self,
        country: Option<&str>,
        all: Vec<f32>,
        n_listeners: usize,
    ) -> Vec<f32> {
        let of_country = country.and_then(code).and_then(|code| self.by_country.get(&code));
        let Some(of_country) = of_country else { return all };
        let mut scores = all;
        let share = PRIOR / n_listeners.max(1) as f32;
        scores.iter_mut().for_each(|score| *score *= share);
        for (item, n) in of_country {
            scores[item.0 as usize] += *n as f32;
        }
        scores
    }

    /// `[n × 3]` country, row and listeners.
    pub(super) fn array(&self) -> Array {
        let of_country = |(country, items): (&u32, &Vec<(ItemIx, u32)>)| {
            let country = *country;
            items.iter().flat_map(move |(item, n)| [country, item.0, *n]).collect::<Vec<_>>()
        };
        let values: Vec<u32> = self.by_country.iter().flat_map(of_country).collect();
        Array::U32 { shape: vec![values.len() / 3, 3], values }
    }

    pub(super) fn from_array(array: Option<Array>, n_items: usize) -> Self {
        let mut by_country: BTreeMap<u32, Vec<(ItemIx, u32)>> = BTreeMap::new();
        if let Some(Array::U32 { values, .. }) = array {
            for row in values.chunks_exact(3).filter(|row| (row[1] as usize) < n_items) {
                by_country.entry(row[0]).or_default().push((ItemIx(row[1]), row[2]));
            }
        }
        Self { by_country }
    }
}

#[cfg(test)]
mod tests {
    use music::ItemIx;

    use super::Popular;

    /// Three Austrians like recording 2, two of them recording 1, and two Germans too; one like in ten is of recording 0.
    fn popular() -> Popular {
        let countries = ["at", "AT", "AT", "DE", "DE"].map(|country| Some(country.to_owned()));
        let liked = [(0, 2), (1, 2), (2, 2), (0, 1), (1, 1), (3, 1), (4, 1)];
        Popular::of(liked.into_iter().map(|(user, item)| (user, ItemIx(item))), &countries)
    }

    #[test]
    fn what_is_liked_in_a_country_goes_first_there_and_few_are_not_told() {
        let all = vec![5.0, 4.0, 3.0];
        // 20 of 40 listeners stand for everybody: half of each count, and 3 more for recording 2 in Austria.
        assert_eq!(popular().around(Some("AT"), all.clone(), 40), [2.5, 2.0, 4.5]);
        assert_eq!(popular().around(Some("DE"), all.clone(), 40), all, "two Germans are too few");
        assert_eq!(popular().around(None, all.clone(), 40), all);
    }

    #[test]
    fn it_reads_back_what_it_writes() {
        let again = Popular::from_array(Some(popular().array()), 3);
        assert_eq!(again.by_country, popular().by_country);
        assert!(Popular::from_array(Some(popular().array()), 2).by_country.is_empty());
        assert!(Popular::from_array(None, 3).by_country.is_empty());
    }
}
