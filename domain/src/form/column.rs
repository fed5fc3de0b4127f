//! Columns of the three sheets: known, without meaning here, or refused.

use super::problem::Why;

/// A column of the survey sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is the column of that name in `SURVEY`")]
pub enum Column {
    Type,
    Name,
    Label,
    Hint,
    Guidance,
    Image,
    BigImage,
    Audio,
    Video,
    Relevant,
    Constraint,
    ConstraintMessage,
    Required,
    RequiredMessage,
    ReadOnly,
    Calculation,
    Default,
    Trigger,
    ChoiceFilter,
    RepeatCount,
    Appearance,
    Parameters,
    Disabled,
}

/// A column of the settings sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the column of that name in `SETTINGS`")]
pub enum Setting {
    Title,
    Id,
    Version,
    DefaultLanguage,
    Style,
    InstanceName,
    AllowChoiceDuplicates,
}

/// What is made of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use<T> {
    /// It is read.
    Read(T),
    /// It is about something that this program does otherwise, or a remark: said, and left out.
    LeftOut,
    /// The form is refused if the column has anything in it.
    Refused(Why),
}

/// A column: its names (the first is the one that is exported), and what is made of it.
pub type Entry<T> = (&'static [&'static str], Use<T>);

/// The columns of the survey sheet.
pub const SURVEY: &[Entry<Column>] = &[
    (&["type", "command"], Use::Read(Column::Type)),
    (&["name", "tag"], Use::Read(Column::Name)),
    (&["label", "caption"], Use::Read(Column::Label)),
    (&["hint"], Use::Read(Column::Hint)),
    (&["guidance_hint"], Use::Read(Column::Guidance)),
    (&["image", "media::image"], Use::Read(Column::Image)),
    (&["big-image", "media::big-image"], Use::Read(Column::BigImage)),
    (&["audio", "media::audio"], Use::Read(Column::Audio)),
    (&["video", "media::video"], Use::Read(Column::Video)),
    (&["relevant", "relevance", "bind::relevant"], Use::Read(Column::Relevant)),
    (&["constraint", "bind::constraint"], Use::Read(Column::Constraint)),
    (&["constraint_message", "constraining_message", "bind::jr:constraintmsg"], Use::Read(Column::ConstraintMessage)),
    (&["required", "bind::required"], Use::Read(Column::Required)),
    (&["required_message", "requiredmsg", "bind::jr:requiredmsg"], Use::Read(Column::RequiredMessage)),
    (&["read_only", "readonly", "bind::readonly"], Use::Read(Column::ReadOnly)),
    (&["calculation", "calculate", "bind::calculate"], Use::Read(Column::Calculation)),
    (&["default"], Use::Read(Column::Default)),
    (&["trigger"], Use::Read(Column::Trigger)),
    (&["choice_filter"], Use::Read(Column::ChoiceFilter)),
    (&["repeat_count", "count", "jr:count", "control::jr:count"], Use::Read(Column::RepeatCount)),
    (&["appearance", "control::appearance", "body::appearance"], Use::Read(Column::Appearance)),
    (&["parameters"], Use::Read(Column::Parameters)),
    (&["disabled"], Use::Read(Column::Disabled)),
    (&["note", "notes", "comment", "comments", "remark", "remarks", "description"], Use::LeftOut),
    (&["autoplay", "rows", "body::accuracythreshold", "body::accuracyThreshold"], Use::LeftOut),
    (&["hxl", "$kuid", "$qpath", "$xpath", "$given_name", "compact_tag", "instance::hxl"], Use::LeftOut),
    (
        &["sms_field", "sms_option", "sms_separator", "sms_allow_media", "sms_date_format", "sms_datetime_format", "sms_response"],
        Use::LeftOut,
    ),
    (&["no_app_error_string", "noapperrorstring"], Use::LeftOut),
    (&["save_to", "bind::entities:saveto"], Use::Refused(Why::NotYet)),
    (&["intent", "body::intent"], Use::Refused(Why::OtherProgram)),
    (&["query"], Use::Refused(Why::NotYet)),
];

/// The columns of the settings sheet.
pub const SETTINGS: &[Entry<Setting>] = &[
    (&["form_title", "title", "set_form_title"], Use::Read(Setting::Title)),
    (&["form_id", "id_string", "set_form_id"], Use::Read(Setting::Id)),
    (&["version"], Use::Read(Setting::Version)),
    (&["default_language"], Use::Read(Setting::DefaultLanguage)),
    (&["style"], Use::Read(Setting::Style)),
    (&["instance_name"], Use::Read(Setting::InstanceName)),
    (&["allow_choice_duplicates"], Use::Read(Setting::AllowChoiceDuplicates)),
    (&["submission_url", "auto_send", "auto_delete", "client_editable"], Use::LeftOut),
    (&["name", "instance_xmlns", "namespaces", "prefix", "delimiter", "sms_keyword", "clean_text_values", "omit_instanceid"], Use::LeftOut),
    (&["instance_id"], Use::LeftOut),
    (&["public_key"], Use::Refused(Why::Encryption)),
];

/// What the choices sheet has beside columns for filters: list and name of an option, and what is shown.
pub const CHOICES: &[(&[&str], &str)] = &[
    (&["list_name", "list name"], "list_name"),
    (&["name", "value"], "name"),
    (&["label", "caption"], "label"),
    (&["image", "media::image"], "image"),
    (&["big-image", "media::big-image"], "big-image"),
    (&["audio", "media::audio"], "audio"),
    (&["video", "media::video"], "video"),
];

impl Column {
    /// What is exported.
    pub fn name(self) -> &'static str {
        let entry = SURVEY.iter().find(|(_, made)| *made == Use::Read(self));
        entry.and_then(|(names, _)| names.first()).unwrap_or(&"")
    }

    /// Whether it has one column per language.
    pub const fn is_translated(self) -> bool {
        matches!(
            self,
            Self::Label
                | Self::Hint
                | Self::Guidance
                | Self::Image
                | Self::BigImage
                | Self::Audio
                | Self::Video
                | Self::ConstraintMessage
                | Self::RequiredMessage
        )
    }
}

impl Setting {
    /// What is exported.
    pub fn name(self) -> &'static str {
        let entry = SETTINGS.iter().find(|(_, made)| *made == Use::Read(self));
        entry.and_then(|(names, _)| names.first()).unwrap_or(&"")
    }
}

/// A heading: the column in small letters with `_` for spaces, and the language behind it.
pub fn split(heading: &str) -> (String, Option<String>) {
    let plain = |part: &str| part.trim().to_lowercase().replace(' ', "_");
    let parts: Vec<&str> = if heading.contains("::") { heading.split("::").collect() } else { heading.split(':').collect() };
    match parts.as_slice() {
        [first, second, language] if matches!(plain(first).as_str(), "media" | "bind" | "body" | "control" | "instance") => {
            (format!("{}::{}", plain(first), plain(second)), Some(language.trim().to_owned()))
        }
        [first, second] if matches!(plain(first).as_str(), "media" | "bind" | "body" | "control" | "instance") => {
            (format!("{}::{}", plain(first), plain(second)), None)
        }
        [first, _] if plain(first) == "jr" => (plain(heading), None),
        [first, language] => (plain(first), Some(language.trim().to_owned())),
        _ => (plain(heading), None),
    }
}
