//! What is being typed, and where: kept so that after a crash the app opens at the same place with the same words.

use super::{Inner, Phone};
use crate::platform::time;
use crate::store::{Key, Name, StoreError};
use domain::cbor;
use domain::redaction::Redaction;
use domain::time::Time;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// The key of the reader's place among the drafts.
pub(super) const PLACE: &str = "place";

#[derive(Serialize, Deserialize)]
struct Place {
    #[serde(rename = "p")]
    path: String,
    #[serde(rename = "t")]
    at: Time,
    #[serde(rename = "w", default)]
    beside: Beside,
}

/// What stands typed beside the drafts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Beside {
    /// What is looked for among the households.
    #[serde(rename = "s")]
    pub search: String,
    /// What the page itself holds, in its own form.
    #[serde(rename = "p")]
    pub page: ByteBuf,
}

/// Where the reader left the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// The path behind `/app`.
    pub path: String,
    /// A moment ago, as when the browser was killed or another app was looked at. Later people begin their day anew.
    pub lately: bool,
    /// What stood typed there.
    pub beside: Beside,
}

/// In milliseconds.
const LATELY: i64 = 1_800_000;

/// Something not sent that was thrown away, as long as it may be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removed(pub(super) Vec<(Name, Key, Vec<u8>)>);

impl Phone {
    /// Keeps a draft under a key of the screen's choice ("visit/<household>"). Call it while people type, debounced
    /// by at most 400 ms.
    pub async fn draft_save<T: Serialize>(self, key: &str, draft: &T) -> Result<(), StoreError> {
        self.inner().put_draft(key, cbor::encode(draft)).await
    }

    /// Reads a draft; `None` where there is none that this build reads.
    pub async fn draft_load<T: DeserializeOwned>(self, key: &str) -> Result<Option<T>, StoreError> {
        let content = self.inner().store.readable(Name::Drafts, key).await?;
        Ok(content.and_then(|content| cbor::decode(&content).ok()))
    }

    /// The keys of what was begun and is not saved.
    pub async fn drafts(self) -> Result<Vec<String>, StoreError> {
        self.inner().drafts().await
    }

    /// Throws a draft away and gives it back, for who pressed by mistake; `None` where there is none that can be read.
    pub async fn draft_remove(self, key: &str) -> Result<Option<Removed>, StoreError> {
        let content = self.inner().store.readable(Name::Drafts, key).await?;
        self.draft_clear(key).await?;
        Ok(content.map(|content| Removed(vec![(Name::Drafts, key.into(), content)])))
    }

    /// Takes back what was thrown away.
    pub async fn restore(self, removed: Removed) -> Result<(), StoreError> {
        let inner = self.inner();
        let mut plan = inner.store.plan();
        for (store, key, content) in removed.0 {
            plan.put(store, key, &content);
        }
        inner.store.write(plan).await?;
        inner.count_anonymous().await;
        inner.changed();
        Ok(())
    }

    /// Throws a draft away.
    pub async fn draft_clear(self, key: &str) -> Result<(), StoreError> {
        let inner = self.inner();
        let mut plan = inner.store.plan();
        plan.delete(Name::Drafts, key, "thrown away");
        inner.store.write(plan).await.map(|_| ())
    }

    /// Remembers where the reader is (the path behind `/app`), so that the app opens there after a crash.
    pub async fn place_save(self, path: &str, mut beside: Beside) -> Result<(), StoreError> {
        let is_there = |one: &Redaction| path.contains(&one.record.to_string());
        if self.inner().redactions.borrow().iter().any(is_there) {
            beside.page.clear();
        }
        let place = Place { path: path.to_owned(), at: time::now(), beside };
        self.inner().put_draft(PLACE, cbor::encode(&place)).await
    }

    /// Where the reader was.
    pub async fn place_load(self) -> Option<Left> {
        let content = self.inner().store.get(Name::Drafts, PLACE).await.ok()??;
        let place: Place = cbor::decode(&content).ok()?;
        Some(place.left(time::now()))
    }
}

impl Place {
    fn left(self, now: Time) -> Left {
        let since = now.0.saturating_sub(self.at.0);
        Left { path: self.path, lately: (0..LATELY).contains(&since), beside: self.beside }
    }
}

impl Inner {
    async fn put_draft(&self, key: &str, draft: Vec<u8>) -> Result<(), StoreError> {
        if self.is_redacted_draft(key).await? {
            return Ok(());
        }
        let mut plan = self.store.plan();
        plan.put(Name::Drafts, key, &draft);
        self.store.write(plan).await.map(|_| ())
    }

    /// The keys of all drafts.
    pub(super) async fn drafts(&self) -> Result<Vec<String>, StoreError> {
        let rows = self.store.rows(Name::Drafts, None, None).await?;
        let word = |key: Key| if let Key::Word(word) = key { Some(word) } else { None };
        Ok(rows.into_iter().filter_map(|row| word(row.key)).filter(|key| key != PLACE).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::survives;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn a_damaged_place_is_one_or_none() {
        let now = Time(1_795_228_200_000);
        survives(&Place { path: "/ho/01a1ee56-5e04-7404-8404-040404040404".into(), at: now, beside: Beside::default() }, |place| {
            drop(place.left(now))
        });
    }
}
