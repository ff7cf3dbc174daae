//! Are intervals where theory puts them?

use super::{Bootstrap, PerUser};

#[test]
fn a_mean_is_over_those_who_have_the_number() {
    let mut users = PerUser::new(3);
    users.push(&[Some(1.0), None, None]);
    users.push(&[Some(2.0), Some(5.0), None]);
    assert_eq!(users.means(), [Some(1.5), Some(5.0), None]);
    assert_eq!((users.n_users(), users.n_with(0), users.n_with(1), users.n_with(2)), (2, 2, 1, 0));
    assert_eq!(PerUser::new(1).means(), [None]);
    let second = users.only(1);
    assert_eq!((second.means(), second.n_with(0), second.n_users()), (vec![Some(5.0)], 1, 2));
}

#[test]
fn the_interval_is_as_wide_as_the_standard_error_says() {
    // 400 users, half of them 1 and half 0: the standard error is 0.5/√400 = 0.025, and 1.96 of them are 0.049.
    let mut users = PerUser::new(1);
    for u in 0..400 {
        users.push(&[Some(f64::from(u % 2))]);
    }
    let (low, high) = Bootstrap::new(&users, 1000, 7).interval(0).unwrap();
    // A percentile of 1,000 draws is itself known to some 5 % of the width.
    assert!(
        (0.5 - low - 0.049).abs() < 0.006 && (high - 0.5 - 0.049).abs() < 0.006,
        "{low} {high}"
    );
}

#[test]
fn the_same_seed_draws_the_same_users_and_another_one_others() {
    let mut users = PerUser::new(2);
    for u in 0..50 {
        users.push(&[Some(f64::from(u)), Some(f64::from(u) + 1.0)]);
    }
    let drawn = Bootstrap::new(&users, 100, 3);
    assert_eq!(drawn, Bootstrap::new(&users, 100, 3));
    assert_ne!(drawn, Bootstrap::new(&users, 100, 4));
    // The two numbers of a user differ by 1, and so do their means in every draw.
    let pairs = drawn.of(0).unwrap().into_iter().zip(drawn.of(1).unwrap());
    assert!(pairs.into_iter().all(|(a, b)| (b - a - 1.0).abs() < 1e-9));
}

#[test]
fn what_nobody_has_is_no_interval() {
    let mut users = PerUser::new(1);
    users.push(&[None]);
    assert_eq!(Bootstrap::new(&users, 10, 1).interval(0), None);
    assert_eq!(Bootstrap::new(&PerUser::new(1), 10, 1).interval(0), None);
}

#[test]
fn a_resample_is_the_same_whatever_is_summed_beside_it() {
    let mut users = PerUser::new(2);
    for u in 0..30 {
        users.push(&[Some(f64::from(u)), (u % 3 == 0).then(|| f64::from(u * u))]);
    }
    let (few, many) = (Bootstrap::new(&users, 11, 5), Bootstrap::new(&users, 40, 5));
    for metric in 0..2 {
        assert_eq!(few.of(metric).unwrap(), many.of(metric).unwrap()[..11]);
    }
    // The second metric is a mean over those drawn who have it.
    let counts = super::draw(30, 5, 10);
    let having = (0_u32..30).zip(counts).filter(|(u, _)| u % 3 == 0);
    let (sum, n) =
        having.fold((0.0, 0), |(sum, n), (u, count)| (sum + f64::from(count * u * u), n + count));
    assert_eq!(few.of(1).unwrap()[10], sum / f64::from(n));
}
