//! A database that was put back from a copy: what it must not go on with, and what it must not have forgotten.

use super::desk::new_device;
use super::tables::{Enrolment, Result, Tables};
use super::{Device, DeviceKind, Revoked, recovery, redaction};
use crate::journal::Entry;
use crate::keys::Keys;
use domain::id::Epoch;
use seal::recovery::PublicKey;

/// Short codes of households that a restored database leaves out in every village: those that it gave since the copy
/// was made stand on paper and on phones. No village gets as many new households between two nightly copies.
pub const NUMBERS_SKIPPED: u32 = 1_000;

/// See [`super::Store::restore`].
pub fn restore(t: &mut dyn Tables, keys: &Keys, epoch: Epoch, entries: &[Entry]) -> Result<()> {
    t.set_epoch(epoch)?;
    // The copy does not know who signed out, or was given a new passphrase, since it was made.
    t.delete_sessions()?;
    t.skip_households(NUMBERS_SKIPPED)?;
    // Nor which requests of phones were answered since. A phone that still waits asks again.
    for request in t.reopenings()? {
        t.delete_reopening(request.device)?;
    }
    replay(t, entries)?;
    redaction::replay(t, keys, entries)
}

/// What the database still knows stays as it is.
fn replay(t: &mut dyn Tables, entries: &[Entry]) -> Result<()> {
    for entry in entries {
        match entry {
            Entry::Enrolled { device, person, code, at } => {
                if t.device(*device)?.is_none() {
                    t.put_device(&new_device(*device, *person, DeviceKind::Phone, *at))?;
                }
                t.put_enrolment(code, &Enrolment { person: *person, expires: *at, used_by: Some(*device) })?;
            }
            Entry::Continued { device, person, continues, at } => {
                if t.device(*device)?.is_none() {
                    let new = new_device(*device, *person, DeviceKind::Phone, *at);
                    t.put_device(&Device { continues: Some(*continues), ..new })?;
                }
            }
            Entry::Grants { person, grants, from } => {
                if t.newest_grants(*person)?.is_none_or(|held| held.version <= grants.version) {
                    t.put_grants(*person, grants, *from)?;
                }
            }
            // Done behind all others, and before anything is served.
            Entry::Redacted { .. } => {}
            Entry::Revoked { device, at, why } => {
                if let Some(device) = t.device(*device)?.filter(|device| device.may_end_as(*why)) {
                    t.put_device(&Device { revoked: Some(Revoked { at: *at, why: *why }), ..device })?;
                }
            }
            Entry::RecoveryKey { public, .. } => {
                if t.recovery_key()?.is_none() {
                    t.put_recovery_key(&PublicKey(*public))?;
                }
            }
            Entry::Reopened { device, by, at } => t.put_reopened(*device, *by, *at)?,
            Entry::Destroyed { device: id, at } => {
                if let Some(device) = t.device(*id)?.filter(|device| device.destroyed_at.is_none()) {
                    t.put_device(&Device { destroyed_at: Some(*at), ..device })?;
                    recovery::destroyed(t, *id)?;
                }
            }
        }
    }
    Ok(())
}
