//! How does an index, or what changed in it, become bytes and an index again?

use std::io::{self, Write};
use std::sync::{Arc, OnceLock};

use bytemuck::cast_slice;
use linalg::LANES;

use crate::codes::{Encoded, LONGEST};
use crate::delta::Delta;
use crate::error::Error;
use crate::exact::Exact;
use crate::file::{self, Checksum, Content, Kind, Sections};
use crate::index::{Base, Index, Layout};
use crate::lists::Lists;
use crate::places::{Places, number};
use crate::search::{Search, Similarity};
use crate::section::{Bytes, Section};
use crate::stored::{Precision, Stored};

/// Choices by the number that stands for them in a file.
const SIMILARITIES: [Similarity; 2] = [Similarity::Dot, Similarity::Cosine];
const PRECISIONS: [Precision; 3] = [Precision::Single, Precision::Half, Precision::Byte];

/// Lengths and choices of a base, in the order in which they are written.
struct Shape {
    dim: u64,
    n_places: u64,
    n_bounded: u64,
    similarity: u64,
    precision: u64,
    list_rows: u64,
    effort: u64,
    first_row: u64,
}

impl Shape {
    fn numbers(&self) -> [u64; 8] {
        let Self { dim, n_places, n_bounded, similarity, precision, list_rows, effort, first_row } =
            *self;
        [dim, n_places, n_bounded, similarity, precision, list_rows, effort, first_row]
    }

    fn of(numbers: &[u64]) -> Option<Self> {
        let [dim, n_places, n_bounded, similarity, precision, list_rows, effort, first_row] =
            *numbers.as_array()?;
        Some(Self { dim, n_places, n_bounded, similarity, precision, list_rows, effort, first_row })
    }
}

