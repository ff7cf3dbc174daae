//! A list is handed over: what is written with it?

use std::collections::BTreeMap;

use music::{ExposureSubject, Slot, TasteRegion, Week};
use rusqlite::TransactionBehavior;

use crate::{List, Result, Store, exposure, ledger, taste};

/// A list that was made, and what was found out on the way.
#[derive(Clone, Debug, PartialEq)]
pub struct Made {
    /// The list.
    pub list: List,
    /// What its exploration slots were drawn from.
    pub slots: Vec<Slot>,
    /// The regions of the listener's taste.
    pub taste: Vec<TasteRegion>,
    /// What subjects would have deserved of the list's attention.
    pub deserved: Vec<(ExposureSubject, f64)>,
}

impl Store {
    /// Writes lists into the ledger with all that came with them: all or, after an error, nothing.
    ///
    /// # Errors
    /// [`crate::Error::UnknownListener`].
    pub fn record_made(&mut self, made: &[Made]) -> Result<()> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut deserved: BTreeMap<Week, BTreeMap<&ExposureSubject, f64>> = BTreeMap::new();
        for Made { list, slots, taste, deserved: of_list } in made {
            ledger::write(&tx, list, slots)?;
            taste::write(&tx, list.listener, list.week, taste)?;
            let of_week = deserved.entry(list.week).or_default();
            for (subject, attention) in of_list {
                *of_week.entry(subject).or_default() += attention;
            }
        }
        for (week, of_week) in deserved {
            let of_week: Vec<_> =
                of_week.into_iter().map(|(subject, sum)| (subject.clone(), sum)).collect();
            exposure::write_deserved(&tx, week, &of_week)?;
        }
        Ok(tx.commit()?)
    }
}
