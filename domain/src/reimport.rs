//! Importing a roll again: which line of the new list is which household of the book.
//!
//! A household is known by its code if the file has it, else by a head that only one household of the village has. The
//! number in the list only tells apart those who share a head, because a list is renumbered whenever a household comes
//! or goes. What is not certain is asked, and what is not in the list any more stays in the book.

use crate::household::{Household, HouseholdStatus};
use crate::id::RecordId;
use crate::roll::Row;
use crate::text;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A household of the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The record.
    pub id: RecordId,
    /// "DC-0187".
    pub code: String,
    /// The name of its village.
    pub village: String,
    /// What the book shows.
    pub household: Household,
    /// The fields whose value somebody corrected after it was imported. A list does not take that back.
    pub corrected: BTreeSet<String>,
    /// The households that turned out to be the same, under their own names: a list may have them still.
    pub also: Vec<Also>,
}

/// What a household is called that another one stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Also {
    /// "DC-0188".
    pub code: String,
    /// Its head.
    pub head: String,
}

/// What a person decided about a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// It is this household.
    Is(RecordId),
    /// It is a household that the book does not have.
    New,
    /// Nothing is done about it.
    Leave,
}

/// What a person decided in a preview.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    /// By sheet and line.
    pub lines: BTreeMap<String, BTreeMap<u32, Choice>>,
    /// Take the numbers of the new list over. Else a household keeps the number that it has.
    pub numbers: bool,
}

impl Choices {
    fn of(&self, row: &Row) -> Option<Choice> {
        self.lines.get(&row.sheet)?.get(&row.line).copied()
    }
}

/// What an import would do. Households of the book and lines go by their place in what was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// One for each line.
    pub lines: Vec<Planned>,
    /// Active households of the list's villages that no line is and none could be.
    pub gone: Vec<usize>,
}

/// What an import would do about one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Planned {
    /// A household that the book does not have yet.
    New,
    /// A household of the book.
    Is(Box<Update>),
    /// Perhaps one of these; a person says which. Until then nothing is done.
    Unsure(Doubt, Vec<usize>),
    /// A person said to leave it.
    Left,
}

/// What a line changes about a household.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// Its place among those of the book.
    pub known: usize,
    /// What it is to be.
    pub household: Household,
    /// What differs; none where nothing is written.
    pub changes: Vec<Difference>,
    /// What the list has otherwise and was corrected since: it stays.
    pub kept: Vec<Difference>,
    /// The list has another number, and the household keeps its own.
    pub renumbered: bool,
}

/// A field with two values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Its name, of [`crate::household::FIELDS`].
    pub field: String,
    /// In the book.
    pub old: String,
    /// In the list.
    pub new: String,
}

/// Why it is not certain which household a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// Code, number or phone are those of a household with another head.
    Head,
    /// Several lines or several households have this head.
    Homonyms,
    /// The code is that of a household of another village.
    Village,
    /// The household is no longer active in the book.
    Inactive,
    /// Another line has the same code, or was said to be the same household.
    Twice,
}

/// What importing a list again would do, as the office sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// How many lines are households that the book does not have.
    pub new: u32,
    /// How many households change.
    pub changed: u32,
    /// How many households stay as they are.
    pub unchanged: u32,
    /// How many households only have another number in the list, and keep their own.
    pub renumbered: u32,
    /// How many lines wait for a person; nothing is done about them.
    pub unsure: u32,
    /// How many lines a person left.
    pub left: u32,
    /// How many households are not in the list any more; nothing is done about them.
    pub gone: u32,
    /// The households that change, and those of which the list has what was corrected since; at most
    /// [`crate::roll::LISTED`].
    pub changes: Vec<Changed>,
    /// The lines that wait or were decided by a person, at most [`crate::roll::LISTED`].
    pub asked: Vec<Asked>,
    /// The households that are not in the list any more, at most [`crate::roll::LISTED`].
    pub missing: Vec<Candidate>,
    /// What all of this comes to, in a few letters: an import names it, and is refused if the book has moved on.
    pub seen: String,
}

impl Comparison {
    /// Whether the list says anything about households that the book has already.
    pub fn is_again(&self) -> bool {
        self.changed + self.unchanged + self.unsure + self.left + self.gone > 0
    }
}

/// A household that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// As the book has it.
    pub is: Candidate,
    /// What is written.
    pub changes: Vec<Difference>,
    /// What stays, because it was corrected since.
    pub kept: Vec<Difference>,
}

/// A line that is not certain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The line.
    pub row: Row,
    /// Why; nothing where a person has decided.
    pub doubt: Option<Doubt>,
    /// What a person has decided.
    pub choice: Option<Choice>,
    /// The households that it could be.
    pub candidates: Vec<Candidate>,
}

/// A household of the book, side by side with a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The record.
    pub id: RecordId,
    /// "DC-0187".
    pub code: String,
    /// The name of its village.
    pub village: String,
    /// What the book shows.
    pub household: Household,
}

impl From<&Known> for Candidate {
    fn from(known: &Known) -> Self {
        Self { id: known.id, code: known.code.clone(), village: known.village.clone(), household: known.household.clone() }
    }
}

