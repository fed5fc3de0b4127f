//! docs/SYNC.md is enough to write a second client from: here is one that knows nothing else, and reads every golden sample.

use domain::ahead::AheadState;
use domain::campaign::CampaignState;
use domain::cbor;
use domain::code::Lang;
use domain::code_book::{CodeEntry, CodeList};
use domain::household::{self, HouseholdStatus};
use domain::id::RecordId;
use domain::incident::{Data, Harm};
use domain::meeting::{MeetingState, MeetingType};
use domain::operation::{Class, Kind, LegalBasis, Part};
use domain::opinion::{OpinionKind, ReporterMode, Urgency};
use domain::organization::{OrgType, Organization};
use domain::person::Role;
use domain::record::{Digest, Record};
use domain::source::Source;
use domain::succession::Succession;
use domain::team::{Duty, Mandate, Post, Team};
use domain::time::Date;
use domain::topic::StandardTopic;
use domain::twin;
use domain::unit::{FormerName, Level, Unit};
use domain::verification::VoidReason;
use domain::visit::{ContactResult, PurposeResult};
use domain::wire::RefusalCode;
use minicbor::Decoder;
use minicbor::data::Type;
use server::error::Refused;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Anything in CBOR.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    Nil,
    Bool(bool),
    Int(i64),
    Bytes(Vec<u8>),
    Text(String),
    List(Vec<Value>),
    Map(BTreeMap<String, Value>),
}

impl Value {
    /// The one value that these bytes are.
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut decoder = Decoder::new(bytes);
        let value = Self::next(&mut decoder)?;
        (decoder.position() == bytes.len()).then_some(value)
    }

    fn next(decoder: &mut Decoder<'_>) -> Option<Self> {
        Some(match decoder.datatype().ok()? {
            Type::Null => {
                decoder.null().ok()?;
                Self::Nil
            }
            Type::Bool => Self::Bool(decoder.bool().ok()?),
            Type::Bytes => Self::Bytes(decoder.bytes().ok()?.to_vec()),
            Type::String => Self::Text(decoder.str().ok()?.to_owned()),
            Type::Array => {
                let length = decoder.array().ok()??;
                Self::List((0..length).map(|_| Self::next(decoder)).collect::<Option<_>>()?)
            }
            Type::Map => {
                let length = decoder.map().ok()??;
                Self::Map((0..length).map(|_| Some((decoder.str().ok()?.to_owned(), Self::next(decoder)?))).collect::<Option<_>>()?)
            }
            _ => Self::Int(decoder.i64().ok()?),
        })
    }
}

/// A rule of the document, in as much of CDDL (RFC 8610) as it uses.
#[derive(Clone, Debug)]
enum Rule {
    Named(String),
    Literal(String),
    Bytes(Option<usize>),
    Within(Box<Rule>),
    List(Box<Rule>),
    /// Any keys, all with such values.
    Table(Box<Rule>),
    /// Key, whether it may be absent, value.
    Map(Vec<(String, bool, Rule)>),
    OneOf(Vec<Rule>),
}

impl Rule {
    fn read(text: &str) -> Self {
        let spaced = ["[", "]", "{", "}", ":", ",", "*"].iter().fold(text.to_owned(), |all, sign| all.replace(sign, &format!(" {sign} ")));
        let words: Vec<&str> = spaced.split_whitespace().collect();
        let mut words = Words(&words);
        let rule = words.rule();
        assert!(words.0.is_empty(), "{text}: {:?}", words.0);
        rule
    }
}

