//! The phone's facade in a real browser, against a server of a few lines that judges with the domain's own rules.

use app::phone::*;
use app::platform::{memo, random, time};
use domain::book::WrittenOn;
use domain::campaign::{Assignment, Campaign, CampaignState};
use domain::cbor;
use domain::household::{Household, HouseholdError};
use domain::id::{AreaId, DeviceId, Epoch, PersonId, RecordId};
use domain::meeting::{MeetingError, MeetingFacts, MeetingState, MeetingType, MeetingWords};
use domain::notebook::{Ask, Filter};
use domain::operation::{Dot, DotRef, Kind, LegalBasis, Operation, Part, Scope, Stream};
use domain::opinion::{AnonymousOpinion, OpinionKind, ReporterMode, SecretHash, Topic, Urgency};
use domain::person::{GrantSet, Person, Role};
use domain::receive::{self, Earlier, Known, Verdict};
use domain::record::{Body, Digest, Record, Registry, Workflow};
use domain::recovery::{Deposit, ReopenReply, ReopenRequest, answered_to, deposited_by};
use domain::redaction::{Redaction, Told};
use domain::register::{Origin, Register, Values};
use domain::sequence::Sequence;
use domain::session::{End, NetError};
use domain::short::{Map, Set};
use domain::team::Team;
use domain::time::{Date, Time};
use domain::unit::{Level, Unit};
use domain::visit::{Appointment, ContactResult, PurposeResult, Visit};
use domain::wire::*;
use js_sys::Uint8Array;
use leptos::prelude::GetUntracked;
use rexie::{Rexie, TransactionMode};
use seal::recovery::{PrivateKey, PublicKey};
use serde_bytes::ByteBuf;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const CODE: &str = "KV3T8Q4M";
const PIN: &str = "482915";

/// The organisation's.
fn recovery_key() -> PrivateKey {
    PrivateKey::new([9; 32])
}

struct Server {
    epoch: Epoch,
    person: PersonId,
    village: AreaId,
    commune: AreaId,
    campaign: RecordId,
    /// What was received, by number, of the only phone.
    log: BTreeMap<u64, (Vec<u8>, Time)>,
    /// Every record with its scope and the place of its last change.
    records: BTreeMap<RecordId, (Scope, u64, Record)>,
    head: u64,
    anonymous: Vec<AnonymousOpinion>,
    /// Bodies as they came, by path.
    asked: Vec<(String, usize)>,
    device: Option<DeviceId>,
    /// Answers that get lost after the server has done its work.
    lose: usize,
    /// So do its answers to anonymous opinions.
    lose_anonymous: bool,
    /// The village was taken from the phone's person.
    taken: bool,
    /// Operations that it refuses.
    refuse: BTreeSet<u64>,
    /// Operations that it has no room for.
    no_room: BTreeSet<u64>,
    /// It dies of this operation, unless it is asked to store it first.
    dies_of: Option<u64>,
    /// Another phone, with a copy of the notebook, was first with what is behind this number.
    renamed: Option<Fork>,
    /// The numbers in each push.
    pushed: Vec<Vec<u64>>,
    /// The phone's person may read the village, and write nothing.
    reads_only: bool,
    /// Who wrote what, as far as it says so.
    writers: Vec<Writer>,
    /// The data key of the only phone, which only the recovery key opens.
    deposited: Option<ByteBuf>,
    /// Two people have agreed to open it.
    opens: bool,
    /// What it says of redactions, to each pull.
    told: Option<Told>,
}

impl Server {
    fn new() -> Self {
        let id = random::record_id;
        let mut server = Self {
            epoch: Epoch(id().0),
            person: id().into(),
            village: id().into(),
            commune: id().into(),
            campaign: id(),
            log: BTreeMap::new(),
            records: BTreeMap::new(),
            head: 0,
            anonymous: Vec::new(),
            asked: Vec::new(),
            device: None,
            lose: 0,
            lose_anonymous: false,
            taken: false,
            refuse: BTreeSet::new(),
            no_room: BTreeSet::new(),
            dies_of: None,
            renamed: None,
            pushed: Vec::new(),
            reads_only: false,
            writers: Vec::new(),
            deposited: None,
            opens: false,
            told: None,
        };
        server.fill();
        server
    }

    /// A village of 1,200 households, so that the first pull has several pages.
    fn fill(&mut self) {
        let (commune, village, campaign) = (self.commune, self.village, self.campaign);
        let office = DeviceId::from(random::record_id());
        let registry = |kind: Kind, id: RecordId, seq: u64, first: Values, code: String| {
            let origin = Some(Origin { dot: Dot { device: office, seq }, at: Time(0) });
            Record {
                id,
                kind,
                body: Body::Registry(Registry { code, state: Register { origin, first, ..Register::default() }, ..Registry::default() }),
            }
        };
        let unit = Unit {
            id: village,
            parent: Some(commune),
            level: Level::Village,
            name: "Thôn Đồng Cừ".into(),
            code: "DC".into(),
            from: Date::MIN,
            to: None,
            succession: None,
            former: Vec::new(),
        };
        let team = Team {
            id: random::record_id(),
            name: "Tổ 1".into(),
            decision_no: String::new(),
            decision_date: None,
            mandate: Default::default(),
            posts: Default::default(),
            lead: None,
            members: Set::from([self.person]),
        };
        let plan = Campaign {
            id: campaign,
            title: "Đợt 2".into(),
            purpose: "Mở đường".into(),
            from: Date::MIN,
            to: Date::MAX,
            basis: LegalBasis::StateWork,
            basis_text: String::new(),
            until: Date::MAX,
            contact_until: None,
            state: CampaignState::Active,
        };
        let given = Assignment { id: random::record_id(), campaign, team: team.id, village, due: None, ended: false, share: None };
        let state = |bytes| Body::Workflow(Workflow { revision: 1, state: ByteBuf::from(bytes) });
        let roll = Scope { area: commune, stream: Stream::Roll };
        self.put(roll, registry(Kind::Unit, village.into(), 1, unit.values(), String::new()));
        self.put(roll, registry(Kind::Team, team.id, 2, team.values(), String::new()));
        self.put(roll, Record { id: campaign, kind: Kind::Campaign, body: state(cbor::encode(&plan)) });
        self.put(roll, Record { id: given.id, kind: Kind::Assignment, body: state(cbor::encode(&given)) });
        for n in 1..=1200u64 {
            let household = Household { no: n.to_string(), head: format!("Nguyễn Văn {n}"), people: Some(4), ..Household::default() };
            let record = registry(Kind::Household, random::record_id(), n + 2, household.first_values(), format!("DC-{n:04}"));
            self.put(Scope { area: village, stream: Stream::Roll }, record);
        }
    }

    fn put(&mut self, scope: Scope, record: Record) {
        self.head += 1;
        self.records.insert(record.id, (scope, self.head, record));
    }

    fn grants(&self) -> GrantSet {
        let villages = if self.taken { Vec::new() } else { vec![self.village] };
        let mut grants = GrantSet::for_field(3, Role::FieldMember, &[self.commune], &villages);
        grants.grants.iter_mut().for_each(|grant| grant.write &= !self.reads_only);
        grants
    }

    /// Somebody else says how many people live there, having seen only how the household was made. Without a name, nobody
    /// says who it was.
    fn correct_elsewhere(&mut self, household: RecordId, on: WrittenOn, name: &str, people: u16) {
        let Body::Registry(registry) = &self.records[&household].2.body else { panic!("a household") };
        let base = registry.state.origin.map(|origin| DotRef { device: Some(origin.dot.device), seq: origin.dot.seq });
        let device = self.counted(household, base.into_iter().collect(), people);
        if !name.is_empty() {
            let id: PersonId = random::record_id().into();
            let person = Person { id, name: name.into(), sort: String::new(), role: Role::FieldMember, unit: self.commune, left: false };
            let state = Body::Workflow(Workflow { revision: 1, state: ByteBuf::from(cbor::encode(&person)) });
            let roll = Scope { area: self.commune, stream: Stream::Roll };
            self.put(roll, Record { id: id.into(), kind: Kind::Person, body: state });
            self.writers.push(Writer { device, person: id, on });
        }
    }

    /// Who made a household, and what wrote the values of how many live there.
    fn people(&self, household: RecordId) -> (DeviceId, Vec<Dot>) {
        let Body::Registry(registry) = &self.records[&household].2.body else { panic!("a household") };
        (registry.state.origin.unwrap().dot.device, registry.state.base("people"))
    }

    fn token(&self) -> String {
        format!("Bearer {}", self.person)
    }

    fn standing(&self) -> Standing {
        let have = (1..).take_while(|seq| self.log.contains_key(seq)).last().unwrap_or(0);
        Standing { epoch: self.epoch, durable_seq: 0, have, time: time::now() }
    }

    fn answer(&mut self, path: &str, token: &str, body: &[u8]) -> Result<Vec<u8>, u16> {
        // Phones of earlier tests go on living in this page.
        let is_renamed = self.renamed.as_ref().is_some_and(|fork| token == format!("Bearer {}", fork.token));
        if !["/api/v1/enrol", "/api/v1/reopen"].contains(&path) && token != self.token() && !is_renamed {
            return Err(401);
        }
        self.asked.push((path.to_owned(), body.len()));
        let answer = match path {
            "/api/v1/enrol" => self.enrol(&cbor::decode(body).unwrap()),
            "/api/v1/push" => self.push(cbor::decode(body).unwrap()),
            "/api/v1/anonymous" => self.anonymous(cbor::decode(body).unwrap()),
            "/api/v1/deposit" => {
                self.deposited = Some(cbor::decode::<Deposit>(body).unwrap().sealed);
                Ok(Vec::new())
            }
            "/api/v1/reopen" => self.reopen(&cbor::decode(body).unwrap()),
            "/api/v1/pull" => self.pull(cbor::decode(body).unwrap()),
            _ => panic!("{path}"),
        };
        if self.lose > 0 {
            self.lose -= 1;
            return Err(0);
        }
        if self.lose_anonymous && path == "/api/v1/anonymous" {
            return Err(0);
        }
        answer
    }

    fn enrol(&mut self, request: &EnrolRequest) -> Result<Vec<u8>, u16> {
        if request.code != CODE || self.device.is_some_and(|device| device != request.device) {
            return Err(404);
        }
        self.device = Some(request.device);
        Ok(cbor::encode(&EnrolReply {
            standing: self.standing(),
            token: self.token().trim_start_matches("Bearer ").to_owned(),
            person: self.person,
            name: "Lương Văn Bền".into(),
            role: Role::FieldMember,
            unit: self.commune,
            unit_name: "Xã Đồng Cừ".into(),
            grants: self.grants(),
            recovery: ByteBuf::from(recovery_key().public().0),
        }))
    }

    /// What two people do at their desk.
    fn reopen(&self, request: &ReopenRequest) -> Result<Vec<u8>, u16> {
        let device = request.device;
        let answer = self.opens.then(|| {
            // The phone's own copy and the one that it left here open alike.
            let copies = [Some(&request.sealed), self.deposited.as_ref()];
            let keys = copies.map(|copy| recovery_key().open(&deposited_by(device), copy.unwrap()).unwrap());
            assert_eq!(keys[0], keys[1]);
            let public = PublicKey::read(&request.public).unwrap();
            ByteBuf::from(public.seal(&answered_to(device), random::bytes(), &keys[0]).unwrap())
        });
        Ok(cbor::encode(&ReopenReply { answer }))
    }

