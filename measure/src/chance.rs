//! Which of so many?

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;

/// A number below `n`: the high half of a product with a random word, uniform up to 2⁻³² for each number.
///
/// # Panics
/// Never.
#[must_use]
pub fn below(chance: &mut ChaCha8Rng, n: usize) -> usize {
    let drawn = (u64::from(chance.next_u32()) * n as u64) >> 32;
    usize::try_from(drawn).expect("a number below n")
}
