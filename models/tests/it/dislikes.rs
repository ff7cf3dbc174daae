//! Does a dislike bite: does the disliked recording fall, and what is like it too?

use models::Heard;

use crate::tribes::{N_ITEMS, Tribes, tribe};

/// Listeners who dislike, each of tribe 0 and with a few likes in tribe 1.
const DISLIKING: [u32; 10] = [0, 4, 8, 12, 16, 20, 24, 28, 32, 36];

/// Where scores lie among all recordings that are not liked, 0 for the best and 100 for the worst; means over listeners.
#[derive(Clone, Copy, Debug)]
struct Places {
    disliked: f64,
    /// Of the tribe of the disliked one, unheard.
    neighbors: f64,
    /// Share of listeners for whom the disliked one scores below the median of the unknown.
    below_median: f64,
}

fn liked(u: u32) -> [u32; 4] {
    // Tribe 1, others for each listener.
    [1, 2, 3, 4].map(|k| (4 * ((u + 7 * k) % (N_ITEMS / 4))) + 1)
}

fn disliked(u: u32) -> u32 {
    4 * ((u + 3) % (N_ITEMS / 4)) + 1
}

fn world(confidence: Option<f32>) -> Tribes {
    let mut world = Tribes::new(1, 0.1);
    for u in DISLIKING {
        for i in liked(u) {
            world.set(u, i, Heard { confidence: 3.0, age_days: 0.0, is_liked: true });
        }
        if let Some(confidence) = confidence {
            world.set(u, disliked(u), Heard { confidence, age_days: 0.0, is_liked: false });
        }
    }
    world
}

fn places(model: &str, confidence: Option<f32>) -> Places {
    let world = world(confidence);
    let model = world.fit(model);
    let mut sums = [0.0; 3];
    for u in DISLIKING {
        let scores = world.scores(&*model, u);
        let of = |i: u32| scores[i as usize];
        let unknown: Vec<u32> =
            (0..N_ITEMS).filter(|&i| !world.knows(u, i) && i != disliked(u)).collect();
        let place = |i: u32| {
            let n_better = unknown.iter().filter(|&&j| of(j) > of(i)).count();
            100.0 * n_better as f64 / unknown.len() as f64
        };
        let neighbors: Vec<u32> = unknown.iter().copied().filter(|&i| tribe(i) == 1).collect();
        sums[0] += place(disliked(u));
        let of_neighbors: f64 = neighbors.iter().map(|&i| place(i)).sum();
        sums[1] += of_neighbors / neighbors.len() as f64;
        sums[2] += f64::from(u8::from(place(disliked(u)) > 50.0));
    }
    let [disliked, neighbors, below_median] = sums.map(|sum| sum / DISLIKING.len() as f64);
    Places { disliked, neighbors, below_median }
}

/// A model with its key for dislikes at 0 and at a value: the dislike of confidence 4 or 10 does little without, and bites with.
fn bites(model: &str, key: &str, value: f32) {
    for confidence in [4.0, 10.0] {
        let of = |value: f32| places(&format!("{model}{key}={value}"), Some(confidence));
        let (before, without, with) =
            (places(&format!("{model}{key}=0"), None), of(0.0), of(value));
        let text = format!("{model}{key}={value}: {before:?}, {without:?}, {with:?}");
        assert!(with.below_median >= 0.8 && with.disliked > before.disliked + 20.0, "{text}");
        assert!(with.disliked > without.disliked, "{text}");
        assert!(with.neighbors > before.neighbors + 3.0, "{text}");
        assert!(with.neighbors > without.neighbors + 2.0, "{text}");
    }
}

#[test]
fn what_is_disliked_falls_below_the_unknown_and_what_is_like_it_falls_too() {
    for model in ["ials:", "ials:dim=16,", "ials:spare_known=true,"] {
        bites(model, "negative_target", -0.5);
        bites(model, "negative_target", -1.0);
    }
    for model in ["bpr:", "bpr:weighted=true,", "hinge:", "warp:"] {
        bites(model, "negative_target", -1.0);
    }
    for model in ["item-knn:", "ease:", "ease:neighbors=40,", "slim:", "gf-cf:"] {
        bites(model, "dislike_weight", 2.0);
    }
    bites("rp3beta:", "dislike_weight", 4.0);
    bites("pure-svd:dim=16,", "dislike_weight", 4.0);
}
