//! Bringing in a household roll: a file's bytes become a preview, and after "Nhập" the same bytes become rows.
//!
//! Nothing is stored here or written anywhere: the caller stores the rows, in one transaction, and forgets the file.

mod cells;
mod columns;
mod encoding;
mod header;
mod table;
mod village;

use crate::book::{Line, Table};
use cells::{Above, Cells};
use columns::{Columns, Person, has_digit};
use domain::encoding::{Encoding, read_among};
use domain::roll::{
    Column, Counts, Doubt, Format, LISTED, Mapping, Need, Preview, Problem, Reason, Repeat, Repeats, RollError, Row, SAMPLE, Sheet,
    SheetMapping, Skip, Skipped, Unnumbered, Village, VillageGuess, VillageSource, Warning, is_blank, is_ditto, is_formality,
    is_list_of_persons, is_note, is_sentence, is_total, people, phone, without_identity_numbers,
};
use domain::text;
use header::Header;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use village::Villages;

/// What importing a file would do, and its households as far as they can be told. `known` are the names of the commune's
/// villages; `mapping` is what a person corrected in an earlier preview of the same file.
pub fn look(bytes: &[u8], file_name: &str, mapping: &Mapping, known: &[impl AsRef<str>]) -> Result<(Preview, Vec<Row>), RollError> {
    read(bytes, file_name, mapping, known, LISTED).map(|reading| (reading.preview, reading.rows))
}

/// The same with every line that is not kept or passed over, however many there are.
pub fn look_at_all(bytes: &[u8], file_name: &str, mapping: &Mapping, known: &[impl AsRef<str>]) -> Result<Preview, RollError> {
    read(bytes, file_name, mapping, known, usize::MAX).map(|reading| reading.preview)
}

/// The households of a confirmed import, in the order of the file. Every row has a village and passes
/// [`Household::check`].
pub fn rows(bytes: &[u8], file_name: &str, mapping: &Mapping, known: &[impl AsRef<str>]) -> Result<Vec<Row>, RollError> {
    let reading = read(bytes, file_name, mapping, known, LISTED)?;
    if reading.preview.needs.is_empty() { Ok(reading.rows) } else { Err(RollError::Undecided) }
}

/// A file understood.
struct Reading {
    preview: Preview,
    rows: Vec<Row>,
}

/// The longest text that a household's field holds, in characters; see [`Household::check`].
const MOST_CHARACTERS: usize = 200;

fn read(bytes: &[u8], file_name: &str, mapping: &Mapping, known: &[impl AsRef<str>], listed: usize) -> Result<Reading, RollError> {
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

    let mut reader = Reader::new(file_name, book.format, mapping, known, listed);
    reader.preview.hidden_lines = book.hidden_lines;
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
    /// Sheets whose lines go to the village that their title names, with that village.
    titled: Vec<(String, String)>,
    /// How many problems and warnings are listed; lines that are passed over only where all are.
    listed: usize,
}

impl<'a> Reader<'a> {
    fn new(file_name: &str, format: Format, mapping: &'a Mapping, known: &[impl AsRef<str>], listed: usize) -> Self {
        let file = text::clean(file_name.rsplit(['/', '\\']).next().unwrap_or(file_name));
        let file_stem = file.rsplit_once('.').map_or(file.as_str(), |(stem, _)| stem).replace(['-', '_', '.'], " ");
        Self {
            preview: Preview {
                file: shortened(&file),
                format,
                sheets: Vec::new(),
                villages: Vec::new(),
                hidden_lines: 0,
                counts: Counts::default(),
                sample: Vec::new(),
                problems: Vec::new(),
                warnings: Vec::new(),
                needs: Vec::new(),
                skipped: Vec::new(),
                comparison: None,
            },
            rows: Vec::new(),
            file_stem,
            renamed: mapping,
            villages: Villages::new(known),
            repeats: Repeats::default(),
            titled: Vec::new(),
            listed,
        }
    }

