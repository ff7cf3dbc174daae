//! What is known of a user: country, age group, …?
//!
//! A delimited table with a header; each line is a user, and each further column an attribute.

use std::path::Path;

use super::columns::USER;
use super::reading::{only_file, text_of};
use super::{Ids, TripleTally};
use crate::read::{Delimiter, Lines, Table, check_roles};
use crate::reject::Place;
use crate::source::{Member, Stop};
use crate::{Column, Error, RejectReason};

/// Attributes of users.
#[derive(Clone, Debug)]
pub struct Attributes {
    /// Users by row.
    pub users: Ids,
    /// Every column but that of users, in the order of the file.
    pub attributes: Vec<Attribute>,
    /// What came of reading them; each line is a user or a reject.
    pub tally: TripleTally,
}

/// One attribute of every user.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// What the header calls it.
    pub name: String,
    /// Its values by row, in the order of first appearance.
    pub values: Ids,
    of_user: Vec<Option<u32>>,
}

impl Attributes {
    /// The attribute of that name, upper and lower case alike.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
    }
}

impl Attribute {
    /// The row of a user's value, where the user has one.
    ///
    /// # Panics
    /// When there is no such user.
    #[must_use]
    pub fn of_user(&self, u: usize) -> Option<u32> {
        self.of_user[u]
    }
}

/// Reads a table of attributes: a file, or what lies alone in a folder or zip.
///
/// Its users are in the column that the caller names by the role `user`, else in one with a usual name; columns without a
/// name are left out, and an empty cell is no value.
/// Where two lines speak of one user, the second is a reject.
///
/// # Errors
/// When the table cannot be read, names no user or no attribute in its first line, or holds no value;
/// [`Error::NoLabels`] tells why.
pub fn read_attributes(source: &Path, columns: &[(String, Column)]) -> Result<Attributes, Error> {
    let (users, attributes, tally) = (Ids::new(), Vec::new(), TripleTally::default());
    let mut read = Attributes { users, attributes, tally };
    only_file(source, &mut |_| {}, &mut |member, _| read_file(member, columns, &mut read))?;
    if read.attributes.iter().all(|attribute| attribute.values.is_empty()) {
        let (path, n_lines) = (source.to_owned(), read.tally.read);
        return Err(Error::NoLabels { path, read: n_lines, first: read.tally.into_first_reject() });
    }
    Ok(read)
}

fn read_file(
    member: Member<'_>,
    named: &[(String, Column)],
    read: &mut Attributes,
) -> Result<(), Stop> {
    let file = &member.name;
    check_roles("a table of attributes", &[USER], named)?;
    let input = match text_of(member.input) {
        Ok(input) => input,
        Err(reason) => {
            read.tally.reject(file, Place::File, reason);
            return Ok(());
        }
    };
    let mut lines = Lines::new(input);
    let (table, user, places) = match lines.next()? {
        None => return Ok(()),
        Some((place, Err(reason))) => {
            read.tally.reject(file, place, reason);
            return Ok(());
        }
        Some((_, Ok(header))) => {
            let table = Table::new(file, header, true, named)?;
            let user = table.need(USER[0], USER)?;
            let (attributes, places) = attributes_of(header, user);
            if attributes.is_empty() {
                return Err(Error::NoAttributes { file: file.clone() }.into());
            }
            read.attributes = attributes;
            (table, user, places)
        }
    };
    while let Some((place, line)) = lines.next()? {
        let taken = line.and_then(|line| table.split(line, false)).and_then(|cells| {
            let values = places.iter().map(|&place| cells[place].trim_ascii());
            read.take(cells[user].trim_ascii(), values)
        });
        match taken {
            Ok(()) => read.tally.read += 1,
            Err(reason) => read.tally.reject(file, place, reason),
        }
    }
    Ok(())
}

/// The attributes that a header names, and where they stand.
fn attributes_of(header: &str, user: usize) -> (Vec<Attribute>, Vec<usize>) {
    let cells = Delimiter::guess(header).split(header).unwrap_or_default();
    let cells = cells.iter().map(|cell| cell.trim()).enumerate();
    let named = cells.filter(|&(place, name)| place != user && !name.is_empty());
    named
        .map(|(place, name)| {
            let (name, values, of_user) = (name.to_owned(), Ids::new(), Vec::new());
            (Attribute { name, values, of_user }, place)
        })
        .unzip()
}

impl Attributes {
    fn take<'v>(
        &mut self,
        user: &str,
        values: impl Iterator<Item = &'v str>,
    ) -> Result<(), RejectReason> {
        if user.is_empty() {
            return Err(RejectReason::MissingField(USER[0]));
        }
        if self.users.find(user).is_some() {
            return Err(RejectReason::RepeatedUser);
        }
        self.users.add(user);
        for (attribute, value) in self.attributes.iter_mut().zip(values) {
            let row = (!value.is_empty()).then(|| attribute.values.add(value));
            attribute.of_user.push(row);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