impl Plan {
    /// The plan as people see it, of what it was made from.
    pub fn compare(&self, known: &[Known], rows: &[Row], choices: &Choices) -> Comparison {
        let listed = crate::roll::LISTED;
        let candidate = |at: &usize| known.get(*at).map(Candidate::from);
        let mut all = Comparison { gone: self.gone.len() as u32, ..Comparison::default() };
        let mut seen = Sha256::new();
        for (row, planned) in rows.iter().zip(&self.lines) {
            let choice = choices.of(row);
            let mut about = Vec::new();
            match planned {
                Planned::New => all.new += 1,
                Planned::Left => all.left += 1,
                Planned::Unsure(_, candidates) => {
                    all.unsure += 1;
                    about.clone_from(candidates);
                }
                Planned::Is(update) => {
                    about.push(update.known);
                    if update.changes.is_empty() {
                        all.unchanged += 1;
                        all.renumbered += u32::from(update.renumbered);
                    } else {
                        all.changed += 1;
                    }
                    if let (Some(is), false) = (candidate(&update.known), update.changes.is_empty() && update.kept.is_empty())
                        && all.changes.len() < listed
                    {
                        all.changes.push(Changed { is, changes: update.changes.clone(), kept: update.kept.clone() });
                    }
                }
            }
            let doubt = if let Planned::Unsure(doubt, _) = planned { Some(*doubt) } else { None };
            if (doubt.is_some() || choice.is_some()) && all.asked.len() < listed {
                let candidates = about.iter().filter_map(candidate).collect();
                all.asked.push(Asked { row: row.clone(), doubt, choice, candidates });
            }
            let ids: Vec<RecordId> = about.iter().filter_map(|at| known.get(*at)).map(|known| known.id).collect();
            let changes = if let Planned::Is(update) = planned { update.changes.as_slice() } else { &[] };
            seen.update(crate::cbor::encode(&(&row.sheet, row.line, doubt, choice, ids, changes)));
        }
        all.missing = self.gone.iter().filter_map(candidate).take(listed).collect();
        all.seen = seen.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        all
    }
}

/// Compares a list with the book. `rows` have villages; the order of neither matters.
pub fn plan(known: &[Known], rows: &[Row], choices: &Choices) -> Plan {
    let mut matching = Matching::new(known, rows);
    matching.by_choice(choices);
    matching.by_code();
    matching.by_head();
    matching.by_what_is_left();
    matching.finish(choices.numbers)
}

/// How far the lines are told. Every step takes lines and households out of the pool and puts none back.
struct Matching<'a> {
    known: &'a [Known],
    rows: &'a [Row],
    lines: Vec<Option<Told>>,
    /// The households by their [`head_key`].
    heads: HashMap<(String, String), Vec<usize>>,
    /// Households that a line is, or that are asked about.
    spoken_for: Vec<bool>,
    /// Villages of which some household surely has another number now.
    renumbered: BTreeSet<String>,
}

enum Told {
    Is(usize),
    New,
    Unsure(Doubt, Vec<usize>),
    Left,
}

fn place(village: &str) -> String {
    text::spelling(village)
}

/// What two names that can be one have in common, in a village. [`same_head`] tells them apart.
fn head_key(village: &str, head: &str) -> (String, String) {
    (place(village), text::words(head))
}

/// Numbers are the same with and without leading zeros.
fn number(no: &str) -> &str {
    let bare = no.trim_start_matches('0');
    if bare.is_empty() { no } else { bare }
}

/// Whether two names can be one: spelled the same, or one of them without accents.
fn same_head(a: &str, b: &str) -> bool {
    text::spelling(a) == text::spelling(b) || ((!text::has_marks(a) || !text::has_marks(b)) && text::words(a) == text::words(b))
}

impl<'a> Matching<'a> {
    fn new(known: &'a [Known], rows: &'a [Row]) -> Self {
        let lines = rows.iter().map(|_| None).collect();
        let mut heads: HashMap<(String, String), Vec<usize>> = HashMap::new();
        for (at, known) in known.iter().enumerate() {
            heads.entry(head_key(&known.village, &known.household.head)).or_default().push(at);
        }
        Self { known, rows, lines, heads, spoken_for: vec![false; known.len()], renumbered: BTreeSet::new() }
    }

    fn pair(&mut self, line: usize, known: usize) {
        let (Some(row), Some(is)) = (self.rows.get(line), self.known.get(known)) else { return };
        let (old, new) = (number(&is.household.no), number(&row.household.no));
        if !old.is_empty() && !new.is_empty() && old != new {
            self.renumbered.insert(place(&row.village));
        }
        self.tell(line, Told::Is(known), &[known]);
    }

    fn tell(&mut self, line: usize, told: Told, about: &[usize]) {
        if let Some(line) = self.lines.get_mut(line) {
            *line = Some(told);
        }
        for &known in about {
            if let Some(spoken_for) = self.spoken_for.get_mut(known) {
                *spoken_for = true;
            }
        }
    }

    fn is_free(&self, known: usize) -> bool {
        self.spoken_for.get(known) == Some(&false)
    }

    /// The lines of which nothing is told yet.
    fn open(&self) -> Vec<(usize, &'a Row)> {
        self.rows.iter().enumerate().zip(&self.lines).filter(|(_, told)| told.is_none()).map(|(row, _)| row).collect()
    }

