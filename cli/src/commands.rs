//! One file a command: arguments in, an answer out.

pub(crate) mod block;
pub(crate) mod demo;
pub(crate) mod evaluate;
pub(crate) mod explain;
pub(crate) mod exposure;
pub(crate) mod factors;
pub(crate) mod fit;
pub(crate) mod history;
pub(crate) mod import;
pub(crate) mod leaning;
pub(crate) mod leave_out;
pub(crate) mod library;
pub(crate) mod listeners;
pub(crate) mod models;
pub(crate) mod onboard;
pub(crate) mod opinion;
pub(crate) mod policy;
pub(crate) mod settings;
pub(crate) mod similar;
pub(crate) mod status;
pub(crate) mod tally;
pub(crate) mod taste;
pub(crate) mod train;
pub(crate) mod trust;
pub(crate) mod tune;
pub(crate) mod weekly;
