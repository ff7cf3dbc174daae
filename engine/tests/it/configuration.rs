//! Is the configuration what its page says?

use engine::Config;

fn read(text: &str) -> Result<Config, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("undersong.toml");
    fs_err::write(&path, text).unwrap();
    Config::read(&path).map_err(|error| error.to_string())
}

#[test]
fn the_page_shows_every_key_with_its_default() {
    let page = include_str!("../../../docs/configuration.md");
    let example = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    assert_eq!(read(example).unwrap(), Config::default());
    assert_eq!(read("").unwrap(), Config::default());
}

#[test]
fn a_key_nobody_knows_is_an_error_that_names_it() {
    let error = read("[weekly]\nsiez = 20\n").unwrap_err();
    assert!(error.contains("siez") && error.contains("undersong.toml"), "{error}");
}

#[test]
fn a_value_that_cannot_be_used_says_what_would_do() {
    for (text, expected) in [
        ("timezone = \"Mars/Olympus\"", "IANA name"),
        ("[evidence]\nhalf_life_days = -1", "at least 0"),
        ("[evidence]\nalpha = nan", "positive"),
        ("[weekly]\ndiversity = 2.0", "from 0 to 1"),
        ("[weekly]\nsize = 0", "at least 1"),
        ("[evidence.kinds.dislke]\nvalue = -1", "[evidence.own]"),
        ("[evidence.kinds.like]\nvalue = 2", "from -1 to 1"),
        ("[evidence.own.party]\nconfidence = 2", "value"),
        ("[evidence.cleaning]\nloop = 2", "from 0 to 1"),
        ("[evidence]\nform = \"cubic\"", "bm25"),
        ("[evidence]\nskip_secs = -1", "at least 0"),
        ("[trust]\nfloor = 1.5", "from 0 to 1"),
        ("[index]\nrecall = 0", "above 0"),
        ("[trust]\nleast_accounts = 0", "at least 1"),
        ("[train]\nmodels = [\"ialz\"]", "ials"),
    ] {
        let error = read(text).unwrap_err();
        assert!(error.contains(expected), "{text}: {error}");
    }
}
