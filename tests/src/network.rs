//! What is between phones and server processes: exchanges that are under way, in any order, and the syncs that wait for them.

use crate::base::{Process, answer_of};
use crate::chance::Chance;
use crate::fault::Fault;
use crate::oracle::Oracle;
use crate::phone::is_new;
use crate::variant::Build;
use crate::world::{Outcome, World};
use domain::cbor;
use domain::id::DeviceId;
use domain::operation::Operation;
use domain::session::{Answer, End, NetError, Step};
use domain::time::Time;
use domain::wire::{AnonymousBatch, Fork, PullRequest, Pulled, PushBatch, PushReply};
use server::keys::Keys;
use server::store::{Seed, Sender, Store, unread};
use std::collections::VecDeque;

/// What a phone asks of a server.
#[derive(Clone)]
pub enum Request {
    /// Takes operations.
    Push(PushBatch),
    /// Takes anonymous opinions.
    Anonymous(AnonymousBatch),
    /// Asks for what changed.
    Pull(PullRequest),
}

/// A server process: all of them share one database and its keys, and have nothing else.
pub struct Server<'a> {
    /// The store.
    pub store: &'a Process,
    /// The keys beside it.
    pub keys: &'a Keys,
    /// The clock.
    pub now: Time,
}

impl Server<'_> {
    /// Handles one request of a phone, whole: each is one transaction of the store.
    pub fn handle(&self, from: DeviceId, request: &Request, seed: Seed) -> Outcome<Answer> {
        Ok(match request.clone() {
            // As over HTTP, a batch of another device than the token's is refused before the store sees it.
            Request::Push(batch) => Answer::Pushed(Ok(answer_of(self.store.push(PushBatch { device: from, ..batch }, self.now, seed))?)),
            Request::Anonymous(batch) => Answer::Sent(Ok(answer_of(self.store.anonymous(Sender::Phone(from), batch.opinions, self.now))?)),
            Request::Pull(request) => Answer::PulledIn(Ok(answer_of(self.store.pull(from, request, self.now))?)),
        })
    }
}

/// What older servers do before they answer: they take a batch one by one, and keep what they cannot read.
fn keep_unread(build: &mut dyn Build, server: &Server<'_>, from: DeviceId, batch: &PushBatch, seed: Seed) -> Outcome {
    for (at, frame) in batch.frames.iter().enumerate() {
        // With all that is before it, of which the first that is a copy's is the last that counts.
        let so_far = PushBatch { device: from, frames: batch.frames[..=at].to_vec(), ..batch.clone() };
        if cbor::decode::<Operation>(&frame.bytes).is_ok_and(|operation| is_new(&operation.header.kind)) {
            answer_of(unread::keep(server.store, so_far, server.now, seed))?;
        } else if let Answer::Pushed(Ok(PushReply { fork: Some(_), .. })) = build.handle(server, from, &Request::Push(so_far), seed)? {
            break;
        }
    }
    Ok(())
}

/// Something under way between a phone and a server process.
pub(crate) struct Message {
    /// The exchange that it belongs to.
    exchange: u64,
    /// The phone.
    who: usize,
    /// The device whose token it carries.
    from: DeviceId,
    /// The server process.
    process: usize,
    body: Body,
}

enum Body {
    Request(Request),
    Reply(Answer),
}

/// How many requests are remembered, to be replayed in the end.
const REMEMBERED: usize = 12;

/// Everything that is under way.
#[derive(Default)]
pub(crate) struct Network {
    messages: Vec<Message>,
    last: u64,
    /// Some of the requests that changed something.
    pub(crate) remembered: VecDeque<(DeviceId, Request)>,
}

impl Request {
    fn of(step: Step) -> Option<Self> {
        match step {
            Step::Push(batch) => Some(Self::Push(batch)),
            Step::SendAnonymous(batch) => Some(Self::Anonymous(batch)),
            Step::Pull(request) => Some(Self::Pull(request)),
            _ => None,
        }
    }

    fn lost(&self) -> Answer {
        match self {
            Self::Push(_) => Answer::Pushed(Err(NetError::Lost)),
            Self::Anonymous(_) => Answer::Sent(Err(NetError::Lost)),
            Self::Pull(_) => Answer::PulledIn(Err(NetError::Lost)),
        }
    }
}

fn lost(answer: &Answer) -> Answer {
    match answer {
        Answer::Pushed(_) => Answer::Pushed(Err(NetError::Lost)),
        Answer::Sent(_) => Answer::Sent(Err(NetError::Lost)),
        _ => Answer::PulledIn(Err(NetError::Lost)),
    }
}