    /// The households of which nothing is told yet.
    fn free(&self, active: bool) -> Vec<(usize, &'a Known)> {
        let free = |(at, known): &(usize, &'a Known)| self.is_free(*at) && (known.household.status == HouseholdStatus::Active) == active;
        self.known.iter().enumerate().filter(free).collect()
    }

    fn by_choice(&mut self, choices: &Choices) {
        let places: HashMap<RecordId, usize> = self.known.iter().enumerate().map(|(at, known)| (known.id, at)).collect();
        let mut chosen: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (line, row) in self.open() {
            match choices.of(row) {
                Some(Choice::New) => self.tell(line, Told::New, &[]),
                Some(Choice::Leave) => self.tell(line, Told::Left, &[]),
                Some(Choice::Is(id)) => places.get(&id).into_iter().for_each(|&known| chosen.entry(known).or_default().push(line)),
                None => {}
            }
        }
        self.each_once(chosen, |_, _, _| None);
        // What is decided about one line takes back no doubt about another.
        self.renumbered.clear();
    }

    fn by_code(&mut self) {
        let key = |code: &str| text::words(code);
        let mut places: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, known) in self.known.iter().enumerate() {
            let codes = std::iter::once(&known.code).chain(known.also.iter().map(|also| &also.code));
            codes.filter(|code| !code.is_empty()).for_each(|code| places.entry(key(code)).or_default().push(at));
        }
        let mut named: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (line, row) in self.open().into_iter().filter(|(_, row)| !row.code.is_empty()) {
            // Communes that became one may have given the same code; then it is the one of the line's village.
            let same = places.get(&key(&row.code)).map(Vec::as_slice).unwrap_or_default();
            let here = |at: &&usize| self.known.get(**at).is_some_and(|known| place(&known.village) == place(&row.village));
            // A code of another list says nothing here.
            if let Some(&known) = same.iter().find(here).or(same.first()).filter(|&&known| self.is_free(known)) {
                named.entry(known).or_default().push(line);
            }
        }
        self.each_once(named, |_, row, known| {
            if place(&row.village) != place(&known.village) {
                Some(Doubt::Village)
            } else if known.household.status != HouseholdStatus::Active {
                Some(Doubt::Inactive)
            } else {
                (!same_head(&row.household.head, &known.household.head)).then_some(Doubt::Head)
            }
        });
    }

    /// Pairs households with the one line that says it is them, unless there is a doubt.
    fn each_once(&mut self, named: BTreeMap<usize, Vec<usize>>, doubt: impl Fn(&Self, &Row, &Known) -> Option<Doubt>) {
        for (known, lines) in named {
            match lines.as_slice() {
                [line] => {
                    let doubt = self.rows.get(*line).zip(self.known.get(known)).and_then(|(row, is)| doubt(self, row, is));
                    match doubt {
                        None => self.pair(*line, known),
                        Some(doubt) => self.tell(*line, Told::Unsure(doubt, self.candidates(*line, known, doubt)), &[known]),
                    }
                }
                lines => lines.iter().for_each(|&line| self.tell(line, Told::Unsure(Doubt::Twice, vec![known]), &[known])),
            }
        }
    }

    /// What a line with a doubtful code could be. Codes of another list that look like ours name other households, so those
    /// with its head stand beside the one with its code.
    fn candidates(&self, line: usize, by_code: usize, doubt: Doubt) -> Vec<usize> {
        let Some(row) = self.rows.get(line).filter(|_| doubt == Doubt::Head) else { return vec![by_code] };
        let fits = |at: &usize| {
            let known = self.known.get(*at).filter(|known| known.household.status == HouseholdStatus::Active);
            *at != by_code && known.is_some_and(|known| same_head(&known.household.head, &row.household.head))
        };
        let by_head = self.heads.get(&head_key(&row.village, &row.household.head));
        std::iter::once(by_code).chain(by_head.into_iter().flatten().copied().filter(fits)).collect()
    }

    fn by_head(&mut self) {
        let mut groups: BTreeMap<(String, String), Group> = BTreeMap::new();
        for (line, row) in self.open() {
            groups.entry(head_key(&row.village, &row.household.head)).or_default().lines.push(line);
        }
        for (at, known) in self.free(true) {
            groups.entry(head_key(&known.village, &known.household.head)).and_modify(|group| group.known.push(at));
        }
        groups.retain(|_, group| !group.known.is_empty());
        // The certain ones first: they say whether the list was renumbered.
        for group in groups.values_mut() {
            self.only_ones(group);
        }
        for ((village, _), mut group) in groups {
            let doubt = if group.is_one() { Doubt::Head } else { Doubt::Homonyms };
            self.by_number(&village, &mut group);
            self.identical(&village, &mut group);
            if !group.known.is_empty() {
                for &line in &group.lines {
                    self.tell(line, Told::Unsure(doubt, group.known.clone()), &group.known);
                }
            }
        }
    }