/// The words of a rule that are left.
struct Words<'a>(&'a [&'a str]);

impl<'a> Words<'a> {
    fn next(&mut self) -> &'a str {
        let (first, rest) = self.0.split_first().unwrap_or_else(|| panic!("a rule ends in the middle"));
        self.0 = rest;
        first
    }

    fn take(&mut self, word: &str) -> bool {
        let is = self.0.first() == Some(&word);
        if is {
            self.next();
        }
        is
    }

    fn rule(&mut self) -> Rule {
        let mut all = vec![self.one()];
        while self.take("/") {
            all.push(self.one());
        }
        if all.len() == 1 { all.remove(0) } else { Rule::OneOf(all) }
    }

    fn one(&mut self) -> Rule {
        match self.next() {
            "[" => {
                assert!(self.take("*"), "a list of any length");
                let of = self.rule();
                assert!(self.take("]"));
                Rule::List(Box::new(of))
            }
            "{" if self.take("*") => {
                assert!(self.take("tstr") && self.take("=>"));
                let of = self.rule();
                assert!(self.take("}"));
                Rule::Table(Box::new(of))
            }
            "{" => {
                let mut entries = Vec::new();
                while !self.take("}") {
                    let may_be_absent = self.take("?");
                    let key = self.next().to_owned();
                    assert!(self.take(":"), "{key}");
                    entries.push((key, may_be_absent, self.rule()));
                    self.take(",");
                }
                Rule::Map(entries)
            }
            "bstr" if self.take(".size") => Rule::Bytes(Some(self.next().parse().unwrap())),
            "bstr" if self.take(".cbor") => Rule::Within(Box::new(self.one())),
            "bstr" => Rule::Bytes(None),
            word => match word.strip_prefix('"') {
                Some(literal) => Rule::Literal(literal.trim_end_matches('"').to_owned()),
                None => Rule::Named(word.to_owned()),
            },
        }
    }
}

/// A line of the table of kinds.
struct Shape {
    class: String,
    stream: String,
    parts: BTreeMap<&'static str, String>,
    state: String,
}

/// What the document says, and which of its keys were seen in a sample.
struct Client {
    rules: BTreeMap<String, Rule>,
    kinds: BTreeMap<String, Shape>,
    refusals: BTreeMap<String, u16>,
    /// By kind and name, with the part and the rule of the value.
    fields: BTreeMap<(String, String), (String, Rule)>,
    /// The cells of the table of code lists.
    lists: BTreeMap<String, String>,
    seen: BTreeSet<(String, String)>,
}

impl Client {
    fn new() -> Self {
        let document = std::fs::read_to_string(project().join("docs/SYNC.md")).unwrap();
        let (_, rest) = document.split_once("```cddl\n").unwrap();
        let rules = rest.split_once("\n```").unwrap().0.lines().filter_map(|line| {
            let (name, rule) = line.split_once(';').map_or(line, |(rule, _)| rule).split_once(" = ")?;
            Some((name.to_owned(), Rule::read(rule)))
        });
        let cells = |line: &str| -> Vec<String> { line.split('|').map(|cell| cell.trim().trim_matches('`').to_owned()).collect() };
        let table = |head: &str| -> Vec<Vec<String>> {
            let (_, rows) = document.split_once(head).unwrap_or_else(|| panic!("no table {head}"));
            rows.lines().skip(2).take_while(|line| line.starts_with('|')).map(cells).collect()
        };
        let kinds = table("| kind | class | stream |").into_iter().map(|row| {
            let parts = [("facts", 4), ("text", 5), ("contact", 6)].map(|(part, at)| (part, row[at].clone()));
            let parts = parts.into_iter().filter(|(_, rule)| !rule.is_empty()).collect();
            (row[1].clone(), Shape { class: row[2].clone(), stream: row[3].clone(), parts, state: row[7].clone() })
        });
        let refusals = table("| code | status |").into_iter().map(|row| (row[1].clone(), row[2].parse().unwrap()));
        let fields = table("| kind | field | part | value |");
        let fields = fields.into_iter().map(|row| ((row[1].clone(), row[2].clone()), (row[3].clone(), Rule::read(&row[4]))));
        // As it stands: the cell begins and ends with what others only end and begin with.
        let (_, lists) = document.split_once("| list | codes |\n|---|---|\n").unwrap();
        let list = |line: &str| {
            let (name, codes) = line.strip_prefix("| `")?.strip_suffix(" |")?.split_once("` | ")?;
            Some((name.to_owned(), codes.to_owned()))
        };
        let lists: BTreeMap<String, String> = lists.lines().map_while(list).collect();
        let codes = |cell: &str| Rule::OneOf(cell.split('`').skip(1).step_by(2).map(|code| Rule::Literal(code.to_owned())).collect());
        let rules = rules.chain(lists.iter().map(|(name, cell)| (name.clone(), codes(cell)))).collect();
        let (kinds, refusals, fields) = (kinds.collect(), refusals.collect(), fields.collect());
        Self { rules, kinds, refusals, fields, lists, seen: BTreeSet::new() }
    }

