//! How the reader wants to see the app. Preferences only: nothing here is anybody's data.

use crate::platform::{dom, memo};
use domain::code::Lang;

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
        let (text, theme, lang) = (memo::read(TEXT), memo::read(THEME), memo::read(LANG));
        let (text, theme, lang) = (text.as_deref(), theme.as_deref(), lang.as_deref());
        Self {
            text: TextSize::ALL.into_iter().find(|known| Some(known.code()) == text).unwrap_or_default(),
            theme: Theme::ALL.into_iter().find(|known| Some(known.code()) == theme).unwrap_or_default(),
            lang: if lang == Some("en") { Lang::En } else { Lang::Vi },
        }
    }

    /// Remembers the choice and shows it at once.
    pub fn save(self) {
        memo::write(TEXT, self.text.code());
        memo::write(THEME, self.theme.code());
        memo::write(LANG, if self.lang == Lang::En { "en" } else { "vi" });
        dom::mark_root("data-text", Some(self.text.code()));
        dom::mark_root("data-theme", Some(self.theme.code()));
        dom::speak(self.lang);
    }
}

/// public/start.js reads these two before the app is there.
const TEXT: &str = "gandan.text";
const THEME: &str = "gandan.theme";
const LANG: &str = "gandan.lang";

impl TextSize {
    const ALL: [Self; 3] = [Self::Medium, Self::Large, Self::Largest];

    const fn code(self) -> &'static str {
        match self {
            Self::Medium => "1",
            Self::Large => "2",
            Self::Largest => "3",
        }
    }
}

impl Theme {
    const ALL: [Self; 3] = [Self::Light, Self::Dark, Self::Auto];

    const fn code(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Auto => "auto",
        }
    }
}

/// Size of letters; the code is the value of `data-text` on the root element.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextSize {
    /// "Vừa"
    #[default]
    Medium,
    /// "Lớn"
    Large,
    /// "Rất lớn"
    Largest,
}

/// Colours; the code is the value of `data-theme` on the root element.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Light whatever the phone says: the work is outdoors.
    #[default]
    Light,
    /// Dark.
    Dark,
    /// As the phone has it.
    Auto,
}
