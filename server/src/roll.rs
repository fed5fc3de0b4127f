//! Bringing in a household roll: a file's bytes become a preview, and after "Nhập" the same bytes become rows.
//!
//! Nothing is stored here or written anywhere: the caller stores the rows, in one transaction, and forgets the file.

mod delimited;
mod encoding;
mod header;
mod table;
mod village;
mod xls;
mod xlsx;

use domain::encoding::{Encoding, read_among};
use domain::household::Household;
use domain::roll::{
    Column, ColumnView, Counts, Doubt, Format, LISTED, Mapping, Need, Preview, Problem, Reason, Repeat, Repeats, RollError, Row, SAMPLE,
    Sheet, SheetMapping, Village, VillageGuess, VillageSource, Warning, is_blank, is_formality, is_total, people, phone,
    without_identity_numbers,
};
use domain::text;
use header::Header;
use std::collections::HashMap;
use table::{Line, Table};
use village::Villages;

/// What importing a file would do, and its households as far as they can be told. `known` are the names of the commune's
/// villages; `mapping` is what a person corrected in an earlier preview of the same file.
pub fn look(bytes: &[u8], file_name: &str, mapping: &Mapping, known: &[impl AsRef<str>]) -> Result<(Preview, Vec<Row>), RollError> {
    read(bytes, file_name, mapping, known).map(|reading| (reading.preview, reading.rows))
}

/// The households of a confirmed import, in the order of the file. Every row has a village and passes
/// [`Household::check`].
pub fn rows(bytes: &[u8], file_name: &str, mapping: &Mapping, known: &[impl AsRef<str>]) -> Result<Vec<Row>, RollError> {
    let reading = read(bytes, file_name, mapping, known)?;
    if reading.preview.needs.is_empty() { Ok(reading.rows) } else { Err(RollError::Undecided) }
}

/// A file understood.
struct Reading {
    preview: Preview,
    rows: Vec<Row>,
}

/// The longest text that a household's field holds, in characters; see [`Household::check`].
const MOST_CHARACTERS: usize = 200;

fn read(bytes: &[u8], file_name: &str, mapping: &Mapping, known: &[impl AsRef<str>]) -> Result<Reading, RollError> {
    let book = table::read(bytes, mapping)?;
    let default = SheetMapping::default();
    let sheets: Vec<(&Table, &SheetMapping, Header)> = book
        .tables
        .iter()
        .map(|table| {
            let mapping = mapping.sheets.get(&table.name).unwrap_or(&default);
            let header = mapping.header.map_or_else(|| header::find(table), |line| header::at_number(table, line));
            (table, mapping, header)
        })
        .collect();
    let any_list = sheets.iter().any(|(table, _, header)| header.has_head() && !table.hidden);

    let mut reader = Reader::new(file_name, book.format, mapping, known);
    let mut lines = 0;
    for (table, mapping, header) in &sheets {
        let guess = table.lines.is_empty() || (any_list && (table.hidden || !header.has_head()));
        let left_out = mapping.left_out.unwrap_or(guess);
        if !left_out {
            lines += table.lines.len().saturating_sub(header.below);
        }
        reader.sheet(table, header, mapping, left_out);
    }
    if lines == 0 && sheets.iter().any(|(table, ..)| !table.lines.is_empty()) && mapping.sheets.is_empty() {
        return Err(RollError::HeaderOnly);
    }
    Ok(reader.finish())
}

/// Gathers a preview sheet by sheet and line by line.
struct Reader<'a> {
    preview: Preview,
    rows: Vec<Row>,
    file_stem: String,
    renamed: &'a Mapping,
    villages: Villages,
    repeats: Repeats,
}

impl<'a> Reader<'a> {
    fn new(file_name: &str, format: Format, mapping: &'a Mapping, known: &[impl AsRef<str>]) -> Self {
        let file = text::clean(file_name.rsplit(['/', '\\']).next().unwrap_or(file_name));
        let file_stem = file.rsplit_once('.').map_or(file.as_str(), |(stem, _)| stem).replace(['-', '_', '.'], " ");
        Self {
            preview: Preview {
                file: shortened(&file),
                format,
                sheets: Vec::new(),
                villages: Vec::new(),
                counts: Counts::default(),
                sample: Vec::new(),
                problems: Vec::new(),
                warnings: Vec::new(),
                needs: Vec::new(),
                comparison: None,
            },
            rows: Vec::new(),
            file_stem,
            renamed: mapping,
            villages: Villages::new(known),
            repeats: Repeats::default(),
        }
    }

