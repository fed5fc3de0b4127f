//! The phone's half of one sync, without I/O: it says what to do next, and is told how that went.
//!
//! Push what waits, send anonymous opinions, pull what changed. The driver executes one [`Step`] after the other and
//! answers each; the browser and the simulator run this same code.

use crate::device::{Farewell, Report};
use crate::id::{DeviceId, Epoch};
use crate::opinion::SecretHash;
use crate::pace::Pace;
use crate::person::GrantSet;
use crate::redaction::{Redaction, Told};
use crate::short::Set;
use crate::time::Time;
use crate::wire::{
    AckRun, AnonymousBatch, AnonymousReply, Cursor, Fork, Frame, Mark, Outcome, PROTOCOL, PUSH_MAX, Page, PullReply, PullRequest, Pulled,
    PushBatch, PushReply, Standing, each,
};

/// What a sync is told to begin with.
#[derive(Clone, Debug)]
pub struct Start {
    /// This phone.
    pub device: DeviceId,
    /// The server's life that the phone knows.
    pub epoch: Epoch,
    /// Every operation from 1 to this number was acknowledged as stored.
    pub acked: u64,
    /// The numbers above it that were acknowledged as well: what is between them waits for room on the server.
    pub beyond: Set<u64>,
    /// How the last syncs got on with pushing.
    pub pace: Pace,
    /// The mark of the last complete pull.
    pub mark: Option<Mark>,
    /// The cursors that the phone holds.
    pub cursors: Vec<Cursor>,
    /// The highest number in the outbox.
    pub written: u64,
    /// The build of the app, for [`Report::build`].
    pub build: String,
    /// Own operations that wait for a person, as far as the phone knows, ascending.
    pub refused: Vec<u64>,
    /// Whatever was redacted up to this number is deleted here; `None` for a build that deletes nothing, and is told nothing.
    pub redacted: Option<u64>,
}

/// What to do next. Each is answered by exactly one [`Answer`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Read up to `limit` operations behind `after`, ascending; which of them go out is decided here. Answer: [`Answer::Outbox`].
    ReadOutbox {
        /// Those up to this number were acknowledged, or sent in this sync.
        after: u64,
        /// The most to read.
        limit: usize,
    },
    /// Send a push. Answer: [`Answer::Pushed`].
    Push(PushBatch),
    /// Store acknowledgements, and how far they reach. Answer: [`Answer::Saved`].
    SaveAcks {
        /// What is new.
        acks: Vec<Ack>,
        /// [`Start::acked`] from now on.
        acked: u64,
        /// [`Start::beyond`] from now on.
        beyond: Set<u64>,
    },
    /// This phone is a copy. In one transaction: go on under another name behind [`Fork::up_to`], where whatever was
    /// acknowledged is forgotten, and store these acknowledgements of what is before. Answer: [`Answer::Saved`].
    Renumber {
        /// Under which name, and from where on.
        fork: Fork,
        /// What is new.
        acks: Vec<Ack>,
        /// [`Start::acked`] from now on.
        acked: u64,
        /// [`Start::beyond`] from now on.
        beyond: Set<u64>,
    },
    /// The server lost operations above this number, or was restored: forget their acknowledgements, drop all cursors
    /// and the mark, remember the epoch. Nothing that was pulled is deleted before it is replaced. In another life
    /// [`Start::redacted`] is 0, since numbers may be others there. Answer: [`Answer::Saved`].
    Unack {
        /// The highest number of which the acknowledgement still counts: none of another life of the server.
        have: u64,
        /// The server's present life.
        epoch: Epoch,
    },
    /// Read anonymous opinions that this life of the server has not acknowledged, in random order. Answer: [`Answer::Anonymous`].
    ReadAnonymous {
        /// At most this many.
        limit: usize,
    },
    /// Send them. Answer: [`Answer::Sent`].
    SendAnonymous(AnonymousBatch),
    /// Remember which the server holds, in this life of it. Answer: [`Answer::Saved`].
    SaveAnonymous {
        /// Their hashes.
        stored: Vec<SecretHash>,
        /// The server's present life.
        epoch: Epoch,
    },
    /// Send a pull. Answer: [`Answer::PulledIn`].
    Pull(PullRequest),
    /// Delete from everything that is stored: pages, outbox, opinions without a name, drafts, caches, as
    /// [`crate::redaction::Redactions`] says. With the last transaction, which waits for the disk, this number is stored as
    /// [`Start::redacted`]. Answer: [`Answer::Saved`], and only then: the server is told that nothing of it is left.
    Redact {
        /// What goes.
        redactions: Vec<Redaction>,
        /// [`Start::redacted`] from now on.
        up_to: u64,
    },
    /// Store pages, their cursors and the grants in one transaction. Answer: [`Answer::Saved`].
    SavePages {
        /// At most one for each stream.
        pages: Vec<Page>,
        /// What this person may read and write now.
        grants: GrantSet,
        /// The mark, if this was the last of it.
        mark: Option<Mark>,
        /// Every own operation with a number up to this one, acknowledged as applied, is contained in what was pulled.
        settled: Option<u64>,
        /// How many records are still to come.
        left: u64,
    },
    /// Over. Not answered.
    Done(Summary),
}

/// One acknowledged operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ack {
    /// Its number.
    pub seq: u64,
    /// What became of it. Never `Busy`.
    pub outcome: Outcome,
    /// When the server first received it.
    pub received_at: Time,
}

/// How a step went.
#[derive(Clone, Debug)]
pub enum Answer {
    /// The sync begins.
    Begin,
    /// To [`Step::ReadOutbox`].
    Outbox(Vec<Frame>),
    /// To [`Step::Push`].
    Pushed(Result<PushReply, NetError>),
    /// To the steps that store.
    Saved,
    /// To [`Step::ReadAnonymous`].
    Anonymous(Vec<serde_bytes::ByteBuf>),
    /// To [`Step::SendAnonymous`].
    Sent(Result<AnonymousReply, NetError>),
    /// To [`Step::Pull`].
    PulledIn(Result<PullReply, NetError>),
    /// A step that reads or stores failed.
    StoreFailed,
}

/// Why a request brought no reply that can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetError {
    /// No network, or it broke; the server may or may not have committed.
    Lost,
    /// The server answered that it is busy, or broke.
    Busy,
    /// The server does not know this phone any more, or it was revoked.
    Rejected,
    /// The reply is not one that this build reads.
    Unreadable,
}

/// What one sync did, for an honest sentence on the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Operations and anonymous opinions that the server newly acknowledged.
    pub sent: u32,
    /// Of them, the anonymous opinions. For the screen: kept beside the number of operations, it would tell at which
    /// visit one was recorded.
    pub anonymous: u32,
    /// Of them, those that wait for a person.
    pub quarantined: u32,
    /// Records that came in.
    pub received: u32,
    /// The server's clock, if it was heard.
    pub server_time: Option<Time>,
    /// Operations up to this number are in a verified backup.
    pub durable_seq: u64,
    /// How the next sync is to push.
    pub pace: Pace,
    /// What a phone that was revoked does now. [`Farewell::Destroy`] is as of the beginning of this sync, so whatever was
    /// saved since is asked for once more in the transaction that destroys the key.
    pub farewell: Option<Farewell>,
    /// How it ended.
    pub end: End,
}

/// How a sync ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum End {
    /// Everything was sent and everything new is here.
    #[default]
    Complete,
    /// The network failed on the way. What was acknowledged stays so.
    Net(NetError),
    /// The phone could not store something.
    Store,
}

