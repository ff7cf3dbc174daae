//! The example as JSON.

use models::ials::example::{Example, State};
use serde_json::{Value, json};

use super::{ITEMS, USERS};

/// Everything on the page, matrices as arrays of rows.
pub(super) fn answer(example: &Example) -> Value {
    let Example { params, system, .. } = example;
    let terms = system.terms.iter().map(|term| {
        json!({
            "recording": ITEMS[term.item],
            "to_a": rows(&term.to_a),
            "to_b": numbers(&term.to_b),
        })
    });
    json!({
        "listeners": USERS,
        "recordings": ITEMS,
        "alpha": short(params.alpha),
        "unobserved_weight": short(params.unobserved_weight),
        "reg": short(params.reg),
        "counts": example.counts,
        "confidence": rows(&example.confidence),
        "preference": rows(&example.preference),
        "listener_ridges": numbers(&example.user_ridges),
        "recording_ridges": numbers(&example.item_ridges),
        "system": {
            "listener": USERS[system.user],
            "base": rows(&system.base),
            "terms": terms.collect::<Vec<_>>(),
            "a": rows(&system.a),
            "b": numbers(&system.b),
            "determinant": short(system.determinant),
            "adjugate": rows(&system.adjugate),
            "solution": numbers(&system.solution),
        },
        "states": example.states.each_ref().map(state),
        "losses": example.losses,
    })
}

fn state(state: &State) -> Value {
    json!({
        "listener_factors": rows(&state.users),
        "recording_factors": rows(&state.items),
        "listener_gram": rows(&state.users_gram),
        "recording_gram": rows(&state.items_gram),
        "scores": rows(&state.scores),
        "loss": {
            "observed": state.loss.observed,
            "unobserved": state.loss.unobserved,
            "regularizer": state.loss.regularizer,
        },
        "recommended": state.choices.map(|i| ITEMS[i]),
    })
}

fn rows<const N: usize>(matrix: &[[f32; N]]) -> Vec<Vec<f64>> {
    matrix.iter().map(|row| numbers(row)).collect()
}

fn numbers(numbers: &[f32]) -> Vec<f64> {
    numbers.iter().map(|&x| short(x)).collect()
}

/// The decimals that an `f32` of this size has.
fn short(x: f32) -> f64 {
    (f64::from(x) * 1e6).round() / 1e6
}
