//! A form as data: what is stored, sent to phones, built in the office and exported.
//!
//! Expressions stay as they were written. [`super::plan::Plan`] makes of a form what can be filled in.

use super::kind::Kind;
use super::list::Table;
use serde::{Deserialize, Serialize};

/// A form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// What the settings sheet says.
    pub settings: Settings,
    /// The languages of its texts, as the workbook writes them: "Tiếng Việt (vi)". Texts without a language are those of
    /// the language "".
    pub languages: Vec<String>,
    /// Questions, groups and repeats in their order. What is inside a group follows it, one deeper.
    pub items: Vec<Item>,
    /// The lists of the choices sheet.
    pub lists: Vec<List>,
    /// The files beside the workbook that questions choose or look things up from.
    pub files: Vec<File>,
}

/// What the settings sheet says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// What people call it.
    pub title: String,
    /// What machines call it.
    pub id: String,
    /// Which version this is.
    pub version: String,
    /// The language that is shown first; one of the form's.
    pub default_language: String,
    /// `pages`, `theme-grid` …, as written.
    pub style: String,
    /// What one filled form is called: an expression.
    pub instance_name: String,
    /// Whether options may have the same name.
    pub allow_choice_duplicates: bool,
}

/// A question, a group or a repeat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// How many groups it is in.
    pub depth: u16,
    /// What it is.
    pub kind: Kind,
    /// Its name, the same nowhere else in the group.
    pub name: String,
    /// Where its options come from.
    pub source: Option<Source>,
    /// The question.
    pub label: Text,
    /// What helps whoever answers.
    pub hint: Text,
    /// What helps whoever asks.
    pub guidance: Text,
    /// What is shown or played with it.
    pub media: Media,
    /// Shown only when this is true.
    pub relevant: String,
    /// What an answer must be.
    pub constraint: String,
    /// What is said otherwise.
    pub constraint_message: Text,
    /// Whether there must be an answer.
    pub required: String,
    /// What is said otherwise.
    pub required_message: Text,
    /// Whether it can only be read.
    pub read_only: String,
    /// What it is worked out as.
    pub calculation: String,
    /// What it begins with.
    pub default: String,
    /// Questions whose change makes it worked out anew, and only theirs.
    pub trigger: String,
    /// Which of the options are offered.
    pub choice_filter: String,
    /// How many times a repeat is there.
    pub repeat_count: String,
    /// How it looks.
    pub appearance: String,
    /// Names and values of what is set about it.
    pub parameters: Vec<(String, String)>,
}

impl Item {
    /// An item with nothing but a kind and a name.
    pub fn new(kind: Kind, name: &str) -> Self {
        Self {
            depth: 0,
            kind,
            name: name.to_owned(),
            source: None,
            label: Text::default(),
            hint: Text::default(),
            guidance: Text::default(),
            media: Media::default(),
            relevant: String::new(),
            constraint: String::new(),
            constraint_message: Text::default(),
            required: String::new(),
            required_message: Text::default(),
            read_only: String::new(),
            calculation: String::new(),
            default: String::new(),
            trigger: String::new(),
            choice_filter: String::new(),
            repeat_count: String::new(),
            appearance: String::new(),
            parameters: Vec::new(),
        }
    }

    /// What is set about it under that name.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Where options come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A list of the choices sheet.
    List(String),
    /// A file, by its whole name.
    File(String),
}

/// A text in the languages of the form, in their order. What is missing at the end is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(Vec<String>);

impl Text {
    /// Writes the text of one language.
    pub fn set(&mut self, language: usize, text: String) {
        if text.is_empty() {
            return;
        }
        if self.0.len() <= language {
            self.0.resize(language + 1, String::new());
        }
        if let Some(there) = self.0.get_mut(language) {
            *there = text;
        }
    }

    /// The text of exactly this language; empty if there is none.
    pub fn of(&self, language: usize) -> &str {
        self.0.get(language).map_or("", String::as_str)
    }

    /// The text in a language, else the first there is.
    pub fn in_language(&self, language: usize) -> &str {
        Some(self.of(language)).filter(|text| !text.is_empty()).or_else(|| self.all().next()).unwrap_or("")
    }

    /// The texts there are.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str).filter(|text| !text.is_empty())
    }

    /// Whether no language has one.
    pub fn is_empty(&self) -> bool {
        self.all().next().is_none()
    }
}

/// Names of files that are shown or played.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// A picture.
    pub image: Text,
    /// The same picture, larger.
    pub big_image: Text,
    /// Something to hear.
    pub audio: Text,
    /// Something to watch.
    pub video: Text,
}

/// A list of options: a table with a column `name`, one `label` per language (`label::Tiếng Việt (vi)`), and whatever
/// filters ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct List {
    /// What questions call it.
    pub name: String,
    /// Its options.
    pub table: Table,
}

/// A file that options come from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Its name, with the ending.
    pub name: String,
    /// Its rows.
    pub table: Table,
}

impl File {
    /// What `instance()` and `pulldata()` call it: without the ending.
    pub fn stem(&self) -> &str {
        self.name.rsplit_once('.').map_or(self.name.as_str(), |(stem, _)| stem)
    }
}
