//! Does the world behave as its documentation says?

mod accounts;
mod attacks;
mod baselines;
mod edges;
mod flaws;
mod habits;
mod log;
mod loyalty;
mod marginals;
mod reactions;
mod truth;

use std::collections::HashMap;

use music::{Event, Listen};
use world::{Params, World};

/// One line of a log, by rows.
struct Line {
    listener: usize,
    recording: usize,
    event: Event,
}

/// A world after all its weeks, and its log.
fn played(params: &Params) -> (World, Vec<Line>) {
    let mut world = World::new(params);
    let mut lines = Vec::new();
    for week in 0..params.weeks {
        let listens = world.play_week(week, &[]);
        lines.extend(by_rows(&world, listens));
    }
    (world, lines)
}

fn by_rows(world: &World, listens: Vec<Listen>) -> Vec<Line> {
    let names = world.listener_names();
    let rows: HashMap<&str, usize> =
        names.iter().enumerate().map(|(row, name)| (name.as_str(), row)).collect();
    let line = |listen: Listen| {
        let listener = listen.listener.expect("every line has a listener");
        let uri = listen.recording.spotify.expect("every credit has a URI");
        let recording = world.recording_of(&uri).expect("and the URI leads back");
        Line { listener: rows[listener.as_str()], recording, event: listen.event }
    };
    listens.into_iter().map(line).collect()
}

fn share(count: usize, of: usize) -> f32 {
    count as f32 / of.max(1) as f32
}