/// One sync in progress.
#[derive(Debug)]
pub struct Session {
    device: DeviceId,
    epoch: Epoch,
    acked: u64,
    beyond: Set<u64>,
    /// Each operation is sent at most once a sync, unless its push failed: the outbox is read from here on.
    after: u64,
    mark: Option<Mark>,
    cursors: Vec<Cursor>,
    written: u64,
    build: String,
    refused: Vec<u64>,
    redacted: Option<u64>,
    /// Something was deleted that the server has not been told of yet.
    unconfirmed: bool,
    /// What a reply holds, until what it says of redactions is done.
    told: Option<(Vec<AckRun>, Pulled)>,
    /// What a reply holds, until what it says of refused operations is stored.
    held: Option<Pulled>,
    /// The mark of the last complete pull, of this sync too.
    complete: Option<Mark>,
    /// How it was as the sync began.
    paced: Pace,
    pace: Pace,
    /// The server answered something in this sync.
    heard: bool,
    /// Pushes that failed since one that did not.
    failures: u32,
    /// Why something stays on the phone although the sync goes on.
    cut: Option<NetError>,
    /// A rewound server is recognised once a sync: a server that says so again and again must not keep the phone busy.
    rewound: bool,
    /// How often this phone was told to be a copy in this sync; a bound against a server that never ends.
    forks: u32,
    /// The highest own number acknowledged before the pull began.
    settled: u64,
    /// Anonymous opinions went out so often in this sync; a bound against a server that never ends.
    batches: u32,
    /// This life of the server says that the phone was revoked.
    ends: bool,
    /// Perhaps it has not acknowledged every opinion without a name.
    unnamed: bool,
    /// How often this sync has asked whether this is the phone's end.
    asks: u32,
    /// Pages pulled in this sync; a bound against a server that never ends.
    rounds: u32,
    expects: Expects,
    summary: Summary,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expects {
    Begin,
    Knocked,
    Outbox,
    Pushed { first: u64, last: u64, alone: bool, isolated: bool },
    Asked,
    AcksSaved,
    Unacked,
    Anonymous,
    Sent,
    AnonymousSaved { more: bool },
    Pulled,
    Redacted,
    TakenSaved,
    PagesSaved { more: bool },
    Over,
}

const FAILURES_MAX: u32 = 3;
const ROUNDS_MAX: u32 = 10_000;
const BATCHES_MAX: u32 = 100;
/// Once, and once more where the answer was that the server has begun another life.
const ASKS_MAX: u32 = 2;
/// A copy of a copy of a copy may have to go through as many names.
const FORKS_MAX: u32 = 10;

impl Session {
    /// Begins a sync. The first step is the reply to [`Answer::Begin`].
    pub fn new(start: Start) -> Self {
        Self {
            device: start.device,
            epoch: start.epoch,
            acked: start.acked,
            beyond: start.beyond,
            after: start.acked,
            mark: start.mark,
            cursors: start.cursors,
            written: start.written,
            build: start.build,
            refused: start.refused,
            redacted: start.redacted,
            unconfirmed: false,
            told: None,
            held: None,
            complete: start.mark,
            paced: start.pace,
            pace: start.pace,
            heard: false,
            failures: 0,
            cut: None,
            rewound: false,
            forks: 0,
            settled: start.acked,
            batches: 0,
            ends: false,
            unnamed: true,
            asks: 0,
            rounds: 0,
            expects: Expects::Begin,
            summary: Summary::default(),
        }
    }

    /// Takes the answer to the last step and says the next. An answer that does not belong to it ends the sync.
    pub fn next(&mut self, answer: Answer) -> Step {
        match (self.expects, answer) {
            (Expects::Over, _) => Step::Done(self.summary),
            (_, Answer::StoreFailed) => self.end(End::Store),
            (Expects::Begin, Answer::Begin) if self.pace.knocks() => self.knock(),
            (Expects::Begin | Expects::Unacked, Answer::Begin | Answer::Saved) => self.read_outbox(),
            (Expects::Knocked, Answer::Pushed(reply)) => self.knocked(reply),
            (Expects::Outbox, Answer::Outbox(frames)) => self.push(frames),
            (Expects::Pushed { .. }, Answer::Pushed(reply)) => self.pushed(reply),
            (Expects::Asked, Answer::Pushed(reply)) => self.answered(reply),
            (Expects::AcksSaved, Answer::Saved) => self.read_outbox(),
            (Expects::Anonymous, Answer::Anonymous(opinions)) => self.send_anonymous(opinions),
            (Expects::Sent, Answer::Sent(reply)) => self.sent(reply),
            (Expects::AnonymousSaved { more: true }, Answer::Saved) => self.read_anonymous(),
            (Expects::AnonymousSaved { more: false }, Answer::Saved) => self.pull(),
            (Expects::Pulled, Answer::PulledIn(reply)) => self.pulled(reply),
            (Expects::Redacted, Answer::Saved) => match self.told.take() {
                Some((taken, pulled)) => self.taken(&taken, pulled),
                None => self.end(End::Store),
            },
            (Expects::TakenSaved, Answer::Saved) => match self.held.take() {
                Some(pulled) => self.pulled_in(pulled),
                None => self.end(End::Store),
            },
            (Expects::PagesSaved { more: true }, Answer::Saved) => self.pull(),
            (Expects::PagesSaved { more: false }, Answer::Saved) => self.complete(),
            _ => self.end(End::Store),
        }
    }

    fn end(&mut self, end: End) -> Step {
        self.expects = Expects::Over;
        self.summary.end = end;
        // Where nothing was heard, what failed says nothing against what was sent.
        let pace = if self.heard { self.pace } else { self.paced };
        self.summary.pace = pace.knocking(!self.heard || end == End::Net(NetError::Lost));
        Step::Done(self.summary)
    }

    /// Everything that is new is here, and all was sent that could be.
    fn over(&mut self) -> Step {
        self.end(self.cut.map_or(End::Complete, End::Net))
    }

    /// A complete pull; where something was deleted over it, the server is told at once, with the mark alone.
    fn complete(&mut self) -> Step {
        if !self.unconfirmed {
            return self.over();
        }
        self.mark = self.complete;
        self.pull()
    }

    /// Something was lost: asks whether the server is there before anything large goes out.
    fn knock(&mut self) -> Step {
        self.expects = Expects::Knocked;
        self.push_nothing()
    }

    fn knocked(&mut self, reply: Result<PushReply, NetError>) -> Step {
        match reply {
            Ok(reply) => {
                if let Some(step) = self.heard(reply.standing) {
                    return step;
                }
                self.ends = reply.ends;
                self.read_outbox()
            }
            Err(error) => self.end(End::Net(error)),
        }
    }

    fn read_outbox(&mut self) -> Step {
        self.expects = Expects::Outbox;
        while self.beyond.contains(&self.after.saturating_add(1)) {
            self.after += 1;
        }
        Step::ReadOutbox { after: self.after, limit: self.pace.limit() }
    }

    fn push(&mut self, mut frames: Vec<Frame>) -> Step {
        let Some(read) = frames.last().map(|frame| frame.seq) else { return self.read_anonymous() };
        frames.retain(|frame| frame.seq > self.acked && !self.beyond.contains(&frame.seq));
        let isolate = self.pace.set_apart(&mut frames);
        let ends = frames.first().zip(frames.last()).map(|(first, last)| (first.seq, last.seq));
        let Some((first, last)) = ends else {
            self.after = read;
            return self.read_outbox();
        };
        self.expects = Expects::Pushed { first, last, alone: frames.len() == 1, isolated: isolate };
        let report = self.report(frames.len() as u64);
        Step::Push(PushBatch {
            protocol: PROTOCOL,
            device: self.device,
            frames,
            report,
            epoch: Some(self.epoch),
            isolate,
            renumbers: true,
            destroyed: false,
        })
    }

