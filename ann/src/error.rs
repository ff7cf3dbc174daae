//! What can be wrong with the bytes of an index?

use crate::file::VERSION;

/// Why bytes are no index of ours; nothing that is stored is touched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// They begin with something else.
    #[error("an index of nearest neighbors expected, got something else: train again")]
    NotAnIndex,
    /// A later program wrote them.
    #[error(
        "an index of version {VERSION} or older expected, got {version}: update undersong, or train again"
    )]
    Newer {
        /// Theirs.
        version: u32,
    },
    /// They are not what was written.
    #[error("the index is damaged, {what}: train again, or bring the file back from a copy")]
    Damaged {
        /// In what.
        what: &'static str,
    },
    /// Changes of other rows.
    #[error("changes of this index expected, got those of another: train again")]
    OtherBase,
    /// The order of bytes in a number.
    #[error("a machine with little-endian numbers expected: an index is read where it lies")]
    BigEndian,
}
