//! Every word that people read: one catalogue for the field, one for the office, one for both. Vietnamese first, English complete.
//!
//! A catalogue is a struct, so a word that is missing in one language does not compile.

pub mod field;
pub mod shared;

/// Declares a catalogue: `name = "Vietnamese", "English";` is a word, `name(n: u32) = format!(…), format!(…);` a sentence.
#[macro_export]
macro_rules! catalogue {
    (@type) => { &'static str };
    (@type ($($ty:ty),*)) => { fn($($ty),*) -> String };
    (@value $words:expr;) => { $words };
    (@value $words:expr; ($($arg:ident: $ty:ty),*)) => { |$($arg: $ty),*| $words };
    ($(#[$doc:meta])* $name:ident { $($word:ident $(($($arg:ident: $ty:ty),*))? = $vi:expr, $en:expr;)+ }) => {
        $(#[$doc])*
        // The words are their own documentation.
        #[allow(missing_docs)]
        pub struct $name { $(pub $word: $crate::words::catalogue!(@type $(($($ty),*))?),)+ }

        impl $name {
            const VI: Self = Self { $($word: $crate::words::catalogue!(@value $vi; $(($($arg: $ty),*))?),)+ };
            const EN: Self = Self { $($word: $crate::words::catalogue!(@value $en; $(($($arg: $ty),*))?),)+ };

            /// The catalogue in one language.
            pub const fn of(lang: domain::code::Lang) -> &'static Self {
                match lang {
                    domain::code::Lang::Vi => &Self::VI,
                    domain::code::Lang::En => &Self::EN,
                }
            }
        }
    };
}
pub use catalogue;

/// The product's name, the same in every language.
pub const BRAND: &str = "Gần Dân";

/// Vietnamese by its own name, so that whoever reads only that finds it.
pub const VIETNAMESE: &str = "Tiếng Việt";

/// English by its own name.
pub const ENGLISH: &str = "English";
