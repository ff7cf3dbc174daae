//! Does every model pass the one suite, and find what was planted?

use models::testing::{conformance, fades_by_the_listeners_own_clock, finds_what_was_withheld};
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
        "ease:neighbors=20",
        "slim:nonnegative=false",
        "slim:l1_reg=0,l2_reg=5",
        "rp3beta:alpha=0.5,beta=0.6",
        "ials:dim=5,iterations=3",
        "ials:dim=8,negative_target=-1,reg_exponent=0.5",
        "ials:dim=8,unobserved_weight=0,reg=0.1",
        "ials:dim=8,unobserved_weight=1,spare_known=true",
        "bpr:dim=20,epochs=5,optimizer=sgd,candidates=1,weighted=true",
        "hinge:dim=3,epochs=5,popularity_exponent=0.75",
        "warp:epochs=5,popularity_exponent=1,dislike_weight=0",
        "bpr:dim=8,epochs=5,loss_bound=1",
        "hinge:dim=8,epochs=5,loss_bound=2",
        "warp:dim=8,epochs=5,loss_bound=1.5",
        "explicit:dim=5,reg_exponent=0",
        "explicit:solver=sgd",
        "explicit:solver=sgd,adagrad=false,dim=3",
        "explicit:solver=sgd,loss=huber,loss_scale=0.5",
        "explicit:solver=sgd,loss=welsch",
        "pure-svd:dim=2",
        "pure-svd:weighting=confidence,iterations=3",
        "neumf:dim=8,layers=1,hidden=8,epochs=3,popularity_exponent=0.5,dislike_weight=0",
        "neumf:dim=3,layers=4,hidden=5,epochs=3,batch=10,half_life_days=30",
        "gf-cf:dim=2,low_pass=1",
        "gf-cf:dim=5,low_pass=0",
        "two-tower:dim=8,hidden=16,epochs=3,by=id",
        "two-tower:dim=8,hidden=16,epochs=3,by=features,batch=16",
        "two-tower:dim=8,hidden=16,epochs=3,als=start,loss=bpr",
        "two-tower:dim=8,hidden=16,epochs=3,encoder=sequence,heads=3,length=6,contrast=1",
        "two-tower:dim=8,hidden=16,epochs=3,als=input,loss=triplet,history=3",
        "blend:ials(dim=8)=0.6+ease(reg=1)=0.4",
        "blend:item-knn=1+item-knn(similarity=bm25)=2",
        "blend:slim=0.5+rp3beta=3+popularity=0.1",
        "blend:bpr(epochs=5)=1+random=0.001+pure-svd(dim=2)=1",
        "blend:explicit(dim=5)=1+popularity=1",
        "blend:gf-cf(dim=2)=7",
        "item-knn:dislike_weight=1,half_life_days=30",
        "ease:reg=1,dislike_weight=2,half_life_days=30",
        "ease:neighbors=20,dislike_weight=0.5",
        "slim:dislike_weight=1,half_life_days=30,decay_floor=0",
        "rp3beta:dislike_weight=1,half_life_days=30",
        "ials:dim=8,half_life_days=30,decay_floor=0",
        "bpr:dim=8,epochs=5,negative_target=-1,half_life_days=30",
        "pure-svd:dim=2,dislike_weight=1,half_life_days=30",
        "gf-cf:dim=2,dislike_weight=1,half_life_days=30",
        "blend:ials(dim=8,half_life_days=30)=1+ease(dislike_weight=1,half_life_days=30)=1",
    ];
    for text in texts {
        conformance(&spec(text));
    }
}

#[test]
fn hybrids_of_all_kinds_conform() {
    let texts = [
        "hybrid:first=ials(dim=8),second=two-tower(dim=8,hidden=16,epochs=3,by=features)",
        "hybrid:first=two-tower(dim=8,hidden=16,epochs=3,by=features),second=ials(dim=8),keep=7",
        "hybrid:first=item-knn,second=popularity",
        "hybrid:first=popularity,hidden=8,epochs=3,loss=logistic,loss_bound=2",
        "hybrid:first=bpr(dim=8,epochs=5),hidden=8,epochs=3,loss=lambdarank,keep=12,negatives=4",
        "blend:hybrid(first=popularity,hidden=8,epochs=3)=1+ease=1",
    ];
    for text in texts {
        conformance(&spec(text));
    }
}

#[test]
fn what_was_heard_fades_by_the_listeners_own_clock() {
    let texts = [
        "item-knn",
        "item-knn:similarity=bm25,k1=0,b=1",
        "ease:reg=1",
        "ease:neighbors=5",
        "slim:l1_reg=0.1,l2_reg=1",
        "rp3beta:alpha=0.5",
        "ials:dim=8,iterations=3",
        "ials:dim=8,iterations=3,unobserved_weight=1,spare_known=true",
        // Equal pairs spare what is known of that weight, confidences do not.
        "bpr:dim=8,epochs=3,fold_in_weight=0",
        "bpr:dim=8,epochs=3,weighted=true",
        "hinge:dim=8,epochs=3,weighted=true",
        "warp:dim=8,epochs=3,weighted=true",
        "pure-svd:dim=4",
        "pure-svd:dim=4,weighting=confidence",
        "gf-cf:dim=3",
    ];
    for text in texts {
        fades_by_the_listeners_own_clock(&spec(text));
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
        "ease:neighbors=5",
        "slim",
        "slim:nonnegative=false,neighbors=5",
        "rp3beta",
        "rp3beta:alpha=0.5,beta=0.6",
        "ials",
        "ials:dim=2,iterations=5",
        "bpr",
        "bpr:optimizer=sgd,learning_rate=0.3,epochs=60",
        "hinge",
        "warp",
        "pure-svd:dim=2",
        "pure-svd:dim=3,weighting=confidence",
        "gf-cf",
        "gf-cf:dim=2,neighbors=5",
        "neumf",
        "neumf:layers=1,popularity_exponent=0.5,epochs=40",
        "blend",
        "two-tower:by=id,uniform_negatives=8,batch=32,epochs=60,validation=0",
        "two-tower:by=id,encoder=sequence,uniform_negatives=8,batch=32,epochs=30,validation=0",
        "blend:ease=0.2+slim=0.8",
    ];
    for text in texts {
        finds_what_was_withheld(&spec(text));
    }
}
