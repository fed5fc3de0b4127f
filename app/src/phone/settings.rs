//! How the reader wants to see the app. Preferences only: nothing here is anybody's data.

use crate::platform::{dom, memo};
use domain::code::Lang;
use serde::{Deserialize, Serialize};

/// What the settings page offers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Size of letters.
    pub text: TextSize,
    /// Colours.
    pub theme: Theme,
    /// Language.
    pub lang: Lang,
}

impl Settings {
    /// What this reader chose last.
    pub fn load() -> Self {
        let look: Look = memo::read(LOOK).unwrap_or_default();
        let lang = match memo::read::<String>(LANG).as_deref() {
            Some("en") => Lang::En,
            _ => Lang::Vi,
        };
        Self { text: look.text, theme: look.theme, lang }
    }

    /// Remembers the choice and shows it at once.
    pub fn save(self) {
        memo::write(LOOK, &Look { theme: self.theme, text: self.text });
        memo::write(LANG, &if self.lang == Lang::En { "en" } else { "vi" });
        dom::mark_root("data-text", Some(self.text.code()));
        dom::mark_root("data-theme", Some(self.theme.code()));
        dom::speak(self.lang);
    }
}

/// public/start.js reads this before the app is there.
const LOOK: &str = "gandan.look";
const LANG: &str = "gandan.lang";

#[derive(Default, Serialize, Deserialize)]
struct Look {
    theme: Theme,
    text: TextSize,
}

impl TextSize {
    const fn code(self) -> &'static str {
        match self {
            Self::Medium => "1",
            Self::Large => "2",
            Self::Largest => "3",
        }
    }
}

impl Theme {
    const fn code(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Auto => "auto",
        }
    }
}

/// Size of letters; the code is the value of `data-text` on the root element.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TextSize {
    /// "Vừa"
    #[default]
    #[serde(rename = "1")]
    Medium,
    /// "Lớn"
    #[serde(rename = "2")]
    Large,
    /// "Rất lớn"
    #[serde(rename = "3")]
    Largest,
}

/// Colours; the code is the value of `data-theme` on the root element.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// Light whatever the phone says: the work is outdoors.
    #[default]
    Light,
    /// Dark.
    Dark,
    /// As the phone has it.
    Auto,
}
