//! The phone's half of one sync, without I/O: it says what to do next, and is told how that went.
//!
//! Push what waits, send anonymous opinions, pull what changed. The driver executes one [`Step`] after the other and
//! answers each; the browser and the simulator run this same code.

use crate::device::Report;
use crate::id::{DeviceId, Epoch};
use crate::opinion::SecretHash;
use crate::person::GrantSet;
use crate::time::Time;
use crate::wire::{
    AnonymousBatch, AnonymousReply, Cursor, Frame, Mark, Outcome, PROTOCOL, PUSH_MAX, Page, PullReply, PullRequest, Pulled, PushBatch,
    PushReply, Standing,
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
    /// The mark of the last complete pull.
    pub mark: Option<Mark>,
    /// The cursors that the phone holds.
    pub cursors: Vec<Cursor>,
    /// The highest number in the outbox.
    pub written: u64,
    /// The build of the app, for [`Report::build`].
    pub build: String,
}

/// What to do next. Each is answered by exactly one [`Answer`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Read up to `limit` unacknowledged operations, ascending. Answer: [`Answer::Outbox`].
    ReadOutbox {
        /// The most to read.
        limit: usize,
    },
    /// Send a push. Answer: [`Answer::Pushed`].
    Push(PushBatch),
    /// Store acknowledgements, and the high-water mark. Answer: [`Answer::Saved`].
    SaveAcks(Vec<Ack>),
    /// The server lost operations above this number, or was restored: forget their acknowledgements, drop all cursors
    /// and the mark, remember the epoch. Nothing that was pulled is deleted before it is replaced. Answer: [`Answer::Saved`].
    Unack {
        /// The highest number of which the acknowledgement still counts: none of another life of the server.
        have: u64,
        /// The server's present life.
        epoch: Epoch,
    },
    /// Read anonymous opinions that this life of the server has not acknowledged, in random order. Answer: [`Answer::Anonymous`].
    ReadAnonymous,
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
    mark: Option<Mark>,
    cursors: Vec<Cursor>,
    written: u64,
    build: String,
    limit: usize,
    failures: u32,
    /// A rewound server is recognised once a sync: a server that says so again and again must not keep the phone busy.
    rewound: bool,
    /// The highest own number acknowledged before the pull began.
    settled: u64,
    /// Pages pulled in this sync; a bound against a server that never ends.
    rounds: u32,
    expects: Expects,
    summary: Summary,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expects {
    Begin,
    Outbox,
    Pushed { last: u64 },
    AcksSaved { more: bool },
    Unacked,
    Anonymous,
    Sent,
    AnonymousSaved,
    Pulled,
    PagesSaved { more: bool },
    Over,
}

const FAILURES_MAX: u32 = 3;
const ROUNDS_MAX: u32 = 10_000;

impl Session {
    /// Begins a sync. The first step is the reply to [`Answer::Begin`].
    pub fn new(start: Start) -> Self {
        Self {
            device: start.device,
            epoch: start.epoch,
            acked: start.acked,
            mark: start.mark,
            cursors: start.cursors,
            written: start.written,
            build: start.build,
            limit: PUSH_MAX,
            failures: 0,
            rewound: false,
            settled: start.acked,
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
            (Expects::Begin | Expects::Unacked, Answer::Begin | Answer::Saved) => self.read_outbox(),
            (Expects::Outbox, Answer::Outbox(frames)) => self.push(frames),
            (Expects::Pushed { last }, Answer::Pushed(reply)) => self.pushed(last, reply),
            (Expects::AcksSaved { more: true }, Answer::Saved) => self.read_outbox(),
            (Expects::AcksSaved { more: false }, Answer::Saved) => self.read_anonymous(),
            (Expects::Anonymous, Answer::Anonymous(opinions)) => self.send_anonymous(opinions),
            (Expects::Sent, Answer::Sent(reply)) => self.sent(reply),
            (Expects::AnonymousSaved, Answer::Saved) => self.pull(),
            (Expects::Pulled, Answer::PulledIn(reply)) => self.pulled(reply),
            (Expects::PagesSaved { more: true }, Answer::Saved) => self.pull(),
            (Expects::PagesSaved { more: false }, Answer::Saved) => self.end(End::Complete),
            _ => self.end(End::Store),
        }
    }

