//! CBOR (RFC 8949), the one durable and wire format, through serde. Self-describing, so that an older build can step over
//! what it does not know.
//!
//! What stands here is the way between the bytes and serde, with an error that has no content: errors with words brought
//! 36 KB (brotli) of never-read messages into the phone's download. The bytes are written by `minicbor`; its reader knows
//! ways of writing a value that nobody here uses, and would bring another 3 KB.

use minicbor::Encoder;
use serde::de::{self, DeserializeOwned, DeserializeSeed, Visitor};
use serde::{Serialize, ser};
use std::fmt;

/// Encodes a value. Writing into memory cannot fail for the types of this crate; a value that serde refuses
/// becomes no bytes, which no decoder accepts.
pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    let mut writer = Writer(Encoder::new(Vec::new()));
    match value.serialize(&mut writer) {
        Ok(()) => writer.0.into_writer(),
        Err(Unreadable) => Vec::new(),
    }
}

/// Decodes exactly one value; bytes left over are an error.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Unreadable> {
    let mut reader = Reader(bytes);
    let value = T::deserialize(&mut reader)?;
    if reader.0.is_empty() { Ok(value) } else { Err(Unreadable) }
}

/// Bytes that this build cannot read: damaged, or of a future schema. They are kept, never dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes that this build cannot read")
    }
}

impl std::error::Error for Unreadable {}

impl de::Error for Unreadable {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }

    fn invalid_type(_: de::Unexpected, _: &dyn de::Expected) -> Self {
        Self
    }

    fn invalid_value(_: de::Unexpected, _: &dyn de::Expected) -> Self {
        Self
    }

    fn invalid_length(_: usize, _: &dyn de::Expected) -> Self {
        Self
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn missing_field(_: &'static str) -> Self {
        Self
    }

    fn duplicate_field(_: &'static str) -> Self {
        Self
    }
}

impl ser::Error for Unreadable {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

/// Reads one value after the other; what is not read yet. Every method here is one function for all types.
struct Reader<'de>(&'de [u8]);

// What the first three bits of a value say that it is.
const UNSIGNED: u8 = 0;
const NEGATIVE: u8 = 1;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
const TAG: u8 = 6;

const FALSE: u8 = 0xf4;
const TRUE: u8 = 0xf5;
const NULL: u8 = 0xf6;

impl<'de> Reader<'de> {
    fn first(&self) -> Result<u8, Unreadable> {
        self.0.first().copied().ok_or(Unreadable)
    }

    fn take(&mut self, count: u64) -> Result<&'de [u8], Unreadable> {
        let count = usize::try_from(count).map_err(|_| Unreadable)?;
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Unreadable)?;
        self.0 = rest;
        Ok(taken)
    }

    /// What the next value is, and the number that belongs to it: itself, or how much follows. Nobody here writes anything
    /// of unknown length.
    fn head(&mut self) -> Result<(u8, u64), Unreadable> {
        let first = self.first()?;
        self.take(1)?;
        let number = match first & 0x1f {
            small @ 0..24 => small.into(),
            size @ 24..28 => self.take(1 << (size - 24))?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)),
            _ => return Err(Unreadable),
        };
        Ok((first >> 5, number))
    }

    fn number_of(&mut self, kind: u8) -> Result<u64, Unreadable> {
        match self.head()? {
            (found, number) if found == kind => Ok(number),
            _ => Err(Unreadable),
        }
    }

    fn u64(&mut self) -> Result<u64, Unreadable> {
        self.number_of(UNSIGNED)
    }

    fn i64(&mut self) -> Result<i64, Unreadable> {
        let (kind, number) = self.head()?;
        let number = i64::try_from(number).map_err(|_| Unreadable)?;
        match kind {
            UNSIGNED => Ok(number),
            NEGATIVE => Ok(-1 - number),
            _ => Err(Unreadable),
        }
    }

    fn bool(&mut self) -> Result<bool, Unreadable> {
        match self.take(1)? {
            [FALSE] => Ok(false),
            [TRUE] => Ok(true),
            _ => Err(Unreadable),
        }
    }

    fn bytes(&mut self) -> Result<&'de [u8], Unreadable> {
        let length = self.number_of(BYTES)?;
        self.take(length)
    }

    fn str(&mut self) -> Result<&'de str, Unreadable> {
        let length = self.number_of(TEXT)?;
        std::str::from_utf8(self.take(length)?).map_err(|_| Unreadable)
    }

    /// How many entries follow.
    fn array(&mut self) -> Result<u64, Unreadable> {
        self.number_of(ARRAY)
    }

    fn map(&mut self) -> Result<u64, Unreadable> {
        self.number_of(MAP)
    }

    /// Steps over one value, whatever is in it.
    fn skip(&mut self) -> Result<(), Unreadable> {
        let mut values = 1_u64;
        while let Some(left) = values.checked_sub(1) {
            let (kind, number) = self.head()?;
            let inside = match kind {
                BYTES | TEXT => {
                    self.take(number)?;
                    0
                }
                ARRAY => number,
                MAP => number.checked_mul(2).ok_or(Unreadable)?,
                TAG => 1,
                _ => 0,
            };
            values = left.checked_add(inside).ok_or(Unreadable)?;
        }
        Ok(())
    }
}

