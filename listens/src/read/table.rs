//! Which column of a delimited file plays which role?

use std::borrow::Cow;

use music::ItemKind;

use super::delimited::Delimiter;
use super::fields::{Fields, Names};
use super::intake::Intake;
use super::lines::Lines;
use crate::reject::Place;
use crate::source::{Input, Stop};
use crate::{Column, Error, RejectReason};

/// The columns of one file.
pub(crate) struct Table {
    pub(crate) delimiter: Delimiter,
    /// Cells of the first line.
    pub(crate) width: usize,
    /// Role and column from 0: those the caller named first, then the names of the first line in lower case.
    columns: Vec<(String, usize)>,
    file: String,
    first_line: String,
}

impl Table {
    /// The columns of a file by its first line, which is a header or not.
    pub(crate) fn new(
        file: &str,
        first_line: &str,
        is_header: bool,
        named: &[(String, Column)],
    ) -> Result<Self, Error> {
        let delimiter = Delimiter::guess(first_line);
        let cells = delimiter.split(first_line).unwrap_or_default();
        let header: Vec<&str> = cells.iter().map(|cell| cell.trim()).collect();
        let mut columns = Vec::new();
        for (role, column) in named {
            let found = match column {
                Column::Number(number) => number.checked_sub(1).filter(|at| *at < header.len()),
                Column::Name(_) if !is_header => None,
                Column::Name(name) => {
                    header.iter().position(|cell| cell.eq_ignore_ascii_case(name))
                }
            };
            let missing = || Error::NoSuchColumn {
                file: file.to_owned(),
                column: column.to_string(),
                header: shown(first_line),
            };
            columns.push((role.clone(), found.ok_or_else(missing)?));
        }
        if is_header {
            columns.extend(header.iter().enumerate().map(|(at, cell)| (cell.to_lowercase(), at)));
        }
        Ok(Self {
            delimiter,
            width: cells.len(),
            columns,
            file: file.to_owned(),
            first_line: shown(first_line),
        })
    }

    /// The column of a role that may go by several names, the best first.
    pub(crate) fn column(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| Some(self.columns.iter().find(|(role, _)| role == name)?.1))
    }

    /// The same, for a column that must be there.
    pub(crate) fn need(&self, role: &'static str, names: &[&str]) -> Result<usize, Error> {
        self.column(names).ok_or_else(|| Error::MissingColumn {
            file: self.file.clone(),
            role,
            header: self.first_line.clone(),
        })
    }

    /// What stands in a column of items, by its name in the file.
    pub(super) fn items_of(&self, column: usize) -> ItemKind {
        let is_artist =
            self.columns.iter().any(|(name, at)| *at == column && name.contains("artist"));
        if is_artist { ItemKind::Artists } else { ItemKind::Recordings }
    }

    /// The cells of a line; `may_spill` lets further cells follow the last column.
    pub(crate) fn split<'l>(
        &self,
        line: &'l str,
        may_spill: bool,
    ) -> Result<Vec<Cow<'l, str>>, RejectReason> {
        let cells = self.delimiter.split(line)?;
        if cells.len() == self.width || (may_spill && cells.len() > self.width) {
            return Ok(cells);
        }
        Err(RejectReason::WrongColumns { expected: self.width, got: cells.len() })
    }
}

/// Refuses a column given to a role that such a table does not have.
pub(crate) fn check_roles(
    table: &'static str,
    known: &[Names],
    named: &[(String, Column)],
) -> Result<(), Error> {
    let is_known = |role: &str| known.iter().any(|names| names.contains(&role));
    match named.iter().find(|(role, _)| !is_known(role)) {
        None => Ok(()),
        Some((role, _)) => {
            let known = known.iter().map(|names| names[0]).collect::<Vec<_>>().join(", ");
            Err(Error::NoSuchRole { table, role: role.clone(), known })
        }
    }
}

/// What is done with each row of a table.
pub(super) type OnFields<'f> =
    dyn FnMut(&mut Intake<'_>, Place, &Fields<'_>) -> Result<(), Stop> + 'f;

/// Calls `on_row` with each line below the header; `on_table` meets the header first and says whether cells may follow the last column.
pub(super) fn each_row(
    input: &mut Input<'_>,
    intake: &mut Intake<'_>,
    on_table: &dyn Fn(&Table) -> Result<bool, Error>,
    on_row: &mut OnFields<'_>,
) -> Result<(), Stop> {
    let mut lines = Lines::new(input);
    let table = match lines.next()? {
        None => return Ok(()),
        Some((place, Err(reason))) => return intake.reject(place, reason),
        Some((_, Ok(header))) => Table::new(intake.file(), header, true, &intake.options.columns)?,
    };
    let may_spill = on_table(&table)?;
    while let Some((place, line)) = lines.next()? {
        match line.and_then(|line| table.split(line, may_spill)) {
            Ok(cells) => on_row(intake, place, &Fields::Row { table: &table, cells: &cells })?,
            Err(reason) => intake.reject(place, reason)?,
        }
    }
    Ok(())
}

/// The first line, short enough for a sentence.
fn shown(first_line: &str) -> String {
    first_line.trim().chars().take(200).map(|c| if c.is_control() { ' ' } else { c }).collect()
}
