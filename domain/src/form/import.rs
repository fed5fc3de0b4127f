//! A workbook (XLSForm) read into a form, or everything that is wrong with it: sheet, row and column.

use super::answer;
use super::appearance::{self, Effect};
use super::column::{self, CHOICES, Column, SETTINGS, SURVEY, Setting, Use};
use super::definition::{File, Form, Item, List, Source, Text};
use super::expression::is_name;
use super::function::nearest;
use super::kind::{self, KINDS, Kind, Support};
use super::list::Table;
use super::plan::{Origin, Plan, is_dynamic};
use super::problem::{Fault, Problem, Spot, Why};
use super::workbook::{Sheet, Workbook};
use crate::code::Lang;
use crate::text::compose;
use std::collections::HashMap;

/// What the legal basis of a campaign allows a form to ask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Permit {
    /// Where somebody or something is.
    pub location: bool,
}

/// A workbook that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The form.
    pub form: Form,
    /// What was left out, for information.
    pub notices: Vec<Problem>,
}

/// How many rows a survey sheet may have.
pub const MAX_QUESTIONS: u32 = 5_000;
/// How many cells the other sheets, and the files, may have each.
pub const MAX_CELLS: u32 = 2_000_000;
/// How long a cell may be, in characters: as much as a spreadsheet program keeps.
pub const MAX_CELL: u32 = 32_767;
/// How many languages a form may have.
pub const MAX_LANGUAGES: u32 = 20;
/// How deeply groups may be nested.
pub const MAX_GROUPS: u32 = 20;
/// After so many problems nobody reads on.
const MAX_PROBLEMS: usize = 1_000;

/// Reads a workbook. `files` are what lies beside it, as tables.
///
/// # Errors
/// Everything that is wrong, in the order of the sheets; at least one of them is no notice.
pub fn import(workbook: &Workbook, files: Vec<File>, permit: Permit) -> Result<Imported, Vec<Problem>> {
    let mut reader = Reader {
        form: Form::default(),
        problems: Vec::new(),
        permit,
        rows: Vec::new(),
        choice_rows: Vec::new(),
        choice_columns: Vec::new(),
        columns: HashMap::new(),
        others: Vec::new(),
    };
    reader.files(files);
    reader.sheets(workbook);
    if let Some(survey) = workbook.sheet("survey") {
        let settings = workbook.sheet("settings");
        let choices = workbook.sheet("choices");
        reader.languages(survey, choices, settings);
        if let Some(settings) = settings {
            reader.settings(settings);
        }
        if let Some(choices) = choices {
            reader.choices(choices);
        }
        reader.survey(survey);
    }
    reader.finish()
}

struct Reader {
    form: Form,
    problems: Vec<Problem>,
    permit: Permit,
    /// The row of the survey sheet of each item.
    rows: Vec<u32>,
    /// The rows of the choices sheet of each list.
    choice_rows: Vec<Vec<u32>>,
    /// The columns of the choices sheet behind the code, and what stands above them.
    choice_columns: Vec<(u32, String)>,
    /// Where the columns of the survey sheet are, and what stands above them.
    columns: HashMap<Column, (u32, String)>,
    /// Lists that questions with `or_other` choose from.
    others: Vec<String>,
}

/// The columns of a sheet that mean something: where, what, in which language.
type Headings<T> = Vec<(usize, T, usize)>;

