//! Opening a phone whose PIN nobody knows any more. Every phone seals its data key to the organisation's recovery key
//! when it is enrolled; two of three people can open it there, and what they open goes to that phone alone.
//!
//! The phone makes a key pair for this one request and shows its mark (`seal::recovery::mark`); whoever has the two sheets
//! compares it with the one at the desk, because a phone that is locked can prove in no other way that it asks.

use crate::id::DeviceId;
use crate::time::Time;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// What a data key is sealed for: the recovery key opens it as this phone's and no other's.
pub fn deposited_by(device: DeviceId) -> Vec<u8> {
    [b"gandan data key ".as_slice(), device.bytes()].concat()
}

/// What an answer is sealed for.
pub fn answered_to(device: DeviceId) -> Vec<u8> {
    [b"gandan reopening ".as_slice(), device.bytes()].concat()
}

/// What everything of an office in one file is sealed for.
pub const TAKEN_OUT: &[u8] = b"gandan take-out";

/// `/api/v1/deposit`, with the device's token: the server keeps the phone's data key, which it cannot open, in the place of
/// any that it had of this phone. Again in each life of the database. The reply is empty: no content, not even CBOR.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deposit {
    /// Protocol version.
    #[serde(rename = "v")]
    pub protocol: u16,
    /// The data key, sealed to the recovery key [for this device](deposited_by).
    #[serde(rename = "k")]
    pub sealed: ByteBuf,
}

/// `/api/v1/reopen`, without a token, which is sealed too. Asked again, it says whether there is an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReopenRequest {
    /// Protocol version.
    #[serde(rename = "v")]
    pub protocol: u16,
    /// The phone, as it was enrolled.
    #[serde(rename = "d")]
    pub device: DeviceId,
    /// The public half of a key made for this request, 32 bytes. Another one is another request, in the place of the first.
    #[serde(rename = "p")]
    pub public: ByteBuf,
    /// The phone's own copy of its deposit.
    #[serde(rename = "k")]
    pub sealed: ByteBuf,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReopenReply {
    /// The data key, sealed to the request's key [for this device](answered_to), once two people have agreed.
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<ByteBuf>,
}

/// What an office sees around the recovery key: `GET recovery`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryState {
    /// The public half of the organisation's key, 32 bytes; `None` until it was made.
    pub key: Option<ByteBuf>,
    /// Requests that wait for two people, the latest first.
    pub waiting: Vec<ReopenRow>,
    /// Every answer that was ever given, the latest first.
    pub past: Vec<ReopenedRow>,
}

/// A phone that asks to be opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReopenRow {
    /// The phone.
    pub device: DeviceId,
    /// Whose, by name; empty for somebody whom a restored database does not know any more.
    pub name: String,
    /// When the phone was enrolled.
    pub enrolled_at: Time,
    /// When it asked.
    pub asked_at: Time,
    /// The key that the answer is sealed to; its mark is on the phone.
    pub public: ByteBuf,
}

/// A phone that was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReopenedRow {
    /// The phone.
    pub device: DeviceId,
    /// Whose, by name.
    pub name: String,
    /// When.
    pub at: Time,
    /// Who answered, by name.
    pub by: String,
}

/// The copies of a phone's deposit that there are: its own, as it sent it with the request, and the server's.
/// `GET recovery/{id}`, which is asked for and logged once somebody is about to open it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedCopies {
    /// Each sealed to the recovery key [for this phone](deposited_by).
    pub copies: Vec<ByteBuf>,
}

/// The public half of a key that was made just now: `POST recovery`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewRecoveryKey {
    /// 32 bytes.
    pub public: ByteBuf,
}

/// What two people answer a phone: `POST recovery/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReopenAnswer {
    /// The key of the request that they saw.
    pub public: ByteBuf,
    /// The data key, sealed to it [for this phone](answered_to).
    pub answer: ByteBuf,
}

/// Days that a request waits for an answer, and an answer for its phone.
pub const REOPEN_DAYS: i64 = 7;

/// Longest data key as it is deposited or answered, in bytes.
pub const SEALED_MAX: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_for_one_thing_is_for_no_other() {
        let (a, b) = (DeviceId::new(1, [1; 10]), DeviceId::new(1, [2; 10]));
        assert_ne!(deposited_by(a), deposited_by(b));
        assert_ne!(deposited_by(a), answered_to(a));
    }
}
