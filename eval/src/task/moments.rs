//! When does the training end, and when does the test begin and end?

/// A split at one moment for all users; seconds of the log's own clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moments {
    /// What is before it is learned from.
    pub train_until: i64,
    /// What is at it or later is asked for.
    pub from: i64,
    /// What is at it or later is neither.
    pub until: i64,
}

impl Moments {
    /// A window of so many seconds from a moment on, or the last one of a log that ends with `newest`; before it lies a
    /// gap that is in neither part, so that a session that goes on across the moment tells nothing of itself.
    #[must_use]
    pub fn new(from: Option<i64>, window: i64, gap: i64, newest: i64) -> Self {
        let from = from.unwrap_or_else(|| newest.saturating_sub(window).saturating_add(1));
        Self { train_until: from.saturating_sub(gap), from, until: from.saturating_add(window) }
    }
}

#[cfg(test)]
mod tests {
    use super::Moments;

    #[test]
    fn the_last_window_holds_the_newest_second_and_the_gap_lies_before_it() {
        let moments = Moments::new(None, 10, 3, 100);
        assert_eq!(moments, Moments { train_until: 88, from: 91, until: 101 });
        assert_eq!(
            Moments::new(Some(50), 10, 0, 100),
            Moments { train_until: 50, from: 50, until: 60 }
        );
    }
}