impl Reader {
    fn problem(&mut self, sheet: &str, row: Option<u32>, column: Option<(u32, String)>, fault: Fault) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(Problem { place: Spot { sheet: sheet.to_owned(), row, column }, fault });
        }
    }

    fn in_survey(&mut self, row: u32, column: Column, fault: Fault) {
        let place = self.columns.get(&column).cloned();
        self.problem("survey", Some(row), place, fault);
    }

    fn files(&mut self, files: Vec<File>) {
        for mut file in files {
            file.name = compose(file.name);
            let fault = if !file.table.is_sound() || u64::from(file.table.len()) * file.table.columns().len() as u64 > u64::from(MAX_CELLS)
            {
                Some(Fault::DamagedFile { name: file.name.clone() })
            } else if self.form.files.iter().any(|known| known.stem() == file.stem()) {
                Some(Fault::FileTwice { name: file.name.clone() })
            } else {
                None
            };
            match fault {
                Some(fault) => self.problem("", None, None, fault),
                None => self.form.files.push(file),
            }
        }
    }

    fn sheets(&mut self, workbook: &Workbook) {
        let like = |name: &str| {
            nearest(name, workbook.sheets.iter().map(|sheet| sheet.name.as_str()).filter(|found| !found.eq_ignore_ascii_case(name)))
        };
        let survey = workbook.sheet("survey");
        if survey.is_none() {
            self.problem("", None, None, Fault::NoSheet { name: "survey".to_owned(), like: like("survey") });
        }
        for name in ["choices", "settings"] {
            if workbook.sheet(name).is_none()
                && let Some(like) = like(name)
            {
                self.problem("", None, None, Fault::SheetLike { name: name.to_owned(), like });
            }
        }
        for name in ["external_choices", "osm", "entities"] {
            if let Some(sheet) =
                workbook.sheet(name).filter(|sheet| sheet.rows.iter().skip(1).any(|row| row.iter().any(|cell| !cell.trim().is_empty())))
            {
                self.problem(&sheet.name, None, None, Fault::RefusedSheet { why: Why::NotYet });
            }
        }
    }

    /// The languages of the headings, in the order in which they are met; texts without a language are the default's.
    fn languages(&mut self, survey: &Sheet, choices: Option<&Sheet>, settings: Option<&Sheet>) {
        let default = settings.and_then(|sheet| {
            let at = sheet.rows.first()?.iter().position(|heading| column::split(heading).0 == "default_language")?;
            Some(clean(sheet.rows.get(1)?.get(at)?))
        });
        let mut languages: Vec<String> = Vec::new();
        let mut has_plain = false;
        for (sheet, is_survey) in [(Some(survey), true), (choices, false)] {
            for heading in sheet.and_then(|sheet| sheet.rows.first()).into_iter().flatten() {
                let (name, language) = column::split(heading);
                let is_translated = match is_survey {
                    true => matches!(survey_column(&name), Some(Use::Read(column)) if column.is_translated()),
                    false => CHOICES.iter().skip(2).any(|(names, _)| names.contains(&name.as_str())),
                };
                match language.map(|language| clean(&language)) {
                    Some(language) if is_translated && !languages.contains(&language) => languages.push(language),
                    None if is_translated => has_plain = true,
                    _ => {}
                }
            }
        }
        let default = default.unwrap_or_default();
        // Plain columns are in the default language; a form may have no other.
        if has_plain && !languages.contains(&default) {
            languages.insert(0, default.clone());
        }
        if languages.len() > MAX_LANGUAGES as usize {
            self.problem("survey", Some(1), None, Fault::TooManyLanguages { most: MAX_LANGUAGES });
            languages.truncate(MAX_LANGUAGES as usize);
        }
        if !default.is_empty() && !languages.contains(&default) {
            self.problem("settings", Some(2), None, Fault::NoLanguage { name: default.clone() });
        }
        self.form.settings.default_language =
            if languages.contains(&default) { default } else { languages.first().cloned().unwrap_or_default() };
        self.form.languages = languages;
    }

    fn language(&self, language: Option<String>) -> usize {
        let name = language.map_or_else(|| self.form.settings.default_language.clone(), |language| clean(&language));
        self.form.languages.iter().position(|known| *known == name).unwrap_or(0)
    }

    /// Finds out what the columns of a sheet are.
    fn headings<T: Copy + PartialEq>(&mut self, sheet: &Sheet, known: &[column::Entry<T>]) -> Headings<T> {
        let mut found: Headings<T> = Vec::new();
        for (at, heading) in sheet.rows.first().into_iter().flatten().enumerate() {
            let place = Some((at as u32 + 1, clean(heading)));
            let (name, language) = column::split(heading);
            let is_filled = sheet.rows.iter().skip(1).any(|row| row.get(at).is_some_and(|cell| !cell.trim().is_empty()));
            if clean(heading).is_empty() || !is_filled && find(known, &name).is_none() {
                continue;
            }
            let fault = match find(known, &name) {
                Some(Use::Read(column)) => {
                    let language = self.language(language);
                    if found.iter().any(|(_, other, others)| *other == column && *others == language) {
                        Fault::ColumnTwice
                    } else {
                        found.push((at, column, language));
                        continue;
                    }
                }
                Some(Use::Refused(why)) if is_filled => Fault::RefusedColumn { name: clean(heading), why },
                Some(Use::LeftOut) if is_filled => Fault::LeftOutColumn { name: clean(heading) },
                Some(_) => continue,
                None => {
                    let names = known.iter().filter(|(_, made)| matches!(made, Use::Read(_))).flat_map(|(names, _)| names.iter().copied());
                    Fault::UnknownColumn { name: clean(heading), like: nearest(&name, names) }
                }
            };
            self.problem(&sheet.name, Some(1), place, fault);
        }
        found
    }

    fn settings(&mut self, sheet: &Sheet) {
        let headings = self.headings(sheet, SETTINGS);
        let Some(row) = sheet.rows.get(1) else { return };
        for (at, setting, _) in headings {
            let text = row.get(at).map_or(String::new(), |cell| clean(cell));
            let settings = &mut self.form.settings;
            match setting {
                Setting::Title => settings.title = text,
                Setting::Id => settings.id = text,
                Setting::Version => settings.version = text,
                // Read before, because every other column hangs on it.
                Setting::DefaultLanguage => {}
                Setting::Style => settings.style = text,
                Setting::InstanceName => settings.instance_name = text,
                Setting::AllowChoiceDuplicates => settings.allow_choice_duplicates = is_yes(&text).unwrap_or(false),
            }
        }
    }

    fn choices(&mut self, sheet: &Sheet) {
        let Some(first) = sheet.rows.first() else { return };
        let cells: usize = sheet.rows.iter().map(Vec::len).sum();
        if cells > MAX_CELLS as usize {
            return self.problem(&sheet.name, None, None, Fault::TooManyCells { most: MAX_CELLS });
        }
        let mut columns: Vec<(usize, String)> = Vec::new();
        let (mut list_at, mut name_at) = (None, None);
        for (at, heading) in first.iter().enumerate() {
            let (name, language) = column::split(heading);
            let known = CHOICES.iter().find(|(names, _)| names.contains(&name.as_str())).map(|(_, column)| *column);
            let column = match known {
                Some("list_name") => {
                    list_at = list_at.or(Some(at));
                    continue;
                }
                Some("name") => {
                    name_at = name_at.or(Some(at));
                    continue;
                }
                Some(column) => match self.form.languages.get(self.language(language)).map_or("", String::as_str) {
                    "" => column.to_owned(),
                    language => format!("{column}::{language}"),
                },
                None if clean(heading).is_empty() => continue,
                None => clean(heading),
            };
            if columns.iter().any(|(_, other)| *other == column) {
                self.problem(&sheet.name, Some(1), Some((at as u32 + 1, clean(heading))), Fault::ColumnTwice);
            } else {
                columns.push((at, column));
                self.choice_columns.push((at as u32 + 1, clean(heading)));
            }
        }
        let (Some(list_at), Some(name_at)) = (list_at, name_at) else {
            for (name, found) in [("list_name", list_at), ("name", name_at)] {
                if found.is_none() {
                    self.problem(&sheet.name, Some(1), None, Fault::NoColumn { name: name.to_owned() });
                }
            }
            return;
        };
        let mut met: HashMap<(usize, String), u32> = HashMap::new();
        let mut lists: HashMap<String, usize> = HashMap::new();
        let names: Vec<String> = std::iter::once("name".to_owned()).chain(columns.iter().map(|(_, name)| name.clone())).collect();
        let place = |at: usize| Some((at as u32 + 1, first.get(at).map_or(String::new(), |heading| clean(heading))));
        for (row, cells) in sheet.rows.iter().enumerate().skip(1) {
            let number = row as u32 + 1;
            let cell = |at: usize| cells.get(at).map_or(String::new(), |cell| clean(cell));
            if let Some((at, _)) = cells.iter().enumerate().find(|(_, cell)| cell.chars().nth(MAX_CELL as usize).is_some()) {
                self.problem(&sheet.name, Some(number), place(at), Fault::CellTooLong { most: MAX_CELL });
                continue;
            }
            let (list, name) = (cell(list_at), cell(name_at));
            if list.is_empty() && name.is_empty() {
                continue;
            }
            if list.is_empty() {
                self.problem(&sheet.name, Some(number), place(list_at), Fault::ChoiceWithoutList);
                continue;
            }
            if name.is_empty() {
                self.problem(&sheet.name, Some(number), place(name_at), Fault::ChoiceWithoutName);
                continue;
            }
            let at = *lists.entry(list.clone()).or_insert_with(|| {
                self.form.lists.push(List { name: list.clone(), table: Table::new(names.clone()) });
                self.choice_rows.push(Vec::new());
                self.form.lists.len() - 1
            });
            if let Some(earlier) = met.insert((at, name.clone()), number)
                && !self.form.settings.allow_choice_duplicates
            {
                self.problem(&sheet.name, Some(number), place(name_at), Fault::ChoiceTwice { name: name.clone(), row: earlier });
            }
            let cells: Vec<String> = std::iter::once(name).chain(columns.iter().map(|(at, _)| cell(*at))).collect();
            if let (Some(list), Some(rows)) = (self.form.lists.get_mut(at), self.choice_rows.get_mut(at)) {
                list.table.push(&cells);
                rows.push(number);
            }
        }
    }

    fn survey(&mut self, sheet: &Sheet) {
        if sheet.rows.len() < 2 {
            return self.problem(&sheet.name, None, None, Fault::EmptySheet);
        }
        if sheet.rows.len() > MAX_QUESTIONS as usize + 1 {
            return self.problem(&sheet.name, Some(MAX_QUESTIONS + 2), None, Fault::TooManyRows { most: MAX_QUESTIONS });
        }
        let headings = self.headings(sheet, SURVEY);
        for (at, column, _) in &headings {
            let heading = sheet.rows.first().and_then(|row| row.get(*at)).map_or(String::new(), |heading| clean(heading));
            self.columns.entry(*column).or_insert((*at as u32 + 1, heading));
        }
        for column in [Column::Type, Column::Name] {
            if !self.columns.contains_key(&column) {
                return self.problem(&sheet.name, Some(1), None, Fault::NoColumn { name: column.name().to_owned() });
            }
        }
        // Open groups: what, its name, its row.
        let mut open: Vec<(Kind, String, u32)> = Vec::new();
        // Names in the groups that are open.
        let mut names: Vec<HashMap<String, u32>> = vec![HashMap::new()];
        for (row, cells) in sheet.rows.iter().enumerate().skip(1) {
            let number = row as u32 + 1;
            if let Some((at, _)) = cells.iter().enumerate().find(|(_, cell)| cell.chars().nth(MAX_CELL as usize).is_some()) {
                let heading = sheet.rows.first().and_then(|row| row.get(at)).map_or(String::new(), |heading| clean(heading));
                self.problem(&sheet.name, Some(number), Some((at as u32 + 1, heading)), Fault::CellTooLong { most: MAX_CELL });
                continue;
            }
            let cell = |wanted: Column| {
                headings
                    .iter()
                    .find(|(_, column, _)| *column == wanted)
                    .and_then(|(at, ..)| cells.get(*at))
                    .map_or(String::new(), |cell| clean(cell))
            };
            if is_yes(&cell(Column::Disabled)) == Some(true) {
                continue;
            }
            let written = cell(Column::Type);
            if written.is_empty() {
                let is_filled = headings.iter().any(|(at, ..)| cells.get(*at).is_some_and(|cell| !cell.trim().is_empty()));
                if is_filled {
                    self.in_survey(number, Column::Type, Fault::NoType);
                }
                continue;
            }
            let plain = written.to_lowercase().replace('_', " ");
            if let Some(closed) = plain.strip_prefix("end ").map(str::trim).filter(
                |closed| matches!(kind::find(closed), Some(entry) if matches!(entry.support, Support::Full(kind) if kind.holds_items())),
            ) {
                self.close(closed, number, &mut open, &mut names);
                continue;
            }
            let Some((kind, source, other)) = self.kind(&written, number) else {
                // What an unknown group opens, its end closes.
                if plain.starts_with("begin ") {
                    open.push((Kind::Group, cell(Column::Name), number));
                    names.push(HashMap::new());
                }
                continue;
            };
            let mut item = Item::new(kind, &cell(Column::Name));
            // Nobody asks for what a note says; pyxform gives it the same name.
            if item.name.is_empty() && kind == Kind::Note {
                item.name = format!("generated_note_name_{number}");
            }
            item.depth = open.len() as u16;
            item.source = source;
            for (at, column, language) in &headings {
                let text = cells.get(*at).map_or(String::new(), |cell| clean(cell));
                read_cell(&mut item, *column, *language, text);
            }
            item.parameters = self.parameters(&cell(Column::Parameters), number);
            self.check(&item, number, &mut names);
            if kind.holds_items() {
                open.push((kind, item.name.clone(), number));
                names.push(HashMap::new());
                if open.len() > MAX_GROUPS as usize {
                    return self.in_survey(number, Column::Type, Fault::TooDeepGroups { most: MAX_GROUPS });
                }
            }
            let specify = other.then(|| self.specify(&item, number));
            self.form.items.push(item);
            self.rows.push(number);
            if let Some(specify) = specify {
                self.check(&specify, number, &mut names);
                self.form.items.push(specify);
                self.rows.push(number);
            }
        }
        for (_, name, row) in open {
            self.in_survey(row, Column::Type, Fault::Unclosed { name });
        }
        if self.form.items.is_empty() && self.problems.iter().all(|problem| problem.fault.is_notice()) {
            self.problem(&sheet.name, None, None, Fault::EmptySheet);
        }
    }

    fn close(&mut self, closed: &str, row: u32, open: &mut Vec<(Kind, String, u32)>, names: &mut Vec<HashMap<String, u32>>) {
        let Some((kind, name, opened)) = open.pop() else { return self.in_survey(row, Column::Type, Fault::Unopened) };
        names.pop();
        if kind::find(closed).is_none_or(|entry| entry.support != Support::Full(kind)) {
            self.in_survey(row, Column::Type, Fault::WrongEnd { name, row: opened });
        }
    }

    /// The kind that a cell names, where its options come from, and whether something else may be written.
    fn kind(&mut self, written: &str, row: u32) -> Option<(Kind, Option<Source>, bool)> {
        let squeezed = written.split_whitespace().collect::<Vec<_>>().join(" ");
        let small = squeezed.to_lowercase();
        if let Some(group) = small.strip_prefix("begin ").or_else(|| small.strip_prefix("begin_")) {
            if let Some(Support::Full(kind)) =
                kind::find(group).map(|entry| entry.support).filter(|support| matches!(support, Support::Full(kind) if kind.holds_items()))
            {
                return Some((kind, None, false));
            }
            let first = group.split(' ').next().unwrap_or(group);
            let fault = match kind::find(group).or_else(|| kind::find(first)).map(|entry| entry.support) {
                Some(Support::Refused(why)) => Fault::RefusedType { name: written.to_owned(), why },
                _ => Fault::UnknownType {
                    name: written.to_owned(),
                    like: nearest(group, ["group", "repeat"]).map(|like| format!("begin {like}")),
                },
            };
            self.in_survey(row, Column::Type, fault);
            return None;
        }
        if let Some(entry) = kind::find(&small) {
            let (kind, notice) = match entry.support {
                Support::Full(kind) if kind.is_select() => {
                    self.in_survey(row, Column::Type, Fault::NoList);
                    return None;
                }
                Support::Full(kind) if kind.holds_items() => {
                    self.in_survey(
                        row,
                        Column::Type,
                        Fault::UnknownType { name: written.to_owned(), like: Some(format!("begin {small}")) },
                    );
                    return None;
                }
                Support::Full(kind) => (kind, None),
                Support::Empty(kind, _) => (kind, Some(Fault::StaysEmpty { name: written.to_owned() })),
                Support::Location(kind) if self.permit.location => (kind, None),
                Support::Location(_) => {
                    self.in_survey(row, Column::Type, Fault::NeedsLocation { name: written.to_owned() });
                    return None;
                }
                Support::Refused(why) => {
                    self.in_survey(row, Column::Type, Fault::RefusedType { name: written.to_owned(), why });
                    return None;
                }
            };
            if let Some(notice) = notice {
                self.in_survey(row, Column::Type, notice);
            }
            return Some((kind, None, false));
        }
        // The longest name of a select that the cell begins with; behind it the list.
        let names = KINDS.iter().flat_map(|entry| entry.names.iter().map(move |name| (entry, *name)));
        let select =
            names.filter(|(_, name)| small.strip_prefix(name).is_some_and(|rest| rest.starts_with(' '))).max_by_key(|(_, name)| name.len());
        let Some((entry, name)) = select else {
            let like = nearest(&small, KINDS.iter().flat_map(|entry| entry.names.iter().copied()));
            self.in_survey(row, Column::Type, Fault::UnknownType { name: written.to_owned(), like });
            return None;
        };
        let kind = match entry.support {
            Support::Full(kind) if kind.is_select() => kind,
            Support::Refused(why) => {
                self.in_survey(row, Column::Type, Fault::RefusedType { name: name.to_owned(), why });
                return None;
            }
            _ => {
                self.in_survey(row, Column::Type, Fault::UnknownType { name: written.to_owned(), like: Some(name.to_owned()) });
                return None;
            }
        };
        let list = squeezed.get(name.len()..).unwrap_or("").trim();
        let (list, other) = match ["or_other", "or specify other", "or other"].iter().find_map(|end| list.strip_suffix(end)) {
            Some(list) => (list.trim(), true),
            None => (list, false),
        };
        if name.ends_with("_from_file") || list.contains('.') && self.form.files.iter().any(|file| file.name == list) {
            return Some((kind, Some(Source::File(list.to_owned())), other));
        }
        if list.starts_with("${") {
            self.in_survey(row, Column::Type, Fault::RefusedType { name: written.to_owned(), why: Why::NotYet });
            return None;
        }
        Some((kind, Some(Source::List(list.to_owned())), other))
    }

    fn parameters(&mut self, cell: &str, row: u32) -> Vec<(String, String)> {
        let mut parameters = Vec::new();
        for part in cell.split([' ', ';', ',', '\n']).filter(|part| !part.is_empty()) {
            match part.split_once('=') {
                Some((name, value)) if !name.trim().is_empty() && !value.trim().is_empty() => {
                    parameters.push((name.trim().to_lowercase(), value.trim().to_owned()));
                }
                _ => self.in_survey(row, Column::Parameters, Fault::BadParameter { text: part.to_owned() }),
            }
        }
        parameters
    }

    /// The question behind `or_other`: what else.
    fn specify(&mut self, item: &Item, row: u32) -> Item {
        let mut specify = Item::new(Kind::Text, &format!("{}_other", item.name));
        specify.depth = item.depth;
        specify.relevant = format!("selected(${{{}}}, 'other')", item.name);
        for (at, language) in self.form.languages.iter().enumerate() {
            let words = if answer::language(language) == Lang::Vi { "Ghi rõ." } else { "Specify other." };
            specify.label.set(at, words.to_owned());
        }
        if !item.choice_filter.is_empty() {
            self.in_survey(row, Column::ChoiceFilter, Fault::OtherWithFilter);
        }
        if let Some(Source::List(list)) = &item.source {
            self.others.push(list.clone());
        }
        specify
    }

    fn check(&mut self, item: &Item, row: u32, names: &mut [HashMap<String, u32>]) {
        if item.name.is_empty() {
            self.in_survey(row, Column::Name, Fault::NoName);
        } else if !is_name(&item.name) && item.kind != Kind::CsvExternal {
            self.in_survey(row, Column::Name, Fault::BadName { name: item.name.clone() });
        } else if let Some(earlier) = names.last_mut().and_then(|names| names.insert(item.name.clone(), row)) {
            self.in_survey(row, Column::Name, Fault::NameTwice { name: item.name.clone(), row: earlier });
        }
        let has_words = !item.label.is_empty()
            || !item.hint.is_empty()
            || !item.media.image.is_empty()
            || !item.media.audio.is_empty()
            || !item.media.video.is_empty();
        let is_worked_out = !item.calculation.is_empty() && item.trigger.is_empty();
        if item.kind.is_shown() && !item.kind.holds_items() && !has_words && !is_worked_out {
            self.in_survey(row, Column::Label, Fault::NoLabel { name: item.name.clone() });
        }
        if item.kind == Kind::Calculate && item.calculation.is_empty() && item.default.is_empty() && item.trigger.is_empty() {
            self.in_survey(row, Column::Calculation, Fault::NoCalculation);
        }
        if !item.choice_filter.is_empty() && !item.kind.is_select() {
            self.in_survey(row, Column::ChoiceFilter, Fault::NotASelect);
        }
        if !item.repeat_count.is_empty() && item.kind != Kind::Repeat {
            self.in_survey(row, Column::RepeatCount, Fault::NotARepeat);
        }
        if item.kind == Kind::Range && answer::range(item).is_none() {
            self.in_survey(row, Column::Parameters, Fault::BadRange);
        }
        if !item.default.is_empty() && !is_dynamic(item.kind, &item.default) && answer::normal(item, &item.default).is_err() {
            self.in_survey(row, Column::Default, Fault::BadDefault { text: item.default.clone() });
        }
        for word in appearance::words(&item.appearance) {
            match appearance::find(&word) {
                None => self.in_survey(row, Column::Appearance, Fault::UnknownAppearance { word }),
                Some(Effect::Refused(why)) if !(why == Why::Location && self.permit.location) => {
                    self.in_survey(row, Column::Appearance, Fault::RefusedAppearance { word, why });
                }
                Some(_) => {}
            }
        }
        if item.kind == Kind::CsvExternal && !self.form.files.iter().any(|file| file.stem() == item.name) {
            self.in_survey(row, Column::Name, Fault::UnknownFile { name: format!("{}.csv", item.name) });
        }
        if let Some(Source::File(name)) = &item.source {
            match self.form.files.iter().find(|file| file.name == *name) {
                None => self.in_survey(row, Column::Type, Fault::UnknownFile { name: name.clone() }),
                Some(file) => {
                    let wanted = [item.parameter("value").unwrap_or("name"), item.parameter("label").unwrap_or("label")];
                    let missing = wanted.into_iter().find(|column| file.table.column(column).is_none()).map(str::to_owned);
                    if let Some(column) = missing {
                        self.in_survey(row, Column::Type, Fault::NoColumnInFile { file: name.clone(), column });
                    }
                }
            }
        }
    }

    /// Lists that are chosen from: there, without spaces where several may be chosen, and with "other" where wanted.
    fn lists(&mut self) {
        for at in 0..self.form.items.len() {
            let Some((item, row)) = self.form.items.get(at).zip(self.rows.get(at).copied()) else { continue };
            let Some(Source::List(name)) = &item.source else { continue };
            let (name, kind) = (name.clone(), item.kind);
            let Some(list) = self.form.lists.iter().position(|list| list.name == name) else {
                let like = nearest(&name, self.form.lists.iter().map(|list| list.name.as_str()));
                self.in_survey(row, Column::Type, Fault::UnknownList { name, like });
                continue;
            };
            if kind != Kind::SelectOne {
                let table = self.form.lists.get(list).map(|list| &list.table);
                let spaced = table.and_then(|table| {
                    (0..table.len()).map(|row| (row, table.cell(row, 0))).find(|(_, code)| code.contains(char::is_whitespace))
                });
                if let Some((at, code)) = spaced.map(|(at, code)| (at, code.to_owned())) {
                    let row = self.choice_rows.get(list).and_then(|rows| rows.get(at as usize)).copied();
                    let fault = Fault::SpaceInChoice { name: code };
                    if !self.problems.iter().any(|problem| problem.fault == fault && problem.place.row == row) {
                        self.problem("choices", row, None, fault);
                    }
                }
            }
        }
        for name in std::mem::take(&mut self.others) {
            let languages = self.form.languages.clone();
            let Some(list) = self.form.lists.iter_mut().find(|list| list.name == name) else { continue };
            if list.table.rows_with(0, "other").next().is_some() {
                continue;
            }
            let cells = list.table.columns().iter().map(|column| match column.split_once("::") {
                _ if column == "name" => "other".to_owned(),
                None if column == "label" => words_for_other(languages.first().map_or("", String::as_str)),
                Some(("label", language)) => words_for_other(language),
                _ => String::new(),
            });
            let cells = cells.collect::<Vec<String>>();
            list.table.push(&cells);
        }
    }

    fn finish(mut self) -> Result<Imported, Vec<Problem>> {
        self.lists();
        let is_refused = |problems: &[Problem]| problems.iter().any(|problem| !problem.fault.is_notice());
        if self.form.items.is_empty() {
            return Err(self.problems);
        }
        // What is wrong in expressions is said together with the rest, so that nobody has to import ten times.
        let said = Plan::new(self.form.clone()).map_or_else(|faults| faults, |plan| plan.notices);
        for (origin, fault) in said {
            match origin {
                Origin::Item(item, column) => {
                    let row = self.rows.get(item).copied().unwrap_or(0);
                    self.in_survey(row, column, fault);
                }
                Origin::Choice(list, at, column) => {
                    let row = self.choice_rows.get(list).and_then(|rows| rows.get(at as usize)).copied();
                    let place = self.choice_columns.get((column as usize).wrapping_sub(1)).cloned();
                    self.problem("choices", row, place, fault);
                }
                Origin::InstanceName => self.problem("settings", Some(2), None, fault),
            }
        }
        if is_refused(&self.problems) {
            self.problems.retain(|problem| !problem.fault.is_notice());
            self.problems
                .sort_by_key(|problem| (order(&problem.place.sheet), problem.place.row, problem.place.column.as_ref().map(|(at, _)| *at)));
            return Err(self.problems);
        }
        Ok(Imported { form: self.form, notices: self.problems })
    }
}

