//! The code book of a commune: what its office says about codes.

use super::tables::{Result, Stored, Tables};
use super::units::Tree;
use super::{StoreError, office};
use domain::code_book::{CodeBook, CodeChange, CodeEntry, CodeError, CodeList, NewTopic};
use domain::id::AreaId;
use domain::operation::{Kind, Scope};
use domain::record::Body;
use domain::text;
use domain::topic::{OwnTopic, Topic};
use std::num::NonZeroU32;

/// Own topics are numbered over the whole server, by a counter that stands among those of the villages: a restored
/// database leaves numbers out there too, so that a code that phones know already is given to nothing else.
const COUNTER: AreaId = AreaId::new(0, [0; 10]);

/// The entry of a record.
pub fn entry(stored: &Stored) -> Option<CodeEntry> {
    match &stored.record.body {
        Body::Registry(registry) if stored.record.kind == Kind::CodeEntry => CodeEntry::read(stored.record.id, &registry.state),
        _ => None,
    }
}

/// What an entry is after a change, if it may be that in the commune that `home` is the roll of, or has become since.
pub fn after(t: &mut dyn Tables, tree: &Tree, home: Scope, change: &CodeChange, before: Option<&Stored>) -> Result<CodeEntry> {
    let before = before.and_then(entry);
    let after = match (change, &before) {
        (CodeChange::Add(new), None) => added(t, new)?,
        (CodeChange::Add(_), Some(_)) => return Err(StoreError::Taken("id")),
        (CodeChange::Keep(entry), before) => {
            let same = before.as_ref().is_none_or(|before| (before.list, &before.code) == (entry.list, &entry.code));
            // The numbers of own topics are the server's to give.
            if !same || (before.is_none() && entry.own().is_some()) {
                return Err(StoreError::Invalid("code"));
            }
            CodeEntry { name: text::clean(&entry.name), name_en: text::clean(&entry.name_en), ..entry.clone() }
        }
    };
    let there = t.working(&Kind::CodeEntry)?;
    let commune = tree.commune(home.area);
    let book = CodeBook::of(there.iter().filter(|stored| tree.commune(stored.scope.area) == commune).filter_map(entry));
    book.check(&after).map_err(|error| match error {
        CodeError::NoName | CodeError::NameTooLong | CodeError::AboutPeople => StoreError::Invalid("name"),
        CodeError::SameName => StoreError::Taken("name"),
        CodeError::NoSuchCode => StoreError::Invalid("code"),
        // Another tab was first.
        CodeError::Twice => StoreError::Stale,
        CodeError::TooMany => StoreError::Invalid("list"),
        CodeError::Needed | CodeError::LastOne => StoreError::Invalid("ended"),
    })?;
    Ok(after)
}

fn added(t: &mut dyn Tables, new: &NewTopic) -> Result<CodeEntry> {
    let number = NonZeroU32::new(t.next_household(COUNTER)?);
    let own = number.and_then(|n| OwnTopic::new(new.parent, n)).ok_or(StoreError::Invalid("parent"))?;
    Ok(CodeEntry {
        id: new.id,
        list: CodeList::Topic,
        code: Topic::Own(own).code().into_owned(),
        name: text::clean(&new.name),
        name_en: text::clean(&new.name_en),
        ended: false,
    })
}

/// Stores an entry.
pub fn put(w: &mut office::Writer<'_>, scope: Scope, before: Option<&Stored>, after: &CodeEntry) -> Result<()> {
    let old = before.and_then(entry).map(|before| before.values()).unwrap_or_default();
    let values = after.values().into_iter().filter(|(field, value)| old.get(field) != Some(value)).collect();
    office::put_registry(w, scope, Kind::CodeEntry, after.id, before, values)
}
