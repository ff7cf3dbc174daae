//! What has been tried, on disk and in memory?
//!
//! A study is a text file of JSON, one value a line: what it is, then the trials in their order.
//! A line is written when its trial is over, so that a search that was stopped goes on after the last whole line.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use fs_err::{File, OpenOptions};
use models::{Range, Scale, Tunable};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::space::{Setting, Subject};
use super::{Request, Slice};
use crate::Error;

const WHAT: &str = "undersong tune";
const VERSION: u32 = 1;

/// What a study is about; a search goes on only in a study of the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    study: String,
    version: u32,
    /// What is searched, in the order of the models.
    pub models: Vec<Searched>,
    /// The metric that is to be high.
    pub objective: String,
    /// How it is searched.
    pub strategy: String,
    /// The share of each user's liked pairs that is asked for.
    pub validation: f64,
    /// Users of each rung.
    pub listeners: Vec<usize>,
    /// BLAKE3 of the training.
    pub data: String,
    /// Where all chance comes from.
    pub seed: u64,
}

/// A model and where good settings of it are looked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Searched {
    /// The model string, as it came.
    pub model: String,
    /// Its parameters.
    pub space: Vec<Dimension>,
}

/// A parameter and where it is searched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dimension {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    low: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    high: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scale: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Vec<String>>,
}

/// How a trial came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// What the model string leaves open has its default.
    Defaults,
    /// A setting that was not tried before.
    Drawn,
    /// One that did well on fewer users.
    Promoted,
    /// A member of a population, after some rounds.
    Member,
    /// Where a population ended, trained anew.
    Settled,
    /// One of the best, judged again by another slice.
    Confirmed,
}

/// A setting, and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trial {
    /// Counted from 1.
    pub trial: usize,
    /// The model string.
    pub model: String,
    /// What was searched, by name.
    pub parameters: BTreeMap<String, Value>,
    /// Which of the models of the study it is, from 0.
    pub of: usize,
    /// How it came to be.
    pub kind: Kind,
    /// The trial that it goes on from: promoted, or copied by a member.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub from: Option<usize>,
    /// Of a search by stages, which; from 0.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub stage: Option<usize>,
    /// Of a population, which member; from 0.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub member: Option<usize>,
    /// Of a setting judged again, which of the other slices; from 0.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cut: Option<usize>,
    /// From few users, 0, to all.
    pub rung: usize,
    /// Users learned from.
    pub listeners: usize,
    /// How often the training went over what was heard, where a model does so.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub iterations: Option<usize>,
    /// The metric; `null` where nothing could be judged.
    pub score: Option<f64>,
    /// The lower end of its 95 % interval.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub low: Option<f64>,
    /// The upper end.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub high: Option<f64>,
    /// Why nothing could be judged.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub failure: Option<String>,
    /// What it took.
    pub seconds: f64,
}

/// The trials so far.
#[derive(Debug)]
pub struct Study {
    /// What it is about.
    pub header: Header,
    /// In their order.
    pub trials: Vec<Trial>,
    file: Option<File>,
}

impl Header {
    /// Of what is to be searched.
    #[must_use]
    pub fn of(request: &Request, slice: &Slice) -> Self {
        let searched = |subject: &Subject| Searched {
            model: subject.text.clone(),
            space: subject.space.iter().map(Dimension::of).collect(),
        };
        Self {
            study: WHAT.to_owned(),
            version: VERSION,
            models: request.subjects.iter().map(searched).collect(),
            objective: request.goal.name.clone(),
            strategy: request.strategy.name().to_owned(),
            validation: slice.share,
            listeners: slice.rungs.iter().map(|rung| rung.task.heard.n_rows()).collect(),
            data: slice.fingerprint.clone(),
            seed: request.seed,
        }
    }

    /// The first thing that is not the same: what, here and there.
    fn difference(&self, other: &Self) -> Option<(&'static str, String, String)> {
        let texts = |header: &Self| {
            let json = |value: Value| value.to_string();
            [
                ("version", header.version.to_string()),
                // The seed comes before the data, as it cuts them.
                ("seed", header.seed.to_string()),
                ("objective", header.objective.clone()),
                ("strategy", header.strategy.clone()),
                ("validation share", header.validation.to_string()),
                ("space", json(serde_json::to_value(&header.models).unwrap_or_default())),
                ("data", header.data.clone()),
                ("listeners", format!("{:?}", header.listeners)),
            ]
        };
        let pairs = texts(self).into_iter().zip(texts(other));
        let mut different = pairs.filter(|((_, here), (_, there))| here != there);
        different.next().map(|((what, here), (_, there))| (what, here, there))
    }
}

impl Dimension {
    fn of(tunable: &Tunable) -> Self {
        let name = tunable.name.clone();
        match &tunable.range {
            Range::Values(values) => {
                Self { name, low: None, high: None, scale: None, values: Some(values.clone()) }
            }
            &Range::Numbers { low, high, scale, .. } => {
                let scale = match scale {
                    Scale::Linear => "linear",
                    Scale::Log => "log",
                };
                let scale = Some(scale.to_owned());
                Self { name, low: Some(low), high: Some(high), scale, values: None }
            }
        }
    }
}

