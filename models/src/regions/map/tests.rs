//! Does a map keep apart what lies apart?

use super::Map;
use crate::regions::{Member, Region, Regions, Whitening};
use linalg::Matrix;
use music::ItemIx;

const DIM: usize = 4;

/// Regions whose medoids are these whitened vectors.
fn regions(medoids: &[[f32; DIM]]) -> Regions {
    let items = Matrix::from_vec(medoids.len(), DIM, medoids.as_flattened().to_vec());
    let of = |i: u32| Region {
        number: i + 1,
        medoid: ItemIx(i),
        members: vec![Member { item: ItemIx(i), weight: 1.0 }],
        share: 1.0 / medoids.len() as f32,
        tightness: 1.0,
    };
    let regions = (0..).take(medoids.len()).map(of).collect();
    Regions::restored(regions, &items, &Whitening::of(&Matrix::zeros(0, DIM), 1.0))
}

fn distance(a: [f32; 2], b: [f32; 2]) -> f32 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

#[test]
fn three_regions_keep_their_distances_and_the_first_lies_right() {
    let medoids = [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.6, 0.8, 0.0]];
    let map = Map::of(&regions(&medoids), &Matrix::zeros(0, DIM));
    let places = medoids.map(|medoid| map.place(&medoid));
    // |a − b|² = 2 − 2·cos: cosines 0, 0 and 0.6.
    for (a, b, squared) in [(0, 1, 2.0_f32), (0, 2, 2.0), (1, 2, 0.8)] {
        let got = distance(places[a], places[b]);
        assert!((got - squared.sqrt()).abs() < 1e-3, "{a} and {b}: {got}");
    }
    assert!(places[0][0] > 0.0, "{places:?}");
    // The middle of the medoids is the middle of the page.
    let sums = [0, 1].map(|a| places.iter().map(|place| place[a]).sum::<f32>());
    assert!(sums.iter().all(|sum| sum.abs() < 1e-5), "{sums:?}");
}

#[test]
fn up_is_where_the_loved_differ_if_two_regions_leave_it_open() {
    let medoids = [[1.0, 0.0, 0.0, 0.0], [-1.0, 0.0, 0.0, 0.0]];
    let loved = Matrix::from_vec(2, DIM, vec![0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, -1.0]);
    let map = Map::of(&regions(&medoids), &loved);
    assert_eq!(map.place(&medoids[0]), [1.0, 0.0]);
    assert_eq!(map.place(&medoids[1]), [-1.0, 0.0]);
    assert_eq!(map.place(loved.row(0)), [0.0, 1.0]);
    // What differs in neither direction lies in the middle.
    assert_eq!(map.place(&[0.0, 1.0, 0.0, 0.0]), [0.0, 0.0]);
}

#[test]
fn without_regions_and_loves_everything_lies_in_the_middle() {
    let none = crate::regions::regions(
        &[],
        &Whitening::of(&Matrix::zeros(0, DIM), 1.0),
        crate::regions::Params::default(),
        None,
    );
    let map = Map::of(&none, &Matrix::zeros(0, DIM));
    assert_eq!(map.place(&[1.0, 0.0, 0.0, 0.0]), [0.0, 0.0]);
}
