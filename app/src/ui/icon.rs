//! Signs: inline paths on a grid of 24, stroke 2. Never alone: a word stands beside, or a spoken name where there is no room.

use leptos::prelude::*;

/// One sign.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Icon(&'static str);

/// What a state means to the reader, as colour. Always with a sign and a word.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Tone {
    /// Nothing to do.
    #[default]
    Plain,
    /// Met, received, done.
    Good,
    /// Appointment, owed, to complete.
    Wait,
    /// Needs a person.
    Bad,
}

impl Tone {
    /// A class list that ends in the tone's own class.
    pub fn class(self, base: &'static str) -> String {
        match self {
            Self::Plain => base.to_owned(),
            Self::Good => format!("{base} good"),
            Self::Wait => format!("{base} wait"),
            Self::Bad => format!("{base} bad"),
        }
    }
}

// The names are the documentation.
#[allow(missing_docs)]
impl Icon {
    pub const OFFLINE: Self = Self("M3 3l18 18M8.5 7A6 6 0 0 1 17.6 10 4 4 0 0 1 20 16.5M5.8 10A4.2 4.2 0 0 0 7 18h10");
    pub const ONLINE: Self = Self("M7 18h10a4 4 0 0 0 .6-7.96A6 6 0 0 0 6 9.7 4.3 4.3 0 0 0 7 18zM9.5 13l2 2 3.5-3.5");
    pub const NEXT: Self = Self("M9 5l7 7-7 7");
    pub const BACK: Self = Self("M15 5l-7 7 7 7");
    pub const WARNING: Self = Self("M12 4 2.8 20h18.4zM12 10v4.5M12 17.2v.1");
    pub const CLOCK: Self = Self("M3 12a9 9 0 1 0 18 0 9 9 0 1 0-18 0M12 7v5.2l3.5 2");
    pub const NOT_YET: Self = Self("M4.5 12a7.5 7.5 0 1 0 15 0 7.5 7.5 0 1 0-15 0");
    pub const DONE: Self = Self("M5 12.5 10 17.5 19.5 7");
    pub const DOOR: Self = Self("M6 21V4h12v17M3 21h18M14 12.5v.1");
    pub const MOVED: Self = Self("M4 12h14M13 7l5 5-5 5M21 4v16");
    pub const NO_CONTACT: Self = Self("M3.5 12a8.5 8.5 0 1 0 17 0 8.5 8.5 0 1 0-17 0M6 6l12 12");
    pub const HOME: Self = Self("M4 11 12 4l8 7v9h-5v-6H9v6H4z");
    pub const HOUSES: Self = Self("M2 20v-8l5-5 5 5v8zM12 20h10v-9l-5-5-3.5 3.5");
    pub const OUTBOX: Self = Self("M12 15V4M7 9l5-5 5 5M4 15v5h16v-5");
    pub const INBOX: Self = Self("M12 4v11M7 10l5 5 5-5M4 16v4h16v-4");
    pub const SEARCH: Self = Self("M4 11a7 7 0 1 0 14 0 7 7 0 1 0-14 0M16.5 16.5 21 21");
    pub const TEXT_SIZE: Self = Self("M3 19 8.5 5 14 19M5 14h7M15 19l3-8 3 8M16.2 16.5h3.6");
    pub const SYNC: Self = Self("M20 12a8 8 0 1 1-2.5-5.8M20 3v4h-4");
    pub const CALL: Self = Self("M6 3h4l2 5-2.5 1.5a11 11 0 0 0 5 5L16 12l5 2v4a3 3 0 0 1-3 3C10 21 3 14 3 6a3 3 0 0 1 3-3z");
    pub const REPLY: Self = Self("M10 6 4 12l6 6M4 12h9c4 0 7 2 7 6");
    pub const CALENDAR: Self = Self("M5 5h14a1 1 0 0 1 1 1v13a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1zM4 10h16M8 3v4M16 3v4");
    pub const CLOSE: Self = Self("M6 6l12 12M18 6 6 18");
    pub const UNDO: Self = Self("M8 6 3.5 10.5 8 15M4 10.5h10a5 5 0 0 1 0 10h-3");
    pub const VOICE: Self = Self("M4 5h16v11H11l-5 4v-4H4z");
    pub const ADD: Self = Self("M12 5v14M5 12h14");
    pub const LESS: Self = Self("M5 12h14");
    pub const PEOPLE: Self = Self(
        "M5.5 8a3.5 3.5 0 1 0 7 0 3.5 3.5 0 1 0-7 0M2.5 20c0-4 3-6 6.5-6s6.5 2 6.5 6M16 5a3.5 3.5 0 0 1 0 6.5M18 14.5c2.3.8 3.5 2.8 3.5 5.5",
    );
    pub const STOP: Self = Self("M8 3h8l5 5v8l-5 5H8l-5-5V8zM8 12h8");
    pub const PENCIL: Self = Self("M4 20l1-4L16 5l3 3L8 19z");
    pub const LOCK: Self = Self("M5 11h14v10H5zM8 11V7a4 4 0 0 1 8 0v4");
    pub const ERASE: Self = Self("M9 5h12v14H9l-6-7zM12.5 9.5l5 5M17.5 9.5l-5 5");
    pub const DOTS: Self = Self("M5 11v.1M12 11v.1M19 11v.1");
    pub const PAPER: Self = Self("M6 3h8l5 5v13H6zM14 3v5h5M9 13h7M9 17h7");

    /// A sign that one app alone needs.
    pub const fn new(path: &'static str) -> Self {
        Self(path)
    }

    /// The sign beside its word.
    pub fn view(self) -> AnyView {
        self.toned(Tone::Plain)
    }

    /// The sign in the colour of a state.
    pub fn toned(self, tone: Tone) -> AnyView {
        view! { <svg class=tone.class("i") viewBox="0 0 24 24" aria-hidden="true"><path d=self.0></path></svg> }.into_any()
    }

    /// The sign with a spoken name, where there is no room for its word.
    pub fn named(self, name: &'static str) -> AnyView {
        view! { <svg class="i" viewBox="0 0 24 24" role="img" aria-label=name><path d=self.0></path></svg> }.into_any()
    }
}
