//! What the stores hold, once opened. CBOR: a later build must be able to read what this one wrote.

use domain::eviction::Lost;
use domain::id::{AreaId, DeviceId, Epoch, PersonId};
use domain::operation::Scope;
use domain::pace::Pace;
use domain::person::{GrantSet, Role};
use domain::repair::{self, Held, Repair};
use domain::sequence::Sequence;
use domain::short::Set;
use domain::time::Time;
use domain::wire::{Cursor, Mark, Outcome, Writer};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// `meta/device`: who holds this phone. Made with the database and never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceRow {
    /// This phone.
    #[serde(rename = "d")]
    pub device: DeviceId,
    /// Goes with every request.
    #[serde(rename = "k")]
    pub token: String,
    /// Who holds it.
    #[serde(rename = "y")]
    pub person: PersonId,
    /// Their name.
    #[serde(rename = "n")]
    pub name: String,
    /// Their role.
    #[serde(rename = "r")]
    pub role: Role,
    /// Their commune.
    #[serde(rename = "u")]
    pub unit: AreaId,
    /// Its name.
    #[serde(rename = "m")]
    pub unit_name: String,
}

/// `meta/sync`: how far this phone is in step with the server. Written only by the tab that holds the sync lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncRow {
    /// The server's life that the phone knows.
    #[serde(rename = "e")]
    pub epoch: Epoch,
    /// Every own operation from 1 to this number was acknowledged.
    #[serde(rename = "h")]
    pub acked: u64,
    /// So were these above it: what is between them waits for room on the server.
    #[serde(rename = "a", default)]
    pub beyond: Set<u64>,
    /// How pushing went.
    #[serde(rename = "p", default)]
    pub pace: Pace,
    /// The mark of the last complete pull.
    #[serde(rename = "k", default)]
    pub mark: Option<Mark>,
    /// The cursors.
    #[serde(rename = "c", default)]
    pub cursors: Vec<Cursor>,
    /// What this person may read and write.
    #[serde(rename = "g")]
    pub grants: GrantSet,
    /// Own operations up to this number, unless refused, are contained in what was pulled.
    #[serde(rename = "x", default)]
    pub settled: u64,
    /// Own operations that the server keeps for a person.
    #[serde(rename = "q", default)]
    pub refused: Vec<u64>,
    /// Own operations up to this number are in a verified backup.
    #[serde(rename = "b", default)]
    pub durable_seq: u64,
    /// When a sync last ended with everything sent and received.
    #[serde(rename = "t", default)]
    pub complete_at: Option<Time>,
    /// What is here and may not be read any more.
    #[serde(rename = "l", default)]
    pub lost: Vec<Lost>,
    /// The streams that were pulled, also while there is no cursor of theirs.
    #[serde(rename = "s", default)]
    pub held: Vec<Held>,
    /// Streams that differ from the server's and are pulled anew.
    #[serde(rename = "d", default)]
    pub repair: Vec<Repair>,
    /// When the phone last looked whether any does.
    #[serde(rename = "w", default)]
    pub compared_at: Option<Time>,
    /// Milliseconds by which the server's clock is ahead.
    #[serde(rename = "o", default)]
    pub clock_off: i64,
    /// Here and not beside the token, so that whoever reads what came in knows whose it is.
    #[serde(rename = "f", default)]
    pub renumbered: Option<Renumbered>,
    /// Under which name of this phone, and in which of its lives, the server was given the sealed data key.
    #[serde(rename = "z", default)]
    pub deposited: Option<(DeviceId, Epoch)>,
    /// Whatever was redacted up to this number is deleted here.
    #[serde(rename = "r", default)]
    pub redacted: u64,
}

/// A phone that turned out to be a copy, and the name under which it goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renumbered {
    /// Under which name each number of the outbox stands.
    #[serde(rename = "s")]
    pub sequence: Sequence,
    /// Goes with every request, in the place of [`DeviceRow::token`].
    #[serde(rename = "k")]
    pub token: String,
}

impl SyncRow {
    /// The server has not acknowledged this operation.
    pub fn waits(&self, seq: u64) -> bool {
        seq > self.acked && !self.beyond.contains(&seq)
    }

    /// What is known of a stream that was pulled.
    pub fn held(&mut self, scope: Scope) -> &mut Held {
        let at = self.held.iter().position(|held| held.scope == scope).unwrap_or(self.held.len());
        if at == self.held.len() {
            self.held.push(Held { scope, digest: None });
        }
        &mut self.held[at]
    }

    /// Every cursor's stream is held; builds that kept no list of these said so by the cursors alone.
    pub fn hold_cursors(&mut self) {
        let scopes: Vec<Scope> = self.cursors.iter().map(|cursor| cursor.scope).collect();
        for scope in scopes {
            self.held(scope);
        }
    }

    /// These streams are pulled from their beginning, behind the pages that are here.
    pub fn pull_anew(&mut self, scopes: &[Scope], last_page: u32) {
        repair::begin(&mut self.repair, &mut self.cursors, scopes, last_page);
        for scope in scopes {
            self.held(*scope).digest = None;
        }
        self.mark = None;
    }

    /// Under which name each own operation stands, of a phone that was enrolled as `device`.
    pub fn sequence(&self, device: DeviceId) -> Sequence {
        self.renumbered.as_ref().map_or(Sequence::of(device), |renumbered| renumbered.sequence.clone())
    }
}

/// A row of `pages`: records as the server sent them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageRow {
    /// Whose records.
    #[serde(rename = "o")]
    pub scope: Scope,
    /// The highest own operation that the server had acknowledged before it sent them.
    #[serde(rename = "h")]
    pub contained: u64,
    /// Each a [`domain::record::Record`] in CBOR; one that this build cannot read stays as it is.
    #[serde(rename = "r")]
    pub records: Vec<ByteBuf>,
    /// Who wrote what nobody has decided between in them.
    #[serde(rename = "y", default, skip_serializing_if = "Vec::is_empty")]
    pub writers: Vec<Writer>,
}

/// A row of `acks`: what the server said to the operation with the row's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AckRow {
    /// What became of it.
    #[serde(rename = "o")]
    pub outcome: Outcome,
    /// When the server first received it.
    #[serde(rename = "t")]
    pub received_at: Time,
}

/// A row of `anonymous`: an opinion without a name, and the secret that later proves the right to correct it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnonymousRow {
    /// 32 random bytes; the opinion's id is their hash.
    #[serde(rename = "s")]
    pub secret: ByteBuf,
    /// A [`domain::opinion::AnonymousOpinion`] in CBOR.
    #[serde(rename = "o")]
    pub opinion: ByteBuf,
    /// It may have gone out, whatever became of it: what can be thrown away was surely not sent.
    #[serde(rename = "g", default)]
    pub tried: bool,
    /// The life of the server that has acknowledged it. Another life is sent it again.
    #[serde(rename = "e", default)]
    pub stored_in: Option<Epoch>,
}

/// A row of `log`: what happened to the store itself. Never content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogRow {
    /// When.
    #[serde(rename = "t")]
    pub at: Time,
    /// A stable code: "sync", "crash", "unack" …
    #[serde(rename = "c")]
    pub code: String,
    /// Counts, or file and line of a crash.
    #[serde(rename = "n", default)]
    pub note: String,
}