impl World {
    /// Lets something go on: a phone that has its answer, or a message. Says whether there was anything.
    pub(crate) fn pump(&mut self) -> Outcome<bool> {
        let ready: Vec<usize> =
            (0..self.phones.len()).filter(|who| self.phones[*who].sync.as_ref().is_some_and(|sync| sync.ready.is_some())).collect();
        let choices = ready.len() + self.network.messages.len();
        if choices == 0 {
            return Ok(false);
        }
        let at = self.chance.below(choices);
        match ready.get(at) {
            Some(who) => self.advance(*who)?,
            None => self.deliver(at - ready.len())?,
        }
        Ok(true)
    }

    /// One step of the sync that runs on a phone.
    fn advance(&mut self, who: usize) -> Outcome {
        if self.is_faulty && self.chance.percent(3) {
            self.kill(who);
            return Ok(());
        }
        let full = self.is_faulty && self.chance.percent(1);
        let phone = &mut self.phones[who];
        let Some(sync) = &mut phone.sync else { return Ok(()) };
        let Some(answer) = sync.ready.take() else { return Ok(()) };
        let step = sync.session.next(answer);
        if let Step::Done(summary) = &step {
            phone.sync = None;
            phone.disk.pace = summary.pace;
            phone.ended = Some(summary.end);
            self.note(format!("{} ends its sync: {summary:?}", self.phones[who].name));
            return if summary.end == End::Complete { self.tidy(who) } else { Ok(()) };
        }
        let is_write =
            !matches!(step, Step::ReadOutbox { .. } | Step::ReadAnonymous { .. } | Step::Push(_) | Step::SendAnonymous(_) | Step::Pull(_));
        let fork = if let Step::Renumber { fork, .. } = &step { Some(fork.clone()) } else { None };
        let stored = if full && is_write {
            self.fault(Fault::QuotaExceeded);
            Some(Answer::StoreFailed)
        } else {
            self.build.store(&mut self.phones[who], &step, &mut self.chance)
        };
        if let (Some(Fork { device, up_to, .. }), Some(Answer::Saved)) = (fork, &stored) {
            self.report.renumbered += 1;
            let phone = &self.phones[who];
            self.ledger.renumber(phone.wrote.range(up_to + 1..).map(|(_, at)| *at), device);
            self.note(format!("{} turns out to be a copy behind {up_to}, and goes on as {device}", self.phones[who].name));
        }
        match (stored, Request::of(step)) {
            (Some(answer), _) => self.answer(who, None, answer),
            (None, Some(request)) => self.send(who, request),
            (None, None) => return Err("a step that stores was not done".into()),
        }
        Ok(())
    }

    /// The phone's browser or its battery ends in the middle of a sync.
    pub(crate) fn kill(&mut self, who: usize) {
        if !self.phones[who].disk.repair.is_empty() {
            self.fault(Fault::KilledRepairing);
        }
        self.build.killed(self.phones[who].device());
        let battery = self.chance.percent(40);
        if battery && self.phones[who].lost_power() {
            self.fault(Fault::PowerLost);
        }
        self.phones[who].killed();
        self.fault(Fault::PhoneKilled);
        self.note(format!("{} is killed", self.phones[who].name));
    }

    fn send(&mut self, who: usize, request: Request) {
        self.network.last += 1;
        let exchange = self.network.last;
        if let Some(sync) = &mut self.phones[who].sync {
            sync.awaits = exchange;
        }
        let process = self.chance.below(self.base.processes());
        let from = self.phones[who].device();
        self.network.messages.push(Message { exchange, who, from, process, body: Body::Request(request) });
    }

    /// Gives a sync the answer to its last step; one that waits for another exchange has given this one up.
    fn answer(&mut self, who: usize, exchange: Option<u64>, answer: Answer) {
        if let Some(sync) = &mut self.phones[who].sync
            && exchange.is_none_or(|exchange| exchange == sync.awaits && sync.ready.is_none())
        {
            sync.ready = Some(answer);
        }
    }

    /// The network: it may lose a request, or its reply after the server has committed, or deliver twice, or late.
    fn deliver(&mut self, at: usize) -> Outcome {
        let Message { exchange, who, from, process, body } = self.network.messages.swap_remove(at);
        let request = match body {
            Body::Reply(answer) => {
                self.answer(who, Some(exchange), answer);
                return Ok(());
            }
            Body::Request(request) => request,
        };
        let roll = if self.is_faulty { self.chance.below(100) } else { 100 };
        match roll {
            0..8 => {
                self.mishap(Fault::RequestDropped, who);
                self.answer(who, Some(exchange), request.lost());
            }
            8..16 => {
                self.mishap(Fault::CutAfterCommit, who);
                self.arrive((who, from), process, &request)?;
                self.answer(who, Some(exchange), request.lost());
            }
            16..30 => {
                let twice = roll < 24;
                self.mishap(if twice { Fault::DeliveredTwice } else { Fault::Delayed }, who);
                let other = self.chance.below(self.base.processes());
                self.network.messages.push(Message { exchange, who, from, process: other, body: Body::Request(request.clone()) });
                if twice {
                    self.reply(exchange, (who, from), process, &request)?;
                } else {
                    self.answer(who, Some(exchange), request.lost());
                }
            }
            30..32 => {
                self.network.messages.push(Message { exchange, who, from, process, body: Body::Request(request) });
                self.kill_server(process)?;
            }
            _ => self.reply(exchange, (who, from), process, &request)?,
        }
        Ok(())
    }

