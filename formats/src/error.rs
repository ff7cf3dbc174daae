//! What can go wrong here?

/// The text named no format.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("table, json, jspf, xspf or m3u8 expected, got `{got}`")]
pub struct ParseFormatError {
    /// What came.
    pub got: String,
}