    fn sheet(&mut self, table: &Table, header: &Header, mapping: &SheetMapping, left_out: bool) {
        let columns = Columns::new(table, header, mapping);
        let village = if left_out { None } else { self.guess_village(table, header, mapping) };
        let decided = village.as_ref().is_some_and(|guess| guess.from != VillageSource::FileName);
        let before = self.preview.counts.households;
        let mut homeless = false;
        if !left_out && !columns.kinds.contains(&Column::Head) {
            self.preview.needs.push(Need::Head { sheet: table.name.clone() });
        } else if !left_out {
            let mut section = Section { village: village.as_ref().map(|guess| guess.name.clone()), ..Section::default() };
            for line in table.lines.iter().skip(header.below) {
                let named_by_line = self.line(table, line, &columns, &mut section);
                homeless |= named_by_line == Some(false) && !decided;
            }
        }
        if homeless {
            self.preview.needs.push(Need::Village { sheet: table.name.clone() });
        }
        self.preview.sheets.push(Sheet {
            name: table.name.clone(),
            left_out,
            encoding: mapping.encoding,
            converted: table.converted.clone(),
            header: header.first.and_then(|at| table.lines.get(at)).map_or(0, |line| line.number),
            columns: columns.views,
            village,
            households: self.preview.counts.households - before,
        });
    }

    /// The village of a sheet's lines, from the surest source to the least sure.
    fn guess_village(&mut self, table: &Table, header: &Header, mapping: &SheetMapping) -> Option<VillageGuess> {
        if let Some(chosen) = mapping.village.as_deref().map(text::clean).filter(|chosen| !chosen.is_empty()) {
            return Some(VillageGuess { name: self.village(&chosen), from: VillageSource::Person });
        }
        let above = table.lines.iter().take(header.first.unwrap_or(0)).flat_map(Line::filled);
        let title = above.filter_map(|(_, cell)| village::mentioned(cell)).next();
        let called = read_among(&table.name, Encoding::Unicode).1;
        let sheet_name = || village::heading(&called).or_else(|| self.villages.known_as(&called).map(str::to_owned));
        let (name, from) = match title {
            Some(name) => (name, VillageSource::Title),
            None => match sheet_name() {
                Some(name) => (name, VillageSource::SheetName),
                None => (self.village_of_file()?, VillageSource::FileName),
            },
        };
        Some(VillageGuess { name: self.village(&name), from })
    }

    /// A known village that the file's name mentions.
    fn village_of_file(&self) -> Option<String> {
        let mentioned = village::mentioned(&self.file_stem)?;
        self.villages.known_as(&mentioned).map(str::to_owned)
    }

    /// The name of a village that the file names, after the person's corrections.
    fn village(&mut self, written: &str) -> String {
        let name = self.villages.name(&shown(written));
        match self.renamed.villages.get(&name).map(|chosen| text::clean(chosen)) {
            Some(chosen) if !chosen.is_empty() => self.villages.name(&shortened(&chosen)),
            _ => name,
        }
    }

