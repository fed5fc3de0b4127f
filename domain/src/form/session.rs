//! One form being filled in: definition → session → nodes with value, relevance and validity.
//!
//! Values and relevance are kept worked out. A change works out anew only what reads the changed node, in the order of
//! the plan, so that each expression is asked once. Everything that is only looked at (labels, required, constraints,
//! options) is worked out when it is asked for, so nothing of it can be out of date.

use super::answer::{self, AnswerError};
use super::definition::{Item, Text};
use super::evaluate::Scene;
use super::kind::Kind;
use super::lower::Lowering;
use super::moment::{self, Moment};
use super::plan::{MAX_ROWS, Plan, Purpose};
use super::shuffle::{self, Chance};
use super::value::{Place, number, parts};
use crate::code::Lang;
use crate::time::Time;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A form being filled in.
#[derive(Clone, Debug)]
pub struct Session {
    pub(super) plan: Arc<Plan>,
    pub(super) clock: Time,
    rows: Vec<Row>,
    /// Rows that were removed, to be used again.
    free: Vec<u32>,
    language: usize,
    chance: Cell<u64>,
    waiting: BTreeSet<Task>,
    /// What may look different since the change at hand.
    touched: BTreeSet<Place>,
    /// What has changed since triggers were last asked.
    changed: Vec<Place>,
    /// Decides the order of options that are shuffled without a seed: they do not jump under the finger.
    order: u64,
    /// Rows whose dynamic defaults are still to be set.
    fresh: Vec<u32>,
}

/// The cells of the form itself, or of one instance of a repeat.
#[derive(Clone, Debug)]
struct Row {
    scope: u32,
    parent: u32,
    /// Which of the instances it is, from 0.
    index: u32,
    cells: Vec<Kept>,
    /// The instances of each repeat directly in it.
    repeats: Vec<Vec<u32>>,
    is_live: bool,
}

#[derive(Clone, Debug, Default)]
struct Kept {
    /// What was answered or worked out; kept while it is not relevant, and back when it is again.
    answer: String,
    is_relevant: bool,
    /// Whether the options answered are still offered.
    is_offered: bool,
}

/// Something to be worked out: in the order of the plan, counts first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Task {
    rank: u32,
    is_value: bool,
    row: u32,
    node: u32,
}

/// Why an answer does not stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Invalid {
    /// There must be one. With what the form says then, if it says anything.
    Required(String),
    /// It is not what it must be. With what the form says then, if it says anything.
    Constraint(String),
    /// It is outside the range, or between its steps.
    OutOfRange,
    /// So many instances were asked for, and there may not be more than [`MAX_ROWS`] rows altogether.
    TooMany(u64),
}

/// An option as it is offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice<'a> {
    /// What is stored.
    pub code: &'a str,
    /// What is shown.
    pub label: String,
    /// The row of its list, for [`Session::choice_media`].
    pub row: u32,
}

/// Which of the files beside a text or an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the column of that name")]
pub enum Medium {
    Image,
    BigImage,
    Audio,
    Video,
}

impl Session {
    /// A new form: defaults set, everything worked out.
    ///
    /// `clock` is now; `chance` is drawn by the caller and decides `random()`, `uuid()` and orders without a seed.
    pub fn new(plan: Arc<Plan>, clock: Time, chance: u64) -> Self {
        let mut session = Self::empty(plan, clock, chance);
        session.add_row(0, 0, 0);
        session.preload();
        session.start();
        session
    }

    pub(super) fn empty(plan: Arc<Plan>, clock: Time, chance: u64) -> Self {
        let form = plan.form();
        let language = form.languages.iter().position(|language| *language == form.settings.default_language).unwrap_or(0);
        Self {
            plan,
            clock,
            rows: Vec::new(),
            free: Vec::new(),
            language,
            chance: Cell::new(chance),
            waiting: BTreeSet::new(),
            touched: BTreeSet::new(),
            changed: Vec::new(),
            order: Chance(chance).draw(),
            fresh: Vec::new(),
        }
    }

    /// What the device knows when a form is begun.
    fn preload(&mut self) {
        let now = moment::of_time(self.clock).map_or(String::new(), Moment::print);
        for node in 1..self.plan.tree.len() {
            let value = match self.plan.tree.kind(node) {
                Kind::Start => now.clone(),
                Kind::Today => self.clock.date().iso(),
                _ => continue,
            };
            for row in self.below(0, node) {
                self.store(Place { row, node }, value.clone());
            }
        }
    }

