//! Rows in a newer form. A build first *adds* a store or a field, then *moves* rows there, and a later hundred of versions
//! *deletes* where they were: in between an older build of the same hundred finds everything where it left it.
//!
//! One step follows the other, each in batches. A batch is one transaction, and says in it how far it came, so that
//! whoever was killed goes on from there. Where another build was at work since, everything begins anew: a step says the
//! same however often it is done.

use super::{Key, Name, Store, StoreError, schema};
use crate::platform::device;
use domain::cbor;
use serde::{Deserialize, Serialize};

/// What this build does to the rows of an older one, in order. None is ever taken out or changed.
pub const STEPS: &[Step] = &[];

/// A store that steps may touch. What only this phone has is not among them: its own operations, opinions without a name
/// and photos stay as they were written, for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Movable {
    /// [`Name::Acks`].
    Acks,
    /// [`Name::Drafts`].
    Drafts,
    /// [`Name::Cache`].
    Cache,
}

impl Movable {
    const fn name(self) -> Name {
        match self {
            Self::Acks => Name::Acks,
            Self::Drafts => Name::Drafts,
            Self::Cache => Name::Cache,
        }
    }
}

/// One step.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// Writes every row in a new form to its new place, and leaves it where it was.
    Move {
        /// Where rows are.
        from: Movable,
        /// Where they go.
        to: Movable,
        /// A row's new key and content.
        form: fn(Key, Vec<u8>) -> (Key, Vec<u8>),
    },
    /// Empties a store from which everything was moved in an older hundred of versions.
    Delete {
        /// Which.
        from: Movable,
    },
}

/// `meta/steps`: how far which build came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Progress {
    #[serde(rename = "v")]
    version: u32,
    #[serde(rename = "n")]
    done: usize,
    /// The last row of the step that is under way.
    #[serde(rename = "k", default)]
    after: Option<Key>,
}

const PROGRESS: &str = "steps";

/// Rows in one transaction.
const BATCH: u32 = 100;

/// Bytes that must be free before rows are written a second time.
const ROOM: u64 = 50_000_000;

/// Does what is left to do.
pub(super) async fn run(store: &Store) -> Result<(), StoreError> {
    while next(store, schema::VERSION, STEPS).await? {}
    Ok(())
}

/// One transaction of what the build of this version has to do. Says whether there was anything.
pub async fn next(store: &Store, version: u32, steps: &[Step]) -> Result<bool, StoreError> {
    let known: Option<Progress> = store.readable(Name::Meta, PROGRESS).await?.and_then(|row| cbor::decode(&row).ok());
    let is_other = known.as_ref().is_some_and(|known| known.version != version);
    let mut progress = known.filter(|_| !is_other).unwrap_or(Progress { version, ..Progress::default() });
    let mut plan = store.plan();
    match steps.get(progress.done) {
        None if !is_other => return Ok(false),
        None => {}
        Some(step) => {
            let (Step::Move { from, .. } | Step::Delete { from }) = *step;
            let rows = store.rows(from.name(), progress.after.as_ref(), Some(BATCH)).await?;
            let last = rows.last().map(|row| row.key.clone());
            match (*step, &last) {
                (_, None) => progress.done += 1,
                (Step::Move { to, form, .. }, _) => {
                    room(progress.after.is_none()).await?;
                    // One that does not open stays where it is.
                    for (key, content) in rows.into_iter().filter_map(|row| Some((row.key.clone(), store.unseal(&row).ok()?))) {
                        let (key, content) = form(key, content);
                        plan.put(to.name(), key, &content);
                    }
                }
                (Step::Delete { .. }, Some(last)) => plan.delete_up_to(from.name(), last.clone(), "moved"),
            }
            progress.after = last;
        }
    }
    plan.put(Name::Meta, PROGRESS, &cbor::encode(&progress));
    store.write(plan).await?;
    Ok(true)
}

/// Refuses to begin on a phone that is nearly full: half of the rows in a new place help nobody.
async fn room(begins: bool) -> Result<(), StoreError> {
    match if begins { device::room().await } else { (None, None) } {
        (Some(used), Some(quota)) if quota.saturating_sub(used) < ROOM => Err(StoreError::Full { used: Some(used), quota: Some(quota) }),
        _ => Ok(()),
    }
}