    fn pushed(&mut self, reply: Result<PushReply, NetError>) -> Step {
        let Expects::Pushed { first, last, alone, isolated } = self.expects else { return self.end(End::Store) };
        let reply = match reply {
            Ok(reply) => reply,
            // Perhaps there is no network: that says nothing against what was sent.
            Err(NetError::Lost) if !self.heard => return self.knock(),
            // A smaller batch may get through where a large one does not; in the end, in a later sync, one operation is alone.
            Err(error @ (NetError::Lost | NetError::Busy)) => {
                self.pace.failed(first, alone);
                self.failures += 1;
                if isolated && self.pace.puts_aside(first) {
                    self.after = last;
                    self.cut = Some(error);
                }
                return match (error, self.failures <= FAILURES_MAX) {
                    (NetError::Busy, true) => self.read_outbox(),
                    // It answers: what it has for this phone may come all the same.
                    (NetError::Busy, false) => self.left_behind(),
                    (_, true) => self.knock(),
                    (_, false) => self.end(End::Net(error)),
                };
            }
            Err(error) => return self.end(End::Net(error)),
        };
        if let Some(step) = self.heard(reply.standing) {
            return step;
        }
        self.ends = reply.ends;
        let sent = |seq: u64| (first..=last).contains(&seq);
        let acks: Vec<Ack> = reply
            .each()
            .filter(|(seq, outcome, _)| *outcome != Outcome::Busy && sent(*seq))
            .map(|(seq, outcome, received_at)| Ack { seq, outcome, received_at })
            .collect();
        self.failures = 0;
        if let Some(fork) = reply.fork {
            return self.forked(first, fork, acks);
        }
        self.pace.succeeded(first, last);
        // What there is no room for waits for the next sync, and what is behind it does not wait for that.
        self.after = last;
        if reply.each().any(|(seq, outcome, _)| outcome == Outcome::Busy && sent(seq)) {
            self.cut = Some(NetError::Busy);
        } else if acks.is_empty() {
            return self.left_behind();
        }
        if acks.is_empty() {
            return self.read_outbox();
        }
        self.acknowledge(&acks);
        self.expects = Expects::AcksSaved;
        Step::SaveAcks { acks, acked: self.acked, beyond: self.beyond.clone() }
    }

    fn acknowledge(&mut self, acks: &[Ack]) {
        self.summary.sent += acks.len() as u32;
        self.summary.quarantined += acks.iter().filter(|ack| matches!(ack.outcome, Outcome::Quarantined(_))).count() as u32;
        self.beyond.extend(acks.iter().map(|ack| ack.seq).filter(|seq| *seq > self.acked));
        while self.beyond.remove(&self.acked.saturating_add(1)) {
            self.acked += 1;
        }
        self.settled = self.acked;
    }

    /// Another phone was first with what is behind this number: all of it goes out again, under a name that is this phone's
    /// alone.
    fn forked(&mut self, first: u64, fork: Fork, mut acks: Vec<Ack>) -> Step {
        self.forks += 1;
        if self.forks > FORKS_MAX {
            return self.end(End::Net(NetError::Unreadable));
        }
        let is_before = |seq: u64| seq <= fork.up_to;
        acks.retain(|ack| is_before(ack.seq));
        self.pace.succeeded(first, fork.up_to);
        self.acknowledge(&acks);
        self.acked = self.acked.min(fork.up_to);
        self.beyond = self.beyond.iter().copied().filter(|seq| is_before(*seq)).collect();
        self.refused.retain(|seq| is_before(*seq));
        (self.device, self.after, self.settled) = (fork.device, fork.up_to, self.acked);
        self.expects = Expects::AcksSaved;
        Step::Renumber { fork, acks, acked: self.acked, beyond: self.beyond.clone() }
    }

    /// Nothing more goes out in this sync; what is new still comes in.
    fn left_behind(&mut self) -> Step {
        self.cut = Some(NetError::Busy);
        self.read_anonymous()
    }

    fn read_anonymous(&mut self) -> Step {
        self.expects = Expects::Anonymous;
        Step::ReadAnonymous { limit: self.pace.anonymous_limit() }
    }

    fn send_anonymous(&mut self, opinions: Vec<serde_bytes::ByteBuf>) -> Step {
        self.unnamed = !opinions.is_empty();
        if opinions.is_empty() {
            return self.pull();
        }
        self.expects = Expects::Sent;
        Step::SendAnonymous(AnonymousBatch { protocol: PROTOCOL, opinions })
    }

    fn sent(&mut self, reply: Result<AnonymousReply, NetError>) -> Step {
        match reply {
            Ok(reply) => {
                if let Some(step) = self.heard(reply.standing) {
                    return step;
                }
                self.pace.anonymous_sent(true);
                self.summary.sent += reply.stored.len() as u32;
                self.summary.anonymous += reply.stored.len() as u32;
                self.batches += 1;
                self.expects = Expects::AnonymousSaved { more: !reply.stored.is_empty() && self.batches < BATCHES_MAX };
                Step::SaveAnonymous { stored: reply.stored, epoch: self.epoch }
            }
            // Perhaps one of them breaks the server. Fewer are tried in the next sync, and what is new comes in all the same.
            Err(error @ (NetError::Lost | NetError::Busy)) => {
                self.pace.anonymous_sent(false);
                self.cut = Some(error);
                self.pull()
            }
            Err(NetError::Rejected) => self.rejected(),
            Err(error) => self.end(End::Net(error)),
        }
    }

    /// The server has nothing for this phone. Why, only a push that is answered says: one that this sync has had, or an empty one.
    fn rejected(&mut self) -> Step {
        if self.ends || self.asks >= ASKS_MAX {
            return self.farewell();
        }
        self.asks += 1;
        self.expects = Expects::Asked;
        self.push_nothing()
    }

    fn push_nothing(&self) -> Step {
        let (report, epoch) = (self.report(0), Some(self.epoch));
        Step::Push(PushBatch { report, epoch, renumbers: true, ..PushBatch::of(self.device, Vec::new()) })
    }

    fn answered(&mut self, reply: Result<PushReply, NetError>) -> Step {
        if let Ok(reply) = reply {
            if let Some(step) = self.heard(reply.standing) {
                return step;
            }
            self.ends = reply.ends;
        }
        self.farewell()
    }

    fn farewell(&mut self) -> Step {
        self.summary.farewell = Farewell::of(self.ends, self.waiting().saturating_add(u64::from(self.unnamed)));
        self.end(End::Net(NetError::Rejected))
    }

    fn pull(&mut self) -> Step {
        self.rounds += 1;
        if self.rounds > ROUNDS_MAX {
            return self.end(End::Net(NetError::Unreadable));
        }
        self.expects = Expects::Pulled;
        let mark = self.mark.take();
        self.unconfirmed = false;
        let cursors = if mark.is_some() { Vec::new() } else { self.cursors.clone() };
        let refused = self.refused.iter().rev().take(PUSH_MAX).rev().copied().collect();
        Step::Pull(PullRequest { protocol: PROTOCOL, mark, cursors, report: self.report(0), refused, redacted: self.redacted })
    }

    /// What the phone says of itself, once the server has taken so many more operations.
    fn report(&self, taken: u64) -> Option<Report> {
        let waiting = u32::try_from(self.waiting().saturating_sub(taken)).unwrap_or(u32::MAX);
        Some(Report { build: self.build.clone(), waiting })
    }

