//! Is the house in order?

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Longer files hide more than one thing.
const LONGEST_FILE: usize = 500;

/// Licences that a dependency may offer.
const LICENCES: [&str; 12] = [
    "MIT",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "MPL-2.0",
    "ISC",
    "Zlib",
    "Unlicense",
    "CC0-1.0",
    "Unicode-3.0",
    "0BSD",
];

/// Two versions of these are built; each until the crates that ask for the old one move on.
const TWICE: [&str; 1] = ["syn"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn read(path: &str) -> String {
    fs_err::read_to_string(root().join(path)).unwrap()
}

fn cargo(arguments: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO")).args(arguments).current_dir(root()).output().unwrap()
}

/// Every package that is built on this machine.
fn metadata() -> Value {
    let version = Command::new("rustc").arg("-vV").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let output =
        cargo(&["metadata", "--format-version", "1", "--offline", "--filter-platform", host]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Every file of ours with that extension.
fn files(extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs_err::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && name != "target" && !name.starts_with('.') {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

#[test]
fn every_source_file_opens_with_its_question() {
    for path in files("rs") {
        let text = fs_err::read_to_string(&path).unwrap();
        assert!(text.starts_with("//! "), "{} does not open with //!", path.display());
    }
}

#[test]
fn no_source_file_is_too_long() {
    for path in files("rs") {
        let n_lines = fs_err::read_to_string(&path).unwrap().lines().count();
        assert!(n_lines <= LONGEST_FILE, "{} has {n_lines} lines", path.display());
    }
}

#[test]
fn every_path_named_in_the_front_pages_exists() {
    for page in ["README.md", "ARCHITECTURE.md", "CHANGELOG.md"] {
        for link in read(page).split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
            let path = link.split('#').next().unwrap();
            if !path.is_empty() && !path.contains("://") {
                assert!(root().join(path).exists(), "{page} names {path}");
            }
        }
        for quoted in read(page).split('`').skip(1).step_by(2) {
            let is_source = quoted.ends_with(".rs") || quoted.ends_with(".md");
            if is_source && !quoted.contains(char::is_whitespace) {
                assert!(root().join(quoted).exists(), "{page} names {quoted}");
            }
        }
    }
}

/// Room and what it sees, as the table in ARCHITECTURE.md says: `| row | room | question | sees |`.
fn arrows_on_the_page() -> BTreeMap<String, BTreeSet<String>> {
    let quoted =
        |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<BTreeSet<_>>();
    let page = read("ARCHITECTURE.md");
    let rows = page
        .lines()
        .filter(|line| line.starts_with("| "))
        .map(|line| line.split('|').collect::<Vec<_>>());
    rows.filter(|cells| cells.len() == 6 && cells[2].contains('`'))
        .map(|cells| (quoted(cells[2]).pop_first().unwrap(), quoted(cells[4])))
        .collect()
}

#[test]
fn the_arrows_on_the_page_are_the_arrows_of_the_code() {
    let metadata = metadata();
    let mut arrows = BTreeMap::new();
    for package in metadata["packages"].as_array().unwrap() {
        let Some(room) = package["name"].as_str().unwrap().strip_prefix("undersong-") else {
            continue;
        };
        let seen = package["dependencies"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|dependency| dependency["kind"].is_null());
        let seen =
            seen.filter_map(|dependency| dependency["name"].as_str()?.strip_prefix("undersong-"));
        arrows.insert(room.to_owned(), seen.map(str::to_owned).collect::<BTreeSet<_>>());
    }
    assert_eq!(arrows_on_the_page(), arrows);
}

#[test]
fn every_room_inherits_the_lints() {
    for path in files("toml").iter().filter(|path| path.ends_with("Cargo.toml")) {
        let text = fs_err::read_to_string(path).unwrap();
        let is_room = text.contains("[package]");
        assert!(!is_room || text.contains("[lints]\nworkspace = true"), "{}", path.display());
    }
}

#[test]
fn the_pure_rooms_open_no_files() {
    for room in ["linalg", "models", "music", "rank", "formats", "world"] {
        let manifest = read(&format!("{room}/Cargo.toml"));
        let dependencies = manifest.split("[dev-dependencies]").next().unwrap();
        assert!(!dependencies.contains("fs-err"), "{room} opens files");
    }
}

#[test]
fn every_dependency_has_a_licence_we_may_build_on() {
    for package in metadata()["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let licence = package["license"]
            .as_str()
            .unwrap_or_else(|| panic!("{name} names no licence"))
            .replace('/', " OR ");
        let plain = licence.replace(['(', ')'], " ");
        let is_fine = plain
            .split(" OR ")
            .any(|choice| choice.split(" AND ").all(|part| LICENCES.contains(&part.trim())));
        assert!(is_fine, "{name}: {licence}");
    }
}

#[test]
fn no_dependency_is_built_in_two_versions() {
    let lock = read("Cargo.lock");
    let names: Vec<_> =
        lock.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"')).collect();
    let twice: BTreeSet<_> =
        names.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
    assert_eq!(twice, TWICE.into_iter().collect());
}

#[test]
fn the_code_is_formatted() {
    let output = cargo(&["fmt", "--all", "--check"]);
    assert!(output.status.success(), "run cargo fmt:\n{}", String::from_utf8_lossy(&output.stdout));
}