    /// Reads bytes by a rule, or says where they are otherwise.
    fn read(&mut self, bytes: &[u8], name: &str) -> Value {
        let value = Value::read(bytes).unwrap_or_else(|| panic!("{name}: no CBOR"));
        self.check(&value, &Rule::Named(name.to_owned()), name).unwrap_or_else(|wrong| panic!("{wrong}"));
        value
    }

    fn check(&mut self, value: &Value, rule: &Rule, at: &str) -> Result<(), String> {
        let otherwise = || Err(format!("{at}: {value:?} is no {rule:?}"));
        match (rule, value) {
            (Rule::Named(name), _) => match (name.as_str(), value) {
                ("any", _) | ("tstr", Value::Text(_)) | ("bool", Value::Bool(_)) | ("int", Value::Int(_)) | ("nil", Value::Nil) => Ok(()),
                ("uint", Value::Int(n)) if *n >= 0 => Ok(()),
                (name, _) => match self.rules.get(name).cloned() {
                    Some(rule) => {
                        self.check(value, &rule, name)?;
                        self.look_inside(name, value)
                    }
                    None => otherwise(),
                },
            },
            (Rule::Literal(literal), Value::Text(text)) if text == literal => Ok(()),
            (Rule::Bytes(size), Value::Bytes(bytes)) if size.is_none_or(|size| size == bytes.len()) => Ok(()),
            (Rule::Within(rule), Value::Bytes(bytes)) => {
                let inner = Value::read(bytes).ok_or_else(|| format!("{at}: no CBOR within"))?;
                self.check(&inner, rule, at)
            }
            (Rule::List(rule), Value::List(items)) => items.iter().try_for_each(|item| self.check(item, rule, at)),
            (Rule::Table(rule), Value::Map(entries)) => entries.values().try_for_each(|value| self.check(value, rule, at)),
            (Rule::Map(keys), Value::Map(entries)) => {
                if let Some(unknown) = entries.keys().find(|key| !keys.iter().any(|(known, ..)| known == *key)) {
                    return Err(format!("{at}: the document knows no {unknown:?}"));
                }
                for (key, may_be_absent, rule) in keys {
                    match entries.get(key) {
                        Some(value) => {
                            self.check(value, rule, &format!("{at}.{key}"))?;
                            self.seen.insert((at.to_owned(), key.clone()));
                        }
                        None if *may_be_absent => {}
                        None => return Err(format!("{at}: {key} is missing")),
                    }
                }
                Ok(())
            }
            (Rule::OneOf(rules), _) => {
                let wrong: Vec<String> = rules.iter().filter_map(|rule| self.check(value, rule, at).err()).collect();
                if wrong.len() < rules.len() { Ok(()) } else { Err(wrong.join("\n")) }
            }
            _ => otherwise(),
        }
    }

    /// What the table of kinds says of an operation or a record.
    fn look_inside(&mut self, name: &str, value: &Value) -> Result<(), String> {
        let Value::Map(entries) = value else { return Ok(()) };
        let text = |value: Option<&Value>| if let Some(Value::Text(text)) = value { text.clone() } else { String::new() };
        match name {
            "Operation" | "Event" => {
                let Some(Value::Map(header)) = entries.get("h") else { return Ok(()) };
                let kind = text(header.get("k"));
                // A kind of a later build is kept as it is.
                let Some(shape) = self.kinds.get(&kind) else { return Ok(()) };
                if text(header.get("s")) != shape.stream {
                    return Err(format!("{kind} is not of the stream {}", shape.stream));
                }
                self.parts(&kind, entries.get("p"))
            }
            "Record" => {
                let Some(Value::Map(body)) = entries.get("b") else { return Ok(()) };
                let kind = text(entries.get("k"));
                let (class, state) = match self.kinds.get(&kind) {
                    Some(shape) => (shape.class.clone(), shape.state.clone()),
                    None if kind == "anonymous_opinion" => return Ok(()),
                    None => return Err(format!("the document knows no kind {kind}")),
                };
                let tag = body.keys().next().cloned().unwrap_or_default();
                if !class.starts_with(match tag.as_str() {
                    "e" => "event",
                    "g" => "registry",
                    _ => "workflow",
                }) {
                    return Err(format!("{kind} is no {class}"));
                }
                if let Some(Value::Map(registry)) = body.get("g") {
                    return self.registers(&kind, registry.get("s"));
                }
                let Some(Value::Map(workflow)) = body.get("w") else { return Ok(()) };
                let Some(Value::Bytes(bytes)) = workflow.get("s") else { return Ok(()) };
                let value = self.read(bytes, &state);
                let Value::Map(entries) = &value else { return Ok(()) };
                if kind == "meeting" { self.parts(&kind, entries.get("p")) } else { Ok(()) }
            }
            _ => Ok(()),
        }
    }

