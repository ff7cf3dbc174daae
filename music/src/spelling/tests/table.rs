//! How do real spellings relate?

use Relation::{Other, Recording, Work};

/// What two spellings name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    /// One recording.
    Recording,
    /// Two recordings of one work.
    Work,
    /// Two works.
    Other,
}

type Written = (&'static str, &'static str);

pub(super) const ROWS: &[(Relation, Written, Written)] = &[
    // Case, accents, punctuation, quotes, width.
    (Recording, ("Radiohead", "Paranoid Android"), ("RADIOHEAD", "paranoid android")),
    (Recording, ("Beyoncé", "Déjà Vu"), ("Beyonce", "Deja Vu")),
    (Recording, ("Sigur Rós", "Hoppípolla"), ("Sigur Ros", "Hoppipolla")),
    (Recording, ("Motörhead", "Ace of Spades"), ("Motorhead", "Ace Of Spades")),
    (Recording, ("MØ", "Final Song"), ("Mo", "Final Song")),
    (Recording, ("Björk", "Jóga"), ("Bjork", "Joga")),
    (Recording, ("Die Ärzte", "Schrei nach Liebe"), ("die arzte", "Schrei Nach Liebe")),
    (Recording, ("Rammstein", "Weißes Fleisch"), ("Rammstein", "Weisses Fleisch")),
    (Recording, ("Tool", "Ænema"), ("TOOL", "Aenema")),
    (Recording, ("Łona", "Rozmowa"), ("Lona", "Rozmowa")),
    (Recording, ("Tarkan", "Şımarık"), ("Tarkan", "Simarik")),
    (Recording, ("Кино", "Группа крови"), ("КИНО", "ГРУППА КРОВИ")),
    (Recording, ("The Smiths", "Don't Blame Me"), ("The Smiths", "Don’t Blame Me")),
    (Recording, ("Journey", "Don't Stop Believin'"), ("Journey", "Dont Stop Believin")),
    (Recording, ("David Bowie", "“Heroes”"), ("David Bowie", "\"Heroes\"")),
    (Recording, ("David Bowie", "“Heroes” - 2017 Remaster"), ("David Bowie", "Heroes")),
    (Recording, ("Ｐｅｒｆｕｍｅ", "チョコレイト・ディスコ"), ("Perfume", "ﾁｮｺﾚｲﾄ・ﾃﾞｨｽｺ")),
    (Recording, ("AC/DC", "T.N.T."), ("AC-DC", "TNT")),
    (Recording, ("R.E.M.", "Losing My Religion"), ("REM", "Losing my religion")),
    (Recording, ("JAY-Z", "99 Problems"), ("Jay Z", "99 Problems")),
    (Recording, ("P!nk", "So What"), ("Pink", "So What")),
    (Recording, ("Ke$ha", "TiK ToK"), ("Kesha", "Tik Tok")),
    (
        Recording,
        ("Panic! At The Disco", "I Write Sins Not Tragedies"),
        ("Panic at the Disco", "I Write Sins, Not Tragedies"),
    ),
    (Recording, ("The Killers", "Mr. Brightside"), ("Killers", "Mr Brightside")),
    (
        Recording,
        ("Britney Spears", "...Baby One More Time"),
        ("Britney Spears", "Baby One More Time"),
    ),
    (Recording, ("Sigur Rós", "( )"), ("Sigur Rós", "()")),
    // Joining words and articles.
    (Recording, ("Simon & Garfunkel", "The Boxer"), ("Simon and Garfunkel", "The Boxer")),
    (
        Recording,
        ("Florence + the Machine", "Dog Days Are Over"),
        ("Florence & The Machine", "Dog Days Are Over"),
    ),
    (Recording, ("Guns N' Roses", "November Rain"), ("Guns 'n' Roses", "November Rain")),
    (Recording, ("Led Zeppelin", "Rock and Roll"), ("Led Zeppelin", "Rock 'n' Roll")),
    (Recording, ("The Beatles", "Help!"), ("Beatles", "Help")),
    (Recording, ("The Beatles", "Help!"), ("Beatles, The", "Help!")),
    (Other, ("The Cure", "The Walk"), ("The Cure", "Walk")),
    // Featured artists.
    (Recording, ("Eminem feat. Dido", "Stan"), ("Eminem", "Stan (feat. Dido)")),
    (Recording, ("Eminem", "Stan"), ("Eminem ft. Dido", "Stan")),
    (Recording, ("Eminem", "Stan [Ft. Dido]"), ("Eminem featuring Dido", "Stan")),
    (
        Recording,
        ("Mark Ronson", "Uptown Funk (feat. Bruno Mars)"),
        ("Mark Ronson", "Uptown Funk ft. Bruno Mars"),
    ),
    (Recording, ("Lady Gaga", "Shallow (with Bradley Cooper)"), ("Lady Gaga", "Shallow")),
    (Recording, ("Justin Bieber", "Stay - with Justin Bieber"), ("Justin Bieber", "Stay")),
    (
        Recording,
        ("Maroon 5", "Girls Like You (feat. Cardi B) [Explicit]"),
        ("Maroon 5 ft. Cardi B", "Girls Like You"),
    ),
    (Recording, ("Gorillaz", "Feel Good Inc. (feat. De La Soul)"), ("Gorillaz", "Feel Good Inc")),
    (Recording, ("Drake", "One Dance (feat. Wizkid & Kyla)"), ("Drake", "One Dance")),
    (
        Recording,
        ("Travis Scott", "SICKO MODE (prod. by Tay Keith)"),
        ("Travis Scott", "Sicko Mode"),
    ),
    (Other, ("Simon & Garfunkel", "America"), ("Simon", "America")),
    (Other, ("Sleeping with Sirens", "Roger Rabbit"), ("Sleeping", "Roger Rabbit")),
    (
        Other,
        ("Stealers Wheel", "Stuck in the Middle (With You)"),
        ("Stealers Wheel", "Stuck in the Middle"),
    ),
    // The same recording, sold again.
    (Recording, ("Queen", "Bohemian Rhapsody - Remastered 2011"), ("Queen", "Bohemian Rhapsody")),
    (
        Recording,
        ("Queen", "Bohemian Rhapsody - 2011 Remaster"),
        ("Queen", "Bohemian Rhapsody (Remastered 2011)"),
    ),
    (
        Recording,
        ("Queen", "Bohemian Rhapsody (2011 Mix Remastered)"),
        ("Queen", "Bohemian Rhapsody"),
    ),
    (
        Recording,
        ("Fleetwood Mac", "Dreams - 2004 Remaster"),
        ("Fleetwood Mac", "Dreams [Remastered]"),
    ),
    (Recording, ("Pink Floyd", "Time (2011 Remastered Version)"), ("Pink Floyd", "Time")),
    (Recording, ("Pink Floyd", "Time - 2011 - Remaster"), ("Pink Floyd", "Time")),
    (
        Recording,
        ("The Beach Boys", "God Only Knows - Mono / Remastered"),
        ("The Beach Boys", "God Only Knows"),
    ),
    (
        Recording,
        ("The Beach Boys", "God Only Knows (Mono)"),
        ("The Beach Boys", "God Only Knows - Stereo Mix"),
    ),
    (
        Recording,
        ("The Doors", "Light My Fire (40th Anniversary Edition)"),
        ("The Doors", "Light My Fire"),
    ),
    (Recording, ("Lorde", "Royals (Deluxe Edition)"), ("Lorde", "Royals")),
    (Recording, ("Kendrick Lamar", "HUMBLE. [Explicit]"), ("Kendrick Lamar", "Humble")),
    (Recording, ("CeeLo Green", "Forget You (Clean Version)"), ("CeeLo Green", "Forget You")),
    (Recording, ("Toto", "Africa - Single Version"), ("Toto", "Africa")),
    (Recording, ("Toto", "Africa (Album Version)"), ("Toto", "Africa (LP Version)")),
    (
        Recording,
        ("Coldplay", "Things I Don't Understand (Bonus Track)"),
        ("Coldplay", "Things I Don't Understand"),
    ),
    (Recording, ("Darude", "Sandstorm (Original Mix)"), ("Darude", "Sandstorm")),
    (Recording, ("a-ha", "Take On Me (Official Video) [Remastered in 4K]"), ("A-ha", "Take on Me")),
    (Recording, ("Adele", "Hello (Official Music Video)"), ("Adele", "Hello (Lyrics)")),
    (
        Recording,
        ("Idina Menzel", "Let It Go - From \"Frozen\"/Soundtrack Version"),
        ("Idina Menzel", "Let It Go"),
    ),
    (Recording, ("Smashing Pumpkins", "1979 - Remastered 2012"), ("The Smashing Pumpkins", "1979")),
    (
        Recording,
        ("The Rolling Stones", "(I Can't Get No) Satisfaction - Mono Version"),
        ("The Rolling Stones", "I Can’t Get No Satisfaction"),
    ),
    (
        Recording,
        ("Pink Floyd", "Another Brick in the Wall, Pt. 2"),
        ("Pink Floyd", "Another Brick in the Wall (Part II)"),
    ),
    // One work, another recording.
    (Work, ("Nirvana", "About a Girl"), ("Nirvana", "About a Girl - Live")),
    (Work, ("Nirvana", "About a Girl (MTV Unplugged)"), ("Nirvana", "About a Girl")),
    (Work, ("Nirvana", "Lithium (Live at Reading)"), ("Nirvana", "Lithium - Live")),
    (Recording, ("Nirvana", "Lithium (Live at Reading)"), ("Nirvana", "Lithium - Live At Reading")),
    (Recording, ("Nirvana", "Lithium [live]"), ("Nirvana", "Lithium (Live Version)")),
    (
        Recording,
        ("Dire Straits", "Money for Nothing - Live / Remastered 1996"),
        ("Dire Straits", "Money for Nothing (Live)"),
    ),
    (
        Work,
        ("Jimi Hendrix", "Wild Thing"),
        ("Jimi Hendrix", "Wild Thing - Live at Monterey / June 18, 1967"),
    ),
    (
        Work,
        ("Johnny Cash", "Folsom Prison Blues"),
        (
            "Johnny Cash",
            "Folsom Prison Blues (Live at Folsom State Prison, Folsom, CA - January 1968)",
        ),
    ),
    (Work, ("Ed Sheeran", "Shape of You"), ("Ed Sheeran", "Shape of You (Acoustic)")),
    (
        Recording,
        ("Ed Sheeran", "Shape of You - Acoustic Version"),
        ("Ed Sheeran", "Shape of You [Acoustic]"),
    ),
    (Work, ("Ed Sheeran", "Shape of You (Galantis Remix)"), ("Ed Sheeran", "Shape of You")),
    (
        Work,
        ("Ed Sheeran", "Shape of You (Galantis Remix)"),
        ("Ed Sheeran", "Shape of You (Stormzy Remix)"),
    ),
    (
        Recording,
        ("Ed Sheeran", "Shape of You - Galantis Remix"),
        ("Ed Sheeran", "Shape of You (Galantis Remix)"),
    ),
    (Recording, ("R. Kelly", "Ignition (Remix)"), ("R Kelly", "Ignition - Remix")),
    (Work, ("R. Kelly", "Ignition (Remix)"), ("R. Kelly", "Ignition")),
    (Other, ("R. Kelly", "Remix to Ignition"), ("R. Kelly", "Ignition")),
    (Work, ("Faithless", "Insomnia - Radio Edit"), ("Faithless", "Insomnia")),
    (Recording, ("Faithless", "Insomnia - Radio Edit"), ("Faithless", "Insomnia (Radio Version)")),
    (Work, ("Faithless", "Insomnia (Extended Mix)"), ("Faithless", "Insomnia (Radio Edit)")),
    (
        Recording,
        ("Faithless", "Insomnia (Extended Mix)"),
        ("Faithless", "Insomnia - Extended Version"),
    ),
    (Work, ("Kygo", "Firestone (Instrumental)"), ("Kygo", "Firestone (feat. Conrad Sewell)")),
    (
        Work,
        ("The Beatles", "Across the Universe (Take 2)"),
        ("The Beatles", "Across The Universe - Remastered 2009"),
    ),
    (
        Work,
        ("The Beatles", "Tomorrow Never Knows (2022 Mix)"),
        ("The Beatles", "Tomorrow Never Knows"),
    ),
    (Work, ("Fleetwood Mac", "Dreams (Demo)"), ("Fleetwood Mac", "Dreams (Early Demo)")),
    (Work, ("Taylor Swift", "Love Story (Taylor’s Version)"), ("Taylor Swift", "Love Story")),
    (Work, ("Adele", "Hello (Karaoke Version)"), ("Adele", "Hello")),
    (Work, ("Arctic Monkeys", "505 (BBC Session)"), ("Arctic Monkeys", "505")),
    (Work, ("Lady Gaga", "Bloody Mary (Sped Up)"), ("Lady Gaga", "Bloody Mary")),
    (Work, ("Legião Urbana", "Tempo Perdido (Ao Vivo)"), ("Legiao Urbana", "Tempo Perdido")),
    (Recording, ("Juanes", "La Camisa Negra (En Vivo)"), ("Juanes", "La camisa negra - Live")),
    (
        Work,
        ("椎名林檎", "丸ノ内サディスティック ～Live ver.～"),
        ("椎名林檎", "丸ノ内サディスティック"),
    ),
    (Work, ("宇多田ヒカル", "First Love【Live】"), ("宇多田ヒカル", "First Love")),
    (Work, ("周杰伦", "七里香 (Live版)"), ("周杰伦", "七里香")),
    (Work, ("YOASOBI", "アイドル (TV Size)"), ("YOASOBI", "アイドル")),
    (Recording, ("IU", "좋은 날 (Inst.)"), ("IU", "좋은 날 (Instrumental)")),
    // Other works.
    (Other, ("Leonard Cohen", "Hallelujah"), ("Jeff Buckley", "Hallelujah")),
    (Other, ("Jeff Buckley", "Hallelujah (Leonard Cohen Cover)"), ("Leonard Cohen", "Hallelujah")),
    (Other, ("Wings", "Live and Let Die"), ("Wings", "Let Die")),
    (Other, ("Oasis", "Live Forever"), ("Oasis", "Forever")),
    (
        Other,
        ("Otis Redding", "(Sittin' On) The Dock of the Bay"),
        ("Otis Redding", "The Dock of the Bay"),
    ),
    (
        Other,
        ("Pink Floyd", "Shine On You Crazy Diamond (Pts. 1-5)"),
        ("Pink Floyd", "Shine On You Crazy Diamond (Pts. 6-9)"),
    ),
    (
        Other,
        ("Pink Floyd", "Another Brick in the Wall, Pt. 1"),
        ("Pink Floyd", "Another Brick in the Wall, Pt. 2"),
    ),
    (
        Other,
        ("The Beatles", "Sgt. Pepper's Lonely Hearts Club Band (Reprise)"),
        ("The Beatles", "Sgt. Pepper's Lonely Hearts Club Band"),
    ),
    (
        Other,
        ("John Williams", "Main Title (From \"Jaws\")"),
        ("John Williams", "Main Title (From \"Star Wars\")"),
    ),
    (Other, ("Sabrina Carpenter", "Feather"), ("Sabrina Carpenter", "Her")),
    (Other, ("!!!", "Me and Giuliani"), ("???", "Me and Giuliani")),
    (Other, ("BUMP OF CHICKEN", "ハス"), ("BUMP OF CHICKEN", "バス")),
    (
        Other,
        ("Green Day", "Boulevard of Broken Dreams"),
        ("Green Day", "Holiday / Boulevard of Broken Dreams"),
    ),
];
