//! Which of many, in proportion to their weights, in one throw?
//!
//! The alias method (Walker 1977, in the form of Vose 1991): every slot is shared by at most two rows, so that a draw touches one slot however many rows there are.

use crate::dice::Dice;

/// Rows to be drawn with given weights. O(n) to fill, O(1) to draw.
#[derive(Clone, Debug, Default)]
pub(crate) struct Urn {
    slots: Vec<Slot>,
    /// Sum of the weights.
    total: f32,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    own: u32,
    /// Share of the slot that belongs to `own`.
    own_share: f32,
    /// The row that has the rest.
    other: u32,
}

impl Urn {
    /// Weights must not be negative; a row without weight is never drawn.
    pub(crate) fn new(rows: &[u32], weight: impl Fn(u32) -> f32) -> Self {
        let weights: Vec<f32> = rows.iter().map(|row| weight(*row)).collect();
        let total = weights.iter().sum::<f32>();
        let heaviest = rows.iter().zip(&weights).max_by(|a, b| a.1.total_cmp(b.1));
        let Some((heaviest, _)) = heaviest.filter(|_| total > 0.0) else { return Self::default() };
        let per_slot = rows.len() as f32 / total;
        // Rounding may leave a slot unfilled by a hair; that hair is the heaviest row's.
        let slot = |(own, weight): (&u32, &f32)| Slot {
            own: *own,
            own_share: weight * per_slot,
            other: *heaviest,
        };
        let mut slots: Vec<Slot> = rows.iter().zip(&weights).map(slot).collect();
        let (mut scarce, mut rich): (Vec<usize>, Vec<usize>) =
            (0..slots.len()).partition(|i| slots[*i].own_share < 1.0);
        // What a scarce row leaves of its slot, a rich one fills.
        while let (Some(needy), Some(donor)) = (scarce.pop(), rich.pop()) {
            slots[needy].other = slots[donor].own;
            slots[donor].own_share -= 1.0 - slots[needy].own_share;
            if slots[donor].own_share < 1.0 { scarce.push(donor) } else { rich.push(donor) }
        }
        Self { slots, total }
    }

    /// `None` when there is no weight at all.
    pub(crate) fn draw(&self, dice: &mut Dice) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        let Slot { own, own_share, other } = self.slots[dice.row_below(self.slots.len())];
        Some(if dice.unit() < own_share { own } else { other })
    }

    pub(crate) fn total(&self) -> f32 {
        self.total
    }
}

#[cfg(test)]
mod tests {
    use super::Urn;
    use crate::dice::{Dice, Purpose};

    #[test]
    fn rows_come_up_in_proportion_to_their_weights() {
        let weights = [0.0, 1.0, 5.0, 0.0, 2.0];
        let urn = Urn::new(&[0, 1, 2, 3, 4], |row| weights[row as usize]);
        let mut dice = Dice::new(5, Purpose::Climate, 0, 0);
        let mut counts = [0_i32; 5];
        for _ in 0..8000 {
            counts[urn.draw(&mut dice).unwrap() as usize] += 1;
        }
        // Standard deviations are at most √(8000 · ½ · ½) = 45; four of them.
        for (count, expected) in counts.into_iter().zip([0, 1000, 5000, 0, 2000]) {
            assert!((count - expected).abs() <= 180 && (expected > 0 || count == 0), "{counts:?}");
        }
    }

    #[test]
    fn nothing_is_drawn_where_there_is_no_weight() {
        let mut dice = Dice::new(5, Purpose::Climate, 0, 0);
        assert_eq!(Urn::new(&[0, 1], |_| 0.0).draw(&mut dice), None);
        assert_eq!(Urn::new(&[], |_| 1.0).draw(&mut dice), None);
    }
}
