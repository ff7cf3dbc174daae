//! What has the iteration come to?

use models::ials::example::{DIM, Example, N_USERS, Square, State};

use super::layout::{Block, number};
use super::{ITEMS, USERS, by_pair, column};

pub(super) fn loss(example: &Example) -> String {
    let losses = example.states.each_ref().map(|state| state.loss);
    let table = Block::table(vec![
        column(
            "",
            ["start, all x = 0", "listeners solved", "recordings solved"].map(str::to_owned),
        ),
        column("observed", losses.map(|loss| digits(loss.observed))),
        column("all pairs", losses.map(|loss| digits(loss.unobserved))),
        column("regularizer", losses.map(|loss| digits(loss.regularizer))),
        column("L", losses.map(|loss| digits(loss.total()))),
    ]);
    let [_, _, after] = &example.states;
    let misses = by_pair(|u, i| match example.counts[u][i] {
        0 => "· ".to_owned(),
        _ => format!("{} ", number(after.misses[u][i], 3)),
    });
    let observed = digits(after.loss.observed);
    let all_pairs = all_pairs(example, after);
    let regularizer = digits(after.loss.regularizer);
    let of_listeners = regularizer_of(&after.users, &example.user_ridges);
    let of_recordings = regularizer_of(&after.items, &example.item_ridges);
    let course: Vec<String> = example.losses.iter().map(|&loss| digits(loss)).collect();
    let course = course.join(", ");
    format!(
        "\
## 7. The loss

{table}
The last line, one part after the other.
Observed: c·(p − x·y)² for each observed pair, {observed} in sum.

{misses}
All pairs: no score is needed, as the sum of all (x·y)² follows from the two Gram matrices, H from above and G from the new y.

{all_pairs}
Regularizer: λ·(x₁² + x₂²) with the numbers of the tables above is {of_listeners} over all listeners, and {of_recordings} likewise over all recordings; {regularizer} in sum.

If it goes on, L is after each iteration

    {course}
"
    )
}

fn all_pairs(example: &Example, state: &State) -> String {
    let (h, g) = (&state.users_gram, &state.items_gram);
    let gram = Block::row(&[Block::line("G = YᵀY ="), Block::matrix(g, 3)]);
    let place = |of: &Square, d: usize, e: usize| number(of[d][e], 3);
    let products = format!(
        "{}·{} + 2·{}·{} + {}·{}",
        place(h, 0, 0),
        place(g, 0, 0),
        place(h, 0, 1),
        place(g, 0, 1),
        place(h, 1, 1),
        place(g, 1, 1)
    );
    let weight = example.params.unobserved_weight;
    let sum = digits(state.loss.unobserved);
    format!("{gram}\n    w₀·(H₁₁·G₁₁ + 2·H₁₂·G₁₂ + H₂₂·G₂₂)\n    = {weight}·({products}) = {sum}\n")
}

/// Σ λ·‖x‖².
fn regularizer_of<const N: usize>(rows: &[[f32; DIM]; N], ridges: &[f32; N]) -> String {
    let of_row = |(row, ridge): (&[f32; DIM], &f32)| ridge * row.iter().map(|x| x * x).sum::<f32>();
    number(rows.iter().zip(ridges).map(of_row).sum(), 3)
}

pub(super) fn recommended(example: &Example) -> String {
    let [start, between, after] = &example.states;
    let best = |state: &State| {
        let choice = |u: usize| {
            let i = state.choices[u];
            format!("{:<9} {:>5}", ITEMS[i], number(state.scores[u][i], 2))
        };
        std::array::from_fn::<_, N_USERS, _>(choice)
    };
    let table = Block::table(vec![
        column("", USERS.map(str::to_owned)),
        column("  listeners solved", best(between)),
        column("  recordings solved", best(after)),
    ]);
    let moved = |i: usize| -> f32 {
        let steps = start.items[i].iter().zip(&after.items[i]);
        steps.map(|(before, after)| (after - before).powi(2)).sum()
    };
    let farthest = (0..ITEMS.len()).max_by(|&i, &j| moved(i).total_cmp(&moved(j)));
    let farthest = farthest.expect("there are recordings");
    let [from, to] = [start, after].map(|state| {
        let [a, b] = state.items[farthest].map(|x| number(x, 2));
        format!("({a}, {b})")
    });
    let farthest = ITEMS[farthest];
    let n_changed = between.choices.iter().zip(after.choices).filter(|(a, b)| *a != b).count();
    format!(
        "\
## 8. Who gets what

The best of what each listener never heard, with its score:

{table}
{n_changed} of {N_USERS} get something else once the recordings have moved.
{farthest} moved farthest, from {from} to {to}: it went to where those are who like it.

A list for a listener begins here: with Y learned, the listener's x is solved as in section 4 from the newest history, and what was never heard is ordered by x·y.
How the same computation is spread over many machines is told in [als-at-scale.md](als-at-scale.md).
"
    )
}

fn digits(loss: f64) -> String {
    format!("{loss:.3}")
}
