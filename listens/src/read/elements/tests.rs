//! Does every sound element come through, and does each broken thing cost one?

use super::{Elements, LONGEST_BYTES};

/// What came: the text of an element, or the short name of its reject.
fn pieces(text: &str, name: Option<&'static str>) -> Vec<String> {
    // A small buffer, so that every mark falls on its edge once.
    let input = std::io::BufReader::with_capacity(7, text.as_bytes());
    let elements = match name {
        None => Elements::of_array(input),
        Some(name) => Elements::under(input, name),
    };
    let mut elements = elements.unwrap().unwrap();
    let mut pieces = Vec::new();
    while let Some((_, element)) = elements.next().unwrap() {
        pieces.push(match element {
            Ok(element) => String::from_utf8(element.trim_ascii().to_vec()).unwrap(),
            Err(reason) => reason.name().to_owned(),
        });
    }
    pieces
}

fn check(text: &str, expected: &[&str]) {
    assert_eq!(pieces(text, None), expected, "{}", &text[..text.len().min(100)]);
}

const A: &str = r#"{"a":1,"b":[2,"]}"]}"#;
const C: &str = r#"{"a":3}"#;
const D: &str = r#"{"a":4}"#;

#[test]
fn a_stray_bracket_costs_the_element_it_stands_in() {
    for broken in [
        r#"{"a":2}]"#,
        r#"{"a":2}}"#,
        r#"{"a":2]}"#,
        r#"{"a":2}]}]"#,
        r#"{"a":2],"b":0}"#,
        r#"{"a":2},"b":{"x":1}}"#,
        r#"{"a":[2]],"b":{"x":1}}"#,
        r#"{"a":[2}"#,
        "}",
    ] {
        // Up to its stray bracket, this one is an element like any other.
        let torn = if broken.starts_with(r#"{"a":2},"#) {
            vec![A, r#"{"a":2}"#, "broken-json", C, D]
        } else {
            vec![A, "broken-json", C, D]
        };
        check(&format!("[{A},{broken},{C},\n{D} ] \n"), &torn);
    }
    check(&format!("[{A},{C}}}]"), &[A, "broken-json"]);
}

#[test]
fn an_element_without_its_end_costs_itself_and_not_those_it_swallows() {
    check(&format!("[{A},{{\"a\":2,{C},{D}]"), &[A, "broken-json", C, D]);
    check(&format!("[{A},{{\"a\":\"2,\n{C},{D}]"), &[A, "broken-json", C, D]);
}

#[test]
fn another_array_behind_the_end_is_read_and_anything_else_is_rejected_once() {
    check(&format!("[{A}]\n[{C},{D}]"), &[A, C, D]);
    check(&format!("[{A}][][{D}]"), &[A, D]);
    check(&format!("[{A}] and, more, of this"), &[A, "trailing"]);
    check(&format!("[{A}]{C},{D}]"), &[A, "trailing", D]);
    check(&format!("[{A},]{C},{D}]"), &[A, "trailing", D]);
    check("[]", &[]);
    check("[] x", &["trailing"]);
}

#[test]
fn a_named_array_ends_where_its_object_goes_on_or_ends() {
    let check = |text: &str, expected: &[&str]| {
        assert_eq!(pieces(text, Some("t")), expected, "{text}");
    };
    check(&format!("{{\"s\":[{D}],\"t\":[{A},{C}],\"u\":[{D}]}}"), &[A, C]);
    check(&format!("{{\"t\":[{A},{C}]}}\n"), &[A, C]);
    check(&format!("{{\"t\":[{A}],\"u\":{{}}}} {{\"t\":[{C}]}}{{\"t\":[{D}]}}"), &[A, C, D]);
    check(&format!("{{\"t\":[{A}]}} x"), &[A, "trailing"]);
    check(&format!("{{\"t\":[{A},{C}],{D}]}}"), &[A, "broken-json", D]);
    check(&format!("{{\"t\":[{A},{C}]}},{D}]}}"), &[A, "broken-json", D]);
}

#[test]
fn an_element_that_is_too_long_costs_only_itself() {
    let long = |end: &str| format!("{{\"a\":\"{}{end}", "x".repeat(2 * LONGEST_BYTES));
    check(&format!("[{A},{},{C},{D}]", long("\",\"b\":[1,2]}")), &[A, "too-large", C, D]);
    // Its own end is missing: what it swallowed is found again.
    check(&format!("[{A},{},{C},{D}]", long("\"")), &[A, "too-large", C, D]);
    check(&format!("[{A},{}", long("")), &[A, "too-large"]);
}
