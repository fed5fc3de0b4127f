//! A form written as a workbook (XLSForm): what [`super::import`] reads back into the same form.

use super::column::{Column, Setting};
use super::definition::{Form, Item, Source, Text};
use super::workbook::{Sheet, Workbook};

/// The columns of the survey sheet, in the order in which people expect them.
const COLUMNS: [Column; 22] = [
    Column::Type,
    Column::Name,
    Column::Label,
    Column::Hint,
    Column::Guidance,
    Column::Required,
    Column::RequiredMessage,
    Column::Relevant,
    Column::Constraint,
    Column::ConstraintMessage,
    Column::Calculation,
    Column::Trigger,
    Column::Default,
    Column::ChoiceFilter,
    Column::RepeatCount,
    Column::ReadOnly,
    Column::Appearance,
    Column::Parameters,
    Column::Image,
    Column::BigImage,
    Column::Audio,
    Column::Video,
];

/// Writes a form as a workbook. Its files lie beside it and are not in it. Columns that nothing fills are left out.
pub fn export(form: &Form) -> Workbook {
    let mut sheets = vec![survey(form)];
    if !form.lists.is_empty() {
        sheets.push(choices(form));
    }
    sheets.push(settings(form));
    Workbook { sheets }
}

fn survey(form: &Form) -> Sheet {
    let mut headings: Vec<(Column, usize)> = Vec::new();
    for column in COLUMNS {
        let languages = if column.is_translated() { form.languages.len() } else { 1 };
        let is_filled = |language: usize| form.items.iter().any(|item| !cell(item, column, language).is_empty());
        let always = matches!(column, Column::Type | Column::Name | Column::Label);
        headings.extend((0..languages).filter(|language| always || is_filled(*language)).map(|language| (column, language)));
    }
    let mut rows =
        vec![headings.iter().map(|(column, language)| heading(form, column.name(), column.is_translated().then_some(*language))).collect()];
    let mut open: Vec<&Item> = Vec::new();
    let end = |item: &Item| vec![format!("end {}", item.kind.name())];
    for item in &form.items {
        while open.len() > usize::from(item.depth) {
            rows.extend(open.pop().map(end));
        }
        rows.push(headings.iter().map(|(column, language)| cell(item, *column, *language)).collect());
        if item.kind.holds_items() {
            open.push(item);
        }
    }
    while let Some(item) = open.pop() {
        rows.push(end(item));
    }
    Sheet { name: "survey".to_owned(), rows }
}

/// `label`, or `label::Tiếng Việt (vi)`.
fn heading(form: &Form, name: &str, language: Option<usize>) -> String {
    match language.and_then(|language| form.languages.get(language)).map_or("", String::as_str) {
        "" => name.to_owned(),
        language => format!("{name}::{language}"),
    }
}

fn cell(item: &Item, column: Column, language: usize) -> String {
    let text: &Text = match column {
        Column::Type => return kind(item),
        Column::Name => return item.name.clone(),
        Column::Relevant => return item.relevant.clone(),
        Column::Constraint => return item.constraint.clone(),
        Column::Required => return item.required.clone(),
        Column::ReadOnly => return item.read_only.clone(),
        Column::Calculation => return item.calculation.clone(),
        Column::Default => return item.default.clone(),
        Column::Trigger => return item.trigger.clone(),
        Column::ChoiceFilter => return item.choice_filter.clone(),
        Column::RepeatCount => return item.repeat_count.clone(),
        Column::Appearance => return item.appearance.clone(),
        Column::Parameters => {
            return item.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ");
        }
        Column::Disabled => return String::new(),
        Column::Label => &item.label,
        Column::Hint => &item.hint,
        Column::Guidance => &item.guidance,
        Column::Image => &item.media.image,
        Column::BigImage => &item.media.big_image,
        Column::Audio => &item.media.audio,
        Column::Video => &item.media.video,
        Column::ConstraintMessage => &item.constraint_message,
        Column::RequiredMessage => &item.required_message,
    };
    text.of(language).to_owned()
}

fn kind(item: &Item) -> String {
    let name = item.kind.name();
    match &item.source {
        Some(Source::List(list)) => format!("{name} {list}"),
        Some(Source::File(file)) if name == "rank" => format!("{name} {file}"),
        Some(Source::File(file)) => format!("{name}_from_file {file}"),
        None if item.kind.holds_items() => format!("begin {name}"),
        None => name.to_owned(),
    }
}

fn choices(form: &Form) -> Sheet {
    let mut columns: Vec<&str> = Vec::new();
    for column in form.lists.iter().flat_map(|list| list.table.columns()) {
        if !columns.contains(&column.as_str()) {
            columns.push(column);
        }
    }
    let mut rows = vec![std::iter::once("list_name").chain(columns.iter().copied()).map(str::to_owned).collect::<Vec<String>>()];
    for list in &form.lists {
        let at: Vec<Option<u32>> = columns.iter().map(|column| list.table.column(column)).collect();
        for row in 0..list.table.len() {
            let cells = at.iter().map(|column| column.map_or(String::new(), |column| list.table.cell(row, column).to_owned()));
            rows.push(std::iter::once(list.name.clone()).chain(cells).collect());
        }
    }
    Sheet { name: "choices".to_owned(), rows }
}

fn settings(form: &Form) -> Sheet {
    let settings = &form.settings;
    let duplicates = if settings.allow_choice_duplicates { "yes" } else { "" };
    let cells = [
        (Setting::Title, settings.title.as_str()),
        (Setting::Id, settings.id.as_str()),
        (Setting::Version, settings.version.as_str()),
        (Setting::DefaultLanguage, settings.default_language.as_str()),
        (Setting::Style, settings.style.as_str()),
        (Setting::InstanceName, settings.instance_name.as_str()),
        (Setting::AllowChoiceDuplicates, duplicates),
    ];
    let filled = cells.into_iter().filter(|(_, text)| !text.is_empty());
    let (headings, row) = filled.map(|(setting, text)| (setting.name().to_owned(), text.to_owned())).unzip();
    Sheet { name: "settings".to_owned(), rows: vec![headings, row] }
}
