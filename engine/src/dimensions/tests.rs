//! Are the ends of what was planted called by their names?

use linalg::Matrix;
use music::{ArtistId, CatalogueEntry, Credit, RecordingId, Tag};
use store::{Recording, Stands};

use super::{End, named};

/// North and south, east and west of a plane, each the place of one genre.
const GENRES: [(&str, [f32; 2]); 4] =
    [("rock", [0.0, 3.0]), ("jazz", [0.0, -2.0]), ("folk", [1.5, 0.0]), ("techno", [-1.0, 0.0])];

fn recording(id: u64, artist: ArtistId, genre: &str) -> Recording {
    let tag = |name: &str, weight| Tag { name: name.to_owned(), weight };
    let entry = CatalogueEntry {
        credit: Credit {
            title: format!("Title {id}"),
            artist: genre.to_uppercase(),
            ..Credit::default()
        },
        tags: vec![tag("music", 5.0), tag(genre, 3.0), tag(&format!("only {id}"), 9.0)],
        ..CatalogueEntry::default()
    };
    let artists = vec![(artist, genre.to_uppercase())];
    let imputed = Stands::default();
    Recording { id: RecordingId(id), entry, artists, release: None, work: id, imputed }
}

/// Ten recordings a genre, each genre at its place and a little further with each recording; all turned by an angle and
/// moved away from the middle.
fn plane() -> (Matrix, Vec<Recording>) {
    let (sin, cos) = 0.6_f32.sin_cos();
    let (mut values, mut recordings) = (Vec::new(), Vec::new());
    for id in 0_u8..40 {
        let genre = usize::from(id % 4);
        let (name, [x, y]) = GENRES[genre];
        let further = 1.0 + f32::from(id / 4) / 50.0;
        let (x, y) = (further * x, further * y);
        values.extend([cos * x - sin * y + 5.0, sin * x + cos * y - 7.0, 1.0]);
        recordings.push(recording(id.into(), ArtistId(genre as u64), name));
    }
    (Matrix::from_vec(40, 3, values), recordings)
}

#[test]
fn the_ends_of_each_dimension_are_named_and_what_is_the_same_for_all_is_none() {
    let (vectors, recordings) = plane();
    let dimensions = named(vectors, &recordings);
    let names = |end: &End| {
        let tags: Vec<_> = end.tags.iter().map(|tag| tag.name.clone()).collect();
        let artists: Vec<_> = end.artists.iter().map(|artist| artist.name.clone()).collect();
        (tags, artists)
    };
    let expected = [("rock", "jazz"), ("folk", "techno")];
    assert_eq!(dimensions.len(), expected.len(), "{dimensions:?}");
    for (dimension, (high, low)) in dimensions.iter().zip(expected) {
        // The middle lies a little towards rock and folk, so these two also stand a little beyond the other's middle;
        // but what they are called is what is furthest out.
        assert_eq!(names(&dimension.high).0[0], high);
        assert_eq!(names(&dimension.high).1[0], high.to_uppercase());
        assert_eq!(names(&dimension.low).0[0], low);
        assert_eq!(names(&dimension.low).1[0], low.to_uppercase());
    }
}

#[test]
fn shares_add_up() {
    let (vectors, recordings) = plane();
    let dimensions = named(vectors, &recordings);
    let sum: f64 = dimensions.iter().map(|dimension| dimension.share).sum();
    assert!((sum - 1.0).abs() < 1e-9, "{sum}");
    assert!(dimensions[0].share > dimensions[1].share, "{dimensions:?}");
    for dimension in &dimensions {
        let ends = dimension.high.share + dimension.low.share;
        assert!((ends - dimension.share).abs() < 1e-9, "{dimension:?}");
    }
}

#[test]
fn tags_that_everything_has_or_one_recording_alone_name_nothing() {
    let (vectors, recordings) = plane();
    for dimension in named(vectors, &recordings) {
        for tag in dimension.high.tags.iter().chain(&dimension.low.tags) {
            assert!(!tag.name.starts_with("only"), "{tag:?}");
            // Equal everywhere but for the weights of the rows.
            assert!(tag.name != "music" || tag.weight < 1e-3, "{tag:?}");
        }
    }
}

#[test]
fn nothing_to_look_at_has_no_dimensions() {
    assert_eq!(named(Matrix::zeros(0, 4), &[]), []);
    let (_, recordings) = plane();
    assert_eq!(named(Matrix::zeros(40, 4), &recordings), []);
}