    fn parts(&mut self, kind: &str, parts: Option<&Value>) -> Result<(), String> {
        let Some(Value::Map(parts)) = parts else { return Ok(()) };
        for (part, value) in parts {
            let rule = self.kinds.get(kind).and_then(|shape| shape.parts.get(part.as_str()).cloned());
            let (Some(rule), Value::Bytes(bytes)) = (rule, value) else { return Err(format!("{kind} has no {part}")) };
            let value = self.read(bytes, &rule);
            if let ("Fields", Value::Map(values)) = (rule.as_str(), &value) {
                values.iter().try_for_each(|(field, value)| self.field(kind, field, value, Some(part)))?;
            }
        }
        Ok(())
    }

    /// What the table of fields says of a registry record.
    fn registers(&mut self, kind: &str, state: Option<&Value>) -> Result<(), String> {
        let Some(Value::Map(state)) = state else { return Ok(()) };
        if let Some(Value::Map(first)) = state.get("f") {
            first.iter().try_for_each(|(field, value)| self.field(kind, field, value, None))?;
        }
        let Some(Value::Map(edited)) = state.get("e") else { return Ok(()) };
        for (field, siblings) in edited {
            let Value::Map(siblings) = siblings else { continue };
            let Some(Value::List(siblings)) = siblings.get("v") else { continue };
            for sibling in siblings {
                let Value::Map(sibling) = sibling else { continue };
                self.field(kind, field, sibling.get("v").unwrap_or(&Value::Nil), None)?;
            }
        }
        Ok(())
    }

    fn field(&mut self, kind: &str, field: &str, value: &Value, part: Option<&String>) -> Result<(), String> {
        let name = named(field);
        let known = self.fields.get(&(kind.to_owned(), name.clone())).cloned();
        let Some((of, rule)) = known else { return Err(format!("the document knows no field {field} of {kind}")) };
        if part.is_some_and(|part| *part != of) {
            return Err(format!("{kind} has {field} in {of}"));
        }
        self.check(value, &Rule::Within(Box::new(rule)), &format!("{kind} {name}"))
    }
}

/// A field as the document names it: of an element of a set without the element.
fn named(field: &str) -> String {
    field.split_once('/').map_or_else(|| field.to_owned(), |(set, _)| format!("{set}/*"))
}

fn project() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every sample with the rule that its name stands for.
fn samples() -> Vec<(String, &'static str, Vec<u8>)> {
    const NAMES: [(&str, &str); 15] = [
        ("anonymous-batch", "AnonymousBatch"),
        ("anonymous-opinion", "AnonymousOpinion"),
        ("anonymous-reply", "AnonymousReply"),
        ("deposit", "Deposit"),
        ("enrol-request", "EnrolRequest"),
        ("enrol-reply", "EnrolReply"),
        ("operation", "Operation"),
        ("pull-request", "PullRequest"),
        ("pull-reply", "PullReply"),
        ("push-batch", "PushBatch"),
        ("push-reply", "PushReply"),
        ("record", "Record"),
        ("refusal", "Refusal"),
        ("reopen-request", "ReopenRequest"),
        ("reopen-reply", "ReopenReply"),
    ];
    let files = std::fs::read_dir(project().join("tests/golden/v1")).unwrap().map(|entry| entry.unwrap().path());
    let samples = files.filter(|path| path.extension().is_some_and(|extension| extension == "cbor")).map(|path| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let (_, rule) = NAMES.iter().find(|(begin, _)| name.starts_with(begin)).unwrap_or_else(|| panic!("{name} has no rule"));
        (name, *rule, std::fs::read(path).unwrap())
    });
    samples.collect()
}