    /// Reads one line below the header. Returns, for a household, whether its village is named by the line itself or
    /// by a heading above it.
    fn line(&mut self, table: &Table, line: &Line, columns: &Columns, section: &mut Section) -> Option<bool> {
        let cells = Cells::new(line, columns);
        if self.is_beside_the_list(line, &cells, columns, section) {
            self.preview.counts.skipped += 1;
            return None;
        }
        section.closed = false;

        let mut doubts = Vec::new();
        let (village, named) = match cells.village.as_str() {
            "" if columns.village_fills_down => (section.village.clone(), section.named),
            "" if columns.kinds.contains(&Column::Village) && section.village.is_none() => (None, true),
            "" => (section.village.clone(), section.named),
            written => {
                let name = self.village(&village::with_type(written, columns.village_type.as_deref()));
                if columns.village_fills_down {
                    (section.village, section.named) = (Some(name.clone()), true);
                }
                (Some(name), true)
            }
        };
        let row = Row {
            sheet: table.name.clone(),
            line: line.number,
            village: village.clone().unwrap_or_default(),
            code: cells.code.clone(),
            household: cells.household(section, &mut doubts),
        };
        let reason = if line.filled().any(|(at, cell)| cell.contains('\u{fffd}') && columns.is_kept(at)) {
            Some(Reason::Unreadable)
        } else if !row.household.head.chars().any(char::is_alphabetic) {
            Some(Reason::NoHead)
        } else if cells.head.chars().count() > MOST_CHARACTERS {
            Some(Reason::HeadTooLong)
        } else if village.is_none() && named {
            Some(Reason::NoVillage)
        } else {
            match self.repeats.see(&row) {
                Some(Repeat::Certain(reason)) => Some(reason),
                Some(Repeat::Possible(doubt)) => {
                    doubts.push(doubt);
                    None
                }
                None => None,
            }
        };
        match reason {
            Some(reason) => {
                self.preview.counts.problems += 1;
                if self.preview.problems.len() < LISTED {
                    let cells = columns.shown_of(line);
                    self.preview.problems.push(Problem { row, cells, reason });
                }
                None
            }
            None => {
                self.keep(row, doubts);
                Some(named)
            }
        }
    }

    fn keep(&mut self, row: Row, doubts: Vec<Doubt>) {
        self.preview.counts.households += 1;
        for doubt in doubts {
            self.preview.counts.warnings += 1;
            if self.preview.warnings.len() < LISTED {
                let (sheet, line, head) = (row.sheet.clone(), row.line, row.household.head.clone());
                self.preview.warnings.push(Warning { sheet, line, head, doubt });
            }
        }
        self.rows.push(row);
    }

    /// Whether a line is no entry of the list: a repeated header, a row of column numbers, a total, a heading, a
    /// formality or what stands below one. Headings and formalities change the section.
    fn is_beside_the_list(&mut self, line: &Line, cells: &Cells, columns: &Columns, section: &mut Section) -> bool {
        let filled = line.filled().count();
        let first = line.filled().next().map_or("", |(_, cell)| cell);
        // A title of several words in the first column is no number.
        let no_number = is_blank(&cells.no) || (filled == 1 && cells.no.contains(' '));
        let no_people = people(&cells.people).is_none();
        let bare = no_number && no_people && phone(&cells.phone).is_none();
        if columns.is_header_again(line) {
            section.closed = false;
            return true;
        }
        if is_column_numbers(line, &cells.head) || is_total(first) || (no_number && is_total(&cells.head)) {
            return true;
        }
        let no_name = is_blank(&cells.head) || is_formality(&cells.head);
        if bare && no_name && filled <= 4 && line.filled().any(|(_, cell)| is_formality(cell)) {
            self.begin_mentioned(first, section);
            section.closed = true;
            return true;
        }
        if let Some(heading) = cells.heading(filled) {
            match village::heading(heading) {
                Some(name) => section.begin(self.village(&name)),
                None => section.cluster = heading.to_owned(),
            }
            return true;
        }
        if bare && section.closed {
            // Names under signatures, or the titles of the next printed list.
            if filled == 1 {
                self.begin_mentioned(first, section);
            }
            return true;
        }
        filled == 1 && bare && is_blank(&cells.head) && is_blank(&cells.village)
    }

    /// A title between two lists says which village the next one is about.
    fn begin_mentioned(&mut self, title: &str, section: &mut Section) {
        if let Some(name) = village::mentioned(title) {
            let closed = section.closed;
            section.begin(self.village(&name));
            section.closed = closed;
        }
    }

    fn finish(mut self) -> Reading {
        let mut places: HashMap<&str, usize> = HashMap::new();
        for row in self.rows.iter().filter(|row| !row.village.is_empty()) {
            let next = places.len();
            let place = *places.entry(&row.village).or_insert(next);
            if place == next {
                let known = self.villages.is_known(&row.village);
                self.preview.villages.push(Village { name: row.village.clone(), known, households: 0 });
            }
            self.preview.villages.iter_mut().skip(place).take(1).for_each(|village| village.households += 1);
        }
        self.preview.sample = self.rows.iter().take(SAMPLE).cloned().collect();
        Reading { preview: self.preview, rows: self.rows }
    }
}

