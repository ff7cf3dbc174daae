//! Is what the lists did to artists and listeners told?

use crate::binary::{Place, text};

#[test]
fn the_report_is_of_the_newest_week_with_lists_and_fits_a_terminal() {
    let place = Place::new();
    let log = place.log(40, 8);
    place.says(&["import", text(&log)]);
    let complaint = place.refuses(1, &["exposure"]);
    assert!(complaint.contains("weekly --all"), "{complaint}");
    place.says(&["train", "--model", "ials:dim=16,iterations=5"]);
    for week in ["2027-W05", "2027-W06"] {
        place.says(&["weekly", "--all", "--week", week, "--json"]);
    }
    let told = place.refuses(1, &["exposure", "--week", "2027-W07"]);
    assert!(told.contains("2027-W07"), "{told}");
    let report = place.answers(&["exposure"]);
    assert_eq!((&report["week"], &report["groups"]), (&"2027-W06".into(), &serde_json::json!([])));
    assert!(report["before"]["gini"].as_f64().unwrap() > 0.0, "{report}");
    assert!(place.answers(&["exposure", "--week", "2027-W05"])["before"].is_null());
    let name = report["over"][0]["name"].as_str().unwrap();
    let table = place.says(&["exposure"]);
    for expected in
        [name, "Gini coefficient", "Less than due", "mainstream", "A price is taken", "opened yet."]
    {
        assert!(table.contains(expected), "{expected} expected in {table}");
    }
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");

    let id = report["over"][0]["artist"].to_string();
    assert!(id.parse::<u64>().is_ok(), "{id}");
    let listeners = place.answers(&["listeners"]);
    let name = listeners["listeners"][0]["name"].as_str().unwrap();
    let list = place.answers(&["weekly", "--listener", name, "--week", "2027-W06"]);
    let line = list["tracks"][0]["recording"].to_string();
    let why = ["explain", "recommendation", "--listener", name, "--recording", &line];
    let why = [&why[..], &["--week", "2027-W06"]].concat();
    assert!(place.answers(&why)["in_common"].as_array().is_some_and(|parts| !parts.is_empty()));
    let told = place.says(&why);
    assert!(told.contains("\nIn common    "), "{told}");
}
