//! Does a listener stay with who hands over the lists?
//!
//! Each listener has a contentment, ½ before the first list.
//! A list that is opened moves it three tenths of the way to twice the share of its tried lines that are new and loved, at most 1:
//! a list of which a quarter is loved leaves an ordinary listener as content as before.
//! With contentment c and [`crate::Params::fickleness`] f
//!
//! - a list is opened with the account's own chance times 1 + 1.2·f·(c − ½),
//! - the listener plays 1 + 0.6·f·(c − ½) times as much,
//! - below ½, after each week with a list, opened or not, the listener leaves for good with chance 0.1·f·(1 − 2c)².
//!
//! One poor list loses nobody: three in a row, without anything loved, bring c to 0.17 and the chance to 0.04 a week.
//! Where no list is handed over nothing changes.

use crate::dice::Dice;

/// How far one opened list moves contentment towards what it was worth.
const PACE: f32 = 0.3;
/// The share of loved lines with which nobody could be more content.
const DELIGHTFUL: f32 = 0.5;
const OPENING: f32 = 1.2;
const LISTENING: f32 = 0.6;
const LEAVING: f32 = 0.1;

/// How one listener stands to who hands over the lists.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Loyalty {
    /// 0 to 1.
    contentment: f32,
    pub(crate) has_left: bool,
}

impl Default for Loyalty {
    fn default() -> Self {
        Self { contentment: 0.5, has_left: false }
    }
}

impl Loyalty {
    /// Takes in a list that was opened; `loved` of the `tried` lines were new and loved.
    pub(crate) fn hear(&mut self, loved: usize, tried: usize) {
        if tried > 0 {
            let delight = (loved as f32 / tried as f32 / DELIGHTFUL).min(1.0);
            self.contentment += PACE * (delight - self.contentment);
        }
    }

    /// What the chance of opening a list is multiplied by.
    pub(crate) fn opening(self, fickleness: f32) -> f32 {
        1.0 + OPENING * fickleness * (self.contentment - 0.5)
    }

    /// What the number of listens is multiplied by; not below 0.
    pub(crate) fn listening(self, fickleness: f32) -> f32 {
        (1.0 + LISTENING * fickleness * (self.contentment - 0.5)).max(0.0)
    }

    /// Once after each week in which a list was handed over.
    pub(crate) fn may_leave(&mut self, fickleness: f32, dice: &mut Dice) {
        let discontent = (1.0 - 2.0 * self.contentment).max(0.0);
        self.has_left |= dice.chance(LEAVING * fickleness * discontent * discontent);
    }
}

#[cfg(test)]
mod tests {
    use super::Loyalty;

    fn after(lists: &[usize]) -> Loyalty {
        let mut loyalty = Loyalty::default();
        for loved in lists {
            loyalty.hear(*loved, 20);
        }
        loyalty
    }

    #[test]
    fn a_list_of_which_a_quarter_is_loved_changes_nothing() {
        // 2 · 5/20 = ½.
        assert_eq!(after(&[5]).contentment, 0.5);
        assert_eq!(after(&[]).opening(1.0), 1.0);
        assert_eq!(after(&[]).listening(1.0), 1.0);
    }

    #[test]
    fn poor_lists_in_a_row_weigh_more_than_one() {
        // ½ · 0.7 and ½ · 0.7³.
        assert!((after(&[0]).contentment - 0.35).abs() < 1e-6);
        assert!((after(&[0, 0, 0]).contentment - 0.1715).abs() < 1e-6);
        // 1 − 1.2 · 0.15, and 1 − 0.6 · 0.15.
        assert!((after(&[0]).opening(1.0) - 0.82).abs() < 1e-6);
        assert!((after(&[0]).listening(1.0) - 0.91).abs() < 1e-6);
        assert_eq!((after(&[0]).opening(0.0), after(&[0]).listening(0.0)), (1.0, 1.0));
    }

    #[test]
    fn half_a_list_is_as_good_as_all_of_it_and_nothing_tried_says_nothing() {
        // ½ + 0.3 · ½.
        assert!((after(&[10]).contentment - 0.65).abs() < 1e-6);
        assert_eq!(after(&[20]).contentment, after(&[10]).contentment);
        let mut unheard = Loyalty::default();
        unheard.hear(0, 0);
        assert_eq!(unheard.contentment, 0.5);
    }
}