/// What holds for the lines that follow.
#[derive(Default)]
struct Section {
    village: Option<String>,
    /// Whether a line of the list named that village, not the sheet as a whole.
    named: bool,
    cluster: String,
    /// Signatures have begun: names below them are not heads, until the list goes on.
    closed: bool,
}

impl Section {
    fn begin(&mut self, village: String) {
        *self = Self { village: Some(village), named: true, ..Self::default() };
    }
}

/// The columns of a sheet as they are read.
struct Columns {
    views: Vec<ColumnView>,
    /// By the column's place.
    kinds: Vec<Column>,
    /// The titles as words, by the column's place.
    titles: Vec<String>,
    two_levels: bool,
    /// "Thôn", if the village's column says so and its cells need not.
    village_type: Option<String>,
    /// The village is written where it begins and holds for the lines below it, as merged cells do.
    village_fills_down: bool,
}

impl Columns {
    fn new(table: &Table, header: &Header, mapping: &SheetMapping) -> Self {
        let below = || table.lines.iter().skip(header.below);
        let mut columns = Self {
            views: Vec::new(),
            kinds: Vec::new(),
            titles: Vec::new(),
            two_levels: header.first.is_some_and(|first| header.below > first + 1),
            village_type: None,
            village_fills_down: false,
        };
        for (at, (title, guess)) in header.columns.iter().enumerate() {
            let place = u16::try_from(at).unwrap_or(u16::MAX);
            let values = || below().map(|line| line.cell(at));
            let chosen = mapping.columns.get(&place).copied().unwrap_or(*guess);
            let column = match guess {
                Column::Never(_) => *guess,
                _ => header::never_kept(values(), chosen).map_or(chosen, Column::Never),
            };
            let never = matches!(column, Column::Never(_));
            let example = if never { "" } else { values().find(|value| !value.is_empty()).unwrap_or_default() };
            // Without a known header the title may be somebody's value.
            let title = if never && !header.has_head() && *guess != column { "" } else { title };
            columns.titles.push(text::words(title));
            columns.kinds.push(column);
            if column == Column::Village && columns.village_type.is_none() {
                columns.village_type = village::type_of_title(title);
                let (filled, all) = values().fold((0, 0), |(filled, all), v| (filled + usize::from(!v.is_empty()), all + 1));
                columns.village_fills_down = filled * 2 < all;
            }
            if !title.is_empty() || values().any(|value| !value.is_empty()) {
                columns.views.push(ColumnView { at: place, title: shown(title), example: shown(example), column });
            }
        }
        columns
    }

    /// Whether anything of a column is stored.
    fn is_kept(&self, at: usize) -> bool {
        !matches!(self.kinds.get(at), None | Some(Column::Ignored | Column::Never(_)))
    }

    /// The cells of a line as they may be given back, one for each view.
    fn shown_of(&self, line: &Line) -> Vec<String> {
        let shown_in = |view: &ColumnView| match view.column {
            Column::Never(_) => String::new(),
            _ => shown(line.cell(usize::from(view.at))),
        };
        self.views.iter().map(shown_in).collect()
    }

    /// The header again, whole or one of its levels, as printed lists repeat it on each page.
    fn is_header_again(&self, line: &Line) -> bool {
        let is_title = |(at, cell): &(usize, &str)| {
            let Some(title) = self.titles.get(*at) else { return false };
            let cell = text::words(cell);
            let rest = title.strip_prefix(&cell).or_else(|| title.strip_suffix(&cell));
            let level = rest.is_some_and(|rest| self.two_levels && (rest.starts_with(' ') || rest.ends_with(' ')));
            !cell.is_empty() && (rest == Some("") || level)
        };
        let (all, same) = (line.filled().count(), line.filled().filter(is_title).count());
        same == all || (same > 1 && same * 2 > all)
    }
}

/// A row of column numbers below a header: "1, 2, 3", "(1) (2) (3)", "A, B, 1, 2".
fn is_column_numbers(line: &Line, head: &str) -> bool {
    let is_number = |cell: &str| {
        let inner = cell.trim_matches(['(', ')', '[', ']', ' ']);
        let digits = inner.chars().all(|c| c.is_ascii_digit());
        inner.len() <= 2 && (digits || (inner.len() == 1 && inner.chars().all(|c| c.is_ascii_alphabetic())))
    };
    !head.is_empty() && line.filled().count() > 1 && line.filled().all(|(_, cell)| is_number(cell))
}

