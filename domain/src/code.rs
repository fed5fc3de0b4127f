//! Code lists: stable codes with both labels. A code is never renamed and never changes its meaning.

/// The language of the person who reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// Vietnamese, the first language of everything.
    #[default]
    Vi,
    /// English, complete.
    En,
}

/// Declares a code list: an enum that travels as its stable code and knows both labels.
///
/// A code that this build does not know is an error of decoding, so the record that holds it is kept as raw
/// bytes: quarantined on a server, unread on a phone until an update.
#[macro_export]
macro_rules! code_list {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal, $vi:literal, $en:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $(#[doc = $en] $(#[$vdoc])* $variant,)+ }

        // By hand, because a derived decoder for sixty topics is ten times as large as this.
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.code())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let code = <String as serde::Deserialize>::deserialize(deserializer)?;
                Self::from_code(&code).ok_or_else(|| serde::de::Error::custom("a code of a later build"))
            }
        }

        impl $name {
            /// Every code, in the order in which people see them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// Reads a stable code.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.code() == code)
            }

            /// What people read.
            pub const fn label(self, lang: $crate::code::Lang) -> &'static str {
                match lang {
                    $crate::code::Lang::Vi => match self { $(Self::$variant => $vi,)+ },
                    $crate::code::Lang::En => match self { $(Self::$variant => $en,)+ },
                }
            }
        }
    };
}