#[test]
fn every_sample_is_read_by_the_document() {
    let mut client = Client::new();
    let samples = samples();
    assert!(samples.len() > 50);
    for (name, rule, bytes) in samples {
        println!("{name}");
        client.read(&bytes, rule);
    }
    // And it says of nothing that it is there which never is.
    for (name, rule) in client.rules.clone() {
        let Rule::Map(keys) = rule else { continue };
        for (key, ..) in keys {
            assert!(client.seen.contains(&(name.clone(), key.clone())), "no sample has {name}.{key}");
        }
    }
}

#[test]
fn a_sample_that_says_something_else_is_noticed() {
    let mut client = Client::new();
    for (bytes, rule) in [
        (cbor::encode(&BTreeMap::from([("v", 1), ("x", 2)])), "PullRequest"),
        (cbor::encode(&BTreeMap::from([("m", 2)])), "PullRequest"),
        (cbor::encode(&"other"), "Stream"),
        (cbor::encode(&1), "Outcome"),
        (cbor::encode(&"WHO_KNOWS"), "ContactResult"),
    ] {
        let value = Value::read(&bytes).unwrap();
        assert!(client.check(&value, &Rule::Named(rule.to_owned()), rule).is_err(), "{value:?}");
    }
}

#[test]
fn kinds_have_the_class_and_the_stream_of_the_document() {
    let client = Client::new();
    assert_eq!(client.kinds.len(), 18);
    for (code, shape) in client.kinds {
        let class = match shape.class.as_str() {
            "event" => Class::Event,
            "registry" => Class::Registry,
            _ => Class::Workflow,
        };
        let (is, stream) = Kind::from(code.clone()).shape().unwrap_or_else(|| panic!("{code}"));
        assert_eq!((is, stream.code()), (class, shape.stream.as_str()), "{code}");
    }
}

/// What only a desk is ever told.
fn is_a_desks(code: RefusalCode) -> bool {
    use RefusalCode as Code;
    match code {
        Code::WrongPassphrase | Code::Stale => true,
        Code::SignIn | Code::NotAllowed | Code::TooMany | Code::UnknownCode | Code::ExpiredCode | Code::UsedCode | Code::NoRecoveryKey => {
            false
        }
        Code::RevokedDevice | Code::BadRequest | Code::TooLarge | Code::NotFound | Code::Invalid | Code::Taken => false,
        // Whoever adds one says here whether phones are told it, and below that there is one more.
        Code::Busy | Code::Broken => false,
    }
}

#[test]
fn refusals_have_the_status_of_the_document() {
    const ALL: [RefusalCode; 17] = [
        RefusalCode::SignIn,
        RefusalCode::NotAllowed,
        RefusalCode::WrongPassphrase,
        RefusalCode::TooMany,
        RefusalCode::UnknownCode,
        RefusalCode::ExpiredCode,
        RefusalCode::UsedCode,
        RefusalCode::NoRecoveryKey,
        RefusalCode::RevokedDevice,
        RefusalCode::BadRequest,
        RefusalCode::TooLarge,
        RefusalCode::NotFound,
        RefusalCode::Stale,
        RefusalCode::Invalid,
        RefusalCode::Taken,
        RefusalCode::Busy,
        RefusalCode::Broken,
    ];
    let documented = Client::new().refusals;
    let said = ALL.into_iter().filter(|code| !is_a_desks(*code)).map(|code| {
        let Ok(serde_json::Value::String(name)) = serde_json::to_value(code) else { panic!("{code:?}") };
        (name, Refused::new(code).status.as_u16())
    });
    assert_eq!(said.collect::<BTreeMap<_, _>>(), documented);
}