    /// Counts what goes wrong with an exchange of a phone.
    fn mishap(&mut self, fault: Fault, who: usize) {
        self.fault(fault);
        self.note(format!("an exchange of {}: {}", self.phones[who].name, fault.name()));
    }

    fn reply(&mut self, exchange: u64, (who, from): (usize, DeviceId), process: usize, request: &Request) -> Outcome {
        match self.arrive((who, from), process, request)? {
            Some(answer) => self.network.messages.push(Message { exchange, who, from, process, body: Body::Reply(answer) }),
            None => self.answer(who, Some(exchange), request.lost()),
        }
        Ok(())
    }

    /// A server process handles a request, unless it dies of it.
    fn arrive(&mut self, (who, device): (usize, DeviceId), process: usize, request: &Request) -> Outcome<Option<Answer>> {
        let person = self.phones[who].person;
        let seed = self.seed();
        if let Request::Push(batch) = request
            && self.dies_of(who, device, batch)?
        {
            // One that is isolated is stored before anybody looks into it.
            self.base.of(process).dies_after(u32::from(batch.isolate));
            let server = Server { store: self.base.of(process), keys: &self.keys, now: self.now };
            if self.build.handle(&server, device, request, seed).is_ok() {
                return Err("a server that died has answered".into());
            }
            self.mishap(Fault::Deadly, who);
            if batch.isolate {
                self.fault(Fault::Isolated);
            }
            self.kill_server(process)?;
            return Ok(None);
        }
        if !matches!(request, Request::Pull(_)) {
            self.network.remembered.push_back((device, request.clone()));
            if self.network.remembered.len() > REMEMBERED {
                self.network.remembered.pop_front();
            }
        }
        let server = Server { store: self.base.of(process), keys: &self.keys, now: self.now };
        if self.is_old
            && let Request::Push(batch) = request
        {
            keep_unread(self.build.as_mut(), &server, device, batch, seed)?;
        }
        let answer = self.build.handle(&server, device, request, seed)?;
        if let Answer::PulledIn(Ok(reply)) = &answer
            && let Pulled::Pages(pages) = &reply.pulled
        {
            for page in &pages.pages {
                self.may_be_shown(person, page.cursor.scope)?;
            }
        }
        Ok(Some(answer))
    }

    /// A server process dies: what it had taken, and what it had not answered, is lost; what was committed stays.
    pub(crate) fn kill_server(&mut self, process: usize) -> Outcome {
        let (dead, alive): (Vec<Message>, Vec<Message>) =
            std::mem::take(&mut self.network.messages).into_iter().partition(|message| message.process == process);
        self.network.messages = alive;
        self.base.replace(process)?;
        if dead.is_empty() {
            return Ok(());
        }
        self.fault(Fault::ServerKilled);
        self.note(format!("server process {process} dies with {} exchanges", dead.len()));
        for Message { exchange, who, body, .. } in dead {
            let lost = match body {
                Body::Request(request) => request.lost(),
                Body::Reply(answer) => lost(&answer),
            };
            self.answer(who, Some(exchange), lost);
        }
        Ok(())
    }

    /// Every phone in use syncs, all at once. Each must come to its end.
    pub(crate) fn all_sync(&mut self) -> Outcome {
        self.every_phone_syncs()?;
        for phone in &self.phones {
            let Some(End::Complete) = phone.ended else {
                let (name, end) = (&phone.name, phone.ended);
                return Oracle::EverythingIsSent.says(format!("a sync of {name} without faults ended with {end:?}"));
            };
        }
        Ok(())
    }

    /// Every phone in use syncs, all at once, until nothing is under way.
    pub(crate) fn every_phone_syncs(&mut self) -> Outcome {
        // A phone needs some dozens of steps for whatever it holds.
        const STEPS_MAX: usize = 20_000;
        for phone in &mut self.phones {
            phone.ended = None;
            phone.begin_sync();
        }
        for _ in 0..STEPS_MAX {
            if !self.pump()? {
                break;
            }
        }
        Ok(())
    }

    /// The requests that are remembered arrive once more.
    pub(crate) fn replay(&mut self) -> Outcome {
        for (device, request) in std::mem::take(&mut self.network.remembered) {
            let seed = Chance::new(device.0.as_u128() as u64).bytes();
            let server = Server { store: self.base.of(0), keys: &self.keys, now: self.now };
            self.build.handle(&server, device, &request, seed)?;
        }
        Ok(())
    }
}
