//! How do people read it?

use std::time::Duration;

use music::{ItemKind, Playlist, Tier, Track};

use crate::place::nameless;
use crate::text::{fit, one_line, width, wrap};

/// Columns of the terminal that everybody has.
const WIDTH: usize = 80;
/// What stands above the lines of [`Tier::Expand`].
const BOLDER: &str = "Further from home:";
const BLOCKED: &str = " (blocked since)";

/// A title, the note, and two lines or more for each track: what it is, and why it is there.
pub(crate) fn table(playlist: &Playlist) -> String {
    let mut lines = wrap(&one_line(&playlist.title()), WIDTH);
    lines.extend(playlist.note.iter().flat_map(|note| wrap(&one_line(note), WIDTH)));
    lines.push(String::new());
    if playlist.tracks.is_empty() {
        lines.push("Nothing this week.".to_owned());
    }
    let layout = Layout::of(playlist);
    let mut above = None;
    for track in &playlist.tracks {
        let is_bolder = above == Some(Tier::Core) && track.tier == Tier::Expand;
        lines.extend(is_bolder.then(|| format!("\n{BOLDER}")));
        above = Some(track.tier);
        lines.push(layout.head(track));
        let indent = " ".repeat(layout.indent());
        let reason = wrap(&one_line(&track.reason.text), WIDTH - layout.indent());
        lines.extend(reason.into_iter().map(|line| format!("{indent}{line}")));
    }
    lines.push(String::new());
    lines.join("\n")
}

/// Where the columns stand.
struct Layout {
    items: ItemKind,
    n_digits: usize,
    length_columns: usize,
}

impl Layout {
    fn of(playlist: &Playlist) -> Self {
        let digits = playlist.tracks.iter().map(|track| track.position.to_string().len());
        let lengths = playlist
            .tracks
            .iter()
            .filter_map(Track::known_length)
            .map(|length| clock(length).len());
        Self {
            items: playlist.items,
            n_digits: digits.max().unwrap_or(1).max(2),
            length_columns: lengths.max().unwrap_or(0),
        }
    }

    fn indent(&self) -> usize {
        self.n_digits + 2
    }

    /// Position, name and length of a track, on one line.
    fn head(&self, track: &Track) -> String {
        let gap = if self.length_columns > 0 { 2 } else { 0 };
        let columns = WIDTH - self.indent() - gap - self.length_columns;
        let blocked = if track.is_blocked { BLOCKED } else { "" };
        let name = name(self.items, track, columns - blocked.len()) + blocked;
        let head = format!("{:>digits$}  {name}", track.position, digits = self.n_digits);
        let Some(length) = track.known_length() else { return head };
        let padding = columns.saturating_sub(width(&name)) + gap;
        format!(
            "{head}{:padding$}{:>length_columns$}",
            "",
            clock(length),
            length_columns = self.length_columns
        )
    }
}

/// "title — artist (release)", shortened from the end that says least.
fn name(items: ItemKind, track: &Track, columns: usize) -> String {
    /// A release is left out rather than shortened below this.
    const RELEASE: usize = 8;
    let [title, artist] = [&track.title, &track.artist].map(|text| one_line(text));
    let release = track.known_release().map(one_line).filter(|release| !release.is_empty());
    let is_one_name = items == ItemKind::Artists && title == artist;
    if title.is_empty() || artist.is_empty() || is_one_name {
        let known = [title, artist].into_iter().find(|name| !name.is_empty());
        return fit(&known.unwrap_or_else(|| nameless(items, track)), columns);
    }
    let name = format!("{title} — {artist}");
    let Some(left) = columns.checked_sub(width(&name)) else {
        return shortened(&title, &artist, columns);
    };
    match release {
        Some(release) if left >= width(&release).min(RELEASE) + " ()".len() => {
            format!("{name} ({})", fit(&release, left - " ()".len()))
        }
        _ => name,
    }
}

/// Gives the artist what the title leaves, but at least a third.
fn shortened(title: &str, artist: &str, columns: usize) -> String {
    let columns = columns.saturating_sub(width(" — "));
    let artist_columns = columns.saturating_sub(width(title)).max(columns / 3);
    let artist = fit(artist, artist_columns);
    format!("{} — {artist}", fit(title, columns - width(&artist)))
}

/// "3:07", "1:02:03"; to the nearest second.
fn clock(length: Duration) -> String {
    let secs = (length.as_millis() + 500) / 1000;
    let (hours, minutes, secs) = (secs / 3600, secs / 60 % 60, secs % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{secs:02}")
    } else {
        format!("{minutes}:{secs:02}")
    }
}