    fn sheet(&mut self, table: &Table, header: &Header, mapping: &SheetMapping, left_out: bool) {
        let (village, other) = if left_out { (None, None) } else { self.guess_village(table, header, mapping) };
        let decided = village.as_ref().is_some_and(|guess| guess.from != VillageSource::FileName);
        let whole = village.as_ref().filter(|_| decided).map(|guess| guess.name.as_str());
        let columns = Columns::new(table, header, mapping, whole);
        let before = self.preview.counts.households;
        let mut unnumbered = 0;
        if !left_out && !columns.kinds.contains(&Column::Head) {
            self.preview.needs.push(Need::Head { sheet: table.name.clone() });
        } else if !left_out {
            self.preview.needs.extend(columns.needs.iter().cloned());
            let mut above = table.lines.iter().take(header.first.unwrap_or(0)).flat_map(Line::filled);
            let answered = mapping.left_out == Some(false) || mapping.unnumbered.is_some();
            if !answered && columns.may_be_persons() && above.any(|(_, cell)| is_list_of_persons(cell)) {
                self.preview.needs.push(Need::Persons { sheet: table.name.clone() });
            }
            let mut section = Section { village: village.as_ref().map(|guess| guess.name.clone()), ..Section::default() };
            let lines = table.lines.get(header.below..).unwrap_or_default();
            let next = lines.iter().skip(1).map(Some).chain([None]);
            let mut entries: Vec<Entry> =
                lines.iter().zip(next).filter_map(|(line, next)| self.line(table, line, next, &columns, &mut section)).collect();
            let (without, open) = without_number(&mut entries, mapping);
            unnumbered = open;
            if open > 0 && without.is_none() {
                self.preview.needs.push(Need::Unnumbered { sheet: table.name.clone(), lines: open });
            }
            let homeless = self.entries(table, entries, &columns, without);
            match (homeless, other, &village) {
                (true, Some(other), Some(guess)) => {
                    let (sheet, taken) = (table.name.clone(), guess.name.clone());
                    self.preview.needs.push(Need::Disagree { sheet, taken, other });
                }
                (true, None, Some(guess)) if guess.from == VillageSource::Title => {
                    self.titled.push((table.name.clone(), guess.name.clone()));
                }
                (true, ..) if !decided => self.preview.needs.push(Need::Village { sheet: table.name.clone() }),
                _ => {}
            }
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
            unnumbered,
            taken_as: mapping.unnumbered,
        });
    }

    /// The village of a sheet's lines, from the surest source to the least sure, and another one that the sheet names
    /// as well.
    fn guess_village(&mut self, table: &Table, header: &Header, mapping: &SheetMapping) -> (Option<VillageGuess>, Option<String>) {
        if let Some(chosen) = mapping.village.as_deref().map(text::clean).filter(|chosen| !chosen.is_empty()) {
            return (Some(VillageGuess { name: self.village(&chosen), from: VillageSource::Person }), None);
        }
        let known = |name: &str| self.villages.known_as(name).is_some();
        let above = table.lines.iter().take(header.first.unwrap_or(0)).flat_map(Line::filled);
        let mut titles: Vec<String> = above.flat_map(|(_, cell)| village::mentions(cell)).collect();
        if titles.iter().any(|title| !village::is_small(title)) {
            // "Xóm 3, thôn Đồng Cừ".
            titles.retain(|title| !village::is_small(title) || known(title));
        }
        let called = read_among(&table.name, Encoding::Unicode).1;
        let sheet_name = village::heading(&called).or_else(|| self.villages.known_as(&called).map(str::to_owned));
        let first = titles.first().cloned();
        let (name, from, other) = match titles.iter().find(|title| known(title)).cloned().or(first) {
            Some(name) => {
                let small = |other: &String| village::is_small(other) && !village::is_small(&name) && !known(other);
                let differs = |other: &&String| !village::is_same(other, &name);
                let title = titles.iter().filter(differs).find(|other| !known(&name) || known(other) || titles.first() == Some(*other));
                let other = title.or(sheet_name.as_ref().filter(differs).filter(|other| !small(other))).cloned();
                (name, VillageSource::Title, other)
            }
            None => match sheet_name {
                Some(name) => (name, VillageSource::SheetName, None),
                None => match self.village_of_file() {
                    Some(name) => (name, VillageSource::FileName, None),
                    None => return (None, None),
                },
            },
        };
        (Some(VillageGuess { name: self.village(&name), from }), other.map(|other| shown(&other)))
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

    /// Reads one line below the header: an entry of the list, or nothing where it is told already what it is.
    fn line<'t>(
        &mut self,
        table: &Table,
        line: &'t Line,
        next: Option<&Line>,
        columns: &Columns,
        section: &mut Section,
    ) -> Option<Entry<'t>> {
        let mut cells = Cells::new(line, columns);
        let mut reason = match self.beside_the_list(line, next, &cells, columns, section) {
            Some(Beside::Passed(why)) => {
                self.pass(&table.name, line, columns, why);
                return None;
            }
            Some(Beside::Refused(reason)) => {
                section.last = Default::default();
                Some(reason)
            }
            None => None,
        };
        section.closed = false;
        cells.fill_in(&mut section.above);

        let mut doubts = Vec::new();
        let (village, named) = match cells.village.as_str() {
            blank if is_blank(blank) && columns.village_fills_down => (section.village.clone(), section.named),
            blank if is_blank(blank) && columns.kinds.contains(&Column::Village) && section.village.is_none() => (None, true),
            blank if is_blank(blank) => (section.village.clone(), section.named),
            written => {
                let name = self.village(&village::with_type(written, columns.village_type.as_deref()));
                if columns.village_fills_down {
                    (section.village, section.named) = (Some(name.clone()), true);
                }
                (Some(name), true)
            }
        };
        if reason.is_some() {
            // The text is shown where a name would stand.
            cells.head = line.filled().next().map_or("", |(_, cell)| cell).to_owned();
        }
        let row = Row {
            sheet: table.name.clone(),
            line: line.number,
            village: village.clone().unwrap_or_default(),
            code: cells.code.clone(),
            household: cells.household(section, &mut doubts),
        };
        if reason.is_none() {
            reason = if line.filled().any(|(at, cell)| cell.contains('\u{fffd}') && columns.is_kept(at)) {
                Some(Reason::Unreadable)
            } else if !row.household.head.chars().any(char::is_alphabetic) || is_ditto(&cells.head) {
                Some(Reason::NoHead)
            } else if cells.head.chars().count() > MOST_CHARACTERS {
                Some(Reason::HeadTooLong)
            } else if is_sentence(&cells.head) {
                Some(Reason::NotAName)
            } else if village.is_none() && named {
                Some(Reason::NoVillage)
            } else {
                None
            };
        }
        let same_number = !cells.no.is_empty() && section.last.0 == cells.no && section.last.1 == row.village;
        let standing = match columns.heads.map(|heads| heads.person(&cells.head, &cells.relation)) {
            Some(Person::Head) => Standing::Household,
            Some(Person::Member) => Standing::Member,
            Some(Person::Unclear) => Standing::Unclear,
            None if columns.numbered && !has_digit(&cells.no) => Standing::Unnumbered,
            None if same_number => Standing::SameNumber,
            None => Standing::Household,
        };
        if reason.is_none() {
            section.last = (cells.no, row.village.clone());
        }
        Some(Entry { line, row, doubts, reason, named, standing, section: section.count })
    }

    /// Makes households of the entries of a sheet, and adds people to the household above. `without` is what the lines
    /// without a number are. Returns whether a household is of no other village than that of the sheet as a whole.
    fn entries(&mut self, table: &Table, entries: Vec<Entry>, columns: &Columns, without: Option<Unnumbered>) -> bool {
        let numbers_persons = numbers_persons(&entries);
        let counts = without == Some(Unnumbered::Member) || entries.iter().any(|entry| entry.standing == Standing::Member);
        let mut homeless = false;
        let mut open: Option<Open> = None;
        for mut entry in entries {
            let of_number = matches!(entry.standing, Standing::Unnumbered | Standing::SameNumber);
            if of_number && entry.reason.is_none() {
                entry.standing = match without {
                    Some(Unnumbered::Member) => Standing::Member,
                    Some(Unnumbered::Neither) => {
                        entry.reason = Some(Reason::NoNumber);
                        Standing::Household
                    }
                    Some(Unnumbered::Household) | None => Standing::Household,
                };
            }
            let no = &entry.row.household.no;
            let belongs = |open: &Open| {
                let same_number = no.is_empty() || numbers_persons || open.no.is_empty() || *no == open.no;
                open.section == entry.section && same_number
            };
            match (entry.standing, &mut open) {
                (Standing::Member, Some(household)) if belongs(household) => {
                    if let Some(people) = household.row.and_then(|at| self.rows.get_mut(at)).and_then(|row| row.household.people.as_mut()) {
                        *people = people.saturating_add(u16::from(household.counts)).min(MOST_PEOPLE);
                    }
                    self.preview.counts.members += 1;
                    self.list_passed(&table.name, entry.line, columns, Skip::Member);
                    continue;
                }
                (Standing::Member | Standing::Unclear, _) if entry.reason.is_none() => entry.reason = Some(Reason::Unattached),
                _ => {}
            }
            if matches!(entry.reason, None | Some(Reason::NoNumber)) && (entry.reason.is_none() || !no.is_empty()) {
                match self.repeats.see(&entry.row) {
                    Some(Repeat::Certain(reason)) => entry.reason = Some(reason),
                    Some(Repeat::Possible(doubt)) => entry.doubts.push(doubt),
                    None => {}
                }
            }
            if entry.standing == Standing::Household && entry.reason != Some(Reason::NoNumber) {
                let row = entry.reason.is_none().then_some(self.rows.len());
                let unsaid =
                    counts && entry.row.household.people.is_none() && !entry.doubts.iter().any(|doubt| matches!(doubt, Doubt::People(_)));
                if unsaid {
                    entry.row.household.people = Some(1);
                }
                open = Some(Open { row, section: entry.section, no: entry.row.household.no.clone(), counts: unsaid });
            }
            match entry.reason {
                Some(reason) => {
                    self.preview.counts.problems += 1;
                    if self.preview.problems.len() < self.listed {
                        let cells = columns.shown_of(entry.line);
                        self.preview.problems.push(Problem { row: entry.row, cells, reason });
                    }
                }
                None => {
                    homeless |= !entry.named;
                    self.keep(entry.row, entry.doubts);
                }
            }
        }
        homeless
    }

    fn pass(&mut self, sheet: &str, line: &Line, columns: &Columns, why: Skip) {
        self.preview.counts.skipped += 1;
        self.list_passed(sheet, line, columns, why);
    }

    fn list_passed(&mut self, sheet: &str, line: &Line, columns: &Columns, why: Skip) {
        if self.listed > LISTED {
            self.preview.skipped.push(Skipped { sheet: sheet.to_owned(), line: line.number, cells: columns.shown_of(line), why });
        }
    }

    fn keep(&mut self, row: Row, doubts: Vec<Doubt>) {
        self.preview.counts.households += 1;
        for doubt in doubts {
            self.preview.counts.warnings += 1;
            if self.preview.warnings.len() < self.listed {
                let (sheet, line, head) = (row.sheet.clone(), row.line, row.household.head.clone());
                self.preview.warnings.push(Warning { sheet, line, head, doubt });
            }
        }
        self.rows.push(row);
    }

    /// What a line is that is no entry of the list: a repeated header, a row of column numbers, a total, a heading, a
    /// formality or what stands below one. Headings and formalities change the section.
    fn beside_the_list(
        &mut self,
        line: &Line,
        next: Option<&Line>,
        cells: &Cells,
        columns: &Columns,
        section: &mut Section,
    ) -> Option<Beside> {
        let filled = line.filled().count();
        let (at, first) = line.filled().next().unwrap_or_default();
        // A title of several words in the first column is no number.
        let no_number = is_blank(&cells.no) || (filled == 1 && cells.no.contains(' '));
        let no_people = people(&cells.people).is_none();
        let bare = no_number && no_people && phone(&cells.phone).is_none();
        if columns.is_header_again(line) {
            section.closed = false;
            return Some(Beside::Passed(Skip::Titles));
        }
        if is_column_numbers(line, &cells.head) {
            return Some(Beside::Passed(Skip::Titles));
        }
        if is_total(first) || (no_number && is_total(&cells.head)) {
            return Some(Beside::Passed(Skip::Total));
        }
        let no_name = is_blank(&cells.head) || is_formality(&cells.head);
        if bare && no_name && filled <= 4 && line.filled().any(|(_, cell)| is_formality(cell)) {
            self.begin_mentioned(first, section);
            section.closed = true;
            return Some(Beside::Passed(Skip::Formality));
        }
        if bare && filled <= 2 && is_note(if is_blank(&cells.head) { first } else { &cells.head }) {
            // What follows goes on with it, unless the list does.
            section.closed |= columns.numbered;
            return Some(Beside::Passed(Skip::Note));
        }
        let before_name = if columns.may_hold_heading(at) { first } else { cells.no.as_str() };
        let said = if is_blank(&cells.head) { before_name } else { cells.head.as_str() };
        if let Some(heading) = self.heading(said, filled, cells, columns) {
            match heading {
                Heading::Village(name) => section.begin(self.village(&name)),
                Heading::Cluster => section.cluster = said.to_owned(),
                Heading::Part => {}
            }
            return Some(Beside::Passed(Skip::Heading));
        }
        if bare && section.closed {
            // Names under signatures, or the titles of the next printed list.
            if filled == 1 {
                self.begin_mentioned(first, section);
            }
            return Some(Beside::Passed(Skip::Formality));
        }
        if filled == 1 && bare && is_blank(&cells.head) && is_blank(&cells.village) {
            let heads = columns.numbered && columns.may_hold_heading(at) && next.is_some_and(|next| columns.is_numbered(next));
            let short = first.split_whitespace().count() <= 6 && !first.contains(':');
            return Some(if heads && short { Beside::Refused(Reason::Heading) } else { Beside::Passed(Skip::Note) });
        }
        None
    }

    /// What a line heads that says this: a village or a cluster, alone, beside a number or a sum.
    fn heading(&self, said: &str, filled: usize, cells: &Cells, columns: &Columns) -> Option<Heading> {
        let in_list = columns.numbered && !has_digit(&cells.no);
        // Parts of a list are counted I, II or A, B; 1, 2 count households.
        let counts_parts = in_list && !is_blank(&cells.no) && cells.no != said;
        let thin = people(&cells.people).is_none() && phone(&cells.phone).is_none();
        if village::may_head(said) {
            if let Some(name) = village::heading(said) {
                return Some(Heading::Village(name));
            }
            let alone = filled == 1 || (filled == 2 && !cells.no.is_empty() && !has_digit(&cells.no));
            if village::is_numbered_cluster(said) || (alone && village::is_cluster_heading(said)) {
                let known = self.villages.known_as(said).filter(|known| village::is_same(known, said));
                return Some(known.map_or(Heading::Cluster, |known| Heading::Village(known.to_owned())));
            }
        }
        if !in_list || !(counts_parts || thin) || filled > 3 || said.chars().count() < 2 {
            return None;
        }
        if let Some(known) = self.villages.known_as(said) {
            return Some(Heading::Village(known.to_owned()));
        }
        if let Some(name) = village::plain_heading(said) {
            return Some(Heading::Village(name));
        }
        village::is_part_title(said).then_some(Heading::Part)
    }

    /// A title between two lists says which village the next one is about.
    fn begin_mentioned(&mut self, title: &str, section: &mut Section) {
        if let Some(name) = village::mentioned(title) {
            let closed = section.closed;
            section.begin(self.village(&name));
            section.closed = closed;
        }
    }

    /// Titles that were copied from sheet to sheet: the sheets' own names say something else.
    fn ask_about_copied_titles(&mut self) {
        let mut sheets: BTreeMap<&str, u32> = BTreeMap::new();
        self.titled.iter().for_each(|(_, village)| *sheets.entry(village).or_default() += 1);
        let copied = self.titled.iter().filter(|(_, village)| sheets.get(village.as_str()).is_some_and(|count| *count > 1));
        let elsewhere = copied.filter(|(sheet, village)| village::may_be_place(sheet) && !village::mentions_bare(sheet, village));
        let asked: Vec<Need> = elsewhere
            .map(|(sheet, village)| Need::Disagree { sheet: sheet.clone(), taken: village.clone(), other: shown(sheet) })
            .collect();
        self.preview.needs.extend(asked);
    }

    /// Sheets that have the households of other sheets once more: asks about the one that has most, until a person
    /// says that it counts, too.
    fn ask_about_lists_that_stand_twice(&mut self) {
        let counts = |sheet: &str| self.renamed.sheets.get(sheet).is_some_and(|sheet| sheet.left_out == Some(false));
        let mut pairs: Vec<(&str, &str)> = self.repeats.twice();
        pairs.retain(|(a, b)| !counts(a) && !counts(b));
        let mut asked = Vec::new();
        while !pairs.is_empty() {
            let sheets: BTreeSet<&str> = pairs.iter().flat_map(|(a, b)| [*a, *b]).collect();
            let of = |sheet: &str| pairs.iter().filter(|(a, b)| *a == sheet || *b == sheet).count();
            let Some(sheet) = sheets.into_iter().max_by_key(|sheet| (of(sheet), self.repeats.lines(sheet))) else { break };
            let other = pairs.iter().find_map(|(a, b)| if *a == sheet { Some(*b) } else { (*b == sheet).then_some(*a) });
            asked.push(Need::Twice { sheet: sheet.to_owned(), other: other.unwrap_or_default().to_owned() });
            pairs.retain(|(a, b)| *a != sheet && *b != sheet);
        }
        self.preview.needs.extend(asked);
    }

    fn finish(mut self) -> Reading {
        self.ask_about_copied_titles();
        self.ask_about_lists_that_stand_twice();
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

/// The largest household.
const MOST_PEOPLE: u16 = 99;

/// A line that is an entry of the list.
struct Entry<'t> {
    line: &'t Line,
    row: Row,
    doubts: Vec<Doubt>,
    /// Why it is not kept.
    reason: Option<Reason>,
    /// Its village is named by the line itself or by a heading above it.
    named: bool,
    standing: Standing,
    /// Which section it is in, counted from the first.
    section: u32,
}