    fn push(&mut self, batch: PushBatch) -> Result<Vec<u8>, u16> {
        let (mut acks, grants, now) = (Vec::new(), self.grants(), time::now());
        self.pushed.push(batch.frames.iter().map(|frame| frame.seq).collect());
        if !batch.isolate && batch.frames.iter().any(|frame| Some(frame.seq) == self.dies_of) {
            return Err(500);
        }
        let (mut sequence, mut fork) = (Sequence::of(batch.device), None);
        for frame in batch.frames {
            match &self.renamed {
                Some(renamed) if renamed.device != batch.device && frame.seq > renamed.up_to => {
                    fork = Some(renamed.clone());
                    break;
                }
                Some(renamed) if renamed.device == batch.device => {
                    sequence = Sequence::of(self.device.unwrap());
                    sequence.fork(renamed.device, renamed.up_to);
                }
                _ => {}
            }
            if self.no_room.contains(&frame.seq) {
                PushReply::push(&mut acks, frame.seq, Outcome::Busy, Time(0));
                continue;
            }
            let mut operation = receive::open(&frame).unwrap();
            sequence.spell_out(frame.seq, &mut operation.header.change);
            let earlier = self.log.get(&frame.seq).map(|(bytes, at)| Earlier { same: *bytes == frame.bytes.to_vec(), received_at: *at });
            let current = self.records.get(&operation.header.record).map(|(scope, _, record)| (*scope, record.clone()));
            let target = match &operation.header.change {
                domain::operation::Change::Amend { of } | domain::operation::Change::Retract { of } => {
                    self.records.get(of).map(|(scope, ..)| (*scope, self.person))
                }
                _ => None,
            };
            let about = receive::about(&operation).and_then(|(_, id)| self.records.get(&id)).map(|(scope, ..)| *scope);
            let known = Known { earlier, grants: Some(&grants), current, target, about, ..Known::default() };
            let scope = operation.scope();
            let dot = sequence.dot(frame.seq);
            let verdict = match self.refuse.contains(&frame.seq) {
                _ if self.dies_of == Some(frame.seq) => Verdict::Quarantine(Reason::Unreadable),
                true => Verdict::Quarantine(Reason::NotAllowed),
                false => receive::judge(operation, dot, self.person, now, known),
            };
            let outcome = match verdict {
                Verdict::Duplicate(_) => Outcome::Duplicate,
                Verdict::Quarantine(reason) => Outcome::Quarantined(reason),
                Verdict::Apply(applied) => {
                    self.put(scope, applied.record);
                    Outcome::Applied
                }
            };
            self.log.entry(frame.seq).or_insert((frame.bytes.to_vec(), now));
            PushReply::push(&mut acks, frame.seq, outcome, now);
        }
        Ok(cbor::encode(&PushReply { standing: self.standing(), acks, fork, ends: false }))
    }

    fn anonymous(&mut self, batch: AnonymousBatch) -> Result<Vec<u8>, u16> {
        let opinions: Vec<AnonymousOpinion> = batch.opinions.iter().map(|bytes| cbor::decode(bytes).unwrap()).collect();
        let stored = opinions.iter().map(|opinion| opinion.id).collect();
        for opinion in opinions {
            if !self.anonymous.iter().any(|known| known.id == opinion.id) {
                self.anonymous.push(opinion);
            }
        }
        Ok(cbor::encode(&AnonymousReply { standing: self.standing(), stored }))
    }

    fn pull(&mut self, request: PullRequest) -> Result<Vec<u8>, u16> {
        let mut hash = [0; 16];
        hash[..8].copy_from_slice(&self.head.to_be_bytes());
        let mark = Mark(hash);
        let pulled = match request.mark {
            Some(known) if known == mark => Pulled::Same,
            Some(_) => Pulled::Differs,
            None => {
                let (mut pages, mut left) = (Vec::new(), 0);
                for grant in self.grants().grants.iter().filter(|grant| grant.read) {
                    let from = request.cursors.iter().find(|cursor| cursor.scope == grant.scope);
                    let from = from.map_or(0, |cursor| u64::from_be_bytes(cursor.signed.to_vec().try_into().unwrap()));
                    let mut news: Vec<_> = self.records.values().filter(|(scope, seq, _)| *scope == grant.scope && *seq > from).collect();
                    news.sort_by_key(|(_, seq, _)| *seq);
                    left += news.len().saturating_sub(PAGE_MAX) as u64;
                    news.truncate(PAGE_MAX);
                    let Some((_, to, _)) = news.last() else { continue };
                    let cursor = Cursor { scope: grant.scope, signed: ByteBuf::from(to.to_be_bytes().to_vec()) };
                    let records = news.iter().map(|(.., record)| ByteBuf::from(cbor::encode(record))).collect();
                    let there = self.records.values().filter(|(scope, ..)| *scope == grant.scope);
                    let digest = there.fold(Digest::default(), |digest, (.., record)| digest.replace(None, Some(record)));
                    pages.push(Page { cursor, records, digest, writers: self.writers.clone() });
                }
                Pulled::Pages(Pages { grants: self.grants(), pages, more: left > 0, mark, left })
            }
        };
        Ok(cbor::encode(&PullReply { standing: self.standing(), pulled, taken: Vec::new(), redactions: self.told.clone() }))
    }

    /// Somebody else says how many people live there, instead of whatever the server has.
    fn somebody_counts(&mut self, household: RecordId, people: u16) {
        let Body::Registry(registry) = &self.records[&household].2.body else { panic!("a household") };
        let base = registry.state.base("people").into_iter().map(|dot| dot.seen_by(DeviceId(random::record_id().0))).collect();
        self.counted(household, base, people);
    }

    /// A device of its own writes how many people live there, having seen these values.
    fn counted(&mut self, household: RecordId, base: Vec<DotRef>, people: u16) -> DeviceId {
        let (scope, _, mut record) = self.records[&household].clone();
        let Body::Registry(registry) = &mut record.body else { panic!("a household") };
        let header = domain::operation::Header {
            schema: 1,
            kind: Kind::Household,
            record: household,
            area: scope.area,
            stream: scope.stream,
            change: domain::operation::Change::Set { fields: Map::from([("people".into(), base)]) },
            grant: 1,
            at: Time(i64::from(people)),
            ground: domain::operation::Ground { campaign: None, basis: LegalBasis::StateWork, until: Date::MAX },
        };
        let values = Values::from([("people".to_owned(), ByteBuf::from(cbor::encode(&Some(people))))]);
        let device = DeviceId(random::record_id().0);
        registry.state.apply(device, 9, &header, values);
        self.put(scope, record);
        device
    }

    /// Visits in their stream.
    fn visits(&self) -> Vec<&Record> {
        self.records.values().filter(|(_, _, record)| record.kind == Kind::Visit).map(|(.., record)| record).collect()
    }
}

/// Puts a server behind `fetch`, with what a phone must find in the page.
fn serve() -> Rc<RefCell<Server>> {
    js_sys::eval(include_str!("../../public/durability.js")).unwrap();
    memo::forget("gandan.notebook");
    memo::forget("gandan.enrolling");
    // No phone syncs by itself: each test says when.
    js_sys::eval("Object.defineProperty(navigator, 'onLine', { configurable: true, get: () => false })").unwrap();
    let server = Rc::new(RefCell::new(Server::new()));
    let serving = server.clone();
    let answer =
        Closure::<dyn FnMut(String, String, Uint8Array) -> JsValue>::new(
            move |path: String, token: String, body: Uint8Array| match serving.borrow_mut().answer(&path, &token, &body.to_vec()) {
                Ok(bytes) => Uint8Array::from(bytes.as_slice()).into(),
                Err(status) => JsValue::from_f64(status.into()),
            },
        );
    js_sys::Reflect::set(&js_sys::global(), &"gandanAnswer".into(), &answer.into_js_value()).unwrap();
    js_sys::eval(
        "{ globalThis.gandanFetch ??= globalThis.fetch;
           const answer = globalThis.gandanAnswer;
           globalThis.fetch = async (request) => {
             const path = new URL(request.url).pathname;
             if (!path.startsWith('/api/')) return globalThis.gandanFetch(request);
             let body = request.body ?? new Response(await request.arrayBuffer()).body;
             if (request.headers.get('content-encoding') === 'gzip') body = body.pipeThrough(new DecompressionStream('gzip'));
             const bytes = new Uint8Array(await new Response(body).arrayBuffer());
             const reply = answer(path, request.headers.get('authorization') ?? '', bytes);
             if (reply === 0) throw new TypeError('lost');
             return typeof reply === 'number' ? new Response('', { status: reply }) : new Response(reply);
           }; }",
    )
    .unwrap();
    server
}

async fn enrolled() -> (Phone, Rc<RefCell<Server>>) {
    let server = serve();
    let phone = enrol("kv3t-8q4m").await.unwrap().begin(PIN).await.unwrap();
    synced(phone).await;
    (phone, server)
}

/// The notebook in front, opened.
async fn opened() -> Phone {
    let Opened::Locked(locked) = Phone::open().await else { panic!("not locked") };
    locked.unlock(PIN).await.unwrap()
}

/// The database of a notebook, opened.
async fn store(name: &str) -> app::store::Store {
    let Some(app::store::Found::Locked(mut locked)) = app::store::Store::open(name).await.unwrap() else { panic!("not locked") };
    locked.unlock(PIN).await.unwrap()
}

/// Puts the clock on by some minutes, as a walk to the next house does.
fn clock_on(minutes: i64) {
    js_sys::eval(&format!("{{ const now = Date.now; Date.now = () => now.call(Date) + {}; }}", minutes * 60_000)).unwrap();
}

/// Syncs until one has run from beginning to end after this call.
async fn synced(phone: Phone) {
    loop {
        let before = phone.status().get_untracked().last.map(|last| last.at);
        phone.sync_now().await;
        let status = phone.status().get_untracked();
        if status.syncing.is_none() && status.last.map(|last| last.at) != before {
            return;
        }
        time::sleep(5).await;
    }
}

fn all(query: &str) -> Ask<'_> {
    Ask { campaign: None, filter: Filter::All, village: None, query, today: time::now().date(), limit: 50 }
}

fn form(phone: Phone, no: &str) -> VisitForm {
    let campaign = phone.with(|notebook| notebook.current().unwrap().id);
    let household = phone.with(|notebook| notebook.list(&all(no)).rows.into_iter().find(|row| row.no == no).unwrap().id);
    let said = |text: &str| NamedOpinion {
        kind: OpinionKind::Recommendation,
        topic: Topic::InfraIrrigation,
        urgency: Urgency::Normal,
        text: text.into(),
    };
    VisitForm {
        household,
        campaign,
        contact: ContactResult::MetRep,
        purposes: vec![PurposeResult::InfoDelivered],
        next: None,
        promised: Some(phone.today().plus(14)),
        note: "Chiều tối mới có người ở nhà.".into(),
        named: vec![said("Mương tắc, mưa là ngập.")],
        anonymous: vec![AnonymousForm {
            mode: ReporterMode::Anonymous,
            kind: OpinionKind::Reflection,
            topic: Topic::TrafficSafety,
            urgency: Urgency::Normal,
            text: "Xe chở đá chạy quá nhanh.".into(),
        }],
    }
}

