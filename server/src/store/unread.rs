//! What a build keeps that it cannot read, and what its next one finds: for the simulator and the contract, which
//! have one build only. There the older one's lack is in the bytes: they stand behind a mark, as long as it runs.

use super::engine::Engine;
use super::tables::{Quarantined, Result, Tables};
use super::{DeviceKind, Seed, push};
use crate::keys::Keys;
use domain::time::Time;
use domain::wire::{PushBatch, Reason};
use serde_bytes::ByteBuf;
use std::sync::Arc;

/// Nothing that a phone writes begins with it: no item of CBOR does.
const MARK: [u8; 8] = [0xff; 8];

/// An older build keeps a batch without reading it.
pub async fn keep<E: Engine>(engine: &E, sent: PushBatch, now: Time, seed: Seed) -> Result<()> {
    let keys = Arc::clone(engine.keys());
    Engine::write(engine, move |t| keep_in(t, &keys, sent, now, seed)).await
}

/// The next build runs: what the older one kept can be read. Says how much that is.
pub async fn update<E: Engine>(engine: &E) -> Result<usize> {
    Engine::write(engine, update_in).await
}

pub(super) fn keep_in(t: &mut dyn Tables, keys: &Keys, sent: PushBatch, now: Time, seed: Seed) -> Result<()> {
    for held in push::hold(t, keys, sent, now, seed)? {
        if let Some(mut kept) = t.quarantined_bytes(held.waiting.device, held.waiting.seq, &held.mac)? {
            kept.reason = Reason::Unreadable;
            kept.raw = ByteBuf::from([&MARK, kept.raw.as_slice()].concat());
            t.put_quarantined(&kept)?;
        }
    }
    Ok(())
}

pub(super) fn update_in(t: &mut dyn Tables) -> Result<usize> {
    let mut read = 0;
    for device in t.devices(DeviceKind::Phone)? {
        for view in t.quarantine(device.id, usize::MAX)? {
            if let Some(kept) = t.quarantined_bytes(device.id, view.seq, &view.mac)?
                && let Some(raw) = kept.raw.strip_prefix(&MARK)
            {
                let raw = ByteBuf::from(raw.to_vec());
                t.put_quarantined(&Quarantined { raw, ..kept })?;
                read += 1;
            }
        }
    }
    Ok(read)
}
