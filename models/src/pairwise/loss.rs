//! How far is the order from what it should be?
//!
//! Measured on a fixed sample of the liked pairs, each with a negative drawn from the whole catalogue in the way of the
//! training: the same draws after every epoch, so that losses can be compared.

use linalg::{Isa, Kernel, Simd};
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::course::{Course, User};
use super::state::State;
use super::walk::{Rules, Seen};
use crate::Loss;
use crate::draw::{Draws, Sampler};
use crate::table::Line;

/// Pairs in the sample, nearly, of those that there are.
const SAMPLE: u64 = 1 << 17;
/// What tells these draws from those of the epochs.
const PURPOSE: u64 = 0x6c6f_7373;

/// Means over the sample: of the cost of a triple, and of the penalty on what it touches.
pub(super) fn of(course: &Course<'_>, state: &State) -> Loss {
    let rows: Vec<u32> = (0..).take(course.heard.n_cols()).collect();
    let sampler = course.sampler(&rows);
    let of_user = |(place, user): (usize, &User)| {
        Isa::best().run(OfUser { course, state, sampler: &sampler, place, user: *user })
    };
    // First one sum a user, then the users in order: the same bits with any number of threads.
    let sums: Vec<Sums> = course.users.par_iter().enumerate().map(of_user).collect();
    let Sums { n, cost, squares } = sums.into_iter().fold(Sums::default(), Sums::plus);
    let n = n.max(1) as f64;
    let reg = f64::from(course.rules.params.reg);
    Loss { observed: cost / n, unobserved: 0.0, regularizer: 0.5 * reg * squares / n }
}

#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    n: u64,
    cost: f64,
    squares: f64,
}

impl Sums {
    fn plus(self, other: Self) -> Self {
        let (cost, squares) = (self.cost + other.cost, self.squares + other.squares);
        Self { n: self.n + other.n, cost, squares }
    }
}

/// The sums over one user's part of the sample.
struct OfUser<'a> {
    course: &'a Course<'a>,
    state: &'a State,
    sampler: &'a Sampler,
    place: usize,
    user: User,
}

impl Kernel for OfUser<'_> {
    type Output = Sums;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Sums {
        let Self { course, state, sampler, place, user } = self;
        let rules: &Rules = &course.rules;
        let x = state.users.row(place);
        let items = Seen { factors: state.items.lines(), beside: &state.beside, sampler };
        let (columns, heard) = course.heard.row(user.row as usize);
        let liked = columns.iter().zip(heard).filter(|(_, heard)| heard.is_liked);
        let liked: Vec<u32> = liked.map(|(&i, _)| i).collect();
        let mut draws = Draws::new([course.seed, PURPOSE, user.key]);
        let mut sums = Sums::default();
        let n_pairs = course.heard.nnz().max(1);
        for &i in &liked {
            let is_sampled = (draws.below(n_pairs) as u64) < SAMPLE;
            let i = i as usize;
            let triple =
                if is_sampled { rules.draw(simd, x, items, &liked, i, &mut draws) } else { None };
            sums.n += u64::from(is_sampled);
            if let Some(triple) = triple {
                let of =
                    |i: usize| square(state.items.row(i)) + f64::from(state.beside[i].bias).powi(2);
                let cost = rules.cost.of(triple.meeting.gap);
                sums.cost += f64::from(triple.rank_weight) * cost;
                sums.squares += square(x) + of(i) + of(triple.j);
            }
        }
        sums
    }
}

fn square(row: &[Line]) -> f64 {
    row.iter().flat_map(|line| line.0).map(|x| f64::from(x) * f64::from(x)).sum()
}