    /// Lines that say exactly what the book says: of two that do, it does not matter which is which.
    fn identical(&mut self, village: &str, group: &mut Group) {
        let (known, rows) = (self.known, self.rows);
        let renumbered = self.renumbered.contains(village);
        let says_the_same = |line: usize, at: usize| {
            rows.get(line).zip(known.get(at)).is_some_and(|(row, known)| {
                let fields = |household: &'a Household| {
                    let Household { no, head, phone, people, hint, cluster, .. } = household;
                    (no, head, phone, people, hint, cluster)
                };
                fields(&row.household) == fields(&known.household) && (row.household.no.is_empty() || !renumbered)
            })
        };
        self.pair_where(group, |line, free| free.iter().copied().find(|&at| says_the_same(line, at)));
    }

    /// A head that one line and one household have, as it is spelled, or else however it is spelled.
    fn only_ones(&mut self, group: &mut Group) {
        let (known, rows) = (self.known, self.rows);
        let head_of = |line: usize| rows.get(line).map(|row| text::spelling(&row.household.head));
        let head_in = |at: usize| known.get(at).map(|known| text::spelling(&known.household.head));
        let lines = group.lines.clone();
        self.pair_where(group, |line, free| {
            let head = head_of(line);
            let mut same = free.iter().copied().filter(|&at| head_in(at) == head);
            let only = same.next().filter(|_| same.next().is_none());
            only.filter(|_| lines.iter().filter(|&&other| head_of(other) == head).count() == 1)
        });
        if let (true, Some(&line), Some(&at)) = (group.is_one(), group.lines.first(), group.known.first()) {
            let heads = rows.get(line).zip(known.get(at));
            if heads.is_some_and(|(row, known)| same_head(&row.household.head, &known.household.head)) {
                self.pair_where(group, |_, _| Some(at));
            }
        }
    }

    /// Those who share a head by their numbers: all of them, or each for itself in a list that was not renumbered.
    fn by_number(&mut self, village: &str, group: &mut Group) {
        let (known, rows) = (self.known, self.rows);
        let of = |line: usize| rows.get(line).map(|row| number(&row.household.no)).filter(|no| !no.is_empty());
        let is = |at: usize| known.get(at).map(|known| number(&known.household.no)).filter(|no| !no.is_empty());
        let lines: BTreeSet<_> = group.lines.iter().map(|&line| of(line)).collect();
        let homes: BTreeSet<_> = group.known.iter().map(|&at| is(at)).collect();
        let all = lines == homes && lines.len() == group.lines.len() && homes.len() == group.known.len();
        if !all && self.renumbered.contains(village) {
            return;
        }
        let among = group.lines.clone();
        self.pair_where(group, |line, free| {
            let no = of(line)?;
            let mut same = free.iter().copied().filter(|&at| is(at) == Some(no));
            let only = same.next().filter(|_| same.next().is_none())?;
            let alone = among.iter().filter(|&&other| of(other) == Some(no)).count() == 1;
            let heads = rows.get(line).zip(known.get(only));
            (alone && heads.is_some_and(|(row, known)| same_head(&row.household.head, &known.household.head))).then_some(only)
        });
    }

    fn pair_where(&mut self, group: &mut Group, which: impl Fn(usize, &[usize]) -> Option<usize>) {
        for line in std::mem::take(&mut group.lines) {
            match which(line, &group.known) {
                Some(at) => {
                    group.known.retain(|&other| other != at);
                    self.pair(line, at);
                }
                None => group.lines.push(line),
            }
        }
    }

    /// Lines whose head nobody in the village has: a new household, or one whose head has changed.
    fn by_what_is_left(&mut self) {
        let (mut by_number, mut by_phone): (HashMap<_, Vec<usize>>, HashMap<_, Vec<usize>>) = (HashMap::new(), HashMap::new());
        for (at, known) in self.free(true) {
            by_number.entry((place(&known.village), number(&known.household.no))).or_default().push(at);
            by_phone.entry((place(&known.village), known.household.phone.as_str())).or_default().push(at);
        }
        // Under the name of what turned out to be the same, a line is the household that stands for it, or says it twice.
        let mut also: HashMap<(String, String), Vec<usize>> = HashMap::new();
        for (at, known) in self.known.iter().enumerate() {
            for twin in &known.also {
                also.entry(head_key(&known.village, &twin.head)).or_default().push(at);
            }
        }
        let mut inactive: HashMap<(String, String), Vec<usize>> = HashMap::new();
        for (at, known) in self.free(false) {
            inactive.entry((place(&known.village), text::words(&known.household.head))).or_default().push(at);
        }
        for (line, row) in self.open() {
            let village = place(&row.village);
            let (no, phone) = (number(&row.household.no), row.household.phone.as_str());
            let same_number = by_number.get(&(village.clone(), no)).filter(|_| !no.is_empty() && !self.renumbered.contains(&village));
            // A number that several have is that of whoever kept the list.
            let same_phone = by_phone.get(&(village.clone(), phone)).filter(|homes| !phone.is_empty() && homes.len() == 1);
            let near: BTreeSet<usize> = same_number.into_iter().chain(same_phone).flatten().copied().collect();
            let near: Vec<usize> = near.into_iter().collect();
            let closed = || inactive.get(&(village.clone(), text::words(&row.household.head))).cloned().unwrap_or_default();
            let twins = also.get(&head_key(&row.village, &row.household.head)).cloned().unwrap_or_default();
            let (doubt, candidates) = if !twins.is_empty() {
                (if twins.iter().all(|at| self.is_free(*at)) { Doubt::Head } else { Doubt::Twice }, twins)
            } else if near.is_empty() {
                (Doubt::Inactive, closed())
            } else {
                (Doubt::Head, near)
            };
            if candidates.is_empty() {
                self.tell(line, Told::New, &[]);
            } else {
                self.tell(line, Told::Unsure(doubt, candidates.clone()), &candidates);
            }
        }
    }

    fn finish(self, numbers: bool) -> Plan {
        let villages: BTreeSet<String> = self.rows.iter().map(|row| place(&row.village)).collect();
        let told = self.lines.iter().flatten();
        let asked: BTreeSet<usize> =
            told.flat_map(|told| if let Told::Unsure(_, candidates) = told { candidates.as_slice() } else { &[] }).copied().collect();
        let is_gone = |(at, known): &(usize, &Known)| !asked.contains(at) && villages.contains(&place(&known.village));
        let gone = self.free(true).into_iter().filter(is_gone).map(|(at, _)| at).collect();
        let lines = self.lines.into_iter().zip(self.rows).map(|(told, row)| match told {
            Some(Told::Is(at)) => match self.known.get(at) {
                Some(known) => Planned::Is(Box::new(Update::new(at, known, row, numbers))),
                None => Planned::Left,
            },
            Some(Told::Unsure(doubt, candidates)) => Planned::Unsure(doubt, candidates),
            Some(Told::Left) => Planned::Left,
            Some(Told::New) | None => Planned::New,
        });
        Plan { lines: lines.collect(), gone }
    }
}

