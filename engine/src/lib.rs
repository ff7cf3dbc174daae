//! A listener and a week: what is the playlist? A log: what is the snapshot?
//!
//! The rooms below answer one question each; here the answers are put together.
//! [`weekly`] tells the path from a listener and a week to a playlist, [`train`] the one from a log to a snapshot.

mod bare;
mod belief;
mod blend;
mod blocks;
mod catalogue;
mod choose;
mod company;
mod config;
mod crowd;
mod curate;
mod derivation;
mod describe;
mod dimensions;
mod doubted;
mod error;
mod everyone;
mod evidence;
mod exposure;
mod exposure_report;
mod factors;
mod facts;
mod features;
mod find;
mod firewall;
mod folder;
mod forget;
mod grounds;
mod import;
mod impute;
mod jams;
mod ledger;
mod lifts;
mod links;
mod maker;
mod moments;
mod observer;
mod off_limits;
mod onboarding;
mod operator;
mod pace;
mod pairs;
mod places;
mod portrait;
mod reception;
mod regions;
mod rejects;
mod retrieve;
mod scores;
mod similar;
mod snapshot;
mod sources;
mod space;
mod survey;
mod taste;
mod taste_report;
mod train;
mod weekly;
mod wishes;

pub use bare::{Bare, believe, check_vacant, item_id};
pub use blend::BlendRequest;
pub use company::InCommon;
pub use config::{Config, SourceQuotas, Train, VarietyKind, Weekly};
pub use derivation::{Counterfactual, Derivation, LiftParts, ListLine, RegionScore, Stages};
pub use dimensions::{Dimension, Dimensions, End, Named, dimensions};
pub use error::Error;
pub use everyone::{Outcome, Whose};
pub use evidence::{Explained, evidence};
pub use exposure_report::{ExposureReport, SharedOut, Shares, SubjectReport, exposure_report};
pub use factors::{Exported, export_factors, import_factors};
pub use features::{features, tag_word};
pub use find::{artist as find_artist, recording as find_recording};
pub use folder::{Folder, Lock};
pub use forget::{forget, undo};
pub use grounds::{Judged, ToldGround};
pub use import::{ImportRequest, Imported, ME, import};
pub use impute::tags;
pub use ledger::history;
pub use maker::Maker;
pub use moments::Detail;
pub use observer::{Observer, Unobserved};
pub use off_limits::HardRule;
pub use onboarding::{OnboardRequest, Onboarded, PickedArtist, onboard, onboarded};
pub use operator::{NamedTally, UnknownLine, import_library, import_policy};
pub use pace::{Pace, pace};
pub use pairs::{OnDoubt, Pairs, Reading, Undated, pairs};
pub use reception::{Reception, ThirdReport};
pub use rejects::RejectLine;
pub use similar::{Alike, Subject, similar};
pub use snapshot::{Fitted, Manifest, Snapshot, current_id, read_manifest};
pub use survey::{Survey, lengths, survey, trust};
pub use taste_report::{MemberReport, RegionReport, TasteReport};
pub use train::{TRAINED, TrainRequest, detail, is_behind, snapshot_as_of, train};
pub use weekly::{Mode, Scorer, WeeklyRequest, timezone, weekly};
pub use wishes::kinds;

/// The examples of ARCHITECTURE.md are compiled.
#[cfg(doctest)]
#[doc = include_str!("../../ARCHITECTURE.md")]
pub struct Architecture;
