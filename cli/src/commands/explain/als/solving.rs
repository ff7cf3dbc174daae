//! How is one side solved while the other is fixed?

use models::ials::example::{Example, N_ITEMS, Term};

use super::layout::{Block, number};
use super::{ITEMS, USERS, scores, vectors};

pub(super) fn one_listener(example: &Example) -> String {
    let system = &example.system;
    let (name, n) = (USERS[system.user], system.terms.len());
    let (weight, reg) = (example.params.unobserved_weight, example.params.reg);
    let ridge = number(example.user_ridges[system.user], 3);
    let base = Block::row(&[
        Block::line("w₀·G ="),
        Block::matrix(&system.base, 3),
        Block::line(&format!("   λ = {reg}·({n} + {weight}·{N_ITEMS}) = {ridge}")),
    ]);
    let terms: String = system.terms.iter().map(|term| one_pair(example, term)).collect();
    let sums = Block::row(&[
        Block::line("A ="),
        Block::matrix(&system.a, 3),
        Block::line("   b ="),
        Block::vector(&system.b, 1),
    ]);
    let disliked = ITEMS[example.disliked.1];
    let solution = solution(example);
    format!(
        "\
## 4. First half-step: one listener

As a function of {name}'s x, L is smallest where its derivative is 0; sums run over {name}'s observed pairs:

    w₀·G·x + λ·x − Σ c·(p − x·y)·y = 0

What has an x goes to the left, the rest to the right, and that is A·x = b with

    A = w₀·G + λ·I + Σ c·y·yᵀ
    b = Σ c·p·y

The part without them:

{base}
What each of them adds, c·y·yᵀ to A and c·p·y to b:

{terms}
The sum of all:

{sums}
The dislike of {disliked} is in A but not in b: it pulls that score towards 0 as strongly as c says.

The inverse of a 2 × 2 matrix is a formula: the diagonal changes places, the rest its sign, and the determinant divides all.

{solution}"
    )
}

fn one_pair(example: &Example, term: &Term) -> String {
    let (user, item) = (example.system.user, term.item);
    let c = number(example.confidence[user][item], 0);
    let p = number(example.preference[user][item], 0);
    let y = &example.states[0].items[item];
    let across = y.map(|x| number(x, 1)).join(" ");
    let parts = Block::row(&[
        Block::line(&format!("{:<10}{c} ·", ITEMS[item])),
        Block::vector(y, 1),
        Block::line(&format!("· ({across}) =")),
        Block::matrix(&term.to_a, 2),
        Block::line(&format!(" {c}·{p} ·")),
        Block::vector(y, 1),
        Block::line("="),
        Block::vector(&term.to_b, 1),
    ]);
    parts.to_string()
}

fn solution(example: &Example) -> String {
    let system = &example.system;
    let [[a, b], [_, d]] = system.a.map(|row| row.map(|x| number(x, 3)));
    let determinant = number(system.determinant, 4);
    let product = Block::row(&[
        Block::line("x = A⁻¹·b = 1/det A ·"),
        Block::matrix(&system.adjugate, 3),
        Block::line("·"),
        Block::vector(&system.b, 1),
    ]);
    let quotient = Block::row(&[
        Block::line(&format!("          = 1/{determinant} ·")),
        Block::vector(&system.numerators, 4),
        Block::line("="),
        Block::vector(&system.solution, 3),
    ]);
    format!("    det A = {a}·{d} − {b}² = {determinant}\n\n{product}\n{quotient}")
}

pub(super) fn all_listeners(example: &Example) -> String {
    let state = &example.states[1];
    let n_pairs = example.counts.map(|row| row.iter().filter(|&&count| count > 0).count());
    let names = ["x", "n_u", "λ_u"];
    let vectors = vectors(&USERS, names, &state.users, n_pairs, &example.user_ridges);
    let scores = scores(state);
    format!(
        "\
## 5. First half-step: all listeners

The others are solved in the same way, each alone: in any order, or at the same time on many machines.

{vectors}
The scores x·y are now, with a star at the best of what a listener never heard:

{scores}"
    )
}

pub(super) fn all_recordings(example: &Example) -> String {
    let state = &example.states[2];
    let heard_by = |i: usize| example.counts.iter().filter(|row| row[i] > 0).count();
    let n_pairs = std::array::from_fn(heard_by);
    let names = ["y", "n_i", "λ_i"];
    let vectors = vectors(&ITEMS, names, &state.items, n_pairs, &example.item_ridges);
    let gram = Block::row(&[Block::line("H = XᵀX ="), Block::matrix(&state.users_gram, 3)]);
    let scores = scores(state);
    format!(
        "\
## 6. Second half-step: all recordings

The same with the roles exchanged: the x are fixed, and each recording is solved from the listeners who played it.

    A = w₀·H + λ·I + Σ c·x·xᵀ
    b = Σ c·p·x

{gram}
{vectors}
The scores at the end of the iteration:

{scores}"
    )
}