/// The cells of a line by what they hold.
#[derive(Default)]
struct Cells {
    no: String,
    head: String,
    people: String,
    phone: String,
    hint: String,
    cluster: String,
    village: String,
    code: String,
}

impl Cells {
    fn new(line: &Line, columns: &Columns) -> Self {
        let mut cells = Self::default();
        for (at, cell) in line.filled() {
            let (field, between) = match columns.kinds.get(at).unwrap_or(&Column::Ignored) {
                Column::No => (&mut cells.no, ""),
                Column::Head => (&mut cells.head, " "),
                Column::People => (&mut cells.people, ""),
                Column::Phone => (&mut cells.phone, " / "),
                Column::Hint => (&mut cells.hint, ", "),
                Column::Cluster => (&mut cells.cluster, ", "),
                Column::Village => (&mut cells.village, ""),
                Column::Code => (&mut cells.code, ""),
                Column::Ignored | Column::Never(_) => continue,
            };
            if field.is_empty() {
                field.push_str(cell);
            } else if !between.is_empty() {
                field.push_str(between);
                field.push_str(cell);
            }
        }
        cells
    }

    /// The text of a line that heads the ones below it: a village or cluster, alone or beside a number.
    fn heading(&self, filled: usize) -> Option<&str> {
        let alone = |cell: &str| filled == 1 && !cell.is_empty();
        // Parts of a list are counted I, II or A, B; 1, 2 count households.
        let counts_parts = filled == 2 && !self.no.is_empty() && !self.no.contains(|c: char| c.is_ascii_digit());
        let cell = match (self.no.as_str(), self.head.as_str()) {
            (no, "") if alone(no) => no,
            (_, head) if alone(head) || (counts_parts && !head.is_empty()) => head,
            _ => return None,
        };
        (village::is_cluster_heading(cell) || village::heading(cell).is_some()).then_some(cell)
    }

    /// The household as it is stored; whatever cannot be read stays empty and raises a doubt.
    fn household(&self, section: &Section, doubts: &mut Vec<Doubt>) -> Household {
        let cluster = if self.cluster.is_empty() { &section.cluster } else { &self.cluster };
        let [no, head, hint, cluster] = [&self.no, &self.head, &self.hint, cluster].map(|field| {
            let kept = without_identity_numbers(field);
            if kept.is_some() && !doubts.contains(&Doubt::IdentityNumber) {
                doubts.push(Doubt::IdentityNumber);
            }
            let kept = kept.unwrap_or_else(|| field.clone());
            let short = shortened(&kept);
            if short.len() < kept.len() && !doubts.contains(&Doubt::Cut) {
                doubts.push(Doubt::Cut);
            }
            short
        });
        Household { no, head, hint, cluster, phone: self.phone(doubts), people: self.people(doubts), ..Household::default() }
    }

    fn phone(&self, doubts: &mut Vec<Doubt>) -> String {
        if is_blank(&self.phone) {
            return String::new();
        }
        if let Some(number) = phone(&self.phone) {
            return number;
        }
        let several: Vec<&str> = self.phone.split(['/', ';', ',', '|']).filter(|part| !is_blank(part)).collect();
        match several.iter().find_map(|part| phone(part)) {
            Some(first) => {
                doubts.push(Doubt::SeveralPhones);
                first
            }
            None => {
                doubts.push(Doubt::Phone(shown(&self.phone)));
                String::new()
            }
        }
    }

    fn people(&self, doubts: &mut Vec<Doubt>) -> Option<u16> {
        if is_blank(&self.people) {
            return None;
        }
        let read = people(&self.people);
        if read.is_none() {
            doubts.push(Doubt::People(shown(&self.people)));
        }
        read
    }
}

/// A text of the file as it is shown back: without identity numbers, and not longer than a field.
fn shown(cell: &str) -> String {
    shortened(&without_identity_numbers(cell).unwrap_or_else(|| cell.to_owned()))
}

fn shortened(text: &str) -> String {
    text.chars().take(MOST_CHARACTERS).collect()
}

#[cfg(test)]
mod tests;