    fn end(&mut self, end: End) -> Step {
        self.expects = Expects::Over;
        self.summary.end = end;
        Step::Done(self.summary)
    }

    fn read_outbox(&mut self) -> Step {
        self.expects = Expects::Outbox;
        Step::ReadOutbox { limit: self.limit }
    }

    fn push(&mut self, frames: Vec<Frame>) -> Step {
        let Some(last) = frames.last().map(|frame| frame.seq) else { return self.read_anonymous() };
        self.expects = Expects::Pushed { last };
        Step::Push(PushBatch { protocol: PROTOCOL, device: self.device, frames, report: self.report(last), epoch: Some(self.epoch) })
    }

    fn pushed(&mut self, last: u64, reply: Result<PushReply, NetError>) -> Step {
        let reply = match reply {
            Ok(reply) => reply,
            // A smaller batch may get through where a large one does not; a single suspect is isolated this way.
            Err(NetError::Lost | NetError::Busy) if self.failures < FAILURES_MAX => {
                self.failures += 1;
                self.limit = (self.limit / 4).max(1);
                return self.read_outbox();
            }
            Err(error) => return self.end(End::Net(error)),
        };
        if let Some(step) = self.heard(reply.standing) {
            return step;
        }
        let acks: Vec<Ack> = reply
            .each()
            .filter(|(seq, outcome, _)| *outcome != Outcome::Busy && *seq <= last)
            .map(|(seq, outcome, received_at)| Ack { seq, outcome, received_at })
            .collect();
        if acks.is_empty() {
            return self.end(End::Net(NetError::Busy));
        }
        self.summary.sent += acks.len() as u32;
        self.summary.quarantined += acks.iter().filter(|ack| matches!(ack.outcome, Outcome::Quarantined(_))).count() as u32;
        // After a busy answer the same operations are read again, because only acknowledged ones are left out.
        for ack in &acks {
            self.acked += u64::from(ack.seq == self.acked + 1);
        }
        self.settled = self.acked;
        self.expects = Expects::AcksSaved { more: true };
        Step::SaveAcks(acks)
    }

    fn read_anonymous(&mut self) -> Step {
        self.expects = Expects::Anonymous;
        Step::ReadAnonymous
    }