impl Index {
    /// Writes the rows as they were laid out; what changed since is written by [`Index::write_changes`].
    ///
    /// # Errors
    /// What `out` says.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let shape = self.base.shape(self.effort);
        let shape: &[u8] = cast_slice(&shape);
        let mut sections = vec![(Kind::Shape, shape, file::checksum(shape))];
        let rest = self.base.sections().into_iter().zip(self.base.checksums());
        sections.extend(rest.map(|((kind, bytes), (_, checksum))| (kind, bytes, *checksum)));
        file::write(Content::Index, &sections, out)
    }

    /// Writes everything that changed since the rows were laid out; a later one takes the place of an earlier one.
    ///
    /// [`Index::n_changes`] numbers it.
    ///
    /// # Errors
    /// What `out` says.
    pub fn write_changes(&self, out: &mut impl Write) -> io::Result<()> {
        let base = self.checksum();
        let (added, vectors) = self.delta.added(self.dim());
        let all = &self.base.all;
        let gone = (0..number(all.n_places())).filter(|&place| !self.is_live(place));
        let mut gone: Vec<u32> = gone.map(|place| all.places.row_at[place as usize]).collect();
        gone.sort_unstable();
        let shape = [self.dim() as u64, self.delta.n_changes];
        let sections: [(Kind, &[u8]); 5] = [
            (Kind::Shape, cast_slice(&shape)),
            (Kind::Base, &base),
            (Kind::Gone, cast_slice(&gone)),
            (Kind::Added, cast_slice(&added)),
            (Kind::Vectors, cast_slice(vectors.as_slice())),
        ];
        let sections = sections.map(|(kind, bytes)| (kind, bytes, file::checksum(bytes)));
        file::write(Content::Changes, &sections, out)
    }

    /// An index that is read where it lies; every byte is checked first. O(bytes), parallel.
    ///
    /// No rows are copied where bytes begin at a multiple of 64, as those of a mapped file do; what lists promise is.
    ///
    /// # Errors
    /// [`Error`] says what is wrong with the bytes.
    pub fn open(bytes: &Bytes) -> Result<Self, Error> {
        let sections = Sections::read(bytes, Content::Index)?;
        let damaged = |what| Error::Damaged { what };
        let shape = sections.section::<u64>(Kind::Shape)?;
        let shape = Shape::of(&shape).ok_or(damaged("its shape is unknown"))?;
        let base = Base::read(&sections, &shape)?;
        let effort = usize::try_from(shape.effort).unwrap_or(usize::MAX);
        Ok(Self::from_base(base, effort))
    }

    /// What changed since the rows were laid out, in place of what is known to have changed.
    ///
    /// # Errors
    /// [`Error`] says what is wrong with the bytes, or that they are those of another index.
    pub fn with_changes(self, bytes: &Bytes) -> Result<Self, Error> {
        let sections = Sections::read(bytes, Content::Changes)?;
        let shape = sections.section::<u64>(Kind::Shape)?;
        let [gone, added] = [Kind::Gone, Kind::Added].map(|kind| sections.section::<u32>(kind));
        let (gone, added) = (gone?, added?);
        let vectors = sections.section::<f32>(Kind::Vectors)?;
        if *sections.section::<u8>(Kind::Base)? != self.checksum() {
            return Err(Error::OtherBase);
        }
        let dim = self.dim();
        let n_changes = match *shape {
            [of_row, n_changes] if of_row == dim as u64 => n_changes,
            _ => return Err(Error::Damaged { what: "its shape is unknown" }),
        };
        let ascend = |rows: &[u32]| rows.windows(2).all(|pair| pair[0] < pair[1]);
        if Some(vectors.len()) != added.len().checked_mul(dim) {
            return Err(Error::Damaged { what: "there is not a vector a row" });
        }
        let mut index = Self { delta: Delta::default(), ..self };
        if !ascend(&gone) || !ascend(&added) || !gone.iter().all(|row| index.remove(*row)) {
            return Err(Error::Damaged { what: "its changes contradict each other" });
        }
        for (at, row) in added.iter().enumerate() {
            if index.has(*row) {
                return Err(Error::Damaged { what: "its changes contradict each other" });
            }
            let vector = &vectors[at * dim..(at + 1) * dim];
            index.delta.add(*row, vector, index.base.layout.similarity);
        }
        // What is counted here are steps that were taken at once.
        if n_changes < index.delta.n_changes || n_changes == u64::MAX {
            return Err(Error::Damaged { what: "its changes are counted wrong" });
        }
        index.delta.n_changes = n_changes;
        Ok(index)
    }

    /// What tells the rows as they were laid out from any others, whatever the effort. O(bytes) the first time.
    #[must_use]
    pub fn checksum(&self) -> [u8; 32] {
        let shape = self.base.shape(0);
        let mut all = cast_slice::<u64, u8>(&shape).to_vec();
        for (kind, checksum) in self.base.checksums() {
            all.extend_from_slice(&(*kind as u64).to_le_bytes());
            all.extend_from_slice(checksum);
        }
        file::checksum(&all)
    }
}

impl Base {
    fn shape(&self, effort: usize) -> [u64; 8] {
        let Self { layout, all, .. } = self;
        let shape = Shape {
            dim: all.dim as u64,
            n_places: all.n_places() as u64,
            n_bounded: u64::from(all.n_bounded),
            similarity: number_of(&layout.similarity, &SIMILARITIES),
            precision: number_of(&layout.precision, &PRECISIONS),
            list_rows: layout.list_rows as u64,
            effort: effort as u64,
            first_row: u64::from(all.places.first_row),
        };
        shape.numbers()
    }

    /// The checksum of each section but the shape, computed when they are first asked for.
    fn checksums(&self) -> &[(Kind, Checksum)] {
        self.checksums.get_or_init(|| {
            let sections = self.sections().into_iter();
            sections.map(|(kind, bytes)| (kind, file::checksum(bytes))).collect()
        })
    }

    /// All sections but the shape.
    fn sections(&self) -> Vec<(Kind, &[u8])> {
        let (all, lists) = (&self.all, &self.lists);
        let mut sections: Vec<(Kind, &[u8])> = Vec::new();
        match &all.stored {
            Stored::Single(rows) => sections.push((Kind::Single, cast_slice(rows))),
            Stored::Half(rows) => sections.push((Kind::Half, cast_slice(rows))),
            Stored::Byte => {}
        }
        sections.extend([
            (Kind::Quads, cast_slice(&all.encoded.quads)),
            (Kind::Panels, cast_slice(&all.encoded.panels)),
            (Kind::RowAt, cast_slice(&all.places.row_at)),
            (Kind::PlaceOf, cast_slice(&all.places.place_of)),
            (Kind::Starts, cast_slice(&lists.starts)),
            (Kind::Promises, cast_slice(&lists.promises)),
        ]);
        sections
    }

