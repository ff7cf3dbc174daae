//! Does this suffix name the same recording, another version, or something else?

use std::fmt;

use super::fold;

/// What a bracketed or dashed suffix turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Part of the title.
    Words,
    /// A year alone, which means what its neighbors mean.
    Year,
    /// A known suffix; what it says of the version was noted.
    Suffix,
}

/// What tells a recording from the others of its work: sorted classes, then the words that name it.
#[derive(Debug, Default)]
pub(super) struct Version {
    classes: Vec<&'static str>,
    words: Vec<String>,
}

impl Version {
    /// Judges one suffix of a title whose words so far are `kept`, and notes the version that it names.
    pub(super) fn read(&mut self, suffix: &str, kept: &str) -> Verdict {
        if is_source(suffix) {
            return if is_generic(kept) { Verdict::Words } else { Verdict::Suffix };
        }
        let folded: Vec<String> =
            suffix.split(['/', ';']).map(fold::words).filter(|piece| !piece.is_empty()).collect();
        let pieces: Vec<Vec<&str>> =
            folded.iter().map(|piece| piece.split(' ').collect()).collect();
        let whole: Vec<&str> = pieces.iter().flatten().copied().collect();
        if let [year] = whole[..]
            && is_year(year)
        {
            return Verdict::Year;
        }
        if pieces.iter().any(|piece| is_version(piece)) {
            pieces.iter().filter(|piece| !is_same(piece)).for_each(|piece| self.note(piece));
            return Verdict::Suffix;
        }
        let is_all_same = !whole.is_empty()
            && pieces
                .iter()
                .all(|piece| is_same(piece) || matches!(piece[..], [year] if is_year(year)));
        if is_all_same || is_same(&whole) { Verdict::Suffix } else { Verdict::Words }
    }

    /// Adds the year that stood in a suffix of its own, if there is a version for it to date.
    pub(super) fn date(&mut self, year: &str) {
        if !self.classes.is_empty() {
            self.words.push(year.to_owned());
        }
    }

    fn note(&mut self, words: &[&str]) {
        for (at, &word) in words.iter().enumerate() {
            let is_beside_remaster =
                words[at.saturating_sub(1)..words.len().min(at + 2)].iter().any(|w| is_remaster(w));
            if let Some(class) = class(word) {
                self.classes.push(class.name);
            } else if !(is_link(word) || is_anchor(word) || (is_number(word) && is_beside_remaster))
            {
                self.words.push(word.to_owned());
            }
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut classes = self.classes.clone();
        classes.sort_unstable();
        classes.dedup();
        let has_radio = classes.contains(&"radio");
        let is_vague = |class: &str| {
            matches!(class, "version" | "mix" | "recording") || (has_radio && class == "edit")
        };
        if !classes.iter().all(|class| is_vague(class)) {
            classes.retain(|class| !is_vague(class));
        }
        let words = classes.into_iter().chain(self.words.iter().map(String::as_str));
        for (at, word) in words.enumerate() {
            write!(f, "{}{word}", if at > 0 { " " } else { "" })?;
        }
        Ok(())
    }
}

/// How much a class word must stand alone before it counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Only among words of this file: "(Live)", not "(Born to Live)".
    Alone,
    /// Also where it ends the suffix: "(Kygo Remix)".
    Ends,
}

struct Class {
    name: &'static str,
    reach: Reach,
}

/// The class that a word stands for.
fn class(word: &str) -> Option<Class> {
    let alone = |name| Some(Class { name, reach: Reach::Alone });
    let ends = |name| Some(Class { name, reach: Reach::Ends });
    match word {
        "live" | "live版" | "vivo" | "directo" | "concert" | "concierto" => alone("live"),
        "radio" => alone("radio"),
        "extended" => alone("extended"),
        "recorded" => alone("recording"),
        "stripped" => alone("stripped"),
        "slowed" => alone("slowed"),
        "sped" => alone("sped"),
        "reverb" => alone("reverb"),
        "nightcore" => alone("nightcore"),
        "rerecorded" => alone("rerecorded"),
        "orchestral" => alone("orchestral"),
        "remix" | "rmx" | "remixed" => ends("remix"),
        "mix" => ends("mix"),
        "edit" => ends("edit"),
        "cut" => alone("edit"),
        "version" | "ver" | "versao" => ends("version"),
        "recording" => ends("recording"),
        "rework" | "reworked" => ends("rework"),
        "bootleg" => ends("bootleg"),
        "mashup" => ends("mashup"),
        "dub" => ends("dub"),
        "demo" => ends("demo"),
        "take" => alone("take"),
        "alternate" => alone("alternate"),
        "inst" => alone("instrumental"),
        "size" => alone("size"),
        "outtake" => ends("outtake"),
        "rehearsal" => ends("rehearsal"),
        "session" | "sessions" => ends("session"),
        "acoustic" | "acustico" | "acustica" | "acoustique" | "akustik" => ends("acoustic"),
        "unplugged" => ends("unplugged"),
        "instrumental" | "instrumentale" => ends("instrumental"),
        "acapella" | "acappella" | "cappella" => ends("acapella"),
        "karaoke" => ends("karaoke"),
        "cover" => ends("cover"),
        _ => None,
    }
}