#[wasm_bindgen_test]
async fn a_phone_is_enrolled_and_downloads_its_villages() {
    let (phone, server) = enrolled().await;
    assert_eq!(phone.me().name, "Lương Văn Bền");
    let list = phone.with(|notebook| notebook.list(&Ask { campaign: notebook.current().map(|c| c.id), ..all("") }));
    assert_eq!((list.all, list.left, list.rows[1].no.as_str()), (1200, 1200, "2"));
    let status = phone.status().get_untracked();
    assert_eq!((status.waiting, status.last.unwrap().summary.end), (0, End::Complete));
    let last = status.last.unwrap();
    assert_eq!((last.received, last.first), (1204, true), "households, a unit, a team, a campaign, an assignment");
    // Idle: one request, one mark, how far what was redacted is deleted, no cursor list.
    server.borrow_mut().asked.clear();
    synced(phone).await;
    let asked = server.borrow().asked.clone();
    assert!(asked.len() == 1 && asked[0].0 == "/api/v1/pull" && asked[0].1 < 45, "{asked:?}");

    // The same again from the database alone, as after a cold start.
    let again = opened().await;
    assert_eq!(again.with(|notebook| notebook.list(&all("")).all), 1200);
    assert_eq!(again.me(), phone.me());
}

#[wasm_bindgen_test]
async fn codes_that_do_not_do() {
    let server = serve();
    assert_eq!(enrol("KV3T-8Q4").await.err(), Some(EnrolError::Length(1)));
    assert!(matches!(enrol("AAAA-AAAA").await.err(), Some(EnrolError::Unreadable)));
    assert!(server.borrow().device.is_none());
    // The reply is lost; asked again, the server finds the same device.
    server.borrow_mut().lose = 1;
    assert_eq!(enrol(CODE).await.err(), Some(EnrolError::Net));
    let phone = enrol(CODE).await.unwrap().begin(PIN).await.unwrap();
    assert_eq!(Some(phone.me().device), server.borrow().device);
}

#[wasm_bindgen_test]
async fn a_visit_is_saved_sent_once_and_receipted() {
    let (phone, server) = enrolled().await;
    let form = form(phone, "14");
    phone.draft_save("visit/14", &form).await.unwrap();
    assert_eq!(phone.draft_load::<VisitForm>("visit/14").await.unwrap().as_ref(), Some(&form));
    assert!(!phone.activate_update().await, "a draft is open");
    let saved = phone.save_visit(form.clone(), Some("visit/14")).await.unwrap();
    assert_eq!(phone.draft_load::<VisitForm>("visit/14").await.unwrap(), None);
    assert!(phone.activate_update().await);

    let status = phone.status().get_untracked();
    assert_eq!((status.waiting, status.waiting_anonymous), (2, 1), "the visit with all that belongs to it, and one without a name");
    let page = phone.household(form.household, Some(form.campaign)).await.unwrap().unwrap();
    assert_eq!((page.visits.len(), page.visits[0].met, page.visits[0].waiting), (1, true, true));
    assert_eq!(page.promised, [phone.today().plus(14)]);
    let visit = phone.visit(saved.visit).await.unwrap().unwrap();
    assert_eq!((visit.notes.len(), visit.opinions.len(), visit.visit.contact), (1, 1, ContactResult::MetRep));

    // The server does everything, and its answer to the push is lost.
    server.borrow_mut().lose = 1;
    synced(phone).await;
    assert_eq!((server.borrow().visits().len(), server.borrow().log.len()), (1, 4), "exactly one copy of each");
    let status = phone.status().get_untracked();
    assert_eq!((status.waiting, status.last.unwrap().summary.end), (0, End::Complete));
    assert_eq!(status.last.unwrap().sent, 2, "as many as waited");
    let outbox = phone.outbox_items(10).await.unwrap();
    assert_eq!((outbox.waiting.len(), outbox.attention.len(), outbox.sent_total), (0, 0, 2));
    let What::Visit { no, opinions, .. } = &outbox.sent[0].what else { panic!("{outbox:?}") };
    assert_eq!((no.as_str(), *opinions), ("14", 1));
    assert!(matches!(outbox.sent[0].state, ItemState::Sent { received_at: Some(_) }));
    let page = phone.household(form.household, Some(form.campaign)).await.unwrap().unwrap();
    assert!(!page.visits[0].waiting, "the server's record has replaced the own one");
    assert_eq!(phone.visit(saved.visit).await.unwrap().unwrap().opinions.len(), 1, "members keep what they wrote and may not pull");
}

#[wasm_bindgen_test]
async fn an_opinion_without_a_name_shares_nothing_with_its_visit() {
    let (phone, server) = enrolled().await;
    let form = form(phone, "20");
    let saved = phone.save_visit(form.clone(), None).await.unwrap();
    synced(phone).await;
    let outbox = phone.outbox_items(10).await.unwrap();
    let server = server.borrow();
    let [opinion] = server.anonymous.as_slice() else { panic!("{:?}", server.anonymous) };
    assert_eq!((opinion.week, opinion.area), (Some(phone.today().week()), server.village));
    let bytes = cbor::encode(opinion);
    let has = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    let me = phone.me();
    for secret in [form.household.bytes(), saved.visit.bytes(), me.device.bytes(), me.person.bytes()] {
        assert!(!has(secret));
    }
    for (pushed, _) in server.log.values() {
        let operation: Operation = cbor::decode(pushed).unwrap();
        assert_ne!(operation.header.kind, Kind::AnonymousOpinion);
        assert!(!pushed.windows(32).any(|window| window == opinion.id.bytes()));
        assert!(!pushed.windows(9).any(|window| window == "chở đá".as_bytes()));
    }
    assert_eq!(server.log.len(), 4, "and it has no number");
    let without_name: Vec<_> = outbox.sent.iter().filter(|item| matches!(item.what, What::Anonymous { .. })).collect();
    assert_eq!(without_name.len(), 1);
    assert_eq!(without_name[0].state, ItemState::Sent { received_at: None });
    assert_ne!(opinion.id, SecretHash::of(&[0; 32]));
}

#[wasm_bindgen_test]
async fn a_visit_is_corrected_and_taken_back() {
    let (phone, server) = enrolled().await;
    let first = form(phone, "30");
    let (household, campaign) = (first.household, first.campaign);
    let saved = phone.save_not_home(household, campaign, None).await.unwrap();
    let next = Some(Appointment { date: phone.today().plus(1), minute: None });
    let plain =
        VisitForm { contact: ContactResult::NotHome, next, note: String::new(), named: vec![], anonymous: vec![], promised: None, ..first };
    phone.amend_visit(saved.visit, plain.clone(), None).await.unwrap();
    // The day that is agreed right after the tap completes the visit: one entry, and no correction.
    let page = phone.visit(saved.visit).await.unwrap().unwrap();
    assert_eq!((page.versions.len(), page.view.amended, page.visit.next), (1, false, next));
    assert_eq!((phone.outbox_items(5).await.unwrap().waiting.len(), phone.status().get_untracked().waiting), (1, 1));
    clock_on(11);
    phone.amend_visit(saved.visit, VisitForm { next: None, ..plain.clone() }, None).await.unwrap();
    let page = phone.visit(saved.visit).await.unwrap().unwrap();
    assert_eq!((page.versions.len(), page.versions[0].visit.next, page.view.amended, page.visit.next), (2, next, true, None));
    assert_eq!((phone.outbox_items(5).await.unwrap().waiting.len(), phone.status().get_untracked().waiting), (2, 2));
    let talk = VisitForm { named: form(phone, "30").named, ..plain };
    assert_eq!(phone.save_visit(talk, None).await.err(), Some(SaveError::NobodySpoken));

    phone.retract_visit(saved.visit).await.unwrap();
    assert_eq!(phone.visit(saved.visit).await.unwrap(), None);
    assert_eq!(phone.retract_visit(saved.visit).await.err(), Some(SaveError::NoVisit));
    synced(phone).await;
    assert_eq!(phone.status().get_untracked().attention, 0);
    assert_eq!(server.borrow().visits().len(), 4, "first version, its day, correction, retraction: all stay");
    let last = phone.status().get_untracked().last.unwrap();
    assert_eq!((last.sent, last.refused, last.first), (3, 0, false), "as many as waited");

    // With everything that was said.
    let said = phone.save_visit(form(phone, "31"), None).await.unwrap();
    phone.retract_visit(said.visit).await.unwrap();
    let page = phone.household(form(phone, "31").household, Some(campaign)).await.unwrap().unwrap();
    assert_eq!((page.visits.len(), page.promised.len()), (0, 0));
    synced(phone).await;
    assert_eq!(phone.status().get_untracked().attention, 0);
}

#[wasm_bindgen_test]
async fn what_was_said_is_corrected_and_its_first_version_stays() {
    let (phone, server) = enrolled().await;
    let saved = phone.save_visit(form(phone, "32"), None).await.unwrap();
    let page = phone.visit(saved.visit).await.unwrap().unwrap();
    let (note, opinion) = (page.notes[0].clone(), page.opinions[0].clone());
    clock_on(11);
    let said = NamedOpinion { text: "Mương trước nhà tắc.".into(), urgency: Urgency::Urgent, ..form(phone, "32").named.remove(0) };
    phone.draft_save("said", &1).await.unwrap();
    phone.amend_said(opinion.id, SaidForm::Opinion(said.clone()), Some("said")).await.unwrap();
    phone.amend_said(note.id, SaidForm::Note("Sáng mới có nhà.".into()), None).await.unwrap();
    assert_eq!(phone.draft_load::<u8>("said").await.unwrap(), None);
    let long = SaidForm::Note("x".repeat(domain::visit::NOTE_MAX + 1));
    assert_eq!(phone.amend_said(note.id, long, None).await.err(), Some(SaveError::NoteTooLong));

    let check = |page: VisitPage| {
        let ([said], [noted]) = (&page.opinions[..], &page.notes[..]) else { panic!("{page:?}") };
        assert_eq!((said.text.as_str(), said.facts.as_ref().unwrap().urgency), ("Mương trước nhà tắc.", Urgency::Urgent));
        assert_eq!((said.earlier.len(), said.earlier[0].text.as_str()), (1, opinion.text.as_str()));
        assert_eq!((noted.text.as_str(), noted.earlier[0].text.as_str()), ("Sáng mới có nhà.", note.text.as_str()));
        assert!(!page.view.amended, "the visit itself is as it was");
    };
    check(phone.visit(saved.visit).await.unwrap().unwrap());
    // The visit, two corrections, and an opinion without a name.
    assert_eq!((phone.status().get_untracked().waiting, phone.outbox_items(5).await.unwrap().waiting.len()), (4, 4));
    synced(phone).await;
    let status = phone.status().get_untracked();
    assert_eq!((status.waiting, status.attention, status.last.unwrap().sent), (0, 0, 4));
    check(phone.visit(saved.visit).await.unwrap().unwrap());
    let amended = server
        .borrow()
        .records
        .values()
        .filter(|(_, _, record)| match &record.body {
            Body::Event(event) => {
                matches!(event.header.change, domain::operation::Change::Amend { of } if of == opinion.id || of == note.id)
            }
            _ => false,
        })
        .count();
    assert_eq!(amended, 2);

    // Words that are put right at once keep their earlier versions as well.
    let last = phone.visit(saved.visit).await.unwrap().unwrap().opinions[0].id;
    phone.amend_said(last, SaidForm::Opinion(NamedOpinion { text: "Mương sau nhà tắc.".into(), ..said }), None).await.unwrap();
    let page = phone.visit(saved.visit).await.unwrap().unwrap();
    assert_eq!((page.opinions[0].text.as_str(), page.opinions[0].earlier.len()), ("Mương sau nhà tắc.", 2));
    // And all of it goes with the visit.
    phone.retract_visit(saved.visit).await.unwrap();
    synced(phone).await;
    assert_eq!(phone.status().get_untracked().attention, 0);
}