impl Study {
    /// A study that no file keeps.
    #[must_use]
    pub fn unkept(header: Header) -> Self {
        Self { header, trials: Vec::new(), file: None }
    }

    /// The study of a file, or a new one where there is none.
    ///
    /// # Errors
    /// When the file cannot be read or written, is no study, or one of something else.
    pub fn open(path: &Path, header: Header) -> Result<Self, Error> {
        let text = match fs_err::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(source) => return Err(Error::Io { source }),
        };
        // A line that was not finished is a trial that was not, and goes.
        let whole = text.rfind('\n').map_or(0, |last| last + 1);
        let trials = if whole == 0 { Vec::new() } else { read(path, &text[..whole], &header)? };
        let io = |source| Error::Io { source };
        let mut file =
            OpenOptions::new().create(true).write(true).truncate(false).open(path).map_err(io)?;
        file.set_len(whole as u64).map_err(io)?;
        std::io::Seek::seek(&mut file, std::io::SeekFrom::End(0)).map_err(io)?;
        let mut study = Self { header, trials, file: Some(file) };
        if whole == 0 {
            let line = serde_json::to_string(&study.header).expect("a header has plain keys");
            study.write(&line)?;
        }
        Ok(study)
    }

    /// Adds a trial, in the file too.
    pub(super) fn push(&mut self, trial: Trial) -> Result<(), Error> {
        let line = serde_json::to_string(&trial).expect("a trial has plain keys");
        self.write(&line)?;
        self.trials.push(trial);
        Ok(())
    }

    fn write(&mut self, line: &str) -> Result<(), Error> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let written = file.write_all(format!("{line}\n").as_bytes()).and_then(|()| file.flush());
        written.map_err(|source| Error::Io { source })
    }

    /// The trials of one model, without those that judge again.
    pub(super) fn of_model(&self, of: usize) -> Vec<&Trial> {
        self.searched().filter(|trial| trial.of == of).collect()
    }

    /// The trials without those that judge again: what a budget counts.
    pub fn searched(&self) -> impl Iterator<Item = &Trial> {
        self.trials.iter().filter(|trial| trial.kind != Kind::Confirmed)
    }

    /// Settings judged by all users after a whole training.
    pub(super) fn whole(&self) -> impl Iterator<Item = &Trial> {
        let top = self.header.listeners.len() - 1;
        self.searched().filter(move |trial| {
            trial.rung == top && trial.kind != Kind::Member && trial.score.is_some()
        })
    }

    /// The trial that judged a setting again.
    pub(super) fn confirmation(&self, of: &Trial, cut: usize) -> Option<&Trial> {
        let is_it = |trial: &&Trial| trial.cut == Some(cut) && trial.model == of.model;
        self.trials.iter().find(is_it)
    }

    /// The mean score of a setting over the other slices; `None` where one did not judge it.
    #[must_use]
    pub fn confirmed(&self, of: &Trial) -> Option<f64> {
        let n_cuts = self.trials.iter().filter_map(|trial| trial.cut).max()? + 1;
        let scores = (0..n_cuts).map(|cut| self.confirmation(of, cut)?.score);
        let sum = scores.sum::<Option<f64>>()?;
        Some(sum / n_cuts as f64)
    }

    /// The setting of the highest mean over the other slices, or of the best score where they were not asked.
    #[must_use]
    pub fn winner(&self) -> Option<&Trial> {
        let scored = self.whole().filter_map(|trial| Some((self.confirmed(trial)?, trial)));
        let winner = scored.reduce(|best, other| if other.0 > best.0 { other } else { best });
        winner.map(|(_, trial)| trial).or_else(|| self.best())
    }

    /// The defaults of a model, judged by all users.
    #[must_use]
    pub fn defaults(&self, of: usize) -> Option<&Trial> {
        self.of_model(of).into_iter().find(|trial| trial.kind == Kind::Defaults)
    }

    /// The best setting among those judged by all users after a whole training; the first of several.
    #[must_use]
    pub fn best(&self) -> Option<&Trial> {
        best(self.whole())
    }

    /// Likewise of one model.
    #[must_use]
    pub fn best_of(&self, of: usize) -> Option<&Trial> {
        best(self.whole().filter(|trial| trial.of == of))
    }
}

fn best<'a>(whole: impl Iterator<Item = &'a Trial>) -> Option<&'a Trial> {
    let scored = whole.filter_map(|trial| Some((trial.score?, trial)));
    let best = scored.reduce(|best, other| if other.0 > best.0 { other } else { best });
    best.map(|(_, trial)| trial)
}