#[test]
fn fields_are_those_of_the_document() {
    let document = Client::new().fields;
    let mut fields = BTreeSet::new();
    let mut add = |kind: &str, part: &str, field: &str| fields.insert((kind.to_owned(), part.to_owned(), named(field)));
    let id = RecordId::new(1, [1; 10]);
    for (field, part) in household::FIELDS {
        add("household", if part == Part::Contact { "contact" } else { "facts" }, field);
    }
    add("household", "facts", twin::APART);
    let succession = Succession { into: vec![id.into()], decision_no: String::new(), decision_date: None };
    let unit = Unit {
        id: id.into(),
        parent: None,
        level: Level::Village,
        name: String::new(),
        code: String::new(),
        from: Date::MIN,
        to: None,
        succession: Some(succession),
        former: vec![FormerName { name: String::new(), until: Date::MIN }],
    };
    let team = Team {
        id,
        name: String::new(),
        decision_no: String::new(),
        decision_date: None,
        mandate: Mandate { to: Some(Date::MAX), ..Mandate::default() },
        lead: None,
        members: [id.into()].into_iter().collect(),
        posts: [(id.into(), Post::PLAIN)].into_iter().collect(),
    };
    let organization = Organization { id, name: String::new(), kind: OrgType::Women, unit: id.into(), ended: false };
    let (name, name_en) = (String::new(), String::new());
    let entry = CodeEntry { id, list: CodeList::Topic, code: String::new(), name, name_en, ended: false };
    let offices =
        [("unit", unit.values()), ("team", team.values()), ("organization", organization.values()), ("code_entry", entry.values())];
    for (kind, values) in offices {
        for field in values.keys() {
            add(kind, "facts", field);
        }
    }
    let documented: BTreeSet<_> = document.into_iter().map(|((kind, field), (part, _))| (kind, part, field)).collect();
    assert_eq!(documented, fields);
}

#[test]
fn code_lists_are_those_of_the_document() {
    macro_rules! lists {
        ($($list:ident)+) => {
            BTreeMap::from([$((
                stringify!($list).to_owned(),
                $list::ALL.iter().map(|code| format!("`{}` {}", code.code(), code.label(Lang::En))).collect::<Vec<_>>().join(" · "),
            )),+])
        };
    }
    let lists = lists! {
        HouseholdStatus ContactResult PurposeResult Source OpinionKind StandardTopic Urgency ReporterMode VoidReason MeetingType
        MeetingState LegalBasis CampaignState AheadState Data Harm Role Level OrgType Duty CodeList
    };
    assert_eq!(Client::new().lists, lists);
}

#[test]
fn digests_are_those_of_the_document() {
    for (name, _, bytes) in samples().into_iter().filter(|(_, rule, _)| *rule == "Record") {
        let record: Record = cbor::decode(&bytes).unwrap();
        let Some(Value::Map(fields)) = Value::read(&bytes) else { panic!("{name}") };
        let product = Digest::default().replace(None, Some(&record));
        assert_eq!(digest(&fields).to_be_bytes(), product.0.to_be_bytes(), "{name}");
    }
}

/// As the document says it.
fn digest(record: &BTreeMap<String, Value>) -> u128 {
    fn map(value: Option<&Value>) -> BTreeMap<String, Value> {
        if let Some(Value::Map(map)) = value { map.clone() } else { BTreeMap::new() }
    }
    fn bytes(value: Option<&Value>) -> Vec<u8> {
        if let Some(Value::Bytes(bytes)) = value { bytes.clone() } else { Vec::new() }
    }
    fn number(value: Option<&Value>) -> [u8; 8] {
        if let Some(Value::Int(n)) = value { n.to_be_bytes() } else { [0; 8] }
    }
    fn dot(value: Option<&Value>) -> (Vec<u8>, [u8; 8]) {
        let dot = map(value);
        (bytes(dot.get("d")), number(dot.get("n")))
    }
    let mut hashed = bytes(record.get("r"));
    let body = map(record.get("b"));
    let mut dots = BTreeSet::new();
    if let Some(event) = body.get("e") {
        dots.insert(dot(map(Some(event)).get("d")));
    } else if let Some(registry) = body.get("g") {
        let register = map(map(Some(registry)).get("s"));
        dots.extend(register.get("o").map(|origin| dot(map(Some(origin)).get("d"))));
        for siblings in map(register.get("e")).values() {
            let Some(Value::List(values)) = map(Some(siblings)).get("v").cloned() else { continue };
            dots.extend(values.iter().map(|sibling| dot(map(Some(sibling)).get("d"))));
        }
    } else if let Some(workflow) = body.get("w") {
        hashed.extend(number(map(Some(workflow)).get("v")));
    } else {
        hashed.extend(bytes(map(body.get("a")).get("i")));
    }
    for (device, seq) in dots {
        hashed.extend(device);
        hashed.extend(seq);
    }
    let hash: [u8; 32] = Sha256::digest(hashed).into();
    hash[..16].iter().fold(0, |all, byte| all << 8 | u128::from(*byte))
}