#[wasm_bindgen_test]
async fn what_was_redacted_is_gone_from_every_tab_and_is_not_kept_again() {
    let (phone, server) = enrolled().await;
    let other = opened().await;
    let saved = phone.save_visit(form(phone, "33"), None).await.unwrap();
    synced(phone).await;
    let text = async |phone: Phone| phone.visit(saved.visit).await.unwrap().unwrap().opinions.first().map(|said| said.text.clone());
    while text(other).await.as_deref() != Some("Mương tắc, mưa là ngập.") {
        time::sleep(5).await;
    }
    let opinion = phone.visit(saved.visit).await.unwrap().unwrap().opinions[0].id;
    let correction = format!("said/{opinion}");
    other.draft_save(&correction, &"Mương tắc, mưa là ngập, ông Bền nói.").await.unwrap();
    other.place_save("/", Beside { search: "Bền".into(), ..Beside::default() }).await.unwrap();

    let scope = Scope { area: server.borrow().village, stream: Stream::Voice };
    let redaction = Redaction { record: opinion, scope, parts: [Part::Text].into_iter().collect() };
    server.borrow_mut().told = Some(Told { up_to: 1, redactions: vec![redaction] });
    synced(phone).await;
    assert_eq!(text(phone).await.unwrap_or_default(), "");
    while text(other).await.unwrap_or_default() != "" {
        time::sleep(5).await;
    }
    assert_eq!((phone.drafts().await.unwrap(), phone.place_load().await), (vec![], None));

    // The other tab's form is still open: neither its draft nor what it says is kept.
    other.draft_save(&correction, &"Mương tắc, mưa là ngập, ông Bền nói.").await.unwrap();
    let beside = Beside { search: String::new(), page: ByteBuf::from("ông Bền".as_bytes()) };
    other.place_save(&format!("/loi/{opinion}"), beside).await.unwrap();
    assert_eq!((phone.drafts().await.unwrap(), phone.place_load().await.unwrap().beside), (vec![], Beside::default()));
    let said = NamedOpinion { text: "Mương tắc, mưa là ngập, ông Bền nói.".into(), ..form(phone, "33").named.remove(0) };
    other.amend_said(opinion, SaidForm::Opinion(said), None).await.unwrap();
    assert_eq!(text(other).await.unwrap_or_default(), "");
    synced(other).await;
    assert!(!server.borrow().log.values().any(|(bytes, _)| bytes.windows(5).any(|window| window == "Bền".as_bytes())));
}

#[wasm_bindgen_test]
async fn an_opinion_without_a_name_is_corrected_the_same_way_and_thrown_away_while_it_waits() {
    let (phone, server) = enrolled().await;
    let anonymous = |outbox: OutboxPage| {
        let all = outbox.waiting.into_iter().chain(outbox.sent);
        all.filter_map(|item| match item.what {
            What::Anonymous { key, amended, unsent, .. } => Some((key, amended, unsent, item.state)),
            _ => None,
        })
        .collect::<Vec<_>>()
    };
    let mut first = form(phone, "33");
    phone.save_visit(first.clone(), None).await.unwrap();
    let [(key, false, true, ItemState::Waiting)] = anonymous(phone.outbox_items(5).await.unwrap())[..] else { panic!() };
    let said = AnonymousForm { text: "Xe chở cát chạy nhanh.".into(), urgency: Urgency::Urgent, ..first.anonymous.remove(0) };
    phone.amend_anonymous(key, said.clone(), None).await.unwrap();
    assert_eq!(phone.status().get_untracked().waiting_anonymous, 1, "it is one entry");
    let [(key, true, true, ItemState::Waiting)] = anonymous(phone.outbox_items(5).await.unwrap())[..] else { panic!() };

    // Thrown away with its first version, and taken back.
    let removed = phone.anonymous_remove(key).await.unwrap().unwrap();
    assert_eq!((anonymous(phone.outbox_items(5).await.unwrap()).len(), phone.status().get_untracked().waiting_anonymous), (0, 0));
    phone.restore(removed).await.unwrap();
    assert_eq!((anonymous(phone.outbox_items(5).await.unwrap()).len(), phone.status().get_untracked().waiting_anonymous), (1, 1));

    // Once it may have left the phone, nobody can say that it did not.
    server.borrow_mut().lose_anonymous = true;
    synced(phone).await;
    let [(key, true, false, ItemState::Waiting)] = anonymous(phone.outbox_items(5).await.unwrap())[..] else { panic!() };
    assert_eq!(phone.anonymous_remove(key).await.unwrap(), None);
    server.borrow_mut().lose_anonymous = false;
    synced(phone).await;
    assert_eq!(phone.status().get_untracked().last.unwrap().sent, 1);
    let [(key, true, false, ItemState::Sent { received_at: None })] = anonymous(phone.outbox_items(5).await.unwrap())[..] else { panic!() };
    {
        let server = server.borrow();
        let second = server.anonymous.iter().find(|opinion| opinion.text == "Xe chở cát chạy nhanh.").unwrap();
        let first = server.anonymous.iter().find(|opinion| opinion.amends.is_none()).unwrap();
        assert_eq!((server.anonymous.len(), second.amends.as_ref().unwrap().of(), second.urgency), (2, first.id, Urgency::Normal));
        assert_eq!((second.area, second.campaign, second.week), (first.area, first.campaign, first.week));
    }
    // A sent one is still corrected.
    phone.amend_anonymous(key, AnonymousForm { mode: ReporterMode::Group, ..said }, None).await.unwrap();
    assert_eq!(phone.status().get_untracked().waiting_anonymous, 1);
    synced(phone).await;
    let server = server.borrow();
    assert_eq!(server.anonymous.len(), 3);
    let AnonymousOpinion { mode, amends, .. } = server.anonymous.last().unwrap();
    assert!(*mode == ReporterMode::Group && server.anonymous.iter().any(|opinion| Some(opinion.id) == amends.as_ref().map(|a| a.of())));
}

#[wasm_bindgen_test]
async fn an_opinion_without_a_name_is_redacted_with_what_corrects_it() {
    let (phone, server) = enrolled().await;
    let first = form(phone, "35");
    phone.save_visit(first.clone(), None).await.unwrap();
    let database = store(&format!("gandan-{}", phone.me().person)).await;
    let words = async || {
        let rows = database.rows(app::store::Name::Anonymous, None, None).await.unwrap();
        rows.iter().filter(|row| String::from_utf8_lossy(&database.unseal(row).unwrap()).contains("Xe chở")).count()
    };
    let What::Anonymous { key, .. } = phone.outbox_items(5).await.unwrap().waiting.last().unwrap().what else { panic!() };
    let said = AnonymousForm { text: "Xe chở cát chạy nhanh.".into(), ..first.anonymous[0].clone() };
    phone.amend_anonymous(key, said.clone(), None).await.unwrap();
    synced(phone).await;
    assert_eq!(words().await, 2);
    assert_eq!(server.borrow().anonymous.len(), 2);
    let last = phone.outbox_items(9).await.unwrap().sent.into_iter().find_map(|item| match item.what {
        What::Anonymous { key, .. } => Some(key),
        _ => None,
    });
    let draft = format!("unnamed/{:032x}", last.unwrap());
    phone.draft_save(&draft, &"Xe chở đất").await.unwrap();

    let record = server.borrow().anonymous.iter().find(|opinion| opinion.amends.is_none()).map(AnonymousOpinion::record).unwrap();
    let scope = Scope { area: server.borrow().village, stream: Stream::Voice };
    let redaction = Redaction { record, scope, parts: [Part::Text].into_iter().collect() };
    server.borrow_mut().told = Some(Told { up_to: 1, redactions: vec![redaction] });
    synced(phone).await;
    assert_eq!((words().await, phone.drafts().await.unwrap()), (0, vec![]));
    // Nor does who was correcting it bring it back.
    phone.draft_save(&draft, &"Xe chở đất").await.unwrap();
    phone.amend_anonymous(last.unwrap(), AnonymousForm { text: "Xe chở đất".into(), ..said }, None).await.unwrap();
    assert_eq!((words().await, phone.drafts().await.unwrap()), (0, vec![]));
}

#[wasm_bindgen_test]
async fn a_phone_that_is_enrolled_again_keeps_its_first_notebook() {
    let (phone, server) = enrolled().await;
    phone.save_visit(form(phone, "34"), None).await.unwrap();
    server.borrow_mut().device = None;
    enrol(CODE).await.unwrap().begin_beside(PIN).await.unwrap();
    let second = opened().await;
    assert_ne!(second.me().device, phone.me().device);
    assert_eq!(second.with(|notebook| notebook.household_count()), 0, "a new one, from its beginning");
    // The one that was enrolled last stands in front of those of other tests.
    let others = second.others().await;
    assert_eq!((others[0].name.as_str(), others[0].waiting), ("Lương Văn Bền", 2), "the visit, and an opinion without a name");

    // A window in which the first notebook is still open sends what waited, and does not put itself in front again.
    synced(phone).await;
    assert_eq!(server.borrow().visits().len(), 1);
    assert_eq!(second.others().await[0].waiting, 0);
    let again = opened().await;
    assert_eq!(again.me().device, second.me().device);
}

#[wasm_bindgen_test]
async fn households_are_added_corrected_and_decided() {
    let (phone, server) = enrolled().await;
    let village = server.borrow().village;
    let nameless = phone.add_household(village, Household::default(), None).await;
    assert_eq!(nameless.err(), Some(SaveError::Household(HouseholdError::NoHead)));
    let new = Household { head: " Y Bhem  Niê ".into(), no: "14A".into(), ..Household::default() };
    let id = phone.add_household(village, new, None).await.unwrap();
    let page = phone.household(id, None).await.unwrap().unwrap();
    assert_eq!((page.household.head.as_str(), page.line.code.as_str(), page.line.waiting), ("Y Bhem Niê", "", true));
    phone.save_household(id, Household { people: Some(5), ..page.household }, None).await.unwrap();

    // Somebody else changes a field of another household while this phone is offline.
    let other = form(phone, "14").household;
    let before = phone.household(other, None).await.unwrap().unwrap();
    server.borrow_mut().correct_elsewhere(other, WrittenOn::Phone, "Đoàn Thị Thơm", 7);
    phone.save_household(other, Household { people: Some(3), ..before.household }, None).await.unwrap();
    synced(phone).await;
    let status = phone.status().get_untracked();
    assert_eq!((status.waiting, status.attention), (0, 0));
    let page = phone.household(other, None).await.unwrap().unwrap();
    assert!(page.line.disputed && !page.line.waiting && page.may_correct);
    let [dispute] = page.disputes.as_slice() else { panic!("{:?}", page.disputes) };
    let values: Vec<_> = dispute.values.iter().map(|value| (value.household.people, value.by.clone())).collect();
    let thom = Author::Phone("Đoàn Thị Thơm".into());
    assert_eq!((dispute.field.as_str(), values), ("people", vec![(Some(3), Author::Here), (Some(7), thom)]));

    // A person decides for the value that is shown already.
    phone.decide(other, dispute, page.household.clone()).await.unwrap();
    assert!(phone.household(other, None).await.unwrap().unwrap().disputes.is_empty());
    synced(phone).await;
    let page = phone.household(other, None).await.unwrap().unwrap();
    assert_eq!((page.household.people, page.disputes.len(), page.line.waiting), (Some(3), 0, false));
    let page = phone.household(id, None).await.unwrap().unwrap();
    assert_eq!((page.household.people, page.line.waiting), (Some(5), false));
}

