//! Two sheets of the recovery key, typed in by two people. They are joined in this browser and leave it nowhere.

use crate::form::{Form, Mistake, Typed};
use crate::words::Office;
use leptos::prelude::*;
use seal::recovery::{PrivateKey, PublicKey};
use seal::sheet::{JoinError, Sheet, SheetError, join};

/// What was typed of them.
#[derive(Clone, Copy)]
pub struct Sheets([RwSignal<String>; 2]);

impl Sheets {
    /// Nothing typed.
    pub fn new() -> Self {
        Self([(); 2].map(|()| RwSignal::new(String::new())))
    }

    /// Their fields: `first` and `second`.
    pub fn fields(self, form: Form) -> AnyView {
        let words = form.words();
        let Self([first, second]) = self;
        view! {
            <p class="small">{words.recovery_sheets_how}</p>
            {form.field("first", Typed::Sheet, words.recovery_first, words.recovery_sheet_hint, first)}
            {form.field("second", Typed::Sheet, words.recovery_second, words.recovery_sheet_hint, second)}
        }
        .into_any()
    }

    /// The key behind them, or what is wrong with them.
    pub fn read(self, words: &'static Office, key: PublicKey) -> Result<PrivateKey, Vec<Mistake>> {
        let sheet = |field: &'static str, typed: RwSignal<String>| {
            typed.with_untracked(|typed| match Sheet::read(typed) {
                _ if typed.trim().is_empty() => Err((field, words.sheet_missing)),
                Ok(sheet) => Ok(sheet),
                Err(error) => Err((field, wrong(words, error))),
            })
        };
        let Self([first, second]) = self;
        match (sheet("first", first), sheet("second", second)) {
            (Ok(first), Ok(second)) => join(&first, &second, &key).map_err(|error| match error {
                JoinError::Same => vec![("second", words.sheet_same)],
                JoinError::Other => vec![("first", words.sheet_other), ("second", words.sheet_other)],
            }),
            (first, second) => Err([first.err(), second.err()].into_iter().flatten().collect()),
        }
    }
}

fn wrong(words: &'static Office, error: SheetError) -> &'static str {
    match error {
        SheetError::Length(missing) if missing > 0 => words.sheet_short,
        SheetError::Length(_) => words.sheet_long,
        SheetError::Letter(_) => words.sheet_letter,
        SheetError::Row(1) => words.sheet_row_1,
        SheetError::Row(2) => words.sheet_row_2,
        SheetError::Row(3) => words.sheet_row_3,
        SheetError::Row(_) => words.sheet_row_4,
    }
}