/// The order in which sheets are read about.
fn order(sheet: &str) -> u8 {
    match sheet {
        "" => 0,
        "survey" => 1,
        "choices" => 2,
        _ => 3,
    }
}

fn words_for_other(language: &str) -> String {
    if answer::language(language) == Lang::Vi { "Khác" } else { "Other" }.to_owned()
}

fn find<T: Copy>(known: &[column::Entry<T>], name: &str) -> Option<Use<T>> {
    known.iter().find(|(names, _)| names.contains(&name)).map(|(_, made)| *made)
}

fn survey_column(name: &str) -> Option<Use<Column>> {
    find(SURVEY, name)
}

/// What is kept of a cell: letters composed, nothing at either end.
fn clean(cell: &str) -> String {
    compose(cell.replace('\u{a0}', " ").trim().to_owned())
}

fn is_yes(cell: &str) -> Option<bool> {
    match cell.to_lowercase().as_str() {
        "yes" | "true" | "true()" | "1" => Some(true),
        "no" | "false" | "false()" | "0" => Some(false),
        _ => None,
    }
}

fn read_cell(item: &mut Item, column: Column, language: usize, cell: String) {
    let text: &mut Text = match column {
        Column::Label => &mut item.label,
        Column::Hint => &mut item.hint,
        Column::Guidance => &mut item.guidance,
        Column::Image => &mut item.media.image,
        Column::BigImage => &mut item.media.big_image,
        Column::Audio => &mut item.media.audio,
        Column::Video => &mut item.media.video,
        Column::ConstraintMessage => &mut item.constraint_message,
        Column::RequiredMessage => &mut item.required_message,
        Column::Relevant => return item.relevant = cell,
        Column::Constraint => return item.constraint = cell,
        Column::Required => return item.required = cell,
        Column::ReadOnly => return item.read_only = cell,
        Column::Calculation => return item.calculation = cell,
        Column::Default => return item.default = cell,
        Column::Trigger => return item.trigger = cell,
        Column::ChoiceFilter => return item.choice_filter = cell,
        Column::RepeatCount => return item.repeat_count = cell,
        Column::Appearance => return item.appearance = cell,
        Column::Type | Column::Name | Column::Parameters | Column::Disabled => return,
    };
    text.set(language, cell);
}
