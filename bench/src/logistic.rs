//! How is a suspicion made of deviations?
//!
//! Logistic regression by accelerated projected gradients (Beck & Teboulle 2009), for which the example of a machine
//! weighs as much as `odds` says against that of a person.
//! No feature speaks for an account, and none condemns one alone: a slope times the most that a deviation can be is at
//! most a share of what the bias asks for.

/// One account, as what is compared.
#[derive(Clone, Debug)]
pub struct Example {
    /// Deviations, from 0 to `most`.
    pub deviations: Vec<f64>,
    /// Whether a machine holds it.
    pub is_machine: bool,
}

/// What is fitted.
#[derive(Clone, Debug)]
pub struct Logistic {
    /// The logit of an account that is in no way unusual; negative.
    pub bias: f64,
    /// `[n_features]` what a deviation of each adds.
    pub slopes: Vec<f64>,
}

/// How to fit.
#[derive(Clone, Debug)]
pub struct Params {
    /// The most that a deviation can be.
    pub most: f64,
    /// Weight of all machines for 1 of all people.
    pub odds: f64,
    /// Penalty on the squares of slopes.
    pub ridge: f64,
    /// `[n_features]` how much of what the bias asks for each feature may bring; below 1.
    pub shares: Vec<f64>,
    /// Steps.
    pub iterations: usize,
}

/// Fits all examples. O(iterations·n_examples·n_features).
///
/// # Panics
/// Without examples of either kind.
#[must_use]
pub fn fit(examples: &[Example], params: &Params) -> Logistic {
    let Params { most, odds, ridge, .. } = *params;
    let n_machines = examples.iter().filter(|example| example.is_machine).count();
    let n_people = examples.len() - n_machines;
    assert!(n_machines > 0 && n_people > 0, "examples of machines and of people expected");
    let weight = |example: &Example| {
        if example.is_machine { odds / n_machines as f64 } else { 1.0 / n_people as f64 }
    };
    let n_features = examples[0].deviations.len();
    // Deviations are divided by the most there is, so that the loss has a curvature of at most ¼·(1 + n)·(1 + odds).
    let step = 1.0 / (0.25 * (n_features as f64 + 1.0) * (1.0 + odds) + ridge);
    let mut at = vec![0.0; n_features + 1];
    let mut before = at.clone();
    for iteration in 0..params.iterations {
        let pace = iteration as f64 / (iteration as f64 + 3.0);
        let ahead: Vec<f64> = at.iter().zip(&before).map(|(a, b)| a + pace * (a - b)).collect();
        let mut gradient: Vec<f64> = ahead.iter().map(|x| ridge * x).collect();
        gradient[n_features] = 0.0;
        for example in examples {
            let terms = example.deviations.iter().zip(&ahead).map(|(d, slope)| d / most * slope);
            let logit = ahead[n_features] + terms.sum::<f64>();
            let target = if example.is_machine { 1.0 } else { 0.0 };
            let slack = weight(example) * (1.0 / (1.0 + (-logit).exp()) - target);
            for (g, d) in gradient.iter_mut().zip(&example.deviations) {
                *g += slack * d / most;
            }
            gradient[n_features] += slack;
        }
        before = at;
        at = ahead.iter().zip(&gradient).map(|(x, g)| x - step * g).collect();
        let bias = at[n_features].min(0.0);
        at[n_features] = bias;
        for (slope, share) in at.iter_mut().zip(&params.shares) {
            *slope = slope.clamp(0.0, -bias * share);
        }
    }
    let bias = at[n_features];
    Logistic { bias, slopes: at[..n_features].iter().map(|slope| slope / most).collect() }
}