    fn read(sections: &Sections<'_>, shape: &Shape) -> Result<Self, Error> {
        let damaged = |what| Error::Damaged { what };
        let number =
            |x: u64| u32::try_from(x).map_err(|_too_large| damaged("a number is too large"));
        let similarity = of_number(shape.similarity, &SIMILARITIES)
            .ok_or(damaged("its similarity is unknown"))?;
        let precision =
            of_number(shape.precision, &PRECISIONS).ok_or(damaged("its precision is unknown"))?;
        let stored = match precision {
            Precision::Single => Stored::Single(sections.section(Kind::Single)?),
            Precision::Half => Stored::Half(sections.section(Kind::Half)?),
            Precision::Byte => Stored::Byte,
        };
        let encoded = Encoded {
            quads: sections.section(Kind::Quads)?,
            panels: sections.section(Kind::Panels)?,
        };
        let first_row = number(shape.first_row)?;
        let places = Places::known(
            sections.section(Kind::RowAt)?,
            first_row,
            sections.section(Kind::PlaceOf)?,
        );
        let dim = number(shape.dim)? as usize;
        let n_bounded = number(shape.n_bounded)?;
        let starts: Section<u32> = sections.section(Kind::Starts)?;
        let promises: Section<f32> = sections.section(Kind::Promises)?;
        let n_lists = starts.len().checked_sub(1).ok_or(damaged("its lists are missing"))?;
        let list_rows = usize::try_from(shape.list_rows).unwrap_or(usize::MAX);
        if Some(promises.len()) != n_lists.checked_mul(dim + 1)
            || places.len() as u64 != shape.n_places
            || list_rows < 2
        {
            return Err(damaged("a section has another length"));
        }
        let all =
            Exact { dim, similarity, places, stored, encoded, n_bounded, token: Arc::default() };
        let flaw = all.flaw().or_else(|| Lists::flaw(&starts, &promises, n_bounded));
        flaw.map_or(Ok(()), |what| Err(damaged(what)))?;
        let layout = Layout { similarity, precision, list_rows };
        let lists = Lists::of(dim, starts, promises);
        let base = Self { layout, all, lists, checksums: OnceLock::new() };
        let kinds = base.sections().into_iter().map(|(kind, _)| kind);
        let known: Option<Vec<_>> =
            kinds.map(|kind| Some((kind, sections.checksum(kind)?))).collect();
        let known = known.ok_or(damaged("a section is missing"))?;
        base.checksums.get_or_init(|| known);
        Ok(base)
    }
}

fn number_of<T: PartialEq>(choice: &T, all: &[T]) -> u64 {
    all.iter().position(|other| other == choice).expect("every choice has a number") as u64
}

fn of_number<T: Copy>(number: u64, all: &[T]) -> Option<T> {
    all.get(usize::try_from(number).ok()?).copied()
}

impl Exact {
    /// What is wrong, if anything, with lengths, places and bounds.
    fn flaw(&self) -> Option<&'static str> {
        let Self { dim, stored, encoded, n_bounded, places, .. } = self;
        let (n, n_bounded) = (places.len(), *n_bounded as usize);
        let n_panels = n_bounded.div_ceil(LANES);
        let (n_stored, expected) = match stored {
            Stored::Single(rows) => (rows.len(), n.checked_mul(*dim)),
            Stored::Half(rows) => (rows.len(), n.checked_mul(*dim)),
            Stored::Byte => (n, Some(n_bounded)),
        };
        if Some(n_stored) != expected
            || Some(encoded.quads.len()) != n_panels.checked_mul(dim.div_ceil(4))
            || encoded.panels.len() != n_panels
            || n_bounded > n
            || (n_bounded > 0 && *dim > LONGEST)
        {
            return Some("a section has another length");
        }
        encoded.flaw().or_else(|| places.flaw())
    }
}