/// Kinds that serde knows and no record of ours has.
macro_rules! refused {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Unreadable> {
            Err(Unreadable)
        })*
    };
}

macro_rules! numbers {
    ($($method:ident $read:ident $visit:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
            visitor.$visit(self.$read()?)
        })*
    };
}

impl<'de> de::Deserializer<'de> for &mut Reader<'de> {
    type Error = Unreadable;

    numbers! {
        deserialize_bool bool visit_bool
        deserialize_u8 u64 visit_u64
        deserialize_u16 u64 visit_u64
        deserialize_u32 u64 visit_u64
        deserialize_u64 u64 visit_u64
        deserialize_i8 i64 visit_i64
        deserialize_i16 i64 visit_i64
        deserialize_i32 i64 visit_i64
        deserialize_i64 i64 visit_i64
        deserialize_str str visit_borrowed_str
        deserialize_string str visit_str
        deserialize_identifier str visit_borrowed_str
        deserialize_bytes bytes visit_borrowed_bytes
        deserialize_byte_buf bytes visit_bytes
    }

    refused! { deserialize_any deserialize_f32 deserialize_f64 deserialize_char deserialize_unit }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        if self.first()? == NULL {
            self.skip()?;
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, _: V) -> Result<V::Value, Unreadable> {
        Err(Unreadable)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        let left = self.array()?;
        visitor.visit_seq(Entries { reader: self, left })
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Unreadable> {
        let left = self.array()?;
        if left != length as u64 {
            return Err(Unreadable);
        }
        visitor.visit_seq(Entries { reader: self, left })
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(self, _: &'static str, length: usize, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        let left = self.map()?;
        visitor.visit_map(Entries { reader: self, left })
    }

    fn deserialize_struct<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_map(visitor)
    }

    /// The name alone, or a map of one entry: the name and what it holds.
    fn deserialize_enum<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value, Unreadable> {
        let filled = self.first()? >> 5 == MAP;
        if filled && self.map()? != 1 {
            return Err(Unreadable);
        }
        visitor.visit_enum(Variant { reader: self, filled })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.skip()?;
        visitor.visit_unit()
    }

    fn is_human_readable(&self) -> bool {
        false
    }
}

/// The entries of a list or of a map.
struct Entries<'a, 'de> {
    reader: &'a mut Reader<'de>,
    left: u64,
}

impl<'de> de::SeqAccess<'de> for Entries<'_, 'de> {
    type Error = Unreadable;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Unreadable> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        seed.deserialize(&mut *self.reader).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        self.left.try_into().ok()
    }
}

impl<'de> de::MapAccess<'de> for Entries<'_, 'de> {
    type Error = Unreadable;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Unreadable> {
        de::SeqAccess::next_element_seed(self, seed)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Unreadable> {
        seed.deserialize(&mut *self.reader)
    }

    fn size_hint(&self) -> Option<usize> {
        self.left.try_into().ok()
    }
}

struct Variant<'a, 'de> {
    reader: &'a mut Reader<'de>,
    filled: bool,
}

impl<'de> de::EnumAccess<'de> for Variant<'_, 'de> {
    type Error = Unreadable;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Unreadable> {
        Ok((seed.deserialize(&mut *self.reader)?, self))
    }
}

impl<'de> de::VariantAccess<'de> for Variant<'_, 'de> {
    type Error = Unreadable;

