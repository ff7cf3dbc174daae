//! Is an index the same when it comes from a file, and is what is no index refused?

use std::sync::Arc;

use ann::{Ask, Bytes, Error, Index, Layout, Precision, Search, Similarity};
use linalg::{Isa, Matrix};
use proptest::prelude::{Strategy, any, prop, prop_oneof, proptest};

use crate::world::{factors, layout};

/// Forty rows in lists of eight, as version 1 wrote them.
const GOLDEN: &[u8] = include_bytes!("golden/v1.near");
const GOLDEN_CHANGES: &[u8] = include_bytes!("golden/v1.changes");

fn bytes_of(index: &Index) -> Vec<u8> {
    let mut bytes = Vec::new();
    index.write(&mut bytes).unwrap();
    bytes
}

fn changes_of(index: &Index) -> Vec<u8> {
    let mut bytes = Vec::new();
    index.write_changes(&mut bytes).unwrap();
    bytes
}

fn shared(bytes: impl Into<Vec<u8>>) -> Bytes {
    Arc::new(bytes.into())
}

#[test]
fn an_index_comes_back_whole_with_its_changes() {
    let (items, queries) = factors(700, 8, 13, 3);
    let isa = Isa::best();
    for precision in [Precision::Single, Precision::Half, Precision::Byte] {
        for similarity in [Similarity::Dot, Similarity::Cosine] {
            let layout = Layout { similarity, precision, list_rows: 30 };
            let mut index = Index::new(&items, layout, isa).with_effort(150);
            let bytes = bytes_of(&index);
            for row in 0..60 {
                index.remove(row * 11);
                index.add(650 + row, items.row(row as usize));
            }
            let opened = Index::open(&shared(bytes.clone())).unwrap();
            assert_eq!((bytes_of(&opened), opened.effort(), opened.layout()), (bytes, 150, layout));
            let opened = opened.with_changes(&shared(changes_of(&index))).unwrap();
            opened.assert_valid();
            assert_eq!(opened.n_changes(), index.n_changes());
            assert_eq!(changes_of(&opened), changes_of(&index));
            let ask = Ask::all(&queries, 40, isa);
            assert_eq!(opened.search(&ask), index.search(&ask), "{layout:?}");
        }
    }
}

#[test]
fn bytes_that_lie_anywhere_are_read() {
    let (items, queries) = factors(100, 3, 6, 3);
    let isa = Isa::best();
    let index = Index::new(&items, layout(8), isa);
    let ask = Ask::all(&queries, 10, isa);
    for shift in [1, 4, 8] {
        struct Shifted(Vec<u8>, usize);
        impl AsRef<[u8]> for Shifted {
            fn as_ref(&self) -> &[u8] {
                &self.0[self.1..]
            }
        }
        let mut bytes = vec![0; shift];
        bytes.extend(bytes_of(&index));
        let shifted: Bytes = Arc::new(Shifted(bytes, shift));
        assert_eq!(Index::open(&shifted).unwrap().search(&ask), index.search(&ask));
    }
}

#[test]
fn the_first_version_stays_readable() {
    let queries = Matrix::from_vec(2, 2, vec![1.0, 0.5, -1.0, 0.0]);
    let isa = Isa::PORTABLE;
    let ask = Ask::all(&queries, 3, isa);
    let index = Index::open(&shared(GOLDEN)).unwrap();
    index.assert_valid();
    assert_eq!((index.n_rows(), index.dim(), index.effort()), (40, 2, 10));
    // Row i is (i mod 7 − 3, i mod 5): the best of (1, ½) are 34 = (3, 4) with 5, 13 = (3, 3) with 4½ and
    // 19 = (2, 4) with 4, before 27 = (3, 2).
    let exact = index.clone().with_effort(40).search(&ask);
    let rows = |best: &ann::Best| best.iter().map(|(row, _)| *row).collect::<Vec<_>>();
    assert_eq!(rows(&exact[0]), [34, 13, 19]);
    assert_eq!(rows(&exact[1]), [0, 7, 14]);
    let changed = index.with_changes(&shared(GOLDEN_CHANGES)).unwrap();
    changed.assert_valid();
    // Row 34 is gone and row 50 = (9, 9) came.
    assert_eq!(changed.n_changes(), 2);
    assert_eq!(rows(&changed.search(&ask)[0])[..2], [50, 13]);
}