/// What an entry seems to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Household,
    /// A person of the household above.
    Member,
    /// A person of whom nothing says whether the head.
    Unclear,
    /// It has no number, in a list that has numbers.
    Unnumbered,
    /// It has the number of the line above.
    SameNumber,
}

/// The household that people below it are of.
struct Open {
    /// Its place among the rows; nothing if it is not kept.
    row: Option<usize>,
    section: u32,
    no: String,
    /// Its people are counted by their lines.
    counts: bool,
}

/// What a line is that is no entry of the list.
enum Beside {
    Passed(Skip),
    Refused(Reason),
}

/// What a heading is about.
enum Heading {
    Village(String),
    Cluster,
    /// A part of the list that is no place.
    Part,
}

/// What the lines without a number of their own are, and how many there are, if that leaves anything open. A few among
/// many are notes or slips; where there are more, a person says it.
fn without_number(entries: &mut [Entry], mapping: &SheetMapping) -> (Option<Unnumbered>, u32) {
    let of = |standing| entries.iter().filter(|entry| entry.reason.is_none() && entry.standing == standing).count();
    let (own, none, same) = (of(Standing::Household), of(Standing::Unnumbered), of(Standing::SameNumber));
    let all = own + none + same;
    // Two households can share the number of a house.
    let shared = same * 10 >= all * 3;
    if !shared {
        let same = entries.iter_mut().filter(|entry| entry.standing == Standing::SameNumber);
        same.for_each(|entry| entry.standing = Standing::Household);
    }
    let open = if shared { none + same } else { none };
    if own == 0 || open == 0 {
        return (Some(Unnumbered::Household), 0);
    }
    let few = !shared && none * 10 <= all;
    (mapping.unnumbered.or(few.then_some(Unnumbered::Neither)), u32::try_from(open).unwrap_or(u32::MAX))
}

/// Whether the numbers of a list with a line for each person are those of the persons, not of the households.
fn numbers_persons(entries: &[Entry]) -> bool {
    let (mut head, mut members, mut others) = ("", 0, 0);
    for entry in entries {
        let no = entry.row.household.no.as_str();
        match entry.standing {
            Standing::Household => head = no,
            Standing::Member => {
                members += 1;
                others += usize::from(!no.is_empty() && no != head);
            }
            _ => {}
        }
    }
    others * 2 > members
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
    /// How many began before it.
    count: u32,
    /// What "nt" stands for.
    above: Above,
    /// Number and village of the last entry.
    last: (String, String),
}

impl Section {
    fn begin(&mut self, village: String) {
        let above = std::mem::take(&mut self.above);
        *self = Self { village: Some(village), named: true, count: self.count + 1, above, ..Self::default() };
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

/// A text of the file as it is shown back: without identity numbers, and not longer than a field.
fn shown(cell: &str) -> String {
    shortened(&without_identity_numbers(cell).unwrap_or_else(|| cell.to_owned()))
}

fn shortened(text: &str) -> String {
    text.chars().take(MOST_CHARACTERS).collect()
}

#[cfg(test)]
mod tests;