    fn unit_variant(self) -> Result<(), Unreadable> {
        if self.filled { Err(Unreadable) } else { Ok(()) }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Unreadable> {
        if self.filled { seed.deserialize(self.reader) } else { Err(Unreadable) }
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Unreadable> {
        if self.filled { de::Deserializer::deserialize_tuple(self.reader, length, visitor) } else { Err(Unreadable) }
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Unreadable> {
        if self.filled { de::Deserializer::deserialize_map(self.reader, visitor) } else { Err(Unreadable) }
    }
}

/// Writes one value after the other.
struct Writer(Encoder<Vec<u8>>);

impl Writer {
    fn u64(&mut self, value: u64) -> Result<(), Unreadable> {
        self.0.u64(value).map(|_| ()).map_err(|_| Unreadable)
    }

    fn i64(&mut self, value: i64) -> Result<(), Unreadable> {
        self.0.i64(value).map(|_| ()).map_err(|_| Unreadable)
    }

    fn array(&mut self, length: usize) -> Result<(), Unreadable> {
        self.0.array(length as u64).map(|_| ()).map_err(|_| Unreadable)
    }

    fn map(&mut self, length: usize) -> Result<(), Unreadable> {
        self.0.map(length as u64).map(|_| ()).map_err(|_| Unreadable)
    }

    fn str(&mut self, value: &str) -> Result<(), Unreadable> {
        self.0.str(value).map(|_| ()).map_err(|_| Unreadable)
    }
}

impl ser::Serializer for &mut Writer {
    type Ok = ();
    type Error = Unreadable;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    fn serialize_bool(self, value: bool) -> Result<(), Unreadable> {
        self.0.bool(value).map(|_| ()).map_err(|_| Unreadable)
    }

    fn serialize_i8(self, value: i8) -> Result<(), Unreadable> {
        self.i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<(), Unreadable> {
        self.i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<(), Unreadable> {
        self.i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<(), Unreadable> {
        self.i64(value)
    }

    fn serialize_u8(self, value: u8) -> Result<(), Unreadable> {
        self.u64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<(), Unreadable> {
        self.u64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<(), Unreadable> {
        self.u64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<(), Unreadable> {
        self.u64(value)
    }

    fn serialize_f32(self, _: f32) -> Result<(), Unreadable> {
        Err(Unreadable)
    }

    fn serialize_f64(self, _: f64) -> Result<(), Unreadable> {
        Err(Unreadable)
    }

    fn serialize_char(self, _: char) -> Result<(), Unreadable> {
        Err(Unreadable)
    }

    fn serialize_str(self, value: &str) -> Result<(), Unreadable> {
        self.str(value)
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Unreadable> {
        self.0.bytes(value).map(|_| ()).map_err(|_| Unreadable)
    }

    fn serialize_none(self) -> Result<(), Unreadable> {
        self.0.null().map(|_| ()).map_err(|_| Unreadable)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unreadable> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Unreadable> {
        Err(Unreadable)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Unreadable> {
        Err(Unreadable)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Unreadable> {
        self.str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Unreadable> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Unreadable> {
        self.map(1)?;
        self.str(variant)?;
        value.serialize(self)
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Self, Unreadable> {
        self.array(length.ok_or(Unreadable)?)?;
        Ok(self)
    }

    fn serialize_tuple(self, length: usize) -> Result<Self, Unreadable> {
        self.array(length)?;
        Ok(self)
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<Self, Unreadable> {
        self.array(length)?;
        Ok(self)
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, variant: &'static str, length: usize) -> Result<Self, Unreadable> {
        self.map(1)?;
        self.str(variant)?;
        self.array(length)?;
        Ok(self)
    }

    fn serialize_map(self, length: Option<usize>) -> Result<Self, Unreadable> {
        self.map(length.ok_or(Unreadable)?)?;
        Ok(self)
    }

    fn serialize_struct(self, _: &'static str, length: usize) -> Result<Self, Unreadable> {
        self.map(length)?;
        Ok(self)
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, variant: &'static str, length: usize) -> Result<Self, Unreadable> {
        self.map(1)?;
        self.str(variant)?;
        self.map(length)?;
        Ok(self)
    }

    fn is_human_readable(&self) -> bool {
        false
    }
}

/// Everything that has entries: their number stands before them, nothing behind.
macro_rules! entries {
    ($($of:ident $method:ident)*) => {
        $(impl ser::$of for &mut Writer {
            type Ok = ();
            type Error = Unreadable;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unreadable> {
                value.serialize(&mut **self)
            }

            fn end(self) -> Result<(), Unreadable> {
                Ok(())
            }
        })*
    };
}

entries! {
    SerializeSeq serialize_element
    SerializeTuple serialize_element
    SerializeTupleStruct serialize_field
    SerializeTupleVariant serialize_field
}

/// The same with names.
macro_rules! named_entries {
    ($($of:ident)*) => {
        $(impl ser::$of for &mut Writer {
            type Ok = ();
            type Error = Unreadable;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Unreadable> {
                self.str(name)?;
                value.serialize(&mut **self)
            }

            fn end(self) -> Result<(), Unreadable> {
                Ok(())
            }
        })*
    };
}

named_entries! { SerializeStruct SerializeStructVariant }

impl ser::SerializeMap for &mut Writer {
    type Ok = ();
    type Error = Unreadable;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Unreadable> {
        key.serialize(&mut **self)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unreadable> {
        value.serialize(&mut **self)
    }

    fn end(self) -> Result<(), Unreadable> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation;
    use crate::record::Record;
    use proptest::prelude::*;
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Known {
        n: u8,
    }

    #[test]
    fn a_field_of_a_later_build_is_stepped_over_and_nothing_may_follow() {
        // {"n": 1, "x": [[2]]}, then the same with a byte behind it.
        let bytes = [0xa2, 0x61, b'n', 1, 0x61, b'x', 0x81, 0x81, 2];
        assert_eq!(decode(&bytes), Ok(Known { n: 1 }));
        assert_eq!(decode::<Known>(&[&bytes[..], &[0]].concat()), Err(Unreadable));
    }

    #[test]
    fn every_kind_of_value_is_stepped_over_as_minicbor_does() {
        let kinds: [&[u8]; 16] = [
            &[0x17],
            &[0x18, 0x18],
            &[0x1b, 1, 2, 3, 4, 5, 6, 7, 8],
            &[0x39, 1, 0],
            &[0x42, 1, 2],
            &[0x58, 1, 9],
            &[0x62, 0xc3, 0xa0],
            &[0x82, 1, 0x81, 2],
            &[0xa1, 0x61, b'x', 0xa0],
            &[0xc1, 0xc2, 0x41, 1],
            &[0xf4],
            &[0xf6],
            &[0xf8, 0x20],
            &[0xf9, 0x3c, 0],
            &[0xfa, 1, 2, 3, 4],
            &[0xfb, 1, 2, 3, 4, 5, 6, 7, 8],
        ];
        for bytes in kinds {
            let (mut own, mut theirs) = (Reader(bytes), minicbor::Decoder::new(bytes));
            assert_eq!((own.skip(), own.0), (Ok(()), &[][..]), "{bytes:x?}");
            theirs.skip().unwrap();
            assert_eq!(theirs.position(), bytes.len(), "{bytes:x?}");
            let cut = &bytes[..bytes.len() - 1];
            assert_eq!(Reader(cut).skip(), Err(Unreadable), "{cut:x?}");
        }
    }

    proptest! {
        #[test]
        fn reads_numbers_as_minicbor_does(bytes in prop::collection::vec(any::<u8>(), 0..10), first in 0u8..0x40) {
            let bytes = [&[first], &bytes[..]].concat();
            prop_assert_eq!(Reader(&bytes).u64().ok(), minicbor::Decoder::new(&bytes).u64().ok());
            prop_assert_eq!(Reader(&bytes).i64().ok(), minicbor::Decoder::new(&bytes).i64().ok());
        }

        #[test]
        fn numbers_and_words_come_back(number: i64, count: u64, words: String, on: bool) {
            let value = (number, count, words, on, Some(number), None::<u64>);
            prop_assert_eq!(decode(&encode(&value)), Ok(value));
        }
    }

    #[test]
    fn nesting_and_lengths_of_an_attacker_are_refused() {
        // {"x": [[[[…]]]]}: a million arrays inside each other, under a name that is stepped over.
        let mut deep = vec![0xa1, 0x61, b'x'];
        deep.resize(1_000_000, 0x81);
        assert_eq!(decode::<Known>(&deep), Err(Unreadable));
        // A byte string, an array and a map that claim 2^60 entries and hold none.
        for head in [0x5b, 0x9b, 0xbb] {
            let huge = [head, 0x10, 0, 0, 0, 0, 0, 0, 0];
            assert_eq!(decode::<serde_bytes::ByteBuf>(&huge), Err(Unreadable));
            assert_eq!(decode::<Vec<u64>>(&huge), Err(Unreadable));
            assert_eq!(decode::<Operation>(&huge), Err(Unreadable));
            assert_eq!(decode::<Record>(&huge), Err(Unreadable));
        }
    }
}