#[wasm_bindgen_test]
async fn a_dispute_ends_with_what_is_typed_and_what_came_since_stays() {
    let (phone, server) = enrolled().await;
    let id = form(phone, "14").household;
    let of = async || phone.household(id, None).await.unwrap().unwrap();
    let said = |page: &HouseholdPage| {
        let values = page.disputes.iter().flat_map(|dispute| &dispute.values);
        let mut said: Vec<_> = values.map(|value| (value.household.people, value.by.clone())).collect();
        said.sort_by_key(|(people, _)| *people);
        said
    };
    let at_desk = || Author::Desk("Nguyễn Thị Kim Hạnh".into());
    let household = of().await.household;
    server.borrow_mut().correct_elsewhere(id, WrittenOn::Desk, "Nguyễn Thị Kim Hạnh", 7);
    phone.save_household(id, Household { people: Some(3), ..household.clone() }, None).await.unwrap();
    synced(phone).await;
    let seen = of().await;
    assert_eq!(said(&seen), [(Some(3), Author::Here), (Some(7), at_desk())]);

    // Whoever decides is told what is wrong with the value, and only with that.
    let typed = |people| Household { people: Some(people), phone: "12".into(), hint: "cổng gỗ".into(), ..household.clone() };
    let refused = phone.decide(id, &seen.disputes[0], typed(100)).await;
    assert_eq!(refused, Err(SaveError::Household(HouseholdError::People)));
    assert_eq!(phone.status().get_untracked().waiting, 0);

    // A list and somebody without a name here say something else, in a sync that goes on behind the page.
    server.borrow_mut().correct_elsewhere(id, WrittenOn::Import, "Nguyễn Thị Kim Hạnh", 8);
    server.borrow_mut().correct_elsewhere(id, WrittenOn::Phone, "", 9);
    synced(phone).await;
    phone.decide(id, &seen.disputes[0], typed(6)).await.unwrap();
    for _ in 0..2 {
        let page = of().await;
        let left = [(Some(6), Author::Here), (Some(8), Author::Import), (Some(9), Author::Somebody)];
        assert_eq!((said(&page).as_slice(), page.household.hint.as_str(), page.household.phone.as_str()), (&left[..], "", ""));
        synced(phone).await;
    }

    // What is typed may be what stands there already, and ends it all the same.
    phone.decide(id, &of().await.disputes[0], typed(8)).await.unwrap();
    synced(phone).await;
    let page = of().await;
    assert_eq!((page.household.people, page.disputes.len()), (Some(8), 0));
    assert_eq!(server.borrow().people(id).1.len(), 1, "one value is left, and all others are replaced");
}

#[wasm_bindgen_test]
async fn whoever_may_only_read_a_household_decides_nothing() {
    let (phone, server) = enrolled().await;
    let id = form(phone, "14").household;
    server.borrow_mut().reads_only = true;
    server.borrow_mut().correct_elsewhere(id, WrittenOn::Phone, "Đoàn Thị Thơm", 7);
    synced(phone).await;
    let page = phone.household(id, None).await.unwrap().unwrap();
    assert_eq!((page.household.people, page.may_correct), (Some(7), false));
}

#[wasm_bindgen_test]
async fn a_copied_phone_goes_on_under_a_name_of_its_own() {
    let (phone, server) = enrolled().await;
    let (village, enrolled) = (server.borrow().village, phone.me().device);
    let id = phone.add_household(village, Household { head: "Y Bhem Niê".into(), no: "14A".into(), ..Household::default() }, None).await;
    let id = id.unwrap();
    synced(phone).await;
    // A second window has the notebook open, too.
    let window = opened().await;
    let home = |people| Household { head: "Y Bhem Niê".into(), no: "14A".into(), people: Some(people), ..Household::default() };
    phone.save_household(id, home(5), None).await.unwrap();
    phone.save_household(id, home(6), None).await.unwrap();
    let device = DeviceId(random::record_id().0);
    server.borrow_mut().renamed = Some(Fork { device, token: "ten.moi".into(), up_to: 1 });
    synced(phone).await;
    assert_eq!(server.borrow().pushed[1..], [vec![2, 3], vec![2, 3]], "told once, and sent again");
    let status = phone.status().get_untracked();
    assert_eq!((status.waiting, status.attention, status.last.unwrap().summary.end), (0, 0, End::Complete));
    assert_eq!(server.borrow().people(id), (enrolled, vec![Dot { device, seq: 3 }]), "what it calls its own is its own");

    // The other window's changes are of the same sequence, and so are those after the next start.
    window.save_household(id, home(7), None).await.unwrap();
    let next = opened().await;
    next.save_household(id, home(8), None).await.unwrap();
    synced(next).await;
    assert_eq!(server.borrow().people(id).1, [Dot { device, seq: 5 }]);
    let page = next.household(id, None).await.unwrap().unwrap();
    assert_eq!((page.household.people, page.disputes.len(), page.line.waiting), (Some(8), 0, false));
}

#[wasm_bindgen_test]
async fn what_is_typed_decomposed_leaves_the_phone_composed() {
    let (phone, server) = enrolled().await;
    let nfd = |text: &str| String::from(js_sys::JsString::from(text).normalize("NFD"));
    let texts = ["Vừ Thị Mỷ", "cạnh giếng", "Chiều tối mới về.", "Mương tắc", "Bàn việc", "Nhà văn hóa", "Đường lầy", "Xe quá tải"];
    let [head, hint, note, said, title, place, at_meeting, unnamed] = texts.map(nfd);
    let home = Household { head, hint, no: "15".into(), ..Household::default() };
    let village = server.borrow().village;
    phone.add_household(village, home, None).await.unwrap();
    let mut visit = form(phone, "20");
    (visit.note, visit.named[0].text, visit.anonymous[0].text) = (note, said, unnamed);
    phone.save_visit(visit, None).await.unwrap();
    let (facts, words) = held(phone, MeetingState::InSession);
    let words = MeetingWords { title, place, ..words };
    let meeting = phone.open_meeting(village, facts, words, Rest::none("meeting/new")).await.unwrap();
    phone.save_meeting_opinion(meeting, spoken(&at_meeting), Rest::none("meeting/new")).await.unwrap();
    synced(phone).await;

    let server = server.borrow();
    let sent = server.log.values().map(|(bytes, _)| bytes.clone()).chain(server.anonymous.iter().map(cbor::encode));
    let sent: Vec<u8> = sent.flatten().collect();
    let holds = |text: &str| sent.windows(text.len()).any(|window| window == text.as_bytes());
    for text in texts {
        assert_eq!((holds(text), holds(&nfd(text))), (true, false), "{text}");
    }
}

fn held(phone: Phone, state: MeetingState) -> (MeetingFacts, MeetingWords) {
    let start = Appointment { date: phone.today(), minute: Some(1_170) };
    let (expected, present) = (Some(1_200), Some(214));
    let facts = MeetingFacts { kind: MeetingType::VillageInfo, state, start, expected, present, people: Some(236), speakers: None };
    (facts, MeetingWords { title: " Bàn góp công ".into(), ..MeetingWords::default() })
}

fn spoken(text: &str) -> NamedOpinion {
    NamedOpinion { kind: OpinionKind::Question, topic: Topic::InfraRoad, urgency: Urgency::Normal, text: text.into() }
}

#[wasm_bindgen_test]
async fn a_meeting_is_one_entry_with_all_that_was_said_and_is_sent_once() {
    let (phone, server) = enrolled().await;
    let village = server.borrow().village;
    let (facts, words) = held(phone, MeetingState::InSession);
    phone.draft_save("meeting/new", &"nháp").await.unwrap();
    let wrong = MeetingFacts { present: Some(1_201), ..facts.clone() };
    let refused = phone.open_meeting(village, wrong, words.clone(), Rest::none("meeting/new")).await;
    assert_eq!(refused, Err(SaveError::Meeting(MeetingError::Present)));
    assert_eq!(phone.drafts().await.unwrap(), ["meeting/new"], "nothing was saved, nothing is lost");
    let meeting = phone.open_meeting(village, facts, words.clone(), Rest::none("meeting/new")).await.unwrap();
    assert_eq!(phone.drafts().await.unwrap(), Vec::<String>::new());

    // Of what is left in the draft nothing is saved, and of what is saved nothing is left.
    phone.draft_save("meeting/x", &["một", "hai"]).await.unwrap();
    phone.save_meeting_opinion(meeting, spoken("một"), Rest::of("meeting/x", Some(&["hai"]))).await.unwrap();
    assert_eq!(phone.draft_load::<Vec<String>>("meeting/x").await.unwrap().unwrap(), ["hai"]);
    phone.save_meeting_opinion(meeting, spoken("hai"), Rest::none("meeting/x")).await.unwrap();
    phone.save_meeting_opinion(meeting, spoken("nhầm"), Rest::none("meeting/x")).await.unwrap();
    let page = phone.meeting(meeting, 2).await.unwrap().unwrap();
    let texts = |page: &MeetingPage| page.opinions.iter().map(|said| said.text.clone()).collect::<Vec<_>>();
    assert_eq!((texts(&page), page.line.opinions, page.line.words.title.as_str()), (vec!["nhầm".into(), "hai".into()], 3, "Bàn góp công"));
    phone.retract_meeting_opinion(page.opinions[0].id, Rest::none("meeting/x")).await.unwrap();
    phone.amend_said(page.opinions[1].id, SaidForm::Opinion(spoken("hai, sửa")), None).await.unwrap();
    let (facts, words) = held(phone, MeetingState::Concluded);
    phone.command_meeting(meeting, MeetingFacts { speakers: Some(2), ..facts }, words, Rest::none("meeting/x")).await.unwrap();
    assert_eq!(texts(&phone.meeting(meeting, 9).await.unwrap().unwrap()), ["hai, sửa", "một"]);

    let status = phone.status().get_untracked();
    assert_eq!(status.waiting, 1, "a meeting is one entry");
    assert!(phone.with(|notebook| notebook.meetings()).iter().all(|line| phone.meeting_waits(line)));
    server.borrow_mut().lose = 1;
    synced(phone).await;
    assert_eq!((phone.status().get_untracked().waiting, phone.status().get_untracked().attention), (0, 0));
    let held = {
        let server = server.borrow();
        let of = |kind: Kind| server.records.values().filter(|(.., record)| record.kind == kind).cloned().collect::<Vec<_>>();
        assert_eq!(of(Kind::MeetingOpinion).len(), 5, "three that were said, a correction, and one taken back, each once");
        of(Kind::Meeting)
    };
    let [(_, _, Record { body: Body::Workflow(workflow), .. })] = &held[..] else { panic!("{held:?}") };
    assert_eq!(workflow.revision, 2);
    let outbox = phone.outbox_items(5).await.unwrap();
    let What::Meeting { title, opinions, cancelled, .. } = &outbox.sent[0].what else { panic!("{outbox:?}") };
    assert_eq!((outbox.sent_total, title.as_str(), *opinions, *cancelled), (1, "Bàn góp công", 2, false));
    let again = opened().await;
    assert_eq!(texts(&again.meeting(meeting, 9).await.unwrap().unwrap()), ["hai, sửa", "một"], "members keep what they wrote");
}