/// Whether a suffix names another version: its words are all of the trade, or it ends or opens as versions do.
fn is_version(words: &[&str]) -> bool {
    if matches!(words, ["in" | "on" | "at" | "from", "the", ..]) {
        return false;
    }
    let is_known = |word: &&str| {
        class(word).is_some()
            || is_anchor(word)
            || is_filler(word)
            || is_link(word)
            || is_number(word)
    };
    if words.iter().all(is_known) {
        let names_class = |word: &&str| class(word).is_some_and(|class| class.name != "radio");
        return words.iter().any(names_class) && !is_same(words);
    }
    let last = words.iter().rev().find(|word| !(is_number(word) || is_anchor(word)));
    let ends = last.and_then(|word| class(word)).is_some_and(|class| class.reach == Reach::Ends);
    ends || opens_version(words)
}

/// "Live at Wembley", "Acoustic from the Garage", "Recorded in Paris", "Ao Vivo em Lisboa", but not "Live and Let Die".
fn opens_version(words: &[&str]) -> bool {
    let words = match words {
        ["ao" | "en" | "in", rest @ ..] => rest,
        all => all,
    };
    let [first, second, ..] = words else { return false };
    let opens = matches!(
        class(first).map(|class| class.name),
        Some(
            "live"
                | "acoustic"
                | "recording"
                | "demo"
                | "remix"
                | "session"
                | "unplugged"
                | "instrumental"
        )
    );
    let places =
        ["at", "in", "from", "on", "by", "for", "de", "en", "em", "bei", "im", "aus", "vom", "au"];
    opens && (places.contains(second) || is_number(second) || class(second).is_some())
}

/// Whether a suffix says nothing of the sound: "2011 Remaster", "Deluxe Edition", "Album Version".
fn is_same(words: &[&str]) -> bool {
    let is_plain = |word: &&str| {
        is_anchor(word)
            || is_filler(word)
            || is_link(word)
            || is_number(word)
            || matches!(*word, "version" | "mix" | "recording")
    };
    if matches!(words, ["prod" | "produced", _, ..] | ["from", "the", "vault"]) {
        return true;
    }
    let has = |known: &[&str]| words.iter().any(|word| known.contains(word));
    let is_usual = has(&["single", "album", "lp", "ep", "original", "studio", "standard", "main"])
        && has(&["version", "mix", "track", "recording", "master"]);
    let is_anchored =
        words.iter().any(|word| is_anchor(word)) || is_usual || matches!(words, ["original"]);
    let is_new_mix = has(&["mix"])
        && words.iter().any(|word| is_year(word))
        && !words.iter().any(|word| is_remaster(word));
    is_anchored && words.iter().all(is_plain) && !is_new_mix
}

fn is_remaster(word: &str) -> bool {
    word.starts_with("remaster")
}

/// Words that alone say "the same recording".
fn is_anchor(word: &str) -> bool {
    is_remaster(word)
        || matches!(
            word,
            "mono"
                | "stereo"
                | "explicit"
                | "clean"
                | "censored"
                | "uncensored"
                | "deluxe"
                | "expanded"
                | "edition"
                | "bonus"
                | "hidden"
                | "anniversary"
                | "reissue"
                | "official"
                | "video"
                | "audio"
                | "visualizer"
                | "lyric"
                | "lyrics"
                | "oficial"
                | "hd"
                | "hq"
                | "4k"
                | "soundtrack"
        )
}

/// Words that stand beside those of either kind.
fn is_filler(word: &str) -> bool {
    matches!(
        word,
        "re" | "digital"
            | "digitally"
            | "new"
            | "newly"
            | "original"
            | "single"
            | "album"
            | "lp"
            | "ep"
            | "cd"
            | "vinyl"
            | "disc"
            | "master"
            | "special"
            | "super"
            | "standard"
            | "limited"
            | "international"
            | "uk"
            | "us"
            | "usa"
            | "japan"
            | "japanese"
            | "studio"
            | "full"
            | "length"
            | "main"
            | "music"
            | "release"
            | "content"
            | "tape"
            | "up"
            | "tv"
            | "alternative"
            | "early"
            | "lounge"
            | "motion"
            | "picture"
    )
}

/// Words that join and mean nothing here.
fn is_link(word: &str) -> bool {
    matches!(
        word,
        "the" | "a" | "and" | "at" | "in" | "from" | "on" | "by" | "of" | "ao" | "en" | "track"
    )
}

/// "1967", "40th", "2".
fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
}

fn is_year(word: &str) -> bool {
    word.len() == 4
        && (word.starts_with("19") || word.starts_with("20"))
        && word.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a suffix in normal form names the film it comes from: `from "Frozen"`, "From the Original Soundtrack".
fn is_source(suffix: &str) -> bool {
    let Some(source) = suffix.trim().strip_prefix("from ") else { return false };
    let known =
        ["soundtrack", "motion picture", "the film", "the movie", "the series", "the musical"];
    source.starts_with(['"', '\'']) || known.iter().any(|word| source.contains(word))
}

/// A film has one "Main Title", but a composer has many: such a head needs its film.
fn is_generic(head: &str) -> bool {
    let generic = [
        "main",
        "title",
        "titles",
        "theme",
        "end",
        "credits",
        "opening",
        "ending",
        "overture",
        "prologue",
        "epilogue",
        "suite",
        "finale",
        "love",
        "intro",
        "introduction",
        "prelude",
        "score",
        "song",
        "medley",
        "the",
        "of",
        "a",
    ];
    fold::words(head).split(' ').all(|word| generic.contains(&word))
}
