//! Does every model pass the one suite, and find what was planted?

use models::testing::{conformance, finds_what_was_withheld};
use models::{Spec, catalogue};

fn spec(text: &str) -> Spec {
    text.parse().expect("a model string as documented")
}

#[test]
fn every_model_of_the_catalogue_conforms() {
    for model in catalogue() {
        conformance(&spec(model.name));
    }
}

#[test]
fn other_parameters_conform_too() {
    let texts = [
        "popularity:half_life_days=30",
        "item-knn:similarity=cosine",
        "item-knn:similarity=bm25",
        "item-knn:similarity=bm25,k1=0,b=1",
        "ease:reg=0.5",
        "ials:dim=5,iterations=3",
        "ials:dim=8,negative_target=-1,reg_exponent=0.5",
        "ials:dim=8,unobserved_weight=0,reg=0.1",
    ];
    for text in texts {
        conformance(&spec(text));
    }
}

#[test]
fn the_recording_withheld_from_a_tribe_comes_first() {
    let texts = [
        "item-knn:similarity=cosine",
        "item-knn:similarity=tfidf",
        "item-knn:similarity=bm25",
        "ease",
        "ease:reg=1",
        "ials",
        "ials:dim=2,iterations=5",
    ];
    for text in texts {
        finds_what_was_withheld(&spec(text));
    }
}
