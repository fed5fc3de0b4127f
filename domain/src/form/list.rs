//! Tables that options come from: the lists of the choices sheet, and files beside the workbook.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::OnceLock;

/// A table of texts: one allocation for all cells, so that fifty thousand options open at once.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Table {
    columns: Vec<String>,
    text: String,
    /// Where each cell ends in `text`, row by row.
    ends: Vec<u32>,
    /// Rows by the value of a column, made when first asked for; a decoded table has none until [`Table::prepare`].
    #[serde(skip)]
    indexes: Indexes,
}

impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        (&self.columns, &self.text, &self.ends) == (&other.columns, &other.text, &other.ends)
    }
}

impl Eq for Table {}

type Indexes = Vec<OnceLock<Index>>;

#[derive(Clone, Debug, Default)]
struct Index {
    /// The first row and the last with a value.
    ends: HashMap<Box<str>, (u32, u32)>,
    /// The row after each row with the same value; itself at the end.
    next: Vec<u32>,
}

impl Table {
    /// A table without rows.
    pub fn new(columns: Vec<String>) -> Self {
        Self { indexes: vec![OnceLock::new(); columns.len()], columns, ..Self::default() }
    }

    /// A table of these rows; what a row lacks is empty, what it has too much is left out.
    pub fn of<R: AsRef<[S]>, S: AsRef<str>>(columns: Vec<String>, rows: impl IntoIterator<Item = R>) -> Self {
        let mut table = Self::new(columns);
        rows.into_iter().for_each(|row| table.push(row.as_ref()));
        table
    }

    /// Adds a row.
    pub fn push<S: AsRef<str>>(&mut self, cells: &[S]) {
        for column in 0..self.columns.len() {
            self.text.push_str(cells.get(column).map_or("", AsRef::as_ref));
            // A table of 4 GB is refused long before: see `import::MAX_CELLS`.
            self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        }
        self.indexes.iter_mut().for_each(|index| drop(index.take()));
    }

    /// The names of its columns.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<u32> {
        self.columns.iter().position(|column| column == name).map(|at| at as u32)
    }

    /// How many rows it has.
    pub fn len(&self) -> u32 {
        if self.columns.is_empty() { 0 } else { (self.ends.len() / self.columns.len()) as u32 }
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A cell; empty outside the table.
    pub fn cell(&self, row: u32, column: u32) -> &str {
        let at = row as usize * self.columns.len() + column as usize;
        if column as usize >= self.columns.len() {
            return "";
        }
        let start = if at == 0 { 0 } else { self.ends.get(at - 1).map_or(0, |end| *end as usize) };
        self.ends.get(at).and_then(|end| self.text.get(start..*end as usize)).unwrap_or("")
    }

    /// The rows whose cell in a column is exactly this, in their order.
    pub fn rows_with(&self, column: u32, value: &str) -> Rows<'_> {
        let Some(index) = self.indexes.get(column as usize) else { return Rows { next: &[], at: None, last: 0 } };
        let index = index.get_or_init(|| self.index(column));
        let ends = index.ends.get(value);
        Rows { next: &index.next, at: ends.map(|(first, _)| *first), last: ends.map_or(0, |(_, last)| *last) }
    }

    fn index(&self, column: u32) -> Index {
        let rows = self.len();
        let mut index = Index { ends: HashMap::new(), next: (0..rows).collect() };
        for row in 0..rows {
            let value = self.cell(row, column);
            match index.ends.get_mut(value) {
                Some((_, last)) => {
                    if let Some(next) = index.next.get_mut(*last as usize) {
                        *next = row;
                    }
                    *last = row;
                }
                None => {
                    index.ends.insert(value.into(), (row, row));
                }
            }
        }
        index
    }

    /// Ready to be asked by value, after decoding.
    pub(super) fn prepare(&mut self) {
        self.indexes.resize_with(self.columns.len(), OnceLock::new);
    }

    /// Whether every cell lies within the text: a decoded table may say anything.
    pub(super) fn is_sound(&self) -> bool {
        let mut before = 0;
        (self.columns.is_empty() && self.ends.is_empty() || !self.columns.is_empty() && self.ends.len().is_multiple_of(self.columns.len()))
            && self.ends.iter().all(|end| {
                let after = *end as usize;
                let fits = after >= before && self.text.is_char_boundary(after);
                before = after;
                fits
            })
    }
}

/// Rows with the same value: see [`Table::rows_with`].
#[derive(Clone, Debug)]
pub struct Rows<'a> {
    next: &'a [u32],
    at: Option<u32>,
    last: u32,
}

impl Iterator for Rows<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let at = self.at?;
        self.at = if at == self.last { None } else { self.next.get(at as usize).copied() };
        Some(at)
    }
}
