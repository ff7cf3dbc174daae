//! Is the catalogue as skewed, and as mixed, as it should be?

use super::{Catalogue, Recording};
use crate::attributes::{LULLABY, Voice};
use crate::params::Params;

fn catalogue() -> Catalogue {
    Catalogue::new(&Params { recordings: 20_000, ..Params::default() })
}

#[test]
fn exposure_falls_with_rank_as_a_power_law() {
    let mut exposures: Vec<f32> = catalogue().recordings().iter().map(|r| r.exposure).collect();
    exposures.sort_by(|a, b| b.total_cmp(a));
    // The slope of log exposure over log rank, over the first decade and over the two after it.
    let slope = |from: usize, to: usize| {
        (exposures[to] / exposures[from]).ln() / (to as f32 / from as f32).ln()
    };
    for (from, to) in [(10, 100), (100, 1000), (1000, 4000)] {
        assert!((-1.5..-0.4).contains(&slope(from, to)), "{from} to {to}: {}", slope(from, to));
    }
}

#[test]
fn exposure_knows_quality_only_a_little() {
    let catalogue = catalogue();
    let of_grown_ups = catalogue.recordings().iter().filter(|r| r.genre != LULLABY);
    let pairs: Vec<(f32, f32)> = of_grown_ups.map(|r| (r.exposure.ln(), r.quality)).collect();
    let n = pairs.len() as f32;
    let (mean_x, mean_y) =
        (pairs.iter().map(|p| p.0).sum::<f32>() / n, pairs.iter().map(|p| p.1).sum::<f32>() / n);
    let product =
        |f: fn(f32, f32) -> f32| pairs.iter().map(|(x, y)| f(x - mean_x, y - mean_y)).sum::<f32>();
    let correlation =
        product(|x, y| x * y) / (product(|x, _| x * x) * product(|_, y| y * y)).sqrt();
    assert!((0.1..0.4).contains(&correlation), "{correlation}");
}

#[test]
fn one_in_a_hundred_is_a_lullaby_and_artists_keep_to_their_genre() {
    let catalogue = catalogue();
    let n_lullabies = catalogue.recordings().iter().filter(|r| r.genre == LULLABY).count();
    assert_eq!(n_lullabies, 200);
    for artist in catalogue.artists() {
        let genres = artist.recordings.clone().map(|r| catalogue.recording(r).genre);
        assert!(genres.clone().all(|genre| Some(genre) == genres.clone().next()));
    }
}

#[test]
fn tags_are_a_noisy_view_of_the_genre() {
    let catalogue = catalogue();
    let has_genre = |(recording, entry): (&Recording, &music::CatalogueEntry)| {
        entry
            .tags
            .iter()
            .any(|tag| tag.name == crate::attributes::GENRES[recording.genre as usize].name)
    };
    let entries = catalogue.entries();
    let tagged =
        catalogue.recordings().iter().zip(&entries).filter(|pair| has_genre(*pair)).count();
    // Drawn with 0.85, and 0.08 · 1/24 by chance; the standard deviation is 50 of 20,000.
    assert!((16_700..17_400).contains(&tagged), "{tagged}");
}

#[test]
fn some_sing_and_some_do_not_and_a_recording_is_small() {
    let catalogue = catalogue();
    for voice in [Voice::Woman, Voice::Man, Voice::Nobody] {
        assert!(
            catalogue.recordings().iter().filter(|r| r.voice == voice).count() > 4000,
            "{voice:?}"
        );
    }
    assert!(size_of::<Recording>() <= 48);
}