impl Trial {
    /// The values of a space; what it did not search has its default.
    pub(super) fn setting(&self, subject: &Subject) -> Setting {
        let pairs = subject.space.iter().zip(subject.default_setting());
        let value =
            |(tunable, default): (&Tunable, String)| match self.parameters.get(&tunable.name) {
                Some(Value::String(text)) => text.clone(),
                Some(value) => value.to_string(),
                None => default,
            };
        pairs.map(value).collect()
    }
}

/// A setting by name; numbers where they are numbers.
pub(super) fn parameters(subject: &Subject, setting: &Setting) -> BTreeMap<String, Value> {
    let value = |text: &String| serde_json::from_str(text).unwrap_or_else(|_| text.clone().into());
    let pairs = subject.space.iter().zip(setting);
    pairs.map(|(tunable, text)| (tunable.name.clone(), value(text))).collect()
}

fn read(path: &Path, text: &str, header: &Header) -> Result<Vec<Trial>, Error> {
    let path: PathBuf = path.into();
    let mut lines = text.lines().zip(1..);
    let bad = |line: usize, source| Error::BadStudy { path: path.clone(), line, source };
    let (first, _) = lines.next().unwrap_or_default();
    let found: Header = serde_json::from_str(first).map_err(|source| bad(1, source))?;
    if let Some((what, expected, got)) = header.difference(&found) {
        return Err(Error::OtherStudy { path, what, expected, got });
    }
    lines.map(|(line, n)| serde_json::from_str(line).map_err(|source| bad(n, source))).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Header, Kind, Study, Trial, VERSION, WHAT};

    fn header(seed: u64) -> Header {
        Header {
            study: WHAT.to_owned(),
            version: VERSION,
            models: Vec::new(),
            objective: "ndcg@20".to_owned(),
            strategy: "joint".to_owned(),
            validation: 0.2,
            listeners: vec![10, 30],
            data: "00".to_owned(),
            seed,
        }
    }

    fn trial(trial: usize, rung: usize, kind: Kind, score: Option<f64>) -> Trial {
        Trial {
            trial,
            model: "ials".to_owned(),
            parameters: BTreeMap::from([
                ("reg".to_owned(), 0.5.into()),
                ("dim".to_owned(), 8.into()),
            ]),
            of: 0,
            kind,
            from: None,
            stage: None,
            member: None,
            cut: None,
            rung,
            listeners: 10,
            iterations: Some(4),
            score,
            low: score,
            high: score,
            failure: None,
            seconds: 0.25,
        }
    }

    #[test]
    fn a_file_gives_back_its_trials_without_the_line_that_was_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("study");
        let mut study = Study::open(&path, header(1)).unwrap();
        let trials = [trial(1, 1, Kind::Defaults, Some(0.125)), trial(2, 0, Kind::Drawn, None)];
        for trial in &trials {
            study.push(trial.clone()).unwrap();
        }
        let whole = fs_err::read_to_string(&path).unwrap();
        fs_err::write(&path, format!("{whole}{{\"trial\":3,\"mod")).unwrap();
        assert_eq!(Study::open(&path, header(1)).unwrap().trials, trials);
        assert_eq!(fs_err::read_to_string(&path).unwrap(), whole);
        let other = Study::open(&path, header(2)).unwrap_err().to_string();
        assert!(other.contains("seed 2 expected, got 1"), "{other}");
        fs_err::write(&path, "user,item\n").unwrap();
        let none = Study::open(&path, header(1)).unwrap_err().to_string();
        assert!(none.contains("line 1"), "{none}");
    }

    #[test]
    fn the_best_was_judged_by_all_after_a_whole_training() {
        let mut study = Study::unkept(header(1));
        assert_eq!(study.best(), None);
        for (n, (rung, kind, score)) in [
            (1, Kind::Defaults, Some(0.1)),
            (0, Kind::Drawn, Some(0.9)),
            (1, Kind::Member, Some(0.8)),
            (1, Kind::Promoted, Some(0.3)),
            (1, Kind::Promoted, Some(0.3)),
            (1, Kind::Promoted, None),
        ]
        .into_iter()
        .enumerate()
        {
            study.push(trial(n + 1, rung, kind, score)).unwrap();
        }
        assert_eq!(study.best().map(|trial| trial.trial), Some(4));
        assert_eq!(study.defaults(0).map(|trial| trial.trial), Some(1));
        // All trials here have the same model string; with one of its own a setting can be confirmed alone.
        study.trials[0].model = "defaults".to_owned();
        for (model, cut, score) in [("defaults", 0, 0.25), ("ials", 0, 0.125), ("defaults", 1, 0.5)]
        {
            let mut again = trial(9, 1, Kind::Confirmed, Some(score));
            (again.model, again.cut) = (model.to_owned(), Some(cut));
            study.push(again).unwrap();
        }
        // (0.25 + 0.5)/2, and the other was not judged by both.
        assert_eq!(study.confirmed(&study.trials[0]), Some(0.375));
        assert_eq!(study.confirmed(&study.trials[3]), None);
        assert_eq!(study.winner().map(|trial| trial.trial), Some(1));
    }
}