    /// The form is done: the time of its end is set, if it asks for one.
    pub fn finish(&mut self, clock: Time) {
        self.clock = clock;
        let now = moment::of_time(clock).map_or(String::new(), Moment::print);
        for node in 1..self.plan.tree.len() {
            if self.plan.tree.kind(node) == Kind::End {
                for row in self.below(0, node) {
                    self.store(Place { row, node }, now.clone());
                }
            }
        }
        self.work();
        self.touched.clear();
    }

    /// Works everything out for the first time: nothing has changed for anybody yet, so nothing is triggered.
    pub(super) fn start(&mut self) {
        self.settle();
        self.changed.clear();
        self.touched.clear();
    }

    /// What `now()` and `today()` say from here on.
    pub fn set_clock(&mut self, clock: Time) {
        self.clock = clock;
    }

    /// Which of the form's languages labels are in.
    pub fn set_language(&mut self, language: usize) {
        self.language = language;
    }

    /// The plan that it follows.
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    // --- the tree

    /// Every place, in the order of the form: groups before what is in them, instances one after the other.
    pub fn places(&self) -> Vec<Place> {
        let mut places = Vec::new();
        let mut open = vec![Place::FORM];
        while let Some(place) = open.pop() {
            if place != Place::FORM {
                places.push(place);
            }
            open.extend(self.children(place).into_iter().rev());
        }
        places
    }

    /// What is directly in a group, in an instance of a repeat, or in the form.
    pub fn children(&self, place: Place) -> Vec<Place> {
        let children = &self.plan.tree.node(place.node).children;
        children.iter().flat_map(|child| self.places_of(place.row, *child)).collect()
    }

    /// The group, instance or form that a place is in.
    pub fn parent(&self, place: Place) -> Place {
        let tree = &self.plan.tree;
        let row = if tree.is_repeat(place.node) { self.row(place.row).map_or(0, |row| row.parent) } else { place.row };
        Place { row, node: tree.node(place.node).parent }
    }

    /// The places where a question of that name is.
    pub fn find(&self, name: &str) -> Vec<Place> {
        let nodes = self.plan.tree.named(name).to_vec();
        nodes.into_iter().flat_map(|node| self.below(0, node).into_iter().map(move |row| Place { row, node })).collect()
    }

    /// What the form says of a place; `None` for the form itself.
    pub fn item(&self, place: Place) -> Option<&Item> {
        self.plan.tree.item(place.node)
    }

    /// Which of the instances of its repeat a place is or is in, from 1.
    pub fn position(&self, place: Place) -> u32 {
        if self.plan.tree.is_repeat(place.node) { self.row(place.row).map_or(1, |row| row.index + 1) } else { 1 }
    }

    fn row(&self, row: u32) -> Option<&Row> {
        self.rows.get(row as usize).filter(|row| row.is_live)
    }

    fn cell(&self, place: Place) -> Option<&Kept> {
        let row = self.row(place.row)?;
        let node = self.plan.tree.node(place.node);
        if row.scope != node.scope {
            return None;
        }
        row.cells.get(node.slot as usize)
    }

    fn cell_mut(&mut self, place: Place) -> Option<&mut Kept> {
        let node = self.plan.tree.node(place.node);
        let row = self.rows.get_mut(place.row as usize).filter(|row| row.is_live && row.scope == node.scope)?;
        row.cells.get_mut(node.slot as usize)
    }

    /// The row of a scope that a row is in, or its own.
    pub(super) fn row_around(&self, row: u32, scope: u32) -> u32 {
        let mut at = row;
        while at != 0 {
            match self.row(at) {
                Some(row) if row.scope != scope => at = row.parent,
                _ => break,
            }
        }
        at
    }

    /// The instances of a repeat that is directly in a row.
    pub(super) fn instances(&self, row: u32, repeat: u32) -> &[u32] {
        let ordinal = self.plan.tree.node(repeat).ordinal as usize;
        self.row(row).and_then(|row| row.repeats.get(ordinal)).map_or(&[], Vec::as_slice)
    }