#[wasm_bindgen_test]
async fn a_refused_command_is_shown_with_its_reason() {
    let (phone, server) = enrolled().await;
    let village = server.borrow().village;
    let (facts, words) = held(phone, MeetingState::InSession);
    let meeting = phone.open_meeting(village, facts, words.clone(), Rest::none("meeting/new")).await.unwrap();
    synced(phone).await;
    server.borrow_mut().refuse.insert(2);
    let (facts, _) = held(phone, MeetingState::Concluded);
    phone.command_meeting(meeting, facts, words, Rest::none("meeting/x")).await.unwrap();
    synced(phone).await;
    let page = phone.meeting(meeting, 1).await.unwrap().unwrap();
    assert_eq!((page.refused, page.line.facts.state), (Some(Reason::NotAllowed), MeetingState::InSession), "as it stands without it");
    assert_eq!(phone.status().get_untracked().attention, 1);
}

#[wasm_bindgen_test]
async fn one_refused_operation_does_not_block_the_next_and_is_shown() {
    let (phone, server) = enrolled().await;
    server.borrow_mut().refuse.insert(1);
    let campaign = form(phone, "1").campaign;
    for no in ["40", "41"] {
        phone.save_not_home(form(phone, no).household, campaign, None).await.unwrap();
    }
    synced(phone).await;
    let status = phone.status().get_untracked();
    assert_eq!((status.waiting, status.attention), (0, 1));
    assert_eq!((status.last.unwrap().sent, status.last.unwrap().refused), (2, 1));
    let outbox = phone.outbox_items(5).await.unwrap();
    assert_eq!((outbox.attention[0].state, outbox.sent.len()), (ItemState::Attention(Reason::NotAllowed), 1));
    let again = opened().await;
    assert_eq!(again.status().get_untracked().attention, 1, "and after a new start");
}

#[wasm_bindgen_test]
async fn what_the_server_has_no_room_for_holds_up_nothing() {
    let (phone, server) = enrolled().await;
    let campaign = form(phone, "1").campaign;
    for no in ["43", "44", "45"] {
        phone.save_not_home(form(phone, no).household, campaign, None).await.unwrap();
    }
    server.borrow_mut().no_room = BTreeSet::from([1]);
    synced(phone).await;
    synced(phone).await;
    assert_eq!(server.borrow().pushed, [vec![1, 2, 3], vec![1]], "what was acknowledged is not sent again");
    assert!(server.borrow().asked.last().is_some_and(|(path, _)| path == "/api/v1/pull"), "and what is new comes in");
    let status = phone.status().get_untracked();
    assert_eq!((status.waiting, status.last.unwrap().summary.end), (1, End::Net(NetError::Busy)), "nor is the sync called complete");
    let outbox = phone.outbox_items(5).await.unwrap();
    assert_eq!((outbox.waiting.len(), outbox.sent.len()), (1, 2));

    // After a new start as well, and until there is room.
    let again = opened().await;
    assert_eq!(again.status().get_untracked().waiting, 1);
    server.borrow_mut().no_room.clear();
    synced(again).await;
    assert_eq!(server.borrow().pushed[2..], [vec![1]]);
    let status = again.status().get_untracked();
    assert_eq!((status.waiting, status.last.unwrap().summary.end), (0, End::Complete));
}

#[wasm_bindgen_test]
async fn an_operation_that_the_server_dies_of_is_found_and_holds_up_nothing() {
    let (phone, server) = enrolled().await;
    let campaign = form(phone, "1").campaign;
    for n in 50..62 {
        phone.save_not_home(form(phone, &n.to_string()).household, campaign, None).await.unwrap();
    }
    server.borrow_mut().dies_of = Some(8);
    let mut syncs = 0;
    while phone.status().get_untracked().waiting > 0 {
        assert!(syncs < 6, "{:?}", server.borrow().pushed);
        syncs += 1;
        synced(phone).await;
    }
    let status = phone.status().get_untracked();
    assert_eq!((status.attention, server.borrow().visits().len(), server.borrow().log.len()), (1, 11, 12));
    assert!(server.borrow().pushed.contains(&vec![8]), "alone: {:?}", server.borrow().pushed);
}

#[wasm_bindgen_test]
async fn a_village_that_was_taken_away_is_hidden_and_what_was_written_there_stays() {
    let (phone, server) = enrolled().await;
    let visited = form(phone, "42");
    let saved = phone.save_visit(visited.clone(), None).await.unwrap();
    synced(phone).await;
    {
        let mut server = server.borrow_mut();
        server.taken = true;
        server.head += 1;
    }
    synced(phone).await;
    assert_eq!(phone.household(visited.household, Some(visited.campaign)).await.unwrap(), None);
    assert_eq!(phone.visit(saved.visit).await.unwrap(), None);
    let sent = phone.outbox_items(5).await.unwrap().sent;
    let What::Visit { head, no, .. } = &sent[0].what else { panic!("{sent:?}") };
    assert_eq!((head.as_str(), no.as_str()), ("", ""), "an entry, without a name");
    server.borrow_mut().taken = false;
    server.borrow_mut().head += 1;
    synced(phone).await;
    assert_eq!(phone.visit(saved.visit).await.unwrap().unwrap().household.no, "42");
}

#[wasm_bindgen_test]
async fn what_may_not_be_read_any_more_is_deleted_when_it_was_said_twice_and_nothing_is_unsent() {
    let (phone, server) = enrolled().await;
    let name = format!("gandan-{}", phone.me().person);
    let store = store(&name).await;
    let village = server.borrow().village;
    let pages = async || {
        let rows = store.rows(app::store::Name::Pages, None, None).await.unwrap();
        let rows = rows.iter().map(|row| cbor::decode::<app::store::rows::PageRow>(&store.unseal(row).unwrap()).unwrap());
        rows.filter(|row| row.scope.area == village).count()
    };
    let households = || phone.with(|notebook| notebook.household_count());
    let take = |taken: bool| {
        let mut server = server.borrow_mut();
        server.taken = taken;
        server.head += 1;
    };
    let visited = form(phone, "46");
    let saved = phone.save_not_home(visited.household, visited.campaign, None).await.unwrap();
    let first = pages().await;

    // What the server has no room for is unsent: nothing is deleted, however often and long it is said.
    server.borrow_mut().no_room = BTreeSet::from([1]);
    take(true);
    for _ in 0..3 {
        synced(phone).await;
        clock_on(20);
    }
    assert_eq!((pages().await, households()), (first, 1200));
    server.borrow_mut().no_room.clear();
    take(false);
    synced(phone).await;
    let with_visit = pages().await;
    assert!(with_visit > first);

    // Said once; then given back, and nothing is to be pulled again.
    take(true);
    synced(phone).await;
    clock_on(20);
    take(false);
    synced(phone).await;
    assert_eq!((pages().await, phone.status().get_untracked().last.unwrap().received), (with_visit, 0));

    // Said twice, a few minutes apart; then later, and something is being typed; then that is done.
    take(true);
    synced(phone).await;
    synced(phone).await;
    assert_eq!(pages().await, with_visit, "hidden, and still there");
    phone.draft_save("visit/x", &"words").await.unwrap();
    clock_on(11);
    synced(phone).await;
    assert_eq!(pages().await, with_visit);
    phone.draft_clear("visit/x").await.unwrap();
    synced(phone).await;
    assert_eq!((pages().await, households()), (0, 0));
    let log = store.rows(app::store::Name::Log, None, None).await.unwrap();
    let log: Vec<app::store::rows::LogRow> = log.iter().map(|row| cbor::decode(&store.unseal(row).unwrap()).unwrap()).collect();
    assert_eq!(log.iter().filter(|row| row.note == "pages not granted").count(), 1);
    assert_eq!(phone.outbox_items(5).await.unwrap().sent.len(), 1, "what was written here stays in the outbox");

    // Given back: everything is pulled again, and a new start shows the same.
    take(false);
    synced(phone).await;
    assert_eq!((pages().await > 0, households()), (true, 1200));
    assert_eq!(phone.visit(saved.visit).await.unwrap().unwrap().household.no, "46");
    // Typing for weeks keeps nothing for ever.
    phone.draft_save("visit/x", &"words").await.unwrap();
    take(true);
    synced(phone).await;
    clock_on(31 * 24 * 60);
    synced(phone).await;
    assert_eq!(pages().await, 0);
    assert_eq!(phone.draft_load::<String>("visit/x").await.unwrap().unwrap(), "words", "not even then what was typed");
}

#[wasm_bindgen_test]
async fn what_may_not_be_read_any_more_is_deleted_also_after_the_server_was_restored() {
    use app::store::Name;
    let (phone, server) = enrolled().await;
    let name = format!("gandan-{}", phone.me().person);
    let store = store(&name).await;
    let village = server.borrow().village;
    let pages = async || {
        let rows = store.rows(Name::Pages, None, None).await.unwrap();
        let rows = rows.iter().map(|row| cbor::decode::<app::store::rows::PageRow>(&store.unseal(row).unwrap()).unwrap());
        rows.filter(|row| row.scope.area == village).count()
    };
    phone.save_visit(form(phone, "47"), None).await.unwrap();
    synced(phone).await;
    phone.save_visit(form(phone, "48"), None).await.unwrap();
    let before = pages().await;
    // The build before this one knew what is here by its cursors alone; it was updated just now.
    let mut sync: app::store::rows::SyncRow = cbor::decode(&store.get(Name::Meta, "sync").await.unwrap().unwrap()).unwrap();
    sync.held.clear();
    let mut plan = store.plan();
    plan.put(Name::Meta, "sync", &cbor::encode(&sync));
    store.write(plan).await.unwrap();
    let phone = opened().await;
    {
        let mut server = server.borrow_mut();
        server.epoch = Epoch(random::record_id().0);
        server.log.clear();
        server.taken = true;
        server.head += 1;
    }
    synced(phone).await;
    assert_eq!((pages().await, phone.with(|notebook| notebook.list(&all("")).all)), (before, 0), "hidden, and still there");
    clock_on(11);
    synced(phone).await;
    assert_eq!(pages().await, 0);
    let log = store.rows(Name::Log, None, None).await.unwrap();
    let log: Vec<app::store::rows::LogRow> = log.iter().map(|row| cbor::decode(&store.unseal(row).unwrap()).unwrap()).collect();
    assert_eq!(log.iter().filter(|row| row.note == "pages not granted").count(), 1);
    assert_eq!((store.rows(Name::Outbox, None, None).await.unwrap().len(), server.borrow().log.len()), (8, 8));
}