    fn send_anonymous(&mut self, opinions: Vec<serde_bytes::ByteBuf>) -> Step {
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
                self.summary.sent += reply.stored.len() as u32;
                self.summary.anonymous += reply.stored.len() as u32;
                self.expects = Expects::AnonymousSaved;
                Step::SaveAnonymous { stored: reply.stored, epoch: self.epoch }
            }
            Err(error) => self.end(End::Net(error)),
        }
    }

    fn pull(&mut self) -> Step {
        self.rounds += 1;
        if self.rounds > ROUNDS_MAX {
            return self.end(End::Net(NetError::Unreadable));
        }
        self.expects = Expects::Pulled;
        let mark = self.mark.take();
        let cursors = if mark.is_some() { Vec::new() } else { self.cursors.clone() };
        Step::Pull(PullRequest { protocol: PROTOCOL, mark, cursors, report: self.report(self.acked) })
    }

    /// What the phone says of itself, once the server holds every operation up to a number.
    fn report(&self, up_to: u64) -> Option<Report> {
        let waiting = u32::try_from(self.written.saturating_sub(up_to)).unwrap_or(u32::MAX);
        Some(Report { build: self.build.clone(), waiting })
    }

    fn pulled(&mut self, reply: Result<PullReply, NetError>) -> Step {
        let reply = match reply {
            Ok(reply) => reply,
            Err(error) => return self.end(End::Net(error)),
        };
        if let Some(step) = self.heard(reply.standing) {
            return step;
        }
        match reply.pulled {
            Pulled::Same => self.end(End::Complete),
            Pulled::Differs => self.pull(),
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
        self.summary.server_time = Some(standing.time);
        self.summary.durable_seq = standing.durable_seq;
        if (standing.epoch == self.epoch && standing.have >= self.acked) || self.rewound {
            return None;
        }
        self.rewound = true;
        // What a restored server holds under these numbers may be what a copy of this phone brought first.
        self.acked = if standing.epoch == self.epoch { standing.have.min(self.acked) } else { 0 };
        self.epoch = standing.epoch;
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
    use crate::id::AreaId;
    use crate::operation::{Scope, Stream};
    use crate::record::Digest;
    use crate::wire::{AckRun, Pages};
    use serde_bytes::ByteBuf;

    const EPOCH: Epoch = Epoch::new(1, [1; 10]);

    fn standing(have: u64) -> Standing {
        Standing { epoch: EPOCH, durable_seq: 0, have, time: Time(9) }
    }

    fn session(acked: u64, mark: Option<Mark>) -> Session {
        let (device, build) = (DeviceId::new(1, [1; 10]), "0.1.0".to_owned());
        Session::new(Start { device, epoch: EPOCH, acked, mark, cursors: vec![cursor(1)], written: acked + 3, build })
    }

    fn cursor(n: u8) -> Cursor {
        Cursor { scope: Scope { area: AreaId::new(1, [1; 10]), stream: Stream::Roll }, signed: ByteBuf::from(vec![n]) }
    }

    fn frames(range: std::ops::RangeInclusive<u64>) -> Vec<Frame> {
        range.map(|seq| Frame { seq, bytes: ByteBuf::new() }).collect()
    }

    fn acked(from: u64, count: u32, outcome: Outcome, have: u64) -> Answer {
        Answer::Pushed(Ok(PushReply { standing: standing(have), acks: vec![AckRun { from, count, outcome, received_at: Time(7) }] }))
    }

    /// Answers the steps of a sync that has nothing to push, up to the pull.
    fn to_pull(session: &mut Session) -> Step {
        session.next(Answer::Begin);
        assert_eq!(session.next(Answer::Outbox(vec![])), Step::ReadAnonymous);
        session.next(Answer::Anonymous(vec![]))
    }

    #[test]
    fn an_idle_sync_is_one_mark() {
        let mut session = session(3, Some(Mark([5; 16])));
        let Step::Pull(request) = to_pull(&mut session) else { panic!() };
        assert_eq!((request.mark, request.cursors.len()), (Some(Mark([5; 16])), 0));
        let reply = PullReply { standing: standing(3), pulled: Pulled::Same };
        let Step::Done(summary) = session.next(Answer::PulledIn(Ok(reply))) else { panic!() };
        assert_eq!((summary.end, summary.sent, summary.received), (End::Complete, 0, 0));
    }

    #[test]
    fn what_differs_is_asked_for_with_cursors_and_committed_with_them() {
        let mut session = session(3, Some(Mark([5; 16])));
        to_pull(&mut session);
        let Step::Pull(request) = session.next(Answer::PulledIn(Ok(PullReply { standing: standing(3), pulled: Pulled::Differs }))) else {
            panic!()
        };
        assert_eq!((request.mark, request.cursors), (None, vec![cursor(1)]));
        let page = Page { cursor: cursor(2), records: vec![ByteBuf::new()], digest: Digest::default() };
        let pages =
            |more| Pulled::Pages(Pages { grants: GrantSet::default(), pages: vec![page.clone()], more, mark: Mark([6; 16]), left: 0 });
        let step = session.next(Answer::PulledIn(Ok(PullReply { standing: standing(3), pulled: pages(true) })));
        let Step::SavePages { mark: None, settled: None, .. } = step else { panic!("{step:?}") };
        let Step::Pull(request) = session.next(Answer::Saved) else { panic!() };
        assert_eq!(request.cursors, vec![cursor(2)], "the next page is asked for from the new cursor");
        let step = session.next(Answer::PulledIn(Ok(PullReply { standing: standing(3), pulled: pages(false) })));
        let Step::SavePages { mark: Some(_), settled: Some(3), .. } = step else { panic!("{step:?}") };
        let Step::Done(summary) = session.next(Answer::Saved) else { panic!() };
        assert_eq!((summary.end, summary.received), (End::Complete, 2));
    }

    #[test]
    fn a_lost_push_is_tried_again_in_smaller_batches_and_then_given_up() {
        let mut session = session(0, None);
        assert_eq!(session.next(Answer::Begin), Step::ReadOutbox { limit: 200 });
        for limit in [50, 12, 3] {
            session.next(Answer::Outbox(frames(1..=3)));
            assert_eq!(session.next(Answer::Pushed(Err(NetError::Lost))), Step::ReadOutbox { limit });
        }
        session.next(Answer::Outbox(frames(1..=3)));
        let Step::Done(summary) = session.next(Answer::Pushed(Err(NetError::Lost))) else { panic!() };
        assert_eq!((summary.end, summary.sent), (End::Net(NetError::Lost), 0));
    }

    #[test]
    fn a_revoked_phone_does_not_try_again() {
        let mut session = session(0, None);
        session.next(Answer::Begin);
        session.next(Answer::Outbox(frames(1..=1)));
        let Step::Done(summary) = session.next(Answer::Pushed(Err(NetError::Rejected))) else { panic!() };
        assert_eq!(summary.end, End::Net(NetError::Rejected));
    }

    #[test]
    fn busy_is_not_an_acknowledgement_and_does_not_move_the_mark() {
        let mut session = session(0, None);
        session.next(Answer::Begin);
        session.next(Answer::Outbox(frames(1..=2)));
        let run = |from, outcome| AckRun { from, count: 1, outcome, received_at: Time(7) };
        let reply = PushReply { standing: standing(0), acks: vec![run(1, Outcome::Busy), run(2, Outcome::Applied)] };
        let Step::SaveAcks(acks) = session.next(Answer::Pushed(Ok(reply))) else { panic!() };
        assert_eq!(acks.iter().map(|a| a.seq).collect::<Vec<_>>(), [2]);
        // The server holds 2 but not 1. That is no rewound server.
        assert_eq!(session.next(Answer::Saved), Step::ReadOutbox { limit: 200 });
        session.next(Answer::Outbox(frames(1..=1)));
        let step = session.next(acked(1, 1, Outcome::Quarantined(crate::wire::Reason::Invalid), 2));
        assert!(matches!(step, Step::SaveAcks(_)), "{step:?}");
    }

    #[test]
    fn a_rewound_server_gets_everything_again() {
        let mut session = session(10, Some(Mark([5; 16])));
        session.next(Answer::Begin);
        session.next(Answer::Outbox(frames(11..=12)));
        let step = session.next(acked(11, 2, Outcome::Applied, 4));
        assert_eq!(step, Step::Unack { have: 4, epoch: EPOCH });
        assert!(matches!(session.next(Answer::Saved), Step::ReadOutbox { .. }));
        session.next(Answer::Outbox(frames(5..=12)));
        assert!(matches!(session.next(acked(5, 8, Outcome::Applied, 12)), Step::SaveAcks(acks) if acks.len() == 8));
        session.next(Answer::Saved);
        session.next(Answer::Outbox(vec![]));
        let Step::Pull(request) = session.next(Answer::Anonymous(vec![])) else { panic!() };
        assert_eq!((request.mark, request.cursors), (None, vec![]), "what was pulled from the lost life is asked for again");
    }

    #[test]
    fn a_restored_server_gets_everything_again_whatever_it_counts() {
        let mut session = session(10, Some(Mark([5; 16])));
        let Step::Pull(_) = to_pull(&mut session) else { panic!() };
        let epoch = Epoch::new(2, [2; 10]);
        let reply = PullReply { standing: Standing { epoch, ..standing(10) }, pulled: Pulled::Differs };
        // Its ten operations under these numbers may be those of a copy of this phone.
        assert_eq!(session.next(Answer::PulledIn(Ok(reply))), Step::Unack { have: 0, epoch });
    }

    #[test]
    fn a_phone_says_how_many_operations_are_still_on_it() {
        let mut session = session(10, None);
        session.next(Answer::Begin);
        let Step::Push(batch) = session.next(Answer::Outbox(frames(11..=12))) else { panic!() };
        assert_eq!(batch.report, Some(Report { build: "0.1.0".into(), waiting: 1 }));
        session.next(acked(11, 2, Outcome::Applied, 12));
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
    fn a_store_that_fails_ends_the_sync() {
        let mut session = session(0, None);
        session.next(Answer::Begin);
        let Step::Done(summary) = session.next(Answer::StoreFailed) else { panic!() };
        assert_eq!(summary.end, End::Store);
        assert_eq!(session.next(Answer::Saved), Step::Done(summary), "it stays ended");
    }
}