/// Lines and households of one village that share a folded head.
#[derive(Default)]
struct Group {
    lines: Vec<usize>,
    known: Vec<usize>,
}

impl Group {
    fn is_one(&self) -> bool {
        self.lines.len() == 1 && self.known.len() == 1
    }
}

impl Update {
    /// What a line changes about the household that it is. An empty cell takes nothing away, a name without accents
    /// none of them, and what was corrected at the door stays.
    fn new(at: usize, known: &Known, row: &Row, numbers: bool) -> Self {
        let (before, list) = (&known.household, &row.household);
        let mut update = Self { known: at, household: before.clone(), changes: Vec::new(), kept: Vec::new(), renumbered: false };
        let same = |a: &str, b: &str| text::spelling(a) == text::spelling(b);
        let bare = !text::has_marks(&list.head) && same_head(&before.head, &list.head);
        if !same(&before.head, &list.head) && !bare {
            update.take(known, "head", &before.head, &list.head, |household| household.head = list.head.clone());
        }
        if list.people.is_some() && list.people != before.people {
            let shown = |people: Option<u16>| people.map(|people| people.to_string()).unwrap_or_default();
            update.take(known, "people", &shown(before.people), &shown(list.people), |household| household.people = list.people);
        }
        if !list.phone.is_empty() && list.phone != before.phone {
            update.take(known, "phone", &before.phone, &list.phone, |household| household.phone = list.phone.clone());
        }
        if !list.hint.is_empty() && !same(&list.hint, &before.hint) {
            update.take(known, "hint", &before.hint, &list.hint, |household| household.hint = list.hint.clone());
        }
        if !list.cluster.is_empty() && !same(&list.cluster, &before.cluster) {
            update.take(known, "cluster", &before.cluster, &list.cluster, |household| household.cluster = list.cluster.clone());
        }
        if !list.no.is_empty() && number(&list.no) != number(&before.no) {
            if numbers || before.no.is_empty() {
                update.take(known, "no", &before.no, &list.no, |household| household.no = list.no.clone());
            } else {
                update.renumbered = true;
            }
        }
        update
    }