#[test]
fn whatever_is_no_index_is_refused_with_a_sentence() {
    let (items, _) = factors(60, 1, 5, 3);
    let isa = Isa::best();
    let mut index = Index::new(&items, layout(8), isa);
    let good = bytes_of(&index);
    let refused = |bytes: Vec<u8>| Index::open(&shared(bytes)).unwrap_err();
    assert_eq!(refused(Vec::new()), Error::NotAnIndex);
    assert_eq!(refused(b"PK\x03\x04".repeat(50)), Error::NotAnIndex);
    let mut newer = good.clone();
    newer[8] = 9;
    assert_eq!(
        refused(newer).to_string(),
        "an index of version 1 or older expected, got 9: update undersong, or train again"
    );
    assert!(matches!(refused(good[..good.len() / 2].to_vec()), Error::Damaged { .. }));
    index.remove(3);
    assert_eq!(refused(changes_of(&index)), Error::NotAnIndex);
    let other = Index::new(&factors(60, 1, 5, 4).0, layout(8), isa);
    assert_eq!(other.with_changes(&shared(changes_of(&index))).unwrap_err(), Error::OtherBase);
}

#[test]
fn sections_that_contradict_each_other_are_refused_though_every_byte_is_what_was_written() {
    let (items, _) = factors(60, 1, 5, 3);
    let good = bytes_of(&Index::new(&items, layout(8), Isa::best()));
    // Numbers of the shape: dim, places, places with bounds, similarity, precision, rows of a list, effort, first row.
    for (at, number) in
        [(0, 4), (0, u64::MAX), (1, 61), (2, 59), (2, 61), (3, 2), (4, 7), (5, 1), (7, 3)]
    {
        let mut bytes = good.clone();
        let start = 64 * (1 + bytes[16] as usize) + 8 * at;
        bytes[start..start + 8].copy_from_slice(&u64::to_le_bytes(number));
        sign(&mut bytes);
        let error = Index::open(&shared(bytes)).unwrap_err();
        assert!(matches!(error, Error::Damaged { .. }), "number {at} is {number}: {error}");
    }
}

proptest! {
    /// Who writes a file may write anything, and sign it.
    #[test]
    fn a_file_of_any_numbers_is_refused_or_searched_and_never_panics(
        words in proptest::collection::vec((any::<prop::sample::Index>(), word()), 1..4),
        precision in prop::sample::select(&[Precision::Single, Precision::Half, Precision::Byte]),
        is_of_changes in any::<bool>(),
    ) {
        let (items, queries) = factors(60, 6, 5, 3);
        let isa = Isa::best();
        let layout = Layout { precision, ..layout(8) };
        let mut index = Index::new(&items, layout, isa).with_effort(20);
        let base = bytes_of(&index);
        for row in 0..9 {
            index.remove(row * 5);
            index.add(70 + row, items.row(row as usize));
        }
        let changes = changes_of(&index);
        let forged = |mut bytes: Vec<u8>| {
            let start = 64 * (1 + bytes[16] as usize);
            for (place, word) in &words {
                let at = start + 4 * place.index((bytes.len() - start) / 4);
                bytes[at..at + 4].copy_from_slice(&word.to_le_bytes());
            }
            sign(&mut bytes);
            shared(bytes)
        };
        let opened = match is_of_changes {
            true => index.with_changes(&forged(changes)),
            false => Index::open(&forged(base)),
        };
        if let Ok(index) = opened {
            let allowed = index.allow(&[2, 3, 40, 72]);
            let ask = Ask::all(&queries, 12, isa);
            index.search(&ask);
            index.search(&Ask { allowed: Some(&allowed), ..ask });
            index.clone().with_effort(usize::MAX).search(&ask);
            index.merged(isa).search(&ask);
        }
    }
}

/// Four bytes that may say something, as a number of either kind.
fn word() -> impl Strategy<Value = u32> {
    let told = [0.0, -1.0, 1e-45, 1e38, f32::INFINITY, f32::NAN].map(f32::to_bits);
    prop_oneof![any::<u32>(), 0_u32..80, prop::sample::select(told.to_vec())]
}

/// Makes all checksums those of the bytes.
fn sign(bytes: &mut [u8]) {
    let checksum = |bytes: &[u8]| *blake3::hash(blake3::hash(bytes).as_bytes()).as_bytes();
    let table = 64..64 * (1 + bytes[16] as usize);
    for entry in table.clone().step_by(64) {
        let number = |at: usize| u64::from_le_bytes(*bytes[at..].first_chunk().unwrap());
        let [start, length] = [8, 16].map(|at| usize::try_from(number(entry + at)).unwrap());
        let of_section = checksum(&bytes[start..start + length]);
        bytes[entry + 32..entry + 64].copy_from_slice(&of_section);
    }
    let of_table = checksum(&bytes[table]);
    bytes[32..64].copy_from_slice(&of_table);
}

#[test]
fn every_flipped_byte_that_is_read_is_found_out() {
    let (items, _) = factors(40, 1, 5, 3);
    let good = bytes_of(&Index::new(&items, layout(8), Isa::best()));
    let whole = Index::open(&shared(good.clone())).unwrap();
    for at in 0..good.len() {
        let mut bytes = good.clone();
        bytes[at] ^= 0x21;
        // Zeros between sections are not read.
        if let Ok(index) = Index::open(&shared(bytes)) {
            assert_eq!(bytes_of(&index), bytes_of(&whole), "byte {at}");
        }
    }
}
