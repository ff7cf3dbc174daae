//! Does every instruction set do what the portable one does?

use super::{Isa, Kernel, LANES, Simd};

/// Everything a set can do, in one go.
struct Everything<'a> {
    a: &'a [f32; LANES],
    b: &'a [f32; LANES],
    half: &'a [u16; LANES],
}

#[derive(Debug, PartialEq)]
struct Done {
    sum: [f32; LANES],
    product: [f32; LANES],
    fused: [f32; LANES],
    widened: [f32; LANES],
    narrowed: [u16; LANES],
    sums: [f32; 4],
    above: u16,
    counted: [f32; LANES],
}

impl Kernel for Everything<'_> {
    type Output = Done;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Done {
        let (a, b) = (simd.load(self.a), simd.load(self.b));
        let halves = simd.load_half(self.half);
        simd.prefetch(self.a);
        let mut done = Done {
            sum: [0.0; LANES],
            product: [0.0; LANES],
            fused: [0.0; LANES],
            widened: [0.0; LANES],
            narrowed: [0; LANES],
            sums: simd.sums([a, b, simd.splat(0.5), simd.add(a, b)]),
            above: simd.above(a, b),
            counted: [0.0; LANES],
        };
        simd.store(&mut done.sum, simd.add(a, b));
        simd.store(&mut done.product, simd.mul(a, b));
        simd.store(&mut done.fused, simd.mul_add(a, b, simd.splat(1.0)));
        simd.store(&mut done.counted, simd.add_above(a, a, b));
        simd.store(&mut done.widened, halves);
        simd.store_half(&mut done.narrowed, a);
        done
    }
}

#[test]
fn every_set_does_what_the_portable_one_does() {
    // Quarters of small whole numbers: no sum or product rounds, so fused or not makes no difference.
    let a = std::array::from_fn(|lane| lane as f32 / 4.0 - 2.0);
    let b = std::array::from_fn(|lane| (lane * lane) as f32 / 4.0);
    let half = std::array::from_fn(|lane| u16::try_from(lane * 4001).unwrap() & 0xbfff);
    let everything = |isa: Isa| isa.run(Everything { a: &a, b: &b, half: &half });
    for isa in Isa::available() {
        assert_eq!(everything(isa), everything(Isa::PORTABLE), "{isa:?}");
    }
}

#[test]
fn halves_round_alike_everywhere() {
    // Numbers of every size a half can have, and some it cannot.
    let numbers = (0..4096_u32).map(|k| f32::from_bits(k.wrapping_mul(0x0010_3d67) & 0x7f7f_ffff));
    let numbers: Vec<f32> = numbers.collect();
    for a in numbers.as_chunks::<LANES>().0 {
        let narrowed = |isa: Isa| isa.run(Everything { a, b: a, half: &[0; LANES] }).narrowed;
        for isa in Isa::available() {
            assert_eq!(narrowed(isa), narrowed(Isa::PORTABLE), "{isa:?}: {a:?}");
        }
    }
}

#[test]
fn the_best_set_is_one_of_those_there_are() {
    assert!(Isa::available().contains(&Isa::best()));
    assert_eq!(Isa::available()[0], Isa::PORTABLE);
    assert_eq!(Isa::PORTABLE.name(), "portable");
}
