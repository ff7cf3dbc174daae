//! What became of the lines of a table, for people and for machines?

use listens::TripleTally;
use serde_json::{Map, Value, json};

use super::import::grouped;

/// What did not become a pair of its own, a line each; nothing where every line did.
pub(crate) fn lines(tally: &TripleTally) -> Vec<String> {
    let mut lines = Vec::new();
    for (n, what) in [(tally.repeated, "summed with an earlier one"), (tally.zeros, "worth 0")] {
        if n > 0 {
            lines.push(format!("  {} lines {what}", grouped(n)));
        }
    }
    let rejected: u64 = tally.rejected.values().sum();
    if rejected > 0 {
        lines.push(format!("  {} lines rejected, such as", grouped(rejected)));
        let examples = tally.examples.iter();
        lines.extend(examples.map(|reject| format!("    {}: {}", reject.place, reject.reason)));
    }
    lines
}

/// The counts, and the first rejects of each reason.
pub(crate) fn json(tally: &TripleTally) -> Map<String, Value> {
    let examples = tally.examples.iter();
    let examples = examples
        .map(|reject| json!({ "place": reject.place, "reason": reject.reason.to_string() }));
    let told = [
        ("read", json!(tally.read)),
        ("repeated", json!(tally.repeated)),
        ("zeros", json!(tally.zeros)),
        ("rejected", json!(tally.rejected)),
        ("examples", examples.collect()),
    ];
    told.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