    fn take(&mut self, known: &Known, field: &str, old: &str, new: &str, set: impl FnOnce(&mut Household)) {
        let difference = Difference { field: field.to_owned(), old: old.to_owned(), new: new.to_owned() };
        if known.corrected.contains(field) {
            self.kept.push(difference);
        } else {
            set(&mut self.household);
            self.changes.push(difference);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(n: usize) -> RecordId {
        RecordId::new(n as u64, [0; 10])
    }

    fn household(no: &str, head: &str) -> Household {
        Household { no: no.into(), head: head.into(), people: Some(4), ..Household::default() }
    }

    fn known(n: usize, no: &str, head: &str) -> Known {
        let (code, village) = (format!("DC-{n:04}"), "Thôn Đồng Cừ".to_owned());
        Known { id: id(n), code, village, household: household(no, head), corrected: BTreeSet::new(), also: Vec::new() }
    }

    fn row(line: u32, no: &str, head: &str) -> Row {
        Row { sheet: String::new(), line, village: "Thôn Đồng Cừ".into(), code: String::new(), household: household(no, head) }
    }

    /// In short: "+" new, "=3" that household as it is, "~3" changed, "#3" another number, "?3,4" one of these, "-" left.
    fn short(plan: &Plan, known: &[Known]) -> Vec<String> {
        let name = |at: &usize| known[*at].code.trim_start_matches("DC-").trim_start_matches('0').to_owned();
        let line = |planned: &Planned| match planned {
            Planned::New => "+".to_owned(),
            Planned::Is(update) if !update.changes.is_empty() => format!("~{}", name(&update.known)),
            Planned::Is(update) if update.renumbered => format!("#{}", name(&update.known)),
            Planned::Is(update) => format!("={}", name(&update.known)),
            Planned::Unsure(_, candidates) => format!("?{}", candidates.iter().map(name).collect::<Vec<_>>().join(",")),
            Planned::Left => "-".to_owned(),
        };
        let gone = plan.gone.iter().map(|at| format!("gone {}", name(at)));
        plan.lines.iter().map(line).chain(gone).collect()
    }

    #[test]
    fn who_is_who() {
        let book = |households: &[(&str, &str)]| -> Vec<Known> {
            households.iter().enumerate().map(|(n, (no, head))| known(n + 1, no, head)).collect()
        };
        let list = |lines: &[(&str, &str)]| -> Vec<Row> { (2..).zip(lines).map(|(line, (no, head))| row(line, no, head)).collect() };
        let [lanh, ben, mui, nhan] = ["Trần Thị Lành", "Lò Văn Bền", "Ngô Thị Mùi", "Vũ Văn Nhàn"];
        let three = [("1", lanh), ("2", ben), ("3", mui)];
        for (what, households, lines, expected) in [
            ("the same", &three[..], &three[..], vec!["=1", "=2", "=3"]),
            ("nothing in the book", &[], &three, vec!["+", "+", "+"]),
            ("in another order", &three, &[("3", mui), ("1", lanh), ("2", ben)], vec!["=3", "=1", "=2"]),
            ("renumbered, one inserted", &three, &[("1", lanh), ("2", nhan), ("3", ben), ("4", mui)], vec!["=1", "+", "#2", "#3"]),
            ("one is not there any more", &three, &[("1", lanh), ("2", mui)], vec!["=1", "#3", "gone 2"]),
            ("without accents", &three, &[("1", "Tran Thi Lanh"), ("2", ben), ("3", mui)], vec!["=1", "=2", "=3"]),
            ("accents at last", &[("1", "Tran Thi Lanh")], &[("1", lanh)], vec!["~1"]),
            ("written otherwise", &[("1", "Hoàng Thuỷ")], &[("01", "HOÀNG THỦY")], vec!["=1"]),
            ("another name that folds the same", &[("1", "Lê Thị Hoa")], &[("1", "Lê Thị Hòa")], vec!["?1"]),
            ("two of them", &[("1", "Lê Hoa"), ("2", "Lê Hòa")], &[("2", "Lê Hòa"), ("1", "Lê Hoa")], vec!["=2", "=1"]),
            ("another head, the same number", &three, &[("1", lanh), ("2", nhan), ("3", mui)], vec!["=1", "?2", "=3"]),
            ("homonyms by their numbers", &[("5", lanh), ("9", lanh)], &[("9", lanh), ("5", lanh)], vec!["=2", "=1"]),
            ("and one more", &[("5", lanh), ("9", lanh)], &[("5", lanh), ("9", lanh), ("12", lanh)], vec!["=1", "=2", "+"]),
            // Household 1 moved on to number 6, where 2 was: the numbers would make one of the other.
            (
                "homonyms of a renumbered list",
                &[("5", lanh), ("6", lanh), ("1", ben)],
                &[("6", lanh), ("7", lanh), ("2", ben)],
                vec!["?1,2", "?1,2", "#3"],
            ),
            ("homonyms without numbers", &[("", lanh), ("", lanh)], &[("", lanh), ("", lanh)], vec!["=1", "=2"]),
        ] {
            let (book, list) = (book(households), list(lines));
            assert_eq!(short(&plan(&book, &list, &Choices::default()), &book), expected, "{what}");
        }
    }

    #[test]
    fn a_line_under_the_name_of_what_turned_out_to_be_the_same_makes_nothing_new() {
        let also = vec![Also { code: "DC-0009".into(), head: "Vũ Văn Nhàn".into() }];
        let book = vec![Known { also, ..known(1, "1", "Trần Thị Lành") }, known(2, "2", "Lò Văn Bền")];
        let coded = |row: Row| Row { code: "DC-0009".into(), ..row };
        let (lanh, ben, nhan) = (row(2, "1", "Trần Thị Lành"), row(3, "2", "Lò Văn Bền"), row(4, "7", "Vũ Văn Nhàn"));
        for (what, list, expected) in [
            ("under its own name", vec![lanh.clone(), ben.clone()], vec!["=1", "=2"]),
            ("under the other name alone", vec![ben.clone(), nhan.clone()], vec!["=2", "?1"]),
            ("under both", vec![lanh.clone(), ben.clone(), nhan.clone()], vec!["=1", "=2", "?1"]),
            ("by the other code", vec![coded(nhan.clone()), ben.clone()], vec!["?1", "=2"]),
            ("by the other code, and again", vec![coded(nhan), Row { code: "DC-0001".into(), ..lanh }, ben], vec!["?1", "?1", "=2"]),
        ] {
            let plan = plan(&book, &list, &Choices::default());
            assert_eq!(short(&plan, &book), expected, "{what}");
        }
    }

    #[test]
    fn codes_go_before_heads() {
        let mut book = vec![known(1, "1", "Trần Thị Lành"), known(2, "2", "Trần Thị Lành"), known(3, "3", "Lò Văn Bền")];
        let with_code = |code: &str, mut row: Row| {
            row.code = code.into();
            row
        };
        let rows = [
            with_code("dc-0002", row(2, "1", "Trần Thị Lành")),
            with_code("DC-0001", row(3, "2", "Trần Thị Lành")),
            with_code("DC-0003", row(4, "3", "Lò Thị Mới")),
            with_code("HN-77", row(5, "4", "Vũ Văn Nhàn")),
        ];
        let planned = plan(&book, &rows, &Choices::default());
        assert_eq!(short(&planned, &book), ["#2", "#1", "?3", "+"]);
        assert!(matches!(planned.lines[2], Planned::Unsure(Doubt::Head, _)));
        // The same code twice is nobody's.
        let twice = [rows[0].clone(), with_code("DC-0002", row(3, "2", "Trần Thị Lành"))];
        assert_eq!(short(&plan(&book, &twice, &Choices::default()), &book), ["?2", "?2", "gone 1", "gone 3"]);
        book[1].village = "Bản Nậm Lĩnh".into();
        assert!(matches!(plan(&book, &rows[..1], &Choices::default()).lines[0], Planned::Unsure(Doubt::Village, _)));
        // Two communes that became one have both given the code: the village tells which it is.
        book.push(Known { code: "DC-0002".into(), ..known(4, "2", "Trần Thị Lành") });
        let Planned::Is(update) = &plan(&book, &rows[..1], &Choices::default()).lines[0] else { panic!("asked") };
        assert_eq!(update.known, 3);
    }

    #[test]
    fn a_person_decides() {
        let book = [known(1, "5", "Trần Thị Lành"), known(2, "6", "Trần Thị Lành"), known(3, "1", "Lò Văn Bền")];
        let rows = [row(2, "7", "Trần Thị Lành"), row(3, "8", "Trần Thị Lành"), row(4, "1", "Lò Thị Mới")];
        let decided = |choices: &[(u32, Choice)]| {
            let choices = Choices { lines: [(String::new(), choices.iter().copied().collect())].into(), numbers: false };
            short(&plan(&book, &rows, &choices), &book)
        };
        assert_eq!(decided(&[]), ["?1,2", "?1,2", "?3"]);
        assert_eq!(decided(&[(2, Choice::Is(id(2))), (3, Choice::New), (4, Choice::Is(id(3)))]), ["#2", "+", "~3", "gone 1"]);
        assert_eq!(decided(&[(2, Choice::Leave), (3, Choice::Is(id(1)))]), ["-", "#1", "?3", "gone 2"]);
        assert_eq!(decided(&[(2, Choice::Is(id(1))), (3, Choice::Is(id(1)))]), ["?1", "?1", "?3", "gone 2"]);
    }

    #[test]
    fn what_changes() {
        let mut book = known(1, "1", "Trần Thị Lành");
        book.household = Household { phone: "0187250416".into(), hint: "Cạnh chợ".into(), cluster: "Cụm 1".into(), ..book.household };
        let mut line = row(2, "3", "trần thị lành");
        line.household =
            Household { people: Some(5), phone: String::new(), hint: "cạnh  chợ".into(), cluster: "Cụm 2".into(), ..line.household };
        let update = |book: &Known, numbers| {
            let choices = Choices { numbers, ..Choices::default() };
            match plan(std::slice::from_ref(book), std::slice::from_ref(&line), &choices).lines.into_iter().next() {
                Some(Planned::Is(update)) => update,
                other => panic!("{other:?}"),
            }
        };
        let fields =
            |differences: &[Difference]| differences.iter().map(|d| format!("{}: {} -> {}", d.field, d.old, d.new)).collect::<Vec<_>>();
        let found = update(&book, false);
        assert_eq!(fields(&found.changes), ["people: 4 -> 5", "cluster: Cụm 1 -> Cụm 2"]);
        assert!(found.renumbered && found.kept.is_empty());
        assert_eq!(
            (found.household.phone.as_str(), found.household.no.as_str(), found.household.head.as_str()),
            ("0187250416", "1", "Trần Thị Lành")
        );
        let found = update(&book, true);
        assert_eq!((fields(&found.changes).last().map(String::as_str), found.renumbered), (Some("no: 1 -> 3"), false));
        // The team wrote down at the door that there are four.
        book.corrected.insert("people".into());
        let found = update(&book, false);
        assert_eq!((fields(&found.changes), fields(&found.kept)), (vec!["cluster: Cụm 1 -> Cụm 2".into()], vec!["people: 4 -> 5".into()]));
        assert_eq!(found.household.people, Some(4));
    }

    #[test]
    fn households_that_left_come_back_only_by_a_person() {
        let mut book = known(1, "1", "Trần Thị Lành");
        book.household.status = HouseholdStatus::MovedOut;
        let planned = plan(&[book], &[row(2, "1", "Trần Thị Lành")], &Choices::default());
        assert_eq!(planned, Plan { lines: vec![Planned::Unsure(Doubt::Inactive, vec![0])], gone: vec![] });
    }

    fn rows() -> impl Strategy<Value = Vec<Row>> {
        let head = prop::sample::select(vec!["Lê Hoa", "Lê Hòa", "Le Hoa", "Lò Văn Bền", "Trần Thị Lành", "Vũ Nhàn"]);
        let no = prop::sample::select(vec!["", "1", "2", "3", "4"]);
        let village = prop::sample::select(vec!["Thôn 1", "Thôn 2"]);
        let phone = prop::sample::select(vec!["", "", "0187250416", "0187250417"]);
        prop::collection::vec((head, no, village, phone, 1u16..4), 0..9).prop_map(|rows| {
            let rows = (2..).zip(rows).map(|(line, (head, no, village, phone, people))| {
                let household =
                    Household { head: head.into(), no: no.into(), phone: phone.into(), people: Some(people), ..Household::default() };
                Row { sheet: String::new(), line, village: village.into(), code: String::new(), household }
            });
            rows.collect()
        })
    }

    fn imported(rows: &[Row]) -> Vec<Known> {
        let known = |(n, row): (usize, &Row)| Known {
            id: id(n),
            code: format!("X-{n:04}"),
            village: row.village.clone(),
            household: row.household.clone(),
            corrected: BTreeSet::new(),
            also: Vec::new(),
        };
        rows.iter().enumerate().map(known).collect()
    }

    proptest! {
        #[test]
        fn nobody_is_paired_twice_and_everybody_is_told_once(before in rows(), after in rows()) {
            let book = imported(&before);
            let planned = plan(&book, &after, &Choices::default());
            let mut paired: Vec<usize> = planned.lines.iter().filter_map(|line| match line {
                Planned::Is(update) => Some(update.known),
                _ => None,
            }).collect();
            let asked: BTreeSet<usize> = planned.lines.iter().flat_map(|line| match line {
                Planned::Unsure(_, candidates) => candidates.clone(),
                _ => vec![],
            }).collect();
            prop_assert!(paired.iter().all(|at| !asked.contains(at) && !planned.gone.contains(at)));
            prop_assert!(planned.gone.iter().all(|at| !asked.contains(at)));
            let count = paired.len();
            paired.sort_unstable();
            paired.dedup();
            prop_assert_eq!(paired.len(), count);
            // A changed head is never silent.
            for line in &planned.lines {
                if let Planned::Is(update) = line {
                    prop_assert!(same_head(&update.household.head, &book[update.known].household.head));
                }
            }
        }

        #[test]
        fn the_same_file_again_changes_nothing(rows in rows()) {
            let book = imported(&rows);
            let planned = plan(&book, &rows, &Choices::default());
            let changes_nothing = |line: &Planned| matches!(line, Planned::Is(update) if update.changes.is_empty() && !update.renumbered);
            prop_assert!(planned.lines.iter().all(changes_nothing), "{:?}", planned);
            prop_assert_eq!(planned.gone, Vec::<usize>::new());
        }

        #[test]
        fn the_order_does_not_matter(before in rows(), after in rows(), seed in any::<u64>()) {
            let book = imported(&before);
            let told = |rows: &[Row], book: &[Known]| {
                let planned = plan(book, rows, &Choices::default());
                let mut told: Vec<String> = planned.lines.iter().zip(rows).map(|(line, row)| {
                    let name = |at: &usize| format!("{:?}", book[*at].household);
                    let line = match line {
                        Planned::Is(update) => format!("is {}", name(&update.known)),
                        Planned::Unsure(doubt, candidates) => {
                            let mut candidates: Vec<String> = candidates.iter().map(name).collect();
                            candidates.sort();
                            format!("{doubt:?} {candidates:?}")
                        }
                        other => format!("{other:?}"),
                    };
                    format!("{:?} {} {line}", row.household, row.village)
                }).collect();
                told.sort();
                told
            };
            let (mut shuffled, mut reversed, mut state) = (after.clone(), book.clone(), seed);
            reversed.reverse();
            for at in (1..shuffled.len()).rev() {
                state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                shuffled.swap(at, (state >> 33) as usize % (at + 1));
            }
            prop_assert_eq!(told(&after, &book), told(&shuffled, &reversed));
        }

        #[test]
        fn one_inserted_into_a_renumbered_list_rewrites_nobody(count in 2usize..40, at in 0usize..40) {
            let heads: Vec<String> = (0..count).map(|n| format!("Lò Văn {}", "aăâbcdđeêghiklmnoôơpqrstuưvxy".chars().cycle().skip(n).take(2 + n / 29).collect::<String>())).collect();
            let numbered = |heads: &[String]| -> Vec<Row> { (1..).zip(heads).map(|(no, head)| row(no + 1, &no.to_string(), head)).collect() };
            let book = imported(&numbered(&heads));
            let mut longer = heads.clone();
            longer.insert(at.min(count), "Vũ Thị Mới".into());
            let planned = plan(&book, &numbered(&longer), &Choices::default());
            let is_new = |line: &&Planned| matches!(line, Planned::New);
            let is_untouched = |line: &&Planned| matches!(line, Planned::Is(update) if update.changes.is_empty());
            prop_assert_eq!(planned.lines.iter().filter(is_new).count(), 1);
            prop_assert_eq!(planned.lines.iter().filter(is_untouched).count(), count);
            prop_assert!(planned.gone.is_empty());
        }
    }
}