    /// Operations that the server has not acknowledged in its present life.
    fn waiting(&self) -> u64 {
        self.written.saturating_sub(self.acked.saturating_add(self.beyond.len() as u64))
    }

    fn pulled(&mut self, reply: Result<PullReply, NetError>) -> Step {
        let reply = match reply {
            Ok(reply) => reply,
            Err(NetError::Rejected) => return self.rejected(),
            Err(error) => return self.end(End::Net(error)),
        };
        if let Some(step) = self.heard(reply.standing) {
            return step;
        }
        match reply.redactions {
            // Of whatever is here; what the reply holds is free of it.
            Some(Told { up_to, redactions }) if self.redacted.is_some_and(|done| up_to > done) => {
                self.redacted = Some(up_to);
                self.unconfirmed = !redactions.is_empty();
                self.told = Some((reply.taken, reply.pulled));
                self.expects = Expects::Redacted;
                Step::Redact { redactions, up_to }
            }
            _ => self.taken(&reply.taken, reply.pulled),
        }
    }

    /// A person has had the server take in what it refused: known before what contains it is stored.
    fn taken(&mut self, runs: &[AckRun], pulled: Pulled) -> Step {
        let taken: Vec<Ack> = each(runs)
            .filter(|(seq, outcome, _)| *outcome == Outcome::Applied && self.refused.contains(seq))
            .map(|(seq, outcome, received_at)| Ack { seq, outcome, received_at })
            .collect();
        if taken.is_empty() {
            return self.pulled_in(pulled);
        }
        self.refused.retain(|seq| taken.iter().all(|ack| ack.seq != *seq));
        self.summary.sent += taken.len() as u32;
        self.held = Some(pulled);
        self.expects = Expects::TakenSaved;
        Step::SaveAcks { acks: taken, acked: self.acked, beyond: self.beyond.clone() }
    }

    fn pulled_in(&mut self, pulled: Pulled) -> Step {
        match pulled {
            Pulled::Same => self.complete(),
            Pulled::Differs => {
                self.complete = None;
                self.pull()
            }
            Pulled::Pages(pages) => {
                for page in &pages.pages {
                    self.summary.received += page.records.len() as u32;
                    match self.cursors.iter_mut().find(|cursor| cursor.scope == page.cursor.scope) {
                        Some(cursor) => cursor.clone_from(&page.cursor),
                        None => self.cursors.push(page.cursor.clone()),
                    }
                }
                self.expects = Expects::PagesSaved { more: pages.more };
                let last = !pages.more;
                self.complete = last.then_some(pages.mark);
                Step::SavePages {
                    pages: pages.pages,
                    grants: pages.grants,
                    mark: last.then_some(pages.mark),
                    settled: last.then_some(self.settled),
                    left: pages.left,
                }
            }
        }
    }

