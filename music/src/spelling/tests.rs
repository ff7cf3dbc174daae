//! Does the fold hold on spellings people really write?

mod table;

use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, proptest};

use super::{artist_key, main_artist, recording_key, spell, work_key};

use table::{ROWS, Relation};

#[test]
fn real_spellings_relate_as_the_table_says() {
    assert!(ROWS.len() >= 80, "a table of at least 80 spellings, got {}", ROWS.len());
    let mut wrong = Vec::new();
    for &(expected, (artist_a, title_a), (artist_b, title_b)) in ROWS {
        let is_recording = recording_key(artist_a, title_a) == recording_key(artist_b, title_b);
        let is_work = work_key(artist_a, title_a) == work_key(artist_b, title_b);
        let got = match (is_recording, is_work) {
            (true, _) => Relation::Recording,
            (false, true) => Relation::Work,
            (false, false) => Relation::Other,
        };
        if got != expected || (is_recording && !is_work) {
            let (a, b) = (spell(artist_a, title_a), spell(artist_b, title_b));
            wrong.push(format!("expected {expected:?}, got {got:?}\n  {a:?}\n  {b:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_version_stands_behind_a_bar() {
    for (title, base, full) in [
        ("Song", "song", "song"),
        ("Song (Live)", "song", "song|live"),
        ("Song - Live at Wembley '86 / 2011 Remaster", "song", "song|live wembley 86"),
        ("Song (Kygo Remix) [feat. Ella]", "song", "song|remix kygo"),
        ("Song - Live / Acoustic", "song", "song|acoustic live"),
        ("Song (Taylor’s Version) (From The Vault)", "song", "song|version taylors"),
        ("Song - Radio Edit", "song", "song|radio"),
        ("Song - Pt. II (Demo)", "song part 2", "song part 2|demo"),
    ] {
        let spelling = spell("Somebody", title);
        assert_eq!((spelling.base.as_str(), spelling.title.as_str()), (base, full), "{title}");
    }
}

#[test]
fn titles_keep_their_words() {
    for (title, kept) in [
        ("!!!", "!!!"),
        ("???", "???"),
        ("( )", "()"),
        ("[]", "[]"),
        ("♥", "♥"),
        ("-", "-"),
        ("(Live)", "live"),
        ("Live", "live"),
        ("Remix", "remix"),
        ("Acoustic", "acoustic"),
        ("Feather", "feather"),
        ("Feat", "feat"),
        ("Live Forever", "live forever"),
        ("Live and Let Die", "live and let die"),
        ("Remix to Ignition", "remix to ignition"),
        ("Song (Live and Let Die)", "song live and let die"),
        ("Stuck in the Middle (With You)", "stuck in the middle with you"),
        ("(Sittin’ On) The Dock of the Bay", "sittin on the dock of the bay"),
        ("(I Can't Get No) Satisfaction - Mono", "i cant get no satisfaction"),
        ("Alive (On the Radio)", "alive on the radio"),
        ("6 Ft. Under", "6 ft under"),
        ("Song (1999) [2000]", "song 1999 2000"),
        ("A Feat of Strength", "a feat of strength"),
        ("1979 - Remastered 2012", "1979"),
        ("バス", "バス"),
        ("ハス", "ハス"),
        ("Ænema", "aenema"),
        ("Ｆｕｌｌ　Ｗｉｄｔｈ", "full width"),
        ("Main Title (From \"Jaws\")", "main title from jaws"),
    ] {
        let spelling = spell("Somebody", title);
        assert_eq!((spelling.base.as_str(), spelling.title.as_str()), (kept, kept), "{title}");
    }
}

#[test]
fn artists_fold_to_what_typists_agree_on() {
    for (written, key) in [
        ("The Beatles", "beatles"),
        ("Beatles, The", "beatles"),
        ("The The", "the"),
        ("!!!", "!!!"),
        ("+/-", "+/"),
        ("R.E.M.", "rem"),
        ("Will.I.Am", "will i am"),
        ("A$AP Rocky", "asap rocky"),
        ("P!nk", "pink"),
        ("Guns N’ Roses", "guns and roses"),
        ("Florence + The Machine", "florence and the machine"),
        ("Sigur Rós", "sigur ros"),
        ("Mø", "mo"),
        ("10,000 Maniacs", "10000 maniacs"),
        ("Simon & Garfunkel", "simon and garfunkel"),
        ("Sleeping With Sirens", "sleeping with sirens"),
        ("Little Feat", "little feat"),
        ("椎名林檎", "椎名林檎"),
    ] {
        assert_eq!(artist_key(written), key, "{written}");
    }
}

#[test]
fn the_main_artist_is_a_slice_of_the_credit() {
    for (credit, main) in [
        ("Eminem feat. Dido", "Eminem"),
        ("Eminem (feat. Dido)", "Eminem"),
        ("Eminem Ft Dido & Someone", "Eminem"),
        ("Eminem [FEATURING Dido]", "Eminem"),
        ("Eminem feat.Dido", "Eminem"),
        ("Tony Bennett (with Lady Gaga)", "Tony Bennett"),
        ("Maroon 5 ft. Cardi B", "Maroon 5"),
        ("  Beyoncé, feat. JAY-Z", "Beyoncé"),
        ("Little Feat feat. Bonnie Raitt", "Little Feat"),
        ("Simon & Garfunkel", "Simon & Garfunkel"),
        ("Dance With the Dead", "Dance With the Dead"),
        ("feat. Nobody", "feat. Nobody"),
        ("", ""),
    ] {
        assert_eq!(main_artist(credit), main, "{credit}");
    }
}

#[test]
fn featured_artists_come_from_credit_and_title() {
    for (artist, title, featured) in [
        ("Eminem feat. Dido", "Stan (feat. Dido)", &["dido"][..]),
        (
            "Jay-Z",
            "Run This Town (feat. Rihanna, Kanye West & The Roots)",
            &["rihanna", "kanye west", "roots"],
        ),
        ("Lady Gaga", "Shallow - with Bradley Cooper", &["bradley cooper"]),
        ("Halsey", "Song feat. Lil Nas X x Yungblud - Live", &["lil nas x", "yungblud"]),
        ("Simon & Garfunkel", "The Boxer", &[]),
        ("Eminem", "Stan (feat. Eminem)", &[]),
    ] {
        assert_eq!(spell(artist, title).featured, featured, "{artist}: {title}");
    }
}

/// Text in which every rule meets every other.
fn rough() -> impl Strategy<Value = String> {
    let bits = [
        "feat.",
        "ft",
        "f.e.a.t.",
        "with",
        "(",
        ")",
        "[",
        "]",
        " - ",
        "-",
        "~",
        "|",
        "/",
        " ",
        " ",
        ".",
        ",",
        "!",
        "?",
        "$",
        "&",
        "+",
        "'",
        "n",
        "The",
        ", The",
        "Live",
        "at",
        "Remix",
        "Remastered",
        "2011",
        "pt",
        "ii",
        "x",
        "É",
        "が",
        "か\u{3099}",
        "\u{301}",
        "\u{200b}",
        "ß",
        "İ",
        "Mono",
        "from \"",
        "Song",
        "Kygo",
        "and",
        "you",
        "１",
        "（",
        "🎵",
        "\u{1f}",
    ];
    proptest::collection::vec(proptest::sample::select(bits.to_vec()), 0..12)
        .prop_map(|bits| bits.concat())
}

fn check_laws(artist: &str, title: &str) -> Result<(), proptest::test_runner::TestCaseError> {
    let spelling = spell(artist, title);
    let again = spell(&spelling.artist, &spelling.base);
    prop_assert_eq!(&again.artist, &spelling.artist, "folding an artist again");
    prop_assert_eq!(&again.base, &spelling.base, "folding a base again");
    prop_assert_eq!(&artist_key(artist), &spelling.artist);
    if artist.is_ascii() {
        prop_assert_eq!(artist_key(main_artist(artist)), artist_key(artist), "the main artist");
    }
    for (written, folded) in
        [(artist, &spelling.artist), (title, &spelling.base), (title, &spelling.title)]
    {
        let is_blank = written.chars().all(|c| c.is_whitespace() || c.is_control());
        prop_assert_eq!(folded.is_empty(), is_blank, "{:?} to {:?}", written, folded);
        prop_assert!(!folded.contains('\u{1f}'), "the separator of keys");
    }
    prop_assert!(spelling.featured.iter().all(|name| !name.is_empty()));
    Ok(())
}

proptest! {
    #[test]
    fn any_text_folds_once_and_for_all(artist in any::<String>(), title in any::<String>()) {
        check_laws(&artist, &title)?;
    }

    #[test]
    fn rough_text_folds_once_and_for_all(artist in rough(), title in rough()) {
        check_laws(&artist, &title)?;
    }

    #[test]
    fn case_tells_nothing(artist in rough(), title in rough()) {
        prop_assert_eq!(recording_key(&artist.to_uppercase(), &title.to_uppercase()), recording_key(&artist.to_lowercase(), &title.to_lowercase()));
    }
}