    /// The scopes below one down to another.
    pub(super) fn scopes_from(&self, top: u32, scope: u32) -> Vec<u32> {
        let tree = &self.plan.tree;
        let mut chain: Vec<u32> = std::iter::successors(Some(scope), |scope| Some(tree.scope(*scope).parent))
            .take_while(|scope| *scope != top && *scope != 0)
            .collect();
        chain.reverse();
        chain
    }

    /// The rows below `top` in which a node is.
    pub(super) fn below(&self, top: u32, node: u32) -> Vec<u32> {
        let tree = &self.plan.tree;
        let from = self.row(top).map_or(0, |row| row.scope);
        let mut rows = vec![top];
        for scope in self.scopes_from(from, tree.node(node).scope) {
            let repeat = tree.scope(scope).slots.first().copied().unwrap_or(0);
            rows = rows.iter().flat_map(|row| self.instances(*row, repeat)).copied().collect();
        }
        rows
    }

    /// The places of a node whose parent is in a row: one, or the instances of a repeat.
    pub(super) fn places_of(&self, row: u32, node: u32) -> Vec<Place> {
        if self.plan.tree.is_repeat(node) {
            self.instances(row, node).iter().map(|row| Place { row: *row, node }).collect()
        } else {
            vec![Place { row, node }]
        }
    }

    // --- what a place is

    /// The answer, as expressions see it: empty while the question is not relevant.
    pub fn value(&self, place: Place) -> &str {
        self.cell(place).filter(|cell| cell.is_relevant && cell.is_offered).map_or("", |cell| cell.answer.as_str())
    }

    /// What is kept of an answer, relevant or not.
    pub(super) fn kept(&self, place: Place) -> &str {
        self.cell(place).map_or("", |cell| cell.answer.as_str())
    }

    /// Whether it, and every group that it is in, is to be asked.
    pub fn is_relevant(&self, place: Place) -> bool {
        place == Place::FORM || self.cell(place).is_some_and(|cell| cell.is_relevant)
    }

    /// Whether there must be an answer.
    pub fn is_required(&self, place: Place) -> bool {
        self.plan.rules(place.node).required.as_ref().is_some_and(|code| self.scene(place).bool(code))
    }

    /// Whether nobody may answer it: it is worked out, or the form says so. What is in such a group is so too.
    pub fn is_read_only(&self, place: Place) -> bool {
        let mut at = place;
        while at != Place::FORM {
            if self.plan.rules(at.node).read_only.as_ref().is_some_and(|code| self.scene(at).bool(code)) {
                return true;
            }
            at = self.parent(at);
        }
        let rules = self.plan.rules(place.node);
        let kind = self.plan.tree.kind(place.node);
        rules.calculation.is_some() && !rules.is_triggered || !kind.is_shown() && kind != Kind::Hidden && kind != Kind::StartGeopoint
    }

    /// The question, in the session's language, with the answers that it shows.
    pub fn label(&self, place: Place) -> String {
        self.words(place, |item| &item.label)
    }

    /// The hint for whoever answers.
    pub fn hint(&self, place: Place) -> String {
        self.words(place, |item| &item.hint)
    }

    /// The hint for whoever asks.
    pub fn guidance(&self, place: Place) -> String {
        self.words(place, |item| &item.guidance)
    }

    /// The file that is shown or played with a question; empty if there is none.
    pub fn medium(&self, place: Place, medium: Medium) -> &str {
        let Some(item) = self.item(place) else { return "" };
        let media = &item.media;
        match medium {
            Medium::Image => &media.image,
            Medium::BigImage => &media.big_image,
            Medium::Audio => &media.audio,
            Medium::Video => &media.video,
        }
        .in_language(self.language)
    }

    fn words(&self, place: Place, text: impl FnOnce(&Item) -> &Text) -> String {
        self.item(place).map_or(String::new(), |item| self.filled_in(place, text(item).in_language(self.language)))
    }

    /// A text with the answers in place of `${question}`.
    fn filled_in(&self, place: Place, text: &str) -> String {
        let mut rest = text;
        let mut out = String::with_capacity(text.len());
        while let Some((before, after)) = rest.split_once("${") {
            let Some((name, behind)) = after.split_once('}') else { break };
            out.push_str(before);
            if let Ok(question) = Lowering::new(&self.plan.tree, place.node).question(name.trim()) {
                out.push_str(&self.scene(place).text(&super::lower::Code::Question(question)));
            }
            rest = behind;
        }
        out.push_str(rest);
        out
    }