    /// Notes what every reply says, and turns back if the server was rewound or restored.
    fn heard(&mut self, standing: Standing) -> Option<Step> {
        self.heard = true;
        self.summary.server_time = Some(standing.time);
        self.summary.durable_seq = standing.durable_seq;
        if (standing.epoch == self.epoch && standing.have >= self.acked) || self.rewound {
            return None;
        }
        self.rewound = true;
        (self.ends, self.unnamed) = (false, true);
        // What a restored server holds under these numbers may be what a copy of this phone brought first.
        self.acked = if standing.epoch == self.epoch { standing.have.min(self.acked) } else { 0 };
        if standing.epoch != self.epoch {
            self.redacted = self.redacted.map(|_| 0);
        }
        self.unconfirmed = false;
        self.complete = None;
        self.epoch = standing.epoch;
        self.beyond = Set::new();
        self.after = self.acked;
        self.cut = None;
        self.settled = self.acked;
        self.mark = None;
        self.cursors.clear();
        self.expects = Expects::Unacked;
        Some(Step::Unack { have: self.acked, epoch: standing.epoch })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{AreaId, RecordId};
    use crate::operation::{Part, Scope, Stream};
    use crate::opinion::SecretHash;
    use crate::record::Digest;
    use crate::wire::Pages;
    use serde_bytes::ByteBuf;

    const EPOCH: Epoch = Epoch::new(1, [1; 10]);

    fn standing(have: u64) -> Standing {
        Standing { epoch: EPOCH, durable_seq: 0, have, time: Time(9) }
    }

    fn session(acked: u64, mark: Option<Mark>) -> Session {
        paced(acked, mark, Pace::default())
    }

    fn paced(acked: u64, mark: Option<Mark>, pace: Pace) -> Session {
        let (device, build) = (DeviceId::new(1, [1; 10]), "0.1.0".to_owned());
        let (cursors, beyond) = (vec![cursor(1)], Set::new());
        Session::new(Start {
            device,
            epoch: EPOCH,
            acked,
            beyond,
            pace,
            mark,
            cursors,
            written: acked + 3,
            build,
            refused: Vec::new(),
            redacted: Some(0),
        })
    }

    fn cursor(n: u8) -> Cursor {
        Cursor { scope: Scope { area: AreaId::new(1, [1; 10]), stream: Stream::Roll }, signed: ByteBuf::from(vec![n]) }
    }

    fn frames(range: std::ops::RangeInclusive<u64>) -> Vec<Frame> {
        range.map(|seq| Frame { seq, bytes: ByteBuf::new() }).collect()
    }

    fn acknowledged(from: u64, count: u32, outcome: Outcome, have: u64) -> Answer {
        Answer::Pushed(Ok(PushReply {
            standing: standing(have),
            acks: vec![AckRun { from, count, outcome, received_at: Time(7) }],
            fork: None,
            ends: false,
        }))
    }

    /// Answers the steps of a sync that has nothing to push, up to the pull.
    fn to_pull(session: &mut Session) -> Step {
        session.next(Answer::Begin);
        assert_eq!(session.next(Answer::Outbox(vec![])), Step::ReadAnonymous { limit: 200 });
        session.next(Answer::Anonymous(vec![]))
    }

    #[test]
    fn an_idle_sync_is_one_mark() {
        let mut session = session(3, Some(Mark([5; 16])));
        let Step::Pull(request) = to_pull(&mut session) else { panic!() };
        assert_eq!((request.mark, request.cursors.len()), (Some(Mark([5; 16])), 0));
        let reply = PullReply { standing: standing(3), pulled: Pulled::Same, taken: Vec::new(), redactions: None };
        let Step::Done(summary) = session.next(Answer::PulledIn(Ok(reply))) else { panic!() };
        assert_eq!((summary.end, summary.sent, summary.received), (End::Complete, 0, 0));
    }

    #[test]
    fn what_was_taken_in_after_all_is_known_before_what_contains_it() {
        let (device, build) = (DeviceId::new(1, [1; 10]), "0.1.0".to_owned());
        let refused = (1..=300).collect();
        let (cursors, beyond, pace) = (Vec::new(), Set::new(), Pace::default());
        let mut session = Session::new(Start {
            device,
            epoch: EPOCH,
            acked: 300,
            beyond,
            pace,
            mark: None,
            cursors,
            written: 300,
            build,
            refused,
            redacted: Some(0),
        });
        let Step::Pull(request) = to_pull(&mut session) else { panic!() };
        assert_eq!(request.refused, (101..=300).collect::<Vec<u64>>());
        // What it did not ask about is no news, and neither is what still waits.
        let run = |from, count, outcome| AckRun { from, count, outcome, received_at: Time(7) };
        let taken = vec![run(150, 2, Outcome::Applied), run(200, 1, Outcome::Busy), run(900, 1, Outcome::Applied)];
        let pages = Pages { grants: GrantSet::default(), pages: Vec::new(), more: true, mark: Mark([6; 16]), left: 3 };
        let reply = PullReply { standing: standing(300), pulled: Pulled::Pages(pages), taken, redactions: None };
        let ack = |seq| Ack { seq, outcome: Outcome::Applied, received_at: Time(7) };
        let saved = Step::SaveAcks { acks: vec![ack(150), ack(151)], acked: 300, beyond: Set::new() };
        assert_eq!(session.next(Answer::PulledIn(Ok(reply))), saved);
        assert!(matches!(session.next(Answer::Saved), Step::SavePages { .. }));
        let Step::Pull(request) = session.next(Answer::Saved) else { panic!() };
        assert_eq!((request.refused.len(), request.refused.contains(&150)), (200, false));
        let reply = PullReply { standing: standing(300), pulled: Pulled::Same, taken: Vec::new(), redactions: None };
        let Step::Done(summary) = session.next(Answer::PulledIn(Ok(reply))) else { panic!() };
        assert_eq!((summary.end, summary.sent), (End::Complete, 2));
    }

    #[test]
    fn what_is_redacted_is_deleted_before_what_comes_with_it_and_confirmed_at_once() {
        let told = |up_to, count: u8| {
            let scope = Scope { area: AreaId::new(1, [1; 10]), stream: Stream::Voice };
            let redaction = |n| Redaction { record: RecordId::new(1, [n; 10]), scope, parts: [Part::Text].into_iter().collect() };
            Some(Told { up_to, redactions: (0..count).map(redaction).collect() })
        };
        let same =
            |redactions| Answer::PulledIn(Ok(PullReply { standing: standing(3), pulled: Pulled::Same, taken: Vec::new(), redactions }));
        let mut session = session(3, Some(Mark([5; 16])));
        let Step::Pull(request) = to_pull(&mut session) else { panic!() };
        assert_eq!(request.redacted, Some(0));
        let Step::Redact { redactions, up_to: 7 } = session.next(same(told(7, 2))) else { panic!() };
        assert_eq!(redactions.len(), 2);
        // Told once more, and with the mark alone: nothing else has changed.
        let Step::Pull(request) = session.next(Answer::Saved) else { panic!() };
        assert_eq!((request.redacted, request.mark, request.cursors.len()), (Some(7), Some(Mark([5; 16])), 0));
        // What a server says that is behind it is no news; where nothing was to be done there is nothing to tell.
        assert!(matches!(session.next(same(told(7, 2))), Step::Done(Summary { end: End::Complete, .. })));
        let mut session = self::session(3, Some(Mark([5; 16])));
        to_pull(&mut session);
        assert!(matches!(session.next(same(told(9, 0))), Step::Redact { up_to: 9, .. }));
        assert!(matches!(session.next(Answer::Saved), Step::Done(Summary { end: End::Complete, .. })));
    }

    #[test]
    fn a_phone_that_could_not_delete_confirms_nothing() {
        let mut session = session(3, Some(Mark([5; 16])));
        to_pull(&mut session);
        let redactions = Some(Told { up_to: 7, redactions: Vec::new() });
        let reply = PullReply { standing: standing(3), pulled: Pulled::Same, taken: Vec::new(), redactions };
        assert!(matches!(session.next(Answer::PulledIn(Ok(reply))), Step::Redact { .. }));
        assert!(matches!(session.next(Answer::StoreFailed), Step::Done(Summary { end: End::Store, .. })));
    }

    #[test]
    fn in_another_life_of_the_server_everything_is_asked_for_again() {
        let mut session = session(3, Some(Mark([5; 16])));
        session.redacted = Some(7);
        to_pull(&mut session);
        let standing = Standing { epoch: Epoch::new(2, [2; 10]), ..standing(3) };
        let reply = PullReply { standing, pulled: Pulled::Same, taken: Vec::new(), redactions: None };
        assert!(matches!(session.next(Answer::PulledIn(Ok(reply))), Step::Unack { .. }));
        session.next(Answer::Saved);
        session.next(Answer::Outbox(vec![]));
        let Step::Pull(request) = session.next(Answer::Anonymous(vec![])) else { panic!() };
        assert_eq!(request.redacted, Some(0));
    }

    #[test]
    fn what_differs_is_asked_for_with_cursors_and_committed_with_them() {
        let mut session = session(3, Some(Mark([5; 16])));
        to_pull(&mut session);
        let Step::Pull(request) = session.next(Answer::PulledIn(Ok(PullReply {
            standing: standing(3),
            pulled: Pulled::Differs,
            taken: Vec::new(),
            redactions: None,
        }))) else {
            panic!()
        };
        assert_eq!((request.mark, request.cursors), (None, vec![cursor(1)]));
        let page = Page { cursor: cursor(2), records: vec![ByteBuf::new()], digest: Digest::default(), writers: Vec::new() };
        let pages =
            |more| Pulled::Pages(Pages { grants: GrantSet::default(), pages: vec![page.clone()], more, mark: Mark([6; 16]), left: 0 });
        let step = session.next(Answer::PulledIn(Ok(PullReply {
            standing: standing(3),
            pulled: pages(true),
            taken: Vec::new(),
            redactions: None,
        })));
        let Step::SavePages { mark: None, settled: None, .. } = step else { panic!("{step:?}") };
        let Step::Pull(request) = session.next(Answer::Saved) else { panic!() };
        assert_eq!(request.cursors, vec![cursor(2)], "the next page is asked for from the new cursor");
        let step = session.next(Answer::PulledIn(Ok(PullReply {
            standing: standing(3),
            pulled: pages(false),
            taken: Vec::new(),
            redactions: None,
        })));
        let Step::SavePages { mark: Some(_), settled: Some(3), .. } = step else { panic!("{step:?}") };
        let Step::Done(summary) = session.next(Answer::Saved) else { panic!() };
        assert_eq!((summary.end, summary.received), (End::Complete, 2));
    }

    #[test]
    fn hours_without_a_network_cost_a_small_request_each_and_make_no_batch_smaller() {
        let mut pace = Pace::default();
        for sync in 0..50 {
            let mut session = paced(0, None, pace);
            let mut step = session.next(Answer::Begin);
            if sync == 0 {
                assert!(matches!(session.next(Answer::Outbox(frames(1..=200))), Step::Push(batch) if batch.frames.len() == 200));
                step = session.next(Answer::Pushed(Err(NetError::Lost)));
            }
            assert!(matches!(step, Step::Push(knock) if knock.frames.is_empty()), "{sync}: after the first push it only knocks");
            let Step::Done(summary) = session.next(Answer::Pushed(Err(NetError::Lost))) else { panic!() };
            pace = summary.pace;
        }
        let mut session = paced(0, None, pace);
        session.next(Answer::Begin);
        let nothing = acknowledged(1, 0, Outcome::Applied, 0);
        assert_eq!(session.next(nothing), Step::ReadOutbox { after: 0, limit: 200 }, "all at once");
        let Step::Push(batch) = session.next(Answer::Outbox(frames(1..=200))) else { panic!() };
        assert_eq!(batch.frames.len(), 200);
        session.next(acknowledged(1, 200, Outcome::Applied, 200));
        session.next(Answer::Saved);
        session.next(Answer::Outbox(vec![]));
        let Step::Pull(_) = session.next(Answer::Anonymous(vec![])) else { panic!() };
        let reply = PullReply { standing: standing(200), pulled: Pulled::Same, taken: Vec::new(), redactions: None };
        let Step::Done(summary) = session.next(Answer::PulledIn(Ok(reply))) else { panic!() };
        assert!(!summary.pace.knocks(), "it was heard");
    }

    #[test]
    fn one_answer_that_is_lost_on_the_way_makes_no_batch_smaller_and_the_sync_goes_on() {
        let mut session = session(0, None);
        session.next(Answer::Begin);
        session.next(Answer::Outbox(frames(1..=200)));
        assert!(matches!(session.next(Answer::Pushed(Err(NetError::Lost))), Step::Push(knock) if knock.frames.is_empty()));
        assert_eq!(session.next(acknowledged(1, 0, Outcome::Applied, 0)), Step::ReadOutbox { after: 0, limit: 200 });
    }

    #[test]
    fn a_push_that_is_lost_where_the_server_is_heard_is_tried_again_in_smaller_batches_and_then_given_up() {
        let mut session = paced(0, None, Pace::default().knocking(true));
        let mut step = session.next(Answer::Begin);
        for limit in [200, 50, 12, 3] {
            let Step::Push(knock) = step else { panic!("{step:?}") };
            assert!(knock.frames.is_empty());
            assert_eq!(session.next(acknowledged(1, 0, Outcome::Applied, 0)), Step::ReadOutbox { after: 0, limit });
            session.next(Answer::Outbox(frames(1..=3)));
            step = session.next(Answer::Pushed(Err(NetError::Lost)));
        }
        let Step::Done(summary) = step else { panic!("{step:?}") };
        assert_eq!((summary.end, summary.sent), (End::Net(NetError::Lost), 0));
    }

    /// A server that breaks on one operation, unless it is asked to store it first: it says so, or it is dead for the rest of
    /// the sync. What each push of a sync held.
    fn breaks_on(
        poison: u64,
        error: NetError,
        isolates: bool,
        held: &mut Set<u64>,
        start: Start,
    ) -> (Vec<Vec<u64>>, Summary, u64, Set<u64>) {
        let (mut acked, mut beyond, mut dead) = (start.acked, start.beyond.clone(), false);
        let (mut session, mut answer, mut pushes) = (Session::new(start), Answer::Begin, Vec::new());
        let pulled = || PullReply { standing: standing(400), pulled: Pulled::Same, taken: Vec::new(), redactions: None };
        let summary = loop {
            answer = match session.next(answer) {
                Step::ReadOutbox { after, limit } => Answer::Outbox(frames(after + 1..=400.min(after + limit as u64))),
                Step::Push(batch) => {
                    let seqs: Vec<u64> = batch.frames.iter().map(|frame| frame.seq).collect();
                    pushes.push(seqs.clone());
                    assert!(!batch.isolate || seqs == [poison], "{seqs:?} was isolated");
                    if dead || seqs.contains(&poison) && !(batch.isolate && isolates) {
                        dead = error == NetError::Lost;
                        Answer::Pushed(Err(error))
                    } else {
                        held.extend(seqs.iter().copied());
                        acknowledged(seqs.first().copied().unwrap_or(1), seqs.len() as u32, Outcome::Applied, 400)
                    }
                }
                Step::SaveAcks { acked: to, beyond: all, .. } => {
                    (acked, beyond) = (to, all);
                    Answer::Saved
                }
                Step::ReadAnonymous { .. } => Answer::Anonymous(vec![]),
                Step::Pull(_) => Answer::PulledIn(Ok(pulled())),
                Step::Done(summary) => break summary,
                other => panic!("{other:?}"),
            };
        };
        (pushes, summary, acked, beyond)
    }

    fn starts(acked: u64, beyond: Set<u64>, pace: Pace) -> Start {
        let device = DeviceId::new(1, [1; 10]);
        Start {
            device,
            epoch: EPOCH,
            acked,
            beyond,
            pace,
            mark: None,
            cursors: Vec::new(),
            written: 400,
            build: String::new(),
            refused: Vec::new(),
            redacted: Some(0),
        }
    }

    #[test]
    fn an_operation_that_breaks_the_server_is_found_and_set_apart_in_a_few_syncs() {
        // A server that dies is seen to be there before each attempt, so it takes more of them.
        for (error, most) in [(NetError::Busy, 8), (NetError::Lost, 16)] {
            for poison in [1, 137, 200, 201, 400] {
                let (mut held, mut next, mut syncs) = (Set::new(), starts(0, Set::new(), Pace::default()), 0);
                loop {
                    syncs += 1;
                    let (_, summary, acked, beyond) = breaks_on(poison, error, true, &mut held, next);
                    next = starts(acked, beyond, summary.pace);
                    if summary.end == End::Complete {
                        break;
                    }
                    assert!(syncs < most, "{error:?} {poison}: {:?}", next.pace);
                }
                assert_eq!((held.len(), next.acked, next.beyond.len()), (400, 400, 0), "{poison}");
                assert!(next.pace.limit() == 200 || poison == 400, "{poison}: it goes on in large batches");
            }
        }
    }

    #[test]
    fn where_it_cannot_be_stored_at_all_everything_else_arrives() {
        let (mut held, mut next) = (Set::new(), starts(0, Set::new(), Pace::default()));
        for sync in 1..=9 {
            assert!(held.len() < 137 || sync > 5, "{sync}: what is behind it is not sent before it at once");
            let (_, summary, acked, beyond) = breaks_on(137, NetError::Busy, false, &mut held, next);
            assert_eq!(summary.end, End::Net(NetError::Busy), "and is not called complete");
            next = starts(acked, beyond, summary.pace);
        }
        assert_eq!((held.len(), held.contains(&137), next.acked, next.beyond.len()), (399, false, 136, 263));
        let (pushes, ..) = breaks_on(137, NetError::Busy, false, &mut held, next);
        assert_eq!(pushes, [[137]], "and nothing of it is sent again");
    }

    #[test]
    fn a_server_that_only_takes_no_pushes_is_asked_for_what_is_new() {
        let mut session = session(0, Some(Mark([5; 16])));
        session.next(Answer::Begin);
        for _ in 0..3 {
            session.next(Answer::Outbox(frames(1..=3)));
            session.next(Answer::Pushed(Err(NetError::Busy)));
        }
        session.next(Answer::Outbox(frames(1..=3)));
        assert_eq!(session.next(Answer::Pushed(Err(NetError::Busy))), Step::ReadAnonymous { limit: 200 });
        assert!(matches!(session.next(Answer::Anonymous(vec![])), Step::Pull(_)));
        let Step::Done(summary) = session.next(Answer::PulledIn(Ok(PullReply {
            standing: standing(0),
            pulled: Pulled::Same,
            taken: Vec::new(),
            redactions: None,
        }))) else {
            panic!()
        };
        assert_eq!(summary.end, End::Net(NetError::Busy), "three operations are still here");
    }

    #[test]
    fn a_revoked_phone_does_not_try_again() {
        let mut session = session(0, None);
        session.next(Answer::Begin);
        session.next(Answer::Outbox(frames(1..=1)));
        let Step::Done(summary) = session.next(Answer::Pushed(Err(NetError::Rejected))) else { panic!() };
        assert_eq!(summary.end, End::Net(NetError::Rejected));
    }

    /// A revoked phone with 13 operations syncs, and perhaps with `unnamed` opinions, which are refused. The server, in this life
    /// of it, has room or not, and says that the phone ends or not. What that is to do then, and the pushes that it made.
    fn revoked(start: Start, unnamed: bool, takes: bool, ends: bool, epoch: Epoch) -> (Option<Farewell>, Vec<usize>) {
        let mut have = if epoch == start.epoch { start.acked } else { 0 };
        let (mut session, mut answer, mut pushes) = (Session::new(start), Answer::Begin, Vec::new());
        let summary = loop {
            answer = match session.next(answer) {
                Step::ReadOutbox { after, limit } => Answer::Outbox(frames(after + 1..=13.min(after + limit as u64))),
                Step::Push(batch) => {
                    pushes.push(batch.frames.len());
                    let taken = if batch.epoch == Some(epoch) { batch.frames } else { Vec::new() };
                    let mut acks = Vec::new();
                    for frame in &taken {
                        have = have.max(frame.seq);
                        let outcome = if takes { Outcome::Quarantined(crate::wire::Reason::Revoked) } else { Outcome::Busy };
                        PushReply::push(&mut acks, frame.seq, outcome, Time(7));
                    }
                    Answer::Pushed(Ok(PushReply { standing: Standing { epoch, ..standing(have) }, acks, fork: None, ends }))
                }
                Step::ReadAnonymous { .. } => Answer::Anonymous(if unnamed { vec![ByteBuf::new()] } else { vec![] }),
                Step::SendAnonymous(_) => Answer::Sent(Err(NetError::Rejected)),
                Step::Pull(_) => Answer::PulledIn(Err(NetError::Rejected)),
                Step::SaveAcks { .. } | Step::Unack { .. } => Answer::Saved,
                Step::Done(summary) => break summary,
                other => panic!("{other:?}"),
            };
        };
        assert_eq!(summary.end, End::Net(NetError::Rejected));
        (summary.farewell, pushes)
    }

    #[test]
    fn a_revoked_phone_delivers_before_it_destroys_its_key() {
        let start = |acked| Start { written: 13, ..starts(acked, Set::new(), Pace::default()) };
        let destroy = Some(Farewell::Destroy);
        assert_eq!(revoked(start(10), false, true, true, EPOCH), (destroy, vec![3]), "what it delivers tells it");
        assert_eq!(revoked(start(13), false, true, true, EPOCH), (destroy, vec![0]), "with nothing to deliver it asks");
        assert_eq!(revoked(start(10), false, false, true, EPOCH).0, Some(Farewell::Keep), "there was no room");
        assert_eq!(revoked(start(13), true, true, true, EPOCH).0, Some(Farewell::Keep), "an opinion without a name is not taken");
        assert_eq!(revoked(start(13), false, true, false, EPOCH), (None, vec![0]), "by a server that says nothing of it");
    }

    #[test]
    fn another_life_of_the_server_has_to_hold_everything_first() {
        let other = Epoch::new(2, [2; 10]);
        let start = || Start { written: 13, ..starts(13, Set::new(), Pace::default()) };
        let (farewell, pushes) = revoked(start(), false, true, true, other);
        assert_eq!((farewell, pushes), (Some(Farewell::Destroy), vec![0, 13]));
        assert_eq!(revoked(start(), false, false, true, other).0, Some(Farewell::Keep));
    }

    #[test]
    fn whom_the_server_does_not_know_or_hears_no_more_destroys_nothing() {
        let mut session = session(3, None);
        to_pull(&mut session);
        let Step::Push(asked) = session.next(Answer::PulledIn(Err(NetError::Rejected))) else { panic!() };
        assert_eq!(asked.frames, []);
        let Step::Done(summary) = session.next(Answer::Pushed(Err(NetError::Rejected))) else { panic!() };
        assert_eq!((summary.end, summary.farewell), (End::Net(NetError::Rejected), None));
    }

    #[test]
    fn busy_is_not_an_acknowledgement_and_holds_nothing_up() {
        let mut session = session(0, None);
        session.next(Answer::Begin);
        session.next(Answer::Outbox(frames(1..=2)));
        let run = |from, outcome| AckRun { from, count: 1, outcome, received_at: Time(7) };
        let reply =
            PushReply { standing: standing(0), acks: vec![run(1, Outcome::Busy), run(2, Outcome::Applied)], fork: None, ends: false };
        let Step::SaveAcks { acks, acked: up_to, beyond } = session.next(Answer::Pushed(Ok(reply))) else { panic!() };
        assert_eq!((acks.iter().map(|a| a.seq).collect::<Vec<_>>(), up_to, beyond), (vec![2], 0, Set::from([2])));
        // What there was no room for is not pushed again in this sync; what is behind it is.
        assert_eq!(session.next(Answer::Saved), Step::ReadOutbox { after: 2, limit: 200 });
        session.next(Answer::Outbox(frames(3..=4)));
        // The server holds 2 but not 1. That is no rewound server.
        let step = session.next(acknowledged(3, 2, Outcome::Busy, 0));
        assert_eq!(step, Step::ReadOutbox { after: 4, limit: 200 }, "also behind a push that moved nothing");
        assert_eq!(session.next(Answer::Outbox(vec![])), Step::ReadAnonymous { limit: 200 });
        let Step::Pull(request) = session.next(Answer::Anonymous(vec![])) else { panic!() };
        assert_eq!(request.report.map(|report| report.waiting), Some(2));
        let Step::Done(summary) = session.next(Answer::PulledIn(Ok(PullReply {
            standing: standing(0),
            pulled: Pulled::Same,
            taken: Vec::new(),
            redactions: None,
        }))) else {
            panic!()
        };
        assert_eq!((summary.end, summary.sent), (End::Net(NetError::Busy), 1), "and the sync is not called complete");

        // The next sync sends what was left behind, and no more.
        let mut session = Session::new(starts(0, Set::from([2, 5]), Pace::default()));
        session.next(Answer::Begin);
        let Step::Push(batch) = session.next(Answer::Outbox(frames(1..=5))) else { panic!() };
        assert_eq!(batch.frames.iter().map(|frame| frame.seq).collect::<Vec<_>>(), [1, 3, 4]);
        let Step::SaveAcks { acked: up_to, beyond, .. } = session.next(acknowledged(1, 4, Outcome::Duplicate, 5)) else { panic!() };
        assert_eq!((up_to, beyond.len()), (5, 0));
    }

    #[test]
    fn a_server_that_says_nothing_of_what_it_was_sent_is_not_asked_for_ever() {
        let mut session = session(0, None);
        session.next(Answer::Begin);
        session.next(Answer::Outbox(frames(1..=2)));
        let reply = PushReply { standing: standing(0), acks: vec![], fork: None, ends: false };
        assert_eq!(session.next(Answer::Pushed(Ok(reply))), Step::ReadAnonymous { limit: 200 });
    }

    #[test]
    fn a_rewound_server_gets_everything_again() {
        let mut session = session(10, Some(Mark([5; 16])));
        session.next(Answer::Begin);
        session.next(Answer::Outbox(frames(11..=12)));
        let step = session.next(acknowledged(11, 2, Outcome::Applied, 4));
        assert_eq!(step, Step::Unack { have: 4, epoch: EPOCH });
        assert!(matches!(session.next(Answer::Saved), Step::ReadOutbox { .. }));
        session.next(Answer::Outbox(frames(5..=12)));
        assert!(
            matches!(session.next(acknowledged(5, 8, Outcome::Applied, 12)), Step::SaveAcks { acks, acked: 12, .. } if acks.len() == 8)
        );
        session.next(Answer::Saved);
        session.next(Answer::Outbox(vec![]));
        let Step::Pull(request) = session.next(Answer::Anonymous(vec![])) else { panic!() };
        assert_eq!((request.mark, request.cursors), (None, vec![]), "what was pulled from the lost life is asked for again");
    }

    #[test]
    fn a_copy_goes_on_under_the_name_that_it_is_given() {
        let mut session = session(10, None);
        session.next(Answer::Begin);
        let Step::Push(batch) = session.next(Answer::Outbox(frames(11..=13))) else { panic!() };
        assert_eq!((batch.device, batch.renumbers), (DeviceId::new(1, [1; 10]), true));
        let device = DeviceId::new(1, [2; 10]);
        let fork = Fork { device, token: "t".into(), up_to: 11 };
        let run = |from, count| AckRun { from, count, outcome: Outcome::Applied, received_at: Time(7) };
        let told = PushReply { standing: standing(12), acks: vec![run(11, 1)], fork: Some(fork.clone()), ends: false };
        let acks = vec![Ack { seq: 11, outcome: Outcome::Applied, received_at: Time(7) }];
        assert_eq!(session.next(Answer::Pushed(Ok(told))), Step::Renumber { fork, acks, acked: 11, beyond: Set::new() });
        // Everything behind the fork goes out once more.
        assert_eq!(session.next(Answer::Saved), Step::ReadOutbox { after: 11, limit: 200 });
        let Step::Push(batch) = session.next(Answer::Outbox(frames(12..=13))) else { panic!() };
        assert_eq!((batch.device, batch.frames.len()), (device, 2));
        let saved = session.next(acknowledged(12, 2, Outcome::Applied, 13));
        assert!(matches!(saved, Step::SaveAcks { acked: 13, .. }), "{saved:?}");
    }

    #[test]
    fn what_a_copy_had_acknowledged_behind_the_fork_is_forgotten() {
        let (device, build) = (DeviceId::new(1, [1; 10]), "0.1.0".to_owned());
        // 11 was put aside, and what came behind it was taken; of 9 and 13 the server keeps bytes for a person.
        let (beyond, refused, pace) = (Set::from([12, 13]), vec![9, 13], Pace::default());
        let mut session = Session::new(Start {
            device,
            epoch: EPOCH,
            acked: 10,
            beyond,
            pace,
            mark: None,
            cursors: vec![],
            written: 14,
            build,
            refused,
            redacted: Some(0),
        });
        session.next(Answer::Begin);
        session.next(Answer::Outbox(frames(11..=14)));
        let fork = Fork { device: DeviceId::new(1, [2; 10]), token: "t".into(), up_to: 10 };
        let told = PushReply { standing: standing(13), acks: vec![], fork: Some(fork.clone()), ends: false };
        assert_eq!(session.next(Answer::Pushed(Ok(told))), Step::Renumber { fork, acks: vec![], acked: 10, beyond: Set::new() });
        assert_eq!(session.next(Answer::Saved), Step::ReadOutbox { after: 10, limit: 200 });
        let Step::Push(batch) = session.next(Answer::Outbox(frames(11..=14))) else { panic!() };
        assert_eq!(batch.frames.len(), 4);
        session.next(acknowledged(11, 4, Outcome::Applied, 14));
        session.next(Answer::Saved);
        session.next(Answer::Outbox(vec![]));
        let Step::Pull(request) = session.next(Answer::Anonymous(vec![])) else { panic!() };
        assert_eq!(request.refused, [9]);
    }

    #[test]
    fn a_server_that_renames_without_end_ends_the_sync() {
        let mut session = session(10, None);
        session.next(Answer::Begin);
        for n in 2..=u8::MAX {
            if let Step::Done(summary) = session.next(Answer::Outbox(frames(11..=11))) {
                assert_eq!((summary.end, n), (End::Net(NetError::Unreadable), 13));
                return;
            }
            let fork = Fork { device: DeviceId::new(1, [n; 10]), token: "t".into(), up_to: 10 };
            session.next(Answer::Pushed(Ok(PushReply { standing: standing(10), acks: vec![], fork: Some(fork), ends: false })));
            session.next(Answer::Saved);
        }
        panic!("it goes on for ever");
    }

    #[test]
    fn a_restored_server_gets_everything_again_whatever_it_counts() {
        let mut session = session(10, Some(Mark([5; 16])));
        let Step::Pull(_) = to_pull(&mut session) else { panic!() };
        let epoch = Epoch::new(2, [2; 10]);
        let reply =
            PullReply { standing: Standing { epoch, ..standing(10) }, pulled: Pulled::Differs, taken: Vec::new(), redactions: None };
        // Its ten operations under these numbers may be those of a copy of this phone.
        assert_eq!(session.next(Answer::PulledIn(Ok(reply))), Step::Unack { have: 0, epoch });
    }

    #[test]
    fn a_phone_says_how_many_operations_are_still_on_it() {
        let mut session = session(10, None);
        session.next(Answer::Begin);
        let Step::Push(batch) = session.next(Answer::Outbox(frames(11..=12))) else { panic!() };
        assert_eq!(batch.report, Some(Report { build: "0.1.0".into(), waiting: 1 }));
        session.next(acknowledged(11, 2, Outcome::Applied, 12));
        session.next(Answer::Saved);
        session.next(Answer::Outbox(vec![]));
        // Two anonymous ones that wait are none of them.
        session.next(Answer::Anonymous(vec![ByteBuf::new(), ByteBuf::new()]));
        let reply = AnonymousReply { standing: standing(12), stored: vec![] };
        session.next(Answer::Sent(Ok(reply)));
        let Step::Pull(request) = session.next(Answer::Saved) else { panic!() };
        assert_eq!(request.report.map(|report| report.waiting), Some(1));
    }

    #[test]
    fn an_anonymous_opinion_that_breaks_the_server_holds_up_neither_the_others_nor_what_is_new() {
        for error in [NetError::Lost, NetError::Busy] {
            let (mut waiting, breaks) = ((0..50_u8).collect::<Vec<_>>(), 17);
            let mut pace = Pace::default();
            for sync in 0..30_usize {
                let mut session = paced(0, Some(Mark([5; 16])), pace);
                if let Step::Push(_) = session.next(Answer::Begin) {
                    session.next(acknowledged(1, 0, Outcome::Applied, 0));
                }
                let mut step = session.next(Answer::Outbox(vec![]));
                let summary = loop {
                    step = match step {
                        Step::ReadAnonymous { limit } => {
                            // In another order each time.
                            let turn = sync * 7 % waiting.len();
                            waiting.rotate_left(turn);
                            session.next(Answer::Anonymous(waiting.iter().take(limit).map(|n| ByteBuf::from([*n])).collect()))
                        }
                        Step::SendAnonymous(batch) => {
                            let sent: Vec<u8> = batch.opinions.iter().map(|opinion| opinion[0]).collect();
                            let stored = sent.iter().map(|n| SecretHash::of(&[*n])).collect();
                            let reply = AnonymousReply { standing: standing(0), stored };
                            let reply = if sent.contains(&breaks) { Err(error) } else { Ok(reply) };
                            session.next(Answer::Sent(reply))
                        }
                        Step::SaveAnonymous { stored, .. } => {
                            waiting.retain(|n| !stored.contains(&SecretHash::of(&[*n])));
                            session.next(Answer::Saved)
                        }
                        Step::Pull(_) => {
                            let reply = PullReply { standing: standing(0), pulled: Pulled::Same, taken: Vec::new(), redactions: None };
                            session.next(Answer::PulledIn(Ok(reply)))
                        }
                        Step::Done(summary) => break summary,
                        other => panic!("{other:?}"),
                    };
                };
                assert_eq!(summary.end, End::Net(error), "not all was sent, and what is new is here");
                pace = summary.pace;
            }
            assert_eq!(waiting, [breaks]);
        }
    }

    #[test]
    fn a_store_that_fails_ends_the_sync() {
        let mut session = session(0, None);
        session.next(Answer::Begin);
        let Step::Done(summary) = session.next(Answer::StoreFailed) else { panic!() };
        assert_eq!(summary.end, End::Store);
        assert_eq!(session.next(Answer::Saved), Step::Done(summary), "it stays ended");
    }
}
