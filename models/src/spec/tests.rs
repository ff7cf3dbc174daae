//! Does a model string say exactly one model?

use super::{Spec, distance};
use crate::{Aging, Error, ials, item_knn};
use proptest::prelude::{prop_assert_eq, proptest};

#[test]
fn what_is_said_is_set_and_the_rest_has_its_default() {
    let expected = ials::Params { dim: 32, reg: 0.5, ..ials::Params::default() };
    assert_eq!("ials:dim=32,reg=0.5".parse(), Ok(Spec::Ials(expected)));
    assert_eq!(" ials : dim = 32, reg = 0.5 ".parse(), Ok(Spec::Ials(expected)));
}

#[test]
fn the_canonical_string_has_every_parameter_and_reads_back() {
    let spec = Spec::ItemKnn(item_knn::Params {
        neighbors: 7,
        similarity: item_knn::Similarity::Bm25,
        k1: 2.0,
        b: 0.5,
        dislike_weight: 1.0,
        aging: Aging { half_life_days: 365.0, ..Aging::default() },
    });
    let expected = "item-knn:neighbors=7,similarity=bm25,k1=2,b=0.5,\
                    dislike_weight=1,half_life_days=365,decay_floor=0.1";
    assert_eq!(spec.to_string(), expected);
    for spec in Spec::all() {
        assert_eq!(spec.to_string().parse(), Ok(spec));
    }
}

#[test]
fn the_brief_string_has_what_is_not_default_and_reads_back() {
    let check = |text: &str, expected: &str| {
        let spec: Spec = text.parse().unwrap();
        assert_eq!(spec.brief(), expected);
        assert_eq!(expected.parse(), Ok(spec));
    };
    check("ials", "ials");
    check("ials:dim=64,reg=0.5", "ials:reg=0.5");
    check("ials:implicit_loss=true", "ials:reg_exponent=0,unobserved_weight=1,implicit_loss=true");
    check("blend", "blend");
    check("blend:ials=0.5+bpr=0.5", "blend");
    check("blend: ials ( dim = 64, reg = 2 ) = 1 + ease = 3", "blend:ials(reg=2)=1+ease=3");
}

#[test]
fn contradicting_keys_are_refused() {
    let check = |text: &str, expected: &str| {
        assert_eq!(text.parse::<Spec>().unwrap_err().to_string(), expected);
    };
    check(
        "ials:implicit_loss=true,unobserved_weight=0.5",
        "ials: `unobserved_weight` = 1 expected beside implicit_loss=true, got 0.5",
    );
    check(
        "ials:weighting=observed,implicit_loss=true",
        "ials: `weighting` = confidence expected beside implicit_loss=true, got observed",
    );
    check(
        "ials:weighting=observed,unobserved_weight=1",
        "ials: `unobserved_weight` = 0 expected beside weighting=observed, got 1",
    );
    check(
        "ials:weighting=equal,half_life_days=30",
        "ials: `half_life_days` = 0 expected beside weighting=equal, got 30",
    );
    check(
        "explicit:loss=welsch",
        "explicit: `loss` = squared expected beside solver=als, got welsch",
    );
    assert!("explicit:loss=welsch,solver=sgd".parse::<Spec>().is_ok());
    assert!("ials:implicit_loss=true,unobserved_weight=1,reg_exponent=0".parse::<Spec>().is_ok());
}

#[test]
fn what_is_not_known_is_refused_with_a_remedy() {
    let check = |text: &str, expected: &str| {
        let error = text.parse::<Spec>().unwrap_err();
        assert_eq!(error.to_string(), expected);
    };
    check("ilas", "unknown model `ilas`; the nearest known is `ials`");
    check("", "unknown model ``; the nearest known is `bpr`");
    check("ials:dims=3", "ials has no parameter `dims`; the nearest known is `dim`");
    check("random:seed=3", "random has no parameter `seed`; it has none");
    check("ials:dim", "ials: `key=value` expected, got `dim`");
    check("ials:", "ials: `key=value` expected, got ``");
    check("ials:dim=1,dim=1", "ials: `dim` once expected, got it twice");
    check("ials:dim=0", "ials: a whole number from 1 to 4096 expected for `dim`, got `0`");
    check(
        "popularity:half_life_days=NaN",
        "popularity: a number from 0 to 36500 expected for `half_life_days`, got `NaN`",
    );
    check("blend:ilas=1", "unknown model `ilas`; the nearest known is `ials`");
    check("blend:ials(dims=3)=1", "ials has no parameter `dims`; the nearest known is `dim`");
    check(
        "item-knn:similarity=cos",
        "item-knn: one of cosine, tfidf, bm25 expected for `similarity`, got `cos`",
    );
}

#[test]
fn the_distance_is_counted_in_letters() {
    // ilas → ials: replace l by a and a by l.
    assert_eq!(distance("ilas", "ials"), 2);
    assert_eq!(distance("", "ease"), 4);
    assert_eq!(distance("knn", "item-knn"), 5);
}

proptest! {
    #[test]
    fn any_text_is_a_model_or_an_error(
        text in "(ials|ease|item-knn|blend:(ease=1[+])?random)?[:=,+()a-z0-9.-]{0,20}"
    ) {
        if let Ok(spec) = text.parse::<Spec>() {
            prop_assert_eq!(spec.to_string().parse::<Spec>(), Ok::<_, Error>(spec));
        }
    }
}
