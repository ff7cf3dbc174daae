//! Where do the numbers of an index lie: in memory of its own, or within bytes that are shared?

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

use bytemuck::{Pod, PodCastError, pod_collect_to_vec, try_cast_slice};

/// Bytes that several may read: a mapped file, or a vector.
pub type Bytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// Numbers, one after the other.
pub(crate) enum Section<T> {
    Own(Vec<T>),
    /// Bytes that were seen to hold whole numbers, where such numbers may lie.
    Within(Bytes, Range<usize>),
}

impl<T: Pod> Section<T> {
    /// Numbers within bytes; copied where numbers cannot be read from where they lie.
    ///
    /// `None` where these are no whole numbers.
    pub(crate) fn within(bytes: &Bytes, at: Range<usize>) -> Option<Self> {
        let some = (**bytes).as_ref().get(at.clone())?;
        match try_cast_slice::<u8, T>(some) {
            Ok(_) => Some(Self::Within(Arc::clone(bytes), at)),
            Err(PodCastError::TargetAlignmentGreaterAndInputNotAligned)
                if some.len().is_multiple_of(size_of::<T>()) =>
            {
                Some(Self::Own(pod_collect_to_vec(some)))
            }
            Err(_) => None,
        }
    }
}

impl<T: Pod> Deref for Section<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match self {
            Self::Own(numbers) => numbers,
            Self::Within(bytes, at) => bytemuck::cast_slice(&(**bytes).as_ref()[at.clone()]),
        }
    }
}

impl<T: Pod> From<Vec<T>> for Section<T> {
    fn from(numbers: Vec<T>) -> Self {
        Self::Own(numbers)
    }
}

/// How many, and where.
impl<T: Pod> fmt::Debug for Section<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if matches!(self, Self::Own(_)) { "own" } else { "shared" };
        write!(f, "{place}[{}]", self.len())
    }
}