    /// Why the answer does not stand, if it does not. Nothing is wrong with what is not relevant.
    pub fn invalid(&self, place: Place) -> Option<Invalid> {
        let item = self.item(place)?;
        if !self.is_relevant(place) {
            return None;
        }
        let rules = self.plan.rules(place.node);
        let value = self.value(place);
        if item.kind.holds_items() {
            return self.too_many(place);
        }
        if value.is_empty() {
            return (item.kind.is_shown() && item.kind != Kind::Note && self.is_required(place))
                .then(|| Invalid::Required(self.words(place, |item| &item.required_message)));
        }
        if item.kind == Kind::Range && !answer::is_in_range(item, value) {
            return Some(Invalid::OutOfRange);
        }
        let holds = rules.constraint.as_ref().is_none_or(|code| self.scene(place).bool(code));
        (!holds).then(|| Invalid::Constraint(self.words(place, |item| &item.constraint_message)))
    }

    fn too_many(&self, place: Place) -> Option<Invalid> {
        // Asked of the repeats in a group, of which there may be no instance to ask.
        let repeats = self.plan.tree.node(place.node).children.iter().filter(|child| self.plan.tree.is_repeat(**child));
        let over = |repeat: &u32| {
            let asked = self.wanted(place.row, *repeat)?;
            (asked > self.instances(place.row, *repeat).len() as u64).then_some(asked)
        };
        repeats.filter_map(over).max().map(Invalid::TooMany)
    }

    /// Every place whose answer does not stand, in the order of the form.
    pub fn all_invalid(&self) -> Vec<(Place, Invalid)> {
        let form = self.too_many(Place::FORM).map(|invalid| (Place::FORM, invalid));
        form.into_iter().chain(self.places().into_iter().filter_map(|place| Some((place, self.invalid(place)?)))).collect()
    }

    /// What this filled form is called, if the form says so.
    pub fn instance_name(&self) -> Option<String> {
        self.plan.instance_name.as_ref().map(|code| self.scene(Place::FORM).text(code))
    }

    pub(super) fn is_vietnamese(&self) -> bool {
        self.plan.form().languages.get(self.language).is_some_and(|language| answer::language(language) == Lang::Vi)
    }