#[wasm_bindgen_test]
async fn a_page_that_was_lost_is_noticed_without_news_and_pulled_again_before_the_rest_goes() {
    let (phone, server) = enrolled().await;
    let name = format!("gandan-{}", phone.me().person);
    let store = store(&name).await;
    let village = server.borrow().village;
    let keys = async || {
        let rows = store.rows(app::store::Name::Pages, None, None).await.unwrap();
        let roll = rows.into_iter().filter(|row| {
            let page: app::store::rows::PageRow = cbor::decode(&store.unseal(row).unwrap()).unwrap();
            page.scope == Scope { area: village, stream: Stream::Roll }
        });
        roll.map(|row| row.key).collect::<Vec<_>>()
    };
    let again = async || {
        let again = opened().await;
        again.with(|notebook| notebook.list(&all("")).all)
    };
    let pages = keys().await;
    let mut plan = store.plan();
    plan.delete(app::store::Name::Pages, pages[1].clone(), "test");
    plan.clear(app::store::Name::Cache, "test");
    store.write(plan).await.unwrap();
    assert_eq!(again().await, 700, "500 households are gone");

    synced(phone).await;
    assert_eq!(keys().await.len(), 2, "looked for once a day");
    clock_on(25 * 60);
    synced(phone).await;
    let repaired = keys().await;
    assert!(repaired.len() == 3 && repaired.iter().all(|key| !pages.contains(key)), "{repaired:?}");
    assert_eq!((phone.with(|notebook| notebook.household_count()), again().await), (1200, 1200));
    let log = store.rows(app::store::Name::Log, None, None).await.unwrap();
    let log: Vec<app::store::rows::LogRow> = log.iter().map(|row| cbor::decode(&store.unseal(row).unwrap()).unwrap()).collect();
    let said = |code: &str, note: &str| log.iter().filter(|row| row.code == code && row.note == note).count();
    assert_eq!((said("diverged", "1"), said("deleted", "pages repaired")), (1, 1));

    // And a phone that is whole stays as it is.
    clock_on(25 * 60);
    synced(phone).await;
    assert_eq!(keys().await, repaired);
}

#[wasm_bindgen_test]
async fn what_another_life_of_the_server_said_goes_when_this_one_has_said_everything() {
    use app::store::Name;
    let (phone, server) = enrolled().await;
    let store = store(&format!("gandan-{}", phone.me().person)).await;
    let keys = async || store.rows(Name::Pages, None, None).await.unwrap().into_iter().map(|row| row.key).collect::<Vec<_>>();
    let (before, renamed, lost) = (keys().await, form(phone, "47").household, form(phone, "48").household);
    {
        let mut server = server.borrow_mut();
        server.epoch = Epoch(random::record_id().0);
        server.records.remove(&lost);
        // Brought again, and named anew: the same values, and not the same code.
        let (_, _, record) = server.records.get_mut(&renamed).unwrap();
        let Body::Registry(registry) = &mut record.body else { panic!("a household") };
        registry.code = "DC-2047".into();
    }
    synced(phone).await;
    let after = keys().await;
    assert!(after.len() == before.len() && after.iter().all(|key| !before.contains(key)), "{before:?} {after:?}");
    let again = opened().await;
    for phone in [phone, again] {
        let today = time::now().date();
        phone.with(|notebook| {
            assert_eq!((notebook.household_count(), notebook.household(lost, None, today).is_some()), (1199, false));
            assert_eq!(notebook.household(renamed, None, today).unwrap().code, "DC-2047");
        });
    }
    let log = store.rows(Name::Log, None, None).await.unwrap();
    let log: Vec<app::store::rows::LogRow> = log.iter().map(|row| cbor::decode(&store.unseal(row).unwrap()).unwrap()).collect();
    assert_eq!(log.iter().filter(|row| row.note == "pages repaired").count(), 1);
}

/// Turns a bit of a stored row, as a dying flash chip does. Gives back what is there now.
async fn bend(phone: Phone, store: app::store::Name, key: app::store::Key) -> Vec<u8> {
    let raw = raw(phone, store, &key).await;
    let at = raw.length() - 1;
    raw.set_index(at, raw.get_index(at) ^ 1);
    let database = Rexie::builder(&format!("gandan-{}", phone.me().person)).build().await.unwrap();
    let transaction = database.transaction(&[store.code()], TransactionMode::ReadWrite).unwrap();
    transaction.store(store.code()).unwrap().put(&raw, Some(&js(&key))).await.unwrap();
    transaction.done().await.unwrap();
    database.close();
    raw.to_vec()
}

/// A row as it is stored.
async fn raw(phone: Phone, store: app::store::Name, key: &app::store::Key) -> Uint8Array {
    let database = Rexie::builder(&format!("gandan-{}", phone.me().person)).build().await.unwrap();
    let transaction = database.transaction(&[store.code()], TransactionMode::ReadOnly).unwrap();
    let row = transaction.store(store.code()).unwrap().get(js(key)).await.unwrap().unwrap();
    database.close();
    row.unchecked_into()
}

fn js(key: &app::store::Key) -> JsValue {
    match key {
        app::store::Key::Number(number) => JsValue::from_f64(*number as f64),
        app::store::Key::Word(word) => JsValue::from_str(word),
    }
}

#[wasm_bindgen_test]
async fn a_damaged_row_of_any_store_holds_up_nothing_else() {
    use app::store::{Key, Name};
    let (phone, server) = enrolled().await;
    let name = format!("gandan-{}", phone.me().person);
    let store = store(&name).await;
    let (village, first) = (server.borrow().village, form(phone, "42"));
    phone.save_visit(first.clone(), None).await.unwrap();
    synced(phone).await;
    phone.save_visit(form(phone, "43"), None).await.unwrap();
    phone.save_visit(form(phone, "44"), None).await.unwrap();
    phone.draft_save("visit/x", &"words").await.unwrap();

    let roll = store.rows(Name::Pages, None, None).await.unwrap().into_iter().filter(|row| {
        let page: app::store::rows::PageRow = cbor::decode(&store.unseal(row).unwrap()).unwrap();
        page.scope == Scope { area: village, stream: Stream::Roll }
    });
    let page = roll.map(|row| row.key).nth(1).unwrap();
    let unsent = store.rows(Name::Anonymous, None, None).await.unwrap().into_iter().find(|row| {
        let row: app::store::rows::AnonymousRow = cbor::decode(&store.unseal(row).unwrap()).unwrap();
        row.stored_in.is_none()
    });
    let unsent = unsent.unwrap().key;
    // The note of the second visit, and the receipt of the first one's.
    let own = bend(phone, Name::Outbox, Key::Number(6)).await;
    let unnamed = bend(phone, Name::Anonymous, unsent.clone()).await;
    for (store, key) in [(Name::Pages, page.clone()), (Name::Acks, 2.into()), (Name::Drafts, "visit/x".into()), (Name::Cache, 1.into())] {
        bend(phone, store, key).await;
    }

    let again = opened().await;
    assert_eq!(again.with(|notebook| notebook.list(&all("")).all), 700, "all but the page");
    server.borrow_mut().pushed.clear();
    synced(again).await;
    let status = again.status().get_untracked();
    assert_eq!((status.waiting, status.attention, status.damaged), (0, 2, 2));
    assert_eq!(status.last.unwrap().summary.end, End::Complete);
    assert_eq!(server.borrow().pushed, [vec![5, 7, 8, 9, 10, 11, 12]]);
    assert_eq!((server.borrow().visits().len(), server.borrow().anonymous.len()), (3, 2));

    // What came from the server was pulled again at once; what was written here is shown and stays as it is.
    assert_eq!(again.with(|notebook| notebook.list(&all("")).all), 1200);
    let keys: Vec<Key> = store.rows(Name::Pages, None, None).await.unwrap().into_iter().map(|row| row.key).collect();
    assert!(!keys.contains(&page), "{keys:?}");
    let outbox = again.outbox_items(9).await.unwrap();
    let damaged: Vec<_> = outbox.attention.iter().map(|item| (&item.what, item.state)).collect();
    let [(What::Damaged { unnamed: false, after: Some(_) }, ItemState::Damaged), (What::Damaged { unnamed: true, .. }, ItemState::Damaged)] =
        damaged[..]
    else {
        panic!("{damaged:?}")
    };
    assert_eq!((outbox.waiting.len(), outbox.sent.len()), (0, 5), "three visits, two opinions without a name");
    assert_eq!(raw(phone, Name::Outbox, &Key::Number(6)).await.to_vec(), own);
    assert_eq!(raw(phone, Name::Anonymous, &unsent).await.to_vec(), unnamed);
    let log = store.rows(Name::Log, None, None).await.unwrap();
    let log: Vec<app::store::rows::LogRow> = log.iter().map(|row| cbor::decode(&store.unseal(row).unwrap()).unwrap()).collect();
    let mut noted: Vec<&str> = log.iter().filter(|row| row.code == "damaged").map(|row| row.note.as_str()).collect();
    noted.sort();
    // Both windows have met it.
    noted.dedup();
    let Key::Number(page) = page else { panic!() };
    assert_eq!(noted, ["anonymous 1".to_owned(), "outbox 6".to_owned(), format!("pages {page}")]);
    // A draft that cannot be read is an empty form, and may be thrown away.
    assert_eq!(again.draft_load::<String>("visit/x").await.unwrap(), None);
    assert_eq!((again.drafts().await.unwrap().len(), again.draft_remove("visit/x").await.unwrap()), (1, None));
    assert_eq!(again.drafts().await.unwrap().len(), 0);

    // It goes on like this: nothing is pulled or sent twice, and what is behind the gap is known to be contained.
    let counted = again.household(first.household, None).await.unwrap().unwrap().household;
    again.save_household(first.household, Household { people: Some(3), ..counted }, None).await.unwrap();
    synced(again).await;
    assert_eq!(server.borrow().pushed.last().unwrap(), &[13]);
    server.borrow_mut().somebody_counts(first.household, 7);
    synced(again).await;
    let shown = again.household(first.household, None).await.unwrap().unwrap();
    assert_eq!((shown.household.people, shown.disputes.len(), shown.line.waiting), (Some(7), 0, false));
    let kept: Vec<Key> = store.rows(Name::Pages, None, None).await.unwrap().into_iter().map(|row| row.key).collect();
    assert!(kept.starts_with(&keys), "{kept:?}");
}

#[wasm_bindgen_test]
async fn a_restored_server_gets_everything_again() {
    let (phone, server) = enrolled().await;
    phone.save_visit(form(phone, "50"), None).await.unwrap();
    synced(phone).await;
    {
        let mut server = server.borrow_mut();
        server.epoch = Epoch(random::record_id().0);
        server.log.clear();
        server.anonymous.clear();
        server.records.retain(|_, (_, _, record)| record.kind != Kind::Visit);
    }
    synced(phone).await;
    let status = phone.status().get_untracked();
    assert_eq!((status.waiting, status.last.unwrap().summary.end), (0, End::Complete));
    let server = server.borrow();
    assert_eq!((server.log.len(), server.visits().len(), server.anonymous.len()), (4, 1, 1));
    let visit: Visit = match &server.visits()[0].body {
        Body::Event(event) => event.read(Part::Facts).unwrap(),
        other => panic!("{other:?}"),
    };
    assert_eq!(visit.household, form(phone, "50").household);
}

#[wasm_bindgen_test]
async fn without_a_network_everything_is_kept_and_said() {
    let (phone, server) = enrolled().await;
    server.borrow_mut().lose = 1_000;
    phone.save_visit(form(phone, "60"), None).await.unwrap();
    synced(phone).await;
    let status = phone.status().get_untracked();
    assert_eq!((status.waiting, status.last.unwrap().summary.end), (2, End::Net(NetError::Lost)));
    phone.place_save("/visit/60", Beside::default()).await.unwrap();
    let again = opened().await;
    let (left, waiting) = (
        again.with(|notebook| notebook.list(&Ask { campaign: notebook.current().map(|c| c.id), ..all("") }).left),
        again.outbox_items(5).await.unwrap().waiting.len(),
    );
    assert_eq!((left, waiting), (1199, 2));
    let left = again.place_load().await.unwrap();
    assert_eq!((left.path.as_str(), left.lately), ("/visit/60", true));
    clock_on(31);
    assert!(!again.place_load().await.unwrap().lately, "a new day, or a new walk");
}

