//! What is known, what is wanted, and where does it start?

use models::ials::example::{DIM, Example, N_ITEMS, N_USERS};

use super::layout::{Block, number};
use super::{ITEMS, USERS, by_pair};

pub(super) fn known(example: &Example) -> String {
    let counts = by_pair(|u, i| match example.counts[u][i] {
        0 => "· ".to_owned(),
        count => format!("{count} "),
    });
    let (user, item) = example.disliked;
    let (user, item) = (USERS[user], ITEMS[item]);
    let alpha = example.params.alpha;
    let both = Block::row(&[
        Block::line("C ="),
        Block::matrix(&example.confidence, 0),
        Block::line("   P ="),
        Block::matrix(&example.preference, 0),
    ]);
    format!(
        "\
# Implicit ALS by hand

This page is what `undersong explain als` prints; the exact solver of `models/src/ials/half_step.rs` computed the numbers.
It goes on with all digits where the page shows few, so a pocket calculator may differ in the last one.

## 1. What is known

{N_USERS} listeners played {N_ITEMS} recordings so many times; a dot is a pair never observed.

{counts}
{user} dislikes {item}, all else that was played is liked.
A count becomes a confidence c, how sure we are, and a preference p, what we believe:

    c = α·count with α = {alpha}
    p = 1 where liked, else 0

{both}"
    )
}

pub(super) fn minimized(example: &Example) -> String {
    let (weight, reg) = (example.params.unobserved_weight, example.params.reg);
    format!(
        "\
## 2. What is wanted

Every listener u gets a vector x of {DIM} numbers, every recording i a vector y, and the score of a pair is x·y.
Wanted are the vectors with the smallest

    L =  Σ c·(p − x·y)²  +  w₀·Σ (x·y)²  +  Σ λ_u·‖x‖² + Σ λ_i·‖y‖²
         observed pairs     all pairs       listeners    recordings

    w₀ = {weight}
    λ_u = {reg}·(n_u + w₀·{N_ITEMS}) with n_u the number of u's observed pairs
    λ_i = {reg}·(n_i + w₀·{N_USERS}) with n_i the number of i's observed pairs

An observed pair should score p, and c says how much that matters.
Every pair should rather score 0, but only with the small weight w₀: never heard is not disliked.
The rest, the regularizer, keeps the vectors short.

While all y are fixed, L falls apart into one ridge regression for each listener, and while all x are fixed into one for each recording.
Such a regression has an exact solution, so solving the two sides in turns never makes L larger: alternating least squares, ALS.
"
    )
}

pub(super) fn start(example: &Example) -> String {
    let state = &example.states[0];
    let vectors = Block::row(&[
        Block::line("Y ="),
        Block::matrix(&state.items, 1),
        Block::lines(ITEMS.map(str::to_owned)),
    ]);
    let gram = Block::row(&[Block::line("G = YᵀY ="), Block::matrix(&state.items_gram, 2)]);
    let sum = |d: usize, e: usize| {
        let product = |y: &[f32; DIM]| {
            let [a, b] = [d, e].map(|d| number(y[d], 1));
            if d == e { format!("{a}²") } else { format!("{a}·{b}") }
        };
        let products: Vec<String> = state.items.iter().map(product).collect();
        format!("{} = {}", products.join(" + "), number(state.items_gram[d][e], 2))
    };
    let (first, across, second) = (sum(0, 0), sum(0, 1), sum(1, 1));
    format!(
        "\
## 3. The start

The listeners start at 0 and the recordings anywhere; a program draws their vectors by chance.

{vectors}
One small matrix stands for all recordings at once, the Gram matrix:

{gram}
    G₁₁ = {first}
    G₁₂ = {across}
    G₂₂ = {second}

With it the sum of (x·y)² over all recordings is xᵀ·G·x, and what a listener never heard costs no more work.
"
    )
}
