//! What does a second stage see in a recording, in plain words?
//!
//! It says by kind of input what speaks for a candidate beside a usual one ([`models::Ground`]).
//! That alone is no reason: a network may like what is by nobody known. What is told also has to hold of the recording,
//! that it is nearer to what the listener likes than is usual, or liked by more, or by fewer, listeners.

use models::Ground;
use music::ItemIx;
use serde::Serialize;

use crate::choose::Choice;
use crate::describe::listed;
use crate::maker::Maker;
use crate::portrait::Portrait;

/// How many of them a reason names.
const NAMED: usize = 2;

/// What a second stage made of a candidate.
#[derive(Clone, Debug, Serialize)]
pub struct Judged {
    /// The score that ranks it: of a hybrid with a network, how likely it is liked if it is found.
    pub score: f32,
    /// What speaks for it beside a usual candidate, the most first; empty where the stage cannot tell.
    pub grounds: Vec<ToldGround>,
}

/// What speaks for a candidate, or against it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ToldGround {
    /// What was looked at: `artist`, `tag`, `popularity` and so on.
    pub kind: String,
    /// What it adds to the score, to first order and before that becomes a probability.
    pub share: f32,
    /// What there is to say of it, where it speaks for the recording.
    pub text: Option<String>,
}

/// What a second stage sees in some candidates of a choice; nothing where there is none that tells.
pub(crate) fn of<'a>(
    maker: &Maker<'a>,
    portrait: &Portrait,
    choice: &Choice<'_>,
    places: &[usize],
) -> Vec<Vec<Ground<'a>>> {
    let recommender = &maker.snapshot.models[choice.model].recommender;
    let items: Vec<ItemIx> = choice.found.iter().map(|found| found.item).collect();
    let grounds = recommender.reasons(&portrait.taste.weights(), &items, places);
    grounds.unwrap_or_else(|| vec![Vec::new(); places.len()])
}

/// What a second stage made of a candidate, where one ranked it.
pub(crate) fn judged(
    maker: &Maker<'_>,
    portrait: &Portrait,
    choice: &Choice<'_>,
    at: usize,
) -> Option<Judged> {
    let is_staged = maker.snapshot.models[choice.model].recommender.is_staged();
    // Where little is known of a listener the score is a mix.
    let ranks = is_staged && choice.scores.scale(0).is_none();
    let told = |ground: &Ground<'_>| ToldGround {
        kind: ground.kind.to_owned(),
        share: ground.share,
        text: clause(ground),
    };
    ranks.then(|| Judged {
        score: choice.found[at].score,
        grounds: of(maker, portrait, choice, &[at]).remove(0).iter().map(told).collect(),
    })
}

/// What was said of how a recording was found, and what speaks for it beside that.
pub(crate) fn with_grounds(said: String, grounds: &[Ground<'_>], is_liked_by: bool) -> String {
    let says_more = |ground: &&Ground<'_>| match ground.kind {
        Ground::LISTENERS => is_liked_by,
        Ground::POPULARITY => !is_liked_by,
        _ => true,
    };
    let clauses = grounds.iter().filter(says_more).filter_map(clause);
    let clauses: Vec<String> = clauses.take(NAMED).collect();
    if clauses.is_empty() {
        return said;
    }
    let sentence = listed(&clauses);
    let mut letters = sentence.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    format!("{said} {}{}.", first.into_iter().collect::<String>(), letters.as_str())
}

/// What there is to say where a kind speaks for a recording, and it holds.
fn clause(ground: &Ground<'_>) -> Option<String> {
    if ground.share <= 0.0 {
        return None;
    }
    let text = match (ground.kind, ground.is_near) {
        (Ground::POPULARITY, false) => "few here know it yet",
        (Ground::HISTORY, _) | (_, false) => return None,
        (Ground::LISTENERS, true) => "it stands high in what was found for you",
        (Ground::POPULARITY, true) => "many listeners here like it",
        ("artist", true) => "it is by an artist you like",
        ("release", true) => "it is from a release you like",
        ("tag", true) => "it has the tags of what you like",
        ("year", true) => "it came out about when what you like did",
        ("length", true) => "it is about as long as what you like",
        ("tempo", true) => "it is about as fast as what you like",
        ("sound", true) => "it sounds like what you like",
        (other, true) => return Some(format!("its {other} is like that of what you like")),
    };
    Some(text.to_owned())
}

#[cfg(test)]
mod tests {
    use models::Ground;

    use super::with_grounds;

    fn said(grounds: &[(&str, f32, bool)], is_liked_by: bool) -> String {
        let ground = |&(kind, share, is_near): &(_, _, _)| Ground { kind, share, is_near };
        let grounds: Vec<_> = grounds.iter().map(ground).collect();
        with_grounds("Found.".to_owned(), &grounds, is_liked_by)
    }

    #[test]
    fn what_speaks_for_a_recording_is_told_only_where_it_holds() {
        let artist = ("artist", 0.5, true);
        assert_eq!(said(&[artist], false), "Found. It is by an artist you like.");
        // A network may like what is by nobody known; that is no likeness to tell.
        assert_eq!(said(&[("artist", 0.5, false)], false), "Found.");
        assert_eq!(said(&[("artist", -0.5, true)], false), "Found.");
        assert_eq!(said(&[("history", 0.5, true)], false), "Found.");
        assert_eq!(said(&[("popularity", 0.5, false)], false), "Found. Few here know it yet.");
    }

    #[test]
    fn two_things_are_told_and_none_of_them_twice() {
        let [sound, artist] = [("sound", 0.7, true), ("artist", 0.5, true)];
        let [listeners, popularity] = [("listeners", 0.9, true), ("popularity", 0.3, true)];
        let both = "Found. It sounds like what you like and it is by an artist you like.";
        assert_eq!(said(&[listeners, sound, artist, popularity], false), both);
        // Where the first sentence counts listeners, that many like it is said; how it was found is not.
        assert_eq!(
            said(&[listeners, popularity], true),
            "Found. It stands high in what was found for you."
        );
    }
}