#[wasm_bindgen_test]
async fn a_newer_window_changes_the_notebook_while_somebody_types() {
    use app::store::{Name, STORES, VERSION};
    let (phone, _server) = enrolled().await;
    let name = format!("gandan-{}", phone.me().person);
    let visited = form(phone, "61");
    phone.save_visit(form(phone, "60"), None).await.unwrap();
    phone.draft_save("visit/x", &"Mương tắc").await.unwrap();
    let rows = async || {
        let database = Rexie::builder(&name).build().await.unwrap();
        let names: Vec<&str> = STORES.iter().map(|store| store.code()).collect();
        let transaction = database.transaction(&names, TransactionMode::ReadOnly).unwrap();
        let mut rows = Vec::new();
        for store in STORES.into_iter().filter(|store| *store != Name::Log) {
            let store = transaction.store(store.code()).unwrap();
            // The browser's own key is no bytes.
            let values = store.get_all(None, None).await.unwrap();
            rows.extend(values.iter().filter_map(|row| row.dyn_ref::<Uint8Array>()).map(Uint8Array::to_vec));
        }
        let version = database.version().unwrap();
        database.close();
        (version, rows)
    };
    let (version, before) = rows().await;
    assert_eq!((version, before.len() > 10), (VERSION, true));
    // The next hundred, with a store that this build does not know. The browser has the window's connection closed.
    let newer = STORES.iter().fold(Rexie::builder(&name).version(VERSION + 100), |builder, store| {
        builder.add_object_store(rexie::ObjectStore::new(store.code()).auto_increment(store.counts()))
    });
    newer.add_object_store(rexie::ObjectStore::new("future")).build().await.unwrap().close();

    // Whatever is written says that it was not, and what to do; nothing that was stored is touched.
    assert_eq!(phone.draft_save("visit/x", &"Mương tắc từ tháng 8").await, Err(StoreError::Newer));
    assert_eq!(phone.save_visit(visited, Some("visit/x")).await, Err(SaveError::Store(StoreError::Newer)));
    assert_eq!(phone.draft_load::<String>("visit/x").await, Err(StoreError::Newer));
    assert_eq!(phone.status().get_untracked().waiting, 2, "the visit that was saved before, and what was said apart");
    synced(phone).await;
    assert_eq!(phone.status().get_untracked().last.unwrap().summary.end, End::Store);
    assert!(matches!(Phone::open().await, Opened::Failed(StoreError::Newer)));
    assert_eq!(rows().await, (VERSION + 100, before));
}

#[wasm_bindgen_test]
async fn a_phone_that_is_nearly_full_says_so_before_it_is() {
    let room = |used: u64, quota: u64| {
        js_sys::eval(&format!("navigator.storage.estimate = async () => ({{ usage: {used}, quota: {quota} }})")).unwrap();
    };
    let (phone, _server) = enrolled().await;
    for (used, quota, tight) in [
        (850_000_000, 1_000_000_000, true),
        (700_000_000, 1_000_000_000, false),
        (55_000_000_000, 60_000_000_000, true),
        (50_000_000_000, 60_000_000_000, false),
    ] {
        room(used, quota);
        synced(phone).await;
        assert_eq!(phone.status().get_untracked().tight, tight, "{used} of {quota}");
    }
    js_sys::eval("delete navigator.storage.estimate").unwrap();
}

#[wasm_bindgen_test]
async fn a_record_that_the_last_build_could_not_read_is_read_by_this_one() {
    let (phone, server) = enrolled().await;
    let name = format!("gandan-{}", phone.me().person);
    let store = store(&name).await;
    // The cache is written when the browser has time for it.
    while store.get(app::store::Name::Cache, "seen").await.unwrap().is_none() {
        time::sleep(5).await;
    }
    // Its build met a kind that it did not know, and passed over it.
    let village = server.borrow().village;
    let household = Household { no: "1201".into(), head: "Lò Thị Pản".into(), ..Household::default() };
    let origin = Some(Origin { dot: Dot { device: random::record_id().into(), seq: 1 }, at: Time(0) });
    let registry = Registry {
        code: "DC-1201".into(),
        state: Register { origin, first: household.first_values(), ..Register::default() },
        ..Registry::default()
    };
    let record = Record { id: random::record_id(), kind: Kind::Household, body: Body::Registry(registry) };
    let scope = Scope { area: village, stream: Stream::Roll };
    let row = app::store::rows::PageRow { scope, contained: 0, records: vec![ByteBuf::from(cbor::encode(&record))], writers: Vec::new() };
    let mut plan = store.plan();
    plan.append(app::store::Name::Pages, random::bytes(), &cbor::encode(&row));
    let page = store.write(plan).await.unwrap()[0];
    let passed_over = async |build: String| {
        let mut plan = store.plan();
        let seen = BTreeMap::from([("p", page), ("o", 0)]);
        plan.put(app::store::Name::Cache, "seen", &cbor::encode(&(build, seen)));
        store.write(plan).await.unwrap();
        let again = opened().await;
        again.with(|notebook| notebook.list(&all("")).all)
    };
    assert_eq!(passed_over(app::platform::device::build()).await, 1200, "its own cache is believed");
    assert_eq!(passed_over("0.0.9 abcdefgh".into()).await, 1201);
}

#[wasm_bindgen_test]
async fn a_notebook_is_opened_by_its_pin_and_by_nothing_else() {
    let (phone, server) = enrolled().await;
    phone.save_visit(form(phone, "34"), None).await.unwrap();
    let Opened::Locked(locked) = Phone::open().await else { panic!("not locked") };
    let cover = locked.state().get_untracked().cover.unwrap();
    assert_eq!((cover.name.as_str(), cover.unit_name.as_str()), ("Lương Văn Bền", "Xã Đồng Cừ"));
    assert_eq!(locked.state().get_untracked().kind, SecretKind::Pin(6));
    for wrong in 1..=3 {
        let Err(UnlockError::Wrong(tries)) = locked.unlock("482916").await else { panic!("opened") };
        assert_eq!(tries.wrong, wrong);
    }
    // What was typed wrong counts in another page, and costs a wait there, too, also the right one.
    let Opened::Locked(again) = Phone::open().await else { panic!("not locked") };
    let Err(UnlockError::Wait(millis)) = again.unlock(PIN).await else { panic!("opened") };
    assert!((25_000..=30_000).contains(&millis), "{millis}");
    clock_on(1);
    let opened = again.unlock(PIN).await.unwrap();
    assert_eq!(opened.status().get_untracked().waiting, 1, "nothing was lost: the visit; what has no name is counted a moment later");
    let Opened::Locked(fresh) = Phone::open().await else { panic!("not locked") };
    assert_eq!(fresh.state().get_untracked().tries.wrong, 0, "once it was opened, nothing is counted any more");

    // Another one is chosen, and too simple ones are not.
    assert!(matches!(opened.change_secret("123456").await, Err(ChangeError::Weak(_))));
    opened.change_secret("đò ngang sông lô").await.unwrap();
    let Opened::Locked(changed) = Phone::open().await else { panic!("not locked") };
    assert_eq!(changed.state().get_untracked().kind, SecretKind::Passphrase);
    assert!(matches!(changed.unlock(PIN).await, Err(UnlockError::Wrong(_))));
    // However a keyboard composes its letters.
    let composed = "đò ngang sông lô".replace('ò', "o\u{300}");
    assert_eq!(changed.unlock(&composed).await.unwrap().status().get_untracked().waiting, 1);
    drop(server);
}

#[wasm_bindgen_test]
async fn a_forgotten_pin_loses_nothing() {
    let (phone, server) = enrolled().await;
    assert!(server.borrow().deposited.is_some(), "the first sync leaves the sealed key");
    phone.save_visit(form(phone, "34"), None).await.unwrap();
    let Opened::Locked(locked) = Phone::open().await else { panic!("not locked") };
    assert_eq!(locked.answer().await.err(), Some(AskError::NotYet), "nothing is asked before somebody chose a new PIN");
    assert!(matches!(locked.ask("111111").await, Err(ChangeError::Weak(_))));
    locked.ask("739164").await.unwrap();
    let shown = locked.state().get_untracked().mark.unwrap();
    assert_eq!(locked.answer().await.err(), Some(AskError::NotYet));

    // The app was ended meanwhile. The old PIN still opens it, the new one only asks.
    let Opened::Locked(again) = Phone::open().await else { panic!("not locked") };
    assert_eq!(again.state().get_untracked().mark, Some(shown.clone()));
    assert_eq!(shown.len(), 19, "80 bits in four groups");
    assert!(matches!(again.unlock("739165").await, Err(UnlockError::Wrong(_))));
    assert_eq!(again.unlock("739164").await.err(), Some(UnlockError::NotAnswered));
    assert_eq!(again.state().get_untracked().tries.wrong, 1, "the new one is not a wrong one");
    server.borrow_mut().opens = true;
    let opened = again.answer().await.unwrap();
    assert_eq!(opened.status().get_untracked().waiting, 1, "nothing was lost: the visit; what has no name is counted a moment later");
    let Opened::Locked(next) = Phone::open().await else { panic!("not locked") };
    assert_eq!(next.state().get_untracked().mark, None);
    assert!(matches!(next.unlock(PIN).await, Err(UnlockError::Wrong(_))));
    synced(next.unlock("739164").await.unwrap()).await;
    assert_eq!(server.borrow().visits().len(), 1);
}

#[wasm_bindgen_test]
async fn a_key_that_is_not_the_one_on_the_code_is_refused() {
    let server = serve();
    let print = recovery_key().public().fingerprint().replace(['-', ' '], "");
    let other = PrivateKey::new([8; 32]).public().fingerprint().replace(['-', ' '], "");
    assert_eq!(enrol(&format!("{CODE}.{other}")).await.err(), Some(EnrolError::OtherKey));
    let enrolled = enrol(&format!("{CODE}.{print}")).await.unwrap();
    assert!(matches!(enrolled.begin("000000").await.err(), Some(BeginError::Weak(_))));
    let phone = enrolled.begin(PIN).await.unwrap();
    assert_eq!(phone.recovery_fingerprint(), Some(recovery_key().public().fingerprint()));
    drop(server);
}

#[wasm_bindgen_test]
async fn a_notebook_that_the_browser_lost_is_missed() {
    let (phone, _server) = enrolled().await;
    let name = format!("gandan-{}", phone.me().person);
    memo::write("gandan.notebook", "gandan-none\n1795228200000");
    let Opened::Lost(last_sync) = Phone::open().await else { panic!("not missed") };
    assert_eq!(last_sync, Some(Time(1_795_228_200_000)));
    memo::forget("gandan.notebook");
    // A browser that was killed forgets the note before the notebook: it is found all the same, and noted again.
    assert!(matches!(Phone::open().await, Opened::Locked(_)));
    assert!(memo::read("gandan.notebook").is_some_and(|memo| memo.starts_with(&name)));
    assert!(app::store::Store::open(&name).await.unwrap().is_some(), "nothing was deleted");
}
