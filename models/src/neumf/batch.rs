//! Which examples does a step learn from?
//!
//! A batch is some turns, a turn some of one user's liked items with their negatives.
//! What the turns of a user share, the sum over what the user likes, is taken once a turn, and each example's own vector
//! is that sum less the item that is to be foretold.

use std::ops::Range;

/// An item to be scored, and what its score should say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Example {
    pub(super) group: u32,
    pub(super) item: u32,
    /// 1 for what is liked, 0 for what is not.
    pub(super) label: f32,
    pub(super) weight: f32,
}

/// Examples with the same p_u.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Group {
    pub(super) turn: u32,
    /// What is foretold, with its weight in the mean.
    pub(super) left_out: Option<(u32, f32)>,
    /// 1 by the weights of what is left; 0 where nothing is.
    pub(super) scale: f32,
    pub(super) examples: Range<usize>,
}

/// Some groups of one user.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Turn {
    /// Row of the user.
    pub(super) user: usize,
    pub(super) groups: Range<usize>,
}

/// What one step learns from.
#[derive(Clone, Debug, Default)]
pub(super) struct Batch {
    pub(super) turns: Vec<Turn>,
    pub(super) groups: Vec<Group>,
    pub(super) examples: Vec<Example>,
}

impl Batch {
    pub(super) fn clear(&mut self) {
        self.turns.clear();
        self.groups.clear();
        self.examples.clear();
    }

    /// Begins a turn of that user.
    pub(super) fn begin_turn(&mut self, user: usize) {
        let end = self.groups.len();
        self.turns.push(Turn { user, groups: end..end });
    }

    /// Begins a group of the turn; `total` are the weights of all that the user likes.
    pub(super) fn begin_group(&mut self, total: f32, left_out: Option<(u32, f32)>) {
        let rest = total - left_out.map_or(0.0, |(_, weight)| weight);
        // What rounding leaves of a difference is nothing.
        let scale = if rest > total * 1e-5 { 1.0 / rest } else { 0.0 };
        let end = self.examples.len();
        let turn = index(self.turns.len()) - 1;
        self.groups.push(Group { turn, left_out, scale, examples: end..end });
        self.turns.last_mut().expect("a group belongs to a turn").groups.end = self.groups.len();
    }

    /// Adds an example to the group.
    pub(super) fn push(&mut self, item: u32, label: f32, weight: f32) {
        let group = index(self.groups.len()) - 1;
        self.examples.push(Example { group, item, label, weight });
        let examples = self.examples.len();
        self.groups.last_mut().expect("an example belongs to a group").examples.end = examples;
    }
}

fn index(n: usize) -> u32 {
    u32::try_from(n).expect("a batch has some thousand examples")
}