    fn scene(&self, here: Place) -> Scene<'_> {
        Scene { session: self, here, decides: false }
    }

    // --- options

    /// The options that are offered now, in their order.
    pub fn choices(&self, place: Place) -> Vec<Choice<'_>> {
        let tree = &self.plan.tree;
        let (Some(list), Some(codes)) = (tree.list(place.node), tree.code_column(place.node)) else { return Vec::new() };
        let table = tree.table(list);
        let mut rows: Vec<u32> = match &self.plan.rules(place.node).filter {
            Some(filter) => self.scene(place).filtered(list, filter),
            None => (0..table.len()).collect(),
        };
        if let Some(seed) = self.order_of(place) {
            rows = shuffle::shuffle(&rows, seed);
        }
        let label = self.label_column(place.node);
        let choice = |row| {
            let words = label.map_or("", |column| table.cell(row, column));
            let code = table.cell(row, codes);
            let words = if words.is_empty() { code } else { words };
            Choice { code, label: if words.contains("${") { self.filled_in(place, words) } else { words.to_owned() }, row }
        };
        rows.into_iter().map(choice).collect()
    }

    /// The seed of a question that shuffles its options.
    fn order_of(&self, place: Place) -> Option<i64> {
        let item = self.item(place)?;
        if item.parameter("randomize") != Some("true") {
            return None;
        }
        let Some(seed) = item.parameter("seed") else {
            return Some((Chance(self.order ^ u64::from(place.row) << 32 ^ u64::from(place.node)).draw() >> 1) as i64);
        };
        let name = seed.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
        let text = match name.map(|name| Lowering::new(&self.plan.tree, place.node).question(name.trim())) {
            Some(Ok(question)) => self.scene(place).text(&super::lower::Code::Question(question)),
            _ => seed.to_owned(),
        };
        Some(shuffle::seed(number(&text), &text))
    }

    /// The file that is shown or played with an option; empty if there is none.
    pub fn choice_media(&self, place: Place, row: u32, medium: Medium) -> &str {
        let name = match medium {
            Medium::Image => "image",
            Medium::BigImage => "big-image",
            Medium::Audio => "audio",
            Medium::Video => "video",
        };
        let Some(list) = self.plan.tree.list(place.node) else { return "" };
        self.translated(list, name).map_or("", |column| self.plan.tree.table(list).cell(row, column))
    }

    fn label_column(&self, node: u32) -> Option<u32> {
        let tree = &self.plan.tree;
        self.translated(tree.list(node)?, tree.item(node).and_then(|item| item.parameter("label")).unwrap_or("label"))
    }

    /// The column of a table in the session's language, else without one, else in any.
    pub(super) fn translated(&self, list: u32, name: &str) -> Option<u32> {
        let table = self.plan.tree.table(list);
        let language = self.plan.form().languages.get(self.language).map_or("", String::as_str);
        let any = || {
            table
                .columns()
                .iter()
                .position(|column| column.strip_prefix(name).is_some_and(|rest| rest.starts_with("::")))
                .map(|at| at as u32)
        };
        table.column(&format!("{name}::{language}")).or_else(|| table.column(name)).or_else(any)
    }

    /// The label of an option of a select, whether or not it is offered now.
    pub(super) fn choice_label(&self, select: u32, code: &str) -> Option<String> {
        let tree = &self.plan.tree;
        let table = tree.table(tree.list(select)?);
        let row = table.rows_with(tree.code_column(select)?, code).next()?;
        let label = self.label_column(select).map_or("", |column| table.cell(row, column));
        Some(self.filled_in(Place { row: 0, node: select }, label))
    }

    // --- chance

    pub(super) fn draw(&self) -> u64 {
        let mut chance = Chance(self.chance.get());
        let drawn = chance.draw();
        self.chance.set(chance.0);
        drawn
    }

    pub(super) fn fraction(&self) -> f64 {
        Chance(self.draw()).fraction()
    }

    pub(super) fn uuid(&self) -> String {
        Chance(self.draw()).uuid()
    }

    // --- changes

    /// Answers a question; an empty text takes the answer back. Returns every place that may look different now.
    ///
    /// # Errors
    /// The answer is not one of its kind, or nobody may answer here. Then nothing has changed.
    pub fn set(&mut self, place: Place, text: &str) -> Result<Vec<Place>, AnswerError> {
        let item = self.item(place).ok_or(AnswerError::NoQuestion)?;
        if self.cell(place).is_none() || item.kind.holds_items() || item.kind == Kind::Note || item.kind == Kind::CsvExternal {
            return Err(AnswerError::NoQuestion);
        }
        if item.kind.is_withheld() {
            return Err(AnswerError::Withheld);
        }
        if self.is_read_only(place) {
            return Err(AnswerError::ReadOnly);
        }
        let answer = answer::normal(item, text)?;
        if let Some(code) = self.codes(place, &answer).find(|code| !self.has_options(place, code)) {
            return Err(AnswerError::NoSuchOption(code.to_owned()));
        }
        let answer = if item.kind == Kind::SelectMultiple { self.in_order(place, &answer) } else { answer };
        self.store(place, answer);
        self.work();
        Ok(self.take_touched())
    }

    /// The codes of an answer as their list has them: the same choice is the same answer, in whatever order it was made.
    fn in_order(&self, place: Place, answer: &str) -> String {
        let tree = &self.plan.tree;
        let (Some(list), Some(column)) = (tree.list(place.node), tree.code_column(place.node)) else { return answer.to_owned() };
        let mut codes: Vec<&str> = parts(answer).collect();
        codes.sort_by_key(|code| tree.table(list).rows_with(column, code).next());
        codes.join(" ")
    }

    /// Whether a select has every option of an answer, offered now or not. Other questions have no options to lack.
    pub(super) fn has_options(&self, place: Place, answer: &str) -> bool {
        let tree = &self.plan.tree;
        let (Some(list), Some(column)) = (tree.list(place.node), tree.code_column(place.node)) else { return true };
        self.codes(place, answer).all(|code| tree.table(list).rows_with(column, code).next().is_some())
    }

    /// Puts an answer into its place, before anything is worked out.
    pub(super) fn keep(&mut self, place: Place, answer: String) {
        if let Some(cell) = self.cell_mut(place) {
            cell.answer = answer;
        }
    }

    /// Whether there are as many rows as there may be.
    pub(super) fn is_full(&self) -> bool {
        self.rows.len() - self.free.len() >= MAX_ROWS
    }

    /// The codes of an answer to a select; none of any other.
    fn codes<'b>(&self, place: Place, answer: &'b str) -> impl Iterator<Item = &'b str> + use<'b> {
        let (one, many) = match self.plan.tree.kind(place.node) {
            Kind::SelectOne => (answer, ""),
            Kind::SelectMultiple | Kind::Rank => ("", answer),
            _ => ("", ""),
        };
        Some(one).filter(|one| !one.is_empty()).into_iter().chain(parts(many))
    }

    /// Adds an instance at the end of a repeat that is in `parent`. Returns it, and every place that may look different.
    ///
    /// # Errors
    /// It is no repeat, the form counts its instances itself, or there are too many.
    pub fn add(&mut self, parent: Place, name: &str) -> Result<(Place, Vec<Place>), AnswerError> {
        let tree = &self.plan.tree;
        let repeat = tree.node(parent.node).children.iter().copied().find(|child| tree.is_repeat(*child) && tree.name(*child) == name);
        let repeat = repeat.filter(|_| parent == Place::FORM || self.cell(parent).is_some()).ok_or(AnswerError::NoQuestion)?;
        if self.plan.rules(repeat).count.is_some() {
            return Err(AnswerError::Counted);
        }
        if self.is_full() {
            return Err(AnswerError::TooMany);
        }
        let scope = tree.node(repeat).scope;
        let row = self.add_row(scope, parent.row, repeat);
        self.work();
        Ok((Place { row, node: repeat }, self.take_touched()))
    }

    /// Removes an instance of a repeat with everything in it.
    ///
    /// # Errors
    /// It is no instance, or the form counts them itself.
    pub fn remove(&mut self, instance: Place) -> Result<Vec<Place>, AnswerError> {
        if instance == Place::FORM || !self.plan.tree.is_repeat(instance.node) || self.cell(instance).is_none() {
            return Err(AnswerError::NoQuestion);
        }
        if self.plan.rules(instance.node).count.is_some() {
            return Err(AnswerError::Counted);
        }
        self.remove_row(instance);
        self.work();
        Ok(self.take_touched())
    }

    fn take_touched(&mut self) -> Vec<Place> {
        let touched = std::mem::take(&mut self.touched);
        touched.into_iter().filter(|place| self.cell(*place).is_some()).collect()
    }

    /// Keeps an answer, and has its readers worked out.
    pub(super) fn store(&mut self, place: Place, answer: String) {
        if self.kept(place) == answer {
            return;
        }
        self.keep(place, answer);
        self.refresh(place);
        self.notify(place);
    }

    /// Adds a row of a scope, with its defaults, and what is in it at the start.
    pub(super) fn add_row(&mut self, scope: u32, parent: u32, repeat: u32) -> u32 {
        let row = self.bare_row(scope, parent, repeat);
        let plan = Arc::clone(&self.plan);
        let scope = plan.tree.scope(scope);
        for &node in &scope.slots {
            let Some(item) = plan.tree.item(node) else { continue };
            if !item.default.is_empty()
                && plan.rules(node).default.is_none()
                && let Ok(answer) = answer::normal(item, &item.default)
            {
                self.keep(Place { row, node }, answer);
            }
        }
        for &inner in &scope.repeats {
            // Where nobody counts, the first instance is there.
            if plan.rules(inner).count.is_none() && !self.is_full() {
                self.add_row(plan.tree.node(inner).scope, row, inner);
            }
        }
        if scope.slots.iter().any(|node| plan.rules(*node).default.is_some()) {
            self.fresh.push(row);
        }
        row
    }

    /// A row without answers, and everything of it waiting to be worked out.
    pub(super) fn bare_row(&mut self, scope: u32, parent: u32, repeat: u32) -> u32 {
        let plan = Arc::clone(&self.plan);
        let shape = plan.tree.scope(scope);
        let cells = vec![Kept { answer: String::new(), is_relevant: false, is_offered: true }; shape.slots.len()];
        let index = self.instances(parent, repeat).len() as u32;
        let made = Row { scope, parent, index, cells, repeats: vec![Vec::new(); shape.repeats.len()], is_live: true };
        let row = match self.free.pop() {
            Some(row) => {
                if let Some(place) = self.rows.get_mut(row as usize) {
                    *place = made;
                }
                row
            }
            None => {
                self.rows.push(made);
                self.rows.len() as u32 - 1
            }
        };
        if row != 0 {
            let ordinal = plan.tree.node(repeat).ordinal as usize;
            if let Some(instances) = self.rows.get_mut(parent as usize).and_then(|row| row.repeats.get_mut(ordinal)) {
                instances.push(row);
            }
            self.notify(Place { row, node: repeat });
        }
        for &node in &shape.slots {
            self.wait(true, row, node);
        }
        for &inner in &shape.repeats {
            self.wait(false, row, inner);
        }
        row
    }

    fn remove_row(&mut self, instance: Place) {
        let Some(row) = self.row(instance.row) else { return };
        let (parent, scope) = (row.parent, row.scope);
        let plan = Arc::clone(&self.plan);
        let inner: Vec<Place> = plan.tree.scope(scope).repeats.iter().flat_map(|repeat| self.places_of(instance.row, *repeat)).collect();
        inner.into_iter().for_each(|place| self.remove_row(place));
        // Whoever reads anything in it is told before the way from it to them is gone.
        for &node in &plan.tree.scope(scope).slots {
            self.notify(Place { row: instance.row, node });
        }
        let ordinal = plan.tree.node(instance.node).ordinal as usize;
        let mut left = Vec::new();
        if let Some(instances) = self.rows.get_mut(parent as usize).and_then(|row| row.repeats.get_mut(ordinal)) {
            instances.retain(|row| *row != instance.row);
            left.clone_from(instances);
        }
        for (index, row) in left.into_iter().enumerate() {
            if let Some(row) = self.rows.get_mut(row as usize) {
                row.index = index as u32;
            }
        }
        if let Some(row) = self.rows.get_mut(instance.row as usize) {
            row.is_live = false;
            row.cells = Vec::new();
        }
        self.free.push(instance.row);
        self.waiting.retain(|task| task.row != instance.row);
        self.fresh.retain(|row| *row != instance.row);
    }

    fn wait(&mut self, is_value: bool, row: u32, node: u32) {
        self.waiting.insert(Task { rank: self.plan.rules(node).rank, is_value, row, node });
    }

    /// Has everything worked out that reads a place.
    fn notify(&mut self, place: Place) {
        self.touched.insert(place);
        let plan = Arc::clone(&self.plan);
        if !plan.rules(place.node).triggers.is_empty() {
            self.changed.push(place);
        }
        for reader in &plan.rules(place.node).readers {
            let top = self.row_around(place.row, reader.common);
            match reader.purpose {
                Purpose::Count => {
                    let parent = plan.tree.node(reader.node).parent;
                    self.below(top, parent).into_iter().for_each(|row| self.wait(false, row, reader.node));
                }
                Purpose::Value => self.below(top, reader.node).into_iter().for_each(|row| self.wait(true, row, reader.node)),
                Purpose::Look => {
                    for row in self.below(top, reader.node) {
                        self.touched.insert(Place { row, node: reader.node });
                    }
                }
            }
        }
    }

    /// Works out whatever waits, and what is triggered by the changes. What a trigger works out fires once for one
    /// change, so that two that trigger each other end.
    fn work(&mut self) {
        let mut fired: BTreeSet<Place> = BTreeSet::new();
        loop {
            self.settle();
            let changed = std::mem::take(&mut self.changed);
            let next: BTreeSet<Place> =
                changed.into_iter().flat_map(|place| self.triggered_by(place)).filter(|place| !fired.contains(place)).collect();
            if next.is_empty() {
                return;
            }
            for place in next {
                let value = self.plan.rules(place.node).calculation.as_ref().map_or(String::new(), |code| self.scene(place).stored(code));
                self.store(place, answer::as_kind(self.plan.tree.kind(place.node), value));
                fired.insert(place);
            }
        }
    }

    /// Works out whatever waits, and the defaults of new rows.
    fn settle(&mut self) {
        loop {
            while let Some(task) = self.waiting.pop_first() {
                let place = Place { row: task.row, node: task.node };
                if !task.is_value {
                    self.recount(task.row, task.node);
                } else if self.refresh(place) {
                    self.notify(place);
                }
            }
            if self.fresh.is_empty() {
                return;
            }
            for row in std::mem::take(&mut self.fresh) {
                self.set_defaults(row);
            }
        }
    }

    fn triggered_by(&self, place: Place) -> Vec<Place> {
        let tree = &self.plan.tree;
        let place_of = |node: &u32| {
            let common = tree.lowest_common(tree.node(place.node).scope, tree.node(*node).scope);
            let node = *node;
            self.below(self.row_around(place.row, common), node).into_iter().map(move |row| Place { row, node })
        };
        self.plan.rules(place.node).triggers.iter().flat_map(place_of).collect()
    }

    fn set_defaults(&mut self, row: u32) {
        let plan = Arc::clone(&self.plan);
        let Some(scope) = self.row(row).map(|row| row.scope) else { return };
        for &node in &plan.tree.scope(scope).slots {
            let (Some(code), Some(item)) = (&plan.rules(node).default, plan.tree.item(node)) else { continue };
            let place = Place { row, node };
            let answer = answer::normal(item, &answer::as_kind(item.kind, self.scene(place).stored(code)));
            if let Ok(answer) = answer {
                self.store(place, answer);
            }
        }
    }

    /// Works out the relevance and the value of a place. Returns whether what others see of it has changed.
    fn refresh(&mut self, place: Place) -> bool {
        let plan = Arc::clone(&self.plan);
        let rules = plan.rules(place.node);
        let Some((was_relevant, was_offered)) = self.cell(place).map(|cell| (cell.is_relevant, cell.is_offered)) else { return false };
        let is_relevant = place == Place::FORM
            || self.is_relevant(self.parent(place))
                && rules.relevant.as_ref().is_none_or(|code| Scene { decides: true, ..self.scene(place) }.bool(code));
        let mut answer = None;
        if let Some(code) = rules.calculation.as_ref().filter(|_| is_relevant && !rules.is_triggered) {
            let value = answer::as_kind(plan.tree.kind(place.node), self.scene(place).stored(code));
            answer = (value != self.kept(place)).then_some(value);
        }
        let is_offered = match (&rules.filter, plan.tree.list(place.node), plan.tree.code_column(place.node)) {
            (Some(filter), Some(list), Some(column)) if is_relevant => {
                let table = plan.tree.table(list);
                let offers = |code| table.rows_with(column, code).any(|row| self.scene(place).offers(list, row, filter));
                self.codes(place, self.kept(place)).all(offers)
            }
            _ => true,
        };
        let changed = (is_relevant, is_offered) != (was_relevant, was_offered) || answer.is_some();
        if let Some(cell) = self.cell_mut(place) {
            cell.is_relevant = is_relevant;
            cell.is_offered = is_offered;
            if let Some(answer) = answer {
                cell.answer = answer;
            }
        }
        if is_relevant != was_relevant {
            for child in self.children(place) {
                self.wait(true, child.row, child.node);
            }
        }
        changed
    }

    /// How many instances the form asks for; `None` where it says no number, as while somebody writes it anew: what is
    /// there stays.
    fn wanted(&self, row: u32, repeat: u32) -> Option<u64> {
        let code = self.plan.rules(repeat).count.as_ref()?;
        let here = Place { row, node: self.plan.tree.node(repeat).parent };
        let count = self.scene(here).number(code);
        (!count.is_nan()).then(|| count.clamp(0.0, 1e15) as u64)
    }

    /// Adds or removes instances until there are as many as the form asks for.
    fn recount(&mut self, row: u32, repeat: u32) {
        let Some(wanted) = self.wanted(row, repeat) else { return };
        while (self.instances(row, repeat).len() as u64) < wanted && !self.is_full() {
            self.add_row(self.plan.tree.node(repeat).scope, row, repeat);
        }
        while self.instances(row, repeat).len() as u64 > wanted {
            let Some(last) = self.instances(row, repeat).last().copied() else { break };
            self.remove_row(Place { row: last, node: repeat });
        }
    }
}
