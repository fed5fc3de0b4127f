//! A workbook as plain rows of text, whatever program wrote it. Files are read into it, and written from it, elsewhere.

/// A workbook.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Workbook {
    /// Its sheets, in their order.
    pub sheets: Vec<Sheet>,
}

/// A sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// What stands on its tab.
    pub name: String,
    /// Its rows from the first of the sheet on, so that a row's number is its place plus one; empty rows are there too.
    /// Numbers and dates are written as people see them: `2026-11-24`, `5`, `true`.
    pub rows: Vec<Vec<String>>,
}

impl Workbook {
    /// The sheet of that name, in whatever letters.
    pub fn sheet(&self, name: &str) -> Option<&Sheet> {
        self.sheets.iter().find(|sheet| sheet.name.trim().eq_ignore_ascii_case(name))
    }
}
